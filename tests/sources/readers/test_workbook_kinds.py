"""Every kind of workbook as a person sees it: formats, dates, raised marks, hidden parts, merges, false .xls."""

import datetime as dt
import gzip
import io
import re
import struct
import time
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.formatting.rule import CellIsRule, Rule
from openpyxl.styles import Color, Font, PatternFill
from openpyxl.styles.differential import DifferentialStyle
from openpyxl.styles.numbers import NumberFormat
from xlrd.compdoc import CompDoc

from sources.cells import ReadError
from sources.http.expected_content import judge
from sources.readers import excel
from sources.readers.workbook import xls
from sources.readers.workbook.number_formats import contradicts, shown
from tests.workbooks import workbook

FIXTURES = Path(__file__).resolve().parents[2] / "fixtures"
SHEET = "xl/worksheets/sheet1.xml"


def book(edit: Callable[[Any], None]) -> bytes:
    """An .xlsx with one sheet "T", as ``edit`` fills it."""
    return workbook(title="T", edit=lambda sheet: edit(sheet.parent))


def repacked(content: bytes, name: Callable[[str], str] = str, **changed: Callable[[bytes], bytes]) -> bytes:
    """The same archive with members renamed, or the sheet changed."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w") as new:
        for member in old.namelist():
            body = old.read(member)
            new.writestr(name(member), changed["sheet"](body) if member == SHEET and changed else body)
    return out.getvalue()


def archive(**members: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as new:
        for member, text in members.items():
            new.writestr(member.replace("__", "/").replace("_xml", ".xml"), text)
    return out.getvalue()


def values(content: bytes, **options: Any) -> dict[str, str | None]:
    """Text by place."""
    return {row["_locator"]: row["_value"] for row in excel.read(content, options).to_pylist()}


def rows(content: bytes, **options: Any) -> list[tuple[Any, ...]]:
    found = excel.read(content, options).to_pylist()
    return [(row["row_1"], row["col_1"], row["_value"], row["_note"]) for row in found]


@pytest.mark.parametrize(
    ("value", "code", "text"),
    [
        (0.338, "0.0%", "33.8%"), (0.12, "0%", "12%"), (33.8, '0.0"%"', "33.8%"), (0.57, "0.00 %", "57%"),
        (44562, "yyyy", "2022"), (44562, 'yyyy" г."', "2022"), (44562, "mmm yyyy", "2022-01"),
        (44621, "mm.yy", "2022-03"), (44562, "dd.mm.yyyy", "2022-01-01"), (44562, "[$-419]mmmm yyyy;@", "2022-01"),
        (44562, "mmmm", "January"), (0.5, "hh:mm", "12:00:00"), (1.5, "[h]:mm", "36:00:00"),
        (5, "General", "5"), (5.25, "#,##0.0", "5.25"), (1234567, "#,##0", "1234567"), (-5, "0;-0", "-5"),
        (120345, "#,##0,", "120.345"), (0, '_-* #,##0_-;-* #,##0_-;_-* "-"??_-;_-@_-', "0"),
        (3, '[<5]"<5";0', "<5"), (7, '[<5]"<5";0', "7"), (5.2, '0.0" тыс."', "5.2 тыс."), (5, '0" чел."', "5"),
        (7, '"x";"x";"x"', "x"), (0.1 + 0.2, "0.0", "0.3"), (1e20, "General", "100000000000000000000"),
    ],
)  # fmt: skip
def test_a_number_is_what_its_format_shows(value: float, code: str, text: str) -> None:
    assert shown(value, code) == text


def test_percents_dates_and_marks_of_xlsx() -> None:
    def edit(made: Any) -> None:
        sheet = made.active
        for row in (
            ["Region", dt.date(2022, 1, 1), dt.date(2023, 1, 1)],
            ["Chui", 0.338, 31.5],
            ["Osh", 12, None],
        ):
            sheet.append(row)
        sheet["B1"].number_format = sheet["C1"].number_format = "yyyy"
        sheet["B2"].number_format = "0.0%"
        raised = TextBlock(InlineFont(vertAlign="superscript"), "1")
        sheet["C3"] = CellRichText("125", raised)
        sheet["A4"] = "1) Preliminary"

    assert rows(book(edit)) == [
        ("Chui", "2022", "33.8%", None),
        ("Chui", "2023", "31.5", None),
        ("Osh", "2022", "12", None),
        ("Osh", "2023", "125¹", "1) Preliminary"),
    ]


def test_an_old_workbook_is_read_as_it_is_shown() -> None:
    content = (FIXTURES / "shown.xls").read_bytes()
    assert rows(content) == [
        ("Chui", "2022", "125¹", "¹ Preliminary"),
        ("Chui", "2023-03", "33.8%", None),
        ("Chui", "2022", "12.5", None),
        ("Chui", "2023-03", "x", None),
        ("Naryn", "2022", "30", None),
        ("Naryn", "2023-03", "40", None),
    ]
    told = (excel.read(content, {}).schema.metadata or {})[b"hidden"]
    assert told == b"sheet Table row 4, sheet Table column D, sheet Draft"
    everything = values(content, hidden="include")
    assert (everything["Table!B4"], everything["Table!D2"], everything["Draft!B2"]) == ("999", "777", "555")


EMPTY_TEXT = b"\x03\0\0\0\0\0\xff\xff"


@pytest.mark.parametrize(
    ("results", "asks", "unresolved"),
    [
        ((bytes(8), EMPTY_TEXT), False, {1, 2}),  # no formula of the workbook has a result
        ((bytes(8), struct.pack("<d", 7.0)), False, set()),
        ((bytes(8), struct.pack("<d", 7.0)), True, {1}),  # the sheet asks to be calculated
        ((struct.pack("<d", 7.0),), False, set()),
    ],
)
def test_a_formula_of_an_old_workbook_that_nobody_calculated(
    results: tuple[bytes, ...], asks: bool, unresolved: set[int]
) -> None:
    """Read carelessly: a zero that was never counted."""
    document = CompDoc((FIXTURES / "shown.xls").read_bytes(), logfile=io.StringIO())
    stream, base, length = document.locate_named_stream("Workbook")
    written = bytes(stream[base : base + length]).rstrip(b"\0")
    written = written[: written.rindex(b"\x0a")]
    written += struct.pack("<HHH", 0x5E, 2, 0) if asks else b""
    for row, result in enumerate(results, 11):
        written += struct.pack("<HHHHH8sHIH", 6, 22, row, 4, 15, result, 0, 0, 0)
    texts = xls.sheets(written + struct.pack("<HH", 0x0A, 0))[-1].load().texts
    said = {row - 10 for (row, column), text in texts.items() if column == 4 and "without a stored" in text}
    assert said == unresolved
    figures = {row: text for (row, column), text in texts.items() if column == 4 and row - 10 not in said}
    assert all(text == ("0" if results[row - 11] == bytes(8) else "7") for row, text in figures.items())


ODS_STYLES = (
    '<number:date-style xmlns:number="urn:oasis:names:tc:opendocument:xmlns:datastyle:1.0" style:name="N1">'
    "<number:year/></number:date-style>"
    '<style:style style:name="ce1" style:family="table-cell" style:data-style-name="N1"/>'
    '<style:style style:name="T1" style:family="text"><style:text-properties style:text-position="super 58%"/>'
    '</style:style><style:style style:name="ta2" style:family="table"><style:table-properties '
    'table:display="false"/></style:style>'
    '<style:style style:name="T9"><style:text-properties style:text-line-through-style="solid"/></style:style>'
    '<number:number-style style:name="N9"><number:number number:display-factor="1000"/></number:number-style>'
    '<style:style style:name="ce9" style:data-style-name="N9"/>'
)


def ods(body: str, manifest: str = "<manifest/>", styles: str = "") -> bytes:
    spaces = " ".join(
        f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
        for name in ("office", "table", "text", "style")
    )
    spaces += ' xmlns:number="urn:oasis:names:tc:opendocument:xmlns:datastyle:1.0"'
    content = (
        f"<office:document-content {spaces}><office:automatic-styles>{ODS_STYLES}{styles}</office:automatic-styles>"
        f"<office:body><office:spreadsheet>{body}</office:spreadsheet></office:body></office:document-content>"
    )
    return archive(
        mimetype="application/vnd.oasis.opendocument.spreadsheet",
        content_xml=content,
        **{"META-INF__manifest_xml": manifest},
    )


def cell(text: str, attributes: str = "") -> str:
    return f"<table:table-cell {attributes}><text:p>{text}</text:p></table:table-cell>"


def number(value: float, more: str = "") -> str:
    return cell(str(value), f'office:value-type="float" office:value="{value}" {more}')


ODS = ods(
    '<table:table table:name="t"><table:table-column table:number-columns-repeated="3"/>'
    '<table:table-column table:visibility="collapse"/><table:table-row>'
    + cell("Region") + cell("Sex")
    + cell("2022", 'office:value-type="date" office:date-value="2022-01-01" table:style-name="ce1"') + cell("note")
    + "</table:table-row><table:table-row>"
    + cell("Chui", 'table:number-rows-spanned="2"') + cell("F")
    + cell('125<text:span text:style-name="T1">1</text:span>') + number(9)
    + "</table:table-row><table:table-row><table:covered-table-cell/>" + cell("M")
    + cell("34%", 'office:value-type="percentage" office:value="0.338"')
    + '</table:table-row><table:table-row table:visibility="filter">' + cell("Osh") + cell("F") + number(999)
    + "</table:table-row><table:table-row>" + cell("Naryn") + cell("F")
    + '<table:table-cell table:formula="of:=[.C2]+1"/></table:table-row></table:table>'
    + '<table:table table:name="draft" table:style-name="ta2"><table:table-row>' + cell("Region") + cell("S")
    + number(2022) + "</table:table-row><table:table-row>" + cell("Osh") + cell("F") + number(5)
    + "</table:table-row></table:table>"
)  # fmt: skip


def test_an_open_document_is_read_as_it_is_shown() -> None:
    found = excel.read(ODS, {"label_columns": 2, "header_rows": [1]}).to_pylist()
    assert [(r["row_1"], r["row_2"], r["col_1"], r["_value"]) for r in found] == [
        ("Chui", "F", "2022", "125¹"),
        ("Chui", "M", "2022", "33.8%"),
        ("Naryn", "F", "2022", "=[.C2]+1 (a formula without a stored result)"),
    ]
    assert values(ODS, label_columns=2, header_rows=[1], hidden="include")["t!C4"] == "999"
    locked = ods("<table:table/>", '<m:manifest xmlns:m="u"><m:encryption-data/></m:manifest>')
    with pytest.raises(ReadError, match="password"):
        excel.read(locked, {})


@pytest.mark.parametrize(
    ("written", "shown_text"),
    [("март 2022", "2022-03"), ("03.2022", "2022-03"), ("2022", "2022"), ("01.03.2022", "2022-03-01")],
)
def test_a_date_without_a_format_is_the_part_of_it_that_is_written(written: str, shown_text: str) -> None:
    date = 'office:value-type="date" office:date-value="2022-03-01"'
    body = '<table:table table:name="S"><table:table-row>' + cell("Region") + cell(written, date)
    body += (
        "</table:table-row><table:table-row>" + cell("Chui") + number(9) + "</table:table-row></table:table>"
    )
    assert [row["col_1"] for row in excel.read(ods(body), {"header_rows": [1]}).to_pylist()] == [shown_text]


def test_a_packed_workbook_is_unpacked() -> None:
    plain = workbook([["Region", 2022], ["Chui", 9]])
    inside = io.BytesIO()
    with zipfile.ZipFile(inside, "w") as target:
        target.writestr("out/table.xlsx", plain)
    for content in (gzip.compress(plain), inside.getvalue()):
        assert [row["_value"] for row in excel.read(content, {}).to_pylist()] == ["9"]
        assert judge(content, "", ("xlsx",)) is None


def test_a_formula_without_result_is_no_missing_value() -> None:
    def edit(made: Any) -> None:
        for row in (["Region", "2022", "2023"], ["Chui", 120, "=B2+20"], ["Osh", 30, 40]):
            made.active.append(row)

    content = book(edit)
    assert values(content, header_rows=[1])["T!C2"] == "=B2+20 (a formula without a stored result)"
    # xlsxwriter writes 0 for what it does not calculate, and asks to be calculated when opened.
    for result, text in ((b"0", "=B2+20 (a formula without a stored result)"), (b"140", "140")):
        written = repacked(
            content, sheet=lambda xml, result=result: re.sub(b"<v ?/>|<v></v>", b"<v>%b</v>" % result, xml)
        )
        assert values(written, header_rows=[1])["T!C2"] == text


def test_hidden_rows_columns_and_sheets_of_xlsx() -> None:
    def edit(made: Any) -> None:
        for row in (
            ["Code", "Region", 2022, 2023],
            [1, "Chui", 120, 140],
            [2, "Osh", 999, 998],
            [3, "Osh", 3, 4],
        ):
            made.active.append(row)
        made.active.merge_cells("B3:B4")
        made.active.row_dimensions[3].hidden = True
        made.active.column_dimensions["A"].hidden = True
        draft = made.create_sheet("Draft")
        draft.append(["Region", 2022])
        draft.append(["Chui", 5])
        draft.sheet_state = "veryHidden"

    content = book(edit)
    seen = {(label, year): value for label, year, value, _ in rows(content, header_rows=[1])}
    assert seen == {
        ("Chui", "2022"): "120",
        ("Chui", "2023"): "140",
        ("Osh", "2022"): "3",
        ("Osh", "2023"): "4",
    }
    assert values(content, header_rows=[1], sheets="Draft") == {"Draft!B2": "5"}
    assert "Draft!B2" in values(content, header_rows=[1], hidden="include")
    with pytest.raises(ReadError, match="hidden"):
        excel.read(content, {"header_rows": [1], "sheets": "T", "label_columns": "B", "value_columns": "A"})


@pytest.mark.parametrize("name", [lambda member: member.replace("/", "\\"), str.upper])
def test_names_of_an_archive_with_backslashes_or_in_capitals(name: Callable[[str], str]) -> None:
    content = workbook([["Region", 2022], ["Chui", 0.5]], title="T")
    odd = repacked(content, name)
    assert values(odd, header_rows=[1]) == {"T!B2": "0.5"}
    assert judge(odd, "", ("xlsx",)) is None


HTML = (
    '<html xmlns:x="urn:schemas-microsoft-com:office:excel"><head><meta charset="windows-1251"></head><body>'
    "<table><tr><th rowspan=2>Область<th colspan=2>2022</tr><tr><th>женщины<th>мужчины</tr>"
    "<tr><td>Чуйская<td>125<sup>1</sup><td>1&nbsp;234</tr><tr style='display:none'><td>Ош<td>9<td>9</tr></table>"
    "</body></html>"
).encode("cp1251")
XML_2003 = (
    b'<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?>'
    b'<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet" '
    b'xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet" xmlns:h="http://www.w3.org/TR/REC-html40">'
    b'<Styles><Style ss:ID="p"><NumberFormat ss:Format="Percent"/></Style></Styles><Worksheet ss:Name="A"><Table>'
    b'<Row><Cell><Data ss:Type="String">Region</Data></Cell><Cell ss:Index="3">'
    b'<Data ss:Type="Number">2022</Data></Cell>'
    b'</Row><Row ss:Index="3"><Cell><Data ss:Type="String">Chui</Data></Cell><Cell ss:Index="3" ss:StyleID="p">'
    b'<Data ss:Type="Number">0.338</Data></Cell></Row><Row ss:Hidden="1"><Cell><Data ss:Type="String">Osh</Data>'
    b'</Cell><Cell ss:Index="3"><Data ss:Type="Number">9</Data></Cell></Row></Table></Worksheet></Workbook>'
)


def test_false_xls_files_are_read_by_what_they_are() -> None:
    found = excel.read(HTML, {"header_rows": [1, 2]}).to_pylist()
    assert [(r["row_1"], r["col_1"], r["col_2"], r["_value"]) for r in found] == [
        ("Чуйская", "2022", "женщины", "125¹"),
        ("Чуйская", "2022", "мужчины", "1 234"),
    ]
    assert values(XML_2003, header_rows=[1]) == {"A!C3": "33.8%"}
    for content in (HTML, XML_2003):
        assert judge(content, "", ("xls",)) is None
        assert judge(content, "", ("xlsx",)) is not None


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (HTML.replace(b"<body>", b"<body><form>"), "web page"),
        (HTML[: len(HTML) // 2], "web page"),
        (b"MIME-Version: 1.0\r\nContent-Type: multipart/related\r\n", "web archive"),
        ("Область;2022\nЧуйская;1\n".encode(), "delimited text"),
        (
            b"\xd0\xcf\x11\xe0" + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le") + b"\0" * 600,
            "password",
        ),
    ],
)
def test_what_is_no_workbook_is_named(content: bytes, words: str) -> None:
    with pytest.raises(ReadError, match=words) as caught:
        excel.read(content, {})
    assert caught.value.remedy


@pytest.mark.parametrize("reference", [' r = "XFD1048576"', " r = 'xfd1048576'", ' r="$XFD$1048576"'])
def test_a_far_cell_is_refused_at_once(reference: str) -> None:
    content = workbook([["Region", 2022], ["Chui", 7]], title="T")
    far = repacked(content, sheet=lambda xml: xml.replace(b' r="B2"', reference.encode()))
    started = time.perf_counter()
    with pytest.raises(ReadError, match="spans 1048576 rows"):
        excel.read(far, {})
    assert time.perf_counter() - started < 10


def test_remarks_below_records_are_notes_and_no_records() -> None:
    content = book(
        lambda made: [
            made.active.append(row)
            for row in (
                ["Region", "Year", "Cases"],
                ["Chui", 2022, "5*"],
                ["Osh", 2022, None],
                [],
                ["* Preliminary"],
                ["Source: Office", None, None],
            )
        ]
    )
    found = excel.read(content, {"layout": "records", "value_columns": ["Cases"]}).to_pylist()
    assert [(r["Region"], r["_value"], r["_note"]) for r in found] == [
        ("Chui", "5*", "* Preliminary"),
        ("Osh", None, None),
    ]


def test_texts_above_the_header_are_kept() -> None:
    content = book(
        lambda made: [
            made.active.append(row)
            for row in (
                ["Table 1. Victims"],
                [None, None, "тыс. человек"],
                ["Region", 2022, 2023],
                ["Chui", 1, 2],
            )
        ]
    )
    (title,) = set(excel.read(content, {"header_rows": [3]})["title"].to_pylist())
    assert title == "Table 1. Victims / тыс. человек"


HEADED = "<p>Orders</p><table><caption>тыс. человек</caption><tr><th>r<th>2022<tr><td>Chui<td>{}</table>"


def test_a_figure_that_is_struck_out_is_no_figure() -> None:
    def fill(made: Any) -> None:
        for row in (["r", 2022], ["a", 120], ["b", None]):
            made.active.append(row)
        made.active["B2"].font = Font(strike=True)
        made.active["B3"] = CellRichText(TextBlock(InlineFont(strike=True), "110"), " 120")

    struck = {"T!B2": "120 (struck out) ", "T!B3": "110 (struck out)  120"}
    assert values(book(fill), header_rows=[1]) == struck
    for tag in ("s", "strike", "del"):
        found = values(HEADED.format(f"<{tag}>110</{tag}> 120").encode(), header_rows=[1])
        assert found == {"Table 1!B2": "110 (struck out) 120"}
    rows = cell("r") + number(2022) + "</table:table-row><table:table-row>" + cell("a")
    rows += cell('<text:span text:style-name="T9">110</text:span> 120')
    table = f'<table:table table:name="t"><table:table-row>{rows}</table:table-row></table:table>'
    assert values(ods(table), header_rows=[1]) == {"t!B2": "110 (struck out)  120"}


@pytest.mark.parametrize(
    ("colour", "fill", "seen"),
    [
        ("FFFFFFFF", None, False),
        (Color(theme=0), None, False),
        (Color(indexed=9), "FFFFFFFF", False),
        ("FF1F4E78", "FF1F4E78", False),
        ("FFFFFFFF", "FF1F4E78", True),
        (Color(theme=0, tint=-0.5), None, True),
        ("FF000000", None, True),
        (None, "FFFFFFFF", True),
    ],
)
def test_a_figure_of_the_colour_of_its_cell_is_no_figure(colour: Any, fill: str | None, seen: bool) -> None:
    """Read carelessly: a figure that nobody sees is published."""

    def made(sheet: Any) -> None:
        sheet["B2"].font = Font(color=colour)
        if fill:
            sheet["B2"].fill = PatternFill("solid", fgColor=fill)

    def painted(sheet: Any) -> None:
        made(sheet)
        sheet.conditional_formatting.add(
            "B2", CellIsRule("greaterThan", ["5"], fill=PatternFill(bgColor="FF00FF00"))
        )

    grid = [["r", 2022], ["a", 12]]
    shown = "12" if seen else "12 (hidden on the page)"
    assert values(workbook(grid, title="T", edit=made), header_rows=[1]) == {"T!B2": shown}
    assert values(workbook(grid, title="T", edit=painted), header_rows=[1]) == {"T!B2": "12"}


WHITE = Font(color="FFFFFFFF")
CHANGES: list[tuple[dict[str, Any], dict[str, Any], str]] = [
    ({"numFmt": NumberFormat(numFmtId=200, formatCode='"<5"')}, {}, "<5"),
    ({"numFmt": NumberFormat(numFmtId=200, formatCode=";;;")}, {}, "3 (hidden by its number format)"),
    ({"font": WHITE}, {}, "3 (hidden on the page)"),
    ({"font": Font(strike=True)}, {}, "3 (struck out) "),
    ({"font": WHITE}, {"operator": "between", "formula": ["4", "9"]}, "3"),
    ({"font": WHITE}, {"type": "expression", "formula": ["B2<C2"]}, "3 (a conditional format may hide it)"),
    ({"font": WHITE, "fill": PatternFill(bgColor="FF00FF00")}, {}, "3"),
    ({"font": Font(color="FFFF0000")}, {}, "3"),
]


@pytest.mark.parametrize(("look", "rule", "shown_text"), CHANGES)
def test_a_conditional_format_may_hide_a_figure_or_write_another_text(
    look: dict[str, Any], rule: dict[str, Any], shown_text: str
) -> None:
    def made(sheet: Any) -> None:
        said = {"type": "cellIs", "operator": "lessThan", "formula": ["5"], **rule}
        sheet.conditional_formatting.add("B2:C3", Rule(dxf=DifferentialStyle(**look), **said))

    content = workbook([["r", 2022, 2023], ["a", 3, 7]], title="T", edit=made)
    assert values(content, header_rows=[1])["T!B2"] == shown_text


@pytest.mark.parametrize(
    ("colour", "fill", "shown_text"),
    [
        ("FFFFFFFF", None, "125 (hidden on the page)"),
        ("FFFEFEFE", None, "125 (hidden on the page)"),
        ("FFFFFFFF", "FF000080", "125"),
        ("FFFF0000", None, "125"),
    ],
)
def test_a_part_of_a_text_in_the_colour_of_its_cell_is_not_seen(
    colour: str, fill: str | None, shown_text: str
) -> None:
    """Read carelessly: the figure and what nobody sees behind it as one."""

    def made(sheet: Any) -> None:
        sheet["B2"] = CellRichText("12", TextBlock(InlineFont(color=colour), "5"))
        if fill:
            sheet["B2"].fill = PatternFill("solid", fgColor=fill)

    assert values(workbook([["r", 2022], ["a", 1]], title="T", edit=made), header_rows=[1]) == {
        "T!B2": shown_text
    }


def test_a_text_that_is_too_small_to_be_read_is_not_seen() -> None:
    content = workbook(
        [["r", 2022], ["a", 12]], title="T", edit=lambda sheet: setattr(sheet["B2"], "font", Font(size=1))
    )
    assert values(content, header_rows=[1]) == {"T!B2": "12 (hidden on the page)"}


@pytest.mark.parametrize(
    ("style", "shown_text"),
    [
        ('<Font ss:StrikeThrough="1"/>', "9 (struck out) "),
        ('<Font ss:VerticalAlign="Superscript"/>', "⁹"),
        ('<Font ss:Color="#FFFFFF"/>', "9 (hidden on the page)"),
        ('<Font ss:Color="#FFFFFF"/><Interior ss:Color="#000080" ss:Pattern="Solid"/>', "9"),
        ('<NumberFormat ss:Format="Percent"/>', "900%"),
    ],
)
@pytest.mark.parametrize("where", ["cell", "row", "column", "default", "parent"])
def test_what_a_style_of_xml_spreadsheet_2003_makes_of_a_cell(
    style: str, shown_text: str, where: str
) -> None:
    def at(place: str) -> str:
        return ' ss:StyleID="s"' if where in (place, "parent" if place == "cell" else "") else ""

    styles = f'<Style ss:ID="{"Default" if where == "default" else "up" if where == "parent" else "s"}">{style}</Style>'
    styles += '<Style ss:ID="s" ss:Parent="up"/>' if where == "parent" else ""
    number = '<Cell{}><Data ss:Type="Number">9</Data></Cell>'
    head = (
        '<Row><Cell><Data ss:Type="String">r</Data></Cell><Cell><Data ss:Type="String">x</Data></Cell></Row>'
    )
    row = f'<Row{at("row")}><Cell><Data ss:Type="String">a</Data></Cell>{number.format(at("cell"))}</Row>'
    table = f"<Table><Column/><Column{at('column')}/>{head}{row}</Table>"
    urn = "urn:schemas-microsoft-com:office:spreadsheet"
    sheet = f'<Worksheet ss:Name="A">{table}</Worksheet>'
    book = f'<Workbook xmlns="{urn}" xmlns:ss="{urn}"><Styles>{styles}</Styles>{sheet}</Workbook>'
    assert values(book.encode(), header_rows=[1]) == {"A!B2": shown_text}


def test_a_conditional_format_of_xml_spreadsheet_2003_may_hide_a_figure() -> None:
    rule = (
        b'<ConditionalFormatting xmlns="urn:schemas-microsoft-com:office:excel"><Range>R3C3:R9C4</Range><Condition>'
        b'<Qualifier>Less</Qualifier><Value1>5</Value1><Format Style="color:white"/></Condition>'
        b"</ConditionalFormatting>"
    )
    content = XML_2003.replace(b"</Table>", b"</Table>" + rule)
    assert values(content, header_rows=[1]) == {"A!C3": "33.8% (hidden on the page)"}
    assert values(content.replace(b"Less", b"Greater"), header_rows=[1]) == {"A!C3": "33.8%"}
    with pytest.raises(ReadError, match="more than 1000 areas"):
        values(content.replace(b"R3C3:R9C4", b",".join([b"R3C3"] * 1001)), header_rows=[1])


ODS_PARTS = (
    '<style:style style:name="up" style:family="table-cell"><style:text-properties {own}/></style:style>'
    '<style:style style:name="me" style:family="table-cell" style:parent-style-name="up"/>'
    '<style:style style:name="no" style:family="table-row"><style:table-row-properties style:row-height="0cm"/>'
    "</style:style>"
)


@pytest.mark.parametrize(
    ("own", "shown_text"),
    [
        ('style:text-line-through-style="solid"', "12 (struck out) "),
        ('style:text-position="super 58%"', "¹²"),
        ('text:display="none"', "12 (hidden on the page)"),
        ('style:text-position="0% 100%"', "12"),
    ],
)
def test_a_style_of_an_opendocument_cell_is_inherited(own: str, shown_text: str) -> None:
    rows = cell("r") + number(2022) + "</table:table-row><table:table-row>" + cell("a")
    rows += number(12, 'table:style-name="me"')
    rows += '</table:table-row><table:table-row table:style-name="no">' + cell("b") + number(5)
    table = f'<table:table table:name="t"><table:table-row>{rows}</table:table-row></table:table>'
    content = ods(table, styles=ODS_PARTS.format(own=own))
    assert values(content, header_rows=[1]) == {"t!B2": shown_text}, "and no row of no height"


@pytest.mark.parametrize(
    ("cell_colour", "text_colour", "more", "seen"),
    [
        ("", "#ffffff", "", False),
        ("transparent", "#ffffff", "", False),
        ("#1f4e78", "#1f4e78", "", False),
        ("#1f4e78", "#ffffff", "", True),
        ("", "#ffffff", "<style:map/>", True),
        ("", "#000000", "", True),
    ],
)
def test_the_colours_of_an_opendocument_cell(
    cell_colour: str, text_colour: str, more: str, seen: bool
) -> None:
    fo = 'xmlns:fo="urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0"'
    behind = f'<style:table-cell-properties {fo} fo:background-color="{cell_colour}"/>' if cell_colour else ""
    parent = f'<style:style style:name="up" style:family="table-cell">{behind}</style:style>'
    own = f'<style:text-properties {fo} fo:color="{text_colour}"/>{more}'
    own = f'<style:style style:name="me" style:family="table-cell" style:parent-style-name="up">{own}</style:style>'
    rows = cell("r") + number(2022) + "</table:table-row><table:table-row>" + cell("a")
    rows += number(12).replace("<table:table-cell", '<table:table-cell table:style-name="me"', 1)
    table = f'<table:table table:name="t"><table:table-row>{rows}</table:table-row></table:table>'
    content = ods(table, styles=parent + own)
    assert values(content, header_rows=[1]) == {"t!B2": "12" if seen else "12 (hidden on the page)"}


def test_what_heads_a_table_outside_of_its_cells_is_its_title() -> None:
    (row,) = excel.read(HEADED.format(5).encode(), {}).to_pylist()
    assert row["title"] == "Orders / тыс. человек" and row["corner"] == "r"


def test_an_open_document_shows_thousands_by_its_format() -> None:
    rows = cell("r") + number(2022) + "</table:table-row><table:table-row>" + cell("a")
    rows += number(7200, 'table:style-name="ce9"')
    table = f'<table:table table:name="t"><table:table-row>{rows}</table:table-row></table:table>'
    (found,) = excel.read(ods(table), {"header_rows": [1]}).to_pylist()
    assert (found["_value"], found["shown_in"]) == ("7.2", "thousand")


@pytest.mark.parametrize(
    "row",
    [
        '<td>2018</td><"td>446</td>',
        "<td>2018</td>td>446</td>",
        "<td>2018</td><td446</td>",
        "<td>2018</td><d>446</d>",
    ],
)
def test_a_figure_that_a_damaged_mark_put_outside_of_its_cell_is_no_blank(row: str) -> None:
    page = f"<html><body><table><tr><th>year</th><th>value</th></tr><tr>{row}</tr></table></body></html>"
    with pytest.raises(ReadError, match="446.* is outside of the cells"):
        excel.read(page.encode(), {"layout": "records", "value_columns": ["value"]})


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ("<td>2018</td><td\r446</td>", "holds '446<'"),
        ("<td>2018</td><td><b 446</b></td>", "holds '446<"),
        (f"<td>2018</td><td>{'<b>' * 300}446</td>", "Excessive depth"),
    ],
)
def test_a_figure_inside_of_a_damaged_mark_is_no_blank(row: str, says: str) -> None:
    page = f"<html><body><table><tr><th>year</th><th>value</th></tr><tr>{row}</tr></table></body></html>"
    with pytest.raises(ReadError, match=says):
        excel.read(page.encode(), {"layout": "records", "value_columns": ["value"]})


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ('<span style="vertical-align: super; font-size: 60%">1</span>', "12¹"),
        ('<font style="Vertical-Align:sub">1</font>', "12₁"),
        ('<span style="vertical-align:baseline">1</span>', "121"),
    ],
)
def test_a_mark_may_be_raised_by_its_style(cell: str, text: str) -> None:
    """Read carelessly: 12 with note 1 as 121."""
    assert values(HEADED.format(f"12{cell}").encode(), header_rows=[1]) == {"Table 1!B2": text}


CONTRADICTIONS = [
    # (shown, stored, whether they contradict each other)
    ("12", "12", False),
    ("12", "12.4", False),
    ("12", "12.6", True),
    ("1 204", "1204.4", False),
    ("1,204", "1204", False),
    ("1,204", "1.2041", False),
    ("1.204,5", "1204.46", False),
    ("−3", "-3", False),
    ("12", "12345", True),
    ("12 чел.", "12345", False),
    ("12", "", False),
]


@pytest.mark.parametrize(("shown_text", "stored", "wrong"), CONTRADICTIONS)
def test_a_cell_that_shows_another_number_than_it_stores(shown_text: str, stored: str, wrong: bool) -> None:
    """Read carelessly: one of the two, as if the other were not there."""
    assert contradicts(shown_text, stored) is wrong
    page = HEADED.replace("<td>{}", '<td x:num="{}">{}').format(stored, shown_text).encode()
    (found,) = values(page, header_rows=[1]).values()
    assert found == (f"{shown_text} (stored as {stored})" if wrong else shown_text)


@pytest.mark.parametrize(
    ("shown_text", "text"),
    [
        ("99", "99 (stored as 5)"),
        ("#DIV/0!", "#DIV/0!"),
        ("Err:502", "Err:502"),
        ("99 тыс.", "99 тыс. (stored as 5)"),
        ("5 тыс.", "5 тыс."),
        ("5–7", "5–7"),
        ("до 5", "до 5"),
        ("5 дней", "5 дней"),
        ("5 чел.", "5"),
        ("&lt;9", "<9"),
        ("", "5 (hidden by its number format)"),
        ("5<text:line-break/>7", "5\n7 (stored as 5)"),
    ],
)
def test_an_open_document_that_shows_something_else_than_it_stores(shown_text: str, text: str) -> None:
    rows = cell("r") + number(2022) + "</table:table-row><table:table-row>" + cell("a")
    rows += number(5).replace(">5<", f">{shown_text}<")
    table = f'<table:table table:name="t"><table:table-row>{rows}</table:table-row></table:table>'
    assert values(ods(table), header_rows=[1]) == {"t!B2": text}


def test_characters_that_xml_cannot_hold_are_those_characters() -> None:
    """Read carelessly: an area and a figure with a code in them, from exports of databases."""
    made = workbook([["r", 2022], ["Chui_x000D_\noblast", "12_x000D_"], ["a_x005F_x000D_", "x_y"]])
    found = excel.read(made, {"header_rows": [1]}).to_pylist()
    assert [(row["row_1"].split(), row["_value"].strip()) for row in found] == [
        (["Chui", "oblast"], "12"),
        (["a_x000D_"], "x_y"),
    ]


def test_a_sheet_without_a_table_tells_how_to_choose_the_others() -> None:
    made = workbook([["r", 2022], ["a", 5]], sheets={"Notes": [["Source", "office"]]})
    with pytest.raises(ReadError) as caught:
        excel.read(made, {})
    assert caught.value.place == "sheet Notes" and "{sheets: [NAME, NAME]}" in caught.value.remedy
    assert excel.read(made, {"sheets": 1}).num_rows == 1


def test_the_column_of_the_values_twice_is_a_guess() -> None:
    made = workbook([["r", "n", "n"], ["a", 5, 6]])
    options = {"layout": "records", "value_columns": ["n"]}
    with pytest.raises(ReadError, match="column 'n' twice"):
        excel.read(made, options)
    both = excel.read(made, options | {"value_columns": ["n", "n (2)"]})
    assert both["_value"].to_pylist() == ["5", "6"]


def test_a_table_that_only_places_others_is_none_of_them() -> None:
    table = "<table><tr><td>r<td>2022</tr><tr><td>a<td>5</tr></table>"
    page = "<html><body><table><tr><td>{}</td></tr></table></body></html>"
    assert values(page.format(f"\n{table}").encode(), header_rows=[1]) == {"Table 1!B2": "5"}
    with pytest.raises(ReadError):
        values(page.format(f"тыс. человек {table}").encode(), header_rows=[1])


@pytest.mark.parametrize(
    ("span", "years"),
    [("", ["2022"] * 2), (' colspan="1" rowspan="1"', ["2022"] * 2), (' colspan="2"', ["2022", None])],
)
def test_the_header_of_a_page_counts_for_blanks_unless_it_is_merged(
    span: str, years: list[str | None]
) -> None:
    """A cell of its own is no merged one: it spreads to the right; one over the column of labels and it does not."""
    head = f"<tr>{'' if '2' in span else '<th></th>'}<th{span}>2022</th><th></th></tr>"
    body = "<tr><th>r</th><th>women</th><th>men</th></tr><tr><td>a</td><td>5</td><td>6</td></tr>"
    page = f"<html><body><table>{head}{body}</table></body></html>"
    found = excel.read(page.encode(), {"header_rows": [1, 2]})
    assert (found["col_1"].to_pylist(), found["_value"].to_pylist()) == (years, ["5", "6"])


def test_the_foot_of_a_table_is_below_it() -> None:
    foot = "<tfoot><tr><td>Source: office</td></tr></tfoot>"
    page = f"<table>{foot}<thead><tr><th>r<th>2022</thead><tbody><tr><td>a<td>5</tbody></table>"
    assert values(f"<html><body>{page}</body></html>".encode()) == {"Table 1!B2": "5"}


def test_what_exports_put_between_cells_is_no_text() -> None:
    page = (
        "<html><body><table> <!-- made by x --><tr><th>year</th> <th>value</th></tr>\n"
        "<tr><td>2018</td><!-- c --><td>446</td>&nbsp;</tr></table></body></html>"
    )
    assert excel.read(page.encode(), {"layout": "records", "value_columns": ["value"]})[
        "_value"
    ].to_pylist() == ["446"]

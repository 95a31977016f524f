"""Workbooks of Office Open XML as a person sees them: formats, colours, hidden parts, conditional formats."""

import datetime as dt
import io
import re
import time
import zipfile
from collections.abc import Callable
from typing import Any

import pytest
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.formatting.rule import CellIsRule, Rule
from openpyxl.styles import Color, Font, PatternFill
from openpyxl.styles.differential import DifferentialStyle
from openpyxl.styles.numbers import NumberFormat

from sources.cells import ReadError
from sources.http.expected_content import judge
from sources.readers import excel
from sources.readers.workbook import xlsx
from sources.readers.workbook.sheet import Content
from tests.workbooks import SHEET, book, repacked, values, workbook


def rows(content: bytes, **options: Any) -> list[tuple[Any, ...]]:
    found = excel.read(content, options).to_pylist()
    return [(row["row_1"], row["col_1"], row["_value"], row["_note"]) for row in found]


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


@pytest.mark.parametrize("reference", [' r = "XFD1048576"', " r = 'xfd1048576'", ' r="$XFD$1048576"'])
def test_a_far_cell_is_refused_at_once(reference: str) -> None:
    content = workbook([["Region", 2022], ["Chui", 7]], title="T")
    far = repacked(content, sheet=lambda xml: xml.replace(b' r="B2"', reference.encode()))
    started = time.perf_counter()
    with pytest.raises(ReadError, match="spans 1048576 rows"):
        excel.read(far, {})
    assert time.perf_counter() - started < 10


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


def test_characters_that_xml_cannot_hold_are_those_characters() -> None:
    """Read carelessly: an area and a figure with a code in them, from exports of databases."""
    made = workbook([["r", 2022], ["Chui_x000D_\noblast", "12_x000D_"], ["a_x005F_x000D_", "x_y"]])
    found = excel.read(made, {"header_rows": [1]}).to_pylist()
    assert [(row["row_1"].split(), row["_value"].strip()) for row in found] == [
        (["Chui", "oblast"], "12"),
        (["a_x000D_"], "x_y"),
    ]


SPACE = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'


def package(sheet: str, styles: str = "", strings: str = "", book: str = "", **more: str) -> bytes:
    """A workbook of one sheet, of the XML of its parts; ``more``: further parts by name."""
    relation = '<Relationship Id="r1" Type="x/worksheet" Target="worksheets/sheet1.xml"/>'
    parts = {
        "xl/workbook.xml": book
        or f'<workbook {SPACE} xmlns:r="r"><sheets><sheet name="T" r:id="r1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f"<Relationships>{relation}</Relationships>",
        SHEET: f"<worksheet {SPACE}>{sheet}</worksheet>",
        **({"xl/styles.xml": f"<styleSheet {SPACE}>{styles}</styleSheet>"} if styles else {}),
        **({"xl/sharedStrings.xml": f"<sst {SPACE}>{strings}</sst>"} if strings else {}),
        **more,
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
    return out.getvalue()


def loaded(rows: str, *args: str, before: str = "", after: str = "", **parts: str) -> Content:
    content: Content = xlsx.sheets(package(f"{before}<sheetData>{rows}</sheetData>{after}", *args, **parts))[
        0
    ].load()
    return content


def test_rows_and_cells_without_a_place_follow_the_one_before() -> None:
    rows = (
        '<row><c><v>1</v></c><c><v>2</v></c></row><row r="5"><c r="C5"><v>3</v></c><c><v>4</v></c></row>'
        '<row hidden="1"><c><v>5</v></c></row><row ht="0"><c r="b7"><v>6</v></c><extLst/></row>'
        '<row ht="0.0"/><row ht="1"/>'
    )
    found = loaded(rows)
    assert found.texts == {(0, 0): "1", (0, 1): "2", (4, 2): "3", (4, 3): "4", (5, 0): "5", (6, 1): "6"}
    assert found.hidden_rows == {5, 6, 7}


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ("<c><v>0.5</v></c>", "0.5"),
        ("<c/>", None),
        ("<c><v/></c>", None),
        ("<c><f>A1</f></c>", "=A1 (a formula without a stored result)"),
        ("<c><f>A1</f><v/></c>", "=A1 (a formula without a stored result)"),
        ('<c t="str"><f>A1</f><v/></c>', None),
        ('<c t="str"><f>A1</f><v>x</v></c>', "x"),
        ("<c><f>A1</f><v>0</v></c>", "0"),
        ('<c t="s"><v>0</v></c>', "12"),
        ('<c t="s"><v>1</v></c>', "3¹"),
        ('<c t="inlineStr"><is><t>a_x0041_</t></is></c>', "aA"),
        ('<c t="inlineStr"/>', None),
        ('<c t="b"><v>1</v></c>', "TRUE"),
        ('<c t="b"><v>0</v></c>', "FALSE"),
        ('<c t="e"><v>#REF!</v></c>', "#REF!"),
        ('<c t="d"><v>2022-03-04</v></c>', "2022-03-04"),
        ('<c t="d" s="1"><v>2022-03-04</v></c>', "2022"),
        ('<c s="1"><v>44562</v></c>', "2022"),
        ('<c s="2"><v>7</v></c>', "7 (struck out) "),
        ('<c s="3"><v>7</v></c>', "⁷"),
        ('<c s="4"><v>7</v></c>', "7 (hidden on the page)"),
        ('<c s="5"><v>7</v></c>', "7 (hidden on the page)"),
        ('<c s="6"><v>7</v></c>', "7"),
        ('<c s="7"><v>7</v></c>', "7"),
        ('<c s="8"><v>7</v></c>', "7"),
        ('<c s="9"><v>0.5</v></c>', "50%"),
        ('<c s="10"><v>7</v></c>', "7"),
        ('<c s="99"><v>7</v></c>', "7"),
    ],
)
def test_what_a_cell_shows(cell: str, text: str | None) -> None:
    styles = (
        '<numFmts><numFmt numFmtId="164" formatCode="yyyy"/></numFmts>'
        '<fonts><font/><font><strike/></font><font><vertAlign val="superscript"/></font><font><sz val="2"/></font>'
        '<font><color rgb="FFFFFFFF"/></font>'
        '<font><strike val="0"/><sz val="3"/><vertAlign val="baseline"/></font></fonts>'
        '<fills><fill><patternFill patternType="none"/></fill><fill><gradientFill/></fill>'
        '<fill><patternFill patternType="solid"><fgColor rgb="FF000080"/></patternFill></fill>'
        '<fill><patternFill patternType="gray125"/></fill><fill/></fills>'
        '<cellXfs><xf/><xf numFmtId="164"/><xf fontId="1"/><xf fontId="2"/><xf fontId="3"/><xf fontId="4"/>'
        '<xf fontId="4" fillId="2"/><xf fontId="4" fillId="1"/><xf fontId="4" fillId="3"/><xf numFmtId="9"/>'
        '<xf fontId="5" fillId="7" numFmtId="999"/></cellXfs>'
    )
    strings = (
        "<si><t>1</t><r><t>2</t></r><rPh><t>9</t></rPh></si><other><t>x</t></other>"
        '<si><r><t>3</t></r><r><rPr><vertAlign val="superscript"/></rPr><t>1</t></r></si>'
    )
    assert loaded(f"<row>{cell}</row>", styles, strings).texts == ({(0, 0): text} if text else {})


@pytest.mark.parametrize(
    ("columns", "hidden"),
    [
        ('<col min="2" max="4" hidden="1"/>', {1, 2, 3}),
        ('<col min="2" width="0"/>', set()),
        ('<col min="2" max="3" width="0.0"/>', {1, 2}),
        ('<col min="2" max="3" width="8"/>', set()),
        ('<col min="16383" max="99999" hidden="true"/>', {16382, 16383}),
    ],
)
def test_hidden_columns(columns: str, hidden: set[int]) -> None:
    assert loaded("<row/>", before=f"<cols>{columns}</cols>").hidden_columns == hidden


@pytest.mark.parametrize(
    ("rows", "after", "says"),
    [
        ('<row r="0"/>', "", "there is no row 0"),
        ('<row r="1048577"/>', "", "there is no row 1048577"),
        ('<row><c r="XFE1"><v>1</v></c></row>', "", "there is no cell 'XFE1'"),
        ('<row><c r="A0"><v>1</v></c></row>', "", "there is no cell 'A0'"),
        ('<row><c r="A1048577"><v>1</v></c></row>', "", "there is no cell 'A1048577'"),
        ('<row><c r="1A"><v>1</v></c></row>', "", "there is no cell '1A'"),
        ("<row/>", '<mergeCells><mergeCell ref="A1:B"/></mergeCells>', "there is no cell 'B'"),
        ("<row/>", "<mergeCells><mergeCell/></mergeCells>", "there is no cell ''"),
        ('<row r="2"><x/></row>', "", "row 2 holds an element x"),
        ('<row><c t="s"><v>1</v></c></row>', "", "there is no shared text 1"),
        ('<row r="3"><c><v>1</v><v>2</v></c></row>', "", "cell in row 3 holds an element v too many"),
        ('<row><c r="A1"><v>1</v></c><c r="A1"><v>2</v></c></row>', "", "row 1, column 1 is written twice"),
    ],
)
def test_places_that_no_sheet_has(rows: str, after: str, says: str) -> None:
    with pytest.raises(ReadError, match=says):
        loaded(rows, strings="<si><t>a</t></si>", after=after)


def test_the_last_places_and_merged_cells(monkeypatch: pytest.MonkeyPatch) -> None:
    merged = '<mergeCells><mergeCell ref="A1:B3"/><mergeCell ref="$C$2"/></mergeCells>'
    found = loaded('<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>', after=merged)
    assert found.texts == {(1_048_575, 16_383): "1"} and found.merges == [(0, 0, 2, 1), (1, 2, 1, 2)]
    monkeypatch.setattr(xlsx, "MAX_MERGES", 1)
    with pytest.raises(ReadError, match="sheet T: .*more than 1 merged cells"):
        loaded("<row/>", after=merged)


RULED = '<row><c r="A1"><v>3</v></c><c r="B1"><v>3</v></c><c r="C1" t="str"><v>a</v></c></row>'
DXFS = (
    '<dxfs><dxf/><dxf><font><strike/></font></dxf><dxf><font><color rgb="FFFFFFFF"/></font></dxf>'
    '<dxf><numFmt formatCode="&quot;few&quot;"/></dxf><dxf><font><vertAlign val="superscript"/></font></dxf></dxfs>'
)


@pytest.mark.parametrize(
    ("rule", "texts"),
    [
        ('type="cellIs" operator="lessThan" dxfId="1"><formula>5</formula>', ["3 (struck out) ", "3", "a"]),
        (
            'type="cellIs" operator="lessThan" dxfId="2"><formula>5</formula>',
            ["3 (hidden on the page)", "3", "a"],
        ),
        ('type="cellIs" operator="lessThan" dxfId="3"><formula>5</formula>', ["few", "3", "a"]),
        ('type="cellIs" operator="lessThan" dxfId="4"><formula>5</formula>', ["3", "3", "a"]),
        ('type="cellIs" operator="lessThan" dxfId="0"><formula>5</formula>', ["3", "3", "a"]),
        ('type="cellIs" operator="lessThan" dxfId="9"><formula>5</formula>', ["3", "3", "a"]),
        ('type="cellIs" operator="lessThan"><formula>5</formula>', ["3", "3", "a"]),
        ('type="cellIs" operator="lessThan" dxfId="1"><formula>3</formula>', ["3", "3", "a"]),
        (
            'type="dataBar"><dataBar showValue="0"/>',
            ["3 (hidden on the page)", "3", "a (hidden on the page)"],
        ),
        (
            'type="iconSet"><iconSet showValue="false"/>',
            ["3 (hidden on the page)", "3", "a (hidden on the page)"],
        ),
        ('type="iconSet"><iconSet showValue="1"/>', ["3", "3", "a"]),
    ],
)
def test_what_a_rule_makes_of_the_cells_of_its_area(rule: str, texts: list[str]) -> None:
    after = f'<conditionalFormatting sqref="A1:A9 C1"><cfRule {rule}</cfRule></conditionalFormatting>'
    assert list(loaded(RULED, DXFS, after=after).texts.values()) == texts


BOOK = f'<workbook {SPACE} xmlns:r="r">{{}}<sheets>{{}}</sheets></workbook>'


def test_which_sheets_a_workbook_has() -> None:
    relations = "".join(
        f'<Relationship Id="{name}" Type="x/{kind}" Target="{target}"/>'
        for name, kind, target in (
            ("a", "worksheet", "/xl/worksheets/sheet1.xml"),
            ("b", "chartsheet", "charts/1.xml"),
            ("c", "worksheet", r"..\xl\worksheets\sheet1.xml"),
        )
    )
    listed = "".join(
        f'<sheet name="{name}" {state} r:id="{relation}"/>'
        for name, state, relation in (
            ("A", "", "a"), ("B", "", "b"), ("C", 'state="hidden"', "c"), ("D", 'state="visible"', "a"), ("E", "", "z"),
        )
    )  # fmt: skip
    content = package(
        "<sheetData><row><c><v>7</v></c></row></sheetData>", book=BOOK.format("", listed),
        **{"xl/_rels/workbook.xml.rels": f"<Relationships>{relations}</Relationships>"},
    )  # fmt: skip
    found = xlsx.sheets(content)
    assert [(sheet.name, sheet.hidden) for sheet in found] == [("A", False), ("C", True), ("D", False)]
    assert [sheet.load().texts for sheet in found] == [{(0, 0): "7"}] * 3
    with pytest.raises(ReadError, match="it has no sheet with cells"):
        xlsx.sheets(package("", book=BOOK.format("", "")))


@pytest.mark.parametrize(
    ("said", "cell", "text"),
    [
        ('<workbookPr date1904="1"/>', '<c s="1"><v>44562</v></c>', "2026"),
        ('<workbookPr date1904="0"/>', '<c s="1"><v>44562</v></c>', "2022"),
        (
            '<calcPr fullCalcOnLoad="1"/>',
            "<c><f>A9</f><v>0</v></c>",
            "=A9 (a formula without a stored result)",
        ),
        ('<calcPr fullCalcOnLoad="1"/>', "<c><f>A9</f><v>7</v></c>", "7"),
        ('<calcPr fullCalcOnLoad="1"/>', "<c><v>0</v></c>", "0"),
        ('<calcPr fullCalcOnLoad="0"/>', "<c><f>A9</f><v>0</v></c>", "0"),
    ],
)
def test_what_a_workbook_says_of_all_its_cells(said: str, cell: str, text: str) -> None:
    styles = '<numFmts><numFmt numFmtId="164" formatCode="yyyy"/></numFmts><cellXfs><xf/><xf numFmtId="164"/></cellXfs>'
    book = BOOK.format(said, '<sheet name="T" r:id="r1"/>')
    assert loaded(f"<row>{cell}</row>", styles, book=book).texts == {(0, 0): text}


def test_other_archives_are_named() -> None:
    plain = io.BytesIO()
    with zipfile.ZipFile(plain, "w") as archive:
        archive.writestr("a.csv", "a,b")
    with pytest.raises(ReadError, match="a ZIP archive without a workbook"):
        xlsx.sheets(plain.getvalue())
    with zipfile.ZipFile(plain, "a") as archive:
        archive.writestr("xl/workbook.bin", "x")
    with pytest.raises(ReadError, match=r"a binary workbook \(.xlsb\)"):
        xlsx.sheets(plain.getvalue())
    with pytest.raises(ReadError, match="sheet T: .*sheet1.xml is not in the archive"):
        xlsx.sheets(moved())[0].load()


def moved() -> bytes:
    """A workbook whose relation leads to a part that is not there."""
    relation = '<Relationship Id="r1" Type="x/worksheet" Target="worksheets/sheet1.xml"/>'
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("xl/workbook.xml", BOOK.format("", '<sheet name="T" r:id="r1"/>'))
        archive.writestr("xl/_rels/workbook.xml.rels", f"<Relationships>{relation}</Relationships>")
    return out.getvalue()

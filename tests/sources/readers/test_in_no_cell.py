"""Texts of workbooks in no cell: comments are notes of their figures, text boxes and printed headers titles."""

import io
import zipfile
from functools import partial
from types import SimpleNamespace
from typing import Any

import pytest
import xlrd
from openpyxl.comments import Comment

from sources.readers import excel
from sources.readers.workbook import xls
from sources.readers.workbook.printed import add_printed
from sources.readers.workbook.sheet import Content
from tests.sources.readers.test_more_cases import GRID, read, rules
from tests.workbooks import open_document, workbook

ROWS = [["Ордера"], ["Область", "2023", "2024"], ["Чуйская область", 12, 13], ["Ошская область", 7, 9]]
CROSS = {"header_rows": [2]}


def commented(place: str, text: str, author: str = "Айнура") -> bytes:
    def edit(sheet: Any) -> None:
        sheet[place].comment = Comment(text, author)

    return workbook(ROWS, edit=edit)


@pytest.mark.parametrize(
    ("place", "about"),
    [
        ("C4", {("KG-O", "2024")}),
        ("B2", {("KG-C", "2023"), ("KG-O", "2023")}),
        ("A3", {("KG-C", "2023"), ("KG-C", "2024")}),
        *(
            (place, {(area, year) for area in ("KG-C", "KG-O") for year in ("2023", "2024")})
            for place in ("A1", "A2")
        ),
    ],
)
@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("за 9 месяцев", "unreadable_period"),
        ("по состоянию на 1 октября", "unreadable_period"),
        ("данные за 9 месяцев, без города", "unreadable_period"),
        ("план", "not_as_counted"),
        ("прогноз, будет уточнён", "not_as_counted"),
        ("тыс. человек", "scale_undeclared"),
        ("в процентах", "unit_contradicts"),
        ("проверено", None),
    ],
)
def test_figures_that_a_comment_is_about(
    place: str, about: set[tuple[str, str]], text: str, rule: str | None
) -> None:
    result = read(commented(place, text), "excel", GRID, reader_options=CROSS)
    every = {(area, year) for area in ("KG-C", "KG-O") for year in ("2023", "2024")}
    found = {(row["ref_area"], row["time_period"]) for row in result.good.to_pylist()}
    assert found == (every - about if rule else every)
    assert rules(result) == ({rule} if rule else set())


@pytest.mark.parametrize(("hidden", "rule"), [("skip", None), ("include", "scale_undeclared")])
@pytest.mark.parametrize("column", [False, True])
def test_a_comment_in_a_hidden_row_or_column_is_read_with_it(
    column: bool, hidden: str, rule: str | None
) -> None:
    def edit(sheet: Any) -> None:
        sheet["C1" if column else "A1"].comment = Comment("тыс. человек", "x")
        (sheet.column_dimensions["C"] if column else sheet.row_dimensions[1]).hidden = True

    options = CROSS | {"hidden": hidden}
    result = read(workbook(ROWS, edit=edit), "excel", GRID, reader_options=options)
    assert rules(result) == ({rule} if rule else set())


def test_a_comment_may_call_its_figure_a_misprint() -> None:
    """It is published as such, with the words of the comment and without whoever wrote them."""
    link = "Learn more: https://go.microsoft.com/fwlink/?linkid=1"
    threaded = f"[Threaded comment]\n\nYour version … {link}\n\nComment:\n    "
    for text in (
        "Айнура:\nопечатка, верно: 90",
        "Бермет А.:\nопечатка, верно: 90",
        *(f"{initials}: опечатка, верно: 90" for initials in ("ИИ", "AB", "Ә. Қ.", "Ü.Ö.")),
        f"{threaded}опечатка, верно: 90 a.b@stat.kg",
    ):
        result = read(commented("C4", text), "excel", GRID, reader_options=CROSS)
        (row,) = (row for row in result.good.to_pylist() if row["obs_status"] != "A")
        assert (row["obs_value"], row["obs_status"], row["note"]) == (9, "U", "опечатка, верно: 90")
    for text in ("КР: без города", "МВД: уточнено", "NB: checked"):
        result = read(commented("C4", text), "excel", GRID, reader_options=CROSS)
        assert text in result.good["note"].to_pylist()


def test_records_have_comments_too() -> None:
    def edit(sheet: Any) -> None:
        sheet["C2"].comment, sheet["A3"].comment = Comment("план", "x"), Comment("оценка", "x")
        sheet["C1"].comment = Comment("без города", "x")

    rows = [["Область", "Год", "Ордера"], ["Чуйская область", "2024", 5], ["Ошская область", "2024", 6]]
    options = {"layout": "records", "value_columns": ["Ордера"]}
    notes = excel.read(workbook(rows, edit=edit), options)["_note"].to_pylist()
    assert notes == ["* без города; * план", "* без города; * оценка"]


RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def with_box(content: bytes, text: str) -> bytes:
    """A workbook with a text box on its first sheet."""
    out = io.BytesIO(content)
    with zipfile.ZipFile(out, "a") as archive:
        archive.writestr(
            "xl/worksheets/_rels/sheet1.xml.rels",
            f'<Relationships><Relationship Id="d" Type="{RELATIONS}/drawing" Target="../drawings/drawing1.xml"/>'
            "</Relationships>",
        )
        archive.writestr(
            "xl/drawings/drawing1.xml",
            f"<wsDr><sp><nvSpPr/><txBody><p><r><t>{text[:5]}</t></r><r><t>{text[5:]}</t></r></p></txBody></sp></wsDr>",
        )
    return out.getvalue()


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("Ордера за 9 месяцев 2024 года", "unreadable_period"),
        ("тыс. человек", "scale_undeclared"),
        ("Назад к содержанию", None),
        ("ЛОЙИҲА", "not_as_counted"),
        ("Entwurf, Stand 3.", "not_as_counted"),
        ("Проект закона о профилактике", None),
        ("За 9 месяцев 2024 года " + "и так далее " * 20, None),
    ],
)
def test_a_text_box_and_a_printed_header_are_titles(text: str, rule: str | None) -> None:
    def edit(sheet: Any, pages: str = "oddHeader") -> None:
        header = getattr(sheet, pages)
        header.center.text, header.right.text = text, "&P"
        sheet.HeaderFooter.differentFirst = pages == "firstHeader"
        sheet.HeaderFooter.differentOddEven = pages == "evenHeader"

    page = f"<style:header><text:p>{text}</text:p><text:p>1</text:p></style:header>"
    contents = (
        with_box(workbook(ROWS), text),
        workbook(ROWS, edit=edit),
        workbook(ROWS, edit=partial(edit, pages="evenHeader")),
        workbook(ROWS, edit=partial(edit, pages="firstHeader")),
        printed_ods(page),
        printed_2003("Header", text),
    )
    for content in contents:
        assert rules(read(content, "excel", GRID, reader_options=CROSS)) == ({rule} if rule else set())


def printed_ods(page: str, name: str = "P1") -> bytes:
    """An OpenDocument workbook of which a sheet is printed on a page with this header or footer."""
    rows = "".join(
        f"<table:table-row>{''.join(cell(str(text)) for text in row)}</table:table-row>" for row in ROWS
    )
    style = f'<style:style style:name="ta1" style:family="table" style:master-page-name="{name}"/>'
    master = f'<style:master-page style:name="P1">{page}</style:master-page>'
    pages = f"<office:master-styles>{master}</office:master-styles>"
    table = f'<table:table table:name="R" table:style-name="ta1">{rows}</table:table>'
    return open_document(table, styles=f"<office:automatic-styles>{style}</office:automatic-styles>{pages}")


def printed_2003(name: str, text: str) -> bytes:
    """A workbook of XML Spreadsheet 2003 with a header or footer of its pages."""
    cells = [[f'<Cell><Data ss:Type="String">{text}</Data></Cell>' for text in row] for row in ROWS]
    rows = "".join(f"<Row>{''.join(row)}</Row>" for row in cells)
    office = "urn:schemas-microsoft-com:office"
    options = f'<PageSetup><{name} x:Data="&amp;C{text}&amp;RСтр. &amp;P"/></PageSetup>'
    return (
        f'<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?><Workbook xmlns="{office}:spreadsheet" '
        f'xmlns:ss="{office}:spreadsheet" xmlns:x="{office}:excel"><Worksheet ss:Name="R"><Table>{rows}</Table>'
        f'<WorksheetOptions xmlns="{office}:excel">{options}</WorksheetOptions></Worksheet></Workbook>'
    ).encode()


def test_a_printed_footer_is_a_line_below_the_table() -> None:
    """With the mark of a header it is its note; the number of a page and the name of a file are nothing."""
    note = "* за 9 месяцев"

    def edit(sheet: Any) -> None:
        sheet["C2"].value = "2024*"
        sheet.oddFooter.left.text, sheet.oddFooter.center.text = note, "Страница &P из &N"
        # Pages that do not differ print it nowhere.
        sheet.evenFooter.left.text = sheet.firstFooter.left.text = "Тыс. человек"

    notes = [(row["col_1"], row["_note"]) for row in excel.read(workbook(ROWS, edit=edit), CROSS).to_pylist()]
    assert notes == [("2023", None), ("2024*", note)] * 2
    fields = "<text:p>Seite <text:page-number>1</text:page-number></text:p>"
    assert not any("Тыс." in str(row) for row in excel.read(workbook(ROWS, edit=edit), CROSS).to_pylist())
    foot = f"<style:footer>{fields}<text:p>Данные в тысячах</text:p></style:footer>"
    hidden = foot.replace("<style:footer", '<style:footer style:display="false"')
    for content, said in (
        (workbook(ROWS, edit=edit), {None}),
        (printed_ods(foot), {"Данные в тысячах"}),
        (printed_ods(hidden), {None}),
        (printed_ods(foot, name="P2"), {None}),
        (printed_2003("Footer", "Данные в тысячах"), {"Данные в тысячах"}),
    ):
        found = excel.read(content, CROSS)
        assert {row.get("_remarks") for row in found.to_pylist()} == said, said
    records = {"layout": "records", "header_rows": [2], "value_columns": ["2024"]}
    assert excel.read(printed_ods(foot), records)["_remarks"].to_pylist() == ["Данные в тысячах"] * 2


def test_the_number_of_a_page_is_no_text() -> None:
    numbers = [
        "Page 1 of 5",
        "Лист 1, листов 5",
        "5 беттің 1-беті",
        "5 tadan 1-bet",
        "саҳифаи 1 аз 5",
        "Seite &P von &N Seiten",
    ]
    content = Content()
    add_printed(
        content,
        [*numbers, "Ордера, лист 1"],
        ["Page No. 1", "Страница &P из &N страниц", "Лист согласования"],
    )
    assert (content.heading, content.foot) == (["Ордера, лист 1"], ["Лист согласования"])


@pytest.mark.parametrize(
    ("version", "data"),
    [
        (80, b"\x0b\0\1" + "&CТыс. чел.".encode("utf-16-le")),
        (80, b"\x0b\0\0&CThousand".replace(b"Thousand", b"in 1000s")),
        (50, b"\x0a&C" + "Тыс. чел.".encode("cp1251")),
        (80, b""),
    ],
)
def test_printed_headers_of_old_workbooks(version: int, data: bytes) -> None:
    book: Any = SimpleNamespace(biff_version=version, encoding="cp1251")
    records = [(xls._FORMULA, bytes(18)), (xls._HEADER, data)]
    (text,) = xls._printed(book, records, xls._HEADER) or [""]
    assert text in ("&CТыс. чел.", "&Cin 1000s", "") and bool(text) is bool(data)
    assert xls._printed(book, records, xls._FOOTER) == []


def cell(text: str, comment: str = "") -> str:
    creator = '<dc:creator xmlns:dc="http://purl.org/dc/elements/1.1/">А</dc:creator>'
    inner = f"<office:annotation>{creator}<text:p>А:</text:p><text:p>{comment}</text:p></office:annotation>"
    return f"<table:table-cell>{inner if comment else ''}<text:p>{text}</text:p></table:table-cell>"


def test_comments_in_the_other_formats() -> None:
    draw = 'xmlns:draw="urn:oasis:names:tc:opendocument:xmlns:drawing:1.0"'
    inner = "<draw:text-box><text:p>План</text:p></draw:text-box>"
    box = f"<table:shapes><draw:frame {draw}>{inner}</draw:frame></table:shapes>"
    body = (
        f'<table:table table:name="R">{box}<table:table-row>{cell("Область")}{cell("2024")}</table:table-row>'
        f"<table:table-row>{cell('Чуйская область')}{cell('5', 'план')}</table:table-row></table:table>"
    )
    table = excel.read(open_document(body), {})
    assert (table["_note"].to_pylist(), table["title"].to_pylist()) == (["план"], ["План"])
    workbook_of_2003 = (
        '<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?>'
        '<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet" '
        'xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet"><Worksheet ss:Name="R"><Table>'
        '<Row><Cell><Data ss:Type="String">Область</Data></Cell><Cell><Data ss:Type="String">2024</Data></Cell></Row>'
        '<Row><Cell><Data ss:Type="String">Чуйская область</Data></Cell><Cell><Data ss:Type="Number">5</Data>'
        '<Comment ss:Author="А"><ss:Data>план</ss:Data></Comment></Cell></Row></Table></Worksheet></Workbook>'
    )
    assert excel.read(workbook_of_2003.encode(), {})["_note"].to_pylist() == ["план"]


def test_comments_in_old_workbooks(monkeypatch: pytest.MonkeyPatch) -> None:
    """xlrd gives them by their place."""
    note = SimpleNamespace(text="А:\nплан", author="А")
    sheet = SimpleNamespace(
        name="R", nrows=0, merged_cells=[], rowinfo_map={}, colinfo_map={}, cell_note_map={(1, 2): note}
    )
    records = [(xls._HEADER, b"\3\0\0&Ca"), (xls._FOOTER, b"\3\0\0&Cb&P")]
    found: Content = xls._content(SimpleNamespace(biff_version=80), sheet, set(), records)
    assert (found.comments, found.heading, found.foot) == ({(1, 2): "план"}, ["a"], ["b"])
    assert hasattr(xlrd.sheet.Sheet, "cell_note_map")


def test_a_comment_may_call_its_figure_preliminary() -> None:
    """Of a footnote its mark tells; of other formats' notes a status of its own."""
    result = read(commented("C4", "предварительные данные"), "excel", GRID, reader_options=CROSS)
    (row,) = (row for row in result.good.to_pylist() if row["note"])
    assert (row["obs_value"], row["obs_status"], row["note"]) == (9, "P", "предварительные данные")
    assert [row["obs_status"] for row in result.good.to_pylist()].count("A") == 3


@pytest.mark.parametrize(
    ("cell", "note"),
    [
        ('<td title="предварительные данные">9', "предварительные данные"),
        ('<td><span data-original-title="план">9</span>', "план"),
        ('<td title="9">9', None),
        ('<td title="Нажмите, чтобы отсортировать">9', None),
        ('<td title="9,0">9', None),
    ],
)
def test_the_tip_of_a_cell_of_a_page_is_a_comment(cell: str, note: str | None) -> None:
    page = f"<table><tr><th>Область<th>2024</tr><tr><td>Чуйская область{cell}</tr></table>"
    assert excel.read(page.encode(), {})["_note"].to_pylist() == [note]

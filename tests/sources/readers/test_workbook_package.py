"""XML and archives of workbooks that two programs would read differently: read whole, or refused."""

import io
import warnings
import zipfile
from collections.abc import Callable
from types import SimpleNamespace

import pytest

from sources import isolated
from sources.cells import ReadError
from sources.readers import excel
from sources.readers.workbook.package import elements, number
from tests.workbooks import SHEET, book, cell, open_document, repacked, values

VALUE, ROWS = b"<v>123</v>", b"</sheetData>"
ENTITY = '<!DOCTYPE x [<!ENTITY e "2">]>'
XLSX = book(lambda made: [made.active.append(row) for row in (["Region", "2022"], ["Chui", 123])])


def of_value(value: str) -> bytes:
    """An .xlsx with something else where the value of B2 is stored."""
    return repacked(XLSX, sheet=lambda xml: xml.replace(VALUE, value.encode()))


def of_sheet(edit: Callable[[bytes], bytes]) -> bytes:
    return repacked(XLSX, sheet=edit)


def typed(xml: bytes) -> bytes:
    """A sheet that declares an entity and uses it in its value."""
    start = xml.index(b"<worksheet")
    return xml[:start] + ENTITY.encode() + xml[start:].replace(VALUE, b"<v>1&e;3</v>")


def of_document(text: str) -> bytes:
    rows = (cell("Region") + cell("2022"), cell("Chui") + cell(text))
    table = "".join(f"<table:table-row>{row}</table:table-row>" for row in rows)
    return open_document(f'<table:table table:name="T">{table}</table:table>')


def of_spreadsheet(data: str, before: str = "", after: str = "") -> bytes:
    """An XML Spreadsheet 2003."""
    space = "urn:schemas-microsoft-com:office:spreadsheet"
    text = '<Cell><Data ss:Type="String">{}</Data></Cell>'.format
    rows = (
        text("Region") + text("2022"),
        text("Chui") + f'<Cell><Data ss:Type="Number">{data}</Data></Cell>',
    )
    table = "".join(f"<Row>{row}</Row>" for row in rows)
    return (
        f'{before}<Workbook xmlns="{space}" xmlns:ss="{space}"><Worksheet ss:Name="T"><Table>{table}</Table>{after}'
        "</Worksheet></Workbook>"
    ).encode()


@pytest.mark.parametrize(
    "content",
    [
        XLSX, of_value("<v>1<!--9-->23</v>"), of_value("<v>1<?a 9?>23</v>"), of_value("<v>1<![CDATA[23]]></v>"),
        of_value("<v> 1&#50;3 </v>"),
        of_sheet(lambda xml: xml.replace(ROWS, ROWS + b'<extLst><row r="3"><c r="B3"><v>9</v></c></row></extLst>')),
        of_document("1<!--9-->23"), of_document("1<?a 9?>23"), of_document("1<text:meta>23</text:meta>"),
        of_document("1<text:ruby><text:ruby-base>23</text:ruby-base><text:ruby-text>9</text:ruby-text></text:ruby>"),
        of_spreadsheet("123"), of_spreadsheet("1<!--9-->23"), of_spreadsheet("1<?a 9?>23"),
    ],
)  # fmt: skip
def test_a_figure_is_read_whole(content: bytes) -> None:
    assert [value for place, value in values(content).items() if not place.startswith("T!1")] == ["123"]


def again(content: bytes, part: str, name: str) -> bytes:
    """The archive with a part once more, under another spelling of its name and with another figure."""
    out = io.BytesIO(content)
    with zipfile.ZipFile(out, "a") as archive, warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        archive.writestr(name, archive.read(part).replace(b"123", b"999"))
    return out.getvalue()


@pytest.mark.parametrize(
    ("content", "says"),
    [
        *((again(XLSX, SHEET, name), "sheet1.xml is in the archive twice")
          for name in (SHEET, SHEET.upper(), f"/{SHEET}", SHEET.replace("/", "\\"), f"./{SHEET}", f"xl/../{SHEET}")),
        (again(of_document("123"), "content.xml", "Content.xml"), "content.xml is in the archive twice"),
        (of_sheet(typed), "document type declaration"), (of_spreadsheet("1&e;3", ENTITY), "document type declaration"),
        (of_spreadsheet("123", '<!DOCTYPE Workbook SYSTEM "file:///etc/hostname">'), "document type declaration"),
        (again(of_document("1"), "META-INF/manifest.xml", "x").replace(b"content.xml", b"content.xmm"),
         "content.xml is not in the archive"),
        (of_value("<v>1<x/>23</v>"), "v holds an element x"), (of_value("<v>1</v><v>23</v>"), "an element v too many"),
        (of_value("<x><v>123</v></x>"), "an element x too many"),
        (of_sheet(lambda xml: xml.replace(ROWS, b'<row r="3"><x><c r="B3"/></x></row>' + ROWS)), "row 3 holds .* x"),
        (of_value("<v>1_23</v>"), "'1_23' is no number"), (of_value("<v>１２３</v>"), "is no number"),
        (of_value("<v>nan</v>"), "'nan' is no number"),
        (of_sheet(lambda xml: xml.replace(b'<c r="B2"', b'<c s="-1" r="B2"')), "'-1' is no whole number"),
        (of_spreadsheet("1_23"), "'1_23' is no number"), (of_spreadsheet("1</Data><Data>23"), "more than one Data"),
        (of_spreadsheet("123", after="<Table/>"), "more than one Table"),
    ],
)  # fmt: skip
def test_what_two_programs_read_differently_is_damage(content: bytes, says: str) -> None:
    with pytest.raises(ReadError, match=f"the workbook is damaged .*{says}"):
        excel.read(content, {})


@pytest.mark.parametrize("count", [1, 2])
def test_a_document_type_is_refused_before_the_first_element(count: int) -> None:
    xml = b"<x>" + b"<a>1</a>" * count + b"</x>"
    assert [node.text for node in elements(xml, "a")] == ["1"] * count
    with pytest.raises(ReadError, match="part.xml: .*document type declaration"):
        next(elements(ENTITY.encode() + xml, "a", place="part.xml"))


@pytest.mark.parametrize(
    ("text", "read"),
    [("7", 7.0), (" -.5 ", -0.5), ("+1.", 1.0), ("2e3", 2000.0), ("1,5", None), ("", None), (".", None)],
)
def test_a_stored_number(text: str, read: float | None) -> None:
    if read is not None:
        assert number(text) == read
    else:
        with pytest.raises(ValueError, match="is no number"):
            number(text)


@pytest.mark.parametrize("part", ["xl/styles.xml", "xl/sharedStrings.xml"])
def test_what_all_sheets_share_is_damaged_in_words(part: str) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(XLSX)) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            if name != part:
                new.writestr(name, old.read(name))
        new.writestr(part, '<x><fonts/><cellXfs><xf fontId="one"/></cellXfs><si><t>1<x/>23</t></si></x>')
    with pytest.raises(ReadError, match="the workbook is damaged"):
        excel.read(out.getvalue(), {})


def test_a_list_in_a_cell_is_its_text() -> None:
    listed = "</text:p><text:list><text:list-item><text:p>7</text:p></text:list-item></text:list><text:p>"
    assert values(of_document(listed))["T!B2"].strip() == "7"


def test_the_manifest_of_an_old_program_may_have_a_document_type() -> None:
    """OpenOffice 2 wrote one, and an entity of it stands for nothing that is read."""
    table = '<table:table table:name="T"><table:table-row>{}</table:table-row><table:table-row>{}</table:table-row>'
    rows = table.format(cell("Region") + cell("2022"), cell("Chui") + cell("7"))
    content = open_document(
        f"{rows}</table:table>", '<!DOCTYPE manifest PUBLIC "-//OpenOffice.org" "M.dtd"><manifest/>'
    )
    assert "7" in values(content).values()


def test_what_is_nested_too_deeply_is_refused_in_words() -> None:
    deep = of_document("<text:span>" * 1900 + "123" + "</text:span>" * 1900)
    with pytest.raises(ReadError, match="nested too deeply"):
        isolated.read_cells(SimpleNamespace(reader="excel", reader_options={}), deep)

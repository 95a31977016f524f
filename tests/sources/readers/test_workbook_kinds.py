"""Every kind of workbook as a person sees it: formats, marks, texts above and below, what is no workbook."""

import io
import struct
import zipfile
from pathlib import Path
from typing import Any

import pytest
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.styles import Font
from xlrd.compdoc import CompDoc

from sources.cells import ReadError
from sources.readers import excel
from sources.readers.workbook import sheet, xls
from sources.readers.workbook.number_formats import shown
from tests.workbooks import book, cell, number, open_document, values, workbook

TABLE = "<table><tr><th>r<th>2022<tr><td>Chui<td>{}</table>"
FIXTURES = Path(__file__).resolve().parents[2] / "fixtures"


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


@pytest.mark.parametrize("content", [workbook(), open_document("<table:table/>")], ids=["xlsx", "ods"])
def test_a_workbook_that_unpacks_to_very_much_is_refused(
    content: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        size = sum(part.file_size for part in archive.infolist())
    monkeypatch.setattr(sheet, "MAX_UNPACKED", size - 1)
    with pytest.raises(ReadError, match=f"unpacks to more than {size - 1} bytes"):
        excel.read(content, {})
    monkeypatch.setattr(sheet, "MAX_UNPACKED", size)
    with pytest.raises(ReadError, match="no cell with content|no table was read|no sheet"):
        excel.read(content, {})


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


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"<html><body><form><table><tr><td>1</table></body></html>", "web page"),
        (b"<html><body><table><tr><td>1", "web page"),
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


def test_a_figure_that_is_struck_out_is_no_figure() -> None:
    def fill(made: Any) -> None:
        for row in (["r", 2022], ["a", 120], ["b", None]):
            made.active.append(row)
        made.active["B2"].font = Font(strike=True)
        made.active["B3"] = CellRichText(TextBlock(InlineFont(strike=True), "110"), " 120")

    struck = {"T!B2": "120 (struck out) ", "T!B3": "110 (struck out)  120"}
    assert values(book(fill), header_rows=[1]) == struck
    for tag in ("s", "strike", "del"):
        found = values(TABLE.format(f"<{tag}>110</{tag}> 120").encode(), header_rows=[1])
        assert found == {"Table 1!B2": "110 (struck out) 120"}
    rows = cell("r") + number(2022) + "</table:table-row><table:table-row>" + cell("a")
    rows += cell('<text:span text:style-name="T9">110</text:span> 120')
    table = f'<table:table table:name="t"><table:table-row>{rows}</table:table-row></table:table>'
    assert values(open_document(table), header_rows=[1]) == {"t!B2": "110 (struck out)  120"}


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

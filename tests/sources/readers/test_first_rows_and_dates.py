"""Rows and cells of workbooks that a careless reading loses or turns into figures: end to end, with small inputs."""

import datetime as dt
from typing import Any

import pytest

from sources.readers.workbook.number_formats import date_text
from tests.sources.readers.test_more_cases import GRID, read, rules, said
from tests.workbooks import workbook

KG_C, KG_N = "Чуйская область", "Нарынская область"
FODS = (
    '<?xml version="1.0"?><office:document xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
    'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
    'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:body><office:spreadsheet>'
    '<table:table table:name="A">{}</table:table></office:spreadsheet></office:body></office:document>'
)


@pytest.mark.parametrize(
    ("texts", "values"),
    [
        (("…", "…"), (None, None)),
        (("н/д", "x"), (None, None)),
        (("120¹", "140*"), (120.0, 140.0)),
        (("1'204", "1’300"), (1204.0, 1300.0)),
        (("(12)", "-"), (12.0, None)),
    ],
)
def test_a_first_row_without_a_plain_number_is_data(
    texts: tuple[str, str], values: tuple[float | None, float | None]
) -> None:
    """Read carelessly: the first region is taken for a part of the header and lost without a word."""
    content = workbook([("Область", 2022, 2023), (KG_C, *texts), (KG_N, 30, 40)])
    result = read(content, "excel", GRID)
    assert {(row[0], row[1], row[3]) for row in said(result)} == {
        ("KG-C", "2022", values[0]),
        ("KG-C", "2023", values[1]),
        ("KG-N", "2022", 30.0),
        ("KG-N", "2023", 40.0),
    }


@pytest.mark.parametrize("code", ["yyyy", "mmm yyyy", "dd.mm.yyyy", "h:mm", "[h]:mm"])
def test_a_date_is_no_figure(code: str) -> None:
    """Read carelessly: a cell that shows the year of a date is 2,022 orders."""
    content = workbook([("Область", 2022), (KG_C, dt.date(2022, 1, 1)), (KG_N, 30)], formats={"B2": code})
    result = read(content, "excel", GRID)
    assert {row[3] for row in said(result)} == {30.0} and rules(result) == {"unreadable_number"}


def test_a_date_in_the_header_stays_a_period() -> None:
    content = workbook([("Область", dt.date(2022, 1, 1)), (KG_C, 120)], formats={"B1": "yyyy"})
    assert {row[1] for row in said(read(content, "excel", GRID))} == {"2022"}


RECORDS: dict[str, Any] = {"layout": "records", "value_columns": ["Число"]}
BY_NAME: dict[str, Any] = {
    "ref_area": {"column": "Область"},
    "time_period": {"column": "Год"},
    "sex": {"column": "Пол", "values": {"женщины": "F", "мужчины": "M"}},
}
HEADER = ("Область", "Год", "Пол", "Число")


def test_merged_labels_of_records_count_for_all_that_they_cover() -> None:
    rows = [HEADER, (KG_C, 2022, "женщины", 120), (None, None, "мужчины", 11)]
    result = read(workbook(rows, merge=("A2:A3", "B2:B3")), "excel", BY_NAME, reader_options=RECORDS)
    assert said(result) == {("KG-C", "2022", "F", 120.0), ("KG-C", "2022", "M", 11.0)}


def test_a_figure_merged_over_two_records_is_none_of_either() -> None:
    """Read carelessly: 120 women, and men not available."""
    rows = [HEADER, (KG_C, 2022, "женщины", 120), (KG_C, 2022, "мужчины", None)]
    result = read(workbook(rows, merge=("D2:D3",)), "excel", BY_NAME, reader_options=RECORDS)
    assert said(result) == set() and rules(result) == {"unreadable_record"}


def ods(cell: str) -> bytes:
    text = "<table:table-cell office:value-type='string'><text:p>{}</text:p></table:table-cell>"
    cell_of = "<table:table-cell office:value-type='{}' office:{}='{}'>{}</table:table-cell>"
    year = cell_of.format("date", "date-value", "2022-01-01", "<text:p>2022</text:p>")
    header = f"<table:table-row>{text.format('Область')}{year}</table:table-row>"
    row = f"<table:table-row>{text.format(KG_C)}{cell}</table:table-row>"
    other = (
        f"<table:table-row>{text.format(KG_N)}{cell_of.format('float', 'value', '30', '')}</table:table-row>"
    )
    return FODS.format(header + row + other).encode()


@pytest.mark.parametrize(
    ("stored", "shown", "value"),
    [
        ("120", "120 тыс.", 120_000.0),
        ("5", "&lt;5", None),
        ("0", "…", None),
        ("0", "-", 0.0),
        ("1204.4", "1 204", ""),
    ],
)
def test_what_an_opendocument_cell_shows_beside_its_number(
    stored: str, shown: str, value: float | None
) -> None:
    """Read carelessly: 120 for 120 thousand, 5 for fewer than five, 0 for "not known"."""
    number = f"<table:table-cell office:value-type='float' office:value='{stored}'>"
    cell = f"{number}<text:p>{shown}</text:p></table:table-cell>"
    found = {row[0]: row[3] for row in said(read(ods(cell), "excel", GRID))}
    assert found.get("KG-C", "") == value and found["KG-N"] == 30.0


def test_lines_and_hidden_parts_of_an_exported_page() -> None:
    """Read carelessly: 130 above 120 is 130,120; a row that its class hides is published."""
    page = (
        "<style>tr.draft{display:none}</style><table><tr><td>Область<td>2022<td>2023</tr>"
        "<tr class='draft'><td>Нарынская область<td>31<td>41</tr>"
        "<tr><td>Чуйская<br>область<td>130<br>120<td>140<br></tr></table>"
    )
    result = read(page.encode(), "excel", GRID)
    assert {(row[0], row[3]) for row in said(result)} == {("KG-C", 140.0)}
    assert rules(result) == {"unreadable_number"}


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (dt.datetime(2024, 1, 2), "2024-01-02"),
        (dt.datetime(2024, 1, 2, 3, 4), "2024-01-02T03:04:00"),
        (dt.date(2024, 1, 2), "2024-01-02"),
    ],
)
def test_a_day_without_a_time_is_shown_without_one(value: dt.date, text: str) -> None:
    assert date_text(value) == text

"""Headings, sections and other headers between the records of a file of lines, on small tables of cells."""

from collections.abc import Sequence
from typing import Any

import pyarrow as pa
import pytest

from sources.cells import COLUMN, HEADING, HEADINGS, LOCATOR, PROBLEM, VALUE
from sources.readers.headings import (
    SECTION,
    Heading,
    headings_of,
    lone_labels,
    other_headers,
    with_heading_list,
    with_headings,
)


def cells(
    *records: str, labels: Sequence[str] = ("area",), columns: Sequence[str] = ("2022", "2023")
) -> pa.Table:
    """Records written as ``label | value | value``, each a cell for every value."""
    rows = [[text.strip() or None for text in record.split("|")] for record in records]
    count = len(labels)
    held: dict[str, list[str | None]] = {name: [] for name in (VALUE, LOCATOR, COLUMN, *labels)}
    for line, row in enumerate(rows, 2):
        for place, column in enumerate(columns):
            held[VALUE].append(row[count + place])
            held[LOCATOR].append(f"line {line}, column {column}")
            held[COLUMN].append(column)
            for name, text in zip(labels, row, strict=False):
                held[name].append(text)
    return pa.table({name: pa.array(texts, pa.string()) for name, texts in held.items()})


def of_records(table: pa.Table, name: str, values: int = 2) -> list[Any]:
    found: list[Any] = table[name].to_pylist()[::values]
    return found


@pytest.mark.parametrize(
    ("records", "found"),
    [
        (["Osh|1|2", "Chui|3|4"], []),
        (["Cities| | ", "Osh|1|2"], [(0, "Cities", "area")]),
        (["Osh|1|2", "Share, %|-|x", "Osh|3|4"], [(1, "Share, %", "area")]),
        (["Osh|1|2", " |Cities| ", "Osh|3|4"], [(1, "Cities", "")]),
        (["Osh|1|2", "Cities|Cities|Cities", "Osh|3|4"], [(1, "Cities", "area")]),
        (["Osh|1|2", "Cities|late|", "Osh|3|4"], []),
        (["Osh|1|2", "-|-|-", "Osh|3|4"], []),
        (["Osh|1|2", "5|-|-", "Osh|3|4"], []),
        (["Osh|1|2", "%|-|-", "Osh|3|4"], [(1, "%", "area")]),
        (["Osh|1|2", "Cities| | "], []),
        (["Cities| | ", "Towns| | ", "Osh|1|2"], [(0, "Cities", "area"), (1, "Towns", "area")]),
        (["Cities| | ", "Towns| | "], []),
    ],
)
def test_lines_with_one_text_and_no_figure(records: list[str], found: list[tuple[int, str, str]]) -> None:
    numbers, texts = lone_labels(cells(*records), ["area"], 2)
    assert [(number, *said) for number, said in zip(numbers.tolist(), texts, strict=True)] == found


def test_a_text_in_the_second_column_of_labels() -> None:
    table = cells("A|f|1|2", " |Cities| | ", "B|m|3|4", "C|m| | ", "D|f|5|6", labels=("area", "sex"))
    numbers, texts = lone_labels(table, ["area", "sex"], 2)
    assert numbers.tolist() == [1] and texts == [("Cities", "sex")]


@pytest.mark.parametrize(
    ("records", "labels", "headers"),
    [
        (["Osh|1|2", "area|2020|2021", "Osh|3|4"], ("area",), [1]),
        (["Osh|1|2", " |2020|2021", "Osh|3|4"], ("area",), [1]),
        (["Osh|1|2", "Osh|2020|2021"], ("area",), []),
        (["Osh|1|2", " |2020|5"], ("area",), []),
        (["Osh|1|2", " |2020|x"], ("area",), []),
        (["Osh|2020|2021"], ("area",), []),
        (["Osh|1|2", "area|women|men"], ("area",), [1]),
        (["x|women|men", "Osh|1|2"], ("column 1",), [0]),
        (["x|women|men", "Osh|1|2", "Towns| | ", "Chui|3|4"], ("column 1",), [0]),
        (["x|women|5", "Osh|1|2"], ("column 1",), []),
        (["x|women|men", "Osh|1|2"], ("area",), []),
        ([" |women|men", "Osh|1|2"], ("column 1",), []),
        (["Osh|1|2", "x|women|men"], ("column 1",), []),
        (["x|we|men", "Osh|1|2"], ("column 1",), []),
    ],
)
def test_records_that_are_headers(records: list[str], labels: tuple[str, ...], headers: list[int]) -> None:
    assert other_headers(cells(*records, labels=labels), labels, 2).tolist() == headers


def test_one_column_of_years_is_no_header() -> None:
    table = cells("Osh|1", " |2020", "Osh|3", columns=("n",))
    assert other_headers(table, ["area"], 1).tolist() == []


def test_records_below_another_header_are_refused_until_the_own_one_comes_again() -> None:
    table = cells("A|1|2", "area|2020|2021", "B|3|4", "area|2022|2023", "C|5|6")
    found = with_headings(table, ["area"], 2)
    reason = "the record is below another header (line 3: 2020, 2021)"
    assert of_records(found, PROBLEM) == [None, None, reason, reason, None]
    again = cells("A|1|2", "area|2022|2023", "C|5|6")
    assert PROBLEM not in with_headings(again, ["area"], 2).column_names
    known = table.append_column(PROBLEM, pa.array(["x", None] + [None] * 8, pa.string()))
    assert with_headings(known, ["area"], 2)[PROBLEM].to_pylist()[:2] == ["x", None]
    assert of_records(with_headings(known, ["area"], 2), PROBLEM)[2] == reason


def test_each_record_names_the_heading_above_it() -> None:
    table = cells("A|1|2", "Cities| | ", "B|3|4", "Share, %|-|-", "C|5|6")
    found = with_headings(table, ["area"], 2)
    assert of_records(found, HEADING) == [None, None, "line 3", "line 3", "line 5"]
    assert headings_of(found) == [
        [
            Heading("line 3", "Cities", first=False, kept=True, column="area"),
            Heading("line 5", "Share, %", first=False, kept=True, column="area"),
        ]
    ]
    first = headings_of(with_headings(cells("Cities| | ", "Towns| | ", "A|1|2"), ["area"], 2))[0]
    assert [heading.first for heading in first] == [True, True]


def test_sections_are_no_records_unless_they_hold_a_sign() -> None:
    table = cells("A|1|2", "Cities| | ", "B|3|4", "Share, %|-|-", "C|5|6", "Villages| | ", "D|7|8")
    found = with_headings(table, ["area"], 2, sections=True)
    assert of_records(found, "area") == ["A", "B", "Share, %", "C", "D"]
    assert of_records(found, SECTION) == [None, "Cities", "Cities", "Cities", "Villages"]
    none = with_headings(cells("A|1|2"), ["area"], 2, sections=True)
    assert none[SECTION].to_pylist() == [None, None]


def test_a_table_without_headings_stays_as_it_is() -> None:
    table = cells("A|1|2")
    assert with_headings(table, ["area"], 2) is table and with_headings(table, [], 2) is table
    assert with_headings(table.slice(0, 0), ["area"], 2).num_rows == 0
    assert with_heading_list(table, [[]]) is table and headings_of(table) == []
    kept = with_heading_list(table.replace_schema_metadata({"a": "b"}), [[], [Heading("p", "ж", first=True)]])
    assert headings_of(kept) == [[Heading("p", "ж", first=True)]]
    assert kept.schema.metadata[b"a"] == b"b" and "ж".encode() in kept.schema.metadata[HEADINGS]

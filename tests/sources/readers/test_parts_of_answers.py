"""Answers that are a part of something larger, or no data at all, and figures that must not run together."""

import json
from pathlib import Path
from typing import Any

import pytest

from pipelines.try_declaration import try_declaration
from sources.cells import EMBARGO, NEXT_PAGE, REMARKS, TITLES, UNREAD, ReadError
from sources.readers import delimited, json_stat, json_table, sdmx_json
from sources.readers.grid.table import one_line

ROWS = {"rows": "/data", "value": "value"}

DATASET = {"observations": {"0": [72]}}
MESSAGE = {
    "dataSets": [DATASET],
    "structure": {"dimensions": {"observation": [{"id": "REF_AREA", "values": [{"id": "KG"}]}]}},
}
CUBE = {"id": ["geo"], "size": [1], "dimension": {"geo": {"category": {"index": ["KG"]}}}, "value": [72]}


def answer(**envelope: Any) -> bytes:
    return json.dumps({"data": [{"area": "KG", "value": 72}], **envelope}).encode()


@pytest.mark.parametrize(
    "envelope",
    [
        {"totalCount": 500},
        {"total_count": "500"},
        {"meta": {"recordsTotal": 500}},
        {"iTotalDisplayRecords": 500},
        {"numberMatched": "500"},
        {"total": 500, "limit": 1},
        {"total": 500, "offset": 0},
        {"numFound": 2},
        {"total": 500},
        {"total": 1204, "count": 1},
        {"count": "40"},
        {"meta": {"всего": 5}},
        {"total": 72, "totalCount": 40},
    ],
)
def test_an_answer_with_fewer_rows_than_it_says_is_refused(envelope: dict[str, Any]) -> None:
    """Read carelessly: the first page is published as if it were all."""
    with pytest.raises(ReadError, match="rows and has 1 of them"):
        json_table.read(answer(**envelope), ROWS)


@pytest.mark.parametrize(
    ("envelope", "words"),
    [
        ({"hasMore": True}, "more rows than it has .hasMore"),
        ({"pagination": {"has_next": True}}, "more rows than it has .has_next"),
        ({"exceededTransferLimit": True}, "more rows"),
        ({"success": False, "message": "timeout"}, "success, false, timeout"),
        ({"ok": 0}, "a failure beside the rows: ok"),
        ({"error": {"code": 500, "message": "partial"}}, "error, 500, partial"),
        ({"errors": ["shard 3 did not answer"]}, "shard 3"),
        ({"status": "error"}, "status, error"),
        ({"status": 503}, "503"),
    ],
)
def test_an_answer_that_calls_itself_failed_or_a_part_is_refused(
    envelope: dict[str, Any], words: str
) -> None:
    """Read carelessly: what rows there are, as if they were all and right."""
    with pytest.raises(ReadError, match=words):
        json_table.read(answer(**envelope), ROWS)


@pytest.mark.parametrize(
    ("envelope", "following"),
    [
        ({"meta": {"current_page": 1, "last_page": 4}}, "2"),
        ({"pagination": {"currentPage": 2, "totalPages": 3}, "hasMore": True}, "3"),
        ({"links": {"next": "https://stat.example.org/Data?page=2"}}, "https://stat.example.org/Data?page=2"),
        ({"_links": {"next": {"href": "/data?page=2"}}}, "/data?page=2"),
        ({"meta": {"current_page": 4, "last_page": 4}, "links": {"next": None}}, None),
    ],
)
def test_the_page_after_an_answer_may_be_named_in_an_inner_object(
    envelope: dict[str, Any], following: str | None
) -> None:
    assert json_table.next_page(answer(**envelope), ROWS) == following
    assert json_table.read(answer(**envelope), ROWS)["_value"].to_pylist() == ["72"]


def test_the_unit_that_an_answer_states_is_kept_where_no_column_is_declared_for_it() -> None:
    """Read carelessly: thousands of persons as persons, since only the declared columns were looked at."""
    options = {**ROWS, "columns": {"area": "area"}}
    beside = json_table.read(answer(meta={"unit": "thousand persons"}), options)
    assert beside.schema.metadata[b"unit"] == b"thousand persons"
    rows = json.dumps(
        {"data": [{"area": "KG", "value": 72, "measure": {"unit": "тыс."}, "year": 2022}]}
    ).encode()
    for beside_rows, words in (
        ({"factor": 1000, "unit": "persons"}, b"x1000; persons"),
        ({"meta": {"scale": 3}}, b"3"),
        ({"scale": 1}, b"1"),
        ({"multiplier": "10", "unit": {"en": "orders", "ru": "orders"}}, b"x10; orders"),
        ({"year": 2022}, None),
    ):
        metadata = json_table.read(answer(**beside_rows), options).schema.metadata or {}
        assert metadata.get(b"unit") == words
    table = json_table.read(rows, options)
    assert table["unit"].to_pylist() == ["тыс."]
    assert table.schema.metadata[UNREAD] == b"year"


@pytest.mark.parametrize(
    ("envelope", "titles", "remarks"),
    [
        ({}, "", ""),
        ({"title": "Orders", "unit": "persons"}, "Orders; persons", ""),
        ({"meta": {"Label": {"en": "Orders"}, "year": "2022"}}, "", "Orders"),
        ({"note": "Preliminary", "rows": 1, "notes": ["a", "", "b", "a"]}, "", "Preliminary\na\nb"),
        ({"title": "Orders", "note": "Preliminary"}, "Orders", "Preliminary"),
        ({"meta": {"title": "Orders", "title of it": {"en": "All"}}}, "Orders", "All"),
    ],
)
def test_what_stands_beside_the_rows_is_said_of_all_of_them(
    envelope: dict[str, Any], titles: str, remarks: str
) -> None:
    """Titles may say a unit; what is inside of the rows is said of single ones, and numbers say nothing."""
    metadata = json_table.read(answer(**envelope), ROWS).schema.metadata or {}
    assert metadata.get(TITLES[0], b"").decode() == titles
    assert metadata.get(REMARKS.encode(), b"").decode() == remarks


@pytest.mark.parametrize(
    "envelope",
    [
        {},
        {"success": True, "error": None, "errors": [], "status": "ok", "hasMore": False},
        {"error": False, "status": 200, "message": "OK"},
        {"error": {"code": 0, "message": ""}},
        {"total": 72, "count": 1},
        {"summary": {"total": 1204}},
        {"totalCount": 1},
        {"total": 500, "page": 3, "pages": 3},
        {"count": 9, "next": None, "limit": 1},
    ],
)
def test_an_answer_that_is_whole_or_goes_on_by_itself_is_read(envelope: dict[str, Any]) -> None:
    """``total`` alone is a figure as often as a number of rows."""
    assert json_table.read(answer(**envelope), ROWS)["_value"].to_pylist() == ["72"]


@pytest.mark.parametrize(
    ("total", "read"),
    [(114, True), (66, True), (12, True), (4, False), (6, False), (40, False), (300, False)],
)
def test_a_total_is_a_figure_where_it_may_be_one_of_the_rows(total: int, read: bool) -> None:
    """The sum of their values, the largest of these or how many there are; no number of an id, and none by chance."""
    rows = [
        {"id": number, "by_year": [{"value": value} for value in (first, 0, 0, 0)]}
        for number, first in enumerate((66, 29, 19), 1)
    ]
    content = json.dumps({"total": total, "data": rows}).encode()
    options = {"rows": "/data", "explode": "by_year", "value": "value", "columns": {"id": "id"}}
    if not read:
        with pytest.raises(ReadError, match=rf"says that there are {total} rows .*where /total is a figure"):
            json_table.read(content, options)
        options["columns"] = {"id": "id", "all": "/total"}
    assert json_table.read(content, options).num_rows == 12


def test_a_page_names_the_one_after_it() -> None:
    first = json_table.read(answer(page=1, pages=3), ROWS)
    assert first.schema.metadata[NEXT_PAGE] == b"2"
    assert NEXT_PAGE not in (json_table.read(answer(page=3, pages=3), ROWS).schema.metadata or {})


def test_a_page_without_the_one_after_it_is_a_finding(tmp_path: Path) -> None:
    declaration = tmp_path / "ex_pages.yaml"
    declaration.write_text(
        "country: KG\ntitle: {en: E, ru: Е}\npublisher: {en: O, ru: О}\naddress: https://stat.example.org/\n"
        "licence: NOT-STATED\ncitation: O\ncadence: yearly\ncollection: inbox\nprecedence: 1\n"
        "reader: json_table\nreader_options: {rows: /data, value: value}\nfiles: [{name: t}]\nconcepts:\n"
        "  indicator: {const: PROTECTION_ORDERS}\n  ref_area: {column: area}\n  time_period: {const: '2022'}\n",
        encoding="utf-8",
    )
    pages = [tmp_path / f"page{number}.json" for number in (1, 2)]
    for number, page in enumerate(pages, 1):
        page.write_bytes(answer(page=number, pages=2))
    alone, both = (try_declaration(declaration, given) for given in (pages[:1], pages))
    assert [row["finding"] for row in alone.findings] == ["page_missing"]
    assert "page_missing" not in [row["finding"] for row in both.findings]


@pytest.mark.parametrize("header", [{"header": {"test": True}}, {"meta": {"test": True}}])
def test_a_test_message_is_refused_unless_declared(header: dict[str, Any]) -> None:
    content = json.dumps({**header, **MESSAGE}).encode()
    with pytest.raises(ReadError, match="is a test"):
        sdmx_json.read(content, {})
    assert sdmx_json.read(content, {"test": "accept"})["_value"].to_pylist() == ["72"]


def test_figures_on_two_lines_of_a_cell_are_two_figures() -> None:
    """Read carelessly: 130 above 120 in one cell is 130,120."""
    assert one_line("130\n120") == "130\t120"
    assert one_line("Нарынская\n область") == "Нарынская область"
    assert one_line("9 месяцев\n2024") == "9 месяцев 2024"


@pytest.mark.parametrize(
    ("reader", "document", "options", "said"),
    [
        (json_table, {"embargo": "2027-02-01", "data": [{"value": 7}]}, ROWS, "2027-02-01"),
        (json_table, {"meta": {"embargoDate": "2027"}, "data": [{"value": 7}]}, ROWS, "2027"),
        (json_table, {"embargo": True, "data": [{"value": 7}]}, ROWS, "true"),
        (json_table, {"embargo": None, "data": [{"embargo": "2027", "value": 7}]}, ROWS, ""),
        (sdmx_json, {**MESSAGE, "meta": {"embargoDate": "2027-02-01T06:00:00Z"}}, {}, "2027-02-01T06:00:00Z"),
        (sdmx_json, {**MESSAGE, "dataSets": [{**DATASET, "embargoDate": "2027"}]}, {}, "2027"),
        (sdmx_json, MESSAGE, {}, ""),
        (json_stat, {**CUBE, "extension": {"embargoed_until": "2027"}}, {}, "2027"),
        (json_stat, CUBE, {}, ""),
    ],
)
def test_an_embargo_is_said_of_all_values(
    reader: Any, document: dict[str, Any], options: dict[str, Any], said: str
) -> None:
    table = reader.read(json.dumps(document).encode(), options)
    assert (table.schema.metadata or {}).get(EMBARGO, b"").decode() == said


def test_json_lines_are_the_list_of_their_objects() -> None:
    two = b'{"area": "KG", "value": 72}\n{"area": "KZ", "value": 7.0}\n'
    table = json_table.read(two, {"value": "value"})
    assert (table["_value"].to_pylist(), table["_locator"].to_pylist()) == (
        ["72", "7.0"],
        ["/0/value", "/1/value"],
    )
    for broken in (two[:-3], two + b"]", two.replace(b"}\n{", b"}{")):
        with pytest.raises(ReadError, match="not complete JSON"):
            json_table.read(broken, {"value": "value"})


def test_a_text_that_is_guarded_against_spreadsheets_is_that_text() -> None:
    table = delimited.read(
        b'Area;Year;Value\n"=""KG""";"=""2022""";"=""1204"""\n', {"value_columns": ["Value"]}
    )
    assert [table[name][0].as_py() for name in ("Area", "Year", "_value")] == ["KG", "2022", "1204"]
    assert delimited.read(b"Area;Value\nKG;=61\n", {"value_columns": ["Value"]})["_value"].to_pylist() == [
        "=61"
    ]

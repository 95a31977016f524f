"""One file from end to end: what a row carries, which reason is named, and that size does not matter."""

import datetime as dt

import duckdb
import pyarrow as pa
import pytest

from tests.transforms.sample import (
    FACTS,
    SHA256,
    Declare,
    Observe,
    Row,
    column,
    refusals,
    sheet,
)
from transforms.normalize import encoded_columns, numbers_and_status
from transforms.normalize.codes_from_labels import SKIP
from transforms.normalize.normalizer import Normalizer


def test_a_row_carries_value_status_and_lineage(observe: Observe, normalizer: Normalizer) -> None:
    result = observe([("1 234*", {"_note": "Preliminary"})], numbers={"decimal": ","})
    assert result.good.schema.equals(normalizer.good_schema(), check_metadata=True)
    (row,) = result.good.to_pylist()
    key = "sample|DV_REPORTS|KZ-71|F|_T|_T|_T|_T|2024|NUMBER|C"
    expected_key = (
        duckdb.connect().execute("SELECT concat(chr(107), left(md5(?), 16))", [key]).fetchall()[0][0]
    )
    assert row == {
        "obs_key": expected_key, "ref_area": "KZ-71", "indicator": "DV_REPORTS", "sex": "F", "age": "_T",
        "violence_form": "_T", "relationship": "_T", "breakdown": "_T", "freq": "A", "time_period": "2024",
        "period_start": dt.date(2024, 1, 1), "period_end": dt.date(2024, 12, 31), "obs_value": 1234.0,
        "obs_lower": None, "obs_upper": None, "nature": "C", "unit_measure": "NUMBER", "obs_status": "A",
        "conf_status": "F", "dataset_id": "sample", "source_id": "sample", "published_value": "1 234*",
        "note": "Preliminary", "note_ru": None, "raw_sha256": SHA256, "raw_locator": "line 2",
        "retrieved_at": FACTS.retrieved_at,
    }  # fmt: skip
    assert (result.rows, result.duplicates, result.refused.num_rows) == (1, 0, 0)


def test_rows_stay_in_the_files_order(observe: Observe) -> None:
    years = [str(year) for year in range(2024, 2000, -1)]
    assert column(observe([("1", {"Year": year}) for year in years]), "time_period") == years


def test_skipped_rows_are_neither_good_nor_refused(observe: Observe) -> None:
    rows = [("x y z", {"What": "other", "Region": "Atlantis"}), ("2", {})]
    result = observe(rows)
    assert (column(result, "obs_value"), result.refused.num_rows) == ([2.0], 0)
    none_of_these = {"column": "Region", "extract": "^(?!Astana$).+", "template": SKIP, "absent": "_T"}
    foreign = observe(rows, concepts={"ref_area": [none_of_these, {"column": "Region"}]})
    assert (column(foreign, "obs_value"), foreign.refused.num_rows) == ([2.0], 0)
    whole = observe(rows, concepts={"indicator": {"const": SKIP}})
    assert (whole.good.num_rows, whole.refused.num_rows) == (0, 0)
    years = {"time_period": {"column": "Year", "values": {"2024": "2024", "total": SKIP}}}
    assert observe([("1", {"Year": "total"}), ("2", {})], concepts=years).good.num_rows == 1


EVERY_LABEL = {
    "ref_area": "Region",
    "sex": "Group",
    "age": "Group",
    "violence_form": "Group",
    "relationship": "Group",
    "nature": "Group",
    "unit_measure": "Group",
    "obs_status": "Group",
    "source_id": "Group",
}


@pytest.mark.parametrize("name", EVERY_LABEL)
def test_a_label_of_any_dimension_may_be_skipped(observe: Observe, name: str) -> None:
    column_name = EVERY_LABEL[name]
    codes = {
        "sex": "F",
        "age": "Y15T49",
        "violence_form": "PHYSICAL",
        "relationship": "IPTN",
        "nature": "C",
        "unit_measure": "NUMBER",
        "obs_status": "U",
        "source_id": "s1",
        "ref_area": "KZ-71",
    }
    concepts = {name: {"column": column_name, "values": {"wanted": codes[name], "not wanted": SKIP}}}
    rows: list[tuple[str | None, Row]] = [
        ("x y z", {column_name: "not wanted"}),
        ("2", {column_name: "wanted"}),
    ]
    result = observe(rows, concepts=concepts)
    assert (column(result, "obs_value"), result.refused.num_rows) == ([2.0], 0)
    assert column(result, name) == [codes[name]]


def test_a_label_of_a_breakdown_may_be_skipped(observe: Observe) -> None:
    parts = {"EDUCATION": {"column": "Group", "values": {"higher": "HIGHER", "sub-total": SKIP, "": "_T"}}}
    rows: list[tuple[str | None, Row]] = [(n, {"Group": g}) for n, g in (("1", "sub-total"), ("2", "higher"))]
    result = observe(rows, breakdown=parts)
    assert column(result, "breakdown") == ["EDUCATION=HIGHER"] and not result.refused.num_rows


def test_the_first_problem_names_the_reason(observe: Observe) -> None:
    result = observe([("x y", {"Region": "Atlantis", "Year": "?", "Sex": "?", "What": "cats"})])
    assert refusals(result) == [("line 2", "unknown_area")]


def test_refused_rows_are_no_duplicates(observe: Observe) -> None:
    result = observe([("-5", {}), ("5", {}), ("-5", {})])
    assert (column(result, "obs_value"), result.duplicates, len(refusals(result))) == ([5.0], 0, 2)


def test_empty_files(observe: Observe, normalizer: Normalizer, declare: Declare) -> None:
    empty = sheet([("1", {})]).slice(0, 0)
    for cells in (empty, pa.table({name: pa.chunked_array([], pa.string()) for name in empty.column_names})):
        result = normalizer.normalize(cells, declare(), FACTS)
        assert (result.good.num_rows, result.refused.num_rows, result.rows) == (0, 0, 0)
        assert result.good.schema == normalizer.good_schema()


@pytest.mark.parametrize("chunk", [7, 64, 122_880])
def test_large_and_small_files_are_read_alike(
    observe: Observe, monkeypatch: pytest.MonkeyPatch, chunk: int
) -> None:
    """Small files are read without a query for numbers and in one piece; the verdicts must not depend on it."""
    values = ["12", "1 234,5", "…", "-", "12,3*", "x y", "(7)", "<5", None, "-3"]
    regions = ["Astana", "KZ-10", "Atlantis", "Karaganda region"]
    rows: list[tuple[str | None, Row]] = [
        (
            values[n % 10],
            {"Year": str(2000 + n % 23), "Region": regions[n % 4], "Sex": ("Women", "Men", "?")[n % 3]},
        )
        for n in range(400)
    ]
    rows.extend(rows[:60])
    small = observe(rows, numbers={"decimal": ","})
    monkeypatch.setattr(numbers_and_status, "FEW", 5)
    monkeypatch.setattr(encoded_columns, "CHUNK", chunk)
    large = observe(rows, numbers={"decimal": ","})
    assert small.good.num_rows and small.refused.num_rows and small.duplicates
    assert large.good.equals(small.good) and large.refused.equals(small.refused)
    assert large.duplicates == small.duplicates


def test_a_note_is_given_in_russian_where_it_is_translated(
    observe: Observe, normalizer: Normalizer, monkeypatch: pytest.MonkeyPatch
) -> None:
    russian = {"Preliminary": "Предварительно", "By the press": "По сообщениям прессы"}
    monkeypatch.setattr(normalizer.lookups, "notes_ru", russian)
    rows: list[tuple[str | None, Row]] = [
        ("1", {"Year": "2020", "_note": "Preliminary"}),
        ("2", {"Year": "2021", "_note": "Something new"}),
        ("3", {"Year": "2022"}),
    ]
    assert column(observe(rows), "note_ru") == ["Предварительно", None, None]
    said = observe(rows, concepts={"note": {"const": "By the press"}})
    assert column(said, "note_ru") == ["Предварительно", None, "По сообщениям прессы"]
    assert column(said, "note") == [
        "By the press. Preliminary",
        "By the press. Something new",
        "By the press",
    ]

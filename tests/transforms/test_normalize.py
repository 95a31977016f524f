"""Cells to observations: what becomes a row, what is refused and with which words, and that nothing is lost between."""

import datetime as dt
import json
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pytest

from data_contracts import checks
from data_contracts.load import load_contract
from data_contracts.model import Contract
from sources.cells import cells_table
from sources.dataset import Dataset
from sources.load_datasets import load_dataset
from transforms.normalize import encoded_columns, file_normalizer, verdicts
from transforms.normalize.facts import FileFacts, Normalized, refused_row
from transforms.normalize.file_normalizer import SKIP
from transforms.normalize.normalizer import Normalizer

SHA256 = "ab" * 32
FACTS = FileFacts(SHA256, dt.datetime(2026, 11, 24, 3, 15), "raw/sample/file.csv")
SPEC: dict[str, Any] = {
    "country": "KZ", "title": {"en": "Sample", "ru": "Sample"}, "publisher": {"en": "Sample", "ru": "Sample"},
    "address": "https://example.org/", "licence": "CC-BY-4.0", "citation": "Sample", "cadence": "yearly",
    "collection": "portal", "precedence": 1, "reader": "delimited", "files": [{"name": "sample"}],
}  # fmt: skip
CONCEPTS: dict[str, Any] = {
    "indicator": {
        "column": "What",
        "values": {
            "reports": "DV_REPORTS",
            "share": "DV_REPORTS_CLOSED_SHARE",
            "other": SKIP,
            "wrong": "NO_SUCH",
        },
    },
    "ref_area": {"column": "Region"},
    "time_period": {"column": "Year"},
    "sex": {"column": "Sex", "values": {"Women": "F", "Men": "M", "All": "_T"}},
}
ROW = {"What": "reports", "Region": "Astana", "Year": "2024", "Sex": "Women"}
Row = dict[str, str | None]
Observe = Callable[..., Normalized]


@pytest.fixture(scope="module")
def contract() -> Contract:
    return load_contract()


@pytest.fixture(scope="module")
def declare(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Dataset]:
    """A declaration as any other, with some keys of its own; ``concepts`` are added to the usual ones."""

    def make(concepts: dict[str, Any] | None = None, **keys: Any) -> Dataset:
        path: Path = tmp_path_factory.mktemp("datasets") / "sample.yaml"
        path.write_text(
            json.dumps({**SPEC, "concepts": {**CONCEPTS, **(concepts or {})}, **keys}), encoding="utf-8"
        )
        return load_dataset(path)

    return make


@pytest.fixture(scope="module")
def normalizer(contract: Contract, declare: Callable[..., Dataset]) -> Normalizer:
    return Normalizer(contract, datasets={"sample": declare()}, sources=["s1", "s2"])


@pytest.fixture(scope="module")
def observe(normalizer: Normalizer, declare: Callable[..., Dataset]) -> Observe:
    """Normalize rows of (value, other cells) as a declared dataset's file."""

    def run(
        rows: Iterable[tuple[str | None, Row]], constants: dict[str, str] | None = None, **keys: Any
    ) -> Normalized:
        facts = FileFacts(FACTS.sha256, FACTS.retrieved_at, FACTS.path, constants or {})
        return normalizer.normalize(sheet(rows), declare(**keys), facts)

    return run


def sheet(rows: Iterable[tuple[str | None, Row]]) -> pa.Table:
    """Cells of rows; those that say nothing of a column have the usual text there."""
    full = [(value, {**ROW, **cells}) for value, cells in rows]
    names = dict.fromkeys(name for _, cells in full for name in cells)
    columns: dict[str, list[str | None]] = {"_note": [cells.get("_note") for _, cells in full]}
    columns |= {name: [cells.get(name) for _, cells in full] for name in names if not name.startswith("_")}
    columns["_value"] = [value for value, _ in full]
    columns["_locator"] = [
        str(cells.get("_locator", f"line {line}")) for line, (_, cells) in enumerate(full, 2)
    ]
    return cells_table(columns)


def column(result: Normalized, name: str) -> list[Any]:
    return list(result.good[name].to_pylist())


def refusals(result: Normalized) -> list[tuple[str, str]]:
    return list(
        zip(result.refused["raw_locator"].to_pylist(), result.refused["rule"].to_pylist(), strict=True)
    )


# -- good rows ---------------------------------------------------------------------------------------------------


def test_a_row_carries_value_status_and_lineage(observe: Observe, normalizer: Normalizer) -> None:
    result = observe([("1 234*", {"_note": "Preliminary"})], numbers={"decimal": ","})
    assert result.good.schema.equals(normalizer.good_schema(), check_metadata=True)
    (row,) = result.good.to_pylist()
    key = "sample|DV_REPORTS|KZ-71|F|_T|_T|_T|_T|2024|NUMBER|C"
    expected_key = duckdb.connect().execute("SELECT left(md5(?), 16)", [key]).fetchall()[0][0]
    assert row == {
        "obs_key": expected_key, "ref_area": "KZ-71", "indicator": "DV_REPORTS", "sex": "F", "age": "_T",
        "violence_form": "_T", "relationship": "_T", "breakdown": "_T", "freq": "A", "time_period": "2024",
        "period_start": dt.date(2024, 1, 1), "period_end": dt.date(2024, 12, 31), "obs_value": 1234.0,
        "obs_lower": None, "obs_upper": None, "nature": "C", "unit_measure": "NUMBER", "obs_status": "A",
        "conf_status": "F", "dataset_id": "sample", "source_id": "sample", "published_value": "1 234*",
        "note": "Preliminary", "raw_sha256": SHA256, "raw_locator": "line 2", "retrieved_at": FACTS.retrieved_at,
    }  # fmt: skip
    assert (result.rows, result.duplicates, result.refused.num_rows) == (1, 0, 0)


def test_rows_stay_in_the_files_order(observe: Observe) -> None:
    years = [str(year) for year in range(2024, 2000, -1)]
    assert column(observe([("1", {"Year": year}) for year in years]), "time_period") == years


@pytest.mark.parametrize(
    ("numbers", "text", "value", "lower", "upper", "status"),
    [
        ({}, "-", None, None, None, "M"),
        ({}, "…", None, None, None, "O"),
        ({}, None, None, None, None, "O"),
        ({}, "(7)", 7.0, None, None, "U"),
        ({}, "4 (3-6)", 4.0, 3.0, 6.0, "A"),
        ({}, "more than 5", 5.0, 5.0, None, "U"),
        ({}, "<5", None, None, 5.0, "O"),
        ({"censored": "Q"}, "<5", None, None, 5.0, "Q"),
        ({"symbols": {"-": "0"}}, "-", 0.0, None, None, "A"),
        ({"symbols": {"99": "Q"}}, "99", None, None, None, "Q"),
        ({"symbols": {"": "0"}}, None, 0.0, None, None, "A"),
        ({"multiply": 1000}, "2053.2", 2053200.0, None, None, "A"),
        ({"multiply": 1000}, "4.5 (3-6)", 4500.0, 3000.0, 6000.0, "A"),
        ({"decimal": "."}, "1,234", 1234.0, None, None, "A"),
        ({"decimal": ","}, "1.234", 1234.0, None, None, "A"),
    ],
)
def test_numbers_and_their_status(
    observe: Observe,
    numbers: dict[str, Any],
    text: str,
    value: float,
    lower: float,
    upper: float,
    status: str,
) -> None:
    result = observe([(text, {})], numbers=numbers)
    found = [column(result, name)[0] for name in ("obs_value", "obs_lower", "obs_upper", "obs_status")]
    assert found == [value, lower, upper, status]


def test_blank_cells_can_be_skipped(observe: Observe) -> None:
    result = observe([("", {}), (" \u00a0", {}), (None, {}), ("3", {})], numbers={"blank": "skip"})
    assert (column(result, "raw_locator"), result.rows, result.refused.num_rows) == (["line 5"], 4, 0)


def test_declared_status_bounds_and_unit(observe: Observe) -> None:
    concepts = {
        "obs_status": {"column": "Mark", "values": {"p": "P", "": ""}}, "obs_lower": {"column": "Low"},
        "obs_upper": {"column": "High"}, "unit_measure": {"column": "Unit", "empty": ""},
    }  # fmt: skip
    marked = {"Mark": "p", "High": "6"}
    rows: list[tuple[str | None, Row]] = [
        ("5", {**marked, "Low": "4,5", "Unit": "GLASSES"}), ("5", {**marked, "Low": "4.5", "Unit": ""}),
        ("…", {"Mark": "p", "Year": "2023"}), ("(5)", {"Year": "2022"}),
    ]  # fmt: skip
    result = observe(rows, concepts=concepts, default_status="E")
    found = [
        (row["obs_status"], row["obs_lower"], row["obs_upper"], row["unit_measure"])
        for row in result.good.to_pylist()
    ]
    assert found == [("P", 4.5, 6.0, "NUMBER"), ("O", None, None, "NUMBER"), ("U", None, None, "NUMBER")]
    assert refusals(result) == [("line 2", "unit_measure_not_in_code_list")]


def test_default_status_is_the_datasets(observe: Observe) -> None:
    assert column(observe([("1", {})], default_status="E"), "obs_status") == ["E"]


def test_notes_are_joined(observe: Observe) -> None:
    concepts = {"note": {"column": "Remark", "empty": ""}}
    given = [("a", "b"), ("a", None), ("", "b"), (None, ""), (None, None)]
    rows = [
        ("1", {"Remark": one, "_note": other, "Year": f"{2000 + n}"}) for n, (one, other) in enumerate(given)
    ]
    assert column(observe(rows, concepts=concepts), "note") == ["a. b", "a", "b", None, None]


# -- which column says what --------------------------------------------------------------------------------------


def test_where_keeps_the_rows_asked_for(observe: Observe) -> None:
    rows = [
        ("1", {"Kind": "a"}),
        ("x y z", {"Kind": "b"}),
        ("3", {"Kind": "c", "Year": "2020"}),
        ("4", {"Kind": None}),
    ]
    result = observe(rows, where={"Kind": ["a", "c"]})
    assert (column(result, "obs_value"), result.refused.num_rows, result.rows) == ([1.0, 3.0], 0, 4)


def test_skipped_rows_are_neither_good_nor_refused(observe: Observe) -> None:
    rows = [("x y z", {"What": "other", "Region": "Atlantis"}), ("2", {})]
    result = observe(rows)
    assert (column(result, "obs_value"), result.refused.num_rows) == ([2.0], 0)
    whole = observe(rows, concepts={"indicator": {"const": SKIP}})
    assert (whole.good.num_rows, whole.refused.num_rows) == (0, 0)
    years = {"time_period": {"column": "Year", "values": {"2024": "2024", "total": SKIP}}}
    assert observe([("1", {"Year": "total"}), ("2", {})], concepts=years).good.num_rows == 1


def test_the_first_part_that_says_more_than_total_counts(observe: Observe) -> None:
    parts = [
        {"column": "Form", "values": {"beaten": "PHYSICAL", "": "_T"}},
        {"column": "Also", "values": {"insulted": "PSYCHOLOGICAL", "all": "_T"}, "absent": "_T"},
        {"column": "Never", "absent": "_T"},
    ]
    given = [("beaten", "insulted"), ("", "insulted"), ("", "all"), ("beaten", "all"), ("beaten", None)]
    rows = [
        ("1", {"Form": one, "Also": other, "Year": f"{2000 + n}"}) for n, (one, other) in enumerate(given)
    ]
    found = column(observe(rows, concepts={"violence_form": parts}), "violence_form")
    assert found == ["PHYSICAL", "PSYCHOLOGICAL", "_T", "PHYSICAL", "PHYSICAL"]


def test_an_unread_label_of_any_part_refuses_the_row(observe: Observe) -> None:
    parts = [
        {"column": "Form", "values": {"beaten": "PHYSICAL"}},
        {"column": "Also", "values": {"all": "_T"}},
    ]
    result = observe([("1", {"Form": "beaten", "Also": "?"})], concepts={"violence_form": parts})
    assert refusals(result) == [("line 2", "unmapped_label")]


def test_breakdown_of_several_columns(observe: Observe) -> None:
    breakdown = {
        "WITH_CHILDREN": {"column": "Children", "values": {"with": "YES"}, "empty": "_T"},
        "WEALTH": {"column": "Wealth", "values": {"4th": "Q4", "5th": "Q5", "all": "_T"}},
    }
    rows: list[tuple[str | None, Row]] = [
        ("1", {"Children": one, "Wealth": other}) for one in ("with", "") for other in ("4th", "5th", "all")
    ]
    found = column(observe(rows, breakdown=breakdown), "breakdown")
    both = ["WEALTH=Q4;WITH_CHILDREN=YES", "WEALTH=Q5;WITH_CHILDREN=YES", "WITH_CHILDREN=YES"]
    assert found == [*both, "WEALTH=Q4", "WEALTH=Q5", "_T"]


def test_breakdown_from_a_column(observe: Observe) -> None:
    result = observe(
        [("1", {"B": " WEALTH=Q4 "}), ("1", {"B": ""}), ("1", {"B": "WEALTH=Q9"})], breakdown="B"
    )
    assert column(result, "breakdown") == ["WEALTH=Q4", "_T"]
    assert refusals(result) == [("line 4", "breakdown_unknown")]


def test_extract_and_template(observe: Observe) -> None:
    concepts = {
        "time_period": {"column": "Year", "extract": r"(20\d\d)"},
        "age": {"column": "Age", "extract": r"(\d+)-\d+", "template": "Y_GE{}", "absent": "_T"},
    }
    rows = [("1", {"Year": "data of 2021, final", "Age": "15-49"}), ("2", {"Year": "2020", "Age": "any"})]
    result = observe([*rows, ("3", {"Year": "none"})], concepts=concepts)
    assert (column(result, "time_period"), column(result, "age")) == (["2021", "2020"], ["Y_GE15", "_T"])
    assert refusals(result) == [("line 4", "unmapped_label")]


def test_the_first_of_several_columns_that_the_file_has(observe: Observe) -> None:
    concepts = {"ref_area": {"column": ["Область", "Region"]}}
    assert column(observe([("1", {})], concepts=concepts), "ref_area") == ["KZ-71"]
    both = observe([("1", {"Область": "Abai region"})], concepts=concepts)
    assert column(both, "ref_area") == ["KZ-10"]


def test_constants_of_the_file_go_first(observe: Observe) -> None:
    constants = {"time_period": "2019-Q2", "sex": "M", "source_id": "elsewhere"}
    (row,) = observe([("1", {})], constants).good.to_pylist()
    assert [row[name] for name in ("time_period", "freq", "sex", "source_id")] == [
        "2019-Q2",
        "Q",
        "M",
        "elsewhere",
    ]


def test_columns_that_differ_only_in_case(observe: Observe) -> None:
    result = observe([("1", {"SEX": "no label"}), ("x y", {"SEX": "no label"})])
    assert column(result, "sex") == ["F"]
    assert json.loads(result.refused["row"][0].as_py()) == {**ROW, "SEX": "no label"}


def test_empty_labels(observe: Observe) -> None:
    rows: list[tuple[str | None, Row]] = [("1", {"Sex": text}) for text in ("", None, "\u00a0")]
    assert set(column(observe(rows[:1]), "sex")) == {"_T"}
    assert set(column(observe(rows[1:2]), "sex")) == {"_T"}
    assert set(column(observe(rows[2:]), "sex")) == {"_T"}
    declared = {"sex": {"column": "Sex", "values": {"Women": "F", "": "_U"}}}
    assert refusals(observe(rows[1:2], concepts=declared)) == [("line 2", "sex_missing")]


def test_source_in_key(observe: Observe) -> None:
    concepts = {"source_id": {"column": "Source"}}
    rows: list[tuple[str | None, Row]] = [("1", {"Source": "s1"}), ("2", {"Source": "s2"})]
    apart = observe(rows, concepts=concepts, source_in_key=True)
    assert column(apart, "source_id") == ["s1", "s2"]
    assert {rule for _, rule in refusals(observe(rows, concepts=concepts))} == {"duplicate_key"}


# -- refused rows ------------------------------------------------------------------------------------------------

EXTRA: dict[str, Any] = {
    "age": {"column": "Age", "empty": "_T"}, "obs_status": {"column": "Mark", "empty": ""},
    "obs_lower": {"column": "Low"}, "obs_upper": {"column": "High"}, "source_id": {"column": "Source"},
}  # fmt: skip
USUAL = {"Age": "", "Mark": "", "Low": "", "High": "", "Source": "s1"}


@pytest.mark.parametrize(
    ("rule", "value", "cells", "told"),
    [
        ("unreadable_number", "12 or so", {}, "12 or so"),
        ("unreadable_number", "5", {"Low": "some"}, "some"),
        ("unreadable_period", "1", {"Year": "in spring"}, "in spring"),
        ("unreadable_period", "1", {"Year": None}, ""),
        ("unreadable_period", "1", {"Year": " "}, " "),
        ("unknown_area", "1", {"Region": "Atlantis"}, "Atlantis"),
        ("ambiguous_area", "1", {"Region": "Almaty"}, "Almaty"),
        ("unmapped_label", "1", {"Sex": "Persons"}, "Persons"),
        ("unmapped_label", "1", {"What": "cats"}, "cats"),
        ("unknown_source", "1", {"Source": "s9"}, "s9"),
        ("source_id_missing", "1", {"Source": None}, None),
        ("indicator_missing", "1", {"What": None}, None),
        ("indicator_not_in_code_list", "1", {"What": "wrong"}, None),
        ("ref_area_missing", "1", {"Region": ""}, None),
        ("age_malformed", "1", {"Age": "adult"}, None),
        ("obs_status_not_in_code_list", "1", {"Mark": "ZZ"}, None),
        ("value_beside_missing_status", "1", {"Mark": "O"}, None),
        ("value_above_range", "140", {"What": "share"}, None),
        ("value_below_range", "-5", {}, None),
        ("bounds_reversed", "5", {"Low": "9", "High": "1"}, None),
    ],
)
def test_refusals(
    observe: Observe, contract: Contract, rule: str, value: str, cells: Row, told: str | None
) -> None:
    result = observe([(value, {**USUAL, **cells}), ("8", {**USUAL, "Year": "2001"})], concepts=EXTRA)
    assert column(result, "obs_value") == [8.0]
    (row,) = result.refused.to_pylist()
    shown = {**ROW, **USUAL, **cells}
    assert json.loads(row.pop("row")) == shown
    en, ru = row.pop("reason_en"), row.pop("reason_ru")
    assert row == {
        "dataset_id": "sample", "rule": rule, "severity": "critical", "raw_sha256": SHA256, "file": FACTS.path,
        "raw_locator": "line 2", "published_value": value, "retrieved_at": FACTS.retrieved_at,
    }  # fmt: skip
    if told is None:
        (text,) = [
            c.sentence for c in checks.row_checks(contract, contract.tables["observations"]) if c.id == rule
        ]
    else:
        place = next((name for name, cell in cells.items() if cell == told), "")
        text = checks.sentence(contract, rule, value=told, place=place)
    assert (en, ru) == (text.en, text.ru)


def test_a_status_without_a_reason_does_not_excuse_a_missing_value(observe: Observe) -> None:
    result = observe([("?", {})], numbers={"symbols": {"?": "A"}})
    assert refusals(result) == [("line 2", "value_missing_without_status")]


def test_areas_of_another_country(observe: Observe) -> None:
    concepts = {"ref_area": {"column": "Region", "values": {"there": "KG"}}}
    assert refusals(observe([("1", {"Region": "there"})], concepts=concepts)) == [
        ("line 2", "area_of_other_country")
    ]


def test_a_constant_period_that_nobody_can_read(observe: Observe) -> None:
    result = observe([("1", {}), ("2", {})], {"time_period": "lately"})
    assert refusals(result) == [("line 2", "unreadable_period"), ("line 3", "unreadable_period")]
    assert "lately" in result.refused["reason_en"][0].as_py()


def test_the_first_problem_names_the_reason(observe: Observe) -> None:
    result = observe([("x y", {"Region": "Atlantis", "Year": "?", "Sex": "?", "What": "cats"})])
    assert refusals(result) == [("line 2", "unknown_area")]


def test_a_missing_column_refuses_every_row(observe: Observe, contract: Contract) -> None:
    result = observe([("1", {}), (None, {})], concepts={"ref_area": {"column": ["Oblast", "Область"]}})
    text = checks.sentence(
        contract, "missing_column", place="Oblast / Область", value="What, Region, Year, Sex"
    )
    rows = [(row["rule"], row["reason_en"], row["reason_ru"], row["published_value"], row["row"]) for row in
            result.refused.to_pylist()]  # fmt: skip
    assert rows == [("missing_column", text.en, text.ru, value, None) for value in ("1", None)]
    assert (result.good.num_rows, result.rows) == (0, 2)
    assert refusals(observe([("1", {})], where={"Kind": ["a"]})) == [("line 2", "missing_column")]
    assert refusals(observe([("1", {})], breakdown="B")) == [("line 2", "missing_column")]


def test_a_file_whose_checksum_is_none(normalizer: Normalizer, declare: Callable[..., Dataset]) -> None:
    facts = FileFacts("unknown", FACTS.retrieved_at, FACTS.path)
    result = normalizer.normalize(sheet([("1", {})]), declare(), facts)
    assert refusals(result) == [("line 2", "raw_sha256_malformed")]


# -- the same observation twice ----------------------------------------------------------------------------------


def test_of_equal_rows_the_first_stays(observe: Observe) -> None:
    result = observe([("5", {}), ("5,0", {}), ("7", {"Sex": "Men"}), ("5", {})], numbers={"decimal": ","})
    assert column(result, "raw_locator") == ["line 2", "line 4"]
    assert (result.duplicates, result.refused.num_rows) == (2, 0)


def test_contradicting_rows_both_go(observe: Observe, contract: Contract) -> None:
    result = observe([("5", {}), ("7", {"Sex": "Men"}), ("6", {}), ("5", {})])
    assert column(result, "raw_locator") == ["line 3"]
    assert refusals(result) == [(f"line {line}", "duplicate_key") for line in (2, 4, 5)]
    text = checks.sentence(contract, "duplicate_key")
    assert set(result.refused["reason_en"].to_pylist()) == {text.en}
    assert set(result.refused["reason_ru"].to_pylist()) == {text.ru}
    assert result.duplicates == 0


def test_the_same_value_with_another_status_contradicts(observe: Observe) -> None:
    assert [rule for _, rule in refusals(observe([("-", {}), ("…", {})]))] == ["duplicate_key"] * 2
    equal = observe([("-", {}), ("-", {})])
    assert (equal.good.num_rows, equal.duplicates) == (1, 1)


def test_refused_rows_are_no_duplicates(observe: Observe) -> None:
    result = observe([("-5", {}), ("5", {}), ("-5", {})])
    assert (column(result, "obs_value"), result.duplicates, len(refusals(result))) == ([5.0], 0, 2)


# -- size does not matter ----------------------------------------------------------------------------------------


def test_empty_files(observe: Observe, normalizer: Normalizer, declare: Callable[..., Dataset]) -> None:
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
    monkeypatch.setattr(file_normalizer, "_FEW", 5)
    for module in (encoded_columns, verdicts):
        monkeypatch.setattr(module, "CHUNK", chunk)
    large = observe(rows, numbers={"decimal": ","})
    assert small.good.num_rows and small.refused.num_rows and small.duplicates
    assert large.good.equals(small.good) and large.refused.equals(small.refused)
    assert large.duplicates == small.duplicates


def test_refused_row_and_quarantine(normalizer: Normalizer) -> None:
    row = refused_row("sample", "unreadable_file", "Cannot.", "Нельзя.", None)
    table = normalizer.quarantine([row])
    assert table.num_rows == 1
    assert table["file"].to_pylist() == [None]


# -- counts and scale ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("numbers", "text", "rule"),
    [
        ({}, "1.234", "no_count"), ({}, "11.000", "no_count"), ({}, "11.357 *", "no_count"), ({}, "12 %", "no_count"),
        ({}, "12 процентов", "no_count"), ({"decimal": "."}, "11.357", "fraction_of_count"),
        ({}, "12.5", "fraction_of_count"), ({"decimal": ","}, "1,234", "fraction_of_count"),
        ({}, "10³", "unreadable_number"), ({"multiply": 1000}, "7.2345", "fraction_of_count"),
    ],
)  # fmt: skip
def test_what_is_no_count(observe: Observe, numbers: dict[str, Any], text: str, rule: str) -> None:
    for filler in (0, 600):
        rows = [*([("1", {"Region": "Osh"})] * filler), (text, {})]
        assert refusals(observe(rows, numbers=numbers))[-1:] == [(f"line {filler + 2}", rule)], (text, filler)


@pytest.mark.parametrize(
    ("text", "value"),
    [("9.900", 9.9), ("12 %", 12.0), ("11.357", 11.357), ("3e+01", 30.0), ("8.1e-05", 8.1e-05)],
)
def test_a_share_may_be_so(observe: Observe, text: str, value: float) -> None:
    assert column(observe([(text, {"What": "share"})]), "obs_value") == [value]


def test_an_estimate_may_have_a_fraction(observe: Observe) -> None:
    assert column(observe([("24.25", {})], default_status="E"), "obs_value") == [24.25]
    assert column(observe([("11.000", {})], numbers={"decimal": "."}), "obs_value") == [11.0]
    rows: list[tuple[str | None, Row]] = [("24.25", {}), ("24", {"Year": "2023"}), ("2.5", {"What": "share"})]
    assert column(observe(rows, numbers={"fractions": "E"}), "obs_status") == ["E", "A", "A"]


@pytest.mark.parametrize(
    "cells", [{"UNIT_MULT": "3"}, {"Unit": "тыс. человек"}, {"Unit": "in thousands"}, {"title": "Victims (млн)"},
              {"Unit": "минг киши"}, {"Unit": "в тысячах"}, {"Unit": "1 000 человек"}, {"Unit": "'000"}]
)  # fmt: skip
def test_thousands_are_refused_where_undeclared(observe: Observe, cells: Row) -> None:
    assert refusals(observe([("7", cells), ("8", {next(iter(cells)): ""})])) == [
        ("line 2", "scale_undeclared")
    ]
    assert column(observe([("7", cells)], numbers={"multiply": 1}), "obs_value") == [7.0]


@pytest.mark.parametrize(
    "label",
    [
        "per 100 thousand women",
        "на 1000 населения",
        "на 100 тыс. человек",
        "Города более 50 тыс.",
        "har ming aholiga",
    ],
)
def test_what_is_counted_against_thousands_is_no_scale(observe: Observe, label: str) -> None:
    assert column(observe([("7", {"Unit": label})]), "obs_value") == [7.0]


def test_thousands_are_applied_where_declared(observe: Observe) -> None:
    rows: list[tuple[str | None, Row]] = [
        ("7.2", {"UNIT_MULT": "3"}), ("5", {"UNIT_MULT": "0", "Year": "2023"}),
        ("6", {"UNIT_MULT": "", "Year": "2022"}), ("8", {"UNIT_MULT": "many", "Year": "2021"}),
    ]  # fmt: skip
    result = observe(rows, numbers={"multiply": {"column": "UNIT_MULT"}})
    assert column(result, "obs_value") == [7200.0, 5.0, 6.0]
    assert refusals(result) == [("line 5", "scale_unknown")]
    labels = {"column": "Unit", "values": {"тыс. человек": 1000, "человек": 1}}
    mixed = observe(
        [("7.2", {"Unit": "тыс. человек"}), ("5", {"Unit": "человек", "Year": "2023"})],
        numbers={"multiply": labels},
    )
    assert column(mixed, "obs_value") == [7200.0, 5.0]
    other = observe(
        [("7", {"UNIT_MULT": "6"}), ("8", {"UNIT_MULT": "3", "Year": "2023"})], numbers={"multiply": 1000}
    )
    assert refusals(other) == [("line 2", "scale_undeclared")]


def test_the_publishers_own_reason_for_a_missing_value_is_kept(observe: Observe) -> None:
    concepts = {"obs_status": {"column": "OBS_STATUS", "empty": "", "absent": ""}}
    rows: list[tuple[str | None, Row]] = [
        (text, {"OBS_STATUS": status, "Year": str(2000 + place)})
        for place, (text, status) in enumerate([("NaN", "M"), (None, "Q"), ("", "L"), ("-", "A"), ("…", "")])
    ]
    assert column(observe(rows, concepts=concepts), "obs_status") == ["M", "Q", "L", "M", "O"]


def test_a_record_that_the_reader_could_not_place_is_refused_alone(
    normalizer: Normalizer, declare: Callable[..., Dataset]
) -> None:
    table = sheet([("1", {}), ("2", {"Year": "2023"})]).append_column(
        "_problem", pa.array([None, "the record has 2 cells, the header has 5"])
    )
    result = normalizer.normalize(table, declare(where={"Year": ["2024"]}, numbers={"blank": "skip"}), FACTS)
    assert (column(result, "obs_value"), refusals(result)) == ([1.0], [("line 3", "unreadable_record")])
    assert "2 cells" in result.refused["reason_en"][0].as_py()


def test_a_column_of_the_mapping_that_is_there_twice(observe: Observe) -> None:
    assert refusals(observe([("1", {"Year (2)": "2023"})])) == [("line 2", "column_twice")]

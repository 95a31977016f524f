"""The key of an observation, and rows that share one."""

import datetime as dt
import io
import re

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.csv as pacsv
import pytest

from data_contracts import checks
from data_contracts.model import Contract
from tests.helpers import advance
from tests.transforms.sample import (
    Observe,
    column,
    refusals,
)
from transforms.normalize import keys
from transforms.normalize.keys import renewed_keys


def test_of_equal_rows_the_first_stays(observe: Observe) -> None:
    result = observe([("5", {}), ("5,0", {}), ("7", {"Sex": "Men"}), ("5", {})], numbers={"decimal": ","})
    assert column(result, "raw_locator") == ["line 2", "line 4"]
    assert (result.duplicates, result.refused.num_rows) == (2, 0)


def test_contradicting_rows_both_go(observe: Observe, contract: Contract) -> None:
    result = observe([("5", {}), ("7", {"Sex": "Men"}), ("6", {}), ("5", {})])
    assert column(result, "raw_locator") == ["line 3"]
    assert refusals(result) == [(f"line {line}", "duplicate_key") for line in (2, 4, 5)]
    others = [checks.sentence(contract, "duplicate_key", place=f"line {line}") for line in (4, 2, 4)]
    assert result.refused["reason_en"].to_pylist() == [text.en for text in others]
    assert result.refused["reason_ru"].to_pylist() == [text.ru for text in others]
    assert result.duplicates == 0


def test_the_same_value_with_another_status_contradicts(observe: Observe) -> None:
    assert [rule for _, rule in refusals(observe([("-", {}), ("…", {})]))] == ["duplicate_key"] * 2
    equal = observe([("-", {}), ("-", {})])
    assert (equal.good.num_rows, equal.duplicates) == (1, 1)


@pytest.mark.parametrize(
    ("one", "other", "rows"),
    [
        ("<5", "<10", 0),
        ("<5", "<5", 1),
        ("12 (10-15)", "12 (9-15)", 0),
        ("12 (10-15)", "12 (10-16)", 0),
        ("12 (10-15)", "12", 1),
        ("12 (10-15)", "12 [10-15]", 1),
    ],
)
def test_other_bounds_of_one_figure_contradict(observe: Observe, one: str, other: str, rows: int) -> None:
    result = observe([(one, {}), (other, {})])
    assert column(result, "published_value") == [one][:rows]
    assert [rule for _, rule in refusals(result)] == [] if rows else ["duplicate_key"] * 2


# -- the form of a key -------------------------------------------------------------------------------------------

# Of the old form, one in 800 was a number, an infinity or a zero to a spreadsheet; these are such, and others.
OLD = [
    "3259792228380e25",
    "0e16675373541183",
    "1234567890123456",
    "12345678e1234567",
    "20323f76d09d4a5f",
    "deadbeefdeadbeef",
]
NEW = [f"k{old}" for old in OLD]


def test_a_key_is_a_k_and_sixteen_digits(observe: Observe, contract: Contract) -> None:
    keys = column(observe([("1", {"Year": str(year)}) for year in range(2000, 2024)]), "obs_key")
    pattern = next(c.pattern for c in contract.tables["observations"].columns if c.name == "obs_key")
    assert pattern == "k[0-9a-f]{16}" and all(re.fullmatch(pattern, key) for key in keys)
    assert len(set(keys)) == 24


@pytest.mark.parametrize("key", OLD[:4])
def test_keys_of_the_old_form_were_lost(key: str) -> None:
    """Otherwise the next test would show nothing."""
    assert pd.read_csv(io.StringIO(f"obs_key\n{key}\n"))["obs_key"].tolist() != [key]


def test_no_reader_of_csv_takes_a_key_for_anything_but_text() -> None:
    text = "obs_key\n" + "\n".join(NEW) + "\n"
    for key in NEW:
        # One file each: a single text in a column makes the others texts too.
        assert pd.read_csv(io.StringIO(f"obs_key\n{key}\n"))["obs_key"].tolist() == [key]
        assert pacsv.read_csv(io.BytesIO(f"obs_key\n{key}\n".encode()))["obs_key"].to_pylist() == [key]
    assert pd.read_csv(io.StringIO(text))["obs_key"].tolist() == NEW
    assert duckdb.sql(
        f"SELECT try_cast(k AS DOUBLE), try_cast(k AS DATE) FROM (VALUES ('{NEW[0]}')) t(k)"
    ).fetchall() == [(None, None)]


@pytest.mark.parametrize("key", NEW)
def test_no_spreadsheet_has_a_notation_that_begins_so(key: str) -> None:
    """What spreadsheets and R turn into something else: numbers with exponent or sign, dates by the name of a month,
    true and false, formulas (=, +, -, @), an apostrophe or a space before the text."""
    assert not re.match(r"[-+=@'\s0-9.,(%$€]", key)
    months = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
    assert not any(
        key.startswith(word) for word in [*months, "true", "false", "nan", "inf", "na", "e", "d", "t", "f"]
    )
    for read in (float, complex, lambda text: int(text, 16)):
        with pytest.raises(ValueError):
            read(key)


def test_old_keys_become_new_ones_and_new_ones_stay() -> None:
    table = pa.table(
        {
            "obs_key": [OLD[0], NEW[1], None],
            "numerator_obs_key": OLD[:3],
            "note": OLD[:3],
            "obs_value": [1.0, 2.0, 3.0],
        },
        schema=pa.schema(
            [
                pa.field("obs_key", pa.string(), metadata={"label": "Key"}),
                ("numerator_obs_key", pa.string()),
                ("note", pa.string()),
                ("obs_value", pa.float64()),
            ],
            metadata={"dvstats.table": "rates"},
        ),
    )
    renewed = renewed_keys(table)
    assert renewed["obs_key"].to_pylist() == [NEW[0], NEW[1], None]
    assert renewed["numerator_obs_key"].to_pylist() == NEW[:3]
    assert renewed.select(["note", "obs_value"]).equals(table.select(["note", "obs_value"]))
    assert renewed.schema.equals(table.schema, check_metadata=True)
    assert renewed_keys(renewed).equals(renewed)
    assert renewed_keys(table.slice(0, 0)).num_rows == 0


def test_a_release_with_old_keys_is_carried_on(observe: Observe, contract: Contract) -> None:
    """The first refresh after the change adds, withdraws and revises nothing."""
    good = observe([("1", {"Year": str(year)}) for year in range(2000, 2010)]).good
    first = advance(contract, None, good, "20261124T000000Z", dt.datetime(2026, 11, 24))
    keys = pa.array([key.removeprefix("k") for key in first.history["obs_key"].to_pylist()])
    place = first.history.schema.get_field_index("obs_key")
    old = first.history.set_column(place, first.history.schema.field(place), keys)
    second = advance(contract, renewed_keys(old), good, "20261125T000000Z", dt.datetime(2026, 11, 25))
    assert second.revisions.num_rows == 0 and second.history.equals(first.history)
    lost = advance(contract, old, good, "20261125T000000Z", dt.datetime(2026, 11, 25))
    assert lost.revisions.num_rows == 20


@pytest.mark.parametrize("sorted_at_once", [1, 3, 1000])
@pytest.mark.parametrize(
    ("parts", "twice"),
    [
        ([[1, 2, 3], [4, 5]], []),
        ([[1, 2, 1], [2, 5, 2]], [1, 2]),
        ([[7, 7, 7, 8], [], [8, 9, 2**64 - 1], [2**64 - 1]], [7, 8, 2**64 - 1]),
        ([[]], []),
    ],
)
def test_hashes_that_occur_twice_are_found_in_any_number_of_shares(
    parts: list[list[int]], twice: list[int], sorted_at_once: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keys, "_SORTED", sorted_at_once)
    found = keys.hashes_twice([np.array(part, np.uint64) for part in parts])
    assert sorted(found.tolist()) == twice

"""Keys of earlier releases: a renamed code and a corrected nature withdraw nothing, and old keys are found."""

import datetime as dt
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pytest

from data_contracts.load import load_contract
from data_contracts.model import Contract
from data_contracts.strict_files import DeclarationError
from tests.helpers import Advanced, advance
from tests.transforms.sample import Observe
from transforms.normalize import former_keys
from transforms.normalize.former_keys import (
    is_present,
    moved_by_nature,
    moved_by_renames,
    present_key,
    with_keys,
    with_natures,
    with_present_codes,
)

AT = dt.datetime(2026, 11, 25, 3, 15)
LATER = AT + dt.timedelta(days=1)


@pytest.fixture
def rows(observe: Observe) -> Callable[..., pa.Table]:
    """Observations of a small file; ``constants`` are codes of all its rows."""

    def make(
        constants: dict[str, str] | None = None, values: tuple[str, ...] = ("10", "20", "30"), **keys: Any
    ) -> pa.Table:
        years = [str(2020 + number) for number in range(len(values))]
        cells = [(value, {"Year": year}) for value, year in zip(values, years, strict=True)]
        return observe(cells, constants, **keys).good

    return make


def first_release(contract: Contract, table: pa.Table) -> Advanced:
    return advance(contract, None, table, "20261125T031500Z", AT)


def with_dimension(table: pa.Table, column: str, code: str, *, source: bool = False) -> pa.Table:
    """The rows with another code, and the key that it gives."""
    place = table.schema.get_field_index(column)
    table = table.set_column(place, table.schema.field(place), pa.array([code] * table.num_rows, pa.string()))
    key = former_keys._KEYS[1 if source else 0]
    with duckdb.connect() as con:
        con.register("t", table)
        return con.sql(f"SELECT * REPLACE ({key} AS obs_key) FROM t").to_arrow_table().cast(table.schema)


RENAMES = {
    "indicator": ("OLD_REPORTS", "indicator", {"OLD_REPORTS": "DV_REPORTS"}, "DV_REPORTS"),
    "breakdown": (
        "EDUCATION=OLD;AREA=U",
        "breakdown",
        {"EDUCATION=OLD": "EDUCATION=NEW"},
        "EDUCATION=NEW;AREA=U",
    ),
    "age": ("Y15_49", "age", {"Y15_49": "Y15T49"}, "Y15T49"),
}


@pytest.mark.parametrize("column", RENAMES)
@pytest.mark.parametrize("source", [False, True])
def test_a_renamed_code_takes_history_and_keys_along(
    contract: Contract, rows: Callable[..., pa.Table], column: str, source: bool
) -> None:
    former, codelist, codes, present = RENAMES[column]
    old = with_dimension(rows(), column, former, source=source)
    new = with_dimension(rows(), column, present, source=source)
    revised = with_dimension(rows(values=("10", "21", "30")), column, present, source=source)
    history = first_release(contract, old).history
    moved = moved_by_renames(history, {codelist: codes})
    assert moved == dict(zip(old["obs_key"].to_pylist(), new["obs_key"].to_pylist(), strict=True))
    present_history = with_present_codes(with_keys(history, moved), {codelist: codes})
    step = advance(contract, present_history, revised, "20261126T031500Z", LATER)
    assert [(row["change"], row["old_value"], row["new_value"]) for row in step.revisions.to_pylist()] == [
        ("revised", 20.0, 21.0)
    ]
    assert set(step.history[column].to_pylist()) == {present}
    with duckdb.connect() as con:
        con.register("observation_history", step.history)
        for was, now in moved.items():
            assert present_key(con, was, {codelist: codes}) == now
        assert present_key(con, "k0000000000000000", {codelist: codes}) is None


@pytest.mark.parametrize(
    ("changed", "renamed", "present"),
    [
        ({}, {}, True),
        ({}, {"indicator": {"OLD_REPORTS": "DV_REPORTS"}}, True),
        ({}, {"indicator": {"DV_REPORTS": "REPORTS"}}, False),
        ({"breakdown": "AREA=U;EDUCATION=OLD"}, {"breakdown": {"EDUCATION=OLD": "EDUCATION=NEW"}}, False),
        ({"age": "Y15_49"}, {"age": {"Y15T49": "Y15_49"}}, True),
        # A key in its former form, in whatever column of keys; none at all is in no form.
        ({"obs_key": "0123456789abcdef"}, {}, False),
        ({"numerator_obs_key": "0123456789abcdef"}, {}, False),
        ({"numerator_obs_key": "k0123456789abcde"}, {}, True),
        ({"numerator_obs_key": None}, {}, True),
    ],
)
def test_a_table_of_an_earlier_release_is_read_as_it_is_where_its_keys_and_codes_are_of_today(
    rows: Callable[..., pa.Table], changed: dict[str, str | None], renamed: dict[str, Any], present: bool
) -> None:
    """One row with a former one is enough."""
    table = rows()
    for name, text in changed.items():
        own = table[name].to_pylist() if name in table.column_names else [None] * table.num_rows
        column = pa.array([*own[:-1], text], pa.string())
        if name in table.column_names:
            table = table.drop_columns(name)
        table = table.append_column(name, column)
    assert is_present(table, renamed) is present


def test_without_renames_nothing_is_computed(rows: Callable[..., pa.Table]) -> None:
    assert moved_by_renames(rows(), {}) == {} and moved_by_nature([rows()], [rows()]) == {}
    table = rows()
    assert with_keys(table, {}) is table and with_present_codes(table, {}).equals(table)


def test_a_corrected_nature_is_a_mark_and_no_withdrawal(
    contract: Contract, rows: Callable[..., pa.Table], monkeypatch: pytest.MonkeyPatch
) -> None:
    before, now = rows(), rows({"nature": "N"}, ("10", "20", "31"))
    moved = moved_by_nature([before], [now])
    assert len(moved) == 2, "30 and 31 are two figures: one is withdrawn, one is new"
    history = with_keys(first_release(contract, before).history, moved)
    step = advance(contract, history, now, "20261126T031500Z", LATER)
    kinds = sorted(row["change"] for row in step.revisions.to_pylist())
    assert kinds == ["added", "reflagged", "reflagged", "withdrawn"]
    kept = [row for row in step.history.to_pylist() if row["obs_key"] in moved.values()]
    assert [(row["nature"], row["valid_to"] is None) for row in kept] == [("C", False), ("N", True)] * 2
    carried = with_natures(before, now)
    assert set(carried["obs_key"].to_pylist()) & set(now["obs_key"].to_pylist()) == set(moved.values())
    with duckdb.connect() as con:
        con.register("observation_history", step.history)
        for was, is_now in moved.items():
            assert present_key(con, was, {}) == present_key(con, is_now[1:], {}) == is_now
        # A key that is there needs no former ones computed.
        monkeypatch.setattr(former_keys, "key_sql", lambda _: "error('computed')")
        assert present_key(con, is_now, {}) == is_now
        with pytest.raises(duckdb.Error, match="computed"):
            present_key(con, was, {})


def test_a_survey_never_becomes_the_model_that_replaces_it(rows: Callable[..., pa.Table]) -> None:
    assert moved_by_nature([rows()], [rows({"nature": "M"})]) == {}
    # Also where the dataset has copies beside them.
    copies = rows({"nature": "N"}, ("1", "2", "3"))
    survey, model = pa.concat_tables([rows(), copies]), pa.concat_tables([rows({"nature": "M"}), copies])
    assert moved_by_nature([survey], [model]) == {}
    assert moved_by_nature([rows({"nature": "E"})], [rows({"nature": "N"})]) != {}


def test_renames_are_declared_and_checked(contract: Contract, tmp_path: Path) -> None:
    folder = tmp_path / "contract"
    shutil.copytree(Path(load_contract.__code__.co_filename).parent, folder)
    orders = folder / "indicators" / "orders.yaml"
    text = orders.read_text(encoding="utf-8")
    declared = text.replace("  family: orders\n", "  family: orders\n  formerly: [ORDERS_ISSUED]\n", 1)
    orders.write_text(declared, encoding="utf-8")
    renamed = folder / "renamed_codes.csv"
    head = "codelist,formerly,code\n"
    renamed.write_text(f"{head}breakdown,ACT=TWISTED,ACT=ARM_TWISTED\n", encoding="utf-8")
    loaded = load_contract(folder)
    assert loaded.indicators["PROTECTION_ORDERS"].formerly == ("ORDERS_ISSUED",)
    assert loaded.renamed == {
        "indicator": {"ORDERS_ISSUED": "PROTECTION_ORDERS"},
        "breakdown": {"ACT=TWISTED": "ACT=ARM_TWISTED"},
    }
    for row, words in (
        ("breakdown,ACT=ARM_TWISTED,ACT=CHOKED_BURNED", "is still a code of breakdown"),
        ("breakdown,ACT=X,ACT=Y", "'ACT=Y' is no code of breakdown"),
        ("indicator,X,PROTECTION_ORDERS", "an indicator has formerly"),
    ):
        renamed.write_text(f"{head}{row}\n", encoding="utf-8")
        with pytest.raises(DeclarationError, match=words):
            load_contract(folder)
    renamed.write_text(head, encoding="utf-8")
    orders.write_text(
        text.replace("  family: orders\n", "  family: orders\n  formerly: [DV_CASES]\n", 1), encoding="utf-8"
    )
    with pytest.raises(DeclarationError, match="formerly 'DV_CASES' is the code of another indicator"):
        load_contract(folder)

"""Ten releases with planted revisions, withdrawals and returns, against a replay in plain Python."""

import datetime as dt
import random
from typing import Any

import pyarrow as pa
import pytest

from data_contracts.model import Contract
from pipelines.declarations import Declarations
from tests.helpers import advance
from transforms.derive import history

START = dt.datetime(2026, 11, 25, 3, 15)
ROW: dict[str, Any] = {
    "ref_area": "KG", "indicator": "DV_CASES", "sex": "_T", "age": "_T", "violence_form": "_T", "relationship": "_T",
    "breakdown": "_T", "freq": "A", "period_start": dt.date(2024, 1, 1), "period_end": dt.date(2024, 12, 31),
    "obs_lower": None, "obs_upper": None, "nature": "C", "unit_measure": "NUMBER", "conf_status": "F",
    "dataset_id": "kg_statements", "source_id": "kg-s20", "note": None, "retrieved_at": dt.datetime(2026, 11, 24),
}  # fmt: skip


def current(contract: Contract, values: dict[str, tuple[float, str]], sha: str) -> pa.Table:
    from data_contracts.arrow import arrow_schema

    schema = arrow_schema(contract, contract.tables["observations"])
    schema = pa.schema([schema.field(name) for name in schema.names if name != "first_release"])
    rows = [
        {
            **ROW,
            "obs_key": key,
            "time_period": "2024",
            "obs_value": value,
            "obs_status": status,
            "published_value": f"{value}",
            "raw_sha256": sha,
            "raw_locator": f"line {key}",
        }
        for key, (value, status) in values.items()
    ]
    return pa.Table.from_pylist(rows, schema=schema)


def plan(dice: random.Random) -> list[dict[str, tuple[float, str]]]:
    """Ten moments: values that stay, change, change their status, vanish and come back."""
    keys = [f"{n:016x}" for n in range(40)]
    state: dict[str, tuple[float, str]] = {key: (float(dice.randint(1, 99)), "A") for key in keys[:25]}
    moments = [dict(state)]
    for _ in range(9):
        for key in keys:
            draw = dice.random()
            if draw < 0.10:
                state[key] = (float(dice.randint(1, 99)), "A")
            elif draw < 0.16 and key in state:
                state[key] = (state[key][0], dice.choice("AUP"))
            elif draw < 0.24:
                state.pop(key, None)
        moments.append(dict(state))
    return moments


State = dict[str, tuple[float, str]]


def valid_at(history: pa.Table, moment: dt.datetime) -> State:
    """The observations as they stood at a moment: the rows of the history that were valid then."""
    return {
        row["obs_key"]: (row["obs_value"], row["obs_status"])
        for row in history.to_pylist()
        if row["valid_from"] <= moment and (row["valid_to"] is None or row["valid_to"] > moment)
    }


def replayed(key: str, state: State, before: State, seen: set[str]) -> str:
    """What happened to one observation, in plain words of Python."""
    if key not in state:
        return "withdrawn"
    if key not in before:
        return "reopened" if key in seen else "added"
    if state[key][0] != before[key][0]:
        return "revised"
    return "reflagged" if state[key] != before[key] else ""


@pytest.mark.parametrize("seed", range(8))
def test_history_agrees_with_a_plain_replay_at_every_moment(declared: Declarations, seed: int) -> None:
    moments = plan(random.Random(seed))
    history: pa.Table | None = None
    seen: set[str] = set()
    for number, state in enumerate(moments):
        at = START + dt.timedelta(days=number)
        release = at.strftime("%Y%m%dT%H%M%SZ")
        step = advance(
            declared.contract, history, current(declared.contract, state, f"{number:064x}"), release, at
        )
        history = step.history
        before = moments[number - 1] if number else {}
        kinds = {key: replayed(key, state, before, seen) for key in {*state, *before}}
        expected = {key: kind for key, kind in kinds.items() if kind}
        seen |= set(state)
        assert {row["obs_key"]: row["change"] for row in step.revisions.to_pylist()} == expected
        for row in step.revisions.to_pylist():
            if row["change"] == "revised":
                assert (row["old_value"], row["new_value"]) == (
                    before[row["obs_key"]][0],
                    state[row["obs_key"]][0],
                )
                assert row["difference"] == row["new_value"] - row["old_value"]
                assert row["relative_difference"] == row["difference"] / row["old_value"]
    assert history is not None
    for number, state in enumerate(moments):
        for moment in (START + dt.timedelta(days=number), START + dt.timedelta(days=number, hours=12)):
            assert valid_at(history, moment) == state
    assert not valid_at(history, START - dt.timedelta(seconds=1))


def test_datasets_that_did_not_change_stay_as_they_are(declared: Declarations) -> None:
    """Their rows are not given again, and the tables are those that all rows would make."""
    contract, later = declared.contract, START + dt.timedelta(days=1)
    rows = {f"{n:016x}": (float(n), "A") for n in range(4)}
    before = history.advance(contract, None, [current(contract, rows, "a" * 64)], "first", START)
    table = before.history.read_all()
    other = table.set_column(
        table.schema.get_field_index("dataset_id"),
        table.schema.field("dataset_id"),
        pa.array(["kg_statements", "kz_statements"] * 2, pa.string()),
    )
    other = other.sort_by([(name, "ascending") for name in contract.tables["observation_history"].order])
    kept = history.in_force(contract, other).read_all()
    new = {"0" * 16: (0.0, "A"), f"{2:016x}": (7.0, "A"), f"{9:016x}": (9.0, "A")}
    given = current(contract, new, "b" * 64)
    step = history.advance(contract, other, [given], "second", later, unchanged=["kz_statements"])
    found = step.history.reader().read_all()
    assert valid_at(found, later) == {
        "0" * 16: (0, "A"), f"{1:016x}": (1, "A"), f"{2:016x}": (7, "A"), f"{3:016x}": (3, "A"), f"{9:016x}": (9, "A")
    }  # fmt: skip
    assert valid_at(found, START) == rows
    assert {row["obs_key"]: row["change"] for row in step.revisions.read_all().to_pylist()} == {
        f"{2:016x}": "revised", f"{9:016x}": "added"
    }  # fmt: skip
    now = history.in_force(contract, found).read_all().to_pylist()
    assert step.observations(kept).reader().read_all().to_pylist() == now


@pytest.mark.parametrize(
    ("name", "now"),
    [
        ("obs_lower", 4.0),
        ("obs_upper", 6.0),
        ("conf_status", "A"),
        ("note", "without the city"),
        ("note_ru", "без города"),
        ("source_id", "kg-s60"),
        ("nature", "N"),
    ],
)
def test_what_is_said_of_a_value_makes_another_version(
    declared: Declarations, name: str, now: float | str
) -> None:
    rows = current(declared.contract, {"0" * 16: (5.0, "A")}, "a" * 64)
    first = advance(declared.contract, None, rows, "20261125T031500Z", START)
    place = rows.schema.get_field_index(name)
    changed = rows.set_column(place, rows.schema.field(place), pa.array([now], rows.schema.field(place).type))
    later = START + dt.timedelta(days=1)
    second = advance(declared.contract, first.history, changed, "20261126T031500Z", later)
    assert [row["change"] for row in second.revisions.to_pylist()] == ["reflagged"]
    assert second.observations[name].to_pylist() == [now]


def test_a_moved_cell_revises_nothing_and_keeps_its_first_place(declared: Declarations) -> None:
    first = advance(
        declared.contract,
        None,
        current(declared.contract, {"0" * 16: (5.0, "A")}, "a" * 64),
        "20261125T031500Z",
        START,
    )
    later = START + dt.timedelta(days=1)
    moved = current(declared.contract, {"0" * 16: (5.0, "A")}, "b" * 64)
    second = advance(declared.contract, first.history, moved, "20261126T031500Z", later)
    assert second.revisions.num_rows == 0
    row = second.observations.to_pylist()[0]
    assert (row["raw_sha256"], row["first_release"]) == ("a" * 64, "20261125T031500Z")


def test_the_order_of_arrival_does_not_matter(declared: Declarations) -> None:
    values = {f"{n:016x}": (float(n), "A") for n in range(50)}
    one = current(declared.contract, values, "a" * 64)
    other = one.take(pa.array(random.Random(1).sample(range(50), 50)))
    tables = [
        advance(declared.contract, None, t, "20261125T031500Z", START).observations for t in (one, other)
    ]
    assert tables[0].equals(tables[1])

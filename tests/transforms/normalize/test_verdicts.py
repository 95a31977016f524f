"""Checks in groups judge as the contract's checks on whole rows do."""

import datetime as dt
import random
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from data_contracts import checks
from data_contracts.arrow import arrow_schema
from data_contracts.model import Contract
from sources.cells import cells_table
from tests.transforms.sample import FACTS, Declare
from transforms.normalize.encoded_columns import EncodedColumn, constant
from transforms.normalize.file_cells import FileCells
from transforms.normalize.normalizer import Normalizer
from transforms.normalize.row_checks import judge
from transforms.normalize.verdicts import OF_ROW, Verdicts

PERIODS = [
    ("2024", "A", dt.date(2024, 1, 1), dt.date(2024, 12, 31)),
    ("2024-Q1", "Q", dt.date(2024, 1, 1), dt.date(2024, 3, 31)),
    ("2024", "Q", dt.date(2024, 1, 1), dt.date(2024, 12, 31)),
    ("2024", "A", dt.date(2024, 2, 1), dt.date(2024, 12, 31)),
    ("2024-13", "A", dt.date(2024, 1, 1), dt.date(2024, 12, 31)),
    (None, None, None, None),
]
TEXTS: dict[str, list[str | None]] = {
    "ref_area": ["KZ-71", "KZ", "KG", "XX", None],
    "indicator": ["DV_REPORTS", "DV_REPORTS_CLOSED_SHARE", "NO_SUCH", None],
    "sex": ["F", "_T", "women", None],
    "age": ["Y15T49", "adult"],
    "violence_form": ["_T", "PHYSICAL", "hit"],
    "relationship": ["_T", None],
    "breakdown": ["_T", "WEALTH=Q4", "WEALTH=Q9", None],
    "nature": ["C", "Z"],
    "unit_measure": ["NUMBER", "PERCENT", "GLASSES", None],
    "obs_status": ["A", "O", "P", "?", None],
    "source_id": ["sample", None],
}
FACTS_OF_FILE: dict[str, Any] = {
    "dataset_id": "sample",
    "conf_status": "F",
    "raw_sha256": FACTS.sha256,
    "retrieved_at": FACTS.retrieved_at,
    "first_release": "20000101T000000Z",
}
NUMBERS: dict[str, list[float | None]] = {
    "obs_value": [None, 5.0, -1.0, 140.0, 0.0],
    "obs_lower": [None, 4.0, 9.0],
    "obs_upper": [None, 6.0, 1.0],
}


@pytest.fixture(scope="module")
def verdicts(normalizer: Normalizer) -> Verdicts:
    return normalizer.lookups.verdicts


def random_columns(dice: random.Random, rows: int) -> dict[str, Any]:
    """Columns of the observations, most values fine so that later checks are reached too."""

    def pick(values: list[Any]) -> Any:
        return values[0] if dice.random() < 0.85 else dice.choice(values)

    columns: dict[str, Any] = {name: constant(value) for name, value in FACTS_OF_FILE.items()}
    for name, texts in TEXTS.items():
        columns[name] = EncodedColumn(
            texts, np.array([texts.index(pick(texts)) for _ in range(rows)], np.int32)
        )
    period = np.array([PERIODS.index(pick(PERIODS)) for _ in range(rows)], np.int32)
    for place, name in enumerate(("time_period", "freq", "period_start", "period_end")):
        columns[name] = EncodedColumn([parts[place] for parts in PERIODS], period)
    for name, numbers in NUMBERS.items():
        columns[name] = pa.array([pick(numbers) for _ in range(rows)], pa.float64())
    columns |= {
        name: pa.array(["x"] * rows) for name in ("published_value", "raw_locator", "note", "note_ru")
    }
    return columns


def expected(
    normalizer: Normalizer, contract: Contract, columns: dict[str, Any], rows: int
) -> list[str | None]:
    """The first violated check of each row, by the contract's SQL on the written out rows."""
    table = contract.tables["observations"]
    schema = arrow_schema(contract, table)
    plain = {
        name: column.to_arrow(schema.field(name).type, rows).dictionary_decode()
        if isinstance(column, EncodedColumn)
        else column
        for name, column in {**columns, "obs_key": constant("k0123456789abcdef")}.items()
    }
    cases = " ".join(
        f"WHEN {check.violated} THEN '{check.id}'" for check in checks.row_checks(contract, table)
    )
    normalizer.connection.register("whole_rows", pa.table({name: plain[name] for name in schema.names}))
    query = f"SELECT CASE {cases} END FROM ({checks.with_derived(table, 'whole_rows')})"
    return [rule for (rule,) in normalizer.connection.execute(query).fetchall()]


@pytest.mark.parametrize("seed", range(5))
def test_every_row_gets_the_verdict_of_the_contract(
    normalizer: Normalizer, contract: Contract, declare: Declare, seed: int
) -> None:
    rows = 600
    columns = random_columns(random.Random(seed), rows)
    cells = cells_table({"_value": ["x"] * rows, "_locator": [f"line {row}" for row in range(rows)]})
    judged = judge(FileCells(normalizer.lookups, cells, declare(), FACTS), columns)
    places = judged.refusals.indices
    assert places is not None
    found = [judged.refusals.dictionary[place] for place in places]
    rules = expected(normalizer, contract, columns, rows)
    assert [refusal and refusal.rule for refusal in found] == rules
    assert None in rules and len(set(rules)) > 15


def test_only_whole_row_checks_are_asked_of_every_row(verdicts: Verdicts) -> None:
    """What looks at one encoded column is asked of its dictionary; derived columns of one too."""
    columns = [group.column for group in verdicts.groups]
    assert {"ref_area", "indicator", "time_period", "breakdown", "file"} <= set(columns)
    assert not set(columns) & OF_ROW
    handed = {name for group in verdicts.groups for name in group.derived}
    assert {"range_min", "range_max"} <= handed
    grouped = [number for group in verdicts.groups for number in group.checks]
    assert len(grouped) == len(set(grouped)) > len(verdicts.refusals) / 2


def test_a_value_is_asked_about_once(verdicts: Verdicts, monkeypatch: pytest.MonkeyPatch) -> None:
    group = next(group for group in verdicts.groups if group.inputs == ("sex",))
    asked: list[Any] = []
    ask = verdicts._ask
    monkeypatch.setattr(verdicts, "_ask", lambda group, entries: asked.extend(entries) or ask(group, entries))
    for _ in range(2):
        answers = verdicts.of_entries(group, [("F",), ("never met",), ("F",)])
        assert answers[0] == answers[2] == (None,) and answers[1][0] is not None
    assert asked.count(("never met",)) == 1


def test_the_first_question_is_about_the_whole_code_list(
    normalizer: Normalizer, contract: Contract, monkeypatch: pytest.MonkeyPatch
) -> None:
    verdicts = Verdicts(contract, contract.tables["observations"], normalizer.connection)
    group = next(group for group in verdicts.groups if group.inputs == ("sex",))
    assert verdicts.of_entries(group, [("never met",)])[0][0] is not None
    monkeypatch.setattr(verdicts, "_ask", None)
    assert verdicts.of_entries(group, [("F",), ("_T",)]) == [(None,), (None,)]

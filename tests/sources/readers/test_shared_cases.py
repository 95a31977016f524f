"""Small inputs of every kind that came out wrong once, with the rows that are right: none wrong, none silent."""

import csv
import datetime as dt
from pathlib import Path
from typing import Any

import pytest

from data_contracts.errors import DvstatsError
from data_contracts.load import contract
from sources.http.expected_content import judge
from sources.load_datasets import load_dataset
from sources.readers.protocol import read_cells
from transforms.normalize.inputs_and_results import FileFacts
from transforms.normalize.normalizer import Normalizer

CASES = Path(__file__).resolve().parents[4] / "shared" / "cases" / "formats"
NAMES = sorted(case.name for case in CASES.iterdir()) if CASES.is_dir() else ["absent"]


def key(row: dict[str, Any]) -> tuple[Any, ...]:
    value = row["obs_value"]
    number = None if value in (None, "") else float(value)
    return (row["ref_area"], row["time_period"], row["sex"], number, row["obs_status"])


def outcome(case: Path, fractions: str | None = None) -> tuple[set[tuple[Any, ...]], list[str]]:
    """Good rows, and what was refused with which words; ``fractions``: what the declaration says of them besides."""
    dataset = load_dataset(next(case.glob("*.yaml")))
    if fractions:
        numbers = dataset.numbers.model_copy(update={"fractions": fractions})
        dataset = dataset.model_copy(update={"numbers": numbers})
    content = next(case.glob("input*")).read_bytes()
    expected = dataset.fetch.expected if "fetch" in dataset.model_fields_set else ()
    if expected and (reason := judge(content, "", expected)):
        return set(), [reason]
    try:
        cells = read_cells(dataset, content)
    except DvstatsError as trouble:
        return set(), [str(trouble)]
    normalizer = Normalizer(contract(), datasets={dataset.id: dataset}, sources=[])
    result = normalizer.normalize(cells, dataset, FileFacts("ab" * 32, dt.datetime(2026, 11, 24), "input"))
    return {key(row) for row in result.good.to_pylist()}, result.refused["reason_en"].to_pylist()


@pytest.mark.parametrize("name", NAMES)
def test_nothing_is_wrong_and_nothing_is_silent(name: str) -> None:
    case = CASES / name
    if not case.is_dir():
        pytest.skip(f"the cases are not at {CASES}")
    good, told = outcome(case)
    with (case / "expected.csv").open(encoding="utf-8") as handle:
        wanted = {key(row) for row in csv.DictReader(handle)}
    assert good <= wanted
    assert told or (good == wanted and not (case / "must_tell").exists())


FRACTIONS = ("csv_double_bom", "csv_gz", "csv_trailing_delim", "opensdg_exponent")


@pytest.mark.parametrize("name", FRACTIONS)
def test_only_the_fraction_of_a_counted_thing_is_refused(name: str) -> None:
    """These cases expect 61.5 orders, which a declaration has to say: a count is whole. Everything else is read."""
    case = CASES / name
    if not case.is_dir():
        pytest.skip(f"the cases are not at {CASES}")
    with (case / "expected.csv").open(encoding="utf-8") as handle:
        wanted = {key(row) for row in csv.DictReader(handle)}
    whole = {row for row in wanted if row[3] == int(row[3])}
    good, told = outcome(case)
    assert good == whole and len(told) == len(wanted) - len(whole) == 1 and "no fraction" in told[0]
    estimated = {(*row[:4], "A" if row in whole else "E") for row in wanted}
    assert outcome(case, fractions="E") == (estimated, [])

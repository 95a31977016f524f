"""A file that is read in parts gives what it gives as a whole, wherever the parts end."""

import random
from collections.abc import Callable
from typing import Any

import pyarrow as pa
import pytest

from sources.table_on_disk import mapped
from tests.transforms.sample import FACTS, Declare, Row, refusals, sheet
from transforms.normalize import in_parts
from transforms.normalize.inputs_and_results import Normalized
from transforms.normalize.normalizer import Normalizer

InParts = Callable[..., tuple[Normalized, Normalized]]


@pytest.fixture
def both(normalizer: Normalizer, declare: Declare, monkeypatch: pytest.MonkeyPatch) -> InParts:
    """Rows normalized whole, and in parts of ``size``."""

    def run(rows: list[tuple[str | None, Row]], size: int, **keys: Any) -> tuple[Normalized, Normalized]:
        dataset, cells = declare(**keys), sheet(rows)
        whole = normalizer.normalize(cells, dataset, FACTS)
        with monkeypatch.context() as patch:
            patch.setattr(in_parts, "ROWS", size)
            return whole, normalizer.normalize(cells, dataset, FACTS)

    return run


def same(whole: Normalized, parts: Normalized) -> None:
    assert (whole.rows, whole.duplicates) == (parts.rows, parts.duplicates)
    assert whole.good.schema == parts.good.schema and whole.refused.schema == parts.refused.schema
    assert whole.good.to_pylist() == parts.good.to_pylist()
    assert whole.refused.to_pylist() == parts.refused.to_pylist()


@pytest.mark.parametrize("size", [2, 7, 50])
@pytest.mark.parametrize("seed", range(2))
def test_parts_and_whole_are_the_same(both: InParts, seed: int, size: int) -> None:
    """Repeated, contradicting, skipped, unreadable and blank cells fall into whichever part."""
    chance = random.Random(seed)
    rows: list[tuple[str | None, Row]] = [
        (
            chance.choice(["5", "5", "5", "5", "6", "5,0", "-", "…", "нет", "", None, "1 204"]),
            {
                "What": chance.choice(["reports", "reports", "share", "other", "wrong", "?"]),
                "Region": chance.choice(["Astana", "Astana", "Almaty city", "Atlantis"]),
                "Year": chance.choice([*map(str, range(2015, 2025)), "весна"]),
                "Sex": chance.choice(["Women", "Men", "All"]),
                "_note": chance.choice([None, None, "a note"]),
            },
        )
        for _ in range(100)
    ]
    for place in (3, 50, 95):
        rows.insert(place, ("9", {"Year": "1999"}))
    whole, parts = both(rows, size, numbers={"decimal": ","})
    assert {"duplicate_key", "unknown_area", "unreadable_number"} <= {rule for _, rule in refusals(whole)}
    assert whole.duplicates and whole.good.num_rows
    same(whole, parts)


@pytest.mark.parametrize("size", [1, 4])
@pytest.mark.parametrize("label", ["reports", "other"])
def test_a_scale_in_one_cell_is_that_of_its_column_in_all_parts(both: InParts, size: int, label: str) -> None:
    """Save where the declaration skips that cell."""
    words = {"A": ["тыс. человек", "млн"], "B": []}
    rows: list[tuple[str | None, Row]] = [
        (text, {"column": name, "Year": str(2000 + n), "What": label if n > 8 else "reports"})
        for name in words
        for n, text in enumerate(["1", "2", "3", "4", "5", "6", "7", "8", "9", *words[name]])
    ]
    whole, parts = both(rows, size)
    refused = {"scale_undeclared" for _, rule in refusals(whole) if rule == "scale_undeclared"}
    assert bool(refused) == (label == "reports")
    same(whole, parts)
    same(*both([(text, {k: v for k, v in row.items() if k != "column"}) for text, row in rows], size))


@pytest.mark.parametrize(("year", "refused"), [("2003", False), ("2021", True)])
def test_a_title_of_a_year_is_compared_with_the_rows_of_all_parts(
    both: InParts, year: str, refused: bool
) -> None:
    rows: list[tuple[str | None, Row]] = [
        ("5", {"Year": str(2000 + n // 4), "Region": ("Astana", "Almaty city")[n % 2], "title": f"In {year}"})
        for n in range(16)
    ]
    whole, parts = both(rows, 4)
    assert {rule for _, rule in refusals(parts)} == ({"unreadable_period"} if refused else set())
    same(whole, parts)


def test_a_file_of_which_nothing_is_wanted(both: InParts) -> None:
    rows: list[tuple[str | None, Row]] = [
        ("5", {"What": "other", "Year": str(year)}) for year in range(2000, 2009)
    ]
    whole, parts = both(rows, 2)
    assert whole.good.num_rows == 0
    same(whole, parts)


def test_a_table_on_the_disk_has_no_name(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    table = pa.table({"a": ["1", None], "b": [1.5, 2.5]})
    found = mapped(table.schema, table.to_batches())
    assert not list(tmp_path.iterdir())
    assert found.equals(table)

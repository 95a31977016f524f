"""Reviewed corrections: they change what is read, never what was published, and say when they no longer match."""

import pyarrow as pa
import pytest

from sources.cells import cells_table
from transforms.corrections import Correction, as_published, correct, load_corrections

CELLS = cells_table({"_value": ["27", "1204"], "_locator": ["line 2", "line 3"], "Year": ["2017", "2018"]})


def correction(**changed: str) -> Correction:
    values = {
        "dataset": "d", "file": "", "locator": "line 2", "action": "override", "published": "27", "corrected": "22",
        "reason": "the text and the other edition say 22", "reported": "2026-11-24", "status": "open",
    }  # fmt: skip
    return Correction(**{**values, **changed})


def test_an_override_is_read_and_told_and_the_published_text_stays() -> None:
    made, unused = correct(CELLS, "d", "f", [correction()])
    assert made["_value"].to_pylist() == ["22", "1204"] and unused == []
    assert made["_note"].to_pylist()[0] == "Published as 27, corrected: the text and the other edition say 22"
    observations = pa.table({"raw_locator": ["line 2", "line 3"], "published_value": ["22", "1204"]})
    restored = as_published(observations, "d", [correction()])
    assert restored["published_value"].to_pylist() == ["27", "1204"]


def test_a_dropped_cell_is_not_read() -> None:
    made, unused = correct(CELLS, "d", "f", [correction(action="drop")])
    assert made["_locator"].to_pylist() == ["line 3"] and unused == []


@pytest.mark.parametrize("changed", [{"published": "28"}, {"locator": "line 9"}])
def test_a_correction_that_no_longer_matches_says_so(changed: dict[str, str]) -> None:
    made, unused = correct(CELLS, "d", "f", [correction(**changed)])
    assert made["_value"].to_pylist() == ["27", "1204"]
    assert len(unused) == 1 and "any more" in unused[0]


def test_other_files_and_datasets_are_left_alone() -> None:
    for changed in ({"dataset": "other"}, {"file": "other"}):
        assert correct(CELLS, "d", "f", [correction(**changed)]) == (CELLS, [])


def test_the_bundled_corrections_are_well_formed() -> None:
    assert isinstance(load_corrections(), tuple)

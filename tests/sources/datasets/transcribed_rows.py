"""The rows of transcribed figures and the pages that they were read on, for the tests beside this module."""

import datetime as dt
from functools import lru_cache
from typing import Any

from pipelines.declarations import declarations
from sources.bundled_registers import Entry
from sources.dataset import BUNDLED
from sources.readers.protocol import read_cells
from transforms.normalize.inputs_and_results import FileFacts

Rows = list[dict[str, Any]]


@lru_cache
def rows(dataset_id: str) -> Rows:
    declared = declarations()
    dataset = declared.datasets[dataset_id]
    (file,) = dataset.files
    cells = read_cells(dataset, (BUNDLED / file.bundled).read_bytes())
    facts = FileFacts("ab" * 32, dt.datetime(2026, 11, 24), file.bundled, file.constants)
    result = declared.normalizer.normalize(cells, dataset, facts)
    assert not result.refused.num_rows, result.refused.to_pylist()[:2]
    found: Rows = result.good.to_pylist()
    return found


@lru_cache
def publications() -> dict[str, Entry]:
    return {entry["source"]: entry for entry in declarations().publications}


def every_row() -> Rows:
    """Every row of every transcription, with its dataset; the fixture ``transcribed`` has it once for all workers."""
    return [
        row for d in declarations().datasets.values() if d.collection == "transcription" for row in rows(d.id)
    ]


# Figures of prose, and what says in a note that the page has no such digits.
PROSE = (
    *("kz_statements", "kg_statements", "tj_statements", "tj_cedaw", "uz_statements", "uz_supreme_court"),
    *("de_bka", "de_frauenhaus", "de_hilfetelefon", "de_laender", "de_surveys", "de_taeterarbeit"),
)

"""Figures that a correction calls wrong, in files in which it does not find their cell.

::

    correction    Область=Ош; Год=2024, published 12 040, corrected 1 204        file    Osh, 2024: 12 040
    -> refused

A label that is spelt otherwise, a column more, a space in the number: the correction does not fit, and the file still
says what is known to be wrong. So what the row of the correction says is read as a row of a file is, and a figure that
has its place and its number is refused. Another number is what the publisher says now: it is published.

Not here: applying corrections, and saying which do not fit (``apply_corrections``). Called by
``transforms.files_to_observations``.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from data_contracts import checks
from sources.cells import LOCATOR, VALUE, cells_table
from sources.dataset import Dataset
from transforms.apply_corrections import BESIDE_THE_PLACE, Correction
from transforms.normalize.inputs_and_results import FileFacts
from transforms.normalize.normalizer import Normalizer
from transforms.normalize.quarantine import refused_row


def without_uncorrected(
    shared: Normalizer,
    dataset: Dataset,
    good: pa.Table,
    corrections: Sequence[Correction],
    files: Mapping[str, Sequence[FileFacts]],
) -> tuple[pa.Table, pa.Table]:
    """The rows without those that one of the corrections calls wrong, and these as rows of the quarantine.

    ``corrections``: those that fit none of the files, or name one that is not declared. ``files``: by name in the
    declaration, empty where it has none.
    """
    refused: dict[int, dict[str, Any]] = {}
    all_files = [file for many in files.values() for file in many]
    for correction in corrections:
        named = (files.get(correction.file) if correction.file else None) or all_files
        for file in named:
            for place, row in _said_still(shared, dataset, good, correction, file):
                said = checks.sentence(shared.contract, "known_wrong", place=correction.id)
                refused[place] = refused_row(
                    dataset.id,
                    "known_wrong",
                    said.en,
                    said.ru,
                    file,
                    locator=row["raw_locator"],
                    value=row["published_value"],
                )
    kept = pa.array([place not in refused for place in range(good.num_rows)], pa.bool_()) if refused else None
    return good if kept is None else good.filter(kept), shared.quarantine(list(refused.values()))


def _said_still(
    shared: Normalizer, dataset: Dataset, good: pa.Table, correction: Correction, file: FileFacts
) -> list[tuple[int, dict[str, Any]]]:
    """Rows of a file that have the place and the number of a correction, with their numbers."""
    meant = _as_observation(shared, dataset, correction, file)
    if meant is None:
        return []
    here = pc.and_(pc.equal(good["obs_key"], meant["obs_key"]), pc.equal(good["raw_sha256"], file.sha256))
    places = pc.indices_nonzero(here).to_pylist()
    rows = zip(places, good.take(places).to_pylist(), strict=True)
    return [(place, row) for place, row in rows if _number(row) == _number(meant)]


def _as_observation(
    shared: Normalizer, dataset: Dataset, correction: Correction, file: FileFacts
) -> dict[str, Any] | None:
    """What the row of a correction says, as an observation of the file; None where it cannot be read any more."""
    texts = {**correction.labels, VALUE: correction.published, LOCATOR: correction.locator}
    places = {name: parts for name, parts in dataset.concepts.items() if name not in BESIDE_THE_PLACE}
    read = dataset.model_copy(update={"concepts": places})
    cells = cells_table({name: [text] for name, text in texts.items()})
    rows = shared.normalize(cells, read, file).good.to_pylist()
    return rows[0] if rows else None


def _number(row: Mapping[str, Any]) -> tuple[str, ...]:
    """What a row says of its figure, as texts that two programs write alike."""
    return tuple(
        f"{row[name]:.15g}" if row[name] is not None else ""
        for name in ("obs_value", "obs_lower", "obs_upper")
    )

"""Refused rows as rows of the table ``quarantine``: with reason, place, text, and all that their row held.

Why a row is refused is decided elsewhere (``readings``, ``row_checks``, ``keys``); callers of the pipeline use
:func:`refused_row` for what is no row of a file, such as a file that cannot be read.

Called by ``one_file``, ``transforms.merge_files`` and ``transforms.files_to_observations``.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa

from data_contracts.sql import literal
from sources.cells import LOCATOR, RESERVED, VALUE
from sources.dataset import Dataset
from transforms.normalize.encoded_columns import EncodedColumn, Mask, arrow_table, constant
from transforms.normalize.file_cells import FileCells
from transforms.normalize.inputs_and_results import FileFacts
from transforms.normalize.lookups import LookUps
from transforms.normalize.queries import registered


def refused_row(
    dataset_id: str,
    rule: str,
    reason_en: str,
    reason_ru: str,
    file: FileFacts | None,
    *,
    locator: str = "",
    value: str | None = None,
    row: str | None = None,
) -> dict[str, Any]:
    """One row of the quarantine; ``file`` None: no file is concerned."""
    return {
        "dataset_id": dataset_id,
        "rule": rule,
        "severity": "critical",
        "reason_en": reason_en,
        "reason_ru": reason_ru,
        "raw_sha256": file.sha256 if file else None,
        "file": file.path if file else None,
        "raw_locator": locator,
        "published_value": value,
        "row": row,
        "retrieved_at": file.retrieved_at if file else None,
    }


def refused_rows(file: FileCells, refusals: EncodedColumn, refused: Mask) -> pa.Table:
    """Quarantine of the refused rows of a file."""
    rows = np.flatnonzero(refused)
    cells = file.cells.take(pa.array(rows))
    whole_rows = _rows_as_json(file.lookups, cells)
    return quarantine_table(file.lookups, cells, refusals.rows(rows), file.dataset, file.facts, whole_rows)


def quarantine_table(
    lookups: LookUps,
    cells: pa.Table,
    refusals: EncodedColumn,
    dataset: Dataset,
    file: FileFacts,
    whole_rows: pa.Array,
) -> pa.Table:
    """Quarantine of cells that are all refused; ``whole_rows``: what else their rows hold, as JSON."""
    columns = {
        "dataset_id": constant(dataset.id),
        "rule": refusals.recoded(lambda refusal: refusal and refusal.rule),
        "severity": constant("critical"),
        "reason_en": refusals.recoded(lambda refusal: refusal and refusal.en),
        "reason_ru": refusals.recoded(lambda refusal: refusal and refusal.ru),
        "raw_sha256": constant(file.sha256),
        "file": constant(file.path),
        "raw_locator": cells[LOCATOR],
        "published_value": cells[VALUE],
        "row": whole_rows,
        "retrieved_at": constant(file.retrieved_at),
    }
    return arrow_table(columns, lookups.quarantine_schema, np.ones(cells.num_rows, np.bool_))


def from_rows(lookups: LookUps, rows: Sequence[Mapping[str, Any]]) -> pa.Table:
    """Quarantine of single rows."""
    return pa.Table.from_pylist(list(rows), schema=lookups.quarantine_schema)


def _rows_as_json(lookups: LookUps, cells: pa.Table) -> pa.ChunkedArray:
    """The file's own columns of each row."""
    if not cells.num_rows:
        return pa.chunked_array([], pa.string())
    # DuckDB's names know no case, files' names do (INDICATOR beside Indicator): numbers keep them apart.
    names = sorted(set(cells.column_names) - set(RESERVED))
    numbered = {f"c{place}": cells[name] for place, name in enumerate(names)}
    pairs = ", ".join(f"{literal(name)}, c{place}" for place, name in enumerate(names))
    with registered(
        lookups.connection, refused_cells=pa.table({"_n": np.arange(cells.num_rows), **numbered})
    ):
        query = f"SELECT CAST(json_object({pairs}) AS VARCHAR) AS json FROM refused_cells ORDER BY _n"
        return lookups.connection.sql(query).to_arrow_table()["json"]

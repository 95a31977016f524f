"""The normalizer as its callers use it: made once a process, called once a file.

    normalizer = Normalizer(contract, datasets=load_datasets(), sources=[...])
    result = normalizer.normalize(cells, dataset, FileFacts(sha256, retrieved_at, path))
    result.good       # observations without first_release
    result.refused    # rows of the table quarantine

A file that cannot be read as declared gives refused rows, never an exception. The steps of one file are in
``one_file``; merging the files of a dataset, corrections and disclosure control are the callers'.

Called by ``transforms.files_to_observations`` for each file, and by ``pipelines.try_declaration``.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from typing import Any

import duckdb
import pyarrow as pa

from data_contracts.connection import open_duckdb
from data_contracts.model import Contract
from sources.dataset import Dataset
from transforms.normalize import in_parts, quarantine
from transforms.normalize.contradictions.several_titles import several_titles
from transforms.normalize.encoded_columns import constant
from transforms.normalize.file_cells import (
    FileCells,
    figure_headers,
    missing_columns,
    missing_in_words,
    selected_rows,
)
from transforms.normalize.inputs_and_results import FileFacts, Normalized, good_schema, quarantine_schema
from transforms.normalize.lookups import LookUps
from transforms.normalize.one_file import normalize_file
from transforms.normalize.readings import Refusal


class Normalizer:
    """Cells of any declared dataset to observations; not for use by several threads at once."""

    def __init__(
        self,
        contract: Contract,
        *,
        datasets: Mapping[str, Dataset],
        sources: Sequence[str],
        connection: duckdb.DuckDBPyConnection | None = None,
    ) -> None:
        """``sources``: ids of the register of sources. ``connection``: where to keep the look-up tables."""
        self.contract = contract
        self._given = datasets, sources, connection

    @cached_property
    def lookups(self) -> LookUps:
        """The look-up tables, made when the first file is normalized: a refresh that has none does without them."""
        datasets, sources, connection = self._given
        return LookUps(self.contract, datasets, sources, connection or open_duckdb())

    @property
    def connection(self) -> duckdb.DuckDBPyConnection:
        """Where the look-up tables are kept."""
        return self.lookups.connection

    def normalize(self, cells: pa.Table, dataset: Dataset, file: FileFacts) -> Normalized:
        """Observations and refused rows of one file; ``cells`` as described in ``sources.cells``."""
        refusal = self._not_as_declared(cells, dataset, file)
        if refusal:
            return self._refused_whole(cells, dataset, file, refusal)
        if cells.num_rows > in_parts.ROWS:
            result = in_parts.normalize_in_parts(self.lookups, cells, dataset, file)
        else:
            selected = selected_rows(cells, dataset)
            result = normalize_file(FileCells(self.lookups, selected, dataset, file))
        return replace(result, rows=cells.num_rows)

    def _not_as_declared(self, cells: pa.Table, dataset: Dataset, file: FileFacts) -> Refusal | None:
        """Why the whole file is refused: missing columns, or several titles; None if it is as declared."""
        if missing := missing_columns(cells.column_names, dataset, file.constants):
            figures = figure_headers(cells, dataset)
            sentence, filled = missing_in_words(missing, cells.column_names, figures)
            return self.lookups.refusal("missing_column", sentence=sentence, **filled)
        if titles := several_titles(cells, dataset):
            return self.lookups.refusal("unread_dimension", sentence="several_titles", value=titles)
        return None

    def _refused_whole(
        self, cells: pa.Table, dataset: Dataset, file: FileFacts, refusal: Refusal
    ) -> Normalized:
        no_rows = pa.nulls(cells.num_rows, pa.string())
        refused = quarantine.quarantine_table(self.lookups, cells, constant(refusal), dataset, file, no_rows)
        return Normalized(self.good_schema().empty_table(), refused, cells.num_rows, 0)

    def good_schema(self) -> pa.Schema:
        """See ``inputs_and_results.good_schema``."""
        return good_schema(self.contract)

    def quarantine_schema(self) -> pa.Schema:
        """See ``inputs_and_results.quarantine_schema``."""
        return quarantine_schema(self.contract)

    def quarantine(self, rows: Sequence[Mapping[str, Any]]) -> pa.Table:
        """Quarantine of rows that the caller refuses; see ``quarantine.refused_row``."""
        return quarantine.from_rows(self.lookups, rows)

"""Text cells to observations: whole columns at a time, no Python function a row.

A file says few different things many times. Every label, period and area is read in Python once per *distinct*
text, and from there a column is small numbers into a short list (:class:`EncodedColumn`). A check of the contract that
looks at one such column is judged on its list; DuckDB does per row what differs from row to row: the numbers, the
key, the checks that look at the value. A row that cannot be read, or that breaks a critical rule of the contract,
goes to quarantine with its reason and place, and the rest goes on.
"""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa

from data_contracts import checks
from data_contracts.arrow import arrow_schema
from data_contracts.model import Contract
from sources.cells import LOCATOR, RESERVED, VALUE
from sources.dataset import Dataset
from transforms.normalize.encoded_columns import EncodedColumn, arrow_table, constant
from transforms.normalize.facts import FileFacts, Normalized
from transforms.normalize.file_normalizer import FileNormalizer, selected_rows
from transforms.normalize.scale import scaled_column
from transforms.normalize.verdicts import Refusal, Verdicts
from transforms.parse.areas import Areas


class Normalizer:
    """Holds what all datasets share: the contract, the areas, the registered sources and one connection."""

    def __init__(
        self,
        contract: Contract,
        *,
        datasets: Mapping[str, Dataset],
        sources: Sequence[str],
        connection: duckdb.DuckDBPyConnection | None = None,
    ) -> None:
        """Create the look-up tables once."""
        self.contract = contract
        self.areas = Areas(contract)
        self.area = lru_cache(maxsize=100_000)(self.areas.resolve)
        self.sources = frozenset(sources) | frozenset(datasets)
        self.table = contract.tables["observations"]
        self.units = {indicator.code: indicator.unit for indicator in contract.indicators.values()}
        self.connection = connection or duckdb.connect()
        # The answers of queries are set beside the rows that were asked about.
        self.connection.execute("SET preserve_insertion_order = true")
        contract.lookups(self.connection)
        self.connection.execute(
            "CREATE OR REPLACE TEMP TABLE contract_datasets(dataset_id VARCHAR, country VARCHAR)"
        )
        rows = [[d.id, d.country] for d in datasets.values()]
        self.connection.executemany("INSERT INTO contract_datasets VALUES (?, ?)", rows or [["", ""]])
        self.verdicts = Verdicts(contract, self.table, self.connection)
        schema = arrow_schema(contract, self.table)
        self._good_schema = pa.schema(
            [schema.field(name) for name in schema.names if name != "first_release"]
        )
        self._quarantine_schema = arrow_schema(contract, contract.tables["quarantine"])

    def normalize(self, cells: pa.Table, dataset: Dataset, file: FileFacts) -> Normalized:
        """Observations and refused rows of one file."""
        rule, missing = "missing_column", self._missing_columns(cells, dataset)
        if not missing:
            rule, missing = "column_twice", _doubled_columns(cells, dataset)
        if missing:
            has = ", ".join(name for name in cells.column_names if name not in RESERVED)[:500]
            sentence = checks.sentence(self.contract, rule, place=", ".join(missing), value=has)
            refusals = constant(Refusal(rule, sentence.en, sentence.ru))
            refused = self.refuse(cells, refusals, dataset, file, pa.nulls(cells.num_rows, pa.string()))
            return Normalized(self.good_schema().empty_table(), refused, cells.num_rows, 0)
        run = FileNormalizer(self, selected_rows(cells, dataset), dataset, file)
        counted = run.counted()
        if not counted.all():
            run = FileNormalizer(self, run.cells.filter(pa.array(counted)), dataset, file)
        good, refused, duplicates = run.split()
        return Normalized(good, refused, cells.num_rows, duplicates)

    def _missing_columns(self, cells: pa.Table, dataset: Dataset) -> list[str]:
        present = set(cells.column_names)
        absent = [column for column in dataset.where if column not in present]
        scale = scaled_column(dataset.numbers)
        absent += [scale] if scale is not None and scale not in present else []
        for name, parts in (*dataset.concepts.items(), *dataset.breakdown.items()):
            for part in parts:
                known = part.const is not None or any(column in present for column in part.columns)
                if not known and part.absent is None and len(parts) == 1 and name in dataset.concepts:
                    absent.append(" / ".join(part.columns))
        if dataset.breakdown_column and dataset.breakdown_column not in present:
            absent.append(dataset.breakdown_column)
        return absent

    def good_schema(self) -> pa.Schema:
        """Schema of good rows: the observations without the release that first carried them."""
        return self._good_schema

    def quarantine(self, rows: Sequence[Mapping[str, Any]]) -> pa.Table:
        """Quarantine table of refused rows."""
        return pa.Table.from_pylist(list(rows), schema=self._quarantine_schema)

    def refuse(
        self, cells: pa.Table, refusals: "EncodedColumn", dataset: Dataset, file: FileFacts, rows: pa.Array
    ) -> pa.Table:
        """Quarantine table of whole columns; ``rows`` holds what else stands in the row, as JSON."""
        given = {
            "dataset_id": constant(dataset.id), "rule": refusals.recoded(lambda r: r and r.rule),
            "severity": constant("critical"), "reason_en": refusals.recoded(lambda r: r and r.en),
            "reason_ru": refusals.recoded(lambda r: r and r.ru), "raw_sha256": constant(file.sha256),
            "file": constant(file.path), "raw_locator": cells[LOCATOR], "published_value": cells[VALUE],
            "row": rows, "retrieved_at": constant(file.retrieved_at),
        }  # fmt: skip
        return arrow_table(given, self._quarantine_schema, np.ones(cells.num_rows, np.bool_))


def _doubled_columns(cells: pa.Table, dataset: Dataset) -> list[str]:
    """Columns that the mapping reads and the file has twice: which of the two is meant is a guess."""
    present, known = set(cells.column_names), set(dataset.columns)
    return [name for name in dataset.columns if (twin := f"{name} (2)") in present and twin not in known]

"""The IO manager of the graph: tables of the contract between steps, one Parquet file each, written atomically.

Not here: where the files are and what the staging area holds besides (``pipelines.staging``). Used by Dagster for the
assets of ``pipelines.assets.tables``.
"""

from typing import Any

import dagster as dg

from data_contracts.arrow import Rows
from pipelines.resources import DataDir
from pipelines.staging import StagedTables


class ParquetTables(dg.ConfigurableIOManager):
    """Writes the rows that an asset gives, as the contract has them, and loads them for the assets that take them.

    A large table comes as a stream of batches: what a run in one process gives between its steps is kept in memory
    until it ends.
    """

    data_dir: dg.ResourceDependency[DataDir]

    def handle_output(self, context: dg.OutputContext, obj: Any) -> None:
        """Write a table whole or not at all."""
        staged, name = StagedTables(self.data_dir.directory), context.asset_key.path[-1]
        rows = staged.save(name, obj)
        context.add_output_metadata({"dagster/row_count": rows, "sha256": staged.sha256(name)})

    def load_input(self, context: dg.InputContext) -> Rows:
        """A table that an earlier step wrote; a large one is not read."""
        return StagedTables(self.data_dir.directory).rows(context.asset_key.path[-1])

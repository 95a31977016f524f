"""The IO manager of the graph: tables of the contract between steps, one Parquet file each, written atomically.

Not here: where the files are and what the staging area holds besides (``pipelines.staging``). Used by Dagster for the
assets of ``pipelines.assets.tables``.
"""

import dagster as dg
import pyarrow as pa

from pipelines.resources import DataDir
from pipelines.staging import StagedTables


class ParquetTables(dg.ConfigurableIOManager):
    """Writes the table that an asset gives, as the contract has it, and reads it for the assets that take it."""

    data_dir: dg.ResourceDependency[DataDir]

    def handle_output(self, context: dg.OutputContext, obj: pa.Table) -> None:
        """Write a table whole or not at all."""
        staged, name = StagedTables(self.data_dir.directory), context.asset_key.path[-1]
        staged.save(name, obj)
        context.add_output_metadata({"dagster/row_count": obj.num_rows, "sha256": staged.sha256(name)})

    def load_input(self, context: dg.InputContext) -> pa.Table:
        """Read a table that an earlier step wrote."""
        return StagedTables(self.data_dir.directory).load(context.asset_key.path[-1])

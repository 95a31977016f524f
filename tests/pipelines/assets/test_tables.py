"""Which tables are made beside the others, and when."""

from pathlib import Path

import pyarrow.parquet as pq

from pipelines.assets.tables import can_make_beside
from pipelines.data_directory import DataDirectory
from pipelines.declarations import Declarations
from pipelines.staging import StagedTables


def test_tables_beside_wait_for_the_step_that_makes_the_sources(few: Declarations, few_data: Path) -> None:
    """On several machines, and where steps run in several processes, it may end after the union."""
    data = DataDirectory(few_data)
    release, staged = data.last_release(few.contract), StagedTables(data)
    assert not can_make_beside(release, staged), "they are those of the release"
    observations = staged.load("observations")
    pq.write_table(observations.slice(1), staged.path("observations"))
    assert can_make_beside(release, staged)
    staged.path("sources").unlink()
    assert not can_make_beside(release, staged)

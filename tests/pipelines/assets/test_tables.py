"""Which tables are made beside the others, and when."""

from pathlib import Path

import pyarrow.parquet as pq
import pytest

from data_contracts import rows
from pipelines import carried_over, second_process
from pipelines.assets.tables import can_make_beside, fill_large
from pipelines.data_directory import DataDirectory
from pipelines.declarations import Declarations
from pipelines.staging import StagedTables


def test_only_large_tables_go_into_a_new_file_before_the_others(
    few: Declarations, few_data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data, filled = DataDirectory(few_data), list[str]()
    release = data.last_release(few.contract)
    monkeypatch.setattr(second_process, "fill_table", lambda data_dir, name: filled.append(name))
    monkeypatch.setattr(carried_over, "may_carry", lambda last: False)
    fill_large(data, release, "observations")
    assert filled == []
    monkeypatch.setattr(rows, "SMALL", 10)
    fill_large(data, release, "observations")
    assert filled == ["observations"]
    monkeypatch.setattr(carried_over, "may_carry", lambda last: True)
    fill_large(data, release, "observations")
    assert filled == ["observations"]


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

"""The two assets of programmes by themselves: a return in the inbox becomes rows of staged tables, protected."""

from pathlib import Path

import dagster as dg

from data_contracts.load import contract
from pipelines import new_returns
from pipelines.assets.programmes import RETURNS, programme_assets
from pipelines.assets.tables import PROGRAMME_TABLES
from pipelines.data_directory import DataDirectory
from pipelines.parquet_io import ParquetTables
from pipelines.resources import Clock, DataDir, SuiteWorkers
from pipelines.staging import StagedTables
from sources.programmes.csv_form import csv_form
from tests.programme_samples import NOW, bishkek


def test_a_return_in_the_inbox_becomes_rows(tmp_path: Path) -> None:
    directory = DataDirectory(tmp_path)
    inbox = directory.inbox / new_returns.DATASET
    inbox.mkdir(parents=True)
    answers = {key: str(value) for key, value in bishkek().items()}
    (inbox / "good.csv").write_text(csv_form("ky", answers), encoding="utf-8")
    (inbox / "bad.csv").write_text(csv_form("ky", {}), encoding="utf-8")
    data_dir = DataDir(path=str(tmp_path))
    result = dg.materialize(
        programme_assets(contract()),
        resources={
            "data_dir": data_dir,
            "clock": Clock(epoch=int(NOW.timestamp())),
            "tables": ParquetTables(data_dir=data_dir),
            "suites": SuiteWorkers(),
        },
    )
    assert result.success
    (taken,) = result.asset_materializations_for_node(RETURNS.to_python_identifier())
    refused, said = taken.metadata["notices"].value
    assert "bad.csv was refused" in refused
    assert said == "programme_returns: programmes 1, returns 1, replaced 0 (kg-bishkek-example)."
    staged = StagedTables(directory)
    loaded = {name: staged.load(name) for name in PROGRAMME_TABLES}
    assert loaded["programmes"]["programme_id"].to_pylist() == ["kg-bishkek-example"]
    assert loaded["programme_references"].num_rows > 50 and loaded["programme_evidence"].num_rows > 5
    shown = [
        row[name]
        for row in loaded["programme_flow"].to_pylist()
        for name in ("referred", "accepted", "started")
    ]
    assert 11 in shown
    assert not [value for value in shown if value is not None and 0 < value < 5]
    assert new_returns.are_new(directory), "no release says so yet"

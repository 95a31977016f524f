"""The overview on the release as Dagster evaluates it: its line, its colour, its table; one check a country."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import dagster as dg
import pyarrow as pa
import pytest

from data_contracts.arrow import arrow_schema
from pipelines.assets.overview_checks import ALL, overview_checks
from pipelines.data_directory import DataDirectory
from pipelines.declarations import Declarations
from pipelines.overview import HEADER, TABLES
from pipelines.resources import DataDir
from pipelines.staging import StagedTables

Evaluate = Callable[[list[tuple[str, str, str]]], dict[str, Any]]


@pytest.fixture
def evaluate(declared: Declarations, tmp_path: Path) -> Evaluate:
    """The checks by name on a release whose datasets are (id, country, state)."""
    staged = StagedTables(DataDirectory(tmp_path))
    job = dg.Definitions(
        assets=[dg.AssetSpec("release")],
        asset_checks=[overview_checks()],
        resources={"data_dir": DataDir(path=str(tmp_path))},
        jobs=[dg.define_asset_job("check", selection=dg.AssetSelection.checks(overview_checks()))],
    ).resolve_job_def("check")

    def run(datasets: list[tuple[str, str, str]]) -> dict[str, Any]:
        rows = [
            {
                "dataset_id": name,
                "country": country,
                "state": state,
                "title_en": name,
                "address": "https://x.org",
                "rows": 5,
                "refused_rows": 0,
                "cadence": "yearly",
                "collection": "portal",
            }
            for name, country, state in datasets
        ]
        for name in TABLES:
            schema = arrow_schema(declared.contract, declared.contract.tables[name])
            given = rows if name == "datasets" else []
            # Columns that must not be null are of no interest here.
            free = pa.schema([field.with_nullable(True) for field in schema], metadata=schema.metadata)
            path = staged.path(name)
            path.parent.mkdir(parents=True, exist_ok=True)
            pa.parquet.write_table(pa.Table.from_pylist(given, schema=free), path)
        result = job.execute_in_process()
        return {evaluation.check_name: evaluation for evaluation in result.get_asset_check_evaluations()}

    return run


def test_all_in_order_is_green(evaluate: Evaluate) -> None:
    found = evaluate([("a", "KG", "fresh"), ("b", "KZ", "bundled"), ("c", "*", "fresh")])
    assert all(check.passed for check in found.values())
    assert found[ALL].description == "3 of 3 datasets in order" and "what to do" not in found[ALL].metadata


def test_what_failed_is_red_and_what_is_stale_is_yellow_each_with_its_country(evaluate: Evaluate) -> None:
    found = evaluate(
        [("a", "KG", "stale"), ("b", "KZ", "failed"), ("c", "*", "not_fetched"), ("d", "TJ", "fresh")]
    )
    assert found[ALL].description == "1 failed, 1 stale, 1 never fetched; 1 of 4 datasets in order"
    colours = {name: "passed" if c.passed else c.severity.value for name, c in found.items()}
    assert colours == {
        ALL: "ERROR",
        "kazakhstan": "ERROR",
        "kyrgyzstan": "WARN",
        "international": "WARN",
        "tajikistan": "passed",
        "uzbekistan": "passed",
        "germany": "passed",
    }
    assert not any(check.blocking for check in found.values()), "a release with stale datasets is published"
    assert found["kyrgyzstan"].description == "1 stale; 0 of 1 datasets in order"
    table = found[ALL].metadata["what to do"].value
    assert table.startswith(HEADER) and [f"**{name}**" in table for name in "abcd"] == [
        True,
        True,
        True,
        False,
    ]
    assert found[ALL].metadata["failed"].value == "1: b"


def test_a_file_of_no_dataset_is_said_on_the_release(evaluate: Evaluate, tmp_path: Path) -> None:
    stray = tmp_path / "inbox" / "Abay.XLSX"
    stray.parent.mkdir()
    stray.write_bytes(b"anything")
    found = evaluate([("a", "KG", "fresh")])
    assert not found[ALL].passed and found["kyrgyzstan"].passed
    assert found[ALL].description.endswith("; files of the inbox that nothing reads: 1")
    assert "dvstats add DATASET FILE" in found[ALL].metadata["files that nothing reads"].value[0]

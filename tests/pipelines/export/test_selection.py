"""Countries, indicators, years and open licences choose the rows of an export; what cannot be meant is said."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from data_contracts.errors import UserError
from pipelines.cli.main import main
from pipelines.export.export import ExportError, export
from pipelines.export.selection import Filters
from tests.pipelines.export.reading import read, table


def exported(data_dir: Path, folder: Path, **chosen: Any) -> list[dict[str, str]]:
    export(data_dir, "csv", folder, **chosen)
    return read(folder / "observations.csv")


def test_a_country_brings_its_regions_and_no_other(release_dir: Path, tmp_path: Path) -> None:
    rows = exported(release_dir, tmp_path, countries=["kz"])
    assert {row["country"] for row in rows} == {"KZ"}
    assert {"KZ", "KZ-75"} <= {row["ref_area"] for row in rows}
    expected = [r for r in table(release_dir, "observations") if r["ref_area"].split("-")[0] == "KZ"]
    assert len(rows) == len(expected)
    assert {row["country"] for row in read(tmp_path / "legal_framework.csv")} == {"KZ"}
    assert {row["country"] for row in read(tmp_path / "response_services.csv")} == {"KZ"}


def test_a_region_stands_alone(release_dir: Path, tmp_path: Path) -> None:
    assert {row["ref_area"] for row in exported(release_dir, tmp_path, countries=["KZ-75"])} == {"KZ-75"}


def test_indicator_and_years(release_dir: Path, tmp_path: Path) -> None:
    rows = exported(release_dir, tmp_path, indicators=["PROTECTION_ORDERS"], years="2024-2025")
    expected = {
        r["obs_key"]
        for r in table(release_dir, "observations")
        if r["indicator"] == "PROTECTION_ORDERS" and r["period_start"].year in (2024, 2025)
    }
    assert {row["obs_key"] for row in rows} == expected != set()
    one = exported(release_dir, tmp_path / "one", years="2024")
    assert {row["period_start"][:4] for row in one} == {"2024"}


def test_open_only_leaves_no_trace_of_closed_datasets(release_dir: Path, tmp_path: Path) -> None:
    closed = {r["dataset_id"] for r in table(release_dir, "datasets") if not r["open_licence"]}
    export(release_dir, "datapackage", tmp_path, open_only=True)
    columns = ("dataset_id", "denominator_dataset_id", "a_dataset_id", "b_dataset_id")
    seen = 0
    for path in (tmp_path / "data").glob("*.csv"):
        for row in read(path):
            seen += 1
            assert not {row.get(column) for column in columns} & closed, path.name
    assert seen > 2000
    assert not (tmp_path / "data" / "response_cascade.csv").exists()


@pytest.mark.slow
def test_a_narrower_export_leaves_nothing_of_the_wider_one(release_dir: Path, tmp_path: Path) -> None:
    closed = {row["licence"] for row in table(release_dir, "datasets") if not row["open_licence"]}
    for open_only in (False, True):
        for name in ("csv", "datapackage"):
            export(release_dir, name, tmp_path, countries=["TJ"], open_only=open_only)
    for path in tmp_path.rglob("*.csv"):
        assert not {row.get("licence") for row in read(path)} & closed, path


@pytest.mark.parametrize(
    ("chosen", "word"),
    [
        ({"countries": ["FR"]}, "FR"),
        ({"indicators": ["PROTECTION_ORDER"]}, "PROTECTION_ORDERS"),
        ({"years": "last"}, "2019-2025"),
        ({"years": "2025-2019"}, "backwards"),
        ({"years": "1950"}, "no observation"),
    ],
)
def test_what_cannot_be_meant_is_said(release_dir: Path, tmp_path: Path, chosen: Any, word: str) -> None:
    with pytest.raises(UserError, match=word):
        export(release_dir, "csv", tmp_path / "out", **chosen)
    assert not list(tmp_path.rglob("*.csv"))


def test_a_release_of_another_version_is_not_described_wrongly(
    altered: Callable[..., Path], tmp_path: Path
) -> None:
    data = altered()
    path = data / "latest" / "coverage" / "coverage.parquet"
    pq.write_table(pq.read_table(path).append_column("more", [["x"] * pq.read_metadata(path).num_rows]), path)
    with pytest.raises(ExportError, match="coverage"):
        export(data, "csv", tmp_path / "out")


def test_the_command_says_it_too(
    release_dir: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    common = ["--data-dir", str(release_dir), "--output", str(tmp_path)]
    assert main(["export", "csv", "--country", "XX", *common]) == 2
    error = capsys.readouterr().err
    assert "XX" in error
    assert "Traceback" not in error
    assert main(["export", "csv", "--years", "1950", *common]) == 1
    (tmp_path / "file").write_text("")
    assert main(["export", "csv", "--data-dir", str(release_dir), "--output", str(tmp_path / "file")]) == 2
    assert main(["export", "csv", "--data-dir", str(tmp_path / "nothing"), "--output", str(tmp_path)]) == 1


@pytest.mark.parametrize(
    ("chosen", "name"),
    [
        ({}, ""),
        ({"areas": ("KG", "TJ"), "years": (2019, 2025)}, ".KG,TJ.2019-2025"),
        ({"indicators": tuple("ABCD"), "years": (2024, 2024)}, ".4-indicators.2024"),
        ({"areas": ("KG-O",), "open_only": True}, ".KG-O.open"),
    ],
)
def test_the_name_of_a_workbook_says_what_was_chosen(chosen: dict[str, Any], name: str) -> None:
    """Read carelessly: the file of all countries, written over by that of one."""
    assert Filters(**chosen).name == name

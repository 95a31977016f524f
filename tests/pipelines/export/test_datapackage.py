"""The data package is valid for Frictionless, which notices what is broken in it."""

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from pipelines.export.export import export
from tests.pipelines.export.reading import read, table
from tests.share_of_cases import portion, slow


def problems(folder: Path) -> list[str]:
    from frictionless import system, validate

    with system.use_context(trusted=True):
        report = validate(str(folder / "datapackage.json"))
    return [e.type for task in report.tasks for e in task.errors] + [e.type for e in report.errors]


@pytest.mark.parametrize(
    "chosen",
    portion(
        [
            {"countries": ["KG"], "indicators": ["DV_CRIMES", "PROTECTION_ORDERS"], "years": "2019-2025"},
            *slow([({"countries": ["TJ"]},), ({"countries": ["UZ"], "open_only": True},)]),
        ],
        [{}, {"open_only": True}],
    ),
)
def test_data_package_is_valid(release_dir: Path, tmp_path: Path, chosen: Any) -> None:
    export(release_dir, "datapackage", tmp_path, **chosen)
    assert problems(tmp_path) == []
    package = json.loads((tmp_path / "datapackage.json").read_text(encoding="utf-8"))
    assert package["$schema"] == "https://datapackage.org/profiles/2.0/datapackage.json"
    by_name = {resource["name"]: resource for resource in package["resources"]}
    for resource in by_name.values():
        path = tmp_path / resource["path"]
        assert resource["hash"] == "sha256:" + hashlib.sha256(path.read_bytes()).hexdigest()
        assert resource["bytes"] == path.stat().st_size
        rows = read(path)
        assert all(row["licence"] for row in rows), resource["name"]
        named = {entry["name"] for entry in resource["licenses"]}
        if resource["name"] != "datasets":
            assert {row["licence"] for row in rows} <= named
    keys = {
        (key["fields"][0], key["reference"]["resource"])
        for key in by_name["observations"]["schema"]["foreignKeys"]
    }
    assert {("dataset_id", "datasets"), ("source_id", "sources")} <= keys
    assert len(package["sources"]) < len(table(release_dir, "datasets"))


def test_data_package_notices_a_broken_reference_and_a_broken_code(release_dir: Path, tmp_path: Path) -> None:
    export(release_dir, "datapackage", tmp_path, countries=["TJ"])
    path = tmp_path / "data" / "observations.csv"
    text = path.read_text(encoding="utf-8")
    path.write_text(
        text.replace(",tj_statements,", ",nobody,", 1).replace(",_T,", ",X,", 1), encoding="utf-8"
    )
    assert {"foreign-key", "constraint-error"} <= set(problems(tmp_path))

"""The folder latest/: the release's rows, described, at steady addresses."""

import csv
import json
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import pytest
from lxml import etree

from data_contracts.load import contract
from pipelines.site import data_files, recipes
from pipelines.site.load_release import Release
from tests.helpers import unzipped


def test_every_table_is_there_with_all_rows(site: Any, release_dir: Path) -> None:
    package = json.loads((site.folder / "latest" / "datapackage.json").read_text(encoding="utf-8"))
    described = {resource["name"]: resource["path"] for resource in package["resources"]}
    with duckdb.connect(str(release_dir / "dvstats.duckdb"), read_only=True) as con:
        for name in contract().tables:
            if name == data_files.AS_INDICATORS:
                continue
            left_out = data_files.WITHOUT.get(name, ("false",))[0]
            rows = con.execute(f"SELECT count(*) FROM {name} WHERE NOT ({left_out})").fetchall()[0][0]
            path = site.folder / "latest" / described[name]
            assert len(list(csv.reader(unzipped(path).decode().splitlines(keepends=True)))) == rows + 1, name
            as_json = json.loads(unzipped(site.folder / "latest" / "tables" / f"{name}.json.gz"))
            assert len(as_json["data"]) == rows
            assert as_json["columns"] == list(contract().tables[name].names)


def test_rows_that_are_left_out_say_only_what_others_say(release_dir: Path) -> None:
    """A value that holds is in observations since first_release; what was added is there, or in what is kept."""
    matched = {
        "observation_history": "FROM observations o WHERE o.obs_key = t.obs_key AND o.obs_value IS NOT DISTINCT "
        "FROM t.obs_value AND strptime(o.first_release, '%Y%m%dT%H%M%SZ') = t.valid_from",
        "revisions": "FROM observation_history h WHERE h.obs_key = t.obs_key "
        "AND h.valid_from = strptime(t.release, '%Y%m%dT%H%M%SZ')",
    }
    with duckdb.connect(str(release_dir / "dvstats.duckdb"), read_only=True) as con:
        for name, (left_out, *_) in data_files.WITHOUT.items():
            rows = f"SELECT count(*) FROM {name} AS t WHERE ({left_out})"
            assert con.execute(rows).fetchall()[0][0] > 1000
            lost = con.execute(f"{rows} AND NOT EXISTS ({matched[name]})").fetchall()[0][0]
            assert lost == 0, name


def test_every_indicator_is_there_with_its_best_figures(site: Any, release: Release) -> None:
    for code, figures in release.by_indicator.items():
        best = {figure.obs_key: figure.obs_value for figure in figures if figure.best}
        folder = site.folder / "latest" / "indicators"
        with (folder / f"{code}.csv").open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        assert {r["obs_key"]: float(r["obs_value"]) if r["obs_value"] else None for r in rows} == best
        assert all(row["licence"] and row["source"] for row in rows)
        value = json.loads(unzipped(folder / f"{code}.json.gz"))
        by_name = [
            {**value["same"], **dict(zip(value["columns"], row, strict=True))} for row in value["data"]
        ]
        assert all(sorted(row) == sorted(data_files.JSON_COLUMNS) for row in by_name)
        assert {row["obs_key"]: row["obs_value"] for row in by_name} == best
        assert all(
            row["source_id"] in value["sources"] and row["ref_area"] in value["areas"] for row in by_name
        )


def test_the_python_recipe_runs(site: Any, capsys: pytest.CaptureFixture[str]) -> None:
    exec(recipes.PYTHON.replace("ADDRESS", str(site.folder)), {})
    assert "Kyrgyzstan" in capsys.readouterr().out


def test_the_recipe_for_sheets_names_the_right_columns() -> None:
    names = [data_files.INDICATOR_COLUMNS[n - 1] for n in (2, 3, 12, 16, 18)]
    assert names == ["area_en", "time_period", "obs_value", "obs_status", "source"]
    assert "Col2, Col3, Col12, Col16, Col18" in recipes.SHEETS
    assert [data_files.INDICATOR_COLUMNS[n - 1] for n in (7, 8, 11)] == ["sex", "age", "breakdown"]
    assert "Col7 = '_T' and Col8 = '_T' and Col11 = '_T'" in recipes.SHEETS


def test_json_opens_in_pandas(site: Any, release: Release) -> None:
    table = pd.read_json(site.folder / "latest" / "tables" / "areas.json.gz", orient="split")
    assert len(table) == len(release.tables["areas"])


def test_the_feed_links_to_what_changed(site: Any, release: Release) -> None:
    root = etree.parse(site.folder / "feed.atom").getroot()
    links = root.xpath("//*[local-name()='entry']/*[local-name()='link']/@href")
    assert set(links) == {"en/changes.html", "ru/changes.html"}

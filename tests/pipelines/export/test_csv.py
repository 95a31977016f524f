"""CSV says what the release says, to the last digit, under the right licence, and no text of it runs as a formula."""

import re
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest

from pipelines.export.export import export
from tests.pipelines.export.reading import digests, number, read, table


def test_csv_holds_every_figure_with_licence_and_address(release_dir: Path, whole: Path) -> None:
    rows = {row["obs_key"]: row for row in read(whole / "observations.csv")}
    published = table(release_dir, "observations")
    datasets = {row["dataset_id"]: row for row in table(release_dir, "datasets")}
    sources = {row["source_id"]: row for row in table(release_dir, "sources")}
    areas = {row["code"]: row for row in table(release_dir, "areas")}
    assert len(rows) == len(published) > 4000
    for given in published:
        row = rows[given["obs_key"]]
        for name in ("obs_value", "obs_lower", "obs_upper"):
            assert number(row[name]) == given[name]
        for name in ("indicator", "time_period", "sex", "age", "breakdown", "obs_status", "unit_measure"):
            assert row[name] == given[name]
        assert row["licence"] == datasets[given["dataset_id"]]["licence"]
        assert row["source_address"] == (sources[given["source_id"]]["address"] or "")
        assert (row["area_en"], row["area_ru"]) == (
            areas[row["ref_area"]]["name_en"],
            areas[row["ref_area"]]["name_ru"],
        )
        assert row["comparator"] == str(row["ref_area"].startswith("DE")).lower()
        assert row["indicator_en"]
        assert row["indicator_ru"]
    for name in ("sources", "indicators", "areas", "datasets", "legal_framework", "response_services"):
        assert read(whole / f"{name}.csv")


@pytest.mark.slow
def test_csv_is_plain_ordered_and_the_same_twice(release_dir: Path, whole: Path, tmp_path: Path) -> None:
    export(release_dir, "csv", tmp_path)
    assert digests(tmp_path) == digests(whole)
    content = (whole / "observations.csv").read_bytes()
    assert b"\r" not in content
    assert not content.startswith(b"\xef\xbb\xbf")
    keys = [row["obs_key"] for row in read(whole / "observations.csv")]
    assert keys == [row["obs_key"] for row in table(release_dir, "observations")]
    assert not list(tmp_path.glob(".export-*"))


@pytest.mark.slow
def test_csv_with_mark_differs_by_the_mark_only(release_dir: Path, tmp_path: Path) -> None:
    export(release_dir, "csv", tmp_path / "plain", countries=["TJ"])
    export(release_dir, "csv", tmp_path / "marked", countries=["TJ"], bom=True)
    plain = (tmp_path / "plain" / "observations.csv").read_bytes()
    assert (tmp_path / "marked" / "observations.csv").read_bytes() == b"\xef\xbb\xbf" + plain


def test_each_licence_has_a_file_of_its_own(whole: Path) -> None:
    counted = Counter(row["licence"] for row in read(whole / "observations.csv"))
    parts = {}
    for path in (whole / "by_licence").iterdir():
        rows = read(path)
        licence = path.name.removeprefix("observations.").removesuffix(".csv")
        assert {row["licence"] for row in rows} == {licence}
        parts[licence] = len(rows)
    assert parts == dict(counted)
    assert len(parts) > 5


def test_texts_that_would_run_as_formulas_do_not(altered: Callable[..., Path], tmp_path: Path) -> None:
    evil = ["=HYPERLINK(1)", "+1+1", "-2+3", "@SUM(A1)", "\tx", "\r=1", "-", "\n=1", "\uff1d1"]
    notes = " ".join(f"WHEN {n} THEN {chr(39)}{text}{chr(39)}" for n, text in enumerate(evil, 1))
    numbers = ["-22,7", "+5", "-1 234.5", "-7 %"]
    texts = " ".join(f"WHEN {n} THEN '{text}'" for n, text in enumerate(numbers[:3], 1))
    data = altered(
        observations=f"""SELECT * EXCLUDE (n) REPLACE (CASE n {notes} ELSE note END AS note,
            CASE n {texts} ELSE published_value END AS published_value,
            CASE n WHEN 1 THEN -22.7 ELSE obs_value END AS obs_value)
          FROM (SELECT *, row_number() OVER (ORDER BY obs_key) AS n FROM t WHERE ref_area[:2] = 'TJ')
          ORDER BY obs_key LIMIT 40""",
        sources="SELECT * REPLACE ('=cmd' AS title) FROM t",
    )
    export(data, "csv", tmp_path / "csv", countries=["TJ"])
    rows = sorted(read(tmp_path / "csv" / "observations.csv"), key=lambda row: row["obs_key"])
    assert [row["note"] for row in rows[:9]] == [
        "'=HYPERLINK(1)",
        "'+1+1",
        "'-2+3",
        "'@SUM(A1)",
        "'\tx",
        "'\n=1",
        "'-",
        "'\n=1",
        "'\uff1d1",
    ]
    assert rows[0]["obs_value"] == "-22.7"
    assert [row["published_value"] for row in rows[:3]] == numbers[:3]
    for path in (tmp_path / "csv").rglob("*.csv"):
        for row in read(path):
            for text in row.values():
                assert not re.match(r"[=@\t\r\n]", text or ""), path
    export(data, "xlsx", tmp_path / "xlsx", countries=["TJ"])
    book = openpyxl.load_workbook(next((tmp_path / "xlsx").glob("*.xlsx")), read_only=True)
    kinds = {
        cell.data_type
        for sheet in book
        for row in sheet.iter_rows()
        for cell in row
        if cell.value is not None
    }
    assert "f" not in kinds
    titles = [row[2] for row in book["Sources"].iter_rows(min_row=2, values_only=True)]
    assert set(titles) == {"=cmd"}

"""The three files of a request, and what cannot be asked."""

import csv
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from data_contracts.errors import UserError
from pipelines.cli.main import main
from pipelines.data_request.request import request
from pipelines.published.query import query


def rows_of(path: Path) -> list[dict[str, Any]]:
    with path.open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


def test_csv_and_workbook_hold_the_same_empty_table(release_dir: Path, written: dict[str, Path]) -> None:
    rows = rows_of(written[".csv"])
    assert len(rows) == 48 and {row["obs_value"] for row in rows} == {""}
    assert {row["indicator"] for row in rows} == {"DV_CONVICTED"}
    year = int(query(release_dir, "SELECT max(release) AS name FROM releases")["name"][0].as_py()[:4])
    assert {row["time_period"] for row in rows} == {str(year - 2), str(year - 1)}
    book = openpyxl.load_workbook(written[".xlsx"])
    sheet = [[cell or "" for cell in row] for row in book["Table"].iter_rows(values_only=True)]
    assert sheet[0] == list(rows[0]) and sheet[1:] == [list(row.values()) for row in rows]
    codes = {(row[0], row[1]): row[3] for row in book["Codes"].iter_rows(values_only=True)}
    assert codes["relationship", "IPTN"] == "Интимный партнёр"
    assert codes["age", "Y45T59"] == "45-59 лет"
    neighbours = list(book["Neighbours"].iter_rows(values_only=True))
    assert neighbours[1][0] == "Узбекистан" and str(neighbours[1][-1]).startswith("k")
    assert neighbours[1][neighbours[0].index("unit")] == "Число"


def test_the_workbook_is_the_same_for_the_same_release(
    release_dir: Path, tmp_path: Path, written: dict[str, Path]
) -> None:
    again = request(release_dir, "TJ", "IC-7", language="ru", output=tmp_path / "again")
    assert again[2].read_bytes() == written[".xlsx"].read_bytes()


def test_what_cannot_be_asked_is_said(release_dir: Path, tmp_path: Path) -> None:
    with pytest.raises(UserError, match="No requirement IC-77, did you mean 'IC-7'"):
        request(release_dir, "TJ", "IC-77", language="en", output=tmp_path)
    with pytest.raises(UserError, match="No country FR. Countries: KZ"):
        request(release_dir, "FR", "IC-7", language="en", output=tmp_path)
    with pytest.raises(UserError, match="No country KZ-75"):
        request(release_dir, "KZ-75", "IC-7", language="en", output=tmp_path)
    file = tmp_path / "file"
    file.write_text("x", encoding="utf-8")
    with pytest.raises(UserError, match="is a file"):
        request(release_dir, "TJ", "IC-7", language="en", output=file)


def test_the_command_prints_what_it_wrote(
    release_dir: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    given = ["request", "Таджикистан", "IC-7", "--data-dir", str(release_dir), "--output", str(tmp_path)]
    assert main(given) == 0
    names = [Path(line).name for line in capsys.readouterr().out.splitlines()]
    assert names == ["request-TJ-IC-7.en.md", "request-TJ-IC-7.csv", "request-TJ-IC-7.xlsx"]
    assert main([*given[:2], "NONE", *given[3:]]) == 2

"""What tests of exports read: tables of the release, and the files that were written."""

import csv
import hashlib
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow.parquet as pq

from pipelines.export.export import export
from pipelines.export.sheets import TOPICS

Row = dict[str, Any]


def table(data_dir: Path, name: str) -> list[Row]:
    rows: list[Row] = pq.read_table(data_dir / "latest" / name / f"{name}.parquet").to_pylist()
    return rows


def read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


def number(text: str) -> float | None:
    return float(text) if text else None


def digests(folder: Path) -> dict[str, str]:
    return {
        p.relative_to(folder).as_posix(): hashlib.sha256(p.read_bytes()).hexdigest()
        for p in sorted(folder.rglob("*"))
        if p.is_file()
    }


def workbook(data_dir: Path, folder: Path, **chosen: Any) -> Any:
    """The workbook of an export, opened."""
    export(data_dir, "xlsx", folder, **chosen)
    (path,) = folder.glob("*.xlsx")
    return openpyxl.load_workbook(path)


def rows_of(sheet: Any) -> list[dict[str, Any]]:
    """Cells of a table sheet by the header of their column."""
    header = [cell.value for cell in sheet[1]]
    return [dict(zip(header, row, strict=True)) for row in sheet.iter_rows(min_row=2)]


def topics(book: Any, lang: str) -> list[Any]:
    """The sheets of figures."""
    names = {getattr(title, lang) for title in TOPICS.values()}
    return [sheet for sheet in book if sheet.title in names]

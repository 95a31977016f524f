"""The folder ``latest/``: every table and every indicator as CSV and JSON, at addresses that stay the same.

::

    latest/tables/areas.csv, areas.json.gz             a table of the release; the large ones as observations.csv.gz
    latest/indicators/PROTECTION_ORDERS.csv, .json.gz  the best figures of one indicator, with source and licence
    latest/datapackage.json                            types and meanings (Data Package v2)
    latest/tables/csv-metadata.json                    the same as CSV on the Web; another one in indicators/

CSV is plain where people open it in a spreadsheet; JSON is for programs and always gzip, a tenth of the size. It has
columns and rows apart (``pandas.read_json(…, orient="split")``), which is half the size of one object a row; in
files of indicators what all rows have alike is said once, under ``same``. No row is written twice: the best figures are
the files of the indicators, and of the tables that repeat ``observations`` only what differs is here (``WITHOUT``).

Beside it: ``charts/*.csv``. Not here: what describes these files to programs (``descriptions``), exports of a selection
(``pipelines.export``), the whole tables (``dvstats export``, the release itself). Called by ``build``.
"""

import csv
import datetime as dt
import gzip
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa

from data_contracts.model import LANGS, Contract
from data_contracts.spreadsheets import guarded
from data_contracts.vocabulary import DIMENSIONS
from pipelines.published.query import connect
from pipelines.site.load_release import Figure, Release

# The large ones, by name and not by size, so that no address ever changes. What is for a spreadsheet stays plain.
COMPRESSED = frozenset(
    (
        "observations",
        "observation_history",
        "revisions",
        "coverage",
        "scorecard",
        "comparability",
        "discrepancies",
        "indicators",
        "codes",
        "sources",
    )
)
VALUE_COLUMNS = ("obs_value", "obs_lower", "obs_upper")
INDICATOR_COLUMNS = (
    "ref_area",
    "area_en",
    "time_period",
    "period_start",
    "period_end",
    "whole_year",
    *DIMENSIONS,
    *VALUE_COLUMNS,
    "unit_measure",
    "obs_status",
    "nature",
    "source",
    "source_id",
    "licence",
    "obs_key",
)
# The files of the indicators are this table, with source and licence.
AS_INDICATORS = "best_observations"
# Rows of these tables that say only what observations says as well: they are left out, and the title says so.
WITHOUT = {
    "observation_history": (
        "valid_to IS NULL",
        "values that no longer hold",
        "значения, которые больше не действуют",
    ),
    "revisions": ("change = 'added'", "revised and withdrawn values", "пересмотренные и отозванные значения"),
}
SERIES_COLUMNS = (
    "ref_area",
    "time_period",
    "sex",
    *VALUE_COLUMNS,
    "obs_status",
    "unit_measure",
    "obs_key",
)
JSON_COLUMNS = (
    "ref_area",
    "time_period",
    "whole_year",
    *DIMENSIONS,
    *VALUE_COLUMNS,
    "unit_measure",
    "obs_status",
    "nature",
    "dataset_id",
    "source_id",
    "obs_key",
)


@dataclass(frozen=True)
class TableFile:
    """One table as files of the site."""

    #: of the table
    name: str
    #: by language
    title: Mapping[str, str]
    #: in the files
    rows: int
    #: path below ``latest/``
    csv: str
    #: path below ``latest/``
    json: str


def write_tables(data_dir: Path, contract: Contract, folder: Path) -> list[TableFile]:
    """All published tables of the release that are there, below ``folder``."""
    written = []
    with connect(data_dir) as con:
        there = {row[0] for row in con.execute("SELECT table_name FROM duckdb_tables()").fetchall()}
        for name, table in contract.tables.items():
            if name not in there or name == AS_INDICATORS:
                continue
            order = ", ".join(f'"{column}"' for column in table.order) or "ALL"
            left_out, *only = WITHOUT.get(name, ("false", "", ""))
            rows = con.sql(f"SELECT * FROM {name} WHERE NOT ({left_out}) ORDER BY {order}").to_arrow_table()
            paths = [f"tables/{name}.csv{'.gz' if name in COMPRESSED else ''}", f"tables/{name}.json.gz"]
            for path, content in zip(paths, _csv_and_json(rows.column_names, _values(rows)), strict=True):
                _write(folder / path, content)
            title: dict[str, str] = {
                lang: f"{text}: {part}" if part else text
                for lang, text, part in zip(LANGS, (table.title.en, table.title.ru), only, strict=True)
            }
            written.append(TableFile(name, title, rows.num_rows, *paths))
    return written


def write_indicators(release: Release, folder: Path) -> list[str]:
    """The best figures of each indicator; gives codes."""
    written = []
    for code, figures in release.by_indicator.items():
        best = [figure for figure in figures if figure.best]
        path = folder / "indicators" / code
        _write(path.with_suffix(".csv"), _csv(INDICATOR_COLUMNS, [_indicator_row(release, f) for f in best]))
        _write(path.with_suffix(".json.gz"), _indicator_json_file(release, code, best))
        written.append(code)
    return written


def write_series(figures: Iterable[Figure], path: Path) -> None:
    """The figures of one chart as CSV."""
    rows = [[getattr(figure, name) for name in SERIES_COLUMNS] for figure in figures]
    _write(path, _csv(SERIES_COLUMNS, rows))


# -- content ---------------------------------------------------------------------------------------------------


def _values(rows: pa.Table) -> list[list[Any]]:
    return [list(row.values()) for row in rows.to_pylist()]


def _csv_and_json(columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> tuple[bytes, bytes]:
    plain = [[_plain(value) for value in row] for row in rows]
    lines = ",\n".join(json.dumps(row, ensure_ascii=False, separators=(",", ":")) for row in plain)
    text = f'{{"columns":{json.dumps(list(columns))},\n"data":[\n{lines}\n]}}\n'
    return _csv(columns, rows), text.encode()


def _csv(columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([_cell(value) for value in row] for row in rows)
    return out.getvalue().encode()


def _plain(value: Any) -> Any:
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return _text(value) if isinstance(value, dt.date | dt.datetime) else value


def _text(value: Any) -> Any:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return f"{value:.15g}"
    return value.isoformat() if isinstance(value, dt.date | dt.datetime) else value


def _cell(value: Any) -> Any:
    """A value in CSV, which people open in a spreadsheet; JSON has the texts as they are."""
    return guarded(value) if isinstance(value, str) else _text(value)


def _indicator_row(release: Release, figure: Figure) -> list[Any]:
    source, dataset = release.sources[figure.source_id], release.datasets[figure.dataset_id]
    own = {
        "area_en": release.area(figure.ref_area, "en"),
        "source": source["publisher"],
        "licence": dataset["licence"],
    }
    return [own[name] if name in own else getattr(figure, name) for name in INDICATOR_COLUMNS]


def _indicator_json_file(release: Release, code: str, figures: Sequence[Figure]) -> bytes:
    """The same without what repeats: areas and sources by their ids, and once what all rows have alike."""
    rows = [[_plain(getattr(figure, name)) for name in JSON_COLUMNS] for figure in figures]
    same = {
        name: rows[0][place]
        for place, name in enumerate(JSON_COLUMNS)
        if name not in VALUE_COLUMNS[:1] and all(row[place] == rows[0][place] for row in rows)
    }
    kept = [place for place, name in enumerate(JSON_COLUMNS) if name not in same]
    value = {
        "indicator": code,
        "release": release.name,
        "areas": {
            area: {lang: release.area(area, lang) for lang in LANGS}
            for area in sorted({f.ref_area for f in figures})
        },
        "sources": {
            source_id: {
                name: release.sources[source_id][name] for name in ("publisher", "stated_by", "address")
            }
            for source_id in sorted({f.source_id for f in figures})
        },
        "licences": {
            dataset_id: release.datasets[dataset_id]["licence"]
            for dataset_id in sorted({f.dataset_id for f in figures})
        },
        "same": same,
        "columns": [JSON_COLUMNS[place] for place in kept],
        "data": [[row[place] for place in kept] for row in rows],
    }
    return (json.dumps(value, ensure_ascii=False, separators=(",", ":")) + "\n").encode()


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(gzip.compress(content, 9, mtime=0) if path.suffix == ".gz" else content)

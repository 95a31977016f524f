"""Files for people who do not use SQL: CSV, a workbook, SDMX-CSV with its structure, a Data Package.

Everything is a question to DuckDB on the Parquet files of the latest release; rows are never touched one by one,
save where a workbook is written. Whatever the format, a row carries the licence of its dataset.
"""

import datetime as dt
import difflib
import hashlib
import json
import re
import tempfile
import uuid
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb
from lxml import etree

from dvstats.data_contracts import describe
from dvstats.data_contracts.contract import Contract, Text, load_contract
from dvstats.pipelines import database
from dvstats.pipelines.cli import NOTHING_PUBLISHED, WRONG_USAGE, UserError
from dvstats.pipelines.notes import TITLE, plain_citation
from dvstats.pipelines.publish import read_manifest
from dvstats.sources.registry import load_licences

FORMATS = ("csv", "xlsx", "sdmx-csv", "datapackage")
COMPILATION = describe.COMPILATION_LICENCE["name"]
# What describes the figures, beside them in every CSV export; the compilation's own licence covers it.
CODEBOOK = ("sources", "indicators", "areas", "datasets", "codes", "legal_framework", "response_services")
# In the order of the data package. Left out: what was refused (never published), logs, and the history (in Parquet).
PACKAGED = (
    "observations", "best_observations", "rates", "population", "discrepancies", "response_cascade", "revisions",
    "coverage", "comparability", *CODEBOOK, "releases",
)  # fmt: skip
EXCEL_ROWS = 1_048_576
EXCEL_LINKS = 65_530


class ExportError(UserError):
    """An export cannot be made as asked; says what, where and what to do."""

    def __init__(self, sentence: str, status: int = WRONG_USAGE) -> None:
        """``status``: exit status of the command."""
        super().__init__(sentence)
        self.status = status


@dataclass(frozen=True)
class Filters:
    """Which observations are wanted; codes are checked before they come here."""

    areas: tuple[str, ...] = ()
    indicators: tuple[str, ...] = ()
    years: tuple[int, int] | None = None
    open_only: bool = False

    def within(self, column: str) -> str:
        """SQL: an area is one of the wanted, or a region of one."""
        if not self.areas:
            return "true"
        return f"({_among(column, self.areas)} OR {_among(f'split_part({column}, chr(45), 1)', self.areas)})"

    def dated(self, column: str) -> str:
        """SQL: a year is one of the wanted."""
        return f"{column} BETWEEN {self.years[0]} AND {self.years[1]}" if self.years else "true"

    def observed(self, alias: str) -> str:
        """SQL: an observation (joined with its dataset as ``d``) is wanted."""
        parts = [self.within(f"{alias}.ref_area"), self.dated(f"year({alias}.period_start)")]
        if self.indicators:
            parts.append(_among(f"{alias}.indicator", self.indicators))
        return " AND ".join([*parts, self.licensed("d")])

    def licensed(self, alias: str) -> str:
        """SQL: a dataset may be handed on."""
        return f"{alias}.open_licence" if self.open_only else "true"

    def words(self) -> list[str]:
        """What was asked for, for people; empty for everything."""
        years = [f"{self.years[0]}-{self.years[1]}"] if self.years else []
        return [*self.areas, *self.indicators, *years, *(["open licences only"] if self.open_only else [])]


@dataclass(frozen=True)
class Made:
    """One file of an export, as its catalogue entry needs it."""

    path: Path
    title: Text
    mediatype: str
    filetype: str
    licences: tuple[str, ...]


@dataclass
class Export:
    """One export at work: the release as views, the filters, the folder it is written to."""

    contract: Contract
    con: duckdb.DuckDBPyConnection
    release: str
    at: dt.datetime
    content_hash: str
    filters: Filters
    folder: Path
    bom: bool
    made: list[Made] = field(default_factory=list)

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """All rows of a short answer."""
        return self.con.execute(sql).fetchall()

    def codes(self, sql: str) -> tuple[str, ...]:
        """First column of a short answer."""
        return tuple(str(row[0]) for row in self.rows(sql))


def export(
    data_dir: Path,
    format: str,  # noqa: A002 (the word of the command line)
    output: Path,
    *,
    countries: Sequence[str] = (),
    indicators: Sequence[str] = (),
    years: str | None = None,
    open_only: bool = False,
    bom: bool = False,
) -> list[Path]:
    """Write the latest release as ``format`` into ``output``; gives the files written.

    ``countries`` takes country codes (their regions included) or single regions. ``years`` is ``2024`` or
    ``2019-2025``: periods that begin then. ``bom`` marks files of the format ``csv`` as UTF-8 for Excel.
    """
    if format not in _WRITERS:
        raise ExportError(f"No format {format}. There are: {', '.join(FORMATS)}.")
    contract = load_contract()
    filters = Filters(_areas(contract, countries), _indicators(contract, indicators), _years(years), open_only)
    release = database.release_folder(Path(data_dir), None)
    output = Path(output)
    if output.exists() and not output.is_dir():
        raise ExportError(f"{output} is a file. Give --output a folder.")
    output.mkdir(parents=True, exist_ok=True)
    # Written aside and moved when complete: a full disk leaves no half file under a good name.
    with tempfile.TemporaryDirectory(prefix=".export-", dir=output) as aside, duckdb.connect() as con:
        manifest = read_manifest(release)
        at = dt.datetime.fromisoformat(manifest["published_at"].rstrip("Z"))
        job = Export(
            contract, con, manifest["release"], at, manifest["content_sha256"], filters, Path(aside), bom
        )  # fmt: skip
        _prepare(job, release)
        _WRITERS[format](job)
        extra = _write_metadata(job, output)
        return [_move(path, Path(aside), output) for path in (*(made.path for made in job.made), *extra)]


def _move(path: Path, aside: Path, output: Path) -> Path:
    final = output / path.relative_to(aside)
    final.parent.mkdir(parents=True, exist_ok=True)
    return path.replace(final)


# -- what is asked for -----------------------------------------------------------------------------------------


def _areas(contract: Contract, asked: Sequence[str]) -> tuple[str, ...]:
    known = {row["code"] for row in contract.areas}
    wanted = tuple(dict.fromkeys(code.strip().upper() for code in asked))
    for code in wanted:
        if code not in known:
            countries = ", ".join(sorted(row["code"] for row in contract.areas if row["level"] == "country"))
            raise ExportError(f"No country or region {code}. Countries: {countries}; `dvstats list areas` has the regions.")
    return wanted


def _indicators(contract: Contract, asked: Sequence[str]) -> tuple[str, ...]:
    wanted = tuple(dict.fromkeys(code.strip().upper() for code in asked))
    for code in wanted:
        if code not in contract.indicators:
            near = difflib.get_close_matches(code, contract.indicators, 3)
            hint = f" Did you mean {' or '.join(near)}?" if near else ""
            raise ExportError(f"No indicator {code}.{hint} `dvstats list indicators` shows what there is.")
    return wanted


def _years(asked: str | None) -> tuple[int, int] | None:
    if asked is None:
        return None
    match = re.fullmatch(r"\s*(\d{4})\s*(?:[-–]\s*(\d{4})\s*)?", asked)
    if not match:
        raise ExportError(f"--years {asked} is not readable. Write one year (2024) or a span (2019-2025).")
    first, last = int(match[1]), int(match[2] or match[1])
    if first > last:
        raise ExportError(f"--years {asked} runs backwards. Write {last}-{first}.")
    return first, last


def _among(column: str, codes: Iterable[str]) -> str:
    return f"{column} IN ({', '.join(_text(code) for code in codes)})"


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


# -- the release as views --------------------------------------------------------------------------------------

# A spreadsheet runs a text that begins like a formula; an apostrophe makes it text again. Numbers stay as they are,
# also where a text column holds one (-22,7).
_GUARD = r"""CREATE TEMP MACRO guard(t) AS replace(replace(
  CASE WHEN regexp_matches(t, '^[=+\-@\t\r]') AND NOT regexp_full_match(t, '[+-]?[0-9][0-9  ]*([.,][0-9]+)?%?')
       THEN '''' || t ELSE t END, chr(13) || chr(10), chr(10)), chr(13), chr(10))"""
# 390, not 390.0; otherwise the shortest text that reads back as the same number.
_NUM = """CREATE TEMP MACRO num(x) AS CASE WHEN x = round(x) AND abs(x) < 1e15 THEN CAST(CAST(x AS BIGINT) AS VARCHAR)
  ELSE CAST(x AS VARCHAR) END"""
_WORDS = """CREATE TEMP MACRO words(listed, wanted) AS
  (SELECT c.label_en || ' / ' || c.label_ru FROM codes c WHERE c.codelist = listed AND c.code = wanted)"""
_ROWS = """CREATE TEMP VIEW export_rows AS
  SELECT o.*, a.country, a.comparator, a.name_en AS area_en, a.name_ru AS area_ru, i.family,
    i.label_en AS indicator_en, i.label_ru AS indicator_ru, i.counting_unit, s.publisher AS source_publisher,
    s.stated_by, s.title AS source_title, s.address AS source_address, d.title_en AS dataset_title,
    d.licence, d.licence_address, d.open_licence, b.obs_key IS NOT NULL AS preferred, coalesce(r.change, 'stable') AS revision
  FROM observations o JOIN picked USING (obs_key) JOIN datasets d USING (dataset_id)
  LEFT JOIN areas a ON a.code = o.ref_area LEFT JOIN indicators i ON i.code = o.indicator
  LEFT JOIN sources s USING (source_id) LEFT JOIN best_observations b ON b.obs_key = o.obs_key
  LEFT JOIN revisions r ON r.obs_key = o.obs_key AND r.release = {release}"""
_BREAKDOWNS = """CREATE TEMP TABLE breakdown_words AS
  WITH parts AS (SELECT breakdown, unnest(string_split(breakdown, ';')) AS part, generate_subscripts(string_split(breakdown, ';'), 1) AS n
                 FROM (SELECT DISTINCT breakdown FROM export_rows WHERE breakdown <> '_T'))
  SELECT breakdown,
    string_agg(coalesce(c.description_en || ': ' || c.label_en, part), '; ' ORDER BY n) AS words_en,
    string_agg(coalesce(c.description_ru || ': ' || c.label_ru, part), '; ' ORDER BY n) AS words_ru
  FROM parts LEFT JOIN codes c ON c.codelist = 'breakdown' AND c.code = part GROUP BY breakdown"""


def _prepare(job: Export, release: Path) -> None:
    con, filters = job.con, job.filters
    for name in job.contract.tables:
        path = release / name / f"{name}.parquet"
        con.execute(f"CREATE TEMP VIEW {name} AS SELECT * FROM read_parquet({_text(str(path))})")  # noqa: S608
    for macro in (_GUARD, _NUM, _WORDS):
        con.execute(macro)
    con.execute(
        f"""CREATE TEMP TABLE picked AS SELECT o.obs_key FROM observations o JOIN datasets d USING (dataset_id)
        WHERE {filters.observed("o")}"""  # noqa: S608
    )
    if not job.rows("SELECT 1 FROM picked LIMIT 1"):
        asked = ", ".join(filters.words()) or "everything"
        raise ExportError(
            f"Release {job.release} has no observation for: {asked}. Widen the selection; "
            "`dvstats show coverage` prints what is published.",
            NOTHING_PUBLISHED,
        )
    con.execute(_ROWS.format(release=_text(job.release)))
    con.execute(_BREAKDOWNS)
    # Sources that the exported rows, acts and services name, and what those copy.
    con.execute(
        """CREATE TEMP TABLE named_sources AS WITH RECURSIVE named(source_id) AS (
          SELECT source_id FROM export_rows UNION SELECT source_id FROM kept_legal_framework
          UNION SELECT source_id FROM kept_response_services UNION SELECT a_source_id FROM kept_discrepancies
          UNION SELECT b_source_id FROM kept_discrepancies UNION SELECT source_id FROM kept_population
          UNION SELECT source_id FROM kept_response_cascade WHERE source_id IS NOT NULL
          UNION SELECT s.copies FROM named JOIN sources s USING (source_id) WHERE s.copies IS NOT NULL)
        SELECT * FROM named"""
        if not _keep(job)
        else ""
    )


def _keep(job: Export) -> None:
    """Views ``kept_<table>``: what of each table goes with the observations that were picked."""
    f = job.filters
    open_datasets = f"dataset_id IN (SELECT dataset_id FROM datasets d WHERE {f.licensed('d')})"  # noqa: S608
    picked = "IN (SELECT obs_key FROM picked)"
    # The cascade mixes datasets and indicators in one row: whole or not at all.
    whole = "false" if f.open_only or f.indicators else "true"
    conditions = {
        "best_observations": f"obs_key {picked}",
        "rates": f"numerator_obs_key {picked} AND denominator_{open_datasets}",
        "population": f"{open_datasets} AND (obs_key {picked} OR obs_key IN "
        f"(SELECT denominator_obs_key FROM rates WHERE numerator_obs_key {picked}))",
        "discrepancies": f"a_{open_datasets} AND b_{open_datasets} AND (a_obs_key {picked} OR b_obs_key {picked})",
        "response_cascade": f"{whole} AND {f.within('country')} AND {f.dated('year')}",
        "revisions": f"{open_datasets} AND {f.within('ref_area')} AND {f.dated('CAST(left(time_period, 4) AS INT)')}"
        + (f" AND {_among('indicator', f.indicators)}" if f.indicators else ""),
        "coverage": f"{f.within('country')} AND {f.dated('year')}",
        "comparability": _among("indicator", f.indicators) if f.indicators else "true",
        "legal_framework": _countries(f),
        "response_services": f"{_countries(f)} AND {f.within('ref_area') if f.areas else 'true'}",
        "datasets": f.licensed("t"),
    }
    for name in PACKAGED:
        if name in ("observations", "sources"):
            continue
        job.con.execute(
            f"CREATE TEMP VIEW kept_{name} AS SELECT * FROM {name} t WHERE {conditions.get(name, 'true')}"  # noqa: S608
        )
    job.con.execute("CREATE TEMP VIEW kept_observations AS SELECT o.* FROM observations o JOIN picked USING (obs_key)")

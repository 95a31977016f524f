"""Which rows an export takes, the release as DuckDB views, and what every format writes with.

Not here: the formats (``export`` for CSV, ``workbook``, ``sdmx``, ``datapackage``) and the catalogue entries
(``catalogue``). Called by those modules.
"""

import datetime as dt
import hashlib
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb
import pyarrow.parquet as pq

from data_contracts import datapackage
from data_contracts.errors import NOTHING_PUBLISHED, WRONG_USAGE, UserError
from data_contracts.model import Column, Contract, Lang, Text
from data_contracts.spreadsheets import GUARD
from data_contracts.sql import among, literal
from data_contracts.vocabulary import DIMENSIONS, sql_list
from pipelines.progress import Step, unseen
from transforms.programmes.tables import FIGURE_TABLES

COMPILATION = datapackage.COMPILATION_LICENCE["name"]
# What describes the figures, beside them in every CSV export; the compilation's own licence covers it.
CODEBOOK = ("sources", "indicators", "areas", "datasets", "codes", "legal_framework", "response_services")
# Tables whose rows belong to a programme for aggressors, beside the table of the programmes themselves.
OF_PROGRAMMES = ("programme_returns", *FIGURE_TABLES)
# In the order of the data package. Left out: what was refused (never published), logs, and the history (in Parquet).
PACKAGED = (
    "observations",
    "best_observations",
    "rates",
    "population",
    "discrepancies",
    "response_cascade",
    "revisions",
    "coverage",
    "comparability",
    "programmes",
    *OF_PROGRAMMES,
    "programme_references",
    "programme_evidence",
    *CODEBOOK,
    "releases",
)

# Columns of ``export_rows`` in the CSV of observations, with the words of their codes.
CSV_COLUMNS = (
    "obs_key, ref_area, area_en, area_ru, country, comparator, indicator, indicator_en, indicator_ru, "
    f"family, counting_unit, subject, scope, {sql_list(DIMENSIONS)}, freq, "
    "time_period, period_start, period_end, obs_value, obs_lower, obs_upper, nature, unit_measure, "
    "obs_status, conf_status, preferred, dataset_id, source_id, source_publisher, stated_by, "
    "source_title, source_address, licence, licence_address, open_licence, published_value, note, note_ru, "
    "raw_sha256, raw_locator, retrieved_at, first_release, revision"
)

# Columns of ``export_rows`` that come from another table than the observations: that table, and their name in it.
_JOINED = {
    "area_en": ("areas", "name_en"),
    "area_ru": ("areas", "name_ru"),
    "comparator": ("areas", "comparator"),
    "country": ("areas", "country"),
    "family": ("indicators", "family"),
    "counting_unit": ("indicators", "counting_unit"),
    "subject": ("indicators", "subject"),
    "scope": ("indicators", "scope"),
    "indicator_en": ("indicators", "label_en"),
    "indicator_ru": ("indicators", "label_ru"),
    "source_publisher": ("sources", "publisher"),
    "stated_by": ("sources", "stated_by"),
    "source_title": ("sources", "title"),
    "source_address": ("sources", "address"),
    "licence": ("datasets", "licence"),
    "licence_address": ("datasets", "licence_address"),
    "open_licence": ("datasets", "open_licence"),
    "revision": ("revisions", "change"),
}


class ExportError(UserError):
    """The requested export is not possible; says what, where and what to do."""

    def __init__(self, sentence: str, status: int = WRONG_USAGE) -> None:
        """``status``: exit status of the command."""
        super().__init__(sentence)
        self.status = status


@dataclass(frozen=True)
class Filters:
    """Which observations are wanted; codes are checked before they come here."""

    #: codes of countries, their regions included, or of regions; none: all
    areas: tuple[str, ...] = ()
    #: none: all
    indicators: tuple[str, ...] = ()
    #: first and last in which a period begins; None: all
    years: tuple[int, int] | None = None
    #: whether data under a stricter licence are left out
    open_only: bool = False

    @property
    def countries(self) -> tuple[str, ...]:
        """Countries of the wanted areas: laws, services and gaps are national also where one region is wanted."""
        return tuple(dict.fromkeys(code.split("-")[0] for code in self.areas))

    @property
    def name(self) -> str:
        """What was chosen, as a part of a file's name: ``.KG.2019-2025``; empty where all of it was."""
        named = [
            ",".join(codes) if len(codes) <= 3 else f"{len(codes)}-{what}"
            for codes, what in ((self.areas, "areas"), (self.indicators, "indicators"))
            if codes
        ]
        years = ["-".join(map(str, dict.fromkeys(self.years)))] if self.years else []
        return "".join(f".{part}" for part in (*named, *years, *(["open"] if self.open_only else [])))

    def national(self, column: str) -> str:
        """SQL: a country is one of those of the wanted areas."""
        return among(column, self.countries) if self.areas else "true"

    def within(self, column: str) -> str:
        """SQL: an area is one of the wanted, or a region of one."""
        if not self.areas:
            return "true"
        country = f"split_part({column}, '-', 1)"
        return f"({among(column, self.areas)} OR {among(country, self.areas)})"

    def dated(self, column: str) -> str:
        """SQL: a year is one of the wanted."""
        return f"{column} BETWEEN {self.years[0]} AND {self.years[1]}" if self.years else "true"

    def observed(self, alias: str) -> str:
        """SQL: an observation (joined with its dataset as ``d``) is wanted."""
        parts = [self.within(f"{alias}.ref_area"), self.dated(f"year({alias}.period_start)")]
        if self.indicators:
            parts.append(among(f"{alias}.indicator", self.indicators))
        return " AND ".join([*parts, self.licensed("d")])

    def licensed(self, alias: str) -> str:
        """SQL: a dataset may be handed on."""
        return f"{alias}.open_licence" if self.open_only else "true"

    def words(self) -> list[str]:
        """The selection in words for people; empty for everything."""
        years = [f"{self.years[0]}-{self.years[1]}"] if self.years else []
        return [*self.areas, *self.indicators, *years, *(["open licences only"] if self.open_only else [])]


@dataclass(frozen=True)
class ExportedFile:
    """One file of an export, as its catalogue entry needs it."""

    #: where it was written
    path: Path
    #: what it is
    title: Text
    #: such as ``text/csv``
    mediatype: str
    #: a code of the EU's list of file types
    filetype: str
    #: codes of all licences in it
    licences: tuple[str, ...]


@dataclass
class Export:
    """One export while it runs."""

    #: of this version
    contract: Contract
    #: a connection with the tables of the release as views
    con: duckdb.DuckDBPyConnection
    #: its name
    release: str
    #: when it was published, UTC without zone
    at: dt.datetime
    #: SHA-256 of what it says
    content_hash: str
    #: which rows are wanted
    filters: Filters
    #: where files are written, before they are moved to their place
    folder: Path
    #: folder of the release
    source: Path
    #: whether CSV is marked as UTF-8
    bom: bool
    #: language of formats for people
    lang: Lang
    #: those that are complete
    files: list[ExportedFile] = field(default_factory=list)
    #: called after each file
    step: Step = unseen

    def wrote(self, file: ExportedFile) -> None:
        """Note a file that is complete."""
        self.files.append(file)
        self.step(len(self.files), None)

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """All rows of a short answer."""
        return self.con.execute(sql).fetchall()

    def codes(self, sql: str) -> tuple[str, ...]:
        """First column of a short answer."""
        return tuple(str(row[0]) for row in self.rows(sql))

    def licences(self) -> tuple[str, ...]:
        """Licences of the exported rows, in the order of their codes."""
        return self.codes("SELECT DISTINCT licence FROM export_rows ORDER BY licence")

    def column(self, name: str) -> Column:
        """What the contract says of a column of ``export_rows`` that is one of a table."""
        table, column = _JOINED.get(name, ("observations", name))
        return self.contract.tables[table].column(column)


# -- the release as views --------------------------------------------------------------------------------------

# 390, not 390.0; otherwise the shortest text that reads back as the same number.
_NUM = """CREATE TEMP MACRO num(x) AS CASE WHEN x = round(x) AND abs(x) < 1e15 THEN CAST(CAST(x AS BIGINT) AS VARCHAR)
  ELSE CAST(x AS VARCHAR) END"""
# Joined once: each format and each licence asks it again.
_ROWS = """CREATE TEMP TABLE export_rows AS
  SELECT o.*, a.country, a.comparator, a.name_en AS area_en, a.name_ru AS area_ru, i.family,
    i.label_en AS indicator_en, i.label_ru AS indicator_ru, i.counting_unit, i.subject, i.scope,
    s.publisher AS source_publisher, s.stated_by, s.title AS source_title, s.address AS source_address,
    d.licence, d.licence_address, d.open_licence, b.obs_key IS NOT NULL AS preferred,
    coalesce(r.change, 'stable') AS revision
  FROM observations o JOIN picked p USING (obs_key) JOIN datasets d USING (dataset_id)
  LEFT JOIN areas a ON a.code = o.ref_area LEFT JOIN indicators i ON i.code = o.indicator
  LEFT JOIN sources s USING (source_id) LEFT JOIN best_observations b ON b.obs_key = o.obs_key
  LEFT JOIN revisions r ON r.obs_key = o.obs_key AND r.release = {release}"""
_BREAKDOWNS = """CREATE TEMP TABLE breakdown_words AS
  WITH lists AS (SELECT breakdown, string_split(breakdown, ';') AS parts
                 FROM (SELECT DISTINCT breakdown FROM export_rows WHERE breakdown <> '_T')),
       single AS (SELECT breakdown, unnest(parts) AS part, unnest(generate_series(1, len(parts))) AS n FROM lists)
  SELECT breakdown,
    string_agg(coalesce(c.description_en || ': ' || c.label_en, part), '; ' ORDER BY n) AS words_en,
    string_agg(coalesce(c.description_ru || ': ' || c.label_ru, part), '; ' ORDER BY n) AS words_ru
  FROM single LEFT JOIN codes c ON c.codelist = 'breakdown' AND c.code = part GROUP BY breakdown"""
# Sources that the exported rows, acts and services name, and what those copy.
_SOURCES = """CREATE TEMP TABLE named_sources AS WITH RECURSIVE named(source_id) AS (
    SELECT source_id FROM kept_observations UNION SELECT source_id FROM kept_legal_framework
    UNION SELECT source_id FROM kept_response_services UNION SELECT a_source_id FROM kept_discrepancies
    UNION SELECT b_source_id FROM kept_discrepancies UNION SELECT source_id FROM kept_population
    UNION SELECT source_id FROM kept_response_cascade WHERE source_id IS NOT NULL
    UNION SELECT source_id FROM kept_programme_references UNION SELECT source_id FROM kept_programme_evidence
    UNION SELECT s.copies FROM named n JOIN sources s USING (source_id) WHERE s.copies IS NOT NULL)
  SELECT source_id FROM named"""


def prepare(job: Export) -> None:
    """The tables of the release as views, the wanted rows as a table; what goes with them as ``kept_`` views."""
    con, filters = job.con, job.filters
    # On an office's laptop the sort goes to disk before it takes the memory.
    con.execute(f"SET memory_limit = '1GB'; SET temp_directory = {literal(str(job.folder / 'spill'))}")
    for name, table in job.contract.tables.items():
        path = job.source / name / f"{name}.parquet"
        # Columns are described by the contract of this version, which a release of another version does not follow.
        if not path.is_file() or tuple(pq.read_schema(path).names) != table.names:
            raise ExportError(
                f"Release {job.release} was published by another version of dvstats: its table {name} differs. "
                "Run `dvstats refresh`, then export.",
                NOTHING_PUBLISHED,
            )
        con.execute(f"CREATE TEMP VIEW {name} AS SELECT * FROM read_parquet({literal(str(path))})")
    for macro in (GUARD, _NUM):
        con.execute(macro)
    con.execute(
        f"""CREATE TEMP TABLE picked AS SELECT o.obs_key FROM observations o JOIN datasets d USING (dataset_id)
        WHERE {filters.observed("o")}"""
    )
    if not job.rows("SELECT 1 FROM picked LIMIT 1"):
        raise ExportError(
            f"Release {job.release} has no observation for: {', '.join(filters.words()) or 'everything'}. "
            "Widen the selection; `dvstats show coverage` prints what is published.",
            NOTHING_PUBLISHED,
        )
    con.execute(_ROWS.format(release=literal(job.release)))
    con.execute(_BREAKDOWNS)
    for name, condition in _kept(filters).items():
        con.execute(f"CREATE TEMP VIEW kept_{name} AS SELECT * FROM {name} t WHERE {condition}")
    con.execute(_SOURCES)
    con.execute("CREATE TEMP VIEW kept_sources AS SELECT * FROM sources JOIN named_sources USING (source_id)")


def _kept(f: Filters) -> dict[str, str]:
    """What of each table goes with the observations that were picked, so that every reference finds its row."""
    open_datasets = f"dataset_id IN (SELECT d.dataset_id FROM datasets d WHERE {f.licensed('d')})"
    picked = "IN (SELECT obs_key FROM picked)"
    denominators = f"(SELECT r.denominator_obs_key FROM rates r WHERE r.numerator_obs_key {picked})"
    named = among("indicator", f.indicators) if f.indicators else "true"
    # A row of the cascade rests on two datasets and two indicators: whole, or not at all.
    whole = "false" if f.open_only or f.indicators else "true"
    conditions = {
        "observations": f"obs_key {picked}",
        "best_observations": f"obs_key {picked}",
        "rates": f"numerator_obs_key {picked} AND denominator_{open_datasets}",
        "population": f"{open_datasets} AND (obs_key {picked} OR obs_key IN {denominators})",
        "discrepancies": f"a_{open_datasets} AND b_{open_datasets} AND (a_obs_key {picked} OR b_obs_key {picked})",
        "response_cascade": f"{whole} AND {f.national('country')} AND {f.dated('year')}",
        "revisions": f"{open_datasets} AND {f.within('ref_area')} AND {named} "
        f"AND {f.dated('CAST(left(time_period, 4) AS INT)')}",
        "coverage": f"{f.national('country')} AND {f.dated('year')}",
        "comparability": f"({f.national('country_a')} OR {f.national('country_b')}) AND {named}",
        "legal_framework": f.national("country"),
        "response_services": f.national("country"),
        "datasets": f.licensed("t"),
    }
    # Programmes give no observations of an indicator; what is published elsewhere goes with all countries only.
    programmes = "false" if f.indicators else f.national("p.country")
    mine = f"programme_id IN (SELECT p.programme_id FROM programmes p WHERE {programmes})"
    conditions |= dict.fromkeys(("programmes", *OF_PROGRAMMES), mine)
    elsewhere = "false" if f.indicators or f.areas else "true"
    conditions |= dict.fromkeys(("programme_references", "programme_evidence"), elsewhere)
    return {name: conditions.get(name, "true") for name in PACKAGED if name != "sources"}


# -- what every format writes with -----------------------------------------------------------------------------

_SHOWN = {"VARCHAR": "guard({})", "DOUBLE": "num({})", "TIMESTAMP": "strftime({}, '%Y-%m-%dT%H:%M:%SZ')"}


def copy_csv(job: Export, query: str, order: Sequence[str], path: Path, *, bom: bool = False) -> Path:
    """Answer of a query as CSV: UTF-8, LF, texts guarded, total order."""
    path.parent.mkdir(parents=True, exist_ok=True)
    described = job.rows(f"DESCRIBE {query}")
    columns = ", ".join(
        f"{_SHOWN.get(kind, '{}').format(f'q.{name}')} AS {name}" for name, kind, *_ in described
    )
    by = ", ".join(f"q.{name}" for name in order)
    job.con.execute(
        f"COPY (SELECT {columns} FROM ({query}) q ORDER BY {by}) TO {literal(str(path))} (FORMAT csv, HEADER)"
    )
    if bom:
        marked = path.with_suffix(".bom")
        with path.open("rb") as plain, marked.open("wb") as out:
            out.write(b"\xef\xbb\xbf")
            while chunk := plain.read(1 << 20):
                out.write(chunk)
        marked.replace(path)
    return path


def file_facts(path: Path) -> dict[str, Any]:
    """Size and SHA-256 of a file."""
    with path.open("rb") as handle:
        return {"bytes": path.stat().st_size, "sha256": hashlib.file_digest(handle, "sha256").hexdigest()}


def urn(*parts: str) -> str:
    """The same identifier for the same thing on every machine; no address is known on an office's disk."""
    return f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, '/'.join(('dvstats', *parts)))}"


def release_identifier(job: Export, release: str | None = None) -> str:
    """The identifier of a release as it was filtered."""
    return urn("release", release or job.release, *job.filters.words())

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
from functools import lru_cache
from pathlib import Path
from typing import Any

import duckdb
import pyarrow.parquet as pq
from dvstats.data_contracts import describe
from dvstats.data_contracts.contract import Contract, Text, load_contract
from dvstats.pipelines import database
from dvstats.pipelines.errors import NOTHING_PUBLISHED, WRONG_USAGE, UserError
from dvstats.pipelines.notes import TITLE, plain_citation
from dvstats.pipelines.publish import read_manifest
from dvstats.sources.registry import load_licences
from lxml import etree

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

    @property
    def countries(self) -> tuple[str, ...]:
        """Countries of the wanted areas: laws, services and gaps are national also where one region is wanted."""
        return tuple(dict.fromkeys(code.split("-")[0] for code in self.areas))

    def national(self, column: str) -> str:
        """SQL: a country is one of those of the wanted areas."""
        return _among(column, self.countries) if self.areas else "true"

    def within(self, column: str) -> str:
        """SQL: an area is one of the wanted, or a region of one."""
        if not self.areas:
            return "true"
        country = f"split_part({column}, '-', 1)"
        return f"({_among(column, self.areas)} OR {_among(country, self.areas)})"

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
    contract = _contract()
    filters = Filters(
        _areas(contract, countries), _indicators(contract, indicators), _years(years), open_only
    )
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
        written = [_move(path, Path(aside), output) for path in (*(made.path for made in job.made), *extra)]
    _sweep(format, output, set(written))
    return written


@lru_cache
def _contract() -> Contract:
    return load_contract()


def _sweep(format_name: str, output: Path, written: set[Path]) -> None:
    """Remove what an earlier, wider export of this format left: a folder of open data must hold no closed file."""
    former: list[Path] = []
    if format_name == "csv":
        former = list((output / "by_licence").glob("observations.*.csv"))
    elif format_name == "datapackage":
        former = [output / "data" / f"{name}.csv" for name in PACKAGED]
    for path in former:
        if path not in written:
            path.unlink(missing_ok=True)


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
            raise ExportError(
                f"No country or region {code}. Countries: {countries}; `dvstats list areas` has the regions."
            )
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
  CASE WHEN regexp_matches(t, '^[=+\-@\t\r]')
        AND NOT regexp_full_match(t, '[+-]?[0-9][0-9 \x{00A0}]*([.,][0-9]+)?(e[+-]?[0-9]+)?%?')
       THEN '''' || t ELSE t END, chr(13) || chr(10), chr(10)), chr(13), chr(10))"""
# 390, not 390.0; otherwise the shortest text that reads back as the same number.
_NUM = """CREATE TEMP MACRO num(x) AS CASE WHEN x = round(x) AND abs(x) < 1e15 THEN CAST(CAST(x AS BIGINT) AS VARCHAR)
  ELSE CAST(x AS VARCHAR) END"""
_WORDS = """CREATE TEMP MACRO words(listed, wanted) AS coalesce(
  (SELECT c.label_en || ' / ' || c.label_ru FROM codes c WHERE c.codelist = listed AND c.code = wanted), wanted)"""
_ROWS = """CREATE TEMP VIEW export_rows AS
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
    UNION SELECT s.copies FROM named n JOIN sources s USING (source_id) WHERE s.copies IS NOT NULL)
  SELECT source_id FROM named"""


def _prepare(job: Export, release: Path) -> None:
    con, filters = job.con, job.filters
    # On an office's laptop the sort goes to disk before it takes the memory.
    con.execute(f"SET memory_limit = '1GB'; SET temp_directory = {_text(str(job.folder / 'spill'))}")
    for name, table in job.contract.tables.items():
        path = release / name / f"{name}.parquet"
        # Columns are read by the contract of this version: a release of another would be described wrongly.
        if not path.is_file() or tuple(pq.read_schema(path).names) != table.names:
            raise ExportError(
                f"Release {job.release} was made by another version of dvstats: its table {name} differs. "
                "Run `dvstats refresh`, then export.",
                NOTHING_PUBLISHED,
            )
        con.execute(f"CREATE TEMP VIEW {name} AS SELECT * FROM read_parquet({_text(str(path))})")  # noqa: S608
    for macro in (_GUARD, _NUM, _WORDS):
        con.execute(macro)
    con.execute(
        f"""CREATE TEMP TABLE picked AS SELECT o.obs_key FROM observations o JOIN datasets d USING (dataset_id)
        WHERE {filters.observed("o")}"""  # noqa: S608
    )
    if not job.rows("SELECT 1 FROM picked LIMIT 1"):
        raise ExportError(
            f"Release {job.release} has no observation for: {', '.join(filters.words()) or 'everything'}. "
            "Widen the selection; `dvstats show coverage` prints what is published.",
            NOTHING_PUBLISHED,
        )
    con.execute(_ROWS.format(release=_text(job.release)))
    con.execute(_BREAKDOWNS)
    for name, condition in _kept(filters).items():
        con.execute(f"CREATE TEMP VIEW kept_{name} AS SELECT * FROM {name} t WHERE {condition}")  # noqa: S608
    con.execute(_SOURCES)
    con.execute("CREATE TEMP VIEW kept_sources AS SELECT * FROM sources JOIN named_sources USING (source_id)")


def _kept(f: Filters) -> dict[str, str]:
    """What of each table goes with the observations that were picked, so that every reference finds its row."""
    open_datasets = f"dataset_id IN (SELECT d.dataset_id FROM datasets d WHERE {f.licensed('d')})"  # noqa: S608
    picked = "IN (SELECT obs_key FROM picked)"
    denominators = f"(SELECT r.denominator_obs_key FROM rates r WHERE r.numerator_obs_key {picked})"  # noqa: S608
    named = _among("indicator", f.indicators) if f.indicators else "true"
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
    return {name: conditions.get(name, "true") for name in PACKAGED if name != "sources"}


# -- CSV -------------------------------------------------------------------------------------------------------

_CSV_COLUMNS = (
    "obs_key, ref_area, area_en, area_ru, country, comparator, indicator, indicator_en, indicator_ru, "
    "family, counting_unit, subject, scope, sex, age, violence_form, relationship, breakdown, freq, "
    "time_period, period_start, period_end, obs_value, obs_lower, obs_upper, nature, unit_measure, "
    "obs_status, conf_status, preferred, dataset_id, source_id, source_publisher, stated_by, "
    "source_title, source_address, licence, licence_address, open_licence, published_value, note, "
    "raw_sha256, raw_locator, retrieved_at, first_release, revision"
)
_SHOWN = {"VARCHAR": "guard({})", "DOUBLE": "num({})", "TIMESTAMP": "strftime({}, '%Y-%m-%dT%H:%M:%SZ')"}


def _copy(job: Export, query: str, order: Sequence[str], path: Path, *, bom: bool = False) -> Path:
    """Answer of a query as CSV: UTF-8, LF, texts guarded, total order."""
    path.parent.mkdir(parents=True, exist_ok=True)
    described = job.rows(f"DESCRIBE {query}")
    columns = ", ".join(
        f"{_SHOWN.get(kind, '{}').format(f'q.{name}')} AS {name}" for name, kind, *_ in described
    )
    by = ", ".join(f"q.{name}" for name in order)
    job.con.execute(
        f"COPY (SELECT {columns} FROM ({query}) q ORDER BY {by}) TO {_text(str(path))} (FORMAT csv, HEADER)"  # noqa: S608
    )
    if bom:
        marked = path.with_suffix(".bom")
        with path.open("rb") as plain, marked.open("wb") as out:
            out.write(b"\xef\xbb\xbf")
            while chunk := plain.read(1 << 20):
                out.write(chunk)
        marked.replace(path)
    return path


def _csv(job: Export) -> None:
    order = job.contract.tables["observations"].order
    query = f"SELECT {_CSV_COLUMNS} FROM export_rows"  # noqa: S608
    licences = job.codes("SELECT DISTINCT licence FROM export_rows ORDER BY licence")
    title = job.contract.tables["observations"].title
    path = _copy(job, query, order, job.folder / "observations.csv", bom=job.bom)
    job.made.append(Made(path, title, "text/csv", "CSV", licences))
    # A file of mixed licences can be handed on as a whole only under the strictest; apart, each goes under its own.
    for licence in licences if len(licences) > 1 else ():
        path = job.folder / "by_licence" / f"observations.{licence}.csv"
        _copy(job, f"{query} WHERE licence = {_text(licence)}", order, path, bom=job.bom)
        named = Text(f"{title.en}: {licence}", f"{title.ru}: {licence}")
        job.made.append(Made(path, named, "text/csv", "CSV", (licence,)))
    for name in CODEBOOK:
        table = job.contract.tables[name]
        path = _copy(job, f"SELECT * FROM kept_{name}", table.order, job.folder / f"{name}.csv", bom=job.bom)  # noqa: S608
        job.made.append(Made(path, table.title, "text/csv", "CSV", (COMPILATION,)))


# -- data package ----------------------------------------------------------------------------------------------

_LICENCE_FIELD = {
    "name": "licence", "type": "string", "title": "Licence", "constraints": {"required": True},
    "description": "Licence of the dataset the row comes from; of the compilation where the row is its own.",
    "example": COMPILATION,
}  # fmt: skip
# Rows that rest on two datasets carry two licences: column of the dataset -> column of its licence.
_LICENSED_BY = {
    **dict.fromkeys(
        ("observations", "best_observations", "population", "revisions", "response_cascade"),
        {"dataset_id": "licence"},
    ),
    "rates": {"dataset_id": "licence", "denominator_dataset_id": "denominator_licence"},
    "discrepancies": {"a_dataset_id": "licence", "b_dataset_id": "b_licence"},
}


def _packaged(name: str) -> str:
    """A table with the licence of each row."""
    if name == "datasets":
        return "SELECT * FROM kept_datasets t"
    columns = [
        f"coalesce((SELECT d.licence FROM datasets d WHERE d.dataset_id = t.{dataset}), '{COMPILATION}') AS {licence}"  # noqa: S608
        for dataset, licence in _LICENSED_BY.get(name, {}).items()
    ] or [f"'{COMPILATION}' AS licence"]
    return f"SELECT t.*, {', '.join(columns)} FROM kept_{name} t"  # noqa: S608


def _datapackage(job: Export) -> None:
    entries = []
    licences: dict[str, tuple[str, ...]] = {}
    for name in PACKAGED:
        table = job.contract.tables[name]
        if not job.rows(f"SELECT 1 FROM kept_{name} LIMIT 1"):  # noqa: S608
            continue
        path = _copy(job, _packaged(name), table.order, job.folder / "data" / f"{name}.csv")
        licences[name] = _licences_of(job, name)
        job.made.append(Made(path, table.title, "text/csv", "CSV", licences[name]))
        entries.append({"name": name, "path": f"data/{name}.csv", **_bytes(path)})
    # Publishers whose rows are in the package, not the whole registry.
    used = job.con.sql(
        """SELECT * FROM datasets WHERE dataset_id IN (
          SELECT dataset_id FROM export_rows UNION SELECT dataset_id FROM kept_population) ORDER BY dataset_id"""
    ).to_arrow_table()
    package = describe.data_package(
        job.contract, job.release, job.at, used, entries, format_name="csv", mediatype="text/csv"
    )
    package["id"] = _identifier(job).removeprefix("urn:uuid:")
    package["sources"] = [{k: v for k, v in source.items() if v} for source in package["sources"]]
    package["licenses"] = [
        _package_licence(code) for code in sorted({COMPILATION, *sum(licences.values(), ())})
    ]
    for resource in package["resources"]:
        resource["licenses"] = [_package_licence(code) for code in licences[resource["name"]]]
        _complete(resource["schema"], resource["name"], set(licences))
    job.made.append(_json(job, "datapackage.json", package, Text("Data Package (v2)", "Data Package (v2)")))


def _licences_of(job: Export, name: str) -> tuple[str, ...]:
    """Licences of the rows of a packaged table."""
    columns = _LICENSED_BY.get(name, {}).values()
    if not columns:
        return (COMPILATION,)
    parts = [f"SELECT DISTINCT {column} AS code FROM ({_packaged(name)})" for column in columns]  # noqa: S608
    return job.codes(f"{' UNION '.join(parts)} ORDER BY code")


def _package_licence(code: str) -> dict[str, str]:
    licence = load_licences().get(code)
    entry = {
        "name": code,
        "title": licence.title if licence else code,
        "path": licence.address if licence else "",
    }
    return {key: value for key, value in entry.items() if value}


def _complete(schema: dict[str, Any], name: str, there: set[str]) -> None:
    """The licence fields, and references only to what is in the package."""
    if name != "datasets":
        columns = _LICENSED_BY.get(name, {"": "licence"}).values()
        schema["fields"] += [{**_LICENCE_FIELD, "name": column} for column in columns]
    references = []
    for key in schema.pop("foreignKeys", []):
        reference = key["reference"]
        if key["fields"] == ["denominator_obs_key"]:
            # The denominators stand in population whatever indicators were asked for.
            reference = {"resource": "population", "fields": ["obs_key"]}
        if reference["resource"] in there:
            # A table refers to itself by an empty name.
            own = "" if reference["resource"] == name else reference["resource"]
            references.append({"fields": key["fields"], "reference": {**reference, "resource": own}})
    if references:
        schema["foreignKeys"] = references


def _bytes(path: Path) -> dict[str, Any]:
    with path.open("rb") as handle:
        return {"bytes": path.stat().st_size, "sha256": hashlib.file_digest(handle, "sha256").hexdigest()}


def _json(job: Export, name: str, value: Any, title: Text) -> Made:
    path = job.folder / name
    path.write_text(json.dumps(value, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return Made(path, title, "application/json", "JSON", (COMPILATION,))


# -- SDMX ------------------------------------------------------------------------------------------------------

AGENCY, FLOW = "DVSTATS", "DV_OBSERVATIONS"
# The identity of an observation. Unit and nature belong to it: a share and a count of the same thing, a survey and a
# model of the same thing stand side by side.
DIMENSIONS = (
    "freq", "ref_area", "indicator", "sex", "age", "violence_form", "relationship", "breakdown", "nature",
    "unit_measure", "dataset_id", "source_id",
)  # fmt: skip


@dataclass(frozen=True)
class Attribute:
    """An attribute: column of the row, dimension it hangs on (none: the observation), whether it may be empty."""

    name: str
    column: str
    dimension: str = ""
    optional: bool = False


ATTRIBUTES = (
    Attribute("OBS_STATUS", "obs_status"),
    Attribute("CONF_STATUS", "conf_status"),
    Attribute("OBS_LOWER", "obs_lower", optional=True),
    Attribute("OBS_UPPER", "obs_upper", optional=True),
    Attribute("COMMENT_OBS", "note", optional=True),
    Attribute("LICENCE", "licence", "DATASET_ID"),
    Attribute("SOURCE_ADDRESS", "source_address", "SOURCE_ID", optional=True),
    Attribute("COMPARATOR", "comparator", "REF_AREA"),
)
_LISTS = {"dataset_id": "CL_DATASET", "source_id": "CL_SOURCE", "ref_area": "CL_AREA"}
_MES = "http://www.sdmx.org/resources/sdmxml/schemas/v2_1/message"
_STR = "http://www.sdmx.org/resources/sdmxml/schemas/v2_1/structure"
_COM = "http://www.sdmx.org/resources/sdmxml/schemas/v2_1/common"


def sdmx_code(breakdown: str) -> str:
    """``SEVERITY=GRAVE;ACT=KILLED`` as an SDMX identifier, which knows neither ``=`` nor ``;``."""
    return breakdown.replace("=", "@").replace(";", "$")


def _sdmx(job: Export) -> None:
    flow = f"{AGENCY}:{FLOW}({job.contract.version})"
    dims = ", ".join(
        f"translate(breakdown, '=;', '@$') AS {name.upper()}"
        if name == "breakdown"
        else f"{name} AS {name.upper()}"
        for name in (*DIMENSIONS, "time_period")
    )
    attributes = ", ".join(f"{a.column} AS {a.name}" for a in ATTRIBUTES)
    empty = ", ".join(f"NULL AS {name}" for name in ("OBS_VALUE", *(a.name for a in ATTRIBUTES)))
    identity = ", ".join((*DIMENSIONS, "time_period"))
    same = " AND ".join(f"o.{name} = g.{name}" for name in (*DIMENSIONS, "time_period"))
    # R, not M: merged, an emptied cell keeps its old value, and a figure that was suppressed would live on.
    # D: keys that an earlier release had and this one has not; a store that follows the releases drops them.
    # NaN is SDMX's word for a number that is missing on purpose; its status says why.
    # REVISION and TRACE_KEY are columns of ours, no attributes: a D row with attributes would delete only those.
    query = f"""
      SELECT 'dataflow' AS STRUCTURE, '{flow}' AS STRUCTURE_ID, 'R' AS ACTION, {dims},
        coalesce(num(obs_value), 'NaN') AS OBS_VALUE, {attributes}, revision AS REVISION, obs_key AS TRACE_KEY
      FROM export_rows
      UNION ALL
      SELECT 'dataflow', '{flow}', 'D', {dims}, {empty}, r.change, g.obs_key
      FROM (SELECT {identity}, max(obs_key) AS obs_key
            FROM observation_history h LEFT JOIN datasets d USING (dataset_id)
            WHERE {job.filters.observed("h")} GROUP BY {identity}) g
      LEFT JOIN (SELECT obs_key, change FROM revisions WHERE release = '{job.release}' AND change = 'withdrawn') r
        USING (obs_key)
      WHERE NOT EXISTS (SELECT 1 FROM observations o WHERE {same})
    """  # noqa: S608
    first = ("indicator", "ref_area", "time_period")
    order = ("ACTION", *dict.fromkeys(name.upper() for name in (*first, *DIMENSIONS)), "TRACE_KEY")
    path = _copy(job, query, order, job.folder / "observations.sdmx.csv")
    licences = job.codes("SELECT DISTINCT licence FROM export_rows ORDER BY licence")
    named = Text("Observations, SDMX-CSV 2.1", "Наблюдения, SDMX-CSV 2.1")
    job.made.append(Made(path, named, "text/csv", "CSV", licences))
    structure = job.folder / "structure.sdmx.xml"
    structure.write_bytes(_structure(job))
    named = Text("Structure definition, SDMX-ML 2.1", "Описание структуры, SDMX-ML 2.1")
    job.made.append(Made(structure, named, "application/xml", "XML", (COMPILATION,)))


def _codes(job: Export, name: str) -> Iterator[tuple[str, Text, str]]:
    """Codes of a dimension or status: identifier, label, parent."""
    if name == "dataset_id":
        for code, en, ru in job.rows(
            "SELECT dataset_id, title_en, title_ru FROM datasets ORDER BY dataset_id"
        ):
            yield code, Text(en, ru or en), ""
    elif name == "source_id":
        for code, title in job.rows(
            "SELECT source_id, concat_ws(': ', publisher, title) FROM sources ORDER BY ALL"
        ):
            yield code, Text(title, ""), ""
    elif name == "ref_area":
        for row in job.contract.areas:
            yield row["code"], Text(row["name_en"], row["name_ru"]), row["parent"]
    elif name == "breakdown":
        yield from _breakdown_codes(job)
    else:
        for known in job.contract.codelists[_code_list(job, name)].values():
            yield known.code, known.label, ""


def _code_list(job: Export, name: str) -> str:
    return job.contract.tables["observations"].column(name).codes or name


def _breakdown_codes(job: Export) -> Iterator[tuple[str, Text, str]]:
    """The declared codes, and the combinations in use now or earlier."""
    yield "_T", Text("Total", "Всего"), ""
    former = job.codes(
        "SELECT DISTINCT breakdown FROM observation_history WHERE breakdown <> '_T' ORDER BY ALL"
    )
    labels = {code: Text(code, code) for code in former}
    labels |= {code: Text(en, ru) for code, en, ru in job.rows("SELECT * FROM breakdown_words")}
    for code, known in job.contract.codelists["breakdown"].items():
        both = (known.description, known.label)
        labels[code] = Text(": ".join(text.en for text in both), ": ".join(text.ru for text in both))
    for code in sorted(labels):
        yield sdmx_code(code), labels[code], ""


def _element(parent: Any, namespace: str, tag: str, text: str | None = None, **attributes: str) -> Any:
    made = etree.SubElement(parent, f"{{{namespace}}}{tag}", attributes)
    made.text = text
    return made


def _named(parent: Any, label: Text, meaning: Text | None = None) -> Any:
    """Names, then descriptions: the order of the schema."""
    for tag, value in (("Name", label), ("Description", meaning)):
        for lang in ("en", "ru") if value else ():
            if text := getattr(value, lang):
                _element(parent, _COM, tag, text).set("{http://www.w3.org/XML/1998/namespace}lang", lang)
    return parent


def _ref(parent: Any, tag: str, **attributes: str) -> None:
    # "class" is a word of Python's.
    given = {"class" if key == "kind" else key: value for key, value in attributes.items()}
    etree.SubElement(_element(parent, _STR, tag), "Ref", given)


def _structure(job: Export) -> bytes:
    """SDMX-ML 2.1: data flow, code lists, concepts, data structure, all from the contract."""
    version = job.contract.version
    maintained = {"agencyID": AGENCY, "version": version, "isFinal": "true"}
    root: Any = etree.Element(f"{{{_MES}}}Structure", nsmap={"mes": _MES, "str": _STR, "com": _COM})
    header = _element(root, _MES, "Header")
    _element(header, _MES, "ID", f"DVSTATS_{job.release}")
    _element(header, _MES, "Test", "false")
    _element(header, _MES, "Prepared", job.at.isoformat())
    _element(header, _MES, "Sender", id=AGENCY)
    structures = _element(root, _MES, "Structures")
    flow = _named(
        _element(_element(structures, _STR, "Dataflows"), _STR, "Dataflow", id=FLOW, **maintained), TITLE
    )
    _ref(flow, "Structure", id=FLOW, version=version, agencyID=AGENCY, kind="DataStructure")
    lists = _element(structures, _STR, "Codelists")
    for name in (*DIMENSIONS, "obs_status", "conf_status"):
        made = _element(lists, _STR, "Codelist", id=_list_id(name), **maintained)
        _named(made, job.contract.tables["observations"].column(name).label)
        for code, label, parent in _codes(job, name):
            item = _named(_element(made, _STR, "Code", id=code), label)
            if parent:
                _ref(item, "Parent", id=parent)
    scheme = _element(_element(structures, _STR, "Concepts"), _STR, "ConceptScheme", id="CS_DV", **maintained)
    _named(scheme, Text("Concepts of the published tables", "Понятия публикуемых таблиц"))
    for name in (*DIMENSIONS, "time_period", "obs_value"):
        _named(_element(scheme, _STR, "Concept", id=name.upper()), *_meaning(job, name))
    for attribute in ATTRIBUTES:
        _named(_element(scheme, _STR, "Concept", id=attribute.name), *_meaning(job, attribute.column))
    _definition(job, _element(structures, _STR, "DataStructures"), maintained)
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True))


def _list_id(name: str) -> str:
    return _LISTS.get(name, f"CL_{name.upper()}")


def _meaning(job: Export, column: str) -> tuple[Text, Text]:
    homes = {
        "licence": ("datasets", "licence"),
        "source_address": ("sources", "address"),
        "comparator": ("areas", "comparator"),
    }
    table, name = homes.get(column, ("observations", column))
    found = job.contract.tables[table].column(name)
    return found.label, found.meaning


def _definition(job: Export, parent: Any, maintained: Mapping[str, str]) -> None:
    definition = _named(_element(parent, _STR, "DataStructure", id=FLOW, **maintained), TITLE)
    components = _element(definition, _STR, "DataStructureComponents")
    dimensions = _element(components, _STR, "DimensionList", id="DimensionDescriptor")
    for position, name in enumerate((*DIMENSIONS, "time_period"), 1):
        tag = "TimeDimension" if name == "time_period" else "Dimension"
        made = _element(dimensions, _STR, tag, id=name.upper(), position=str(position))
        _component(job, made, name.upper(), name)
    attributes = _element(components, _STR, "AttributeList", id="AttributeDescriptor")
    for attribute in ATTRIBUTES:
        status = "Conditional" if attribute.optional else "Mandatory"
        made = _element(attributes, _STR, "Attribute", id=attribute.name, assignmentStatus=status)
        _component(job, made, attribute.name, attribute.column)
        relation = _element(made, _STR, "AttributeRelationship")
        if attribute.dimension:
            _ref(relation, "Dimension", id=attribute.dimension)
        else:
            _ref(relation, "PrimaryMeasure", id="OBS_VALUE")
    measures = _element(components, _STR, "MeasureList", id="MeasureDescriptor")
    _component(job, _element(measures, _STR, "PrimaryMeasure", id="OBS_VALUE"), "OBS_VALUE", "obs_value")


def _component(job: Export, parent: Any, concept: str, column: str) -> None:
    """Concept and representation of a dimension, attribute or measure."""
    version = job.contract.version
    _ref(
        parent, "ConceptIdentity", id=concept, maintainableParentID="CS_DV", maintainableParentVersion=version,
        agencyID=AGENCY, kind="Concept",
    )  # fmt: skip
    representation = _element(parent, _STR, "LocalRepresentation")
    if column in (*DIMENSIONS, "obs_status", "conf_status"):
        _ref(
            representation,
            "Enumeration",
            id=_list_id(column),
            version=version,
            agencyID=AGENCY,
            kind="Codelist",
        )
        return
    types = {
        "time_period": "ObservationalTimePeriod", "comparator": "Boolean",
        **dict.fromkeys(("obs_value", "obs_lower", "obs_upper"), "Double"),
    }  # fmt: skip
    _element(representation, _STR, "TextFormat", textType=types.get(column, "String"))


# -- workbook --------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Field:
    """A column of a sheet: header, SQL, width in characters, kind (text, number, share, date, status, link)."""

    header: str
    sql: str
    width: int
    kind: str = "text"


_YES = "CASE WHEN {} THEN 'yes / да' ELSE 'no / нет' END"
_TOPIC = (
    Field("Area", "area_en", 18),
    Field("Территория", "area_ru", 18),
    Field("Indicator", "indicator_en", 38),
    Field("Показатель", "indicator_ru", 38),
    Field("Period / Период", "time_period", 17),
    Field("From / С", "period_start", 11, "date"),
    Field("To / По", "period_end", 11, "date"),
    Field("Value / Значение", "obs_value", 12, "number"),
    Field("Unit / Единица", "words('unit_measure', unit_measure)", 22),
    Field("Status / Статус", "obs_status", 8, "status"),
    Field("Status in words / Статус словами", "words('obs_status', obs_status)", 30),
    Field("Counted / Что считается", "words('counting_unit', counting_unit)", 22),
    Field("Sphere / Сфера", "words('scope', scope)", 22),
    Field("Sex and age of / Пол и возраст кого", "words('subject', subject)", 20),
    Field("Sex / Пол", "words('sex', sex)", 18),
    Field("Age / Возраст", "words('age', age)", 18),
    Field("Form of violence / Вид насилия", "words('violence_form', violence_form)", 24),
    Field("Relationship / Отношение", "words('relationship', relationship)", 26),
    Field("Further detail", "coalesce(w.words_en, 'Total')", 34),
    Field("Прочие разрезы", "coalesce(w.words_ru, 'Всего')", 34),
    Field("Lower bound / Нижняя граница", "obs_lower", 11, "number"),
    Field("Upper bound / Верхняя граница", "obs_upper", 11, "number"),
    Field("Kind of data / Вид данных", "words('nature', nature)", 26),
    Field("Preferred of several / Предпочтительное из нескольких", _YES.format("preferred"), 14),
    Field("Comparator country / Страна сравнения", _YES.format("comparator"), 14),
    Field("Publisher / Издатель", "source_publisher", 30),
    Field("Stated by / Кто сообщил", "stated_by", 26),
    Field("Source / Источник", "source_title", 40),
    Field("Address / Адрес", "source_address", 40, "link"),
    Field("As published / Как опубликовано", "published_value", 14),
    Field("Note / Примечание", "note", 50),
    Field("Licence / Лицензия", "licence", 20),
    Field("Licence text / Текст лицензии", "licence_address", 30, "link"),
    Field("Dataset / Набор", "dataset_id", 18),
    Field("Area code / Код территории", "ref_area", 10),
    Field("Indicator code / Код показателя", "indicator", 26),
    Field("Observation key / Ключ наблюдения", "obs_key", 20),
)
_DISCREPANCIES = (
    Field("Area", "a.name_en", 18),
    Field("Территория", "a.name_ru", 18),
    Field("What disagrees", "topic_en", 40),
    Field("Что расходится", "topic_ru", 40),
    Field("Kind / Вид", "words('discrepancy_kind', discrepancy_kind)", 30),
    Field("Period A / Период A", "a_time_period", 17),
    Field("Value A / Значение A", "a_value", 12, "number"),
    Field("Counts A / Считает A", "words('counting_unit', a_counting_unit)", 20),
    Field("Source A / Источник A", "sa.publisher", 30),
    Field("Address A / Адрес A", "sa.address", 34, "link"),
    Field("Period B / Период B", "b_time_period", 17),
    Field("Value B / Значение B", "b_value", 12, "number"),
    Field("Counts B / Считает B", "words('counting_unit', b_counting_unit)", 20),
    Field("Source B / Источник B", "sb.publisher", 30),
    Field("Address B / Адрес B", "sb.address", 34, "link"),
    Field("Difference / Разность", "difference", 12, "number"),
    Field("Relative / Относительно", "relative_difference", 12, "share"),
    Field("Explanation", "explanation_en", 60),
    Field("Объяснение", "explanation_ru", 60),
    Field("Licence A / Лицензия A", "da.licence", 18),
    Field("Licence B / Лицензия B", "db.licence", 18),
    Field("Code / Код", "discrepancy_id", 18),
)
_LAWS = (
    Field("Country", "a.name_en", 16),
    Field("Страна", "a.name_ru", 16),
    Field("Kind / Вид", "words('law_kind', t.kind)", 26),
    Field("Title", "t.title_en", 50),
    Field("Название", "t.title_ru", 50),
    Field("Original title / В оригинале", "t.title_original", 50),
    Field("Number / Номер", "t.number", 14),
    Field("Adopted / Принят", "t.adopted", 12),
    Field("In force / В силе с", "t.in_force", 12),
    Field("Articles / Статьи", "t.articles", 20),
    Field("What it changes", "t.change_en", 60),
    Field("Что меняет", "t.change_ru", 60),
    Field("Series with a break / Рядов с разрывом", "t.series_with_break", 12, "number"),
    Field("Address / Адрес", "s.address", 40, "link"),
    Field("Note / Примечание", "t.note", 40),
    Field("Licence / Лицензия", f"'{COMPILATION}'", 12),
    Field("Code / Код", "t.law_id", 22),
)
_SERVICES = (
    Field("Country", "a.name_en", 16),
    Field("Страна", "a.name_ru", 16),
    Field("Kind / Вид", "words('service_kind', t.kind)", 30),
    Field("Name", "t.name_en", 46),
    Field("Название", "t.name_ru", 46),
    Field("Original name / В оригинале", "t.name_original", 40),
    Field("State / Состояние", "words('service_state', t.service_state)", 22),
    Field("Since / С", "t.since", 12),
    Field("Until / До", "t.until", 12),
    Field("Operator / Кто ведёт", "t.operator", 36),
    Field("Reach", "t.coverage_en", 60),
    Field("Охват", "t.coverage_ru", 60),
    Field("Comparator country / Страна сравнения", _YES.format("t.comparator"), 14),
    Field("Address / Адрес", "s.address", 40, "link"),
    Field("Law / Акт", "t.law_id", 20),
    Field("Note / Примечание", "t.note", 40),
    Field("Licence / Лицензия", f"'{COMPILATION}'", 12),
    Field("Code / Код", "t.service_id", 24),
)
_SOURCE_FIELDS = (
    Field("Code / Код", "source_id", 22),
    Field("Publisher / Издатель", "publisher", 34),
    Field("Stated by / Кто сообщил", "stated_by", 30),
    Field("Title / Название", "title", 60),
    Field("Address / Адрес", "address", 50, "link"),
    Field("Published / Опубликовано", "published", 12),
    Field("Seen / Просмотрено", "seen", 12),
    Field("Language / Язык", "language", 8),
    Field("Original wording / Дословно", "quote", 60),
    Field("Copies / Повторяет", "copies", 22),
    Field("Note / Примечание", "note", 40),
)
_INDICATOR_FIELDS = (
    Field("Code / Код", "code", 28),
    Field("Topic / Тема", "words('family', family)", 30),
    Field("Indicator", "label_en", 44),
    Field("Показатель", "label_ru", 44),
    Field("Definition", "definition_en", 60),
    Field("Определение", "definition_ru", 60),
    Field("Counted / Что считается", "words('counting_unit', counting_unit)", 20),
    Field("Sex and age of / Пол и возраст кого", "words('subject', subject)", 22),
    Field("Stage / Стадия", "words('stage', stage)", 24),
    Field("Sphere / Сфера", "words('scope', scope)", 24),
    Field("Unit / Единица", "words('unit_measure', unit_measure)", 22),
    Field("A rise means / Рост означает", "words('direction', direction)", 24),
    Field("Limitations", "limitations_en", 60),
    Field("Ограничения", "limitations_ru", 60),
    Field("Observations here / Наблюдений здесь", "coalesce(n.observations, 0)", 12, "number"),
)
_WITH_AREA_AND_SOURCE = (
    "FROM kept_{} t LEFT JOIN areas a ON a.code = t.country LEFT JOIN sources s ON s.source_id = t.source_id"
)
# A series reads down the column.
_TOTAL_ORDER = (
    "comparator, country, ref_area, indicator, unit_measure, nature, sex, age, violence_form, relationship, breakdown, "
    "dataset_id, period_start, period_end, obs_key"
)
_TABLE_SHEETS = (
    (
        "Discrepancies", "Расхождения", _DISCREPANCIES,
        """FROM kept_discrepancies t LEFT JOIN areas a ON a.code = t.ref_area
        LEFT JOIN sources sa ON sa.source_id = a_source_id LEFT JOIN sources sb ON sb.source_id = b_source_id
        LEFT JOIN datasets da ON da.dataset_id = a_dataset_id LEFT JOIN datasets db ON db.dataset_id = b_dataset_id
        ORDER BY a.comparator, t.country, a_indicator, a_time_period, discrepancy_id""",
    ),
    (
        "Laws", "Правовая база", _LAWS,
        _WITH_AREA_AND_SOURCE.format("legal_framework")
        + " ORDER BY a.comparator, t.country, t.in_force, t.adopted, t.law_id",
    ),
    (
        "Services", "Службы", _SERVICES,
        _WITH_AREA_AND_SOURCE.format("response_services") + " ORDER BY t.comparator, t.country, t.kind, t.service_id",
    ),
    ("Sources", "Источники", _SOURCE_FIELDS, "FROM kept_sources ORDER BY source_id"),
    (
        "Indicators", "Показатели", _INDICATOR_FIELDS,
        """FROM indicators LEFT JOIN (SELECT indicator, count(*) AS observations FROM export_rows GROUP BY ALL) n
        ON n.indicator = code ORDER BY family, code""",
    ),
)  # fmt: skip


class Workbook:
    """Sheets written row by row, so that memory does not grow with them."""

    def __init__(self, at: dt.datetime) -> None:
        """``at``: the time of the release, the only time in the file."""
        from openpyxl import Workbook as Book
        from openpyxl.styles import Alignment, Font, PatternFill

        self.book = Book(write_only=True)
        self.book.properties.creator = "dvstats"
        self.book.properties.title = TITLE.en
        self.book.properties.created = self.at = at
        self.bold, self.blue = Font(bold=True), Font(color="0563C1", underline="single")
        self.title, self.wrap = Font(bold=True, size=14), Alignment(wrap_text=True, vertical="top")
        fills = {
            "header": "DDE6F0",
            "published": "CDE8D0",
            "partial": "FBECC3",
            "not_published": "F2F2F2",
            "flag": "FBECC3",
        }
        self.fills = {name: PatternFill("solid", fgColor=colour) for name, colour in fills.items()}

    def sheet(self, title: str, widths: Sequence[int], freeze: str | None = None) -> Any:
        """A new sheet; widths and frozen panes must stand before the first row."""
        from openpyxl.utils import get_column_letter

        made = self.book.create_sheet(title)
        for position, width in enumerate(widths, 1):
            made.column_dimensions[get_column_letter(position)].width = width
        made.freeze_panes = freeze
        made.page_setup.orientation = "landscape"
        if freeze:
            made.print_title_rows = "1:1"
        return made

    def cell(self, sheet: Any, value: Any, **style: Any) -> Any:
        """A styled cell; a text is a text even where it begins like a formula."""
        from openpyxl.cell import WriteOnlyCell
        from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

        made = WriteOnlyCell(sheet)
        if isinstance(value, str):
            value = ILLEGAL_CHARACTERS_RE.sub("", value)
        made.value = value
        if isinstance(value, str):
            made.data_type = "s"
        for name, given in style.items():
            setattr(made, name, given)
        return made

    def header(self, sheet: Any, names: Sequence[str]) -> None:
        """The header row, with a filter over the columns."""
        style = {"font": self.bold, "fill": self.fills["header"], "alignment": self.wrap}
        sheet.row_dimensions[1].height = 60
        sheet.append([self.cell(sheet, name, **style) for name in names])

    def value(self, sheet: Any, given: Any, kind: str) -> Any:
        """A cell by the kind of its column."""
        if given is None:
            return None
        if kind == "number":
            whole = float(given).is_integer()
            return self.cell(sheet, given, number_format="#,##0" if whole else "#,##0.0##")
        if kind == "share":
            return self.cell(sheet, given, number_format="0.0%")
        if kind == "date":
            return self.cell(sheet, given, number_format="yyyy-mm-dd")
        if kind == "status" and given != "A":
            return self.cell(sheet, given, fill=self.fills["flag"])
        # Most cells: a text that openpyxl cannot take for a formula or an error needs no cell of its own.
        return given if given[:1] not in ("=", "#") and given.isprintable() else self.cell(sheet, given)

    def link(self, sheet: Any, given: Any, reference: str, taken: int) -> Any:
        """An address that opens; beyond what Excel allows on a sheet, a plain text."""
        from openpyxl.worksheet.hyperlink import Hyperlink

        if not re.match(r"https?://", str(given or "")) or taken >= EXCEL_LINKS:
            return self.value(sheet, given, "text")
        sheet._hyperlinks.append(Hyperlink(ref=reference, target=given))
        return self.cell(sheet, given, font=self.blue)

    def save(self, path: Path) -> None:
        """The file, with the release's time in place of the clock: the same release gives the same bytes."""
        loose = path.with_suffix(".tmp")
        self.book.save(loose)
        stamp = max(self.at, dt.datetime(1980, 1, 1)).timetuple()[:6]
        modified = f"{self.at:%Y-%m-%dT%H:%M:%SZ}".encode()
        with zipfile.ZipFile(loose) as given, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as out:
            for name in given.namelist():
                content = given.read(name)
                if name == "docProps/core.xml":
                    content = re.sub(rb"(<dcterms:modified[^>]*>)[^<]*", rb"\g<1>" + modified, content)
                out.writestr(zipfile.ZipInfo(name, stamp), content, zipfile.ZIP_DEFLATED)
        loose.unlink()


def _xlsx(job: Export) -> None:
    book = Workbook(job.at)
    families = job.rows(
        """SELECT c.code, c.label_en, c.label_ru, count(*) FROM export_rows x
        JOIN codes c ON c.codelist = 'family' AND c.code = x.family GROUP BY ALL ORDER BY c.label_en"""
    )
    # Excel's limit is 31 characters, without these signs.
    topics = {code: re.sub(r"[\[\]:*?/\\]", " ", en)[:31] for code, en, _, _ in families}
    contents = [(topics[code], f"{en} / {ru}: {n}") for code, en, ru, n in families]
    contents += [
        ("Coverage", "Coverage / Полнота"),
        *((title, f"{title} / {ru}") for title, ru, _, _ in _TABLE_SHEETS),
    ]
    _read_me(job, book, contents)
    for code, title in topics.items():
        _table_sheet(
            job, book, title, _TOPIC,
            "FROM export_rows LEFT JOIN breakdown_words w USING (breakdown) "
            f"WHERE family = {_text(code)} ORDER BY {_TOTAL_ORDER}",
        )  # fmt: skip
    _coverage_sheet(job, book)
    for title, _, fields, source in _TABLE_SHEETS:
        _table_sheet(job, book, title, fields, source)
    path = job.folder / f"dvstats-{job.release}.xlsx"
    book.save(path)
    licences = job.codes("SELECT DISTINCT licence FROM export_rows ORDER BY licence")
    named = Text("Workbook", "Рабочая книга")
    mediatype = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    job.made.append(Made(path, named, mediatype, "XLSX", tuple(sorted({COMPILATION, *licences}))))


def _table_sheet(job: Export, book: Workbook, title: str, fields: Sequence[Field], source: str) -> None:
    from openpyxl.utils import get_column_letter

    columns = ", ".join(f"{f.sql} AS column_{n}" for n, f in enumerate(fields))
    count = job.rows(f"SELECT count(*) FROM (SELECT 1 {source})")[0][0]  # noqa: S608
    if count >= EXCEL_ROWS:
        raise ExportError(
            f"Sheet {title} would have {count:,} rows, Excel holds {EXCEL_ROWS:,}. "
            "Narrow it with --country, --indicator or --years, or export csv."
        )
    sheet = book.sheet(title, [f.width for f in fields], freeze="C2")
    letters = [get_column_letter(n) for n in range(1, len(fields) + 1)]
    sheet.auto_filter.ref = f"A1:{letters[-1]}{count + 1}"
    book.header(sheet, [f.header for f in fields])
    answer = job.con.execute(f"SELECT {columns} {source}")  # noqa: S608
    line, links = 1, 0
    while batch := answer.fetchmany(5_000):
        for row in batch:
            line += 1
            cells = []
            for f, letter, given in zip(fields, letters, row, strict=True):
                if f.kind == "link":
                    cells.append(book.link(sheet, given, f"{letter}{line}", links))
                    links += 1
                else:
                    cells.append(book.value(sheet, given, f.kind))
            sheet.append(cells)


def _coverage_sheet(job: Export, book: Workbook) -> None:
    """Requirement and country down, years across; words beside colours, for print and for the colour-blind."""
    years = [int(row[0]) for row in job.rows("SELECT DISTINCT year FROM kept_coverage ORDER BY year")]
    words = {"published": "yes / да", "partial": "part / часть", "not_published": "no / нет"}
    names = ["Country", "Страна", "Framework / Система", "Code / Код", "Required", "Требуется"]
    last = ["Published or would be by", "Публикует или мог бы"]
    sheet = book.sheet("Coverage", [16, 16, 20, 12, 50, 50, *[11] * len(years), 40, 40], freeze="G2")
    grid = ", ".join(f"max(coverage_status) FILTER (year = {year})" for year in years)
    rows = job.rows(
        f"""SELECT any_value(a.name_en), any_value(a.name_ru), framework, requirement, any_value(title_en),
          any_value(title_ru), any_value(publisher_en), any_value(publisher_ru), {grid or "NULL"}
        FROM kept_coverage t LEFT JOIN areas a ON a.code = t.country
        GROUP BY t.country, framework, requirement
        ORDER BY any_value(a.comparator), t.country, framework, requirement"""  # noqa: S608
    )
    from openpyxl.utils import get_column_letter

    sheet.auto_filter.ref = f"A1:{get_column_letter(len(years) + 8)}{len(rows) + 1}"
    book.header(sheet, [*names, *map(str, years), *last])
    for row in rows:
        cells = [
            book.cell(sheet, words[s], fill=book.fills[s]) if s else None for s in row[8 : 8 + len(years)]
        ]
        sheet.append([*row[:6], *cells, *row[6:8]])


_READ_ME = (
    Text(
        "Published official figures on domestic violence and the response to it in Kazakhstan, Kyrgyzstan, Tajikistan "
        "and Uzbekistan, each with its source. Germany stands in some sheets as a comparator and is marked so.",
        "Опубликованные официальные данные о домашнем насилии и реагировании на него в Казахстане, Кыргызстане, "
        "Таджикистане и Узбекистане, каждое число с источником. Германия приведена местами для сравнения и отмечена.",
    ),
    Text(
        "One sheet a topic, one row a figure. Filter by area, indicator and period; use rows marked as preferred where "
        "several publishers give the same cell. Sheets Discrepancies and Coverage say what disagrees and what is "
        "missing.",
        "Один лист — одна тема, одна строка — одно число. Отбирайте по территории, показателю и периоду; если одну "
        "ячейку дают несколько издателей, берите отмеченное как предпочтительное. Листы Discrepancies и Coverage "
        "показывают, что расходится и чего не хватает.",
    ),
)
_CAUTIONS = (
    Text(
        "Do not add up rows: totals, their parts and several publishers of the same figure stand side by side.",
        "Не складывайте строки: итоги, их части и одно число от разных издателей стоят рядом.",
    ),
    Text(
        "An empty value is not zero: the status says why it is missing. A coloured status means: read the note first.",
        "Пустое значение — не ноль: причину называет статус. Выделенный статус означает: сначала прочтите примечание.",
    ),
    Text(
        "Countries count by different laws and rules. Sheet Indicators names the limits of each figure; "
        "the table comparability of the release says which may be compared.",
        "Страны считают по разным законам и правилам. Лист Indicators называет ограничения каждого показателя; "
        "таблица comparability выпуска говорит, что можно сравнивать.",
    ),
)


def _read_me(job: Export, book: Workbook, contents: Sequence[tuple[str, str]]) -> None:
    from openpyxl.worksheet.hyperlink import Hyperlink

    sheet = book.sheet("Read me", [70, 70, 12, 60])
    line = 0

    def row(*values: Any, **style: Any) -> None:
        nonlocal line
        line += 1
        # Not every program fits heights to wrapped text by itself.
        longest = max(len(str(value)) for value in values)
        sheet.row_dimensions[line].height = 20 if style else 15 * -(-longest // 64)
        sheet.append([book.cell(sheet, value, alignment=book.wrap, **style) for value in values])

    def head(en: str, ru: str) -> None:
        row("", "")
        row(en, ru, font=book.bold, fill=book.fills["header"])

    row(TITLE.en, TITLE.ru, font=book.title)
    for text in _READ_ME:
        row(text.en, text.ru)
    head("Release", "Выпуск")
    count = job.rows("SELECT count(*) FROM export_rows")[0][0]
    chosen = ", ".join(job.filters.words())
    row(
        f"{job.release}, published {job.at:%Y-%m-%d %H:%M} UTC",
        f"{job.release}, опубликован {job.at:%Y-%m-%d %H:%M} UTC",
    )
    row(f"Figures in this workbook: {count}", f"Чисел в этой книге: {count}")
    row(f"Selection: {chosen or 'everything'}", f"Отбор: {chosen or 'всё'}")
    head("How to cite", "Как цитировать")
    row(
        plain_citation(job.release, job.content_hash, job.at.date()),
        "Вместе с издателем числа и адресом из той же строки.",
    )
    row("Name the publisher of the figure and the address in its row as well.", "")
    head("Cautions", "Осторожно")
    for text in (*_CAUTIONS, *job.contract.warnings.values()):
        row(text.en, text.ru)
    head("Sheets", "Листы")
    for title, words in contents:
        row(title, words)
        sheet._hyperlinks.append(Hyperlink(ref=f"A{line}", location=f"'{title}'!A1"))
    head(
        "Licences: a row is used under the licence it names",
        "Лицензии: строка используется по указанной в ней лицензии",
    )
    for code, n, address in job.rows(
        "SELECT licence, count(*), any_value(licence_address) FROM export_rows GROUP BY licence ORDER BY licence"
    ):
        licence = load_licences().get(code)
        row(code, licence.title if licence else "", n, address or "")
    row(
        f"{COMPILATION} (laws, services, codebook)",
        describe.COMPILATION_LICENCE["title"],
        "",
        describe.COMPILATION_LICENCE["path"],
    )
    head("Attribution of the datasets", "Указание издателей наборов")
    for citation, licence, n, address in job.rows(
        """SELECT d.citation, d.licence, count(*), any_value(d.address)
        FROM export_rows x JOIN datasets d USING (dataset_id)
        GROUP BY d.dataset_id, d.citation, d.licence ORDER BY d.dataset_id"""
    ):
        row(citation, licence, n, address or "")


# -- catalogue entries beside every export ---------------------------------------------------------------------

_EU = "http://publications.europa.eu/resource/authority"
_PREFIXES = {
    "dcat": "http://www.w3.org/ns/dcat#", "dct": "http://purl.org/dc/terms/", "foaf": "http://xmlns.com/foaf/0.1/",
    "adms": "http://www.w3.org/ns/adms#", "spdx": "http://spdx.org/rdf/terms#", "skos": "http://www.w3.org/2004/02/skos/core#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#", "xsd": "http://www.w3.org/2001/XMLSchema#",
}  # fmt: skip
_DESCRIPTION = Text(
    "Published official figures on domestic violence and the response to it in Kazakhstan, Kyrgyzstan, Tajikistan and "
    "Uzbekistan, with laws, services and gaps, each figure with its source. Rows of some publishers carry stricter "
    "licences, named per row.",
    "Опубликованные официальные данные о домашнем насилии и реагировании на него в Казахстане, Кыргызстане, "
    "Таджикистане и Узбекистане, с законами, службами и пробелами, каждое число с источником. У строк некоторых "
    "издателей лицензия строже, она указана в строке.",
)
_KEYWORDS = Text(
    "domestic violence; protection orders; official statistics; Central Asia",
    "домашнее насилие; защитные предписания; официальная статистика; Центральная Азия",
)
PUBLISHER = "dvstats contributors"


def _urn(*parts: str) -> str:
    """The same identifier for the same thing on every machine; no address is known on an office's disk."""
    return f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, '/'.join(('dvstats', *parts)))}"


def _identifier(job: Export, release: str | None = None) -> str:
    return _urn("release", release or job.release, *job.filters.words())


def _langs(text: Text) -> list[dict[str, str]]:
    return [{"@value": text.en, "@language": "en"}, {"@value": text.ru, "@language": "ru"}]


def _node(address: str, kind: str, **more: Any) -> dict[str, Any]:
    return {"@id": address, "@type": kind, **more}


def _moment(at: dt.datetime) -> dict[str, str]:
    return {"@value": f"{at.isoformat()}Z", "@type": "xsd:dateTime"}


def _write_metadata(job: Export, output: Path) -> list[Path]:
    """``dcat.jsonld`` (DCAT-AP 3.0.1) and ``schema.org.json``; earlier formats of the same data keep their entries."""
    distributions = [_distribution(job, made) for made in job.made]
    distributions += _kept_distributions(
        job, output, {entry["dcat:accessURL"]["@id"] for entry in distributions}
    )
    distributions.sort(key=lambda entry: str(entry["dcat:accessURL"]["@id"]))
    start, end = job.rows("SELECT min(period_start), max(period_end) FROM export_rows")[0]
    countries = job.rows(
        """SELECT c.alpha3, c.name_en FROM areas c WHERE c.code IN (SELECT country FROM export_rows) ORDER BY c.code"""
    )
    paths = [job.folder / "dcat.jsonld", job.folder / "schema.org.json"]
    values = (
        _catalogue(job, distributions, (start, end), [row[0] for row in countries]),
        _schema_org(job, distributions, (start, end), [row[1] for row in countries]),
    )
    for path, value in zip(paths, values, strict=True):
        path.write_text(json.dumps(value, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return paths


def _kept_distributions(job: Export, output: Path, new: set[str]) -> list[dict[str, Any]]:
    """Files of an earlier export of the same data into the same folder, as long as they are what they were."""
    try:
        earlier = json.loads((output / "dcat.jsonld").read_text(encoding="utf-8"))["dcat:dataset"][0]
        if earlier["@id"] != _identifier(job):
            return []
        return [entry for entry in earlier["dcat:distribution"] if _unchanged(entry, output, new)]
    except (OSError, ValueError, KeyError, IndexError, TypeError):
        # Nothing there, or nothing of ours.
        return []


def _unchanged(entry: Mapping[str, Any], output: Path, new: set[str]) -> bool:
    name = entry["dcat:accessURL"]["@id"]
    path = output / name
    return (
        name not in new
        and path.is_file()
        and _bytes(path)["sha256"] == entry["spdx:checksum"]["spdx:checksumValue"]["@value"]
    )


def _distribution(job: Export, made: Made) -> dict[str, Any]:
    name = made.path.relative_to(job.folder).as_posix()
    facts = _bytes(made.path)
    # Addresses are relative: they hold wherever the folder is put on the web.
    return {
        "@id": _urn("distribution", _identifier(job), name),
        "@type": "dcat:Distribution",
        "dct:title": _langs(made.title),
        "dcat:accessURL": {"@id": name},
        "dcat:downloadURL": {"@id": name},
        "dct:license": _licence(made.licences),
        "dct:format": _node(f"{_EU}/file-type/{made.filetype}", "dct:MediaTypeOrExtent"),
        "dcat:mediaType": _node(
            f"https://www.iana.org/assignments/media-types/{made.mediatype}", "dct:MediaType"
        ),
        "dcat:byteSize": {"@value": str(facts["bytes"]), "@type": "xsd:nonNegativeInteger"},
        "dct:issued": _moment(job.at),
        "spdx:checksum": {
            "@type": "spdx:Checksum",
            "spdx:algorithm": _node(
                "http://spdx.org/rdf/terms#checksumAlgorithm_sha256", "spdx:ChecksumAlgorithm"
            ),
            "spdx:checksumValue": {"@value": facts["sha256"], "@type": "xsd:hexBinary"},
        },
    }


def _licence(codes: Sequence[str]) -> dict[str, Any]:
    """The licence of a file; a file of several says so instead of claiming one for all."""
    if len(codes) > 1:
        parts = [_licence([code]) for code in codes]
        label = Text(
            f"Several licences, one named in each row: {', '.join(codes)}",
            f"Несколько лицензий, в каждой строке указана своя: {', '.join(codes)}",
        )
        return _node(
            _urn("licences", *codes),
            "dct:LicenseDocument",
            **{"rdfs:label": _langs(label), "dct:hasPart": parts},
        )
    known = load_licences().get(codes[0])
    # Two licences share the address of CC BY 4.0; what is only "cited" is not licensed by its publisher.
    named = known.address if known and codes[0] != "FACTS-CITED" else ""
    title = known.title if known else codes[0]
    return _node(
        named or _urn("licence", codes[0]), "dct:LicenseDocument",
        **{"dct:identifier": codes[0], "rdfs:label": {"@value": title, "@language": "en"}},
    )  # fmt: skip


def _catalogue(
    job: Export, distributions: Sequence[Any], span: tuple[dt.date, dt.date], countries: Sequence[str]
) -> dict[str, Any]:
    publisher = _node(_urn("publisher"), "foaf:Agent", **{"foaf:name": PUBLISHER})
    spatial = [_node(f"{_EU}/country/{alpha3}", "dct:Location") for alpha3 in countries]
    languages = [_node(f"{_EU}/language/{code}", "dct:LinguisticSystem") for code in ("ENG", "RUS")]
    series_id = _urn("series", *job.filters.words())
    dataset_id = _identifier(job)
    release = job.rows(
        f"SELECT added, revised, withdrawn FROM releases WHERE release = {_text(job.release)}"  # noqa: S608
    )[0]
    earlier = job.rows(f"SELECT max(release) FROM releases WHERE release < {_text(job.release)}")[0][0]  # noqa: S608
    described = {
        "dct:title": _langs(TITLE),
        "dct:description": _langs(_DESCRIPTION),
        "dct:publisher": publisher,
    }
    keywords = [
        {"@value": word, "@language": lang}
        for lang in ("en", "ru")
        for word in getattr(_KEYWORDS, lang).split("; ")
    ]
    themes = [
        _node(
            f"{_EU}/data-theme/{code}",
            "skos:Concept",
            **{"skos:prefLabel": {"@value": label, "@language": "en"}},
        )
        for code, label in (
            ("JUST", "Justice, legal system and public safety"),
            ("SOCI", "Population and society"),
        )
    ]
    dataset = {
        "@id": dataset_id, "@type": "dcat:Dataset", **described,
        "dct:identifier": f"dvstats:{job.release}",
        "dct:issued": _moment(job.at), "dct:modified": _moment(job.at), "dct:language": languages,
        "dct:spatial": spatial,
        "dct:temporal": {
            "@type": "dct:PeriodOfTime",
            "dcat:startDate": {"@value": span[0].isoformat(), "@type": "xsd:date"},
            "dcat:endDate": {"@value": span[1].isoformat(), "@type": "xsd:date"},
        },
        # A release never changes once it is published.
        "dct:accrualPeriodicity": _node(f"{_EU}/frequency/NEVER", "dct:Frequency"),
        "dct:accessRights": _node(f"{_EU}/access-right/PUBLIC", "dct:RightsStatement"),
        "dcat:keyword": keywords, "dcat:theme": themes,
        "dcat:version": job.release,
        "adms:versionNotes": _langs(
            Text(
                "{} added, {} revised, {} withdrawn".format(*release),
                "добавлено {}, пересмотрено {}, отозвано {}".format(*release),
            )
        ),
        "dcat:inSeries": {"@id": series_id},
        **({"dcat:prev": {"@id": _identifier(job, earlier)}} if earlier else {}),
        "dcat:distribution": distributions,
    }  # fmt: skip
    series = {
        "@id": series_id, "@type": "dcat:DatasetSeries", **described,
        "dct:accrualPeriodicity": _node(f"{_EU}/frequency/IRREG", "dct:Frequency"),
        "dct:spatial": spatial, "dct:modified": _moment(job.at), "dcat:last": {"@id": dataset_id},
    }  # fmt: skip
    return {
        "@context": _PREFIXES,
        "@id": _urn("catalogue"), "@type": "dcat:Catalog", **described,
        "dct:language": languages, "dct:spatial": spatial, "dct:modified": _moment(job.at),
        "dct:license": _licence([COMPILATION]),
        # The series last: readers of this file look for the dataset first.
        "dcat:dataset": [dataset, series],
    }  # fmt: skip


def _schema_org(
    job: Export, distributions: Sequence[Any], span: tuple[dt.date, dt.date], countries: Sequence[str]
) -> dict[str, Any]:
    licences = [
        row[0]
        for row in job.rows(
            "SELECT DISTINCT licence_address FROM export_rows WHERE licence_address <> '' ORDER BY ALL"
        )
    ]
    measured = job.rows("SELECT DISTINCT indicator, indicator_en FROM export_rows ORDER BY indicator")
    based_on = job.codes(
        """SELECT DISTINCT d.address FROM datasets d WHERE d.dataset_id IN (SELECT dataset_id FROM export_rows)
        AND d.address LIKE 'http%' ORDER BY ALL"""
    )
    return {
        "@context": "https://schema.org/",
        "@type": "Dataset",
        "@id": _identifier(job),
        "name": TITLE.en,
        "alternateName": TITLE.ru,
        "description": _DESCRIPTION.en,
        "identifier": [_identifier(job), f"sha256:{job.content_hash}"],
        "version": job.release,
        "datePublished": f"{job.at.isoformat()}Z",
        "inLanguage": ["en", "ru"],
        "license": licences or [describe.COMPILATION_LICENCE["path"]],
        "creator": {"@type": "Organization", "name": PUBLISHER},
        "creditText": plain_citation(job.release, job.content_hash, job.at.date()),
        "isAccessibleForFree": True,
        "keywords": _KEYWORDS.en.split("; "),
        "temporalCoverage": f"{span[0].isoformat()}/{span[1].isoformat()}",
        "spatialCoverage": [{"@type": "Country", "name": name} for name in countries],
        "variableMeasured": [
            {"@type": "PropertyValue", "propertyID": code, "name": name} for code, name in measured
        ],
        "isBasedOn": list(based_on),
        "distribution": [
            {
                "@type": "DataDownload",
                "name": entry["dct:title"][0]["@value"],
                "contentUrl": entry["dcat:downloadURL"]["@id"],
                "encodingFormat": entry["dcat:mediaType"]["@id"].partition("media-types/")[2],
                "contentSize": f"{entry['dcat:byteSize']['@value']} B",
                "sha256": entry["spdx:checksum"]["spdx:checksumValue"]["@value"],
                "license": _address(entry["dct:license"]),
            }
            for entry in distributions
        ],
    }


def _address(licence: Mapping[str, Any]) -> Any:
    """A licence for schema.org: its address, or what it is called."""
    if str(licence["@id"]).startswith("http"):
        return licence["@id"]
    label = licence["rdfs:label"]
    return label[0]["@value"] if isinstance(label, list) else label["@value"]


_WRITERS: dict[str, Callable[[Export], None]] = {
    "csv": _csv, "xlsx": _xlsx, "sdmx-csv": _sdmx, "datapackage": _datapackage,
}  # fmt: skip

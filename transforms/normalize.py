"""Text cells to observations: set-based in DuckDB over Arrow, no Python function a row.

Labels, periods, areas and unusual numbers are read in Python once per *distinct* text and joined back; everything
else is SQL. A row that cannot be read, or that breaks a critical rule of the contract, goes to quarantine with its
reason and place, and the rest goes on.
"""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa

from dvstats.data_contracts import checks
from dvstats.data_contracts.arrow import arrow_schema
from dvstats.data_contracts.contract import Contract
from dvstats.sources.cells import LOCATOR, NOTE, RESERVED, VALUE
from dvstats.sources.registry import Concept, Dataset
from dvstats.transforms import numbers, periods
from dvstats.transforms.areas import Areas
from dvstats.transforms.labels import fold

SKIP = "__skip__"
TOTAL = "_T"
_DEFAULTS = {"sex": TOTAL, "age": TOTAL, "violence_form": TOTAL, "relationship": TOTAL, "nature": "C"}


@dataclass(frozen=True)
class FileFacts:
    """What is known of the file that the cells came from."""

    sha256: str
    retrieved_at: dt.datetime
    path: str
    constants: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Normalized:
    """Good rows (observations without ``first_release``), refused rows (quarantine) and counts."""

    good: pa.Table
    refused: pa.Table
    rows: int
    duplicates: int


@dataclass(frozen=True)
class _Reading:
    code: str | None
    rule: str | None = None
    reason_en: str | None = None
    reason_ru: str | None = None


class Normalizer:
    """Holds what all datasets share: the contract, the areas, the registered sources and one connection."""

    def __init__(
        self,
        contract: Contract,
        *,
        datasets: Mapping[str, Dataset],
        sources: Sequence[str],
        connection: duckdb.DuckDBPyConnection | None = None,
    ) -> None:
        """Create the look-up tables once."""
        self.contract = contract
        self.areas = Areas(contract)
        self.sources = frozenset(sources) | frozenset(datasets)
        self.table = contract.tables["observations"]
        self.connection = connection or duckdb.connect()
        contract.lookups(self.connection)
        self.connection.execute(
            "CREATE OR REPLACE TEMP TABLE contract_datasets(dataset_id VARCHAR, country VARCHAR)"
        )
        rows = [[d.id, d.country] for d in datasets.values()]
        self.connection.executemany("INSERT INTO contract_datasets VALUES (?, ?)", rows or [["", ""]])
        self._checks = checks.row_checks(contract, self.table)

    def normalize(self, cells: pa.Table, dataset: Dataset, file: FileFacts) -> Normalized:
        """Observations and refused rows of one file."""
        missing = self._missing_columns(cells, dataset)
        if missing:
            return self._refuse_file(cells, dataset, file, missing)
        run = _Run(self, cells, dataset, file)
        run.stage()
        run.resolve()
        return run.split()

    def _missing_columns(self, cells: pa.Table, dataset: Dataset) -> list[str]:
        present = set(cells.column_names)
        absent = [column for column in dataset.where if column not in present]
        for name, parts in (*dataset.concepts.items(), *dataset.breakdown.items()):
            for part in parts:
                known = part.const is not None or any(column in present for column in part.columns)
                if not known and part.absent is None and len(parts) == 1 and name in dataset.concepts:
                    absent.append(" / ".join(part.columns))
        if dataset.breakdown_column and dataset.breakdown_column not in present:
            absent.append(dataset.breakdown_column)
        return absent

    def _refuse_file(
        self, cells: pa.Table, dataset: Dataset, file: FileFacts, missing: Sequence[str]
    ) -> Normalized:
        sentence = checks.sentence(self.contract, "missing_column", place=", ".join(missing))
        values = cells[VALUE].to_pylist()
        rows = [
            refused_row(dataset.id, "missing_column", sentence.en, sentence.ru, file, locator=locator, value=value)
            for locator, value in zip(cells[LOCATOR].to_pylist(), values, strict=True)
        ]
        good = self.good_schema().empty_table()
        return Normalized(good, self.quarantine(rows), cells.num_rows, 0)

    def good_schema(self) -> pa.Schema:
        """Schema of good rows: the observations without the release that first carried them."""
        schema = arrow_schema(self.contract, self.table)
        return pa.schema([schema.field(name) for name in schema.names if name != "first_release"])

    def quarantine(self, rows: Sequence[Mapping[str, Any]]) -> pa.Table:
        """Quarantine table of refused rows."""
        return pa.Table.from_pylist(list(rows), schema=arrow_schema(self.contract, self.contract.tables["quarantine"]))


def refused_row(
    dataset_id: str, rule: str, reason_en: str, reason_ru: str, file: FileFacts | None, *,
    locator: str = "", value: str | None = None, row: str | None = None,
) -> dict[str, Any]:  # fmt: skip
    """One row of the quarantine."""
    return {
        "dataset_id": dataset_id, "rule": rule, "severity": "critical", "reason_en": reason_en,
        "reason_ru": reason_ru, "raw_sha256": file.sha256 if file else None, "file": file.path if file else None,
        "raw_locator": locator, "published_value": value, "row": row,
        "retrieved_at": file.retrieved_at if file else None,
    }  # fmt: skip


class _Run:
    """One file on its way; temp tables ``cells`` -> ``staged`` -> ``resolved``."""

    def __init__(self, shared: Normalizer, cells: pa.Table, dataset: Dataset, file: FileFacts) -> None:
        self.shared = shared
        self.contract = shared.contract
        self.con = shared.connection
        self.dataset = dataset
        self.file = file
        self.present = set(cells.column_names)
        self.joins: list[str] = []
        self.rules: list[tuple[str, str, str]] = []
        # DuckDB's names know no case, files' names do (INDICATOR beside Indicator): numbers keep them apart.
        self.physical = {name: name if name in RESERVED else f"c{i}" for i, name in enumerate(cells.column_names)}
        renamed = cells.rename_columns([self.physical[name] for name in cells.column_names])
        numbered = renamed.append_column("_row", pa.array(np.arange(cells.num_rows)))
        self.con.register("cells", numbered)
        self.count = cells.num_rows
        decimal = dataset.numbers.get("decimal", "grouped" if dataset.reader == "transcription" else None)
        self.decimal: str | None = decimal
        self.symbols = {str(k): str(v) for k, v in dataset.numbers.get("symbols", {}).items()}

    # -- numbers -----------------------------------------------------------------------------------------------

    def stage(self) -> None:
        """Read the numbers of the whole column; unusual texts once each in Python."""
        cleaned, value, status = numbers.sql(f'"{VALUE}"', decimal=self.decimal, symbols=self.symbols)
        keep = [f"{self._column(column)} IN ({_texts(values)})" for column, values in self.dataset.where.items()]
        if self.dataset.numbers.get("blank") == "skip":
            keep.append(f"""trim(coalesce("{VALUE}", '')) <> ''""")
        where = f"WHERE {' AND '.join(keep)}" if keep else ""
        self.con.execute(
            f"""CREATE OR REPLACE TEMP TABLE staged AS
            SELECT * EXCLUDE (cleaned), {value} AS _number, {status} AS _number_status
            FROM (SELECT *, {cleaned} AS cleaned FROM cells {where})"""  # noqa: S608
        )
        odd = self.con.execute(
            f'SELECT DISTINCT "{VALUE}" FROM staged WHERE _number IS NULL AND _number_status IS NULL'  # noqa: S608
        ).fetchall()
        rows = [(text, numbers.parse(text, decimal=self.decimal, symbols=self.symbols)) for (text,) in odd]
        table = pa.table(
            {
                "text": pa.array([text for text, _ in rows], pa.string()),
                "value": pa.array([n.value for _, n in rows], pa.float64()),
                "lower": pa.array([n.lower for _, n in rows], pa.float64()),
                "upper": pa.array([n.upper for _, n in rows], pa.float64()),
                "status": pa.array([n.status or None for _, n in rows], pa.string()),
                "problem": pa.array([n.problem for _, n in rows], pa.bool_()),
            }
        )
        self.con.register("odd_numbers", table)

    # -- concepts ----------------------------------------------------------------------------------------------

    def resolve(self) -> None:
        """Codes of every concept, the period, the key; problems beside them."""
        columns = {name: self._concept(name) for name in _ORDER}
        period = self._period()
        breakdown = self._breakdown()
        source = self._source()
        number = self._number()
        rule, reason_en, reason_ru = self._problem()
        status = self._status(columns["obs_status"])
        dataset = self.dataset
        joins = "\n".join(self.joins)
        self.con.execute(
            f"""CREATE OR REPLACE TEMP TABLE resolved AS
            WITH joined AS (
              SELECT s._row, s."{VALUE}" AS published_value, s."{LOCATOR}" AS raw_locator,
                {columns["ref_area"]} AS ref_area, {columns["indicator"]} AS indicator,
                {columns["sex"]} AS sex, {columns["age"]} AS age,
                {columns["violence_form"]} AS violence_form, {columns["relationship"]} AS relationship,
                {breakdown} AS breakdown, {period["freq"]} AS freq, {period["time_period"]} AS time_period,
                {period["start"]} AS period_start, {period["end"]} AS period_end,
                {number["value"]} AS obs_value, {number["lower"]} AS obs_lower, {number["upper"]} AS obs_upper,
                {columns["nature"]} AS nature, {self._unit(columns)} AS unit_measure,
                {status} AS obs_status, 'F' AS conf_status, '{dataset.id}' AS dataset_id,
                {source} AS source_id, {self._note(columns["note"])} AS note,
                {rule} AS _rule, {reason_en} AS _reason_en, {reason_ru} AS _reason_ru
              FROM staged s
              LEFT JOIN odd_numbers o ON s."{VALUE}" = o.text AND s._number IS NULL
              {joins})
            SELECT *, {self._key()} AS obs_key FROM joined
            WHERE coalesce(indicator, '') <> '{SKIP}' AND coalesce(time_period, '') <> '{SKIP}'"""  # noqa: S608
        )

    def _mapping(self, column: str, read: Callable[[str], _Reading]) -> str:
        """Read the distinct texts of a column and join them back; gives the alias of the joined table."""
        alias, name = f"m{len(self.joins)}", self._column(column)
        texts = self.con.execute(
            f"SELECT DISTINCT {name} FROM staged WHERE {name} IS NOT NULL"  # noqa: S608
        ).fetchall()
        readings = [(text, read(text)) for (text,) in texts]
        table = pa.table(
            {
                "text": pa.array([t for t, _ in readings], pa.string()),
                "code": pa.array([r.code for _, r in readings], pa.string()),
                "rule": pa.array([r.rule for _, r in readings], pa.string()),
                "reason_en": pa.array([r.reason_en for _, r in readings], pa.string()),
                "reason_ru": pa.array([r.reason_ru for _, r in readings], pa.string()),
            }
        )
        self.con.register(alias, table)
        self.joins.append(f"LEFT JOIN {alias} ON s.{name} = {alias}.text")
        self.rules.append((f"{alias}.rule", f"{alias}.reason_en", f"{alias}.reason_ru"))
        return alias

    def _column(self, name: str) -> str:
        return f'"{self.physical[name]}"'

    def _concept(self, name: str) -> str:
        if name in self.file.constants:
            return _text(self.file.constants[name])
        parts = self.dataset.concepts.get(name)
        if not parts:
            return _text(_DEFAULTS[name]) if name in _DEFAULTS else "CAST(NULL AS VARCHAR)"
        return self._parts(name, parts, _DEFAULTS.get(name))

    def _parts(self, name: str, parts: Sequence[Concept], default: str | None) -> str:
        """The first part that says something else than "total"; the last one's word otherwise."""
        said = [self._part(name, part, default) for part in parts]
        if len(said) == 1:
            return said[0]
        chosen = ", ".join(f"nullif(nullif({one}, '{TOTAL}'), '')" for one in said)
        return f"coalesce({chosen}, {_text(default or '')})"

    def _part(self, name: str, part: Concept, default: str | None) -> str:
        if part.const is not None:
            return _text(part.const)
        column = next((column for column in part.columns if column in self.present), None)
        absent = part.absent if part.absent is not None else default
        if column is None:
            return _text(absent)
        alias = self._mapping(column, self._reader(name, column, part))
        empty = part.empty if part.empty is not None else absent
        blank = f"s.{self._column(column)} IS NULL OR trim(s.{self._column(column)}) = ''"
        given = part.values is not None and "" in part.values
        return f"{alias}.code" if given else f"CASE WHEN {blank} THEN {_text(empty)} ELSE {alias}.code END"

    def _reader(self, name: str, column: str, part: Concept) -> Callable[[str], _Reading]:
        folded = {fold(label): code for label, code in (part.values or {}).items()}

        def read(label: str) -> _Reading:
            text = label
            if not text.strip() and (part.values is None or "" not in part.values):
                return _Reading(None)
            if part.extract:
                found = _extract(part, text)
                if found is None:
                    return _Reading(part.absent) if part.absent is not None else self._refusal(
                        "unmapped_label", label, column
                    )
                text = found
            if part.values is not None:
                code = part.values.get(text, folded.get(fold(text)))
                if code is not None:
                    return _Reading(code)
                if name != "ref_area":
                    return self._refusal("unmapped_label", label, column)
            if name == "ref_area":
                return self._area(text, column)
            return _Reading(text.strip())

        return read

    def _area(self, text: str, column: str) -> _Reading:
        code, reason = self.shared.areas.resolve(text, [self.dataset.country])
        return _Reading(code) if code else self._refusal(reason, text, column)

    def _refusal(self, rule: str, value: str, place: str) -> _Reading:
        sentence = checks.sentence(self.contract, rule, value=value, place=place)
        return _Reading(None, rule, sentence.en, sentence.ru)

    def _period(self) -> dict[str, str]:
        constant = self.file.constants.get("time_period")
        parts = self.dataset.concepts["time_period"]
        if constant is None and parts[0].const is not None:
            constant = parts[0].const
        if constant is not None:
            period = periods.parse(constant)
            if period is None:
                refusal = self._refusal("unreadable_period", constant, "")
                self.rules.append((_text(refusal.rule), _text(refusal.reason_en), _text(refusal.reason_ru)))
                return dict.fromkeys(("time_period", "freq"), "CAST(NULL AS VARCHAR)") | dict.fromkeys(
                    ("start", "end"), "CAST(NULL AS DATE)"
                )
            return {
                "time_period": _text(period.time_period), "freq": _text(period.freq),
                "start": f"DATE '{period.start}'", "end": f"DATE '{period.end}'",
            }  # fmt: skip
        return self._period_columns(parts)

    def _period_columns(self, parts: Sequence[Concept]) -> dict[str, str]:
        part = parts[0]
        column = next(column for column in part.columns if column in self.present)
        read_label = self._reader("time_period", column, part)

        def read(label: str) -> _Reading:
            found = read_label(label)
            if found.rule or found.code == SKIP:
                return found
            period = periods.parse(found.code or "")
            if period is None:
                return self._refusal("unreadable_period", label, column)
            return _Reading(f"{period.time_period}|{period.freq}|{period.start}|{period.end}")

        alias = self._mapping(column, read)
        self.rules.append(
            (f"CASE WHEN {alias}.code IS NULL AND {alias}.rule IS NULL THEN 'unreadable_period' END", "''", "''")
        )
        pieces = f"string_split({alias}.code, '|')"
        return {
            "time_period": f"{pieces}[1]", "freq": f"{pieces}[2]",
            "start": f"CAST({pieces}[3] AS DATE)", "end": f"CAST({pieces}[4] AS DATE)",
        }  # fmt: skip

    def _breakdown(self) -> str:
        if self.dataset.breakdown_column:
            column = f"s.{self._column(self.dataset.breakdown_column)}"
            return f"coalesce(nullif(trim({column}), ''), '{TOTAL}')"
        said = []
        for name in sorted(self.dataset.breakdown):
            code = self._parts(name, self.dataset.breakdown[name], TOTAL)
            said.append(f"'{name}=' || nullif({code}, '{TOTAL}')")
        if not said:
            return f"'{TOTAL}'"
        return f"coalesce(nullif(concat_ws(';', {', '.join(said)}), ''), '{TOTAL}')"

    def _source(self) -> str:
        parts = self.dataset.concepts.get("source_id")
        if "source_id" in self.file.constants:
            return _text(self.file.constants["source_id"])
        if not parts:
            return _text(self.dataset.id)
        if parts[0].const is not None:
            return _text(parts[0].const)
        column = parts[0].columns[0]

        def read(label: str) -> _Reading:
            known = label in self.shared.sources
            return _Reading(label) if known else self._refusal("unknown_source", label, column)

        return f"{self._mapping(column, read)}.code"

    # -- values ------------------------------------------------------------------------------------------------

    def _number(self) -> dict[str, str]:
        factor = float(self.dataset.numbers.get("multiply", 1))
        # 2053.2 thousand is 2 053 200, not 2 053 199.9999999998.
        scaled = (lambda x: f"round({x} * {factor!r}, 6)") if factor != 1 else (lambda x: x)
        sentence = checks.sentence(self.contract, "unreadable_number", value="\u0001")
        en, ru = ([_text(part) for part in side.split("\u0001")] for side in (sentence.en, sentence.ru))
        value = f's."{VALUE}"'
        self.rules.append(
            (
                "CASE WHEN o.problem THEN 'unreadable_number' END",
                f"{en[0]} || {value} || {en[1]}",
                f"{ru[0]} || {value} || {ru[1]}",
            )
        )
        return {
            "value": scaled("coalesce(s._number, o.value)"),
            "lower": scaled(f"coalesce(o.lower, {self._bound('obs_lower')})"),
            "upper": scaled(f"coalesce(o.upper, {self._bound('obs_upper')})"),
        }

    def _bound(self, name: str) -> str:
        parts = self.dataset.concepts.get(name)
        column = next((c for part in parts or () for c in part.columns if c in self.present), None)
        if column is None:
            return "CAST(NULL AS DOUBLE)"

        def read(label: str) -> _Reading:
            number = numbers.parse(label, decimal=self.decimal, symbols=self.symbols)
            if number.problem:
                return self._refusal("unreadable_number", label, column)
            return _Reading(None if number.value is None else repr(number.value))

        return f"CAST({self._mapping(column, read)}.code AS DOUBLE)"

    def _status(self, declared: str) -> str:
        """A missing value's reason first, then what the source marks, then doubt, then the dataset's default."""
        censored = _text(self.dataset.numbers.get("censored", "O"))
        found = f"CASE WHEN o.upper IS NOT NULL AND o.value IS NULL THEN {censored} ELSE coalesce(s._number_status, o.status) END"
        return (
            f"CASE WHEN coalesce(s._number, o.value) IS NULL THEN {found} "
            f"ELSE coalesce(nullif({declared}, ''), o.status, {_text(self.dataset.default_status)}) END"
        )

    def _unit(self, columns: Mapping[str, str]) -> str:
        units = " ".join(
            f"WHEN {_text(i.code)} THEN {_text(i.unit)}" for i in self.contract.indicators.values()
        )
        own = f"CASE {columns['indicator']} {units} END"
        return f"coalesce(nullif({columns['unit_measure']}, ''), {own})"

    def _note(self, declared: str) -> str:
        return f"""nullif(concat_ws('. ', nullif({declared}, ''), nullif(s."{NOTE}", '')), '')"""

    def _key(self) -> str:
        dims = [
            "dataset_id", "indicator", "ref_area", "sex", "age", "violence_form", "relationship", "breakdown",
            "time_period", "unit_measure", "nature",
        ]  # fmt: skip
        if self.dataset.source_in_key:
            dims.append("source_id")
        return f"left(md5(concat_ws('|', {', '.join(dims)})), 16)"

    def _problem(self) -> tuple[str, str, str]:
        if not self.rules:
            return "CAST(NULL AS VARCHAR)", "''", "''"
        first = f"coalesce({', '.join(rule for rule, _, _ in self.rules)})"
        en = " ".join(f"WHEN {rule} IS NOT NULL THEN {text}" for rule, text, _ in self.rules)
        ru = " ".join(f"WHEN {rule} IS NOT NULL THEN {text}" for rule, _, text in self.rules)
        return first, f"CASE {en} END", f"CASE {ru} END"

    # -- split -------------------------------------------------------------------------------------------------

    def split(self) -> Normalized:
        """Good and refused rows; of two equal ones the first stays, two that contradict each other both go."""
        con, table = self.con, self.shared.table
        tests = self.shared._checks
        cases = " ".join(f"WHEN {check.violated} THEN '{check.id}'" for check in tests if check.columns != ("obs_key",))
        sha, path, when = self.file.sha256, self.file.path, self.file.retrieved_at.isoformat(sep=" ")
        con.execute(
            f"""CREATE OR REPLACE TEMP TABLE judged AS
            WITH complete AS (
              SELECT *, '{sha}' AS raw_sha256, TIMESTAMP '{when}' AS retrieved_at, '20000101T000000Z' AS first_release
              FROM resolved),
            derived AS ({checks.with_derived(table, "complete")})
            SELECT * EXCLUDE ({", ".join(table.derived)}), coalesce(_rule, CASE {cases} END) AS _verdict
            FROM derived"""  # noqa: S608
        )
        value = "concat_ws('|', coalesce(CAST(obs_value AS VARCHAR), ''), obs_status)"
        con.execute(
            f"""CREATE OR REPLACE TEMP TABLE twice AS
            SELECT obs_key, count(DISTINCT {value}) AS versions, min(_row) AS first_row FROM judged
            WHERE _verdict IS NULL GROUP BY obs_key HAVING count(*) > 1"""  # noqa: S608
        )
        duplicates = _scalar(
            con,
            "SELECT count(*) FROM judged j JOIN twice t USING (obs_key) "
            "WHERE _verdict IS NULL AND versions = 1 AND _row <> first_row",
        )
        names = ", ".join(f'"{name}"' for name in self.shared.good_schema().names)
        good = con.sql(
            f"""SELECT {names} FROM judged WHERE _verdict IS NULL AND NOT EXISTS (
              SELECT 1 FROM twice t WHERE t.obs_key = judged.obs_key AND (versions > 1 OR _row <> first_row))"""  # noqa: S608
        ).to_arrow_table()
        refused = self._refused(path)
        return Normalized(good.cast(self.shared.good_schema()), refused, self.count, duplicates)

    def _refused(self, path: str) -> pa.Table:
        sentences = {check.id: check.sentence for check in self.shared._checks}
        sentences["duplicate_key"] = checks.sentence(self.contract, "duplicate_key")
        sentences["unreadable_period"] = checks.sentence(self.contract, "unreadable_period", value="")
        shown = sorted(self.present - set(RESERVED))
        pairs = ", ".join(f"{_text(name)}, c.{self._column(name)}" for name in shown)
        rows = self.con.execute(
            f"""SELECT CASE WHEN _verdict IS NULL THEN 'duplicate_key' ELSE _verdict END AS rule,
              coalesce(_reason_en, ''), coalesce(_reason_ru, ''), raw_locator, published_value,
              CAST(json_object({pairs}) AS VARCHAR)
            FROM judged j JOIN cells c USING (_row) LEFT JOIN twice t ON t.obs_key = j.obs_key AND _verdict IS NULL
            WHERE _verdict IS NOT NULL OR versions > 1 ORDER BY _row"""  # noqa: S608
        ).fetchall()
        made = []
        for rule, en, ru, locator, value, row in rows:
            text = sentences.get(rule)
            made.append(
                refused_row(
                    self.dataset.id, rule, en or (text.en if text else rule), ru or (text.ru if text else rule),
                    FileFacts(self.file.sha256, self.file.retrieved_at, path), locator=locator, value=value, row=row,
                )
            )  # fmt: skip
        return self.shared.quarantine(made)


_ORDER = (
    "ref_area", "indicator", "sex", "age", "violence_form", "relationship", "nature", "unit_measure", "obs_status",
    "note",
)  # fmt: skip


def _extract(part: Concept, text: str) -> str | None:
    import re

    match = re.search(part.extract or "", text)
    if match is None:
        return None
    found = match.group(1) if match.groups() else match.group(0)
    return part.template.replace("{}", re.sub(r"\W+", "_", found)) if part.template else found


def _text(value: str | None) -> str:
    return "CAST(NULL AS VARCHAR)" if value is None else "'" + value.replace("'", "''") + "'"


def _texts(values: Sequence[str]) -> str:
    return ", ".join(_text(value) for value in values)


def _scalar(connection: duckdb.DuckDBPyConnection, query: str) -> int:
    return int(connection.execute(query).fetchall()[0][0])

"""Text cells to observations: whole columns at a time, no Python function a row.

A file says few different things many times. Every label, period and area is read in Python once per *distinct*
text, and from there a column is small numbers into a short list (:class:`_Coded`). A check of the contract that
looks at one such column is judged on its list; DuckDB does per row what differs from row to row: the numbers, the
key, the checks that look at the value. A row that cannot be read, or that breaks a critical rule of the contract,
goes to quarantine with its reason and place, and the rest goes on.
"""

import datetime as dt
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache, partial
from typing import Any, NamedTuple

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from data_contracts import checks
from data_contracts.arrow import arrow_schema
from data_contracts.model import Contract, Table
from sources.cells import LOCATOR, NOTE, RESERVED, VALUE
from sources.dataset import Concept, Dataset
from transforms.parse import numbers, periods
from transforms.parse.areas import Areas
from transforms.parse.labels import fold

SKIP = "__skip__"
TOTAL = "_T"
_DEFAULTS = {"sex": TOTAL, "age": TOTAL, "violence_form": TOTAL, "relationship": TOTAL, "nature": "C"}
# Replaced when a release takes the row in; the checks want a well-formed one.
_FIRST_RELEASE = "20000101T000000Z"
# Where several things are wrong with a row, the first of these names the reason.
_ORDER = (
    "ref_area", "indicator", "sex", "age", "violence_form", "relationship", "nature", "unit_measure", "obs_status",
    "note", "time_period", "breakdown", "source_id", VALUE, "obs_lower", "obs_upper",
)  # fmt: skip
_KEY = (
    "dataset_id", "indicator", "ref_area", "sex", "age", "violence_form", "relationship", "breakdown", "time_period",
    "unit_measure", "nature",
)  # fmt: skip
# The same for all rows of a file; parts of one period; different from row to row.
_OF_FILE = frozenset(("dataset_id", "conf_status", "raw_sha256", "retrieved_at", "first_release"))
_OF_PERIOD = ("time_period", "freq", "period_start", "period_end")
_OF_ROW = frozenset(
    ("obs_key", "obs_value", "obs_lower", "obs_upper", "published_value", "note", "raw_locator")
)
# What DuckDB's trim removes.
_SPACES = " \u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000"
# Reading this many numbers one by one takes less time than planning a query for them.
_FEW = 500
_CHUNK = 122_880
# More than any number of a check.
_FINE = 32_767

_Ids = npt.NDArray[np.int32]
_Rows = npt.NDArray[np.int64]
_Mask = npt.NDArray[np.bool_]
_Floats = npt.NDArray[np.float64]
# The same words come in file after file.
_fold = lru_cache(maxsize=100_000)(fold)
_parse_period = lru_cache(maxsize=100_000)(periods.parse)


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


class _Refusal(NamedTuple):
    rule: str
    en: str
    ru: str


class _Reading(NamedTuple):
    code: Any
    refusal: _Refusal | None = None


_NOTHING = _Reading(None)
_NO_PERIOD = (None, None, None, None)
_NO_TEXT = pa.scalar(None, pa.string())


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
        self.area = lru_cache(maxsize=100_000)(self.areas.resolve)
        self.sources = frozenset(sources) | frozenset(datasets)
        self.table = contract.tables["observations"]
        self.units = {indicator.code: indicator.unit for indicator in contract.indicators.values()}
        self.connection = connection or duckdb.connect()
        # The answers of queries are set beside the rows that were asked about.
        self.connection.execute("SET preserve_insertion_order = true")
        contract.lookups(self.connection)
        self.connection.execute(
            "CREATE OR REPLACE TEMP TABLE contract_datasets(dataset_id VARCHAR, country VARCHAR)"
        )
        rows = [[d.id, d.country] for d in datasets.values()]
        self.connection.executemany("INSERT INTO contract_datasets VALUES (?, ?)", rows or [["", ""]])
        self.verdicts = _Verdicts(contract, self.table, self.connection)
        schema = arrow_schema(contract, self.table)
        self._good_schema = pa.schema(
            [schema.field(name) for name in schema.names if name != "first_release"]
        )
        self._quarantine_schema = arrow_schema(contract, contract.tables["quarantine"])

    def normalize(self, cells: pa.Table, dataset: Dataset, file: FileFacts) -> Normalized:
        """Observations and refused rows of one file."""
        missing = self._missing_columns(cells, dataset)
        if missing:
            sentence = checks.sentence(self.contract, "missing_column", place=", ".join(missing))
            refusals = _constant(_Refusal("missing_column", sentence.en, sentence.ru))
            refused = self._refuse(cells, refusals, dataset, file, pa.nulls(cells.num_rows, pa.string()))
            return Normalized(self.good_schema().empty_table(), refused, cells.num_rows, 0)
        run = _Run(self, _asked_for(cells, dataset), dataset, file)
        counted = run.counted()
        if not counted.all():
            run = _Run(self, run.cells.filter(pa.array(counted)), dataset, file)
        good, refused, duplicates = run.split()
        return Normalized(good, refused, cells.num_rows, duplicates)

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

    def good_schema(self) -> pa.Schema:
        """Schema of good rows: the observations without the release that first carried them."""
        return self._good_schema

    def quarantine(self, rows: Sequence[Mapping[str, Any]]) -> pa.Table:
        """Quarantine table of refused rows."""
        return pa.Table.from_pylist(list(rows), schema=self._quarantine_schema)

    def _refuse(
        self, cells: pa.Table, refusals: "_Coded", dataset: Dataset, file: FileFacts, rows: pa.Array
    ) -> pa.Table:
        """Quarantine table of whole columns; ``rows`` holds what else stands in the row, as JSON."""
        given = {
            "dataset_id": _constant(dataset.id), "rule": refusals.recoded(lambda r: r and r.rule),
            "severity": _constant("critical"), "reason_en": refusals.recoded(lambda r: r and r.en),
            "reason_ru": refusals.recoded(lambda r: r and r.ru), "raw_sha256": _constant(file.sha256),
            "file": _constant(file.path), "raw_locator": cells[LOCATOR], "published_value": cells[VALUE],
            "row": rows, "retrieved_at": _constant(file.retrieved_at),
        }  # fmt: skip
        return _table(given, self._quarantine_schema, np.ones(cells.num_rows, np.bool_))


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


# -- columns as numbers into a short list -----------------------------------------------------------------------


class _Coded(NamedTuple):
    """A column: for each row the place of its value in ``values``; without ``ids`` the first stands in every row."""

    values: Sequence[Any]
    ids: _Ids | None = None

    def recoded(self, read: Callable[[Any], Any]) -> "_Coded":
        """The same rows, other values."""
        return _Coded([read(value) for value in self.values], self.ids)

    def used(self) -> list[int]:
        """Places of the values that occur."""
        if self.ids is None:
            return [0]
        return [int(i) for i in np.flatnonzero(np.bincount(self.ids, minlength=len(self.values)))]

    def spread(self, by_value: npt.NDArray[Any], rows: int) -> npt.NDArray[Any]:
        """What belongs to each value, for each row."""
        return by_value[self.ids] if self.ids is not None else np.repeat(by_value[:1], rows)

    def dictionary(self, kind: pa.DataType, rows: int) -> pa.Array:
        """As DuckDB takes it: the values once, and their places."""
        ids = np.zeros(rows, np.int32) if self.ids is None else self.ids
        return pa.DictionaryArray.from_arrays(ids, pa.array(self.values, kind))


def _constant(value: Any) -> _Coded:
    return _Coded([value])


def _coded(column: pa.ChunkedArray) -> _Coded:
    """The distinct texts of a column and which of them stands where."""
    chunks = column.dictionary_encode(null_encoding="encode").chunks
    if not chunks:
        return _Coded([], np.zeros(0, np.int32))
    ids = np.concatenate([chunk.indices.to_numpy() for chunk in chunks])
    return _Coded(chunks[-1].dictionary.to_pylist(), ids.astype(np.int32, copy=False))


def _first(parts: Sequence[_Coded], says: Callable[[Any], bool], otherwise: Any) -> _Coded:
    """For each row the value of the first part that says something."""
    values, ids = [otherwise], np.zeros((), np.int32)
    for part in reversed(parts):
        places = [len(values) + place if says(value) else -1 for place, value in enumerate(part.values)]
        mine = np.array(places, np.int32)[0 if part.ids is None else part.ids]
        ids = np.where(mine < 0, ids, mine)
        values.extend(part.values)
    return _Coded(values, ids) if ids.ndim else _constant(values[int(ids)])


def _crossed(one: _Coded, other: _Coded, join: Callable[[Any, Any], Any]) -> _Coded:
    """One column of two: a value for each combination that occurs."""
    if one.ids is None:
        return other.recoded(lambda value: join(one.values[0], value))
    if other.ids is None:
        return one.recoded(lambda value: join(value, other.values[0]))
    wide = len(other.values)
    codes = one.ids.astype(np.int64) * wide + other.ids
    if len(one.values) * wide <= 1 << 24:
        seen = np.zeros(len(one.values) * wide, np.bool_)
        seen[codes] = True
        found, ids = np.flatnonzero(seen), (np.cumsum(seen) - 1)[codes]
    else:
        found, ids = np.unique(codes, return_inverse=True)
    values = [join(one.values[code // wide], other.values[code % wide]) for code in found.tolist()]
    return _Coded(values, ids.astype(np.int32))


def _either(choice: _Mask, yes: _Coded, no: _Coded) -> _Coded:
    """One column's values in the chosen rows, the other's elsewhere."""
    if not choice.any():
        return no
    first, second = (0 if column.ids is None else column.ids for column in (yes, no))
    ids = np.where(choice, first, np.add(second, len(yes.values)))
    return _Coded([*yes.values, *no.values], ids.astype(np.int32))


def _table(columns: Mapping[str, Any], schema: pa.Schema, wanted: _Mask) -> pa.Table:
    """Arrow table of the wanted rows by a schema."""
    rows = None if wanted.all() else np.flatnonzero(wanted)
    mask = pa.array(wanted)

    def build(name: str) -> Any:
        column = columns[name]
        if isinstance(column, _Coded):
            return _spelled(column, schema.field(name).type, rows, len(wanted) if rows is None else len(rows))
        return column if rows is None else column.filter(mask)

    if len(wanted) < _CHUNK:
        return pa.Table.from_arrays([build(name) for name in schema.names], schema=schema)
    # Arrow works outside Python's lock.
    with ThreadPoolExecutor() as pool:
        return pa.Table.from_arrays(list(pool.map(build, schema.names)), schema=schema)


def _chosen(column: Any, kind: pa.DataType, rows: _Rows) -> Any:
    """Some rows of a column."""
    return (
        _spelled(column, kind, rows, len(rows)) if isinstance(column, _Coded) else column.take(pa.array(rows))
    )


def _spelled(column: _Coded, kind: pa.DataType, rows: _Rows | None, count: int) -> pa.ChunkedArray:
    """Some rows (all without a choice) with their values written out."""
    values = pa.array(column.values, kind)
    starts = range(0, count, _CHUNK)
    if column.ids is None:
        # One chunk serves all: a checksum in five million rows takes the memory of a few.
        whole = pa.repeat(values[0], min(count, _CHUNK))
        return pa.chunked_array([whole.slice(0, min(_CHUNK, count - start)) for start in starts], kind)
    ids = column.ids if rows is None else column.ids[rows]
    return pa.chunked_array([values.take(pa.array(ids[start : start + _CHUNK])) for start in starts], kind)


# -- the contract's checks ---------------------------------------------------------------------------------------


class _Axis(NamedTuple):
    """Checks that look at the values of ``main`` (a column, the parts of a period, the file) and the same facts."""

    main: str
    columns: tuple[str, ...]
    checks: tuple[int, ...]
    lent: tuple[str, ...]


class _Verdicts:
    """The critical checks of a table, taken apart by what they look at.

    Each reads the contract's own SQL. What a check says about a value is remembered, since the next file has the
    same areas and indicators; ``lent`` are derived columns that checks of whole rows need of such a value.
    """

    def __init__(self, contract: Contract, table: Table, connection: duckdb.DuckDBPyConnection) -> None:
        """Find out what each check and each derived column looks at."""
        self.table = table
        self.connection = connection
        self.checks = [c for c in checks.row_checks(contract, table) if c.columns != ("obs_key",)]
        self.schema = arrow_schema(contract, table)
        self.refusals = [_Refusal(check.id, check.sentence.en, check.sentence.ru) for check in self.checks]
        places = [self._place(check.violated) for check in self.checks]
        of_rows = [number for number, place in enumerate(places) if place is None]
        named = self._named(of_rows)
        lenders = {
            name: place for name in sorted(named) if name in table.derived and (place := self._place(name))
        }
        self.axes = [
            self._axis(
                place,
                [number for number, own in enumerate(places) if own == place],
                [name for name, own in lenders.items() if own == place],
            )
            for place in dict.fromkeys([*filter(None, places), *lenders.values()])
        ]
        self.types = self._types(sorted(lenders))
        self.row_columns = sorted(set().union(*map(self._reads, named - set(lenders))))
        self._row_verdict = self._first_violated(of_rows)
        self._judged_rows = self._derived(named - set(lenders), "judged_rows")
        self._known: dict[_Axis, dict[tuple[Any, ...], tuple[Any, ...]]] = {axis: {} for axis in self.axes}

    def _words(self, sql: str) -> set[str]:
        """Columns that an expression names; a word too many costs time, never a verdict."""
        words = re.findall(r"[A-Za-z_]\w*", re.sub(r"'(?:[^']|'')*'", "", sql))
        return set(words) & {*self.table.names, *self.table.derived}

    def _named(self, numbers_: Sequence[int]) -> set[str]:
        return set[str]().union(*(self._words(self.checks[number].violated) for number in numbers_))

    def _reads(self, sql: str) -> set[str]:
        """Columns of the table that an expression looks at, through derived ones too."""
        found, queue = set[str](), self._words(sql)
        while queue:
            name = queue.pop()
            found.add(name)
            queue |= self._words(self.table.derived.get(name, "")) - found
        return found - set(self.table.derived)

    def _place(self, sql: str) -> tuple[str, frozenset[str]] | None:
        """The one column that matters with the facts of the file beside it; None where it takes whole rows."""
        reads = self._reads(sql)
        mains = {"time_period" if name in _OF_PERIOD else name for name in reads - _OF_FILE}
        if reads & _OF_ROW or len(mains) > 1:
            return None
        return (mains.pop(), frozenset(reads & _OF_FILE)) if mains else ("file", frozenset())

    def _axis(self, place: tuple[str, frozenset[str]], numbers_: Sequence[int], lent: Sequence[str]) -> _Axis:
        sqls = [*(self.checks[number].violated for number in numbers_), *lent]
        columns = sorted(set[str]().union(*map(self._reads, sqls)))
        return _Axis(place[0], tuple(columns), tuple(numbers_), tuple(lent))

    def _types(self, lent: Sequence[str]) -> dict[str, pa.DataType]:
        if not lent:
            return {}
        with _shown(self.connection, nothing=self.schema.empty_table()):
            query = f"SELECT {', '.join(lent)} FROM ({self._derived(set(lent), 'nothing')})"
            schema = self.connection.sql(query).to_arrow_table().schema
        return {name: schema.field(name).type for name in lent}

    def _first_violated(self, numbers_: Sequence[int]) -> str:
        cases = " ".join(f"WHEN {self.checks[number].violated} THEN {number}" for number in numbers_)
        return f"CAST({f'CASE {cases} END' if cases else 'NULL'} AS SMALLINT)"

    def _derived(self, names: set[str], relation: str) -> str:
        derived = {name: sql for name, sql in self.table.derived.items() if name in names}
        return checks.with_derived(replace(self.table, derived=derived), relation)

    def of_values(self, axis: _Axis, values: Sequence[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
        """For each combination of the axis's columns: number of the first violated check, and what it lends."""
        known = self._known[axis]
        new = [value for value in dict.fromkeys(values) if value not in known]
        if new:
            known.update(zip(new, self._ask(axis, new), strict=True))
        return [known[value] for value in values]

    def _ask(self, axis: _Axis, values: Sequence[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
        columns = {
            name: pa.array([value[place] for value in values], self.schema.field(name).type)
            for place, name in enumerate(axis.columns)
        }
        asked = pa.table({**columns, "_n": pa.array(range(len(values)))})
        derived = self._derived(self._named(axis.checks) | set(axis.lent), "axis_values")
        answers = ", ".join([self._first_violated(axis.checks), *axis.lent])
        with _shown(self.connection, axis_values=asked):
            query = f"SELECT {answers} FROM ({derived}) ORDER BY _n"
            return self.connection.execute(query).fetchall()

    def of_rows(self, key: str) -> str:
        """Query over the relation ``judged_rows``: key, its hash, and the first violated check of the whole row."""
        judged = f"SELECT {key} AS obs_key, {self._row_verdict} AS verdict FROM ({self._judged_rows})"
        return f"SELECT *, hash(obs_key) AS hashed FROM ({judged})"


@contextmanager
def _shown(connection: duckdb.DuckDBPyConnection, **tables: pa.Table) -> Iterator[None]:
    """Arrow tables under names that queries can use, for a while."""
    for name, table in tables.items():
        # DuckDB's threads share the work by chunks, and most readers give one.
        connection.register(name, pa.Table.from_batches(table.to_batches(max_chunksize=_CHUNK), table.schema))
    try:
        yield
    finally:
        for name in tables:
            connection.unregister(name)


# -- one file ----------------------------------------------------------------------------------------------------


class _Run:
    """One file on its way."""

    def __init__(self, shared: Normalizer, cells: pa.Table, dataset: Dataset, file: FileFacts) -> None:
        self.shared = shared
        self.contract = shared.contract
        self.con = shared.connection
        self.dataset = dataset
        self.file = file
        self.cells = cells
        self.count = cells.num_rows
        self.present = set(cells.column_names)
        self.problems: dict[str, list[_Coded]] = {}
        self._texts: dict[str, _Coded] = {}
        decimal = dataset.numbers.get("decimal", "grouped" if dataset.reader == "transcription" else None)
        self.decimal: str | None = decimal
        self.symbols = {str(k): str(v) for k, v in dataset.numbers.get("symbols", {}).items()}

    # -- concepts ----------------------------------------------------------------------------------------------

    @cached_property
    def indicator(self) -> _Coded:
        """Indicator of each row."""
        return self._concept("indicator")

    @cached_property
    def period(self) -> _Coded:
        """Time, frequency, first and last day of each row, together."""
        return self._period()

    def counted(self) -> _Mask:
        """Rows that the declaration does not skip."""
        kept = np.ones(self.count, np.bool_)
        for column in (self.indicator, self.period.recoded(lambda period: period[0])):
            if SKIP in column.values:
                kept &= column.spread(
                    np.array([value != SKIP for value in column.values], np.bool_), self.count
                )
        return kept

    def _column(self, name: str) -> _Coded:
        if name not in self._texts:
            self._texts[name] = _coded(self.cells[name])
        return self._texts[name]

    def _mapping(self, name: str, column: str, read: Callable[[str], _Reading]) -> _Coded:
        """Codes of a column's texts; what cannot be read is remembered as a problem of the concept ``name``."""
        texts = self._column(column)
        readings = [_NOTHING if text is None else read(text) for text in texts.values]
        self._problem(name, _Coded([reading.refusal for reading in readings], texts.ids))
        return _Coded([reading.code for reading in readings], texts.ids)

    def _problem(self, name: str, refusals: _Coded) -> None:
        if any(refusals.values):
            self.problems.setdefault(name, []).append(refusals)

    def _concept(self, name: str) -> _Coded:
        if name in self.file.constants:
            return _constant(self.file.constants[name])
        parts = self.dataset.concepts.get(name)
        return self._parts(name, parts, _DEFAULTS.get(name)) if parts else _constant(_DEFAULTS.get(name))

    def _parts(self, name: str, parts: Sequence[Concept], default: str | None) -> _Coded:
        """The first part that says something else than "total"; the last one's word otherwise."""
        said = [self._part(name, part, default) for part in parts]
        if len(said) == 1:
            return said[0]
        return _first(said, lambda code: code not in (None, TOTAL), default or "")

    def _part(self, name: str, part: Concept, default: str | None) -> _Coded:
        if part.const is not None:
            return _constant(part.const)
        column = next((column for column in part.columns if column in self.present), None)
        absent = part.absent if part.absent is not None else default
        if column is None:
            return _constant(absent)
        codes = self._mapping(name, column, self._reader(name, column, part))
        if part.values is not None and "" in part.values:
            return codes
        empty = part.empty if part.empty is not None else absent
        texts = self._column(column).values
        filled = [
            code if text and text.strip(_SPACES) else empty
            for text, code in zip(texts, codes.values, strict=True)
        ]
        return _Coded(filled, codes.ids)

    def _reader(self, name: str, column: str, part: Concept) -> Callable[[str], _Reading]:
        folded = {_fold(label): code for label, code in (part.values or {}).items()}

        def read(label: str) -> _Reading:
            text = label
            if not text.strip() and (part.values is None or "" not in part.values):
                return _NOTHING
            if part.extract:
                found = _extract(part, text)
                if found is None:
                    return (
                        _Reading(part.absent)
                        if part.absent is not None
                        else self._refusal("unmapped_label", label, column)
                    )
                text = found
            if part.values is not None:
                code = part.values.get(text, folded.get(_fold(text)))
                if code is not None:
                    return _Reading(code)
                if name != "ref_area":
                    return self._refusal("unmapped_label", label, column)
            if name == "ref_area":
                return self._area(text, column)
            return _Reading(text.strip())

        return read

    def _area(self, text: str, column: str) -> _Reading:
        code, reason = self.shared.area(text, (self.dataset.country,))
        return _Reading(code) if code else self._refusal(reason, text, column)

    def _refusal(self, rule: str, value: str, place: str = "") -> _Reading:
        sentence = checks.sentence(self.contract, rule, value=value, place=place)
        return _Reading(None, _Refusal(rule, sentence.en, sentence.ru))

    def _period(self) -> _Coded:
        constant = self.file.constants.get("time_period")
        part = self.dataset.concepts["time_period"][0]
        constant = part.const if constant is None else constant
        if constant is not None:
            reading = self._read_period(constant, constant, "")
            self._problem("time_period", _constant(reading.refusal))
            return _constant(reading.code or _NO_PERIOD)
        column = next(column for column in part.columns if column in self.present)
        read_label = self._reader("time_period", column, part)

        def read(label: str) -> _Reading:
            found = read_label(label)
            if found.refusal or found.code == SKIP:
                return _Reading((found.code, *_NO_PERIOD[1:]), found.refusal)
            return self._read_period(found.code or "", label, column)

        periods_ = self._mapping("time_period", column, read)
        if None in self._column(column).values:
            absent = self._refusal("unreadable_period", "").refusal
            self._problem(
                "time_period", self._column(column).recoded(lambda text: absent if text is None else None)
            )
        return periods_.recoded(lambda period: period or _NO_PERIOD)

    def _read_period(self, text: str, label: str, column: str) -> _Reading:
        period = _parse_period(text)
        if period is None:
            return self._refusal("unreadable_period", label, column)
        return _Reading((period.time_period, period.freq, period.start, period.end))

    def _breakdown(self) -> _Coded:
        if self.dataset.breakdown_column:
            texts = self._column(self.dataset.breakdown_column)
            return texts.recoded(lambda text: (text or "").strip(_SPACES) or TOTAL)
        said = _constant(None)
        for name in sorted(self.dataset.breakdown):
            codes = self._parts("breakdown", self.dataset.breakdown[name], TOTAL)
            said = _crossed(said, codes, partial(_named, name))
        return said.recoded(lambda text: text or TOTAL)

    def _source(self) -> _Coded:
        parts = self.dataset.concepts.get("source_id")
        if "source_id" in self.file.constants:
            return _constant(self.file.constants["source_id"])
        if not parts:
            return _constant(self.dataset.id)
        if parts[0].const is not None:
            return _constant(parts[0].const)
        column = parts[0].columns[0]

        def read(label: str) -> _Reading:
            known = label in self.shared.sources
            return _Reading(label) if known else self._refusal("unknown_source", label, column)

        return self._mapping("source_id", column, read)

    # -- numbers -----------------------------------------------------------------------------------------------

    def _numbers(self) -> tuple[dict[str, _Floats], _Coded]:
        """Values and bounds, and the status that the text itself says."""
        value, word, odd = self._plain_numbers()
        texts = _coded(self.cells[VALUE].filter(pa.array(odd))) if self.count > _FEW else self._column(VALUE)
        read = [self._read_number(text) for text in texts.values]
        rows = np.flatnonzero(odd)
        found = {
            "obs_value": value,
            "obs_lower": self._bound("obs_lower"),
            "obs_upper": self._bound("obs_upper"),
        }
        for name, floats in found.items():
            own = _floats([getattr(number, name.removeprefix("obs_")) for number in read])
            if not np.isnan(own).all():
                spread = texts.spread(own, len(rows))
                floats[rows] = np.where(np.isnan(spread), floats[rows], spread)
        refusals = [self._refusal("unreadable_number", t).refusal if n.problem else None
                    for t, n in zip(texts.values, read, strict=True)]  # fmt: skip
        self._problem(VALUE, self._placed(rows, _Coded(refusals, texts.ids), _constant(None)))
        return self._scaled(found), self._placed(
            rows, _Coded([n.status or None for n in read], texts.ids), word
        )

    def _plain_numbers(self) -> tuple[_Floats, _Coded, _Mask]:
        """Values and statuses of the usual forms, and which rows are left."""
        if self.count <= _FEW:
            return np.full(self.count, np.nan), _constant(None), np.ones(self.count, np.bool_)
        cleaned, value, status = numbers.sql(f'"{VALUE}"', decimal=self.decimal, symbols=self.symbols)
        with _shown(self.con, number_texts=self.cells.select([VALUE])):
            plain = self.con.sql(
                f"SELECT {value} AS number, {status} AS status FROM (SELECT {cleaned} AS cleaned FROM number_texts)"
            ).to_arrow_table()
        numbers_ = plain["number"].to_numpy()
        word = _coded(plain["status"])
        silent = word.spread(np.array([status is None for status in word.values], np.bool_), self.count)
        return numbers_, word, silent & np.isnan(numbers_)

    def _read_number(self, text: str | None) -> numbers.Number:
        number = numbers.parse(text, decimal=self.decimal, symbols=self.symbols)
        if number.upper is not None and number.value is None:
            return replace(number, status=self.dataset.numbers.get("censored", "O"))
        return number

    def _placed(self, rows: _Rows, column: _Coded, around: _Coded) -> _Coded:
        """A column of some rows among all, another around it."""
        if not any(column.values):
            return around
        if len(rows) == self.count:
            return column
        ids = np.array(np.broadcast_to(0 if around.ids is None else around.ids, self.count), np.int32)
        ids[rows] = (0 if column.ids is None else column.ids) + len(around.values)
        return _Coded([*around.values, *column.values], ids)

    def _bound(self, name: str) -> _Floats:
        parts = self.dataset.concepts.get(name)
        column = next((c for part in parts or () for c in part.columns if c in self.present), None)
        if column is None:
            return np.full(self.count, np.nan)

        def read(label: str) -> _Reading:
            number = numbers.parse(label, decimal=self.decimal, symbols=self.symbols)
            if number.problem:
                return self._refusal("unreadable_number", label, column)
            return _Reading(number.value)

        bounds = self._mapping(name, column, read)
        return bounds.spread(_floats(bounds.values), self.count)

    def _scaled(self, found: dict[str, _Floats]) -> dict[str, _Floats]:
        factor = float(self.dataset.numbers.get("multiply", 1))
        if factor == 1:
            return found
        table = pa.table({name: pa.array(floats, from_pandas=True) for name, floats in found.items()})
        # 2053.2 thousand is 2 053 200, not 2 053 199.9999999998.
        scaled = ", ".join(f"round({name} * {factor!r}, 6) AS {name}" for name in found)
        with _shown(self.con, unscaled=table):
            answer = self.con.sql(f"SELECT {scaled} FROM unscaled").to_arrow_table()
        return {name: answer[name].to_numpy() for name in found}

    def _status(self, missing: _Mask, word: _Coded) -> _Coded:
        """A missing value's reason first, then what the source marks, then doubt, then the dataset's default."""
        declared = self._concept("obs_status")
        present = _first(
            [declared, word], lambda status: status not in (None, ""), self.dataset.default_status
        )
        return _either(missing, word, present)

    def _unit(self, indicator: _Coded) -> _Coded:
        own = indicator.recoded(self.shared.units.get)
        return _first([self._concept("unit_measure"), own], lambda unit: unit not in (None, ""), None)

    def _note(self) -> Any:
        """What is declared, then what the file attaches to the cell."""
        declared = self._concept("note").recoded(lambda note: note or None)
        attached = self.cells[NOTE]
        attached = pc.if_else(pc.equal(attached, ""), _NO_TEXT, attached)
        if not any(declared.values):
            return attached
        said = _spelled(declared, pa.string(), None, self.count)
        # Null where either is: Arrow's own way to skip nulls loses the rows where both are.
        return pc.coalesce(pc.binary_join_element_wise(said, attached, ". "), said, attached)

    # -- judgement ---------------------------------------------------------------------------------------------

    def _columns(self) -> dict[str, Any]:
        """Every column of the observations but the key."""
        found, word = self._numbers()
        missing = np.isnan(found["obs_value"])
        named = ("ref_area", "sex", "age", "violence_form", "relationship", "nature")
        columns: dict[str, Any] = {name: self._concept(name) for name in named}
        columns |= {
            "indicator": self.indicator, "unit_measure": self._unit(self.indicator),
            "obs_status": self._status(missing, word), "note": self._note(), "breakdown": self._breakdown(),
            "source_id": self._source(), "published_value": self.cells[VALUE], "raw_locator": self.cells[LOCATOR],
            "conf_status": _constant("F"), "dataset_id": _constant(self.dataset.id),
            "raw_sha256": _constant(self.file.sha256), "retrieved_at": _constant(self.file.retrieved_at),
            "first_release": _constant(_FIRST_RELEASE),
        }  # fmt: skip
        for place, name in enumerate(_OF_PERIOD):
            columns[name] = _Coded([period[place] for period in self.period.values], self.period.ids)
        for name, floats in found.items():
            columns[name] = _constant(None) if np.isnan(floats).all() else pa.array(floats, from_pandas=True)
        return columns

    def split(self) -> tuple[pa.Table, pa.Table, int]:
        """Good and refused rows; of two equal ones the first stays, two that contradict each other both go."""
        if not self.count:
            return self.shared.good_schema().empty_table(), self.shared.quarantine([]), 0
        columns = self._columns()
        verdict, keys = self._judge(columns)
        columns["obs_key"] = keys["obs_key"]
        problems = [problem for name in _ORDER for problem in self.problems.get(name, ())]
        refusals = _first([*problems, verdict], bool, None)
        good = refusals.spread(np.array([refusal is None for refusal in refusals.values]), self.count)
        repeated, contradicting = self._twins(good, keys, columns)
        sentence = checks.sentence(self.contract, "duplicate_key")
        twin = _constant(_Refusal("duplicate_key", sentence.en, sentence.ru))
        refusals = _either(contradicting, twin, refusals)
        refused = self._refused(refusals, ~good | contradicting)
        good &= ~(repeated | contradicting)
        return _table(columns, self.shared.good_schema(), good), refused, int(repeated.sum())

    def _judge(self, columns: Mapping[str, Any]) -> tuple[_Coded, pa.Table]:
        """What the contract's checks refuse, and the key of each row with its hash."""
        verdicts = self.shared.verdicts
        worst = np.full(self.count, _FINE, np.int16)
        lent: dict[str, Any] = {}
        for axis in verdicts.axes:
            main = columns["dataset_id" if axis.main == "file" else axis.main]
            used = main.used()
            asked = [
                tuple(columns[n].values[0 if n in _OF_FILE else place] for n in axis.columns)
                for place in used
            ]
            answers = verdicts.of_values(axis, asked)
            worst = np.minimum(worst, self._worst(main, used, [answer[0] for answer in answers]))
            for place, name in enumerate(axis.lent, 1):
                values = dict(zip(used, (answer[place] for answer in answers), strict=True))
                known = _Coded([values.get(i) for i in range(len(main.values))], main.ids)
                lent[name] = known.dictionary(verdicts.types[name], self.count)
        keys = self._keys(columns, lent)
        worst = np.minimum(worst, keys["verdict"].fill_null(_FINE).to_numpy())
        if (worst == _FINE).all():
            return _constant(None), keys
        return _Coded(
            [*verdicts.refusals, None], np.minimum(worst, len(verdicts.refusals)).astype(np.int32)
        ), keys

    def _worst(
        self, main: _Coded, used: Sequence[int], numbers_: Sequence[int | None]
    ) -> npt.NDArray[np.int16]:
        """Number of the first violated check for each row, or for all together where there is none."""
        by_value = np.full(len(main.values), _FINE, np.int16)
        by_value[list(used)] = [_FINE if number is None else number for number in numbers_]
        return main.spread(by_value, 1) if (by_value < _FINE).any() else np.full(1, _FINE, np.int16)

    def _keys(self, columns: Mapping[str, Any], lent: Mapping[str, Any]) -> pa.Table:
        verdicts = self.shared.verdicts
        parts = [*_KEY, "source_id"] if self.dataset.source_in_key else _KEY
        varied = [name for name in parts if columns[name].ids is not None]
        given = {name: columns[name] for name in dict.fromkeys([*varied, *verdicts.row_columns])}
        kinds = {name: verdicts.schema.field(name).type for name in given}
        table = {
            name: column.dictionary(kinds[name], self.count) if isinstance(column, _Coded) else column
            for name, column in given.items()
        }
        words = ", ".join(f'"{name}"' if name in varied else _text(columns[name].values[0]) for name in parts)
        with _shown(self.con, judged_rows=pa.table({**table, **lent})):
            return self.con.sql(verdicts.of_rows(f"left(md5(concat_ws('|', {words})), 16)")).to_arrow_table()

    def _twins(self, good: _Mask, keys: pa.Table, columns: Mapping[str, Any]) -> tuple[_Mask, _Mask]:
        """Rows that say again what an earlier one says, and rows that contradict one another."""
        repeated, contradicting = np.zeros((2, self.count), np.bool_)
        hashed = keys["hashed"].to_numpy()
        ordered = np.sort(hashed[good])
        common = ordered[1:][ordered[1:] == ordered[:-1]]
        if len(common):
            rows = np.flatnonzero(good & np.isin(hashed, common))
            suspects = {
                name: _chosen(columns[name], self.shared.good_schema().field(name).type, rows)
                for name in ("obs_key", "obs_value", "obs_status")
            }
            with _shown(self.con, suspects=pa.table({"_row": rows, **suspects})):
                found = self.con.execute(_TWINS).fetchnumpy()
            repeated[found["_row"][found["versions"] == 1]] = True
            contradicting[found["_row"][found["versions"] > 1]] = True
        return repeated, contradicting

    def _refused(self, refusals: _Coded, refused: _Mask) -> pa.Table:
        rows = np.flatnonzero(refused)
        cells = self.cells.take(pa.array(rows))
        mine = refusals if refusals.ids is None else _Coded(refusals.values, refusals.ids[rows])
        return self.shared._refuse(cells, mine, self.dataset, self.file, self._json(cells))

    def _json(self, cells: pa.Table) -> pa.ChunkedArray:
        """What else stands in each row."""
        if not cells.num_rows:
            return pa.chunked_array([], pa.string())
        # DuckDB's names know no case, files' names do (INDICATOR beside Indicator): numbers keep them apart.
        shown = sorted(self.present - set(RESERVED))
        numbered = {f"c{place}": cells[name] for place, name in enumerate(shown)}
        pairs = ", ".join(f"{_text(name)}, c{place}" for place, name in enumerate(shown))
        with _shown(self.con, refused_cells=pa.table({"_n": np.arange(cells.num_rows), **numbered})):
            query = f"SELECT CAST(json_object({pairs}) AS VARCHAR) AS json FROM refused_cells ORDER BY _n"
            return self.con.sql(query).to_arrow_table()["json"]


_TWINS = """
WITH twins AS (
  SELECT obs_key, count(DISTINCT concat_ws('|', coalesce(CAST(obs_value AS VARCHAR), ''), obs_status)) AS versions,
    min(_row) AS first_row
  FROM suspects GROUP BY obs_key HAVING count(*) > 1)
SELECT _row, versions FROM suspects JOIN twins USING (obs_key) WHERE versions > 1 OR _row <> first_row"""


def _asked_for(cells: pa.Table, dataset: Dataset) -> pa.Table:
    """Rows that the declaration asks for."""
    for column, values in dataset.where.items():
        cells = cells.filter(pc.is_in(cells[column], value_set=pa.array(values, pa.string())))
    if dataset.numbers.get("blank") == "skip":
        cells = cells.filter(pc.not_equal(pc.utf8_trim(cells[VALUE], characters=_SPACES), ""))
    return cells


def _extract(part: Concept, text: str) -> str | None:
    match = re.search(part.extract or "", text)
    if match is None:
        return None
    found = match.group(1) if match.groups() else match.group(0)
    return part.template.replace("{}", re.sub(r"\W+", "_", found)) if part.template else found


def _named(name: str, before: str | None, code: str | None) -> str | None:
    """The breakdown so far and one more of its parts."""
    if code in (None, TOTAL):
        return before
    return f"{before};{name}={code}" if before else f"{name}={code}"


def _floats(values: Sequence[float | None]) -> _Floats:
    return np.array([np.nan if value is None else value for value in values], np.float64)


def _text(value: str | None) -> str:
    return "CAST(NULL AS VARCHAR)" if value is None else "'" + value.replace("'", "''") + "'"

"""One file from text cells to observations and refused rows."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import cached_property, lru_cache, partial
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from data_contracts import checks
from sources.cells import LOCATOR, NOTE, PROBLEM, RESERVED, VALUE
from sources.dataset import Concept, Dataset
from transforms.normalize.encoded_columns import (
    EncodedColumn,
    Floats,
    Mask,
    RowNumbers,
    arrow_table,
    chosen_rows,
    constant,
    crossed,
    either,
    encode,
    first_that_says,
    written_out,
)
from transforms.normalize.facts import FileFacts
from transforms.normalize.scale import factor_reader, scale_columns, scaled_column
from transforms.normalize.verdicts import FINE, OF_FILE, OF_PERIOD, Refusal, registered
from transforms.parse import numbers, periods
from transforms.parse.labels import fold

if TYPE_CHECKING:
    from transforms.normalize.normalizer import Normalizer

SKIP = "__skip__"
TOTAL = "_T"
_DEFAULTS = {"sex": TOTAL, "age": TOTAL, "violence_form": TOTAL, "relationship": TOTAL, "nature": "C"}
# Replaced when a release takes the row in; the checks want a well-formed one.
_FIRST_RELEASE = "20000101T000000Z"
# Where several things are wrong with a row, the first of these names the reason.
_ORDER = (
    "record", "ref_area", "indicator", "sex", "age", "violence_form", "relationship", "nature", "unit_measure",
    "obs_status", "note", "time_period", "breakdown", "source_id", "scale", VALUE, "obs_lower", "obs_upper",
)  # fmt: skip
_KEY = (
    "dataset_id", "indicator", "ref_area", "sex", "age", "violence_form", "relationship", "breakdown", "time_period",
    "unit_measure", "nature",
)  # fmt: skip
# What DuckDB's trim removes.
_SPACES = " \u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000"
# Reading this many numbers one by one takes less time than planning a query for them.
_FEW = 500
# The same words come in file after file.
_fold = lru_cache(maxsize=100_000)(fold)
_parse_period = lru_cache(maxsize=100_000)(periods.parse)


class Reading(NamedTuple):
    """What one text was read as, or why it was refused."""

    code: Any
    refusal: Refusal | None = None


_NOTHING = Reading(None)
_NO_PERIOD = (None, None, None, None)
_NO_TEXT = pa.scalar(None, pa.string())


# -- one file ----------------------------------------------------------------------------------------------------


class FileNormalizer:
    """One file on its way."""

    def __init__(self, shared: "Normalizer", cells: pa.Table, dataset: Dataset, file: FileFacts) -> None:
        """Nothing is read yet; ``counted`` and ``split`` do the work."""
        self.shared = shared
        self.contract = shared.contract
        self.con = shared.connection
        self.dataset = dataset
        self.file = file
        self.cells = cells
        self.count = cells.num_rows
        self.present = set(cells.column_names)
        self.problems: dict[str, list[EncodedColumn]] = {}
        self._texts: dict[str, EncodedColumn] = {}
        decimal = dataset.numbers.get("decimal", "grouped" if dataset.reader == "transcription" else None)
        self.decimal: str | None = decimal
        self.symbols = {str(k): str(v) for k, v in dataset.numbers.get("symbols", {}).items()}

    # -- concepts ----------------------------------------------------------------------------------------------

    @cached_property
    def indicator(self) -> EncodedColumn:
        """Indicator of each row."""
        return self._concept("indicator")

    @cached_property
    def period(self) -> EncodedColumn:
        """Time, frequency, first and last day of each row, together."""
        return self._period()

    def counted(self) -> Mask:
        """Rows that the declaration does not skip."""
        kept = np.ones(self.count, np.bool_)
        for column in (self.indicator, self.period.recoded(lambda period: period[0])):
            if SKIP in column.values:
                kept &= column.spread(
                    np.array([value != SKIP for value in column.values], np.bool_), self.count
                )
        return kept

    def _column(self, name: str) -> EncodedColumn:
        if name not in self._texts:
            self._texts[name] = encode(self.cells[name])
        return self._texts[name]

    def _mapping(self, name: str, column: str, read: Callable[[str], Reading]) -> EncodedColumn:
        """Codes of a column's texts; what cannot be read is remembered as a problem of the concept ``name``."""
        texts = self._column(column)
        readings = [_NOTHING if text is None else read(text) for text in texts.values]
        self._problem(name, EncodedColumn([reading.refusal for reading in readings], texts.ids))
        return EncodedColumn([reading.code for reading in readings], texts.ids)

    def _problem(self, name: str, refusals: EncodedColumn) -> None:
        if any(refusals.values):
            self.problems.setdefault(name, []).append(refusals)

    def _concept(self, name: str) -> EncodedColumn:
        if name in self.file.constants:
            return constant(self.file.constants[name])
        parts = self.dataset.concepts.get(name)
        return self._parts(name, parts, _DEFAULTS.get(name)) if parts else constant(_DEFAULTS.get(name))

    def _parts(self, name: str, parts: Sequence[Concept], default: str | None) -> EncodedColumn:
        """The first part that says something else than "total"; the last one's word otherwise."""
        said = [self._part(name, part, default) for part in parts]
        if len(said) == 1:
            return said[0]
        return first_that_says(said, lambda code: code not in (None, TOTAL), default or "")

    def _part(self, name: str, part: Concept, default: str | None) -> EncodedColumn:
        if part.const is not None:
            return constant(part.const)
        column = next((column for column in part.columns if column in self.present), None)
        absent = part.absent if part.absent is not None else default
        if column is None:
            return constant(absent)
        codes = self._mapping(name, column, self._reader(name, column, part))
        if part.values is not None and "" in part.values:
            return codes
        empty = part.empty if part.empty is not None else absent
        texts = self._column(column).values
        filled = [
            code if text and text.strip(_SPACES) else empty
            for text, code in zip(texts, codes.values, strict=True)
        ]
        return EncodedColumn(filled, codes.ids)

    def _reader(self, name: str, column: str, part: Concept) -> Callable[[str], Reading]:
        folded = {_fold(label): code for label, code in (part.values or {}).items()}

        def read(label: str) -> Reading:
            text = label
            if not text.strip() and (part.values is None or "" not in part.values):
                return _NOTHING
            if part.extract:
                found = _extract(part, text)
                if found is None:
                    return (
                        Reading(part.absent)
                        if part.absent is not None
                        else self._refusal("unmapped_label", label, column)
                    )
                text = found
            if part.values is not None:
                code = part.values.get(text, folded.get(_fold(text)))
                if code is not None:
                    return Reading(code)
                if name != "ref_area":
                    return self._refusal("unmapped_label", label, column)
            if name == "ref_area":
                return self._area(text, column)
            return Reading(text.strip())

        return read

    def _area(self, text: str, column: str) -> Reading:
        code, reason = self.shared.area(text, (self.dataset.country,))
        return Reading(code) if code else self._refusal(reason, text, column)

    def _refusal(self, rule: str, value: str, place: str = "") -> Reading:
        sentence = checks.sentence(self.contract, rule, value=value, place=place)
        return Reading(None, Refusal(rule, sentence.en, sentence.ru))

    def _period(self) -> EncodedColumn:
        stated = self.file.constants.get("time_period")
        part = self.dataset.concepts["time_period"][0]
        stated = part.const if stated is None else stated
        if stated is not None:
            reading = self._read_period(stated, stated, "")
            self._problem("time_period", constant(reading.refusal))
            return constant(reading.code or _NO_PERIOD)
        column = next(column for column in part.columns if column in self.present)
        read_label = self._reader("time_period", column, part)

        def read(label: str) -> Reading:
            found = read_label(label)
            if found.refusal or found.code == SKIP:
                return Reading((found.code, *_NO_PERIOD[1:]), found.refusal)
            return self._read_period(found.code or "", label, column)

        periods_ = self._mapping("time_period", column, read)
        if None in self._column(column).values:
            absent = self._refusal("unreadable_period", "").refusal
            self._problem(
                "time_period", self._column(column).recoded(lambda text: absent if text is None else None)
            )
        return periods_.recoded(lambda period: period or _NO_PERIOD)

    def _read_period(self, text: str, label: str, column: str) -> Reading:
        period = _parse_period(text)
        if period is None:
            return self._refusal("unreadable_period", label, column)
        return Reading((period.time_period, period.freq, period.start, period.end))

    def _breakdown(self) -> EncodedColumn:
        if self.dataset.breakdown_column:
            texts = self._column(self.dataset.breakdown_column)
            return texts.recoded(lambda text: (text or "").strip(_SPACES) or TOTAL)
        said = constant(None)
        for name in sorted(self.dataset.breakdown):
            codes = self._parts("breakdown", self.dataset.breakdown[name], TOTAL)
            said = crossed(said, codes, partial(_named, name))
        return said.recoded(lambda text: text or TOTAL)

    def _source(self) -> EncodedColumn:
        parts = self.dataset.concepts.get("source_id")
        if "source_id" in self.file.constants:
            return constant(self.file.constants["source_id"])
        if not parts:
            return constant(self.dataset.id)
        if parts[0].const is not None:
            return constant(parts[0].const)
        column = parts[0].columns[0]

        def read(label: str) -> Reading:
            known = label in self.shared.sources
            return Reading(label) if known else self._refusal("unknown_source", label, column)

        return self._mapping("source_id", column, read)

    # -- numbers -----------------------------------------------------------------------------------------------

    def _numbers(self) -> tuple[dict[str, Floats], EncodedColumn]:
        """Values and bounds, and the status that the text itself says."""
        value, word, odd = self._plain_numbers()
        texts = encode(self.cells[VALUE].filter(pa.array(odd))) if self.count > _FEW else self._column(VALUE)
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
        self._problem(VALUE, self._placed(rows, EncodedColumn(refusals, texts.ids), constant(None)))
        return self._scaled(found), self._placed(
            rows, EncodedColumn([n.status or None for n in read], texts.ids), word
        )

    def _plain_numbers(self) -> tuple[Floats, EncodedColumn, Mask]:
        """Values and statuses of the usual forms, and which rows are left."""
        if self.count <= _FEW:
            return np.full(self.count, np.nan), constant(None), np.ones(self.count, np.bool_)
        cleaned, value, status = numbers.sql(f'"{VALUE}"', decimal=self.decimal, symbols=self.symbols)
        with registered(self.con, number_texts=self.cells.select([VALUE])):
            plain = self.con.sql(
                f"SELECT {value} AS number, {status} AS status FROM (SELECT {cleaned} AS cleaned FROM number_texts)"
            ).to_arrow_table()
        numbers_ = plain["number"].to_numpy()
        word = encode(plain["status"])
        silent = word.spread(np.array([status is None for status in word.values], np.bool_), self.count)
        return numbers_, word, silent & np.isnan(numbers_)

    def _read_number(self, text: str | None) -> numbers.Number:
        number = numbers.parse(text, decimal=self.decimal, symbols=self.symbols)
        if number.upper is not None and number.value is None:
            return replace(number, status=self.dataset.numbers.get("censored", "O"))
        return number

    def _placed(self, rows: RowNumbers, column: EncodedColumn, around: EncodedColumn) -> EncodedColumn:
        """A column of some rows among all, another around it."""
        if not any(column.values):
            return around
        if len(rows) == self.count:
            return column
        ids = np.array(np.broadcast_to(0 if around.ids is None else around.ids, self.count), np.int32)
        ids[rows] = (0 if column.ids is None else column.ids) + len(around.values)
        return EncodedColumn([*around.values, *column.values], ids)

    def _bound(self, name: str) -> Floats:
        parts = self.dataset.concepts.get(name)
        column = next((c for part in parts or () for c in part.columns if c in self.present), None)
        if column is None:
            return np.full(self.count, np.nan)

        def read(label: str) -> Reading:
            number = numbers.parse(label, decimal=self.decimal, symbols=self.symbols)
            if number.problem:
                return self._refusal("unreadable_number", label, column)
            return Reading(number.value)

        bounds = self._mapping(name, column, read)
        return bounds.spread(_floats(bounds.values), self.count)

    def _scaled(self, found: dict[str, Floats]) -> dict[str, Floats]:
        column = scaled_column(self.dataset.numbers)
        if column is not None:
            return self._scaled_by(column, found)
        factor = float(self.dataset.numbers.get("multiply", 1))
        if factor == 1:
            return found
        table = pa.table({name: pa.array(floats, from_pandas=True) for name, floats in found.items()})
        # 2053.2 thousand is 2 053 200, not 2 053 199.9999999998.
        scaled = ", ".join(f"round({name} * {factor!r}, 6) AS {name}" for name in found)
        with registered(self.con, unscaled=table):
            answer = self.con.sql(f"SELECT {scaled} FROM unscaled").to_arrow_table()
        return {name: answer[name].to_numpy() for name in found}

    def _scaled_by(self, column: str, found: dict[str, Floats]) -> dict[str, Floats]:
        """Values and bounds by the factor that a column of the file states for each row."""
        texts = self._column(column)
        factors = texts.recoded(factor_reader(self.dataset.numbers))
        unknown = [
            self._refusal("scale_unknown", text or "", column).refusal if factor is None else None
            for text, factor in zip(texts.values, factors.values, strict=True)
        ]
        self._problem("scale", EncodedColumn(unknown, texts.ids))
        factor = factors.spread(_floats(factors.values), self.count)
        # 2053.2 thousand is 2 053 200, not 2 053 199.9999999998.
        return {
            name: np.where(factor == 1, floats, np.round(floats * factor, 6))
            for name, floats in found.items()
        }

    def _refuse_by_text(self, unit: EncodedColumn) -> None:
        """Rows that the reader could not place, whose scale is undeclared, or whose text is no count."""
        if PROBLEM in self.present:
            self._refuse_texts("record", "unreadable_record", PROBLEM, bool)
        for name, says in scale_columns(self.present, self.dataset.numbers).items():
            self._refuse_texts("scale", "scale_undeclared", name, says)
        pattern = numbers.no_count_pattern(self.decimal)
        if not pc.any(pc.match_substring_regex(self.cells[VALUE], pattern)).as_py():
            return
        texts = self._column(VALUE)
        refusals = texts.recoded(
            lambda t: self._refusal("no_count", t).refusal if t and re.search(pattern, t) else None
        )
        self._problem(VALUE, either(self._is_count(unit), refusals, constant(None)))

    def _is_count(self, unit: EncodedColumn) -> Mask:
        """Rows that count something."""
        return np.array(
            unit.spread(np.array([code == "NUMBER" for code in unit.values], np.bool_), self.count), np.bool_
        )

    def _refuse_texts(self, concept: str, rule: str, column: str, wrong: Callable[[str], bool]) -> None:
        """Refuse the rows whose text in a column is wrong."""
        texts = self._column(column)
        refused = texts.recoded(
            lambda text: self._refusal(rule, text, column).refusal if text and wrong(text) else None
        )
        self._problem(concept, refused)

    def _status(self, missing: Mask, word: EncodedColumn) -> EncodedColumn:
        """A missing value's reason first, then what the source marks, then doubt, then the dataset's default."""
        declared = self._concept("obs_status")
        present = first_that_says(
            [declared, word], lambda status: status not in (None, ""), self.dataset.default_status
        )
        reasons = self.contract.null_statuses
        own = declared.recoded(lambda status: status if status in reasons else None)
        return either(missing, first_that_says([own, word], bool, None), present)

    def _unit(self, indicator: EncodedColumn) -> EncodedColumn:
        own = indicator.recoded(self.shared.units.get)
        return first_that_says(
            [self._concept("unit_measure"), own], lambda unit: unit not in (None, ""), None
        )

    def _note(self) -> Any:
        """What is declared, then what the file attaches to the cell."""
        declared = self._concept("note").recoded(lambda note: note or None)
        attached = self.cells[NOTE]
        attached = pc.if_else(pc.equal(attached, ""), _NO_TEXT, attached)
        if not any(declared.values):
            return attached
        said = written_out(declared, pa.string(), None, self.count)
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
            "conf_status": constant("F"), "dataset_id": constant(self.dataset.id),
            "raw_sha256": constant(self.file.sha256), "retrieved_at": constant(self.file.retrieved_at),
            "first_release": constant(_FIRST_RELEASE),
        }  # fmt: skip
        for place, name in enumerate(OF_PERIOD):
            columns[name] = EncodedColumn([period[place] for period in self.period.values], self.period.ids)
        for name, floats in found.items():
            columns[name] = constant(None) if np.isnan(floats).all() else pa.array(floats, from_pandas=True)
        self._refuse_by_text(columns["unit_measure"])
        if status := self.dataset.numbers.get("fractions"):
            parts = np.abs(found["obs_value"] - np.round(found["obs_value"])) > 1e-6
            fractional = parts & self._is_count(columns["unit_measure"])
            columns["obs_status"] = either(fractional, constant(str(status)), columns["obs_status"])
        return columns

    def split(self) -> tuple[pa.Table, pa.Table, int]:
        """Good and refused rows; of two equal ones the first stays, two that contradict each other both go."""
        if not self.count:
            return self.shared.good_schema().empty_table(), self.shared.quarantine([]), 0
        columns = self._columns()
        verdict, keys = self._judge(columns)
        columns["obs_key"] = keys["obs_key"]
        problems = [problem for name in _ORDER for problem in self.problems.get(name, ())]
        refusals = first_that_says([*problems, verdict], bool, None)
        good = refusals.spread(np.array([refusal is None for refusal in refusals.values]), self.count)
        repeated, contradicting = self._twins(good, keys, columns)
        sentence = checks.sentence(self.contract, "duplicate_key")
        twin = constant(Refusal("duplicate_key", sentence.en, sentence.ru))
        refusals = either(contradicting, twin, refusals)
        refused = self._refused(refusals, ~good | contradicting)
        good &= ~(repeated | contradicting)
        return arrow_table(columns, self.shared.good_schema(), good), refused, int(repeated.sum())

    def _judge(self, columns: Mapping[str, Any]) -> tuple[EncodedColumn, pa.Table]:
        """What the contract's checks refuse, and the key of each row with its hash."""
        verdicts = self.shared.verdicts
        worst = np.full(self.count, FINE, np.int16)
        lent: dict[str, Any] = {}
        for axis in verdicts.axes:
            main = columns["dataset_id" if axis.main == "file" else axis.main]
            used = main.used()
            asked = [
                tuple(columns[n].values[0 if n in OF_FILE else place] for n in axis.columns) for place in used
            ]
            answers = verdicts.of_values(axis, asked)
            worst = np.minimum(worst, self._worst(main, used, [answer[0] for answer in answers]))
            for place, name in enumerate(axis.lent, 1):
                values = dict(zip(used, (answer[place] for answer in answers), strict=True))
                known = EncodedColumn([values.get(i) for i in range(len(main.values))], main.ids)
                lent[name] = known.dictionary(verdicts.types[name], self.count)
        keys = self._keys(columns, lent)
        worst = np.minimum(worst, keys["verdict"].fill_null(FINE).to_numpy())
        if (worst == FINE).all():
            return constant(None), keys
        return EncodedColumn(
            [*verdicts.refusals, None], np.minimum(worst, len(verdicts.refusals)).astype(np.int32)
        ), keys

    def _worst(
        self, main: EncodedColumn, used: Sequence[int], numbers_: Sequence[int | None]
    ) -> npt.NDArray[np.int16]:
        """Number of the first violated check for each row, or for all together where there is none."""
        by_value = np.full(len(main.values), FINE, np.int16)
        by_value[list(used)] = [FINE if number is None else number for number in numbers_]
        return main.spread(by_value, 1) if (by_value < FINE).any() else np.full(1, FINE, np.int16)

    def _keys(self, columns: Mapping[str, Any], lent: Mapping[str, Any]) -> pa.Table:
        verdicts = self.shared.verdicts
        parts = [*_KEY, "source_id"] if self.dataset.source_in_key else _KEY
        varied = [name for name in parts if columns[name].ids is not None]
        given = {name: columns[name] for name in dict.fromkeys([*varied, *verdicts.row_columns])}
        kinds = {name: verdicts.schema.field(name).type for name in given}
        table = {
            name: column.dictionary(kinds[name], self.count) if isinstance(column, EncodedColumn) else column
            for name, column in given.items()
        }
        words = ", ".join(f'"{name}"' if name in varied else _text(columns[name].values[0]) for name in parts)
        with registered(self.con, judged_rows=pa.table({**table, **lent})):
            return self.con.sql(verdicts.of_rows(f"left(md5(concat_ws('|', {words})), 16)")).to_arrow_table()

    def _twins(self, good: Mask, keys: pa.Table, columns: Mapping[str, Any]) -> tuple[Mask, Mask]:
        """Rows that say again what an earlier one says, and rows that contradict one another."""
        repeated, contradicting = np.zeros((2, self.count), np.bool_)
        hashed = keys["hashed"].to_numpy()
        ordered = np.sort(hashed[good])
        common = ordered[1:][ordered[1:] == ordered[:-1]]
        if len(common):
            rows = np.flatnonzero(good & np.isin(hashed, common))
            suspects = {
                name: chosen_rows(columns[name], self.shared.good_schema().field(name).type, rows)
                for name in ("obs_key", "obs_value", "obs_status")
            }
            with registered(self.con, suspects=pa.table({"_row": rows, **suspects})):
                found = self.con.execute(_TWINS).fetchnumpy()
            repeated[found["_row"][found["versions"] == 1]] = True
            contradicting[found["_row"][found["versions"] > 1]] = True
        return repeated, contradicting

    def _refused(self, refusals: EncodedColumn, refused: Mask) -> pa.Table:
        rows = np.flatnonzero(refused)
        cells = self.cells.take(pa.array(rows))
        mine = refusals if refusals.ids is None else EncodedColumn(refusals.values, refusals.ids[rows])
        return self.shared.refuse(cells, mine, self.dataset, self.file, self._json(cells))

    def _json(self, cells: pa.Table) -> pa.ChunkedArray:
        """What else stands in each row."""
        if not cells.num_rows:
            return pa.chunked_array([], pa.string())
        # DuckDB's names know no case, files' names do (INDICATOR beside Indicator): numbers keep them apart.
        shown = sorted(self.present - set(RESERVED))
        numbered = {f"c{place}": cells[name] for place, name in enumerate(shown)}
        pairs = ", ".join(f"{_text(name)}, c{place}" for place, name in enumerate(shown))
        with registered(self.con, refused_cells=pa.table({"_n": np.arange(cells.num_rows), **numbered})):
            query = f"SELECT CAST(json_object({pairs}) AS VARCHAR) AS json FROM refused_cells ORDER BY _n"
            return self.con.sql(query).to_arrow_table()["json"]


_TWINS = """
WITH twins AS (
  SELECT obs_key, count(DISTINCT concat_ws('|', coalesce(CAST(obs_value AS VARCHAR), ''), obs_status)) AS versions,
    min(_row) AS first_row
  FROM suspects GROUP BY obs_key HAVING count(*) > 1)
SELECT _row, versions FROM suspects JOIN twins USING (obs_key) WHERE versions > 1 OR _row <> first_row"""


def selected_rows(cells: pa.Table, dataset: Dataset) -> pa.Table:
    """Rows that the declaration asks for, and those that the reader could not place."""
    wanted = pa.array(np.ones(cells.num_rows, np.bool_))
    for column, values in dataset.where.items():
        wanted = pc.and_(wanted, pc.is_in(cells[column], value_set=pa.array(values, pa.string())))
    if dataset.numbers.get("blank") == "skip":
        filled = pc.not_equal(pc.utf8_trim(cells[VALUE], characters=_SPACES), "")
        wanted = pc.and_(wanted, pc.fill_null(filled, False))
    if PROBLEM in cells.column_names:
        wanted = pc.or_(wanted, pc.is_valid(cells[PROBLEM]))
    return cells.filter(wanted)


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


def _floats(values: Sequence[float | None]) -> Floats:
    return np.array([np.nan if value is None else value for value in values], np.float64)


def _text(value: str | None) -> str:
    return "CAST(NULL AS VARCHAR)" if value is None else "'" + value.replace("'", "''") + "'"

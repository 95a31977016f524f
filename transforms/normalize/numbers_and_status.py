"""Value and bounds of each row, and the status that goes with them (``obs_status``: missing and why, doubtful …).

DuckDB reads the plain forms of the value's text for all rows at once; what it leaves ("4.5 (3-6)", "<5") is read in
Python, once per distinct text. Both by the same table of forms in ``transforms.parse.read_numbers``, which says what a
number looks like; nothing here does.

Not here: thousands and millions (``scale``). Called by ``one_file``.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from sources.cells import VALUE
from sources.dataset import Scale
from transforms.normalize.codes_from_labels import read_concept
from transforms.normalize.encoded_columns import (
    EncodedColumn,
    Floats,
    Mask,
    constant,
    crossed,
    either,
    encode,
    first_that_says,
    placed,
)
from transforms.normalize.file_cells import FileCells
from transforms.normalize.queries import registered
from transforms.normalize.readings import ReadColumn, Reading, read_each
from transforms.normalize.scale import factor_reader, fixed_factor
from transforms.parse import read_numbers

# Reading this many numbers one by one takes less time than planning a query for them.
FEW = 500
_THREE_BEHIND_COMMA = re.compile(r"(?:[0-9]{1,2}|100),[0-9]{3}\s?%?")


class Numbers(NamedTuple):
    """Floats (NaN: none) of ``obs_value``, ``obs_lower``, ``obs_upper``; the status that the text itself says."""

    floats: Mapping[str, Floats]
    word: EncodedColumn
    refusals: Mapping[str, tuple[EncodedColumn, ...]]


def read_values(file: FileCells, unit: EncodedColumn) -> Numbers:
    """Values and bounds, multiplied as declared, and the status that the text itself says; ``unit``: of each row."""
    value, word, left = _plain_numbers(file)
    lower, upper = (_read_bound(file, name) for name in ("obs_lower", "obs_upper"))
    floats = {"obs_value": value, "obs_lower": lower.floats, "obs_upper": upper.floats}
    rows = np.flatnonzero(left)
    texts = encode(file.cells[VALUE].filter(pa.array(left))) if file.count > FEW else file.texts(VALUE)
    texts = crossed(texts, unit.rows(rows), lambda text, code: (text, code == "PERCENT"))
    read = [_read_number(file, *pair) for pair in texts.dictionary]
    for name, column in floats.items():
        # What the text of the value says of a bound goes before a bound from a column of its own.
        own = _floats([getattr(number, name.removeprefix("obs_")) for number in read])
        if not np.isnan(own).all():
            spread = texts.spread(own, len(rows))
            column[rows] = np.where(np.isnan(spread), column[rows], spread)
    problems = EncodedColumn(_problems(file, [text for text, _ in texts.dictionary], read), texts.indices)
    words = EncodedColumn([number.status or None for number in read], texts.indices)
    refusals = {
        VALUE: (placed(rows, problems, constant(None), file.count),),
        "obs_lower": lower.refusals,
        "obs_upper": upper.refusals,
    }
    # Zero has no sign.
    floats = {name: column + 0.0 for name, column in floats.items()}
    scaled, unknown = _scaled(file, floats)
    return Numbers(scaled, placed(rows, words, word, file.count), {**refusals, "scale": unknown})


def read_printed(file: FileCells) -> pa.ChunkedArray:
    """The cell's own text, with the factor that the file or its declaration states elsewhere: ``9 661,6 × 1000``."""
    scale = file.dataset.numbers.multiply
    if isinstance(scale, Scale):
        factors = file.texts(scale.column).recoded(factor_reader(scale))
    else:
        factors = constant(fixed_factor(file.dataset.numbers))
    if all(factor in (None, 1) for factor in factors.dictionary):
        return file.cells[VALUE]
    times = factors.recoded(lambda factor: "" if factor in (None, 1) else f" × {factor:.10g}")
    return pc.binary_join_element_wise(
        file.cells[VALUE], times.to_arrow(pa.string(), file.count).cast(pa.string()), ""
    )


def read_status(file: FileCells, missing: Mask, word: EncodedColumn) -> ReadColumn:
    """The status of each row. What decides, each where those above say nothing:

    =  =============================================  ========================================
    .  value missing                                  value there
    =  =============================================  ========================================
    1  the concept ``obs_status``, where it says why  the concept ``obs_status``
       a value is missing (M, Q, L)
    2  the sign in the value's text                   the mark in the value's text (doubt, say)
    3                                                 ``default_status`` of the dataset
    =  =============================================  ========================================
    """
    declared = read_concept(file, "obs_status")
    present = first_that_says(
        [declared.codes, word], lambda status: status not in (None, ""), file.dataset.default_status
    )
    # A publisher's own reason for a missing value (M, Q, L) says more than its sign.
    reasons = file.lookups.contract.null_statuses
    own = declared.codes.recoded(lambda status: status if status in reasons else None)
    return ReadColumn(either(missing, first_that_says([own, word], bool, None), present), declared.refusals)


def counts(file: FileCells, unit: EncodedColumn) -> Mask:
    """Rows that count something: persons, cases, orders."""
    return unit.where(lambda code: code == "NUMBER", file.count)


def with_fractions(
    file: FileCells, value: Floats, unit: EncodedColumn, status: EncodedColumn
) -> EncodedColumn:
    """The status, where a declaration says what a fraction of a counted thing is (an estimate, say)."""
    declared = file.dataset.numbers.fractions
    if declared is None:
        return status
    parts = np.abs(value - np.round(value)) > 1e-6
    return either(parts & counts(file, unit), constant(declared), status)


# -- the value's text --------------------------------------------------------------------------------------------


def _plain_numbers(file: FileCells) -> tuple[Floats, EncodedColumn, Mask]:
    """Values and statuses of the plain forms, and which rows are left to be read in Python."""
    if file.count <= FEW:
        return np.full(file.count, np.nan), constant(None), np.ones(file.count, np.bool_)
    cleaned, value, status = read_numbers.sql(f'"{VALUE}"', **_format(file))
    # A cursor of its own: the rows of another part may be judged meanwhile.
    with (
        file.lookups.connection.cursor() as con,
        registered(con, number_texts=file.cells.select([VALUE])),
    ):
        query = f"SELECT {value} AS number, {status} AS status FROM (SELECT {cleaned} AS cleaned FROM number_texts)"
        plain = con.sql(query).to_arrow_table()
    floats = plain["number"].to_numpy()
    word = encode(plain["status"])
    left = np.isnan(floats) & word.where(lambda status: status is None, file.count)
    return floats, word, left


def _read_number(file: FileCells, text: str | None, share: bool) -> read_numbers.Number:
    """The number of a text; ``share``: it is of a per cent of a whole, where "33,800" can be no thousands."""
    number = read_numbers.parse(text, **_format(file))
    if number.problem and share and _may_group(file, text or ""):
        number = read_numbers.parse(text, **{**_format(file), "decimal": ","})
    if number.upper is not None and number.value is None:
        # "<5": a value that exists and is not shown.
        return replace(number, status=file.dataset.numbers.censored)
    return number


def _may_group(file: FileCells, text: str) -> bool:
    """Whether a comma without a declared mark is that of decimals or of thousands, and no other text has a point."""
    # Of a part of a large file nobody knows the other parts' texts.
    if (
        file.dataset.numbers.decimal
        or file.parts is not None
        or not _THREE_BEHIND_COMMA.fullmatch(text.strip())
    ):
        return False
    return not any("." in (other or "") for other in file.texts(VALUE).dictionary)


def _format(file: FileCells) -> dict[str, Any]:
    """How this dataset prints numbers."""
    return {"decimal": file.dataset.numbers.decimal, "symbols": file.dataset.numbers.symbols}


def _problems(file: FileCells, texts: Sequence[str | None], read: Sequence[read_numbers.Number]) -> list[Any]:
    return [
        file.lookups.refusal("unreadable_number", value=text or "") if number.problem else None
        for text, number in zip(texts, read, strict=True)
    ]


# -- bounds and scale --------------------------------------------------------------------------------------------


class _Bound(NamedTuple):
    floats: Floats
    refusals: tuple[EncodedColumn, ...]


def _read_bound(file: FileCells, name: str) -> _Bound:
    """A bound from a column of its own; NaN in every row where none is declared."""
    if name not in file.dataset.concepts:
        return _Bound(np.full(file.count, np.nan), ())
    texts = read_concept(file, name)
    place = next((c for part in file.dataset.concepts[name] for c in part.columns if c in file.present), "")

    def read(text: str) -> Reading:
        number = read_numbers.parse(text, **_format(file))
        if number.problem:
            return Reading(None, file.lookups.refusal("unreadable_number", value=text, place=place))
        return Reading(number.value)

    bounds = read_each(texts.codes, read)
    floats = bounds.codes.spread(_floats(bounds.codes.dictionary), file.count)
    return _Bound(floats, (*texts.refusals, *bounds.refusals))


def _scaled(
    file: FileCells, floats: Mapping[str, Floats]
) -> tuple[Mapping[str, Floats], tuple[EncodedColumn, ...]]:
    """Values and bounds in ones, and refusals of rows whose scale cannot be read."""
    scale = file.dataset.numbers.multiply
    if isinstance(scale, Scale):
        return _scaled_by(file, scale, floats)
    factor = fixed_factor(file.dataset.numbers)
    if factor == 1:
        return floats, ()
    # 2053.2 thousand is 2 053 200, not 2 053 199.9999999998.
    return {name: np.round(column * factor, 6) for name, column in floats.items()}, ()


def _scaled_by(
    file: FileCells, scale: Scale, floats: Mapping[str, Floats]
) -> tuple[Mapping[str, Floats], tuple[EncodedColumn, ...]]:
    """By the factor that a column of the file states for each row."""
    texts = file.texts(scale.column)
    factors = texts.recoded(factor_reader(scale))
    unknown = [
        file.lookups.refusal("scale_unknown", value=text or "", place=scale.column)
        if factor is None
        else None
        for text, factor in zip(texts.dictionary, factors.dictionary, strict=True)
    ]
    factor = factors.spread(_floats(factors.dictionary), file.count)
    scaled = {
        name: np.where(factor == 1, column, np.round(column * factor, 6)) for name, column in floats.items()
    }
    return scaled, (EncodedColumn(unknown, texts.indices),)


def _floats(values: Sequence[float | None]) -> Floats:
    return np.array([np.nan if value is None else value for value in values], np.float64)

"""Value and bounds of each row, and the status that goes with them (``obs_status``: missing and why, doubtful …).

DuckDB reads the plain forms of the value's text for all rows at once; what it leaves ("4.5 (3-6)", "<5") is read in
Python, once per distinct text. Both by the same table of forms in ``transforms.parse.numbers``, which says what a
number looks like; nothing here does.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa

from sources.cells import VALUE
from transforms.normalize.concepts import read_concept
from transforms.normalize.encoded_columns import (
    EncodedColumn,
    Floats,
    Mask,
    constant,
    either,
    encode,
    first_that_says,
    placed,
)
from transforms.normalize.file_cells import FileCells
from transforms.normalize.queries import registered
from transforms.normalize.readings import ReadColumn, Reading, read_each
from transforms.parse import numbers

# Reading this many numbers one by one takes less time than planning a query for them.
FEW = 500


class Numbers(NamedTuple):
    """Floats (NaN: none) of ``obs_value``, ``obs_lower``, ``obs_upper``; the status that the text itself says."""

    floats: Mapping[str, Floats]
    word: EncodedColumn
    refusals: Mapping[str, tuple[EncodedColumn, ...]]


def read_numbers(file: FileCells) -> Numbers:
    """Values and bounds, multiplied as declared, and the status that the text itself says."""
    value, word, left = _plain_numbers(file)
    lower, upper = (_read_bound(file, name) for name in ("obs_lower", "obs_upper"))
    floats = {"obs_value": value, "obs_lower": lower.floats, "obs_upper": upper.floats}
    rows = np.flatnonzero(left)
    texts = encode(file.cells[VALUE].filter(pa.array(left))) if file.count > FEW else file.texts(VALUE)
    read = [_read_number(file, text) for text in texts.dictionary]
    for name, column in floats.items():
        # What the text of the value says of a bound goes before a bound from a column of its own.
        own = _floats([getattr(number, name.removeprefix("obs_")) for number in read])
        if not np.isnan(own).all():
            spread = texts.spread(own, len(rows))
            column[rows] = np.where(np.isnan(spread), column[rows], spread)
    problems = EncodedColumn(_problems(file, texts.dictionary, read), texts.indices)
    words = EncodedColumn([number.status or None for number in read], texts.indices)
    refusals = {
        VALUE: (placed(rows, problems, constant(None), file.count),),
        "obs_lower": lower.refusals,
        "obs_upper": upper.refusals,
    }
    return Numbers(_scaled(file, floats), placed(rows, words, word, file.count), refusals)


def read_status(file: FileCells, missing: Mask, word: EncodedColumn) -> ReadColumn:
    """A missing value's reason first, then what the source marks, then doubt, then the dataset's default."""
    declared = read_concept(file, "obs_status")
    present = first_that_says(
        [declared.codes, word], lambda status: status not in (None, ""), file.dataset.default_status
    )
    return ReadColumn(either(missing, word, present), declared.refusals)


# -- the value's text --------------------------------------------------------------------------------------------


def _plain_numbers(file: FileCells) -> tuple[Floats, EncodedColumn, Mask]:
    """Values and statuses of the plain forms, and which rows are left to be read in Python."""
    if file.count <= FEW:
        return np.full(file.count, np.nan), constant(None), np.ones(file.count, np.bool_)
    cleaned, value, status = numbers.sql(f'"{VALUE}"', **_format(file))
    with registered(file.lookups.connection, number_texts=file.cells.select([VALUE])):
        query = f"SELECT {value} AS number, {status} AS status FROM (SELECT {cleaned} AS cleaned FROM number_texts)"
        plain = file.lookups.connection.sql(query).to_arrow_table()
    floats = plain["number"].to_numpy()
    word = encode(plain["status"])
    left = np.isnan(floats) & word.where(lambda status: status is None, file.count)
    return floats, word, left


def _read_number(file: FileCells, text: str | None) -> numbers.Number:
    number = numbers.parse(text, **_format(file))
    if number.upper is not None and number.value is None:
        # "<5": a value that exists and is not shown.
        return replace(number, status=file.dataset.numbers.censored)
    return number


def _format(file: FileCells) -> dict[str, Any]:
    """How this dataset prints numbers."""
    return {"decimal": file.dataset.numbers.decimal, "symbols": file.dataset.numbers.symbols}


def _problems(file: FileCells, texts: Sequence[str | None], read: Sequence[numbers.Number]) -> list[Any]:
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
        number = numbers.parse(text, **_format(file))
        if number.problem:
            return Reading(None, file.lookups.refusal("unreadable_number", value=text, place=place))
        return Reading(number.value)

    bounds = read_each(texts.codes, read)
    floats = bounds.codes.spread(_floats(bounds.codes.dictionary), file.count)
    return _Bound(floats, (*texts.refusals, *bounds.refusals))


def _scaled(file: FileCells, floats: Mapping[str, Floats]) -> Mapping[str, Floats]:
    factor = float(file.dataset.numbers.multiply)
    if factor == 1:
        return floats
    table = pa.table({name: pa.array(column, from_pandas=True) for name, column in floats.items()})
    # 2053.2 thousand is 2 053 200, not 2 053 199.9999999998.
    scaled = ", ".join(f"round({name} * {factor!r}, 6) AS {name}" for name in floats)
    with registered(file.lookups.connection, unscaled=table):
        answer = file.lookups.connection.sql(f"SELECT {scaled} FROM unscaled").to_arrow_table()
    return {name: answer[name].to_numpy() for name in floats}


def _floats(values: Sequence[float | None]) -> Floats:
    return np.array([np.nan if value is None else value for value in values], np.float64)

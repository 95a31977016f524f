"""One verdict a row from the contract's checks, and the key of each row.

Of several checks that a row violates the first in the contract's order names the reason: a verdict is the lowest
number. What the checks are and which look at what is in ``verdicts``; labels and numbers that could not be read are
refused before the contract is asked (``one_file`` puts both together). Called by ``one_file``.
"""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from data_contracts.sql import literal
from data_contracts.strict_files import nearest
from transforms.normalize.encoded_columns import EncodedColumn, constant, either
from transforms.normalize.file_cells import FileCells
from transforms.normalize.keys import key_parts, key_sql
from transforms.normalize.queries import registered
from transforms.normalize.readings import Refusal
from transforms.normalize.verdicts import FINE, OF_FILE, CheckGroup

Numbers = npt.NDArray[np.int16]


class Judged(NamedTuple):
    """``refusals``: why the contract refuses a row (None: fine). ``keys``: ``obs_key``; ``hashes``: a number of it."""

    refusals: EncodedColumn
    keys: pa.ChunkedArray
    hashes: pa.ChunkedArray


def judge(file: FileCells, columns: Mapping[str, Any]) -> Judged:
    """Judge all rows; ``columns``: every column of the observations but the key, encoded or Arrow."""
    verdicts = file.lookups.verdicts
    lowest = np.full(file.count, FINE, np.int16)
    derived: dict[str, pa.Array] = {}
    for group in verdicts.groups:
        numbers, columns_of_group = _judge_group(file, group, columns)
        lowest = np.minimum(lowest, numbers)
        derived |= columns_of_group
    answer = _ask_rows(file, columns, derived)
    lowest = np.minimum(lowest, answer["verdict"].fill_null(FINE).to_numpy())
    if (lowest == FINE).all():
        return Judged(constant(None), answer["obs_key"], answer["hashed"])
    fine = len(verdicts.refusals)
    refusals = EncodedColumn([*verdicts.refusals, None], np.minimum(lowest, fine).astype(np.int32))
    for number in () if file.dataset.restricted else np.unique(lowest[lowest < FINE]).tolist():
        refusals = either(lowest == number, _with_the_code(file, columns, number), refusals)
    return Judged(refusals, answer["obs_key"], answer["hashed"])


def _with_the_code(file: FileCells, columns: Mapping[str, Any], number: int) -> EncodedColumn:
    """The refusal of a check; where a code is not in its list, or none of an age, with that code and what is one."""
    verdicts = file.lookups.verdicts
    refusal, listed = verdicts.refusals[number], verdicts.listed(number)
    if listed is None and refusal.rule != "age_malformed":
        return constant(refusal)

    def named(code: str | None) -> Refusal:
        close = nearest(code or "", listed.members) if listed else None
        key = "misspelt_code" if close else "unknown_code" if listed else "no_age_code"
        more = file.lookups.refusal(refusal.rule, sentence=key, value=code or "", close=close or "")
        return Refusal(refusal.rule, f"{refusal.en} {more.en}", f"{refusal.ru} {more.ru}")

    column: EncodedColumn = columns[listed.column if listed else "age"]
    return column.recoded(named)


def _judge_group(
    file: FileCells, group: CheckGroup, columns: Mapping[str, Any]
) -> tuple[Numbers, dict[str, pa.Array]]:
    """Lowest number of a violated check for each row (one number where all rows are fine), and derived columns."""
    verdicts = file.lookups.verdicts
    column = columns["dataset_id" if group.column == "file" else group.column]
    used = column.used()
    entries = [
        tuple(columns[name].dictionary[0 if name in OF_FILE else place] for name in group.inputs)
        for place in used
    ]
    answers = verdicts.of_entries(group, entries)
    derived = {}
    for place, name in enumerate(group.derived, 1):
        values: list[Any] = [None] * len(column.dictionary)
        for index, answer in zip(used, answers, strict=True):
            values[index] = answer[place]
        derived[name] = EncodedColumn(values, column.indices).to_arrow(
            verdicts.derived_types[name], file.count
        )
    return _numbers(column, used, [answer[0] for answer in answers]), derived


def _numbers(column: EncodedColumn, used: Sequence[int], violated: Sequence[int | None]) -> Numbers:
    by_entry = np.full(len(column.dictionary), FINE, np.int16)
    by_entry[list(used)] = [FINE if number is None else number for number in violated]
    # One number is enough for all rows where nothing is wrong: most columns of most files.
    return column.spread(by_entry, 1) if (by_entry < FINE).any() else np.full(1, FINE, np.int16)


def _ask_rows(file: FileCells, columns: Mapping[str, Any], derived: Mapping[str, pa.Array]) -> pa.Table:
    """Key and first violated check of whole rows; DuckDB is given only columns that differ from row to row."""
    verdicts = file.lookups.verdicts
    parts = {}
    for name in key_parts(file.dataset):
        same = columns[name].indices is None
        parts[name] = literal(columns[name].dictionary[0]) if same else f'"{name}"'
    varied = [name for name in parts if columns[name].indices is not None]
    table: dict[str, Any] = {}
    for name in dict.fromkeys([*varied, *verdicts.row_columns]):
        column = columns[name]
        encoded = isinstance(column, EncodedColumn)
        table[name] = column.to_arrow(verdicts.schema.field(name).type, file.count) if encoded else column
    with registered(file.lookups.connection, judged_rows=pa.table({**table, **derived})):
        return file.lookups.connection.sql(verdicts.of_rows(key_sql(parts))).to_arrow_table()

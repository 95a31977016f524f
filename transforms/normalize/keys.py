"""``obs_key``: the identity of an observation, the one place that makes it; and rows that share one.

The key is a ``k`` and the first 16 hexadecimal digits of an MD5 of the dataset and its dimensions, so that it is the
same in every release and on every machine::

    sample|DV_REPORTS|KZ-71|F|_T|_T|_T|_T|2024|NUMBER|C   ->   k5d0f6e7a81c2b394

**Why the k.** The key was once the 16 digits alone, and one in 800 looks like a number: spreadsheets read
``3259792228380e25`` as 3.26E+37 and ``0e16675373541183`` as 0. No notation of numbers, dates or formulas begins with a
k. An old key becomes a new one by writing the k before it: :func:`renewed_keys`.

Rows with equal keys: where they say the same figure and bounds, the first stays; where they contradict each other, all
of them are refused, since nobody can know which is right. Across the files of a dataset ``transforms.merge_files`` does
the same.

Called by ``one_file`` and ``transforms.merge_files``; :func:`renewed_keys` where an old release is read.
"""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from data_contracts.vocabulary import KEY
from sources.dataset import Dataset
from transforms.normalize.encoded_columns import Mask, chosen_rows
from transforms.normalize.lookups import LookUps
from transforms.normalize.queries import registered

_OLD_FORM = "^[0-9a-f]{16}$"
# SQL of a number as it is compared: 15 significant digits are what a DOUBLE surely keeps. 12.3 and 12.300000000000002
# are one number that two programs wrote; zero has no sign.
SAME_NUMBER = "printf('%.15g', {0} + 0)"


# -- the key -----------------------------------------------------------------------------------------------------


def key_parts(dataset: Dataset) -> tuple[str, ...]:
    """Columns that make the key; of a dataset in which two sources may state one cell, the source too."""
    return (*KEY, "source_id") if dataset.source_in_key else KEY


def key_sql(parts: Mapping[str, str]) -> str:
    """DuckDB expression of the key; ``parts``: an expression for each of the columns that make it, in order."""
    return f"'k' || left(md5(concat_ws('|', {', '.join(parts.values())})), 16)"


def renewed_keys(table: pa.Table) -> pa.Table:
    """A table of an older release with its keys in the present form; keys that have it stay.

    Every column called ``obs_key`` or ending so is a key: those of ``observations``, ``observation_history``,
    ``revisions``, ``rates``, ``discrepancies``. The order of rows does not change.
    """
    for place, field in enumerate(table.schema):
        if field.name.endswith("obs_key"):
            old = table.column(place)
            renewed = pc.replace_substring_regex(old, pattern=_OLD_FORM, replacement=r"k\0")
            table = table.set_column(place, field, renewed)
    return table


# -- rows with equal keys ----------------------------------------------------------------------------------------


#: what says whether two rows with one key contradict each other
COMPARED = ("obs_key", "obs_value", "obs_lower", "obs_upper", "obs_status")
_VALUE, _LOWER, _UPPER = (SAME_NUMBER.format(name) for name in COMPARED[1:4])
#: SQL of all that a row says of its figure, as one text
SAID = f"concat_ws('|', coalesce({_VALUE}, ''), coalesce({_LOWER}, ''), coalesce({_UPPER}, ''), obs_status)"
#: SQL of a group of rows: how many different things they say, more than one where they contradict each other. An
#: interval that one row says and another leaves out is no contradiction; two intervals are, and so are "<5" and "<10".
VERSIONS = f"""greatest(count(DISTINCT coalesce({_VALUE}, '') || obs_status), count(DISTINCT {_LOWER}),
    count(DISTINCT {_UPPER}))"""
# Hashes that are sorted at once: 128 MB.
_SORTED = 16_000_000

Hashes = npt.NDArray[np.uint64]


class EqualKeys(NamedTuple):
    """Rows that repeat an earlier one, and rows that contradict another; ``others``: the place of that other of each
    of these."""

    repeated: Mask
    contradicting: Mask
    others: pa.Array


def equal_keys(lookups: LookUps, good: Mask, hashes: pa.Array, columns: Mapping[str, Any]) -> EqualKeys:
    """Judge the good rows that share a key; ``hashes``: a number for each row, equal where keys are equal."""
    repeated, contradicting = np.zeros((2, len(good)), np.bool_)
    hashed = hashes.to_numpy()
    common = hashes_twice([hashed[good]])
    if not len(common):
        return EqualKeys(repeated, contradicting, pa.array([], pa.string()))
    rows = np.flatnonzero(good & np.isin(hashed, common))
    suspects = {
        name: chosen_rows(columns[name], lookups.good_schema.field(name).type, rows) for name in COMPARED
    }
    answer = judge_suspects(lookups, pa.table({"_row": rows, **suspects}))
    contradict = answer["versions"] > 1
    repeated[answer["_row"][~contradict]] = True
    contradicting[answer["_row"][contradict]] = True
    places = columns["raw_locator"].take(pa.array(answer["other"][contradict], pa.int64()))
    return EqualKeys(repeated, contradicting, places)


def hashes_twice(parts: Sequence[Hashes]) -> Hashes:
    """Hashes that occur more than once, in whichever of the parts, each once.

    Sorting numbers is cheap; texts are compared only where two numbers are equal. Many are sorted in shares, so that
    the memory is bounded.
    """
    shares = 1 << (sum(map(len, parts)) // _SORTED).bit_length()
    found = []
    for share in range(shares):
        mine = parts if shares == 1 else [part[part % shares == share] for part in parts]
        ordered = np.sort(np.concatenate(mine))
        found.append(np.unique(ordered[1:][ordered[1:] == ordered[:-1]]))
    return np.concatenate(found)


def judge_suspects(lookups: LookUps, suspects: pa.Table) -> dict[str, npt.NDArray[Any]]:
    """Of rows that may share a key those that do, save the first of each that only repeat it.

    ``suspects``: ``_row`` and ``COMPARED``. Gives ``_row``, how many ``versions`` the key has, and for rows that
    contradict another the number of that ``other``.
    """
    with registered(lookups.connection, suspects=suspects):
        answer = lookups.connection.execute(_EQUAL_KEYS).fetchnumpy()
    return {name: np.asarray(column) for name, column in answer.items()}


# The other of a contradicting row is the first row of its key that says something else.
_EQUAL_KEYS = f"""
WITH said AS (SELECT *, {SAID} AS said FROM suspects),
shared AS (
  SELECT obs_key, {VERSIONS} AS versions, min(_row) AS first_row, arg_min(said, _row) AS first_said
  FROM said GROUP BY obs_key HAVING count(*) > 1),
second AS (
  SELECT obs_key, min(_row) AS second_row FROM said JOIN shared USING (obs_key)
  WHERE said <> first_said GROUP BY obs_key)
SELECT _row, versions, if(said = first_said, coalesce(second_row, first_row), first_row) AS other
FROM said JOIN shared USING (obs_key) LEFT JOIN second USING (obs_key)
WHERE versions > 1 OR _row <> first_row ORDER BY _row"""

"""Incidents that a register says twice: which rows repeat one, and which contradict one.

::

    twice = find_twice(incidents)                    # Twice(repeated=1, contradicting=2)
    incidents.connection.sql("FROM rejected")        # r: number of a row that does not count

The same id twice with the same texts is one incident, the first row of it; with others, nobody knows which is right and
none of its rows is counted. Ids are compared over all files by a hash of 64 bits first, in bounded memory; the few rows
whose hash occurs twice are then compared by another 64 bits and by what is read of them.

Called by ``counting``.
"""

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from sources.incidents.database import Incidents
from sources.incidents.hashes import EMPTY
from transforms.normalize.queries import registered

# Hashes that are compared at once: 64 MB.
_COMPARED = 8_000_000
_BITS = 64


class Twice(NamedTuple):
    """Rows that repeat an incident, and rows that contradict another one of the same incident."""

    repeated: int
    contradicting: int


def find_twice(incidents: Incidents) -> Twice:
    """Make the table ``rejected``: the rows that do not count because they have no id, because their incident counts
    already, or because they contradict another row of it; with their file and the numbers of their texts."""
    connection = incidents.connection
    persons = ("person1", "person2") if incidents.roles.person else ()
    hashes = ("id1", "id2", "moment", *persons)
    columns = ["r BIGINT", "_file USMALLINT", *(f"{name} UBIGINT" for name in hashes)]
    columns += [f"{name} USMALLINT" for name in incidents.places]
    connection.execute(f"CREATE OR REPLACE TABLE suspects ({', '.join(columns)})")
    found = pa.table({"h": _hashes_in_question(incidents)})
    for file, piece in incidents.pieces((*hashes, *incidents.places)) if found.num_rows else ():
        with registered(connection, piece=piece, found=found):
            query = f"SELECT *, {file} AS _file FROM piece WHERE id1 IN (SELECT h FROM found)"
            connection.execute(f"INSERT INTO suspects BY NAME {query}")
    read = ", ".join(("moment", *persons, *incidents.places))
    connection.execute(
        f"""CREATE OR REPLACE TABLE rejected AS
        WITH shared AS (SELECT id1, id2, count(DISTINCT ({read})) AS versions, min(r) AS first
          FROM suspects WHERE id1 <> {EMPTY} GROUP BY id1, id2 HAVING count(*) > 1)
        SELECT suspects.*, versions > 1 AS contradicting FROM suspects LEFT JOIN shared USING (id1, id2)
        WHERE id1 = {EMPTY} OR versions > 1 OR r <> first"""
    )
    counted = dict(connection.execute("SELECT contradicting, count(*) FROM rejected GROUP BY 1").fetchall())
    return Twice(counted.get(False, 0), counted.get(True, 0))


def _hashes_in_question(incidents: Incidents) -> npt.NDArray[np.uint64]:
    """First hashes of ids that occur more than once, and that of rows without an id where there are any."""
    numbers = incidents.numbers
    parts = 1 << (numbers.rows // _COMPARED).bit_length()
    found = [np.array([EMPTY] if incidents.empty[incidents.roles.incident] else [], np.uint64)]
    for part in range(parts):
        pieces = [_of_part(piece["id1"], part, parts) for _, piece in numbers.pieces(("id1",))]
        hashes = np.concatenate([*pieces, np.zeros(0, np.uint64)])
        # Halves are sorted in two thirds of the time; few of them are equal where the hashes are not.
        halves = _equal(hashes.astype(np.uint32))
        is_in_question = np.zeros(1 << 16, np.bool_)
        is_in_question[halves.astype(np.uint16)] = True
        found.append(_equal(hashes[is_in_question[hashes.astype(np.uint16)]]))
    return np.unique(np.concatenate(found))


def _equal(numbers: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Those that occur more than once, by sorting, which takes a tenth of grouping."""
    numbers.sort()
    equal: npt.NDArray[Any] = numbers[1:][numbers[1:] == numbers[:-1]]
    return equal


def _of_part(hashes: npt.NDArray[np.uint64], part: int, parts: int) -> npt.NDArray[np.uint64]:
    """Those hashes of which the first bits are the number of the part, of as many as a power of two."""
    if parts == 1:
        return hashes
    own: npt.NDArray[np.uint64] = hashes[hashes >> np.uint64(_BITS - (parts - 1).bit_length()) == part]
    return own

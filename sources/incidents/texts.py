"""The different texts of one column of a register, each with a number and its rows.

::

    texts = Texts()
    texts.number(pa.array(["Ош", "Нарын", "Ош"]).dictionary_encode())      # [1, 2, 1]
    texts.values, texts.rows                                              # ["", "Ош", "Нарын"], [0, 2, 1]

Called by ``database``, batch by batch; not here: what a text means (``transforms.incidents.coding``).
"""

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

# A moment is its day: "2025-03-14 10:22", "14.03.2025 10:22".
_MOMENT = "^(?:[0-9]{4}-[0-9]{2}-[0-9]{2}[ T]|[0-9]{2}[.][0-9]{2}[.][0-9]{4} )"
_DAY = 10


class Texts:
    """Numbers for the texts of a column; the empty one is 0."""

    def __init__(self) -> None:
        """The empty text only, in no row."""
        self.values: pa.Array = pa.array([""])
        self.rows: npt.NDArray[np.int64] = np.zeros(1, np.int64)

    def number(self, column: pa.DictionaryArray) -> pa.Array:
        """The number of each row's text."""
        found = pc.index_in(column.dictionary, value_set=self.values)
        if found.null_count:
            new = pc.unique(column.dictionary.filter(found.is_null()))
            self.values = pa.concat_arrays([self.values, new])
            found = pc.index_in(column.dictionary, value_set=self.values)
        numbers = found.take(column.indices)
        rows = np.bincount(numbers.to_numpy(), minlength=len(self.values))
        self.rows = rows + np.pad(self.rows, (0, len(rows) - len(self.rows)))
        return numbers


def days_of(column: pa.DictionaryArray) -> tuple[pa.DictionaryArray, pa.Array]:
    """Days instead of moments; and of each row the whole text of its moment, null where it is a day already."""
    texts = column.dictionary
    moments = pc.match_substring_regex(texts, _MOMENT)
    if not pc.any(moments).as_py():
        return column, pa.nulls(len(column), pa.string())
    days = pc.if_else(moments, pc.utf8_slice_codeunits(texts, 0, _DAY), texts)
    whole = pc.if_else(moments, texts, None)
    return pa.DictionaryArray.from_arrays(column.indices, days), whole.take(column.indices)

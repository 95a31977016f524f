"""The different texts of one column of a register, each with a number.

::

    texts = Texts()
    texts.number(pa.array(["Ош", "Нарын", "Ош"]).dictionary_encode())      # [1, 2, 1]
    texts.values                                                          # ["", "Ош", "Нарын"]

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

    def number(self, column: pa.DictionaryArray) -> npt.NDArray[np.uint16]:
        """The number of each row's text."""
        found = pc.index_in(column.dictionary, value_set=self.values)
        if found.null_count:
            new = pc.unique(column.dictionary.filter(found.is_null()))
            self.values = pa.concat_arrays([self.values, new])
            found = pc.index_in(column.dictionary, value_set=self.values)
        numbers: npt.NDArray[np.uint16] = found.to_numpy().astype(np.uint16)[column.indices.to_numpy()]
        return numbers


def days_of(column: pa.DictionaryArray) -> tuple[pa.DictionaryArray, pa.DictionaryArray | None]:
    """Days instead of moments; and the whole texts of the moments, empty for what is a day already. None: only days."""
    texts = column.dictionary
    if (pc.max(pc.binary_length(texts)).as_py() or 0) <= _DAY:
        return column, None
    moments = pc.match_substring_regex(texts, _MOMENT)
    if not pc.any(moments).as_py():
        return column, None
    days = pc.if_else(moments, pc.utf8_slice_codeunits(texts, 0, _DAY), texts)
    whole = pc.if_else(moments, texts, "")
    return (
        pa.DictionaryArray.from_arrays(column.indices, days),
        pa.DictionaryArray.from_arrays(column.indices, whole),
    )

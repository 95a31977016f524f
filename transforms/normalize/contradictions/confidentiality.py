"""Whether the publisher says of a value that it is not for publication, or not yet.

::

    CONF_STATUS F, or no such column        published
    CONF_STATUS C, OBS_VALUE 3              refused; the table of refused rows does not repeat the value
    CONF_STATUS C, no value                 a gap, as any other value that was withheld
    EMBARGO_DATE after the day of the file  refused: it becomes free, and then comes again

The status of what this project withholds itself is another matter (``transforms.privacy``). Called by ``one_file``.
"""

import datetime as dt
import re
from collections.abc import Callable

import pyarrow as pa
import pyarrow.compute as pc

from transforms.normalize.encoded_columns import EncodedColumn, Mask, constant, either
from transforms.normalize.file_cells import FileCells
from transforms.normalize.readings import Refusal

NOT_FREE = "not_for_publication"
_STATUS = re.compile(
    r"conf_?status|obs_conf|confidentiality(_status)?|конфиденциальность|статус конфиденциальности"
)
_EMBARGO = re.compile(r"embargo(_?(date|time|until))?|эмбарго( до)?")
# SDMX CL_CONF_STATUS: free; codes that mean that nothing is said; words.
_FREE = frozenset(("", "f", "free", "_z", "_x", "_u", "public", "no", "нет", "свободно"))
# Columns of a refused row that could repeat its value.
_REPEATING = ("published_value", "row")


def not_free(file: FileCells, valued: Mask) -> tuple[EncodedColumn, ...]:
    """Refusals of the rows with a value (``valued``) that the file calls confidential or under embargo."""
    today = file.facts.retrieved_at.date()

    def closed(text: str) -> bool:
        return text.casefold() not in _FREE

    def early(text: str) -> bool:
        try:
            return dt.date.fromisoformat(text[:10]) > today
        except ValueError:
            return False

    found = []
    for name in sorted(file.present):
        for pattern, is_closed in ((_STATUS, closed), (_EMBARGO, early)):
            if pattern.fullmatch(name.casefold().strip()):
                found.append(either(valued, _refusals(file, name, is_closed), constant(None)))
    return tuple(found)


def _refusals(file: FileCells, name: str, is_closed: Callable[[str], bool]) -> EncodedColumn:
    def refusal(text: str | None) -> Refusal | None:
        stated = (text or "").strip()
        return file.lookups.refusal(NOT_FREE, value=stated, place=name) if is_closed(stated) else None

    return file.texts(name).recoded(refusal)


def without_closed_values(refused: pa.Table) -> pa.Table:
    """Refused rows (columns of ``quarantine``) without the values that are not for publication."""
    closed = pc.equal(refused["rule"], NOT_FREE)
    if not pc.any(closed).as_py():
        return refused
    for name in _REPEATING:
        place, column = refused.schema.get_field_index(name), refused[name]
        hidden = pc.if_else(closed, pa.scalar(None, column.type), column)
        refused = refused.set_column(place, refused.schema.field(name), hidden)
    return refused

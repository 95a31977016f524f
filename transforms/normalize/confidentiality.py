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

    def closed(name: str, text: str | None) -> Refusal | None:
        if (text or "").strip().casefold() in _FREE:
            return None
        return file.lookups.refusal(NOT_FREE, value=text or "", place=name)

    def early(name: str, text: str | None) -> Refusal | None:
        try:
            free_on = dt.date.fromisoformat((text or "").strip()[:10])
        except ValueError:
            return None
        return file.lookups.refusal(NOT_FREE, value=text or "", place=name) if free_on > today else None

    found = []
    for name in sorted(file.present):
        for pattern, judge in ((_STATUS, closed), (_EMBARGO, early)):
            if pattern.fullmatch(name.casefold().strip()):
                refusals = file.texts(name).recoded(lambda text, judge=judge, name=name: judge(name, text))
                found.append(either(valued, refusals, constant(None)))
    return tuple(found)


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

"""What reading gives: a code, or the reason why not; for one text (``Reading``) and for a column (``ReadColumn``).

Every step of the package that reads something returns these, so that no step has to know what becomes of a refused
row (``quarantine``) or which of several reasons is named (``one_file``).

    Reading("KZ-71")                                     Astana
    Reading(None, Refusal("unknown_area", "The area …"))  Atlantis

Not here: reading itself (``codes_from_labels``, ``time_period``, ``numbers_and_status``, ``transforms.parse``).
"""

from collections.abc import Callable
from typing import Any, NamedTuple

from transforms.normalize.encoded_columns import EncodedColumn


class Refusal(NamedTuple):
    """Why a row is refused: the contract's rule and its sentence, English and Russian."""

    rule: str
    en: str
    ru: str


class Reading(NamedTuple):
    """What one text was read as, or why it was refused."""

    code: Any
    refusal: Refusal | None = None


NOTHING = Reading(None)


class ReadColumn(NamedTuple):
    """A column of codes, and the refusals (None: fine) of what it was read from: one column for each part."""

    codes: EncodedColumn
    refusals: tuple[EncodedColumn, ...] = ()


def read_each(texts: EncodedColumn, read: Callable[[Any], Reading]) -> ReadColumn:
    """Read each distinct text of a column once; null is nothing, not a text."""
    readings = [NOTHING if text is None else read(text) for text in texts.dictionary]
    codes = EncodedColumn([reading.code for reading in readings], texts.indices)
    refusals = EncodedColumn([reading.refusal for reading in readings], texts.indices)
    return ReadColumn(codes, (refusals,) if any(refusals.dictionary) else ())

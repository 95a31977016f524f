"""Words for persons and pieces behind a number: ``1 204 чел.``, ``1204 persons``, ``120 нафар``.

They are the unit of everything that is counted and change no number. Words for something of its own (cases, calls,
women) are none of them: they may say that something else is counted. Called where a table is looked for
(``sources.readers.grid.header``), by ``transforms.parse.read_numbers`` and
``transforms.normalize.contradictions.refused_by_text``.
"""

import re
from functools import lru_cache

_WORDS = (
    r"чел(?:\.|овека?)?|лиц[оа]?|ед(?:\.|иниц[аы]?)?|шт(?:\.|уки?)?|persons?|people|units?|адам|киши|kishi|нафар|nafar|"
    r"персон[аы]?|personen|stück"
)
_BEHIND = re.compile(
    rf"(?=.*[0-9])(?P<number>.*(?:[0-9][*)⁰¹²³⁴⁵⁶⁷⁸⁹]*|[^\W\d_]{{3}}\.?))\s?(?:{_WORDS})\.?",
    re.IGNORECASE | re.DOTALL,
)


@lru_cache(maxsize=20_000)
def without_counted_word(text: str) -> str:
    """A text without the word for persons or pieces at its end; any other text unchanged."""
    if not text or text[-1].isdigit():
        return text
    found = _BEHIND.fullmatch(text)
    return found["number"].rstrip() if found else text

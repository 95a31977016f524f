"""Years of age that a code or a published text names, as the first year and the first one beyond.

::

    years_of_code("Y15T49")          (15, 50)                    years_of_text("15–49 лет")      {(15, 50)}
    years_of_code("Y_GE18")          (18, 1000)                  years_of_text("18 и старше")    {(18, 1000)}
    years_of_code("_T")              (0, 1000)                   years_of_text("до 18 лет")      {(0, 18), (0, 19)}

Not here: ages in words alone ("adults") and whether a text is about an age
(``transforms.normalize.contradictions.group_words``).
Called by ``transforms.normalize.contradictions.unread_dimensions`` and ``transforms.privacy.disclosure_keys``.
"""

import re

from data_contracts.vocabulary import TOTAL
from transforms.parse.fold_labels import fold

Years = tuple[int, int]
#: the first year beyond an age without end
BEYOND = 1000
# From here on an upper end is none: 18-99.
_OLDEST = 99
_CODE = re.compile(r"Y(?:_LT(?P<under>\d+)|_GE(?P<over>\d+)|(?P<low>\d+)T(?P<high>\d+))")
_MONTHS = re.compile(r"(?<!\w)(?:months?|мес(?:яц\w*)?|monat\w*|ай(?:лык)?|oy(?:lik)?|моҳ\w*)(?!\w)")
_UNITS = re.compile(
    r"(?<![^\W\d])(?:лет|год(?:а|ов)?|years?|yrs?|old|of age|aged?|в возрасте|возраст\w*|jahren?|jahre?|"
    r"(?:жас|жаш|yosh|еш|сола)\w*)(?!\w)"
)
_AGE = r"(?<![\d.])(\d{1,3})(?![\d.]*\d)"
_RANGE = re.compile(rf"{_AGE} ?(?:-|_|t|to|до|bis|through) ?{_AGE}")
_FROM = re.compile(
    rf"(?:(?:от|с|from|ab|ge)|>=|≥) ?{_AGE}|"
    rf"{_AGE} ?(?:\+|plus|(?:и|und|and|or) (?:старше|более|выше|over|older|above|more|älter|mehr))"
)
_OVER = re.compile(rf"(?:старше|over|above|older than|über|>) ?{_AGE}")
_UP_TO = re.compile(rf"(?:<=|≤|up to) ?{_AGE}")
_UNDER = re.compile(rf"(?:до|моложе|младше|under|below|less than|younger than|unter|lt|<) ?{_AGE}")


def years_of_code(code: str) -> Years | None:
    """Of a code of the list ``age``; None where it says no ages (``_U``)."""
    if code == TOTAL:
        return 0, BEYOND
    match = _CODE.fullmatch(code)
    if match is None:
        return None
    if match["under"]:
        return 0, int(match["under"])
    return (int(match["over"]), BEYOND) if match["over"] else (int(match["low"]), int(match["high"]) + 1)


def years_of_text(text: str) -> frozenset[Years]:
    """Of a published text, several where it leaves open whether the year that it names belongs to it; or none.

    A number alone may be a code: only with a word such as "years" it is an age.
    """
    folded = fold(text)
    if _MONTHS.search(folded):
        return frozenset()
    plain = " ".join(_UNITS.sub(" ", folded).split())
    if found := _RANGE.search(plain):
        low, high = int(found[1]), int(found[2])
        return frozenset([(low, BEYOND if high >= _OLDEST else high + 1)] if low <= high else [])
    if found := _FROM.search(plain):
        return frozenset([(int(found[1] or found[2]), BEYOND)])
    if found := _OVER.search(plain):
        return frozenset([(int(found[1]), BEYOND), (int(found[1]) + 1, BEYOND)])
    if found := _UP_TO.search(plain):
        return frozenset([(0, int(found[1]) + 1)])
    if found := _UNDER.search(plain):
        return frozenset([(0, int(found[1])), (0, int(found[1]) + 1)])
    alone = re.fullmatch(_AGE, plain) if plain != folded else None
    return frozenset([(int(alone[1]), int(alone[1]) + 1)] if alone else [])

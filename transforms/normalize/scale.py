"""Thousands and millions: what a file says of its scale, and what the declaration does with it.

::

    numbers: {multiply: 1000}                                    all values are in thousands
    numbers: {multiply: {column: UNIT_MULT}}                     powers of ten in a column, as SDMX writes them
    numbers: {multiply: {column: Unit, values: {тыс. человек: 1000, человек: 1}}}

Where nothing is declared, a row whose ``UNIT_MULT`` is not 0 or whose header, label or unit says "тыс. человек" or
"in thousands" is refused: 7.2 is no number of persons then. ``multiply: 1`` declares that the words mean nothing;
``UNIT_MULT`` 0 or 6 beside ``multiply: 1000`` is a contradiction, and refused.
"per 100 thousand" and "more than 5 thousand" are no scale. Of notes and lines below a table those count that say a
scale and nothing else ("* in thousands"); quoted sentences are not looked at. Thousands inside a cell's own text
("5,2 тыс.") are read by ``transforms.parse.read_numbers``. Called by ``numbers_and_status`` and ``refused_by_text``.
"""

import re
from collections.abc import Callable, Collection

from sources.cells import HEADING, NOTE, PROBLEM, QUOTE, REMARKS, RESERVED
from sources.dataset import Numbers, Scale
from sources.scale_words import BILLION, MILLION, THOUSAND, THOUSAND_MILLION, any_of, in_digits
from transforms.normalize.contradictions.unit_words import lines_below, named_unit, parts

UNIT_MULT = "UNIT_MULT"
# Columns of powers of ten, as SDMX and the OECD call them; and columns of factors.
_POWER_COLUMN = re.compile(r"unit[ _]?mult(?:iplier)?|power[ _]?code(?: code)?", re.IGNORECASE)
_FACTOR_COLUMN = re.compile(
    r"(?:unit )?mult(?:iplier)?|factor|faktor|множитель|коэффициент|көбейткіш|көбөйткүч|зарбкунанда|"
    r"ko.paytuvchi|кўпайтувчи",
    re.IGNORECASE,
)
_SCALE = re.compile(
    rf"(?<![^\W_])(?:{any_of(THOUSAND, MILLION, THOUSAND_MILLION, BILLION)}|ҳаз(?=\.))(?![^\W_])"
    # A millennium.
    r"(?! (?:жыл|йил|yil))"
)
# The name of a programme: «Миллион женщин».
_NAME = re.compile(
    r"[«“„\"][^«»“”„\",\n]*(?<![^\W_])(?:миллион|million|тысяча|thousand) [^«»“”„\",\n]*[»”“\"]"
)
# "т. чел." is thousands of persons.
_SHORT = re.compile(r"(?<![^\W_])т\.? ?(?:чел|человек|лиц)(?![^\W_])")
# Sets of ten or a hundred: a whole label or sentence, or one in brackets or behind a comma. "100" alone is a number,
# and "сад" a garden.
_COUNTED = (
    r"(?:человек|чел|лиц|женщин|случаев|дел|(?:of )?(?:persons|people|women|cases)|personen|frauen|fälle[n]?|"
    r"(?:адам|киши|kishi|нафар|nafar|әйел|аял|ayol|аёл|зан)\w*)"
)
_HUNDREDS = re.compile(
    r"(?:(?:данные|число|количество|figures|data|numbers?|angaben|zahlen|werte|(?:an)?zahl) )?(?:"
    r"(?:(?:в|in|по) )?(?:сот(?:ен|ни|нях|нями)|десят(?:ков|ки|ках)|hundreds|tens|hundert(?:en)?|100s)"
    rf"(?: {_COUNTED})?|"
    rf"(?:в|in) 100(?: {_COUNTED})?)|бо садҳо(?: {_COUNTED})?|(?:бо )?(?:сад|100) нафар|"
    rf"(?:жүз|юз|yuz) (?:адам|киши|kishi|нафар|nafar)(?!\w*(?:ға|га|ga)$)\w*(?: менен| мен| ҳисобида| hisobida)?|"
    r"жүзде[пг]|жүздік(?:пен|терм?ен)|жүздүк(?:төр)?(?: менен)|(?:юз|yuz)(?:лик|lik)?(?:лар|lar)?(?:да|da)"
)
# The same in digits: x1000, '000, (000), 10³, "1 000 persons" as a unit of its own.
_IN_DIGITS = re.compile(
    r"^\s*000s?\s*$|(?<![0-9])[(,;\[]\s*000s?(?=$|[)\],;\s])|(?<![0-9])10(?:\^[3-9]|[³⁶⁹])|"
    r"[x×х]\s?1[ \u00a0,.]?000|(?<![0-9])['’]000|"
    r"(?:^|[(,;]\s*)1[ \u00a0,.]?000(?:[ \u00a0,.]?000)?\s+(?:человек|чел|лиц|женщин|дел|persons|people|women|cases|"
    r"personen|einwohner|frauen|fälle|euro|адам|киши|нафар|kishi)(?![^\W_])|"
    r"(?:^|[(,;]\s*)(?:in|в) 1[ \u00a0,.]?000(?:[ \u00a0,.]?000)?\s*(?:$|[),;])"
)
# A line that says so and nothing else: "in thousands of persons", "тыс. человек".
_SCALE_ALONE = re.compile(
    rf"(?:в|in|as|ба|бо) {_SCALE.pattern}\.?(?: [^ ]+){{0,3}}|{_SCALE.pattern}\.?(?: (?:of )?[^ ]+)?"
    r"(?: (?:(?:hisobi|ҳисоби|есеб|эсеб)[^ ]*|менен|мен))?"
)
# Behind these words a thousand is what something is counted against, not what it is counted in.
_AGAINST = frozenset(
    (
        *(
            "per",
            "p",
            "of",
            "one",
            "each",
            "every",
            "over",
            "under",
            "above",
            "below",
            "than",
            "more",
            "least",
            "most",
        ),
        *("на", "к", "из", "за", "каждые", "каждую", "каждый", "каждого", "до", "от"),
        *("более", "менее", "свыше", "больше", "меньше"),
        *("har", "ҳар", "ҳәр", "хар", "әр", "ар", "ба"),
    )
)
_ONES = frozenset(("", "0", "units", "unit", "единиц", "единица", "единицы", "_z"))
_POWERS = range(-3, 10)


def says_scale(text: str) -> bool:
    """Whether a header, label or unit says that figures are in thousands or more."""
    folded = in_digits(_NAME.sub("", text.casefold()))
    for match in _SCALE.finditer(folded):
        before = re.split(r"[\s(/_]+", folded[: match.start()].rstrip(" \u00a0\t\n_"))[-1]
        # "5 тыс." is a number of its own; "Таблица 5, тыс. человек" is none.
        if before.rstrip(",.") not in _AGAINST and not before[-1:].isdigit():
            return True
    return (_SHORT.search(folded) or _IN_DIGITS.search(folded)) is not None or _in_hundreds(text)


def _in_hundreds(text: str) -> bool:
    return any(_HUNDREDS.fullmatch(part) for part in parts(text))


def says_scale_below(text: str) -> bool:
    """The same of a note or of lines below a table, where a line says nothing else."""
    lines = lines_below(text)
    forms = (_SCALE_ALONE, _SHORT, _IN_DIGITS, _HUNDREDS)
    alone = any(words.fullmatch(line) for line in lines for words in forms)
    return alone or any(says_scale(unit) for line in lines if (unit := named_unit(line)))


def scaled_column(numbers: Numbers) -> str | None:
    """The column that the declared factor is read from, if it is."""
    return numbers.multiply.column if isinstance(numbers.multiply, Scale) else None


def fixed_factor(numbers: Numbers) -> float:
    """The declared factor of all rows; 1 where none is declared."""
    return 1.0 if numbers.multiply is None or isinstance(numbers.multiply, Scale) else float(numbers.multiply)


def factor_reader(scale: Scale) -> Callable[[str | None], float | None]:
    """Reads the factor from a text of the declared column; None where the text has none."""
    values = {label.strip(): float(factor) for label, factor in scale.values.items()}

    def read(text: str | None) -> float | None:
        label = (text or "").strip()
        if values:
            return values.get(label)
        # An empty cell beside the power of another row says no factor.
        if label and label.casefold() in _ONES:
            return 1.0
        power = int(label) if re.fullmatch(r"-?[0-9]", label) else None
        return 10.0**power if power in _POWERS and power is not None else None

    return read


def scale_columns(present: Collection[str], numbers: Numbers) -> dict[str, Callable[[str], bool]]:
    """Columns to look at, each with the test of a text that says an undeclared scale."""
    if numbers.multiply is not None:
        # One factor for all: the publisher's own power of ten must agree with it.
        factor = fixed_factor(numbers)
        powers = [name for name in present if factor != 1 and _POWER_COLUMN.fullmatch(name)]
        return {name: lambda text: not _agrees(text, factor) for name in sorted(powers)}
    tests: dict[str, Callable[[str], bool]] = {
        name: says_scale for name in present if name not in (*RESERVED, PROBLEM, QUOTE, REMARKS, HEADING)
    }
    tests |= {name: says_scale_below for name in (NOTE, REMARKS) if name in present}
    for name in present:
        if _POWER_COLUMN.fullmatch(name):
            tests[name] = lambda text: _power(text) not in _ONES
        elif _FACTOR_COLUMN.fullmatch(name):
            tests[name] = lambda text: says_scale(text) or bool(re.fullmatch(r"\s*10+\s*", text))
    return dict(sorted(tests.items()))


def _agrees(text: str, factor: float) -> bool:
    """Whether a power of ten ("3", "6: Millions") is the declared factor; a text that states none may be any."""
    label = text.strip().casefold()
    power = "0" if label in _ONES - {"", "_z"} else _power(label)
    return not re.fullmatch("-?[0-9]", power) or 10.0 ** int(power) == factor


def _power(text: str) -> str:
    """The code of a power of ten ("3" of "3: Thousands", "0" of "0.0"); any other text in small letters."""
    label = text.strip().casefold()
    stated = re.fullmatch(r"(-?)0*([0-9])(?:[.,]0+)?(?:\s*[:=-]\s*[^0-9]*)?", label)
    return f"{stated[1]}{stated[2]}" if stated else label

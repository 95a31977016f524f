"""Area names in the region's languages and scripts to ISO codes; the one place that reads them.

::

    Areas(contract).resolve("Жетысуская область", ["KZ"])  -> ("KZ-33", "")
    Areas(contract).resolve("Osh", ["KG"])                 -> (None, "ambiguous_area"): a city and a region

Names and spellings are data (``data_contracts/codes/area.csv`` and ``area_alias.csv``), not code. Called through
``transforms.normalize.lookups``.

Not here: which countries a dataset may speak of (``transforms.normalize``).
"""

import itertools
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator

from data_contracts.model import Contract
from transforms.parse.fold_labels import fold, in_one_script

# Words that say only what kind of area it is. They are dropped in a second look-up, which counts only if what is
# left names one area: "Osh" alone is a city and a region, so it stays unread.
_KIND = re.compile(
    r"\b(область|области|обл|облысы|облусу|облыс|вилояти|вилоят|вилояты|вил|viloyati|viloyat|vil|region|oblast|"
    r"province|state|республика|республикаси|respublikasi|респ|resp|republic of|the|вилояти мухтори)\b\.?"
)
# Of these kinds the area is a region and no city: "Алматы обл." is not the city of Almaty.
_REGION = re.compile(
    r"\b(область|области|обл|облысы|облусу|облыс|вилояти|вилоят|вилояты|вил|viloyati|viloyat|vil|region|oblast|"
    r"province)\b"
)
# "Ош (город)", "Алматы, қ.", "Бишкек г." and "ш. Душанбе" are the cities "г. Ош", "г. Алматы" and so on.
_CITY_WORD = r"(?:город|г|city|қ|ш|sh)"
_CITY = re.compile(
    rf"(?P<name>.*[^\W\d_])(?: ?\({_CITY_WORD}\.?\)|,? {_CITY_WORD})|{_CITY_WORD}\. ?(?P<behind>.*[^\W\d_])"
)
_CITY_KIND = re.compile(r"(?<!\w)(?:город[еуа]?|city|қаласы\w*|шаары\w*|шаҳри\w*|shahri\w*)(?!\w)|(?<!\w)г\.")
_CITIES = ("г. {}", "город {}", "{} city", "{} қаласы", "{} шаары", "шаҳри {}", "{} шаҳри", "{} shahri")
_REGION_IN_BRACKETS = re.compile(rf"\(({_REGION.pattern})\.?\)")
# "1. Чуйская область", and one name in two languages: "Чуйская область / Чүй облусу", or one below the other.
_NUMBER = re.compile(r"^[0-9]{1,2}[.)]\s+(?=[^\W\d_])")
_BETWEEN_NAMES = re.compile(r"\s*/\s*|\s+")
_BRACKETS = re.compile(r"\s*\(([^)]*)\)")
# Names as they stand in a sentence: "в Чуйской области", "по г. Бишкеку", "Чүй облусунда", "in Chuy region". Other
# prepositions ("кроме", "из", "without") say something of their own.
_BEFORE = re.compile(r"(?:в|во|по|in|for|дар) (?:the )?")
_BEHIND = re.compile(r" (?:боюнча|бойынша|бўйича|bo'yicha)$")
_RUSSIAN_CASE = (
    (re.compile(r"(?<=[сц]к)(?:ой|ую)\b|(?<=автономн)(?:ой|ую)\b"), "ая"),
    (re.compile(r"\bобласти\b"), "область"),
    (re.compile(r"\bреспублик[еиу]\b"), "республика"),
    (re.compile(r"\bрайонах\b"), "районы"),
    (re.compile(r"\bгород[еуа]\b"), "город"),
)
_TURKIC_CASE = re.compile(
    r"\b(облусу|облысы|қаласы|вилояти|viloyati|шаары|шаҳри|shahri|республикасы|республикаси|respublikasi)н?n?[дd][аa]\b"
)
# Endings of a city's name: "в Бишкеке", "по Бишкеку", "города Бишкека"; "в Астане".
_ENDING = re.compile(r"(?P<stem>.*[^\W\d_]{3})(?:[еу]|(?<=[бвгджзклмнпрстфхцчшщ])а)")
# What brackets behind a name may say without making another area of it; "(villages)" is a part, "(without Osh)" less.
_WHOLE = frozenset(
    ("все", "всего", "итого", "total", "all", "whole", "барлығы", "баары", "жами", "jami", "ҳамагӣ")
)


class Areas:
    """Look-up of area spellings; built once from the contract."""

    def __init__(self, contract: Contract) -> None:
        """Index every name, alias and code of the contract's areas."""
        self.codes = frozenset(row["code"] for row in contract.areas)
        self._parents = {row["code"]: row["parent"] for row in contract.areas}
        self._exact: dict[str, set[str]] = defaultdict(set)
        self._bare: dict[str, set[str]] = defaultdict(set)
        self._regions: dict[str, set[str]] = defaultdict(set)
        self._names: dict[str, list[str]] = defaultdict(list)
        for row in contract.areas:
            for name in ("name_en", "name_ru", "name_national", "national_code", "alpha3", "m49"):
                self._add(row[name], row["code"])
        for row in contract.area_aliases:
            if row["area"] not in self.codes:
                raise row.error(f"unknown area {row['area']!r}")
            self._add(row["alias"], row["area"])

    def _add(self, name: str, code: str) -> None:
        if name:
            self._exact[fold(name)].add(code)
            self._bare[_bare(fold(name))].add(code)
            if _REGION.search(fold(name)):
                self._regions[_bare(fold(name))].add(code)
            for country in ("", code[:2]):
                self._names[country].append(name)

    def contains(self, outer: str, inner: str) -> bool:
        """Whether an area is another one, or one in which that lies."""
        while inner and inner != outer:
            inner = self._parents.get(inner, "")
        return bool(inner)

    def names(self, country: str) -> list[str]:
        """Every spelling that is known for the areas of a country (``*``: of all)."""
        return self._names["" if country == "*" else country]

    def resolve(self, label: str, countries: Iterable[str]) -> tuple[str | None, str]:
        """``(code, "")``, or ``(None, reason)`` with reason ``unknown_area`` or ``ambiguous_area``.

        ``countries``: the countries that may be meant; names repeat across countries and so do national codes.
        """
        text = _NUMBER.sub("", label.strip())
        allowed = set(countries)
        code, reason = self._one_name(text, allowed)
        if reason == "unknown_area" and (same := self._same_name_twice(text, allowed)):
            return same, ""
        if reason == "unknown_area":
            found = (self._one_name(name, allowed) for name in _nominatives(fold(text)))
            return next((pair for pair in found if pair[1] != reason), (code, reason))
        return code, reason

    def _same_name_twice(self, text: str, allowed: set[str]) -> str | None:
        """The area of a label that is two or three names of it, in as many languages."""
        parted = [[text[: middle.start()], text[middle.end() :]] for middle in _BETWEEN_NAMES.finditer(text)]
        for names in (*parted, re.split(r"\s*[/\n]\s*", text)):
            if len(names) < 2 or (code := self._one_name(names[0], allowed)[0]) is None:
                continue
            if all(self._one_name(name, allowed)[0] == code for name in names[1:]):
                return code
        return None

    def _one_name(self, text: str, allowed: set[str]) -> tuple[str | None, str]:
        if text in self.codes:
            return text, ""
        folded = fold(text)
        without = fold(_BRACKETS.sub(self._without, text))
        spelt = dict.fromkeys(((folded, without), (in_one_script(folded), in_one_script(without))))
        for index, key in itertools.chain.from_iterable(self._places(*texts) for texts in spelt):
            found = {code for code in index.get(key, ()) if "*" in allowed or code[:2] in allowed}
            if len(found) == 1:
                return found.pop(), ""
            if found:
                return None, "ambiguous_area"
        return None, "unknown_area"

    def _places(self, folded: str, without: str) -> Iterator[tuple[dict[str, set[str]], str]]:
        """Where a label is looked up, one after the other; ``without``: the label without harmless brackets."""
        yield self._exact, folded
        if city := _CITY.fullmatch(folded):
            name = city["name"] or city["behind"]
            yield from ((self._exact, spelling.format(name)) for spelling in _CITIES)
        opened = _REGION_IN_BRACKETS.sub(r"\1", folded)
        if _REGION.search(opened):
            yield self._regions, _bare(opened)
        if without != folded:
            yield self._exact, without
        yield from ((self._bare, _bare(label)) for label in dict.fromkeys((folded, without)))

    def _without(self, brackets: re.Match[str]) -> str:
        """Nothing where brackets hold a number, a kind of area or another name of the one before; else they stay."""
        inside, before = brackets[1].strip(), fold(brackets.string[: brackets.start()])
        named = self._exact.get(fold(inside), set()) | ({inside} & self.codes)
        same = named & (self._exact.get(before, set()) | self._bare.get(_bare(before), set()))
        harmless = fold(inside) in _WHOLE or not re.search(r"[^\W\d_]", _bare(fold(inside)))
        return "" if same or harmless else brackets[0]


def _nominatives(folded: str) -> Iterator[str]:
    """The names that a label in another case may be of, without what stands before or behind it."""
    name = _BEHIND.sub("", without := _BEFORE.sub("", folded, count=1) if _BEFORE.match(folded) else folded)
    plain = name
    for ending, nominative in _RUSSIAN_CASE:
        plain = ending.sub(nominative, plain)
    plain = _TURKIC_CASE.sub(r"\1", plain)
    if plain != folded:
        yield plain
    # A name alone has an ending only behind a preposition or the word for a city.
    if (without != folded or re.match(r"(?:город|г\.) ?", plain)) and (found := _ENDING.fullmatch(plain)):
        yield from (found["stem"], f"{found['stem']}а")


def has_kind(folded: str) -> bool:
    """Whether a folded text has a word for a region, a republic or a city."""
    return any(kind.search(folded) for kind in (_KIND, _CITY_KIND, _TURKIC_CASE))


def _bare(folded: str) -> str:
    return " ".join(_KIND.sub(" ", folded).split())

"""What a JSON answer says of its figures: in titles, units and lists of fields beside the rows, and by names of keys.

::

    {"data": [...], "unit": "thousand persons"}                         the words of the unit
    {"data": [...], "title": "Orders, January-September", "meta": {...}}
                                                                        title, and lines about the rows
    {"fields": [{"id": "v", "info": {"label": "Share, %"}}], "records": [{"v": 4}]}
                                                                        what a key of the rows is called
    {"data": [{"value": 7, "forecast": true, "age_group": "18-29"}]}    keys that tell of the value
    {"data": [...], "isPreliminary": true}                              the same of all values

Not here: whether the answer is whole (``json_envelope``), the rows and their columns. Called by ``json_table`` and
``open_sdg``.
"""

import itertools
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sources.cells import REMARKS, TITLES
from sources.readers.json_envelope import ABOUT, envelopes, plain_key, words_of
from sources.readers.json_text import leaves, resolve, step

# Below so many keys stands what is about more than the row.
_DEEPEST = 3
# Texts of one member beside the rows; more are data themselves.
_MOST_REMARKS = 50
# Members that name the whole table, or the unit of its values; ``name`` alone may also be that of an office.
_OF_ALL = ("title", "label", "unit", "units", "unit_of_measure")
_NAMES_OF_ALL = re.compile(
    r"(?:(?:sub|long|short|full|table|dataset|indicator|series|report)?(?:title|name|label|caption|heading)|indicator)"
    r"(?:en|ru|kk|kz|ky|kg|uz|tg|tj|de)?|наименование|название|заголовок|показатель|тақырып|атауы|аталышы|nomi|номи"
)
# How a list beside the rows calls the key that one of its objects describes.
_KEYS = ("id", "key", "field", "name", "code", "dataindex", "accessor")
_UNITS = re.compile(r"units?(?:ofmeasure(?:ment)?)?|measureunit|единицаизмерения|едизм")
_FACTORS = re.compile(r"(?:unit)?mult(?:iplier)?|scale|factor|power(?:code)?|множитель|коэффициент")
_VALUES = re.compile(r"(?:obs|data|num(?:eric)?)?(?:values?|val|v)|[0-9]*|знач(?:ение)?")
# What else a row may say of its value: whose it is, that nobody has counted it, and how good it is.
_OTHERS = re.compile(
    r"(?:is)?(?:forecast|projection|projected|planned|plan|target|план|прогноз)|adjust(?:ment|ed)|"
    r"(?:obs(?:ervation)?|value|data)?flags?|(?:obs(?:ervation)?|value|data)status|(?:foot)?notes?|"
    r"флаги?|примечани[ея]|сноск[аи]"
)
# Keys that hold a yes or no about a figure, or about all of them: {"isPreliminary": true, "data": [...]}.
_FLAG = re.compile(
    r"provis|prelim|предвар|predvar|оператив|vorläuf|estimat|оценк|o(?:ts|c)enk|schätz|imput|model|confid|конфид|konfid|"
    r"secret|секрет|sekret|vertraul|draft|entwurf|чернов|chernov|delet|удал[её]|udal|cancel|отмен|otmen|annul|аннул|"
    r"withdr|revok|final|оконч|okonch|approv|утвержд|utver|publi[sc]|публик|forecast|прогноз|prognoz|planned|cumul"
)
_YES_OR_NO = ("true", "false", "1", "0")
_OF_WHOM = re.compile(
    r"sex|gender|пол|жынысы?|jinsi?|жинси?|ҷинс|geschlecht|"
    r"age(?:group)?|возраст|возрастнаягруппа|жасы|жастобы|курагы|жашкурагы|yoshi|yoshguruhi|ёши|ёшгуруҳи|синнусол|"
    r"altersgruppe|"
    r"urbani[sz]ation|(?:placeof)?residence|(?:тип)?местност[ьи]|местожительства"
)
# Keys of an object that stands for one code, and places in a list.
_IN_OBJECT = re.compile(r"id|code|name|label|value|text|title|[0-9]+")
# What a list beside the rows calls a key by.
_LABELS = ("label", "title", "text", "caption", "name", "description")
# Words in keys of a part of persons, cases or offences, which may hold a number, or an object: "wealth_quintile": 1.
_DIVIDES = re.compile(
    r"violence|насили|relationship|perpetrator|aggressor|агрессор|родств|educat|образован|marital|семейноеположение|ethnic|"
    r"nationality|национальност|гражданств|citizenship|disab|инвалид|wealth|quintile|квинтил|occupation|employment|занятост|"
    r"categor|категори|(?:crime|offen[cs]e|victim|case)(?:type|kind|group)|(?:вид|тип|статья)(?:преступлени|правонарушени|ук)"
)


def said_of_unit(document: Any) -> str:
    """The words of the unit of all figures, from beside the rows."""
    words = list[str]()
    for facts in envelopes(document):
        for key, node in facts.items():
            if _is_unit(key):
                words += words_of(node)
            elif _FACTORS.fullmatch(plain_key(key)):
                words += (f"x{word}" if re.fullmatch("10+", word) else word for word in words_of(node))
    return "; ".join(dict.fromkeys(words))


def said_beside(document: Any, where: str) -> dict[str, str]:
    """What stands beside the rows at a pointer, in the objects around them, all the way up: titles, and other texts.

    As metadata of a table of cells: its title, and lines below it.
    """
    titles, others = dict[str, None](), dict[str, None]()
    row = _first_row(document, where)
    for name, text, is_name in _beside(document, where.split("/")[1:], row):
        (titles if is_name or name.casefold() in _OF_ALL else others)[text] = None
    said = {TITLES[0].decode(): "; ".join(titles), REMARKS: "\n".join(others)}
    return {name: words for name, words in said.items() if words}


def names_of_keys(document: Any, where: str) -> dict[str, str]:
    """What a list beside the rows says of each of their keys: label, unit, notes; of rows that are lists, by place."""
    row, found = _first_row(document, where), dict[str, str]()
    above, _, name = where.rpartition("/")
    for _, node in _others(resolve(document, above), name, last=False):
        for place, part in enumerate(node if _describes_keys(node, row) else ()):
            key = str(place) if isinstance(row, list) else _key_of(part)
            said = (text for _, text in leaves(part) if text and text != _key_of(part))
            found[key] = "; ".join(dict.fromkeys(said))
    return found


def labels_of_keys(document: Any, where: str) -> dict[str, str]:
    """What a list beside the rows calls their keys, as a header does: "grp" is "Sex"; of rows of lists, by place."""
    row, found = _first_row(document, where), dict[str, str]()
    above, _, name = where.rpartition("/")
    for _, node in _others(resolve(document, above), name, last=False):
        if not isinstance(node, list):
            continue
        places = _places_in(row)
        if len(node) == len(places) and all(isinstance(part, str) for part in node):
            found |= dict(zip(places, node, strict=True))
            continue
        parts = [part for part in node if isinstance(part, dict)]
        described = _describes_keys(node, row) and isinstance(row, dict)
        if not described and (not parts or len(parts) != len(places) or len(parts) != len(node)):
            continue
        for place, part in enumerate(parts):
            label = next((text for path, text in leaves(part) if text and plain_key(path[-1]) in _LABELS), "")
            found[_key_of(part) if described else places[place]] = label
    return {key: label for key, label in found.items() if label}


def _places_in(row: Any) -> list[str]:
    """The places in a row that is a list, or in the lists that make up a row, as those of PxWeb are made up."""
    if isinstance(row, list):
        return [str(place) for place in range(len(row))]
    if isinstance(row, dict) and row and all(isinstance(part, list) for part in row.values()):
        return [f"{key}.{place}" for key, part in row.items() for place in range(len(part))]
    return []


def telling_beside(document: Any, where: str) -> dict[str, str]:
    """Keys of objects around the rows that say of whom all of them are, or answer for all: {"filter": {"sex": "F"}}."""
    found = dict[str, str]()
    above, steps = document, where.split("/")[1:]
    for name in steps:
        for key, node in _others(above, name, last=False):
            for path, text in leaves(node) if not _has_rows(node) else ():
                own = (key, *path)
                telling = is_of_whom(own) or is_answer(own, text)
                if text and not any(part.isdecimal() for part in own) and telling:
                    found.setdefault(own_key(own), text)
        above = step(above, name)
    return found


def _first_row(document: Any, where: str) -> Any:
    rows = resolve(document, where)
    return rows[0] if isinstance(rows, list) and rows else None


def _beside(document: Any, steps: Sequence[str], row: Any) -> Iterator[tuple[str, str, bool]]:
    """Key and text of each scalar around the rows; and whether it is called as what names the table."""
    above = document
    for depth, name in enumerate(steps):
        last = depth == len(steps) - 1
        for key, node in _others(above, name, last=last):
            if _describes_keys(node, row) or (depth and not last and _has_rows(node)):
                continue
            for path, text in itertools.islice(leaves(node), _MOST_REMARKS):
                if text and not text.isdecimal():
                    own = [key, *(part for part in path if not part.isdecimal())][-1]
                    is_near = len(path) < 1 + (plain_key(key) in ABOUT)
                    yield own, text, is_near and _NAMES_OF_ALL.fullmatch(plain_key(own)) is not None
        above = step(above, name)


def _others(above: Any, name: str, *, last: bool) -> Iterator[tuple[str, Any]]:
    """What an object, or a list that has the rows themselves in it, holds beside a member."""
    if isinstance(above, dict):
        yield from ((key, node) for key, node in above.items() if key != name)
    elif isinstance(above, list) and last:
        others = (node for place, node in enumerate(above) if str(place) != name)
        yield from (("meta", node) for node in others if isinstance(node, dict))


def _has_rows(node: Any) -> bool:
    """Whether an object holds a list of objects, as another table does."""
    held = node.values() if isinstance(node, dict) else ()
    return any(isinstance(part, list) and any(isinstance(row, dict) for row in part) for part in held)


def _describes_keys(node: Any, row: Any) -> bool:
    """Whether a list has an object for each key of the rows, or for each place in rows that are lists."""
    if not isinstance(node, list) or not node or not all(isinstance(part, dict) for part in node):
        return False
    known = {_key_of(part) for part in node}
    return (
        len(node) == len(row) if isinstance(row, list) else isinstance(row, dict) and bool(known & row.keys())
    )


def _key_of(part: Mapping[str, Any]) -> str:
    named = {plain_key(key): text for key, text in part.items() if isinstance(text, str)}
    return next((named[key] for key in _KEYS if named.get(key)), "")


def _is_unit(key: str) -> bool:
    """Whether a key is called as the unit of the figures."""
    return _UNITS.fullmatch(plain_key(key)) is not None


def is_plain_value(key: str) -> bool:
    """Whether a key says no more than that a value is there; a place in a list says nothing either."""
    return _VALUES.fullmatch(plain_key(key)) is not None


def is_of_whom(path: Sequence[str]) -> bool:
    """Whether a key of a row, or one in an object of it, is called as a sex, an age or another part of what is counted.

    Of {"sex": {"id": 1, "name": "women"}} both are.
    """
    divides = len(path) <= _DEEPEST and _DIVIDES.search("".join(map(plain_key, path)))
    return bool(divides) or _OF_WHOM.fullmatch(plain_key(own_key(path))) is not None


def own_key(path: Sequence[str]) -> str:
    """The key that names what is at a path: "sex" of ``filter/sex/value``."""
    return next((key for key in reversed(path) if not _IN_OBJECT.fullmatch(plain_key(key))), path[-1])


def is_telling(path: Sequence[str]) -> bool:
    """Whether a key of a row, or one in an object of it, is called as what tells of the value beside it: unit, factor,
    sex, age, plan, or a part of what is counted.
    """
    plain = plain_key(path[-1])
    return is_of_whom(path) or any(words.fullmatch(plain) for words in (_UNITS, _FACTORS, _OTHERS))


def is_answer(path: Sequence[str], text: str | None) -> bool:
    """Whether a text is a yes or no to its key, called as what holds or not of a figure: preliminary, secret, final."""
    return text in _YES_OR_NO and _FLAG.search(plain_key(path[-1])) is not None

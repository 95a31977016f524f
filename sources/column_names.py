"""The name of a column as a person reads it, in a file and in a declaration.

Headers are copied from files into declarations, line breaks, soft hyphens and zero-width spaces included; both sides
lose them here. Not here: names that stand twice (``sources.readers.text.unique_names``). Called by the readers for
headers, ``sources.incidents.columns`` for those of registers, by ``sources.declared_values`` and
``sources.load_datasets`` for what is declared, and by ``transforms.files_to_observations``; what a name is made of, by
the rules of ``transforms.normalize.contradictions``.
"""

import re

_UNSEEN = dict.fromkeys(map(ord, "\u00ad\u200b\u200e\u200f\u2060\ufeff"))
# Within a word they are spelling.
_EMBARGO = re.compile(
    r"(?:obs|data)?embargo(?:ed)?(?:date|time|until|till|to|ends?|expir(?:y|es)|datum|bis)*|sperrfrist(?:bis|ende|datum)?|"
    r"(?:дата(?:снятия|окончания)?)?эмбарго(?:до)?"
)
_JOINERS = "\u200c\u200d \t\r\n\u00a0\u202f"
# Keys of an object that stands for one code.
_IN_OBJECT = re.compile(r"(?i)id|code|name|label|value|text|title|[0-9]+|")


def visible_name(text: str) -> str:
    """A header without invisible characters, on one line, with single spaces."""
    return " ".join(text.translate(_UNSEEN).strip(_JOINERS).split())


def is_embargo(name: str) -> bool:
    """Whether a column, key or element is called as the time until which values may not be published."""
    return _EMBARGO.fullmatch(re.sub(r"[\s_.-]+", "", name).casefold()) is not None


def name_of_nameless(position: int) -> str:
    """What a column without a header is called, by its place from 1."""
    return f"column {position}"


def is_nameless(name: str) -> bool:
    """Whether a column is called so."""
    return re.fullmatch("column [0-9]+", name) is not None


def own_key(column: str) -> str:
    """What a path in JSON calls its text: "Sex" of ``dims.Sex``, ``Sex.name`` and ``Sex.0``; any other name whole."""
    steps = column.split(".")
    while len(steps) > 1 and _IN_OBJECT.fullmatch(steps[-1]):
        steps.pop()
    return steps[-1]


def words_of_name(column: str) -> str:
    """A name in single words: "violence Type" of ``violenceType (code)`` and ``violence.Type``."""
    words = re.sub(
        r"(?<=[a-zа-яё])(?=[A-ZА-ЯЁ])",
        " ",
        re.sub(r"^(?:data|values?|row|properties)\.|\.(?=\w)", " ", column),
    )
    return re.sub(r"\([^()]*\)|[\s_:/|]+", " ", words).strip()

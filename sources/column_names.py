"""The name of a column as a person reads it, in a file and in a declaration.

Headers are copied from files into declarations, line breaks, soft hyphens and zero-width spaces included; both sides
lose them here. Not here: names that stand twice (``sources.readers.text.unique_names``). Called by the readers for
headers, ``sources.incidents.columns`` for those of registers, by ``sources.declared_values`` and
``sources.load_datasets`` for what is declared, and by ``transforms.files_to_observations``.
"""

import re

_UNSEEN = dict.fromkeys(map(ord, "\u00ad\u200b\u200e\u200f\u2060\ufeff"))
# Within a word they are spelling.
_EMBARGO = re.compile(
    r"(?:obs|data)?embargo(?:ed)?(?:date|time|until|till|to|ends?|expir(?:y|es)|datum|bis)*|sperrfrist(?:bis|ende|datum)?|"
    r"(?:дата(?:снятия|окончания)?)?эмбарго(?:до)?"
)
_JOINERS = "\u200c\u200d \t\r\n\u00a0\u202f"


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

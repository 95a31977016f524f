"""Whether the name of a provider is that of an organisation: the one free text of a return could hold a person's name.

A list of names of persons is never complete, a list of words for organisations nearly is: the name must hold one of
``data_contracts/organisation_words.yaml``, in any language of the form, or a registered form. «Серик Ахметов» and
«Ахметов» are refused, «Кризисный центр „Умут“» and «ОФ „Сезим“» are not.

>>> is_organisation("Ойдон чыгарылган кризистик борбор"), is_organisation("Айгүл Асанова")
(True, False)

Not here: names of persons in other files (``transforms.privacy.personal_data_search``). Called by ``typed_answers`` and
``judge_return``.
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import data_contracts
from data_contracts.strict_files import load_yaml, take

WORDS = Path(data_contracts.__file__).with_name("organisation_words.yaml")
_PATRONYMIC = re.compile(
    r"(?:[А-ЯЁӘҒҚҢӨҰҮҺІҲҶӢӮЎ]\w+(?:ович|евич|овна|евна|инична|ұлы|қызы|кызы|заде|зода)"
    r"|[A-Z]\w+(?:ovich|evich|ovna|evna)"
    r"|\b(?i:уулу|кызы|қызы|угли|оглы|ўғли|қизи|qizi|ogli|uulu|kyzy))\b"
)
#: endings of surnames, in which a word may be hidden: Школьников, Центрова
_SURNAME = re.compile(r"(?:ов|ев|ин|ова|ева|ина|енко|ян|ov|ev|ova|eva)$")


@dataclass(frozen=True)
class _Words:
    """What shows an organisation, of all languages together."""

    beginnings: tuple[str, ...]
    endings: tuple[str, ...]
    whole: frozenset[str]


@lru_cache
def _words() -> _Words:
    declared = load_yaml(WORDS)
    kinds: dict[str, list[str]] = {"beginnings": [], "endings": [], "words": [], "forms": []}
    for spec in declared.values():
        for kind, listed in take(WORDS, spec, (), {kind: [] for kind in kinds}).items():
            kinds[kind] += listed
    whole = frozenset((*kinds["words"], *kinds["forms"]))
    return _Words(tuple(kinds["beginnings"]), tuple(kinds["endings"]), whole)


def is_organisation(name: str) -> bool:
    """Whether a name holds a word for an organisation or a registered form, and no patronymic."""
    plain = unicodedata.normalize("NFKC", re.sub("['`´ʻʼ‘’‛.]", "", name)).casefold()
    return any(map(_shows, re.findall(r"[\w-]+", plain))) and not _PATRONYMIC.search(name)


def _shows(word: str) -> bool:
    known = _words()
    if word in known.whole or word.endswith(known.endings):
        return True
    return word.startswith(known.beginnings) and not _SURNAME.search(word)

"""Whether the name of a provider is that of an organisation: the one free text of a return could hold a person's name.

A list of names of persons is never complete, a list of words for organisations nearly is: the name must hold one of
them, in any language of the form. «Серик Ахметов» and «Ахметов» are refused, «Кризисный центр „Умут“» is not.

>>> is_organisation("Ойдон чыгарылган кризистик борбор"), is_organisation("Айгүл Асанова")
(True, False)

Not here: names of persons in other files (``transforms.privacy.personal_data``). Called by ``typed_answers``.
"""

import re
import unicodedata

# Beginnings of words, in lower case and without apostrophes; none of them begins a given name.
_BEGINNINGS = """
    центр кризис фонд общественн обществ ассоциац объединен организац учрежд служб отдел департамент управлен
    министерств комитет прокурат полици милици пробац колони тюрьм больниц поликлин клиник диспансер институт
    университет академи школ агентств федерац приют убежищ консультац
    орталы қоғам қауымдастық бірлестік ұйым мекеме қызмет бөлім басқарма аурухана емхана агенттік
    баспана
    борбор фондус коомдук коом ассоциация бирикме уюм мекеме кызмат бөлүм башкарма оорукана агенттик
    марказ ҷамъият иттиҳод созмон ташкилот муассис хадамот шуъба сарраёсат раёсат беморхона дармонгоҳ паноҳгоҳ
    markaz jamgarma jamiyat uyushma birlashma tashkilot muassasa xizmat bolim boshqarma shifoxona poliklinika 
    agentlik boshpana
    centre center crisis fund foundation association union organi society institution service department ministry
    committee police probation prison hospital clinic institute university council agency federation network shelter
    ngo verein
"""
# Whole words: Советбек, Союзбек and Кеңешбек are names of persons.
_WHOLE_WORDS = """
    нпо оо оф обф гу кгу мвд овд овп союз союзы совет сеть қор қоры одақ одағы кеңес кеңесі кеңеш кеңеши шӯро шӯрои
    kengash kengashi ngo npo nnt
"""
_WORDS = frozenset(_WHOLE_WORDS.split())
_STARTS = tuple(_BEGINNINGS.split())
_PATRONYMIC = re.compile(
    r"(?:[А-ЯЁӘҒҚҢӨҰҮҺІҲҶӢӮЎ]\w+(?:ович|евич|овна|евна|инична|ұлы|қызы|кызы|заде)"
    r"|\b(?i:уулу|угли|оглы|ўғли|қизи|qizi))\b"
)


def is_organisation(name: str) -> bool:
    """Whether a name holds a word for an organisation, and no patronymic."""
    plain = unicodedata.normalize("NFKC", re.sub("['`´ʻʼ‘’‛]", "", name)).casefold()
    words = re.findall(r"[\w-]+", plain)
    known = any(word.startswith(_STARTS) or word in _WORDS for word in words)
    return known and not _PATRONYMIC.search(name)

"""Words for thousands, millions and thousand millions in the region's languages, English and German: one list of each.

::

    1 204 тыс. · 5 млн сом · in thousands of persons · 100 мың адамға · Tsd. Euro

Each caller says where such a word may stand and what it means there: before money (``sources.currencies``), behind a
number (``transforms.parse.number_words``), in a header or unit (``transforms.normalize.scale``), and behind "per"
(``transforms.normalize.contradictions.unit_vocabulary``). Not here: digits for them (``000``, ``10³``), which only some
of these read.
"""

import re

THOUSAND = (
    "thousand thousands thous thsd ths тыс тысяч тысяча тысячи тысяче тысячу тысячам тысячах тысячами "
    "мың миң минг ming ҳазор ҳазору хазор tausend tsd"
)
MILLION = (
    "million millions mln млн миллион миллиона миллионе миллиону миллионы миллионов миллионам миллионах миллионами "
    "mio millionen"
)
THOUSAND_MILLION = (
    "bln mlrd mrd млрд миллиард миллиарда миллиарде миллиарду миллиардов миллиарды миллиардам миллиардах "
    "миллиардами milliard milliarde milliarden"
)
#: in German a thousand times what it is in English, so that it is no number; that something is scaled it says
BILLION = "billion billions"
_HUNDRED_THOUSAND = (
    r"(?:(?:hundred|100) thousand|ст[оа] тысяч|(?:ein)?hunderttausend|"
    r"(?:жүз|юз|yuz|сад) (?:мың|миң|минг|ming|ҳазор))(?!\w)"
)
# Behind such words, or with such an ending behind it, that is what something is counted against.
_BEFORE = (
    r"(?<!\w)(?:per|each|every|на|из|je|pro|auf|ба|har|ҳар|әр|ар) "
    r"(?:ҳар |har |each |every |каждые |a |one )?"
)
_COUNTED_AGAINST = re.compile(
    rf"(?P<against>{_BEFORE}){_HUNDRED_THOUSAND}|"
    rf"(?<!\w){_HUNDRED_THOUSAND}(?= [^\W\d_]+(?:[ғгқк][аео]|кө|гө|[gk]a)(?!\w))"
)


def in_digits(folded: str) -> str:
    """A text in small letters with "per 100 000" for "per hundred thousand", which says a rate and no scale."""
    return _COUNTED_AGAINST.sub(lambda found: f"{found['against'] or ''}100 000", folded)


def any_of(*words: str) -> str:
    """A regular expression, in small letters, of the words of some lists."""
    return "|".join(sorted(map(re.escape, " ".join(words).split()), key=len, reverse=True))

"""Signs and words of money beside a number: ``1 204 ₸``, ``$1,204``, ``5 млн сом``.

A number that is shown with one is an amount of money and no count. ``without_currency`` says which; the signs that
several countries use ("¥", "som") and those of currencies that no unit has are :data:`OTHER`. Called by the workbooks
(``sources.readers.workbook.number_formats``), whose number formats hold them, and by ``transforms.parse.read_numbers``.
"""

import re
from functools import lru_cache

from sources.scale_words import BILLION, MILLION, THOUSAND, THOUSAND_MILLION, any_of

#: a currency that is no unit of the contract, or one of several
OTHER = "XXX"
_SIGNS = {
    "KGS": "сом сома сому сомы сомов сомах сомду сомдан ⃀ kgs",
    "KZT": "₸ тенге теңге теңгемен теңгеде тг kzt tenge tenges teñge",
    "USD": "us$ $us $ usd долл доллар доллара долларов долларах доллары dollar dollars",
    "EUR": "€ eur евро euro euros еуро",
    OTHER: "som soms so'm so‘m soʻm soʼm so’m so'mda so‘mda soʻmda soʼmda so’mda soum soums "
    "сум сума сумах сумы сўм сўмда сумов сумда uzs "
    "сомони сомонӣ сомонии сомонӣҳо somoni somonis смн tjs ₽ руб рубль рубля рублей rub "
    "£ gbp ¥ cny jpy ₺ try ₼ ₴ ₹ ₩ chf ¤",
}
_CODES = {sign: code for code, signs in _SIGNS.items() for sign in signs.split()}
_ANY = "|".join(sorted(map(re.escape, _CODES), key=len, reverse=True))
_BEFORE = re.compile(rf"^([-(<>≤≥~]?)\s*({_ANY})\.?\s*(?=[-0-9])", re.IGNORECASE)
_BEHIND = re.compile(rf"(?<![^\W\d_])({_ANY})\.?(?=\)?$)", re.IGNORECASE)
_ALONE = re.compile(rf"(?<![^\W_])(?:{_ANY})(?![^\W_])|[₸$€₽£¥₺₼₴₹₩⃀¤]", re.IGNORECASE)

_THOUSANDS = rf"(?:{any_of(THOUSAND, MILLION, THOUSAND_MILLION, BILLION)}|1[ .,]?000)\.?(?: of)? "
# Whose money it is, and which that is: an Uzbek som is none of Kyrgyzstan.
_OF_COUNTRY = {
    "KGS": r"к[иы]рг[иы]зск\w+|kyrgyz\w*",
    "KZT": r"казах(?:стан)?ск\w+|kazakh\w*",
    "USD": r"американск\w+|us|american",
    OTHER: r"(?:узбек|таджик|россий)ск\w+|(?:uzbek|tajik|russian)\w*",
}
# What two countries call their money in English.
_OF_SEVERAL = ("som", "soms")
_WHOSE = "|".join(rf"(?P<{code}>{words})" for code, words in _OF_COUNTRY.items())
_OF_A_HEADER = re.compile(
    rf"(?:(?:(?:сумм[аы]|amounts? paid|beträge) )?(?:в|in|бо) )?(?:{_THOUSANDS})?(?:(?:{_WHOSE}) )?(?P<sign>{_ANY})\.?"
    r"(?: сша)?(?: менен|мен| hisobida| ҳисобида)?",
    re.IGNORECASE,
)


@lru_cache(maxsize=20_000)
def without_currency(text: str) -> tuple[str, str]:
    """A text without the sign of money at its beginning or end, and the currency: a code, ``OTHER``, or "" for none."""
    stripped = text.strip()
    if found := _BEFORE.search(stripped):
        return found[1] + stripped[found.end() :], _CODES[found[2].casefold()]
    if (found := _BEHIND.search(stripped)) and re.search("[0-9]", stripped[: found.start()]):
        return (stripped[: found.start()].rstrip() + stripped[found.end() :]), _CODES[found[1].casefold()]
    return text, ""


def currency_of(words: str) -> str:
    """The currency that words of a header or unit are, thousands of it included: "тыс. сом"; "" where they are none."""
    found = _OF_A_HEADER.fullmatch(words.strip())
    if found is None:
        return ""
    sign = found["sign"].casefold()
    whose = next((code for code in _OF_COUNTRY if found[code]), _CODES[sign])
    return whose if sign in _OF_SEVERAL or whose == _CODES[sign] else OTHER


def names_currency(text: str) -> bool:
    """Whether the words of a number format name money."""
    return _ALONE.search(text) is not None

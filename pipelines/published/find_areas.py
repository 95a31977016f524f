"""The countries and regions that a person means by a code, by a code of another list, or by a name in any language.

Not here: areas as files write them (``transforms.parse``). Called by all commands that take a country.

>>> country("kgz"), country("Кыргызстан"), codes_of("KG-GB")
('KG', 'KG', ['KG-GB'])
"""

from collections.abc import Sequence

from data_contracts.errors import UserError
from data_contracts.load import contract
from data_contracts.strict_files import no_such
from data_contracts.vocabulary import COUNTRIES
from transforms.parse.fold_labels import fold

OTHER_CODES = ("national_code", "alpha3", "m49")
NAMES = ("name_en", "name_ru", "name_national")


def codes_of(given: str) -> list[str]:
    """Codes of the areas that are called so: the one with that code, else those with that other code, else by name."""
    known, word = contract(), given.strip()
    for columns in (("code",), OTHER_CODES):
        found = [
            row["code"] for row in known.areas if word.lower() in {row[name].lower() for name in columns}
        ]
        if word and found:
            return found
    folded = fold(word)
    named = {
        row["code"] for row in known.areas if any(row[name] and fold(row[name]) == folded for name in NAMES)
    }
    named |= {row["area"] for row in known.area_aliases if fold(row["alias"]) == folded}
    return sorted(named)


def country(given: str) -> str:
    """Code of the one country that is meant; UserError where it is none."""
    codes = codes_of(given)
    if len(codes) != 1 or codes[0] not in COUNTRIES:
        raise UserError(f"{no_such('country', given, words(COUNTRIES))} Countries: {', '.join(COUNTRIES)}.")
    return codes[0]


def area(given: str) -> str:
    """Code of the one country or region that is meant; UserError where it is none, or several."""
    codes = codes_of(given)
    if len(codes) > 1:
        raise UserError(f"{given} can be {' or '.join(codes)}. Give the code.")
    if not codes:
        known = words([row["code"] for row in contract().areas])
        raise UserError(
            f"{no_such('country or region', given, known)} Countries: {', '.join(COUNTRIES)}; `dvstats list areas` has "
            "the regions."
        )
    return codes[0]


def words(codes: Sequence[str]) -> list[str]:
    """Names of areas and their codes of three letters; codes of two are all alike."""
    rows = [row for row in contract().areas if row["code"] in codes]
    return [row[name] for row in rows for name in (*NAMES, "alpha3") if row[name]]

"""The shared vocabulary: dimensions and key of an observation, the total code, countries, cadences, counting units.

Everything here comes from ``vocabulary.yaml`` and ``codes/*.csv``; no other module spells these lists out. Not here:
labels of codes (``load_contract().codelists``) and columns of tables (``tables.yaml``). Read by all four layers.

>>> DIMENSIONS
('sex', 'age', 'violence_form', 'relationship', 'breakdown')
>>> sql_list(DIMENSIONS, "o")
'o.sex, o.age, o.violence_form, o.relationship, o.breakdown'
"""

import csv
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from data_contracts.strict_files import DeclarationError, load_yaml, take

_HERE = Path(__file__).parent
_KEYS = ("total", "dimensions", "key", "comparators", "impersonal_units", "overdue_after_days")


@dataclass(frozen=True)
class Vocabulary:
    """The declared words, checked against the code lists."""

    #: code of "all of them" in every dimension
    total: str
    #: columns of the observations that divide what is counted
    dimensions: tuple[str, ...]
    #: columns that together are different in every observation
    key: tuple[str, ...]
    #: English name by ISO 3166-1 alpha-2 code, in the order of ``area.csv``, comparators included
    countries: Mapping[str, str]
    #: countries that are only compared with
    comparators: tuple[str, ...]
    #: counting units that are no persons, so that a small count of them discloses nobody
    impersonal_units: tuple[str, ...]
    #: days after which a dataset counts as stale, by cadence; None where it has no rhythm
    overdue_after_days: Mapping[str, int | None]


def load_vocabulary(folder: Path = _HERE) -> Vocabulary:
    """The vocabulary of a contract folder; :class:`DeclarationError` names file, line and the unknown word."""
    path = folder / "vocabulary.yaml"
    declared = load_yaml(path)
    values = take(path, declared, _KEYS)
    areas = _rows(folder / "codes" / "area.csv")
    countries = {row["code"]: row["name_en"] for row in areas if row["level"] == "country"}
    columns = list(load_yaml(folder / "columns.yaml"))
    known = {
        "comparators": list(countries),
        "impersonal_units": [row["code"] for row in _rows(folder / "codes" / "counting_unit.csv")],
        "overdue_after_days": [row["code"] for row in _rows(folder / "codes" / "cadence.csv")],
        "dimensions": columns,
        "key": columns,
    }
    for name, codes in known.items():
        unknown = [word for word in values[name] if word not in codes]
        if unknown:
            problem = f"{name}: {', '.join(map(str, unknown))} is not among {', '.join(codes)}"
            raise DeclarationError(path, declared.lines[name], problem)
    missing = set(known["overdue_after_days"]) - set(values["overdue_after_days"])
    if missing:
        problem = f"overdue_after_days has no days for {', '.join(sorted(missing))}"
        raise DeclarationError(path, declared.lines["overdue_after_days"], problem)
    return Vocabulary(
        total=values["total"],
        dimensions=tuple(values["dimensions"]),
        key=tuple(values["key"]),
        countries=countries,
        comparators=tuple(values["comparators"]),
        impersonal_units=tuple(values["impersonal_units"]),
        overdue_after_days=dict(values["overdue_after_days"]),
    )


def _rows(path: Path) -> list[dict[str, Any]]:
    """Rows of a code list; ``load_contract`` checks its header."""
    with path.open(encoding="utf-8-sig", newline="") as handle:
        return list(csv.DictReader(handle))


def sql_list(columns: Iterable[str], alias: str = "") -> str:
    """Column names for a SELECT, GROUP BY or JOIN … USING, with the alias of their table where one is given."""
    return ", ".join(f"{alias}.{column}" if alias else column for column in columns)


_VOCABULARY = load_vocabulary()
TOTAL = _VOCABULARY.total
DIMENSIONS = _VOCABULARY.dimensions
KEY = _VOCABULARY.key
COUNTRIES = tuple(_VOCABULARY.countries)
COUNTRY_NAMES = _VOCABULARY.countries
COMPARATORS = _VOCABULARY.comparators
#: without the comparators, of which no brief is made and no message sent
COUNTRIES_OF_REGION = tuple(code for code in COUNTRIES if code not in COMPARATORS)
IMPERSONAL_UNITS = _VOCABULARY.impersonal_units
OVERDUE_AFTER_DAYS = _VOCABULARY.overdue_after_days
#: code list of each column of the observations that tells them apart by codes; some are parts of a code (``breakdown``)
CODE_LISTS = {
    column: "area" if column == "ref_area" else column
    for column in KEY
    if column not in ("dataset_id", "time_period")
}

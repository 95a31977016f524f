"""The empty table of a requirement: one row a figure that is wanted, in the codes of this schema.

A need of the requirement becomes the codes of its dimension: ``sex;age`` gives a total, women, men, and age groups of
each; ``sex=F+relationship=IPTN`` gives that one figure beside the total. Not here: writing the table to files
(``request``). Called by ``request``.

>>> [row["sex"] for row in empty_table(contract(), requirement("IC-9"), "TJ", [2025])]
['_T', 'F', 'M']
"""

from collections.abc import Iterator, Sequence
from typing import Any

from data_contracts.model import Contract, Indicator
from data_contracts.strict_files import Row
from data_contracts.vocabulary import DIMENSIONS, TOTAL

COLUMNS = (
    "ref_area",
    "indicator",
    *DIMENSIONS,
    "freq",
    "time_period",
    "unit_measure",
    "obs_value",
    "obs_status",
    "note",
)
AGES = ("Y_LT18", "Y18T29", "Y30T44", "Y45T59", "Y_GE60")
_SEXES = ("F", "M")
_FORMS = ("PHYSICAL", "SEXUAL", "PSYCHOLOGICAL", "ECONOMIC")
_OF_FAMILY = ("IPTN", "FAM")
_OF_ANYBODY = (*_OF_FAMILY, "OTHER_KNOWN", "STRANGER", "_U")
Cell = dict[str, str]


def empty_table(contract: Contract, row: Row, country: str, years: Sequence[int]) -> list[dict[str, Any]]:
    """The wanted figures of a row of ``coverage.csv`` in a country, without values, year by year.

    Where the requirement has no indicator yet, the column is empty.
    """
    code = row["indicators"].split(";")[0].partition("/")[0]
    indicator = contract.indicators.get(code)
    cells = list(_cells(contract, row, country, indicator))
    return [
        {
            "ref_area": country,
            "indicator": code,
            **dict.fromkeys(DIMENSIONS, TOTAL),
            **cell,
            "freq": "A",
            "time_period": str(year),
            "unit_measure": indicator.unit if indicator else "NUMBER",
            "obs_value": None,
            "obs_status": None,
            "note": None,
        }
        for year in years
        for cell in cells
    ]


def _cells(contract: Contract, row: Row, country: str, indicator: Indicator | None) -> Iterator[Cell]:
    """The total, then what each need asks to be distinguished; each figure once."""
    needs = [need for need in row["needs"].split(";") if need]
    by_sex = "sex" in needs
    wanted: list[Cell] = [{}]
    if by_sex:
        wanted += [{"sex": sex} for sex in _SEXES]
    for need in needs:
        for cell in _of_need(contract, need.split("+"), country, indicator):
            wanted += [{"sex": sex, **cell} for sex in _SEXES] if by_sex else []
            wanted.append(cell)
    seen = []
    for cell in wanted:
        if cell not in seen:
            seen.append(cell)
            yield cell


def _of_need(
    contract: Contract, terms: Sequence[str], country: str, indicator: Indicator | None
) -> list[Cell]:
    """Every combination of the codes of the terms of one need."""
    cells: list[Cell] = [{}]
    for term in terms:
        choices = _of_term(contract, term, country, indicator)
        cells = [{**cell, **choice} for cell in cells for choice in choices]
    return cells


def _of_term(contract: Contract, term: str, country: str, indicator: Indicator | None) -> list[Cell]:
    name, _, code = term.partition("=")
    if code:
        return [{name: code}] if name in DIMENSIONS else [{"breakdown": term}]
    if name == "region":
        return [
            {"ref_area": area["code"]}
            for area in contract.areas
            if area["parent"] == country and area["level"] == "region" and not area["valid_to"]
        ]
    related = _OF_FAMILY if indicator and indicator.scope == "family" else _OF_ANYBODY
    codes = {"sex": _SEXES, "age": AGES, "child": AGES[:1], "violence_form": _FORMS, "relationship": related}
    dimension = "age" if name == "child" else name
    # Any other term is met by the indicator, not by a code: RAPE_REGISTERED counts rapes only.
    return [{dimension: chosen} for chosen in codes.get(name, ())] or [{}]

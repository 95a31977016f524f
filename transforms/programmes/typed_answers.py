"""One answer of a form by itself: a choice of its list, a number within the bounds of its column, a code, a text.

Not here: what answers say together (``judge_return`` of the programme, ``judge_figures`` of figures), which call this.
"""

import re
from typing import Any

from data_contracts.model import Column
from sources.programmes.form import YES, choices, column
from sources.programmes.given_return import Given
from transforms.programmes.organisations import is_organisation
from transforms.programmes.problems import Problem

MOST_PERSONS = 100_000
_WHOLE = re.compile(r"-?\d{1,3}(?:[ \u00a0\u202f]\d{3})+|-?\d+")
_DECIMAL = re.compile(r"-?\d+(?:[.,]\d+)?")
#: of a count: a thousand or one with three zeros behind its mark, which nobody can tell apart
_GROUPED_OR_DECIMAL = re.compile(r"-?\d{1,3}[.,]\d{3}")


def typed(name: str, given: Given, problems: list[Problem]) -> Any:
    """The answer as its column's type; None where a problem was added to ``problems``.

    ``blank`` of a problem: what was written is not repeated in its sentence, since it may be a name.
    """
    defined = column(name)
    if name == "programme_id":
        return _programme(defined, given, problems)
    if choices(name):
        if given.text not in choices(name):
            problems.append(Problem((given.place,), "not_choice", blank=True))
            return None
        return given.text == YES if defined.type == "BOOLEAN" else given.text
    if name == "provider" and not is_organisation(given.text):
        problems.append(Problem((given.place,), "no_organisation", blank=True))
        return None
    return given.text if defined.type == "VARCHAR" else _number(name, given, problems)


def _programme(defined: Column, given: Given, problems: list[Problem]) -> str | None:
    countries = {code[:2].lower() for code in choices("ref_area")}
    good = re.fullmatch(defined.pattern or "", given.text) and given.text[:2] in countries
    if not good:
        problems.append(Problem((given.place,), "bad_programme"))
    return given.text if good else None


def _number(name: str, given: Given, problems: list[Problem]) -> float | int | None:
    defined = column(name)
    text = given.text.replace("−", "-").strip()
    if not _WHOLE.fullmatch(text) and not _DECIMAL.fullmatch(text):
        blank = any(char.isalpha() for char in text)
        problems.append(Problem((given.place,), "not_number", blank=blank))
        return None
    value = float(re.sub(r"[ \u00a0\u202f]", "", text).replace(",", "."))
    grouped = defined.type == "INTEGER" and _GROUPED_OR_DECIMAL.fullmatch(text)
    key = "not_whole" if grouped else _beyond(defined, value)
    if key:
        bounds = (("least", f"{defined.min}"), ("most", f"{defined.max}")) if key == "out_of_bounds" else ()
        problems.append(Problem((given.place,), key, filled=bounds))
        return None
    return int(value) if defined.type == "INTEGER" else value


def _beyond(defined: Column, value: float) -> str:
    """Which bound of its column a number breaks; empty where none."""
    if defined.type == "INTEGER" and not value.is_integer():
        return "not_whole"
    if defined.type == "INTEGER" and abs(value) > MOST_PERSONS:
        return "too_large"
    if defined.max is not None and not (defined.min or 0) <= value <= defined.max:
        return "out_of_bounds"
    if value < 0 and defined.name != "measure_value":
        return "negative"
    return ""

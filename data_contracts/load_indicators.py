"""Loads the declared indicators, ``indicators/<family>.yaml``, and checks each against the code lists.

An indicator names what is counted and, for each country, what exactly one case is there. Where it counts offences or
the persons concerned, it has a class of the International Classification of Crime (ICCS) and says which relationships
of victim and aggressor it covers, or why none. Every mistake is a ``DeclarationError`` with file and line.

Not here: the rest of the contract (``load``, the only caller), the class that is filled (``model.Indicator``).
"""

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from data_contracts.model import Code, Indicator, Text, text
from data_contracts.strict_files import DeclarationError, Mapped, did_you_mean, load_yaml, mapping, take

_INDICATOR_KEYS = (
    "family",
    "label",
    "definition",
    "counting_unit",
    "subject",
    "stage",
    "scope",
    "unit",
    "range",
    "rate",
    "direction",
    "domestic",
    "countries",
    "limitations",
)
# How an indicator of the Sustainable Development Goals is written.
_SDG = r"[0-9]{1,2}[.][0-9a-z]{1,2}[.][0-9]{1,2}"
# Families that count offences, or the persons harmed by or held to account for them.
_OF_OFFENCES = ("administrative", "courts", "criminal", "homicide", "victims")
# The three scopes of EIGE's collection of 2023-24.
_SCOPES = ("partner", "family", "any")


def load_indicators(folder: Path, codelists: Mapping[str, Mapping[str, Code]]) -> dict[str, Indicator]:
    """Indicators by code, from one file a family; DeclarationError. ``codelists``: codes by list and code."""
    result: dict[str, Indicator] = {}
    for path in sorted(folder.glob("*.yaml")):
        for code, spec in load_yaml(path).items():
            if code in result:
                raise DeclarationError(path, spec.line, f"indicator {code} is declared in another family too")
            result[code] = _indicator(path, code, spec, codelists)
    return result


def _indicator(path: Path, code: str, spec: Mapped, codelists: Mapping[str, Mapping[str, Code]]) -> Indicator:
    values = take(
        path, spec, _INDICATOR_KEYS, {"iccs": None, "sdg": None, "relationships": None, "formerly": []}
    )
    if values["family"] != path.stem:
        raise DeclarationError(path, spec.lines["family"], f"{code} belongs into {values['family']}.yaml")
    lists = {key: key for key in ("family", "counting_unit", "subject", "stage", "scope", "direction")}
    for key, codelist in {**lists, "unit": "unit_measure", "rate": "rate_base"}.items():
        if not isinstance(values[key], str) or values[key] not in codelists[codelist]:
            hint = did_you_mean(str(values[key]), codelists[codelist])
            raise DeclarationError(path, spec.lines[key], f"{key} {values[key]!r} is in no code list{hint}")
    _check_countries(path, spec, mapping(path, spec, "countries"), codelists["rate_base"])
    if not isinstance(values["range"], list) or len(values["range"]) != 2:
        raise DeclarationError(
            path, spec.lines["range"], "range: a list of two bounds is expected, each may be null"
        )
    iccs, no_iccs = _crime_class(path, spec)
    # Only classes whose text was read are in the list.
    if iccs is not None and iccs not in codelists["iccs"]:
        hint = did_you_mean(str(iccs), codelists["iccs"])
        raise DeclarationError(path, spec.lines["iccs"], f"iccs {iccs!r} is in no code list{hint}")
    if values["sdg"] is not None and not re.fullmatch(_SDG, values["sdg"]):
        raise DeclarationError(path, spec.lines["sdg"], f"sdg {values['sdg']!r} is not written like {_SDG}")
    relationship_scope, no_scope = _relationships(path, spec, codelists)
    low, high = values["range"]
    return Indicator(
        code=code,
        family=values["family"],
        label=text(path, spec, "label"),
        definition=text(path, spec, "definition"),
        counting_unit=values["counting_unit"],
        subject=values["subject"],
        stage=values["stage"],
        scope=values["scope"],
        relationship_scope=relationship_scope,
        no_scope=no_scope,
        unit=values["unit"],
        direction=values["direction"],
        iccs=iccs,
        no_iccs=no_iccs,
        sdg=values["sdg"],
        domestic=values["domestic"],
        range=(low, high),
        rate=values["rate"],
        countries=json.loads(json.dumps(values["countries"])),
        limitations=text(path, spec, "limitations"),
        formerly=tuple(values["formerly"]),
    )


def _check_countries(
    path: Path, spec: Mapped, countries: Mapping[str, Any], rate_bases: Mapping[str, Code]
) -> None:
    """What an indicator counts in each country, in which register, and by which base its rate is made there."""
    for country, entry in countries.items():
        if not isinstance(entry, Mapped):
            raise DeclarationError(path, spec.lines["countries"], f"{country} needs counts and register")
        text(path, entry, "counts")
        text(path, entry, "register")
        if entry.get("rate", "none") not in rate_bases:
            problem = f"rate {entry['rate']!r} is in no code list; known: {', '.join(rate_bases)}"
            raise DeclarationError(path, entry.lines["rate"], problem)


def _relationships(
    path: Path, spec: Mapped, codelists: Mapping[str, Mapping[str, Code]]
) -> tuple[str | None, Text | None]:
    """Which relationships of victim and aggressor an indicator covers, or a text that says why none."""
    given = spec.get("relationships")
    if isinstance(given, Mapped):
        return "none", text(path, spec, "relationships")
    if given in _SCOPES and given in codelists["relationship_scope"]:
        return given, None
    needed = spec["subject"] in ("victim", "aggressor") or spec["family"] in ("orders", "courts")
    if given is None and not needed:
        return None, None
    line = spec.lines.get("relationships", spec.line)
    remedy = f"relationships needs {', '.join(_SCOPES)}, or a text in en and ru that says why none of them"
    raise DeclarationError(path, line, remedy)


def _crime_class(path: Path, spec: Mapped) -> tuple[str | None, Text | None]:
    """Class of the International Classification of Crime, or a text that says why an offence has none."""
    given = spec.get("iccs")
    if isinstance(given, Mapped):
        return None, text(path, spec, "iccs")
    if given is None and (spec["counting_unit"] == "offence" or spec["family"] in _OF_OFFENCES):
        remedy = "iccs needs a class, or a text in en and ru that says why none"
        raise DeclarationError(path, spec.lines.get("iccs", spec.line), remedy)
    return given, None

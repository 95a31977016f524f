"""Loads ``scorecard.yaml``: frameworks, their items, and what of the published tables answers each item.

Every mistake is a ``DeclarationError`` with file and line: an unknown requirement, indicator, need or kind of service,
a framework without a code, an item given twice. Not here: the verdicts (``transforms.derive.scorecard``) and those
that are judged by hand (``sources/bundled/scorecard``). Called by ``load``.
"""

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from data_contracts.model import Code, Indicator, ScoreFramework, ScoreItem, ScorePart, Text, text
from data_contracts.needs import condition
from data_contracts.strict_files import DeclarationError, Mapped, Row, did_you_mean, load_yaml, mapping, take
from data_contracts.vocabulary import COUNTRIES

Codelists = Mapping[str, Mapping[str, Code]]
# Columns of response_services that an item may ask for.
_SERVICE_COLUMNS = ("operator", "ref_area", "law_id", "since")


def check_asked(
    asked: str, needs: str, indicators: Mapping[str, Indicator], breakdowns: Collection[str]
) -> None:
    """ValueError where indicators (``CODE`` or ``CODE/need``, joined by ``;``) or needs are not known."""
    for part in filter(None, asked.split(";")):
        code, _, only = part.partition("/")
        if code not in indicators:
            raise ValueError(f"unknown indicator {code!r}{did_you_mean(code, indicators)}")
        if only:
            condition(only, breakdowns)
    for need in filter(None, needs.split(";")):
        condition(need, breakdowns)


class _Declared(NamedTuple):
    """The file that is read, and what its items may refer to."""

    path: Path
    requirements: Mapping[str, Row]
    indicators: Mapping[str, Indicator]
    codelists: Codelists

    def no_requirement(self, name: str) -> str:
        return f"{name!r} is no requirement of coverage.csv{did_you_mean(name, self.requirements)}"


def load_scorecard(
    path: Path, coverage: Sequence[Row], indicators: Mapping[str, Indicator], codelists: Codelists
) -> tuple[ScoreFramework, ...]:
    """The frameworks in the order of the file; DeclarationError. ``coverage``: the requirements that items may name."""
    declared = load_yaml(path)
    known = _Declared(path, {row["requirement"]: row for row in coverage}, indicators, codelists)
    made = []
    for code, spec in declared.items():
        if code not in codelists["framework"]:
            hint = did_you_mean(str(code), codelists["framework"])
            raise DeclarationError(path, declared.lines[code], f"framework {code!r} is in no code list{hint}")
        values = take(path, spec, ("items",), {"address": ""})
        items = tuple(_item(known, name, item) for name, item in mapping(path, spec, "items").items())
        made.append(ScoreFramework(code, values["address"], items))
    return tuple(made)


def _item(known: _Declared, code: str, spec: Mapped) -> ScoreItem:
    path, requirements = known.path, known.requirements
    values = take(path, spec, (), {"title": None, "parts": [], "body": "", "rule": None})
    parts = tuple(_part(known, spec, part) for part in values["parts"] or ())
    named = next((part.requirement for part in parts if part.requirement), "")
    if not all(part.services or part.indicators or part.requirement for part in parts):
        raise DeclarationError(path, spec.line, f"item {code}: a part without indicators can never be met")
    bodies = _bodies(path, code, values["body"]) if isinstance(values["body"], Mapped) else {}
    body = "" if bodies else values["body"] or named
    if not bodies and body not in requirements:
        raise DeclarationError(path, spec.line, f"item {code}: body {known.no_requirement(body)}")
    if values["title"] is not None:
        title = text(path, spec, "title")
    elif named:
        title = Text(requirements[named]["title_en"], requirements[named]["title_ru"])
    else:
        raise DeclarationError(path, spec.line, f"item {code} needs a title in en and ru")
    if not (parts or values["rule"]):
        raise DeclarationError(path, spec.line, f"item {code} has no parts and needs a rule to be judged by")
    rule = text(path, spec, "rule") if values["rule"] else None
    return ScoreItem(code, title, parts, body, rule, bodies)


def _bodies(path: Path, code: str, spec: Mapped) -> dict[str, Text]:
    """The bodies of an item that no requirement has, by country."""
    for country in spec:
        if country not in COUNTRIES:
            problem = f"item {code}: unknown country {country!r}{did_you_mean(str(country), COUNTRIES)}"
            raise DeclarationError(path, spec.lines[country], problem)
    return {country: text(path, spec, country) for country in spec}


def _part(known: _Declared, item: Mapped, spec: Any) -> ScorePart:
    path = known.path
    if isinstance(spec, str):
        if spec not in known.requirements:
            raise DeclarationError(path, item.line, known.no_requirement(spec))
        return ScorePart(requirement=spec)
    optional = {"indicators": "", "needs": "", "tells_apart": "", "partly": "", "services": "", "says": ""}
    values = take(path, spec, (), optional)
    if values["services"]:
        kinds = known.codelists["service_kind"]
        if values["services"] not in kinds or values["says"] not in _SERVICE_COLUMNS:
            problem = f"services needs a kind of service, and says one of {', '.join(_SERVICE_COLUMNS)}"
            raise DeclarationError(path, spec.line, problem)
        return ScorePart(services=values["services"], says=values["says"])
    try:
        for needs in (values["needs"], values["tells_apart"]):
            for asked in (values["indicators"], values["partly"]):
                check_asked(asked, needs, known.indicators, known.codelists["breakdown"])
    except ValueError as error:
        raise DeclarationError(path, spec.line, str(error)) from None
    return ScorePart(
        indicators=values["indicators"],
        needs=tuple(filter(None, values["needs"].split(";"))),
        tells_apart=tuple(filter(None, values["tells_apart"].split(";"))),
        partly=values["partly"],
    )

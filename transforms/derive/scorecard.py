"""How far each country meets the frameworks that parliaments and donors cite: a verdict an item, country and year.

An item of ``data_contracts/scorecard.yaml`` is answered by its parts, from the published figures and services; where
there are no parts, the verdict is that of a reader (``sources/bundled/scorecard``). Counts of verdicts are the view
``scores``; there is no index. Not here: asking the figures (``requirements``) and the gaps of the minimum set
(``coverage``). Called by
``pipelines.requirement_tables``.

Example: EIGE-10 asks for protection orders applied for and granted. Kyrgyzstan 2019 has orders granted to women and no
applications: one part is met, the verdict is "part", the evidence is the key of the granted ones.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from data_contracts.arrow import arrow_schema
from data_contracts.model import Contract, ScoreItem, ScorePart
from data_contracts.strict_files import Row
from data_contracts.vocabulary import COUNTRIES
from sources.bundled_registers import Entry
from transforms.derive import coverage
from transforms.derive.requirement_figures import FIRST_YEAR
from transforms.derive.requirements import Fact, Figures

YES, PART, NO, UNKNOWN = "yes", "part", "no", "unknown"
_NO_END = "9999"
Answers = Callable[[str, int], "Answer"]


@dataclass(frozen=True)
class Answer:
    """What one part of an item comes to in a country and year.

    ``needs``: of a part without any figure. ``total_only``: its figures tell nothing apart that it asks for.
    """

    verdict: str
    evidence: tuple[str, ...] = ()
    source: str | None = None
    quote: str | None = None
    missing: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    total_only: bool = False


@dataclass(frozen=True)
class Service:
    """A row of the register of services, the years in which it runs, and the last of them that its page can show."""

    entry: Entry
    first: int
    last: int
    shown: int

    @property
    def of_country(self) -> bool:
        """Neither a pilot nor of a region."""
        return bool(self.entry["area"] == self.entry["country"] and self.entry["state"] != "pilot")


def scorecard(
    contract: Contract,
    figures: Figures,
    sources: pa.Table,
    services: Sequence[Entry],
    judgements: Sequence[Entry],
    countries: Collection[str] = COUNTRIES,
    last: pa.Table | None = None,
) -> pa.Table:
    """One row an item, country and year. An item that nobody judged is not known, never left out.

    ``countries``: those of the figures; what figures show of the others is taken from the table ``last``.
    """
    table = contract.tables["scorecard"]
    requirements = {row["requirement"]: row for row in contract.coverage}
    dated = {row["source_id"]: row["published"] or row["seen"] for row in sources.to_pylist()}
    by_hand = _by_hand(contract, judgements, dated)
    known = _services_known(services, dated)
    years = range(FIRST_YEAR, figures.last_year + 1)
    rows, by_figures = [], []
    for framework in contract.scorecard:
        for item in framework.items:
            shown = bool(item.parts) and not all(part.services for part in item.parts)
            by_figures += [item.code] if shown else []
            answers = [_answers(part, figures, requirements, known, years) for part in item.parts]
            shared = {
                "framework": framework.code,
                "item": item.code,
                "title_en": item.title.en,
                "title_ru": item.title.ru,
                "framework_address": framework.address or None,
            }
            for country in countries if shown else COUNTRIES:
                body = _body(item, requirements, country)
                place = {
                    "country": country,
                    "comparator": country in contract.comparators,
                    "publisher_en": body[0],
                    "publisher_ru": body[1],
                }
                for year in years:
                    said = by_hand.get((item.code, country, year))
                    row = _row(item, [answer(country, year) for answer in answers], said)
                    rows.append({**shared, **place, "year": year, **row})
    made = pa.Table.from_pylist(rows, schema=arrow_schema(contract, table))
    if last is not None:
        others = coverage.of_others(last, countries)
        others = others.filter(pc.is_in(others["item"], pa.array(by_figures, pa.string())))
        made = pa.concat_tables([made, others.cast(made.schema)])
    return made.sort_by([(name, "ascending") for name in table.order])


def _body(item: ScoreItem, requirements: Mapping[str, Row], country: str) -> tuple[str | None, str | None]:
    """The body of the country that would answer an item, in English and Russian."""
    if item.body:
        return coverage.body(requirements[item.body], country)
    named = item.bodies.get(country)
    return (named.en, named.ru) if named else (None, None)


def _row(item: ScoreItem, answers: Sequence[Answer], said: Entry | None) -> dict[str, Any]:
    """Verdict with what shows it."""
    if item.parts:
        verdict = _together(answer.verdict for answer in answers)
        # Beside the parts that are published, what the others need is missing too.
        missing = [
            [
                _of_part(item, part, need)
                for need in answer.missing or (answer.needs if verdict == PART else ())
            ]
            for part, answer in zip(item.parts, answers, strict=True)
        ]
        return {
            "verdict": verdict,
            "verdict_basis": "derived",
            "evidence": ";".join(dict.fromkeys(key for answer in answers for key in answer.evidence)) or None,
            "source_id": next((answer.source for answer in answers if answer.source), None),
            "quote": next((answer.quote for answer in answers if answer.quote), None),
            "missing": ";".join(dict.fromkeys(need for needs in missing for need in needs)) or None,
            "total_only": verdict == PART and all(a.total_only for a in answers if a.verdict != NO),
        }
    if said is None:
        return {"verdict": UNKNOWN, "verdict_basis": "none", "total_only": False}
    return {
        "verdict": said["verdict"],
        "verdict_basis": "judged",
        "source_id": said["source"],
        "quote": said["quote"] or None,
        "total_only": False,
        "reason_en": said["reason_en"],
        "reason_ru": said["reason_ru"],
    }


def _of_part(item: ScoreItem, part: ScorePart, need: str) -> str:
    """``EIGE-10A:sex=F``: a need with the requirement, else the first indicator, of its part.

    Not where the item has one part only, nor for ``indicator=CODE``, which names it already.
    """
    if len(item.parts) == 1 or need.startswith("indicator="):
        return need
    return f"{part.requirement or _first(part.indicators)}:{need}"


def _first(indicators: str) -> str:
    return indicators.partition(";")[0].partition("/")[0]


def _together(verdicts: Iterable[str]) -> str:
    """All parts met: yes. None: no. Otherwise part."""
    found = set(verdicts)
    return found.pop() if len(found) == 1 else PART


# -- parts ---------------------------------------------------------------------------------------------------------


def _answers(
    part: ScorePart,
    figures: Figures,
    requirements: Mapping[str, Row],
    services: Sequence[Service],
    years: Iterable[int],
) -> Answers:
    """What a part comes to, by country and year."""
    if part.services:
        running = {
            (country, year): _services(part, services, country, year)
            for country in COUNTRIES
            for year in years
        }
        return lambda country, year: running[country, year]
    if part.requirement:
        requirement = requirements[part.requirement]
        asked = coverage.facts(figures, requirement)
        wanted = _wanted(requirement["indicators"], coverage.parts(requirement["needs"]))
        return lambda country, year: _figure(asked.get((country, year)), wanted)
    needs = part.needs or part.tells_apart
    facts = figures.facts(part.indicators, needs)
    partly = figures.facts(part.partly, needs)
    judge = _apart if part.tells_apart else _figure
    absent = _wanted(part.indicators, needs)

    def answer(country: str, year: int) -> Answer:
        found = judge(facts.get((country, year)), absent)
        near = judge(partly.get((country, year)), absent)
        if found.verdict != NO or near.verdict == NO:
            return found
        return replace(near, verdict=PART, missing=(*near.missing, *_wanted(part.indicators, ())))

    return answer


def _wanted(indicators: str, needs: Sequence[str]) -> tuple[str, ...]:
    """What is missing where a part has no figure: its needs, or where any figure would do, its first indicator."""
    return tuple(needs) or ((f"indicator={_first(indicators)}",) if indicators else ())


def _figure(fact: Fact | None, needs: tuple[str, ...]) -> Answer:
    """A figure that meets all needs, or a figure at all."""
    if fact is None:
        return Answer(NO, needs=needs)
    absent = tuple(coverage.missing(fact))
    return Answer(PART if absent else YES, fact.evidence, missing=absent, total_only=fact.total_only)


def _apart(fact: Fact | None, needs: tuple[str, ...]) -> Answer:
    """The needs are the thing itself: a figure that meets none of them is nothing.

    One that meets them for a region, for some providers or for several years together, or of one group alone, or in
    doubt, is a part.
    """
    if fact is None or not (fact.met or fact.limited or fact.partial):
        return Answer(NO, missing=fact.unmet if fact else (), needs=needs)
    return _figure(fact, needs)


def _services_known(services: Sequence[Entry], dated: Mapping[str, str]) -> list[Service]:
    """Services with the years in which they run: from their beginning, else from the year of their source."""
    known = []
    for entry in services:
        page = dated.get(entry["source"]) or ""
        if first := entry["since"] or page:
            last, shown = entry["until"] or _NO_END, page or first
            known.append(Service(entry, int(first[:4]), int(last[:4]), int(shown[:4])))
    return known


def _services(part: ScorePart, services: Sequence[Service], country: str, year: int) -> Answer:
    """Whether every service of the kind that runs in the year says what is asked, in words of its source.

    The newest is what shows it.
    Services of the whole country answer; where there are none, a pilot and those of single regions are a part. A page
    shows nothing of a year after it: where a service may have gone on and no other says it, that is not known.
    """
    column = "area" if part.says == "ref_area" else part.says
    begun = [
        service
        for service in sorted(services, key=lambda service: -service.first)
        if service.entry["country"] == country
        and service.entry["kind"] == part.services
        and service.first <= year <= service.last
    ]
    whole = [service for service in begun if service.of_country] or begun
    asked = [service.entry for service in whole if year <= service.shown]
    national = whole[0].of_country if whole else False
    said = [entry for entry in asked if entry[column] and entry["quote"]]
    if not said:
        unknown = len(asked) < len(whole)
        return Answer(UNKNOWN) if unknown else Answer(NO, missing=(part.says,) if asked else ())
    missing = (*([] if len(said) == len(asked) else [part.says]), *([] if national else ["country"]))
    shown = said[0]
    return Answer(PART if missing else YES, source=shown["source"], quote=shown["quote"], missing=missing)


# -- by hand -------------------------------------------------------------------------------------------------------


def _by_hand(
    contract: Contract, judgements: Sequence[Entry], dated: Mapping[str, str]
) -> dict[tuple[str, str, int], Entry]:
    """The verdict of a reader by item, country and year; an error names file and line.

    No page shows anything of a year after the one in which it was published (``dated``, by source).
    """
    without_parts = {
        item.code for framework in contract.scorecard for item in framework.items if not item.parts
    }
    found: dict[tuple[str, str, int], Entry] = {}
    for entry in judgements:
        if entry["item"] not in without_parts:
            raise entry.error(f"{entry['item']!r} is no item of scorecard.yaml that is judged by hand")
        if entry["verdict"] not in contract.codelists["item_verdict"]:
            raise entry.error(f"unknown verdict {entry['verdict']!r}")
        if entry["country"] not in COUNTRIES:
            raise entry.error(f"unknown country {entry['country']!r}")
        if (day := dated.get(entry["source"])) and entry["until"] > day[:4]:
            raise entry.error(f"{entry['source']!r} is of {day[:4]} and shows nothing of {entry['until']}")
        for year in range(int(entry["since"]), int(entry["until"]) + 1):
            key = (entry["item"], entry["country"], year)
            if key in found:
                raise entry.error(f"{' '.join(map(str, key))} is judged in line {found[key].line} too")
            found[key] = entry
    return found

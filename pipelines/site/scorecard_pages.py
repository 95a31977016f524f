"""The pages of scorecards: what each framework asks for, and what of it is public in each country.

One page a framework: a grid of the last whole year, then for each country what shows it, what is missing, in which
years there was more, and the body that would answer. Frameworks are never added up, countries never ranked.

Not here: the verdicts (``transforms.derive.scorecard``, view ``scores``), requirements by year (``pages``, coverage).
Called by ``pages``.

>>> [page.path for page in scorecard_pages(release, "en")][:2]
['scorecards', 'scorecards/DVSTATS']
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from data_contracts.load import contract
from data_contracts.model import Lang
from data_contracts.need_words import need_in_words
from pipelines.site import words
from pipelines.site.html import Page, texts
from pipelines.site.load_release import Figure, Release, Row

VERDICTS = ("yes", "part", "no", "unknown")
ANSWERED = VERDICTS[:2]


@dataclass(frozen=True)
class Answer:
    """One item in one country: the verdict of the year, and what shows it."""

    #: of the year, in ``scorecard``
    row: Row
    #: that row, or where it has no answer the last one that has; None: none ever had
    shown: Row | None
    #: that show it
    figures: tuple[Figure, ...]
    #: what ``shown`` lacks, in words
    missing: tuple[str, ...]
    #: the spans in which the item was met (``yes``) and met in part (``part``)
    years: tuple[tuple[str, str], ...]


def scorecard_pages(release: Release, lang: Lang) -> Iterator[Page]:
    """The list of frameworks, then a page each, in one language."""
    t = texts()[lang]
    year = judged_year(release)
    counts = {
        (row["framework"], row["country"]): row for row in release.tables["scores"] if row["year"] == year
    }
    frameworks = _by_framework(release.tables["scorecard"])
    context: dict[str, Any] = {"year": year, "counts": counts, "frameworks": list(frameworks)}
    items = sum(len({row["item"] for row in rows}) for rows in frameworks.values())
    message = t["message_scorecards"].format(frameworks=len(frameworks), items=items, year=year)
    yield Page("scorecards", "scorecards", t["title_scorecards"], message, context)
    for framework, rows in frameworks.items():
        by_item = _by_item(release, rows, year, lang)
        context = {
            "framework": framework,
            "year": year,
            "items": by_item,
            "address": rows[0]["framework_address"],
            "counts": {country: counts[framework, country] for country in release.countries},
        }
        title = release.label("framework", framework, lang)
        yield Page(
            f"scorecards/{framework}", "scorecard", title, _message(release, rows, year, lang), context
        )


def judged_year(release: Release) -> int:
    """The last year that was over when the release was published, of those with verdicts."""
    years: set[int] = {row["year"] for row in release.tables["scorecard"]}
    return max(year for year in years if year < release.published_at.year)


def _by_framework(rows: Sequence[Row]) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        found[row["framework"]].append(row)
    return dict(found)


def _by_item(
    release: Release, rows: Sequence[Row], year: int, lang: Lang
) -> list[tuple[str, str, dict[str, Answer]]]:
    """Items in the order of their numbers: code, title, answer by country."""
    groups: dict[str, dict[str, list[Row]]] = defaultdict(lambda: defaultdict(list))
    for row in rows:
        groups[row["item"]][row["country"]].append(row)
    found = []
    for item, countries in sorted(groups.items(), key=lambda group: _natural(group[0])):
        title = next(iter(countries.values()))[0][f"title_{lang}"]
        answers = {country: _answer(release, mine, year, lang) for country, mine in countries.items()}
        found.append((item, title, answers))
    return found


def _natural(item: str) -> list[tuple[int, str]]:
    """Numbers in a code by their size: ``IC-2`` before ``IC-10``."""
    return [(int(number or 0), text) for text, number in re.findall(r"(\D+)|(\d+)", item)]


def _answer(release: Release, rows: Sequence[Row], year: int, lang: Lang) -> Answer:
    row = next(row for row in rows if row["year"] == year)
    answered = [row for row in rows if row["verdict"] in ANSWERED and row["year"] <= year]
    judged = row["verdict"] in ANSWERED or row["source_id"]
    shown = row if judged else max(answered, key=lambda r: int(r["year"]), default=None)
    years = {v: words.year_spans(r["year"] for r in answered if r["verdict"] == v) for v in ANSWERED}
    about = shown or row
    return Answer(
        row,
        shown,
        tuple(release.by_key[key] for key in _parts(shown["evidence"] if shown else None)),
        tuple(need_in_words(contract(), need, lang) for need in _parts(about["missing"])),
        tuple((verdict, spans) for verdict, spans in years.items() if spans),
    )


def _parts(joined: str | None) -> list[str]:
    return [part for part in (joined or "").split(";") if part]


def _message(release: Release, rows: Sequence[Row], year: int, lang: Lang) -> str:
    """How many items have an answer in each country of the region, and for how many there never was one."""
    t = texts()[lang]
    items = {row["item"] for row in rows}
    ever = {row["item"] for row in rows if row["country"] in release.region and row["verdict"] in ANSWERED}
    parts = []
    for country in release.region:
        mine = [row["verdict"] for row in rows if (row["country"], row["year"]) == (country, year)]
        full, part = mine.count("yes"), mine.count("part")
        parts.append(t["message_scorecard_of"].format(area=release.area(country, lang), full=full, part=part))
    sentence = t["message_scorecard"].format(year=year, items=len(items), parts="; ".join(parts))
    never = len(items - ever)
    return f"{sentence} {t['message_scorecard_never'].format(never=never)}" if never else sentence

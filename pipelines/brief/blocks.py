"""The facts of a brief as blocks in one language, ready to be laid out: sentences, tables, numbered sources.

Every sentence of ``brief_words.yaml`` is filled with counts and figures of the release; texts of the release itself
(laws, reasons, names) are quoted as they are. Not here: the choice of facts (``figures``), the sections
(``key_findings``, ``changes``, ``gaps``), fonts and pages (``render`` with ``brief.typ``). Called by ``render``.
"""

from collections.abc import Sequence
from typing import Any

from data_contracts.model import Lang
from pipelines.brief.changes import changed, not_comparable
from pipelines.brief.figures import REGION, Facts
from pipelines.brief.gaps import missing, missing_by_country, programmes
from pipelines.brief.key_findings import known, known_side_by_side, lead, not_up_to_date, series
from pipelines.brief.writer import Block, Limits, Words
from pipelines.published.numbers_and_periods_in_words import day
from pipelines.release.citation import plain_citation

# Of a long title of a source, what fits on one line of a narrow column.
_TITLE = 70


def worded(facts: Facts, lang: Lang, limits: Limits) -> dict[str, Any]:
    """Everything that the pages show, as ``brief.typ`` reads it."""
    w = Words(facts, lang, limits)
    release = facts.release
    published = release["published_at"].date()
    region = facts.place == REGION
    blocks = _region(w) if region else _country(w, facts.place)
    citation = plain_citation(release["release"], release["content_hash"], published)
    countries = ", ".join(map(w.name, facts.countries))
    return {
        "lang": lang,
        "title": w.say("region") if region else w.name(facts.place),
        "national": countries if region else facts.areas[facts.place]["name_national"],
        "subtitle": w.say("title"),
        "edition": w.say("edition", release=release["release"], date=day(published, lang)),
        "footer": w.say("footer", release=release["release"]),
        "pages": w.say("pages", n="N", all="ALL"),
        "blocks": [*blocks, _sources(w), {"kind": "cite", "text": w.say("cite", citation=citation)}],
    }


def _country(w: Words, country: str) -> list[Block]:
    return [
        lead(w, country),
        known(w, country),
        series(w, country),
        *not_up_to_date(w),
        changed(w, [country]),
        not_comparable(w),
        missing(w, country),
        programmes(w, [country]),
    ]


def _region(w: Words) -> list[Block]:
    countries = w.facts.countries
    return [
        known_side_by_side(w),
        *not_up_to_date(w),
        changed(w, countries),
        not_comparable(w),
        missing_by_country(w),
        programmes(w, countries),
    ]


def _sources(w: Words) -> Block:
    items = []
    for n, (source_id, keys) in enumerate(w.sources.keys.items(), 1):
        row = w.facts.sources[source_id]
        title = row["title"] or ""
        short = title if len(title) <= _TITLE else title[: _TITLE - 1].rsplit(" ", 1)[0] + " …"
        date = str(row["published"] or row["seen"] or "")
        text = ", ".join(filter(None, [row["publisher"], short, date]))
        items.append({"n": str(n), "text": text, "address": row["address"] or "", "keys": keys})
    return {
        "kind": "sources",
        "head": w.say("sources"),
        "intro": w.say("sources_intro"),
        "columns": _halves(items),
    }


def _halves(items: Sequence[Block]) -> list[Sequence[Block]]:
    """Two columns of about the same length of text."""
    lengths = [len(item["text"]) + sum(len(key) + 1 for key in item["keys"]) for item in items]
    passed, middle = 0, 0
    while middle < len(items) and passed + lengths[middle] / 2 < sum(lengths) / 2:
        passed += lengths[middle]
        middle += 1
    return [items[:middle], items[middle:]]

"""What changed in the data and by law, and what is not comparable between sources and between countries.

Not here: breaks inside a series that is drawn (``key_findings``). Called by ``blocks``.
"""

from collections.abc import Sequence

from pipelines.brief.figures import REGION, Row
from pipelines.brief.writer import Block, Item, Words, in_turn
from pipelines.published.key_figures import choice
from pipelines.published.numbers_and_periods_in_words import number, period, written_date

# A conflict below five per cent: mostly two populations behind one rate.
_SMALL = 0.05
_CHANGES = ("added", "revised", "reflagged", "withdrawn", "reopened")


def changed(w: Words, countries: Sequence[str]) -> Block:
    """What the release changed in the data, and which laws and practices break series, the newest first."""
    laws, more = w.cut(in_turn(w.facts.rows["laws"]), w.limits.laws)
    items = [_law(w, row) for row in laws]
    intro = w.say("changed_laws" if items else "no_laws")
    revised = _revised(w)
    return {
        "kind": "list",
        "head": w.say("changed"),
        "groups": [
            {"intro": _release(w, countries), "items": []},
            {"intro": w.say("changed_figures") if revised else "", "items": revised},
            {"intro": intro, "items": items, "more": more},
        ],
    }


def _release(w: Words, countries: Sequence[str]) -> str:
    rows = w.facts.rows
    if w.facts.first:
        held = {row["country"]: number(row["n"], w.lang) for row in rows["observations"]}
        if len(countries) == 1:
            country = countries[0]
            return w.say("changed_first", n=held.get(country, 0), country=w.name(country))
        counts = "; ".join(f"{w.name(country)} {held.get(country, 0)}" for country in countries)
        return w.say("changed_first_region", counts=counts)
    sentences = []
    for country in countries:
        found = {row["change"]: row["n"] for row in rows["revisions"] if row["country"] == country}
        counted = {kind: number(found.get(kind, 0), w.lang) for kind in _CHANGES}
        sentences.append(w.say("changed_release", country=w.name(country), **counted))
    return " ".join(sentences)


def _revised(w: Words) -> list[Item]:
    """Figures shown above that their publishers changed since the last release."""
    changed = {row["obs_key"]: row for row in w.facts.rows["revised"]}
    items = []
    for figure in (f for figures in w.facts.keys.values() for f in figures if f):
        if figure.obs_key in changed:
            row = changed[figure.obs_key]
            old, new = (w.figures.value(row[f"{side}_value"], figure.unit) for side in ("old", "new"))
            strong = f"{w.name(figure.country)}: {w.figures.counted(figure)}, {w.figures.when(figure)}"
            text = w.say("revised", old=old, new=new)
            items.append({"strong": strong, "text": text, "refs": w.cite(figure)})
    return items


def _law(w: Words, row: Row) -> Item:
    since = written_date(row["since"], w.lang) if row["since"] else w.say("undated")
    country = f"{w.name(row['country'])}, " if w.facts.place == REGION else ""
    return {
        "strong": f"{country}{since}",
        "text": f"{w.own(row, 'title')}. {w.own(row, 'change')}",
        "refs": w.sources.cite(row["source_id"]),
    }


# -- what is not comparable ---------------------------------------------------------------------------------


def not_comparable(w: Words) -> Block:
    """Conflicts between sources, refused comparisons between countries, and what may be compared with care."""
    disputes, more_disputes = w.cut(_disputes(w), w.limits.disputes)
    refusals, more_refusals = w.cut(_refusals(w), w.limits.refusals)
    labels = [w.own(row, "label") for row in w.facts.rows["careful"]]
    careful = w.say("careful", labels="; ".join(labels)) if labels else w.say("no_careful")
    return {
        "kind": "list",
        "head": w.say("not_comparable"),
        "groups": [
            {
                "intro": w.say("between_sources" if disputes else "no_disputes"),
                "items": [_dispute(w, row) for row in disputes],
                "more": more_disputes,
            },
            {
                "intro": w.say("between_countries"),
                "items": [_refusal(w, row) for row in refusals],
                "more": more_refusals,
            },
            {"intro": careful, "items": []},
        ],
    }


def _disputes(w: Words) -> list[Row]:
    """Conflicts, one a topic: large ones first, then those about figures shown above, of each indicator one first."""
    shown = {figure.obs_key for figures in w.facts.keys.values() for figure in figures if figure}

    def rank(row: Row, before: int) -> tuple[bool, bool, int]:
        small = abs(row["relative_difference"] or 1) < _SMALL
        return small, not shown & {row["a_obs_key"], row["b_obs_key"]}, before

    ordered = in_turn(w.facts.rows["disputes"], "a_indicator", rank)
    first = {row["topic_en"]: row for row in reversed(ordered)}
    return [row for row in ordered if first[row["topic_en"]] is row]


def _dispute(w: Words, row: Row) -> Item:
    sides = {}
    for side in ("a", "b"):
        sides[side] = w.figures.value(row[f"{side}_value"], row[f"{side}_unit"])
        sides[f"{side}_period"] = period(row[f"{side}_start"], row[f"{side}_end"], w.lang)
    refs = [w.sources.cite(row[f"{side}_source_id"], row[f"{side}_obs_key"]) for side in ("a", "b")]
    text = " ".join([w.say("beside", **sides), w.own(row, "explanation")])
    return {
        "strong": w.own(row, "topic"),
        "text": text.strip(),
        "refs": ", ".join(dict.fromkeys(refs)),
    }


def _refusals(w: Words) -> list[Row]:
    """Refusals one an indicator first, in the order of the topics above."""
    order = [code for topic in choice().topics for code in topic.indicators]
    shown = {f.indicator for figures in w.facts.keys.values() for f in figures if f}

    def rank(row: Row, before: int) -> tuple[int, bool, int]:
        return before, row["indicator"] not in shown, order.index(row["indicator"])

    return in_turn(w.facts.rows["refusals"], "indicator", rank)


def _refusal(w: Words, row: Row) -> Item:
    return {
        "strong": f"{w.own(row, 'label')} ({', '.join(map(w.name, row['countries']))})",
        "text": w.own(row, "reason"),
        "refs": w.sources.cite(row["source_id"]) if row["source_id"] in w.facts.sources else "",
    }

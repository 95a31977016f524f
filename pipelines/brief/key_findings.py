"""What is known: the leading sentence, the key figures, the longest series.

Not here: what changed and what cannot be compared (``changes``), gaps and programmes (``gaps``). Called by ``blocks``.
"""

from collections import Counter
from collections.abc import Iterable, Sequence

from pipelines.brief.figures import REGION
from pipelines.brief.writer import Block, Words
from pipelines.published.key_figures import Figure, choice, last_whole_year, longest_series
from pipelines.published.numbers_and_periods_in_words import number


def lead(w: Words, country: str) -> Block:
    """How much of what is asked for is published, and how far the key figures carry, as counts."""
    asked = [row for row in w.facts.rows["requirements"] if row["country"] == country]
    found = Counter(row["found"] for row in asked)
    shown = [figure for figure in w.facts.keys[country] if figure]
    sentences = [
        w.say(
            "lead_requirements",
            country=w.name(country),
            all=len(asked),
            frameworks=len({row["framework"] for row in asked}),
            since=min(row["since"] for row in asked),
            published=found["published"],
            only_total=found["only a total"],
            nothing=found["nothing"],
        ),
        w.say(
            "lead_keys",
            all=len(w.facts.keys[country]),
            found=len(shown),
            whole=sum(figure.whole_year for figure in shown),
            validated=sum(figure.status in ("A", "B") for figure in shown),
        ),
        w.say("lead_not_a_measure"),
    ]
    return {"kind": "lead", "text": " ".join(sentences)}


def known(w: Words, country: str) -> Block:
    """The key figures of a country, a row a topic."""
    rows = []
    for topic, figure in zip(choice().topics, w.facts.keys[country], strict=True):
        label = w.labels["family", topic.family]
        if figure is None:
            rows.append([label, _absent(w, country, topic.indicators), "", w.say("not_published"), "", ""])
            continue
        whole = last_whole_year(w.facts.figures, figure)
        rows.append(
            [
                label,
                w.figures.counted(figure),
                w.figures.when(figure),
                w.figures.shown(figure),
                w.figures.know(figure, whole),
                w.cite(figure, whole),
            ]
        )
    return {
        "kind": "known",
        "head": w.say("known"),
        "columns": [w.say(f"column_{name}") for name in ("topic", "period", "value", "know", "source")],
        "rows": rows,
        "note": w.say("key_rule", statuses=_statuses(w, w.facts.keys[country])),
    }


def _absent(w: Words, country: str, indicators: Sequence[str]) -> str:
    """Who would publish a topic without a figure."""
    listed = {row["indicator"]: row for row in w.facts.rows["absent"] if row["country"] == country}
    bodies = [w.own(listed[code], "publisher") for code in indicators if code in listed]
    return w.say("would_publish", body=bodies[0] if bodies else w.say("no_body"))


def _statuses(w: Words, figures: Iterable[Figure | None]) -> str:
    """The statuses that the figures carry, with what each means."""
    used = sorted({figure.status for figure in figures if figure} - {"A"})
    listed = []
    for code in used:
        row = w.facts.codes["obs_status", code]
        listed.append(f"{w.own(row, 'label').lower()} — {w.own(row, 'description')}")
    return "; ".join(listed) or "A"


def known_side_by_side(w: Words) -> Block:
    """Topic by topic, a column a country; each cell says what it counts, so that none is read as a ranking."""
    rows = []
    for position, topic in enumerate(choice().topics):
        cells = []
        for country in w.facts.countries:
            figure = w.facts.keys[country][position]
            cells.append(
                [w.say("not_published"), _absent(w, country, topic.indicators), ""]
                if figure is None
                else [
                    w.figures.shown(figure),
                    "; ".join([w.figures.counted(figure), w.figures.when(figure), *w.figures.behind(figure)]),
                    w.cite(figure),
                ]
            )
        rows.append([w.labels["family", topic.family], cells])
    every = [figure for figures in w.facts.keys.values() for figure in figures]
    return {
        "kind": "side_by_side",
        "head": w.say("known"),
        "columns": [w.say("column_topic_short"), *map(w.name, w.facts.countries)],
        "rows": rows,
        "lead": w.say("lead_side_by_side"),
        "note": w.say("key_rule", statuses=_statuses(w, every)),
    }


def series(w: Words, country: str) -> Block:
    """The longest series as bars, breaks marked and years without a figure left open; or that there is none."""
    drawn = longest_series(w.facts.figures, country)
    if not drawn:
        return {"kind": "note", "text": w.say("no_series")}
    last, mark = drawn[-1], "▾"
    values = {figure.end.year: figure for figure in drawn}
    bars = [
        {
            "year": year,
            "value": values[year].value if year in values else None,
            "text": number(values[year].value, w.lang) if year in values else "",
            "broken": year in values and values[year].status == "B",
        }
        for year in range(min(values), max(values) + 1)
    ]
    listed = "; ".join(f"{bar['year']}: {bar['text']}" for bar in bars if bar["text"])
    counted = w.figures.counted(last)
    w.sources.cite(last.source_id, *(figure.obs_key for figure in drawn))
    return {
        "kind": "series",
        "head": w.say("series", counted=counted, first=bars[0]["year"], last=bars[-1]["year"]),
        "alt": w.say("series_alt", values=listed),
        "bars": bars,
        "mark": mark,
        "caption": " ".join(
            [w.say("series_caption", mark=mark), f"[{w.cite(last)}]", *w.figures.behind(*drawn)]
        ),
    }


def not_up_to_date(w: Words) -> list[Block]:
    """The stale and held datasets of all that is shown above, with the reason; empty where there is none."""
    shown = [figure for figures in w.facts.keys.values() for figure in figures if figure]
    if w.facts.place != REGION:
        whole = [last_whole_year(w.facts.figures, figure) for figure in shown]
        drawn = longest_series(w.facts.figures, w.facts.place)
        shown += [figure for figure in (*whole, *drawn) if figure]
    names = {figure.dataset_id for figure in shown}
    notices = [notice for name, notice in w.facts.notices.items() if name in names]
    items = [
        {
            "strong": w.say.of(notice.title),
            "text": f"{w.figures.state(notice)}. {w.say.of(notice.why)}",
            "refs": "",
        }
        for notice in notices
    ]
    cut, more = w.cut(items, w.limits.notices)
    group = {"intro": w.say("last_good_stay"), "items": cut, "more": more}
    return [{"kind": "list", "head": w.say("not_up_to_date"), "groups": [group]}] if items else []

"""What is missing and who would publish it; programmes for aggressors beside the model.

Not here: topics without a figure in the table of key figures (``key_findings``). Called by ``blocks``.
"""

from collections import Counter
from collections.abc import Sequence

from data_contracts.model import Text
from pipelines.brief.figures import MODEL, REGION, Row
from pipelines.brief.writer import Block, Item, Words, in_turn
from pipelines.published.key_figures import Figure, choice, step_figure
from pipelines.published.numbers_and_periods_in_words import period, written_date

# What people who can close a gap ask for first: outcomes of the response, then police and courts, then surveys.
_FRAMEWORKS = ("dvstats", "Istanbul Convention", "EIGE", "UN")


def missing(w: Words, country: str) -> Block:
    """What a country does not publish, by the body that would publish it."""
    gaps = [row for row in w.facts.rows["requirements"] if row["found"] != "published"]
    gaps.sort(key=lambda row: (_urgency(row), row["found"], row["requirement"]))
    listed, left = gaps[: w.limits.gaps], len(gaps) - w.limits.gaps
    bodies: dict[str, list[str]] = {}
    for row in listed:
        mark = "" if row["found"] == "nothing" else " †"
        bodies.setdefault(w.own(row, "publisher") or w.say("no_body"), []).append(
            f"{w.own(row, 'title')}{mark}"
        )
    items = [{"strong": body, "text": "; ".join(titles), "refs": ""} for body, titles in bodies.items()]
    more = w.say("missing_more", n=left, country=country) if left > 0 else ""
    return {
        "kind": "list",
        "head": w.say("missing"),
        "groups": [{"intro": _missing_intro(w), "items": items, "more": more}],
    }


def _missing_intro(w: Words) -> str:
    rows = w.facts.rows["requirements"]
    names = sorted({row["framework"] for row in rows}, key=lambda name: (_place(name), name))
    asked = "; ".join(w.figures.framework(name) for name in names)
    return w.say("missing_intro", since=min(row["since"] for row in rows), frameworks=asked)


def _place(framework: str) -> int:
    return _FRAMEWORKS.index(framework) if framework in _FRAMEWORKS else len(_FRAMEWORKS)


def _urgency(row: Row) -> tuple[int, str]:
    return _place(row["framework"]), row["framework"]


def missing_by_country(w: Words) -> Block:
    """How much each country leaves open, and what none of them publishes."""
    rows = w.facts.rows["requirements"]
    kinds = ("published", "only a total", "nothing")
    table = []
    for country in w.facts.countries:
        found = Counter(row["found"] for row in rows if row["country"] == country)
        table.append([w.name(country), *(str(found[kind]) for kind in kinds)])
    absent: dict[str, list[Row]] = {}
    for row in rows:
        if row["found"] == "nothing":
            absent.setdefault(row["requirement"], []).append(row)
    everywhere = [found[0] for found in absent.values() if len(found) == len(w.facts.countries)]
    everywhere.sort(key=lambda row: (_urgency(row), row["requirement"]))
    shown, left = everywhere[: w.limits.gaps], len(everywhere) - w.limits.gaps
    return {
        "kind": "table",
        "head": w.say("missing"),
        "intro": _missing_intro(w),
        "columns": [w.say(f"column_{name}") for name in ("country", "published", "only_total", "nothing")],
        "rows": table,
        "list": {
            "strong": w.say("missing_everywhere", n=len(w.facts.countries)),
            "text": "; ".join(w.own(row, "title") for row in shown),
            "more": w.say("missing_more_region", n=left) if left > 0 else "",
        },
    }


# -- programmes ---------------------------------------------------------------------------------------------


def programmes(w: Words, countries: Sequence[str]) -> Block:
    """Step by step what is published on programmes for aggressors, in the countries and in the model."""
    columns = [*countries, MODEL]
    rows = []
    for step in choice().programme_steps:
        found = [step_figure(w.facts.figures, country, step) for country in columns]
        label = next((figure.counted for figure in found if figure), None)
        rows.append(
            [
                w.say.of(label) if label else _indicator(w, step[0]),
                *(_step(w, figure, label) for figure in found),
            ]
        )
    services = w.facts.rows["programmes"]
    shown = in_turn([row for row in services if not row["comparator"]])[: w.limits.programmes]
    model = [row for row in services if row["comparator"] and row["ref_area"] != MODEL]
    return {
        "kind": "table",
        "head": w.say("programmes"),
        "intro": w.say("programmes_intro"),
        "columns": [w.say("programmes_step"), *map(w.name, columns)],
        "rows": rows,
        "groups": [
            {"intro": w.say("programmes_known"), "items": [_service(w, row) for row in shown]},
            {
                "intro": w.say("example"),
                "items": [_service(w, row) for row in model]
                + [_regional(w, row) for row in w.facts.rows["regional_model"][:3]],
            },
        ],
    }


def _indicator(w: Words, code: str) -> str:
    return next(w.own(row, "label") for row in w.facts.rows["indicators"] if row["code"] == code)


def _step(w: Words, figure: Figure | None, label: Text | None) -> str:
    if figure is None:
        return w.say("not_published")
    own = f"; {w.say.of(figure.counted)}" if figure.counted != label else ""
    return f"{w.figures.shown(figure)} ({w.figures.when(figure)}{own}) [{w.cite(figure)}]"


def _service(w: Words, row: Row) -> Item:
    state = w.labels["service_state", row["service_state"]].lower()
    since = f", {written_date(row['since'], w.lang)}" if row["since"] else ""
    country = f"{w.name(row['country'])}: " if w.facts.place == REGION else ""
    return {
        "strong": f"{country}{w.own(row, 'name')} ({state}{since})",
        "text": w.own(row, "coverage"),
        "refs": w.sources.cite(row["source_id"]),
    }


def _regional(w: Words, row: Row) -> Item:
    counted = row["counted"] if w.lang == "en" else row["counted_ru"]
    value = w.figures.value(row["obs_value"], row["unit_measure"])
    return {
        "strong": counted,
        "text": f"{value} ({period(row['period_start'], row['period_end'], w.lang)})",
        "refs": w.sources.cite(row["source_id"], row["obs_key"]),
    }

"""In what two rows of the view ``figure_facts`` differ, as sentences of the contract in English or Russian.

Each reason is one sentence ``why_…`` of ``data_contracts/sentences/``, the most telling first: another thing,
another group, another area or span, another way of making, another source. Not here: finding the rows (``why``). Called
by ``pipelines.published.why``.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from data_contracts.load import contract
from data_contracts.vocabulary import DIMENSIONS, TOTAL

Row = Mapping[str, Any]
# Statuses that need no word: a normal value, and a break, which has a reason of its own.
_SILENT = ("A", "B")
_OTHER_DEFINITION = "D"


@dataclass(frozen=True)
class Known:
    """What is known about the figures of one answer beside their own rows."""

    language: str
    breaks: Sequence[Row]
    discrepancies: Sequence[Row]
    comparability: Sequence[Row]

    def say(self, key: str, **filled: Any) -> str:
        """The sentence ``why_<key>`` in the language of the answer."""
        return str(getattr(contract().sentences[f"why_{key}"], self.language)).format(**filled)

    def word(self, row: Row, name: str) -> str:
        """A column of the view in the language of the answer."""
        return str(row[f"{name}_{self.language}"] or "")

    def counted(self, row: Row) -> str:
        """Label of the indicator."""
        return str(row["counted"] if self.language == "en" else row["counted_ru"])

    def area(self, row: Row) -> str:
        """Name of the area."""
        return str(row["area"] if self.language == "en" else row["area_ru"])

    def number(self, value: float | None) -> str:
        """A number as the language writes it: ``1,862`` or ``1 862``."""
        if value is None:
            return self.say("value_missing")
        text = f"{value:,.0f}" if float(value).is_integer() else f"{value:,.6g}"
        return text if self.language == "en" else text.replace(",", " ").replace(".", ",")

    def amount(self, row: Row) -> str:
        """The value, with the word that makes it a bound."""
        value, low, high = self.number(row["obs_value"]), row["obs_lower"], row["obs_upper"]
        if (low is None) == (high is None):
            return value
        return self.say("less_than" if low is None else "more_than", value=value)

    def span(self, row: Row) -> str:
        """The span that a figure covers."""
        year = row["period_start"].year
        if row["is_whole_year"]:
            return self.say("whole_year", year=year)
        if "COVERAGE=PART_OF_YEAR" in row["breakdown"]:
            return self.say("part_of_year", year=year)
        return self.say("span", start=row["period_start"], end=row["period_end"])

    def bound(self, row: Row) -> str:
        """Whether the value is exact, a bound or inside an interval."""
        low, high = row["obs_lower"], row["obs_upper"]
        if low is not None and high is not None:
            return self.say("interval", low=self.number(low), high=self.number(high))
        if low is None and high is None:
            return self.say("exact")
        return self.say("upper" if low is None else "lower", text=row["published_value"])

    def source(self, row: Row) -> str:
        """Who published the figure, on whose word, and when."""
        stated = f" ({row['stated_by']})" if row["stated_by"] else ""
        return f"{row['publisher'] or row['source_id']}{stated}, {self.date(row)}"

    def note(self, row: Row) -> str:
        """The note, in Russian where it has a translation; "" without one."""
        return str((row["note_ru"] if self.language == "ru" else None) or row["note"] or "")

    def date(self, row: Row) -> str:
        """Day of publication, or the day on which the page was seen."""
        return str(row["published"] or self.say("undated", date=row["seen"] or row["retrieved_at"].date()))


# -- what is compared ----------------------------------------------------------------------------------------------


def _labelled(name: str) -> Callable[[Known, Row], str]:
    return lambda known, row: known.word(row, name)


COMPARED: Mapping[str, Callable[[Known, Row], str]] = {
    "counted": Known.counted,
    "one_case": _labelled("one_case"),
    "counting_unit": _labelled("counting_unit"),
    "stage": _labelled("stage"),
    "scope": _labelled("scope"),
    "subject": _labelled("subject"),
    "area": Known.area,
    "span": Known.span,
    "sex": _labelled("sex"),
    "age": _labelled("age"),
    "violence_form": _labelled("violence_form"),
    "relationship": _labelled("relationship"),
    "relationship_scope": _labelled("relationship_scope"),
    "breakdown": _labelled("breakdown"),
    "unit_measure": _labelled("unit_measure"),
    "bound": Known.bound,
    "register": _labelled("register"),
    "law": _labelled("law"),
    "source": lambda known, row: str(row["publisher"] or row["source_id"]),
    "date": Known.date,
    "nature": _labelled("nature"),
    "obs_status": _labelled("obs_status"),
    "note": Known.note,
}


def figure(known: Known, row: Row) -> dict[str, Any]:
    """One figure as the answer names it."""
    return {
        "obs_key": row["obs_key"],
        "value": row["obs_value"],
        "shown": known.amount(row),
        "indicator": row["indicator"],
        "counted": known.counted(row),
        "group": group(known, row, DIMENSIONS),
        "area": known.area(row),
        "comparator": row["comparator"],
        "time_period": row["time_period"],
        "span": known.span(row),
        "obs_status": row["obs_status"],
        "source": known.source(row),
        "address": row["address"],
        "note": known.note(row) or None,
    }


# -- reasons -------------------------------------------------------------------------------------------------------


def reasons(known: Known, a: Row, b: Row) -> Iterator[str]:
    """Why two figures differ, the most telling reason first; never none."""
    said = [*_meaning(known, a, b), *_place_and_time(known, a, b), *_how_it_was_made(known, a, b)]
    yield from said or [known.say("one_case")]


def _meaning(known: Known, a: Row, b: Row) -> Iterator[str]:
    """What is counted, in which unit, of which group."""
    values = _values(known, a, b)
    if a["indicator"] != b["indicator"]:
        yield known.say(
            "things",
            **values,
            counted_a=known.counted(a),
            unit_a=known.word(a, "counting_unit"),
            counted_b=known.counted(b),
            unit_b=known.word(b, "counting_unit"),
        )
    if known.word(a, "one_case") != known.word(b, "one_case"):
        cases = {f"case_{side}": known.word(row, "one_case") for side, row in (("a", a), ("b", b))}
        yield known.say("cases", **values, **cases)
    differing = [name for name in DIMENSIONS if a[name] != b[name]]
    if differing:
        yield known.say(
            "groups", **values, group_a=group(known, a, differing), group_b=group(known, b, differing)
        )
    if a["unit_measure"] != b["unit_measure"]:
        units = {f"unit_{side}": known.word(row, "unit_measure") for side, row in (("a", a), ("b", b))}
        yield known.say("units", **values, **units)


def group(known: Known, row: Row, names: Sequence[str]) -> str:
    """The dimensions by which a figure is a part, in words; "all together" where it is none."""
    said = [known.word(row, name) or row[name] for name in names if row[name] != TOTAL]
    return "; ".join(said) or known.say("not_divided")


def _place_and_time(known: Known, a: Row, b: Row) -> Iterator[str]:
    values = _values(known, a, b)
    if a["ref_area"] != b["ref_area"]:
        yield known.say("areas", **values, area_a=known.area(a), area_b=known.area(b))
        yield from _verdict(known, a, b)
    if known.span(a) != known.span(b):
        yield known.say("spans", **values, span_a=known.span(a), span_b=known.span(b))
    yield from _broken(known, a, b)


def _verdict(known: Known, a: Row, b: Row) -> Iterator[str]:
    sides = sorted([(a["ref_area"][:2], a["indicator"]), (b["ref_area"][:2], b["indicator"])])
    for row in known.comparability:
        if [(row["country_a"], row["indicator"]), (row["country_b"], row["indicator_b"])] == sides:
            verdict = getattr(contract().codelists["verdict"][row["verdict"]].label, known.language)
            yield known.say("compared", verdict=verdict, reason=known.word(row, "reason"))


def _broken(known: Known, a: Row, b: Row) -> Iterator[str]:
    before, after = sorted((a, b), key=lambda row: row["period_end"])
    for act in known.breaks:
        areas = (a["ref_area"], b["ref_area"])
        of_both = all(area.startswith(act["ref_area"]) for area in areas)
        # A release older than this column has no act that breaks figures of the whole country alone.
        of_both &= act.get("breaks_regions", True) or act["ref_area"] in areas
        of_one = act["indicator"] in (None, a["indicator"], b["indicator"])
        if of_both and of_one and before["period_end"] < act["break_day"] <= after["period_end"]:
            yield known.say("break", since=act["since"], act=known.word(act, "title"), act_id=act["law_id"])


def _how_it_was_made(known: Known, a: Row, b: Row) -> Iterator[str]:
    """Bounds, nature, status, discrepancies, source and day."""
    values = _values(known, a, b)
    if known.bound(a) != known.bound(b):
        bounded = [row for row in (a, b) if (row["obs_lower"], row["obs_upper"]) != (None, None)]
        yield from (
            known.say("bounded", value=known.number(row["obs_value"]), bound=known.bound(row))
            for row in bounded
        )
    if a["nature"] != b["nature"]:
        natures = {f"nature_{side}": known.word(row, "nature") for side, row in (("a", a), ("b", b))}
        yield known.say("natures", **values, **natures)
    yield from _declared_or_found(known, a, b)
    if a["obs_status"] != b["obs_status"]:
        yield from (_status(known, row) for row in (a, b) if row["obs_status"] not in _SILENT)
    if a["source_id"] != b["source_id"]:
        yield known.say("sources", **values, source_a=known.source(a), source_b=known.source(b))
    elif known.date(a) != known.date(b):
        yield known.say("same_source", date_a=known.date(a), date_b=known.date(b))


def _declared_or_found(known: Known, a: Row, b: Row) -> Iterator[str]:
    """Discrepancies between just these two figures, which a person declared or a rule found."""
    for row in known.discrepancies:
        if {row["a_obs_key"], row["b_obs_key"]} == {a["obs_key"], b["obs_key"]}:
            kind = getattr(
                contract().codelists["discrepancy_kind"][row["discrepancy_kind"]].label, known.language
            )
            yield known.say(
                "declared" if row["declared"] else "found",
                kind=kind,
                id=row["discrepancy_id"],
                explanation=known.word(row, "explanation"),
            )


def _status(known: Known, row: Row) -> str:
    """The status in words; how a definition differs, the note of the figure says."""
    code = contract().codelists["obs_status"][row["obs_status"]]
    described = f"{getattr(code.description, known.language)}."
    noted = known.note(row) if row["obs_status"] == _OTHER_DEFINITION else ""
    return known.say(
        "status",
        value=known.number(row["obs_value"]),
        label=getattr(code.label, known.language),
        description=noted or described,
    )


def _values(known: Known, a: Row, b: Row) -> dict[str, str]:
    return {"value_a": known.number(a["obs_value"]), "value_b": known.number(b["obs_value"])}


def change(before: Row | None, after: Row) -> float | None:
    """Share by which a figure differs from the one before it, None where their spans are not of one shape."""
    if before is None or not before["obs_value"] or after["obs_value"] is None:
        return None
    if _shape(before) != _shape(after):
        return None
    return float((after["obs_value"] - before["obs_value"]) / before["obs_value"])


def _shape(row: Row) -> tuple[object, ...]:
    """Which part of the calendar a figure covers; a year is one shape, its first half another."""
    start, end = row["period_start"], row["period_end"]
    return (start.month, start.day, end.month, end.day, end.year - start.year, row["is_whole_year"])


def changes(known: Known, before: Row, after: Row) -> list[str]:
    """What changed from one figure of a series to the next, other than the year."""
    said = list(_broken(known, before, after))
    if _shape(before) != _shape(after):
        values = _values(known, before, after)
        said.append(known.say("spans", **values, span_a=known.span(before), span_b=known.span(after)))
    said += _declared_or_found(known, before, after)
    if before["source_id"] != after["source_id"]:
        said.append(known.say("series_source", source_a=known.source(before), source_b=known.source(after)))
    if after["obs_status"] not in _SILENT:
        said.append(_status(known, after))
    return said or [known.say("series_same")]

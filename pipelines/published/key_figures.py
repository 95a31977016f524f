"""The national figures that stand for a country first, chosen by a declared rule, each with what to know before use.

``key_figures.yaml`` declares topics and the order of their indicators. A figure that follows another definition
(status D) is never a key figure, nor one much older than the newest (``years``). What comes first among the others,
each where those above do not decide (:func:`key_figure`):

1. a figure above doubt, before a doubtful one (status U);
2. the indicator and then the sex that the topic names first;
3. what was counted or asked, before what was estimated or modelled;
4. the form of violence that is declared first;
5. a known period, before a part of a year that the source does not delimit;
6. the newest year; in it a whole year before a part of one, the longer part, the later part;
7. the age that the topic names first.

Cautions are those of the view ``figures``; here they are only found again by the ids in them, so that they can be
worded shortly.

Not here: the words (``numbers_and_periods_in_words`` for numbers and periods; the texts of briefs and workbook) and the
choice between several sources of one cell (``transforms.derive.best_observations``). Called by ``pipelines.brief`` and
``pipelines.export``.
"""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import duckdb

from data_contracts.load import contract
from data_contracts.model import Text
from data_contracts.sql import among
from data_contracts.strict_files import DeclarationError, did_you_mean, load_yaml, take
from data_contracts.vocabulary import TOTAL

_PATH = Path(__file__).with_suffix(".yaml")
_LISTS = {"sexes": "sex", "ages": "age", "forms": "violence_form"}
_MODELLED = ("E", "M")
# From so many whole years on a row of figures is drawn as a series.
SHORTEST_SERIES = 5


@dataclass(frozen=True)
class Other:
    """The other side of a discrepancy of that kind."""

    kind: str
    obs_key: str
    value: float
    unit: str
    counted: Text
    indicator: str
    start: dt.date
    end: dt.date


@dataclass(frozen=True)
class Figure:
    """One national figure. ``unstated_end``: it covers a part of its year that the source does not delimit."""

    obs_key: str
    country: str
    family: str
    indicator: str
    counted: Text
    counting_unit: str
    scope: str
    sex: str
    age: str
    violence_form: str
    value: float
    lower: float | None
    upper: float | None
    bounds: str | None
    unit: str
    status: str
    nature: str
    time_period: str
    start: dt.date
    end: dt.date
    whole_year: bool
    unstated_end: bool
    source_id: str
    dataset_id: str
    broken_since: str | None
    others: tuple[Other, ...]


@dataclass(frozen=True)
class Topic:
    """Indicators of one family in order of preference, and the sexes and ages that may stand for it."""

    family: str
    indicators: tuple[str, ...]
    sexes: tuple[str, ...]
    ages: tuple[str, ...]


@dataclass(frozen=True)
class Choice:
    """The declared rule."""

    years: int
    sexes: tuple[str, ...]
    ages: tuple[str, ...]
    forms: tuple[str, ...]
    breakdowns: tuple[str, ...]
    topics: tuple[Topic, ...]
    programme_steps: tuple[tuple[str, ...], ...]

    @property
    def all_ages(self) -> list[str]:
        """Every age that may be shown."""
        return list(dict.fromkeys([*self.ages, *(age for topic in self.topics for age in topic.ages)]))

    @property
    def indicators(self) -> list[str]:
        """Every indicator that may be shown."""
        listed = [code for topic in self.topics for code in topic.indicators]
        return list(dict.fromkeys([*listed, *(code for step in self.programme_steps for code in step)]))


@lru_cache
def choice() -> Choice:
    """The rule of ``key_figures.yaml``; :class:`DeclarationError` names the line of an unknown code."""
    declared = load_yaml(_PATH)
    names = ("years", "sexes", "ages", "forms", "breakdowns", "topics", "programme_steps")
    values = take(_PATH, declared, names)
    known = contract()
    for name, codelist in _LISTS.items():
        _refuse_unknown(values[name], known.codelists[codelist], declared.lines[name])
    topics = []
    for topic, line in zip(values["topics"], values["topics"].lines, strict=True):
        defaults = {"sexes": values["sexes"], "ages": values["ages"]}
        given = take(_PATH, topic, ("family", "indicators"), defaults)
        _refuse_unknown([given["family"]], known.codelists["family"], line)
        _refuse_unknown(given["indicators"], known.indicators, line)
        topics.append(
            Topic(given["family"], tuple(given["indicators"]), tuple(given["sexes"]), tuple(given["ages"]))
        )
    for step, line in zip(values["programme_steps"], values["programme_steps"].lines, strict=True):
        _refuse_unknown(step, known.indicators, line)
    return Choice(
        years=values["years"],
        sexes=tuple(values["sexes"]),
        ages=tuple(values["ages"]),
        forms=tuple(values["forms"]),
        breakdowns=tuple(values["breakdowns"]),
        topics=tuple(topics),
        programme_steps=tuple(tuple(step) for step in values["programme_steps"]),
    )


def _refuse_unknown(codes: Iterable[str], known: Mapping[str, Any], line: int) -> None:
    for code in codes:
        if code not in known:
            raise DeclarationError(
                _PATH, line, f"{code} is no code of the contract{did_you_mean(code, known)}"
            )


# -- reading ----------------------------------------------------------------------------------------------------


def national_figures(con: duckdb.DuckDBPyConnection, among_figures: str = "figures") -> list[Figure]:
    """The national figures of every declared indicator, from the view ``figures`` of the release in use.

    ``among_figures``: a relation with the columns of that view, where only a selection may be shown.
    """
    rule = choice()
    shown = f"""SELECT * FROM {among_figures} WHERE length(ref_area) = 2 AND obs_value IS NOT NULL
        AND obs_status <> 'D' AND relationship = '_T' AND {among("indicator", rule.indicators)}
        AND {among("sex", rule.sexes)} AND {among("age", rule.all_ages)} AND {among("violence_form", rule.forms)}
        AND {among("breakdown", rule.breakdowns)}"""
    con.execute(f"CREATE OR REPLACE TEMP TABLE national_figures AS {shown}")
    # The view decides which law breaks a series and which source disputes a figure; it names both by their ids.
    breaks = dict(
        con.execute(
            """SELECT f.obs_key, CAST(max(x.break_day) AS VARCHAR) FROM national_figures f JOIN series_breaks x
            ON regexp_matches(f.caution_en, '[( ]' || x.law_id || '[),]') AND x.indicator = f.indicator
              AND x.ref_area = f.ref_area GROUP BY ALL"""
        ).fetchall()
    )
    others: dict[str, list[Other]] = {}
    for key, *other in con.execute(
        """SELECT DISTINCT f.obs_key, d.discrepancy_kind, o.obs_key, o.obs_value, o.unit_measure, i.label_en,
          i.label_ru, o.indicator, o.period_start, o.period_end
        FROM national_figures f JOIN discrepancies d ON f.obs_key IN (d.a_obs_key, d.b_obs_key)
        JOIN observations o ON o.obs_key IN (d.a_obs_key, d.b_obs_key) AND o.obs_key <> f.obs_key
        JOIN indicators i ON i.code = o.indicator
        WHERE contains(f.disputed, o.obs_key) AND o.obs_value IS NOT NULL ORDER BY ALL"""
    ).fetchall():
        kind, obs_key, value, unit, en, ru, indicator, start, end = other
        others.setdefault(key, []).append(
            Other(kind, obs_key, value, unit, Text(en, ru), indicator, start, end)
        )
    rows = con.sql("SELECT * FROM national_figures ORDER BY obs_key").to_arrow_table().to_pylist()
    return [_figure(row, breaks.get(row["obs_key"]), others.get(row["obs_key"], [])) for row in rows]


def _figure(row: Mapping[str, Any], broken_since: str | None, others: Sequence[Other]) -> Figure:
    return Figure(
        obs_key=row["obs_key"],
        country=row["ref_area"],
        family=row["family"],
        indicator=row["indicator"],
        counted=Text(row["counted"], row["counted_ru"]),
        counting_unit=row["counting_unit"],
        scope=row["scope"],
        sex=row["sex"],
        age=row["age"],
        violence_form=row["violence_form"],
        value=row["obs_value"],
        lower=row["obs_lower"],
        upper=row["obs_upper"],
        bounds=row["bounds"],
        unit=row["unit_measure"],
        status=row["obs_status"],
        nature=row["nature"],
        time_period=row["time_period"],
        start=row["period_start"],
        end=row["period_end"],
        whole_year=row["is_whole_year"],
        unstated_end=row["breakdown"] == "COVERAGE=PART_OF_YEAR",
        source_id=row["source_id"],
        dataset_id=row["dataset_id"],
        broken_since=broken_since,
        others=tuple(others),
    )


# -- choosing ---------------------------------------------------------------------------------------------------


def key_figure(figures: Iterable[Figure], country: str, topic: Topic) -> Figure | None:
    """The figure that stands for a topic; None where the country has none."""
    own = [
        f
        for f in figures
        if f.country == country
        and f.indicator in topic.indicators
        and f.sex in topic.sexes
        and f.age in topic.ages
    ]
    counted = [f for f in own if f.nature not in _MODELLED]
    newest = max((f.end.year for f in counted or own), default=0)
    recent = [f for f in own if f.end.year >= newest - choice().years]
    # A doubtful figure is chosen only where there is no other.
    return min(
        recent,
        key=lambda f: (f.status == "U", topic.indicators.index(f.indicator), _rank(f, topic)),
        default=None,
    )


def step_figure(figures: Iterable[Figure], country: str, step: Sequence[str]) -> Figure | None:
    """The newest figure of a step of a programme; of several indicators the first that has one."""
    topic = Topic("programmes", tuple(step), choice().sexes, choice().ages)
    own = [f for f in figures if f.country == country and f.indicator in step and f.age in topic.ages]
    return min(own, key=lambda f: (topic.indicators.index(f.indicator), _rank(f, topic)), default=None)


def last_whole_year(figures: Iterable[Figure], shown: Figure) -> Figure | None:
    """The newest figure of a whole year for the same thing, where the one shown covers less."""
    if shown.whole_year or shown.counting_unit in ("service", "place"):
        return None
    same = [
        f
        for f in figures
        if (f.country, f.indicator, f.sex, f.age, f.violence_form, f.unit)
        == (shown.country, shown.indicator, shown.sex, shown.age, shown.violence_form, shown.unit)
        and f.whole_year
    ]
    return max(same, key=lambda f: f.end, default=None)


def longest_series(figures: Iterable[Figure], country: str) -> list[Figure]:
    """Counts of whole years of one source and indicator in the family sphere, oldest first; empty below five.

    What several people stated in several years is no series, though one dataset holds it.
    """
    found: dict[tuple[str, str], dict[int, Figure]] = {}
    for f in figures:
        total = (f.country, f.sex, f.age, f.unit, f.scope) == (country, TOTAL, TOTAL, "NUMBER", "family")
        if total and f.whole_year:
            found.setdefault((f.indicator, f.source_id), {})[f.end.year] = f
    longest: dict[int, Figure] = {}
    for _, series in sorted(found.items()):
        longest = max(longest, series, key=len)
    return [longest[year] for year in sorted(longest)] if len(longest) >= SHORTEST_SERIES else []


def _rank(figure: Figure, topic: Topic) -> tuple[Any, ...]:
    months = round((figure.end - figure.start).days / 30)
    return (
        topic.sexes.index(figure.sex),
        figure.nature in _MODELLED,
        choice().forms.index(figure.violence_form),
        figure.unstated_end,
        -figure.end.year,
        not figure.whole_year,
        -months,
        -figure.end.toordinal(),
        topic.ages.index(figure.age),
        figure.obs_key,
    )

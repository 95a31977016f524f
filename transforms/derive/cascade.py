"""The response chain per country and year, step by step, with every missing step named.

A step is filled by the one indicator that ``data_contracts/cascade.yaml`` declares for the country; figures of other
indicators are listed beside it (``beside_figures``). Not here: loading that declaration (``data_contracts.load``).

Example: KG, step 1 is DV_CASES in every year. 2018 has none: the row is ``not_published``, and the 7,178 victims of
that year are in the column ``beside``.

Called by ``pipelines.assets.derived_tables``.
"""

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from typing import Any

import duckdb
import pyarrow as pa

from data_contracts.arrow import Rows, arrow_schema
from data_contracts.model import LANGS, Contract, Text
from data_contracts.rows import name_rows
from data_contracts.sql import among
from data_contracts.vocabulary import TOTAL
from transforms.derive.best_observations import KIND
from transforms.derive.breaks import Act

Row = dict[str, Any]
Candidates = Mapping[tuple[str, int, str], Sequence[Row]]
FIRST_YEAR = 2015
# A figure cumulated since 1 January whose end the source does not state.
OPEN_ENDED = "COVERAGE=PART_OF_YEAR"
# Figures that nobody counted, or not surely: they fill a step in part. What was only expected (F), or follows another
# definition (D), fills none.
DOUBTED = {"U": "step_doubtful", "E": "step_estimated", "I": "step_estimated"}
_NO_STEP = ("D", "F")
# Equal figures below this can be chance; above it one figure was printed for two steps.
_CHANCE = 50


def response_cascade(contract: Contract, best: Rows, acts: Sequence[Act]) -> pa.Table:
    """One row a country, year and step. ``best``: best_observations; ``acts``: what breaks series (``breaks.acts``).

    A whole-year figure without doubt is ``published``; a part of a year, one sex, a doubtful or estimated figure
    (``DOUBTED``) is ``partial``. Figures of another definition (status D) and forecasts (F) are listed beside; models
    and estimates of international bodies are left out. There is a share only where the declaration allows it and both
    figures cover the same days.
    """
    table = contract.tables["response_cascade"]
    steps = contract.cascade["steps"]
    wanted = {code for step in steps for code in (*step["indicator"].values(), *step["beside"])}
    candidates: dict[tuple[str, int, str], list[Row]] = {}
    latest = FIRST_YEAR
    for row in _in_chain(best, wanted).to_pylist():
        year = row["period_start"].year
        latest = max(latest, year)
        candidates.setdefault((row["ref_area"], year, row["indicator"]), []).append(row)
    rows: list[Row] = []
    for country in contract.cascade["publishers"]:
        before: dict[int, Row | None] = {}
        for year in range(FIRST_YEAR, latest + 1):
            chosen, elsewhere = _chain(contract, country, year, candidates)
            made = [
                _cell(
                    contract,
                    country,
                    year,
                    step,
                    (chosen[step["step"]], before.get(step["step"])),
                    candidates,
                    acts,
                )
                for step in steps
            ]
            for row in made:
                if row["step"] in elsewhere:
                    _say(contract, row, "step_figure_of_other_step", **elsewhere[row["step"]])
            for previous, row in zip(made, made[1:], strict=False):
                _share(contract, previous, row)
            rows += made
            before = chosen
    return pa.Table.from_pylist(rows, schema=arrow_schema(contract, table))


def _in_chain(best: Rows, wanted: set[str]) -> pa.Table:
    """The figures of a country and a year that a step could have."""
    allowed = {
        "indicator": sorted(wanted),
        "age": [TOTAL],
        "violence_form": [TOTAL],
        "breakdown": [TOTAL, OPEN_ENDED],
        "relationship": [TOTAL, "IPTN_FAM"],
    }
    codes = " AND ".join(among(name, listed) for name, listed in allowed.items())
    con = duckdb.default_connection().cursor()
    name_rows(con, "best", best)
    return con.sql(
        f"""SELECT * FROM best WHERE {codes} AND length(ref_area) = 2 AND obs_value IS NOT NULL AND {KIND} = 'measured'
          AND year(period_start) = year(period_end) AND year(period_start) >= {FIRST_YEAR}"""
    ).to_arrow_table()


def indicator_of(step: Mapping[str, Any], country: str) -> str:
    """The indicator that fills a step in a country."""
    return str(step["indicator"].get(country, step["indicator"]["default"]))


def _chain(
    contract: Contract, country: str, year: int, candidates: Candidates
) -> tuple[dict[int, Row | None], dict[int, Row]]:
    """The figure of each step; and where a figure was printed for two steps, which step has it instead."""
    chosen: dict[int, Row | None] = {}
    elsewhere: dict[int, Row] = {}
    for step in contract.cascade["steps"]:
        chosen[step["step"]] = _choose(candidates.get((country, year, indicator_of(step, country)), ()))
    for early, first in chosen.items():
        for late, second in chosen.items():
            if early >= late or not first or not second or early in elsewhere or late in elsewhere:
                continue
            if (first["obs_value"], first["time_period"]) != (second["obs_value"], second["time_period"]):
                continue
            if first["obs_value"] >= _CHANCE:
                # The doubtful one gives way; else the earlier step, whose register is the wider one.
                only_late_doubted = second["obs_status"] in DOUBTED and first["obs_status"] not in DOUBTED
                loser, keeper = (late, early) if only_late_doubted else (early, late)
                elsewhere[loser] = {"step": keeper, "value": f"{first['obs_value']:,.0f}"}
    for step_number in elsewhere:
        chosen[step_number] = None
    return chosen, elsewhere


def _choose(offers: Sequence[Row]) -> Row | None:
    """No forecast, and no figure of another definition. One without doubt goes before a doubtful one, then one of the
    whole year, of both sexes, of the longest span, of all relationships.
    """
    fitting = [row for row in offers if row["obs_status"] not in _NO_STEP]
    if not fitting:
        return None
    return min(
        fitting,
        key=lambda row: (
            row["obs_status"] in DOUBTED,
            not is_whole_year(row),
            row["sex"] != TOTAL,
            -_reach(row, fitting),
            row["relationship"] != TOTAL,
            row["obs_key"],
        ),
    )


def is_whole_year(row: Row) -> bool:
    """Whether a figure covers its calendar year."""
    return bool(row["freq"] == "A" and row["breakdown"] != OPEN_ENDED)


def _reach(row: Row, others: Sequence[Row]) -> float:
    """Days that a figure covers; one without a stated end reaches beyond every smaller cumulated figure of its year."""
    if row["breakdown"] != OPEN_ENDED:
        return _days(row)
    spans = [_days(o) for o in others if o["breakdown"] != OPEN_ENDED and o["obs_value"] <= row["obs_value"]]
    return max(spans, default=0) + 0.5


def _days(row: Row) -> int:
    return int((row["period_end"] - row["period_start"]).days) + 1


def _cell(
    contract: Contract,
    country: str,
    year: int,
    step: Mapping[str, Any],
    figures: tuple[Row | None, Row | None],
    candidates: Candidates,
    acts: Sequence[Act],
) -> Row:
    publisher = contract.cascade["publishers"][country][step["step"]]
    figure, before = figures
    indicator = contract.indicators[indicator_of(step, country)]
    beside = beside_figures(contract, step, country, year, figure, candidates)
    cell: Row = {
        "country": country,
        "comparator": country in contract.comparators,
        "year": year,
        "step": step["step"],
        "step_en": step["label"]["en"],
        "step_ru": step["label"]["ru"],
        "cascade_status": _status(figure),
        "indicator": indicator.code,
        "counting_unit": indicator.counting_unit,
        "unit_measure": indicator.unit,
        "scope": indicator.scope,
        "part_of_year": not is_whole_year(figure) if figure else None,
        "same_series": _same_series(figure, before, acts) if figure else None,
        **{name: figure[name] if figure else None for name in _OF_THE_FIGURE},
        "beside": json.dumps(beside, ensure_ascii=False) if beside else None,
        "share_of_previous": None,
        "share_note_en": None,
        "share_note_ru": None,
        "caution_en": None,
        "caution_ru": None,
        "publisher_en": publisher["en"],
        "publisher_ru": publisher["ru"],
    }
    _cautions(contract, cell, figure, before)
    return cell


_OF_THE_FIGURE = (
    "obs_value",
    "obs_status",
    "sex",
    "relationship",
    "time_period",
    "period_start",
    "period_end",
    "obs_key",
    "dataset_id",
    "source_id",
)


def _status(figure: Row | None) -> str:
    if figure is None:
        return "not_published"
    good = is_whole_year(figure) and figure["obs_status"] not in DOUBTED and figure["sex"] == TOTAL
    return "published" if good else "partial"


def beside_figures(
    contract: Contract,
    step: Mapping[str, Any],
    country: str,
    year: int,
    figure: Row | None,
    candidates: Candidates,
) -> list[Row]:
    """Figures that the sources give near the step: other indicators, and what was not chosen of its own."""
    rows = []
    for code in dict.fromkeys((indicator_of(step, country), *step["beside"])):
        for row in candidates.get((country, year, code), ()):
            if figure is None or row["obs_key"] != figure["obs_key"]:
                rows.append(
                    {
                        "indicator": code,
                        "time_period": row["time_period"],
                        "sex": row["sex"],
                        "obs_value": row["obs_value"],
                        "unit_measure": row["unit_measure"],
                        "counting_unit": contract.indicators[code].counting_unit,
                        "scope": contract.indicators[code].scope,
                        "obs_status": row["obs_status"],
                        "whole_year": is_whole_year(row),
                        "obs_key": row["obs_key"],
                    }
                )
    return rows


def _same_series(figure: Row, before: Row | None, acts: Sequence[Act]) -> bool:
    """Whether the step's figure of the year before may be joined with this one in a chart."""
    if before is None:
        return False
    same = ("dataset_id", "sex", "relationship", "breakdown", "freq")
    if any(figure[name] != before[name] for name in same):
        return False
    if _doubted(figure, before) or figure["obs_status"] == "B":
        return False
    if _month_day(figure["period_end"]) != _month_day(before["period_end"]):
        return False
    if figure["breakdown"] == OPEN_ENDED:
        return False
    return not any(act.falls_between(before, figure) for act in acts)


def _doubted(*rows: Mapping[str, Any]) -> bool:
    return any(row["obs_status"] in DOUBTED for row in rows)


def _month_day(day: dt.date) -> tuple[int, int]:
    # The last day of February is the same end of a span in a leap year.
    return (day.month, min(day.day, 28) if day.month == 2 else day.day)


def _cautions(contract: Contract, cell: Row, figure: Row | None, before: Row | None) -> None:
    if figure is None:
        if cell["beside"]:
            _say(contract, cell, "step_only_beside")
        return
    if figure["breakdown"] == OPEN_ENDED:
        _say(contract, cell, "step_end_not_stated")
    elif not is_whole_year(figure):
        _say(contract, cell, "step_part_of_year", period=figure["time_period"])
    if doubt := DOUBTED.get(figure["obs_status"]):
        _say(contract, cell, doubt)
    if figure["obs_status"] == "P":
        _say(contract, cell, "step_provisional")
    if figure["sex"] != TOTAL:
        _say(contract, cell, "step_one_sex")
    if cell["scope"] == "all":
        _say(contract, cell, "step_all_spheres")
    if before and not cell["same_series"]:
        _say(contract, cell, "step_new_series")


def _say(contract: Contract, cell: Row, sentence: str, **values: Any) -> None:
    for language in LANGS:
        words = getattr(contract.sentences[sentence], language).format(**values)
        cell[f"caution_{language}"] = " ".join(filter(None, (cell[f"caution_{language}"], words)))


def _share(contract: Contract, previous: Row, row: Row) -> None:
    if previous["obs_key"] is None or row["obs_key"] is None:
        return
    allowed = contract.cascade["shares"].get(f"{previous['indicator']}>{row['indicator']}")
    sentences = contract.sentences
    if allowed is None:
        note = sentences["share_different_things"]
    elif any(previous[name] != row[name] for name in ("period_start", "period_end", "sex", "part_of_year")):
        note = sentences["share_different_periods"]
    elif _doubted(previous, row):
        note = sentences["share_doubtful"]
    else:
        note = Text(allowed["en"], allowed["ru"])
        row["share_of_previous"] = row["obs_value"] / previous["obs_value"] if previous["obs_value"] else None
    row["share_note_en"], row["share_note_ru"] = note.en, note.ru

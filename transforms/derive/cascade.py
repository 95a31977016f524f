"""The response chain per country and year, step by step, with every missing step named."""

from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa

from data_contracts.arrow import arrow_schema
from data_contracts.model import Contract

Row = dict[str, Any]
FIRST_YEAR = 2015


def response_cascade(contract: Contract, best: pa.Table) -> pa.Table:
    """One row a country, year and step. ``best``: best_observations.

    A whole-year figure of the step's own indicator is ``published``; a part of a year, a doubtful figure or a
    neighbouring unit is ``partial``. A share stands only where the declaration allows it and both figures cover the
    same days.
    """
    table = contract.tables["response_cascade"]
    wanted = {code for step in contract.cascade["steps"] for code in (*step["indicators"], *step["near"])}
    candidates: dict[tuple[str, int, str], list[Row]] = {}
    latest = FIRST_YEAR
    for row in best.to_pylist():
        if _in_chain(row, wanted):
            year = row["period_start"].year
            latest = max(latest, year)
            candidates.setdefault((row["ref_area"], year, row["indicator"]), []).append(row)
    rows = [
        row
        for country in contract.cascade["publishers"]
        for year in range(FIRST_YEAR, latest + 1)
        for row in _chain(contract, country, year, candidates)
    ]
    return pa.Table.from_pylist(rows, schema=arrow_schema(contract, table))


def _in_chain(row: Row, wanted: set[str]) -> bool:
    return (
        row["indicator"] in wanted
        and len(row["ref_area"]) == 2
        and row["obs_value"] is not None
        and row["period_start"].year == row["period_end"].year
        and row["period_start"].year >= FIRST_YEAR
        and all(row[name] == "_T" for name in ("age", "violence_form", "breakdown"))
        and row["relationship"] in ("_T", "IPTN_FAM")
    )


def _chain(
    contract: Contract, country: str, year: int, candidates: Mapping[tuple[str, int, str], Sequence[Row]]
) -> list[Row]:
    rows: list[Row] = []
    for step in contract.cascade["steps"]:
        found = _choose(step, country, year, candidates)
        rows.append(_cell(contract, country, year, step, found))
    for previous, row in zip(rows, rows[1:], strict=False):
        _share(contract, previous, row)
    for row in rows:
        del row["_span"]
    return rows


def _choose(
    step: Mapping[str, Any], country: str, year: int, candidates: Mapping[tuple[str, int, str], Sequence[Row]]
) -> tuple[Row, bool] | None:
    """The longest span of the first indicator that has one; a whole year of a later one beats a part of a year."""
    offers = []
    for rank, code in enumerate((*step["indicators"], *step["near"])):
        near = rank >= len(step["indicators"])
        for row in candidates.get((country, year, code), ()):
            whole = row["freq"] == "A"
            # Persons of one sex are a part; the total of both goes first.
            offers.append((not whole, near, row["sex"] != "_T", rank, -_days(row), row["obs_key"], row, near))
    if not offers:
        return None
    best = min(offers, key=lambda offer: offer[:6])
    return best[6], best[7]


def _days(row: Row) -> int:
    return int((row["period_end"] - row["period_start"]).days)


def _cell(
    contract: Contract, country: str, year: int, step: Mapping[str, Any], found: tuple[Row, bool] | None
) -> Row:
    publisher = contract.cascade["publishers"][country][step["step"]]
    row, near = found if found else (None, False)
    whole = row is not None and row["freq"] == "A" and not near and row["obs_status"] != "U"
    status = "not_published" if row is None else "published" if whole else "partial"
    indicator = contract.indicators[row["indicator"]] if row else None
    return {
        "country": country, "comparator": country in contract.comparators, "year": year, "step": step["step"],
        "step_en": step["label"]["en"], "step_ru": step["label"]["ru"], "cascade_status": status,
        "indicator": row["indicator"] if row else None,
        "counting_unit": indicator.counting_unit if indicator else None,
        "scope": indicator.scope if indicator else None,
        "obs_value": row["obs_value"] if row else None, "obs_status": row["obs_status"] if row else None,
        "time_period": row["time_period"] if row else None, "share_of_previous": None,
        "share_note_en": None, "share_note_ru": None, "obs_key": row["obs_key"] if row else None,
        "dataset_id": row["dataset_id"] if row else None, "source_id": row["source_id"] if row else None,
        "publisher_en": publisher["en"], "publisher_ru": publisher["ru"],
        "_span": (row["time_period"], row["sex"]) if row else None,
    }  # fmt: skip


def _share(contract: Contract, previous: Row, row: Row) -> None:
    if not previous["_span"] or not row["_span"]:
        return
    allowed = contract.cascade["shares"].get(f"{previous['indicator']}>{row['indicator']}")
    if allowed is None:
        row["share_note_en"] = "The two steps count different things; no share can be read."
        row["share_note_ru"] = "Два шага считают разное; доля не читается."
    elif previous["_span"] != row["_span"]:
        row["share_note_en"] = "The two figures cover different periods; no share can be read."
        row["share_note_ru"] = "Два числа относятся к разным периодам; доля не читается."
    elif previous["obs_value"]:
        row["share_of_previous"] = row["obs_value"] / previous["obs_value"]
        row["share_note_en"], row["share_note_ru"] = allowed["en"], allowed["ru"]

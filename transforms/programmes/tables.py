"""The eight tables of programmes from all accepted returns, and the bundled references and studies as tables.

Versions: the highest version of a programme's quarter is current, the others are superseded; their figures are in the
releases of their time and in no later one. A programme whose last return says "withdrawn" keeps its row and its list
of returns, and no figure of it is published.

Returns that the last release has and that are not among those given (a data directory copied without its archive, a
return that today's rules refuse) are carried from it with their rows: nothing is withdrawn for want of a file.

Pure functions: returns in, Arrow tables out. Not here: judging (``judge_return``), withholding
(``protect_return``), and which files there are (``pipelines.programme_returns``). Called by the assets of the tables.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from data_contracts.model import Contract
from data_contracts.vocabulary import TOTAL
from sources.bundled_registers import Entry
from sources.programmes.form import form
from transforms.derive.codebook import make
from transforms.programmes.judge_figures import Row, column_totals
from transforms.programmes.judge_return import JudgedReturn, last_day
from transforms.programmes.protect_return import Published, Rows, protect_return

RETURN_TABLES = ("programmes", "programme_returns")
FIGURE_TABLES = (
    "programme_flow",
    "programme_cohorts",
    "partner_contacts",
    "programme_measures",
    "reoffences",
    "programme_children",
)
Protect = Callable[[Rows, Sequence[Published]], dict[str, list[Row]]]
CURRENT, SUPERSEDED, WITHDRAWN = "current", "superseded", "withdrawn"


@dataclass(frozen=True)
class AcceptedReturn:
    """One version of a return; ``return_id`` is programme, quarter and version."""

    return_id: str
    submitted_on: dt.date
    language: str
    method: str
    judged: JudgedReturn

    @property
    def version(self) -> int:
        """Number of the version of its quarter."""
        return int(self.return_id.rpartition("/")[2])


def programme_tables(
    contract: Contract,
    returns: Sequence[AcceptedReturn],
    last: Callable[[str], pa.Table],
    protect: Protect = protect_return,
) -> dict[str, pa.Table]:
    """The eight tables; ``returns`` in order of receipt, ``last`` gives a table of the last release.

    ``protect`` withholds small counts, which takes a second a return; a caller may remember what it gave.
    """
    fresh = {accepted.return_id for accepted in returns}
    before = [row for row in last("programme_returns").to_pylist() if row["return_id"] not in fresh]
    programmes = _programmes(returns, last("programmes").to_pylist())
    listed = _listed(returns, before, programmes)
    current = {row["return_id"] for row in listed if row["return_state"] == CURRENT}
    rows: dict[str, list[Row]] = {name: [] for name in FIGURE_TABLES}
    for return_id, _, shown in published_figures(returns, protect):
        if return_id in current:
            for name, protected in shown.items():
                rows[name] += protected
    kept = current - fresh
    for name in FIGURE_TABLES:
        rows[name] += [row for row in last(name).to_pylist() if row["return_id"] in kept]
    made = {"programmes": list(programmes.values()), "programme_returns": listed, **rows}
    return {name: make(contract, name, made[name]) for name in (*RETURN_TABLES, *FIGURE_TABLES)}


def _programmes(returns: Sequence[AcceptedReturn], before: Iterable[Row]) -> dict[str, Row]:
    """Each programme as its latest return describes it; a withdrawal changes its state alone."""
    found = {row["programme_id"]: row for row in before}
    for accepted in returns:
        said = accepted.judged.programme
        name = accepted.judged.programme_id
        if said["programme_state"] == WITHDRAWN:
            if name in found:
                found[name] = {**found[name], "programme_state": WITHDRAWN, "return_id": accepted.return_id}
            continue
        found[name] = {"law_id": None, **said, "country": name[:2].upper(), "return_id": accepted.return_id}
    return found


def _listed(
    returns: Sequence[AcceptedReturn], before: Sequence[Row], programmes: Mapping[str, Row]
) -> list[Row]:
    """All versions of all returns with their state."""
    rows = [dict(row) for row in before]
    for accepted in returns:
        said = accepted.judged.programme
        rows.append(
            {
                "return_id": accepted.return_id,
                "programme_id": accepted.judged.programme_id,
                "return_period": accepted.judged.period,
                "version": accepted.version,
                "submitted_on": accepted.submitted_on,
                "return_method": accepted.method,
                "form_language": accepted.language,
                "return_complete": bool(said.get("return_complete", False)),
                "corrections": accepted.judged.corrections,
            }
        )
    rows = [row for row in rows if row["programme_id"] in programmes]
    versions: dict[tuple[str, str], list[int]] = {}
    for row in rows:
        versions.setdefault((row["programme_id"], row["return_period"]), []).append(row["version"])
    for row in rows:
        mine = sorted(versions[row["programme_id"], row["return_period"]])
        earlier = [version for version in mine if version < row["version"]]
        row["supersedes"] = f"{row['return_id'].rpartition('/')[0]}/{earlier[-1]}" if earlier else None
        withdrawn = programmes[row["programme_id"]]["programme_state"] == WITHDRAWN
        latest = CURRENT if row["version"] == mine[-1] else SUPERSEDED
        row["return_state"] = WITHDRAWN if withdrawn else latest
    return rows


def published_figures(
    returns: Iterable[AcceptedReturn], protect: Protect
) -> Iterator[tuple[str, Rows, dict[str, list[Row]]]]:
    """Number, figures and published figures of each return, in order of receipt.

    Each is protected against whoever kept what was published of its programme before: earlier versions of the quarter,
    and the same cohorts in earlier quarters. All of them are taken to have been published.
    """
    before: dict[str, list[Published]] = {}
    for accepted in returns:
        rows = figures(accepted)
        earlier = [published.beside(rows) for published in before.get(accepted.judged.programme_id, ())]
        shown = protect(rows, [published for published in earlier if any(published.rows.values())])
        before.setdefault(accepted.judged.programme_id, []).append(Published(rows, shown))
        yield accepted.return_id, rows, shown


# -- the figures of one return ---------------------------------------------------------------------------------


def figures(accepted: AcceptedReturn) -> dict[str, list[Row]]:
    """The rows of a return with identity, then their totals, before anything is withheld."""
    judged = accepted.judged
    made = {name: [dict(row) for row in judged.rows.get(name, ())] for name in FIGURE_TABLES}
    made["programme_flow"] += _flow_totals(made["programme_flow"])
    made["programme_cohorts"] += _cohort_totals(made["programme_cohorts"])
    for name, rows in made.items():
        for row in rows:
            row.pop("code", None)
            row |= {
                "return_id": accepted.return_id,
                "programme_id": judged.programme_id,
                "return_period": judged.period,
            }
            if name in ("programme_cohorts", "programme_measures", "reoffences"):
                row["as_of"] = last_day(judged.period)
    return made


def _counted(part: str) -> tuple[str, ...]:
    """What a part of the form counts, sums included."""
    found = form().parts[part]
    return (*found.columns, *found.sums)


def _flow_totals(rows: Sequence[Row]) -> list[Row]:
    """Totals over sexes, over sources and over ages, each of rows that are all filled in (``column_totals``).

    The whole is that over sources; where one of them was not recorded, that over ages.
    """
    by_source = {(row["referral_source"], row["sex"]): row for row in rows if row["referral_source"] != TOTAL}
    by_age = {(row["age"], row["sex"]): row for row in rows if row["age"] != TOTAL}
    sources, ages, sexes = (
        _printed("flow", "referral_source"),
        _printed("ages", "age"),
        _printed("flow", "sex"),
    )
    made = [
        _total({"referral_source": code}, [by_source.get((code, sex)) for sex in sexes]) for code in sources
    ]
    made += [_total({"age": code}, [by_age.get((code, sex)) for sex in sexes]) for code in ages]
    for mine in (*((sex,) for sex in sexes), sexes):
        key = {"sex": mine[0]} if len(mine) == 1 else {}
        over_ages = _total(key, [by_age.get((code, sex)) for code in ages for sex in mine])
        over_sources = _total(key, [by_source.get((code, sex)) for code in sources for sex in mine])
        made.append(over_ages | {name: value for name, value in over_sources.items() if value is not None})
    return [row for row in made if any(row[name] is not None for name in _counted("flow"))]


def _printed(part: str, key: str) -> tuple[str, ...]:
    """The codes of a key that the form prints in the rows of a part."""
    return tuple(dict.fromkeys(line.keys[key] for line in form().parts[part].lines))


def _total(key: Mapping[str, str], rows: Sequence[Row | None]) -> Row:
    whole = {"referral_source": TOTAL, "age": TOTAL, "sex": TOTAL}
    return {**whole, **key, **column_totals(rows, _counted("flow"))}


def _cohort_totals(rows: Sequence[Row]) -> list[Row]:
    """Each cohort over both sexes, where both were filled in and the provider gave no total."""
    made = []
    for start in dict.fromkeys(row["start_period"] for row in rows):
        mine = {row["sex"]: row for row in rows if row["start_period"] == start}
        if TOTAL not in mine and {"M", "F"} <= mine.keys():
            totals = column_totals([mine["M"], mine["F"]], _counted("cohorts"))
            made.append({"start_period": start, "sex": TOTAL, **totals})
    return made


# -- what is bundled -------------------------------------------------------------------------------------------


def references(contract: Contract, entries: Sequence[Entry]) -> pa.Table:
    """Table ``programme_references``: published figures on programmes outside the region."""
    rows = [
        {
            "reference_id": entry["reference_id"],
            "reference_group": entry["group"],
            "programme_en": entry["programme_en"],
            "programme_ru": entry["programme_ru"],
            "reference_place": entry["place"],
            "comparator": True,
            "site": entry["site"],
            "reference_measure": entry["measure"],
            "reference_value": _figure(entry, "figure"),
            "unit_measure": entry["unit"],
            "source_id": entry["source"],
            "note": entry["note"] or None,
        }
        for entry in entries
    ]
    return make(contract, "programme_references", rows)


def evidence(contract: Contract, entries: Sequence[Entry]) -> pa.Table:
    """Table ``programme_evidence``: what studies say."""
    rows: list[dict[str, Any]] = []
    for entry in entries:
        months, persons = _figure(entry, "window_months"), _figure(entry, "persons")
        rows.append(
            {
                "evidence_id": entry["evidence_id"],
                "study": entry["study"],
                "evidence_design": entry["design"],
                "evidence_place": entry["place"],
                "evidence_window_months": None if months is None else int(months),
                "evidence_outcome": entry["outcome"],
                "evidence_persons": None if persons is None else int(persons),
                "evidence_finding": entry["finding"],
                "effect_measure": entry["effect_measure"] or None,
                "effect": _figure(entry, "effect"),
                "effect_lower": _figure(entry, "lower"),
                "effect_upper": _figure(entry, "upper"),
                "source_id": entry["source"],
                "note": entry["note"] or None,
            }
        )
    return make(contract, "programme_evidence", rows)


def _figure(entry: Entry, name: str) -> float | None:
    try:
        return float(entry[name]) if entry[name] else None
    except ValueError:
        raise entry.error(f"{name} {entry[name]!r} is no number") from None

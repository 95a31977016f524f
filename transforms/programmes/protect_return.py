"""Small counts of a return withheld, with whatever would give them away, by the project's disclosure control.

A return is a file that an office did not publish itself, about few persons in one place. Its rows are handed to
``transforms.privacy.disclosure`` as observations whose dimensions say what adds up to what; ``_PLACES`` is that list.
An example: of a cohort of 12, 3 dropped out. The 3 is withheld; and since 12 = completed + not completed + running +
unknown, and not completed is the sum of its reasons, so are the cheapest other figures without which it could be
computed. A row keeps its place; ``withheld`` names the columns that lost their figure.

Three rules of their own, on answers: a result of fewer than ten partners is withheld; a result of clients is withheld
where the partners' beside it is; a share is withheld with the number of those who gave it.

What adds up: referred = accepted + not accepted + undecided; accepted ⊇ started ⊇ attended; the reasons to their sum;
sources, sexes and ages to their totals; outcomes to the cohort; results of contacts to attempts to partners known;
repeat offences of a longer window contain those of a shorter one; completed and not completed are parts of started.
Not covered: what earlier releases said of a version that was replaced since, and other files of the same provider.

Not here: judging a return (``judge_return``). Called by ``tables``.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa

from data_contracts.vocabulary import DIMENSIONS, TOTAL
from transforms.privacy.disclosure import audit, suppress
from transforms.programmes.judge_return import Row

THRESHOLD = 5
FEWEST_PARTNERS = 10
# The region of no country: a return is always below the country.
_SOMEWHERE = "XX-P"
_DAY = dt.date(2000, 1, 1)
#: table -> column -> its place in the tree of what adds up, as ``NAME=CODE`` pairs; the root is the column without any
_PLACES: Mapping[str, Mapping[str, str]] = {
    "programme_flow": {
        "referred": "",
        "accepted": "STEP=IN",
        "refused": "STEP=OUT",
        "refused_unsuitable": "STEP=OUT;WHY=UNSUITABLE",
        "refused_no_place": "STEP=OUT;WHY=NO_PLACE",
        "refused_by_person": "STEP=OUT;WHY=PERSON",
        "refused_other": "STEP=OUT;WHY=OTHER",
        "started": "STEP=IN;BEGUN=YES",
        "attended_once": "STEP=IN;BEGUN=YES;CAME=YES",
    },
    "programme_cohorts": {
        "potential_completers": "",
        "started_stage": "STAGE=MAIN",
        "completed": "END=COMPLETED",
        "not_completed": "END=NOT",
        "dropped_out": "END=NOT;WHY=DROPPED",
        "breach": "END=NOT;WHY=BREACH",
        "expelled": "END=NOT;WHY=EXPELLED",
        "moved": "END=NOT;WHY=MOVED",
        "died": "END=NOT;WHY=DIED",
        "ended_other": "END=NOT;WHY=OTHER",
        "running": "END=RUNNING",
        "outcome_unknown": "END=UNKNOWN",
    },
    "partner_contacts": {
        "partners_known": "",
        "partners_attempted": "TRIED=YES",
        "partners_reached": "TRIED=YES;RESULT=REACHED",
        "partners_declined": "TRIED=YES;RESULT=DECLINED",
        "partners_not_found": "TRIED=YES;RESULT=NOT_FOUND",
        "partners_referred": "TRIED=YES;RESULT=REACHED;HELP=YES",
    },
    "programme_measures": {"eligible": "", "respondents": "ANSWERED=YES"},
    "reoffences": {
        "persons_followed": "TRACED=YES",
        "persons_reoffended": "TRACED=YES;AGAIN=YES",
        "not_traceable": "TRACED=NO",
    },
    "programme_children": {
        "cases_with_children": "COUNT=CASES",
        "children_affected": "COUNT=CHILDREN",
        "children_referred": "COUNT=CHILDREN;HELP=YES",
    },
}
#: columns of a row that are dimensions of the disclosure control by themselves
_OWN_DIMENSIONS = ("sex", "age")
#: columns that tell two tables of figures apart that do not add up to anything together
_APART: Mapping[str, tuple[str, ...]] = {
    "programme_flow": (),
    "programme_cohorts": ("start_period", "as_of"),
    "partner_contacts": ("contact_point",),
    "programme_measures": (
        "start_period",
        "as_of",
        "contact_point",
        "respondent",
        "outcome_domain",
        "outcome_instrument",
    ),
    "reoffences": ("start_period", "as_of", "reoffence_source", "clock_from"),
    "programme_children": (),
}


def protect_return(rows: Mapping[str, Sequence[Row]]) -> dict[str, list[Row]]:
    """The rows of one return as they may be published, table by table and in their order."""
    protected = {table: [{**row, "withheld": None} for row in given] for table, given in rows.items()}
    cells = _cells(protected)
    if cells:
        kept = suppress(_observations(protected, cells), threshold=THRESHOLD)
        for (table, at, name), value in zip(cells, kept.column("obs_value").to_pylist(), strict=True):
            if value is None:
                _withhold(protected[table][at], name)
    _withhold_answers(protected.get("programme_measures", []))
    return protected


def exposures(rows: Mapping[str, Sequence[Row]], published: Mapping[str, Sequence[Row]]) -> list[Any]:
    """What an attacker recovers of ``rows`` from ``published``: the audit of the disclosure control, for tests."""
    cells = _cells(rows)
    given = _observations(rows, cells)
    values = [published[table][at][name] for table, at, name in cells]
    # An attacker cannot tell a small count from one that was withheld with it: all are treated as the former.
    marks = ["F" if value is not None else "A" for value in values]
    shown = given.set_column(
        given.schema.get_field_index("obs_value"), "obs_value", pa.array(values, pa.float64())
    )
    shown = shown.set_column(shown.schema.get_field_index("conf_status"), "conf_status", pa.array(marks))
    statuses = ["A" if value is not None else "Q" for value in values]
    shown = shown.set_column(shown.schema.get_field_index("obs_status"), "obs_status", pa.array(statuses))
    return audit(given, shown, THRESHOLD)


def _withhold(row: Row, name: str) -> None:
    row[name] = None
    row["withheld"] = ";".join(sorted({*(row["withheld"] or "").split(";"), name} - {""}))


def _withhold_answers(rows: Sequence[Row]) -> None:
    """Results of few partners, of those whose number is withheld, and of clients beside no result of partners."""
    for row in rows:
        few = row["respondent"] == "partner" and (row["respondents"] or 0) < FEWEST_PARTNERS
        if row["measure_value"] is not None and (few or row["respondents"] is None):
            _withhold(row, "measure_value")
    shown = {
        _beside(row) for row in rows if row["respondent"] == "partner" and row["measure_value"] is not None
    }
    for row in rows:
        if row["respondent"] == "client" and row["measure_value"] is not None and _beside(row) not in shown:
            _withhold(row, "measure_value")


def _beside(row: Row) -> tuple[Any, ...]:
    return tuple(row[name] for name in ("start_period", "as_of", "contact_point", "outcome_domain"))


# -- rows as observations --------------------------------------------------------------------------------------

_Cell = tuple[str, int, str]


def _cells(rows: Mapping[str, Sequence[Row]]) -> list[_Cell]:
    """Every figure: table, row, column; a share of persons stands for a count and is a figure too."""
    found = []
    for table, given in rows.items():
        for at, row in enumerate(given):
            names = [name for name in _PLACES[table] if row.get(name) is not None]
            if row.get("measure_unit") == "PERCENT" and row.get("measure_value") is not None:
                names.append("measure_value")
            found += [(table, at, name) for name in names]
    return found


def _observations(rows: Mapping[str, Sequence[Row]], cells: Sequence[_Cell]) -> pa.Table:
    columns: dict[str, list[Any]] = {name: [] for name in _SCHEMA.names}
    for number, (table, at, name) in enumerate(cells):
        row = rows[table][at]
        share = name == "measure_value"
        values = {
            "obs_key": f"cell{number:06d}",
            "ref_area": _SOMEWHERE,
            "indicator": "|".join([table, *(str(row[key]) for key in _APART[table])]),
            **dict.fromkeys(DIMENSIONS, TOTAL),
            **{dimension: row[dimension] for dimension in _OWN_DIMENSIONS if dimension in row},
            "breakdown": _breakdown(table, row, name),
            "period_start": _DAY,
            "period_end": _window_end(row),
            "obs_value": float(row[name]),
            "unit_measure": "PERCENT" if share else "NUMBER",
            "obs_status": "A",
            "conf_status": "F",
            "nature": "C",
            "dataset_id": "return",
            "source_id": "return",
        }
        for column in columns:
            columns[column].append(values.get(column))
    return pa.table(columns, schema=_SCHEMA)


def _breakdown(table: str, row: Row, name: str) -> str:
    parts = [] if name == "measure_value" else [_PLACES[table][name]]
    if name == "measure_value":
        parts = ["ANSWERED=YES;BETTER=YES"]
    if row.get("referral_source", TOTAL) != TOTAL:
        parts.append(f"SOURCE={row['referral_source'].upper()}")
    if row.get("reoffence_base", "started") != "started":
        parts.append(f"BASE={row['reoffence_base'].upper()}")
    return ";".join(part for part in parts if part) or TOTAL


def _window_end(row: Row) -> dt.date:
    """Windows as spans of time from one day: the longer one contains the shorter, as spans do."""
    return _DAY + dt.timedelta(days=31 * (row.get("window_months") or 1) - 1)


_SCHEMA = pa.schema(
    [
        *((name, pa.string()) for name in ("obs_key", "ref_area", "indicator", *DIMENSIONS)),
        ("period_start", pa.date32()),
        ("period_end", pa.date32()),
        ("obs_value", pa.float64()),
        ("obs_lower", pa.float64()),
        ("obs_upper", pa.float64()),
        *((name, pa.string()) for name in ("unit_measure", "obs_status", "conf_status", "nature")),
        *((name, pa.string()) for name in ("dataset_id", "source_id", "published_value", "note")),
    ]
)

"""Small counts of a return withheld, with whatever would give them away, by the project's disclosure control.

A return is a file that an office did not publish itself, about few persons in one place. Its rows are handed to
``transforms.privacy.disclosure`` as observations whose dimensions say what adds up to what; ``_PLACES`` is that list.
An example: of a cohort of 12, 3 dropped out. The 3 is withheld; and since 12 = completed + not completed + running +
unknown, and not completed is the sum of its reasons, so are the cheapest other figures without which it could be
computed. A row keeps its place; ``withheld`` names the columns that lost their figure.

Three rules of their own, on answers: a result of fewer than ten partners is withheld; a result of clients is withheld
where the partners' beside it is; a share is withheld with the number of those who gave it.

What adds up: referred = accepted + not accepted + waiting + not stated; accepted ⊇ started ⊇ attended; the reasons to
their sum; sources, sexes and ages to their totals; outcomes to the cohort; results of contacts to attempts to partners
known; repeat offences of a longer window contain those of a shorter one of the same persons; completed and not
completed are parts of started.
Not covered: what earlier releases said of a version that was replaced since; how a cohort changed from one quarter's
return to the next; other files of the same provider.

Not here: judging a return (``judge_return``). Called by ``tables``.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa

from data_contracts.vocabulary import DIMENSIONS, TOTAL
from transforms.privacy.disclosure import THRESHOLD, DisclosureError, audit, suppress
from transforms.programmes.judge_figures import Row

_Cell = tuple[str, int, str]
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
        "waiting": "STEP=WAITING",
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
    "programme_measures": {"eligible": "WHO=ELIGIBLE", "respondents": "WHO=ANSWERED"},
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
#: the counts that are worth more than their detail; of the other tables all columns are alike
_MAIN: Mapping[str, tuple[str, ...]] = {
    "programme_flow": ("referred", "accepted", "refused", "started"),
    "programme_cohorts": ("potential_completers", "completed", "not_completed", "running", "outcome_unknown"),
}
_DIVIDED = ("referral_source", "sex", "age")
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
    # A longer window contains a shorter one only where the same persons are followed.
    "reoffences": ("start_period", "as_of", "reoffence_source", "clock_from", "persons_followed"),
    "programme_children": (),
}


def protect_return(rows: Mapping[str, Sequence[Row]]) -> dict[str, list[Row]]:
    """The rows of one return as they may be published, table by table and in their order."""
    protected = {table: _protect_table(table, list(given)) for table, given in rows.items()}
    _withhold_answers(protected.get("programme_measures", []))
    return protected


def without(row: Row, withheld: str | None) -> Row:
    """A row without the figures of these columns: what ``protect_return`` makes of it, where that is known already."""
    return {**row, **dict.fromkeys((withheld or "").split(";") if withheld else ()), "withheld": withheld}


def _protect_table(table: str, rows: list[Row]) -> list[Row]:
    """The rows of one table; those of nobody are shown as they are, and whoever attacks the others knows them."""
    some = [row for row in rows if any(row.get(name) for name in _PLACES[table])]
    protected = iter(_protect_rows(table, some))
    return [next(protected) if row in some else {**row, "withheld": None} for row in rows]


def _protect_rows(table: str, rows: Sequence[Row]) -> list[Row]:
    """As much detail as costs no figure that is worth more; what is left out is withheld whole.

    In a small programme almost every count of a source by sex, or of a reason, is small, and hiding those by
    complements would take the totals along. So figures are added step by step, the most useful first (``_steps``), and
    a step stays only where it takes away nothing that was there before, and gives away no small count left out.
    """
    cells = _cells({table: rows})
    chosen: list[list[_Cell]] = []
    shown: dict[_Cell, float] = {}
    for depth, step in _steps(table, rows, cells):
        trial = _suppressed(table, rows, [*chosen, step])
        if shown.keys() <= trial.keys() and len(trial) > len(shown) and _is_safe(table, rows, depth, trial):
            chosen, shown = [*chosen, step], trial
    # A step was judged by rows up to its depth; deeper ones that stayed out may be tied to what it shows.
    while chosen and not _is_safe(table, rows, len(_DIVIDED), shown):
        chosen.pop()
        shown = _suppressed(table, rows, chosen)
    return _written(rows, cells, shown)


def _steps(table: str, rows: Sequence[Row], cells: Sequence[_Cell]) -> list[tuple[int, list[_Cell]]]:
    """The figures in order of their use, each step with its depth: how many dimensions divide its rows.

    Totals first, a column at a time in the order of ``_PLACES``; then by source, by sex, by age, and crossed. Where
    not every row was recorded there are no totals, and the widest rows there are take their place.
    """
    order = list(_PLACES[table])
    least = min(map(_depth, rows), default=0)
    found: dict[tuple[int, int, int], list[_Cell]] = {}
    for cell in cells:
        divided = [n for n, name in enumerate(_DIVIDED) if rows[cell[1]].get(name, TOTAL) != TOTAL]
        place = order.index(cell[2]) if cell[2] in order else len(order)
        detail = cell[2] not in _MAIN.get(table, order)
        # Detail of divided rows goes together, and so do crossed rows: one column of them alone says little.
        deeper = len(divided) - least
        at = len(order) * detail + (0 if deeper > 1 or (deeper and detail) else place)
        found.setdefault((len(divided), sum(divided), at), []).append(cell)
    return [(key[0], found[key]) for key in sorted(found)]


def _is_safe(table: str, rows: Sequence[Row], depth: int, shown: Mapping[_Cell, float]) -> bool:
    """Whether no small count of the rows up to this depth, shown or not, can be found from what is shown."""
    places = [at for at, row in enumerate(rows) if _depth(row) <= depth]
    some = [rows[at] for at in places]
    there = {
        (table, new, name): shown[table, old, name]
        for new, old in enumerate(places)
        for name in rows[old]
        if (table, old, name) in shown
    }
    return not exposures({table: some}, {table: _written(some, _cells({table: some}), there)})


def _depth(row: Row) -> int:
    return sum(row.get(name, TOTAL) != TOTAL for name in _DIVIDED)


def _suppressed(table: str, rows: Sequence[Row], steps: Sequence[Sequence[_Cell]]) -> dict[_Cell, float]:
    """The figures of these steps that may be shown together; none where no table can hide the small ones."""
    cells = [cell for step in steps for cell in step]
    if not cells:
        return {}
    try:
        kept = suppress(_observations({table: rows}, cells))
    except DisclosureError:
        return {}
    values = kept.column("obs_value").to_pylist()
    return {cell: value for cell, value in zip(cells, values, strict=True) if value is not None}


def _written(rows: Sequence[Row], cells: Sequence[_Cell], shown: Mapping[_Cell, float]) -> list[Row]:
    """The rows with the figures that are shown, and the names of those that are not."""
    protected: list[Row] = [{**row, "withheld": None} for row in rows]
    for cell in cells:
        if cell not in shown:
            _withhold(protected[cell[1]], cell[2])
    return protected


def exposures(rows: Mapping[str, Sequence[Row]], published: Mapping[str, Sequence[Row]]) -> list[Any]:
    """What an attacker recovers of the small counts of ``rows`` from ``published``, by the project's audit."""
    cells = _cells(rows)
    if not cells:
        return []
    small = {
        f"cell{number:06d}"
        for number, (table, at, name) in enumerate(cells)
        if 0 < rows[table][at][name] < THRESHOLD
    }
    given = _observations(rows, cells)
    values = [published[table][at][name] for table, at, name in cells]
    marks = ["F" if value is not None else "A" for value in values]
    shown = given.set_column(
        given.schema.get_field_index("obs_value"), "obs_value", pa.array(values, pa.float64())
    )
    shown = shown.set_column(shown.schema.get_field_index("conf_status"), "conf_status", pa.array(marks))
    statuses = ["A" if value is not None else "Q" for value in values]
    shown = shown.set_column(shown.schema.get_field_index("obs_status"), "obs_status", pa.array(statuses))
    # Marks are not published, so the attacker who knows them is none of ours. A large count that was withheld with its
    # row may be read off its total: it is nobody's secret.
    found = [exposure for exposure in audit(given, shown) if exposure.attack != "rule"]
    return [exposure for exposure in found if not exposure.obs_keys or small & set(exposure.obs_keys)]


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
        parts = ["WHO=ANSWERED;BETTER=YES"]
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

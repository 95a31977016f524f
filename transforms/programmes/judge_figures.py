"""The parts of figures of a return: typed rows, and what rows, columns and parts say against each other.

Whatever can be judged is judged, whatever is wrong beside it, so that the sender learns all at once. Kinds:

1. the answers of a row, one by one (``typed_answers``), and what no calendar allows;
2. the rules of the contract on a row (``rules.yaml``), each listed once with the numbers that disagree;
3. rows against each other: given twice, a total that was changed by hand;
4. parts against each other: ages and referrals, clients and partners, partners and the programme.

An empty cell is *not recorded*. One conclusion is drawn: where the whole of a row is zero (``whole`` in the form), its
parts are zero. A total of rows of which one is not recorded is not known (``column_totals``).

Not here: the programme itself and data on persons (``judge_return``, which calls this).
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import duckdb
import pyarrow as pa

from data_contracts import checks, expressions
from data_contracts.arrow import arrow_schema
from data_contracts.model import Contract, Rule
from data_contracts.vocabulary import TOTAL
from sources.programmes.form import Line, Part, form
from sources.programmes.given_return import GivenReturn
from transforms.programmes.problems import Number, Problem, Word
from transforms.programmes.typed_answers import typed

Row = dict[str, Any]
_WEEKS_A_MONTH = 53 / 12
PARTNER, CLIENT = "partner", "client"
_FIGURE = re.compile(r"-?\d+(?:[.,]0+)?")
#: part -> column -> code: rows whose figures come from partners; all rows where there is no column
_OF_PARTNERS: Mapping[str, Mapping[str, str]] = {
    "partners": {},
    "measures": {"respondent": PARTNER},
    "reoffences": {"reoffence_source": PARTNER},
}


@dataclass
class Figures:
    """Typed rows by part, each with the ``code`` of its line, and the lines that could not be read."""

    rows: dict[str, list[Row]] = field(default_factory=dict)
    unread: dict[str, set[str]] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def of_table(self, table: str) -> list[Row]:
        """The rows of all parts that fill a table, in order of the form."""
        return [row for name, rows in self.rows.items() if form().parts[name].table == table for row in rows]


def judge_figures(contract: Contract, given: GivenReturn, programme: Row) -> Figures:
    """All parts; ``programme`` holds those answers on the programme that could be read."""
    found = Figures()
    parts = [part for part in form().parts.values() if part.table]
    with duckdb.default_connection().cursor() as con:
        for part in parts:
            rows = _read_rows(given, part, programme, found)
            found.problems += _repeated(given, part, rows)
            found.problems += _broken_rules(con, contract, given, part, rows) if rows else ()
            found.problems += _changed_totals(given, part, found)
    if not any(part in found.rows for part, _, _ in given.answers):
        first = given.places["flow", form().parts["flow"].lines[0].code, "referred"]
        found.problems.append(Problem((first,), "nothing_filled"))
    found.problems += _ages(given, found)
    found.problems += _clients_alone(given, found)
    found.problems += _partners_of_no_service(given, found, programme)
    return found


# -- rows ------------------------------------------------------------------------------------------------------


def _read_rows(given: GivenReturn, part: Part, programme: Row, found: Figures) -> list[Row]:
    """All rows of a part that say anything, a cell that cannot be read as None; whole ones go into ``found``."""
    found.rows[part.name], found.unread[part.name] = [], set()
    rows = []
    for line in part.lines:
        before = len(found.problems)
        row = _row(given, part, line, found.problems)
        if row is None:
            continue
        rows.append(row)
        if len(found.problems) == before:
            found.rows[part.name].append(row)
        else:
            found.unread[part.name].add(line.code)
        found.problems += _impossible(given, part, row, programme)
    return rows


def _row(given: GivenReturn, part: Part, line: Line, problems: list[Problem]) -> Row | None:
    """The typed row of a line; None where nothing was filled in."""
    answers = {name: given.answers.get((part.name, line.code, name)) for name in part.inputs}
    if not any(answers.values()):
        return None
    row: Row = {**dict.fromkeys(("referral_source", "age"), TOTAL), **line.keys} if part.printed else {}
    row |= {name: typed(name, answer, problems) if answer else None for name, answer in answers.items()}
    if part.whole and row[part.whole] == 0:
        row |= {name: 0 for name in part.columns if answers[name] is None}
    for name in (*part.chosen, *part.required):
        if row[name] is None and answers[name] is None:
            problems.append(Problem(_cells(given, part, line.code, name), "missing"))
    for total, parts in part.sums.items():
        present = [row[name] for name in parts if row[name] is not None]
        unread = any(answers[name] and row[name] is None for name in parts)
        row[total] = sum(present) if present and not unread else None
        if not present and not unread and part.required:
            problems.append(Problem(_cells(given, part, line.code, total), "missing_parts"))
    return {**row, "code": line.code}


def _cells(given: GivenReturn, part: Part, code: str, name: str) -> tuple[str, ...]:
    """The cell of an input; of what the form adds up, the cells of its parts."""
    return tuple(given.places[part.name, code, cell] for cell in part.sums.get(name, (name,)))


def _impossible(given: GivenReturn, part: Part, row: Row, programme: Row) -> Iterator[Problem]:
    """What no calendar and no count of persons allows."""
    start, period = row.get("start_period"), programme.get("return_period")
    if start and period:
        months = (_quarters(period) - _quarters(start) + 1) * 3
        name, key = "start_period", ""
        if months <= 0:
            key = "cohort_too_late"
        elif part.name == "cohorts" and months * _WEEKS_A_MONTH < programme.get("weeks_planned", 0):
            key = "cohort_too_young"
        elif months < (row.get("window_months") or 0):
            name, key = "window_months", "window_open"
        if key:
            yield Problem(_cells(given, part, row["code"], name), key)
    share, persons = row.get("measure_value"), row.get("respondents")
    percent = row.get("measure_unit") == "PERCENT"
    if percent and share is not None and persons and not is_share(share, persons):
        shown = ("respondents", "measure_value")
        numbers = tuple((_cells(given, part, row["code"], name), row[name]) for name in shown)
        yield Problem(_cells(given, part, row["code"], "measure_value"), "no_share", numbers=numbers)


def is_share(percent: float, persons: int) -> bool:
    """Whether a share in per cent, as far as it is rounded, is that of a whole number of persons.

    Of 13 persons 69 and 69.2 are (nine), 0.69 is none: the sender meant 69.
    """
    shown = Decimal(str(percent)).normalize()
    step = Decimal(1).scaleb(min(int(shown.as_tuple().exponent), 0))
    nearest = (shown * persons / 100).to_integral_value()
    return abs(nearest * 100 / persons - shown) < step


def _quarters(period: str) -> int:
    return int(period[:4]) * 4 + int(period[-1])


def _repeated(given: GivenReturn, part: Part, rows: Sequence[Row]) -> Iterator[Problem]:
    names = [name for name in part.chosen if name != "measure_unit"]
    seen: set[tuple[Any, ...]] = set()
    for row in rows if names else ():
        key = tuple(row[name] for name in names)
        if key in seen and None not in key:
            yield Problem(_cells(given, part, row["code"], names[0]), "row_twice")
        seen.add(key)


# -- the rules of the contract ---------------------------------------------------------------------------------


def _broken_rules(
    con: duckdb.DuckDBPyConnection, contract: Contract, given: GivenReturn, part: Part, rows: Sequence[Row]
) -> Iterator[Problem]:
    """A problem for each row and each rule that it breaks."""
    table = contract.tables[part.table]
    # A result of few partners is withheld from publication, not refused.
    rules = [
        rule
        for rule in contract.rules_of(part.table)
        if rule.violated_when and rule.severity == "critical" and rule.id != "partner_measure_of_few"
    ]
    schema = arrow_schema(contract, table)
    con.register("given_rows", pa.Table.from_pylist(list(rows), schema=schema))
    judged = ", ".join(
        f"{expressions.to_sql(expressions.parse(rule.violated_when))} AS rule_{n}"
        for n, rule in enumerate(rules)
    )
    query = f"SELECT *, {judged} FROM ({checks.with_derived(table, 'given_rows')})"
    for row, values in zip(rows, con.sql(query).to_arrow_table().to_pylist(), strict=True):
        for n, rule in enumerate(rules):
            if values[f"rule_{n}"]:
                yield _broken(given, part, row["code"], rule, values)


def _broken(given: GivenReturn, part: Part, code: str, rule: Rule, values: Row) -> Problem:
    """A broken rule: its cells, and both sides of the comparison as numbers."""
    known = (*part.inputs, *part.sums)
    named = [_cells(given, part, code, name) for name in rule.columns if name in known]
    sides = sorted(expressions.names(rule.violated_when), key=rule.violated_when.index)
    numbers: list[Number] = []
    for name in sorted(sides, key=lambda side: side not in known):
        if isinstance(values[name], int | float):
            cells = _cells(given, part, code, name) if name in known else ()
            numbers.append((cells, values[name]))
    return Problem(tuple(dict.fromkeys(sum(named, ()))), f"rule.{rule.id}", numbers=tuple(numbers))


# -- rows against each other -----------------------------------------------------------------------------------


def column_totals(rows: Iterable[Row | None], names: Sequence[str]) -> Row:
    """Sums over rows; None where one of them is None or leaves the column empty, or there is no row."""
    listed = list(rows)
    found: Row = {}
    for name in names:
        values: list[Any] = [row.get(name) if row is not None else None for row in listed]
        found[name] = sum(values) if values and None not in values else None
    return found


def _changed_totals(given: GivenReturn, part: Part, found: Figures) -> Iterator[Problem]:
    """A total that holds another number than the form adds up; a formula that was never calculated is no number."""
    by_code = {row["code"]: row for row in found.rows[part.name]}
    whole = not found.unread[part.name]
    for (name, code, total), answer in given.totals.items():
        if (
            name != part.name
            or not _FIGURE.fullmatch(answer.text)
            or total not in (*part.columns, *part.sums)
        ):
            continue
        if code not in by_code and not (whole and code not in {line.code for line in part.lines}):
            continue
        mine = [by_code[code]] if code in by_code else list(by_code.values())
        expected = sum(row.get(total) or 0 for row in mine)
        figure = float(answer.text.replace(",", "."))
        if figure != expected:
            numbers: tuple[Number, ...] = (((answer.place,), figure), ((), expected))
            yield Problem((answer.place,), "total_changed", numbers=numbers)


# -- parts against each other ----------------------------------------------------------------------------------


def _ages(given: GivenReturn, found: Figures) -> Iterator[Problem]:
    """Sums over ages that are not those over sources, by sex; listed at all cells of ages that are summed."""
    names = form().parts["ages"].columns
    unread = found.unread["flow"] | found.unread["ages"]
    for sex in ("M", "F"):
        flow = [row for row in found.rows["flow"] if row["sex"] == sex]
        ages = [row for row in found.rows["ages"] if row["sex"] == sex]
        if not flow or not ages or any(code.endswith(f"|{sex}") for code in unread):
            continue
        whole, parts = column_totals(flow, names), column_totals(ages, names)
        for name in names:
            if None in (whole[name], parts[name]) or whole[name] == parts[name]:
                continue
            cells = tuple(given.places["ages", row["code"], name] for row in ages)
            filled = (("ages", str(parts[name])), ("flow", str(whole[name])))
            words = (("sex", Word("sex", sex)), ("column", Word(name)))
            yield Problem(cells, "ages_differ", filled=(*words, *filled))


def _clients_alone(given: GivenReturn, found: Figures) -> Iterator[Problem]:
    """Results of clients beside none of partners; a row of partners counts as soon as it says what it is of."""
    lines = form().parts["measures"].lines
    of_partners = {
        _beside({name: given.text("measures", line.code, name) for name in _BESIDE})
        for line in lines
        if given.text("measures", line.code, "respondent") == PARTNER
    }
    if any("" in key for key in of_partners):
        return
    for row in found.rows["measures"]:
        if row["respondent"] == CLIENT and _beside(row) not in of_partners:
            yield Problem((given.places["measures", row["code"], "respondent"],), "client_alone")


_BESIDE = ("start_period", "contact_point", "outcome_domain")


def _beside(row: Mapping[str, Any]) -> tuple[Any, ...]:
    return tuple(row[name] for name in _BESIDE)


def _partners_of_no_service(given: GivenReturn, found: Figures, programme: Row) -> Iterator[Problem]:
    """Figures from partners of a programme that says it has no service for them: one of the two is wrong."""
    if programme.get("victim_service") is not False:
        return
    cells = []
    for name, wanted in _OF_PARTNERS.items():
        part = form().parts[name]
        for row in found.rows[name]:
            if all(row[column] == code for column, code in wanted.items()):
                cells += [given.places[name, row["code"], column] for column in part.columns if row[column]]
    if cells:
        about = given.places["about", "victim_service", "answer"]
        yield Problem((about, *cells), "partners_without_service")

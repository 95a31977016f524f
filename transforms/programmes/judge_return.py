"""A filled return judged: typed rows of the contract's tables, or problems, each with its cell and sentence.

Nothing is repaired and nothing guessed: a return with one problem is refused as a whole, and its sender learns all
problems at once. Three kinds of judgement, in this order:

1. data on persons (names, identification numbers, dates, telephones, addresses) in any cell, texts outside the form;
2. each answer by itself: a choice of its list, a whole number, within the bounds of its column;
3. the rules of the contract on whole rows (``rules.yaml``), and what only the form can tell: a total changed by hand,
   ages that do not add up to the referrals, a correction without its reason.

A total is the sum of the rows that are filled in; a column that one of them leaves empty has no total.

Not here: reading (``sources.programmes.read_return``), withholding small counts (``protect_return``). Called by
``pipelines.programme_returns``.
"""

import datetime as dt
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import duckdb
import pyarrow as pa

from data_contracts import checks
from data_contracts.arrow import arrow_schema
from data_contracts.model import Contract
from data_contracts.vocabulary import TOTAL
from sources.programmes.form import ANSWER, YES, Line, Part, choices, column, form, words
from sources.programmes.read_return import Given, GivenReturn
from transforms.privacy.personal_data import guard

MOST_PERSONS = 100_000
#: answers on the programme that a withdrawal needs; a withdrawn programme says nothing else
WITHDRAWAL = ("programme_id", "return_period", "programme_state")
_OPTIONAL = ("law_id",)
_WEEKS_A_MONTH = 53 / 12
_DATE = re.compile(r"(?<!\d)(?:\d{1,2}[./-]\d{1,2}[./-]\d{2,4}|\d{4}-\d{2}-\d{2})(?!\d)")
_WHOLE = re.compile(r"-?\d{1,3}(?:[ \u00a0\u202f]\d{3})+|-?\d+")
_DECIMAL = re.compile(r"-?\d+(?:[.,]\d+)?")

Row = dict[str, Any]


@dataclass(frozen=True)
class Problem:
    """What is wrong in a cell: ``key`` of the sentence; never the cell's own text.

    ``kind``: of data on a person (``transforms.privacy.personal_data``).
    ``blank``: the cell may hold data on a person, so its text goes nowhere.
    """

    place: str
    key: str
    kind: str = ""
    blank: bool = False

    def sentence(self, language: str) -> str:
        """The sentence in a language of the form."""
        said = words(language)
        if self.key.startswith("rule."):
            return said.rule(self.key.removeprefix("rule."))
        kind = said.text(f"kind.{self.kind}") if self.kind else ""
        return said.text(f"problem.{self.key}", kind=kind)


@dataclass
class JudgedReturn:
    """The rows of each table, without identity of the return, and the problems, in order of the form."""

    programme: Row = field(default_factory=dict)
    rows: dict[str, list[Row]] = field(default_factory=dict)
    corrections: str | None = None
    problems: list[Problem] = field(default_factory=list)

    @property
    def programme_id(self) -> str:
        """Code of the programme."""
        return str(self.programme.get("programme_id", ""))

    @property
    def period(self) -> str:
        """Quarter of the return."""
        return str(self.programme.get("return_period", ""))


def judge_return(contract: Contract, given: GivenReturn, today: dt.date) -> JudgedReturn:
    """Rows and problems of a return; whether a correction needs a reason is for ``correction_problems``."""
    judged = JudgedReturn(problems=[*_personal(given), *_foreign(given)])
    _judge_programme(given, judged, today)
    withdrawn = judged.programme.get("programme_state") == "withdrawn"
    for part in form().parts.values() if not withdrawn else ():
        if part.table:
            _judge_part(contract, given, part, judged)
    judged.corrections = _corrections(given, judged)
    if not withdrawn and not judged.problems:
        judged.problems += _across_parts(given, judged)
    judged.problems = list(dict.fromkeys(_one_a_cell(judged.problems)))
    return judged


def correction_problems(given: GivenReturn, judged: JudgedReturn) -> list[Problem]:
    """What a quarter that was sent before lacks: a reason for the correction."""
    if judged.corrections or judged.programme.get("programme_state") == "withdrawn":
        return []
    first = form().parts["corrections"].lines[0]
    place = given.places.get(("corrections", first.code, "correction_reason"), "corrections")
    return [Problem(place, "correction_missing")]


def _one_a_cell(problems: Sequence[Problem]) -> Iterator[Problem]:
    """Where a cell holds data on a person, this is all there is to say of it."""
    personal = {problem.place for problem in problems if problem.key == "personal"}
    return (problem for problem in problems if problem.key == "personal" or problem.place not in personal)


# -- what should not be there ----------------------------------------------------------------------------------


def _personal(given: GivenReturn) -> Iterator[Problem]:
    written = [
        answer
        for (_, row, name), answer in given.answers.items()
        if answer.text not in choices(row if name == ANSWER else name)
    ]
    for answer in [*written, *given.totals.values(), *given.foreign]:
        kinds = [finding.kind for finding in guard([], {"": [answer.text]})]
        if _DATE.search(answer.text):
            kinds.append("birth_date")
        if kinds:
            yield Problem(answer.place, "personal", kinds[0], blank=True)


def _foreign(given: GivenReturn) -> Iterator[Problem]:
    return (Problem(text.place, "foreign_text", blank=True) for text in given.foreign if text.text.strip())


# -- the programme ---------------------------------------------------------------------------------------------


def _judge_programme(given: GivenReturn, judged: JudgedReturn, today: dt.date) -> None:
    withdrawn = given.about("programme_state") == "withdrawn"
    for line in form().parts["about"].lines:
        name, place = line.code, given.places.get(("about", line.code, ANSWER), line.code)
        text = given.about(name)
        if not text:
            if name not in _OPTIONAL and (not withdrawn or name in WITHDRAWAL):
                judged.problems.append(Problem(place, "missing"))
            continue
        value = _answer(name, Given(text, place), judged.problems)
        if value is not None:
            judged.programme[name] = value
    period, area = judged.programme.get("return_period"), judged.programme.get("ref_area", "")
    if period and last_day(period) >= today:
        judged.problems.append(Problem(given.places["about", "return_period", ANSWER], "future_quarter"))
    country = judged.programme_id[:2].upper()
    if judged.programme_id and area and area[:2] != country:
        judged.problems.append(Problem(given.places["about", "ref_area", ANSWER], "other_country"))


def _answer(name: str, given: Given, problems: list[Problem]) -> Any:
    """A typed answer, or None beside a problem."""
    defined = column(name)
    if name == "programme_id":
        countries = {code[:2].lower() for code in choices("ref_area")}
        good = re.fullmatch(defined.pattern or "", given.text) and given.text[:2] in countries
        if not good:
            problems.append(Problem(given.place, "bad_programme"))
        return given.text if good else None
    if choices(name):
        if given.text not in choices(name):
            # What was written instead may be anything, a name as well.
            problems.append(Problem(given.place, "not_choice", blank=True))
            return None
        return given.text == YES if defined.type == "BOOLEAN" else given.text
    return given.text if defined.type == "VARCHAR" else _number(name, given, problems)


def _number(name: str, given: Given, problems: list[Problem]) -> float | int | None:
    defined = column(name)
    text = given.text.replace("−", "-").strip()
    if not _WHOLE.fullmatch(text) and not _DECIMAL.fullmatch(text):
        problems.append(Problem(given.place, "not_number", blank=any(char.isalpha() for char in text)))
        return None
    value = float(re.sub(r"[ \u00a0\u202f]", "", text).replace(",", "."))
    key = ""
    if defined.type == "INTEGER" and not value.is_integer():
        key = "not_whole"
    elif defined.type == "INTEGER" and abs(value) > MOST_PERSONS:
        key = "too_large"
    elif value < 0 and (defined.min or 0) >= 0 and name != "measure_value":
        key = "negative"
    elif (defined.min is not None and value < defined.min) or (
        defined.max is not None and value > defined.max
    ):
        key = "out_of_bounds"
    if key:
        problems.append(Problem(given.place, key))
        return None
    return int(value) if defined.type == "INTEGER" else value


# -- parts of figures ------------------------------------------------------------------------------------------


def _judge_part(contract: Contract, given: GivenReturn, part: Part, judged: JudgedReturn) -> None:
    before = len(judged.problems)
    rows, places = [], []
    for line in part.lines:
        of_row = len(judged.problems)
        row = _row(given, part, line, judged)
        # A row that cannot be read is no row for the rules; the others are judged all the same.
        if row is not None and len(judged.problems) == of_row:
            rows.append(row)
            places.append(
                {name: _place(given, part, line, name) for name in contract.tables[part.table].names}
            )
    whole = len(judged.problems) == before
    judged.problems += _repeated(part, rows, places)
    judged.problems += _broken_rules(contract, part, rows, places)
    judged.problems += _changed_totals(given, part, rows) if whole else ()
    judged.rows.setdefault(part.table, []).extend(rows if len(judged.problems) == before else [])


def _row(given: GivenReturn, part: Part, line: Line, judged: JudgedReturn) -> Row | None:
    """The typed row of a line; None where nothing was filled in."""
    answers = {name: given.answers.get((part.name, line.code, name)) for name in part.inputs}
    if not any(answers.values()):
        return None
    row: Row = {**dict.fromkeys(("referral_source", "age"), TOTAL), **line.keys} if part.printed else {}
    for name, answer in answers.items():
        if answer is not None:
            row[name] = _answer(name, answer, judged.problems)
        else:
            row[name] = None
            if name in (*part.chosen, *part.required):
                judged.problems.append(Problem(_place(given, part, line, name), "missing"))
    for total, parts in part.sums.items():
        present = [row[name] for name in parts if row[name] is not None]
        row[total] = sum(present) if present else None
        if not present and part.name == "cohorts":
            judged.problems.append(Problem(_place(given, part, line, parts[0]), "missing"))
    judged.problems += (
        Problem(_place(given, part, line, name), key)
        for name, key in _impossible(part, row, judged.programme)
    )
    return {**row, "code": line.code}


def _impossible(part: Part, row: Row, programme: Row) -> Iterator[tuple[str, str]]:
    """Input and problem of what no calendar and no count of persons allows."""
    start, period = row.get("start_period"), programme.get("return_period")
    if start and period:
        months = (_quarters(period) - _quarters(start) + 1) * 3
        if months <= 0:
            yield "start_period", "cohort_too_late"
        elif part.name == "cohorts" and months * _WEEKS_A_MONTH < programme.get("weeks_planned", 0):
            yield "start_period", "cohort_too_young"
        elif months < (row.get("window_months") or 0):
            yield "window_months", "window_open"
    share, persons = row.get("measure_value"), row.get("respondents")
    if (
        row.get("measure_unit") == "PERCENT"
        and share is not None
        and persons
        and not is_share(share, persons)
    ):
        yield "measure_value", "no_share"


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


def _place(given: GivenReturn, part: Part, line: Line, name: str) -> str:
    """The place of an input; of what the form adds up, that of its first part."""
    inputs = part.sums.get(name, (name,))
    return given.places.get((part.name, line.code, inputs[0]), f"{part.name}, {line.code}")


def _repeated(part: Part, rows: Sequence[Row], places: Sequence[Mapping[str, str]]) -> Iterator[Problem]:
    if not part.chosen:
        return
    names = [name for name in part.chosen if name != "measure_unit"]
    seen: set[tuple[Any, ...]] = set()
    for row, place in zip(rows, places, strict=True):
        key = tuple(row[name] for name in names)
        if key in seen and None not in key:
            yield Problem(place[names[0]], "row_twice")
        seen.add(key)


def _broken_rules(
    contract: Contract, part: Part, rows: Sequence[Row], places: Sequence[Mapping[str, str]]
) -> Iterator[Problem]:
    """Problems of the contract's rules, at each input that the rule names."""
    table = contract.tables[part.table]
    schema = arrow_schema(contract, table)
    fields = [pa.field(f.name, f.type) for f in schema] + [pa.field("n", pa.int64())]
    data = [{**row, "n": n} for n, row in enumerate(rows)]
    rules = {rule.id: rule for rule in contract.rules_of(part.table)}
    with duckdb.connect() as con:
        con.register("given_rows", pa.Table.from_pylist(data, schema=pa.schema(fields)))
        for check in checks.row_checks(contract, table):
            # A result of few partners is withheld from publication, not refused.
            if check.id not in rules or check.id == "partner_measure_of_few":
                continue
            query = f"SELECT n FROM ({checks.with_derived(table, 'given_rows')}) WHERE {check.violated} ORDER BY n"
            for (n,) in con.execute(query).fetchall():
                cells = dict.fromkeys(
                    places[n][name] for name in rules[check.id].columns if name in places[n]
                )
                yield from (Problem(cell, f"rule.{check.id}") for cell in cells)


def column_totals(rows: Sequence[Row], names: Sequence[str]) -> Row:
    """Sums of the filled rows; None where one of them leaves the column empty, or there is no row."""
    found: Row = {}
    for name in names:
        values: list[Any] = [row.get(name) for row in rows]
        found[name] = sum(values) if values and None not in values else None
    return found


def _changed_totals(given: GivenReturn, part: Part, rows: Sequence[Row]) -> Iterator[Problem]:
    """A total that holds another number than the form adds up; a formula that was never calculated is no number."""
    by_code = {row["code"]: row for row in rows}
    for (name, code, total), answer in given.totals.items():
        if name != part.name or not re.fullmatch(r"-?\d+(?:[.,]0+)?", answer.text):
            continue
        mine = list(rows) if code not in by_code else [by_code[code]]
        expected = sum(row.get(total) or 0 for row in mine) if total in (*part.columns, *part.sums) else None
        if expected is not None and float(answer.text.replace(",", ".")) != expected:
            yield Problem(answer.place, "total_changed")


# -- across parts ----------------------------------------------------------------------------------------------


def _across_parts(given: GivenReturn, judged: JudgedReturn) -> Iterator[Problem]:
    if not any(judged.rows.values()):
        yield Problem(given.places["flow", form().parts["flow"].lines[0].code, "referred"], "nothing_filled")
    flow = judged.rows.get("programme_flow", [])
    by_source = [row for row in flow if row["referral_source"] != TOTAL]
    by_age = [row for row in flow if row["age"] != TOTAL]
    for sex in ("M", "F") if by_source and by_age else ():
        yield from _age_problems(given, sex, by_source, by_age)
    measures = judged.rows.get("programme_measures", [])
    of_partners = {_beside(row) for row in measures if row["respondent"] == "partner"}
    for row in measures:
        if row["respondent"] == "client" and _beside(row) not in of_partners:
            yield Problem(given.places["measures", row["code"], "respondent"], "client_alone")


def _beside(row: Row) -> tuple[Any, ...]:
    return row["start_period"], row["contact_point"], row["outcome_domain"]


def _age_problems(
    given: GivenReturn, sex: str, by_source: Sequence[Row], by_age: Sequence[Row]
) -> Iterator[Problem]:
    names = form().parts["ages"].columns
    mine = [row for row in by_age if row["sex"] == sex]
    whole = column_totals([row for row in by_source if row["sex"] == sex], names)
    parts = column_totals(mine, names)
    for name in names:
        if whole[name] is not None and parts[name] is not None and whole[name] != parts[name]:
            yield Problem(given.places["ages", mine[0]["code"], name], "ages_differ")


def _corrections(given: GivenReturn, judged: JudgedReturn) -> str | None:
    """``part=reason`` of each correction, joined by ``;``."""
    found = []
    for line in form().parts["corrections"].lines:
        answer = given.answers.get(("corrections", line.code, "correction_reason"))
        if answer is not None and answer.text in choices("correction_reason"):
            found.append(f"{line.code}={answer.text}")
        elif answer is not None:
            judged.problems.append(Problem(answer.place, "not_choice", blank=True))
    return ";".join(found) or None


def last_day(period: str) -> dt.date:
    """The last day of a quarter such as ``2026-Q1``."""
    year, quarter = int(period[:4]), int(period[-1])
    following = dt.date(year + quarter // 4, quarter % 4 * 3 + 1, 1)
    return following - dt.timedelta(days=1)

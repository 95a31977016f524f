"""A filled return judged: typed rows of the contract's tables, or problems, each with its cells and sentence.

Nothing is repaired and nothing guessed: a return with one problem is refused as a whole, and its sender learns all
problems at once. Kinds of judgement, none of which waits for another:

1. data on persons (names, identification numbers, dates, telephones, addresses) in any cell, texts outside the form;
2. the programme: each answer by itself, and that code, area and law are of one country;
3. the figures (``judge_figures``).

Not here: reading (``sources.programmes.read_return``), withholding small counts (``protect_return``). Called by
``pipelines.programme_returns``.
"""

import datetime as dt
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from data_contracts.model import Contract
from sources.programmes.beside_cells import NOTE, PROPERTY, REMARK, SHAPE
from sources.programmes.form import ANSWER, choices, form
from sources.programmes.given_return import Given, GivenReturn
from transforms.privacy.personal_data_search import kinds_of_each
from transforms.programmes.judge_figures import Row, judge_figures
from transforms.programmes.organisations import is_organisation
from transforms.programmes.problems import Problem
from transforms.programmes.typed_answers import typed

#: answers on the programme that a withdrawal needs; a withdrawn programme says nothing else
WITHDRAWAL = ("programme_id", "return_period", "programme_state")
#: answers that hold the code of something of one country
_OF_A_COUNTRY = {"ref_area": "other_country", "law_id": "other_country_law"}
#: two words with capitals one after the other, as names are written
_NAME = re.compile(r"\b[^\W\d_a-zа-яё][^\W\d_]+ [^\W\d_a-zа-яё][^\W\d_]+\b")
_DATE = re.compile(r"(?<!\d)(?:\d{1,2}[./-]\d{1,2}[./-]\d{2,4}|\d{4}-\d{2}-\d{2})(?!\d)")


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
    judged = JudgedReturn(problems=[*_personal(given), *_foreign(given), *_beside(given)])
    _judge_programme(given, judged, today)
    if judged.programme.get("programme_state") != "withdrawn":
        figures = judge_figures(contract, given, judged.programme)
        judged.problems += figures.problems
        tables = dict.fromkeys(part.table for part in form().parts.values() if part.table)
        judged.rows = {table: figures.of_table(table) for table in tables}
    judged.corrections = _corrections(given, judged)
    judged.problems = list(dict.fromkeys(_one_a_cell(judged.problems)))
    return judged


def correction_problems(given: GivenReturn, judged: JudgedReturn) -> list[Problem]:
    """What a quarter that was sent before lacks: a reason for the correction."""
    if judged.corrections or judged.programme.get("programme_state") == "withdrawn":
        return []
    first = form().parts["corrections"].lines[0]
    place = given.places.get(("corrections", first.code, "correction_reason"), "corrections")
    return [Problem((place,), "correction_missing")]


def _one_a_cell(problems: Sequence[Problem]) -> Iterator[Problem]:
    """Where a cell holds data on a person, this is all there is to say of it."""
    personal = {cell for problem in problems if problem.key == "personal" for cell in problem.cells}
    return (p for p in problems if p.key == "personal" or p.cells[0] not in personal)


# -- what should not be there ----------------------------------------------------------------------------------


def _personal(given: GivenReturn) -> Iterator[Problem]:
    written = [
        answer
        for (_, row, name), answer in given.answers.items()
        if answer.text not in choices(row if name == ANSWER else name)
    ]
    answers = [*written, *given.totals.values(), *given.foreign]
    kinds = _kinds_of_persons(answer.text for answer in answers)
    for answer in answers:
        if answer.text in kinds:
            yield Problem((answer.place,), "personal", kinds[answer.text], blank=True)


def _kinds_of_persons(texts: Iterable[str]) -> dict[str, str]:
    """Which data on a person each text holds, in the whole or in one of its lines; texts without any are left out."""
    lines = {text: list(dict.fromkeys([text, *text.splitlines()])) for text in texts}
    found = kinds_of_each(line for several in lines.values() for line in several)
    kinds = {
        text: [kind for line in several for kind in found.get(line, [])] for text, several in lines.items()
    }
    dated = {text: kinds[text] or (["birth_date"] if _DATE.search(text) else []) for text in lines}
    return {text: several[0] for text, several in dated.items() if several}


def _foreign(given: GivenReturn) -> Iterator[Problem]:
    return (Problem((text.place,), "foreign_text", blank=True) for text in given.foreign if text.text.strip())


def _beside(given: GivenReturn) -> Iterator[Problem]:
    """Texts in no cell: a note or text box that the form has not is refused, whatever it says; names and headers,
    which programs write too, where they hold data on a person or what looks like a name."""
    kinds = _kinds_of_persons(text.text for _, text in given.beside)
    for of, text in given.beside:
        kind = kinds.get(text.text, "")
        if (
            not kind
            and of in (REMARK, PROPERTY)
            and _NAME.search(text.text)
            and not is_organisation(text.text)
        ):
            kind = "name"
        if kind:
            yield Problem((text.place,), f"personal_{of}", kind)
        elif of in (NOTE, SHAPE):
            yield Problem((text.place,), f"foreign_{of}")


# -- the programme ---------------------------------------------------------------------------------------------


def _judge_programme(given: GivenReturn, judged: JudgedReturn, today: dt.date) -> None:
    withdrawn = given.about("programme_state") == "withdrawn"
    for line in form().parts["about"].lines:
        name, place = line.code, given.places.get(("about", line.code, ANSWER), line.code)
        text = given.about(name)
        if not text:
            if name in form().parts["about"].required and (not withdrawn or name in WITHDRAWAL):
                judged.problems.append(Problem((place,), "missing"))
            continue
        value = typed(name, Given(text, place), judged.problems)
        if value is not None:
            judged.programme[name] = value
    period, country = judged.programme.get("return_period"), judged.programme_id[:2].upper()
    if period and last_day(period) >= today:
        judged.problems.append(Problem((_about(given, "return_period"),), "future_quarter"))
    for name, key in _OF_A_COUNTRY.items():
        code = judged.programme.get(name, "")
        if country and code and code[:2].upper() != country:
            judged.problems.append(Problem((_about(given, name), _about(given, "programme_id")), key))


def _about(given: GivenReturn, name: str) -> str:
    """The cell of an answer on the programme."""
    return given.places["about", name, ANSWER]


# -- corrections -----------------------------------------------------------------------------------------------


def _corrections(given: GivenReturn, judged: JudgedReturn) -> str | None:
    """``part=reason`` of each correction, joined by ``;``."""
    found = []
    for line in form().parts["corrections"].lines:
        answer = given.answers.get(("corrections", line.code, "correction_reason"))
        if answer is not None and answer.text in choices("correction_reason"):
            found.append(f"{line.code}={answer.text}")
        elif answer is not None:
            judged.problems.append(Problem((answer.place,), "not_choice", blank=True))
    return ";".join(found) or None


def last_day(period: str) -> dt.date:
    """The last day of a quarter such as ``2026-Q1``."""
    year, quarter = int(period[:4]), int(period[-1])
    following = dt.date(year + quarter // 4, quarter % 4 * 3 + 1, 1)
    return following - dt.timedelta(days=1)

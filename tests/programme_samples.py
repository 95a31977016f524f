"""Two fictional returns and how a provider fills in the form: by the codes in its hidden row and column.

FICTIONAL: programmes, organisations and every figure are made up for tests; none of it is in a release.
"""

import datetime as dt
from collections.abc import Mapping
from pathlib import Path

import openpyxl

from pipelines.programme_template.workbook import write_template
from sources.programmes.csv_form import csv_form
from sources.programmes.form import choices, form
from sources.programmes.form_texts import shown_choice
from sources.programmes.given_return import GivenReturn
from sources.programmes.read_return import read_return

TODAY = dt.date(2026, 11, 26)
NOW = dt.datetime(2026, 11, 26, 12)
Answers = dict[tuple[str, str, str], object]


def about(programme: str, area: str, provider: str, period: str = "2026-Q3", **more: str) -> Answers:
    """Answers on the programme."""
    answers = {
        "programme_id": programme, "return_period": period, "ref_area": area, "provider": provider,
        "programme_body": "ngo", "attendance": "mandatory", "weeks_planned": "26", "sessions_planned": "24",
        "programme_format": "group", "victim_service": "yes", "programme_standard": "wwp",
        "programme_state": "active", "return_complete": "yes", **more,
    }  # fmt: skip
    return {("about", name, "answer"): answer for name, answer in answers.items()}


def line(part: str, row: str, **figures: object) -> Answers:
    """Answers of one row."""
    return {(part, row, name): figure for name, figure in figures.items()}


def nobody(part: str) -> Answers:
    """A zero in the whole of every row of a part: recorded, and there was nobody."""
    found = form().parts[part]
    return {(part, row.code, found.whole): 0 for row in found.lines}


def almaty() -> Answers:
    """The fictional programme of Almaty: all parts, every row of referrals and ages recorded."""
    return {
        **nobody("flow"),
        **nobody("ages"),
        **about("kz-almaty-example", "KZ-75", "Вымышленный кризисный центр", law_id="kz-law-214-iv-2009"),
        **line("flow", "court|M", referred=40, accepted=30, refused_unsuitable=2, refused_no_place=0,
               refused_by_person=6, refused_other=2, started=26, attended_once=24),
        **line("flow", "police|M", referred=22, accepted=14, refused_unsuitable=1, refused_no_place=0,
               refused_by_person=7, refused_other=0, started=10, attended_once=9),
        **line("flow", "self|F", referred=6, accepted=6, refused_unsuitable=0, refused_no_place=0,
               refused_by_person=0, refused_other=0, started=6, attended_once=6),
        **line("ages", "Y25T34|M", referred=30, accepted=22, started=18),
        **line("ages", "_U|F", referred=6, accepted=6, started=6),
        **line("ages", "Y35T49|M", referred=32, accepted=22, started=18),
        **line("cohorts", "1", start_period="2025-Q1", sex="M", potential_completers=60, started_stage=45,
               completed=28, dropped_out=12, breach=6, expelled=5, moved=0, died=0, ended_other=0, running=0,
               outcome_unknown=9),
        **line("partners", "enrolment", partners_known=40, partners_attempted=36, partners_reached=24,
               partners_declined=6, partners_not_found=6, partners_referred=15),
        **line("partners", "end", partners_known=26, partners_attempted=26, partners_reached=15,
               partners_declined=5, partners_not_found=6, partners_referred=9),
        **line("measures", "1", start_period="2025-Q1", contact_point="end", respondent="client",
               outcome_domain="safety", outcome_instrument="impact_toolkit", measure_unit="PERCENT", eligible=28,
               respondents=25, measure_value=80),
        **line("measures", "2", start_period="2025-Q1", contact_point="end", respondent="partner",
               outcome_domain="safety", outcome_instrument="impact_toolkit", measure_unit="PERCENT", eligible=26,
               respondents=15, measure_value=60),
        **line("reoffences", "1", start_period="2025-Q1", reoffence_source="police", window_months=12,
               reoffence_base="started", clock_from="start", persons_followed=50, persons_reoffended=12,
               not_traceable=10),
        **line("children", "all", cases_with_children=20, children_affected=34, children_referred=12),
    }  # fmt: skip


def bishkek() -> Answers:
    """The fictional programme of Bishkek: small, with the two parts that a centre starts with; women not recorded."""
    return {
        **about("kg-bishkek-example", "KG-GB", "Ойдон чыгарылган кризистик борбор", attendance="voluntary"),
        **line("flow", "police|M", referred=11, accepted=8, refused_unsuitable=0, refused_no_place=0,
               refused_by_person=3, refused_other=0, started=7, attended_once=6),
        **line("flow", "self|M", referred=3, accepted=3, refused_unsuitable=0, refused_no_place=0,
               refused_by_person=0, refused_other=0, started=2, attended_once=2),
    }  # fmt: skip


def fill(path: Path, language: str, answers: Mapping[tuple[str, str, str], object]) -> Path:
    """Write the form in a language and fill it in as a person does: labels from the lists, figures as numbers."""
    write_template(language, path, {})
    book = openpyxl.load_workbook(path)
    for (part, row, column), answer in answers.items():
        cell = input_cell(book, part, row, column)
        name = row if column == "answer" else column
        known = answer in choices(name)
        cell.value = shown_choice(language, name, str(answer)) if known else answer
    book.save(path)
    return path


def input_cell(book, part: str, row: str, column: str):
    """The input cell of a part by the codes of its row and column."""
    sheet = next(sheet for sheet in book if f"/{part}/" in str(sheet["A1"].value))
    rows = {str(cell.value): cell.row for cell in sheet["A"] if cell.value}
    columns = {str(cell.value): cell.column for cell in sheet[2] if cell.value}
    return sheet.cell(rows[row], columns[column])


def given(answers: Mapping[tuple[str, str, str], object], language: str = "ru") -> GivenReturn:
    """The same by the CSV form, which is faster."""
    text = csv_form(language, {key: str(answer) for key, answer in answers.items()})
    return read_return(text.encode(), "return.csv")


def csv_file(folder: Path, answers: Answers, name: str = "return.csv") -> Path:
    """Answers as a CSV form in Russian."""
    path = folder / name
    path.write_text(csv_form("ru", {key: str(value) for key, value in answers.items()}), encoding="utf-8")
    return path

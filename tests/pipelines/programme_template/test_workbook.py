"""The empty form: open input cells with drop-downs, locked totals by formula, a note at each heading, guidance."""

from pathlib import Path

import openpyxl
import pytest

from pipelines.cli.main import main
from pipelines.programme_template.known_answers import known_answers
from pipelines.programme_template.workbook import write_template
from sources.programmes.form import LANGUAGES, UNCHECKED, form, words
from sources.programmes.read_return import read_return
from tests.programme_samples import input_cell


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> openpyxl.Workbook:
    path = tmp_path_factory.mktemp("form") / "form.xlsx"
    write_template("ru", path, {"programme_id": "kz-almaty-example", "attendance": "mandatory"})
    return openpyxl.load_workbook(path)


def sheet_of(book: openpyxl.Workbook, part: str):
    return next(sheet for sheet in book if f"/{part}/" in str(sheet["A1"].value))


def test_inputs_are_open_and_everything_else_is_locked(book: openpyxl.Workbook) -> None:
    for part in form().parts.values():
        sheet = sheet_of(book, part.name)
        assert sheet.protection.sheet, part.name
        inputs = {
            input_cell(book, part.name, line.code, column).coordinate
            for line in part.lines
            for column in part.inputs
        }
        opened = {cell.coordinate for row in sheet for cell in row if not cell.protection.locked}
        assert opened == inputs, part.name


def test_totals_are_formulas(book: openpyxl.Workbook) -> None:
    sheet = sheet_of(book, "flow")
    heads = {cell.value: cell.column for cell in sheet[2]}
    assert sheet.cell(5, heads["=refused"]).value == '=IF(COUNT(F5,G5,H5,I5)=0,"",SUM(F5,G5,H5,I5))'
    last = max(cell.row for cell in sheet["A"] if cell.value == "=total")
    assert sheet.cell(last, heads["referred"]).value == '=IF(COUNT(D5:D22)=0,"",SUM(D5:D22))'
    cohorts = sheet_of(book, "cohorts")
    assert cohorts.conditional_formatting, "a cohort that does not add up turns red while it is typed"


def test_every_question_with_a_list_has_its_drop_down(book: openpyxl.Workbook) -> None:
    lists = sheet_of(book, "lists")
    assert lists.sheet_state == "hidden"
    about = sheet_of(book, "about")
    cell = input_cell(book, "about", "attendance", "answer")
    (rule,) = [rule for rule in about.data_validations.dataValidation if cell.coordinate in rule.sqref]
    column = rule.formula1.split("$")[1]
    assert [lists[f"{column}{row}"].value for row in (2, 3, 4)] == [
        "Обязательное",
        "Добровольное",
        "Оба вида",
    ]
    figure = input_cell(book, "flow", "court|M", "referred")
    (whole,) = [
        r for r in sheet_of(book, "flow").data_validations.dataValidation if figure.coordinate in r.sqref
    ]
    assert (whole.type, whole.errorStyle) == ("whole", None)
    assert whole.promptTitle == "Направлено" and whole.prompt.startswith("Лица, направленные в программу")


def test_headings_carry_the_definition_as_a_note(book: openpyxl.Workbook) -> None:
    sheet = sheet_of(book, "cohorts")
    notes = {cell.value: cell.comment.text for cell in sheet[4] if cell.comment}
    assert notes["Могли завершить *"].startswith("Люди когорты")
    assert notes["Начали основной этап"].startswith("Из тех, кто мог завершить")


def rule_of(book: openpyxl.Workbook, part: str, row: str, column: str):
    cell = input_cell(book, part, row, column)
    rules = sheet_of(book, part).data_validations.dataValidation
    (rule,) = [rule for rule in rules if cell.coordinate in rule.sqref]
    return rule


def test_required_cells_are_marked_and_darker(book: openpyxl.Workbook) -> None:
    for part in form().parts.values():
        for line in part.lines:
            for name in part.inputs:
                cell = input_cell(book, part.name, line.code, name)
                required = line.code in part.required or name in (*part.required, *part.chosen)
                assert cell.fill.fgColor.rgb[2:] == ("FFE08A" if required else "FFF8DC"), (part.name, name)
    labels = {cell.value for cell in sheet_of(book, "about")["B"]}
    assert "Организация *" in labels and "Правовое основание" in labels


def test_areas_and_laws_offered_are_those_of_the_programmes_country(book: openpyxl.Workbook) -> None:
    lists = sheet_of(book, "lists")
    code = input_cell(book, "about", "programme_id", "answer")
    for name in ("ref_area", "law_id"):
        rule = rule_of(book, "about", name, "answer")
        wanted, whole = f"LEFT('О программе'!${code.column_letter}${code.row},2)", rule.formula1
        assert wanted in whole and "COUNTIF" in whole
        column = whole.split("$")[1]
        shown = [cell.value for cell in lists[column][1:] if cell.value]
        countries = [text.rpartition("(")[2][:2].upper() for text in shown]
        # One run of rows a country is what the formula cuts out.
        assert len([n for n, at in enumerate(countries) if not n or countries[n - 1] != at]) == 4


def test_numbers_that_are_known_are_filled_in_as_numbers(tmp_path: Path) -> None:
    write_template(
        "ky", tmp_path / "form.xlsx", {"weeks_planned": "26", "provider": "Борбор", "victim_service": "yes"}
    )
    known = openpyxl.load_workbook(tmp_path / "form.xlsx")
    answers = [
        input_cell(known, "about", name, "answer").value
        for name in ("weeks_planned", "provider", "victim_service")
    ]
    assert answers == [26, "Борбор", "ооба"]


def test_codes_are_hidden_and_known_answers_filled_in(book: openpyxl.Workbook) -> None:
    sheet = sheet_of(book, "flow")
    assert sheet.column_dimensions["A"].hidden and sheet.row_dimensions[2].hidden
    assert input_cell(book, "about", "programme_id", "answer").value == "kz-almaty-example"
    assert input_cell(book, "about", "attendance", "answer").value == "Обязательное"


def test_the_file_names_nobody(book: openpyxl.Workbook) -> None:
    assert not book.properties.creator and not book.properties.lastModifiedBy


@pytest.mark.parametrize("language", LANGUAGES)
def test_national_languages_are_marked_as_to_be_checked(language: str, tmp_path: Path) -> None:
    path = tmp_path / "form.xlsx"
    write_template(language, path, {})
    guidance = openpyxl.load_workbook(path, read_only=True)[words(language).text("part.guidance")]
    texts = {cell for row in guidance.iter_rows(values_only=True) for cell in row}
    assert (words(language).text("unchecked") in texts) is (language in UNCHECKED)


def test_the_command_writes_workbook_and_csv_form(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = ["--data-dir", str(tmp_path / "data")]
    for kind in ("xlsx", "csv"):
        path = tmp_path / f"form.{kind}"
        options = [
            "--language",
            "ru",
            "--programme",
            "kz-almaty-example",
            "--format",
            kind,
            "--output",
            str(path),
        ]
        assert main(["template", "programme-return", *options, *folder]) == 0
        assert f"dvstats add programme_returns {path}" in capsys.readouterr().out
        assert read_return(path.read_bytes(), path.name).about("programme_id") == "kz-almaty-example"
    monkeypatch.chdir(tmp_path)
    assert (
        main(
            ["template", "programme-return", "--programme", "kg-bishkek-example", "--language", "ky", *folder]
        )
        == 0
    )
    name = "kg-bishkek-example-отчёт-ky.xlsx"
    assert capsys.readouterr().out.startswith(f"Форма жазылды: {name}. Толтуруп")
    assert (tmp_path / name).exists()
    assert main(["template", "programme-return", "--programme", "Алматы", *folder]) == 2
    assert "no code of a programme" in capsys.readouterr().err


def test_a_programme_that_no_release_has_is_known_by_its_code_alone(tmp_path: Path) -> None:
    assert known_answers(tmp_path, "kz-almaty-example") == {"programme_id": "kz-almaty-example"}

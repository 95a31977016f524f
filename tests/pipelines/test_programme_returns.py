"""Returns on their way in: what is kept, what is answered, and that of a refused file nothing stays."""

import json
import re
import zipfile
from pathlib import Path

import openpyxl
import pytest
from openpyxl.comments import Comment

from data_contracts.errors import UserError
from data_contracts.load import contract
from pipelines import new_returns, programme_returns, refresh
from pipelines.cli.main import main
from pipelines.data_directory import DataDirectory
from pipelines.declarations import declarations
from pipelines.outcome import Outcome
from pipelines.programme_returns import accepted_returns, add, remembered, take_inbox
from pipelines.programme_template.answer import write_answer
from sources.cells import ReadError
from sources.programmes.csv_form import csv_form
from sources.programmes.form import words
from tests.programme_samples import NOW, almaty, bishkek, csv_file, fill, input_cell, line


def everything_in(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file())


@pytest.fixture
def unprotected(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without disclosure control, which takes a second a return, where a test is about something else."""

    def nothing(rows, earlier):
        return {table: [{} for _ in given] for table, given in rows.items()}

    monkeypatch.setattr(programme_returns, "withheld_figures", nothing)


@pytest.fixture
def data(tmp_path: Path) -> DataDirectory:
    return DataDirectory(tmp_path / "data")


@pytest.mark.usefixtures("unprotected")
def test_an_accepted_return_is_kept_as_figures_only(tmp_path: Path, data: DataDirectory) -> None:
    path = fill(tmp_path / "return.xlsx", "ru", bishkek())
    book = openpyxl.load_workbook(path)
    book.properties.creator = "Асанова Гүлнара"
    book.save(path)
    answer = add(data, contract(), path, NOW)
    assert (answer.return_id, answer.same) == ("kg-bishkek-example/2026-Q3/1", False)
    kept = everything_in(data.root)
    assert b"police|M,referred" in kept
    assert "Асанова".encode() not in kept and b"PK\x03\x04" not in kept
    # Its counts are not yet protected: nobody else reads them.
    folder = data.root / "raw" / "programme_returns"
    (stored,) = folder.glob("*.csv")
    assert [path.stat().st_mode & 0o777 for path in (folder, stored)] == [0o700, 0o400]


@pytest.mark.usefixtures("unprotected")
def test_of_a_refused_return_nothing_is_kept(tmp_path: Path, data: DataDirectory) -> None:
    broken = {**bishkek(), ("flow", "police|M", "started"): "Иванов Иван Иванович"}
    answer = add(data, contract(), csv_file(tmp_path, broken), NOW)
    assert not answer.return_id
    assert everything_in(data.root) == b""


@pytest.mark.usefixtures("unprotected")
def test_the_same_return_sent_again_is_no_new_version(tmp_path: Path, data: DataDirectory) -> None:
    add(data, contract(), csv_file(tmp_path, bishkek()), NOW)
    again = add(data, contract(), csv_file(tmp_path, bishkek()), NOW)
    assert (again.same, again.return_id) == (True, "kg-bishkek-example/2026-Q3/1")
    assert len(data.archive.files("programme_returns")) == 1


@pytest.mark.usefixtures("unprotected")
def test_a_changed_quarter_needs_a_reason_and_becomes_the_next_version(
    tmp_path: Path, data: DataDirectory
) -> None:
    add(data, contract(), csv_file(tmp_path, bishkek()), NOW)
    changed = {**bishkek(), ("flow", "police|M", "referred"): 12}
    refused = add(data, contract(), csv_file(tmp_path, changed), NOW)
    assert [problem.key for problem in refused.problems] == ["correction_missing"]
    reasoned = {**changed, **line("corrections", "flow", correction_reason="counting_error")}
    assert add(data, contract(), csv_file(tmp_path, reasoned), NOW).return_id.endswith("/2")
    # Back to the first figures: a third version, not the first one again.
    back = {**bishkek(), **line("corrections", "flow", correction_reason="definition")}
    assert add(data, contract(), csv_file(tmp_path, back), NOW).return_id.endswith("/3")
    read, notices = accepted_returns(data, contract(), NOW)
    assert [accepted.version for accepted in read] == [1, 2, 3] and notices == []


@pytest.mark.usefixtures("unprotected")
def test_only_a_known_programme_can_be_withdrawn(tmp_path: Path, data: DataDirectory) -> None:
    withdrawal = {
        ("about", "programme_id", "answer"): "kg-bishkek-example",
        ("about", "return_period", "answer"): "2026-Q3",
        ("about", "programme_state", "answer"): "withdrawn",
    }
    refused = add(data, contract(), csv_file(tmp_path, withdrawal), NOW)
    assert [problem.key for problem in refused.problems] == ["unknown_programme"]
    assert "не принят" in refused.message
    add(data, contract(), csv_file(tmp_path, bishkek()), NOW)
    taken_back = add(data, contract(), csv_file(tmp_path, withdrawal), NOW)
    assert taken_back.message.startswith("Отзыв принят: kg-bishkek-example") and not taken_back.notes
    assert taken_back.return_id.endswith("/2")


@pytest.mark.usefixtures("unprotected")
def test_a_file_that_is_no_return_is_refused_in_a_sentence(tmp_path: Path, data: DataDirectory) -> None:
    with pytest.raises(UserError, match="is no file"):
        add(data, contract(), tmp_path / "absent.xlsx", NOW)
    other = tmp_path / "other.csv"
    other.write_text("a;b\n1;2\n", encoding="utf-8")
    with pytest.raises(ReadError, match="other.csv"):
        add(data, contract(), other, NOW)


@pytest.mark.usefixtures("unprotected")
def test_the_answer_marks_the_cells_in_the_senders_own_file(tmp_path: Path, data: DataDirectory) -> None:
    broken = {
        **almaty(),
        ("flow", "court|M", "started"): 31,
        ("flow", "police|M", "referred"): "Иванов Иван Иванович",
        ("cohorts", "1", "completed"): 49,
    }
    path = fill(tmp_path / "return.xlsx", "ru", broken)
    marked = write_answer(path, add(data, contract(), path, NOW))
    assert marked.name == "return.ошибки.xlsx"
    book = openpyxl.load_workbook(marked)
    started = input_cell(book, "flow", "court|M", "started")
    assert started.fill.fgColor.rgb.endswith("FFC7CE")
    assert "Начавших больше, чем принятых: L5 = 31, E5 = 30." in started.comment.text
    both = input_cell(book, "cohorts", "1", "completed").comment.text.splitlines()
    assert len(both) == 2 and "сумма частей — 81" in both[0] and "Завершивших больше" in both[1]
    assert input_cell(book, "flow", "police|M", "referred").value is None
    listed = [cell.value for cell in book["Ошибки"]["B"]]
    assert "Направления!L5, E5" in listed and "Направления!D7" in listed
    assert "Иванов" not in json.dumps(
        [[cell.value for cell in row] for sheet in book for row in sheet], default=str
    )
    # Mended in the marked copy, it is accepted.
    input_cell(book, "flow", "court|M", "started").value = 26
    input_cell(book, "flow", "police|M", "referred").value = 22
    input_cell(book, "cohorts", "1", "completed").value = 28
    book.save(tmp_path / "mended.xlsx")
    assert add(data, contract(), tmp_path / "mended.xlsx", NOW).return_id


@pytest.mark.usefixtures("unprotected")
def test_a_marked_copy_that_is_sent_again_is_marked_anew_under_its_own_name(
    tmp_path: Path, data: DataDirectory
) -> None:
    broken = {**bishkek(), ("flow", "police|M", "started"): 9, ("flow", "self|M", "referred"): "сорок"}
    path = fill(tmp_path / "return.xlsx", "ru", broken)
    first = write_answer(path, add(data, contract(), path, NOW))
    book = openpyxl.load_workbook(first)
    mended, plain = (input_cell(book, "flow", row, "referred") for row in ("self|M", "court|M"))
    colour = plain.fill.fgColor.rgb
    assert mended.fill.fgColor.rgb != colour
    mended.value = 3
    plain.comment = Comment("тел. +7 701 123 45 67", "Excel")
    book.properties.subject = "+7 701 123 45 67"
    book.save(first)
    answer = add(data, contract(), first, NOW)
    assert sorted(problem.key for problem in answer.problems) == [
        "personal_note",
        "personal_property",
        "rule.flow_started_above_accepted",
    ]
    assert "701" not in json.dumps(answer.as_json()) and everything_in(data.root) == b""
    second = write_answer(first, answer)
    assert (second, sorted(file.name for file in tmp_path.glob("*.xlsx"))) == (
        first,
        ["return.xlsx", "return.ошибки.xlsx"],
    )
    book = openpyxl.load_workbook(second)
    mended, noted = (input_cell(book, "flow", row, "referred") for row in ("self|M", "court|M"))
    assert (mended.fill.fgColor.rgb, mended.comment, mended.value) == (colour, None, 3)
    assert noted.comment.text.startswith("Похоже на сведения о человеке (телефон)")
    assert book.properties.subject is None
    assert input_cell(book, "flow", "police|M", "started").comment.text.startswith("Начавших больше")
    assert [sheet.title for sheet in book].count("Ошибки") == 1
    # Mended and sent from the copy, with the sentences still on its cells, it is accepted.
    input_cell(book, "flow", "police|M", "started").value = 7
    book.save(second)
    assert add(data, contract(), second, NOW).return_id


@pytest.mark.usefixtures("unprotected")
def test_the_inbox_is_taken_and_refused_files_stay_with_their_marked_copy(
    tmp_path: Path, data: DataDirectory
) -> None:
    inbox = data.inbox / "programme_returns"
    inbox.mkdir(parents=True)
    good = csv_file(inbox, bishkek(), "good.csv")
    bad = csv_file(inbox, {**bishkek(), ("about", "attendance", "answer"): ""}, "bad.csv")
    assert new_returns.are_new(data)
    (notice,) = take_inbox(data, contract(), NOW, write_answer)
    assert "bad.csv was refused: 1 problems, marked in bad.ошибки.csv" in notice
    assert not good.exists() and bad.exists()
    assert "Заполните эту ячейку." in (inbox / "bad.ошибки.csv").read_text(encoding="utf-8-sig")
    assert new_returns.waiting(data) == [bad]
    # Whoever mends the marked copy and takes the first file away has sent a return.
    bad.unlink()
    assert new_returns.waiting(data) == [inbox / "bad.ошибки.csv"]


def test_an_accepted_return_says_what_will_be_withheld_and_which_totals_are_missing(
    tmp_path: Path, data: DataDirectory
) -> None:
    few = line(
        "measures",
        "1",
        start_period="2025-Q1",
        contact_point="end",
        respondent="partner",
        outcome_domain="safety",
        outcome_instrument="own",
        measure_unit="SCORE",
        eligible=20,
        respondents=8,
        measure_value=4,
    )
    path = csv_file(tmp_path, {**bishkek(), **few})
    answer = add(data, contract(), path, NOW)
    places = answer.given.places
    police, own = (
        {name: places["flow", row, name] for name in ("referred", "accepted", "started", "refused_no_place")}
        for row in ("police|M", "self|M")
    )
    assert answer.withheld["few_partners"] == [places["measures", "1", "measure_value"]]
    assert own["referred"] in answer.withheld["small"], "three persons"
    assert own["refused_no_place"] in answer.withheld["whole"], "a zero of three persons"
    assert answer.withheld["gives_away"] == [police["accepted"]], "of 11 referred 8 were accepted"
    assert police["started"] in answer.withheld["whole"]
    assert not [cells for cells in answer.withheld.values() if police["referred"] in cells]
    assert places["flow", "police|F", "referred"] in answer.not_recorded
    assert places["flow", "police|M", "referred"] not in answer.not_recorded
    assert not [place for place in answer.not_recorded if place == places["ages", "Y25T34|M", "referred"]]
    totals, withheld, *reasons = answer.notes
    assert totals.startswith("Итоги не составляются") and "напишите 0: строка " in totals
    said = answer.as_json()
    assert withheld == f"Ячеек, числа из которых не будут опубликованы: {len(said['withheld'])}. Причины:"
    assert [reason.partition(":")[0] for reason in reasons] == [
        "Число от 1 до 4",
        "Часть числа, которое не публикуется (также ноль в такой части)",
        "По нему вместе с другими числами и итогами можно вычислить число или разность меньше 5",
        "Результат, о котором сообщило меньше десяти партнёров",
    ]
    assert reasons[2].endswith(f": {police['accepted']}")
    assert said["notes"] == answer.notes and said["withheld_because"] == answer.withheld
    # What is said is what the tables hold.
    assert add(data, contract(), path, NOW).withheld == answer.withheld


@pytest.mark.parametrize(
    ("row", "suffix"), [("", ".xlsx"), ('<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>', ".csv")]
)
def test_a_refused_workbook_is_loaded_in_another_process_and_no_empty_sheet_is_filled(
    tmp_path: Path, data: DataDirectory, monkeypatch: pytest.MonkeyPatch, row: str, suffix: str
) -> None:
    path = fill(tmp_path / "return.xlsx", "ru", {**bishkek(), ("flow", "police|M", "started"): 9})
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(path, "w") as archive:
        for name, body in parts.items():
            archive.writestr(name, body.replace(b"</sheetData>", f"{row}</sheetData>".encode()))
    answer = add(data, contract(), path, NOW)
    monkeypatch.setattr(openpyxl, "load_workbook", lambda *_, **__: pytest.fail("loaded in this process"))
    assert write_answer(path, answer).name == f"return.ошибки{suffix}"
    assert len([path for path in tmp_path.iterdir() if path.is_file()]) == 2


def test_of_a_file_too_large_for_a_return_no_more_is_read(tmp_path: Path, data: DataDirectory) -> None:
    path = tmp_path / "return.xlsx"
    with path.open("wb") as file:
        file.truncate(1 << 40)
    with pytest.raises(ReadError, match="too large for a return"):
        add(data, contract(), path, NOW)


@pytest.mark.usefixtures("unprotected")
def test_a_form_taken_apart_is_refused_in_its_own_language(tmp_path: Path, data: DataDirectory) -> None:
    path = fill(tmp_path / "return.xlsx", "ky", bishkek())
    book = openpyxl.load_workbook(path)
    book["Жолдомолор"].delete_rows(7)
    book.save(path)
    answer = add(data, contract(), path, NOW)
    assert answer.message.startswith("Отчёт кабыл алынган жок")
    assert [(p.place, p.key) for p in answer.problems] == [("Жолдомолор", "taken_apart")]
    assert "бузулган" in answer.problems[0].sentence("ky")
    marked = write_answer(path, answer)
    assert marked.name == "return.каталар.xlsx"
    assert openpyxl.load_workbook(marked)["Каталар"]["B2"].value == words("ky").text("unchecked")
    assert answer.as_json()["translation_checked"] is False


def test_a_refresh_of_returns_alone_is_planned_where_some_came(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    # Everything else is as the last release has it.
    monkeypatch.setattr(refresh, "made_by", lambda: None)
    directory = DataDirectory(tmp_path / "data")
    context = refresh.Context(directory, declarations(), NOW)
    names = ["programme_returns"]
    assert refresh.make_plan(context, live=False, only=names) == refresh.Plan([], False)
    inbox = directory.inbox / "programme_returns"
    inbox.mkdir(parents=True)
    csv_file(inbox, bishkek())
    assert refresh.make_plan(context, live=False, only=names) == refresh.Plan([], True)
    assert refresh.make_plan(context, live=False, only=["kg_victims"]) == refresh.Plan([], False)
    asked = []
    monkeypatch.setattr(
        refresh, "refresh", lambda _, **options: asked.append(options["only"]) or Outcome("1")
    )
    assert main(["refresh", "--only", *names, "--json", "--data-dir", str(tmp_path / "data")]) == 0
    assert asked == [names]


@pytest.mark.usefixtures("unprotected")
def test_a_refresh_is_planned_until_a_release_says_what_the_returns_say(
    tmp_path: Path, data: DataDirectory
) -> None:
    assert not new_returns.are_new(data)
    add(data, contract(), csv_file(tmp_path, bishkek()), NOW)
    assert new_returns.are_new(data)
    new_returns.note_made(data)
    assert new_returns.are_new(data), "made is not published yet"
    new_returns.note_published(data)
    assert not new_returns.are_new(data)


def test_disclosure_control_is_remembered_by_rows(data: DataDirectory) -> None:
    rows = {
        "programme_children": [{"cases_with_children": 3, "children_affected": 30, "children_referred": 12}]
    }
    first = remembered(data)(rows, ())
    (note,) = (data.staging / "programme_returns").iterdir()
    assert remembered(data)(rows, ()) == first
    assert first["programme_children"][0]["cases_with_children"] is None
    note.write_text("torn", encoding="utf-8")
    assert remembered(data)(rows, ()) == first


@pytest.mark.usefixtures("unprotected")
def test_the_command_answers_in_the_language_of_the_form(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", str(int(NOW.timestamp())))
    folder = ["--data-dir", str(tmp_path / "data")]
    path = tmp_path / "return.csv"
    answers = {key: str(value) for key, value in bishkek().items()}
    path.write_text(csv_form("ky", {**answers, ("flow", "self|M", "started"): "4"}), encoding="utf-8")
    assert main(["add", "programme_returns", str(path), "--json", *folder]) == 1
    said = json.loads(capsys.readouterr().out)
    assert said["accepted"] is False and said["language"] == "ky"
    assert said["problems"][0]["sentence"].startswith("Баштагандар кабыл алынгандардан көп: ")
    assert main(["add", "programme_returns", str(path), *folder]) == 1
    printed = capsys.readouterr().out
    assert "Отчёт кабыл алынган жок" in printed and "return.каталар.csv" in printed
    assert "Котормону тил ээси азырынча текшере элек" in printed
    assert not re.search(r"\b(?:line|cell|refused|the|is)\b", printed.replace("\n", " ")), printed
    path.write_text(csv_form("ky", answers), encoding="utf-8")
    assert main(["add", "programme_returns", str(path), *folder]) == 0
    assert "kg-bishkek-example, 2026-Q3, 1-версия" in capsys.readouterr().out
    assert main(["add", "programme_returns", str(path), "--period", "2026", *folder]) == 2


def test_no_link_in_the_inbox_is_read_or_written_through(tmp_path: Path, data: DataDirectory) -> None:
    folder = data.inbox / new_returns.DATASET
    folder.mkdir(parents=True)
    secret = csv_file(tmp_path, bishkek(), "secret.csv")
    (folder / "link.csv").symlink_to(secret)
    broken = {**bishkek(), ("flow", "police|M", "started"): "many"}
    csv_file(folder, broken, "broken.csv")
    marked = folder / f"broken.{words('ru').text('answer.file')}.csv"
    marked.symlink_to(secret)
    workbook = fill(folder / "other.xlsx", "ru", broken)
    copy = workbook.with_name(f"other.{words('ru').text('answer.file')}.xlsx")
    for link in (copy, copy.with_name(f".{copy.name}.new")):
        link.symlink_to(secret)
    before = secret.read_bytes()
    notices = take_inbox(data, contract(), NOW, write_answer)
    assert any("link.csv is a link, which is not followed" in notice for notice in notices)
    assert secret.read_bytes() == before and not data.archive.files(new_returns.DATASET)
    assert not marked.is_symlink() and not copy.is_symlink()
    elsewhere = folder.rename(tmp_path / "elsewhere")
    folder.symlink_to(elsewhere)
    names = sorted(elsewhere.iterdir())
    assert take_inbox(data, contract(), NOW, write_answer) == [
        "inbox/programme_returns is a link, which is not followed. Put the file itself there."
    ]
    assert sorted(elsewhere.iterdir()) == names

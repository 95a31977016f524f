"""Reading a return: the same answers from workbook and CSV form in every language; what is no form is refused."""

import csv
import subprocess
from pathlib import Path
from shutil import which

import openpyxl
import pytest

from pipelines.programme_template.workbook import write_template
from sources.cells import ReadError
from sources.programmes.csv_form import canonical, csv_form
from sources.programmes.form import LANGUAGES, UNCHECKED, words
from sources.programmes.given_return import FormError, GivenReturn
from sources.programmes.read_return import read_return
from tests.programme_samples import almaty, bishkek, fill, given, input_cell


def texts(read: GivenReturn) -> dict[tuple[str, str, str], str]:
    return {key: answer.text for key, answer in read.answers.items()}


def expected(answers: dict[tuple[str, str, str], object]) -> dict[tuple[str, str, str], str]:
    return {key: str(answer) for key, answer in answers.items()}


@pytest.mark.parametrize("language", ["ru", "uz"])
def test_a_filled_workbook_is_read_in_its_language(tmp_path: Path, language: str) -> None:
    path = fill(tmp_path / "return.xlsx", language, almaty())
    read = read_return(path.read_bytes(), path.name)
    assert (read.language, read.method) == (language, "workbook")
    assert texts(read) == expected(almaty())
    assert not read.foreign


def test_places_are_those_of_the_sheet(tmp_path: Path) -> None:
    path = fill(tmp_path / "return.xlsx", "ru", bishkek())
    read = read_return(path.read_bytes(), path.name)
    assert read.answers["flow", "police|M", "referred"].place == "Направления!D7"
    assert read.places["children", "all", "children_affected"] == "Дети!C5"


def test_the_csv_form_says_the_same() -> None:
    assert texts(given(almaty())) == expected(almaty())
    assert given(almaty(), "tg").language == "tg"


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_csv_form_says_where_its_words_are_unchecked(language: str) -> None:
    text = csv_form(language, {})
    assert (words(language).text("unchecked") in text) is (language in UNCHECKED)
    assert not read_return(text.encode(), "return.csv").foreign


def test_cells_that_a_program_leaves_out_at_the_end_of_a_line_are_empty() -> None:
    text = csv_form("ru", {key: str(value) for key, value in bishkek().items()})
    whole = read_return(text.encode(), "return.csv")
    for line in (",,,\n", "about,programme_id\n", "list\n"):
        read = read_return((text + line).encode(), "return.csv")
        assert (read.about("programme_id"), texts(read)) == ("kg-bishkek-example", texts(whole)), line


def test_a_csv_form_saved_with_semicolons_is_read() -> None:
    text = csv_form("ru", {key: str(value) for key, value in bishkek().items()})
    rows = [line.split(",") for line in text.splitlines() if '"' not in line]
    read = read_return("\n".join(";".join(row) for row in rows).encode("utf-8-sig"), "return.csv")
    assert read.about("programme_id") == "kg-bishkek-example"


def test_the_csv_form_says_what_may_be_written_and_lists_the_codes_of_the_country() -> None:
    text = csv_form("ru", {("about", "programme_id", "answer"): "kz-almaty-example"})
    lines = list(csv.reader(text.splitlines()))
    labels = {line[1]: line[3] for line in lines if line[0] == "about"}
    assert labels["attendance"].endswith(
        "Участие * [mandatory = Обязательное | voluntary = Добровольное | both = Оба вида]"
    )
    assert labels["law_id"].endswith("[коды — в конце файла, строки list / law_id]")
    listed = {
        name: [line[2] for line in lines if line[:2] == ["list", name]] for name in ("ref_area", "law_id")
    }
    assert "KZ-75" in listed["ref_area"] and "kz-law-214-iv-2009" in listed["law_id"]
    assert {code[:2].upper() for codes in listed.values() for code in codes} == {"KZ"}
    assert not read_return(text.encode(), "return.csv").foreign


def test_a_return_of_the_first_version_of_the_form_is_read_from_the_archive() -> None:
    first = canonical(given(bishkek())).replace(b"form,version,,,2", b"form,version,,,1")
    assert b"version,,,1" in first
    assert texts(read_return(first, "archived")) == expected(bishkek())


def test_what_is_archived_reads_as_what_was_sent(tmp_path: Path) -> None:
    path = fill(tmp_path / "return.xlsx", "ky", bishkek())
    read = read_return(path.read_bytes(), path.name)
    read.return_id = "kg-bishkek-example/2026-Q3/1"
    again = read_return(canonical(read), "archived")
    assert texts(again) == texts(read)
    assert (again.language, again.method, again.return_id) == (read.language, read.method, read.return_id)
    assert canonical(again) == canonical(read)


def test_an_empty_form_holds_no_answer_and_nothing_foreign(tmp_path: Path) -> None:
    for language in LANGUAGES:
        path = tmp_path / f"{language}.xlsx"
        write_template(language, path, {})
        read = read_return(path.read_bytes(), path.name)
        assert not read.answers and not read.foreign, language


@pytest.mark.slow
@pytest.mark.skipif(which("soffice") is None, reason="LibreOffice is not installed")
def test_a_workbook_saved_by_libreoffice_is_read(tmp_path: Path) -> None:
    path = fill(tmp_path / "return.xlsx", "ru", almaty())
    for kind in ("ods", "xlsx"):
        out = tmp_path / kind
        subprocess.run(
            ["soffice", "--headless", "--convert-to", kind, "--outdir", str(out), str(path)],
            check=True, capture_output=True, timeout=180,
        )  # fmt: skip
        read = read_return((out / f"return.{kind}").read_bytes(), f"return.{kind}")
        assert texts(read) == expected(almaty()), kind
        assert not read.foreign
        # Now the formulas are calculated: the form's own totals agree with what was filled in.
        assert read.totals["flow", "=total", "referred"].text == "68"


def test_texts_beside_the_form_are_foreign(tmp_path: Path) -> None:
    path = fill(tmp_path / "return.xlsx", "ru", bishkek())
    book = openpyxl.load_workbook(path)
    input_cell(book, "flow", "court|M", "referred").parent["T9"] = "Список участников"
    book.create_sheet("Мой лист")["B2"] = "заметка"
    book.save(path)
    read = read_return(path.read_bytes(), path.name)
    assert {(text.place, text.text) for text in read.foreign} == {
        ("Направления!T9", "Список участников"),
        ("№12!B2", "заметка"),
    }


def test_rows_may_be_sorted_and_sheets_renamed(tmp_path: Path) -> None:
    path = fill(tmp_path / "return.xlsx", "ru", bishkek())
    book = openpyxl.load_workbook(path)
    book["Направления"].title = "Лист7"
    book.move_sheet("Лист7", offset=3)
    book.save(path)
    read = read_return(path.read_bytes(), path.name)
    assert texts(read) == expected(bishkek())


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "neither workbook nor CSV form"),
        (b"a,b,c\n1,2,3\n", "neither workbook nor CSV form"),
        (b"part,row,column,label,answer\n", "does not say its language"),
        (b"part,row,column,label,answer\nform,version,,,9\nform,language,,,ru\n", "version 9"),
        (b"part,row,column,label,answer\nform,language,,,xx\n", "no language"),
        (b"PK\x03\x04broken", "damaged"),
    ],
)
def test_what_is_no_form_is_refused_with_a_remedy(content: bytes, said: str) -> None:
    with pytest.raises(ReadError, match=said) as raised:
        read_return(content, "file")
    assert "dvstats template" in str(raised.value)


def test_another_workbook_is_refused(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active["A1"] = "Отчёт"
    book.save(tmp_path / "other.xlsx")
    with pytest.raises(ReadError, match="neither workbook nor CSV form .это не отчёт"):
        read_return((tmp_path / "other.xlsx").read_bytes(), "other.xlsx")


def test_a_form_taken_apart_is_refused(tmp_path: Path) -> None:
    path = fill(tmp_path / "return.xlsx", "ru", bishkek())
    book = openpyxl.load_workbook(path)
    book["Направления"].delete_rows(7)
    book.save(path)
    with pytest.raises(FormError, match="taken apart") as raised:
        read_return(path.read_bytes(), path.name)
    assert (raised.value.language, raised.value.place) == ("ru", "Направления")
    del book["Направления"]
    book.save(path)
    with pytest.raises(FormError, match="no sheet “Направления”"):
        read_return(path.read_bytes(), path.name)

"""What a person writes where the form has no cell: notes, text boxes, headers, names, properties, hidden cells."""

import io
import re
import zipfile
from collections.abc import Callable
from typing import Any

import openpyxl
import pytest
from openpyxl.comments import Comment
from openpyxl.packaging.custom import StringProperty
from openpyxl.workbook.defined_name import DefinedName

from data_contracts.load import contract
from sources.cells import ReadError
from sources.programmes.beside_cells import beside_cells, is_own, is_sentence
from sources.programmes.form import LANGUAGES, words
from sources.programmes.given_return import as_json, given_from
from sources.programmes.read_return import read_return
from tests.programme_samples import TODAY, bishkek, fill, given, input_cell
from transforms.programmes.judge_return import judge_return

Found = list[tuple[str, str]]


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    return fill(tmp_path_factory.mktemp("form") / "return.xlsx", "ru", bishkek()).read_bytes()


def problems(content: bytes) -> Found:
    read = given_from(as_json(read_return(content, "return.xlsx")))
    found = judge_return(contract(), read, TODAY).problems
    for problem in found:
        said = problem.sentence("ru")
        assert said.endswith(".") and not any(secret in f"{problem}{said}" for secret in SECRETS), said
    return [(problem.place, problem.key + (f"/{problem.kind}" if problem.kind else "")) for problem in found]


SECRETS = ("Ахметов", "Серик", "701 123", "850101300015", "12.03.1985")


def changed(content: bytes, change: Callable[[Any], None]) -> bytes:
    book = openpyxl.load_workbook(io.BytesIO(content))
    change(book)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def flow(book: Any) -> Any:
    return input_cell(book, "flow", "police|M", "referred")


@pytest.mark.parametrize(
    ("written", "key"),
    [
        ("тел. +7 701 123 45 67", "personal_note/phone"),
        ("Проверено:\nАхметов Серик Болатұлы", "personal_note/name"),
        ("ИИН 850101300015", "personal_note/national_id"),
        ("родился 12.03.1985", "personal_note/birth_date"),
        ("Серик Ахметов пришёл сам", "foreign_note"),
    ],
)
def test_a_note_of_a_cell_is_refused_whatever_it_says(filled: bytes, written: str, key: str) -> None:
    def note(book: Any) -> None:
        flow(book).comment = Comment(written, "Excel")

    assert problems(changed(filled, note)) == [("Направления!D7", key)]


def hidden_row(book: Any) -> None:
    sheet = flow(book).parent
    sheet["T9"] = "Серик Ахметов"
    sheet.row_dimensions[9].hidden = True


def hidden_column(book: Any) -> None:
    sheet = flow(book).parent
    sheet["T9"] = "Серик Ахметов"
    sheet.column_dimensions["T"].hidden = True


def hidden_sheet(book: Any) -> None:
    book.create_sheet("Серик Ахметов")["B2"] = "Серик Ахметов"
    book["Серик Ахметов"].sheet_state = "veryHidden"


def copied_sheet(book: Any) -> None:
    book.copy_worksheet(flow(book).parent)["T9"] = "Серик Ахметов"


def row_of_codes(book: Any) -> None:
    flow(book).parent["T2"] = "Серик Ахметов"


def total(book: Any) -> None:
    sheet = flow(book).parent
    row = next(cell.row for cell in sheet["A"] if cell.value == "=total")
    sheet.cell(row, 4).value = "Серик Ахметов"


def checked_sum(book: Any) -> None:
    sheet = input_cell(book, "cohorts", "1", "completed").parent
    column = next(cell.column for cell in sheet[2] if cell.value == "=check")
    sheet.cell(6, column).value = "Серик Ахметов"


@pytest.mark.parametrize(
    "change", [hidden_row, hidden_column, hidden_sheet, copied_sheet, row_of_codes, total, checked_sum]
)
def test_hidden_cells_and_those_of_the_form_itself_are_read(filled: bytes, change: Any) -> None:
    found = problems(changed(filled, change))
    assert [key for _, key in found if key in ("foreign_text", "personal/name")]


def name_of_sheet(book: Any) -> None:
    flow(book).parent.title = "Серик Ахметов"


def header(book: Any) -> None:
    flow(book).parent.oddHeader.center.text = "тел. +7 701 123 45 67"


def defined_name(book: Any) -> None:
    book.defined_names["Серик_Ахметов"] = DefinedName("Серик_Ахметов", attr_text="'Направления'!$D$7")


def subject(book: Any) -> None:
    book.properties.subject = "Ахметов Серик Болатұлы"


def own_property(book: Any) -> None:
    book.custom_doc_props.append(StringProperty(name="Участник", value="ИИН 850101300015"))


@pytest.mark.parametrize(
    ("change", "place", "key"),
    [
        (name_of_sheet, "Направления", "personal_remark/name"),
        (header, "Направления", "personal_remark/phone"),
        (defined_name, "свойства файла", "personal_remark/name"),
        (subject, "свойства файла", "personal_property/name"),
        (own_property, "свойства файла", "personal_property/national_id"),
    ],
)
def test_names_headers_and_properties_with_data_on_a_person_are_refused(
    filled: bytes, change: Any, place: str, key: str
) -> None:
    assert problems(changed(filled, change)) == [(place, key)]


def test_names_headers_and_properties_of_programs_are_none(filled: bytes) -> None:
    def ordinary(book: Any) -> None:
        flow(book).parent.title = "Лист7"
        flow(book).parent.oddFooter.center.text = "Страница &P из &N"
        book.properties.creator = book.properties.lastModifiedBy = "Ахметов Серик Болатұлы"
        book.properties.subject = "Отчёт за квартал"

    assert problems(changed(filled, ordinary)) == []


def with_part(content: bytes, name: str, text: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w") as new:
        for part in old.namelist():
            new.writestr(part, old.read(part))
        new.writestr(name, text)
    return out.getvalue()


THREADED = """<ThreadedComments xmlns="http://schemas.microsoft.com/office/spreadsheetml/2018/threadedcomments">
<threadedComment ref="D7" id="{1}"><text>тел. +7 701 123 45 67</text></threadedComment></ThreadedComments>"""
BOX = """<xdr:wsDr xmlns:xdr="x" xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"><xdr:sp><xdr:txBody>
<a:p><a:r><a:t>Серик Ахметов</a:t></a:r></a:p></xdr:txBody></xdr:sp></xdr:wsDr>"""


def test_threaded_notes_and_text_boxes_are_refused(filled: bytes) -> None:
    threaded = with_part(filled, "xl/threadedComments/threadedComment1.xml", THREADED)
    assert problems(threaded) == [("свойства файла!D7", "personal_note/phone")]
    box = with_part(filled, "xl/drawings/drawing99.xml", BOX)
    assert problems(box) == [("свойства файла", "foreign_shape")]


def test_a_damaged_part_is_refused_and_not_passed_over(filled: bytes) -> None:
    with pytest.raises(ReadError, match="damaged"):
        read_return(with_part(filled, "xl/comments99.xml", "<comments><comment>"), "return.xlsx")


ODS = """<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"
 xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"
 xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0">
<office:body><office:spreadsheet><table:table table:name="Лист1"><table:table-row><table:table-cell>
<office:annotation><text:p>тел. +7 701 123 45 67</text:p></office:annotation><text:p>5</text:p></table:table-cell>
</table:table-row></table:table></office:spreadsheet></office:body></office:document-content>"""


def test_notes_of_opendocument_are_read() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("content.xml", ODS)
    notes = [(text.kind, text.text, text.sheet) for text in beside_cells(out.getvalue())]
    assert notes == [("remark", "Лист1", "Лист1"), ("note", "тел. +7 701 123 45 67", "Лист1")]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_forms_own_notes_and_sentences_are_known(language: str) -> None:
    said = words(language)
    for note in said.notes():
        assert is_own(language, note.replace(" ", "\n", 1))
    for template in said.sentences():
        sentence = re.sub(r"\{(?:least|most|ages|flow|version|present)\}", "12", template)
        assert is_sentence(language, sentence) and is_sentence(
            language, sentence.rstrip(".") + ": L5 = 31, E5 = 30."
        )
        assert not is_own(language, f"{sentence} Серик Ахметов")
    assert not is_sentence(language, "Серик Ахметов")


def test_a_csv_form_holds_nothing_beside_its_cells() -> None:
    assert given(bishkek()).beside == []

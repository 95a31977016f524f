"""Requests: the rows that a requirement needs, what the letter says, and the three files."""

import csv
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from data_contracts.errors import UserError
from data_contracts.load import contract
from data_contracts.strict_files import DeclarationError, Row
from data_contracts.vocabulary import DIMENSIONS
from pipelines.cli import arguments
from pipelines.cli.main import main
from pipelines.declarations import Declarations
from pipelines.published.query import query
from pipelines.request import letter
from pipelines.request.empty_table import AGES, empty_table
from pipelines.request.request import request


def requirement(code: str) -> Row:
    return next(row for row in contract().coverage if row["requirement"] == code)


def cells(code: str, country: str = "TJ") -> list[tuple[str, ...]]:
    rows = empty_table(contract(), requirement(code), country, [2025])
    return [tuple(row[name] for name in ("ref_area", *DIMENSIONS)) for row in rows]


def total(**given: str) -> tuple[str, ...]:
    return tuple({"ref_area": "TJ", **dict.fromkeys(DIMENSIONS, "_T"), **given}.values())


# -- the table -----------------------------------------------------------------------------------------------------


def test_convicted_by_sex_age_and_relationship_has_each_figure_once() -> None:
    found = cells("IC-7")
    assert len(found) == len(set(found)) == 3 + 3 * len(AGES) + 3 * 2
    assert total() in found and total(sex="F", age="Y_LT18") in found
    assert total(sex="M", relationship="IPTN") in found
    assert total(age="Y_LT18", relationship="IPTN") not in found


def test_what_one_figure_must_meet_is_one_cell() -> None:
    assert cells("EIGE-9") == [total(), total(sex="F", relationship="IPTN")]
    assert total(sex="M", relationship="IPTN", breakdown="SANCTION=PRISON") in cells("EIGE-13")


def test_regions_are_those_of_the_country_today() -> None:
    areas = {cell[0] for cell in cells("IC-4", "KZ")}
    assert len(areas) == 21 and {"KZ", "KZ-10", "KZ-62"} <= areas


def test_every_requirement_has_a_table_of_known_codes() -> None:
    known = contract().codelists
    for row in contract().coverage:
        for cell in empty_table(contract(), row, "UZ", [2024, 2025]):
            assert cell["ref_area"] in known["area"] and cell["unit_measure"] in known["unit_measure"]
            for name in DIMENSIONS:
                assert cell[name] == "_T" or cell[name] in known[name], (row["requirement"], cell)
            assert cell["indicator"] in ("", *known["indicator"])
            assert cell["obs_value"] is None


# -- the letter ----------------------------------------------------------------------------------------------------


@pytest.fixture
def written(release_dir: Path, tmp_path: Path) -> dict[str, Path]:
    made = request(release_dir, "TJ", "IC-7", language="ru", output=tmp_path / "out")
    return {path.suffix: path for path in made}


def test_the_letter_names_body_requirement_acts_and_neighbours(
    release_dir: Path, written: dict[str, Path]
) -> None:
    text = written[".md"].read_text(encoding="utf-8")
    assert "Верховный суд, Таджикистан" in text and "IC-7" in text
    assert "ничего не найдено ни за один год" in text
    assert "Государственная программа" in text and "№ 294" in text
    assert "Узбекистан" in text and "Киргизия" not in text
    keys = query(release_dir, "SELECT evidence FROM coverage WHERE requirement = 'IC-7' AND country = 'UZ'")
    last = [key for key in keys["evidence"].to_pylist() if key][-1]
    assert last.split(";")[0] in text
    assert "speaker" not in text


def test_the_figure_of_a_neighbour_is_the_whole_before_a_part(
    release_dir: Path, written: dict[str, Path]
) -> None:
    shown = query(
        release_dir,
        "SELECT o.breakdown FROM coverage c JOIN observations o ON o.obs_key = c.evidence "
        "WHERE c.requirement = 'IC-7' AND c.country = 'UZ' AND c.coverage_status = 'partial'",
    )
    assert set(shown["breakdown"].to_pylist()) == {"_T"}


def test_the_comparator_is_marked_and_comes_last(release_dir: Path, tmp_path: Path) -> None:
    (path, *_) = request(release_dir, "Казахстан", "eige-9", language="en", output=tmp_path)
    text = path.read_text(encoding="utf-8")
    assert "Kazakhstan" in text and "**Germany** (comparator)" in text
    assert text.index("**Uzbekistan**") < text.index("**Germany**")
    assert "a figure is public, but what is missing is: sex: Female, relationship to the perpetrator" in text


def test_what_is_published_in_full_is_said(release_dir: Path, tmp_path: Path) -> None:
    (path, *_) = request(release_dir, "KG", "IC-1", language="en", output=tmp_path)
    assert "Published in full for: 2015, 2016, 2017, 2018." in path.read_text(encoding="utf-8")


@pytest.mark.parametrize("language", letter.LANGUAGES)
def test_a_national_language_is_marked_for_a_speaker(
    release_dir: Path, tmp_path: Path, language: str
) -> None:
    (path, *_) = request(release_dir, "KG", "PRG-6", language=language, output=tmp_path)
    text = path.read_text(encoding="utf-8")
    assert ("To be checked by a speaker" in text) == (language not in ("en", "ru"))
    assert "{" not in text and "request-KG-PRG-6.csv" in text


def test_every_language_has_every_word() -> None:
    words = letter.words()
    assert tuple(words) == letter.LANGUAGES == arguments.LETTER_LANGUAGES
    for said in words.values():
        assert set(said) == set(words["en"]) and "{rows}" in said["table"] and "{release}" in said["end"]


def test_obligations_name_acts_of_the_register(declared: Declarations) -> None:
    known = {law["law_id"]: law["country"] for law in declared.laws}
    for country in ("KZ", "KG", "TJ", "UZ"):
        for act in letter.obligations(country):
            assert known.get(act["law_id"]) == country, act.error("is no act of the country")


# -- the files -----------------------------------------------------------------------------------------------------


def rows_of(path: Path) -> list[dict[str, Any]]:
    with path.open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


def test_csv_and_workbook_hold_the_same_empty_table(release_dir: Path, written: dict[str, Path]) -> None:
    rows = rows_of(written[".csv"])
    assert len(rows) == 48 and {row["obs_value"] for row in rows} == {""}
    assert {row["indicator"] for row in rows} == {"DV_CONVICTED"}
    year = int(query(release_dir, "SELECT max(release) AS name FROM releases")["name"][0].as_py()[:4])
    assert {row["time_period"] for row in rows} == {str(year - 2), str(year - 1)}
    book = openpyxl.load_workbook(written[".xlsx"])
    sheet = [[cell or "" for cell in row] for row in book["Table"].iter_rows(values_only=True)]
    assert sheet[0] == list(rows[0]) and sheet[1:] == [list(row.values()) for row in rows]
    codes = {(row[0], row[1]): row[3] for row in book["Codes"].iter_rows(values_only=True)}
    assert codes["relationship", "IPTN"] == "Интимный партнёр"
    assert codes["age", "Y45T59"] == "45-59 лет"
    neighbours = list(book["Neighbours"].iter_rows(values_only=True))
    assert neighbours[1][0] == "Узбекистан" and str(neighbours[1][-1]).startswith("k")


def test_the_workbook_is_the_same_for_the_same_release(
    release_dir: Path, tmp_path: Path, written: dict[str, Path]
) -> None:
    again = request(release_dir, "TJ", "IC-7", language="ru", output=tmp_path / "again")
    assert again[2].read_bytes() == written[".xlsx"].read_bytes()


def test_what_cannot_be_asked_is_said(release_dir: Path, tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"No requirement IC-77\. Did you mean IC-7"):
        request(release_dir, "TJ", "IC-77", language="en", output=tmp_path)
    with pytest.raises(UserError, match="No country FR. Countries: KZ"):
        request(release_dir, "FR", "IC-7", language="en", output=tmp_path)
    with pytest.raises(UserError, match="No country KZ-75"):
        request(release_dir, "KZ-75", "IC-7", language="en", output=tmp_path)
    file = tmp_path / "file"
    file.write_text("x", encoding="utf-8")
    with pytest.raises(UserError, match="is a file"):
        request(release_dir, "TJ", "IC-7", language="en", output=file)


def test_the_command_prints_what_it_wrote(
    release_dir: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    given = ["request", "Таджикистан", "IC-7", "--data-dir", str(release_dir), "--output", str(tmp_path)]
    assert main(given) == 0
    names = [Path(line).name for line in capsys.readouterr().out.splitlines()]
    assert names == ["request-TJ-IC-7.en.md", "request-TJ-IC-7.csv", "request-TJ-IC-7.xlsx"]
    assert main([*given[:2], "NONE", *given[3:]]) == 2


def test_a_missing_word_names_file_and_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "words.yaml").write_text(
        "en: {head: Request, to: To}\nru: {head: Запрос}\n", encoding="utf-8"
    )
    monkeypatch.setattr(letter, "HERE", tmp_path)
    letter.words.cache_clear()
    try:
        with pytest.raises(DeclarationError, match=r"words\.yaml, line 2: key 'to' is missing"):
            letter.words()
    finally:
        letter.words.cache_clear()

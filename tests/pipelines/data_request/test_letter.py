"""What the letter says: body, requirement, acts, neighbours, in every language."""

from pathlib import Path

import pytest

from data_contracts.need_words import need_in_words
from data_contracts.strict_files import DeclarationError
from pipelines.cli import reading_arguments
from pipelines.data_request import letter
from pipelines.data_request.request import request
from pipelines.declarations import Declarations
from pipelines.published.query import query
from transforms.derive.requirement_figures import LIMITS
from transforms.derive.requirements import ONE_SERIES


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


def test_of_a_neighbour_the_answer_that_lacks_least_is_shown_in_words(
    release_dir: Path, tmp_path: Path
) -> None:
    """Kazakhstan has one region in 2025 and the country in 2024; a share has its unit, a period no code."""
    (path, *_) = request(release_dir, "KG", "IC-6", language="en", output=tmp_path)
    text = path.read_text(encoding="utf-8")
    assert (
        "**Kazakhstan**, 2024 (in part; a figure is public, but what is missing is: sex; relationship" in text
    )
    assert "Kazakhstan, 2024: 3,382 (" in text and "January–June 2026: 390 (" in text
    (path, *_) = request(release_dir, "TJ", "SVC-1", language="ru", output=tmp_path)
    text = path.read_text(encoding="utf-8")
    assert "Кыргызстан, январь–август 2025: 6,6\u00a0% (" in text and "/P8M" not in text


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
    assert tuple(words) == letter.LANGUAGES == reading_arguments.LETTER_LANGUAGES
    for said in words.values():
        assert set(said) == set(words["en"]) and "{rows}" in said["table"] and "{release}" in said["end"]


def test_every_need_of_an_item_or_requirement_has_words(declared: Declarations) -> None:
    contract = declared.contract
    needs = {need for row in contract.coverage for need in row["needs"].split(";") if need}
    for framework in contract.scorecard:
        for part in (part for item in framework.items for part in item.parts):
            needs |= {*part.needs, *part.tells_apart}
    needs |= {*LIMITS, ONE_SERIES, "EIGE-10A:sex=F", "DV_REPORTS:regular"}
    assert len(needs) > 20
    for language in ("en", "ru"):
        assert all(need_in_words(contract, need, language) for need in needs)


def test_obligations_name_acts_of_the_register(declared: Declarations) -> None:
    known = {law["law_id"]: law["country"] for law in declared.laws}
    for country in ("KZ", "KG", "TJ", "UZ"):
        for act in letter.obligations(country):
            assert known.get(act["law_id"]) == country, act.error("is no act of the country")


def test_a_missing_word_names_file_and_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "letter_words.yaml").write_text(
        "en: {head: Request, to: To}\nru: {head: Запрос}\n", encoding="utf-8"
    )
    monkeypatch.setattr(letter, "HERE", tmp_path)
    letter.words.cache_clear()
    try:
        with pytest.raises(DeclarationError, match=r"letter_words\.yaml, line 2: key 'to' is missing"):
            letter.words()
    finally:
        letter.words.cache_clear()

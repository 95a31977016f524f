"""Notes of statements in Russian: every note has its translation, and it reaches the published row."""

import csv
import re
from pathlib import Path

import pytest

from data_contracts.strict_files import DeclarationError
from sources.dataset import BUNDLED
from sources.load_datasets import load_datasets
from sources.registers import notes_in_russian

STATEMENTS = ("kz_statements", "kg_statements", "tj_statements", "uz_statements")
# Notes that wait for their translation; each is named by its words.
UNTRANSLATED: frozenset[str] = frozenset()


def notes_of(dataset_id: str) -> list[str]:
    found: dict[str, None] = {}
    for file in load_datasets()[dataset_id].files:
        with (BUNDLED / file.bundled).open(encoding="utf-8", newline="") as handle:
            found |= dict.fromkeys(row["note"] for row in csv.DictReader(handle) if row["note"])
    return list(found)


@pytest.mark.parametrize("dataset_id", STATEMENTS)
def test_every_note_of_a_statement_has_its_russian(dataset_id: str) -> None:
    missing = [
        note for note in notes_of(dataset_id) if note not in notes_in_russian() and note not in UNTRANSLATED
    ]
    assert not missing, "add to sources/bundled/notes_ru.csv:\n" + "\n".join(missing)


def test_a_translation_is_russian_and_keeps_the_numbers() -> None:
    for note, russian in notes_in_russian().items():
        assert re.search("[а-яё]", russian), note
        numbers = {re.sub("[ ,.]", "", n) for n in re.findall(r"[0-9]+(?:[ ,.][0-9]{3})+|[0-9]{3,}", note)}
        said = {re.sub("[ ,.]", "", n) for n in re.findall(r"[0-9]+(?:[ ,.][0-9]{3})+|[0-9]{3,}", russian)}
        assert numbers <= said, (note, numbers - said)


@pytest.mark.parametrize(
    ("line", "words"), [("a,б\na,в", "translated twice"), ("a,", "both its words"), (",б", "both its words")]
)
def test_a_mistake_names_its_line(tmp_path: Path, line: str, words: str) -> None:
    path = tmp_path / "notes_ru.csv"
    path.write_text(f"note,note_ru\n{line}\n", encoding="utf-8")
    with pytest.raises(DeclarationError, match=words):
        notes_in_russian(path)

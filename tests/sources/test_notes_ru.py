"""Notes in Russian: every note of a transcribed figure or of a declaration has its translation, none is left over."""

import csv
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from data_contracts.strict_files import DeclarationError
from sources.bundled_registers import notes_in_russian
from sources.dataset import BUNDLED
from sources.load_datasets import load_datasets

# Notes that wait for their translation; each is named by its words.
UNTRANSLATED: frozenset[str] = frozenset()
# What a declaration of the note may hold and is no text of its own: nothing, and "not said".
NO_NOTE = {"", "_T"}


def notes_of_transcriptions() -> Iterator[str]:
    for dataset in load_datasets().values():
        for path in {BUNDLED / file.bundled for file in dataset.files if file.bundled}:
            with path.open(encoding="utf-8", newline="") as handle:
                yield from (row.get("note", "") for row in csv.DictReader(handle))


def notes_of_declarations() -> Iterator[str]:
    for dataset in load_datasets().values():
        yield from (file.constants.get("note", "") for file in dataset.files)
        for way in dataset.concepts.get("note", ()):
            declared = (way.const, way.absent, way.empty, way.template, *(way.values or {}).values())
            yield from (note or "" for note in declared)


@pytest.mark.parametrize("notes", [notes_of_transcriptions, notes_of_declarations])
def test_every_note_has_its_russian(notes: Callable[[], Iterator[str]]) -> None:
    found = dict.fromkeys(notes())
    missing = found.keys() - NO_NOTE - notes_in_russian().keys()
    assert len(found) > len(NO_NOTE)
    assert missing == UNTRANSLATED & found.keys(), "add to sources/bundled/notes_ru.csv:\n" + "\n".join(
        sorted(missing)
    )


def test_every_translation_is_of_a_note() -> None:
    used = {*notes_of_transcriptions(), *notes_of_declarations()}
    assert not notes_in_russian().keys() - used


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

"""Nothing that a note says is lost when several notes are told once."""

import re

from hypothesis import given
from hypothesis import strategies as st

from pipelines.site.shared_notes import LETTERS, SHARED_BY, shared_notes


def test_a_sentence_of_many_notes_has_a_letter_and_the_rest_stays() -> None:
    shared = shared_notes({f"k{n}": f"cell B{n}. All homicides, not only domestic." for n in range(4)})
    assert shared.common == ("All homicides, not only domestic",)
    assert shared.of("k2") == ("cell B2", "a") and shared.of("none") == ("", "")


def test_what_few_notes_say_stays_with_them() -> None:
    notes = {f"k{n}": "Victims of completed offences only." for n in range(SHARED_BY - 1)}
    assert shared_notes(notes).common == ()
    assert shared_notes(notes).of("k0") == ("Victims of completed offences only", "")


def test_an_abbreviation_ends_no_sentence() -> None:
    notes = {f"k{n}": "Under art. 41 of the code. First value." for n in range(SHARED_BY)}
    assert "Under art. 41 of the code" in shared_notes(notes).common


SENTENCES = st.lists(
    st.sampled_from(["Partners only, of both sexes", "Orders of courts", "line 7"]), max_size=3
)


@given(st.dictionaries(st.sampled_from("pqrstuv"), SENTENCES.map(". ".join), max_size=7))
def test_letters_and_rest_give_every_sentence_back(notes: dict[str, str]) -> None:
    shared = shared_notes(notes)
    meaning = dict(zip(LETTERS, shared.common, strict=False))
    for key, note in notes.items():
        own, letters = shared.of(key)
        said = {part for part in own.split(". ") if part} | {meaning[c] for c in re.findall("[a-z]", letters)}
        assert said == {part for part in note.split(". ") if part}

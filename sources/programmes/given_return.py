"""A filled return as values: the texts of its input cells, each with its place, and what should not be there.

>>> given.text("flow", "court|M", "referred")
'24'
>>> given_from(as_json(given)) == given
True

Not here: reading one from a file (``read_return``, ``csv_form``), judging it (``transforms.programmes.judge_return``).
Called by those, and by ``sources.isolated``, in which a process of its own reads the file.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sources.cells import ReadError
from sources.programmes.form import ANSWER, LANGUAGES, form, words

REMEDY = "Fill in the form that `dvstats template programme-return` writes"
# Whoever sends it may read no English, and no form says which language to answer in.
NO_RETURN = "the file is no return: neither workbook nor CSV form (это не отчёт: ни книга, ни форма CSV)"


def check_version(version: str, language: str) -> None:
    """FormError where the form is of another version than the present one."""
    if version != form().version:
        raise FormError("other_version", language, version=version, present=form().version)


def checked_language(language: str, file_name: str) -> str:
    """The language that a form names; ReadError where the form exists in no such language."""
    if language not in LANGUAGES:
        raise ReadError(f"the form has no language {language!r}", file=file_name, remedy=REMEDY)
    return language


class FormError(ReadError):
    """A form that cannot be read as one, though it says in which language to say so."""

    def __init__(self, key: str, language: str, *, place: str = "", **filled: str) -> None:
        """``key`` and ``filled`` of the sentence, as in ``transforms.programmes.problems``."""
        self.key, self.language, self.filled = key, language, filled
        super().__init__(words("en").text(f"problem.{key}", **filled).rstrip("."), place=place, remedy=REMEDY)


@dataclass(frozen=True)
class Given:
    """One text of a filled form."""

    #: as it was written
    text: str
    #: where, in the words of the form: ``Flow!D7``, line 12
    place: str


@dataclass
class GivenReturn:
    """What a filled form holds; the keys are part, row and column."""

    #: language of the form, one of ``LANGUAGES``
    language: str
    #: ``workbook`` or ``csv``
    method: str
    #: programme, quarter and version; only a return in the archive has it
    return_id: str = ""
    #: what was filled in; an empty cell is left out
    answers: dict[tuple[str, str, str], Given] = field(default_factory=dict)
    #: what the form adds up
    totals: dict[tuple[str, str, str], Given] = field(default_factory=dict)
    #: texts that are neither an answer nor the form's own
    foreign: list[Given] = field(default_factory=list)
    #: place of every input cell, filled in or not
    places: dict[tuple[str, str, str], str] = field(default_factory=dict)
    #: texts in no cell that are not the form's own, by kind (``beside_cells``)
    beside: list[tuple[str, Given]] = field(default_factory=list)

    def text(self, part: str, row: str, column: str) -> str:
        """What was answered; empty where nothing was."""
        found = self.answers.get((part, row, column))
        return found.text if found else ""

    def filled(self, part: str, row: str) -> bool:
        """Whether anything was answered in a row."""
        return any(self.text(part, row, column) for column in form().parts[part].inputs)

    def about(self, field_name: str) -> str:
        """An answer on the programme itself."""
        return self.text("about", field_name, ANSWER)

    def put(self, part: str, row: str, column: str, text: str, place: str) -> None:
        """Keep an answer that is not empty, and the place of the cell."""
        self.places[part, row, column] = place
        if text:
            self.answers[part, row, column] = Given(text, place)


def as_json(given: GivenReturn) -> dict[str, Any]:
    """The same as JSON knows it; ``given_from`` is the way back."""

    def listed(texts: Mapping[tuple[str, str, str], Given]) -> list[list[str]]:
        return [[*key, found.text, found.place] for key, found in texts.items()]

    return {
        "form": [given.language, given.method, given.return_id],
        "answers": listed(given.answers),
        "totals": listed(given.totals),
        "foreign": [[found.text, found.place] for found in given.foreign],
        "beside": [[kind, found.text, found.place] for kind, found in given.beside],
        "places": [[*key, place] for key, place in given.places.items()],
    }


def given_from(written: Mapping[str, Any]) -> GivenReturn:
    """What ``as_json`` wrote; FormError where the form could not be read (``sources.isolated_worker``)."""
    if "refused" in written:
        key, language, place, filled = written["refused"]
        raise FormError(key, language, place=place, **filled)
    language, method, return_id = written["form"]
    return GivenReturn(
        language,
        method,
        return_id,
        answers={(part, row, column): Given(*found) for part, row, column, *found in written["answers"]},
        totals={(part, row, column): Given(*found) for part, row, column, *found in written["totals"]},
        foreign=[Given(*found) for found in written["foreign"]],
        beside=[(kind, Given(text, place)) for kind, text, place in written["beside"]],
        places={(part, row, column): place for part, row, column, place in written["places"]},
    )

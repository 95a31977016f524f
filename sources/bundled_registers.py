"""The bundled registers, one CSV a country: sources of figures, laws, services, named conflicts, hand-judged items,
programmes elsewhere; and the notes of transcribed figures in Russian.

Rows come back as text exactly as written, each with file and line, so that whoever judges them can name the place. A
wrong header, a wrong number of cells or a key given twice is a ``DeclarationError``.

Not here: what the cells mean and refer to. That is checked by the callers, which make tables of them
(``transforms.derive``, ``transforms.programmes.tables``).
"""

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

from data_contracts.strict_files import Row, load_csv
from sources.dataset import BUNDLED

NOTES_RU = BUNDLED / "notes_ru.csv"
#: one row of a register
Entry = Row
HEADERS: Mapping[str, tuple[str, ...]] = {
    "publications": (
        "source",
        "publisher",
        "stated_by",
        "title",
        "address",
        "published",
        "seen",
        "language",
        "quote",
        "copies",
        "note",
    ),
    "legal_framework": (
        "law_id",
        "country",
        "kind",
        "title_en",
        "title_ru",
        "title_original",
        "number",
        "adopted",
        "in_force",
        "articles",
        "change_en",
        "change_ru",
        "breaks",
        "breaks_regions",
        "source",
        "note",
    ),
    "response_services": (
        "service_id",
        "country",
        "area",
        "kind",
        "name_en",
        "name_ru",
        "name_original",
        "since",
        "until",
        "law_id",
        "operator",
        "coverage_en",
        "coverage_ru",
        "phone",
        "hours",
        "languages",
        "checked_on",
        "state",
        "source",
        "quote",
        "note",
    ),
    "discrepancies": (
        "id",
        "country",
        "topic_en",
        "topic_ru",
        "kind",
        "a_source",
        "a_indicator",
        "a_area",
        "a_period",
        "a_sex",
        "a_figure",
        "b_source",
        "b_indicator",
        "b_area",
        "b_period",
        "b_sex",
        "b_figure",
        "explanation_en",
        "explanation_ru",
    ),
    "scorecard": (
        "id",
        "item",
        "country",
        "since",
        "until",
        "verdict",
        "reason_en",
        "reason_ru",
        "source",
        "quote",
    ),
    "programme_references": (
        "reference_id",
        "group",
        "programme_en",
        "programme_ru",
        "place",
        "site",
        "measure",
        "figure",
        "unit",
        "source",
        "note",
    ),
    "programme_evidence": (
        "evidence_id",
        "study",
        "design",
        "place",
        "window_months",
        "outcome",
        "persons",
        "finding",
        "effect_measure",
        "effect",
        "lower",
        "upper",
        "source",
        "note",
    ),
}


#: kinds of ``discrepancies`` whose two figures claim to be of the same thing
_SHOULD_BE_EQUAL = ("conflict", "misprint", "revision", "rounding", "different_base")


@lru_cache
def load_register(name: str, folder: Path = BUNDLED) -> tuple[Entry, ...]:
    """Every row of a register, one of ``HEADERS``, in order of file and line; DeclarationError."""
    header = HEADERS[name]
    entries = tuple(row for path in sorted((folder / name).glob("*.csv")) for row in load_csv(path, header))
    seen: dict[str, Entry] = {}
    for entry in entries:
        key = entry[header[0]]
        if not key:
            raise entry.error(f"{header[0]} is empty")
        if key in seen:
            raise entry.error(
                f"{header[0]} {key!r} is already in {seen[key].path.name}, line {seen[key].line}"
            )
        seen[key] = entry
        if name == "discrepancies":
            _check_one_area(entry)
        if name == "publications":
            _check_title(entry)
    return entries


def _check_one_area(entry: Entry) -> None:
    """Two figures that should be equal are of one area: a region beside its country is no conflict."""
    if entry["kind"] in _SHOULD_BE_EQUAL and entry["a_area"] != entry["b_area"]:
        raise entry.error(
            f"kind {entry['kind']!r} is for two figures of one area, these are of {entry['a_area']} and "
            f"{entry['b_area']}: different_scope or parts_do_not_add_up is meant"
        )


def _check_title(entry: Entry) -> None:
    """Whoever cites a figure writes down the page's title; a page without one is described, and its note says so."""
    if not entry["title"].strip():
        raise entry.error("title is empty: write the page's own, or describe the page and say so in note")


@lru_cache
def notes_in_russian(path: Path = NOTES_RU) -> Mapping[str, str]:
    """Russian text of each note of a transcribed figure, by the note word for word; DeclarationError."""
    found: dict[str, str] = {}
    for row in load_csv(path, ("note", "note_ru")):
        if not row["note"].strip() or not row["note_ru"].strip():
            raise row.error("a note needs both its words and their Russian")
        if row["note"] in found:
            raise row.error(f"the note {row['note'][:60]!r} is translated twice")
        found[row["note"]] = row["note_ru"]
    return found

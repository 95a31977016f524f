"""The bundled registers: sources of figures, laws, services and named conflicts, one CSV a country.

Rows come back as text exactly as written, each with file and line, so that whoever judges them can name the place.
"""

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from data_contracts.errors import DvstatsError
from sources.dataset import BUNDLED

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
}


class RegisterError(DvstatsError):
    """A bundled register is not as it must be; names file and line."""


@dataclass(frozen=True)
class Entry:
    """One row of a register."""

    file: str
    line: int
    cells: Mapping[str, str]

    def __getitem__(self, name: str) -> str:
        """Cell of a column."""
        return self.cells[name]

    def error(self, problem: str) -> RegisterError:
        """An error at this row."""
        return RegisterError(f"{self.file}, line {self.line}: {problem}.")


def load_register(name: str, folder: Path = BUNDLED) -> tuple[Entry, ...]:
    """Every row of a register, in order of file and line."""
    entries = tuple(entry for path in sorted((folder / name).glob("*.csv")) for entry in _read(path, name))
    seen: dict[str, Entry] = {}
    for entry in entries:
        key = entry[HEADERS[name][0]]
        if key in seen:
            raise entry.error(f"{key!r} stands already in {seen[key].file}, line {seen[key].line}")
        seen[key] = entry
    return entries


def _read(path: Path, name: str) -> Iterator[Entry]:
    header = list(HEADERS[name])
    label = f"{name}/{path.name}"
    with path.open(encoding="utf-8-sig", newline="") as handle:
        reader = csv.reader(handle)
        if next(reader, []) != header:
            raise RegisterError(f"{label}, line 1: the header must be {','.join(header)}.")
        for cells in reader:
            if not cells:
                continue
            if len(cells) != len(header):
                raise RegisterError(
                    f"{label}, line {reader.line_num}: {len(cells)} cells where {len(header)} are expected."
                )
            yield Entry(label, reader.line_num, dict(zip(header, cells, strict=True)))

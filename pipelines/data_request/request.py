"""A request as files: the letter, the empty table as CSV and as a workbook.

Not here: what the letter says (``letter``) and which rows the table has (``empty_table``). Called by
``dvstats request``.
"""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from data_contracts.errors import UserError
from data_contracts.load import contract
from data_contracts.model import Contract, Lang
from data_contracts.strict_files import Row, no_such
from data_contracts.vocabulary import CODE_LISTS
from pipelines.data_request import letter
from pipelines.data_request.empty_table import COLUMNS, empty_table
from pipelines.export.sheets import Field
from pipelines.export.workbook_file import Book, SheetWriter
from pipelines.published import find_areas
from pipelines.published.query import connect
from pipelines.release.manifest import release_moment

# The years that are asked for: the two whole ones before the release.
YEARS = 2
# Columns whose codes the second sheet explains, with the code list of each.
_EXPLAINED = {
    **{column: codes for column, codes in CODE_LISTS.items() if column != "nature"},
    "obs_status": "obs_status",
}
_TO_FILL = ("obs_value", "obs_status", "note")
_NEIGHBOURS = (
    ("country", 16),
    ("answer", 12),
    ("counted", 40),
    ("group", 40),
    ("period", 14),
    ("value", 14),
    ("unit", 24),
    ("status", 8),
    ("publisher", 30),
    ("address", 60),
    ("obs_key", 20),
)
_STATUSES = ("A", "P", "E", "O", "Q")


def request(data_dir: Path, country: str, requirement: str, *, language: str, output: Path) -> list[Path]:
    """Write the letter and the table into ``output``; gives the files written.

    ``country``: code or name in any language. ``requirement``: a code of ``dvstats show coverage``. :class:`UserError`
    names what is not known.
    """
    known = contract()
    row = _requirement(known, requirement)
    with connect(data_dir) as con:
        code = find_areas.country(country)
        given = letter.facts(con, known, row, code, language)
    last = int(given["release"][:4]) - 1
    rows = empty_table(known, row, code, range(last - YEARS + 1, last + 1))
    if output.exists() and not output.is_dir():
        raise UserError(f"{output} is a file. Give --output a folder.")
    output.mkdir(parents=True, exist_ok=True)
    stem = f"request-{code}-{row['requirement']}"
    files = {"csv": f"{stem}.csv", "xlsx": f"{stem}.xlsx"}
    lang = letter.names(language)
    paths = [output / f"{stem}.{language}.md", *(output / name for name in files.values())]
    paths[0].write_text(letter.letter(given, language, files, len(rows)), encoding="utf-8")
    paths[1].write_text(_csv(rows), encoding="utf-8")
    _workbook(known, given, rows, lang, paths[2])
    return paths


def _requirement(known: Contract, wanted: str) -> Row:
    rows = {row["requirement"]: row for row in known.coverage}
    code = wanted.upper()
    if code not in rows:
        raise UserError(f"{no_such('requirement', code, rows)} `dvstats show coverage` lists them.")
    return rows[code]


def _csv(rows: Sequence[Mapping[str, Any]]) -> str:
    sink = io.StringIO()
    writer = csv.DictWriter(sink, COLUMNS, lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(rows)
    return sink.getvalue()


def _workbook(
    known: Contract, given: Mapping[str, Any], rows: Sequence[Mapping[str, Any]], lang: Lang, path: Path
) -> None:
    """Sheets Table (cells to fill coloured), Codes and Neighbours."""
    book = Book(path, release_moment(given["release"]), lang, path.stem, f"&L{path.stem}&R&P / &N")
    table = _sheet(book, "Table", [(name, 40 if name == "note" else 14) for name in COLUMNS], len(rows))
    for row in rows:
        table.row([row[name] for name in COLUMNS])
        for place in map(COLUMNS.index, _TO_FILL):
            table.sheet.write_blank(table.line, place, None, book.style("flag"))
    labels = list(_labels(known, rows))
    codes = _sheet(
        book, "Codes", [("column", 18), ("code", 24), ("English", 60), ("Русский", 60)], len(labels)
    )
    for label in labels:
        codes.row(label)
    figures = [
        (
            other["country_name"],
            getattr(known.codelists["coverage_status"][other["coverage_status"]].label, lang),
            *(
                figure[name]
                for name in ("counted", "group", "time_period", "value", "unit", "status", "publisher")
            ),
            figure["address"],
            figure["obs_key"],
        )
        for other in given["neighbours"]
        for figure in other["figures"]
    ]
    neighbours = _sheet(book, "Neighbours", _NEIGHBOURS, len(figures))
    for values in figures:
        neighbours.row(values)
    book.close()


def _sheet(book: Book, name: str, columns: Sequence[tuple[str, int]], rows: int) -> SheetWriter:
    sheet = book.sheet(name)
    sheet.columns([Field(column, column, "", width) for column, width in columns], rows, freeze=0)
    return sheet


def _labels(known: Contract, rows: Sequence[Mapping[str, Any]]) -> Iterator[tuple[str, str, str, str]]:
    """Column, code and its label in both languages, of the codes that the table has or may have."""
    for column, codelist in _EXPLAINED.items():
        codes = known.codelists[codelist]
        used = (
            _STATUSES if column == "obs_status" else dict.fromkeys(row[column] for row in rows if row[column])
        )
        for code in used:
            yield (column, code, *_both(codes[code].label if code in codes else None))


def _both(label: Any) -> tuple[str, str]:
    return (label.en, label.ru) if label else ("all together", "все вместе")

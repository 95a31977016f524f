"""A request as files: the letter, the empty table as CSV and as a workbook.

Not here: what the letter says (``letter``) and which rows the table has (``empty_table``). Called by
``dvstats request``.
"""

import csv
import datetime as dt
import difflib
import io
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from data_contracts.errors import UserError
from data_contracts.load import contract
from data_contracts.model import Contract
from data_contracts.strict_files import Row
from data_contracts.vocabulary import COUNTRIES
from pipelines.export.workbook import Workbook
from pipelines.published.codebook import areas_named
from pipelines.published.query import connect
from pipelines.request import letter
from pipelines.request.empty_table import COLUMNS, empty_table

# The years that are asked for: the two whole ones before the release.
YEARS = 2
# Columns whose codes the second sheet explains, with the code list of each.
_EXPLAINED = {
    "ref_area": "area",
    "indicator": "indicator",
    "sex": "sex",
    "age": "age",
    "violence_form": "violence_form",
    "relationship": "relationship",
    "breakdown": "breakdown",
    "unit_measure": "unit_measure",
    "obs_status": "obs_status",
}
_TO_FILL = ("obs_value", "obs_status", "note")
_STATUSES = ("A", "P", "E", "O", "Q")


def request(data_dir: Path, country: str, requirement: str, *, language: str, output: Path) -> list[Path]:
    """Write the letter and the table into ``output``; gives the files written.

    ``country``: code or name in any language. ``requirement``: a code of ``dvstats show coverage``. :class:`UserError`
    names what is not known.
    """
    known = contract()
    row = _requirement(known, requirement)
    with connect(data_dir) as con:
        code = _country(con, country)
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
        near = difflib.get_close_matches(code, rows, 3)
        hint = f" Did you mean {' or '.join(near)}?" if near else ""
        raise UserError(f"No requirement {wanted}.{hint} `dvstats show coverage` lists them.")
    return rows[code]


def _country(con: Any, wanted: str) -> str:
    codes = [code for code in COUNTRIES if code == wanted.upper()] or areas_named(con, wanted)
    if len(codes) != 1 or codes[0] not in COUNTRIES:
        raise UserError(f"No country {wanted}. Countries: {', '.join(COUNTRIES)}.")
    return str(codes[0])


def _csv(rows: Sequence[Mapping[str, Any]]) -> str:
    sink = io.StringIO()
    writer = csv.DictWriter(sink, COLUMNS, lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(rows)
    return sink.getvalue()


def _workbook(
    known: Contract, given: Mapping[str, Any], rows: Sequence[Mapping[str, Any]], lang: str, path: Path
) -> None:
    """Sheets Table (cells to fill coloured), Codes and Neighbours."""
    book = Workbook(dt.datetime.strptime(given["release"], "%Y%m%dT%H%M%SZ"))
    sheet = book.sheet("Table", [14] * (len(COLUMNS) - 1) + [40], freeze="A2")
    book.header(sheet, COLUMNS)
    for row in rows:
        sheet.append(
            [
                book.cell(sheet, row[name], fill=book.fills["flag"]) if name in _TO_FILL else row[name]
                for name in COLUMNS
            ]
        )
    sheet = book.sheet("Codes", [18, 24, 60, 60], freeze="A2")
    book.header(sheet, ["column", "code", "English", "Русский"])
    for column, codelist in _EXPLAINED.items():
        used = (
            _STATUSES if column == "obs_status" else dict.fromkeys(row[column] for row in rows if row[column])
        )
        for code in used:
            label = known.codelists[codelist][code].label if code in known.codelists[codelist] else None
            sheet.append([book.cell(sheet, text) for text in (column, code, *_both(label))])
    sheet = book.sheet("Neighbours", [16, 12, 40, 40, 14, 14, 8, 30, 60, 20], freeze="A2")
    names = (
        "country",
        "answer",
        "counted",
        "group",
        "period",
        "value",
        "status",
        "publisher",
        "address",
        "obs_key",
    )
    book.header(sheet, names)
    for other in given["neighbours"]:
        answer = known.codelists["coverage_status"][other["coverage_status"]].label
        for figure in other["figures"]:
            values = (
                other["country_name"], getattr(answer, lang), figure["counted"], figure["group"],
                figure["time_period"], figure["value"], figure["status"], figure["publisher"], figure["address"],
                figure["obs_key"],
            )  # fmt: skip
            sheet.append([book.cell(sheet, value) for value in values])
    book.save(path)


def _both(label: Any) -> tuple[str, str]:
    return (label.en, label.ru) if label else ("all together", "все вместе")

"""The export as a workbook for Excel, one sheet a topic, written row by row with openpyxl.

Not here: the columns of the sheets (``sheets``) and the words of the first one (``read_me``). Called by ``export``.
"""

import datetime as dt
import re
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from data_contracts.model import Text
from data_contracts.sql import literal
from pipelines.export.read_me import read_me
from pipelines.export.selection import COMPILATION, Export, ExportedFile, ExportError
from pipelines.export.sheets import TABLE_SHEETS, TOPIC, TOTAL_ORDER, Field
from pipelines.release.citation import TITLE

EXCEL_ROWS = 1_048_576
EXCEL_LINKS = 65_530


class Workbook:
    """Sheets written row by row, so that memory does not grow with them."""

    def __init__(self, at: dt.datetime) -> None:
        """``at``: the time of the release, the only time in the file."""
        from openpyxl import Workbook as Book
        from openpyxl.styles import Alignment, Font, PatternFill

        self.book = Book(write_only=True)
        self.book.properties.creator = "dvstats"
        self.book.properties.title = TITLE.en
        self.book.properties.created = self.at = at
        self.bold, self.blue = Font(bold=True), Font(color="0563C1", underline="single")
        self.title, self.wrap = Font(bold=True, size=14), Alignment(wrap_text=True, vertical="top")
        fills = {
            "header": "DDE6F0",
            "published": "CDE8D0",
            "partial": "FBECC3",
            "not_published": "F2F2F2",
            "flag": "FBECC3",
        }
        self.fills = {name: PatternFill("solid", fgColor=colour) for name, colour in fills.items()}

    def sheet(self, title: str, widths: Sequence[int], freeze: str | None = None) -> Any:
        """A new sheet; widths and frozen panes must be set before the first row."""
        from openpyxl.utils import get_column_letter

        sheet = self.book.create_sheet(title)
        for position, width in enumerate(widths, 1):
            sheet.column_dimensions[get_column_letter(position)].width = width
        sheet.freeze_panes = freeze
        sheet.page_setup.orientation = "landscape"
        if freeze:
            sheet.print_title_rows = "1:1"
        return sheet

    def cell(self, sheet: Any, value: Any, **style: Any) -> Any:
        """A styled cell; a text is a text even where it begins like a formula."""
        from openpyxl.cell import WriteOnlyCell
        from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

        styled = WriteOnlyCell(sheet)
        if isinstance(value, str):
            value = ILLEGAL_CHARACTERS_RE.sub("", value)
        styled.value = value
        if isinstance(value, str):
            styled.data_type = "s"
        for name, given in style.items():
            setattr(styled, name, given)
        return styled

    def header(self, sheet: Any, names: Sequence[str]) -> None:
        """The header row, with a filter over the columns."""
        style = {"font": self.bold, "fill": self.fills["header"], "alignment": self.wrap}
        sheet.row_dimensions[1].height = 60
        sheet.append([self.cell(sheet, name, **style) for name in names])

    def value(self, sheet: Any, given: Any, kind: str) -> Any:
        """A cell by the kind of its column."""
        if given is None:
            return None
        if kind == "number":
            whole = float(given).is_integer()
            return self.cell(sheet, given, number_format="#,##0" if whole else "#,##0.0##")
        if kind == "share":
            return self.cell(sheet, given, number_format="0.0%")
        if kind == "date":
            return self.cell(sheet, given, number_format="yyyy-mm-dd")
        if kind == "status" and given != "A":
            return self.cell(sheet, given, fill=self.fills["flag"])
        # Most cells: a text that openpyxl cannot take for a formula or an error needs no cell of its own.
        return given if given[:1] not in ("=", "#") and given.isprintable() else self.cell(sheet, given)

    def link(self, sheet: Any, given: Any, reference: str, taken: int) -> Any:
        """An address that opens; beyond what Excel allows on a sheet, a plain text."""
        from openpyxl.worksheet.hyperlink import Hyperlink

        if not re.match(r"https?://", str(given or "")) or taken >= EXCEL_LINKS:
            return self.value(sheet, given, "text")
        sheet._hyperlinks.append(Hyperlink(ref=reference, target=given))
        return self.cell(sheet, given, font=self.blue)

    def save(self, path: Path) -> None:
        """The file, with the release's time in place of the clock: the same release gives the same bytes."""
        loose = path.with_suffix(".tmp")
        self.book.save(loose)
        stamp = max(self.at, dt.datetime(1980, 1, 1)).timetuple()[:6]
        modified = f"{self.at:%Y-%m-%dT%H:%M:%SZ}".encode()
        with zipfile.ZipFile(loose) as given, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as out:
            for name in given.namelist():
                content = given.read(name)
                if name == "docProps/core.xml":
                    content = re.sub(rb"(<dcterms:modified[^>]*>)[^<]*", rb"\g<1>" + modified, content)
                out.writestr(zipfile.ZipInfo(name, stamp), content, zipfile.ZIP_DEFLATED)
        loose.unlink()


def write_workbook(job: Export) -> None:
    """One file: a first sheet to read, the topics, and what goes with them."""
    book = Workbook(job.at)
    families = job.rows(
        """SELECT c.code, c.label_en, c.label_ru, count(*) FROM export_rows x
        JOIN codes c ON c.codelist = 'family' AND c.code = x.family GROUP BY ALL ORDER BY c.label_en"""
    )
    # Excel's limit is 31 characters, without these signs.
    topics = {code: re.sub(r"[\[\]:*?/\\]", " ", en)[:31] for code, en, _, _ in families}
    contents = [(topics[code], f"{en} / {ru}: {n}") for code, en, ru, n in families]
    contents += [
        ("Coverage", "Coverage / Полнота"),
        *((title, f"{title} / {ru}") for title, ru, _, _ in TABLE_SHEETS),
    ]
    _read_me(job, book, contents)
    for code, title in topics.items():
        _table_sheet(
            job,
            book,
            title,
            TOPIC,
            "FROM export_rows LEFT JOIN breakdown_words w USING (breakdown) "
            f"WHERE family = {literal(code)} ORDER BY {TOTAL_ORDER}",
        )
    _coverage_sheet(job, book)
    for title, _, fields, source in TABLE_SHEETS:
        _table_sheet(job, book, title, fields, source)
    path = job.folder / f"dvstats-{job.release}.xlsx"
    book.save(path)
    licences = job.codes("SELECT DISTINCT licence FROM export_rows ORDER BY licence")
    named = Text("Workbook", "Рабочая книга")
    mediatype = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    job.files.append(ExportedFile(path, named, mediatype, "XLSX", tuple(sorted({COMPILATION, *licences}))))


def _table_sheet(job: Export, book: Workbook, title: str, fields: Sequence[Field], source: str) -> None:
    from openpyxl.utils import get_column_letter

    columns = ", ".join(f"{f.sql} AS column_{n}" for n, f in enumerate(fields))
    count = job.rows(f"SELECT count(*) FROM (SELECT 1 {source})")[0][0]
    if count >= EXCEL_ROWS:
        raise ExportError(
            f"Sheet {title} would have {count:,} rows, Excel holds {EXCEL_ROWS:,}. "
            "Narrow it with --country, --indicator or --years, or export csv."
        )
    sheet = book.sheet(title, [f.width for f in fields], freeze="C2")
    letters = [get_column_letter(n) for n in range(1, len(fields) + 1)]
    sheet.auto_filter.ref = f"A1:{letters[-1]}{count + 1}"
    book.header(sheet, [f.header for f in fields])
    answer = job.con.execute(f"SELECT {columns} {source}")
    line, links = 1, 0
    while batch := answer.fetchmany(5_000):
        for row in batch:
            line += 1
            cells = []
            for f, letter, given in zip(fields, letters, row, strict=True):
                if f.kind == "link":
                    cells.append(book.link(sheet, given, f"{letter}{line}", links))
                    links += 1
                else:
                    cells.append(book.value(sheet, given, f.kind))
            sheet.append(cells)


def _coverage_sheet(job: Export, book: Workbook) -> None:
    """Requirement and country down, years across; words beside colours, for print and for the colour-blind."""
    years = [int(row[0]) for row in job.rows("SELECT DISTINCT year FROM kept_coverage ORDER BY year")]
    words = {"published": "yes / да", "partial": "part / часть", "not_published": "no / нет"}
    names = ["Country", "Страна", "Framework / Система", "Code / Код", "Required", "Требуется"]
    last = ["Published or would be by", "Публикует или мог бы"]
    sheet = book.sheet("Coverage", [16, 16, 20, 12, 50, 50, *[11] * len(years), 40, 40], freeze="G2")
    grid = ", ".join(f"max(coverage_status) FILTER (year = {year})" for year in years)
    rows = job.rows(
        f"""SELECT any_value(a.name_en), any_value(a.name_ru), framework, requirement, any_value(title_en),
          any_value(title_ru), any_value(publisher_en), any_value(publisher_ru), {grid or "NULL"}
        FROM kept_coverage t LEFT JOIN areas a ON a.code = t.country
        GROUP BY t.country, framework, requirement
        ORDER BY any_value(a.comparator), t.country, framework, requirement"""
    )
    from openpyxl.utils import get_column_letter

    sheet.auto_filter.ref = f"A1:{get_column_letter(len(years) + 8)}{len(rows) + 1}"
    book.header(sheet, [*names, *map(str, years), *last])
    for row in rows:
        cells = [
            book.cell(sheet, words[s], fill=book.fills[s]) if s else None for s in row[8 : 8 + len(years)]
        ]
        sheet.append([*row[:6], *cells, *row[6:8]])


def _read_me(job: Export, book: Workbook, contents: Sequence[tuple[str, str]]) -> None:
    """The first sheet: what ``read_me`` says, a line a row."""
    from openpyxl.worksheet.hyperlink import Hyperlink

    styles: dict[str, dict[str, Any]] = {
        "title": {"font": book.title},
        "head": {"font": book.bold, "fill": book.fills["header"]},
    }
    sheet = book.sheet("Read me", [70, 70, 12, 60])
    for number, line in enumerate(read_me(job, contents), 1):
        style = styles.get(line.kind, {})
        # Not every program fits heights to wrapped text by itself.
        longest = max(len(str(value)) for value in line.values)
        sheet.row_dimensions[number].height = 20 if style else 15 * -(-longest // 64)
        sheet.append([book.cell(sheet, value, alignment=book.wrap, **style) for value in line.values])
        if line.kind == "sheet":
            sheet._hyperlinks.append(Hyperlink(ref=f"A{number}", location=f"'{line.values[0]}'!A1"))

"""The export as a workbook for Excel, one sheet a topic, written row by row with openpyxl.

Not here: the columns of the sheets (``sheets``). Called by ``export``.
"""

import datetime as dt
import re
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from data_contracts import datapackage
from data_contracts.model import Text
from data_contracts.sql import literal
from pipelines.export.job import COMPILATION, Export, ExportedFile, ExportError
from pipelines.export.sheets import TABLE_SHEETS, TOPIC, TOTAL_ORDER, Field
from pipelines.release.citation import TITLE, plain_citation
from sources.load_datasets import load_licences

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

        made = self.book.create_sheet(title)
        for position, width in enumerate(widths, 1):
            made.column_dimensions[get_column_letter(position)].width = width
        made.freeze_panes = freeze
        made.page_setup.orientation = "landscape"
        if freeze:
            made.print_title_rows = "1:1"
        return made

    def cell(self, sheet: Any, value: Any, **style: Any) -> Any:
        """A styled cell; a text is a text even where it begins like a formula."""
        from openpyxl.cell import WriteOnlyCell
        from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

        made = WriteOnlyCell(sheet)
        if isinstance(value, str):
            value = ILLEGAL_CHARACTERS_RE.sub("", value)
        made.value = value
        if isinstance(value, str):
            made.data_type = "s"
        for name, given in style.items():
            setattr(made, name, given)
        return made

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


_READ_ME = (
    Text(
        "Published official figures on domestic violence and the response to it in Kazakhstan, Kyrgyzstan, Tajikistan "
        "and Uzbekistan, each with its source. Germany stands in some sheets as a comparator and is marked so.",
        "Опубликованные официальные данные о домашнем насилии и реагировании на него в Казахстане, Кыргызстане, "
        "Таджикистане и Узбекистане, каждое число с источником. Германия приведена местами для сравнения и отмечена.",
    ),
    Text(
        "One sheet a topic, one row a figure. Filter by area, indicator and period; use rows marked as preferred where "
        "several publishers give the same cell. Sheets Discrepancies and Coverage say what disagrees and what is "
        "missing.",
        "Один лист — одна тема, одна строка — одно число. Отбирайте по территории, показателю и периоду; если одну "
        "ячейку дают несколько издателей, берите отмеченное как предпочтительное. Листы Discrepancies и Coverage "
        "показывают, что расходится и чего не хватает.",
    ),
)
_CAUTIONS = (
    Text(
        "Do not add up rows: totals, their parts and several publishers of the same figure stand side by side.",
        "Не складывайте строки: итоги, их части и одно число от разных издателей стоят рядом.",
    ),
    Text(
        "An empty value is not zero: the status says why it is missing. A coloured status means: read the note first.",
        "Пустое значение — не ноль: причину называет статус. Выделенный статус означает: сначала прочтите примечание.",
    ),
    Text(
        "Countries count by different laws and rules. Sheet Indicators names the limits of each figure; "
        "the table comparability of the release says which may be compared.",
        "Страны считают по разным законам и правилам. Лист Indicators называет ограничения каждого показателя; "
        "таблица comparability выпуска говорит, что можно сравнивать.",
    ),
)


def _read_me(job: Export, book: Workbook, contents: Sequence[tuple[str, str]]) -> None:
    from openpyxl.worksheet.hyperlink import Hyperlink

    sheet = book.sheet("Read me", [70, 70, 12, 60])
    line = 0

    def row(*values: Any, **style: Any) -> None:
        nonlocal line
        line += 1
        # Not every program fits heights to wrapped text by itself.
        longest = max(len(str(value)) for value in values)
        sheet.row_dimensions[line].height = 20 if style else 15 * -(-longest // 64)
        sheet.append([book.cell(sheet, value, alignment=book.wrap, **style) for value in values])

    def head(en: str, ru: str) -> None:
        row("", "")
        row(en, ru, font=book.bold, fill=book.fills["header"])

    row(TITLE.en, TITLE.ru, font=book.title)
    for text in _READ_ME:
        row(text.en, text.ru)
    head("Release", "Выпуск")
    count = job.rows("SELECT count(*) FROM export_rows")[0][0]
    chosen = ", ".join(job.filters.words())
    row(
        f"{job.release}, published {job.at:%Y-%m-%d %H:%M} UTC",
        f"{job.release}, опубликован {job.at:%Y-%m-%d %H:%M} UTC",
    )
    row(f"Figures in this workbook: {count}", f"Чисел в этой книге: {count}")
    row(f"Selection: {chosen or 'everything'}", f"Отбор: {chosen or 'всё'}")
    head("How to cite", "Как цитировать")
    row(
        plain_citation(job.release, job.content_hash, job.at.date()),
        "Вместе с издателем числа и адресом из той же строки.",
    )
    row("Name the publisher of the figure and the address in its row as well.", "")
    head("Cautions", "Осторожно")
    for text in (*_CAUTIONS, *job.contract.warnings.values()):
        row(text.en, text.ru)
    head("Sheets", "Листы")
    for title, words in contents:
        row(title, words)
        sheet._hyperlinks.append(Hyperlink(ref=f"A{line}", location=f"'{title}'!A1"))
    head(
        "Licences: a row is used under the licence it names",
        "Лицензии: строка используется по указанной в ней лицензии",
    )
    for code, n, address in job.rows(
        "SELECT licence, count(*), any_value(licence_address) FROM export_rows GROUP BY licence ORDER BY licence"
    ):
        licence = load_licences().get(code)
        row(code, licence.title if licence else "", n, address or "")
    row(
        f"{COMPILATION} (laws, services, codebook)",
        datapackage.COMPILATION_LICENCE["title"],
        "",
        datapackage.COMPILATION_LICENCE["path"],
    )
    head("Attribution of the datasets", "Указание издателей наборов")
    for citation, licence, n, address in job.rows(
        """SELECT d.citation, d.licence, count(*), any_value(d.address)
        FROM export_rows x JOIN datasets d USING (dataset_id)
        GROUP BY d.dataset_id, d.citation, d.licence ORDER BY d.dataset_id"""
    ):
        row(citation, licence, n, address or "")

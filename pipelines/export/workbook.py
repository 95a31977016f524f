"""The export as a workbook for Excel in one language: which sheets it has, and their rows.

The first sheet holds key figures, charts and reading notes; a sheet a topic follows, then what goes with them. Not
here: the columns of the sheets (``sheets``), the first sheet (``front_sheet``), what must be known of a row
(``cautions``) and how a cell is written (``workbook_file``). Called by ``export``.
"""

from collections.abc import Iterator
from pathlib import Path

from data_contracts import datapackage
from data_contracts.model import Text
from data_contracts.sql import literal
from pipelines.export.cautions import read
from pipelines.export.front_sheet import Contents, front_sheet
from pipelines.export.programme_sheet import programme_sheet
from pipelines.export.selection import COMPILATION, Export, ExportedFile, ExportError
from pipelines.export.sheets import TABLE_SHEETS, TOPICS, Field, Sheet, topic_sheet
from pipelines.export.workbook_file import EXCEL_ROWS, Book, Marked
from pipelines.published.figure_in_words import FigureWords
from pipelines.published.texts import Texts
from sources.load_datasets import load_licences

TEXTS = Path(__file__).parent / "export_words.yaml"
# The host of an address, which is short enough for a column and tells a reader on paper where to look.
SITE = "coalesce(nullif(regexp_extract(address, '^https?://(?:www\\.)?([^/?#]+)', 1), ''), address)"
# States of coverage, each with its colour.
_ANSWERS = ("published", "partial", "not_published")
_LICENCES = (
    Field("Licence", "Лицензия", "", 26),
    Field("Title", "Название", "", 60),
    Field("Figures", "Чисел", "", 10, "number"),
    Field("Address", "Адрес", "", 60, "link"),
)


def write_workbook(job: Export) -> None:
    """One file: a first sheet to read, the topics, and what goes with them."""
    say = Texts(TEXTS, job.lang)
    _language(job, say)
    reading = read(job)
    families = job.codes("SELECT DISTINCT family FROM export_rows")
    sheets = [topic_sheet(family) for family in TOPICS if family in families]
    tables = list(TABLE_SHEETS)
    if job.rows("SELECT 1 FROM kept_programmes LIMIT 1"):
        tables.insert(0, programme_sheet(job.contract))
    path = job.folder / f"dvstats-{job.release}{job.filters.name}.{job.lang}.xlsx"
    page = say("page", n="&P", all="&N")
    book = Book(path, job.at, job.lang, say("title"), f"&L&8dvstats {job.release}&R&8{page}")
    front = book.name(say("sheet_front"))
    contents = [_content(job, book, say, sheet) for sheet in sheets]
    contents.append(Contents(book.name(say("sheet_coverage"))))
    contents += [_content(job, book, say, sheet) for sheet in tables]
    contents.append(Contents(book.name(say("sheet_licences"))))
    front_sheet(job, book.sheet(front), say, reading, contents)
    rest = iter(contents)
    for sheet in sheets:
        _table_sheet(job, book, next(rest), sheet)
    _coverage_sheet(job, book, next(rest).name, say)
    for sheet in tables:
        _table_sheet(job, book, next(rest), sheet)
    _licence_sheet(job, book, next(rest).name, say)
    book.close()
    named = Text("Workbook", "Рабочая книга")
    mediatype = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    job.wrote(ExportedFile(path, named, mediatype, "XLSX", tuple(sorted({COMPILATION, *job.licences()}))))


def _language(job: Export, say: Texts) -> None:
    """Labels of codes, and yes and no, in the language of the workbook."""
    job.con.execute(
        f"""CREATE TEMP MACRO words(listed, wanted) AS coalesce((SELECT c.label_{job.lang} FROM codes c
        WHERE c.codelist = listed AND c.code = wanted), wanted)"""
    )
    job.con.execute(
        f"""CREATE TEMP MACRO described(listed, wanted) AS coalesce(
        (SELECT c.label_{job.lang} || ': ' || c.description_{job.lang} || '.' FROM codes c
         WHERE c.codelist = listed AND c.code = wanted), ' ')"""
    )
    kinds = job.rows(
        f"SELECT lcase(label_{job.lang}) FROM codes WHERE codelist = 'discrepancy_kind' ORDER BY ALL"
    )
    # A caution names other observations and laws by their ids; a reader of a sheet needs the kind of the disagreement.
    disagreement = rf"\(({'|'.join(kind for (kind,) in kinds)})(.*?), [^(),]+, k[0-9a-f]{{16}}\)"
    plain = f"regexp_replace(t, {literal(disagreement)}, '(\\1\\2)', 'g')"
    plain = f"regexp_replace({plain}, ' \\([a-z]{{2}}-[a-z0-9-]+\\)', '', 'g')"
    job.con.execute(f"CREATE TEMP MACRO plain_words(t) AS {plain}")
    job.con.execute(f"CREATE TEMP MACRO site(address) AS {SITE}")
    for name in ("yes", "no"):
        job.con.execute(f"CREATE TEMP MACRO {name}() AS {literal(say(name))}")


def _content(job: Export, book: Book, say: Texts, sheet: Sheet) -> Contents:
    """Name and number of rows of a sheet, which must be known before it is written."""
    name = book.name(say.of(sheet.title))
    count = int(job.rows(f"SELECT count(*) FROM (SELECT 1 {sheet.source})")[0][0])
    if count >= EXCEL_ROWS:
        raise ExportError(
            f"Sheet {name} would have {count:,} rows, Excel holds {EXCEL_ROWS:,}. "
            "Narrow it with --country, --indicator or --years, or export csv."
        )
    return Contents(name, count)


def _table_sheet(job: Export, book: Book, content: Contents, sheet: Sheet) -> None:
    columns = ", ".join(
        f"{f.sql.replace('{lang}', job.lang)} AS column_{n}" for n, f in enumerate(sheet.fields)
    )
    writer = book.sheet(content.name)
    writer.columns(sheet.fields, content.rows or 0)
    preferred = next((n for n, f in enumerate(sheet.fields) if f.en == "Use first"), None)
    no = Texts(TEXTS, job.lang)("no")
    answer = job.con.execute(f"SELECT {columns} {sheet.source}")
    while batch := answer.fetchmany(5_000):
        for row in batch:
            writer.row(row, quiet=preferred is not None and row[preferred] == no)


def _coverage_sheet(job: Export, book: Book, name: str, say: Texts) -> None:
    """Requirement and country down, years across; words beside colours, for print and for the colour-blind."""
    years = [int(row[0]) for row in job.rows("SELECT DISTINCT year FROM kept_coverage ORDER BY year")]
    grid = ", ".join(f"max(coverage_status) FILTER (year = {year})" for year in years)
    rows = job.rows(
        f"""SELECT any_value(a.name_{job.lang}), framework, any_value(title_{job.lang}), {grid or "NULL"},
          any_value(publisher_{job.lang}), requirement
        FROM kept_coverage t LEFT JOIN areas a ON a.code = t.country
        GROUP BY t.country, framework, requirement
        ORDER BY any_value(a.comparator), t.country, framework, requirement"""
    )
    fields = (
        Field("Country", "Страна", "", 14),
        Field("Asked for by", "Кто требует", "", 18),
        Field("Required", "Требуется", "", 50),
        *(Field(str(year), str(year), "", 6) for year in years or [0]),
        Field("Published by, or would be", "Публикует или мог бы", "", 40),
        Field("Code", "Код", "", 12, technical=True),
    )
    writer = book.sheet(name)
    writer.columns(fields, len(rows), freeze=3)
    words = FigureWords(job.lang, {})
    for row in rows:
        row = (row[0], words.framework(row[1]), *row[2:])
        writer.row([Marked(say(given), given) if given in _ANSWERS else given for given in row])


def _licence_sheet(job: Export, book: Book, name: str, say: Texts) -> None:
    lines = list(_licences(job, say))
    writer = book.sheet(name)
    writer.columns(_LICENCES, len(lines), freeze=1)
    for code, title, count, address in lines:
        writer.row([code, title, count, [address, address]])


def _licences(job: Export, say: Texts) -> Iterator[tuple[str, str, int | None, str]]:
    """Licences of the figures, that of the compilation, then how each dataset wants to be named."""
    for code, count, address in job.rows(
        "SELECT licence, count(*), any_value(licence_address) FROM export_rows GROUP BY licence ORDER BY licence"
    ):
        licence = load_licences().get(code)
        yield code, licence.title if licence else "", count, address or ""
    compilation = datapackage.COMPILATION_LICENCE
    yield f"{COMPILATION} ({say('compilation')})", compilation["title"], None, compilation["path"]
    for citation, licence, count, address in job.rows(
        """SELECT d.citation, d.licence, count(*), any_value(d.address)
        FROM export_rows x JOIN datasets d USING (dataset_id)
        GROUP BY d.dataset_id, d.citation, d.licence ORDER BY d.dataset_id"""
    ):
        yield licence, citation, count, address or ""

"""The first sheet while it is written: its columns, words, and lines over the whole width.

Not here: what it says (``front_sheet`` and ``charts``, the only callers) and cells (``workbook_file``).
"""

from pipelines.export.cautions import Reading
from pipelines.export.selection import Export
from pipelines.export.workbook_file import SheetWriter, height
from pipelines.published.figure_in_words import FigureWords
from pipelines.published.texts import Texts

COLUMNS = {
    "topic": 26,
    "counted": 42,
    "period": 20,
    "value": 11,
    "unit": 13,
    "know": 54,
    "source": 22,
    "page": 15,
}
WIDTHS = tuple(COLUMNS.values())


class FrontLines:
    """The sheet from top to bottom; ``line`` is the next row."""

    def __init__(self, job: Export, writer: SheetWriter, say: Texts, reading: Reading) -> None:
        """Labels and names come from the release, in the language of the workbook."""
        self.job, self.writer, self.say, self.reading = job, writer, say, reading
        self.sheet, self.style = writer.sheet, writer.book.style
        self.line = 0
        own = f"label_{job.lang}"
        self.labels = {
            (codelist, code): label
            for codelist, code, label in job.rows(f"SELECT codelist, code, {own} FROM codes")
        }
        self.words = FigureWords(job.lang, self.labels)
        self.names = dict(job.rows(f"SELECT code, name_{job.lang} FROM areas WHERE level = 'country'"))
        self.countries = self._countries()
        for column, width in enumerate(WIDTHS):
            self.sheet.set_column(column, column, width)

    def _countries(self) -> list[str]:
        """Countries with figures; comparators only where there is no other."""
        rows = self.job.rows(
            "SELECT DISTINCT comparator, country FROM export_rows ORDER BY comparator, country"
        )
        own = [country for comparator, country in rows if not comparator]
        return own or [country for _, country in rows]

    def wide(self, text: str, style: str, line: float = 12.0) -> None:
        """A text over the whole width."""
        self.sheet.set_row(self.line, height([(text, sum(WIDTHS) * 12.0 / line)], line))
        self.sheet.merge_range(self.line, 0, self.line, len(WIDTHS) - 1, "", self.style(style))
        self.writer.text(self.line, 0, text, self.style(style))
        self.line += 1

    def head(self, text: str) -> None:
        """A heading, with an empty row above."""
        self.line += 1
        self.wide(text, "head", 18)

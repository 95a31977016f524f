"""Columns of notes, flags and statuses of figures that the declaration does not read: their names, codes and marks;
and marks of footnotes that the file does not explain.

::

    Note "e", Примечание "п", Flag "F"      a code: the row is refused (``adjusted``): estimated, provisional, a break …
    Сноска "1", Belgi "*"                   a mark: a finding (``unread_marks``), since nothing says what it means
    Note "Without the city", Status "closed"   a text: it may say what became of a case; neither
    "125¹", "Osh*" and no line "¹ …", "* …"    a mark without its note: a finding (``marks_without_note``)

Read is a column that the declaration maps, chooses rows by (``where``), or names in ``note_columns``; a mark also where
``expects.columns`` lists its column. Not here: footnotes that a reader has attached to their cells, but for the bare
codes that JSON-stat has as ``status``. Called by ``adjusted``, and by ``transforms.files_to_observations`` for the
finding.
"""

import re

import pyarrow as pa
import pyarrow.compute as pc

from sources.cells import COLUMN, CORNER, NOTE, REMARKS, TITLE, TITLES, VALUE
from sources.dataset import Dataset
from sources.readers.grid.footnotes import marks_at_end, marks_explained
from transforms.normalize.contradictions.unit_words import marked_lines
from transforms.normalize.file_cells import selected_rows

_NAMES = (
    r"flags?|status|notes?|foot_?notes?|remarks?|comments?|annotations?|symbols?|marks?|qualifiers?|"
    r"флаги?|статус|примечани[ея]|прим|сноск[аи]|символы?|знаки?|(?:по|от)?метк[аи]|комментари[ий]|"
    r"условн\w+_(?:знак|обозначени)\w*|"
    r"мәртебе(?:сі)?|ескерт(?:пе|у)(?:лер)?|белгі(?:лер)?|эскертүү(?:лөр)?|белги(?:лер|лар|си)?|belgi(?:lar|si)?|"
    r"holati?|ҳолати?|изоҳ(?:лар|и)?|izoh(?:lar|i)?|қайд(?:лар|ҳо)?|qayd(?:lar)?|эзоҳ(?:от|ҳо)?|тавзеҳ(?:от)?|"
    r"аломат(?:ҳо)?|anmerkung(?:en)?|fu(?:ß|ss)noten?|bemerkung(?:en)?|vermerke?"
)
_NOTE_COLUMNS = re.compile(
    rf"(?:(?:data|value|obs|series)_)?(?:{_NAMES})(?:_(?:code|flag|id|symbol))?|"
    rf"флаги?_\w+|статус_(?:данных|значения|показателя|наблюдения)|{NOTE}"
)
#: what is no code with a meaning of its own: "normal", "revised", "no note", a mark, a text
NO_CODE = re.compile(r"a|r|ok|no|na|не|_[zx]|[^a-zа-яёәғқңөұүһі]*|.{3,}")
_ONE = r"[(\[]?(?:[1-9][0-9]?|[*†‡§#⁰¹²³⁴⁵⁶⁷⁸⁹]{1,4})[)\]]?"
_MARK = rf"^\s*{_ONE}(?:\s*[,;]\s*{_ONE})*\s*$"
# Texts that may end with the mark of a footnote, and those in which it is a power: "кв. м²", "10³".
_MAY_END_WITH_MARK = r"[^\s*)⁾⁰¹²³⁴⁵⁶⁷⁸⁹][\s,;]*[*)⁾⁰¹²³⁴⁵⁶⁷⁸⁹]+\s*$"
_POWER = re.compile(r"(?:(?<![^\W\d_])[кдсkdcm]?[мm][²³]|(?<![^\W_])10[³⁶⁹])\s*$")
# Columns of texts around figures, beside those that are read.
_AROUND = re.compile(rf"{VALUE}|{COLUMN}|{TITLE}|{CORNER}|(?:col|row)_[0-9]+|section|sheet")


def is_note_column(name: str) -> bool:
    """Whether a column of a file is called a note, flag or status of its figures."""
    last = re.split(r"\.(?=\w)", name.strip())[-1]
    return _NOTE_COLUMNS.fullmatch(re.sub(r"[\s._-]+", "_", last.strip(" .:*")).casefold()) is not None


def unread_marks(cells: pa.Table, dataset: Dataset) -> dict[str, str]:
    """By column of notes that nothing reads: the marks beside the wanted figures, with counts."""
    if not set(dataset.where) <= set(cells.column_names):
        return {}
    read = {*dataset.columns, *dataset.where, *(dataset.expects.columns or ()), NOTE}
    columns = [name for name in cells.column_names if name not in read and is_note_column(name)]
    rows = selected_rows(cells.select(list({VALUE, *columns, *dataset.where})), dataset) if columns else cells
    found = {}
    for name in columns:
        beside = pc.and_(
            pc.match_substring_regex(rows[VALUE], "[0-9]"), pc.match_substring_regex(rows[name], _MARK)
        )
        counted = pc.value_counts(pc.utf8_trim_whitespace(rows[name].filter(pc.fill_null(beside, False))))
        if marks := [f'"{entry["values"]}" ({entry["counts"]})' for entry in counted.to_pylist()]:
            found[name] = ", ".join(sorted(marks)[:10])
    return found


def marks_without_note(cells: pa.Table, dataset: Dataset) -> dict[str, str]:
    """By column: texts that end with the mark of a footnote which no line of the file explains, with their marks.

    Texts that the declaration has codes for, or lists in ``expects.texts``, have been looked at.
    """
    parts = [part for spec in (*dataset.concepts.values(), *dataset.breakdown.values()) for part in spec]
    looked_at = {
        *dataset.expects.texts,
        *dataset.numbers.symbols,
        *(label for part in parts for label in part.values or ()),
    }
    found: dict[str, dict[str, str]] = {}
    for name in cells.column_names:
        if name not in dataset.columns and not _AROUND.fullmatch(name):
            continue
        texts = pc.unique(cells[name]).drop_null()
        for text in texts.filter(pc.match_substring_regex(texts, _MAY_END_WITH_MARK)).to_pylist():
            if text not in looked_at and not _POWER.search(text):
                found.setdefault(name, {}).update((mark, text) for mark in marks_at_end(text))
    known = marks_explained(_lines_of(cells)) if found else frozenset()
    return {
        name: ", ".join(
            f'"{mark}" ({text[-40:].strip()})' for mark, text in sorted(marks.items()) if mark not in known
        )
        for name, marks in found.items()
        if not known.issuperset(marks)
    }


def _lines_of(cells: pa.Table) -> list[str]:
    """The notes of the cells, and the lines below and above a table, one by one."""
    columns = [name for name in (NOTE, REMARKS, TITLE) if name in cells.column_names]
    texts = [text for name in columns for text in pc.unique(cells[name]).drop_null().to_pylist()]
    texts += [(cells.schema.metadata or {}).get(name, b"").decode() for name in (*TITLES, REMARKS.encode())]
    return [part for text in texts for line in marked_lines(text) for part in line.split(" / ")]

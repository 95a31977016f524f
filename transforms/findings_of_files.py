"""What a person is told of a file that was read: what it hides, and what nothing of the declaration reads.

Each is a finding (``data_contracts/sentences/``), and the rows are read all the same:

====================================  ==========================================================================
Finding                               What was found
====================================  ==========================================================================
``hidden_parts``                      sheets, rows, columns or cells that the file hides and that were passed over
``where_not_found``                   none of the values that ``where`` of the declaration asks for
``where_misspelt``                    a value that the file spells nearly so
``unread_headings``                   headings between the rows that are no rows of the table
``unread_marks``                      marks in a column of notes
``marks_without_note``                marks of footnotes at texts and figures that the file does not explain
``years_beside``                      a column of years that differ from those that are read
``column_may_divide``                 a column of words of which the rows are too few to say whether it divides them
``rows_left_out``                     rows with figures below the declared end of a table
``sign_among_figures``                a number declared as a sign (999: not known) that may be a figure
====================================  ==========================================================================

No text of a cell is quoted of a file that is not public. Not here: what stops a file or refuses a row
(``transforms.files_to_observations``, the caller).
"""

from collections.abc import Mapping

import pyarrow as pa
import pyarrow.compute as pc

from data_contracts.strict_files import nearest
from sources.cells import HIDDEN
from sources.dataset import Dataset
from sources.readers.left_out import left_out_of
from transforms.findings import Findings
from transforms.normalize.contradictions.note_codes import marks_without_note, unread_marks
from transforms.normalize.contradictions.unread_headings import plain_headings
from transforms.normalize.contradictions.unread_years import years_beside
from transforms.parse import read_numbers


def notice(dataset: Dataset, path: str, cells: pa.Table, findings: Findings) -> None:
    """All that can be told from the cells of a file; ``path``: where it lies, for people."""
    _notice_hidden_parts(dataset, path, cells, findings)
    _notice_values_not_found(dataset, path, cells, findings)
    _notice_headings(dataset, path, cells, findings)
    _notice_marks(dataset, path, cells, findings)
    _notice_years(dataset, path, cells, findings)
    _notice_rows_left_out(dataset, path, cells, findings)


def notice_signs(dataset: Dataset, path: str, good: pa.Table, findings: Findings) -> None:
    """Numbers that are declared as signs (999: not known) and lie between the figures of the file.

    ``good``: its observations, with ``published_value``.
    """
    if dataset.restricted or not any(any(map(str.isdecimal, sign)) for sign in dataset.numbers.symbols):
        return
    gaps = good.filter(pc.is_null(good["obs_value"]))
    least, most = pc.min_max(good["obs_value"]).as_py().values()
    for text in pc.unique(gaps["published_value"]).drop_null().to_pylist():
        number = read_numbers.parse(text, decimal=dataset.numbers.decimal).value
        if number is not None and most is not None and least < number < most:
            findings.add("sign_among_figures", "warning", f"{path}: {text}")


def notice_may_divide(dataset: Dataset, path: str, columns: Mapping[str, str], findings: Findings) -> None:
    """Unread columns that may divide a file, each with some texts (see ``contradictions.dividing_columns``)."""
    for column, texts in ({} if dataset.restricted else columns).items():
        findings.add("column_may_divide", "warning", f"{path}: {column}", place=column, value=texts)


def _notice_hidden_parts(dataset: Dataset, path: str, cells: pa.Table, findings: Findings) -> None:
    """Parts that the file hides and that were passed over: a finding, unless the declaration says what to do."""
    parts = (cells.schema.metadata or {}).get(HIDDEN, b"").decode()
    options = dataset.reader_options
    groups = options.get("tables", ())
    if parts and "hidden" not in options and not any("hidden" in group for group in groups):
        findings.add("hidden_parts", "warning", f"{path}: {parts[:300]}")


def _notice_values_not_found(dataset: Dataset, path: str, cells: pa.Table, findings: Findings) -> None:
    """Values that ``where`` asks for and a file has not: all of a column, or one that the file spells nearly so.

    One of several countries may well be missing in one file; nothing is said of it, nor of a file that is not public.
    """
    if dataset.restricted:
        return
    for column, wanted in dataset.where.items():
        held = set(pc.unique(cells[column]).to_pylist()) - {None} if column in cells.column_names else set()
        others = held.difference(wanted)
        for value in wanted if others else ():
            close = nearest(value, others, likeness=0.85) if value not in held else None
            if close or held.isdisjoint(wanted):
                sentence = "where_misspelt" if close else "where_not_found"
                filled = {"value": value, "place": column, "close": close or ""}
                findings.add(sentence, "warning", f"{path}: {column}", **filled)


def _notice_headings(dataset: Dataset, path: str, cells: pa.Table, findings: Findings) -> None:
    """Headings between the rows that the declaration does not read; nothing is quoted of a file that is not public."""
    if dataset.restricted:
        return
    if headings := plain_headings(cells, dataset):
        named = ", ".join(f'{heading.place} "{heading.text[:60]}"' for heading in headings[:10])
        findings.add("unread_headings", "warning", f"{path}: {named[:600]}", value=str(len(headings)))


def _notice_marks(dataset: Dataset, path: str, cells: pa.Table, findings: Findings) -> None:
    """Marks in columns of notes that nothing reads, and those without a note; none of a file that is not public."""
    if dataset.restricted:
        return
    for finding, search in (("unread_marks", unread_marks), ("marks_without_note", marks_without_note)):
        for column, marks in search(cells, dataset).items():
            findings.add(finding, "warning", f"{path}: {column}", place=column, value=marks[:300])


def _notice_years(dataset: Dataset, path: str, cells: pa.Table, findings: Findings) -> None:
    """Years beside the period that is read, of another year; none is quoted of a file that is not public."""
    for column, years in ({} if dataset.restricted else years_beside(cells, dataset)).items():
        findings.add("years_beside", "warning", f"{path}: {column}", place=column, value=years)


def _notice_rows_left_out(dataset: Dataset, path: str, cells: pa.Table, findings: Findings) -> None:
    """Rows with figures below the declared end of a table; nothing is quoted of a file that is not public."""
    if left := left_out_of(cells):
        named = ", ".join(place if dataset.restricted else f'{place} "{words}"' for place, words in left[:5])
        findings.add("rows_left_out", "warning", f"{path}: {named[:600]}", value=str(len(left)))

"""Headings between the rows of a table, carried to the rows below: lines with one text and no figure.

::

    Abai        12 13        -> no heading
    Share, %     -  -           {place: line 3, text: "Share, %"}
    Osh         70 72        -> _heading "line 3"
    Region    2020 2021         another header: the records below it are refused (``_problem``)

Column ``_heading`` holds the place of the last heading above a row; the table's metadata (``HEADINGS``) holds all of
them in the order of the file, a list for each table of it. With the option ``sections`` the heading's text is column
``section`` of the rows below it, and in a file of lines the heading is no record then. A reader knows no meaning: which
heading ends another one, and which refuses the rows below it, is decided in
``transforms.normalize.contradictions.unread_headings``.

Called by the layouts of ``grid``, by ``delimited``, and by whoever reads the headings of a table of cells.
"""

import itertools
import json
import re
from collections.abc import Iterator, Sequence
from functools import partial
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from sources.cells import COLUMN, HEADING, HEADINGS, LOCATOR, PROBLEM, VALUE
from sources.column_names import is_nameless, visible_name

# What is more than a blank or a sign for none ("-", "x", "н/д"): for RE2 and for Python.
_TEXT, _PYTHON_TEXT = r"\pL\pL|[0-9%‰]", re.compile(r"[^\W\d_]{2}|[0-9%‰]")
#: column of the headings' texts, with the option ``sections``
SECTION = "section"
_LETTER_OR_UNIT = re.compile(r"[^\W\d_]|[%‰]")
_YEAR = r"^\s*(?:19|20)[0-9]{2}[^0-9]{0,10}$"


class Heading(NamedTuple):
    """One heading."""

    #: where it stands, in the words of the locators
    place: str
    #: the only text of its line
    text: str
    #: no row of the table is above it
    first: bool
    #: its line is a row of the table, too
    kept: bool = False
    #: the column of labels in which it stands; empty: in none
    column: str = ""


def headings_of(cells: pa.Table) -> list[list[Heading]]:
    """The headings of each table of a file, in their order."""
    stored = json.loads((cells.schema.metadata or {}).get(HEADINGS, b"[]"))
    return [[Heading(*heading) for heading in table] for table in stored]


def with_heading_list(cells: pa.Table, tables: Sequence[Sequence[Heading]]) -> pa.Table:
    """The cells with the headings of their tables in the metadata."""
    stored = [list(table) for table in tables if table]
    if not stored:
        return cells
    metadata = {**(cells.schema.metadata or {}), HEADINGS: json.dumps(stored, ensure_ascii=False).encode()}
    return cells.replace_schema_metadata(metadata)


def lone_labels(
    cells: pa.Table, labels: Sequence[str], values: int
) -> tuple[np.ndarray, list[tuple[str, str]]]:
    """Numbers of the records (``values`` cells each) that hold one text, and signs for none beside it or nothing.

    The text is a label, or stands in place of a value; it may be repeated in all columns. Given with each record: its
    text, and the column of labels in which it stands ("": in none).
    """
    bare = np.flatnonzero(~_says(cells[VALUE], "[0-9]").reshape(-1, values).any(axis=1))
    if not len(bare):
        return bare, []
    places = (bare[:, None] * values + np.arange(values)).ravel()
    held = cells.select([VALUE, *labels]).take(pa.array(places))
    named = np.array([_distinct_says(held[name], _TEXT)[::values] for name in labels])
    again = (pc.fill_null(pc.equal(held[name], held[labels[0]]), False) for name in labels)
    alike = np.array([np.asarray(equal)[::values] for equal in again])
    worded = _says(held[VALUE], _TEXT).reshape(-1, values)
    filled = named.sum(axis=0)
    maybe = (filled == 1) | ((filled == 0) & worded.any(axis=1)) | (named & alike).all(axis=0)
    maybe = bare[maybe]
    texts = list(_texts(cells, labels, values, maybe))
    alone = np.array([text != "" for text, _ in texts], np.bool_)
    # Without a row below, a line heads nothing.
    other = np.ones(cells.num_rows // values, np.bool_)
    other[maybe[alone]] = False
    heads = alone & (maybe < np.flatnonzero(other).max(initial=-1))
    return maybe[heads], list(itertools.compress(texts, heads))


def _texts(
    cells: pa.Table, labels: Sequence[str], values: int, records: np.ndarray
) -> Iterator[tuple[str, str]]:
    """The only text of each of some records beside signs, and its column of labels; "" where there are several.

    A text has a letter, or is the sign of a unit.
    """
    places = (records[:, None] * values + np.arange(values)).ravel()
    figures = cells[VALUE].take(pa.array(places)).to_pylist()
    named = [cells[name].take(pa.array(records * values)).to_pylist() for name in labels]
    for number in range(len(records)):
        own = [(texts[number] or "").strip() for texts in named]
        held = {*own, *((text or "").strip() for text in figures[number * values : (number + 1) * values])}
        said = [text for text in held if _PYTHON_TEXT.search(text)]
        text = said[0] if len(said) == 1 and _LETTER_OR_UNIT.search(said[0]) else ""
        yield text, next((name for name, label in zip(labels, own, strict=True) if label == text), "")


def other_headers(cells: pa.Table, labels: Sequence[str], values: int) -> np.ndarray:
    """Numbers of the records that are headers: a label is the name of its own column, or all are blank above years.

    So is the first record where it has words in place of the values, below a header with unnamed columns.
    """
    years = _says(cells[VALUE], _YEAR)
    figures = (_says(cells[VALUE], "[0-9]") & ~years).reshape(-1, values).any(axis=1)
    bare = np.flatnonzero(~figures)
    if not len(bare):
        return bare
    held = cells.select(list(labels)).take(pa.array(bare * values))
    named, blank = np.zeros(len(bare), np.bool_), np.ones(len(bare), np.bool_)
    for name in labels:
        texts = pc.utf8_trim_whitespace(pc.fill_null(held[name], ""))
        named |= np.asarray(pc.equal(texts, name))
        blank &= np.asarray(pc.equal(texts, ""))
    if values > 1:
        named |= blank & years.reshape(-1, values)[bare].all(axis=1)
    named[0] |= bare[0] == 0 and _is_second_line(cells.slice(0, values), labels)
    return np.asarray(bare[named])


def _is_second_line(record: pa.Table, labels: Sequence[str]) -> bool:
    """Whether a header with unnamed columns goes on in the first record, which holds words in place of the values."""
    unnamed = any(map(is_nameless, labels))
    words = [text.strip() for text in record[VALUE].to_pylist() if text and text.strip()] if unnamed else []
    filled = any((record[name][0].as_py() or "").strip() for name in labels)
    return bool(words) and filled and all(re.fullmatch(r"[^0-9]*[^\W\d_]{3}[^0-9]*", text) for text in words)


def with_headings(cells: pa.Table, labels: Sequence[str], values: int, *, sections: bool = False) -> pa.Table:
    """Records of a file of lines, each below the last line above it that holds one text and no figure.

    ``sections``: such a line is no record where it has no sign for none either, but the section of those below.
    """
    if not labels or not cells.num_rows:
        return cells
    cells = _without_others(cells, labels, values)
    found, texts = lone_labels(cells, labels, values)
    divided = partial(_divided, values=values, found=found, texts=[text for text, _ in texts])
    if not len(found):
        return divided(cells) if sections else cells
    lines = cells[LOCATOR].take(pa.array(found * values)).to_pylist()
    said = zip(lines, texts, found.tolist(), strict=True)
    headings = [
        Heading(line.partition(",")[0], text, first=number == place, kept=True, column=column)
        for place, (line, (text, column), number) in enumerate(said)
    ]
    places = pa.array([None, *(heading.place for heading in headings)], pa.string())
    records = np.arange(cells.num_rows) // values
    above = places.take(pa.array(np.searchsorted(found, records, side="left")))
    cells = with_heading_list(cells.append_column(HEADING, above), [headings])
    return divided(cells) if sections else cells


def _divided(cells: pa.Table, values: int, found: np.ndarray, texts: Sequence[str]) -> pa.Table:
    """The cells without the records that are headings, each with the heading above it as column ``section``."""
    filled = np.asarray(_says(cells[VALUE], r"\S").reshape(-1, values).any(axis=1))
    headings = [
        (number, text) for number, text in zip(found.tolist(), texts, strict=True) if not filled[number]
    ]
    numbers = np.array([number for number, _ in headings], np.int64)
    records = np.arange(cells.num_rows) // values
    said = pa.array([None, *(text for _, text in headings)], pa.string())
    above = said.take(pa.array(np.searchsorted(numbers, records, side="right")))
    return cells.append_column(SECTION, above).filter(pa.array(~np.isin(records, numbers)))


def _without_others(cells: pa.Table, labels: Sequence[str], values: int) -> pa.Table:
    """The cells, with a problem of each record below another header; the file's own header again changes nothing."""
    found = other_headers(cells, labels, values)
    if not len(found):
        return cells
    reasons = list[str | None]([None])
    for number in found.tolist():
        row = cells.slice(number * values, values).to_pydict()
        names = {name: visible_name(row[name][0] or "") for name in labels}
        same = row[VALUE] == row[COLUMN] and all(text in (name, "") for name, text in names.items())
        line = row[LOCATOR][0].partition(",")[0]
        named = ", ".join(text for text in row[VALUE] if text)[:80]
        reasons.append(None if same else f"the record is below another header ({line}: {named})")
    records = np.arange(cells.num_rows) // values
    below = pa.array(reasons, pa.string()).take(pa.array(np.searchsorted(found, records, side="left")))
    if PROBLEM not in cells.column_names:
        return cells.append_column(PROBLEM, below) if any(reasons) else cells
    place = cells.column_names.index(PROBLEM)
    return cells.set_column(place, PROBLEM, pc.coalesce(cells[PROBLEM], below))


def _says(texts: pa.ChunkedArray, pattern: str) -> np.ndarray:
    return np.asarray(pc.match_substring_regex(pc.fill_null(texts, ""), pattern))


def _distinct_says(texts: pa.ChunkedArray, pattern: str) -> np.ndarray:
    """The same for texts that repeat themselves, as labels do."""
    encoded = texts.combine_chunks().dictionary_encode()
    said = np.append(_says(pa.chunked_array([encoded.dictionary]), pattern), False)
    return np.asarray(said[np.asarray(pc.fill_null(encoded.indices, len(said) - 1))])

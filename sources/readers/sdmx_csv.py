"""SDMX-CSV 1.0 and 2.x data, and the plain CSV that some SDMX services answer.

::

    DATAFLOW,REF_AREA,SEX,TIME_PERIOD,OBS_VALUE,OBS_STATUS                          1.0
    UNICEF:PT(1.0),KGZ,F,2018,33.7,A
    STRUCTURE,STRUCTURE_ID,ACTION,REF_AREA,TIME_PERIOD,OBS_VALUE                    2.x
    dataflow,UNICEF:PT(1.0),I,KGZ,2018,33.7
    DATAFLOW,REF_AREA:Geographic area,SEX:Sex,TIME_PERIOD:Time,OBS_VALUE:Value      labels=both
    UNICEF:PT(1.0): Child protection,KGZ: Kyrgyzstan,F: Female,2018,33.7
    REF_AREA,Geographic area,SEX,Sex,TIME_PERIOD,OBS_VALUE                          labels beside codes

Every column but ``OBS_VALUE`` is a dimension or attribute, as published. With ``labels=both`` the header's id
is the column's name and a cell ``KGZ: Kyrgyzstan`` gives ``REF_AREA`` ``KGZ`` and ``REF_AREA_label``
``Kyrgyzstan``; a column is divided only if all its filled cells have that form (free text keeps its colons).
A row without period and value (empty, ``~``, ``#N/A``) carries attributes of a series (2.x): they reach the
observations that share its dimensions (the columns that every observation fills) and have none of their own; the row
itself gives no cell. Refused: two such rows that contradict each other, and one that fills a column before the period,
as dimensions have it, which some observations leave empty.
Rows with action ``D`` order a deletion and are refused: they are no statistics.

Options: ``encoding``, ``delimiter`` (else from the header line), ``final_newline``, ``stop_at`` as in ``delimited``;
``labels`` = ``both`` or ``id`` (default: both where every header but the leading ones has a colon);
``value`` (default ``OBS_VALUE``); ``note_columns`` (list; default those present of ``COMMENT_OBS,
OBS_COMMENT, OBS_FOOTNOTE``; they stay columns as well). Locators: ``line N, column OBS_VALUE``.

Not here: other CSV (``delimited``), other forms of SDMX (``sdmx_json``, ``sdmx_ml``). Read through ``protocol``.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Literal

import pyarrow as pa

from sources.cells import LOCATOR, NOTE, VALUE, Options, ReadError, option
from sources.readers.delimited_records import below_stop, fitted, misfit, open_text, records
from sources.readers.left_out import with_left_out
from sources.readers.options import LineOptions, Names, Text
from sources.readers.sdmx_groups import FOOTNOTES, NO_DIMENSIONS
from sources.readers.text import (
    called,
    column_twice,
    joined,
    missing_column,
    names_option,
    text_table,
    unique_names,
    with_problems,
)

# Of which dataflow a row is, in 1.0 and in 2.x.
DATAFLOW, STRUCTURE_ID = "DATAFLOW", "STRUCTURE_ID"
_LEADING = (DATAFLOW, "STRUCTURE", STRUCTURE_ID, "STRUCTURE_NAME", "ACTION", "SERIES_KEY", "OBS_KEY")
_LABELLED = re.compile(r"(?s)([^\s:][^\s]*?):\s+(.*)")
_ACTIONS = ("I", "A", "R", "M", "")
_TIME = "TIME_PERIOD"
# What 2.x writes in place of a dimension to which an attribute is not attached, and of a value that is not there.
_NO_VALUE = ("~", "#N/A")


class DeclaredOptions(LineOptions):
    """What a declaration may say; see the head of the module."""

    labels: Literal["both", "id"] | None = None
    value: Text | None = None
    note_columns: Names | None = None


def read(content: bytes, options: Options) -> pa.Table:
    """Cells of an SDMX-CSV message; see the module for options."""
    text, delimiter = open_text(content, options)
    stream = records(text, delimiter, options)
    header = next(stream)[1]
    both = _has_labels(header, options)
    names = unique_names(_identifier(name, both) for name in header)
    value = str(options.get("value", "OBS_VALUE"))
    if value not in names:
        raise missing_column(value, names, " (option value)")
    if sum(_identifier(name, both) == value for name in header) > 1:
        raise column_twice(value)
    lines: list[int] = []
    rows: list[Sequence[str | None]] = []
    problems: list[str] = []
    carriers: list[Sequence[str]] = []
    for line, row in stream:
        problem = misfit(row, len(names))
        bare = ["" if text.strip() in _NO_VALUE else text for text in row]
        carries = not problem and STRUCTURE_ID in names and _TIME in names
        if carries and not bare[names.index(_TIME)] and not bare[names.index(value)]:
            carriers.append(bare)
            continue
        lines.append(line)
        problems.append(problem)
        rows.append(fitted(row, len(names)) if problem else row)
    rows = _with_series_attributes(rows, carriers, names)
    columns: dict[str, Sequence[str | None]] = {
        name: [row[position] for row in rows] for position, name in enumerate(names)
    }
    _refuse_deletions(columns, lines)
    notes = _notes(columns, options, len(rows))
    values = columns.pop(value)
    if both:
        columns = _divided(columns)
    place = header[names.index(value)]
    locators = [f"line {line}, column {place}" for line in lines]
    labels = {_identifier(name, both): name.partition(":")[2].strip() for name in header} if both else {}
    table = text_table({VALUE: values, LOCATOR: locators, NOTE: notes, **columns}, called(labels))
    return with_left_out(with_problems(table, problems), below_stop(text, delimiter, options))


def _with_series_attributes(
    rows: Sequence[Sequence[str | None]], carriers: Sequence[Sequence[str]], names: Sequence[str]
) -> list[Sequence[str | None]]:
    """Rows whose empty attributes are filled from the rows that carry them for their series."""
    places = [place for place, name in enumerate(names) if name not in _LEADING]
    dimensions = {place for place in places if rows and all(row[place] for row in rows)}
    result = list(rows)
    for shared, given in _carried(carriers, places, dimensions, names).items():
        _refuse_doubtful(given, rows, names)
        for number, row in enumerate(result):
            attributes = given.get(tuple(row[place] for place in shared))
            if attributes:
                result[number] = [text or attributes.get(place, text) for place, text in enumerate(row)]
    return result


def _refuse_doubtful(
    given: Mapping[tuple[str | None, ...], Mapping[int, str]],
    rows: Sequence[Sequence[str | None]],
    names: Sequence[str],
) -> None:
    """Raise for what may be a dimension of which some observations lost their code: they would get that of others."""
    before = range(names.index(_TIME))
    for place in sorted(
        {place for attributes in given.values() for place in attributes}.intersection(before)
    ):
        if names[place] not in NO_DIMENSIONS and any(row[place] for row in rows):
            raise ReadError(
                f"{names[place]} is empty in some observations, and a row for a whole series says it: whether it is "
                "an attribute or a dimension is not known",
                place=f"column {names[place]}",
                remedy="Request the data with all attributes in each row, or as SDMX-CSV 1.0",
            )


def _carried(
    carriers: Sequence[Sequence[str]], places: Sequence[int], dimensions: set[int], names: Sequence[str]
) -> dict[tuple[int, ...], dict[tuple[str | None, ...], dict[int, str]]]:
    """By the dimensions that a carrier names and by their codes: its attributes."""
    found: dict[tuple[int, ...], dict[tuple[str | None, ...], dict[int, str]]] = {}
    for row in carriers:
        filled = [place for place in places if row[place]]
        shared = tuple(place for place in filled if place in dimensions)
        attributes = {place: row[place] for place in filled if place not in dimensions}
        own = found.setdefault(shared, {}).setdefault(tuple(row[place] for place in shared), {})
        for place, text in attributes.items():
            if own.setdefault(place, text) != text:
                raise ReadError(
                    f"two rows say {names[place]} of the same series: {own[place]!r} and {text!r}",
                    place=f"column {names[place]}",
                    remedy="Ask the publisher which of the two holds",
                )
    return found


def _has_labels(header: Sequence[str], options: Options) -> bool:
    labels = option(options, "labels", None, allowed=(None, "both", "id"))
    if labels is not None:
        return bool(labels == "both")
    own = [name for name in header if _identifier(name, True) not in _LEADING]
    return bool(own) and all(":" in name for name in own)


def _identifier(name: str, both: bool) -> str:
    """Id of a column: without its label, and without the mark of cells with several values (``[;]``)."""
    if both:
        name = name.split(":", 1)[0].strip()
    return re.sub(r"\[.?\]$", "", name)


def _refuse_deletions(columns: dict[str, Sequence[str | None]], lines: Sequence[int]) -> None:
    for line, action in zip(lines, columns.get("ACTION", ()), strict=False):
        code = (action or "").split(":")[0].strip()
        if code == "D":
            raise ReadError(
                "the row orders a deletion (action D); it publishes no value",
                place=f"line {line}, column ACTION",
                remedy="Request the data themselves from the service, not for changes",
            )
        if code not in _ACTIONS:
            raise ReadError(
                f"the action {action!r} is unknown",
                place=f"line {line}, column ACTION",
                remedy="Compare the file with SDMX-CSV 2",
            )


def _notes(columns: dict[str, Sequence[str | None]], options: Options, count: int) -> list[str | None]:
    declared = names_option(options, "note_columns", [name for name in FOOTNOTES if name in columns])
    for name in declared:
        if name not in columns:
            raise missing_column(name, columns, " (option note_columns)")
    return [joined(columns[name][position] for name in declared) for position in range(count)]


def _divided(columns: dict[str, Sequence[str | None]]) -> dict[str, Sequence[str | None]]:
    """Columns of ``code: label`` as two columns each."""
    result: dict[str, Sequence[str | None]] = {}
    for name, texts in columns.items():
        found = [_LABELLED.fullmatch(text) if text else None for text in texts]
        filled = [match for match, text in zip(found, texts, strict=True) if text]
        # "2022: 2022" is a period with its label; "2022-01-01T00: 00" is none.
        is_period = name == _TIME and any(match and match[1] != match[2] for match in filled)
        if is_period or not filled or not all(filled):
            result[name] = texts
            continue
        result[name] = [match[1] if match else text for match, text in zip(found, texts, strict=True)]
        result[f"{name}_label"] = [match[2] if match else None for match in found]
    return result

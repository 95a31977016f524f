"""The header of a register's file against its declaration: every column is known before a row is read.

A file with a column that nobody declared is refused as a whole, by the names of its columns alone: it may be the one
with the names of people. Errors of this package quote headers and line numbers, never a cell.

Not here: reading the rows (``rows``, which calls this), what a column means (``transforms.incidents``).
"""

import csv
import gzip
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

from sources.cells import DiscreetError, Options
from sources.column_names import visible_name

GZIP, PARQUET, WORKBOOK = b"\x1f\x8b", b"PAR1", b"PK\x03\x04"
DELIMITERS = (",", ";", "\t", "|")
#: columns that an error names, and letters of each name
_MOST_NAMED, _NAME = 10, 60


@dataclass(frozen=True)
class Header:
    """The columns of one file."""

    #: the columns in the order of the file
    names: tuple[str, ...]
    #: what divides the cells of text; empty for Parquet and workbooks
    delimiter: str = ""


def first_bytes(path: Path) -> bytes:
    """What tells the format."""
    with path.open("rb") as handle:
        return handle.read(4)


def text_header(path: Path, options: Options, known: Collection[str]) -> Header:
    """The header of delimited text; the delimiter is the declared one, or the one that gives known columns.

    DiscreetError where it is no text in the declared encoding.
    """
    encoding = str(options.get("encoding") or "utf-8-sig")
    try:
        opened = gzip.open if first_bytes(path).startswith(GZIP) else open
        with opened(path, "rt", encoding=encoding, newline="") as handle:
            line = handle.readline(1_000_000)
    except (UnicodeError, LookupError, OSError, EOFError):
        raise not_utf8() from None
    declared = options.get("delimiter")
    parsed = {mark: _names(line, mark) for mark in ([declared] if declared else DELIMITERS)}
    mark = max(parsed, key=lambda mark: len({*parsed[mark]} & {*known}))
    return Header(parsed[mark], mark)


def _names(line: str, delimiter: str) -> tuple[str, ...]:
    try:
        return visible(next(csv.reader([line], delimiter=delimiter), []))
    except csv.Error:
        return ()


def visible(names: Sequence[object]) -> tuple[str, ...]:
    """Headers as a person reads them; an empty one where a workbook has nothing."""
    return tuple(visible_name(str("" if name is None else name)) for name in names)


def check_columns(names: Sequence[str], needed: Sequence[Sequence[str]], known: Collection[str]) -> None:
    """Refuse a file with a column that is missing, doubled or undeclared.

    ``needed``: of each list one must be there; ``known``: every column that the declaration names.
    """
    missing = [" / ".join(ways) for ways in needed if not {*ways} & {*names}]
    doubled = sorted(name for name, times in Counter(names).items() if times > 1)
    unknown = sorted({*names} - {*known})
    for what, found in (
        ("has not the column", missing),
        ("has twice the column", doubled),
        ("has an undeclared column", unknown),
    ):
        if found:
            raise DiscreetError(
                f"the file {what} {_named(found)}",
                place="its header",
                remedy="Correct the declaration (columns that are not read go under expects.columns), or ask the "
                "office for the agreed columns",
            )


def _named(names: Sequence[str]) -> str:
    """The first of them in quotes; a file may have a million."""
    named = ", ".join(
        repr(name if len(name) <= _NAME else f"{name[:_NAME]}…") for name in names[:_MOST_NAMED]
    )
    more = len(names) - _MOST_NAMED
    return f"{named} and {more:,} more" if more > 0 else named


def not_utf8() -> DiscreetError:
    """The error for text in another encoding than declared."""
    return DiscreetError(
        "the file is no text in UTF-8",
        remedy="Declare reader_options: encoding, such as windows-1251, or ask for UTF-8",
    )

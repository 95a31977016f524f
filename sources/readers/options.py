"""What a declaration may say under ``reader_options``: the shared part of each reader's ``DeclaredOptions``.

Each reader module has a class ``DeclaredOptions`` beside its code, one field an option; what the options mean is said
at the head of the reader. A declaration is checked against it when it loads, so that a misspelt option is an error and
not a default. The reader gets the options as declared, and checks what depends on the file itself.

Not here: the values that only the file can judge (a column that is missing), which the readers refuse. Every reader
derives its options from these; ``protocol`` gives them to ``sources.declared_references``.

::

    class DeclaredOptions(TextOptions):
        rows: str | None = None
        value_pattern: Pattern | None = None
"""

import re
from collections.abc import Callable
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, StrictBool, StrictStr

from sources.strict_model import StrictModel


def _must(fits: Callable[[Any], bool], expected: str) -> BeforeValidator:
    def check(value: Any) -> Any:
        if not fits(value):
            raise ValueError(f"{expected} is expected")
        return value

    return BeforeValidator(check)


def _whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 1


def _list_of(value: Any, fits: Callable[[Any], bool]) -> bool:
    return isinstance(value, list | tuple) and bool(value) and all(map(fits, value))


def _text(value: Any) -> bool:
    return isinstance(value, str)


def _compiles(value: Any) -> bool:
    try:
        re.compile(value)
    except (re.error, TypeError):
        return False
    return True


Text = StrictStr
#: one name, or a list of names; an empty list means "none of those that the reader takes by itself"
Names = Annotated[
    Any, _must(lambda v: _text(v) or v == [] or _list_of(v, _text), "a name or a list of names")
]
#: a regular expression of Python
Pattern = Annotated[Any, _must(_compiles, "a regular expression")]
#: a row, column, page or table counted from 1
Count = Annotated[Any, _must(_whole, "a whole number from 1")]
#: a number of things that may be none
Number = Annotated[Any, _must(lambda v: v == 0 or _whole(v), "a whole number from 0")]
#: numbers and names, one or several: sheets, pages, columns
Places = Annotated[
    Any,
    _must(
        lambda v: _whole(v) or _text(v) or _list_of(v, lambda item: _whole(item) or _text(item)),
        "a number from 1, a name or a list of them",
    ),
]
LabelColumns = Annotated[
    Any,
    _must(lambda v: v == 0 or _whole(v) or _text(v) or _list_of(v, _text), "a number or letters of columns"),
]
HeaderRows = Annotated[
    Any,
    _must(lambda v: v in ("auto", []) or _whole(v) or _list_of(v, _whole), "auto or row numbers from 1"),
]


class ReaderOptions(StrictModel):
    """Options of one reader; a key that it does not have is an error."""


class TextOptions(ReaderOptions):
    """Every format that is text."""

    encoding: Text | None = None


class LineOptions(TextOptions):
    """Every format of delimited lines."""

    delimiter: Text | None = None
    final_newline: Literal["required", "optional"] | None = None
    stop_at: Pattern | None = None


class TableOptions(ReaderOptions):
    """A table laid out for the eye, in a workbook or a PDF; see ``excel``."""

    header_rows: HeaderRows | None = None
    number_row: Count | None = None
    label_columns: LabelColumns | None = None
    value_columns: Names | None = None
    first_data_row: Count | None = None
    last_data_row: Count | None = None
    stop_at: Pattern | None = None
    skip_rows: Pattern | None = None
    keep_rows: Pattern | None = None
    keep_columns: Pattern | None = None
    fill_merged: StrictBool | None = None
    fill_labels: StrictBool | None = None
    sections: StrictBool | None = None
    blank_cells: Literal["keep", "skip"] | None = None
    id_columns: Names | None = None
    note_columns: Names | None = None

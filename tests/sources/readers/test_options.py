"""What a declaration may say under ``reader_options``, kind by kind."""

from typing import Any

import pytest
from pydantic import ValidationError

from sources.readers.options import (
    Count,
    HeaderRows,
    LabelColumns,
    Names,
    Number,
    Pattern,
    Places,
    ReaderOptions,
    Text,
)


class Options(ReaderOptions):
    text: Text | None = None
    names: Names | None = None
    pattern: Pattern | None = None
    count: Count | None = None
    number: Number | None = None
    places: Places | None = None
    label_columns: LabelColumns | None = None
    header_rows: HeaderRows | None = None


FITS: dict[str, list[Any]] = {
    "text": ["A", ""],
    "names": ["A", ["A", "B"], ("A",), []],
    "pattern": ["^[*]", ""],
    "count": [1, 2, 60],
    "number": [0, 1, 12],
    "places": [1, 3, "Sheet", ["Sheet", 2], [4]],
    "label_columns": [0, 2, "A:C", ["A", "C"]],
    "header_rows": ["auto", [], 1, 5, [1, 2, 7]],
}
WRONG: dict[str, list[Any]] = {
    "text": [1, True, ["A"]],
    "names": [1, True, [1], ["A", 2]],
    "pattern": ["(", 1, ["A"]],
    "count": [0, -1, True, "1", 1.5, [1]],
    "number": [-1, True, "0", 0.5],
    "places": [0, True, [], [0], ["A", True]],
    "label_columns": [-1, True, [], [1]],
    "header_rows": [0, True, "1", [0], ["A"], [1, True]],
}


@pytest.mark.parametrize(("option", "value"), [(name, value) for name in FITS for value in FITS[name]])
def test_what_may_be_said_is_kept_as_it_is(option: str, value: Any) -> None:
    assert getattr(Options.model_validate({option: value}), option) == value


@pytest.mark.parametrize(("option", "value"), [(name, value) for name in WRONG for value in WRONG[name]])
def test_anything_else_is_refused_by_the_name_of_the_option(option: str, value: Any) -> None:
    with pytest.raises(ValidationError, match=option):
        Options.model_validate({option: value})


def test_an_option_that_a_reader_does_not_have_is_refused() -> None:
    with pytest.raises(ValidationError, match="counts"):
        Options.model_validate({"counts": 1})

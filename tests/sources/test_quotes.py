"""Cells over several lines, by unit: which of them hold rows that a quote swallowed."""

from pathlib import Path

import pyarrow as pa
import pytest

from sources.incidents.columns import Header
from sources.incidents.multiline_cells import Quotes

HEADER = Header(("a", "b", "c"), ";")
ROWS = [["1", "x", "y"], ["2", "x", "z"], ["3", "x", "y"], ["4", "x", "z"]]


def swallowed(tmp_path: Path, *cells: list[str], text: str = "a;b;c\n", coded: bool = False) -> bool:
    """Whether rows, with these below, hold rows; ``text`` is what the file holds."""
    path = tmp_path / "register.csv"
    path.write_text(text, encoding="utf-8")
    columns = [pa.array(texts) for texts in zip(*ROWS, *cells, strict=True)]
    batch = pa.record_batch(
        [column.dictionary_encode() if coded else column for column in columns], names=list(HEADER.names)
    )
    return Quotes(path, HEADER, "utf-8").swallow_rows(batch)


@pytest.mark.parametrize("coded", [False, True])
@pytest.mark.parametrize("end", ["\n", "\r"])
@pytest.mark.parametrize(
    ("cell", "holds"),
    [
        # The end of a row, whole rows, and the beginning of one, with texts of these columns.
        ("y{0}5;x;z{0}6;x;note", True),
        ("y{0}5;x;note", True),
        ("note; of{0}two; lines", False),
        ("note{0}without any", False),
        ("one line; of; many; parts", False),
        # As many parts as rows have, but no texts of these columns.
        ("note{0}5;q;late{0}6;r;at night", False),
    ],
)
def test_a_cell_that_holds_rows(tmp_path: Path, cell: str, holds: bool, end: str, coded: bool) -> None:
    assert swallowed(tmp_path, ["9", "x", cell.format(end)], coded=coded) is holds


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        ('a;b;c\n1;x;"y\nq;r;s"\n', False),
        ('a;b;c\n1;x;"y\nq;r;s" t\n', True),
        ('a;b;c\n1;x;"y\nq;r;s\n', True),
    ],
)
def test_a_file_that_breaks_the_rules_of_quotes_is_believed_in_nothing(
    tmp_path: Path, text: str, holds: bool
) -> None:
    assert swallowed(tmp_path, ["1", "x", "y\nq;r;s"], text=text) is holds


@pytest.mark.parametrize(("cell", "holds"), [("y\nq;r", False), ("y;r\nq;r", True)])
def test_a_cell_with_fewer_delimiters_than_a_row_holds_none(tmp_path: Path, cell: str, holds: bool) -> None:
    assert swallowed(tmp_path, ["1", "x", cell], text='a;b;c\n1;x;"y\n') is holds

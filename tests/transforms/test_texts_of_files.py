"""What a file says beside its figures is shown to a person, and in a refresh what is new of it."""

import pytest

from sources.cells import REMARKS, cells_table
from tests.transforms.sample import Declare, sheet
from transforms.texts_of_files import new_texts, texts_beside


def test_titles_lines_below_and_constant_columns_are_told(declare: Declare) -> None:
    rows = sheet([("7", {"Sex": "Women"}), ("9", {"Sex": "Men"})])
    columns = {name: rows[name].to_pylist() for name in rows.column_names}
    columns |= {
        "Coverage": ["North only"] * 2,
        "No": ["1"] * 2,
        "Place": ["A town", "B town"],
        "empty": [None] * 2,
    }
    said = {b"title": b"Victims\x00Victims", REMARKS.encode(): b"Without the south\n2023"}
    table = cells_table(columns).replace_schema_metadata(said)
    assert texts_beside(table, declare()) == ("Victims", "Without the south", "Coverage: North only")
    restricted = declare().model_copy(update={"restricted": True})
    assert texts_beside(table, restricted) == ()


@pytest.mark.parametrize(
    ("now", "new"),
    [
        ("Victims, January 2024", False),
        ("VICTIMS, май 2025", False),
        ("Victims, 2024, northern districts", True),
        ("Потерпевшие, 2024", True),
    ],
)
def test_numbers_and_months_are_nothing_new(now: str, new: bool) -> None:
    assert new_texts([now], ["Victims, December 2023"]) == ((now,) if new else ())

"""A locator names one cell of its file."""

import pyarrow as pa
import pytest

from sources.cells import LOCATOR, ReadError, cells_table
from sources.readers import protocol, unique_places
from sources.readers.unique_places import refuse_repeated_places


def sheet(*places: str | None) -> pa.Table:
    return cells_table({"_value": ["1"] * len(places), "_locator": list(places)})


def test_different_places_are_fine() -> None:
    refuse_repeated_places(sheet("line 2", "line 3", "Line 2"))
    refuse_repeated_places(sheet())


def test_the_first_repeated_place_is_named() -> None:
    with pytest.raises(
        ReadError, match=r"^B2: two cells have the same place\. This is a fault of the reader"
    ):
        refuse_repeated_places(sheet("A1", "B2", "C3", "A2", "B2", "C3"))


def test_a_place_in_another_chunk_counts() -> None:
    with pytest.raises(ReadError, match="line 2"):
        refuse_repeated_places(pa.concat_tables([sheet("line 2"), sheet("line 3", "line 2")]))


@pytest.mark.parametrize("place", ["", None])
def test_a_missing_place_is_an_error(place: str | None) -> None:
    with pytest.raises(ReadError, match="a cell has no place"):
        refuse_repeated_places(sheet("line 2", place))


def test_equal_hashes_of_different_places_are_no_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unique_places.np, "sort", lambda hashed: hashed[[0] * len(hashed)])
    refuse_repeated_places(sheet("line 2", "line 3"))


def test_every_read_file_is_checked(monkeypatch: pytest.MonkeyPatch) -> None:
    """A reader that gives one place twice never gets past the seam."""
    from sources.readers import delimited

    class Declared:
        reader = "delimited"
        reader_options: dict[str, object] = {}

    content = b"Year,Value\n2023,1\n2024,2\n"
    assert protocol.read_cells(Declared(), content).num_rows > 1
    read = delimited.read

    def twice(content: bytes, options: dict[str, object]) -> pa.Table:
        cells = read(content, options)
        return cells.set_column(
            cells.schema.get_field_index(LOCATOR), LOCATOR, pa.array(["line 2"] * cells.num_rows)
        )

    monkeypatch.setattr(delimited, "read", twice)
    with pytest.raises(ReadError, match="line 2: two cells have the same place"):
        protocol.read_cells(Declared(), content)

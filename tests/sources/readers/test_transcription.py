"""The further columns of a transcription: bounds that the publication prints apart, and the words of the figure."""

import pytest

from sources.cells import LOCATOR, NOTE, PLACE, ReadError
from sources.readers.transcription import HEADER, read

ROW = "4.9,IPV_12M,KZ,2018,F,Y_GE15,,,,,E,,intl-unminset-v1,line 77,Estimate"


def _table(further: str, cells: str) -> bytes:
    return f"{','.join(HEADER)}{further}\n{ROW}{cells}\n".encode()


def test_bounds_and_words_follow_the_figure() -> None:
    [cell] = read(_table(",lower,upper,quote", ",2.5,9.8,from 2.5 to 9.8"), {}).to_pylist()
    assert (cell["_value"], cell["lower"], cell["upper"]) == ("4.9", "2.5", "9.8")
    assert cell["quote"] == "from 2.5 to 9.8"


def test_a_transcription_without_them_has_none() -> None:
    [cell] = read(_table("", ""), {}).to_pylist()
    assert (cell["lower"], cell["upper"], cell["quote"]) == (None, None, None)


def test_the_place_is_apart_from_note_and_codes() -> None:
    """The note of a population figure was "Женщины!W8": it is for whoever looks the figure up, no remark on it."""
    [cell] = read(_table("", ""), {}).to_pylist()
    assert (cell[PLACE], cell[NOTE]) == ("line 77", "Estimate")
    assert "place" not in cell
    [cell] = read(_table("", "").replace(b",line 77,", b",,"), {}).to_pylist()
    assert cell[PLACE] is None


def test_each_cell_names_the_line_where_it_begins() -> None:
    """A note may have several lines, and a blank line has no cell."""
    content = f'{",".join(HEADER)}\n{ROW}\n{ROW[:-8]}"two\nlines"\n\n{ROW}\n'.encode()
    lines = [place.partition(",")[0] for place in read(content, {})[LOCATOR].to_pylist()]
    assert lines == ["line 2", "line 3", "line 6"]


@pytest.mark.parametrize("further", [",quote,lower,upper", ",bound", ",lower,lower"])
def test_other_columns_are_refused(further: str) -> None:
    with pytest.raises(ReadError, match="header"):
        read(_table(further, "," * further.count(",")), {})


@pytest.mark.parametrize(
    ("wrong", "right", "said"),
    [
        ("indicatr", "indicator", "the column 'indicatr' is not known, did you mean 'indicator'?"),
        ("Area", "area", "the column 'Area' is not known, did you mean 'area'?"),
        ("relation", "relationship", "did you mean 'relationship'?"),
        ("gender", "sex", "the column 'gender' is not known, did you mean 'sex'?"),
        # A column more has the place of one that is there.
        ("xyz,sex", "sex", "the column 'xyz' is not known."),
    ],
)
def test_a_misspelt_column_is_named_with_what_was_meant(wrong: str, right: str, said: str) -> None:
    content = _table("", "").replace(f",{right},".encode(), f",{wrong},".encode(), 1)
    with pytest.raises(ReadError) as caught:
        read(content, {})
    assert str(caught.value).startswith("line 1: ") and said in str(caught.value)


def test_an_absent_a_repeated_or_a_moved_column_is_named() -> None:
    for header, said in (
        (HEADER[:-1], "the column 'note' is missing"),
        ([*HEADER, "sex"], "the column 'sex' is there twice"),
        ([HEADER[1], HEADER[0], *HEADER[2:]], "the columns are in another order"),
    ):
        with pytest.raises(ReadError, match=said):
            read(f"{','.join(header)}\n".encode(), {})

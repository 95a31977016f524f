"""The further columns of a transcription: bounds that the publication prints apart, and the words of the figure."""

import pytest

from sources.cells import ReadError
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


def test_a_place_says_that_it_is_one() -> None:
    """The note of a population figure was "Женщины!W8"."""
    [cell] = read(_table("", ""), {}).to_pylist()
    assert cell["place"] == "Place in the publication: line 77"
    [cell] = read(_table("", "").replace(b",line 77,", b",,"), {}).to_pylist()
    assert cell["place"] == ""


@pytest.mark.parametrize("further", [",quote,lower,upper", ",bound", ",lower,lower"])
def test_other_columns_are_refused(further: str) -> None:
    with pytest.raises(ReadError, match="header"):
        read(_table(further, "," * further.count(",")), {})

"""What a person sees in a cell of an old workbook, kind by kind."""

from types import SimpleNamespace
from typing import Any

import pytest
import xlrd

from sources.readers.workbook import xls

PLAIN, RAISED, LOWERED, STRUCK_OUT = range(4)
FONTS = [
    SimpleNamespace(struck_out=struck, escapement=escapement, colour_index=8)
    for struck, escapement in ((0, 0), (0, 1), (0, 2), (1, 0))
]


def book(pattern: str | None, font: int = PLAIN, datemode: int = 0, behind: tuple[int, int] = (0, 64)) -> Any:
    formats = {} if pattern is None else {5: SimpleNamespace(format_str=pattern)}
    style = SimpleNamespace(format_key=5, font_index=font)
    style.background = SimpleNamespace(fill_pattern=behind[0], pattern_colour_index=behind[1])
    more = {"font_list": FONTS, "datemode": datemode, "colour_map": {9: (255, 255, 255)}}
    return SimpleNamespace(xf_list=[style], format_map=formats, **more)


def text(kind: int, value: Any, *, of: Any = None, runs: list[tuple[int, int]] | None = None) -> str:
    sheet = SimpleNamespace(rich_text_runlist_map={} if runs is None else {(1, 2): runs})
    cell = SimpleNamespace(ctype=kind, value=value, xf_index=0)
    return xls._cell_text(of or book("General"), sheet, cell, (1, 2))


@pytest.mark.parametrize(
    ("kind", "value", "seen"),
    [
        (xlrd.XL_CELL_EMPTY, "", ""),
        (xlrd.XL_CELL_BLANK, "", ""),
        (xlrd.XL_CELL_BOOLEAN, 1, "TRUE"),
        (xlrd.XL_CELL_BOOLEAN, 0, "FALSE"),
        (xlrd.XL_CELL_ERROR, 0x17, "#REF!"),
        (xlrd.XL_CELL_ERROR, 0x2A, "#N/A"),
        (xlrd.XL_CELL_ERROR, 0x99, "#ERROR!"),
        (xlrd.XL_CELL_TEXT, "Abai", "Abai"),
        (xlrd.XL_CELL_NUMBER, 12.0, "12"),
        (xlrd.XL_CELL_NUMBER, 12.5, "12.5"),
    ],
)
def test_kinds_of_cells(kind: int, value: Any, seen: str) -> None:
    assert text(kind, value) == seen


def test_numbers_are_shown_by_their_format() -> None:
    assert text(xlrd.XL_CELL_NUMBER, 12.0, of=book("0.00")) == "12"
    assert text(xlrd.XL_CELL_NUMBER, 0.125, of=book("0.0%")) == "12.5%"
    assert text(xlrd.XL_CELL_NUMBER, 12.25, of=book(None)) == "12.25"


def test_days_count_from_1900_or_1904() -> None:
    one, other = (text(xlrd.XL_CELL_DATE, 40000.0, of=book("yyyy-mm-dd", datemode=mode)) for mode in (0, 1))
    assert (one, other) == ("2009-07-06", "2013-07-07")


def test_raised_and_struck_texts() -> None:
    assert text(xlrd.XL_CELL_TEXT, "1", of=book("General", RAISED)) == "¹"
    assert text(xlrd.XL_CELL_TEXT, "12", runs=[(1, RAISED)]) == "1²"
    assert text(xlrd.XL_CELL_TEXT, "123", runs=[(1, RAISED), (2, PLAIN)]) == "1²3"
    assert text(xlrd.XL_CELL_NUMBER, 2.0, of=book("General", RAISED)) == "²"
    struck = text(xlrd.XL_CELL_TEXT, "12", of=book("General", STRUCK_OUT))
    assert struck not in ("12", "") and struck == xls.raise_text("12", xls.STRUCK)


@pytest.mark.parametrize(
    ("behind", "seen"), [((0, 64), False), ((1, 9), False), ((1, 65), False), ((1, 18), True), ((2, 9), True)]
)
def test_white_text_that_nothing_is_behind(
    behind: tuple[int, int], seen: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(FONTS[PLAIN], "colour_index", 9)
    shown = text(xlrd.XL_CELL_NUMBER, 12.0, of=book("General", behind=behind))
    assert shown == ("12" if seen else "12 (hidden on the page)")


def test_a_white_part_of_a_text_that_nothing_is_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    """Read carelessly: 125, of which nobody sees the 5."""
    monkeypatch.setattr(FONTS[LOWERED], "colour_index", 9)
    assert text(xlrd.XL_CELL_TEXT, "125", runs=[(2, LOWERED)]) == "125 (hidden on the page)"
    on_blue = text(xlrd.XL_CELL_TEXT, "125", of=book("General", behind=(1, 18)), runs=[(2, LOWERED)])
    assert on_blue == "12₅"

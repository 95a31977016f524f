"""Each colour is written once, and every name of one that the style sheet uses is there."""

import re
from pathlib import Path

from pipelines.site import colours
from pipelines.site.html import HERE

FILES = [path for path in HERE.rglob("*.*") if path.suffix in (".css", ".js", ".j2", ".py")]


def test_every_variable_of_the_style_sheet_is_defined() -> None:
    style = (HERE / "assets" / "site.css").read_text(encoding="utf-8")
    used = set(re.findall(r"var\(--([a-z]+)\)", style))
    assert used == set(re.findall(r"--([a-z]+):", colours.style_variables()))


def test_no_named_colour_is_written_a_second_time() -> None:
    named = set(re.findall("#[0-9a-f]{6}", Path(colours.__file__).read_text(encoding="utf-8")))
    assert len(named) >= 15
    written = {
        (path.name, colour)
        for path in FILES
        if path.name != "colours.py"
        for colour in re.findall("#[0-9a-f]{6}", path.read_text(encoding="utf-8"))
        if colour in named - {colours.PAPER}
    }
    assert written == set()

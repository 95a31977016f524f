"""Two A4 pages as PDF/UA by Typst, with the same bytes for the same release.

The words come as data into ``brief.typ``, so that no text of a publisher is read as markup. Lists are shortened step by
step until the pages are two. Not here: the facts (``figures``) and their words (``blocks``). Called by
``dvstats brief``.
"""

import datetime as dt
import json
import re
from functools import lru_cache
from pathlib import Path
from typing import Any

import fontpkg_noto_sans
import typst

from data_contracts.errors import DvstatsError
from data_contracts.model import Lang
from pipelines.brief.blocks import worded
from pipelines.brief.figures import Facts, facts
from pipelines.brief.writer import Limits
from pipelines.published.numbers_and_periods_in_words import NO_BREAK_SPACE
from sources.durable import write_named

PAGES = 2
_TEMPLATE = Path(__file__).parent / "brief.typ"
# The longest lists that a brief may have; all are shortened together, by so many steps, until two pages hold them.
LONGEST = Limits(laws=10, disputes=8, refusals=14, gaps=60, programmes=10, notices=10)
STEPS = 40

_WITHIN_NUMBERS = re.compile(r"(?<=\d) (?=\d{3}(?!\d))")


def brief(data_dir: Path, place: str, lang: Lang, output: Path) -> Path:
    """Write the brief of a country or of the region; gives the file written."""
    content, _ = fitted(facts(data_dir, place), lang)
    output.parent.mkdir(parents=True, exist_ok=True)
    write_named(output, content)
    return output


def fitted(chosen: Facts, lang: Lang) -> tuple[bytes, dict[str, Any]]:
    """The longest version that has two pages: its PDF and its words."""
    fits, too_long = 0, STEPS + 1
    step = STEPS
    while too_long - fits > 1:
        if _pages(_compiler(worded(chosen, lang, _shortened(step)))) <= PAGES:
            fits = step
        else:
            too_long = step
        step = (fits + too_long) // 2
    if not fits:
        raise DvstatsError(
            f"The brief of {chosen.place} does not fit on {PAGES} pages even with its shortest lists. Report it."
        )
    words = worded(chosen, lang, _shortened(fits))
    return pdf(words, chosen.release["published_at"]), words


def pdf(words: dict[str, Any], at: dt.datetime) -> bytes:
    """The pages as PDF/UA; ``at``, the UTC time of the release, is the only time in the file."""
    timestamp = int(at.replace(tzinfo=dt.UTC).timestamp())
    content = _compiler(words).compile(format="pdf", pdf_standards=["ua-1"], timestamp=timestamp)
    if not isinstance(content, bytes):
        raise DvstatsError("Typst gave no PDF. Report it.")
    return content


def _shortened(step: int) -> Limits:
    """Every list at the same share of its longest, at least one item."""
    return Limits(**{name: max(1, step * length // STEPS) for name, length in vars(LONGEST).items()})


def _compiler(words: dict[str, Any]) -> typst.Compiler:
    # A number is not torn at its spaces, in quoted texts either.
    text = _WITHIN_NUMBERS.sub(NO_BREAK_SPACE, json.dumps(words, ensure_ascii=False))
    given = {"brief": text}
    return typst.Compiler(
        _TEMPLATE, root=_TEMPLATE.parent, font_paths=_fonts(), ignore_system_fonts=True, sys_inputs=given
    )


def _pages(compiler: typst.Compiler) -> int:
    return int(json.loads(compiler.query("<pages>", field="value", one=True)))


@lru_cache
def _fonts() -> typst.Fonts:
    """Noto Sans, which has the letters of all languages of the region; no font of the machine."""
    return typst.Fonts(include_system_fonts=False, font_paths=[fontpkg_noto_sans.ROOT / "files"])

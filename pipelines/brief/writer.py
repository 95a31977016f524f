"""What every section of a brief writes with: the facts, one language, the numbered list of sources.

Not here: the sections (``key_findings``, ``changes``, ``gaps``) and the words of one figure
(``pipelines.published.figure_in_words``). Called by those sections and by ``blocks``.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from data_contracts.model import Lang
from pipelines.brief.figures import Facts, Row
from pipelines.published.figure_in_words import FigureWords
from pipelines.published.key_figures import Figure
from pipelines.published.texts import Texts

_TEXTS = Path(__file__).parent / "brief_words.yaml"
# A block of the page as ``brief.typ`` reads it, with its ``kind``; an item of a list: strong, text, refs.
Block = dict[str, Any]
Item = dict[str, str]


@dataclass(frozen=True)
class Limits:
    """How many items of each list are shown, so that a brief has two pages."""

    #: acts that break series
    laws: int
    #: conflicts between sources
    disputes: int
    #: refused comparisons of countries
    refusals: int
    #: requirements without a figure
    gaps: int
    #: programmes for aggressors that are known by name
    programmes: int
    #: datasets that are not up to date
    notices: int


@dataclass
class Sources:
    """The numbered list of sources, in the order in which the text cites them."""

    #: ``obs_key`` of the figures that are cited, by id of the source, which is numbered by its place
    keys: dict[str, list[str]] = field(default_factory=dict)

    def cite(self, source_id: str | None, *obs_keys: str) -> str:
        """The number of a source, which is put on the list with the keys of its figures."""
        if not source_id:
            return ""
        listed = self.keys.setdefault(source_id, [])
        listed += [key for key in obs_keys if key not in listed]
        return str(list(self.keys).index(source_id) + 1)


class Words:
    """The facts of a brief, to be worded in one language."""

    def __init__(self, facts: Facts, lang: Lang, limits: Limits) -> None:
        """``limits``: lengths of the lists."""
        self.facts, self.limits = facts, limits
        self.lang: Lang = lang
        self.say = Texts(_TEXTS, lang)
        self.labels = {key: self.own(row, "label") for key, row in facts.codes.items()}
        self.figures = FigureWords(lang, self.labels, facts.notices)
        self.sources = Sources()

    def own(self, row: Row, column: str) -> str:
        """The column of a row in this language."""
        return str(row[f"{column}_{self.lang}"] or "")

    def name(self, country: str) -> str:
        """Name of a country."""
        return self.own(self.facts.areas[country], "name")

    def cite(self, *figures: Figure | None) -> str:
        """Numbers of the sources of figures."""
        numbers = [self.sources.cite(f.source_id, f.obs_key) for f in figures if f]
        return ", ".join(dict.fromkeys(numbers))

    def cut(self, items: Sequence[Any], limit: int) -> tuple[Sequence[Any], str]:
        """The first items, and how many are left out."""
        left = len(items) - limit
        return items[:limit], self.say("more", n=left) if left > 0 else ""


def in_turn(
    rows: Iterable[Row], column: str = "country", rank: Callable[[Row, int], Any] = lambda row, before: before
) -> list[Row]:
    """The first row of each text in a column, then the second of each; or by a rank that knows how many came before."""
    seen: Counter[str] = Counter()
    ranked: list[tuple[Any, Row]] = []
    for row in rows:
        ranked.append((rank(row, seen[row[column]]), row))
        seen[row[column]] += 1
    return [row for _, row in sorted(ranked, key=lambda item: item[0])]

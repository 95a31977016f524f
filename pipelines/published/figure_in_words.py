"""One figure in words: its value with unit and bounds, its period, and what to know before it is used.

Not here: which figure is shown (``key_figures``) and the full cautions, which the view ``figures`` words. Called by the
briefs, by the first sheet of the workbook and by the letters of requests.
"""

import datetime as dt
from collections.abc import Mapping
from pathlib import Path

from data_contracts.model import Lang
from data_contracts.vocabulary import TOTAL
from pipelines.published.dataset_notices import Notice
from pipelines.published.key_figures import Figure, Other
from pipelines.published.numbers_and_periods_in_words import day, number, period, written_date
from pipelines.published.texts import Texts

_PATH = Path(__file__).with_suffix(".yaml")
# Labels of codes: by code list and code.
Labels = Mapping[tuple[str, str], str]
_UNITS = {"PERCENT": "percent", "PER_100000_POP": "per_100k"}


class FigureWords:
    """Words for figures in one language."""

    def __init__(self, lang: Lang, labels: Labels, notices: Mapping[str, Notice] | None = None) -> None:
        """``labels`` of the release, in this language; ``notices``: of its stale and held datasets, by id."""
        self.lang: Lang = lang
        self.say = Texts(_PATH, lang)
        self.labels = labels
        self.notices = notices or {}

    def value(self, value: float, unit: str) -> str:
        """A number with its unit; counts have none, since what is counted is written beside them."""
        text = number(value, self.lang)
        if unit in _UNITS:
            return self.say(_UNITS[unit], value=text)
        return text if unit == "NUMBER" else f"{text} {self.labels.get(('unit_measure', unit), unit)}"

    def framework(self, name: str) -> str:
        """Who asks for a figure, by the name in ``coverage``."""
        key = f"framework_{name}"
        return self.say(key) if key in self.say else name

    def amount(self, value: float, unit: str, lower: float | None, upper: float | None) -> str:
        """A value as it may be quoted: with its interval, or as the bound that it is."""
        text = self.value(value, unit)
        if lower is not None and upper is not None:
            return self.say(
                "interval", value=text, lower=number(lower, self.lang), upper=number(upper, self.lang)
            )
        if lower is None and upper is None:
            return text
        return self.say("less_than" if lower is None else "more_than", value=text)

    def shown(self, figure: Figure) -> str:
        """The value of a figure as it may be quoted."""
        return self.amount(figure.value, figure.unit, figure.lower, figure.upper)

    def span(self, start: dt.date, end: dt.date, *, unstated_end: bool) -> str:
        """The period that a figure covers, or the moment that it describes."""
        return self.say("unstated_end", year=start.year) if unstated_end else period(start, end, self.lang)

    def when(self, figure: Figure) -> str:
        """The period of a figure."""
        return self.span(figure.start, figure.end, unstated_end=figure.unstated_end)

    def counted(self, figure: Figure) -> str:
        """What is counted, and of whom where it is a part of the people."""
        parts = [self.say.of(figure.counted)]
        if figure.sex != TOTAL:
            parts.append(self.say("women" if figure.sex == "F" else "men"))
        if figure.age != TOTAL:
            parts.append(self.labels.get(("age", figure.age), figure.age))
        return ", ".join(parts)

    def know(self, figure: Figure, whole: Figure | None = None) -> str:
        """What to know before use, shortly; statuses and kinds of data by their labels.

        ``whole``: the last figure of a whole year, where the one shown covers a part.
        """
        parts = []
        if whole:
            doubt = "" if whole.status == figure.status else self._status(whole.status)
            value = f"{self.shown(whole)} ({doubt})" if doubt else self.shown(whole)
            parts.append(self.say("whole_year", period=self.when(whole), value=value))
        if figure.status != "A" and not (figure.status == "B" and figure.broken_since):
            parts.append(self._status(figure.status))
        if figure.nature != "C":
            parts.append(self.labels[("nature", figure.nature)].lower())
        if figure.start.year != figure.end.year:
            parts.append(self.say("together"))
        if figure.broken_since:
            # A law of October counts a year otherwise from that day: the year is of both sides.
            inside = figure.broken_since > figure.start.isoformat()
            date = written_date(figure.broken_since, self.lang)
            parts.append(self.say("broken_inside" if inside else "broken", date=date))
        if figure.scope == "all":
            parts.append(self.say("all_spheres"))
        parts += self._disputes(figure)
        parts += self.behind(figure, whole)
        return "; ".join(parts)

    def behind(self, *figures: Figure | None) -> list[str]:
        """The states of the datasets of figures that are stale or held, and how old their last good files are."""
        shown = {figure.dataset_id: figure for figure in figures if figure}
        return [self.state(self.notices[name]) for name in shown if name in self.notices]

    def state(self, notice: Notice) -> str:
        """The state of a dataset, and how old its last good file is."""
        label = self.labels[("dataset_state", notice.state)].lower()
        last = notice.last_good
        return self.say("last_good", state=label, day=day(last, self.lang)) if last else label

    def _status(self, code: str) -> str:
        return "" if code == "A" else self.labels[("obs_status", code)].lower()

    def _disputes(self, figure: Figure) -> list[str]:
        parts = [self._other(figure, other) for other in figure.others if other.kind == "conflict"][:2]
        if any(other.kind == "parts_do_not_add_up" for other in figure.others):
            parts.append(self.say("parts_differ"))
        misprints = [other for other in figure.others if other.kind == "misprint"]
        parts += [self.say("misprint", value=self.value(o.value, o.unit)) for o in misprints[:1]]
        return parts

    def _other(self, figure: Figure, other: Other) -> str:
        differs = []
        if other.indicator != figure.indicator:
            differs.append(self.say.of(other.counted))
        if (other.start, other.end) != (figure.start, figure.end):
            differs.append(period(other.start, other.end, self.lang))
        value = self.value(other.value, other.unit)
        if differs:
            return self.say("other_source_of", value=value, what=", ".join(differs))
        return self.say("other_source", value=value)

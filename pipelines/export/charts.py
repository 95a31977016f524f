"""The native charts of the first sheet, and below them the figures that they draw.

Drawn are the longest series of each country, breaks marked and years without a figure left open, and how many of the
figures asked for are published. Not here: which series that is (``pipelines.published.key_figures``) and the sheet
around them (``front_sheet``, which calls this).
"""

from dataclasses import dataclass
from typing import Any

from pipelines.export.front_lines import FrontLines
from pipelines.published.key_figures import longest_series
from pipelines.published.numbers_and_periods_in_words import number

# Charts are placed side by side, each so many rows high.
_CHART_ROWS = 11
_CHART_PIXELS = (640, 205)
_SECOND_CHART = 3
_ANSWERS = {
    "published": ("answered_published", "#1C5D8C"),
    "only a total": ("answered_only_total", "#F2B134"),
    "nothing": ("answered_nothing", "#C3CCD5"),
}


@dataclass(frozen=True)
class _Chart:
    """A chart and the rows of figures behind it, which are written below the charts."""

    title: str
    header: tuple[str, ...]
    rows: list[tuple[Any, ...]]
    broken: tuple[int, ...] = ()
    stacked: bool = False


class Charts:
    """The charts of a sheet: room is left for them at their place, their figures are written later."""

    def __init__(self, front: FrontLines) -> None:
        """``front``: the sheet while it is written."""
        self.front = front
        self.placed: list[tuple[_Chart, int, int]] = []

    def room(self) -> None:
        """Leaves room for the charts, two in a row."""
        self.front.head(self.front.say("charts"))
        made = [chart for country in self.front.countries if (chart := self._series(country))]
        if not made:
            self.front.wide(self.front.say("no_series"), "")
        made += self._coverage()
        first = self.front.line
        self.front.line += _CHART_ROWS * -(-len(made) // 2)
        self.placed = [
            (chart, first + n // 2 * _CHART_ROWS, n % 2 * _SECOND_CHART) for n, chart in enumerate(made)
        ]

    def figures(self) -> None:
        """The figures behind the charts as tables, and the charts themselves at their places."""
        if self.placed:
            self.front.head(self.front.say("chart_data"))
        for chart, row, column in self.placed:
            place = {"x_offset": 4, "y_offset": 4, "object_position": 1, "description": chart.title}
            self.front.sheet.insert_chart(row, column, self._draw(chart), place)

    def _series(self, country: str) -> _Chart | None:
        """The longest series of a country; a year without a figure stays empty."""
        series = {figure.end.year: figure for figure in longest_series(self.front.reading.figures, country)}
        if not series:
            return None
        years = range(min(series), max(series) + 1)
        rows = [
            (
                str(year),
                series[year].value if year in series else None,
                self.front.labels["obs_status", series[year].status] if year in series else "",
            )
            for year in years
        ]
        broken = tuple(n for n, year in enumerate(years) if year in series and series[year].status == "B")
        counted = self.front.words.counted(series[max(series)])
        title = self.front.say("chart_series", country=self.front.names[country], counted=counted)
        if broken:
            title = self.front.say("chart_break", title=title)
        header = (
            self.front.say("column_year"),
            self.front.say("column_value"),
            self.front.say("column_status"),
        )
        return _Chart(title, header, rows, broken)

    def _coverage(self) -> list[_Chart]:
        """How many requirements are answered: of several countries a bar each, of one a bar a framework."""
        rows = [row for row in self.front.reading.requirements if row[0] in self.front.countries]
        if not rows:
            return []
        several = len({row[0] for row in rows}) > 1
        counted: dict[str, dict[str, int]] = {}
        for country, framework, found, n in rows:
            bar = counted.setdefault(
                self.front.names[country] if several else self.front.words.framework(framework), {}
            )
            bar[found] = bar.get(found, 0) + n
        header = ("", *(self.front.say(name) for name, _ in _ANSWERS.values()))
        table = [(name, *(bar.get(kind, 0) for kind in _ANSWERS)) for name, bar in counted.items()]
        return [_Chart(self.front.say("chart_coverage"), header, table, stacked=True)]

    def _draw(self, chart: _Chart) -> Any:
        """The figures as a small table, and the chart that refers to them."""
        self.front.wide(chart.title, "bold")
        for column, text in enumerate(chart.header):
            self.front.writer.text(self.front.line, column, text, self.front.style("header"))
        top = self.front.line + 1
        for row in chart.rows:
            self.front.line += 1
            for column, value in enumerate(row):
                if isinstance(value, str):
                    self.front.writer.text(self.front.line, column, value, self.front.style())
                elif value is not None:
                    self.front.writer.number(self.front.line, column, value, style="data")
        bottom = self.front.line
        self.front.line += 2
        return self._bars(chart, top, bottom) if chart.stacked else self._columns(chart, top, bottom)

    def _columns(self, chart: _Chart, top: int, bottom: int) -> Any:
        drawn: Any = self.front.writer.book.file.add_chart({"type": "column"})
        name = self.front.sheet.get_name()
        points = [
            {"fill": {"color": "#1C5D8C" if n in chart.broken else "#6F9BBB"}} for n in range(len(chart.rows))
        ]
        labels: list[Any] = [None] * len(chart.rows)
        for n in chart.broken:
            value = number(chart.rows[n][1], self.front.job.lang)
            labels[n] = {"value": f"▾ {value}", "font": {"bold": True, "size": 8}}
        drawn.add_series(
            {
                "name": chart.header[1],
                "categories": [name, top, 0, bottom, 0],
                "values": [name, top, 1, bottom, 1],
                "categories_data": [row[0] for row in chart.rows],
                "values_data": [row[1] for row in chart.rows],
                "points": points,
                "gap": 40,
                "data_labels": {"value": True, "font": {"size": 8}, "num_format": "#,##0", "custom": labels},
            }
        )
        drawn.set_y_axis({"visible": False, "major_gridlines": {"visible": False}, "min": 0})
        drawn.set_x_axis({"num_font": {"size": 8}})
        drawn.show_blanks_as("gap")
        drawn.set_legend({"none": True})
        return self._finish(drawn, chart)

    def _bars(self, chart: _Chart, top: int, bottom: int) -> Any:
        drawn: Any = self.front.writer.book.file.add_chart({"type": "bar", "subtype": "stacked"})
        name = self.front.sheet.get_name()
        for n, (_, colour) in enumerate(_ANSWERS.values()):
            drawn.add_series(
                {
                    "name": [name, top - 1, 1 + n],
                    "categories": [name, top, 0, bottom, 0],
                    "values": [name, top, 1 + n, bottom, 1 + n],
                    "categories_data": [row[0] for row in chart.rows],
                    "values_data": [row[1 + n] for row in chart.rows],
                    "fill": {"color": colour},
                    "gap": 40,
                    "data_labels": {
                        "value": True,
                        "font": {"size": 8, "color": "#FFFFFF" if n == 0 else "#000000"},
                    },
                }
            )
        drawn.set_x_axis({"visible": False, "major_gridlines": {"visible": False}})
        drawn.set_y_axis({"reverse": True, "num_font": {"size": 8}})
        drawn.set_legend({"position": "bottom", "font": {"size": 8}})
        return self._finish(drawn, chart)

    @staticmethod
    def _finish(drawn: Any, chart: _Chart) -> Any:
        drawn.set_title({"name": chart.title, "name_font": {"size": 10, "bold": True}, "overlay": False})
        width, tall = _CHART_PIXELS
        drawn.set_size({"width": width, "height": tall})
        drawn.set_chartarea({"border": {"color": "#C3CCD5"}})
        return drawn

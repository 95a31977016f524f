"""The first sheet of the workbook: key figures, native charts with their figures, how to read, contents, citation.

Not here: the choice of key figures (``pipelines.published.key_figures``), their words (``figure_words``) and writing
cells (``workbook_file``). Called by ``workbook``.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from pipelines.export.reading import Reading
from pipelines.export.selection import Export
from pipelines.export.sheets import INDICATORS
from pipelines.export.workbook_file import SheetWriter, height
from pipelines.published.figure_words import FigureWords
from pipelines.published.in_words import day, number
from pipelines.published.key_figures import Figure, choice, key_figure, last_whole_year, longest_series
from pipelines.published.texts import Texts
from pipelines.release.citation import plain_citation

_COLUMNS = {
    "topic": 26,
    "counted": 42,
    "period": 20,
    "value": 11,
    "unit": 13,
    "know": 54,
    "source": 22,
    "page": 15,
}
_WIDTHS = tuple(_COLUMNS.values())
# Charts stand side by side, each so many rows high.
_CHART_ROWS = 11
_CHART_PIXELS = (640, 205)
_SECOND_CHART = 3
_ANSWERS = {
    "published": ("answered_published", "#1C5D8C"),
    "only a total": ("answered_only_total", "#F2B134"),
    "nothing": ("answered_nothing", "#C3CCD5"),
}


@dataclass(frozen=True)
class Contents:
    """Another sheet: its name and, of a table, how many rows it has."""

    name: str
    rows: int | None = None


@dataclass(frozen=True)
class _Chart:
    """A chart and the rows of figures behind it, which are written below the charts."""

    title: str
    header: tuple[str, ...]
    rows: list[tuple[Any, ...]]
    broken: tuple[int, ...] = ()
    stacked: bool = False


def front_sheet(
    job: Export, writer: SheetWriter, say: Texts, reading: Reading, contents: Sequence[Contents]
) -> None:
    """Writes the sheet; ``contents`` are the other sheets in their order."""
    front = _Front(job, writer, say, reading)
    front.title()
    if len(front.countries) == 1:
        front.key_figures()
        charts = front.charts()
    else:
        # A long table would push the charts over the end of a page.
        charts = front.charts()
        front.key_figures()
    front.chart_data(charts)
    front.reading_notes()
    front.contents(contents)
    front.citation()
    writer.sheet.print_area(0, 0, front.line, len(_WIDTHS) - 1)


class _Front:
    """The sheet while it is written from top to bottom; ``line`` is the next row."""

    def __init__(self, job: Export, writer: SheetWriter, say: Texts, reading: Reading) -> None:
        self.job, self.writer, self.say, self.reading = job, writer, say, reading
        self.sheet, self.style = writer.sheet, writer.book.style
        self.line = 0
        own = f"label_{job.lang}"
        labels = {(c, code): label for c, code, label in job.rows(f"SELECT codelist, code, {own} FROM codes")}
        self.labels = labels
        self.words = FigureWords(job.lang, labels)
        self.names = dict(job.rows(f"SELECT code, name_{job.lang} FROM areas WHERE level = 'country'"))
        self.sources = {
            code: rest
            for code, *rest in job.rows(
                "SELECT source_id, publisher, site(address), address FROM kept_sources"
            )
        }
        self.countries = self._countries()
        for column, width in enumerate(_WIDTHS):
            self.sheet.set_column(column, column, width)

    # -- lines --------------------------------------------------------------------------------------------------

    def wide(self, text: str, style: str, line: float = 12.0) -> None:
        """A text over the whole width."""
        self.sheet.set_row(self.line, height([(text, sum(_WIDTHS) * 12.0 / line)], line))
        self.sheet.merge_range(self.line, 0, self.line, len(_WIDTHS) - 1, "", self.style(style))
        self.writer.text(self.line, 0, text, self.style(style))
        self.line += 1

    def head(self, text: str) -> None:
        """A heading, with an empty row above."""
        self.line += 1
        self.wide(text, "head", 18)

    def title(self) -> None:
        """What this is: selection, release, date."""
        job, say = self.job, self.say
        chosen = [*job.filters.areas, *job.filters.indicators]
        if job.filters.years:
            chosen.append("–".join(str(year) for year in dict.fromkeys(job.filters.years)))
        if job.filters.open_only:
            chosen.append(say("open_only"))
        count = number(job.rows("SELECT count(*) FROM export_rows")[0][0], job.lang)
        self.wide(say("title"), "title", 26)
        self.wide(
            say(
                "about",
                chosen=", ".join(self.names.get(word, word) for word in chosen) or say("everything"),
                count=count,
                release=job.release,
                date=day(job.at.date(), job.lang),
            ),
            "lead",
            15,
        )

    # -- key figures --------------------------------------------------------------------------------------------

    def _countries(self) -> list[str]:
        """Countries with figures; comparators only where there is no other."""
        rows = self.job.rows(
            "SELECT DISTINCT comparator, country FROM export_rows ORDER BY comparator, country"
        )
        own = [country for comparator, country in rows if not comparator]
        return own or [country for _, country in rows]

    def key_figures(self) -> None:
        """A row a topic, country by country."""
        self.head(self.say("key_figures"))
        figures = self.reading.figures
        shown = {
            country: [figure for topic in choice().topics if (figure := key_figure(figures, country, topic))]
            for country in self.countries
        }
        if not any(shown.values()):
            self.wide(self.say("no_key_figures"), "")
            return
        for column, name in enumerate(_COLUMNS):
            self.writer.text(self.line, column, self.say(f"column_{name}"), self.style("header"))
        self.line += 1
        for country, rows in shown.items():
            if rows and len(shown) > 1:
                self.wide(self.names[country], "bold", 15)
            for figure in rows:
                self._key_figure(figure)

    def _key_figure(self, figure: Figure) -> None:
        words = self.words
        know = words.know(figure, last_whole_year(self.reading.figures, figure))
        if figure.bounds == "interval":
            know = "; ".join(filter(None, [self.say("interval", value=words.shown(figure)), know]))
        elif figure.bounds:
            know = "; ".join(filter(None, [self.say("bound", value=words.shown(figure)), know]))
        publisher, site, address = self.sources[figure.source_id]
        texts = [
            self.labels["family", figure.family],
            words.counted(figure),
            words.when(figure),
            "",
            self.labels.get(("unit_measure", figure.unit), figure.unit),
            know,
            publisher or "",
            "",
        ]
        self.sheet.set_row(self.line, height(list(zip(texts, _WIDTHS, strict=True))))
        for column, style in ((0, "bold"), (1, ""), (2, ""), (4, ""), (5, ""), (6, "")):
            if texts[column]:
                self.writer.text(self.line, column, texts[column], self.style(style))
        self.writer.number(self.line, 3, figure.value, style="key")
        self.writer.link(self.line, 7, site, address)
        self.line += 1

    # -- charts -------------------------------------------------------------------------------------------------

    def charts(self) -> list[tuple[_Chart, int, int]]:
        """Room for native charts two in a row; gives them with the place of each."""
        self.head(self.say("charts"))
        made = [chart for country in self.countries if (chart := self._series(country))]
        if not made:
            self.wide(self.say("no_series"), "")
        made += self._coverage()
        first = self.line
        self.line += _CHART_ROWS * -(-len(made) // 2)
        return [(chart, first + n // 2 * _CHART_ROWS, n % 2 * _SECOND_CHART) for n, chart in enumerate(made)]

    def chart_data(self, charts: Sequence[tuple[_Chart, int, int]]) -> None:
        """The figures behind the charts as tables, and the charts themselves at their places."""
        if charts:
            self.head(self.say("chart_data"))
        for chart, row, column in charts:
            place = {"x_offset": 4, "y_offset": 4, "object_position": 1, "description": chart.title}
            self.sheet.insert_chart(row, column, self._draw(chart), place)

    def _series(self, country: str) -> _Chart | None:
        """The longest series of a country; a year without a figure stays empty."""
        series = {figure.end.year: figure for figure in longest_series(self.reading.figures, country)}
        if not series:
            return None
        years = range(min(series), max(series) + 1)
        rows = [
            (
                str(year),
                series[year].value if year in series else None,
                self.labels["obs_status", series[year].status] if year in series else "",
            )
            for year in years
        ]
        broken = tuple(n for n, year in enumerate(years) if year in series and series[year].status == "B")
        counted = self.words.counted(series[max(series)])
        title = self.say("chart_series", country=self.names[country], counted=counted)
        if broken:
            title = self.say("chart_break", title=title)
        header = (self.say("column_year"), self.say("column_value"), self.say("column_status"))
        return _Chart(title, header, rows, broken)

    def _coverage(self) -> list[_Chart]:
        """How many requirements are answered: of several countries a bar each, of one a bar a framework."""
        rows = [row for row in self.reading.requirements if row[0] in self.countries]
        if not rows:
            return []
        several = len({row[0] for row in rows}) > 1
        counted: dict[str, dict[str, int]] = {}
        for country, framework, found, n in rows:
            bar = counted.setdefault(self.names[country] if several else self.words.framework(framework), {})
            bar[found] = bar.get(found, 0) + n
        header = ("", *(self.say(name) for name, _ in _ANSWERS.values()))
        table = [(name, *(bar.get(kind, 0) for kind in _ANSWERS)) for name, bar in counted.items()]
        return [_Chart(self.say("chart_coverage"), header, table, stacked=True)]

    def _draw(self, chart: _Chart) -> Any:
        """The figures as a small table, and the chart that refers to them."""
        self.wide(chart.title, "bold")
        for column, text in enumerate(chart.header):
            self.writer.text(self.line, column, text, self.style("header"))
        top = self.line + 1
        for row in chart.rows:
            self.line += 1
            for column, value in enumerate(row):
                if isinstance(value, str):
                    self.writer.text(self.line, column, value, self.style())
                elif value is not None:
                    self.writer.number(self.line, column, value, style="data")
        bottom = self.line
        self.line += 2
        return self._bars(chart, top, bottom) if chart.stacked else self._columns(chart, top, bottom)

    def _columns(self, chart: _Chart, top: int, bottom: int) -> Any:
        drawn = self.writer.book.file.add_chart({"type": "column"})
        name = self.sheet.get_name()
        points = [
            {"fill": {"color": "#1C5D8C" if n in chart.broken else "#6F9BBB"}} for n in range(len(chart.rows))
        ]
        labels: list[Any] = [None] * len(chart.rows)
        for n in chart.broken:
            value = number(chart.rows[n][1], self.job.lang)
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
        drawn = self.writer.book.file.add_chart({"type": "bar", "subtype": "stacked"})
        name = self.sheet.get_name()
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

    # -- words --------------------------------------------------------------------------------------------------

    def reading_notes(self) -> None:
        """What a reader must know before quoting."""
        self.head(self.say("reading"))
        indicators = self.say.of(INDICATORS.title)
        for name in ("rows", "sums", "empty", "countries", "columns"):
            self.wide("• " + self.say(f"reading_{name}", indicators=indicators), "")
        for text in self.job.contract.warnings.values():
            self.wide("• " + self.say.of(text), "")
        used = self.job.rows(
            f"""SELECT label_{self.job.lang}, description_{self.job.lang} FROM codes
            WHERE codelist = 'obs_status' AND code IN (SELECT obs_status FROM export_rows) ORDER BY code"""
        )
        meanings = "; ".join(f"{label} — {described}" for label, described in used)
        self.wide("• " + self.say("reading_statuses", meanings=meanings), "")

    def contents(self, contents: Sequence[Contents]) -> None:
        """The other sheets, each a link."""
        self.head(self.say("contents"))
        for content in contents:
            target = f"internal:'{content.name.replace(chr(39), chr(39) * 2)}'!A1"
            self.sheet.write_url(self.line, 0, target, self.style("link"), content.name)
            if content.rows is not None:
                rows = self.say("rows", n=number(content.rows, self.job.lang))
                self.writer.text(self.line, 1, rows, self.style())
            self.line += 1

    def citation(self) -> None:
        """How to cite."""
        self.head(self.say("cite"))
        job = self.job
        self.wide(plain_citation(job.release, job.content_hash, job.at.date()), "")
        self.wide(self.say("cite_too"), "")

"""The first sheet of the workbook: key figures, native charts with their figures, how to read, contents, citation.

Not here: the choice of key figures (``pipelines.published.key_figures``), their words (``figure_in_words``), the charts
(``charts``) and writing lines and cells (``front_lines``, ``workbook_file``). Called by ``workbook``.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pipelines.export.cautions import Reading
from pipelines.export.charts import Charts
from pipelines.export.front_lines import COLUMNS, WIDTHS, FrontLines
from pipelines.export.selection import Export
from pipelines.export.sheets import INDICATORS
from pipelines.export.workbook_file import SheetWriter, height
from pipelines.published.key_figures import Figure, choice, key_figure, last_whole_year
from pipelines.published.numbers_and_periods_in_words import day, number
from pipelines.published.texts import Texts
from pipelines.release.citation import plain_citation


@dataclass(frozen=True)
class Contents:
    """Another sheet."""

    #: as Excel shows it
    name: str
    #: of a table; None: it has none to be counted
    rows: int | None = None


def front_sheet(
    job: Export, writer: SheetWriter, say: Texts, reading: Reading, contents: Sequence[Contents]
) -> None:
    """Writes the sheet; ``contents`` are the other sheets in their order."""
    front = FrontLines(job, writer, say, reading)
    charts = Charts(front)
    _title(front)
    if len(front.countries) == 1:
        _key_figures(front)
        charts.room()
    else:
        # A long table would push the charts over the end of a page.
        charts.room()
        _key_figures(front)
    charts.figures()
    _reading_notes(front)
    _contents(front, contents)
    _citation(front)
    front.sheet.print_area(0, 0, front.line, len(WIDTHS) - 1)


def _title(front: FrontLines) -> None:
    """What this is: selection, release, date."""
    job, say = front.job, front.say
    chosen = [*job.filters.areas, *job.filters.indicators]
    if job.filters.years:
        chosen.append("–".join(str(year) for year in dict.fromkeys(job.filters.years)))
    if job.filters.open_only:
        chosen.append(say("open_only"))
    count = number(job.rows("SELECT count(*) FROM export_rows")[0][0], job.lang)
    front.wide(say("title"), "title", 26)
    front.wide(
        say(
            "about",
            chosen=", ".join(front.names.get(word, word) for word in chosen) or say("everything"),
            count=count,
            release=job.release,
            date=day(job.at.date(), job.lang),
        ),
        "lead",
        15,
    )


def _key_figures(front: FrontLines) -> None:
    """A row a topic, country by country."""
    front.head(front.say("key_figures"))
    figures = front.reading.figures
    shown = {
        country: [figure for topic in choice().topics if (figure := key_figure(figures, country, topic))]
        for country in front.countries
    }
    if not any(shown.values()):
        front.wide(front.say("no_key_figures"), "")
        return
    for column, name in enumerate(COLUMNS):
        front.writer.text(front.line, column, front.say(f"column_{name}"), front.style("header"))
    front.line += 1
    sources = {
        code: rest
        for code, *rest in front.job.rows(
            "SELECT source_id, publisher, site(address), address FROM kept_sources"
        )
    }
    for country, rows in shown.items():
        if rows and len(shown) > 1:
            front.wide(front.names[country], "bold", 15)
        for figure in rows:
            _key_figure(front, sources, figure)


def _key_figure(front: FrontLines, sources: Mapping[str, Sequence[str]], figure: Figure) -> None:
    words = front.words
    know = words.know(figure, last_whole_year(front.reading.figures, figure))
    if figure.bounds == "interval":
        know = "; ".join(filter(None, [front.say("interval", value=words.shown(figure)), know]))
    elif figure.bounds:
        know = "; ".join(filter(None, [front.say("bound", value=words.shown(figure)), know]))
    publisher, site, address = sources.get(figure.source_id, ("", "", ""))
    texts = [
        front.labels["family", figure.family],
        words.counted(figure),
        words.when(figure),
        "",
        front.labels.get(("unit_measure", figure.unit), figure.unit),
        know,
        publisher or "",
        "",
    ]
    front.sheet.set_row(front.line, height(list(zip(texts, WIDTHS, strict=True))))
    for column, style in ((0, "bold"), (1, ""), (2, ""), (4, ""), (5, ""), (6, "")):
        if texts[column]:
            front.writer.text(front.line, column, texts[column], front.style(style))
    front.writer.number(front.line, 3, figure.value, style="key")
    front.writer.link(front.line, 7, site, address)
    front.line += 1


def _reading_notes(front: FrontLines) -> None:
    """What a reader must know before quoting."""
    front.head(front.say("reading"))
    indicators = front.say.of(INDICATORS.title)
    for name in ("rows", "sums", "empty", "countries", "columns"):
        front.wide("• " + front.say(f"reading_{name}", indicators=indicators), "")
    for text in front.job.contract.warnings.values():
        front.wide("• " + front.say.of(text), "")
    used = front.job.rows(
        f"""SELECT label_{front.job.lang}, description_{front.job.lang} FROM codes
        WHERE codelist = 'obs_status' AND code IN (SELECT obs_status FROM export_rows) ORDER BY code"""
    )
    meanings = "; ".join(f"{label} — {described}" for label, described in used)
    front.wide("• " + front.say("reading_statuses", meanings=meanings), "")


def _contents(front: FrontLines, contents: Sequence[Contents]) -> None:
    """The other sheets, each a link."""
    front.head(front.say("contents"))
    for content in contents:
        target = f"internal:'{content.name.replace(chr(39), chr(39) * 2)}'!A1"
        front.sheet.write_url(front.line, 0, target, front.style("link"), content.name)
        if content.rows is not None:
            rows = front.say("rows", n=number(content.rows, front.job.lang))
            front.writer.text(front.line, 1, rows, front.style())
        front.line += 1


def _citation(front: FrontLines) -> None:
    """How to cite."""
    front.head(front.say("cite"))
    job = front.job
    front.wide(plain_citation(job.release, job.content_hash, job.at.date()), "")
    front.wide(front.say("cite_too"), "")

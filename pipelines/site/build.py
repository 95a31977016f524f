"""Builds the site: loads the release, draws charts, writes pages and files aside, and swaps the finished folder in.

>>> built = build_site(Path("data"), Path("data/site"))
>>> built.pages, built.engine
(580, True)

The same release gives the same bytes (the database of the query page excepted: DuckDB's own files differ). Not here:
what is on a page (``pages``) and in a file (``data_files``, ``query_page``). Called by ``dvstats site`` and the asset.
"""

import datetime as dt
import os
import re
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import pyarrow as pa

from data_contracts.errors import UserError
from data_contracts.load import contract
from data_contracts.model import LANGS, Lang
from pipelines.progress import Step, unseen
from pipelines.published.releases import release_folder
from pipelines.release.citation import plain_citation
from pipelines.release.database_file import DATABASE
from pipelines.release.feed import atom_feed
from pipelines.site import charts, data_files, descriptions, html, query_page, recipes, tiles, words
from pipelines.site.colours import style_variables
from pipelines.site.html import MARKS, Page, Words, environment, render, texts
from pipelines.site.indicator_and_region_pages import figure_pages
from pipelines.site.load_release import Release, load_release
from pipelines.site.page_facts import Site, all_panels, shared
from pipelines.site.pages import pages
from pipelines.site.series import Panel
from pipelines.site.tile_choice import Map, maps

ASSETS = html.HERE / "assets"
# A file of this name says that a folder is a site, so that only such a folder is ever replaced.
MARKER = "release.txt"
NEUTRAL = {
    "en": "https://en.wikipedia.org/wiki/Main_Page",
    "ru": "https://ru.wikipedia.org/wiki/Заглавная_страница",
}
_SIZE = re.compile(r'width="(\d+)" height="(\d+)"')


@dataclass(frozen=True)
class Options:
    """What may differ from one office to another.

    ``base``: the web address of the site, for absolute links in feed and sitemap; empty for a file share. ``exit_to``:
    the neutral page of the quick exit; empty: an encyclopaedia in the reader's language. ``engine``: whether to try for
    the query engine.
    """

    base: str = ""
    exit_to: str = ""
    engine: bool = True

    @classmethod
    def of_environment(cls) -> "Options":
        """From DVSTATS_SITE_URL and DVSTATS_EXIT_URL."""
        base = os.environ.get("DVSTATS_SITE_URL", "").rstrip("/")
        return cls(base, os.environ.get("DVSTATS_EXIT_URL", ""))


@dataclass(frozen=True)
class BuiltSite:
    """What was built: pages of both languages, bytes without and with the query engine."""

    folder: Path
    release: str
    pages: int
    bytes: int
    engine: bool
    engine_bytes: int = 0


@dataclass
class _Job:
    """A site while it is built: where it is written, and how far that is.

    ``sizes``: width and height in pixels of each drawing, by the name of its file.
    """

    release: Release
    folder: Path
    options: Options
    engine: bool
    step: Step = unseen
    sizes: dict[str, tuple[int, int]] = field(default_factory=dict)
    written: int = 0


def build_site(
    data_dir: Path, output: Path, options: Options | None = None, step: Step = unseen
) -> BuiltSite:
    """The site of the latest release in ``output``, which is replaced as a whole; ``step``: after each page.

    :class:`UserError` where ``output`` holds something that is no site.
    """
    output = output.resolve()
    _refuse_strangers(output)
    options = options or Options.of_environment()
    # The link is followed once: pages, files and query page are of one release.
    shown = release_folder(data_dir, None)
    release = load_release(shown)
    cache = data_dir / "staging" / "query_engine"
    modules = query_page.engine_files(cache) if options.engine else None
    output.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".site-", dir=output.parent) as aside:
        job = _Job(release, Path(aside) / "site", options, modules is not None, step)
        job.folder.mkdir()
        count = _write_all(job, shown)
        size = _bytes(job.folder)
        if modules:
            query_page.write_engine(modules, shown / DATABASE, job.folder / "query")
        total = _bytes(job.folder)
        _swap(job.folder, output)
    return BuiltSite(output, release.name, count, size, modules is not None, total - size)


def _refuse_strangers(output: Path) -> None:
    site = output.is_dir() and ((output / MARKER).exists() or not any(output.iterdir()))
    if output.exists() and not site:
        raise UserError(
            f"{output} is, or holds, something that is no site of dvstats, so it is not replaced. "
            "Give --output an empty folder."
        )


def _swap(made: Path, output: Path) -> None:
    """Replace the folder in two renames, so that a reader sees the old site or the new one."""
    made.chmod(0o755)
    old = made.parent / "old"
    if output.exists():
        output.rename(old)
    made.rename(output)
    shutil.rmtree(old, ignore_errors=True)


def _bytes(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def _write_all(job: _Job, data_dir: Path) -> int:
    release = job.release
    panels = all_panels(release)
    tile_maps = [m for country in release.countries for m in maps(release, country)]
    _draw(job, panels, tile_maps)
    shutil.copytree(ASSETS, job.folder / "assets")
    style = job.folder / "assets" / "site.css"
    style.write_text(f"{style_variables()}\n{style.read_text(encoding='utf-8')}", encoding="utf-8")
    latest = job.folder / "latest"
    files = data_files.write_tables(data_dir, contract(), latest)
    codes = data_files.write_indicators(release, latest)
    descriptions.write_descriptions(release, contract(), files, codes, latest)
    sites: dict[Lang, Site] = {lang: Site(release, lang, panels, job.engine) for lang in LANGS}
    given = {lang: _for_all_pages(job, lang, files) for lang in LANGS}
    linked: set[str] = set()
    paths: list[str] = []
    for lang, site in sites.items():
        paths = [_write_page(job, page, lang, linked, given[lang]) for page in pages(site)]
    # After all others, which have said by then which figures they lead to.
    more: list[str] = []
    for lang, site in sites.items():
        more = [_write_page(job, page, lang, set(), given[lang]) for page in figure_pages(site, linked)]
    _write_root(job, [*paths, *more])
    return len(LANGS) * (len(paths) + len(more))


def _write_page(job: _Job, page: Page, lang: Lang, linked: set[str], given: Mapping[str, Any]) -> str:
    path = job.folder / lang / f"{page.path}.html"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(render(page, job.release, lang, linked, **given), encoding="utf-8")
    job.written += 1
    job.step(job.written, None)
    return page.path


def _for_all_pages(job: _Job, lang: Lang, files: Sequence[data_files.TableFile]) -> dict[str, Any]:
    """What templates use beside the page: menu, help, sizes of charts, entries for search engines, recipes."""
    release, base = job.release, job.options.base
    content_hash = str(release.tables["releases"][-1]["content_hash"])
    environment().filters["licence_of"] = lambda name, of: of.datasets[name]["licence"]
    return {
        **shared(release, lang),
        "base": base,
        "exit_to": job.options.exit_to or NEUTRAL[lang],
        "sizes": job.sizes,
        "bodies": _bodies(release),
        "dataset_json": descriptions.dataset_json(release, base, content_hash),
        "indicator_json": partial(descriptions.indicator_json, release, base),
        "table_files": files,
        "recipe_power_query": recipes.POWER_QUERY,
        "recipe_sheets": recipes.SHEETS,
        "recipe_python": recipes.PYTHON,
        "recipe_javascript": recipes.JAVASCRIPT,
        "status_marks": MARKS,
        "citation": plain_citation(release.name, content_hash, release.published_at.date()),
    }


def _bodies(release: Release) -> Mapping[tuple[str, str], Mapping[str, str]]:
    """Who would publish a requirement, by country and requirement."""
    return {
        (row["country"], row["requirement"]): {lang: row[f"publisher_{lang}"] for lang in LANGS}
        for row in release.tables["coverage"]
    }


def _draw(job: _Job, panels: Mapping[str, Panel], tile_maps: Sequence[Map]) -> None:
    for lang in LANGS:
        folder = job.folder / "charts" / lang
        folder.mkdir(parents=True)
        w = Words(job.release, lang)
        for name, panel in panels.items():
            title = f"{w.indicator(panel.indicator)}, {w.area(panel.area)}"
            _save(
                job, folder / f"{name}.svg", charts.svg(job.release, panel, lang, title, _described(w, panel))
            )
        for tile_map in tile_maps:
            first = tile_map.first
            title = f"{w.indicator(first.indicator)}, {w.area(tile_map.country)}, {w.period(first)}"
            drawn = tiles.tile_map(
                tile_map.country,
                _shaded_values(tile_map),
                _tile_texts(tile_map, lang),
                lang,
                shaded=tile_map.shaded,
                title=title,
            )
            _save(job, folder / f"{tile_map.name}.svg", drawn)
    for name, panel in panels.items():
        data_files.write_series(panel.figures, job.folder / "charts" / f"{name}.csv")
    for tile_map in tile_maps:
        figures = [tile_map.figures[area] for area in sorted(tile_map.figures)]
        data_files.write_series(figures, job.folder / "charts" / f"{tile_map.name}.csv")


def _described(w: Words, panel: Panel) -> str:
    """All points of a chart in words, for a screen reader."""
    several = len(panel.slices) > 1
    parts = []
    for figure in panel.figures:
        value = w.number(figure.obs_value or 0.0, figure.unit_measure)
        who = f" {w.label('sex', figure.sex)}" if several else ""
        parts.append(f"{figure.period_start.year}:{who} {value}")
    return "; ".join(parts)


def _shaded_values(tile_map: Map) -> Mapping[str, float]:
    if tile_map.rates:
        return {area: row["rate"] for area, row in tile_map.rates.items()}
    return {area: f.obs_value for area, f in tile_map.figures.items() if f.obs_value is not None}


def _tile_texts(tile_map: Map, lang: Lang) -> dict[str, str]:
    """Numbers as tiles print them: short, without the sign of per cent."""
    values = _shaded_values(tile_map)
    return {area: words.number(round(value, 1), "NUMBER", lang) for area, value in values.items()}


def _save(job: _Job, path: Path, drawn: str) -> None:
    path.write_text(drawn, encoding="utf-8")
    for width, height in _SIZE.findall(drawn)[:1]:
        job.sizes[path.stem] = (int(width), int(height))


def _write_root(job: _Job, paths: Sequence[str]) -> None:
    """The choice of language, sitemap, feed and the name of the release."""
    both = texts()
    template = environment().get_template("root.html.j2")
    exit_to = job.options.exit_to or NEUTRAL["en"]
    text = template.render(en=both["en"], ru=both["ru"], exit_to=exit_to)
    (job.folder / "index.html").write_text(text.rstrip() + "\n", encoding="utf-8")
    day: dt.date = job.release.published_at.date()
    sitemap = descriptions.sitemap(paths, job.options.base, day)
    (job.folder / "sitemap.xml").write_text(sitemap, encoding="utf-8")
    feed = atom_feed(
        pa.Table.from_pylist(list(job.release.tables["releases"])),
        job.options.base,
        notes="{lang}/changes.html",
        media="text/html",
    )
    (job.folder / "feed.atom").write_text(feed, encoding="utf-8")
    (job.folder / MARKER).write_text(f"{job.release.name}\n", encoding="utf-8")

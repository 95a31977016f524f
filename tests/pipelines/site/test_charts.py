"""Charts say what their tables say; the same figures give the same bytes."""

import csv
import itertools
import re
from dataclasses import replace
from typing import Any

from data_contracts.model import LANGS, Lang
from pipelines.site import charts, words
from pipelines.site.load_release import Release
from pipelines.site.series import Panel, panel


def points(panel: Panel, release: Release, lang: Lang) -> list[str]:
    several = len(panel.slices) > 1
    return [
        f"{f.period_start.year}:"
        + (f" {release.label('sex', f.sex, lang)}" if several else "")
        + f" {words.number(f.obs_value or 0.0, f.unit_measure, lang)}"
        for f in panel.figures
    ]


def drawings(site: Any) -> list[str]:
    stems = {path.stem for path in (site.folder / "charts" / "en").glob("*.svg")}
    return sorted(stem for stem in stems if not stem.startswith("map-"))


def test_a_drawing_names_every_value_and_draws_every_point(site: Any, release: Release) -> None:
    names = drawings(site)
    assert len(names) > 20
    for name, lang in itertools.product(names, LANGS):
        code, _, area = name.rpartition("-")
        drawn = panel(release, code, area)
        assert drawn is not None
        text = (site.folder / "charts" / lang / f"{name}.svg").read_text(encoding="utf-8")
        described = re.search(r'<desc id="d">(.*?)</desc>', text)
        assert described and described[1].split("; ") == points(drawn, release, lang), name
        closed = [d for d in re.findall(r'<path [^>]*d="([^"]*)"', text) if d.endswith("Z")]
        assert len(closed) + text.count("<circle ") == len(drawn.figures), name


def test_the_file_of_a_chart_holds_its_values(site: Any, release: Release) -> None:
    for name in drawings(site):
        with (site.folder / "charts" / f"{name}.csv").open(encoding="utf-8") as file:
            rows = list(csv.DictReader(file))
        drawn = panel(release, *name.rpartition("-")[::2])
        assert drawn is not None
        assert [row["obs_key"] for row in rows] == [f.obs_key for f in drawn.figures]
        assert [float(row["obs_value"]) for row in rows] == [f.obs_value for f in drawn.figures]


def test_the_table_behind_a_chart_holds_its_values(site: Any, release: Release) -> None:
    seen = 0
    for path, page in site.pages.items():
        lang = path.partition("/")[0]
        for figure in page.xpath("//figure[@class='chart']"):
            drawn = panel(release, *figure.get("id").removeprefix("chart-").rpartition("-")[::2])
            assert drawn is not None
            shown = [float(data.get("value")) for data in figure.xpath(".//table//data")]
            if shown:
                assert [f"{f.obs_value:.12g}" for f in drawn.figures] == [
                    f"{value:.12g}" for value in shown
                ], path
                seen += 1
            else:
                # The table is on the page of the indicator.
                target = figure.xpath(f".//a[contains(@href, '#{drawn.area}')]/@href")[0]
                listed = site.pages[f"{lang}/indicators/{drawn.indicator}.html"]
                assert target == f"#{drawn.area}" or target.endswith(f"{drawn.indicator}.html#{drawn.area}")
                assert {f.obs_key for f in drawn.figures} <= set(listed.xpath("//tr/@id"))
    assert seen > 10


def test_a_break_has_a_letter_in_the_chart_and_a_sentence_below(site: Any, release: Release) -> None:
    drawn = panel(release, "DV_VICTIMS", "KG")
    assert drawn is not None and [row["break_day"].year for row in drawn.breaks] == [2016]
    text = (site.folder / "charts" / "en" / "DV_VICTIMS-KG.svg").read_text(encoding="utf-8")
    assert ">A</text>" in text and "stroke-dasharray" in text
    figure = site.pages["en/kg.html"].get_element_by_id("chart-DV_VICTIMS-KG")
    assert "A 2016: Police evaluated by the number of protection orders" in figure.text_content()


def test_scales_of_counts_begin_at_zero(site: Any) -> None:
    for name in drawings(site):
        text = (site.folder / "charts" / "en" / f"{name}.svg").read_text(encoding="utf-8")
        assert re.search(r">[−-]?0(?:\.0)?</text>", text), name


def test_the_same_figures_give_the_same_bytes(release: Release) -> None:
    drawn = panel(release, "DV_VICTIMS", "KG")
    assert drawn is not None
    assert charts.svg(release, drawn, "ru", "t", "d") == charts.svg(release, drawn, "ru", "t", "d")


def test_published_intervals_are_drawn(release: Release) -> None:
    drawn = panel(release, "DV_VICTIMS", "KG")
    assert drawn is not None
    part = drawn.slices[0]
    ends = {"bounds": "interval", "obs_lower": 1000.0, "obs_upper": 9000.0}
    some = replace(part, figures=(replace(part.figures[0], **ends), *part.figures[1:]))
    plain, with_interval = (
        charts.svg(release, replace(drawn, slices=(one,)), "en", "t", "d") for one in (part, some)
    )
    assert with_interval.count("<line ") == plain.count("<line ") + 1

"""Tile maps: every region has a place, no shade where it would rank by population."""

import re
from typing import Any

import pytest

from pipelines.site.load_release import Release
from pipelines.site.tile_choice import SHARE_OF_REGIONS, maps
from pipelines.site.tiles import SHADES, places, shade, tile_map


@pytest.mark.parametrize("country", ["KZ", "KG", "TJ", "UZ"])
def test_every_region_of_today_has_a_place_of_its_own(release: Release, country: str) -> None:
    today = {
        row["code"]
        for row in release.tables["areas"]
        if row["country"] == country and row["level"] == "region" and not row["valid_to_date"]
    }
    where = places(country)
    assert set(where) <= today
    assert len(set(where.values())) == len(where)
    assert {area for area in release.regions if area.startswith(country) and area in today} <= set(
        where
    ) | today


def test_shades_are_five_steps_of_equal_width() -> None:
    bounds = (10.0, 20.0, 30.0, 40.0, 50.0)
    assert [shade(v, bounds) for v in (0.0, 10.0, 10.1, 50.0)] == [0, 0, 1, 4]
    assert shade(None, bounds) is None and shade(5.0, ()) is None


def test_counts_are_printed_and_not_shaded() -> None:
    values, printed = {"TJ-SU": 10.0, "TJ-DU": 90.0}, {"TJ-SU": "10", "TJ-DU": "90"}
    drawn = tile_map("TJ", values, printed, "en", shaded=False, title="T")
    assert not any(colour in drawn for colour in SHADES)
    assert ">10</text>" in drawn and ">90</text>" in drawn


def test_a_region_without_a_figure_has_a_dash() -> None:
    drawn = tile_map("TJ", {"TJ-SU": 10.0}, {"TJ-SU": "10"}, "en", shaded=True, title="T")
    assert drawn.count(">–</text>") == len(places("TJ")) - 1


def test_maps_are_of_one_count_and_most_regions(release: Release) -> None:
    found = [m for country in release.countries for m in maps(release, country)]
    assert found
    for drawn in found:
        same = {
            (f.indicator, f.time_period, f.dimensions, f.nature, f.unit_measure)
            for f in drawn.figures.values()
        }
        assert len(same) == 1
        assert len(drawn.figures) >= SHARE_OF_REGIONS * len(places(drawn.country))
        assert drawn.shaded == bool(drawn.rates or drawn.first.unit_measure != "NUMBER")


def test_the_table_of_a_map_holds_its_numbers(site: Any, release: Release) -> None:
    page = site.pages["en/regions.html"]
    shown = [float(data.get("value")) for data in page.xpath("//figure[@class='map']//table//data")]
    wanted = [
        figure.obs_value
        for country in release.countries
        for drawn in maps(release, country)
        for _, figure in sorted(drawn.figures.items())
    ]
    assert shown == pytest.approx(wanted)


def test_tiles_print_the_numbers(site: Any, release: Release) -> None:
    for country in release.countries:
        for drawn in maps(release, country):
            text = (site.folder / "charts" / "en" / f"{drawn.name}.svg").read_text(encoding="utf-8")
            printed = re.findall(r'font-weight="bold" fill="[^"]*">([^<]*)<', text)
            assert len([value for value in printed if value != "–"]) == len(drawn.figures)

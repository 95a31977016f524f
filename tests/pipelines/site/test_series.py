"""What may stand in one line, and which figure is the latest: on figures made for it."""

import dataclasses
import datetime as dt
from typing import Any

import pytest

from pipelines.site.html import Words
from pipelines.site.load_release import Figure, Release
from pipelines.site.series import MIN_POINTS, break_before, breaks_of, latest, panel, slices

BREAK = {
    "ref_area": "KG",
    "indicator": "DV_CASES",
    "breaks_regions": True,
    "break_day": dt.date(2016, 1, 1),
    "law_id": "a-law",
    "title_en": "A law",
    "title_ru": "Закон",
}
PLAIN = Figure(
    obs_key="k",
    ref_area="KG",
    indicator="DV_CASES",
    sex="_T",
    age="_T",
    violence_form="_T",
    relationship="_T",
    breakdown="_T",
    freq="A",
    time_period="2014",
    period_start=dt.date(2014, 1, 1),
    period_end=dt.date(2014, 12, 31),
    obs_value=10.0,
    obs_lower=None,
    obs_upper=None,
    nature="C",
    unit_measure="NUMBER",
    obs_status="A",
    dataset_id="d",
    source_id="s",
    published_value="10",
    note=None,
    note_ru=None,
    raw_locator="line 1",
    best=True,
    whole_year=True,
    bounds=None,
    disputed=None,
)


def figure(year: int, **changed: Any) -> Figure:
    given = {
        "obs_key": f"k{year}",
        "time_period": str(year),
        "period_start": dt.date(year, 1, 1),
        "period_end": dt.date(year, 12, 31),
    }
    return dataclasses.replace(PLAIN, **{**given, **changed})


def part(year: int, month: int, value: float, **changed: Any) -> Figure:
    """A figure from January to the end of a month."""
    end = dt.date(year, month + 1, 1) - dt.timedelta(days=1)
    given = {
        "period_end": end,
        "whole_year": False,
        "freq": "M",
        "obs_value": value,
        "obs_key": f"k{year}m{month}",
    }
    return figure(year, **{**given, **changed})


def release(*figures: Figure, breaks: tuple[Any, ...] = ()) -> Release:
    return Release(figures, {"breaks": breaks})


def joined(*figures: Figure, breaks: tuple[Any, ...] = ()) -> list[tuple[int, int]]:
    pairs = [pair for made in slices(figures) for pair in made.joined(breaks)]
    return [(a.period_start.year, b.period_start.year) for a, b in pairs]


def test_neighbouring_years_of_one_source_are_joined() -> None:
    assert joined(figure(2014), figure(2015), figure(2016)) == [(2014, 2015), (2015, 2016)]


def test_a_gap_stays_a_gap() -> None:
    assert joined(figure(2014), figure(2016)) == []


@pytest.mark.parametrize(
    "changed", [{"source_id": "other"}, {"obs_status": "B"}, {"obs_status": "D"}, {"obs_status": "U"}]
)
def test_another_source_a_break_or_another_definition_is_not_joined(changed: dict[str, str]) -> None:
    assert joined(figure(2014), figure(2015, **changed)) == []


def test_a_law_between_two_years_parts_them() -> None:
    assert joined(figure(2014), figure(2015), figure(2016), breaks=(BREAK,)) == [(2014, 2015)]


@pytest.mark.parametrize(
    "changed",
    [{"nature": "M"}, {"unit_measure": "PERCENT"}, {"age": "Y15T49"}, {"best": False}, {"whole_year": False}],
)
def test_a_model_another_unit_or_part_of_a_year_is_no_part_of_the_series(changed: dict[str, Any]) -> None:
    assert joined(figure(2014), figure(2015, **changed)) == []


def test_a_chart_needs_three_whole_years() -> None:
    years = [figure(2014 + n) for n in range(MIN_POINTS)]
    assert panel(release(*years), "DV_CASES", "KG") is not None
    assert panel(release(*years[:-1]), "DV_CASES", "KG") is None


def test_a_chart_shows_the_total_with_both_sexes_and_no_narrower_figure() -> None:
    figures = [figure(y, sex=sex) for y in (2014, 2015, 2016) for sex in ("_T", "F", "M")]
    figures += [figure(y, age="Y15T49") for y in (2014, 2015, 2016)]
    drawn = panel(release(*figures), "DV_CASES", "KG")
    assert drawn is not None
    assert sorted(made.first.sex for made in drawn.slices) == ["F", "M", "_T"]
    assert {f.age for f in drawn.figures} == {"_T"}


def test_a_break_of_the_whole_country_alone_leaves_its_regions_joined() -> None:
    own = {**BREAK, "breaks_regions": False}
    assert breaks_of(release(breaks=(own,)), "DV_CASES", "KG") == [own]
    assert not breaks_of(release(breaks=(own,)), "DV_CASES", "KG-C")
    assert breaks_of(release(breaks=(BREAK,)), "DV_CASES", "KG-C") == [BREAK]


def test_a_chart_names_only_breaks_within_its_years() -> None:
    years = [figure(y) for y in (2014, 2015, 2016)]
    drawn = panel(
        release(*years, breaks=(BREAK, {**BREAK, "break_day": dt.date(2020, 1, 1)})), "DV_CASES", "KG"
    )
    assert drawn is not None and [row["break_day"].year for row in drawn.breaks] == [2016]


def test_the_latest_figure_ends_last_and_is_the_widest() -> None:
    found = latest(
        release(figure(2024), part(2025, 8, 7.0), part(2025, 4, 5.0), figure(2026, sex="F")), "DV_CASES", "KG"
    )
    assert found is not None and found.obs_key == "k2025m8"


def test_the_latest_whole_year_is_no_part_of_a_year() -> None:
    newest = part(2025, 8, 7.0)
    found = latest(release(figure(2024), newest), "DV_CASES", "KG", whole_year_of=newest)
    assert found is not None and found.obs_key == "k2024"


def test_the_latest_whole_year_is_of_the_same_persons_and_things() -> None:
    newest = figure(2025, breakdown="COVERAGE=PART_OF_YEAR;OFFENCE=TORTURE", whole_year=False)
    murders, tortures = figure(2024, breakdown="OFFENCE=MURDER"), figure(2019, breakdown="OFFENCE=TORTURE")
    everything = release(newest, murders, tortures)
    found = latest(everything, "DV_CASES", "KG", whole_year_of=newest)
    assert found is not None and found.obs_key == "k2019"
    assert latest(release(newest, murders), "DV_CASES", "KG", whole_year_of=newest) is None


@pytest.mark.parametrize(("value", "key"), [(70.0, "k2025m10"), (90.0, "k2025")])
def test_a_part_of_the_year_without_an_end_counts_from_the_value_that_it_reached(
    value: float, key: str
) -> None:
    unstated = figure(2025, breakdown="COVERAGE=PART_OF_YEAR", whole_year=False, obs_value=value)
    found = latest(release(part(2025, 10, 77.0), unstated), "DV_CASES", "KG")
    assert found is not None and found.obs_key == key


def test_another_definition_gives_way_and_the_widest_age_is_shown() -> None:
    narrow, wide = figure(2020, age="Y5T9", obs_key="narrow"), figure(2020, age="Y1T14", obs_key="wide")
    assert getattr(latest(release(narrow, wide), "DV_CASES", "KG"), "obs_key", None) == "wide"
    other = figure(2020, obs_status="D", obs_key="other")
    assert getattr(latest(release(other, figure(2020)), "DV_CASES", "KG"), "obs_key", None) == "k2020"


@pytest.mark.parametrize(
    ("shown", "words"),
    [
        (figure(2016), "not comparable with figures before"),
        (figure(2015, period_end=dt.date(2016, 6, 30)), "the period holds the change of"),
    ],
)
def test_a_period_that_holds_a_break_says_so(shown: Figure, words: str) -> None:
    cases = {"code": "DV_CASES", "counting_unit": "case", "scope": "family"}
    known = Release((figure(2014), shown), {"breaks": (BREAK,), "indicators": (cases,)})
    text = str(Words(known, "en").notes(shown))
    assert words in text and "#a-law" in text and "A law" in text


def test_a_break_is_named_only_after_an_earlier_figure() -> None:
    after = figure(2016)
    assert break_before(release(figure(2014), after, breaks=(BREAK,)), after) == BREAK
    assert break_before(release(after, breaks=(BREAK,)), after) is None
    assert break_before(release(figure(2014), figure(2015), breaks=(BREAK,)), figure(2015)) is None

"""Groups of values that no publisher means, asked of small tables: each case has an indicator of its own.

One table holds all cases, so that the questions are asked once. ``test_against_last_release`` has whole files.
"""

from collections import defaultdict
from collections.abc import Iterable
from functools import lru_cache

import pytest

from data_contracts.connection import open_duckdb
from transforms.judge.suspicious_values import Suspicion, suspicious

COLUMNS = (
    "obs_key, indicator, ref_area, sex, age, violence_form, relationship, breakdown, unit_measure, nature, source_id, "
    "freq, time_period, period_start, period_end, obs_value"
)
# area, sex, year, value in the last release (None: it was not there), value in the new file
Cell = tuple[str, str, int, float | None, float]


def areas(year: int, pairs: Iterable[tuple[float | None, float]], sex: str = "_T") -> list[Cell]:
    """A pair of values, before and now, for each of some areas."""
    return [(f"KG-{area}", sex, year, old, new) for area, (old, new) in enumerate(pairs)]


def years(before: list[float], now: list[float]) -> list[Cell]:
    """Areas of 2022 as they were, and of 2023 that came."""
    return areas(2022, zip(before, before, strict=True)) + areas(2023, ((None, new) for new in now))


def answers(
    cases: dict[str, list[Cell]], units: dict[str, str], factor: float = 5, *, reviewed: bool = False
) -> list[Suspicion]:
    con = open_duckdb()
    rows: dict[str, list[str]] = {"last": [], "new": []}
    for indicator, cells in cases.items():
        unit = units.get(indicator, "NUMBER")
        for area, sex, year, old, new in cells:
            for table, value in (("last", old), ("new", new)):
                if value is not None:
                    rows[table].append(
                        f"('{indicator} {area} {sex} {year}', '{indicator}', '{area}', '{sex}', '_T', '_T', '_T', "
                        f"'_T', '{unit}', 'C', 'kg-x', 'A', '{year}', DATE '{year}-01-01', DATE '{year}-12-31', "
                        f"{value}::DOUBLE)"
                    )
    for table, values in rows.items():
        con.execute(f"CREATE TABLE {table} AS SELECT * FROM (VALUES {', '.join(values)}) v({COLUMNS})")
    return list(suspicious(con, factor, reviewed=reviewed))


def settled(now: list[float]) -> list[Cell]:
    """Areas with a hundred or one more in four years, and of 2023 that came."""
    before = [(year, 100 + year % 2) for year in range(2019, 2023)]
    cells = [cell for year, value in before for cell in areas(year, [(value, value)] * len(now))]
    return cells + areas(2023, ((None, value) for value in now))


def scattered(times: list[float]) -> list[Cell]:
    """The same areas, large ones, each of them at another level in 2023."""
    return settled([round(101 * factor) for factor in times])


def both(before: list[tuple[float, float]], now: list[tuple[float, float]]) -> list[Cell]:
    """Women and men of each of some areas, of 2022 as they were, and of 2023 that came."""
    cells = [years([pair[n] for pair in before], [pair[n] for pair in now]) for n in (0, 1)]
    return [(area, sex, *rest) for sex, own in zip("FM", cells, strict=True) for area, _, *rest in own]


def parted(before: list[tuple[float, ...]], now: list[tuple[float, ...]]) -> list[Cell]:
    """Everybody, women and men of each of some areas, likewise."""
    cells = [years([parts[n] for parts in before], [parts[n] for parts in now]) for n in range(3)]
    sexes = zip(("_T", "F", "M"), cells, strict=True)
    return [(area, sex, *rest) for sex, own in sexes for area, _, *rest in own]


def revised(
    before: dict[str, tuple[int, int]], year: int, now: dict[str, tuple[int, int]], grow: int = 31
) -> list[Cell]:
    """Everybody, women and men of some areas, ``grow`` women and half as many men more a year; some in a year anew."""
    return [
        (area, sex, period, old, new)
        for area, (women, men) in before.items()
        for period in (2021, 2022, 2023)
        for was in [(women + grow * (period - 2021), men + grow // 2 * (period - 2021))]
        for is_now in [now.get(area, was) if period == year else was]
        for sex, old, new in zip(("_T", "F", "M"), (sum(was), *was), (sum(is_now), *is_now), strict=True)
    ]


THREE = {"KG-0": (660, 240), "KG-1": (610, 190), "KG-2": (480, 220)}
SHARES = {
    "complement": "PERCENT",
    "nearer to a half": "PERCENT",
    "rates": "PER_100000_POP",
    "one rate": "PERCENT",
}
LEVEL = [40.0, 62.0, 87.0, 51.0, 73.0, 99.0, 128.0, 34.0]
# What is wrong as a group: the cells, and each finding with its words behind the indicator.
WRONG: dict[str, tuple[list[Cell], set[tuple[str, str]]]] = {
    "one area of four as before": (
        parted(
            [(900, 660, 240), (800, 610, 190), (700, 480, 220)],
            [(900, 660, 240), (824, 629, 195), (720, 491, 229)],
        ),
        {("values_repeated", ", 2023, ref_area KG-0: 3 values are those of 2022")},
    ),
    "a year of one area as two years before": (
        revised(THREE, 2023, {"KG-0": (660, 240)}),
        {("values_repeated", ", 2023, ref_area KG-0: 3 values are those of 2021")},
    ),
    "a year of one area as two years after": (
        revised(THREE, 2021, {"KG-1": (672, 220)}),
        {("values_repeated", ", 2021, ref_area KG-1: 3 values are those of 2023")},
    ),
    "one large pair": (
        [("KG", "F", 2022, 51, 90), ("KG", "M", 2022, 90, 51)],
        {("values_exchanged", ": sex F and M, 1 pairs of values")},
    ),
    "three small pairs": (
        [
            cell
            for area, (f, m) in enumerate([(5, 9), (6, 8), (7, 12)])
            for cell in ((f"KG-{area}", "F", 2022, f, m), (f"KG-{area}", "M", 2022, m, f))
        ],
        {("values_exchanged", ": sex F and M, 3 pairs of values")},
    ),
    "three zeros": (areas(2022, [(10, 0), (11, 0), (12, 0)]), {("values_zeroed", ": 3 values are 0 now")}),
    "five alike": (
        areas(2022, [(61, 55), (82, 55), (93, 55), (74, 55), (65, 55)]),
        {("values_alike", ": 55 in 5 cells")},
    ),
    "the year before": (
        years([31, 42, 53, 64, 75], [31, 42, 53, 64, 75]),
        {
            ("values_repeated", ", 2023: 5 values are those of 2022"),
            ("values_repeated", ", 2023, sex _T: 5 values are those of 2022"),
        },
    ),
    "three times six": (
        years([40, 62, 87], [241, 372, 521]),
        {
            ("new_year_level", ", 2023: 3 values, times 6 of the period before"),
            ("new_year_level", ", 2023, sex _T: 3 values, times 6 of the period before"),
        },
    ),
    "a sixth": (
        years([2400, 3720, 5220], [400, 620, 870]),
        {
            ("new_year_level", ", 2023: 3 values, times 0.167 of the period before"),
            ("new_year_level", ", 2023, sex _T: 3 values, times 0.167 of the period before"),
        },
    ),
    "one by twenty-one": (
        years([40], [840]),
        {("new_year_level", ", 2023: 1 values, times 21 of the period before")},
    ),
    "three grow evenly": (
        years([100, 210, 330], [170, 357, 561]),
        {("new_year_level", ", 2023: 3 values, times 1.7 of the period before")},
    ),
    "five grow evenly": (
        years([1000, 2100, 3300, 4200, 5700], [1400, 2940, 4620, 5880, 7980]),
        {("new_year_level", ", 2023: 5 values, times 1.4 of the period before")},
    ),
    "complement": (
        years([20, 30, 15, 25], [80, 70, 85, 75]),
        {("new_year_level", ", 2023: 4 values, times 3.5 of the period before")},
    ),
    "rounded": (
        years(LEVEL, [45, 60, 85, 50, 75, 100, 130, 35]),
        {("values_rounded", ", 2023: 8 values")},
    ),
    "a year fell": (
        areas(
            2022, [(old, round(old * share)) for old, share in zip(LEVEL, [0.8, 0.6, 0.7] * 3, strict=False)]
        ),
        {("year_moved", ", 2022: 8 values, times 0.699")},
    ),
    "shifted": (
        areas(2022, [(old, old + 3) for old in LEVEL]),
        {("values_shifted", f"{of}: 8 values, +3") for of in ("", ", 2022", ", _T")},
    ),
    "point": (areas(2022, [(12.5, 125)]), {("point_moved", ", KG-0, 2022: 12.5 → 125")}),
    "point of two digits": (areas(2022, [(12, 1200)]), {("point_moved", ", KG-0, 2022: 12 → 1200")}),
    "another table": (
        areas(2022, [(100 + 7 * n, 100 + 7 * n + (-1) ** n * (15 + 3 * n)) for n in range(20)]),
        {("all_changed", ": 20 values")},
    ),
    "a creep": (
        areas(2022, [(1000 + 137 * n, round((1000 + 137 * n) * 1.03)) for n in range(6)]),
        {("series_rescaled", f"{of}: 6 values times 1.02987") for of in ("", ", _T")},
    ),
    "women as men were": (
        areas(2022, zip((21, 32, 43), (121, 132, 145), strict=True), "F")
        + areas(2022, zip((121, 132, 145), (121, 132, 145), strict=True), "M"),
        {("values_repeated", f"{of}, sex F: 3 values are those of sex M") for of in ("", ", 2022")},
    ),
    "a new year exchanged": (
        both([(60, 20), (75, 31), (90, 40)], [(21, 62), (30, 77), (42, 88)]),
        {("new_year_exchanged", ", 2023: sex F and M")},
    ),
    "all as women": (
        years([61, 72, 83], [64, 70, 88])
        + [
            cell
            for cell in both([(31, 20), (42, 31), (53, 40)], [(64, 20), (70, 31), (88, 40)])
            if cell[1] == "F"
        ],
        {("values_repeated", ", 2023, sex F: 3 values are those of sex _T")},
    ),
    "women by six": (
        both([(40, 45), (62, 66), (87, 81)], [(241, 44), (372, 69), (521, 80)]),
        {("new_year_level", ", 2023, sex F: 3 values, times 6 of the period before")},
    ),
    "parts off": (
        parted(
            [(100, 70, 30), (120, 80, 40), (140, 95, 45)], [(150, 100, 20), (160, 110, 20), (170, 90, 30)]
        ),
        {("parts_off_whole", ", 2023: 3 totals by sex, up to 29 %")},
    ),
    "parts above": (
        [
            cell
            for year, old in ((2020, 100), (2021, 120), (2022, 140))
            for cell in (
                ("KG", "_T", year, old, old),
                ("KG", "F", year, old * 0.7, old * 0.7),
                ("KG", "M", year, old * 0.2, old * 0.35),
            )
        ],
        {("parts_above_whole", ": 3 totals, such as KG 2020")},
    ),
    "one part far above": (
        parted([(100, 70, 30), (120, 80, 40), (140, 95, 45)], [(103, 72, 31), (124, 833, 41), (147, 99, 48)]),
        {("part_above_whole", ": 1 parts, such as KG-1 2023")},
    ),
    "another table in a new year": (
        scattered([1.4, 0.7, 1.5, 0.6, 1.0, 0.65]),
        {("new_year_scattered", ", 2023: 6 values, by 1.33 in the middle, before by 1 at most")},
    ),
}
# The same, a little less so.
FINE: dict[str, list[Cell]] = {
    "a year of one area nearly as two years before": revised(THREE, 2023, {"KG-0": (660, 241)}),
    "women alone as two years before": revised(THREE, 2023, {"KG-0": (660, 270)}),
    "one small pair": [("KG", "F", 2022, 49, 90), ("KG", "M", 2022, 90, 49)],
    "two small pairs": [
        cell
        for area, (f, m) in enumerate([(5, 9), (6, 8)])
        for cell in ((f"KG-{area}", "F", 2022, f, m), (f"KG-{area}", "M", 2022, m, f))
    ],
    "two zeros": areas(2022, [(10, 0), (11, 0), (9, 0)]),
    "four alike": areas(2022, [(61, 55), (82, 55), (93, 55), (74, 55), (65, 65)]),
    "small ones alike": areas(2022, [(61, 49), (82, 49), (93, 49), (74, 49), (65, 49)]),
    "two of the year before": years([31, 42, 53, 64, 75], [31, 42, 58, 69, 71]),
    "two times six": years([40, 62], [241, 372]),
    "three times five": years([40, 62, 87], [190, 315, 380]),
    "one by twenty": years([40], [799]),
    "three grow evenly by less": years([100, 210, 330], [150, 315, 495]),
    "five grow unevenly": years([1000, 2100, 3300, 4200, 5700], [1400, 2740, 4820, 5880, 7080]),
    "nearer to a half": years([48, 53, 47, 51], [52, 47, 53, 49]),
    "one is not rounded": years(LEVEL, [45, 60, 85, 50, 75, 100, 130, 36]),
    "seven are rounded": years(LEVEL[:7], [45, 60, 85, 50, 75, 100, 130]),
    "a year fell by little": areas(
        2022, [(old, round(old * share)) for old, share in zip(LEVEL, [0.97, 0.86, 0.9] * 3, strict=False)]
    ),
    "five shifted": areas(2022, [(old, old + 3) for old in LEVEL[:5]]),
    "other digits": areas(2022, [(12.5, 126)]),
    "two digits": areas(2022, [(12, 120)]),
    "half another table": areas(
        2022, [(100 + 7 * n, 100 + 7 * n + (n % 2) * (15 + 3 * n)) for n in range(20)]
    ),
    "two as men were": areas(2022, zip((21, 32, 43), (121, 132, 49), strict=True), "F")
    + areas(2022, zip((121, 132, 145), (121, 132, 145), strict=True), "M"),
    "a new year nearly exchanged": both([(60, 20), (75, 31), (90, 40)], [(51, 32), (57, 37), (72, 48)]),
    "women by four": both([(40, 45), (62, 66), (87, 81)], [(141, 44), (261, 69), (331, 80)]),
    "one part a little above": parted(
        [(100, 70, 30), (120, 80, 40), (140, 95, 45)], [(103, 72, 31), (124, 170, 41), (147, 99, 48)]
    ),
    "here up and there down by less": scattered([1.2, 0.85, 1.15, 0.9, 1.0, 0.9]),
    "two parts off": parted(
        [(100, 70, 30), (120, 80, 40), (140, 95, 45)], [(150, 100, 20), (160, 110, 20), (170, 120, 50)]
    ),
    "two parts above": [
        cell
        for year, old in ((2020, 100), (2021, 120), (2022, 140))
        for cell in (
            ("KG", "_T", year, old, old),
            ("KG", "F", year, old * 0.7, old * 0.7),
            ("KG", "M", year, old * 0.2, old * (0.2 if year == 2022 else 0.35)),
        )
    ],
}


@lru_cache
def found() -> dict[str, set[tuple[str, str]]]:
    """For each case the findings that hold."""
    cases = {name: cells for name, (cells, _) in WRONG.items()} | FINE
    said = defaultdict(set)
    for finding, detail, holds in answers(cases, SHARES):
        indicator = max((name for name in cases if detail.startswith((f"{name},", f"{name}:"))), key=len)
        if holds:
            said[indicator].add((finding, detail.removeprefix(indicator)))
    return dict(said)


@pytest.mark.parametrize("case", WRONG)
def test_what_is_wrong_as_a_group_is_said(case: str) -> None:
    assert found().get(case) == WRONG[case][1]


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        # The last release again, and a country whose count doubled, which may be so.
        (areas(2022, [(100, 100), (50, 50)]), []),
        ([("KG", "_T", 2022, 50, 50), ("KG", "_T", 2023, None, 99)], []),
        (
            [("KG", "_T", 2022, 50, 50), ("KG", "_T", 2023, None, 100)],
            [Suspicion("new_value_level", "X, KG, 2023: times 2 of 50", holds=False)],
        ),
        ([("KG-B", "_T", 2022, 50, 50), ("KG-B", "_T", 2023, None, 240)], []),
        (
            [("KG-B", "_T", 2022, 50, 50), ("KG-B", "_T", 2023, None, 250)],
            [Suspicion("new_value_level", "X, KG-B, 2023: times 5 of 50", holds=False)],
        ),
        # All of one year that is not the newest, and nothing else; the newest is late.
        (
            [
                *areas(2022, [(n, n + n * n % 7 + 2) for n in range(101, 107)]),
                *areas(2023, [(n, n) for n in range(101, 107)]),
            ],
            [Suspicion("year_revised", "X, 2022: 6 values, times 1.03", holds=False)],
        ),
        ([*areas(2021, [(9, 9)] * 6), *areas(2022, [(n, n + n % 3 + 1) for n in range(101, 107)])], []),
        # One sex in one period: no label has others beside it.
        (areas(2022, [(10, 0), (11, 0), (12, 0)]), [Suspicion("values_zeroed", "X: 3 values are 0 now")]),
        (
            parted(
                [(100, 70, 30), (120, 80, 40), (140, 95, 45)], [(103, 72, 28), (124, 83, 41), (147, 99, 48)]
            ),
            [Suspicion("parts_off_whole", "X, 2023: 1 totals by sex, up to 2.9 %", holds=False)],
        ),
        # Women and men of one of fourteen small areas as the year before, by chance.
        (
            parted(
                [(255, 204, 51), *((n * 5, n * 4, n) for n in range(41, 54))],
                [(255, 204, 51), *((n * 5 + 3, n * 4 + 2, n + 1) for n in range(41, 54))],
            ),
            [Suspicion("values_repeated", "X, 2023, ref_area KG-0: 3 values are those of 2022", holds=False)],
        ),
        # The same of a year that is written anew.
        (
            revised({"KG-0": (204, 51), "KG-1": (205, 52)}, 2023, {"KG-0": (204, 51)}, grow=3),
            [Suspicion("values_repeated", "X, 2023, ref_area KG-0: 3 values are those of 2021", holds=False)],
        ),
        # All fell by a quarter, where no year before had moved by more than a hundredth.
        (
            settled([75, 77, 73, 76, 74, 78]),
            [Suspicion("new_year_level", "X, 2023: 6 values, times 0.755 of the period before", holds=False)],
        ),
        # Not so far, not all of them, or too few.
        (settled([90, 92, 88, 91, 89, 93]), []),
        (settled([75, 77, 173, 76, 174, 78]), []),
        (settled([75, 77, 73, 76, 74]), []),
    ],
)
def test_what_is_only_to_be_looked_at(cells: list[Cell], expected: list[Suspicion]) -> None:
    assert answers({"X": cells}, {}) == expected


def test_a_digit_typed_twice_is_noted_of_a_transcription_too() -> None:
    cells = years([40, 62, 87, 51, 73], [40, 62, 87, 51, 773])
    far = Suspicion("new_value_level", "X, KG-4, 2023: times 10.6 of 73", holds=False)
    assert answers({"X": cells}, {}, reviewed=True) == [far]


@pytest.mark.parametrize("case", FINE)
def test_a_little_less_of_it_is_nothing(case: str) -> None:
    assert found().get(case, set()) == set()

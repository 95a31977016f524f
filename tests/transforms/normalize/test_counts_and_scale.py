"""Counts, scale, and texts that no number can be made of."""

from typing import Any

import pyarrow as pa
import pytest

from sources.cells import DECIMALS
from tests.transforms.sample import FACTS, Declare, Observe, Row, column, refusals, sheet
from transforms.normalize.normalizer import Normalizer


@pytest.mark.parametrize(
    ("numbers", "text", "rule"),
    [
        ({}, "1.234", "no_count"),
        ({}, "11.000", "no_count"),
        ({"decimal": "grouped"}, "11.000", "no_count"),
        ({}, "11.357 *", "no_count"),
        ({}, "12 %", "no_count"),
        ({}, "12 процентов", "no_count"),
        ({"decimal": "."}, "11.357", "fraction_of_count"),
        ({}, "12.5", "fraction_of_count"),
        ({"decimal": ","}, "1,234", "fraction_of_count"),
        ({}, "10³", "unreadable_number"),
        ({"multiply": 1000}, "7.2345", "fraction_of_count"),
    ],
)
def test_what_is_no_count(observe: Observe, numbers: dict[str, Any], text: str, rule: str) -> None:
    for filler in (0, 600):
        rows = [*([("1", {"Region": "Osh"})] * filler), (text, {})]
        assert refusals(observe(rows, numbers=numbers))[-1:] == [(f"line {filler + 2}", rule)], (text, filler)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("9.900", 9.9),
        ("33,800", 33.8),
        ("33,800 %", 33.8),
        ("12 %", 12.0),
        ("11.357", 11.357),
        ("3e+01", 30.0),
        ("8.1e-05", 8.1e-05),
    ],
)
def test_a_share_may_be_so(observe: Observe, text: str, value: float) -> None:
    assert column(observe([(text, {"What": "share"})]), "obs_value") == [value]


def test_a_comma_before_three_digits_beside_a_point_or_in_a_count_is_not_read(observe: Observe) -> None:
    """Read carelessly: a count of 33 800 among shares as 33.8 per cent."""
    share = {"What": "share"}
    assert column(observe([("33,800", share), ("12.5", {**share, "Year": "2023"})]), "obs_value") == [12.5]
    assert column(observe([("33,800", share), ("33,800", {"Year": "2023"})]), "obs_value") == [33.8]


def test_an_estimate_may_have_a_fraction(observe: Observe) -> None:
    assert column(observe([("24.25", {})], default_status="E"), "obs_value") == [24.25]
    assert column(observe([("11.000", {})], numbers={"decimal": "."}), "obs_value") == [11.0]
    # With an exponent there is one digit before the dot, which therefore groups nothing.
    assert column(observe([("1.204e+03", {})]), "obs_value") == [1204.0]
    rows: list[tuple[str | None, Row]] = [("24.25", {}), ("24", {"Year": "2023"}), ("2.5", {"What": "share"})]
    assert column(observe(rows, numbers={"fractions": "E"}), "obs_status") == ["E", "A", "A"]


@pytest.mark.parametrize(
    "cells",
    [
        {"UNIT_MULT": "3"},
        {"Unit": "тыс. человек"},
        {"Unit": "in thousands"},
        {"title": "Victims (млн)"},
        {"Unit": "минг киши"},
        {"Unit": "в тысячах"},
        {"Unit": "1 000 человек"},
        {"Unit": "'000"},
    ],
)
def test_thousands_are_refused_where_undeclared(observe: Observe, cells: Row) -> None:
    assert refusals(observe([("7", cells), ("8", {next(iter(cells)): ""})])) == [
        ("line 2", "scale_undeclared")
    ]
    assert column(observe([("7", cells)], numbers={"multiply": 1}), "obs_value") == [7.0]


@pytest.mark.parametrize(
    "label",
    [
        "per 100 thousand women",
        "на 1000 населения",
        "на 100 тыс. человек",
        "Города более 50 тыс.",
        "har ming aholiga",
    ],
)
def test_what_is_counted_against_thousands_is_no_scale(observe: Observe, label: str) -> None:
    rate = observe([("7", {"Unit": label})], concepts={"unit_measure": [{"const": "PER_100000_POP"}]})
    assert column(rate, "obs_value") == [7.0]


def test_a_quoted_sentence_may_tell_the_thousands_of_another_figure(observe: Observe) -> None:
    """40 percent of some three thousand calls: neither figure is in thousands."""
    quote = {"quote": "поступило около трех тысяч обращений, 40 процентов из которых связаны с насилием"}
    rows: list[tuple[str | None, Row]] = [("40", {**quote, "What": "share"}), ("3 тысячи", quote)]
    result = observe(rows)
    assert (column(result, "obs_value"), refusals(result)) == ([40.0, 3000.0], [])
    assert refusals(observe([("3", {**quote, "Table": "Обращения, тыс."})])) == [
        ("line 2", "scale_undeclared")
    ]


def test_thousands_are_applied_where_declared(observe: Observe) -> None:
    rows: list[tuple[str | None, Row]] = [
        ("7.2", {"UNIT_MULT": "3"}),
        ("5", {"UNIT_MULT": "0", "Year": "2023"}),
        ("6", {"UNIT_MULT": "", "Year": "2022"}),
        ("8", {"UNIT_MULT": "many", "Year": "2021"}),
    ]
    result = observe(rows, numbers={"multiply": {"column": "UNIT_MULT"}})
    assert column(result, "obs_value") == [7200.0, 5.0]
    assert refusals(result) == [("line 4", "scale_unknown"), ("line 5", "scale_unknown")]
    labels = {"column": "Unit", "values": {"тыс. человек": 1000, "человек": 1}}
    mixed = observe(
        [("7.2", {"Unit": "тыс. человек"}), ("5", {"Unit": "человек", "Year": "2023"})],
        numbers={"multiply": labels},
    )
    assert column(mixed, "obs_value") == [7200.0, 5.0]


@pytest.mark.parametrize(
    ("multiply", "power", "value"),
    [
        *((None, power, 7.0) for power in (None, "", "0")),
        *((None, power, "scale_undeclared") for power in ("3", "6")),
        *((1000, power, 7000.0) for power in (None, "", "3")),
        *((1000, power, "scale_undeclared") for power in ("0", "Units", "6")),
        ({"column": "UNIT_MULT"}, "0", 7.0),
        # An empty cell states no power: of thousands the figure would be a thousandth.
        ({"column": "UNIT_MULT"}, "", "scale_unknown"),
        ({"column": "UNIT_MULT", "values": {"": 1, "3": 1000}}, "", 7.0),
        ({"column": "UNIT_MULT"}, "3", 7000.0),
        ({"column": "UNIT_MULT"}, "6", 7000000.0),
        ({"column": "UNIT_MULT"}, None, "missing_column"),
    ],
)
def test_a_power_of_ten_beside_what_is_declared(
    observe: Observe, multiply: Any, power: str | None, value: float | str
) -> None:
    """Read carelessly: 7,000 of a file that says it counts in units; None: the file has no such column."""
    cells: Row = {} if power is None else {"UNIT_MULT": power}
    result = observe([("7", cells)], numbers={"multiply": multiply})
    if isinstance(value, float):
        assert (column(result, "obs_value"), refusals(result)) == ([value], [])
    else:
        assert refusals(result) == [("line 2", value)]
        assert (multiply == 1000) == (
            "multiplies every figure by 1000" in result.refused["reason_en"][0].as_py()
        )


def test_the_publishers_own_reason_for_a_missing_value_is_kept(observe: Observe) -> None:
    concepts = {"obs_status": {"column": "OBS_STATUS", "empty": "", "absent": ""}}
    rows: list[tuple[str | None, Row]] = [
        (text, {"OBS_STATUS": status, "Year": str(2000 + place)})
        for place, (text, status) in enumerate([("NaN", "M"), (None, "Q"), ("", "L"), ("-", "A"), ("…", "")])
    ]
    assert column(observe(rows, concepts=concepts), "obs_status") == ["M", "Q", "L", "M", "O"]


def test_a_record_that_the_reader_could_not_place_is_refused_alone(
    normalizer: Normalizer, declare: Declare
) -> None:
    table = sheet([("1", {}), ("2", {"Year": "2023"})]).append_column(
        "_problem", pa.array([None, "the record has 2 cells, the header has 5"])
    )
    result = normalizer.normalize(table, declare(where={"Year": ["2024"]}, numbers={"blank": "skip"}), FACTS)
    assert (column(result, "obs_value"), refusals(result)) == ([1.0], [("line 3", "unreadable_record")])
    assert "2 cells" in result.refused["reason_en"][0].as_py()


@pytest.mark.parametrize(
    ("concept", "headers", "kept"),
    [
        # Which of two columns of 2023 is meant is a guess; that of 2022 is none.
        ({"column": "column"}, ["2022", "2023", "2023 (2)"], {"2022"}),
        ({"column": "column"}, ["2022", "2023 (2)"], {"2022"}),
        (
            {"column": "column", "values": {"2023": "2023", "2023 (2)": "2024"}},
            ["2023", "2023 (2)"],
            {"2023", "2024"},
        ),
        # Headers that say nothing of the figures.
        ({"column": "Year"}, ["Number", "Number (2)"], {"2020", "2021"}),
        ({"column": "Year"}, [], {"2024"}),
    ],
)
def test_headers_that_are_read_and_there_twice(
    observe: Observe, concept: dict[str, Any], headers: list[str], kept: set[str]
) -> None:
    # A year that nothing reads is another question.
    years = [str(2020 + n) if concept["column"] == "Year" else "" for n in range(len(headers))]
    rows: list[tuple[str | None, Row]] = [
        (str(7 + n), {"column": header, "Year": years[n]}) for n, header in enumerate(headers)
    ]
    result = observe(rows or [("7", {})], concepts={"time_period": concept})
    assert {*column(result, "time_period")} == kept


@pytest.mark.parametrize(
    ("numbers", "cells", "printed"),
    [
        ({}, {}, "7.2"),
        ({"multiply": 1000}, {}, "7.2 × 1000"),
        ({"multiply": {"column": "UNIT_MULT"}}, {"UNIT_MULT": "6"}, "7.2 × 1000000"),
        ({"multiply": {"column": "UNIT_MULT"}}, {"UNIT_MULT": "0"}, "7.2"),
    ],
)
def test_what_was_printed_shows_its_factor(
    observe: Observe, numbers: dict[str, Any], cells: Row, printed: str
) -> None:
    """Read carelessly: "7.2" beside 7,200."""
    usual = {"What": "share", **cells} if printed == "7.2" else cells
    result = observe([("7.2", usual)], numbers=numbers)
    assert column(result, "published_value") == [printed]


def test_of_rows_with_several_factors_each_shows_its_own(observe: Observe) -> None:
    rows: list[tuple[str | None, Row]] = [
        ("7", {"UNIT_MULT": "3"}),
        ("8", {"UNIT_MULT": "0", "Year": "2023"}),
    ]
    result = observe(rows, numbers={"multiply": {"column": "UNIT_MULT"}})
    assert column(result, "published_value") == ["7 × 1000", "8"]


@pytest.mark.parametrize(
    ("value", "decimals", "fine"),
    [
        ("12.34", "2", True),
        ("12.34", "1", False),
        ("12.34", "0", False),
        ("12", "0", True),
        ("0.00012", "4", False),
        ("0.00012", "5", True),
        # Said of no figure, or nothing said.
        ("12.34", "", True),
        ("12.34", "some", True),
        ("...", "0", True),
    ],
)
def test_a_figure_has_no_more_decimals_than_the_file_says(
    normalizer: Normalizer, declare: Declare, value: str, decimals: str, fine: bool
) -> None:
    cells = sheet([(value, {"What": "share"})]).append_column(DECIMALS, pa.array([decimals], pa.string()))
    assert refusals(normalizer.normalize(cells, declare(), FACTS)) == (
        [] if fine else [("line 2", "too_many_decimals")]
    )
    assert refusals(normalizer.normalize(cells, declare(numbers={"multiply": 1}), FACTS)) == []


def test_words_in_a_cell_of_values_are_of_its_column(observe: Observe) -> None:
    """Another column, and other words, are none of it; of several the one that comes last is named."""
    rows: list[tuple[str | None, Row]] = [
        ("тыс. человек", {"column": "a", "Year": "2020"}),
        ("5", {"column": "a", "Year": "2021"}),
        ("6", {"column": "b", "Year": "2022"}),
        ("нет", {"column": "b", "Year": "2023"}),
    ]
    result = observe(rows)
    assert column(result, "obs_value") == [6.0]
    assert ("line 3", "scale_undeclared") in refusals(result)
    assert ("line 3", "scale_undeclared") not in refusals(observe(rows, numbers={"multiply": 1000}))

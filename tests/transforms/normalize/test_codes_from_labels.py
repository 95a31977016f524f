"""Codes from labels: several parts, empty labels, extracts, breakdowns."""

import pytest

from tests.transforms.sample import (
    Observe,
    Row,
    column,
    refusals,
)


def test_the_first_part_that_says_more_than_total_counts(observe: Observe) -> None:
    parts = [
        {"column": "Form", "values": {"beaten": "PHYSICAL", "": "_T"}},
        {"column": "Also", "values": {"insulted": "PSYCHOLOGICAL", "all": "_T"}, "absent": "_T"},
        {"column": "Never", "absent": "_T"},
    ]
    given = [("beaten", "insulted"), ("", "insulted"), ("", "all"), ("beaten", "all"), ("beaten", None)]
    rows = [
        ("1", {"Form": one, "Also": other, "Year": f"{2000 + n}"}) for n, (one, other) in enumerate(given)
    ]
    found = column(observe(rows, concepts={"violence_form": parts}), "violence_form")
    assert found == ["PHYSICAL", "PSYCHOLOGICAL", "_T", "PHYSICAL", "PHYSICAL"]


def test_an_unread_label_of_any_part_refuses_the_row(observe: Observe) -> None:
    parts = [
        {"column": "Form", "values": {"beaten": "PHYSICAL"}},
        {"column": "Also", "values": {"all": "_T"}},
    ]
    result = observe([("1", {"Form": "beaten", "Also": "?"})], concepts={"violence_form": parts})
    assert refusals(result) == [("line 2", "unmapped_label")]


@pytest.mark.parametrize(
    ("area", "rule", "words"),
    [
        ("Shymkemt", "unknown_area", 'did you mean "Shymkent"?'),
        ("Atlantis", "unknown_area", "is unknown; declare the code of this label"),
        ("Алматы", "ambiguous_area", "can be a city or a region"),
        ("Shymkent", "", ""),
    ],
)
def test_an_area_that_is_not_known_is_refused_with_what_may_be_meant(
    observe: Observe, area: str, rule: str, words: str
) -> None:
    result = observe([("1", {"Region": area})])
    assert refusals(result) == ([("line 2", rule)] if rule else [])
    assert column(result, "ref_area") == ([] if rule else ["KZ-79"])
    assert words in "".join(result.refused["reason_en"].to_pylist())


def test_a_label_with_letters_of_the_other_script_that_look_alike(observe: Observe) -> None:
    sex = {"column": "Sex", "values": {"женщины": "F", "мужчины": "M"}}
    rows: list[tuple[str | None, Row]] = [("1", {"Sex": "жeнщины"}), ("1", {"Sex": "мyжчинo"})]
    result = observe(rows, concepts={"sex": sex})
    assert (column(result, "sex"), refusals(result)) == (["F"], [("line 3", "unmapped_label")])


def test_breakdown_of_several_columns(observe: Observe) -> None:
    breakdown = {
        "WITH_CHILDREN": {"column": "Children", "values": {"with": "YES"}, "empty": "_T"},
        "WEALTH": {"column": "Wealth", "values": {"4th": "Q4", "5th": "Q5", "all": "_T"}},
    }
    rows: list[tuple[str | None, Row]] = [
        ("1", {"Children": one, "Wealth": other}) for one in ("with", "") for other in ("4th", "5th", "all")
    ]
    found = column(observe(rows, breakdown=breakdown), "breakdown")
    both = ["WEALTH=Q4;WITH_CHILDREN=YES", "WEALTH=Q5;WITH_CHILDREN=YES", "WITH_CHILDREN=YES"]
    assert found == [*both, "WEALTH=Q4", "WEALTH=Q5", "_T"]


def test_breakdown_from_a_column(observe: Observe) -> None:
    result = observe(
        [("1", {"B": " WEALTH=Q4 "}), ("1", {"B": ""}), ("1", {"B": "WEALTH=Q9"})], breakdown_column="B"
    )
    assert column(result, "breakdown") == ["WEALTH=Q4", "_T"]
    assert refusals(result) == [("line 4", "breakdown_unknown")]


def test_extract_and_template(observe: Observe) -> None:
    concepts = {
        "time_period": {"column": "Year", "extract": r"(20\d\d)"},
        "age": {"column": "Age", "extract": r"(\d+)-\d+", "template": "Y_GE{}", "absent": "_T"},
    }
    rows = [("1", {"Year": "data of 2021, final", "Age": "15-49"}), ("2", {"Year": "2020", "Age": "any"})]
    result = observe([*rows, ("3", {"Year": "none"})], concepts=concepts)
    assert (column(result, "time_period"), column(result, "age")) == (["2021", "2020"], ["Y_GE15", "_T"])
    assert refusals(result) == [("line 4", "unmapped_label")]


def test_the_first_of_several_columns_that_the_file_has(observe: Observe) -> None:
    concepts = {"ref_area": {"column": ["Область", "Region"]}}
    assert column(observe([("1", {})], concepts=concepts), "ref_area") == ["KZ-71"]
    both = observe([("1", {"Область": "Abai region"})], concepts=concepts)
    assert column(both, "ref_area") == ["KZ-10"]


def test_constants_of_the_file_go_first(observe: Observe) -> None:
    constants = {"time_period": "2019-Q2", "sex": "M", "source_id": "elsewhere"}
    (row,) = observe([("1", {})], constants).good.to_pylist()
    assert [row[name] for name in ("time_period", "freq", "sex", "source_id")] == [
        "2019-Q2",
        "Q",
        "M",
        "elsewhere",
    ]


@pytest.mark.parametrize("others", [[], ["F"]])
@pytest.mark.parametrize(
    ("declared", "code"),
    [
        ({}, None),
        ({"absent": "_T"}, None),
        ({"empty": "_T"}, "_T"),
        ({"empty": "_U"}, "_U"),
        ({"values": {"F": "F"}}, None),
        ({"values": {"F": "F", "": "_T"}}, "_T"),
        ({"extract": "([FM])"}, None),
        ({"extract": "([FM])", "absent": "_T"}, "_T"),
    ],
)
def test_an_empty_label_is_what_the_declaration_says_or_refused(
    observe: Observe, declared: Row, code: str | None, others: list[str]
) -> None:
    """Women's figures in a file that lost the texts of its column, or of one cell, became everybody's."""
    texts = ["", None, "\u00a0"]
    rows = [("1", {"Sex": text, "Year": f"{2000 + n}"}) for n, text in enumerate([*texts, *others])]
    result = observe(rows, concepts={"sex": {"column": "Sex", **declared}})
    assert column(result, "sex") == [code for _ in texts if code] + others
    said = (
        []
        if code
        else ["Column Sex is empty in this row, and the declaration does not say what that means"] * 3
    )
    assert [reason.split(";")[0] for reason in result.refused["reason_en"].to_pylist()] == said


@pytest.mark.parametrize(
    ("name", "declared"),
    [
        ("age", {"values": {"15-49": "Y15T49"}}),
        ("violence_form", {"values": {"beaten": "PHYSICAL"}}),
        ("relationship", {"values": {"husband": "PARTNER"}}),
        ("ref_area", {"absent": "KZ"}),
        ("unit_measure", {"absent": "NUMBER"}),
        ("unit_measure", {"values": {"people": "NUMBER"}}),
        ("nature", {"values": {"estimate": "E"}}),
        ("WEALTH", {"values": {"4th": "Q4"}}),
    ],
)
def test_no_concept_has_a_code_for_empty_labels_of_its_own(
    observe: Observe, name: str, declared: Row
) -> None:
    part = {name: {"column": "Label", **declared}}
    rows: list[tuple[str | None, Row]] = [("1", {"Label": ""})]
    declaration = {"breakdown": part} if name.isupper() else {"concepts": part}
    assert refusals(observe(rows, **declaration)) == [("line 2", "unmapped_label")]


@pytest.mark.parametrize(
    ("texts", "code"),
    [(("F", ""), "F"), (("", "F"), "F"), (("", "all"), "_T"), (("all", ""), "_T"), (("", ""), None)],
)
def test_an_empty_label_of_one_part_is_no_matter_where_another_part_says_something(
    observe: Observe, texts: tuple[str, str], code: str | None
) -> None:
    parts = [{"column": name, "values": {"F": "F", "all": "_T"}} for name in ("Sex", "Other")]
    result = observe([("1", dict(zip(("Sex", "Other"), texts, strict=True)))], concepts={"sex": parts})
    assert column(result, "sex") == ([code] if code else [])
    assert [
        row["reason_en"].startswith("Column Sex / Other is empty") for row in result.refused.to_pylist()
    ] == [True] * (not code)

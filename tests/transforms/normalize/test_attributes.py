"""Unit, note and source."""

from functools import partial

from tests.transforms.sample import (
    Observe,
    Row,
    column,
    found,
    refusals,
)


def test_notes_are_joined(observe: Observe) -> None:
    concepts = {"note": {"column": "Remark", "empty": ""}}
    given = [("one", "two"), ("one", None), ("", "two"), (None, ""), (None, None)]
    rows = [
        ("1", {"Remark": one, "_note": other, "Year": f"{2000 + n}"}) for n, (one, other) in enumerate(given)
    ]
    assert column(observe(rows, concepts=concepts), "note") == ["one. two", "one", "two", None, None]


def test_source_in_key(observe: Observe) -> None:
    concepts = {"source_id": {"column": "Source"}}
    rows: list[tuple[str | None, Row]] = [("1", {"Source": "s1"}), ("2", {"Source": "s2"})]
    apart = observe(rows, concepts=concepts, source_in_key=True)
    assert column(apart, "source_id") == ["s1", "s2"]
    assert {rule for _, rule in refusals(observe(rows, concepts=concepts))} == {"duplicate_key"}


sources = partial(found, "source_id")


def test_a_source_must_be_in_the_register_wherever_it_is_stated(observe: Observe) -> None:
    row: list[tuple[str | None, Row]] = [("1", {"Source": "s1"})]
    assert sources(observe, row, {"column": "Source"}) == (["s1"], [])
    assert sources(observe, row, {"const": "s2"}) == (["s2"], [])
    assert sources(observe, row, {"const": "s9"}) == ([], ["unknown_source"])
    assert sources(observe, row, {"column": ["Gone", "Source"]}) == (["s1"], [])
    assert sources(observe, row, {"column": "Gone", "absent": "s2"}) == (["s2"], [])
    assert sources(observe, row, {"column": "Source", "values": {"s1": "s2"}}) == (["s2"], [])
    assert sources(observe, row, {"column": "Source", "values": {"x": "s2"}}) == ([], ["unmapped_label"])


def test_a_dataset_without_sources_is_its_own(observe: Observe) -> None:
    assert column(observe([("1", {})]), "source_id") == ["sample"]


def test_an_unread_label_of_a_note_or_unit_refuses_the_row(observe: Observe) -> None:
    for name in ("note", "unit_measure"):
        concept = {name: {"column": "Extra", "values": {"known": "NUMBER"}}}
        result = observe([("1", {"Extra": "known"}), ("2", {"Extra": "?", "Year": "2020"})], concepts=concept)
        assert refusals(result) == [("line 3", "unmapped_label")]

"""Refused rows told once a reason."""

from pipelines.refusals import and_more, by_reason

ROWS = [
    {"rule": "unmapped_label", "reason_en": "The label A has no code.", "raw_locator": "line 2"},
    {"rule": "duplicate_key", "reason_en": "Another cell: line 4.", "raw_locator": "line 3"},
    {"rule": "unmapped_label", "reason_en": "The label A has no code.", "raw_locator": "line 5"},
    {"rule": "unmapped_label", "reason_en": "The label B has no code.", "raw_locator": "line 6"},
    {"rule": "duplicate_key", "reason_en": "Another cell: line 3.", "raw_locator": "line 4"},
]


def test_a_reason_is_told_once_with_its_first_place() -> None:
    told = [(row["raw_locator"], cells) for row, cells in by_reason(ROWS)]
    assert told == [("line 2", 2), ("line 3", 1), ("line 6", 1), ("line 4", 1)]


def test_rules_whose_sentences_differ_by_a_place_alone_can_be_told_together() -> None:
    told = [(row["raw_locator"], cells) for row, cells in by_reason(ROWS, together=("duplicate_key",))]
    assert told == [("line 2", 2), ("line 3", 2), ("line 6", 1)]


def test_the_cells_after_the_first() -> None:
    assert [and_more(cells) for cells in (1, 2, 3)] == ["", " (and 1 more cell)", " (and 2 more cells)"]

"""Refused rows are listed once a reason, whatever text a reason quotes."""

from pipelines.refusals import TEXTS, by_reason


def row(rule: str, reason: str, line: int) -> dict[str, str]:
    return {"rule": rule, "reason_en": reason, "raw_locator": f"line {line}"}


def label(text: str, line: int, column: str = "Sex") -> dict[str, str]:
    return row("unmapped_label", f'The label "{text}" in column {column} has no code.', line)


ROWS = [
    label("A", 2),
    row("duplicate_key", "Another cell: line 4.", 3),
    label("A", 5),
    label("B", 6),
    label("B", 6, "Age"),
    row("duplicate_key", "Another cell: line 3.", 4),
]


def test_a_reason_is_listed_once_with_its_first_place_and_the_texts_that_it_holds_for() -> None:
    listed = [(same.first["raw_locator"], same.more) for same in by_reason(ROWS)]
    assert listed == [
        ("line 2", ' (and 2 more cells; also "B")'),
        ("line 3", ""),
        ("line 6", ""),
        ("line 4", ""),
    ]


def test_rules_whose_sentences_differ_by_a_place_alone_can_be_listed_together() -> None:
    listed = [
        (same.first["raw_locator"], len(same.rows)) for same in by_reason(ROWS, together=("duplicate_key",))
    ]
    assert listed == [("line 2", 3), ("line 3", 2), ("line 6", 1)]


def test_two_rules_with_the_same_words_are_two_reasons() -> None:
    assert len(list(by_reason([row("a", 'It holds "x".', 2), row("b", 'It holds "x".', 3)]))) == 2


def test_another_suggestion_is_another_reason() -> None:
    sentence = 'The label "{}" has no code; did you mean "{}"?'
    rows = [
        row("misspelt_label", sentence.format(text, close), 2) for text, close in (("a", "A"), ("b", "B"))
    ]
    assert len(list(by_reason(rows))) == 2


def test_the_cells_after_the_first() -> None:
    more = [next(by_reason([label("A", line) for line in range(cells)])).more for cells in (1, 2, 3)]
    assert more == ["", " (and 1 more cell)", " (and 2 more cells)"]


def test_of_many_texts_the_first_are_listed() -> None:
    (same,) = by_reason([label(str(number), number) for number in range(TEXTS + 3)])
    assert same.more == ' (and 6 more cells; also "1", "2", "3", "4" and 2 others)'

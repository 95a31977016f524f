"""Refused rows as rows of a table."""

import json

from tests.transforms.sample import (
    ROW,
    Observe,
    column,
)
from transforms.normalize.normalizer import Normalizer
from transforms.normalize.quarantine import refused_row


def test_columns_that_differ_only_in_case(observe: Observe) -> None:
    result = observe([("1", {"SEX": "no label"}), ("x y", {"SEX": "no label"})])
    assert column(result, "sex") == ["F"]
    assert json.loads(result.refused["row"][0].as_py()) == {**ROW, "SEX": "no label"}


def test_refused_row_and_quarantine(normalizer: Normalizer) -> None:
    row = refused_row("sample", "unreadable_file", "Cannot.", "Нельзя.", None)
    table = normalizer.quarantine([row])
    assert table.num_rows == 1
    assert table["file"].to_pylist() == [None]

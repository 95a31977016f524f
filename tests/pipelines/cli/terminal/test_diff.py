"""Counts first, then a line an observation; or a table of counts."""

from typing import Any

import pytest

from pipelines.cli.terminal import diff


def row(change: str, **given: Any) -> dict[str, Any]:
    base = {
        "change": change,
        "indicator": "DV_CRIMES",
        "ref_area": "KZ",
        "time_period": "2024",
        "sex": "F",
        "age": "_T",
        "breakdown": "_T",
        "old_value": 10.0,
        "new_value": 12.0,
        "relative_difference": 0.2,
        "obs_key": "abc",
    }
    return {**base, **given}


def test_each_observation_has_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    diff.diff([row("revised"), row("added", old_value=None, relative_difference=None, sex="_T")])
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "1 added, 1 revised"
    assert lines[1] == "   revised  DV_CRIMES, KZ, 2024 F: 10 → 12 (+20.0%)  abc"
    assert lines[2] == "     added  DV_CRIMES, KZ, 2024: – → 12  abc"


def test_equal_releases_say_so(capsys: pytest.CaptureFixture[str]) -> None:
    diff.diff([])
    diff.summary([])
    assert capsys.readouterr().out == f"{diff.AGREE}\n" * 2


def test_a_summary_is_a_table(capsys: pytest.CaptureFixture[str]) -> None:
    diff.summary(
        [{"change": "added", "country": "KZ", "indicator": "X", "dataset_id": "kz", "observations": 4}]
    )
    out = capsys.readouterr().out
    assert "dataset_id" in out and "4" in out.splitlines()[-1]

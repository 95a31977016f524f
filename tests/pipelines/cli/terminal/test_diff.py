"""Counts first, then a line an observation; or counts by dataset."""

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
        "old_status": "A",
        "new_status": "A",
        "also_changed": "",
        "obs_key": "abc",
    }
    return {**base, **given}


def test_each_observation_has_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    diff.diff([row("revised"), row("added", old_value=None, relative_difference=None, sex="_T")])
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "1 added, 1 revised"
    assert lines[1] == "   revised  DV_CRIMES, KZ, 2024 F: 10 → 12 (+20.0%)  abc"
    assert lines[2] == "     added  DV_CRIMES, KZ, 2024: – → 12  abc"


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"old_status": "V", "new_status": "U"}, "12, status V → U  abc"),
        ({"also_changed": "note, source_id"}, "12, note, source_id  abc"),
        ({"new_value": None, "old_status": "O", "new_status": "Q"}, "–, status O → Q  abc"),
    ],
)
def test_where_the_value_stayed_the_line_says_what_changed(
    given: dict[str, Any], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    diff.diff([row("reflagged", old_value=12.0, relative_difference=0.0, **given)])
    assert capsys.readouterr().out.splitlines()[1] == f" reflagged  DV_CRIMES, KZ, 2024 F: {said}"


def test_equal_releases_say_so(capsys: pytest.CaptureFixture[str]) -> None:
    diff.diff([])
    diff.summary([])
    assert capsys.readouterr().out == f"{diff.AGREE}\n" * 2


def test_a_summary_counts_by_dataset_country_and_indicator(capsys: pytest.CaptureFixture[str]) -> None:
    def counted(change: str, country: str, indicator: str, dataset: str, count: int) -> dict[str, Any]:
        return {
            "change": change,
            "country": country,
            "indicator": indicator,
            "dataset_id": dataset,
            "observations": count,
        }

    long = "eurostat_homicide_relationship"
    diff.summary(
        [
            counted("added", "KZ", "DV_CRIMES", "kz", 4),
            counted("added", "DE", "HOMICIDE_VICTIMS", long, 1200),
            counted("revised", "DE", "HOMICIDE_VICTIMS", long, 3),
            counted("added", "DE", "HOMICIDE_RATE", long, 1),
        ]
    )
    assert capsys.readouterr().out.splitlines() == [
        "1,205 added, 3 revised",
        f"{long}: 1,201 added, 3 revised",
        "  DE HOMICIDE_RATE: 1 added",
        "  DE HOMICIDE_VICTIMS: 1,200 added, 3 revised",
        "kz: 4 added",
        "  KZ DV_CRIMES: 4 added",
    ]

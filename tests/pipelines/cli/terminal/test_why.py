"""How the answer of ``dvstats why`` looks."""

import json
from pathlib import Path

import pytest

from pipelines.cli.main import main
from pipelines.cli.terminal import why as terminal

FIGURE = {
    "obs_key": "k1",
    "shown": "1,862",
    "area": "Kyrgyzstan",
    "span": "the whole year 2021",
    "counted": "Cases",
    "group": "Female",
    "time_period": "2021",
    "obs_status": "B",
    "change": 1.1,
    "reasons": ["The series breaks."],
}


def test_a_pair_shows_figures_reasons_and_what_differs(capsys: pytest.CaptureFixture[str]) -> None:
    terminal.pair(
        {
            "figures": [FIGURE, {**FIGURE, "shown": "10,000"}],
            "reasons": ["Different spans.", "Different sources\x1b[2J."],
            "differences": [{"name": "span", "a": "one year", "b": "a month"}],
            "same": [{"name": "area", "both": "Kyrgyzstan"}],
        }
    )
    shown = capsys.readouterr().out
    assert "A  1,862  k1  Kyrgyzstan, the whole year 2021: Cases (Female)" in shown and "B  10,000" in shown
    assert "1. Different spans." in shown and "2. Different sources." in shown
    assert "one year" in shown and "a month" in shown and "area" in shown


def test_a_series_shows_change_and_reasons(capsys: pytest.CaptureFixture[str]) -> None:
    head = {"country": "KG", "indicator": "DV_CASES", "counted": "Cases", "group": "all together"}
    terminal.series({**head, "one_case": "One case.", "register": "A log.", "figures": [FIGURE]})
    shown = capsys.readouterr().out
    assert "2021  1,862  +110.0%  B  k1" in shown
    assert "    The series breaks." in shown and "all together" in shown


def test_the_command_answers_in_json_and_russian(
    release_dir: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    given = ["--data-dir", str(release_dir), "--language", "ru", "--json"]
    assert main(["why", "DV_VICTIMS", "KG", *given]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["counted"] == "Пострадавшие от домашнего насилия"
    assert main(["why", "DV_VICTIMS", "XX", *given]) == 2
    assert "XX" in capsys.readouterr().err

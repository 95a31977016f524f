"""A trace shows the cell, its neighbours and each version of the value; publishers' texts stay texts."""

import datetime as dt
from typing import Any

import pytest

from pipelines.cli.terminal.trace import trace


def found(**given: Any) -> dict[str, Any]:
    row = {
        "obs_key": "abc",
        "indicator": "DV_CRIMES",
        "ref_area": "KZ",
        "time_period": "2024",
        "sex": "F",
        "age": "_T",
        "violence_form": "PHYSICAL",
        "relationship": "_T",
        "breakdown": "_T",
        "nature": "C",
        "obs_value": 1390.0,
        "unit_measure": "NUMBER",
        "obs_status": "A",
        "conf_status": "F",
        "note": "[red]see :fire:\x1b[2J",
        "note_ru": None,
        "dataset_id": "kz_sdg",
        "source_id": "kz-s1",
    }
    cell = {
        "file": "raw/kz_sdg/ab.csv",
        "received_at": "2026-11-24T00:00:00Z",
        "locator": "line 3",
        "in_publication": "table 4",
        "text": "1\u202e390",
        "labels": {"Year": "2024"},
        "around": [
            {"locator": "line 2", "text": "1 200", "here": False},
            {"locator": "line 3", "text": "1 390", "here": True},
        ],
    }
    base = {
        "observation": row,
        "cell": cell,
        "source": None,
        "wording": {"text": None, "of_this_figure": False},
        "dataset": {"title_en": "Crimes", "citation": ""},
        "rule": "reader delimited",
        "history": [],
        "releases": ["20261125T031500Z"],
    }
    return {**base, **given}


def test_a_value_that_is_missing_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    trace(found(observation={**found()["observation"], "obs_value": None, "obs_status": "O"}))
    assert "value  no value, NUMBER, status O/F" in capsys.readouterr().out


def test_the_cell_is_marked_among_its_neighbours(capsys: pytest.CaptureFixture[str]) -> None:
    trace(found())
    out = capsys.readouterr().out
    assert "→ line 3: '1 390'" in out and "  line 2: '1 200'" in out
    assert "1 390 NUMBER, status A/F" in out and "violence_form=PHYSICAL" in out and "nature=C" in out
    assert "[red]see :fire:\n" in out and "\x1b" not in out and "\u202e" not in out
    assert "history" not in out and "citation" not in out
    assert "on the page  table 4" in out


def test_every_version_has_its_time(capsys: pytest.CaptureFixture[str]) -> None:
    first, second = dt.datetime(2026, 11, 1), dt.datetime(2026, 11, 24)
    versions = [
        {"obs_value": 1.0, "obs_status": "P", "valid_from": first, "valid_to": second},
        {"obs_value": 2.0, "obs_status": "A", "valid_from": second, "valid_to": None},
    ]
    trace(found(history=versions))
    out = capsys.readouterr().out
    assert "1 P from 2026-11-01 00:00:00 to 2026-11-24 00:00:00" in out and "2 A from" in out
    assert "to now" in out


def test_words_that_hold_another_figure_of_the_page_are_not_called_the_wording(
    capsys: pytest.CaptureFixture[str],
) -> None:
    trace(found(wording={"text": "in 2023, 900 crimes", "of_this_figure": False}))
    trace(found(wording={"text": "in 2024, 1 390 crimes", "of_this_figure": True}))
    out = capsys.readouterr().out
    assert "of the page  in 2023, 900 crimes" in out and "wording  in 2024, 1 390 crimes" in out

"""Problems come first, everything fits 80 columns, no id is cut."""

import re
from typing import Any

import pytest

from pipelines.cli.terminal.console import WIDTH
from pipelines.cli.terminal.status import status

LONG = "eurostat_homicide_relationship"


def row(dataset: str, state: str, **given: Any) -> dict[str, Any]:
    base = {
        "dataset": dataset,
        "country": "KZ",
        "cadence": "monthly",
        "verified": True,
        "state": state,
        "last_asked": "2026-11-24T03:15:00Z",
        "last_success": "2026-11-01T03:15:00Z",
        "age_days": 23,
        "rows": 1234567,
        "waiting": None,
        "refused_rows": 0,
        "critical_findings": 0,
        "reason": None,
    }
    return {**base, **given}


ROWS = [
    row("kz_sdg", "fresh"),
    row("kz_read", "fresh", waiting="rows that wait for the next release: 3 added"),
    row(LONG, "failed", reason="The server said no. " * 12, country="DE", last_success=None, age_days=None),
    row("kz_stale", "stale"),
    row(
        "kz_held",
        "held",
        waiting="what came on 2026-11-24 is held",
        verified=False,
        reason="\x1b[2J[red]Lost a year[/red]",
    ),
    row("kz_refused", "fresh", refused_rows=1234),
    row("kz_new", "not_fetched", last_success=None, last_asked=None, age_days=None, rows=0),
]


def printed(capsys: pytest.CaptureFixture[str], **options: Any) -> str:
    status(ROWS, **options)
    return capsys.readouterr().out


def test_what_needs_a_person_comes_first(capsys: pytest.CaptureFixture[str]) -> None:
    out = printed(capsys)
    assert out.startswith("4 of 7 datasets need attention:")
    for dataset, state in ((LONG, "failed"), ("kz_stale", "stale"), ("kz_held", "held")):
        assert f"{dataset} ({'DE' if dataset == LONG else 'KZ'}): {state}" in out
    assert "kz_refused (KZ): fresh, 1,234 rows refused" in out
    assert "kz_read: rows that wait for the next release: 3 added" in out
    assert "1,234,567 rows; what came on 2026-11-24 is held" in " ".join(out.split())
    assert "kz_sdg" not in out and "kz_new" not in out
    assert out.index("kz_held") < out.index("7 datasets:")
    assert "1 failed, 3 fresh, 1 held, 1 not_fetched, 1 stale" in out
    assert "no good file so far" in out and "23 days ago" in out


def test_all_lists_every_dataset(capsys: pytest.CaptureFixture[str]) -> None:
    lines = printed(capsys, every=True).splitlines()
    assert all(sum(line.startswith(f"{entry['dataset']} ") for line in lines) >= 1 for entry in ROWS)
    assert any("held*" in line for line in lines) and any("not been verified" in line for line in lines)


@pytest.mark.parametrize("every", [False, True])
def test_it_fits_80_columns_and_cuts_no_id(capsys: pytest.CaptureFixture[str], every: bool) -> None:
    out = printed(capsys, every=every)
    assert max(map(len, out.splitlines())) <= WIDTH
    assert LONG in out
    assert "…" not in out and "\x1b" not in out
    assert "[red]Lost a year[/red]" in out


@pytest.mark.parametrize("every", [False, True])
def test_it_fits_a_narrow_terminal(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, every: bool
) -> None:
    monkeypatch.setattr("sys.stdout.isatty", lambda: True, raising=False)
    monkeypatch.setenv("COLUMNS", "50")
    out = plain(printed(capsys, every=every))
    assert max(map(len, out.splitlines())) <= 50
    lines = out.splitlines()
    assert any(line.strip().startswith(LONG) for line in lines)


def plain(text: str) -> str:
    """A text without colours."""
    return re.sub("\x1b\\[[0-9;]*m", "", text)


def test_an_address_is_not_cut(capsys: pytest.CaptureFixture[str]) -> None:
    address = f"https://example.org/{'a' * WIDTH}"
    status([row("kz_sdg", "failed", reason=f"Nothing came from {address} today.")])
    assert f"  {address}\n" in capsys.readouterr().out


def test_nothing_wrong_says_only_counts(capsys: pytest.CaptureFixture[str]) -> None:
    status(ROWS[:1])
    assert capsys.readouterr().out.startswith("1 datasets: 1 fresh.\nRows: 1,234,567. Refused rows: 0.")

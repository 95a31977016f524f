"""The summary of a refresh names what was refused and a next command for the data that was used."""

from pathlib import Path
from typing import Any

import pytest

from pipelines.cli.terminal import refresh
from pipelines.outcome import Outcome


def summary(name: str, state: str, **more: Any) -> dict[str, Any]:
    """What ``DatasetState.summary`` gives of a dataset."""
    return {
        "dataset_id": name,
        "state": state,
        "refused_rows": 0,
        "refused": [],
        "critical": [],
        "warnings": [],
        **more,
    }


def test_what_was_refused_and_found_is_shown_under_its_dataset(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    troubled = summary(
        "kz_x",
        "held",
        refused_rows=12,
        refused=[f"a.xlsx, S!A{n}: Reason {n}." for n in range(6)],
        critical=["It lost a year. \x1b[31m2019"],
    )
    refresh.outcome(Outcome(datasets=[troubled]), tmp_path)
    out = capsys.readouterr().out
    assert "  kz_x: held, 12 rows refused\n" in out
    assert "    a.xlsx, S!A0: Reason 0.\n" in out
    assert out.count("Reason") == refresh.SHOWN_REASONS
    assert "    It lost a year. 2019\n" in out
    assert "… 2 more: dvstats refresh --json prints them" in out, "no release holds them"


def test_what_the_release_says_otherwise_is_said(
    release_dir: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    held = summary("kz_x", "held", critical=[f"Reason {n}." for n in range(6)])
    since = {f"d{n}": "fresh there, held now" for n in range(6)}
    for new, first, more in (
        (False, "No figure changed: release R stays, 3 observations.", "dvstats refresh --json prints them"),
        (
            True,
            "Published release R: 3 observations",
            "see the tables quarantine and findings, dataset_id kz_x",
        ),
    ):
        refresh.outcome(
            Outcome(release="R", new=new, rows=3, datasets=[held], since_release={} if new else since),
            release_dir,
        )
        out = capsys.readouterr().out
        assert out.startswith(first) and f"… 2 more: {more}" in out
        assert ("said here of d0 (fresh there, held now), d1" in out) is not new
        assert (") and 2 more.\n" in out) is not new


def test_warnings_on_what_is_published_all_the_same_are_shown(
    release_dir: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = [summary("a", "fresh", warnings=["A value changed.", "Another."]), summary("b", "fresh")]
    refresh.outcome(
        Outcome(release="20261125T031500Z", datasets=rows, notices=["latest was mended."]), release_dir
    )
    out = capsys.readouterr().out
    assert "  note: a: A value changed. (and 1 more)\n" in out and "note: b" not in out
    assert "  note: latest was mended.\n" in out


@pytest.mark.parametrize(
    ("folder", "ends"),
    [("data", 'LIMIT 8"'), ("/srv/dv data", "--data-dir '/srv/dv data'"), ("other", "--data-dir other")],
)
def test_the_next_command_names_the_data_that_was_used(folder: str, ends: str) -> None:
    assert refresh.next_command(Path(folder)).endswith(ends)


def test_why_nothing_was_published() -> None:
    assert refresh.why_not(Outcome(problem="Disk full.")).endswith("Disk full.")
    assert "no dataset gave a row" in refresh.why_not(Outcome())
    check = {
        "table": "rates",
        "check": "rule_x",
        "sentence": "It is wrong.",
        "examples": ["a", "b", "c", "d"],
    }
    sentence = refresh.why_not(Outcome(failed_checks=[check, check]))
    assert "table rates, rule rule_x and 1 more checks: It is wrong. a; b; c" in sentence
    assert not sentence.endswith("d")


def test_a_published_release_is_summarised(release_dir: Path, capsys: pytest.CaptureFixture[str]) -> None:
    result = Outcome(
        release="20261125T031500Z",
        new=True,
        rows=4388,
        datasets=[summary("a", "fresh")],
        changes={"added": 3, "revised": 1},
        warnings=[
            {
                "table": "observations",
                "check": "odd",
                "sentence": "Odd.",
                "unexpected": 4,
                "examples": [*"abcd"],
            },
            {"table": "areas", "check": "even", "sentence": "Even.", "unexpected": 1, "examples": ["KZ"]},
        ],
    )
    refresh.outcome(result, release_dir)
    out = capsys.readouterr().out
    assert "Published release 20261125T031500Z: 4,388 observations (3 added, 1 revised)." in out
    assert "Datasets: 1 fresh." in out and "KZ " in out and "Try next" in out
    assert "note: observations: Odd. (4 rows: a; b; c; more in Dagster: odd)" in out
    assert "note: areas: Even. (1 rows: KZ)" in out
    assert f"--data-dir {release_dir}" in out
    result.only = ("a",)
    refresh.outcome(result, release_dir)
    assert "Try next" not in capsys.readouterr().out

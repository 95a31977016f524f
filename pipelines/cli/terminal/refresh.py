"""What a refresh did: the release, the observations by country, what was refused and why, what to try next.

Not here: the refresh (``pipelines.refresh``) and the state of all datasets (``status``). Called for
``dvstats refresh``.
"""

import shlex
import shutil
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from pipelines.cli.terminal.console import one_line
from pipelines.outcome import Outcome
from pipelines.published.query import query
from pipelines.store.working_copy import WorkingCopy

SHOWN_REASONS = 4
SHOWN_EXAMPLES = 3
NEXT_QUERY = (
    "SELECT area, time_period, sex, age, obs_value, address FROM protection_orders "
    "WHERE ref_area = 'KG' AND obs_value IS NOT NULL LIMIT 8"
)
_BY_COUNTRY = """
    SELECT left(ref_area, 2) AS country, count(*) AS observations, count(*) FILTER (i.domestic) AS domestic
    FROM observations o JOIN indicators i ON i.code = o.indicator GROUP BY 1 ORDER BY 1"""
_DISCREPANCIES = "SELECT count(*) AS found, count(*) FILTER (declared) AS explained FROM discrepancies"


def outcome(result: Outcome, data_dir: Path) -> None:
    """Summary of a refresh that ran to its end."""
    if not result.release:
        _refusals(result.troubled, published=False)
        return
    if result.new:
        changes = ", ".join(f"{count} {kind}" for kind, count in sorted(result.changes.items()))
        print(
            f"Published release {result.release}: {result.rows:,} observations ({changes or 'no observation changed'})."
        )
    elif result.since_release:
        print(f"No figure changed: release {result.release} stays, {result.rows:,} observations.")
        print(f"It was made before what is said here of {_named(result.since_release)}.")
    else:
        print(f"Nothing new: release {result.release} stays, {result.rows:,} observations.")
    counts = Counter(row["state"] for row in result.datasets)
    print(f"Datasets: {', '.join(f'{counts[state]} {state}' for state in sorted(counts))}.")
    _content(data_dir)
    _refusals(result.troubled, result.new)
    _warnings(result.datasets, result.troubled)
    for notice in result.notices:
        print(f"  note: {one_line(notice)}")
    for warning in result.warnings:
        print(f"  note: {_check_that_failed(warning)}")
    if not result.only:
        print("Try next:")
        print(f"  {next_command(data_dir)}")


def _check_that_failed(warning: dict[str, Any]) -> str:
    """A rule that rows of a table break, with the first of them, and where more are listed."""
    first = [one_line(example) for example in warning["examples"][:SHOWN_EXAMPLES]]
    rows = f"{warning['unexpected']} rows{': ' if first else ''}{'; '.join(first)}"
    more = f"; more in Dagster: {warning['check']}" if warning["unexpected"] > len(first) else ""
    return f"{warning['table']}: {one_line(warning['sentence'])} ({rows}{more})"


def next_command(data_dir: Path) -> str:
    """A query on the data directory that was used, as it can be pasted into the same terminal."""
    # `make run` leaves the command in the environment, which a new user has not activated.
    command = "dvstats" if shutil.which("dvstats") else ".venv/bin/dvstats"
    copy = WorkingCopy.of(data_dir)
    where = copy.store.address if copy else str(data_dir)
    place = "" if data_dir == Path("data") else f" --data-dir {shlex.quote(where)}"
    return f'{command} query "{NEXT_QUERY}"{place}'


def _content(data_dir: Path) -> None:
    rows = query(data_dir, _BY_COUNTRY).to_pylist()
    print("Observations: " + ", ".join(f"{row['country']} {row['observations']:,}" for row in rows) + ".")
    domestic = sum(row["domestic"] for row in rows)
    discrepancies = query(data_dir, _DISCREPANCIES).to_pylist()[0]
    print(
        f"On domestic violence and the response to it: {domestic:,}. Discrepancies published side by side: "
        f"{discrepancies['found']} ({discrepancies['explained']} explained)."
    )


def _named(since_release: Mapping[str, str]) -> str:
    """The first datasets of which the release says something else, each with what."""
    said = [f"{name} ({what})" for name, what in list(since_release.items())[:SHOWN_REASONS]]
    more = len(since_release) - len(said)
    return ", ".join(said) + (f" and {more} more" if more else "")


def _refusals(troubled: Sequence[dict[str, Any]], published: bool) -> None:
    """Under each dataset that needs a person what was refused of it and found.

    ``published``: whether the release that readers see holds it.
    """
    for row in troubled:
        print(f"  {row['dataset_id']}: {row['state']}, {row['refused_rows']} rows refused")
        findings = [*row["critical"], *row["warnings"]]
        for sentence in (*row["refused"][:SHOWN_REASONS], *findings[:SHOWN_REASONS]):
            print(f"    {one_line(sentence)}")
        hidden = max(0, len(row["refused"]) - SHOWN_REASONS) + max(0, len(findings) - SHOWN_REASONS)
        if hidden:
            tables = f"see the tables quarantine and findings, dataset_id {row['dataset_id']}"
            print(f"    … {hidden} more: {tables if published else 'dvstats refresh --json prints them'}")


def _warnings(datasets: Sequence[dict[str, Any]], troubled: Sequence[dict[str, Any]]) -> None:
    """Findings of weight on datasets that are published all the same."""
    shown = {row["dataset_id"] for row in troubled}
    for row in datasets:
        if row["warnings"] and row["dataset_id"] not in shown:
            more = f" (and {len(row['warnings']) - 1} more)" if len(row["warnings"]) > 1 else ""
            print(f"  note: {row['dataset_id']}: {one_line(row['warnings'][0])}{more}")


def why_not(result: Outcome) -> str:
    """Why nothing was published, in one or two sentences."""
    if not result.failed_checks:
        return f"Nothing was published, the last release stays: {result.problem or 'no dataset gave a row.'}"
    first = result.failed_checks[0]
    examples = "; ".join(first["examples"][:SHOWN_EXAMPLES])
    more = f" and {len(result.failed_checks) - 1} more checks" if len(result.failed_checks) > 1 else ""
    return (
        f"Nothing was published, the last release stays: table {first['table']}, rule {first['check']}{more}: "
        f"{first['sentence']} {examples}"
    ).strip()

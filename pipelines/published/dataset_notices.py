"""Datasets of a release that are stale, held or failed: state, day of the last good file, and why, in a sentence.

A pure function of the tables ``datasets``, ``findings`` and ``fetches`` of the release, so that notes, site and briefs
say the same of it. Not here: deciding a state (``pipelines.dataset_states``), what a person does about it
(``pipelines.overview``). Called by ``pipelines.release.notes``, ``pipelines.site.load_release`` and
``pipelines.brief.figures``.
"""

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass

import duckdb

from data_contracts.model import Text
from data_contracts.sql import literals
from pipelines.published.finding_in_words import Failure, in_both_languages, not_confirmed
from pipelines.published.query import dicts
from pipelines.state_groups import TROUBLED
from transforms.findings import saying_why


@dataclass(frozen=True)
class Notice:
    """One dataset that is stale, held or failed."""

    #: its id
    dataset_id: str
    #: of the dataset
    title: Text
    #: a code of ``dataset_state``
    state: str
    #: the day on which the last good file came or was confirmed; None: none came, or the figures are a transcription
    last_good: dt.date | None
    #: the finding that says why, in a sentence
    why: Text


def dataset_notices(con: duckdb.DuckDBPyConnection) -> dict[str, Notice]:
    """One for each dataset in such a state, by id; ``con`` has the tables of a release by name."""
    troubled = f"SELECT dataset_id FROM datasets WHERE state IN ({literals(TROUBLED)})"
    rows = dicts(con, f"FROM datasets WHERE dataset_id IN ({troubled}) ORDER BY dataset_id")
    findings = defaultdict(list)
    for finding in dicts(con, f"FROM findings WHERE dataset_id IN ({troubled}) ORDER BY ALL"):
        findings[finding["dataset_id"]].append(finding)
    failures: dict[str, list[Failure]] = defaultdict(list)
    for failed in dicts(
        con,
        f"FROM fetches WHERE outcome = 'failed' AND dataset_id IN ({troubled}) ORDER BY received_at, requested_at",
    ):
        failures[failed["dataset_id"]].append(
            (failed["address"], failed["http_status"], failed["reason"] or "")
        )
    found = {}
    for row in rows:
        name, last = row["dataset_id"], row["last_success"]
        said = saying_why(row["state"], findings[name])
        found[name] = Notice(
            name,
            Text(row["title_en"], row["title_ru"]),
            row["state"],
            last.date() if last else None,
            in_both_languages(said, failures[name]) if said else not_confirmed(last, row["cadence"]),
        )
    return found

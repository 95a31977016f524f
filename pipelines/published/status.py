"""``dvstats status``: how every dataset is, for a person or a program.

Not here: deciding the states (``pipelines.dataset_states``) and how they look on a terminal
(``pipelines.cli.terminal.status``). Called by ``dvstats status``.
"""

import datetime as dt
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from data_contracts.connection import shared_duckdb
from data_contracts.errors import NothingThereError
from data_contracts.rows import name_rows
from pipelines import overview
from pipelines.data_directory import DataDirectory, current_moment
from pipelines.dataset_states import DatasetState, dataset_states
from pipelines.declarations import declarations
from pipelines.published import find_areas
from pipelines.published.releases import none_there
from pipelines.release.last_release import LastRelease
from pipelines.state_groups import TROUBLED
from sources.load_datasets import load_datasets
from sources.receipts import Record
from transforms.apply_corrections import of_no_dataset


def status(data_dir: Path, *, country: str | None = None) -> list[dict[str, Any]]:
    """One row a dataset: state, requests, the publisher's date, age in days, published rows, what waits, why.

    ``country``: only datasets of that country. :class:`NothingThereError` where there is no release.
    """
    wanted = find_areas.country(country) if country is not None else None
    if not data_dir.is_dir():
        raise NothingThereError(
            f"There is no folder {data_dir}. Check --data-dir, or run `dvstats refresh` to make it."
        )
    declared, folder, now = declarations(), DataDirectory(data_dir), current_moment()
    release = folder.last_release(declared.contract)
    if release.folder is None:
        raise none_there(data_dir)
    states = dataset_states(declared, folder, release, now)
    return [_row(state, release, now) for state in states if wanted in (None, state.dataset.country)]


def corrections_of_no_dataset() -> list[str]:
    """Sentences on corrections for which no dataset could be held."""
    return of_no_dataset(load_datasets())


def needs_attention(row: dict[str, Any]) -> bool:
    """Whether a person should look at a dataset: failed, held, stale, with refused rows, or with a finding of weight.

    The same datasets as those for which a refresh ends with exit status 3.
    """
    return row["state"] in TROUBLED or bool(row["refused_rows"] or row["critical_findings"])


def _row(state: DatasetState, release: LastRelease, now: dt.datetime) -> dict[str, Any]:
    dataset, success = state.dataset, state.last_success
    critical = state.summary["critical"]
    good = [record for record in state.attempts if record.outcome != "failed"]
    return {
        "dataset": dataset.id,
        "country": dataset.country,
        "collection": dataset.collection,
        "cadence": dataset.cadence,
        "verified": dataset.verified,
        "state": state.state,
        "last_asked": state.last_asked,
        "last_success": f"{success.isoformat()}Z" if success else None,
        "age_days": (now - success).days if success else None,
        "publisher_date": _publisher_date(good),
        "rows": release.counts.get(dataset.id, 0),
        "waiting": _waiting(state, release, good),
        "refused_rows": state.quarantine.num_rows,
        "critical_findings": len(critical),
        "reason": next(iter([*state.failures, *critical]), None),
        "what_to_do": _what_to_do(state),
    }


def _waiting(state: DatasetState, release: LastRelease, good: Sequence[Record]) -> str | None:
    """What is there and not published: an answer that is held, or rows that were read since the release."""
    if state.state == "held":
        day = (good[-1].received_at or "")[:10] if good else ""
        return f"what came on {day} is held" if day else "what was read now is held"
    published = release.datasets.get(state.dataset.id, {}).get("data_version")
    # Of a restricted one the release may withhold what is staged.
    if not state.processed or state.data_version == published or state.dataset.restricted:
        return None
    with shared_duckdb() as con:
        name_rows(con, "staged", state.observations)
        name_rows(con, "published", release.observations_of(state.dataset.id))
        counts = con.execute(
            """SELECT count(*) FILTER (p.obs_key IS NULL), count(*) FILTER (s.obs_key = p.obs_key AND
                s.obs_value IS DISTINCT FROM p.obs_value), count(*) FILTER (s.obs_key IS NULL)
            FROM staged s FULL JOIN published p ON s.obs_key = p.obs_key"""
        ).fetchall()[0]
    kinds = zip(("added", "revised", "withdrawn"), counts, strict=True)
    words = ", ".join(f"{count:,} {kind}" for kind, count in kinds if count)
    return f"rows that wait for the next release: {words}" if words else None


def _what_to_do(state: DatasetState) -> str | None:
    """What a person does about a dataset that is not in order, or was never fetched; None of the others."""
    found = {row["finding"] for row in state.findings}
    facts = {
        "dataset_id": state.dataset.id,
        "address": state.dataset.address,
        "collection": state.dataset.collection,
    }
    kind = overview.kind_of(state.state, state.quarantine.num_rows)
    return overview.remedy(kind, facts, found) if kind else None


def _publisher_date(good: list[Record]) -> str | None:
    dates = [record.stated_published or record.last_modified for record in good]
    return next((date for date in reversed(dates) if date), None)

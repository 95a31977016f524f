"""The state of every dataset: what the last refresh found, and whether it is overdue by its cadence.

Not here: judging a new file (``pipelines.ingest``) and how the state looks on a terminal
(``pipelines.cli.terminal.status``). Called by ``dvstats status``.
"""

import datetime as dt
import json
from pathlib import Path
from typing import Any

from data_contracts.errors import UserError
from data_contracts.vocabulary import COUNTRIES, OVERDUE_AFTER_DAYS
from pipelines.published.query import query
from pipelines.resources import Clock
from sources.archive import Archive
from sources.dataset import Dataset
from sources.load_datasets import load_datasets
from sources.receipts import Record

# States in which the newest figures of a publisher are not what is published.
TROUBLED = ("failed", "held", "stale")


def status(data_dir: Path, *, country: str | None = None) -> list[dict[str, Any]]:
    """One row a dataset: state, last request, last success, the publisher's date, age in days, rows, reason.

    ``country``: only datasets of that country. :class:`NothingThereError` where there is no release.
    """
    if country is not None and country.upper() not in COUNTRIES:
        raise UserError(f"No country {country}. Countries: {', '.join(COUNTRIES)}.")
    published = {
        row["dataset_id"]: row
        for row in query(data_dir, "SELECT dataset_id, state, rows, refused_rows FROM datasets").to_pylist()
    }
    archive, now = Archive(data_dir), Clock().now()
    return [
        _row(data_dir, archive, dataset, now, published.get(dataset.id, {}))
        for dataset in load_datasets().values()
        if country is None or dataset.country == country.upper()
    ]


def needs_attention(row: dict[str, Any]) -> bool:
    """Whether a person should look at a dataset: it failed, is held or stale, or rows of it were refused."""
    return row["state"] in TROUBLED or bool(row["refused_rows"])


def _row(
    data_dir: Path, archive: Archive, dataset: Dataset, now: dt.datetime, published: dict[str, Any]
) -> dict[str, Any]:
    attempts = archive.fetches_of(dataset.id)
    good = [record for record in attempts if record.outcome != "failed"]
    last = max((record.received_at or "" for record in good), default="")
    requested = max((record.requested_at or record.received_at or "" for record in attempts), default="")
    # What the last refresh found, which may have published nothing; else what the release says.
    facts = _facts(data_dir, dataset.id) or published
    age = (now - _time(last)).days if last else None
    patience = OVERDUE_AFTER_DAYS.get(dataset.cadence)
    overdue = dataset.collection == "portal" and None not in (age, patience) and (age or 0) > (patience or 0)
    state = facts.get("state") or "not_fetched"
    return {
        "dataset": dataset.id,
        "country": dataset.country,
        "collection": dataset.collection,
        "cadence": dataset.cadence,
        "verified": dataset.verified,
        "state": "stale" if state == "fresh" and overdue else state,
        "last_asked": requested or None,
        "last_success": last or None,
        "age_days": age,
        "publisher_date": _publisher_date(good),
        "rows": facts.get("rows") or 0,
        "refused_rows": facts.get("refused_rows") or 0,
        "reason": _reason(attempts, facts),
    }


def _facts(data_dir: Path, dataset: str) -> dict[str, Any]:
    """What the last refresh noted; nothing where that note is missing or damaged."""
    try:
        loaded = json.loads((data_dir / "staging" / dataset / "facts.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return loaded if isinstance(loaded, dict) else {}


def _publisher_date(good: list[Record]) -> str | None:
    dates = [record.stated_published or record.last_modified for record in good]
    return next((date for date in reversed(dates) if date), None)


def _reason(attempts: list[Record], facts: dict[str, Any]) -> str | None:
    failures = facts.get("failures") or []
    if failures:
        return str(failures[0])
    last = attempts[-1] if attempts else None
    return last.reason or None if last is not None and last.outcome == "failed" else None


def _time(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text.replace("Z", "+00:00")).replace(tzinfo=None)

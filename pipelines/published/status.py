"""State of every dataset, computed from the archive's record of fetches and the declared cadence."""

import datetime as dt
import json
from pathlib import Path
from typing import Any

from pipelines.ingest import PATIENCE
from pipelines.resources import Clock
from sources.archive import Archive
from sources.dataset import Dataset
from sources.load_datasets import load_datasets
from sources.receipts import Record


def status(data_dir: Path) -> list[dict[str, Any]]:
    """One row a dataset: state, last asked, last success, publisher's own date, age, rows, refused rows, reason."""
    archive = Archive(data_dir)
    now = Clock().now()
    return [_row(data_dir, archive, dataset, now) for dataset in load_datasets().values()]


def _row(data_dir: Path, archive: Archive, dataset: Dataset, now: dt.datetime) -> dict[str, Any]:
    attempts = archive.fetches_of(dataset.id)
    good = [record for record in attempts if record.outcome != "failed"]
    last = max((record.received_at or "" for record in good), default="")
    asked = max((record.requested_at or record.received_at or "" for record in attempts), default="")
    facts = _facts(data_dir, dataset.id)
    age = (now - _time(last)).days if last else None
    overdue = (
        dataset.collection == "portal" and age is not None and age > PATIENCE.get(dataset.cadence, 10**6)
    )
    state = facts.get("state", "not_fetched")
    return {
        "dataset": dataset.id, "country": dataset.country, "collection": dataset.collection, "cadence": dataset.cadence,
        "verified": dataset.verified, "state": "stale" if state == "fresh" and overdue else state,
        "last_asked": asked or None, "last_success": last or None, "age_days": age,
        "publisher_date": _publisher_date(good), "rows": facts.get("rows", 0),
        "refused_rows": facts.get("refused_rows", 0), "reason": _reason(attempts, facts),
    }  # fmt: skip


def _facts(data_dir: Path, dataset: str) -> dict[str, Any]:
    path = data_dir / "staging" / dataset / "facts.json"
    loaded: dict[str, Any] = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    return loaded


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

"""``dvstats status``: how every dataset is, for a person or a program; the states come from ``dataset_states``."""

from pathlib import Path
from typing import Any

from pipelines.data_directory import DataDirectory, current_moment
from pipelines.dataset_states import DatasetState, dataset_states
from pipelines.declarations import declarations
from sources.receipts import Record


def status(data_dir: Path) -> list[dict[str, Any]]:
    """One row a dataset: state, last asked, last success, publisher's own date, age, rows, refused rows, reason."""
    declared, folder, now = declarations(), DataDirectory(data_dir), current_moment()
    states = dataset_states(declared, folder, folder.last_release(declared.contract), now)
    return [_row(state, now) for state in states]


def _row(state: DatasetState, now: Any) -> dict[str, Any]:
    dataset, success = state.dataset, state.last_success
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
        "rows": state.observations.num_rows,
        "refused_rows": state.quarantine.num_rows,
        "reason": next(iter([*state.failures, *state.summary["critical"]]), None),
    }


def _publisher_date(good: list[Record]) -> str | None:
    dates = [record.stated_published or record.last_modified for record in good]
    return next((date for date in reversed(dates) if date), None)

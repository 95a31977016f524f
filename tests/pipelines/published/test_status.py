"""The state of a dataset: from the last refresh, else from the release; overdue by its cadence; in words why not."""

import json
from pathlib import Path
from typing import Any

import pytest

from data_contracts.errors import NothingThereError, UserError
from data_contracts.vocabulary import OVERDUE_AFTER_DAYS
from pipelines.published.status import needs_attention, status
from sources.archive import Archive
from sources.load_datasets import load_datasets
from sources.receipts import Record

PORTAL = next(d for d in load_datasets().values() if d.collection == "portal" and d.cadence == "yearly")
NOW = 1795575600  # 2026-11-25T03:00:00Z


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", str(NOW))


def note(data: Path, dataset: str, **facts: Any) -> None:
    folder = data / "staging" / dataset
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "facts.json").write_text(json.dumps(facts), encoding="utf-8")


def state_of(data: Path, dataset: str) -> dict[str, Any]:
    return next(row for row in status(data) if row["dataset"] == dataset)


def test_without_a_release_there_is_no_state(tmp_path: Path) -> None:
    with pytest.raises(NothingThereError):
        status(tmp_path)


def test_without_the_cache_the_release_says_the_state(data: Path) -> None:
    row = state_of(data, "kg_statements")
    assert row["state"] == "bundled" and row["rows"] > 200
    note(data, "kg_statements", state="held", rows=1, refused_rows=2)
    row = state_of(data, "kg_statements")
    assert (row["state"], row["rows"], row["refused_rows"]) == ("held", 1, 2)
    (data / "staging" / "kg_statements" / "facts.json").write_text('{"sta', encoding="utf-8")
    assert state_of(data, "kg_statements")["state"] == "bundled"


@pytest.mark.parametrize(("days", "state"), [(0, "fresh"), (1, "stale")])
def test_a_portal_is_stale_once_its_cadence_has_passed(data: Path, days: int, state: str) -> None:
    import datetime as dt

    patience = OVERDUE_AFTER_DAYS[PORTAL.cadence]
    assert patience is not None
    received = dt.datetime.fromtimestamp(NOW, dt.UTC) - dt.timedelta(days=patience + days)
    moment = received.strftime("%Y-%m-%dT%H:%M:%SZ")
    Archive(data).record(PORTAL.id, Record(PORTAL.id, received_at=moment, outcome="unchanged"))
    note(data, PORTAL.id, state="fresh", rows=1)
    row = state_of(data, PORTAL.id)
    assert (row["state"], row["age_days"]) == (state, patience + days)


def test_a_failure_says_its_reason(data: Path) -> None:
    failed = Record(PORTAL.id, requested_at="2026-11-24T00:00:00Z", outcome="failed", reason="No answer.")
    Archive(data).record(PORTAL.id, failed)
    row = state_of(data, PORTAL.id)
    assert row["reason"] == "No answer." and row["last_success"] is None
    assert row["last_asked"] == "2026-11-24T00:00:00Z"
    note(data, PORTAL.id, state="failed", failures=["The first failure.", "Another."])
    assert state_of(data, PORTAL.id)["reason"] == "The first failure."


@pytest.mark.parametrize(
    ("state", "refused", "needed"),
    [("fresh", 0, False), ("bundled", 0, False), ("not_fetched", 0, False), ("fresh", 1, True)]
    + [(state, 0, True) for state in ("failed", "held", "stale")],
)
def test_what_needs_attention(state: str, refused: int, needed: bool) -> None:
    assert needs_attention({"state": state, "refused_rows": refused}) is needed


def test_one_country(data: Path) -> None:
    rows = status(data, country="kz")
    assert {row["country"] for row in rows} == {"KZ"} and len(rows) > 5
    with pytest.raises(UserError, match="No country FR. Countries: KZ, KG"):
        status(data, country="FR")

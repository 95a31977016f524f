"""``dvstats status``: what a person is shown of each dataset; how states are decided is in ``test_dataset_states``."""

import datetime as dt
import re
import shutil
from pathlib import Path
from typing import Any

import pytest

from data_contracts.errors import NothingThereError, UserError
from pipelines.declarations import Declarations
from pipelines.published.status import needs_attention, status
from sources.archive import Archive
from sources.inbox import MOST_SAID
from sources.load_datasets import load_datasets
from sources.receipts import Record
from tests.fixtures.mirror import HERE, Mirror
from tests.helpers import process, publish

PORTAL = next(d for d in load_datasets().values() if d.collection == "portal" and d.cadence == "yearly")
EXAMPLE = load_datasets(HERE / "datasets")["ex_open_sdg"]
NOW = 1795575600  # 2026-11-25T03:00:00Z


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", str(NOW))


@pytest.fixture
def data(release_dir: Path, tmp_path: Path) -> Path:
    """A data directory with the bundled release, without its archive and staging area."""
    shutil.copytree(release_dir / "releases", tmp_path / "data" / "releases")
    return tmp_path / "data"


def state_of(data: Path, dataset: str) -> dict[str, Any]:
    return next(row for row in status(data) if row["dataset"] == dataset)


def test_without_a_release_there_is_no_state(tmp_path: Path) -> None:
    with pytest.raises(NothingThereError):
        status(tmp_path)


def test_without_the_cache_the_release_says_the_state(data: Path) -> None:
    row = state_of(data, "kg_statements")
    assert (
        row["state"] == "bundled"
        and row["rows"] > 200
        and row["reason"] is None
        and row["what_to_do"] is None
    )


def test_what_was_never_fetched_says_how_it_is(data: Path) -> None:
    row = state_of(data, PORTAL.id)
    assert row["state"] == "not_fetched" and f"dvstats refresh --live --only {PORTAL.id}" in row["what_to_do"]
    by_hand = state_of(data, "kz_form_1m_workbooks")
    assert (
        by_hand["state"] == "not_fetched" and "dvstats add kz_form_1m_workbooks FILE" in by_hand["what_to_do"]
    )


def test_a_failure_says_its_reason(data: Path) -> None:
    address = PORTAL.files[0].address
    moment = dt.datetime.fromtimestamp(NOW, dt.UTC) - dt.timedelta(days=1)
    asked = moment.strftime("%Y-%m-%dT%H:%M:%SZ")
    failed = Record(PORTAL.id, address=address, requested_at=asked, outcome="failed", reason="No answer")
    Archive(data).record(PORTAL.id, failed)
    row = state_of(data, PORTAL.id)
    assert row["state"] == "failed" and row["reason"] == f"{address}: No answer"
    assert row["last_success"] is None and row["age_days"] is None and row["last_asked"] == asked


def test_published_rows_are_counted_and_what_waits_is_said(
    declared: Declarations, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Staged rows were counted, which no release has."""
    monkeypatch.delenv("SOURCE_DATE_EPOCH")
    monkeypatch.setattr(declared, "datasets", {EXAMPLE.id: EXAMPLE})
    monkeypatch.setattr("pipelines.published.status.declarations", lambda: declared)
    with Mirror() as mirror:
        said = []
        for change in ("good", "a year more", "a column less"):
            if change == "a year more":
                mirror.content["stat.example.org/sdg/en/data/5-2-1.csv"] += b"2025,,,,1400\n"
            elif change == "a column less":
                mirror.faults = ["renamecol:SEX=Gender"]
            state = process(declared, EXAMPLE, tmp_path, mirror.address)
            if change == "good":
                publish(declared, tmp_path, state, dt.datetime(2026, 11, 24))
            row = state_of(tmp_path, EXAMPLE.id)
            said.append((row["state"], row["rows"], row["waiting"]))
    assert said[:2] == [("fresh", 108, None), ("fresh", 108, "rows that wait for the next release: 1 added")]
    assert said[2][:2] == ("held", 108) and re.fullmatch(r"what came on \d{4}-\d\d-\d\d is held", said[2][2])


@pytest.mark.parametrize(
    ("state", "refused", "critical", "needed"),
    [("fresh", 0, 0, False), ("bundled", 0, 0, False), ("not_fetched", 0, 0, False), ("fresh", 1, 0, True)]
    + [("not_fetched", 0, 1, True)]
    + [(state, 0, 0, True) for state in ("failed", "held", "stale")],
)
def test_what_needs_attention(state: str, refused: int, critical: int, needed: bool) -> None:
    row = {"state": state, "refused_rows": refused, "critical_findings": critical}
    assert needs_attention(row) is needed


def test_files_that_nothing_reads_need_attention_and_the_first_are_named(data: Path) -> None:
    folder = data / "inbox" / "kz_form_1m_workbooks"
    folder.mkdir(parents=True)
    for number in range(MOST_SAID + 5):
        (folder / f"{number:02}.xlsx").write_bytes(b"anything")
    row = state_of(data, "kz_form_1m_workbooks")
    assert row["critical_findings"] == MOST_SAID + 1 and needs_attention(row)
    assert "inbox/kz_form_1m_workbooks/00.xlsx" in row["reason"] and "no note" in row["reason"]


def test_one_country(data: Path) -> None:
    rows = status(data, country="kz")
    assert {row["country"] for row in rows} == {"KZ"} and len(rows) > 5
    with pytest.raises(UserError, match="No country FR. Countries: KZ, KG"):
        status(data, country="FR")

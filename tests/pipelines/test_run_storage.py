"""The event log of Dagster as a refresh writes it: whole, readable by Dagster's own class, nothing half stored."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import dagster as dg
import pytest
import sqlalchemy as sa
from dagster._core.storage.event_log.migration import ASSET_KEY_INDEX_COLS
from dagster._core.storage.event_log.sqlite.sqlite_event_log import SqliteEventLogStorage

from pipelines.run_storage import PooledSqliteEventLogStorage


@dg.asset(check_specs=[dg.AssetCheckSpec("positive", asset="numbers")])
def numbers() -> Iterator[Any]:
    yield dg.MaterializeResult(data_version=dg.DataVersion("1"))
    yield dg.AssetCheckResult(passed=True)


def instance(folder: Path, module: str, name: str) -> dg.DagsterInstance:
    settings = {
        "event_log_storage": {"module": module, "class": name, "config": {"base_dir": str(folder / "log")}},
        "telemetry": {"enabled": False},
    }
    return dg.DagsterInstance.local_temp(str(folder), overrides=settings)


@pytest.mark.parametrize("batch", ["0", "100"])
def test_dagsters_own_class_reads_what_was_stored(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, batch: str
) -> None:
    monkeypatch.setenv("DAGSTER_EVENT_BATCH_SIZE", batch)
    with instance(tmp_path, "pipelines.run_storage", "PooledSqliteEventLogStorage") as mine:
        runs = [dg.materialize([numbers], instance=mine) for _ in range(2)]
    own = SqliteEventLogStorage(str(tmp_path / "log"))
    for run in runs:
        stored = [entry.dagster_event_type for entry in own.get_logs_for_run(run.run_id)]
        assert {"ASSET_MATERIALIZATION", "ASSET_CHECK_EVALUATION", "RUN_SUCCESS"} <= {
            t.name for t in stored if t
        }
        assert len(stored) >= len(run.all_events)
        of_steps = [event.event_type for event in run.all_events if event.step_key]
        assert [event for event in stored if event in of_steps] == of_steps, "in the order of the run"
    key = dg.AssetCheckKey(numbers.key, "positive")
    history = own.get_asset_check_execution_history(key, limit=9)
    assert [record.run_id for record in history] == [runs[1].run_id, runs[0].run_id]
    assert {record.status.value for record in history} == {"SUCCEEDED"}
    own.dispose()


def test_of_a_batch_that_cannot_be_stored_nothing_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    log = PooledSqliteEventLogStorage(str(tmp_path))
    with dg.DagsterInstance.ephemeral() as other:
        run = dg.materialize([numbers], instance=other)
        events = other.all_logs(run.run_id)
    real = SqliteEventLogStorage.store_event
    asked: list[object] = []

    def full(self: SqliteEventLogStorage, event: Any) -> None:
        asked.append(event)
        if len(asked) == 3:
            raise OSError("disk full")
        real(self, event)

    monkeypatch.setattr(SqliteEventLogStorage, "store_event", full)
    with pytest.raises(OSError, match="disk full"):
        log.store_event_batch(events)
    assert log.get_logs_for_run(run.run_id) == []
    monkeypatch.undo()
    log.store_event_batch(events)
    assert len(log.get_logs_for_run(run.run_id)) == len(events)
    log.dispose()


def test_an_event_that_waits_for_the_next_is_not_lost(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log, other = PooledSqliteEventLogStorage(str(tmp_path)), SqliteEventLogStorage(str(tmp_path))
    with dg.DagsterInstance.ephemeral() as instance:
        run = dg.materialize([numbers], instance=instance)
        events = {event.dagster_event_type: event for event in instance.all_logs(run.run_id)}
    output, success = (
        events[kind] for kind in (dg.DagsterEventType.STEP_OUTPUT, dg.DagsterEventType.STEP_SUCCESS)
    )
    log.store_event(output)
    assert other.get_logs_for_run(run.run_id) == []
    with monkeypatch.context() as patch, pytest.raises(sa.exc.OperationalError, match="no such table"):
        patch.setattr(log, "prepare_insert_event", lambda _: sa.text("INSERT INTO absent VALUES (1)"))
        log.store_event(events[dg.DagsterEventType.STEP_START])
    assert log.get_logs_for_run(run.run_id) == other.get_logs_for_run(run.run_id) == [output]
    log.store_event(success)
    log.dispose()
    assert other.get_logs_for_run(run.run_id) == [output, success]
    other.dispose()


def test_what_is_found_of_the_schema_is_asked_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    log = PooledSqliteEventLogStorage(str(tmp_path))
    questions = [(log.has_asset_key_col, "asset_key"), (log.has_table, "asset_keys")]
    questions.append((log.has_secondary_index, ASSET_KEY_INDEX_COLS))
    absent = [ask("what is not there") for ask, _ in questions]
    first = [ask(name) for ask, name in questions]
    for name in ("has_table", "has_secondary_index", "_has_asset_key_col_on_connection"):
        monkeypatch.setattr(SqliteEventLogStorage, name, lambda *given: False)
    assert (absent, first) == ([False] * 3, [True] * 3) == (absent, [ask(name) for ask, name in questions])
    log.dispose()

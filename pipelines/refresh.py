"""Run the Dagster graph in this process and say in plain words what came of it."""

import contextlib
import json
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from data_contracts.errors import BusyError

ROOT = Path(__file__).resolve().parent.parent


@dataclass
class Outcome:
    """What a refresh did."""

    release: str = ""
    new: bool = False
    rows: int = 0
    datasets: list[dict[str, Any]] = field(default_factory=list)
    failed_checks: list[dict[str, Any]] = field(default_factory=list)
    warnings: list[dict[str, Any]] = field(default_factory=list)
    problem: str = ""
    changes: dict[str, int] = field(default_factory=dict)

    @property
    def troubled(self) -> list[dict[str, Any]]:
        """Datasets that are stale, failed, held, have refused rows or a critical finding."""
        bad = ("stale", "failed", "held")
        return [d for d in self.datasets if d["state"] in bad or d["refused_rows"] or d.get("critical")]

    @property
    def exit_status(self) -> int:
        """0 done, 1 nothing could be published, 3 published but something is stale or was refused."""
        if not self.release:
            return 1
        return 3 if self.troubled else 0


@contextlib.contextmanager
def _lock(data_dir: Path) -> Iterator[None]:
    """One refresh at a time a data directory; the system frees the lock of a killed one."""
    data_dir.mkdir(parents=True, exist_ok=True)
    try:
        import fcntl
    except ImportError:
        yield
        return
    with (data_dir / ".refresh.lock").open("w") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise BusyError(
                f"Another refresh is running on {data_dir}. Wait until it ends, or choose another --data-dir."
            ) from error
        yield


def refresh(
    data_dir: Path, *, live: bool = False, mirror: str = "", only: Sequence[str] = (), contact: str = ""
) -> Outcome:
    """Materialize the whole graph (or the datasets of ``only`` and everything below them)."""
    data_dir = data_dir.resolve()
    with _lock(data_dir):
        return _run(data_dir, live, mirror, only, contact)


def prepare_environment(data_dir: Path) -> Path:
    """Where Dagster keeps its runs; must be set before its instance is made."""
    home = data_dir / "dagster"
    home.mkdir(parents=True, exist_ok=True)
    os.environ["DVSTATS_DATA_DIR"] = str(data_dir)
    os.environ["DVSTATS_DAGSTER_DIR"] = str(home)
    os.environ.setdefault("DAGSTER_DISABLE_TELEMETRY", "yes")
    return home


def _run(data_dir: Path, live: bool, mirror: str, only: Sequence[str], contact: str) -> Outcome:
    prepare_environment(data_dir)
    import dagster as dg

    from pipelines.definitions import defs
    from pipelines.schedules import JOB

    job = defs.resolve_job_def(JOB)
    selection = None
    if only:
        keys = [dg.AssetKey([stage, name]) for name in only for stage in ("raw", "read", "normalized")]
        chosen = dg.AssetSelection.assets(*keys).downstream()
        selection = list(chosen.resolve(defs.resolve_asset_graph()))
    publishers = {"live": live, "mirror": mirror, "contact": contact}
    config = {
        "loggers": {"console": {"config": {"log_level": "CRITICAL"}}},
        "resources": {"publishers": {"config": publishers}},
    }
    instance = dg.DagsterInstance.from_config(str(ROOT))
    result = job.execute_in_process(
        instance=instance, run_config=config, asset_selection=selection, raise_on_error=False
    )
    outcome = Outcome()
    _read_events(result, outcome)
    instance.dispose()
    _read_datasets(data_dir, outcome)
    return outcome


def _read_events(result: Any, outcome: Outcome) -> None:
    for event in result.all_events:
        if event.event_type_value == "ASSET_CHECK_EVALUATION":
            evaluation = event.event_specific_data
            if not evaluation.passed and len(evaluation.asset_key.path) == 1:
                _note_check(evaluation, outcome)
        elif event.event_type_value == "ASSET_MATERIALIZATION" and event.asset_key.path == ["release"]:
            metadata = event.materialization.metadata
            outcome.release = metadata["release"].value
            outcome.new = bool(metadata["new"].value)
            outcome.rows = int(metadata["dagster/row_count"].value)
        elif event.event_type_value == "STEP_FAILURE" and not outcome.problem:
            error = event.step_failure_data.error
            cause = error.cause or error
            outcome.problem = f"step {event.step_key}: {cause.message.strip().splitlines()[0]}"


def _note_check(evaluation: Any, outcome: Outcome) -> None:
    metadata = {key: value.value for key, value in evaluation.metadata.items()}
    # Whole-release checks name their table in front.
    table, _, check = evaluation.check_name.rpartition("__")
    entry = {
        "table": table or evaluation.asset_key.path[0],
        "check": metadata.get("rule", check),
        "sentence": metadata.get("sentence", metadata.get("could_not_be_checked", "")),
        "examples": metadata.get("examples", []),
        "unexpected": metadata.get("unexpected", 0),
    }
    critical = evaluation.severity.value == "ERROR"
    (outcome.failed_checks if critical else outcome.warnings).append(entry)


def _read_datasets(data_dir: Path, outcome: Outcome) -> None:
    """What each dataset came to, whether or not a release was made of it."""
    for path in sorted((data_dir / "staging").glob("*/facts.json")):
        facts = json.loads(path.read_text(encoding="utf-8"))
        outcome.datasets.append({"dataset_id": path.parent.name, **facts})
    if outcome.new:
        import pyarrow.compute as pc
        import pyarrow.parquet as pq

        revisions = pq.read_table(
            data_dir / "staging" / "tables" / "revisions.parquet", columns=["release", "change"]
        )
        mine = revisions.filter(pc.equal(revisions["release"], outcome.release))
        for row in mine["change"].value_counts().to_pylist():
            outcome.changes[row["values"]] = row["counts"]

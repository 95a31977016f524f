"""The files of docs/deploy/distributed fit the code: variables, limits, versions, and the schema of Compose."""

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import yaml

from pipelines.deployment import STEP_SECONDS

ROOT = Path(__file__).resolve().parents[1]
HOME = ROOT / "docs" / "deploy" / "distributed"


def compose() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((HOME / "compose.yaml").read_text(encoding="utf-8"))
    return loaded


def test_the_compose_file_fits_its_schema() -> None:
    command = ["check-jsonschema", "--builtin-schema", "vendor.compose-spec", str(HOME / "compose.yaml")]
    done = subprocess.run(
        [str(Path(sys.executable).with_name(command[0])), *command[1:]],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_service_has_a_limit_of_memory() -> None:
    limits = {
        name: service["deploy"]["resources"]["limits"] for name, service in compose()["services"].items()
    }
    assert all("memory" in limit for limit in limits.values()), limits


def test_every_variable_that_is_set_is_read_somewhere() -> None:
    code = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "pipelines").rglob("*.py"))
    code += (HOME / "dagster.yaml").read_text(encoding="utf-8")
    set_in_image = re.findall(r"(DVSTATS_[A-Z_]+)=", (HOME / "Containerfile").read_text(encoding="utf-8"))
    in_compose = [name for name in compose()["x-dvstats"]["environment"] if name.startswith("DVSTATS_")]
    for name in {*in_compose, *set_in_image}:
        assert f'"{name}"' in code or f"env: {name}" in code, f"{name} is read by nothing"


def test_a_run_whose_process_is_gone_does_not_keep_the_next_one_waiting_for_ever() -> None:
    """One run at a time: without a limit a run that nobody works on is the last one."""
    instance = yaml.safe_load((HOME / "dagster.yaml").read_text(encoding="utf-8"))
    values = yaml.safe_load((HOME / "values.yaml").read_text(encoding="utf-8"))
    assert instance["concurrency"]["runs"]["max_concurrent_runs"] == 1
    assert values["concurrency"]["runs"]["maxConcurrentRuns"] == 1
    monitored = [instance["run_monitoring"], values["dagsterDaemon"]["runMonitoring"]]
    assert [kept["enabled"] for kept in monitored] == [True, True]
    limits = {monitored[0]["max_runtime_seconds"], monitored[1]["maxRuntimeSeconds"]}
    (limit,) = limits
    assert limit > STEP_SECONDS, "a run is longer than its longest step"


def test_the_lock_file_has_one_version_of_dagster() -> None:
    locked = (ROOT / "requirements-distributed.txt").read_text(encoding="utf-8")
    versions = dict(re.findall(r"^([a-z0-9-]+)(?:\[[a-z]+\])?==(\S+)", locked, re.MULTILINE))
    core = versions["dagster"].split(".")[-1]
    for name in ("dagster-celery", "dagster-postgres"):
        assert versions[name].split(".")[-1] == core, name
    single = (ROOT / "requirements.txt").read_text(encoding="utf-8")
    for name in ("pyarrow", "duckdb", "pandas"):
        assert f"{name}=={versions[name]} " in single, f"{name} would write other bytes than one machine"

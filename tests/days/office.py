"""An office whose clock is moved: Dagster's own daemon and web pages as processes under libfaketime.

All that runs is what a deployment runs: ``dagster-daemon run``, ``dagster-webserver``, the code server, a process
a run. Only what they are told by the system's clock is invented: ``Clock.set`` moves it for all of them at once. Not
here: what happens on the days (``test_days``).
"""

import datetime as dt
import importlib.util
import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import yaml

from tests.servers import free_port

ROOT = Path(__file__).resolve().parents[2]
MODULE = "tests.days.few_definitions"
# A code server that hears nothing of its daemon for 20 seconds ends, and a clock that jumps looks like that.
_COMMAND = """
import sys
from dagster._core.workspace import context
from dagster._daemon import controller
controller.DAEMON_GRPC_SERVER_HEARTBEAT_TTL = context.WEBSERVER_GRPC_SERVER_HEARTBEAT_TTL = 10**8
from {module} import main
sys.argv[0] = "{name}"
main()
"""
_MODULES = {"dagster-daemon": "dagster._daemon.cli", "dagster-webserver": "dagster_webserver.cli"}


def faketime_library() -> Path | None:
    """The library that moves clocks, of the package ``libfaketime`` or as ``DVSTATS_FAKETIME`` names it; None without.

    Debian's libfaketime 0.9.10 will not do: under it ``time.sleep`` of Python 3.11 is an error.
    """
    if given := os.environ.get("DVSTATS_FAKETIME"):
        return Path(given)
    package = importlib.util.find_spec("libfaketime")
    return (
        next(Path(package.origin).parent.rglob("libfaketime.so.1"), None)
        if package and package.origin
        else None
    )


class Clock:
    """The clock of all processes that have ``environment``; read by them once a second."""

    def __init__(self, folder: Path, library: Path) -> None:
        self._file = folder / "offset"
        self.environment = {
            "LD_PRELOAD": str(library),
            "FAKETIME_TIMESTAMP_FILE": str(self._file),
            "FAKETIME_CACHE_DURATION": "1",
            # Waits take their real time, and files are as old as they are on the moved clock.
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        }
        self._offset = 0.0

    @staticmethod
    def _real() -> float:
        """The clock of the machine, also where this test runs under a moved one."""
        plain = {name: value for name, value in os.environ.items() if name != "LD_PRELOAD"}
        return float(subprocess.check_output(["date", "+%s.%N"], env=plain))

    def set(self, moment: dt.datetime) -> None:
        """Make it this moment, with a zone, now; it goes on from there."""
        self._offset = moment.timestamp() - self._real()
        aside = self._file.with_suffix(".new")
        aside.write_text(f"{self._offset:+.0f}\n", encoding="utf-8")
        aside.rename(self._file)

    def now(self) -> dt.datetime:
        """What they read, UTC."""
        return dt.datetime.fromtimestamp(self._real() + self._offset, dt.UTC)


class Dagster:
    """The daemon and the web pages of one data directory."""

    def __init__(self, folder: Path, clock: Clock, settings: Mapping[str, str]) -> None:
        self.log = folder / "dagster.log"
        self.port = free_port()
        self.data = Path(settings["DVSTATS_DATA_DIR"])
        home = self.data / "dagster"
        home.mkdir(parents=True)
        self._environment = {
            **{
                name: value
                for name, value in os.environ.items()
                if not name.startswith(("DVSTATS_", "FAKETIME"))
            },
            **clock.environment,
            **settings,
            "DAGSTER_HOME": str(ROOT),
            "DVSTATS_DAGSTER_DIR": str(home),
            "DAGSTER_DISABLE_TELEMETRY": "yes",
            "GX_ANALYTICS_ENABLED": "false",
            "PYTHONPATH": str(ROOT),
        }
        self._processes: dict[str, subprocess.Popen[bytes]] = {}

    def _start(self, name: str, *arguments: str) -> None:
        with self.log.open("ab") as log:
            self._processes[name] = subprocess.Popen(
                [
                    sys.executable,
                    "-c",
                    _COMMAND.format(module=_MODULES[name], name=name),
                    *arguments,
                    "-m",
                    MODULE,
                ],
                cwd=ROOT,
                env=self._environment,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def start_daemon(self) -> None:
        """``dagster-daemon run``."""
        self._start("dagster-daemon", "run")

    def start_pages(self) -> None:
        """``dagster-webserver``, and wait until it answers."""
        self._start("dagster-webserver", "-h", "127.0.0.1", "-p", str(self.port))
        until(lambda: self._answers(), "the web pages answer", 180)

    def _answers(self) -> bool:
        try:
            return bool(self.ask("{ version }"))
        except OSError:
            return False

    def kill(self, name: str = "dagster-daemon") -> None:
        """``kill -9`` of a process and of all that it started: code server and runs, as when the power goes."""
        process = self._processes.pop(name)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    @property
    def runs_daemon(self) -> bool:
        """Whether the daemon is there."""
        return "dagster-daemon" in self._processes

    def stop(self) -> None:
        """End everything."""
        for name in [*self._processes]:
            self.kill(name)

    def ask(self, query: str, **variables: Any) -> dict[str, Any]:
        """The answer of these pages' API."""
        return ask(self.port, query, **variables)

    @property
    def repository(self) -> dict[str, str]:
        """How the API names the code location."""
        return {"repositoryName": "__repository__", "repositoryLocationName": MODULE}

    def switch(self, how: str, sensor: str) -> None:
        """``Start`` or ``Stop`` a sensor, as somebody does it under *Automation*."""
        given = "$id: String" if how == "Stop" else "$selector: SensorSelector!"
        argument = "id: $id" if how == "Stop" else "sensorSelector: $selector"
        selector = {**self.repository, "sensorName": sensor}
        found = self.ask(
            """query ($selector: SensorSelector!) { sensorOrError(sensorSelector: $selector) {
            __typename ... on Sensor { id } } }""",
            selector=selector,
        )["sensorOrError"]
        answer = self.ask(
            f"mutation ({given}) {{ done: {how.lower()}Sensor({argument}) {{ __typename }} }}",
            **({"id": found["id"]} if how == "Stop" else {"selector": selector}),
        )
        assert answer["done"]["__typename"] in ("Sensor", "StopSensorMutationResult"), answer

    def checks(self, asset: str) -> dict[str, str]:
        """What the checks of an asset say of its latest materialization, by name."""
        nodes = self.ask(
            """query ($keys: [AssetKeyInput!]) { assetNodes(assetKeys: $keys) { assetChecksOrError {
            ... on AssetChecks {
            checks { name executionForLatestMaterialization { evaluation { description } } } } } } }""",
            keys=[{"path": [asset]}],
        )["assetNodes"]
        checks = nodes[0]["assetChecksOrError"]["checks"]
        found = {}
        for check in checks:
            execution = check["executionForLatestMaterialization"] or {}
            found[check["name"]] = (execution.get("evaluation") or {}).get("description") or ""
        return found

    def launch(self, job: str, **publishers: list[str]) -> None:
        """Start a job from the launchpad, with its settings of publishers edited."""
        selector = {**self.repository, "pipelineName": job}
        preset = self.ask(
            """query ($selector: PipelineSelector!) { pipelineOrError(params: $selector) { ... on Pipeline {
            presets { runConfigYaml } } } }""",
            selector=selector,
        )["pipelineOrError"]["presets"][0]
        config = yaml.safe_load(preset["runConfigYaml"])
        config["resources"]["publishers"]["config"].update(publishers)
        answer = self.ask(
            """mutation ($parameters: ExecutionParams!) { launchRun(executionParams: $parameters) { __typename
            ... on RunConfigValidationInvalid { errors { message } } ... on PythonError { message } } }""",
            parameters={"selector": selector, "runConfigData": json.dumps(config)},
        )
        assert answer["launchRun"]["__typename"] == "LaunchRunSuccess", answer

    def runs(self, job: str = "") -> list[dict[str, Any]]:
        """All runs, or those of a job, the oldest first."""
        query = """query ($filter: RunsFilter) { runsOrError(filter: $filter) { ... on Runs { results {
            runId jobName status tags { key value } startTime endTime } } } }"""
        found = self.ask(query, filter={"pipelineName": job} if job else {})["runsOrError"]["results"]
        for run in found:
            run["tags"] = {tag["key"]: tag["value"] for tag in run["tags"]}
        return found[::-1]


def ask(port: int, query: str, **variables: Any) -> dict[str, Any]:
    """The answer of Dagster's GraphQL API, which its pages themselves use."""
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}/graphql",
        data=json.dumps({"query": query, "variables": variables}).encode(),
        headers={"Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=60) as answer:
        found = json.load(answer)
    assert "errors" not in found, found["errors"]
    data: dict[str, Any] = found["data"]
    return data


def until(condition: Callable[[], Any], what: str, seconds: float) -> Any:
    """Wait for something to become true; an error that names it where it does not."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        found = condition()
        if found:
            return found
        time.sleep(0.5)
    raise AssertionError(f"Within {seconds:g} seconds it did not happen that {what}.")

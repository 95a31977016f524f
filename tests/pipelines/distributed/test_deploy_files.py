"""docs/deploy/distributed/: the Compose file and the values of the chart start the same parts, set alike."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[3]
FOLDER = ROOT / "docs" / "deploy" / "distributed"
# Which names of the Compose file the cluster has otherwise: the database is settings of the chart and a password.
_OTHERWISE = {"DVSTATS_DATABASE": "DAGSTER_PG_PASSWORD"}


@pytest.fixture(scope="module")
def compose() -> Any:
    return yaml.safe_load((FOLDER / "compose.yaml").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def values() -> Any:
    return yaml.safe_load((FOLDER / "values.yaml").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def worker(values: Any) -> Any:
    (deployment,) = values["extraManifests"]
    return deployment["spec"]["template"]["spec"]


def test_a_worker_has_the_settings_of_the_compose_file(compose: Any, values: Any, worker: Any) -> None:
    head = (FOLDER / "values.yaml").read_text(encoding="utf-8").partition("global:")[0]
    of_secret = set(re.findall(r"--from-literal=([A-Z_]+)=", head))
    (container,) = worker["containers"]
    names = {entry["name"] for entry in container["env"]} | of_secret
    expected = {_OTHERWISE.get(name, name) for name in compose["services"]["worker"]["environment"]}
    assert names == expected


def test_every_part_has_the_same_settings(values: Any, worker: Any) -> None:
    (container,) = worker["containers"]
    of_worker = {entry["name"]: entry["value"] for entry in container["env"] if "value" in entry}
    (code,) = values["dagster-user-deployments"]["deployments"]
    for part in (values["dagsterWebserver"], values["dagsterDaemon"], code):
        assert {entry["name"]: entry["value"] for entry in part["env"]} == of_worker
        assert part["envSecrets"] == [container["envFrom"][0]["secretRef"]]
        image = part["image"]
        assert container["image"] == f"{image['repository']}:{image['tag']}"


def test_the_workers_alone_have_the_key_that_signs(compose: Any, values: Any, worker: Any) -> None:
    parts = {name: part.get("environment", {}) for name, part in compose["services"].items()}
    assert [name for name, settings in parts.items() if "DVSTATS_SIGNING_KEY" in settings] == ["worker"]
    (mount,) = compose["services"]["worker"]["volumes"]
    inside = re.search(r":\+([^}]+)}", parts["worker"]["DVSTATS_SIGNING_KEY"])
    assert inside and mount == f"${{DVSTATS_SIGNING_KEY:-/dev/null}}:{inside[1]}:ro"
    head = (FOLDER / "values.yaml").read_text(encoding="utf-8")
    named = re.search(r"DVSTATS_SIGNING_KEY=(\S+)/(\S+) ", head)
    (container,) = worker["containers"]
    (volume,) = [volume for volume in worker["volumes"] if "secret" in volume]
    assert named and f"{volume['secret']['secretName']} --from-file={named[2]}=" in head
    mounted = [entry for entry in container["volumeMounts"] if entry["name"] == volume["name"]]
    assert mounted == [{"name": volume["name"], "mountPath": named[1], "readOnly": True}]
    # Without a key the pods start all the same; one that others may read would be refused.
    assert volume["secret"]["optional"] and volume["secret"]["defaultMode"] == 0o400


def test_the_chart_is_of_the_version_of_dagster_in_the_image() -> None:
    pinned = re.search(
        r"^dagster==(\S+)", (ROOT / "requirements-distributed.txt").read_text(encoding="utf-8"), re.M
    )
    chart = re.search(
        r"dagster/dagster --version (\S+)", (FOLDER / "values.yaml").read_text(encoding="utf-8")
    )
    assert pinned and chart and chart[1] == pinned[1]


def test_the_instance_is_that_of_the_compose_file(values: Any) -> None:
    instance = yaml.safe_load((FOLDER / "dagster.yaml").read_text(encoding="utf-8"))
    limits, pools = instance["concurrency"]["runs"], instance["concurrency"]["pools"]
    assert values["concurrency"]["runs"]["maxConcurrentRuns"] == limits["max_concurrent_runs"]
    assert values["concurrency"]["pools"] == {
        "granularity": pools["granularity"],
        "defaultLimit": pools["default_limit"],
    }
    purged = instance["retention"]["schedule"]["purge_after_days"]
    assert values["retention"]["schedule"]["purgeAfterDays"] == purged
    assert values["telemetry"]["enabled"] is instance["telemetry"]["enabled"] is False


def test_the_parts_run_as_the_user_of_the_image(worker: Any) -> None:
    text = (FOLDER / "Containerfile").read_text(encoding="utf-8")
    user = re.search(r"--uid (\d+) dvstats", text)
    assert user and worker["securityContext"]["runAsUser"] == int(user[1])
    home = re.search(r"DAGSTER_HOME=(\S+)", text)
    assert (
        home
        and yaml.safe_load((FOLDER / "values.yaml").read_text(encoding="utf-8"))["global"]["dagsterHome"]
        == home[1]
    )
    (container,) = worker["containers"]
    copies = re.search(r"DVSTATS_WORKING_COPIES=(\S+)", text)
    assert copies and container["volumeMounts"][0]["mountPath"] == copies[1]

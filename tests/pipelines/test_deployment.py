"""Settings of a deployment: what is on is said, and a setting that means nothing is refused."""

import dagster as dg
import pytest

from data_contracts.errors import UserError
from pipelines.deployment import Deployment, step_seconds


def test_nothing_is_on_by_itself() -> None:
    assert Deployment.of({}) == Deployment(live=False, schedules=False, mirror="", contact="")


@pytest.mark.parametrize(("text", "live"), [("on", True), ("ON ", True), ("off", False), ("", False)])
def test_live_is_on_or_off(text: str, live: bool) -> None:
    assert Deployment.of({"DVSTATS_LIVE": text}).live is live


@pytest.mark.parametrize("name", ["DVSTATS_LIVE", "DVSTATS_SCHEDULES"])
def test_another_word_is_refused_with_the_remedy(name: str) -> None:
    with pytest.raises(UserError, match=f"{name}='yes please' is neither on nor off. Set it to on or off"):
        Deployment.of({name: "yes please"})


@pytest.mark.parametrize(
    ("text", "seconds"), [("", 3600), (" 60 ", 60), ("1h", 0), ("0", 0), ("-5", 0), ("٦٠", 0)]
)
def test_the_seconds_of_a_step_are_a_number_or_refused_with_the_remedy(text: str, seconds: int) -> None:
    if seconds:
        assert step_seconds({"DVSTATS_STEP_SECONDS": text}) == seconds
        return
    with pytest.raises(
        UserError, match=f"DVSTATS_STEP_SECONDS='{text}' is no number of seconds. Set it to a whole"
    ):
        step_seconds({"DVSTATS_STEP_SECONDS": text})


def test_a_mirror_that_is_no_address_is_refused() -> None:
    with pytest.raises(UserError, match="The mirror foo is not an http or https address .*DVSTATS_MIRROR"):
        Deployment.of({"DVSTATS_MIRROR": "foo"})


def test_the_graph_is_as_the_deployment_is_set(monkeypatch: pytest.MonkeyPatch) -> None:
    from pipelines.definitions import deployed

    monkeypatch.setenv("DVSTATS_LIVE", "on")
    monkeypatch.setenv("DVSTATS_SCHEDULES", "on")
    monkeypatch.setenv("DVSTATS_CONTACT", "statistics@example.org")
    defs = deployed()
    publishers = (defs.resources or {})["publishers"]
    assert publishers.live and publishers.contact == "statistics@example.org"
    schedules = defs.get_repository_def().schedule_defs
    assert {s.default_status for s in schedules} == {dg.DefaultScheduleStatus.RUNNING}

"""A delivery that is killed in the middle loses nothing, and repeats only what the other side can recognize."""

import datetime as dt
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest

from pipelines.deliveries.deliver import deliver
from pipelines.deliveries.log import DeliveryLog
from tests.pipelines.deliveries.conftest import DAY, FOLDER, HOOK, MAIL, NOW, Office
from tests.servers import Mailbox, Receiver

ROOT = Path(__file__).resolve().parents[3]


def start(office: Office) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-m", "pipelines.cli.main", "deliver", "--data-dir", str(office.data)],
        cwd=ROOT,
        env={**os.environ, "SOURCE_DATE_EPOCH": str(int(NOW.replace(tzinfo=dt.UTC).timestamp()))},
        stdout=subprocess.DEVNULL,
    )


@pytest.mark.slow
@pytest.mark.parametrize("moment", ["folder", "mail", "webhook"])
def test_a_kill_in_the_middle_loses_nothing_and_repeats_nothing_that_cannot_be_recognized(
    office: Office, box: Mailbox, hook: Receiver, share: Path, moment: str
) -> None:
    """Killed while the folder is half written, or after mail and webhook were taken and before that is in the log."""
    office.declare(FOLDER, MAIL, HOOK)
    process = start(office)

    def kill() -> None:
        process.send_signal(signal.SIGKILL)
        process.wait()

    if moment == "mail":
        box.on_accept = kill
    elif moment == "webhook":
        hook.on_accept = kill
    else:
        aside = share / "ministry" / f".{office.new}.tmp"
        while not aside.exists() and process.poll() is None:
            time.sleep(0.0005)
        kill()
    process.wait(60)
    assert process.returncode == -signal.SIGKILL
    box.on_accept = hook.on_accept = lambda: None
    events = [entry.event for entry in DeliveryLog(office.data).entries]
    assert events[-1] == "intent", "nobody knows whether it left"

    deliver(office.data, NOW)
    deliver(office.data, NOW + DAY)
    assert [path.name for path in (share / "ministry").iterdir()] == [office.new]
    assert (share / "ministry" / office.new / "delivery.json").is_file()
    assert len({mail["Message-ID"] for mail in box.mails}) == 1
    assert len({headers["Idempotency-Key"] for headers, _ in hook.posts}) == 1
    # Only where the kill fell between the other side's acceptance and the log may something come twice.
    assert len(box.mails) == (2 if moment == "mail" else 1)
    assert len(hook.posts) == (2 if moment == "webhook" else 1)
    done = Counter(entry.event for entry in DeliveryLog(office.data).entries)
    assert done == {"intent": 4, "sent": 3}


def test_a_torn_line_of_the_log_is_passed_over(office: Office, hook: Receiver) -> None:
    office.declare(HOOK)
    deliver(office.data, NOW)
    path = DeliveryLog(office.data).path
    path.write_bytes(path.read_bytes() + b'{"at": "2026-')
    deliver(office.data, NOW + DAY)
    assert len(hook.posts) == 1


def test_the_sensor_starts_one_run_for_what_is_due_and_again_after_a_kill(
    office: Office, hook: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    import dagster as dg
    from dagster._core.storage.dagster_run import DagsterRun

    from pipelines.assets.deliveries import deliver_after_release, deliver_job
    from pipelines.resources import DataDir

    office.declare(HOOK)
    monkeypatch.setenv("DVSTATS_DATA_DIR", str(office.data))
    assert deliver_after_release.default_status == dg.DefaultSensorStatus.STOPPED

    with dg.DagsterInstance.ephemeral() as instance:

        def tick() -> object:
            with dg.build_sensor_context(instance=instance) as context:
                return deliver_after_release(context)

        assert isinstance(tick(), dg.RunRequest)
        begun = DagsterRun(job_name="deliver", status=dg.DagsterRunStatus.STARTED)
        instance.add_run(begun)
        assert isinstance(tick(), dg.SkipReason), "one delivery at a time"
        # It was killed before it wrote an intent: the same is due again.
        instance.report_run_failed(begun)
        again = tick()
        assert isinstance(again, dg.RunRequest) and again.run_key is None
        resources = {"data_dir": DataDir(path=str(office.data))}
        assert deliver_job.execute_in_process(resources=resources).success
        assert len(hook.posts) == 1 and isinstance(tick(), dg.SkipReason)

"""Who receives an alert, in which form: digests, several causes in one message, webhooks, a test message."""

import datetime as dt
import json
from collections.abc import Callable
from pathlib import Path

from pipelines.alerts import notify
from pipelines.alerts.notify import Finished, after_run, resend
from pipelines.declarations import Declarations
from pipelines.operations.declared import load_operations
from tests.fixtures.mirror import Mirror
from tests.pipelines.alerts.conftest import ANALYST, DAY, NOW, held_run
from tests.servers import Mailbox, Receiver, free_port


def test_the_digest_comes_once_a_day_and_says_what_goes_on(office: Callable[..., Path], box: Mailbox) -> None:
    data = office("director: {channel: mail, to: [d@example.org], when: daily}")
    morning = NOW.replace(hour=6)
    after_run(data, Finished("refresh_daily", problem="first"), morning)
    after_run(data, Finished("refresh_weekly", problem="second"), morning + dt.timedelta(hours=2))
    assert len(box.mails) == 1, "the second one waits for tomorrow"
    resend(data, morning + DAY)
    resend(data, morning + 2 * DAY)
    assert len(box.mails) == 2, "nothing new, no message"
    text = box.mails[1].get_content()
    assert (
        text.index("== New ==")
        < text.index("refresh_weekly")
        < text.index("== Still open, reported before ==")
    )
    assert text.index("== Still open, reported before ==") < text.index("refresh_daily")


def test_the_day_of_a_digest_is_that_of_the_region(office: Callable[..., Path], box: Mailbox) -> None:
    data = office("director: {channel: mail, to: [d@example.org], when: daily}")
    evening = NOW.replace(hour=17, minute=0)
    after_run(data, Finished("refresh_daily", problem="first"), evening)
    after_run(data, Finished("refresh_weekly", problem="second"), evening + dt.timedelta(hours=1))
    assert len(box.mails) == 1, "ten and eleven in the evening of Almaty"
    after_run(data, Finished("refresh_weekly", problem="second"), evening + dt.timedelta(hours=2, minutes=1))
    assert len(box.mails) == 2, "a minute after midnight"


def test_many_causes_at_once_are_one_message(office: Callable[..., Path], box: Mailbox) -> None:
    data = office(ANALYST, port=free_port())
    for number in range(7):
        after_run(data, Finished(f"refresh_{number}", problem="no network"), NOW)
    office(ANALYST)
    resend(data, NOW + DAY)
    assert box.subjects == ["7 messages about the statistics: Run failed (7)"]
    assert all(f"job refresh_{number}" in box.mails[0].get_content() for number in range(7))
    resend(data, NOW + DAY)
    assert len(box.mails) == 1


def test_who_declared_other_countries_or_causes_is_left_alone(
    declared: Declarations, mirror: Mirror, office: Callable[..., Path], box: Mailbox
) -> None:
    data = office(
        "kz: {channel: mail, to: [kz@example.org], countries: [KZ]}",
        "runs: {channel: mail, to: [runs@example.org], causes: [run_failed]}",
        "kg: {channel: mail, to: [kg@example.org], countries: [KG, TJ], causes: [held]}",
    )
    after_run(data, held_run(declared, mirror, data), NOW)
    assert [mail["To"] for mail in box.mails] == ["kg@example.org"]
    after_run(data, Finished("refresh", problem="x"), NOW)
    assert [mail["To"] for mail in box.mails][1:] == ["kz@example.org", "runs@example.org"]


def test_a_webhook_gets_facts(office: Callable[..., Path]) -> None:
    with Receiver() as hook:
        data = office("team: {channel: hook}", more=f"  hook: {{kind: webhook, address: '{hook.address}'}}")
        after_run(data, Finished("refresh", problem="x"), NOW)
    (body,) = hook.bodies
    assert (body["cause"], body["event"], body["country"], body["why"]) == ("run_failed", "began", "*", "x")
    json.dumps(body)


def test_every_receiver_can_be_tested(office: Callable[..., Path], box: Mailbox) -> None:
    data = office(
        ANALYST,
        "team: {channel: hook}",
        more=f"  hook: {{kind: webhook, address: 'http://localhost:{free_port()}/'}}",
    )
    operations = load_operations(data)
    assert operations
    results = {target.name: reason for target, reason in notify.send_tests(data, operations, NOW)}
    assert results == {"analyst": "", "team": "localhost: The server refuses connections"}
    assert box.subjects == ["Test: alerts reach you"]


def test_without_a_declaration_nothing_is_written(tmp_path: Path) -> None:
    assert after_run(tmp_path, Finished("refresh", problem="x"), NOW) == []
    assert not list(tmp_path.iterdir())

"""A channel that does not work, a lost state or a wrong declaration: nothing is lost, repeated or stopped."""

from collections.abc import Callable
from pathlib import Path

import pytest

from pipelines.alerts import notify
from pipelines.alerts.notify import Finished, after_run, open_causes, resend
from pipelines.operations.declared import FILE
from tests.pipelines.alerts.conftest import ANALYST, DAY, NOW
from tests.servers import PASSWORD, Certificates, Mailbox, Receiver, free_port


def test_what_a_channel_did_not_take_is_sent_at_the_next_occasion(
    office: Callable[..., Path], certificates: Certificates
) -> None:
    port = free_port()
    data = office(ANALYST, "second: {channel: mail, to: [c@example.org]}", port=port)
    failed = Finished("refresh", problem="no network")
    (sentence,) = after_run(data, failed, NOW)
    assert sentence.startswith("The channel mail does not work: localhost, port ")
    assert PASSWORD not in (data / "operations" / "alerts.json").read_text(encoding="utf-8")
    assert list(open_causes(data).channels) == ["mail"]
    with Mailbox(certificates, port=port) as late:
        assert after_run(data, failed, NOW + DAY) == []
        after_run(data, failed, NOW + 2 * DAY)
        assert [mail["To"] for mail in late.mails] == ["analyst@example.org", "c@example.org"]
    assert not open_causes(data).channels


def test_a_cause_that_came_and_went_while_the_channel_was_down_is_not_reported(
    office: Callable[..., Path], certificates: Certificates
) -> None:
    port = free_port()
    data = office(ANALYST, port=port)
    after_run(data, Finished("refresh", problem="no network"), NOW)
    with Mailbox(certificates, port=port) as late:
        after_run(data, Finished("refresh"), NOW + DAY)
    assert not late.mails and not open_causes(data).causes


def test_a_channel_that_is_down_is_tried_once_at_an_occasion(office: Callable[..., Path]) -> None:
    names = [f"r{number}: {{channel: hook}}" for number in range(4)]
    with Receiver() as hook:
        hook.status = 503
        data = office(*names, more=f"  hook: {{kind: webhook, address: '{hook.address}'}}")
        after_run(data, Finished("refresh", problem="x"), NOW)
        assert len(hook.posts) == 1, "nobody waits for four timeouts"
        hook.status = 200
        resend(data, NOW)
        assert len(hook.posts) == 5


def test_only_who_received_the_end_is_notified_anew(office: Callable[..., Path], box: Mailbox) -> None:
    """The end reached one of two receivers; then the cause came back."""
    with Receiver() as hook:
        data = office(
            ANALYST, "team: {channel: hook}", more=f"  hook: {{kind: webhook, address: '{hook.address}'}}"
        )
        after_run(data, Finished("refresh", problem="x"), NOW)
        hook.status = 503
        after_run(data, Finished("refresh"), NOW + DAY)
        hook.status = 200
        after_run(data, Finished("refresh", problem="x"), NOW + 2 * DAY)
        resend(data, NOW + 3 * DAY)
        assert [subject.startswith("Over: ") for subject in box.subjects] == [False, True, False]
        # For the team it went on: one beginning, and one end that was not taken.
        assert [body["event"] for body in hook.bodies] == ["began", "ended"]


def test_a_wrong_password_stops_nothing_and_is_in_no_sentence(
    office: Callable[..., Path], box: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = office(ANALYST)
    monkeypatch.setenv("DV_PASSWORD", "not-the-password")
    (sentence,) = after_run(data, Finished("refresh", problem="x"), NOW)
    assert "refuses the user and password" in sentence and "not-the-password" not in sentence
    monkeypatch.setenv("DV_PASSWORD", PASSWORD)
    assert after_run(data, Finished("refresh", problem="x"), NOW) == [] and len(box.mails) == 1


def test_a_mistake_in_the_declaration_stops_nothing(tmp_path: Path) -> None:
    (tmp_path / FILE).write_text("chanels: {}\n", encoding="utf-8")
    (sentence,) = after_run(tmp_path, Finished("refresh"), NOW)
    assert f"{FILE}, line 1: unknown key 'chanels'" in sentence


def test_a_fault_of_the_program_stops_nothing(
    office: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    data = office(ANALYST)

    def broken(*_: object) -> None:
        raise RuntimeError("no such thing")

    monkeypatch.setattr(notify, "send", broken)
    (sentence,) = after_run(data, Finished("refresh", problem="x"), NOW)
    assert "RuntimeError: no such thing" in sentence


@pytest.mark.parametrize("damage", ["", "{", '{"causes": []}'])
def test_a_lost_state_repeats_one_message_at_most(
    office: Callable[..., Path], box: Mailbox, damage: str
) -> None:
    data = office(ANALYST)
    state = data / "operations" / "alerts.json"
    after_run(data, Finished("refresh", problem="x"), NOW)
    state.write_text(damage, encoding="utf-8") if damage else state.unlink()
    for day in range(1, 4):
        after_run(data, Finished("refresh", problem="x"), NOW + day * DAY)
    assert len(box.mails) == 2


def test_a_crash_after_a_message_repeats_it_with_the_same_id(
    office: Callable[..., Path], box: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = office(ANALYST)
    state = data / "operations" / "alerts.json"
    kept: list[bytes] = []
    box.on_accept = lambda: kept.append(state.read_bytes())
    after_run(data, Finished("refresh", problem="x"), NOW)
    # The state as it was while the server accepted the message, as a kill at that moment leaves it.
    state.write_bytes(kept[0])
    after_run(data, Finished("refresh", problem="x"), NOW + DAY)
    first, second = (mail["Message-ID"] for mail in box.mails)
    assert first == second


def test_a_cause_that_comes_back_is_reported_again(office: Callable[..., Path], box: Mailbox) -> None:
    data = office(ANALYST)
    for day, problem in enumerate(["x", "", "x", ""]):
        after_run(data, Finished("refresh", problem=problem), NOW + day * DAY)
    assert [subject.startswith("Over: ") for subject in box.subjects] == [False, True, False, True]
    assert len({mail["Message-ID"] for mail in box.mails}) == 4

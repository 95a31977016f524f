"""One message a cause and one when it is over, whatever happens to the channel, the state file or the clock.

Datasets become stale and held by the small mirror; mails go to a real SMTP server with TLS.
"""

import datetime as dt
import fcntl
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from data_contracts.errors import BusyError, DvstatsError
from data_contracts.model import Text
from pipelines.alerts import alerts, causes
from pipelines.alerts.alerts import Finished, after_run, open_causes, resend
from pipelines.alerts.causes import dataset_causes, stale_since
from pipelines.data_directory import LOCK
from pipelines.declarations import Declarations
from pipelines.operations.declared import FILE, VARIABLE, Alerts, load_operations
from pipelines.published.texts import load_texts
from pipelines.refresh import Outcome, refresh
from sources.http.failures import OUTAGE_KINDS
from sources.load_datasets import load_datasets
from tests.fixtures.mirror import HERE, Mirror
from tests.helpers import process, publish
from tests.servers import PASSWORD, USER, Certificates, Mailbox, Receiver, free_port

DATASET = load_datasets(HERE / "datasets")["ex_open_sdg"]
NOW = dt.datetime.now(dt.UTC).replace(tzinfo=None, microsecond=0)
# The time that a host gives to an outage is real, and the days after it are invented.
DAY = dt.timedelta(days=1)


@pytest.fixture
def mirror() -> Iterator[Mirror]:
    with Mirror() as running:
        yield running


@pytest.fixture
def box(certificates: Certificates) -> Iterator[Mailbox]:
    with Mailbox(certificates) as running:
        yield running


@pytest.fixture
def office(
    tmp_path: Path, box: Mailbox, certificates: Certificates, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., Path]:
    """Writes ``operations.yaml`` with one channel by mail; gives the data directory."""
    monkeypatch.delenv(VARIABLE, raising=False)
    monkeypatch.setenv("DV_PASSWORD", PASSWORD)
    data = tmp_path / "data"
    data.mkdir()

    def write(*receivers: str, port: int = box.port, more: str = "", limits: str = "") -> Path:
        lines = [
            "channels:",
            f"  mail: {{kind: smtp, host: localhost, port: {port}, sender: dv@example.org, user: {USER},",
            f"    password_from: DV_PASSWORD, seconds: 2, ca_file: {certificates.ca_file}}}",
            more,
            "alerts:",
            f"  disk_free_below: 0.001\n{limits}",
            "  receivers:",
            *(f"    {receiver}" for receiver in receivers),
        ]
        (data / FILE).write_text("\n".join(lines) + "\n", encoding="utf-8")
        return data

    return write


ANALYST = "analyst: {channel: mail, to: [analyst@example.org]}"


def held_run(declared: Declarations, mirror: Mirror, data: Path) -> Finished:
    """A run after which the dataset is held: a column that is read has gone."""
    good = process(declared, DATASET, data, mirror.address, now=NOW)
    publish(declared, data, good, NOW)
    mirror.faults = ["renamecol:SEX=Gender"]
    state = process(declared, DATASET, data, mirror.address, now=NOW)
    assert state.state == "held"
    return Finished("refresh", states=[state])


def test_a_held_dataset_is_told_once_in_words_with_the_remedy(
    declared: Declarations, mirror: Mirror, office: Callable[..., Path], box: Mailbox
) -> None:
    data = office(ANALYST, "boss: {channel: mail, to: [b@example.org], language: ru, countries: [KG]}")
    run = held_run(declared, mirror, data)
    for day in range(3):
        assert after_run(data, run, NOW + day * DAY) == []
    assert box.subjects == [
        "Dataset held, Kyrgyzstan: Invented: Open SDG",
        "Набор данных задержан, Кыргызстан: Придуманное: Open SDG",
    ]
    english, russian = (mail.get_content() for mail in box.mails)
    for line in ("Dataset: ex_open_sdg", "Since: ", "Why: ", "What to do: ", "dvstats on "):
        assert f"\n{line}" in english, line
    for line in ("Почему: ", "Что делать: "):
        assert f"\n{line}" in russian, line
    assert "SEX" in english and str(data) in english

    mirror.faults = []
    mended = process(declared, DATASET, data, mirror.address, now=NOW)
    for day in range(3, 6):
        after_run(data, Finished("refresh", states=[mended]), NOW + day * DAY)
    assert box.subjects[2:] == [
        "Over: Dataset held, Kyrgyzstan: Invented: Open SDG",
        "Прошло: Набор данных задержан, Кыргызстан: Придуманное: Open SDG",
    ]
    assert not open_causes(data).causes


def test_a_source_is_told_stale_only_beyond_the_declared_patience(
    declared: Declarations, mirror: Mirror, office: Callable[..., Path], box: Mailbox
) -> None:
    data = office(ANALYST, limits="  stale_after_days: 3")
    good = process(declared, DATASET, data, mirror.address, now=NOW)
    publish(declared, data, good, NOW)
    mirror.faults = ["status:503"]
    told = []
    for day in range(6):
        state = process(declared, DATASET, data, mirror.address, now=NOW + day * DAY)
        assert state.state == "stale"
        since = stale_since(state)
        assert since is not None and abs(since - NOW) < DAY / 2
        after_run(data, Finished("refresh", states=[state]), NOW + day * DAY + dt.timedelta(hours=1))
        told.append(len(box.mails))
    assert told == [0, 0, 0, 1, 1, 1]
    assert box.subjects == ["Source is stale, Kyrgyzstan: Invented: Open SDG"]
    assert (
        "status 503" in box.mails[0].get_content() and "dvstats add ex_open_sdg" in box.mails[0].get_content()
    )
    mirror.faults = []
    state = process(declared, DATASET, data, mirror.address, now=NOW)
    after_run(data, Finished("refresh", states=[state]), NOW + 6 * DAY)
    assert box.subjects[1:] == ["Over: Source is stale, Kyrgyzstan: Invented: Open SDG"]


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ("status:503", "сбой на стороне сервера (статус 503)"),
        ("status:404", "по этому адресу ничего нет (статус 404)"),
        ("html", "вместо файла пришло другое, например страница с ошибкой"),
        ("truncate", "передача оборвалась"),
        ("gone", "сервер недоступен или не отвечает"),
    ],
)
def test_why_a_source_is_stale_is_said_in_russian(
    declared: Declarations, mirror: Mirror, tmp_path: Path, fault: str, words: str
) -> None:
    publish(declared, tmp_path, process(declared, DATASET, tmp_path, mirror.address, now=NOW), NOW)
    mirror.faults = [fault]
    address = f"http://127.0.0.1:{free_port()}" if fault == "gone" else mirror.address
    state = process(declared, DATASET, tmp_path, address, now=NOW)
    (cause,) = dataset_causes([state], Alerts(receivers={}, stale_after_days=0), NOW + DAY)
    assert cause.why.ru.endswith(f"{DATASET.files[0].address}: {words}") or words in cause.why.ru
    assert cause.why.ru.startswith("Издатель недоступен или прислал непригодный файл")
    assert not re.search(r"\b(server|status|body|transfer)\b", cause.why.ru)
    assert state.failures[0] in cause.why.en, "English keeps the whole sentence"


def test_every_kind_of_outage_has_its_words() -> None:
    assert {f"outage_{kind}" for kind in OUTAGE_KINDS} <= {
        *load_texts(Path(causes.__file__).parent / "texts.yaml")
    }


def test_a_run_that_failed_is_told_until_its_job_succeeds(office: Callable[..., Path], box: Mailbox) -> None:
    data = office(ANALYST)
    failed = Finished("refresh_daily", problem="step union: No space left on device")
    for day in range(3):
        after_run(data, failed, NOW + day * DAY)
    after_run(data, Finished("build_site"), NOW + 3 * DAY)
    assert box.subjects == ["Run failed, all countries: job refresh_daily"]
    assert "No space left on device" in box.mails[0].get_content()
    after_run(data, Finished("refresh_daily"), NOW + 4 * DAY)
    assert box.subjects[1:] == ["Over: Run failed, all countries: job refresh_daily"]
    assert f"{NOW:%Y-%m-%d}" in box.mails[1].get_content(), "it lasted from the first failure on"


def test_a_blocked_release_is_told_as_that(office: Callable[..., Path], box: Mailbox) -> None:
    data = office(ANALYST)
    problem = "table rates, rule positive_rate: A rate is not negative."
    after_run(data, Finished("refresh", problem=problem, blocked=True), NOW)
    assert box.subjects == ["Release blocked, all countries: a new release did not pass its checks"]
    assert problem in box.mails[0].get_content()


def test_which_rule_blocked_a_release_is_said_in_both_languages() -> None:
    check = {
        "table": "rates",
        "check": "positive_rate",
        "sentence": "A rate is not negative.",
        "sentence_ru": "Коэффициент не отрицателен.",
    }
    outcome = Outcome(failed_checks=[check])
    assert outcome.stopped_by == "table rates, rule positive_rate: A rate is not negative."
    assert outcome.stopped_by_ru == "таблица rates, правило positive_rate: Коэффициент не отрицателен."
    problem = Text(outcome.stopped_by, outcome.stopped_by_ru)
    assert causes.blocked_release("refresh", problem, NOW).why == problem


def test_a_full_disk_is_told_without_any_run(office: Callable[..., Path], box: Mailbox) -> None:
    data = office(ANALYST)
    (data / FILE).write_text(
        (data / FILE)
        .read_text(encoding="utf-8")
        .replace("disk_free_below: 0.001", "disk_free_below: 1000000"),
        encoding="utf-8",
    )
    resend(data, NOW)
    resend(data, NOW)
    assert box.subjects == [f"Disk nearly full, all countries: the disk of {data}"]
    office(ANALYST)
    resend(data, NOW)
    assert box.subjects[1:] == [f"Over: Disk nearly full, all countries: the disk of {data}"]


def test_a_large_revision_is_told_once_and_has_no_end(
    declared: Declarations, mirror: Mirror, office: Callable[..., Path], box: Mailbox
) -> None:
    data = office(ANALYST, limits="  revised_by: 0.2")
    publish(declared, data, process(declared, DATASET, data, mirror.address, now=NOW), NOW)
    finished = Finished("refresh", contract=declared.contract)
    after_run(data, finished, NOW)
    assert not box.mails, "a first release revises nothing"
    address = "stat.example.org/sdg/en/data/5-2-1.csv"
    head, first, *rows = (HERE / "files" / "open_sdg.csv").read_text(encoding="utf-8").splitlines()
    start, _, value = first.rpartition(",")
    doubled = f"{start},{int(value) * 2}"
    mirror.content[address] = ("\n".join([head, doubled, *rows]) + "\n").encode()
    publish(declared, data, process(declared, DATASET, data, mirror.address, now=NOW), NOW + DAY)
    for day in range(1, 4):
        after_run(data, finished, NOW + day * DAY)
    assert box.subjects == ["Large revision, Kyrgyzstan: figures of ex_open_sdg: 1"]
    assert "→" in box.mails[0].get_content() and not open_causes(data).causes


# -- channels that do not work ----------------------------------------------------------------------------------


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


def test_a_cause_that_came_and_went_while_the_channel_was_down_is_not_told(
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


def test_who_was_told_the_end_is_told_anew_and_who_was_not_hears_nothing(
    office: Callable[..., Path], box: Mailbox
) -> None:
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

    monkeypatch.setattr(alerts, "send", broken)
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


def test_a_cause_that_comes_back_is_told_again(office: Callable[..., Path], box: Mailbox) -> None:
    data = office(ANALYST)
    for day, problem in enumerate(["x", "", "x", ""]):
        after_run(data, Finished("refresh", problem=problem), NOW + day * DAY)
    assert [subject.startswith("Over: ") for subject in box.subjects] == [False, True, False, True]
    assert len({mail["Message-ID"] for mail in box.mails}) == 4


# -- who and how --------------------------------------------------------------------------------------------------


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
    assert text.index("== New ==") < text.index("refresh_weekly") < text.index("== Still so, told before ==")
    assert text.index("== Still so, told before ==") < text.index("refresh_daily")


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
    results = {target.name: reason for target, reason in alerts.send_tests(data, operations, NOW)}
    assert results == {"analyst": "", "team": "localhost: The server refuses connections"}
    assert box.subjects == ["Test: alerts reach you"]


def test_without_a_declaration_nothing_is_written(tmp_path: Path) -> None:
    assert after_run(tmp_path, Finished("refresh", problem="x"), NOW) == []
    assert not list(tmp_path.iterdir())


# -- a refresh ----------------------------------------------------------------------------------------------------


def test_an_error_that_ends_a_refresh_is_told(office: Callable[..., Path], box: Mailbox) -> None:
    data = office(ANALYST)
    (data / "releases" / "20261125T031500Z").mkdir(parents=True)
    with pytest.raises(DvstatsError, match="Restore it from a copy") as caught:
        refresh(data)
    assert box.subjects == ["Run failed, all countries: job refresh_offline"]
    assert str(caught.value) in box.mails[0].get_content().replace("\n", " ")


def test_a_refresh_that_another_one_keeps_waiting_is_no_cause(
    office: Callable[..., Path], box: Mailbox
) -> None:
    data = office(ANALYST)
    with (data / LOCK).open("ab") as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        with pytest.raises(BusyError):
            refresh(data)
    assert not box.mails

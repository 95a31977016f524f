"""One message a cause and one when it is over, whatever happens to the channel, the state file or the clock.

Datasets become stale and held by the small mirror; mails go to a real SMTP server with TLS.
"""

import datetime as dt
import fcntl
import re
from collections.abc import Callable
from pathlib import Path
from typing import get_args

import pytest

from data_contracts.errors import BusyError, DvstatsError
from data_contracts.model import Text
from pipelines.alerts import causes
from pipelines.alerts.causes import dataset_causes, stale_since
from pipelines.alerts.notify import Finished, after_run, open_causes, resend
from pipelines.declarations import Declarations
from pipelines.lock import LOCK_FILE
from pipelines.operations.declared import FILE, Alerts
from pipelines.outcome import Outcome
from pipelines.published import finding_in_words
from pipelines.published.texts import load_texts
from pipelines.refresh import refresh
from sources.http.failures import OutageKind
from tests.fixtures.mirror import HERE, Mirror
from tests.helpers import process, publish
from tests.pipelines.alerts.conftest import ANALYST, DATASET, DAY, NOW, held_run
from tests.servers import Mailbox, free_port


def test_a_held_dataset_is_reported_once_in_words_with_the_remedy(
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


def test_a_source_is_reported_as_stale_only_beyond_the_declared_patience(
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
    assert {f"outage_{kind}" for kind in get_args(OutageKind)} <= {
        *load_texts(Path(finding_in_words.__file__).with_suffix(".yaml"))
    }


def test_a_run_that_failed_is_reported_until_its_job_succeeds(
    office: Callable[..., Path], box: Mailbox
) -> None:
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


def test_a_blocked_release_is_reported_as_that(office: Callable[..., Path], box: Mailbox) -> None:
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


def test_a_full_disk_is_reported_without_any_run(office: Callable[..., Path], box: Mailbox) -> None:
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


def test_a_large_revision_is_reported_once_and_has_no_end(
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


# -- a refresh ----------------------------------------------------------------------------------------------------


def test_an_error_that_ends_a_refresh_is_reported(office: Callable[..., Path], box: Mailbox) -> None:
    data = office(ANALYST)
    (data / "releases" / "20261125T031500Z").mkdir(parents=True)
    with pytest.raises(DvstatsError, match="Restore the release from a copy") as caught:
        refresh(data)
    assert box.subjects == ["Run failed, all countries: job refresh_offline"]
    assert str(caught.value) in box.mails[0].get_content().replace("\n", " ")


def test_a_refresh_that_another_one_keeps_waiting_is_no_cause(
    office: Callable[..., Path], box: Mailbox
) -> None:
    data = office(ANALYST)
    with (data / LOCK_FILE).open("ab") as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        with pytest.raises(BusyError):
            refresh(data)
    assert not box.mails

"""Each release reaches each subscriber once: by folder, e-mail and webhook, through failures, waits and kills.

The mails go to a real SMTP server with TLS, the webhooks to a real HTTP receiver.
"""

import datetime as dt
import io
import json
import zipfile
from collections import Counter
from pathlib import Path

import openpyxl
import pytest

from data_contracts.errors import BusyError, DvstatsError, UserError
from pipelines.alerts.causes import deliveries as delivery_causes
from pipelines.cli.main import main
from pipelines.deliveries import contents
from pipelines.deliveries.deliver import Delivered, deliver, due
from pipelines.deliveries.log import DeliveryLog
from pipelines.release.signature import PUBLIC
from sources.durable import locked
from tests.pipelines.deliveries.conftest import DAY, FOLDER, HOOK, MAIL, NOW, Office
from tests.pipelines.release.test_signature import key
from tests.servers import Mailbox, Receiver


def decisions(done: Delivered) -> dict[str, str]:
    return {result.planned.target.name: result.decision for result in done.results}


def test_each_of_three_receives_a_release_once(
    office: Office, box: Mailbox, hook: Receiver, share: Path
) -> None:
    office.declare(FOLDER, MAIL, HOOK)
    assert decisions(deliver(office.data, NOW)) == {"ministry": "sent", "un": "sent", "portal": "sent"}
    deliver(office.data, NOW + DAY)
    deliver(office.data, NOW + 40 * DAY, now_all=True)
    assert len(box.mails) == len(hook.posts) == 1
    folder = share / "ministry" / office.new
    assert {path.name for path in folder.iterdir()} == {
        f"dvstats-{office.new}-ru-csv.zip",
        "README.txt",
        "delivery.json",
    }
    assert [path.name for path in folder.parent.iterdir()] == [office.new], "nothing half-made is left"
    assert "Охранные ордера" in (folder / "README.txt").read_text(encoding="utf-8")
    (part,) = box.mails[0].iter_attachments()
    with zipfile.ZipFile(io.BytesIO(part.get_content())) as archive:
        lines = archive.read("observations.csv").decode("utf-8-sig").splitlines()
    assert len(lines) > 10 and all(",KG" in line for line in lines[1:]), "their part and nothing else"
    assert hook.bodies[0]["release"] == office.new
    assert hook.bodies[0]["site"] == "https://stat.example.org/en/"


def test_the_message_says_in_three_sentences_what_changed_for_them(office: Office, box: Mailbox) -> None:
    office.declare(
        MAIL, "ru: {channel: mail, to: [r@example.org], language: ru, countries: [KG], what: [brief]}"
    )
    office.show(office.old)
    deliver(office.data, NOW)
    first = box.mails[0].get_body()
    assert first is not None and "This is the first release that you receive, of 1" in first.get_content()
    office.show(office.new)
    deliver(office.data, NOW + DAY)
    english, russian = box.mails[2:]
    body = english.get_body(("plain",))
    assert body is not None
    one, two, three, *rest = body.get_content().replace("\r\n", "\n").split("\n")
    assert one.startswith("Since the release of 1\u00a0October 2026 that you last received, for Kyrgyzstan")
    assert one.endswith("1 figures were added, 1 revised, 0 given another status or note, 1 withdrawn.")
    value = office.revised["obs_value"]
    assert two.startswith("The largest revision: Protection orders") and "Kyrgyzstan" in two
    assert f"{value:,.0f} became {value / 4:,.0f}" in two
    assert three.startswith("Of the ") and "none is marked as stale" in three
    assert english["Subject"].startswith("Kyrgyzstan: domestic violence statistics, release of")
    assert "(1 added, 1 revised, 1 withdrawn)" in english["Subject"]
    assert russian["Subject"].startswith("Кыргызстан: статистика домашнего насилия, выпуск от")
    assert [part.get_content_type() for part in russian.iter_attachments()] == ["application/pdf"]


def test_who_wants_changes_only_hears_of_changes_in_their_part_only(office: Office, box: Mailbox) -> None:
    office.declare(
        "kg: {channel: mail, to: [kg@example.org], countries: [KG], what: [site], when: if_changed}",
        "tj: {channel: mail, to: [tj@example.org], countries: [TJ], what: [site], when: if_changed}",
        "kg_survey: {channel: mail, to: [c@example.org], countries: [KG], topics: [surveys], what: [site],"
        " when: if_changed}",
    )
    office.show(office.old)
    assert set(decisions(deliver(office.data, NOW)).values()) == {"sent"}, "a first release is news"
    office.show(office.new)
    expected = {"kg": "sent", "tj": "unchanged", "kg_survey": "unchanged"}
    assert decisions(deliver(office.data, NOW + DAY)) == expected
    assert [mail["To"] for mail in box.mails[3:]] == ["kg@example.org"]
    # By hand they may have it all the same.
    assert decisions(deliver(office.data, NOW + DAY, names=["tj"], now_all=True)) == {"tj": "sent"}


def test_once_a_month_is_once_a_month(office: Office, hook: Receiver) -> None:
    office.declare("portal: {channel: hook, what: [site], when: monthly}")
    office.show(office.old)
    deliver(office.data, NOW)
    office.show(office.new)
    (result,) = deliver(office.data, NOW + DAY).results
    assert (result.decision, result.planned.until) == ("later", "2026-12-01")
    assert len(hook.posts) == 1 and not due(office.data, NOW + DAY)
    assert decisions(deliver(office.data, dt.datetime(2026, 12, 1))) == {"portal": "sent"}
    assert hook.bodies[1]["since"] == office.old


def test_two_addresses_of_one_subscription_are_two_deliveries(office: Office, box: Mailbox) -> None:
    office.declare("un: {channel: mail, to: [a@example.org, b@example.org], what: [site]}")
    box.refuse = "550 no"
    deliver(office.data, NOW)
    box.refuse = ""
    office.declare("un: {channel: mail, to: [b@example.org, a@example.org, c@example.org], what: [site]}")
    deliver(office.data, NOW + DAY)
    assert Counter(mail["To"] for mail in box.mails) == {f"{who}@example.org": 1 for who in "abc"}
    assert "@example.org" not in DeliveryLog(office.data).path.read_text(encoding="utf-8")


def test_who_asked_for_what_nobody_publishes_is_not_written_to(office: Office, share: Path) -> None:
    office.declare("tj: {channel: share, countries: [TJ], topics: [orders], what: [csv]}", FOLDER)
    assert decisions(deliver(office.data, NOW)) == {"tj": "empty", "ministry": "sent"}
    assert [path.name for path in share.iterdir()] == ["ministry"]
    assert not list(delivery_causes(office.data))


def test_one_whose_files_cannot_be_made_stops_no_other(
    office: Office, hook: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.declare("un: {channel: share, countries: [KG], what: [csv]}", HOOK, FOLDER)
    made = contents.export

    def broken(*given: object, **more: object) -> object:
        if not more["indicators"]:
            raise OSError(28, "No space left on device")
        return made(*given, **more)

    monkeypatch.setattr(contents, "export", broken)
    done = deliver(office.data, NOW)
    assert decisions(done) == {"un": "failed", "portal": "sent", "ministry": "sent"}
    assert "No space left on device" in done.results[0].reason


# -- failures --------------------------------------------------------------------------------------------------


def test_what_failed_waits_twice_as_long_each_time_and_is_a_cause_of_alerts(
    office: Office, hook: Receiver, share: Path
) -> None:
    office.declare(HOOK, FOLDER)
    hook.status = 503
    assert decisions(deliver(office.data, NOW)) == {"portal": "failed", "ministry": "sent"}
    (cause,) = delivery_causes(office.data)
    assert cause.kind == "delivery_failed" and "status 503" in cause.why.en and cause.since
    assert cause.why.ru == "Попыток: 1. Последняя: localhost отвечает со статусом 503."
    assert decisions(deliver(office.data, NOW + dt.timedelta(minutes=14)))["portal"] == "waits"
    assert decisions(deliver(office.data, NOW + dt.timedelta(minutes=15)))["portal"] == "failed"
    assert decisions(deliver(office.data, NOW + dt.timedelta(minutes=44)))["portal"] == "waits"
    # Whoever mended it does not wait.
    hook.status = 200
    assert decisions(deliver(office.data, NOW + dt.timedelta(minutes=44), names=["portal"])) == {
        "portal": "sent"
    }
    assert not list(delivery_causes(office.data)) and len(hook.posts) == 3
    assert len({body["id"] for body in hook.bodies}) == 1, "one id through all attempts"


def test_a_share_that_is_not_mounted_is_not_filled_in_its_stead(office: Office, share: Path) -> None:
    office.declare(FOLDER)
    share.rmdir()
    (result,) = deliver(office.data, NOW).results
    assert result.decision == "failed" and "mount the share" in result.reason and not share.exists()
    (cause,) = delivery_causes(office.data)
    assert f"папки {share} нет: подключите сетевой ресурс или создайте её." in cause.why.ru


def test_a_stranger_under_the_name_of_a_delivery_is_left_alone(office: Office, share: Path) -> None:
    office.declare(FOLDER)
    theirs = share / "ministry" / office.new / "notes.txt"
    theirs.parent.mkdir(parents=True)
    theirs.write_text("mine", encoding="utf-8")
    (result,) = deliver(office.data, NOW).results
    assert result.decision == "failed" and "is there already" in result.reason
    assert theirs.read_text(encoding="utf-8") == "mine"


@pytest.mark.parametrize("forged", [False, True])
def test_a_damaged_release_reaches_nobody(
    office: Office, hook: Receiver, monkeypatch: pytest.MonkeyPatch, forged: bool
) -> None:
    office.declare(HOOK)
    release = office.data / "releases" / office.new
    if forged:
        monkeypatch.setenv(PUBLIC, str(key(office.data.parent)[1]))
        (release / "manifest.json.minisig").write_text("no signature", encoding="utf-8")
    else:
        path = release / "rates" / "rates.parquet"
        path.write_bytes(path.read_bytes()[:-1] + b"x")
    with pytest.raises(DvstatsError, match="is damaged and is not delivered"):
        deliver(office.data, NOW)
    assert not hook.posts


def test_a_release_published_meanwhile_is_not_delivered_under_the_former_name(
    office: Office, hook: Receiver, share: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.declare(FOLDER)
    office.show(office.old)

    def swapped(*_: object) -> list[Path]:
        office.show(office.new)
        return []

    monkeypatch.setattr("pipelines.deliveries.contents.Contents.of", swapped)
    (result,) = deliver(office.data, NOW).results
    assert result.decision == "failed" and "published meanwhile" in result.reason
    assert not list(share.iterdir())


def test_two_deliveries_at_once_are_one(office: Office) -> None:
    office.declare(HOOK)
    (office.data / "operations").mkdir()
    with (
        locked(office.data / "operations" / ".deliver.lock"),
        pytest.raises(BusyError, match="Another delivery is running"),
    ):
        deliver(office.data, NOW)


def test_an_unknown_name_and_nothing_declared_are_said(office: Office) -> None:
    with pytest.raises(UserError, match=r"There is no .*operations\.yaml, so no deliveries are declared"):
        deliver(office.data, NOW)
    office.declare("{}")
    with pytest.raises(UserError, match=r"operations\.yaml declares no deliveries"):
        deliver(office.data, NOW)
    office.declare(HOOK)
    with pytest.raises(UserError, match=r"No delivery nobody\. Declared are: portal"):
        deliver(office.data, NOW, names=["nobody"])


# -- what leaves -------------------------------------------------------------------------------------------------


def test_a_dry_run_shows_everything_and_sends_nothing(
    office: Office, hook: Receiver, box: Mailbox, share: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    office.declare(FOLDER, MAIL, HOOK)
    assert main(["deliver", "--dry-run", "--data-dir", str(office.data)]) == 0
    shown = capsys.readouterr().out
    assert "un: csv by mail to un@example.org: would be sent" in shown
    assert "Это первый выпуск" in shown and "This is the first release" in shown
    assert main(["deliver", "--dry-run", "--json", "--data-dir", str(office.data)]) == 0
    rows = json.loads(capsys.readouterr().out)
    assert {row["delivery"]: row["decision"] for row in rows} == dict.fromkeys(
        ("ministry", "un", "portal"), "send"
    )
    assert not hook.posts and not box.mails and not list(share.iterdir())
    assert not (office.data / "operations").exists()


def test_the_log_is_a_table(office: Office, capsys: pytest.CaptureFixture[str]) -> None:
    office.declare(HOOK, FOLDER)
    assert main(["deliver", "--data-dir", str(office.data)]) == 0
    capsys.readouterr()
    assert main(["deliver", "--log", "--json", "portal", "--data-dir", str(office.data)]) == 0
    rows = json.loads(capsys.readouterr().out)
    assert [(row["delivery"], row["event"], row["release"]) for row in rows] == [
        ("portal", "intent", office.new),
        ("portal", "sent", office.new),
    ]
    assert main(["deliver", "--log", "--data-dir", str(office.data)]) == 0
    assert capsys.readouterr().out.count(office.new) == 4


@pytest.mark.slow
def test_nothing_but_the_published_release_leaves(office: Office, share: Path) -> None:
    secret = "СЕКРЕТ-7f3a"
    for folder in (
        "raw/kz_restricted",
        "staging/kz_restricted",
        "inbox/kz_restricted",
        "raw/programme_returns",
    ):
        path = office.data / folder / "cells.csv"
        path.parent.mkdir(parents=True)
        path.write_text(secret, encoding="utf-8")
    stranger = office.data / "releases" / office.new / "restricted.csv"
    stranger.write_text(secret, encoding="utf-8")
    office.declare("all: {channel: share, countries: [TJ], what: [workbook, brief, csv, datapackage]}")
    with pytest.raises(DvstatsError, match=r"restricted\.csv is not named in the manifest"):
        deliver(office.data, NOW)
    stranger.unlink()
    deliver(office.data, NOW)
    folder = share / "all" / office.new
    names = {path.name for path in folder.iterdir()}
    assert len(names) == 6 and any(name.endswith(".xlsx") for name in names)
    for path in folder.iterdir():
        contents = [path.read_bytes()]
        if zipfile.is_zipfile(path):
            with zipfile.ZipFile(path) as archive:
                contents = [archive.read(name) for name in archive.namelist()]
                assert "restricted.csv" not in archive.namelist()
        assert all(secret.encode() not in content for content in contents), path.name
    workbook = openpyxl.load_workbook(next(folder.glob("*.xlsx")), read_only=True)
    assert len(workbook.sheetnames) > 1

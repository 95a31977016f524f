"""Six days of an office, with Dagster's own daemon on a clock that is moved: refreshed, alerted, delivered, recovered.

The publishers are the small mirror; mail goes to an SMTP server with TLS, webhooks to an HTTP receiver, both real and
on this machine. ``make test-days``; some ten minutes, most of them waits.
"""

import datetime as dt
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from pipelines.deliveries.log import DeliveryLog
from pipelines.operations.declared import FILE
from pipelines.release.manifest import release_names
from tests.days.office import Clock, Dagster, faketime_library, until
from tests.fixtures.mirror import Mirror
from tests.servers import PASSWORD, USER, Certificates, Mailbox, Receiver

pytestmark = pytest.mark.days

ALMATY = ZoneInfo("Asia/Almaty")
SUNDAY = dt.datetime(2027, 2, 28, tzinfo=ALMATY)
DAILY = ["stat.example.org/sdg/en/data/5-2-1.csv", "stat.example.org/export/victims.tsv"]
WEEKLY = ["stat.example.org/export/victims.csv?sep=semicolon"]
# One slow machine with other work: how long anything may take to happen.
PATIENCE = 600.0


class Office:
    """The office, its publishers and those who hear from it."""

    def __init__(self, folder: Path, library: Path) -> None:
        self.mirror, certificates = Mirror(), Certificates(folder)
        self.box, self.hook = Mailbox(certificates), Receiver()
        self.share = folder / "share"
        self.share.mkdir()
        self.data = folder / "data"
        self.data.mkdir()
        self.clock = Clock(folder, library)
        settings = {
            "DVSTATS_DATA_DIR": str(self.data),
            "DVSTATS_MIRROR": self.mirror.address,
            "DVSTATS_LIVE": "on",
            "DVSTATS_SCHEDULES": "on",
            "DV_PASSWORD": PASSWORD,
        }
        self.dagster = Dagster(folder, self.clock, settings)
        (self.data / FILE).write_text(
            f"""site: https://statistics.example.org
channels:
  share: {{kind: folder, path: {self.share}}}
  hook: {{kind: webhook, address: '{self.hook.address}'}}
  mail: {{kind: smtp, host: localhost, port: {self.box.port}, sender: dv@example.org, user: {USER},
         password_from: DV_PASSWORD, ca_file: {certificates.ca_file}}}
alerts:
  stale_after_days: 1
  disk_free_below: 0.001
  receivers: {{analyst: {{channel: mail, to: [analyst@example.org]}}}}
deliveries:
  ministry: {{channel: share, language: ru, countries: [KG], what: [csv]}}
  un: {{channel: mail, to: [un@example.org], what: [csv]}}
  portal: {{channel: hook, what: [site]}}
""",
            encoding="utf-8",
        )

    def at(self, day: int, hour: int, minute: int) -> None:
        """Move the clock to an hour of Almaty; days count from Sunday, 0."""
        self.clock.set(SUNDAY + dt.timedelta(days=day, hours=hour, minutes=minute))

    def after(self, job: str, count: int) -> str:
        """Wait until so many runs of a job have ended; gives how the last one ended."""

        def ended() -> list[str]:
            words = [run["status"] for run in self.dagster.runs(job)]
            done = [word for word in words if word in ("SUCCESS", "FAILURE", "CANCELED")]
            return done if len(done) >= count else []

        found: list[str] = until(ended, f"{count} runs of {job} end", PATIENCE)
        return found[-1]

    def refreshed(self, day: int, number: int) -> list[str]:
        """The daily refresh of a day; gives the addresses that were asked."""
        self.mirror.asked.clear()
        self.at(day, 3, 20)
        assert self.after("refresh_daily", number) == "SUCCESS"
        return self.asked

    @property
    def asked(self) -> list[str]:
        """Addresses that the mirror was asked for since it was last looked at, each once."""
        return sorted({address for address, *_ in self.mirror.asked})

    @property
    def alerts(self) -> list[str]:
        """Subjects of what the analyst received."""
        return [mail["Subject"] for mail in self.box.mails if mail["To"] == "analyst@example.org"]

    @property
    def received(self) -> dict[str, list[str]]:
        """The releases that each subscriber received, in the order of their coming."""
        mails = [mail for mail in self.box.mails if mail["To"] == "un@example.org"]
        attached = [part.get_filename() or "" for mail in mails for part in mail.iter_attachments()]
        folder = self.share / "ministry"
        return {
            "ministry": sorted(path.name for path in folder.iterdir()) if folder.exists() else [],
            "un": [name.split("-")[1] for name in attached],
            "portal": [body["release"] for body in self.hook.bodies],
        }

    def everybody_has(self, *releases: str) -> None:
        """Wait until each subscriber received these releases, and no other, each once."""
        wanted = dict.fromkeys(("ministry", "un", "portal"), [*releases])
        try:
            until(lambda: self.received == wanted, "everybody has the releases", PATIENCE)
        except AssertionError:
            assert self.received == wanted


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    library = faketime_library()
    if library is None:
        pytest.skip("the package libfaketime is not here: `make test-days` installs it")
    made = Office(tmp_path, library)
    with made.mirror, made.box, made.hook:
        made.at(0, 2, 50)
        try:
            made.dagster.start_daemon()
            made.dagster.start_pages()
            # Pages that nobody reads here.
            made.dagster.switch("Stop", "site_after_release")
            yield made
        finally:
            made.dagster.stop()


def test_six_days(office: Office) -> None:
    monday = daily_and_weekly_portals(office)
    tuesday = power_cut_while_a_release_is_delivered(office, monday)
    silence_is_reported_once(office)

    # A cadence on demand, as somebody writes it into the launchpad.
    office.mirror.asked.clear()
    office.dagster.launch("backfill", datasets=[], cadences=["weekly"])
    assert office.after("backfill", 1) == "SUCCESS" and office.asked == WEEKLY

    # Whatever was published since: each once, and no more alerts.
    office.at(5, 9, 0)
    office.everybody_has(monday, tuesday, *[name for name in release_names(office.data) if name > tuesday])
    assert len(office.alerts) == 2


def daily_and_weekly_portals(office: Office) -> str:
    """Sunday and Monday; gives the release that is delivered then."""
    data, mirror = office.data, office.mirror

    # Sunday: the daily portals, from nothing.
    assert office.refreshed(0, 1) == sorted(DAILY)
    assert len(release_names(data)) == 1

    # Monday: nothing is new; at half past three the weekly portal comes for the first time.
    assert office.refreshed(1, 2) == sorted(DAILY)
    assert {status for _, status, _ in mirror.asked} == {304} and len(release_names(data)) == 1
    mirror.asked.clear()
    office.at(1, 3, 35)
    assert office.after("refresh_weekly", 1) == "SUCCESS"
    assert office.asked == WEEKLY and len(release_names(data)) == 2
    office.at(1, 9, 0)
    office.dagster.switch("Start", "deliver_after_release")
    monday = release_names(data)[-1]
    office.everybody_has(monday)
    return monday


def power_cut_while_a_release_is_delivered(office: Office, monday: str) -> str:
    """Tuesday: one portal corrects a figure, the other does not answer; gives the release of the correction."""
    data, dagster, mirror = office.data, office.dagster, office.mirror
    address = DAILY[0]
    mirror.content[address] = mirror.content[address].replace(b",1129\n", b",1131\n")
    mirror.faults = [f"status:503 in {DAILY[1]}"]
    made = {name: modified(data, name) for name in ("ex_open_sdg", "ex_tabs", "ex_semicolon")}
    assert office.refreshed(2, 3) == sorted(DAILY)
    assert {name for name, before in made.items() if modified(data, name) != before} == {"ex_open_sdg"}
    tuesday = release_names(data)[-1]
    assert tuesday > monday
    office.box.on_recipient = dagster.kill
    office.at(2, 9, 0)
    until(lambda: not dagster.runs_daemon, "the power goes while a mail is sent", PATIENCE)
    office.box.on_recipient = lambda: None
    assert office.received["ministry"] == [monday, tuesday] and office.received["un"] == [monday]
    dagster.start_daemon()
    until(
        lambda: "FAILURE" in [run["status"] for run in dagster.runs("deliver")],
        "the killed run is seen",
        PATIENCE,
    )
    office.at(2, 10, 0)
    office.everybody_has(monday, tuesday)
    events = Counter(entry.event for entry in DeliveryLog(data).entries if entry.release == tuesday)
    assert events == {"intent": 4, "sent": 3}
    until(lambda: len(office.alerts) == 2, "the killed run is reported and over", PATIENCE)
    assert office.alerts == [
        "Run failed, all countries: job deliver",
        "Over: Run failed, all countries: job deliver",
    ]
    office.box.mails = [mail for mail in office.box.mails if mail["To"] != "analyst@example.org"]
    return tuesday


def silence_is_reported_once(office: Office) -> None:
    """Wednesday: a portal is silent for more than a day, on Thursday still; on Friday it answers: one all-clear."""
    office.refreshed(3, 4)
    title = "Kyrgyzstan: Invented: tabs, years as columns"
    until(lambda: office.alerts, "the stale source is reported", PATIENCE)
    office.refreshed(4, 5)
    release = office.dagster.checks("release")
    assert release["all_datasets"].startswith("1 stale; 2 of 3 datasets in order")
    office.mirror.faults = []
    office.refreshed(5, 6)
    until(lambda: len(office.alerts) > 1, "the end is reported", PATIENCE)
    assert office.alerts == [f"Source is stale, {title}", f"Over: Source is stale, {title}"]
    assert office.dagster.checks("release")["all_datasets"] == "3 of 3 datasets in order"


def modified(data: Path, dataset: str) -> int:
    """When the outcome of a dataset was last written."""
    return max(
        path.stat().st_mtime_ns
        for path in (data / "staging" / "datasets" / dataset).rglob("*")
        if path.is_file()
    )

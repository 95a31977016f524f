"""The inbox: a file with its note, the period that a person states, and notes that cannot be read."""

import datetime as dt
import json
import os
from pathlib import Path

import pytest

from data_contracts.errors import UserError
from pipelines.cli.main import main
from sources import inbox
from sources.archive import Archive
from sources.cells import SourceError
from sources.load_datasets import load_datasets
from sources.pull import local_is_new, pull_local
from sources.receipt_log import RawFolders
from sources.receipts import Record

DATASETS = load_datasets()
WORKBOOKS = DATASETS["kz_form_1m_workbooks"]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "Zhetysu.XLSX"
    path.write_bytes(b"anything")
    return path


def test_a_file_waits_with_what_was_said_of_it(file: Path, tmp_path: Path) -> None:
    folder = tmp_path / "inbox"
    added = inbox.add(folder, WORKBOOKS, file, period="2022", published="2023-01-31", address=None)
    ((path, record),) = inbox.waiting(folder, WORKBOOKS)
    assert path == added and path.read_bytes() == b"anything" and isinstance(record, Record)
    assert (record.file_name, record.stated_period, record.via) == ("Zhetysu.XLSX", "2022", "inbox")
    assert record.stated_published == "2023-01-31"


def test_a_file_comes_after_those_before_it_whatever_the_clock_says(
    file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The clock is turned back a day between two files, and stands still for a third: the last one counts."""

    class Clock(dt.datetime):
        moment = dt.datetime(2026, 11, 24, 10, tzinfo=dt.UTC)

        @classmethod
        def now(cls, tz: dt.tzinfo | None = None) -> dt.datetime:
            return cls.moment

    monkeypatch.setattr("sources.inbox.dt.datetime", Clock)
    # What somebody put there by hand has no time in its name.
    (tmp_path / "inbox" / WORKBOOKS.id).mkdir(parents=True)
    (tmp_path / "inbox" / WORKBOOKS.id / "by hand_2022.xlsx").write_bytes(b"3")
    for number, day in enumerate((24, 23, 23)):
        Clock.moment = Clock.moment.replace(day=day)
        file.write_bytes(b"%d" % number)
        inbox.add(tmp_path / "inbox", WORKBOOKS, file, period="2022", published=None, address=None)
    waiting = [
        (p, record) for p, record in inbox.waiting(tmp_path / "inbox", WORKBOOKS) if "hand" not in p.name
    ]
    assert [path.read_bytes() for path, _ in waiting] == [b"0", b"1", b"2"]
    received = [record.received_at for _, record in waiting if isinstance(record, Record)]
    assert [text[:10] for text in received if text] == ["2026-11-24", "2026-11-23", "2026-11-23"]


def test_what_is_no_file_and_a_transcription_are_refused(file: Path, tmp_path: Path) -> None:
    with pytest.raises(UserError, match="is no file. Check the path"):
        inbox.add(tmp_path, WORKBOOKS, tmp_path / "none", period=None, published=None, address=None)
    with pytest.raises(UserError, match="has no inbox"):
        inbox.add(tmp_path, DATASETS["kg_statements"], file, period=None, published=None, address=None)


@pytest.mark.parametrize(
    ("dataset", "content", "said"),
    [
        ("kg_victims", b"vm\n", "kg_victims, which expects csv or json: The text has no header line"),
        ("kg_victims", b"A,Value\n2024,7\n", "kg_victims, which expects csv or json: the header has no column 'Year'"),
        ("kz_form_1m_workbooks", b"anything", "kz_form_1m_workbooks, which reads by excel: the file is not a workbook"),
        ("unece_victims", b"<html><body>Sign in", "unece_victims, which expects json: An HTML page came"),
    ],
)  # fmt: skip
def test_a_file_of_which_a_refresh_could_make_nothing_is_not_added(
    dataset: str, content: bytes, said: str, file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file.write_bytes(content)
    assert main(["add", dataset, str(file), "--data-dir", str(tmp_path / "data")]) == 2
    assert f"{file} was not added to {said}" in capsys.readouterr().err
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize(
    "note", ["{", "[]", "7", "[" * 200_000, None], ids=["cut", "list", "number", "deep", "none"]
)
def test_a_note_that_cannot_be_read_is_said(file: Path, tmp_path: Path, note: str | None) -> None:
    added = inbox.add(tmp_path, WORKBOOKS, file, period=None, published=None, address=None)
    path = added.with_name(f"{added.name}{inbox.NOTE}")
    path.unlink()
    if note is not None:
        path.write_text(note, encoding="utf-8")
    ((_, problem),) = inbox.waiting(tmp_path, WORKBOOKS)
    assert isinstance(problem, SourceError)
    assert added.name in str(problem) and "dvstats add kz_form_1m_workbooks" in str(problem)


def test_a_note_of_a_later_version_is_read(file: Path, tmp_path: Path) -> None:
    added = inbox.add(tmp_path, WORKBOOKS, file, period="2022", published=None, address=None)
    path = added.with_name(f"{added.name}{inbox.NOTE}")
    note = {**json.loads(path.read_text(encoding="utf-8")), "something_new": 1}
    path.write_text(json.dumps(note), encoding="utf-8")
    ((_, record),) = inbox.waiting(tmp_path, WORKBOOKS)
    assert isinstance(record, Record) and record.stated_period == "2022"


@pytest.mark.parametrize("period", ["last year", "20222", "2024-Q5", "2024-13"])
def test_the_command_takes_no_period_that_is_none(
    file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], period: str
) -> None:
    command = ["add", WORKBOOKS.id, str(file), "--period", period, "--data-dir", str(tmp_path / "data")]
    assert main(command) != 0
    assert "is no period. Write 2022" in capsys.readouterr().err
    assert not (tmp_path / "data" / "inbox").exists()


@pytest.mark.parametrize(
    "published", ["yesterday", "2024-13", "2024-02-30", "20240101", "31.01.2023", "2999", ""]
)
def test_a_date_that_is_none_is_refused(file: Path, tmp_path: Path, published: str) -> None:
    with pytest.raises(UserError, match="is no date of publication. Write 2024-03-15, 2024-03 or 2024"):
        inbox.add(tmp_path, WORKBOOKS, file, period=None, published=published, address=None)
    assert not (tmp_path / WORKBOOKS.id).exists()


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)", "stat.kz/x", "file:///etc/passwd", "https:///x", "https://a\\@b.kz/", "https://u:p@b.kz/",
        "https://b.kz/\n2024", "",
    ],
)  # fmt: skip
def test_an_address_that_is_none_is_refused(file: Path, tmp_path: Path, address: str) -> None:
    with pytest.raises(UserError, match="Write the page where the file was found"):
        inbox.add(tmp_path, WORKBOOKS, file, period=None, published=None, address=address)


@pytest.mark.parametrize("published", ["2023", "2023-01", "2023-01-31"])
def test_a_date_and_an_address_are_noted_without_keys(file: Path, tmp_path: Path, published: str) -> None:
    address = "https://stat.kz/form?token=abc&year=2022"
    inbox.add(tmp_path, WORKBOOKS, file, period=None, published=published, address=address)
    ((_, record),) = inbox.waiting(tmp_path, WORKBOOKS)
    assert isinstance(record, Record) and record.stated_published == published
    assert record.address == "https://stat.kz/form?token=REDACTED&year=2022"


@pytest.mark.parametrize(
    ("key", "value", "says"),
    [
        ("stated_published", "soon", "is no date of publication"),
        ("address", "javascript:1", "is not an http or https address"),
        ("file_name", 7, "file_name is no text"),
        ("stated_period", {}, "stated_period is no text"),
    ],
)
def test_a_note_written_by_hand_is_checked_too(
    file: Path, tmp_path: Path, key: str, value: object, says: str
) -> None:
    added = inbox.add(tmp_path, WORKBOOKS, file, period=None, published=None, address=None)
    path = added.with_name(f"{added.name}{inbox.NOTE}")
    path.write_text(
        json.dumps({**json.loads(path.read_text(encoding="utf-8")), key: value}), encoding="utf-8"
    )
    ((_, problem),) = inbox.waiting(tmp_path, WORKBOOKS)
    assert isinstance(problem, SourceError) and says in str(problem)


@pytest.mark.parametrize("what", ["file", "note", "folder"])
def test_no_link_in_the_inbox_is_followed(file: Path, tmp_path: Path, what: str) -> None:
    secret = tmp_path / "secret"
    added = inbox.add(tmp_path / "inbox", WORKBOOKS, file, period=None, published=None, address=None)
    linked = {"file": added, "note": added.with_name(f"{added.name}{inbox.NOTE}"), "folder": added.parent}[
        what
    ]
    linked.rename(secret)
    linked.symlink_to(secret)
    ((path, problem),) = inbox.waiting(tmp_path / "inbox", WORKBOOKS)
    assert isinstance(problem, SourceError) and "is a link, which is not followed" in str(problem)
    if what == "file":
        with pytest.raises(SourceError, match="is a link"):
            inbox.content_of(WORKBOOKS, path)


def test_a_hard_link_and_a_pipe_are_no_files_of_the_inbox(file: Path, tmp_path: Path) -> None:
    folder, archive = tmp_path / "inbox", Archive(tmp_path)
    added = inbox.add(folder, WORKBOOKS, file, period=None, published=None, address=None)
    (tmp_path / "secret").hardlink_to(added)
    os.mkfifo(added.with_name("pipe"))
    pulled = pull_local(WORKBOOKS, archive, folder)
    assert [problem.problem for problem in pulled.problems] == [
        "it is a hard link, so the file is also elsewhere",
        "it is a pipe or a device",
    ]
    assert not archive.files(WORKBOOKS.id)
    added.with_name("pipe").unlink()
    (tmp_path / "secret").unlink()
    assert pull_local(WORKBOOKS, archive, folder).new == 1
    # As a copy of hard links leaves it.
    (tmp_path / "copy").hardlink_to(added)
    assert not local_is_new(WORKBOOKS, archive, folder)


def test_the_archive_is_looked_through_once_however_many_files_wait(
    file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, archive = tmp_path / "inbox", Archive(tmp_path)
    for period in range(2000, 2012):
        inbox.add(folder, WORKBOOKS, file, period=str(period), published=None, address=None)
    looked, files = [], RawFolders.files
    monkeypatch.setattr(RawFolders, "files", lambda self, name: looked.append(name) or files(self, name))
    assert pull_local(WORKBOOKS, archive, folder).new == 12 and len(looked) == 4
    assert not local_is_new(WORKBOOKS, archive, folder) and len(looked) == 7
    (stored,) = archive.files(WORKBOOKS.id)
    assert len(looked) == 10 and len(stored.records) == 12
    for _ in range(20):
        assert archive.read(WORKBOOKS.id, stored.sha256) and archive.local_file(WORKBOOKS.id, stored.sha256)
    assert len(looked) == 10


@pytest.mark.parametrize("name", ["ж" * 120 + ".xlsx", "x" * 250 + ".csv", "-rf.csv", "\u202eXSLX.csv"])
def test_a_long_or_odd_name_is_kept_in_the_receipt(tmp_path: Path, name: str) -> None:
    file = tmp_path / name
    file.write_bytes(b"anything")
    inbox.add(tmp_path / "inbox", WORKBOOKS, file, period=None, published=None, address=None)
    ((path, record),) = inbox.waiting(tmp_path / "inbox", WORKBOOKS)
    assert isinstance(record, Record) and record.file_name == name
    assert path.suffix == Path(name).suffix and path.read_bytes() == b"anything"


@pytest.mark.parametrize("name", ["a\nb.csv", "\udcff.csv", "\x1b[31m.csv"])
def test_a_name_that_is_no_text_is_refused(tmp_path: Path, name: str) -> None:
    file = tmp_path / name
    file.write_bytes(b"anything")
    with pytest.raises(UserError, match="holds what is no letter"):
        inbox.add(tmp_path / "inbox", WORKBOOKS, file, period=None, published=None, address=None)


def test_a_file_that_is_too_large_is_not_read(
    file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    inbox.add(tmp_path, WORKBOOKS, file, period=None, published=None, address=None)
    monkeypatch.setattr(inbox, "MOST_BYTES", 7)
    ((_, problem),) = inbox.waiting(tmp_path, WORKBOOKS)
    assert isinstance(problem, SourceError) and "larger than 7 bytes" in str(problem)

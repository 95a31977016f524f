"""The raw archive: write-once, checked, and whole after whatever happens."""

import json
import multiprocessing
import os
import signal
import stat
import subprocess
import sys
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

import pytest

import sources.archive as archive_module
from sources.archive import Archive
from sources.cells import SourceError
from sources.http.client import Fetch
from sources.receipts import Record, record_of, utc_text

A, B = b"Year,Value\n2023,1\n", b"Year,Value\n2023,2\n"
URL = "https://stat.kz/data.csv"
START = datetime(2026, 11, 25, 3, 15, tzinfo=UTC)


def at(minutes):
    return utc_text(START + timedelta(minutes=minutes))


def receipt(minutes=0, **fields):
    return Record(
        **{"dataset": "kz-x", "address": URL, "file_name": "data.csv", "received_at": at(minutes), **fields}
    )


def digest(content):
    return sha256(content).hexdigest()


def log(root, dataset="kz-x"):
    return root / "raw" / dataset / "fetches.jsonl"


def test_put_stores_bytes_provenance_and_log(tmp_path):
    stored = Archive(tmp_path).put("kz-x", A, receipt(etag='"1"', status=200))
    folder = tmp_path / "raw" / "kz-x"
    assert (folder / f"{digest(A)}.csv").read_bytes() == A
    assert stored.path == (folder / f"{digest(A)}.csv").as_posix() and stored.size == len(A)
    provenance = json.loads((folder / f"{digest(A)}.provenance.json").read_text(encoding="utf-8"))
    logged = [json.loads(line) for line in log(tmp_path).read_text(encoding="utf-8").splitlines()]
    assert provenance == logged and logged[0]["sha256"] == digest(A) and logged[0]["size"] == len(A)
    assert logged[0]["received_at"] == "2026-11-25T03:15:00.000Z" and logged[0]["stated_period"] is None
    assert Archive(tmp_path).read("kz-x", digest(A)) == A
    assert not stat.S_IMODE((folder / f"{digest(A)}.csv").stat().st_mode) & 0o222
    assert not list(folder.glob("*.tmp")) and not list(folder.glob(".*.tmp"))


def test_the_same_bytes_are_stored_once_whatever_their_name(tmp_path):
    archive = Archive(tmp_path)
    first = archive.put("kz-x", A, receipt(0, file_name="DATA.CSV"))
    before = Path(first.path).stat()
    second = archive.put("kz-x", A, receipt(5, file_name="data.txt", via="inbox"))
    after = Path(first.path).stat()
    # Comparing the checksum reads the file, which moves its time of access alone.
    assert second.path == first.path and (after.st_ino, after.st_mtime_ns) == (
        before.st_ino,
        before.st_mtime_ns,
    )
    assert [record.via for record in second.records] == ["live", "inbox"]
    assert len(archive.files("kz-x")) == 1 and first.extension == "csv"


def test_json_data_and_its_provenance_do_not_meet(tmp_path):
    archive = Archive(tmp_path)
    stored = archive.put("uz-siat", b"[1]", receipt(file_name="sdmx_data_582.json"))
    assert archive.read("uz-siat", stored.sha256) == b"[1]"
    assert [file.sha256 for file in archive.files("uz-siat")] == [stored.sha256]


def test_the_extension_comes_from_the_content_type_where_the_name_has_none(tmp_path):
    stored = Archive(tmp_path).put("kz-x", A, receipt(file_name=None, content_type="text/csv; charset=utf-8"))
    assert stored.extension == "csv"
    assert Archive(tmp_path).put("kz-x", B, receipt(file_name="a.exe/../..")).extension == "bin"


def test_latest_is_the_newest_receipt_even_after_a_return_to_old_bytes(tmp_path):
    archive = Archive(tmp_path)
    archive.put("kz-x", A, receipt(0, etag='"a"'))
    archive.put("kz-x", B, receipt(1, etag='"b"'))
    archive.put("kz-x", b"other", receipt(9, address="https://stat.kz/other"))
    assert archive.latest("kz-x", URL).sha256 == digest(B)
    archive.put("kz-x", A, receipt(2, etag='"a2"'))
    archive.record("kz-x", receipt(3, outcome="failed", reason="An HTML page came", status=200))
    archive.record("kz-x", receipt(4, outcome="unchanged", status=304))
    latest = archive.latest("kz-x", URL)
    assert (latest.sha256, latest.last.etag) == (digest(A), '"a2"')
    assert archive.latest("kz-x").sha256 == digest(A), "the log decides, not the clock"
    assert archive.latest("kz-x", "https://stat.kz/none") is None and archive.latest("none") is None
    assert [file.sha256 for file in archive.files("kz-x")] == [digest(A), digest(B), digest(b"other")]
    assert [(f.outcome, f.reason) for f in archive.fetches()][3:5] == [
        ("failed", "An HTML page came"),
        ("unchanged", ""),
    ]


def test_a_failed_attempt_is_no_receipt_even_if_it_names_bytes(tmp_path):
    archive = Archive(tmp_path)
    archive.put("kz-x", A, receipt(0))
    archive.put("kz-x", B, receipt(1))
    archive.record("kz-x", receipt(2, outcome="failed", sha256=digest(A)))
    assert archive.latest("kz-x").sha256 == digest(B)


def test_latest_finds_an_address_whose_key_was_redacted(tmp_path):
    fetch = Fetch(
        f"{URL}?apiKey=REDACTED", START, START, 200, "new", "", {"ETag": '"1"'}, digest(A), len(A), A, 1
    )
    archive = Archive(tmp_path)
    record = replace(record_of("kz-x", fetch, via="mirror"), stated_period="2022")
    stored = archive.put("kz-x", A, record)
    assert stored.first.file_name == "data.csv" and stored.first.via == "mirror"
    assert stored.first.stated_period == "2022" and stored.first.etag == '"1"'
    assert archive.latest("kz-x", f"{URL}?apiKey=S3CRET").sha256 == digest(A)


def test_a_failure_is_logged_and_nothing_is_stored(tmp_path):
    fetch = Fetch(URL, START, START, 503, "failed", "The server has a fault", {}, None, None, None, 5)
    archive = Archive(tmp_path)
    archive.record("kz-x", record_of("kz-x", fetch))
    assert archive.files("kz-x") == [] and archive.fetches()[0] == record_of("kz-x", fetch)
    assert archive.fetches()[0].status == 503


def test_a_damaged_file_is_not_read_and_good_bytes_replace_it(tmp_path):
    archive = Archive(tmp_path)
    stored = archive.put("kz-x", A, receipt())
    Path(stored.path).chmod(0o644)
    Path(stored.path).write_bytes(B)
    assert not archive.is_whole(stored)
    with pytest.raises(SourceError) as caught:
        archive.read("kz-x", digest(A))
    assert digest(A) in caught.value.file and "checksum" in caught.value.problem and caught.value.remedy
    with pytest.raises(SourceError, match="checksum"):
        archive.local_file("kz-x", digest(A))
    archive.put("kz-x", A, receipt(1))
    assert archive.read("kz-x", digest(A)) == A and archive.is_whole(stored)
    assert archive.local_file("kz-x", digest(A)) == Path(stored.path)


def test_the_order_of_receipt_counts_and_not_the_clock(tmp_path):
    archive = Archive(tmp_path)
    archive.put("kz-x", A, receipt(400 * 24 * 60))
    archive.put("kz-x", B, receipt(1))
    assert archive.latest("kz-x").sha256 == digest(B)


def test_answers_that_belong_together_are_received_together_or_not_at_all(tmp_path, monkeypatch):
    archive = Archive(tmp_path)
    monkeypatch.setattr(
        "sources.receipt_log.append_lines", lambda *_: (_ for _ in ()).throw(OSError(28, "full"))
    )
    with pytest.raises(SourceError):
        archive.put_all("kz-x", [(A, receipt(0)), (B, receipt(1))])
    assert Archive(tmp_path).files("kz-x") == []


def test_a_file_that_is_not_there_is_reported(tmp_path):
    with pytest.raises(SourceError) as caught:
        Archive(tmp_path).read("kz-x", digest(A))
    assert digest(A) in str(caught.value) and "Restore" in caught.value.remedy


@pytest.mark.parametrize("line", [b'{"dataset": "kz-x", "addre', b"[" * 200_000], ids=["torn", "deep"])
def test_a_torn_last_line_is_tolerated_reported_and_does_not_swallow_the_next(tmp_path, line, caplog):
    Archive(tmp_path).put("kz-x", A, receipt(0))
    with log(tmp_path).open("ab") as handle:
        handle.write(line)
    for archive in (Archive(tmp_path), Archive(tmp_path)):
        assert len(archive.fetches()) == 1 and "line 2" in archive.problems[0]
    assert len([record for record in caplog.records if "torn" in record.message]) <= 1, "once a process"
    archive.put("kz-x", B, receipt(1))
    assert [record.sha256 for record in Archive(tmp_path).fetches()] == [digest(A), digest(B)]
    assert len(log(tmp_path).read_bytes().splitlines()) == 3


def test_provenance_stands_in_for_a_lost_log_and_the_log_for_lost_provenance(tmp_path):
    Archive(tmp_path).put("kz-x", A, receipt(0))
    saved = log(tmp_path).read_bytes()
    log(tmp_path).unlink()
    assert Archive(tmp_path).latest("kz-x").first == replace(receipt(0), sha256=digest(A), size=len(A))
    log(tmp_path).write_bytes(saved)
    provenance = tmp_path / "raw" / "kz-x" / f"{digest(A)}.provenance.json"
    provenance.write_bytes(b'[{"torn')
    archive = Archive(tmp_path)
    assert archive.latest("kz-x").sha256 == digest(A) and "cannot be read" in archive.problems[0]
    provenance.unlink()
    log(tmp_path).unlink()
    archive = Archive(tmp_path)
    assert archive.files("kz-x") == [] and "no provenance" in archive.problems[0]


def test_a_record_of_a_later_version_is_read(tmp_path):
    Archive(tmp_path).record("kz-x", receipt(0, outcome="failed"))
    line = json.loads(log(tmp_path).read_text()) | {"field_of_tomorrow": 1}
    log(tmp_path).write_text(json.dumps(line) + "\n")
    assert Archive(tmp_path).fetches()[0].outcome == "failed"


@pytest.mark.parametrize("name", ["", "..", "a/b", "/etc", ".hidden", "a\\b"])
def test_a_dataset_name_cannot_leave_the_archive(tmp_path, name):
    with pytest.raises(SourceError):
        Archive(tmp_path).put(name, A, receipt())
    assert not list(tmp_path.rglob("*.csv"))


def test_unknown_words_in_a_record_are_refused(tmp_path):
    with pytest.raises(ValueError, match="pigeon"):
        Archive(tmp_path).put("kz-x", A, receipt(via="pigeon"))
    with pytest.raises(ValueError, match="maybe"):
        Archive(tmp_path).record("kz-x", receipt(outcome="maybe"))


def test_a_full_disk_is_reported_and_leaves_nothing_behind(tmp_path, monkeypatch):
    archive = Archive(tmp_path)

    def full(handle):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(archive_module.os, "fsync", full)
    with pytest.raises(SourceError) as caught:
        archive.put("kz-x", A, receipt())
    assert caught.value.problem == "cannot store it (No space left on device)"
    assert "free space" in caught.value.remedy
    assert not [path for path in (tmp_path / "raw" / "kz-x").iterdir() if path.name != ".lock"]


def test_leavings_of_a_killed_process_are_swept(tmp_path):
    Archive(tmp_path).put("kz-x", A, receipt())
    old, young = (tmp_path / "raw" / "kz-x" / f".{name}.tmp" for name in ("old", "young"))
    for path in (old, young):
        path.write_bytes(b"half")
    os.utime(old, (1, 1))
    archive = Archive(tmp_path)
    archive.put("kz-x", B, receipt(1))
    assert not old.exists() and young.exists() and len(archive.files("kz-x")) == 2


def test_a_short_write_to_the_log_is_taken_back(tmp_path, monkeypatch):
    archive = Archive(tmp_path)
    archive.record("kz-x", receipt(0, outcome="failed"))
    before = log(tmp_path).read_bytes()
    write = os.write
    monkeypatch.setattr(
        archive_module.os, "write", lambda handle, data: write(handle, data[: len(data) // 2])
    )
    with pytest.raises(SourceError):
        archive.record("kz-x", receipt(1, outcome="failed"))
    assert log(tmp_path).read_bytes() == before


def _writer(root, name):
    archive = Archive(root)
    for number in range(40):
        archive.record("kz-x", receipt(number, outcome="failed", reason=f"{name} {number} " + "x" * 6000))
        archive.put("kz-x", b"same bytes", receipt(number, file_name=f"{name}.csv"))


def test_two_processes_at_once_leave_every_record_whole(tmp_path):
    context = multiprocessing.get_context("spawn" if os.name == "nt" else "fork")
    writers = [context.Process(target=_writer, args=(tmp_path, name)) for name in ("one", "two")]
    for process in writers:
        process.start()
    for process in writers:
        process.join()
    assert [process.exitcode for process in writers] == [0, 0]
    archive = Archive(tmp_path)
    assert len(archive.fetches()) == 160 and archive.problems == []
    (stored,) = archive.files("kz-x")
    provenance = json.loads(Path(stored.path).with_name(f"{stored.sha256}.provenance.json").read_text())
    assert len(provenance) == 80 and len(stored.records) == 80


@pytest.mark.skipif(os.name == "nt", reason="needs kill -9")
def test_kill_9_leaves_only_whole_files(tmp_path):
    program = (
        "import sys, itertools\n"
        "from sources.archive import Archive, Record\n"
        "archive = Archive(sys.argv[1])\n"
        "for n in itertools.count():\n"
        "    archive.put('kz-x', b'%d,' % n * 200_000, Record('kz-x', file_name='a.csv',"
        " received_at='2026-11-25T03:15:00Z'))\n"
        "    n or print('on', flush=True)\n"
    )
    for pause in (0.05, 0.11, 0.17):
        process = subprocess.Popen(
            [sys.executable, "-c", program, str(tmp_path)],
            stdout=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        )
        process.stdout.readline()
        time.sleep(pause)
        process.send_signal(signal.SIGKILL)
        process.wait()
        process.stdout.close()
        archive = Archive(tmp_path)
        assert archive.files("kz-x")
        for file in archive.files("kz-x"):
            assert sha256(archive.read("kz-x", file.sha256)).hexdigest() == file.sha256
        archive.put("kz-x", A, receipt())
        assert archive.latest("kz-x", URL).sha256 == digest(A)


def test_times_are_utc_with_z():
    tashkent = datetime(2026, 11, 25, 8, 15, 0, 123456, tzinfo=UTC).astimezone()
    assert utc_text(tashkent) == "2026-11-25T08:15:00.123Z"


@pytest.mark.parametrize("private", [True, False])
def test_what_is_private_can_be_read_by_its_user_alone(tmp_path, private):
    (tmp_path / "raw" / "kz-x").mkdir(parents=True, mode=0o755)
    stored = Archive(tmp_path).put("kz-x", A, receipt(), private=private)
    folder = Path(stored.path).parent
    assert (stat.S_IMODE(folder.stat().st_mode) == 0o700) is private
    others = stat.S_IRWXG | stat.S_IRWXO
    assert bool(stat.S_IMODE(Path(stored.path).stat().st_mode) & others) is not private

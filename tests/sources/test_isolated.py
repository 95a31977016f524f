"""A file that kills its reader, or takes its memory or time, is refused with a sentence, and the next one is read."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from sources import isolated
from sources.cells import ReadError
from sources.programmes.csv_form import csv_form
from sources.programmes.read_return import read_return
from sources.readers import protocol
from tests.programme_samples import bishkek

ROOT = Path(__file__).resolve().parents[2]
SMALL = b"Year,Sex,Value\n2024,F,1\n2024,M,2\n"
LARGE = SMALL + b"2023,F,3\n" * 150_000


def dataset(reader: str = "delimited", **options: Any) -> Any:
    return SimpleNamespace(reader=reader, reader_options=options)


@pytest.fixture
def fresh() -> Iterator[None]:
    """A worker that starts with the limits of the test, and none of it afterwards."""
    isolated._worker.stop()
    yield
    isolated._worker.stop()


def strike(name: signal.Signals, after: float = 0.2) -> threading.Thread:
    """Send a signal to the worker while it reads."""
    isolated.start()

    def send() -> None:
        time.sleep(after)
        assert isolated._worker._running is not None
        os.kill(isolated._worker._running.process.pid, name)

    thread = threading.Thread(target=send)
    thread.start()
    return thread


def is_still_read() -> bool:
    return bool(isolated.read_cells(dataset(), SMALL).num_rows == 6)


def test_cells_are_those_of_the_reader() -> None:
    for content, options in ((SMALL, {}), (SMALL, {"value_columns": ["Value"]}), (b"Year,Value\n", {})):
        expected = protocol.read_cells(dataset(**options), content)
        found = isolated.read_cells(dataset(**options), content)
        assert found.equals(expected, check_metadata=True)


def test_an_error_of_the_reader_keeps_its_parts() -> None:
    with pytest.raises(ReadError) as direct:
        protocol.read_cells(dataset("json_table", rows="", value="a"), b"[{")
    with pytest.raises(ReadError) as found:
        isolated.read_cells(dataset("json_table", rows="", value="a"), b"[{")
    assert vars(found.value) == vars(direct.value) and str(found.value) == str(direct.value)


def test_pages_kinds_and_returns_are_read_apart_too() -> None:
    page = b'{"page": 1, "pages": 3, "rows": []}'
    assert isolated.next_page(dataset("json_table", rows="/rows", value="a"), page) == "2"
    assert isolated.next_page(dataset(), SMALL) is None
    assert isolated.judge(SMALL, "text/csv", ("csv",)) is None
    assert isolated.judge(b"<html>", "text/csv", ("csv",)) == "An HTML page came where csv was expected"
    form = csv_form("ru", {key: str(value) for key, value in bishkek().items()}).encode() + b"more,,,,x\n"
    given = isolated.read_return(form, "return.csv")
    assert given == read_return(form, "return.csv") and given.foreign and given.answers
    with pytest.raises(ReadError, match="return.csv: the file is no return"):
        isolated.read_return(b"a,b\n", "return.csv")


def test_a_format_without_pages_needs_no_worker(fresh: None) -> None:
    assert isolated.next_page(dataset(), SMALL) is None and isolated._worker._running is None


@pytest.mark.parametrize("name", [signal.SIGSEGV, signal.SIGABRT])
def test_a_crash_refuses_the_file_only(fresh: None, name: signal.Signals) -> None:
    thread = strike(name)
    with pytest.raises(ReadError, match=f"ends the program that does it .{name.name}.*The last rows stay"):
        isolated.read_cells(dataset(), LARGE)
    thread.join()
    assert is_still_read()


def test_what_is_killed_from_outside_is_read_again(fresh: None) -> None:
    thread = strike(signal.SIGKILL)
    assert isolated.read_cells(dataset(), LARGE).num_rows > 150_000
    thread.join()


def test_time_is_limited(fresh: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(isolated, "SECONDS", 0.05)
    # The worker ends itself: nobody waits for it.
    monkeypatch.setattr(isolated, "WAITING", 10_000)
    with pytest.raises(ReadError, match="takes longer than 0.05 seconds"):
        isolated.read_cells(dataset(), LARGE)
    monkeypatch.setattr(isolated, "SECONDS", 60.0)
    assert is_still_read()


@pytest.mark.parametrize(
    ("megabytes", "seconds"), [(0, 60), (1, 60), (127, 60), (128, 120), (255, 120), (256, 180), (1024, 540)]
)
def test_a_large_file_has_more_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, megabytes: int, seconds: float
) -> None:
    given: list[float] = []
    monkeypatch.setattr(isolated, "_ask", lambda _, __, ___, limit: given.append(limit))
    # A file of holes: it takes no place on the disk.
    with (tmp_path / "large.csv").open("wb") as file:
        file.truncate(megabytes << 20)
    isolated.read_large(dataset(), tmp_path / "large.csv")
    assert given == [seconds]


def test_a_worker_that_waits_for_ever_is_ended(fresh: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(isolated, "SECONDS", 0.5)
    monkeypatch.setattr(isolated, "WAITING", 1)
    assert isolated._worker.start().process.pid
    thread = strike(signal.SIGSTOP, after=0)
    thread.join()
    with pytest.raises(ReadError, match="takes longer than 0.5 seconds"):
        isolated.read_cells(dataset(), SMALL)


def test_memory_is_limited(fresh: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(isolated, "MEMORY_BYTES", 60 << 20)
    with pytest.raises(ReadError, match="takes more memory than it may|ends the program that does it"):
        isolated.read_cells(dataset(), LARGE)


@pytest.mark.skipif(sys.platform != "linux", reason="reads the limits of a process from /proc")
def test_the_worker_has_no_secrets_and_writes_no_files(fresh: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DVSTATS_PASSWORD", "secret")
    assert is_still_read()
    process = Path("/proc") / str(isolated._worker.start().process.pid)
    assert b"secret" not in (process / "environ").read_bytes()
    limits = (process / "limits").read_text()
    for name in ("Max file size", "Max core file size"):
        (line,) = [line for line in limits.splitlines() if line.startswith(name)]
        assert line.split()[-3:-1] == ["0", "0"] or line.split()[4:6] == ["0", "0"], line
    assert "Max address space         unlimited" not in limits


@pytest.mark.skipif(sys.platform != "linux", reason="reads the libraries of a process from /proc")
def test_the_worker_does_without_pandas(fresh: None) -> None:
    assert is_still_read()
    process = Path("/proc") / str(isolated._worker.start().process.pid)
    loaded = (process / "maps").read_text()
    assert "/pyarrow/" in loaded and "/pandas/" not in loaded


def test_the_worker_ends_with_the_program_that_started_it() -> None:
    code = (
        "import os, signal; from sources import isolated; isolated.start(); "
        "print(isolated._worker._running.process.pid, flush=True); os.kill(os.getpid(), signal.SIGKILL)"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == -signal.SIGKILL
    pid, until = int(done.stdout), time.monotonic() + 20
    while time.monotonic() < until and Path(f"/proc/{pid}").exists():
        time.sleep(0.05)
    assert not Path(f"/proc/{pid}").exists()


def test_a_small_file_with_very_many_keys_is_refused() -> None:
    rows = json.dumps([{f"k{row}_{key}": 1 for key in range(100)} for row in range(200)])
    with pytest.raises(ReadError, match="the file has 19800 columns, more than 16384"):
        isolated.read_cells(dataset("json_table", rows="", value_pattern="_0$"), rows.encode())

"""Locks between processes and within one, and writes that are whole."""

import os
import stat
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from sources.durable import append_lines, locked, write_named, write_whole

TRY = """
import sys
from pathlib import Path
from sources.durable import locked
with locked(Path(sys.argv[1]), wait=False, again=True) as mine:
    print(mine)
"""


def another_process_gets(path: Path) -> bool:
    done = subprocess.run([sys.executable, "-c", TRY, str(path)], capture_output=True, text=True, check=True)
    return done.stdout.strip() == "True"


def test_the_same_process_enters_again_and_others_do_not(tmp_path: Path) -> None:
    path = tmp_path / ".lock"
    with locked(path, wait=False, again=True) as first:
        with locked(path, wait=False, again=True) as second:
            assert first and second
        assert not another_process_gets(path), "the inner exit must not free the lock"
        with locked(path, wait=False, again=True) as third:
            assert third, "nor forget that this process has it"
    assert another_process_gets(path)


def test_an_error_frees_the_lock(tmp_path: Path) -> None:
    path = tmp_path / ".lock"
    with pytest.raises(ZeroDivisionError), locked(path, wait=False, again=True):
        raise ZeroDivisionError
    assert another_process_gets(path)
    with locked(path, wait=False, again=True) as mine:
        assert mine


def test_neither_lock_nor_log_is_a_link_to_a_file_elsewhere(tmp_path: Path) -> None:
    other, link = tmp_path / "other", tmp_path / "link"
    other.write_text("kept", encoding="utf-8")
    link.symlink_to(other)
    with pytest.raises(OSError, match="symbolic link"), locked(link):
        pass
    with pytest.raises(OSError, match="symbolic link"):
        append_lines(link, b"line\n")
    assert other.read_text(encoding="utf-8") == "kept"


def test_neither_lock_nor_log_nor_output_writes_to_another_name_of_the_file(tmp_path: Path) -> None:
    other, lock, log, output, link = (tmp_path / n for n in ("other", "lock", "log", "output", "link"))
    other.write_text("kept", encoding="utf-8")
    for name in (lock, log, output):
        name.hardlink_to(other)
    link.symlink_to(output)
    with locked(lock, wait=False) as mine:
        assert mine and not another_process_gets(lock)
        lock.write_text("run", encoding="utf-8")
    append_lines(log, b"line\n")
    assert log.read_bytes() == b"kept\nline\n"
    write_named(link, b"new")
    assert output.read_bytes() == b"new" and link.is_symlink()
    assert other.read_text(encoding="utf-8") == "kept"


def test_a_pipe_that_is_named_as_output_gets_the_bytes(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    reader = os.open(tmp_path / "pipe", os.O_RDONLY | os.O_NONBLOCK)
    write_named(tmp_path / "pipe", b"new")
    assert os.read(reader, 9) == b"new" and (tmp_path / "pipe").is_fifo()
    os.close(reader)


def test_a_pipe_that_nobody_reads_yet_is_waited_for_and_said(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    os.mkfifo(tmp_path / "pipe")
    writer = threading.Thread(target=write_named, args=(tmp_path / "pipe", b"new"), daemon=True)
    writer.start()
    while not caplog.messages:
        assert writer.is_alive()
    assert "pipe that nobody reads yet" in caplog.messages[0]
    assert (tmp_path / "pipe").read_bytes() == b"new"
    writer.join()


def test_without_again_the_same_process_waits_its_turn(tmp_path: Path) -> None:
    with locked(tmp_path / ".lock") as first, locked(tmp_path / ".lock", wait=False) as second:
        assert first and not second


def test_a_write_is_whole_or_leaves_what_was_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "file"
    write_whole(path, b"before")

    def fails(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("sources.durable.os.fsync", fails)
    with pytest.raises(OSError, match="No space"):
        write_whole(path, b"after")
    assert path.read_bytes() == b"before" and list(tmp_path.iterdir()) == [path]
    write_whole(path, b"cached", cache=True)
    assert path.read_bytes() == b"cached" and list(tmp_path.iterdir()) == [path]


def test_an_error_names_the_file_that_was_asked_for(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError) as error:
        write_whole(tmp_path / "absent" / "orders.csv", b"")
    assert error.value.filename == str(tmp_path / "absent" / "orders.csv")


def test_a_torn_line_is_closed_before_the_next_one(tmp_path: Path) -> None:
    path = tmp_path / "log"
    path.write_bytes(b"one\ntor")
    append_lines(path, b"two\n")
    assert path.read_bytes() == b"one\ntor\ntwo\n"


@pytest.mark.parametrize(("private", "final", "mode"), [(True, False, 0o600), (True, True, 0o400)])
def test_a_private_file_is_nobody_elses(tmp_path: Path, private: bool, final: bool, mode: int) -> None:
    """Copied piece by piece; the mode is there before the first byte."""
    source = tmp_path / "source"
    source.write_bytes(b"x" * 3_000_000)
    write_whole(tmp_path / "copy", source, private=private, final=final)
    assert (tmp_path / "copy").read_bytes() == source.read_bytes()
    assert (tmp_path / "copy").stat().st_mode & 0o777 == mode


@pytest.mark.skipif(os.name != "posix", reason="only here a folder can be opened")
def test_the_bytes_are_on_the_disk_before_the_name_and_the_name_before_it_returns(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, pushed, real = tmp_path / "table", list[tuple[str, bool]](), os.fsync

    def fsync(handle: int) -> None:
        kind = "folder" if stat.S_ISDIR(os.fstat(handle).st_mode) else "file"
        pushed.append((kind, path.exists()))
        real(handle)

    monkeypatch.setattr(os, "fsync", fsync)
    write_whole(path, b"whole")
    assert pushed == [("file", False), ("folder", True)]

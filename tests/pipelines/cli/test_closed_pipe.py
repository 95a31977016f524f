"""A command whose output nobody reads to its end, as in ``dvstats refresh | head -1``, or at all, as with ``>&-``."""

import io
import os
import sys
from pathlib import Path

import pytest

from pipelines.cli.closed_pipe import outlive_readers
from pipelines.cli.main import main
from pipelines.declarations import Declarations
from pipelines.outcome import Outcome

HELD = {
    "dataset_id": "d",
    "state": "held",
    "refused_rows": 0,
    "critical": ["x"],
    "warnings": [],
    "refused": [],
}


def status_of(arguments: list[str], *, read: int, unbuffered: bool = False) -> int:
    """Exit status of the command as a process of its own, of whose output only the first bytes are read."""
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        ended = 70
        try:
            os.dup2(writing, 1)
            os.dup2(writing, 2)
            for number in (reading, writing):
                os.close(number)
            for name, fd in (("stdout", 1), ("stderr", 2)):
                raw = io.FileIO(fd, "w", closefd=False)
                below = raw if unbuffered else io.BufferedWriter(raw, 64)
                setattr(sys, name, io.TextIOWrapper(below, "utf-8", write_through=unbuffered))
            ended = main(arguments)
            sys.stdout.flush()
            sys.stderr.flush()
        except SystemExit as stop:
            ended = int(stop.code or 0)
        finally:
            os._exit(ended)
    os.close(writing)
    if read:
        os.read(reading, read)
    os.close(reading)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


@pytest.mark.parametrize(("read", "unbuffered"), [(0, True), (1, False)])
def test_the_status_is_that_of_the_work(
    few: Declarations, few_release: Path, monkeypatch: pytest.MonkeyPatch, read: int, unbuffered: bool
) -> None:
    monkeypatch.setattr("pipelines.published.status.needs_attention", lambda _: True)
    monkeypatch.setattr(
        "pipelines.refresh.refresh",
        lambda *_, **__: Outcome(release=(few_release / "latest").resolve().name, datasets=[HELD]),
    )
    for arguments, expected in (
        (["refresh"], 3),
        (["refresh", "--json"], 3),
        (["status"], 3),
        (["verify"], 0),
        (["verify", "none"], 1),
        (["query", "SELECT * FROM observations", "--format", "csv"], 0),
        (["query", "SELEC"], 2),
    ):
        done = status_of([*arguments, "--data-dir", str(few_release)], read=read, unbuffered=unbuffered)
        assert done == expected, arguments


@pytest.mark.parametrize("closed", [(1,), (2,), (0, 1, 2)])
def test_no_file_gets_the_number_of_a_closed_stream(tmp_path: Path, closed: tuple[int, ...]) -> None:
    """A library prints to the number, whatever file has it."""
    file, child = tmp_path / "figures", os.fork()
    if not child:
        ended = 70
        try:
            for number in closed:
                os.close(number)
                # As Python finds it when it starts.
                setattr(sys, ("stdin", "stdout", "stderr")[number], None)
            outlive_readers()
            with file.open("wb", buffering=0) as opened:
                opened.write(b"1204")
                for number in closed:
                    os.write(number, b"warning")
                streams = (sys.stdin, sys.stdout, sys.stderr)
                known = [
                    streams[number].fileno() == number and not streams[number].isatty() for number in closed
                ]
                ended = int(not all([*known, *map(os.get_inheritable, closed)]))
        finally:
            os._exit(ended)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert file.read_bytes() == b"1204"

"""Files from outside are read in a process of their own, within limits on memory and time.

A file of a publisher may be made to hurt, or simply be broken in a way that no library foresaw: a small workbook that
unpacks to more than the machine has, a pattern that takes a day, a fault in a parser written in C. What happens then
happens in the worker: it is killed, or kills itself, the file is refused with a sentence (:class:`ReadError`, so the
dataset keeps its last rows), and the next file gets a new worker. Other datasets do not notice.

One worker serves a whole refresh, since starting one takes most of a second and a normal file some milliseconds. It
gets bytes and options as JSON and gives JSON or an Arrow stream back (never pickled objects, by which a worker that was
taken over would take over this process). It has no environment of ours and cannot write files.

    read_cells(dataset, content)    cells of a file         (sources.readers.protocol)
    read_large(dataset, path)       the same of a large file  (sources.readers.protocol)
    next_page(dataset, content)     where it goes on        (sources.readers.protocol)
    judge(content, type, expected)  whether it is that kind (sources.http.expected_content)
    read_return(content, name)      a programme's return    (sources.programmes.read_return)
    marked_copy(content, marks)     its copy with marks     (sources.programmes.marked_copy)
    read_register(path, options)    rows of a register      (sources.incidents.formats)

Not here: the worker itself (``isolated_worker``). Called wherever one of them is needed for a file from outside;
tests of the readers call the readers.
"""

import atexit
import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Collection, Generator, Iterator, Sequence
from dataclasses import asdict
from itertools import islice
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, NamedTuple, cast

import pyarrow as pa

from sources.cells import Options, ReadError
from sources.incidents.columns import GZIP, PARQUET, WORKBOOK, first_bytes
from sources.readers.protocol import Readable, has_pages, reads_large
from sources.table_on_disk import mapped

if TYPE_CHECKING:
    from sources.programmes.given_return import GivenReturn
    from sources.programmes.marks import Marks

MEMORY_BYTES = 2 << 30
#: of work: a busy machine refuses no file that an idle one reads
SECONDS = 60.0
WAITING = 10
#: of a large file, for which as much time is given again
BYTES_IN_TIME = 128 << 20
#: of a register that is a workbook, Parquet or gzip
PACKED_BYTES_IN_TIME = 4 << 20
ROOT = Path(__file__).resolve().parent.parent
_LOOK = "Look at the file: is it data? The last rows stay; a sound file of the publisher is read again"
# How a worker ended that gave no answer for so long that it was killed from here.
_LATE = "late"
# What Python and its libraries need to start; the rest of the environment may hold passwords.
_ENVIRONMENT = ("PATH", "LANG", "LC_ALL", "LD_LIBRARY_PATH", "SYSTEMROOT", "TZ", "VIRTUAL_ENV")


def read_cells(dataset: Readable, content: bytes) -> pa.Table:
    """Cells of one file by the dataset's reader, as :mod:`sources.cells` describes them; ReadError."""
    given = {"reader": dataset.reader, "options": dataset.reader_options}
    answer: pa.Table = _ask("read_cells", given, content)
    return answer


def read_large(dataset: Readable, path: Path) -> pa.Table | None:
    """The same cells of a large file, in a table that lies on the disk; None where ``read_cells`` has to read it."""
    if not reads_large(dataset):
        return None
    given = {"reader": dataset.reader, "options": dataset.reader_options, "path": str(path.resolve())}
    answer = _ask("read_large", given, b"", SECONDS * (1 + path.stat().st_size // BYTES_IN_TIME))
    return answer if isinstance(answer, pa.Table) else None


def next_page(dataset: Readable, content: bytes) -> str | None:
    """Address or number of the page after this one; None where there is none. ReadError."""
    if not has_pages(dataset):
        # Most formats have none: a refresh that finds nothing new needs no worker for them.
        return None
    answer: str | None = _ask(
        "next_page", {"reader": dataset.reader, "options": dataset.reader_options}, content
    )
    return answer


def judge(content: bytes, content_type: str, expected: Sequence[str]) -> str | None:
    """None where the bytes are of one of the expected kinds, otherwise the reason; ReadError where nobody can tell."""
    answer: str | None = _ask("judge", {"content_type": content_type, "expected": list(expected)}, content)
    return answer


def read_return(content: bytes, file_name: str) -> "GivenReturn":
    """What the form of a programme holds; ReadError where it is no such form."""
    # The form and its words are for the few commands that take returns.
    from sources.programmes.given_return import given_from

    return given_from(_ask("read_return", {"file_name": file_name}, content))


def marked_copy(content: bytes, marks: "Marks") -> bytes:
    """The workbook of a refused return with its faulty cells marked; ReadError where it cannot be loaded."""
    table: pa.Table = _ask("marked_copy", {"marks": asdict(marks)}, content)
    copy: bytes = table["copy"][0].as_py()
    return copy


def read_register(
    path: Path, options: Options, known: Collection[str]
) -> tuple[tuple[str, ...], Generator[pa.RecordBatch, None, None]]:
    """The header of a register's file and its rows, as ``sources.incidents.formats`` gives them; ReadError.

    The worker is theirs until all are taken or the iterator is closed; meanwhile other files get another one.
    """
    given = {"path": str(path.resolve()), "options": dict(options), "known": sorted(known)}
    is_packed = first_bytes(path).startswith((GZIP, PARQUET, WORKBOOK))
    step = PACKED_BYTES_IN_TIME if is_packed else BYTES_IN_TIME
    rows = _rows_of(given, SECONDS * (1 + path.stat().st_size // step))
    names: tuple[str, ...] = next(rows)
    return names, rows


def _rows_of(given: dict[str, Any], seconds: float) -> Generator[Any, None, None]:
    """The names, then the batches; the same file gives the same ones, so that a second try goes on behind the first."""
    taken = 0
    for tries_left in (1, 0):
        try:
            for item in islice(_asked_rows(given, seconds), taken, None):
                taken += 1
                yield item
        except _EndedError as ended:
            if not tries_left or ended.how != "SIGKILL":
                raise _refused(ended, seconds) from None
        else:
            return


def _asked_rows(given: dict[str, Any], seconds: float) -> Iterator[Any]:
    with _lock:
        worker = _worker.hand_over()
    try:
        with worker.asked("read_register", given, b"", seconds) as answers:
            yield tuple(_line(answers)["names"])
            head = _line(answers)
            if "rows" in head:
                yield from map(_validated, pa.ipc.open_stream(answers))
                _line(answers)
    finally:
        with _lock:
            _worker.take_back(worker)


def start() -> None:
    """Start the worker now, beside other work; without this, or where it is refused, it starts with the first file."""
    with _lock, contextlib.suppress(OSError):
        _worker.start()


def _ask(task: str, given: dict[str, Any], content: bytes, seconds: float | None = None) -> Any:
    """The worker's answer; one that was killed from outside, as by a system short of memory, gets a second try."""
    seconds = seconds or SECONDS
    with _lock:
        try:
            return _worker.ask(task, given, content, seconds)
        except _EndedError as ended:
            if ended.how != "SIGKILL":
                raise _refused(ended, seconds) from None
        try:
            return _worker.ask(task, given, content, seconds)
        except _EndedError as ended:
            raise _refused(ended, seconds) from None


class _EndedError(Exception):
    """The worker ended without an answer; ``how``: by a signal, with a status, or late."""

    def __init__(self, how: str) -> None:
        super().__init__(how)
        self.how = how


def _refused(ended: _EndedError, seconds: float) -> ReadError:
    if ended.how in ("SIGPROF", _LATE):
        return ReadError(f"reading the file takes longer than {seconds:g} seconds", remedy=_LOOK)
    return ReadError(f"reading the file ends the program that does it ({ended.how})", remedy=_LOOK)


class _Running(NamedTuple):
    process: "subprocess.Popen[bytes]"
    requests: IO[bytes]
    answers: IO[bytes]


class _Worker:
    """A process that is started when it is needed and replaced when it died."""

    def __init__(self) -> None:
        self._running: _Running | None = None

    def ask(self, task: str, given: dict[str, Any], content: bytes, seconds: float) -> Any:
        """The answer; ReadError where it is one, _EndedError where there is none."""
        with self.asked(task, given, content, seconds) as answers:
            return _answer(answers)

    @contextlib.contextmanager
    def asked(self, task: str, given: dict[str, Any], content: bytes, seconds: float) -> Iterator[IO[bytes]]:
        """Where the answer comes, all of which is to be taken; _EndedError where the process ends before."""
        process, requests, answers = self.start()
        head = {"task": task, "size": len(content), "seconds": seconds, **given}
        late = threading.Event()

        def end() -> None:
            late.set()
            process.kill()

        # The worker ends itself in time; this is for one that waits for something instead of working.
        watch = threading.Timer(WAITING * seconds, end)
        watch.daemon = True
        watch.start()
        try:
            requests.write(json.dumps(head).encode() + b"\n")
            requests.write(content)
            requests.flush()
            yield answers
        except ReadError:
            # An answer like any other, and all of it.
            raise
        except (OSError, ValueError, EOFError, pa.ArrowException):
            ended = self.stop()
            raise _EndedError(_LATE if late.is_set() else ended) from None
        except BaseException:
            # Interrupted half way through an answer: the next one would begin with the rest of this.
            process.kill()
            self.stop()
            raise
        finally:
            watch.cancel()

    def hand_over(self) -> "_Worker":
        """A worker with this one's process, if there is one; this one starts another where it is needed."""
        other = _Worker()
        other._running, self._running = self._running, None
        return other

    def take_back(self, other: "_Worker") -> None:
        """Use that worker's process again, or end it where another was started meanwhile."""
        if self._running is None:
            self._running, other._running = other._running, None
        other.stop()

    def start(self) -> _Running:
        """The running process, a new one where there is none."""
        if self._running is None or self._running.process.poll() is not None:
            self.stop()
            environment = {name: os.environ[name] for name in _ENVIRONMENT if name in os.environ}
            process = subprocess.Popen(  # noqa: S603 - this program
                [sys.executable, "-m", "sources.isolated_worker", str(MEMORY_BYTES)],
                cwd=ROOT,
                env={**environment, "PYTHONDONTWRITEBYTECODE": "1", "MALLOC_ARENA_MAX": "2"},
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
            )
            self._running = _Running(
                process, cast("IO[bytes]", process.stdin), cast("IO[bytes]", process.stdout)
            )
        return self._running

    def stop(self) -> str:
        """End the process; how it ended, if it had before: a signal or a status."""
        running, self._running = self._running, None
        if running is None:
            return ""
        with contextlib.suppress(OSError):
            # Fails where it ended before it had read everything.
            running.requests.close()
        try:
            ended = running.process.wait(2)
        except subprocess.TimeoutExpired:
            running.process.kill()
            ended = running.process.wait()
        running.answers.close()
        return signal.Signals(-ended).name if ended < 0 else f"status {ended}"


def _answer(stream: IO[bytes]) -> Any:
    """What comes back: an Arrow table or a JSON value."""
    head = _line(stream)
    if "value" in head:
        return head["value"]
    batches = pa.ipc.open_stream(stream)
    if "large" in head:
        table = mapped(batches.schema, map(_validated, batches))
        return table if _line(stream)["value"] else None
    table = batches.read_all()
    table.validate(full=True)
    return table


def _line(stream: IO[bytes]) -> dict[str, Any]:
    """A line of JSON; ReadError where it is one."""
    head: dict[str, Any] = json.loads(stream.readline())
    if "error" in head:
        raise ReadError(*head["error"][:1], **head["error"][1])
    return head


def _validated(batch: pa.RecordBatch) -> pa.RecordBatch:
    batch.validate(full=True)
    return batch


_worker = _Worker()
_lock = threading.Lock()
atexit.register(_worker.stop)

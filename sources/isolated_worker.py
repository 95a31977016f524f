"""The process that reads files from outside: one request after the other from standard input, until it ends.

A request is a line of JSON (``task``, ``size``, ``seconds`` and what the task needs) and ``size`` bytes; the answer is
a line of JSON with ``value`` or ``error``, or ``{}`` and an Arrow stream; of a large file ``{"large": true}``, the
stream, and one more line that says whether the stream is all of it (``value``); of a register ``{"names": […]}``, where
it has rows ``{"rows": true}`` and the stream, and one more line with ``value``, or with the ``error`` that ended it.
The limits are set before the first byte is read: memory, no files written, and for each request the time of work, after
which the system ends the process, however deep in a library it is.

Not here: starting and replacing it (``sources.isolated``, its only caller, by ``python -m sources.isolated_worker``).
"""

import contextlib
import json
import os
import signal
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any, BinaryIO, NamedTuple

import duckdb
import pyarrow as pa

from data_contracts.ahead import ahead
from data_contracts.arrow import without_pandas
from sources.cells import SourceError
from sources.readers import protocol

if sys.platform != "win32":
    import resource


def main() -> None:
    """Serve standard input."""
    source, target = sys.stdin.buffer, os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    # What a library prints must not get into the answers.
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    without_pandas()
    limit(int(sys.argv[1]))
    while line := source.readline():
        request = json.loads(line)
        content = source.read(request["size"])
        if hasattr(signal, "setitimer"):
            signal.setitimer(signal.ITIMER_PROF, request["seconds"])
        answer(request, content, target)
        if hasattr(signal, "setitimer"):
            signal.setitimer(signal.ITIMER_PROF, 0)


def limit(memory: int) -> None:
    """At most ``memory`` bytes beyond what the process has now, no file written, no core dumped."""
    if sys.platform == "win32":
        return  # Without limits, but in a process of its own.
    limits = {"RLIMIT_CORE": 0, "RLIMIT_FSIZE": 0}
    if sys.platform == "linux":
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
        limits["RLIMIT_AS"] = pages * resource.getpagesize() + memory
    for name, value in limits.items():
        kind = getattr(resource, name)
        # The system may allow less already, and no process raises that.
        _, hard = resource.getrlimit(kind)
        value = value if hard == resource.RLIM_INFINITY else min(value, hard)
        resource.setrlimit(kind, (value, value))


def answer(request: Mapping[str, Any], content: bytes, target: BinaryIO) -> None:
    """Do one task and write what came of it; whatever a reader raises is an answer."""
    found = _tried(lambda: TASKS[request["task"]](request, content), request.get("reader", ""))
    if isinstance(found, pa.Table):
        target.write(b"{}\n")
        with pa.ipc.new_stream(target, found.schema) as stream:
            stream.write_table(found)
    elif isinstance(found, Iterator):
        _send_large(found, target)
    elif isinstance(found, _Register):
        _send_register(found, target)
    else:
        target.write(json.dumps(found).encode() + b"\n")
    target.flush()


def _tried(work: Callable[[], Any], reader: str) -> Any:
    """What the work gives, or the error that it ended with as an answer."""
    try:
        return work()
    except SourceError as error:
        return _error(error.problem, file=error.file, place=error.place, remedy=error.remedy)
    except (MemoryError, duckdb.OutOfMemoryException):
        return _error(
            "reading the file takes more memory than it may", remedy="Look at the file: is it data?"
        )
    except RecursionError:
        return _error("the file is nested too deeply", remedy="Look at the file: is it data?")
    except Exception as error:
        # What is not read by a declared reader may be of persons, and nobody knows what an error quotes.
        what = (
            f"the reader {reader} failed: {error!r}" if reader else f"reading failed: {type(error).__name__}"
        )
        return _error(what, remedy="Report the file")


def _send_register(register: "_Register", target: BinaryIO) -> None:
    """The rows batch by batch, the next of which is read while one is sent."""
    target.write(json.dumps({"names": register.names}).encode() + b"\n")
    target.flush()

    def send() -> dict[str, Any]:
        batches = ahead(register.batches)
        first = next(batches, None)
        if first is not None:
            target.write(b'{"rows": true}\n')
            with pa.ipc.new_stream(target, first.schema) as stream:
                stream.write_batch(first)
                for batch in batches:
                    stream.write_batch(batch)
        return {"value": True}

    target.write(json.dumps(_tried(send, "")).encode() + b"\n")


def _send_large(tables: Iterator[pa.Table], target: BinaryIO) -> None:
    """Tables as they come; where one does not, the file is read as a whole, which says what is wrong with it."""
    is_all = False
    with contextlib.suppress(Exception):
        first = next(tables)
        target.write(b'{"large": true}\n')
        with pa.ipc.new_stream(target, first.schema) as stream, contextlib.suppress(Exception):
            stream.write_table(first)
            for table in tables:
                stream.write_table(table)
            is_all = True
    target.write(json.dumps({"value": is_all}).encode() + b"\n")


def _error(problem: str, **parts: str) -> dict[str, Any]:
    return {"error": [problem, parts]}


def _reader(request: Mapping[str, Any]) -> Any:
    return SimpleNamespace(reader=request["reader"], reader_options=request["options"])


def _judged(request: Mapping[str, Any], content: bytes) -> dict[str, Any]:
    from sources.http.expected_content import judge

    return {"value": judge(content, request["content_type"], tuple(request["expected"]))}


def _filled_form(request: Mapping[str, Any], content: bytes) -> dict[str, Any]:
    # Most files are no returns; their form and its words are read for those alone.
    from sources.programmes.given_return import FormError, as_json
    from sources.programmes.read_return import read_return

    try:
        return {"value": as_json(read_return(content, request["file_name"]))}
    except FormError as error:
        return {"value": {"refused": [error.key, error.language, error.place, error.filled]}}


def _marked_copy(request: Mapping[str, Any], content: bytes) -> pa.Table:
    from sources.programmes.marked_copy import marked_copy
    from sources.programmes.marks import Marks

    copy = marked_copy(content, Marks(**request["marks"]))
    return pa.table({"copy": pa.array([copy], pa.binary())})


class _Register(NamedTuple):
    names: tuple[str, ...]
    batches: Iterator[pa.RecordBatch]


def _register(request: Mapping[str, Any], _: bytes) -> _Register:
    # Most files are no registers.
    from sources.incidents import formats

    return _Register(*formats.read(Path(request["path"]), request["options"], request["known"]))


TASKS: dict[str, Callable[[Mapping[str, Any], bytes], Any]] = {
    "read_cells": lambda request, content: protocol.read_cells(_reader(request), content),
    "read_large": lambda request, _: protocol.read_large(_reader(request), Path(request["path"])),
    "next_page": lambda request, content: {"value": protocol.next_page(_reader(request), content)},
    "judge": _judged,
    "read_return": _filled_form,
    "marked_copy": _marked_copy,
    "read_register": _register,
}

if __name__ == "__main__":
    main()

"""Standard output and standard error that outlive their reader, as ``dvstats refresh | head -1`` leaves them.

What is printed after the reader went away is dropped. The command goes on to its end, and ends with the status of its
own work: 3 where a dataset is held, however little of the answer was read. The same with streams that are closed from
the beginning (``dvstats refresh >&-``): the system would give their numbers to files of the data directory, and what a
library prints would be written into those. Not here: output to files (an error of a file is an error of the command).
Called by ``main`` for a command that is a process.
"""

import io
import os
import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer


class _UntilClosed(io.FileIO):
    """The bytes of a standard stream; from the first byte that nobody can read any more, those of nothing."""

    def write(self, data: "ReadableBuffer", /) -> int:
        try:
            return super().write(data)
        except BrokenPipeError:
            nothing = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nothing, self.fileno())
            os.close(nothing)
            return super().write(data)


def outlive_readers() -> None:
    """Make both streams of this process such; one that is captured by a program stays, one that is not open is none."""
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        if getattr(sys, name) is None:
            _open_to_nothing(number)
            setattr(sys, name, os.fdopen(number, "w" if number else "r", encoding="utf-8", closefd=False))
    sys.stdout, sys.stderr = _outliving(sys.stdout), _outliving(sys.stderr)


def _open_to_nothing(number: int) -> None:
    """The number of a stream that is closed becomes that of nothing, also in the processes that this one starts."""
    try:
        os.fstat(number)
    except OSError:
        # The system gives the lowest number that is free, which is this one.
        os.set_inheritable(os.open(os.devnull, os.O_RDWR), True)


def _outliving(stream: Any) -> Any:
    """The same stream with such bytes; one of another kind, as programs that capture output set it, stays as it is."""
    # PYTHONUNBUFFERED leaves out the buffer between text and bytes.
    if type(stream) is not io.TextIOWrapper or not isinstance(stream.buffer, (io.BufferedWriter, io.FileIO)):
        return stream
    stream.flush()
    raw = _UntilClosed(stream.fileno(), "w", closefd=False)
    return io.TextIOWrapper(
        raw if isinstance(stream.buffer, io.FileIO) else io.BufferedWriter(raw),
        encoding=stream.encoding,
        errors=stream.errors,
        line_buffering=stream.line_buffering,
        write_through=stream.write_through,
    )

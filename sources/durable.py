"""Writes that survive a crash, and the lock of a folder.

A whole file or none, a whole line or none. What is written here is on the disk when the function returns, unless it is
a cache.

Not here: what the bytes mean. Called by the archive, the inbox, the staging area, the releases, deliveries and alerts.
"""

import contextlib
import errno
import logging
import os
import shutil
import sys
import threading
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

# Windows has no file locks of this kind: single appends stay whole, two writers are not kept apart.
if sys.platform != "win32":
    import fcntl

# Locks that may be entered again and that this process holds: how deep, by path.
_held: dict[str, int] = {}
_held_guard = threading.Lock()
_log = logging.getLogger(__name__)
_BINARY = getattr(os, "O_BINARY", 0)
# A link would let whoever can write to the folder choose which file of this user is written to.
_NO_LINK = getattr(os, "O_NOFOLLOW", 0)


def write_named(path: Path, content: bytes) -> None:
    """What a person named as an output: a file whole or not at all, a device or a pipe as the bytes come.

    A link leads to its file. Another name of that file (a hard link, perhaps in a release) keeps what it had. A pipe
    that nobody reads is waited for, which is said.
    """
    path = path.resolve()
    if path.is_file() or not path.exists():
        write_whole(path, content)
        return
    if path.is_fifo():
        try:
            opened = os.open(path, os.O_WRONLY | os.O_NONBLOCK)
            os.set_blocking(opened, True)
        except OSError as error:
            if error.errno != errno.ENXIO:
                raise
            _log.warning("%s is a pipe that nobody reads yet: what is written waits for a reader.", path)
            opened = os.open(path, os.O_WRONLY)
    else:
        opened = os.open(path, os.O_WRONLY | os.O_TRUNC | _BINARY)
    with os.fdopen(opened, "wb") as handle:
        handle.write(content)


def write_whole(
    path: Path, content: bytes | Path, *, final: bool = False, private: bool = False, cache: bool = False
) -> None:
    """A file of this content: bytes, or a file that is copied piece by piece; otherwise as :func:`whole_file`."""
    with whole_file(path, final=final, private=private, cache=cache) as handle:
        if isinstance(content, Path):
            with content.open("rb") as source:
                shutil.copyfileobj(source, handle, 1 << 20)
        else:
            handle.write(content)


@contextlib.contextmanager
def whole_file(
    path: Path, *, final: bool = False, private: bool = False, cache: bool = False
) -> Iterator[BinaryIO]:
    """Write aside, push to the disk, then rename; ``final`` takes the write permission away.

    ``private``: only this user may read it, from the first byte on. After an exception there is no file. A ``cache`` is
    whole after a crash of the program, and may be torn after one of the machine: it is not pushed to the disk.
    """
    aside = path.with_name(f".{path.name}.{os.getpid()}-{uuid.uuid4().hex[:8]}.tmp")
    try:
        opened = _open_aside(aside, path, 0o600 if private else 0o666)
        with os.fdopen(opened, "wb") as handle:
            yield handle
            handle.flush()
            if not cache:
                os.fsync(handle.fileno())
        if final:
            aside.chmod(0o400 if private else 0o444)
        aside.replace(path)
    finally:
        aside.unlink(missing_ok=True)
    if not cache:
        sync_folder(path.parent)


def _open_aside(aside: Path, path: Path, mode: int) -> int:
    """A new file at ``aside``; an error names ``path``, which is what the person asked for."""
    try:
        return os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _BINARY, mode)
    except OSError as error:
        error.filename = str(path)
        raise


def sync_folder(folder: Path) -> None:
    """Make a new name in a folder durable, where the system can."""
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def append_lines(path: Path, lines: bytes) -> None:
    """One write at the end; a torn line before it is closed first, a short write is taken back and an OSError."""
    handle = _opened(path)
    if _has_other_names(handle):
        os.close(handle)
        write_whole(path, path)
        handle = _opened(path)
    try:
        size = os.lseek(handle, 0, os.SEEK_END)
        torn = size > 0 and os.lseek(handle, size - 1, os.SEEK_SET) >= 0 and os.read(handle, 1) != b"\n"
        data = b"\n" + lines if torn else lines
        if os.write(handle, data) != len(data):
            os.ftruncate(handle, size)
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        os.fsync(handle)
    finally:
        os.close(handle)


def _opened(path: Path) -> int:
    return os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT | _BINARY | _NO_LINK, 0o644)


@contextlib.contextmanager
def locked(path: Path, *, wait: bool = True, again: bool = False) -> Iterator[bool]:
    """Hold the lock file ``path``; gives False at once where another has it and ``wait`` is false.

    With ``again`` the same process may enter once more: a command takes the lock, plans, and starts a run that takes
    it too. The system frees the lock of a killed process.
    """
    with contextlib.ExitStack() as at_the_end:
        if sys.platform != "win32" and not (again and _enter_again(path)):
            handle = _lock_of(path, wait)
            if handle is None:
                yield False
                return
            at_the_end.enter_context(handle)
            if again:
                with _held_guard:
                    _held[str(path.resolve())] = 1
        at_the_end.callback(_leave, path)
        yield True


def _lock_of(path: Path, wait: bool) -> BinaryIO | None:
    """The open and locked file; None where another process has it.

    A file with another name is replaced by a copy, since the lock of ``cp -al`` is that of two folders, and since what
    is written into it would be written there. So the file is looked at again once it is locked.
    """
    copied = False
    while True:
        opened = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT | _NO_LINK, 0o666)
        handle = os.fdopen(opened, "a+b")
        try:
            fcntl.flock(handle, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
            if _has_other_names(opened) and not copied:
                handle.seek(0)
                write_whole(path, handle.read())
                copied = True
            elif _is_at(path, opened):
                return handle
        except BlockingIOError:
            handle.close()
            return None
        except BaseException:
            handle.close()
            raise
        handle.close()


def _is_at(path: Path, handle: int) -> bool:
    """Whether a path is still that of an open file."""
    try:
        return os.path.samestat(path.stat(), os.fstat(handle))
    except FileNotFoundError:
        return False


def _has_other_names(handle: int) -> bool:
    """Whether an open file has a hard link: a file elsewhere that would be written to as well."""
    return os.fstat(handle).st_nlink > 1


def _enter_again(path: Path) -> bool:
    """Count one more entry, and say so, where this process holds the lock already."""
    with _held_guard:
        name = str(path.resolve())
        if name in _held:
            _held[name] += 1
        return name in _held


def _leave(path: Path) -> None:
    """Count one entry less; the last one of this process gives the lock back."""
    with _held_guard:
        name = str(path.resolve())
        if name in _held:
            _held[name] -= 1
            if not _held[name]:
                del _held[name]

"""Writes that survive a crash: a whole file or none, a whole line or none."""

import os
import uuid
from pathlib import Path


def write_whole(path: Path, content: bytes, *, final: bool) -> None:
    """Write aside, push to the disk, then rename."""
    aside = path.with_name(f".{path.name}.{os.getpid()}-{uuid.uuid4().hex[:8]}.tmp")
    try:
        with aside.open("xb") as handle:
            handle.write(content)
            handle.flush()
            os.fsync(handle.fileno())
        if final:
            aside.chmod(0o444)
        aside.replace(path)
    finally:
        aside.unlink(missing_ok=True)
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Make the new name itself durable, where the system can."""
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def append_line(path: Path, line: bytes) -> None:
    """One write at the end; a torn line before it is closed first, a short write is taken back."""
    handle = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT | getattr(os, "O_BINARY", 0), 0o644)
    try:
        size = os.lseek(handle, 0, os.SEEK_END)
        torn = size > 0 and os.lseek(handle, size - 1, os.SEEK_SET) >= 0 and os.read(handle, 1) != b"\n"
        data = b"\n" + line if torn else line
        if os.write(handle, data) != len(data):
            os.ftruncate(handle, size)
            raise OSError(28, "No space left on device")
        os.fsync(handle)
    finally:
        os.close(handle)

"""``dvstats``: parse, run one command, give its exit status.

Errors are one or two plain sentences on standard error, never a traceback. Not here: the arguments (``parser``),
what the commands do (``commands``), and output whose reader goes away (``closed_pipe``). This is the entry point that
``pyproject.toml`` names.
"""

import argparse
import atexit
import gc
import json
import os
import re
import stat
import sys
from collections.abc import Sequence

from data_contracts.errors import NOTHING_PUBLISHED, WRONG_USAGE, DvstatsError
from pipelines.cli.closed_pipe import outlive_readers
from pipelines.cli.parser import build_parser

INTERRUPTED = 130
# New objects before the collector looks for cycles among them: imports and declarations make some hundred thousand that
# stay, and Python's own 700 has them looked through again and again.
NEW_OBJECTS = 50_000
# When it ends, Python has the collector look through all that is loaded several times: a second after a run of Dagster.
atexit.register(gc.freeze)
# Databases say in their own errors that a disk is full or may not be written to.
_DISK = re.compile(
    r"(?i)no space left|disk is full|disk I/O error|read-?only (file system|database)|unable to open database file"
)
_QUOTED = re.compile(r'"exception_message":"((?:[^"\\]|\\.)*)"')
# What pathlib says of such a link.
_LOOP = re.compile(r"Symlink loop from '(.*)'")
_CHECK_DISK = "Check the path, its permissions and the free space."


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; gives its exit status."""
    outlive_readers()
    gc.set_threshold(NEW_OBJECTS)
    # Whatever the shell says: what others may change is no release.
    os.umask(os.umask(0) | stat.S_IWOTH)
    if not os.environ.get("SOURCE_DATE_EPOCH", "unset").strip():
        # Empty is unset to us, and no number to libraries that read it at import.
        del os.environ["SOURCE_DATE_EPOCH"]
    parser = build_parser()
    arguments = parser.parse_args(argv)
    if not hasattr(arguments, "run"):
        parser.print_help()
        return WRONG_USAGE
    try:
        return _run(arguments)
    except DvstatsError as error:
        return _complain(str(error), error.status)
    except KeyboardInterrupt:
        return _complain("Stopped. The last release is untouched.", INTERRUPTED)
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        return _complain(f"{where}{error.strerror or error}. {_CHECK_DISK}", NOTHING_PUBLISHED)
    except Exception as error:
        return _unexpected(error)


def _unexpected(error: Exception) -> int:
    """Say an error that no module made for a person, with what to do about it where that is known."""
    if isinstance(error, UnicodeEncodeError):
        # What is no text in UTF-8 is a name of a file.
        utf = error.encoding.startswith("utf")
        remedy = (
            "Give it another name." if utf else "Set PYTHONIOENCODING=utf-8, or name a file with --output."
        )
        shown = f"{error.object[error.start : error.end]!a}"
        return _complain(
            f"The encoding {error.encoding} has no character for {shown}. {remedy}", NOTHING_PUBLISHED
        )
    if isinstance(error, RuntimeError) and (loop := _LOOP.match(str(error))):
        return _complain(f"{loop[1]} is a link that leads back to itself. Remove it.", NOTHING_PUBLISHED)
    if _DISK.search(str(error)):
        return _complain(f"{_first_line(error).rstrip('.')}. {_CHECK_DISK}", NOTHING_PUBLISHED)
    if os.environ.get("DVSTATS_DEBUG"):
        raise error
    problem = f"Unexpected: {type(error).__name__}: {error}. Set DVSTATS_DEBUG=1 to see where, and report it."
    return _complain(problem, NOTHING_PUBLISHED)


def _first_line(error: Exception) -> str:
    """The first line of an error; where DuckDB quotes one of its own in JSON, what that says."""
    line = str(error).splitlines()[0]
    quoted = _QUOTED.search(line)
    return str(json.loads(f'"{quoted[1]}"')) if quoted else line


def _run(arguments: argparse.Namespace) -> int:
    """Run the command on the folder of its data, which of an object store is a working copy."""
    output = getattr(arguments, "output", None)
    if output is not None:
        from pipelines.cli.outputs import refuse_kept

        refuse_kept(output)
    place = getattr(arguments, "data_dir", None)
    if not isinstance(place, str):
        return int(arguments.run(arguments))
    from pipelines.store.session import working_folder

    named = [name for name in (getattr(arguments, option, None) for option in ("release", "other")) if name]
    with working_folder(place, arguments.store_needs, named) as arguments.data_dir:
        return int(arguments.run(arguments))


def _complain(sentence: str, status: int) -> int:
    """Print an error; it may quote a publisher's text, so control sequences are taken out."""
    from pipelines.cli.terminal.console import safe

    print(f"dvstats: {safe(sentence)}", file=sys.stderr)
    return status


if __name__ == "__main__":
    sys.exit(main())

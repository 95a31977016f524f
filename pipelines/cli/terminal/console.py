"""The console, progress of long work, and texts of publishers made safe to print.

Everything that comes from a file or a publisher goes through ``safe`` (or ``shown``) on its way to the terminal, and
nothing printed is read as rich markup or an emoji code. Not here: what each answer looks like (the other modules of
this folder, which call this one).

>>> safe("orders\\x1b[2J: [red]12[/red] :warning:")
'orders: [red]12[/red] :warning:'
"""

import contextlib
import re
import shutil
import sys
from collections.abc import Iterator
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from pipelines.progress import Step, unseen

# Sequences that move the cursor, recolour, or rename the window (ECMA-48); what looks like one but does not end stays
# as text without its first characters.
_SEQUENCES = re.compile(
    r"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]"
    r"|(?:\x1b[\]PX^_]|[\x90\x98\x9d-\x9f])[^\n\x07\x1b\x9c]{0,200}(?:\x07|\x1b\\|\x9c)"
    r"|\x1b[ -/]*[0-~]?"
)
# Single control characters, except line feed and tab, and characters that turn the direction of writing, by which a
# number would be read as another.
_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")


# Columns that a text takes at most; a terminal may have fewer.
WIDTH = 80


def width() -> int:
    """Columns of a text: those of the terminal, at most ``WIDTH``; ``WIDTH`` where there is no terminal."""
    return min(WIDTH, shutil.get_terminal_size().columns) if sys.stdout.isatty() else WIDTH


def safe(text: str) -> str:
    """A text without terminal control sequences and direction marks."""
    return _CONTROLS.sub("", _SEQUENCES.sub("", text))


def one_line(text: str) -> str:
    """A published text inside a line of ours: a line break in it must not begin a line that looks like ours."""
    return " ".join(safe(text).split())


def shown(value: Any) -> str:
    """A value for people: nothing for null, whole numbers with narrow groups, published texts made safe."""
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:,.0f}".replace(",", " ") if value.is_integer() else f"{value:.6g}"
    return safe(str(value))


def console() -> Console:
    """Standard output; elsewhere than on a terminal, lines are as long as they are: nothing is folded or cut."""
    terminal = sys.stdout.isatty()
    return Console(
        width=None if terminal else 100_000,
        soft_wrap=not terminal,
        highlight=False,
        markup=False,
        emoji=False,
    )


def named(name: str, value: Any, width: int = 0) -> Text:
    """A line ``name: value`` or, with a width, the name right-aligned in a column of its own."""
    head = Text(f"{name:>{width}}" if width else name, style="bold")
    return Text.assemble(head, "  " if width else ": ", shown(value))


def plain_table() -> Table:
    """A table without a frame, its header in bold."""
    return Table(show_edge=False, pad_edge=False, header_style="bold")


@contextlib.contextmanager
def progress(what: str, quiet: bool, unit: str = "") -> Iterator[Step]:
    """A moving sign with counts of ``unit`` on a terminal, plain lines elsewhere, both on standard error.

    Gives the function that the work calls as it goes on. Example: ``Building the site … 120 pages``.
    """
    if quiet:
        yield unseen
    elif sys.stderr.isatty():
        with Console(stderr=True).status(f"{what} …") as status:
            yield lambda done, total: status.update(f"{what} … {_share(done, total)} {unit}")
    else:
        print(f"{what} …", file=sys.stderr)
        last = [0]

        def step(done: int, total: int | None) -> None:
            last[0] = done

        yield step
        if last[0]:
            print(f"{what}: {last[0]:,} {unit}", file=sys.stderr)


def _share(done: int, total: int | None) -> str:
    return f"{done:,}" if total is None else f"{done:,} of {total:,}"

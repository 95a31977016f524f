"""Pages that nobody writes by hand: ``python -m pipelines.docs`` writes them, a test says when they are stale.

``docs/codebook.md`` and its three companions come from the contract, ``docs/commands.md`` from the parser of the
command line, ``LICENSE-DATA.md`` from the declared datasets; their words are in ``templates/`` here and in
``data_contracts/templates/``. With ``--examples DATA_DIR`` the commands marked ``<!-- run -->`` in the written
documents are run against the release of that data directory, and the output blocks below them are renewed: after new
data, look at what changed and commit it. Not here: the notes of a release (``pipelines.release.notes``).
Called by ``make docs`` and ``tests/pipelines/test_docs.py``.
"""

import argparse
import os
import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from data_contracts.codebook import codebook
from data_contracts.datapackage import COMPILATION_LICENCE
from data_contracts.load import contract
from data_contracts.rendering import render
from pipelines.cli.parser import build_parser
from sources.load_datasets import load_datasets, load_licences

ROOT = Path(__file__).resolve().parent.parent
WRITTEN = ("README.md", "docs/questions.md")
_TEMPLATES = Path(__file__).parent / "templates"
# Wide enough that no usage line is folded: the page must not depend on who writes it.
WIDTH = "10000"
_BLOCK = re.compile(r"<!-- run -->\n+```sh\n(?P<command>.*?)```\n+```text\n(?P<output>.*?)```", re.DOTALL)
_RELEASE = re.compile(r"\b\d{8}T\d{6}Z\b")
_MOMENT = re.compile(r"\b\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|\+00:00)?")


@dataclass(frozen=True)
class Example:
    """A command in a document and the output printed below it."""

    command: str
    output: str
    span: tuple[int, int]


def pages() -> dict[str, str]:
    """Generated pages: path from the root of the repository, and text."""
    return {
        **{f"docs/{name}.md": page for name, page in codebook(contract()).items()},
        "docs/commands.md": commands(),
        "LICENSE-DATA.md": data_licences(),
    }


def commands() -> str:
    """The command line as Markdown, command by command."""
    with _plain_terminal():
        parser = build_parser()
        described = [_command(name, sub) for name, sub in _subparsers(parser)]
        return render(_TEMPLATES, "commands.md.j2", description=parser.description, commands=described)


@contextmanager
def _plain_terminal() -> Iterator[None]:
    """The same width and no colours, whatever the terminal is."""
    before = {name: os.environ.get(name) for name in ("COLUMNS", "NO_COLOR")}
    os.environ.update(COLUMNS=WIDTH, NO_COLOR="1")
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


def _subparsers(parser: argparse.ArgumentParser) -> Iterator[tuple[str, argparse.ArgumentParser]]:
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            yield from action.choices.items()


def _command(name: str, parser: argparse.ArgumentParser) -> dict[str, Any]:
    return {
        "name": name,
        "description": parser.description,
        "usage": parser.format_usage().strip(),
        "arguments": [_argument(action) for action in parser._actions if action.dest != "help"],
        "example": (parser.epilog or "").partition(": ")[2],
    }


def _argument(action: argparse.Action) -> dict[str, str]:
    metavar = action.metavar if isinstance(action.metavar, str) else action.dest.upper()
    if action.choices is not None:
        metavar = f"{{{','.join(map(str, action.choices))}}}"
    if action.option_strings:
        shown = action.option_strings[0] if action.nargs == 0 else f"{action.option_strings[0]} {metavar}"
    else:
        shown = metavar if action.metavar or action.choices else action.dest
        shown = f"[{shown}]" if action.nargs == "?" else shown
    meaning = action.help or ""
    if isinstance(action.default, str | Path) and str(action.default) and "default" not in meaning:
        meaning = f"{meaning} (default: {action.default})".strip()
    return {"shown": shown, "meaning": meaning}


def data_licences() -> str:
    """Terms of the data as Markdown: the compilation, and every dataset that has terms of its own."""
    declared = load_datasets().values()
    used = [
        (licence, names)
        for licence in load_licences().values()
        if (names := [dataset.id for dataset in declared if dataset.licence.id == licence.id])
    ]
    return render(_TEMPLATES, "LICENSE-DATA.md.j2", compilation=COMPILATION_LICENCE, used=used)


def examples(text: str) -> Iterator[Example]:
    """Marked commands of a document with the outputs printed below them."""
    for found in _BLOCK.finditer(text):
        yield Example(found["command"], found["output"], found.span("output"))


def run(command: str, data_dir: Path, programs: Path = Path(sys.executable).parent) -> str:
    """Output of a command as a reader gets it who has activated the environment; stays the same over releases.

    ``programs``: the folder in which ``dvstats`` is.
    """
    environment = {
        **os.environ,
        "PATH": f"{programs}{os.pathsep}{os.environ.get('PATH', '')}",
        "DVSTATS_DATA_DIR": str(data_dir.resolve()),
        "PYTHONIOENCODING": "utf-8",
        "NO_COLOR": "1",
    }
    done = subprocess.run(  # noqa: S603 (commands of our own documents)
        ["/bin/sh", "-c", command], env=environment, cwd=ROOT, capture_output=True, check=False
    )
    return steady(done.stdout.decode() + done.stderr.decode())


def steady(output: str) -> str:
    """Output without what differs from run to run: names of releases, times, blanks at the end of lines."""
    text = _MOMENT.sub("TIME", _RELEASE.sub("RELEASE", output))
    return "".join(f"{line.rstrip()}\n" for line in text.strip("\n").splitlines())


def renewed(text: str, data_dir: Path) -> str:
    """A document with every output as the release of ``data_dir`` gives it."""
    for example in reversed(list(examples(text))):
        start, end = example.span
        text = text[:start] + run(example.command, data_dir) + text[end:]
    return text


def main(argv: Sequence[str] | None = None) -> int:
    """Write the generated pages; with ``--examples`` also renew the outputs in the written documents."""
    parser = argparse.ArgumentParser(prog="python -m pipelines.docs", description=main.__doc__)
    parser.add_argument(
        "--examples", type=Path, metavar="DATA_DIR", help="also run the marked commands on this data"
    )
    arguments = parser.parse_args(argv)
    texts = pages()
    if arguments.examples:
        for name in WRITTEN:
            texts[name] = renewed((ROOT / name).read_text(encoding="utf-8"), arguments.examples)
    for name, text in texts.items():
        path = ROOT / name
        path.parent.mkdir(exist_ok=True)
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")
            print(f"{name}: written")
    return 0


if __name__ == "__main__":
    sys.exit(main())

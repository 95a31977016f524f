"""Pages that nobody writes by hand: ``python -m pipelines.docs`` writes them, a test says when they are stale.

``docs/codebook.md`` and its two companions come from the contract, ``docs/commands.md`` from the parser of the
command line, ``LICENSE-DATA.md`` from the declared datasets. With ``--examples DATA_DIR`` the commands marked
``<!-- run -->`` in the written documents are run against the release of that data directory, and the output blocks
below them are renewed: after new data, look at what changed and commit it.
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

from data_contracts.codebook import codebook
from data_contracts.datapackage import COMPILATION_LICENCE
from data_contracts.load import load_contract
from pipelines.cli.arguments import build_parser
from sources.load_datasets import load_datasets, load_licences

ROOT = Path(__file__).resolve().parent.parent
WRITTEN = ("README.md", "docs/questions.md")
# Wide enough that no usage line is folded: the page must not depend on who writes it.
WIDTH = "10000"
_BLOCK = re.compile(
    r"<!-- run -->\n+```sh\n(?P<command>.*?)```\n+```text\n(?P<output>.*?)```", re.DOTALL
)  # fmt: skip
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
        **{f"docs/{name}.md": page for name, page in codebook(load_contract()).items()},
        "docs/commands.md": commands(),
        "LICENSE-DATA.md": data_licences(),
    }


# -- commands --------------------------------------------------------------------------------------------------


def commands() -> str:
    """The command line as Markdown, command by command."""
    with _plain_terminal():
        parser = build_parser()
        lines = [
            "# Commands", "",
            "Generated from the parser of `pipelines/cli/arguments.py`: change it there, then run `make docs`.", "",
            parser.description or "", "",
            "Exit status: 0 done; 1 nothing could be published, or there is nothing to show; 2 wrong usage; "
            "3 published, but some dataset is stale, held, failed or had rows refused. "
            "Errors are one or two sentences on standard error.", "",
        ]  # fmt: skip
        subparsers = list(_subparsers(parser))
        lines += ["| command | what it does |", "| --- | --- |"]
        lines += [f"| [`{name}`](#dvstats-{name}) | {sub.description} |" for name, sub in subparsers]
        for name, sub in subparsers:
            lines += _section(name, sub)
    return "\n".join(lines).rstrip() + "\n"


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


def _section(name: str, parser: argparse.ArgumentParser) -> list[str]:
    lines = ["", f"## dvstats {name}", "", parser.description or "", ""]
    lines += ["```text", parser.format_usage().strip(), "```", ""]
    rows = [_row(action) for action in parser._actions if action.dest != "help"]
    lines += ["| argument | meaning |", "| --- | --- |", *rows, ""]
    kind, _, example = (parser.epilog or "").partition(": ")
    return [*lines, f"{kind.capitalize()}:", "", "```sh", example, "```"]


def _row(action: argparse.Action) -> str:
    metavar = action.metavar if isinstance(action.metavar, str) else action.dest.upper()
    if action.choices is not None:
        metavar = f"{{{','.join(map(str, action.choices))}}}"
    if action.option_strings:
        shown = action.option_strings[0] if action.nargs == 0 else f"{action.option_strings[0]} {metavar}"
    else:
        shown = metavar if action.metavar or action.choices else action.dest
        shown = f"[{shown}]" if action.nargs == "?" else shown
    told = [action.help or ""]
    if isinstance(action.default, str | Path) and str(action.default) and "default" not in told[0]:
        told.append(f"(default: {action.default})")
    return f"| `{shown}` | {' '.join(filter(None, told))} |"


# -- licences --------------------------------------------------------------------------------------------------


def data_licences() -> str:
    """Terms of the data as Markdown: the compilation, and every dataset that has terms of its own."""
    lines = [
        "# Licence of the data", "",
        "Generated from `sources/licences.yaml` and `sources/datasets/`: change it there, then run `make docs`.", "",
        "The compilation (selection, arrangement, codes, labels in English and Russian, definitions, cautions, "
        "registers of laws and services, explanations of discrepancies) is licensed under the "
        f"[{COMPILATION_LICENCE['title']}]({COMPILATION_LICENCE['path']}) licence. "
        "Credit: dvstats contributors, with the name of the release.", "",
        "**Figures keep the terms of their publishers.** Each row of `observations` names its dataset, and the table "
        "`datasets` its licence (`licence`, `licence_address`, `open_licence`). Cite the dataset's own citation beside "
        "the compilation. A licence is called open here when commercial use and changes are both allowed; "
        "`dvstats export --licence open` leaves the rest out. "
        "The code has its own licence, see [LICENSE](LICENSE).", "",
    ]  # fmt: skip
    declared = load_datasets().values()
    for title, wanted in (("Not open: mind the terms", False), ("Open", True)):
        lines += [f"## {title}", "", "| licence | what it says | datasets |", "| --- | --- | --- |"]
        for licence in (entry for entry in load_licences().values() if entry.open is wanted):
            names = ", ".join(f"`{dataset.id}`" for dataset in declared if dataset.licence.id == licence.id)
            what = f"[{licence.title}]({licence.address})" if licence.address else licence.title
            if names:
                lines.append(f"| {licence.id} | {what} | {names} |")
        lines.append("")
    return "\n".join(lines).rstrip() + "\n"


# -- examples --------------------------------------------------------------------------------------------------


def examples(text: str) -> Iterator[Example]:
    """Marked commands of a document with the outputs printed below them."""
    for found in _BLOCK.finditer(text):
        yield Example(found["command"], found["output"], found.span("output"))


def run(command: str, data_dir: Path) -> str:
    """Output of a command as a reader gets it who has activated the environment; stays the same over releases."""
    environment = {
        **os.environ,
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}",
        "DVSTATS_DATA_DIR": str(data_dir.resolve()), "PYTHONIOENCODING": "utf-8", "NO_COLOR": "1",
    }  # fmt: skip
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
    """Write the generated pages, and renew the examples where asked."""
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

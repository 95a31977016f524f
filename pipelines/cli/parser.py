"""The parser of all commands, and the arguments of those that change data or send something: a function a command.

Not here: the commands that only read a release (``reading_arguments``), what a command does (``commands``, which each
parser names in ``run``), what all commands have (``common_arguments``). Called by ``main`` and by ``pipelines.docs``,
which writes ``docs/commands.md`` from it: after a change run ``make docs``.
"""

import argparse
from pathlib import Path
from typing import Any

from pipelines.cli import commands, reading_arguments
from pipelines.cli.common_arguments import (
    AfterCommand,
    Parser,
    command,
    flag,
    language,
    output_file,
    repeatable,
    stated_period,
)


class _Version(argparse.Action):
    """Prints the versions of program and contract; the contract is read only for this."""

    def __call__(self, parser: argparse.ArgumentParser, *_: Any, **__: Any) -> None:
        """Print and end."""
        print(commands.version())
        parser.exit()


def build_parser() -> argparse.ArgumentParser:
    """The parser of all commands, in the order in which the help lists them."""
    parser = Parser(
        prog="dvstats",
        description="Domestic violence statistics in Central Asia: refresh, query, trace, export.",
    )
    parser.add_argument(
        "--version", action=_Version, nargs=0, help="print the versions of program and contract"
    )
    parser.add_argument("--data-dir", action=AfterCommand, dest=argparse.SUPPRESS, help=argparse.SUPPRESS)
    subparsers = parser.add_subparsers(title="commands", metavar="COMMAND")
    for declare in (
        _refresh,
        _add,
        _template,
        _try,
        reading_arguments.add_query,
        reading_arguments.add_status,
        _alerts,
        reading_arguments.add_list,
        reading_arguments.add_show,
        reading_arguments.add_trace,
        reading_arguments.add_why,
        reading_arguments.add_diff,
        reading_arguments.add_export,
        reading_arguments.add_request,
        reading_arguments.add_brief,
        _deliver,
        _verify,
        _site,
        _copy,
    ):
        declare(subparsers)
    return parser


def _refresh(subparsers: Any) -> None:
    parser = command(
        subparsers,
        commands.run_refresh,
        "Run the whole graph: pull, archive, read, normalize, validate, publish. Without --live no network is used.",
        "dvstats refresh --live --only kg_victims",
        store_needs="nothing",
    )
    flag(parser, "--live", "request the publishers' addresses")
    parser.add_argument(
        "--mirror", default="", metavar="URL", help="request URL/HOST/PATH instead of https://HOST/PATH"
    )
    repeatable(
        parser, "--only", "DATASET", "only this dataset; programme_returns: only returns of programmes"
    )


def _add(subparsers: Any) -> None:
    parser = command(
        subparsers,
        commands.run_add,
        "Put a file that a person downloaded into the inbox of a dataset; or judge and keep the return of a programme.",
        "dvstats add kz_form_1m_workbooks Zhetysu_Region.XLSX --period 2022",
        store_needs="changes",
    )
    parser.add_argument(
        "dataset", help="id of the dataset (`dvstats list datasets`), or programme_returns for a filled form"
    )
    parser.add_argument("file", type=Path, help="the file as downloaded")
    stated_period(parser, "a file that prints none")
    parser.add_argument("--published", metavar="DATE", help="the publisher's date")
    parser.add_argument("--address", metavar="URL", help="where the file was found")


def _template(subparsers: Any) -> None:
    parser = command(
        subparsers,
        commands.run_template,
        "The form of a quarterly return that a programme for aggressors fills in.",
        "dvstats template programme-return --language ru --programme kz-almaty-centre",
        json_too=False,
        store_needs="any",
    )
    parser.add_argument("what", choices=("programme-return",), help="which form")
    language(parser, "of the form", ("ru", "en", "kk", "ky", "tg", "uz"), default="ru")
    parser.add_argument(
        "--programme",
        metavar="ID",
        help="code of the programme, filled in already; with it what its last return said",
    )
    parser.add_argument(
        "--format", choices=("xlsx", "csv"), default="xlsx", help="workbook (default) or CSV form"
    )
    output_file(parser, "default: here, named by programme and language")


def _try(subparsers: Any) -> None:
    parser = command(
        subparsers,
        commands.run_try,
        "What a declaration makes of files: read and normalized as in a refresh, nothing published, no release needed.",
        "dvstats try sources/datasets/kg_victims.yaml 5.2.1.csv",
        data_dir_too=False,
    )
    parser.add_argument(
        "declaration",
        type=Path,
        metavar="DECLARATION",
        help="a declaration, anywhere; its .labels.csv is beside it",
    )
    parser.add_argument(
        "files",
        type=Path,
        nargs="+",
        metavar="FILE",
        help="the declared file of that name, else the next declared one, else a further page of the first",
    )
    stated_period(parser, "files that print none (collection: inbox)")


def _alerts(subparsers: Any) -> None:
    parser = command(
        subparsers,
        commands.run_alerts,
        "What is alerted by e-mail or webhook at the moment, and who was notified (operations.yaml declares them).",
        "dvstats alerts --test",
        store_needs="any",
    )
    flag(parser, "--test", "send a test message to every receiver")
    flag(
        parser,
        "--send",
        "send what channels did not take; look at disk and deliveries again",
    )


def _deliver(subparsers: Any) -> None:
    parser = command(
        subparsers,
        commands.run_deliver,
        "The latest release to its subscribers (operations.yaml), each once, with what changed for them.",
        "dvstats deliver --dry-run",
    )
    parser.add_argument(
        "name", nargs="*", metavar="NAME", help="only this subscription, without waiting after a failure"
    )
    flag(parser, "--dry-run", "show what would go to whom; send nothing")
    flag(
        parser,
        "--now",
        "also to those who would receive it later (monthly) or for whom nothing changed",
    )
    flag(parser, "--log", "what was sent, when, and what failed")


def _verify(subparsers: Any) -> None:
    parser = command(
        subparsers,
        commands.run_verify,
        "A release against the checksums of its manifest.",
        "dvstats verify",
        store_needs="nothing",
    )
    parser.add_argument("release", metavar="RELEASE", nargs="?", help="default: the latest")


def _site(subparsers: Any) -> None:
    parser = command(
        subparsers,
        commands.run_site,
        "The static site of the latest release: pages in English and Russian, charts, files, a query page.",
        "dvstats site --output data/site --serve",
        json_too=False,
    )
    parser.add_argument(
        "--output",
        type=Path,
        metavar="DIR",
        help="folder to write to (default: site below the data directory)",
    )
    flag(parser, "--serve", "then serve it on this machine only, until Ctrl+C is pressed")
    flag(parser, "--without-query", "leave out the query page's engine (some 15 MB)")


def _copy(subparsers: Any) -> None:
    parser = command(
        subparsers,
        commands.run_copy,
        "All of a data directory to another place: a folder into an object store, or back.",
        "dvstats copy s3://dvstats/data --data-dir data",
        json_too=False,
        store_needs="nothing",
    )
    parser.add_argument("target", metavar="TARGET", help="folder, or s3://BUCKET/PREFIX, without releases")

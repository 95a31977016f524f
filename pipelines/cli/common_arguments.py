"""The parser of one command with what all commands have: an example, ``--data-dir``, ``--json``, what was meant.

Not here: which commands there are and what else each takes. Called by ``parser`` and ``reading_arguments``.
"""

import argparse
import os
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

if TYPE_CHECKING:
    # It loads what speaks to a store, of which most commands use none.
    from pipelines.store.session import Needs

_NO_CHOICE = re.compile(r"invalid choice: '(?P<word>.*)' \(choose from (?P<choices>.*)\)")


class Parser(argparse.ArgumentParser):
    """A parser that says which command or choice was probably meant."""

    def error(self, message: str) -> NoReturn:
        """The message of argparse, with what is spelt nearly as what was given."""
        if given := _NO_CHOICE.search(message):
            # Only where something is misspelt.
            from data_contracts.strict_files import did_you_mean

            message += did_you_mean(given["word"], re.findall("'([^']*)'", given["choices"]))
        super().error(message)


class AfterCommand(argparse.Action):
    """An option of the commands that was given before the command."""

    def __call__(self, *_: Any, **__: Any) -> None:
        """Say where it stands."""
        raise argparse.ArgumentError(
            self, "write it after the command, as in `dvstats status --data-dir data`"
        )


def command(
    subparsers: Any,
    run: Callable[[argparse.Namespace], int],
    help_text: str,
    example: str,
    *,
    json_too: bool = True,
    data_dir_too: bool = True,
    store_needs: "Needs" = "release",
) -> argparse.ArgumentParser:
    """The parser of one command with what all have: ``--data-dir``, an example and, for reports, ``--json``.

    ``example``: ``dvstats NAME …``, which also names the command. ``store_needs``: what of a data directory in an
    object store it works with (``pipelines.store.session``).
    """
    parser: argparse.ArgumentParser = subparsers.add_parser(
        example.split()[1],
        help=help_text,
        description=help_text,
        epilog=f"example: {example}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    if data_dir_too:
        parser.add_argument(
            "--data-dir",
            type=_data_dir,
            default=_data_dir(os.environ.get("DVSTATS_DATA_DIR") or "data"),
            help="where data lives: a folder, or s3://BUCKET/PREFIX (default: $DVSTATS_DATA_DIR or ./data)",
        )
    if json_too:
        flag(parser, "--json", "machine-readable output")
    parser.set_defaults(run=run, store_needs=store_needs)
    return parser


def _data_dir(text: str) -> Path | str:
    """A folder, or the address of an object store as it is."""
    return text if text.startswith("s3://") else Path(text)


def flag(parser: argparse.ArgumentParser, option: str, help_text: str) -> None:
    """An option without a value: false where it is not given."""
    parser.add_argument(option, action="store_true", help=help_text)


def repeatable(parser: argparse.ArgumentParser, option: str, metavar: str, help_text: str) -> None:
    """An option that may be given several times; its values are a list."""
    parser.add_argument(
        option, action="append", default=[], metavar=metavar, help=f"{help_text} (repeatable)"
    )


def countries_and_indicators(parser: argparse.ArgumentParser) -> None:
    """``--country`` and ``--indicator`` of commands that may be about a part of a release."""
    repeatable(parser, "--country", "KZ", "only this country")
    repeatable(parser, "--indicator", "CODE", "only this indicator")


def language(
    parser: argparse.ArgumentParser,
    of_what: str,
    choices: Sequence[str] = ("en", "ru"),
    default: str = "en",
) -> None:
    """``--language``: English or Russian, if not more."""
    parser.add_argument(
        "--language", choices=choices, default=default, help=f"language {of_what} (default: {default})"
    )


def stated_period(parser: argparse.ArgumentParser, of_what: str) -> None:
    """``--period TIME``: what a person states of a file in which no period is printed."""
    parser.add_argument("--period", metavar="TIME", help=f"period of {of_what}, as stated by you")


def output_file(parser: argparse.ArgumentParser, help_text: str) -> None:
    """``--output FILE``; without it None."""
    parser.add_argument("--output", type=Path, metavar="FILE", help=help_text)


def output_folder(parser: argparse.ArgumentParser, default: str) -> None:
    """``--output DIR``."""
    parser.add_argument(
        "--output",
        type=Path,
        default=Path(default),
        metavar="DIR",
        help=f"folder to write to (default: {default})",
    )

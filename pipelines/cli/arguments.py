"""The parser of all commands: a function a command declares its arguments, help text and example.

Not here: what a command does (``commands``, which each parser names in ``run``). Called by ``main`` and by
``pipelines.docs``, which writes ``docs/commands.md`` from it: after a change run ``make docs``.
"""

import argparse
import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from pipelines.cli import commands

# The languages of `pipelines.request.letter`, not imported so that `--help` stays fast; a test holds the two together.
LETTER_LANGUAGES = ("en", "ru", "kk", "ky", "tg", "uz")


class _Version(argparse.Action):
    """Prints the versions of program and contract; the contract is read only for this."""

    def __call__(
        self,
        parser: argparse.ArgumentParser,
        namespace: argparse.Namespace,
        values: str | Sequence[Any] | None,
        option_string: str | None = None,
    ) -> None:
        """Print and end."""
        print(commands.version())
        parser.exit()


def build_parser() -> argparse.ArgumentParser:
    """The parser of all commands, in the order in which the help lists them."""
    parser = argparse.ArgumentParser(
        prog="dvstats",
        description="Domestic violence statistics in Central Asia: refresh, query, trace, export.",
    )
    parser.add_argument(
        "--version", action=_Version, nargs=0, help="print the versions of program and contract"
    )
    subparsers = parser.add_subparsers(title="commands", metavar="COMMAND")
    for declare in (
        _refresh,
        _add,
        _template,
        _try,
        _query,
        _status,
        _alerts,
        _list,
        _show,
        _trace,
        _why,
        _diff,
        _export,
        _request,
        _brief,
        _deliver,
        _verify,
        _site,
        _copy,
    ):
        declare(subparsers)
    return parser


def _command(
    subparsers: Any,
    name: str,
    run: Callable[[argparse.Namespace], int],
    help_text: str,
    example: str,
    *,
    json_too: bool = True,
    data_dir_too: bool = True,
    store_needs: str = "release",
) -> argparse.ArgumentParser:
    """The parser of one command with what all have: ``--data-dir``, an example and, for reports, ``--json``.

    ``store_needs``: what of a data directory in an object store it works with (``pipelines.store.session``).
    """
    parser: argparse.ArgumentParser = subparsers.add_parser(
        name,
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
        parser.add_argument("--json", action="store_true", help="machine-readable output")
    parser.set_defaults(run=run, store_needs=store_needs)
    return parser


def _data_dir(text: str) -> Path | str:
    """A folder, or the address of an object store as it is."""
    return text if text.startswith("s3://") else Path(text)


def _repeatable(parser: argparse.ArgumentParser, option: str, metavar: str, help_text: str) -> None:
    parser.add_argument(
        option, action="append", default=[], metavar=metavar, help=f"{help_text} (repeatable)"
    )


def _refresh(subparsers: Any) -> None:
    parser = _command(
        subparsers,
        "refresh",
        commands.run_refresh,
        "Run the whole graph: pull, archive, read, normalize, validate, publish. Without --live no network is used.",
        "dvstats refresh --live --only kg_victims",
        store_needs="nothing",
    )
    parser.add_argument("--live", action="store_true", help="request the publishers' addresses")
    parser.add_argument(
        "--mirror", default="", metavar="URL", help="request URL/HOST/PATH instead of https://HOST/PATH"
    )
    _repeatable(
        parser, "--only", "DATASET", "only this dataset; programme_returns: only returns of programmes"
    )


def _add(subparsers: Any) -> None:
    parser = _command(
        subparsers,
        "add",
        commands.run_add,
        "Put a file that a person downloaded into the inbox of a dataset; or judge and keep the return of a programme.",
        "dvstats add kz_form_1m_workbooks Zhetysu_Region.XLSX --period 2022",
        store_needs="changes",
    )
    parser.add_argument(
        "dataset", help="id of the dataset (`dvstats list datasets`), or programme_returns for a filled form"
    )
    parser.add_argument("file", type=Path, help="the file as downloaded")
    parser.add_argument(
        "--period", metavar="TIME", help="period of a file that prints none, as stated by you"
    )
    parser.add_argument("--published", metavar="DATE", help="the publisher's date")
    parser.add_argument("--address", metavar="URL", help="where the file was found")


def _template(subparsers: Any) -> None:
    parser = _command(
        subparsers,
        "template",
        commands.run_template,
        "The form of a quarterly return that a programme for aggressors fills in.",
        "dvstats template programme-return --language ru --programme kz-almaty-centre",
        json_too=False,
        store_needs="any",
    )
    parser.add_argument("what", choices=("programme-return",), help="which form")
    languages = ("ru", "en", "kk", "ky", "tg", "uz")
    parser.add_argument(
        "--language", choices=languages, default="ru", help="language of the form (default: ru)"
    )
    parser.add_argument(
        "--programme",
        metavar="ID",
        help="code of the programme, filled in already; with it what its last return said",
    )
    parser.add_argument(
        "--format", choices=("xlsx", "csv"), default="xlsx", help="workbook (default) or CSV form"
    )
    parser.add_argument(
        "--output", type=Path, metavar="FILE", help="default: here, named by programme and language"
    )


def _try(subparsers: Any) -> None:
    parser = _command(
        subparsers,
        "try",
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
    parser.add_argument(
        "--period",
        metavar="TIME",
        help="period of files that print none (collection: inbox), as stated by you",
    )


def _query(subparsers: Any) -> None:
    parser = _command(
        subparsers,
        "query",
        commands.run_query,
        "Read-only SQL on the published database, within 2 GiB of memory and 60 seconds.",
        "dvstats query \"SELECT * FROM protection_orders WHERE ref_area = 'KG'\" --output orders.csv",
        json_too=False,
    )
    parser.add_argument(
        "sql", metavar="SQL", help="one statement that reads; `-` reads it from standard input"
    )
    parser.add_argument(
        "--format",
        choices=("table", "csv", "json", "parquet"),
        help="default: what the suffix of --output implies, else table; csv has the texts as published, of which some "
        "begin as a formula does: in a spreadsheet import them as text",
    )
    parser.add_argument(
        "--output",
        type=Path,
        metavar="FILE",
        help="write to this file (.csv, .json, .parquet; any other name with --format) instead of the terminal",
    )


def _status(subparsers: Any) -> None:
    parser = _command(
        subparsers,
        "status",
        commands.run_status,
        "What needs a person first (failed, held, stale, refused rows), then counts.",
        "dvstats status --country KZ",
        store_needs="archive",
    )
    parser.add_argument("--all", action="store_true", help="list every dataset")
    parser.add_argument("--country", metavar="KZ", help="only datasets of this country")


def _alerts(subparsers: Any) -> None:
    parser = _command(
        subparsers,
        "alerts",
        commands.run_alerts,
        "What is alerted by e-mail or webhook at the moment, and who was told (operations.yaml declares them).",
        "dvstats alerts --test",
        store_needs="any",
    )
    parser.add_argument("--test", action="store_true", help="send a test message to every receiver")
    parser.add_argument(
        "--send",
        action="store_true",
        help="send what channels did not take; look at disk and deliveries again",
    )


def _list(subparsers: Any) -> None:
    parser = _command(
        subparsers, "list", commands.run_list, "Lists of the codebook.", "dvstats list codes violence_form"
    )
    choices = ("indicators", "areas", "codes", "sources", "datasets", "releases")
    parser.add_argument("what", choices=choices, help="which list")
    parser.add_argument(
        "codelist", metavar="LIST", nargs="?", help="with `codes`: the codes of this code list"
    )


def _show(subparsers: Any) -> None:
    parser = _command(
        subparsers,
        "show",
        commands.run_show,
        "One indicator, area, dataset, source, act, service or code; `coverage` prints the grid of gaps.",
        "dvstats show PROTECTION_ORDERS",
    )
    parser.add_argument(
        "code",
        metavar="CODE",
        help="any code of the codebook, an area by name (in any language) or other code, the beginning of an obs_key, "
        "or `coverage`",
    )


def _trace(subparsers: Any) -> None:
    parser = _command(
        subparsers,
        "trace",
        commands.run_trace,
        "One observation back to the cell of the archived file it came from.",
        "dvstats trace k0f3a9c1be25d7788",
        store_needs="archive",
    )
    parser.add_argument("obs_key", metavar="OBS_KEY", help="column obs_key of any table")


def _why(subparsers: Any) -> None:
    parser = _command(
        subparsers,
        "why",
        commands.run_why,
        "In what two figures differ, in words; or what changed in one indicator of one country over time.",
        "dvstats why DV_VICTIMS KG --language ru",
    )
    parser.add_argument("first", metavar="OBS_KEY|INDICATOR", help="key of a figure, or code of an indicator")
    parser.add_argument(
        "second",
        metavar="OBS_KEY|COUNTRY",
        help="key of the other figure, or the country (code, or name in any language)",
    )
    _language(parser, "of the words")


def _diff(subparsers: Any) -> None:
    parser = _command(
        subparsers,
        "diff",
        commands.run_diff,
        "Added, revised and withdrawn observations between two releases.",
        "dvstats diff 20261125T031500Z --summary",
    )
    parser.add_argument("release", metavar="RELEASE", help="name of a release (`dvstats list releases`)")
    parser.add_argument("other", metavar="RELEASE", nargs="?", help="default: the latest")
    parser.add_argument("--summary", action="store_true", help="counts by country, indicator and dataset")
    _repeatable(parser, "--country", "KZ", "only this country")
    _repeatable(parser, "--indicator", "CODE", "only this indicator")
    _repeatable(parser, "--dataset", "DATASET", "only this dataset")


def _export(subparsers: Any) -> None:
    parser = _command(
        subparsers,
        "export",
        commands.run_export,
        "Files for people who do not use SQL.",
        "dvstats export xlsx --country KG --years 2019-2025",
        json_too=False,
    )
    formats = ("csv", "xlsx", "sdmx-csv", "sdmx-ml", "datapackage", "hdx", "zenodo", "ckan", "sdmx-registry")
    parser.add_argument(
        "format",
        choices=formats,
        help="kind of files; sdmx-csv and sdmx-ml are SDMX 2.1 as CSV and as XML, each with its structure",
    )
    parser.add_argument(
        "--output",
        type=Path,
        default=Path("exports"),
        metavar="DIR",
        help="folder to write to (default: exports)",
    )
    _repeatable(parser, "--country", "KZ", "only this country")
    _repeatable(parser, "--indicator", "CODE", "only this indicator")
    parser.add_argument("--years", metavar="2019-2025", help="only periods that begin in these years")
    parser.add_argument(
        "--licence", choices=("all", "open"), default="all", help="open: leave out restricted licences"
    )
    _language(parser, "of the workbook (xlsx); the other formats have both")
    parser.add_argument("--bom", action="store_true", help="mark CSV as UTF-8 for Excel")
    parser.add_argument(
        "--send", metavar="ADDRESS", help="send hdx, ckan or zenodo there; the key is in DVSTATS_HDX_KEY, …"
    )


def _request(subparsers: Any) -> None:
    parser = _command(
        subparsers,
        "request",
        commands.run_request,
        "A letter and an empty table (CSV, Excel) to the body that would publish what is missing.",
        "dvstats request TJ IC-7 --language ru --output letters",
        json_too=False,
    )
    parser.add_argument("country", metavar="COUNTRY", help="code, or name in any language")
    parser.add_argument("requirement", metavar="REQUIREMENT", help="code in `dvstats show coverage`")
    parser.add_argument(
        "--language",
        choices=LETTER_LANGUAGES,
        default="en",
        help="of the letter; kk, ky, tg, uz are templates to be checked by a speaker (default: en)",
    )
    parser.add_argument(
        "--output",
        type=Path,
        default=Path("requests"),
        metavar="DIR",
        help="folder to write to (default: requests)",
    )


def _brief(subparsers: Any) -> None:
    parser = _command(
        subparsers,
        "brief",
        commands.run_brief,
        "Two pages for a meeting table (PDF): what is known, changed, not comparable and missing, with sources.",
        "dvstats brief KG --language ru",
        json_too=False,
    )
    parser.add_argument("place", metavar="PLACE", help="KZ, KG, TJ, UZ or region")
    _language(parser, "of the brief")
    parser.add_argument(
        "--output", type=Path, metavar="FILE", help="default: brief-PLACE.LANGUAGE.pdf in this folder"
    )


def _deliver(subparsers: Any) -> None:
    parser = _command(
        subparsers,
        "deliver",
        commands.run_deliver,
        "The latest release to its subscribers (operations.yaml), each once, with what changed for them.",
        "dvstats deliver --dry-run",
    )
    parser.add_argument(
        "name", nargs="*", metavar="NAME", help="only this subscription, without waiting after a failure"
    )
    parser.add_argument("--dry-run", action="store_true", help="show what would go to whom; send nothing")
    parser.add_argument(
        "--now",
        action="store_true",
        help="also to those who would receive it later (monthly) or for whom nothing changed",
    )
    parser.add_argument("--log", action="store_true", help="what was sent, when, and what failed")


def _language(parser: argparse.ArgumentParser, of_what: str) -> None:
    parser.add_argument(
        "--language", choices=("en", "ru"), default="en", help=f"language {of_what} (default: en)"
    )


def _verify(subparsers: Any) -> None:
    parser = _command(
        subparsers,
        "verify",
        commands.run_verify,
        "A release against the checksums of its manifest.",
        "dvstats verify",
        store_needs="nothing",
    )
    parser.add_argument("release", metavar="RELEASE", nargs="?", help="default: the latest")


def _site(subparsers: Any) -> None:
    parser = _command(
        subparsers,
        "site",
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
    parser.add_argument(
        "--serve", action="store_true", help="then serve it on this machine only, until Ctrl+C is pressed"
    )
    parser.add_argument(
        "--without-query", action="store_true", help="leave out the query page's engine (some 15 MB)"
    )


def _copy(subparsers: Any) -> None:
    parser = _command(
        subparsers,
        "copy",
        commands.run_copy,
        "All of a data directory to another place: a folder into an object store, or back.",
        "dvstats copy s3://dvstats/data --data-dir data",
        json_too=False,
        store_needs="nothing",
    )
    parser.add_argument("target", metavar="TARGET", help="folder, or s3://BUCKET/PREFIX, without releases")

"""``dvstats``: the command line. Errors are one or two plain sentences on standard error, never a traceback."""

import argparse
import json
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from pipelines.errors import (
    DONE,
    NOTHING_PUBLISHED,
    TROUBLED,
    WRONG_USAGE,
    NothingThereError,
    UserError,
)


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; gives its exit status."""
    parser = build_parser()
    arguments = parser.parse_args(argv)
    if not hasattr(arguments, "run"):
        parser.print_help()
        return WRONG_USAGE
    try:
        return int(arguments.run(arguments))
    except UserError as error:
        return _complain(str(error), error.status)
    except BrokenPipeError:
        # The reader of our output went away (as `| head` does); nothing is wrong.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return DONE
    except KeyboardInterrupt:
        return _complain("Stopped. The last release is untouched.", 130)
    except Exception as error:
        return _complain(*_known(error))


def _known(error: Exception) -> tuple[str, int]:
    """Plain words for errors that other parts raise with a sentence of their own."""
    named = {
        "DeclarationError",
        "DatasetError",
        "RegisterError",
        "SourceError",
        "ReadError",
        "BusyError",
        "ExportError",
    }
    if type(error).__name__ in named:
        return str(error), NOTHING_PUBLISHED
    if isinstance(error, OSError):
        where = f"{error.filename}: " if error.filename else ""
        return (
            f"{where}{error.strerror or error}. Check the path, its permissions and the free space.",
            NOTHING_PUBLISHED,
        )
    if os.environ.get("DVSTATS_DEBUG"):
        raise error
    return (
        f"Unexpected: {type(error).__name__}: {error}. Set DVSTATS_DEBUG=1 to see where, and report it.",
        NOTHING_PUBLISHED,
    )


def _complain(sentence: str, status: int) -> int:
    print(f"dvstats: {sentence}", file=sys.stderr)
    return status


# -- commands --------------------------------------------------------------------------------------------------


def run_refresh(arguments: argparse.Namespace) -> int:
    """Pull, archive, read, normalize, validate, publish."""
    from pipelines import report
    from pipelines.refresh import refresh
    from sources.registry import load_datasets

    unknown = [name for name in arguments.only if name not in load_datasets()]
    if unknown:
        raise UserError(f"No dataset {', '.join(unknown)}. `dvstats list datasets` shows what there is.")
    if arguments.mirror and not arguments.live:
        raise UserError("--mirror needs --live: without it nothing is asked of the network.")
    with report.progress("Refreshing", arguments.json):
        outcome = refresh(
            arguments.data_dir, live=arguments.live, mirror=arguments.mirror, only=arguments.only,
            contact=os.environ.get("DVSTATS_CONTACT", ""),
        )  # fmt: skip
    if arguments.json:
        print(json.dumps({**vars(outcome), "exit_status": outcome.exit_status}, ensure_ascii=False, indent=1))
    else:
        report.outcome(outcome, arguments.data_dir)
    if not outcome.release:
        raise NothingThereError(report.why_not(outcome))
    return outcome.exit_status


def run_add(arguments: argparse.Namespace) -> int:
    """Put a downloaded file into the inbox."""
    from pipelines.inbox import add

    stored = add(
        arguments.data_dir, arguments.dataset, arguments.file, period=arguments.period,
        published=arguments.published, address=arguments.address,
    )  # fmt: skip
    print(f"Added {arguments.file.name} to {stored.parent}. `dvstats refresh` takes it in.")
    return DONE


def run_query(arguments: argparse.Namespace) -> int:
    """Read-only SQL on the published database."""
    from pipelines import database, report

    table = database.query(arguments.data_dir, arguments.sql)
    report.table(table, arguments.format, arguments.output)
    return DONE


def run_status(arguments: argparse.Namespace) -> int:
    """State of every dataset."""
    from pipelines import report, status

    rows = status.status(arguments.data_dir)
    if arguments.json:
        print(json.dumps(rows, default=str, ensure_ascii=False, indent=1))
    else:
        report.status(rows)
    return TROUBLED if any(row["state"] in ("stale", "failed", "held") for row in rows) else DONE


def run_list(arguments: argparse.Namespace) -> int:
    """Codebook lists."""
    from pipelines import database, report

    table = database.listing(arguments.data_dir, arguments.what)
    report.table(table, "json" if arguments.json else "table", None)
    return DONE


def run_show(arguments: argparse.Namespace) -> int:
    """One code of the codebook."""
    from pipelines import database, report

    found = database.show(arguments.data_dir, arguments.code)
    if arguments.json:
        print(json.dumps(found, default=str, ensure_ascii=False, indent=1))
    else:
        report.show(found)
    return DONE


def run_trace(arguments: argparse.Namespace) -> int:
    """An observation back to its cell."""
    from pipelines import report, trace

    found = trace.trace(arguments.data_dir, arguments.obs_key)
    if arguments.json:
        print(json.dumps(found, default=str, ensure_ascii=False, indent=1))
    else:
        report.trace(found)
    return DONE


def run_diff(arguments: argparse.Namespace) -> int:
    """What two releases say differently."""
    from pipelines import database, report

    rows = database.diff(arguments.data_dir, arguments.release, arguments.other)
    if arguments.json:
        print(json.dumps(rows, default=str, ensure_ascii=False, indent=1))
    else:
        report.diff(rows)
    return DONE


def run_export(arguments: argparse.Namespace) -> int:
    """Files for people who do not use SQL."""
    from pipelines.export import export

    written = export(
        arguments.data_dir, arguments.format, arguments.output, countries=arguments.country,
        indicators=arguments.indicator, years=arguments.years, open_only=arguments.licence == "open",
        bom=arguments.bom,
    )  # fmt: skip
    for path in written:
        print(path)
    return DONE


def run_verify(arguments: argparse.Namespace) -> int:
    """A release against its manifest."""
    from pipelines import database, publish

    folder = database.release_folder(arguments.data_dir, arguments.release)
    problems = publish.verify(folder)
    if arguments.json:
        print(json.dumps({"release": folder.name, "problems": problems}, ensure_ascii=False, indent=1))
    elif not problems:
        print(f"{folder.name}: every file matches its checksum.")
    for problem in [] if arguments.json else problems:
        print(f"dvstats: {folder.name}: {problem}", file=sys.stderr)
    return NOTHING_PUBLISHED if problems else DONE


# -- parser ----------------------------------------------------------------------------------------------------


def _command(
    commands: Any,
    name: str,
    run: Callable[[argparse.Namespace], int],
    help_text: str,
    example: str,
    json_too: bool = True,
) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = commands.add_parser(
        name, help=help_text, description=help_text, epilog=f"example: {example}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )  # fmt: skip
    parser.add_argument(
        "--data-dir", type=Path, default=Path(os.environ.get("DVSTATS_DATA_DIR", "data")),
        help="where data lives (default: $DVSTATS_DATA_DIR or ./data)",
    )  # fmt: skip
    if json_too:
        parser.add_argument("--json", action="store_true", help="machine-readable output")
    parser.set_defaults(run=run)
    return parser


def build_parser() -> argparse.ArgumentParser:
    """The parser of all commands."""
    parser = argparse.ArgumentParser(
        prog="dvstats",
        description="Domestic violence statistics in Central Asia: refresh, query, trace, export.",
    )
    commands = parser.add_subparsers(title="commands", metavar="COMMAND")
    refresh = _command(
        commands, "refresh", run_refresh,
        "Run the whole graph: pull, archive, read, normalize, validate, publish. Without --live no network is used.",
        "dvstats refresh --live --only kg_victims",
    )  # fmt: skip
    refresh.add_argument("--live", action="store_true", help="ask the publishers' addresses")
    refresh.add_argument(
        "--mirror", default="", metavar="URL", help="ask URL/HOST/PATH instead of https://HOST/PATH"
    )
    refresh.add_argument(
        "--only", action="append", default=[], metavar="DATASET", help="only this dataset (repeatable)"
    )
    add = _command(
        commands, "add", run_add, "Put a file that a person downloaded into the inbox of a dataset.",
        "dvstats add kz_form_1m_workbooks Zhetysu_Region.XLSX --period 2022", json_too=False,
    )  # fmt: skip
    add.add_argument("dataset", help="id of the dataset (`dvstats list datasets`)")
    add.add_argument("file", type=Path, help="the file as downloaded")
    add.add_argument("--period", metavar="TIME", help="period of a file that prints none, as stated by you")
    add.add_argument("--published", metavar="DATE", help="the publisher's date")
    add.add_argument("--address", metavar="URL", help="where the file was found")
    query = _command(
        commands, "query", run_query, "Read-only SQL on the published database.",
        "dvstats query \"SELECT * FROM protection_orders WHERE ref_area = 'KG'\" --format csv", json_too=False,
    )  # fmt: skip
    query.add_argument("sql", metavar="SQL", help="one statement that reads")
    query.add_argument("--format", choices=("table", "csv", "json", "parquet"), default="table")
    query.add_argument("--output", type=Path, metavar="FILE", help="write there instead of to the terminal")
    _command(
        commands, "status", run_status,
        "Per dataset: state, last success, age against its cadence, rows, refused rows.", "dvstats status",
    )  # fmt: skip
    listing = _command(commands, "list", run_list, "Lists of the codebook.", "dvstats list indicators")
    listing.add_argument(
        "what", choices=("indicators", "areas", "sources", "datasets", "releases"), help="which list"
    )
    show = _command(
        commands, "show", run_show, "One indicator, area, dataset, source or code; `coverage` prints the grid of gaps.",
        "dvstats show PROTECTION_ORDERS",
    )  # fmt: skip
    show.add_argument("code", metavar="CODE", help="any code of the codebook, or `coverage`")
    trace = _command(
        commands, "trace", run_trace, "One observation back to the cell of the archived file it came from.",
        "dvstats trace 0f3a9c1be25d7788",
    )  # fmt: skip
    trace.add_argument("obs_key", metavar="OBS_KEY", help="column obs_key of any table")
    diff = _command(
        commands, "diff", run_diff, "Added, revised and withdrawn observations between two releases.",
        "dvstats diff 20261125T031500Z",
    )  # fmt: skip
    diff.add_argument("release", metavar="RELEASE", help="name of a release (`dvstats list releases`)")
    diff.add_argument("other", metavar="RELEASE", nargs="?", help="default: the latest")
    export = _command(
        commands, "export", run_export, "Files for people who do not use SQL.",
        "dvstats export xlsx --country KG --years 2019-2025", json_too=False,
    )  # fmt: skip
    export.add_argument("format", choices=("csv", "xlsx", "sdmx-csv", "datapackage"), help="kind of files")
    export.add_argument(
        "--output",
        type=Path,
        default=Path("exports"),
        metavar="DIR",
        help="folder to write to (default: exports)",
    )
    export.add_argument(
        "--country", action="append", default=[], metavar="KZ", help="only this country (repeatable)"
    )
    export.add_argument(
        "--indicator", action="append", default=[], metavar="CODE", help="only this indicator (repeatable)"
    )
    export.add_argument("--years", metavar="2019-2025", help="only periods that begin in these years")
    export.add_argument(
        "--licence", choices=("all", "open"), default="all", help="open: leave out restricted licences"
    )
    export.add_argument("--bom", action="store_true", help="mark CSV as UTF-8 for Excel")
    verify = _command(
        commands, "verify", run_verify, "A release against the checksums of its manifest.", "dvstats verify"
    )
    verify.add_argument("release", metavar="RELEASE", nargs="?", help="default: the latest")
    return parser


if __name__ == "__main__":
    sys.exit(main())

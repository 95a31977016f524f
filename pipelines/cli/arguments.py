"""The parser of all commands."""

import argparse
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from pipelines.cli.commands import (
    run_add,
    run_diff,
    run_export,
    run_list,
    run_query,
    run_refresh,
    run_show,
    run_status,
    run_trace,
    run_try,
    run_verify,
)

# -- parser ----------------------------------------------------------------------------------------------------


def _command(
    commands: Any,
    name: str,
    run: Callable[[argparse.Namespace], int],
    help_text: str,
    example: str,
    json_too: bool = True,
    data_dir_too: bool = True,
) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = commands.add_parser(
        name, help=help_text, description=help_text, epilog=f"example: {example}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )  # fmt: skip
    if data_dir_too:
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
    trial = _command(
        commands,
        "try",
        run_try,
        "What a declaration makes of files: read and normalized as in a refresh, nothing published, no release needed.",
        "dvstats try sources/datasets/kg_victims.yaml 5.2.1.csv",
        data_dir_too=False,
    )
    trial.add_argument(
        "declaration",
        type=Path,
        metavar="DECLARATION",
        help="a declaration, anywhere; its .labels.csv is beside it",
    )
    trial.add_argument(
        "files",
        type=Path,
        nargs="+",
        metavar="FILE",
        help="the declared file of that name, else the next declared one, else a further page of the first",
    )
    trial.add_argument(
        "--period",
        metavar="TIME",
        help="period of files that print none (collection: inbox), as stated by you",
    )
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

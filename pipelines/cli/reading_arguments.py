"""Arguments of the commands that read a release and change nothing in the data directory: a function a command.

Not here: what they do (``reading_commands``), commands that change data or send something (``parser``, which lists
all commands and calls this). ``docs/commands.md`` is generated from here: after a change run ``make docs``.
"""

from typing import Any

from pipelines.cli import reading_commands
from pipelines.cli.common_arguments import (
    command,
    countries_and_indicators,
    flag,
    language,
    output_file,
    output_folder,
    repeatable,
)

# The languages of `pipelines.data_request.letter`, not imported so that `--help` stays fast; a test holds the two
# together.
LETTER_LANGUAGES = ("en", "ru", "kk", "ky", "tg", "uz")


def add_query(subparsers: Any) -> None:
    """``dvstats query SQL``."""
    parser = command(
        subparsers,
        reading_commands.run_query,
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
    output_file(
        parser,
        "write to this file (.csv, .json, .parquet; any other name with --format) instead of the terminal",
    )


def add_status(subparsers: Any) -> None:
    """``dvstats status``."""
    parser = command(
        subparsers,
        reading_commands.run_status,
        "What needs a person first (failed, held, stale, refused rows), then counts.",
        "dvstats status --country KZ",
        store_needs="archive",
    )
    flag(parser, "--all", "list every dataset")
    parser.add_argument("--country", metavar="KZ", help="only datasets of this country")


def add_list(subparsers: Any) -> None:
    """``dvstats list WHAT``."""
    parser = command(
        subparsers,
        reading_commands.run_list,
        "Lists of the codebook.",
        "dvstats list codes violence_form",
    )
    choices = ("indicators", "areas", "codes", "sources", "datasets", "releases")
    parser.add_argument("what", choices=choices, help="which list")
    parser.add_argument(
        "codelist", metavar="LIST", nargs="?", help="with `codes`: the codes of this code list"
    )


def add_show(subparsers: Any) -> None:
    """``dvstats show CODE``."""
    parser = command(
        subparsers,
        reading_commands.run_show,
        "One indicator, area, dataset, source, act, service or code; `coverage` prints the grid of gaps.",
        "dvstats show PROTECTION_ORDERS",
    )
    parser.add_argument(
        "code",
        metavar="CODE",
        help="any code of the codebook, an area by name (in any language) or other code, the beginning of an obs_key, "
        "or `coverage`",
    )


def add_trace(subparsers: Any) -> None:
    """``dvstats trace OBS_KEY``."""
    parser = command(
        subparsers,
        reading_commands.run_trace,
        "One observation back to the cell of the archived file it came from.",
        "dvstats trace k0f3a9c1be25d7788",
        store_needs="archive",
    )
    parser.add_argument("obs_key", metavar="OBS_KEY", help="column obs_key of any table")


def add_why(subparsers: Any) -> None:
    """``dvstats why FIRST SECOND``."""
    parser = command(
        subparsers,
        reading_commands.run_why,
        "In what two figures differ, in words; or what changed in one indicator of one country over time.",
        "dvstats why DV_VICTIMS KG --language ru",
    )
    parser.add_argument("first", metavar="OBS_KEY|INDICATOR", help="key of a figure, or code of an indicator")
    parser.add_argument(
        "second",
        metavar="OBS_KEY|COUNTRY",
        help="key of the other figure, or the country (code, or name in any language)",
    )
    language(parser, "of the words")


def add_diff(subparsers: Any) -> None:
    """``dvstats diff RELEASE``."""
    parser = command(
        subparsers,
        reading_commands.run_diff,
        "Added, revised and withdrawn observations between two releases.",
        "dvstats diff 20261125T031500Z --summary",
    )
    parser.add_argument("release", metavar="RELEASE", help="name of a release (`dvstats list releases`)")
    parser.add_argument("other", metavar="RELEASE", nargs="?", help="default: the latest")
    flag(parser, "--summary", "counts by country, indicator and dataset")
    countries_and_indicators(parser)
    repeatable(parser, "--dataset", "DATASET", "only this dataset")


def add_export(subparsers: Any) -> None:
    """``dvstats export FORMAT``."""
    parser = command(
        subparsers,
        reading_commands.run_export,
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
    output_folder(parser, "exports")
    countries_and_indicators(parser)
    parser.add_argument("--years", metavar="2019-2025", help="only periods that begin in these years")
    parser.add_argument(
        "--licence", choices=("all", "open"), default="all", help="open: leave out restricted licences"
    )
    language(parser, "of the workbook (xlsx); the other formats have both")
    flag(parser, "--bom", "mark CSV as UTF-8 for Excel")
    parser.add_argument(
        "--send", metavar="ADDRESS", help="send hdx, ckan or zenodo there; the key is in DVSTATS_HDX_KEY, …"
    )


def add_request(subparsers: Any) -> None:
    """``dvstats request COUNTRY REQUIREMENT``."""
    parser = command(
        subparsers,
        reading_commands.run_request,
        "A letter and an empty table (CSV, Excel) to the body that would publish what is missing.",
        "dvstats request TJ IC-7 --language ru --output letters",
        json_too=False,
    )
    parser.add_argument("country", metavar="COUNTRY", help="code, or name in any language")
    parser.add_argument("requirement", metavar="REQUIREMENT", help="code in `dvstats show coverage`")
    language(
        parser, "of the letter; kk, ky, tg, uz are templates to be checked by a speaker", LETTER_LANGUAGES
    )
    output_folder(parser, "requests")


def add_brief(subparsers: Any) -> None:
    """``dvstats brief PLACE``."""
    parser = command(
        subparsers,
        reading_commands.run_brief,
        "Two pages for a meeting table (PDF): what is known, changed, not comparable and missing, with sources.",
        "dvstats brief KG --language ru",
        json_too=False,
    )
    parser.add_argument("place", metavar="PLACE", help="KZ, KG, TJ, UZ or region")
    language(parser, "of the brief")
    output_file(parser, "default: brief-PLACE.LANGUAGE.pdf in this folder")

"""What the commands do that only read a release: query, status, list, show, trace, why, diff, export, request, brief.

As in ``commands``, each is a function of the parsed arguments that gives the exit status, and imports what it needs
when it runs. Not here: the arguments (``reading_arguments``, whose parsers name these functions), the answers
(``pipelines.published``), the files (``pipelines.export``, ``pipelines.data_request``, ``pipelines.brief``), how an
answer looks (``terminal/``).
"""

import argparse
import sys
from collections.abc import Callable
from typing import Any

from data_contracts.errors import DONE, TROUBLED
from pipelines.cli.terminal.json_output import print_json


def run_query(arguments: argparse.Namespace) -> int:
    """Read-only SQL on the published database."""
    from pipelines.cli.own_limits import limited
    from pipelines.cli.terminal import tables
    from pipelines.published.query import PROCESS_BYTES, SECONDS, query, topic_view_in
    from pipelines.published.query_notes import empty_answer, former_codes, notes, unknown_codes

    # Before the query runs: a minute's work is not thrown away for the name of a file.
    kind = tables.chosen_format(arguments.format, arguments.output)
    sql = sys.stdin.read() if arguments.sql == "-" else arguments.sql
    with limited(PROCESS_BYTES, 2 * SECONDS):
        answer = query(arguments.data_dir, sql)
    tables.write(answer, kind, arguments.output)
    said = former_codes(sql) + unknown_codes(sql)
    if view := topic_view_in(sql):
        said += notes(arguments.data_dir, sql, answer.num_rows)
        if not answer.num_rows:
            said.append(empty_answer(view))
    for sentence in said:
        print(f"dvstats: note: {sentence}", file=sys.stderr)
    return DONE


def run_status(arguments: argparse.Namespace) -> int:
    """What needs a person, then counts."""
    from pipelines.alerts.notify import open_causes
    from pipelines.cli.terminal import alerts as alerts_terminal
    from pipelines.cli.terminal import status as terminal
    from pipelines.published import status

    rows = status.status(arguments.data_dir, country=arguments.country)
    if arguments.json:
        print_json(rows)
    else:
        terminal.status(rows, every=arguments.all)
        alerts_terminal.channels(open_causes(arguments.data_dir))
    misplaced = status.corrections_of_no_dataset()
    for sentence in misplaced:
        print(f"dvstats: note: {sentence}", file=sys.stderr)
    return TROUBLED if misplaced or any(status.needs_attention(row) for row in rows) else DONE


def run_list(arguments: argparse.Namespace) -> int:
    """Codebook lists."""
    from pipelines.cli.terminal import tables
    from pipelines.published import codebook

    listed = codebook.listing(arguments.data_dir, arguments.what, arguments.codelist)
    tables.write(listed, "json" if arguments.json else "table", None)
    return DONE


def run_show(arguments: argparse.Namespace) -> int:
    """One entry of the codebook."""
    from pipelines.cli.terminal import codebook as terminal
    from pipelines.published import codebook

    found = codebook.show(arguments.data_dir, arguments.code)
    return _print_found(arguments, found, terminal.show)


def run_trace(arguments: argparse.Namespace) -> int:
    """An observation back to its cell."""
    from pipelines.cli.terminal import trace as terminal
    from pipelines.published import trace

    found = trace.trace(arguments.data_dir, arguments.obs_key)
    return _print_found(arguments, found, terminal.trace)


def run_why(arguments: argparse.Namespace) -> int:
    """In what two figures differ, or what changed in a series."""
    from pipelines.cli.terminal import why as terminal
    from pipelines.published import why

    given = (arguments.data_dir, arguments.first, arguments.second)
    if why.is_key(arguments.first):
        found, show = why.why(*given, language=arguments.language), terminal.pair
    else:
        found, show = why.why_over_time(*given, language=arguments.language), terminal.series
    return _print_found(arguments, found, show)


def run_diff(arguments: argparse.Namespace) -> int:
    """What two releases say differently."""
    from pipelines.cli.terminal import diff as terminal
    from pipelines.published import diff

    rows = diff.diff(
        arguments.data_dir,
        arguments.release,
        arguments.other,
        countries=arguments.country,
        indicators=arguments.indicator,
        datasets=arguments.dataset,
    )
    if arguments.json:
        print_json(diff.summary(rows) if arguments.summary else rows)
    elif arguments.summary:
        terminal.summary(diff.summary(rows))
    else:
        terminal.diff(rows)
    return DONE


def run_export(arguments: argparse.Namespace) -> int:
    """Files for people who do not use SQL."""
    from pipelines.cli.terminal import console
    from pipelines.export.export import export
    from pipelines.export.send import check_sendable, send

    if arguments.send:
        check_sendable(arguments.format, arguments.send)
    with console.progress("Exporting", False, "files") as step:
        written = export(
            arguments.data_dir,
            arguments.format,
            arguments.output,
            countries=arguments.country,
            indicators=arguments.indicator,
            years=arguments.years,
            open_only=arguments.licence == "open",
            bom=arguments.bom,
            lang=arguments.language,
            step=step,
        )
    for path in written:
        print(path)
    if arguments.send:
        print(send(arguments.format, arguments.output, arguments.send))
    return DONE


def run_request(arguments: argparse.Namespace) -> int:
    """A letter and an empty table for what is missing."""
    from pipelines.data_request.request import request

    written = request(
        arguments.data_dir,
        arguments.country,
        arguments.requirement,
        language=arguments.language,
        output=arguments.output,
    )
    for path in written:
        print(path)
    return DONE


def run_brief(arguments: argparse.Namespace) -> int:
    """Two pages for a meeting table."""
    from pathlib import Path

    from pipelines.brief.render import brief

    output = arguments.output or Path(f"brief-{arguments.place.lower()}.{arguments.language}.pdf")
    print(brief(arguments.data_dir, arguments.place, arguments.language, output))
    return DONE


def _print_found(arguments: argparse.Namespace, found: Any, show: Callable[[Any], None]) -> int:
    """What was found: as JSON where that is asked for, else as ``show`` prints it."""
    if arguments.json:
        print_json(found)
    else:
        show(found)
    return DONE

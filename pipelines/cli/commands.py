"""What each command does: one function a command, called by ``main`` with the parsed arguments."""

import argparse
import json
import os
import sys

from data_contracts.errors import DONE, NOTHING_PUBLISHED, TROUBLED, NothingThereError, UserError

# -- commands --------------------------------------------------------------------------------------------------


def run_refresh(arguments: argparse.Namespace) -> int:
    """Pull, archive, read, normalize, validate, publish."""
    from pipelines.cli import terminal
    from pipelines.refresh import refresh
    from sources.load_datasets import load_datasets

    unknown = [name for name in arguments.only if name not in load_datasets()]
    if unknown:
        raise UserError(f"No dataset {', '.join(unknown)}. `dvstats list datasets` shows what there is.")
    if arguments.mirror and not arguments.live:
        raise UserError("--mirror needs --live: without it nothing is asked of the network.")
    with terminal.progress("Refreshing", arguments.json):
        outcome = refresh(
            arguments.data_dir, live=arguments.live, mirror=arguments.mirror, only=arguments.only,
            contact=os.environ.get("DVSTATS_CONTACT", ""),
        )  # fmt: skip
    if arguments.json:
        print(json.dumps({**vars(outcome), "exit_status": outcome.exit_status}, ensure_ascii=False, indent=1))
    else:
        terminal.outcome(outcome, arguments.data_dir)
    if not outcome.release:
        raise NothingThereError(terminal.why_not(outcome))
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


def run_try(arguments: argparse.Namespace) -> int:
    """What a declaration makes of files."""
    from pipelines.cli import terminal
    from pipelines.try_declaration import try_declaration

    tried = try_declaration(arguments.declaration, arguments.files, period=arguments.period)
    if arguments.json:
        print(json.dumps(tried.as_rows(), default=str, ensure_ascii=False, indent=1))
    else:
        terminal.tried(tried)
    return tried.exit_status


def run_query(arguments: argparse.Namespace) -> int:
    """Read-only SQL on the published database."""
    from pipelines.cli import terminal
    from pipelines.published import query

    table = query.query(arguments.data_dir, arguments.sql)
    terminal.table(table, arguments.format, arguments.output)
    return DONE


def run_status(arguments: argparse.Namespace) -> int:
    """State of every dataset."""
    from pipelines.cli import terminal
    from pipelines.published import status

    rows = status.status(arguments.data_dir)
    if arguments.json:
        print(json.dumps(rows, default=str, ensure_ascii=False, indent=1))
    else:
        terminal.status(rows)
    return TROUBLED if any(row["state"] in ("stale", "failed", "held") for row in rows) else DONE


def run_list(arguments: argparse.Namespace) -> int:
    """Codebook lists."""
    from pipelines.cli import terminal
    from pipelines.published import codebook

    table = codebook.listing(arguments.data_dir, arguments.what)
    terminal.table(table, "json" if arguments.json else "table", None)
    return DONE


def run_show(arguments: argparse.Namespace) -> int:
    """One code of the codebook."""
    from pipelines.cli import terminal
    from pipelines.published import codebook

    found = codebook.show(arguments.data_dir, arguments.code)
    if arguments.json:
        print(json.dumps(found, default=str, ensure_ascii=False, indent=1))
    else:
        terminal.show(found)
    return DONE


def run_trace(arguments: argparse.Namespace) -> int:
    """An observation back to its cell."""
    from pipelines.cli import terminal
    from pipelines.published import trace

    found = trace.trace(arguments.data_dir, arguments.obs_key)
    if arguments.json:
        print(json.dumps(found, default=str, ensure_ascii=False, indent=1))
    else:
        terminal.trace(found)
    return DONE


def run_diff(arguments: argparse.Namespace) -> int:
    """What two releases say differently."""
    from pipelines.cli import terminal
    from pipelines.published import diff

    rows = diff.diff(arguments.data_dir, arguments.release, arguments.other)
    if arguments.json:
        print(json.dumps(rows, default=str, ensure_ascii=False, indent=1))
    else:
        terminal.diff(rows)
    return DONE


def run_export(arguments: argparse.Namespace) -> int:
    """Files for people who do not use SQL."""
    from pipelines.export.export import export

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
    from pipelines.published import releases
    from pipelines.release import manifest

    folder = releases.release_folder(arguments.data_dir, arguments.release)
    problems = manifest.verify(folder)
    if arguments.json:
        print(json.dumps({"release": folder.name, "problems": problems}, ensure_ascii=False, indent=1))
    elif not problems:
        print(f"{folder.name}: every file matches its checksum.")
    for problem in [] if arguments.json else problems:
        print(f"dvstats: {folder.name}: {problem}", file=sys.stderr)
    return NOTHING_PUBLISHED if problems else DONE

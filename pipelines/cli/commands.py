"""What each command does: a function a command, called by ``main`` with the parsed arguments, gives the exit status.

Each imports what it needs when it runs, so that ``dvstats --help`` does not load Dagster and Arrow. Not here: the
arguments (``arguments``), how an answer looks (``terminal/``), the exit statuses (``data_contracts.errors``) and when a
refresh exits with which (``pipelines.refresh.Outcome``).
"""

import argparse
import json
import os
import sys
from collections.abc import Callable
from importlib.metadata import version as installed_version
from pathlib import Path
from typing import Any

from data_contracts.errors import DONE, NOTHING_PUBLISHED, TROUBLED, NothingThereError, UserError


def version() -> str:
    """Versions of program and contract."""
    from data_contracts.load import load_contract

    return f"dvstats {installed_version('dvstats')}, contract {load_contract().version}"


def run_refresh(arguments: argparse.Namespace) -> int:
    """Pull, archive, read, normalize, validate, publish."""
    from pipelines.cli.terminal import console
    from pipelines.cli.terminal import refresh as terminal
    from pipelines.new_returns import DATASET
    from pipelines.refresh import refresh
    from sources.load_datasets import load_datasets

    unknown = [name for name in arguments.only if name not in load_datasets() and name != DATASET]
    if unknown:
        raise UserError(f"No dataset {', '.join(unknown)}. `dvstats list datasets` shows what there is.")
    if arguments.mirror and not arguments.live:
        raise UserError("--mirror needs --live: without it no network is used.")
    with console.progress("Refreshing", arguments.json):
        outcome = refresh(
            arguments.data_dir,
            live=arguments.live,
            mirror=arguments.mirror or (os.environ.get("DVSTATS_MIRROR", "") if arguments.live else ""),
            only=arguments.only,
            contact=os.environ.get("DVSTATS_CONTACT", ""),
        )
    if arguments.json:
        _print_json({**vars(outcome), "exit_status": outcome.exit_status})
    else:
        terminal.outcome(outcome, arguments.data_dir)
    if not outcome.release:
        raise NothingThereError(terminal.why_not(outcome))
    return outcome.exit_status


def run_add(arguments: argparse.Namespace) -> int:
    """Put a downloaded file into the inbox, or judge the return of a programme."""
    from pipelines.new_returns import DATASET
    from pipelines.try_declaration import checked_period
    from sources.inbox import add
    from sources.load_datasets import load_datasets

    if arguments.dataset == DATASET:
        return _add_return(arguments)
    dataset = load_datasets().get(arguments.dataset)
    if dataset is None:
        raise UserError(f"No dataset {arguments.dataset}. `dvstats list datasets` shows what there is.")
    stored = add(
        arguments.data_dir / "inbox",
        dataset,
        arguments.file,
        period=checked_period(arguments.period),
        published=arguments.published,
        address=arguments.address,
    )
    if arguments.json:
        _print_json({"added": str(stored), "dataset": dataset.id})
    else:
        print(f"Added {arguments.file.name} to {stored.parent}. `dvstats refresh` reads it.")
    return DONE


def _add_return(arguments: argparse.Namespace) -> int:
    """The quarterly return of a programme: accepted, or refused with cell and sentence."""
    from data_contracts.load import contract
    from pipelines.cli.terminal import programme_return as terminal
    from pipelines.data_directory import DataDirectory, current_moment
    from pipelines.programme_returns import add
    from pipelines.programme_template.answer import write_answer

    if arguments.period or arguments.published or arguments.address:
        raise UserError(
            "A return says itself which quarter it is of: leave out --period, --published, --address."
        )
    answer = add(DataDirectory(arguments.data_dir), contract(), arguments.file, current_moment())
    marked = None if answer.return_id else write_answer(arguments.file, answer)
    if arguments.json:
        _print_json({**answer.as_json(), "marked_copy": str(marked) if marked else None})
    else:
        terminal.answer(answer, marked)
    return DONE if answer.return_id else NOTHING_PUBLISHED


def run_template(arguments: argparse.Namespace) -> int:
    """The form that a programme fills in."""
    from pipelines.programme_template.known_answers import known_answers
    from pipelines.programme_template.workbook import write_template
    from sources.programmes.csv_form import csv_form
    from sources.programmes.form import words

    known = known_answers(arguments.data_dir, arguments.programme) if arguments.programme else {}
    said = words(arguments.language)
    programme = arguments.programme or said.text("template.programme")
    name = f"{programme}-{said.text('template.file')}-{arguments.language}.{arguments.format}"
    path = arguments.output or Path(name)
    if arguments.format == "xlsx":
        write_template(arguments.language, path, known)
    else:
        answers = {("about", question, "answer"): answer for question, answer in known.items()}
        path.write_text(csv_form(arguments.language, answers), encoding="utf-8-sig")
    print(said.text("template.wrote", file=str(path)))
    return DONE


def run_try(arguments: argparse.Namespace) -> int:
    """What a declaration makes of files."""
    from pipelines.cli.terminal.trial import tried as show
    from pipelines.try_declaration import try_declaration

    tried = try_declaration(arguments.declaration, arguments.files, period=arguments.period)
    if arguments.json:
        _print_json(tried.as_rows())
    else:
        show(tried)
    return tried.exit_status


def run_query(arguments: argparse.Namespace) -> int:
    """Read-only SQL on the published database."""
    from pipelines.cli.terminal import tables
    from pipelines.published.query import query, topic_view_in
    from pipelines.published.query_notes import notes

    # Before the query runs: a minute's work is not thrown away for the name of a file.
    kind = tables.chosen_format(arguments.format, arguments.output)
    sql = sys.stdin.read() if arguments.sql == "-" else arguments.sql
    answer = query(arguments.data_dir, sql)
    tables.write(answer, kind, arguments.output)
    if view := topic_view_in(sql):
        said = notes(arguments.data_dir, sql, answer.num_rows)
        if not answer.num_rows:
            said.append(
                f"no row of {view} is like that. An empty answer is no zero: the view not_published says what no "
                "source publishes, and who would."
            )
        for sentence in said:
            print(f"dvstats: note: {sentence}", file=sys.stderr)
    return DONE


def run_status(arguments: argparse.Namespace) -> int:
    """What needs a person, then counts."""
    from pipelines.alerts.alerts import open_causes
    from pipelines.cli.terminal import alerts as alerts_terminal
    from pipelines.cli.terminal import status as terminal
    from pipelines.published import status

    rows = status.status(arguments.data_dir, country=arguments.country)
    if arguments.json:
        _print_json(rows)
    else:
        terminal.status(rows, every=arguments.all)
        alerts_terminal.channels(open_causes(arguments.data_dir))
    return TROUBLED if any(status.needs_attention(row) for row in rows) else DONE


def run_alerts(arguments: argparse.Namespace) -> int:
    """What is alerted, who was told; a test of the channels."""
    from pipelines.alerts import alerts
    from pipelines.cli.terminal import alerts as terminal
    from pipelines.data_directory import current_moment
    from pipelines.operations.declared import load_operations, undeclared

    operations = load_operations(arguments.data_dir)
    if operations is None or operations.alerts is None:
        raise undeclared(arguments.data_dir, "alerts")
    if arguments.test:
        sent = alerts.send_tests(arguments.data_dir, operations, current_moment())
        return DONE if terminal.tested(sent) else TROUBLED
    sentences = alerts.resend(arguments.data_dir, current_moment()) if arguments.send else []
    memory = alerts.open_causes(arguments.data_dir)
    if arguments.json:
        _print_json(terminal.as_json(memory))
    else:
        terminal.alerts(memory, sentences)
    return TROUBLED if memory.causes or memory.channels else DONE


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
    return _shown(arguments, found, terminal.show)


def run_trace(arguments: argparse.Namespace) -> int:
    """An observation back to its cell."""
    from pipelines.cli.terminal import trace as terminal
    from pipelines.published import trace

    found = trace.trace(arguments.data_dir, arguments.obs_key)
    return _shown(arguments, found, terminal.trace)


def run_why(arguments: argparse.Namespace) -> int:
    """In what two figures differ, or what changed in a series."""
    from pipelines.cli.terminal import why as terminal
    from pipelines.published import why

    given = (arguments.data_dir, arguments.first, arguments.second)
    if why.is_key(arguments.first):
        found, show = why.why(*given, language=arguments.language), terminal.pair
    else:
        found, show = why.why_over_time(*given, language=arguments.language), terminal.series
    return _shown(arguments, found, show)


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
        _print_json(diff.summary(rows) if arguments.summary else rows)
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
    from pipelines.request.request import request

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


def run_deliver(arguments: argparse.Namespace) -> int:
    """The latest release to its subscribers."""
    from pipelines.cli.terminal import deliver as terminal
    from pipelines.data_directory import current_moment
    from pipelines.deliveries.deliver import deliver
    from pipelines.deliveries.log import DeliveryLog

    if arguments.log:
        entries = DeliveryLog(arguments.data_dir).entries
        mine = [entry for entry in entries if not arguments.name or entry.delivery in arguments.name]
        if arguments.json:
            _print_json([vars(entry) for entry in mine])
        else:
            terminal.log(mine)
        return DONE
    done = deliver(
        arguments.data_dir,
        current_moment(),
        names=arguments.name,
        dry_run=arguments.dry_run,
        now_all=arguments.now,
    )
    if arguments.json:
        _print_json([result.as_json() for result in done.results])
    else:
        terminal.delivered(done, dry_run=arguments.dry_run)
    return TROUBLED if any(result.decision in ("failed", "waits") for result in done.results) else DONE


def run_verify(arguments: argparse.Namespace) -> int:
    """A release against its manifest."""
    from pipelines.cli.terminal import console
    from pipelines.cli.terminal.console import one_line
    from pipelines.release import manifest, signature
    from pipelines.store.session import release_as_stored

    with (
        release_as_stored(arguments.data_dir, arguments.release) as folder,
        console.progress("Verifying", arguments.json, "files") as step,
    ):
        problems = manifest.verify(folder, step)
        problems += filter(None, [signature.problem(folder)])
    if arguments.json:
        _print_json({"release": folder.name, "problems": problems})
    elif not problems:
        print(f"{folder.name}: every file matches its checksum.")
    for problem in [] if arguments.json else problems:
        print(f"dvstats: {folder.name}: {one_line(problem)}", file=sys.stderr)
    return NOTHING_PUBLISHED if problems else DONE


def run_site(arguments: argparse.Namespace) -> int:
    """The static site, and a look at it."""
    import dataclasses

    from pipelines.cli.terminal import console
    from pipelines.site.build import Options, build_site
    from pipelines.site.serve import HOST, server

    options = dataclasses.replace(Options.of_environment(), engine=not arguments.without_query)
    output = arguments.output or arguments.data_dir / "site"
    with console.progress("Building the site", False, "pages") as step:
        built = build_site(arguments.data_dir, output, options, step)
    print(f"{built.folder}: {built.pages} pages of release {built.release}, {built.bytes / 1e6:.1f} MB.")
    if built.engine:
        print(f"The query page has its engine: {built.engine_bytes / 1e6:.1f} MB more.")
    elif options.engine:
        print("Built without the query engine: its files could not be had. The query page says so.")
    if arguments.serve:
        with server(built.folder) as serving:
            print(f"http://{HOST}:{serving.server_port}/ (Ctrl+C ends it)")
            serving.serve_forever()
    return DONE


def run_copy(arguments: argparse.Namespace) -> int:
    """A data directory to another place."""
    from pipelines.store.transfer import copy_data

    names = copy_data(arguments.data_dir, arguments.target)
    print(f"{len(names)} releases, the last one {names[-1]}, are in {arguments.target}, with the archive.")
    return DONE


def _shown(arguments: argparse.Namespace, found: Any, show: Callable[[Any], None]) -> int:
    """What was found: as JSON where that is asked for, else as ``show`` prints it."""
    if arguments.json:
        _print_json(found)
    else:
        show(found)
    return DONE


def _print_json(value: Any) -> None:
    print(json.dumps(value, default=str, ensure_ascii=False, indent=1))

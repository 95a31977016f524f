"""What each command does that changes data or sends something: a function of the arguments gives the exit status.

``main`` calls it. Each imports what it needs when it runs, so that ``dvstats --help`` does not load Dagster and Arrow.
Not here: commands that only read a release (``reading_commands``), the arguments (``parser``), how an answer looks
(``terminal/``), the exit statuses (``data_contracts.errors``) and when a refresh exits with which
(``pipelines.outcome.Outcome``).
"""

import argparse
import os
import sys
from importlib.metadata import version as installed_version
from pathlib import Path

from data_contracts.errors import DONE, NOTHING_PUBLISHED, TROUBLED, NothingThereError, UserError
from data_contracts.strict_files import no_such
from pipelines.cli.terminal.json_output import print_json


def version() -> str:
    """Versions of program and contract."""
    from data_contracts.load import load_contract

    return f"dvstats {installed_version('dvstats')}, contract {load_contract().version}"


def run_refresh(arguments: argparse.Namespace) -> int:
    """Pull, archive, read, normalize, validate, publish."""
    from pipelines.refresh import prepare, refresh

    if not arguments.live:
        prepare(arguments.data_dir)
    from pipelines.cli.terminal import console
    from pipelines.cli.terminal import refresh as terminal
    from pipelines.new_returns import DATASET
    from sources.load_datasets import load_datasets

    known = (*load_datasets(), DATASET)
    for name in arguments.only:
        if name not in known:
            raise UserError(f"{no_such('dataset', name, known)} `dvstats list datasets` shows what there is.")
    if arguments.mirror and not arguments.live:
        raise UserError("--mirror needs --live: without it no network is used.")
    outcome = refresh(
        arguments.data_dir,
        live=arguments.live,
        mirror=arguments.mirror or (os.environ.get("DVSTATS_MIRROR", "") if arguments.live else ""),
        only=arguments.only,
        contact=os.environ.get("DVSTATS_CONTACT", ""),
        progress=console.progress("Refreshing", arguments.json),
    )
    if arguments.json:
        print_json({**vars(outcome), "exit_status": outcome.exit_status})
    else:
        terminal.outcome(outcome, arguments.data_dir)
    if not outcome.release:
        raise NothingThereError(terminal.why_not(outcome))
    return outcome.exit_status


def run_add(arguments: argparse.Namespace) -> int:
    """Put a downloaded file into the inbox, or judge the return of a programme."""
    from pipelines.new_returns import DATASET
    from pipelines.try_declaration import checked_period
    from sources.inbox import add, check_content
    from sources.load_datasets import load_datasets

    if arguments.dataset == DATASET:
        return _add_return(arguments)
    known = load_datasets()
    dataset = known.get(arguments.dataset)
    if dataset is None:
        said = no_such("dataset", arguments.dataset, (*known, DATASET))
        raise UserError(f"{said} `dvstats list datasets` shows what there is.")
    period = checked_period(arguments.period)
    check_content(dataset, arguments.file)
    stored = add(
        arguments.data_dir / "inbox",
        dataset,
        arguments.file,
        period=period,
        published=arguments.published,
        address=arguments.address,
    )
    if arguments.json:
        print_json({"added": str(stored), "dataset": dataset.id})
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
        print_json({**answer.as_json(), "marked_copy": str(marked) if marked else None})
    else:
        terminal.answer(answer, marked)
    return DONE if answer.return_id else NOTHING_PUBLISHED


def run_template(arguments: argparse.Namespace) -> int:
    """The form that a programme fills in."""
    from pipelines.programme_template.known_answers import known_answers
    from pipelines.programme_template.workbook import write_template
    from sources.durable import write_named
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
        write_named(path, csv_form(arguments.language, answers).encode("utf-8-sig"))
    print(said.text("template.wrote", file=str(path)))
    return DONE


def run_try(arguments: argparse.Namespace) -> int:
    """What a declaration makes of files."""
    from pipelines.cli.terminal.try_declaration import tried as show
    from pipelines.try_declaration import try_declaration

    tried = try_declaration(arguments.declaration, arguments.files, period=arguments.period)
    if arguments.json:
        print_json(tried.as_rows())
    else:
        show(tried)
    return tried.exit_status


def run_alerts(arguments: argparse.Namespace) -> int:
    """What is alerted, who was notified; a test of the channels."""
    from pipelines.alerts import notify
    from pipelines.cli.terminal import alerts as terminal
    from pipelines.data_directory import current_moment
    from pipelines.operations.declared import load_operations, undeclared

    operations = load_operations(arguments.data_dir)
    if operations is None or operations.alerts is None:
        raise undeclared(arguments.data_dir, "alerts")
    if arguments.test:
        sent = notify.send_tests(arguments.data_dir, operations, current_moment())
        return DONE if terminal.tested(sent) else TROUBLED
    sentences = notify.resend(arguments.data_dir, current_moment()) if arguments.send else []
    memory = notify.open_causes(arguments.data_dir)
    if arguments.json:
        print_json(terminal.as_json(memory))
    else:
        terminal.alerts(memory, sentences)
    return TROUBLED if memory.causes or memory.channels else DONE


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
            print_json([vars(entry) for entry in mine])
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
        print_json([result.as_json() for result in done.results])
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
        print_json({"release": folder.name, "problems": problems})
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

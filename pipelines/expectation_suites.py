"""The engines of the checks: Great Expectations runs the suite of a table, DuckDB the rules of a whole release.

Suites are compiled from the contract. Only this module imports Great Expectations, and only when a suite runs: the
import takes seconds. Not here: which checks a table has (``data_contracts.checks``), when they run and what a failed
one means for a release (``pipelines.assets.table_checks``, which calls this).
"""

import gc
import logging
import multiprocessing
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import BrokenExecutor, Executor, Future, ProcessPoolExecutor, wait
from contextlib import suppress
from dataclasses import dataclass, field
from functools import lru_cache, partial
from importlib import import_module
from multiprocessing import connection as pipes
from multiprocessing import forkserver
from types import ModuleType
from typing import Any

import duckdb
import pyarrow as pa

from data_contracts import checks, expressions
from data_contracts.arrow import Rows
from data_contracts.checks import Check
from data_contracts.connection import shared_duckdb
from data_contracts.model import Contract, Table, Text
from data_contracts.rows import limit_memory, name_rows
from data_contracts.sql import identifier
from pipelines import rows_to_check
from pipelines.child_process import answers, end_with_parent

# How many unexpected values a check shows; quarantine holds them all.
SHOWN = 20
# So long a worker may take to end by itself.
END_SECONDS = 10.0
REFERENCES = "references_hold"
KEYS = "keys_are_unique"


@dataclass(frozen=True)
class Verdict:
    """Outcome of one check on one table."""

    #: the table that was looked at
    table: str
    #: id of the check (``data_contracts.checks.Check``)
    check: str
    #: ``critical``, ``warning`` or ``info``
    severity: str
    #: what does not hold, for people
    sentence: Text
    #: an exception is no pass
    passed: bool
    #: how many rows break it
    unexpected: int = 0
    #: some of their values
    examples: Sequence[str] = field(default_factory=tuple)
    #: why it could not be checked; empty where it could
    error: str = ""


def suite_verdicts(
    contract: Contract,
    tables: Mapping[str, Rows],
    connection: duckdb.DuckDBPyConnection,
    certified: "Mapping[str, Rows | None] | None" = None,
) -> list[Verdict]:
    """Verdict of every suite check of the given tables.

    ``connection`` holds the contract's look-up tables, which derived columns read. ``certified``: tables as they were
    when the same suite passed on them without a warning.
    """
    passed = certified or {}
    found = (
        begin_suite(contract, name, data, connection, certified=passed.get(name))
        for name, data in tables.items()
    )
    return [verdict for verdicts in found for verdict in verdicts()]


def begin_suite(
    contract: Contract,
    name: str,
    data: Rows,
    connection: duckdb.DuckDBPyConnection,
    workers: Executor | None = None,
    certified: "Rows | None" = None,
) -> Callable[[], list[Verdict]]:
    """The same of one table, in ``workers`` while this process does something else; what it gives waits for them."""
    table = contract.tables[name]
    derived = checks.derive(contract, table)
    judged = rows_to_check.Judged(connection, table, data, certified)
    # Of a table without rows only what is said of the whole table is run: no row can break a rule about rows, and
    # each expectation costs some 20 ms whatever it looks at.
    wanted = [check for check in derived if judged.count or not check.columns]
    begun = _begin(workers, name, judged.rows_that_show(wanted), wanted)
    large = data if rows_to_check.is_large(data) else None

    def verdicts() -> list[Verdict]:
        found = {verdict.check: verdict for verdict in begun()}
        failed = [check for check in derived if check.id in found and not found[check.id].passed]
        if failed and large is not None:
            # What does not hold of some rows of a large table is counted in all of them.
            rows = rows_to_check.Judged(connection, table, large).rows_for(failed)
            found |= {verdict.check: verdict for verdict in _begin(workers, name, rows, failed)()}
        return [found.get(c.id) or Verdict(name, c.id, c.severity, c.sentence, passed=True) for c in derived]

    return verdicts


def _begin(
    workers: Executor | None, name: str, rows: pa.Table, some: Sequence[Check]
) -> Callable[[], list[Verdict]]:
    """Run checks of one table on some of its rows; gives what waits for their verdicts."""
    here = partial(_run_suite, name, rows, some)
    if workers:
        with suppress(BrokenExecutor):
            return partial(_verdicts_of_worker, workers.submit(_run_suite, name, rows, some), here)
    said = here()
    return lambda: said


def _verdicts_of_worker(begun: Future[list[Verdict]], here: Callable[[], list[Verdict]]) -> list[Verdict]:
    """What a worker says; where it ended before it did, or did nothing for too long and is ended, what is said here."""
    if not answers(lambda span: bool(wait([begun], span).done), _ids_of_workers):
        _kill_workers()
    with suppress(BrokenExecutor):
        return begun.result()
    return here()


def _workers_now() -> list[Any]:
    """Processes that run suites; nothing else in a refresh is made by the server process."""
    kind = multiprocessing.get_context("forkserver").Process
    return [child for child in multiprocessing.active_children() if isinstance(child, kind)]


def _ids_of_workers() -> list[int]:
    return [worker.pid or 0 for worker in _workers_now()]


def _kill_workers() -> None:
    for worker in _workers_now():
        worker.kill()


def prepare_suite_workers() -> None:
    """Begin to import Great Expectations beside other work, for :func:`suite_workers`; returns at once.

    The processes are forked from a server process that has only imported it (``forkserver``): a fork of this process,
    which has threads, could hang.
    """
    os.environ.setdefault("GX_ANALYTICS_ENABLED", "false")
    multiprocessing.get_context("forkserver").set_forkserver_preload(["pipelines.suite_server"])
    forkserver.ensure_running()


class _Later(ModuleType):
    """In place of a module, which is imported when something of it is asked for."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        if sys.modules.get(self.__name__) is self:
            del sys.modules[self.__name__]
        return getattr(import_module(self.__name__), name)


def load_for_workers() -> None:
    """In the server process: what each suite needs, which the collector of garbage leaves alone from then on.

    Great Expectations has some 300,000 objects, which a worker would look through again and again and so copy. It does
    without SQLAlchemy, which it would load for suites of databases: a sixth of its import. What it needs for
    distributions and their charts, another third, it imports when it is asked for one.
    """
    gc.disable()
    sys.modules.setdefault("sqlalchemy", None)  # type: ignore[arg-type]  # None: an import of it fails
    for name in ("altair", "scipy.stats"):
        sys.modules.setdefault(name, _Later(name))
    _batches()
    gc.freeze()


def suite_workers() -> Executor:
    """Processes that run suites; the first suite waits until Great Expectations is imported, once for all of them."""
    prepare_suite_workers()
    return ProcessPoolExecutor(
        min(2, os.cpu_count() or 1),
        mp_context=multiprocessing.get_context("forkserver"),
        initializer=_begin_worker,
    )


def end_suite_workers(workers: Executor) -> None:
    """End them, also where one was stopped by a signal and would never end by itself."""
    running = _workers_now()
    workers.shutdown(wait=False, cancel_futures=True)
    for worker in running:
        if not pipes.wait([worker.sentinel], END_SECONDS):
            worker.kill()


def _begin_worker() -> None:
    """In a worker."""
    gc.enable()
    end_with_parent()


def _great_expectations() -> None:
    """Import it once a process, quietly and without its telemetry."""
    os.environ.setdefault("GX_ANALYTICS_ENABLED", "false")
    logging.getLogger("great_expectations").setLevel(logging.ERROR)
    import_module("great_expectations")


def _run_suite(name: str, rows: pa.Table, derived: Sequence[Check]) -> list[Verdict]:
    """Verdicts of checks of one table on some of its rows."""
    return _expected(name, rows.to_pandas(), derived)


def _expected(name: str, frame: Any, derived: Sequence[Check]) -> list[Verdict]:
    """What Great Expectations says of each check.

    First only whether it passes, which takes half the time; counts and examples of those that do not.
    """
    if not derived:
        return []
    batch = _batches().get_batch({"dataframe": frame})
    said = _validated(batch, name, dict(enumerate(derived)), "BOOLEAN_ONLY")
    failed = {place: check for place, check in enumerate(derived) if not said[place].success}
    if failed:
        said |= _validated(batch, name, failed, "SUMMARY")
    return [_verdict(name, check, said[place], frame) for place, check in enumerate(derived)]


@lru_cache
def _batches() -> Any:
    """Where frames become batches of Great Expectations, one after the other: made once a process, since it is slow."""
    _great_expectations()
    import great_expectations as gx

    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False, "metric_calculations": False}
    asset = context.data_sources.add_pandas("tables").add_dataframe_asset("table")
    return asset.add_batch_definition_whole_dataframe("whole")


def _validated(batch: Any, name: str, derived: Mapping[int, Check], result_format: str) -> dict[int, Any]:
    """Results of a suite of these checks by their places."""
    import great_expectations as gx

    expectations = [_expectation(gx, place, check) for place, check in derived.items()]
    suite = gx.ExpectationSuite(name=name, expectations=expectations)
    outcome = batch.validate(suite, result_format=result_format)
    return {result.expectation_config.meta["place"]: result for result in outcome.results}


def _expectation(gx: Any, place: int, check: Check) -> Any:
    """The expectation of a check; its place in the suite identifies its result."""
    arguments = {**check.arguments, "severity": check.severity, "meta": {"check": check.id, "place": place}}
    if check.condition:
        from great_expectations.expectations import row_conditions

        arguments["row_condition"] = expressions.to_row_condition(check.condition, row_conditions)
    return _expectation_class(gx.expectations, check.expectation)(**arguments)


@lru_cache
def _expectation_class(expectations: Any, name: str) -> Any:
    """One of Great Expectations' own, except that each expectation makes its configuration once.

    Theirs makes it for every key that is asked for: a third of the time of a suite. It takes their place in their
    registry, by its name.
    """
    from great_expectations.compatibility import pydantic

    theirs = getattr(expectations, name)

    def configuration(self: Any) -> Any:
        if self._made is None:
            self._made = theirs.configuration.fget(self)
        return self._made

    own = {"_made": pydantic.PrivateAttr(default=None), "configuration": property(configuration)}
    return type(theirs)(name, (theirs,), own)


def _verdict(table: str, check: Check, outcome: Any, frame: Any) -> Verdict:
    """``frame``: the rows that were judged; of a rule across columns its own columns say what is wrong, after the first
    column of the table, which names the row in all tables that have such rules."""
    result = outcome.result or {}
    raised = _exception(outcome.exception_info)
    examples = [str(value) for value in result.get("partial_unexpected_list", [])[:SHOWN]]
    if check.condition:
        shown = frame.loc[
            result.get("partial_unexpected_index_list", [])[:SHOWN], [frame.columns[0], *check.columns]
        ]
        examples = [", ".join(map(str, row)) for row in shown.itertuples(index=False)]
    if not examples and not outcome.success and "observed_value" in result:
        examples = [str(result["observed_value"])]
    return Verdict(
        table=table,
        check=check.id,
        severity=check.severity,
        sentence=check.sentence,
        passed=bool(outcome.success) and not raised,
        unexpected=int(result.get("unexpected_count", 0) or 0),
        examples=examples,
        error=raised,
    )


def _exception(info: Any) -> str:
    """An exception is "could not be checked", never "passed"; it comes flat or keyed by metric."""
    if not info:
        return ""
    entries = [info] if "raised_exception" in info else list(info.values())
    raised = [e for e in entries if isinstance(e, Mapping) and e.get("raised_exception")]
    return str(raised[0].get("exception_message", "could not be checked")) if raised else ""


def release_checks(contract: Contract) -> list[tuple[str, str, str, str]]:
    """(table, check, severity, sentence) of every whole-release invariant, as definitions need them beforehand."""
    found = []
    for name, table in contract.tables.items():
        if any("." in (column.codes or "") for column in table.columns):
            found.append(
                (name, REFERENCES, "critical", "Everything that the table refers to is in the release.")
            )
        if table.in_force and table.key:
            found.append((name, KEYS, "critical", contract.sentences["key_not_unique"].en))
    found += [(r.tables[0], r.id, r.severity, r.sentence.en) for r in contract.rules if r.query]
    return found


def release_verdicts(contract: Contract, tables: Mapping[str, Rows]) -> list[Verdict]:
    """Verdicts on the whole release in DuckDB: references between tables, and the rules with a query of their own."""
    rules = {rule.id: rule for rule in contract.rules}
    verdicts = []
    with limit_memory(shared_duckdb()) as con:
        for name, data in tables.items():
            name_rows(con, name, data)
        for name, check, severity, _ in release_checks(contract):
            if check == REFERENCES:
                verdicts.append(_references(contract, con, contract.tables[name]))
                continue
            if check == KEYS:
                verdicts.append(_keys(contract, con, contract.tables[name]))
                continue
            found = con.execute(rules[check].query).fetchall()
            examples = [", ".join(map(str, row)) for row in found[:SHOWN]]
            sentence = rules[check].sentence
            verdicts.append(Verdict(name, check, severity, sentence, not found, len(found), examples))
    return verdicts


def _keys(contract: Contract, con: duckdb.DuckDBPyConnection, table: Table) -> Verdict:
    """Keys over the whole of a table of which the suite sees only the rows in force."""
    key = ", ".join(map(identifier, table.key))
    found = con.execute(
        f"SELECT {key} FROM {table.name} GROUP BY ALL HAVING count(*) > 1 ORDER BY ALL"
    ).fetchall()
    examples = [", ".join(map(str, row)) for row in found[:SHOWN]]
    sentence = contract.sentences["key_not_unique"]
    return Verdict(table.name, KEYS, "critical", sentence, not found, len(found), examples)


def _references(contract: Contract, con: duckdb.DuckDBPyConnection, table: Table) -> Verdict:
    examples, sentence = [], contract.sentences["reference_broken"]
    for column in table.columns:
        target, _, key = (column.codes or "").partition(".")
        if not key or (target, key) == (table.name, column.name):
            continue
        name = identifier(column.name)
        broken = con.execute(
            f"""SELECT DISTINCT {name} FROM (
              SELECT {name} FROM {table.name} WHERE ({table.in_force or "TRUE"}) AND {name} IS NOT NULL)
            ANTI JOIN (SELECT {identifier(key)} AS {name} FROM {target}) USING ({name}) ORDER BY 1"""
        ).fetchall()
        if broken:
            sentence = checks.sentence(
                contract, "reference_broken", column=column.label.en, name=column.name, table=target
            )
            examples += [f"{column.name}={value}" for (value,) in broken]
    shown = examples[:SHOWN]
    return Verdict(table.name, REFERENCES, "critical", sentence, not examples, len(examples), shown)

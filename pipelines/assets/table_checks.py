"""The contract's checks of the tables as Dagster asset checks, named by rule.

Great Expectations runs the suites of the tables of one step, each from the moment at which its table is written where
they have processes of their own; no step that reads these tables begins before all passed. DuckDB runs invariants over
several tables on the whole candidate. A failed critical check blocks what is downstream, in the end the release, so the
previous release stays as it is.

A table that passed gets a certificate: which suite, when, on which content. A table with the content that the last
release was certified for keeps that certificate, and Great Expectations is not even imported.

Not here: the engines (``pipelines.expectation_suites``) and the rules (``data_contracts.checks``, ``rules.yaml``).
Called by ``pipelines.definitions``.
"""

from collections.abc import Iterator, Sequence
from typing import Any

import dagster as dg

from data_contracts import checks as contract_checks
from data_contracts.model import Contract
from pipelines import expectation_suites
from pipelines.assets.release import CANDIDATE
from pipelines.assets.tables import PRIORITY_TAG, STEPS
from pipelines.release.last_release import LastRelease
from pipelines.resources import Clock, DataDir, SuiteWorkers
from pipelines.staging import StagedTables

# Tables whose rules are shown one by one in the UI; of the others one check names the rules that failed.
RULE_BY_RULE = ("observations",)
WHOLE = "contract"


def table_checks(contract: Contract) -> list[dg.AssetChecksDefinition]:
    """One check step for each step of tables, and one for the whole candidate."""
    suites = [_suite_step(contract, f"check_{step}", names) for step, names in STEPS.items()]
    return [*suites, _release_step(contract)]


def _suite_step(contract: Contract, step: str, names: Sequence[str]) -> dg.AssetChecksDefinition:
    specs = []
    for name in names:
        if name in RULE_BY_RULE:
            derived = contract_checks.derive(contract, contract.tables[name])
            specs += [_spec(name, check.id, check.severity, check.sentence.en) for check in derived]
        else:
            specs.append(_spec(name, WHOLE, "critical", "Every rule of the contract on this table."))

    @dg.multi_asset_check(name=step, specs=specs, op_tags={PRIORITY_TAG: "-2"})
    def run_suites(data_dir: DataDir, clock: Clock, suites: SuiteWorkers) -> Iterator[dg.AssetCheckResult]:
        last, tables = data_dir.directory.last_release(contract), StagedTables(data_dir.directory)
        changed = [name for name in names if not _certified(last, name, tables)]
        verdicts = suites.verdicts(data_dir.directory, changed)
        for name in names:
            mine = [verdict for verdict in verdicts if verdict.table == name]
            if name in changed and all(v.passed or v.severity != "critical" for v in mine):
                tables.certify(name, clock.now(), len(mine), sum(not verdict.passed for verdict in mine))
            if name not in changed:
                yield from _still_certified(contract, last, name)
            elif name in RULE_BY_RULE:
                yield from (_result(verdict) for verdict in mine)
            else:
                yield _table_result(name, mine)

    return run_suites


def _certified(last: LastRelease, name: str, tables: StagedTables) -> bool:
    """Whether the last release has a certificate of this suite for this content; it is carried over then."""
    certificate = tables.certified_before(last.manifest, name)
    if certificate is not None:
        tables.carry(name, certificate)
    return certificate is not None


def _still_certified(contract: Contract, last: LastRelease, name: str) -> Iterator[dg.AssetCheckResult]:
    metadata = {"certified_in": last.name}
    if name not in RULE_BY_RULE:
        yield dg.AssetCheckResult(asset_key=name, check_name=WHOLE, passed=True, metadata=metadata)
        return
    for check in contract_checks.derive(contract, contract.tables[name]):
        yield dg.AssetCheckResult(asset_key=name, check_name=check.id, passed=True, metadata=metadata)


def _release_step(contract: Contract) -> dg.AssetChecksDefinition:
    specs = [
        _spec(CANDIDATE, f"{table}__{check}", severity, sentence)
        for table, check, severity, sentence in expectation_suites.release_checks(contract)
    ]

    @dg.multi_asset_check(name="check_release", specs=specs)
    def run_invariants(data_dir: DataDir) -> Iterator[dg.AssetCheckResult]:
        scanned = {name: StagedTables(data_dir.directory).scan(name) for name in contract.tables}
        for verdict in expectation_suites.release_verdicts(contract, scanned):
            yield _result(verdict, CANDIDATE, f"{verdict.table}__{verdict.check}")

    return run_invariants


def _table_result(name: str, verdicts: Sequence[expectation_suites.Verdict]) -> dg.AssetCheckResult:
    """One result for all rules of a table: the gravest failure leads, the others are listed."""
    failed = sorted((v for v in verdicts if not v.passed), key=lambda v: v.severity != "critical")
    if not failed:
        metadata = {"rules": len(verdicts)}
        return dg.AssetCheckResult(asset_key=name, check_name=WHOLE, passed=True, metadata=metadata)
    result = _result(failed[0], name, WHOLE)
    rules = [f"{v.check}: {v.sentence.en} {'; '.join(v.examples[:3])}" for v in failed]
    return result._replace(metadata={**result.metadata, "rules": dg.MetadataValue.json(rules)})


def _spec(asset: str, check: str, severity: str, description: str) -> dg.AssetCheckSpec:
    return dg.AssetCheckSpec(check, asset=asset, description=description, blocking=severity == "critical")


def _result(verdict: expectation_suites.Verdict, asset: str = "", name: str = "") -> dg.AssetCheckResult:
    metadata: dict[str, Any] = {}
    if not verdict.passed:
        metadata = {
            "rule": verdict.check,
            "sentence": verdict.sentence.en,
            "sentence_ru": verdict.sentence.ru,
            "unexpected": verdict.unexpected,
            "examples": list(verdict.examples),
        }
    if verdict.error:
        metadata["could_not_be_checked"] = verdict.error
    critical = verdict.severity == "critical"
    return dg.AssetCheckResult(
        asset_key=asset or verdict.table,
        check_name=name or verdict.check,
        passed=verdict.passed,
        severity=dg.AssetCheckSeverity.ERROR if critical else dg.AssetCheckSeverity.WARN,
        metadata=metadata,
    )

"""The tables of programmes for aggressors as assets: returns from inbox to archive, then all tables at once.

::

    raw/programme_returns -> programmes   programmes, programme_returns, programme_flow, …, programme_references, …

They are no datasets: a return gives rows of eight tables, no observations. Not here: what of a return is kept
and published (``pipelines.programme_returns``, ``transforms.programmes``), the checks of these tables
(``pipelines.assets.table_checks``). Called by ``pipelines.definitions``.
"""

from collections.abc import Iterator
from typing import Any

import dagster as dg
import pyarrow as pa

from data_contracts.model import Contract
from pipelines import new_returns, programme_returns
from pipelines.assets.datasets import OWNERS, RAW
from pipelines.assets.tables import FIRST, PROGRAMME_TABLES, table_outs
from pipelines.declarations import declarations
from pipelines.programme_template.answer import write_answer
from pipelines.resources import Clock, DataDir, SuiteWorkers
from sources.bundled_registers import load_register
from transforms.programmes import tables

RETURNS = dg.AssetKey([RAW, new_returns.DATASET])


def programme_assets(contract: Contract) -> list[dg.AssetsDefinition]:
    """Both steps."""
    return [_returns_asset(contract), _tables_asset(contract)]


def _returns_asset(contract: Contract) -> dg.AssetsDefinition:
    @dg.asset(
        key=RETURNS,
        group_name="programmes",
        owners=OWNERS,
        description="Accepted returns of programmes, as figures only; files in the inbox are accepted or refused.",
        op_tags=FIRST,
    )
    def programme_returns_archive(
        context: dg.AssetExecutionContext, data_dir: DataDir, clock: Clock
    ) -> dg.MaterializeResult[Any]:
        notices = programme_returns.take_inbox(data_dir.directory, contract, clock.now(), write_answer)
        for notice in notices:
            context.log.warning(notice)
        said = programme_returns.summary(data_dir.directory)
        return dg.MaterializeResult(metadata={"notices": [*notices, *filter(None, [said])]})

    return programme_returns_archive


def _tables_asset(contract: Contract) -> dg.AssetsDefinition:
    @dg.multi_asset(
        name="programmes",
        outs=table_outs(contract, PROGRAMME_TABLES, ()),
        deps=[RETURNS],
        op_tags=FIRST,
    )
    def programme_tables(
        context: dg.AssetExecutionContext, data_dir: DataDir, clock: Clock, suites: SuiteWorkers
    ) -> Iterator[dg.MaterializeResult[pa.Table]]:
        last = data_dir.directory.last_release(declarations().contract)
        returns, notices = programme_returns.accepted_returns(data_dir.directory, contract, clock.now())
        for notice in notices:
            context.log.warning(notice)
        made = {
            **tables.programme_tables(
                contract, returns, last.table, programme_returns.remembered(data_dir.directory)
            ),
            "programme_references": tables.references(contract, load_register("programme_references")),
            "programme_evidence": tables.evidence(contract, load_register("programme_evidence")),
        }
        new_returns.note_made(data_dir.directory)
        for name in PROGRAMME_TABLES:
            yield dg.MaterializeResult(asset_key=name, value=made[name])
            suites.begin(data_dir.directory, name)

    return programme_tables

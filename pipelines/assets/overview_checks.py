"""The overview as asset checks on the release: one for all datasets, one for each country.

A check that did not pass says in one line what is wrong (``17 failed, 5 stale; 101 of 123 datasets in order``) and
holds a table of what, since when, why and what to do. It never blocks: a release with stale datasets is published,
and says so. Not here: the words (``pipelines.overview``) and the checks of the contract
(``pipelines.assets.table_checks``). Called by ``pipelines.definitions``.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import dagster as dg

from data_contracts.vocabulary import COUNTRY_NAMES
from pipelines import new_returns, overview
from pipelines.declarations import declarations
from pipelines.outcome import RELEASE
from pipelines.overview import Trouble
from pipelines.resources import DataDir
from pipelines.staging import StagedTables
from pipelines.state_groups import GRAVE
from sources import inbox

ALL = "all_datasets"
# Datasets on several countries have no country of their own.
INTERNATIONAL = "international"


def group_of(country: str) -> str:
    """Name of the group and of the check of a country. Example: ``KZ`` -> ``kazakhstan``."""
    return COUNTRY_NAMES.get(country, INTERNATIONAL).lower()


def overview_checks() -> dg.AssetChecksDefinition:
    """One step with all of them."""
    places = [group_of(country) for country in (*COUNTRY_NAMES, "*")]
    specs = [
        dg.AssetCheckSpec(
            ALL, asset=RELEASE, description="Every dataset is fresh: none failed, held, stale, never fetched."
        ),
        *(
            dg.AssetCheckSpec(
                place, asset=RELEASE, description=f"Every dataset of the group {place} is fresh."
            )
            for place in places
        ),
    ]

    @dg.multi_asset_check(name="overview", specs=specs)
    def run_overview(data_dir: DataDir) -> Iterator[dg.AssetCheckResult]:
        tables = StagedTables(data_dir.directory)
        loaded = {name: tables.load(name) for name in overview.TABLES}
        found = overview.troubles(loaded)
        strays = inbox.strays(data_dir.directory.inbox, [*declarations().datasets, new_returns.DATASET])
        countries = [group_of(country) for country in loaded["datasets"]["country"].to_pylist()]
        yield _result(ALL, found, len(countries), strays)
        for place in places:
            mine = [trouble for trouble in found if group_of(trouble.country) == place]
            yield _result(place, mine, countries.count(place))

    return run_overview


def _result(
    name: str, found: Sequence[Trouble], total: int, strays: Sequence[Path] = ()
) -> dg.AssetCheckResult:
    """Red where a dataset failed or is held, yellow where one is stale, never fetched or had rows refused."""
    said = overview.sentence(found, total)
    metadata: dict[str, Any] = {**overview.names(found), "datasets that need a person": len(found)}
    if strays:
        said = f"{said}; files of the inbox that nothing reads: {len(strays)}"
        metadata["files that nothing reads"] = inbox.stray_sentences(strays)
    if found:
        metadata["what to do"] = dg.MetadataValue.md(overview.markdown(found))
    grave = any(trouble.kind in GRAVE for trouble in found)
    return dg.AssetCheckResult(
        asset_key=RELEASE,
        check_name=name,
        passed=not found and not strays,
        severity=dg.AssetCheckSeverity.ERROR if grave else dg.AssetCheckSeverity.WARN,
        description=said,
        metadata=metadata,
    )

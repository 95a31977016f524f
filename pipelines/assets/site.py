"""The static site as an asset after the release, in a job of its own.

``dvstats refresh`` does not build it, so that nobody waits for pages that nobody asked for. Under ``make dev`` a sensor
starts the job after each new release; ``dvstats site`` builds the same. Not here: the site (``pipelines.site``). Called
by ``pipelines.definitions``.
"""

from collections.abc import Iterator
from typing import Any

import dagster as dg

from pipelines.assets.datasets import OWNERS
from pipelines.resources import DataDir

SITE = "site"
FOLDER = "site"


def site_asset() -> dg.AssetsDefinition:
    """The site of the latest release, in ``site/`` of the data directory."""

    @dg.asset(
        name=SITE,
        deps=["release"],
        group_name="release",
        owners=OWNERS,
        kinds={"html"},
        description="The static site of the latest release: pages in English and Russian, charts, files, query page.",
    )
    def site(data_dir: DataDir) -> dg.MaterializeResult[Any]:
        from pipelines.site.build import build_site

        root = data_dir.directory.root
        built = build_site(root, root / FOLDER)
        return dg.MaterializeResult(
            metadata={
                "release": built.release,
                "pages": built.pages,
                "bytes": built.bytes,
                "query_engine": built.engine,
                "folder": str(built.folder),
            }
        )

    return site


site_job = dg.define_asset_job(
    "build_site",
    selection=dg.AssetSelection.assets(SITE),
    description="The static site of the latest release.",
)


@dg.asset_sensor(
    asset_key=dg.AssetKey("release"),
    job=site_job,
    name="site_after_release",
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="Builds the site after each release that is new.",
)
def site_after_release(
    context: dg.SensorEvaluationContext, event: dg.EventLogEntry
) -> Iterator[dg.RunRequest | dg.SkipReason]:
    """One run a new release; a refresh that published nothing starts none."""
    materialization = event.asset_materialization
    metadata = materialization.metadata if materialization else {}
    if "new" in metadata and metadata["new"].value:
        yield dg.RunRequest(run_key=str(metadata["release"].value))
    else:
        yield dg.SkipReason("The refresh published no new release.")

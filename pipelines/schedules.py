"""One job, one schedule a cadence in the region's time zone, and the release for the 16 Days of Activism.

Not here: which cadence a dataset has (its declaration) and after how many days it is overdue
(``data_contracts/vocabulary.yaml``). Called by ``pipelines.definitions``; the schedules run under ``make dev``.
"""

from collections.abc import Mapping
from typing import Any

import dagster as dg

from pipelines.assets.datasets import OBSERVATIONS, RAW
from pipelines.assets.programmes import RETURNS
from pipelines.assets.site import SITE
from pipelines.refresh import JOB
from sources.dataset import Dataset

# Almaty, Tashkent and Dushanbe share this clock; Bishkek is an hour ahead.
ZONE = "Asia/Almaty"
CRONS = {
    "daily": ("0 3 * * *", "Portals that change daily."),
    "weekly": ("30 3 * * 1", "Portals that change weekly, on Mondays."),
    "monthly": ("0 4 16 * *", "Offices that publish monthly, by the middle of the month."),
    "quarterly": ("30 4 20 1,4,7,10 *", "Offices that publish quarterly."),
    "half_yearly": ("0 5 10 2,8 *", "Press conferences of February and August."),
    "yearly": ("0 5 5 * *", "Yearly publications come on no fixed day: requested monthly."),
    "irregular": ("30 5 6 * *", "Publications without a calendar: requested monthly."),
}
SIXTEEN_DAYS = "0 3 25 11 *"

# Down to the release: the site after it has a job of its own (pipelines.assets.site).
_TO_RELEASE = dg.AssetSelection.all() - dg.AssetSelection.assets(SITE)

refresh_job = dg.define_asset_job(
    JOB,
    selection=_TO_RELEASE,
    description="Every dataset from publisher to release; the same graph that `dvstats refresh` runs.",
)


def _selection(datasets: Mapping[str, Dataset], cadence: str) -> dg.AssetSelection:
    keys = [
        dg.AssetKey([stage, d.id])
        for d in datasets.values()
        if d.cadence == cadence
        for stage in (RAW, OBSERVATIONS)
    ]
    # Returns that came meanwhile are published with whatever runs first.
    return dg.AssetSelection.assets(*keys, RETURNS).downstream() & _TO_RELEASE


def _schedule(name: str, cron: str, what: str, job: Any) -> dg.ScheduleDefinition:
    return dg.ScheduleDefinition(
        name=name,
        cron_schedule=cron,
        job=job,
        execution_timezone=ZONE,
        description=what,
        run_config={"resources": {"publishers": {"config": {"live": True}}}},
        default_status=dg.DefaultScheduleStatus.RUNNING,
    )


def schedules(datasets: Mapping[str, Dataset]) -> list[dg.ScheduleDefinition]:
    """A schedule for every cadence that a dataset declares, on by default."""
    made = []
    for cadence, (cron, what) in CRONS.items():
        if any(dataset.cadence == cadence for dataset in datasets.values()):
            job = dg.define_asset_job(
                f"refresh_{cadence}", selection=_selection(datasets, cadence), description=what
            )
            made.append(_schedule(f"every_{cadence}", cron, what, job))
    what = "All datasets, for the 16 Days of Activism against Gender-Based Violence (25 November)."
    made.append(_schedule("sixteen_days", SIXTEEN_DAYS, what, refresh_job))
    return made

"""Jobs and schedules: refresh live or offline, one cadence, chosen datasets; the 16 Days of Activism.

Schedules, not automation conditions: a release is one consistent whole, made under one lock. Conditions would start a
run whenever one of two hundred assets changes; each would wait for the lock and publish a release of its own. So time
starts the raw assets, cadence by cadence. Within the run, data versions decide which observations and tables are made
anew (``pipelines.assets.datasets``, ``pipelines.assets.tables``).

Every schedule is off until it is switched on, in the browser or by ``DVSTATS_SCHEDULES=on``; ``CRONS`` holds the
times. Not here: after how many days a dataset is overdue (``pipelines.freshness_policies``), the sensor on the inbox
(``pipelines.inbox_sensor``). Called by ``pipelines.definitions``.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import dagster as dg

from pipelines.assets.datasets import OBSERVATIONS, RAW
from pipelines.assets.programmes import RETURNS
from pipelines.assets.release import NOTE_TAG
from pipelines.assets.site import SITE
from pipelines.assets.tables import CODEBOOK_TABLES
from pipelines.deployment import ZONE
from pipelines.refresh import REFRESH_LIVE, REFRESH_OFFLINE
from pipelines.resources import REQUESTS_TAG, Publishers
from sources.dataset import Dataset

CRONS = {
    "daily": ("0 3 * * *", "Portals that change daily."),
    "weekly": ("30 3 * * 1", "Portals that change weekly, on Mondays."),
    "monthly": ("0 4 16 * *", "Offices that publish monthly, by the middle of the month."),
    "quarterly": ("30 4 20 1,4,7,10 *", "Offices that publish quarterly."),
    "half_yearly": ("0 5 10 2,8 *", "Press conferences of February and August."),
    "yearly": ("0 5 5 * *", "Yearly publications come on no fixed day: requested monthly."),
    "irregular": ("30 5 6 * *", "Publications without a calendar: requested monthly."),
}
# Every morning of the 16 Days of Activism against Gender-Based Violence, 25 November to 10 December.
SIXTEEN_DAYS = ("0 3 25-30 11 *", "0 3 1-10 12 *")

BACKFILL = "backfill"
SIXTEEN_DAYS_NOTE = "16 Days of Activism against Gender-Based Violence"

# Down to the release: the site after it has a job of its own (pipelines.assets.site).
_TO_RELEASE = dg.AssetSelection.all() - dg.AssetSelection.assets(SITE)


def _selection(datasets: Mapping[str, Dataset], cadence: str) -> dg.AssetSelection:
    keys = [
        dg.AssetKey([stage, d.id])
        for d in datasets.values()
        if d.cadence == cadence
        for stage in (RAW, OBSERVATIONS)
    ]
    # Returns that came meanwhile are published with whatever runs first. The codebook depends on no dataset; what is
    # derived of the datasets needs its tables.
    selected = dg.AssetSelection.assets(*keys, RETURNS).downstream() | dg.AssetSelection.assets(
        *CODEBOOK_TABLES
    )
    return selected & _TO_RELEASE


class Jobs:
    """Jobs of one deployment; each holds in its configuration all of what it asks of publishers.

    All of it, since a configuration replaces what the resource was made with: a job that said ``live`` only would
    forget the mirror.
    """

    def __init__(self, publishers: Publishers) -> None:
        """``publishers``: mirror and contact of the deployment."""
        self._given = {name: getattr(publishers, name) for name in ("mirror", "contact", "patience")}

    def job(
        self, name: str, what: str, selection: Any = _TO_RELEASE, *, live: bool, **chosen: list[str]
    ) -> Any:
        """A job with its configuration; ``chosen``: datasets and cadences, where not all are asked."""
        return dg.define_asset_job(
            name,
            selection=selection,
            description=what,
            tags={REQUESTS_TAG: "live" if live else "offline"},
            config={"resources": {"publishers": {"config": {**self._given, "live": live, **chosen}}}},
        )

    def whole(self) -> list[Any]:
        """The jobs over all datasets."""
        return [
            self.job(
                REFRESH_LIVE,
                "Every dataset from publisher to release, as `dvstats refresh --live`: publishers are requested "
                "one after the other.",
                live=True,
            ),
            self.job(
                REFRESH_OFFLINE,
                "Every dataset from archive to release, as `dvstats refresh`: bundled files, the inbox, what was "
                "received before. No publisher is requested.",
                live=False,
            ),
            self.job(
                BACKFILL,
                "Asks for chosen datasets or cadences only, then makes the release. In the launchpad, write ids of "
                "datasets (`datasets: [kg_victims]`) or cadences (`cadences: [yearly]`, with `datasets: []`).",
                live=True,
                datasets=["ids of datasets go here"],
                cadences=[],
            ),
        ]


def jobs_and_schedules(
    datasets: Mapping[str, Dataset], publishers: Publishers, *, on: bool
) -> tuple[list[Any], list[dg.ScheduleDefinition]]:
    """All jobs down to the release, and a schedule for every cadence that a dataset declares; ``on``: running."""
    made = Jobs(publishers)
    jobs = made.whole()

    def schedule(
        name: str, job: Any, cron: str | Sequence[str], what: str, **more: Any
    ) -> dg.ScheduleDefinition:
        return dg.ScheduleDefinition(
            name=name,
            job=job,
            cron_schedule=cron,
            execution_timezone=ZONE,
            description=what,
            default_status=dg.DefaultScheduleStatus.RUNNING if on else dg.DefaultScheduleStatus.STOPPED,
            **more,
        )

    what = f"All datasets, each morning of the {SIXTEEN_DAYS_NOTE}."
    tags = {NOTE_TAG: SIXTEEN_DAYS_NOTE}
    schedules = [schedule("sixteen_days", jobs[0], SIXTEEN_DAYS, what, tags=tags)]
    for cadence, (cron, what) in CRONS.items():
        if any(dataset.cadence == cadence for dataset in datasets.values()):
            jobs.append(made.job(f"refresh_{cadence}", what, _selection(datasets, cadence), live=True))
            schedules.append(schedule(f"every_{cadence}", jobs[-1], cron, what))
    return jobs, schedules

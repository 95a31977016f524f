"""What follows from the cadence of a dataset: when it is requested, and when Dagster calls it overdue.

The days after which a dataset is overdue are declared once, in ``data_contracts/vocabulary.yaml``
(``overdue_after_days``). ``dvstats status``, the table ``datasets`` and the site use them through
``pipelines.dataset_states.overdue``; Dagster's freshness policies are made of them here. Not here: the schedules
themselves (``pipelines.schedules``). Called by that module and by ``pipelines.assets.datasets``.
"""

import datetime as dt

import dagster as dg

from data_contracts.vocabulary import OVERDUE_AFTER_DAYS
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
# Every morning of the 16 Days of Activism against Gender-Based Violence, 25 November to 10 December.
SIXTEEN_DAYS = ("0 3 25-30 11 *", "0 3 1-10 12 *")


def freshness_policy(dataset: Dataset) -> dg.FreshnessPolicy | None:
    """Dagster's policy of a dataset's files; None where nothing makes it overdue.

    It fails at the moment at which ``dvstats status`` begins to call the dataset stale: a whole day more than the
    declared days have passed.
    """
    days = OVERDUE_AFTER_DAYS.get(dataset.cadence)
    if days is None or dataset.collection == "transcription":
        return None
    return dg.FreshnessPolicy.time_window(fail_window=dt.timedelta(days=days + 1))

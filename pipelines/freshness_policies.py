"""When Dagster calls the files of a dataset overdue: a freshness policy, made of the cadence of the dataset.

The days after which a dataset is overdue are declared once, in ``data_contracts/vocabulary.yaml``
(``overdue_after_days``). ``dvstats status``, the table ``datasets`` and the site use them through
``pipelines.dataset_states.overdue``. Not here: when a dataset is requested (``pipelines.schedules``). Called by
``pipelines.assets.datasets``.
"""

import datetime as dt

import dagster as dg

from data_contracts.vocabulary import OVERDUE_AFTER_DAYS
from sources.dataset import Dataset


def freshness_policy(dataset: Dataset) -> dg.FreshnessPolicy | None:
    """Dagster's policy of a dataset's files; None where nothing makes it overdue.

    It fails at the moment at which ``dvstats status`` begins to call the dataset stale: a whole day more than the
    declared days have passed.
    """
    days = OVERDUE_AFTER_DAYS.get(dataset.cadence)
    if days is None or dataset.collection == "transcription":
        return None
    return dg.FreshnessPolicy.time_window(fail_window=dt.timedelta(days=days + 1))

"""Code location of Dagster for simulated days: the graph of this deployment on three portals of the small mirror.

``dagster-daemon run -m tests.days.few_definitions``. The portals have cadences of their own, so that schedules of two
cadences start runs. The suites of Great Expectations, which take most of the time of a small run, pass without being
run. Not here: the days (``test_days``) and the processes (``office``).
"""

from pipelines import expectation_suites
from pipelines.declarations import declarations
from pipelines.definitions import defs
from sources.load_datasets import load_datasets
from tests.fixtures.mirror import HERE
from tests.pipelines.test_same_release import passed

CADENCES = {"ex_open_sdg": "daily", "ex_tabs": "daily", "ex_semicolon": "weekly"}

_invented = load_datasets(HERE / "datasets")
declarations().datasets = {
    name: _invented[name].model_copy(update={"cadence": cadence}) for name, cadence in CADENCES.items()
}
expectation_suites.suite_verdicts = passed

__all__ = ["defs"]

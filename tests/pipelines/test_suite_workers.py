"""Suites beside a run: each begins when its table is written, and no verdict is of other content."""

import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

import dagster as dg
import pyarrow as pa
import pytest

from data_contracts.arrow import arrow_schema
from data_contracts.model import Contract
from pipelines import expectation_suites, resources
from pipelines.data_directory import DataDirectory
from pipelines.declarations import Declarations
from pipelines.resources import SuiteWorkers
from pipelines.staging import StagedTables
from transforms.derive import codebook


@pytest.fixture
def begun(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Tables whose suites were begun; a thread runs them, not a process."""
    names, real = list[str](), expectation_suites.begin_suite

    def noted(contract: Contract, name: str, *given: Any) -> Any:
        names.append(name)
        return real(contract, name, *given)

    monkeypatch.setattr(expectation_suites, "begin_suite", noted)
    monkeypatch.setattr(expectation_suites, "suite_workers", partial(ThreadPoolExecutor, 1))
    return names


@pytest.fixture
def suites() -> Iterator[SuiteWorkers]:
    with SuiteWorkers(parallel=True).yield_for_execution(dg.build_init_resource_context()) as made:
        yield made


def failed(verdicts: list[expectation_suites.Verdict]) -> list[str]:
    return [verdict.check for verdict in verdicts if not verdict.passed]


def test_what_was_begun_is_not_run_again_and_a_table_written_since_is_judged_as_it_is(
    declared: Declarations, tmp_path: Path, begun: list[str], suites: SuiteWorkers
) -> None:
    contract, directory = declared.contract, DataDirectory(tmp_path)
    tables = StagedTables(directory)
    empty: pa.Table = arrow_schema(contract, contract.tables["areas"]).empty_table()
    tables.save("areas", empty)
    suites.begin(directory, "areas")
    assert begun == ["areas"], "before anybody asks for a verdict"
    assert failed(suites.verdicts(directory, ["areas"])) == ["too_few_rows"] and begun == ["areas"]
    tables.save("areas", codebook.areas(contract))
    assert failed(suites.verdicts(directory, ["areas"])) == [] and begun == ["areas", "areas"]


def test_a_table_that_the_last_release_is_certified_for_has_no_suite(
    few_release: Path, begun: list[str], suites: SuiteWorkers
) -> None:
    suites.begin(DataDirectory(few_release), "areas")
    assert begun == []


def test_a_large_table_is_judged_beside_the_one_that_passed_without_a_warning(
    declared: Declarations, few_data: Path, suites: SuiteWorkers, monkeypatch: pytest.MonkeyPatch
) -> None:
    certified = list[Any]()
    monkeypatch.setattr(expectation_suites, "begin_suite", lambda *given: certified.append(given[-1]))
    monkeypatch.setattr(expectation_suites, "suite_workers", partial(ThreadPoolExecutor, 1))
    directory = DataDirectory(few_data)
    last = directory.last_release(declared.contract)
    areas = last.table("areas")
    StagedTables(directory).save("areas", areas.slice(1))
    suites.begin(directory, "areas")
    monkeypatch.setattr(resources, "is_large", lambda rows: True)
    suites.begin(directory, "areas")
    (entry,) = (entry for entry in last.manifest["tables"] if entry["name"] == "areas")
    for name, other in (("suite", "of other rules"), ("warnings", 1), ("sha256", "of another file")):
        same, entry["certificate"][name] = entry["certificate"][name], other
        suites.begin(directory, "areas")
        entry["certificate"][name] = same
    last.damaged.append("areas.parquet does not match its checksum")
    suites.begin(directory, "areas")
    assert certified == [None, areas, None, None, None, None]


def test_a_module_for_later_is_imported_when_something_of_it_is_asked_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    later = expectation_suites._Later("colorsys")
    monkeypatch.setitem(sys.modules, "colorsys", later)
    assert not hasattr(later, "__file__") and sys.modules["colorsys"] is later
    assert later.rgb_to_yiq(0, 0, 0) == (0.0, 0.0, 0.0) and sys.modules["colorsys"] is not later
    assert later.rgb_to_yiq is sys.modules["colorsys"].rgb_to_yiq


@pytest.mark.slow
def test_the_server_of_the_workers_runs_suites_without_what_reads_databases_and_draws() -> None:
    code = """
import sys
import pipelines.suite_server
from pipelines.declarations import declarations
from pipelines.expectation_suites import suite_verdicts
from transforms.derive import codebook

declared = declarations()
areas = codebook.areas(declared.contract)
for rows in (areas, areas.slice(0, 0)):
    found = suite_verdicts(declared.contract, {"areas": rows}, declared.normalizer.connection)
    print([verdict.check for verdict in found if not verdict.passed], len(found) > 5)
print([name for name in sys.modules if name.startswith(("sqlalchemy.", "altair.", "scipy.stats."))])
from scipy import stats
print(stats.entropy([1.0]))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == ["[] True", "['too_few_rows'] True", "[]", "0.0"]

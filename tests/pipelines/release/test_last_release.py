"""The release to build upon: the newest that is named like one, verified, or refused with the remedy."""

import datetime as dt
import json
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from data_contracts import rows
from data_contracts.arrow import write_table
from data_contracts.errors import DvstatsError
from pipelines.data_directory import DataDirectory
from pipelines.declarations import Declarations
from pipelines.published.diff import diff
from pipelines.release.last_release import last_release
from pipelines.release.manifest import release_names
from sources.load_datasets import load_datasets
from tests.fixtures.mirror import HERE, Mirror
from tests.helpers import NOW, process, publish

DATASET = load_datasets(HERE / "datasets")["ex_open_sdg"]
LATER = NOW + dt.timedelta(days=1)


@pytest.fixture(scope="module")
def published(declared: Declarations, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Two releases of one dataset; the second has a year more."""
    data = tmp_path_factory.mktemp("last") / "data"
    with Mirror() as mirror:
        publish(declared, data, process(declared, DATASET, data, mirror.address), NOW)
        mirror.content["stat.example.org/sdg/en/data/5-2-1.csv"] += b"2025,,,,1400\n"
        publish(declared, data, process(declared, DATASET, data, mirror.address), LATER)
    yield data


@pytest.fixture
def data(published: Path, tmp_path: Path) -> Path:
    """A copy that a test may damage."""
    shutil.copytree(published, tmp_path / "data", symlinks=True)
    return tmp_path / "data"


def test_before_the_first_release_everything_is_empty(declared: Declarations, tmp_path: Path) -> None:
    last = last_release(tmp_path, declared.contract)
    assert (last.name, last.folder, last.manifest) == ("", None, {})
    assert last.observations.num_rows == 0 and last.table("rates").num_rows == 0 and last.datasets == {}


def test_the_newest_counts_whatever_else_is_there(declared: Declarations, data: Path) -> None:
    for stray in ("lost+found", "20991231T000000Z.tmp", ".20991231T000000Z.1.tmp"):
        (data / "releases" / stray).mkdir()
    (data / "releases" / "20991231T000000Z").write_text("a file")
    (data / "latest").unlink()
    assert len(release_names(data)) == 2
    last = last_release(data, declared.contract)
    assert last.name == LATER.strftime("%Y%m%dT%H%M%SZ") and not last.damaged
    assert last.observations.num_rows == 109 and last.datasets[DATASET.id]["rows"] == 109


def test_only_rows_in_force_are_its_observations(declared: Declarations, data: Path) -> None:
    last = last_release(data, declared.contract)
    history = last.table("observation_history")
    closed = pa.array([LATER, *[None] * (history.num_rows - 1)], history.schema.field("valid_to").type)
    path = last.folder / "observation_history" / "observation_history.parquet"
    place = history.schema.get_field_index("valid_to")
    pq.write_table(history.set_column(place, history.schema.field(place), closed), path)
    assert last.observations.num_rows == history.num_rows - 1


@pytest.mark.parametrize("table", ["observation_history", "revisions", "releases"])
@pytest.mark.parametrize("way", ["missing", "changed"])
def test_a_damaged_history_is_refused_with_the_remedy(
    declared: Declarations, data: Path, table: str, way: str
) -> None:
    path = (data / "latest").resolve() / table / f"{table}.parquet"
    content = path.read_bytes()
    path.unlink()
    if way == "changed":
        path.write_bytes(content[:-1] + b"x")
    with pytest.raises(DvstatsError, match=f"{table} is missing or damaged. Restore it from a copy; or move"):
        last_release(data, declared.contract)


def test_a_release_that_is_a_link_is_no_base(declared: Declarations, data: Path, tmp_path: Path) -> None:
    newest = data / "releases" / release_names(data)[-1]
    newest.rename(tmp_path / "elsewhere")
    newest.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(
        DvstatsError, match="is a link: a release is built upon the files that lie in releases"
    ):
        last_release(data, declared.contract)


def test_other_damage_is_listed_and_that_table_is_empty(declared: Declarations, data: Path) -> None:
    path = (data / "latest").resolve() / "findings" / "findings.parquet"
    path.write_bytes(path.read_bytes() + b"x")
    last = last_release(data, declared.contract)
    assert len(last.damaged) == 1 and "findings.parquet does not match" in last.damaged[0]
    assert last.rows_of("findings", DATASET.id).num_rows == 0 and last.observations.num_rows == 109


def test_a_table_of_an_older_contract_gets_the_present_columns(declared: Declarations, data: Path) -> None:
    last = last_release(data, declared.contract)
    path = last.folder / "datasets" / "datasets.parquet"
    pq.write_table(pq.read_table(path).drop_columns(["data_version"]), path)
    assert last.table("datasets")["data_version"].to_pylist() == [None]


@pytest.mark.parametrize("table", ["observation_history", "revisions", "observations"])
def test_a_renamed_indicator_is_the_same_in_the_release_before(
    declared: Declarations, data: Path, table: str
) -> None:
    """Before: every row was withdrawn and added again, or the dataset stayed held for ever."""
    renamed = replace(declared.contract, renamed={"indicator": {"DV_VICTIMS": "DV_CASES"}})
    was, now = last_release(data, declared.contract), last_release(data, renamed)
    assert set(now.table(table)["indicator"].to_pylist()) == {"DV_CASES"}
    old, new = (set(release.table(table)["obs_key"].to_pylist()) for release in (was, now))
    assert len(old) == len(new) and not old & new
    assert new <= set(now.table("observation_history")["obs_key"].to_pylist())


def test_a_renamed_indicator_is_no_difference_between_releases(
    declared: Declarations, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before: all rows of the earlier release were withdrawn, and as many were added."""
    renamed = replace(declared.contract, renamed={"indicator": {"DV_VICTIMS": "DV_CASES"}})
    last = last_release(data, renamed)
    write_table(last.table("observations"), last.folder / "observations" / "observations.parquet")
    monkeypatch.setattr("pipelines.published.diff.contract", lambda: renamed)
    (row,) = diff(data, release_names(data)[0], last.name)
    assert (row["change"], row["indicator"], row["time_period"]) == ("added", "DV_CASES", "2025")


@pytest.mark.parametrize(
    ("made_with", "here", "refused"),
    [("1.10.0", "1.9.0", True), ("1.3.0", "1.3.0", False), ("1.2.9", "1.3.0", False)],
)
def test_a_release_of_a_newer_contract_is_no_base(
    declared: Declarations, data: Path, made_with: str, here: str, refused: bool
) -> None:
    """Two people with different editions of the code and one data directory."""
    path = data / "releases" / release_names(data)[-1] / "manifest.json"
    manifest = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps({**manifest, "contract_version": made_with}), encoding="utf-8")
    contract = replace(declared.contract, version=here)
    if refused:
        with pytest.raises(DvstatsError, match=f"newer edition .*{made_with}, this one has {here}.*Update"):
            last_release(data, contract)
    else:
        assert last_release(data, contract).observations.num_rows


def test_it_is_verified_once_while_the_lock_is_held_and_again_later(
    declared: Declarations, data: Path
) -> None:
    one, other = DataDirectory(data), DataDirectory(data)
    with one.locked():
        found = one.last_release(declared.contract)
        with other.locked():
            assert other.last_release(declared.contract) is found
        shutil.rmtree(data / "releases" / found.name)
        assert one.last_release(declared.contract).name == NOW.strftime("%Y%m%dT%H%M%SZ")
    (data / "releases" / one.base / "observations" / "observations.parquet").unlink()
    with DataDirectory(data).locked():
        assert DataDirectory(data).last_release(declared.contract).damaged


def test_a_large_release_is_read_only_where_its_codes_have_other_names_now(
    declared: Declarations, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = last_release(data, declared.contract)
    monkeypatch.setattr(rows, "SMALL", -1)
    last = last_release(data, declared.contract)
    assert not isinstance(last.rows("observation_history"), pa.Table)
    assert not isinstance(last.observations, pa.Table)
    mine = last.observations_of(DATASET.id)
    assert mine.equals(whole.observations_of(DATASET.id)) and mine.num_rows == 109
    assert last.observations_of("kg_crimes").num_rows == 0
    (code,) = set(mine["indicator"].to_pylist())
    renamed = replace(declared.contract, renamed={"indicator": {code: "DV_CASES"}})
    history = last_release(data, renamed).rows("observation_history")
    assert isinstance(history, pa.Table) and set(history["indicator"].to_pylist()) == {"DV_CASES"}
    assert not set(history["obs_key"].to_pylist()) & set(mine["obs_key"].to_pylist())

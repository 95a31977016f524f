"""Getting files: pages and files that belong together, conditions, outages; against the mirror of the fixtures."""

import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from sources import inbox
from sources import pull as pull_module
from sources.archive import Archive
from sources.dataset import Dataset
from sources.http.client import Client
from sources.load_datasets import load_datasets
from sources.pull import Pulled, local_is_new, policy_for, pull_live, pull_local
from tests.fixtures import make
from tests.fixtures.mirror import HERE, Mirror

DATASETS = load_datasets(HERE / "datasets")
HOST = "stat.example.org"


@pytest.fixture
def mirror() -> Iterator[Mirror]:
    with Mirror() as running:
        yield running


def pull(dataset: Dataset, archive: Archive, mirror: Mirror) -> Pulled:
    policy = policy_for(dataset, contact="", mirrored=True, patience=0.02)
    client = Client(mirror=mirror.address)
    try:
        return pull_live(dataset, archive, client, policy, "mirror")
    finally:
        client.close()


def outcomes(archive: Archive, dataset: Dataset) -> list[tuple[str, str]]:
    """File name and outcome of every attempt in the log."""
    return [(str(r.address).rpartition("/")[2], r.outcome) for r in archive.fetches_of(dataset.id)]


def test_the_files_of_the_folder_are_what_their_writer_writes() -> None:
    for _, name, _, write in make.FILES:
        if not name.endswith(".xlsx"):  # A workbook holds the time at which it was written.
            assert (HERE / "files" / name).read_bytes() == write(), name


def test_pages_come_together_or_not_at_all(mirror: Mirror, tmp_path: Path) -> None:
    dataset, archive = DATASETS["ex_paged"], Archive(tmp_path)
    mirror.faults = ["status:503 in page=2"]
    failed = pull(dataset, archive, mirror)
    assert failed.new == 0 and len(failed.outages) == 1 and "status 503" in failed.outages[0]
    assert archive.files(dataset.id) == [], "page 1 alone is no answer"
    mirror.faults = []
    assert pull(dataset, archive, mirror).new == 3
    # Rows move from page to page: the new first page is not joined with the old second one.
    first = f"{HOST}/v2/victims?format=json"
    held = archive.latest(dataset.id, f"https://{first}")
    mirror.content[first] = mirror.content[first].replace(b'"value": ', b'"value": 9', 1)
    mirror.faults = ["html in page=3"]
    assert pull(dataset, archive, mirror).new == 0
    assert archive.latest(dataset.id, f"https://{first}") == held
    reasons = {r.reason for r in archive.fetches_of(dataset.id) if r.outcome == "failed"}
    assert "Not taken: what belongs to it did not come" in reasons
    mirror.faults = []
    again = pull(dataset, archive, mirror)
    assert (again.new, again.unchanged, again.outages) == (1, 2, [])


def test_nothing_new_is_taken_where_a_held_file_fails(mirror: Mirror, tmp_path: Path) -> None:
    dataset, archive = DATASETS["ex_by_sex"], Archive(tmp_path)
    assert pull(dataset, archive, mirror).new == 2
    held = [file.sha256 for file in archive.files(dataset.id)]
    mirror.content[f"{HOST}/ddf/total.csv"] += b"KG,2025,C,1400\n"
    mirror.faults = ["status:500 in women"]
    assert pull(dataset, archive, mirror).new == 0
    assert [file.sha256 for file in archive.files(dataset.id)] == held
    mirror.faults = []
    assert pull(dataset, archive, mirror).new == 1


def test_a_file_that_never_came_does_not_block_the_others(mirror: Mirror, tmp_path: Path) -> None:
    dataset, archive = DATASETS["ex_by_sex"], Archive(tmp_path)
    mirror.faults = ["status:404 in women"]
    first = pull(dataset, archive, mirror)
    assert first.new == 1 and len(first.outages) == 1
    mirror.content[f"{HOST}/ddf/total.csv"] += b"KG,2025,C,1400\n"
    assert pull(dataset, archive, mirror).new == 1
    assert outcomes(archive, dataset) == [("women.csv", "failed"), ("total.csv", "new")] * 2, "failures first"


def test_a_damaged_file_is_asked_for_without_condition_and_healed(mirror: Mirror, tmp_path: Path) -> None:
    dataset, archive = DATASETS["ex_open_sdg"], Archive(tmp_path)
    pull(dataset, archive, mirror)
    (file,) = archive.files(dataset.id)
    pull(dataset, archive, mirror)
    assert [(status, conditional) for _, status, conditional in mirror.asked] == [(200, False), (304, True)]
    stored = Path(file.path)
    stored.chmod(0o644)
    stored.write_bytes(stored.read_bytes()[:-1] + b"9")
    result = pull(dataset, archive, mirror)
    assert mirror.asked[-1][1:] == (200, False) and not result.outages
    assert archive.read(dataset.id, file.sha256) == mirror.content[f"{HOST}/sdg/en/data/5-2-1.csv"]


def test_an_alternate_counts_where_the_address_fails(mirror: Mirror, tmp_path: Path) -> None:
    declared = DATASETS["ex_open_sdg"]
    other = f"https://{HOST}/mirror/5-2-1.csv"
    file = declared.files[0].model_copy(update={"alternates": (other,)})
    dataset, archive = declared.model_copy(update={"files": (file,)}), Archive(tmp_path)
    mirror.content[f"{HOST}/mirror/5-2-1.csv"] = mirror.content[f"{HOST}/sdg/en/data/5-2-1.csv"]
    mirror.faults = ["status:500 in /sdg/"]
    result = pull(dataset, archive, mirror)
    assert result.new == 1 and not result.outages
    assert archive.files(dataset.id)[0].last.address == other


def test_a_service_that_never_stops_paging_is_an_outage(
    mirror: Mirror, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sources.pull.MOST_PAGES", 2)
    result = pull(DATASETS["ex_paged"], Archive(tmp_path), mirror)
    assert result.new == 0 and "more than 2 pages" in result.outages[0]


def test_the_policy_is_what_the_declaration_says() -> None:
    dataset = DATASETS["ex_paged"]
    fetch = dataset.fetch.model_validate({"expected": ["json", "csv"], "retries": 7, "retry_400": True})
    policy = policy_for(
        dataset.model_copy(update={"fetch": fetch}), contact="me@example.org", mirrored=False, patience=0.5
    )
    assert policy.hosts == (HOST,) and policy.expected == ("json", "csv") and policy.retries == 7
    assert 400 in policy.retry_statuses and policy.user_agent.endswith("; me@example.org")
    plain = policy_for(dataset, contact="", mirrored=True, patience=0.5)
    assert 400 not in plain.retry_statuses and plain.backoff_base == 0.025
    assert policy.backoff_base > plain.backoff_base, "only a mirror is asked again without long waits"


BUNDLED = next(dataset for dataset in load_datasets().values() if any(file.bundled for file in dataset.files))


@pytest.mark.parametrize("together", [0, 64 << 20])
def test_bundled_and_waiting_files_are_taken_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, together: int
) -> None:
    monkeypatch.setattr(pull_module, "_TOGETHER", together)
    archive, folder = Archive(tmp_path), tmp_path / "inbox"
    count = sum(bool(file.bundled) for file in BUNDLED.files)
    for new in (count, 0):
        assert local_is_new(BUNDLED, archive, folder) is bool(new)
        assert pull_local(BUNDLED, archive, folder).new == new
        assert len(archive.files(BUNDLED.id)) == count
    first = archive.files(BUNDLED.id)[0]
    Path(first.path).chmod(0o600)
    Path(first.path).write_bytes(b"damaged")
    assert local_is_new(BUNDLED, archive, folder) and pull_local(BUNDLED, archive, folder).new == 1
    assert archive.is_whole(first) and first.last.via == "bundled"
    assert first.last.received_at == f"{BUNDLED.seen}T00:00:00.000Z"


@pytest.mark.parametrize("restricted", [True, False])
def test_only_this_user_may_enter_the_folders_of_a_restricted_dataset(
    tmp_path: Path, restricted: bool
) -> None:
    dataset = DATASETS["ex_by_sex"].model_copy(update={"restricted": restricted, "collection": "inbox"})
    archive, folder = Archive(tmp_path), tmp_path / "inbox"
    (tmp_path / "a.csv").write_bytes(b"a,b\n1,2\n")
    inbox.add(folder, dataset, tmp_path / "a.csv", period=None, published=None, address=None)
    folders = [folder / dataset.id, tmp_path / "raw" / dataset.id]
    assert (stat.S_IMODE(folders[0].stat().st_mode) == 0o700) is restricted
    folders[0].chmod(0o755)
    assert pull_local(dataset, archive, folder).new == 1
    assert [stat.S_IMODE(path.stat().st_mode) == 0o700 for path in folders] == [restricted] * 2

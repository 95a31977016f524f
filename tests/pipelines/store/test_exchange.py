"""Archive and inbox between machines: nothing is overwritten, nothing is lost, order is kept."""

import os
from pathlib import Path

import pytest

from pipelines.store.client import Store, StoreError
from pipelines.store.exchange import KEPT, pull, push
from sources.archive import Archive
from sources.receipts import Record
from tests.servers import Bucket

DATASET = "kg-x"


def receive(root: Path, content: bytes, at: str, address: str = "https://stat.example/x.csv") -> None:
    record = Record(DATASET, address, "x.csv", received_at=at, status=200)
    Archive(root).put(DATASET, content, record)


def contents(root: Path) -> list[bytes]:
    archive = Archive(root)
    return [archive.read(DATASET, file.sha256) for file in archive.files(DATASET)]


def test_another_machine_has_every_file_with_receipts_and_judgement(store: Store, tmp_path: Path) -> None:
    here, there = tmp_path / "here", tmp_path / "there"
    receive(here, b"one", "2026-11-25T03:15:00.000Z")
    (digest,) = (file.sha256 for file in Archive(here).files(DATASET))
    Archive(here).note_judgement(DATASET, [digest], held=True)
    push(store, here)
    pull(store, there)
    assert Archive(there).files(DATASET)[0].records == Archive(here).files(DATASET)[0].records
    assert contents(there) == [b"one"] and Archive(there).held(DATASET) == {digest}
    Archive(there).note_judgement(DATASET, [digest], held=False)
    push(store, there)
    pull(store, here)
    assert not Archive(here).held(DATASET)


def test_the_order_of_receipt_counts_and_not_the_clock(store: Store, tmp_path: Path) -> None:
    machines = (tmp_path / "here", tmp_path / "there")
    for number in range(6):
        # Every clock is behind that of the machine before.
        receive(machines[number % 2], b"%d" % number, f"20{30 - number}-01-01T00:00:00.000Z")
        push(store, machines[number % 2])
        pull(store, machines[(number + 1) % 2])
    pull(store, machines[0])
    for root in machines:
        assert contents(root) == [b"0", b"1", b"2", b"3", b"4", b"5"]
        newest = Archive(root).latest(DATASET)
        assert newest and Archive(root).read(DATASET, newest.sha256) == b"5"


def test_what_two_machines_receive_at_once_is_kept_of_both(store: Store, tmp_path: Path) -> None:
    machines = [tmp_path / name for name in "abc"]
    for number, root in enumerate(machines):
        receive(root, b"%d" % number, f"2026-11-25T03:15:0{number}.000Z")
    for root in machines:
        push(store, root)
    for root in machines:
        pull(store, root)
    orders = [contents(root) for root in machines]
    assert sorted(orders[0]) == [b"0", b"1", b"2"] and orders[0] == orders[1] == orders[2]


def test_a_second_push_sends_nothing(store: Store, bucket: Bucket, tmp_path: Path) -> None:
    receive(tmp_path / "here", b"one", "2026-11-25T03:15:00.000Z")
    push(store, tmp_path / "here")
    sent = list(bucket.puts)
    push(store, tmp_path / "here")
    assert bucket.puts == sent and sum("fetches" in key for key in sent) == 1


def test_a_push_that_was_cut_off_is_gone_on_with(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here, there = tmp_path / "here", tmp_path / "there"
    receive(here, b"one", "2026-11-25T03:15:00.000Z")
    real = Store.create

    def create(self: Store, key: str, content: bytes | Path) -> bool:
        if "fetches" in key:
            raise StoreError("the line went dead")
        return real(self, key, content)

    with monkeypatch.context() as patch:
        patch.setattr(Store, "create", create)
        with pytest.raises(StoreError):
            push(store, here)
    pull(store, there)
    assert Archive(there).files(DATASET) == [], "without a receipt a file does not count"
    push(store, here)
    pull(store, there)
    assert contents(there) == [b"one"]


def test_receipts_of_a_lost_log_are_sent_too(store: Store, tmp_path: Path) -> None:
    here, there = tmp_path / "here", tmp_path / "there"
    receive(here, b"one", "2026-11-25T03:15:00.000Z")
    (here / "raw" / DATASET / "fetches.jsonl").unlink()
    push(store, here)
    pull(store, there)
    assert contents(there) == [b"one"]


def test_a_file_that_was_changed_in_the_store_does_not_come(
    store: Store, bucket: Bucket, tmp_path: Path
) -> None:
    receive(tmp_path / "here", b"one", "2026-11-25T03:15:00.000Z")
    push(store, tmp_path / "here")
    key = next(key for key in bucket.objects if key.endswith(".csv"))
    bucket.objects[key] = b"two"
    with pytest.raises(StoreError, match="does not match its checksum"):
        pull(store, tmp_path / "there")
    assert not list((tmp_path / "there").rglob("*.csv"))


def test_an_accepted_return_goes_from_the_inbox_of_the_store_and_other_files_stay(
    store: Store, tmp_path: Path
) -> None:
    here, there = tmp_path / "here", tmp_path / "there"
    for folder in ("programme_returns", DATASET):
        (here / "inbox" / folder).mkdir(parents=True)
        (here / "inbox" / folder / "Отчёт.xlsx").write_bytes(b"x")
    push(store, here)
    pulled = pull(store, there)
    for file in (there / "inbox").rglob("*.xlsx"):
        file.unlink()
    push(store, there, pulled)
    assert [entry.key for entry in store.list("inbox")] == [f"inbox/{DATASET}/Отчёт.xlsx"]


def test_of_restricted_counts_the_newest_come(store: Store, tmp_path: Path) -> None:
    home = tmp_path / "here" / "restricted" / DATASET
    home.mkdir(parents=True)
    for number in range(KEPT + 2):
        (home / f"{number}.parquet").write_bytes(b"PAR1")
        os.utime(home / f"{number}.parquet", (number, number))
    (home / "unread.csv").write_text("column,text,rows\n")
    push(store, tmp_path / "here")
    pull(store, tmp_path / "there")
    came = sorted(path.name for path in (tmp_path / "there" / "restricted" / DATASET).iterdir())
    assert came == [f"{number}.parquet" for number in range(2, KEPT + 2)]


def test_hidden_files_links_and_provenance_are_not_sent(store: Store, bucket: Bucket, tmp_path: Path) -> None:
    receive(tmp_path, b"one", "2026-11-25T03:15:00.000Z")
    (tmp_path / "inbox" / DATASET).mkdir(parents=True)
    (tmp_path / "inbox" / DATASET / ".x.tmp").write_bytes(b"torn")
    (tmp_path / "inbox" / DATASET / "link.csv").symlink_to("/etc/hostname")
    push(store, tmp_path)
    assert len(bucket.objects) == 2, sorted(bucket.objects)

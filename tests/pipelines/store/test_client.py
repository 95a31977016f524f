"""The two conditional writes, the probe, and errors in words."""

import threading
from pathlib import Path

import pytest

from data_contracts.errors import UserError
from pipelines.store.client import Store, StoreError
from tests.servers import Bucket

NAMES = ("a.csv", "Отчёт 2024 (1).xlsx", "a b#c%41é?.csv", "a=b,c;d&e+f@g!'.csv", "~[y]{z}^.csv")


def test_a_key_is_created_once(store: Store, bucket: Bucket) -> None:
    assert store.create("k", b"first") and not store.create("k", b"second")
    assert bucket.objects == {"bucket/office/k": b"first"}


def test_a_swap_needs_what_was_read(store: Store) -> None:
    assert store.swap("k", b"0", None)
    _, etag = store.read("k") or (b"", "")
    assert store.swap("k", b"1", etag)
    assert store.swap("k", b"2", etag) is None and store.swap("k", b"3", None) is None
    assert (store.read("k") or ())[0] == b"1"


def test_a_swap_that_the_store_made_before_the_connection_broke_counts(store: Store, bucket: Bucket) -> None:
    etag = store.swap("k", b"0", None)
    bucket.objects["bucket/office/k"] = b"mine"
    assert store.swap("k", b"mine", etag) == (store.read("k") or ())[1]


@pytest.mark.parametrize("mode", ["create", "swap"])
def test_of_many_writers_one_wins(store: Store, mode: str) -> None:
    etag = store.swap("swap", b"0", None)
    won, ready = [], threading.Barrier(6)

    def write(number: int) -> None:
        ready.wait()
        content = str(number).encode()
        if store.swap("swap", content, etag) if mode == "swap" else store.create("create", content):
            won.append(content)

    threads = [threading.Thread(target=write, args=(number,)) for number in range(1, 7)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [(store.read(mode) or ())[0]] == won


def test_files_of_any_name_come_back_under_it(store: Store, tmp_path: Path) -> None:
    for number, name in enumerate(NAMES):
        assert store.create(f"inbox/x/{name}", str(number).encode())
    assert {entry.key for entry in store.list("inbox")} == {f"inbox/x/{name}" for name in NAMES}
    for number, name in enumerate(NAMES):
        store.download(f"inbox/x/{name}", tmp_path / str(number))
        assert (tmp_path / str(number)).read_text() == str(number)
        assert (tmp_path / str(number)).stat().st_mode & 0o777 == 0o600


def test_what_is_removed_is_gone_and_may_be_removed_again(store: Store) -> None:
    store.create("k", b"1")
    store.delete(["k", "k"])
    assert store.read("k") is None


def test_a_store_with_conditions_passes_and_is_left_clean(store: Store, bucket: Bucket) -> None:
    store.probe()
    assert bucket.objects == {}


def test_a_store_that_ignores_conditions_is_refused(store: Store, bucket: Bucket) -> None:
    bucket.conditional = False
    with pytest.raises(StoreError, match="ignores the condition If-None-Match and If-Match"):
        store.probe()


def test_wrong_keys_are_said_with_what_to_check(bucket: Bucket, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "another")
    with pytest.raises(StoreError, match=r"Cannot read s3://bucket/k: .*AWS_ACCESS_KEY_ID"):
        Store("s3://bucket").read("k")


@pytest.mark.parametrize(
    "address", ["s3://", "s3://b", "s3://Bucket/x", "s3://bucket/../x", "s3://bucket/a b"]
)
def test_what_is_no_address_is_refused(address: str) -> None:
    with pytest.raises(UserError, match="no address of an object store"):
        Store(address)

"""Which archived files count: order of the log, pages, the inbox; and the hash that names them."""

from dataclasses import replace
from pathlib import Path

import pytest

from sources.archive import Archive
from sources.cells import SourceError
from sources.current_files import current_files, files_version, is_earlier, next_address
from sources.load_datasets import load_datasets
from sources.receipts import Record, StoredFile
from tests.fixtures.mirror import HERE

DATASETS = load_datasets(HERE / "datasets")
ONE, PAGED, TWO = DATASETS["ex_open_sdg"], DATASETS["ex_paged"], DATASETS["ex_by_sex"]
WORKBOOKS = load_datasets()["kz_form_1m_workbooks"]


def receipt(address: str | None, at: str = "2026-01-01", **more: str) -> Record:
    return replace(Record("x", address=address, file_name="f.csv", received_at=f"{at}T00:00:00.000Z"), **more)


def contents(archive: Archive, dataset_id: str, files: list[object]) -> list[bytes]:
    return [archive.read(dataset_id, file.stored.sha256) for file in files]


def test_the_order_of_the_log_decides_and_not_the_clock(tmp_path: Path) -> None:
    archive, address = Archive(tmp_path), ONE.files[0].address
    archive.put(ONE.id, b"first", receipt(address, "2031-01-01"))
    archive.put(ONE.id, b"second", receipt(address, "2026-01-01"))
    assert contents(archive, ONE.id, current_files(ONE, archive)) == [b"second"]
    archive.put(ONE.id, b"first", receipt(address, "2026-01-02"))
    assert contents(archive, ONE.id, current_files(ONE, archive)) == [b"first"], (
        "the publisher went back to it"
    )


def test_a_file_that_a_person_added_counts_for_a_dataset_of_one_file(tmp_path: Path) -> None:
    archive = Archive(tmp_path)
    for dataset in (ONE, TWO):
        archive.put(dataset.id, b"added", receipt(None, via="inbox"))
    assert contents(archive, ONE.id, current_files(ONE, archive)) == [b"added"]
    assert current_files(TWO, archive) == [], "nobody knows which of the two it is"


def test_files_come_in_the_order_of_the_declaration(tmp_path: Path) -> None:
    archive = Archive(tmp_path)
    archive.put(TWO.id, b"women", receipt(TWO.files[1].address))
    archive.put(TWO.id, b"total", receipt(TWO.files[0].address))
    archive.put(TWO.id, b"other", receipt("https://stat.example.org/other.csv"))
    files = current_files(TWO, archive)
    assert contents(archive, TWO.id, files) == [b"total", b"women"]
    assert [file.declared and file.declared.name for file in files] == ["total", "women"]


def test_every_page_counts_and_a_missing_one_is_said(tmp_path: Path) -> None:
    archive, address = Archive(tmp_path), PAGED.files[0].address
    pages = [(HERE / "files" / f"page_{number}.json").read_bytes() for number in (1, 2, 3)]
    archive.put(PAGED.id, pages[0], receipt(address))
    with pytest.raises(SourceError, match=r"page=2.*never received.*Refresh with --live"):
        current_files(PAGED, archive)
    for number in (2, 3):
        archive.put(PAGED.id, pages[number - 1], receipt(f"{address}&page={number}"))
    assert contents(archive, PAGED.id, current_files(PAGED, archive)) == pages
    assert next_address(PAGED, address, pages[2]) is None
    assert next_address(PAGED, f"{address}&page=2", pages[1]) == f"{address}&page=3"


def test_a_newer_file_of_one_name_and_period_replaces_the_older(tmp_path: Path) -> None:
    archive = Archive(tmp_path)
    for content, name, period in (
        (b"a", "R.XLSX", "2022"),
        (b"b", "R.XLSX", "2023"),
        (b"c", "R.XLSX", "2022"),
    ):
        archive.put(WORKBOOKS.id, content, receipt(None, via="inbox", file_name=name, stated_period=period))
    files = current_files(WORKBOOKS, archive)
    assert sorted(contents(archive, WORKBOOKS.id, files)) == [b"b", b"c"]
    assert [file.declared for file in files] == [None, None], "no file of the declaration is called so"
    named = WORKBOOKS.files[0].name
    archive.put(WORKBOOKS.id, b"d", receipt(None, via="inbox", file_name="other"))
    archive.put(WORKBOOKS.id, b"e", receipt(None, via="inbox", file_name=named))
    archive.put(WORKBOOKS.id, b"f", receipt(None, via="inbox", file_name=named, stated_published="2024"))
    archive.put(WORKBOOKS.id, b"g", receipt(None, via="inbox", file_name=named, stated_published="2023"))
    found = {file.stored.last.file_name: file for file in current_files(WORKBOOKS, archive)}
    assert (found[named].declared, found["other"].declared) == (WORKBOOKS.files[0], None)
    assert archive.read(WORKBOOKS.id, found[named].stored.sha256) == b"f"


@pytest.mark.parametrize(
    ("own", "its", "earlier"),
    [
        ("2023", "2024", True), ("2024", "2023", False), ("2023", "2023-05", False), ("2023-04", "2023-05-01", True),
        ("2023-05-01", "2023-05", False), (None, "2023", False), ("2023", None, False), (None, None, False),
    ],
)  # fmt: skip
def test_a_day_or_a_year_of_publication_before_another(
    own: str | None, its: str | None, earlier: bool
) -> None:
    def stored(published: str | None) -> StoredFile:
        record = replace(receipt(None), stated_published=published)
        return StoredFile("x", "0" * 64, "csv", 1, "p", (record,), (0,))

    assert is_earlier(stored(own), stored(its)) is earlier


def test_the_version_names_the_files_and_what_was_stated(tmp_path: Path) -> None:
    def version(folder: str, content: bytes, **stated: str) -> str:
        archive = Archive(tmp_path / folder)
        archive.put(WORKBOOKS.id, content, receipt(None, via="inbox", **stated))
        return files_version(current_files(WORKBOOKS, archive))

    one = version("a", b"1", stated_period="2022")
    assert one == version("b", b"1", stated_period="2022")
    others = {
        version("c", b"2", stated_period="2022"),
        version("d", b"1", stated_period="2023"),
        version("e", b"1", stated_period="2022", stated_published="2023-01-01"),
        version("f", b"1", stated_period="2022", file_name="other"),
    }
    assert len(others | {one}) == 5

"""One dataset from its archived files: what counts as the same, what a broken file does, what is stated."""

import datetime as dt
import json
from collections.abc import Callable
from functools import partial
from hashlib import sha256
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pyarrow as pa
import pytest

from pipelines.declarations import Declarations
from sources.archive import Archive
from sources.cells import SourceError
from sources.dataset import Concept
from sources.load_datasets import load_datasets
from sources.receipt_log import RawFolders
from sources.receipts import Record
from tests.fixtures.mirror import HERE
from tests.workbooks import workbook
from transforms.files_to_observations import InputFile, Observed, observe
from transforms.ingest import Ingested, _same_answer, _stated_otherwise, ingest, stopped

DATASETS = load_datasets(HERE / "datasets")
ONE, TWO = DATASETS["ex_open_sdg"], DATASETS["ex_by_sex"]
HEAD = "Year,GeoCode,SEX,Value\n"
GOOD = f"{HEAD}2022,,,100\n2023,,,120\n2023,,F,90\n"


@pytest.fixture
def ingested(declared: Declarations, tmp_path: Path) -> Callable[..., Ingested]:
    """Receive a text and ingest, beside the rows of the last time."""
    archive = Archive(tmp_path)

    def receive(text: str, last: pa.Table | None = None, accepted: str = "") -> Ingested:
        address = ONE.files[0].address
        archive.put(
            ONE.id, text.encode(), Record(ONE.id, address=address, received_at="2026-11-25T00:00:00.000Z")
        )
        rows = declared.normalizer.good_schema().empty_table() if last is None else last
        return ingest(declared.normalizer, ONE, archive, rows, accepted)

    return receive


def test_rows_carry_the_file_and_its_first_receipt(ingested: Callable[..., Ingested]) -> None:
    result = ingested(GOOD)
    (row,) = [r for r in result.observations.to_pylist() if r["sex"] == "F"]
    assert row["obs_value"] == 90 and row["raw_sha256"] == sha256(GOOD.encode()).hexdigest()
    assert row["retrieved_at"] == dt.datetime(2026, 11, 25) and row["raw_locator"] == "line 4, column Value"
    assert (result.files, result.cells, result.held, result.findings) == (1, 3, False, [])


@pytest.mark.parametrize(("restricted", "shown"), [(False, [3.0]), (True, [None])])
def test_small_counts_of_a_restricted_dataset_are_withheld(
    declared: Declarations, tmp_path: Path, restricted: bool, shown: list[float | None]
) -> None:
    dataset, archive = ONE.model_copy(update={"restricted": restricted}), Archive(tmp_path)
    record = Record(ONE.id, address=ONE.files[0].address, received_at="2026-11-25T00:00:00.000Z")
    archive.put(ONE.id, f"{HEAD}2023,,,120\n2023,KG-C,,3\n".encode(), record)
    rows = ingest(declared.normalizer, dataset, archive, declared.normalizer.good_schema().empty_table(), "")
    assert [row["obs_value"] for row in rows.observations.to_pylist() if row["ref_area"] == "KG-C"] == shown


def test_the_archive_is_looked_through_as_often_for_many_files_as_for_few(
    declared: Declarations, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Files of an inbox that were read before, new ones, editions that were replaced, and unreadable ones."""
    looked, files = [], RawFolders.files
    monkeypatch.setattr(RawFolders, "files", lambda self, name: looked.append(name) or files(self, name))
    dataset, times = ONE.model_copy(update={"collection": "inbox"}), []
    for several in (1, 7):
        archive = Archive(tmp_path / str(several))

        def receive(name: str, text: str, archive: Archive = archive) -> None:
            record = Record(ONE.id, file_name=name, via="inbox", received_at="2026-11-25T00:00:00.000Z")
            archive.put(ONE.id, text.encode(), record)

        for number in range(several):
            receive(f"old{number}", f"{HEAD}20{10 + number},,,100\n")
        empty = declared.normalizer.good_schema().empty_table()
        first = ingest(declared.normalizer, dataset, archive, empty).observations
        for number in range(several):
            receive(f"old{number}", f"{HEAD}20{10 + number},,,10{number}\n20{20 + number},,,200\n")
            receive(f"broken{number}", f"code;{number}\n")
        looked.clear()
        result = ingest(declared.normalizer, dataset, archive, first)
        assert (result.files, len(result.failures)) == (several, several)
        times.append(len(looked))
    assert times[0] == times[1] > 0


def test_an_unreadable_file_takes_no_rows_away(ingested: Callable[..., Ingested]) -> None:
    first = ingested(GOOD)
    broken = ingested("code;message\n503;later\n", first.observations)
    assert broken.held and broken.observations.equals(first.observations)
    assert [row["finding"] for row in broken.findings] == ["unreadable_file"] and broken.failures
    assert broken.quarantine["rule"].to_pylist() == ["unreadable_file"]


def test_the_first_file_that_cannot_be_read_holds_nothing(ingested: Callable[..., Ingested]) -> None:
    broken = ingested("code;message\n503;later\n")
    assert not broken.held and broken.failures and broken.observations.num_rows == 0


def test_a_file_that_is_cut_in_its_last_number_is_held(ingested: Callable[..., Ingested]) -> None:
    first = ingested(GOOD)
    cut = ingested(GOOD[:-2], first.observations)
    assert cut.held and {"cut_off"} <= {row["finding"] for row in cut.findings}
    assert cut.observations.equals(first.observations)
    back = ingested(GOOD + "2024,,,130\n", first.observations)
    assert not back.held and back.observations.num_rows == 4


def test_a_file_from_an_alternate_address_is_compared_too(declared: Declarations, tmp_path: Path) -> None:
    """Read carelessly: figures of a zone, published as those of the country, since another address had no former."""
    main = ONE.files[0]
    other = "https://stat.example.org/copy/5-2-1.csv"
    dataset = ONE.model_copy(update={"files": (main.model_copy(update={"alternates": (other,)}),)})
    archive = Archive(tmp_path)

    def receive(address: str, text: str, last: pa.Table, via: str = "live") -> Ingested:
        record = Record(dataset.id, address=address, received_at="2026-11-25T00:00:00.000Z", via=via)
        archive.put(dataset.id, text.encode(), record)
        return ingest(declared.normalizer, dataset, archive, last)

    first = receive(main.address, GOOD, declared.normalizer.good_schema().empty_table()).observations
    new_column = GOOD.replace("Value\n", "Value,Zone\n").replace("0\n", "0,North\n")
    for address, via in ((other, "live"), ("", "inbox"), (main.address, "live")):
        changed = receive(address, new_column, first, via)
        assert changed.held and "new_column" in {row["finding"] for row in changed.findings}, address
        new_column = new_column.replace("North", "South" if address == other else "West")
    assert not receive(other, GOOD + "2024,,,130\n", first).held


def test_words_beside_the_figures_that_the_file_before_had_not_are_told(
    ingested: Callable[..., Ingested],
) -> None:
    """No rule knows what "northern districts" does to the figures; whoever reads the warning does."""
    said = GOOD.replace("Value\n", "Value,Coverage\n").replace("0\n", "0,whole country\n")
    first = ingested(said)
    changed = ingested(said.replace("whole country", "northern districts"), first.observations)
    (finding,) = (row for row in changed.findings if row["finding"] == "new_text")
    assert not changed.held and "Coverage: northern districts" in str(finding["reason_en"])
    again = ingested(said.replace("120", "121"), first.observations)
    assert "new_text" not in {row["finding"] for row in again.findings}


def test_an_edition_in_another_language_names_unread_columns_otherwise(
    declared: Declarations, tmp_path: Path
) -> None:
    main = ONE.files[0]
    other = "https://stat.example.org/ru/5-2-1.csv"
    dataset = ONE.model_copy(update={"files": (main.model_copy(update={"alternates": (other,)}),)})
    archive = Archive(tmp_path)

    def receive(address: str, text: str, last: pa.Table) -> Ingested:
        archive.put(
            dataset.id,
            text.encode(),
            Record(dataset.id, address=address, received_at="2026-11-25T00:00:00.000Z"),
        )
        return ingest(declared.normalizer, dataset, archive, last)

    english = GOOD.replace("Value\n", "Units,Value\n").replace(",1", ",Number,1").replace(",9", ",Number,9")
    first = receive(main.address, english, declared.normalizer.good_schema().empty_table()).observations
    assert first.num_rows == 3
    russian = english.replace("Units", "Единица").replace("Number", "Число")
    assert not receive(other, russian, first).held
    more = russian.replace("Value\n", "Value,Зона\n").replace("0\n", "0,Север\n")
    assert receive(other, more, first).held


def test_a_column_that_is_read_and_there_twice_is_a_guess(ingested: Callable[..., Ingested]) -> None:
    """Read carelessly: the first of two columns of years, whichever that is."""
    twice = ingested(GOOD.replace("Year,", "Year,Year,").replace("202", "2019,202"))
    assert not twice.observations.num_rows
    assert "'Year' twice" in str(twice.findings)


def test_a_key_that_appears_in_every_row_of_a_json_answer_holds(
    declared: Declarations, tmp_path: Path
) -> None:
    """Read carelessly: the figures of women as everybody's, since the declared columns are all still there."""
    dataset = ONE.model_copy(
        update={
            "reader": "json_table",
            "reader_options": {
                "rows": "",
                "value": "v",
                "columns": {"Year": "y", "GeoCode": "a", "SEX": "s"},
            },
            "fetch": ONE.fetch.model_copy(update={"expected": ("json",)}),
        }
    )
    archive = Archive(tmp_path)
    rows = [{"y": 2020 + n, "a": "", "s": "", "v": 100 + n} for n in range(3)]

    def receive(last: pa.Table, **more: str) -> Ingested:
        content = json.dumps([row | more for row in rows]).encode()
        record = Record(dataset.id, address=ONE.files[0].address, received_at="2026-11-25T00:00:00.000Z")
        archive.put(dataset.id, content, record)
        return ingest(declared.normalizer, dataset, archive, last)

    first = receive(declared.normalizer.good_schema().empty_table()).observations
    assert first.num_rows == 3
    assert not receive(first, updated="").held
    appeared = receive(first, group="women")
    assert appeared.held and "new_column" in {row["finding"] for row in appeared.findings}


def test_what_a_workbook_hides_is_a_finding_unless_it_is_declared(declared: Declarations) -> None:
    def hide(sheet: Any) -> None:
        sheet.row_dimensions[3].hidden = True
        sheet.parent["Вторая"].sheet_state = "hidden"

    content = workbook(
        [["Область", 2022], ["Чуйская область", 12], ["Нарынская область", 5]],
        sheets={"Вторая": [["Область", 2022], ["Ошская область", 99]]},
        edit=hide,
    )
    file = InputFile(lambda: content, "a" * 64, "orders.xlsx", dt.datetime(2026, 1, 1))
    concepts = {
        "indicator": ONE.concepts["indicator"],
        "ref_area": (Concept(column="row_1"),),
        "time_period": (Concept(column="col_1"),),
    }

    def found(**options: object) -> tuple[int, list[str]]:
        dataset = ONE.model_copy(
            update={"reader": "excel", "reader_options": options, "concepts": concepts, "breakdown": {}}
        )
        seen = observe(declared.normalizer, dataset, [file])
        return seen.good.num_rows, [f"{row['severity']} {row['detail']}" for row in seen.findings.rows]

    assert found() == (1, ["warning orders.xlsx: sheet Sheet row 3, sheet Вторая"])
    assert found(hidden="skip") == (1, [])
    assert found(hidden="include") == (3, [])


def test_files_that_were_exchanged_are_no_files_of_the_last_release(
    declared: Declarations, tmp_path: Path
) -> None:
    """The same two files, each at the address of the other: women as everybody."""
    archive = Archive(tmp_path)

    def receive(texts: list[str], minute: int, last: pa.Table) -> Ingested:
        for declared_file, text in zip(TWO.files, texts, strict=True):
            received = f"2026-11-25T00:0{minute}:00.000Z"
            record = Record(TWO.id, address=declared_file.address, received_at=received)
            archive.put(TWO.id, f"geo_area,year,nature,victims\n{text}".encode(), record)
        return ingest(declared.normalizer, TWO, archive, last)

    files = ["KG,2023,C,90\nKG,2024,C,100\n", "KG,2023,C,70\nKG,2024,C,80\n"]
    first = receive(files, 1, declared.normalizer.good_schema().empty_table())
    assert not first.held and not receive(files, 2, first.observations).held
    exchanged = receive(files[::-1], 3, first.observations)
    assert exchanged.held and "values_exchanged" in {row["finding"] for row in exchanged.findings}


def test_an_older_edition_that_comes_again_replaces_nothing(
    declared: Declarations, ingested: Callable[..., Ingested], tmp_path: Path
) -> None:
    """As from a cache on the way; the finding names the file by its address, and when it came first."""
    ingested(GOOD)
    newer = ingested(GOOD.replace("120", "125")).observations
    archive, address = Archive(tmp_path), ONE.files[0].address
    archive.put(
        ONE.id, GOOD.encode(), Record(ONE.id, address=address, received_at="2026-11-26T00:00:00.000Z")
    )
    again = ingest(declared.normalizer, ONE, archive, newer)
    (finding,) = [found for found in again.findings if found["finding"] == "older_file_again"]
    assert address in str(finding) and "first received 2026-11-25T00:00:00" in str(finding)
    assert again.held and again.observations.equals(newer)


def test_without_files_the_last_rows_stay(
    declared: Declarations, ingested: Callable[..., Ingested], tmp_path: Path
) -> None:
    last = ingested(GOOD).observations
    result = ingest(declared.normalizer, ONE, Archive(tmp_path / "elsewhere"), last)
    assert result.held and result.observations.equals(last)


def test_a_reader_that_fails_is_a_finding_of_its_file(
    declared: Declarations, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object) -> pa.Table:
        raise ZeroDivisionError("division")

    monkeypatch.setattr("transforms.files_to_observations.read_cells", fails)
    file = InputFile(lambda: b"x", "a" * 64, "raw/x", dt.datetime(2026, 1, 1))
    seen = observe(declared.normalizer, ONE, [file])
    assert seen.good.num_rows == 0 and "the reader open_sdg failed: ZeroDivisionError" in seen.failures[0]


def test_one_broken_file_of_two_leaves_the_other_readable(declared: Declarations) -> None:
    def file(number: int, text: str) -> InputFile:
        return InputFile(
            lambda: text.encode(),
            str(number) * 64,
            f"raw/{number}",
            dt.datetime(2026, 1, 1),
            TWO.files[number],
        )

    head = "geo_area,year,nature,victims\n"
    seen = observe(declared.normalizer, TWO, [file(0, f"{head}KG,2024,C,100\n"), file(1, "sorry")])
    assert (seen.good.num_rows, seen.files, len(seen.failures)) == (1, 1, 1)
    both = observe(
        declared.normalizer, TWO, [file(0, f"{head}KG,2024,C,100\n"), file(1, f"{head}KG,2024,C,80\n")]
    )
    assert sorted(both.good["sex"].to_pylist()) == ["F", "_T"], "what is set for a file counts"


@pytest.mark.parametrize(
    ("texts", "values", "rules"),
    [
        (["2022,,,100\n", "2023,,,120\n"], [100.0, 120.0], set()),
        (["2022,,,100\n", "2022,,,100\n2023,,,120\n"], [100.0, 120.0], set()),
        (["2022,,,100\n", "2022,,,101\n2023,,,120\n"], [120.0], {"duplicate_key"}),
        (["2022,,,100\n2022,,,101\n2023,,,120\n"], [120.0], {"duplicate_key"}),
    ],
)
def test_files_that_contradict_each_other_publish_neither(
    declared: Declarations, texts: list[str], values: list[float], rules: set[str]
) -> None:
    files = [
        InputFile(partial(f"{HEAD}{text}".encode), str(n) * 64, f"raw/{n}", dt.datetime(2026, 1, 1))
        for n, text in enumerate(texts)
    ]
    seen = observe(declared.normalizer, ONE, files)
    assert sorted(seen.good["obs_value"].to_pylist()) == values
    assert set(seen.refused["rule"].to_pylist()) == rules


def test_a_large_file_says_what_it_says_when_it_is_read_as_a_whole(
    declared: Declarations, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [f"KG,{year},C,{year % 7}\n" for year in range(1990, 2024)]
    path, below = tmp_path / "file.csv", "* данные за 2001 год приведены за 9 месяцев,,,\n"
    path.write_text(
        "geo_area,year,nature,victims\n" + "".join([*rows, "KG,1999,C,99\n", "KG,x,C,1\n", below])
    )

    def never() -> bytes:
        raise AssertionError("it was read as a whole")

    def seen(read: Callable[[], bytes]) -> Observed:
        moment = dt.datetime(2026, 1, 1)
        file = InputFile(
            read, "a" * 64, "raw/a", moment, TWO.files[0], local=lambda: path, size=path.stat().st_size
        )
        return observe(declared.normalizer, TWO, [file])

    whole = seen(path.read_bytes)
    rules = {"duplicate_key", "unreadable_period", "unknown_area"}
    assert {row["rule"] for row in whole.refused.to_pylist()} == rules
    assert "2001" not in whole.good["time_period"].to_pylist()
    monkeypatch.setattr("transforms.files_to_observations.LARGE", 1)
    monkeypatch.setattr("transforms.normalize.in_parts.ROWS", 5)
    large = seen(never)
    for name in ("good", "refused"):
        assert getattr(large, name).to_pylist() == getattr(whole, name).to_pylist()
    for name in ("failures", "shapes", "files", "cells"):
        assert getattr(large, name) == getattr(whole, name)
    assert large.findings.rows == whole.findings.rows


def test_what_breaks_is_said_and_the_last_rows_stay(
    declared: Declarations, ingested: Callable[..., Ingested]
) -> None:
    last = ingested(GOOD).observations
    for error, words in ((SourceError("no such page"), "no such page"), (KeyError("x"), "KeyError: 'x'")):
        result = stopped(declared.normalizer, ONE, last, error)
        assert result.held and result.stopped and result.observations is last
        assert (result.files, result.cells, result.data_version) == (0, 0, "")
        assert words in result.findings[0]["reason_en"] and result.findings[0]["severity"] == "critical"
    assert not stopped(declared.normalizer, ONE, last.slice(0, 0), KeyError("x")).held


def current_file(
    name: str, sha: str = "a", constants: dict[str, str] | None = None, *said: str | None
) -> Any:
    """What is asked of a file: its declared name and constants, its checksum, and what was stated with it."""
    records = [SimpleNamespace(file_name="f.xlsx", stated_period=period) for period in said]
    stored = SimpleNamespace(sha256=sha, records=records, last=SimpleNamespace(file_name="f.xlsx"))
    return SimpleNamespace(declared=SimpleNamespace(name=name, constants=constants or {}), stored=stored)


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ([("women", "a", {"sex": "F"}), ("men", "a", {"sex": "M"})], "women, men"),
        ([("women", "a", {"sex": "F"}), ("men", "b", {"sex": "M"})], ""),
        # The same meaning, another source; nothing set; and a file without rows.
        ([("one", "a", {"sex": "F", "source_id": "s1"}), ("two", "a", {"sex": "F", "note": "n"})], ""),
        ([("one", "a", {}), ("two", "a", {"sex": "F"})], ""),
        ([("women", "empty", {"sex": "F"}), ("men", "empty", {"sex": "M"})], ""),
        ([("x", "b", {"sex": "F"}), ("women", "a", {"sex": "F"}), ("men", "a", {"sex": "M"})], "women, men"),
    ],
)
def test_one_file_that_came_as_two(files: list[tuple[str, str, dict[str, str]]], said: str) -> None:
    assert _same_answer([current_file(*file) for file in files], {"a", "b"}) == said


@pytest.mark.parametrize(
    ("collection", "columns", "periods", "said"),
    [
        ("inbox", ("stated_period",), ("2023", "2024"), "f.xlsx: 2023; 2024"),
        ("inbox", ("stated_period", "file_name"), ("2023", "2024"), "f.xlsx: 2023, f.xlsx; 2024, f.xlsx"),
        # Said a second time, and so meant; nothing that is read; not brought by a person; once.
        ("inbox", ("stated_period",), ("2023", "2024", "2024"), ""),
        ("inbox", ("stated_period",), ("2023", "2024", "2023"), ""),
        ("inbox", ("stated_period",), ("2023", "2023", "2024"), "f.xlsx: 2023; 2024"),
        ("inbox", ("file_name",), ("2023", "2024"), ""),
        ("portal", ("stated_period",), ("2023", "2024"), ""),
        ("inbox", ("stated_period",), ("2023",), ""),
        ("inbox", ("stated_period",), (None, "2024"), "f.xlsx: ; 2024"),
    ],
)
def test_a_file_that_was_added_as_something_else_before(
    collection: str, columns: tuple[str, ...], periods: tuple[str | None, ...], said: str
) -> None:
    dataset: Any = SimpleNamespace(collection=collection, columns=columns)
    files = [current_file("other", "b", None, "2020"), current_file("one", "a", None, *periods)]
    assert _stated_otherwise(dataset, files) == said

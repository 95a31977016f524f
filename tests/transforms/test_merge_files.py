"""The files of one dataset together: what they say alike counts once, what contradicts is refused on both sides."""

import datetime as dt

import pyarrow as pa
import pytest

from pipelines.declarations import Declarations
from sources.load_datasets import load_datasets
from sources.readers.protocol import read_cells
from tests.fixtures.mirror import HERE
from transforms.merge_files import merge
from transforms.normalize.inputs_and_results import FileFacts

DATASET = load_datasets(HERE / "datasets")["ex_open_sdg_units"]
FIRST, SECOND = ("a" * 64, 1), ("b" * 64, 2)


def rows(declared: Declarations, text: str, file: tuple[str, int]) -> pa.Table:
    facts = FileFacts(file[0], dt.datetime(2026, 11, file[1]), "raw/x")
    cells = read_cells(DATASET, f"Year,Units,Value\n{text}".encode())
    return declared.normalizer.normalize(cells, DATASET, facts).good


def merged(declared: Declarations, rows: pa.Table) -> tuple[pa.Table, pa.Table]:
    """Merge rows whose files are called by their checksums."""
    paths = {sha: f"raw/{DATASET.id}/{sha}.csv" for sha in rows["raw_sha256"].to_pylist()}
    return merge(declared.normalizer, DATASET.id, rows, paths)


def test_equal_rows_count_once_and_the_first_receipt_stays(declared: Declarations) -> None:
    both = [
        rows(declared, "2023,Number,120\n2024,Number,130\n", SECOND),
        rows(declared, "2023,Number,120\n", FIRST),
    ]
    good, refused = merged(declared, pa.concat_tables(both))
    found = {row["time_period"]: row["raw_sha256"] for row in good.to_pylist()}
    assert found == {"2023": FIRST[0], "2024": SECOND[0]} and refused.num_rows == 0


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("12.3", "12.300000000000002", True),
        ("0.1", "0.10000000000000001", True),
        ("12.3", "12.30000000001", False),
        ("12.3", "21.3", False),
        ("<5", "<5.0", True),
        ("<5", "<10", False),
        ("12.3 (10-15)", "12.3 (10-16)", False),
        ("12.3 (10-15)", "12.3", True),
    ],
)
def test_figures_are_compared_to_fifteen_digits_and_with_their_bounds(
    declared: Declarations, one: str, other: str, same: bool
) -> None:
    both = [
        rows(declared, f"2024,Percentage,{one}\n", FIRST),
        rows(declared, f"2024,Percentage,{other}\n", SECOND),
    ]
    good, refused = merged(declared, pa.concat_tables(both))
    assert (good.num_rows, refused.num_rows) == ((1, 0) if same else (0, 2))
    if not same:
        assert {(r["rule"], r["raw_sha256"], r["published_value"]) for r in refused.to_pylist()} == {
            ("duplicate_key", FIRST[0], one),
            ("duplicate_key", SECOND[0], other),
        }


def test_a_contradiction_takes_no_other_row_with_it(declared: Declarations) -> None:
    both = [
        rows(declared, "2023,Number,1\n2024,Number,5\n", FIRST),
        rows(declared, "2024,Number,6\n2025,Number,7\n", SECOND),
    ]
    good, refused = merged(declared, pa.concat_tables(both))
    assert sorted(good["time_period"].to_pylist()) == ["2023", "2025"] and refused.num_rows == 2


def test_a_contradiction_names_the_other_cell(declared: Declarations) -> None:
    both = [
        rows(declared, "2024,Number,5\n", FIRST),
        rows(declared, "2023,Number,1\n2024,Number,6\n", SECOND),
    ]
    _, refused = merged(declared, pa.concat_tables(both))
    named = {row["raw_locator"]: row["reason_en"] for row in refused.to_pylist()}
    path = f"raw/{DATASET.id}/{{}}.csv, {{}}."
    assert named["line 2, column Value"].endswith(path.format(SECOND[0], "line 3, column Value"))
    assert named["line 3, column Value"].endswith(path.format(FIRST[0], "line 2, column Value"))


def test_noise_inside_one_file_is_no_contradiction_either(declared: Declarations) -> None:
    assert rows(declared, "2024,Percentage,12.3\n2024,Percentage,12.300000000000002\n", FIRST).num_rows == 1
    assert rows(declared, "2024,Percentage,12.3\n2024,Percentage,12.4\n", FIRST).num_rows == 0

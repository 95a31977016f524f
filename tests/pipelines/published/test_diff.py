"""Two releases are compared from the older to the newer, whatever the order they are named in; filters take codes."""

from collections.abc import Callable
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from data_contracts.errors import NothingThereError, UserError
from pipelines.published.diff import diff, summary
from tests.pipelines.published.conftest import NEW, OLD, observation

Publish = Callable[..., Path]


@pytest.fixture
def data(publish: Publish, tmp_path: Path) -> Path:
    same = observation("same")
    publish(
        OLD,
        same,
        observation("value"),
        observation("flag", ref_area="KZ-75"),
        observation("gone", ref_area="KG", dataset_id="kg_sdg"),
        observation("zero", obs_value=0.0),
    )
    publish(
        NEW,
        same,
        observation("value", obs_value=12.0),
        observation("flag", ref_area="KZ-75", obs_status="U"),
        observation("new", indicator="DV_KILLED"),
        observation("zero", obs_value=1.0),
    )
    return tmp_path


def test_every_kind_of_change_is_named(data: Path) -> None:
    found = {row["obs_key"]: row for row in diff(data, OLD, None)}
    changes = {key: row["change"] for key, row in found.items()}
    assert changes == {
        "value": "revised",
        "zero": "revised",
        "flag": "reflagged",
        "gone": "withdrawn",
        "new": "added",
    }
    assert (found["value"]["difference"], found["value"]["relative_difference"]) == (2.0, 0.2)
    assert found["zero"]["relative_difference"] is None
    assert (found["flag"]["old_status"], found["flag"]["new_status"]) == ("A", "U")
    assert (found["flag"]["also_changed"], found["new"]["also_changed"]) == ("", None)


def test_the_order_of_the_names_does_not_matter(data: Path) -> None:
    assert diff(data, NEW, OLD) == diff(data, OLD, NEW)
    assert diff(data, NEW, NEW) == []


def test_one_release_alone_is_compared_with_nothing(publish: Publish, tmp_path: Path) -> None:
    publish(OLD, observation("a"))
    with pytest.raises(NothingThereError, match=f"{OLD} is the only release in .*nothing to compare it with"):
        diff(tmp_path, OLD, None)
    with pytest.raises(NothingThereError, match=f"No release {NEW}"):
        diff(tmp_path, NEW, None)
    assert diff(tmp_path, OLD, OLD) == []


@pytest.mark.parametrize(
    ("filters", "keys"),
    [
        ({"countries": ["kz"]}, {"value", "flag", "new", "zero"}),
        ({"countries": ["KG", "UZ"]}, {"gone"}),
        ({"indicators": ["DV_KILLED"]}, {"new"}),
        ({"datasets": ["kg_sdg"]}, {"gone"}),
        ({"countries": ["KZ"], "datasets": ["kg_sdg"]}, set()),
        ({"indicators": ["x' OR true --"]}, set()),
    ],
)
def test_filters(data: Path, filters: dict[str, list[str]], keys: set[str]) -> None:
    assert {row["obs_key"] for row in diff(data, OLD, NEW, **filters)} == keys


def test_a_summary_counts_regions_with_their_country(data: Path) -> None:
    counts = summary(diff(data, OLD, NEW))
    assert {
        "change": "reflagged",
        "country": "KZ",
        "indicator": "DV_CRIMES",
        "dataset_id": "kz_sdg",
        "observations": 1,
    } in counts
    assert sum(row["observations"] for row in counts) == 5


@pytest.mark.parametrize("column", ["note", "violence_form"])
def test_releases_with_other_columns_are_refused_in_words(data: Path, column: str) -> None:
    path = data / "releases" / OLD / "observations" / "observations.parquet"
    pq.write_table(pq.read_table(path).drop([column]), path)
    with pytest.raises(UserError, match=f"{OLD} and {NEW} cannot be compared"):
        diff(data, OLD, NEW)

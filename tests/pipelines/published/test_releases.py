"""A name of a release leads into `releases/` or nowhere."""

from collections.abc import Callable
from pathlib import Path

import pytest

from data_contracts.errors import NothingThereError
from pipelines.published.releases import release_folder
from tests.pipelines.published.conftest import NEW, OLD, observation


def test_the_latest_and_a_named_release(publish: Callable[..., Path], tmp_path: Path) -> None:
    first, second = publish(OLD, observation("a")), publish(NEW, observation("a"))
    assert release_folder(tmp_path, None) == second
    assert release_folder(tmp_path, OLD) == first


@pytest.mark.parametrize(
    "name", ["..", "../..", "", ".", "lost+found", "../../outside", f"{OLD}/../{OLD}", "/tmp"]
)
def test_no_name_leads_out_of_the_releases(publish: Callable[..., Path], tmp_path: Path, name: str) -> None:
    publish(OLD, observation("a"))
    for folder in (tmp_path, tmp_path.parent, tmp_path / "releases", tmp_path / "releases" / "lost+found"):
        folder.mkdir(exist_ok=True)
        (folder / "manifest.json").write_text("{}", encoding="utf-8")
    with pytest.raises(NothingThereError, match=f"Releases there: {OLD}"):
        release_folder(tmp_path, name)
    (tmp_path.parent / "manifest.json").unlink()


def test_where_nothing_is_published_that_is_said(tmp_path: Path) -> None:
    with pytest.raises(NothingThereError, match="Releases there: none"):
        release_folder(tmp_path, None)

"""A name of a release leads into `releases/` or nowhere."""

from collections.abc import Callable
from pathlib import Path

import pytest

from data_contracts.errors import DvstatsError, NothingThereError
from pipelines.published.query import query
from pipelines.published.releases import release_folder
from pipelines.release.database_file import DATABASE
from pipelines.release.manifest import ManifestError
from tests.pipelines.published.conftest import NEW, OLD, observation


def test_the_latest_and_a_named_release(publish: Callable[..., Path], tmp_path: Path) -> None:
    first, second = publish(OLD, observation("a")), publish(NEW, observation("a"))
    assert release_folder(tmp_path, None) == second
    assert release_folder(tmp_path, OLD) == first


# Digits of another script, which sort behind every release.
ARABIC = "٢٠٢٧٠١٠١T٠٠٠٠٠٠Z"


@pytest.mark.parametrize(
    "name", [ARABIC, "..", "../..", "", ".", "lost+found", "../../outside", f"{OLD}/../{OLD}", "/tmp"]
)
def test_no_name_leads_out_of_the_releases(publish: Callable[..., Path], tmp_path: Path, name: str) -> None:
    publish(OLD, observation("a"))
    for folder in (
        tmp_path,
        tmp_path.parent,
        tmp_path / "releases",
        *(tmp_path / "releases" / odd for odd in ("lost+found", ARABIC)),
    ):
        folder.mkdir(exist_ok=True)
        (folder / "manifest.json").write_text("{}", encoding="utf-8")
    with pytest.raises(NothingThereError, match=rf"Releases there: {OLD}\.$"):
        release_folder(tmp_path, name)
    (tmp_path.parent / "manifest.json").unlink()


def test_where_nothing_is_published_that_is_said(tmp_path: Path) -> None:
    with pytest.raises(NothingThereError, match="There is no release in .*refresh"):
        release_folder(tmp_path, None)


@pytest.mark.parametrize(
    "ask", [lambda data: release_folder(data, None), lambda data: query(data, "SELECT 1")]
)
def test_where_only_the_links_are_gone_that_is_said(
    publish: Callable[..., Path], tmp_path: Path, ask: Callable[[Path], object]
) -> None:
    publish(OLD)
    for link in ("latest", DATABASE):
        (tmp_path / link).unlink(missing_ok=True)
    with pytest.raises(
        NothingThereError, match=f"has release {OLD}, but the links .* are missing.*`dvstats refresh`"
    ):
        ask(tmp_path)


@pytest.mark.parametrize("named", [None, OLD])
def test_a_release_without_a_manifest_is_there_and_not_whole(
    publish: Callable[..., Path], tmp_path: Path, named: str | None
) -> None:
    (publish(OLD) / "manifest.json").unlink()
    with pytest.raises(ManifestError, match=f"Release {OLD} has no manifest.*Restore it"):
        release_folder(tmp_path, named)


@pytest.mark.parametrize("what", ["latest", "folder", "table", "table folder"])
def test_no_link_leads_out_of_the_releases(publish: Callable[..., Path], tmp_path: Path, what: str) -> None:
    outside = tmp_path / "outside" / NEW
    publish(NEW, observation("a")).rename(outside.parent.parent / "moved")
    outside.parent.mkdir()
    (tmp_path / "moved").rename(outside)
    folder = publish(OLD, observation("a"))
    named: str | None = OLD
    if what == "latest":
        (tmp_path / "latest").unlink()
        (tmp_path / "latest").symlink_to(outside)
        named = None
    elif what == "folder":
        folder.rename(tmp_path / "elsewhere")
        folder.symlink_to(tmp_path / "elsewhere")
    elif what == "table":
        (folder / "observations" / "observations.parquet").unlink()
        (folder / "observations" / "observations.parquet").symlink_to(
            outside / "observations" / "observations.parquet"
        )
    else:
        (folder / "areas").symlink_to(outside / "observations")
    with pytest.raises(DvstatsError, match="is a link or leads out of"):
        release_folder(tmp_path, named)


def test_the_folder_of_all_releases_may_be_on_another_disk(
    publish: Callable[..., Path], tmp_path: Path
) -> None:
    publish(OLD, observation("a"))
    (tmp_path / "releases").rename(tmp_path / "disk")
    (tmp_path / "releases").symlink_to(tmp_path / "disk")
    assert release_folder(tmp_path, OLD).samefile(release_folder(tmp_path, None))

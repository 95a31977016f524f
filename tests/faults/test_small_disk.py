"""A disk that is full at any moment, or read-only, gives plain sentences and leaves the last release whole."""

import datetime as dt
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from data_contracts.errors import TROUBLED
from pipelines.release.manifest import verify
from tests.faults.conftest import FIRST, Publish, shown
from tests.faults.small_refresh import Refreshes


def mounted(folder: Path, options: str) -> bool:
    """A small disk in memory at the folder; only an administrator can make one."""
    folder.mkdir(exist_ok=True)
    command = ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(folder)]
    return (
        shutil.which("mount") is not None
        and not subprocess.run(command, capture_output=True, check=False).returncode
    )


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "disk"
    if not mounted(folder, "size=1g"):
        pytest.skip("a disk in memory cannot be mounted here: it needs the rights of an administrator")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


def used(folder: Path) -> int:
    return sum(
        path.stat().st_blocks * 512 for path in folder.rglob("*") if path.is_file() and not path.is_symlink()
    )


def resize(disk: Path, size: int) -> None:
    subprocess.run(["mount", "-o", f"remount,size={size // 1024}k", str(disk)], check=True)


@pytest.mark.parametrize("share", [0.02, 0.3, 0.9])
def test_a_publication_on_a_full_disk_shows_the_last_release(
    publish_release: Publish, first_release: Path, disk: Path, share: float
) -> None:
    data = Path(shutil.copytree(first_release, disk / "data", symlinks=True))
    size = used(data)
    resize(disk, int(size * (1 + share)))
    before = shown(data)
    with pytest.raises(Exception, match="(?i)space|could not write|disk|I/O|IO error"):
        publish_release(data, FIRST + dt.timedelta(days=1))
    assert shown(data) == before
    resize(disk, 4 * size)
    later = publish_release(data, FIRST + dt.timedelta(days=2))
    assert shown(data) == later and not list((data / "releases").glob(".*"))


@pytest.mark.faults
def test_a_refresh_on_disks_of_six_sizes(refreshes: Refreshes, disk: Path) -> None:
    data = disk / "data"
    assert refreshes.run(data, 0).status == 0
    before, size, ended = verified(data), used(data), []
    for turn, share in enumerate((0.001, 0.02, 0.1, 0.3, 0.6, 0.9), 1):
        resize(disk, int(size * (1 + share)))
        done = refreshes.run(data, turn)
        ended.append(f"{share:g}: {done.status}")
        assert "Traceback" not in done.printed, done.printed
        assert done.status in (0, 1, 3), done
        if done.status == 1:
            assert done.printed.strip().splitlines()[-1].startswith("dvstats: "), done.printed
            assert verified(data) >= before
    print(f"status of a refresh by the share of a data directory that is free: {', '.join(ended)}")
    resize(disk, 6 * size)
    # An odd turn: a dataset is no longer declared, so there is something to publish.
    done = refreshes.run(data, 7)
    assert done.status == TROUBLED, done.printed
    assert verified(data) > before


def verified(data: Path) -> str:
    folder = (data / "latest").resolve()
    assert verify(folder) == []
    return folder.name


@pytest.mark.faults
def test_a_read_only_disk_gives_a_sentence(refreshes: Refreshes, disk: Path) -> None:
    data = disk / "data"
    assert refreshes.run(data, 0).status == 0
    before = verified(data)
    subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
    done = refreshes.run(data, 1)
    assert done.status == 1 and "Traceback" not in done.printed
    assert "Read-only file system" in done.printed and str(data) in done.printed, done.printed
    assert verified(data) == before
    assert os.access(data, os.R_OK)

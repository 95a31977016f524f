"""A disk that is full at any moment, or read-only, gives plain sentences and leaves the last release whole."""

import datetime as dt
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipelines.release.manifest import verify
from tests.faults.conftest import FIRST, Publish, shown

HERE = Path(__file__).parent


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


def small_refresh(data: Path, turn: int) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, str(HERE / "small_refresh.py"), str(data), str(turn)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.mark.faults
def test_a_refresh_on_disks_of_six_sizes(disk: Path) -> None:
    data = disk / "data"
    assert small_refresh(data, 0).returncode == 0
    before, size = verified(data), used(data)
    for turn, share in enumerate((0.001, 0.02, 0.1, 0.3, 0.6, 0.9), 1):
        resize(disk, int(size * (1 + share)))
        done = small_refresh(data, turn)
        assert "Traceback" not in done.stderr + done.stdout, done.stderr
        assert done.returncode in (0, 1, 3), done
        if done.returncode == 1:
            assert done.stderr.strip().splitlines()[-1].startswith("dvstats: "), done.stderr
            assert verified(data) >= before
    resize(disk, 6 * size)
    done = small_refresh(data, 8)
    assert done.returncode == 0, done.stderr
    assert verified(data) > before


def verified(data: Path) -> str:
    folder = (data / "latest").resolve()
    assert verify(folder) == []
    return folder.name


@pytest.mark.faults
def test_a_read_only_disk_gives_a_sentence(disk: Path) -> None:
    data = disk / "data"
    assert small_refresh(data, 0).returncode == 0
    before = verified(data)
    subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
    done = small_refresh(data, 1)
    assert done.returncode == 1 and "Traceback" not in done.stderr
    assert "Read-only file system" in done.stderr and str(data) in done.stderr, done.stderr
    assert verified(data) == before
    assert os.access(data, os.R_OK)

"""A broken log of runs is set aside and begun anew; a sound or a busy one is left alone."""

import datetime as dt
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from pipelines.run_log import DATABASES, set_aside_if_broken

NOW = dt.datetime(2026, 11, 25, 3, 15)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    folder = tmp_path / "dagster"
    folder.mkdir()
    for name in DATABASES:
        with sqlite3.connect(folder / name) as connection:
            connection.execute("CREATE TABLE runs (id TEXT, body TEXT)")
            connection.executemany(
                "INSERT INTO runs VALUES (?, ?)", [(str(n), "x" * 500) for n in range(100)]
            )
        connection.close()
    return folder


def test_a_sound_log_and_none_are_left_alone(home: Path, tmp_path: Path) -> None:
    assert set_aside_if_broken(home, NOW) == [] and set_aside_if_broken(tmp_path / "none", NOW) == []
    with sqlite3.connect(home / "runs.db", isolation_level="EXCLUSIVE") as busy:
        busy.execute("BEGIN EXCLUSIVE")
        assert set_aside_if_broken(home, NOW) == []
    assert len(list(home.iterdir())) == len(DATABASES)


DAMAGE: dict[str, Callable[[bytes], bytes]] = {
    "empty": lambda content: b"",
    "cut": lambda content: content[: len(content) // 2],
    "text": lambda content: b"not a database",
    "head": lambda content: bytes([content[0] ^ 1]) + content[1:],
    "pages": lambda content: content[:4096] + bytes(len(content) - 4096),
}


@pytest.mark.parametrize("name", DATABASES)
@pytest.mark.parametrize("damage", DAMAGE)
def test_a_broken_database_is_set_aside(home: Path, name: str, damage: str) -> None:
    (home / name).write_bytes(DAMAGE[damage]((home / name).read_bytes()))
    (sentence,) = set_aside_if_broken(home, NOW)
    assert f"dagster/{name}" in sentence and "dagster.broken-20261125T031500Z" in sentence
    assert not home.exists() and len(list(home.parent.glob("dagster.broken-*/*"))) == len(DATABASES)


def test_a_file_in_the_place_of_the_folder_is_set_aside(tmp_path: Path) -> None:
    (tmp_path / "dagster").write_text("a file")
    (sentence,) = set_aside_if_broken(tmp_path / "dagster", NOW)
    assert "The log of runs is broken (dagster)" in sentence and not (tmp_path / "dagster").exists()

"""Every recipe of docs/recipes.md that can run here, runs: against a fresh release, from a folder that holds data/."""

import contextlib
import functools
import http.server
import io
import json
import re
import shutil
import subprocess
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pytest

from pipelines.export.export import export
from tests.servers import Bucket

RECIPES = Path(__file__).resolve().parents[2] / "docs" / "recipes.md"
ADDRESS = "https://example.org/dvstats"


@dataclass(frozen=True)
class Block:
    line: int
    language: str
    words: tuple[str, ...]
    code: str


def blocks() -> list[Block]:
    text = RECIPES.read_text(encoding="utf-8")
    found = []
    for match in re.finditer(r"^```(\w+)([^\n]*)\n(.*?)^```$", text, re.MULTILINE | re.DOTALL):
        line = text.count("\n", 0, match.start()) + 1
        found.append(Block(line, match[1], tuple(match[2].split()), match[3]))
    return found


def named(language: str) -> list[object]:
    return [pytest.param(b, id=f"line {b.line}") for b in blocks() if b.language == language]


@pytest.fixture
def office(release_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder as a reader has it."""
    (tmp_path / "data").symlink_to(release_dir, target_is_directory=True)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def served(release_dir: Path) -> Iterator[str]:
    """The data directory on a web server."""

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            pass

    handler = functools.partial(Quiet, directory=str(release_dir))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


def test_the_blocks_are_found() -> None:
    languages = [block.language for block in blocks()]
    assert languages.count("python") >= 7
    assert languages.count("sql") >= 7
    assert languages.count("r") == 2


@pytest.fixture
def stored(release_dir: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The release in an object store."""
    release = (release_dir / "latest").resolve()
    with Bucket() as server:
        monkeypatch.setenv("AWS_ENDPOINT_URL", server.address)
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", Bucket.KEY)
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
        server.objects["dvstats/data/latest.json"] = json.dumps({"release": release.name}).encode()
        for path in release.rglob("*.parquet"):
            key = f"dvstats/data/releases/{release.name}/{path.relative_to(release).as_posix()}"
            server.objects[key] = path.read_bytes()
        yield


@pytest.mark.parametrize("block", named("python"))
def test_python(block: Block, office: Path, served: str, stored: None) -> None:
    if block.words[:1] == ("export",):
        export(office / "data", block.words[1], office / "exports")
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(compile(block.code.replace(ADDRESS, served), f"recipes.md:{block.line}", "exec"), {})
    assert printed.getvalue().strip()
    assert "Empty DataFrame" not in printed.getvalue()
    assert "valid: False" not in printed.getvalue()
    assert not printed.getvalue().startswith("0 ")


@pytest.mark.parametrize("block", named("sql"))
def test_sql(block: Block, office: Path, served: str) -> None:
    with duckdb.connect(str(office / "data" / "dvstats.duckdb"), read_only=True) as con:
        if "web" in block.words:
            try:
                con.execute("LOAD httpfs")
            except duckdb.Error:
                pytest.skip("the DuckDB extension httpfs is not installed here")
        rows = con.execute(block.code.replace(ADDRESS, served)).fetchall()
    assert rows
    assert any(value is not None for value in rows[0])


def test_the_map_recipe_gives_one_row_a_region(office: Path) -> None:
    query = next(b.code for b in blocks() if b.language == "sql" and "LIKE 'KZ-%'" in b.code)
    with duckdb.connect(str(office / "data" / "dvstats.duckdb"), read_only=True) as con:
        areas = [row[0] for row in con.execute(query).fetchall()]
    assert len(areas) == len(set(areas)) == 20


@pytest.mark.parametrize("block", named("sh"))
def test_shell(block: Block, office: Path) -> None:
    command = block.code.strip()
    if command.startswith("dvstats export"):
        from pipelines.cli.main import main

        assert main([*command.split()[1:], "--data-dir", "data"]) == 0
        return
    query = re.search(r'"(SELECT.*)"', command)
    assert query
    with duckdb.connect("data/dvstats.duckdb", read_only=True) as con:
        assert con.execute(query[1]).fetchall()
    if shutil.which("duckdb"):
        done = subprocess.run(command, shell=True, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("block", named("r"))
def test_r(block: Block, office: Path) -> None:
    rscript = shutil.which("Rscript")
    if not rscript:
        pytest.skip("Rscript is not installed here")
    package = re.search(r"library\((\w+)\)", block.code)
    assert package
    probe = subprocess.run(
        [rscript, "-e", f"stopifnot(requireNamespace('{package[1]}'))"], capture_output=True, check=False
    )
    if probe.returncode:
        pytest.skip(f"the R package {package[1]} is not installed here")
    done = subprocess.run([rscript, "-e", block.code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip()

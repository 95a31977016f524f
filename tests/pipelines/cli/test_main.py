"""The command line: outputs, errors in plain sentences, what was probably meant, and the file that is published."""

import io
import os
import re
import sqlite3
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from pipelines.cli.main import main
from pipelines.cli.parser import build_parser
from pipelines.outcome import Outcome
from tests.pipelines.cli.running import run


@pytest.mark.parametrize(
    ("command", "output", "refused"),
    [
        ("query", "releases/20261127T101500Z/manifest.json", True),
        ("query", "latest/new.csv", True),
        ("query", "dvstats.duckdb", True),
        ("query", "link.csv", True),
        ("query", "site/new.csv", False),
        ("query", "exports/../raw/kg_victims/new.csv", True),
        ("export", "staging", True),
        ("request", "raw/kg_victims", True),
        ("brief", "feed.atom", True),
        ("template", "inbox/programme_returns/form.xlsx", True),
        ("site", "releases", True),
    ],
)
def test_no_command_writes_into_what_a_data_directory_keeps(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], command: str, output: str, refused: bool
) -> None:
    root = tmp_path / "data"
    release = root / "releases" / "20261127T101500Z"
    release.mkdir(parents=True)
    (root / "latest").symlink_to("releases/20261127T101500Z")
    (root / "dvstats.duckdb").symlink_to("latest/dvstats.duckdb")
    (root / "link.csv").symlink_to(release / "manifest.json")
    words = {"query": ["SELECT 1"], "export": ["csv"], "request": ["KG", "IC-7"], "brief": ["KG"]}
    words |= {"template": ["programme-return"], "site": []}
    found = run(capsys, command, *words[command], "--output", str(root / output), "--data-dir", str(root))
    assert ("which a data directory keeps for itself" in found[2]) == refused and found[0]
    assert not list(release.iterdir()) and sorted(path.name for path in root.iterdir()) == [
        "dvstats.duckdb",
        "latest",
        "link.csv",
        "releases",
    ]


@pytest.mark.parametrize(
    ("command", "output", "says"),
    [
        (["query", "SELECT 1"], "loop.csv", "is a link that leads back to itself"),
        (["site"], "pipe", "no site of dvstats, so it is not replaced"),
        (["export", "csv"], "pipe", "is a file. Give --output a folder"),
    ],
)
def test_an_output_of_another_kind_stays_what_it_is(
    release_dir: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    command: list[str],
    output: str,
    says: str,
) -> None:
    (tmp_path / "loop.csv").symlink_to("loop.csv")
    os.mkfifo(tmp_path / "pipe")
    status, _, error = run(
        capsys, *command, "--output", str(tmp_path / output), "--data-dir", str(release_dir)
    )
    assert status and says in error
    assert sorted(path.name for path in tmp_path.iterdir()) == ["loop.csv", "pipe"]
    assert (tmp_path / "pipe").is_fifo()


def test_nothing_that_is_written_may_be_changed_by_everybody(
    release_dir: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = os.umask(0)
    try:
        run(capsys, "query", "SELECT 1", "--output", str(tmp_path / "x.csv"), "--data-dir", str(release_dir))
    finally:
        os.umask(before)
    assert (tmp_path / "x.csv").stat().st_mode & 0o777 == 0o664


def test_a_terminal_without_the_letters_is_told(
    release_dir: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stdout", io.TextIOWrapper(io.BytesIO(), encoding="ascii"))
    sql = "SELECT 'женщины' AS x"
    assert main(["query", sql, "--format", "csv", "--data-dir", str(release_dir)]) == 1
    assert "ascii has no character for '\\u0436" in capsys.readouterr().err


def test_errors_quote_nothing_that_controls_the_terminal(
    release_dir: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _, _, err = run(capsys, "show", "a\x1b[2Jb", "--data-dir", str(release_dir))
    assert "\x1b" not in err and "ab" in err


def test_version_names_program_and_contract(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, _ = run(capsys, "--version")
    assert status == 0
    assert re.fullmatch(r"dvstats \d+\.\d+\.\d+\S*, contract \d+\.\d+\.\d+\n", out)


def test_what_is_not_there_is_said_plainly(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, _, err = run(capsys, "query", "SELECT 1", "--data-dir", str(tmp_path))
    assert status == 1 and "dvstats refresh" in err
    status, out, err = run(capsys, "status", "--data-dir", str(tmp_path))
    assert (status, out) == (1, "") and "dvstats refresh" in err
    status, out, err = run(capsys, "status", "--data-dir", str(tmp_path / "nowhere"))
    assert (status, out) == (1, "") and f"There is no folder {tmp_path / 'nowhere'}" in err
    status, _, err = run(capsys, "verify", "--data-dir", str(tmp_path))
    assert status == 1 and "There is no release" in err
    status, _, err = run(capsys, "refresh", "--only", "no_such", "--data-dir", str(tmp_path))
    assert status == 2 and "dvstats list datasets" in err
    status, _, err = run(capsys, "refresh", "--mirror", "http://127.0.0.1:1", "--data-dir", str(tmp_path))
    assert status == 2 and "--live" in err
    for mirror in ("foo", "localhost:8000", "http://", "ftp://127.0.0.1"):
        status, _, err = run(
            capsys, "refresh", "--live", "--mirror", mirror, "--data-dir", str(tmp_path / "new")
        )
        assert status == 2 and err.startswith(f"dvstats: The mirror {mirror} is not an http or https address")
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("qeury", "invalid choice: 'qeury' .*, did you mean 'query'"),
        ("list dataset", "did you mean 'datasets'"),
        ("--data-dir X status", "--data-dir: write it after the command"),
        ("refresh --only kg_victim", "No dataset kg_victim, did you mean 'kg_victims'\\? `dvstats list datasets`"),
        ("add kg_victim file", "No dataset kg_victim, did you mean 'kg_victims'"),
        ("status --country FR", "No country FR. Countries: KZ, KG, TJ, UZ, DE."),
        ("export csv --country Kirgizstan", "No country or region Kirgizstan, did you mean 'Kyrgyzstan'"),
        ("export csv --indicator PROTECTION_ORDER", "No indicator PROTECTION_ORDER, did you mean 'PROTECTION_ORDERS'"),
        ("show PROTECTION_ORDER", "is called PROTECTION_ORDER, did you mean 'PROTECTION_ORDERS'"),
        ("show Kirgizstan", "is called Kirgizstan, did you mean 'Kyrgyzstan'"),
        ("show zzzzzz", "is called zzzzzz. "),
        ("why DV_VICTIM KG", "key of an observation, did you mean 'DV_VICTIMS'"),
        ("why DV_VICTIMS Tajikstan", "No country or region Tajikstan, did you mean 'Tajikistan'"),
        ("list codes violence_from", "No code list violence_from, did you mean 'violence_form'"),
        ("brief Kirgizstan", "No brief of Kirgizstan, did you mean 'Kyrgyzstan'"),
        ("brief FR", "No brief of FR. There are: KZ, KG, TJ, UZ, region."),
        ("request TJ IC-77", "No requirement IC-77, did you mean 'IC-7'"),
    ],
)  # fmt: skip
def test_what_was_probably_meant_is_said(
    release_dir: Path, capsys: pytest.CaptureFixture[str], given: str, said: str
) -> None:
    place = () if given.startswith(("-", "qeury")) else ("--data-dir", str(release_dir))
    status, out, err = run(capsys, *given.split(), *place)
    assert (status, out) == (2, "") and re.search(said, err), err


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (["--live"], (True, "http://127.0.0.1:1")),
        (["--live", "--mirror", "http://127.0.0.1:2"], (True, "http://127.0.0.1:2")),
        ([], (False, "")),
    ],
)
def test_the_mirror_of_a_deployment_is_that_of_the_command(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, given: list[str], expected: tuple[bool, str]
) -> None:
    asked = []

    def refresh(data_dir: Path, *, live: bool, mirror: str, **_: object) -> Outcome:
        asked.append((live, mirror))
        return Outcome(release="20261125T031500Z")

    monkeypatch.setattr("pipelines.refresh.refresh", refresh)
    monkeypatch.setenv("DVSTATS_MIRROR", "http://127.0.0.1:1")
    assert main(["refresh", "--json", "--data-dir", str(tmp_path), *given]) == 0
    assert asked == [expected]


def test_verify_finds_a_changed_file(
    release_dir: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    import shutil

    data = tmp_path / "data"
    shutil.copytree(release_dir, data, symlinks=True)
    assert run(capsys, "verify", "--data-dir", str(data))[0] == 0
    damaged = data / "latest" / "areas" / "areas.parquet"
    damaged.write_bytes(damaged.read_bytes()[:-1] + b"x")
    status, _, err = run(capsys, "verify", "--data-dir", str(data))
    assert status == 1 and "areas/areas.parquet does not match its checksum" in err


def test_every_command_has_a_help_text_with_an_example(capsys: pytest.CaptureFixture[str]) -> None:
    commands = build_parser()
    actions = commands._subparsers._group_actions[0].choices
    for name in actions:
        status, out, _ = run(capsys, name, "--help")
        assert status == 0 and "example: dvstats" in out, name


def test_the_database_file_stands_alone(release_dir: Path, tmp_path: Path) -> None:
    import shutil

    copy = tmp_path / "mailed.duckdb"
    shutil.copyfile(release_dir / "dvstats.duckdb", copy)
    con = duckdb.connect(str(copy), read_only=True)
    assert (
        con.sql(
            "SELECT label('KG-GB', lang := 'ru'), label('PROTECTION_ORDERS'), per_100k(1, 100000)"
        ).fetchall()[0][2]
        == 1.0
    )
    views = [r[0] for r in con.sql("SELECT view_name FROM duckdb_views() WHERE NOT internal").fetchall()]
    # No programme has sent a return yet.
    of_returns = {name for name in views if name.startswith("programme_")} - {"programme_comparators"}
    for view in views:
        rows = con.sql(f"SELECT count(*) FROM {view}").fetchall()[0][0]
        assert rows > 0 or view in of_returns, view
    missing = con.sql(
        "SELECT table_name, column_name FROM duckdb_columns() WHERE NOT internal AND comment IS NULL "
        "AND table_name NOT IN (SELECT view_name FROM duckdb_views())"
    ).fetchall()
    assert missing == []
    assert con.sql("SELECT count(*) FROM duckdb_tables() WHERE comment IS NULL").fetchall()[0][0] == 0
    con.close()


def test_a_view_of_observations_shows_every_dimension(release_dir: Path) -> None:
    con = duckdb.connect(str(release_dir / "dvstats.duckdb"), read_only=True)
    columns: dict[str, set[str]] = {}
    for view, column in con.sql(
        "SELECT table_name, column_name FROM duckdb_columns() "
        "WHERE table_name IN (SELECT view_name FROM duckdb_views())"
    ).fetchall():
        columns.setdefault(view, set()).add(column)
    con.close()
    for view, names in columns.items():
        if "obs_key" in names:
            assert {"sex", "age", "violence_form", "relationship", "breakdown", "time_period"} <= names, view


@pytest.mark.parametrize(
    ("error", "says"),
    [
        (OSError(28, "No space left on device", "data/x"), "data/x: No space left on device"),
        (OSError(30, "Read-only file system", "data/x"), "data/x: Read-only file system"),
        (
            sqlite3.OperationalError("database or disk is full\n[SQL: INSERT]"),
            "database or disk is full. Check",
        ),
        (
            sqlite3.OperationalError("disk I/O error\n[SQL: PRAGMA]\n(Background on this error)"),
            "disk I/O error. Check",
        ),
        (
            duckdb.IOException("IO Error: Could not write file: No space left on device"),
            "No space left on device. Check",
        ),
        (
            duckdb.IOException(
                'IO Error: Async write failed for range [offset=493]: {"exception_type":"IO","exception_message":'
                '"Could not write file \\"out/a.csv\\": No space left on device","errno":"28"}'
            ),
            'dvstats: Could not write file "out/a.csv": No space left on device. Check',
        ),
    ],
)
def test_a_full_or_read_only_disk_is_said(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, error: Exception, says: str
) -> None:
    def fails(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr("pipelines.refresh.refresh", fails)
    status, _, err = run(capsys, "refresh", "--data-dir", "nowhere")
    assert status == 1 and says in err and "Check the path, its permissions and the free space." in err
    assert "Unexpected" not in err and "SQL" not in err


def test_an_empty_time_of_builds_is_none(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Libraries that read it at import ended the run with a traceback."""
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "  ")
    run(capsys, "--version")
    assert "SOURCE_DATE_EPOCH" not in os.environ


def test_at_its_end_nothing_is_looked_through_once_more() -> None:
    last = "atexit.register(lambda: print(gc.get_freeze_count() > 10_000))"
    program = f"import atexit, gc; {last}; import pipelines.cli.main"
    root = Path(main.__code__.co_filename).parents[2]
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=root
    )
    assert done.stdout == "True\n"

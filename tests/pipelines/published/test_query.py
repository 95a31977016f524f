"""Queries read one release within limits, from any number of threads, beside other readers of the file."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace

import duckdb
import pytest

from data_contracts.errors import NOTHING_PUBLISHED, DvstatsError, NothingThereError, UserError
from pipelines.published import query as module
from pipelines.published.query import connect, query
from pipelines.release.database_file import DATABASE


def test_without_a_release_it_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(NothingThereError, match="dvstats refresh"):
        query(tmp_path, "SELECT 1")


@pytest.mark.parametrize(
    "damage",
    [lambda content: content[: len(content) // 2], lambda content: content.replace(b"word 7,", b"word 8,")],
)
def test_a_damaged_file_is_no_mistake_of_the_query(tmp_path: Path, damage: Callable[[bytes], bytes]) -> None:
    file = tmp_path / DATABASE
    with duckdb.connect(file) as con:
        con.execute("SET force_compression = 'uncompressed'")
        con.execute(
            "CREATE TABLE words AS SELECT 'a longer word ' || n || ',' AS word FROM range(200000) r(n)"
        )
    content = file.read_bytes()
    assert query(tmp_path, "SELECT count(DISTINCT word) AS n FROM words").to_pylist() == [{"n": 200_000}]
    file.write_bytes(damage(content))
    assert file.read_bytes() != content
    with pytest.raises(
        DvstatsError, match=f"(?s){file} cannot be read: .*`dvstats refresh` publishes"
    ) as told:
        query(tmp_path, "SELECT count(DISTINCT word) AS n FROM words")
    assert told.value.status == NOTHING_PUBLISHED


@pytest.mark.parametrize(
    ("sql", "says"),
    [
        ("DROP TABLE observations", "DROP is not possible.*read-only"),
        ("CREATE TABLE memory.main.t AS SELECT 1", "CREATE is not possible"),
        ("USE memory", "SET is not possible"),
        ("SET memory_limit = '9GB'", "SET is not possible"),
        ("SELECT 1; DROP TABLE areas", "One statement is expected, but there are 2"),
        ("", "One statement is expected, but there are 0"),
        ("SELECT * FROM read_csv('/etc/passwd')", "Only the published tables can be read here"),
        ("SELECT * FROM glob('/*')", "Only the published tables can be read here"),
        ("SELECT * FROM observation", '(?s)Did you mean "observations".*\n`dvstats query "SHOW TABLES"`'),
        ("SELEC 1", "Parser Error.*\n`dvstats query"),
        ("PRAGMA memory_limit='9GB'", "locked|not possible"),
        ("UPDATE EXTENSIONS", "That statement is not possible"),
        ("EXPLAIN ANALYZE COPY areas TO 'x.csv'", "Only the published tables can be read here"),
        ("FROM query('FROM read_text(''/etc/passwd'')')", "Only the published tables can be read here"),
        ("FROM read_duckdb('/tmp/other.duckdb')", "Only the published tables can be read here"),
        ("CALL enable_logging(storage_path := '/tmp')", "locked"),
        ("FROM duckdb_secrets()", "Only the published tables can be read here"),
    ],
)
def test_what_does_not_read_the_release_is_refused(release_dir: Path, sql: str, says: str) -> None:
    with pytest.raises(UserError, match=says):
        query(release_dir, sql)


@pytest.mark.parametrize(
    "sql", ["SHOW TABLES", "DESCRIBE areas", "SUMMARIZE areas", "FROM areas", "EXPLAIN FROM areas"]
)
def test_every_way_of_reading_works(release_dir: Path, sql: str) -> None:
    assert query(release_dir, sql).num_rows > 0


def test_a_pivot_is_a_question_too(release_dir: Path) -> None:
    found = query(release_dir, "PIVOT areas ON level USING count(*) GROUP BY country")
    assert {"country", "region"} <= set(found.column_names)


def test_a_long_query_is_interrupted(release_dir: Path) -> None:
    endless = "SELECT count(*) FROM range(100000000) a, range(1000) b WHERE (a.range * b.range) % 7 = 1"
    with pytest.raises(UserError, match="stopped after 0.3 seconds"):
        query(release_dir, endless, seconds=0.3)


def test_memory_is_limited_and_nothing_is_spilled(release_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with connect(release_dir) as con:
        settings = dict(
            con.sql(
                "SELECT name, value FROM duckdb_settings() WHERE name IN ('memory_limit', 'temp_directory')"
            ).fetchall()
        )
        with pytest.raises(duckdb.InvalidInputException, match="locked"):
            con.execute("SET memory_limit = '9GB'")
    assert settings == {"memory_limit": "2.0 GiB", "temp_directory": ""}
    monkeypatch.setattr(module, "MEMORY_LIMIT", "16MiB")
    with pytest.raises(UserError, match="needs more"):
        query(release_dir, "SELECT list(range) FROM range(100000000)")


def test_an_answer_that_is_too_large_is_refused_before_it_is_held(
    release_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "ANSWER_BYTES", 4 << 20)
    assert query(release_dir, "FROM range(500000)").num_rows == 500_000
    with pytest.raises(UserError, match="larger than 4 MiB"):
        query(release_dir, "FROM range(600000)")
    assert query(release_dir, "FROM areas WHERE false").column_names[0] == "code"


@pytest.mark.parametrize(
    ("raised", "expected", "says"),
    [
        (OSError("Invalid Input Error: Arrow Appender: too large"), UserError, "The answer is larger than"),
        (MemoryError(), UserError, "The answer is larger than"),
        (OSError("INTERRUPT Error: Interrupted!"), duckdb.InterruptException, "Interrupted"),
    ],
)
def test_what_arrow_raises_while_rows_are_handed_out(
    raised: Exception, expected: type[Exception], says: str
) -> None:
    def reader(_: int) -> None:
        raise raised

    with pytest.raises(expected, match=says):
        module._answer(SimpleNamespace(to_arrow_reader=reader))  # type: ignore[arg-type]


def test_threads_ask_at_the_same_time_beside_another_reader(release_dir: Path) -> None:
    sql = "SELECT count(*) AS n FROM observations"
    with duckdb.connect(str((release_dir / "dvstats.duckdb").resolve()), read_only=True) as other:
        expected = other.sql(sql).fetchall()[0][0]
        with ThreadPoolExecutor(8) as pool:
            counts = list(pool.map(lambda _: query(release_dir, sql).to_pylist()[0]["n"], range(16)))
    assert counts == [expected] * 16

"""The commands that only read a release: answers, formats, statuses."""

import io
import json
from pathlib import Path

import duckdb
import pyarrow.parquet as pq
import pytest

from pipelines.published import find_areas
from tests.pipelines.cli.running import run
from tests.share_of_cases import examples


def test_query_answers_with_source(release_dir: Path, capsys: pytest.CaptureFixture[str]) -> None:
    sql = (
        "SELECT time_period, obs_value, address FROM protection_orders "
        "WHERE ref_area = 'KG' AND indicator = 'PROTECTION_ORDERS' AND time_period = '2025-01-01/P11M' "
        "AND sex = '_T' AND age = '_T'"
    )
    status, out, _ = run(capsys, "query", sql, "--format", "json", "--data-dir", str(release_dir))
    assert status == 0
    rows = json.loads(out)
    assert [row["obs_value"] for row in rows] == [15821.0]
    assert rows[0]["address"].startswith("https://24.kg/")


@pytest.mark.parametrize(
    "sql",
    [
        "DROP TABLE observations",
        "INSERT INTO areas SELECT * FROM areas",
        "SELEC 1",
        "SELECT * FROM '/etc/passwd'",
        "COPY observations TO '/tmp/x.csv'",
        "ATTACH '/tmp/x.db'",
        "SET enable_external_access = true",
    ],
)
def test_query_only_reads_and_only_the_release(
    release_dir: Path, capsys: pytest.CaptureFixture[str], sql: str
) -> None:
    status, out, err = run(capsys, "query", sql, "--data-dir", str(release_dir))
    assert (status, out) == (2, "")
    assert err.startswith("dvstats: ")


@pytest.mark.parametrize(
    ("sql", "said"),
    [
        ("SELECT * FROM killed WHERE ref_area = 'TJ' AND year = 1950", "no row of killed is like that"),
        ("SELECT * FROM figures WHERE year = 1950", "the view not_published says"),
        ("SELECT * FROM reoffences", "no row of reoffences is like that"),
        ("SELECT * FROM areas WHERE code = 'XX'", ""),
        ("SELECT count(*) FROM killed", ""),
    ],
)
def test_an_empty_answer_of_a_topic_view_is_no_zero(
    release_dir: Path, capsys: pytest.CaptureFixture[str], sql: str, said: str
) -> None:
    status, _, err = run(capsys, "query", sql, "--data-dir", str(release_dir))
    assert status == 0
    assert said in err if said else err == ""


def test_query_writes_parquet(release_dir: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    target = tmp_path / "x.parquet"
    sql = "SELECT * FROM areas"
    arguments = ("--format", "parquet", "--output", str(target), "--data-dir", str(release_dir))
    status, _, _ = run(capsys, "query", sql, *arguments)
    assert status == 0
    assert pq.read_table(target).num_rows == 70
    status, _, err = run(capsys, "query", sql, "--format", "parquet", "--data-dir", str(release_dir))
    assert status == 2 and "--output" in err


def test_the_format_of_a_file_is_implied_or_refused_before_the_query_runs(
    release_dir: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = ("--data-dir", str(release_dir))
    target = tmp_path / "x.csv"
    status, out, _ = run(capsys, "query", "SELECT code FROM areas", "--output", str(target), *data)
    assert (status, out) == (0, f"{target}: 70 rows, 1 columns, as csv\n")
    assert target.read_text(encoding="utf-8").startswith("code\nDE")
    unknown = tmp_path / "x.txt"
    status, out, err = run(capsys, "query", "SELEC", "--output", str(unknown), *data)
    assert (status, out) == (2, "") and ".csv, .json or .parquet" in err and not unknown.exists()
    status, out, _ = run(capsys, "query", "FROM areas", "--output", str(unknown), "--format", "json", *data)
    assert status == 0 and out.endswith("as json\n") and len(json.loads(unknown.read_text("utf-8"))) == 70


def test_sql_may_come_from_standard_input(
    release_dir: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("SELECT count(*) AS n\nFROM areas\n"))
    status, out, _ = run(capsys, "query", "-", "--format", "csv", "--data-dir", str(release_dir))
    assert (status, out) == (0, "n\n70\n")


def test_an_error_of_sql_is_on_its_own_line(release_dir: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _, _, err = run(capsys, "query", "SELECT nothing FROM areas", "--data-dir", str(release_dir))
    first, second = err.splitlines()
    assert first.startswith("dvstats: Binder Error:") and second.startswith("`dvstats query")


@pytest.mark.parametrize(
    "command", [("verify", "../.."), ("diff", "..", "/tmp"), ("diff", "20261125T031500Z/..")]
)
def test_a_name_of_a_release_is_no_path(
    release_dir: Path, capsys: pytest.CaptureFixture[str], command: tuple[str, ...]
) -> None:
    status, out, err = run(capsys, *command, "--data-dir", str(release_dir))
    assert (status, out) == (1, "") and "Releases there:" in err


def test_diff_compares_with_the_latest_and_summarises(
    release_dir: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    name = (release_dir / "latest").resolve().name
    for extra in ((), ("--summary",), ("--country", "KZ", "--indicator", "X", "--dataset", "kz_sdg")):
        status, out, err = run(capsys, "diff", name, *extra, "--data-dir", str(release_dir))
        assert (status, out) == (1, "") and "nothing to compare it with" in err
        status, out, _ = run(capsys, "diff", name, name, *extra, "--data-dir", str(release_dir))
        assert (status, out) == (0, "No difference.\n")
    status, out, _ = run(capsys, "diff", name, name, "--summary", "--json", "--data-dir", str(release_dir))
    assert (status, json.loads(out)) == (0, [])


def test_a_country_is_named_in_any_way(
    release_dir: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    named = ["kg", "KGZ", "417", "Kyrgyzstan", "Кыргызская Республика"]
    assert {find_areas.country(country) for country in named} == {"KG"}
    chosen = ("--country", named[-1], "--indicator", "PROTECTION_ORDERS", "--output", str(tmp_path))
    status, _, err = run(capsys, "export", "csv", *chosen, "--data-dir", str(release_dir))
    assert not status, err


@pytest.mark.parametrize("what", ["indicators", "areas", "codes", "sources", "datasets", "releases"])
def test_lists(release_dir: Path, capsys: pytest.CaptureFixture[str], what: str) -> None:
    status, out, _ = run(capsys, "list", what, "--json", "--data-dir", str(release_dir))
    assert status == 0
    assert json.loads(out)


@pytest.mark.parametrize(
    "code", ["PROTECTION_ORDERS", "KZ-75", "kg_statements", "kg-s20", "kg-law-63-2017", "IPTN"]
)
def test_show_finds_every_kind_of_code(
    release_dir: Path, capsys: pytest.CaptureFixture[str], code: str
) -> None:
    status, out, _ = run(capsys, "show", code, "--data-dir", str(release_dir))
    assert status == 0
    assert code in out


def test_coverage_is_a_grid_that_names_who_would_publish(
    release_dir: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    status, out, _ = run(capsys, "show", "coverage", "--data-dir", str(release_dir))
    assert status == 0
    assert "●" in out and "·" in out and "TJ: " in out


def test_status_lists_every_dataset(release_dir: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, out, _ = run(capsys, "status", "--json", "--data-dir", str(release_dir))
    rows = {row["dataset"]: row for row in json.loads(out)}
    assert status == 0
    assert rows["kg_statements"]["state"] == "bundled" and rows["kg_statements"]["rows"] > 200
    assert rows["kg_victims"]["state"] == "not_fetched"


def test_trace_leads_random_numbers_to_a_cell_with_that_text(release_dir: Path) -> None:
    import random

    from pipelines.published.trace import trace

    con = duckdb.connect(str(release_dir / "dvstats.duckdb"), read_only=True)
    keys = [row[0] for row in con.sql("SELECT obs_key FROM observations ORDER BY obs_key").fetchall()]
    con.close()
    for key in random.Random(20261125).sample(keys, examples(12, 50)):
        found = trace(release_dir, key)
        assert found["cell"]["text"] == found["observation"]["published_value"]
        assert found["source"]["address"].startswith("http")
        assert found["releases"] and (release_dir / found["cell"]["file"]).is_file()
        assert any(cell["here"] for cell in found["cell"]["around"])

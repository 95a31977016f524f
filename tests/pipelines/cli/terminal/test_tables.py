"""Rows as a table, CSV, JSON or Parquet: every value arrives, and the file says what it is."""

import csv
import datetime as dt
import io
import json
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from data_contracts.errors import UserError
from pipelines.cli.terminal import tables

ROWS = pa.table(
    {
        "name": ['a,"b"\nc', None, "[red]:fire:\x1b[31m"],
        "value": pa.array([1500.0, float("nan"), None]),
        "total": pa.array([Decimal("12"), Decimal("1.5"), None], pa.decimal128(38, 2)),
        "day": pa.array([dt.date(2024, 1, 2), None, None]),
    }
)


@pytest.mark.parametrize(
    ("wanted", "output", "kind"),
    [
        (None, None, "table"),
        ("json", None, "json"),
        (None, "x.csv", "csv"),
        (None, "x.JSON", "json"),
        (None, "a.b/x.parquet", "parquet"),
        ("csv", "x.txt", "csv"),
        ("table", "x.txt", "table"),
        ("json", "x.csv", "json"),
    ],
)
def test_the_suffix_implies_the_format_unless_one_is_named(
    wanted: str | None, output: str | None, kind: str
) -> None:
    assert tables.chosen_format(wanted, Path(output) if output else None) == kind


@pytest.mark.parametrize("name", ["x.txt", "x", "x.xlsx", ".csv"])
def test_an_unknown_suffix_is_refused_with_what_can_be_written(name: str) -> None:
    with pytest.raises(UserError, match=r"\.csv, \.json or \.parquet.*--format table, csv, json or parquet"):
        tables.chosen_format(None, Path(name))
    with pytest.raises(UserError, match="--output"):
        tables.chosen_format("parquet", None)


def test_csv_json_and_parquet_hold_every_value(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for kind in ("csv", "json", "parquet"):
        tables.write(ROWS, kind, tmp_path / f"x.{kind}")
        assert capsys.readouterr().out == f"{tmp_path / f'x.{kind}'}: 3 rows, 4 columns, as {kind}\n"
    read = list(csv.reader(io.StringIO((tmp_path / "x.csv").read_text(encoding="utf-8"), newline="")))
    assert read[1] == ['a,"b"\nc', "1500.0", "12.00", "2024-01-02"] and read[3][0] == "[red]:fire:\x1b[31m"
    loaded = json.loads((tmp_path / "x.json").read_text(encoding="utf-8"))
    assert loaded[0] == {"name": 'a,"b"\nc', "value": 1500.0, "total": 12, "day": "2024-01-02"}
    assert (loaded[1]["value"], loaded[1]["total"]) == (None, 1.5)
    assert pq.read_table(tmp_path / "x.parquet").drop(["value"]).equals(ROWS.drop(["value"]))


def test_a_table_shows_markup_as_text_and_no_escape(capsys: pytest.CaptureFixture[str]) -> None:
    tables.write(ROWS, "table", None)
    out = capsys.readouterr().out
    assert "[red]:fire:" in out and "\x1b" not in out and "1 500" in out and "(3 rows)" in out


def test_a_program_gets_the_exact_text_and_a_terminal_a_safe_one(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    tables.write(ROWS, "csv", None)
    assert "\x1b[31m" in capsys.readouterr().out
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    tables.write(ROWS, "csv", None)
    assert "\x1b" not in capsys.readouterr().out


def test_texts_that_a_spreadsheet_would_run_are_said_and_stay_exact(
    capsys: pytest.CaptureFixture[str],
) -> None:
    table = pa.table({"note": ["=1+1", "-22,7", "\n@x", "x;=1"], "value": [-1.0, 2.0, 3.0, 4.0]})
    tables.write(table, "csv", None)
    printed = capsys.readouterr()
    assert "=1+1,-1.0\n-22,7" in printed.out.replace('"', "")
    assert "note: 3 texts begin as a formula does" in printed.err and "dvstats export csv" in printed.err
    tables.write(table.slice(1, 1), "csv", None)
    tables.write(table, "json", None)
    assert not capsys.readouterr().err


def test_two_columns_of_one_name_both_arrive(capsys: pytest.CaptureFixture[str]) -> None:
    twice = pa.Table.from_arrays([pa.array([1]), pa.array([2])], names=["a", "a"])
    tables.write(twice, "csv", None)
    assert capsys.readouterr().out == "a,a\n1,2\n"
    tables.write(twice, "table", None)
    assert "1 ┃ 2" in capsys.readouterr().out.replace("│", "┃")
    with pytest.raises(UserError, match="Two columns are called a, of which JSON would keep one"):
        tables.write(twice, "json", None)


@pytest.mark.parametrize("kind", ["table", "csv", "json"])
def test_a_day_that_python_has_not_is_refused_in_words(kind: str) -> None:
    """DuckDB has days up to the year 294246, and infinite ones."""
    with pytest.raises(UserError, match=r"column day .* CAST\(day AS VARCHAR\)"):
        tables.write(pa.table({"day": pa.array([2**30], pa.int32()).cast(pa.date32())}), kind, None)


def test_a_table_can_be_written_to_a_file(tmp_path: Path) -> None:
    tables.write(ROWS, "table", tmp_path / "x.txt")
    text = (tmp_path / "x.txt").read_text(encoding="utf-8")
    assert text.startswith("name") and "1 500" in text and "\x1b" not in text

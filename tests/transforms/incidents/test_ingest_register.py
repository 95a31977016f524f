"""A register among the datasets: what holds it, and that no error of a restricted file quotes it."""

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import pytest

from data_contracts.checks import sentence
from sources.cells import ReadError, SourceError
from tests.fixtures.register import PLANTED, UNKNOWN_LABEL, declaration, incidents, monthly_files, write
from transforms.files_to_observations import InputFile, Observed, observe
from transforms.ingest import stopped
from transforms.normalize.inputs_and_results import FileFacts
from transforms.normalize.normalizer import Normalizer
from transforms.normalize.quarantine import refused_row
from transforms.privacy.discreet import discreet, said

REGISTER = declaration()
Reading = Callable[..., Observed]


@pytest.fixture
def reading(normalizer: Normalizer) -> Reading:
    def run(*paths: Path) -> Observed:
        files = [
            InputFile(path.read_bytes, f"{n:064}", path.name, dt.datetime(2026, 1, 1), local=lambda p=path: p)
            for n, path in enumerate(paths)
        ]
        known = Normalizer(normalizer.contract, datasets={REGISTER.id: REGISTER}, sources=[])
        return observe(known, REGISTER, files)

    return run


def finding(seen: Observed) -> list[str]:
    return [row["finding"] for row in seen.findings.rows]


def test_a_missing_month_publishes_nothing(reading: Reading, tmp_path: Path) -> None:
    """The year would be too small by a month, and nobody would see it."""
    paths = [path for month, path in monthly_files(tmp_path, incidents(2024, 300)) if month != "2024-05"]
    seen = reading(*paths)
    assert (seen.good.num_rows, seen.failures, finding(seen)) == (0, ["2024-05"], ["partition_missing"])


def test_too_many_unreadable_rows_publish_nothing(reading: Reading, tmp_path: Path) -> None:
    rows = [
        {**row, "Область": UNKNOWN_LABEL} if number % 10 == 0 else row
        for number, row in enumerate(incidents(2024, 300))
    ]
    seen = reading(write(tmp_path / "a.csv", rows))
    assert seen.good.num_rows == 0 and finding(seen) == ["too_many_refused"]
    assert seen.restricted is not None and seen.restricted.unread[0].text == UNKNOWN_LABEL
    assert PLANTED not in repr((seen.findings.rows, seen.failures, seen.refused.to_pylist()))


def test_incidents_that_occur_twice_are_said_and_counted_once(reading: Reading, tmp_path: Path) -> None:
    rows = incidents(2024, 300)
    once = reading(write(tmp_path / "once.csv", rows))
    twice = reading(write(tmp_path / "twice.csv", [*rows, rows[0], rows[7]]))
    assert (finding(once), finding(twice)) == ([], ["dropped_duplicate"])
    assert twice.findings.rows[0]["detail"] == "<5 rows" and twice.good.num_rows == once.good.num_rows > 0


def test_what_a_register_refuses_is_a_row_of_its_newest_file(reading: Reading, tmp_path: Path) -> None:
    rows = incidents(2024, 300)
    wrong = [*rows, {**rows[5], "Область": UNKNOWN_LABEL}]
    halves = [write(tmp_path / f"{n}.csv", part) for n, part in enumerate((rows[:150], wrong[150:]))]
    refused = reading(*halves).refused.to_pylist()
    assert refused and {row["raw_sha256"] for row in refused} == {f"{1:064}"}


def test_a_file_with_people_is_refused_by_its_column(reading: Reading, tmp_path: Path) -> None:
    rows = incidents(2024, 300)
    rows[200] = {**rows[200], "Служебное поле": "Иванова Мария Петровна"}
    seen = reading(write(tmp_path / "a.csv", rows))
    assert (seen.good.num_rows, finding(seen)) == (0, ["unreadable_file"])
    assert "Служебное поле" in seen.failures[0] and "Иванова" not in repr(seen)


def test_no_error_of_a_restricted_file_quotes_it(normalizer: Normalizer) -> None:
    error = ReadError("the cell 'Иванова, 3' is none", place="Sheet1!D14")
    assert said(REGISTER, error).startswith("Sheet1!D14: ReadError")
    result = stopped(normalizer, REGISTER, normalizer.good_schema().empty_table(), ValueError("Иванова, 3"))
    assert "Иванова" not in repr((result.findings, result.failures))
    damaged = SourceError("the stored bytes do not match their checksum", file="raw/ex_register/ab.csv")
    assert "do not match their checksum" in said(REGISTER, damaged), "what the archive says quotes nothing"
    public = REGISTER.model_copy(update={"restricted": False})
    assert "Иванова, 3" in said(public, error)


def test_no_sentence_of_quarantine_quotes_a_figure(normalizer: Normalizer) -> None:
    """Whatever rule refuses a cell of a restricted table: what was in it is not in the reason."""
    quoted = {"unreadable_number", "unreadable_period", "unreadable_record", "no_count", "too_many_decimals"}
    table = REGISTER.model_copy(update={"kind": "table", "counting": None, "reader": "delimited"})
    known = Normalizer(normalizer.contract, datasets={table.id: table}, sources=[])
    rows = []
    for rule in sorted(quoted):
        told = sentence(normalizer.contract, rule, value=PLANTED, place="Пол")
        assert PLANTED in told.en
        facts = FileFacts("0" * 64, dt.datetime(2026, 1, 1), "a.csv")
        rows.append(refused_row(table.id, rule, told.en, told.ru, facts, value=PLANTED, row=PLANTED))
    refused = discreet(known, table, known.quarantine(rows))
    assert refused["rule"].to_pylist() == sorted(quoted) and PLANTED not in repr(refused.to_pylist())

"""Tables made of rows that stay in their files are those made of rows in memory, to the byte."""

import datetime as dt
import io
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pyarrow as pa
import pytest

from data_contracts import rows
from data_contracts.arrow import Rows, Stream, arrow_schema, one_after_another, write_table
from pipelines.assets.derived_tables import derived_tables
from pipelines.assets.tables import DERIVED_TABLES
from pipelines.data_directory import DataDirectory
from pipelines.declarations import Declarations
from pipelines.staging import StagedTables
from transforms.derive import breaks, history
from transforms.normalize.former_keys import is_present, moved_by_nature, with_keys


@pytest.fixture
def latest(release_dir: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The release of the bundled publications, of which every table counts as a large one."""
    monkeypatch.setattr(rows, "SMALL", -1)
    return release_dir / "latest"


def in_file(latest: Path, name: str) -> Rows:
    found = rows.load_rows(latest / name / f"{name}.parquet")
    assert not isinstance(found, pa.Table)
    return found


def assert_published(declared: Declarations, latest: Path, name: str, made: Stream) -> None:
    """Whether these are the rows of the release, and its bytes."""
    sink = io.BytesIO()
    write_table(made, sink, arrow_schema(declared.contract, declared.contract.tables[name]))
    assert sink.getvalue() == (latest / name / f"{name}.parquet").read_bytes(), name


def test_derived_tables(declared: Declarations, latest: Path) -> None:
    observations, sources = in_file(latest, "observations"), in_file(latest, "sources")
    warned: list[str] = []
    made = derived_tables(declared, observations, sources, lambda name: in_file(latest, name), warned.append)
    for name in DERIVED_TABLES:
        assert_published(declared, latest, name, made[name]())
    assert not warned


def test_history_and_what_it_is_asked(declared: Declarations, latest: Path) -> None:
    contract, name = declared.contract, latest.resolve().name
    observations, before = in_file(latest, "observations"), in_file(latest, "observation_history")
    at = dt.datetime.strptime(name, "%Y%m%dT%H%M%SZ")
    step = history.advance(contract, None, [observations], name, at)
    assert_published(declared, latest, "observation_history", step.history)
    assert_published(declared, latest, "observations", history.in_force(contract, before))
    empty = step.revisions.schema.empty_table()
    schema = arrow_schema(contract, contract.tables["revisions"])
    assert_published(declared, latest, "revisions", one_after_another(schema, [empty, step.revisions]))
    found, whole = (
        breaks.find_breaks([part], declared.laws, contract.areas)
        for part in (observations, rows.read_rows(observations))
    )
    assert found.series == whole.series and found.series
    assert moved_by_nature([before], [observations]) == {} and with_keys(before, {}) is before
    assert is_present(before, contract.renamed)
    assert not is_present(before, {"indicator": {"POPULATION": "PEOPLE"}})


def test_a_file_of_any_name_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Stars and brackets of a folder's name are no pattern, which the name of the other folder would fit."""
    monkeypatch.setattr(rows, "SMALL", -1)
    found = {}
    for number, name in enumerate(("data [1]*'", "data 1x'")):
        (tmp_path / name).mkdir()
        found[name] = tmp_path / name / "areas.parquet"
        write_table(pa.table({"code": [f"{number}"]}), found[name])
    path = found["data [1]*'"]
    con = duckdb.connect()
    rows.name_rows(con, "areas", rows.load_rows(path), rows.read_table(path))
    assert con.execute("FROM areas").fetchall() == [("0",), ("0",)]
    rows.name_rows(con, "areas", rows.read_table(path))
    assert con.execute("FROM areas").fetchall() == [("0",)]


def test_a_stream_that_breaks_leaves_the_table_as_it_was(tmp_path: Path, declared: Declarations) -> None:
    schema = arrow_schema(declared.contract, declared.contract.tables["areas"])
    staged = StagedTables(DataDirectory(tmp_path))
    staged.save("areas", schema.empty_table())
    before = staged.sha256("areas")

    def broken() -> pa.RecordBatchReader:
        def batches() -> Iterator[pa.RecordBatch]:
            yield pa.RecordBatch.from_pylist([], schema=schema)
            raise OSError("no more")

        return pa.RecordBatchReader.from_batches(schema, batches())

    with pytest.raises(OSError, match="no more"):
        staged.save("areas", broken())
    assert staged.sha256("areas") == before
    assert [path.name for path in staged.path("areas").parent.iterdir()] == ["areas.parquet"]


def test_staged_observations_lie_in_the_order_of_a_release(declared: Declarations, release_dir: Path) -> None:
    order = declared.contract.tables["observations"].order
    staged = list((release_dir / "staging" / "datasets").glob("*/*/observations.parquet"))
    assert staged
    for path in staged:
        places = [tuple(row.values()) for row in rows.read_table(path).select(order).to_pylist()]
        assert places == sorted(places), path

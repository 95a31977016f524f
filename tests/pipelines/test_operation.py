"""What happens to a data directory over time: clocks, damage, half answers, renames, another refresh at once.

Each test is a situation in which a wrong figure was published, or nothing at all. Time zones of ``as_of`` and macros of
attached releases are tested in ``tests/data_contracts/test_database_statements.py``.
"""

import csv
import datetime as dt
import fcntl
import gzip
import zlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import dagster as dg
import duckdb
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from data_contracts import checks
from data_contracts.errors import DONE, TROUBLED, BusyError, UserError
from data_contracts.rows import count_rows
from pipelines.assets.union_tables import note_refused, without_retired
from pipelines.data_directory import DataDirectory, current_moment
from pipelines.dataset_states import COUNTRY_CHANGED, LAST_ROWS_REFUSED, dataset_state
from pipelines.declarations import Declarations
from pipelines.lock import LOCK_FILE
from pipelines.outcome import Outcome
from pipelines.refresh import Context, _notices, _undeclared
from pipelines.resources import DataDir, look_ups
from pipelines.staging import DatasetStages, StagedTables
from sources.dataset import Dataset
from sources.http.unpack import unpacked
from sources.load_datasets import load_datasets
from tests.fixtures.mirror import HERE, Mirror
from tests.helpers import NOW, advance, process, publish, values
from transforms.derive.codebook import datasets_table
from transforms.ingest import Ingested
from transforms.normalize.inputs_and_results import good_schema

DATASETS = load_datasets(HERE / "datasets")
DATASET = DATASETS["ex_open_sdg"]
ADDRESS = "stat.example.org/sdg/en/data/5-2-1.csv"
LATER = NOW + dt.timedelta(days=1)


@pytest.fixture
def mirror() -> Iterator[Mirror]:
    with Mirror() as running:
        yield running


def first(declared: Declarations, mirror: Mirror, data: Path, dataset: Dataset = DATASET) -> pa.Table:
    """A published good state; gives its history."""
    return publish(declared, data, process(declared, dataset, data, mirror.address), NOW)


# -- the archive -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("etags", [True, False])
def test_a_damaged_file_holds_one_dataset_and_is_healed(
    declared: Declarations, mirror: Mirror, tmp_path: Path, etags: bool
) -> None:
    mirror.etags = etags
    first(declared, mirror, tmp_path)
    before = process(declared, DATASET, tmp_path)
    (stored,) = (tmp_path / "raw" / DATASET.id).glob("*.csv")
    stored.chmod(0o644)
    content = stored.read_bytes()
    stored.write_bytes(content[:300] + b"X" + content[301:])
    damaged = process(declared, DATASET, tmp_path)
    assert damaged.state == "held" and values(damaged.observations) == values(before.observations)
    assert any("do not match their checksum" in sentence for sentence in damaged.failures)
    healed = process(declared, DATASET, tmp_path, mirror.address)
    assert healed.state == "fresh" and stored.read_bytes() == content


def test_a_page_that_fails_leaves_the_last_complete_answer(
    declared: Declarations, mirror: Mirror, tmp_path: Path
) -> None:
    dataset = DATASETS["ex_paged"]
    first(declared, mirror, tmp_path, dataset)
    before = process(declared, dataset, tmp_path)
    page = "stat.example.org/v2/victims?format=json"
    mirror.content[page] = mirror.content[page].replace(b'"2024"', b'"2025"')
    mirror.faults = ["status:503 in page=2"]
    half = process(declared, dataset, tmp_path, mirror.address)
    assert half.state == "stale" and values(half.observations) == values(before.observations)


@pytest.mark.parametrize("share", [0.99, 0.6, 0.1])
def test_a_compressed_body_without_its_end_is_never_data(
    declared: Declarations, mirror: Mirror, tmp_path: Path, share: float
) -> None:
    mirror.faults = [f"gzipcut:{share}"]
    result = process(declared, DATASET, tmp_path, mirror.address)
    assert result.state == "failed" and "The transfer broke off" in result.failures[0]
    assert len(mirror.asked) > 1, "it is asked again"
    assert not list((tmp_path / "raw" / DATASET.id).glob("*.csv"))


def test_bodies_are_unpacked_whole_or_refused() -> None:
    text = b"Year,Value\n2024,2840\n" * 50
    raw = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    bare = raw.compress(text) + raw.flush()
    for body, encoding in (
        (gzip.compress(text), "gzip"),
        (gzip.compress(text[:100]) + gzip.compress(text[100:]), "x-gzip"),
        (gzip.compress(text) + b"\0" * 8, "gzip"),
        (gzip.compress(gzip.compress(text)), "gzip, gzip"),
        (zlib.compress(text), "deflate"),
        (bare, "deflate"),
        (text, "identity"),
    ):
        assert unpacked(body, encoding, 10_000) == text, encoding
    for body, encoding, reason in (
        (gzip.compress(text)[:-1], "gzip", "ends before its end mark"),
        (gzip.compress(text) + gzip.compress(text)[:-9], "gzip", "ends before its end mark"),
        (zlib.compress(text)[:-1], "deflate", "ends before its end mark"),
        (bare[:-1], "deflate", "ends before its end mark|damaged"),
        (text, "gzip", "damaged"),
        (gzip.compress(text) + b"rest", "gzip", "damaged|ends before"),
        (text, "br", "not asked for"),
        (gzip.compress(b"a" * 20_000), "gzip", "larger than the limit"),
    ):
        with pytest.raises(Exception, match=reason):
            unpacked(body, encoding, 10_000)


def test_an_older_file_that_comes_again_takes_nothing_away(
    declared: Declarations, mirror: Mirror, tmp_path: Path
) -> None:
    """As an old cache gives it: most rows of the last release were first found in this very file."""
    whole = mirror.content[ADDRESS]
    older = b"".join(line for line in whole.splitlines(keepends=True) if not line.startswith(b"2024"))
    mirror.content[ADDRESS] = older
    first(declared, mirror, tmp_path)
    mirror.content[ADDRESS] = whole
    newer = process(declared, DATASET, tmp_path, mirror.address)
    assert newer.state == "fresh" and newer.observations.num_rows == 108
    publish(declared, tmp_path, newer, LATER)
    mirror.content[ADDRESS] = older
    again = process(declared, DATASET, tmp_path, mirror.address)
    assert again.state == "held" and values(again.observations) == values(newer.observations)
    assert {"vanished_year", "older_file_again"} <= {row["finding"] for row in again.findings}
    mirror.content[ADDRESS] = whole
    good = process(declared, DATASET, tmp_path, mirror.address)
    assert good.state == "fresh" and values(good.observations) == values(newer.observations)
    assert not good.findings


# -- figures ---------------------------------------------------------------------------------------------------------


def test_the_same_number_with_binary_noise_is_no_revision(
    declared: Declarations, mirror: Mirror, tmp_path: Path
) -> None:
    dataset = DATASETS["ex_open_sdg_units"]
    history = first(declared, mirror, tmp_path, dataset)
    rows = history.select(good_schema(declared.contract).names)
    noisy = rows.set_column(
        rows.schema.get_field_index("obs_value"), "obs_value", pc.multiply(rows["obs_value"], 1 + 2**-52)
    )
    assert not pc.all(pc.equal(noisy["obs_value"], rows["obs_value"])).as_py()
    step = advance(declared.contract, history, noisy, "20261126T000000Z", LATER)
    assert step.revisions.num_rows == 0 and step.history.equals(history)
    real = rows.set_column(
        rows.schema.get_field_index("obs_value"), "obs_value", pc.multiply(rows["obs_value"], 1 + 1e-9)
    )
    changed = advance(declared.contract, history, real, "20261126T000000Z", LATER)
    assert set(changed.revisions["change"].to_pylist()) == {"revised"} and changed.revisions.num_rows == 18
    bounded = rows.set_column(
        rows.schema.get_field_index("obs_lower"), "obs_lower", pa.array([12.3] * rows.num_rows)
    )
    flagged = advance(declared.contract, history, bounded, "20261126T000000Z", LATER)
    assert set(flagged.revisions["change"].to_pylist()) == {"reflagged"}
    noise = bounded.set_column(
        rows.schema.get_field_index("obs_lower"), "obs_lower", pa.array([12.300000000000002] * rows.num_rows)
    )
    again = advance(
        declared.contract, flagged.history, noise, "20261127T000000Z", LATER + dt.timedelta(days=1)
    )
    assert again.revisions.num_rows == 0


@pytest.mark.parametrize("factor", ["1000", "0.001"])
def test_a_population_in_another_unit_is_held(
    declared: Declarations, mirror: Mirror, tmp_path: Path, factor: str
) -> None:
    indicator = DATASET.concepts["indicator"][0].model_copy(update={"const": "POPULATION"})
    dataset = DATASET.model_copy(update={"concepts": {**DATASET.concepts, "indicator": (indicator,)}})
    mirror.content[ADDRESS] = _times(mirror.content[ADDRESS], 1000)
    first(declared, mirror, tmp_path, dataset)
    before = process(declared, dataset, tmp_path)
    mirror.faults = [f"scale:{factor}"]
    result = process(declared, dataset, tmp_path, mirror.address)
    assert result.state == "held" and values(result.observations) == values(before.observations)
    assert any("moved by one factor" in sentence for sentence in result.summary["critical"])


def _times(body: bytes, factor: int) -> bytes:
    head, *rows = csv.reader(body.decode().splitlines())
    lines = [head, *([*row[:-1], str(int(row[-1]) * factor)] for row in rows)]
    return "".join(",".join(line) + "\n" for line in lines).encode()


# -- names -----------------------------------------------------------------------------------------------------------


def test_an_indicator_that_was_renamed_blocks_nothing(
    declared: Declarations, mirror: Mirror, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    history = first(declared, mirror, tmp_path)
    held = process(declared, DATASET, tmp_path)
    held.state = "held"
    assert sum(map(count_rows, without_retired(declared, [held])[0])) == 108
    column = next(c for c in declared.contract.tables["observations"].columns if c.name == "indicator")
    codes = {
        code: entry
        for code, entry in declared.contract.codelists[column.codes].items()
        if code != "DV_VICTIMS"
    }
    renamed = replace(declared.contract, codelists={**declared.contract.codelists, column.codes: codes})
    monkeypatch.setattr(declared, "contract", renamed)
    (rows,), refused = without_retired(declared, [held])
    assert rows.num_rows == 0 and refused.num_rows == 108
    assert set(refused["rule"].to_pylist()) == {"indicator_not_in_code_list"}
    # What is said of it stands once, however often it is said.
    for _ in range(2):
        note_refused(declared.contract, [held], refused)
    (said,) = [row["detail"] for row in held.findings if row["finding"] == LAST_ROWS_REFUSED]
    assert said.startswith("108: ")
    # The history keeps the closed rows, and its rules ask only of those in force.
    step = advance(declared.contract, history, rows, "20261126T000000Z", LATER)
    assert step.history.num_rows == 108 and set(step.revisions["change"].to_pylist()) == {"withdrawn"}
    assert _broken(declared, step.history) == set()
    assert _broken(declared, history) == {"indicator_not_in_code_list"}


@pytest.mark.parametrize("processed", [True, False], ids=["held", "not processed"])
def test_a_mistaken_country_takes_no_rows_away(
    declared: Declarations, mirror: Mirror, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, processed: bool
) -> None:
    first(declared, mirror, tmp_path)
    data = DataDirectory(tmp_path)
    release = data.last_release(declared.contract)
    good = release.observations_of(DATASET.id)
    mistaken = DATASET.model_copy(update={"country": "KZ"})
    outcome = Ingested(DATASET.id, good, declared.normalizer.quarantine([]), held=True) if processed else None
    monkeypatch.setattr(DatasetStages, "load", lambda *_: outcome)
    state = dataset_state(declared, data, release, mistaken, NOW)
    assert state.country == state.facts["country"] == "KG"
    assert [row["detail"] for row in state.findings if row["finding"] == COUNTRY_CHANGED] == ["KG → KZ"]
    (rows,), refused = without_retired(declared, [state])
    assert count_rows(rows) == 108 and not refused.num_rows
    # As it is published, the suite asks for the same country.
    staged = StagedTables(data)
    facts = {mistaken.id: state.facts}
    staged.save("datasets", datasets_table(declared.contract, {mistaken.id: mistaken}, facts))
    countries = look_ups(staged, ["observations"]).sql("FROM contract_datasets").fetchall()
    assert countries == [(mistaken.id, "KG")]


def _broken(declared: Declarations, history: pa.Table) -> set[str]:
    """Rules of single rows that a history breaks, as far as its rows are in force."""
    table = declared.contract.tables["observation_history"]
    with duckdb.connect() as con:
        con.register("history", history)
        con.execute(f"CREATE VIEW to_check AS SELECT * FROM history WHERE {table.in_force}")
        return {
            rule
            for _, rule in con.execute(checks.violations(declared.contract, table, "to_check")).fetchall()
        }


def test_no_key_looks_like_a_number(declared: Declarations, mirror: Mirror, tmp_path: Path) -> None:
    keys = [key for dataset in DATASETS.values() for key in _keys(declared, mirror, tmp_path, dataset)]
    assert len(keys) > 1000
    for key in keys:
        assert key[0] == "k" and len(key) == 17
        with pytest.raises(ValueError, match="could not convert"):
            float(key)


def _keys(declared: Declarations, mirror: Mirror, data: Path, dataset: Dataset) -> list[str]:
    rows = process(declared, dataset, data, mirror.address).observations
    return [str(key) for key in rows["obs_key"].to_pylist()]


# -- clocks and locks ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["abc", "1.5", "99999999999999999999"])
def test_a_clock_that_is_none_is_said(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", text)
    with pytest.raises(UserError, match=f"SOURCE_DATE_EPOCH='{text}' is no time in Unix seconds. Unset it"):
        current_moment()


def test_a_clock_of_1980_is_said(
    declared: Declarations, mirror: Mirror, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "315532800")
    (notice,) = _notices(Context(DataDirectory(tmp_path), declared, current_moment()))
    assert "1980-01-01" in notice and "SOURCE_DATE_EPOCH sets it; unset it" in notice
    first(declared, mirror, tmp_path)
    notices = _notices(Context(DataDirectory(tmp_path), declared, current_moment()))
    assert any("not after the last release" in notice and "SOURCE_DATE_EPOCH" in notice for notice in notices)
    monkeypatch.delenv("SOURCE_DATE_EPOCH")
    assert not any("clock" in n for n in _notices(Context(DataDirectory(tmp_path), declared, LATER)))


def test_a_dataset_that_is_no_longer_declared_is_named_and_is_no_success(
    declared: Declarations, mirror: Mirror, tmp_path: Path
) -> None:
    """Its declaration was deleted or renamed: its figures are withdrawn, while its files lie in the archive."""
    first(declared, mirror, tmp_path)
    context = Context(DataDirectory(tmp_path), declared, LATER)
    assert _undeclared(context) == [DATASET.id]
    (notice,) = (notice for notice in _notices(context) if DATASET.id in notice)
    assert "its 108 observations are withdrawn" in notice and f"raw/{DATASET.id}" in notice
    for undeclared, status in (([DATASET.id], TROUBLED), ([], DONE)):
        assert Outcome(release="20261125T031500Z", undeclared=undeclared).exit_status == status


def test_a_refresh_names_a_file_that_lies_in_no_datasets_inbox(
    declared: Declarations, tmp_path: Path
) -> None:
    stray = tmp_path / "inbox" / "Abay.XLSX"
    stray.parent.mkdir()
    stray.write_bytes(b"anything")
    notices = _notices(Context(DataDirectory(tmp_path), declared, LATER))
    assert any(str(stray) in notice and "dvstats add DATASET FILE" in notice for notice in notices)


def test_a_run_that_was_started_elsewhere_respects_the_lock(tmp_path: Path) -> None:
    @dg.asset
    def touched(data_dir: DataDir) -> None:
        (data_dir.directory.root / "published").touch()

    job = dg.Definitions(
        assets=[touched],
        jobs=[dg.define_asset_job("job")],
        resources={"data_dir": DataDir(path=str(tmp_path))},
    ).resolve_job_def("job")
    with (tmp_path / LOCK_FILE).open("ab") as other:
        # As another process: this lock is not counted as ours.
        fcntl.flock(other, fcntl.LOCK_EX)
        with pytest.raises(dg.DagsterError) as caught:
            job.execute_in_process()
        assert isinstance(caught.value.__cause__, BusyError)
        assert "Another refresh is running on" in str(caught.value.__cause__)
    assert not (tmp_path / "published").exists()
    assert job.execute_in_process().success and (tmp_path / "published").exists()

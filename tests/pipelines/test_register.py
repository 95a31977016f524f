"""A fictional register from `add` to the site: nothing of an incident gets out, and what is withheld stays withheld."""

import datetime as dt
import shutil
import stat
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import dagster as dg
import duckdb
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from pipelines.assets.datasets import parts_spec
from pipelines.assets.disclosure_check import disclosure_check
from pipelines.cli.main import main
from pipelines.data_directory import DataDirectory
from pipelines.dataset_states import dataset_state
from pipelines.declarations import Declarations, declarations
from pipelines.outcome import Outcome
from pipelines.process_dataset import observe_dataset
from pipelines.protect_release import audit_release
from pipelines.refresh import ROOT, Context, make_plan, prepare_environment, refresh
from pipelines.resources import DataDir
from pipelines.staging import StagedTables
from pipelines.unprotected_counts import RestrictedCounts
from sources import inbox
from sources.load_datasets import load_datasets
from tests.fixtures.register import (
    PLANTED,
    UNKNOWN_LABEL,
    declaration,
    incidents,
    monthly_files,
)
from tests.helpers import NOW, process, publish
from transforms.normalize.normalizer import Normalizer

REGISTER = declaration()
KEPT = ("kg_population", "kg_statements")
# Where a restricted file may lie: nobody but the user of the pipeline enters.
CLOSED = ("raw/ex_register", "inbox/ex_register", "restricted")


@pytest.fixture(scope="module")
def declared() -> Iterator[Declarations]:
    """The fictional register beside two datasets of the same country."""
    known, whole, normalizer = load_datasets(), declarations().datasets, declarations().normalizer
    found = declarations()
    known[REGISTER.id] = REGISTER
    found.datasets = {REGISTER.id: REGISTER, **{name: whole[name] for name in KEPT}}
    found.normalizer = Normalizer(
        found.contract, datasets=found.datasets, sources=[entry["source"] for entry in found.publications]
    )
    yield found
    found.datasets, found.normalizer = whole, normalizer
    del known[REGISTER.id]


@pytest.fixture(scope="module")
def year() -> list[dict[str, str]]:
    """A year of incidents, with one of an unknown region, one given twice, one that contradicts itself."""
    rows = incidents(2024, 4000)
    rows[5]["Область"] = UNKNOWN_LABEL
    sex = {"женский": "мужской", "мужской": "женский"}
    return [*rows, rows[7], {**rows[9], "Пол": sex[rows[9]["Пол"]]}]


@pytest.fixture(scope="module")
def published(
    declared: Declarations, year: list[dict[str, str]], tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, Outcome]:
    """A data directory with a release of it."""
    data, files = tmp_path_factory.mktemp("register") / "data", tmp_path_factory.mktemp("ministry")
    for month, path in monthly_files(files, year):
        assert main(["add", REGISTER.id, str(path), "--period", month, "--data-dir", str(data)]) == 0
    return data, refresh(data)


def observations(data: Path) -> pa.Table:
    table = pq.read_table(data / "latest" / "observations" / "observations.parquet")
    return table.filter(pc.equal(table["dataset_id"], REGISTER.id))


def cell(table: pa.Table, area: str, period: str, **more: str) -> dict[str, object]:
    wanted = {
        "indicator": "DV_REPORTS",
        "ref_area": area,
        "time_period": period,
        "sex": "_T",
        "violence_form": "_T",
    } | more
    (found,) = [row for row in table.to_pylist() if all(row[name] == code for name, code in wanted.items())]
    return found


def texts_of(path: Path) -> Iterator[bytes]:
    """What a person could read in a file, packed or not."""
    content = path.read_bytes()
    yield content
    if path.suffix == ".parquet":
        yield repr(pq.read_table(path).to_pydict()).encode()
    if path.suffix == ".duckdb":
        with duckdb.connect(str(path), read_only=True) as con:
            for (name,) in con.execute("SELECT table_name FROM duckdb_tables()").fetchall():
                yield repr(con.execute(f'SELECT * FROM "{name}"').fetchall()).encode()
    if content.startswith(b"PK"):
        with zipfile.ZipFile(path) as archive:
            yield from (archive.read(name) for name in archive.namelist())


def test_it_is_counted_and_published(published: tuple[Path, Outcome], year: list[dict[str, str]]) -> None:
    data, outcome = published
    assert not outcome.problem and not outcome.failed_checks and outcome.new
    (state,) = [d for d in outcome.datasets if d["dataset_id"] == REGISTER.id]
    assert (state["state"], state["refused_rows"], state["failures"]) == ("fresh", 2, [])
    table = observations(data)
    good = [row for row in year[:-1] if row["Номер"] not in (year[5]["Номер"], year[9]["Номер"])]
    unique = {row["Номер"]: row for row in good}.values()
    assert cell(table, "KG", "2024")["obs_value"] == len(unique) == 3998
    women = sum(row["Область"] == "Чуйская область" and row["Пол"] == "женский" for row in unique)
    assert cell(table, "KG-C", "2024", sex="F")["obs_value"] == women
    persons = {row["Псевдоним"] for row in unique if row["Область"] == "Чуйская область"}
    assert cell(table, "KG-C", "2024", indicator="DV_VICTIMS")["obs_value"] == len(persons)
    assert len(persons) < sum(row["Область"] == "Чуйская область" for row in unique), "months do not add up"


def test_small_counts_are_withheld_and_cannot_be_computed(
    declared: Declarations, published: tuple[Path, Outcome]
) -> None:
    data, _ = published
    table = observations(data)
    withheld = table.filter(pc.equal(table["obs_status"], "Q"))
    assert withheld.num_rows > 20 and withheld["obs_value"].null_count == withheld.num_rows
    assert {*withheld["conf_status"].to_pylist()} == {"A", "D"}
    shown = [value for value in table["obs_value"].to_pylist() if value is not None]
    assert not [value for value in shown if 0 < value < 5]
    everything = pq.read_table(data / "latest" / "observations" / "observations.parquet")
    release = DataDirectory(data).last_release(declared.contract)
    counts = RestrictedCounts(DataDirectory(data))
    audited = audit_release(declared, everything, release, counts)
    assert (list(audited.exposed), list(audited.unknown)) == ([], [])
    # One complementary cell shown, and the attack finds what it protected.
    true = counts.of_published(REGISTER.id, table, declared.normalizer.good_schema())
    assert true is not None
    values = dict(zip(true["obs_key"].to_pylist(), true["obs_value"].to_pylist(), strict=True))
    (broken, *_) = [row["obs_key"] for row in withheld.to_pylist() if row["conf_status"] == "D"]
    rows = [
        row | ({"obs_value": values[broken], "obs_status": "A"} if row["obs_key"] == broken else {})
        for row in everything.to_pylist()
    ]
    leaking = pa.Table.from_pylist(rows, schema=everything.schema)
    assert audit_release(declared, leaking, release, counts).exposed


def test_the_audit_blocks_a_release_with_a_hole(
    declared: Declarations, published: tuple[Path, Outcome]
) -> None:
    data, _ = published
    check, staged = disclosure_check(declared.contract), StagedTables(DataDirectory(data))
    assert all(spec.blocking for spec in check.check_specs)
    resource = DataDir(path=str(data))
    whole = staged.load("observations")
    assert check(data_dir=resource).passed
    counts = RestrictedCounts(DataDirectory(data))
    true = counts.of_published(REGISTER.id, observations(data), declared.normalizer.good_schema())
    assert true is not None
    try:
        others = whole.filter(pc.not_equal(whole["dataset_id"], REGISTER.id))
        release = pa.array([whole["first_release"][0].as_py()] * true.num_rows, pa.string())
        naked = true.append_column("first_release", release).select(whole.column_names)
        staged.save("observations", pa.concat_tables([others, naked.cast(whole.schema)]))
        found = check(data_dir=resource)
    finally:
        staged.save("observations", whole)
    assert (found.passed, found.severity) == (False, dg.AssetCheckSeverity.ERROR)
    assert found.metadata["unexpected"].value > 20
    assert not {"lower", "upper", "value"} & {*found.metadata}, "it says where, never how many"


@pytest.mark.slow
def test_nothing_of_an_incident_is_anywhere_outside(
    published: tuple[Path, Outcome], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Releases, staging, Dagster's database, exports, notes, the site, and what the terminal says."""
    from pipelines.site.build import Options, build_site

    data, _ = published
    key = str(cell(observations(data), "KG-C", "2024")["obs_key"])
    assert (
        main(
            ["query", "SELECT * FROM observations WHERE dataset_id = 'ex_register'", "--data-dir", str(data)]
        )
        == 0
    )
    assert main(["trace", key, "--data-dir", str(data)]) == 2
    main(["status", "--data-dir", str(data)])
    for kind in ("csv", "xlsx", "sdmx-csv", "datapackage"):
        assert (
            main(
                ["export", kind, "--output", str(tmp_path / kind), "--country", "KG", "--data-dir", str(data)]
            )
            == 0
        )
    build_site(data, tmp_path / "site", Options(engine=False))
    said = capsys.readouterr()
    assert "margin year x ref_area" in said.err and PLANTED not in said.out + said.err
    closed = [data / name for name in CLOSED]
    looked, found = 0, []
    for path in [*data.rglob("*"), *tmp_path.rglob("*")]:
        if path.is_file() and not path.is_symlink() and not any(path.is_relative_to(c) for c in closed):
            looked += 1
            found += [path for text in texts_of(path) if PLANTED.encode() in text]
    assert looked > 200 and found == []


def test_the_parts_that_came_are_shown(published: tuple[Path, Outcome]) -> None:
    """Country by month in Dagster; the month after the last one is missing."""
    data, _ = published
    prepare_environment(data)
    spec = parts_spec(REGISTER)
    assert spec is not None and spec.partitions_def is not None
    with dg.DagsterInstance.from_config(str(ROOT)) as instance:
        came = instance.get_materialized_partitions(spec.key)
    assert came == {f"KG|2024-{month:02d}-01" for month in range(1, 13)}
    assert came < {*spec.partitions_def.get_partition_keys()}


def test_a_newest_month_that_has_not_come_is_noticed(
    declared: Declarations, published: tuple[Path, Outcome]
) -> None:
    """The files end with December 2024; a month is due 45 days after its end."""
    directory = DataDirectory(published[0])
    release = directory.last_release(declared.contract)
    for day, late in (("2025-03-17", None), ("2025-03-18", "2025-01"), ("2025-04-15", "2025-01, 2025-02")):
        state = dataset_state(declared, directory, release, REGISTER, dt.datetime.fromisoformat(day))
        found = {row["finding"]: row["detail"] for row in state.findings if row["severity"] == "critical"}
        assert found == ({"partition_overdue": late} if late else {})
        assert state.observations.num_rows, "what came is published all the same"


def test_deleted_counts_are_made_anew(
    declared: Declarations, published: tuple[Path, Outcome], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Though the outcome of the same files is cached; on the disk only in the restricted folder, as is what is left of
    a count that was killed, until the next one."""
    made, mkdtemp = list[Path](), tempfile.mkdtemp
    monkeypatch.setattr("tempfile.mkdtemp", lambda **more: made.append(more["dir"]) or mkdtemp(**more))
    directory = DataDirectory(shutil.copytree(published[0], tmp_path / "data", symlinks=True))
    context = Context(directory, declared, NOW)
    assert make_plan(context, live=False, only=[REGISTER.id]).datasets == []
    before = {path: path.read_bytes() for path in (directory.root / "restricted").rglob("*.parquet")}
    shutil.rmtree(directory.root / "restricted")
    assert make_plan(context, live=False, only=[REGISTER.id]).datasets == [REGISTER.id]
    scratch = directory.root / "restricted" / REGISTER.id / "scratch"
    (scratch / "register-killed").mkdir(parents=True)
    observe_dataset(declared, REGISTER, directory, None)
    assert made == [scratch] and list(scratch.iterdir()) == []
    assert {path: path.read_bytes() for path in before} == before
    assert make_plan(context, live=False, only=[REGISTER.id]).datasets == []


def test_restricted_folders_are_closed_to_others(published: tuple[Path, Outcome]) -> None:
    data, _ = published
    # In the staging area may be a refused candidate, and counts that are withheld beside other datasets only.
    for name in (*CLOSED, "staging"):
        assert stat.S_IMODE((data / name).stat().st_mode) == 0o700
    for name in CLOSED:
        for path in (data / name).rglob("*"):
            if path.is_file() and path.suffix in (".csv", ".parquet"):
                assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0, path
    unread = (data / "restricted" / REGISTER.id / "unread.csv").read_text(encoding="utf-8")
    assert UNKNOWN_LABEL in unread, "the person who keeps the declaration can see it here"


def test_a_text_without_a_code_runs_in_no_spreadsheet(tmp_path: Path) -> None:
    unread = SimpleNamespace(
        counts=pa.table({"obs_key": ["k"]}), unread=[("Пол", "=1+1", 2), ("Пол", "x;=1", 1)]
    )
    counts = RestrictedCounts(DataDirectory(tmp_path))
    counts.save(cast("Any", SimpleNamespace(dataset_id="r", data_version="1", restricted=unread)))
    written = (tmp_path / "restricted" / "r" / "unread.csv").read_text(encoding="utf-8").splitlines()
    assert written == ["column,text,rows", "Пол,'=1+1,2", "Пол,x;'=1,1"]


# -- release after release -------------------------------------------------------------------------------------------


def test_a_corrected_month_gives_nothing_of_the_last_release_away(
    declared: Declarations, year: list[dict[str, str]], tmp_path: Path
) -> None:
    """Ten reports come late for the smallest region: what was withheld there stays so, though it is small no more."""
    data = tmp_path / "data"
    for month, path in monthly_files(tmp_path / "first", year):
        inbox.add(data / "inbox", REGISTER, path, period=month, published=None, address=None)
    first = process(declared, REGISTER, data)
    publish(declared, data, first, NOW)
    before = {row["obs_key"]: row for row in first.observations.to_pylist()}
    # The third month in which the smallest region has a withheld count.
    area, months = "KG-T", []
    for row in before.values():
        if (row["indicator"], row["ref_area"], row["freq"]) == ("DV_REPORTS", area, "M") and row[
            "obs_value"
        ] is None:
            months.append(row["time_period"])
    month = sorted(months)[2]
    late = [
        {
            **year[0],
            "Номер": f"late{n}",
            "Дата регистрации": f"{month}-03",
            "Область": "Таласская область",
            "Псевдоним": f"late{n}",
        }
        for n in range(10)
    ]
    (again,) = [p for m, p in monthly_files(tmp_path / "again", [*year, *late]) if m == month]
    inbox.add(data / "inbox", REGISTER, again, period=month, published=None, address=None)
    second = process(declared, REGISTER, data)
    assert not second.failures and second.state == "fresh"
    after = {row["obs_key"]: row for row in second.observations.to_pylist()}
    assert [
        k for k, row in before.items() if row["obs_status"] == "Q" and after[k]["obs_status"] != "Q"
    ] == []
    late_cell = cell(second.observations, area, month)
    assert (late_cell["obs_value"], late_cell["conf_status"]) == (None, "D")
    assert cell(second.observations, "KG", "2024")["obs_value"] == 4008


def test_a_missing_month_holds_the_last_release(
    declared: Declarations, year: list[dict[str, str]], tmp_path: Path
) -> None:
    data = tmp_path / "data"
    files = monthly_files(tmp_path / "files", [*year, *incidents(2025, 200, months=3)])
    for month, path in files:
        if month < "2025":
            inbox.add(data / "inbox", REGISTER, path, period=month, published=None, address=None)
    first = process(declared, REGISTER, data)
    publish(declared, data, first, NOW)
    march = dict(files)["2025-03"]
    inbox.add(data / "inbox", REGISTER, march, period="2025-03", published=None, address=None)
    held = process(declared, REGISTER, data)
    assert (held.state, held.failures) == ("held", ["2025-01, 2025-02"])
    assert held.observations.num_rows == first.observations.num_rows

"""Live datasets against a mirror of the publishers: faults, drift, vintages, conditional requests.

The stages of one dataset are run without Dagster, so that many seeds and vintages fit into a test.
"""

import csv
import datetime as dt
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from pipelines.data_directory import DataDirectory
from pipelines.declarations import Declarations
from sources import inbox
from sources.current_files import next_address
from sources.dataset import Expects
from tests.helpers import NOW, process, publish, values
from tests.share_of_cases import WHOLE, examples, portion

Mirror = Callable[..., str]
# One of each wire format that is stored: Open SDG, SDMX-ML, JSON, workbook, CSV of the UN and of the World Bank.
FORMATS = ("kg_victims", "kg_sdmx", "kg_open_data", "un_ddf_2020", "de_sdg_5_2_1", "kz_sdg_violence")


def test_stored_files_of_every_reader_are_read_without_a_refused_row(
    declared: Declarations, mirror: Mirror, upstream: Path, tmp_path: Path
) -> None:
    address = mirror()
    index = {
        row["address"]
        for path in upstream.glob("*/index.csv")
        for row in csv.DictReader(path.open(encoding="utf-8"))
    }
    portals = [d for d in declared.datasets.values() if d.collection == "portal"]
    having = {d.id: stored for d in portals if (stored := [f for f in d.files if f.address in index])}
    # What a file says does not depend on the way it came: tests/sources/datasets reads every one of them.
    one_a_reader = {declared.datasets[name].reader: name for name in having}
    read = 0
    for name in portion(sorted(one_a_reader.values()), list(having)):
        dataset, stored = declared.datasets[name], having[name]
        only = dataset.model_copy(update={"files": tuple(stored)})
        result = process(declared, only, tmp_path, address)
        assert not result.failures, (dataset.id, result.failures)
        assert not result.quarantine.num_rows, (dataset.id, result.quarantine.to_pylist()[:2])
        read += result.files
    assert len(one_a_reader) > 4 and read > (200 if WHOLE else 10)


def test_an_unchanged_publisher_sends_no_bodies(
    declared: Declarations, mirror: Mirror, tmp_path: Path
) -> None:
    address = mirror()
    for name in FORMATS:
        process(declared, declared.datasets[name], tmp_path, address)
    again = [process(declared, declared.datasets[name], tmp_path, address) for name in FORMATS]
    assert all(result.pulled.new == 0 and result.pulled.unchanged for result in again)
    log = mirror.log()
    second = log[len(log) // 2 :]
    assert {entry["status"] for entry in second} == {304}
    assert sum(int(str(entry["bytes"])) for entry in second) == 0


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(examples(8, 20)))
def test_no_fault_publishes_a_wrong_value_and_all_converges(
    declared: Declarations, mirror: Mirror, tmp_path: Path, seed: int
) -> None:
    quiet = mirror()
    name = FORMATS[seed % len(FORMATS)]
    dataset = declared.datasets[name]
    truth = values(process(declared, dataset, tmp_path / "truth", quiet).observations)
    assert truth
    noisy = mirror(
        "status:503@0.3",
        "truncate@0.1",
        "html@0.1",
        "garble@0.1",
        "reset@0.1",
        seed=seed,
    )
    data = tmp_path / "data"
    for _ in range(3):
        result = process(declared, dataset, data, noisy)
        found = values(result.observations)
        assert found.items() <= truth.items(), "a wrong value was published"
        if result.failures:
            assert result.state in ("stale", "failed", "held")
            assert any(f["finding"] == "outage" for f in result.findings)
        if found:
            publish(
                declared,
                data,
                result,
                NOW + dt.timedelta(seconds=len(list(data.glob("releases/*")))),
            )
    last = process(declared, dataset, data, quiet)
    assert values(last.observations) == truth
    assert last.state in ("fresh", "stale") and not last.failures


def test_a_silent_revision_is_a_revision_and_the_old_value_is_kept(
    declared: Declarations, mirror: Mirror, tmp_path: Path
) -> None:
    # The mirror changes one digit in the middle of the file; in this file that is a digit of a value.
    both = declared.datasets["kz_sdg_change"]
    dataset = both.model_copy(update={"files": both.files[:1]})
    before = process(declared, dataset, tmp_path, mirror())
    publish(declared, tmp_path, before, NOW)
    after = process(declared, dataset, tmp_path, mirror("revise@1"))
    old, new = values(before.observations), values(after.observations)
    changed = [key for key in old if old[key] != new.get(key)]
    assert [(old[key], new[key]) for key in changed] == [(-46.4, -47.4)]
    history = publish(declared, tmp_path, after, NOW + dt.timedelta(days=1))
    versions = [row["obs_value"] for row in history.to_pylist() if row["obs_key"] == changed[0]]
    assert versions == [old[changed[0]], new[changed[0]]]


# The builds that are held, in the order of their dates; the empty one came and went on one day.
BUILDS = [
    ("portals/kg-open-sdg-earlier/2020-06-17", None),
    ("kg/open-sdg-second-portal-vintages/2020-12-03-empty", None),
    ("kg/open-sdg-second-portal-vintages/2020-12-03", 6145.0),
    ("portals/kg-open-sdg-earlier/2021-01-18", 6145.0),
    ("kg/open-sdg-second-portal-vintages/2023-04-27", 6490.0),
    ("portals/kg-open-sdg/en/data", 6490.0),
    ("kg/open-sdg-second-portal-vintages/2024-08-16", 6490.0),
    ("kg/open-sdg-2025-08-15/ky/data", 6490.0),
    ("kg/open-sdg-2025-08-15/ru/data", 6490.0),
]


def build_file(folder: Path) -> Path:
    names = [
        p for p in sorted(folder.rglob("*.csv")) if p.stem in ("5-2-1-1b", "5-2-1-3") or "5-2-1-1b" in p.name
    ]
    assert names, f"no build of the victims in {folder}"
    return names[0]


@pytest.mark.slow
def test_the_builds_of_both_portals_leave_one_history(
    declared: Declarations, upstream: Path, tmp_path: Path
) -> None:
    dataset = declared.datasets["kg_victims"]
    keys: set[str] = set()
    for number, (folder, total) in enumerate(BUILDS):
        if not (upstream / folder).exists():
            continue
        path = build_file(upstream / folder)
        copy = tmp_path / f"{number}.csv"
        shutil.copyfile(path, copy)
        inbox.add(tmp_path / "inbox", dataset, copy, period=None, published=None, address=None)
        result = process(declared, dataset, tmp_path)
        rows = result.observations.to_pylist()
        assert not result.quarantine.num_rows, (folder, result.quarantine.to_pylist()[:3])
        found = {row["obs_key"] for row in rows}
        assert keys <= found, f"{folder} withdrew or renamed observations"
        keys |= found
        publish(declared, tmp_path, result, NOW + dt.timedelta(days=number))
        if total is not None:
            whole = [
                row
                for row in rows
                if row["time_period"] == "2019" and all(row[d] == "_T" for d in ("sex", "age", "breakdown"))
            ]
            assert [row["obs_value"] for row in whole] == [total], folder
    assert len(keys) >= 196


def small(root: Path, text: str) -> None:
    """A mirror root with one file of the victims' address."""
    root.mkdir(exist_ok=True)
    (root / "file.csv").write_text(text, encoding="utf-8")
    address = "https://sdg-kyrgyzstan.github.io/open-sdg-data-starter/ky/data/5-2-1-3.csv"
    (root / "index.csv").write_text(
        f"address,file,content_type\n{address},file.csv,text/csv\n", encoding="utf-8"
    )


HEADER = "Year,SEX,AGE,EDUCATION_LEV,COMPOSITE_BREAKDOWN,Value\n"


def test_drift_is_found_and_reported(declared: Declarations, mirror: Mirror, tmp_path: Path) -> None:
    expects = Expects(columns=("Year", "Value"), plausible_factor=5)
    dataset = declared.datasets["kg_victims"].model_copy(update={"expects": expects, "refuse_above": 0.5})
    data, root = tmp_path / "data", tmp_path / "root"
    small(root, HEADER + "2021,,,,,100\n2022,,,,,200\n2022,F,,,,150\n")
    first = process(declared, dataset, data, mirror(root=root))
    assert values(first.observations) and first.state == "fresh"
    publish(declared, data, first, NOW)

    small(root, HEADER + "2022,,,,,200\n2022,F,,,,150\n")
    lost = process(declared, dataset, data, mirror(root=root))
    assert lost.state == "held" and values(lost.observations) == values(first.observations)
    assert [f["detail"] for f in lost.findings if f["finding"] == "vanished_year"] == ["year: 2021"]

    small(root, HEADER)
    empty = process(declared, dataset, data, mirror(root=root))
    assert values(empty.observations) == values(first.observations), "an empty build withdraws nothing"
    assert any(f["finding"] == "empty_file" for f in empty.findings)

    small(
        root,
        "Year,SEX,AGE,EDUCATION_LEV,COMPOSITE_BREAKDOWN,Disability,Value\n2021,,,,,,100\n2022,,,,,,20000\n2022,F,,,,,150\n",
    )
    jumped = process(declared, dataset, data, mirror(root=root))
    kinds = {f["finding"] for f in jumped.findings}
    assert {"new_column", "implausible_change"} <= kinds

    small(root, HEADER + "2021,,,,,100\n2022,,,,,200\n2022,F,,,,150\n2022,X,,,,3\n2023-A1,,,,,300\n")
    label = process(declared, dataset, data, mirror(root=root))
    assert [r["rule"] for r in label.quarantine.to_pylist()] == ["unmapped_label"]
    assert 300.0 in values(label.observations).values(), "2023-A1 is how SDMX writes the reporting year 2023"


@pytest.mark.slow
def test_form_1m_workbooks_by_the_inbox(declared: Declarations, upstream: Path, tmp_path: Path) -> None:
    dataset = declared.datasets["kz_form_1m_workbooks"]
    for path in sorted((upstream / "portals" / "kz-form-1m").glob("*.XLSX"))[:3] + [
        upstream / "portals" / "kz-form-1m" / "West-Kazakhstan_Region.XLSX"
    ]:
        inbox.add(
            tmp_path / "inbox",
            declared.datasets["kz_form_1m_workbooks"],
            path,
            period="2022",
            published=None,
            address=None,
        )
    result = process(declared, dataset, tmp_path)
    rows = result.observations.to_pylist()
    assert not result.failures and not result.quarantine.num_rows, result.quarantine.to_pylist()[:2]
    west = {
        row["indicator"]: row
        for row in rows
        if row["ref_area"] == "KZ-27"
        and row["breakdown"] == "_T"
        and row["sex"] == "_T"
        and row["age"] == "_T"
    }
    assert west["DV_CRIMES"]["obs_value"] == 26.0
    assert west["CRIMES_REGISTERED"]["obs_value"] == 5908.0
    assert west["CRIMES_REGISTERED"]["raw_locator"].startswith("R1!")
    assert {row["time_period"] for row in rows} == {"2022"}
    assert len({row["ref_area"] for row in rows}) == 4


def test_every_page_of_a_paged_answer_is_fetched_and_read(
    declared: Declarations, mirror: Mirror, tmp_path: Path
) -> None:
    dataset = declared.datasets["wb_api_population"]
    dataset = dataset.model_copy(update={"files": dataset.files[:1]})
    address = dataset.files[0].address
    root = tmp_path / "root"
    root.mkdir()
    row = (
        '{"indicator":{"id":"SP.POP.TOTL","value":"Population, total"},"country":{"id":"KG","value":"Kyrgyz Republic"},'
        '"countryiso3code":"KGZ","date":"%s","value":%d,"unit":"","obs_status":"","decimal":0}'
    )
    for page, (year, value) in enumerate((("2023", 7099750), ("2024", 7221868)), 1):
        envelope = f'{{"page":{page},"pages":2,"per_page":1,"total":2,"lastupdated":"2026-07-13"}}'
        (root / f"{page}.json").write_text(f"[{envelope},[{row % (year, value)}]]", encoding="utf-8")
    first = address.split("://")[1]
    lines = ["address,file,content_type", f'"{first}",1.json,application/json']
    (root / "index.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    half = process(declared, dataset, tmp_path / "probe", mirror(root=root))
    assert half.failures, "a page that does not come is an outage"
    assert not half.observations.num_rows and not DataDirectory(tmp_path / "probe").archive.files(dataset.id)
    second = next_address(dataset, address, (root / "1.json").read_bytes())
    assert second is not None and second.endswith("page=2")
    (root / "index.csv").write_text(
        "\n".join([*lines, f'"{second.split("://")[1]}",2.json,application/json']) + "\n", encoding="utf-8"
    )
    result = process(declared, dataset, tmp_path / "data", mirror(root=root))
    assert not result.failures and not result.quarantine.num_rows
    assert sorted(v for v in values(result.observations).values() if v) == [7099750.0, 7221868.0]


def test_a_file_that_is_not_public_gives_away_no_small_count(
    declared: Declarations, upstream: Path, tmp_path: Path
) -> None:
    dataset = declared.datasets["kz_form_1m_workbooks"].model_copy(update={"restricted": True})
    workbook = upstream / "portals" / "kz-form-1m" / "Zhetysu_Region.XLSX"
    inbox.add(tmp_path / "inbox", dataset, workbook, period="2022", published=None, address=None)
    open_rows = process(declared, declared.datasets[dataset.id], tmp_path).observations.to_pylist()
    few = {row["obs_key"] for row in open_rows if row["obs_value"] is not None and 0 < row["obs_value"] < 5}
    assert few, "the workbook has small counts"
    result = process(declared, dataset, tmp_path)
    withheld = {row["obs_key"]: row for row in result.observations.to_pylist() if row["obs_status"] == "Q"}
    assert few <= set(withheld)
    assert all(row["obs_value"] is None and row["published_value"] is None for row in withheld.values())
    assert {row["conf_status"] for row in withheld.values()} <= {"A", "D"}


def test_a_refused_row_of_such_a_file_keeps_its_figure_to_itself(
    declared: Declarations, mirror: Mirror, tmp_path: Path
) -> None:
    dataset = declared.datasets["kg_victims"].model_copy(update={"restricted": True, "refuse_above": 0.9})
    small(tmp_path / "root", HEADER + "2021,,,,,100\n2022,X,,,,3\n2022,F,,,,3?\n")
    result = process(declared, dataset, tmp_path / "data", mirror(root=tmp_path / "root"))
    rows = result.quarantine.to_pylist()
    assert {row["rule"] for row in rows} == {"unmapped_label", "unreadable_number"}
    for row in rows:
        assert row["published_value"] is None and row["row"] is None
        assert row["reason_en"] and "3" not in row["reason_en"]

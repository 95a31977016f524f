"""Exports say what the release says, to the last digit, under the right licence, and their own tools accept them."""

import csv
import hashlib
import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow.parquet as pq
import pytest

from pipelines.cli.main import main
from pipelines.export import sdmx_ml
from pipelines.export.export import ExportError, export
from pipelines.export.sdmx import DIMENSIONS, sdmx_code
from tests.portion import WHOLE, portion, slow

Row = dict[str, Any]
CENTRAL_ASIA = ["KZ", "KG", "TJ", "UZ"]


def table(data_dir: Path, name: str) -> list[Row]:
    rows: list[Row] = pq.read_table(data_dir / "latest" / name / f"{name}.parquet").to_pylist()
    return rows


def read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


def number(text: str) -> float | None:
    return float(text) if text else None


def digests(folder: Path) -> dict[str, str]:
    return {
        p.relative_to(folder).as_posix(): hashlib.sha256(p.read_bytes()).hexdigest()
        for p in sorted(folder.rglob("*"))
        if p.is_file()
    }


@pytest.fixture(scope="module")
def whole(release_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Everything as CSV; do not change it."""
    folder = tmp_path_factory.mktemp("whole")
    written = export(release_dir, "csv", folder)
    assert folder / "observations.csv" in written
    assert all(path.is_file() for path in written)
    return folder


# -- CSV -------------------------------------------------------------------------------------------------------


def test_csv_holds_every_figure_with_licence_and_address(release_dir: Path, whole: Path) -> None:
    rows = {row["obs_key"]: row for row in read(whole / "observations.csv")}
    published = table(release_dir, "observations")
    datasets = {row["dataset_id"]: row for row in table(release_dir, "datasets")}
    sources = {row["source_id"]: row for row in table(release_dir, "sources")}
    areas = {row["code"]: row for row in table(release_dir, "areas")}
    assert len(rows) == len(published) > 4000
    for given in published:
        row = rows[given["obs_key"]]
        for name in ("obs_value", "obs_lower", "obs_upper"):
            assert number(row[name]) == given[name]
        for name in ("indicator", "time_period", "sex", "age", "breakdown", "obs_status", "unit_measure"):
            assert row[name] == given[name]
        assert row["licence"] == datasets[given["dataset_id"]]["licence"]
        assert row["source_address"] == (sources[given["source_id"]]["address"] or "")
        assert (row["area_en"], row["area_ru"]) == (
            areas[row["ref_area"]]["name_en"],
            areas[row["ref_area"]]["name_ru"],
        )
        assert row["comparator"] == str(row["ref_area"].startswith("DE")).lower()
        assert row["indicator_en"]
        assert row["indicator_ru"]
    for name in ("sources", "indicators", "areas", "datasets", "legal_framework", "response_services"):
        assert read(whole / f"{name}.csv")


@pytest.mark.slow
def test_csv_is_plain_ordered_and_the_same_twice(release_dir: Path, whole: Path, tmp_path: Path) -> None:
    export(release_dir, "csv", tmp_path)
    assert digests(tmp_path) == digests(whole)
    content = (whole / "observations.csv").read_bytes()
    assert b"\r" not in content
    assert not content.startswith(b"\xef\xbb\xbf")
    keys = [row["obs_key"] for row in read(whole / "observations.csv")]
    assert keys == [row["obs_key"] for row in table(release_dir, "observations")]
    assert not list(tmp_path.glob(".export-*"))


@pytest.mark.slow
def test_csv_with_mark_differs_by_the_mark_only(release_dir: Path, tmp_path: Path) -> None:
    export(release_dir, "csv", tmp_path / "plain", countries=["TJ"])
    export(release_dir, "csv", tmp_path / "marked", countries=["TJ"], bom=True)
    plain = (tmp_path / "plain" / "observations.csv").read_bytes()
    assert (tmp_path / "marked" / "observations.csv").read_bytes() == b"\xef\xbb\xbf" + plain


def test_each_licence_has_a_file_of_its_own(whole: Path) -> None:
    counted = Counter(row["licence"] for row in read(whole / "observations.csv"))
    parts = {}
    for path in (whole / "by_licence").iterdir():
        rows = read(path)
        licence = path.name.removeprefix("observations.").removesuffix(".csv")
        assert {row["licence"] for row in rows} == {licence}
        parts[licence] = len(rows)
    assert parts == dict(counted)
    assert len(parts) > 5


def test_texts_that_would_run_as_formulas_do_not(altered: Callable[..., Path], tmp_path: Path) -> None:
    evil = ["=HYPERLINK(1)", "+1+1", "-2+3", "@SUM(A1)", "\tx", "\r=1", "-", "\n=1", "\uff1d1"]
    notes = " ".join(f"WHEN {n} THEN {chr(39)}{text}{chr(39)}" for n, text in enumerate(evil, 1))
    numbers = ["-22,7", "+5", "-1 234.5", "-7 %"]
    texts = " ".join(f"WHEN {n} THEN '{text}'" for n, text in enumerate(numbers[:3], 1))
    data = altered(
        observations=f"""SELECT * EXCLUDE (n) REPLACE (CASE n {notes} ELSE note END AS note,
            CASE n {texts} ELSE published_value END AS published_value,
            CASE n WHEN 1 THEN -22.7 ELSE obs_value END AS obs_value)
          FROM (SELECT *, row_number() OVER (ORDER BY obs_key) AS n FROM t WHERE ref_area[:2] = 'TJ')
          ORDER BY obs_key LIMIT 40""",
        sources="SELECT * REPLACE ('=cmd' AS title) FROM t",
    )
    export(data, "csv", tmp_path / "csv")
    rows = sorted(read(tmp_path / "csv" / "observations.csv"), key=lambda row: row["obs_key"])
    assert [row["note"] for row in rows[:9]] == [
        "'=HYPERLINK(1)",
        "'+1+1",
        "'-2+3",
        "'@SUM(A1)",
        "'\tx",
        "'\n=1",
        "'-",
        "'\n=1",
        "'\uff1d1",
    ]
    assert rows[0]["obs_value"] == "-22.7"
    assert [row["published_value"] for row in rows[:3]] == numbers[:3]
    for path in (tmp_path / "csv").rglob("*.csv"):
        for row in read(path):
            for text in row.values():
                assert not re.match(r"[=@\t\r\n]", text or ""), path
    export(data, "xlsx", tmp_path / "xlsx", countries=["TJ"])
    book = openpyxl.load_workbook(next((tmp_path / "xlsx").glob("*.xlsx")), read_only=True)
    kinds = {
        cell.data_type
        for sheet in book
        for row in sheet.iter_rows()
        for cell in row
        if cell.value is not None
    }
    assert "f" not in kinds
    titles = [row[2] for row in book["Sources"].iter_rows(min_row=2, values_only=True)]
    assert set(titles) == {"=cmd"}


# -- selection -------------------------------------------------------------------------------------------------


def exported(data_dir: Path, folder: Path, **chosen: Any) -> list[dict[str, str]]:
    export(data_dir, "csv", folder, **chosen)
    return read(folder / "observations.csv")


def test_a_country_brings_its_regions_and_no_other(release_dir: Path, tmp_path: Path) -> None:
    rows = exported(release_dir, tmp_path, countries=["kz"])
    assert {row["country"] for row in rows} == {"KZ"}
    assert {"KZ", "KZ-75"} <= {row["ref_area"] for row in rows}
    expected = [r for r in table(release_dir, "observations") if r["ref_area"].split("-")[0] == "KZ"]
    assert len(rows) == len(expected)
    assert {row["country"] for row in read(tmp_path / "legal_framework.csv")} == {"KZ"}
    assert {row["country"] for row in read(tmp_path / "response_services.csv")} == {"KZ"}


def test_a_region_stands_alone(release_dir: Path, tmp_path: Path) -> None:
    assert {row["ref_area"] for row in exported(release_dir, tmp_path, countries=["KZ-75"])} == {"KZ-75"}


def test_indicator_and_years(release_dir: Path, tmp_path: Path) -> None:
    rows = exported(release_dir, tmp_path, indicators=["PROTECTION_ORDERS"], years="2024-2025")
    expected = {
        r["obs_key"]
        for r in table(release_dir, "observations")
        if r["indicator"] == "PROTECTION_ORDERS" and r["period_start"].year in (2024, 2025)
    }
    assert {row["obs_key"] for row in rows} == expected != set()
    one = exported(release_dir, tmp_path / "one", years="2024")
    assert {row["period_start"][:4] for row in one} == {"2024"}


def test_open_only_leaves_no_trace_of_closed_datasets(release_dir: Path, tmp_path: Path) -> None:
    closed = {r["dataset_id"] for r in table(release_dir, "datasets") if not r["open_licence"]}
    export(release_dir, "datapackage", tmp_path, open_only=True)
    columns = ("dataset_id", "denominator_dataset_id", "a_dataset_id", "b_dataset_id")
    seen = 0
    for path in (tmp_path / "data").glob("*.csv"):
        for row in read(path):
            seen += 1
            assert not {row.get(column) for column in columns} & closed, path.name
    assert seen > 2000
    assert not (tmp_path / "data" / "response_cascade.csv").exists()


@pytest.mark.slow
def test_a_narrower_export_leaves_nothing_of_the_wider_one(release_dir: Path, tmp_path: Path) -> None:
    closed = {row["licence"] for row in table(release_dir, "datasets") if not row["open_licence"]}
    for open_only in (False, True):
        for name in ("csv", "datapackage"):
            export(release_dir, name, tmp_path, countries=["TJ"], open_only=open_only)
    for path in tmp_path.rglob("*.csv"):
        assert not {row.get("licence") for row in read(path)} & closed, path


@pytest.mark.parametrize(
    ("chosen", "word"),
    [
        ({"countries": ["FR"]}, "FR"),
        ({"indicators": ["PROTECTION_ORDER"]}, "PROTECTION_ORDERS"),
        ({"years": "last"}, "2019-2025"),
        ({"years": "2025-2019"}, "backwards"),
        ({"years": "1950"}, "no observation"),
    ],
)
def test_what_cannot_be_meant_is_said(release_dir: Path, tmp_path: Path, chosen: Any, word: str) -> None:
    with pytest.raises(ExportError, match=word):
        export(release_dir, "csv", tmp_path / "out", **chosen)
    assert not list(tmp_path.rglob("*.csv"))


def test_a_release_of_another_version_is_not_described_wrongly(
    altered: Callable[..., Path], tmp_path: Path
) -> None:
    data = altered()
    path = data / "latest" / "coverage" / "coverage.parquet"
    pq.write_table(pq.read_table(path).append_column("more", [["x"] * pq.read_metadata(path).num_rows]), path)
    with pytest.raises(ExportError, match="coverage"):
        export(data, "csv", tmp_path / "out")


def test_the_command_says_it_too(
    release_dir: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    common = ["--data-dir", str(release_dir), "--output", str(tmp_path)]
    assert main(["export", "csv", "--country", "XX", *common]) == 2
    error = capsys.readouterr().err
    assert "XX" in error
    assert "Traceback" not in error
    assert main(["export", "csv", "--years", "1950", *common]) == 1
    (tmp_path / "file").write_text("")
    assert main(["export", "csv", "--data-dir", str(release_dir), "--output", str(tmp_path / "file")]) == 2
    assert main(["export", "csv", "--data-dir", str(tmp_path / "nothing"), "--output", str(tmp_path)]) == 1


# -- SDMX ------------------------------------------------------------------------------------------------------


def key_of(row: Row) -> tuple[str, ...]:
    parts = [sdmx_code(row[name]) if name == "breakdown" else row[name] for name in DIMENSIONS]
    return (*parts, row["time_period"])


def test_sdmx_tools_read_structure_and_data_back(release_dir: Path, tmp_path: Path) -> None:
    import sdmx

    countries = [] if WHOLE else ["KG", "TJ"]
    export(release_dir, "sdmx-csv", tmp_path, countries=countries)
    structure = sdmx.read_sdmx(tmp_path / "structure.sdmx.xml")
    flow = structure.dataflow["DV_OBSERVATIONS"]
    dimensions = [d.id for d in flow.structure.dimensions]
    assert dimensions == [*(name.upper() for name in DIMENSIONS), "TIME_PERIOD"]
    message = sdmx.read_sdmx(tmp_path / "observations.sdmx.csv", structure=flow)
    (data,) = message.data
    chosen = [r for r in table(release_dir, "observations") if WHOLE or r["ref_area"][:2] in countries]
    published = {key_of(row): row for row in chosen}
    assert len(data.obs) == len(published) == len(chosen)
    lists = {
        d.id: {code.id for code in d.local_representation.enumerated}
        for d in flow.structure.dimensions
        if d.id != "TIME_PERIOD"
    }
    for obs in data.obs:
        given = published[tuple(obs.dimension.values[name].value for name in dimensions)]
        value = float(obs.value)
        assert value == given["obs_value"] or (value != value and given["obs_value"] is None)
        assert obs.attached_attribute["OBS_STATUS"].value == given["obs_status"]
        assert obs.attached_attribute["CONF_STATUS"].value == given["conf_status"]
        assert number(obs.attached_attribute["OBS_LOWER"].value) == given["obs_lower"]
        assert obs.attached_attribute["LICENCE"].value
        for name, codes in lists.items():
            assert obs.dimension.values[name].value in codes
    frame = sdmx.to_pandas(data)
    series = frame.groupby(level=[n for n in frame.index.names if n != "TIME_PERIOD"]).ngroups
    assert series == len({key[:-1] for key in published})


def test_sdmx_ml_is_read_back_observation_for_observation(release_dir: Path, tmp_path: Path) -> None:
    import sdmx

    countries = [] if WHOLE else ["TJ"]
    export(release_dir, "sdmx-ml", tmp_path, countries=countries)
    (definition,) = sdmx.read_sdmx(tmp_path / "structure.sdmx.xml").structure.values()
    (data,) = sdmx.read_sdmx(tmp_path / "observations.sdmx.xml", structure=definition).data
    addresses = {row["source_id"]: row["address"] for row in table(release_dir, "sources")}
    datasets = {row["dataset_id"]: row for row in table(release_dir, "datasets")}
    comparators = {row["code"]: row["comparator"] for row in table(release_dir, "areas")}
    chosen = [r for r in table(release_dir, "observations") if WHOLE or r["ref_area"][:2] in countries]
    published = {
        key_of(row): {
            "OBS_STATUS": row["obs_status"],
            "CONF_STATUS": row["conf_status"],
            "OBS_LOWER": row["obs_lower"],
            "OBS_UPPER": row["obs_upper"],
            "COMMENT_OBS": row["note"],
            "LICENCE": datasets[row["dataset_id"]]["licence"],
            "SOURCE_ADDRESS": addresses[row["source_id"]],
            "COMPARATOR": str(comparators[row["ref_area"]]).lower(),
            "OBS_VALUE": row["obs_value"],
        }
        for row in chosen
    }
    assert len(data.obs) == len(published) == len(chosen)
    names = [component.id for component in definition.dimensions]
    for obs in data.obs:
        key = tuple(obs.key.values[name].value for name in names)
        read = {name: attribute.value for name, attribute in obs.attrib.items()}
        limits = {name: number(read.get(name, "")) for name in ("OBS_LOWER", "OBS_UPPER")}
        value = None if obs.value == "NaN" else float(obs.value)
        optional = {name: read.get(name) for name in ("COMMENT_OBS", "SOURCE_ADDRESS")}
        assert {**read, **optional, **limits, "OBS_VALUE": value} == published[key]


def test_sdmx_ml_deletes_what_was_withdrawn_and_holds_what_no_xml_can(
    altered: Callable[..., Path], tmp_path: Path
) -> None:
    from lxml import etree

    gone = "(SELECT max(obs_key) FROM t)"
    data = altered(
        observations=f"SELECT * REPLACE ('a\x02b' AS note) FROM t WHERE obs_key <> {gone}",
        observation_history=f"SELECT * REPLACE (CASE WHEN obs_key = {gone} THEN valid_from END AS valid_to) FROM t",
    )
    export(data, "sdmx-ml", tmp_path / "out")
    root = etree.parse(tmp_path / "out" / "observations.sdmx.xml").getroot()
    action = "{http://www.sdmx.org/resources/sdmxml/schemas/v2_1/data/structurespecific}action"
    replaced, deleted = root.findall("{*}DataSet")
    assert (replaced.get(action), deleted.get(action)) == ("Replace", "Delete")
    assert {obs.get("COMMENT_OBS") for obs in replaced.iter("Obs")} == {"a b"}
    assert len(list(replaced.iter("Obs"))) == len(table(data, "observations"))
    (series,) = deleted
    (obs,) = series
    # Attributes beside the key would delete only those.
    assert set(obs.keys()) == {"TIME_PERIOD"}
    assert set(series.keys()) == {name.upper() for name in DIMENSIONS}


def test_sdmx_ml_holds_one_series_at_a_time() -> None:
    """However many rows there are: a series is handed on before the row after its last one is read."""
    asked = []

    def rows() -> Iterator[dict[str, str]]:
        for at in range(1000):
            asked.append(at)
            yield {"REF_AREA": f"A{at // 10}", "TIME_PERIOD": f"{at}", "OBS_VALUE": "1"}

    for place, series in enumerate(sdmx_ml._series(rows())):
        assert len(series) == 10 and len(asked) <= 10 * (place + 1) + 1


def test_sdmx_structure_is_named_in_both_languages_by_valid_identifiers(
    release_dir: Path, tmp_path: Path
) -> None:
    from lxml import etree

    export(release_dir, "sdmx-csv", tmp_path, countries=["KZ"])
    root = etree.parse(tmp_path / "structure.sdmx.xml").getroot()
    spaces = {
        "s": "http://www.sdmx.org/resources/sdmxml/schemas/v2_1/structure",
        "c": "http://www.sdmx.org/resources/sdmxml/schemas/v2_1/common",
    }
    codes = root.findall(".//s:Code", spaces)
    assert len(codes) > 1000
    assert all(re.fullmatch(r"[A-Za-z0-9_@$-]+", code.get("id") or "") for code in codes)
    for codelist in root.findall(".//s:Codelist", spaces):
        ids = [code.get("id") for code in codelist.findall("s:Code", spaces)]
        assert len(ids) == len(set(ids)), codelist.get("id")
    area = next(c for c in codes if c.get("id") == "KZ-75")
    assert {
        name.get("{http://www.w3.org/XML/1998/namespace}lang") for name in area.findall("c:Name", spaces)
    } == {"en", "ru"}
    rows = read(tmp_path / "observations.sdmx.csv")
    assert list(rows[0])[:3] == ["STRUCTURE", "STRUCTURE_ID", "ACTION"]
    assert rows[0]["STRUCTURE"] == "dataflow"
    assert re.fullmatch(r"DVSTATS:DV_OBSERVATIONS\(\d+\.\d+\.\d+\)", rows[0]["STRUCTURE_ID"])
    assert {row["REF_AREA"].split("-")[0] for row in rows} == {"KZ"}


def test_sdmx_says_what_was_revised_and_drops_what_was_withdrawn(
    altered: Callable[..., Path], tmp_path: Path
) -> None:
    """A store that merges releases must lose a withdrawn figure, and a suppressed one must not keep its old value."""
    first = "(SELECT min(obs_key) FROM t)"
    gone = "(SELECT max(obs_key) FROM t)"
    data = altered(
        revisions=f"""SELECT * REPLACE (CASE obs_key WHEN {first} THEN 'revised' WHEN {gone} THEN 'withdrawn'
            ELSE change END AS change) FROM t WHERE obs_key IN ({first}, {gone})""",
        observations=f"""SELECT * REPLACE (CASE WHEN obs_key = {first} THEN NULL ELSE obs_value END AS obs_value,
            CASE WHEN obs_key = {first} THEN 'Q' ELSE obs_status END AS obs_status) FROM t WHERE obs_key <> {gone}""",
        observation_history=f"SELECT * REPLACE (CASE WHEN obs_key = {gone} THEN valid_from END AS valid_to) FROM t",
    )
    export(data, "sdmx-csv", tmp_path / "out")
    rows = read(tmp_path / "out" / "observations.sdmx.csv")
    published = table(data, "observations")
    keys = {row["obs_key"] for row in table(data, "revisions")}
    deleted = [row for row in rows if row["ACTION"] == "D"]
    assert [(row["TRACE_KEY"], row["REVISION"]) for row in deleted] == [(max(keys), "withdrawn")]
    # Attributes in a D row would delete only those.
    assert not any(deleted[0][name] for name in ("OBS_VALUE", "OBS_STATUS", "LICENCE", "COMPARATOR"))
    kept = {row["TRACE_KEY"]: row for row in rows if row["ACTION"] == "R"}
    assert set(kept) == {row["obs_key"] for row in published}
    assert (kept[min(keys)]["REVISION"], kept[min(keys)]["OBS_VALUE"]) == ("revised", "NaN")
    assert Counter(row["REVISION"] for row in kept.values())["stable"] == len(published) - 1


# -- data package ----------------------------------------------------------------------------------------------


def problems(folder: Path) -> list[str]:
    from frictionless import system, validate

    with system.use_context(trusted=True):
        report = validate(str(folder / "datapackage.json"))
    return [e.type for task in report.tasks for e in task.errors] + [e.type for e in report.errors]


@pytest.mark.parametrize(
    "chosen",
    portion(
        [
            {"countries": ["KG"], "indicators": ["DV_CRIMES", "PROTECTION_ORDERS"], "years": "2019-2025"},
            *slow([({"countries": ["TJ"]},), ({"countries": ["UZ"], "open_only": True},)]),
        ],
        [{}, {"open_only": True}],
    ),
)
def test_data_package_is_valid(release_dir: Path, tmp_path: Path, chosen: Any) -> None:
    export(release_dir, "datapackage", tmp_path, **chosen)
    assert problems(tmp_path) == []
    package = json.loads((tmp_path / "datapackage.json").read_text(encoding="utf-8"))
    assert package["$schema"] == "https://datapackage.org/profiles/2.0/datapackage.json"
    by_name = {resource["name"]: resource for resource in package["resources"]}
    for resource in by_name.values():
        path = tmp_path / resource["path"]
        assert resource["hash"] == "sha256:" + hashlib.sha256(path.read_bytes()).hexdigest()
        assert resource["bytes"] == path.stat().st_size
        rows = read(path)
        assert all(row["licence"] for row in rows), resource["name"]
        named = {entry["name"] for entry in resource["licenses"]}
        if resource["name"] != "datasets":
            assert {row["licence"] for row in rows} <= named
    keys = {
        (key["fields"][0], key["reference"]["resource"])
        for key in by_name["observations"]["schema"]["foreignKeys"]
    }
    assert {("dataset_id", "datasets"), ("source_id", "sources")} <= keys
    assert len(package["sources"]) < len(table(release_dir, "datasets"))


def test_data_package_notices_a_broken_reference_and_a_broken_code(release_dir: Path, tmp_path: Path) -> None:
    export(release_dir, "datapackage", tmp_path, countries=["TJ"])
    path = tmp_path / "data" / "observations.csv"
    text = path.read_text(encoding="utf-8")
    path.write_text(
        text.replace(",tj_statements,", ",nobody,", 1).replace(",_T,", ",X,", 1), encoding="utf-8"
    )
    assert {"foreign-key", "constraint-error"} <= set(problems(tmp_path))


# -- catalogue -------------------------------------------------------------------------------------------------

REQUIRED = {
    "dcat:Catalog": ("dct:title", "dct:description", "dct:publisher"),
    "dcat:Dataset": (
        "dct:title",
        "dct:description",
        "dcat:inSeries",
        "dcat:distribution",
        "dct:spatial",
        "dcat:theme",
    ),
    "dcat:DatasetSeries": ("dct:title", "dct:description", "dct:publisher", "dcat:last"),
    "dcat:Distribution": ("dcat:accessURL", "dct:license", "dct:format", "spdx:checksum"),
}
AT_MOST_ONCE = (
    "dct:publisher",
    "dct:license",
    "dct:issued",
    "dct:modified",
    "dct:accrualPeriodicity",
    "dct:accessRights",
    "dcat:version",
    "dct:format",
    "dcat:mediaType",
    "dcat:byteSize",
    "spdx:checksum",
)


def nodes(value: Any) -> Iterable[Row]:
    if isinstance(value, dict):
        yield value
        for inner in value.values():
            yield from nodes(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from nodes(inner)


@pytest.mark.parametrize("format_name", ["csv", "sdmx-csv", "datapackage"])
def test_catalogue_follows_dcat_ap(release_dir: Path, tmp_path: Path, format_name: str) -> None:
    export(release_dir, format_name, tmp_path, countries=CENTRAL_ASIA)
    catalogue = json.loads((tmp_path / "dcat.jsonld").read_text(encoding="utf-8"))
    seen = Counter[str]()
    for node in nodes(catalogue):
        for name in REQUIRED.get(node.get("@type", ""), ()):
            assert node.get(name), (node["@type"], name)
        for name in AT_MOST_ONCE:
            assert not isinstance(node.get(name), list)
        for name in node:
            prefix = name.partition(":")[0]
            assert name.startswith("@") or prefix in catalogue["@context"] or node is catalogue["@context"]
        seen[str(node.get("@type"))] += 1
    assert (seen["dcat:Catalog"], seen["dcat:Dataset"], seen["dcat:DatasetSeries"]) == (1, 1, 1)
    files = {p for p in digests(tmp_path) if p not in ("dcat.jsonld", "schema.org.json")}
    dataset, series = catalogue["dcat:dataset"]
    assert dataset["dcat:inSeries"]["@id"] == series["@id"]
    assert series["dcat:last"]["@id"] == dataset["@id"]
    described = {entry["dcat:accessURL"]["@id"]: entry for entry in dataset["dcat:distribution"]}
    assert set(described) == files
    for name, digest in digests(tmp_path).items():
        if name in described:
            assert described[name]["spdx:checksum"]["spdx:checksumValue"]["@value"] == digest
    assert not [node for node in nodes(dataset["dct:spatial"]) if str(node["@id"]).endswith("DEU")]


def test_no_single_licence_is_claimed_for_a_file_of_several(whole: Path) -> None:
    (dataset, _) = json.loads((whole / "dcat.jsonld").read_text(encoding="utf-8"))["dcat:dataset"]
    described = {
        entry["dcat:accessURL"]["@id"]: entry["dct:license"] for entry in dataset["dcat:distribution"]
    }
    mixed = described["observations.csv"]
    assert mixed["@id"].startswith("urn:uuid:")
    assert len(mixed["dct:hasPart"]) == len(list((whole / "by_licence").iterdir()))
    who = described["by_licence/observations.CC-BY-NC-SA-3.0-IGO.csv"]
    assert who["@id"] == "https://creativecommons.org/licenses/by-nc-sa/3.0/igo/"
    assert described["areas.csv"]["@id"] == "https://creativecommons.org/licenses/by/4.0/"


def test_a_release_names_the_one_before(
    altered: Callable[..., Path], release_dir: Path, tmp_path: Path
) -> None:
    export(release_dir, "csv", tmp_path / "first", countries=["TJ"])
    earlier = "20200101T000000Z"
    data = altered(
        releases=f"SELECT * FROM t UNION ALL SELECT * REPLACE ('{earlier}' AS release) FROM t ORDER BY release"
    )
    export(data, "csv", tmp_path / "second", countries=["TJ"])
    first, second = (
        json.loads((tmp_path / name / "dcat.jsonld").read_text(encoding="utf-8"))["dcat:dataset"][0]
        for name in ("first", "second")
    )
    assert "dcat:prev" not in first
    assert second["dcat:prev"]["@id"] not in (first["@id"], "")
    assert second["@id"] == first["@id"]


@pytest.mark.slow
def test_two_formats_in_one_folder_are_both_described(release_dir: Path, tmp_path: Path) -> None:
    export(release_dir, "sdmx-csv", tmp_path, countries=["TJ"])
    export(release_dir, "datapackage", tmp_path, countries=["TJ"])
    (dataset, _) = json.loads((tmp_path / "dcat.jsonld").read_text(encoding="utf-8"))["dcat:dataset"]
    described = {entry["dcat:accessURL"]["@id"] for entry in dataset["dcat:distribution"]}
    assert {"observations.sdmx.csv", "data/observations.csv"} <= described
    # Another selection is another dataset: the old files are no part of it.
    export(release_dir, "datapackage", tmp_path, countries=["UZ"])
    (dataset, _) = json.loads((tmp_path / "dcat.jsonld").read_text(encoding="utf-8"))["dcat:dataset"]
    assert "observations.sdmx.csv" not in {
        entry["dcat:accessURL"]["@id"] for entry in dataset["dcat:distribution"]
    }


def test_search_engines_get_a_dataset(release_dir: Path, tmp_path: Path) -> None:
    export(release_dir, "csv", tmp_path, indicators=["PROTECTION_ORDERS"])
    found = json.loads((tmp_path / "schema.org.json").read_text(encoding="utf-8"))
    assert (found["@context"], found["@type"]) == ("https://schema.org/", "Dataset")
    assert 50 <= len(found["description"]) <= 5000
    assert [entry["propertyID"] for entry in found["variableMeasured"]] == ["PROTECTION_ORDERS"]
    assert re.fullmatch(r"\d{4}-\d\d-\d\d/\d{4}-\d\d-\d\d", found["temporalCoverage"])
    for entry in found["distribution"]:
        assert hashlib.sha256((tmp_path / entry["contentUrl"]).read_bytes()).hexdigest() == entry["sha256"]

"""What is written for HDX, Zenodo, CKAN and SDMX registries: complete, consistent, and the same figures."""

import csv
import datetime as dt
import hashlib
import json
import re
import zipfile
from pathlib import Path
from typing import Any

import pytest
import sdmx
import yaml

from pipelines.cli.parser import build_parser
from pipelines.export.ckan import _licence
from pipelines.export.described import Described, _name
from pipelines.export.export import FORMATS, export

PORTALS = ("hdx", "zenodo", "ckan", "sdmx-registry")
# "dataset" and "resource" in src/hdx/api/hdx_base_configuration.yaml of https://github.com/OCHA-DAP/hdx-python-api at
# 95456a6b52bd74bb2a7193319c9fcc94beff7410; `package_id` is given by HDX when the resource is uploaded.
HDX_DATASET = (
    *("name", "private", "title", "notes", "dataset_source", "owner_org", "maintainer", "dataset_date"),
    *("data_update_frequency", "groups", "license_id", "methodology", "tags"),
)
HDX_RESOURCE = ("name", "format", "description", "url_type", "resource_type")


@pytest.fixture(scope="module")
def portals(release_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Tajikistan for every portal, in one folder; do not change it."""
    folder = tmp_path_factory.mktemp("portals")
    for name in (*PORTALS, "sdmx-csv"):
        export(release_dir, name, folder, countries=["TJ"])
    return folder


def read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


def parsed(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


def test_hdx_has_every_field_that_it_requires(portals: Path) -> None:
    dataset = parsed(portals / "hdx" / "dataset.json")
    for field in (*HDX_DATASET, "caveats", "methodology_other"):
        assert dataset.get(field) not in (None, "", []), field
    for resource in dataset["resources"]:
        assert all(resource.get(field) for field in HDX_RESOURCE)
        assert (portals / "hdx" / resource["name"]).is_file()
    assert dataset["groups"] == [{"name": "tjk"}]
    assert re.fullmatch(r"[a-z0-9-]{2,100}", dataset["name"])
    span = r"\[\d{4}-\d\d-\d\dT00:00:00 TO \d{4}-\d\d-\d\dT23:59:59\]"
    assert re.fullmatch(span, dataset["dataset_date"])
    assert dataset["private"] is True


def test_hdx_names_each_licence_of_a_mixture(portals: Path) -> None:
    dataset = parsed(portals / "hdx" / "dataset.json")
    licences = {row["licence"] for row in read(portals / "hdx" / "observations.csv")}
    assert len(licences) > 1
    assert dataset["license_id"] == "hdx-multi"
    assert licences <= set(re.findall(r"^([A-Z0-9.-]+):", dataset["license_other"], re.MULTILINE))


def test_hashtags_are_one_row_under_the_header(portals: Path) -> None:
    plain = (portals / "hdx" / "observations.csv").read_bytes().split(b"\n", 1)
    header, hashtags, rest = (portals / "hdx" / "observations.hxl.csv").read_bytes().split(b"\n", 2)
    assert [header, rest] == plain
    tags = dict(zip(header.decode().split(","), hashtags.decode().split(","), strict=True))
    assert all(re.fullmatch(r"#[a-z]+(\+[a-z][a-z0-9_]*)+", tag) for tag in tags.values())
    assert len(set(tags.values())) == len(tags)
    assert tags["obs_value"] == "#indicator+value+num"
    # A quarter or a half-year is refused by HXL as a date.
    assert not tags["time_period"].startswith("#date")


def test_zenodo_says_what_the_citation_says(portals: Path) -> None:
    metadata = parsed(portals / "zenodo" / "deposit.json")["metadata"]
    cited = yaml.safe_load((portals / "zenodo" / "CITATION.cff").read_text(encoding="utf-8"))
    assert metadata["title"].startswith(cited["title"])
    assert metadata["version"] == cited["version"]
    assert metadata["license"] == cited["license"].lower()
    assert metadata["publication_date"] == str(cited["date-released"])
    assert [who["name"] for who in metadata["creators"]] == [who["name"] for who in cited["authors"]]
    assert cited["identifiers"][0]["value"].removeprefix("sha256:") in metadata["notes"]
    assert metadata["upload_type"] == "dataset"
    assert metadata["related_identifiers"]
    assert all(known["identifier"].startswith("http") for known in metadata["related_identifiers"])


def test_zenodo_gets_the_data_package_as_one_file(portals: Path) -> None:
    (path,) = (portals / "zenodo").glob("*.zip")
    with zipfile.ZipFile(path) as archive:
        package = json.loads(archive.read("datapackage.json"))
        assert set(archive.namelist()) == {"datapackage.json", *(r["path"] for r in package["resources"])}
        for resource in package["resources"]:
            digest = hashlib.sha256(archive.read(resource["path"])).hexdigest()
            assert resource["hash"] == f"sha256:{digest}"
        # No time of the machine: the same release gives the same bytes.
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_ckan_describes_the_csv_and_its_key(portals: Path) -> None:
    folder = portals / "ckan"
    schema, rows = parsed(folder / "datastore.json"), read(folder / "observations.csv")
    assert [field["id"] for field in schema["fields"]] == list(rows[0])
    assert all(field["info"]["label"] and field["info"]["notes"] for field in schema["fields"])
    assert schema["primary_key"] == ["obs_key"]
    assert len({row["obs_key"] for row in rows}) == len(rows) > 50
    readers = {"float8": float, "date": dt.date.fromisoformat, "bool": {"true": 1, "false": 0}.__getitem__}
    for field in schema["fields"]:
        for row in rows if field["type"] in readers else ():
            if row[field["id"]]:
                readers[field["type"]](row[field["id"]])
    assert {"obs_value": "float8", "period_start": "date", "preferred": "bool"}.items() <= {
        field["id"]: field["type"] for field in schema["fields"]
    }.items()
    (resource,) = parsed(folder / "package.json")["resources"]
    content = (folder / "observations.csv").read_bytes()
    assert resource["hash"] == f"sha256:{hashlib.sha256(content).hexdigest()}"
    assert resource["size"] == len(content)


@pytest.mark.parametrize(
    ("licences", "all_open", "expected"),
    [
        (("CC-BY-4.0",), True, "cc-by"),
        (("CC-BY-4.0", "ODC-PDDL-1.0"), True, "other-at"),
        (("CC-BY-4.0", "UN-TERMS"), False, "other-closed"),
    ],
)
def test_ckan_calls_a_mixture_no_more_open_than_it_is(
    licences: tuple[str, ...], all_open: bool, expected: str
) -> None:
    day = dt.date(2025, 1, 1)
    assert _licence(Described("x", "X", {}, (), day, day, (), (), licences, all_open)) == expected


def test_a_registry_gets_no_column_that_the_structure_has_not(portals: Path) -> None:
    folder = portals / "sdmx-registry"
    rows = read(folder / "observations.csv")
    message = sdmx.read_sdmx(folder / "structure.xml")
    (definition,) = message.structure.values()
    parts = (definition.dimensions, definition.measures, definition.attributes)
    named = {component.id for part in parts for component in part.components}
    assert {"STRUCTURE", "STRUCTURE_ID", "ACTION"} | named == set(rows[0])
    own = read(portals / "observations.sdmx.csv")
    assert set(own[0]) - set(rows[0]) == {"REVISION", "TRACE_KEY"}
    stripped = [{name: row[name] for name in rows[0]} for row in own]
    assert sorted(map(str, rows)) == sorted(map(str, stripped))


def test_numbers_for_a_registry_have_decimal_points_only(portals: Path) -> None:
    values = [
        row[name]
        for row in read(portals / "sdmx-registry" / "observations.csv")
        for name in ("OBS_VALUE", "OBS_LOWER", "OBS_UPPER")
        if row["ACTION"] == "R" and row[name]
    ]
    assert any("." in value for value in values)
    for value in values:
        assert re.fullmatch(r"-?\d+(\.\d+)?(e-?\d+)?|NaN", value), value


def test_another_selection_has_another_name() -> None:
    assert _name([]) == "domestic-violence-statistics-central-asia"
    assert _name(["TJ", "2019-2025"]) == "domestic-violence-statistics-central-asia-tj-2019-2025"
    long = [_name([*["PROTECTION_ORDERS"] * 9, last]) for last in ("A", "B")]
    assert len(set(long)) == 2
    assert {len(name) for name in long} == {100}


def test_the_command_offers_every_format() -> None:
    for name in FORMATS:
        assert build_parser().parse_args(["export", name]).format == name

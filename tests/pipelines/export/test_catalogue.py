"""The catalogue beside an export follows DCAT-AP, and search engines find a dataset."""

import hashlib
import json
import re
from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from pipelines.export.catalogue import _kept_distributions
from pipelines.export.export import export
from tests.pipelines.export.reading import Row, digests

CENTRAL_ASIA = ["KZ", "KG", "TJ", "UZ"]
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
    export(
        release_dir,
        format_name,
        tmp_path,
        countries=CENTRAL_ASIA,
        indicators=["PROTECTION_ORDERS", "DV_CRIMES"],
    )
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
    chosen: Any = {"countries": ["TJ"], "years": "2017"}
    export(release_dir, "csv", tmp_path / "first", **chosen)
    earlier = "20200101T000000Z"
    data = altered(
        releases=f"SELECT * FROM t UNION ALL SELECT * REPLACE ('{earlier}' AS release) FROM t ORDER BY release"
    )
    export(data, "csv", tmp_path / "second", **chosen)
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


@pytest.mark.parametrize(
    "earlier", ["[]", "5", "{}", '{"dcat:dataset": {}}', "[" * 99_999], ids=lambda text: text[:9]
)
def test_a_description_of_another_form_is_none_of_an_earlier_export(tmp_path: Path, earlier: str) -> None:
    (tmp_path / "dcat.jsonld").write_text(earlier)
    job: Any = SimpleNamespace(release="20261125T031500Z")
    assert _kept_distributions(job, tmp_path, set()) == []


def test_search_engines_get_a_dataset(release_dir: Path, tmp_path: Path) -> None:
    export(release_dir, "csv", tmp_path, indicators=["PROTECTION_ORDERS"])
    found = json.loads((tmp_path / "schema.org.json").read_text(encoding="utf-8"))
    assert (found["@context"], found["@type"]) == ("https://schema.org/", "Dataset")
    assert 50 <= len(found["description"]) <= 5000
    assert [entry["propertyID"] for entry in found["variableMeasured"]] == ["PROTECTION_ORDERS"]
    assert re.fullmatch(r"\d{4}-\d\d-\d\d/\d{4}-\d\d-\d\d", found["temporalCoverage"])
    for entry in found["distribution"]:
        assert hashlib.sha256((tmp_path / entry["contentUrl"]).read_bytes()).hexdigest() == entry["sha256"]

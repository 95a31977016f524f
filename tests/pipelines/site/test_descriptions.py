"""What describes the site's files and pages to programs says what is there."""

import csv
import json
from typing import Any

from lxml import etree

from pipelines.site import descriptions
from pipelines.site.load_release import Release
from tests.helpers import unzipped


def test_descriptions_name_files_that_are_there_with_their_columns(site: Any) -> None:
    latest = site.folder / "latest"
    for folder in ("tables", "indicators"):
        described = json.loads((latest / folder / "csv-metadata.json").read_text(encoding="utf-8"))
        for table in described["tables"]:
            schema = table["tableSchema"]
            if isinstance(schema, str):
                schema = json.loads((latest / folder / schema).read_text(encoding="utf-8"))
            header = next(csv.reader(unzipped(latest / folder / table["url"]).decode().splitlines()))
            assert [column["name"] for column in schema["columns"]] == header, table["url"]
    package = json.loads((latest / "datapackage.json").read_text(encoding="utf-8"))
    for resource in package["resources"]:
        paths = resource["path"] if isinstance(resource["path"], list) else [resource["path"]]
        assert all((latest / path).is_file() for path in paths), resource["name"]


def test_the_sitemap_lists_every_page(site: Any) -> None:
    root = etree.parse(site.folder / "sitemap.xml").getroot()
    listed = {element.text for element in root.iter(f"{{{descriptions.SITEMAP}}}loc")}
    assert listed == set(site.pages)


def test_addresses_are_absolute_where_a_base_is_set(release: Release) -> None:
    text = descriptions.sitemap(["index"], "https://example.org/dv", release.published_at.date())
    assert "<loc>https://example.org/dv/en/index.html</loc>" in text
    described = json.loads(
        descriptions.indicator_json(release, "https://example.org/dv", "PROTECTION_ORDERS", "en")
    )
    assert (
        described["distribution"][0]["contentUrl"]
        == "https://example.org/dv/latest/indicators/PROTECTION_ORDERS.csv"
    )


def test_entries_for_search_engines_are_json(site: Any, release: Release) -> None:
    for path in ("en/index.html", "ru/indicators/PROTECTION_ORDERS.html"):
        (text,) = site.pages[path].xpath("//script[@type='application/ld+json']/text()")
        assert json.loads(text)["@type"] == "Dataset"


def test_published_words_cannot_end_the_script_that_holds_them() -> None:
    assert "</script" not in descriptions._inside_html({"name": "</script><b>"})

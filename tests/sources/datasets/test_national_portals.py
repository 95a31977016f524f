"""Declarations of the national portals over every stored file. What the files say: a module a country."""

import pytest

from sources.load_datasets import load_datasets
from tests.sources.datasets.national import Observe, addressed, needs_files, reasons, stored, values

MAIN = [
    *("kg_victims", "kg_health_contacts", "kg_attitudes", "kg_child_discipline", "kg_assault"),
    *("kg_assault_deaths", "kg_homicide", "kg_prevalence", "kz_sdg_violence", "kz_sdg_change"),
    *("kz_sdg_children", "kz_sdg_homicide", "kz_sdg_marriage", "kz_convictions_file"),
]
BUILDS = [
    *("kg_victims_builds", "kg_health_contacts_builds", "kg_attitudes_builds", "kg_child_discipline_builds"),
    *("kg_assault_builds", "kg_assault_deaths_builds", "kg_homicide_builds", "kg_prevalence_builds"),
    *("kz_sdg_violence_builds", "kz_sdg_change_builds", "kz_sdg_children_builds", "kz_sdg_homicide_builds"),
    *("kz_sdg_marriage_builds", "kz_convictions_copies"),
]
OTHER = [
    *(
        "kg_sdmx",
        "kg_open_data",
        "tj_sdg_sdmx",
        "tj_dhs_charts",
        "tj_dhs_attitudes_file",
    ),
    "kg_dhs_attitudes_file",
]
UNSEEN = [
    *("kg_population_regions", "kz_egov_form_1m", "kz_taldau_population", "uz_siat_crime"),
    *("uz_siat_violent_crime", "uz_nsdg"),
]
# What the index names and no dataset reads, with the reason.
OUT_OF_SCOPE = {
    "/meta/": "metadata, no figures",
    "/edges/": "which column depends on which, no figures",
    "/datapackage.json": "description of the data package, no figures",
    "SDG_DSD.KG_1.8.xml": "code lists, no figures",
    "central-asia-sdg-platform": "international platform, declared elsewhere",
    "opendata/category/120/": "poverty",
    "opendata/category/112/": "wages",
    "sdmx_data_582.json": "gross domestic product",
    "sdmx_data_1857.json": "gross regional product",
    "sdmx_data_4585.json": "prices",
}


@needs_files
@pytest.mark.parametrize("name", [*MAIN, *BUILDS, *OTHER])
def test_no_row_of_a_stored_file_is_refused(name: str, observe: Observe) -> None:
    found = list(stored(load_datasets()[name]))
    assert found
    for file, address, content in found:
        result = observe(name, content, file.name)
        assert not result.refused.num_rows, (address, reasons(result))
        assert not result.duplicates, address


@needs_files
@pytest.mark.parametrize("name", MAIN)
def test_editions_and_older_portals_give_the_same_cells(name: str, observe: Observe) -> None:
    newest: dict[str, dict[tuple[str, ...], float | None]] = {}
    for file, address, content in stored(load_datasets()[name]):
        cells = values(observe(name, content, file.name))
        reference = newest.setdefault(file.name, cells)
        assert {key: reference.get(key) for key in cells} == cells, address


@needs_files
def test_every_file_of_the_index_is_read_or_left_out_for_a_reason() -> None:
    declared = {a for d in load_datasets().values() for f in d.files for a in (f.address, *f.alternates)}
    unread = [a for a in addressed() if a not in declared and not any(part in a for part in OUT_OF_SCOPE)]
    assert unread == []


@needs_files
@pytest.mark.parametrize("name", BUILDS)
def test_builds_have_a_source_each(name: str) -> None:
    dataset = load_datasets()[name]
    sources = [file.constants["source_id"] for file in dataset.files]
    assert dataset.source_in_key
    assert dataset.superseded_by in load_datasets()
    assert len(set(sources)) == len(sources)


def test_what_was_never_seen_is_marked() -> None:
    datasets = load_datasets()
    assert [name for name in UNSEEN if datasets[name].verified] == []
    assert [name for name in [*MAIN, *BUILDS, *OTHER] if not datasets[name].verified] == []


def test_live_data_come_before_the_transcription_of_the_same_series() -> None:
    datasets = load_datasets()
    pairs = {
        "kg_victims": "kg_sdg",
        "kg_sdmx": "kg_sdg",
        "kz_sdg_violence": "kz_sdg",
        "kg_open_data": "kg_population",
        "kz_form_1m_archive": "kz_form_1m",
        "uz_siat_population": "uz_population",
        "tj_dhs_charts": "tj_dhs_2017",
    }
    for mine, theirs in pairs.items():
        assert datasets[mine].precedence < datasets[theirs].precedence, mine
    assert datasets["kg_victims"].precedence < datasets["kg_sdmx"].precedence


def test_a_portal_that_stopped_comes_after_the_transcription_of_the_newer_build() -> None:
    datasets = load_datasets()
    for stopped in ("kg_homicide", "kg_homicide_builds", "kg_sdg_first_portal"):
        assert datasets[stopped].superseded_by == "kg_sdg", stopped
        assert datasets[stopped].precedence > datasets["kg_sdg"].precedence, stopped

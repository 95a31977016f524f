"""Files of international publishers found in 2026: read whole by their declarations, figures as the files have them.

Corrections are applied as in a refresh, since the files of WHO print their intervals the wrong way round. The tests
need the publishers' files and are skipped without them; older files are in ``test_international_portals``.
"""

import csv
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest

from pipelines.try_declaration import Tried, try_declaration
from sources.dataset import BUNDLED, HERE
from sources.load_datasets import load_datasets

UPSTREAM = Path(__file__).resolve().parents[4] / "shared" / "upstream" / "intl-2026"
Row = dict[str, Any]
ROWS = {
    "unodc_gsh_files": 425,
    "unodc_homicide_2026": 36,
    "who_ipv_files": 8,
    "who_whs_2025": 13,
    "wb_gender_files": 9,
    "wb_wbl_law_file": 55,
    "wb_wbl_index_file": 170,
    "un_minset_law_file": 160,
}
# Not data of ours, with the reason.
NOT_READ = {
    "crime_related_hom.csv": "homicide with robbery or by gangs is no domestic violence",
    "Metadata.csv": "words about the data",
}
GOLDEN = """\
dataset,indicator,area,period,sex,relationship,value
unodc_gsh_files,HOMICIDE_VICTIMS,KZ,1990,_T,_T,1475
unodc_gsh_files,HOMICIDE_VICTIMS,KG,2010,_T,_T,909
unodc_gsh_files,HOMICIDE_VICTIMS,KZ,2015,F,_T,251
unodc_gsh_files,HOMICIDE_VICTIMS,TJ,1993,_T,_T,1304
unodc_gsh_files,HOMICIDE_VICTIMS,UZ,2017,_T,_T,363
unodc_gsh_files,HOMICIDE_VICTIMS,DE,2009,F,IPTN_FAM,228
unodc_gsh_files,HOMICIDE_VICTIMS,DE,2016,M,IPTN,17
unodc_gsh_files,HOMICIDE_SUSPECTS,KZ,2007,F,_T,176
unodc_gsh_files,HOMICIDE_SUSPECTS,KG,2003,_T,_T,351
unodc_gsh_files,HOMICIDE_CONVICTED,KZ,2017,_T,_T,779
unodc_gsh_files,HOMICIDE_CONVICTED,TJ,2009,F,_T,0
unodc_gsh_files,HOMICIDE_CONVICTED,DE,2011,M,_T,286
unodc_homicide_2026,HOMICIDE_VICTIMS,KZ,2022,F,_T,145
unodc_homicide_2026,HOMICIDE_VICTIMS,KZ,2021,_T,_T,562
unodc_homicide_2026,HOMICIDE_VICTIMS,TJ,2020,F,_T,10
unodc_homicide_2026,HOMICIDE_VICTIMS,DE,2023,M,_T,396
who_whs_2025,HOMICIDE_RATE,KZ,2021,_T,_T,4.434085829
who_whs_2025,IPV_LIFETIME,KG,2018,F,_T,23
wb_gender_files,DV_LAW,UZ,2023,_T,_T,1
wb_gender_files,IPV_12M,TJ,2018,F,_T,14
wb_wbl_index_file,WBL_INDEX,UZ,2022,_T,_T,70.6
wb_wbl_index_file,WBL_INDEX,KZ,1989,_T,_T,58.1
"""
# The law of each country: first year with "yes"; in Uzbekistan the law of 2019 is not counted.
FIRST_YES = {"KZ": "2010", "KG": "2003", "TJ": "2013", "DE": "2002"}
# Transcription of a file, and the declaration that reads the file itself.
TRANSCRIBED = {
    "unodc_gsh_2019": ["unodc_gsh_files"],
    "who_estimates": ["who_ipv_files", "who_whs_2025"],
    "wb_gender_2026": ["wb_gender_files"],
    "wb_wbl": ["wb_wbl_law_file"],
}


@lru_cache
def stored() -> dict[str, Path]:
    """File of every address; the test is skipped where the collection is absent."""
    if not UPSTREAM.is_dir():
        pytest.skip(f"the publishers' files are not at {UPSTREAM}")
    with (UPSTREAM / "index.csv").open(encoding="utf-8", newline="") as handle:
        return {row["address"]: UPSTREAM / row["file"] for row in csv.DictReader(handle)}


@lru_cache
def tried(dataset_id: str) -> Tried:
    dataset = load_datasets()[dataset_id]
    files = [BUNDLED / file.bundled if file.bundled else stored()[file.address] for file in dataset.files]
    return try_declaration(HERE / "datasets" / f"{dataset_id}.yaml", files)


def rows(dataset_id: str) -> list[Row]:
    found: list[Row] = tried(dataset_id).good.to_pylist()
    return found


def key(row: Row) -> tuple[str, ...]:
    names = ("indicator", "ref_area", "time_period", "sex", "age", "violence_form", "relationship", "nature")
    return tuple(row[name] for name in names)


@pytest.mark.parametrize("dataset_id", ROWS)
def test_every_row_of_the_five_countries_is_read(dataset_id: str) -> None:
    assert tried(dataset_id).refused.num_rows == 0, tried(dataset_id).refused.to_pylist()[:3]
    assert [finding["finding"] for finding in tried(dataset_id).findings] == []
    assert len(rows(dataset_id)) == ROWS[dataset_id] == len({row["obs_key"] for row in rows(dataset_id)})
    assert {row["ref_area"] for row in rows(dataset_id)} <= {"KZ", "KG", "TJ", "UZ", "DE"}


@pytest.mark.parametrize(
    "figure", list(csv.DictReader(GOLDEN.splitlines())), ids=lambda f: "-".join(f.values())
)
def test_figure(figure: dict[str, str]) -> None:
    wanted = (figure["indicator"], figure["area"], figure["period"], figure["sex"], figure["relationship"])
    found = [
        row["obs_value"]
        for row in rows(figure["dataset"])
        if tuple(row[n] for n in ("indicator", "ref_area", "time_period", "sex", "relationship")) == wanted
    ]
    assert found == [float(figure["value"])]


def test_intervals_of_partner_violence_stand_the_right_way_round() -> None:
    intervals = {
        (row["indicator"], row["ref_area"]): (row["obs_lower"], row["obs_value"], row["obs_upper"])
        for row in rows("who_ipv_files")
    }
    assert intervals == {
        ("IPV_LIFETIME", "KZ"): (9, 16, 26),
        ("IPV_LIFETIME", "KG"): (14, 23, 36),
        ("IPV_LIFETIME", "TJ"): (16, 24, 34),
        ("IPV_LIFETIME", "DE"): (13, 21, 32),
        ("IPV_12M", "KZ"): (3, 6, 11),
        ("IPV_12M", "KG"): (7, 13, 24),
        ("IPV_12M", "TJ"): (9, 14, 22),
        ("IPV_12M", "DE"): (3, 5, 8),
    }
    assert all(
        f"Published as {row['published_value']}, corrected" in row["note"] for row in rows("who_ipv_files")
    )


def test_a_swapped_interval_without_a_correction_is_refused_not_turned(tmp_path: Path) -> None:
    dataset = load_datasets()["who_ipv_files"]
    lifetime, months = (stored()[file.address] for file in dataset.files)
    changed = tmp_path / lifetime.name
    text = lifetime.read_text(encoding="utf-8-sig")
    assert text.count("16 [26 – 9]") >= 1
    changed.write_text(text.replace("16 [26 – 9]", "16 [27 – 9]"), encoding="utf-8")
    result = try_declaration(HERE / "datasets" / "who_ipv_files.yaml", [changed, months])
    assert [row["rule"] for row in result.refused.to_pylist()] == ["unreadable_number"]
    assert "correction_unused" in {finding["finding"] for finding in result.findings}


@pytest.mark.parametrize("dataset_id", ["wb_wbl", "wb_wbl_law_file", "un_minset_law_file"])
def test_the_law_is_that_of_the_year_before_the_report(dataset_id: str) -> None:
    if dataset_id != "wb_wbl":
        stored()
    answers = {
        (row["ref_area"], row["time_period"]): row["obs_value"]
        for row in rows(dataset_id)
        if row["indicator"] == "DV_LAW"
    }
    for area, year in FIRST_YES.items():
        assert {answers[area, y] for a, y in answers if a == area and y < year} <= {0}
        assert {answers[area, y] for a, y in answers if a == area and y >= year} == {1}
    assert {value for (area, year), value in answers.items() if area == "UZ" and year < "2023"} == {0}


@pytest.mark.parametrize("transcription", TRANSCRIBED)
def test_transcribed_figures_are_those_of_the_files(transcription: str) -> None:
    stored()
    published = {key(row): row for name in TRANSCRIBED[transcription] for row in rows(name)}
    both = [(row, published[key(row)]) for row in rows(transcription) if key(row) in published]
    assert len(both) >= min(5, len(rows(transcription)))
    for ours, file in both:
        names = ("obs_value", "unit_measure", *(["obs_lower", "obs_upper"] if file["obs_lower"] else []))
        assert all(ours[name] == file[name] for name in names), (ours, file)
    datasets = load_datasets()
    for name in TRANSCRIBED[transcription]:
        assert datasets[name].precedence < datasets[transcription].precedence


def test_every_stored_file_is_declared_or_known_not_to_be_read() -> None:
    declared = {file.address for dataset in load_datasets().values() for file in dataset.files}
    left = {path.name for address, path in stored().items() if address not in declared}
    assert left == set(NOT_READ)

"""Portals of Kyrgyzstan: figures of the publishers' own files, and samples of answers that nobody stored."""

import json

import pytest

from sources.load_datasets import load_datasets
from tests.sources.datasets.national import (
    UPSTREAM,
    Observe,
    first,
    needs_files,
    pick,
    reasons,
    stored,
    values,
)


@needs_files
def test_kg_victims_are_the_published_series(observe: Observe) -> None:
    result = observe("kg_victims", first("kg_victims"))
    everyone = [2093, 1789, 1809, 2415, 2339, 2629, 3333, 7005, 7323, 7178, 6490, 8577, 9038, 8725, 11357]
    women = [1927, 1659, 1714, 2341, 2269, 2531, 3229, 6795, 6966, 6562, 5989, 8060, 8587, 8347, 11002]
    men = [166, 130, 95, 74, 70, 98, 104, 210, 357, 616, 501, 517, 451, 378, 355]
    assert pick(result) == everyone
    assert pick(result, sex="F") == women
    assert pick(result, sex="M") == men
    ages = [pick(result, age=age)[-1] for age in ("Y_LT20", "Y21T30", "Y31T40", "Y41T50", "Y_GE51")]
    assert ages == [561, 1879, 1974, 1121, 610]  # of 2019, not revised: they add up to 6,145


@needs_files
@pytest.mark.parametrize("build", ["2020-06-17", "2021-01-18"])
@pytest.mark.parametrize("language", ["en", "ru"])
def test_kg_headers_and_labels_of_the_first_builds(build: str, language: str, observe: Observe) -> None:
    old = UPSTREAM / "portals" / "kg-open-sdg-earlier" / build / language / "data" / "5-2-1-1b.csv"
    result = observe("kg_victims", old.read_bytes())
    assert reasons(result) == set()
    present = values(observe("kg_victims", first("kg_victims")))
    changed = {key[2]: value for key, value in values(result).items() if present.get(key) != value}
    assert changed == ({} if build == "2020-06-17" else {"_T": 6145, "F": 5659, "M": 486})
    assert set(values(result)) <= set(present)


@needs_files
def test_kg_builds_keep_an_emptied_file_and_odd_years_apart(observe: Observe) -> None:
    by_name = {file.name: content for file, _, content in stored(load_datasets()["kg_victims_builds"])}
    emptied = observe(
        "kg_victims_builds", by_name["vintage_2020_12_03_empty_ru"], "vintage_2020_12_03_empty_ru"
    )
    assert (emptied.good.num_rows, emptied.refused.num_rows) == (0, 0)
    suffixed = observe("kg_victims_builds", by_name["vintage_2023_04_27_en"], "vintage_2023_04_27_en")
    assert pick(suffixed, time_period="2021") == [9038]
    assert set(suffixed.good["source_id"].to_pylist()) == {"kg-sdg-vintage-2023-04-27-en-5-2-1-1b"}


@needs_files
def test_kg_health_contacts_are_five_series_with_gaps(observe: Observe) -> None:
    result = observe("kg_health_contacts", first("kg_health_contacts"))
    series = {name: pick(result, sex="F", breakdown=f"SERVICE={name}") for name in ("FORENSIC", "FELDSHER")}
    assert series["FORENSIC"] == [
        *(1308, 1453, 1900, 1589, 1988, 936, 1172, 1382, 1305, 1764, 1701, 1604, 1373),
        1209,
    ]
    assert series["FELDSHER"] == [68, 155, 16, 48, 35, 12, 2, 1, 2, 1, 1]  # 2018, 2022, 2023: no row
    last = {
        name: pick(result, sex="F", breakdown=f"SERVICE={name}")[-1] for name in ("HEALTH_CARE", "AMBULANCE")
    }
    assert last == {"HEALTH_CARE": 373, "AMBULANCE": 115}
    assert pick(result, sex="F", breakdown="SERVICE=TREATED_INJURIES")[-1] == 781


def test_kg_health_label_with_a_line_feed_in_another_column_name(observe: Observe) -> None:
    label = (
        "Number of women who contacted healthcare organizations that provide health\n"
        "and preventive care, due to domestic violence"
    )
    for header in ("SERIES", "Series", "SDG Series"):
        content = f'Year,{header},Value\n2010,"{label}",401\n'.encode()
        assert pick(observe("kg_health_contacts", content), sex="F", breakdown="SERVICE=HEALTH_CARE") == [401]


@needs_files
def test_kg_attitudes_and_child_discipline_by_region(observe: Observe) -> None:
    attitudes = {
        "KG": [32.8, 29.9, 18.9],
        "KG-Y": [37.5, 18.7, 11.8],
        "KG-J": [15.5, 30.4, 17.1],
        "KG-N": [34.8, 31.4, 17.6],
        "KG-B": [50.7, 20.1, 24.4],
        "KG-O": [48.1, 43.1, 31.5],
        "KG-T": [36.5, 22.3, 12.4],
        "KG-C": [33.3, 41.2, 12.5],
        "KG-GB": [18.2, 16.5, 12.6],
        "KG-GO": [47.1, 31.8, 12.7],
    }
    discipline = {
        "KG": [57.1, 74.3, 64.9],
        "KG-Y": [80.9, 52.2],
        "KG-J": [65.5, 54.6],
        "KG-N": [74.0, 82.0],
        "KG-B": [46.8, 63.4],
        "KG-O": [74.4, 70.7],
        "KG-T": [79.9, 75.1],
        "KG-C": [83.5, 62.5],
        "KG-GB": [80.5, 61.6],
        "KG-GO": [85.6, 82.8],
    }
    result = observe("kg_attitudes", first("kg_attitudes"))
    asked = {"sex": "F", "age": "Y15T49", "breakdown": "REASON=ANY"}
    assert {area: pick(result, ref_area=area, **asked) for area in attitudes} == attitudes
    children = observe("kg_child_discipline", first("kg_child_discipline"))
    assert {
        a: pick(children, ref_area=a, age="Y1T14")[-len(v) :] for a, v in discipline.items()
    } == discipline


@needs_files
def test_kg_deaths_from_assault_are_no_police_figures_and_2023_is_doubtful(observe: Observe) -> None:
    result = observe("kg_assault_deaths", first("kg_assault_deaths"))
    nation = pick(result, ref_area="KG", breakdown="REGISTER=DEATH_RECORDS")
    assert nation[-5:] == [2.0, 2.1, 2.5, 2.6, 0.5]
    doubtful = {r["time_period"]: r["obs_status"] for r in result.good.to_pylist()}
    assert {year for year, status in doubtful.items() if status == "U"} == {"2023"}
    assert pick(result, ref_area="KG-T", time_period="2023", breakdown="REGISTER=DEATH_RECORDS") == []
    police = observe("kg_homicide", first("kg_homicide"))
    rates = pick(police, indicator="HOMICIDE_RATE", ref_area="KG")
    assert rates[:4] == [5.5, 5.2, 4.4, 4.2]
    assert pick(police, indicator="HOMICIDE_VICTIMS", age="Y18T29", time_period="2022") == [34]


@needs_files
def test_kg_assault_and_empty_prevalence(observe: Observe) -> None:
    assault = observe("kg_assault", first("kg_assault"))
    assert pick(assault, ref_area="KG", sex="F", age="Y15T49") == [2.2, 1.0]
    for file, _, content in stored(load_datasets()["kg_prevalence"]):
        assert observe("kg_prevalence", content, file.name).rows == 0


@needs_files
def test_kg_sdmx_sources_agree_with_the_platform(observe: Observe) -> None:
    of_sdmx: dict[tuple[str, ...], float | None] = {}
    for file, _, content in stored(load_datasets()["kg_sdmx"]):
        of_sdmx |= values(observe("kg_sdmx", content, file.name))
    shown = [observe(name, first(name)) for name in ("kg_victims", "kg_health_contacts", "kg_attitudes")]
    assert of_sdmx == {key: value for result in shown for key, value in values(result).items()}


@needs_files
def test_kg_population_is_thousands_at_the_start_of_the_year(observe: Observe) -> None:
    result = observe("kg_open_data", first("kg_open_data"))
    assert pick(result) == [6789600, 6912900, 7037600, 7161900, 7281800]
    assert max(result.good["time_period"].to_pylist()) == "2025-01-01/P1D"


def test_kg_population_by_region_reads_the_spellings_of_the_service(observe: Observe) -> None:
    titles = [
        "Кыргызская Республика",
        "Ошская область  (до 2013 г.включая г. Ош)",
        "г. Ош",
        "Чуйская область",
    ]
    rows = [
        {"pk": n, "title_ru": t, "values": [{"key": 2025, "value": 1000.5}]} for n, t in enumerate(titles)
    ]
    content = json.dumps({"data": rows, "title": "x", "units": "человек"}, ensure_ascii=False).encode()
    result = observe("kg_population_regions", content)
    assert reasons(result) == set()
    assert sorted(result.good["ref_area"].to_pylist()) == ["KG", "KG-C", "KG-GO", "KG-O"]
    assert set(result.good["obs_status"].to_pylist()) == {"U"}

"""The national portals' declarations: the publishers' own files through reader and normalizer."""

import csv
import datetime as dt
import functools
import hashlib
import json
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from data_contracts.load import contract
from sources.dataset import BUNDLED, Dataset, SourceFile
from sources.load_datasets import load_datasets
from sources.readers.protocol import read_cells
from tests.portion import WHOLE, portion
from tests.sources.form_1m import FIGURES
from transforms.normalize.facts import FileFacts, Normalized
from transforms.normalize.normalizer import Normalizer

UPSTREAM = Path(__file__).resolve().parents[4] / "shared" / "upstream"
COUNTRIES = ("portals", "kg", "uz", "tj")
KEY = ("indicator", "ref_area", "sex", "age", "violence_form", "breakdown", "time_period", "unit_measure")
needs_files = pytest.mark.skipif(not UPSTREAM.is_dir(), reason=f"the publishers' files are not at {UPSTREAM}")

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

Observe = Callable[..., Normalized]


def addressed() -> dict[str, Path]:
    """Stored file of each published address."""
    found = {}
    for country in COUNTRIES:
        index = UPSTREAM / country / "index.csv"
        for row in csv.DictReader(index.read_text(encoding="utf-8").splitlines()):
            found[row["address"]] = index.parent / row["file"]
    return found


@pytest.fixture(scope="module")
def observe() -> Observe:
    """Read and normalize content as a declared dataset's file."""
    datasets = load_datasets()
    registers = (BUNDLED / "publications").glob("*.csv")
    sources = [row["source"] for path in registers for row in csv.DictReader(path.open(encoding="utf-8"))]
    normalizer = Normalizer(contract(), datasets=datasets, sources=sources)

    @functools.cache
    def cells_of(name: str, content: bytes) -> pa.Table:
        return read_cells(datasets[name], content)

    def run(name: str, content: bytes, file: str = "", **stated: str) -> Normalized:
        dataset = datasets[name]
        cells = cells_of(name, content)
        for column, text in stated.items():
            cells = cells.append_column(column, pa.array([text] * cells.num_rows, pa.string()))
        declared = next((entry for entry in dataset.files if entry.name == file), dataset.files[0])
        facts = FileFacts(
            hashlib.sha256(content).hexdigest(), dt.datetime(2026, 11, 24), file, declared.constants
        )
        return normalizer.normalize(cells, dataset, facts)

    return run


def stored(dataset: Dataset) -> Iterator[tuple[SourceFile, str, bytes]]:
    """Every address of a dataset that is stored, alternates too."""
    files = addressed()
    for file in dataset.files:
        for address in (file.address, *file.alternates):
            if address in files:
                yield file, address, files[address].read_bytes()


def values(result: Normalized) -> dict[tuple[str, ...], float | None]:
    return {tuple(row[name] for name in KEY): row["obs_value"] for row in result.good.to_pylist()}


def reasons(result: Normalized) -> set[tuple[str, str]]:
    return {(row["rule"], row["reason_en"]) for row in result.refused.to_pylist()}


def pick(result: Normalized, **where: str) -> list[float | None]:
    """Values of the cells that the given columns single out, by time; the rest must be totals."""
    total = {"sex": "_T", "age": "_T", "violence_form": "_T", "breakdown": "_T"} | where
    rows = [r for r in result.good.to_pylist() if all(r[name] == text for name, text in total.items())]
    return [row["obs_value"] for row in sorted(rows, key=lambda row: row["time_period"])]


def first(name: str) -> bytes:
    """The stored file at a dataset's first address."""
    return addressed()[load_datasets()[name].files[0].address].read_bytes()


# --- everything that is stored -----------------------------------------------------------------------------


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


# --- Kyrgyzstan --------------------------------------------------------------------------------------------


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


# --- Kazakhstan --------------------------------------------------------------------------------------------


@needs_files
def test_kz_prevalence_of_2015(observe: Observe) -> None:
    result = observe("kz_sdg_violence", first("kz_sdg_violence"), "partner")
    forms = ("PHYSICAL", "SEXUAL", "PHYSICAL_SEXUAL")
    found = {
        (indicator, age): [
            pick(result, indicator=indicator, sex="F", age=age, violence_form=f)[0] for f in forms
        ]
        for indicator in ("IPV_LIFETIME", "IPV_12M")
        for age in ("Y18T75", "Y18T49")
    }
    assert found == {
        ("IPV_LIFETIME", "Y18T75"): [16.2, 3.6, 16.5],
        ("IPV_12M", "Y18T75"): [4.5, 1.0, 4.7],
        ("IPV_LIFETIME", "Y18T49"): [16.0, 3.9, 16.4],
        ("IPV_12M", "Y18T49"): [5.3, 1.2, 5.6],
    }
    other = next(c for f, a, c in stored(load_datasets()["kz_sdg_violence"]) if f.name == "non_partner")
    rows = observe("kz_sdg_violence", other, "non_partner").good.to_pylist()
    assert {(r["indicator"], r["obs_value"], r["obs_status"]) for r in rows} == {
        ("NPV_EVER", value, "D") for value in (2.9, 0.7, 1.2, 1.5)
    }


@needs_files
def test_kz_changes_are_percentages_of_change(observe: Observe) -> None:
    by_name = {file.name: content for file, _, content in stored(load_datasets()["kz_sdg_change"])}
    women = observe("kz_sdg_change", by_name["women"], "women")
    children = observe("kz_sdg_change", by_name["children"], "children")
    assert pick(women, sex="F") == [-20.9, -26.8, -32.1, -46.4, -48.0, -56.0, -53.2]
    assert pick(children, age="Y_LT18") == [-22.7, -18.7, -19.0, -30.7, -20.0, -23.4, -7.0]
    assert set(women.good["unit_measure"].to_pylist()) == {"PERCENT_CHANGE"}


@needs_files
def test_kz_children_keep_the_region_of_the_time(observe: Observe) -> None:
    result = observe("kz_sdg_children", first("kz_sdg_children"))
    assert pick(result, ref_area="KZ", age="Y1T14") == [49.4, 52.7]
    assert len(pick(result, ref_area="KZ-YUZ", age="Y1T14")) == 2
    differing = {(r["time_period"], r["age"]) for r in result.good.to_pylist() if r["obs_status"] == "D"}
    assert differing == {("2010", "Y1T14")}


def form_1m_row(result: Normalized) -> tuple[float | None, ...]:
    cells: list[dict[str, str]] = [{"indicator": "DV_CRIMES"}]
    cells += [{"indicator": "DV_CRIMES", "breakdown": f"ARTICLE=KZ_CC_{n}"} for n in (99, 106, 107)]
    cells += [{"indicator": "CRIMES_REGISTERED"}, {"indicator": "CRIMES_AGAINST_WOMEN", "sex": "F"}]
    cells += [
        {"indicator": "CRIMES_AGAINST_MINORS", "age": "Y_LT18"},
        {"indicator": "WOMEN_CRIME_VICTIMS", "sex": "F"},
    ]
    cells += [{"indicator": "CRIMES_AGAINST_MINORS", "age": "Y_LT18", "breakdown": "COUNT=PERSONS"}]
    return tuple(one for where in cells for one in pick(result, **where))


@pytest.mark.slow
@needs_files
def test_kz_form_1m_by_region(observe: Observe) -> None:
    found, severity, deadly = {}, 0.0, {}
    workbooks = list(stored(load_datasets()["kz_form_1m_archive"]))
    assert {file.constants["ref_area"] for file, *_ in workbooks} == set(FIGURES)
    # One workbook of three; the regions have the same form.
    for file, _, content in portion(workbooks[::3], workbooks):
        result = observe("kz_form_1m_archive", content, file.name)
        area = file.constants["ref_area"]
        assert reasons(result) == set(), area
        found[area] = form_1m_row(result)
        grades = ("MISDEMEANOUR", "MINOR", "MEDIUM", "GRAVE", "ESPECIALLY_GRAVE")
        parts = [
            pick(result, indicator="DV_CRIMES", breakdown=f"SEVERITY={grade}")[0] or 0 for grade in grades
        ]
        assert sum(parts) == found[area][0]
        severity += sum(parts)
        # Attempts at murder stand beside article 99, not within it.
        rows = result.good.to_pylist()
        assert sum(row["obs_value"] for row in rows if "ARTICLE=" in row["breakdown"]) == found[area][0]
        deadly[area] = pick(result, indicator="DV_CRIMES", breakdown="OUTCOME=DEATH")[0]
    assert found == {area: FIGURES[area] for area in found} and len(found) >= 6
    # The workbooks of Shymkent and Ulytau are not stored.
    assert severity == 938 - 30 - 6 if WHOLE else severity > 0
    extract = UPSTREAM / "kz" / "derived" / "form_1m_domestic_by_region.csv"
    told = {
        row["iso"]: float(row["deadly_domestic"]) for row in csv.DictReader(extract.open(encoding="utf-8"))
    }
    assert deadly == {area: told[area] for area in deadly}


@needs_files
def test_kz_form_1m_takes_region_and_period_from_the_person(observe: Observe) -> None:
    content = (UPSTREAM / "portals" / "kz-form-1m" / "Abay_Region.XLSX").read_bytes()
    name = "kz_form_1m_workbooks"
    for file_name in ("Abay Region.XLSX", "1-M  область Абай (Свод).xlsx", "Область Абай.xlsx"):
        result = observe(name, content, file_name=file_name, stated_period="2025-01-01/P11M")
        assert reasons(result) == set()
        assert set(result.good["ref_area"].to_pylist()) == {"KZ-10"}
        assert set(result.good["time_period"].to_pylist()) == {"2025-01-01/P11M"}
    assert observe(name, content, file_name="workbook.xlsx", stated_period="2025").good.num_rows == 0
    assert observe(name, content, file_name="Abay Region.XLSX", stated_period="").good.num_rows == 0


@needs_files
def test_kz_convictions(observe: Observe) -> None:
    result = observe("kz_convictions_file", first("kz_convictions_file"))
    assert pick(result, indicator="RAPE_CONVICTED") == [198, 185, 156, 173, 138, 213, 216, 171]
    assert pick(result, indicator="CHILD_SEXUAL_CONVICTED") == [38, 81, 107, 129, 142, 125, 107, 115]


def test_kz_taldau_answer_as_public_code_describes_it(observe: Observe) -> None:
    periods = [{"name": "2004 год", "date": "31.12.2004", "value": "115"}]
    rows = [
        {"terms": [741880], "termNames": ["РЕСПУБЛИКА КАЗАХСТАН"], "periods": periods},
        {"terms": [268020], "termNames": ["АКМОЛИНСКАЯ ОБЛАСТЬ"], "periods": periods},
    ]
    result = observe("kz_taldau_population", json.dumps(rows, ensure_ascii=False).encode())
    assert reasons(result) == set()
    assert sorted((r["ref_area"], r["time_period"], r["obs_status"]) for r in result.good.to_pylist()) == [
        ("KZ", "2004", "U"),
        ("KZ-11", "2004", "U"),
    ]


def test_kz_open_data_service_is_refused_field_by_field_until_mapped(observe: Observe) -> None:
    result = observe("kz_egov_form_1m", b'[{"some_field": "12"}]', stated_period="2024")
    assert result.good.num_rows == 0
    assert [(row["rule"], row["published_value"]) for row in result.refused.to_pylist()] == [
        ("unmapped_label", "12")
    ]


# --- Tajikistan, Uzbekistan --------------------------------------------------------------------------------


@needs_files
def test_tj_surveys(observe: Observe) -> None:
    charts = observe("tj_dhs_charts", first("tj_dhs_charts"))
    women = {"sex": "F", "age": "Y15T49"}
    only = {"violence_form": "PHYSICAL", "breakdown": "COMBINATION=ONLY"}
    assert pick(charts, indicator="PHYSICAL_SEXUAL_VIOLENCE_EVER", **women, **only) == [22]
    assert pick(charts, breakdown="ALCOHOL=OFTEN_DRUNK", **women) == [73]
    reasons_of = ("ANY", "BURNS_FOOD", "ARGUES", "GOES_OUT", "NEGLECTS_CHILDREN", "REFUSES_SEX")
    assert [pick(charts, breakdown=f"REASON={r}", **women)[0] for r in reasons_of] == [64, 30, 52, 51, 50, 27]
    upper = [r for r in charts.good.to_pylist() if r["obs_value"] is None]
    assert [(r["violence_form"], r["obs_upper"]) for r in upper] == [("SEXUAL", 1.0)]
    attitudes = observe("tj_dhs_attitudes_file", first("tj_dhs_attitudes_file"))
    assert set(attitudes.good["sex"].to_pylist()) == {"F"}
    ages = [
        pick(attitudes, sex="F", age=age, breakdown="REASON=ANY")[0] for age in ("Y15T24", "Y25T34", "Y35T49")
    ]
    assert ages == [55.7, 69.7, 66.5]


@needs_files
def test_kg_groups_without_respondents_are_gaps(observe: Observe) -> None:
    result = observe("kg_dhs_attitudes_file", first("kg_dhs_attitudes_file"))
    gaps = [(r["breakdown"], r["obs_status"]) for r in result.good.to_pylist() if r["obs_value"] is None]
    assert len(gaps) == 18
    assert {status for _, status in gaps} == {"M"}


@needs_files
def test_tj_series_without_violence_are_left_out_by_declaration(observe: Observe) -> None:
    content = first("tj_sdg_sdmx")
    result = observe("tj_sdg_sdmx", content)
    assert (result.good.num_rows, result.refused.num_rows, result.rows > 100) == (0, 0, True)
    added = observe("tj_sdg_sdmx", content.replace(b"SI_POV_DAY1", b"VC_VAW_MARR"))
    assert set(added.good["indicator"].to_pylist()) == {"IPV_12M"}
    assert set(added.good["ref_area"].to_pylist()) == {"TJ"}
    unknown = observe("tj_sdg_sdmx", content.replace(b"SI_POV_DAY1", b"SI_NEW"))
    assert {rule for rule, _ in reasons(unknown)} == {"unmapped_label"}


def siat(rows: Iterable[dict[str, Any]], unit: str = "thousand people") -> bytes:
    """A SIAT file in the form of the stored ones."""
    metadata = [{"name_en": "Unit of measurement", "value_en": unit}]
    return json.dumps([{"metadata": metadata, "data": list(rows)}], ensure_ascii=False).encode()


def test_uz_population_in_persons_on_the_first_of_january(observe: Observe) -> None:
    content = siat(
        [
            {"Code": "1700", "Klassifikator": "O‘zbekiston Respublikasi", "2025": 37543.2, "2026": 38236.7},
            {
                "Code": "1735",
                "Klassifikator": "Qoraqalpog‘iston Respublikasi",
                "2025": 2029.7,
                "2026": 2053.2,
            },
            {"Code": "1735401", "Klassifikator": "Nukus sh.", "2025": 0.0, "2026": 350.0},
        ]
    )
    result = observe("uz_siat_population", content)
    assert reasons(result) == set()
    assert sorted((r["ref_area"], r["time_period"], r["obs_value"]) for r in result.good.to_pylist()) == [
        ("UZ", "2025-01-01/P1D", 37543200),
        ("UZ", "2026-01-01/P1D", 38236700),
        ("UZ-QR", "2025-01-01/P1D", 2029700),
        ("UZ-QR", "2026-01-01/P1D", 2053200),
    ]


def test_uz_crime_series_tell_tashkent_city_and_region_apart(observe: Observe) -> None:
    rows = [
        {"Code": code, "Klassifikator": "x", "2024": value}
        for code, value in (("1726", 13359), ("1727", 7339))
    ]
    crimes = observe("uz_siat_crime", siat(rows, "unit"))
    assert sorted((r["ref_area"], r["obs_value"], r["obs_status"]) for r in crimes.good.to_pylist()) == [
        ("UZ-TK", 13359, "U"),
        ("UZ-TO", 7339, "U"),
    ]
    for file, indicator in (("murders", "HOMICIDE_OFFENCES"), ("rapes", "RAPE_REGISTERED")):
        found = observe("uz_siat_violent_crime", siat(rows, "unit"), file).good.to_pylist()
        assert {(r["indicator"], r["breakdown"]) for r in found} == {(indicator, "ATTEMPTS=INCLUDED")}


def test_uz_list_of_indicators_gives_no_observation(observe: Observe) -> None:
    result = observe("uz_nsdg", b'{"all_indicators": [{"indicator_id": 5, "val_exist": 1}]}', "goal_5")
    assert (result.rows, result.good.num_rows, result.refused.num_rows) == (1, 0, 0)


# --- declarations ------------------------------------------------------------------------------------------


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

"""Portals of Kazakhstan: figures of the publishers' own files, and samples of answers that nobody stored."""

import csv
import json

import pytest

from sources.load_datasets import load_datasets
from tests.share_of_cases import WHOLE, portion
from tests.sources.datasets.national import (
    UPSTREAM,
    Observe,
    first,
    needs_files,
    pick,
    reasons,
    stored,
)
from tests.sources.form_1m import FIGURES
from transforms.normalize.inputs_and_results import Normalized


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
    statuses = [set(result.good["obs_status"].to_pylist()) for result in (women, children)]
    assert statuses == [{"A"}, {"U"}]  # the age of the children is not stated


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

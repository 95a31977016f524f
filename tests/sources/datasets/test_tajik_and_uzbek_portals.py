"""Portals of Tajikistan and Uzbekistan: figures of the publishers' own files, and samples of answers not stored."""

import json
from collections.abc import Iterable
from typing import Any

from tests.sources.datasets.national import Observe, first, needs_files, pick, reasons


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

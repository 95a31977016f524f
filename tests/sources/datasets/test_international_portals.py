"""Datasets of international publishers and of Germany: the publishers' own files, figures digit for digit.

Answers that nobody stored: ``test_international_answers``. Files found in 2026: ``test_international_2026``.
"""

import csv
import io
from functools import lru_cache
from pathlib import Path

import pytest

from sources.load_datasets import load_datasets
from tests.sources.datasets.by_declaration import (
    UPSTREAM,
    Read,
    index,
    published,
    refusals,
    stored,
    value,
)

CENTRAL_ASIA = {"KZ", "KG", "TJ", "UZ"}

# -- every stored file is read or known not to be -------------------------------------------------------

DECLARED = [
    "ca_sdg_5_2_1",
    "ca_sdg_5_3_1",
    "ca_sdg_16_1_1",
    "ca_sdg_16_1_3",
    "ca_sdg_16_2_1",
    "ca_sdg_16_2_3",
    "ca_sdg_unstarted",
    "un_ddf_2020",
    "un_minset_files",
    "wb_population_file",
    "who_gho_files",
    "unodc_violent_2022",
    "unodc_assault_2022",
    "unodc_violent_2024",
    "unodc_assault_2024",
    "de_sdg_5_2_1",
    "de_sdg_5_2_2",
    "de_sdg_16_1_1",
    "de_sdg_builds",
]
UNSEEN = [
    "un_sdg_api",
    "who_gho_api",
    "dhs_api",
    "unicef_child_protection",
    "eurostat_homicide_relationship",
    "eurostat_offences",
    "unece_victims",
    "unodc_homicide_workbook",
    "unodc_violent_workbook",
    "unodc_assault_workbook",
]
ROWS = {
    "ca_sdg_5_2_1": 6,
    "ca_sdg_5_3_1": 8,
    "ca_sdg_16_1_1": 316,
    "ca_sdg_16_1_3": 1,
    "ca_sdg_16_2_1": 4,
    "ca_sdg_16_2_3": 1,
    "ca_sdg_unstarted": 0,
    "un_ddf_2020": 201,
    "un_minset_files": 12,
    "wb_population_file": 325,
    "who_gho_files": 80,
    "unodc_violent_2022": 253,
    "unodc_assault_2022": 58,
    "unodc_violent_2024": 280,
    "unodc_assault_2024": 74,
    "de_sdg_5_2_1": 45,
    "de_sdg_5_2_2": 45,
    "de_sdg_16_1_1": 1008,
    "de_sdg_builds": 90,
}
# Not data of ours, with the reason.
NOT_READ = {
    "unicef-sdmx/": "child mortality, and code lists",
    "/meta/": "words about the data",
    "/headline/": "the same cells again",
    "datapackage.json": "words about the data",
    "RHR_IPV": "regions of income only",
    "VIOLENCE_EXTENTIMP": "words, not numbers",
    "data/16-2-1.csv": "no indicator for children at acute risk with signs of abuse (Germany)",
}


@pytest.mark.parametrize("dataset_id", DECLARED)
def test_every_row_is_read_or_skipped_on_purpose(read: Read, dataset_id: str) -> None:
    rows = published(read, dataset_id)
    assert len(rows) == ROWS[dataset_id]
    assert len({row["obs_key"] for row in rows}) == len(rows)
    assert {row["ref_area"] for row in rows} <= CENTRAL_ASIA | {"DE"}


def test_every_stored_international_file_is_declared_or_known_not_to_be_read() -> None:
    addresses = {a for d in load_datasets().values() for f in d.files for a in (f.address, *f.alternates)}
    ours = [
        (address, path.as_posix())
        for address, path in index().items()
        if f"{UPSTREAM}/intl/" in path.as_posix() or "/central-asia-open-sdg/" in path.as_posix()
    ]
    assert len(ours) > 70
    central_asian = "/central-asia-open-sdg/"
    left = [
        path
        for address, path in ours
        if address not in addresses
        and not any(
            part in path for part in NOT_READ if not (central_asian in path and part.startswith("data/"))
        )
    ]
    assert left == []


def test_datasets_never_seen_say_so_and_the_others_do_not() -> None:
    datasets = load_datasets()
    assert not any(datasets[name].verified for name in UNSEEN)
    assert all(datasets[name].verified for name in [*DECLARED, "wb_api_population", "wb_api_gender"])


def test_live_data_stand_before_the_transcriptions_of_the_same_series() -> None:
    datasets = load_datasets()
    for live, bundled in {
        "ca_sdg_5_2_1": "un_sdg_2024",
        "un_ddf_2020": "un_sdg_2020",
        "un_minset_files": "un_minset",
        "un_sdg_api": "un_sdg_2024",
        "unodc_violent_2024": "unodc_cts",
        "unodc_assault_2024": "unodc_cts",
        "unodc_homicide_workbook": "unodc_homicide",
        "who_gho_files": "who_gho",
        "who_gho_api": "who_gho",
        "wb_population_file": "wb_population",
        "wb_api_population": "wb_population",
        "wb_api_gender": "wb_gender",
        "de_sdg_5_2_1": "de_sdg",
        "de_sdg_16_1_1": "de_sdg",
    }.items():
        assert datasets[live].precedence < datasets[bundled].precedence, live


def test_superseded_states_are_kept_apart_by_their_sources() -> None:
    datasets = load_datasets()
    for name in ("de_sdg_builds", "unodc_violent_2022", "unodc_assault_2022"):
        sources = [file.constants["source_id"] for file in datasets[name].files]
        assert datasets[name].source_in_key and datasets[name].superseded_by in datasets
        assert len(set(sources)) == len(sources)


# -- figures, digit for digit ---------------------------------------------------------------------------

CODES = {
    "indicator": "indicator",
    "area": "ref_area",
    "period": "time_period",
    "sex": "sex",
    "age": "age",
    "form": "violence_form",
    "relationship": "relationship",
    "breakdown": "breakdown",
    "unit": "unit_measure",
    "nature": "nature",
}
# One figure a line; a blank is a total, or, for unit and nature, whatever the dataset says.
GOLDEN = Path(__file__).with_name("international_figures.csv")
HOMICIDE_DE = {
    ("_T", "_T"): (788, 623, 782, 695, 686, 770, 779, 1112),
    ("F", "_T"): (367, 276, 357, 337, 349, 374, 338, 552),
    ("_T", "IPTN_FAM"): (310, 282, 332, 286, 271, 341, 304, 310),
    ("F", "IPTN_FAM"): (204, 187, 225, 207, 198, 253, 203, 220),
    ("F", "IPTN"): (127, 123, 146, 121, 137, 159, 138, 139),
    ("M", "IPTN"): (28, 33, 31, 14, 21, 24, 26, 24),
    ("F", "FAM"): (77, 64, 79, 86, 61, 94, 65, 81),
    ("M", "FAM"): (78, 62, 76, 65, 52, 64, 75, 66),
}


@lru_cache
def golden() -> dict[str, list[tuple[dict[str, str], float]]]:
    """Expected figures by dataset."""
    found: dict[str, list[tuple[dict[str, str], float]]] = {}
    for row in csv.DictReader(io.StringIO(GOLDEN.read_text(encoding="utf-8"))):
        dataset_id, expected = row.pop("dataset"), float(row.pop("value"))
        where = {CODES[name]: code for name, code in row.items() if code}
        found.setdefault(dataset_id, []).append((where, expected))
    return found


@pytest.mark.parametrize("dataset_id", golden())
def test_figures_digit_for_digit(read: Read, dataset_id: str) -> None:
    rows = published(read, dataset_id)
    for where, expected in golden()[dataset_id]:
        assert value(rows, **where) == expected, where


def test_a_printed_zero_of_a_survey_is_of_low_reliability(read: Read) -> None:
    # A third party's copy is N, whatever the letter that it copied.
    for dataset_id, nature in (("ca_sdg_16_2_3", "CA"), ("un_ddf_2020", "N")):
        (row,) = [r for r in published(read, dataset_id) if r["indicator"] == "CHILD_SEXUAL_VIOLENCE_18"]
        assert (row["obs_value"], row["obs_status"], row["nature"]) == (0, "U", nature)
        assert "not an absence of violence" in row["note"]


def test_intervals_of_the_minimum_set_become_bounds(read: Read) -> None:
    rows = [row for row in published(read, "un_minset_files") if row["indicator"] == "IPV_12M"]
    assert {
        (r["ref_area"], r["age"], r["obs_value"], r["obs_lower"], r["obs_upper"], r["nature"]) for r in rows
    } == {
        ("KZ", "Y_GE15", 4.9, 2.5, 9.8, "E"),
        ("KG", "Y_GE15", 11.6, 6.1, 20.8, "E"),
        ("TJ", "Y_GE15", 12.0, 7.3, 18.9, "E"),
        ("KZ", "Y15T49", 6.0, 3.0, 11.4, "E"),
        ("KG", "Y15T49", 13.3, 7.0, 23.8, "E"),
        ("TJ", "Y15T49", 14.0, 8.6, 22.0, "E"),
    }


def test_interval_inside_the_display_value_of_who(read: Read) -> None:
    (row,) = [
        r
        for r in published(read, "who_gho_files")
        if (r["ref_area"], r["indicator"]) == ("UZ", "HOMICIDE_VICTIMS")
    ]
    assert (row["published_value"], row["obs_value"], row["obs_lower"], row["obs_upper"]) == (
        "920 [767 - 1066]",
        920,
        767,
        1066,
    )


def test_survey_and_model_of_one_year_age_and_area_stay_two_observations(read: Read) -> None:
    survey = [r for r in published(read, "un_ddf_2020") if r["indicator"] == "IPV_12M"]
    model = [r for r in published(read, "ca_sdg_5_2_1") if r["indicator"] == "IPV_12M"]
    assert {r["nature"] for r in survey} == {"N"} and {r["nature"] for r in model} == {"E"}
    assert not any(r["ref_area"] == "UZ" for r in [*survey, *model])


def test_identical_rows_are_one_and_counted(read: Read) -> None:
    for dataset_id in ("ca_sdg_16_2_1", "ca_sdg_5_3_1"):
        ((name, address),) = stored(load_datasets()[dataset_id])
        assert read(dataset_id, index()[address].read_bytes(), name).duplicates == 1


def test_kyrgyz_victims_by_relationship_add_up_to_the_rapes(read: Read) -> None:
    rows = [row for row in published(read, "unodc_violent_2024") if row["ref_area"] == "KG"]
    for year, total in {"2017": 218, "2018": 219, "2019": 650, "2020": 485}.items():
        parts = [
            r["obs_value"]
            for r in rows
            if (r["indicator"], r["time_period"]) == ("SEXUAL_VIOLENCE_VICTIMS", year)
        ]
        assert sum(parts) == total == value(rows, indicator="RAPE_REGISTERED", time_period=year)


@pytest.mark.parametrize("kind", ["violent", "assault"])
def test_no_count_of_unodc_changed_between_the_releases(read: Read, kind: str) -> None:
    dims = ("indicator", "ref_area", "time_period", "sex", "relationship", "breakdown")
    older, newer = (
        {tuple(r[d] for d in dims): r["obs_value"] for r in published(read, f"unodc_{kind}_{year}")}
        for year in (2022, 2024)
    )
    both = older.keys() & newer.keys()
    assert len(both) > 50 and all(older[key] == newer[key] for key in both)
    assert newer.keys() - older.keys()


def test_misfiled_kyrgyz_victims_of_assault_stay_out(read: Read) -> None:
    for dataset_id in (
        "unodc_violent_2022",
        "unodc_violent_2024",
        "unodc_assault_2022",
        "unodc_assault_2024",
    ):
        rows = published(read, dataset_id)
        assert not any(r["ref_area"] == "KG" and r["indicator"] == "SERIOUS_ASSAULT_VICTIMS" for r in rows)


# -- Germany --------------------------------------------------------------------------------------------


def test_german_homicide_by_relationship(read: Read) -> None:
    rows = [row for row in published(read, "de_sdg_16_1_1") if row["indicator"] == "HOMICIDE_VICTIMS"]
    for (sex, relationship), figures in HOMICIDE_DE.items():
        for year, figure in zip(range(2018, 2026), figures, strict=True):
            assert value(rows, sex=sex, relationship=relationship, time_period=str(year)) == figure
    for year in range(2012, 2026):
        for sex in ("F", "M", "_T"):
            partner, family, both = (
                value(rows, sex=sex, relationship=r, time_period=str(year))
                for r in ("IPTN", "FAM", "IPTN_FAM")
            )
            assert partner is not None and family is not None and partner + family == both


def test_marks_of_destatis(read: Read) -> None:
    rows = published(read, "de_sdg_16_1_1")
    breaks = {(r["time_period"], r["unit_measure"]) for r in rows if r["obs_status"] == "B"}
    assert breaks == {("2013", "PER_100000_POP"), ("2024", "PER_100000_POP")}
    missing = [r for r in rows if r["obs_value"] is None]
    assert len(missing) == 30 and {r["obs_status"] for r in missing} == {"O"}
    assert {r["note"] for r in missing} == {
        "Not available or not meaningful (mark .)",
        "Value to follow later (mark …)",
    }
    revised = [r for r in published(read, "de_sdg_5_2_1") if r["note"] == "Revised by the publisher (mark r)"]
    assert len(revised) == 12 and {r["obs_status"] for r in revised} == {"A"}
    text = "Year,Units,COMMENT_OBS_0,COMMENT_OBS_1,COMMENT_OBS_2,Value\n2024,Number,|,r,,4994.0\n"
    (row,) = read("de_sdg_5_2_1", text.encode()).good.to_pylist()
    assert (row["obs_status"], row["note"]) == ("B", "Revised by the publisher (mark r)")


def test_three_units_in_one_german_file_are_three_observations(read: Read) -> None:
    rows = [r for r in published(read, "de_sdg_5_2_1") if r["time_period"] == "2024"]
    assert {(r["unit_measure"], r["obs_value"]) for r in rows} == {
        ("NUMBER", 4994),
        ("PER_100000_POP", 13.64),
        ("PERCENT", 0.01),
    }


@pytest.mark.parametrize("dataset_id", ["de_sdg_5_2_1", "de_sdg_5_2_2", "de_sdg_16_1_1"])
def test_german_edition_says_the_same(read: Read, dataset_id: str) -> None:
    english = {
        r["obs_key"]: (r["obs_value"], r["obs_status"], r["note"]) for r in published(read, dataset_id)
    }
    (other,) = stored(load_datasets()[dataset_id], alternates=True)
    result = read(dataset_id, index()[other[1]].read_bytes(), other[0])
    german = {r["obs_key"]: (r["obs_value"], r["obs_status"], r["note"]) for r in result.good.to_pylist()}
    assert result.refused.num_rows == 0 and german == english


@pytest.mark.parametrize("dataset_id", ["de_sdg_5_2_1", "de_sdg_5_2_2", "de_sdg_16_1_1"])
def test_headline_files_only_repeat_totals(dataset_id: str) -> None:
    ((_, address),) = stored(load_datasets()[dataset_id])
    path = index()[address]

    def totals(file: Path) -> set[tuple[str, str, str]]:
        with file.open(encoding="utf-8", newline="") as handle:
            rows = list(csv.DictReader(handle))
        other = [
            name
            for name in rows[0]
            if name not in ("Year", "Units", "Value") and not name.startswith("COMMENT_OBS")
        ]
        return {(r["Year"], r["Units"], r["Value"]) for r in rows if not any(r[name] for name in other)}

    headline = totals(path.parents[1] / "headline" / path.name)
    assert headline and headline <= totals(path)


def test_earlier_states_of_the_german_file_keep_the_identity(read: Read) -> None:
    states: dict[str, dict[str, float]] = {}
    for name, address in stored(load_datasets()["de_sdg_builds"]):
        rows = read("de_sdg_builds", index()[address].read_bytes(), name).good.to_pylist()
        assert {r["source_id"] for r in rows} == {f"de-destatis-521-{name}"}
        states[name] = {
            r["time_period"]: r["obs_value"]
            for r in rows
            if r["unit_measure"] == "NUMBER" and r["obs_value"] is not None
        }
    assert states == {
        "2021-09-02": {"2018": 3341, "2019": 3268, "2020": 3594},
        "2023-04-28": {"2018": 3341, "2019": 3268, "2020": 3594, "2021": 3826, "2022": 4238},
        "2024-11-15": {"2018": 3341, "2019": 3268, "2020": 3594, "2021": 3826, "2022": 4238, "2023": 4533},
        "2025-07-29": {
            "2018": 3331,
            "2019": 3259,
            "2020": 3578,
            "2021": 3817,
            "2022": 4227,
            "2023": 4521,
            "2024": 4994,
        },
    }


# -- shapes that nobody stored --------------------------------------------------------------------------


def test_russian_edition_and_source_file_of_the_central_asia_platform(read: Read) -> None:
    other = "2018,VC_VAW_MARR,Albania,15+,FEMALE,5.1\n"
    russian = f"Year,SeriesCode,Страна ,Age,Sex,Value\n{other}2018,VC_VAW_MARR,Казахстан,15+,FEMALE,4.9\n"
    quoted = '2018,"VC_VAW_MARR","Kazakhstan","15+","FEMALE",4.9'
    source = f"Year,SeriesCode,GeoAreaName,Age,Sex,Value\n{other}{quoted}"
    english = "Year,SeriesCode,Country,Age,Sex,Value\n2018,VC_VAW_MARR,Kazakhstan,15+,Female,4.9\n"
    keys = set()
    for text in (russian, source, english):
        result = read("ca_sdg_5_2_1", text.encode())
        (row,) = result.good.to_pylist()
        keys.add(row["obs_key"])
        assert (row["ref_area"], row["obs_value"], row["nature"], result.refused.num_rows) == (
            "KZ",
            4.9,
            "E",
            0,
        )
    assert len(keys) == 1


def test_a_new_year_of_partner_violence_waits_for_its_nature(read: Read) -> None:
    text = "Year,SeriesCode,Country,Age,Sex,Value\n2021,VC_VAW_MARR,Kazakhstan,15+,Female,4.9\n"
    result = read("ca_sdg_5_2_1", text.encode())
    assert result.good.num_rows == 0 and refusals(result) == {"unmapped_label"}

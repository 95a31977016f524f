"""Datasets of international publishers and of Germany: figures digit for digit, and what must stay out.

The publishers' own files are read where they are at hand. Answers that nobody stored are small samples here,
composed after what is known of their shape: they show how a row is read, and are no evidence of any figure.
"""

import csv
import datetime as dt
import io
import json
from collections.abc import Callable, Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest

from data_contracts.load import contract
from sources.cells import ReadError
from sources.dataset import Dataset
from sources.load_datasets import load_datasets
from sources.readers.protocol import read_cells
from sources.registers import load_register
from tests import workbooks
from transforms.normalize.facts import FileFacts, Normalized
from transforms.normalize.normalizer import Normalizer

UPSTREAM = Path(__file__).resolve().parents[4] / "shared" / "upstream"
CENTRAL_ASIA = {"KZ", "KG", "TJ", "UZ"}
Read = Callable[..., Normalized]
Row = dict[str, Any]


@lru_cache
def index() -> dict[str, Path]:
    """Stored file of every address; the test is skipped where the collection is absent."""
    if not UPSTREAM.is_dir():
        pytest.skip(f"the publishers' files are not at {UPSTREAM}")
    found = {}
    for path in sorted(UPSTREAM.glob("*/index.csv")):
        with path.open(encoding="utf-8", newline="") as handle:
            found.update({row["address"]: path.parent / row["file"] for row in csv.DictReader(handle)})
    return found


@pytest.fixture(scope="module")
def normalizer() -> Normalizer:
    sources = [entry["source"] for entry in load_register("publications")]
    return Normalizer(contract(), datasets=load_datasets(), sources=sources)


@pytest.fixture(scope="module")
def read(normalizer: Normalizer) -> Read:
    """Reader and normalizer of a dataset over some bytes, with the constants of one of its files."""

    def run(dataset_id: str, content: bytes, file: str = "") -> Normalized:
        dataset = load_datasets()[dataset_id]
        constants = next(f.constants for f in dataset.files if not file or f.name == file)
        facts = FileFacts("0" * 64, dt.datetime(2026, 1, 1), "file", constants)
        return normalizer.normalize(read_cells(dataset, content), dataset, facts)

    return run


def stored(dataset: Dataset, *, alternates: bool = False) -> Iterator[tuple[str, str]]:
    """Name and address of the files of a dataset, or of their alternates that are stored."""
    for file in dataset.files:
        for address in file.alternates if alternates else (file.address,):
            if not alternates or address in index():
                yield file.name, address


def published(read: Read, dataset_id: str) -> list[Row]:
    """Good rows of all stored files of a dataset; nothing may be refused."""
    rows = []
    for name, address in stored(load_datasets()[dataset_id]):
        result = read(dataset_id, index()[address].read_bytes(), name)
        assert result.refused.num_rows == 0, result.refused.to_pylist()[:3]
        rows += result.good.to_pylist()
    return rows


def value(rows: list[Row], **where: str) -> float | None:
    """Value of the one row that has these codes; dimensions not named are totals."""
    wanted = {
        "sex": "_T",
        "age": "_T",
        "violence_form": "_T",
        "relationship": "_T",
        "breakdown": "_T",
        **where,
    }
    found = [row for row in rows if all(row[name] == code for name, code in wanted.items())]
    assert len(found) == 1, (len(found), wanted)
    number: float | None = found[0]["obs_value"]
    return number


def refusals(result: Normalized) -> set[str]:
    return set(result.refused["rule"].to_pylist())


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
GOLDEN = """\
dataset,indicator,area,period,sex,age,form,relationship,breakdown,unit,nature,value
ca_sdg_5_2_1,IPV_12M,KZ,2018,F,Y_GE15,PHYSICAL_SEXUAL,,,,E,4.9
ca_sdg_5_2_1,IPV_12M,KG,2018,F,Y_GE15,PHYSICAL_SEXUAL,,,,E,11.6
ca_sdg_5_2_1,IPV_12M,TJ,2018,F,Y_GE15,PHYSICAL_SEXUAL,,,,E,12.0
ca_sdg_5_2_1,IPV_12M,KZ,2018,F,Y15T49,PHYSICAL_SEXUAL,,,,E,6.0
ca_sdg_5_2_1,IPV_12M,KG,2018,F,Y15T49,PHYSICAL_SEXUAL,,,,E,13.3
ca_sdg_5_2_1,IPV_12M,TJ,2018,F,Y15T49,PHYSICAL_SEXUAL,,,,E,14.0
ca_sdg_5_3_1,CHILD_MARRIAGE_18,KZ,2015,F,Y20T24,,,,,,7.0
ca_sdg_5_3_1,CHILD_MARRIAGE_18,KG,2018,F,Y20T24,,,,,,12.867
ca_sdg_5_3_1,CHILD_MARRIAGE_18,TJ,2017,F,Y20T24,,,,,,8.667
ca_sdg_5_3_1,CHILD_MARRIAGE_18,UZ,2022,F,Y20T24,,,,,,3.407
ca_sdg_5_3_1,CHILD_MARRIAGE_15,KZ,2015,F,Y20T24,,,,,,0.2
ca_sdg_5_3_1,CHILD_MARRIAGE_15,KG,2018,F,Y20T24,,,,,,0.307
ca_sdg_5_3_1,CHILD_MARRIAGE_15,TJ,2017,F,Y20T24,,,,,,0.124
ca_sdg_5_3_1,CHILD_MARRIAGE_15,UZ,2022,F,Y20T24,,,,,,0.17
ca_sdg_16_2_1,CHILD_DISCIPLINE_VIOLENCE,KZ,2015,,Y1T14,,,,,C,52.7
ca_sdg_16_2_1,CHILD_DISCIPLINE_VIOLENCE,KG,2018,,Y1T14,,,,,C,74.3
ca_sdg_16_2_1,CHILD_DISCIPLINE_VIOLENCE,TJ,2017,,Y1T14,,,,,C,69.0
ca_sdg_16_2_1,CHILD_DISCIPLINE_VIOLENCE,UZ,2022,,Y1T14,,,,,C,62.21
ca_sdg_16_2_3,CHILD_SEXUAL_VIOLENCE_18,TJ,2017,F,Y18T29,,,,,CA,0.0
ca_sdg_16_1_3,PHYSICAL_VIOLENCE_12M,DE,2020,F,,PHYSICAL,,,,,1.6
ca_sdg_16_1_1,HOMICIDE_RATE,KZ,2008,F,,,,,,,4.27
ca_sdg_16_1_1,HOMICIDE_RATE,KZ,2017,F,,,,,,,2.32
ca_sdg_16_1_1,HOMICIDE_RATE,KZ,2020,F,,,,,,,1.52
ca_sdg_16_1_1,HOMICIDE_RATE,TJ,2008,F,,,,,,,1.03
ca_sdg_16_1_1,HOMICIDE_RATE,TJ,2020,F,,,,,,,0.21
ca_sdg_16_1_1,HOMICIDE_RATE,UZ,2015,F,,,,,,,1.4
ca_sdg_16_1_1,HOMICIDE_RATE,UZ,2021,F,,,,,,,1.05
ca_sdg_16_1_1,HOMICIDE_RATE,DE,2000,F,,,,,,,1.3
ca_sdg_16_1_1,HOMICIDE_RATE,DE,2016,F,,,,,,,1.12
ca_sdg_16_1_1,HOMICIDE_RATE,DE,2021,F,,,,,,,0.8
ca_sdg_16_1_1,HOMICIDE_RATE,KZ,2017,,,,,,,,5.0
ca_sdg_16_1_1,HOMICIDE_RATE,KZ,2020,,,,,,,,3.19
ca_sdg_16_1_1,HOMICIDE_RATE,UZ,2021,,,,,,,,1.41
ca_sdg_16_1_1,HOMICIDE_RATE,TJ,2020,,,,,,,,0.91
ca_sdg_16_1_1,HOMICIDE_RATE,DE,2021,,,,,,,,0.83
un_ddf_2020,IPV_12M,KG,2012,F,Y15T49,PHYSICAL_SEXUAL,,,,N,17.1
un_ddf_2020,IPV_12M,TJ,2017,F,Y15T49,PHYSICAL_SEXUAL,,,,N,19.0
un_ddf_2020,IPV_12M,DE,2012,F,Y18T49,PHYSICAL_SEXUAL,,,,N,5.0
un_ddf_2020,IPV_12M,KG,2012,F,Y15T19,PHYSICAL_SEXUAL,,,,,2.7
un_ddf_2020,IPV_12M,KG,2012,F,Y20T24,PHYSICAL_SEXUAL,,,,,11.8
un_ddf_2020,IPV_12M,KG,2012,F,Y25T29,PHYSICAL_SEXUAL,,,,,19.1
un_ddf_2020,IPV_12M,KG,2012,F,Y30T34,PHYSICAL_SEXUAL,,,,,22.5
un_ddf_2020,IPV_12M,KG,2012,F,Y35T39,PHYSICAL_SEXUAL,,,,,18.5
un_ddf_2020,IPV_12M,KG,2012,F,Y40T44,PHYSICAL_SEXUAL,,,,,16.7
un_ddf_2020,IPV_12M,KG,2012,F,Y45T49,PHYSICAL_SEXUAL,,,,,16.3
un_ddf_2020,IPV_12M,TJ,2017,F,Y15T19,PHYSICAL_SEXUAL,,,,,5.6
un_ddf_2020,IPV_12M,TJ,2017,F,Y20T24,PHYSICAL_SEXUAL,,,,,18.5
un_ddf_2020,IPV_12M,TJ,2017,F,Y25T29,PHYSICAL_SEXUAL,,,,,21.6
un_ddf_2020,IPV_12M,TJ,2017,F,Y30T34,PHYSICAL_SEXUAL,,,,,22.8
un_ddf_2020,IPV_12M,TJ,2017,F,Y35T39,PHYSICAL_SEXUAL,,,,,18.8
un_ddf_2020,IPV_12M,TJ,2017,F,Y40T44,PHYSICAL_SEXUAL,,,,,18.3
un_ddf_2020,IPV_12M,TJ,2017,F,Y45T49,PHYSICAL_SEXUAL,,,,,14.8
un_ddf_2020,HOMICIDE_RATE,KZ,2008,F,,,,,,,4.42424
un_ddf_2020,HOMICIDE_RATE,KZ,2017,F,,,,,,,2.37178
un_ddf_2020,HOMICIDE_RATE,TJ,2011,F,,,,,,,0.44587
un_ddf_2020,HOMICIDE_RATE,DE,2000,F,,,,,,,1.13264
un_ddf_2020,HOMICIDE_RATE,DE,2012,F,,,,,,,0.71784
un_ddf_2020,HOMICIDE_VICTIMS,KZ,2008,F,,,,,,,363
un_ddf_2020,HOMICIDE_VICTIMS,KZ,2009,F,,,,,,,416
un_ddf_2020,HOMICIDE_VICTIMS,KZ,2015,F,,,,,,,251
un_ddf_2020,HOMICIDE_VICTIMS,KG,2000,F,,,,,,,76
un_ddf_2020,HOMICIDE_VICTIMS,KG,2009,F,,,,,,,131
un_ddf_2020,HOMICIDE_VICTIMS,TJ,2009,F,,,,,,,24.25
un_ddf_2020,HOMICIDE_VICTIMS,TJ,2011,F,,,,,,,17
un_ddf_2020,HOMICIDE_VICTIMS,DE,2016,F,,,,,,,469
un_ddf_2020,HOMICIDE_VICTIMS,DE,2018,F,,,,,,,367
un_ddf_2020,HOMICIDE_VICTIMS,DE,2000,F,,,,,,,472.99337
un_ddf_2020,CHILD_MARRIAGE_18,UZ,2006,F,Y20T24,,,,,,7.2
un_minset_files,NPV_EVER,DE,2014,F,Y18T74,SEXUAL,,,,,7.0
un_minset_files,NPV_EVER,KG,2012,F,Y15T49,SEXUAL,,,,,0.1
un_minset_files,CHILD_MARRIAGE_18,TJ,2017,F,Y20T24,,,,,C,8.7
wb_population_file,POPULATION,KZ,2024,,,,,,,N,20592571
wb_population_file,POPULATION,KG,2024,,,,,,,N,7221868
wb_population_file,POPULATION,TJ,2010,,,,,,,N,7652141
wb_population_file,POPULATION,UZ,2022,,,,,,,N,34938955
wb_population_file,POPULATION,DE,2011,,,,,,,N,80274983
who_gho_files,HOMICIDE_RATE,KZ,2010,F,,,,,,N,3.8
who_gho_files,HOMICIDE_RATE,KZ,2010,_T,,,,,,N,9.9
who_gho_files,HOMICIDE_RATE,KG,2010,F,,,,,,N,7.4
who_gho_files,HOMICIDE_RATE,KG,2010,_T,,,,,,N,20.7
who_gho_files,HOMICIDE_RATE,TJ,2015,F,,,,,,N,0.7
who_gho_files,HOMICIDE_RATE,UZ,2015,_T,,,,,,N,1.9
who_gho_files,HOMICIDE_RATE,DE,2016,F,,,,,,N,0.8
who_gho_files,HOMICIDE_RATE,DE,2016,_T,,,,,,N,0.7
who_gho_files,HOMICIDE_VICTIMS,KZ,2012,,,,,,,,1499
who_gho_files,HOMICIDE_VICTIMS,KG,2012,,,,,,,,497
who_gho_files,HOMICIDE_VICTIMS,TJ,2012,,,,,,,,145
who_gho_files,HOMICIDE_VICTIMS,UZ,2012,,,,,,,,920
who_gho_files,HOMICIDE_VICTIMS,DE,2012,,,,,,,,653
unodc_violent_2024,SERIOUS_ASSAULT_REGISTERED,KZ,2017,,,,,,,,2050
unodc_violent_2024,RAPE_REGISTERED,KZ,2014,,,,,,,,2527
unodc_violent_2024,RAPE_REGISTERED,KG,2019,,,,,,,,650
unodc_violent_2024,RAPE_REGISTERED,TJ,2020,,,,,,,,34
unodc_violent_2024,RAPE_REGISTERED,UZ,2021,,,,,,,,203
unodc_violent_2024,SEXUAL_VIOLENCE_REGISTERED,KZ,2014,,,,,,,,437
unodc_violent_2024,SERIOUS_ASSAULT_REGISTERED,UZ,2021,,,,,,,,1319
unodc_violent_2024,SERIOUS_ASSAULT_REGISTERED,DE,2022,,,,,,,,144663
unodc_violent_2024,RAPE_REGISTERED,DE,2022,,,,,,,,12558
unodc_violent_2024,SERIOUS_ASSAULT_REGISTERED,TJ,2009,,,,,,,,9489
unodc_violent_2024,SEXUAL_VIOLENCE_REGISTERED,UZ,2014,,,,,OFFENCE=SEXUAL_ASSAULT,,,220
unodc_violent_2024,SEXUAL_VIOLENCE_VICTIMS,KG,2017,F,,,IPTN_FAM,,,,10
unodc_violent_2024,SEXUAL_VIOLENCE_VICTIMS,KG,2018,F,,,OTHER_KNOWN,,,,144
unodc_violent_2024,SEXUAL_VIOLENCE_VICTIMS,KG,2019,F,,,IPTN_FAM,,,,47
unodc_violent_2024,SEXUAL_VIOLENCE_VICTIMS,KG,2019,F,,,STRANGER,,,,256
unodc_violent_2024,SEXUAL_VIOLENCE_VICTIMS,KG,2020,F,,,IPTN_FAM,,,,31
unodc_violent_2024,SEXUAL_VIOLENCE_VICTIMS,DE,2013,F,,,IPTN_FAM,,,,5940
unodc_violent_2024,SEXUAL_VIOLENCE_VICTIMS,DE,2022,F,,,IPTN_FAM,,,,8115
unodc_violent_2024,SEXUAL_VIOLENCE_VICTIMS,DE,2022,M,,,IPTN_FAM,,,,1022
unodc_assault_2024,SERIOUS_ASSAULT_VICTIMS,DE,2013,F,,,IPTN_FAM,,,,14254
unodc_assault_2024,SERIOUS_ASSAULT_VICTIMS,DE,2022,F,,,IPTN_FAM,,,,17390
unodc_assault_2024,SERIOUS_ASSAULT_VICTIMS,DE,2022,M,,,IPTN_FAM,,,,11303
de_sdg_5_2_1,SEXUAL_VIOLENCE_VICTIMS,,2018,F,,,IPTN,,,,3331
de_sdg_5_2_1,SEXUAL_VIOLENCE_VICTIMS,,2019,F,,,IPTN,,,,3259
de_sdg_5_2_1,SEXUAL_VIOLENCE_VICTIMS,,2020,F,,,IPTN,,,,3578
de_sdg_5_2_1,SEXUAL_VIOLENCE_VICTIMS,,2021,F,,,IPTN,,,,3817
de_sdg_5_2_1,SEXUAL_VIOLENCE_VICTIMS,,2022,F,,,IPTN,,,,4227
de_sdg_5_2_1,SEXUAL_VIOLENCE_VICTIMS,,2023,F,,,IPTN,,,,4521
de_sdg_5_2_1,SEXUAL_VIOLENCE_VICTIMS,,2024,F,,,IPTN,,,,4994
de_sdg_5_2_1,SEXUAL_VIOLENCE_VICTIMS_RATE,,2018,F,,,IPTN,,PER_100000_POP,,9.19
de_sdg_5_2_1,SEXUAL_VIOLENCE_VICTIMS_RATE,,2019,F,,,IPTN,,PER_100000_POP,,8.99
de_sdg_5_2_1,SEXUAL_VIOLENCE_VICTIMS_RATE,,2020,F,,,IPTN,,PER_100000_POP,,9.88
de_sdg_5_2_1,SEXUAL_VIOLENCE_VICTIMS_RATE,,2021,F,,,IPTN,,PER_100000_POP,,10.57
de_sdg_5_2_1,SEXUAL_VIOLENCE_VICTIMS_RATE,,2022,F,,,IPTN,,PER_100000_POP,,11.73
de_sdg_5_2_1,SEXUAL_VIOLENCE_VICTIMS_RATE,,2023,F,,,IPTN,,PER_100000_POP,,12.37
de_sdg_5_2_1,SEXUAL_VIOLENCE_VICTIMS_RATE,,2024,F,,,IPTN,,PER_100000_POP,,13.64
de_sdg_5_2_1,SEXUAL_VIOLENCE_VICTIMS_RATE,,2024,F,,,IPTN,,PERCENT,,0.01
de_sdg_5_2_2,SEXUAL_VIOLENCE_VICTIMS,,2018,F,,,,PERPETRATOR=NON_PARTNER,,,22965
de_sdg_5_2_2,SEXUAL_VIOLENCE_VICTIMS,,2019,F,,,,PERPETRATOR=NON_PARTNER,,,22236
de_sdg_5_2_2,SEXUAL_VIOLENCE_VICTIMS,,2020,F,,,,PERPETRATOR=NON_PARTNER,,,21994
de_sdg_5_2_2,SEXUAL_VIOLENCE_VICTIMS,,2021,F,,,,PERPETRATOR=NON_PARTNER,,,22095
de_sdg_5_2_2,SEXUAL_VIOLENCE_VICTIMS,,2022,F,,,,PERPETRATOR=NON_PARTNER,,,27757
de_sdg_5_2_2,SEXUAL_VIOLENCE_VICTIMS,,2023,F,,,,PERPETRATOR=NON_PARTNER,,,28890
de_sdg_5_2_2,SEXUAL_VIOLENCE_VICTIMS,,2024,F,,,,PERPETRATOR=NON_PARTNER,,,30147
"""
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
    for row in csv.DictReader(io.StringIO(GOLDEN)):
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


def world_bank(*rows: tuple[str, str, str, float | None]) -> bytes:
    head = {
        "page": 1,
        "pages": 1,
        "per_page": 20000,
        "total": len(rows),
        "sourceid": "2",
        "lastupdated": "2026-07-13",
    }
    body = [
        {
            "indicator": {"id": i, "value": ""},
            "country": {"id": c, "value": ""},
            "countryiso3code": "",
            "date": d,
            "value": v,
            "unit": "",
            "obs_status": "",
            "decimal": 1,
        }
        for i, c, d, v in rows
    ]
    return b"\xef\xbb\xbf" + json.dumps([head, body]).encode()


def test_world_bank_population_with_byte_order_mark_and_years_without_value(read: Read) -> None:
    answer = world_bank(
        ("SP.POP.TOTL", "KZ", "2025", None),
        ("SP.POP.TOTL", "KZ", "2024", 20592571),
        ("SP.POP.TOTL.FE.IN", "KZ", "2024", 10562665),
        ("SP.POP.TOTL", "1W", "2024", 8142000000),
    )
    result = read("wb_api_population", answer)
    assert {(r["ref_area"], r["sex"], r["obs_value"], r["nature"]) for r in result.good.to_pylist()} == {
        ("KZ", "_T", 20592571, "E"),
        ("KZ", "F", 10562665, "E"),
    }
    assert result.refused.num_rows == 0


def test_world_bank_gender_series(read: Read) -> None:
    rows = read("wb_api_gender", world_bank(("SG.VAW.1549.ZS", "KZ", "2018", 6.0))).good.to_pylist()
    partner = {"sex": "F", "age": "Y15T49", "violence_form": "PHYSICAL_SEXUAL", "indicator": "IPV_12M"}
    assert value(rows, **partner, ref_area="KZ", time_period="2018", nature="E") == 6.0
    rows = read("wb_api_gender", world_bank(("SG.VAW.REAS.ZS", "TJ", "2017", 63.6))).good.to_pylist()
    where = {"indicator": "WIFE_BEATING_JUSTIFIED", "sex": "F", "age": "Y15T49", "breakdown": "REASON=ANY"}
    assert value(rows, **where, ref_area="TJ", nature="C") == 63.6
    rows = read("wb_api_gender", world_bank(("VC.IHR.PSRC.FE.P5", "KZ", "2022", 1.40966))).good.to_pylist()
    assert value(rows, indicator="HOMICIDE_RATE", sex="F", ref_area="KZ") == 1.40966


def test_world_bank_errors_that_come_with_status_200() -> None:
    dataset = load_datasets()["wb_api_gender"]
    error = [
        {
            "message": [
                {"id": "120", "key": "Invalid value", "value": "The provided parameter value is not valid"}
            ]
        }
    ]
    with pytest.raises(ReadError, match="not valid"):
        read_cells(dataset, json.dumps(error).encode())
    with pytest.raises(ReadError):
        read_cells(dataset, b'[{"page":0,"total":0},null]')


def un_sdg(*rows: tuple[str, str, int, str, dict[str, str], str, str | None, str | None]) -> bytes:
    data = [
        {
            "goal": "5",
            "target": "5.2",
            "indicator": ["5.2.1"],
            "series": s,
            "seriesDescription": "",
            "geoAreaCode": a,
            "geoAreaName": "",
            "timePeriodStart": y,
            "value": v,
            "lowerBound": low,
            "upperBound": high,
            "footnotes": [""],
            "source": "WHO",
            "dimensions": d,
            "attributes": {"Nature": n, "Units": "PERCENT"},
        }
        for s, a, y, v, d, n, low, high in rows
    ]
    return json.dumps({"data": data, "totalPages": 1, "totalElements": len(data), "pageNumber": 1}).encode()


def test_un_sdg_rows_keep_nature_and_interval_and_other_areas_stay_out(read: Read) -> None:
    age = {"Age": "15-49", "Sex": "FEMALE", "Reporting Type": "G"}
    result = read(
        "un_sdg_api",
        un_sdg(
            ("VC_VAW_MARR", "398", 2018, "6.0", age, "E", "3.0", "11.4"),
            ("VC_VAW_MARR", "417", 2012, "17.1", age, "C", None, None),
            ("VC_VAW_MARR", "4", 2018, "35", age, "E", None, None),
        ),
    )
    rows = {r["ref_area"]: r for r in result.good.to_pylist()}
    assert {a: (r["nature"], r["obs_value"], r["obs_lower"], r["obs_upper"]) for a, r in rows.items()} == {
        "KZ": ("E", 6.0, 3.0, 11.4),
        "KG": ("C", 17.1, None, None),
    }
    assert all(r["violence_form"] == "PHYSICAL_SEXUAL" and r["note"] == "WHO" for r in rows.values())
    assert result.refused.num_rows == 0


def test_un_sdg_series_and_natures_that_are_unknown_are_refused(read: Read) -> None:
    plain = {"Reporting Type": "G"}
    result = read(
        "un_sdg_api",
        un_sdg(
            ("SG_LGL_GENEQVAW", "276", 2018, "83.33", plain, "E", None, None),
            ("SG_LGL_GENEQEMP", "276", 2018, "70", plain, "E", None, None),
        ),
    )
    (row,) = result.good.to_pylist()
    assert (row["indicator"], row["obs_value"], result.refused.num_rows) == ("LEGAL_FRAMEWORK_VAW", 83.33, 0)
    result = read(
        "un_sdg_api",
        un_sdg(
            ("VC_NEW_SERIES", "398", 2018, "1", plain, "C", None, None),
            ("VC_IHR_PSRC", "398", 2018, "1", plain, "NA", None, None),
        ),
    )
    assert result.good.num_rows == 0 and refusals(result) == {"unmapped_label"}


def who(*rows: dict[str, Any]) -> bytes:
    common = {
        "SpatialDimType": "COUNTRY",
        "Dim1": None,
        "Dim2": None,
        "Low": None,
        "High": None,
        "Comments": None,
        "Value": "",
    }
    return json.dumps({"@odata.context": "", "value": [common | row for row in rows]}).encode()


def who_row(indicator: str, area: str, year: int, value: float, **more: Any) -> dict[str, Any]:
    return {"IndicatorCode": indicator, "SpatialDim": area, "TimeDim": year, "NumericValue": value, **more}


def test_who_estimates_of_violence_by_a_partner(read: Read) -> None:
    result = read(
        "who_gho_api",
        who(
            who_row("SDGIPV12M", "KGZ", 2018, 13.3, Dim1="SEX_FMLE", Low=7.0, High=23.8),
            who_row("SDGIPV12M", "GLOBAL", 2018, 13.0, SpatialDimType="GLOBAL"),
            who_row("SDGIPV12M", "TJK", 2018, 14.0, Low=22.0, High=8.6),
        ),
    )
    (row,) = result.good.to_pylist()
    found = [row[name] for name in ("ref_area", "sex", "age", "nature", "obs_lower", "obs_upper")]
    assert found == ["KG", "F", "Y15T49", "E", 7.0, 23.8]
    assert refusals(result) == {"bounds_reversed"}


def test_who_homicides_and_surveys(read: Read) -> None:
    result = read(
        "who_gho_api",
        who(
            who_row("VIOLENCE_HOMICIDERATE", "KAZ", 2015, 3.3, Dim1="SEX_FMLE"),
            who_row("VIOLENCE_HOMICIDERATE", "KAZ", 2015, 8.1, Dim1="SEX_BTSX"),
            who_row("SDGIPV", "KGZ", 2012, 17.1, Dim1="SEX_FMLE", Dim2="AGEGROUP_YEARS15-49"),
        ),
    )
    assert {(r["indicator"], r["sex"], r["age"], r["nature"]) for r in result.good.to_pylist()} == {
        ("HOMICIDE_RATE", "F", "_T", "E"),
        ("HOMICIDE_RATE", "_T", "_T", "E"),
        ("IPV_12M", "F", "Y15T49", "C"),
    }


def dhs(*rows: tuple[str, str, Any, int | None, int]) -> bytes:
    data = [
        {
            "IndicatorId": "WE_AWBT_W_AGR",
            "DHS_CountryCode": c,
            "SurveyId": "",
            "SurveyYear": 2017,
            "CharacteristicLabel": label,
            "Value": v,
            "DenominatorUnweighted": n,
            "IsPreferred": preferred,
            "ByVariableLabel": "",
            "CILow": "",
            "CIHigh": "",
        }
        for c, label, v, n, preferred in rows
    ]
    return json.dumps({"RecordCount": len(data), "Data": data}).encode()


def test_dhs_cells_of_few_women_regions_with_dots_and_recall_periods(read: Read) -> None:
    result = read(
        "dhs_api",
        dhs(
            ("TJ", "Total", 63.6, 10718, 1),
            ("TJ", "Total", 60.0, 10718, 0),
            ("TJ", "..Khatlon", 60.0, 49, 1),
            ("TJ", "Dushanbe", 50.0, 25, 1),
            ("TJ", "Sughd", 40.0, 24, 1),
            ("KY", "..Batken", 30.0, 300, 1),
            ("KY", "Talas", "", 3, 1),
            ("KE", "Total", 40.0, 300, 1),
        ),
    )
    assert {(r["ref_area"], r["obs_value"], r["obs_status"]) for r in result.good.to_pylist()} == {
        ("TJ", 63.6, "A"),
        ("TJ-KT", 60.0, "U"),
        ("TJ-DU", 50.0, "U"),
        ("KG-B", 30.0, "A"),
    }
    assert result.refused.num_rows == 0
    assert refusals(read("dhs_api", dhs(("TJ", "Northern zone", 50.0, 300, 1)))) == {"unknown_area"}


def test_unicef_rows_split_marks_and_leave_partner_violence_out(read: Read) -> None:
    text = (
        "DATAFLOW,REF_AREA,INDICATOR,SEX,RESIDENCE,WEALTH_QUINTILE,EDUCATION_LEVEL,TIME_PERIOD,OBS_VALUE,"
        "UNIT_MEASURE,LOWER_BOUND,UPPER_BOUND,OBS_STATUS,DATA_SOURCE\n"
        "UNICEF:PT(1.0),UZB,PT_CHLD_1-14_PS-PSY-V_CGVR,_T,_T,_T,_T,2022,62.21,PCNT,,,A,MICS 2021-22\n"
        "UNICEF:PT(1.0),KGZ,PT_F_15-49_W-BTNG,F,R,Q1,_T,2018,33.7,PCNT,,,BE,MICS 2018\n"
        "UNICEF:PT(1.0),KGZ,PT_F_GE15_PS-SX-EM_V_PTNR_12MNTH,F,_T,_T,_T,2018,13.3,PCNT,,,MD,WHO\n"
        "UNICEF:PT(1.0),KGZ,PT_NEW,_T,_T,_T,_T,2018,1,PCNT,,,A,MICS 2018\n"
        "UNICEF:PT(1.0),BRA,PT_F_15-49_W-BTNG,F,_T,_T,_T,2018,1,PCNT,,,A,MICS 2018\n"
    )
    result = read("unicef_child_protection", text.encode())
    first, second = sorted(result.good.to_pylist(), key=lambda r: r["indicator"])
    assert (first["ref_area"], first["age"], first["obs_value"], first["nature"], first["note"]) == (
        "UZ",
        "Y1T14",
        62.21,
        "C",
        "MICS 2021-22",
    )
    assert (second["sex"], second["age"], second["breakdown"]) == (
        "F",
        "Y15T49",
        "REASON=ANY;URBANISATION=R;WEALTH=Q1",
    )
    assert (second["obs_status"], second["nature"]) == ("B", "E")
    assert result.refused.num_rows == 1 and refusals(result) == {"unmapped_label"}


def test_stored_answers_of_unicef_are_of_the_declared_form_but_of_other_indicators(read: Read) -> None:
    path = next(path for path in index().values() if path.name == "CME_MRY0T4_multi_2018_2023.csv")
    result = read("unicef_child_protection", path.read_bytes())
    assert result.rows > 0 and result.good.num_rows == 0


def json_stat(
    dims: dict[str, list[str]], values: dict[str, float], status: dict[str, str] | None = None
) -> bytes:
    dimension = {
        name: {"category": {"index": {code: n for n, code in enumerate(codes)}}}
        for name, codes in dims.items()
    }
    return json.dumps(
        {
            "version": "2.0",
            "class": "dataset",
            "id": list(dims),
            "size": [len(codes) for codes in dims.values()],
            "dimension": dimension,
            "value": values,
            "status": status or {},
        }
    ).encode()


def test_eurostat_homicide_by_relationship(read: Read) -> None:
    dims = {
        "freq": ["A"],
        "pers_cat": ["IPTN_FAM", "IPTN", "FAM"],
        "sex": ["F"],
        "unit": ["NR"],
        "geo": ["DE"],
        "time": ["2018"],
    }
    result = read(
        "eurostat_homicide_relationship", json_stat(dims, {"0": 204, "1": 127, "2": 77}, {"0": "b"})
    )
    rows = result.good.to_pylist()
    assert {(r["relationship"], r["obs_value"], r["note"]) for r in rows} == {
        ("IPTN_FAM", 204, "b"),
        ("IPTN", 127, None),
        ("FAM", 77, None),
    }
    assert {(r["indicator"], r["sex"], r["ref_area"]) for r in rows} == {("HOMICIDE_VICTIMS", "F", "DE")}
    other = read(
        "eurostat_homicide_relationship", json_stat(dims | {"pers_cat": ["OTH", "IPTN", "FAM"]}, {"0": 1})
    )
    assert refusals(other) == {"unmapped_label"}
    offences = {"freq": ["A"], "iccs": ["ICCS03011"], "unit": ["NR"], "geo": ["DE"], "time": ["2022"]}
    (row,) = read("eurostat_offences", json_stat(offences, {"0": 12558})).good.to_pylist()
    assert (row["indicator"], row["obs_value"]) == ("RAPE_REGISTERED", 12558)


def test_unece_table_brought_by_a_person(read: Read) -> None:
    dims = {
        "Measurement": ["Number"],
        "Sex": ["Female"],
        "Type of Crime": ["Homicide", "Theft"],
        "Country": ["Kazakhstan"],
        "Year": ["2015"],
    }
    document = json.loads(json_stat(dims, {"0": 251, "1": 7}))
    for dimension in document["dimension"].values():
        dimension["category"]["label"] = {code: code for code in dimension["category"]["index"]}
    result = read("unece_victims", json.dumps(document).encode())
    (row,) = result.good.to_pylist()
    assert (row["indicator"], row["sex"], row["ref_area"], row["obs_value"]) == (
        "HOMICIDE_VICTIMS",
        "F",
        "KZ",
        251,
    )
    assert refusals(result) == {"unmapped_label"}


HEADER = (
    "Iso3_code",
    "Country",
    "Region",
    "Subregion",
    "Indicator",
    "Dimension",
    "Category",
    "Sex",
    "Age",
    "Year",
    "Unit of measurement",
)


def workbook(value_name: str, *rows: tuple[Any, ...]) -> bytes:
    """Two title rows and the header on row 3, as UNODC lays its workbooks out."""
    return workbooks.workbook([["UNODC"], ["Release"], [*HEADER, value_name, "Source"], *rows])


def unodc(
    iso3: str,
    indicator: str,
    dimension: str,
    category: str,
    sex: str,
    year: int,
    number: str,
    unit: str = "Counts",
) -> tuple[Any, ...]:
    return (iso3, "", "", "", indicator, dimension, category, sex, "Total", year, unit, number, "CTS")


VICTIMS, BY = "Victims of intentional homicide", "by relationship to perpetrator"
FAMILY = "Intimate partner or family member"
SUSPECTS = "Persons arrested/suspected for intentional homicide"
RATE = "Rate per 100,000 population"
HOMICIDES = (
    unodc("UZB", VICTIMS, BY, FAMILY, "Total", 2017, "194"),
    unodc("UZB", VICTIMS, BY, f"{FAMILY}: Family member", "Total", 2017, "116"),
    unodc("UZB", VICTIMS, BY, "Other Perpetrator known to the victim", "Total", 2016, "0.4005903939", RATE),
    unodc("TJK", VICTIMS, BY, f"{FAMILY}: Intimate partner", "Male", 2020, "4"),
    unodc("KAZ", VICTIMS, "Total", "Total", "Total", 2000, "1,234"),
    unodc("KGZ", VICTIMS, BY, "Perpetrator unknown to the victim", "Female", 2020, "<5"),
    unodc("KGZ", VICTIMS, BY, "Relationship to perpetrator is not known", "Female", 2020, "7"),
    unodc("KGZ", VICTIMS, BY, "New category", "Female", 2020, "7"),
    unodc("KAZ", VICTIMS, "by mechanisms", "Firearms", "Total", 2020, "9"),
    unodc("KAZ", SUSPECTS, "Total", "Total", "Male", 2020, "9"),
    unodc("DZA", VICTIMS, "Total", "Total", "Female", 2014, "85"),
)


@pytest.mark.parametrize("value_name", ["VALUE", "txtVALUE"])
def test_unodc_homicide_workbook(read: Read, value_name: str) -> None:
    result = read("unodc_homicide_workbook", workbook(value_name, *HOMICIDES))
    rows = result.good.to_pylist()
    family = {"indicator": "HOMICIDE_VICTIMS", "ref_area": "UZ", "time_period": "2017"}
    assert value(rows, **family, relationship="IPTN_FAM") == 194
    assert value(rows, **family, relationship="FAM") == 116
    assert value(rows, indicator="HOMICIDE_VICTIMS", ref_area="KZ", time_period="2000") == 1234
    (tajik,) = [r for r in rows if r["ref_area"] == "TJ"]
    assert (tajik["obs_value"], tajik["sex"], tajik["obs_status"]) == (4, "M", "U")
    assert "never to be read" in tajik["note"]
    (stranger,) = [r for r in rows if r["relationship"] == "STRANGER"]
    found = [stranger[name] for name in ("obs_value", "obs_upper", "obs_status", "published_value")]
    assert found == [None, 5, "Q", "<5"]
    assert value(rows, indicator="HOMICIDE_VICTIMS", ref_area="KG", sex="F", relationship="_U") == 7
    assert len(rows) == 6 and result.refused.num_rows == 1 and refusals(result) == {"unmapped_label"}


def test_unodc_violence_workbooks(read: Read) -> None:
    victims, by, family = (
        "Victims of sexual violence",
        "by relationship to perpetrator",
        "Intimate partner or family member",
    )
    content = workbook(
        "txtVALUE",
        unodc("KGZ", victims, by, family, "Female", 2019, "47"),
        unodc("KGZ", "Violent offences", "by type of offence", "Sexual violence: Rape", "Total", 2019, "650"),
        unodc("KGZ", "Violent offences", "by type of offence", "Robbery", "Total", 2019, "9"),
        unodc("KGZ", "Violent offences", "Total", "Total", "Total", 2019, "9"),
        unodc(
            "KGZ", "Victims of serious assault", by, "Perpetrator unknown to the victim", "Female", 2019, "1"
        ),
        unodc("DEU", "Victims of serious assault", by, family, "Female", 2022, "17,390"),
    )
    result = read("unodc_violent_workbook", content)
    assert {(r["indicator"], r["relationship"], r["obs_value"]) for r in result.good.to_pylist()} == {
        ("SEXUAL_VIOLENCE_VICTIMS", "IPTN_FAM", 47),
        ("RAPE_REGISTERED", "_T", 650),
    }
    assert result.refused.num_rows == 1, "offences without a known class are refused, not dropped"
    (row,) = read("unodc_assault_workbook", content).good.to_pylist()
    assert (row["indicator"], row["sex"], row["obs_value"]) == ("SERIOUS_ASSAULT_VICTIMS", "F", 17390)

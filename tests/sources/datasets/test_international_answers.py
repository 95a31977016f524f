"""Answers of international publishers that nobody stored, as small samples composed after what is known of their shape.

They show how a row is read, and are no evidence of any figure. Stored files: ``test_international_portals``.
"""

import json
from typing import Any

import pytest

from sources.cells import ReadError
from sources.load_datasets import load_datasets
from sources.readers.protocol import read_cells
from tests import workbooks
from tests.sources.datasets.by_declaration import Read, index, refusals, value


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
    assert {(r["relationship"], r["obs_value"], r["note"], r["obs_status"]) for r in rows} == {
        ("IPTN_FAM", 204, "b", "B"),
        ("IPTN", 127, None, "A"),
        ("FAM", 77, None, "A"),
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

"""Figures that a file calls adjusted, indexed, transformed or not as counted are refused, in every format."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.sources.readers.test_more_cases import HEADER, ROWS, lines, read, rules, said
from tests.workbooks import workbook
from transforms.normalize.inputs_and_results import Normalized

SDMX: dict[str, Any] = {"ref_area": {"column": "REF_AREA"}, "time_period": {"column": "TIME_PERIOD"}}
REFUSED = {
    "SA_TYPE": ("SA",),
    "Correction": ("calendar",),
    "AGE_ADJUSTED": ("1",),
    "ADJUSTMENT": ("S", "Y", "W", "SCA", "Seasonally adjusted"),
    "SEASONAL_ADJUST": ("Y",),
    "s_adj": ("SA", "CA"),
    "BASE_PER": ("2015", "2015=100"),
    "PRICE_BASE": ("L", "Q"),
    "TRANSFORMATION": ("GY", "G1", "C5"),
    "STATISTIC": ("MEAN", "median"),
    "OBS_STATUS": ("E", "P", "F"),
    "Flag": ("p", "bp"),
    "Статус данных": ("п",),
    **dict.fromkeys(("Note", "Footnotes", "Value symbol"), ("e", "P", "F", "bc")),
    **dict.fromkeys(("Примечание", "Прим.", "Сноска", "Символ", "Отметка"), ("п", "e", "о")),
    **dict.fromkeys(("Belgi", "Белги", "Ескертпе", "Изоҳ", "Қайд", "Эзоҳ", "Anmerkung"), ("p", "E")),
    "UNIT_MEASURE": ("IX", "I15", "HR", "XDC", "PER1000", "10P3PS", "RATIO"),
    "Measure": ("Annual growth rate", "Index, 2015=100", "Seasonally adjusted"),
    "Показатель": ("индекс", "Прирост"),
    "Сезонная корректировка": ("с учётом сезонности",),
    "Series title": (
        *("Reported cases, seasonally adjusted", "Число дел, с учётом сезонности", "Reported cases, SA"),
        *("Выплачено, в ценах 2015 года", "at constant prices", "2015 жылғы бағамен", "туруктуу баада"),
        *(
            "бо нархҳои муқоисавӣ",
            "доимий нархларда",
            "doimiy narxlarda",
            "in Preisen von 2015",
            "сглаженные данные",
        ),
        *("В пересчёте на год", "4 айдың деректері бойынша жылдық мәнге келтірілген", "Annualised figures"),
        *("жылдык эсепке келтирилген", "yillik hisobga keltirilgan", "auf das Jahr hochgerechnet"),
    ),
}
PUBLISHED = {
    "ADJUSTMENT": ("N", "_Z", "", "Neither seasonally nor calendar adjusted"),
    "s_adj": ("NSA",),
    "BASE_PER": ("", "_Z"),
    "PRICE_BASE": ("V", "_Z"),
    "TRANSFORMATION": ("N", "_Z"),
    "STATISTIC": ("count", "SUM"),
    "OBS_STATUS": ("A", ""),
    "Flag": ("", "A", "r", "1", "…"),
    "Примечание": ("", "*", "1)", "без персональных данных", "-", "нет"),
    "Note": ("no", "NA"),
    "Bank note": ("e",),
    "Status": ("closed",),
    "Maritime flag": ("p",),
    "UNIT_MEASURE": ("NUMBER", "PURE_NUMB", "PS", "_Z", "ордеров", "ORDERS", "VICTIMS"),
    "Measure": ("Number", "Protection orders"),
    "Сезонная корректировка": ("без корректировки",),
    "Series title": (
        "Reported cases, not annualised",
        "За год",
        "Отчёт за год",
        "Reported cases, not seasonally adjusted",
        "Число дел без учёта сезонности",
    ),
}


def csv(column: str, text: str) -> bytes:
    return f'DATAFLOW,REF_AREA,"{column}",TIME_PERIOD,OBS_VALUE\nX:Y(1.0),KG,"{text}",2022,120\n'.encode()


@pytest.mark.parametrize("column", REFUSED)
def test_what_is_not_as_counted_is_refused(column: str) -> None:
    for text in REFUSED[column]:
        result = read(csv(column, text), "sdmx_csv", SDMX)
        assert not said(result) and rules(result) <= {"not_as_counted", "unit_contradicts"}, text


@pytest.mark.parametrize("column", PUBLISHED)
def test_what_is_as_counted_is_published(column: str) -> None:
    for text in PUBLISHED[column]:
        assert said(read(csv(column, text), "sdmx_csv", SDMX)) == {("KG", "2022", "_T", 120.0)}, text


def test_a_column_that_is_read_or_chosen_by_is_no_question() -> None:
    content = csv("ADJUSTMENT", "S")
    chosen = read(content, "sdmx_csv", SDMX, where={"ADJUSTMENT": ["S"]})
    unit = {**SDMX, "unit_measure": {"const": "SCORE"}}
    assert said(chosen) == {("KG", "2022", "_T", 120.0)}
    assert not said(read(content, "sdmx_csv", unit)), "a unit says nothing of an adjustment"
    unread = read(csv("OBS_STATUS", "E"), "sdmx_csv", unit)
    assert not said(unread), "nor of a status"
    assert "declare concepts: obs_status" in unread.refused["reason_en"][0].as_py()
    for column in ("BASE_PER", "PRICE_BASE", "TRANSFORMATION", "STATISTIC"):
        given = read(csv(column, REFUSED[column][0]), "sdmx_csv", unit)
        assert given.good.num_rows == 1, f"a unit says what {column} does"
    status = {**SDMX, "obs_status": {"column": "OBS_STATUS"}}
    (row,) = read(csv("OBS_STATUS", "E"), "sdmx_csv", status).good.to_pylist()
    assert row["obs_status"] == "E"


@pytest.mark.parametrize("name", ["Note", "COMMENT", "Value flag"])
@pytest.mark.parametrize(
    ("value", "status", "published"),
    [
        ("", "Q", [(None, "Q")]),
        ("", "", [(None, "O")]),
        ("120", "E", [(120.0, "E")]),
        ("120", "A", []),
        ("120", "", []),
    ],
)
def test_a_code_of_a_note_is_no_question_where_there_is_no_figure_or_its_status_is_said(
    name: str, value: str, status: str, published: list[tuple[float | None, str]]
) -> None:
    """Refused before: a gap with its reason, for its reason was "not read"."""
    content = f"DATAFLOW,REF_AREA,{name},STATE,TIME_PERIOD,OBS_VALUE\nX:Y(1.0),KG,x,{status},2022,{value}\n".encode()
    result = read(content, "sdmx_csv", {**SDMX, "obs_status": {"column": "STATE", "empty": ""}})
    assert [(row["obs_value"], row["obs_status"]) for row in result.good.to_pylist()] == published
    assert rules(result) == (set() if published else {"not_as_counted"})
    if not status:
        assert rules(read(content, "sdmx_csv", SDMX)) == {"not_as_counted"}, "it may be the reason of a gap"


def test_the_reason_of_a_gap_that_is_not_read_is_a_question() -> None:
    """Read carelessly: a figure that is withheld as one that is missing."""
    content = csv("OBS_STATUS", "Q").replace(b",120", b",")
    result = read(content, "sdmx_csv", SDMX)
    assert not result.good.num_rows and rules(result) == {"not_as_counted"}
    (row,) = read(content, "sdmx_csv", {**SDMX, "obs_status": {"column": "OBS_STATUS"}}).good.to_pylist()
    assert row["obs_status"] == "Q"


ML = """<?xml version="1.0"?><m:StructureSpecificData
 xmlns:m="http://www.sdmx.org/resources/sdmxml/schemas/v2_1/message"><m:Header><m:ID>E</m:ID><m:Test>false</m:Test>
<m:Prepared>2025-11-01T00:00:00</m:Prepared></m:Header><m:DataSet {0}><Series REF_AREA="KG" {1}>
<Obs TIME_PERIOD="2022" OBS_VALUE="120" {2}/></Series></m:DataSet></m:StructureSpecificData>"""


@pytest.mark.parametrize("level", range(3))
def test_attributes_of_sdmx_ml_at_each_level(level: int) -> None:
    for attribute, published in (('ADJUSTMENT="S"', 0), ('BASE_PER="2010"', 0), ('ADJUSTMENT="N"', 1)):
        places = ["", "", ""]
        places[level] = attribute
        result = read(ML.format(*places).encode(), "sdmx_ml", SDMX)
        assert result.good.num_rows == published and rules(result) <= {"not_as_counted"}


@pytest.mark.parametrize("level", ["dataSet", "series", "observation", "dimension"])
def test_attributes_and_dimensions_of_sdmx_json(level: str) -> None:
    for code, published in (("S", 0), ("N", 1)):
        component = {"id": "ADJUSTMENT", "values": [{"id": code, "name": code}]}
        dimensions = [
            {"id": "REF_AREA", "values": [{"id": "KG"}]},
            *([component] if level == "dimension" else []),
        ]
        series = {
            "attributes": [0] if level == "series" else [],
            "observations": {"0": [120, 0] if level == "observation" else [120]},
        }
        data = {"series": {"0:0" if level == "dimension" else "0": series}}
        if level == "dataSet":
            data["attributes"] = [0]
        structure = {
            "dimensions": {
                "series": dimensions,
                "observation": [{"id": "TIME_PERIOD", "values": [{"id": "2022"}]}],
            },
            "attributes": {
                name: [component] if name == level else [] for name in ("dataSet", "series", "observation")
            },
        }
        message = {"data": {"dataSets": [data], "structure": structure}}
        result = read(json.dumps(message).encode(), "sdmx_json", SDMX)
        assert result.good.num_rows == published and rules(result) <= {"not_as_counted"}


@pytest.mark.parametrize(
    ("dimension", "code", "label", "published"),
    [
        ("s_adj", "SCA", "Seasonally and calendar adjusted data", False),
        ("s_adj", "NSA", "Unadjusted data", True),
        ("unit", "I15", "Index, 2015=100", False),
        ("dim3", "3", "Seasonally adjusted", False),
        ("ContentsCode", "x1", "Index 2015=100", False),
        ("ContentsCode", "x1", "Change from previous year, %", False),
        ("ContentsCode", "x1", "Reported offences", True),
        ("year", "x1", "2022, %", False),
        ("year", "x1", "2022", True),
        ("region", "x1", "KG", True),
    ],
)
def test_dimensions_of_json_stat(dimension: str, code: str, label: str, published: bool) -> None:
    cube = {
        "version": "2.0",
        "class": "dataset",
        "id": [dimension, "time"],
        "size": [1, 1],
        "dimension": {
            dimension: {"category": {"index": [code], "label": {code: label}}},
            "time": {"category": {"index": ["2022"]}},
        },
        "value": [120],
    }
    concepts = {"ref_area": {"const": "KG"}, "time_period": {"column": "time"}}
    result = read(json.dumps(cube).encode(), "json_stat", concepts)
    assert bool(said(result)) == published


@pytest.mark.parametrize(
    ("status", "published"), [("e", 0), (["b"], 0), ({"0": "p"}, 0), ("r", 1), (None, 1)]
)
def test_a_code_of_json_stat_refuses_its_figure_until_it_is_declared(status: Any, published: int) -> None:
    cube = {"class": "dataset", "id": ["time"], "size": [1], "value": [7], "status": status}
    cube["dimension"] = {"time": {"category": {"index": ["2022"]}}}
    concepts = {"ref_area": {"const": "KG"}, "time_period": {"column": "time"}}
    result = read(json.dumps(cube).encode(), "json_stat", concepts)
    assert (result.good.num_rows, rules(result)) == (published, set() if published else {"not_as_counted"})
    declared = {
        **concepts,
        "obs_status": {"column": "_note", "values": {"e": "E", "b": "B", "p": "P", "r": "A"}},
    }
    (row,) = read(json.dumps(cube).encode(), "json_stat", declared).good.to_pylist()
    assert row["obs_status"] == ("A" if published else {"e": "E", "['b']": "B"}.get(str(status), "P"))


def test_words_of_a_portal() -> None:
    text = "Область;Год;Пол;Вид показателя;Значение\nЧуйская область;2022;женщины;{};104\n"
    assert rules(lines(text.format("Темп роста"))) == {"unit_contradicts"}
    assert said(lines(text.format("Всего"))) == {("KG-C", "2022", "F", 104.0)}


def in_csv(words: str, place: str) -> Normalized:
    title, below, column = ({place: words}.get(name, "") for name in ("title", "below", "column"))
    header = HEADER.replace("\n", ";Ряд\n")
    rows = "".join(f"{row};{column}\n" for row in ROWS.splitlines())
    return lines(f"Ордера. {title}\n{header}{rows}{below}\n", {"header_row": 2, "stop_at": "^Источник"})


def in_workbook(words: str, place: str) -> Normalized:
    grid: list[list[object]] = [[f"Ордера. {words}" if place == "title" else "Ордера"], ["Область", "2022"]]
    grid += [["Чуйская область", 120], ["г. Бишкек", 20]]
    grid += [[], ["Источник: министерство"], [words]] if place == "below" else []
    concepts = {"ref_area": {"column": "row_1"}, "time_period": {"column": "col_1"}}
    return read(workbook(grid), "excel", concepts, reader_options={"header_rows": [2]})


def in_cube(words: str, place: str) -> Normalized:
    cube: dict[str, Any] = {"class": "dataset", "id": ["area", "time"], "size": [1, 1], "value": [7]}
    area: dict[str, Any] = {"category": {"index": ["KG"]}}
    cube |= {"title": {"label": f"Orders, {words}"}, "below": {"note": ["x", words]}}.get(place, {})
    cube |= {"provider": {"extension": {"office": {"remarks": [{"text": words}]}}}}.get(place, {})
    area |= {"dimension": {"extension": {"show": words}}}.get(place, {})
    area["category"] |= {"column": {"note": {"KG": [words]}}}.get(place, {})
    cube["dimension"] = {"area": area, "time": {"category": {"index": ["2022"]}}}
    concepts = {"ref_area": {"column": "area"}, "time_period": {"column": "time"}}
    return read(json.dumps(cube).encode(), "json_stat", concepts)


def in_json(words: str, place: str) -> Normalized:
    row = {"area": "KG", "year": "2022", "n": "5", "series": words if place == "column" else "x"}
    document: dict[str, Any] = {"answer": {"data": [row]}}
    document |= {"title": {"title": f"Orders, {words}"}, "below": {"about": {"method": words}}}.get(place, {})
    concepts = {"ref_area": {"column": "area"}, "time_period": {"column": "year"}}
    return read(
        json.dumps(document).encode(),
        "json_table",
        concepts,
        reader_options={"rows": "/answer/data", "value": "n"},
    )


PLACES = [
    *((in_csv, place) for place in ("title", "below", "column")),
    *((in_workbook, place) for place in ("title", "below")),
    *((in_cube, place) for place in ("title", "below", "provider", "dimension", "column")),
    *((in_json, place) for place in ("title", "below", "column")),
]
NOT_COUNTS = (
    "seasonally adjusted",
    "с исключением сезонного фактора",
    "индекс, 2015=100",
    "в % к предыдущему году",
    "на 100 000 населения",
    "per capita",
)


@pytest.mark.parametrize(("made", "place"), PLACES)
def test_wherever_a_file_says_that_its_figures_are_no_counts(
    made: Callable[[str, str], Normalized], place: str
) -> None:
    for words in NOT_COUNTS:
        assert not said(made(words, place)), words
    for words in ("by region", "not seasonally adjusted", "без учёта сезонности"):
        assert said(made(words, place)), words


@pytest.mark.parametrize(
    ("note", "rule"),
    [
        ("с учётом сезонности", "not_as_counted"),
        ("план", "not_as_counted"),
        ("данные за 2022 год — прогноз", "not_as_counted"),
        ("in thousands", "scale_undeclared"),
        ("Данные в тыс. человек", "scale_undeclared"),
        ("тыс. человек", "scale_undeclared"),
        ("per 100 000 population", "unit_contradicts"),
        ("в процентах", "unit_contradicts"),
        ("%", "unit_contradicts"),
        ("Более 5 тыс. дел прекращено", ""),
        ("По данным министерства", ""),
    ],
)
def test_a_footnote_of_one_figure_refuses_that_figure(note: str, rule: str) -> None:
    concepts = {"ref_area": {"column": "row_1"}, "time_period": {"column": "col_1"}}
    counted, marked = ("KG-C", "2022", "_T", 120.0), ("KG-GB", "2022", "_T", 20.0)
    for mark in ("*", "¹", "1)"):
        for label, figure in ((f"г. Бишкек{mark}", "20"), ("г. Бишкек", f"20{mark}")):
            grid: list[list[object]] = [["Область", "2022"], ["Чуйская область", 120], [label, figure]]
            if (mark, label) == ("1)", "г. Бишкек"):
                continue  # "201)" may be another figure
            result = read(
                workbook([*grid, [f"{mark} {note}"]]), "excel", concepts, reader_options={"header_rows": [1]}
            )
            assert said(result) == ({counted} if rule else {counted, marked}), (label, figure)
            assert rules(result) == ({rule} if rule else set())


@pytest.mark.parametrize("made", [in_csv, in_workbook, in_cube, in_json])
def test_thousands_in_a_line_below_the_table(made: Callable[[str, str], Normalized]) -> None:
    for words in (
        "В тысячах человек",
        "Figures are in thousands",
        "Данные за 2022 год приведены в тыс. человек",
    ):
        result = made(words, "below")
        assert not said(result) and "scale_undeclared" in rules(result), words
    assert said(made("Более 5 тыс. дел прекращено", "below"))

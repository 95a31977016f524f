"""Plans, targets and forecasts, and figures counted since the start of the year, are refused unless declared."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.sources.readers.test_more_cases import GRID, LINES, lines, read, rules, said
from tests.transforms.normalize.contradictions.test_adjusted import in_csv, in_cube, in_json, in_workbook
from tests.workbooks import workbook
from transforms.normalize.contradictions.cumulative import says_cumulative, says_since
from transforms.normalize.contradictions.planned import says_planned
from transforms.normalize.inputs_and_results import Normalized

PLANS = (
    *("план", "План на 2025 год", "2025 план", "Прогноз", "прогнозные данные", "Целевой показатель"),
    *("Индикатор (план)", "целевое значение к 2030 году", "Прогноз численности населения", "ордера, план"),
    *("План выдачи ордеров", "План числа выданных ордеров"),
    *("target", "Target by 2030", "2030 target", "Forecast 2025", "projection", "projected", "Target value"),
    *("Medium variant projection", "high scenario", "средний вариант прогноза", "прогнозная оценка"),
    *("Plan", "Soll", "Soll 2025", "Planwert", "Prognose", "Zielwert"),
    *("жоспар", "болжам", "мақсатты көрсеткіш", "пландалган", "болжол", "максаттуу көрсөткүч"),
    *("Целевые индикаторы", "ожидаемый результат", "ожидается", "уточненный план", "план на год", "норматив"),
    *(
        "утверждено на 2022 год",
        "оптимистичный сценарий",
        "expected",
        "budgeted",
        "milestone",
        "geplant",
        "Ziel",
    ),
    *(
        "мақсатты индикаторлар",
        "жоспар бойынша",
        "күтілетін нәтиже",
        "пландаштырылган",
        "божомол",
        "күтүлүүчү",
    ),
    *("режа бўйича", "кутилаётган натижа", "maqsadli indikator", "reja bo‘yicha", "аз рӯи нақша", "ҳадаф"),
    *("нишондиҳандаи ҳадафнок", "пешбинишуда", "2026, ожидаемое значение", "Vorausschätzung"),
    *("проект бюджета", "Проект плана на 2026 год"),
    *("Modelled", "modeled estimates", "Imputed values", "модельная оценка", "экстраполяция", "modelliert"),
    *("модельденген", "моделлаштирилган", "Orders (extrapolated)", "смоделированные значения"),
    *("нақша", "пешгӯӣ", "reja", "режа", "prognoz", "мақсадли кўрсаткич", "maqsadli ko‘rsatkich"),
)
NO_PLANS = (
    *("индикатор", "Целевая группа", "Целевой показатель 5.2", "Target 5.2", "Target population", "5.2"),
    *(
        "Planned parenthood",
        "Планирование семьи",
        "План мероприятий",
        "План и факт",
        "факт",
        "Факт (план: 20)",
    ),
    *(
        "утверждено",
        "утверждено судом",
        "задание",
        "лимитчики",
        "Целинский район",
        "Проект",
        "нормативные акты",
    ),
    *("Всего", "Ордера по плану мероприятий", "Estimate", "оценка", "Центр планирования семьи", "Sollstadt"),
    *("Model", "модель отчёта", "Modellprojekt", "Модельный закон", "Modellversuch"),
    *("Variant", "вариант анкеты 2", "Medium", "scenario of violence"),
)
CUMULATIVE = (
    *(
        "нарастающим итогом",
        "Ордера, нарастающим итогом с начала года",
        "с начала года",
        "Ордера с начала года",
    ),
    *(
        "year to date",
        "Orders, year-to-date",
        "YTD",
        "cumulative",
        "Cumulative number of orders",
        "kumuliert",
    ),
    *(
        "накопленным итогом",
        "с нарастающим",
        "с начала 2022 года",
        "с 1 января по отчетную дату",
        "за истекший период",
    ),
    *(
        "running total",
        "since January",
        "aufgelaufen",
        "kumulierte Werte",
        "жыл басынан бергі",
        "жинақталған",
    ),
    *(
        "жыйынтык өсүү менен",
        "ўсиб борувчи якун билан",
        "jamlanma",
        "бо ҷамъи афзоянда",
        "аз аввали сол инҷониб",
    ),
    *("since the beginning of the year", "жыл басынан бері", "өспелі қорытындымен", "жыл башынан бери"),
    *("өсүү жыйынтыгы менен", "йил бошидан", "yil boshidan beri", "o‘sib borish tartibida", "аз аввали сол"),
)
NOT_CUMULATIVE = (
    *(
        "не нарастающим итогом",
        "not cumulative numbers",
        "non-cumulative",
        "cumulative incidence in children",
    ),
    *("С начала года принят закон", "за месяц", "итогом"),
)


@pytest.mark.parametrize("text", PLANS)
def test_words_of_a_plan(text: str) -> None:
    assert says_planned(text) == "plan"


@pytest.mark.parametrize("text", NO_PLANS)
def test_words_of_no_plan(text: str) -> None:
    assert says_planned(text) != "plan"


@pytest.mark.parametrize("text", CUMULATIVE)
def test_words_of_a_running_total(text: str) -> None:
    assert says_cumulative(text)


@pytest.mark.parametrize(
    ("text", "place", "since"),
    [
        ("Orders issued since the entry into force of the law, running total", "title", True),
        ("Выдано ордеров с начала действия закона", "title", True),
        ("Anordnungen seit Inkrafttreten des Gesetzes", "title", True),
        ("Qonun kuchga kirganidan beri berilgan orderlar", "title", True),
        ("Всего с начала реализации программы", "_remarks", True),
        ("Ордера выдаются со дня вступления закона в силу", "_remarks", False),
        ("Ордера по годам с начала действия закона", "title", False),
        ("Реестр ведётся с начала действия закона", "title", False),
    ],
)
def test_a_total_since_a_beginning_without_its_year(text: str, place: str, since: bool) -> None:
    assert (says_since(text, place) > 0) is since


@pytest.mark.parametrize("text", NOT_CUMULATIVE)
def test_words_of_no_running_total(text: str) -> None:
    assert not says_cumulative(text)


PLACES = [
    *((in_csv, place) for place in ("title", "below", "column")),
    *((in_workbook, place) for place in ("title", "below")),
    *((in_cube, place) for place in ("title", "below", "dimension", "column")),
    *((in_json, place) for place in ("title", "column")),
]


@pytest.mark.parametrize(("made", "place"), PLACES)
def test_wherever_a_file_says_that_its_figures_are_planned(
    made: Callable[[str, str], Normalized], place: str
) -> None:
    for words in ("план", "forecast"):
        result = made(words, place)
        assert not said(result) and "not_as_counted" in rules(result), words
    for words in ("планирование семьи", "факт", "оценка"):
        assert said(made(words, place)), words


def table(first: str, second: str, year: str = "2025", **more: Any) -> Normalized:
    rows = [["Область", year, None], [None, first, second], ["Чуйская область", 120, 900]]
    content = workbook(rows, merge=["A1:A2", "B1:C1"])
    return read(content, "excel", GRID, reader_options={"header_rows": [1, 2]}, **more)


def test_a_planned_column_beside_that_of_the_counted() -> None:
    counted = {("KG-C", "2025", "_T", 120.0)}
    result = table("факт", "план")
    assert said(result) == counted and rules(result) == {"not_as_counted"}
    (sentence,) = result.refused["reason_en"].to_pylist()
    assert 'Column col_2 says "план"' in sentence and "where" in sentence
    assert said(table("факт", "план", where={"col_2": ["факт"]})) == counted
    modelled = {"nature": {"column": "col_2", "values": {"факт": "C", "план": "M"}}}
    result = read(
        workbook([["Область", "2025", "2025"], [None, "факт", "план"], ["Чуйская область", 120, 900]]),
        "excel",
        {**GRID, **modelled},
        reader_options={"header_rows": [1, 2]},
    )
    assert [(row["nature"], row["obs_value"]) for row in result.good.to_pylist()] == [("C", 120), ("M", 900)]


def test_what_the_declaration_has_looked_at_is_no_question() -> None:
    planned = {("KG-C", "2025", "_T", 900.0)}
    assert said(table("факт", "план", where={"col_2": ["план"]})) == planned
    rows = [["Прогноз"], ["Область", "2025"], ["Чуйская область", 900]]
    model = read(
        workbook(rows), "excel", {**GRID, "nature": {"const": "M"}}, reader_options={"header_rows": [2]}
    )
    assert said(model) == planned
    rows = [["Область", "2025"], [None, "план"], ["Чуйская область", 900]]
    coded = {"indicator": {"column": "col_2", "values": {"план": "PROTECTION_ORDERS"}}}
    given = read(workbook(rows), "excel", {**GRID, **coded}, reader_options={"header_rows": [1, 2]})
    assert said(given) == planned


def test_an_estimate_of_a_time_that_goes_on_is_no_observation() -> None:
    assert rules(table("", "оценка", year="2026")) >= {"not_as_counted"}
    assert "not_as_counted" not in rules(table("", "оценка"))


def test_a_row_that_is_flagged() -> None:
    text = "Область;Год;Пол;Значение;is_forecast\n"
    text += "Чуйская область;2022;женщины;{0};true\nЧуйская область;2022;мужчины;{0};false\n"
    assert {row[2] for row in said(lines(text.format(7)))} == {"M"}
    assert {row[2] for row in said(lines(text.format(7).replace("true", "1").replace("false", "0")))} == {"M"}


@pytest.mark.parametrize(
    ("row", "value", "kept"),
    [
        ({"year": 2022, "value": 7}, "value", True),
        ({"year": 2022, "value": 7, "is_plan": False, "sex": "Total", "unit": "persons"}, "value", True),
        ({"year": 2022, "value": 7, "target": True}, "value", False),
        ({"year": 2022, "value": 7, "sex": "F"}, "value", False),
        ({"year": 2022, "value": 7, "multiplier": 1000}, "value", False),
        ({"year": 2022, "value": 7, "flag": "e"}, "value", False),
        (
            {"year": 2022, "value": 7, "flag": None, "note": "with the city of Osh", "obs_status": "A"},
            "value",
            True,
        ),
        ({"year": 2022, "target": 7}, "target", False),
        ({"year": 2022, "plan_2022": 7}, "plan_2022", False),
        ({"year": 2022, "percent": 7}, "percent", False),
        ({"year": 2022, "orders": 7}, "orders", True),
    ],
)
def test_what_the_keys_of_a_row_say_of_its_value(row: dict[str, Any], value: str, kept: bool) -> None:
    """Read carelessly: plans, women, thousands or per cent as orders of everybody, since no such key is declared."""
    options = {"rows": "/data", "value": value, "columns": {"year": "year"}}
    concepts = {"ref_area": {"const": "KG"}, "time_period": {"column": "year"}}
    result = read(json.dumps({"data": [row]}).encode(), "json_table", concepts, reader_options=options)
    assert said(result) == ({("KG", "2022", "_T", 7.0)} if kept else set())
    assert bool(rules(result)) is not kept


MONTHS = "Область;Год;Пол;Значение;Ряд\nЧуйская область;2022-01;женщины;5;{0}\nЧуйская область;2022-03;женщины;15;{0}\n"
JANUARY = ("KG-C", "2022-01", "F", 5.0)


@pytest.mark.parametrize("words", ["нарастающим итогом", "year to date", "с начала года"])
def test_months_counted_since_the_start_of_the_year(words: str) -> None:
    result = lines(MONTHS.format(words))
    assert said(result) == {JANUARY} and rules(result) == {"unreadable_period"}
    (sentence,) = result.refused["reason_en"].to_pylist()
    assert f'Column Ряд says "{words}"' in sentence
    titled = lines(f"Ордера {words}\n" + MONTHS.format("x"), {"header_row": 2})
    below = lines(MONTHS.format("x") + f"* Данные приведены {words}\n", {"stop_at": r"^\*"})
    assert said(titled) == said(below) == {JANUARY}
    span = {"values": {"2022-01": "2022-01", "2022-03": "2022-01-01/P3M"}}
    given = read(
        MONTHS.format(words).encode(),
        "delimited",
        {**LINES, "time_period": {"column": "Год", **span}},
        reader_options={"value_columns": ["Значение"]},
    )
    assert {row["time_period"] for row in given.good.to_pylist()} == {"2022-01", "2022-Q1"}


def test_a_total_over_several_years_is_no_year() -> None:
    first = MONTHS.replace("2022-01", "2016").replace("2022-03", "2022")
    for words in ("накопленным итогом с 2016 года", "cumulative since 2016"):
        assert {row[1] for row in said(lines(first.format(words)))} == {"2016"}, words
    assert said(lines(MONTHS.format("нарастающим итогом с 1 января 2022"))) == {JANUARY}


def test_months_that_are_single_ones() -> None:
    # What is said of one row is not said of the others.
    beside = MONTHS.format("за месяц") + "Нарынская область;2022-03;женщины;7;с начала года\n"
    assert {row[:2] for row in said(lines(beside))} == {("KG-C", "2022-01"), ("KG-C", "2022-03")}
    assert len(said(lines(MONTHS.format("не нарастающим итогом")))) == 2
    assert (
        len(said(lines(MONTHS.replace("2022-01", "2021").replace("2022-03", "2022").format("с начала года"))))
        == 2
    )

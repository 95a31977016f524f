"""Values that a file calls preliminary or estimated are published as such."""

import json

import pytest

from sources.cells import REMARKS
from tests.sources.readers.test_more_cases import CUBE, GRID, read
from tests.workbooks import workbook
from transforms.normalize.contradictions.said_status import said_status

WORDS = {
    "P": (
        *(
            "предварительные данные",
            "предв.",
            "Оперативные данные",
            "Ордера (предварительно)",
            "Preliminary data",
        ),
        *(
            "provisional",
            "алдын ала деректер",
            "алдын ала маалымат",
            "дастлабки маълумотлар",
            "маълумоти пешакӣ",
        ),
        *("dastlabki ma'lumotlar", "vorläufige Ergebnisse", "предварительные данные за 2025 год"),
    ),
    "E": ("оценка", "Estimates", "бағалау", "Schätzung"),
    "U": (
        *(
            "* Опечатка в оригинале; верно: 2 550",
            "опечатка издателя",
            "should read 27",
            "ошибка в источнике",
        ),
        *("verschrieben, richtig: 27", "* misprint in the original", "Druckfehler", "Должно быть 27"),
        *("Xato kiritilgan, toʻgʻrisi 877", "внесено ошибочно", "falsch eingetragen", "entered in error"),
        *("қате енгізілген", "ката киргизилген", "хато ворид шудааст", "хато киритилган"),
        *("ошибочно указано 270", "қате жазылған, дұрысы 27", "ката басылган", "босма хато", "хатои чопӣ"),
    ),
    "": (
        *(
            "опечатка исправлена",
            "misprint corrected",
            "не опечатка",
            "судебная ошибка",
            "верно для всех",
            "должно быть",
        ),
        "предварительное следствие",
        "Оперативная группа",
        "entered in the register",
        "факт",
        "уточнённые данные",
        "oценка риска и помощь",
    ),
}


@pytest.mark.parametrize("status", WORDS)
def test_words_of_a_status(status: str) -> None:
    assert {text: said_status(text) for text in WORDS[status]} == dict.fromkeys(WORDS[status], status)


def test_a_line_with_a_mark_is_about_the_cells_that_have_it() -> None:
    lines = ("Оценка", "1 Оценка", "1) Оценка", "* Оценка")
    assert [said_status(line, REMARKS) for line in lines] == ["E", "", "", ""]


@pytest.mark.parametrize(
    ("title", "head", "below", "statuses"),
    [
        ("Ордера", "2025*", "* предварительные данные", {"2024": "A", "2025": "P"}),
        ("Ордера", "2025", "* предварительные данные", {"2024": "A", "2025": "A"}),
        ("Orders", "2025¹", "¹ provisional, to be revised in May", {"2024": "A", "2025": "P"}),
        ("Ордера", "2025 1)", "1) оценочные данные", {"2024": "A", "2025": "E"}),
        ("Gewaltschutz; 2025: vorläufige Ergebnisse", "2025", "", {"2024": "A", "2025": "P"}),
        ("Ордера", "2025", "Данные за 2025 год предварительные", {"2024": "A", "2025": "P"}),
        ("Ордера", "2025", "за 2024-2026 годы данные предварительные", {"2024": "P", "2025": "P"}),
        ("Orders", "2025", "for 2025 preliminary data", {"2024": "A", "2025": "P"}),
        ("Ордера, предварительные данные", "2025", "", {"2024": "P", "2025": "P"}),
        ("Ордера", "2025*", "* опечатка в оригинале; верно: 2031", {"2024": "A", "2025": "U"}),
        ("Ордера", "2025", "В сборнике 2024 года была опечатка", {"2024": "A", "2025": "A"}),
        ("Ордера", "2025", "Источник: предварительное следствие", {"2024": "A", "2025": "A"}),
    ],
)
def test_a_status_that_the_file_says(title: str, head: str, below: str, statuses: dict[str, str]) -> None:
    rows = [[title], ["Область", "2024", head], ["Чуйская область", 120, 90], [below]]
    result = read(workbook(rows), "excel", GRID, reader_options={"header_rows": [2]})
    assert {row["time_period"]: row["obs_status"] for row in result.good.to_pylist()} == statuses
    declared = {**GRID, "obs_status": {"const": "E"}}
    result = read(workbook(rows), "excel", declared, reader_options={"header_rows": [2]})
    assert {row["obs_status"] for row in result.good.to_pylist()} == {"E"}, "what is declared goes before"


@pytest.mark.parametrize(
    ("mark", "statuses"), [("2025*", {"2024": "A", "2025": "P"}), ("2025", {"2024": "A", "2025": "A"})]
)
def test_a_mark_in_a_file_of_lines(mark: str, statuses: dict[str, str]) -> None:
    content = f"Область;2024;{mark}\nЧуйская область;12;13\n* предварительные данные\n".encode()
    options = {"value_columns": "^20", "stop_at": "^[*]"}
    concepts = {**GRID, "ref_area": {"column": "Область"}, "time_period": {"column": "column"}}
    result = read(content, "delimited", concepts, reader_options=options)
    assert {row["time_period"]: row["obs_status"] for row in result.good.to_pylist()} == statuses


@pytest.mark.parametrize(
    "header",
    [
        "2024 (предварительные данные)",
        "2024 г. (provisional)",
        "2024, предв.",
        "2024 жыл (алдын ала)",
        "2024 (план)",
    ],
)
def test_a_header_of_a_year_may_call_it_preliminary(header: str) -> None:
    content = workbook([["Область", "2023", header], ["Чуйская область", 12, 13]])
    found = [(row["time_period"], row["obs_status"]) for row in read(content, "excel", GRID).good.to_pylist()]
    assert sorted(found) == [("2023", "A")] + [("2024", "P")] * ("план" not in header)


@pytest.mark.parametrize(
    ("remark", "found"),
    [
        ("Erroneous, correct figure is 9", ("U", "Erroneous, correct figure is 9")),
        ("Druckfehler, richtig: 9", ("U", "Druckfehler, richtig: 9")),
        ("қате басылған, дұрысы 9", ("U", "қате басылған, дұрысы 9")),
        ("checked", ("A", None)),
    ],
)
def test_the_remark_that_gives_a_status_is_kept(remark: str, found: tuple[str, str | None]) -> None:
    """Read carelessly: a figure that is doubtful, and nothing says why."""
    content = f"Region;Year;Value;Comments\nКыргызстан;2023;90;{remark}\n".encode()
    concepts = {"ref_area": {"column": "Region"}, "time_period": {"column": "Year"}, "sex": {"const": "_T"}}
    for more in ({}, {"note": {"column": "Comments"}}):
        options = {"value_columns": ["Value"]}
        (row,) = read(content, "delimited", {**concepts, **more}, reader_options=options).good.to_pylist()
        assert (row["obs_status"], row["note"]) == (found[0], remark if more else found[1])


@pytest.mark.parametrize("note", ["2023: vorläufige Ergebnisse", "for 2023 provisional data"])
def test_a_note_of_a_cube_gives_its_year_a_status(note: str) -> None:
    dimension = {
        "area": {"category": {"index": ["KG"]}},
        "time": {"category": {"index": ["2022", "2023"]}},
    }
    cube = {"version": "2.0", "class": "dataset", "id": [*dimension], "size": [1, 2], "dimension": dimension}
    content = json.dumps({**cube, "value": [7, 8], "note": [note]}).encode()
    rows = read(content, "json_stat", CUBE).good.to_pylist()
    found = sorted((row["time_period"], row["obs_status"], row["note"]) for row in rows)
    assert found == [("2022", "A", None), ("2023", "P", note)]

"""Values that a file calls preliminary or estimated are published as such."""

import pytest

from tests.sources.readers.test_more_cases import GRID, read
from tests.workbooks import workbook
from transforms.normalize.said_status import said_status

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
        "факт",
        "уточнённые данные",
        "oценка риска и помощь",
    ),
}


@pytest.mark.parametrize("status", WORDS)
def test_words_of_a_status(status: str) -> None:
    assert {text: said_status(text) for text in WORDS[status]} == dict.fromkeys(WORDS[status], status)


@pytest.mark.parametrize(
    ("title", "head", "below", "statuses"),
    [
        ("Ордера", "2025*", "* предварительные данные", {"2024": "A", "2025": "A"}),
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

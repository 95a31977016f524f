"""Texts in any place of a file that say that its figures are of a part, in each language; and harmless ones."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.sources.readers.test_more_cases import read
from tests.workbooks import workbook
from transforms.normalize.contradictions.restriction_words import restrictions

LINES: dict[str, Any] = {"ref_area": {"column": "Область"}, "time_period": {"column": "Год"}}
GRID: dict[str, Any] = {"ref_area": {"column": "row_1"}, "time_period": {"column": "col_1"}}
CASES = {"indicator": {"const": "DV_CASES"}, "sex": {"const": "_T"}}
ROWS = "Чуйская область;2023;12{mark}\nОшская область;2023;7\n"
# By kind, as tables of each language have it.
SAID = {
    "sex": (
        "только женщины",
        "Тек ерлер бойынша деректер берілген.",
        "Эркектер боюнча гана маалыматтар берилди.",
        "танҳо мардон",
        "Jadvalda faqat ayollar hisobga olingan.",
        "фақат эркаклар",
        "nur Männer",
        "men only",
    ),
    "age": (
        "Показаны лица в возрасте от 15 до 49 лет.",
        "кәмелетке толмағандар",
        "Жашы жете элек жабырлануучулар гана эсепке алынган.",
        "кӯдакони то 18-сола",
        "15-49 yosh",
        "Фақат вояга етмаган жабрланувчилар ҳисобга олинган.",
        "Dargestellt sind Personen zwischen 15 und 49 Jahren.",
        "Only victims who are minors are counted.",
        "Seniorinnen und Senioren als Opfer häuslicher Gewalt",
    ),
    "breakdown": (
        "Данные только по сельской местности.",
        "ауылдық жер",
        "Шаар жери боюнча гана.",
        "шаҳрвандони хориҷӣ",
        "Ma’lumotlar faqat qishloq joylari bo‘yicha.",
        "чет эл фуқаролари",
        "Erfasst sind nur ausländische Staatsangehörige.",
        "urban areas only",
    ),
    "minors": (
        "Жашы жете электерге карата үй-бүлөлүк зомбулук",
        "Балаларға қатысты зорлық-зомбылық",
        "Voyaga yetmagan shaxslarga nisbatan zo‘ravonlik",
    ),
    "citizenship": (
        "Opfer deutscher Staatsangehörigkeit nach Ländern",
        "Victims who are foreign nationals",
        "Қазақстан Республикасының азаматтары",
    ),
    "violence_form": (
        "физическое насилие",
        "Тек физикалық зорлық-зомбылық енгізілген.",
        "Физикалык зомбулук гана киргизилген.",
        "зӯроварии ҷисмонӣ",
        "Faqat jismoniy zo‘ravonlik kiritilgan.",
        "жисмоний зўравонлик",
        "nur körperliche Gewalt",
        "Only physical violence is included.",
    ),
    "relationship": (
        "Только насилие со стороны мужа или партнёра.",
        "серіктес тарапынан",
        "өнөктөш тарабынан",
        "аз ҷониби шарик",
        "sherik tomonidan",
        "Фақат эр ёки шерик томонидан зўравонлик.",
        "durch Partner",
        "by intimate partner",
    ),
    "article": (
        "Учтены только дела по статье 75 Кодекса о правонарушениях.",
        "Тек ӘҚБтК 73-бабы бойынша істер есепке алынған.",
        "Faqat MJtKning 59-moddasi bo‘yicha ishlar hisobga olingan.",
        "Nur Fälle nach § 223 StGB sind erfasst.",
    ),
    "stage": (
        "направлено в суд",
        "Сотқа жіберілген істер көрсетілген.",
        "соттолгондор",
        "маҳкумшудагон",
        "Sudga yuborilgan ishlar ko‘rsatilgan.",
        "судланганлар",
        "Verurteilte",
        "Cases sent to court are shown.",
        "Aufgeklärte Fälle häuslicher Gewalt",
        "Раскрытые преступления",
        "Fosh etilgan jinoyatlar",
    ),
    "repeated": (
        "Takroriy berilgan himoya orderlari",
        "Повторно выданные охранные ордера",
        "Кайталанган учурлар",
        "Wiederholte Fälle",
        "Муроҷиатҳои такрорӣ",
    ),
    "subject": ("Tatverdächtige häuslicher Gewalt", "Число подозреваемых", "Gumonlanuvchilar", "Күдіктілер"),
}
WORDINGS = [(kind, text) for kind, texts in SAID.items() for text in texts]
HARMLESS = [
    *("Отдел по правам женщин", "Источник: Кризисный центр для женщин", "Совет по делам мужчин и женщин"),
    *(
        "Дереккөз: БҰҰ Балалар қоры",
        "Аялдардын укуктары бөлүмү",
        "Шуъбаи ҳуқуқи занон",
        "Qishloq xo‘jaligi vazirligi",
    ),
    *("Болалар жамғармаси", "Quelle: Bundesforum Männer e. V.", "Women's rights department"),
    *(
        "Министерство иностранных дел",
        "на иностранных языках",
        "in ausländischen Sprachen",
        "Städtisches Amt für Statistik",
    ),
    *("включая повторные обращения", "Izoh: takroriy orderlar ham kiritilgan", "including repeated orders"),
    *("einschließlich wiederholter Anordnungen", "с учётом повторных обращений"),
    *("Первичные и повторные обращения", "Registered and solved cases", "без учёта повторных обращений"),
    *("Насилие в отношении женщин и детей", "Программа защиты пострадавших"),
    *("Данные о мужчинах собираются только с 2020 года",),
    *(
        "Линия помощи только для женщин",
        "Мутобиқи моддаи 12 Қонун",
        "В соответствии со ст. 12 Закона",
        "Project partner: UNDP",
    ),
]


def title(text: str) -> Any:
    return lines(f"Случаи семейного насилия. {text};;\nОбласть;Год;Число\n{ROWS}", header_row=2)


def lines(
    content: str, *, value: str = "Число", concepts: dict[str, Any] | None = None, **options: Any
) -> Any:
    found = {"value_columns": [value], **options}
    return read(
        content.format(mark="").encode(),
        "delimited",
        {**LINES, **CASES, **(concepts or {})},
        reader_options=found,
    )


def header(text: str) -> Any:
    name = f"Число ({text})"
    return lines(f"Область;Год;{name}\n{ROWS}", value=name)


def label(text: str) -> Any:
    name = f"Область ({text})"
    return lines(f"{name};Год;Число\n{ROWS}", concepts={"ref_area": {"column": name}})


def below(text: str) -> Any:
    return lines(f"Область;Год;Число\n{ROWS}Примечание: {text};;\n", stop_at="^Примечание")


def cross(rows: list[list[Any]], header_row: int = 1, sheet: str = "Sheet") -> Any:
    content = workbook(rows, title=sheet)
    return read(content, "excel", {**GRID, **CASES}, reader_options={"header_rows": [header_row]})


def of_workbook(text: str) -> Any:
    rows = [["Случаи"], [text], ["Область", "2023"], ["Чуйская область", 12], ["Ошская область", 7]]
    return cross(rows, header_row=3)


def of_contents(text: str) -> Any:
    return of_message("", extension={"px": {"contents": text}})


def of_message(text: str, **more: Any) -> Any:
    cube = {
        **more,
        "version": "2.0",
        "class": "dataset",
        "label": "Cases",
        "note": [f"Note: {text}"],
        "id": ["geo", "time"],
        "size": [2, 1],
        "dimension": {
            "geo": {"category": {"index": ["KG-C", "KG-O"]}},
            "time": {"category": {"index": ["2023"]}},
        },
        "value": [12, 7],
    }
    concepts = {"ref_area": {"column": "geo"}, "time_period": {"column": "time"}, **CASES}
    return read(json.dumps(cube).encode(), "json_stat", concepts)


PLACES: dict[str, Callable[[str], Any]] = {
    "title": title,
    "header": header,
    "label": label,
    "below": below,
    "workbook": of_workbook,
    "message": of_message,
    "contents": of_contents,
}


def values(result: Any) -> set[float]:
    return {row["obs_value"] for row in result.good.to_pylist()}


@pytest.mark.parametrize(("kind", "text"), WORDINGS)
def test_a_text_in_each_language_restricts_the_figures(kind: str, text: str) -> None:
    said = {one.kind for one in restrictions(text, alone=True)}
    assert kind in said, said
    assert values(below(text)) == set()


@pytest.mark.parametrize("text", HARMLESS)
def test_a_text_that_names_others_than_those_who_are_counted(text: str) -> None:
    assert restrictions(text, alone=True) == frozenset()
    assert values(title(text)) == values(below(text)) == {12.0, 7.0}


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize(
    "text", ["Учтены только женщины", "nur Männer", "Тек ауылдық жер", "sent to court", "Повторно выданные"]
)
def test_every_place_of_a_table(place: str, text: str) -> None:
    assert values(PLACES[place](text)) == set()


def test_what_is_declared_is_no_contradiction() -> None:
    content = f"Область;Год;Число\n{ROWS}Примечание: Учтены только женщины;;\n"
    assert values(lines(content, stop_at="^Примечание", concepts={"sex": {"const": "F"}})) == {12.0, 7.0}
    assert values(lines(content, stop_at="^Примечание", concepts={"sex": {"const": "M"}})) == set()


@pytest.mark.parametrize(
    "text", ["Не только женщины, но и все потерпевшие", "not only women", "nicht nur Frauen"]
)
def test_not_only_says_no_part(text: str) -> None:
    assert values(below(text)) == {12.0, 7.0}


@pytest.mark.parametrize("name", ["Область, город", "Область (жители обоих полов)"])
def test_the_name_of_a_column_of_areas(name: str) -> None:
    found = lines(f"{name};Год;Число\n{ROWS}", concepts={"ref_area": {"column": name}})
    assert values(found) == {12.0, 7.0}


def test_short_words_of_a_sex_that_is_read_are_no_husbands() -> None:
    content = "Область;2023;\n;жен.;муж.\nЧуйская область;12;7\n"
    concepts = {
        "ref_area": {"column": "Область"},
        "time_period": {"column": "col_1"},
        "sex": {"column": "col_2", "values": {"жен.": "F", "муж.": "M"}},
        "indicator": {"const": "DV_CASES"},
    }
    options = {"header_rows": [1, 2], "id_columns": ["Область"]}
    assert values(read(content.encode(), "delimited", concepts, reader_options=options)) == {12.0, 7.0}


def test_a_stage_that_the_indicator_counts_is_no_contradiction() -> None:
    content = f"Область;Год;Число\n{ROWS}Примечание: направлено в суд;;\n"
    found = lines(content, stop_at="^Примечание", concepts={"indicator": {"const": "DV_CASES_TO_COURT"}})
    assert values(found) == {12.0, 7.0}


def test_a_column_that_nothing_reads_refuses_its_own_rows() -> None:
    content = (
        "Область;Год;Сведения;Число\nЧуйская область;2023;Учтены только женщины;12\nОшская область;2023;;7\n"
    )
    assert values(lines(content)) == {7.0}


def test_a_footnote_restricts_its_own_cell() -> None:
    rows = [["Область", "2022¹", "2023"], ["Чуйская область", 12, 7], ["¹ Тек әйелдер есепке алынған"]]
    assert values(cross(rows)) == {7.0}


@pytest.mark.parametrize("line", ["* только женщины", "* за январь-сентябрь", "* nur städtische Gebiete"])
def test_a_footnote_of_one_column_of_a_file_of_lines_leaves_the_other(line: str) -> None:
    content = f"Область;2022;2023*\nЧуйская область;12;7\n{line};;\n"
    options = {"value_columns": ["2022", "2023*"], "stop_at": r"^\*"}
    concepts = {**LINES, **CASES, "time_period": {"column": "column"}}
    found = read(content.encode(), "delimited", concepts, reader_options=options)
    assert values(found) == {12.0}


@pytest.mark.parametrize(
    "text",
    [
        "Сведения приведены за 2019 год.",
        "Мәліметтер 2019 жылға берілген.",
        "2019-yil",
        "für das Jahr 2019",
        "H1",
    ],
)
@pytest.mark.parametrize("place", ["title", "header", "below", "workbook", "message"])
def test_a_time_in_every_place(place: str, text: str) -> None:
    """Read carelessly: figures of 2019, or of half a year, as those of 2023."""
    assert values(PLACES[place](text)) == set()


@pytest.mark.parametrize("place", ["title", "below", "workbook"])
@pytest.mark.parametrize("text", ["2023 год", "Klassifikation 2019", "Реестр ведётся с начала 2013 года"])
def test_a_time_of_something_else(place: str, text: str) -> None:
    assert values(PLACES[place](text)) == {12.0, 7.0}


def test_the_prose_of_a_report_in_a_column_that_nothing_reads_is_about_several_figures() -> None:
    prose = "Четверть испытали насилие: 22% испытали только физическое насилие, 1% только сексуальное"
    content = f"Область;Год;Текст;Число\nЧуйская область;2023;{prose};12\nОшская область;2023;;7\n"
    assert values(lines(content)) == {12.0, 7.0}

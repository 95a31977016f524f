"""Sentences and lines that say of all figures what they are, in each language, and harmless ones near them."""

import pytest

from sources.cells import REMARKS, TITLE
from transforms.normalize.contradictions.planned import says_planned
from transforms.normalize.contradictions.said_status import said_status
from transforms.normalize.contradictions.statements import stated
from transforms.normalize.contradictions.unit_words import COUNT, said_below, said_in_header, said_in_title
from transforms.normalize.scale import says_scale, says_scale_below

STATED = [
    ("данные приведены в процентах к итогу", "в процентах к итогу"),
    ("приведены целевые показатели программы", "целевые показатели программы"),
    ("деректер мың адаммен берілген", "мың адаммен"),
    ("маалыматтар миң адам менен берилген", "миң адам менен"),
    ("маълумот бо ҳазор нафар оварда шудааст", "бо ҳазор нафар"),
    ("ma'lumotlar ming kishida keltirilgan", "ming kishida"),
    ("маълумотлар минг кишида келтирилган", "минг кишида"),
    ("die angaben sind in tausend personen ausgewiesen", "in tausend personen"),
    ("ausgewiesen ist die zunahme im vergleich zum vorjahr", "zunahme im vergleich zum vorjahr"),
    ("figures are given in thousands of persons", "in thousands of persons"),
    ("the table shows the rank of each region", "rank of each region"),
    ("показатели на 100 000 населения приведены в таблице 5", ""),
    ("rates per 100,000 population are shown in table 5", ""),
    ("100 000 халыққа шаққандағы көрсеткіштер 5-кестеде берілген", ""),
    ("оценка риска проводится полицией", ""),
]
UNITS = [
    ("Данные приведены в процентах к итогу", "share"),
    ("Деректер қорытындыға пайызбен берілген", "share"),
    ("Маълумот бо фоиз нисбат ба ҷамъ оварда шудааст", "share"),
    ("Die Angaben sind in Prozent der Gesamtzahl ausgewiesen", "share"),
    ("Маалыматтар 10 000 кишиге эсептелген", "rate"),
    ("Die Angaben beziehen sich auf 10 000 Einwohner", "rate"),
    ("Алдыңғы жылмен салыстырғандағы өсім көрсетілген", "change"),
    ("The table shows the increase over the previous year", "change"),
    ("Maʼlumotlar indeks koʻrinishida keltirilgan (2015-yil = 100)", "score"),
    ("Viloyatning reytingdagi oʻrni koʻrsatilgan", "score"),
    ("Беш жылдагы орточо жылдык маанилер берилген", "unknown"),
    ("Figures are five-year averages", "unknown"),
    ("Деректер теңгемен берілген", "money KZT"),
    ("Figures are amounts paid in euros", "money EUR"),
]
ALONE = [
    ("пайызбен", "share"),
    ("%да", "share"),
    ("бо фоиз", "share"),
    ("je 100 000 Einwohner", "rate"),
    ("калктын 100 000ине", "rate"),
    ("1000 кишига", "rate"),
    ("өсімі (+/-)", "change"),
    ("+/- ggü. Vorjahr", "change"),
    ("прирост (+/-) к пред. году", "change"),
    ("2015-ж.=100", "score"),
    ("2015≙100", "score"),
    ("oʻrni", "score"),
    ("Platz", "score"),
    ("медиана", "unknown"),
    ("Monatsdurchschnitt", "unknown"),
    ("айына орта есеппен", "unknown"),
    ("soʻmda", "money XXX"),
    ("(in Euro)", "money EUR"),
]
HARMLESS = [
    "Доля женщин в процентах приведена в таблице 5",
    "Показатели на 100 000 населения приведены в таблице 5",
    "Angaben je 100 000 Einwohner stehen in Tabelle 5",
    "Мурунку жыл менен салыштыруу 5-таблицада берилген",
    "Миң жылдыктын өнүгүү максаттары",
    "Источник: программа «Миллион женщин»",
    "Жүздөгөн аялдар 100 ишеним телефонуна кайрылган",
    "Оценка риска проводится полицией",
    "Алдын ала жыйынтыктар № 2 бюллетенде жарыяланган",
    "Средние значения приведены в таблице 5",
    "Jarimalar summasi soʻmda 5-jadvalda keltirilgan",
    "Место составления: Бишкек",
    "Der Nationale Aktionsplan wurde beschlossen",
]
HUNDREDS = [
    "сотен чел.",
    "Данные приведены в сотнях человек",
    "жүз адам",
    "Деректер жүз адаммен берілген",
    "жүздеп",
    "Маалыматтар жүз адам менен берилген",
    "сад нафар",
    "бо садҳо",
    "yuz kishi",
    "юзларда",
    "in 100",
    "Anzahl in 100",
    "число в сотнях",
    "(сотен чел.)",
    "Die Angaben sind in Hundert ausgewiesen",
    "in 100s",
    "ҳаз. нафар",
]


@pytest.mark.parametrize(("sentence", "said"), STATED)
def test_a_sentence_without_subject_and_verb(sentence: str, said: str) -> None:
    assert stated(sentence) == said


@pytest.mark.parametrize(("text", "kind"), UNITS)
def test_a_sentence_says_the_unit_wherever_it_stands(text: str, kind: str) -> None:
    assert (said_below(text), said_below(f"Izoh: {text}"), said_below(f"({text})")) == (kind, kind, kind)
    assert said_in_title(f"Пострадавшие. {text}") == kind


@pytest.mark.parametrize(("text", "kind"), ALONE)
def test_a_line_below_may_be_no_more_than_a_unit(text: str, kind: str) -> None:
    assert said_below(text) == kind and said_below(f"Ескерту: {text}") == kind


@pytest.mark.parametrize("text", HUNDREDS)
def test_sets_of_a_hundred_in_each_language(text: str) -> None:
    assert says_scale(f"Жәбірленушілер, {text}") and says_scale(f"Opfer; {text}")
    assert says_scale_below(text) and says_scale_below(f"Эскертүү: {text}")


@pytest.mark.parametrize("text", HARMLESS)
def test_a_text_about_something_else_says_nothing(text: str) -> None:
    title = f"Пострадавшие. {text}"
    assert not says_scale(title) and not says_scale_below(text)
    assert said_in_title(title) in ("", COUNT) and said_below(text) in ("", COUNT)
    assert not says_planned(title, TITLE) and not says_planned(text, REMARKS)
    assert not said_status(title, TITLE) and not said_status(text, REMARKS)


@pytest.mark.parametrize(
    "text",
    [
        "Приведены целевые показатели программы",
        "Бағдарламаның нысаналы көрсеткіштері берілген",
        "Программанын максаттуу көрсөткүчтөрү берилген",
        "Нишондиҳандаҳои мақсадноки барнома оварда шудаанд",
        "Dasturning maqsadli koʻrsatkichlari keltirilgan",
        "Ausgewiesen sind die Zielwerte des Programms",
        "Figures are targets set by the programme",
    ],
)
def test_a_sentence_says_that_figures_are_planned(text: str) -> None:
    assert says_planned(f"Title. {text}", TITLE) == says_planned(text, REMARKS) == "plan"


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("Данные являются предварительными и будут уточнены", "P"),
        ("Деректер алдын ала болып табылады және нақтыланады", "P"),
        ("Маълумот пешакӣ буда, баъдан дақиқ карда мешавад", "P"),
        ("Maʼlumotlar dastlabki boʻlib, keyinchalik aniqlashtiriladi", "P"),
        ("Die Ergebnisse sind vorläufig und können noch korrigiert werden", "P"),
        ("Figures are provisional and subject to revision", "P"),
        ("vorl.", "P"),
        ("Данные являются оценочными", "E"),
        ("бааланган", "E"),
        ("Маълумот арзёбишуда мебошад", "E"),
        ("Маълумотлар баҳоланган қийматлардир", "E"),
        ("Die Zahlen beruhen auf Schätzungen", "E"),
        ("Figures are estimates", "E"),
        ("est.", "E"),
    ],
)
def test_a_sentence_gives_a_status(text: str, status: str) -> None:
    assert said_status(f"Title ({text})", TITLE) == said_status(text, REMARKS) == status


@pytest.mark.parametrize(
    ("header", "kind"),
    [
        ("Women, %", "share"),
        ("Number (per cent)", "share"),
        ("Persons, per 1,000 inhabitants", "rate"),
        ("Cases (2015 = 100)", "score"),
        ("Саны, орны", "score"),
        ("Anzahl (Platz)", "score"),
        ("Women, number", "count"),
        ("Share, number of persons", "share"),
    ],
)
def test_a_header_ends_with_its_unit(header: str, kind: str) -> None:
    assert said_in_header(header) == kind

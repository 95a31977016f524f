"""Names of providers: organisations of the bundled registers and of six languages pass, names of persons do not."""

import pytest

from data_contracts.strict_files import load_yaml
from sources.bundled_registers import load_register
from sources.programmes.form import LANGUAGES, words
from transforms.programmes.organisations import WORDS, is_organisation

#: an entry that describes places and names no body
NO_BODY = "Safe spaces during the quarantine of 2020"
#: kinds of the register of services whose names are those of bodies
BODIES = ("crisis_centre", "shelter", "one_stop_centre", "police_unit", "coordination_body")
ORGANISATIONS = """
Кризисный центр «Умут»
ОФ «Сезим»
Ак-Журок, ОО
Муниципальный кризисный центр «Аялзат»
Центр социальной помощи жертвам бытового насилия, Талдыкорган
Жамбылский областной центр социальной помощи жертвам бытового насилия
Консультационная комната по коррекции поведения агрессоров, Левакант
Кабинет работы с агрессорами, Худжанд
Шелтер Юнусабадского района
ННО «Мехржон»
КГУ «Мирас»
Отдел по борьбе с семейно-бытовым насилием
Ассоциация кризисных центров Кыргызстана
Қорғау қоғамдық қоры
«Үміт» дағдарыс орталығы
Пробация қызметі
«Сезим» кризистик борбору
Коомдук фонд «Ажар»
Ички иштер бөлүмү
Маркази бӯҳронии занон
Утоқи кор бо зӯроварон
Ташкилоти ҷамъиятии «Гулрухсор»
NGO Korvoni Umed
Oila va mahalla markazi
«Инсон» ижтимоий хизматлар маркази
“Mehrjon” NNT
Ijtimoiy himoya milliy agentligi
Gulrukhsor shelter
Pfälzischer Verein für Soziale Rechtspflege Südpfalz e.V.
Bundesarbeitsgemeinschaft Täterarbeit Häusliche Gewalt e.V.
Beratungsstelle Landau
Staatsanwaltschaft Landau
""".strip().splitlines()
PERSONS = """
Серик Ахметов
Ахметов Серик Болатұлы
Айгүл Сәрсенбайқызы Нұрланова
Нұрлан Қасым
Советбек Асанов
Асанов Кеңешбек
Айгүл Асанова
Токтогул уулу Бакыт
Бакыт кызы Айнура
Фаррух Раҳимзода
Раҳимов Фаррух Саидович
Саида Назарова
Gulnora Karimova
Karimova Gulnora Rustamovna
Rustam Karimov Akmal oʻgʻli
Каримова Гулнора Рустам қизи
Иванов Иван Иванович
Иван Школьников
Мария Фондеренко
Klaus Schneider
Schneider, Klaus
Dr. Anna-Maria Weber
ИП Ахметов С. Б.
""".strip().splitlines()


@pytest.mark.parametrize("name", ORGANISATIONS)
def test_an_organisation_is_one(name: str) -> None:
    assert is_organisation(name)


@pytest.mark.parametrize("name", PERSONS)
def test_a_person_is_none(name: str) -> None:
    assert not is_organisation(name)
    assert not is_organisation(f"Центр {name}") or "ич" not in name


def test_bodies_of_the_bundled_register_pass_in_english_and_russian() -> None:
    refused = [
        entry[column]
        for entry in load_register("response_services")
        if entry["kind"] in BODIES and entry["name_en"] != NO_BODY
        for column in ("name_en", "name_ru")
        if entry[column] and not is_organisation(entry[column])
    ]
    assert refused == []


def test_every_language_of_the_form_has_words_and_forms() -> None:
    declared = load_yaml(WORDS)
    assert set(LANGUAGES) <= set(declared)
    for language, kinds in declared.items():
        assert kinds["beginnings"] and kinds["forms"], language
        assert all(word == word.casefold() for listed in kinds.values() for word in listed), language


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_refusal_says_what_to_write(language: str) -> None:
    """The remedy names a registered form, which always passes."""
    example = {"uz": "NNT", "en": "NGO"}.get(language, "")
    said = words(language).text("problem.no_organisation")
    forms = [form for form in ("ОФ", "ҚҚ", "КФ", "ТҶ", "NNT", "NGO") if form in said]
    assert forms and example in said and all(is_organisation(f"{form} «Умут»") for form in forms)

"""Area names: exact spellings first, then without the words that only say what kind of area it is."""

import pytest

from pipelines.declarations import Declarations
from transforms.parse.read_areas import Areas


@pytest.fixture(scope="module")
def areas(declared: Declarations) -> Areas:
    return Areas(declared.contract)


@pytest.mark.parametrize(
    ("label", "code"),
    [
        ("KG-N", "KG-N"),
        ("Naryn region", "KG-N"),
        ("  НАРЫНСКАЯ   область ", "KG-N"),
        ("Naryn region (total)", "KG-N"),
    ],
)
def test_known_spellings_are_found(areas: Areas, label: str, code: str) -> None:
    assert areas.resolve(label, ["KG"]) == (code, "")


@pytest.mark.parametrize(
    ("country", "labels"),
    [
        ("KZ", ("Казакстан", "Қозоғистон Республикаси", "Qozog‘iston", "Қазоқистон", "Kasachstan")),
        (
            "KG",
            ("Қырғызстан", "Қирғизистон Республикаси", "Qirg‘iziston", "Ҷумҳурии Қирғизистон", "Kirgisistan"),
        ),
        ("TJ", ("Тәжікстан", "Тажикстан", "Тожикистон Республикаси", "Tojikiston", "Tadschikistan")),
        ("UZ", ("Өзбекстан Республикасы", "Ӯзбекистон", "Ҷумҳурии Ӯзбекистон", "Usbekistan")),
    ],
)
def test_a_country_has_a_name_in_each_language(areas: Areas, country: str, labels: tuple[str, ...]) -> None:
    assert {label: areas.resolve(label, ["*"]) for label in labels} == dict.fromkeys(labels, (country, ""))


@pytest.mark.parametrize(
    ("label", "code"),
    [
        ("Чуйская область / Чүй облусу", "KG-C"),
        ("Чүй облусу\nЧуйская область", "KG-C"),
        ("Чүй облусу Чуйская область", "KG-C"),
        ("1. Чуйская область", "KG-C"),
        ("г. Ош / Ош шаары", "KG-GO"),
        ("КР", "KG"),
        ("ш. Ош", "KG-GO"),
        ("Бишкек қ.", "KG-GB"),
        ("Ош вил.", "KG-O"),
        ("Нарын ш.", None),
        ("Чуйская область / Ошская область", None),
        ("Чуйская область Нарынская область", None),
        ("Ош / Ош шаары", None),
        ("1. Ош", None),
        ("ГКНБ / Чуйская область", None),
        ("Чүй облусу / Чуйская область / Chuy region", "KG-C"),
        ("Чүй облусу / Чуйская область / Naryn region", None),
        ("в Чуйской области", "KG-C"),
        ("По Баткенской обл.", "KG-B"),
        ("Чуйскую область", "KG-C"),
        ("в городе Бишкек", "KG-GB"),
        ("по г. Бишкеку", "KG-GB"),
        ("в Бишкеке", "KG-GB"),
        ("города Бишкека", "KG-GB"),
        ("в Кыргызской Республике", "KG"),
        ("Чүй облусунда", "KG-C"),
        ("Бишкек шаары боюнча", "KG-GB"),
        ("for Chuy region", "KG-C"),
        ("в Оше", None),
        ("кроме Чуйской области", None),
        ("в том числе Чуйская область", None),
        ("по областям", None),
        ("по области", None),
    ],
)
def test_a_name_in_two_languages_or_with_a_number(areas: Areas, label: str, code: str | None) -> None:
    assert areas.resolve(label, ["KG"])[0] == code


@pytest.mark.parametrize("label", ["Naryn viloyati", "the state Naryn", "Naryn oblast (1)"])
def test_a_second_look_up_leaves_out_the_word_for_the_kind_of_area(areas: Areas, label: str) -> None:
    assert areas.resolve(label, ["KG"]) == ("KG-N", "")


def test_what_may_be_a_city_or_a_region_stays_unread(areas: Areas) -> None:
    assert areas.resolve("Osh", ["KG"]) == (None, "ambiguous_area")
    assert areas.resolve("Osh city", ["KG"]) == ("KG-GO", "")


@pytest.mark.parametrize(
    ("label", "country", "code"),
    [
        ("Ош (город)", "KG", "KG-GO"),
        ("Ош г.", "KG", "KG-GO"),
        ("Алматы, г.", "KZ", "KZ-75"),
        ("Almaty (City)", "KZ", "KZ-75"),
        ("Алматы обл.", "KZ", "KZ-19"),
        ("Алматы (область)", "KZ", "KZ-19"),
        ("Osh (oblast)", "KG", "KG-O"),
        ("Алматы", "KZ", None),
        ("Нарын г.", "KG", None),  # a town of the region
        ("Алматинская (с г. Алматы)", "KZ", None),
        ("Ошская обл. без г. Ош", "KG", None),
    ],
)
def test_the_kind_of_area_tells_a_city_from_its_region(
    areas: Areas, label: str, country: str, code: str | None
) -> None:
    """Read carelessly: the bracket is dropped and the name of both stays."""
    assert areas.resolve(label, [country])[0] == code


@pytest.mark.parametrize(
    ("label", "country", "code"),
    [
        ("Aлматинская область", "KZ", "KZ-19"),  # a Latin A
        ("Ceвepo-Казахстанская область", "KZ", "KZ-59"),  # Latin C, e and p
        ("Almatу region", "KZ", "KZ-19"),  # a Cyrillic у
        ("Aлмaты", "KZ", None),
    ],
)
def test_letters_of_the_other_script_that_look_alike(
    areas: Areas, label: str, country: str, code: str | None
) -> None:
    assert areas.resolve(label, [country])[0] == code


def test_names_of_another_country_are_not_meant(areas: Areas) -> None:
    assert areas.resolve("Naryn region", ["KZ"]) == (None, "unknown_area")
    assert areas.resolve("Naryn region", ["*"]) == ("KG-N", "")


def test_unknown_names_are_refused(areas: Areas) -> None:
    assert areas.resolve("Atlantis", ["*"]) == (None, "unknown_area")
    assert areas.resolve("region", ["*"]) == (None, "unknown_area")


@pytest.mark.parametrize(
    ("label", "code"),
    [
        ("Naryn region (villages)", None),
        ("Нарынская область (город)", None),
        ("Нарынская область (без г. Нарын)", None),
        ("Naryn region (women)", None),
        ("Naryn region (Osh region)", None),
        ("Naryn region (1)", "KG-N"),
        ("Нарынская (обл.)", "KG-N"),
        ("Naryn region (KG-N)", "KG-N"),
        ("Naryn region (Нарынская область)", "KG-N"),
    ],
)
def test_brackets_that_make_another_area_of_it(areas: Areas, label: str, code: str | None) -> None:
    assert areas.resolve(label, ["KG"])[0] == code

"""Drafts, samples of a form and deleted or annulled records are refused, whatever place of a file says so."""

from collections.abc import Callable

import pytest

from sources.cells import REMARKS, TITLE
from tests.sources.readers.test_more_cases import HEADER, lines, rules, said
from tests.transforms.normalize.contradictions.test_adjusted import in_csv, in_cube, in_json, in_workbook
from transforms.normalize.contradictions.drafts import says_draft
from transforms.normalize.inputs_and_results import Normalized

DRAFTS = {
    TITLE: (
        *("ЛОЙИҲА", "ПРОЕКТ", "DRAFT", "Entwurf", "ЖОБА", "ДОЛБООР", "ЛОИҲА", "Loyiha", "Ордера (проект)"),
        *(
            "Orders, draft figures",
            "Entwurf, Stand 3.",
            "Намуна учун тасодифий сонлар",
            "Образец заполнения, условные данные",
        ),
        *("Beispieldaten", "Шартты деректер", "Кокустук сандар", "Namuna uchun", "Рақамҳои тасодифӣ"),
    ),
    REMARKS: ("demo", "черновик", "Маълумотлар намуна учун", "random sample values for testing", "test data"),
    "column": ("черновик", "Orders (draft)", "Fiktive Zahlen", "шарттуу маалымат"),
    "Вид": ("draft", "запись аннулирована", "record was deleted", "тестовые данные"),
    "Состояние записи": ("аннулирована", "удалена", "не утверждена", "проект"),
    "meta.state": ("Draft", "withdrawn", "deleted", "бекор қилинган", "жойылған", "жокко чыгарылган"),
    "Holati": ("loyiha", "o‘chirilgan", "tasdiqlanmagan"),
    "Datenstatus": ("storniert", "Entwurf", "nicht freigegeben"),
    "is_deleted": ("true", "1"),
    "deleted": ("True", "yes"),
    "active": ("false",),
    "is_published": ("0", "no"),
}
NO_DRAFTS = {
    TITLE: (
        *("Проект «Безопасный дом»", "Проект помощи женщинам", "Жобалар", "Проекты", "Draft law of 2023"),
        *("Условно осуждённые", "Random sample of 5,000 women", "Образец № 2", "Демографические данные"),
        *("not test data", "Test results", "Условные обозначения", "Сведения по форме № 1 (образец)"),
    ),
    REMARKS: ("Основано на случайной выборке", "Источник: проект ПРООН", "Аннулированные записи не учтены"),
    "column": ("Проект", "Жоба", "Отменённые ордера"),
    "Проект": ("проект", "жоба", "demo"),
    "Статус": ("действует", "published", "final", "closed"),
    "is_deleted": ("false", "0"),
    "Cancelled": ("1", "3", "false"),
    "Active": ("0", "true"),
}


@pytest.mark.parametrize("place", DRAFTS)
def test_words_of_a_draft(place: str) -> None:
    assert {text: says_draft(text, place) for text in DRAFTS[place]} == dict.fromkeys(DRAFTS[place], True)


@pytest.mark.parametrize("place", NO_DRAFTS)
def test_words_of_no_draft(place: str) -> None:
    assert {text: says_draft(text, place) for text in NO_DRAFTS[place]} == dict.fromkeys(
        NO_DRAFTS[place], False
    )


@pytest.mark.parametrize(
    ("made", "place"),
    [
        *((in_csv, place) for place in ("title", "below", "column")),
        *((in_workbook, place) for place in ("title", "below")),
        *((in_cube, place) for place in ("title", "below", "provider", "column")),
        *((in_json, place) for place in ("title", "below", "column")),
    ],
)
def test_wherever_a_file_says_that_it_is_a_draft(made: Callable[[str, str], Normalized], place: str) -> None:
    result = made("черновик", place)
    assert not said(result) and "not_as_counted" in rules(result)
    assert said(made("проект помощи", place))


def test_only_the_rows_that_were_annulled_and_none_that_are_chosen() -> None:
    text = HEADER.replace("\n", ";Статус записи\n")
    text += "г. Ош;2022;женщины;44;аннулирована\nг. Ош;2022;мужчины;7;действует\n"
    kept = {("KG-GO", "2022", "M", 7.0)}
    result = lines(text)
    assert said(result) == kept and "аннулирована" in result.refused["reason_en"][0].as_py()
    assert said(lines(text, where={"Статус записи": ["аннулирована"]})) == {("KG-GO", "2022", "F", 44.0)}

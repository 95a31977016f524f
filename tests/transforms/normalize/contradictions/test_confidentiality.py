"""Values that the publisher calls confidential, or free only later, are refused and repeated nowhere."""

import pytest

from sources.cells import EMBARGO, REMARKS
from tests.transforms.sample import FACTS, Declare, Observe, column, refusals, sheet
from transforms.normalize.contradictions.confidentiality import says_closed
from transforms.normalize.normalizer import Normalizer

CLOSED = [
    ("CONF_STATUS", "C"),
    ("CONF_STATUS", "N"),
    ("conf_status", "D"),
    ("CONF_STATUS", "S"),
    ("CONFIDENTIALITY", "confidential"),
    ("OBS_CONF", "C"),
    ("Конфиденциальность", "да"),
    ("EMBARGO_DATE", "2099-01-01"),
    ("EMBARGO_TIME", "2099-01-01T00:00:00"),
    ("embargoDate", "01.02.2099"),
    ("Embargo until", "2099"),
    ("Sperrfrist", "2026-11-24T09:00:00+05:00"),
    ("Embargo", "until the minister has spoken"),
    ("Примечание", "Для служебного пользования"),
    ("Примечание", "Эмбарго до 1 февраля 2099 года"),
    ("title", "Protection orders (embargoed until 1 February 2099, 06:00)"),
]
FREE = [
    ("CONF_STATUS", "F"),
    ("CONF_STATUS", ""),
    ("conf_status", "Free"),
    ("EMBARGO_DATE", "2001-01-01"),
    ("EMBARGO_DATE", ""),
    ("Embargo", "none"),
    ("embargoDate", "01.02.2001"),
    ("Sperrfrist", "2026-11-24T08:00:00+05:00"),
    ("Примечание", "Эмбарго до 1 февраля 2001 года"),
    ("Confident", "C"),
    ("Примечание", "Обращение на линию доверия конфиденциально"),
]


@pytest.mark.parametrize(("name", "text"), CLOSED)
def test_a_closed_value_is_refused_and_not_repeated(observe: Observe, name: str, text: str) -> None:
    """Published as free before: nothing read these columns."""
    result = observe([("4711", {"Year": "2024", name: text})])
    assert column(result, "obs_value") == []
    assert refusals(result) == [("line 2", "not_for_publication")]
    (refused,) = result.refused.to_pylist()
    assert refused["published_value"] is None and refused["row"] is None
    assert "4711" not in str(refused) and text in refused["reason_en"] and text in refused["reason_ru"]


@pytest.mark.parametrize(("name", "text"), FREE)
def test_a_free_value_is_published(observe: Observe, name: str, text: str) -> None:
    result = observe([("4711", {"Year": "2024", name: text})])
    assert column(result, "obs_value") == [4711.0] and refusals(result) == []


@pytest.mark.parametrize(
    ("key", "text", "published"),
    [
        (EMBARGO, "2001-01-01\n2099-01-01", []),
        (EMBARGO, "2001-01-01", [4711.0]),
        (REMARKS.encode(), "Sperrfrist: 01.02.2099", []),
        (REMARKS.encode(), "Source: office. Do not publish before 1 February 2099", []),
        (REMARKS.encode(), "Not for publication before 2 January 2026, 06:00", [4711.0]),
        (REMARKS.encode(), "* Embargo until 1 February 2099", [4711.0]),
    ],
)
def test_an_embargo_on_the_whole_file(
    normalizer: Normalizer, declare: Declare, key: bytes, text: str, published: list[float]
) -> None:
    """As the header of a message says it, or a line below a table; of a footnote no figure has the mark."""
    cells = sheet([("4711", {})]).replace_schema_metadata({key: text.encode()})
    result = normalizer.normalize(cells, declare(), FACTS)
    assert column(result, "obs_value") == published
    assert [rule for _, rule in refusals(result)] == ["not_for_publication"] * (not published)


def test_a_withheld_value_is_a_gap(observe: Observe) -> None:
    """Without a value nothing is closed; the row says that there is none."""
    result = observe([("", {"Year": "2024", "CONF_STATUS": "C"})])
    assert refusals(result) == [] and column(result, "obs_value") == [None]


@pytest.mark.parametrize(
    "text",
    [
        "ДСП",
        "Данные не подлежат публикации",
        "Ордера (для служебного пользования)",
        "қызмет бабында пайдалану үшін",
        "Маалыматтар жарыяланууга жатпайт",
        "Маълумот барои нашр пешбинӣ нашудааст",
        "Maʼlumotlar eʼlon qilinishi mumkin emas",
        "махфий",
        "Die Angaben sind nicht zur Veröffentlichung bestimmt",
        "VS-NfD",
        "These data are confidential and not for publication",
    ],
)
def test_words_that_close_a_table(text: str) -> None:
    assert says_closed(text) and says_closed(f"Note: {text}", "_remarks")
    # About the cells with that mark.
    assert not says_closed(f"* {text}", "_remarks")


@pytest.mark.parametrize(
    "text",
    [
        "Персональные данные защищены законом",
        "Муроҷиат ба телефони боварӣ махфӣ аст",
        "Calls are confidential",
    ],
)
def test_words_about_something_else_close_nothing(text: str) -> None:
    assert not says_closed(text)

"""Values that the publisher calls confidential, or free only later, are refused and repeated nowhere."""

import pytest

from tests.transforms.sample import Observe, column, refusals

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
]
FREE = [
    ("CONF_STATUS", "F"),
    ("CONF_STATUS", ""),
    ("conf_status", "Free"),
    ("EMBARGO_DATE", "2001-01-01"),
    ("EMBARGO_DATE", ""),
    ("Confident", "C"),
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


def test_a_withheld_value_is_a_gap(observe: Observe) -> None:
    """Without a value nothing is closed; the row says that there is none."""
    result = observe([("", {"Year": "2024", "CONF_STATUS": "C"})])
    assert refusals(result) == [] and column(result, "obs_value") == [None]

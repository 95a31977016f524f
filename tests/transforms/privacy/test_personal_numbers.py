"""Numbers of persons in Kazakhstan, Kyrgyzstan and Uzbekistan, told from others by their dates and check digits."""

import pytest

from transforms.privacy.personal_numbers import _is_date, _is_iin, _is_pin, _is_pinfl, is_personal_number

LAST_DAYS = {1: 31, 2: 29, 3: 31, 4: 30, 5: 31, 6: 30, 7: 31, 8: 31, 9: 30, 10: 31, 11: 30, 12: 31}


@pytest.mark.parametrize("month", range(14))
def test_days_of_a_month(month: int) -> None:
    good = {day for day in range(33) if _is_date(f"{day:02d}", f"{month:02d}")}
    assert good == set(range(1, LAST_DAYS.get(month, 0) + 1))


def right_digits(head: str, is_right: object) -> set[str]:
    return {digit for digit in "0123456789" if is_right(head + digit)}  # type: ignore[operator]


@pytest.mark.parametrize(
    ("head", "digit"),
    [
        # 1*9 + 2*3 + 3*0 + 4*1 + 5*1 + 6*2 + 7*4 + 8*0 + 9*0 + 10*1 + 11*3 = 107 = 9*11 + 8
        ("93011240013", "8"),
        # 8 + 10 + 0 + 4 + 0 + 6 + 21 + 0 + 0 + 10 + 22 = 81 = 7*11 + 4
        ("85010130012", "4"),
        # 2 + 4 + 7 + 8 + 9 = 30 = 2*11 + 8
        ("01010110101", None),
    ],
)
def test_the_check_digit_of_kazakhstan(head: str, digit: str | None) -> None:
    weighed = sum(int(one) * weight for one, weight in zip(head, range(1, 12), strict=True)) % 11
    if weighed == 10:
        again = (*range(3, 12), 1, 2)
        weighed = sum(int(one) * weight for one, weight in zip(head, again, strict=True)) % 11
    assert digit in (None, str(weighed))
    assert right_digits(head, _is_iin) == ({str(weighed)} if weighed < 10 else set())


def test_a_remainder_of_ten_is_weighed_again_and_ten_once_more_is_none() -> None:
    """All of a day, so that both rows of weights have every remainder."""
    again = 0
    for number in range(1000):
        head = f"850101300{number % 100:02d}" if number < 100 else f"85010130{number:03d}"
        first = sum(int(one) * weight for one, weight in zip(head, range(1, 12), strict=True)) % 11
        if first < 10:
            continue
        second = sum(int(one) * w for one, w in zip(head, (*range(3, 12), 1, 2), strict=True)) % 11
        assert right_digits(head, _is_iin) == ({str(second)} if second < 10 else set())
        again += 1
    assert again > 50


@pytest.mark.parametrize("head", ["85130130012", "85013230012", "85010170012", "85010100012", "85023030012"])
def test_no_date_or_no_century_is_no_number_of_kazakhstan(head: str) -> None:
    assert right_digits(head, _is_iin) == set()


@pytest.mark.parametrize(
    ("digits", "good"),
    [
        ("11512199001234", True),
        ("20101198500123", True),
        ("01512199001234", False),
        ("31512199001234", False),
        ("13212199001234", False),
        ("11513199001234", False),
        ("11512190001234", True),
        ("11512189901234", False),
        ("11512209901234", True),
        ("11512210001234", False),
    ],
)
def test_a_number_of_kyrgyzstan_begins_with_sex_and_date(digits: str, good: bool) -> None:
    assert _is_pin(digits) is good


@pytest.mark.parametrize(
    ("head", "digit"),
    [
        # 7*3+3*0+1*1+7*0+3*1+1*9+7*9+3*0+1*1+7*2+3*3+1*4+7*5 = 160
        ("3010199012345", "0"),
        # 7*6+3*1+1*5+7*0+3*3+1*0+7*7+3*1+1*2+7*0+3*0+1*0+7*1 = 120
        ("6150307120001", "0"),
        ("7010199012345", None),
        ("0010199012345", None),
        ("3320199012345", None),
        ("3011399012345", None),
        ("3010199000000", None),
    ],
)
def test_the_check_digit_of_uzbekistan(head: str, digit: str | None) -> None:
    assert right_digits(head, _is_pinfl) == ({digit} if digit else set())


def test_length_tells_which_number_it_may_be() -> None:
    iin, pin, pinfl = "930112400138", "11512199001234", "30101990123450"
    assert is_personal_number(iin) and is_personal_number(pin) and is_personal_number(pinfl)
    assert not any(map(is_personal_number, (iin[:-1], iin + "0", pin[:-1], pin + "0", "", "930112400139")))

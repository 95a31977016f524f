"""Identification numbers of persons that prove themselves by a date of birth or a check digit inside.

>>> is_personal_number("850101300015"), is_personal_number("850101300014")
(True, False)

Not here: finding runs of digits in a text, and passport numbers, which have no check digit
(``personal_data_patterns``). Called by ``personal_data_search``.
"""

_LONG = {1, 3, 5, 7, 8, 10, 12}


def is_personal_number(digits: str) -> bool:
    """Whether digits alone are a number of a person of Kazakhstan (12), Kyrgyzstan or Uzbekistan (14)."""
    if len(digits) == 12:
        return _is_iin(digits)
    return len(digits) == 14 and (_is_pin(digits) or _is_pinfl(digits))


def _is_iin(digits: str) -> bool:
    """Kazakhstan: date of birth, century and sex, check digit modulo 11 with a second row of weights."""
    if not _is_date(digits[4:6], digits[2:4]) or digits[6] not in "123456":
        return False
    numbers = [int(digit) for digit in digits]
    check = sum(n * weight for n, weight in zip(numbers, range(1, 12), strict=False)) % 11
    if check == 10:
        weights = (3, 4, 5, 6, 7, 8, 9, 10, 11, 1, 2)
        check = sum(n * weight for n, weight in zip(numbers, weights, strict=False)) % 11
    return check == numbers[11]


def _is_pin(digits: str) -> bool:
    """Kyrgyzstan: sex, then the date of birth with the year in full."""
    return digits[0] in "12" and 1900 <= int(digits[5:9]) <= 2099 and _is_date(digits[1:3], digits[3:5])


def _is_pinfl(digits: str) -> bool:
    """Uzbekistan: century and sex, date of birth, district, number, check digit (7, 3, 1 modulo 10).

    Fourteen-digit area codes of Kyrgyzstan end in zeros, which is why a number of zeros is none.
    """
    if digits[0] not in "123456" or not _is_date(digits[1:3], digits[3:5]) or digits[7:13] == "000000":
        return False
    check = sum(int(digit) * (7, 3, 1)[i % 3] for i, digit in enumerate(digits[:13])) % 10
    return check == int(digits[13])


def _is_date(day: str, month: str) -> bool:
    return 1 <= int(month) <= 12 and 1 <= int(day) <= (29, 30, 31)[(int(month) != 2) + (int(month) in _LONG)]

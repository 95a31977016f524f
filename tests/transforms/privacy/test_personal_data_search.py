"""Personal data in headers and cells is found, in whole columns and batch by batch; statistics are let through."""

import csv
import re
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.share_of_cases import examples
from transforms.privacy.personal_data_patterns import BARE, HARMLESS, PSEUDONYM, SUSPECT
from transforms.privacy.personal_data_search import Guard, _pass_by_bytes, guard, kinds_of_each

FIGURES = Path(__file__).resolve().parents[3] / "sources" / "bundled" / "figures"
# The patterns as Python reads them: RE2 writes classes of characters in another way.
_CLASSES = {r"[\s\p{Z}]": r"\s", r"\p{Nd}": r"\d", r"\p{L}": r"[^\W\d_]", r"[^[^\W\d_]\d/_-]": r"[^\w/-]"}
PERSON, IDENTITY = "Иванова Мария Петровна", "930112400138"


def python(pattern: str) -> re.Pattern[str]:
    for re2, own in _CLASSES.items():
        pattern = pattern.replace(re2, own)
    return re.compile(pattern.replace(r"[^[^\W\d_]\d_]", r"[\W]"))


@settings(max_examples=examples(150, 400), deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.from_regex(re.compile(HARMLESS, re.ASCII), fullmatch=True))
def test_what_passes_unseen_could_not_be_suspect(text: str) -> None:
    for pattern in (SUSPECT, BARE, PSEUDONYM):
        assert not python(pattern).search(text), pattern


@settings(max_examples=examples(150, 400), deadline=None)
@given(
    st.integers(1, 12).flatmap(
        lambda width: st.lists(st.text("019zAZa-/_. ё", min_size=width, max_size=width))
    )
)
def test_what_passes_by_its_bytes_is_harmless(texts: list[str]) -> None:
    if _pass_by_bytes(pa.array(texts, pa.string())):
        assert all(re.fullmatch(HARMLESS, text, re.ASCII) for text in texts)


@pytest.mark.parametrize(
    ("texts", "passes"),
    [
        ([f"KG-{n:09d}" for n in range(2_000)], True),
        ([f"{n:08d}" for n in range(2_000)], True),
        ([f"kusp_{2000 + n % 999}/{n:06d}" for n in range(2_000)], True),
        ([f"{n:032x}" for n in range(2_000)], True),
        ([*(f"KG-{n:09d}" for n in range(2_000)), "+99655512345"], False),
        (["KG-00000000z", *(f"KG-{n:09d}" for n in range(2_000))], False),
        (["+99655512345", *(f"KG-{n:09d}" for n in range(2_000))], False),
        ([f"{n:09d}" for n in range(2_000)], False),
        ([*(f"{n:032x}" for n in range(2_000)), "Иванова Мария Петр."[:19].ljust(26, "-")], False),
        ([f"{n}" for n in range(2_000)], False),
        (["KG-1", ""], False),
    ],
)
def test_which_texts_pass_by_their_bytes(texts: list[str], passes: bool) -> None:
    """Among them those whose first or last one differs; a part of an array is looked at alone."""
    array = pa.array(["Иванова", *texts, "", "Мария"])
    assert _pass_by_bytes(array.slice(1, len(texts))) is passes


def shown(columns: dict[str, list[str]], size: int, *, coded: bool) -> set[tuple[str, str]]:
    watch = Guard()
    for name, texts in columns.items():
        for at in range(0, len(texts), size):
            part = pa.array(texts[at : at + size])
            counted = part.value_counts()
            if coded:
                watch.look(name, counted.field("values"), counted.field("counts"))
            else:
                watch.look(name, part, None)
    return {(finding.column, finding.kind) for finding in watch.findings()}


COLUMNS = {
    "номер": [f"КУСП-{n:05d}" for n in range(500)],
    "служебное": ["отдел 5", "", "+996 555 123456", *["отдел 7"] * 497],
    "кто": [*["потерпевшая"] * 499, PERSON],
    "код": [*[f"{n:012d}" for n in range(300)], *[IDENTITY] * 200],
    "личный": [IDENTITY] * 300 + ["100000000001"] * 200,
    "дата рождения": [""] * 500,
    "псевдоним": [f"{n:032x}" for n in range(500)],
    "смешанный": [*[f"{n:032x}" for n in range(499)], PERSON],
}


@pytest.mark.parametrize(("size", "together"), [(7, 100), (500, 100), (1, 10_000), (500, 10_000)])
@pytest.mark.parametrize("few", [None, 3, 1_000])
def test_batches_show_what_whole_columns_show(
    monkeypatch: pytest.MonkeyPatch, size: int, together: int, few: int | None
) -> None:
    """Also where a batch shows each text once with its rows, and so few of them that they are put together."""
    monkeypatch.setattr("transforms.privacy.personal_data_search._TOGETHER", together)
    monkeypatch.setattr("transforms.privacy.personal_data_search._FEW", few)
    expected = {(finding.column, finding.kind) for finding in guard([], COLUMNS)}
    assert shown(COLUMNS, size, coded=few is not None) == expected
    assert ("смешанный", "name") in expected and ("псевдоним", "national_id") not in expected


def test_rows_of_a_text_count() -> None:
    """Long numbers condemn a column where they are most of its rows, whatever they are of its texts."""
    for persons, others, found in ((300, 200, True), (10, 500, False)):
        watch = Guard()
        watch.look("код", pa.array([IDENTITY, "100000000001"]), pa.array([persons, others]))
        assert bool(watch.findings()) is found


# -- whole columns: headers, values, and what is no personal data ---------------------------------------------------

KINDS = {
    "name": [
        "ФИО",
        "Ф.И.О.",
        "Ф. И. О. потерпевшей",
        "Фамилия",
        "имя",
        "Аты-жөні",
        "Аты-жөнү",
        "Тегі",
        "фамилиясы",
        "Ному насаб",
        "F.I.Sh.",
        "F.I.SH",
        "Full name",
        "Surname",
        "Familiyasi",
        "Ф.И.Ш.",
        "Отчество",
    ],
    "national_id": [
        "ИИН",
        "ЖСН",
        "ПИН",
        "ИНН",
        "ПИНФЛ",
        "JSHSHIR",
        "PINFL",
        "Паспорт",
        "Passport number",
        "Удостоверение личности №",
        "Жеке куәлік",
    ],
    "phone": ["Телефон", "Номер телефона", "Контактный телефон", "Phone", "Telefon raqami", "Рақами телефон"],
    "email": ["E-mail", "Электронная почта", "Эл. почта"],
    "address": ["Адрес", "Адрес проживания", "Мекенжайы", "Дареги", "Суроғаи истиқомат", "Manzili"],
    "birth_date": [
        "Дата рождения",
        "Туған күні",
        "Туулган күнү",
        "Санаи таваллуд",
        "Tugʻilgan sanasi",
        "Tug'ilgan kuni",
        "Date of birth",
    ],
}


@pytest.mark.parametrize(("kind", "header"), [(kind, h) for kind, headers in KINDS.items() for h in headers])
def test_headers_of_personal_data(kind, header):
    assert [f.kind for f in guard([header], {})] == [kind]
    assert kind in [f.kind for f in guard([header.upper()], {})]


def iin(body):
    numbers = [int(digit) for digit in body]
    check = sum(n * w for n, w in zip(numbers, range(1, 12), strict=True)) % 11
    return body + str(check)


def pinfl(body):
    return body + str(sum(int(digit) * (7, 3, 1)[i % 3] for i, digit in enumerate(body)) % 10)


@pytest.mark.parametrize(
    ("kind", "values"),
    [
        ("national_id", [iin("85010130012"), iin("99123145012")]),
        ("national_id", ["потерпевшая, ИИН " + iin("85010130012")]),
        ("national_id", ["20101198500123", "11512199001234"]),
        ("national_id", [pinfl("3010199012345"), int(pinfl("3120785123456"))]),
        ("national_id", ["AA1234567"]),
        ("national_id", ["паспорт AN 1234567, выдан"]),
        ("national_id", ["N12345678"]),
        ("phone", ["+7 701 123 45 67"]),
        ("phone", ["8 (701) 123-45-67"]),
        ("phone", ["+996 555 123456"]),
        ("phone", ["0555 123 456"]),
        ("phone", ["+992 90 123 45 67"]),
        ("phone", ["тел. 90 123-45-67"]),
        ("phone", ["+998901234567"]),
        ("phone", [87011234567, 87017654321]),
        ("email", ["a.b@mail.kz"]),
        ("address", ["г. Алматы, ул. Абая, д. 5, кв. 12"]),
        ("address", ["Абай көшесі, 5"]),
        ("address", ["Киев көчөсү 12"]),
        ("address", ["кӯчаи Рӯдакӣ 14"]),
        ("address", ["Navoiy ko‘chasi, 12-uy"]),
        ("address", ["д. 7, кв. 3"]),
        ("name", ["Иванова Мария Сергеевна"]),
        ("name", ["Асанова Айгүл Болот кызы"]),
    ],
)
def test_values_that_are_personal_data(kind, values):
    found = guard(["x"], {"x": ["12", *values, None]})
    assert [f.kind for f in found] == [kind]
    assert not any(str(value) in found[0].reason_en + found[0].reason_ru for value in values)


def test_each_text_by_itself_is_judged_as_a_column_of_it():
    numbers = ["ИИН " + iin("85010130012"), iin("99123145012"), "+7 701 123 45 67", "87011234567"]
    texts = ["Иванова  Мария Сергеевна", *numbers]
    each = kinds_of_each([*texts, texts[0], "12 345", "г. Ош", ""])
    assert each == {text: [f.kind for f in guard([], {"": [text]})] for text in texts[:-1]}
    assert list(each.values()) == [["name"], ["national_id"], ["national_id"], ["phone"]]
    assert kinds_of_each([]) == {}


@pytest.mark.parametrize(
    "header",
    [
        "Район",
        "Наименование области",
        "Звонки на телефон доверия 150",
        "Телефон доверия",
        "Name of region",
        "Name",
        "Family violence",
        "Атауы",
        "Номи ноҳия",
        "Место жительства (город/село)",
        "Родившиеся",
        "Births",
        "Число погибших",
        "Семейное положение",
        "Ұлты",
        "Из них женщин",
        "Пиннинг",
        "Единица измерения",
        "Код СОАТЕ",
        "Calls by telephone",
        "Возраст",
        "Age",
        "Выдано охранных ордеров",
        "Обращения по телефону",
    ],
)
def test_headers_of_statistics(header):
    assert guard([header], {}) == []


@pytest.mark.parametrize(
    "values",
    [
        ["12 345", "1 234 567", "8 701 123 456", "123456789012", "98 765"],
        [123456789012, 200000000000, 5.5, 850101300000.0],
        ["41704000000000", "41702000000000", "41711000000000"],
        ["1703", "1726", "750000000", "710000000"],
        ["2 кв. 2024", "I кв. 2024 года", "ст. 108", "д. Ивановка", "01.01.2024 12:30", "2024-01-15"],
        [
            "Қызылорда облысы",
            "район Турара Рыскулова",
            "Шал ақын ауданы",
            "Жалал-Абад",
            "Mirzo Ulugʻbek tumani",
        ],
        ["г. Ош", "Улица не указана", "улицы и площади", "на улице: 245", "В 2024 году 3 случая"],
        ["12,5", "-", "…", "<5", "0", "87011234567", ""],
        ["AB-12", "KZ_CC_108", "F", "sheet R1, cell AF7", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b9"],
    ],
)
def test_values_of_statistics(values):
    assert guard(["x"], {"x": values}) == []


@pytest.mark.parametrize("path", sorted(FIGURES.glob("*.csv")), ids=lambda path: path.stem)
def test_bundled_figures_are_no_personal_data(path):
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert guard(list(rows[0]), {name: [one[name] for one in rows] for name in rows[0]}) == []

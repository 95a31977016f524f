import pytest

from sources.cells import ReadError
from sources.readers import json_text, text
from sources.readers.text import decode, looks_like_html

RUSSIAN = "Число зарегистрированных преступлений в семейно-бытовой сфере, «всего» — по регионам\n" * 2


@pytest.mark.parametrize("mark", ["ï»¿", "п»ї", "\ufeffï»¿"])
def test_a_mark_that_was_taken_for_text_is_no_text(mark: str) -> None:
    assert text.decode(f"{mark}Год".encode(), {}) == "Год"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32", "cp1251", "koi8-r"])
def test_russian_is_recognized_from_the_bytes(encoding: str) -> None:
    sample = RUSSIAN if encoding != "koi8-r" else RUSSIAN.translate(dict.fromkeys(map(ord, "«»—")))
    assert decode(sample.encode(encoding), {}) == sample


def test_capitals_are_recognized_from_the_bytes() -> None:
    for encoding in ("cp1251", "koi8-r"):
        assert decode(
            RUSSIAN.upper().translate(dict.fromkeys(map(ord, "«»—"))).encode(encoding), {}
        ).isupper()


@pytest.mark.parametrize("encoding", ["kz1048", "koi8_t", "iso8859_5", "latin-1"])
def test_other_code_pages_must_be_declared(encoding: str) -> None:
    samples = {
        "kz1048": "Тұрмыстық зорлық-зомбылық әрекеттері, Қазақстан Республикасы",
        "koi8_t": "Ҷумҳурии Тоҷикистон, шаҳру ноҳияҳои тобеи ҷумҳурӣ, вилояти Суғд",
        "iso8859_5": "Преступления",
        "latin-1": "Länder; Männer; Frauen; öffentliche Stellen; Straße; Größe; natürliche Bevölkerung",
    }
    sample = samples[encoding]
    with pytest.raises(ReadError, match="encoding"):
        decode(sample.encode(encoding), {})
    assert decode(sample.encode(encoding), {"encoding": encoding}) == sample


def test_declared_encoding_wins_but_must_decode() -> None:
    assert decode("Год".encode("koi8-r"), {"encoding": "koi8-r"}) == "Год"
    assert decode(b"\xef\xbb\xbfYear", {"encoding": "utf-8"}) == "Year"
    with pytest.raises(ReadError, match="not valid utf-8") as refused:
        decode(b"Year," + "Год".encode("cp1251"), {"encoding": "utf-8"})
    assert refused.value.place == "byte 6"
    with pytest.raises(ReadError, match="mark of utf-8"):
        decode("Год".encode("utf-8-sig"), {"encoding": "cp1251"})
    for wrong in (
        "utf-9",
        "rot13",
        "hex",
        7,
        "utf-8\x00",
        "unicode_escape",
        "raw-unicode-escape",
        "UTF7",
        "idna",
    ):
        with pytest.raises(ReadError):
            decode(b"Year", {"encoding": wrong})


def test_few_foreign_bytes_are_not_guessed() -> None:
    with pytest.raises(ReadError, match="cannot be recognized"):
        decode(b"Year,Value\n2015,\xe4\n", {})


def test_damaged_utf8_is_not_taken_for_a_code_page() -> None:
    damaged = RUSSIAN.encode()[:-2].replace("з".encode(), b"\xd0", 1)
    with pytest.raises(ReadError, match="damaged UTF-8") as caught:
        decode(damaged, {})
    assert caught.value.place.startswith("byte ")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "empty"),
        (b"\xef\xbb\xbf \r\n", "empty"),
        (b"PK\x03\x04rest", "ZIP"),
        (b"\xd0\xcf\x11\xe0rest", "Excel"),
        (b"%PDF-1.7", "PDF"),
        (b"<!DOCTYPE html><title>404 Not\nFound</title>", "'404 Not Found'"),
        ("﻿<html lang='ru'>".encode(), "web page"),
        ("Год,Всего".encode("utf-16-le"), "NUL|told"),
        (b"a\x00b", "NUL"),
    ],
)
def test_what_is_no_text(content: bytes, message: str) -> None:
    with pytest.raises(ReadError, match=message):
        decode(content, {})


def test_pages_and_data() -> None:
    assert looks_like_html(b"<?xml version='1.0'?>\n<!-- x --><html xmlns='x'>")
    assert not looks_like_html(b"<?xml version='1.0'?><mes:Structure><mes:Header>")
    assert not looks_like_html(b"Year,<html>")


def test_names_are_made_unique() -> None:
    assert text.unique_names(["A", "A", "", "_value", "A (2)"]) == [
        "A",
        "A (2)",
        "column 3",
        "_value (2)",
        "A (2) (2)",
    ]


def test_json_numbers_keep_their_digits() -> None:
    document = json_text.load(b'\xef\xbb\xbf{"a": [107.70, 1e3, -0, 12345678901234567890, true, null]}', {})
    assert document == {"a": ["107.70", "1e3", "-0", "12345678901234567890", True, None]}


@pytest.mark.parametrize(
    "content", [b'{"a": 1', b'{"a": 1} x', b'{"a": 1, "a": 2}', b"[" * 100_000, b"nul", b'"\x01"']
)
def test_json_that_is_not_whole(content: bytes) -> None:
    with pytest.raises(ReadError):
        json_text.load(content, {})


def test_json_pointers_escape_and_resolve() -> None:
    document = {"a/b": {"~c": ["x"]}}
    place = json_text.pointer(("a/b", "~c", 0))
    assert place == "/a~1b/~0c/0"
    assert json_text.resolve(document, place) == "x"
    assert json_text.resolve(document, "/a~1b/~0c/1") is json_text.MISSING


def test_shares_of_letters_are_those_of_a_whole_text_most_frequent_first() -> None:
    shares = list(text._RUSSIAN.values())
    assert shares == sorted(shares, reverse=True) and sum(shares) == pytest.approx(999.8)
    assert len(shares) == 33

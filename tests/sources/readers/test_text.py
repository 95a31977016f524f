import pyarrow as pa
import pytest

from sources.cells import ReadError
from sources.readers import json_text, text
from sources.readers.text import (
    column_twice,
    count_option,
    decode,
    joined,
    looks_like_html,
    missing_column,
    names_option,
    pattern_option,
    refuse_sparse,
    with_problems,
)

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


@pytest.mark.parametrize(
    ("value", "least", "says"),
    [(0, 0, ""), (3, 1, ""), (0, 1, "is not a whole number from 1"), (-1, 0, "from 0"), (True, 0, "from 0"),
     ("1", 0, "from 0"), (1.0, 0, "from 0")],
)  # fmt: skip
def test_an_option_that_is_a_whole_number(value: object, least: int, says: str) -> None:
    assert count_option({}, "n", 7, least) == 7
    if not says:
        assert count_option({"n": value}, "n", 7, least) == value
        return
    with pytest.raises(
        ReadError, match=rf"reader option n={value!r} is not .*{says.removeprefix('is not ')}"
    ):
        count_option({"n": value}, "n", 7, least)


def test_an_option_that_is_a_pattern() -> None:
    found = pattern_option({"p": "^A"}, "p")
    assert pattern_option({}, "p") is None and found is not None and found.search("AB")
    for wrong in ("(", 5):
        with pytest.raises(ReadError, match="reader option p=.* is not a regular expression"):
            pattern_option({"p": wrong}, "p")


def test_notes_problems_and_columns() -> None:
    assert joined(["a", None, "", "b", "a"]) == "a; b; a" and joined([None, ""]) is None
    table = pa.table({"x": ["1", "2"]})
    assert with_problems(table, ["", ""]) is table
    assert with_problems(table, ["", "p"])["_problem"].to_pylist() == [None, "p"]
    error = missing_column("Valeu", ["Year", "Value"], " (option v)", "line 1")
    assert str(error).startswith(
        "line 1: the header has no column 'Valeu' (option v), did you mean 'Value'?; it has Year, Value."
    )
    assert str(column_twice("n")).startswith("the file has the column 'n' twice")


def test_names_as_an_option_and_columns_that_few_rows_have(monkeypatch: pytest.MonkeyPatch) -> None:
    assert [names_option({"n": value}, "n") for value in ("a", ["a", "b"], ("a",))] == [
        ["a"],
        ["a", "b"],
        ["a"],
    ]
    assert names_option({}, "n") == [] and names_option({}, "n", ["d"]) == ["d"]
    for wrong in (5, ["a", 5], None):
        with pytest.raises(ReadError, match="reader option n=.* is not a list of names"):
            names_option({"n": wrong}, "n")
    monkeypatch.setattr(text, "SPARSE_CELLS", 10)
    monkeypatch.setattr(text, "SPARSE_TIMES", 3)
    refuse_sparse([{"a": 1}] * 2, 5)
    refuse_sparse([{"a": 1, "b": 2}] * 2, 6)
    with pytest.raises(ReadError, match="the 2 rows name 7 different columns"):
        refuse_sparse([{"a": 1, "b": 2}] * 2, 7)

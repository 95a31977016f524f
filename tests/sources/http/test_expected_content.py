"""Whether bytes are of the kind that a declaration expects, kind by kind."""

import gzip
import io
import json
import zipfile
from collections.abc import Sequence
from typing import Any

import pytest

from sources.http import expected_content
from sources.http.expected_content import judge

PAGE = b"<!DOCTYPE html><html><body>x</body></html>"
OLD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def archive(*members: str, size: int = 1) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as new:
        for member in members:
            new.writestr(member, "x" * size)
    return out.getvalue()


BOOK, SHEET = archive("xl/workbook.xml"), archive("content.xml")


def named(cases: Sequence[tuple[Any, ...]]) -> list[str]:
    """Names of cases: packed bytes hold the second in which they were packed, and all workers must find one name."""
    return [f"{kind}-{number}" for number, (kind, *_) in enumerate(cases)]


GOOD = [
    ("csv", b"a,b\n1,2\n"),
    ("csv", b"a\tb\n1\t2"),
    ("csv", b"a|b\nnote\n"),
    ("csv", b"a;b\n" + b"note\n" * 1),
    ("csv", "Год;Число\n2023;1\n".encode("cp1251")),
    ("csv", b"a,b\nword,word,word\xe0\x95\xa0"),
    ("csv", "Год;Число\n2023;1\n".encode("utf-16")),
    ("csv", gzip.compress(b"a,b\n1,2\n")),
    ("json", b'{"a": 1}'),
    ("json", b"[]"),
    ("xml", b"<a><b/></a>"),
    ("xlsx", BOOK),
    ("xlsx", archive("XL\\Workbook2.bin")),
    ("ods", SHEET),
    ("xls", OLD + bytes(504)),
    ("xls", BOOK),
    ("pdf", b"%PDF-1.4 " + b"x" * 3000 + b"%%EOF"),
    ("pdf", b"x" * 1000 + b"%PDF-1.4 %%EOF" + b"x" * 2000),
    ("html", PAGE),
    ("html", b"\xef\xbb\xbf<?xml version='1.0'?><!-- a --> <html>"),
    ("html", "\ufeff<html>".encode("utf-16-le")),
]


@pytest.mark.parametrize(("kind", "content"), GOOD, ids=named(GOOD))
def test_good_content(kind: str, content: bytes) -> None:
    assert judge(content, "", (kind,)) is None


BAD = [
    ("csv", b"", "The body is empty"),
    ("csv", b"\xef\xbb\xbf \r\n\0", "The body is empty"),
    ("csv", b"word\nword\n", "no header line with separated columns"),
    ("csv", b"a,b\n" + b"note\n" * 2, "no header line with separated columns"),
    ("csv", b"a,b\x01\n1,2\n", "The bytes are not text"),
    ("csv", b"a,b\n" + b"\x80\x81" * 20, "The bytes are not text"),
    ("csv", b"a,b\nword,\xe0" + b"\x95" * 2, "The bytes are not text"),
    ("csv", b"a,b\nword,word,wor\xe0\x95\xa0", "The bytes are not text"),
    ("csv", "a,b\n\x85\n".encode(), "The bytes are not text"),
    ("csv", b"\xff\xfea", "The bytes are not text"),
    ("csv", "a,b\n\x01".encode("utf-16"), "The bytes are not text"),
    ("csv", PAGE, "An HTML page came where csv was expected"),
    ("csv", gzip.compress(PAGE), "An HTML page came where csv was expected"),
    ("csv", gzip.compress(b"a,b\n1,2\n")[:-9], ""),
    ("json", b'{"a": 1', "not JSON, or it breaks off"),
    ("json", b"7", "a single word or number"),
    ("json", b"[" * 100_000, "not JSON, or it breaks off"),
    ("xml", b"<a><b></a>", "not well-formed XML"),
    ("xlsx", archive("a.csv"), "a zip archive without a workbook, not xlsx"),
    ("xlsx", archive("xl/workbook.xml.bak"), "a zip archive without a workbook"),
    ("xlsx", BOOK[:-30], "not a complete xlsx workbook"),
    ("xlsx", OLD + bytes(504), "an old .xls workbook or protected by a password"),
    ("ods", BOOK, "a zip archive without a workbook, not ods"),
    ("xls", OLD + bytes(503), "not a complete .xls workbook"),
    ("xls", OLD[:4] + bytes(508), "not a complete .xls workbook"),
    ("xls", SHEET, "a zip archive without a workbook, not xlsx"),
    ("pdf", b"x" * 1024 + b"%PDF-1.4 %%EOF", "not a PDF file"),
    ("pdf", b"%PDF-1.4 %%EOF" + b"x" * 2048, "breaks off before its end"),
    ("html", b"a,b\n1,2\n", "not an HTML page"),
    ("html", b'<html><input name="p" type = "password">', "A login page came where html was expected"),
    ("csv", b"<html>" + b"x" * 70_000 + b"<input type=password>", "A login page came where csv"),
]


@pytest.mark.parametrize(("kind", "content", "says"), BAD, ids=named(BAD))
def test_bad_content_says_why(kind: str, content: bytes, says: str) -> None:
    said = judge(content, "", (kind,))
    assert said is not None and says in said


def test_one_line_of_text_that_comes_as_a_web_page_is_no_table() -> None:
    assert "One line of text" in (judge(b"a,b", "text/HTML; charset=utf-8", ("csv",)) or "")
    assert judge(b"a,b", "text/csv", ("csv",)) is None
    assert judge(b"a,b\n1,2", "text/html", ("csv",)) is None


def test_one_of_several_kinds_is_enough_and_the_first_says_why() -> None:
    assert judge(b'{"a": 1}', "", ("csv", "json")) is None
    assert "no header line" in (judge(b"word", "", ("csv", "json")) or "")
    assert "csv or json" in (judge(PAGE, "", ("csv", "json")) or "")
    assert judge(PAGE, "", ("csv", "html")) is None


def test_tables_and_xml_under_the_name_of_an_old_workbook() -> None:
    table = b"<html><body><table><tr><td>1</td></tr></table></body></html>"
    assert judge(table, "", ("xls",)) is None
    assert "An HTML page came" in (judge(table, "", ("xlsx",)) or "")
    assert "An HTML page came" in (judge(PAGE, "", ("xls",)) or "")


def test_a_workbook_that_unpacks_to_very_much(monkeypatch: pytest.MonkeyPatch) -> None:
    book = archive("xl/workbook.xml", "b", size=50)
    monkeypatch.setattr(expected_content, "MAX_UNPACKED", 100)
    assert judge(book, "", ("xlsx",)) is None
    monkeypatch.setattr(expected_content, "MAX_UNPACKED", 99)
    assert judge(book, "", ("xlsx",)) == "The xlsx workbook unpacks to more than 99 bytes"


def test_a_member_that_was_damaged_is_named() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as new:
        new.writestr("xl/workbook.xml", "good" * 50)
    damaged = out.getvalue().replace(b"goodgood", b"gaadgood", 1)
    assert judge(damaged, "", ("xlsx",)) == "The xlsx workbook is damaged inside (xl/workbook.xml)"


def long_book() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as new:
        new.writestr("xl/workbook.xml", "<workbook/>" * 50)
        new.writestr("xl/worksheets/sheet1.xml", "<sheet/>" * 500)
    return out.getvalue()


LONG_BOOK = long_book()
CSV = "Year,Пол,Value\n2023,Женщины,11002\n2024,Женщины,12000\n".encode()
DATA = json.dumps({"Year": [2023], "Value": [11002]}).encode()
PDF = b"%PDF-1.4\n1 0 obj <<>> endobj\ntrailer <<>>\n%%EOF\n"
UNAVAILABLE = b"<!doctype html><title>503</title><h1>Service temporarily unavailable</h1>\n"
WHOLE = {
    "csv": [
        CSV,
        b"\xef\xbb\xbf" + CSV,
        "Год;Значение\n2023;1,5\n".encode("cp1251"),
        "Year\tValue\n2023\t1\n".encode("utf-16"),
        b"Year,Value\n",
        b'Title of the table\r\n\r\nYear,"a\nb",Value\r\n2023,x,1\r\n2024,x,1\r\n',
    ],
    "json": [DATA, b"\xef\xbb\xbf" + DATA, b"[]"],
    "xml": [b"<?xml version='1.0'?><!-- c --><a><b/></a>", "<a>й</a>".encode("utf-16")],
    "xlsx": [LONG_BOOK],
    "pdf": [PDF],
    "html": [UNAVAILABLE, b"\xef\xbb\xbf \n<!-- x --><html><body>Table</body></html>"],
}


@pytest.mark.parametrize("kind", WHOLE)
def test_good_content_is_accepted_and_its_damage_refused(kind: str) -> None:
    for content in WHOLE[kind]:
        assert judge(content, "", (kind,)) is None
        garbled = bytes(byte ^ 0x5A for byte in content)
        assert judge(garbled, "", (kind,)), (kind, garbled)
    if kind not in ("csv", "html"):
        for cut in (1, len(content) // 2, len(content) - 8):
            assert judge(content[:cut], "", (kind,)), (kind, cut)


@pytest.mark.parametrize("kind", ["csv", "json", "xml", "xlsx", "pdf"])
@pytest.mark.parametrize(
    "page",
    [
        UNAVAILABLE,
        b"\xef\xbb\xbf\r\n\t" + UNAVAILABLE,
        b"<!-- cached, 1 -->\n<!-- again -->" + UNAVAILABLE,
        b'<?xml version="1.0"?>\n<!DOCTYPE html><html xmlns="x"><body/></html>',
        "<html><body>a,b</body></html>".encode("utf-16"),
    ],
)
def test_a_page_is_never_data(kind: str, page: bytes) -> None:
    reason = judge(page, "text/csv", (kind,))
    assert reason is not None and "HTML page" in reason and kind in reason


def test_other_refusals_say_what_is_wrong() -> None:
    login = b"<html><form><input name=u><input type='password' name=p></form></html>"
    cases = [
        (b"", "csv", "empty"),
        (b"\xef\xbb\xbf \n", "json", "empty"),
        (login, "csv", "login"),
        (login, "html", "login"),
        (b'"error"', "json", "single word"),
        (b"[" * 100_000, "json", "not JSON"),
        (b"a,b\n1,\x002\n", "csv", "not text"),
        (b"just a sentence\nand another\n", "csv", "no header"),
        (b"error, try later", "csv", "web page"),
        (LONG_BOOK.replace(b"<sheet/><sheet/>", b"<sheet/><shoot/>", 1), "xlsx", "damaged"),
        (b"\xd0\xcf\x11\xe0" + bytes(600), "xlsx", "password"),
        (b"PK\x05\x06" + bytes(18), "xlsx", "without a workbook"),
        (PDF[:-8], "pdf", "breaks off"),
    ]
    for content, kind, words in cases:
        reason = judge(content, "text/html", (kind,))
        assert reason is not None and words in reason, (content[:40], kind, reason)
    assert judge(DATA, "text/html", ("csv", "json")) is None

"""Packed text: one gzip stream, an archive of one file; anything else is named."""

import gzip
import io
import zipfile
import zlib

import pytest

from sources.cells import ReadError
from sources.http.expected_content import judge
from sources.readers import delimited, excel, packed
from sources.readers.packed import unpacked
from tests.workbooks import workbook

TEXT = "Год;Значение\n2022;1204\n2023;7\n".encode()


def archive(**members: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name, body in members.items():
            made.writestr(name, body)
    return out.getvalue()


GZIP = gzip.compress(TEXT, mtime=0)


@pytest.mark.parametrize(
    "content",
    [GZIP, gzip.compress(TEXT[:9]) + gzip.compress(TEXT[9:]), archive(data=TEXT), TEXT],
    ids=["gzip", "two members", "zip", "plain"],
)
def test_the_file_inside(content: bytes) -> None:
    assert unpacked(content) == TEXT
    rows = delimited.read(content, {"value_columns": ["Значение"]}).to_pylist()
    assert [row["_value"] for row in rows] == ["1204", "7"]
    assert judge(content, "", ("csv",)) is None


def test_a_packed_workbook_is_unpacked() -> None:
    plain = workbook([["Region", 2022], ["Chui", 9]])
    for content in (gzip.compress(plain), archive(**{"out/table.xlsx": plain})):
        assert [row["_value"] for row in excel.read(content, {}).to_pylist()] == ["9"]
        assert judge(content, "", ("xlsx",)) is None


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (GZIP[:-5], "cut off"),
        (GZIP[:-12], "cut off"),
        (GZIP[:-8] + zlib.crc32(b"other").to_bytes(4, "little") + GZIP[-4:], "damaged"),
        (GZIP + b"more", "other bytes"),
        (archive(a=TEXT, b=TEXT), "2 files"),
        (archive(**{"[Content_Types].xml": b"", "x": b""}), "workbook.*Declare reader: excel"),
        (archive(a=TEXT)[:-30], "damaged"),
    ],
    ids=["cut", "cut further", "checksum", "more behind", "two files", "workbook", "damaged zip"],
)
def test_what_is_not_one_whole_file(content: bytes, words: str) -> None:
    with pytest.raises(ReadError, match=words):
        unpacked(content)
    assert judge(content, "", ("csv",)) is not None


def test_names_in_an_archive_are_quoted_in_part() -> None:
    """A name may have 65,535 characters, and a message goes into the release."""
    content = archive(**{letter * 2000: TEXT for letter in "abcdef"})
    with pytest.raises(ReadError, match=f"archive of 6 files .{'a' * 60}, b+") as refused:
        unpacked(content)
    assert len(str(refused.value)) < 500
    damaged = archive(**{"xl/workbook.xml": b"x", "y" * 2000: TEXT}).replace(
        zlib.compress(TEXT)[2:-4], b"\0" * 9
    )
    said = judge(damaged, "", ("xlsx",))
    assert said is not None and len(said) < 200


def test_a_bomb_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packed, "MAX_UNPACKED", 1000)
    for content in (gzip.compress(bytes(2000)), archive(a=bytes(2000))):
        with pytest.raises(ReadError, match="unpacks to more"):
            unpacked(content)

"""Bodies that came compressed: unpacked whole, or refused with what is wrong."""

import gzip
import zlib

import pytest

from sources.http.failures import BrokenOff, Refused
from sources.http.unpack import unpacked

TEXT = b"Region;2023\nAbai;5\n"
GZIP, ZLIB = gzip.compress(TEXT), zlib.compress(TEXT)
# Deflate without the header of zlib, as some servers send it.
BARE = ZLIB[2:-4]


@pytest.mark.parametrize(
    ("body", "encodings"),
    [
        (TEXT, ""),
        (TEXT, "identity"),
        (GZIP, "gzip"),
        (GZIP, " X-GZIP "),
        (ZLIB, "deflate"),
        (BARE, "deflate"),
        (gzip.compress(TEXT[:9]) + gzip.compress(TEXT[9:]), "gzip"),
        (GZIP + b"\0" * 8, "gzip"),
        (gzip.compress(ZLIB), "deflate, gzip"),
    ],
)
def test_a_whole_body_is_unpacked(body: bytes, encodings: str) -> None:
    assert unpacked(body, encodings, len(gzip.compress(ZLIB))) == TEXT


@pytest.mark.parametrize(
    ("body", "encodings", "error", "words"),
    [
        (GZIP[:-9], "gzip", BrokenOff, "ends before its end mark"),
        (ZLIB[:-1], "deflate", BrokenOff, "ends before its end mark"),
        (BARE[:-1], "deflate", BrokenOff, "ends before its end mark"),
        (TEXT, "gzip", BrokenOff, "damaged"),
        (b"\xff" + TEXT, "deflate", BrokenOff, "damaged"),
        (GZIP + b"rest", "gzip", BrokenOff, "damaged"),
        (gzip.compress(TEXT + b"\n"), "gzip", Refused, "larger than the limit of 19 bytes"),
        (gzip.compress(TEXT) + gzip.compress(b"\n"), "gzip", Refused, "larger than the limit of 19 bytes"),
        (TEXT, "br", Refused, "compressed as br"),
    ],
)
def test_another_body_is_refused(body: bytes, encodings: str, error: type[Exception], words: str) -> None:
    with pytest.raises(error, match=words):
        unpacked(body, encodings, len(TEXT))

"""Bodies that came compressed (``Content-Encoding``), unpacked whole or not at all.

A gzip or deflate stream has an end of its own. Where a proxy or a full disk at the publisher cut the stream, the
declared length is that of the cut body, so only the missing end of the stream tells that something is lost; the usual
decoders give what they have by then. Here such a body is a broken-off transfer. ``sources.http.client`` calls it.
"""

import zlib

from sources.http.failures import BrokenOff, Refused

#: what is asked for in ``Accept-Encoding``
ENCODINGS = "gzip, deflate"
_GZIP = 16 + zlib.MAX_WBITS


def unpacked(body: bytes, encodings: str, limit: int) -> bytes:
    """The body without its encodings, at most ``limit`` bytes.

    ``encodings``: value of the header ``Content-Encoding``, in the order in which they were applied. Raises BrokenOff
    where a stream is damaged or ends before its end, Refused where it is too large or of an encoding that was not asked
    for.
    """
    try:
        return _unpacked(body, encodings, limit)
    except zlib.error as error:
        raise BrokenOff("The compressed body is damaged") from error


def _unpacked(body: bytes, encodings: str, limit: int) -> bytes:
    for encoding in reversed([part.strip().lower() for part in encodings.split(",")]):
        if encoding in ("gzip", "x-gzip"):
            body = _streams(body, _GZIP, limit)
        elif encoding == "deflate":
            body = _deflate(body, limit)
        elif encoding not in ("", "identity"):
            raise Refused(f"The answer is compressed as {encoding}, which was not asked for")
    return body


def _deflate(body: bytes, limit: int) -> bytes:
    """With the header of zlib, as the standard wants it, or without, as some servers send it."""
    try:
        return _streams(body, zlib.MAX_WBITS, limit)
    except zlib.error:
        return _streams(body, -zlib.MAX_WBITS, limit)


def _streams(body: bytes, kind: int, limit: int) -> bytes:
    """All streams of a body, one after the other, as gzip allows."""
    out = bytearray()
    rest = body
    while rest:
        stream = zlib.decompressobj(kind)
        out += stream.decompress(rest, limit + 1 - len(out))
        if len(out) > limit:
            raise Refused(f"The file is larger than the limit of {limit} bytes")
        if not stream.eof:
            raise BrokenOff("The transfer broke off: the compressed body ends before its end mark")
        # Zeros after the last stream are padding.
        rest = stream.unused_data.lstrip(b"\0")
    return bytes(out)

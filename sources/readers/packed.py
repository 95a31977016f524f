"""Files that come packed: one gzip stream, or a ZIP archive with one file in it.

``unpacked(content)`` gives the file itself; content that is not packed comes back as it is. A stream that is cut off
or damaged, an archive of several files, and more than ``MAX_UNPACKED`` bytes are refused. Workbooks are ZIP archives
of their own kind (see ``workbook``): ``unpacked_workbook`` leaves them as they are. Called where bytes become text
(``text``, ``sdmx_message``) or a workbook (``excel``), and by ``sources.http.expected_content``, which judges answers.

Not here: bodies that the web server compressed (``sources.http.unpack``).
"""

import io
import zipfile
import zlib

from sources.cells import ReadError

_AGAIN = "Fetch the file again"
MAX_UNPACKED = 500_000_000
_GZIP, _ZIP = b"\x1f\x8b", b"PK\x03\x04"


def unpacked(content: bytes) -> bytes:
    """The file that a gzip stream or a ZIP archive of one file holds; anything else unchanged."""
    if content.startswith(_GZIP):
        return _gunzipped(content)
    if content.startswith(_ZIP):
        return _unzipped(content)
    return content


def unpacked_workbook(content: bytes) -> bytes:
    """The workbook that a gzip stream or a ZIP archive of one file holds; anything else unchanged."""
    packed = content.startswith(_GZIP) or (content.startswith(_ZIP) and _holds_workbook(content))
    return unpacked(content) if packed else content


def _holds_workbook(content: bytes) -> bool:
    """Whether an archive has one file, which is called a workbook."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = archive.namelist()
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, RuntimeError):
        return False
    files = [name for name in names if not name.endswith(("/", "\\")) and not name.startswith("__MACOSX/")]
    return len(files) == 1 and files[0].lower().endswith((".xlsx", ".xlsm", ".xls", ".ods", ".fods"))


def _gunzipped(content: bytes) -> bytes:
    """All members of a gzip stream; each has to be complete, with its checksum."""
    parts, size, rest = [], 0, content
    try:
        while rest.startswith(_GZIP):
            stream = zlib.decompressobj(wbits=31)
            parts.append(stream.decompress(rest, MAX_UNPACKED - size + 1))
            size += len(parts[-1])
            if size > MAX_UNPACKED:
                raise _too_large()
            if not stream.eof:
                raise ReadError("the gzip file is cut off", remedy=_AGAIN)
            rest = stream.unused_data
    except zlib.error as trouble:
        raise ReadError(f"the gzip file is damaged ({trouble})", remedy=_AGAIN) from None
    if rest.strip(b"\x00"):
        raise ReadError("the gzip file has other bytes after its end", remedy=_AGAIN)
    return b"".join(parts)


def _unzipped(content: bytes) -> bytes:
    """The only file of an archive."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            files = [part for part in archive.infolist() if not part.filename.endswith(("/", "\\"))]
            files = [part for part in files if not part.filename.startswith("__MACOSX/")]
            names = ", ".join(part.filename[:60] for part in files[:5])
            if any(part.filename.replace("\\", "/").lower() == "[content_types].xml" for part in files):
                raise ReadError(
                    "the file is an XLSX workbook or another Office file, not text",
                    remedy="Declare reader: excel for this file, or correct its address",
                )
            if len(files) != 1:
                raise ReadError(
                    f"the file is a ZIP archive of {len(files)} files ({names or 'none'}), not of one",
                    remedy="Unpack it and add the file that is meant by hand",
                )
            if files[0].file_size > MAX_UNPACKED:
                raise _too_large()
            return archive.read(files[0])
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, RuntimeError) as trouble:
        raise ReadError(f"the ZIP archive is damaged or locked ({trouble})", remedy=_AGAIN) from None


def _too_large() -> ReadError:
    return ReadError(
        f"the file unpacks to more than {MAX_UNPACKED} bytes", remedy="Look at the file: is it data?"
    )

"""Whether the body of an answer is of the kind that the declaration expects, judged by its bytes.

``judge(content, content_type, expected)`` gives None, or the reason as a sentence::

    judge(b"<!doctype html><title>Sign in</title>...", "text/csv", ("csv",))
    -> "An HTML page came where csv was expected"

``JUDGES`` has one function a kind of content; its keys are what ``fetch: expected`` may name. The content type that the
server states counts for little: many send every file as text or as a web page.

Not here: reading the values (``sources.readers``), and whether rows or columns are missing (``transforms.judge``).
Called by ``sources.isolated_worker`` for every answer; the declarations are checked against ``JUDGES``.
"""

import io
import json
import re
import zipfile
import zlib
from collections.abc import Callable

from lxml import etree

from sources.cells import ReadError
from sources.readers.packed import unpacked, unpacked_workbook
from sources.readers.workbook.html_tables import is_table_page
from sources.readers.workbook.sheet import MAX_UNPACKED
from sources.readers.workbook.spreadsheet_xml import is_spreadsheet_xml

# --- is it what was expected? -----------------------------------------------------------------------------

_HTML = re.compile(
    r"(?is)<(!doctype\s+html|html|head|body|title|script|meta|style|center|h[1-6]|div|p)[\s>/]"
)
_PROLOG = re.compile(r"(?s)\s*(<!--.*?-->|<\?.*?\?>)")
# Text may come as one gzip stream or an archive of one file; workbooks are archives themselves.
_PACKED_TEXT = frozenset(("csv", "json", "xml"))
_PACKED_FILES = frozenset(("xlsx", "ods"))
_WORKBOOKS = _PACKED_FILES | {"xls"}
_PASSWORD = re.compile(r"(?is)<input[^<>]+type\s*=\s*[\"']?password")
_TEXT_BYTES = bytes({*range(0x20, 0x7F), 0x09, 0x0A, 0x0D, *range(0x80, 0x100)})
_HIGH_PUNCTUATION = bytes(range(0x80, 0xC0))


def judge(content: bytes, content_type: str, expected: tuple[str, ...]) -> str | None:
    """None if the bytes are one of the expected kinds, otherwise the reason why they are not."""
    if not content.strip(b"\xef\xbb\xbf \t\r\n\0"):
        return "The body is empty"
    wanted = " or ".join(expected)
    if "xls" in expected and (is_spreadsheet_xml(content) or is_table_page(content)):
        # Export buttons write HTML tables and XML under this name; the reader takes them for what they are.
        return None
    text_alone = _PACKED_TEXT.intersection(expected) and not _PACKED_FILES.intersection(expected)
    if text_alone or _WORKBOOKS.intersection(expected):
        try:
            content = unpacked(content) if text_alone else unpacked_workbook(content)
        except ReadError as trouble:
            return f"{trouble.problem[0].upper()}{trouble.problem[1:]}"
    if _is_html(content):
        if _PASSWORD.search(_opening(content, len(content))):
            return f"A login page came where {wanted} was expected"
        return None if "html" in expected else f"An HTML page came where {wanted} was expected"
    reasons = [JUDGES[kind](content, content_type) for kind in expected]
    return None if None in reasons else reasons[0]


def _opening(content: bytes, length: int = 65536) -> str:
    """The first characters, decoded well enough to recognise markup."""
    wide = content[:2] in (b"\xff\xfe", b"\xfe\xff")
    text = content[:length].decode("utf-16" if wide else "utf-8", errors="replace")
    return text.lstrip("\ufeff\ufffd \t\r\n")


def _is_html(content: bytes) -> bool:
    """Markup of a page at the beginning, after marks, blanks, comments and an XML declaration."""
    text = _opening(content)
    while skipped := _PROLOG.match(text):
        text = text[skipped.end() :]
    return bool(_HTML.match(text.lstrip("\ufeff \t\r\n")))


def _judge_html(content: bytes, content_type: str) -> str | None:
    return "The body is not an HTML page"


def _judge_json(content: bytes, content_type: str) -> str | None:
    try:
        value = json.loads(content)
    except (ValueError, RecursionError):
        return "The body is not JSON, or it breaks off"
    return None if isinstance(value, (dict, list)) else "The JSON is a single word or number, not data"


def _judge_xml(content: bytes, content_type: str) -> str | None:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    try:
        etree.fromstring(content, parser)
    except (etree.XMLSyntaxError, ValueError):
        return "The body is not well-formed XML, or it breaks off"
    return None


def _judge_csv(content: bytes, content_type: str) -> str | None:
    text = _decoded(content)
    if text is None:
        return "The bytes are not text: the file is garbled or of another kind"
    lines = [line for line in text.splitlines()[:40] if line.strip()][:20]
    best = max(sum(mark in line for line in lines) for mark in ",;\t|")
    if not best or best * 2 < len(lines):
        return "The text has no header line with separated columns"
    if "html" in content_type.lower() and len(lines) < 2:
        return "One line of text came as a web page, not a table"
    return None


def _decoded(content: bytes) -> str | None:
    """The text of a CSV file, or None where the bytes cannot be text."""
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        try:
            text = content.decode("utf-16")
        except UnicodeDecodeError:
            return None
        return None if re.search(r"[\x00-\x08\x0e-\x1f]", text) else text
    if content.translate(None, _TEXT_BYTES):
        return None
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        rare = len(content) - len(content.translate(None, _HIGH_PUNCTUATION))
        return content.decode("cp1251", errors="replace") if rare * 10 < len(content) else None
    return None if re.search(r"[\x80-\x9f]", text) else text


def _judge_zip(content: bytes, member: str, name: str) -> str | None:
    """A complete archive with the one member that makes it a workbook."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            if sum(part.file_size for part in archive.infolist()) > MAX_UNPACKED:
                return f"The {name} workbook unpacks to more than {MAX_UNPACKED} bytes"
            parts = [part.replace("\\", "/").lstrip("/").lower() for part in archive.namelist()]
            if not any(re.fullmatch(member, part) for part in parts):
                return f"The body is a zip archive without a workbook, not {name}"
            damaged = archive.testzip()
    except (zipfile.BadZipFile, zlib.error, OSError, ValueError, EOFError, RuntimeError):
        return f"The body is not a complete {name} workbook"
    return f"The {name} workbook is damaged inside ({damaged[:60]})" if damaged else None


def _judge_xlsx(content: bytes, content_type: str) -> str | None:
    if content.startswith(b"\xd0\xcf\x11\xe0"):
        return "The body is an old .xls workbook or protected by a password, not xlsx"
    return _judge_zip(content, r"xl/workbook\d*\.(xml|bin)", "xlsx")


def _judge_ods(content: bytes, content_type: str) -> str | None:
    return _judge_zip(content, r"content\.xml", "ods")


def _judge_xls(content: bytes, content_type: str) -> str | None:
    if content.startswith(b"PK\x03\x04"):
        return _judge_xlsx(content, content_type)
    whole = content.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1") and len(content) % 512 == 0
    return None if whole else "The body is not a complete .xls workbook"


def _judge_pdf(content: bytes, content_type: str) -> str | None:
    if b"%PDF-" not in content[:1024]:
        return "The body is not a PDF file"
    return None if b"%%EOF" in content[-2048:] else "The PDF file breaks off before its end"


JUDGES: dict[str, Callable[[bytes, str], str | None]] = {
    "csv": _judge_csv,
    "json": _judge_json,
    "xml": _judge_xml,
    "xlsx": _judge_xlsx,
    "xls": _judge_xls,
    "ods": _judge_ods,
    "pdf": _judge_pdf,
    "html": _judge_html,
}

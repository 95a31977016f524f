"""Bytes to text, and the checks that every text format shares.

``decode(content, options)`` settles the encoding in this order:

1. the option ``encoding`` (any Python codec name); it must decode every byte, and a byte order mark that
   says otherwise is an error, not an overruled hint;
2. a byte order mark: UTF-8, UTF-16, UTF-32;
3. strict UTF-8;
4. Windows-1251 or KOI8-R, whichever gives clearly more ordinary Russian text. Letters beyond the Russian
   alphabet are refused here: bytes of the Kazakh (``kz1048``) and Tajik (``koi8_t``) code pages decode
   without error as Windows-1251, but into letters of other languages. Declare those.

Damaged UTF-8 is never taken for an eight-bit code page, and a page, an archive or a workbook delivered in
place of data is named as such.

Not here: records and columns, which are for the readers of text formats that call this.
"""

import codecs
import json
import math
import re
from collections.abc import Iterable, Mapping, Sequence, Sized

import pyarrow as pa

from data_contracts.strict_files import did_you_mean
from sources.cells import CALLED, PROBLEM, RESERVED, Options, ReadError, cells_table
from sources.column_names import name_of_nameless, visible_name
from sources.readers.packed import unpacked

DECLARE = "Declare the option encoding"
# As many as a spreadsheet has.
MAX_COLUMNS = 16_384
# Rows that each name other columns: a table of so many cells is made, or of so many times those that the rows name.
SPARSE_CELLS = 4_000_000
SPARSE_TIMES = 100
FETCH_AGAIN = "Fetch the file again and look at what the publisher's address returns"

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_SIGNATURES = (
    (b"PK\x03\x04", "a ZIP archive or an XLSX workbook"),
    (b"\xd0\xcf\x11\xe0", "an old Excel or Word file"),
    (b"%PDF", "a PDF document"),
    (b"\x1f\x8b", "a gzip archive"),
)
_PAGE = re.compile(rb"<(!doctype\s+html|html|head|body|script|meta|title)[\s>]", re.IGNORECASE)
_TITLE = re.compile(r"<title[^>]*>(.*?)</title>", re.IGNORECASE | re.DOTALL)

# Share of each letter in Russian text, per mille, the most frequent first.
_RUSSIAN = dict(
    zip(
        "оеаинтсрвлкмдпуяыьгзбчйхжшюцщэфъё",
        (110, 85, 80, 74, 67, 63, 55, 47, 45, 44, 35, 32, 30, 28, 26, 20, 19)
        + (17, 17, 16, 16, 14, 12, 10, 9, 7, 6, 5, 4, 3, 3, 0.4, 0.4),
        strict=True,
    )
)
# Codecs of Python that spell characters by others, as "\\x31" for 1: no file is written so, and no browser reads it.
_ESCAPES = ("unicode-escape", "raw-unicode-escape", "utf-7", "idna", "punycode", "undefined")
_MARKS_OF_TEXT = frozenset("«»„“”‘’–—…№\u00a0°•")
# A byte order mark, also one that was taken for text of Windows and written anew.
_MARKS_AT_START = re.compile("(?:\ufeff|ï»¿|п»ї)+")
_RUNS = re.compile(r"[^\W\d_]+")
#: a pattern of an e-mail address, which is left out of notes
EMAIL = r"[\w.+-]+@[\w-]+\.[\w.-]*\w"


def refuse_foreign(content: bytes) -> None:
    """Raise when the bytes are empty, a web page, or a well known binary format."""
    if not content.strip(b" \t\r\n\x00\xef\xbb\xbf\xfe\xff"):
        raise ReadError("the file is empty", remedy=FETCH_AGAIN)
    for signature, name in _SIGNATURES:
        if content.startswith(signature):
            raise ReadError(f"the file is {name}, not text", remedy="Correct the declared format or address")
    if looks_like_html(content):
        title = _TITLE.search(content[:20000].decode("utf-8", "replace"))
        named = f" entitled {' '.join(title[1].split())[:80]!r}" if title else ""
        raise ReadError(f"the file is a web page{named} instead of data", remedy=FETCH_AGAIN)


def looks_like_html(content: bytes) -> bool:
    """Whether the bytes begin as a web page does (before or after an XML declaration and comments)."""
    head = content[:2048].replace(b"\x00", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n")
    return head.startswith(b"<") and _PAGE.search(head) is not None


def decode(content: bytes, options: Options) -> str:
    """The text of a file, unpacked and without its byte order mark; see the module's rules. ReadError."""
    content = unpacked(content)
    refuse_foreign(content)
    return decode_text(content, options)


def decode_text(content: bytes, options: Options) -> str:
    """The same for unpacked bytes that may be a web page; ReadError where the encoding is wrong or not clear."""
    declared = options.get("encoding")
    marked = next((name for mark, name in _MARKS if content.startswith(mark)), None)
    if declared is not None:
        text = _decode_declared(content, declared, marked)
    elif marked is not None:
        text = _decode_strictly(content, marked)
    else:
        text = _decode_unmarked(content)
    text = _MARKS_AT_START.sub("", text, count=1) if _MARKS_AT_START.match(text) else text
    if "\x00" in text:
        place = f"character {text.index(chr(0)) + 1}"
        raise ReadError(
            "the text holds NUL characters (binary, or UTF-16 without its mark)", place=place, remedy=DECLARE
        )
    return text


def _decode_declared(content: bytes, declared: object, marked: str | None) -> str:
    try:
        codec = codecs.lookup(str(declared)).name
        if codec in _ESCAPES:
            raise LookupError(codec)
    except (LookupError, ValueError):
        raise ReadError(
            f"reader option encoding={declared!r} is not a known encoding",
            remedy="Correct the dataset's declaration",
        ) from None
    family = codec.removesuffix("-sig").removesuffix("-le").removesuffix("-be")
    if marked is not None and family != marked:
        raise ReadError(
            f"the file begins with the mark of {marked}, but the encoding {declared} is declared",
            place="byte 1",
            remedy="Correct the dataset's declaration",
        )
    return _decode_strictly(content, codec)


def _decode_strictly(content: bytes, encoding: str) -> str:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        raise ReadError(
            f"the bytes are not valid {encoding}: {error.reason}",
            place=f"byte {error.start + 1}",
            remedy="Fetch the file again, or declare the option encoding",
        ) from None
    except (LookupError, UnicodeError) as error:
        raise ReadError(f"the bytes cannot be read as {encoding}: {error}", remedy=DECLARE) from None


def _decode_unmarked(content: bytes) -> str:
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        beyond = [character for character in content.decode("utf-8", "replace") if character > "\x7f"]
        if beyond.count("\ufffd") * 2 < len(beyond):
            raise ReadError(
                f"the text is damaged UTF-8: {error.reason}",
                place=f"byte {error.start + 1}",
                remedy=FETCH_AGAIN,
            ) from None
    return _decode_russian(content)


def _decode_russian(content: bytes) -> str:
    scored = []
    for encoding in ("cp1251", "koi8_r"):
        text = content.decode(encoding, "replace")
        scored.append((_likelihood(text), encoding, text))
    scored.sort(reverse=True)
    (best, encoding, text), (second, _, _) = scored
    if best - second < 12 or not _plausible(text):
        raise ReadError(
            "the encoding cannot be recognized from the bytes", remedy=f"{DECLARE}, for example cp1251"
        )
    return text


def _likelihood(text: str) -> float:
    """Logarithm of how ordinary the non-ASCII characters are; capitals inside a word count against."""
    total = 0.0
    previous = " "
    for character in text[:200_000]:
        if character > "\x7f":
            weight = _RUSSIAN.get(character.lower(), 0.02 if character in _MARKS_OF_TEXT else 0.0005)
            total += math.log(weight / 1000)
            if character.isupper() and previous.islower():
                total -= 6
        previous = character
    return total


def _plausible(text: str) -> bool:
    """Only Russian letters and typographic marks, in words of one script."""
    if any(c > "\x7f" and c.lower() not in _RUSSIAN and c not in _MARKS_OF_TEXT for c in text):
        return False
    words = [word for word in _RUNS.findall(text) if not word.isascii()]
    mixed = sum(any(c < "\x80" for c in word) for word in words)
    return mixed * 5 <= len(words)


def unique_names(names: Iterable[str], taken: Sequence[str] = RESERVED) -> list[str]:
    """Column names made distinct: ``Name``, ``Name (2)``; a column without a name is ``column N``.

    Invisible characters and white space around a name are no part of it. More than ``MAX_COLUMNS`` are refused: every
    row would have a cell of each, and a small file would fill the memory.
    """
    names = list(names)
    if len(names) > MAX_COLUMNS:
        raise ReadError(
            f"the file has {len(names)} columns, more than {MAX_COLUMNS}",
            remedy="Look at the file: if it is data, declare which columns or keys are wanted",
        )
    seen = set(taken)
    times: dict[str, int] = {}
    result = []
    for position, text in enumerate(names, 1):
        name = visible_name(text)
        base = name or name_of_nameless(position)
        candidate, count = base, times.get(base, 1)
        while candidate in seen:
            count += 1
            candidate = f"{base} ({count})"
        times[base] = count
        seen.add(candidate)
        result.append(candidate)
    return result


def refuse_sparse(rows: Sequence[Sized], columns: int) -> None:
    """Raise where rows that each name other columns make a table far larger than what they say themselves."""
    cells, said = len(rows) * columns, sum(len(row) for row in rows)
    if cells > max(SPARSE_CELLS, SPARSE_TIMES * said):
        raise ReadError(
            f"the {len(rows)} rows name {columns} different columns, most of them in few rows only",
            remedy="Look at the file: if it is data, declare which columns or keys are wanted",
        )


def called(labels: Mapping[str, str | None]) -> dict[str, str]:
    """Metadata of what a file calls columns whose names are codes; nothing where it says no more than the names."""
    said = {name: label for name, label in labels.items() if label and label != name}
    return {CALLED.decode(): json.dumps(said, ensure_ascii=False)} if said else {}


def text_table(
    columns: Mapping[str, Sequence[str | None]], metadata: Mapping[str, str] | None = None
) -> pa.Table:
    """``cells_table`` with metadata of the file; text that is not Unicode is refused."""
    try:
        table = cells_table(columns)
        encoded = {key.encode(): value.encode() for key, value in (metadata or {}).items()}
    except UnicodeError:
        raise _half_character() from None
    return table.replace_schema_metadata(encoded or None)


def _half_character() -> ReadError:
    return ReadError("the text holds half a surrogate pair, which is no character", remedy=FETCH_AGAIN)


def text_option(options: Options, name: str) -> str:
    """An option that is a text, empty where it is not given; ReadError."""
    value = options.get(name, "")
    if not isinstance(value, str):
        raise wrong_option(name, value, "a text")
    return value


def names_option(options: Options, name: str, default: Sequence[str] = ()) -> list[str]:
    """An option that is one name or a list of names; ReadError where it is neither."""
    value = options.get(name, default)
    value = [value] if isinstance(value, str) else value
    if not isinstance(value, list | tuple) or not all(isinstance(item, str) for item in value):
        raise wrong_option(name, value, "a list of names")
    return list(value)


def columns_option(options: Options, name: str) -> list[str]:
    """An option that names columns, each as ``visible_name`` has it, whatever white space is in it; ReadError."""
    return [visible_name(text) for text in names_option(options, name)]


def count_option(options: Options, name: str, default: int, least: int = 0) -> int:
    """An option that is a whole number, not below the least; ReadError."""
    value = options.get(name, default)
    if isinstance(value, bool) or not isinstance(value, int) or value < least:
        raise wrong_option(name, value, f"a whole number from {least}")
    return value


def pattern_option(options: Options, name: str) -> re.Pattern[str] | None:
    """An option that is a regular expression, or None where it is not given; ReadError."""
    value = options.get(name)
    if value is None:
        return None
    try:
        return re.compile(value)
    except (re.error, TypeError):
        raise wrong_option(name, value, "a regular expression") from None


def wrong_option(name: str, value: object, expected: str) -> ReadError:
    """The error for an option of the wrong kind."""
    return ReadError(
        f"reader option {name}={value!r} is not {expected}", remedy="Correct the dataset's declaration"
    )


def joined(parts: Iterable[str | None]) -> str | None:
    """Flags and footnotes as one note: the non-empty ones, in order, or null."""
    found = [part for part in parts if part]
    return "; ".join(found) if found else None


def with_problems(table: pa.Table, problems: Sequence[str]) -> pa.Table:
    """The table with a column of reasons, where there are any: those rows are refused one by one."""
    if not any(problems):
        return table
    return table.append_column(PROBLEM, pa.array([problem or None for problem in problems], pa.string()))


def missing_column(name: str, names: Iterable[str], where: str = "", place: str = "") -> ReadError:
    """The error for a column that a file does not have; ``where``: what names it, ``place``: the part of the file."""
    names = list(names)
    return ReadError(
        f"the header has no column {name!r}{where}{did_you_mean(name, names)}; it has {', '.join(names)}",
        place=place,
        remedy="The publisher renamed it, or the declaration is wrong",
    )


def column_twice(name: str) -> ReadError:
    """The error for a column that a file has twice and the declaration reads."""
    return ReadError(
        f"the file has the column {name!r} twice",
        remedy="Look which of the two is meant; if both are, name both in the declaration",
    )

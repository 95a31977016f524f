"""Personal data in a file of an office: names, numbers, telephones, addresses, found before a figure is read.

Pure functions of every row, never of a sample: ``guard`` names the columns for which a file is refused and never quotes
a value. Two looks make that fast: Arrow passes over the texts that cannot be personal, then Python reads the few
distinct ones that are left.

Not here: the patterns (``personal_data_patterns``), numbers with a check digit (``personal_numbers``), and small
counts that could point to a person (``suppress_cells``). Called by ``discreet`` for files from the inbox and of
restricted datasets, by ``transforms.incidents`` for the rows of a register, by ``transforms.programmes`` for cells of a
return.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from transforms.privacy.personal_data_patterns import (
    ADDRESS,
    BARE,
    DIGITS,
    HARMLESS,
    HARMLESS_KINDS,
    PSEUDONYM,
    REASONS,
    SUSPECT,
    TEXT,
    header_kinds,
    plain,
)
from transforms.privacy.personal_numbers import is_personal_number


@dataclass(frozen=True)
class Finding:
    """A column that holds personal data; never quotes the value."""

    column: str
    kind: str
    reason_en: str
    reason_ru: str


_HEXADECIMAL = b"0123456789abcdefABCDEF-"
_PASSES = f"^$|{PSEUDONYM}|{HARMLESS}"
# Texts that a guard looks at together.
_TOGETHER = 200_000
# Texts of a column in which nothing was found that are kept, so that none of them is looked at twice.
_KEPT = 10_000
# A column with so few different texts at a time, and so few bytes of them, likely shows the same ones each time.
_FEW, _FEW_BYTES = 1_000, 1 << 16
# Texts of one width that are compared at once.
_COMPARED = 256


@dataclass
class Texts:
    """What one column holds: its suspect texts, each with its rows, and how many rows are long bare numbers."""

    suspect: Iterable[tuple[str, int]]
    bare: int = 0
    #: every text is an address of a page
    pages: bool = False


def texts_of(values: Sequence[object] | pa.ChunkedArray) -> Texts:
    """Those of a column in memory, each distinct text looked at once."""
    if isinstance(values, pa.ChunkedArray):
        column = values
    else:
        column = pa.chunked_array([[_text(value) for value in values]], pa.string())
    counted = column.drop_null().value_counts()
    texts, rows = counted.field("values"), counted.field("counts")
    filled = pc.not_equal(texts, "")
    texts, rows = texts.filter(filled), rows.filter(filled)
    if not len(texts):
        return Texts([])
    plain = pc.match_substring_regex(texts, PSEUDONYM)
    suspect = pc.and_not(pc.match_substring_regex(texts, SUSPECT), plain)
    bare = pc.sum(rows.filter(pc.match_substring_regex(texts, BARE))).as_py() or 0
    pages = bool(len(texts)) and bool(pc.all(pc.match_substring(texts, "://")).as_py())
    pairs = zip(texts.filter(suspect).to_pylist(), rows.filter(suspect).to_pylist(), strict=True)
    return Texts(pairs, bare, pages)


def guard(
    column_names: Sequence[str], values: Mapping[str, Sequence[object] | pa.ChunkedArray]
) -> list[Finding]:
    """Columns that hold personal data, by header or by values; the file is refused if there is any.

    ``values``: every value of each column. Long bare numbers count as personal when they pass the check digit or the
    date inside, and most long numbers of the column do.
    """
    names = dict.fromkeys([*column_names, *values])
    return guard_texts({name: texts_of(values.get(name, ())) for name in names})


def kinds_of_each(texts: Iterable[str]) -> dict[str, list[str]]:
    """Kinds of personal data in each text by itself, by the texts that hold any.

    RE2 compiles its patterns anew for every call (some 40 ms): one call for all texts, not one a text.
    """
    written = list(texts)
    suspect = {text for text, _ in texts_of(written).suspect}
    of_one = {text: _value_kinds(Texts([(_text(text), 1)])) for text in written if _text(text) in suspect}
    return {text: kinds for text, kinds in of_one.items() if kinds}


def guard_texts(columns: Mapping[str, Texts]) -> list[Finding]:
    """As ``guard``, of columns of which only the suspect texts were fetched."""
    found = []
    for column, texts in columns.items():
        headed = header_kinds(column)
        if texts.pages:
            headed = [kind for kind in headed if kind != "address"]  # of pages
        kinds = dict.fromkeys([*headed, *_value_kinds(texts)])
        found += [_finding(column, kind) for kind in kinds]
    return found


def _finding(column: str, kind: str) -> Finding:
    en, ru = REASONS[kind]
    return Finding(
        column=column,
        kind=kind,
        reason_en=f"The column “{column}” seems to hold {en}.",
        reason_ru=f"Столбец «{column}», видимо, содержит {ru}.",
    )


def _text(value: object) -> str:
    if value is None or isinstance(value, bool):
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return " ".join(str(value).split())


@dataclass
class _Seen:
    """What the suspect texts of one column have shown so far."""

    kinds: set[str] = field(default_factory=set)
    numbers: int = 0
    phones: int = 0
    #: texts of words in which nothing was found: most batches of a register hold the same ones
    clean: set[str] = field(default_factory=set)

    def look(self, text: str, rows: int) -> None:
        if text in self.clean:
            return
        if text.isdecimal():
            self.numbers += rows * is_personal_number(text)
            self.phones += rows * (re.fullmatch(r"[78]7\d{9}|(?:996|992|998)\d{9}", text) is not None)
        elif any(map(is_personal_number, DIGITS.findall(text))):
            self.kinds.add("national_id")
        self.kinds |= {
            kind for kind, pattern in TEXT.items() if kind not in self.kinds and pattern.search(text)
        }
        if "address" not in self.kinds and ADDRESS.search(plain(text)):
            self.kinds.add("address")
        if not self.kinds and not text.isdecimal() and len(self.clean) < _KEPT:
            self.clean.add(text)

    def verdict(self, bare: int) -> list[str]:
        """Kinds of personal data in a column with so many long bare numbers."""
        kinds = {*self.kinds}
        if self.numbers and self.numbers * 2 >= bare:
            kinds.add("national_id")
        if self.phones > 1 and self.phones * 2 >= bare:
            kinds.add("phone")
        return [kind for kind in REASONS if kind in kinds]


def _value_kinds(texts: Texts) -> list[str]:
    """Kinds of personal data; ends early where so much is found that the rest cannot change the verdict."""
    seen = _Seen()
    for text, rows in texts.suspect:
        seen.look(_text(text), rows)
        if seen.kinds and seen.numbers * 2 >= texts.bare:
            break
    return seen.verdict(texts.bare)


def _pass_by_bytes(texts: pa.Array) -> bool:
    """Whether all match PSEUDONYM or HARMLESS, by one look at their bytes; of different lengths it may say no."""
    if texts.type != pa.string() or not len(texts) or texts.null_count:
        return False
    ends = np.frombuffer(texts.buffers()[1], np.int32)[texts.offset : texts.offset + len(texts) + 1]
    width = int(ends[1] - ends[0])
    if not 0 < width <= 128 or np.any(np.diff(ends) != width):
        return False
    content = np.frombuffer(texts.buffers()[2], np.uint8)[ends[0] : ends[-1]]
    if width >= 32:
        return not content.tobytes().translate(None, _HEXADECIMAL)
    first, last = _least_and_most(content, width)
    if not (first.isascii() and last.isascii()):
        return False
    return HARMLESS_KINDS.fullmatch("".join(map(_kind, first.decode(), last.decode()))) is not None


def _least_and_most(content: npt.NDArray[np.uint8], width: int) -> tuple[bytes, bytes]:
    """The least and the greatest byte at each place of texts of one width; many texts are compared at once."""
    many = _COMPARED * width
    whole = len(content) // many * many
    texts = content[whole:].reshape(-1, width)
    if whole:
        folded = content[:whole].reshape(-1, many)
        ends = (folded.min(axis=0).reshape(-1, width), folded.max(axis=0).reshape(-1, width))
        texts = np.concatenate([texts, *ends])
    return texts.min(axis=0).tobytes(), texts.max(axis=0).tobytes()


def _kind(first: str, last: str) -> str:
    """What all characters from one to another are: 1 (1 or 2), 9 (a digit), A (a letter), itself, or ? (anything)."""
    for kind, ranges in (("1", "12"), ("9", "09"), ("A", "AZ"), ("A", "az")):
        if ranges[0] <= first and last <= ranges[1]:
            return kind
    return first if first == last else "?"


class Guard:
    """As ``guard``, of columns that are shown batch by batch: every text of every row, in bounded memory.

    ::

        guard = Guard()
        guard.look("Номер", pa.array(["КУСП-1", "КУСП-2"]), None)
        guard.look("Пол", pa.array(["женский", "мужской"]), pa.array([410, 61]))
        guard.findings()            # of all that was shown
    """

    def __init__(self) -> None:
        """Nothing was shown yet."""
        self._seen: dict[str, _Seen] = {}
        self._bare: dict[str, int] = {}
        # RE2 compiles its patterns anew for every call, so many texts of all columns are looked at together: shown
        # ones for what is harmless, what is left for what is suspect.
        self._shown: list[_Shown] = []
        self._left: list[_Shown] = []
        self._waiting = 0
        # Texts of columns with few, which are shown again and again, and the rows of each.
        self._few: dict[str, Counter[str]] = {}

    def look(self, column: str, texts: pa.Array, rows: pa.Array | None) -> None:
        """Show different texts of a column and the rows of each; None where each is that of one row."""
        self._seen.setdefault(column, _Seen())
        if rows is not None and len(texts) <= _FEW and texts.nbytes <= _FEW_BYTES:
            few = self._few.setdefault(column, Counter())
            few.update(dict(zip(texts.to_pylist(), rows.to_pylist(), strict=True)))
            if len(few) > _FEW:
                self._show_few(column)
        elif not _pass_by_bytes(texts):
            self._show(column, texts, rows)

    def _show_few(self, column: str) -> None:
        few = self._few.pop(column)
        self._show(column, pa.array([*few], pa.string()), pa.array([*few.values()], pa.int64()))

    def _show(self, column: str, texts: pa.Array, rows: pa.Array | None) -> None:
        self._shown.append(_Shown(column, texts, pa.repeat(1, len(texts)) if rows is None else rows))
        self._waiting += len(texts)
        if self._waiting >= _TOGETHER:
            self._pass()
            if sum(len(left.texts) for left in self._left) >= _TOGETHER:
                self._look_closely()

    def findings(self) -> list[Finding]:
        """Columns with personal data, by header or by values."""
        for column in [*self._few]:
            self._show_few(column)
        self._pass()
        self._look_closely()
        return [
            _finding(column, kind)
            for column, seen in self._seen.items()
            for kind in dict.fromkeys([*header_kinds(column), *seen.verdict(self._bare.get(column, 0))])
        ]

    def _pass(self) -> None:
        """Let pass what is harmless."""
        for shown, harmless in _matching(self._shown, _PASSES):
            left = pc.invert(harmless)
            if pc.any(left).as_py():
                self._left.append(shown.only(left))
        self._shown.clear()
        self._waiting = 0

    def _look_closely(self) -> None:
        for shown, bare in _matching(self._left, BARE):
            rows = pc.sum(shown.rows.filter(bare)).as_py() or 0
            self._bare[shown.column] = self._bare.get(shown.column, 0) + rows
        for shown, suspect in _matching(self._left, SUSPECT):
            seen, few = self._seen[shown.column], shown.only(suspect)
            for text, rows in zip(few.texts.to_pylist(), few.rows.to_pylist(), strict=True):
                # The file is refused for one such column: the others of its texts need no look.
                if not seen.kinds:
                    seen.look(_text(text), rows)
        self._left.clear()


class _Shown(NamedTuple):
    """Different texts of a column, and the rows of each."""

    column: str
    texts: pa.Array
    rows: pa.Array

    def only(self, which: pa.Array) -> "_Shown":
        return _Shown(self.column, self.texts.filter(which), self.rows.filter(which))


def _matching(shown: Sequence[_Shown], pattern: str) -> Iterator[tuple[_Shown, pa.Array]]:
    """Which texts match, by one call for all."""
    if not shown:
        return
    matches, at = pc.match_substring_regex(pa.concat_arrays([own.texts for own in shown]), pattern), 0
    for own in shown:
        yield own, matches.slice(at, len(own.texts))
        at += len(own.texts)

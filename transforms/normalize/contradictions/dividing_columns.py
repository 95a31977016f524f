"""Columns that nothing reads and that divide the rows of a whole file, by what they hold and not by their names.

::

    Область   Год   Порядок      Число
    Нарын     2022  первично     72        Порядок takes two values, and no column that is read (Область, Год) says
    Нарын     2023  повторно     18        which: each figure is of a part, and would be published as the whole
    Талас     2022  повторно     51
    Талас     2023  первично     64

    Нарын 2022 "первично" and "повторно", both 72: the same, though each row is read alike and one would be left out
    Область_кир beside Область             nothing: each text of Область has one text there, as a code has one label
    Порядок with one row a region          a finding (``may_divide``): it may be a label of the region as well
    Источник, Сноска, Дата, № п/п          nothing, whatever they hold (``dimension_words.says_nothing``); nor numbers,
                                           dates, addresses, sentences, statuses, yes, no, or another text a row
    Показатель, Kennzahl                   what may name several indicators: ``unread_indicators``

Rows of such a column are refused, each but those of a total, and no finding holds the file instead: a first file has no
last rows that could stay, a refused row says where it stands and what to declare, and the rows of all go on. The next
files are held by the share of refused rows all the same.

Not here: columns of one text (``unread_breakdowns``), areas (``unread_areas``). Called by ``one_file`` and ``in_parts``
before any row is judged: a part of a large file does not show whether a column divides the file.
"""

import re
from collections.abc import Iterable, Mapping

import numpy as np

from sources.cells import COLUMN, CORNER, QUOTE, TITLE
from sources.dataset import Dataset
from transforms.normalize.contradictions.dimension_words import says_nothing
from transforms.normalize.contradictions.group_words import groups_of
from transforms.normalize.contradictions.planned import says_planned
from transforms.normalize.contradictions.said_parts import said_part
from transforms.normalize.contradictions.said_status import said_status
from transforms.normalize.contradictions.several_dataflows import flow_columns, flows_in
from transforms.normalize.contradictions.unit_words import said_in_unit, unit_columns
from transforms.normalize.contradictions.unread_areas import is_of_areas
from transforms.normalize.contradictions.unread_indicators import indicator_columns, indicators_named
from transforms.normalize.encoded_columns import EncodedColumn, Indices, crossed
from transforms.normalize.file_cells import FileCells, Unread, blank
from transforms.normalize.yes_or_no import says_no, says_yes
from transforms.parse import read_periods
from transforms.parse.fold_labels import fold

# Columns of our own: of the place of a figure, and of what stands around its table.
_OWN = frozenset(
    (COLUMN, CORNER, QUOTE, TITLE, "sheet", "col_number", "file_name", "stated_period", "stated_published")
)
# What says which part a figure is of; a label beside such a column adds nothing.
_SUBJECT = ("indicator", "violence_form", "relationship")
# A column with more different texts names single things; one with more still has no labels.
_MOST_TEXTS, _MOST_LABELS = 60, 1_000
_LONGEST, _MOST_WORDS = 60, 6
_FINAL = re.compile(
    r"факт\w*|окончательн\w*|уточн[её]нн\w*|final|actual|observed|revised|reported|endgültig\w*|ist"
)
_LETTER = re.compile(r"[^\W\d_]")
_NOT_WORDS = re.compile(r"https?:|www\.|@|[?!;]|(?:19|20)[0-9]{2}")


class _Seen:
    """What the rows of one unread column say, part after part."""

    def __init__(self) -> None:
        #: texts, folded, with a number each
        self.texts: dict[str, int] = {}
        #: rows with a text
        self.rows = 0
        #: whether rows that agree in all columns that are read have two texts
        self.is_apart = False
        #: by column that is read: the one text beside each of its texts; None once there were two
        self.beside: dict[str, dict[str | None, str] | None] = {}

    def add(self, texts: EncodedColumn, rows: int, read: Mapping[str, EncodedColumn]) -> bool:
        """Add a part; False where a column has too many texts to be of use."""
        if len(texts.dictionary) > _MOST_LABELS:
            return False
        folded = texts.recoded(lambda text: None if blank(text) or is_judged_elsewhere(text) else fold(text))
        for text in sorted({folded.dictionary[place] for place in folded.used()} - {None}):
            self.texts.setdefault(text, len(self.texts))
        if len(self.texts) > _MOST_LABELS:
            return False
        self.rows += int(folded.where(lambda text: text is not None, rows).sum())
        if not any(map(_LETTER.search, self.texts)):
            return True
        for name, column in read.items():
            known = self.beside.setdefault(name, {})
            if known is not None:
                for code, text in crossed(column, folded, lambda code, text: (code, text)).dictionary:
                    if text is not None and known.setdefault(code, text) != text:
                        self.beside[name] = None
                        break
        if self.has_words() and not any(self.beside.values()) and folded.indices is not None:
            self._look_for_two(folded, _read_alike(read.values(), rows))
        return True

    def _look_for_two(self, folded: EncodedColumn, alike: Indices) -> None:
        numbers = np.array([-1 if text is None else self.texts[text] for text in folded.dictionary])
        said = numbers[folded.indices]
        alike, said = alike[said >= 0], said[said >= 0]
        pairs = alike.astype(np.int64) * len(self.texts) + said
        self.is_apart |= len(np.unique(alike)) < len(np.unique(pairs))

    def has_words(self) -> bool:
        """Whether it holds several short words, and other ones than those of a status."""
        words = 1 < len(self.texts) <= _MOST_TEXTS and all(map(_is_word, self.texts))
        return words and not self.is_of_statuses()

    def follows(self, column: str) -> bool:
        """Whether each of several texts of a column that is read has one text here, as a code has one label."""
        known = self.beside.get(column)
        return known is not None and len(known) > 1

    def is_shown(self, column: str) -> bool:
        """Whether it follows that column in more rows than the column has texts: where each row has its own, all do."""
        return self.follows(column) and self.rows > len(self.beside[column] or ())

    def is_of_rows(self) -> bool:
        """Whether it may say no more than one thing of each row: a name, or yes and no."""
        return len(self.texts) >= self.rows or all(says_yes(text) or says_no(text) for text in self.texts)

    def is_of_statuses(self) -> bool:
        """Whether all its texts say how figures were found."""
        return all(map(_is_status, self.texts))


def unread_columns(file: FileCells) -> list[str]:
    """Columns of the file's own that the declaration neither reads nor lists among those that it knows."""
    known = {*file.dataset.columns, *file.dataset.where, *(file.dataset.expects.columns or ())}
    return sorted(name for name in file.present - known if not name.startswith("_"))


def looked_at(file: FileCells) -> list[str]:
    """Those of them that may divide the file, whatever they hold."""
    return [name for name in unread_columns(file) if name not in _OWN]


def look_through(parts: Iterable[FileCells]) -> Unread:
    """The columns of a file, of which each part has the rows that the declaration does not leave out."""
    seen: dict[str, _Seen] = {}
    dropped: set[str] = set()
    subject: set[str] = set()
    indicators: dict[str, tuple[str, ...]] = {}
    flows: dict[str, dict[str, None]] = {}
    for file in parts:
        for name in flow_columns(file):
            flows.setdefault(name, {}).update(flows_in(file, name))
        names = [name for name in looked_at(file) if name not in dropped]
        subject = _subject_columns(file.dataset)
        read = sorted(file.present & {*file.dataset.columns, *file.dataset.where, COLUMN}) if names else ()
        columns = {name: file.texts(name) for name in read}
        for name in names:
            if not seen.setdefault(name, _Seen()).add(file.texts(name), file.count, columns):
                dropped.add(name)
                del seen[name]
        if not seen and not flows:
            break
        indicators = {
            name: texts
            for name in indicator_columns(file, seen)
            if (texts := indicators_named(file, name, seen[name].texts)) and not seen[name].is_of_statuses()
        }
    labels = {name for name, one in seen.items() if len(one.texts) > 1 and any(map(one.follows, subject))}
    indicators = {name: texts for name, texts in indicators.items() if name in seen and name not in labels}
    left = _units(seen) | labels | {name for name in seen if says_nothing(name) or is_of_areas(name)}
    left |= {name for name, texts in indicators.items() if len(texts) > 1}
    words = {name: one for name, one in seen.items() if name not in left and one.has_words()}
    divide = {name for name, one in words.items() if one.is_apart}
    open_ = {
        name: one
        for name, one in words.items()
        if not (one.is_apart or one.is_of_rows() or any(map(one.is_shown, one.beside)))
    }
    follow = {name for name, one in open_.items() if any(map(one.follows, one.beside))}
    may_divide = {name: ", ".join(sorted(words[name].texts)[:3]) for name in sorted(follow)}
    return Unread(
        divide=frozenset(divide | (open_.keys() - follow)),
        labels=frozenset(labels),
        may_divide=may_divide,
        indicators=indicators,
        flows={name: tuple(found) for name, found in flows.items()},
    )


def _read_alike(read: Iterable[EncodedColumn], rows: int) -> Indices:
    """A number for each row, the same for rows that agree in all columns that are read."""
    alike = np.zeros(rows, np.int64)
    for column in read:
        if column.indices is not None:
            alike = np.unique(alike * len(column.dictionary) + column.indices, return_inverse=True)[1]
    return alike.astype(np.int32)


def _subject_columns(dataset: Dataset) -> set[str]:
    """Columns that say what is counted, and of whom."""
    specs = [parts for name, parts in dataset.concepts.items() if name in _SUBJECT]
    specs += dataset.breakdown.values()
    named = {column for parts in specs for part in parts for column in part.columns}
    return named | ({dataset.breakdown_column} if dataset.breakdown_column else set()) | {*dataset.where}


def _units(names: Iterable[str]) -> set[str]:
    return {name for name, read in unit_columns([*names]).items() if read is said_in_unit}


def is_judged_elsewhere(text: str) -> bool:
    """Whether a text is a sex, an age, a place of residence or a part of the year, of which a row is refused anyway."""
    return bool(groups_of(text) or said_part(text, "col_1"))


def _is_status(text: str) -> bool:
    """Whether a text says how a figure was found, and not of what it is."""
    return bool(_FINAL.fullmatch(text) or said_status(text) or says_planned(text))


def _is_word(text: str) -> bool:
    """Whether a text may be the name of a part: letters, short, no date, no address and no sentence."""
    return bool(
        re.search(r"[^\W\d_]{2}", text)
        and len(text) <= _LONGEST
        and len(text.split()) <= _MOST_WORDS
        and not _NOT_WORDS.search(text)
        and not read_periods.parse(text)
    )

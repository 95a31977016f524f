"""What a file says of itself in words when it is a part: "Showing 1 to 10 of 57 entries", "continued on the next page".

::

    Показано записей с 1 по 2 из 9                     PartShown(1, 2, 9): seven records are not here
    Umumiy 57 yozuvlarlardan 1 dan 10 gachasi          PartShown(1, 10, 57)
    Showing 1 to 9 of 9 entries                        all of them: nothing is said
    Fortsetzung der Tabelle auf Seite 2                below the last table: more follows

Read are the texts around the tables (``title``, ``_remarks``). Not here: numbers of rows that an answer in JSON has
(``json_envelope``); what becomes of such a file (``transforms.files_to_observations``, the caller).
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from sources.cells import REMARKS, TITLE, TITLES

# Longer ones tell of something else.
_LONGEST = 160
_NUMBER = re.compile(r"(?<![\w.,])[0-9]{1,3}(?:[   .,'’][0-9]{3})+(?![\w])|(?<![\w.,])[0-9]+")
_RECORDS = re.compile(
    r"\b(?:запис|строк|элемент|результат|entr(?:y|ies)|records?\b|rows?\b|results?\b|items?\b|eintr[aä]g|datens[aä]tz|"
    r"zeilen?\b|ergebnis|treffer\b|жазба|жол(?:дар|ы|дың)|нәтиже|жазуу|сап(?:т|ка|тар)|катар|натыйжа|yozuv|qator|natija|ёзув|"
    r"қатор|натижа|сабт|сатр|натиҷа|навишта)",
    re.IGNORECASE,
)
_SHOWN = re.compile(
    r"\b(?:показан|отображ|выведен|show(?:s|n|ing)\b|display|angezeigt|zeige|көрсетіл|көрсөтүл|ko.rsatil|кўрсатил|"
    r"нишон дода)",
    re.IGNORECASE,
)
_WORDS = re.compile(r"[^\W\d_]+")
# Words of a line that says that a table goes on: that it does, where, and what else such a line has.
_GOES_ON = re.compile(
    r"продолжение|окончание|fortsetzung|fortgesetzt|continued|continues|continuation|жалғасы|уландысы|davomi|давоми|идома|"
    r"идомааш|идомаи|давомаш"
)
_ELSEWHERE = re.compile(
    r"следует|далее|обороте|folgt|wird|umseitig|overleaf|бар|bor|бор|дорад|be|"
    r"следующ\w+|next|following|nächsten?|оянда|навбатӣ|дигар|келесі|кийинки|keyingi|кейинги|"
    r"страниц\w+|стр|с|листе|page|sheet|p|seite|s|blatt|саҳифаи?|варақи?|бет[а-яі]*|парақта|баракта|betda|sahifada|varaqda|"
    r"саҳифада|варақда"
)
_BESIDE = re.compile(
    r"на|см|смотри|to|on|the|see|is|of|auf|der|dem|die|siehe|дар|ин|is|"
    r"таблиц[аы]|table|tabelle|кесте\w*|jadval\w*|жадвал\w*|ҷадвал\w*"
)


class PartShown(NamedTuple):
    """Which records a file says that it shows, and of how many."""

    first: int
    last: int
    total: int
    words: str


def part_shown(cells: pa.Table) -> PartShown | None:
    """The first words around the tables that say that the file does not show all records."""
    return next((part for text in _texts(cells) if (part := _part_of(text))), None)


def goes_on(cells: pa.Table) -> str:
    """The words below the last table that say that it goes on elsewhere; empty where there are none."""
    below = list(_kept(cells, REMARKS))
    if REMARKS in cells.column_names and cells.num_rows:
        below.append(cells[REMARKS][-1].as_py() or "")
    return next((line for text in below for line in text.splitlines() if says_it_goes_on(line)), "")


def says_it_goes_on(line: str) -> bool:
    """Whether a line below a table says that the table goes on elsewhere."""
    words = _WORDS.findall(line.casefold()) if len(line) <= _LONGEST else []
    kinds = {
        next((kind for kind in (_GOES_ON, _ELSEWHERE, _BESIDE) if kind.fullmatch(word)), None)
        for word in words
    }
    return {_GOES_ON, _ELSEWHERE} <= kinds and None not in kinds


def missing_parts(parts: Sequence[PartShown]) -> list[PartShown]:
    """Of the parts that several files say they are, those of which the others are not all there."""
    return [part for part in parts if not _is_whole([other for other in parts if other.total == part.total])]


def _is_whole(parts: Iterable[PartShown]) -> bool:
    reached, total = 0, 0
    for part in sorted(parts):
        total = part.total
        reached = max(reached, part.last) if part.first <= reached + 1 else reached
    return reached >= total


def _texts(cells: pa.Table) -> Iterator[str]:
    for name in (REMARKS, TITLES[0].decode()):
        yield from (line for text in _kept(cells, name) for line in re.split(r"\n| / ", text))
    for name in (REMARKS, TITLE):
        said = pc.unique(cells[name]).to_pylist() if name in cells.column_names else []
        yield from (line for text in said if text for line in re.split(r"\n| / ", text))


def _kept(cells: pa.Table, name: str) -> Iterator[str]:
    """The text of that name in the metadata of a table."""
    text = (cells.schema.metadata or {}).get(name.encode(), b"").decode()
    yield from [text] if text else []


def _part_of(text: str) -> PartShown | None:
    """Which part a line says that is shown; None of any other line, and where it is all."""
    said = text.partition("(")[0].strip()
    if not said or len(said) > _LONGEST:
        return None
    numbers = [int(re.sub(r"\D", "", found)) for found in _NUMBER.findall(said)]
    counted, shown = bool(_RECORDS.search(said)), bool(_SHOWN.search(said))
    if len(numbers) == 3 and (counted or shown):
        # The whole is said last, or first: "of 57 entries those from 1 to 10".
        whole_first = numbers[0] == max(numbers)
        first, last, total = (numbers[1], numbers[2], numbers[0]) if whole_first else numbers
    elif len(numbers) == 2 and shown and (counted or len(_WORDS.findall(said)) <= 3):
        first, last, total = 1, *sorted(numbers)
    else:
        return None
    is_part = 0 < first <= last <= total and last - first + 1 < total
    return PartShown(first, last, total, text.strip()) if is_part else None

"""The period of each row: SDMX time, frequency, first and last day, read together from one text.

    "2024"          ("2024", "A", 2024-01-01, 2024-12-31)
    "2 квартал 2024" ("2024-Q2", "Q", 2024-04-01, 2024-06-30)
    Year 2024, Quarter II (declared as ``within``) is the same
    "1905"          refused where it has a value, unless declared: nothing was counted before 1950

Not here: the forms of periods (``transforms.parse.read_periods``), and whether a period fits its days (a check of the
contract). Called by ``one_file``.
"""

import datetime as dt
import re
from functools import lru_cache, partial
from typing import Any

from transforms.normalize.codes_from_labels import SKIP, read_concept, read_parts
from transforms.normalize.contradictions.said_status import without_preliminary
from transforms.normalize.contradictions.unit_words import without_counted
from transforms.normalize.encoded_columns import EncodedColumn, Mask, constant, crossed, either
from transforms.normalize.file_cells import FileCells
from transforms.normalize.readings import ReadColumn, Reading, Refusal
from transforms.parse import read_periods

# No statistic of the project begins earlier; the longest series of population (of the United Nations) begins there.
_EARLIEST = dt.date(1950, 1, 1)
# The parts of a period are columns of the observations.
COLUMNS = ("time_period", "freq", "period_start", "period_end")
_NONE = (None, None, None, None)
# Before a period these say that something was counted in it: "Выдано в 2022 году". Words of another stage or of a
# change ("отменено", "план", "прирост") are none of them.
_HAPPENED = re.compile(
    r"(?P<word>выдан[оы]?|выпуск|вынесено|оформлено|зарегистрировано|учтено|выявлено|поступило|обратилось|подано|"
    r"количество|кол-во|число|issued|registered|recorded|reported|берилди|берилген|берілді|берілген|катталган|"
    r"тіркелген|berilgan|берилган)[,:]?\s+(?=\S*\s*.*(?:19|20)[0-9]{2})",
    re.IGNORECASE,
)
# The same words come in file after file.
_parse = lru_cache(maxsize=100_000)(read_periods.parse)


def read_period(file: FileCells) -> ReadColumn:
    """Periods as tuples of the four ``COLUMNS``; a row without one is refused."""
    texts = _texts(file)
    matches = (_HAPPENED.match(text or "") for text in texts.codes.dictionary)
    # Several such words are several things that were counted: the periods of none are read.
    happened = _HAPPENED if len({match["word"].casefold() for match in matches if match}) == 1 else None
    readings = [_reading(file, text, happened) for text in texts.codes.dictionary]
    found = EncodedColumn([reading.code for reading in readings], texts.codes.indices)
    refusals = EncodedColumn([reading.refusal for reading in readings], texts.codes.indices)
    # A label without a code comes first: its sentence names the column.
    return ReadColumn(found, (*texts.refusals, refusals))


def period_columns(period: EncodedColumn) -> dict[str, EncodedColumn]:
    """The four columns of a column of periods."""
    return {
        name: EncodedColumn([parts[place] for parts in period.dictionary], period.indices)
        for place, name in enumerate(COLUMNS)
    }


def _texts(file: FileCells) -> ReadColumn:
    if "time_period" in file.facts.constants:
        return read_concept(file, "time_period")
    parts = file.dataset.concepts["time_period"]
    read = read_parts(file, "time_period", parts)
    column = file.first_present(tuple(name for part in parts for name in part.within))
    if column is None:
        return read
    parts_of_year = file.texts(column)
    joined = crossed(read.codes, parts_of_year, partial(_within, column))
    if any(part.within_empty for part in parts):
        return ReadColumn(joined, read.refusals)
    refusal = file.lookups.refusal("unreadable_period", sentence="empty_part_of_year", place=column)
    unsaid = crossed(read.codes, parts_of_year, partial(_unsaid, refusal))
    return ReadColumn(joined, (*read.refusals, unsaid))


def _unsaid(refusal: Refusal, year: str | None, part: str | None) -> Refusal | None:
    """The refusal of a year beside no part of it: the figure may be that of a quarter whose cell was lost."""
    return refusal if year and year != SKIP and read_periods.no_part(part or "") else None


def _within(column: str, year: str | None, part: str | None) -> str | None:
    """Year and part of it in one text; a row without a year has none."""
    return read_periods.within_year(year, part or "", column) if year and year != SKIP else year


def _reading(file: FileCells, text: str | None, happened: re.Pattern[str] | None = None) -> Reading:
    if text == SKIP:
        return Reading((SKIP, *_NONE[1:]))
    period = _parse(text or "")
    if period is None and file.dataset.collection != "transcription":
        # The status of the figures, which ``said_status`` reads, or what is counted, which ``unit_words`` compares.
        others = (without_preliminary(text or ""), without_counted(text or ""))
        period = next(filter(None, map(_parse, others)), None) or _in_two_languages(text or "")
        if period is None and happened and (word := happened.match(text or "")):
            period = _parse((text or "")[word.end() :])
            # Until a day is no time in which something happened.
            period = None if period and period.freq == "D" else period
    if period is None:
        return Reading(_NONE, file.lookups.refusal("unreadable_period", value=text or ""))
    return Reading((period.time_period, period.freq, period.start, period.end))


def _in_two_languages(text: str) -> read_periods.Period | None:
    """The period of a text that says it twice: "2022 год / 2022-жыл"."""
    periods = {_parse(part) for part in re.split(r"\s*[/\n]\s*", text)}
    return periods.pop() if len(periods) == 1 else None


def not_yet(file: FileCells, period: EncodedColumn, observed: Mask) -> EncodedColumn:
    """Refusals of observed values of a time that had not begun when the file came: a misprint, or a plan.

    ``observed``: rows that have a value and are no model. A year that goes on has figures; a day more is allowed, for
    it begins earlier in the east.
    """
    latest = file.facts.retrieved_at.date() + dt.timedelta(days=1)

    def refusal(found: tuple[Any, ...]) -> Refusal | None:
        if found[2] is None or found[2] <= latest:
            return None
        return file.lookups.refusal("unreadable_period", sentence="period_not_yet", value=found[0])

    return either(observed, period.recoded(refusal), constant(None))


def too_early(file: FileCells, period: EncodedColumn, valued: Mask) -> EncodedColumn:
    """Refusals of values (rows ``valued``) of a period that ends before 1950: a misprint, or what is no date.

    A declaration that states the period, or gives its label a code, has said that it is meant.
    """
    parts = file.dataset.concepts["time_period"]
    codes = {
        code
        for part in parts
        for code in (part.const, part.absent, part.empty, *(part.values or {}).values())
    }
    stated = map(_parse, filter(None, (*codes, file.facts.constants.get("time_period"))))
    meant = {known.end.year for known in stated if known}

    def refusal(found: tuple[Any, ...]) -> Refusal | None:
        if found[3] is None or found[3] >= _EARLIEST or found[3].year in meant:
            return None
        return file.lookups.refusal("unreadable_period", sentence="period_too_early", value=found[0])

    return either(valued, period.recoded(refusal), constant(None))


def is_skipped(period: tuple[Any, ...]) -> bool:
    """Whether the declaration leaves out rows of this period."""
    return bool(period[0] == SKIP)

"""Whether the frequency that a file states of a row is that of the row's period.

::

    FREQ A, TIME_PERIOD 2024        fine
    FREQ M, TIME_PERIOD 2024        refused: one month, or the sum of twelve
    FREQ A, TIME_PERIOD 2024-03     refused
    freq A5, 2015-2019              fine: several whole years
    Month 3, Year 2024              refused where the declaration reads the year alone
    header "2024" over "I кв."      the same

The frequency of an observation is made of its period; the stated one is only compared. Words and codes that are not
known say nothing. Where the declaration itself says the period (a constant, or labels with codes), nothing is compared.
Not here: reading periods (``time_period``). Called by ``one_file``.
"""

import re
from functools import lru_cache
from typing import Any

from transforms.normalize.encoded_columns import EncodedColumn, crossed
from transforms.normalize.file_cells import FileCells
from transforms.normalize.readings import Refusal
from transforms.parse import periods

_COLUMN = re.compile(
    r"freq|frequency|freq_code|time_format|периодичность|частота|мезгилдүүлүгү|кезеңділігі|даврийлиги|davriyligi"
)
# Levels of the header and labels at the side, which nobody calls a quarter.
_AROUND = re.compile(r"(?:col|row)_[0-9]+|section")
# SDMX 2.1 and 3.0 (CL_FREQ; with a number: every so many), durations of ISO 8601, TIME_FORMAT of SDMX 2.0, words.
_WORDS = {
    "A": "a p1y 602 annual annually yearly year год годы годовая годовой годовые ежегодно ежегодная жылдык yillik",
    "S": "s h b1 p6m 604 half-yearly half-year semi-annual semiannual biannual полугодие полугодовая полугодовые",
    "Q": "q p3m 608 quarterly quarter квартал квартальная квартальные ежеквартально ежеквартальная тоқсандық choraklik",
    "M": "m p1m 610 monthly month месяц месячная месячные ежемесячно ежемесячная айлык айлық oylik",
    "W": "w p7d p1w 616 weekly week неделя недельная еженедельно еженедельная",
    "D": "d b p1d 702 daily day business день дневная ежедневно ежедневная",
}
_CODES = {word: code for code, words in _WORDS.items() for word in words.split()}


def other_frequency(file: FileCells, period: EncodedColumn) -> tuple[EncodedColumn, ...]:
    """Refusals of the rows whose period (see ``time_period.COLUMNS``) is not of the frequency that the file states."""
    parts = file.dataset.concepts["time_period"]
    if "time_period" in file.facts.constants or any(p.const or p.values or p.template for p in parts):
        return ()
    read = {column for part in parts for column in (*part.columns, *part.within)}
    others = sorted(file.present - read)
    stated = [
        _contradicted(file, name, period) for name in others if _COLUMN.fullmatch(name.casefold().strip())
    ]
    # Whoever chooses rows by such a column has looked at it.
    parts_of_years = [
        name for name in others if name not in file.dataset.where and periods.part_of_year(name)
    ]
    parts_of_years += [name for name in others if _AROUND.fullmatch(name) and name not in file.dataset.where]
    return (*stated, *(_divided(file, name, period) for name in parts_of_years))


def stated_frequency(text: str) -> str:
    """Code of a frequency such as ``A`` or "ежемесячно"; "" of what is not known."""
    folded = text.strip(" .").casefold()
    every = re.fullmatch(r"([asqmwd])[0-9]+", folded)
    return every[1].upper() if every else _CODES.get(folded, "")


def _contradicted(file: FileCells, name: str, period: EncodedColumn) -> EncodedColumn:
    def refusal(stated: str | None, found: tuple[Any, ...]) -> Refusal | None:
        code = stated_frequency(stated or "")
        _, freq, start, end = found
        if not code or freq is None or freq == code or (code == "A" and _whole_years(start, end)):
            return None
        filled = {"value": stated or "", "place": name}
        return file.lookups.refusal("unreadable_period", sentence="frequency_contradicts", **filled)

    return crossed(file.texts(name), period, refusal)


def _divided(file: FileCells, name: str, period: EncodedColumn) -> EncodedColumn:
    """Refusals of rows that are a part of the year which is read as their period."""

    def refusal(part: str | None, found: tuple[Any, ...]) -> Refusal | None:
        if found[1] != "A" or periods.whole_year(part or ""):
            return None
        if not periods.part_of_year(name) and not _names_part(part or "", found[0]):
            return None
        filled = {"value": part or "", "place": name}
        return file.lookups.refusal("unreadable_period", sentence="part_of_year_unread", **filled)

    return crossed(file.texts(name), period, refusal)


@lru_cache(maxsize=10_000)
def _names_part(text: str, year: str) -> bool:
    """Whether a text of a header or label is the name of a month, quarter or half of a year, and no plain number."""
    named = None if text.strip().isdecimal() else periods.parse(f"{text.strip()} {year}")
    return named is not None and named.freq in ("S", "Q", "M")


def _whole_years(start: Any, end: Any) -> bool:
    """Whether a period is made of years that begin on one day, as those of a fiscal year do."""
    months = (end.year - start.year) * 12 + end.month - start.month + 1
    return bool(start.day == 1 and months % 12 == 0 and end.day >= 28)

"""Whether the frequency that a file states of a row is that of the row's period.

::

    FREQ A, TIME_PERIOD 2024        fine
    FREQ M, TIME_PERIOD 2024        refused: one month, or the sum of twelve
    FREQ A, TIME_PERIOD 2024-03     refused
    freq A5, 2015-2019              fine: several whole years
    Month 3, Year 2024              refused where the declaration reads the year alone
    header "2024" over "I кв."      the same
    From 2024-01-01, To 2024-06-30  refused where the declaration reads one of the two alone
    REPORTING_YEAR_START_DAY --07-01   refused: the year is no calendar year
    code 2022, label "2021"         refused: nobody knows which of the two is right
    title "на 01.10.2024", 2024     refused: the year is not over on that day; 2023 is
    "2024*", below "* за 9 месяцев" refused: nine months are no year; so are those of a title or a second header

The frequency of an observation is made of its period; the stated one is only compared. Words and codes that are not
known say nothing. Where the declaration itself says the period (a constant, or labels with codes), nothing is compared.
Not here: reading periods (``time_period``), and what a text says of a part of a year (``said_parts``). Called by
``one_file``.
"""

import datetime as dt
import re
from collections.abc import Iterator, Mapping
from typing import Any

from sources.cells import COLUMN, NOTE, REMARKS, TITLE
from transforms.normalize.contradictions.as_of_days import as_of_days_in, ends_within
from transforms.normalize.contradictions.parts_in_text import years_in
from transforms.normalize.contradictions.said_parts import (
    PUBLISHED,
    header_part,
    said_part,
    whole_years_beside_part,
)
from transforms.normalize.contradictions.school_years import years_of_schools
from transforms.normalize.contradictions.several_years import of_several_years
from transforms.normalize.encoded_columns import EncodedColumn, constant, crossed
from transforms.normalize.file_cells import FileCells, called, texts_beside_values
from transforms.normalize.readings import Refusal
from transforms.parse import read_periods

_COLUMN = re.compile(
    r"freq|frequency|freq_code|time_format|периодичность|частота|мезгилдүүлүгү|кезеңділігі|даврийлиги|davriyligi|"
    r"даврия?т|даврӣ|давранокӣ|periodizität|häufigkeit|periodicity"
)
# Columns of the first and of the last day of what another column calls a period.
_WHAT, _DATE = (
    r"(?:(?:(?:time|ref(?:erence)?|reporting|obs(?:ervation)?)[ _-]?)?"
    r"(?:period|date|time|reporting|период|дата|сана|күн)[ _-]?)?",
    r"(?:[ _-]?(?:date|day|period|periods?|периода?|sanasi))?",
)
_FIRST_DAY = re.compile(
    rf"{_WHAT}(?:start|begin(?:ning)?|from|с|начал[оа]|от|басы|башы|boshlanish\w*|аввал\w*|von|beginn){_DATE}"
)
_LAST_DAY = re.compile(
    rf"{_WHAT}(?:end|until|till|to|по|конец|конца|окончани[ея]|до|соңы|аяғы|аягы|tugash\w*|охир\w*|bis|ende){_DATE}"
)
# SDMX: the day and month with which a reporting year begins.
_YEAR_START = re.compile(r"reporting[ _]year[ _]start[ _]day")
_ONE_DAY = dt.timedelta(days=1)
# Texts above the figures.
_HEADER = re.compile(rf"{COLUMN}|col_[0-9]+")
# SDMX 2.1 and 3.0 (CL_FREQ; with a number: every so many), durations of ISO 8601, TIME_FORMAT of SDMX 2.0, words.
_WORDS = {
    "A": "a p1y 602 annual annually yearly year год годы годовая годовой годовые ежегодно ежегодная жылдык жылдық "
    "yillik йиллик ҳарсола солона jährlich",
    "S": "s h b1 p6m 604 half-yearly half-year semi-annual semiannual biannual полугодие полугодовая полугодовые",
    "Q": "q p3m 608 quarterly quarter квартал квартальная квартальные ежеквартально ежеквартальная тоқсандық "
    "кварталдык choraklik чораклик семоҳа vierteljährlich",
    "M": "m p1m 610 monthly month месяц месячная месячные ежемесячно ежемесячная айлык айлық oylik "
    "ойлик ҳармоҳа моҳона monatlich",
    "W": "w p7d p1w 616 weekly week неделя недельная еженедельно еженедельная",
    "D": "d b p1d 702 daily day business день дневная ежедневно ежедневная",
}
# Those that say how often, and are no name of a part of a year.
_OFTEN = re.compile(
    r"(?:bi|semi-?)?annual(?:ly)?|(?:half-?)?yearly|quarterly|monthly|weekly|daily|еже(?:годн|квартальн|месячн|недельн|дневн)\w+|"
    r"ҳарсола|ҳармоҳа|семоҳа|jährlich|vierteljährlich|monatlich|жылды[кқ]|айлы[кқ]|тоқсандық|кварталдык|yillik|oylik|choraklik|"
    r"йиллик|ойлик|чораклик"
)
_CODES = {word: code for code, words in _WORDS.items() for word in words.split()}


def other_frequency(file: FileCells, period: EncodedColumn) -> tuple[EncodedColumn, ...]:
    """Refusals of the rows whose period (see ``time_period.COLUMNS``) is not of the frequency that the file states."""
    parts = file.dataset.concepts["time_period"]
    if "time_period" in file.facts.constants or any(p.const or p.values or p.template for p in parts):
        return ()
    read = {column for part in parts for column in (*part.columns, *part.within)}
    others = sorted(file.present - read)
    stated = [
        _contradicted(file, name, period)
        for name in others
        if _COLUMN.fullmatch(name.casefold().strip()) or _has_frequencies(file, name)
    ]
    # Whoever chooses rows by such a column has looked at it.
    parts_of_years = [
        name for name in others if name not in file.dataset.where and read_periods.part_of_year(name)
    ]
    ends = [name for name in others if name not in file.dataset.where and _end(name)]
    begins = [
        name for name in others if name not in file.dataset.where and _YEAR_START.fullmatch(name.casefold())
    ]
    return (
        *stated,
        *(_divided(file, name, period) for name in parts_of_years),
        *(_other_day(file, name, period) for name in ends),
        *(_other_year(file, name, period) for name in begins),
        *_said_days(file, period),
        *(_other_label(file, name, period) for name in sorted(read & file.present)),
        *_said_parts(file, period),
        *years_of_schools(file, period, _texts_around(file)),
        *of_several_years(file, period, _texts_around(file)),
    )


def _has_frequencies(file: FileCells, column: str) -> bool:
    """Whether all texts of a column are words for how often something is counted: "ежемесячно", "annual"."""
    # What stands around figures is read below.
    around = column in (COLUMN, TITLE) or re.match(r"_|col_[0-9]", column)
    if around or column in (file.dataset.expects.columns or ()) or column in file.dataset.where:
        return False
    texts = {text.strip() for text in file.texts(column).dictionary if text and text.strip()}
    return bool(texts) and all(map(_OFTEN.fullmatch, map(str.casefold, texts)))


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
    """Refusals of rows that are a part of the year which is read as their period, by a column that is called so.

    Beside rows that name a part one with an empty cell may be one, too.
    """
    has_parts = not all(read_periods.whole_year(part or "", name) for part in file.texts(name).dictionary)

    def refusal(part: str | None, found: tuple[Any, ...]) -> Refusal | None:
        if found[1] == "A" and has_parts and read_periods.no_part(part or ""):
            return file.lookups.refusal("unreadable_period", sentence="empty_part_of_year", place=name)
        if found[1] != "A" or read_periods.whole_year(part or "", name):
            return None
        filled = {"value": part or "", "place": name}
        return file.lookups.refusal("unreadable_period", sentence="part_of_year_unread", **filled)

    return crossed(file.texts(name), period, refusal)


def _end(name: str) -> str:
    """Whether a column is called the ``first`` or the ``last`` day of a period; "" of any other."""
    folded = name.casefold().strip(" .:")
    return "first" if _FIRST_DAY.fullmatch(folded) else "last" if _LAST_DAY.fullmatch(folded) else ""


def _other_day(file: FileCells, name: str, period: EncodedColumn) -> EncodedColumn:
    """Refusals of rows whose period begins or ends on another day than a column beside it says."""
    last = _end(name) == "last"

    def refusal(text: str | None, found: tuple[Any, ...]) -> Refusal | None:
        said = read_periods.parse((text or "").strip())
        if said is None or found[1] is None:
            return None
        # The last day may be the first one that is no part of the period.
        if found[3] in (said.end, said.end - _ONE_DAY) if last else found[2] == said.start:
            return None
        filled = {"value": text or "", "place": name}
        return file.lookups.refusal("unreadable_period", sentence="other_day_of_period", **filled)

    return crossed(file.texts(name), period, refusal)


def _other_year(file: FileCells, name: str, period: EncodedColumn) -> EncodedColumn:
    """Refusals of rows of a year, or of its parts, that does not begin with the first of January."""

    def refusal(text: str | None, found: tuple[Any, ...]) -> Refusal | None:
        if not text or text.strip() in ("--01-01", "01-01") or found[1] not in ("A", "S", "Q", "M"):
            return None
        return file.lookups.refusal(
            "unreadable_period", sentence="other_day_of_period", value=text, place=name
        )

    return crossed(file.texts(name), period, refusal)


def _other_label(file: FileCells, name: str, period: EncodedColumn) -> EncodedColumn:
    """Refusals of rows whose period has a label that is another one: nobody knows which of the two is right."""
    label = f"{name}_label"
    if label not in file.present or label in file.dataset.columns:
        return constant(None)

    def refusal(text: str | None, found: tuple[Any, ...]) -> Refusal | None:
        said = read_periods.parse(text or "")
        if said is None or found[1] is None or (said.start, said.end) == (found[2], found[3]):
            return None
        return file.lookups.refusal(
            "unreadable_period", sentence="other_day_of_period", value=text or "", place=label
        )

    return crossed(file.texts(label), period, refusal)


def _said_days(file: FileCells, period: EncodedColumn) -> Iterator[EncodedColumn]:
    """Refusals of rows of a year in which the day lies to which a text beside them says their figures go."""
    if file.dataset.collection == "transcription" or all(found[1] != "A" for found in period.dictionary):
        return
    for place, texts in _texts_around(file):
        if PUBLISHED.fullmatch(f"{place.casefold()}:"):
            continue
        days = {text: said for text in texts.dictionary if text and (said := as_of_days_in(text, place))}
        if not days:
            continue
        name = "remark" if place in (REMARKS, NOTE) else place

        def refusal(
            found: tuple[Any, ...], text: str | None, days: Any = days, name: str = name
        ) -> Refusal | None:
            if found[1] != "A" or not ends_within(days.get(text or "", ()), found[2], found[3]):
                return None
            filled = {"value": (text or "")[:200], "place": name}
            return file.lookups.refusal("unreadable_period", sentence="other_day_of_period", **filled)

        yield crossed(period, texts, refusal)


def _texts_around(file: FileCells) -> Iterator[tuple[str, EncodedColumn]]:
    """Texts that may say of which time the figures are, and the names of the columns read: "Год (январь–сентябрь)"."""
    yield from texts_beside_values(file)
    names = sorted({*file.dataset.columns} & file.present - {*file.dataset.where})
    yield from (
        (name, constant(said)) for name in names for said in dict.fromkeys((name, called(file, name)))
    )


def _said_parts(file: FileCells, period: EncodedColumn) -> Iterator[EncodedColumn]:
    """Refusals of rows of a whole year that a text beside them calls a part of it."""
    if file.dataset.collection == "transcription" or all(found[1] != "A" for found in period.dictionary):
        return
    for place, texts in _texts_around(file):
        read = header_part if _HEADER.fullmatch(place) else said_part
        said = {text: part for text in texts.dictionary if text and (part := read(text, place))}
        if said:
            yield crossed(period, texts, _refusal_of_part(file, place, said))


def _refusal_of_part(file: FileCells, place: str, said: Mapping[str, str]) -> Any:
    name = "remark" if place in (REMARKS, NOTE) else place

    def refusal(found: tuple[Any, ...], text: str | None) -> Refusal | None:
        part = said.get(text or "", "")
        # A line below that names a year is about that year.
        years = years_in(text or "") if name == "remark" else ()
        if not part or found[1] != "A" or (years and found[2].year not in years):
            return None
        if found[2].year in whole_years_beside_part(text or ""):
            return None
        filled = {"value": part[:200], "place": name}
        return file.lookups.refusal("unreadable_period", sentence="part_of_year_unread", **filled)

    return refusal


def _whole_years(start: Any, end: Any) -> bool:
    """Whether a period is made of years that begin on one day, as those of a fiscal year do."""
    months = (end.year - start.year) * 12 + end.month - start.month + 1
    return bool(start.day == 1 and months % 12 == 0 and end.day >= 28)

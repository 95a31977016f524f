"""Figures counted since 1 January that the declaration reads as those of one month or quarter.

::

    title "Ордера, нарастающим итогом", period 2024-03          refused: it is January to March
    the same, period 2024, 2024-01, 2024-Q1, январь–март 2024   as counted: these begin on 1 January
    "не нарастающим итогом"                                     as counted
    "с начала действия закона", period 2024      the same, though nobody says the first year
    "накопленным итогом с 2016 года", period 2024               refused: it is of nine years

Twelve such months add up to six times the year. A declaration that says the periods itself (``values``, ``template``,
a constant), or chooses rows by the column that says so (``where``), has said what is meant.
Not here: spans that the period's own text says (``transforms.parse.read_periods``). Called by ``one_file``.
"""

import re
from collections.abc import Mapping
from typing import Any

from sources.cells import REMARKS
from transforms.normalize.contradictions.unit_words import lines_below, parts
from transforms.normalize.encoded_columns import EncodedColumn, crossed
from transforms.normalize.file_cells import FileCells, texts_beside_values
from transforms.normalize.readings import Refusal
from transforms.parse.fold_labels import fold

THIS_YEAR, ANY_YEAR = -1, 1
_SHORTER = frozenset("SQMWD")
# These say it wherever they stand.
_ANYWHERE = re.compile(
    r"(?<!не )(?<!без )(?:нарастающ|накопленн|накопительн)\w+ итог\w*|year[ -]to[ -]date|(?<!no )running totals?|"
    r"(?<!not )(?<!non-)(?<!non )cumulative (?:totals?|numbers?|figures?|values?|counts?|data|since|from)|"
    r"өспелі қорытынды\w*|өсу қорытынды\w*|өсүү (?:жыйынтыг|тартиб)\w*|жыйынтык өсүү|ўсиб бор(?:иш тартиби|"
    r"увчи якун)\w*|"
    r"o.sib bor(?:ish tartibi|uvchi yakun)\w*|ҷамъи афзоянда|ҷамъбасти афзуншаванда|kumulierte (?:werte|zahl|daten)\w*"
)
# These as a label of their own, or as the end or the beginning of one.
_LABEL = re.compile(
    r"(?:.* )?(?:с|от) нач(?:ала|\.) (?:(?:19|20)[0-9]{2} |текущего |отч[её]тного )?(?:года|периода)(?: по .*)?|"
    r"(?:.* )?ytd|"
    r"(?:.* )?с 1 января(?: по .*)?|(?:за )?истекший период(?: .*)?|январь ?[-–—] ?отч[её]тный месяц|"
    r"(?:с )?нарастающим|"
    r"(?:.* )?since (?:1 )?january(?: .*)?|(?:.* )?seit (?:1\. ?)?jan(?:uar)?|"
    r"aufgelaufen\w*|jahresbeginn bis .*|жинақталған|"
    r"(?:.* )?есепті кезеңнің басынан|"
    r"жамланма|jamlanma|ҷамъшуда|"
    r"(?:cumulative|cumulated|accumulated|kumuliert|kumulativ)(?:ly)?|накопительно|накопленн(?:ый|ое|ая|ые)|"
    r"(?:.* )?(?:since|from) (?:the )?(?:beginning|start) of (?:the )?year|(?:.* )?seit jahresbeginn(?: kumuliert)?|"
    r"(?:.* )?(?:жыл(?:дың)? басынан|жыл(?:дын)? башынан|йил бошидан|yil boshidan|аз (?:аввал|оғоз)и сол)"
    r"(?: бері| бергі| бери| берки| буён| beri| инҷониб)?"
)


# "Cumulative, since 2016": over several years, so that no year of them is a year's figure.
_SINCE = re.compile(
    r"(?:нарастающ|накопленн|накопительн|всего|cumul|running total|total|өспелі|жинақталған|өсүү|ўсиб|жамланма|"
    r"jamlanma|kumul)"
    r".*\b(?:с|начиная с|since|from|seit|ab) (?:1 января |1 january |january )?(?P<year>(?:19|20)[0-9]{2})(?![0-9-])"
)
# The same since a beginning of which the year is not said.
_SINCE_START = re.compile(
    r"(?<!\w)(?:(?:с|со|от) (?:начала|дня|момента|даты) (?:действия|вступления|принятия|введения|реализации|запуска|"
    r"открытия|создания)|за (?:весь период|все время|все годы)(?!\w)|"
    r"since (?:the )?(?:entry into force|adoption|introduction|launch|start|beginning|establishment|opening) of"
    r"(?! (?:the )?(?:year|quarter|month))|since inception|"
    r"seit (?:dem )?(?:inkrafttreten|einführung|beginn de[sr] (?!jahres)|der einführung)|"
    r"(?:заң|мыйзам)\w* (?:күшiне|күчүнө|қабылдан|кабыл алын)\w*(?: енген| кирген)\w*|"
    r"қонун\w* (?:кучга кир|қабул қилин)\w*|qonun\w* (?:kuchga kir|qabul qilin)\w*|"
    r"аз (?:рӯзи |замони |вақти )?(?:эътибор пайдо|қабул|мавриди амал)\w*)"
)
_TOTAL = re.compile(r"(?<!\w)(?:всего|итого|total|insgesamt|барлығы|бардыгы|жами|jami|ҳамагӣ)(?!\w)")
# With these it may be all the years, one by one.
_BY_YEAR = re.compile(
    r"по годам|ежегодн|by year|each year|annual|nach jahren|jährlich|жылдар бойынша|жылдар боюнча|йиллар бўйича|"
    r"yillar bo'yicha|аз рӯи солҳо"
)


# What has been there since the beginning of a year, and is no figure.
_KEPT = re.compile(
    r"реестр|вед[её]тся|действует|работает|register|has been|is kept|besteht|geführt|тізілім|тізімдеме|reyestr|феҳрист"
)
# Most texts have none of these words: one search spares them the patterns above.
_ANY = re.compile(
    r"нараст|накопл|накопит|с нач|от нач|1 январ|истек|отч[её]тный|всего|ytd|to[ -]date|cumul|running|total|"
    r"accum|since|from the|kumul|aufgel|jahresbeg|seit|басынан|башынан|жинақ|өспелі|өсу|өсүү|жамлан|jamlan|бошидан|"
    r"boshidan|"
    r"ўсиб|sib bor|сол|ҷамъ|действ|вступл|приня|введен|введён|реализ|запуск|открыт|создан|весь пер|все |"
    r"заң|мыйзам|қонун|qonun|эътибор|қабул|мавриди"
)


def cumulative(file: FileCells, period: EncodedColumn) -> tuple[EncodedColumn, ...]:
    """Refusals of the rows of single months and quarters that the file says to be counted since the year's start."""
    declared = file.dataset.concepts["time_period"]
    stated = any(part.const or part.values or part.template for part in declared)
    if "time_period" in file.facts.constants or stated:
        return ()
    return tuple(
        crossed(period, texts, _refusal(file, "remark" if place == REMARKS else place, said))
        for place, texts in texts_beside_values(file)
        if (said := {text: since for text in texts.dictionary if text and (since := says_since(text, place))})
    )


def says_cumulative(text: str, place: str = "") -> bool:
    """Whether a label, title, or (in the column ``_remarks`` or ``_note``) a line says "since the year's start"."""
    folded = text.casefold()
    if _ANYWHERE.search(folded):
        return True
    labels = lines_below(text) if place.startswith("_") else parts(text)
    return any(_LABEL.fullmatch(label) and not _KEPT.search(label) for label in labels)


def says_since(text: str, place: str = "") -> int:
    """The first year of a total over several years; ``THIS_YEAR`` of one since the year's start, 0 of no total."""
    if not _ANY.search(text.casefold()):
        return 0
    if since := _SINCE.search(text.casefold()):
        return int(since["year"])
    if _says_since_start(fold(text), place):
        return ANY_YEAR
    return THIS_YEAR if says_cumulative(text, place) else 0


def _says_since_start(folded: str, place: str) -> bool:
    """Whether figures are counted since a law or programme began; a line below has to add them up."""
    if not _SINCE_START.search(folded) or _KEPT.search(folded) or _BY_YEAR.search(folded):
        return False
    return not place.startswith("_") or bool(_ANYWHERE.search(folded) or _TOTAL.search(folded))


def _refusal(file: FileCells, place: str, said: Mapping[str, int]) -> Any:
    def refusal(found: tuple[Any, ...], text: str | None) -> Refusal | None:
        since = said.get(text or "", 0)
        several_years = since > 0 and found[2] is not None and found[2].year > since
        if not since or not (several_years or is_later_part(found)):
            return None
        filled = {"value": (text or "")[:200], "place": place}
        return file.lookups.refusal("unreadable_period", sentence="cumulative_unread", **filled)

    return refusal


def is_later_part(found: tuple[Any, ...]) -> bool:
    """Whether a period (``time_period.COLUMNS``) is a part of a year that does not begin on 1 January."""
    _, freq, start, _ = found
    return freq in _SHORTER and (start.month, start.day) != (1, 1)

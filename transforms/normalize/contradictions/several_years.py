"""Rows of one calendar year of which a text says that their figures are of parts of two years, or of several.

::

    column Давра "миёнаи солҳои 2021-2023", row of 2023      refused: the mean of three years
    title "В среднем за 2021–2023 годы", rows of 2022        the same
    TIME_DETAIL "2019-2023", row of 2023                     refused: five years
    column "Reference period" "FY2022/23", row of 2023       refused: from one year into the next
    time dimension "Berichtszeitraum (Juli bis Juni)"        the same
    title "Ордера, 2021–2023", "Среднегодовая численность"   nothing
    column "Год" "2020-2022" beside another that is read     nothing
    column "Time coverage" "1990-2023", "Survey years"       nothing: not the years of that row's figure
    TIME_DETAIL "2000-2018" of an estimate from surveys      nothing: it is the model's for 2018

Not here: years of schools (``school_years``), parts of one year (``frequency``, the only caller).
"""

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Any

from sources.cells import COLUMN, NOTE, REMARKS, TITLE
from transforms.normalize.contradictions.dimension_words import plain_name
from transforms.normalize.contradictions.group_words import whole_words
from transforms.normalize.contradictions.stated_times import stated_time
from transforms.normalize.contradictions.unit_words import lines_below, parts
from transforms.normalize.encoded_columns import EncodedColumn, crossed
from transforms.normalize.file_cells import FileCells
from transforms.normalize.readings import Refusal
from transforms.parse.fold_labels import fold
from transforms.parse.period_words import MONTH

_SPAN = (
    r"(?P<first>(?:19|20)[0-9]{2}) ?(?:[-/–—]| (?:по|to|bis|то) ) ?(?P<last>(?:19|20)?[0-9]{2})"
    r"(?![0-9]|[-./][0-9])"
)
_MEAN = (
    r"(?:в среднем|средн(?:ее|яя|ий|ие|их)|ба ҳисоби миена|миенаи?|average|mean|durchschnitt\w*|mittelwert\w*|mittel|"
    r"орточо\w*|орташа\w*|o'rtacha\w*|ўртача\w*)"
)
_MEAN_OF = re.compile(
    rf"(?<!\w){_MEAN}(?: [^\W\d_]+){{0,3}} {_SPAN}|"
    + re.sub(r"\?P<(\w+)>", r"?P<\1_too>", _SPAN)
    + rf"(?:[- ][^\W\d_]+){{0,3}} {_MEAN}(?!\w)"
)
_FISCAL = (
    r"(?:fy|fiscal years?|financial years?|budget years?|финансов\w+ год\w*|бюджетн\w+ год\w*|haushaltsjahr\w*|"
    r"қаржы жыл\w*|каржы жыл\w*|молия йил\w*|moliya yil\w*|соли молияв\w*)"
)
_FISCAL_OF = re.compile(
    rf"(?<!\w){_FISCAL}[ :.,'’-]*{_SPAN}|"
    + re.sub(r"\?P<(\w+)>", r"?P<\1_too>", _SPAN)
    + rf",? {_FISCAL}(?!\w)"
)
_NAMES = "|".join(sorted((name for name in MONTH if len(name) > 2), key=len, reverse=True))
_MONTHS = re.compile(
    rf"(?:.*(?:: ?|(?<!\w)(?:период|period|zeitraum|кезең|мезгил|давра?) ))?"
    rf"(?:с|from|von|от|аз)? ?(?P<first>{_NAMES})\w{{0,6}}\.?(?: ?[-–—] ?| (?:по|to|through|bis|то) | )"
    rf"(?P<last>{_NAMES})\w{{0,6}}\.?(?: (?:айлары|ойлари|oylari))?"
)
_WHOLE = re.compile(rf"(?:\w+ )?{_SPAN}(?: (?:г\w*|жыл\w*|йил\w*|yil\w*|years?|jahre))?")
# Most texts have none of these: one search spares them the patterns above.
_ANY = re.compile(
    rf"(?:19|20)[0-9]{{2}} ?(?:[-/–—‑‒−]|по|to|bis|то) ?[0-9]{{2}}|(?:{_NAMES})[^0-9]*(?:{_NAMES})"
)
# Columns that are called a time, and those of the time of something else.
_OF_TIME = whole_words(
    r"time|period\w*|период\w*|давра\w*|мезгил\w*|кезең\w*|davr\w*|zeitraum|\w+zeitraum|zeit|замон|вақт"
)
_OF_OTHERS = whole_words(
    r"survey\w*|field\w*|collect\w*|coverage|avail\w*|publ\w*|base\w*|valid\w*|census|wave|format|"
    r"опрос\w*|обследован\w*|сбора|охват\w*|публикаци\w*|базов\w*|действи\w*|перепис\w*|erheb\w*|basis\w*|school\w*|учебн\w*"
)


def of_several_years(
    file: FileCells, period: EncodedColumn, texts: Iterable[tuple[str, EncodedColumn]]
) -> Iterator[EncodedColumn]:
    """Refusals of the rows of one calendar year of which a text says more or other years; ``texts`` with places."""
    if file.dataset.collection == "transcription" or all(found[1] != "A" for found in period.dictionary):
        return
    read = {column for part in file.dataset.concepts["time_period"] for column in part.columns}
    if _are_of_surveys(file):
        read |= file.present
    for place, column in texts:
        said = {text for text in column.dictionary if text and says_several_years(text, place, place in read)}
        if not said:
            continue

        def refusal(
            found: tuple[Any, ...], text: str | None, place: str = place, said: set[str] = said
        ) -> Refusal | None:
            if text not in said or found[1] != "A" or found[2].year != found[3].year:
                return None
            name = "remark" if place in (REMARKS, NOTE) else place
            filled = {"value": (text or "")[:200], "place": name}
            return file.lookups.refusal("unreadable_period", sentence="other_day_of_period", **filled)

        yield crossed(period, column, refusal)


@lru_cache(maxsize=10_000)
def says_several_years(text: str, place: str, is_read: bool = False) -> bool:
    """Whether a text says that figures are of several years, or of one that begins within a calendar year."""
    if not _ANY.search(text.casefold().replace("і", "i")):
        return False
    if place in (REMARKS, NOTE):
        lines = [fold(stated_time(line)) for line in lines_below(text)]
        return any(
            _is_span(pattern.match(line)) for line in lines for pattern in (_MEAN_OF, _FISCAL_OF)
        ) or any(map(_is_over_new_year, lines))
    folded = fold(text)
    if _is_span(_MEAN_OF.search(folded)) or _is_span(_FISCAL_OF.search(folded)):
        return True
    if any(_is_over_new_year(fold(part)) for part in parts(text)):
        return True
    called = plain_name(place)
    is_time = _OF_TIME.search(called) and not _OF_OTHERS.search(called) and place not in (TITLE, COLUMN)
    return bool(is_time and not is_read and _is_span(_WHOLE.fullmatch(folded)))


def _are_of_surveys(file: FileCells) -> bool:
    """Whether people were asked, so that a column of several years may be of the surveys behind a figure."""
    declared = file.dataset.concepts.get("indicator", ())
    codes = {code for part in declared for code in (part.const, *(part.values or {}).values()) if code}
    known = file.lookups.contract.indicators
    return any(known[code].subject == "respondent" for code in codes if code in known)


def _is_span(match: re.Match[str] | None) -> bool:
    """Whether two numbers are a year and a later one: "2022-12" is a month, and "2022/23" two years."""
    if match is None:
        return False
    found = match.groupdict()
    first, last = (found.get(key) or found.get(f"{key}_too") or "" for key in ("first", "last"))
    if len(last) == 2:
        return int(last) == (int(first) + 1) % 100
    return int(last) > int(first)


def _is_over_new_year(part: str) -> bool:
    """Whether a whole part of a text is a span of months that ends in the next year: "Juli bis Juni"."""
    found = _MONTHS.fullmatch(part)
    return found is not None and MONTH[found["first"]] > MONTH[found["last"]]

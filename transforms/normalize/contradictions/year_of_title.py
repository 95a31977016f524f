"""Whether the one year that a title names is a year of the table below it.

::

    title "Выдано ордеров за 2021 год", rows of 2022        refused: nobody knows which of the two is right
    title "Выдано ордеров за 2021 год", rows of 2020, 2021  fine: one of them is meant
    title "за 2020–2021 годы", "по Закону 2017 года"        says nothing: several years, or not that of the figures
    title "Statistical annex 2024", "Женщины и мужчины 2024"  says nothing: the year of a publication
    sheet "2021", time_period: const 2022                   refused, as is a period stated with the file

The name of a sheet and the corner of a header are titles, too. Labels that the declaration has codes for say what the
periods are, whatever stands above; so do transcriptions, whose rows were typed one by one. Not here: parts of a year
(``frequency``), running totals (``cumulative``). Called by ``one_file``.
"""

import re
from collections.abc import Iterable, Iterator
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from sources.cells import COLUMN, CORNER, NOTE, REMARKS, TITLE, TITLES
from transforms.normalize.contradictions.parts_in_text import COMPARED
from transforms.normalize.contradictions.said_parts import PUBLISHED
from transforms.normalize.contradictions.stated_times import stated_time
from transforms.normalize.contradictions.unit_words import lines_below, parts
from transforms.normalize.encoded_columns import EncodedColumn, crossed
from transforms.normalize.file_cells import FileCells, texts_beside_values
from transforms.normalize.readings import Refusal
from transforms.parse import read_periods
from transforms.parse.fold_labels import fold

_YEAR = re.compile(r"(?<![0-9])(?:19|20)[0-9]{2}(?![0-9])")
# A figure among the texts above a table is one of another table, and so are the texts before it.
_FIGURE = re.compile(r"\A(?:.* / )?(?!(?:19|20)[0-9]{2}(?: / |$))[0-9][0-9 .,]*(?: / |$)", re.DOTALL)
# Before a year these say a beginning, an end, a law, a survey or a count of the people: no year of the figures.
_OTHER = re.compile(
    r"на|от|с|со|до|к|после|перед|since|from|until|till|before|after|of|by|to|seit|bis|vom|начал\w*|перепис\w*|census|"
    r"указ\w*|law|act|code|convention|survey|обследовани\w*|mics|микс|dhs|wave|round|iccs|icd|кпв|№|no|nr"
)
_ACT = re.compile(
    r"приказ|утвержд|постановлени|закон|кодекс|конвенци|decree|approved|act of|law of|__|gesetz|verordnung|"
    r"классификатор|classification|klassifikation|таснифот|tasnif|жіктеуіш|veröffentlicht"
)
# A book of a year holds figures of earlier ones.
_BOOK = re.compile(
    r"сборник|ежегодник|бюллетен|yearbook|bulletin|jahrbuch|жыйна|жинақ|жинағ|to'plam|тўплам|маҷмӯа|salnoma|солнома|"
    r"statistical (?:annex|abstract|compendium|pocketbook|handbook)|statistische(?:r|s)? (?:anhang|taschenbuch)|"
    r"статистическ\w+ (?:приложение|справочник|обзор)|(?:country|gender|regional) profile|профиль страны|länderprofil|"
    r"(?:in figures|in zahlen|в цифрах|дар рақамҳо|raqamlarda|рақамларда|сандарда|"
    r"цифраларда?|цифрада)(?!\w)"
)
# A report for a year is of it; one with a year behind its name may only have come out then.
_REPORT = re.compile(
    r"(?<!\w)(?:annual report|jahresbericht|годовой отчет|йиллик ҳисобот|yillik hisobot|жылдық есеп|жылдык отчет|"
    r"ҳисоботи солона|(?:доклад|отчет) о положении|report on the (?:situation|status)|bericht zur lage)"
    r"(?!.*(?<!\w)(?:за|for|für|im|in|on) (?:the |das )?(?:year |jahr )?(?:19|20)[0-9]{2})"
)
# Titles of such books that are no more than a subject and a year.
_WOMEN, _MEN = (
    r"(?:женщины|women|frauen|аялдар|әйелдер|хотин-қизлар|аёллар|xotin-qizlar|ayollar|занон)",
    r"(?:мужчины|men|männer|эркектер|ерлер|еркектер|эркаклар|erkaklar|мардон)",
)
_AND = r"(?: (?:и|and|und|жана|және|мен|менен|ва|va|ҳамда) )"
_SUBJECT_AND_YEAR = re.compile(
    rf"(?:[^\W\d_]+(?:да|де|та|те|da|ta) )?(?:{_WOMEN}{_AND}{_MEN}|{_MEN}{_AND}{_WOMEN})"
    r"(?:(?: (?:of|in|в|дар|и))?(?: the)?(?: [^\W\d_]*(?:stan|стан|стана|стане|стони|stoni|германи[яи]|"
    r"deutschland|germany|republic|республик[аие]|кыргызской|казахстан|кыргыз))+)?[ ,.:–—-]+(?:19|20)[0-9]{2}|"
    r"(?:gender|гендер) (?:in|в) [^\W\d_]+[ ,.:–—-]+(?:19|20)[0-9]{2}"
)
_TITLES = (TITLE, CORNER, "sheet")
# Where a line has to say no more than the year of the figures: "Данные приведены за 2019 год".
_LINES = (REMARKS, NOTE)
# Most words that a period is written with.
_LONGEST = 7


def other_year_in_title(file: FileCells, period: EncodedColumn) -> Iterator[EncodedColumn]:
    """Refusals of the rows below a title of one year that none of them has; ``period``: ``time_period.COLUMNS``."""
    wrong = wrong_titles([(file, period)]) if file.parts is None else file.parts.titles
    for place, texts in _titles(file) if wrong else ():
        years = {text: wrong[place, text] for text in texts.dictionary if text and (place, text) in wrong}
        if years:
            yield texts.recoded(_refusal(file, place, years))


def wrong_titles(parts: Iterable[tuple[FileCells, EncodedColumn]]) -> dict[tuple[str, str], int]:
    """By place and text the titles of one year that no row of any part of a file has below it, with that year."""
    years = dict[tuple[str, str], int]()
    fine = set[tuple[str, str]]()
    for file, period in parts:
        for place, texts in _titles(file):
            own = {text: year for text in texts.dictionary if text and (year := _year_at(place, text))}
            pairs = crossed(texts, period, lambda text, found: (text, found)).dictionary if own else ()
            years |= {(place, text): year for text, year in own.items()}
            fine |= {
                (place, text)
                for text, (_, _, start, end) in pairs
                if text in own
                # A line below may be read as a row of its own, which has no period.
                and (place not in _LINES if start is None else start.year <= own[text] <= end.year)
            }
    return {title: year for title, year in years.items() if title not in fine}


def names_years(cells: pa.Table) -> bool:
    """Whether a title of the cells names one year: otherwise no part of them needs to be looked at."""
    metadata = cells.schema.metadata or {}
    said = [metadata[name].decode() for name in TITLES if name in metadata]
    said += [
        text for name in _TITLES if name in cells.column_names for text in pc.unique(cells[name]).to_pylist()
    ]
    lines = [metadata[REMARKS.encode()].decode()] if REMARKS.encode() in metadata else []
    lines += [
        text for name in _LINES if name in cells.column_names for text in pc.unique(cells[name]).to_pylist()
    ]
    return any(text and year_of(text) for text in said) or any(text and _year_stated(text) for text in lines)


def _year_at(place: str, text: str) -> int | None:
    if place in _TITLES:
        return year_of(text)
    if not _YEAR.search(text):
        return None
    if place == COLUMN:
        # Behind what the column counts: "Зарегистрировано (2019 год)".
        found = {year for part in parts(text)[1:] if (year := stated_year(part))}
        return found.pop() if len(found) == 1 else None
    # In a column of another kind a year alone may be that of a birth or a survey.
    says = place in _LINES or any(stated_time(line) != line for line in lines_below(text))
    return _year_stated(text) if says else None


def _year_stated(text: str) -> int | None:
    """The year of a line that says only that its figures are of it; None where several lines say several."""
    found = {year for line in lines_below(text) if (year := stated_year(line))}
    return found.pop() if len(found) == 1 else None


def stated_year(line: str) -> int | None:
    """The year that is all that a line says of its figures: "2019 год", "Angaben für das Jahr 2019"."""
    period = read_periods.parse(stated_time(line)) if _YEAR.search(line) else None
    return period.start.year if period is not None and period.freq == "A" else None


def _titles(file: FileCells) -> Iterator[tuple[str, EncodedColumn]]:
    """Texts that may name the year of the rows; none where the declaration itself says what the periods are."""
    concepts = file.dataset.concepts["time_period"]
    if any(part.values for part in concepts) or file.dataset.collection == "transcription":
        return
    read = {column for part in concepts for column in (*part.columns, *part.within)}
    yield from (beside for beside in texts_beside_values(file) if beside[0] not in read)


def _refusal(file: FileCells, place: str, years: dict[str | None, int]) -> Any:
    def refusal(text: str | None) -> Refusal | None:
        if text not in years:
            return None
        name = "remark" if place in _LINES else place
        filled = {"value": (text or "")[:200], "place": name, "close": str(years[text])}
        return file.lookups.refusal("unreadable_period", sentence="other_year_in_title", **filled)

    return refusal


def year_of(title: str) -> int | None:
    """The one year that a title says its figures are of; None where it says none, several, or something else of it."""
    title = _FIGURE.sub("", title, count=1)
    years = set(_YEAR.findall(title))
    folded = title.casefold()
    if len(years) != 1 or COMPARED.search(folded) or _is_of_book(fold(title)):
        return None
    told = (part for part in parts(title) if not (PUBLISHED.fullmatch(part) or _ACT.search(part)))
    found = {year for part in told if (year := _at_end(part) or stated_year(part))}
    return found.pop() if len(found) == 1 else None


def _is_of_book(folded: str) -> bool:
    """Whether a title names a publication, whose year is that in which it came out."""
    return bool(_BOOK.search(folded) or _REPORT.search(folded) or _SUBJECT_AND_YEAR.fullmatch(folded))


def _at_end(part: str) -> int | None:
    """The year of the period at the end of a part of a title, unless the word before it makes it another thing."""
    words = part.split()
    for first in range(max(0, len(words) - _LONGEST), len(words)):
        period = read_periods.parse(" ".join(words[first:]))
        if period is None or period.start.year != period.end.year:
            continue
        if period.freq == "D":
            # A day of a stock, or that of a decision.
            return None
        before = words[first - 1].strip('().,:;«»"') if first else ""
        return None if _OTHER.fullmatch(before) else period.start.year
    return None

"""Years of schools and budgets, which begin in another month than January.

::

    column "Учебный год" or title "за учебный год", "2023/2024"   refused: autumn to summer, and no two calendar years
    column "Schuljahr", "2023"                                    refused: nobody says which of the two years it is
    column "Fiscal year", "2023/24"                               refused; "2023" may be the calendar year
    title "на начало учебного года", "2023"                       fine: autumn of 2023

Not here: a cell that says it itself ("2023/24 уч. год"), which is no period (``transforms.parse.read_periods``). Called
by ``frequency``.
"""

import re
from collections.abc import Iterable, Iterator
from typing import Any

from sources.cells import NOTE, REMARKS
from transforms.normalize.contradictions.stated_times import stated_time
from transforms.normalize.contradictions.unit_words import lines_below
from transforms.normalize.encoded_columns import EncodedColumn, crossed
from transforms.normalize.file_cells import FileCells
from transforms.normalize.readings import Refusal

_O = "[o'ʻ‘’`ʼ]{1,2}"
_SCHOOL = re.compile(
    r"(?<![^\W_])(?:(?:учебн|школьн)\w+ год\w*|уч\. ?г(?:од\w*|г?\.|(?!\w))|оқу ж(?:ыл\w*|\.|(?!\w))|"
    r"окуу[- ]ж(?:ыл\w*|\.|(?!\w))|"
    r"ўқув й(?:ил\w*|\.|(?!\w))|"
    rf"{_O}quv y(?:il\w*|\.|(?!\w))|с(?:оли|\.) (?:таҳсил\w*|хониш\w*)|"
    r"schuljahr\w*|(?:school|academic)[ _]years?)(?![^\W_])"
)
_FISCAL = re.compile(
    r"(?<![^\W_])(?:(?:финансов|бюджетн)\w+ год\w*|(?:fiscal|financial|budget)[ _]years?|haushaltsjahr\w*|"
    r"geschäftsjahr\w*|қаржы жыл\w*|каржы жыл\w*|молия йил\w*|moliya yil\w*|соли молияв\w*)(?![^\W_])"
)
# A stock on the first day of such a year lies in the year that is named.
_AT_START = re.compile(r"начал|begin|start|башы|басы|бош|bosh|аввал|anfang")


def years_of_schools(
    file: FileCells, period: EncodedColumn, texts: Iterable[tuple[str, EncodedColumn]]
) -> Iterator[EncodedColumn]:
    """Refusals of rows of one or two calendar years of which the file says that they are years of schools or budgets.

    ``texts``: those that may say so, each with its place.
    """
    whole = [found for found in period.dictionary if _two_years(found) or found[1] == "A"]
    if file.dataset.collection == "transcription" or not whole:
        return
    read = {column for part in file.dataset.concepts["time_period"] for column in part.columns}
    for place, column in texts:
        if not any(_said(text) for text in column.dictionary):
            continue

        def refusal(
            found: tuple[Any, ...], text: str | None, place: str = place, is_column: bool = place in read
        ) -> Refusal | None:
            below = place in (REMARKS, NOTE)
            says = _is_stated(text or "") if below else _is_of_schools(text or "", is_column)
            one_year = found[1] == "A" and says
            if not _said(text) or not (one_year or _two_years(found)):
                return None
            filled = {"value": (text or "")[:200], "place": "remark" if below else place}
            return file.lookups.refusal("unreadable_period", sentence="other_day_of_period", **filled)

        yield crossed(period, column, refusal)


def says_school_year(text: str) -> bool:
    """Whether a heading says that what is below it is of a year of schools."""
    return bool(_SCHOOL.search(text.casefold())) and not _AT_START.search(text.casefold())


def _said(text: str | None) -> bool:
    folded = (text or "").casefold()
    return bool(_SCHOOL.search(folded) or _FISCAL.search(folded))


def _is_of_schools(text: str, is_column: bool) -> bool:
    folded = text.casefold()
    return bool(_SCHOOL.search(folded)) and (is_column or not _AT_START.search(folded))


def _is_stated(text: str) -> bool:
    """Whether a line below a table says no more than that its figures are of such a year."""
    return any(_SCHOOL.match(stated_time(line)) for line in lines_below(text))


def _two_years(found: tuple[Any, ...]) -> bool:
    _, freq, start, end = found
    return bool(
        freq == "_O" and (start.month, start.day, end.month) == (1, 1, 12) and end.year == start.year + 1
    )

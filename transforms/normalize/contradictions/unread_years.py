"""Columns of years that nothing reads and that say another year than the period of their row.

::

    Год регистрации "2022" (read), Год решения "2023"    a finding (``years_beside``): the figure may be of either year
    Год решения "2023" (read), Год "2022"                refused (``unread_dimensions``): what is called so is meant
    Год рождения, Survey year, Год публикации            nothing: not when what is counted was

Not here: columns that divide a year (``frequency``). Called by ``transforms.findings_of_files``.
"""

import re

import pyarrow as pa

from sources.dataset import Dataset
from transforms.normalize.contradictions.dimension_words import plain_name, says_nothing
from transforms.normalize.contradictions.group_words import whole_words
from transforms.normalize.contradictions.unread_dimensions import is_plain_year
from transforms.normalize.encoded_columns import EncodedColumn, constant, crossed, encode
from transforms.normalize.file_cells import selected_rows

_OF_YEARS = whole_words(
    r"years?|год[ау]?|periods?|период\w*|жыл[ыі]?|йил\w*|yil\w*|сол[иҳ]?\w*|jahr(?:e|es)?|\w+jahr"
)
_OF_OTHERS = whole_words(
    r"birth|born|рожд\w*|туған\w*|туулган\w*|tug'ilgan\w*|туғилган\w*|таваллуд\w*|geburt\w*|base|базов\w*|census|перепис\w*|"
    r"founded|основани\w*|started|collect\w*|сбора|wave|school|учебн\w*|previous|last|прошл\w*|предыдущ\w*"
)
_YEAR = re.compile(r"(?<![0-9])(?:19|20)[0-9]{2}(?![0-9])")
_ONE_YEAR = re.compile(r"\s*((?:19|20)[0-9]{2})(?:\.0)?(?: ?(?:год|г\.?|жыл\w*|йил|yil|сол))?\s*")


def years_beside(cells: pa.Table, dataset: Dataset) -> dict[str, str]:
    """By unread column of years: one of them, and the period beside it, where the two differ in some row."""
    known = {*dataset.columns, *dataset.where, *(dataset.expects.columns or ())}
    names = [name for name in cells.column_names if name not in known and _is_of_years(name)]
    parts = dataset.concepts["time_period"]
    present = [column for part in parts for column in part.columns if column in cells.column_names]
    if not names or not set(dataset.where) <= set(cells.column_names) or any(part.values for part in parts):
        return {}
    rows = selected_rows(cells, dataset)
    period = encode(rows[present[0]]) if present else constant(next((p.const for p in parts if p.const), ""))
    found = {name: _first_other(period, encode(rows[name])) for name in names}
    return {name: said for name, said in found.items() if said}


def _is_of_years(column: str) -> bool:
    name = plain_name(column)
    if is_plain_year(column):
        return False
    return bool(_OF_YEARS.search(name) and not (_OF_OTHERS.search(name) or says_nothing(column)))


def _first_other(period: EncodedColumn, texts: EncodedColumn) -> str:
    def other(read: str | None, text: str | None) -> str:
        years, said = [int(year) for year in _YEAR.findall(read or "")], _ONE_YEAR.fullmatch(text or "")
        if not years or not said or min(years) <= int(said[1]) <= max(years):
            return ""
        return f"{said[1]} ({read})"

    return next(filter(None, crossed(period, texts, other).dictionary), "")

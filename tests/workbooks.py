"""A small Excel workbook for a test, made of rows.

>>> content = workbook([["Region", 2022], ["Almaty", 40]], formats={"B2": "0.0%"}, merge=["A1:A2"])

Not here: the filled form of a programme's return (``programme_samples``), the invented files of a publisher
(``fixtures.make``), damaged and old kinds of workbooks (``sources/readers/test_workbook_kinds.py``).
"""

import io
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import openpyxl

Rows = Iterable[Iterable[Any]]


def workbook(
    rows: Rows = (),
    *,
    title: str = "Sheet",
    formats: Mapping[str, str] | None = None,
    merge: Iterable[str] = (),
    sheets: Mapping[str, Rows] | None = None,
    edit: Callable[[Any], object] | None = None,
) -> bytes:
    """An .xlsx file with the rows on its first sheet.

    ``formats``: number formats by cell. ``merge``: areas that are merged. ``sheets``: names of further sheets and their
    rows. ``edit``: is given the first sheet of openpyxl at the end, to do what only one test needs.
    """
    book = openpyxl.Workbook()
    first = book.worksheets[0]
    first.title = title
    for name, content in {title: rows, **(sheets or {})}.items():
        sheet = book[name] if name in book.sheetnames else book.create_sheet(name)
        for row in content:
            sheet.append(list(row))
    for place, code in (formats or {}).items():
        first[place].number_format = code
    for area in merge:
        first.merge_cells(area)
    if edit:
        edit(first)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()

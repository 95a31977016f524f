"""Figures that the file itself calls something else than what was counted: adjusted, indexed, in prices, transformed.

::

    ADJUSTMENT N (or none of both)    as counted                      ADJUSTMENT Y, S, W    refused
    PRICES V, or no such column       as counted                      PRICES L, Q           refused
    BASE_PER empty                    as counted                      BASE_PER 2015         refused
    TRANSFORMATION N                  as counted                      TRANSFORMATION GY     refused
    STATISTIC count                   as counted                      STATISTIC mean        refused
    OBS_STATUS A                      as counted                      OBS_STATUS E, unread  refused
    any text but a quoted one                                         seasonally adjusted   refused

SDMX has these as dimensions or attributes; portals as columns with words. A seasonally adjusted 118.4 is no number of
cases. A declaration that reads the column, or chooses its rows by it (``where``), has said what is meant, and then
nothing is looked at; the unit of an index or a rate may be declared (``unit_measure``), an adjustment may not.
Not here: what the unit itself says (``unit_words``). Called by ``refused_by_text``.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from sources.cells import LOCATOR, PROBLEM, QUOTE, VALUE
from transforms.normalize.encoded_columns import EncodedColumn
from transforms.normalize.file_cells import FileCells


class _Kind(NamedTuple):
    """Columns of one meaning, the texts with which a figure is as it was counted, and whether a unit declares it."""

    columns: re.Pattern[str]
    plain: re.Pattern[str]
    by_unit: bool


_NOTHING = r"||_[znxu]|n/?a|none|нет|not applicable|не применимо"
_KINDS = (
    _Kind(
        re.compile(
            r"(?:seasonal_?)?adjust(?:ment|ed)?(?:_?(?:type|status))?|s_?adj|seasonal_?adjust\w*|"
            r"season(?:al(?:ity|_correction)?)?|сезонн\w+(?:_\w+)?|корректировка|сглаживание"
        ),
        re.compile(
            rf"n|nsa|no|false|0|neither .*|not? .*|non-?adjusted|unadjusted|raw.*|без .*|не .*{_NOTHING}"
        ),
        by_unit=False,
    ),
    _Kind(
        re.compile(r"obs(?:ervation)?_(?:status|flags?)"),
        re.compile(r"a|normal(?: value)?|_[zx]|"),
        by_unit=False,
    ),
    _Kind(
        re.compile(r"prices?(?:_?(?:base|type|basis))?|valuation|constant_?prices?|цены|в_ценах"),
        re.compile(rf"v|current.*|текущи\w+.*{_NOTHING}"),
        by_unit=True,
    ),
    _Kind(
        re.compile(
            r"base_?(?:per(?:iod)?|year|date)|ref(?:erence)?_?(?:base|year_?price)|базов\w+_(?:год|период)"
        ),
        re.compile(_NOTHING.removeprefix("|")),
        by_unit=True,
    ),
    _Kind(
        re.compile(r"transform(?:ation|ed)?(?:_?type)?|преобразование"),
        re.compile(rf"n|lv|level|levels|original.*|raw.*|non?.*|not .*|не .*|без .*{_NOTHING}"),
        by_unit=True,
    ),
    _Kind(
        re.compile(
            r"statistic(?:_?type)?|stat(?:_?op(?:eration)?|_?type)?|aggregat(?:ion|e)(?:_?(?:type|method))?"
        ),
        re.compile(rf"counts?|sum|total|numbers?|n|количество|сумма|число|всего{_NOTHING}"),
        by_unit=True,
    ),
)
# What speaks of no adjustment, in any column.
_UNADJUSTED = re.compile(
    r"(?!(?:.*[^\w])?(?<!not )(?<!non-)seasonally(?: and calendar)?[ -]adjusted|(?:.*[^\w])?с уч[её]том сезонн|"
    r"(?:.*[^\w])?(?<!не )сезонно[ -]скорректирован|(?:.*[^\w])?(?<!без )сезонн\w+ корректировк).*",
    re.DOTALL,
)


def as_counted(file: FileCells) -> Iterator[EncodedColumn]:
    """Refusals of the rows that the file calls adjusted, indexed, in prices or transformed, without a declaration."""
    has_unit = "unit_measure" in file.dataset.concepts or "unit_measure" in file.facts.constants
    for name in sorted(set(file.present) - set(file.dataset.columns)):
        folded = _folded(name)
        for kind in _KINDS:
            if kind.columns.fullmatch(folded) and not (kind.by_unit and has_unit):
                yield _refusals(file, name, kind.plain)

    for name in sorted(set(file.present) - {VALUE, LOCATOR, QUOTE, PROBLEM}):
        yield _refusals(file, name, _UNADJUSTED)


def _folded(text: str) -> str:
    return re.sub(r"[\s._-]+", "_", text.strip()).casefold()


def _refusals(file: FileCells, name: str, plain: re.Pattern[str]) -> EncodedColumn:
    return file.texts(name).recoded(
        lambda text: (
            None
            if plain.fullmatch((text or "").strip().casefold())
            else file.lookups.refusal("not_as_counted", value=text or "", place=name)
        )
    )

"""Figures that the file itself calls something else than what was counted: adjusted, indexed, in prices, transformed.

::

    ADJUSTMENT N (or none of both)    as counted                      ADJUSTMENT Y, S, W    refused
    PRICES V, or no such column       as counted                      PRICES L, Q           refused
    BASE_PER empty                    as counted                      BASE_PER 2015         refused
    TRANSFORMATION N                  as counted                      TRANSFORMATION GY     refused
    STATISTIC count                   as counted                      STATISTIC mean        refused
    OBS_STATUS A                      as counted                      OBS_STATUS E, unread  refused
    Flag r, Status "closed"           as counted                      Flag p, Note e, unread  refused
    Note e where there is no value, or where a status E that is read has said it    as counted
    any text but a quoted one                                         seasonally adjusted, in prices of 2015   refused

SDMX has these as dimensions or attributes; portals as columns with words, or in a title, a line below the table, the
``extension`` of a provider. A seasonally adjusted 118.4 is no number of cases. A declaration that reads the column, or
chooses its rows by it (``where``), has said what is meant, and then nothing is looked at; the unit of an index or a
rate may be declared (``unit_measure``), an adjustment may not.

Not here: what the unit itself says (``unit_words``), which columns are notes (``note_codes``). Called by
``refused_by_text``.
"""

import re
from collections.abc import Callable, Iterator
from functools import partial
from typing import NamedTuple

from sources.cells import HEADING, HEADINGS, HIDDEN, LOCATOR, NEXT_PAGE, NOTE, PROBLEM, QUOTE, REMARKS, VALUE
from transforms.normalize.contradictions.note_codes import NO_CODE, is_note_column
from transforms.normalize.encoded_columns import EncodedColumn, Mask, constant, either
from transforms.normalize.file_cells import FileCells
from transforms.normalize.readings import Refusal


class _Kind(NamedTuple):
    """Columns of one meaning, the texts with which a figure is as it was counted, whether a unit declares it, and the
    sentence of its refusal."""

    columns: re.Pattern[str]
    plain: re.Pattern[str]
    by_unit: bool
    sentence: str = "not_as_counted"


_UNREAD_STATUS = "status_unread"
_NOTHING = r"||_[znxu]|n/?a|none|нет|not applicable|не применимо"
_KINDS = (
    _Kind(
        re.compile(
            r"(?:\w+_)?adjust(?:ment|ed)?(?:_\w+)?|(?:\w+_)?adj(?:_\w+)?|s_?adj|seasonal_?adjust\w*|sa(?:_\w+)?|nsa|"
            r"(?:\w+_)?season(?:al(?:ity)?)?(?:_\w+)?|(?:\w+_)?сезонн\w+|корректировка|сглаживание|"
            r"(?:\w+_)?correction(?:_(?:type|code|method))?"
        ),
        re.compile(
            rf"n|nsa|no|false|0|neither .*|not? .*|non-?adjusted.*|unadjusted.*|raw.*|без .*|не .*{_NOTHING}"
        ),
        by_unit=False,
    ),
    _Kind(
        re.compile(r"obs(?:ervation)?_(?:status|flags?)"),
        re.compile(
            r"a|normal(?: value)?|final|окончательн\w+|endgültig\w*|түпкілікті|акыркы|ниҳоӣ|yakuniy|якуний|_[zx]|"
        ),
        by_unit=False,
        sentence=_UNREAD_STATUS,
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
# Words of an adjustment, in any text: of a column, above or below a table, beside the values of a message.
_ADJUSTED = re.compile(
    r"(?<!not )(?<!non-)(?<!un)(?<!nor )(?:"
    r"seasonal(?:ly)?(?: and [\w-]+(?: day)?)?[ -](?:adjust|correct)\w*|deseasonali[sz]ed|trend[ -]cycle|"
    r"annuali[sz]ed|annuali[sz]ation|annualisiert\w*|auf(?:s| das| ein) (?:ganze )?jahr (?:hoch)?gerechnet\w*|"
    r"(?:calendar|(?:working|trading)[ -]days?)[ -]adjust\w*|(?:saison|kalender)(?:- und \w+)?bereinigt\w*)|"
    r"(?<!не )(?<!без )(?:сезонно[ -](?:скорректир|сглаж|очищ|выравн)\w*|сезонн\w+ (?:корректиров|сглажив|поправ)\w*|"
    r"с(?:о снятием| уч[её]том| исключением| устранением| поправк\w+ на) (?:\w+ )?сезонн\w*|"
    r"(?:исключ|устран|очищ)\w+ (?:от |влияни\w+ )?сезонн\w*|(?:скорректирован|сглажен|очищен)\w* (?:на|от) сезонн\w*|"
    r"сглаженн\w+ (?:данн|ряд|значени|показател)\w*|"
    r"(?:пересч[её]т\w*|экстраполяци\w+|пересчита\w+) (?:на|к|до) (?:полн(?:ый|ого) |целый )?год(?!\w)|"
    r"в годовом (?:исчислении|выражении)|приведен\w* к год(?:у|овому \w+)(?! [0-9])|"
    r"жылдық (?:мәнге|есепке|көрсеткішке) (?:келтір|шағыл)\w*|жылға (?:шаққанда )?қайта есептел\w*|"
    r"жылдык (?:мааниге|эсепке|көрсөткүчкө) (?:келтир|айландыр)\w*|жылга кайра эсептел\w*|"
    r"йиллик (?:ҳисобга|қийматга|кўрсаткичга) (?:келтир|ўтказ)\w*|йилга қайта ҳисоблан\w*|"
    r"yillik (?:hisobga|qiymatga|ko.rsatkichga) (?:keltir|o.tkaz)\w*|yilga qayta hisoblan\w*|"
    r"ба (?:ҳисоби|қимати) солона (?:оварда|баргардонида) ?шуд\w*|"
    r"маусымдық (?:түзе|тегіс)\w*|сезондук (?:түзө|тегиз)\w*|мавсумий (?:тузат|текис)\w*|mavsumiy (?:tuzat|tekis)\w*)"
)
# Amounts in the money of another year, in any text.
_PRICES = re.compile(
    r"в (?:сопоставимых|постоянных|неизменных) ценах|в ценах (?:19|20)[0-9]{2}|preisbereinigt|"
    r"(?:at )?constant (?:(?:19|20)[0-9]{2} )?prices|(?:at|in) (?:19|20)[0-9]{2} prices|in preisen (?:von|des jahres) |"
    r"(?:19|20)[0-9]{2} жылғы бағамен|(?:тұрақты|салыстырмалы) бағамен|(?:туруктуу|салыштырма) баада|"
    r"нархҳои (?:муқоисавӣ|доимӣ)|(?:доимий|қиёсий|таққослама) нархларда|(?:doimiy|qiyosiy|taqqoslama) narxlarda"
)
# "SA" is an adjustment beside other words or in a column of units; alone it may be a code of anything.
_SHORT = re.compile(r"(?:.*[,(] ?)s\.?a\.?\)?")


def as_counted(file: FileCells, missing: Mask, status: EncodedColumn) -> Iterator[EncodedColumn]:
    """Refusals of the rows that the file calls adjusted, indexed, in prices or transformed, without a declaration.

    ``missing``: rows without a value; ``status``: what is read of each row.
    """
    plain = (None, "A", "O", "M", file.dataset.default_status)
    unsaid = status.where(lambda code: code in plain, file.count)
    has_unit = "unit_measure" in file.dataset.concepts or "unit_measure" in file.facts.constants
    for name in sorted(set(file.present) - set(file.dataset.columns)):
        folded = _folded(name)
        for kind in _KINDS:
            if kind.columns.fullmatch(folded) and not (kind.by_unit and has_unit):
                refusals = _refusals(file, name, kind.plain, kind.sentence)
                unread = kind.sentence == _UNREAD_STATUS
                yield either(unsaid, refusals, constant(None)) if unread else refusals
        if is_note_column(name) and not (name == NOTE and _declares_notes(file)):
            codes = _refusals(file, name, NO_CODE, _UNREAD_STATUS, partial(_is_country, file))
            # Beside a column of statuses, a note at a gap is no status; without one it may be.
            asked = unsaid & ~missing if "obs_status" in file.dataset.concepts else unsaid
            yield either(asked, codes, constant(None))

    for name in sorted(set(file.present) - {VALUE, LOCATOR, QUOTE, PROBLEM, HEADING}):
        place = "remark" if name == REMARKS else name
        yield file.texts(name).recoded(partial(_adjusted, file, place))
    for name, words in sorted((file.cells.schema.metadata or {}).items()):
        if name not in (HIDDEN, NEXT_PAGE, HEADINGS) and (found := _adjusted(file, "title", words.decode())):
            yield constant(found)


def _declares_notes(file: FileCells) -> bool:
    """Whether the declaration says which columns are notes: then their texts are published as such."""
    options = file.dataset.reader_options
    return any("note_columns" in group for group in (options, *options.get("tables", ())))


def _adjusted(file: FileCells, place: str, text: str | None) -> Refusal | None:
    """A refusal by the first line of a text that speaks of an adjustment."""
    line = next(filter(_says_adjusted, (text or "").split("\n")), None)
    return file.lookups.refusal("not_as_counted", value=line[:200], place=place) if line else None


def _says_adjusted(line: str) -> bool:
    folded = line.casefold().strip()
    return bool(_ADJUSTED.search(folded) or _PRICES.search(folded) or _SHORT.fullmatch(folded))


def _folded(text: str) -> str:
    return re.sub(r"[\s._-]+", "_", text.strip()).casefold()


def _is_country(file: FileCells, text: str) -> bool:
    """Whether a code is that of a country, whose flag a portal shows beside its figures."""
    return re.fullmatch("[A-Z]{2,3}", text) is not None and file.lookups.area(text, ("*",))[0] is not None


def _refusals(
    file: FileCells,
    name: str,
    plain: re.Pattern[str],
    sentence: str,
    other: Callable[[str], bool] | None = None,
) -> EncodedColumn:
    return file.texts(name).recoded(
        lambda text: (
            None
            if plain.fullmatch((text or "").strip().casefold()) or (other and other((text or "").strip()))
            else file.lookups.refusal("not_as_counted", sentence=sentence, value=text or "", place=name)
        )
    )

"""Columns that say which indicator a figure is of, in a file that the declaration reads as one indicator.

::

    Показатель "Выдано ордеров" and "Осуждено лиц", indicator: const       refused: one of the two is something else
    SERIES "ORDERS" and "CONVICTED", ContentsCode, Kennzahl, row labels    the same
    Индикатор with the label of that indicator in the codebook             fine, beside others that are refused
    Показатель "Выдано ордеров" in all rows                                fine: nobody says that it is something else
    Показатель with the label of another indicator in all rows             refused
    Показатель "Осуждено лиц" in all rows, indicator: const of orders       the same
    Indicator name beside Indicator code, read or chosen by (where)        fine: a label of what is read
    Показатель "Выдано ордеров" and "в % к предыдущему году"               the latter is refused for its unit alone
    Series "Women" and "Men", "2021" and "2022", "Osh" and "Talas"         no indicators: judged as what they are

Not here: dataflows (``several_dataflows``), other columns that divide a file, and what its columns hold
(``dividing_columns``, a caller). Also called by ``one_file``.
"""

import re
from collections.abc import Iterable
from functools import partial

from sources.cells import CORNER
from transforms.normalize.contradictions.dimension_words import plain_name
from transforms.normalize.contradictions.group_words import says_all, whole_words
from transforms.normalize.contradictions.part_words import JUDGED, says_judged
from transforms.normalize.contradictions.unit_words import UNKNOWN, agree, unit_columns, unit_kind
from transforms.normalize.encoded_columns import EncodedColumn
from transforms.normalize.file_cells import FileCells, Unread, called, holds_dimensions
from transforms.normalize.readings import Refusal
from transforms.parse import read_periods
from transforms.parse.fold_labels import fold

_NAME = whole_words(
    r"(?:(?:sdg|statistical|statistisch\w*|статистическ\w+|номи|ном[иӣ]) )?"
    r"(?:indicators?|indic|indikator(?:en)?|индикатор[ыа]?|показател[ьия]|series|серия|contents|"
    r"ko'rsatkich(?:lar|ning)?|кўрсаткич(?:лар|нинг)?|көрсеткіш(?:тер|тің)?|көрсөткүч(?:төр|түн)?|"
    r"нишондиҳанда(?:ҳо|и)?|kennzahl(?:en)?|kennziffer(?:n)?)"
    r"(?: (?:title|titel|номи|nomi|атауы|аталышы|bezeichnung))?"
)
# Labels of a cross table are called what stands in its corner.
_ROW_LABEL = re.compile(r"row_([0-9]+)")
_YEAR = re.compile(
    r"(?:(?<!\w)(?:in|im|за|в) )?(?<![0-9])(?:19|20)[0-9]{2}(?![0-9])(?: ?(?:год\w*|г|жыл\w*|йил\w*|yil\w*|сол\w*))?"
)
_WORD_OR_GOAL = re.compile(r"[^\W\d_]|[0-9]+(?:\.[0-9]+){2}")
_CODE_OR_WORD = re.compile(r"[^\W\d_]|^[0-9]+")
# How it is counted, which a unit that is read says as well.
_HOW = whole_words(
    r"(?:число|количество|доля|процент|удельный вес|number|count|share|rate|percent(?:age)?|саны|үлесі|"
    r"үлүшү|soni|ulushi|сони|улуши|шумора|ҳисса|anzahl|anteil|absolut|%)(?:,? (?:%|чел(?:овек)?|ед(?:иниц)?))?"
)


def indicator_columns(file: FileCells, names: Iterable[str]) -> set[str]:
    """Those of some unread columns that are called an indicator, where all rows are read as one and none is chosen."""
    read = {*file.dataset.columns, *file.dataset.where} & file.present
    if not _constants(file) or any(_is_of_indicators(file, name) for name in read):
        return set()
    return {name for name in names if _is_of_indicators(file, name)}


def indicators_named(file: FileCells, column: str, texts: Iterable[str]) -> tuple[str, ...]:
    """Those of the texts of such a column, folded, that may name an indicator; two that differ in a year are one."""
    unit_read = "unit_measure" in file.dataset.concepts
    units = set() if unit_read else {unit_kind(file.lookups.units.get(code)) for code in _constants(file)}
    kind_of = unit_columns([column]).get(column)
    found: dict[str, str] = {}
    named = _CODE_OR_WORD if holds_dimensions(file, column) else _WORD_OR_GOAL
    for text in texts:
        kind = kind_of(text) if kind_of and units else ""
        is_other = (
            says_all(text)
            or (unit_read and _HOW.fullmatch(text))
            # Refused for its unit anyway.
            or (kind not in ("", UNKNOWN) and not any(agree(unit, kind) for unit in units))
            or read_periods.parse(text)
            or file.lookups.area(text, (file.dataset.country,))[0]
        )
        if not is_other and named.search(text):
            found.setdefault(" ".join(re.findall(r"\w+", _YEAR.sub(" ", text))), text)
    return tuple(found.values())


def unread_indicators(file: FileCells) -> tuple[EncodedColumn, ...]:
    """Refusals of the rows that may be of another indicator than the one that the declaration gives to all."""
    unread, own = file.unread or Unread(), _constants(file)
    return tuple(
        file.texts(name).recoded(partial(_refusal, file, name, own, said))
        for name, said in sorted(unread.indicators.items())
        if len(said) > 1 or _named_by(file, said[0]) - own or _is_judged_alone(file, said[0], own)
    )


def _refusal(
    file: FileCells, name: str, own: set[str], said: tuple[str, ...], text: str | None
) -> Refusal | None:
    named = _named_by(file, text or "")
    judged = _is_judged_alone(file, text or "", own)
    if named & own or (not named and not judged and len(said) < 2):
        return None
    if named or (judged and len(said) < 2):
        filled = {"value": (text or "")[:200], "place": name, "close": min(own)}
        return file.lookups.refusal("several_indicators", sentence="constant_contradicts", **filled)
    return file.lookups.refusal("several_indicators", place=name, value=", ".join(said)[:200])


def _is_judged_alone(file: FileCells, text: str, own: set[str]) -> bool:
    """Whether a text speaks of what a court has found, and none of the indicators of the rows does."""
    about = [
        file.lookups.contract.indicators[code] for code in own if code in file.lookups.contract.indicators
    ]
    judged = any(one.stage in JUDGED or says_judged(one.label.en) for one in about)
    return bool(about) and not judged and says_judged(text)


def _named_by(file: FileCells, text: str) -> set[str]:
    """Indicators of the codebook of which a text is the label or the code."""
    return set(file.lookups.indicator_labels.get(fold(text), ()))


def _constants(file: FileCells) -> set[str]:
    """The indicator that the declaration gives to all rows; none where a column says it."""
    if "indicator" in file.facts.constants:
        return {file.facts.constants["indicator"]}
    consts = [part.const for part in file.dataset.concepts.get("indicator", ())]
    return {const for const in consts if const} if all(consts) else set()


def _is_of_indicators(file: FileCells, name: str) -> bool:
    """Whether a column, or what stands above it in the corner of a table, is called an indicator."""
    names = [called(file, name), name]
    if (number := _ROW_LABEL.fullmatch(name)) and CORNER in file.present:
        labels = sum(_ROW_LABEL.fullmatch(other) is not None for other in file.present)
        for corner in filter(None, file.texts(CORNER).dictionary):
            parts = corner.split(" / ")
            names += [parts[int(number[1]) - 1]] if len(parts) == labels else []
    return any(_NAME.fullmatch(plain_name(one)) for one in names)

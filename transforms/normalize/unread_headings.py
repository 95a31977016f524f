"""Headings between the rows of a table that the declaration does not read.

::

    Abai             12      published
    Share, %                 a unit: the rows below are refused where the indicator counts
    Osh              70
    of which women           a sex: refused where the row is of everybody; the share goes on, too
    Osh               9
    South                    none of these: a finding (``unread_headings``), and the end of an "of which"

What a heading says holds until one of the same kind; "Total" ends sex, age, residence and "of which". Read is what the
column ``section`` is mapped for, or a label that the declaration has a code for. A constant is meant for a heading
above all rows only. Not here: finding the headings (``sources.readers``). Called by ``one_file``, and by
``transforms.files_to_observations``, which tells of those that say none of this.
"""

import re
from collections.abc import Callable, Collection, Mapping
from functools import partial
from typing import Any

import pyarrow as pa

from sources.cells import HEADING
from sources.dataset import Dataset
from sources.readers.headings import Heading, headings_of
from transforms.normalize.codes_from_labels import SKIP, TOTAL
from transforms.normalize.encoded_columns import EncodedColumn, crossed
from transforms.normalize.file_cells import FileCells
from transforms.normalize.readings import Refusal
from transforms.normalize.scale import says_scale
from transforms.normalize.unit_words import agree, said_around, unit_kind
from transforms.normalize.unread_dimensions import RESIDENCES, says_all, whole_words
from transforms.parse.fold_labels import fold

_MEASURE, _SCALE, _SEX, _AGE, _RESIDENCE, _PART = "unit_measure", "scale", "sex", "age", "breakdown", "part"


_SEXES = {
    "F": whole_words(
        r"женщин\w*|женск(?:ий|ого) пол\w*|^женск\w+$|жен|дев|девоч\w+|девуш\w+|wom[ae]n|females?|girls?|аял(?!уу)\w*|"
        r"әйел\w*|қыздар\w*|қыз бала\w*|кыздар\w*|кыз бал\w*|ayol\w*|аёл\w*|(?:xotin-)?qizlar\w*|qiz bola\w*|"
        r"(?:хотин-)?қизлар\w*|қиз бола\w*|занон|занҳо|зан|духтар\w*|frauen|weiblich\w*|mädchen|^[жf]$"
    ),
    "M": whole_words(
        r"мужчин\w*|мужск(?:ой|ого) пол\w*|^мужск\w+$|муж|мальчик\w*|юнош\w+|m[ae]n|males?|boys?|эркек\w*|еркек\w*|"
        r"ерлер\w*|ер адам\w*|ер бала\w*|ұлдар\w*|ұл бала\w*|уландар\w*|уул бал\w*|erkak\w*|эркак\w*|ўғил бола\w*|"
        r"o'g'il bola\w*|йигит\w*|yigit\w*|мардон|мардҳо|мард|писар\w*|männer|männlich\w*|jungen|^[мm]$"
    ),
}
_AGES = whole_words(
    r"возраст\w*|дет(?:и|ей)|ребён\w+|несовершеннолетн\w+|малолетн\w+|подростк\w+|пожил\w+|взросл\w+|пенсионер\w*|"
    r"молод[её]ж\w*|aged?|child(?:ren)?|minors?|adults?|elderly|adolescents?|youth|teenagers?|(?:older|young) people|"
    r"балдар|балалар|bolalar|болалар|кӯдакон|kinder|кәмелет\w*|жасөспірім\w*|ересек\w*|қарт(?:тар|тары|ар\w*)|"
    r"жашы (?:жет|жете) ?\w*|өспүрүм\w*|карылар\w*|улгайган\w*|жаштар\w*|жастар\w*|чоңдор\w*|ноболиғ\w*|наврас\w*|"
    r"калонсол\w*|ҷавонон|пиронсол\w*|вояга етма\w*|ёшлар\w*|кекса\w*|катталар|ўсмир\w*|voyaga yetma\w*|yoshlar\w*|"
    r"keksa\w*|o'smir\w*|jugendlich\w*|minderjährig\w*|erwachsen\w*|senioren|"
    r"[0-9]{1,2} ?(?:-|до|bis|to) ?[0-9]{1,2} ?(?:лет|years?|jahre?|жаш|жас|yosh|ёш|сол)\w*|"
    r"(?:до|старше|моложе|от) [0-9]{1,2}(?: ?лет)?|[0-9]{1,2}(?: (?:лет|года|years?))? (?:и старше|and over|"
    r"and older|or older)|"
    r"[0-9]{1,2} ?(?:жас|жаш|ёш|yosh)\w*(?: \w+)?|(?:то|аз) [0-9]{1,2} ?сола(?: \w+)?|[0-9]{1,2}-[0-9]{1,2} ?сола|"
    r"(?:under|over|below|above|unter|über|ab) [0-9]{1,2}(?: jahren?)?|^[0-9]{1,2}(?:-[0-9]{1,2}|\+)$"
)
_OF_WHICH = re.compile(
    r"(?:из (?:них|которых|общего числа|числа)|в том числе|в частности|в т\. ?ч\.?|of (?:which|them|whom|these)|"
    r"including|among (?:them|which)|"
    r"(?:анын|алардын) ичин(?:ен|де)|"
    r"алардан|(?:оның|соның|олардың) iшiн(?:де|ен)|олардан|shundan|шундан|ulardan|улардан|(?:shu )?jumladan|"
    r"(?:шу )?жумладан|"
    r"аз (?:онҳо|(?:он )?ҷумла)|davon|darunter)"
    r"\W*(?P<rest>.*)"
)
# Columns of a table's labels and of the levels of its header.
_LEVEL = re.compile(r"(?:col|row)_[0-9]+")
_MOST_WORDS = 3
# "of which by region": the labels below say the rest.
_BY = re.compile(r"(?:по|by|nach) .*|")


def unread_headings(file: FileCells, codes: Mapping[str, EncodedColumn]) -> tuple[EncodedColumn, ...]:
    """Refusals of the rows below a heading that says what nothing in the declaration reads; ``codes`` by concept."""
    if HEADING not in file.present or _reads_sections(file.dataset):
        return ()
    in_force = _in_force(headings_of(file.cells), _labels(file.dataset), partial(_is_area, file))
    declared = {*file.dataset.concepts, *file.facts.constants}
    if file.dataset.breakdown or file.dataset.breakdown_column:
        declared.add(_RESIDENCE)
    judge: dict[str, Callable[[Heading, Any], bool]] = {
        _MEASURE: lambda heading, unit: _other_measure(heading, unit),
        _SCALE: lambda heading, _: file.dataset.numbers.multiply is None and says_scale(heading.text),
        _SEX: lambda heading, sex: _sex(heading.text) != sex,
        _AGE: lambda _, age: age in (None, TOTAL),
        _RESIDENCE: lambda _, breakdown: breakdown in (None, TOTAL),
        _PART: lambda _, __: True,
    }
    places = file.texts(HEADING)

    def refusals(kind: str) -> EncodedColumn:
        by_label = _is_read_of_labels(file.dataset, kind)

        def refusal(place: str | None, code: Any) -> Refusal | None:
            heading = in_force.get(place or "", {}).get(kind)
            if heading is None:
                return None
            other = kind == _SEX and by_label and {_sex(heading.text), code} == {"F", "M"}
            meant = by_label or (heading.first and (kind in declared or kind == _PART))
            if not other and (meant or not judge[kind](heading, code)):
                return None
            return file.lookups.refusal("unread_heading", value=heading.text[:200], place=heading.place)

        return crossed(places, codes.get(kind, codes[_SEX]), refusal)

    return tuple(map(refusals, judge))


def unread_levels(file: FileCells) -> tuple[EncodedColumn, ...]:
    """Refusals of rows that an unread level of the header, or label at the side, gives to one sex, where none is read.

    Three words at most: a longer text may be the name of an indicator on women.
    """
    if _SEX in {*file.dataset.concepts, *file.facts.constants}:
        return ()
    read = {*file.dataset.columns, *file.dataset.where}

    def refusals(name: str) -> EncodedColumn:
        def refusal(text: str | None) -> Refusal | None:
            if not text or len(text.split()) > _MOST_WORDS or _sex(text) in ("", TOTAL):
                return None
            return file.lookups.refusal("unread_dimension", value=text, place=name, close=_SEX)

        return file.texts(name).recoded(refusal)

    return tuple(refusals(name) for name in sorted(file.present - read) if _LEVEL.fullmatch(name))


def plain_headings(cells: pa.Table, dataset: Dataset) -> list[Heading]:
    """Unread headings that say nothing of the kinds that refuse rows; not lines that are rows of their own."""
    if _reads_sections(dataset):
        return []
    found = (heading for table in headings_of(cells) for heading in table)
    return [heading for heading in found if not heading.kept and not _kinds(heading.text)]


def _reads_sections(dataset: Dataset) -> bool:
    return "section" in dataset.columns or "section" in dataset.where


def _labels(dataset: Dataset) -> dict[str, frozenset[str]]:
    """By column, labels that the declaration has a code for: a line of one of them is a row without a value.

    "" are those of all columns, for a heading that stands in no column of labels.
    """
    parts = [part for parts in (*dataset.concepts.values(), *dataset.breakdown.values()) for part in parts]
    found: dict[str, frozenset[str]] = {}
    for part in parts:
        # A label that is skipped is not read: what it says of the rows below it still holds.
        labels = frozenset(fold(label) for label, code in (part.values or {}).items() if code != SKIP)
        for column in (*part.columns, ""):
            found[column] = found.get(column, frozenset()) | labels
    return found


def _is_area(file: FileCells, heading: Heading) -> bool:
    """Whether a line that is a row, too, is one of an area for which nothing is known: it heads nothing."""
    return heading.kept and file.lookups.area(heading.text, (file.dataset.country,))[0] is not None


def _in_force(
    tables: list[list[Heading]], labels: Mapping[str, Collection[str]], is_area: Callable[[Heading], bool]
) -> dict[str, dict[str, Heading]]:
    """For the place of each heading what holds below it: of each kind the last heading."""
    found: dict[str, dict[str, Heading]] = {}
    for table in tables:
        now: dict[str, Heading] = {}
        for heading in table:
            if fold(heading.text) not in labels.get(heading.column, ()) and not is_area(heading):
                kinds = _kinds(heading.text)
                ended = _PART in now and (not kinds or _SEX in kinds) and not heading.kept
                now = {kind: last for kind, last in now.items() if not (ended and kind == _PART)}
                now |= dict.fromkeys(kinds, heading)
                if says_all(heading.text) and not kinds - {_MEASURE, _SCALE}:
                    now = {kind: last for kind, last in now.items() if kind in (_MEASURE, _SCALE)}
            found[heading.place] = now
    return found


def _kinds(text: str) -> set[str]:
    """What a heading says: kinds, of which nothing or several may be."""
    folded = fold(text).strip(" .:;-")
    measured = bool(says_scale(text) or said_around(text))
    tests = {
        _MEASURE: measured,
        _SCALE: measured,
        _SEX: bool(_sex(text)),
        _AGE: bool(_AGES.search(folded)),
        _RESIDENCE: bool(RESIDENCES.search(folded)),
    }
    found = {kind for kind, says in tests.items() if says}
    of_which = _OF_WHICH.fullmatch(folded)
    if of_which and not found and not _BY.fullmatch(of_which["rest"]):
        found.add(_PART)
    return found


def _sex(text: str) -> str:
    """``F``, ``M``, ``_T`` where it names both, "" where none."""
    folded = fold(text)
    said = [sex for sex, words in _SEXES.items() if words.search(folded)]
    return TOTAL if len(said) > 1 else "".join(said)


def _other_measure(heading: Heading, unit: str | None) -> bool:
    """Whether a heading says another kind of unit than the row's."""
    said, kind = said_around(heading.text), unit_kind(unit)
    return bool(said and kind) and not agree(kind, said)


def _is_read_of_labels(dataset: Dataset, kind: str) -> bool:
    """Whether a column beside the rows says it; one of the header does not know what a heading adds."""
    parts = [*dataset.concepts.get(kind, ())]
    if kind == _RESIDENCE:
        parts += [part for parts in dataset.breakdown.values() for part in parts]
    columns = [column for part in parts for column in part.columns]
    return any(not re.fullmatch(r"column|col_[0-9]+", column) for column in columns)

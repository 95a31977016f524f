"""Texts anywhere in a file that say that its figures are of a part of what the declaration publishes them as.

::

    below the table "Учтены только женщины", sex: const _T       refused; so is "(nur Frauen)" in a title or header
    the same, sex: const F, or read from a column                fine
    column "Сведения" "тек ерлер", "тек ерлер", ""               its own rows are refused
    note of one cell "faqat qishloq joylari bo‘yicha"            that cell is refused, until URBANISATION is declared
    title "Случаи, направленные в суд", registered cases         refused: another stage than that of the indicator
    "Источник: центр для женщин", "только с 2020 года"           nothing

One rule for every place that a text may stand in: titles, names of sheets, levels and corner of the header, names of
the columns that are read, lines below, notes, attributes and columns that nothing reads. In the last a text has to say
"only"; what else they hold, ``unread_breakdowns`` and its neighbours judge by the name of the column.

Not here: the words (``restriction_words``), headings between the rows (``unread_headings``), areas (``area_of_title``),
times (``frequency``). Called by ``one_file``.
"""

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from functools import partial
from typing import Any, NamedTuple

from sources.cells import CORNER, NOTE, QUOTE, REMARKS, TITLE
from transforms.normalize.codes_from_labels import TOTAL
from transforms.normalize.contradictions.dimension_words import FORM, RELATIONSHIP
from transforms.normalize.contradictions.form_words import is_of_violence
from transforms.normalize.contradictions.group_words import AGE, BREAKDOWN, SEX, groups_alone
from transforms.normalize.contradictions.restriction_words import (
    ARTICLE,
    CITIZENSHIP,
    CLEARED,
    CONVICTION,
    COURT,
    MINORS,
    REPEATED,
    STAGE,
    SUBJECT,
    Restriction,
    restrictions,
)
from transforms.normalize.contradictions.unit_base import without_range
from transforms.normalize.contradictions.unread_breakdowns import counts_parts
from transforms.normalize.contradictions.unread_dimensions import is_other_age
from transforms.normalize.encoded_columns import EncodedColumn, constant, crossed
from transforms.normalize.file_cells import FileCells, said_by_label_names, said_by_names, texts_beside_values
from transforms.normalize.readings import Refusal
from transforms.parse.read_ages import years_of_text

# Places of which a whole part may be the name of a group; elsewhere a text has to say "only".
_AROUND = re.compile(rf"{TITLE}|{CORNER}|{REMARKS}|{NOTE}|sheet|col_[0-9]+|column")
# What a column of areas holds: "Область, город".
_OF_AREAS = re.compile(r"города?|село|шаар|қала|шаҳр|shahar|шаҳар|stadt|city|town|village")
# A column with more different texts names single things.
_MOST_TEXTS = 1_000
# A longer one of a column that nothing reads is the prose of a report, or the name of a source.
_MOST_WORDS = 12
# Stages of an indicator that are no part of the one that a text names.
_BEFORE = {
    COURT: ("reported", "registered", "protection", "prevention"),
    CONVICTION: ("reported", "registered", "protection", "prevention", "proceedings"),
    CLEARED: ("reported", "registered"),
}
_WHO_SUFFERED = ("victim", "client", "caller")
_CONCEPTS = {SEX: SEX, AGE: AGE, FORM: FORM, RELATIONSHIP: RELATIONSHIP}


class _Row(NamedTuple):
    """What the declaration reads of a row."""

    indicator: str | None
    sex: str | None
    age: str | None
    form: str | None
    relationship: str | None
    breakdown: str | None


def restricting_texts(file: FileCells, codes: Mapping[str, EncodedColumn]) -> tuple[EncodedColumn, ...]:
    """Refusals of the rows of which a text says another part than they are published as; ``codes`` by concept."""
    if file.dataset.collection == "transcription":
        return ()
    found = list[tuple[str, EncodedColumn, dict[str | None, frozenset[Restriction]]]]()
    kinds = _stated(file)
    for place, texts, alone in _texts(file):
        said = {
            text: of_kind
            for text in texts.dictionary
            if text and (of_kind := _said(text, place, kinds, alone=alone))
        }
        if said:
            found.append((place, texts, said))
    rows = rows_read(codes) if found else constant(None)
    return tuple(crossed(rows, texts, partial(_refusal, file, place, said)) for place, texts, said in found)


def _texts(file: FileCells) -> Iterator[tuple[str, EncodedColumn, bool]]:
    """Texts with their places, and whether the name of a group alone says something there."""
    read = {*file.dataset.columns, *file.dataset.where}
    for place, texts in texts_beside_values(file):
        alone = _AROUND.fullmatch(place) is not None
        if place not in read and place != QUOTE and (alone or len(texts.dictionary) <= _MOST_TEXTS):
            yield place, texts, alone
    for name, answers in said_by_names(file):
        yield name, crossed(file.texts(name), answers, _of_group), True
    for name, said in said_by_label_names(file):
        if name not in file.dataset.where and not _OF_AREAS.fullmatch(said):
            yield name, constant(said), True


def _of_group(answer: str | None, said: str | None) -> str | None:
    """The name of a group that a row is of: a digit may count the women of the row instead."""
    counted = (answer or "").strip() in ("0", "1")
    return said if said and not counted and groups_alone(said) else None


def _stated(file: FileCells) -> frozenset[str]:
    """Kinds that no column says, so that a text may contradict what all rows are published as."""
    specs = {kind: list(file.dataset.concepts.get(name, ())) for kind, name in _CONCEPTS.items()}
    specs[BREAKDOWN] = [part for found in file.dataset.breakdown.values() for part in found]
    stated = {
        kind
        for kind, of_kind in specs.items()
        if all(part.const for part in of_kind) or kind in file.facts.constants
    }
    if file.dataset.breakdown_column:
        stated.discard(BREAKDOWN)
    if BREAKDOWN in stated:
        stated |= {ARTICLE, REPEATED, CITIZENSHIP}
    if AGE in stated:
        stated.add(MINORS)
    return frozenset({*stated, STAGE, SUBJECT})


def _said(text: str, place: str, kinds: frozenset[str], *, alone: bool) -> frozenset[Restriction]:
    if not alone and (len(text.split()) > _MOST_WORDS or re.search("[0-9] ?%", text)):
        return frozenset()
    found = restrictions(without_range(text), alone=alone, below=place == REMARKS)
    return frozenset(one for one in found if one.kind in kinds)


def rows_read(codes: Mapping[str, EncodedColumn]) -> EncodedColumn:
    """By row what the declaration reads of it."""
    rows = constant(())
    for name in ("indicator", SEX, AGE, FORM, RELATIONSHIP, "breakdown"):
        rows = crossed(rows, codes[name], lambda before, code: (*before, code))
    return rows.recoded(lambda row: _Row(*row))


def _refusal(
    file: FileCells, place: str, said: Mapping[str | None, frozenset[Restriction]], row: Any, text: str | None
) -> Refusal | None:
    found = said.get(text, frozenset())
    other = next((one for one in sorted(found) if found and _is_other(file, row, one)), None)
    if other is None:
        return None
    filled = {"value": (text or "")[:200], "place": "remark" if place in (REMARKS, NOTE) else place}
    return file.lookups.refusal("unread_dimension", sentence="restricted_by_text", **filled, close=other.kind)


def restricts(file: FileCells, row: Any, text: str, kinds: Collection[str]) -> bool:
    """Whether a text restricts a row (see ``rows_read``) in one of some kinds to a part that it is not published as."""
    return any(one.kind in kinds and _is_other(file, row, one) for one in restrictions(text, alone=True))


def _is_other(file: FileCells, row: _Row, one: Restriction) -> bool:
    """Whether a row is published as something else than the part that a text restricts it to."""
    contract = file.lookups.contract
    about = contract.indicators.get(row.indicator or "")
    if about is None or about.subject == "none" or not counts_parts(contract, row.indicator):
        return False
    if one in restrictions(about.label.en, alone=True) | restrictions(about.label.ru, alone=True):
        return False
    of_violence = about.domestic or is_of_violence(about.label.en)
    judged: dict[str, Callable[[], bool]] = {
        SEX: lambda: row.sex != one.said,
        AGE: lambda: about.scope != "child" and _is_other_age(row.age or TOTAL, one.said),
        # What an order protects from is not whom it is for.
        MINORS: lambda: (
            about.scope != "child"
            and about.stage != "protection"
            and _is_other_age(row.age or TOTAL, one.said)
        ),
        BREAKDOWN: lambda: not _has_part(row, one.said),
        FORM: lambda: of_violence and row.form != one.said,
        RELATIONSHIP: lambda: of_violence and row.relationship in (None, TOTAL),
        ARTICLE: lambda: "ARTICLE=" not in (row.breakdown or ""),
        STAGE: lambda: about.stage in _BEFORE[one.said],
        REPEATED: lambda: row.breakdown in (None, TOTAL),
        CITIZENSHIP: lambda: row.breakdown in (None, TOTAL),
        SUBJECT: lambda: about.subject in _WHO_SUFFERED,
    }
    return judged[one.kind]()


def _is_other_age(code: str, said: str) -> bool:
    # An age in words is one, whether or not its years are known.
    return is_other_age(code, said) or (code == TOTAL and not years_of_text(said))


def _has_part(row: _Row, said: str) -> bool:
    breakdown = row.breakdown or TOTAL
    return f"URBANISATION={said}" in breakdown if said in ("U", "R") else breakdown != TOTAL

"""Headings between the rows of a table that the declaration does not read.

::

    Abai             12      published
    Share, %                 a unit: the rows below are refused where the indicator counts
    Osh              70
    9 месяцев                a part of the year: the rows of whole years are refused; so are those "на 20 декабря"
    План                     no figures that were counted: refused; so is "of which again"
    of which women           a sex: refused where the row is of everybody; the share goes on, too
    Osh               9
    South                    none of these: a finding (``unread_headings``), and the end of an "of which"

What a heading says holds until one of the same kind; "Total" ends sex, age, residence, forms of violence and "of
which". Read is what the column ``section`` is mapped for, or a label that the declaration has a code for. A heading
above all rows may be what a constant says: "Women" above constant women is fine, above constant men or everybody it
refuses. Not here: finding the headings (``sources.readers``). Called by ``one_file``, and by
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
from transforms.normalize.contradictions.as_of_days import as_of_days, ends_within
from transforms.normalize.contradictions.cumulative import is_later_part, says_cumulative, says_since
from transforms.normalize.contradictions.dimension_words import FORM, RELATIONSHIP
from transforms.normalize.contradictions.form_words import form_of
from transforms.normalize.contradictions.group_words import (
    AGE,
    BREAKDOWN,
    PART,
    SEX,
    groups_alone,
    groups_of,
    introduces_areas,
    is_against,
    names_body,
    residence_of,
    says_all,
    sex_of,
)
from transforms.normalize.contradictions.planned import says_planned
from transforms.normalize.contradictions.restricting_texts import restricts, rows_read
from transforms.normalize.contradictions.restriction_words import (
    CITIZENSHIP,
    MINORS,
    REPEATED,
    STAGE,
    SUBJECT,
    restrictions,
)
from transforms.normalize.contradictions.said_parts import said_part
from transforms.normalize.contradictions.school_years import says_school_year
from transforms.normalize.contradictions.several_years import says_several_years
from transforms.normalize.contradictions.unit_words import agree, said_around, unit_kind
from transforms.normalize.contradictions.unread_breakdowns import is_other_form
from transforms.normalize.contradictions.unread_dimensions import is_other_age
from transforms.normalize.contradictions.year_of_title import stated_year
from transforms.normalize.encoded_columns import EncodedColumn, crossed
from transforms.normalize.file_cells import FileCells
from transforms.normalize.readings import Refusal
from transforms.normalize.scale import says_scale
from transforms.parse.fold_labels import fold

_MEASURE, _SCALE, _PERIOD = "unit_measure", "scale", "time_period"
# Parts that no column of labels says of the rows below a heading.
_RESTRICTED, _PARTS = "restricted", (RELATIONSHIP, STAGE, REPEATED, SUBJECT, CITIZENSHIP, MINORS)


def unread_headings(file: FileCells, codes: Mapping[str, EncodedColumn]) -> tuple[EncodedColumn, ...]:
    """Refusals of the rows below a heading that says what nothing in the declaration reads; ``codes`` by concept."""
    if HEADING not in file.present or _reads_sections(file.dataset):
        return ()
    in_force = _in_force(headings_of(file.cells), _labels(file.dataset), partial(_is_area, file))
    declared = {*file.dataset.concepts, *file.facts.constants}
    if file.dataset.breakdown or file.dataset.breakdown_column:
        declared.add(BREAKDOWN)
    if not any(part.const for part in file.dataset.concepts[_PERIOD]) and _PERIOD not in file.facts.constants:
        # The header has the year, and knows nothing of its part.
        declared.discard(_PERIOD)
    judge: dict[str, Callable[[Heading, Any], bool]] = {
        _MEASURE: lambda heading, unit: _other_measure(heading, unit),
        _SCALE: lambda heading, _: file.dataset.numbers.multiply is None and says_scale(heading.text),
        SEX: lambda heading, sex: sex_of(heading.text) != sex,
        AGE: lambda _, age: age in (None, TOTAL),
        BREAKDOWN: lambda _, breakdown: breakdown in (None, TOTAL),
        PART: lambda _, __: True,
        FORM: lambda heading, pair: is_other_form(file.lookups.contract, pair[1], pair[0], heading.text),
        _PERIOD: lambda heading, period: period is not None and _is_part_of(heading.text, period),
        _RESTRICTED: lambda heading, row: restricts(file, row, heading.text, _PARTS),
    }
    places, said = file.texts(HEADING), _constants(file)
    judged = {**codes, FORM: crossed(codes[FORM], codes["indicator"], lambda form, counted: (form, counted))}
    judged[_RESTRICTED] = rows_read(codes)

    def refusals(kind: str) -> EncodedColumn:
        by_label = _is_read_of_labels(file.dataset, kind)

        def refusal(place: str | None, code: Any) -> Refusal | None:
            heading = in_force.get(place or "", {}).get(kind)
            if heading is None:
                return None
            other = kind == SEX and by_label and {sex_of(heading.text), code} == {"F", "M"}
            # What a year's own column says, a part of it or another one contradicts.
            meant = (by_label and kind != _PERIOD) or (heading.first and (kind in declared or kind == PART))
            if kind in said and heading.first:
                other = _contradicts(kind, heading.text, code) if kind != FORM else judge[FORM](heading, code)
                meant = not other
            if not other and (meant or not judge[kind](heading, code)):
                return None
            return file.lookups.refusal("unread_heading", value=heading.text[:200], place=heading.place)

        return crossed(places, judged.get(kind, codes[SEX]), refusal)

    return tuple(map(refusals, judge))


def _constants(file: FileCells) -> set[str]:
    """Which of sex, age, form and breakdown a constant of the declaration or of the file says."""
    specs = {kind: [file.dataset.concepts.get(kind, ())] for kind in (SEX, AGE, FORM)}
    specs[BREAKDOWN] = list(file.dataset.breakdown.values())
    parts = {kind: [part for of_kind in found for part in of_kind] for kind, found in specs.items()}
    found = {kind for kind, of_kind in parts.items() if of_kind and all(part.const for part in of_kind)}
    return (found | {kind for kind in specs if kind in file.facts.constants}) - (
        {BREAKDOWN} if file.dataset.breakdown_column else set()
    )


def _contradicts(kind: str, text: str, code: str | None) -> bool:
    """Whether a heading above all rows names another sex, age or place of residence than a constant.

    Whom something is done to is no contradiction: "насилие в отношении женщин" counts men, too.
    """
    if is_against(text):
        return False
    if kind == SEX:
        return sex_of(text) != code
    if kind == AGE:
        of_all = code in (None, TOTAL)
        return (of_all and AGE in groups_alone(text)) or is_other_age(code or TOTAL, text)
    said = residence_of(text)
    return code in (None, TOTAL) or (said in ("U", "R") and f"URBANISATION={said}" not in (code or ""))


def plain_headings(cells: pa.Table, dataset: Dataset) -> list[Heading]:
    """Unread headings that say nothing of the kinds that refuse rows; not lines that are rows of their own."""
    if _reads_sections(dataset):
        return []
    found = (heading for table in headings_of(cells) for heading in table)
    return [
        heading
        for heading in found
        if not (heading.kept or _kinds(heading.text) or introduces_areas(heading.text))
    ]


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
                ended = PART in now and (not kinds or SEX in kinds) and not heading.kept
                now = {kind: last for kind, last in now.items() if not (ended and kind == PART)}
                now |= dict.fromkeys(kinds, heading)
                if says_all(heading.text) and not kinds - {_MEASURE, _SCALE}:
                    now = {kind: last for kind, last in now.items() if kind in (_MEASURE, _SCALE)}
            found[heading.place] = now
    return found


def _kinds(text: str) -> set[str]:
    """What a heading says: kinds, of which nothing or several may be."""
    measured = bool(says_scale(text) or said_around(text))
    found = groups_of(text) if not names_body(text) else set()
    if any(one.kind in _PARTS for one in restrictions(text, alone=True)):
        found.add(_RESTRICTED)
    if says_planned(text) == "plan":
        found.add(PART)
    inner_days = [day for day in as_of_days(text) if (day.month, day.day) not in ((1, 1), (12, 31))]
    if inner_days or said_part(text, "section") or stated_year(text) or _is_of_other_time(text):
        found.add(_PERIOD)
    if form_of(text):
        found.add(FORM)
    if measured:
        found = (found - {PART}) | {_MEASURE, _SCALE}
    return found


def _is_of_other_time(text: str) -> bool:
    """Whether a heading says a year of schools, several years, or figures since an earlier time."""
    return says_school_year(text) or says_since(text) != 0 or says_several_years(text, "section")


def _is_part_of(text: str, period: tuple[Any, ...]) -> bool:
    """Whether a heading says that figures of a year (``time_period.COLUMNS``) are of a part of it, or of another."""
    _, freq, start, end = period
    year = stated_year(text)
    if year and freq and not start.year <= year <= end.year:
        return True
    if freq == "A" and (
        says_school_year(text) or says_several_years(text, "section") or says_since(text) > 0
    ):
        return True
    if freq and says_cumulative(text) and is_later_part(period):
        return True
    return freq == "A" and bool(said_part(text, "section") or ends_within(as_of_days(text), start, end))


def _other_measure(heading: Heading, unit: str | None) -> bool:
    """Whether a heading says another kind of unit than the row's."""
    said, kind = said_around(heading.text), unit_kind(unit)
    return bool(said and kind) and not agree(kind, said)


def _is_read_of_labels(dataset: Dataset, kind: str) -> bool:
    """Whether a column beside the rows says it; one of the header does not know what a heading adds."""
    parts = [*dataset.concepts.get(kind, ())]
    if kind == BREAKDOWN:
        parts += [part for parts in dataset.breakdown.values() for part in parts]
    columns = [column for part in parts for column in part.columns]
    return any(not re.fullmatch(r"column|col_[0-9]+", column) for column in columns)

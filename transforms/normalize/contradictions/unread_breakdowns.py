"""Columns of a form of violence, a relationship or another breakdown that a file has and its declaration does not read.

::

    Вид насилия "Физическое", violence_form not declared      refused: one form would be published as all forms
    Вид насилия "Все виды"                                    fine
    Вид насилия "Физическое", violence_form: const PHYSICAL   fine; "Психологическое" contradicts: refused
    Form of violence "Physical" beside Вид насилия, read      fine: a label of what is read
    Образование "Высшее", Article "73", Категория "рабочие"   refused by name: parts of persons, cases or offences
    Прочее "Physical violence", "Intimate partner"            refused: labels of the codebook, in a column of any name,
                                                              and with them "beaten" beside "Physical violence"
    grp "высшее", "среднее"; "в браке", "кыргызы", "ст. 177"  the same where all texts are such words (``part_words``)
    Порядок "первично", "повторно"                            refused where it divides the file: ``dividing_columns``
    Источник "Полиция", Language "Russian"                    nothing is said; nor of a column in expects.columns

Not here: sex, age and residence (``unread_dimensions``, ``unread_levels``), areas (``unread_areas``), and the words
themselves (``dimension_words``). Called by ``one_file``.
"""

import re
from collections.abc import Callable, Mapping
from functools import partial
from typing import NamedTuple

from data_contracts.model import Contract
from data_contracts.vocabulary import IMPERSONAL_UNITS, TOTAL
from sources.cells import CORNER, QUOTE, TITLE
from transforms.normalize.contradictions.dimension_words import (
    FORM,
    RELATIONSHIP,
    dimension_of,
    says_kind,
    says_nothing,
    says_other_kind,
    says_topic,
)
from transforms.normalize.contradictions.dividing_columns import is_judged_elsewhere, unread_columns
from transforms.normalize.contradictions.form_words import Said, form_of, forms_in, is_of_violence, said_codes
from transforms.normalize.contradictions.group_words import says_all
from transforms.normalize.contradictions.part_words import JUDGED, STAGE, part_of, says_registered
from transforms.normalize.contradictions.said_parts import said_part
from transforms.normalize.contradictions.unit_words import UNKNOWN, is_middle, said_in_unit
from transforms.normalize.encoded_columns import EncodedColumn, constant, crossed
from transforms.normalize.file_cells import FileCells, Unread, called, explained, holds_dimensions
from transforms.normalize.readings import Refusal
from transforms.parse import read_periods
from transforms.parse.fold_labels import fold

BREAKDOWN = "breakdown"
# Texts around a table, which are sentences; and the words of a column whose texts are explained beside it.
_AROUND = frozenset((CORNER, QUOTE, TITLE))
# Besides what ``says_all`` knows.
_NO_PART = re.compile(r"[-–—.…*]+|_[XNO]|NA|NS|any(?: .*)?|любо[йе](?: .*)?|все вместе|все виды|все формы")
# Codes of the codebook that name an institution, a method or nothing, and a text alone says so anywhere.
_NOT_ALONE = re.compile(
    r"(?:KIND|CENTRE|LINE|REGISTER|COUNT|METHOD|SUBJECT|SCOPE|BASIS|REFERRED_BY|PERSONNEL)=|.*=(?:NONE|UNKNOWN|OTHER)"
)
_CLOSE = {FORM: "concepts: violence_form", RELATIONSHIP: "concepts: relationship"}


# Names of breakdowns in the codebook, by what a column is called.
_BREAKDOWNS = {
    RELATIONSHIP: ("RELATION", "RELATION_OF_VICTIM", "PERPETRATOR"),
    "victim": ("VICTIM_GROUP",),
    "offence": ("OFFENCE", "ARTICLE", "SEVERITY", "LEVEL", "ACT"),
    "article": ("ARTICLE", "OFFENCE"),
    "case": ("KIND", "OUTCOME"),
    "sanction": ("SANCTION",),
    "contact": ("CHANNEL", "SUBJECT", "GROUND", "CALLER"),
    "help": ("HELP", "SERVICE"),
    "order": ("KIND", "DURATION"),
    "education": ("EDUCATION",),
    "marital": ("MARITAL",),
    "wealth": ("WEALTH",),
    "disability": ("DISABILITY", "MOTHER_DISABILITY"),
    "activity": ("ACTIVITY", "EMPLOYMENT"),
    "cause": ("CAUSE", "REASON", "OUTCOME", "ALCOHOL", "OFFENDER_STATE"),
}
# "Husband", and short for male.
_MALE_TOO = "муж"
_NUMBER = re.compile(r"[0-9]{1,3}(?:[-./][0-9]{1,3})?")
# More different numbers are no codes; a longer text is no name of a part; a longer name is that of a figure.
_MOST_NUMBERS, _LONGEST, _MOST_WORDS_BEFORE_NUMBERS = 40, 150, 3
# A column with more different texts names single things.
_MOST_TEXTS = 1_000


class _Row(NamedTuple):
    """What the declaration reads of a row, as far as it may say the same as an unread text."""

    form: str | None
    relationship: str | None
    breakdown: str | None
    sex: str | None
    indicator: str | None


def unread_breakdowns(file: FileCells, codes: Mapping[str, EncodedColumn]) -> tuple[EncodedColumn, ...]:
    """Refusals of the rows whose unread text says a part of what is counted; ``codes``: by concept, of the rows."""
    names = [name for name in unread_columns(file) if name not in _AROUND and not _explains(file, name)]
    unread = file.unread or Unread()
    judges = [
        (name, judge)
        for name in names
        if name not in unread.labels
        for judge in (_named(file, name), _said(file, name), _of_parts(file, name))
        if judge is not None
    ]
    rows = _rows(codes) if judges else constant(None)
    found = [crossed(rows, explained(file, name), judge) for name, judge in judges]
    divide = [name for name in names if name in unread.divide]
    return (*found, *(explained(file, name).recoded(partial(_dividing, file, name)) for name in divide))


def _rows(codes: Mapping[str, EncodedColumn]) -> EncodedColumn:
    """By row what the declaration reads of it."""
    rows = constant(())
    for name in (FORM, RELATIONSHIP, BREAKDOWN, "sex", "indicator"):
        rows = crossed(rows, codes[name], lambda before, code: (*before, code))
    return rows.recoded(lambda row: _Row(*row))


def _explains(file: FileCells, name: str) -> bool:
    """Whether a column has the words for the codes of another one, which says it all."""
    base = re.sub(r"(?i)[_. ](?:desc|description|label|name|text)$", "", name)
    read = {*file.dataset.columns, *file.dataset.where}
    return base != name and (base in read or (name.endswith("_label") and base in file.present))


Judge = Callable[[_Row, str | None], Refusal | None]


def _named(file: FileCells, name: str) -> Judge | None:
    """What refuses rows by the name of a column; None where its name says nothing, or its dimension is read."""
    dimension = dimension_of(called(file, name)) or dimension_of(name)
    if not dimension or _is_read(file, dimension):
        return None
    numbered = (
        dimension != "category"
        and (says_kind(called(file, name)) or holds_dimensions(file, name))
        and len(name.split()) <= _MOST_WORDS_BEFORE_NUMBERS
    )
    numbered = numbered and len(explained(file, name).dictionary) <= _MOST_NUMBERS

    def refusal(row: _Row, text: str | None) -> Refusal | None:
        if not counts_parts(file.lookups.contract, row.indicator) or not _is_part(
            text or "", numbered=numbered
        ):
            return None
        about = file.lookups.contract.indicators.get(row.indicator or "")
        if is_about(file.lookups.contract, row.indicator, text or ""):
            return None
        if about is not None and says_registered(text or "") and says_registered(about.label.en):
            return None
        if dimension == "category" and says_topic(text or "", domestic=about is not None and about.domestic):
            return None
        known = _constant(file, dimension, row)
        if known is None:
            return _refusal(file, name, text or "", dimension)
        said = _codes_of(file.lookups.part_labels, dimension, text or "")
        return None if not said or known in said else _contradiction(file, name, text or "", known)

    return refusal


def _said(file: FileCells, name: str) -> Judge | None:
    """What refuses rows by texts that are labels of codes, in a column of any name."""
    too_many = len(explained(file, name).dictionary) > _MOST_TEXTS
    if too_many or says_nothing(name) or says_nothing(called(file, name)):
        return None
    contract, dimension = file.lookups.contract, dimension_of(called(file, name)) or dimension_of(name)
    said = {
        text: codes
        for text in explained(file, name).dictionary
        if text and len(text) <= _LONGEST and (codes := said_codes(text, dimension) or _labelled(file, text))
    }
    if not said:
        return None
    concepts = {concept for codes in said.values() for concept, _ in codes}

    def refusal(row: _Row, text: str | None) -> Refusal | None:
        if not text or not counts_parts(file.lookups.contract, row.indicator):
            return None
        own = {FORM: row.form, RELATIONSHIP: row.relationship, BREAKDOWN: row.breakdown}
        known = next(
            (own[concept] for concept in sorted(concepts) if own[concept] not in (None, TOTAL)), None
        )
        if text not in said:
            # Beside texts that are codes another one is a code, too, unless the declaration gives the row one.
            unknown = known is None and _is_part(text, numbered=False)
            return _refusal(file, name, text, min(concepts)) if unknown else None
        if _agrees(contract, row, text, said[text]):
            return None
        return _contradiction(file, name, text, known) if known else _refusal(file, name, text, min(concepts))

    return refusal


def _of_parts(file: FileCells, name: str) -> Judge | None:
    """What refuses rows by texts that are words for parts of one kind, in a column of any name: "высшее", "среднее"."""
    texts = explained(file, name).dictionary
    if len(texts) > _MOST_TEXTS or says_nothing(name) or says_nothing(called(file, name)):
        return None
    # Beside "осуждено" the whole may be called "зарегистрировано".
    parts = (
        text for text in texts if text and text.strip() and not (says_all(text) or says_registered(text))
    )
    said = {text: part_of(text) for text in parts}
    (dimension, *others) = {*said.values()} or {""}
    of_other = any(map(says_other_kind, (name, called(file, name))))
    if not dimension or others or of_other or _is_read(file, dimension):
        return None

    def refusal(row: _Row, text: str | None) -> Refusal | None:
        contract = file.lookups.contract
        if not said.get(text or "") or not counts_parts(contract, row.indicator):
            return None
        about = contract.indicators.get(row.indicator or "")
        judged = dimension == STAGE and about is not None and about.stage in JUDGED
        if judged or is_about(contract, row.indicator, text or "") or _constant(file, dimension, row):
            return None
        return _refusal(file, name, text or "", dimension)

    return refusal


def _dividing(file: FileCells, name: str, text: str | None) -> Refusal | None:
    if not text or is_judged_elsewhere(text) or not _is_part(text, numbered=False):
        return None
    return file.lookups.refusal("unread_dimension", sentence="dividing_column", value=text[:200], place=name)


def _refusal(file: FileCells, name: str, text: str, dimension: str) -> Refusal:
    filled = {"value": text[:200], "place": name, "close": _CLOSE.get(dimension, BREAKDOWN)}
    return file.lookups.refusal("unread_dimension", sentence="unread_breakdown", **filled)


def _contradiction(file: FileCells, name: str, text: str, code: str) -> Refusal:
    filled = {"value": text[:200], "place": name, "close": code}
    return file.lookups.refusal("unread_dimension", sentence="constant_contradicts", **filled)


def counts_parts(contract: Contract, indicator: str | None) -> bool:
    """Whether persons, cases or offences are counted, and no centres, places or money."""
    known = contract.indicators.get(indicator or "")
    return known is None or known.counting_unit not in IMPERSONAL_UNITS


def _is_part(text: str, *, numbered: bool) -> bool:
    """Whether a text of a column that divides says one part, and not all or nothing."""
    said = text.strip()
    if not said or len(said) > _LONGEST or _NO_PART.fullmatch(said):
        return False
    if not re.search(r"[^\W\d_]", said):
        return numbered and _NUMBER.fullmatch(said) is not None
    if said_codes(said):
        return True
    # "N" may be a number, or no.
    is_unit = len(said) > 1 and said_in_unit(said) not in ("", UNKNOWN) and not is_middle(said)
    return not (is_unit or says_all(said) or read_periods.parse(said) or said_part(said))


def _is_read(file: FileCells, dimension: str) -> bool:
    """Whether a column that the file has is read as this dimension; of a constant nothing is known yet."""
    if file.dataset.breakdown_column and dimension not in (FORM, RELATIONSHIP):
        return True
    specs = [file.dataset.concepts.get(dimension, ())] if dimension not in file.facts.constants else []
    specs += [file.dataset.breakdown.get(name, ()) for name in _BREAKDOWNS.get(dimension, ())]
    read = {*file.dataset.columns, *file.dataset.where}
    named = any(dimension_of(column) == dimension != "category" for column in read & file.present)
    return named or any(file.first_present(part.columns) for parts in specs for part in parts)


def _constant(file: FileCells, dimension: str, row: _Row) -> str | None:
    """The code that the declaration gives every row in this dimension; None where nobody gave any."""
    if dimension in (FORM, RELATIONSHIP):
        own = row.form if dimension == FORM else row.relationship
        parts = file.dataset.concepts.get(dimension, ())
        constant = dimension in file.facts.constants or any(part.const is not None for part in parts)
        if constant or own not in (None, TOTAL):
            return own
    named = {f"{name}=" for name in _BREAKDOWNS.get(dimension, ())}
    parts_of = (row.breakdown or "").split(";")
    return next((part for part in parts_of if part[: part.find("=") + 1] in named), None)


def _codes_of(labels: Mapping[str, Said], dimension: str, text: str) -> set[str]:
    """Codes of a dimension that a text may be: by its words, a label of the codebook, or the beginning of one."""
    said = said_codes(text, dimension)
    if dimension in (FORM, RELATIONSHIP) and said:
        return {code for _, code in said}
    folded = fold(text)
    named = {f"{name}=" for name in _BREAKDOWNS.get(dimension, ())}
    return {
        code
        for label, codes in labels.items()
        if label == folded or label.startswith(f"{folded} ")
        for concept, code in codes
        if concept == dimension or code[: code.find("=") + 1] in named
    }


def _agrees(contract: Contract, row: _Row, text: str, said: Said) -> bool:
    """Whether what a text says is what the row is read as, or what its indicator is about."""
    folded, concepts = fold(text), {concept for concept, _ in said}
    own = {(FORM, row.form), (RELATIONSHIP, row.relationship)}
    own |= {(BREAKDOWN, part) for part in (row.breakdown or "").split(";")}
    if own & said or (folded == _MALE_TOO and row.sex == "M"):
        return True
    if RELATIONSHIP in concepts and (row.breakdown or "").startswith(_BREAKDOWNS[RELATIONSHIP]):
        return True
    return is_about(contract, row.indicator, text)


def is_other_form(contract: Contract, indicator: str | None, form: str | None, text: str) -> bool:
    """Whether a text speaks of violence of one form, and the figures of an indicator are published as of another."""
    said, about = form_of(text), contract.indicators.get(indicator or "")
    of_violence = about is not None and (about.domestic or is_of_violence(about.label.en))
    return (
        bool(said)
        and of_violence
        and counts_parts(contract, indicator)
        and form != said
        and not is_about(contract, indicator, text)
    )


def is_about(contract: Contract, indicator: str | None, text: str) -> bool:
    """Whether a text names what an indicator counts anyway: "изнасилование" of registered rapes."""
    about = contract.indicators.get(indicator or "")
    labels = (about.label.en, about.label.ru) if about else ()
    if forms := forms_in(text):
        return any(forms_in(label) == forms for label in labels)
    # Less the endings of Russian words.
    words = [word[: max(4, len(word) - 2)] for word in re.findall(r"[^\W\d_]{4,}", fold(text))]
    return bool(words) and any(all(f" {word}" in f" {fold(label)}" for word in words) for label in labels)


def _labelled(file: FileCells, text: str) -> Said:
    """Codes of which a text is the label, or the code itself."""
    codes = {
        (name, text)
        for name in (FORM, RELATIONSHIP)
        if len(text) > 2 and text in file.lookups.contract.codelists[name]
    }
    said = codes | file.lookups.part_labels.get(fold(text), frozenset())
    return frozenset(one for one in said if one[1] != TOTAL and not _NOT_ALONE.match(one[1]))

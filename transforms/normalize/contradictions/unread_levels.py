"""Words for a part of the people in texts that nothing reads as such: levels of the header, labels, and what a pattern
leaves out; also the name of a sheet and the title of a table.

::

    header "2023" over "женщины", sex not declared                      refused: five women are no five people
    header "2023" over "18-29", "сельское население", "инвалиды"        refused, until age or breakdown is declared
    sheet "женщины", title "Ордера, выданные женщинам"                  the same; a title only where persons are counted
    header "2023" over "из них повторно"                                refused; "из них" over regions says nothing
    column "Категория" "женщины", "Group" "15-49"                       the same, also beside constants of all
    column "grp" "F" and "M", "Y18T29", "U" and "R", and nothing else   the same
    label "Преступления против женщин", extract: Преступления           refused, until sex is declared

    title "женщины", sex: const M or _T                                 refused: one of the two is wrong
    title "в возрасте до 18 лет", age: const _T or not declared         the same; so are "в сельской местности",
                                                                        "физическое насилие", if not what is counted

Any other declaration says what is meant. Not here: columns that are called sex, age or residence
(``unread_dimensions``), headings between the rows (``unread_headings``), units and periods (``unit_words``,
``frequency``, ``year_of_title``). Called by ``one_file``.
"""

import re
from collections.abc import Iterable, Iterator
from functools import partial

from sources.cells import COLUMN, HEADING, LOCATOR, PROBLEM, QUOTE, REMARKS, TITLE, TITLES, VALUE
from transforms.normalize.codes_from_labels import TOTAL
from transforms.normalize.contradictions.dimension_words import FORM, says_nothing
from transforms.normalize.contradictions.group_words import (
    AGE,
    BREAKDOWN,
    PART,
    SEX,
    age_in,
    groups_alone,
    groups_of,
    home_in,
    is_against,
    names_body,
    residence_of,
    says_all,
    sex_of,
)
from transforms.normalize.contradictions.unit_base import without_range
from transforms.normalize.contradictions.unit_words import parts
from transforms.normalize.contradictions.unread_breakdowns import is_other_form
from transforms.normalize.contradictions.unread_dimensions import is_other_age
from transforms.normalize.encoded_columns import EncodedColumn, constant, crossed
from transforms.normalize.file_cells import FileCells, explained, left_out
from transforms.normalize.readings import Refusal
from transforms.parse.read_ages import BEYOND, years_of_text

# Columns of a table's labels, of the levels of its header, and of the name of its sheet.
_LEVEL = re.compile(r"(?:col|row)_[0-9]+|sheet")
# A longer text of a level may be the name of an indicator on women or children.
_MOST_WORDS = {SEX: 3, AGE: 4, BREAKDOWN: 4}
_MOST_WORDS_OF_TITLE = 4
_GROWN = (18, BEYOND)
_HOME = "URBANISATION"
# Columns of our own that say nothing of whom a figure is.
_OWN = frozenset((VALUE, LOCATOR, PROBLEM, QUOTE, REMARKS, HEADING, TITLE))
# Columns that are called a breakdown, whatever by.
_GROUPS = re.compile(
    r"group|break_?down|categor|disaggreg|dimension|subpop|population|групп|категор|разрез|контингент|срез|топ|тоб|"
    r"гуруҳ|guruh"
)
# Codes of SDMX and surveys, which say by themselves what they are.
_SEX_CODES, _HOME_CODES = frozenset(("F", "M")), frozenset(("U", "R"))
_AGE_CODE = re.compile(r"Y[0-9]{1,3}T[0-9]{1,3}|Y_?(?:GE|LT|GT|LE)_?[0-9]{1,3}")
# A column with more different texts than this breaks nothing down; nor is a longer text the name of a group.
_MOST_GROUPS, _LONGEST = 1_000, 80


def unread_levels(file: FileCells, indicator: EncodedColumn) -> tuple[EncodedColumn, ...]:
    """Refusals of rows of one sex, age or place of residence by a text that the declaration does not read so.

    ``indicator``: its codes; the title of a table of centres says whom they are for, and changes no figure.
    """
    declared = _declared(file)
    read = {*file.dataset.columns, *file.dataset.where}
    levels = [name for name in sorted(file.present - read) if _LEVEL.fullmatch(name)]
    found = [_refusals(file, name, declared) for name in levels]
    for name, patterns in sorted(left_out(file.dataset).items()):
        if name in file.present:
            found.append(_refusals(file, name, declared, patterns))
    persons = indicator.recoded(partial(_is_of_persons, file))
    for name in sorted(file.present - read - _OWN - {*(file.dataset.expects.columns or ())}):
        if not _LEVEL.fullmatch(name):
            refusals = _of_groups(file, name, declared)
            found.append(crossed(persons, refusals, _if_persons))
    for texts in _titles(file):
        for refusal in (partial(_title_refusal, file, declared), partial(_other_sex, file, TITLE)):
            refusals = texts.recoded(refusal)
            if any(refusals.dictionary):
                found.append(crossed(persons, refusals, _if_persons))
        found.append(crossed(texts, indicator, partial(_other_part, file)))
    for name in (*levels, COLUMN):
        if name in file.present and name not in read:
            found.append(
                crossed(persons, file.texts(name).recoded(partial(_other_sex, file, name)), _if_persons)
            )
    return tuple(found)


def _if_persons(of_persons: bool, refusal: Refusal | None) -> Refusal | None:
    return refusal if of_persons else None


def _of_groups(file: FileCells, name: str, declared: set[str]) -> EncodedColumn:
    """Refusals of the rows whose text in a column of any name is a part of the people: "Категория" "женщины"."""
    texts = explained(file, name)
    if len(texts.dictionary) > _MOST_GROUPS:
        return constant(None)
    coded = not says_nothing(name) and _is_coded(texts.dictionary)

    def refusal(text: str | None) -> Refusal | None:
        whole = [text.strip()] if coded and text else parts(without_range(text or ""))
        for part in whole if len(text or "") <= _LONGEST else ():
            # Numbers alone may be those of an article, and a letter any code.
            telling = len(part) > 1 and (re.search(r"[^\W\d_]{2}", part) or _GROUPS.search(name.casefold()))
            if not telling and not coded:
                continue
            said = _coded_kinds(part) if coded else groups_alone(part)
            kinds = {kind for kind in said if kind not in declared or _is_other(file, kind, part)}
            if kinds:
                close = next(kind for kind in _MOST_WORDS if kind in kinds)
                return file.lookups.refusal(
                    "unread_dimension", value=(text or "")[:200], place=name, close=close
                )
        return None

    return texts.recoded(refusal)


def _is_coded(texts: Iterable[str | None]) -> bool:
    """Whether all texts of a column are codes for sexes, ages or places of residence; one letter alone may be any."""
    filled = {text.strip() for text in texts if text and text.strip()}
    said = {text for text in filled if not says_all(text)}
    letters = any(said <= codes for codes in (_SEX_CODES, _HOME_CODES)) and len(filled) > 1
    return bool(said) and (letters or all(map(_AGE_CODE.fullmatch, said)))


def _coded_kinds(text: str) -> frozenset[str]:
    if says_all(text):
        return frozenset()
    return frozenset({SEX if text in _SEX_CODES else BREAKDOWN if text in _HOME_CODES else AGE})


def _is_other(file: FileCells, kind: str, text: str) -> bool:
    """Whether a text is another part of the people than the one that the declaration gives to all rows."""
    stated = _stated(file, kind)
    if not stated:
        return False
    if kind == SEX:
        return sex_of(text) not in ("", TOTAL, stated)
    if kind == AGE:
        return is_other_age(stated, text)
    home = residence_of(text) or text
    return home in ("U", "R") and f"{_HOME}={home}" not in stated


def _is_of_persons(file: FileCells, indicator: str | None) -> bool:
    """Whether the sex and age of an indicator's rows say something."""
    known = file.lookups.contract.indicators.get(indicator or "")
    return known is not None and known.subject != "none"


def _titles(file: FileCells) -> Iterator[EncodedColumn]:
    """What stands above the table, unless the declaration reads it."""
    if TITLE in file.present and TITLE not in {*file.dataset.columns, *file.dataset.where}:
        yield file.texts(TITLE)
    metadata = file.cells.schema.metadata or {}
    yield from (constant(metadata[name].decode()) for name in TITLES if name in metadata)


def _title_refusal(file: FileCells, declared: set[str], title: str | None) -> Refusal | None:
    """A refusal by the first part of a title that names a part of the people and little else."""
    before = ""
    for part in parts(without_range(title or "")):
        # "насилие в отношении женщин, детей и пожилых" says of whom it may be, and not of whom the figures are.
        listed = bool(groups_of(before.rpartition(" ")[2]) and groups_of(part.partition(" ")[0]))
        before = part
        if listed or names_body(part):
            continue
        kinds = groups_of(part) & _MOST_WORDS.keys() - declared
        kinds = {kind for kind in kinds if len(part.split()) <= _MOST_WORDS_OF_TITLE}
        if sex_of(part) == TOTAL:
            kinds.discard(SEX)
        if kinds:
            close = next(kind for kind in _MOST_WORDS if kind in kinds)
            return file.lookups.refusal("unread_dimension", value=part[:200], place=TITLE, close=close)
    return None


def _other_sex(file: FileCells, place: str, text: str | None) -> Refusal | None:
    """A refusal by a title, sheet or header of one sex above figures that a constant declares to be of others."""
    consts = {part.const for part in file.dataset.concepts.get(SEX, ())}
    constant_sex = file.facts.constants.get(SEX) or (consts.pop() if len(consts) == 1 else None)
    for part in parts(text or "") if constant_sex else ():
        if names_body(part):
            continue
        short = place == TITLE and len(part.split()) <= _MOST_WORDS_OF_TITLE
        kinds = groups_of(part) if short else groups_alone(part)
        if SEX in kinds and sex_of(part) not in (TOTAL, constant_sex):
            return file.lookups.refusal(
                "unread_dimension", sentence="title_contradicts", value=part[:200], place=place, close=SEX
            )
    return None


def _other_part(file: FileCells, title: str | None, indicator: str | None) -> Refusal | None:
    """A refusal by a title of one age, place of residence or form of violence that the rows are not published as.

    What is read from a column says of each row what it is; what the indicator is of, a title only repeats.
    """
    about = file.lookups.contract.indicators.get(indicator or "")
    if not title or about is None:
        return None
    if (form := _stated(file, FORM)) and is_other_form(file.lookups.contract, indicator, form, title):
        return _contradiction(file, title, FORM)
    told = (
        [part for part in parts(title) if not (is_against(part) or names_body(part))]
        if _is_of_persons(file, indicator)
        else []
    )
    age, breakdown = _stated(file, AGE), _stated(file, BREAKDOWN)
    ages = {years: part for part in told if (years := age_in(part))}
    homes = {home: part for part in told if (home := home_in(part))}
    for years, part in ages.items() if age and len(ages) == 1 else ():
        said = years_of_text(years)
        # "18 жашка чейинки" is an age, and not read as one.
        other = is_other_age(age, years) or (age == TOTAL and not said)
        # Where nothing is declared, grown-ups may be all whom an order or a sentence is for.
        other = other and (AGE in _declared(file) or said != {_GROWN})
        if other and not said & years_of_text(about.label.en):
            return _contradiction(file, part, AGE)
    for home, part in homes.items() if breakdown and len(homes) == 1 else ():
        if f"{_HOME}={home}" not in breakdown:
            return _contradiction(file, part, BREAKDOWN)
    return None


def _stated(file: FileCells, kind: str) -> str:
    """The code that a constant gives to all rows, that of the total where nothing is declared; "" where it is read."""
    if kind in file.facts.constants:
        return file.facts.constants[kind]
    if kind == BREAKDOWN:
        named = {name: {part.const for part in found} for name, found in file.dataset.breakdown.items()}
        if file.dataset.breakdown_column or None in named.get(_HOME, ()):
            return ""
        return ";".join(f"{name}={code}" for name, codes in named.items() for code in codes) or TOTAL
    consts = {part.const for part in file.dataset.concepts.get(kind, ())} or {TOTAL}
    return (consts.pop() or "") if len(consts) == 1 else ""


def _contradiction(file: FileCells, text: str, kind: str) -> Refusal:
    filled = {"value": text[:200], "place": TITLE, "close": kind}
    return file.lookups.refusal("unread_dimension", sentence="title_contradicts", **filled)


def _declared(file: FileCells) -> set[str]:
    declared = {*file.dataset.concepts, *file.facts.constants}
    if file.dataset.breakdown or file.dataset.breakdown_column:
        declared.add(BREAKDOWN)
    return declared


def _refusals(
    file: FileCells, name: str, declared: set[str], patterns: list[re.Pattern[str]] | None = None
) -> EncodedColumn:
    def refusal(text: str | None) -> Refusal | None:
        said = text or ""
        for pattern in patterns or ():
            said = pattern.sub(" ", said)
        if name == "sheet" and len(said.strip()) == 1:
            # A sheet "F" may be the sixth one.
            return None
        kinds = groups_of(said) - declared
        if not patterns:
            kinds |= {kind for kind in groups_alone(said) & declared if _is_other(file, kind, said)}
        if sex_of(said) == TOTAL:
            kinds.discard(SEX)
        words = len(said.split())
        kinds = {kind for kind in kinds if patterns or words <= _MOST_WORDS.get(kind, words)}
        if not kinds:
            return None
        kind = next(kind for kind in (SEX, AGE, BREAKDOWN, PART) if kind in kinds)
        close = "breakdown" if kind == PART else kind
        return file.lookups.refusal("unread_dimension", value=(text or "")[:200], place=name, close=close)

    return file.texts(name).recoded(refusal)

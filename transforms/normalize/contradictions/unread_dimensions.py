"""Columns of sex, age, place of residence or year that the file has and the declaration does not read.

::

    Sex "Female", sex not declared           refused: the row is of women and would be published as everybody's
    Sex "Both sexes", sex not declared       fine
    Gender "Female", sex: {column: Sex, absent: _T}, no column Sex      refused: the column has another name now
    Sex "Female", concepts: sex: const F     fine, as is where: {Sex: [Female]}
    Sex "Male", concepts: sex: const F       refused: the file contradicts the constant
    Age "18-29", age: const Y15T49           the same; "15–49 лет" agrees
    Residence "rural", URBANISATION: const U the same
    Sex "2", concepts: sex: const _T         refused: nobody knows that 2 is everybody
    Пол "женщины", read, and Sex "Male"      refused, as are two ages or places of residence that differ; "18+" may
                                             stand beside "18-29"
    Sex "Female", listed in expects.columns  fine: the declaration knows of it
    Year "2022", time_period: const 2023     the same, as is time_period: column "Год решения" with 2023 in it
    HEAD_OF_HOUSE_SEX "F"                    refused, as is WEALTH_QUINTILE "Q1": ids of SDMX for a part of the people

Not here: columns that vanish or appear between two files (``transforms.judge``), areas (``unread_areas``), and other
dimensions (``unread_breakdowns``). Called by ``one_file``.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache, partial
from typing import Any

from sources.column_names import own_key
from sources.dataset import Concept
from transforms.normalize.codes_from_labels import TOTAL
from transforms.normalize.contradictions.group_words import (
    grown_or_not,
    residence_of,
    says_all,
    says_residence,
    sex_of,
)
from transforms.normalize.encoded_columns import EncodedColumn, crossed
from transforms.normalize.file_cells import FileCells, called, explained
from transforms.normalize.readings import Refusal
from transforms.parse import read_periods
from transforms.parse.read_ages import BEYOND, years_of_code, years_of_text

_WHOSE = r"(?:victims?|perpetrators?|aggressors?|offenders?|persons?|clients?)"
_WHOSE_RU = r"\(?(?:пострадавш|потерпевш|жертв|агрессор|обидчик|обративш|осужд[её]нн|лиц)\w*\)?"
_COLUMNS = {
    "sex": re.compile(
        rf"(?:{_WHOSE} )?(?:sexe?|sexo|gender)(?:[ _](?:code|label|name|of {_WHOSE}))?|(?:пол|гендер)(?: {_WHOSE_RU})?|"
        r"(?:\w+(?:нің|нын|нун|ның|нинг|ning) )?(?:жынысы?|jinsi?|жинси?)(?: боюнча| бойынша| бўйича)?|ҷинс(?:ӣ|"
        r"и|ият)?|"
        r"geschlecht|женщины ?/ ?мужчины|мужчины ?/ ?женщины|women ?/ ?men|men ?/ ?women"
    ),
    "age": re.compile(
        rf"(?:{_WHOSE} )?age(?:[ _]?groups?)?(?:[ _](?:code|label|name|of {_WHOSE}))?|возраст(?: {_WHOSE_RU})?|"
        r"возраст, лет|возрастн\w+ групп\w+|групп\w+ возраста|жас(?:ы| тобы| топтары)?|жаш(?: курагы| тобу| топтору)?|"
        r"кура(?:к|гы)|yosh(?:i| guruhi?| guruhlari)?|ёш(?:и| гуруҳи?| гуруҳлари)?|(?:гурӯҳ\w* )?синну ?сол[ӣи]?|"
        r"гурӯҳ\w* синнусолӣ|alter(?:sgruppen?)?"
    ),
    # Where people live; what says so may well be called otherwise, as in a file of villages alone.
    "breakdown": re.compile(
        r"(?:тип )?местност[ьи]|тип (?:насел[её]нного пункта|поселения)|место (?:проживания|жительства)|город ?/ ?село|"
        r"urbani[sz]ation|degree of urbani[sz]ation|urban ?/ ?rural|residence|(?:area|location|settlement)[ _]type|"
        r"type of (?:area|settlement|residence)|place of residence|deg(?:ree of)? ?urb(?:a|ani[sz]ation)?|"
        r"жергілікті жер|жер түрү|hudud turi|ҳудуд тури|ҷои зист|маҳалли зист|тұрғылықты (?:жері|мекені)|жашаган жери|"
        r"жашаган жер|yashash (?:joyi|hududi)|яшаш (?:жойи|ҳудуди)|gebietstyp|wohnort|stadt ?/ ?land|siedlungstyp"
    ),
}
# The same word in a longer name counts where the cells name a sex: "Geschlecht der Opfer".
_SEX_IN_NAME = re.compile(r"(?<!\w)(?:sex|gender|пол|geschlecht|жыныс\w*|jins\w*|жинс\w*|ҷинс\w*)(?!\w)")
# Codes of places of residence, in SDMX and surveys.
_CODES = re.compile(r"[RU]|RUR|URB|(?:RES(?:IDENCE)?|DEG_URB)_(?:R|U|RUR|URB|RURAL|URBAN)")
# A number that stands for one of a few places of residence.
_NUMBER = re.compile(r"[1-9]")
# Words of which SDMX makes ids of dimensions that divide people: WEALTH_QUINTILE, MATERNAL_EDU_LVL, DISABILITY_STATUS.
_ID = re.compile(r"[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)*")
_DIVIDING = frozenset(
    (
        "SEX",
        "GENDER",
        "AGE",
        "RESIDENCE",
        "URBANISATION",
        "URBANIZATION",
        "WEALTH",
        "QUINTILE",
        "QUANTILE",
        "INCOME",
    )
    + (
        "EDUCATION",
        "EDU",
        "DISABILITY",
        "ETHNICITY",
        "MIGRATION",
        "MARITAL",
        "OCCUPATION",
        "RELIGION",
        "BREAKDOWN",
        "CITIZEN",
        "CITIZENSHIP",
        "NATIONALITY",
        "ISCED",
        "ISCED97",
        "ISCED11",
        "MARSTA",
        "DEGURBA",
    )
)
# Not who is counted, but how (``adjusted``): AGE_ADJUSTED.
_ADJUSTED = re.compile(r"ADJUST|STANDARDI[SZ]")
# A column of this name says in words what the one before it says in codes.
_WORDS_OF_CODE = re.compile(r"_(?:DESC|DESCRIPTION|LABEL|NAME|TEXT|CODE|ID)$")
# Codes for "not specified" and "not applicable" beside those that ``says_all`` knows.
_NO_CODE = ("_X", "_N", "_O", "NA", "NS")
_DECLARED_AS = {"sex": "concepts: sex", "age": "concepts: age", "breakdown": "breakdown: URBANISATION"}
# Of two persons a column names one, and the constant may be that of the other.
_OF_SOMEBODY = re.compile(rf"{_WHOSE}|{_WHOSE_RU}")
_YEAR = re.compile(
    r"(?:reporting |reference |calendar )?year|time ?period|period|(?:отч[её]тный )?год|период|жыл|йил|yil|сол|jahr"
)


def unread_dimensions(
    file: FileCells, codes: Mapping[str, EncodedColumn]
) -> dict[str, tuple[EncodedColumn, ...]]:
    """By concept: refusals of the rows whose unread column says one sex, age, kind of place or year that they are not.

    By ``breakdown`` also those of ids of other dimensions that divide people and that nothing reads. ``codes``: those
    of the rows, by concept.
    """
    judges: dict[str, Callable[[str, Any, str | None], Refusal | None]] = {}
    beside: set[str] = set()
    for concept, parts in _parts(file).items():
        constant = concept in file.facts.constants or any(part.const is not None for part in parts)
        if not constant and (not parts or any(file.first_present(part.columns) is None for part in parts)):
            judges[concept] = partial(_unread, file, concept)
        elif constant:
            judges[concept] = partial(_beside_constant, file, concept)
        else:
            judges[concept] = (
                partial(_BESIDE[concept], file)
                if concept in _BESIDE
                else partial(_beside_constant, file, concept)
            )
            beside.add(concept)
    judges["time_period"] = partial(_other_year, file)
    read = {*file.dataset.columns, *file.dataset.where}
    # What the declaration lists it knows; a year of all rows is stated, and no column has another meaning of it.
    unlisted = file.present - read - {*(file.dataset.expects.columns or ())}
    found: dict[str, tuple[EncodedColumn, ...]] = {}
    for concept, refusal in judges.items():
        unread = file.present - read if concept == "time_period" and _is_stated(file) else unlisted
        columns = sorted(name for name in unread if _is_called(file, name, concept))
        found[concept] = tuple(
            crossed(codes[concept], explained(file, name), partial(refusal, name)) for name in columns
        )
    if "sex" not in beside:
        longer = [name for name in unlisted if _SEX_IN_NAME.search(_name(called(file, name)))]
        longer = sorted(name for name in longer if not _is_called(file, name, "sex"))
        of_sex = partial(_unread_sex, judges["sex"])
        found["sex"] += tuple(
            crossed(codes["sex"], explained(file, name), partial(of_sex, name)) for name in longer
        )
    named = {name for name in file.present for concept in _COLUMNS if _is_called(file, name, concept)}
    named |= {name for name in file.present if _WORDS_OF_CODE.sub("", name) in read}
    ids = {name: own_key(called(file, name)) for name in unlisted - named}
    dividing = sorted(
        name
        for name, said in ids.items()
        if _ID.fullmatch(said) and _DIVIDING & {*said.split("_")} and not _ADJUSTED.search(said)
    )
    found["breakdown"] = (*found.get("breakdown", ()), *(_dividing(file, name) for name in dividing))
    return found


def is_plain_year(column: str) -> bool:
    """Whether a column is called a year or a period, and nothing more."""
    return _YEAR.fullmatch(_name(column)) is not None


def _parts(file: FileCells) -> dict[str, Sequence[Concept]]:
    """What the declaration reads each concept from; a column of breakdowns is one of any."""
    parts = {name: file.dataset.concepts.get(name, ()) for name in _COLUMNS}
    if not file.dataset.breakdown_column:
        return {**parts, "breakdown": file.dataset.breakdown.get("URBANISATION", ())}
    return {name: of_concept for name, of_concept in parts.items() if name != "breakdown"}


def _is_stated(file: FileCells) -> bool:
    """Whether the period of all rows is what the declaration says."""
    parts = file.dataset.concepts["time_period"]
    return "time_period" in file.facts.constants or all(part.const is not None for part in parts)


@lru_cache(1024)
def _name(column: str) -> str:
    return re.sub(r" ?\((?:лет|years)\)$", "", own_key(column).casefold().strip(" .:*")).replace("_", " ")


def _is_called(file: FileCells, column: str, concept: str) -> bool:
    """Whether a column, or what the file calls it where its name is a code, is a word for a concept."""
    names = _COLUMNS.get(concept, _YEAR)
    return any(names.fullmatch(_name(name)) for name in (column, called(file, column)))


def _dividing(file: FileCells, name: str) -> EncodedColumn:
    def refusal(text: str | None) -> Refusal | None:
        if not text or text in _NO_CODE or says_all(text):
            return None
        return file.lookups.refusal("unread_dimension", value=text, place=name, close="breakdown")

    return explained(file, name).recoded(refusal)


def _unread(file: FileCells, concept: str, name: str, code: str | None, text: str | None) -> Refusal | None:
    """A refusal of a row that is one of all, beside a text that is not; or of one that says another part."""
    if "URBANISATION=" in (code or "") if concept == "breakdown" else code != TOTAL:
        return _OTHER[concept](file, name, code, text)
    if not text or says_all(text):
        return None
    if concept == "breakdown" and not (
        says_residence(text) or _CODES.fullmatch(text) or _NUMBER.fullmatch(text)
    ):
        return None
    filled = {"value": text, "place": name, "close": _DECLARED_AS[concept]}
    return file.lookups.refusal("unread_dimension", **filled)


def _beside_constant(
    file: FileCells, concept: str, name: str, code: str | None, text: str | None
) -> Refusal | None:
    """The same beside a constant, which may be that of another person than the one whom a column names."""
    return None if _OF_SOMEBODY.search(_name(name)) else _unread(file, concept, name, code, text)


def _unread_sex(
    judge: Callable[[str, Any, str | None], Refusal | None], name: str, code: str | None, text: str | None
) -> Refusal | None:
    return judge(name, code, text) if sex_of(text or "") in ("F", "M") else None


def _other_sex(file: FileCells, name: str, code: str | None, text: str | None) -> Refusal | None:
    said = sex_of(text or "")
    if code not in ("F", "M", TOTAL) or said in ("", code) or _OF_SOMEBODY.search(_name(name)):
        return None
    return _contradiction(file, name, code, text)


def _other_age(file: FileCells, name: str, code: str | None, text: str | None) -> Refusal | None:
    if code is None or not text or says_all(text) or _OF_SOMEBODY.search(_name(name)):
        return None
    return _contradiction(file, name, code, text) if is_other_age(code, text) else None


def is_other_age(code: str, text: str) -> bool:
    """Whether a text names another age than a code of the list ``age``."""
    years, said = years_of_code(code), years_of_text(text)
    low, high = years or (0, BEYOND)
    # A word leaves open where an age begins or ends; some registers call those under 20 or 21 minors.
    by_word = {"children": low < 18 and high <= 21, "adults": low > 0 and high > 18}.get(
        grown_or_not(text), True
    )
    return not (years in said if said else by_word)


def _other_residence(file: FileCells, name: str, code: str | None, text: str | None) -> Refusal | None:
    declared = re.search("URBANISATION=([UR])(?![A-Z])", code or "")
    coded = _CODES.fullmatch(text or "")
    said = re.sub(".*_", "", coded[0])[:1] if coded else residence_of(text or "")
    if declared is None or said in ("", declared[1]) or _OF_SOMEBODY.search(_name(name)):
        return None
    return _contradiction(file, name, declared[0], text)


def _age_beside(file: FileCells, name: str, code: str | None, text: str | None) -> Refusal | None:
    """As ``_other_age``; an age may stand beside the group in which it lies."""
    years, said = years_of_code(code or ""), years_of_text(text or "")
    if code != TOTAL and years and any(_within(years, one) or _within(one, years) for one in said):
        return None
    return _other_age(file, name, code, text)


def _within(years: tuple[int, int], others: tuple[int, int]) -> bool:
    return others[0] <= years[0] and years[1] <= others[1]


_OTHER = {"sex": _other_sex, "age": _other_age, "breakdown": _other_residence}
# The same beside a column that is read.
_BESIDE = {"sex": _other_sex, "age": _age_beside}


def _other_year(file: FileCells, name: str, period: tuple[Any, ...], text: str | None) -> Refusal | None:
    said = read_periods.parse((text or "").strip())
    if not said or period[2] is None or (said.start <= period[3] and period[2] <= said.end):
        return None
    return _contradiction(file, name, period[0], text)


def _contradiction(file: FileCells, name: str, code: str, text: str | None) -> Refusal:
    filled = {"value": text or "", "place": name, "close": code}
    return file.lookups.refusal("unread_dimension", sentence="constant_contradicts", **filled)

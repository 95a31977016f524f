"""Columns of sex, age or place of residence that the file has and the declaration does not read.

::

    Sex "Female", sex not declared         refused: the row is of women and would be published as everybody's
    Sex "Both sexes", sex not declared     fine
    Sex "Female", concepts: sex: const F   fine, as is where: {Sex: [Female]}
    HEAD_OF_HOUSE_SEX "F"                  refused, as is WEALTH_QUINTILE "Q1": ids of SDMX for a part of the people

Not here: columns that vanish or appear between two files (``transforms.judge``), and other dimensions, which may well
be constant in a file. Called by ``one_file``.
"""

import re

from transforms.normalize.encoded_columns import EncodedColumn, crossed
from transforms.normalize.file_cells import FileCells
from transforms.normalize.group_words import says_all, says_residence
from transforms.normalize.readings import Refusal

_WHOSE = r"(?:victims?|perpetrators?|aggressors?|offenders?|persons?|clients?)"
_WHOSE_RU = r"\(?(?:пострадавш|потерпевш|жертв|агрессор|обидчик|обративш|осужд[её]нн|лиц)\w*\)?"
_COLUMNS = {
    "sex": re.compile(
        rf"(?:{_WHOSE} )?(?:sexe?|sexo|gender)(?:[ _](?:code|label|name|of {_WHOSE}))?|(?:пол|гендер)(?: {_WHOSE_RU})?|"
        r"(?:\w+(?:нің|нын|нун|ның|нинг|ning) )?(?:жынысы?|jinsi?|жинси?)(?: боюнча| бойынша| бўйича)?|ҷинс(?:ӣ|"
        r"и|ият)?|"
        r"geschlecht|женщины ?/ ?мужчины|мужчины ?/ ?женщины"
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
        r"type of (?:area|settlement|residence)|жергілікті жер|жер түрү|hudud turi|ҳудуд тури|ҷои зист"
    ),
}
# Codes of places of residence, in SDMX and surveys.
_CODES = re.compile(r"[RU]|RUR|URB|(?:RES(?:IDENCE)?|DEG_URB)_(?:R|U|RUR|URB|RURAL|URBAN)")
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
    )
)
# A column of this name says in words what the one before it says in codes.
_WORDS_OF_CODE = re.compile(r"_(?:DESC|DESCRIPTION|LABEL|NAME|TEXT|CODE|ID)$")
# Codes for "not specified" and "not applicable" beside those that ``says_all`` knows.
_NO_CODE = ("_X", "_N", "_O", "NA", "NS")
_DECLARED_AS = {"sex": "concepts: sex", "age": "concepts: age", "breakdown": "breakdown: URBANISATION"}


def unread_dimensions(file: FileCells) -> dict[str, tuple[EncodedColumn, ...]]:
    """By concept that is not declared: refusals of the rows whose column says one sex, age or kind of place.

    By ``breakdown`` also those of any other dimension that divides people and that nothing reads.
    """
    read = {*file.dataset.columns, *file.dataset.where}
    declared = {*file.dataset.concepts, *file.facts.constants}
    if "URBANISATION" in file.dataset.breakdown or file.dataset.breakdown_column:
        declared.add("breakdown")
    found: dict[str, tuple[EncodedColumn, ...]] = {}
    for concept, names in _COLUMNS.items():
        if concept not in declared:
            columns = sorted(name for name in file.present - read if names.fullmatch(_name(name)))
            found[concept] = tuple(_refusals(file, concept, name) for name in columns)
    named = {name for name in file.present for names in _COLUMNS.values() if names.fullmatch(_name(name))}
    named |= {name for name in file.present if _WORDS_OF_CODE.sub("", name) in read}
    ids = (name for name in file.present - read - named if _ID.fullmatch(name))
    dividing = sorted(name for name in ids if _DIVIDING & {*name.split("_")})
    found["breakdown"] = (*found.get("breakdown", ()), *(_refusals(file, "", name) for name in dividing))
    return found


def _name(column: str) -> str:
    return re.sub(r" ?\((?:лет|years)\)$", "", column.rpartition(".")[2].casefold().strip(" .:*")).replace(
        "_", " "
    )


def _refusals(file: FileCells, concept: str, name: str) -> EncodedColumn:
    def refusal(text: str | None) -> Refusal | None:
        if not concept and text in _NO_CODE:
            return None
        residence = concept == "breakdown" and not (
            says_residence(text or "") or _CODES.fullmatch(text or "")
        )
        if not text or says_all(text) or residence:
            return None
        filled = {"value": text, "place": name, "close": _DECLARED_AS.get(concept, "breakdown")}
        return file.lookups.refusal("unread_dimension", **filled)

    texts = file.texts(name)
    if (label := f"{name}_label") in file.present:
        # A code that the file itself explains: 999 is "all ages".
        texts = crossed(texts, file.texts(label), lambda code, said: said or code)
    return texts.recoded(refusal)

"""Columns of areas that the file has and the declaration does not read.

::

    ref_area: const KG, column Region "Naryn"                 refused: the region would be published as the country
    ref_area: column Country, column Region "Osh region"      the same
    ref_area: const KG, column Country "Tajikistan"           refused: the figure is of another country
    ref_area: column Region, column Country "Kyrgyzstan"      fine: the region lies in it
    ref_area: const KG, where: {Region: [Naryn]}              fine: that is meant
    ref_area: const KG, column Район "Нарынский"              refused, though the district is not known: it is a part
    ref_area: const KG, second label of a table "Naryn"       refused: a label column has no name of its own
    ref_area: column SOATO "1703", column Nomi "Buxoro viloyati"   refused, where most texts of Nomi are areas
    grp "Чуйская область", "KG-T"                             refused where all texts are such
    Region "Central Asia", "total"                            nothing is known, nothing is said
    Region of birth "Naryn", Court "Naryn"                    nothing is said: not where the figure is of

Not here: a code and the label beside it (``area_labels``), titles (``area_of_title``), and columns that are called
neither an area nor a name. Called by ``one_file``.
"""

import re
from functools import partial

from sources.cells import RESERVED, TITLE
from sources.column_names import own_key
from transforms.normalize.contradictions.area_labels import belong
from transforms.normalize.contradictions.dimension_words import says_nothing
from transforms.normalize.contradictions.group_words import says_all
from transforms.normalize.encoded_columns import EncodedColumn, crossed
from transforms.normalize.file_cells import FileCells, called
from transforms.normalize.readings import Refusal

_KIND = (
    r"regions?|oblasts?|provinces?|districts?|rayons?|raions?|territor(?:y|ies)|countr(?:y|ies)|cit(?:y|ies)|"
    r"state|geo(?: ?area)?|(?:reference|geographic(?:al)?|ref) area|area|location|place|admin ?[0-3]|"
    r"регион\w*|област[ьи]|территори[яи]|район\w*|город\w*|стран[аы]|местность|"
    r"облус(?:у|тар)?|аймак\w*|район(?:у|дор)?|шаар(?:ы|лар)?|өлкө|облыс(?:ы|тар)?|аймақ\w*|өңір\w*|қала|ел|"
    r"вилоят\w*|ҳудуд\w*|туман\w*|шаҳар|мамлакат|viloyat\w*|hudud\w*|tuman\w*|shahar|mamlakat|davlat|"
    r"минтақа\w*|ноҳия\w*|шаҳр|кишвар|(?:bundes)?land|länder|kreis|gebiet|klassifikator|"
    # Code lists of areas in Kazakhstan, Kyrgyzstan and Uzbekistan, Tajikistan, Germany, the European Union.
    r"k[ao]to|к[ао]то|soate?|соат[ео]|soato|coate|ags|nuts ?[0-3]?"
)
_WHAT = r"name|code|label|title|iso(?: ?[0-9]+)?(?: codes?)?|id"
_COLUMN = re.compile(
    rf"(?:(?:name|code) of (?:the )?|(?:наименование|название|код) )?(?:{_KIND})(?: ?(?:{_WHAT}))?(?: [a-z]{{2}})?"
)
# The same words in a longer name, and names that are of no place of the figure.
_IN_NAME = re.compile(rf"(?<!\w)(?:{_KIND})(?!\w)")
_ELSEWHERE = re.compile(
    r"birth|born|origin|citizen|nationality|destination|publish|source|court|donor|рожд|происхожд|граждан|выезд|"
    r"издател|источник|суд|донор|туул|туғ|tug|geburt|herkunft|quelle"
)
# A name of whatever the rows are of.
_ANY_NAME = re.compile(
    r"(?:names?|title|label|наименовани[ея]|названи[ея]|аталыш\w{0,2}|атау\w{0,2}|nomi|nomlari|номи|номлари|номгӯй|ном|"
    r"bezeichnung)(?: ?\(?[a-zа-я]{2,3}\)?)?"
)
# A region says itself that it is one.
_WHOLE_NAME = re.compile(
    r"(?i)(?<!\w)(?:област[ьи]|облус\w*|облысы?|вилоят\w*|viloyat\w*|region|oblast|province|gebiet)(?!\w)|^[A-Z]{2}-[A-Z0-9]{1,3}$"
)
# Labels of a cross table, which have no name of their own.
_LABEL = re.compile(r"(?:row|col)_[0-9]+")
# A district says so itself.
_DISTRICT = re.compile(
    r"(?<!\w)(?:р-?н|район\w*|аудан\w*|туман\w*|tuman\w*|ноҳия\w*|districts?|ra[iy]on)(?!\w)"
)
# Columns of parts of a country, by their names, whatever they hold.
_PARTS = re.compile(
    r"\b(?:oblast|province|district|ra[iy]on|област|район|аудан|облус|облыс|вилоят|туман|ноҳия|viloyat|tuman)|kreis"
)


def unread_areas(file: FileCells, area: EncodedColumn) -> tuple[EncodedColumn, ...]:
    """Refusals of the rows for which an unread column names a part of their area, or another area.

    ``area``: the codes of the rows.
    """
    read = {*file.dataset.columns, *file.dataset.where}
    found = []
    for name in sorted(file.present - read - {*RESERVED, TITLE}):
        called_so = _LABEL.fullmatch(name) or any(map(is_of_areas, (name, called(file, name))))
        called_so = called_so or _names_areas(file, name) or _holds_areas(file, name)
        if not called_so or any(belong(name, other) for other in read):
            continue
        found.append(crossed(area, file.texts(name), partial(_refusal, file, name)))
    return tuple(found)


def is_of_areas(column: str) -> bool:
    """Whether a column is called an area."""
    name = _name(column)
    return bool(_IN_NAME.search(name) and not _ELSEWHERE.search(name))


def _names_areas(file: FileCells, column: str) -> bool:
    """Whether a column is called a name, and most of its texts are areas of the country."""
    if not _ANY_NAME.fullmatch(_name(column)):
        return False
    texts = [text for text in file.texts(column).dictionary if text and text.strip() and not says_all(text)]
    areas = [
        text
        for text in texts
        if file.lookups.area(text, (file.dataset.country,))[1] != "unknown_area"
        or _DISTRICT.search(text.casefold())
    ]
    return 2 * len(areas) > len(texts)


def _holds_areas(file: FileCells, column: str) -> bool:
    """Whether all texts of a column of any name are whole names or ISO codes of regions, or of the country."""
    if (
        says_nothing(column)
        or _ELSEWHERE.search(_name(column))
        or column in (file.dataset.expects.columns or ())
    ):
        return False
    texts = {text.strip() for text in file.texts(column).dictionary if text and not says_all(text)} - {""}
    named = {text for text in texts if _WHOLE_NAME.search(text)}
    country = file.dataset.country
    # Those that are no whole names come first: most columns are told by one of them.
    return bool(named) and all(
        (area := file.lookups.area(text, (country,))[0]) and (text in named or area == country)
        for text in sorted(texts, key=named.__contains__)
    )


def _name(column: str) -> str:
    """A column's name in lower case and single words: "GeoAreaName" is "geo area name"."""
    words = re.sub(r"(?<=[a-zа-я])(?=[A-ZА-Я])", " ", own_key(column))
    return re.sub(r"[\s_]+", " ", words).casefold().strip(" :*")


def _refusal(file: FileCells, name: str, area: str | None, text: str | None) -> Refusal | None:
    if not area or not text or len(text.strip()) < 2:
        return None
    other, reason = file.lookups.area(text, (file.dataset.country,))
    if reason == "unknown_area" and re.search(r"[^\W\d_]", text):
        other, reason = file.lookups.area(text, ("*",))
    # "Osh", a city and a region, is a part of the country either way, and so is a district that is not known.
    parts = _COLUMN.fullmatch(_name(name)) and _PARTS.search(_name(name))
    unknown = reason == "unknown_area" and not says_all(text) and (parts or _DISTRICT.search(text.casefold()))
    part = bool(unknown) or (reason == "ambiguous_area" and area == file.dataset.country)
    if not part and (other is None or file.lookups.areas.contains(other, area)):
        return None
    filled = {"place": name, "value": text, "close": area}
    return file.lookups.refusal("unread_dimension", sentence="unread_area", **filled)

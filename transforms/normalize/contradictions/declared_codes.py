"""Codes that the declaration gives to labels which say another thing: a slip of the person who declared them.

::

    sex: {values: {женщины: F, мужчины: F}}                 the rows of "мужчины" are refused
    sex: {values: {"1": M, "2": F}}, and the column is
    called "Пол (1 - женский, 2 - мужской)"                 both are refused; so where a title or note says it
    ref_area: {values: {Osh region: KG-C}}                  refused: it is known as another area
    ref_area: {values: {Алматы: KZ-19}}                     fine: the name is that of a city and of a region
    ref_area: {values: {KG-O: KG-C}}                        fine: a code may mean another thing to its publisher
    age: {values: {18-29: Y30T44}}                          refused; "0-17" as Y_LT18 is fine
    violence_form: {values: {физическое насилие: SEXUAL}}   refused

Only labels that say one thing without a doubt; "Женщины, пострадавшие от мужчин" says two. A label that is listed in
``expects.texts`` was looked at. Not here: labels without a code (``codes_from_labels``). Called by ``one_file``.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from functools import partial

from sources.dataset import Concept
from transforms.normalize.contradictions.form_words import form_of, said_codes
from transforms.normalize.contradictions.group_words import age_in, sex_of
from transforms.normalize.encoded_columns import EncodedColumn
from transforms.normalize.file_cells import FileCells, texts_beside_values
from transforms.normalize.readings import Refusal

_SEXES = ("F", "M")
_NAME = re.compile(r"[^\W\d_]{4}")
_SPAN = re.compile(r"[^0-9]{0,15}[0-9]{1,2}\s?[-–—]\s?[0-9]{1,2}[^0-9]{0,15}")
# "1 - женский", "2=male", "А: аял": a short label and what it stands for.
_EXPLAINED = re.compile(r"(?<![\w.,-])([^\W_]{1,2}) ?[-–—=:] ?([^\W\d_]+(?:[- ][^\W\d_]+)?)")


def other_codes(file: FileCells) -> dict[str, tuple[EncodedColumn, ...]]:
    """By concept: refusals of the rows whose label has a declared code that contradicts it."""
    says: dict[str, Callable[[str, str], bool]] = {
        "sex": partial(_another_sex, _explained(file)),
        "ref_area": partial(_another_area, file),
        "age": _another_age,
        "violence_form": _another_form,
    }
    return {name: found for name, another in says.items() if (found := tuple(_refused(file, name, another)))}


def _refused(file: FileCells, name: str, another: Callable[[str, str], bool]) -> Iterator[EncodedColumn]:
    if name in file.facts.constants:
        return
    for part in file.dataset.concepts.get(name, ()):
        column = file.first_present(part.columns)
        if column is not None and part.values and not part.extract:
            wrong = _wrong(file, part, column, another)
            if wrong:
                yield file.texts(column).recoded(wrong.get)


def _wrong(
    file: FileCells, part: Concept, column: str, another: Callable[[str, str], bool]
) -> Mapping[str | None, Refusal]:
    """The refusal of each label of a column whose code is another than the label says."""
    known, found = file.dataset.expects.texts, dict[str | None, Refusal]()
    codes: Mapping[str, str] = part.values or {}
    for label in file.texts(column).dictionary:
        code = codes.get(label or "")
        if label and code and label not in known and another(label, code):
            filled = {"place": column, "value": label, "close": code}
            found[label] = file.lookups.refusal("unmapped_label", sentence="other_code", **filled)
    return found


def _explained(file: FileCells) -> dict[str, str]:
    """Sex by short label, as names of columns, titles and notes explain them."""
    texts = [
        *file.present,
        *(text for _, column in texts_beside_values(file) for text in column.dictionary if text),
    ]
    pairs = [pair for text in texts for pair in _EXPLAINED.findall(text)]
    found = {short: sex for short, words in pairs if (sex := sex_of(words)) in _SEXES}
    return found if set(found.values()) == set(_SEXES) else {}


def _another_sex(explained: Mapping[str, str], label: str, code: str) -> bool:
    said = explained.get(label.strip()) or sex_of(label)
    return said in _SEXES and code in (*_SEXES, "_T") and said != code


def _another_area(file: FileCells, label: str, code: str) -> bool:
    # A publisher's code may mean what only the declaration knows; a name does not.
    known = file.lookups.area(label, (file.dataset.country,))[0] if _NAME.search(label) else None
    return known is not None and known != code


def _another_age(label: str, code: str) -> bool:
    """Whether both have as many numbers, and one is off by more than the year between "to 17" and "under 18"."""
    words = label if _SPAN.fullmatch(label) else age_in(label)
    said, meant = (list(map(int, re.findall("[0-9]+", text))) for text in (words, code))
    return len(said) == len(meant) and any(abs(a - b) > 1 for a, b in zip(said, meant, strict=True))


def _another_form(label: str, code: str) -> bool:
    said = form_of(label) or dict(said_codes(label)).get("violence_form", "")
    # A declared total may be that of an indicator of this form.
    return bool(said) and code not in ("_T", said)

"""Whether the code of an area and the label beside it are of one area.

::

    REF_AREA KG-O, REF_AREA_label "Osh region"             fine
    REF_AREA KG-O, REF_AREA_label "Chuy region"            refused: nobody knows which of the two is right
    Code 1703, Klassifikator_ru "Андижанская область"      fine
    Code XX, label "Osh" (a city and a region)             nothing is known, nothing is said

Only where the declaration reads one of the two without a code of its own for the text (``values``). Not here: reading
areas (``codes_from_labels``, ``transforms.parse.read_areas``). Called by ``one_file``.
"""

import re
from functools import partial

from transforms.normalize.encoded_columns import EncodedColumn, crossed
from transforms.normalize.file_cells import FileCells
from transforms.normalize.readings import Refusal

# SIAT's own names for a code and its labels.
_CODE, _LABELS = "Code", re.compile(r"Klassifikator(?:_[a-z]+)?")


def other_label(file: FileCells) -> tuple[EncodedColumn, ...]:
    """Refusals of the rows in which a column beside that of the area names another area."""
    if "ref_area" in file.facts.constants:
        return ()
    found = []
    for part in file.dataset.concepts.get("ref_area", ()):
        column = file.first_present(part.columns)
        if column is None or part.values is not None or part.extract:
            continue
        for other in sorted(file.present - {column}):
            if belong(column, other):
                texts = file.texts(column), file.texts(other)
                found.append(crossed(*texts, partial(_contradiction, file, column)))
    return tuple(found)


def belong(one: str, other: str) -> bool:
    """Whether of two columns one has the codes and the other their labels."""
    pairs = ((one, other), (other, one))
    return any(
        re.fullmatch(rf"{re.escape(code)}[ _.]?(?:label|name)(?:_[a-z]{{2,3}})?", label, re.IGNORECASE)
        or (code == _CODE and _LABELS.fullmatch(label) is not None)
        for code, label in pairs
    )


def _contradiction(file: FileCells, column: str, text: str | None, beside: str | None) -> Refusal | None:
    if not text or not beside:
        return None
    area, other = (file.lookups.area(said, (file.dataset.country,))[0] for said in (text, beside))
    if area is None or other is None or area == other:
        return None
    filled = {"place": column, "value": text, "close": beside}
    return file.lookups.refusal("unknown_area", sentence="area_contradicts", **filled)

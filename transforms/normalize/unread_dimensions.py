"""Columns of sex or age that the file has and the declaration does not read.

::

    Sex "Female", sex not declared         refused: the row is of women and would be published as everybody's
    Sex "Both sexes", sex not declared     fine
    Sex "Female", concepts: sex: const F   fine, as is where: {Sex: [Female]}

Not here: columns that vanish or appear between two files (``transforms.judge``), and other dimensions, which may well
be constant in a file. Called by ``one_file``.
"""

import re

from transforms.normalize.encoded_columns import EncodedColumn
from transforms.normalize.file_cells import FileCells
from transforms.normalize.readings import Refusal
from transforms.parse.labels import fold

_COLUMNS = {
    "sex": re.compile(r"sex|gender|пол|жынысы?|жыныс|jinsi?|жинси?|ҷинс|geschlecht"),
    "age": re.compile(
        r"age|age[ _]?groups?|возраст|возрастн\w+ групп\w+|жасы?|жаш|курак|yoshi?|ёши?|синну ?сол|alter"
    ),
}
_ALL = re.compile(
    r"|(?:_?t|total|all|both|both sexes|btsx|sex_btsx|bothsex|both_?sexes|overall|persons|_z|n/?a|not applicable|"
    r"всего|итого|все|оба пола|все возрасты|все население|барлығы|барлыгы|баары|жалпы|jami|жами|ҳамагӣ|ҳарду ҷинс|"
    r"insgesamt|total\b.*|all\b.*|все\b.*|всего\b.*)"
)


def unread_dimensions(file: FileCells) -> dict[str, tuple[EncodedColumn, ...]]:
    """By concept that is not declared: refusals of the rows whose column says one sex or age."""
    read = {*file.dataset.columns, *file.dataset.where}
    declared = {*file.dataset.concepts, *file.facts.constants}
    found: dict[str, tuple[EncodedColumn, ...]] = {}
    for concept, names in _COLUMNS.items():
        if concept not in declared:
            columns = sorted(
                name
                for name in file.present - read
                if names.fullmatch(name.rpartition(".")[2].casefold().strip(" .:*"))
            )
            found[concept] = tuple(_refusals(file, concept, name) for name in columns)
    return found


def says_all(text: str) -> bool:
    """Whether a text says "all" or "total" and nothing else."""
    return bool(_ALL.fullmatch(fold(text)))


def _refusals(file: FileCells, concept: str, name: str) -> EncodedColumn:
    def refusal(text: str | None) -> Refusal | None:
        if not text or says_all(text):
            return None
        filled = {"value": text, "place": name, "close": concept}
        return file.lookups.refusal("unread_dimension", **filled)

    return file.texts(name).recoded(refusal)

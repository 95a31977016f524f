"""Tables of one file under titles of other words, where one indicator is declared for all of them.

::

    "Вынесено ордеров", "Нарушения ордеров"            the file is refused: orders, and violations of them
    "Ордера, 2022 год", "Ордера, 2023 год"             fine
    "Ордера. Чуйская область", "Ордера. Нарын"         fine where a column says these words: the title is of its rows
    the declaration reads the title, or chooses one    fine; so is a title that it lists in ``expects.texts``

Not here: one title that says a part, a unit or another year (the other modules of the package). Called by
``normalizer``.
"""

import itertools
import re

import pyarrow as pa
import pyarrow.compute as pc

from sources.cells import LOCATOR, NOTE, TITLE, VALUE
from sources.dataset import Dataset
from transforms.normalize.file_cells import selected_rows
from transforms.parse.fold_labels import fold

# A word of a title, unless it only says which table it is.
_WORD = re.compile(
    r"(?<![^\W\d_])(?!таблиц|продолж|оконч|лист|table|continued|sheet|tabelle|fortsetzung|кесте|жадвал|jadval)"
    r"[^\W\d_]{3,}"
)
# So many letters at the beginning make the same word: "область", "области".
_STEM = 5


def several_titles(cells: pa.Table, dataset: Dataset) -> str:
    """Two titles of the wanted rows that each say what the other does not; "" where there are none."""
    declared = dataset.concepts.get("indicator", ())
    read = {TITLE, *dataset.where} if dataset.where else {TITLE}
    if TITLE in dataset.columns or not read <= set(cells.column_names):
        return ""
    if not all(part.const for part in declared):
        return ""
    wanted = selected_rows(cells, dataset)
    titles = [text for text in pc.unique(wanted[TITLE]).drop_null().to_pylist() if text.strip()]
    titles = [text for text in titles if text not in dataset.expects.texts]
    if len(titles) < 2:
        return ""
    others = [name for name in wanted.column_names if name not in (TITLE, VALUE, LOCATOR, NOTE)]
    labels = {text for name in others for text in pc.unique(wanted[name]).drop_null().to_pylist()}
    known = frozenset(stem for label in labels for stem in _stems(label))
    for one, other in itertools.combinations(titles, 2):
        first, second = _stems(one) - known, _stems(other) - known
        if first - second and second - first:
            return f'"{one[:100]}", "{other[:100]}"'
    return ""


def _stems(text: str) -> frozenset[str]:
    return frozenset(word[:_STEM] for word in _WORD.findall(fold(text)))

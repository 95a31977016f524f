"""Texts that a file has beside its figures, for a person to read: no rule can know all words that change a meaning.

A title, a line below the table, or a column with one text on all rows may say what the figures are. Where a rule knows
the words ("in thousands", "women only"), the rows are refused (``transforms.normalize.contradictions``). The others are
shown: all of them to whoever tries a declaration (``dvstats try``), and in a refresh those that say something new::

    the file before    Crimes against women, 2023
    the new file       Crimes against women, 2024, excluding the northern districts    -> a warning with this text

Numbers and months change with each edition and are nothing new. What somebody read and found to change nothing is
listed in the declaration (``expects.texts``), and no rule looks at it. Nothing is told of a file that is not public.

Not here: columns that come or go (``transforms.judge``). Called by ``transforms.files_to_observations``.
"""

import re
from collections.abc import Collection, Iterator

import pyarrow as pa
import pyarrow.compute as pc

from sources.cells import CORNER, PROBLEM, REMARKS, RESERVED, TITLE, TITLES
from sources.dataset import Dataset
from transforms.judge.against_last_release import STATED
from transforms.parse import period_words
from transforms.parse.fold_labels import fold

MOST_TEXTS, LONGEST = 60, 300
# Of a larger file only what stands beside its rows: looking through its columns would take longer than it is worth.
_MOST_ROWS = 200_000
_BESIDE = (TITLE, CORNER, REMARKS)
_WORD = re.compile(r"[^\W\d_]{3,}")


def texts_beside(cells: pa.Table, dataset: Dataset) -> tuple[str, ...]:
    """Titles, lines below, and what unread columns say on every row; each once, in the order of the file."""
    if dataset.restricted:
        return ()
    found = (text.strip() for text in _texts(cells, dataset))
    told = dict.fromkeys(text[:LONGEST] for text in found if _WORD.search(text))
    return tuple(told)[:MOST_TEXTS]


def without_known_texts(cells: pa.Table, dataset: Dataset) -> pa.Table:
    """The cells without what the declaration says of texts (``expects.texts``): that they change nothing."""
    known = {" ".join(text.split()) for text in dataset.expects.texts}
    if not known:
        return cells
    metadata = dict(cells.schema.metadata or {})
    for name in {*TITLES, REMARKS.encode()} & metadata.keys():
        metadata[name] = _others(metadata[name].decode(), known).encode()
    read = {*dataset.columns, *dataset.where, *RESERVED, PROBLEM}
    for place, name in enumerate(cells.column_names):
        if name not in read:
            texts = pc.unique(cells[name]).drop_null()
            kept = [
                _others(text, {*known, text} if f"{name}: {text}" in known else known)
                for text in texts.to_pylist()
            ]
            if kept != texts.to_pylist():
                found = pc.index_in(cells[name], value_set=texts)
                cells = cells.set_column(
                    place, name, pa.array([text or None for text in kept], pa.string()).take(found)
                )
    return cells.replace_schema_metadata(metadata)


def _others(text: str, known: Collection[str]) -> str:
    """The lines of a text that are none of those known."""
    parts = re.split(r"([\n\x00])", text)
    kept = [
        (part, end)
        for part, end in zip(parts[::2], [*parts[1::2], ""], strict=True)
        if " ".join(part.split()) not in known
    ]
    return "".join(part + end for part, end in kept).rstrip("\n\x00")


def new_texts(now: Collection[str], before: Collection[str]) -> tuple[str, ...]:
    """Texts with a word that none of the file before has; numbers, months and endings of years are no such words."""
    known = {word for text in before for word in _words(text)}
    return tuple(text for text in now if not known.issuperset(_words(text)))


def _words(text: str) -> frozenset[str]:
    return frozenset(_WORD.findall(fold(text))) - period_words.MONTH.keys()


def _texts(cells: pa.Table, dataset: Dataset) -> Iterator[str]:
    metadata = cells.schema.metadata or {}
    for name in (*TITLES, REMARKS.encode()):
        yield from re.split(r"[\n\x00]", metadata.get(name, b"").decode())
    if cells.num_rows > _MOST_ROWS:
        return
    read = {*dataset.columns, *dataset.where, *STATED}
    for name in cells.column_names:
        if name in _BESIDE and name not in read:
            for text in pc.unique(cells[name]).drop_null().to_pylist():
                yield from text.split("\n")
        elif name not in read and name not in RESERVED and not name.startswith("_"):
            texts = pc.unique(cells[name]).to_pylist()
            if len(texts) == 1 and texts[0]:
                yield f"{name}: {texts[0]}"

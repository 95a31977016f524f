"""Notes of the figures of one table: what many of them say is said once above the table, under a letter.

>>> shared = shared_notes({f"k{n}": f"line {n}. All homicides." for n in range(3)})
>>> shared.common, shared.of("k2")
(('All homicides',), ('line 2', 'a'))

So a remark on a single figure is not lost among repetitions, and pages stay small. Not here: the rows
(``indicator_and_region_pages``, the only caller).
"""

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

# A sentence that fewer notes share stays with its figures.
SHARED_BY = 3
LETTERS = "abcdefghijklmnopqrstuvwxyz"
_END = re.compile(r"\.(?:\s+|$)")
# A stop after up to three letters is that of an abbreviation (``art. 41``), and ends no sentence.
_ABBREVIATION = re.compile(r"(?:^|\s)[a-zа-яё]{1,3}$")


@dataclass(frozen=True)
class SharedNotes:
    """``common``: sentences that several notes have, in the order of letters; ``own``: the rest and letters of each."""

    common: tuple[str, ...]
    own: Mapping[str, tuple[str, str]]

    def of(self, key: str) -> tuple[str, str]:
        """What the note of a figure says alone, and the letters of what it shares; both empty without a note."""
        return self.own.get(key, ("", ""))


def shared_notes(notes: Mapping[str, str]) -> SharedNotes:
    """Of notes by obs_key; those without a text may be left out."""
    parts = {key: _sentences(note) for key, note in notes.items()}
    counts = Counter(part for sentences in parts.values() for part in dict.fromkeys(sentences))
    common = [
        part for part, count in counts.most_common(len(LETTERS)) if count >= SHARED_BY and len(part) > 12
    ]
    letters = dict(zip(common, LETTERS, strict=False))
    own = {
        key: (
            ". ".join(part for part in sentences if part not in letters),
            ", ".join(sorted({letters[part] for part in sentences if part in letters})),
        )
        for key, sentences in parts.items()
    }
    return SharedNotes(tuple(common), own)


def _sentences(note: str) -> list[str]:
    found: list[str] = []
    for part in filter(None, _END.split(note)):
        if found and _ABBREVIATION.search(found[-1]):
            found[-1] = f"{found[-1]}. {part}"
        else:
            found.append(part)
    return found

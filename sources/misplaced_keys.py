"""In which part of a declaration a key belongs that was written in another one, or was indented wrongly.

::

    expects: {min_rows: 8}              expects:
    files: …                            min_rows: 8      <- 'min_rows' is a key of expects

Not here: keys that exist nowhere, and the check itself (``sources.strict_model``). Called where a declaration is loaded
(``sources.load_datasets``, ``sources.declared_references``).
"""

import typing
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from data_contracts.load import contract
from sources.dataset import CONCEPTS, Dataset
from sources.readers.protocol import READERS, declared_options
from sources.strict_model import StrictModel

#: parts whose keys are names that other parts have as well
_NOT_SEARCHED = ("withdrawn", "licence", "title", "publisher", "not_comparable_with")


def belongs(key: str, reader: str | None = None) -> str:
    """``; 'min_rows' is a key of expects`` where a part has such a key; else nothing.

    ``reader``: the declared reader, whose options are known then.
    """
    parts = _parts().get(key, ())
    options = declared_options(str(reader)).keys() if reader in READERS else ()
    if key in options:
        parts = (*parts, "reader_options")
    return f"; {key!r} is a key of {' and of '.join(parts)}" if parts else ""


@lru_cache
def _parts() -> dict[str, tuple[str, ...]]:
    """The parts of a declaration by each of their keys."""
    found: dict[str, dict[str, None]] = {}
    breakdowns = {code.partition("=")[0] for code in contract().codelists["breakdown"]}
    own = (("the declaration itself", Dataset.keys()),)
    for part, keys in (("concepts", CONCEPTS), ("breakdown", breakdowns), *_parts_of_models(), *own):
        for key in keys:
            found.setdefault(key, {})[part] = None
    return {key: tuple(parts) for key, parts in found.items()}


def _parts_of_models() -> Iterator[tuple[str, tuple[str, ...]]]:
    for name, field in Dataset.model_fields.items():
        for model in _models(field.annotation) if name not in _NOT_SEARCHED else ():
            yield _shown(name), model.keys()


def _shown(name: str) -> str:
    """A part whose keys are those of each entry says so."""
    return {"concepts": "a concept", "breakdown": "a breakdown", "files": "each of files"}.get(name, name)


def _models(annotation: Any) -> Iterator[type[StrictModel]]:
    if isinstance(annotation, type) and issubclass(annotation, StrictModel):
        yield annotation
    for part in typing.get_args(annotation):
        yield from _models(part)

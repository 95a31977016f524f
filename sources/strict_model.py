"""The base of everything that is declared: frozen, and a key that it does not know is an error with a suggestion.

Not here: the models (``sources.dataset``, ``sources.incidents.declared``, the options of ``sources.readers``, and
``pipelines.operations.declared``, which all derive from it), and a mistake's line (``sources.load_datasets``).
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, ClassVar, NamedTuple

from pydantic import BaseModel, ConfigDict, ValidationError, model_validator
from pydantic_core import PydanticCustomError

from data_contracts.strict_files import did_you_mean


class StrictModel(BaseModel):
    """A frozen model whose keys are checked by name first, so that the complaint says what is known."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    #: fields that no declaration writes: the loader fills them in
    given_by_loader: ClassVar[frozenset[str]] = frozenset()

    @classmethod
    def keys(cls) -> tuple[str, ...]:
        """The keys as a declaration writes them."""
        written = (field.alias or name for name, field in cls.model_fields.items())
        return tuple(key for key in written if key not in cls.given_by_loader)

    @model_validator(mode="before")
    @classmethod
    def _check_keys(cls, data: Any) -> Any:
        if not isinstance(data, Mapping):
            return data
        known = cls.keys()
        for key in data:
            if key not in known and key not in cls.given_by_loader:
                sentence = f"unknown key {key!r}{_remedy(str(key), data[key], known)}"
                # The key goes along: it is a place of its own in the file.
                raise PydanticCustomError("unknown_key", "{sentence}", {"sentence": sentence, "key": key})
        return data


def _remedy(key: str, value: Any, known: Iterable[str]) -> str:
    """What was probably meant by an unknown key, and what is known."""
    known = list(known)
    hint = did_you_mean(key, known)
    if key.startswith("-"):
        hint = "; a space is missing after the dash"
    elif value is None and not hint:
        # {en: Orders, quarterly}: YAML reads a second key without a value.
        hint = f"; if {key!r} is part of a text with a comma, put the whole text in quotes"
    return f"{hint} (known: {', '.join(known) or 'none'})"


class Problem(NamedTuple):
    """What is wrong in a declaration, and where."""

    #: keys and positions that lead there from the top of the declaration
    place: tuple[str | int, ...]
    #: what is wrong, without full stop
    sentence: str
    #: something is not there; it may be, under a misspelt name, so what is wrong is said first
    missing: bool = False


def complaints(
    error: ValidationError, declared: Any, belongs: Callable[[str], str] = lambda key: ""
) -> Iterator[Problem]:
    """Plain words for what pydantic found in what was declared, each with its place.

    ``belongs``: of an unknown key, the words that say where it would be known.
    """
    for entry in error.errors(include_url=False):
        context = entry.get("ctx", {})
        place = _place(entry["loc"], declared)
        sentence = _sentence(entry["type"], entry["msg"], context, entry["input"])
        names = [str(step) for step in place if isinstance(step, str)]
        if entry["type"] == "missing":
            sentence = f"key {entry['loc'][-1]!r} is missing"
        if "key" in context:
            place = (*place, context["key"])
            sentence += belongs(str(context["key"]))
        sentence = f"{'.'.join(names)}: {sentence}" if names else sentence
        yield Problem(place, sentence, missing=entry["type"] == "missing")


def _place(steps: Iterable[str | int], declared: Any) -> tuple[str | int, ...]:
    """The steps that the declaration has; pydantic's own names of types and choices between them are none."""
    place = []
    for step in steps:
        if isinstance(declared, Mapping):
            # A key may be a number in the file and a text in the model.
            key = next((key for key in declared if str(key) == str(step)), None)
            if key is None:
                continue
            declared = declared[key]
        elif isinstance(declared, list | tuple) and isinstance(step, int) and step < len(declared):
            declared = declared[step]
        else:
            continue
        place.append(step)
    return tuple(place)


_EXPECTED = {
    "tuple_type": "a list is expected",
    "list_type": "a list is expected",
    "dict_type": "a mapping is expected",
    "mapping_type": "a mapping is expected",
    "model_type": "a mapping is expected",
    "string_type": "a text is expected",
    "int_type": "a whole number is expected",
    "float_type": "a number is expected",
    "bool_type": "true or false is expected",
    "string_pattern_mismatch": "it is not written as it must be",
}


def _sentence(kind: str, message: str, context: Mapping[str, Any], given: Any) -> str:
    of_many = (
        "a mapping" if isinstance(given, Mapping) else "a list" if isinstance(given, list | tuple) else ""
    )
    shown = given if isinstance(given, str | int | float) else of_many or type(given).__name__
    if kind == "literal_error":
        return f"{shown!r} is not one of {context['expected']}"
    if kind in _EXPECTED:
        return (
            f"{_EXPECTED[kind]}, not {of_many or repr(shown)}" if kind.endswith("_type") else _EXPECTED[kind]
        )
    words = message.removeprefix("Value error, ")
    return words.replace("Input should be", f"{shown!r} should be") if kind != "value_error" else words

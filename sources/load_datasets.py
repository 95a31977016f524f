"""Declarations of datasets: one YAML file each in ``datasets/``, checked when loaded.

A declaration says who publishes what, where, under which licence and how often, in which wire format, and how the
file's columns and words map to the schema's concepts. Adding a dataset is adding a file here. Labels that are many
are beside it in ``<id>.labels.csv`` (column, label, concept, code).

Every mistake is a ``DeclarationError`` that names file and line, what is known there, and what was probably meant.

Not here: the keys and their meaning (``sources.dataset``), and what values may refer to
(``sources.declared_references``). Everybody who needs a dataset calls :func:`load_datasets`; ``dvstats try`` calls
:func:`load_dataset` with a file that is anywhere.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from data_contracts.strict_files import (
    DeclarationError,
    Listed,
    Mapped,
    Row,
    did_you_mean,
    load_csv,
    load_yaml,
    not_known,
)
from sources.bundled_registers import load_register
from sources.column_names import visible_name
from sources.dataset import BOUNDS, CONCEPTS, HERE, Concept, Dataset, Licence
from sources.declared_references import missing_bundled_files, problems, problems_among, unknown_code
from sources.misplaced_keys import belongs
from sources.strict_model import Problem, complaints

LICENCES = HERE / "licences.yaml"
LABEL_HEADER = ("column", "label", "concept", "code")
# The transcription format is the project's own and fixed, so its mapping is written once, here.
_TRANSCRIPTION: dict[str, Any] = {
    "reader": "transcription",
    # Two sources may state the same cell: the source tells the statements apart.
    "source_in_key": True,
    "breakdown_column": "breakdown",
    "numbers": {"decimal": "grouped"},
    "concepts": {
        "indicator": {"column": "indicator"},
        "ref_area": {"column": "area"},
        "time_period": {"column": "period"},
        "sex": {"column": "sex", "empty": "_T"},
        "age": {"column": "age", "empty": "_T"},
        "violence_form": {"column": "violence_form", "empty": "_T"},
        "relationship": {"column": "relationship", "empty": "_T"},
        "unit_measure": {"column": "unit", "empty": ""},
        "nature": {"column": "nature", "empty": "C"},
        "obs_status": {"column": "status", "empty": ""},
        "source_id": {"column": "source"},
        "obs_lower": {"column": "lower", "absent": ""},
        "obs_upper": {"column": "upper", "absent": ""},
    },
}

# A register is never public and never fetched; its files are text, Parquet or Excel, as their first bytes say.
_REGISTER: dict[str, Any] = {"collection": "inbox", "reader": "delimited", "restricted": True}


@lru_cache
def load_datasets(folder: Path = HERE / "datasets") -> dict[str, Dataset]:
    """Every declared dataset by id, in order of id, also checked against one another; DeclarationError."""
    declarations = [_Declaration(path) for path in sorted(folder.glob("*.yaml"))]
    datasets = {declaration.dataset.id: declaration.dataset for declaration in declarations}
    for declaration in declarations:
        declaration.check_among(datasets)
        declaration.refuse(missing_bundled_files(declaration.dataset))
    return datasets


def load_dataset(path: Path) -> Dataset:
    """One declaration, which may be anywhere: checked against the datasets and sources of the repository too.

    Its bundled files need not be there. DeclarationError names file and line of the first mistake.
    """
    declaration = _Declaration(path)
    declaration.check_among({**load_datasets(), declaration.dataset.id: declaration.dataset})
    return declaration.dataset


@lru_cache
def load_licences(path: Path = LICENCES) -> dict[str, Licence]:
    """Licences by id; DeclarationError."""
    declared = load_yaml(path)
    licences = {}
    for key, entry in declared.items():
        try:
            licences[key] = Licence.model_validate({**_plain(entry), "id": key})
        except ValidationError as error:
            problem = next(complaints(error, entry))
            line = line_of(declared, (key, *problem.place))
            raise DeclarationError(path, line, problem.sentence) from None
    return licences


@lru_cache
def _registered_sources() -> frozenset[str]:
    return frozenset(entry["source"] for entry in load_register("publications"))


class _Declaration:
    """One file on its way to a dataset; keeps the lines that complaints need."""

    def __init__(self, path: Path) -> None:
        self.path = path
        if not re.fullmatch(r"[a-z0-9_]+", path.stem):
            raise DeclarationError(
                path, None, "the file's name is the dataset's id: lower case letters, digits and _. Rename it"
            )
        self.spec = load_yaml(path)
        declared = self._validated()
        # Before the labels, which name its concepts and columns: where the two differ, the wrong one is known.
        self.refuse(problems(declared))
        self.dataset = self._with_labels(declared)

    def refuse(self, found: Iterable[Problem]) -> None:
        """Raise for the problem that comes first in the file, if there is one; for what is missing last."""
        ordered = sorted((p.missing, line_of(self.spec, p.place), p.sentence) for p in found)
        for _, line, sentence in ordered:
            raise DeclarationError(self.path, line, sentence)

    def check_among(self, datasets: Mapping[str, Dataset]) -> None:
        """Check what it says of other datasets and of registered sources."""
        self.refuse(problems_among(self.dataset, datasets, _registered_sources()))

    def _validated(self) -> Dataset:
        given = _plain(self.spec)
        if "id" in given:
            self.refuse([Problem(("id",), "unknown key 'id': the id is the name of the file")])
        if given.get("collection") == "transcription":
            given = {**_TRANSCRIPTION, **given}
        if given.get("kind") == "register":
            given = {**_REGISTER, **given}
        if "licence" in given:
            given["licence"] = self._licence(given["licence"])
        try:
            return Dataset.model_validate({**given, "id": self.path.stem})
        except ValidationError as error:
            self.refuse(complaints(error, given, lambda key: belongs(key, given.get("reader"))))
            raise

    def _licence(self, name: Any) -> Licence:
        known = load_licences()
        if name not in known:
            self.refuse([Problem(("licence",), not_known("licence", str(name), known))])
        return known[name]

    # -- labels ----------------------------------------------------------------------------------------------------

    def _with_labels(self, dataset: Dataset) -> Dataset:
        companion = self.path.with_suffix(".labels.csv")
        if not companion.exists():
            return dataset
        labels = _labels(companion)
        concepts = {**dataset.concepts, **dataset.breakdown}
        for (column, name), rows in labels.items():
            row = next(iter(rows.values()))
            if name not in concepts:
                raise row.error(
                    f"concept {name!r} is not declared in {self.path.name}{did_you_mean(name, concepts)}"
                )
            if name in BOUNDS:
                raise row.error(f"{name} is a number of the file: a label would do nothing")
            self._check_label_column(row, column, name, concepts[name])
        return dataset.model_copy(
            update={
                "concepts": {n: _labelled(n, parts, labels) for n, parts in dataset.concepts.items()},
                "breakdown": {n: _labelled(n, parts, labels) for n, parts in dataset.breakdown.items()},
            }
        )

    def _check_label_column(self, row: Row, column: str, name: str, parts: Sequence[Concept]) -> None:
        """Refuse a label of a column that the concept is not read from; which of the two is wrong the file shows."""
        columns = [c for part in parts for c in part.columns]
        if column in columns:
            return
        key = "concepts" if name in CONCEPTS else "breakdown"
        place = f"{self.path.name}, line {line_of(self.spec, (key, name, 0, 'column'))}"
        where = "a constant; remove the one or the other"
        if columns:
            hint = did_you_mean(column, columns)
            where = f"column {', '.join(columns)}{hint or '.'} Write in both what the file has"
        raise row.error(f"{name} is not read from column {column!r} but, in {place}, from {where}")


_Labels = Mapping[tuple[str, str], Mapping[str, Row]]


def _labels(path: Path) -> _Labels:
    """Rows of a file of labels by column and concept, then by label."""
    found: dict[tuple[str, str], dict[str, Row]] = {}
    for row in load_csv(path, LABEL_HEADER):
        if not all(map(str.strip, row.cells.values())):
            name = next(name for name in LABEL_HEADER if not row[name].strip())
            raise row.error(f"{name} is empty; the code of an empty cell is declared with empty: or absent:")
        known = found.setdefault((visible_name(row["column"]), row["concept"]), {})
        if row["label"] in known:
            raise row.error(f"label {row['label']!r} is already in line {known[row['label']].line}")
        known[row["label"]] = row
    if not found:
        raise DeclarationError(path, 1, "there are no labels: add some or remove the file")
    return found


def _labelled(name: str, parts: tuple[Concept, ...], labels: _Labels) -> tuple[Concept, ...]:
    """The ways to read a concept with the labels of their columns."""
    made = []
    for part in parts:
        values = dict(part.values or {})
        for column in part.columns:
            for label, row in labels.get((column, name), {}).items():
                if label in (part.values or {}):
                    raise row.error(f"label {label!r} is in the declaration too")
                if sentence := unknown_code(name, row["code"], len(parts)):
                    raise row.error(sentence)
                values[label] = row["code"]
        made.append(part.model_copy(update={"values": values}) if values else part)
    return tuple(made)


# -- lines -------------------------------------------------------------------------------------------------------


def _plain(value: Any) -> Any:
    """The same without lines, for pydantic."""
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    return [_plain(item) for item in value] if isinstance(value, list) else value


def line_of(spec: Mapped, place: Iterable[str | int]) -> int:
    """Line of a place in a declaration, or of the last step to it that the file has.

    A step that the file does not have is passed over: one entry need not be written as a list.
    """
    node: Any = spec
    line = spec.line
    for step in place:
        if isinstance(node, Mapped):
            # A key may be a number in the file and a text in the model.
            key = next((key for key in node if str(key) == str(step)), None)
            if key is None:
                continue
            line, node = node.lines[key], node[key]
        elif isinstance(node, Listed) and isinstance(step, int) and step < len(node):
            line, node = node.lines[step], node[step]
    return line


def line_naming(spec: Mapped, name: str) -> int | None:
    """The first line of a declaration that has a name as key, value or item; None where none has."""
    return min((line for line, text in _names(spec) if text == name), default=None)


def _names(node: Any) -> Iterator[tuple[int, Any]]:
    """Keys, values and items with their lines."""
    if not isinstance(node, Mapped | Listed):
        return
    lines: Any = node.lines
    pairs: Iterable[tuple[Any, Any]] = node.items() if isinstance(node, Mapped) else enumerate(node)
    for key, value in pairs:
        yield lines[key], key
        yield lines[key], value
        yield from _names(value)

"""Declarations of datasets: one YAML file each in ``datasets/``, checked when loaded.

A declaration says who publishes what, where, under which licence and how often, in which wire format, and how the
file's columns and words map to the schema's concepts. Adding a dataset is adding a file here.
"""

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from data_contracts.errors import DvstatsError
from sources.dataset import BUNDLED, COLLECTIONS, CONCEPTS, HERE, Concept, Dataset, Licence, SourceFile

# The same safe loader in C, where it was built: seven times faster.
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
LABEL_HEADER = ("column", "label", "concept", "code")


class DatasetError(DvstatsError):
    """A dataset's declaration is not as it must be; names file and place."""


_REQUIRED = [
    "country",
    "title",
    "publisher",
    "address",
    "licence",
    "citation",
    "cadence",
    "collection",
    "precedence",
    "reader",
    "files",
    "concepts",
]
_OPTIONAL: dict[str, Any] = {
    "reader_options": {}, "breakdown": {}, "verified": True, "restricted": False, "source_in_key": False, "seen": "",
    "where": {},
    "default_status": "A", "numbers": {}, "hosts": [], "fetch": {}, "expects": {}, "refuse_above": 0.05,
    "withdrawn": [], "not_comparable_with": {}, "superseded_by": "", "description": "",
}  # fmt: skip
# The transcription format is the project's own and fixed, so its mapping is written once, here.
_TRANSCRIPTION: dict[str, Any] = {
    "reader": "transcription",
    # Two sources may state the same cell: the source tells the statements apart.
    "source_in_key": True,
    "breakdown": "breakdown",
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
        "note": {"column": "place", "empty": ""},
        "obs_lower": {"column": "lower", "absent": ""},
        "obs_upper": {"column": "upper", "absent": ""},
    },
}
_CONCEPT_KEYS = {"const", "column", "values", "absent", "empty", "extract", "template"}


def load_dataset(path: Path, licences: Mapping[str, Licence] | None = None) -> Dataset:
    """One declaration; :class:`DatasetError` names the file and what is wrong."""
    spec = yaml.load(path.read_text(encoding="utf-8"), Loader=_LOADER)  # noqa: S506 (a safe loader)
    if spec.get("collection") == "transcription":
        spec = {**_TRANSCRIPTION, **spec}
    licences = licences or load_licences()
    _check_keys(path, spec)
    labels = _labels(path)
    concepts = {name: _concepts(path, name, value, labels) for name, value in spec["concepts"].items()}
    merged = {**_OPTIONAL, **spec}
    raw_breakdown = merged["breakdown"]
    from_column = raw_breakdown if isinstance(raw_breakdown, str) else None
    breakdown = {} if from_column else raw_breakdown
    dataset = Dataset(
        id=path.stem,
        licence=licences[spec["licence"]],
        files=tuple(_file(path, entry) for entry in spec["files"]),
        concepts=concepts,
        breakdown={name: _concepts(path, name, value, labels) for name, value in breakdown.items()},
        breakdown_column=from_column,
        where={column: tuple(map(str, values)) for column, values in merged["where"].items()},
        hosts=tuple(merged["hosts"]),
        withdrawn=tuple(merged["withdrawn"]),
        **{
            key: merged[key]
            for key in [
                "country",
                "title",
                "publisher",
                "address",
                "citation",
                "cadence",
                "collection",
                "precedence",
                "reader",
                "reader_options",
                "verified",
                "restricted",
                "source_in_key",
                "seen",
                "default_status",
                "numbers",
                "fetch",
                "expects",
                "refuse_above",
                "not_comparable_with",
                "superseded_by",
                "description",
            ]
        },
    )
    for column, concept in labels:
        named = {c for spec_ in (*dataset.concepts.items(), *dataset.breakdown.items()) if spec_[0] == concept
                 for part in spec_[1] for c in part.columns}  # fmt: skip
        if column not in named:
            raise DatasetError(
                f"{path.stem}.labels.csv: no concept {concept!r} is read from column {column!r}."
            )
    return dataset


def _check_keys(path: Path, spec: Mapping[str, Any]) -> None:
    unknown = set(spec) - set(_REQUIRED) - set(_OPTIONAL)
    if unknown:
        raise DatasetError(f"{path.name}: unknown key {', '.join(sorted(unknown))}.")
    missing = [key for key in _REQUIRED if key not in spec]
    if missing:
        raise DatasetError(f"{path.name}: key {', '.join(missing)} is missing.")
    if spec["collection"] not in COLLECTIONS:
        raise DatasetError(f"{path.name}: collection must be one of {', '.join(COLLECTIONS)}.")
    for name in spec["concepts"]:
        if name not in CONCEPTS:
            raise DatasetError(f"{path.name}: unknown concept {name!r} (known: {', '.join(CONCEPTS)}).")
    for name in ("indicator", "ref_area", "time_period"):
        if name not in spec["concepts"]:
            raise DatasetError(f"{path.name}: concept {name!r} is missing.")


def _labels(path: Path) -> dict[tuple[str, str], dict[str, str]]:
    """Labels and codes that stand in a CSV beside the declaration, by column and concept."""
    import csv

    companion = path.with_suffix(".labels.csv")
    result: dict[tuple[str, str], dict[str, str]] = {}
    if not companion.exists():
        return result
    with companion.open(encoding="utf-8-sig", newline="") as handle:
        reader = csv.DictReader(handle)
        if tuple(reader.fieldnames or ()) != LABEL_HEADER:
            raise DatasetError(f"{companion.name}, line 1: the header must be {','.join(LABEL_HEADER)}.")
        for row in reader:
            known = result.setdefault((row["column"], row["concept"]), {})
            if row["label"] in known:
                raise DatasetError(
                    f"{companion.name}, line {reader.line_num}: label {row['label']!r} stands twice."
                )
            known[row["label"]] = row["code"]
    return result


def _concepts(
    path: Path, name: str, value: Any, labels: Mapping[tuple[str, str], Mapping[str, str]]
) -> tuple[Concept, ...]:
    entries = value if isinstance(value, list) else [value]
    return tuple(_concept(path, name, entry, labels) for entry in entries)


def _concept(
    path: Path, name: str, value: Any, labels: Mapping[tuple[str, str], Mapping[str, str]]
) -> Concept:
    if not isinstance(value, Mapping):
        return Concept(const=str(value))
    unknown = set(value) - _CONCEPT_KEYS
    if unknown or ("const" not in value and "column" not in value):
        raise DatasetError(
            f"{path.name}: concept {name!r}: unknown key {sorted(unknown)}, or no const and no column."
        )
    columns = value.get("column", [])
    columns = tuple([columns] if isinstance(columns, str) else columns)
    values = {str(k): str(v) for k, v in value["values"].items()} if "values" in value else None
    for column in columns:
        if (column, name) in labels:
            values = {**(values or {}), **labels[column, name]}
    as_text = {k: None if value.get(k) is None else str(value[k]) for k in ("const", "absent", "empty")}
    return Concept(
        columns=columns,
        values=values,
        extract=value.get("extract"),
        template=value.get("template"),
        **as_text,
    )


def _file(path: Path, entry: Mapping[str, Any]) -> SourceFile:
    unknown = set(entry) - {"name", "address", "alternates", "bundled", "set"}
    if unknown or not entry.get("name"):
        raise DatasetError(
            f"{path.name}: a file needs name and address or bundled; unknown key {sorted(unknown)}."
        )
    constants = {key: str(value) for key, value in entry.get("set", {}).items()}
    bundled = entry.get("bundled", "")
    if bundled and not (BUNDLED / bundled).is_file():
        raise DatasetError(f"{path.name}: bundled file {bundled} does not exist.")
    alternates = tuple(entry.get("alternates", ()))
    return SourceFile(entry["name"], entry.get("address", ""), bundled, alternates, constants)


@lru_cache
def load_licences() -> dict[str, Licence]:
    """Licences by id."""
    loaded = yaml.safe_load((HERE / "licences.yaml").read_text(encoding="utf-8"))
    return {key: Licence(key, v["title"], v["address"], v["open"]) for key, v in loaded.items()}


@lru_cache
def load_datasets(folder: Path = HERE / "datasets") -> dict[str, Dataset]:
    """Every declared dataset by id, in order of id."""
    return {dataset.id: dataset for dataset in _load_all(folder)}


def _load_all(folder: Path) -> Iterator[Dataset]:
    licences = load_licences()
    for path in sorted(folder.glob("*.yaml")):
        if not re.fullmatch(r"[a-z0-9_]+", path.stem):
            raise DatasetError(f"{path.name}: a dataset's id is lower case letters, digits and _.")
        yield load_dataset(path, licences)

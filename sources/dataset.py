"""The model of a declared dataset."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
BUNDLED = HERE / "bundled"
COLLECTIONS = ("transcription", "portal", "inbox")
CONCEPTS = (
    "indicator", "ref_area", "time_period", "sex", "age", "violence_form", "relationship", "unit_measure", "nature",
    "obs_status", "source_id", "obs_lower", "obs_upper", "note",
)  # fmt: skip


@dataclass(frozen=True)
class Concept:
    """How one concept is read: a constant, or a column (the first of ``columns`` that the file has)."""

    const: str | None = None
    columns: tuple[str, ...] = ()
    values: Mapping[str, str] | None = None
    absent: str | None = None
    empty: str | None = None
    extract: str | None = None
    template: str | None = None


@dataclass(frozen=True)
class SourceFile:
    """One file of a dataset: a published address, or a bundled transcription."""

    name: str
    address: str
    bundled: str = ""
    alternates: tuple[str, ...] = ()
    constants: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Licence:
    """Terms of a dataset."""

    id: str
    title: str
    address: str
    open: bool


@dataclass(frozen=True)
class Dataset:
    """One declared dataset."""

    id: str
    country: str
    title: Mapping[str, str]
    publisher: Mapping[str, str]
    address: str
    licence: Licence
    citation: str
    cadence: str
    collection: str
    precedence: int
    reader: str
    reader_options: Mapping[str, Any]
    files: tuple[SourceFile, ...]
    concepts: Mapping[str, tuple[Concept, ...]]
    breakdown: Mapping[str, tuple[Concept, ...]]
    breakdown_column: str | None
    verified: bool
    restricted: bool
    source_in_key: bool
    seen: str
    default_status: str
    where: Mapping[str, tuple[str, ...]]
    numbers: Mapping[str, Any]
    hosts: tuple[str, ...]
    fetch: Mapping[str, Any]
    expects: Mapping[str, Any]
    refuse_above: float
    withdrawn: tuple[Mapping[str, str], ...]
    not_comparable_with: Mapping[str, str]
    superseded_by: str
    description: str

    @property
    def columns(self) -> tuple[str, ...]:
        """Every column name that the mapping refers to."""
        specs = [*self.concepts.values(), *self.breakdown.values()]
        named = [column for spec in specs for concept in spec for column in concept.columns]
        extra = [self.breakdown_column] if self.breakdown_column else []
        return tuple(dict.fromkeys([*named, *self.where, *extra]))

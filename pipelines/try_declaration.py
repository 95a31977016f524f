"""What a declaration makes of files, without publishing anything: the work behind ``dvstats try``.

The files go through the same code as in a refresh (corrections, reader, personal data, normalization, merge,
disclosure, ``expects``), but no archive, no data directory and no release is needed, and nothing is compared with one.

Not here: that code (``transforms.files_to_observations``), the declaration's checks (``sources.load_datasets``), the
lines of the declaration that a file contradicts (``pipelines.try_findings``), and what the terminal shows
(``pipelines.cli.terminal.try_declaration``). Called by ``pipelines.cli.commands``.

::

    tried = try_declaration(Path("kg_orders.yaml"), [Path("orders.csv")])
    tried.good          observations, as a refresh would stage them
    tried.refused       rows of quarantine; ``file`` is the path that was given
    tried.findings      rows of the table ``findings``
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import urlsplit

import pyarrow as pa

from data_contracts.errors import DONE, NOTHING_PUBLISHED, TROUBLED, UserError
from pipelines.data_directory import current_moment
from pipelines.declarations import Declarations, declarations
from pipelines.try_findings import try_findings
from sources.archive import checksum
from sources.dataset import Dataset, SourceFile
from sources.load_datasets import load_dataset
from transforms.files_to_observations import InputFile, observe
from transforms.normalize.normalizer import Normalizer
from transforms.parse import read_periods


@dataclass(frozen=True)
class Tried:
    """The outcome for the files."""

    #: as declared
    dataset: Dataset
    #: rows with the columns of ``observations``
    good: pa.Table
    #: rows with the columns of ``quarantine``
    refused: pa.Table
    #: rows with the columns of ``findings``
    findings: list[dict[str, Any]]
    #: each content once
    files_given: int
    #: those that could be read
    files_read: int
    #: by file what it says beside its figures (``transforms.texts_of_files``)
    texts: Mapping[str, Sequence[str]]

    @property
    def exit_status(self) -> int:
        """0: nothing refused; 3: some rows refused, or a critical finding; 1: no file could be read."""
        if not self.files_read:
            return NOTHING_PUBLISHED
        critical = any(finding["severity"] == "critical" for finding in self.findings)
        return TROUBLED if self.refused.num_rows or critical else DONE

    def as_rows(self) -> dict[str, list[dict[str, Any]]]:
        """The three lists of the command's JSON."""
        return {"good": self.good.to_pylist(), "refused": self.refused.to_pylist(), "findings": self.findings}


def try_declaration(declaration: Path, files: Sequence[Path], *, period: str | None = None) -> Tried:
    """Read and normalize files by a declaration.

    ``period`` is what a person states of files that print none, as with ``dvstats add``. ``DeclarationError`` where the
    declaration is wrong, ``UserError`` where a file does not exist; what is wrong inside a file is a finding or a
    refused row.
    """
    missing = [str(path) for path in (declaration, *files) if not path.is_file()]
    if missing:
        raise UserError(f"{', '.join(missing)}: no such file. Check the path.")
    if declaration.suffix not in (".yaml", ".yml"):
        raise UserError(
            f"{declaration} is no declaration (NAME.yaml). The declaration comes first, then its files."
        )
    dataset = load_dataset(declaration)
    if period is not None and dataset.collection != "inbox":
        raise UserError(
            f"--period is for files of an inbox; {dataset.id} has collection: {dataset.collection}. Leave it out."
        )
    stated = checked_period(period)
    inputs: dict[str, InputFile] = {}
    for declared, path in matched(dataset, files):
        file = _input(path, declared, stated)
        inputs.setdefault(file.sha256, file)
    declared_all = declarations()
    seen = observe(_normalizer(declared_all, dataset), dataset, list(inputs.values()))
    findings = try_findings(declared_all.contract, dataset, declaration, seen)
    return Tried(dataset, seen.good, seen.refused, findings, len(inputs), seen.files, seen.texts)


def checked_period(period: str | None) -> str | None:
    """The period that a person states with ``--period``, if it is one."""
    if period is not None and (problem := read_periods.no_period(period)):
        raise UserError(f"--period {problem}")
    return period


def matched(dataset: Dataset, files: Sequence[Path]) -> list[tuple[SourceFile | None, Path]]:
    """The declared file that each given one is, in the order given.

    A file that is named like a declared one (its name, or the last part of its address) is that one; the others take
    the declared files that are left, in order; what is still left is a further page of the first. A file of an inbox
    is a declared one only by its name, as in a refresh.
    """
    by_name = {path: _named(dataset, path) for path in files}
    if dataset.collection == "inbox":
        return [(by_name[path], path) for path in files]
    taken = [declared for declared in by_name.values() if declared]
    free = [declared for declared in dataset.files if declared not in taken]
    return [(by_name[path] or (free.pop(0) if free else dataset.files[0]), path) for path in files]


def _named(dataset: Dataset, path: Path) -> SourceFile | None:
    for declared in dataset.files:
        names = {declared.name, PurePosixPath(urlsplit(declared.address).path).name}
        names.add(PurePosixPath(declared.bundled).name)
        if path.name in names or path.stem in names:
            return declared
    return None


def _input(path: Path, declared: SourceFile | None, period: str | None) -> InputFile:
    return InputFile(
        read=path.read_bytes,
        local=lambda: path,
        size=path.stat().st_size,
        sha256=checksum(path)[0],
        path=str(path),
        retrieved_at=current_moment(),
        declared=declared,
        stated={"file_name": path.name, "stated_period": period, "stated_published": None},
    )


def _normalizer(declared: Declarations, dataset: Dataset) -> Normalizer:
    """A normalizer that knows this dataset, which need not be among the repository's."""
    return Normalizer(
        declared.contract,
        datasets={**declared.datasets, dataset.id: dataset},
        sources=[entry["source"] for entry in declared.publications],
    )

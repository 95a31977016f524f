"""What a declaration makes of files, without publishing anything: the work behind ``dvstats try``.

The files go through the stages of a refresh (corrections, reader, personal data, normalization, merge, disclosure) in a
data directory that lives as long as the call. Nothing is compared with a release, for none is needed.

Not here: the stages themselves (``pipelines.ingest``), the declaration's checks (``sources.load_datasets``), and what
the terminal shows (``pipelines.cli.terminal``). Called by ``pipelines.cli.commands``.

::

    tried = try_declaration(Path("kg_orders.yaml"), [Path("orders.csv")])
    tried.good          observations, as a refresh would stage them
    tried.refused       rows of quarantine; ``file`` is the path that was given
    tried.findings      rows of the table ``findings``
"""

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import urlsplit

import pyarrow as pa

from data_contracts import checks
from data_contracts.errors import DONE, NOTHING_PUBLISHED, TROUBLED, UserError
from pipelines.inbox import checked_period
from pipelines.ingest import Ingest
from pipelines.resources import DataDir, Declarations, declarations
from sources.cells import SourceError
from sources.dataset import Dataset, SourceFile
from sources.load_datasets import check_among_known
from sources.receipts import Record, StoredFile, utc_text
from transforms.normalize.normalizer import Normalizer


@dataclass(frozen=True)
class Tried:
    """What came of the files; the tables have the columns of ``observations``, ``quarantine`` and ``findings``."""

    dataset: Dataset
    good: pa.Table
    refused: pa.Table
    findings: list[dict[str, Any]]
    files_given: int
    files_read: int

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


class _Trial(Ingest):
    """The stages of a refresh on the given files instead of what an archive holds for the declared addresses."""

    chosen: Sequence[tuple[SourceFile | None, StoredFile]] = ()

    def current_files(self) -> list[tuple[SourceFile | None, StoredFile]]:
        """The files that were given."""
        return list(self.chosen)


def try_declaration(declaration: Path, files: Sequence[Path], *, period: str | None = None) -> Tried:
    """Read and normalize files by a declaration.

    ``period`` is what a person states of files that print none, as with ``dvstats add``. ``DeclarationError`` where the
    declaration is wrong, ``UserError`` where a file does not exist; what is wrong inside a file is a finding or a
    refused row.
    """
    missing = [str(path) for path in (declaration, *files) if not path.is_file()]
    if missing:
        raise UserError(f"{', '.join(missing)}: no such file. Check the path.")
    dataset = check_among_known(declaration)
    if period is not None and dataset.collection != "inbox":
        raise UserError(
            f"--period is for files of an inbox; {dataset.id} has collection: {dataset.collection}."
        )
    stated = checked_period(period)
    with TemporaryDirectory(prefix="dvstats-try-") as folder:
        trial = _Trial(_with(declarations(), dataset), dataset, DataDir(path=folder), _now())
        names: dict[str, Path] = {}
        chosen = []
        for declared, path in matched(dataset, files):
            content = path.read_bytes()
            digest = sha256(content).hexdigest()
            if digest not in names:
                names[digest] = path
                chosen.append((declared, _stored(trial, content, declared, path, stated)))
        trial.chosen = chosen
        return _tried(trial, names, len(chosen), _run(trial))


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


def _with(declared: Declarations, dataset: Dataset) -> Declarations:
    """The repository's declarations and this one, which need not be among them."""
    extended = copy(declared)
    extended.datasets = {**declared.datasets, dataset.id: dataset}
    extended.normalizer = Normalizer(
        declared.contract,
        datasets=extended.datasets,
        sources=[entry["source"] for entry in declared.publications],
    )
    return extended


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC).replace(tzinfo=None, microsecond=0)


def _stored(
    trial: _Trial, content: bytes, declared: SourceFile | None, path: Path, period: str | None
) -> StoredFile:
    moment = utc_text(trial.now.replace(tzinfo=dt.UTC))
    record = Record(
        trial.dataset.id,
        address=declared.address if declared else None,
        file_name=path.name,
        requested_at=moment,
        received_at=moment,
        via="inbox",
        stated_period=period,
    )
    return trial.archive.put(trial.dataset.id, content, record)


def _run(trial: _Trial) -> list[dict[str, Any]]:
    """Read and normalize; gives a finding where something stops all files at once."""
    try:
        trial.normalize(trial.read())
    except SourceError as error:
        sentence = checks.sentence(trial.contract, "unreadable_file", value=str(error))
        return [
            {
                "dataset_id": trial.dataset.id,
                "finding": "unreadable_file",
                "severity": "critical",
                "reason_en": sentence.en,
                "reason_ru": sentence.ru,
                "detail": str(error),
            }
        ]
    return []


def _tried(trial: _Trial, names: Mapping[str, Path], given: int, stopped: Sequence[dict[str, Any]]) -> Tried:
    """What came of it, with the paths that were given in the place of those in the archive."""

    def shown(text: str | None) -> str | None:
        return text and re.sub(
            rf"raw/{trial.dataset.id}/([0-9a-f]{{64}})(\.\w+)?", lambda m: str(names[m[1]]), text
        )

    result = trial.result
    refused = [{**row, "file": shown(row["file"])} for row in result.quarantine.to_pylist()]
    findings = [{**finding, "detail": shown(finding["detail"])} for finding in (*result.findings, *stopped)]
    return Tried(
        dataset=trial.dataset,
        good=result.observations,
        refused=trial.declared.normalizer.quarantine(refused),
        findings=findings,
        files_given=given,
        files_read=result.files,
    )

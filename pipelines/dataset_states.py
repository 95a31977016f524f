"""The state of each dataset: fresh, bundled, stale, held, failed or never fetched; and why.

One place for the table ``datasets``, the terminal, ``dvstats status`` and Dagster's checks. It reads the archive's log
of attempts, the outcome of processing (a stage of the present data version), and the last release where a dataset was
not processed since. A dataset is stale when its newest request failed, or when nothing came for longer than its
cadence allows.

Not here: what the archive and its log say (``attempts``), deciding that a new file is held (``transforms.judge``), how
a state is shown (``pipelines.cli.terminal.status``). Called by ``pipelines.refresh``, the assets and
``pipelines.published.status``.
"""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa

from data_contracts.arrow import Rows
from data_contracts.model import Contract
from data_contracts.rows import count_rows
from pipelines.attempts import (
    ATTEMPT_FINDINGS,
    attempt_findings,
    last_good_file,
    last_of_every_file,
    last_success,
    overdue,
    overdue_parts,
)
from pipelines.data_directory import DataDirectory
from pipelines.data_versions import dataset_version
from pipelines.declarations import Declarations
from pipelines.refusals import by_reason
from pipelines.release.last_release import LastRelease
from pipelines.staging import DatasetStages, StagedTables
from pipelines.state_groups import GRAVE
from sources.dataset import Dataset
from sources.receipts import Record
from transforms.derive.population import population
from transforms.derive.rates import above_base
from transforms.findings import NOT_READ, Findings, in_words, said_once
from transforms.ingest import Ingested

# A count that is larger than its population: found among all datasets, so never carried with one.
ABOVE_BASE = "count_above_population"
COUNTRY_CHANGED = "country_changed"
# Rows of the last release that the contract does not allow any more: found among all datasets that keep theirs.
LAST_ROWS_REFUSED = "last_rows_refused"


@dataclass
class DatasetState:
    """One dataset as it is now: its rows, what was refused and found, and its state."""

    #: its declaration
    dataset: Dataset
    #: hash of what its rows were made of; empty: not known
    data_version: str
    #: one word, a code of ``dataset_state``
    state: str
    #: rows of ``observations`` without ``first_release``
    observations: Rows
    #: rows of ``quarantine``
    quarantine: pa.Table
    #: rows of ``findings``
    findings: list[dict[str, Any]]
    #: sentences on files that cannot be read and addresses that do not answer
    failures: list[str]
    #: when the last good file of what is published was received or confirmed, UTC without zone; None: never
    last_success: dt.datetime | None
    #: when its publisher was last asked, or a file last came (UTC, as the archive writes it); None: never
    last_asked: str | None
    #: whether there is an outcome for its present data version; otherwise its rows are those of the last release
    processed: bool
    #: that of its rows: of the last release where they are that one's, whatever the declaration says since
    country: str
    #: files that were read; 0 where its rows are those of the last release
    files: int = 0
    #: the archive's log of it, oldest first
    attempts: Sequence[Record] = field(default_factory=tuple)

    @property
    def facts(self) -> dict[str, Any]:
        """Its columns of the table ``datasets``."""
        return {
            "country": self.country,
            "state": self.state,
            "rows": count_rows(self.observations),
            "refused_rows": self.quarantine.num_rows,
            "last_success": self.last_success,
            "data_version": self.data_version,
        }

    @property
    def summary(self) -> dict[str, Any]:
        """What a person is shown of it."""
        return {
            "dataset_id": self.dataset.id,
            **self.facts,
            "failures": self.failures,
            "refused": self._refused(),
            "critical": [in_words(finding) for finding in self._of("critical")],
            "warnings": [in_words(finding) for finding in self._of("warning")],
        }

    def _refused(self) -> list[str]:
        """A sentence for each reason with its first place, so that one mistake of a file is said once.

        Of a file that is refused as a whole a finding says so.
        """
        found = {finding["reason_en"] for finding in self.findings}
        rows = [row for row in self.quarantine.to_pylist() if row["reason_en"] not in found]
        return [
            f"{same.first['file']}, {same.first['raw_locator']}: {same.first['reason_en']}{same.more}"
            for same in by_reason(rows, together=("duplicate_key",))
        ]

    def _of(self, severity: str) -> list[dict[str, Any]]:
        return [finding for finding in said_once(self.findings) if finding["severity"] == severity]


# States that a run in this process found, by data directory, for whoever waits for the end of the run.
_handed_over: dict[Path, list[DatasetState]] = {}


@contextmanager
def states_of_run(data_dir: DataDirectory) -> Iterator[list[DatasetState]]:
    """A list that has the states of all datasets after a run within; empty where they have to be worked out anew."""
    found = _handed_over[data_dir.root] = []
    try:
        yield found
    finally:
        del _handed_over[data_dir.root]


def hand_over(data_dir: DataDirectory, states: Sequence[DatasetState], quarantine: Rows) -> None:
    """Give a run's states to :func:`states_of_run`, unless its release will say something else of them.

    That is so where rows of the last release were refused only beside the others (``quarantine`` has them), and where a
    dataset is restricted, of which counts may have been withheld.
    """
    refused = sum(state.quarantine.num_rows for state in states)
    if count_rows(quarantine) == refused and not any(state.dataset.restricted for state in states):
        _handed_over.get(data_dir.root, []).extend(states)


def dataset_states(
    declared: Declarations, data_dir: DataDirectory, release: LastRelease, now: dt.datetime
) -> list[DatasetState]:
    """Every declared dataset as it is now, with what shows only beside the others: counts above their population."""
    datasets = declared.datasets
    states = [dataset_state(declared, data_dir, release, dataset, now) for dataset in datasets.values()]
    rows = [state.observations for state in states]
    people = population(declared.contract, rows, datasets)
    above: dict[str, list[str]] = {}
    for dataset_id, sentence in above_base(declared.contract, rows, people):
        above.setdefault(dataset_id, []).append(sentence)
    for state in states:
        found = Findings(declared.contract, state.dataset.id)
        for sentence in above.get(state.dataset.id, ()):
            # Of one that is restricted the figure may still be withheld.
            where = sentence.partition(":")[0] if state.dataset.restricted else sentence
            found.add(ABOVE_BASE, "critical", where)
        state.findings = [row for row in state.findings if row["finding"] != ABOVE_BASE] + found.rows
    return states


def dataset_state(
    declared: Declarations, data_dir: DataDirectory, release: LastRelease, dataset: Dataset, now: dt.datetime
) -> DatasetState:
    """One dataset as it is now, by its stage; by the last release where it was not processed since."""
    archive = data_dir.archive
    version = dataset_version(dataset, archive)
    outcome = DatasetStages(data_dir).load(dataset.id, version)
    carried = release.datasets.get(dataset.id)
    attempts = archive.fetches_of(dataset.id)
    noticed = attempt_findings(declared.contract, dataset, data_dir, attempts, now)
    for path in _unread(dataset, data_dir, release) if outcome is None else ():
        noticed.add(NOT_READ, "warning", path)
    behind = _behind(noticed.rows)
    rows, quarantine, findings = _processed(declared.contract, dataset, outcome, release, noticed, now)
    success = last_success(attempts, now)
    stored = bool(archive.files(dataset.id))
    if stored and StagedTables(data_dir).history_is_lost:
        noticed.add("history_lost", "info")
    state = _state(
        dataset, outcome, carried, count_rows(rows), quarantine.num_rows, stored, bool(behind), success, now
    )
    unread = any(row["finding"] == NOT_READ for row in noticed.rows)
    if state in GRAVE or unread or (outcome and outcome.failures):
        success = last_good_file(rows, (carried or {}).get("last_success"), attempts, now)
    else:
        success = last_of_every_file(dataset, attempts, now)
    requests = [record.requested_at or record.received_at for record in attempts]
    known = (carried or {}).get("data_version") if outcome is None else version
    is_carried = bool(carried and count_rows(rows) and (outcome is None or state == "held"))
    country = str(carried["country"]) if carried and is_carried else dataset.country
    if country != dataset.country:
        noticed.add(COUNTRY_CHANGED, "critical", f"{country} → {dataset.country}")
    if is_carried and outcome is not None:
        said = release.rows_of("findings", dataset.id).to_pylist()
        findings = [*findings, *(row for row in said if row["finding"] == LAST_ROWS_REFUSED)]
    return DatasetState(
        dataset=dataset,
        data_version=known or "",
        state=state,
        observations=rows,
        quarantine=quarantine,
        findings=[*findings, *noticed.rows],
        failures=[*(outcome.failures if outcome else ()), *behind],
        last_success=success,
        last_asked=requests[-1] if requests else None,
        processed=outcome is not None,
        country=country,
        files=outcome.files if outcome else 0,
        attempts=attempts,
    )


def _processed(
    contract: Contract,
    dataset: Dataset,
    outcome: Ingested | None,
    release: LastRelease,
    noticed: Findings,
    now: dt.datetime,
) -> tuple[Rows, pa.Table, list[dict[str, Any]]]:
    """Rows, refused rows and findings of an outcome; of the last release where there is none.

    Of that one's findings without what the archive says, which is ``noticed`` anew.
    """
    if outcome is not None:
        overdue = overdue_parts(contract, dataset, outcome.parts, now)
        return outcome.observations, outcome.quarantine, [*outcome.findings, *overdue]
    mine = {name: release.rows_of(name, dataset.id) for name in ("quarantine", "findings")}
    anew = {row["finding"] for row in noticed.rows} | {*ATTEMPT_FINDINGS, COUNTRY_CHANGED}
    findings = [row for row in mine["findings"].to_pylist() if row["finding"] not in anew]
    return release.observations_of(dataset.id), mine["quarantine"], findings


def _behind(findings: Sequence[Mapping[str, Any]]) -> list[str]:
    """Why what is published may not be the publisher's newest, in sentences."""
    outages = [str(row["detail"]) for row in findings if row["finding"].startswith("outage")]
    return outages + [in_words(row) for row in findings if row["finding"] == NOT_READ]


def _unread(dataset: Dataset, data_dir: DataDirectory, release: LastRelease) -> list[str]:
    """Files that came since the release was made, of a dataset of which no outcome is known.

    A refresh was killed before it read them, or what it found was in a staging area that is gone.
    """
    if release.folder is None or dataset.collection == "transcription":
        return []
    known = set(release.rows_of("fetches", dataset.id)["sha256"].to_pylist())
    came = [file for file in data_dir.archive.files(dataset.id) if file.sha256 not in known]
    return [f"raw/{dataset.id}/{Path(file.path).name}" for file in came]


def _state(
    dataset: Dataset,
    outcome: Ingested | None,
    carried: Mapping[str, Any] | None,
    rows: int,
    refused: int,
    stored: bool,
    outage: bool,
    success: dt.datetime | None,
    now: dt.datetime,
) -> str:
    """The state in one word."""
    held = outcome.held if outcome else (carried or {}).get("state") == "held"
    failed = bool(outcome and outcome.failures) or (not rows and (outage or refused > 0))
    if held:
        return "held"
    if failed:
        return "stale" if rows else "failed"
    if dataset.collection == "transcription":
        return "bundled" if rows or outcome else "not_fetched"
    if not stored and not rows:
        return "not_fetched"
    return "stale" if outage or not stored or overdue(dataset, success, now) else "fresh"

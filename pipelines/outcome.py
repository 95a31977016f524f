"""What came of a refresh: the release, the checks that failed, the exit status; part of it from the events of Dagster.

The sentence on what stopped it (``stopped_by``) is printed and alerted alike. Not here: what a refresh does
(``pipelines.refresh``, which fills this in) and how the outcome is printed (``pipelines.cli.terminal.refresh``). The
sensors that alert after other runs of Dagster read their events here, too (``pipelines.assets.alerts``).
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from data_contracts import errors
from pipelines import new_returns
from pipelines.state_groups import TROUBLED

# Assets whose events say something of a refresh: the release itself, and what came from programmes.
RELEASE = "release"
RETURNS_PATH = ["raw", new_returns.DATASET]
# What Ctrl+C is in a step, and between two of them.
_INTERRUPTS = ("DagsterExecutionInterruptedError", "KeyboardInterrupt")


@dataclass
class Outcome:
    """What a refresh did."""

    #: the release that is published now, new or not; empty where none is, or where nothing could be published
    release: str = ""
    #: whether this refresh made it
    new: bool = False
    #: observations of the release
    rows: int = 0
    #: the state of each dataset (``DatasetState.summary``)
    datasets: list[dict[str, Any]] = field(default_factory=list)
    #: rules that kept the release from being published, as ``_note_check`` writes them
    failed_checks: list[dict[str, Any]] = field(default_factory=list)
    #: rules that did not hold and only warn
    warnings: list[dict[str, Any]] = field(default_factory=list)
    #: sentences on the data directory itself: links mended, clocks that disagree, datasets no longer declared
    notices: list[str] = field(default_factory=list)
    #: what else stopped the run: the first step that failed, and why
    problem: str = ""
    #: a person stopped the run
    interrupted: bool = False
    #: datasets that are no longer declared although the last release has rows of them
    undeclared: list[str] = field(default_factory=list)
    #: sentences on corrections that name no dataset, so that none could be held for them
    misplaced: list[str] = field(default_factory=list)
    #: releases were published here and none was left: this one begins the history anew
    history_lost: bool = False
    #: revisions of a new release, how many of each kind: observations that were added, corrected, withdrawn …
    changes: dict[str, int] = field(default_factory=dict)
    #: where no figure changed, by dataset: what is so now and not as the release says it, since it was made before
    since_release: dict[str, str] = field(default_factory=dict)
    #: the datasets that were asked for; empty: all
    only: tuple[str, ...] = ()

    @property
    def troubled(self) -> list[dict[str, Any]]:
        """Datasets that are stale, failed, held, have refused rows or a critical finding; of ``only`` if given."""
        mine = [d for d in self.datasets if not self.only or d["dataset_id"] in self.only]
        return [d for d in mine if d["state"] in TROUBLED or d["refused_rows"] or d["critical"]]

    @property
    def stopped_by(self) -> str:
        """What kept a release from being made, in a sentence; empty where nothing did."""
        if self.failed_checks:
            first = self.failed_checks[0]
            return f"table {first['table']}, rule {first['check']}: {first['sentence']}"
        return self.problem or ("" if self.release else "no dataset gave a row")

    @property
    def stopped_by_ru(self) -> str:
        """The same in Russian where a check stopped it; empty otherwise."""
        if not self.failed_checks:
            return ""
        first = self.failed_checks[0]
        return f"таблица {first['table']}, правило {first['check']}: {first['sentence_ru']}"

    @property
    def exit_status(self) -> int:
        """0 done, 1 nothing could be published, 3 published but something is stale, refused, lost or not declared."""
        if not self.release or self.problem:
            return errors.NOTHING_PUBLISHED
        troubled = self.troubled or self.undeclared or self.misplaced or self.history_lost
        return errors.TROUBLED if troubled else errors.DONE


def read_events(events: Iterable[Any], outcome: Outcome) -> None:
    """What the events of a run say of checks, of the release, and of what stopped the run."""
    for event in events:
        if event.event_type_value == "ASSET_CHECK_EVALUATION":
            evaluation = event.event_specific_data
            # The overview of the datasets is no check of a table; the terminal has its own.
            table = len(evaluation.asset_key.path) == 1 and evaluation.asset_key.path != [RELEASE]
            if table and not evaluation.passed:
                _note_check(evaluation, outcome)
        elif event.event_type_value == "ASSET_MATERIALIZATION" and event.asset_key.path == [RELEASE]:
            metadata = event.materialization.metadata
            outcome.release = metadata["release"].value
            outcome.new = bool(metadata["new"].value)
            outcome.rows = int(metadata["dagster/row_count"].value)
        elif event.event_type_value == "ASSET_MATERIALIZATION" and event.asset_key.path == RETURNS_PATH:
            outcome.notices += event.materialization.metadata["notices"].value
        elif event.event_type_value == "STEP_FAILURE":
            error = event.step_failure_data.error
            cause = error.cause or error
            outcome.interrupted |= cause.cls_name in _INTERRUPTS
            problem = f"step {event.step_key}: {cause.message.strip().splitlines()[0]}"
            outcome.problem = outcome.problem or problem
        elif event.event_type_value == "PIPELINE_FAILURE" and (error := event.job_failure_data.error):
            # Between two steps.
            outcome.interrupted |= error.cls_name in _INTERRUPTS


def _note_check(evaluation: Any, outcome: Outcome) -> None:
    metadata = {key: value.value for key, value in evaluation.metadata.items()}
    # Whole-release checks name their table in front.
    table, _, check = evaluation.check_name.rpartition("__")
    entry = {
        "table": table or evaluation.asset_key.path[0],
        "check": metadata.get("rule", check),
        "sentence": metadata.get("sentence", metadata.get("could_not_be_checked", "")),
        "sentence_ru": metadata.get("sentence_ru", "проверку не удалось провести."),
        "examples": metadata.get("examples", []),
        "unexpected": metadata.get("unexpected", 0),
    }
    critical = evaluation.severity.value == "ERROR"
    (outcome.failed_checks if critical else outcome.warnings).append(entry)

"""Findings: what a dataset's run noticed, as rows of the table ``findings``.

The sentences are those of ``data_contracts/sentences/``, so that table, terminal and alert use the same words.

Not here: what leads to a finding (``judge``, ``ingest``, ``files_to_observations``, ``pipelines.protect_release``,
which call this).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from data_contracts import checks
from data_contracts.model import Contract

# Of a dataset that is held; the finding that holds it says what exactly, and has the same detail.
COVERAGE_LOST = "coverage_lost"
# Files of which nobody knows yet what is in them.
NOT_READ = "file_not_read"


def said_once(rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Findings of a dataset for a person to read: without the general one where the others say all of it."""
    others = {row["detail"] for row in rows if row["finding"] != COVERAGE_LOST}
    return [row for row in rows if row["finding"] != COVERAGE_LOST or row["detail"] not in others]


def saying_why(state: str, rows: Sequence[dict[str, Any]]) -> dict[str, Any] | None:
    """Of the findings on a dataset the one that says why it is in this state; None where none does.

    An outage, unless it is held; then what is critical; then a file that nobody read.
    """
    critical = [row for row in said_once(rows) if row["severity"] == "critical"]
    outages = [row for row in rows if row["finding"].startswith("outage")]
    unread = [row for row in rows if row["finding"] == NOT_READ]
    ranked = [*outages, *critical, *unread] if state in ("stale", "failed") else critical
    return next(iter(ranked), None)


def in_words(finding: Mapping[str, Any]) -> str:
    """A finding for a person to read: its reason in English, and its detail where it has one."""
    return f"{finding['reason_en']} {finding['detail'] or ''}".strip()


@dataclass
class Findings:
    """Collects the findings of one dataset."""

    contract: Contract
    dataset_id: str
    rows: list[dict[str, Any]] = field(default_factory=list)

    def add(self, finding: str, severity: str, detail: str = "", **filled: str) -> None:
        """One finding; ``filled`` are the places of its sentence, ``detail`` says what exactly."""
        sentence = checks.sentence(self.contract, finding, **filled)
        self.rows.append(
            {
                "dataset_id": self.dataset_id,
                "finding": finding,
                "severity": severity,
                "reason_en": sentence.en,
                "reason_ru": sentence.ru,
                "detail": detail or None,
            }
        )

    @property
    def critical(self) -> list[dict[str, Any]]:
        """Those that need a person."""
        return [row for row in self.rows if row["severity"] == "critical"]

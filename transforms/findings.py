"""Findings: what a dataset's run noticed, as rows of the table ``findings``.

The sentences are those of ``data_contracts/sentences.yaml``, so that table, terminal and alert use the same words.

Not here: what leads to a finding (``judge``, ``ingest``, ``observe``, ``pipelines.restricted``, which call this).
"""

from dataclasses import dataclass, field
from typing import Any

from data_contracts import checks
from data_contracts.model import Contract


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

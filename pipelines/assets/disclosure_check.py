"""The blocking check of disclosure control: an attack on the observations as they are to be published.

Its failure keeps the last release. It names keys of observations, never a count. Not here: the attack
(``pipelines.protect_release``, ``transforms.privacy``). Called by ``pipelines.definitions``.
"""

from typing import Any

import dagster as dg

from data_contracts.model import Contract
from pipelines.declarations import declarations
from pipelines.protect_release import audit_release
from pipelines.resources import DataDir
from pipelines.staging import StagedTables
from pipelines.unprotected_counts import RestrictedCounts

NAME = "withheld_stays_withheld"
SENTENCE = "No withheld count can be computed from this release, the figures beside it and earlier releases."
SENTENCE_RU = "Ни одно скрытое число нельзя вычислить из этого выпуска, соседних чисел и прежних выпусков."
# How many keys a failure shows.
SHOWN = 20


def disclosure_check(contract: Contract) -> dg.AssetChecksDefinition:
    """One check on the observations of the release."""

    @dg.asset_check(asset="observations", name=NAME, description=SENTENCE, blocking=True)
    def check_disclosure(data_dir: DataDir) -> dg.AssetCheckResult:
        directory = data_dir.directory
        audited = audit_release(
            declarations(),
            StagedTables(directory).rows("observations"),
            directory.last_release(contract),
            RestrictedCounts(directory),
        )
        metadata: dict[str, Any] = {
            "rule": NAME,
            "sentence": SENTENCE,
            "sentence_ru": SENTENCE_RU,
            "unexpected": len(audited.exposed),
            "examples": list(audited.exposed[:SHOWN]),
            "not_audited": list(audited.unknown),
        }
        # Rows that were carried without their counts are those of the last release: said, and not blocked.
        severity = dg.AssetCheckSeverity.ERROR if audited.exposed else dg.AssetCheckSeverity.WARN
        passed = not audited.exposed and not audited.unknown
        return dg.AssetCheckResult(passed=passed, severity=severity, metadata=metadata)

    return check_disclosure

"""What may be said of a restricted file: nothing that quotes it, in no error, no finding and no row of quarantine.

``refuse_persons``  a file with names, numbers, telephones or addresses is refused by the names of its columns
``refuse_found``    the same where they were found already, as in a register
``said``            the sentence of an error
``discreet``        refused rows without their figures

Not here: which counts are withheld (``suppress_cells``), the rows of registers (``transforms.incidents``). Called by
``transforms.files_to_observations``, ``transforms.ingest`` and ``transforms.incidents.register``.
"""

from collections.abc import Iterable

import pyarrow as pa

from data_contracts import checks
from data_contracts.model import Contract
from sources.cells import DiscreetError, ReadError, SourceError
from sources.dataset import Dataset
from transforms.normalize.normalizer import Normalizer
from transforms.privacy.personal_data_search import Finding, guard

# Sentences whose {value} is a label or a column of the file, or was made discreet before.
_OPEN_RULES = (
    "unmapped_label",
    "unknown_area",
    "ambiguous_area",
    "unknown_source",
    "missing_column",
    "column_twice",
    "unreadable_file",
    "uncounted_rows",
    "contradicting_rows",
)


def refuse_persons(contract: Contract, dataset: Dataset, cells: pa.Table) -> None:
    """Files of persons are refused as a whole: names, identification numbers, telephones, addresses."""
    if dataset.collection != "inbox" and not dataset.restricted:
        return
    found = guard(cells.column_names, {name: cells[name] for name in cells.column_names})
    refuse_found(contract, found, "Ask the office for a table without persons")


def refuse_found(contract: Contract, found: Iterable[Finding], remedy: str) -> None:
    """Refuse a file in which personal data were found, by the names of their columns."""
    if columns := sorted({finding.column for finding in found}):
        sentence = checks.sentence(contract, "personal_data", place=", ".join(columns))
        raise DiscreetError(sentence.en.rstrip("."), remedy=remedy)


def said(dataset: Dataset, error: BaseException) -> str:
    """What is said of an error: of a restricted dataset nothing that may quote its file.

    Readers quote what they cannot read, and so may any exception; what archive and inbox say of a file does not.
    """
    quotes = isinstance(error, ReadError) or not isinstance(error, SourceError)
    if dataset.restricted and quotes:
        place = f"{error.place}: " if isinstance(error, ReadError) and error.place else ""
        return f"{place}{type(error).__name__}; what it says may quote the file, which is not public."
    return str(error) if isinstance(error, SourceError) else f"{type(error).__name__}: {error}"


def discreet(shared: Normalizer, dataset: Dataset, refused: pa.Table) -> pa.Table:
    """What is not public stays so in quarantine too: reason and place, no figure and no sentence that quotes one."""
    if not dataset.restricted:
        return refused
    sentences = shared.contract.sentences
    rows = []
    for row in refused.to_pylist():
        row.update(published_value=None, row=None)
        rule = row["rule"]
        if rule not in _OPEN_RULES and rule in sentences and "{value}" in sentences[rule].en:
            hidden = checks.sentence(shared.contract, rule, value="…", place="…")
            row.update(reason_en=hidden.en, reason_ru=hidden.ru)
        rows.append(row)
    return shared.quarantine(rows)

"""What ``dvstats try`` finds besides what a refresh does: each name in the declaration that the files do not have.

In a refresh a column that is not there refuses the rows, with a sentence. The person who writes the declaration also
gets the line to change, and hears of a file without rows and of a column whose ``absent`` would hide the misspelling::

    critical The file has no column Поль; did you mean Пол? It has Область, … orders.csv; kg_orders.yaml, line 24
    warning  …the same for a column with ``absent``, where the file has one that is spelt nearly so

Not here: reading the files (``pipelines.try_declaration``, which calls this), and what a declaration can get wrong by
itself (``sources.load_datasets``).
"""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from data_contracts.model import Contract
from data_contracts.strict_files import Mapped, load_yaml
from sources.cells import RESERVED
from sources.dataset import Dataset
from sources.load_datasets import line_naming
from transforms.files_to_observations import Observed
from transforms.findings import Findings
from transforms.judge.against_last_release import STATED, Shape, judge
from transforms.normalize.file_cells import meant_columns, missing_columns, missing_in_words

#: rules that refuse a whole file: the finding says once what the refused rows say one by one
OF_WHOLE_FILES = ("unreadable_file", "missing_column")
_OPTION = re.compile(r"option (\w+)")


def try_findings(
    contract: Contract, dataset: Dataset, declaration: Path, seen: Observed
) -> list[dict[str, Any]]:
    """Findings of the files, those of ``expects`` included, each with its line in the declaration where it has one."""
    places = _Places(declaration)
    kept = [row for row in seen.findings.rows if row["finding"] != "unreadable_file"]
    found = Findings(contract, dataset.id, [*kept, *_unreadable(seen, places)])
    for shape in seen.shapes:
        for names in _missing(dataset, shape):
            _add_missing(found, "critical", names, shape, places)
        for names in _hidden_by_absent(dataset, shape):
            _add_missing(found, "warning", names, shape, places)
        if not shape.rows:
            found.add("file_without_rows", "warning", shape.file)
    never_published = seen.good.slice(0, 0)
    refused = seen.refused.num_rows
    judged = judge(contract, dataset, never_published, seen.good, refused, seen.shapes, same_files=False)
    for row in judged.findings:
        name = str(row["detail"]).partition(",")[0]
        found.rows.append({**row, "detail": places.added(str(row["detail"]), name)})
    return found.rows


def _unreadable(seen: Observed, places: "_Places") -> Iterator[dict[str, Any]]:
    """Files that cannot be read, by their rows of quarantine, which have the place."""
    for row in seen.refused.to_pylist():
        if row["rule"] == "unreadable_file":
            option = _OPTION.search(row["reason_en"])
            where = ", ".join(filter(None, (row["file"], row["raw_locator"])))
            yield {
                "dataset_id": row["dataset_id"],
                "finding": row["rule"],
                "severity": row["severity"],
                "reason_en": row["reason_en"],
                "reason_ru": row["reason_ru"],
                "detail": places.added(where, option[1] if option else ""),
            }


def _missing(dataset: Dataset, shape: Shape) -> Sequence[tuple[str, ...]]:
    declared = next((file for file in dataset.files if file.name == shape.file), None)
    return missing_columns({*shape.now, *RESERVED}, dataset, declared.constants if declared else {})


def _hidden_by_absent(dataset: Dataset, shape: Shape) -> Iterator[tuple[str, ...]]:
    """Columns for which ``absent`` gives the code, although the file has one of nearly that name that is not read."""
    unread = shape.now.difference(dataset.columns)
    for parts in (*dataset.concepts.values(), *dataset.breakdown.values()):
        for part in parts:
            gone = part.absent is not None and {*shape.now, *RESERVED}.isdisjoint(part.columns)
            if gone and meant_columns(part.columns, unread):
                yield part.columns


def _add_missing(
    found: Findings, severity: str, names: tuple[str, ...], shape: Shape, places: "_Places"
) -> None:
    present = sorted(shape.now.difference(STATED))
    sentence, filled = missing_in_words([names], present, shape.figures)
    found.add(sentence, severity, places.added(shape.file, *names), **filled)


class _Places:
    """Lines of the declaration by the names in it."""

    def __init__(self, declaration: Path) -> None:
        self.name = declaration.name
        self.spec: Mapped = load_yaml(declaration)

    def added(self, detail: str, *names: str) -> str:
        """A detail with the line where one of the names is, if it is in the declaration."""
        lines = [line for name in names if name and (line := line_naming(self.spec, name))]
        return f"{detail}; {self.name}, line {min(lines)}" if lines else detail

"""What a finding says, in Russian: its reason, and its detail where that is more than names and numbers.

>>> in_russian({"finding": "too_many_refused", "reason_ru": "Отклонена …", "detail": "60 of 108 rows", …})
'Отклонена … Строк: 60 из 108.'

Findings are kept with a reason in both languages and one detail, which may be an English sentence, as may what a
reader says of a file. What is known of such a sentence is said in Russian by its kind; of any other the detail is left
out, and the reason alone is a whole sentence. Not here: outages, whose kind follows from the status of the answer
(``sources.http.failures``). Called by ``causes``.
"""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from data_contracts.model import Text
from pipelines.published.texts import in_both

_TEXTS = Path(__file__).parent / "alert_words.yaml"
# Details of names, codes, numbers and arrows only.
NEUTRAL = frozenset(
    [
        "clock_was_ahead",
        "cut_off",
        "below_min_rows",
        "fewer_rows",
        "file_lost",
        "file_not_read",
        "file_without_receipt",
        "history_lost",
        "more_rows",
        "implausible_change",
        "new_column",
        "partition_missing",
        "partition_overdue",
        "same_answer_twice",
        "unit_changed",
        "vanished_area",
        "vanished_code",
        "vanished_indicator",
        "vanished_year",
        "where_misspelt",
        "where_not_found",
    ]
)
# The text for a detail, by how the detail is written; the groups of the pattern are the places of the text.
_DETAILS = {
    "too_many_refused": (
        (r"(?P<n>\d+) of (?P<all>\d+) rows", "detail_rows"),
        (r"(?P<share>[\d.]+) % of the rows of the register", "detail_share"),
    ),
    "coverage_lost": ((r"0 of (?P<all>\d+) rows are left", "detail_nothing_left"),),
    "vanished_cells": ((r"(?P<n>\d+) of (?P<all>\d+): (?P<examples>.*)", "detail_cells"),),
    "vanished_column": ((r"(?P<names>.*?)(, did you mean .*)?", "detail_names"),),
    "series_rescaled": (
        (r"(indicator )?(?P<name>.*): (?P<n>\d+) values times (?P<factor>\S+)", "detail_rescaled"),
    ),
    "count_above_population": (
        (
            r"(?P<name>.*): (?P<n>\d+) of (?P<all>\d+) people, by (?P<base>\S+) \(observation (?P<key>\w+)\)",
            "detail_above",
        ),
    ),
    "hidden_parts": ((r"(?P<names>.*?): .*", "detail_names"),),
    "unreadable_note": ((r"(?P<names>[^:\s]+): .*", "detail_names"),),
    "correction_unused": ((r"correction (?P<names>[\w-]+), .*", "detail_names"),),
    **dict.fromkeys(
        ("values_displaced", "values_rounded", "only_zeros"),
        ((r"(?P<name>.*): (?P<n>\d+) values", "detail_values"),),
    ),
}
# Reasons that end in an English sentence: the whole reason in Russian, by what that sentence says.
_REASONS = {
    "dataset_stopped": (
        (r"No space left|Errno 28", "stopped_disk"),
        (r"\bMemoryError\b", "stopped_memory"),
        (r"\bPermissionError\b", "stopped_permission"),
        (r"a page of the answer was never received", "stopped_page"),
        (r": \w*(Error|Exception|Interrupt)\b", "stopped_program"),
        (r"", "stopped_file"),
    ),
    "unreadable_file": (
        (r"takes longer than", "unreadable_slow"),
        (r"ends the program that does it", "unreadable_harmful"),
        (r"may quote the file, which is not public", "unreadable_restricted"),
        (r"", "unreadable_otherwise"),
    ),
}


def said(name: str, /, **given: object) -> Text:
    """A text of ``alert_words.yaml`` in both languages, filled."""
    return in_both(_TEXTS, name, **given)


def in_russian(finding: Mapping[str, Any]) -> str:
    """A finding in Russian, in whole sentences; ``finding``: its row of the table ``findings``."""
    kind, detail = finding["finding"], finding["detail"] or ""
    for pattern, name in _REASONS.get(kind, ()):
        if re.search(pattern, finding["reason_en"]):
            file = detail.partition(":")[0]
            return said(name, file=file).ru
    reason = str(finding["reason_ru"])
    if kind in NEUTRAL:
        return f"{reason} {detail}".strip()
    for pattern, name in _DETAILS.get(kind, ()):
        if found := re.fullmatch(pattern, detail, re.DOTALL):
            return f"{reason} {said(name, **found.groupdict()).ru}"
    return reason

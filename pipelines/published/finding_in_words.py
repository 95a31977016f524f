"""What a finding says, in English and Russian: its reason, and its detail where that is more than names and numbers.

>>> in_russian({"finding": "too_many_refused", "reason_ru": "Отклонена …", "detail": "60 of 108 rows", …})
'Отклонена … Строк: 60 из 108.'

Findings are kept with a reason in both languages and one detail, which may be an English sentence, as may what a
reader says of a file. What is known of such a sentence is said in Russian by its kind; of an outage the kind follows
from the status of the answer; of any other the detail is left out, and the reason alone is a whole sentence. Not here:
the findings themselves and their English (``transforms.findings``). Called by ``pipelines.alerts.causes``,
``dataset_notices`` and ``pipelines.overview``.
"""

import datetime as dt
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from data_contracts.model import Text
from data_contracts.vocabulary import OVERDUE_AFTER_DAYS
from pipelines.published.texts import in_both
from transforms.findings import in_words

_TEXTS = Path(__file__).with_suffix(".yaml")
# A request that failed: address, status and reason.
Failure = tuple[str | None, int | None, str]
# Details of names, codes, numbers and arrows only.
NEUTRAL = frozenset(
    [
        "below_min_rows",
        "clock_was_ahead",
        "column_may_divide",
        "cut_off",
        "fewer_rows",
        "file_lost",
        "file_not_read",
        "file_without_receipt",
        "held_before",
        "history_lost",
        "more_rows",
        "implausible_change",
        "marks_without_note",
        "new_column",
        "older_edition",
        "older_file_again",
        "partition_missing",
        "partition_overdue",
        "point_moved",
        "rows_left_out",
        "same_answer_twice",
        "sign_among_figures",
        "stated_otherwise",
        "unit_changed",
        "unread_headings",
        "unread_marks",
        "vanished_area",
        "vanished_code",
        "vanished_indicator",
        "vanished_year",
        "where_misspelt",
        "where_not_found",
        "withdrawn_again",
        "years_beside",
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
    **dict.fromkeys(
        ("series_rescaled", "rates_moved"),
        ((r"(indicator )?(?P<name>.*): (?P<n>\d+) values times (?P<factor>\S+)", "detail_rescaled"),),
    ),
    "values_repeated": ((r"(?P<name>.*): (?P<n>\d+) values are those of (?P<other>.*)", "detail_those_of"),),
    "values_exchanged": (
        (r"(?P<name>.*): (?P<one>.*) and (?P<other>.*), (?P<n>\d+) pairs of values", "detail_pairs"),
    ),
    "new_year_exchanged": (
        (r"(?P<name>.*): sex F and M in (?P<area>\S+)", "detail_sexes"),
        (r"(?P<name>.*): (?P<one>.*) and (?P<other>.*)", "detail_two"),
    ),
    "new_year_level": (
        (r"(?P<name>.*): (?P<n>\d+) values, times (?P<times>\S+) of the period before", "detail_level"),
    ),
    "new_value_level": ((r"(?P<name>.*): times (?P<times>\S+) of (?P<before>\S+)", "detail_times_of"),),
    "new_year_scattered": (
        (
            r"(?P<name>.*): (?P<n>\d+) values, by (?P<times>\S+) in the middle, before by (?P<usual>\S+) at most",
            "detail_scattered",
        ),
    ),
    "year_moved": ((r"(?P<name>.*): (?P<n>\d+) values, times (?P<times>\S+)", "detail_times"),),
    "year_revised": ((r"(?P<name>.*): (?P<n>\d+) values, times (?P<times>\S+)", "detail_times"),),
    "values_shifted": ((r"(?P<name>.*): (?P<n>\d+) values, (?P<amount>\S+)", "detail_shifted"),),
    "values_zeroed": ((r"(?P<name>.*): (?P<n>\d+) values are 0 now", "detail_values"),),
    "values_alike": ((r"(?P<name>.*): (?P<value>\S+) in (?P<n>\d+) cells", "detail_alike"),),
    "parts_off_whole": (
        (
            r"(?P<name>.*): (?P<n>\d+) totals by (?P<dimension>\w+), up to (?P<share>\S+) %",
            "detail_totals_off",
        ),
    ),
    "part_above_whole": ((r"(?P<name>.*): (?P<n>\d+) parts, such as (?P<example>.*)", "detail_parts"),),
    "parts_above_whole": ((r"(?P<name>.*): (?P<n>\d+) totals, such as (?P<example>.*)", "detail_totals"),),
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
        ("all_changed", "figures_went_back", "only_zeros", "values_displaced", "values_rounded"),
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


def in_both_languages(finding: Mapping[str, Any], failures: Iterable[Failure] = ()) -> Text:
    """A finding in whole sentences; ``finding``: its row of the table ``findings``.

    ``failures``: of its dataset, the newest of each address last.
    """
    return Text(in_words(finding), in_russian(finding, failures))


def in_russian(finding: Mapping[str, Any], failures: Iterable[Failure] = ()) -> str:
    """The same in Russian."""
    kind, detail = finding["finding"], finding["detail"] or ""
    for pattern, name in _REASONS.get(kind, ()):
        if re.search(pattern, finding["reason_en"]):
            return _said(name, file=detail.partition(":")[0]).ru
    reason = str(finding["reason_ru"])
    if kind in NEUTRAL:
        return f"{reason} {detail}".strip()
    for pattern, name in _DETAILS.get(kind, ()):
        if found := re.fullmatch(pattern, detail, re.DOTALL):
            return f"{reason} {_said(name, **found.groupdict()).ru}"
    mine = [failure for failure in failures if _is_of(failure, detail)] if kind.startswith("outage") else []
    return f"{reason} {_outage(*mine[-1])}" if mine else reason


def not_confirmed(last_success: dt.datetime | None, cadence: str) -> Text:
    """Why a dataset is stale of which no finding says it."""
    days = OVERDUE_AFTER_DAYS.get(cadence)
    if days is None:
        return _said("not_there")
    return _said("not_confirmed", seen=f"{last_success:%Y-%m-%d}" if last_success else "—", days=days)


def _outage(address: str | None, status: int | None, why: str) -> str:
    # Imports requests, which whoever has no outage to tell of need not wait for.
    from sources.http.failures import outage_kind

    return f"{address}: {_said(f'outage_{outage_kind(status, why)}', status=status).ru}."


def _is_of(failure: Failure, detail: str) -> bool:
    """Whether the detail of an outage is about this request."""
    address = failure[0] or ""
    return detail.startswith(address) and detail[len(address) :][:1] in (":", " ")


def _said(name: str, /, **given: object) -> Text:
    return in_both(_TEXTS, name, **given)

"""What a declaration makes of files: counts, the first observations, every refusal with its place, the findings.

Not here: reading the files (``pipelines.try_declaration``). Called for ``dvstats try``.
"""

from typing import Any

from data_contracts.vocabulary import DIMENSIONS, TOTAL
from pipelines.cli.terminal import tables
from pipelines.cli.terminal.console import safe
from pipelines.try_findings import OF_WHOLE_FILES

SHOWN_ROWS = 12
_FIRST = ("indicator", "ref_area", "time_period")
_LAST = ("obs_value", "unit_measure", "obs_status", "published_value", "raw_locator")


def tried(result: Any) -> None:
    """Shows a ``Tried`` of ``pipelines.try_declaration``."""
    good, refused = result.good, result.refused
    print(
        f"{result.dataset.id}: {good.num_rows:,} observations and {refused.num_rows:,} refused rows from "
        f"{result.files_read} of {result.files_given} files, {len(result.findings)} findings. Nothing was published."
    )
    if good.num_rows:
        varied = [name for name in DIMENSIONS if set(good[name].to_pylist()) != {TOTAL}]
        tables.write(good.select([*_FIRST, *varied, *_LAST]), "table", None, first=SHOWN_ROWS)
    for row in refused.to_pylist():
        if row["rule"] not in OF_WHOLE_FILES:
            value = "" if row["published_value"] is None else f" {row['published_value']!r}:"
            place = ", ".join(filter(None, (row["file"], row["raw_locator"])))
            print(safe(f"  refused  {place}:{value} {row['reason_en']}"))
    for finding in result.findings:
        line = f"  {finding['severity']:<8} {finding['reason_en']} {finding['detail'] or ''}"
        print(safe(line).rstrip())

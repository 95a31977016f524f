"""What a declaration makes of files: counts, the first observations, every refusal with its place, the findings.

Not here: reading the files (``pipelines.try_declaration``). Called for ``dvstats try``.
"""

from typing import Any

from data_contracts.vocabulary import DIMENSIONS, TOTAL
from pipelines.cli.terminal import tables
from pipelines.cli.terminal.console import one_line

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
        tables.write(good.select([*_FIRST, *varied, *_LAST]).slice(0, SHOWN_ROWS), "table", None)
    for row in refused.to_pylist():
        value = "" if row["published_value"] is None else f" {row['published_value']!r}:"
        place = ", ".join(filter(None, (row["file"], row["raw_locator"])))
        what = one_line(f"{place}:{value} {row['reason_en']}")
        print(f"  refused  {what}")
    # A file that cannot be read is in both tables; one line is enough.
    refusals = set(refused["reason_en"].to_pylist())
    for finding in result.findings:
        if finding["reason_en"] not in refusals:
            what = one_line(f"{finding['reason_en']} {finding['detail'] or ''}")
            print(f"  {finding['severity']:<8} {what}")

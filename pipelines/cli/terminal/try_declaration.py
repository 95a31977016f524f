"""What a declaration makes of files: counts, the first observations, each reason of a refusal with its first place, the
findings, and what the file says beside its figures.

Not here: reading the files (``pipelines.try_declaration``). Called for ``dvstats try``.
"""

from collections.abc import Iterator
from typing import Any

from data_contracts.vocabulary import DIMENSIONS, TOTAL
from pipelines.cli.terminal import tables
from pipelines.cli.terminal.console import one_line
from pipelines.refusals import by_reason
from pipelines.try_declaration import Tried
from pipelines.try_findings import OF_WHOLE_FILES

SHOWN_ROWS = 12
_FIRST = ("indicator", "ref_area", "time_period")
_LAST = ("obs_value", "unit_measure", "obs_status", "published_value", "raw_locator")


def tried(result: Tried) -> None:
    """Counts, the first rows, and all that is wrong, a line each."""
    good, refused = result.good, result.refused
    print(
        f"{result.dataset.id}: {good.num_rows:,} observations and {refused.num_rows:,} refused rows from "
        f"{result.files_read} of {result.files_given} files, {len(result.findings)} findings. Nothing was published."
    )
    if good.num_rows:
        varied = [name for name in DIMENSIONS if set(good[name].to_pylist()) != {TOTAL}]
        tables.write(good.select([*_FIRST, *varied, *_LAST]), "table", None, first=SHOWN_ROWS)
    for line in _refusals(refused.to_pylist()):
        print(line)
    for finding in result.findings:
        detail = f" ({finding['detail']})" if finding["detail"] else ""
        print(f"  {finding['severity']:<8} {one_line(finding['reason_en'] + detail)}")
    if good.num_rows and any(result.texts.values()):
        print("Beside its figures the file also says the following. Does any of it change what they are?")
        for file, texts in result.texts.items():
            for text in texts:
                print(f"  beside   {one_line(text)}" + (f" ({file})" if len(result.texts) > 1 else ""))


def _refusals(rows: list[dict[str, Any]]) -> Iterator[str]:
    """A line for each reason with its first cell, so that one mistake of a file is said once."""
    for same in by_reason(row for row in rows if row["rule"] not in OF_WHOLE_FILES):
        row = same.first
        value = "" if row["published_value"] is None else f" {row['published_value']!r}:"
        place = ", ".join(filter(None, (row["file"], row["raw_locator"])))
        yield "  refused  " + one_line(f"{place}:{value} {row['reason_en']}{same.more}")

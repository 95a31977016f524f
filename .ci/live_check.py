"""What needs a person after a live run, as the body of one GitHub issue.

Reads `dvstats status --json`, prints Markdown; nothing if nothing needs a person. Publishers' words go into code spans,
where they mention nobody and link nowhere. Called by `make live`, whose output the weekly workflow puts into the issue.
"""

import json
import sys
from collections.abc import Mapping, Sequence
from typing import Any

from pipelines.published.status import needs_attention

# A body of GitHub holds 65,536 characters.
LONGEST = 60_000


def body(rows: Sequence[Mapping[str, Any]]) -> str:
    """A table of the datasets that need a person, problems of the same kind together; empty if there are none."""
    troubled = sorted(
        (row for row in rows if needs_attention(dict(row))), key=lambda row: (row["state"], row["dataset"])
    )
    if not troubled:
        return ""
    lines = [
        f"{len(troubled)} of {len(rows)} datasets need attention. `dvstats status --data-dir …` on the data of the run "
        "says the same; `docs/operations.md` says what to do.",
        "",
        "| dataset | country | state | refused rows | last good file | why |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    for number, row in enumerate(troubled):
        line = _line(row)
        if sum(map(len, lines)) + len(line) > LONGEST:
            lines.append(f"\nand {len(troubled) - number} more: `dvstats status` lists them.")
            break
        lines.append(line)
    return "\n".join(lines) + "\n"


def _line(row: Mapping[str, Any]) -> str:
    cells = (
        f"`{row['dataset']}`",
        row["country"].replace("*", "several"),
        row["state"],
        str(row["refused_rows"]),
        (row["last_success"] or "never")[:10],
        _quoted(row["reason"] or ""),
    )
    return f"| {' | '.join(cells)} |"


def _quoted(words: str) -> str:
    plain = " ".join(words.replace("`", "'").replace("|", "/").split())
    return f"`{plain[:500]}`" if plain else ""


if __name__ == "__main__":
    sys.stdout.write(body(json.load(sys.stdin)))

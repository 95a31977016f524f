"""Refused rows as a person reads of them: each reason once, with the first cell, how many more, and the other texts.

>>> for same in by_reason(rows):
...     print(f"{same.first['raw_locator']}: {same.first['reason_en']}{same.more}")
line 2: The label "Females" in column Sex has no code. (and 13 more cells; also "Males")
line 9: The value is below what the indicator can be.

Sentences quote first the text that cannot be read, so two reasons are the same where only that differs. Not here: why
a row is refused (``transforms.normalize``). Called for ``dvstats status`` (``pipelines.dataset_states``) and
``dvstats try`` (``pipelines.cli.terminal.try_declaration``).
"""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

# So many other texts are listed; the rest are in the table quarantine.
TEXTS = 4
_QUOTED = re.compile(r'"([^"]*)"')


@dataclass(frozen=True)
class SameReason:
    """Rows of quarantine that are refused for one reason."""

    #: in order, at least one
    rows: Sequence[Mapping[str, Any]]

    @property
    def first(self) -> Mapping[str, Any]:
        """The first of them."""
        return self.rows[0]

    @property
    def more(self) -> str:
        """Words for the others: their number, and the texts that the first one does not quote."""
        more = len(self.rows) - 1
        texts = dict.fromkeys(quoted[1] for row in self.rows if (quoted := _QUOTED.search(row["reason_en"])))
        others = list(texts)[1:]
        listed = ", ".join(f'"{text}"' for text in others[:TEXTS])
        if len(others) > TEXTS:
            listed += f" and {len(others) - TEXTS:,} others"
        also = f"; also {listed}" if others else ""
        return f" (and {more:,} more cell{'s' if more > 1 else ''}{also})" if more else ""


def by_reason(rows: Iterable[Mapping[str, Any]], together: Collection[str] = ()) -> Iterator[SameReason]:
    """The rows of quarantine by reason, in order.

    ``together``: rules whose sentence names another place in each row, and that are one reason all the same.
    """
    found: dict[tuple[str, str], list[Mapping[str, Any]]] = {}
    for row in rows:
        reason = "" if row["rule"] in together else _QUOTED.sub('"…"', row["reason_en"], count=1)
        found.setdefault((row["rule"], reason), []).append(row)
    yield from map(SameReason, found.values())

"""What needs a person: which dataset, what is wrong, since when, why, and what to do about it.

A pure function of the tables of a release (``datasets``, ``findings``, ``fetches``, ``quarantine``), so the overview
says what the release says. Not here: deciding a state (``pipelines.dataset_states``), Dagster's checks that show the
overview (``pipelines.assets.overview_checks``, which calls this), the terminal (``pipelines.cli.terminal.status``).

>>> sentence([], 3)
'3 of 3 datasets in order'
"""

import datetime as dt
import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from data_contracts.vocabulary import OVERDUE_AFTER_DAYS
from pipelines.published.finding_in_words import not_confirmed
from transforms.findings import NOT_READ, in_words, saying_why

# Kinds of trouble in words, the gravest first.
WORDS = {
    "failed": "failed",
    "held": "held",
    "stale": "stale",
    "refused": "with refused rows",
    "not_fetched": "never fetched",
}
# Tables of a release from which it is made.
TABLES = ("datasets", "findings", "fetches", "quarantine")
_ADDRESS = re.compile(r"(https?://)([^/\s]+)[^\s]*?(?=:?(?:\s|$))")
HEADER = "| dataset | what | since | why | what to do |\n| --- | --- | --- | --- | --- |"


@dataclass(frozen=True)
class Trouble:
    """One dataset that needs a person."""

    #: its id
    dataset_id: str
    #: in English
    title: str
    #: a code, or ``*`` for several
    country: str
    #: a key of ``WORDS``
    kind: str
    #: published observations
    rows: int
    #: rows in quarantine
    refused: int
    #: the day; None: always, or not known
    since: dt.date | None
    #: in a sentence
    why: str
    #: what a person does, in one or two sentences
    remedy: str

    @property
    def what(self) -> str:
        """What is wrong, and how much of it stays published meanwhile."""
        if self.kind == "not_fetched":
            return WORDS[self.kind]
        if self.kind == "refused":
            return f"{self.refused:,} rows refused, {self.rows:,} published"
        return f"{self.kind}; {self.rows:,} rows stay" if self.rows else f"{self.kind}; no rows"


def troubles(tables: Mapping[str, pa.Table]) -> list[Trouble]:
    """The datasets that need a person, the gravest first; ``tables``: those of a release, by name."""
    findings = _by_dataset(tables["findings"].to_pylist())
    fetches = _by_dataset(tables["fetches"].to_pylist())
    refused = _by_dataset(tables["quarantine"].to_pylist())
    found = []
    for row in tables["datasets"].to_pylist():
        kind = kind_of(row["state"], row["refused_rows"])
        if kind is None:
            continue
        name = row["dataset_id"]
        mine = findings.get(name, [])
        attempts = fetches.get(name, [])
        said = saying_why(row["state"], mine)
        if said and said["finding"].startswith("outage"):
            since, why = _since_outage(attempts), str(said["detail"] or said["reason_en"])
        else:
            since, why = _since_file(kind, row, attempts), _why(kind, row, said, refused.get(name, []))
        found.append(
            Trouble(
                dataset_id=name,
                title=row["title_en"],
                country=row["country"],
                kind=kind,
                rows=row["rows"],
                refused=row["refused_rows"],
                since=since,
                why=why,
                remedy=remedy(kind, row, {f["finding"] for f in mine}),
            )
        )
    order = list(WORDS)
    return sorted(found, key=lambda trouble: (order.index(trouble.kind), trouble.dataset_id))


def kind_of(state: str, refused_rows: int) -> str | None:
    """The kind of trouble of a dataset, a key of ``WORDS``; None where it needs nobody."""
    if state in WORDS:
        return state
    return "refused" if refused_rows else None


def counts(found: Sequence[Trouble]) -> dict[str, int]:
    """How many datasets have which trouble, by its words; zeros included, so that they can be plotted."""
    return {f"datasets {words}": sum(t.kind == kind for t in found) for kind, words in WORDS.items()}


def names(found: Sequence[Trouble]) -> dict[str, str]:
    """The datasets of each kind of trouble that there is. Example: ``{"stale": "2: kg_victims, kz_orders"}``."""
    by_kind = {kind: [t.dataset_id for t in found if t.kind == kind] for kind in WORDS}
    return {WORDS[kind]: f"{len(ids)}: {', '.join(ids)}" for kind, ids in by_kind.items() if ids}


def sentence(found: Sequence[Trouble], total: int) -> str:
    """Counts in one line. Example: ``17 failed, 5 stale; 101 of 123 datasets in order``."""
    counts = Counter(trouble.kind for trouble in found)
    parts = [f"{counts[kind]} {words}" for kind, words in WORDS.items() if counts[kind]]
    in_order = f"{total - len(found)} of {total} datasets in order"
    return f"{', '.join(parts)}; {in_order}" if parts else in_order


def markdown(found: Iterable[Trouble]) -> str:
    """The troubles as a Markdown table, a row a dataset."""
    lines = []
    for trouble in found:
        name = f"**{trouble.dataset_id}** {trouble.title}"
        since = str(trouble.since or "always")
        cells = (name, trouble.what, since, trouble.why, trouble.remedy)
        lines.append(f"| {' | '.join(map(_cell, cells))} |")
    return "\n".join([HEADER, *lines])


def remedy(kind: str, dataset: Mapping[str, Any], found: Collection[str]) -> str:
    """What a person does about it, as one or two sentences; ``dataset`` is a row of the table ``datasets``.

    ``found``: the findings on it.
    """
    outage = any(finding.startswith("outage") for finding in found)
    name, address = dataset["dataset_id"], dataset["address"]
    by_hand = f"Download the new file from {address}, then: dvstats add {name} FILE"
    ask = f"Start the job refresh_live, or: dvstats refresh --live --only {name}"
    if kind == "stale" and NOT_READ in found:
        return "Start the job refresh_offline, or: dvstats refresh"
    if kind == "refused":
        return (
            f"Read the table quarantine (dataset_id = '{name}'), then mend the labels in "
            f"sources/datasets/{name}.yaml"
        )
    if kind == "held" or (kind == "failed" and not outage):
        return (
            "Compare the new file with the publisher's page, then answer in "
            f"sources/datasets/{name}.yaml: CONTRIBUTING.md, 'A publisher changed its file'"
        )
    if outage:
        return (
            "Open the address in a browser. If it opens, try later. If it moved, change "
            f"sources/datasets/{name}.yaml. If only a browser gets the file: dvstats add {name} FILE"
        )
    return by_hand if dataset["collection"] == "inbox" else ask


def _why(
    kind: str,
    row: Mapping[str, Any],
    said: Mapping[str, Any] | None,
    refused: Sequence[Mapping[str, Any]],
) -> str:
    if said:
        return in_words(said)
    if refused:
        more = f" (and {len(refused) - 1} more)" if len(refused) > 1 else ""
        return f"{refused[0]['raw_locator']}: {refused[0]['reason_en']}{more}"
    if kind == "not_fetched":
        return "Nothing was ever received from it"
    return not_confirmed(row["last_success"], row["cadence"]).en


def _since_outage(attempts: Sequence[Mapping[str, Any]]) -> dt.date | None:
    """The day of the first failure after the last answer of the address that failed last."""
    since: dict[str, dt.date | None] = {}
    for attempt in attempts:
        address = str(attempt["address"])
        if attempt["outcome"] != "failed":
            since[address] = None
        elif since.get(address) is None:
            since[address] = _day(attempt)
    return min((day for day in since.values() if day), default=None)


def _since_file(kind: str, row: Mapping[str, Any], attempts: Sequence[Mapping[str, Any]]) -> dt.date | None:
    """The day of the newest file; for a dataset that is overdue, the day after the days that its cadence allows."""
    if kind == "not_fetched":
        return None
    days = OVERDUE_AFTER_DAYS.get(row["cadence"])
    if kind == "stale" and row["last_success"] and days is not None:
        success: dt.datetime = row["last_success"]
        return (success + dt.timedelta(days=days + 1)).date()
    newest = [attempt for attempt in attempts if attempt["outcome"] == "new"]
    return _day(newest[-1]) if newest else None


def _day(attempt: Mapping[str, Any]) -> dt.date | None:
    moment: dt.datetime | None = attempt["requested_at"] or attempt["received_at"]
    return moment.date() if moment else None


def _by_dataset(rows: Iterable[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        found.setdefault(row["dataset_id"], []).append(row)
    return found


def _cell(text: str) -> str:
    """A text that stays within its cell of a Markdown table; an address is a link that shows its host."""
    line = " ".join(text.replace("|", "\\|").split())
    return _ADDRESS.sub(lambda found: f"[{found[2]}]({found[0]})", line)

"""One observation and the cell that it was read from, with the cells around it and its history.

Not here: finding them (``pipelines.published.trace``). Called for ``dvstats trace``.
"""

from collections.abc import Iterator
from typing import Any

from data_contracts.vocabulary import DIMENSIONS
from pipelines.cli.terminal.console import console, named, safe, shown

_WIDTH = 12


def trace(found: dict[str, Any]) -> None:
    """What ``pipelines.published.trace`` found, a line a fact."""
    target = console()
    for name, value in _facts(found):
        if value:
            target.print(named(name, value, _WIDTH))
    target.print(named("around", "", _WIDTH))
    for neighbour in found["cell"]["around"]:
        mark = "→" if neighbour["here"] else " "
        target.print(f"            {mark} {safe(neighbour['locator'])}: {safe(repr(neighbour['text']))}")
    if len(found["history"]) > 1:
        target.print(named("history", "", _WIDTH))
        for version in found["history"]:
            until = version["valid_to"] or "now"
            value = f"{_value(version)} {version['obs_status']}"
            target.print(f"              {value} from {version['valid_from']} to {until}")


def _value(row: dict[str, Any]) -> str:
    return "no value," if row["obs_value"] is None else shown(row["obs_value"])


def _facts(found: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    row, cell = found["observation"], found["cell"]
    source, dataset = found["source"] or {}, found["dataset"] or {}
    yield "observation", f"{row['obs_key']}  {row['indicator']}, {row['ref_area']}, {row['time_period']}"
    yield "dimensions", ", ".join(f"{name}={row[name]}" for name in (*DIMENSIONS, "nature"))
    status = f"status {row['obs_status']}/{row['conf_status']}"
    yield "value", f"{_value(row)} {row['unit_measure']}, {status}"
    yield "note", row["note"]
    yield "in Russian", row["note_ru"]
    yield "dataset", f"{row['dataset_id']}: {dataset.get('title_en', '')}"
    yield "citation", dataset.get("citation")
    yield "source", f"{row['source_id']}: {source.get('publisher', '')}, {source.get('title') or ''}"
    yield "published", source.get("published") or "undated"
    yield "stated by", source.get("stated_by")
    yield "address", source.get("address")
    wording = found["wording"]
    yield "wording" if wording["of_this_figure"] else "of the page", wording["text"]
    yield "on the page", cell["in_publication"]
    yield "file", f"{cell['file']} (received {cell['received_at']})"
    yield "place", cell["locator"]
    yield "cell", repr(cell["text"])
    yield "labels", ", ".join(f"{key}={value}" for key, value in cell["labels"].items())
    yield "read by", found["rule"]
    yield "releases", ", ".join(found["releases"])

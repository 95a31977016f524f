"""From a published number back to the cell of the archived file that it was read from.

Not here: storing files (``sources.archive``), reading their cells (``sources.readers``), showing the result
(``pipelines.cli.terminal.trace``). Called by ``dvstats trace``.
"""

from pathlib import Path
from typing import Any

from data_contracts.errors import UserError
from pipelines.published.codebook import full_key
from pipelines.published.query import connect, dicts
from sources.archive import Archive
from sources.cells import LOCATOR, PLACE, QUOTE, VALUE
from sources.dataset import Dataset
from sources.isolated import read_cells
from sources.load_datasets import load_datasets
from transforms.normalize.scale import scaled_column

# Cells shown on either side of the one that holds the number.
NEIGHBOURS = 2


def trace(data_dir: Path, obs_key: str) -> dict[str, Any]:
    """The observation, its dataset, source and archived file, the cell with its neighbours, and its history.

    An observation that was withdrawn is found in the history, and one by the beginning of its key or by a key of an
    earlier release, with or without the ``k`` that keys begin with. :class:`UserError` for an unknown key.
    """
    with connect(data_dir) as con:
        obs_key = full_key(con, obs_key)
        versions = dicts(
            con, "SELECT * FROM observation_history WHERE obs_key = $1 ORDER BY valid_from", [obs_key]
        )
        row = (dicts(con, "SELECT * FROM observations WHERE obs_key = $1", [obs_key]) or versions[-1:])[0]
        sources = dicts(con, "SELECT * FROM sources WHERE source_id = $1", [row["source_id"]])
        datasets = dicts(con, "SELECT * FROM datasets WHERE dataset_id = $1", [row["dataset_id"]])
        releases = con.execute("SELECT release, published_at FROM releases ORDER BY release").fetchall()
    cell, source = _cell(data_dir, row), sources[0] if sources else None
    return {
        "observation": row,
        "dataset": datasets[0] if datasets else None,
        "source": source,
        "wording": _wording(cell, source),
        "cell": cell,
        "rule": _rule(row),
        "history": [
            {
                key: version[key]
                for key in ("obs_value", "obs_status", "valid_from", "valid_to", "first_release")
            }
            for version in versions
        ],
        "releases": [release for release, published_at in releases if _carried(published_at, versions)],
    }


def _carried(moment: Any, versions: list[dict[str, Any]]) -> bool:
    return any(
        v["valid_from"] <= moment and (v["valid_to"] is None or v["valid_to"] > moment) for v in versions
    )


def _wording(cell: dict[str, Any], source: dict[str, Any] | None) -> dict[str, Any]:
    """The publication's words: those that hold this very figure where the transcription has them, else the source's.

    A page that states five figures has one quote in the register of sources, which holds one of them. So
    ``of_this_figure`` says whether the words are this figure's own.
    """
    own = cell["labels"].pop(QUOTE, None)
    return {"text": own or (source or {}).get("quote"), "of_this_figure": own is not None}


def _declared(row: dict[str, Any]) -> Dataset:
    dataset = load_datasets().get(row["dataset_id"])
    if dataset is None:
        raise UserError(
            f"{row['obs_key']} comes from {row['dataset_id']}, which is not declared any more, so its file cannot be "
            f"read. Place: {row['raw_locator']} of {row['raw_sha256']}."
        )
    return dataset


def _cell(data_dir: Path, row: dict[str, Any]) -> dict[str, Any]:
    """Read the archived file again with the same reader, and find the place."""
    dataset = _declared(row)
    if dataset.restricted:
        raise UserError(
            f"{row['obs_key']} comes from {dataset.id}, which is not public: its file is not shown. "
            f"Place: {row['raw_locator']} of {row['raw_sha256']}."
        )
    archive = Archive(data_dir)
    stored = next((f for f in archive.files(dataset.id) if f.sha256 == row["raw_sha256"]), None)
    cells = read_cells(dataset, archive.read(dataset.id, row["raw_sha256"]))
    places = cells[LOCATOR].to_pylist()
    if row["raw_locator"] not in places:
        raise UserError(
            f"{row['raw_locator']} is not found in {row['raw_sha256']} any more: the reader {dataset.reader} changed. "
            "Report it with this key."
        )
    at = places.index(row["raw_locator"])
    first = max(0, at - NEIGHBOURS)
    around = cells.slice(first, at - first + NEIGHBOURS + 1).to_pylist()
    here = cells.slice(at, 1).to_pylist()[0]
    labels = {k: v for k, v in here.items() if not k.startswith("_") and v}
    return {
        "file": f"raw/{dataset.id}/{Path(stored.path).name}" if stored else None,
        "received_at": stored.first.received_at if stored else None,
        "address": stored.first.address if stored else None,
        "stated_period": stored.last.stated_period if stored else None,
        "locator": row["raw_locator"],
        "in_publication": here.get(PLACE),
        "text": cells[VALUE][at].as_py(),
        "labels": labels,
        "around": [
            {"locator": c[LOCATOR], "text": c[VALUE], "here": c[LOCATOR] == row["raw_locator"]}
            for c in around
        ],
    }


def _rule(row: dict[str, Any]) -> str:
    """Which declaration read the cell, and how its text became the value."""
    dataset = _declared(row)
    column = scaled_column(dataset.numbers)
    times = f" by the factor in {column!r}" if column else ""
    value = "no value" if row["obs_value"] is None else f"{row['obs_value']}{times}"
    return (
        f"reader {dataset.reader}, declaration sources/datasets/{dataset.id}.yaml; "
        f"text {row['published_value']!r} read as {value}, status {row['obs_status']}"
    )

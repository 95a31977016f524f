"""From a published number back to the cell it came from."""

from pathlib import Path
from typing import Any

from data_contracts.errors import UserError
from pipelines.published import query
from sources.archive import Archive
from sources.cells import LOCATOR, VALUE
from sources.load_datasets import load_datasets
from sources.readers.protocol import read_cells

NEIGHBOURS = 2


def trace(data_dir: Path, obs_key: str) -> dict[str, Any]:
    """The observation, its dataset, source and archived file, the cell with its neighbours, and its history."""
    con = query.connect(data_dir)
    try:
        row = _one(con, "SELECT * FROM observations WHERE obs_key = ?", obs_key)
        asked = "SELECT * FROM observation_history WHERE obs_key = ? ORDER BY valid_from"
        versions = con.sql(asked, params=[obs_key]).to_arrow_table().to_pylist()
        row = row or (versions[-1] if versions else None)
        if row is None:
            raise UserError(
                f"No observation has the key {obs_key}. The column obs_key of any table shows keys."
            )
        source = _one(con, "SELECT * FROM sources WHERE source_id = ?", row["source_id"])
        dataset_row = _one(con, "SELECT * FROM datasets WHERE dataset_id = ?", row["dataset_id"])
        releases = (
            con.sql("SELECT release, published_at FROM releases ORDER BY release")
            .to_arrow_table()
            .to_pylist()
        )
    finally:
        con.close()
    return {
        "observation": row,
        "dataset": dataset_row,
        "source": source,
        "cell": _cell(data_dir, row),
        "rule": _rule(row),
        "history": [
            {
                key: version[key]
                for key in ("obs_value", "obs_status", "valid_from", "valid_to", "first_release")
            }
            for version in versions
        ],
        "releases": [r["release"] for r in releases if _carried(r["published_at"], versions)],
    }


def _one(con: Any, sql: str, value: str) -> dict[str, Any] | None:
    rows = con.sql(sql, params=[value]).to_arrow_table().to_pylist()
    return rows[0] if rows else None


def _carried(moment: Any, versions: list[dict[str, Any]]) -> bool:
    return any(
        v["valid_from"] <= moment and (v["valid_to"] is None or v["valid_to"] > moment) for v in versions
    )


def _cell(data_dir: Path, row: dict[str, Any]) -> dict[str, Any]:
    """Read the archived file again with the same reader, and find the place."""
    dataset = load_datasets()[row["dataset_id"]]
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
    labels = {k: v for k, v in cells.slice(at, 1).to_pylist()[0].items() if not k.startswith("_") and v}
    return {
        "file": f"raw/{dataset.id}/{Path(stored.path).name}" if stored else None,
        "received_at": stored.first.received_at if stored else None,
        "address": stored.first.address if stored else None,
        "stated_period": stored.last.stated_period if stored else None,
        "locator": row["raw_locator"],
        "text": cells[VALUE][at].as_py(),
        "labels": labels,
        "around": [
            {"locator": c[LOCATOR], "text": c[VALUE], "here": c[LOCATOR] == row["raw_locator"]}
            for c in around
        ],
    }


def _rule(row: dict[str, Any]) -> str:
    """Which declaration read the cell, and how its text became the value."""
    dataset = load_datasets()[row["dataset_id"]]
    factor = dataset.numbers.multiply
    times = f", times {factor:g}" if factor != 1 else ""
    return (
        f"reader {dataset.reader}, declaration sources/datasets/{dataset.id}.yaml; "
        f"text {row['published_value']!r} read as {row['obs_value']}{times}, status {row['obs_status']}"
    )

"""The folder of counts before suppression.

::

    restricted/<dataset>/<data version>.parquet      observations before anything is withheld
    restricted/<dataset>/unread.csv                  texts of a register that have no code, with their rows
    restricted/<dataset>/scratch/                    what a count of a register has on the disk, while it runs

Only the user of the pipeline can enter the folder, and nothing in it is ever published. It may be deleted: the next
refresh counts the files anew. Where the files are gone too, the published rows are carried as they are and cannot be
audited again.

Not here: what is withheld (``pipelines.protect_release``, ``transforms.privacy``). Called by the assets, by
``pipelines.staging``, which asks whether a stage still has its counts, and by ``pipelines.protect_release``.
"""

import csv
import io
import shutil
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from data_contracts.arrow import read_table, table_bytes
from data_contracts.spreadsheets import guarded
from pipelines.data_directory import DataDirectory
from pipelines.store.exchange import KEPT
from sources.durable import write_whole
from transforms.ingest import Ingested


class RestrictedCounts:
    """Counts before suppression, by dataset and data version."""

    def __init__(self, data_dir: DataDirectory) -> None:
        """The folder below this data directory."""
        self.root = data_dir.root / "restricted"

    def has(self, dataset_id: str, data_version: str) -> bool:
        """Whether the counts of a data version are there."""
        return (self.root / dataset_id / f"{data_version}.parquet").is_file()

    def save(self, result: Ingested) -> None:
        """Keep what a restricted dataset's files say; nothing of any other dataset."""
        if result.restricted is None:
            return
        home = self._private_folder(result.dataset_id)
        content = table_bytes(result.restricted.counts)
        write_whole(home / f"{result.data_version}.parquet", content, private=True)
        lines = io.StringIO()
        writer = csv.writer(lines)
        writer.writerow(("column", "text", "rows"))
        writer.writerows(
            (guarded(column), guarded(text), rows) for column, text, rows in result.restricted.unread
        )
        write_whole(home / "unread.csv", lines.getvalue().encode(), private=True)
        for old in self._stored(result.dataset_id)[KEPT:]:
            old.unlink()

    def scratch(self, dataset_id: str) -> Path:
        """An empty folder for a count; what one that was killed left there is removed."""
        folder = self._private_folder(dataset_id) / "scratch"
        shutil.rmtree(folder, ignore_errors=True)
        return folder

    def of_published(self, dataset_id: str, published: pa.Table, schema: pa.Schema) -> pa.Table | None:
        """The newest counts of which ``published`` rows are made; None where there are none any more."""
        for path in self._stored(dataset_id):
            try:
                counts = read_table(path).cast(schema)
            except (OSError, pa.ArrowException, ValueError):
                continue
            if _made_of(published, counts):
                return counts.filter(
                    pc.is_in(counts["obs_key"], value_set=published["obs_key"].combine_chunks())
                )
        return None

    def _private_folder(self, dataset_id: str) -> Path:
        home = self.root / dataset_id
        home.mkdir(parents=True, exist_ok=True)
        for folder in (self.root, home):
            folder.chmod(0o700)
        return home

    def _stored(self, dataset_id: str) -> list[Path]:
        """Newest first."""
        found = (self.root / dataset_id).glob("*.parquet")
        return sorted(found, key=lambda path: (-path.stat().st_mtime_ns, path.name))


def _made_of(published: pa.Table, counts: pa.Table) -> bool:
    values = dict(zip(counts["obs_key"].to_pylist(), counts["obs_value"].to_pylist(), strict=True))
    rows = zip(published["obs_key"].to_pylist(), published["obs_value"].to_pylist(), strict=True)
    return all(key in values and value in (None, values[key]) for key, value in rows)

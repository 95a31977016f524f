"""The inbox: files that a person downloaded, each with a note of what the person said of it.

::

    inbox/<dataset>/2026-11-24T102233.000Z_Zhetysu_Region.XLSX                     the file
    inbox/<dataset>/2026-11-24T102233.000Z_Zhetysu_Region.XLSX.provenance.json     the note: a receipt

``dvstats add`` calls :func:`add`; pulling a dataset calls :func:`waiting`, which puts nothing into the archive itself.
"""

import json
from collections.abc import Iterator
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

from data_contracts.errors import UserError
from sources.cells import SourceError
from sources.dataset import Dataset
from sources.durable import write_whole
from sources.receipts import Record, record_from, utc_text

NOTE = ".provenance.json"


def add(
    inbox: Path,
    dataset: Dataset,
    file: Path,
    *,
    period: str | None,
    published: str | None,
    address: str | None,
) -> Path:
    """Copy a file into the inbox of a dataset, its note beside it; gives its new path.

    ``period`` and ``published`` are recorded as stated by the submitter.
    """
    if dataset.collection == "transcription":
        raise UserError(f"{dataset.id} is a transcription bundled with the project and has no inbox.")
    if not file.is_file():
        raise UserError(f"{file} is no file. Check the path.")
    moment = utc_text(datetime.now(UTC))
    record = Record(
        dataset.id,
        address=address,
        file_name=file.name,
        requested_at=moment,
        received_at=moment,
        via="inbox",
        stated_period=period,
        stated_published=published,
    )
    # The time in the name keeps two files of one name apart and the inbox in order.
    target = inbox / dataset.id / f"{moment.replace(':', '')}_{file.name}"
    target.parent.mkdir(parents=True, exist_ok=True)
    if dataset.restricted:
        target.parent.chmod(0o700)
    write_whole(target, file, private=dataset.restricted)
    note = target.with_name(f"{target.name}{NOTE}")
    note.write_text(json.dumps(asdict(record), ensure_ascii=False, indent=1), encoding="utf-8")
    return target


def waiting(inbox: Path, dataset: Dataset) -> Iterator[tuple[Path, Record | SourceError]]:
    """Every file in the inbox of a dataset with its receipt, oldest first, or with what is wrong with its note."""
    folder = inbox / dataset.id
    for path in sorted(folder.iterdir()) if folder.is_dir() else ():
        if path.name.endswith(NOTE) or path.name.startswith(".") or not path.is_file():
            continue
        yield path, _receipt(dataset, path)


def _receipt(dataset: Dataset, path: Path) -> Record | SourceError:
    note = path.with_name(f"{path.name}{NOTE}")
    place = f"inbox/{dataset.id}/{path.name}"
    if not note.is_file():
        return SourceError(
            "the file has no note of where it is from",
            file=place,
            remedy=f"Remove it and run: dvstats add {dataset.id} FILE",
        )
    try:
        return record_from(json.loads(note.read_text(encoding="utf-8")))
    except (ValueError, TypeError, AttributeError, OSError) as error:
        return SourceError(
            f"its note cannot be read ({error})",
            file=f"{place}{NOTE}",
            remedy=f"Remove both and run: dvstats add {dataset.id} FILE",
        )

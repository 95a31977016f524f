"""The inbox: files that a person downloaded, kept with what the person said of them."""

import json
import shutil
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

from data_contracts.errors import UserError
from sources.load_datasets import load_datasets
from sources.receipts import Record, utc_text
from transforms.parse import periods


def add(
    data_dir: Path,
    dataset_id: str,
    file: Path,
    *,
    period: str | None,
    published: str | None,
    address: str | None,
) -> Path:
    """Copy a file into the inbox of a dataset, its provenance beside it; gives its new path."""
    dataset = load_datasets().get(dataset_id)
    if dataset is None:
        raise UserError(f"No dataset {dataset_id}. `dvstats list datasets` shows what there is.")
    if dataset.collection == "transcription":
        raise UserError(f"{dataset_id} is a transcription bundled with the project and has no inbox.")
    if not file.is_file():
        raise UserError(f"{file} is no file. Check the path.")
    period = checked_period(period)
    moment = utc_text(datetime.now(UTC))
    record = Record(
        dataset_id, address=address, file_name=file.name, requested_at=moment, received_at=moment, via="inbox",
        stated_period=period, stated_published=published,
    )  # fmt: skip
    # The time in the name keeps two files of one name apart and the inbox in order.
    target = data_dir / "inbox" / dataset_id / f"{moment.replace(':', '')}_{file.name}"
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(file, target)
    note = target.with_name(f"{target.name}.provenance.json")
    note.write_text(json.dumps(asdict(record), ensure_ascii=False, indent=1), encoding="utf-8")
    return target


def checked_period(period: str | None) -> str | None:
    """The period that a person states with ``--period``, if it is one."""
    if period is not None and periods.parse(period) is None:
        raise UserError(f"--period {period!r} is no period. Write 2022, 2024-Q1, 2024-03 or 2025-01-01/P11M.")
    return period

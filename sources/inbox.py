"""The inbox: files that a person downloaded, each with a note of what the person said of it.

::

    inbox/<dataset>/2026-11-24T102233.000Z_Zhetysu_Region.XLSX                     the file
    inbox/<dataset>/2026-11-24T102233.000Z_Zhetysu_Region.XLSX.provenance.json     the note: a receipt

``dvstats add`` calls :func:`check_content` and :func:`add`; pulling a dataset calls :func:`waiting`, which puts nothing
into the archive itself; a refresh and Dagster's sensor on the inbox call :func:`strays`.

The folder may be one that many people can write to. So what lies in it is read as it is or not at all: a link is
refused, since it could lead to any file of the machine, and so are pipes, devices, and a note with a date or an address
that is none.
"""

import datetime as dt
import json
import os
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, replace
from pathlib import Path

from data_contracts.errors import UserError
from data_contracts.stored_json import load_json
from sources import isolated
from sources.cells import SourceError
from sources.dataset import Dataset
from sources.durable import write_whole
from sources.http.fetch_policy import FetchPolicy
from sources.http.redact import redact
from sources.receipts import Record, record_from, time_of, utc_text

NOTE = ".provenance.json"
#: as many bytes as a request may bring
MOST_BYTES = FetchPolicy.max_bytes
#: strays that are named one by one
MOST_SAID = 10
_MOST_NAME = 180
_STAMP = "%Y-%m-%dT%H%M%S.%fZ"
_DATE = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?")


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

    ``period`` and ``published`` are recorded as stated by the submitter; keys in ``address`` are not. UserError where
    the date or the address is none.
    """
    if dataset.collection == "transcription":
        raise UserError(
            f"{dataset.id} is a transcription bundled with the project and has no inbox. Edit sources/bundled/."
        )
    if not file.is_file():
        raise UserError(f"{file} is no file. Check the path.")
    if problem := _problem(published, address):
        raise UserError(problem)
    if any(unicodedata.category(letter) in ("Cc", "Cs") for letter in file.name):
        raise UserError(f"The name {file.name!a} holds what is no letter. Give the file another name.")
    now = dt.datetime.now(dt.UTC)
    moment = utc_text(now)
    record = Record(
        dataset.id,
        address=redact(address) if address else None,
        file_name=file.name,
        requested_at=moment,
        received_at=moment,
        via="inbox",
        stated_period=period,
        stated_published=published,
    )
    # The time in the name keeps two files of one name apart and the inbox in order.
    place = utc_text(_after_all(inbox / dataset.id, now)).replace(":", "")
    target = inbox / dataset.id / f"{place}_{_shortened(file.name)}"
    target.parent.mkdir(parents=True, exist_ok=True)
    if dataset.restricted:
        target.parent.chmod(0o700)
    write_whole(target, file, private=dataset.restricted)
    note = target.with_name(f"{target.name}{NOTE}")
    note.write_text(json.dumps(asdict(record), ensure_ascii=False, indent=1), encoding="utf-8")
    return target


def _shortened(name: str) -> str:
    """A name that leaves room for the time and for the note, of 255 bytes; the receipt has it whole."""
    suffix = Path(name).suffix
    rest = _MOST_NAME - len(suffix.encode())
    return name.removesuffix(suffix).encode()[:rest].decode(errors="ignore") + suffix if rest > 0 else name


def check_content(dataset: Dataset, file: Path) -> None:
    """UserError where a refresh could make nothing of the file: not of the expected kind, or not readable as declared.

    A register is not looked into: it may be larger than the memory, and no terminal quotes it.
    """
    if dataset.kind == "register" or not file.is_file():
        return
    expected: tuple[str, ...] = ()
    if dataset.collection == "portal" or "expected" in dataset.fetch.model_fields_set:
        expected = dataset.fetch.expected
    what = f"which expects {' or '.join(expected)}" if expected else f"which reads by {dataset.reader}"
    if problem := _unreadable(dataset, file, expected):
        raise UserError(f"{file} was not added to {dataset.id}, {what}: {problem}.")


def _unreadable(dataset: Dataset, file: Path, expected: tuple[str, ...]) -> str:
    if file.stat().st_size > MOST_BYTES:
        return f"it is larger than {MOST_BYTES} bytes"
    content = file.read_bytes()
    try:
        if expected and (reason := isolated.judge(content, "", expected)):
            return reason
        if isolated.read_large(dataset, file) is None:
            isolated.read_cells(dataset, content)
    except SourceError as error:
        return str(error).rstrip(".")
    return ""


def _after_all(folder: Path, now: dt.datetime) -> dt.datetime:
    """A moment after those in the names of all files that wait there, also where the clock was turned back since."""
    names = (path.name for path in folder.iterdir()) if folder.is_dir() else ()
    # Their order is that of time: the last one is read, and no other of perhaps very many.
    stamps = sorted({name.partition("_")[0] for name in names}, reverse=True)
    last = next(filter(_is_stamp, stamps), None)
    if last is None:
        return now
    stamp = dt.datetime.strptime(last, _STAMP).replace(tzinfo=dt.UTC)
    return max(now, stamp + dt.timedelta(milliseconds=1))


def _is_stamp(text: str) -> bool:
    try:
        return bool(dt.datetime.strptime(text, _STAMP))
    except ValueError:
        return False


def _problem(published: str | None, address: str | None) -> str:
    """What is wrong with a stated date or address; empty where nothing is."""
    if published is not None and not _is_date(published):
        return f"{published!r} is no date of publication. Write 2024-03-15, 2024-03 or 2024, not after today."
    if address is None:
        return ""
    # They load what sends requests, and every refresh looks into the inbox.
    from sources.http.addresses import plain_parts
    from sources.http.failures import Refused

    try:
        plain_parts(address)
    except Refused as refusal:
        return f"{refusal}. Write the page where the file was found: https://stat.example.org/victims."
    return ""


def _is_date(text: str) -> bool:
    """Whether it is a day, a month or a year that has begun."""
    match = _DATE.fullmatch(text)
    try:
        first = dt.date(*(int(part or 1) for part in match.groups())) if match else None
    except ValueError:
        return False
    # Somewhere it is tomorrow already.
    return first is not None and first <= dt.datetime.now(dt.UTC).date() + dt.timedelta(days=1)


def waiting(inbox: Path, dataset: Dataset) -> Iterator[tuple[Path, Record | SourceError]]:
    """Every file in the inbox of a dataset with its receipt, oldest first, or with what is wrong with it."""
    folder = inbox / dataset.id
    if folder.is_symlink():
        yield folder, _is_link(f"inbox/{dataset.id}")
        return
    for path in sorted(folder.iterdir()) if folder.is_dir() else ():
        if path.name.endswith(NOTE) or path.name.startswith("."):
            continue
        if path.is_symlink():
            yield path, _is_link(f"inbox/{dataset.id}/{path.name}")
        elif path.is_file():
            yield path, _receipt(dataset, path)
        elif not path.is_dir():
            place = f"inbox/{dataset.id}/{path.name}"
            yield path, SourceError("it is a pipe or a device", file=place, remedy="Put a file there")


def content_of(dataset: Dataset, path: Path) -> bytes | Path:
    """The bytes of a file of the inbox; of a register, which may be larger than the memory, its path.

    SourceError where it became a link since it was found.
    """
    return path if dataset.kind == "register" else _bytes_of(path)


def _bytes_of(path: Path) -> bytes:
    try:
        handle = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0))
    except OSError:
        if path.is_symlink():
            raise _is_link(f"inbox/{path.parent.name}/{path.name}") from None
        raise
    with os.fdopen(handle, "rb") as file:
        return file.read()


def hard_link_problem(path: Path) -> SourceError | None:
    """What is wrong with a new file that is a hard link, which may be to any file of this user; None where it is none.

    What the archive has already may get other names, as ``cp -al`` gives them.
    """
    if path.stat().st_nlink == 1:
        return None
    return SourceError(
        "it is a hard link, so the file is also elsewhere",
        file=f"inbox/{path.parent.name}/{path.name}",
        remedy="Put a copy there",
    )


def _is_link(place: str) -> SourceError:
    return SourceError("it is a link, which is not followed", file=place, remedy="Put the file itself there")


def files(inbox: Path) -> list[Path]:
    """Every file of the inbox, notes included, hidden ones not; sorted."""
    found = inbox.rglob("*") if inbox.is_dir() else ()
    return sorted(path for path in found if path.is_file() and not path.name.startswith("."))


def strays(inbox: Path, datasets: Iterable[str]) -> list[Path]:
    """Files at which no refresh would ever look: in no folder of a dataset, or notes of which the file is not there.

    A note beside its file goes with it.
    """
    folders = {inbox / name for name in datasets}
    found = files(inbox)
    there = set(found)

    def is_stray(path: Path) -> bool:
        if path.name.endswith(NOTE):
            return path.with_name(path.name.removesuffix(NOTE)) not in there
        return path.parent not in folders

    return [path for path in found if is_stray(path)]


def stray_sentences(paths: Sequence[Path]) -> list[str]:
    """What a person does about such files, the first of them by name."""
    said = [stray_sentence(path) for path in paths[:MOST_SAID]]
    if more := len(paths) - len(said):
        said.append(f"{more:,} more files of the inbox are not read either.")
    return said


def stray_sentence(path: Path) -> str:
    """What a person does about one."""
    if path.name.endswith(NOTE):
        return (
            f"{path} is a note, and the file that it is of is not beside it: nothing is read by it. Put the file back "
            "under its name, or delete the note."
        )
    return (
        f"{path} is in the inbox of no dataset and is not read. "
        f"Take it out and run: dvstats add DATASET FILE (`dvstats list datasets` shows the names)"
    )


def wrong_note(dataset: Dataset, path: Path, problem: str) -> SourceError:
    """What is wrong with the note of a file, after "its note"."""
    again = f"Remove both and run: dvstats add {dataset.id} FILE"
    return SourceError(f"its note {problem}", file=f"inbox/{dataset.id}/{path.name}{NOTE}", remedy=again)


def _receipt(dataset: Dataset, path: Path) -> Record | SourceError:
    note = path.with_name(f"{path.name}{NOTE}")
    place = f"inbox/{dataset.id}/{path.name}"
    if dataset.kind != "register" and path.stat().st_size > MOST_BYTES:
        return SourceError(f"the file is larger than {MOST_BYTES} bytes", file=place, remedy="Is it data?")
    if not note.is_file():
        return SourceError(
            "the file has no note of where it is from",
            file=place,
            remedy=f"Remove it and run: dvstats add {dataset.id} FILE",
        )
    try:
        record = record_from(load_json(_bytes_of(note)))
        if time_of(record.received_at) is None:
            raise ValueError("received_at is no time such as 2026-11-24T10:22:33Z")
    except (ValueError, TypeError, OSError) as error:
        return wrong_note(dataset, path, f"cannot be read ({error})")
    except SourceError as error:
        return error
    if problem := _problem(record.stated_published, record.address):
        return wrong_note(dataset, path, f"is wrong: {problem.rstrip('.')}")
    return replace(record, address=redact(record.address) if record.address else None)

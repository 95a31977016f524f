"""One dataset from the files that count in the archive to judged observations.

:func:`ingest` has the files read (``transforms.files_to_observations``) and compares what they say with the last
release: published, published with warnings, or held (``transforms.judge``). Whatever breaks is a finding, never an
exception. Pulling files is before this (``sources.pull``), the tables of all datasets together are after it
(``transforms.derive``).

Called by ``pipelines.assets.datasets``.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from data_contracts.arrow import Rows
from data_contracts.model import Contract
from sources.archive import Archive
from sources.cells import SourceError
from sources.current_files import CurrentFile, current_files, files_version, is_earlier
from sources.dataset import Dataset
from sources.receipts import Record, StoredFile, time_of
from transforms.files_to_observations import Former, InputFile, Observed, Restricted, former, observe
from transforms.findings import Findings
from transforms.judge.against_last_release import Editions, Judgement, judge
from transforms.normalize.former_keys import with_natures
from transforms.normalize.normalizer import Normalizer
from transforms.privacy.discreet import said

#: what a file came as: its name and period in an inbox, or its address
_Place = tuple[str | None, str | None]
_BY_HAND: _Place = (None, "by hand")
#: of each address a file, with the place of its receipt in the log
_ByAddress = dict[str | None, tuple[int, StoredFile]]


@dataclass
class Ingested:
    """What came of one dataset; ``observations`` are the last ones where it is held."""

    #: id of the dataset
    dataset_id: str
    #: rows of ``observations`` without ``first_release``
    observations: Rows
    #: rows of ``quarantine``: what was refused, with reason and place
    quarantine: pa.Table
    #: rows of ``findings``
    findings: list[dict[str, Any]] = field(default_factory=list)
    #: sentences on files that could not be read
    failures: list[str] = field(default_factory=list)
    #: files that were read
    files: int = 0
    #: cells that were read of them
    cells: int = 0
    #: the last rows stay, whatever was read now
    held: bool = False
    #: hash of what it was made of (``pipelines.data_versions``); set by the caller
    data_version: str = ""
    #: something broke that may not break again: to be tried at the next refresh, whatever the data version
    stopped: bool = False
    #: of a restricted dataset alone, for the restricted folder
    restricted: Restricted | None = None
    #: of a register: the months or years that came
    parts: Sequence[str] = ()
    #: checksums of the files that were accepted or, where it is held, kept from what is published
    judged: frozenset[str] = frozenset()


def ingest(
    shared: Normalizer,
    dataset: Dataset,
    archive: Archive,
    last: pa.Table,
    accepted_files: str = "",
    history: Callable[[], pa.Table] | None = None,
    scratch: Path | None = None,
) -> Ingested:
    """Observations of the files that count, judged beside ``last``: the dataset's observations of the last release.

    ``history``: gives what was ever published of the dataset.
    ``scratch``: where the count of a register may have files.
    ``accepted_files``: version of the files that ``last`` was made of and that were accepted, where it is known.
    """
    result = Ingested(dataset.id, last.slice(0, 0), shared.quarantine([]))
    try:
        current = current_files(dataset, archive)
    except SourceError as error:
        return stopped(shared, dataset, last, error)
    once_held = _once_held(dataset, archive, current) if not last.num_rows else []
    if once_held:
        last = _last_accepted(shared, dataset, archive)
    published = set(pc.unique(last["raw_sha256"]).to_pylist())
    returned = _returned(dataset, archive, current, last)
    # An older edition says what was published then, not what is published now.
    published -= returned.keys()
    read_before = _read_before(dataset, archive, published)
    files = [
        _input(dataset, archive, file, {} if file.stored.sha256 in published else read_before)
        for file in current
    ]
    before = history() if dataset.restricted and history else None
    seen = observe(shared, dataset, files, before, scratch)
    result.restricted, result.parts = seen.restricted, seen.parts
    if twice := _same_answer(current, set(pc.unique(seen.good["raw_sha256"]).to_pylist())):
        seen.findings.add("same_answer_twice", "critical", twice)
        seen.failures.append(twice)
    if twice := _stated_otherwise(dataset, current):
        seen.findings.add("stated_otherwise", "critical", twice)
        seen.failures.append(twice)
        seen.good = last
    result.files, result.cells, result.failures = seen.files, seen.cells, seen.failures
    result.quarantine, result.findings = seen.refused, seen.findings.rows
    now = {file.sha256 for file in files}
    same = files_version(current) == accepted_files or (
        now <= published and not any(_was_another(dataset, file) for file in current)
    )
    unknown = "" if last.num_rows else ", ".join(once_held)
    editions = Editions(returned, _dated(current), history, unknown)
    judgement = (
        _judged(shared.contract, dataset, last, seen, editions, same_files=same)
        if now
        else Judgement(bool(last.num_rows))
    )
    result.findings += judgement.findings
    result.held = judgement.held
    result.observations = last if judgement.held else seen.good
    if last.num_rows and dataset.collection != "transcription":
        result.judged = frozenset(now - published if judgement.held else now)
    return result


def _once_held(dataset: Dataset, archive: Archive, current: Sequence[CurrentFile]) -> list[str]:
    """Names of files that count and were held when they came; a transcription is reviewed instead."""
    held = archive.held(dataset.id) if dataset.collection != "transcription" else frozenset()
    files = [file.stored for file in current if file.stored.sha256 in held]
    return [file.last.address or file.last.file_name or file.sha256 for file in files]


def _last_accepted(shared: Normalizer, dataset: Dataset, archive: Archive) -> pa.Table:
    """What was published before files were held, where no release is left that says it: read of the editions before.

    Otherwise lost releases would publish what was held.
    """
    try:
        files = current_files(dataset, archive, archive.held(dataset.id))
    except SourceError:
        files = []
    return observe(shared, dataset, [_input(dataset, archive, file, {}) for file in files]).good


def _returned(
    dataset: Dataset, archive: Archive, current: Sequence[CurrentFile], last: pa.Table
) -> dict[str, str]:
    """Names, by checksum, of files that are older editions than what the published rows were read from.

    Such a file came again from a cache, was added again by hand, or is all that a restored archive still has. A row
    keeps the file in which its value was first found, so the files of the published rows are not only those that the
    last release was made of: among the files of one place, the one that came first last is.
    """
    if dataset.collection == "transcription":
        return {}
    stored = {file.sha256: file for file in archive.files(dataset.id)}
    now = {file.stored.sha256 for file in current}
    replaced: defaultdict[_Place, list[StoredFile]] = defaultdict(list)
    for sha in stored.keys() - now:
        for place in _places_of(dataset, stored[sha]):
            replaced[place].append(stored[sha])
    lost = last.filter(pc.invert(pc.is_in(last["raw_sha256"], pa.array(list(stored), pa.string()))))
    newest_lost = pc.max(lost["retrieved_at"]).as_py() or dt.datetime.min
    found = {}
    for file in current:
        edition = file.stored.edition
        if newest_lost > _received(file.stored.records[-1]) or any(
            other.edition > edition and not (dataset.collection == "inbox" and is_earlier(other, file.stored))
            for place in _own_places(dataset, file)
            for other in replaced[place]
        ):
            name = file.stored.last.address or file.stored.last.file_name
            found[file.stored.sha256] = f"{name}, first received {file.stored.first.received_at}"
    return found


def _dated(current: Sequence[CurrentFile]) -> frozenset[str]:
    """Checksums of files that a person brought with their date of publication: they count, whatever they say."""
    records = ((file.stored.sha256, file.stored.last) for file in current)
    return frozenset(sha for sha, last in records if last.via == "inbox" and last.stated_published)


def _places_of(dataset: Dataset, file: StoredFile) -> set[_Place]:
    """As what a file came: of an inbox by its names and periods, otherwise from its addresses, or by hand."""
    if dataset.collection == "inbox":
        return {(record.file_name, record.stated_period) for record in file.records}
    by_hand = {_BY_HAND for record in file.records if record.via == "inbox" and len(dataset.files) == 1}
    return by_hand | {(record.address, None) for record in file.records}


def _own_places(dataset: Dataset, file: CurrentFile) -> set[_Place]:
    """As what another edition of it may have come."""
    if dataset.collection == "inbox":
        return {(file.stored.last.file_name, file.stored.last.stated_period)}
    return {_BY_HAND, *((address, None) for address in _addresses(file))}


def _was_another(dataset: Dataset, file: CurrentFile) -> bool:
    """Whether a declared file came as another declared one, too: two may have been exchanged."""
    others = [other for other in dataset.files if other is not file.declared]
    addresses = {address for other in others for address in (other.address, *other.alternates)} - {""}
    own = _addresses(file)
    return any(record.address in addresses - own for record in file.stored.records)


def _stated_otherwise(dataset: Dataset, current: Sequence[CurrentFile]) -> str:
    """What was said of a file that was added as something else before, in what the declaration reads of it.

    One of the two is a mistake. Which one, whoever then adds it as one of them once more has said.
    """
    read = [name for name in ("stated_period", "file_name") if name in dataset.columns]
    for file in current if dataset.collection == "inbox" else ():
        said = [tuple(getattr(record, name) for name in read) for record in file.stored.records]
        if len(set(said)) > 1 and said.count(said[-1]) == 1:
            return f"{file.stored.last.file_name}: {_words(said[-2])}; {_words(said[-1])}"
    return ""


def _words(said: Sequence[str | None]) -> str:
    return ", ".join(text for text in said if text)


def _same_answer(current: Sequence[CurrentFile], with_rows: set[str]) -> str:
    """Names of declared files that came as one and the same file although different things are set for them.

    Tables without rows are often the same; ``with_rows``: checksums of the others.
    """
    found: dict[str, dict[str, dict[str, str]]] = {}
    for file in current:
        if file.declared and file.declared.constants and file.stored.sha256 in with_rows:
            named = found.setdefault(file.stored.sha256, {})
            named[file.declared.name] = dict(file.declared.constants)
    for named in found.values():
        # A source of its own is no other meaning.
        meanings = [
            {k: v for k, v in set_.items() if k not in ("source_id", "note")} for set_ in named.values()
        ]
        if any(meaning != meanings[0] for meaning in meanings):
            return ", ".join(named)
    return ""


def _judged(
    contract: Contract,
    dataset: Dataset,
    last: pa.Table,
    seen: Observed,
    editions: Editions,
    *,
    same_files: bool,
) -> Judgement:
    if seen.failures and last.num_rows:
        # A file that cannot be read must not take its rows away.
        return Judgement(held=True)
    refused = seen.refused.num_rows
    last = with_natures(last, seen.good)
    return judge(
        contract,
        dataset,
        last,
        seen.good,
        refused,
        seen.shapes,
        same_files=same_files,
        editions=editions,
    )


def stopped(shared: Normalizer, dataset: Dataset, last: pa.Table, error: BaseException) -> Ingested:
    """The dataset as it stays where something broke: its last rows, and a finding that says what."""
    sentence = said(dataset, error)
    findings = Findings(shared.contract, dataset.id)
    findings.add("dataset_stopped", "critical", value=sentence)
    return Ingested(
        dataset.id,
        last,
        shared.quarantine([]),
        findings.rows,
        [sentence],
        held=bool(last.num_rows),
        stopped=True,
    )


def _input(dataset: Dataset, archive: Archive, file: CurrentFile, read_before: _ByAddress) -> InputFile:
    stored, last = file.stored, file.stored.last
    return InputFile(
        read=lambda: archive.read(dataset.id, stored.sha256),
        local=lambda: archive.local_file(dataset.id, stored.sha256),
        size=stored.size,
        sha256=stored.sha256,
        path=f"raw/{dataset.id}/{PurePosixPath(stored.path).name}",
        retrieved_at=min(map(_received, stored.records)),
        declared=file.declared,
        stated={
            "file_name": last.file_name,
            "stated_period": last.stated_period,
            "stated_published": last.stated_published,
        },
        before=lambda: _former(dataset, archive, file, read_before),
    )


def _received(record: Record) -> dt.datetime:
    """When a file was received; what is added needs a time (``sources.inbox``)."""
    return time_of(record.received_at) or dt.datetime.min


def _read_before(dataset: Dataset, archive: Archive, published: set[str]) -> _ByAddress:
    """Of each address the newest file that the last release was made of, with the place of its receipt."""
    newest: _ByAddress = {}
    if dataset.collection == "transcription" or not published:
        return newest
    for stored in archive.files(dataset.id):
        for place, record in zip(stored.places, stored.records, strict=True):
            if stored.sha256 in published and place >= newest.get(record.address, (0,))[0]:
                newest[record.address] = (place, stored)
    return newest


def _former(dataset: Dataset, archive: Archive, file: CurrentFile, read_before: _ByAddress) -> Former | None:
    """The same file as the last release was made of, from whichever of its addresses; None where it is this one."""
    earlier = [read_before[address] for address in _addresses(file) if address in read_before]
    if not earlier:
        return None
    before = max(earlier, key=lambda entry: entry[0])[1]
    try:
        content = archive.read(dataset.id, before.sha256)
        elsewhere = before.last.address != file.stored.last.address
        return former(dataset, content, elsewhere=elsewhere)
    except SourceError:
        # What was readable once and is not now is no measure for the new file.
        return None


def _addresses(file: CurrentFile) -> set[str | None]:
    """Addresses from which the same file may come: one file may come from its alternates, or by hand."""
    addresses = {file.stored.last.address}
    if file.declared and file.declared.address and _is_first_page(file):
        addresses |= {file.declared.address, *file.declared.alternates}
    return addresses


def _is_first_page(file: CurrentFile) -> bool:
    """Whether it is the declared file itself, from whatever address, and no page after it."""
    declared, last = file.declared, file.stored.last
    return declared is not None and (
        last.via == "inbox" or last.address in (declared.address, *declared.alternates)
    )

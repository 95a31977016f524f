"""Getting a dataset's files into the archive: bundled ones, the inbox, and with a client the publisher's addresses.

An outage is no exception here: it is logged in the archive and comes back as a problem. Answers that belong together
are taken together. Example: a table comes in four pages, and page 2 answers 503. Then the new page 1 is not taken
either, since rows move from page to page; the last complete answer stays current until all four come again. The same
holds for the files of one dataset, as far as they were received before.

Which files count afterwards is for ``current_files``; nothing is read or judged here.

Called by ``pipelines.assets.datasets`` for the asset ``raw/<dataset>``.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from sources import inbox
from sources.archive import Archive, checksum
from sources.cells import SourceError
from sources.current_files import MOST_PAGES, next_address
from sources.dataset import BUNDLED, Dataset, SourceFile
from sources.http.fetch_policy import RETRY_STATUSES, FetchPolicy, user_agent
from sources.receipts import Record, record_of

if TYPE_CHECKING:
    # It loads what sends requests, of which most refreshes send none.
    from sources.http.client import Client, Fetch


# Bytes of small files that are archived together.
_TOGETHER = 50_000_000


@dataclass
class Pulled:
    """What came for one dataset."""

    #: files that the archive did not have, and answers that differ from the last one
    new: int = 0
    #: answers that are the last one again
    unchanged: int = 0
    #: a sentence for each declared file that did not come
    outages: list[str] = field(default_factory=list)
    #: what is wrong with files of the inbox
    problems: list[SourceError] = field(default_factory=list)


@dataclass
class _Answer:
    """What came of requesting one declared file."""

    #: its pages in order; of a file that did not come, those that did
    pages: list["Fetch"] = field(default_factory=list)
    #: requests that failed
    tried: list["Fetch"] = field(default_factory=list)
    #: why it did not come, a sentence for each address; empty: it came
    reasons: list[str] = field(default_factory=list)
    #: whether the archive has an earlier answer of one of its addresses
    held: bool = False


def policy_for(dataset: Dataset, *, contact: str, mirrored: bool, patience: float) -> FetchPolicy:
    """How requests are sent to a dataset's publisher, from its declaration.

    ``contact`` is added to the user agent; a mirror is the user's own machine, so requests to it are repeated without
    long waits (``patience`` stretches them).
    """
    declared = dataset.fetch.model_dump(exclude_unset=True)
    retry_400 = declared.pop("retry_400", False)
    expected = tuple(declared.pop("expected", ("csv",)))
    if retry_400:
        declared["retry_statuses"] = RETRY_STATUSES | {400}
    declared["user_agent"] = user_agent(contact)
    if mirrored:
        declared["backoff_base"] = 0.05 * patience
    return FetchPolicy(hosts=dataset.hosts, expected=expected, **declared)


def pull_local(dataset: Dataset, archive: Archive, inbox_folder: Path) -> Pulled:
    """Take the bundled files and what people added, as far as the archive does not have them yet."""
    pulled = Pulled()
    if dataset.restricted:
        # Also what came before it was declared so.
        archive.close_to_others(dataset.id)
        if (inbox_folder / dataset.id).is_dir():
            (inbox_folder / dataset.id).chmod(0o700)
    together: list[tuple[bytes | Path, Record]] = []
    size = 0
    for found in _unreceived(dataset, archive, inbox_folder):
        if isinstance(found, SourceError):
            pulled.problems.append(found)
            continue
        pulled.new += 1
        together.append(found)
        size += len(found[0]) if isinstance(found[0], bytes) else 0
        if size > _TOGETHER:
            archive.put_all(dataset.id, together, private=dataset.restricted)
            together, size = [], 0
    if together:
        archive.put_all(dataset.id, together, private=dataset.restricted)
    return pulled


def local_is_new(dataset: Dataset, archive: Archive, inbox_folder: Path) -> bool:
    """Whether :func:`pull_local` would find something to do, or something to say."""
    return any(True for _ in _unreceived(dataset, archive, inbox_folder))


def _unreceived(
    dataset: Dataset, archive: Archive, inbox_folder: Path
) -> Iterator[tuple[bytes | Path, Record] | SourceError]:
    """Bundled and waiting files whose receipt, or whose whole bytes, the archive does not have; what is wrong with one.

    The archive is looked through once, however many files wait.
    """
    received = {record: file for file in archive.files(dataset.id) for record in file.records}

    def is_new(content: bytes | Path, record: Record) -> bool:
        digest, size = checksum(content)
        file = received.get(replace(record, sha256=digest, size=size))
        return file is None or not archive.is_whole(file)

    for content, record in _bundled(dataset):
        if is_new(content, record):
            yield content, record
    for path, noted in inbox.waiting(inbox_folder, dataset):
        if isinstance(noted, SourceError):
            yield noted
        elif is_new(waiting := inbox.content_of(dataset, path), noted):
            yield inbox.hard_link_problem(path) or (waiting, noted)


def _bundled(dataset: Dataset) -> Iterator[tuple[bytes, Record]]:
    for file in dataset.files:
        if file.bundled:
            moment = f"{dataset.seen}T00:00:00.000Z"
            record = Record(
                dataset.id,
                address=file.address or dataset.address,
                file_name=Path(file.bundled).name,
                requested_at=moment,
                received_at=moment,
                via="bundled",
            )
            yield (BUNDLED / file.bundled).read_bytes(), record


def pull_live(dataset: Dataset, archive: Archive, client: "Client", policy: FetchPolicy, via: str) -> Pulled:
    """Request every file of the publisher; files that belong together are stored together or not at all."""
    pulled = Pulled()
    answers = [_request_file(dataset, archive, client, policy, file) for file in dataset.files]
    broken = any(answer.reasons and answer.held for answer in answers)
    attempts: list[Record] = []
    good: list[tuple[bytes | Path, Record]] = []
    for answer in answers:
        attempts += [record_of(dataset.id, fetch, via=via) for fetch in answer.tried]
        for fetch in answer.pages:
            record = record_of(dataset.id, fetch, via=via)
            taken = not answer.reasons and not (broken and fetch.outcome == "new")
            if not taken:
                reason = "Not taken: what belongs to it did not come"
                attempts.append(replace(record, outcome="failed", reason=reason))
            elif fetch.body is not None:
                good.append((fetch.body, record))
            else:
                attempts.append(record)
            pulled.new += taken and fetch.outcome == "new"
            pulled.unchanged += taken and fetch.outcome == "unchanged"
        if answer.reasons:
            mirrored = " (through the mirror)" if via == "mirror" else ""
            pulled.outages.append("; ".join(f"{reason}{mirrored}" for reason in answer.reasons))
    # Failures first: the newest line of the log on an address says how it is now.
    if attempts:
        archive.record(dataset.id, *attempts)
    if good:
        archive.put_all(dataset.id, good, private=dataset.restricted)
    return pulled


def _request_file(
    dataset: Dataset, archive: Archive, client: "Client", policy: FetchPolicy, file: SourceFile
) -> _Answer:
    """The address, then its alternates; the first acceptable answer counts, with all its pages."""
    answer = _Answer()
    for address in (file.address, *file.alternates):
        answer.held = answer.held or archive.latest(dataset.id, address) is not None
        pages, reason = _request_pages(dataset, archive, client, policy, address)
        if not reason:
            return _Answer(pages=pages, tried=answer.tried, held=answer.held)
        answer.tried += [page for page in pages if page.outcome == "failed"]
        answer.pages += [page for page in pages if page.outcome != "failed"]
        answer.reasons.append(reason)
    return answer


def _request_pages(
    dataset: Dataset, archive: Archive, client: "Client", policy: FetchPolicy, address: str
) -> tuple[list["Fetch"], str]:
    """Every page from an address on, and a sentence where one of them is nothing acceptable."""
    pages: list[Fetch] = []
    following: str | None = address
    while following is not None:
        if len(pages) >= MOST_PAGES:
            return pages, f"{address}: more than {MOST_PAGES} pages"
        fetch, content = _request(dataset, archive, client, policy, following)
        pages.append(fetch)
        if content is None:
            return pages, f"{fetch.address}: {fetch.reason}"
        following = next_address(dataset, following, content)
    return pages, ""


def _request(
    dataset: Dataset, archive: Archive, client: "Client", policy: FetchPolicy, address: str
) -> tuple["Fetch", bytes | None]:
    """Request one address, on condition that it changed where the archive holds its last answer undamaged."""
    held = archive.latest(dataset.id, address)
    if held is not None and not archive.is_whole(held):
        held = None
    last = held.last if held else None
    fetch = client.get(
        address,
        policy,
        etag=last.etag if last else None,
        last_modified=last.last_modified if last else None,
        known_sha256=held.sha256 if held else None,
    )
    if fetch.outcome == "failed":
        return fetch, None
    if fetch.body is not None:
        return fetch, fetch.body
    return fetch, archive.read(dataset.id, held.sha256) if held else None

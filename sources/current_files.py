"""Which archived files count for a dataset now, page after page.

The newest receipt of each declared file counts (the order of the log, not the clock), every file of an inbox dataset
(a newer one of the same name and period replaces the older, unless its stated date of publication is earlier), and the
pages that follow a first page. Nothing is read or judged here; ``pull`` puts files into the archive,
``transforms.files_to_observations`` reads them.

Called by ``sources.pull``, ``transforms.ingest`` and ``pipelines.data_versions``.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit, urlunsplit

from sources.archive import Archive
from sources.cells import SourceError
from sources.dataset import BUNDLED, Dataset, SourceFile
from sources.isolated import next_page
from sources.receipts import StoredFile

# A service that never stops paging is broken.
MOST_PAGES = 200


@dataclass(frozen=True)
class CurrentFile:
    """An archived file that counts."""

    #: the archived file
    stored: StoredFile
    #: the declared file that it is; None: an inbox file of another name
    declared: SourceFile | None


def current_files(dataset: Dataset, archive: Archive, without: Collection[str] = ()) -> list[CurrentFile]:
    """The files that count, in the order of the declaration; SourceError where a page of an answer is missing.

    ``without``: checksums of files that are passed over, so that the editions before them count.
    """
    stored = [file for file in archive.files(dataset.id) if file.sha256 not in without]
    if dataset.collection == "inbox":
        return [CurrentFile(group[-1], _declared_for(dataset, group[-1])) for group in editions(stored)]
    chosen = []
    for declared in dataset.files:
        found = _newest(dataset, declared, stored)
        if found is not None:
            chosen.append(CurrentFile(found, declared))
            chosen += [CurrentFile(page, declared) for page in _pages_after(dataset, archive, found, without)]
    return chosen


def editions(stored: Sequence[StoredFile]) -> list[list[StoredFile]]:
    """Inbox files of one name and period, each group from the oldest edition to the one that counts."""
    groups: dict[tuple[str | None, str | None], list[StoredFile]] = {}
    newest: dict[tuple[str | None, str | None], str] = {}
    for file in sorted(stored, key=lambda file: file.places[-1]):
        name = (file.last.file_name, file.last.stated_period)
        group, own = groups.setdefault(name, []), file.last.stated_published or ""
        # Most come without a date or after all others: they are earlier than none.
        known = enumerate(group) if own and own < newest.get(name, "") else ()
        group.insert(next((place for place, other in known if is_earlier(file, other)), len(group)), file)
        newest[name] = max(own, newest.get(name, ""))
    return list(groups.values())


def is_earlier(file: StoredFile, other: StoredFile) -> bool:
    """Whether it was published before the other one; dates may be years or months, of which only the rest tells."""
    own, its = file.last.stated_published or "", other.last.stated_published or ""
    length = min(len(own), len(its))
    return own[:length] < its[:length]


def files_version(files: Sequence[CurrentFile]) -> str:
    """Hash of the files that count and of what was stated of them: equal hashes mean nothing new to read."""
    facts = [
        (
            file.declared.name if file.declared else "",
            file.stored.sha256,
            file.stored.last.file_name,
            file.stored.last.stated_period,
            file.stored.last.stated_published,
        )
        for file in files
    ]
    return sha256(repr(facts).encode()).hexdigest()[:16]


def _declared_for(dataset: Dataset, file: StoredFile) -> SourceFile | None:
    return next((declared for declared in dataset.files if declared.name == file.last.file_name), None)


def _newest(dataset: Dataset, declared: SourceFile, stored: Sequence[StoredFile]) -> StoredFile | None:
    """The newest receipt among the file's addresses and what people added; a bundled file is its own bytes."""
    if declared.bundled:
        digest = sha256((BUNDLED / declared.bundled).read_bytes()).hexdigest()
        return next((file for file in stored if file.sha256 == digest), None)
    addresses = {declared.address, *declared.alternates}
    added_counts = len(dataset.files) == 1
    newest: tuple[int, StoredFile] | None = None
    for file in stored:
        for place, record in zip(file.places, file.records, strict=True):
            # A file that is still the same is no newer than what a person added since it came.
            mine = (record.address in addresses and record.outcome != "unchanged") or (
                record.via == "inbox" and added_counts
            )
            if mine and (newest is None or place > newest[0]):
                newest = (place, file)
    return newest[1] if newest else None


def _pages_after(
    dataset: Dataset, archive: Archive, first: StoredFile, without: Collection[str]
) -> Iterator[StoredFile]:
    address = first.last.address or ""
    page = first
    for _ in range(MOST_PAGES):
        following = next_address(dataset, address, archive.read(dataset.id, page.sha256))
        if following is None:
            return
        found = archive.latest(dataset.id, following, without=without)
        if found is None:
            raise SourceError(
                "a page of the answer was never received", file=following, remedy="Refresh with --live"
            )
        yield found
        address, page = following, found


def next_address(dataset: Dataset, address: str, content: bytes) -> str | None:
    """Address of the page after this one, for services that answer in pages; None after the last."""
    try:
        following = next_page(dataset, content)
    except SourceError:
        # What cannot be read names no next page; reading it for its cells will say why.
        return None
    if following is None:
        return None
    if not following.isdecimal():
        return urljoin(address, following)
    parts = urlsplit(address)
    query = [pair for pair in parse_qsl(parts.query, keep_blank_values=True) if pair[0] != "page"]
    return urlunsplit(parts._replace(query=urlencode([*query, ("page", following)])))

"""One dataset from archived files to judged observations: read, correct, normalize, merge, protect, judge.

:func:`observe` makes observations of files, whatever they are (``dvstats try`` uses it on files that nobody archived);
:func:`ingest` does it for the files that count in the archive and compares with the last release. An unreadable file,
a refused row, a lost year are findings, never exceptions. Pulling files is before this (``sources.pull``), the tables
of all datasets together are after it (``transforms.derive``).
"""

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from data_contracts import checks
from data_contracts.arrow import arrow_schema
from data_contracts.model import Contract
from data_contracts.strict_files import nearest
from sources.archive import Archive
from sources.cells import HIDDEN, ReadError, SourceError
from sources.current_files import CurrentFile, current_files, files_version
from sources.dataset import Dataset, SourceFile
from sources.isolated import read_cells
from sources.receipts import StoredFile
from transforms.corrections import Corrected, as_published, correct, unused
from transforms.findings import Findings
from transforms.incidents.coding import Unread
from transforms.incidents.register import Counted, RegisterFile, codes_as_labels, count_register, few
from transforms.judge import Judgement, Shape, judge
from transforms.merge import merge
from transforms.normalize.facts import FileFacts, Normalized
from transforms.normalize.former_keys import with_natures
from transforms.normalize.normalizer import Normalizer
from transforms.normalize.quarantine import refused_row
from transforms.privacy.discreet import discreet, refuse_persons, said

# First bytes of gzip and ZIP: such a file has no lines.
PACKED = (b"\x1f\x8b", b"PK")


class Former(NamedTuple):
    """What is remembered of a file when the next one comes: its columns, whether its last line was ended, and whether
    it came from another address of the same file."""

    columns: frozenset[str]
    ended: bool
    elsewhere: bool = False


@dataclass(frozen=True)
class InputFile:
    """One file to be read, with what is known of it; ``stated`` is what the person who brought it said."""

    read: Callable[[], bytes]
    sha256: str
    path: str
    retrieved_at: dt.datetime
    declared: SourceFile | None = None
    stated: dict[str, str | None] = field(default_factory=dict)
    # The file before this one; None where there is none.
    before: Callable[[], "Former | None"] = lambda: None
    # Where its bytes lie: registers are too large to be read at once.
    local: Callable[[], Path] = lambda: Path()

    @property
    def facts(self) -> FileFacts:
        """What the normalizer needs to know of it."""
        constants = self.declared.constants if self.declared else {}
        return FileFacts(self.sha256, self.retrieved_at, self.path, constants)


@dataclass
class Restricted:
    """What a restricted dataset's files say, for the restricted folder only.

    ``counts``: the observations before anything is withheld. ``unread``: texts of a register that have no code.
    """

    counts: pa.Table
    unread: Sequence[Unread] = ()


@dataclass
class Observed:
    """What files say: observations, quarantine, findings, and the shape of each file."""

    good: pa.Table
    refused: pa.Table
    findings: Findings
    failures: list[str] = field(default_factory=list)
    shapes: list[Shape] = field(default_factory=list)
    files: int = 0
    cells: int = 0
    restricted: Restricted | None = None
    parts: Sequence[str] = ()


@dataclass
class Ingested:
    """What came of one dataset; ``observations`` are the last ones where it is held."""

    dataset_id: str
    observations: pa.Table
    quarantine: pa.Table
    findings: list[dict[str, Any]] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    files: int = 0
    cells: int = 0
    held: bool = False
    data_version: str = ""
    # Something broke that may not break again: to be tried at the next refresh, whatever the data version.
    stopped: bool = False
    restricted: Restricted | None = None
    # Of a register: the months or years that came.
    parts: Sequence[str] = ()


def observe(
    shared: Normalizer, dataset: Dataset, files: Sequence[InputFile], history: pa.Table | None = None
) -> Observed:
    """Observations of files; a file that cannot be read is a finding, and the others are read.

    ``history``: what was ever published of a restricted dataset, as in ``observation_history``.
    """
    empty = shared.good_schema().empty_table()
    seen = Observed(empty, shared.quarantine([]), Findings(shared.contract, dataset.id))
    parts = (
        _counted(shared, dataset, files, seen)
        if dataset.counting
        else _read_all(shared, dataset, files, seen)
    )
    if parts:
        _join(shared, dataset, parts, seen, history)
    return seen


def _read_all(
    shared: Normalizer, dataset: Dataset, files: Sequence[InputFile], seen: Observed
) -> list["_Part"]:
    parts: list[_Part] = []
    for file in files:
        try:
            content = file.read()
            cells = _stated(_read(dataset, content), file)
            refuse_persons(shared.contract, dataset, cells)
        except SourceError as error:
            _refuse_file(shared, dataset, file, error, seen)
            continue
        seen.files += 1
        seen.cells += cells.num_rows
        seen.shapes.append(_shape(file, cells, content, dataset))
        _say_what_is_hidden(dataset, file, cells, seen.findings)
        _say_what_is_not_found(dataset, file, cells, seen.findings)
        parts.append(_normalize(shared, dataset, file, cells))
    return parts


def _counted(
    shared: Normalizer, dataset: Dataset, files: Sequence[InputFile], seen: Observed
) -> list["_Part"]:
    """A register's files together: an incident may be in two of them, and a person in many."""
    if not files:
        return []
    try:
        given = [RegisterFile(file.local(), file.facts) for file in files]
        counted = count_register(shared.lookups, dataset, given)
    except SourceError as error:
        _refuse_file(shared, dataset, files[-1], error, seen)
        return []
    seen.files, seen.cells = len(files), sum(cells.num_rows for cells in counted.cells)
    facts = files[-1].facts
    for rule, place, rows in counted.refused:
        said = checks.sentence(shared.contract, rule, place=place, value=rows)
        row = refused_row(dataset.id, rule, said.en, said.ru, facts, locator=f"column {place}")
        seen.refused = pa.concat_tables([seen.refused, shared.quarantine([row])])
    seen.restricted, seen.parts = Restricted(seen.good, counted.unread), counted.parts
    if _is_incomplete(dataset, counted, seen):
        return []
    if counted.repeated:
        seen.findings.add("dropped_duplicate", "info", f"{few(counted.repeated)} rows")
    codes = codes_as_labels(dataset)
    return [_normalize(shared, codes, file, cells) for file, cells in zip(files, counted.cells, strict=True)]


def _is_incomplete(dataset: Dataset, counted: Counted, seen: Observed) -> bool:
    """Whether so much of a register is missing that its counts would be too small; findings say what."""
    if counted.lost > counted.rows * dataset.refuse_above:
        share = f"{100 * counted.lost / counted.rows:.1f} % of the rows of the register"
        seen.findings.add("too_many_refused", "critical", share)
        seen.failures.append(share)
    if counted.missing:
        missing = ", ".join(counted.missing)
        seen.findings.add("partition_missing", "critical", missing)
        seen.failures.append(missing)
    return bool(seen.failures)


def _say_what_is_hidden(dataset: Dataset, file: InputFile, cells: pa.Table, findings: Findings) -> None:
    """Parts that the file hides and that were passed over: a finding, unless the declaration says what to do."""
    parts = (cells.schema.metadata or {}).get(HIDDEN, b"").decode()
    options = dataset.reader_options
    groups = options.get("tables", ())
    if parts and "hidden" not in options and not any("hidden" in group for group in groups):
        findings.add("hidden_parts", "warning", f"{file.path}: {parts[:300]}")


def _say_what_is_not_found(dataset: Dataset, file: InputFile, cells: pa.Table, findings: Findings) -> None:
    """Values that ``where`` asks for and a file has not: all of a column, or one that the file spells nearly so.

    One of several countries may well be missing in one file; nothing is said of it, nor of a file that is not public.
    """
    if dataset.restricted:
        return
    for column, wanted in dataset.where.items():
        held = set(pc.unique(cells[column]).to_pylist()) - {None} if column in cells.column_names else set()
        others = held.difference(wanted)
        for value in wanted if others else ():
            close = nearest(value, others, likeness=0.85) if value not in held else None
            if close or held.isdisjoint(wanted):
                sentence = "where_misspelt" if close else "where_not_found"
                filled = {"value": value, "place": column, "close": close or ""}
                findings.add(sentence, "warning", f"{file.path}: {column}", **filled)


def _shape(file: InputFile, cells: pa.Table, content: bytes, dataset: Dataset) -> Shape:
    name = file.declared.name if file.declared else PurePosixPath(file.path).name
    before = file.before()
    cut = before is not None and before.ended and not _ended(dataset, content)
    columns, elsewhere = (before.columns, before.elsewhere) if before else (None, False)
    return Shape(name, _columns(cells), columns, cells.num_rows, cut, elsewhere)


def _columns(cells: pa.Table) -> frozenset[str]:
    return frozenset(name for name in cells.column_names if not name.startswith("_"))


def _ended(dataset: Dataset, content: bytes) -> bool:
    """Whether a file of lines ends its last line; a number that is cut off in it still is a number."""
    by_lines = dataset.reader in ("delimited", "open_sdg", "sdmx_csv") and not content.startswith(PACKED)
    return by_lines and content.rstrip(b"\0").endswith((b"\n", b"\r"))


def _read(dataset: Dataset, content: bytes) -> pa.Table:
    try:
        return read_cells(dataset, content)
    except SourceError:
        raise
    except Exception as error:
        # A reader must not fail otherwise; if one does, one dataset stops, not four countries.
        raise ReadError(f"the reader {dataset.reader} failed: {error!r}", remedy="Report the file") from error


def _stated(cells: pa.Table, file: InputFile) -> pa.Table:
    """What the person who brought the file stated, as columns that a declaration may map."""
    for name, value in file.stated.items():
        if name not in cells.column_names:
            cells = cells.append_column(name, pa.array([value] * cells.num_rows, pa.string()))
    return cells


def _refuse_file(
    shared: Normalizer, dataset: Dataset, file: InputFile, error: SourceError, seen: Observed
) -> None:
    words = said(dataset, error)
    sentence = checks.sentence(shared.contract, "unreadable_file", value=words)
    row = refused_row(
        dataset.id, "unreadable_file", sentence.en, sentence.ru, file.facts, locator=error.place
    )
    seen.refused = pa.concat_tables([seen.refused, shared.quarantine([row])])
    seen.failures.append(words)
    seen.findings.add("unreadable_file", "critical", f"{file.path}: {words}", value=words)


class _Part(NamedTuple):
    """One file after corrections and normalization."""

    file: InputFile
    corrected: Corrected
    normalized: Normalized


def _normalize(shared: Normalizer, dataset: Dataset, file: InputFile, cells: pa.Table) -> _Part:
    corrected = correct(cells, dataset.id, file.declared.name if file.declared else "")
    return _Part(file, corrected, shared.normalize(corrected.cells, dataset, file.facts))


def _join(
    shared: Normalizer, dataset: Dataset, parts: Sequence[_Part], seen: Observed, history: pa.Table | None
) -> None:
    for sentence in unused([part.corrected for part in parts]):
        seen.findings.add("correction_unused", "critical", sentence)
    published = {
        (part.file.sha256, place): text for part in parts for place, text in part.corrected.published.items()
    }
    good = pa.concat_tables([part.normalized.good for part in parts])
    refused = [seen.refused, *(part.normalized.refused for part in parts)]
    if len(parts) > 1:
        paths = {part.file.sha256: part.file.path for part in parts}
        good, contradicting = merge(shared, dataset.id, good, paths)
        refused.append(contradicting)
    # Before anything is withheld: what is withheld must not get its text back.
    good = as_published(good, published)
    if dataset.restricted:
        seen.restricted = Restricted(good, seen.restricted.unread if seen.restricted else ())
        good = _protect(shared.contract, dataset, good, seen, history)
    seen.good = good
    seen.refused = discreet(shared, dataset, as_published(pa.concat_tables(refused), published))
    dropped = sum(part.normalized.duplicates for part in parts)
    if dropped:
        seen.findings.add("dropped_duplicate", "info", f"{dropped} cells")


def _protect(
    contract: Contract, dataset: Dataset, good: pa.Table, seen: Observed, history: pa.Table | None
) -> pa.Table:
    """Small counts of persons are withheld, and what would give them away; services and money are no persons.

    By this dataset alone: what others publish beside it is looked at when all are together (``privacy.release``).
    """
    # Solving for what could be recovered needs SciPy, which takes seconds to import and is needed for few datasets.
    from transforms.privacy.disclosure import DisclosureError
    from transforms.privacy.release import protect, registers_among

    try:
        return protect(contract, good, registers=registers_among([dataset]), history=history)
    except DisclosureError as error:
        seen.findings.add("cannot_protect", "critical", str(error))
        seen.failures.append(str(error))
        return good.slice(0, 0)


# -- the archive's files, beside the last release ----------------------------------------------------------------


def ingest(
    shared: Normalizer,
    dataset: Dataset,
    archive: Archive,
    last: pa.Table,
    accepted_files: str = "",
    history: pa.Table | None = None,
) -> Ingested:
    """Observations of the files that count, judged beside ``last``: the dataset's observations of the last release.

    ``history``: what was ever published of a restricted dataset.
    ``accepted_files``: version of the files that ``last`` was made of and that were accepted, where it is known.
    """
    result = Ingested(dataset.id, last.slice(0, 0), shared.quarantine([]))
    try:
        current = current_files(dataset, archive)
    except SourceError as error:
        return stopped(shared, dataset, last, error)
    published = set(pc.unique(last["raw_sha256"]).to_pylist())
    files = [_input(dataset, archive, file, published) for file in current]
    seen = observe(shared, dataset, files, history)
    result.restricted, result.parts = seen.restricted, seen.parts
    if twice := _same_answer(current, set(pc.unique(seen.good["raw_sha256"]).to_pylist())):
        seen.findings.add("same_answer_twice", "critical", twice)
        seen.failures.append(twice)
    result.files, result.cells, result.failures = seen.files, seen.cells, seen.failures
    result.quarantine, result.findings = seen.refused, seen.findings.rows
    now = {file.sha256 for file in files}
    same = now <= published or files_version(current) == accepted_files
    judgement = _judged(shared.contract, dataset, last, seen, same) if now else Judgement(bool(last.num_rows))
    result.findings += judgement.findings
    result.held = judgement.held
    result.observations = last if judgement.held else seen.good
    return result


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
    contract: Contract, dataset: Dataset, last: pa.Table, seen: Observed, same_files: bool
) -> Judgement:
    if seen.failures and last.num_rows:
        # A file that cannot be read must not take its rows away.
        return Judgement(held=True)
    refused = seen.refused.num_rows
    last = with_natures(last, seen.good)
    return judge(contract, dataset, last, seen.good, refused, seen.shapes, same_files=same_files)


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


def _input(dataset: Dataset, archive: Archive, file: CurrentFile, published: set[str]) -> InputFile:
    stored, last = file.stored, file.stored.last
    received = min(record.received_at or "" for record in stored.records)
    moment = dt.datetime.fromisoformat(received.replace("Z", "+00:00")).replace(tzinfo=None)
    return InputFile(
        read=lambda: archive.read(dataset.id, stored.sha256),
        local=lambda: archive.local_file(dataset.id, stored.sha256),
        sha256=stored.sha256,
        path=f"raw/{dataset.id}/{PurePosixPath(stored.path).name}",
        retrieved_at=moment,
        declared=file.declared,
        stated={
            "file_name": last.file_name,
            "stated_period": last.stated_period,
            "stated_published": last.stated_published,
        },
        before=lambda: _former(dataset, archive, file, published),
    )


def _former(dataset: Dataset, archive: Archive, file: CurrentFile, published: set[str]) -> Former | None:
    """The same file as the last release was made of, from whichever of its addresses; None where it is this one."""
    if file.stored.sha256 in published or dataset.collection == "transcription":
        return None
    addresses = {file.stored.last.address}
    if file.declared and file.declared.address and _is_first_page(file):
        # One file may come from its alternates, or by hand.
        addresses |= {file.declared.address, *file.declared.alternates}
    earlier: list[tuple[int, StoredFile]] = []
    for stored in archive.files(dataset.id):
        places = [p for p, r in zip(stored.places, stored.records, strict=True) if r.address in addresses]
        if stored.sha256 in published and places:
            earlier.append((places[-1], stored))
    if not earlier:
        return None
    before = max(earlier, key=lambda entry: entry[0])[1]
    try:
        content = archive.read(dataset.id, before.sha256)
        elsewhere = before.last.address != file.stored.last.address
        return Former(_columns(read_cells(dataset, content)), _ended(dataset, content), elsewhere)
    except SourceError:
        # What was readable once and is not now is no measure for the new file.
        return None


def _is_first_page(file: CurrentFile) -> bool:
    """Whether it is the declared file itself, from whatever address, and no page after it."""
    declared, last = file.declared, file.stored.last
    return declared is not None and (
        last.via == "inbox" or last.address in (declared.address, *declared.alternates)
    )


def last_rows(shared: Normalizer, dataset_id: str, observations: pa.Table) -> pa.Table:
    """A dataset's rows of the last release, as the normalizer gives rows."""
    schema = shared.good_schema()
    mine = observations.filter(pc.equal(observations["dataset_id"], dataset_id))
    return mine.select(schema.names).cast(schema)


def findings_table(contract: Contract, rows: Sequence[dict[str, Any]]) -> pa.Table:
    """Findings as the contract's table."""
    return pa.Table.from_pylist(list(rows), schema=arrow_schema(contract, contract.tables["findings"]))

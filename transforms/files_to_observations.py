"""What files say: read, corrected, normalized, merged and protected, whatever files they are; nothing is judged here.

::

    files = [InputFile(path.read_bytes, sha256, "file.csv", now)]
    observe(normalizer, dataset, files).good       # observations, as the normalizer gives rows

A file that cannot be read, a refused row, a hidden sheet are findings, never exceptions; the other files are read.
Not here: what is found in a file beside its figures (``transforms.findings_of_files``), which files count, and what the
last release says of them (``transforms.ingest``). Called by ``transforms.ingest`` with files of the archive and by
``dvstats try`` with files that nobody archived.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from data_contracts import checks
from data_contracts.model import Contract
from sources.cells import NEXT_PAGE, UNREAD, ReadError, SourceError
from sources.column_names import is_nameless
from sources.dataset import Dataset, SourceFile
from sources.isolated import read_cells, read_large
from sources.readers.parts_said import PartShown, goes_on, missing_parts, part_shown
from sources.readers.text import column_twice
from transforms.apply_corrections import Corrected, as_published, correct, misnamed, unfit, unused
from transforms.findings import Findings
from transforms.findings_of_files import notice, notice_may_divide, notice_signs
from transforms.incidents.coding import Unread
from transforms.incidents.register import Counted, RegisterFile, codes_as_labels, count_register, few
from transforms.judge.against_last_release import Shape
from transforms.merge_files import merge
from transforms.normalize.file_cells import doubled_columns, figure_headers, is_blank, missing_columns
from transforms.normalize.inputs_and_results import FileFacts, Normalized
from transforms.normalize.normalizer import Normalizer
from transforms.normalize.quarantine import refused_row
from transforms.privacy.discreet import discreet, refuse_persons, said
from transforms.texts_of_files import new_texts, texts_beside, without_known_texts
from transforms.uncorrected_figures import without_uncorrected

# First bytes of gzip and ZIP: such a file has no lines.
PACKED = (b"\x1f\x8b", b"PK")
#: bytes from which on a file is read in batches, where its format can be
LARGE = 32 << 20
_TAIL = 4096
_PIECE = 100_000


class Former(NamedTuple):
    """What is remembered of a file when the next one comes.

    ``columns``: their names. ``ended``: its last line was ended. ``elsewhere``: the next one came from another address
    of the same file.
    """

    columns: frozenset[str]
    ended: bool | None
    elsewhere: bool = False
    #: see ``texts_beside``
    texts: tuple[str, ...] = ()


@dataclass(frozen=True)
class InputFile:
    """One file to be read, with what is known of it; ``stated`` is what the person who brought it said."""

    #: gives all of its bytes
    read: Callable[[], bytes]
    #: checksum of the bytes, 64 hexadecimal digits
    sha256: str
    #: where it lies, for people
    path: str
    #: when it came, UTC without zone
    retrieved_at: dt.datetime
    #: the entry under ``files`` that it is; None: a file of an inbox of another name
    declared: SourceFile | None = None
    stated: dict[str, str | None] = field(default_factory=dict)
    #: the file before this one; None where there is none
    before: Callable[[], "Former | None"] = lambda: None
    #: where its bytes lie on this disk: registers and large tables are not read at once
    local: Callable[[], Path] = lambda: Path()
    #: bytes; 0 where it is not known, and then it is no large file
    size: int = 0

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

    #: rows of ``observations`` without ``first_release``
    good: pa.Table
    #: rows of ``quarantine``
    refused: pa.Table
    #: what was noticed, hidden sheets and the like included
    findings: Findings
    #: sentences on files that could not be read
    failures: list[str] = field(default_factory=list)
    #: columns and rows of each file that was read, for the judge
    shapes: list[Shape] = field(default_factory=list)
    #: by file what it says beside its figures (``texts_of_files``)
    texts: dict[str, tuple[str, ...]] = field(default_factory=dict)
    #: files that were read
    files: int = 0
    #: cells that were read of them
    cells: int = 0
    #: of a restricted dataset alone
    restricted: Restricted | None = None
    #: of a register: the months or years that came
    parts: Sequence[str] = ()


def observe(
    shared: Normalizer,
    dataset: Dataset,
    files: Sequence[InputFile],
    history: pa.Table | None = None,
    scratch: Path | None = None,
) -> Observed:
    """Observations of files; a file that cannot be read is a finding, and the others are read.

    ``history``: what was ever published of a restricted dataset, as in ``observation_history``. ``scratch``: where the
    count of a register may have files; default: the system's place for temporary files.
    """
    empty = shared.good_schema().empty_table()
    seen = Observed(empty, shared.quarantine([]), Findings(shared.contract, dataset.id))
    parts = (
        _counted(shared, dataset, files, seen, scratch)
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
    shown: dict[int, PartShown] = {}
    following: defaultdict[str, list[str]] = defaultdict(list)
    refused: list[dict[str, Any]] = []
    for file in files:
        try:
            content, cells = _cells(dataset, file)
            cells = without_known_texts(cells, dataset)
            if doubled := doubled_columns(cells, dataset):
                raise column_twice(doubled[0])
            refuse_persons(shared.contract, dataset, cells)
        except SourceError as error:
            refused.append(_refused_file(shared, dataset, file, error, seen))
            continue
        seen.files += 1
        seen.cells += cells.num_rows
        seen.texts[file.path] = texts_beside(cells, dataset)
        seen.shapes.append(_shape(file, cells, content, dataset, seen.texts[file.path]))
        notice(dataset, file.path, cells, seen.findings)
        page = (cells.schema.metadata or {}).get(NEXT_PAGE, b"").decode()
        following[_name(file)].append(page or goes_on(cells))
        if part := part_shown(cells):
            shown[len(parts)] = part
        parts.append(_normalize(shared, dataset, file, cells))
        notice_may_divide(dataset, file.path, parts[-1].normalized.may_divide, seen.findings)
    alone = missing_parts(list(shown.values()))
    for number in [number for number, part in shown.items() if part in alone]:
        refused.append(_refused_file(shared, dataset, parts[number].file, _is_part(shown[number]), seen))
    seen.refused = shared.quarantine(refused)
    for pages in following.values():
        if all(pages):
            # The last page of an answer names none after it.
            seen.findings.add("page_missing", "warning", pages[-1][:200])
    return [part for number, part in enumerate(parts) if shown.get(number) not in alone]


def _is_part(part: PartShown) -> ReadError:
    """The error for a file that shows some of its records, where the others are in no other file."""
    count = part.last - part.first + 1
    return ReadError(
        f"the file says that it shows {count} of {part.total} records: {part.words}",
        remedy="Request all of them, or declare the other parts beside it (files)",
    )


def _counted(
    shared: Normalizer, dataset: Dataset, files: Sequence[InputFile], seen: Observed, scratch: Path | None
) -> list["_Part"]:
    """A register's files together: an incident may be in two of them, and a person in many."""
    if not files:
        return []
    try:
        given = [RegisterFile(file.local(), file.facts) for file in files]
        counted = count_register(shared.lookups, dataset, given, scratch)
    except SourceError as error:
        seen.refused = shared.quarantine([_refused_file(shared, dataset, files[-1], error, seen)])
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


def _shape(file: InputFile, cells: pa.Table, content: bytes, dataset: Dataset, texts: Sequence[str]) -> Shape:
    name = file.declared.name if file.declared else PurePosixPath(file.path).name
    before = file.before()
    cut = before is not None and before.ended is True and _ended(dataset, content) is False
    if before is None:
        gone = missing_columns(cells.column_names, dataset, file.facts.constants)
        figures = tuple(figure_headers(cells, dataset)) if gone else ()
        return Shape(name, _columns(cells), None, cells.num_rows, figures=figures)
    now = _columns(cells) | _unread(cells)
    # Another edition says it in another language.
    told = () if before.elsewhere else new_texts(texts, before.texts)
    return Shape(name, now, before.columns, cells.num_rows, cut, before.elsewhere, new_texts=told)


def former(dataset: Dataset, content: bytes, *, elsewhere: bool) -> Former:
    """What the next file is compared with: what is remembered of this one; ``elsewhere``: see :class:`Former`."""
    cells = read_cells(dataset, content)
    columns = _columns(cells) | _unread(cells)
    return Former(columns, _ended(dataset, content), elsewhere, texts_beside(cells, dataset))


def _columns(cells: pa.Table) -> frozenset[str]:
    """Columns of the publisher; a delimiter at the end of each line, header included, makes none."""
    named = (name for name in cells.column_names if not name.startswith("_"))
    return frozenset(name for name in named if not is_nameless(name) or not is_blank(cells[name]))


def _unread(cells: pa.Table) -> frozenset[str]:
    """What every row says beside the declared columns: a dimension that appears among it is one all the same."""
    return frozenset((cells.schema.metadata or {}).get(UNREAD, b"").decode().split("\n")) - {""}


def _ended(dataset: Dataset, content: bytes) -> bool | None:
    """Whether a file of lines ends its last line; a number that is cut off in it still is a number.

    None of a file without lines, and of one that is packed, whose own end shows whether it is whole.
    """
    if dataset.reader not in ("delimited", "open_sdg", "sdmx_csv") or content.startswith(PACKED):
        return None
    return content.rstrip(b"\0").endswith((b"\n", b"\r"))


def _cells(dataset: Dataset, file: InputFile) -> tuple[bytes, pa.Table]:
    """Bytes of a file, of a large one the last ones, and its cells with what was stated of it."""
    if file.size >= LARGE:
        path = file.local()
        found = _read(lambda: read_large(dataset, path), dataset)
        if found is not None:
            with path.open("rb") as handle:
                handle.seek(max(0, file.size - _TAIL))
                return handle.read(), _stated(found, file)
    content = file.read()
    return content, _stated(_read(lambda: read_cells(dataset, content), dataset), file)


def _read(read: Callable[[], pa.Table | None], dataset: Dataset) -> Any:
    try:
        return read()
    except SourceError:
        raise
    except Exception as error:
        # A reader must not fail otherwise; if one does, one dataset stops, not four countries.
        raise ReadError(f"the reader {dataset.reader} failed: {error!r}", remedy="Report the file") from error


def _stated(cells: pa.Table, file: InputFile) -> pa.Table:
    """What the person who brought the file stated, as columns that a declaration may map."""
    for name, value in file.stated.items():
        if name not in cells.column_names:
            # In pieces that are one and the same, so that many rows take no memory.
            piece = pa.repeat(pa.scalar(value, pa.string()), min(cells.num_rows, _PIECE))
            starts = range(0, cells.num_rows, _PIECE)
            pieces = [piece.slice(0, cells.num_rows - start) for start in starts]
            cells = cells.append_column(name, pa.chunked_array(pieces, pa.string()))
    return cells


def _refused_file(
    shared: Normalizer, dataset: Dataset, file: InputFile, error: SourceError, seen: Observed
) -> dict[str, Any]:
    """Its row of the quarantine; the finding is added."""
    words = said(dataset, error)
    sentence = checks.sentence(shared.contract, "unreadable_file", value=words)
    seen.failures.append(words)
    seen.findings.add("unreadable_file", "critical", file.path, value=words)
    return refused_row(
        dataset.id, "unreadable_file", sentence.en, sentence.ru, file.facts, locator=error.place
    )


class _Part(NamedTuple):
    """One file after corrections and normalization."""

    file: InputFile
    corrected: Corrected
    normalized: Normalized


def _name(file: InputFile) -> str:
    """Name of a file in the declaration; empty where it is not declared."""
    return file.declared.name if file.declared else ""


def _normalize(shared: Normalizer, dataset: Dataset, file: InputFile, cells: pa.Table) -> _Part:
    corrected = correct(cells, dataset, _name(file))
    return _Part(file, corrected, shared.normalize(corrected.cells, dataset, file.facts))


def _join(
    shared: Normalizer, dataset: Dataset, parts: Sequence[_Part], seen: Observed, history: pa.Table | None
) -> None:
    read = [_name(part.file) for part in parts]
    corrected = [part.corrected for part in parts]
    for sentence in (*unused(corrected), *misnamed(dataset, read)):
        seen.findings.add("correction_unused", "critical", sentence)
    for part in parts:
        notice_signs(dataset, part.file.path, part.normalized.good, seen.findings)
    published = {
        (part.file.sha256, place): text for part in parts for place, text in part.corrected.published.items()
    }
    good = pa.concat_tables([part.normalized.good for part in parts])
    refused = [seen.refused, *(part.normalized.refused for part in parts)]
    if declared := unfit(dataset, read, corrected):
        facts = {name: [part.file.facts for part in parts if _name(part.file) == name] for name in read}
        good, wrong = without_uncorrected(shared, dataset, good, declared, facts)
        refused.append(wrong)
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

    By this dataset alone: what others publish beside it counts when all are together (``pipelines.protect_release``).
    """
    # Solving for what could be recovered needs SciPy, which takes seconds to import and is needed for few datasets.
    from transforms.privacy.rules_per_dataset import protect, registers_among
    from transforms.privacy.suppress_cells import DisclosureError

    try:
        protected = protect(contract, good, registers=registers_among([dataset]), history=history)
    except DisclosureError as error:
        seen.findings.add("cannot_protect", "critical", str(error))
        seen.failures.append(str(error))
        return good.slice(0, 0)
    if in_history := _published_before(contract, protected, history):
        seen.findings.add("published_before", "warning", f"{in_history} values")
    return protected


def _published_before(contract: Contract, protected: pa.Table, history: pa.Table | None) -> int:
    """How many small counts, or values that are withheld now, were published before the dataset was restricted."""
    from transforms.privacy.rules_per_dataset import exempt_indicators
    from transforms.privacy.suppress_cells import THRESHOLD

    if history is None:
        return 0
    shown = pc.unique(history.filter(pc.is_valid(history["obs_value"]))["obs_key"])
    withheld = pc.and_(pc.is_null(protected["obs_value"]), pc.equal(protected["obs_status"], "Q"))
    value, exempt = protected["obs_value"], pa.array(exempt_indicators(contract), pa.string())
    small = pc.and_(
        pc.and_(pc.greater(value, 0), pc.less(value, THRESHOLD)),
        pc.equal(protected["unit_measure"], "NUMBER"),
    )
    of_persons = pc.and_not(small, pc.is_in(protected["indicator"], value_set=exempt))
    concerned = protected.filter(pc.or_kleene(withheld, of_persons))
    return int(pc.sum(pc.is_in(concerned["obs_key"], value_set=shown)).as_py() or 0)

"""Is a dataset's new state to be trusted? A pure judgement of the new rows beside those of the last release.

Copying can be right and still mislead: a file whose ``Sex`` column was renamed reads well and says that women's
figures are everybody's; a file in thousands reads well and is a thousand times too small. So the new rows are compared
with the last ones, and where something that was published would vanish or a series would move as a whole, the dataset
is *held*: its last rows stay published, and a finding says what happened and what to declare if it is meant.

    last release     KG 2024 F 100, KG 2024 M 20        new file     KG 2024 _T 100
    -> held: sex F, M vanished

What is judged, in this order; behind each question the key with which the declaration says that it is meant:

1. columns of a file that vanished or appeared (``shapes``): ``expects.columns``; a file that breaks off
2. rows of another country (``foreign``): ``where``
3. the share of refused rows (``refused_share``): ``refuse_above``
4. an edition that was replaced since, known by its bytes (``older``) or by its figures (``former_figures``), and what
   is withdrawn and came back (``came_back``)
5. what vanished (``vanished``): codes of any dimension, years and units, then single cells: ``withdrawn``,
   ``expects.lost_share``; with no row left (``empty``) the last ones stay whatever is declared
6. what changed (``moved``): single values; series that moved by one factor, values at other labels, new years of
   nothing but zeros and the like (``changed_values``, ``suspicious_values``): ``expects.rescaled``; an indicator's unit

Where the files are the same as before, only the project's own reading of them changed. That was reviewed with the
declaration, so losses are warnings then, except where all rows of a code are refused now. Nothing here reads files or
knows the clock; ``transforms.ingest`` calls it.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from data_contracts.model import Contract
from data_contracts.strict_files import did_you_mean
from data_contracts.vocabulary import TOTAL
from sources.dataset import Dataset
from transforms.findings import Findings
from transforms.judge.changed_values import any_change, implausible_changes, moved_series, pair
from transforms.judge.former_figures import went_back
from transforms.judge.suspicious_values import suspicious
from transforms.normalize.keys import SAID

# A file that is this much shorter or longer than the last good one is worth a look.
ROW_JUMP = 0.5
# Columns that the archive adds to every file.
STATED = ("file_name", "stated_period", "stated_published")
# Every way in which a row can be placed: what the last release had of any of them must not vanish.
DIMENSIONS = {
    "vanished_indicator": "indicator",
    "vanished_area": "ref_area",
    "vanished_year": "year",
    "vanished_code": "sex age violence_form relationship breakdown unit_measure nature",
}


@dataclass(frozen=True)
class Shape:
    """Columns of a file now and, where its predecessor is known, before.

    ``cut``: only the predecessor ended its last line. ``elsewhere``: it came from another address of the same file,
    which may be an edition in another language. ``figures``: headers of its columns of figures, where a column that is
    declared for something else is missing. ``new_texts``: what it says beside its figures and its predecessor did not.
    """

    file: str
    now: frozenset[str]
    before: frozenset[str] | None
    rows: int
    cut: bool = False
    elsewhere: bool = False
    figures: tuple[str, ...] = ()
    new_texts: tuple[str, ...] = ()


@dataclass(frozen=True)
class Editions:
    """What is known of the editions of the files beside the last release.

    ``returned``: names by checksum of files that are older than those of the last release. ``dated``: checksums of
    files that a person brought with their date of publication. ``history``: gives every version of the dataset's rows
    that was published. ``once_held``: names of files that were held when they came, where no row is left to compare
    them with.
    """

    returned: Mapping[str, str] = field(default_factory=dict)
    dated: frozenset[str] = frozenset()
    history: Callable[[], pa.Table] | None = None
    once_held: str = ""


@dataclass
class Judgement:
    """Whether the last rows stay instead of the new ones, and why."""

    held: bool = False
    findings: list[dict[str, object]] = field(default_factory=list)


def judge(
    contract: Contract,
    dataset: Dataset,
    last: pa.Table,
    new: pa.Table,
    refused: int,
    shapes: Sequence[Shape],
    *,
    same_files: bool,
    editions: Editions = Editions(),
) -> Judgement:
    """Judge the new observations of a dataset.

    ``last``, ``new``: observations without ``first_release``; ``refused``: rows in quarantine; ``same_files``: the rows
    of the last release were read from these very files.
    """
    judged = _Judge(contract, dataset, last, new, refused, same_files)
    judged.shapes(shapes)
    judged.foreign()
    if last.num_rows:
        judged.refused_share()
        if new.num_rows:
            with duckdb.default_connection().cursor() as con:
                con.register("last", last)
                con.register("new", new)
                judged.older(con, editions.returned)
                judged.came_back()
                judged.vanished(con)
                judged.moved(con, editions)
        else:
            judged.empty(any(shape.rows == 0 for shape in shapes))
    elif editions.once_held and not dataset.expects.rescaled:
        judged.found.add("held_before", "critical", editions.once_held)
        judged.held = True
    return Judgement(judged.held, judged.found.rows)


class _Judge:
    """The comparison of one dataset; each method looks at one kind of change."""

    def __init__(
        self,
        contract: Contract,
        dataset: Dataset,
        last: pa.Table,
        new: pa.Table,
        refused: int,
        same_files: bool,
    ) -> None:
        self.dataset, self.last, self.new = dataset, last, new
        self.refused, self.same_files = refused, same_files
        self.found = Findings(contract, dataset.id)
        self.held = False
        # A transcription is edited line by line and reviewed; a portal's file comes unseen.
        self.reviewed = dataset.collection == "transcription"

    def hold(self, finding: str, detail: str, *, unasked: bool = False) -> None:
        """The last rows stay; where only our own reading changed, it is a warning, unless that was ``unasked`` for."""
        if self.same_files and not unasked:
            self.found.add(finding, "warning", detail)
            return
        if not self.held:
            self.found.add("coverage_lost", "critical", detail)
        self.found.add(finding, "critical", detail)
        self.held = True

    def refused_share(self) -> None:
        """Too many refused rows say that the file is another than declared."""
        rows = self.new.num_rows + self.refused
        if rows and self.refused / rows > self.dataset.refuse_above:
            self.found.add("too_many_refused", "critical", f"{self.refused} of {rows} rows")
            self.held = True

    def shapes(self, shapes: Sequence[Shape]) -> None:
        """Columns against those of the file before, or against the declared ones where there is none."""
        declared = self.dataset.expects.columns
        for shape in shapes:
            known = {*self._read_of(shape.file), *(declared or ()), *STATED}
            if shape.cut:
                self.hold("cut_off", shape.file)
            if shape.before is not None:
                self._changed_columns(shape, shape.before, known)
            elif declared is not None:
                for name in sorted(shape.now - known):
                    self.found.add("new_column", "warning", name)
                for name in sorted(set(declared) - shape.now - {"Value", "OBS_VALUE"} - self._of_options()):
                    meant = did_you_mean(name, shape.now.difference(declared))
                    self.found.add("vanished_column", "warning", f"{name}{meant}")
            if shape.new_texts:
                self.found.add("new_text", "warning", shape.file, value=" | ".join(shape.new_texts)[:600])
            least = self.dataset.expects.min_rows
            if shape.rows < least:
                self.found.add("below_min_rows", "warning", f"{shape.file}: {shape.rows} < {least}")

    def _read_of(self, file: str) -> set[str]:
        """Columns that are read of a file: those of a concept that is set for the whole file are not."""
        declared = next((entry for entry in self.dataset.files if entry.name == file), None)
        fixed = declared.constants if declared else {}
        concepts = {name: parts for name, parts in self.dataset.concepts.items() if name not in fixed}
        return set(self.dataset.model_copy(update={"concepts": concepts}).columns)

    def _of_options(self) -> set[str]:
        """Columns that the reader takes for itself, such as those of notes: no column of its rows."""
        lists = (value for value in self.dataset.reader_options.values() if isinstance(value, list | tuple))
        return {name for names in lists for name in names if isinstance(name, str)}

    def _changed_columns(self, shape: Shape, before: frozenset[str], known: set[str]) -> None:
        # A concept may be read from several columns: what another of them still says is looked at cell by cell.
        concepts = [
            tuple(column for part in parts for column in part.columns)
            for parts in (*self.dataset.concepts.values(), *self.dataset.breakdown.values())
        ]
        for columns in dict.fromkeys([*concepts, *((name,) for name in self.dataset.where)]):
            if before.intersection(columns) and not shape.now.intersection(columns):
                self.hold("vanished_column", f"{shape.file}: {' / '.join(columns)}")
        new, gone = shape.now - before - known, before - shape.now - known
        # Another edition has the columns that nobody reads under other names.
        if not (shape.elsewhere and len(new) <= len(gone)):
            for name in sorted(new):
                self.hold("new_column", f"{shape.file}: {name}")

    def foreign(self) -> None:
        """Rows of another country in the file of one: its code means something else there, or it is another file."""
        country = self.dataset.country
        areas = _codes(self.new, "ref_area") if country != "*" else set()
        other = sorted(area for area in areas if area.partition("-")[0] != country)
        if other:
            self.hold("area_of_another_country", ", ".join(other[:5]))

    def older(self, con: duckdb.DuckDBPyConnection, returned: Mapping[str, str]) -> None:
        """An edition that was replaced since must not replace what is published; ``con`` as below.

        What replaced it may have been held: then it is what is published, row by row, and nothing is said. Where a law
        breaks a series, the release says B of a row of which the file said A or V.
        """
        query = f"""WITH file AS (SELECT *, {SAID} AS said FROM new),
              read AS (
                SELECT l.* REPLACE (CASE WHEN l.obs_status = 'B' AND n.obs_status IN ('A', 'V') THEN n.obs_status
                  ELSE l.obs_status END AS obs_status)
                FROM last l LEFT JOIN new n USING (obs_key))
            SELECT DISTINCT file.raw_sha256 FROM file LEFT JOIN (SELECT *, {SAID} AS said FROM read) r USING (obs_key)
            WHERE file.raw_sha256 IN (SELECT unnest($1)) AND file.said IS DISTINCT FROM r.said"""
        if not returned:
            return
        differing = {sha for (sha,) in con.execute(query, [list(returned)]).fetchall()}
        lacks = con.execute("SELECT 1 FROM last l ANTI JOIN new n USING (obs_key) LIMIT 1").fetchall()
        for sha, name in returned.items():
            if sha in differing:
                self.hold("older_file_again", name)
            elif lacks:
                self.found.add("older_file_again", "warning", name)

    def empty(self, no_rows: bool) -> None:
        """Nothing is left: whatever the reason, what was published stays."""
        if no_rows:
            self.found.add("empty_file", "warning")
        elif not self.held:
            self.found.add("coverage_lost", "critical", f"0 of {self.last.num_rows} rows are left")
        self.held = True

    def vanished(self, con: duckdb.DuckDBPyConnection) -> None:
        """Codes, years and cells that the last release had; ``con`` knows the rows as ``last`` and ``new``."""
        self._vanished_codes()
        self._vanished_cells(con)
        before, after = self.last.num_rows, self.new.num_rows
        if after < before * ROW_JUMP:
            self.found.add("fewer_rows", "warning", f"{before} → {after}")
        if after > before / ROW_JUMP:
            self.found.add("more_rows", "info", f"{before} → {after}")

    def _vanished_codes(self) -> None:
        for finding, columns in DIMENSIONS.items():
            for column in columns.split() if finding == "vanished_code" else (columns,):
                lost = sorted(_codes(self.last, column) - _codes(self.new, column))
                undeclared = [code for code in lost if not self._withdrawn(column, code)]
                detail = f"{column}: {', '.join(undeclared)}"
                if undeclared and self._refused_now(column, undeclared):
                    self.hold(finding, detail, unasked=True)
                elif undeclared and finding == "vanished_code" and self.reviewed:
                    self.found.add(finding, "warning", detail)
                elif undeclared:
                    self.hold(finding, detail)

    def _refused_now(self, column: str, codes: Sequence[str]) -> bool:
        """Whether rows of these codes may be refused now, of the same files: an edit of a declaration made them
        unreadable, as where a unit was moved, and is no decision to withdraw them.
        """
        lost = pc.sum(pc.is_in(_texts(self.last, column), pa.array(codes, pa.string()))).as_py()
        return bool(self.same_files and lost <= self.refused)

    def came_back(self) -> None:
        """What is declared as withdrawn and is there again; its next loss must not go without a word."""
        for entry in self.dataset.withdrawn:
            for name, code in entry.model_dump(exclude_unset=True).items():
                if code in _codes(self.new, name) - _codes(self.last, name):
                    self.found.add("withdrawn_again", "warning", f"{name}: {code}")

    def _withdrawn(self, name: str, code: str) -> bool:
        return any(getattr(entry, name, None) == code for entry in self.dataset.withdrawn)

    def _vanished_cells(self, con: duckdb.DuckDBPyConnection) -> None:
        """Cells inside the years, areas and codes that are still there, and cells that have no value any more.

        A row that is refused now is no decision to withdraw what was published. What is suppressed to protect persons
        goes at once.
        """
        if self.reviewed:
            return
        rows = con.sql(
            """SELECT indicator, ref_area, CAST(year(period_start) AS VARCHAR) AS year, sex, age, violence_form,
              relationship, breakdown, unit_measure, nature, time_period
            FROM last l WHERE NOT EXISTS (SELECT 1 FROM new n WHERE n.obs_key = l.obs_key AND (n.obs_status = 'Q'
              OR coalesce(n.obs_value, n.obs_lower, n.obs_upper) IS NOT NULL
              OR coalesce(l.obs_value, l.obs_lower, l.obs_upper) IS NULL)) ORDER BY ALL"""
        ).to_arrow_table()
        lost = [row for row in rows.to_pylist() if not any(self._withdrawn(name, row[name]) for name in row)]
        allowed = self.last.num_rows * self.dataset.expects.lost_share
        if len(lost) > allowed:
            examples = ", ".join(_in_words(row) for row in lost[:3])
            self.hold("vanished_cells", f"{len(lost)} of {self.last.num_rows}: {examples} …")

    def moved(self, con: duckdb.DuckDBPyConnection, editions: Editions) -> None:
        """Values that changed beyond belief, one by one, that went back to what they were, and series that moved as a
        whole; ``con`` as above.

        Nothing is asked where all values are those of the last release, as after a change of the code.
        """
        if not any_change(con):
            return
        pair(con)
        factor = float(self.dataset.expects.plausible_factor)
        for detail in implausible_changes(con, factor):
            self.found.add("implausible_change", "warning", detail)
        meant = self.dataset.expects.rescaled
        moved = () if self.reviewed else moved_series(con, factor)
        odd = suspicious(con, factor, reviewed=self.reviewed)
        for finding, detail, holds in (
            *((*found, True) for found in moved),
            *odd,
            *self._went_back(con, editions),
        ):
            if holds and not meant:
                self.hold(finding, detail)
            else:
                # Also what the declaration means: it may still stand there when the next file comes.
                self.found.add(finding, "warning", detail)
        self._units(con)

    def _went_back(
        self, con: duckdb.DuckDBPyConnection, editions: Editions
    ) -> Iterator[tuple[str, str, bool]]:
        """Figures of an earlier release again; what only our own reading changed is nobody's older edition."""
        history = editions.history
        if history is None or self.reviewed or self.same_files:
            return
        if con.execute("SELECT 1 FROM pairs WHERE changed LIMIT 1").fetchall():
            known = editions.dated.union(editions.returned)
            for detail, holds in went_back(con, history(), known):
                yield "figures_went_back", detail, holds

    def _units(self, con: duckdb.DuckDBPyConnection) -> None:
        units = con.execute(
            """SELECT DISTINCT n.indicator, l.unit_measure, n.unit_measure FROM new n JOIN last l
            USING (indicator, ref_area, sex, age, violence_form, relationship, breakdown, time_period, source_id)
            WHERE n.unit_measure <> l.unit_measure
              AND NOT EXISTS (SELECT 1 FROM new x WHERE x.obs_key = l.obs_key)"""
        ).fetchall()
        for indicator, old, new in units:
            if self.reviewed:
                self.found.add("unit_changed", "warning", f"{indicator}: {old} → {new}")
            else:
                self.hold("unit_changed", f"{indicator}: {old} → {new}")


def _in_words(row: Mapping[str, str]) -> str:
    """The place of a cell: indicator, area and period, and the parts that it is of."""
    parts = ("sex", "age", "violence_form", "relationship", "breakdown")
    named = (row["indicator"], row["ref_area"], row["time_period"], *(row[name] for name in parts))
    return " ".join(code for code in named if code != TOTAL)


def _codes(rows: pa.Table, column: str) -> set[str]:
    """What a column of observations holds, as texts; ``year`` is that in which their periods begin."""
    return set(pc.unique(_texts(rows, column)).to_pylist())


def _texts(rows: pa.Table, column: str) -> pa.ChunkedArray:
    values = pc.year(rows["period_start"]) if column == "year" else rows[column]
    return values.cast(pa.string())

"""One dataset from publisher to staged observations: pull, archive, read, normalize, judge against the last release.

An outage, an unreadable file or a lost year is never an exception here: the dataset keeps its last good state, the
finding says why, and the other datasets are not touched.
"""

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit, urlunsplit

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from data_contracts import checks
from data_contracts.arrow import arrow_schema
from data_contracts.model import Contract
from pipelines.resources import DataDir, Declarations, Publishers
from sources.archive import Archive
from sources.cells import SourceError
from sources.dataset import BUNDLED, Dataset, SourceFile
from sources.http.policy import FetchPolicy
from sources.readers.protocol import read_cells
from sources.receipts import Record, StoredFile
from transforms.corrections import as_published, correct
from transforms.normalize.facts import FileFacts, Normalized, refused_row

# Days after which a dataset of that cadence should have been confirmed again.
PATIENCE = {"daily": 2, "weekly": 10, "monthly": 45, "quarterly": 135, "half_yearly": 270, "yearly": 500}
# Counting units behind which no person stands.
IMPERSONAL = ("service", "place", "money", "activity", "index")
# A service that never stops paging is broken.
MOST_PAGES = 200
# A file that is this much shorter or longer than the last good one is told.
ROW_JUMP = 0.5


@dataclass
class Ingested:
    """What came of one dataset."""

    dataset: Dataset
    observations: pa.Table
    quarantine: pa.Table
    findings: list[dict[str, Any]] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    pulled: int = 0
    unchanged: int = 0
    files: int = 0
    cells: int = 0
    state: str = "fresh"
    last_success: dt.datetime | None = None
    held: bool = False

    @property
    def facts(self) -> dict[str, Any]:
        """Row of the table ``datasets``."""
        return {
            "state": self.state,
            "rows": self.observations.num_rows,
            "refused_rows": self.quarantine.num_rows,
            "last_success": self.last_success,
        }


class Ingest:
    """The stages of one dataset, in order; each may be run and looked at alone."""

    def __init__(self, declared: Declarations, dataset: Dataset, data_dir: DataDir, now: dt.datetime) -> None:
        """``now``: time of the run."""
        self.declared = declared
        self.contract: Contract = declared.contract
        self.dataset = dataset
        self.data_dir = data_dir
        self.archive: Archive = data_dir.archive
        self.now = now
        self.last = self._last_observations()
        empty = arrow_schema(self.contract, self.contract.tables["quarantine"]).empty_table()
        self.result = Ingested(dataset, self.last.slice(0, 0), empty)

    def _last_observations(self) -> pa.Table:
        whole = self.data_dir.last_table(self.contract, "observations")
        schema = self.declared.normalizer.good_schema()
        mine = whole.filter(pa.compute.equal(whole["dataset_id"], self.dataset.id))
        return mine.select(schema.names).cast(schema)

    # -- pull --------------------------------------------------------------------------------------------------

    def pull(self, publishers: Publishers) -> None:
        """Get every file: bundled ones, the inbox, and with ``live`` the publisher's addresses."""
        self._take_bundled()
        self._take_inbox()
        if publishers.live and self.dataset.collection == "portal":
            fetcher = publishers.fetcher()
            policy = self._policy(publishers)
            for file in self.dataset.files:
                self._fetch(fetcher, policy, file, publishers.via)
            fetcher.close()

    def _take_bundled(self) -> None:
        for file in self.dataset.files:
            if not file.bundled:
                continue
            content = (BUNDLED / file.bundled).read_bytes()
            moment = f"{self.dataset.seen or '2026-11-24'}T00:00:00.000Z"
            record = Record(
                self.dataset.id, address=file.address or self.dataset.address, file_name=Path(file.bundled).name,
                requested_at=moment, received_at=moment, via="bundled",
            )  # fmt: skip
            self._put_once(content, record)

    def _take_inbox(self) -> None:
        folder = self.data_dir.inbox / self.dataset.id
        for note in sorted(folder.glob("*.provenance.json")) if folder.is_dir() else ():
            path = note.with_name(note.name.removesuffix(".provenance.json"))
            if path.is_file():
                record = Record(**json.loads(note.read_text(encoding="utf-8")))
                self._put_once(path.read_bytes(), record)

    def _put_once(self, content: bytes, record: Record) -> None:
        from dataclasses import replace
        from hashlib import sha256

        complete = replace(record, sha256=sha256(content).hexdigest(), size=len(content))
        if any(complete in file.records for file in self.archive.files(self.dataset.id)):
            return
        try:
            self.archive.put(self.dataset.id, content, record)
        except SourceError as error:
            self._find("unreadable_file", "critical", str(error))

    def _policy(self, publishers: Publishers) -> FetchPolicy:
        declared = self.dataset.fetch.model_dump(exclude_unset=True)
        retry_400 = declared.pop("retry_400", False)
        policy: dict[str, Any] = {
            "hosts": self.dataset.hosts,
            "expected": tuple(declared.pop("expected", ("csv",))),
            **declared,
        }
        if "headers" in policy:
            policy["headers"] = dict(policy["headers"])
        if retry_400:
            from sources.http.policy import RETRY_STATUSES

            policy["retry_statuses"] = RETRY_STATUSES | {400}
        if publishers.contact:
            from sources.http.policy import USER_AGENT

            policy["user_agent"] = f"{USER_AGENT}; {publishers.contact}"
        if publishers.mirror:
            # A mirror is the user's own machine: no long waits between tries.
            policy["backoff_base"] = 0.05 * publishers.patience
        return FetchPolicy(**policy)

    def _fetch(self, fetcher: Any, policy: FetchPolicy, file: SourceFile, via: str) -> None:
        """The address, then its alternates; the first acceptable answer counts, with all its pages."""
        reasons = []
        for address in (file.address, *file.alternates):
            reason = self._ask(fetcher, policy, address, via)
            if not reason:
                reason = self._ask_pages(fetcher, policy, address, via)
            if not reason:
                return
            reasons.append(reason)
        self.result.failures.append(reasons[0])
        self._find("outage", "warning", "; ".join(reasons))

    def _ask(self, fetcher: Any, policy: FetchPolicy, address: str, via: str) -> str:
        """Ask one address and archive what came; a sentence where that was nothing acceptable."""
        held = self.archive.latest(self.dataset.id, address)
        last = held.last if held else None
        fetch = fetcher.get(
            address,
            policy,
            etag=last.etag if last else None,
            last_modified=last.last_modified if last else None,
            known_sha256=held.sha256 if held else None,
        )
        self.archive.keep(self.dataset.id, fetch, via=via)
        self.result.pulled += fetch.outcome == "new"
        self.result.unchanged += fetch.outcome == "unchanged"
        mirrored = " (asked of the mirror)" if via == "mirror" else ""
        return f"{fetch.address}{mirrored}: {fetch.reason}" if fetch.outcome == "failed" else ""

    def _ask_pages(self, fetcher: Any, policy: FetchPolicy, address: str, via: str) -> str:
        page = address
        for _ in range(MOST_PAGES):
            following = self._next_address(page)
            if following is None:
                return ""
            reason = self._ask(fetcher, policy, following, via)
            if reason:
                return reason
            page = following
        return f"{address}: more than {MOST_PAGES} pages"

    def _next_address(self, address: str) -> str | None:
        """Address of the page after the archived one, for services that answer in pages."""
        stored = self.archive.latest(self.dataset.id, address)
        if self.dataset.reader != "json_table" or stored is None:
            return None
        from sources.readers.json_table import next_page

        try:
            following = next_page(
                self.archive.read(self.dataset.id, stored.sha256), self.dataset.reader_options
            )
        except SourceError:
            return None
        if following is None:
            return None
        if not following.isdecimal():
            return urljoin(address, following)
        parts = urlsplit(address)
        query = [pair for pair in parse_qsl(parts.query, keep_blank_values=True) if pair[0] != "page"]
        return urlunsplit(parts._replace(query=urlencode([*query, ("page", following)])))

    # -- read and normalize ------------------------------------------------------------------------------------

    def current_files(self) -> list[tuple[SourceFile | None, StoredFile]]:
        """The file that counts for each declared file, and every file of the inbox (a newer one of the same name
        and period replaces the older)."""
        stored = self.archive.files(self.dataset.id)
        chosen: list[tuple[SourceFile | None, StoredFile]] = []
        if self.dataset.collection == "inbox":
            newest: dict[tuple[str | None, str | None], StoredFile] = {}
            for file in stored:
                newest[file.last.file_name, file.last.stated_period] = file
            return [(self._declared_for(file), file) for file in newest.values()]
        for declared in self.dataset.files:
            found = self._newest(declared, stored)
            if found is not None:
                chosen.append((declared, found))
                chosen += [(declared, page) for page in self._following(found)]
        return chosen

    def _following(self, first: StoredFile) -> list[StoredFile]:
        """The further pages of an answer; one that never came leaves the dataset at its last good state."""
        pages: list[StoredFile] = []
        address = self._next_address(first.last.address or "")
        while address is not None and len(pages) < MOST_PAGES:
            page = self.archive.latest(self.dataset.id, address)
            if page is None:
                self.result.held = True
                break
            pages.append(page)
            address = self._next_address(address)
        return pages

    def _newest(self, declared: SourceFile, stored: Sequence[StoredFile]) -> StoredFile | None:
        """The newest receipt among the file's addresses and what people added; a bundled file is its own bytes."""
        if declared.bundled:
            from hashlib import sha256

            digest = sha256((BUNDLED / declared.bundled).read_bytes()).hexdigest()
            return next((file for file in stored if file.sha256 == digest), None)
        addresses = {declared.address, *declared.alternates}
        mine = []
        for file in stored:
            moments = [
                record.received_at or ""
                for record in file.records
                if record.address in addresses or (record.via == "inbox" and len(self.dataset.files) == 1)
            ]
            if moments:
                mine.append((max(moments), file.sha256, file))
        return max(mine, key=lambda entry: entry[:2])[2] if mine else None

    def _declared_for(self, file: StoredFile) -> SourceFile | None:
        return next((f for f in self.dataset.files if f.name == file.last.file_name), None)

    def read(self) -> list[tuple[SourceFile | None, StoredFile, pa.Table]]:
        """Cells of every current file; one that cannot be read is told, and its last rows stay."""
        sheets = []
        for declared, file in self.current_files():
            try:
                content = self.archive.read(self.dataset.id, file.sha256)
                cells = self._read(content)
                self._guard(cells)
            except SourceError as error:
                self._refuse_file(file, error)
                continue
            sheets.append((declared, file, self._stated(cells, file)))
            self.result.cells += cells.num_rows
        self.result.files = len(sheets)
        self._look_at_shape(sheets)
        return sheets

    def _read(self, content: bytes) -> pa.Table:
        try:
            return read_cells(self.dataset, content)
        except SourceError:
            raise
        except Exception as error:
            # A reader must not fail otherwise; if one does, one dataset stops, not four countries.
            raise SourceError(
                f"the reader {self.dataset.reader} failed: {error!r}", remedy="Report the file"
            ) from error

    def _guard(self, cells: pa.Table) -> None:
        """Names, identification numbers, telephones and addresses are not taken in."""
        if self.dataset.collection != "inbox" and not self.dataset.restricted:
            return
        from transforms.privacy.personal_data import guard

        sample = cells.slice(0, 2000)
        found = guard(sample.column_names, {name: sample[name].to_pylist() for name in sample.column_names})
        if found:
            sentence = checks.sentence(
                self.contract, "personal_data", place=", ".join(sorted({f.column for f in found}))
            )
            raise SourceError(sentence.en.rstrip("."), remedy="Ask the office for a table without persons")

    def _stated(self, cells: pa.Table, file: StoredFile) -> pa.Table:
        """What the person who brought the file stated, as columns a declaration may map."""
        stated = {
            "file_name": file.last.file_name, "stated_period": file.last.stated_period,
            "stated_published": file.last.stated_published,
        }  # fmt: skip
        for name, value in stated.items():
            if name not in cells.column_names:
                cells = cells.append_column(name, pa.array([value] * cells.num_rows, pa.string()))
        return cells

    def _refuse_file(self, file: StoredFile, error: SourceError) -> None:
        facts = self._file_facts(file, None)
        sentence = checks.sentence(self.contract, "unreadable_file", value=str(error))
        row = refused_row(
            self.dataset.id, "unreadable_file", sentence.en, sentence.ru, facts, locator=error.place
        )
        refused = self.declared.normalizer.quarantine([row])
        self.result.quarantine = pa.concat_tables([self.result.quarantine, refused])
        self.result.failures.append(str(error))
        self._find("unreadable_file", "critical", f"{facts.path}: {error}", value=str(error))

    def _file_facts(self, file: StoredFile, declared: SourceFile | None) -> FileFacts:
        received = min(record.received_at or "" for record in file.records)
        moment = dt.datetime.fromisoformat(received.replace("Z", "+00:00")).replace(tzinfo=None)
        path = f"raw/{self.dataset.id}/{PurePosixPath(file.path).name}"
        return FileFacts(file.sha256, moment, path, declared.constants if declared else {})

    def normalize(self, sheets: Sequence[tuple[SourceFile | None, StoredFile, pa.Table]]) -> None:
        """Observations of all files; equal ones from two files count once, contradicting ones are refused."""
        parts: list[Normalized] = []
        for declared, file, cells in sheets:
            corrected, unused = correct(cells, self.dataset.id, declared.name if declared else "")
            for sentence in unused:
                self._find("correction_unused", "critical", sentence)
            parts.append(
                self.declared.normalizer.normalize(corrected, self.dataset, self._file_facts(file, declared))
            )
        if not parts:
            return
        good = pa.concat_tables([part.good for part in parts])
        refused = [self.result.quarantine, *(part.refused for part in parts)]
        if len(parts) > 1:
            good, contradicting = self._merge(good)
            refused.append(contradicting)
        if self.dataset.restricted:
            good = self._protect(good)
        self.result.observations = as_published(good, self.dataset.id)
        self.result.quarantine = self._discreet(pa.concat_tables(refused))
        dropped = sum(part.duplicates for part in parts)
        if dropped:
            self._find("dropped_duplicate", "info", f"{dropped} cells")

    def _discreet(self, refused: pa.Table) -> pa.Table:
        """What is not public stays so in quarantine too: reason and place, no figure."""
        if not self.dataset.restricted:
            return refused
        hidden = checks.sentence(self.contract, "unreadable_number", value="…")
        rows = []
        for row in refused.to_pylist():
            row.update(published_value=None, row=None)
            if row["rule"] == "unreadable_number":
                # This sentence quotes the cell.
                row.update(reason_en=hidden.en, reason_ru=hidden.ru)
            rows.append(row)
        return self.declared.normalizer.quarantine(rows)

    def _protect(self, good: pa.Table) -> pa.Table:
        """Small counts of persons are withheld, and what would give them away; services and money are no persons."""
        from transforms.privacy.disclosure import DisclosureError, suppress

        exempt = [i.code for i in self.contract.indicators.values() if i.counting_unit in IMPERSONAL]
        try:
            return suppress(good, exempt=exempt)
        except DisclosureError as error:
            self._find("cannot_protect", "critical", str(error))
            self.result.failures.append(str(error))
            self.result.held = True
            return good.slice(0, 0)

    def _merge(self, good: pa.Table) -> tuple[pa.Table, pa.Table]:
        con = duckdb.connect()
        con.register("good", good)
        con.execute(
            """CREATE TABLE twice AS
            SELECT obs_key, count(DISTINCT coalesce(CAST(obs_value AS VARCHAR), '') || obs_status) AS versions,
              arg_min(raw_sha256, (retrieved_at, raw_sha256)) AS first_file
            FROM good GROUP BY obs_key HAVING count(*) > 1"""
        )
        names = ", ".join(good.schema.names)
        kept = con.sql(
            f"""SELECT {names} FROM good g WHERE NOT EXISTS (
              SELECT 1 FROM twice t WHERE t.obs_key = g.obs_key AND (versions > 1 OR g.raw_sha256 <> first_file))"""
        ).to_arrow_table()
        both = con.execute(
            "SELECT raw_sha256, raw_locator, published_value, retrieved_at FROM good JOIN twice USING (obs_key) "
            "WHERE versions > 1 ORDER BY ALL"
        ).fetchall()
        sentence = checks.sentence(self.contract, "duplicate_key")
        rows = [
            refused_row(
                self.dataset.id, "duplicate_key", sentence.en, sentence.ru,
                FileFacts(sha, when, f"raw/{self.dataset.id}/{sha}"), locator=locator, value=value,
            )
            for sha, locator, value, when in both
        ]  # fmt: skip
        return kept.cast(good.schema), self.declared.normalizer.quarantine(rows)

    # -- judge -------------------------------------------------------------------------------------------------

    def judge(self) -> Ingested:
        """Hold the dataset at its last good state where this one would lose what was published."""
        result = self.result
        self._judge_share()
        if self.last.num_rows:
            self._judge_coverage()
            self._judge_changes()
        if result.held:
            result.observations = self.last
        result.state = self._state()
        return result

    def _judge_share(self) -> None:
        result = self.result
        rows = result.observations.num_rows + result.quarantine.num_rows
        if rows and result.quarantine.num_rows / rows > self.dataset.refuse_above and self.last.num_rows:
            self._hold("too_many_refused", f"{result.quarantine.num_rows} of {rows} rows")

    def _judge_coverage(self) -> None:
        if not self.result.observations.num_rows:
            if self.result.files and not self.result.quarantine.num_rows:
                self._find("empty_file", "warning", "")
            self.result.held = True
            return
        con = duckdb.connect()
        con.register("last", self.last)
        con.register("new", self.result.observations)
        for finding, column in (
            ("vanished_indicator", "indicator"), ("vanished_area", "ref_area"), ("vanished_year", "year(period_start)")
        ):  # fmt: skip
            lost = con.execute(
                f"""SELECT DISTINCT CAST({column} AS VARCHAR) FROM last EXCEPT
                SELECT DISTINCT CAST({column} AS VARCHAR) FROM new ORDER BY 1"""
            ).fetchall()
            undeclared = [value for (value,) in lost if not self._declared_withdrawn(column, value)]
            if undeclared:
                self._find(finding, "critical", ", ".join(undeclared))
                self._hold("coverage_lost", ", ".join(undeclared))

    def _declared_withdrawn(self, column: str, value: str) -> bool:
        name = "year" if column.startswith("year") else column
        return any(getattr(entry, name) == value for entry in self.dataset.withdrawn)

    def _judge_changes(self) -> None:
        before, after = self.last.num_rows, self.result.observations.num_rows
        if after and after < before * ROW_JUMP:
            self._find("fewer_rows", "warning", f"{before} → {after}")
        if after > before / ROW_JUMP:
            self._find("more_rows", "info", f"{before} → {after}")
        factor = self.dataset.expects.plausible_factor
        con = duckdb.connect()
        con.register("last", self.last)
        con.register("new", self.result.observations)
        jumps = con.execute(
            """SELECT n.indicator, n.ref_area, n.time_period, l.obs_value, n.obs_value
            FROM new n JOIN last l USING (obs_key)
            WHERE greatest(abs(n.obs_value), abs(l.obs_value))
              > ? * greatest(least(abs(n.obs_value), abs(l.obs_value)), 1)
            ORDER BY ALL LIMIT 20""",
            [factor],
        ).fetchall()
        for indicator, area, period, old, new in jumps:
            self._find("implausible_change", "warning", f"{indicator}, {area}, {period}: {old:g} → {new:g}")
        units = con.execute(
            """SELECT DISTINCT n.indicator, l.unit_measure, n.unit_measure FROM new n JOIN last l
            USING (indicator, ref_area, sex, age, violence_form, relationship, breakdown, time_period, source_id)
            WHERE n.unit_measure <> l.unit_measure AND NOT EXISTS (SELECT 1 FROM new x WHERE x.obs_key = l.obs_key)"""
        ).fetchall()
        for indicator, old, new in units:
            self._find("unit_changed", "critical", f"{indicator}: {old} → {new}")
            self._hold("coverage_lost", f"{indicator}: {old} → {new}")

    def _look_at_shape(self, sheets: Sequence[tuple[SourceFile | None, StoredFile, pa.Table]]) -> None:
        expected = self.dataset.expects.columns
        known = {*self.dataset.columns, *(expected or ()), "file_name", "stated_period", "stated_published"}
        for _, _, cells in sheets:
            named = [name for name in cells.column_names if not name.startswith("_")]
            if expected is not None:
                for name in sorted(set(named) - known):
                    self._find("new_column", "warning", name)
                for name in sorted(set(expected) - set(named) - {"Value", "OBS_VALUE"}):
                    self._find("vanished_column", "warning", name)
            if cells.num_rows < self.dataset.expects.min_rows:
                self._find("fewer_rows", "warning", f"{cells.num_rows}")

    def _state(self) -> str:
        result = self.result
        stored = self.archive.files(self.dataset.id)
        result.last_success = self._last_success(stored)
        if self.dataset.collection == "transcription":
            return "held" if result.held else "failed" if result.failures else "bundled"
        if not stored:
            return "failed" if result.failures else "not_fetched"
        if result.quarantine.num_rows and not result.observations.num_rows:
            return "failed"
        if result.held:
            return "held"
        if result.failures:
            return "stale"
        return "stale" if self._overdue() else "fresh"

    def _last_success(self, stored: Sequence[StoredFile]) -> dt.datetime | None:
        moments = [r.received_at for file in stored for r in file.records if r.received_at]
        moments += [
            r.received_at
            for r in self.archive.fetches_of(self.dataset.id)
            if r.outcome == "unchanged" and r.received_at
        ]
        if not moments:
            return None
        newest = max(moments)
        return dt.datetime.fromisoformat(newest.replace("Z", "+00:00")).replace(tzinfo=None, microsecond=0)

    def _overdue(self) -> bool:
        days = PATIENCE.get(self.dataset.cadence)
        last = self.result.last_success
        return days is not None and last is not None and (self.now - last).days > days

    def _hold(self, finding: str, detail: str) -> None:
        if not self.result.held:
            self._find(finding, "critical", detail)
        self.result.held = True

    def _find(self, finding: str, severity: str, detail: str, **filled: str) -> None:
        sentence = checks.sentence(self.contract, finding, **filled)
        self.result.findings.append(
            {
                "dataset_id": self.dataset.id, "finding": finding, "severity": severity,
                "reason_en": sentence.en, "reason_ru": sentence.ru, "detail": detail or None,
            }
        )  # fmt: skip

    # -- stage -------------------------------------------------------------------------------------------------

    def stage(self) -> None:
        """Write what later assets read."""
        folder = self.data_dir.staged(self.dataset.id)
        folder.mkdir(parents=True, exist_ok=True)
        findings = arrow_schema(self.contract, self.contract.tables["findings"])
        tables = {
            "observations": self.result.observations,
            "quarantine": self.result.quarantine,
            "findings": pa.Table.from_pylist(self.result.findings, schema=findings),
        }
        for name, table in tables.items():
            pq.write_table(table, folder / f"{name}.parquet")
        facts: Mapping[str, Any] = {
            **self.result.facts,
            "failures": self.result.failures,
            "files": self.result.files,
            "critical": [f["reason_en"] for f in self.result.findings if f["severity"] == "critical"],
        }
        (folder / "facts.json").write_text(
            json.dumps(facts, default=str, ensure_ascii=False), encoding="utf-8"
        )

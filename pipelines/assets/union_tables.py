"""The tables that unite all datasets: observations with their history, what was refused and found, the laws, the log.

::

    for name, rows in union_tables(declared, states, release, moment, staged.rows): ...
    # datasets, observation_history, observations, revisions, quarantine, findings, legal_framework

Pure but for ``written``, which gives a table that was given before. Not here: the step of the graph that writes them
(``tables``, which calls this), what of the last release is carried over (``pipelines.carried_over``), tables made of
these (``derived_tables``).
"""

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterator, Sequence

import pyarrow as pa
import pyarrow.compute as pc

from data_contracts import checks
from data_contracts.arrow import Rows, arrow_schema, one_after_another
from data_contracts.connection import shared_duckdb
from data_contracts.model import Contract
from data_contracts.replace_rows import Made, appended
from data_contracts.rows import read_rows
from pipelines import carried_over
from pipelines.carried_over import Touched
from pipelines.data_directory import DataDirectory
from pipelines.dataset_states import LAST_ROWS_REFUSED, DatasetState
from pipelines.declarations import Declarations
from pipelines.release import manifest
from pipelines.release.last_release import LastRelease
from sources.receipts import time_of
from transforms.derive import breaks, codebook, history
from transforms.findings import Findings
from transforms.normalize import former_keys
from transforms.normalize.inputs_and_results import FileFacts
from transforms.normalize.lookups import create_tables
from transforms.normalize.one_file import FIRST_RELEASE
from transforms.normalize.quarantine import refused_row


def union_tables(
    declared: Declarations,
    states: Sequence[DatasetState],
    release: LastRelease,
    moment: dt.datetime,
    written: Callable[[str], Rows],
) -> Iterator[tuple[str, Made]]:
    """The observations of all datasets with their history, what was refused and found, and the laws with the number of
    series that each breaks: one table after the other.

    ``moment``: time of the release that is being made, UTC without zone. ``written``: a table that was given before and
    is written since.
    """
    contract = declared.contract
    facts = {state.dataset.id: state.facts for state in states}
    # First: the rules of the observations ask for the country of their dataset.
    yield "datasets", codebook.datasets_table(contract, declared.datasets, facts)
    unchanged = carried_over.unchanged_datasets(states, release)
    rows, refused = without_retired(declared, [s for s in states if s.dataset.id not in unchanged])
    # A figure of which only the nature was corrected continues under its new key.
    moved = former_keys.moved_by_nature([release.observations], rows)
    if moved and unchanged:
        unchanged = frozenset()
        rows, refused = without_retired(declared, states)
    broken = breaks.find_breaks(rows, declared.laws, contract.areas)
    name = manifest.release_name(moment)
    before = former_keys.with_keys(release.rows("observation_history"), moved)
    advance = history.advance(contract, before, rows, name, moment, broken.marked, unchanged)
    yield "observation_history", advance.history
    if unchanged:
        yield "observations", advance.observations(release.rows("observations"))
    else:
        yield "observations", history.in_force(contract, written("observation_history"))
    earlier = former_keys.with_keys(release.rows("revisions"), moved)
    yield "revisions", _revisions(contract, earlier, advance.revisions, few=bool(unchanged))
    quarantine = pa.concat_tables([*(state.quarantine for state in states), refused])
    yield "quarantine", _sorted(contract, "quarantine", quarantine)
    note_refused(contract, states, refused)
    findings = [row for state in states for row in state.findings]
    yield "findings", codebook.make(contract, "findings", findings)
    series = broken.series
    if unchanged:
        observations, sources = (
            written("observations"),
            codebook.sources(contract, declared.publications, declared.datasets),
        )
        touched = carried_over.touched(release, observations, written("revisions"), sources)
        series = broken_series(declared, observations, touched)
    yield "legal_framework", codebook.legal_framework(contract, declared.laws, series)


def _revisions(contract: Contract, earlier: Rows, new: pa.RecordBatchReader, *, few: bool) -> Made:
    """Those of the earlier releases, then ``new`` ones."""
    if isinstance(earlier, pa.Table):
        earlier = _sorted(contract, "revisions", earlier)
    if few:
        return appended(earlier, new.read_all())
    return one_after_another(arrow_schema(contract, contract.tables["revisions"]), [earlier, new])


def _sorted(contract: Contract, name: str, table: pa.Table) -> pa.Table:
    schema = arrow_schema(contract, contract.tables[name])
    return table.cast(schema).sort_by([(column, "ascending") for column in contract.tables[name].order])


def without_retired(declared: Declarations, states: Sequence[DatasetState]) -> tuple[list[Rows], pa.Table]:
    """The observations of all datasets in parts; for quarantine, carried ones that break a rule of the contract.

    Rows that were processed now have passed the rules. Rows that are carried from an earlier release have passed those
    of their time. Example: a held dataset's last rows have an indicator that was renamed since.
    """
    contract, normalizer = declared.contract, declared.normalizer
    table = contract.tables["observations"]
    carried = [state for state in states if not state.processed or state.state == "held"]
    fresh = [state.observations for state in states if state not in carried]
    rows = pa.concat_tables(
        [normalizer.good_schema().empty_table(), *(read_rows(state.observations) for state in carried)]
    )
    first = pa.array([FIRST_RELEASE] * rows.num_rows, pa.string())
    with shared_duckdb() as con:
        create_tables(contract, {state.dataset.id: state.country for state in carried}, con)
        con.register("carried", rows.append_column("first_release", first))
        broken = dict(con.execute(checks.violations(contract, table, "carried")).fetchall())
    is_broken = pc.is_in(rows["obs_key"], value_set=pa.array(sorted(broken), pa.string()))
    sentences = {check.id: check.sentence for check in checks.row_checks(contract, table)}
    refused = [
        refused_row(
            row["dataset_id"],
            broken[row["obs_key"]],
            sentences[broken[row["obs_key"]]].en,
            sentences[broken[row["obs_key"]]].ru,
            FileFacts(row["raw_sha256"], row["retrieved_at"], f"raw/{row['dataset_id']}/{row['raw_sha256']}"),
            locator=row["raw_locator"],
            value=row["published_value"],
        )
        for row in rows.filter(is_broken).to_pylist()
    ]
    kept = rows.filter(pc.invert(is_broken))
    return [kept, *fresh], normalizer.quarantine(refused)


def note_refused(contract: Contract, states: Sequence[DatasetState], refused: pa.Table) -> None:
    """Say of each dataset which of its last rows could not stay; ``refused`` as :func:`without_retired` gives it."""
    counts = Counter(zip(refused["dataset_id"].to_pylist(), refused["reason_en"].to_pylist(), strict=True))
    for state in states:
        found = Findings(contract, state.dataset.id)
        for (name, reason), count in counts.items():
            if name == state.dataset.id:
                found.add(LAST_ROWS_REFUSED, "critical", f"{count}: {reason}")
        state.findings = [row for row in state.findings if row["finding"] != LAST_ROWS_REFUSED] + found.rows


def broken_series(declared: Declarations, observations: Rows, touched: Touched | None) -> dict[str, int]:
    """How many series each law broke; those of a dataset that stayed as it was are counted in the last release."""

    def count(*rows: Rows) -> Counter[str]:
        return Counter(breaks.find_breaks(rows, declared.laws, declared.contract.areas).series)

    if touched is None:
        return count(observations)
    known = {
        row["law_id"]: row["series_with_break"]
        for row in read_rows(touched.last("legal_framework")).to_pylist()
    }
    before, now = (count(touched.of_datasets(rows)) for rows in (touched.last("observations"), observations))
    return {law: series - before[law] + now[law] for law, series in known.items()}


def fetches(contract: Contract, data_dir: DataDirectory, declared: Declarations) -> pa.Table:
    """Table ``fetches``: every attempt of the archive's log, of datasets that are declared."""
    rows = [
        {
            "dataset_id": record.dataset,
            "address": record.address,
            "requested_at": time_of(record.requested_at),
            "received_at": time_of(record.received_at),
            "http_status": record.status,
            "outcome": record.outcome,
            "reason": record.reason or None,
            "sha256": record.sha256,
            # Of a register it would give the number of its rows.
            "size": None if declared.datasets[record.dataset].restricted else record.size,
            "via": record.via,
            "stated_period": record.stated_period,
        }
        for record in data_dir.archive.fetches()
        if record.dataset in declared.datasets
    ]
    return codebook.make(contract, "fetches", rows)

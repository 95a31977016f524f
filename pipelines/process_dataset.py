"""One dataset from publisher to outcome: pulled, then read, normalized, judged and staged.

Whatever is raised in one dataset becomes a finding on that dataset: its last rows stay published, and the other
datasets and the release go on. So no function here lets an exception of a dataset out.

Not here: pulling (``sources.pull``), reading and judging (``transforms.ingest``), the steps of a run that do this
(``pipelines.assets.datasets``). Called by those, and by ``pipelines.second_process``, which has no Dagster.
"""

from functools import partial
from typing import TYPE_CHECKING

import duckdb
import pyarrow as pa

from data_contracts.rows import name_rows
from pipelines.data_directory import DataDirectory
from pipelines.data_versions import dataset_version, files_part
from pipelines.declarations import Declarations
from pipelines.release.last_release import LastRelease
from pipelines.staging import DatasetStages
from pipelines.state_groups import GRAVE
from pipelines.unprotected_counts import RestrictedCounts
from sources.dataset import Dataset
from sources.pull import Pulled, policy_for, pull_live, pull_local
from transforms.ingest import Ingested, ingest, stopped

if TYPE_CHECKING:
    from pipelines.resources import Publishers


def pull_dataset(
    dataset: Dataset, data_dir: DataDirectory, publishers: "Publishers | None"
) -> tuple[Pulled, Exception | None]:
    """Pull; what was raised comes back beside what came until then. Without ``publishers`` none is asked."""
    pulled = Pulled()
    try:
        pulled = pull_local(dataset, data_dir.archive, data_dir.inbox)
        if publishers and not publishers.asked_for(dataset):
            policy = policy_for(
                dataset,
                contact=publishers.contact,
                mirrored=bool(publishers.mirror),
                patience=publishers.patience,
            )
            live = pull_live(dataset, data_dir.archive, publishers.client, policy, publishers.via)
            live.new += pulled.new
            pulled = live
    except Exception as error:
        return pulled, error
    return pulled, None


def observe_dataset(
    declared: Declarations,
    dataset: Dataset,
    data_dir: DataDirectory,
    broken: Exception | None,
) -> Ingested:
    """The outcome of a dataset, from its stage where nothing changed; never an exception."""
    stages = DatasetStages(data_dir)
    last = declared.normalizer.good_schema().empty_table()
    version = ""
    try:
        release: LastRelease = data_dir.last_release(declared.contract)
        last = release.observations_of(dataset.id)
        version = dataset_version(dataset, data_dir.archive)
        if broken is not None:
            result = stopped(declared.normalizer, dataset, last, broken)
        else:
            known = stages.load(dataset.id, version)
            if known is not None and not known.stopped:
                return known
            row = release.datasets.get(dataset.id, {})
            accepted = files_part(row.get("data_version")) if row.get("state") not in GRAVE else ""
            history = partial(published_before, release, dataset)
            scratch = RestrictedCounts(data_dir).scratch(dataset.id) if dataset.counting else None
            result = ingest(declared.normalizer, dataset, data_dir.archive, last, accepted, history, scratch)
            data_dir.archive.note_judgement(dataset.id, result.judged, held=result.held)
        result.data_version = version
        RestrictedCounts(data_dir).save(result)
        stages.save(result)
    except Exception as error:
        result = stopped(declared.normalizer, dataset, last, error)
        result.data_version = version
        stages.keep(result)
        return result
    stages.forget(dataset.id)
    return result


def published_before(release: LastRelease, dataset: Dataset) -> pa.Table:
    """Every version of a dataset's rows that was ever published."""
    rows = release.rows("observation_history")
    with duckdb.default_connection().cursor() as con:
        name_rows(con, "history", rows)
        mine = con.sql("FROM history WHERE dataset_id = ?", params=[dataset.id]).to_arrow_table()
    return mine.cast(rows.schema)

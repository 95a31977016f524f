"""One row a cell where several datasets or sources give it, chosen by the declared precedence."""

from collections.abc import Mapping

import duckdb
import pyarrow as pa

from data_contracts.arrow import arrow_schema
from data_contracts.model import Contract
from sources.dataset import Dataset

CELL = "indicator, ref_area, sex, age, violence_form, relationship, breakdown, time_period, unit_measure"
RANK = """row_number() OVER (PARTITION BY {cell} ORDER BY p.precedence, o.obs_value IS NULL,
    o.obs_status = 'U', coalesce(s.published, '') DESC, o.dataset_id, o.source_id, o.obs_key)"""


def connect(
    observations: pa.Table, sources: pa.Table, datasets: Mapping[str, Dataset]
) -> duckdb.DuckDBPyConnection:
    """A connection that knows the observations, their sources and each dataset's precedence."""
    con = duckdb.connect()
    con.register("observations", observations)
    con.register("sources", sources)
    con.execute("CREATE TABLE precedence(dataset_id VARCHAR, precedence INTEGER, superseded_by VARCHAR)")
    con.executemany(
        "INSERT INTO precedence VALUES (?, ?, ?)",
        [[d.id, d.precedence, d.superseded_by] for d in datasets.values()],
    )
    return con


def best_observations(
    contract: Contract, observations: pa.Table, sources: pa.Table, datasets: Mapping[str, Dataset]
) -> pa.Table:
    """One row a cell (a survey and a model never share one): lowest precedence, then no doubtful one, then the newest.

    Where another candidate gives the same value and marks it as a break or as doubtful, the mark stays with the value.
    """
    table = contract.tables["best_observations"]
    con = connect(observations, sources, datasets)
    cell = f"{CELL}, nature"
    marked = f"""min(CASE o.obs_status WHEN 'B' THEN 'B' WHEN 'U' THEN 'U' END)
            OVER (PARTITION BY {cell}, o.obs_value)"""
    query = f"""
        SELECT {", ".join(table.names)} FROM (
          SELECT o.* REPLACE (CASE WHEN o.obs_status IN ('A', 'V', 'P') THEN coalesce({marked}, o.obs_status)
                              ELSE o.obs_status END AS obs_status), p.precedence,
            CAST(count(*) OVER (PARTITION BY {cell}) AS INTEGER) AS candidates,
            {RANK.format(cell=cell)} AS rank
          FROM observations o JOIN precedence p USING (dataset_id) LEFT JOIN sources s USING (source_id))
        WHERE rank = 1 ORDER BY {", ".join(table.order)}"""
    return con.sql(query).to_arrow_table().cast(arrow_schema(contract, table))

"""Denominators: every published population figure with the day that it refers to.

Not here: which of them a rate is divided by (``rates``). Called by ``pipelines.assets.derived_tables``.
"""

from collections.abc import Mapping, Sequence

import duckdb
import pyarrow as pa

from data_contracts.arrow import Rows, arrow_schema
from data_contracts.insert import insert_rows
from data_contracts.model import Contract
from data_contracts.rows import name_rows
from sources.dataset import Dataset


def population(contract: Contract, observations: Sequence[Rows], datasets: Mapping[str, Dataset]) -> pa.Table:
    """Every published population figure as a denominator, with the day that it refers to; of rows in parts.

    None of another definition (status D), and no forecast (F).
    """
    table = contract.tables["population"]
    con = duckdb.default_connection().cursor()
    name_rows(con, "observations", *observations)
    con.execute("CREATE TEMP TABLE precedence(dataset_id VARCHAR, precedence INTEGER)")
    insert_rows(con, "precedence", [[d.id, d.precedence] for d in datasets.values()])
    query = f"""
        SELECT o.obs_key, ref_area, CAST(year(period_start) AS INTEGER) AS year, sex, age, obs_value AS population,
          CASE WHEN freq = 'A' THEN 'mid_year'
               WHEN freq = 'D' AND strftime(period_start, '%m-%d') = '01-01' THEN 'january' ELSE 'other' END AS basis,
          p.precedence, dataset_id, source_id
        FROM observations o JOIN precedence p USING (dataset_id)
        WHERE indicator = 'POPULATION' AND obs_value > 0 AND breakdown = '_T' AND obs_status NOT IN ('D', 'F')
        ORDER BY {", ".join(table.order)}"""
    return con.sql(query).to_arrow_table().cast(arrow_schema(contract, table))

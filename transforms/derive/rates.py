"""Denominators and rates: yearly counts per population at risk of the same year and area, both kept in the row."""

import duckdb
import pyarrow as pa

from data_contracts.arrow import arrow_schema
from data_contracts.model import Contract

# Under this many events a rate moves by chance; it is published with status U, as official practice has it.
UNRELIABLE_BELOW = 20
# Services are set beside the women they are for; everything else beside its own sex.
_PER_WOMEN = ("CRISIS_CENTRES", "SHELTERS", "SHELTER_PLACES")
_COUNTED = (
    "call",
    "complaint",
    "case",
    "person",
    "order",
    "decision",
    "offence",
    "contact",
    "service",
    "place",
)


def rates(contract: Contract, observations: pa.Table, denominators: pa.Table) -> pa.Table:
    """Rates of whole-year counts. One denominator a rate: mid-year first, then 1 January, by precedence."""
    table = contract.tables["rates"]
    con = duckdb.connect()
    con.register("observations", observations)
    con.register("population", denominators)
    con.execute("CREATE TABLE rated(code VARCHAR, women BOOLEAN)")
    rows = [
        [i.code, i.code in _PER_WOMEN]
        for i in contract.indicators.values()
        if i.unit == "NUMBER" and i.counting_unit in _COUNTED and (i.domestic or i.family == "homicide")
    ]
    con.executemany("INSERT INTO rated VALUES (?, ?)", rows)
    # A stock of services is given for a month or a day: it is set beside the population of that year.
    query = f"""
        WITH numerators AS (
          SELECT o.*, r.women, CAST(year(period_start) AS INTEGER) AS year,
            CASE WHEN r.women THEN 'F' ELSE o.sex END AS denominator_sex
          FROM observations o JOIN rated r ON r.code = o.indicator
          -- A part of the year has no yearly rate, and an age group none without its own denominator.
          WHERE o.unit_measure = 'NUMBER' AND o.obs_value IS NOT NULL AND o.nature IN ('C', 'CA', 'N')
            AND o.age = '_T' AND NOT contains(o.breakdown, 'COVERAGE=PART_OF_YEAR')
            AND (o.freq = 'A' OR (r.women AND o.freq IN ('M', 'D', 'Q')))),
        chosen AS (
          SELECT * FROM population WHERE age = '_T'
          QUALIFY row_number() OVER (PARTITION BY ref_area, year, sex
            ORDER BY list_position(['mid_year', 'january', 'other'], basis), precedence, obs_key) = 1)
        SELECT n.obs_key AS numerator_obs_key, n.ref_area, n.indicator, n.sex, n.age, n.violence_form, n.relationship,
          n.breakdown, n.time_period, n.year,
          n.obs_value / c.population * CASE WHEN n.women THEN 1000000 ELSE 100000 END AS rate,
          CASE WHEN n.women THEN 'PER_MILLION_WOMEN' ELSE 'PER_100000_POP' END AS rate_unit,
          n.obs_value AS numerator, c.population AS denominator, n.denominator_sex,
          c.obs_key AS denominator_obs_key, c.dataset_id AS denominator_dataset_id,
          CASE WHEN n.obs_value < {UNRELIABLE_BELOW} AND NOT n.women THEN 'U' ELSE n.obs_status END AS obs_status,
          n.dataset_id, n.source_id
        FROM numerators n JOIN chosen c
          ON c.ref_area = n.ref_area AND c.year = n.year AND c.sex = n.denominator_sex
        ORDER BY {", ".join(table.order)}"""
    return con.sql(query).to_arrow_table().cast(arrow_schema(contract, table))

"""Rates: yearly counts per population at risk of the same year and area, numerator and denominator in the row.

An indicator declares its base (``rate`` in ``data_contracts/indicators``): a count without one has no rate. The
denominators come from ``population.py``. Called by the asset of the derived tables.

Example: 4,821 women harmed in KG in 2023 and 3,584,000 women there make 134.5 per 100,000 women.
"""

import duckdb
import pyarrow as pa

from data_contracts.arrow import arrow_schema
from data_contracts.model import Contract
from data_contracts.vocabulary import COUNTRIES

# Under this many events a rate moves by chance; it is published with status U, as official practice has it.
UNRELIABLE_BELOW = 20


def rates(
    contract: Contract, observations: pa.Table, denominators: pa.Table, best: pa.Table
) -> tuple[pa.Table, list[str]]:
    """Rates of whole-year counts; and a sentence for each count that exceeds its base, which has no rate.

    ``denominators``: table population. ``best``: best_observations, from which ``preferred`` follows. One denominator
    a rate: mid-year first, then 1 January, by precedence. A subgroup (age, any breakdown) has no rate: its own base
    is not among the denominators. A kind of service (``KIND=``) is no subgroup: it is for all the women of the area.
    """
    table = contract.tables["rates"]
    con = duckdb.connect()
    con.register("observations", observations)
    con.register("population", denominators)
    con.register("best", best)
    con.execute("CREATE TABLE bases(indicator VARCHAR, country VARCHAR, base VARCHAR)")
    con.executemany("INSERT INTO bases VALUES (?, ?, ?)", _bases(contract))
    con.execute(f"CREATE TABLE made AS {_MADE}")
    refused = con.execute(
        """SELECT numerator_obs_key, indicator, ref_area, time_period, numerator, denominator FROM made
        WHERE numerator > denominator ORDER BY ALL"""
    ).fetchall()
    problems = [
        f"{indicator} {area} {period}: {count:.0f} is more than its population of {people:.0f} "
        f"(observation {key}); no rate is made of it."
        for key, indicator, area, period, count, people in refused
    ]
    query = f"""SELECT {", ".join(table.names)} FROM made WHERE numerator <= denominator
        ORDER BY {", ".join(table.order)}"""
    return con.sql(query).to_arrow_table().cast(arrow_schema(contract, table)), problems


def _bases(contract: Contract) -> list[list[str]]:
    return [
        [indicator.code, country, base]
        for indicator in contract.indicators.values()
        for country in COUNTRIES
        if (base := indicator.rate_base(country)) != "none"
    ]


# A stock of services is given for a month or a day: it is set beside the women of that year.
_MADE = f"""
    WITH numerators AS (
      SELECT o.*, b.base = 'women' AS women, CAST(year(period_start) AS INTEGER) AS year,
        CASE WHEN b.base = 'women' THEN 'F' ELSE o.sex END AS denominator_sex
      FROM observations o JOIN bases b ON b.indicator = o.indicator AND b.country = left(o.ref_area, 2)
      WHERE o.unit_measure = 'NUMBER' AND o.obs_value IS NOT NULL AND o.nature IN ('C', 'CA', 'N')
        AND o.age = '_T' AND (o.breakdown = '_T' OR (b.base = 'women' AND starts_with(o.breakdown, 'KIND=')))
        AND (o.freq = 'A' OR (b.base = 'women' AND o.freq IN ('M', 'D', 'Q')))),
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
      -- The best value keeps marks that its copies carry.
      CASE WHEN n.obs_value < {UNRELIABLE_BELOW} AND NOT n.women THEN 'U'
           ELSE coalesce(b.obs_status, n.obs_status) END AS obs_status,
      b.obs_key IS NOT NULL AS preferred, n.dataset_id, n.source_id
    FROM numerators n JOIN chosen c
      ON c.ref_area = n.ref_area AND c.year = n.year AND c.sex = n.denominator_sex
    LEFT JOIN best b ON b.obs_key = n.obs_key"""

"""Rates: yearly counts per population at risk of the same year and area, numerator and denominator in the row.

An indicator declares its base (``rate`` in ``data_contracts/indicators``): a count without one has no rate. The
denominators come from ``population``.

Example: 4,821 women harmed in KG in 2023 and 3,584,000 women there make 134.5 per 100,000 women.

Called by ``pipelines.assets.derived_tables``.
"""

from collections.abc import Collection, Sequence

import duckdb
import pyarrow as pa

from data_contracts.arrow import Rows, arrow_schema
from data_contracts.insert import insert_rows
from data_contracts.model import Contract
from data_contracts.replace_rows import Made, replaced
from data_contracts.rows import name_rows
from data_contracts.sql import among
from data_contracts.vocabulary import COUNTRIES
from transforms.derive.best_observations import KIND, numbers_of

# Under this many events a rate moves by chance; it is published with status U, as official practice has it.
UNRELIABLE_BELOW = 20


def rates(
    contract: Contract,
    observations: Rows,
    denominators: pa.Table,
    best: Rows,
    last: "Rows | None" = None,
    groups: pa.Table | None = None,
    of_some_providers: Collection[str] = (),
) -> Made:
    """Rates of whole-year counts; one above its base has none (:func:`above_base`), nor one of another definition (D).

    ``denominators``: table population. ``best``: best_observations, from which ``preferred`` follows.
    ``last``: the table of the last release, in which only the rates of ``groups``, indicators and areas, are made anew.
    ``of_some_providers``: datasets that count at those providers alone that reported (``reporting_only``): no figure of
    theirs is of a whole population, and none has a rate.

    A rate has one denominator, of its year, area and sex. Which, where there are several:

    1. one above doubt, before a doubtful one (status U), with which the rate is doubtful too;
    2. the population at mid-year, before that of 1 January, before one of another day;
    3. of the dataset of the lower ``precedence``.

    A subgroup (age, any breakdown) has no rate: its own base is not among the denominators. A kind of service
    (``KIND=`` alone) is no subgroup: it is for all the women of the area.
    """
    table = contract.tables["rates"]
    con = _connect(contract, [observations], denominators, groups)
    name_rows(con, "best", best)
    query = f"""SELECT {", ".join(table.names)} FROM ({_MADE}) WHERE numerator <= denominator
          AND NOT {among("dataset_id", of_some_providers)}
        ORDER BY {", ".join(table.order)}"""
    made = con.sql(query).to_arrow_table().cast(arrow_schema(contract, table))
    if last is None or groups is None:
        return made
    return replaced(last, table.order, numbers_of(con, last), made)


def above_base(
    contract: Contract, observations: Sequence[Rows], denominators: pa.Table
) -> list[tuple[str, str]]:
    """Dataset of each count that is larger than the population it belongs to, and a sentence; of rows in parts."""
    found = _connect(contract, observations, denominators).execute(
        f"""{_SIDES} SELECT n.dataset_id, n.indicator, n.ref_area, n.time_period, n.obs_value, c.population,
          c.dataset_id, n.obs_key
        FROM numerators n JOIN chosen c USING (ref_area, year) WHERE c.sex = n.denominator_sex
          AND n.obs_value > c.population ORDER BY ALL"""
    )
    return [
        (
            dataset,
            f"{indicator} {area} {period}: {count:.0f} of {people:.0f} people, by {base} (observation {key})",
        )
        for dataset, indicator, area, period, count, people, base, key in found.fetchall()
    ]


def _connect(
    contract: Contract,
    observations: Sequence[Rows],
    denominators: pa.Table,
    groups: pa.Table | None = None,
) -> duckdb.DuckDBPyConnection:
    con = duckdb.default_connection().cursor()
    name_rows(con, "all_observations", *observations)
    if groups is not None:
        con.register("groups", groups)
    only = "" if groups is None else "SEMI JOIN groups USING (indicator, ref_area)"
    con.execute(f"CREATE TEMP VIEW observations AS FROM all_observations {only}")
    con.register("population", denominators)
    con.execute("CREATE TEMP TABLE bases(indicator VARCHAR, country VARCHAR, base VARCHAR)")
    insert_rows(con, "bases", _bases(contract))
    return con


def _bases(contract: Contract) -> list[list[str]]:
    return [
        [indicator.code, country, base]
        for indicator in contract.indicators.values()
        for country in COUNTRIES
        if (base := indicator.rate_base(country)) != "none"
    ]


# A stock of services is given for a month or a day: it is set beside the women of that year.
_SIDES = f"""
    WITH numerators AS (
      SELECT o.*, b.base = 'women' AS women, CAST(year(period_start) AS INTEGER) AS year,
        CASE WHEN b.base = 'women' THEN 'F' ELSE o.sex END AS denominator_sex
      FROM observations o JOIN bases b ON b.indicator = o.indicator AND b.country = left(o.ref_area, 2)
      WHERE o.unit_measure = 'NUMBER' AND o.obs_value IS NOT NULL AND {KIND} = 'measured' AND o.obs_status <> 'D'
        AND o.age = '_T' AND (o.breakdown = '_T' OR (b.base = 'women' AND regexp_full_match(o.breakdown, 'KIND=[^;]*')))
        AND (o.freq = 'A' OR (b.base = 'women' AND o.freq IN ('M', 'D', 'Q')))),
    doubted AS (SELECT obs_key FROM all_observations WHERE indicator = 'POPULATION' AND obs_status = 'U'),
    chosen AS (
      SELECT *, obs_key IN (FROM doubted) AS doubtful FROM population WHERE age = '_T'
      QUALIFY row_number() OVER (PARTITION BY ref_area, year, sex ORDER BY doubtful,
        list_position(['mid_year', 'january', 'other'], basis), precedence, obs_key) = 1)"""
_MADE = f"""{_SIDES}
    SELECT n.obs_key AS numerator_obs_key, n.ref_area, n.indicator, n.sex, n.age, n.violence_form, n.relationship,
      n.breakdown, n.time_period, n.year,
      n.obs_value / c.population * CASE WHEN n.women THEN 1000000 ELSE 100000 END AS rate,
      CASE WHEN n.women THEN 'PER_MILLION_WOMEN' ELSE 'PER_100000_POP' END AS rate_unit,
      n.obs_value AS numerator, c.population AS denominator, n.denominator_sex,
      c.obs_key AS denominator_obs_key, c.dataset_id AS denominator_dataset_id,
      -- The best value keeps marks that its copies carry.
      CASE WHEN c.doubtful OR n.obs_value < {UNRELIABLE_BELOW} AND NOT n.women THEN 'U'
           ELSE coalesce(b.obs_status, n.obs_status) END AS obs_status,
      b.obs_key IS NOT NULL AS preferred, n.dataset_id, n.source_id
    FROM numerators n JOIN chosen c
      ON c.ref_area = n.ref_area AND c.year = n.year AND c.sex = n.denominator_sex
    LEFT JOIN best b ON b.obs_key = n.obs_key"""

"""One row a cell where several datasets or sources give it, chosen by the declared precedence.

Also holds the SQL that ranks the candidates of a cell and says when one figure is the rounding of another:
``discrepancies`` uses both. Not here: which dataset precedes which (``precedence`` of the declarations).

Example: two rows give crimes in KZ-27 in 2022, 5,908 (status A) and 2,306 (status U, a known misprint). The first is
the best; the second is found in ``discrepancies``.

Called by ``pipelines.assets.derived_tables``.
"""

from collections.abc import Mapping

import duckdb
import pyarrow as pa

from data_contracts.arrow import Rows
from data_contracts.insert import insert_rows
from data_contracts.model import Contract
from data_contracts.replace_rows import Made, replaced
from data_contracts.rows import name_numbered, name_rows
from sources.dataset import Dataset

CELL = "indicator, ref_area, sex, age, violence_form, relationship, breakdown, time_period, unit_measure"
# What was measured (counted or asked) and what was modelled or estimated are never candidates for one cell. Who
# published it (the country, an international body that adjusted it, a third party that copied it) makes no cell of its
# own. A third party's copy has nature N; that of an estimate or a model has status E besides, and stays on that side.
KIND = "CASE WHEN nature IN ('E', 'M') OR (nature = 'N' AND obs_status = 'E') THEN 'modelled' ELSE 'measured' END"
# Digits after the point that a figure is written with; negative where it ends in zeros: 12.5 -> 1, 97 -> 0, 3600 -> -2.
# A small one is written with an exponent, 1.5e-07, and a large one is larger than any whole number of SQL.
_DIGITS = """digits(x) AS CASE
    WHEN x <> trunc(x) THEN length(regexp_extract(CAST(x AS VARCHAR), '[.]([0-9]+)', 1))
      + coalesce(try_cast(regexp_extract(CAST(x AS VARCHAR), 'e-([0-9]+)$', 1) AS INTEGER), 0)
    WHEN x = 0 THEN 0
    ELSE -length(regexp_extract(printf('%.0f', x), '(0*)$', 1)) END"""
# A count that ends in one zero is more often exact than rounded to tens.
_ROUNDED = """rounds(coarse, fine) AS
    coarse IS NOT NULL AND fine IS NOT NULL AND coarse <> fine
    AND digits(coarse) < digits(fine) AND digits(coarse) <> -1
    AND abs(coarse - fine) <= 0.5 * power(10, -digits(coarse)) * (1 + 1e-9)"""


def connect(
    observations: Rows, sources: Rows, datasets: Mapping[str, Dataset], groups: pa.Table | None = None
) -> duckdb.DuckDBPyConnection:
    """A connection that knows the ranked candidates of every cell (view ``ranked``).

    ``groups``: only of cells of these indicators and areas.
    Most cells have one candidate: only of the others, which share the hash of a cell, are tables made (``crowded``,
    ranked ``rivals``).

    ``rank`` 1 is the best of its cell and kind. What comes first, each where those above do not decide:

    1. a row with a value or an upper bound, before one without;
    2. the indicator's own definition, before another (status D);
    3. what was counted, before what was expected (status F);
    4. a figure above doubt, before a doubtful one (status U);
    5. the row with an interval, before its copy or rounding without;
    6. the finer figure, before its rounding, unless the finer one alone is provisional, estimated or imputed (P, E, I);
    7. the dataset of the lower ``precedence``;
    8. the nature of the figure, in the order C, CA, E, M, N: a third party's copy is the last;
    9. the newest source, by the day of its publication.

    Then the ids, so that the order is always the same.
    """
    con = duckdb.default_connection().cursor()
    name_rows(con, "observations", observations)
    name_rows(con, "sources", sources)
    con.execute("CREATE TEMP TABLE precedence(dataset_id VARCHAR, precedence INTEGER, superseded_by VARCHAR)")
    insert_rows(con, "precedence", [[d.id, d.precedence, d.superseded_by] for d in datasets.values()])
    con.execute(f"CREATE TEMP MACRO {_DIGITS}")
    con.execute(f"CREATE TEMP MACRO {_ROUNDED}")
    if groups is not None:
        con.register("groups", groups)
    only = "" if groups is None else "SEMI JOIN groups USING (indicator, ref_area)"
    con.execute(
        f"""CREATE TEMP VIEW candidates AS
        SELECT o.*, p.precedence, p.superseded_by, coalesce(s.published, '') AS published_on, {KIND} AS kind
        FROM (FROM observations {only}) o JOIN precedence p USING (dataset_id) LEFT JOIN sources s USING (source_id)"""
    )
    _rank(con)
    return con


def _rank(con: duckdb.DuckDBPyConnection) -> None:
    """The candidates of ``con`` that share a cell (``crowded``), and their ranks; see :func:`connect`."""
    con.execute(
        f"""CREATE TEMP TABLE crowded AS
        WITH hashed AS (SELECT *, hash({CELL}, kind) AS cell FROM candidates)
        SELECT * FROM hashed WHERE cell IN (SELECT cell FROM hashed GROUP BY cell HAVING count(*) > 1)"""
    )
    con.execute(
        f"""CREATE TEMP TABLE surpassed AS
        SELECT a.obs_key,
          bool_or(b.obs_lower IS NOT NULL AND b.obs_upper IS NOT NULL AND (a.obs_lower IS NULL OR a.obs_upper IS NULL)
            AND (a.obs_value = b.obs_value OR rounds(a.obs_value, b.obs_value)
                 OR rounds(b.obs_value, a.obs_value))) AS interval_lost,
          -- Two rates of different population bases are no roundings of one another, even where the digits agree.
          bool_or(rounds(a.obs_value, b.obs_value) AND NOT starts_with(a.unit_measure, 'PER_')
            AND b.superseded_by <> a.dataset_id
            AND (b.obs_status NOT IN ('P', 'E', 'I') OR a.obs_status = b.obs_status)) AS rounded
        FROM crowded a JOIN crowded b USING ({CELL}, kind)
        WHERE a.obs_key <> b.obs_key
          AND coalesce(b.obs_status NOT IN ('D', 'F', 'U') OR a.obs_status = b.obs_status, FALSE)
        GROUP BY a.obs_key"""
    )
    con.execute(
        f"""CREATE TEMP TABLE ranks AS
        SELECT c.obs_key, row_number() OVER (cell ORDER BY
            c.obs_value IS NULL AND c.obs_upper IS NULL, c.obs_status = 'D', c.obs_status = 'F', c.obs_status = 'U',
            coalesce(x.interval_lost, FALSE), coalesce(x.rounded, FALSE), c.precedence,
            list_position(['C', 'CA', 'E', 'M', 'N'], c.nature), c.published_on DESC, c.dataset_id, c.source_id,
            c.obs_key) AS rank,
          count(*) OVER cell AS candidates,
          CASE WHEN obs_status NOT IN ('A', 'V', 'P') THEN obs_status
               WHEN bool_or(obs_status = 'B') OVER cell THEN 'B'
               WHEN bool_or(obs_status = 'U') OVER (PARTITION BY {CELL}, kind, obs_value) THEN 'U'
               ELSE obs_status END AS shown_status
        FROM crowded c LEFT JOIN surpassed x USING (obs_key)
        WINDOW cell AS (PARTITION BY {CELL}, kind)"""
    )
    con.execute(
        "CREATE TEMP VIEW rivals AS SELECT c.*, rank, candidates FROM crowded c JOIN ranks USING (obs_key)"
    )
    con.execute(
        """CREATE TEMP VIEW ranked AS
        SELECT c.*, coalesce(r.rank, 1) AS rank, CAST(coalesce(r.candidates, 1) AS INTEGER) AS candidates,
          coalesce(r.shown_status, c.obs_status) AS shown_status
        FROM candidates c LEFT JOIN ranks r USING (obs_key)"""
    )


def best_observations(contract: Contract, con: duckdb.DuckDBPyConnection, last: "Rows | None" = None) -> Made:
    """One row a cell, as :func:`connect` ranks its candidates in ``con``; ``candidates`` counts them.

    ``last``: the table of the last release, which the others than the ``groups`` of ``con`` are taken from.
    A mark stays with the value: where another candidate marks a break, or doubts the same value, the best row says so.
    """
    table = contract.tables["best_observations"]
    names = ", ".join(name for name in table.names if name != "obs_status")
    query = f"""SELECT {", ".join(table.names)} FROM (
          SELECT {names}, shown_status AS obs_status FROM ranked WHERE rank = 1)
        ORDER BY {", ".join(table.order)}"""
    if last is None:
        return con.sql(query).to_arrow_reader()
    return replaced(last, table.order, numbers_of(con, last), con.sql(query).to_arrow_table())


def numbers_of(con: duckdb.DuckDBPyConnection, last: Rows) -> list[int]:
    """Numbers of the rows of a table that are of the ``groups`` that ``con`` knows."""
    name_numbered(con, "last", last)
    found = con.execute("SELECT file_row_number FROM last SEMI JOIN groups USING (indicator, ref_area)")
    return [number for (number,) in found.fetchall()]

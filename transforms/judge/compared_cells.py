"""SQL that the questions about suspicious values share: cells beside the last release, and beside a year before.

Not here: the questions. Called by ``suspicious_values``, ``suspicious_labels``, ``suspicious_periods`` and
``suspicious_totals``, which ask them.
"""

from transforms.normalize.keys import SAME_NUMBER

# Ways in which a cell is placed, besides its source, nature and unit.
PLACES = (
    "indicator",
    "ref_area",
    "sex",
    "age",
    "violence_form",
    "relationship",
    "breakdown",
    "time_period",
)


BESIDES = ("unit_measure", "nature", "source_id", "freq")


# A value that says where it came from: three digits or more are in two cells by chance only now and then.
TELLING = 50


def placed_alike(one: str, other: str, *, but: str = "") -> str:
    """SQL: whether two cells, by the names of their tables, are placed alike, in one way (``but``) perhaps not."""
    return " AND ".join(f"{one}.{name} = {other}.{name}" for name in (*PLACES, *BESIDES) if name != but)


# Every cell of the new file with its value in the last release. ``came``: it was not there; ``changed``: it had another
# value. ``days``: length of its period.
CELLS = f"""CREATE OR REPLACE TEMP TABLE cells AS
    SELECT {", ".join(f"n.{name}" for name in (*PLACES, *BESIDES))}, n.period_start,
      date_diff('day', n.period_start, n.period_end) AS days, l.obs_value AS old, n.obs_value AS new,
      l.obs_key IS NULL AS came,
      l.obs_value IS NOT NULL AND {SAME_NUMBER.format("l.obs_value")} <> {SAME_NUMBER.format("n.obs_value")} AS changed
    FROM new n LEFT JOIN last l USING (obs_key) WHERE n.obs_value IS NOT NULL"""


# The nearest earlier period of as many days in the same series, of cells that the last release had.
FOLLOWED = f"""CREATE OR REPLACE TEMP TABLE followed AS
    SELECT c.*, p.new AS prior, p.time_period AS prior_period
    FROM cells c ASOF JOIN (SELECT * FROM cells WHERE NOT came) p
      ON {placed_alike("c", "p", but="time_period")}
      AND c.period_start > p.period_start
    WHERE abs(c.days - p.days) < 5 AND date_diff('year', p.period_start, c.period_start) <= 3"""


def equal(one: str, other: str) -> str:
    """SQL: whether two values are one number, noise of their representation aside."""
    return f"{SAME_NUMBER.format(one)} = {SAME_NUMBER.format(other)}"

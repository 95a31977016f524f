"""Observations of earlier releases whose key changed since, under their present key: nothing is withdrawn by it.

A key is made of codes (``keys``), so it changes where this project changes a code that it gave:

- a code is renamed (``formerly`` of an indicator, ``data_contracts/renamed_codes.csv``)::

      CRISIS_CLIENTS  formerly CENTRE_CLIENTS     history, revisions and keys continue under CRISIS_CLIENTS

- the nature is corrected: a figure that was marked as the country's own turns out to be a third party's copy. The same
  figure, of the same source, in the same cell, with nature N before or now, is the same observation.

Not here: the key itself (``keys``), and when a publisher changes its codes, which the judge sees as a loss
(``transforms.judge``). Called where a release is loaded and where the next one is united; ``dvstats trace`` asks
:func:`present_key` about a key that somebody noted down.
"""

from collections.abc import Mapping, Sequence

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from data_contracts.arrow import Rows
from data_contracts.rows import name_rows, read_rows
from data_contracts.sql import literal
from data_contracts.vocabulary import CODE_LISTS, KEY
from transforms.normalize.keys import SAME_NUMBER, key_sql

_PARTS = {name: f'"{name}"' for name in KEY}
# The two forms of a key, of which a dataset has one.
_KEYS = tuple(key_sql(parts) for parts in (_PARTS, {**_PARTS, "source_id": '"source_id"'}))

Renamed = Mapping[str, Mapping[str, str]]


def with_present_codes(table: pa.Table, renamed: Renamed) -> pa.Table:
    """The table with present codes in place of former ones; ``renamed``: present by former, for each code list."""
    for column, codelist in CODE_LISTS.items():
        codes = renamed.get(codelist)
        if codes and column in table.column_names:
            place = table.schema.get_field_index(column)
            encoded = pc.dictionary_encode(table.column(place)).combine_chunks()
            present = [_present(text, codes) for text in encoded.dictionary.to_pylist()]
            decoded = pa.array(present, pa.string()).take(encoded.indices)
            table = table.set_column(place, table.schema.field(place), decoded)
    return table


def _present(text: str | None, codes: Mapping[str, str]) -> str | None:
    """A breakdown is several codes in one text."""
    return None if text is None else ";".join(codes.get(part, part) for part in text.split(";"))


def moved_by_renames(history: pa.Table, renamed: Renamed) -> dict[str, str]:
    """Present key by former key, of observations that have a former code; ``history``: as it was written."""
    if not any(renamed.values()) or not history.num_rows:
        return {}
    now = with_present_codes(history, renamed)
    with duckdb.default_connection().cursor() as con:
        for name, rows in (("former", history), ("present", now)):
            numbers = pa.array(range(rows.num_rows), pa.int64())
            con.register(name, rows.select([*KEY, "source_id", "obs_key"]).append_column("_row", numbers))
        pairs = " UNION ".join(
            f"""SELECT f.obs_key, p.key FROM (SELECT *, {key} AS key FROM former) f
            JOIN (SELECT _row, {key} AS key FROM present) p USING (_row)
            WHERE f.key = f.obs_key AND p.key <> f.obs_key"""
            for key in _KEYS
        )
        return dict(con.execute(pairs).fetchall())


def moved_by_nature(before: Sequence[Rows], now: Sequence[Rows]) -> dict[str, str]:
    """Present key by former key, of figures that are or were marked as a third party's copy; both are observations.

    ``before``, ``now``: rows in parts.
    """
    others = [name for name in KEY if name != "nature"]
    same = " AND ".join(f"b.{name} = n.{name}" for name in (*others, "source_id"))
    with duckdb.default_connection().cursor() as con:
        name_rows(con, "before", *before)
        name_rows(con, "now", *now)
        if not con.execute("SELECT EXISTS (FROM before)").fetchall()[0][0]:
            return {}
        marked = (
            "SELECT bool_or(nature = 'N') FROM (SELECT nature FROM before UNION ALL SELECT nature FROM now)"
        )
        if not con.execute(marked).fetchall()[0][0]:
            return {}
        found = con.execute(
            f"""SELECT b.obs_key, n.obs_key FROM
              (SELECT * FROM before ANTI JOIN now USING (obs_key)) b
              JOIN (SELECT * FROM now ANTI JOIN before USING (obs_key)) n ON {same}
            WHERE b.nature <> n.nature AND 'N' IN (b.nature, n.nature)
              AND {SAME_NUMBER.format("b.obs_value")} IS NOT DISTINCT FROM {SAME_NUMBER.format("n.obs_value")}
            QUALIFY count(*) OVER (PARTITION BY b.obs_key) = 1 AND count(*) OVER (PARTITION BY n.obs_key) = 1"""
        )
        return dict(found.fetchall())


def with_keys(rows: Rows, moved: Mapping[str, str]) -> Rows:
    """The rows with present keys in every column of keys; read only where a key moved."""
    if not moved:
        return rows
    table = read_rows(rows)
    for place, field in enumerate(table.schema):
        if field.name.endswith("obs_key"):
            keys = [moved.get(key, key) for key in table.column(place).to_pylist()]
            table = table.set_column(place, field, pa.array(keys, field.type))
    return table


def renewed(observations: pa.Table, renamed: Renamed) -> pa.Table:
    """Observations of an earlier release under the codes and keys that they have now."""
    moved = with_keys(observations, moved_by_renames(observations, renamed))
    return with_present_codes(read_rows(moved), renamed)


def is_present(rows: Rows, renamed: Renamed) -> bool:
    """Whether all keys and codes of rows have their present form already."""
    names = set(rows.schema.names)
    with duckdb.default_connection().cursor() as con:
        name_rows(con, "rows_of_a_release", rows)
        for name in sorted(names):
            if name.endswith("obs_key"):
                old = f"SELECT bool_or(NOT starts_with({name}, 'k')) FROM rows_of_a_release"
                if con.execute(old).fetchall()[0][0]:
                    return False
        for column in CODE_LISTS.keys() & names:
            codes = renamed.get(CODE_LISTS[column]) or {}
            known = (
                con.execute(f"SELECT DISTINCT {column} FROM rows_of_a_release").fetchall() if codes else []
            )
            if any(_present(text, codes) != text for (text,) in known):
                return False
    return True


def with_natures(before: pa.Table, now: pa.Table) -> pa.Table:
    """Rows of the last release with key and nature of the present ones, where only those changed."""
    moved = moved_by_nature([before], [now])
    if not moved:
        return before
    natures = dict(zip(now["obs_key"].to_pylist(), now["nature"].to_pylist(), strict=True))
    pairs = zip(before["obs_key"].to_pylist(), before["nature"].to_pylist(), strict=True)
    own = pa.array([natures[moved[key]] if key in moved else nature for key, nature in pairs], pa.string())
    place = before.schema.get_field_index("nature")
    return with_keys(before.set_column(place, before.schema.field(place), own), moved)


def present_key(con: duckdb.DuckDBPyConnection, key: str, renamed: Renamed) -> str | None:
    """The key that an observation has now; ``key``: an earlier one, or the digits without their ``k``.

    ``con`` knows the table ``observation_history``. None where no observation ever had such a key.
    """
    wanted = key.strip().lower()
    wanted = wanted if wanted.startswith("k") else f"k{wanted}"
    # The keys of former codes of every observation take a while.
    if con.execute("SELECT 1 FROM observation_history WHERE obs_key = $1 LIMIT 1", [wanted]).fetchall():
        return wanted
    former = {
        column: _former_sql(column, renamed.get(codelist, {})) for column, codelist in CODE_LISTS.items()
    }
    forms = [_PARTS, {**_PARTS, **former}]
    forms += [{**form, "nature": literal(nature)} for form in forms for nature in ("C", "CA", "E", "M", "N")]
    tests = [
        f"{key_sql(parts)} = $1" for form in forms for parts in (form, {**form, "source_id": '"source_id"'})
    ]
    found = con.execute(
        f"""SELECT obs_key FROM observation_history WHERE {" OR ".join(tests)}
        ORDER BY valid_to IS NOT NULL, obs_key LIMIT 1""",
        [wanted],
    ).fetchall()
    return str(found[0][0]) if found else None


def _former_sql(column: str, codes: Mapping[str, str]) -> str:
    """A column with its former codes; a breakdown is several codes in one text."""
    sql = f"concat(';', \"{column}\", ';')"
    for old, now in codes.items():
        sql = f"replace({sql}, {literal(f';{now};')}, {literal(f';{old};')})"
    return f"trim({sql}, ';')" if codes else f'"{column}"'

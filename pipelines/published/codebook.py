"""The codebook of the published database: its lists, and everything it says about one code, name or key.

Not here: the codebook pages in ``docs/`` (``data_contracts.codebook``) and how it looks on a terminal
(``pipelines.cli.terminal.codebook``). Called by ``dvstats list`` and ``dvstats show``.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from data_contracts.errors import UserError
from data_contracts.load import contract
from data_contracts.sql import among
from data_contracts.strict_files import did_you_mean, no_such
from pipelines.published.find_areas import NAMES, codes_of
from pipelines.published.query import connect, dicts, query
from transforms.normalize.former_keys import present_key

LISTS = {
    "indicators": "SELECT code, family, counting_unit, scope, label_en, label_ru FROM indicators",
    "areas": "SELECT code, level, name_en, name_ru, name_national, national_code FROM areas",
    "sources": "SELECT source_id, publisher, stated_by, published, address FROM sources",
    "datasets": "SELECT dataset_id, country, state, rows, licence, cadence, title_en FROM datasets",
    "releases": "SELECT release, published_at, rows, added, revised, withdrawn FROM releases",
    "codes": "SELECT codelist, count(*) AS codes FROM codes GROUP BY codelist",
}
_CODES = "SELECT code, label_en, label_ru, description_en, description_ru FROM codes"
# Tables that `show` looks in, in this order, each with its key.
_KEYS = {
    "indicators": "code",
    "areas": "code",
    "datasets": "dataset_id",
    "sources": "source_id",
    "legal_framework": "law_id",
    "response_services": "service_id",
    "discrepancies": "discrepancy_id",
    "codes": "code",
}
# The column of `observations` that refers to a table.
_OBSERVED = {
    "indicators": "indicator",
    "areas": "ref_area",
    "datasets": "dataset_id",
    "sources": "source_id",
}
# A shorter beginning of an observation key would match by chance.
SHORTEST_KEY_PREFIX = 5
LENGTH_OF_FORMER_KEY = 16
SHOWN_KEYS = 20


def listing(data_dir: Path, what: str, codelist: str | None = None) -> pa.Table:
    """One list of the codebook; ``codelist`` names one code list of the list ``codes``."""
    if codelist is None:
        return query(data_dir, f"{LISTS[what]} ORDER BY 1")
    if what != "codes":
        raise UserError(f"`dvstats list {what}` takes no further name; only `dvstats list codes LIST` does.")
    known = query(data_dir, f"{LISTS['codes']} ORDER BY 1")["codelist"].to_pylist()
    if codelist not in known:
        raise UserError(f"{no_such('code list', codelist, known)} Code lists: {', '.join(known)}.")
    return query(data_dir, f"{_CODES} WHERE {among('codelist', [codelist])} ORDER BY code")


def show(data_dir: Path, wanted: str) -> dict[str, Any]:
    """What the codebook says about a code, a name of an area in any of its languages, or a beginning of obs_key.

    Gives ``kind`` (the table), ``rows`` and, where observations refer to it, ``published`` by country.
    ``coverage`` gives the whole table of that name. :class:`UserError` where nothing is found.
    """
    if wanted == "coverage":
        return {"kind": "coverage", "rows": query(data_dir, "SELECT * FROM coverage").to_pylist()}
    with connect(data_dir) as con:
        for found in _answers(con, wanted):
            if found["rows"]:
                return found
        close = did_you_mean(wanted, _words(con))
    raise UserError(
        f"No indicator, area, dataset, source, act, service, code or observation is called {wanted}{close or '.'} "
        "`dvstats list indicators` (areas, datasets, sources, codes) shows what there is."
    )


def full_key(con: duckdb.DuckDBPyConnection, given: str) -> str:
    """The key of an observation, published or withdrawn, that begins as given, with or without its ``k``.

    A whole key may be one of an earlier release. :class:`UserError` where none or several are so called.
    """
    whole = present_key(con, given, contract().renamed) or given
    begun = (
        "SELECT DISTINCT obs_key FROM observation_history WHERE starts_with(obs_key, lower($1)) ORDER BY 1"
    )
    for beginning in (whole, f"k{whole}") if len(whole) >= SHORTEST_KEY_PREFIX else ():
        found = [key for (key,) in con.execute(begun, [beginning]).fetchall()]
        if len(found) > 1:
            raise UserError(
                f"{len(found):,} observations begin with {given}: {', '.join(found[:SHOWN_KEYS])}"
                f"{' …' if len(found) > SHOWN_KEYS else ''}. Give more of the key."
            )
        if found:
            return str(found[0])
    raise UserError(f"No observation has the key {given}. The column obs_key of any table shows keys.")


def _answers(con: duckdb.DuckDBPyConnection, wanted: str) -> Iterator[dict[str, Any]]:
    """Answers from the most exact to the least: a code, another code of an area, a name, the beginning of a key."""
    for kind, key in _KEYS.items():
        yield _rows(con, kind, f"lower({key}) = lower($1)", [wanted])
    if codes := codes_of(wanted):
        yield _rows(con, "areas", among("code", codes), [])
    if len(wanted) >= SHORTEST_KEY_PREFIX:
        matching = "SELECT * FROM observations WHERE starts_with(obs_key, lower($1)) ORDER BY obs_key"
        # Keys once had no k before their digits, and a whole key may be one of an earlier release.
        now = present_key(con, wanted, contract().renamed) if len(wanted) >= LENGTH_OF_FORMER_KEY else None
        for beginning in (wanted, f"k{wanted}", now):
            rows = dicts(con, f"{matching} LIMIT {SHOWN_KEYS}", [beginning]) if beginning else []
            yield {"kind": "observations", "rows": rows}


def _words(con: duckdb.DuckDBPyConnection) -> list[str]:
    """Codes and names that a person may have misspelt."""
    columns = [*_KEYS.items(), *(("areas", name) for name in NAMES)]
    rows = con.execute(" UNION ".join(f"SELECT {column} FROM {kind}" for kind, column in columns)).fetchall()
    return sorted(word for (word,) in rows if word)


def _rows(con: duckdb.DuckDBPyConnection, kind: str, condition: str, values: list[str]) -> dict[str, Any]:
    # Names of tables and columns come from this module alone.
    rows = dicts(con, f"SELECT * FROM {kind} WHERE {condition} ORDER BY {_KEYS[kind]}", values)
    column = _OBSERVED.get(kind)
    if column is None:
        return {"kind": kind, "rows": rows}
    codes = [row[_KEYS[kind]] for row in rows]
    published = dicts(
        con,
        f"""SELECT left(ref_area, 2) AS country, count(*) AS observations, min(year(period_start)) AS first_year,
          max(year(period_end)) AS last_year
        FROM observations WHERE {among(column, codes)} GROUP BY ALL ORDER BY ALL""",
    )
    return {"kind": kind, "rows": rows, "published": published}

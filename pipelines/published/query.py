"""Reading what is published: the DuckDB file, the codebook in the terminal, differences between releases."""

from pathlib import Path

import duckdb
import pyarrow as pa

from data_contracts.errors import NothingThereError, UserError
from pipelines.release.database_file import DATABASE


def connect(data_dir: Path) -> duckdb.DuckDBPyConnection:
    """The latest release, read-only, shut off from files and the network."""
    path = data_dir / DATABASE
    if not path.exists():
        raise NothingThereError(
            f"There is no release in {data_dir}. Run `dvstats refresh` first, or give --data-dir."
        )
    con = duckdb.connect(str(path.resolve()), read_only=True)
    con.execute("SET enable_external_access = false")
    con.execute("SET lock_configuration = true")
    return con


def query(data_dir: Path, sql: str) -> pa.Table:
    """Answer of one read-only statement."""
    con = connect(data_dir)
    try:
        relation = con.sql(sql)
        if relation is None:
            raise UserError(
                "That statement gives no rows. Only questions are answered here: SELECT, DESCRIBE, SHOW."
            )
        return relation.to_arrow_table()
    except duckdb.Error as error:
        raise UserError(_plain(str(error))) from error
    finally:
        con.close()


def _plain(message: str) -> str:
    first = " ".join(message.split("\n\n")[0].split())
    if "read-only" in message or "disabled by configuration" in message:
        return f"{first} The published database answers questions only; to write a file use --output."
    return f'{first} `dvstats query "SHOW TABLES"` lists tables and views; `DESCRIBE <table>` its columns.'

"""What a new form knows of its programme already: the code, and what its last published return said of it.

Not here: writing the form (``workbook``). Called by ``dvstats template``.
"""

import re
from pathlib import Path

from data_contracts.connection import open_duckdb
from data_contracts.errors import UserError
from pipelines.release.database_file import DATABASE
from sources.programmes.form import NO, YES, column, form

#: asked anew in every quarter
_EACH_QUARTER = ("return_period", "return_complete")


def known_answers(data_dir: Path, programme: str) -> dict[str, str]:
    """Answers by question, as codes; of a programme that no release has, its code alone."""
    if not re.fullmatch(column("programme_id").pattern or "", programme):
        raise UserError(
            f"{programme!r} is no code of a programme: country and words in Latin letters with hyphens, "
            "such as kz-almaty-centre."
        )
    questions = [line.code for line in form().parts["about"].lines if line.code not in _EACH_QUARTER]
    known = {"programme_id": programme}
    database = data_dir / DATABASE
    if not database.exists():
        return known
    with open_duckdb(str(database), read_only=True) as con:
        tables = {name for (name,) in con.execute("SELECT table_name FROM duckdb_tables()").fetchall()}
        if "programmes" not in tables:
            return known
        found = con.execute(
            f"SELECT {', '.join(questions)} FROM programmes WHERE programme_id = ?", [programme]
        ).fetchone()
    for question, answer in zip(questions, found or (), strict=False):
        if isinstance(answer, bool):
            known[question] = YES if answer else NO
        elif answer is not None:
            known[question] = str(answer)
    return known

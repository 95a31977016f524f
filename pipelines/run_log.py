"""Whether Dagster's log of runs can still be written to; a broken one is set aside and begun anew.

The folder ``dagster/`` of a data directory is a log: nothing that is published depends on it. So a database in it that
was cut, overwritten or emptied must not keep a refresh from publishing. It is kept, under another name, for whoever
wants to know what happened.

Not here: how events are stored (``pipelines.run_storage``). Called by ``pipelines.refresh`` before Dagster starts.
"""

import datetime as dt
import sqlite3
from contextlib import closing
from pathlib import Path

# The other databases of the folder hold one past run each, and no new run opens them.
DATABASES = ("runs.db", "index.db", "schedules.db")


def set_aside_if_broken(home: Path, now: dt.datetime) -> list[str]:
    """Move the folder away where a database in it is broken; gives a sentence on what was done."""
    broken = [name for name in DATABASES if (home / name).exists() and not _is_sound(home / name)]
    if not broken and (home.is_dir() or not home.exists()):
        return []
    away = home.with_name(f"{home.name}.broken-{now:%Y%m%dT%H%M%SZ}")
    home.rename(away)
    what = f"{home.name}/{', '.join(broken)}" if broken else home.name
    return [f"The log of runs is broken ({what}): it is now {away.name}, and a new one was begun."]


def _is_sound(path: Path) -> bool:
    if not path.is_file() or not path.stat().st_size:
        return False
    try:
        with closing(sqlite3.connect(path)) as connection:
            return bool(connection.execute("PRAGMA quick_check").fetchone() == ("ok",))
    except sqlite3.OperationalError:
        # Locked by the browser's Dagster, or not to be opened now: no damage.
        return True
    except sqlite3.DatabaseError:
        return False

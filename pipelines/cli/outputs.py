"""Where a command may write: not into what a data directory keeps for itself.

A release, the archive or the database would be damaged without a word, also through a link. ``site`` and folders of
other names may lie in a data directory.

Not here: writing. Called by ``main`` for every command with ``--output``.
"""

from pathlib import Path

from data_contracts.errors import UserError
from pipelines.kept_folders import FOLDERS
from pipelines.lock import LOCK_FILE
from pipelines.release.database_file import DATABASE
from pipelines.release.manifest import RELEASE_NAME

#: what lies in a data directory and is no command's to write over
KEPT = frozenset(
    {
        *FOLDERS,
        "latest",
        "store.json",
        "feed.atom",
        DATABASE,
        LOCK_FILE,
    }
)


def refuse_kept(output: Path) -> None:
    """UserError where a file or folder is, or lies in, something that a data directory keeps."""
    place = output.resolve()
    for root in place.parents:
        kept = place.relative_to(root).parts[0]
        if kept in KEPT and _is_data_directory(root):
            raise UserError(
                f"{output} is in {root / kept}, which a data directory keeps for itself. Give --output another place."
            )


def _is_data_directory(folder: Path) -> bool:
    """Whether a refresh worked here, or releases were copied to it."""
    releases = folder / "releases"
    return (folder / LOCK_FILE).exists() or (
        releases.is_dir() and any(RELEASE_NAME.fullmatch(path.name) for path in releases.iterdir())
    )

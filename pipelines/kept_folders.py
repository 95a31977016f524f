"""The folders that a data directory keeps for itself, each apart from the others.

Not here: what is in them (``pipelines.data_directory``) and the files beside them. Called by
``pipelines.data_directory``, and by ``pipelines.cli.outputs``, which lets no command write into one.
"""

from pathlib import Path

from data_contracts.errors import UserError

FOLDERS = ("raw", "inbox", "staging", "releases", "unshown", "restricted", "dagster", "operations")


def refuse_shared(root: Path) -> None:
    """UserError where a link makes one place of two of these folders, or puts one into the other.

    Links may lead elsewhere, to a larger disk; but what is a cache for one use must not be an archive for another.
    """
    places = {name: (root / name).resolve() for name in FOLDERS}
    for name in (name for name in FOLDERS if (root / name).is_symlink()):
        for other, place in places.items():
            inside = places[name].is_relative_to(place) or place.is_relative_to(places[name])
            if other != name and inside:
                raise UserError(
                    f"{root / name} is a link to {places[name]}, where {other} of the same data directory is kept too. "
                    "Remove it, or let it lead to a folder of its own."
                )

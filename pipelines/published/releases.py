"""Where the folders of releases are.

Not here: what is inside one (``pipelines.release.manifest``) and how one is written (``pipelines.release.publish``).
Called by every command that names a release.
"""

from pathlib import Path

from data_contracts.errors import NothingThereError
from pipelines.release.manifest import RELEASE_NAME


def release_folder(data_dir: Path, release: str | None) -> Path:
    """Folder of a release, the latest where none is named; :class:`NothingThereError` lists what there is.

    Only names of releases lead to a folder, so that no name leads out of ``releases/``.
    """
    releases = data_dir / "releases"
    if release is None:
        folder = (data_dir / "latest").resolve()
    else:
        folder = releases / release if RELEASE_NAME.fullmatch(release) else releases
    if not (folder / "manifest.json").is_file() or not RELEASE_NAME.fullmatch(folder.name):
        there = ", ".join(
            sorted(path.name for path in releases.glob("*") if RELEASE_NAME.fullmatch(path.name))
        )
        raise NothingThereError(
            f"No release {release or ''} in {data_dir}. Releases there: {there or 'none'}.".replace("  ", " ")
        )
    return folder

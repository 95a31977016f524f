"""Where the folders of releases are.

Not here: what is inside one (``pipelines.release.manifest``) and how one is written (``pipelines.release.publish``).
Called by every command that names a release.
"""

from pathlib import Path

from data_contracts.errors import DvstatsError, NothingThereError
from pipelines.release.manifest import RELEASE_NAME, ManifestError, release_names


def release_folder(data_dir: Path, release: str | None) -> Path:
    """Folder of a release, the latest where none is named; :class:`NothingThereError` lists what there is.

    Neither a name nor a link leads out of ``releases/``: only names of releases are looked up, ``latest`` has to point
    to one of them, and :class:`DvstatsError` says where a release, or a file of it, is a link.
    """
    releases = data_dir / "releases"
    if release is None:
        folder = (data_dir / "latest").resolve()
    else:
        folder = releases / release if RELEASE_NAME.fullmatch(release) else releases
    if not folder.is_dir() or not RELEASE_NAME.fullmatch(folder.name):
        raise none_there(data_dir, release)
    _refuse_links(releases, folder)
    if not (folder / "manifest.json").is_file():
        raise ManifestError(
            f"Release {folder.name} has no manifest, so nobody can tell whether it is whole. Restore it from a copy."
        )
    return folder


def none_there(data_dir: Path, release: str | None = None) -> NothingThereError:
    """That a release, or any, is not there; where only the links to the latest are missing, how they are set right."""
    there = release_names(data_dir)
    if release is not None:
        return NothingThereError(
            f"No release {release} in {data_dir}. Releases there: {', '.join(there) or 'none'}."
        )
    if there:
        return NothingThereError(
            f"{data_dir} has release {there[-1]}, but the links that lead readers to it are missing or broken. Run "
            "`dvstats refresh`, which sets them right."
        )
    return NothingThereError(
        f"There is no release in {data_dir}. Run `dvstats refresh` first, or give --data-dir."
    )


def _refuse_links(releases: Path, folder: Path) -> None:
    inside = folder.resolve().parent == releases.resolve() and not folder.is_symlink()
    links = [folder] if not inside else [path for path in folder.rglob("*") if path.is_symlink()]
    if links:
        raise DvstatsError(
            f"{links[0]} is a link or leads out of {releases}: a release holds its own files. Restore it from a copy, "
            "or refresh, which sets `latest` right."
        )

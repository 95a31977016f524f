"""Where the folders of releases are."""

from pathlib import Path

from data_contracts.errors import NothingThereError


def release_folder(data_dir: Path, release: str | None) -> Path:
    """Folder of a release; the latest where none is named."""
    folder = data_dir / "releases" / release if release else (data_dir / "latest").resolve()
    if not (folder / "manifest.json").is_file():
        there = ", ".join(sorted(p.name for p in (data_dir / "releases").glob("2*"))) or "none"
        raise NothingThereError(f"No release {release or ''} in {data_dir}. Releases there: {there}.")
    return folder


def release_names(data_dir: Path) -> list[str]:
    """Names of the releases on disk, oldest first."""
    folder = data_dir / "releases"
    return (
        sorted(p.name for p in folder.iterdir() if (p / "manifest.json").is_file()) if folder.is_dir() else []
    )

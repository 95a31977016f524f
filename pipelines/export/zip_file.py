"""Several files as one ZIP file, the same bytes for the same files.

Not here: which files these are. Called by ``zenodo`` and by ``pipelines.deliveries.contents``.
"""

import zipfile
from collections.abc import Iterable
from pathlib import Path

# No time of the machine in the archive: the first moment that a ZIP file can name.
_MOMENT = (1980, 1, 1, 0, 0, 0)


def write_zip(root: Path, files: Iterable[Path], target: Path) -> Path:
    """Pack files under their paths below ``root``, compressed and in the order of these; gives ``target``."""
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(files):
            entry = zipfile.ZipInfo(path.relative_to(root).as_posix(), _MOMENT)
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, path.read_bytes())
    return target

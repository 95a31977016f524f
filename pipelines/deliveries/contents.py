"""The files of a delivery, made from the published release alone.

Workbook, CSV and data package are those of ``dvstats export``, the brief that of ``dvstats brief``: both read the
folder of the release and nothing else of the data directory, so that what is restricted or held back cannot be in
them. The same files for the same wish are made once in a run. Not here: the message (``wording``) and where files go
(``targets``). Called by ``deliver``.
"""

import tempfile
from pathlib import Path

from pipelines.brief.figures import REGION
from pipelines.brief.render import brief
from pipelines.deliveries.changes import Part
from pipelines.export.export import export
from pipelines.export.zip_file import write_zip
from pipelines.operations.declared import Subscription


class Contents:
    """Makes the files of one release in a folder that is thrown away afterwards."""

    def __init__(self, data_dir: Path, release: str, folder: Path) -> None:
        """``folder``: an empty one, on a disk with room for them."""
        self.data_dir, self.release, self.folder = data_dir, release, folder
        self._made: dict[tuple[object, ...], list[Path]] = {}

    def of(self, subscription: Subscription, part: Part) -> list[Path]:
        """The files that a subscription wants, each with a name that says what it is."""
        return [path for what in subscription.what for path in self._cached(what, subscription, part)]

    def _cached(self, what: str, subscription: Subscription, part: Part) -> list[Path]:
        key = (
            what,
            subscription.language,
            subscription.countries,
            subscription.topics,
            subscription.licence,
        )
        if key not in self._made:
            # A folder for each attempt: what a failed one left is in nobody's way.
            aside = Path(tempfile.mkdtemp(dir=self.folder))
            self._made[key] = self._make(what, aside, subscription, part)
        return self._made[key]

    def _make(self, what: str, aside: Path, subscription: Subscription, part: Part) -> list[Path]:
        if what == "site":
            return []
        if what == "brief":
            return self._briefs(aside, subscription)
        formats = {"workbook": "xlsx"}
        written = export(
            self.data_dir,
            formats.get(what, what),
            aside / "export",
            countries=part.countries,
            indicators=part.indicators,
            open_only=subscription.licence == "open",
            lang=subscription.language,
        )
        name = f"dvstats-{self.release}-{subscription.language}"
        if what == "workbook":
            (workbook,) = (path for path in written if path.suffix == ".xlsx")
            return [workbook.rename(aside / f"{name}.xlsx")]
        return [write_zip(aside / "export", written, aside / f"{name}-{what}.zip")]

    def _briefs(self, aside: Path, subscription: Subscription) -> list[Path]:
        places = subscription.countries or (REGION,)
        language = subscription.language
        return [
            brief(
                self.data_dir,
                place,
                language,
                aside / f"brief-{place.lower()}-{self.release}-{language}.pdf",
            )
            for place in places
        ]

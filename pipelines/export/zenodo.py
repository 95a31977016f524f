"""The export as a deposit at Zenodo: metadata and the files that are deposited.

::

    zenodo/deposit.json           {"metadata": {…}}, the body of `POST /api/deposit/depositions`
    zenodo/dvstats-RELEASE.zip    the Data Package of the release, byte for byte the same each time
    zenodo/CITATION.cff           the citation of the release; the metadata say the same

Fields: https://developers.zenodo.org/#representation. Title, creators, version, date and licence are those of
``CITATION.cff``. Not here: sending it. Called by ``export``.
"""

import dataclasses
import html
import shutil
from pathlib import Path
from typing import Any

from data_contracts.model import Text
from pipelines.export.datapackage import write_datapackage
from pipelines.export.described import (
    CAVEATS,
    DESCRIPTION,
    KEYWORDS,
    Described,
    describe,
    licence_words,
    write_described,
)
from pipelines.export.selection import COMPILATION, Export, ExportedFile
from pipelines.export.zip_file import write_zip
from pipelines.release.citation import AUTHORS, citation, plain_citation


def write_zenodo(job: Export) -> None:
    """Metadata, data package, citation."""
    about = describe(job)
    folder = job.folder / "zenodo"
    package = folder / f"dvstats-{job.release}.zip"
    licences = _packed(job, package)
    cited = folder / "CITATION.cff"
    cited.write_text(citation(job.release, job.content_hash, job.at.date()), encoding="utf-8")
    named = Text("Data Package as one file", "Пакет данных одним файлом")
    job.files += [
        ExportedFile(package, named, "application/zip", "ZIP", licences),
        ExportedFile(cited, Text("Citation", "Как цитировать"), "text/plain", "TXT", (COMPILATION,)),
    ]
    title = Text("Deposit for Zenodo", "Депозит для Zenodo")
    write_described(job, "zenodo/deposit.json", {"metadata": _metadata(job, about)}, title)


def _packed(job: Export, target: Path) -> tuple[str, ...]:
    """The data package as one archive; gives the licences in it."""
    inner = dataclasses.replace(job, folder=job.folder / "package", files=[])
    inner.folder.mkdir()
    write_datapackage(inner)
    target.parent.mkdir(parents=True)
    write_zip(inner.folder, (file.path for file in inner.files), target)
    shutil.rmtree(inner.folder)
    return tuple(sorted({licence for file in inner.files for licence in file.licences}))


def _metadata(job: Export, about: Described) -> dict[str, Any]:
    cited = plain_citation(job.release, job.content_hash, job.at.date())
    return {
        "title": about.title,
        "upload_type": "dataset",
        "publication_date": job.at.date().isoformat(),
        "description": "".join(f"<p>{html.escape(text)}</p>" for text in (DESCRIPTION.en, CAVEATS)),
        "creators": [{"name": AUTHORS}],
        "access_right": "open",
        # Of the compilation, as in CITATION.cff; what the rows keep is in the notes.
        "license": COMPILATION.lower(),
        "keywords": [*KEYWORDS.en.split("; "), *about.countries.values()],
        "language": "eng",
        "version": job.release,
        "notes": _paragraphs(f"Cite as: {cited}", licence_words(about)),
        "related_identifiers": [
            {"identifier": address, "relation": "isDerivedFrom", "resource_type": "dataset"}
            for address in about.based_on
        ],
    }


def _paragraphs(*texts: str) -> str:
    return "".join(f"<p>{html.escape(line)}</p>" for text in texts for line in text.splitlines())

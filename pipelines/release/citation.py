"""How a release is cited: title, authors, a sentence, a citation file.

The words of the file are in ``templates/CITATION.cff.j2``. Not here: the citation of a single dataset, which its
declaration gives. Called by ``publish`` and by the exports.
"""

import datetime as dt
from pathlib import Path

from data_contracts.model import Text
from data_contracts.rendering import render

TITLE = Text(
    "Domestic violence statistics in Central Asia", "Статистика домашнего насилия в Центральной Азии"
)
AUTHORS = "dvstats contributors"
_TEMPLATES = Path(__file__).parent / "templates"


def plain_citation(release: str, content_hash: str, date: dt.date) -> str:
    """One sentence that names exactly these figures: the release, and the hash that proves it."""
    return (
        f"{AUTHORS} ({date.year}). {TITLE.en}, release {release}. Data set. Content SHA-256 {content_hash}."
    )


def citation(release: str, content_hash: str, date: dt.date) -> str:
    """``CITATION.cff`` of a release (Citation File Format 1.2.0), the sentence in its message."""
    return render(
        _TEMPLATES,
        "CITATION.cff.j2",
        plain=plain_citation(release, content_hash, date),
        title=TITLE.en,
        authors=AUTHORS,
        release=release,
        date=date.isoformat(),
        content_hash=content_hash,
    )

"""How a release is cited: title, authors, citation file."""

import datetime as dt

from data_contracts.model import Text

TITLE = Text(
    "Domestic violence statistics in Central Asia", "Статистика домашнего насилия в Центральной Азии"
)
AUTHORS = "dvstats contributors"


# -- citation --------------------------------------------------------------------------------------------------


def plain_citation(release: str, content_hash: str, date: dt.date) -> str:
    """One sentence that names exactly these figures: the release, and the hash that proves it."""
    return (
        f"{AUTHORS} ({date.year}). {TITLE.en}, release {release}. Data set. Content SHA-256 {content_hash}."
    )


def citation(release: str, content_hash: str, date: dt.date) -> str:
    """``CITATION.cff`` of a release (Citation File Format 1.2.0), the plain citation in its message."""
    return f"""cff-version: 1.2.0
type: dataset
message: >-
  Cite as: {plain_citation(release, content_hash, date)}
  Name the publisher and the address of each figure you use as well; its dataset names its licence.
title: "{TITLE.en}"
authors:
  - name: "{AUTHORS}"
version: "{release}"
date-released: {date.isoformat()}
license: CC-BY-4.0
identifiers:
  - type: other
    value: "sha256:{content_hash}"
    description: "Content hash: content_sha256 in manifest.json of the release"
"""

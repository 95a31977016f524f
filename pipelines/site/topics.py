"""Topics of the site (``topics.yaml``) in a language, and the lines of help.

Not here: what a topic's page shows (``pages``). Called by ``pages`` and by ``pipelines.operations``.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from data_contracts.model import Lang
from data_contracts.strict_files import load_yaml, take
from pipelines.site.load_release import Release, Row

TOPICS = Path(__file__).parent / "topics.yaml"


@dataclass(frozen=True)
class Topic:
    """A topic in one language."""

    #: its name in addresses
    slug: str
    #: of its page
    title: str
    #: codes in the order of the codebook
    indicators: tuple[str, ...]
    #: codes of ``service_kind``
    services: tuple[str, ...]
    #: what may distress a reader; empty: nothing
    note: str


def topics(release: Release, lang: Lang) -> list[Topic]:
    """All topics in a language."""
    found = []
    for slug, declared in declared_topics().items():
        families, more = declared["families"], declared["indicators"]
        codes = [c for c, row in release.indicators.items() if row["family"] in families]
        codes += [code for code in more if code in release.indicators and code not in codes]
        note = declared["note"][lang] if declared["note"] else ""
        found.append(Topic(slug, declared["title"][lang], tuple(codes), tuple(declared["services"]), note))
    return found


@lru_cache
def declared_topics() -> Mapping[str, Mapping[str, Any]]:
    """The topics as declared, by slug."""
    declared = load_yaml(TOPICS)
    optional = {"indicators": (), "services": (), "note": None}
    return {name: take(TOPICS, spec, ("title", "families"), optional) for name, spec in declared.items()}


def help_lines(release: Release) -> dict[str, list[Row]]:
    """Lines that are known to answer, by country, those with a number first."""
    return {
        country: sorted(
            (
                row
                for row in release.of_country("services", country)
                if row["kind"] == "hotline" and row["service_state"] == "operating"
            ),
            key=lambda row: (not row["phone"], row["service_id"]),
        )
        for country in release.countries
    }

"""Entries of the search page: what can be looked for, under all its names.

The search page is a list of all pages that a script narrows while one types. So it works on a file share, needs no
index beside it, and without scripts it is an index to read. Not here: the script (``assets/search.js``). Called by
``pages``.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from data_contracts.model import Lang
from pipelines.site.html import Page
from pipelines.site.load_release import Release


@dataclass(frozen=True)
class Entry:
    """One line of the search page."""

    #: of the page, below the folder of the language
    path: str
    #: of the page
    title: str
    #: further names, in other languages and as codes
    words: str


def entries(release: Release, lang: Lang, pages: Sequence[Page]) -> list[Entry]:
    """All pages, by title."""
    found = [Entry(page.path, page.title, _words(release, page, lang)) for page in pages]
    return sorted(found, key=lambda entry: (entry.title.casefold(), entry.path))


def _words(release: Release, page: Page, lang: Lang) -> str:
    other: Lang = "ru" if lang == "en" else "en"
    kind, _, code = page.path.partition("/")
    if kind == "indicators":
        return f"{code} {release.indicator(code, other)}"
    if kind == "regions" and code:
        row = release.areas[code]
        return " ".join(filter(None, (code, row[f"name_{other}"], row["name_national"])))
    if page.template == "country":
        row = release.areas[page.country]
        return " ".join(
            filter(None, (page.country, row["alpha3"], row[f"name_{other}"], row["name_national"]))
        )
    return ""

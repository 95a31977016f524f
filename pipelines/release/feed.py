"""The releases as an Atom feed, built with lxml: what is in a table cannot break the XML.

Not here: the notes that its entries link to (``notes``). Called by ``publish``, which writes ``feed.atom``.
"""

import datetime as dt
import uuid
from typing import Any, cast

import pyarrow as pa
from lxml import etree

from data_contracts.model import LANGS, Text
from pipelines.release.citation import AUTHORS, TITLE

FEED = "feed.atom"
ATOM = "http://www.w3.org/2005/Atom"
_TITLE = Text("Release {release}", "Выпуск {release}")
_SUMMARY = Text(
    "{added} added, {revised} revised, {withdrawn} withdrawn; {rows} observations.",
    "добавлено {added}, пересмотрено {revised}, отозвано {withdrawn}; всего наблюдений: {rows}.",
)


# Where the notes of a release are, below the address that a feed is served from.
NOTES = "releases/{release}/RELEASE_NOTES.{lang}.md"


def atom_feed(releases: pa.Table, base: str, notes: str = NOTES, media: str = "text/markdown") -> str:
    """Atom feed with an entry a release, newest first.

    ``base`` is the web address that the feed is served from; without it links are relative. ``notes``: what an entry
    links to in each language, by ``{release}`` and ``{lang}``, and ``media`` its type.
    """
    base = base.rstrip("/")
    rows = sorted(releases.to_pylist(), key=lambda row: str(row["release"]), reverse=True)
    feed: Any = etree.Element(f"{{{ATOM}}}feed", nsmap=cast("dict[str, str]", {None: ATOM}))
    _add(feed, "id", _identifier("feed"))
    _add(feed, "title", f"{TITLE.en} / {TITLE.ru}")
    # A feed without an entry still needs a moment.
    _add(feed, "updated", _stamp(rows[0]["published_at"]) if rows else "1970-01-01T00:00:00Z")
    _add(_add(feed, "author"), "name", AUTHORS)
    if base:
        _add(feed, "link", rel="self", type="application/atom+xml", href=f"{base}/feed.atom")
    for row in rows:
        entry = _add(feed, "entry")
        _add(entry, "id", _identifier("release", row["release"]))
        _add(entry, "title", _in_both_languages(_TITLE, row))
        _add(entry, "updated", _stamp(row["published_at"]))
        for lang in LANGS:
            where = notes.format(release=row["release"], lang=lang)
            href = f"{base}/{where}" if base else where
            _add(entry, "link", rel="alternate", type=media, hreflang=lang, href=href)
        _add(entry, "summary", _in_both_languages(_SUMMARY, row), type="text")
    return etree.tostring(feed, xml_declaration=True, encoding="UTF-8", pretty_print=True).decode("utf-8")


def _in_both_languages(text: Text, row: dict[str, Any]) -> str:
    return f"{text.en.format(**row)} / {text.ru.format(**row)}"


def _add(parent: Any, tag: str, text: str | None = None, **attributes: str) -> Any:
    element = etree.SubElement(parent, f"{{{ATOM}}}{tag}", attributes)
    element.text = text
    return element


def _stamp(at: dt.datetime) -> str:
    return f"{at:%Y-%m-%dT%H:%M:%SZ}"


def _identifier(*parts: str) -> str:
    """The same identifier for the same thing wherever the feed is served from."""
    return f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, '/'.join(('dvstats', *parts)))}"

"""The feed is Atom: an entry a release, newest first, identifiers that stay the same wherever it is served from."""

import datetime as dt

import pyarrow as pa
from lxml import etree

from pipelines.release.feed import ATOM, atom_feed

RELEASE = "20261201T000000Z"
BEFORE = "20261124T000000Z"
COLUMNS = ("release", "published_at", "rows", "added", "revised", "withdrawn")
RELEASES = pa.Table.from_pylist(
    [
        dict(zip(COLUMNS, row, strict=True))
        for row in (
            (BEFORE, dt.datetime(2026, 11, 24), 9, 9, 0, 0),
            (RELEASE, dt.datetime(2026, 12, 1), 4321, 3, 2, 1),
        )
    ]
)


def test_feed_is_atom() -> None:
    feed = etree.fromstring(atom_feed(RELEASES, "https://example.org/data/").encode())
    spaces = {"a": ATOM}
    assert feed.tag == f"{{{ATOM}}}feed"
    for part in ("id", "title", "updated", "author/a:name"):
        assert feed.findtext(f"a:{part}", namespaces=spaces)
    entries = feed.findall("a:entry", spaces)
    assert [RELEASE in (e.findtext("a:title", namespaces=spaces) or "") for e in entries] == [True, False]
    assert feed.findtext("a:updated", namespaces=spaces) == "2026-12-01T00:00:00Z"
    ids = [e.findtext("a:id", namespaces=spaces) for e in entries]
    assert len(set(ids)) == 2
    links = [link.get("href") for link in entries[0].findall("a:link", spaces)]
    assert f"https://example.org/data/releases/{RELEASE}/RELEASE_NOTES.ru.md" in links
    again = etree.fromstring(atom_feed(RELEASES.slice(1, 1), "").encode())
    assert again.find("a:entry", spaces).findtext("a:id", namespaces=spaces) == ids[0]
    assert atom_feed(RELEASES.slice(0, 0), "")


def test_an_entry_says_what_changed_in_both_languages() -> None:
    feed = etree.fromstring(atom_feed(RELEASES, "").encode())
    summary = feed.findtext(f"{{{ATOM}}}entry/{{{ATOM}}}summary")
    assert summary == (
        "3 added, 2 revised, 1 withdrawn; 4321 observations. / "
        "добавлено 3, пересмотрено 2, отозвано 1; всего наблюдений: 4321."
    )
    assert (feed.findtext(f"{{{ATOM}}}entry/{{{ATOM}}}title") or "").endswith(f" / Выпуск {RELEASE}")

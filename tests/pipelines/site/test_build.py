"""The finished folder: every number is the database's, every link leads somewhere, nothing asks another host."""

import posixpath
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from data_contracts.errors import NothingThereError, UserError
from pipelines.site import words
from pipelines.site.build import Options, build_site
from pipelines.site.load_release import Release

PAGES_A_LANGUAGE, CLICKS = 60, 3
# A third less than the plan: 15 MB for 4,388 figures.
COUNTRY_PAGE, A_FIGURE = 200_000, 2_300


def local(path: str, href: str) -> tuple[str, str]:
    """The file and the fragment that a link of a page leads to."""
    where, _, fragment = href.partition("#")
    return (posixpath.normpath(posixpath.join(posixpath.dirname(path), where)) if where else path), fragment


def outside(href: str) -> bool:
    return href.startswith(("http:", "https:", "data:", "mailto:"))


def key_of(data: Any) -> str:
    """The observation that a number belongs to: where its link leads, or the row that it stands in."""
    for link in data.iterancestors("a"):
        return str(link.get("href")).partition("#")[2]
    return next(str(row.get("id")) for row in data.iterancestors("tr"))


def test_every_number_is_that_of_the_database(site: Any, release: Release) -> None:
    seen = 0
    for lang in ("en", "ru"):
        for path, page in site.of(lang):
            for data in page.xpath("//data"):
                figure = release.by_key[key_of(data)]
                assert float(data.get("value")) == pytest.approx(figure.obs_value, rel=1e-11), path
                assert data.text == words.number(figure.obs_value, figure.unit_measure, lang), path
                seen += 1
    assert seen > 5000


def test_every_number_leads_to_the_row_of_its_trace(site: Any, release: Release) -> None:
    seen: set[tuple[str, str]] = set()
    for path, page in site.pages.items():
        for link in page.xpath("//a[@class='n']"):
            target, key = local(path, link.get("href"))
            if (target, key) in seen:
                continue
            seen.add((target, key))
            row = site.pages[target].get_element_by_id(key)
            text = row.text_content()
            figure = release.by_key[key]
            assert row.tag == "tr" and figure.raw_locator in text and key in text, (path, key)
            source = row.xpath(".//a[starts-with(@href, '#s')]/@href")[0]
            listed = site.pages[target].get_element_by_id(source[1:]).text_content()
            known = release.sources[figure.source_id]
            assert known["publisher"] in listed
            assert not known["quote"] or " ".join(known["quote"].split()) in " ".join(listed.split())


def test_rates_are_those_of_the_database_and_name_whose_population(site: Any, release: Release) -> None:
    rates = {row["numerator_obs_key"]: row for row in release.tables["rates"]}
    whose = {
        "en": {"F": "women", "M": "men", "_T": "population"},
        "ru": {"F": "женщин", "M": "мужчин", "_T": "населения"},
    }
    found = 0
    for path, page in site.pages.items():
        lang = path.partition("/")[0]
        for small in page.xpath("//tr[@id]/td[2]/small"):
            row = rates[next(row.get("id") for row in small.iterancestors("tr"))]
            text = small.text_content().split(" ")
            assert text[0] == words.number(row["rate"], "RATE", lang), path
            assert text[-1] == whose[lang][row["denominator_sex"]], path
            found += 1
    assert found


def test_every_link_leads_somewhere(site: Any) -> None:
    for path, page in site.pages.items():
        for href in page.xpath("//a/@href | //link/@href | //script/@src | //img/@src"):
            if outside(href):
                continue
            target, fragment = local(path, href)
            assert (site.folder / target).is_file(), f"{path}: {href}"
            if fragment and target.endswith(".html"):
                assert fragment in site.ids[target], f"{path}: {href}"


def test_ids_are_unique(site: Any) -> None:
    for path, ids in site.ids.items():
        twice = [i for i, count in Counter(ids).items() if count > 1]
        assert not twice, f"{path}: {twice}"


def test_nothing_is_asked_of_another_host(site: Any) -> None:
    for path, page in site.pages.items():
        policy = page.xpath("//meta[@http-equiv='Content-Security-Policy']/@content")
        assert policy and policy[0].startswith("default-src 'none'"), path
        asked = page.xpath("//script/@src | //img/@src | //link[@rel='stylesheet' or @rel='icon']/@href")
        assert all(href.startswith("data:") or not outside(href) for href in asked), path
        assert not page.xpath("//iframe | //object | //embed | //video | //audio | //form | //*[@style]"), (
            path
        )
    for asset in (site.folder / "assets").iterdir():
        text = asset.read_text(encoding="utf-8").replace("http://www.w3.org/2000/svg", "")
        assert "http:" not in text and "https:" not in text and "cookie" not in text.lower(), asset.name
    for drawing in (site.folder / "charts").rglob("*.svg"):
        assert not re.search(r'(href|src|style)="', drawing.read_text(encoding="utf-8")), drawing.name


def test_each_page_has_its_frame(site: Any) -> None:
    titles: Counter[str] = Counter()
    for path, page in site.pages.items():
        lang = path.partition("/")[0]
        assert page.get("lang") == lang
        assert (
            len(page.xpath("//h1")) == 1 and page.xpath("//main//p[@class='lead']")[0].text_content().strip()
        ), path
        assert page.xpath("//aside[@class='exit']/a[@id='exit']/@href")[0].startswith("https://"), path
        assert path.endswith("/help.html") or page.xpath("//aside[@class='help']//a"), path
        titles[page.findtext(".//title")] += 1
        for link in page.xpath("//link[@rel='alternate'][@hreflang]"):
            target, _ = local(path, link.get("href"))
            assert target == f"{link.get('hreflang')}/{path.partition('/')[2]}" and target in site.pages
    assert not [title for title, count in titles.items() if count > 1]


def test_headings_go_down_by_one(site: Any) -> None:
    for path, page in site.pages.items():
        levels = [
            int(element.tag[1]) for element in page.xpath("//main//*[self::h1|self::h2|self::h3|self::h4]")
        ]
        jumps = [(a, b) for a, b in zip(levels, levels[1:], strict=False) if b > a + 1]
        assert levels[0] == 1 and not jumps, f"{path}: {jumps}"


def test_there_are_many_pages_and_each_is_near(site: Any) -> None:
    for lang in ("en", "ru"):
        pages = dict(site.of(lang))
        assert len(pages) >= PAGES_A_LANGUAGE
        near, edge = {f"{lang}/index.html"}, {f"{lang}/index.html"}
        for _ in range(CLICKS):
            links = {local(path, href)[0] for path in edge for href in pages[path].xpath("//a/@href")}
            edge = {link for link in links if link in pages} - near
            near |= edge
        assert set(pages) == near


def test_both_languages_have_the_same_pages(site: Any) -> None:
    english, russian = ({path[3:] for path, _ in site.of(lang)} for lang in ("en", "ru"))
    assert english == russian and site.built.pages == 2 * len(english)


def test_russian_pages_are_russian(site: Any) -> None:
    for path, page in site.of("ru"):
        lead = page.xpath("//main//p[@class='lead']")[0].text_content()
        assert re.search("[а-яё]", lead.lower()), path


def test_sizes(site: Any, release: Release) -> None:
    assert site.built.bytes < A_FIGURE * len(release.figures)
    for lang in ("en", "ru"):
        for country in release.countries:
            assert (site.folder / lang / f"{country.lower()}.html").stat().st_size < COUNTRY_PAGE


def test_a_site_replaces_a_site_and_nothing_else(release_dir: Path, tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("mine")
    with pytest.raises(UserError, match="is not replaced"):
        build_site(release_dir, tmp_path, Options(engine=False))
    assert (tmp_path / "letter.txt").read_text() == "mine"


def test_without_a_release_there_is_no_site(tmp_path: Path) -> None:
    with pytest.raises(NothingThereError):
        build_site(tmp_path, tmp_path / "out", Options(engine=False))
    assert not (tmp_path / "out").exists()

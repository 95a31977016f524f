"""The search page lists every page under all its names."""

from typing import Any

from pipelines.site.load_release import Release


def test_every_page_is_listed_once(site: Any) -> None:
    for lang in ("en", "ru"):
        listed = site.pages[f"{lang}/search.html"].xpath("//ul[@id='entries']//a/@href")
        assert sorted(f"{lang}/{href}" for href in listed) == sorted(
            path for path, _ in site.of(lang) if path != f"{lang}/search.html"
        )


def test_an_area_is_found_by_code_and_by_its_names(site: Any, release: Release) -> None:
    (entry,) = site.pages["en/search.html"].xpath("//li[a[@href='regions/KG-GB.html']]")
    words = entry.get("data-w")
    row = release.areas["KG-GB"]
    assert "KG-GB" in words and row["name_ru"] in words and row["name_national"] in words


def test_an_indicator_is_found_by_code_and_in_the_other_language(site: Any, release: Release) -> None:
    (entry,) = site.pages["en/search.html"].xpath("//li[a[@href='indicators/PROTECTION_ORDERS.html']]")
    assert "PROTECTION_ORDERS" in entry.get("data-w")
    assert release.indicator("PROTECTION_ORDERS", "ru") in entry.get("data-w")

"""What single pages must not get wrong."""

import datetime as dt
from collections import defaultdict
from dataclasses import replace
from pathlib import Path
from typing import Any

from lxml import html as parser

from data_contracts.model import Lang, Text
from pipelines.published.dataset_notices import Notice
from pipelines.site.build import Options, _for_all_pages, _Job
from pipelines.site.html import render
from pipelines.site.indicator_and_region_pages import figure_pages
from pipelines.site.load_release import Release
from pipelines.site.page_facts import Site, all_panels
from pipelines.site.pages import pages


def paragraphs(page: Any) -> list[str]:
    return [" ".join(p.text_content().split()) for p in page.xpath("//p[@class='absent']")]


def test_what_only_a_region_publishes_is_not_called_unpublished(site: Any, release: Release) -> None:
    figures = release.by_indicator["PROGRAMME_REFERRED"]
    assert {f.ref_area for f in figures if f.country == "UZ"} == {"UZ-TK"}
    said = paragraphs(site.pages["en/uz.html"])
    name = release.indicator("PROGRAMME_REFERRED", "en")
    assert any(
        text.startswith(f"Published only for single regions: {name}: Tashkent city 0 (") for text in said
    )
    assert not any(text.startswith("Not published") and name in text for text in said)


def test_what_is_called_unpublished_has_no_figure_in_the_country(site: Any, release: Release) -> None:
    for country in release.countries:
        page = site.pages[f"en/{country.lower()}.html"]
        for paragraph in page.xpath("//p[@class='absent'][starts-with(normalize-space(), 'Not published')]"):
            for href in paragraph.xpath("./a/@href"):
                code = href.partition("/")[2].removesuffix(".html")
                found = [f for f in release.by_indicator.get(code, ()) if f.country == country]
                assert not [f for f in found if f.obs_value is not None], (country, code)


def test_the_answers_of_three_tasks_are_on_their_pages(site: Any, release: Release) -> None:
    """How many orders, what is missing on programmes, which law changed the count in 2024."""
    orders = site.pages["en/kg.html"].xpath(
        "//li[@class='key'][h4/a[contains(@href, '/PROTECTION_ORDERS.html')]]"
    )
    card = " ".join(orders[0].text_content().split())
    assert "15,821" in card and "January–November 2025" in card and "Orders count what the police do" in card
    programmes = site.pages["en/topics/programmes.html"].text_content()
    assert "Aggressors who completed a programme, by sex: nothing found" in " ".join(programmes.split())
    laws = site.pages["en/laws.html"]
    section = laws.xpath("//section[h2[@id='y2024']]")[0]
    breaking = section.xpath("./ul[@class='caution']//a/@href")
    wanted = [
        f"#{row['law_id']}"
        for row in release.tables["laws"]
        if row["breaks"] and str(row["in_force"] or row["adopted"] or "").startswith("2024")
    ]
    assert sorted(breaking) == sorted(wanted) and "#kz-law-2024-04-15-women" in breaking
    said = " ".join(section.xpath("./ul[@class='caution']")[0].text_content().split())
    assert "Kazakhstan, 16 June 2024: Made battery and slight harm to health criminal again" in said


def test_acts_that_changed_the_count_stand_first_and_say_what_they_did(site: Any, release: Release) -> None:
    for lang in ("en", "ru"):
        for section in site.pages[f"{lang}/laws.html"].xpath("//section[h2[starts-with(@id, 'y')]]"):
            acts = section.xpath("./ul[@class='timeline']/li")
            breaking = [act.get("class") == "breaking" for act in acts]
            assert breaking == sorted(breaking, reverse=True)
            for act in acts:
                law = release.laws[act.get("id")]
                first = " ".join(act.xpath("./p[b]")[0].text_content().split())
                assert first.rstrip(".") == " ".join(law[f"change_{lang}"].split()).rstrip("."), law["law_id"]


def test_programmes_have_comparators_and_studies_and_say_that_no_return_came(
    site: Any, release: Release
) -> None:
    for lang, none in (
        ("en", "No programme of the four countries has sent"),
        ("ru", "Ни одна программа четырёх стран"),
    ):
        page = site.pages[f"{lang}/programmes.html"]
        text = " ".join(page.text_content().split())
        assert none in text
        assert not page.xpath("//section[h2[@id='cohorts']]"), "no return, no table of returns"
        rows = page.xpath("//section[h2[@id='elsewhere']]/div[1]/table/tbody/tr")
        whole = [cell.text_content().strip() for cell in rows[-1].xpath("./td")]
        assert whole[2:5] == ["583", "187", "324"] and whole[6] == "72"
        studies = page.xpath("//section[h2[@id='evidence']]//tbody/tr")
        assert len(studies) == len(release.tables["programme_evidence"])
    assert "no verdict of this project" in site.pages["en/programmes.html"].text_content()


def test_the_comparator_is_marked(site: Any) -> None:
    assert "for comparison" in site.pages["en/de.html"].xpath("//main//p[@class='note']")[0].text_content()


def test_pages_that_may_distress_say_so(site: Any) -> None:
    for path in ("en/topics/killed.html", "ru/topics/children.html", "en/indicators/HOMICIDE_VICTIMS.html"):
        assert site.pages[path].xpath("//main/p[@class='note']"), path


def test_help_names_only_lines_that_operate(site: Any, release: Release) -> None:
    text = site.pages["en/help.html"].text_content()
    for row in release.tables["services"]:
        if row["kind"] == "hotline":
            assert (row["name_en"] in text) == (row["service_state"] == "operating"), row["service_id"]


HELD: dict[Lang, str] = {
    "en": "Held. Last good file: 3 May 2026. The year 2024 is gone.",
    "ru": "Удержано. Последний исправный файл: 3 мая 2026 года. Нет 2024 года.",
}


def shown(release: Release, lang: Lang) -> dict[str, parser.HtmlElement]:
    """Pages that show figures in each way that there is, without drawings."""
    site = Site(release, lang, all_panels(release), False)
    job = _Job(release, Path(), Options(), False, sizes=defaultdict(lambda: (1, 1)))
    given = _for_all_pages(job, lang, [])
    wanted = ("kg", "changes", "tj", "indicators/DV_VICTIMS")
    every = {page.path: page for page in [*pages(site), *figure_pages(site, frozenset())]}
    return {path: parser.fromstring(render(every[path], release, lang, set(), **given)) for path in wanted}


def text(element: parser.HtmlElement) -> str:
    return " ".join(element.text_content().split())


def test_figures_of_a_held_dataset_say_so_with_the_day_and_the_reason(release: Release) -> None:
    why = Text("The year 2024 is gone.", "Нет 2024 года.")
    notice = Notice("kg_sdg", Text("Indicators", "Показатели"), "held", dt.date(2026, 5, 3), why)
    held = replace(release, notices={"kg_sdg": notice})
    for lang, words in HELD.items():
        made = shown(held, lang)
        listed = made["changes"].xpath("//tr[@id='kg_sdg']/td[1]")[0]
        assert words in text(listed) and made["changes"].xpath("//details[@open]//tr[@id='kg_sdg']")
        assert not made["tj"].xpath("//*[@class='behind'] | //p[@id='notice-kg_sdg']"), (
            "nothing of it is there"
        )
        for path in ("kg", "indicators/DV_VICTIMS"):
            page = made[path]
            assert words in text(page.xpath("//main/p[@id='notice-kg_sdg']")[0]), path
            signs = page.xpath("//a[@class='behind']")
            assert signs and {sign.get("href") for sign in signs} == {"#notice-kg_sdg"}, path
            rows = page.xpath("//tr[@id][contains(., 'kg_sdg, ')]")
            assert rows or path == "kg"
            assert all(row.xpath(".//a[@class='behind']") for row in rows), path
            assert page.xpath("//figure[@class='chart']/p[@class='caution']/a[@href='#notice-kg_sdg']"), path

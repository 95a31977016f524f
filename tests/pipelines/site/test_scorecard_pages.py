"""Scorecards: every verdict, count, figure and body is that of the table; frameworks are never added up."""

from typing import Any

from data_contracts.model import LANGS
from pipelines.site import words
from pipelines.site.load_release import Release
from pipelines.site.scorecard_pages import ANSWERED, judged_year, scorecard_pages

MARKS = {"yes": "●", "part": "◐", "no": "–", "unknown": "?"}


def text(element: Any) -> str:
    return " ".join(element.text_content().split())


def test_every_verdict_of_the_year_is_that_of_the_table(site: Any, release: Release) -> None:
    year, seen = judged_year(release), 0
    for lang in LANGS:
        for row in release.tables["scorecard"]:
            if row["year"] != year:
                continue
            page = site.pages[f"{lang}/scorecards/{row['framework']}.html"]
            item = text(page.get_element_by_id(f"{row['country']}-{row['item']}"))
            word = release.label("item_verdict", row["verdict"], lang).lower()
            title = " ".join(row[f"title_{lang}"].split())
            assert item.startswith(f"{title}{year}: {MARKS[row['verdict']]} {word}."), item
            assert " ".join((row[f"publisher_{lang}"] or "").split()) in item, "the body that would answer"
            seen += 1
    assert seen == 2 * sum(row["year"] == year for row in release.tables["scorecard"]) > 500


def test_the_grid_says_what_the_lists_say(site: Any, release: Release) -> None:
    for path, page in site.of("ru"):
        if "/scorecards/" in path:
            for link in page.xpath("//table[@class='grid-of-verdicts']/tbody//a"):
                assert text(link) in text(page.get_element_by_id(link.get("href")[1:]))


def test_what_is_answered_leads_to_its_figure_or_page(site: Any, release: Release) -> None:
    year = judged_year(release)
    for row in release.tables["scorecard"]:
        if row["year"] == year and row["verdict"] in ANSWERED:
            page = site.pages[f"en/scorecards/{row['framework']}.html"]
            item = page.get_element_by_id(f"{row['country']}-{row['item']}")
            keys = {link.get("href").partition("#")[2] for link in item.xpath(".//a[@class='n']")}
            assert keys == set((row["evidence"] or "").split(";")) - {""}, row["item"]
            assert keys or item.xpath(".//a"), row["item"]


def test_an_older_answer_is_shown_with_its_year(site: Any, release: Release) -> None:
    year, seen = judged_year(release), 0
    answered = [r for r in release.tables["scorecard"] if r["verdict"] in ANSWERED and r["year"] <= year]
    last = {(r["country"], r["framework"], r["item"]): r["year"] for r in answered}
    for (country, framework, item), latest in last.items():
        listed = text(site.pages[f"en/scorecards/{framework}.html"].get_element_by_id(f"{country}-{item}"))
        if latest != year and "Judged by hand" not in listed:
            assert f"Last answer: {latest}," in listed, (country, item)
            seen += 1
    assert seen > 20


def test_counts_are_those_of_the_view(site: Any, release: Release) -> None:
    year = judged_year(release)
    for row in release.tables["scores"]:
        if row["year"] == year:
            page = site.pages[f"en/{row['country'].lower()}.html"]
            link = page.xpath(f"//a[contains(@href, 'scorecards/{row['framework']}.html')]")[0]
            said = text(link.getparent())
            for verdict, mark in MARKS.items():
                count = row[f"items_{verdict}"]
                word = release.label("item_verdict", verdict, "en").lower()
                assert (f"{mark} {word}: {count}" in said) == bool(count), said


def test_there_is_a_page_a_framework_and_no_sum_over_them(release: Release) -> None:
    pages = list(scorecard_pages(release, "en"))
    assert {page.path for page in pages[1:]} == {
        f"scorecards/{row['framework']}" for row in release.tables["scorecard"]
    }
    assert "nothing is added up over frameworks" in pages[0].message


def test_spans_of_years() -> None:
    assert words.year_spans([2021, 2016, 2017, 2018]) == "2016–2018, 2021"

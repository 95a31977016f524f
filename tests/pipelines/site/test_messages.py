"""Sentences at the top of pages follow the release: another figure, another sentence."""

import dataclasses
from typing import Any

from pipelines.site.load_release import Release
from pipelines.site.messages import Messages


def changed(release: Release, table: str, **columns: Any) -> Release:
    """The release with columns of all rows of a table changed."""
    rows = [{**row, **columns} for row in release.tables[table]]
    return dataclasses.replace(release, tables={**release.tables, table: rows})


def test_the_first_sentence_names_what_no_country_publishes(release: Release) -> None:
    steps = {row["step"]: row["step_en"].lower() for row in release.tables["cascade"]}
    known = {
        row["step"]
        for row in release.tables["cascade"]
        if row["obs_value"] is not None and row["country"] in release.region
    }
    sentence = Messages(release, "en").home()
    there, _, missing = sentence.partition("none has published any on")
    for step, name in steps.items():
        assert name in (there if step in known else missing), name
        assert name not in (missing if step in known else there), name


def test_the_first_sentence_changes_when_everything_is_published(release: Release) -> None:
    full = changed(release, "cascade", obs_value=1.0)
    assert Messages(full, "en").home().startswith("All countries of the region have published")
    assert "completions" in Messages(full, "en").home()


def test_a_country_without_figures_gets_another_sentence(release: Release) -> None:
    empty = changed(release, "cascade", obs_value=None)
    assert "publishes no figures on the steps" in Messages(empty, "en").country("KZ")
    full = changed(release, "cascade", obs_value=1.0, part_of_year=False)
    assert "8 of 8 steps" in Messages(full, "en").country("KZ")
    assert "never published" not in Messages(full, "en").country("KZ")


def test_a_topic_names_countries_with_and_without_figures(release: Release) -> None:
    said = Messages(release, "en").topic(["PROTECTION_ORDERS"])
    have = {
        f.country for f in release.by_indicator["PROTECTION_ORDERS"] if f.best and f.obs_value is not None
    }
    for country in release.region:
        name = release.area(country, "en")
        before, _, after = said.partition("none were found for")
        assert name in (before if country in have else after)


def test_a_topic_does_not_say_comparable_where_nothing_is(release: Release) -> None:
    codes = list(release.indicators)
    none = changed(release, "comparability", verdict="not_comparable")
    assert "No two countries may be compared." in Messages(none, "en").topic(codes)
    every = changed(release, "comparability", verdict="comparable")
    assert "No two countries" not in Messages(every, "en").topic(codes)


def test_coverage_counts_are_those_of_the_table(release: Release) -> None:
    rows = [r for r in release.tables["coverage"] if (r["country"], r["year"]) == ("KG", 2024)]
    full = sum(row["coverage_status"] == "published" for row in rows)
    said = Messages(release, "en").coverage_of("KG", release.of_country("coverage", "KG"), 2024)
    assert f"of {len(rows)} requirements {full} are published in full" in said


def test_a_law_that_breaks_nothing_is_not_counted(release: Release) -> None:
    breaking = sum(bool(row["breaks"]) for row in release.tables["laws"])
    assert Messages(release, "en").laws().startswith(f"{breaking} acts and practices")
    assert Messages(changed(release, "laws", breaks=None), "en").laws().startswith("No dated act")

"""The one sentence at the top of each page, made by rule from the release, so that no new figure makes it false.

A rule looks at rows and fills a sentence of ``site_words.yaml``; where its condition does not hold, the next rule
speaks. Not here: pages (``pages``, which shows these sentences). ``page_facts`` makes one object for each language.
"""

from collections.abc import Sequence

from data_contracts.model import Lang
from pipelines.site import words
from pipelines.site.html import texts
from pipelines.site.load_release import Figure, Release, Row
from pipelines.site.series import Panel


class Messages:
    """Sentences about one release in one language."""

    def __init__(self, release: Release, lang: Lang) -> None:
        """Nothing is worked out yet."""
        self.lang: Lang = lang
        self.release, self.t = release, texts()[lang]

    def _list(self, parts: Sequence[str]) -> str:
        return words.listed(list(parts), self.lang)

    def _areas(self, codes: Sequence[str]) -> str:
        return self._list([self.release.area(code, self.lang) for code in codes])

    def home(self) -> str:
        """Which steps from report to repeat offence a country of the region publishes, and which none does."""
        rows = [row for row in self.release.tables["cascade"] if row["country"] in self.release.region]
        steps = {row["step"]: row[f"step_{self.lang}"].lower() for row in rows}
        publish = {
            step: {r["country"] for r in rows if r["step"] == step and r["obs_value"] is not None}
            for step in sorted(steps)
        }
        missing = [steps[step] for step, countries in publish.items() if not countries]
        if missing:
            return self.t["message_home_missing"].format(
                total=len(self.release.region),
                there=", ".join(f"{steps[s]} – {len(found)}" for s, found in publish.items() if found),
                steps=self._list(missing),
            )
        everywhere = [steps[s] for s, found in publish.items() if found == set(self.release.region)]
        if everywhere:
            return self.t["message_home_everywhere"].format(steps=self._list(everywhere))
        return self.t["message_home_nowhere"]

    def country(self, country: str) -> str:
        """How many steps have a figure in the best recent year, and which have none in any year."""
        rows = self.release.of_country("cascade", country)
        steps = sorted({(row["step"], row[f"step_{self.lang}"]) for row in rows})
        known = [row for row in rows if row["obs_value"] is not None]
        if not known:
            return self.t["message_country_none"].format(area=self.release.area(country, self.lang))
        # The best of the last three years; of equals the later.
        recent = [row for row in known if row["year"] > max(r["year"] for r in known) - 3]
        counts = {year: sum(r["year"] == year for r in recent) for year in {r["year"] for r in recent}}
        year = max(counts, key=lambda y: (counts[y], y))
        never = [name.lower() for step, name in steps if step not in {row["step"] for row in known}]
        parts = sum(bool(row["part_of_year"]) for row in recent if row["year"] == year)
        key = "message_country" if never else "message_country_all"
        sentence = self.t[key].format(
            area=self.release.area(country, self.lang),
            year=year,
            known=counts[year],
            steps=len(steps),
            never=self._list(never),
        )
        return f"{sentence} {self.t['message_country_parts'].format(parts=parts)}" if parts else sentence

    def topic(self, indicators: Sequence[str]) -> str:
        """Which countries of the region have published anything, and whether any pair may be compared."""
        found = {
            f.country
            for code in indicators
            for f in self.release.by_indicator.get(code, ())
            if f.best and f.obs_value is not None
        }
        have = [country for country in self.release.region if country in found]
        lack = [country for country in self.release.region if country not in found]
        pairs = [
            row
            for row in self.release.tables["comparability"]
            if row["indicator"] in indicators
            and row["indicator_b"] == row["indicator"]
            and {row["country_a"], row["country_b"]} <= set(self.release.region)
        ]
        able = sum(row["verdict"] != "not_comparable" for row in pairs)
        key = "message_topic_all" if not lack else "message_topic_none" if not have else "message_topic_some"
        sentence = self.t[key].format(have=self._areas(have), lack=self._areas(lack))
        if have and pairs:
            compare = "message_pairs_none" if not able else "message_pairs_some"
            sentence += f" {self.t[compare].format(able=able, pairs=len(pairs))}"
        return sentence

    def region(self, area: str, figures: Sequence[Figure]) -> str:
        """How many figures there are of a region, and the years that they cover."""
        years = [f.period_end.year for f in figures]
        about = [f for f in figures if self.release.indicators[f.indicator]["domestic"]]
        if not about:
            return self.t["message_region_context"].format(
                area=self.release.area(area, self.lang), count=len(figures), first=min(years), last=max(years)
            )
        newest = max(about, key=lambda f: (f.period_end, -f.narrowness, f.indicator))
        return self.t["message_region"].format(
            area=self.release.area(area, self.lang),
            count=len(about),
            last=words.period(newest, self.lang),
            indicator=self.release.indicator(newest.indicator, self.lang),
        )

    def indicator(self, code: str, panels: Sequence[Panel]) -> str:
        """Where it is published, and the longest series with its break."""
        found = {f.country for f in self.release.by_indicator.get(code, ()) if f.obs_value is not None}
        if not found:
            return self.t["message_indicator_none"]
        have = self._areas([country for country in self.release.countries if country in found])
        sentence = self.t["message_indicator"].format(have=have)
        if panels:
            longest = max(panels, key=lambda p: (len(p.figures), p.area))
            years = [figure.period_start.year for figure in longest.figures]
            key = "message_series_break" if longest.breaks else "message_series"
            sentence += " " + self.t[key].format(
                area=self.release.area(longest.area, self.lang),
                first=min(years),
                last=max(years),
                breaks=self._list(sorted({str(row["break_day"].year) for row in longest.breaks})),
            )
        return sentence

    def compare(self) -> str:
        """How many pairs of countries that both publish an indicator may be compared."""
        pairs = [r for r in self.release.tables["comparability"] if r["indicator_b"] == r["indicator"]]
        publish = self.release.publishing
        there = [r for r in pairs if {r["country_a"], r["country_b"]} <= publish[r["indicator"]]]
        verdicts = [row["verdict"] for row in there]
        return self.t["message_compare"].format(
            pairs=len(there), care=verdicts.count("care"), free=verdicts.count("comparable")
        )

    def disagreements(self) -> str:
        """How many pairs of figures disagree, and how many of them nobody explains."""
        rows = self.release.tables["discrepancies"]
        conflicts = sum(row["discrepancy_kind"] == "conflict" for row in rows)
        silent = sum(not row["explanation_en"] for row in rows)
        return self.t["message_disagreements"].format(count=len(rows), conflicts=conflicts, silent=silent)

    def coverage(self, year: int) -> str:
        """How much of what international standards ask for each country publishes in full for a year."""
        parts = []
        for country in self.release.countries:
            rows = [r for r in self.release.of_country("coverage", country) if r["year"] == year]
            full = sum(r["coverage_status"] == "published" for r in rows)
            parts.append(f"{self.release.area(country, self.lang)} {full}")
        total = len({row["requirement"] for row in self.release.tables["coverage"]})
        return self.t["message_coverage"].format(total=total, year=year, parts=", ".join(parts))

    def coverage_of(self, country: str, rows: Sequence[Row], year: int) -> str:
        """The same for one country, and how many were never published in any way."""
        mine = [row for row in rows if row["year"] == year]
        statuses = [row["coverage_status"] for row in mine]
        ever = {row["requirement"] for row in rows if row["coverage_status"] != "not_published"}
        return self.t["message_coverage_of"].format(
            area=self.release.area(country, self.lang),
            total=len(mine),
            year=year,
            full=statuses.count("published"),
            part=statuses.count("partial"),
            never=len(mine) - len(ever),
        )

    def laws(self) -> str:
        """How many acts broke series, and the latest."""
        acts = [row for row in self.release.tables["laws"] if row["breaks"]]
        dated = [row for row in acts if row["in_force"] or row["adopted"]]
        if not dated:
            return self.t["message_laws_none"]
        newest = max(dated, key=lambda row: (row["in_force"] or row["adopted"], row["law_id"]))
        return self.t["message_laws"].format(
            count=len(acts),
            area=self.release.area(newest["country"], self.lang),
            when=words.stated_day(newest["in_force"] or newest["adopted"], self.lang),
            did=words.first_sentence(newest[f"change_{self.lang}"]),
        )

    def changes(self) -> str:
        """What the release added, revised, withdrew."""
        row = self.release.tables["releases"][-1]
        return self.t["message_changes"].format(
            added=words.number(row["added"], "NUMBER", self.lang),
            revised=words.number(row["revised"], "NUMBER", self.lang),
            withdrawn=words.number(row["withdrawn"], "NUMBER", self.lang),
        )

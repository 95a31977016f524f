"""The Jinja environment of the site: a page in its language, and numbers that lead to their cell.

A page is ``<language>/<path>.html``; ``root`` is the way from it to the folder of the site, so that the site works on a
file share as well as on a server. Every number of the release is written by ``Words.value``: a link to the row that
shows its trace, around a ``data`` element with the exact value, which the tests compare with the database.

Not here: what a page shows (``pages``), the words (``site_words.yaml``). Called by ``pages`` and ``build``.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

import jinja2
from markupsafe import Markup, escape

from data_contracts.model import LANGS, Lang
from data_contracts.strict_files import DeclarationError, Mapped, load_yaml
from pipelines.published.dataset_notices import Notice
from pipelines.site import words
from pipelines.site.load_release import PART_OF_YEAR, Figure, Release, Row
from pipelines.site.series import break_before

HERE = Path(__file__).parent
# What is counted at a moment, or asked of people: a day or a month is no part of a year for them.
_STATES = frozenset(("service", "place", "survey_answer", "index", "money"))
TEMPLATES = HERE / "templates"
TEXTS = HERE / "site_words.yaml"
# Marks of a status: a shape beside the word, the same as in the charts.
MARKS = {"B": "◆", "D": "✕", "E": "○", "F": "○", "G": "○", "P": "○", "U": "○", "V": "○"}


@dataclass(frozen=True)
class Page:
    """One page of one language."""

    #: below the folder of the language, without suffix
    path: str
    #: name of the file in ``templates/``, without its suffixes
    template: str
    #: of the page
    title: str
    #: the one sentence that it says
    message: str
    #: what the template takes beside what all pages have
    context: Mapping[str, Any] = field(default_factory=dict)
    #: what may distress a reader; empty: nothing
    note: str = ""
    #: whose help is shown at the top; empty: all
    country: str = ""

    @property
    def up(self) -> str:
        """The way from the page to the folder of its language."""
        return "../" * self.path.count("/")

    @property
    def root(self) -> str:
        """The way from the page to the folder of the site."""
        return f"{self.up}../"


@lru_cache
def texts() -> Mapping[Lang, Mapping[str, str]]:
    """All words of the site by language; :class:`DeclarationError` where a language is missing."""
    declared = load_yaml(TEXTS)
    for key, value in declared.items():
        if not isinstance(value, Mapped) or set(value) != {"en", "ru"}:
            raise DeclarationError(TEXTS, declared.lines[key], f"{key!r} needs a text in en and ru")
    return {lang: {key: str(value[lang]) for key, value in declared.items()} for lang in LANGS}


@lru_cache
def environment() -> jinja2.Environment:
    """Templates with escaping; a name that nobody gives is an error."""
    return jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES),
        undefined=jinja2.StrictUndefined,
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )


class Words:
    """What templates call: a release in one language, seen from one page."""

    def __init__(
        self,
        release: Release,
        lang: Lang,
        up: str = "",
        linked: set[str] | None = None,
        path: str = "",
        sources: Sequence[str] = (),
    ) -> None:
        """``up``: from the page to the folder of its language; ``path``: from there to the page, without suffix.

        ``linked`` collects keys that are led to. ``sources``: the sources that the page lists at its end, in order.
        """
        self.lang: Lang = lang
        self.release, self.up, self.path = release, up, path
        self.places = {source_id: place for place, source_id in enumerate(sources, 1)}
        self.linked = set() if linked is None else linked
        #: datasets that the top of the page tells of, as far as the page was made
        self.noticed: dict[str, Notice] = {}

    def to(self, path: str) -> str:
        """Address of a page of this language, with or without a fragment."""
        page, hash_sign, fragment = path.partition("#")
        if page == self.path and fragment:
            return f"#{fragment}"
        return f"{self.up}{page}.html{hash_sign}{fragment}"

    def value(self, figure: Figure) -> Markup:
        """A number that leads to its cell; where there is none, the reason."""
        link = Markup('<a class="n" href="{}">{}</a>').format(self.trace(figure), self._exact(figure))
        return link + self._behind(figure)

    def plain(self, figure: Figure) -> Markup:
        """A number in the row that is its trace: exact value, and as people read it."""
        return self._exact(figure) + self._behind(figure)

    def _exact(self, figure: Figure) -> Markup:
        if figure.obs_value is None:
            return escape(self.label("obs_status", figure.obs_status))
        return Markup('{}<data value="{}">{}</data>').format(
            words.bound(figure.bounds, self.lang),
            f"{figure.obs_value:.12g}",
            self.number(figure.obs_value, figure.unit_measure),
        )

    def _behind(self, figure: Figure) -> Markup:
        """A sign that leads to what the top of the page says of the figure's dataset, if it is stale or held."""
        sign = Markup('<a class="behind" href="#notice-{}" title="{}">⚑</a>')
        notices = self.notices_of([figure])
        return Markup("").join(sign.format(n.dataset_id, self.notice(n)) for n in notices)

    def notices_of(self, figures: Iterable[Figure]) -> list[Notice]:
        """The stale and held datasets of some figures, which the top of the page lists from then on."""
        known = self.release.notices
        found = {f.dataset_id: known[f.dataset_id] for f in figures if f.dataset_id in known}
        self.noticed.update(found)
        return list(found.values())

    def notice(self, notice: Notice) -> str:
        """The state of a dataset, and how old its last good file is."""
        t, state = texts()[self.lang], self.label("dataset_state", notice.state)
        day = words.day(notice.last_good, self.lang) if notice.last_good else ""
        return f"{state}. {t['last_good'].format(day=day)}" if day else f"{state}."

    def value_of(self, key: str) -> Markup:
        """The same by obs_key."""
        return self.value(self.release.by_key[key])

    def trace(self, figure: Figure) -> str:
        """Address of the row that shows where a figure comes from.

        It is on the page of the indicator, for a figure of a region on the page of the region.
        """
        self.linked.add(figure.obs_key)
        page = f"regions/{figure.ref_area}" if "-" in figure.ref_area else f"indicators/{figure.indicator}"
        return self.to(f"{page}#{figure.obs_key}")

    def bound(self, bounds: str | None) -> str:
        """The word before a value that is only a bound."""
        return words.bound(bounds, self.lang)

    def number(self, value: float, unit: str = "NUMBER") -> str:
        """A number in words of this language."""
        return words.number(value, unit, self.lang)

    def period(self, figure: Figure) -> str:
        """The period of a figure."""
        return words.period(figure, self.lang)

    def dims(self, figure: Figure) -> str:
        """What narrows a figure."""
        return words.dimensions(self.release, figure, self.lang)

    def sex(self, code: str) -> str:
        """A sex in words."""
        return words.sex(self.release, code, self.lang)

    def interval(self, figure: Figure) -> str:
        """The published interval, or nothing."""
        if figure.obs_lower is None or figure.obs_upper is None:
            return ""
        unit = figure.unit_measure
        return f"{self.number(figure.obs_lower, unit)}–{self.number(figure.obs_upper, unit)}"

    def status(self, figure: Figure) -> Markup:
        """Mark and word of a status; nothing for a normal value of the country."""
        text = self.status_words(figure)
        return Markup('<span class="st">{}</span>').format(text) if text else Markup("")

    def status_words(self, figure: Figure) -> str:
        """The same without an element around it, for a column of a table."""
        parts = []
        if figure.obs_status != "A":
            parts.append(
                f"{MARKS.get(figure.obs_status, '')} {self.label('obs_status', figure.obs_status)}".strip()
            )
        if figure.nature not in ("C", ""):
            parts.append(self.label("nature", figure.nature))
        parts += [f"⚑ {self.notice(notice).rstrip('.')}" for notice in self.notices_of([figure])]
        return " · ".join(parts)

    def notes(self, figure: Figure) -> Markup:
        """What to know before using a figure, in a few words: status, span, sphere, break, dispute."""
        t, row = texts()[self.lang], self.release.indicators[figure.indicator]
        parts = [self.status(figure)]
        # Where the source says no more than "this year", the words of the period say so.
        says_so = PART_OF_YEAR in figure.breakdown
        if not (figure.whole_year or says_so) and row["counting_unit"] not in _STATES:
            parts.append(escape(t["part_of_year"]))
        if row["scope"] == "all":
            parts.append(escape(t["all_spheres"]))
        law = break_before(self.release, figure)
        if law:
            inside = law["break_day"] > figure.period_start
            text = t["period_holds_change" if inside else "not_comparable_before"].format(
                day=words.day(law["break_day"], self.lang), title=law[f"title_{self.lang}"]
            )
            known = law["law_id"] != "territory"
            parts.append(
                Markup('<a href="{}">{}</a>').format(self.to(f"laws#{law['law_id']}"), text)
                if known
                else escape(text)
            )
        if figure.disputed:
            address = self.to(f"disagreements/{figure.country}")
            parts.append(Markup('<a href="{}">{}</a>').format(address, t["disputed"]))
        return Markup(" · ").join(part for part in parts if part)

    def did(self, law: Row) -> str:
        """What an act did, in its first sentence."""
        return words.first_sentence(str(law[f"change_{self.lang}"]))

    def did_more(self, law: Row) -> str:
        """The other sentences on what an act did."""
        return str(law[f"change_{self.lang}"])[len(self.did(law)) :].lstrip(". ")

    def stated_day(self, text: str) -> str:
        """A date that is known to the day, month or year."""
        return words.stated_day(text, self.lang)

    def label(self, codelist: str, code: str) -> str:
        """Label of a code."""
        return self.release.label(codelist, code, self.lang)

    def meaning(self, codelist: str, code: str) -> str:
        """Description of a code."""
        return self.release.meaning(codelist, code, self.lang)

    def area(self, code: str) -> str:
        """Name of an area."""
        return self.release.area(code, self.lang)

    def indicator(self, code: str) -> str:
        """Label of an indicator."""
        return self.release.indicator(code, self.lang)

    def listed(self, parts: list[str]) -> str:
        """Several things as one phrase."""
        return words.listed(list(parts), self.lang)

    def of(self, row: Mapping[str, Any], name: str) -> str:
        """Column ``name`` of a row in this language."""
        return str(row[f"{name}_{self.lang}"] or "")

    def source(self, source_id: str) -> Markup:
        """A source as a link with its publisher's name: to the entry below where the page lists its sources."""
        row = self.release.sources[source_id]
        name = row["publisher"] or source_id
        if source_id in self.places:
            return Markup('<a href="#s{}">{}</a>').format(self.places[source_id], name)
        if not str(row["address"] or "").startswith("http"):
            return escape(name)
        return Markup('<a href="{}">{}</a>').format(row["address"], name)


# What HTML does not need: some end tags, white space between elements, quotes around plain values. A tenth of the site.
# No link needs rel=noreferrer either: every page asks for it once, in its head.
_OPTIONAL = re.compile(
    r"\s*</(?:td|th|tr|li|dt|dd|thead|tbody)>(?=\s*<)|</p>(?=\s*<(?:p|ul|dl|div|details|section|table|h[1-6])\b)"
)
# Between two tags a quotation mark is a letter like any other.
_TEXT = re.compile(r">[^<>]+<")
_BETWEEN = re.compile(r">\s*\n\s*<")
_QUOTED = re.compile(r'(?<=[a-z]=)"([\w./:#-]+)"(?=[ >])')


def compact(text: str) -> str:
    """The same page in fewer bytes."""
    text = _TEXT.sub(lambda found: found[0].replace("&#34;", '"').replace("&#39;", "'"), text)
    return _QUOTED.sub(r"\1", _BETWEEN.sub(">\n<", _OPTIONAL.sub("", text)))


def render(page: Page, release: Release, lang: Lang, linked: set[str], **given: Any) -> str:
    """The text of a page. ``given``: what all pages share; ``linked`` collects keys that its numbers lead to."""
    w = Words(release, lang, page.up, linked, page.path, page.context.get("sources", ()))
    template = environment().get_template(f"{page.template}.html.j2")
    text = template.render(
        page=page,
        lang=lang,
        other="ru" if lang == "en" else "en",
        root=page.root,
        release=release,
        t=texts()[lang],
        w=w,
        **given,
        **page.context,
    )
    return compact(text).rstrip() + "\n"

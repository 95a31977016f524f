"""The message of a delivery: three sentences on what changed for its reader, and what comes with it.

>>> Wording(contract(), "en").message("9c1f…", subscription, changes, files, …).subject
'Kazakhstan: domestic violence statistics, release of 25 November 2026 (12 added, 1 revised, 0 withdrawn)'

Not here: what changed (``changes``) and the texts (``delivery_words.yaml``). Called by ``deliver``.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from data_contracts.model import Contract, Lang
from data_contracts.vocabulary import TOTAL
from pipelines.deliveries.changes import Changes, Row
from pipelines.operations.declared import Subscription
from pipelines.operations.message import Message
from pipelines.published.numbers_and_periods_in_words import day, number
from pipelines.published.texts import Texts
from pipelines.release.manifest import release_moment
from pipelines.site.topics import declared_topics

_TEXTS = Path(__file__).parent / "delivery_words.yaml"
_CHANGES = ("added", "revised", "reflagged", "withdrawn")
# So many datasets that could not be renewed are named.
_NAMED = 3


class Wording:
    """Deliveries in one language."""

    def __init__(self, contract: Contract, lang: Lang) -> None:
        """``contract``: labels of countries, areas and indicators."""
        self.lang: Lang = lang
        self.contract = contract
        self.say = Texts(_TEXTS, lang)

    def message(
        self,
        identifier: str,
        subscription: Subscription,
        changes: Changes,
        files: Sequence[Path],
        *,
        site: str,
        citation: str,
        by_mail: bool,
    ) -> Message:
        """The whole message; ``files`` are attached ``by_mail``, or are beside it in a folder."""
        sentences = self.sentences(subscription, changes)
        names = ", ".join(path.name for path in files)
        after = []
        if files:
            after.append(self.say("attached" if by_mail else "in_folder", files=names))
        if "site" in subscription.what:
            after.append(self.say("site", address=f"{site.rstrip('/')}/{self.lang}/"))
        after.append(self.say("cite", citation=citation))
        if by_mail:
            after.append(self.say("answer"))
        return Message(
            id=identifier,
            subject=self.subject(subscription, changes),
            text="\n".join([*sentences, "", *after]) + "\n",
            language=self.lang,
            facts={
                "release": changes.release,
                "since": changes.since or None,
                "changes": dict(changes.counts) if changes.counts is not None else None,
                "figures": changes.figures,
                "site": f"{site.rstrip('/')}/{self.lang}/" if site else None,
            },
            attachments=files if by_mail else (),
        )

    def subject(self, subscription: Subscription, changes: Changes) -> str:
        """Which country first, then which release, then how much changed."""
        plain = self.say("subject", places=self._places(subscription), date=self._date(changes.release))
        if changes.counts is None:
            return plain
        counted = {kind: self._n(changes.counts.get(kind, 0)) for kind in ("added", "revised", "withdrawn")}
        return self.say("subject_counts", subject=plain, **counted)

    def sentences(self, subscription: Subscription, changes: Changes) -> tuple[str, str, str]:
        """What changed, which change is the largest, and how new it is."""
        about = {"places": self._places(subscription), "topics": self._topics(subscription)}
        return self._first(changes, about), self._second(changes), self._third(changes)

    def _first(self, changes: Changes, about: dict[str, str]) -> str:
        if not changes.since:
            date = self._date(changes.release)
            figures = self._n(changes.figures)
            return self.say("first", date=date, release=changes.release, figures=figures, **about)
        before = self._date(changes.since)
        if changes.counts is None:
            return self.say("not_compared", before=before, figures=self._n(changes.figures), **about)
        counted = {kind: self._n(changes.counts.get(kind, 0)) for kind in _CHANGES}
        return self.say("counts", before=before, **counted, **about)

    def _second(self, changes: Changes) -> str:
        if changes.counts is None:
            return self.say("next_time")
        row = changes.largest
        if row is None:
            return self.say("no_revision")
        old, new = self._value(row["old_value"]), self._value(row["new_value"])
        name = "largest" if row["change"] == "revised" else "withdrawn"
        return self.say(name, figure=self._figure(row), old=old, new=new)

    def _third(self, changes: Changes) -> str:
        if not changes.behind:
            return self.say("no_figures")
        if not changes.old:
            return self.say("none_old", n=len(changes.behind))
        titles = [str(row[f"title_{self.lang}"] or row["title_en"]) for row in changes.old]
        named = titles[:_NAMED]
        if len(titles) > _NAMED:
            named.append(self.say("and_more", n=len(titles) - _NAMED))
        return self.say("some_old", n=len(changes.behind), old=len(titles), titles="; ".join(named))

    # -- words ---------------------------------------------------------------------------------------------------

    def _label(self, codelist: str, code: str) -> str:
        known: Any = self.contract.codelists[codelist].get(code)
        return str(self.say.of(known.label)) if known else code

    def _figure(self, row: Row) -> str:
        """Which figure it is, with every dimension that narrows it."""
        narrowed = [
            self._label("sex", row["sex"]) if row["sex"] != TOTAL else "",
            self._label("age", row["age"]) if row["age"] != TOTAL else "",
            *(self._label("breakdown", part) for part in row["breakdown"].split(";") if part != TOTAL),
        ]
        names = [self._label("indicator", row["indicator"]), *narrowed, self._label("area", row["ref_area"])]
        return ", ".join([*filter(None, names), str(row["time_period"])])

    def _places(self, subscription: Subscription) -> str:
        if not subscription.countries:
            return self.say("region")
        return ", ".join(self._label("area", code) for code in subscription.countries)

    def _topics(self, subscription: Subscription) -> str:
        if not subscription.topics:
            return self.say("all_topics")
        return ", ".join(f"«{declared_topics()[slug]['title'][self.lang]}»" for slug in subscription.topics)

    def _date(self, release: str) -> str:
        return day(release_moment(release).date(), self.lang)

    def _n(self, count: int) -> str:
        return number(count, self.lang)

    def _value(self, value: float | None) -> str:
        return "—" if value is None else number(value, self.lang)

"""The words of an alert: subject (what, and which country), since when, why, what to do; one cause or several.

Not here: what is reported (``notify``, the only caller) and the texts (``alert_words.yaml``).
"""

import hashlib
import socket
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from data_contracts.load import contract
from data_contracts.model import Lang, Text
from pipelines.alerts.already_notified import Known
from pipelines.alerts.causes import EVERYWHERE, Cause
from pipelines.operations.message import Message
from pipelines.published.texts import Texts

_TEXTS = Path(__file__).parent / "alert_words.yaml"
# One thing to tell: the cause, and whether it began or ended.
Event = tuple[Known, str]


class Wording:
    """Alerts in one language, from one data directory."""

    def __init__(self, lang: Lang, data_dir: Path) -> None:
        """``data_dir`` is named in each message: an office may have several."""
        self.say = Texts(_TEXTS, lang)
        self.lang: Lang = lang
        self.place = self.say("from", host=socket.gethostname(), path=data_dir.resolve())

    def single(self, target: str, event: Event) -> Message:
        """A message about one cause."""
        known, what = event
        name = "subject_over" if what == "ended" else "subject"
        return Message(
            id=_identifier(target, [event]),
            subject=self.say(name, **self._names(known.cause)),
            text=f"{self._body(known, what)}\n\n{self.place}\n",
            language=self.lang,
            facts=self._facts(known, what),
        )

    def several(self, target: str, events: Sequence[Event], still: Sequence[Known]) -> Message:
        """A message about all that happened since the last one, and what goes on."""
        counts = Counter(self.say(known.cause.kind) for known, _ in events)
        kinds = ", ".join(f"{kind} ({n})" for kind, n in counts.most_common())
        parts = []
        for what in ("began", "ended"):
            mine = [known for known, happened in events if happened == what]
            if mine:
                parts += [f"== {self.say(what)} ==", *(self._body(known, what) for known in mine)]
        if still:
            lines = [self.say("head", **self._names(known.cause)) for known in still]
            parts += [f"== {self.say('still')} ==", "\n".join(f"- {line}" for line in lines)]
        return Message(
            id=_identifier(target, events),
            subject=self.say("several", n=len(events), kinds=kinds),
            text="\n\n".join([*parts, self.place]) + "\n",
            language=self.lang,
            facts={"messages": [self._facts(known, what) for known, what in events]},
        )

    def test(self, target: str, moment: str) -> Message:
        """A message that only shows that the channel works."""
        identifier = hashlib.sha256(f"test|{target}|{moment}".encode()).hexdigest()[:32]
        text = f"{self.say('test_text')}\n\n{self.place}\n"
        return Message(identifier, self.say("test_subject"), text, self.lang, {"cause": "test"})

    def _names(self, cause: Cause) -> dict[str, str]:
        return {
            "what": self.say(cause.kind),
            "country": self._country(cause.country),
            "about": self.of(cause.about),
        }

    def of(self, text: Text) -> str:
        """A text in this language."""
        return self.say.of(text)

    def _country(self, code: str) -> str:
        if code == EVERYWHERE:
            return self.say("everywhere")
        area = contract().codelists["area"].get(code)
        return self.of(area.label) if area else code

    def _body(self, known: Known, what: str) -> str:
        cause = known.cause
        lines = [self.say("head", **self._names(cause))]
        if cause.dataset:
            lines.append(self.say("dataset", id=cause.dataset))
        if what == "ended":
            lines.append(self.say("over", since=_moment(known.since), until=_moment(known.ended)))
        else:
            lines.append(self.say("since", moment=_moment(known.since)))
            lines.append(self.say("why", why=self.of(cause.why)))
            lines.append(self.say("what_to_do", remedy=self._remedy(cause)))
        return "\n".join(lines)

    def _remedy(self, cause: Cause) -> str:
        name = cause.key.partition(":")[2].partition(".")[0]
        return self.say(f"do_{cause.kind}", dataset=cause.dataset, name=name)

    def _facts(self, known: Known, what: str) -> dict[str, Any]:
        cause = known.cause
        return {
            "cause": cause.kind,
            "event": what,
            "country": cause.country,
            "dataset": cause.dataset,
            "since": known.since,
            "until": known.ended or None,
            "why": self.of(cause.why),
            "what_to_do": self._remedy(cause),
        }


def _moment(text: str) -> str:
    return text.replace("T", " ").rstrip("Z")


def _identifier(target: str, events: Sequence[Event]) -> str:
    """The same for the same news to the same target."""
    named = [f"{known.cause.key}|{known.first_seen}|{what}" for known, what in events]
    return hashlib.sha256("\n".join([target, *sorted(named)]).encode()).hexdigest()[:32]

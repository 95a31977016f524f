"""One message to one address, whatever carries it, and the error of a channel that did not take it.

Not here: the carriers (``mail``, ``webhook``) and the words (``pipelines.alerts.wording``,
``pipelines.deliveries.wording``). Called by both.
"""

import datetime as dt
import os
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from data_contracts.errors import DvstatsError
from pipelines.published.texts import in_both

_TEXTS = Path(__file__).parent / "message_words.yaml"
_MOMENT = "%Y-%m-%dT%H:%MZ"


class ChannelError(DvstatsError):
    """A channel did not take a message; the sentence holds no address of a person and no secret.

    ``words``: the sentence in both languages, for who is alerted of it.
    """

    def __init__(self, name: str, /, **given: object) -> None:
        """``name``: that of a sentence in ``message_words.yaml``, ``given`` its places."""
        self.words = in_both(_TEXTS, name, **given)
        super().__init__(self.words.en)


@dataclass(frozen=True)
class Message:
    """What is sent. ``id`` is the same whenever the same message is sent again, so that its reader can tell."""

    id: str
    subject: str
    text: str
    language: str = "en"
    #: what a program on the other side of a plain webhook reads
    facts: Mapping[str, Any] = field(default_factory=dict)
    attachments: Sequence[Path] = ()


def secret(variable: str) -> str:
    """The value of an environment variable that the declaration names; ChannelError where it is not set."""
    value = os.environ.get(variable, "")
    if variable and not value:
        raise ChannelError("variable_not_set", variable=variable)
    return value


def as_utc(moment: dt.datetime) -> str:
    """A UTC moment as states and logs keep it, to the minute."""
    return moment.strftime(_MOMENT)


def from_utc(text: str) -> dt.datetime:
    """The moment that :func:`as_utc` wrote, UTC without zone."""
    return dt.datetime.strptime(text, _MOMENT)


def one_line(text: str) -> str:
    """A text on one line without control characters: publishers' words do not become headers."""
    shown = (" " if unicodedata.category(c) in ("Cc", "Zl", "Zp") else c for c in text)
    return " ".join("".join(c for c in shown if unicodedata.category(c) != "Cf").split())

"""Messages by HTTP: JSON of the shape that Slack, Teams, or a program of the office's own takes.

The plain shape::

    {"id": "3f9a…", "subject": "…", "text": "…", "language": "en", "cause": "held", "event": "began", …}

``id`` is sent as ``Idempotency-Key`` too: a receiver that keeps the keys it has seen takes nothing twice. Redirects
are not followed, and addresses are in no sentence, since an address of Slack or Teams is itself a secret. Called by
``pipelines.operations.send``.
"""

import json
from typing import Any
from urllib.parse import urlsplit

import requests

from pipelines.operations.declared import Webhook, address_problem
from pipelines.operations.message import ChannelError, Message, secret
from sources.http.failures import outage_kind, plain_reason
from sources.http.fetch_policy import USER_AGENT, FetchPolicy

# So much of an answer is read; what it says is not kept.
_ANSWER = 2_000


def post(channel: Webhook, message: Message) -> None:
    """Hand over one message; ChannelError where the answer is not a success."""
    address = channel.address or secret(channel.address_from)
    if problem := address_problem(address):
        raise ChannelError("wrong_address", variable=channel.address_from or "address", problem=problem)
    host = urlsplit(address).hostname
    headers = {
        "Content-Type": "application/json",
        "User-Agent": USER_AGENT,
        "Idempotency-Key": message.id,
    }
    if channel.token_from:
        headers["Authorization"] = f"Bearer {secret(channel.token_from)}"
    body = json.dumps(shaped(channel.shape, message), ensure_ascii=False, default=str).encode()
    try:
        with requests.post(
            address,
            data=body,
            headers=headers,
            timeout=channel.seconds,
            verify=channel.ca_file or True,
            allow_redirects=False,
            stream=True,
        ) as answer:
            answer.raw.read(_ANSWER)
            status = answer.status_code
    except (requests.RequestException, OSError, ValueError) as error:
        policy = FetchPolicy((), ("json",), connect_timeout=channel.seconds, read_timeout=channel.seconds)
        reason, _ = plain_reason(error, policy)
        raise ChannelError(f"request_{_kind(reason)}", host=host, reason=reason) from None
    if not 200 <= status < 300:
        raise ChannelError("status", host=host, status=status)


def _kind(reason: str) -> str:
    """What kind of failure a request had, of those that have a sentence of their own."""
    kind = outage_kind(None, reason)
    return kind if kind in ("certificate", "address", "broken_off") else "not_reached"


def shaped(shape: str, message: Message) -> dict[str, Any]:
    """The message in the shape of the receiver; a publisher's words are no markup there."""
    if shape == "slack":
        return {"text": f"*{_slack(message.subject)}*\n{_slack(message.text)}"}
    if shape == "teams":
        return _card(message)
    about = {"id": message.id, "subject": message.subject, "text": message.text}
    return {**message.facts, **about, "language": message.language}


def _slack(text: str) -> str:
    """Slack's three characters, without which nothing is a link or a mention."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _card(message: Message) -> dict[str, Any]:
    """An adaptive card; runs of text, unlike text blocks, read no Markdown."""
    blocks = [_runs(message.subject, weight="Bolder", size="Medium")]
    blocks += [_runs(line) for line in message.text.splitlines() if line.strip()]
    content = {
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": "1.4",
        "body": blocks,
    }
    attachment = {"contentType": "application/vnd.microsoft.card.adaptive", "content": content}
    return {"type": "message", "attachments": [attachment]}


def _runs(text: str, **style: str) -> dict[str, Any]:
    return {"type": "RichTextBlock", "inlines": [{"type": "TextRun", "text": text, **style}]}

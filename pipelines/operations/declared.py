"""``operations.yaml``: channels, receivers of alerts, subscriptions; checked when loaded, with file and line.

::

    site: https://statistics.example.org            # address of the published site, for links
    channels:
      office-mail: {kind: smtp, host: mail.example.org, sender: dvstats@example.org,
                    user: dvstats, password_from: DVSTATS_SMTP_PASSWORD}
      team-chat: {kind: webhook, shape: slack, address_from: DVSTATS_CHAT_ADDRESS}
      share: {kind: folder, path: /srv/share/violence-statistics}
    alerts:
      receivers:
        analyst: {channel: office-mail, to: [analyst@example.org], language: ru}
    deliveries:
      ministry: {channel: share, language: ru, countries: [KZ], topics: [orders], what: [workbook], when: if_changed}

The file belongs to one installation, so it is beside the data (``operations.yaml`` in the data directory, or the path
in ``DVSTATS_OPERATIONS``) and not in the repository. It holds no secret: keys that end in ``_from`` name environment
variables. Not here: sending (``mail``, ``webhook``, ``pipelines.deliveries.targets``). Called by ``pipelines.alerts``
and ``pipelines.deliveries``.
"""

import hashlib
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal, get_args
from urllib.parse import urlsplit

from pydantic import Discriminator, Field, Tag, ValidationError, field_validator

from data_contracts.errors import UserError
from data_contracts.model import Lang
from data_contracts.strict_files import DeclarationError, did_you_mean, load_yaml
from data_contracts.vocabulary import COUNTRIES_OF_REGION
from pipelines.site.topics import declared_topics
from sources.load_datasets import line_of
from sources.strict_model import Problem, StrictModel, complaints

FILE = "operations.yaml"
#: folder of the data directory with what alerts and deliveries keep between two occasions
STATE_FOLDER = "operations"
VARIABLE = "DVSTATS_OPERATIONS"
CauseKind = Literal[
    "run_failed", "release_blocked", "held", "stale", "revised", "disk_nearly_full", "delivery_failed"
]
Content = Literal["workbook", "brief", "csv", "datapackage", "site"]
_LOOPBACK = ("localhost", "127.0.0.1", "::1")
_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")
_VARIABLE = re.compile(r"[A-Z][A-Z0-9_]{2,79}")
_ADDRESS = re.compile(r"[^@\s,;<>\"]+@[^@\s,;<>\"]+")


def is_loopback(host: str | None) -> bool:
    """Whether a host is this machine."""
    return (host or "").lower() in _LOOPBACK


def _variable(value: str) -> str:
    # The value is not repeated: whoever mistook the key has written a secret there.
    if value and not _VARIABLE.fullmatch(value):
        raise ValueError(
            "the name of an environment variable is expected (capital letters, digits, _), not the secret itself"
        )
    return value


class _Channel(StrictModel):
    """What all channels have."""

    #: seconds to wait for each answer of the other side
    seconds: float = Field(20.0, gt=0, le=300)

    @field_validator("*", mode="after")
    @classmethod
    def _check_variables(cls, value: Any, info: Any) -> Any:
        return _variable(value) if str(info.field_name).endswith("_from") else value


class Mail(_Channel):
    """An SMTP server. ``starttls`` on ``port`` 587 is the rule, ``tls`` (465) where the server wants it."""

    kind: Literal["smtp"]
    #: name of the server
    host: str
    port: int = 587
    #: ``none`` is accepted on this machine only
    security: Literal["starttls", "tls", "none"] = "starttls"
    #: address that messages come from and are answered to
    sender: str
    #: name to log in with; empty: the server wants none
    user: str = ""
    #: its password
    password_from: str = ""
    #: certificates to trust beside nothing else, where the server's is the office's own
    ca_file: str = ""


class Webhook(_Channel):
    """An ``address`` that takes JSON by POST: for Slack, Teams (an adaptive card) or plain; ``ca_file`` as for mail."""

    kind: Literal["webhook"]
    #: whose JSON it is
    shape: Literal["slack", "teams", "json"] = "json"
    address: str = ""
    #: an address that is itself a secret, as those of Slack and Teams are, instead of ``address``
    address_from: str = ""
    #: sent as ``Authorization: Bearer …``
    token_from: str = ""
    ca_file: str = ""


class Folder(_Channel):
    """A folder, of this machine or a mounted network share."""

    kind: Literal["folder"]
    #: must be there already: a share that is not mounted is not filled
    path: str


class ObjectStore(_Channel):
    """A ``bucket`` of S3 or of a store that speaks it; ``endpoint`` where it is not Amazon's.

    ``key_from``, ``secret_from``: access key and its secret.
    """

    kind: Literal["s3"]
    bucket: str
    #: folder in the bucket; empty: at its top
    prefix: str = ""
    endpoint: str = ""
    #: empty: the store's own default
    region: str = ""
    key_from: str
    secret_from: str


class Sftp(_Channel):
    """A folder of an SFTP server, ``host`` and ``port``, whose key must be in ``known_hosts``.

    ``user`` logs in by ``password_from``, or by ``key_file`` with ``passphrase_from``.
    """

    kind: Literal["sftp"]
    host: str
    port: int = 22
    user: str
    #: folder on the server
    path: str
    known_hosts: str
    password_from: str = ""
    key_file: str = ""
    passphrase_from: str = ""


_KINDS: dict[str, Any] = {
    str(get_args(model.model_fields["kind"].annotation)[0]): model
    for model in (Mail, Webhook, Folder, ObjectStore, Sftp)
}


def _kind(given: Any) -> str | None:
    return given.get("kind") if isinstance(given, dict) else getattr(given, "kind", None)


Channel = Annotated[
    Annotated[Mail, Tag("smtp")]
    | Annotated[Webhook, Tag("webhook")]
    | Annotated[Folder, Tag("folder")]
    | Annotated[ObjectStore, Tag("s3")]
    | Annotated[Sftp, Tag("sftp")],
    Discriminator(
        _kind,
        custom_error_type="channel_kind",
        custom_error_message=f"'kind' must be one of {', '.join(_KINDS)}",
    ),
]


class _Receiver(StrictModel):
    #: a name under ``channels``
    channel: str
    #: e-mail addresses; each gets a message of its own
    to: tuple[str, ...] = ()
    language: Lang = "en"
    #: codes of countries; none: all
    countries: tuple[str, ...] = ()


class AlertReceiver(_Receiver):
    """Who is alerted; ``when``: at once, or by one message a day."""

    when: Literal["at_once", "daily"] = "at_once"
    #: kinds of causes; none: all
    causes: tuple[CauseKind, ...] = ()


class Alerts(StrictModel):
    """Who is alerted, and from where on something is a cause."""

    #: by their own names
    receivers: dict[str, AlertReceiver]
    #: days that a dataset may be stale before anybody is notified
    stale_after_days: int = Field(3, ge=0)
    #: share of its former value by which a figure must move to be reported: 0.2 is a fifth
    revised_by: float = Field(0.2, gt=0)
    #: gibibytes
    disk_free_below: float = Field(2.0, gt=0)


class Subscription(_Receiver):
    """Who receives a release: what, how, and ``when``."""

    #: slugs of the site's topics; none: all
    topics: tuple[str, ...] = ()
    #: kinds of files
    what: tuple[Content, ...] = Field(min_length=1)
    when: Literal["each_release", "if_changed", "monthly"] = "each_release"
    #: ``open``: leave out data whose licence forbids commercial use or changes
    licence: Literal["all", "open"] = "all"


class Operations(StrictModel):
    """The whole file."""

    #: address of the published site, for links; empty: there is none
    site: str = ""
    #: by their names, to which receivers and subscriptions refer
    channels: dict[str, Channel]
    #: nobody is alerted without
    alerts: Alerts | None = None
    #: by the name of the subscription; nothing is delivered without
    deliveries: dict[str, Subscription] = {}


@dataclass(frozen=True)
class Target:
    """One address of a receiver or subscription: what one message, or one delivery, goes to.

    ``id`` names it in logs without the address itself: ``ministry``, or ``ministry.3f9a2c11`` of several addresses.
    ``name``: of the receiver or subscription. ``channel``: the channel's name. ``to``: the address, empty for folders.
    """

    id: str
    name: str
    channel: str
    to: str


def targets(name: str, receiver: _Receiver) -> Iterator[Target]:
    """The addresses of a receiver."""
    if not receiver.to:
        yield Target(name, name, receiver.channel, "")
    for address in receiver.to:
        digest = hashlib.sha256(address.strip().lower().encode()).hexdigest()[:8]
        yield Target(f"{name}.{digest}", name, receiver.channel, address)


def operations_file(data_dir: Path) -> Path:
    """Where the file is, whether or not it exists."""
    return Path(os.environ.get(VARIABLE) or data_dir / FILE)


def undeclared(data_dir: Path, what: str) -> UserError:
    """The error where a command needs a part of the file that is not there."""
    path = operations_file(data_dir)
    problem = (
        f"{path} declares no {what}" if path.is_file() else f"There is no {path}, so no {what} are declared"
    )
    return UserError(f"{problem}. docs/operations.md shows how it is written.")


def load_operations(data_dir: Path) -> Operations | None:
    """What is declared; None where nothing is. ``DeclarationError`` names file and line of a mistake."""
    path = operations_file(data_dir)
    if not path.is_file():
        if os.environ.get(VARIABLE):
            raise UserError(f"{VARIABLE} names {path}, which is no file. Correct it, or unset it.")
        return None
    spec = load_yaml(path)
    try:
        operations = Operations.model_validate(spec)
    except ValidationError as error:
        found = list(complaints(error, spec))
    else:
        found = list(_problems(operations, data_dir.resolve()))
        if not found:
            return operations
    line, sentence = min((line_of(spec, problem.place), problem.sentence) for problem in found)
    raise DeclarationError(path, line, sentence)


# -- what the models cannot see --------------------------------------------------------------------------------


def _problems(operations: Operations, data_dir: Path) -> Iterator[Problem]:
    if operations.site and urlsplit(operations.site).scheme not in ("https", "http"):
        yield Problem(("site",), "site: an address that begins with https:// is expected")
    for name, channel in operations.channels.items():
        for key, sentence in (*_name_problem(name), *_channel_problems(channel, data_dir)):
            yield Problem(("channels", name, key), f"channels.{name}: {sentence}")
    receivers: list[tuple[tuple[str, ...], _Receiver]] = []
    if operations.alerts:
        receivers += [(("alerts", "receivers", n), r) for n, r in operations.alerts.receivers.items()]
    receivers += [(("deliveries", n), s) for n, s in operations.deliveries.items()]
    for place, receiver in receivers:
        for key, sentence in (*_name_problem(place[-1]), *_receiver_problems(operations, receiver)):
            yield Problem((*place, key), f"{'.'.join(place)}: {sentence}")


def _name_problem(name: str) -> Iterator[tuple[str, str]]:
    if not _NAME.fullmatch(name):
        yield "", "a name has lower case letters, digits, - and _ only (at most 40)"


def _channel_problems(channel: Any, data_dir: Path) -> Iterator[tuple[str, str]]:
    if isinstance(channel, Mail):
        yield from _mail_problems(channel)
    elif isinstance(channel, Webhook):
        yield from _webhook_problems(channel)
    elif isinstance(channel, Folder):
        yield from _folder_problems(Path(channel.path), data_dir)
    elif isinstance(channel, ObjectStore) and channel.endpoint:
        if problem := address_problem(channel.endpoint):
            yield "endpoint", problem
    elif isinstance(channel, Sftp) and bool(channel.password_from) == bool(channel.key_file):
        yield "user", "one of password_from and key_file is needed"


def _mail_problems(channel: Mail) -> Iterator[tuple[str, str]]:
    if channel.security == "none" and not is_loopback(channel.host):
        yield "security", "without TLS only this machine (localhost) may be the server"
    if bool(channel.user) != bool(channel.password_from):
        yield "user", "user and password_from belong together"
    if not _ADDRESS.fullmatch(channel.sender):
        yield "sender", "an e-mail address is expected"


def _folder_problems(path: Path, data_dir: Path) -> Iterator[tuple[str, str]]:
    if not path.is_absolute():
        yield "path", "an absolute path is expected"
    elif path.resolve().is_relative_to(data_dir):
        yield "path", "the folder is inside the data directory, where it could be taken for data"


def _webhook_problems(channel: Webhook) -> Iterator[tuple[str, str]]:
    if bool(channel.address) == bool(channel.address_from):
        yield "address", "one of address and address_from is needed"
    elif channel.address and channel.shape != "json":
        yield "address", f"the address of a {channel.shape} channel is a secret: put it into address_from"
    elif channel.address and (problem := address_problem(channel.address)):
        yield "address", problem


def address_problem(address: str) -> str:
    """What is wrong with an address that something is sent to; without the address, which may hold a key."""
    parts = urlsplit(address)
    if parts.username or parts.password:
        return "an address holds no user and password: use the keys that end in _from"
    if parts.scheme != "https" and not (parts.scheme == "http" and is_loopback(parts.hostname)):
        return "an address begins with https:// (http:// is for this machine only)"
    return "" if parts.hostname else "the address names no host"


def _receiver_problems(operations: Operations, receiver: _Receiver) -> Iterator[tuple[str, str]]:
    channel = operations.channels.get(receiver.channel)
    if channel is None:
        hint = did_you_mean(receiver.channel, operations.channels)
        known = ", ".join(operations.channels)
        yield "channel", f"{receiver.channel!r} is no channel of this file{hint} (known: {known})"
        return
    if isinstance(channel, Mail) != bool(receiver.to):
        yield "to", "e-mail needs addresses under 'to'" if not receiver.to else "'to' is for e-mail only"
    for address in receiver.to:
        if not _ADDRESS.fullmatch(address):
            yield "to", f"{address!r} is no e-mail address"
    for code in receiver.countries:
        if code not in COUNTRIES_OF_REGION:
            yield "countries", f"{code!r} is not one of {', '.join(COUNTRIES_OF_REGION)}"
    if isinstance(receiver, Subscription):
        yield from _subscription_problems(operations, channel, receiver)
    elif not isinstance(channel, Mail | Webhook):
        yield "channel", f"a {channel.kind} takes no messages: alerts go by smtp or webhook"


def _subscription_problems(
    operations: Operations, channel: Any, subscription: Subscription
) -> Iterator[tuple[str, str]]:
    for topic in subscription.topics:
        if topic not in declared_topics():
            known = ", ".join(declared_topics())
            yield "topics", f"{topic!r} is no topic{did_you_mean(topic, declared_topics())} (known: {known})"
    if isinstance(channel, Webhook) and set(subscription.what) != {"site"}:
        yield "what", "a webhook takes a message with a link, no files: write what: [site]"
    if "brief" in subscription.what and subscription.licence == "open":
        yield "licence", "a brief cannot leave data out: drop 'brief', or licence: open"
    if "site" in subscription.what and not operations.site:
        yield "what", "a link to the site needs its address under 'site' at the top of the file"

"""``FetchPolicy``: how requests to one publisher are made (hosts, times, tries, size) and what may come back.

The defaults are those of every publisher; a declaration changes them under ``fetch`` (``sources.dataset.Fetch``), and
``sources.pull`` joins the two. Seconds and bytes throughout.

Not here: sending requests (``sources.http.client``), and how a body is judged (``expected_content``). Called also by
those who send something of ours (``pipelines.export.send``, ``pipelines.operations.webhook``).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from data_contracts.errors import UserError
from sources.http.expected_content import JUDGES

USER_AGENT = "dvstats/0.1 (open pipeline for domestic violence statistics in Central Asia)"
RETRY_STATUSES = frozenset({408, 425, 429, 500, 502, 503, 504})
LONGEST_CONTACT = 200


def user_agent(contact: str) -> str:
    """What requests call themselves, with whom to write to; UserError where a header cannot hold that.

    >>> user_agent("data@office.example")
    'dvstats/0.1 (open pipeline for domestic violence statistics in Central Asia); data@office.example'
    """
    if not contact:
        return USER_AGENT
    if not (contact.isascii() and contact.isprintable() and len(contact) <= LONGEST_CONTACT):
        raise UserError(
            f"DVSTATS_CONTACT={contact!r} cannot be sent: a header holds Latin letters on one line only, at most "
            f"{LONGEST_CONTACT}. Write an e-mail address or a web page, such as data@office.example."
        )
    return f"{USER_AGENT}; {contact}"


@dataclass(frozen=True)
class FetchPolicy:
    """How requests to one publisher are sent, and what may come back."""

    #: hosts that may be requested, redirects included
    hosts: tuple[str, ...]
    #: kinds of content that count as an answer, keys of ``JUDGES``; anything else is an error page
    expected: tuple[str, ...]
    #: seconds to connect
    connect_timeout: float = 10.0
    #: seconds without a byte
    read_timeout: float = 60.0
    #: seconds for one answer, all tries together
    total_timeout: float = 600.0
    #: largest answer, in bytes, packed or not
    max_bytes: int = 200_000_000
    #: tries after the first
    retries: int = 4
    #: seconds of the longest wait before the second try; it doubles with each further one
    backoff_base: float = 1.0
    #: seconds that no wait between tries exceeds, but one that the server itself asks for
    backoff_cap: float = 60.0
    #: seconds of a Retry-After header that are waited at most
    retry_after_cap: float = 300.0
    #: statuses for which another try may help
    retry_statuses: frozenset[int] = RETRY_STATUSES
    #: seconds between two requests to one host
    min_interval: float = 1.0
    #: headers of the request
    headers: Mapping[str, str] = field(default_factory=dict)
    #: file of certificates beside those of the system; None: those alone
    ca_bundle: str | None = None
    #: what the request calls itself (:func:`user_agent`)
    user_agent: str = USER_AGENT

    def __post_init__(self) -> None:
        """A kind nobody can judge is a mistake in the declaration."""
        unknown = [kind for kind in self.expected if kind not in JUDGES]
        if unknown or not self.expected:
            known = ", ".join(JUDGES)
            raise ValueError(f"expected content {', '.join(unknown) or '(none)'} is not one of {known}")

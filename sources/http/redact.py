"""Addresses as they may be written down: without passwords and keys.

::

    https://user:pass@example.org/data?api_key=abc&year=2024  ->  https://example.org/data?api_key=REDACTED&year=2024

Called by ``sources.http.client`` for what it logs and by ``sources.archive`` before anything is stored.

Not here: names and telephones of people in the files themselves (``transforms.privacy.personal_data``).
"""

import re
from urllib.parse import unquote

SECRET_NAMES = re.compile(
    r"(?i)^(x-)?((api|subscription|access|app)[-_.]?key|key|(access[-_.]?|auth[-_.]?)?token|auth|"
    r"password|passwd|pwd|secret|client[-_.]?secret|sig|signature|session(id)?)$"
)


def redact(address: str) -> str:
    """The address as it may be written down: without passwords and keys."""
    head, query_mark, query = address.partition("?")
    head = re.sub(r"(?<=://)[^/@]*@", "", head)
    query, hash_mark, fragment = query.partition("#")
    pairs = [_redact_pair(pair) for pair in query.split("&")]
    return head + query_mark + "&".join(pairs) + hash_mark + fragment


def _redact_pair(pair: str) -> str:
    """One ``name=value`` of a query."""
    name, equals, _ = pair.partition("=")
    return f"{name}=REDACTED" if equals and SECRET_NAMES.match(unquote(name)) else pair

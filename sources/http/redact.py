"""Addresses as they may be written down: without passwords and keys.

::

    https://user:pass@example.org/data?api_key=abc&year=2024  ->  https://example.org/data?api_key=REDACTED&year=2024
    https://example.org/token/abc/data#access_token=abc       ->  https://example.org/token/REDACTED/data#access_token=REDACTED

A key is known by the name before it, in the query, the fragment or the path, or by a form that only keys have. Other
long texts of a path stay: the checksum of a commit is part of many addresses, and it is what makes them permanent.
Called by ``sources.http.client`` for what it logs and gives to the archive, by ``sources.inbox`` for what a person
states, and by ``sources.archive``, which finds an address by its redacted form.

Not here: names and telephones of people in the files themselves (``transforms.privacy.personal_data_search``).
"""

import re
from urllib.parse import unquote

# Each office and each store of files has names of its own; what they end with is what they mean (X-Amz-Security-Token).
SECRET_NAMES = re.compile(
    r"(?i)(.*(tokens?|secret|passw(or)?d|passphrase|signature|credentials?|api[-_.]?key|auth[-_.]?key|session[-_.]?id)|"
    r"(.*[-_.])?(auth|bearer|csrf|hmac|jwt|otp|pass|pwd|sid|sig|ticket)|(x-)?key|(j|php)?sess(ion)?(id)?|"
    r".*(access|app|client|private|secret|subscription)[-_.]?key([-_.]?id)?)(\[\])?"
)
# In a path "key" and "auth" are ordinary words; what follows these is a key.
_BEFORE_A_KEY = re.compile(
    r"(?i)^((api|subscription|access)[-_.]?key|((access|auth|id|refresh)[-_.]?)?token|password|secret|client[-_.]?secret)$"
)
# JSON Web Tokens, and the keys of messenger bots.
_IS_A_KEY = re.compile(r"^(eyJ[\w-]{8,}\.[\w-]+(\.[\w-]*)?|bot[0-9]{6,}:[\w-]{20,})$")
REDACTED = "REDACTED"


def redact(address: str) -> str:
    """The address as it may be written down: without passwords and keys."""
    rest, hash_mark, fragment = address.partition("#")
    head, query_mark, query = rest.partition("?")
    head = re.sub(r"^([\w+.-]*:)?//[^/]*@", r"\1//", head)
    return _path(head) + query_mark + _pairs(query) + hash_mark + _fragment(fragment)


def _fragment(fragment: str) -> str:
    """A fragment is a path, a query, or a path with a query, as pages that draw themselves have it."""
    path, mark, query = fragment.partition("?")
    if mark or "/" in path:
        return f"{_path(path)}{mark}{_pairs(query)}"
    return _pairs(path)


def _pairs(query: str) -> str:
    return "".join(part if part in ("&", ";") else _pair(part) for part in re.split("([&;])", query))


def _pair(pair: str) -> str:
    """One ``name=value``; an address as the value has a query of its own."""
    name, equals, value = pair.partition("=")
    plain = unquote(value)
    secret = (
        SECRET_NAMES.fullmatch(unquote(name).strip())
        or _IS_A_KEY.match(plain)
        or ("://" in plain and redact(plain) != plain)
    )
    return f"{name}={REDACTED}" if equals and secret else pair


def _path(path: str) -> str:
    """A path, where names and values are steps beside one another."""
    steps = path.split("/")
    return "/".join(_step(last, step) for last, step in zip(["", *steps[:-1]], steps, strict=True))


def _step(last: str, step: str) -> str:
    """One step of a path with its parameters (``;jsessionid=…``), after the step ``last``."""
    if step and (_BEFORE_A_KEY.match(unquote(last)) or _IS_A_KEY.match(unquote(step))):
        return REDACTED
    return ";".join(_pair(part) for part in step.split(";"))

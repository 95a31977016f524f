"""Types of single values in a declaration: a text as the file shows it, a web address, a date, one name or several.

Each refuses what it is not with a sentence, to which the loader adds file and line::

    seen: 24.11.2026        '24.11.2026' is no date; write it as 2026-11-24
    hosts: [https://a.org]  'https://a.org' is no name of a host, such as stat.example.org

Not here: the models made of them (``sources.dataset``, which calls this), values that refer to something else, such as
codes (``sources.declared_references``).
"""

import datetime as dt
import re
from typing import Annotated, Any
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator

from sources.column_names import visible_name
from sources.http.expected_content import JUDGES


def _written(value: Any) -> str:
    """A text as the file shows it; what YAML took for a number with a point or for a truth value may have changed."""
    if isinstance(value, str):
        return value
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    remedy = "; write it in quotes" if isinstance(value, float | bool) else ""
    raise ValueError(f"a text is expected, not {value!r}{remedy}")


def _filled(value: str) -> str:
    if not value.strip():
        raise ValueError("it is empty")
    return value


def _web_address(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError(f"{value!r} is no web address; it begins with https://")
    return value


def _host(value: str) -> str:
    if not re.fullmatch(r"[a-z0-9-]+(\.[a-z0-9-]+)+", value):
        raise ValueError(f"{value!r} is no name of a host, such as stat.example.org")
    return value


def _date(value: str) -> str:
    try:
        if dt.date.fromisoformat(value).isoformat() == value:
            return value
    except ValueError:
        pass
    raise ValueError(f"{value!r} is no date; write it as 2026-11-24")


def _pattern(value: str) -> str:
    try:
        re.compile(value)
    except re.error as error:
        raise ValueError(f"{value!r} is no regular expression: {error}") from None
    return value


def _content_kind(value: str) -> str:
    if value not in JUDGES:
        raise ValueError(f"{value!r} is no kind of content (known: {', '.join(JUDGES)})")
    return value


def _one_or_many(value: Any) -> Any:
    return [value] if isinstance(value, str | int) and not isinstance(value, bool) else value


def _not_empty(value: Any) -> Any:
    if isinstance(value, list | tuple) and not value:
        raise ValueError("it is empty: name at least one")
    return value


Written = Annotated[str, BeforeValidator(_written)]
Filled = Annotated[Written, AfterValidator(_filled)]
WebAddress = Annotated[Filled, AfterValidator(_web_address)]
Host = Annotated[Filled, AfterValidator(_host)]
Date = Annotated[Filled, AfterValidator(_date)]
RegularExpression = Annotated[Filled, AfterValidator(_pattern)]
ContentKind = Annotated[Filled, AfterValidator(_content_kind)]
AT_LEAST_ONE = BeforeValidator(_not_empty)
Column = Annotated[Filled, AfterValidator(visible_name)]
Columns = Annotated[tuple[Column, ...], AT_LEAST_ONE, BeforeValidator(_one_or_many)]

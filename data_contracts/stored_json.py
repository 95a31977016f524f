"""JSON of files that somebody may have changed or written by hand: notes, receipts, manifests, the staging area.

``json.loads`` has an error of its own for every mistake but one: brackets in brackets without end stop the program by
its depth of calls. Here that is a ``ValueError`` like the others, so that one such file stops nothing but itself.

Not here: files of publishers, which are read in another process (``sources.isolated``).
"""

import json
from typing import Any


def load_json(content: str | bytes) -> Any:
    """The value; ValueError where it is none."""
    try:
        return json.loads(content)
    except RecursionError:
        raise ValueError("it is nested too deeply") from None

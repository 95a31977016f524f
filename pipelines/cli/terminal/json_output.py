"""Answers for programs (``--json``): what a command found, as JSON on standard output.

Not here: answers for people (the other modules of this package) and the formats of ``query`` (``tables``). Called by
``pipelines.cli.commands`` and ``pipelines.cli.reading_commands``.
"""

import json
from typing import Any


def print_json(value: Any) -> None:
    """Dates and paths as their text."""
    print(json.dumps(value, default=str, ensure_ascii=False, indent=1))

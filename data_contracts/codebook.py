"""The contract as Markdown pages for people: tables and rules, indicators, code lists, rules of scorecards.

The pages are in ``templates/``; this module hands them the contract. Not here: writing them to ``docs/``
(``pipelines.docs``, which calls this) and the codebook on the terminal (``pipelines.published.codebook``).
"""

from pathlib import Path

from data_contracts.database_statements import database
from data_contracts.model import Contract
from data_contracts.need_words import need_in_words
from data_contracts.rendering import render

PAGES = ("codebook", "indicators", "codes", "scorecards")
_TEMPLATES = Path(__file__).parent / "templates"


def codebook(contract: Contract) -> dict[str, str]:
    """Text of each page by its name."""
    given = {
        "contract": contract,
        "database": database(),
        "requirements": {row["requirement"]: row for row in contract.coverage},
        "missing": contract.tables["scorecard"].column("missing").meaning,
        "words": lambda need, lang: need_in_words(contract, need, lang),
    }
    return {name: render(_TEMPLATES, f"{name}.md.j2", **given) for name in PAGES}

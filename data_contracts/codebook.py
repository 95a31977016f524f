"""The contract as Markdown pages for people: tables and rules, indicators, code lists.

The pages are in ``templates/``; this module hands them the contract. Not here: writing them to ``docs/``
(``pipelines.docs``, which calls this) and the codebook on the terminal (``pipelines.published.codebook``).
"""

from pathlib import Path

from data_contracts.database import database
from data_contracts.model import Contract
from data_contracts.rendering import render

PAGES = ("codebook", "indicators", "codes")
_TEMPLATES = Path(__file__).parent / "templates"


def codebook(contract: Contract) -> dict[str, str]:
    """Text of each page by its name."""
    return {
        name: render(_TEMPLATES, f"{name}.md.j2", contract=contract, database=database()) for name in PAGES
    }

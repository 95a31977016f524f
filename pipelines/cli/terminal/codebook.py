"""An entry of the codebook, and the grid of what each country publishes.

Not here: finding the entry (``pipelines.published.codebook``). Called for ``dvstats show``.
"""

import json
from collections.abc import Sequence
from typing import Any

from rich.text import Text

from data_contracts.vocabulary import COUNTRIES
from pipelines.cli.terminal.console import console, named, plain_table, safe

SHOWN_YEARS = 5
_MARKS = {"published": "●", "partial": "◐", "not_published": "·"}


def show(found: dict[str, Any]) -> None:
    """What ``pipelines.published.codebook.show`` found: every filled column, then what is published."""
    if found["kind"] == "coverage":
        _coverage(found["rows"])
        return
    target = console()
    for row in found["rows"]:
        for key, value in row.items():
            if value not in (None, ""):
                target.print(named(key, _countries(value) if key == "countries" else value))
        target.print()
    for entry in found.get("published", []):
        target.print(
            f"published for {entry['country']}: {entry['observations']} observations, "
            f"{entry['first_year']}–{entry['last_year']}"
        )


def _countries(value: str) -> str:
    """What an indicator counts in each country, a line a country."""
    lines = []
    for country, entry in json.loads(value).items():
        law = f" ({entry['law']})" if entry.get("law") else ""
        lines.append(f"\n  {country}: {entry['counts']['en']} {entry['register']['en']}{law}")
    return "".join(lines)


def _coverage(rows: Sequence[dict[str, Any]]) -> None:
    """Requirements down, countries across, the last years in each cell; a gap names the body that would publish."""
    years = sorted({row["year"] for row in rows})[-SHOWN_YEARS:]
    present = {row["country"] for row in rows}
    countries = [country for country in COUNTRIES if country in present]
    cells = {(row["requirement"], row["country"], row["year"]): row for row in rows}
    requirements = list(dict.fromkeys((row["requirement"], row["title_en"]) for row in rows))
    grid = plain_table()
    grid.add_column("requirement", overflow="fold")
    for country in countries:
        grid.add_column(f"{country} {years[0]}–{str(years[-1])[2:]}")
    grid.add_column("where nothing is published, it would be by", overflow="fold")
    for requirement, title in requirements:
        marks, gaps = [], []
        for country in countries:
            own = [cells[requirement, country, year] for year in years]
            marks.append(" ".join(_MARKS[row["coverage_status"]] for row in own))
            if all(row["coverage_status"] == "not_published" for row in own):
                gaps.append(f"{country}: {own[-1]['publisher_en']}")
        cells_shown = (f"{requirement} {title}", *marks, "; ".join(gaps))
        grid.add_row(*(Text(safe(text)) for text in cells_shown))
    target = console()
    target.print(grid)
    target.print("   ".join(f"{mark} {status.replace('_', ' ')}" for status, mark in _MARKS.items()))

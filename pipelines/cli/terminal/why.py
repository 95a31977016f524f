"""Why two figures differ, side by side; and a series with what changed from figure to figure.

Not here: the comparison and its words (``pipelines.published.why``). Called for ``dvstats why``.
"""

from typing import Any

from rich.text import Text

from pipelines.cli.terminal.console import console, plain_table, safe


def pair(found: dict[str, Any]) -> None:
    """What ``pipelines.published.why.why`` found: the two figures, the reasons, then all that was compared."""
    target = console()
    for side, figure in zip("AB", found["figures"], strict=True):
        target.print(Text.assemble((f"{side}  {figure['shown']}", "bold"), safe(f"  {_called(figure)}")))
    target.print()
    for number, reason in enumerate(found["reasons"], 1):
        target.print(safe(f"{number}. {reason}"))
    target.print()
    grid = plain_table()
    for name in ("≠", "A", "B"):
        grid.add_column(name, overflow="fold")
    for row in found["differences"]:
        grid.add_row(*(Text(safe(row[name])) for name in ("name", "a", "b")))
    target.print(grid)
    target.print()
    grid = plain_table()
    for name in ("=", "A, B"):
        grid.add_column(name, overflow="fold")
    for row in found["same"]:
        grid.add_row(*(Text(safe(row[name])) for name in ("name", "both")))
    target.print(grid)


def series(found: dict[str, Any]) -> None:
    """What ``pipelines.published.why.why_over_time`` found: a figure a line, and below it what changed."""
    target = console()
    target.print(Text(safe(f"{found['country']}, {found['indicator']}: {found['counted']}"), style="bold"))
    for name in ("group", "one_case", "register"):
        target.print(safe(found[name]))
    for figure in found["figures"]:
        change = "" if figure["change"] is None else f"  {figure['change']:+.1%}"
        head = f"{figure['time_period']}  {figure['shown']}{change}"
        target.print()
        target.print(
            Text.assemble((safe(head), "bold"), safe(f"  {figure['obs_status']}  {figure['obs_key']}"))
        )
        for reason in figure["reasons"]:
            target.print(safe(f"    {reason}"))


def _called(figure: dict[str, Any]) -> str:
    return f"{figure['obs_key']}  {figure['area']}, {figure['span']}: {figure['counted']} ({figure['group']})"

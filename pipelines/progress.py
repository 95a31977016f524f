"""How long work says how far it is: a function that it calls with what is done, and the whole where that is known.

The work does not know who looks: ``pipelines.cli.terminal.console.progress`` shows it on a terminal, others pass
nothing. Called by exports, the site and the verification of a release.

>>> unseen(3, 40)
"""

from collections.abc import Callable

#: called with the number of things done, and their number in all, None where it is not known
Step = Callable[[int, int | None], object]


def unseen(done: int, total: int | None) -> None:
    """Where nobody looks."""

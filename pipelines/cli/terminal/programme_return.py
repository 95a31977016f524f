"""The answer to a return in the terminal: accepted with what will be withheld, or a line for each mistake.

Not here: the judgement (``transforms.programmes``) and the marked copy (``pipelines.programme_template.answer``).
Called by ``pipelines.cli.commands``.
"""

from pathlib import Path

from pipelines.cli.terminal.console import console, plain_table, safe
from pipelines.programme_returns import Answer
from sources.programmes.form import UNCHECKED, words


def answer(given: Answer, marked: Path | None) -> None:
    """Print it, in the language of the form."""
    out, said = console(), words(given.given.language)
    out.print(safe(given.message))
    for note in given.notes:
        out.print(safe(note))
    if given.given.language in UNCHECKED:
        out.print(safe(f"({said.text('unchecked')})"))
    if not given.problems:
        return
    table = plain_table()
    table.add_column(said.text("answer.cell"), no_wrap=True)
    table.add_column(said.text("answer.problem"))
    for problem in given.problems:
        table.add_row(safe(problem.place), safe(problem.sentence(given.given.language)))
    out.print(table)
    out.print(safe(said.text("answer.copy", file=str(marked))), soft_wrap=True)

"""The answer to a refused return: the sender's own file with the faulty cells marked, and a sentence each.

Of ``return.xlsx`` a copy ``return.mistakes.xlsx`` (the word in the language of the form) is written beside it: faulty
cells red with all sentences on them as their note, and one more sheet that lists cell and sentence. Cells that may hold
data on a person are emptied in the copy, so that it can be sent around; notes, headers, text boxes and properties are
not copied. Marks of an earlier answer go: a marked copy that is sent again is marked anew under its own name. Of any
other file (.ods, CSV form) the list alone is written, ``return.mistakes.csv``.

Not here: the judgement (``transforms.programmes``), marking a workbook (``sources.programmes.marked_copy``, in another
process). Called by ``dvstats add`` and by a refresh that takes the inbox.
"""

import csv
import io
from pathlib import Path

from data_contracts.spreadsheets import guarded
from pipelines.programme_returns import Answer, content_of
from sources import isolated
from sources.cells import ReadError
from sources.durable import write_whole
from sources.programmes.form import LANGUAGES, words
from sources.programmes.marks import Marks


def write_answer(file: Path, answer: Answer) -> Path:
    """Write the copy beside a refused file; gives its path. Of a marked copy it is the same file, marked anew."""
    said = words(answer.given.language)
    mark = "." + said.text("answer.file")
    if answer.given.method == "workbook" and file.suffix.lower() == ".xlsx":
        target = file.with_name(f"{_unmarked(file.stem)}{mark}.xlsx")
        try:
            # In place of a link of that name, not through it; the file that was sent may be the copy itself.
            write_whole(target, isolated.marked_copy(content_of(file), _marks(answer)))
            return target
        except ReadError:
            # A workbook that openpyxl cannot load though it was read: the list of problems is written all the same.
            pass
    target = file.with_name(f"{_unmarked(file.stem)}{mark}.csv")
    if target == file:
        target = file.with_name(f"{file.stem}{mark}.csv")
    rows = io.StringIO()
    writer = csv.writer(rows, lineterminator="\n")
    writer.writerow((said.text("answer.cell"), said.text("answer.problem")))
    writer.writerows(
        (guarded(problem.place), guarded(problem.sentence(answer.given.language)))
        for problem in answer.problems
    )
    write_whole(target, rows.getvalue().encode("utf-8-sig"))
    return target


def _marks(answer: Answer) -> Marks:
    language = answer.given.language
    sentences: dict[str, list[str]] = {}
    for problem in answer.problems:
        for place in problem.cells:
            sentences.setdefault(place, []).append(problem.sentence(language))
    return Marks(
        language,
        answer.message,
        sentences,
        emptied=[place for problem in answer.problems if problem.blank for place in problem.cells],
        renamed=[
            place
            for problem in answer.problems
            if problem.key == "personal_remark"
            for place in problem.cells
        ],
        listed=[[problem.place, problem.sentence(language)] for problem in answer.problems],
    )


def _unmarked(stem: str) -> str:
    """The name of the file that was marked first, however often its copies were sent again."""
    marks = {words(language).text("answer.file") for language in LANGUAGES}
    while stem.rpartition(".")[2] in marks and "." in stem:
        stem = stem.rpartition(".")[0]
    return stem

"""Returns of programmes on their way in: judged at once, kept as figures only, read again by every refresh.

``dvstats add programme_returns FILE`` calls ``add``; a file that somebody lays into ``inbox/programme_returns/`` is
taken by the next refresh in the same way (``take_inbox``). An accepted return is archived in
``raw/programme_returns/`` as the CSV form of its answers, with its number (programme, quarter, version): not the file
itself, nor its comments, nor the names that a workbook keeps of its authors. Of a refused file nothing is kept; its
sender gets the problems, and a copy of the own file with the cells marked (``programme_template.answer``).

Not here: judging (``transforms.programmes``), the tables (``pipelines.assets.programmes``), whether anything came since
the last release (``pipelines.new_returns``).
"""

import datetime as dt
import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from data_contracts.errors import UserError
from data_contracts.model import Contract
from data_contracts.stored_json import load_json
from pipelines.data_directory import DataDirectory
from pipelines.data_versions import code_version
from pipelines.new_returns import DATASET, waiting
from sources import isolated
from sources.cells import SourceError
from sources.durable import locked, write_whole
from sources.programmes.csv_form import canonical
from sources.programmes.form import UNCHECKED, form, words
from sources.programmes.given_return import FormError, GivenReturn
from sources.programmes.read_return import MOST_BYTES, read_return
from sources.receipts import Record, utc_text
from transforms.programmes.judge_figures import Row
from transforms.programmes.judge_return import JudgedReturn, correction_problems, judge_return
from transforms.programmes.problems import Problem, together
from transforms.programmes.protect_return import (
    REASONS,
    Published,
    Rows,
    Withheld,
    withheld_figures,
    without,
)
from transforms.programmes.tables import AcceptedReturn, Protect, published_figures


@dataclass
class Answer:
    """What the sender of a file learns."""

    #: what was read
    given: GivenReturn
    #: its number; empty where it was refused
    return_id: str = ""
    # The same answers were accepted before under this number.
    same: bool = False
    #: why it was refused
    problems: list[Problem] = field(default_factory=list)
    # Input cells whose figure will not be published, by the reason; cells of rows without which there are no totals.
    withheld: dict[str, list[str]] = field(default_factory=dict)
    #: input cells of rows without which there are no totals
    not_recorded: list[str] = field(default_factory=list)

    @property
    def notes(self) -> list[str]:
        """What the sender should know before an accepted return is published, in the language of the form."""
        said = words(self.given.language)
        found = []
        if self.not_recorded:
            found.append(said.text("answer.not_recorded", cells=together(self.not_recorded)))
        if self.withheld:
            found.append(said.text("answer.withheld", count=str(sum(map(len, self.withheld.values())))))
        for reason in REASONS:
            if reason in self.withheld:
                cells = together(self.withheld[reason])
                found.append(said.text(f"withheld.{reason}", cells=cells))
        return found

    @property
    def message(self) -> str:
        """One sentence in the language of the form."""
        said = words(self.given.language)
        if not self.return_id:
            return said.text("answer.refused")
        programme, period, version = self.return_id.split("/")
        key = "answer.same" if self.same else "answer.accepted"
        if self.given.about("programme_state") == "withdrawn":
            key = "answer.withdrawn"
        return said.text(key, programme=programme, period=period, version=version)

    def as_json(self) -> dict[str, Any]:
        """For ``--json``: cells and sentences; never the text of a cell."""
        language = self.given.language
        problems = [
            {
                "cell": problem.place,
                "cells": list(problem.cells),
                "problem": problem.key,
                "sentence": problem.sentence(language),
            }
            for problem in self.problems
        ]
        return {
            "accepted": bool(self.return_id),
            "return_id": self.return_id or None,
            "language": language,
            "translation_checked": language not in UNCHECKED,
            "message": self.message,
            "problems": problems,
            "withheld": [cell for cells in self.withheld.values() for cell in cells],
            "withheld_because": self.withheld,
            "not_recorded": self.not_recorded,
            "notes": self.notes,
        }


def add(data_dir: DataDirectory, contract: Contract, file: Path, now: dt.datetime) -> Answer:
    """Judge a file; archive its answers where it is accepted. UserError where it is no return at all."""
    try:
        given = isolated.read_return(content_of(file), file.name)
    except FormError as error:
        problem = Problem((error.place or file.name,), error.key, filled=tuple(error.filled.items()))
        return Answer(GivenReturn(error.language, "workbook"), problems=[problem])
    folder = data_dir.root / "raw" / DATASET
    folder.mkdir(parents=True, exist_ok=True)
    # Its counts are small and come before the disclosure control.
    data_dir.archive.close_to_others(DATASET)
    # Two files at once would both become the same version.
    with locked(folder / ".add.lock"):
        return _accept(data_dir, contract, given, now)


def content_of(file: Path) -> bytes:
    """The bytes of a file, of one that is too large for a return as many as show it. UserError where it is none."""
    if not file.is_file():
        raise UserError(f"{file} is no file. Check the path.")
    with file.open("rb") as handle:
        return handle.read(MOST_BYTES + 1)


def _accept(data_dir: DataDirectory, contract: Contract, given: GivenReturn, now: dt.datetime) -> Answer:
    judged = judge_return(contract, given, now.date())
    quarter = f"{judged.programme_id}/{judged.period}"
    held = {kept.return_id: content for kept, content, _ in _archived(data_dir)}
    versions = _versions(data_dir, contract, held, quarter)
    answers = canonical(given)
    if versions and _without_id(held.get(f"{quarter}/{versions[-1]}", b"")) == answers:
        return _answer_to_accepted(
            data_dir, contract, Answer(given, f"{quarter}/{versions[-1]}", same=True), judged, now
        )
    if versions:
        judged.problems += correction_problems(given, judged)
    if judged.programme.get("programme_state") == "withdrawn" and not _is_known(
        data_dir, contract, held, judged.programme_id
    ):
        judged.problems.append(
            Problem((given.places["about", "programme_state", "answer"],), "unknown_programme")
        )
    if judged.problems:
        return Answer(given, problems=judged.problems)
    given.return_id = f"{quarter}/{(versions or [0])[-1] + 1}"
    moment = utc_text(now.replace(tzinfo=dt.UTC))
    record = Record(
        DATASET,
        file_name="return.csv",
        requested_at=moment,
        received_at=moment,
        via="inbox",
        stated_period=judged.period,
    )
    data_dir.archive.put(DATASET, canonical(given), record, private=True)
    return _answer_to_accepted(data_dir, contract, Answer(given, given.return_id), judged, now)


def _answer_to_accepted(
    data_dir: DataDirectory, contract: Contract, answer: Answer, judged: JudgedReturn, now: dt.datetime
) -> Answer:
    """The answer to an accepted return: which of its figures the next release will not show."""
    given = answer.given
    for table, reasons in _withheld(data_dir, contract, answer.return_id, now).items():
        # Totals follow the rows of the form, in the same order.
        for row, names in zip(judged.rows.get(table, ()), reasons, strict=False):
            part = form().part_of(table, row)
            for name in part.inputs:
                if name in names:
                    place = given.places[part.name, row["code"], name]
                    answer.withheld.setdefault(names[name], []).append(place)
    for name in ("flow", "ages") if judged.rows else ():
        part = form().parts[name]
        empty = [line.code for line in part.lines if not given.filled(name, line.code)]
        if len(empty) < len(part.lines):
            answer.not_recorded += [given.places[name, code, part.whole] for code in empty]
    return answer


def _withheld(data_dir: DataDirectory, contract: Contract, return_id: str, now: dt.datetime) -> Withheld:
    """What of an archived return will not be published, beside what was published of its programme before."""
    returns, _ = accepted_returns(data_dir, contract, now, return_id.partition("/")[0])
    found: list[Withheld] = []

    def protect(rows: Rows, earlier: Sequence[Published]) -> dict[str, list[Row]]:
        found.append(_reasons(data_dir, rows, earlier))
        return without(rows, found[-1])

    for made, _, _ in published_figures(returns, protect):
        if made == return_id:
            return found[-1]
    return {}


def _versions(data_dir: DataDirectory, contract: Contract, held: dict[str, bytes], quarter: str) -> list[int]:
    """Versions of a quarter, in the archive and in the last release, ascending."""
    listed = data_dir.last_release(contract).table(DATASET)["return_id"].to_pylist()
    return sorted(
        int(name.rpartition("/")[2]) for name in {*held, *listed} if name.rpartition("/")[0] == quarter
    )


def _is_known(data_dir: DataDirectory, contract: Contract, held: dict[str, bytes], programme: str) -> bool:
    listed = data_dir.last_release(contract).table("programmes")["programme_id"].to_pylist()
    return programme in {*listed, *(name.partition("/")[0] for name in held)}


def _without_id(content: bytes) -> bytes:
    """An archived return as it was before it had a number."""
    if not content:
        return b""
    given = read_return(content, DATASET)
    given.return_id = ""
    return canonical(given)


def _archived(data_dir: DataDirectory) -> list[tuple[GivenReturn, bytes, dt.date]]:
    """Archived returns in order of receipt, each with the day of it."""
    archive = data_dir.archive
    found = []
    for file in archive.files(DATASET):
        content = archive.read(DATASET, file.sha256)
        day = dt.date.fromisoformat((file.first.received_at or "")[:10])
        found.append((read_return(content, f"raw/{DATASET}/{file.sha256}"), content, day))
    return found


# -- in a refresh --------------------------------------------------------------------------------------------------


def take_inbox(
    data_dir: DataDirectory, contract: Contract, now: dt.datetime, mark: Callable[[Path, Answer], Path]
) -> list[str]:
    """Take what lies in the inbox; an accepted file goes away, a refused one stays with its marked copy beside it.

    ``mark`` writes that copy. Gives a sentence for each file that needs its sender.
    """
    notices = []
    for file in waiting(data_dir):
        if file.is_symlink():
            place = file.relative_to(data_dir.inbox).as_posix()
            notices.append(f"inbox/{place} is a link, which is not followed. Put the file itself there.")
            continue
        try:
            answer = add(data_dir, contract, file, now)
        except (SourceError, UserError) as error:
            notices.append(f"inbox/{DATASET}: {error}")
            continue
        if answer.return_id:
            file.unlink()
        else:
            marked = mark(file, answer)
            notices.append(
                f"inbox/{DATASET}/{file.name} was refused: {len(answer.problems)} problems, marked in {marked.name}. "
                "Give that copy to its sender and remove both."
            )
    return notices


def summary(data_dir: DataDirectory) -> str:
    """How many returns of how many programmes are archived, in a sentence; empty where there is none."""
    listed = [given.return_id for given, _, _ in _archived(data_dir)]
    programmes = {return_id.partition("/")[0] for return_id in listed}
    replaced = len(listed) - len({return_id.rpartition("/")[0] for return_id in listed})
    counted = f"programmes {len(programmes)}, returns {len(listed)}, replaced {replaced}"
    return f"{DATASET}: {counted} ({', '.join(sorted(programmes))})." if listed else ""


def remembered(data_dir: DataDirectory) -> Protect:
    """The disclosure control, each result remembered in the staging area (``_reasons``)."""

    def protect(rows: Rows, earlier: Sequence[Published]) -> dict[str, list[Row]]:
        return without(rows, _reasons(data_dir, rows, earlier))

    return protect


def _reasons(data_dir: DataDirectory, rows: Rows, earlier: Sequence[Published]) -> Withheld:
    """What is withheld and why, under the hash of the rows, of those before and of the code."""
    known = [[published.rows, published.shown] for published in earlier]
    text = json.dumps([code_version(), rows, known], default=str, sort_keys=True)
    path = data_dir.staging / DATASET / f"{hashlib.sha256(text.encode()).hexdigest()}.json"
    try:
        found: Withheld = load_json(path.read_text(encoding="utf-8"))
        if {table: len(given) for table, given in found.items()} == {t: len(rows[t]) for t in rows}:
            return found
    except (OSError, ValueError, AttributeError, TypeError):
        pass
    found = withheld_figures(rows, earlier)
    path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(path, json.dumps(found).encode())
    return found


def accepted_returns(
    data_dir: DataDirectory, contract: Contract, now: dt.datetime, programme: str = ""
) -> tuple[list[AcceptedReturn], list[str]]:
    """Every archived return in order of receipt, judged by today's rules, and a sentence for each that they refuse.

    ``programme``: of one programme alone. A refused one keeps its rows of the last release
    (``transforms.programmes.tables``).
    """
    found, notices = [], []
    for given, _, day in _archived(data_dir):
        if programme and given.return_id.partition("/")[0] != programme:
            continue
        judged = judge_return(contract, given, now.date())
        if judged.problems:
            first = judged.problems[0]
            notices.append(
                f"Return {given.return_id} breaks today's rules: {first.place}: {first.sentence('en')}"
            )
        else:
            found.append(AcceptedReturn(given.return_id, day, given.language, given.method, judged))
    return found, notices

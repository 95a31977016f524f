"""Mutated files of every format: none crashes a reader, and none silently says another figure.

A value is *silently different* where a mutation that touched no digit gives an observation of the same key another
value, while nothing of the file was refused, and the figure itself is not printed otherwise (``<903``, ``22,0``). Of
archives, as workbooks are, the parts are mutated: their checksums would find any other change. ``make fuzz`` tries many
(``DVSTATS_FUZZ`` for each file, 300), a few are in every run of the tests. The files are those of ``tests/fixtures``.
Mutations are drawn from a seed: a failure names it and is repeated by it.

Not here: files that say the same in another form (``test_other_forms``); mutations that follow the coverage of the
readers' code (``coverage_fuzz``).
"""

import io
import os
import random
import re
import zipfile
from collections.abc import Callable
from types import SimpleNamespace

import pyarrow as pa
import pytest

from pipelines.declarations import Declarations
from sources.cells import DECIMALS, LOCATOR, NOTE, PROBLEM, VALUE
from tests.faults.reading import DATASETS, body, observed, read
from tests.fixtures.mirror import HERE

STRUCTURE = b",;\t\"{}[]<>:/=\n\r'|&"
FEW = 12
TEXT = (".csv", ".tsv", ".json", ".xml")
Mutation = Callable[[random.Random, bytes], bytes]


# -- mutations that leave every digit as it is ------------------------------------------------------------------------


def without_a_mark(chance: random.Random, content: bytes) -> bytes:
    places = [place for place, byte in enumerate(content) if byte in STRUCTURE]
    place = chance.choice(places or [0])
    return content[:place] + content[place + 1 :]


def with_a_mark(chance: random.Random, content: bytes) -> bytes:
    place = chance.randrange(len(content) + 1)
    return content[:place] + bytes([chance.choice(STRUCTURE)]) + content[place:]


def with_another_mark(chance: random.Random, content: bytes) -> bytes:
    places = [place for place, byte in enumerate(content) if byte in STRUCTURE]
    place = chance.choice(places or [0])
    return content[:place] + bytes([chance.choice(STRUCTURE)]) + content[place + 1 :]


def without_a_line(chance: random.Random, content: bytes) -> bytes:
    lines = content.splitlines(keepends=True)
    del lines[chance.randrange(len(lines))]
    return b"".join(lines)


def with_a_line_twice(chance: random.Random, content: bytes) -> bytes:
    lines = content.splitlines(keepends=True)
    place = chance.randrange(len(lines))
    return b"".join([*lines[: place + 1], *lines[place:]])


def with_two_lines_swapped(chance: random.Random, content: bytes) -> bytes:
    lines = content.splitlines(keepends=True)
    one, other = chance.randrange(len(lines)), chance.randrange(len(lines))
    lines[one], lines[other] = lines[other], lines[one]
    return b"".join(lines)


QUIET: tuple[Mutation, ...] = (
    without_a_mark,
    with_a_mark,
    with_another_mark,
    without_a_line,
    with_a_line_twice,
    with_two_lines_swapped,
)


# -- mutations that break anything ------------------------------------------------------------------------------------


def cut(chance: random.Random, content: bytes) -> bytes:
    return content[: chance.randrange(len(content))]


def overwritten(chance: random.Random, content: bytes) -> bytes:
    place, length = chance.randrange(len(content)), chance.randrange(1, 40)
    return content[:place] + chance.randbytes(length) + content[place + length :]


def one_bit(chance: random.Random, content: bytes) -> bytes:
    place = chance.randrange(len(content))
    return content[:place] + bytes([content[place] ^ 1 << chance.randrange(8)]) + content[place + 1 :]


def a_piece_elsewhere(chance: random.Random, content: bytes) -> bytes:
    start, place = chance.randrange(len(content)), chance.randrange(len(content))
    return content[:place] + content[start : start + chance.randrange(1, 400)] + content[place:]


def a_large_number(chance: random.Random, content: bytes) -> bytes:
    place = chance.randrange(len(content))
    return (
        content[:place]
        + chance.choice((b"\xff\xff\xff\xff", b"9" * 400, b"-1", b"1e999"))
        + content[place + 4 :]
    )


LOUD: tuple[Mutation, ...] = (cut, overwritten, one_bit, a_piece_elsewhere, a_large_number)


def of_a_part(mutation: Mutation) -> Mutation:
    """The mutation of one part of an archive, which is packed again."""

    def changed(chance: random.Random, content: bytes) -> bytes:
        out = io.BytesIO()
        with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w") as new:
            chosen = chance.choice([name for name in old.namelist() if old.read(name)])
            for name in old.namelist():
                body = old.read(name)
                new.writestr(name, mutation(chance, body) if name == chosen else body)
        return out.getvalue()

    return changed


# -- what must not happen ---------------------------------------------------------------------------------------------


def figures(cells: pa.Table) -> dict[tuple[tuple[str, str | None], ...], str | None]:
    """Text of each value by all that the file says of it."""
    names = [name for name in cells.column_names if name not in (VALUE, LOCATOR, NOTE, DECIMALS, PROBLEM)]
    return {tuple((name, row[name]) for name in names): row[VALUE] for row in cells.to_pylist()}


def printed_otherwise(before: str | None, now: str | None) -> bool:
    """Whether a figure has the same digits and a sign that says another number, as the file now prints it."""
    digits = [re.sub(r"\D", "", text or "") for text in (before, now)]
    return digits[0] == digits[1] and re.fullmatch(r"[<>]\d+(?:\.\d+)?|\d+,\d+", now or "") is not None


def times() -> int:
    return int(os.environ.get("DVSTATS_FUZZ", "300"))


def check(declared: Declarations, name: str, count: int) -> None:
    dataset, content = DATASETS[name], body(DATASETS[name])
    whole = read(dataset, content)
    assert whole is not None and whole.num_rows
    truth, (values, refused) = figures(whole), observed(declared, dataset, whole)
    assert values and not refused
    text = (
        dataset.files[0].address.partition("?")[0].endswith(TEXT)
        or content[:1] in b'{[<"'
        or b"\n" in content[:200]
    )
    for seed in range(count):
        chance = random.Random(f"{name} {seed}")
        packed = content.startswith(b"PK") and chance.random() < 0.8
        mutation = chance.choice(LOUD + (QUIET if text or packed else ()))
        cells = read(dataset, (of_a_part(mutation) if packed else mutation)(chance, content))
        if cells is None or mutation in LOUD or PROBLEM in cells.column_names:
            continue
        moved = {
            key
            for key, value in figures(cells).items()
            if key in truth and truth[key] != value and not printed_otherwise(truth[key], value)
        }
        if moved:
            now, refused = observed(declared, dataset, cells)
            wrong = {
                key: (values[key], value) for key, value in now.items() if values.get(key, value) != value
            }
            assert refused or not wrong, (name, seed, mutation.__name__, wrong)


@pytest.mark.parametrize("name", ["ex_open_sdg", "ex_semicolon", "ex_workbook", "ex_sdmx_generic", "ex_pdf"])
def test_a_few_mutations_of_each_kind(declared: Declarations, name: str) -> None:
    check(declared, name, FEW)


@pytest.mark.fuzz
@pytest.mark.parametrize("name", sorted(DATASETS))
def test_many_mutations(declared: Declarations, name: str) -> None:
    check(declared, name, times())


@pytest.mark.fuzz
def test_mutated_old_workbooks() -> None:
    """The binary format has no checksum, and a flipped bit of a number is another number: only crashes count."""
    content = (HERE / "shown.xls").read_bytes()
    dataset = SimpleNamespace(reader="excel", reader_options={})
    for seed in range(times()):
        chance = random.Random(f"shown.xls {seed}")
        read(dataset, chance.choice(LOUD)(chance, content))

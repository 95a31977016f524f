"""Rows that are refused because of what a text says, before any number is judged.

``record``   the reader could not say which columns the texts of a line belong to (``_problem`` of ``sources.cells``),
             or the header above the value is that of another column too ("2023" twice), and has no code
``scale``    a text says "тыс." or ``UNIT_MULT`` 3, and the declaration says no factor (see ``scale``): in the row's own
             texts, in the title of the table, or in a cell of the column itself (a row of units below the header)
``unit``     a header, label, title or unit cell says per cent or "per 100,000", the indicator counts, and the
             declaration names no unit (see ``unit_words``); or a column says that the figure is adjusted, an index, or
             otherwise not what was counted (see ``adjusted``)
``_value``   where persons or cases are counted, a text that is no count: ``12 %``, or ``11.357`` without a declared
             decimal mark; or a figure with more decimals than the file says that its figures have; or an amount of
             money (``1 204 ₸``) where the unit is not that currency, or of persons (``12 чел.``) where none are counted

Not here: reading numbers (``numbers_and_status``) and which of several reasons is named. Called by ``one_file``.
"""

import re
from collections.abc import Callable, Collection, Iterable, Mapping
from decimal import Decimal
from functools import partial

import pyarrow as pa
import pyarrow.compute as pc

from sources.cells import COLUMN, DECIMALS, PROBLEM, REMARKS, TITLE, TITLES, VALUE
from sources.dataset import Scale
from sources.readers.headings import headings_of
from transforms.normalize.contradictions.adjusted import as_counted
from transforms.normalize.contradictions.unit_base import other_base
from transforms.normalize.contradictions.unit_words import (
    COUNT,
    UNKNOWN,
    agree,
    is_middle,
    said_around,
    said_below,
    said_in_remark,
    said_in_title,
    said_in_unit,
    unit_columns,
    unit_kind,
)
from transforms.normalize.encoded_columns import EncodedColumn, Mask, constant, crossed, either
from transforms.normalize.file_cells import FileCells, left_out, said_by_label_names, said_by_names
from transforms.normalize.numbers_and_status import counts
from transforms.normalize.readings import Refusal
from transforms.normalize.scale import fixed_factor, says_scale, says_scale_below, scale_columns
from transforms.parse import read_numbers

# What a text of a unit holds beside digits, and the only numbers in it: what is divided by, and years; for RE2.
_WORDED = r"[\pL\p{Sc}%‰+=≙]"
_NO_FIGURE = (
    r"^[^0-9]*(?:(?:1(?:0{0,6}|0?0?(?:[ \x{a0}\x{202f}.,'’]000){1,2})|(?:19|20)[0-9]{2})(?:[^0-9]+|$))*$"
)
# Another header between the rows, of those below it: "2022, %".
_YEAR_FIRST = re.compile(r"\s*(?:19|20)[0-9]{2}(?!\s*[=≙])")


def refused_by_text(
    file: FileCells, unit: EncodedColumn, missing: Mask, status: EncodedColumn
) -> dict[str, tuple[EncodedColumn, ...]]:
    """Refusals by what they are about: ``record``, ``scale``, the value; for ``status`` see ``as_counted``."""
    numbers = file.dataset.numbers
    said = "scale_undeclared" if numbers.multiply is None else "scale_contradicts"
    by_row = tuple(
        _refused_where(
            file, "scale_undeclared", name, says, sentence=said, close=f"{fixed_factor(numbers):g}"
        )
        for name, says in scale_columns(file.present, numbers).items()
    )
    found = {
        "scale": (*by_row, *_scale_of_names(file), *_scale_of_table(file), *_scale_of_column(file)),
        "unit": (*_other_unit(file, unit), *as_counted(file, missing, status)),
        VALUE: (
            *_no_counts(file, unit),
            *_other_money(file, unit),
            *_counted_words(file, unit),
            *_too_many_decimals(file),
        ),
    }
    if PROBLEM in file.present:
        found["record"] = (_refused_where(file, "unreadable_record", PROBLEM, bool),)
    if doubled := _headers_twice(file):
        refusals = {name: file.lookups.refusal("column_twice", place=name) for name in doubled}
        found["record"] = (*found.get("record", ()), file.texts(COLUMN).recoded(refusals.get))
    return found


def _headers_twice(file: FileCells) -> set[str]:
    """Headers that are read as codes, periods or areas and that two columns of values have: each is a guess.

    ``unique_names`` of the readers calls the second "2023 (2)"; a declaration that has a code for that knows of both.
    """
    if COLUMN not in file.dataset.columns or COLUMN not in file.present:
        return set()
    known = {text for text in file.texts(COLUMN).dictionary if text}
    concepts = [part for parts in file.dataset.concepts.values() for part in parts if COLUMN in part.columns]
    coded = {label for part in concepts for label in part.values or ()}
    second = {text: re.sub(r" \([0-9]+\)$", "", text) for text in known - coded}
    pairs = [pair for pair in second.items() if pair[1] in known and pair[0] != pair[1]]
    return {name for pair in pairs for name in pair}


def _refused_where(
    file: FileCells, rule: str, column: str, wrong: Callable[[str], bool], **said: str
) -> EncodedColumn:
    """Refuse the rows whose text in a column is wrong; ``said``: what ``Lookups.refusal`` takes beside it."""
    return file.texts(column).recoded(
        lambda text: (
            file.lookups.refusal(rule, value=text, place=column, **said) if text and wrong(text) else None
        )
    )


def _scale_of_table(file: FileCells) -> tuple[EncodedColumn, ...]:
    """Refuse all rows where the title of the table, or a line below, says "in thousands" and nothing is declared."""
    if file.dataset.numbers.multiply is not None:
        return ()
    metadata = file.cells.schema.metadata or {}
    places = [(name, "title", says_scale) for name in TITLES]
    places += [(REMARKS.encode(), "remark", says_scale_below)]
    texts = [
        (place, text, says)
        for name, place, says in places
        for text in metadata.get(name, b"").decode().split("\n" if place == "remark" else "\x00")
    ]
    texts += [("title", text, says_scale) for _, text in said_by_label_names(file)]
    return tuple(
        constant(file.lookups.refusal("scale_undeclared", value=text[:200], place=place))
        for place, text, says in texts
        if says(text)
    )


def _scale_of_names(file: FileCells) -> tuple[EncodedColumn, ...]:
    """Refuse the rows that say yes in a column called "in thousands"."""
    if file.dataset.numbers.multiply is not None:
        return ()

    def refusal(place: str, text: str | None) -> Refusal | None:
        scaled = text is not None and says_scale(text)
        return file.lookups.refusal("scale_undeclared", value=text or "", place=place) if scaled else None

    return tuple(said.recoded(partial(refusal, name)) for name, said in said_by_names(file))


def _scale_of_column(file: FileCells) -> tuple[EncodedColumn, ...]:
    """Refuse a column in which one cell holds, instead of a number, the words "тыс. человек"."""
    refusals = {
        name: file.lookups.refusal("scale_undeclared", value=text, place=name)
        for name, text in _said_in_columns(file).items()
        if says_scale(text)
    }
    return (_column_names(file).recoded(refusals.get),) if refusals else ()


def _said_in_columns(file: FileCells) -> Mapping[str, str]:
    return scaled_columns([file]) if file.parts is None else file.parts.scaled


def _column_names(file: FileCells) -> EncodedColumn:
    """The header above each value: its column, the levels of its header, or one name for all."""
    if COLUMN in file.present:
        return file.texts(COLUMN)
    levels = sorted(name for name in file.present if re.fullmatch(r"col_[0-9]+", name))
    found = constant(VALUE)
    for level in levels:
        found = crossed(found, file.texts(level), lambda name, text: f"{name} / {text or ''}")
    return found.recoded(lambda name: (name or "").removeprefix(f"{VALUE} / "))


def _unit_of_column(file: FileCells, kinds: EncodedColumn) -> tuple[EncodedColumn, ...]:
    """Refuse a column in which one cell holds, instead of a number, the words of another unit than the indicator's.

    A heading between the rows is of those below it only (``unread_headings``).
    """
    headings = {heading.text for table in headings_of(file.cells) for heading in table}
    words = {name: text for name, text in _said_in_columns(file).items() if text.strip() not in headings}
    said = {name: text for name, text in words.items() if said_in_unit(text)}
    if not said:
        return ()

    def refusal(kind: str, name: str | None) -> Refusal | None:
        text = said.get(name or "")
        if not kind or text is None or agree(kind, said_in_unit(text)):
            return None
        return file.lookups.refusal("unit_contradicts", value=text, place=name or "")

    return (crossed(kinds, _column_names(file), refusal),)


def scaled_columns(parts: Iterable[FileCells]) -> dict[str, str]:
    """Columns of which a cell says a scale or unit that is not declared, with its words, over all parts of a file.

    Where the file says no columns, all of it is one, called as that of the values.
    """
    words: list[str] = []
    found: dict[str, str] = {}
    for file in parts:
        if file.dataset.numbers.multiply is not None:
            return {}
        own = scale_words(file.cells[VALUE])
        words += [text for text in own if text not in words]
        if not own:
            continue
        pairs = crossed(_column_names(file), file.texts(VALUE), lambda name, text: (name, text))
        for name, text in pairs.dictionary:
            if text in own:
                found[name] = max(text, found.get(name, text), key=words.index)
    return found


def _other_unit(file: FileCells, unit: EncodedColumn) -> tuple[EncodedColumn, ...]:
    """Refuse the rows whose words say another kind of unit than the indicator's, where none is declared."""
    if "unit_measure" in file.dataset.concepts or "unit_measure" in file.facts.constants:
        return ()
    columns = {
        name: says
        for name, says in unit_columns(file.present).items()
        if says not in (said_in_remark, said_below) or name not in file.dataset.columns
    }
    headings = {heading.text for table in headings_of(file.cells) for heading in table}
    below = partial(_said_below, headings)
    columns |= dict.fromkeys(file.present & {REMARKS}, below)
    columns |= dict.fromkeys(file.present & left_out(file.dataset).keys(), said_around)
    # "2024, чел." is read as a year.
    periods = {name for part in file.dataset.concepts["time_period"] for name in part.columns}
    columns = {**dict.fromkeys(file.present & periods, said_around), **columns}
    found = [_contradicted(file, unit, name, file.texts(name), says) for name, says in columns.items()]
    found += [_contradicted(file, unit, name, said, said_around) for name, said in said_by_names(file)]
    found += _unit_of_column(file, unit.recoded(unit_kind))
    metadata = file.cells.schema.metadata or {}
    above = [
        (metadata[name].decode(), said_in_unit if name == b"unit" else said_in_title)
        for name in TITLES
        if name in metadata
    ]
    above += [(said, said_below) for _, said in said_by_label_names(file)]
    found += [_contradicted(file, unit, TITLE, constant(text[:200]), says) for text, says in above]
    lines = dict.fromkeys(metadata.get(REMARKS.encode(), b"").decode().split("\n"))
    found += [
        _contradicted(file, unit, "remark", constant(line[:200]), below) for line in lines if below(line)
    ]
    return tuple(found)


def _said_below(headings: Collection[str], text: str) -> str:
    """``said_below`` of the lines below a table; a heading between the rows is of those below it only."""
    lines = [line for line in text.split("\n") if line.strip() not in headings]
    return said_below("\n".join(lines)) or said_in_remark(text)


def _contradicted(
    file: FileCells, unit: EncodedColumn, place: str, texts: EncodedColumn, says: Callable[[str], str]
) -> EncodedColumn:
    """Refusals of the rows in which a text says another kind than the row's unit is of, or another base."""
    said = {text: kind for text in texts.dictionary if text and (kind := says(text))}
    specs = (*file.dataset.concepts.values(), *file.dataset.breakdown.values())
    coded = {label for spec in specs for part in spec if place in part.columns for label in part.values or ()}
    said = {text: kind for text, kind in said.items() if not (text in coded and is_middle(text))}
    based = _with_other_base(file, [text for text in texts.dictionary if text], unit.dictionary, says)
    if not said and not based:
        return constant(None)

    def refusal(code: str | None, text: str | None) -> Refusal | None:
        kind = unit_kind(code)
        if kind and not agree(kind, said.get(text or "", kind)):
            return file.lookups.refusal("unit_contradicts", value=text or "", place=place)
        if (code, text) in based:
            filled = {"value": text or "", "place": place, "close": code or ""}
            return file.lookups.refusal("unit_contradicts", sentence="base_contradicts", **filled)
        return None

    return crossed(unit, texts, refusal)


def _with_other_base(
    file: FileCells, texts: Iterable[str], units: Iterable[str | None], says: Callable[[str], str]
) -> set[tuple[str | None, str | None]]:
    """The pairs of unit and text where the text says another base: "per 1,000" of what is per 100,000.

    A declared column of factors has said what is meant.
    """
    numbers = file.dataset.numbers
    if isinstance(numbers.multiply, Scale):
        return set()
    factor = fixed_factor(numbers)
    # A sentence in a note may be about another figure.
    of_lines = says in (said_in_remark, said_below) or isinstance(says, partial)
    looked_at = [text for text in texts if not of_lines or says(text)]
    return {(unit, text) for unit in units for text in looked_at if other_base(unit, text, factor)}


def scale_words(values: pa.ChunkedArray) -> list[str]:
    """Texts that are no number and say a scale or another unit than a count, in the order of their first rows.

    A text with digits says a unit where these are those of its base alone: "per 100,000", "% к 2022 г.".
    """
    worded = pc.unique(values.filter(pc.match_substring_regex(values, _WORDED)))
    texts = worded.filter(pc.match_substring_regex(worded, _NO_FIGURE)).to_pylist()
    return [text for text in texts if _says_scale_or_unit(text)]


def _says_scale_or_unit(text: str) -> bool:
    of_unit = said_in_unit(text) not in ("", COUNT, UNKNOWN)
    if re.search("[0-9]", text):
        return of_unit and not _YEAR_FIRST.match(text) and read_numbers.parse(text).problem
    return of_unit or says_scale(text)


def _too_many_decimals(file: FileCells) -> tuple[EncodedColumn, ...]:
    """Refuse a figure with more decimals than the file says it has: one of the two is not what it seems."""
    if DECIMALS not in file.present or file.dataset.numbers.multiply is not None:
        return ()

    def contradiction(text: str | None, said: str | None) -> Refusal | None:
        number = read_numbers.parse(text, decimal=file.dataset.numbers.decimal)
        if number.value is None or not (said or "").isdecimal():
            return None
        written = format(Decimal(f"{number.value:.15g}"), "f").partition(".")[2]
        if len(written) <= int(said or 0):
            return None
        return file.lookups.refusal("too_many_decimals", value=text or "", place=said or "")

    return (crossed(file.texts(VALUE), file.texts(DECIMALS), contradiction),)


def _other_money(file: FileCells, unit: EncodedColumn) -> tuple[EncodedColumn, ...]:
    """Refuse the amounts of money in rows whose unit is something else, or another currency."""
    amounts = {text: money for text in _lettered(file) if text and (money := read_numbers.currency(text))}
    if not amounts:
        return ()

    def refusal(code: str | None, text: str | None) -> Refusal | None:
        if text is None or amounts[text] == code:
            return None
        filled = {"value": text, "place": code or ""}
        return file.lookups.refusal("unit_contradicts", sentence="currency_contradicts", **filled)

    return (
        crossed(unit, file.texts(VALUE).recoded(lambda text: text if text in amounts else None), refusal),
    )


def _lettered(file: FileCells) -> list[str | None]:
    """Texts with a letter or a sign of money; without one a text names no unit: nearly all are told by that alone."""
    values = file.cells[VALUE]
    found: list[str | None] = pc.unique(
        values.filter(pc.match_substring_regex(values, r"[\p{L}\p{Sc}]"))
    ).to_pylist()
    return found


def _counted_words(file: FileCells, unit: EncodedColumn) -> tuple[EncodedColumn, ...]:
    """Refuse the numbers of persons or pieces in rows whose unit is something else."""
    words = {text for text in _lettered(file) if text and read_numbers.counted(text)}
    if not words:
        return ()

    def refusal(code: str | None, text: str | None) -> Refusal | None:
        if text is None or unit_kind(code) == COUNT:
            return None
        filled = {"value": text, "place": code or ""}
        return file.lookups.refusal("unit_contradicts", sentence="count_contradicts", **filled)

    return (crossed(unit, file.texts(VALUE).recoded(lambda text: text if text in words else None), refusal),)


def _no_counts(file: FileCells, unit: EncodedColumn) -> tuple[EncodedColumn, ...]:
    """Refuse the texts that are no counts, in rows whose unit is counted."""
    pattern = read_numbers.no_count_pattern(file.dataset.numbers.decimal)
    if not pc.any(pc.match_substring_regex(file.cells[VALUE], pattern)).as_py():
        return ()
    refusals = file.texts(VALUE).recoded(
        lambda text: (
            file.lookups.refusal("no_count", value=text) if text and re.search(pattern, text) else None
        )
    )
    return (either(counts(file, unit), refusals, constant(None)),)

"""One file from cells to observations and refused rows: the steps of the package in order.

The opening page of the package follows three rows through them. Each step is a module; this one only calls them, and
decides which reason is named where several things are wrong with a row.

Not here: several files of a dataset (``transforms.merge_files``). Called by ``normalizer``.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa

from sources.cells import LOCATOR, VALUE
from transforms.normalize.attributes import read_note, read_note_ru, read_source, read_unit
from transforms.normalize.codes_from_labels import SKIP, codes_that_skip, read_breakdown, read_concept
from transforms.normalize.contradictions.area_labels import other_label
from transforms.normalize.contradictions.area_of_title import other_area_in_title
from transforms.normalize.contradictions.confidentiality import not_free, without_closed_values
from transforms.normalize.contradictions.cumulative import cumulative
from transforms.normalize.contradictions.declared_codes import other_codes
from transforms.normalize.contradictions.dividing_columns import look_through
from transforms.normalize.contradictions.drafts import drafts
from transforms.normalize.contradictions.frequency import other_frequency
from transforms.normalize.contradictions.left_out_areas import left_out_areas
from transforms.normalize.contradictions.planned import planned
from transforms.normalize.contradictions.refused_by_text import refused_by_text
from transforms.normalize.contradictions.restricting_texts import restricting_texts
from transforms.normalize.contradictions.said_status import with_said_status, with_words
from transforms.normalize.contradictions.several_dataflows import several_dataflows
from transforms.normalize.contradictions.unread_areas import unread_areas
from transforms.normalize.contradictions.unread_breakdowns import unread_breakdowns
from transforms.normalize.contradictions.unread_dimensions import unread_dimensions
from transforms.normalize.contradictions.unread_headings import unread_headings
from transforms.normalize.contradictions.unread_indicators import unread_indicators
from transforms.normalize.contradictions.unread_levels import unread_levels
from transforms.normalize.contradictions.year_of_title import other_year_in_title
from transforms.normalize.encoded_columns import (
    EncodedColumn,
    Mask,
    arrow_table,
    constant,
    encode,
    first_that_says,
    placed,
)
from transforms.normalize.file_cells import FileCells
from transforms.normalize.inputs_and_results import Normalized
from transforms.normalize.keys import EqualKeys, equal_keys
from transforms.normalize.lookups import LookUps
from transforms.normalize.numbers_and_status import read_printed, read_status, read_values, with_fractions
from transforms.normalize.quarantine import refused_rows
from transforms.normalize.readings import ReadColumn
from transforms.normalize.row_checks import judge
from transforms.normalize.time_period import is_skipped, not_yet, period_columns, read_period, too_early

# Replaced when a release publishes the row; the checks want a well-formed one.
FIRST_RELEASE = "20000101T000000Z"
_DIMENSIONS = ("ref_area", "sex", "age", "violence_form", "relationship", "nature")
# Where several things are wrong with a row, the first of these names the reason; the contract's checks come after.
_ORDER = (
    "record",
    "confidentiality",
    "ref_area",
    "indicator",
    "sex",
    "age",
    "violence_form",
    "relationship",
    "nature",
    "unit_measure",
    "obs_status",
    "note",
    "time_period",
    "breakdown",
    "source_id",
    "planned",
    "scale",
    "unit",
    "heading",
    VALUE,
    "obs_lower",
    "obs_upper",
)


class ReadFile(NamedTuple):
    """The cells that are not skipped, the columns of the observations but the key (encoded or Arrow), and refusals by
    what was read."""

    file: FileCells
    columns: dict[str, Any]
    refusals: Mapping[str, Sequence[EncodedColumn]]


class Ways(NamedTuple):
    """How rows with equal keys are judged (``keys.equal_keys``) and how the good rows become a table; one part of a
    file that is read in parts has its own."""

    equal: Callable[[LookUps, Mask, pa.Array, Mapping[str, Any]], EqualKeys] = equal_keys
    table: Callable[[Mapping[str, Any], pa.Schema, Mask], pa.Table] = arrow_table


def normalize_file(file: FileCells) -> Normalized:
    """Observations and refused rows of the cells that the declaration asks for and whose columns are all there."""
    return divided(read_file(file), Ways())


def read_file(file: FileCells) -> ReadFile:
    """What each cell and label says, no two rows compared; another part of the file may be divided meanwhile."""
    file, indicator, period = without_skipped(file)
    if file.unread is None:
        file.unread = look_through([file])
    return _read_columns(file, indicator, period) if file.count else ReadFile(file, {}, {})


def without_skipped(file: FileCells) -> tuple[FileCells, ReadColumn, ReadColumn]:
    """The file without the rows that the declaration skips, and its indicators and periods."""
    indicator, period = read_concept(file, "indicator"), read_period(file)
    kept = _kept(file, period)
    if kept.all():
        return file, indicator, period
    # Read again without them, so that a skipped row is neither counted nor refused for anything else.
    cells = file.cells.filter(pa.array(kept))
    return without_skipped(FileCells(file.lookups, cells, file.dataset, file.facts, file.parts))


def _kept(file: FileCells, period: ReadColumn) -> Mask:
    """Rows that the declaration does not skip, whichever of their labels it skips them for."""
    skipped = period.codes.where(is_skipped, file.count)
    for codes in codes_that_skip(
        file, ("indicator", *_DIMENSIONS, "unit_measure", "obs_status", "source_id")
    ):
        skipped |= codes.where(lambda code: code == SKIP, file.count)
    return ~skipped


def _read_columns(file: FileCells, indicator: ReadColumn, period: ReadColumn) -> ReadFile:
    unit_read = read_unit(file, indicator.codes)
    numbers = read_values(file, unit_read.codes)
    missing = np.isnan(numbers.floats["obs_value"])
    note, note_refusals = read_note(file)
    read = {name: read_concept(file, name) for name in _DIMENSIONS}
    read |= {
        "indicator": indicator,
        "unit_measure": unit_read,
        "obs_status": read_status(file, missing, numbers.word),
        "breakdown": read_breakdown(file),
        "source_id": read_source(file),
    }
    columns: dict[str, Any] = {name: column.codes for name, column in read.items()}
    unit, codes = unit_read.codes, {**columns, "time_period": period.codes}
    refusals = {name: column.refusals for name, column in read.items()}
    observed = ~missing & read["nature"].codes.where(lambda nature: nature not in ("E", "M"), file.count)
    too_late = not_yet(file, period.codes, observed)
    periods = (
        *period.refusals,
        *other_frequency(file, period.codes),
        *other_year_in_title(file, period.codes),
        *cumulative(file, period.codes),
        too_late,
        too_early(file, period.codes, ~missing),
    )
    refusals |= {
        "confidentiality": not_free(file, ~missing),
        "time_period": periods,
        "note": note_refusals,
        "heading": (
            *unread_headings(file, codes),
            *unread_levels(file, indicator.codes),
            *restricting_texts(file, codes),
        ),
        **numbers.refusals,
        "planned": (*planned(file, period.codes, observed), *drafts(file)),
    }
    refusals["ref_area"] = (*refusals["ref_area"], *_other_areas(file, codes["ref_area"]))
    refusals["indicator"] = (*refusals["indicator"], *several_dataflows(file), *unread_indicators(file))
    by_text = refused_by_text(file, unit, missing, columns["obs_status"])
    by_column = unread_dimensions(file, codes)
    for name, more in (*by_text.items(), *by_column.items(), *other_codes(file).items()):
        refusals[name] = (*refusals.get(name, ()), *more)
    refusals["breakdown"] = (*refusals["breakdown"], *unread_breakdowns(file, codes))
    value = numbers.floats["obs_value"]
    status, words = with_said_status(file, period.codes, missing, columns["obs_status"])
    columns["obs_status"] = with_fractions(file, value, unit, status)
    columns |= period_columns(period.codes) | _facts_of(file)
    columns |= {
        "note": with_words(note, words, file.count),
        "note_ru": read_note_ru(file),
        "published_value": read_printed(file),
        "raw_locator": file.cells[LOCATOR],
    }
    for name, floats in numbers.floats.items():
        columns[name] = constant(None) if np.isnan(floats).all() else pa.array(floats, from_pandas=True)
    return ReadFile(file, columns, refusals)


def _other_areas(file: FileCells, area: EncodedColumn) -> tuple[EncodedColumn, ...]:
    found = (*other_label(file), *unread_areas(file, area), *other_area_in_title(file, area))
    return (*found, *left_out_areas(file, area))


def _facts_of(file: FileCells) -> dict[str, EncodedColumn]:
    """Columns that are the same in every row of a file."""
    return {
        "conf_status": constant("F"),
        "dataset_id": constant(file.dataset.id),
        "raw_sha256": constant(file.facts.sha256),
        "retrieved_at": constant(file.facts.retrieved_at),
        "first_release": constant(FIRST_RELEASE),
    }


def divided(read: ReadFile, ways: Ways) -> Normalized:
    """Good and refused rows; of rows with equal keys see ``keys``."""
    file = read.file
    if not file.count:
        empty = file.lookups.good_schema.empty_table(), file.lookups.quarantine_schema.empty_table()
        return Normalized(*empty, rows=0, duplicates=0)
    judged = judge(file, read.columns)
    columns = {**read.columns, "obs_key": judged.keys}
    unread = [refusals for name in _ORDER for refusals in read.refusals.get(name, ())]
    refusals = first_that_says([*unread, judged.refusals], bool, None)
    good = refusals.where(lambda refusal: refusal is None, file.count)
    equal = ways.equal(file.lookups, good, judged.hashes, columns)
    refusals = _with_contradictions(file, equal, refusals)
    refused = without_closed_values(refused_rows(file, refusals, ~good | equal.contradicting))
    good &= ~(equal.repeated | equal.contradicting)
    table = ways.table(columns, file.lookups.good_schema, good)
    may_divide = file.unread.may_divide if file.unread else {}
    return Normalized(table, refused, file.count, int(equal.repeated.sum()), may_divide)


def _with_contradictions(file: FileCells, equal: EqualKeys, refusals: EncodedColumn) -> EncodedColumn:
    """Refusals with those of rows that contradict another one, whose place is named."""
    named = encode(pa.chunked_array([equal.others]) if isinstance(equal.others, pa.Array) else equal.others)
    named = named.recoded(lambda place: file.lookups.refusal("duplicate_key", place=place))
    return placed(np.flatnonzero(equal.contradicting), named, refusals, file.count)

"""What a declaration says of a register, under ``counting``; the other keys are those of every dataset.

::

    kind: register
    concepts:
      indicator: {const: DV_REPORTS}
      ref_area: {column: Область}
      time_period: {column: Дата регистрации}       # the day or the month of each incident
      sex: {column: Пол, values: {женский: F, мужской: M}}
    counting:
      incident: Номер                               # its id: the same id twice is one incident, or a contradiction
      margins: [[year], [year, ref_area], [year, ref_area, sex], [month, ref_area]]
      persons: {column: Псевдоним, indicator: DV_VICTIMS}
      partitions: {by: month, since: 2025-01, due_after_days: 20}

Not here: codes and columns that it names (``sources.declared_references``). ``sources.dataset`` calls it.
"""

import datetime as dt
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, model_validator

from sources.column_names import visible_name
from sources.strict_model import StrictModel

# Of a column, as the headers are read.
Name = Annotated[str, Field(min_length=1), AfterValidator(visible_name)]
#: what a margin may be counted over; one of them is in every margin
SPANS = ("year", "quarter", "month")
MONTHS = 12


class Persons(StrictModel):
    """Distinct persons beside the incidents. A person of March and of May is one person of the year: months of persons
    do not add up to it, and nothing here pretends that they do."""

    #: pseudonym of the person, the same in every row of this person; never a number of a document
    column: Name
    #: indicator of the counts of persons
    indicator: Name


class Partitions(StrictModel):
    """The parts in which the office delivers: one file a month or a year, of each country. A missing one is noticed."""

    #: length of a part
    by: Literal["month", "year"]
    #: the first part, such as 2025-01 or 2025
    since: Annotated[str, Field(pattern=r"^[0-9]{4}(-(0[1-9]|1[0-2]))?$")]
    #: days after the end of a part by which its file should be here
    due_after_days: Annotated[int, Field(ge=0)] = 45

    @property
    def months(self) -> int:
        """How many months a part has."""
        return 1 if self.by == "month" else MONTHS

    @property
    def first(self) -> int:
        """Number of the first part; parts are counted from the year 0."""
        return month_of(self.since) // self.months

    def name(self, number: int) -> str:
        """Name of a part. Example: ``name(2025 * 12 + 2)`` is ``2025-03`` where parts are months."""
        year, month = divmod(number * self.months, MONTHS)
        return f"{year:04d}-{month + 1:02d}" if self.by == "month" else f"{year:04d}"

    def due(self, day: dt.date) -> list[str]:
        """The parts that should be here on a day, from the first one on."""
        ended = day - dt.timedelta(days=self.due_after_days)
        running = (ended.year * MONTHS + ended.month - 1) // self.months
        return [self.name(number) for number in range(self.first, running)]

    @model_validator(mode="after")
    def _of_its_length(self) -> "Partitions":
        if ("-" in self.since) != (self.by == "month"):
            raise ValueError(
                f"since: {self.since!r} is no {self.by}; write it as 2025-01 for months, 2025 for years"
            )
        return self


class Counting(StrictModel):
    """How the rows of a register are counted."""

    #: column of the incident's id
    incident: Name
    #: what is published, each a list of dimensions: ``year``, ``quarter`` or ``month``, and names of ``concepts`` and
    #: ``breakdown``. A dimension that is not in the list is its total. Few margins: a full table is all small cells
    margins: Annotated[tuple[tuple[Name, ...], ...], Field(min_length=1)]
    #: distinct persons too. Default: incidents only
    persons: Persons | None = None
    #: the parts that must all be there. Default: whatever came is counted
    partitions: Partitions | None = None

    @model_validator(mode="after")
    def _one_span_each(self) -> "Counting":
        for margin in self.margins:
            if sum(name in SPANS for name in margin) != 1 or len(set(margin)) < len(margin):
                named = ", ".join(margin)
                raise ValueError(
                    f"margins: [{named}] needs one of year, quarter, month, and each dimension once"
                )
        return self


def month_of(text: str) -> int:
    """Number of a month ("2025-03") or of the first month of a year ("2025"), counted from the year 0."""
    year, _, month = text.partition("-")
    return int(year) * MONTHS + int(month or 1) - 1

"""SDMX-ML data messages: structure-specific and generic 2.1, compact and generic 2.0.

::

    <Series FREQ="A" REF_AREA="KG" SEX="F">                                  structure-specific, compact
      <Obs TIME_PERIOD="2019" OBS_VALUE="5989" OBS_STATUS="A"/>
    </Series>
    <generic:Series><generic:SeriesKey>                                      generic (2.0: concept= for id=)
      <generic:Value id="REF_AREA" value="KG"/></generic:SeriesKey>
      <generic:Obs><generic:ObsDimension value="2019"/><generic:ObsValue value="5989"/>
      <generic:Attributes><generic:Value id="OBS_STATUS" value="A"/></generic:Attributes>
      </generic:Obs></generic:Series>

Every key and attribute of observation, series, group and dataset becomes a column; a group's attributes
reach the series that share its key. Of what several of them say the narrower wins: a status of the observation, then
that of its series, group and dataset; a dimension that differs between both is refused. Each dataset has the
dimension at observation of its own structure; where they are of several dataflows, ``DATAFLOW`` says of which. Flat
messages (observations without series) are read alike. An observation without ``OBS_VALUE`` has a null value.
``ID``, ``Prepared`` and ``Name`` (the ``title``) of the header become table metadata; annotations are a column
``ANNOTATION`` of what they annotate, and so is the last day that a dataset reports ("as of 2024-09-30"), which of the
header is a line below the table. ``EmbargoDate`` of the header is the metadata's ``EMBARGO``.

Options: ``test`` = ``refuse`` (default) or ``accept`` a message whose header says that it is a test;
``value`` (default ``OBS_VALUE``) and ``note_columns`` (list; default those present of
``COMMENT_OBS, OBS_COMMENT, OBS_FOOTNOTE``; they stay columns as well). The encoding is the XML declaration's.

Locators: ``line N, Obs TIME_PERIOD=2019``, and ``line N, character M, Obs …`` where one line holds several
observations (a message without line feeds). They are counted by Expat while it reads: exact beyond line
65535, where libxml2 (lxml's ``sourceline``) stops counting for elements. The whole table is held in memory.

Refused: document type declarations (no entities, so none that expand or fetch), other SDMX messages
(structure, error, cross-sectional, utility, message groups), the multi-valued components of SDMX 3.0,
datasets with action Delete, messages that call themselves truncated, answers whose footer reports an error, and
those with a footer instead of data: its words are in the sentence. A footer beside data is lines below a table.

Not here: reading the elements (``sdmx_message``), which series a group's attributes reach (``sdmx_groups``), SDMX as
JSON or CSV (``sdmx_json``, ``sdmx_csv``). Called by ``protocol``.
"""

import itertools
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Literal

import pyarrow as pa

from data_contracts.strict_files import did_you_mean
from sources.cells import EMBARGO, LOCATOR, NOTE, REMARKS, TITLES, VALUE, Options, ReadError, option
from sources.readers.options import Names, ReaderOptions, Text
from sources.readers.sdmx_csv import DATAFLOW
from sources.readers.sdmx_groups import FOOTNOTES, NO_DIMENSIONS, Attributes, look_up
from sources.readers.sdmx_message import OBS_VALUE, TIME, Message, Observation, message_of
from sources.readers.text import (
    FETCH_AGAIN,
    joined,
    names_option,
    refuse_sparse,
    text_table,
    unique_names,
)

_TRUE = ("true", "1")


class DeclaredOptions(ReaderOptions):
    """What a declaration may say; see the head of the module."""

    value: Text | None = None
    note_columns: Names | None = None
    test: Literal["refuse", "accept"] | None = None


def read(content: bytes, options: Options) -> pa.Table:
    """Cells of an SDMX-ML data message; see the module for options."""
    message = message_of(content)
    _refuse_unfit(message, options)
    return _table(message, options)


def _refuse_unfit(message: Message, options: Options) -> None:
    """Messages that are no whole, real answer."""
    if message.faults:
        raise ReadError(f"the service reports an error: {' '.join(message.faults)}", remedy=FETCH_AGAIN)
    if message.footer and not message.observations:
        raise ReadError(
            f"the service answers without data: {' '.join(message.footer)}",
            remedy="Request less at once, or try again later",
        )
    if message.header.get("Truncated", "").lower() in _TRUE:
        raise ReadError(
            "the header says that the message is truncated", place="Header", remedy="Request less at once"
        )
    accepted = option(options, "test", "refuse", allowed=("refuse", "accept")) == "accept"
    if message.header.get("Test", "").lower() in _TRUE and not accepted:
        raise ReadError(
            "the header says that the message is a test",
            place="Header",
            remedy="Ask the publisher; if its real data say so, declare the reader option test: accept",
        )


def _table(message: Message, options: Options) -> pa.Table:
    rows = list(_rows(message))
    names = list(dict.fromkeys(itertools.chain.from_iterable(rows)))
    refuse_sparse(rows, len(names))
    value = str(options.get("value", OBS_VALUE))
    if rows and value not in names:
        raise ReadError(
            f"no observation has {value!r} (option value){did_you_mean(value, names)}; "
            f"the message has {', '.join(names)}",
            remedy="Correct the option value, or the answer holds keys only",
        )
    notes = names_option(options, "note_columns", [name for name in FOOTNOTES if name in names])
    columns: dict[str, Sequence[str | None]] = {
        VALUE: [row.get(value) for row in rows],
        LOCATOR: _locators(message.observations),
        NOTE: [joined(row.get(name) for name in notes) for row in rows],
    }
    dimensions = [name for name in names if name != value]
    for name, column in zip(dimensions, unique_names(dimensions), strict=True):
        columns[column] = [row.get(name) for row in rows]
    header = {name: text for name, text in message.header.items() if name in ("ID", "Prepared")}
    if message.names:
        header[TITLES[0].decode()] = "; ".join(dict.fromkeys(message.names))
    if embargo := message.header.get("EmbargoDate"):
        header[EMBARGO.decode()] = embargo
    end = message.header.get("ReportingEnd")
    if remarks := [*message.footer, *([f"as of {end[:10]}"] if end else [])]:
        header[REMARKS] = "\n".join(remarks)
    return text_table(columns, header)


def _rows(message: Message) -> Iterator[Attributes]:
    """Per observation all that applies to it: series, observation, groups, dataset."""
    of_groups = look_up(message.groups, ((item.dataset, item.key) for item in message.observations))
    found: dict[int, Attributes] = {}
    several = len(set(message.dataflows)) > 1
    for item in message.observations:
        for name in (item.own.keys() & item.series.keys()) - NO_DIMENSIONS:
            if item.own[name] != item.series[name]:
                raise ReadError(
                    f"{name} differs between a series and its observation",
                    place=f"line {item.line}",
                    remedy=FETCH_AGAIN,
                )
        key = item.key
        above = found.get(id(key))
        if above is None:
            flow = {DATAFLOW: message.dataflows[item.dataset]} if several else {}
            above = {**message.datasets[item.dataset], **flow, **of_groups(item.dataset, key)}
            found[id(key)] = above
        # An empty attribute says nothing against that of the series or group.
        own = item.series | {name: text for name, text in item.own.items() if text or name not in item.series}
        yield {**own, **{name: text for name, text in above.items() if not own.get(name)}}


def _locators(observations: Sequence[Observation]) -> list[str]:
    on_line = Counter(item.line for item in observations)
    places = []
    for item in observations:
        where = f"line {item.line}"
        if on_line[item.line] > 1:
            where += f", character {item.character}"
        time = item.own.get(TIME, item.series.get(TIME))
        places.append(f"{where}, Obs" + (f" {TIME}={time}" if time is not None else ""))
    return places

"""Classes of the loaded contract: ``Contract`` and its tables, columns, rules, code lists, indicators, areas.

Frozen values without behaviour beyond look-ups. Not here: reading them from files (``load``) and what is derived from
them: ``arrow`` (schemas), ``checks`` (predicates and suites), ``database_statements`` (comments, views), ``codebook``
(pages). Imported by all layers.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

import duckdb

from data_contracts.insert import insert_rows
from data_contracts.strict_files import DeclarationError, Mapped, Row
from data_contracts.vocabulary import COMPARATORS

TYPES = ("VARCHAR", "DOUBLE", "BIGINT", "INTEGER", "BOOLEAN", "DATE", "TIMESTAMP")
SEVERITIES = ("critical", "warning", "info")
# Languages in which every text is published; forms and letters are in further ones.
Lang = Literal["en", "ru"]
LANGS: tuple[Lang, ...] = ("en", "ru")


@dataclass(frozen=True)
class Text:
    """A text in the two languages of the codebook."""

    #: English
    en: str
    #: Russian
    ru: str


def text(path: Path, parent: Mapped, key: str) -> Text:
    """The text ``{en:, ru:}`` at a key of a declaration; DeclarationError where a language is missing."""
    value = parent.get(key)
    # An unquoted comma in {en: …, ru: …} would cut the text short and leave a key behind.
    if not isinstance(value, Mapped) or set(value) != {"en", "ru"} or not all(value.values()):
        raise DeclarationError(path, parent.lines.get(key, parent.line), f"{key!r} needs a text in en and ru")
    return Text(str(value["en"]), str(value["ru"]))


@dataclass(frozen=True)
class Column:
    """One column of one table, as ``columns.yaml`` defines it and ``tables.yaml`` places it.

    A column without ``codes``, ``pattern``, ``min`` and ``max`` may hold whatever its type can.
    """

    #: name in every table that has it
    name: str
    #: one of ``TYPES``, in DuckDB's words
    type: str
    #: whether it may be empty in this table. Default of a declaration: it may not
    nullable: bool
    #: its code list, or the column of a table that it refers to (``indicators.code``); None: neither
    codes: str | None
    #: regular expression that the whole text must match (RE2 and Python); None: any text
    pattern: str | None
    #: smallest value that is allowed; None: any
    min: float | None
    #: largest value that is allowed; None: any
    max: float | None
    #: what people call it
    label: Text
    #: what exactly it holds
    meaning: Text
    #: a value as it may be there, for the codebook
    example: str


@dataclass(frozen=True)
class Table:
    """One published table."""

    #: name in the release and in the DuckDB file
    name: str
    #: what people call it
    title: Text
    #: what one row is
    meaning: Text
    #: in the order in which they are published
    columns: tuple[Column, ...]
    #: columns that together are different in every row; empty: rows may repeat
    key: tuple[str, ...]
    #: columns by which the rows are sorted; the order is total, so that equal tables are equal files
    order: tuple[str, ...]
    #: fewest rows with which it is published
    min_rows: int
    #: SQL by name: what rules may look at beside the columns (the row is ``t``); published nowhere
    derived: Mapping[str, str]
    #: names of the cautions (``Contract.warnings``) that go with its description
    warnings: tuple[str, ...]
    #: SQL condition of the rows that the rules apply to; empty: all. History keeps codes that are no longer current
    in_force: str = ""

    def column(self, name: str) -> Column:
        """Column by name."""
        return next(column for column in self.columns if column.name == name)

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Column names in order."""
        return tuple(column.name for column in self.columns)


@dataclass(frozen=True)
class Rule:
    """One rule: a row of ``tables`` violates it when ``violated_when`` is true; or ``query`` gives its violations."""

    #: name of the check that it becomes
    id: str
    #: tables whose rows it is about
    tables: tuple[str, ...]
    #: one of ``SEVERITIES``: ``critical`` refuses the row, the others are shown
    severity: str
    #: columns that a person should look at
    columns: tuple[str, ...]
    #: what is wrong, for people
    sentence: Text
    #: rule expression (``data_contracts.expressions``); empty where ``query`` is given
    violated_when: str = ""
    #: SQL over the tables of a whole release that gives the violations; empty where ``violated_when`` is given
    query: str = ""


@dataclass(frozen=True)
class Code:
    """One code of a code list."""

    #: the code itself, as SDMX or ISO has it where they have one
    code: str
    #: what people call it
    label: Text
    #: what it means beyond its label; both empty where the label says all
    description: Text = Text("", "")


@dataclass(frozen=True)
class Indicator:
    """What is measured; an indicator that does not say what it counts does not load."""

    #: its code in ``observations``
    code: str
    #: topic, a code of ``family``; also the name of the file that declares it
    family: str
    #: what people call it
    label: Text
    #: what is counted, in one or two sentences
    definition: Text
    #: what one is: a case, a person, an order; a code of ``counting_unit``. Different units are never added
    counting_unit: str
    #: whose sex and age the dimensions hold, a code of ``subject``: the victim, the aggressor
    subject: str
    #: where in the response to a case it is counted, a code of ``stage``
    stage: str
    #: the family, all spheres, or children; a code of ``scope``
    scope: str
    #: relationships of victim and aggressor that it covers; ``none`` has its reason in ``no_scope``; None: not declared
    relationship_scope: str | None
    #: why no relationship can be named; None where ``relationship_scope`` names some
    no_scope: Text | None
    #: unit of its values where a row says no other, a code of ``unit_measure``
    unit: str
    #: what a rise means, a code of ``direction``
    direction: str
    #: class of the International Classification of Crime for Statistical Purposes (UNODC, version 1.0, 2015); None of
    #: other things than offences, and of offences with a reason in ``no_iccs``
    iccs: str | None
    #: why an offence has no class; None where it has one
    no_iccs: Text | None
    #: indicator of the Sustainable Development Goals that it answers, such as 5.2.1; None: none
    sdg: str | None
    #: whether it is about domestic violence or the response to it; false: all crime, population, context
    domestic: bool
    #: smallest and largest value that is possible; None: no bound on that side
    range: tuple[float | None, float | None]
    #: what its counts may be divided by, a code of ``rate_base``; a country may say otherwise (:meth:`rate_base`)
    rate: str
    #: by country: what exactly one case is there (``counts``), in which register, under which law
    countries: Mapping[str, Any]
    #: what it does not show
    limitations: Text
    #: codes that it had in earlier releases: their observations continue under the present one
    formerly: tuple[str, ...] = ()

    def rate_base(self, country: str) -> str:
        """What its counts in a country may be divided by: ``none``, ``population`` or ``women``."""
        return str(self.countries.get(country, {}).get("rate", self.rate))


@dataclass(frozen=True)
class ScorePart:
    """One thing that an item of a framework asks for: a requirement, or figures of indicators, or services."""

    #: a row of ``coverage.csv``; the other fields are empty then
    requirement: str = ""
    #: indicators that answer it, ``CODE`` or ``CODE/need``, joined by ``;``
    indicators: str = ""
    #: what their figures must meet (``data_contracts.needs``); a figure that does not is a part at most
    needs: tuple[str, ...] = ()
    #: needs that are the thing itself: a figure that meets none of them is nothing
    tells_apart: tuple[str, ...] = ()
    #: indicators whose figures are a part at most, where none of ``indicators`` answers; written alike
    partly: str = ""
    #: a code of ``service_kind``: rows of ``response_services`` answer instead of figures
    services: str = ""
    #: column of those rows that must be filled
    says: str = ""


@dataclass(frozen=True)
class ScoreItem:
    """One item of a framework: met where all its parts are; without parts it is judged by hand, or not known."""

    #: as the framework numbers it
    code: str
    #: in its own words where no requirement has them
    title: Text
    #: what it asks for, each a part of its own; empty: it is judged by hand
    parts: tuple[ScorePart, ...]
    #: the requirement whose bodies would answer; empty where ``bodies`` names them
    body: str
    #: what a reader judges an item without parts by, or what the parts do not say by themselves; None: nothing
    rule: Text | None = None
    #: the bodies by country, where no requirement has them; a country that is not here has none
    bodies: Mapping[str, Text] = field(default_factory=dict)


@dataclass(frozen=True)
class ScoreFramework:
    """A framework that countries are scored against."""

    #: a code of ``framework``
    code: str
    #: where its items were read; empty for our own
    address: str
    #: in the order of the framework
    items: tuple[ScoreItem, ...]


@dataclass(frozen=True)
class Contract:
    """Everything that is promised about the published tables."""

    #: version of the contract (``tables.yaml``), semantic
    version: str
    #: published tables by name, in the order of ``tables.yaml``
    tables: Mapping[str, Table]
    #: rules across columns and tables (``rules.yaml``)
    rules: tuple[Rule, ...]
    #: codes by code list and code; areas and indicators are lists as well
    codelists: Mapping[str, Mapping[str, Code]]
    #: indicators by code
    indicators: Mapping[str, Indicator]
    #: rows of ``codes/area.csv``
    areas: tuple[Row, ...]
    #: rows of ``codes/area_alias.csv``: spellings of areas
    area_aliases: tuple[Row, ...]
    #: rows of ``comparability.csv``
    comparability: tuple[Row, ...]
    #: rows of ``coverage.csv``: the requirements of the minimum set
    coverage: tuple[Row, ...]
    #: frameworks and their items (``scorecard.yaml``)
    scorecard: tuple[ScoreFramework, ...]
    #: cautions on tables by name
    warnings: Mapping[str, Text]
    #: codes of ``obs_status`` that a row without a value has
    null_statuses: frozenset[str]
    #: sentences for people by name (``sentences/``)
    sentences: Mapping[str, Text]
    #: steps and shares of the response chain (``cascade.yaml``)
    cascade: Mapping[str, Any]
    #: present code by former code, for each code list in which a code was renamed
    renamed: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    #: countries that are only compared with (``vocabulary.yaml``)
    comparators: tuple[str, ...] = COMPARATORS

    def rules_of(self, table: str) -> tuple[Rule, ...]:
        """Rules across the columns of a table."""
        return tuple(rule for rule in self.rules if table in rule.tables)

    def members(self, column: Column) -> tuple[str, ...] | None:
        """Codes that a column may hold, or None where it has no code list (or refers to a table)."""
        if not column.codes or "." in column.codes:
            return None
        return tuple(self.codelists[column.codes])

    def create_lookups(self, connection: duckdb.DuckDBPyConnection) -> None:
        """Create the small tables that derived columns refer to (``contract_datasets`` comes from the caller)."""
        ranges = [(i.code, *i.range) for i in self.indicators.values()]
        connection.execute(
            "CREATE OR REPLACE TEMP TABLE contract_indicators(code VARCHAR, range_min DOUBLE, range_max DOUBLE)"
        )
        insert_rows(connection, "contract_indicators", ranges)
        connection.execute("CREATE OR REPLACE TEMP TABLE contract_breakdowns(code VARCHAR)")
        insert_rows(connection, "contract_breakdowns", [[code] for code in self.codelists["breakdown"]])
        connection.execute(
            "CREATE OR REPLACE TEMP TABLE contract_null_status(code VARCHAR, value_null VARCHAR)"
        )
        insert_rows(
            connection, "contract_null_status", [[code, "yes"] for code in sorted(self.null_statuses)]
        )

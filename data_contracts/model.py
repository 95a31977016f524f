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

    en: str
    ru: str


def text(path: Path, parent: Mapped, key: str) -> Text:
    """A bilingual text ``{en:, ru:}``."""
    value = parent.get(key)
    # An unquoted comma in {en: …, ru: …} would cut the text short and leave a key behind.
    if not isinstance(value, Mapped) or set(value) != {"en", "ru"} or not all(value.values()):
        raise DeclarationError(path, parent.lines.get(key, parent.line), f"{key!r} needs a text in en and ru")
    return Text(str(value["en"]), str(value["ru"]))


@dataclass(frozen=True)
class Column:
    """One column of one table."""

    name: str
    type: str
    nullable: bool
    codes: str | None
    pattern: str | None
    min: float | None
    max: float | None
    label: Text
    meaning: Text
    example: str


@dataclass(frozen=True)
class Table:
    """One published table."""

    name: str
    title: Text
    meaning: Text
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    order: tuple[str, ...]
    min_rows: int
    derived: Mapping[str, str]
    warnings: tuple[str, ...]
    # SQL condition of the rows that the rules apply to; empty: all. History keeps codes that are no longer current.
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

    id: str
    tables: tuple[str, ...]
    severity: str
    columns: tuple[str, ...]
    sentence: Text
    violated_when: str = ""
    query: str = ""


@dataclass(frozen=True)
class Code:
    """One code of a code list."""

    code: str
    label: Text
    description: Text = Text("", "")


@dataclass(frozen=True)
class Indicator:
    """What is measured; an indicator that does not say what it counts does not load."""

    code: str
    family: str
    label: Text
    definition: Text
    counting_unit: str
    subject: str
    stage: str
    scope: str
    # Relationships of victim and aggressor that it covers; ``none`` has its reason in no_scope; None: not declared.
    relationship_scope: str | None
    no_scope: Text | None
    unit: str
    direction: str
    # Class of the International Classification of Crime for Statistical Purposes (UNODC, version 1.0, 2015); an
    # indicator of offences without one has its reason in no_iccs.
    iccs: str | None
    no_iccs: Text | None
    sdg: str | None
    domestic: bool
    range: tuple[float | None, float | None]
    rate: str
    countries: Mapping[str, Any]
    limitations: Text
    #: codes that it had in earlier releases: their observations continue under the present one
    formerly: tuple[str, ...] = ()

    def rate_base(self, country: str) -> str:
        """What its counts in a country may be divided by: ``none``, ``population`` or ``women``."""
        return str(self.countries.get(country, {}).get("rate", self.rate))


@dataclass(frozen=True)
class ScorePart:
    """One thing that an item of a framework asks for.

    ``requirement``: a row of ``coverage.csv``; or ``indicators`` with ``needs`` (a figure without them is a part) or
    with ``tells_apart`` (the needs are the thing itself: a figure without any of them is nothing); or ``services``: a
    kind of ``response_services`` whose column ``says`` must be filled. ``partly``: indicators whose figures are a part
    at most, where none of ``indicators`` answers.
    """

    requirement: str = ""
    indicators: str = ""
    needs: tuple[str, ...] = ()
    tells_apart: tuple[str, ...] = ()
    partly: str = ""
    services: str = ""
    says: str = ""


@dataclass(frozen=True)
class ScoreItem:
    """One item of a framework: met where all its parts are; without parts it is judged by hand, or not known.

    ``body``: the requirement whose bodies would answer; empty where ``bodies`` names them by country, of which the
    others have none. ``rule``: what a reader judges an item without parts by, or what the parts of an item do not say
    by themselves.
    """

    code: str
    title: Text
    parts: tuple[ScorePart, ...]
    body: str
    rule: Text | None = None
    bodies: Mapping[str, Text] = field(default_factory=dict)


@dataclass(frozen=True)
class ScoreFramework:
    """A framework that countries are scored against; ``address``: where its items were read, empty for our own."""

    code: str
    address: str
    items: tuple[ScoreItem, ...]


@dataclass(frozen=True)
class Contract:
    """Everything that is promised about the published tables."""

    version: str
    tables: Mapping[str, Table]
    rules: tuple[Rule, ...]
    codelists: Mapping[str, Mapping[str, Code]]
    indicators: Mapping[str, Indicator]
    areas: tuple[Row, ...]
    area_aliases: tuple[Row, ...]
    comparability: tuple[Row, ...]
    coverage: tuple[Row, ...]
    scorecard: tuple[ScoreFramework, ...]
    warnings: Mapping[str, Text]
    null_statuses: frozenset[str]
    sentences: Mapping[str, Text]
    cascade: Mapping[str, Any]
    #: present code by former code, for each code list in which a code was renamed
    renamed: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    comparators: tuple[str, ...] = COMPARATORS

    def rules_of(self, table: str) -> tuple[Rule, ...]:
        """Rules across the columns of a table."""
        return tuple(rule for rule in self.rules if table in rule.tables)

    def members(self, column: Column) -> tuple[str, ...] | None:
        """Codes that a column may hold, or None where it has no code list (or refers to a table)."""
        if not column.codes or "." in column.codes:
            return None
        return tuple(self.codelists[column.codes])

    def lookups(self, connection: duckdb.DuckDBPyConnection) -> None:
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

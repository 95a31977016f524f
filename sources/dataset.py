"""The models of a declared dataset: what a file of ``datasets/`` may say, one commented field a key.

A model says which keys there are, of what type (``sources.declared_values``), and what they mean. Values that refer to
something else (codes of the contract, a licence, another dataset, a reader's options) are checked in
``sources.declared_references``.

Not here: reading the files (``sources.load_datasets``, which makes these objects). Every layer from here on uses them.

::

    country: KG
    title: {en: Protection orders, ru: Охранные ордера}
    files: [{name: orders, address: https://stat.example.org/orders.csv}]
    concepts: {indicator: {const: PROTECTION_ORDERS}, ref_area: {column: Region}, time_period: {column: Year}}
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal

from pydantic import (
    BeforeValidator,
    Discriminator,
    Field,
    StrictBool,
    StrictFloat,
    StrictInt,
    Tag,
    model_validator,
)

from sources.declared_values import (
    AT_LEAST_ONE,
    Column,
    Columns,
    ContentKind,
    Date,
    Filled,
    Host,
    RegularExpression,
    WebAddress,
    Written,
)
from sources.incidents.declared import Counting
from sources.strict_model import StrictModel

HERE = Path(__file__).parent
BUNDLED = HERE / "bundled"
CONCEPTS = (
    "indicator",
    "ref_area",
    "time_period",
    "sex",
    "age",
    "violence_form",
    "relationship",
    "unit_measure",
    "nature",
    "obs_status",
    "source_id",
    "obs_lower",
    "obs_upper",
    "note",
)
#: concepts that every dataset says
REQUIRED_CONCEPTS = ("indicator", "ref_area", "time_period")
#: concepts that are numbers of the file itself
BOUNDS = ("obs_lower", "obs_upper")


# -- parts of a declaration ------------------------------------------------------------------------------------------


class Bilingual(StrictModel):
    """A text in the two languages of the codebook."""

    #: English
    en: Filled
    #: Russian
    ru: Filled


class Title(Bilingual):
    """A title; ``original`` where the publisher's is in another language or of another wording."""

    #: the publisher's own title
    original: Filled | None = None


class Concept(StrictModel):
    """How one concept is read: a constant, or a column (the first of ``columns`` that the file has)."""

    #: a code, where no column says it
    const: Written | None = None
    #: ``column``: name of a column, or several of which the first that the file has counts
    columns: Columns = Field((), alias="column")
    #: code of each label; one that is not here is refused, so that ``{}`` refuses all. An area's name needs none
    values: Mapping[Written, Written] | None = None
    #: code where the file has no such column, or ``extract`` finds nothing
    absent: Written | None = None
    #: code of an empty cell, ``_T`` where it means all; without it such a row is refused
    empty: Written | None = None
    #: regular expression: what it finds (its first group) is the label
    extract: RegularExpression | None = None
    #: code made of what ``extract`` found, at ``{}``
    template: Filled | None = None
    #: ``time_period`` alone: column of the part of the year that ``column`` has, such as a month or "I квартал"
    within: Columns = ()
    #: ``year``: an empty cell of ``within`` is the whole year; without it such a row is refused
    within_empty: Literal["year"] | None = None

    @model_validator(mode="after")
    def _one_way(self) -> "Concept":
        others = [
            key
            for key in (
                "column",
                "values",
                "absent",
                "empty",
                "extract",
                "template",
                "within",
                "within_empty",
            )
            if self._has(key)
        ]
        if self.const is None and "column" not in others:
            raise ValueError("const or column is needed")
        if self.const is not None and others:
            raise ValueError(f"const says it all: {', '.join(others)} beside it would do nothing")
        if self.template and not self.extract:
            raise ValueError("template needs extract, which finds what it is filled with")
        if self.within_empty and not self.within:
            raise ValueError("within_empty needs within, whose empty cells it is about")
        return self

    def _has(self, key: str) -> bool:
        return ("columns" if key == "column" else key) in self.model_fields_set


def _entries(value: Any) -> Any:
    if isinstance(value, str):
        raise ValueError(f"write {{column: NAME}}, {{const: CODE}}, or a list of these, not {value!r}")
    return [value] if isinstance(value, Mapping) else value


def _named(value: Any) -> Any:
    """Breakdowns by their names; a way to read one is no name."""
    ways = set(Concept.keys())
    key = next((key for key in value if key in ways), None) if isinstance(value, Mapping) else None
    if key is not None:
        raise ValueError(
            f"{key!r} is a key of one breakdown; write breakdown: {{NAME: {{{key}: …}}}}, "
            "with a name of data_contracts/codes/breakdown.csv"
        )
    return value


#: one way to read a concept, or several in order
Ways = Annotated[tuple[Concept, ...], AT_LEAST_ONE, BeforeValidator(_entries)]


class SourceFile(StrictModel):
    """One file of a dataset: a published address, or a bundled transcription."""

    #: short name, unique in the dataset; corrections and ``dvstats try`` use it
    name: Filled
    #: where the publisher has it; portals need it
    address: WebAddress | Literal[""] = ""
    #: path below ``sources/bundled/``; transcriptions need it
    bundled: Written = ""
    #: further addresses of the same file, requested in order when ``address`` gives nothing acceptable
    alternates: tuple[WebAddress, ...] = ()
    #: ``set``: codes of concepts for every row of this file, whatever its columns say
    constants: Mapping[Written, Written] = Field({}, alias="set")


class Licence(StrictModel):
    """Terms of a dataset; one entry of ``licences.yaml``."""

    #: SPDX id where there is one, else a word of our own
    id: Filled
    #: full name
    title: Filled
    #: text of the licence
    address: WebAddress | Literal[""] = ""
    #: commercial use and changes are both allowed
    open: StrictBool


Factor = Annotated[StrictFloat, Field(gt=0)]


class Scale(StrictModel):
    """A column that says of each row in what its figure is counted: thousands, millions, ones."""

    #: the column; without ``values`` it holds powers of ten, as SDMX writes them (``UNIT_MULT``)
    column: Column
    #: factors by the column's texts, such as ``{тыс. человек: 1000, человек: 1}``
    values: Mapping[Written, Factor] = {}


#: one factor, or the column that says it; which of the two is meant shows before it is checked
FactorOrScale = Annotated[
    Annotated[Factor, Tag("factor")] | Annotated[Scale, Tag("scale")],
    Discriminator(lambda given: "scale" if isinstance(given, Mapping | Scale) else "factor"),
]


class Numbers(StrictModel):
    """How the publisher writes numbers; default: only what can be read in one way."""

    #: decimal mark; ``grouped``: a comma before three digits groups them. Default: undeclared
    decimal: Literal[".", ",", "grouped"] | None = None
    #: factor of every value and bound: 1000 for a table in thousands; or the column that says it. Default: undeclared,
    #: and a row whose words say "thousands" is refused; 1 declares that such words mean nothing
    multiply: FactorOrScale | None = None
    #: status of counts with a fraction, such as ``E``. Default: a fraction of a counted thing is refused
    fractions: Filled | None = None
    #: ``skip``: a row with an empty value is no observation. Default: it is one without a value
    blank: Literal["skip"] | None = None
    #: status of a value that is only bounded from above, such as "<5"
    censored: Filled = "O"
    #: the publisher's own signs: a status, or a number as text (``{"-": "0"}``)
    symbols: Mapping[Written, Filled] = {}


class Expects(StrictModel):
    """What the files usually look like, and what a new one may change; see ``transforms.judge``."""

    #: every column of the file that is known, whether it is read or not. Default: columns are not compared
    columns: tuple[Column, ...] | None = None
    #: texts beside the figures (titles, lines below, texts of columns that are not read) that somebody read, and that
    #: change nothing: no rule looks at them
    texts: tuple[Filled, ...] = ()
    #: fewest rows of one file
    min_rows: Annotated[StrictInt, Field(ge=0)] = 0
    #: a value may grow or shrink by this factor between releases
    plausible_factor: Annotated[StrictInt | StrictFloat, Field(gt=1)] = 5
    #: share of the published cells that a new file may lack without holding the dataset
    lost_share: Annotated[StrictInt | StrictFloat, Field(ge=0, le=1)] = 0
    #: the publisher moved whole series on purpose: another unit, another base year, figures at other labels
    rescaled: StrictBool = False


Seconds = Annotated[StrictInt | StrictFloat, Field(gt=0)]


class Fetch(StrictModel):
    """How requests to the publisher are made; what is not given is as ``sources.http.fetch_policy.FetchPolicy`` has
    it."""

    #: kinds of content that count as an answer; anything else is an error page
    expected: Annotated[tuple[ContentKind, ...], AT_LEAST_ONE] = ("csv",)
    #: seconds to connect
    connect_timeout: Seconds | None = None
    #: seconds without a byte
    read_timeout: Seconds | None = None
    #: seconds for one answer, all tries together
    total_timeout: Seconds | None = None
    #: largest answer, in bytes
    max_bytes: Annotated[StrictInt, Field(gt=0)] | None = None
    #: tries after the first
    retries: Annotated[StrictInt, Field(ge=0)] | None = None
    #: seconds between two requests to one host
    min_interval: Seconds | None = None
    #: headers of the request
    headers: Mapping[Filled, Filled] | None = None
    #: file of certificates, where the publisher's are not known to the system
    ca_bundle: Filled | None = None
    #: the publisher answers 400 when it is busy
    retry_400: StrictBool = False


class Withdrawn(StrictModel):
    """Something that the publisher took back on purpose, so that its loss does not hold the dataset. One key."""

    #: code of an area
    ref_area: Filled | None = None
    #: code of an indicator
    indicator: Filled | None = None
    #: four digits
    year: Annotated[Written, Field(pattern=r"^[0-9]{4}$")] | None = None
    #: code of a sex
    sex: Filled | None = None
    #: code of an age group
    age: Filled | None = None
    #: code of a form of violence
    violence_form: Filled | None = None
    #: code of a relationship
    relationship: Filled | None = None
    #: the whole text, such as ``EDUCATION=HIGHER``
    breakdown: Filled | None = None
    #: code of a unit
    unit_measure: Filled | None = None
    #: code of a nature
    nature: Filled | None = None

    @model_validator(mode="after")
    def _one_key(self) -> "Withdrawn":
        if len(self.model_fields_set) != 1:
            raise ValueError(f"one key an entry: {', '.join(type(self).model_fields)}")
        return self


# -- the declaration -----------------------------------------------------------------------------------------------


class Dataset(StrictModel):
    """One declared dataset."""

    given_by_loader: ClassVar[frozenset[str]] = frozenset({"id"})

    #: name of the file without ending
    id: Filled
    #: ISO 3166-1 alpha-2 code, or ``*`` for an international publisher
    country: Filled
    #: what it is
    title: Title
    #: who publishes it
    publisher: Bilingual
    #: the page that a person would open
    address: WebAddress
    #: id of an entry in ``licences.yaml``
    licence: Licence
    #: how to cite it
    citation: Filled
    #: how often it appears, a code of ``cadence``: decides how soon it counts as stale
    cadence: Filled
    #: how it comes, a code of ``collection``: fetched (portal), brought (inbox), typed from a page (transcription)
    collection: Filled
    #: where several datasets give one cell, the lowest number is shown
    precedence: Annotated[StrictInt, Field(ge=1)]
    #: wire format: a module of ``sources.readers``
    reader: Filled
    #: the reader's own options, see the head of its module. Default: none
    reader_options: Mapping[str, Any] = {}
    #: the files that make up the dataset
    files: Annotated[tuple[SourceFile, ...], AT_LEAST_ONE]
    #: where each concept comes from: one way, or several of which the first that says more than "total" counts
    concepts: Mapping[Written, Ways]
    #: the same for further dimensions, by name of ``data_contracts/codes/breakdown.csv``. Default: none
    breakdown: Annotated[Mapping[Written, Ways], BeforeValidator(_named)] = {}
    #: a column that holds finished breakdown codes (``NAME=CODE;…``), instead of ``breakdown``
    breakdown_column: Column | None = None
    #: false: the address was never seen to answer
    verified: StrictBool = True
    #: ``register``: one row an incident, of which only counts leave the reader. Default: a table of figures
    kind: Literal["table", "register"] = "table"
    #: how the rows of a register are counted; registers need it
    counting: Counting | None = None
    #: of those providers alone that took part, and its rows do not say so: no figure of it is of the whole country
    reporting_only: StrictBool = False
    #: handed over by an office and not public: small counts are withheld, figures are not shown in quarantine
    restricted: StrictBool = False
    #: two sources may state the same cell; then the source is part of the key
    source_in_key: StrictBool = False
    #: the day on which the pages of bundled files were read; bundled files need it
    seen: Date | Literal[""] = ""
    #: status of a present value of which the file says nothing
    default_status: Filled = "A"
    #: rows that are meant: column and its accepted texts. Default: all rows
    where: Mapping[Column, Annotated[tuple[Written, ...], AT_LEAST_ONE]] = {}
    #: how numbers are written
    numbers: Numbers = Numbers()
    #: hosts that may be requested, redirects included; portals need them
    hosts: tuple[Host, ...] = ()
    #: how requests to the publisher are made
    fetch: Fetch = Fetch()
    #: what the files usually look like
    expects: Expects = Expects()
    #: largest share of refused rows with which the dataset is still published
    refuse_above: Annotated[StrictInt | StrictFloat, Field(ge=0, le=1)] = 0.05
    #: what the publisher took back on purpose
    withdrawn: tuple[Withdrawn, ...] = ()
    #: what a reader might set beside it and must not. Default: nothing in particular
    not_comparable_with: Bilingual | None = None
    #: id of the dataset that continues this one. Default: none
    superseded_by: Written = ""
    #: remarks for the next person who works on the declaration
    description: Written = ""

    @property
    def columns(self) -> tuple[str, ...]:
        """Every column name that the mapping refers to."""
        specs = [*self.concepts.values(), *self.breakdown.values()]
        named = [
            column for spec in specs for concept in spec for column in (*concept.columns, *concept.within)
        ]
        scale = self.numbers.multiply.column if isinstance(self.numbers.multiply, Scale) else None
        extra = [column for column in (self.breakdown_column, scale) if column]
        if self.counting:
            persons = self.counting.persons
            extra += [self.counting.incident, *([persons.column] if persons else [])]
        return tuple(dict.fromkeys([*named, *self.where, *extra]))

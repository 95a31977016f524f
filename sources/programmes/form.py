"""The form of the quarterly return: its parts, rows, columns and words.

``form.yaml`` says which part holds which rows and columns, ``words.csv`` the words that only the form has, in six
languages. Labels and choices that the contract has come from there; ``words.csv`` has them in national languages.

>>> form().parts["partners"].lines[0].keys
{'contact_point': 'enrolment'}
>>> words("ru").code("referral_source", "court")
'Суд'

A word that has no translation yet is Russian. Not here: reading a filled form (``read_return``, ``csv_form``), writing
an empty one (``pipelines.programme_template``). Called by both, and by ``transforms.programmes``.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import product
from pathlib import Path

from data_contracts.load import contract
from data_contracts.model import Column
from data_contracts.strict_files import Mapped, load_csv, load_yaml, take
from data_contracts.vocabulary import TOTAL
from sources.bundled_registers import load_register

HERE = Path(__file__).parent
#: languages of the form, by the name that each gives itself
LANGUAGES = {
    "ru": "Русский",
    "en": "English",
    "kk": "Қазақша",
    "ky": "Кыргызча",
    "tg": "Тоҷикӣ",
    "uz": "Oʻzbekcha",
}
#: languages whose words no speaker has checked yet
UNCHECKED = ("kk", "ky", "tg", "uz")
#: years of cohorts and returns that the form offers
FIRST_YEAR, LAST_YEAR = 2020, 2035
QUARTERS = tuple(f"{year}-Q{n}" for year in range(FIRST_YEAR, LAST_YEAR + 1) for n in (1, 2, 3, 4))
YES, NO = "yes", "no"
#: lists in the order of their codes, which begin with a country: those of the programme's country are offered
OF_COUNTRY = ("ref_area", "law_id")
#: the row that adds up the others, and the one column of a part of fields
TOTAL_ROW, ANSWER = "=total", "answer"
#: columns of the form itself, which need no note
_WITHOUT_NOTE = ("part", "correction_reason", ANSWER)


@dataclass(frozen=True)
class Line:
    """One row of a part."""

    #: its code in the hidden first column, such as ``court|M``
    code: str
    #: codes that the form prints, by column; empty where the provider chooses them
    keys: Mapping[str, str]


@dataclass(frozen=True)
class Part:
    """One sheet of the form."""

    #: name in ``form.yaml``, and of its sheet
    name: str
    #: the table of the contract that its rows become; empty: the questions on the programme itself
    table: str
    #: its rows in order
    lines: tuple[Line, ...]
    #: columns whose codes the form prints
    printed: tuple[str, ...]
    #: columns whose codes the provider chooses
    chosen: tuple[str, ...]
    #: columns of figures and answers
    columns: tuple[str, ...]
    #: columns that the form adds up, each with the columns that are added
    sums: Mapping[str, tuple[str, ...]]
    #: questions that must be answered, or columns of every row that says anything
    required: tuple[str, ...]
    #: the column of which the other counts of a row are parts; empty where there is none
    whole: str = ""

    @property
    def inputs(self) -> tuple[str, ...]:
        """Columns that the provider fills in, in order."""
        return (*self.chosen, *self.columns)

    @property
    def has_total(self) -> bool:
        """Whether the printed rows add up to a total: several of them, of counts of the same persons."""
        return len(self.lines) > 1 and self.table == "programme_flow"


@dataclass(frozen=True)
class Form:
    """The whole form, of one version."""

    #: as written in ``A1`` of each sheet
    version: str
    #: by name, in the order of the sheets
    parts: Mapping[str, Part]

    def part_of(self, table: str, row: Mapping[str, object]) -> Part:
        """The part from which a row of a table comes: referrals by age and by source are two parts of one table."""
        mine = [part for part in self.parts.values() if part.table == table]
        return next((p for p in mine if p.printed and row.get(p.printed[0]) != TOTAL), mine[0])


@lru_cache
def form() -> Form:
    """The form of this version; ``DeclarationError`` names file and line of a mistake."""
    path = HERE / "form.yaml"
    declared = load_yaml(path)
    take(path, declared, ("version", "parts"))
    return Form(
        str(declared["version"]), {name: _part(path, name, spec) for name, spec in declared["parts"].items()}
    )


def _part(path: Path, name: str, spec: Mapped) -> Part:
    optional = {
        "fields": [],
        "table": "",
        "rows": {},
        "choose": [],
        "lines": 0,
        "columns": [],
        "sums": {},
        "required": [],
        "whole": "",
    }
    values = take(path, spec, (), optional)
    if values["fields"]:
        lines = tuple(Line(field, {}) for field in values["fields"])
        return Part(name, "", lines, (), (), (ANSWER,), {}, tuple(values["required"]))
    if values["choose"]:
        lines = tuple(Line(str(n), {}) for n in range(1, int(values["lines"]) + 1))
    else:
        combined = product(*values["rows"].values())
        lines = tuple(
            Line("|".join(codes) or "all", dict(zip(values["rows"], codes, strict=True)))
            for codes in combined
        )
    return Part(
        name=name,
        table=values["table"],
        lines=lines,
        printed=tuple(values["rows"]),
        chosen=tuple(values["choose"]),
        columns=tuple(values["columns"]),
        sums={total: tuple(parts) for total, parts in values["sums"].items()},
        required=tuple(values["required"]),
        whole=values["whole"],
    )


@lru_cache
def column(name: str) -> Column:
    """A column of the form as the contract defines it."""
    return next(
        table.column(name)
        for table in contract().tables.values()
        if name in table.names and not (name == "programme_id" and table.name != "programmes")
    )


@lru_cache
def choices(name: str) -> tuple[str, ...]:
    """Codes that may be chosen in a column of the form; none where a figure or a text is written."""
    if name in ("return_period", "start_period"):
        return QUARTERS
    if name == "measure_unit":
        return ("PERCENT", "SCORE")
    if name == "part":
        return tuple(part for part in form().parts if form().parts[part].table)
    if name == "ref_area":
        comparators = contract().comparators
        return tuple(
            sorted(
                row["code"]
                for row in contract().areas
                if row["code"][:2] not in comparators and not row["valid_to"]
            )
        )
    if name == "correction_reason":
        return tuple(contract().codelists[name])
    if name == "law_id":
        laws = load_register("legal_framework")
        return tuple(sorted(law["law_id"] for law in laws if law["country"] not in contract().comparators))
    found = column(name)
    if found.type == "BOOLEAN":
        return (YES, NO)
    members = contract().members(found)
    return tuple(code for code in members or () if not (name == "sex" and code == "_U"))


class Words:
    """The words of the form in one language."""

    def __init__(self, language: str, table: Mapping[str, Mapping[str, str]]) -> None:
        """``table``: text by key and language."""
        self.language = language
        self._table = table

    def text(self, key: str, **filled: str) -> str:
        """A text of ``words.csv``, with its places filled in."""
        found = self._own(key) or self._table[key]["ru"]
        for name, value in filled.items():
            found = found.replace("{" + name + "}", value)
        return found

    def label(self, name: str) -> str:
        """The label of a column."""
        own = self._own(f"column.{name}")
        if own:
            return own
        found = column(name).label
        return found.en if self.language == "en" else found.ru

    def note(self, name: str) -> str:
        """What to write in a column, in words and no codes; Russian where the language is a national one."""
        if f"note.{name}" in self._table:
            return self.text(f"note.{name}")
        found = column(name).meaning
        return found.en if self.language == "en" else found.ru

    def notes(self) -> Iterator[str]:
        """All notes of the workbook."""
        for part in form().parts.values():
            named = [line.code for line in part.lines] if part.inputs == (ANSWER,) else []
            for name in (*named, *part.printed, *part.inputs, *part.sums):
                if name not in _WITHOUT_NOTE:
                    yield self.note(name)

    def sentences(self) -> Iterator[str]:
        """All sentences on mistakes, with the names of their places in braces."""
        yield from (self.text(key) for key in self._table if key.startswith("problem."))
        yield from (self.rule(rule.id) for rule in contract().rules)

    def code(self, name: str, code: str) -> str:
        """The label of a code that may be chosen or is printed in a column."""
        if code in (YES, NO):
            return self.text(f"code.{code}")
        if name in ("return_period", "start_period", "window_months"):
            return code
        if name == "part":
            return self.text(f"part.{code}")
        if name == "law_id":
            law = next(row for row in load_register("legal_framework") if row["law_id"] == code)
            return law["title_en"] if self.language == "en" else law["title_ru"]
        codelist = "correction_reason" if name == "correction_reason" else column(name).codes or name
        own = self._own(f"code.{codelist}.{code}")
        if own:
            return own
        if name == "ref_area" and self.language not in ("en", "ru"):
            area = next(row for row in contract().areas if row["code"] == code)
            return area["name_national"] or area["name_ru"]
        label = contract().codelists[codelist][code].label
        return label.en if self.language == "en" else label.ru

    def rule(self, rule_id: str) -> str:
        """The sentence of a rule of the contract."""
        own = self._own(f"rule.{rule_id}")
        if own:
            return own
        sentence = next(rule.sentence for rule in contract().rules if rule.id == rule_id)
        return sentence.en if self.language == "en" else sentence.ru

    def _own(self, key: str) -> str:
        return self._table.get(key, {}).get(self.language, "")


@lru_cache
def words(language: str) -> Words:
    """The words of the form in a language of ``LANGUAGES``; DeclarationError where a key is given twice."""
    path = HERE / "words.csv"
    table: dict[str, Mapping[str, str]] = {}
    for row in load_csv(path, ("key", *LANGUAGES)):
        if row["key"] in table:
            raise row.error(f"the key {row['key']!r} is given twice")
        table[row["key"]] = row.cells
    return Words(language, table)

"""Every wrong value of a declaration is an error that names file, line and what is known."""

from pathlib import Path

import pytest
import yaml

from data_contracts.load import contract
from sources.dataset import BOUNDS, CONCEPTS, Fetch
from sources.declared_references import unknown_code
from sources.http.fetch_policy import FetchPolicy
from sources.load_datasets import load_dataset
from tests.sources.declaration_sample import SAMPLE, declare, edited, refusal, refused_edit
from tests.text_table import text_table

SCALE = "  multiply: {column: Единица, values: {тыс. человек: 1000}}"
# Text of the sample, what is there instead, the line it is found by, part of the sentence.
VALUES = text_table(r"""
country: KG | country: KX | country | country: 'KX' is not known
cadence: quarterly | cadence: quaterly | cadence | did you mean 'quarterly'? (known: daily, weekly
collection: portal | collection: portals | collection: | did you mean 'portal'?
reader: delimited | reader: delimted | reader: | did you mean 'delimited'? (known: delimited, excel
licence: NOT-STATED | licence: CC-BY-4 | licence | did you mean 'CC-BY-4.0'?
precedence: 1 | precedence: first | precedence | precedence: a whole number is expected, not 'first'
precedence: 1 | precedence: true | precedence | a whole number is expected
precedence: 1 | precedence: 0 | precedence | greater than or equal to 1
orders\n  ru: Охранные ордера | orders | title | title: key 'ru' is missing
Affairs\n  ru: Министерство внутренних дел | Affairs | publisher | publisher: key 'ru' is missing
ru: Охранные ордера | ru: '' | ru: '' | title.ru: it is empty
address: https://stat.example.org/open/\n | address: stat.example.org\n | address: stat | no web address
- files.example.org | - https://files.example.org | - https://files.example.org | no name of a host
- files.example.org\n |  | - https://files | host files.example.org is not among hosts: stat.example.org
hosts:\n- stat.example.org\n- files.example.org\n |  | country | key 'hosts' is missing
expected: [csv] | expected: [cvs] | expected | fetch.expected: 'cvs' is no kind of content (known: csv
expected: [csv] | expected: [] | expected | fetch.expected: it is empty
expected: [csv] | expected: csv | expected | a list is expected
expected: [csv] | retries: many | retries | fetch.retries: a whole number is expected
value_columns: [Выдано] | header_row: 0 | header_row | a whole number from 1 is expected
value_columns: [Выдано] | final_newline: yes | final_newline | is not one of 'required' or 'optional'
nature: C | nature: X | nature | nature: 'X' is no code
nature: C | obs_lower: '1' | obs_lower | set: 'obs_lower' is no concept
decimal: ',' | decimal: ; | decimal | numbers.decimal: ';' is not one of
{column: Единица, values: {тыс. человек: 1000}} | 1 000 | multiply | numbers.multiply: a number is expected, not '1 000'
{column: Единица, values: {тыс. человек: 1000}} | -1 | multiply | numbers.multiply: -1 should be greater than 0
{column: Единица, values: {тыс. человек: 1000}} | true | multiply | numbers.multiply: a number is expected
{column: Единица, values: {тыс. человек: 1000}} | {} | multiply | numbers.multiply: key 'column' is missing
{тыс. человек: 1000} | {тыс. человек: 1 000} | тыс. | multiply.values.тыс. человек: a number is
{тыс. человек: 1000} | {тыс. человек: 0} | тыс. | multiply.values.тыс. человек: 0 should be greater
decimal: ',' | fractions: Z | fractions | obs_status: 'Z' is no code
decimal: ',' | fractions: M | fractions | numbers.fractions: 'M' is no status of a fraction of a count (known: E, I)
decimal: ',' | fractions: A | fractions | 'A' is no status of a fraction of a count
decimal: ',' | censored: A | censored | numbers.censored: 'A' is no status of a missing value
decimal: ',' | censored: U | censored | (known: H, K, L, M, O, Q)
decimal: ',' | symbols: {x: A} | symbols | numbers.symbols.x: 'A' is no status of a missing value
decimal: ',' | blank: drop | blank | numbers.blank: 'drop' is not one of 'skip'
decimal: ',' | censored: Z | censored | obs_status: 'Z' is no code
decimal: ',' | symbols: {'-': zero} | symbols | obs_status: 'zero' is no code
min_rows: 8 | min_rows: -1 | min_rows | greater than or equal to 0
min_rows: 8 | plausible_factor: 1 | plausible | greater than 1
min_rows: 8 | lost_share: 5 | lost_share | expects.lost_share: 5 should be less than or equal to 1
min_rows: 8 | rescaled: 'yes' | rescaled | expects.rescaled: true or false is expected
- ref_area: KG-N | - ref_area: KG-X | KG-X | ref_area: 'KG-X' is no code
- ref_area: KG-N | - sex: W | sex: W | sex: 'W' is no code
- ref_area: KG-N | - age: old | age: old | age: 'old' is no code
- ref_area: KG-N | - violence_form: ANY | ANY | violence_form: 'ANY' is no code
- ref_area: KG-N | - relationship: ANY | ANY | relationship: 'ANY' is no code
- ref_area: KG-N | - unit_measure: PERSONS | PERSONS | unit_measure: 'PERSONS' is no code
- ref_area: KG-N | - nature: X | nature: X | nature: 'X' is no code
- ref_area: KG-N | - breakdown: URBANISATION=U;ACT=ANY | ACT | breakdown: 'ACT=ANY' is no code
- ref_area: KG-N | - indicator: PROTECTION_ORDER | PROTECTION_ORDER | did you mean 'PROTECTION_ORDERS'?
- ref_area: KG-N | - year: 24 | year: 24 | withdrawn.year: it is not written as it must be
- ref_area: KG-N | - {ref_area: KG-N, year: 2024} | year: 2024 | one key an entry
const: PROTECTION_ORDERS | const: PROTECTION_ORDER | const: | indicator: 'PROTECTION_ORDER' is no code
const: PROTECTION_ORDERS | const: false | const: | a text is expected, not False; write it in quotes
const: PROTECTION_ORDERS | empty: X | indicator: | const or column is needed
const: PROTECTION_ORDERS | {const: DV_REPORTS, column: Вид} | indicator: | const says it all: column
женщины: F | женщины: W | женщины | sex: 'W' is no code (known:
column: Пол | column: [] | column: [] | column: it is empty
column: Пол | column: Пол\n    absent: T | absent | sex: 'T' is no code
column: Пол | column: Пол\n    empty: T | empty | sex: 'T' is no code
column: Пол | column: Пол\n    extract: '(ж' | extract | '(ж' is no regular expression
column: Пол | column: Пол\n    template: F | sex: | template needs extract
column: Пол | column: Пол\n    extract: ж\n    template: W | template | sex: 'W' is no code
sex:\n    column: Пол | age:\n    column: Пол | женщины | age: 'F' is no code of SDMX CL_AGE
column: Пол | column: Пол\n    within: Месяц | within | sex has no parts of a year
город: U | город: X | город | URBANISATION: 'X' is no code (known: R, U)
URBANISATION: | URBANIZATION: | URBANIZATION | did you mean 'URBANISATION'?
Вид: [ордера] | Вид: ордера | Вид | where.Вид: a list is expected
Вид: [ордера] | Вид: [] | Вид | where.Вид: it is empty
concepts: | refuse_above: 5\nconcepts: | refuse_above | less than or equal to 1
concepts: | verified: 'no'\nconcepts: | verified | true or false is expected, not 'no'
concepts: | default_status: Z\nconcepts: | default_status | obs_status: 'Z' is no code
concepts: | default_status: M\nconcepts: | default_status | is no status of a value that is there
concepts: | seen: 24.11.2026\nconcepts: | seen | is no date; write it as 2026-11-24
concepts: | source_in_key: true\nconcepts: | - name: orders | source_in_key needs a source_id
concepts: | breakdown_column: Разрез\nconcepts: | breakdown_column | exclude each other
- name: orders | - name: orders\n  address: https://stat.example.org/\n- name: orders |  | 'orders'
address: https://stat.example.org/open/orders.csv\n  alternates: | alternates: | - name: orders | needs address
ref_area:\n    column: Область\n  time_period: | time_period: | concepts: | concepts: ref_area is missing
""")
VALUES += [
    (
        f"numbers:\n  decimal: ','\n{SCALE}\n",
        "numbers: ','\n",
        "numbers",
        "numbers: a mapping is expected, not ','",
    ),
]


@pytest.mark.parametrize(
    ("old", "new", "found_by", "part"), VALUES, ids=[f"{n}: {v[3][:40]}" for n, v in enumerate(VALUES)]
)
def test_a_wrong_value_is_refused(tmp_path: Path, old: str, new: str, found_by: str, part: str) -> None:
    assert part in refused_edit(tmp_path, edited(old, new), found_by)


@pytest.mark.parametrize("bound", BOUNDS)
def test_a_bound_is_a_number_of_the_file(tmp_path: Path, bound: str) -> None:
    for key in ("const: '1'", "column: Низ, values: {a: b}", "column: Низ, extract: '[0-9]+'"):
        text = edited("  sex:\n", f"  {bound}: {{{key}}}\n  sex:\n")
        assert f": {bound} is a number of the file" in refused_edit(tmp_path, text, bound)


@pytest.mark.parametrize("concept", ["time_period", "source_id"])
def test_a_second_way_that_nobody_would_look_at_is_refused(tmp_path: Path, concept: str) -> None:
    """A list of two where the normalizer reads one."""
    declared = yaml.safe_load(SAMPLE)
    declared["concepts"][concept] = [{"column": "Год"}, {"column": "Квартал"}]
    sentence = refusal(declare(tmp_path, yaml.safe_dump(declared, allow_unicode=True)))
    assert f"concepts: {concept} takes one entry" in sentence


def test_a_text_means_what_it_shows(tmp_path: Path) -> None:
    """No truth values, octal numbers or times of day are made of labels."""
    text = edited("  Вид: [ордера]", "  Вид: [no, 010, 12:30, 1_000, 2025, 2024-01-02]")
    assert load_dataset(declare(tmp_path, text)).where["Вид"] == (
        "no",
        "010",
        "12:30",
        "1_000",
        "2025",
        "2024-01-02",
    )


def test_what_is_not_wanted_and_what_leaves_the_word_to_the_next_way(tmp_path: Path) -> None:
    """``__skip__`` is a code everywhere; "total" one where several ways are declared."""
    declared = yaml.safe_load(SAMPLE)
    ways = [{"column": "Вид", "values": {"x": "__skip__"}, "absent": "_T"}, {"const": "PROTECTION_ORDERS"}]
    declared["concepts"]["indicator"] = ways
    load_dataset(declare(tmp_path, yaml.safe_dump(declared, allow_unicode=True)))
    declared["concepts"]["indicator"] = ways[0]
    assert "'_T' is no code" in refusal(declare(tmp_path, yaml.safe_dump(declared, allow_unicode=True)))


def test_every_coded_concept_is_checked() -> None:
    """Each column of the observations that has a code list refuses a code that is not in it."""
    free = {"time_period", "source_id", "note", *BOUNDS}
    assert {name for name in CONCEPTS if unknown_code(name, "no such code") is None} == free
    for name in {*contract().tables["observations"].names} & {*CONCEPTS} - free - {"age"}:
        codes = contract().codelists[name if name != "ref_area" else "area"]
        assert unknown_code(name, next(iter(codes))) is None


def test_fetch_speaks_of_what_the_policy_knows() -> None:
    assert {*Fetch.model_fields} - {"retry_400"} <= {*FetchPolicy.__dataclass_fields__}

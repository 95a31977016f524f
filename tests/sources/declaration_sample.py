"""A declaration of a dataset and one of a register, complete, for tests that break one thing in them.

Not here: a declaration as an object, with rows of its file (``tests.transforms.sample``).
"""

from collections.abc import Callable
from pathlib import Path

import pytest

from data_contracts.strict_files import DeclarationError
from sources.load_datasets import load_dataset

SAMPLE = """\
country: KG
title:
  en: Protection orders
  ru: Охранные ордера
publisher:
  en: Ministry of Internal Affairs
  ru: Министерство внутренних дел
address: https://stat.example.org/open/
licence: NOT-STATED
citation: Ministry of Internal Affairs, open data
cadence: quarterly
collection: portal
precedence: 1
hosts:
- stat.example.org
- files.example.org
fetch:
  expected: [csv]
reader: delimited
reader_options:
  value_columns: [Выдано]
files:
- name: orders
  address: https://stat.example.org/open/orders.csv
  alternates:
  - https://files.example.org/orders.csv
  set:
    nature: C
where:
  Вид: [ордера]
numbers:
  decimal: ','
  multiply: {column: Единица, values: {тыс. человек: 1000}}
expects:
  min_rows: 8
withdrawn:
- ref_area: KG-N
not_comparable_with:
  en: Anything else
  ru: Что-либо иное
concepts:
  indicator:
    const: PROTECTION_ORDERS
  ref_area:
    column: Область
  time_period:
    column: Квартал
  sex:
    column: Пол
    values:
      женщины: F
      мужчины: M
breakdown:
  URBANISATION:
    column: Место
    values:
      город: U
"""
#: the same as a register, whose rows are counted
REGISTER = """\
kind: register
country: KG
title: {en: Incidents, ru: Случаи}
publisher: {en: Ministry, ru: Министерство}
address: https://example.org/
licence: CC-BY-4.0
citation: Ministry
cadence: monthly
precedence: 1
files: [{name: register}]
concepts:
  indicator: {const: DV_REPORTS}
  ref_area: {column: Region}
  time_period: {column: Day}
counting:
  incident: Number
  margins: [[year], [month, ref_area]]
  persons:
    column: Person
    indicator: DV_VICTIMS
  partitions:
    by: month
    since: 2025-01
expects: {columns: []}
"""


def declare(folder: Path, text: str = SAMPLE, name: str = "kg_sample.yaml") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def edited(old: str, new: str) -> str:
    assert SAMPLE.count(old) == 1, old
    return SAMPLE.replace(old, new)


def line_with(text: str, part: str) -> int:
    (line,) = [number for number, line in enumerate(text.splitlines(), 1) if part in line]
    return line


def refused_edit(folder: Path, text: str, found_by: str) -> str:
    """The sentence in which an edited declaration is refused; it names a line in which ``found_by`` stands."""
    sentence = refusal(declare(folder, text))
    lines = [number for number, line in enumerate(text.splitlines(), 1) if found_by.strip("\n") in line]
    assert any(sentence.startswith(f"kg_sample.yaml, line {line}: ") for line in lines), sentence
    return sentence


def refusal(path: Path, load: Callable[[Path], object] = load_dataset) -> str:
    with pytest.raises(DeclarationError) as caught:
        load(path)
    return str(caught.value)


def misspelt(key: str) -> str:
    return f"{key[:-1]}q{key[-1]}"

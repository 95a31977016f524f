"""The codebook names every table, column, rule, indicator, code, macro and view of the contract."""

import pytest

from data_contracts import load
from data_contracts.codebook import PAGES, codebook
from data_contracts.database_statements import database
from data_contracts.model import Contract


@pytest.fixture(scope="module")
def contract() -> Contract:
    return load.contract()


@pytest.fixture(scope="module")
def pages(contract: Contract) -> dict[str, str]:
    return codebook(contract)


def test_every_part_of_the_contract_is_on_its_page(contract: Contract, pages: dict[str, str]) -> None:
    assert tuple(pages) == PAGES
    for table in contract.tables.values():
        section = pages["codebook"].split(f"\n### `{table.name}`: ")[1].split("\n### ")[0]
        for column in table.columns:
            assert f"\n| `{column.name}` | {column.type}" in section
    for name in (*database()["macros"], *database()["views"], *(rule.id for rule in contract.rules)):
        assert f"\n| `{name}` |" in pages["codebook"]
    for indicator in contract.indicators.values():
        section = pages["indicators"].split(f"\n## `{indicator.code}`: ")[1].split("\n## ")[0]
        assert indicator.limitations.en in section and indicator.definition.ru in section
    for name, codes in contract.codelists.items():
        if name != "indicator":
            section = pages["codes"].split(f"\n## {name}\n")[1].split("\n## ")[0]
            assert section.count("\n| `") == len(codes)


def test_every_row_of_a_table_has_the_cells_of_its_header(pages: dict[str, str]) -> None:
    for text in pages.values():
        width = 0
        for line in text.splitlines():
            bars = line.count("|") if line.startswith("| ") else 0
            assert not width or not bars or bars == width, line
            width = bars

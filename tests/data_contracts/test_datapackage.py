"""The descriptor of a data package: what a column, a table and a release become in it."""

import datetime as dt
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pyarrow as pa
import pytest

from data_contracts.datapackage import data_package, field, table_schema
from data_contracts.model import Column, Contract, Table, Text

PLAIN = Column(
    name="count",
    type="INTEGER",
    nullable=True,
    codes=None,
    pattern=None,
    min=None,
    max=None,
    label=Text("Count", "Число"),
    meaning=Text("How many.", "Сколько."),
    example="7",
)


def contract(**tables: Table) -> Contract:
    """Of a contract only what the descriptor asks for."""
    members = {"sex": ("F", "M"), "area": tuple(map(str, range(101))), "hundred": tuple(map(str, range(100)))}
    made: Any = SimpleNamespace(tables=tables, members=lambda column: members.get(column.codes))
    return made


@pytest.mark.parametrize(
    ("changed", "constraints"),
    [
        ({}, None),
        ({"nullable": False}, {"required": True}),
        ({"codes": "sex"}, {"enum": ["F", "M"]}),
        ({"codes": "hundred"}, {"enum": [str(number) for number in range(100)]}),
        # A longer list is a table of its own.
        ({"codes": "area"}, None),
        ({"pattern": "x+", "min": 0, "max": 9}, {"pattern": "x+", "minimum": 0, "maximum": 9}),
    ],
)
def test_a_column(changed: dict[str, Any], constraints: dict[str, Any] | None) -> None:
    described = {
        "name": "count",
        "type": "integer",
        "title": "Count",
        "description": "How many.",
        "example": "7",
    }
    found = field(contract(), replace(PLAIN, **changed))
    assert found == described | ({"constraints": constraints} if constraints else {})


def table(name: str, *columns: Column, key: tuple[str, ...] = ()) -> Table:
    return Table(name, Text("T", "Т"), Text("M", "М"), columns, key, (), 0, {}, ())


def test_a_table_names_its_key_and_the_tables_that_it_refers_to() -> None:
    own = replace(PLAIN, name="id", type="VARCHAR", codes="figures.id")
    source = replace(PLAIN, name="source", type="VARCHAR", codes="sources.id")
    coded = replace(PLAIN, name="sex", type="VARCHAR", codes="sex")
    schema = table_schema(contract(), table("figures", own, source, coded, key=("id",)))
    assert [column["name"] for column in schema["fields"]] == ["id", "source", "sex"]
    assert schema["primaryKey"] == ["id"]
    assert schema["foreignKeys"] == [
        {"fields": ["source"], "reference": {"resource": "sources", "fields": ["id"]}}
    ]
    assert set(table_schema(contract(), table("plain", PLAIN))) == {"fields"}


def test_a_release() -> None:
    datasets = pa.table(
        {"citation": ["Cited"], "address": ["https://example.org"], "licence": ["CC0"], "dataset_id": ["x"]}
    )
    entry = {"name": "plain", "path": "plain.parquet", "bytes": 5, "sha256": "ab"}
    made = data_package(
        contract(plain=table("plain", PLAIN)),
        "20261125T031500Z",
        dt.datetime(2026, 11, 25, 3, 15),
        datasets,
        [entry],
    )
    assert (made["version"], made["created"]) == ("20261125T031500Z", "2026-11-25T03:15:00Z")
    assert made["sources"] == [
        {"title": "Cited", "path": "https://example.org", "licence": "CC0", "dataset_id": "x"}
    ]
    (resource,) = made["resources"]
    assert resource.pop("schema")["fields"][0]["name"] == "count"
    assert resource == {
        "name": "plain",
        "type": "table",
        "path": "plain.parquet",
        "format": "parquet",
        "mediatype": "application/vnd.apache.parquet",
        "encoding": "utf-8",
        "bytes": 5,
        "hash": "sha256:ab",
        "title": "T",
        "description": "M",
    }

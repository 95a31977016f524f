"""The contract as Arrow schemas, whose metadata travels in every Parquet file.

Not here: the SQL types of the DuckDB file (``sql``). Called wherever a table is built or written.
"""

import json

import pyarrow as pa

from data_contracts.model import Column, Contract, Table

ARROW = {
    "VARCHAR": pa.string(),
    "DOUBLE": pa.float64(),
    "BIGINT": pa.int64(),
    "INTEGER": pa.int32(),
    "BOOLEAN": pa.bool_(),
    "DATE": pa.date32(),
    "TIMESTAMP": pa.timestamp("us"),
}


def arrow_field(column: Column) -> pa.Field:
    """Arrow field of a column, with its meaning as field metadata."""
    metadata = {
        "label": column.label.en,
        "label_ru": column.label.ru,
        "description": column.meaning.en,
        "description_ru": column.meaning.ru,
        "example": column.example,
    }
    if column.codes:
        metadata["code_list"] = column.codes
    return pa.field(column.name, ARROW[column.type], nullable=column.nullable, metadata=metadata)


def arrow_schema(contract: Contract, table: Table) -> pa.Schema:
    """Arrow schema of a table, with title, key and contract version as metadata."""
    metadata = {
        "dvstats.table": table.name,
        "dvstats.contract": contract.version,
        "dvstats.key": json.dumps(list(table.key)),
        "title": table.title.en,
        "title_ru": table.title.ru,
        "description": table.meaning.en,
        "description_ru": table.meaning.ru,
    }
    return pa.schema([arrow_field(column) for column in table.columns], metadata=metadata)

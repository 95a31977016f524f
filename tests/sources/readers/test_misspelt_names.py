"""A name in `reader_options` that the file does not have: the error says which option, and what was probably meant.

`dvstats try` finds the line of the declaration by the option that is named.
"""

from pathlib import Path
from typing import Any, NamedTuple

import pytest

from sources.cells import ReadError
from sources.readers.protocol import read_cells

FILES = Path(__file__).resolve().parent.parent.parent / "fixtures" / "files"


class Declared(NamedTuple):
    reader: str
    reader_options: dict[str, Any]


CUBE = '{"dimension": {"id": ["t"], "size": [1], "t": {"category": {"index": ["2022"]}}}, "value": [1]}'
SIAT = '[{"metadata": [], "data": [{KEYS: "1700", "2010": 1}]}]'


CASES = [
    # (reader, file, options, the one that names what the file does not have, what was probably meant)
    (
        "delimited",
        "semicolon.csv",
        {"value_columns": ["Число пострадавши"]},
        "value_columns",
        "Число пострадавших",
    ),
    ("delimited", "semicolon.csv", {"id_columns": ["год"]}, "id_columns", "Год"),
    ("open_sdg", "open_sdg.csv", {"value": "Valeu"}, "value", "Value"),
    ("open_sdg", "open_sdg.csv", {"note_columns": ["COMENT_OBS_0"]}, "note_columns", "COMMENT_OBS_0"),
    ("sdmx_csv", "sdmx.csv", {"value": "OBS_VALEU"}, "value", "OBS_VALUE"),
    ("sdmx_csv", "sdmx.csv", {"note_columns": ["OBS_STATSU"]}, "note_columns", "OBS_STATUS"),
    ("sdmx_ml", "sdmx_structured.xml", {"value": "OBS_VALEU"}, "value", "OBS_VALUE"),
    ("json_table", "page_1.json", {"rows": "/1", "value": "valeu"}, "value", "value"),
    (
        "json_table",
        "page_1.json",
        {"rows": "/1", "value": "value", "columns": {"a": "aera.id"}},
        "columns",
        "area.id",
    ),
    ("excel", "workbook.xlsx", {"sheets": "Tabel 1"}, "sheets", "Table 1"),
    (
        "excel",
        "open_document.ods",
        {"layout": "records", "value_columns": ["Valeu"]},
        "value_columns",
        "value",
    ),
    (
        "excel",
        "open_document.ods",
        {"layout": "records", "header_rows": [1], "value_columns": ["Valeu"]},
        "value_columns",
        "value",
    ),
]


@pytest.mark.parametrize(("reader", "file", "options", "option", "meant"), CASES)
def test_the_option_and_what_was_meant_are_named(
    reader: str, file: str, options: dict[str, Any], option: str, meant: str
) -> None:
    with pytest.raises(ReadError) as caught:
        read_cells(Declared(reader, options), (FILES / file).read_bytes())
    assert f"(option {option})" in str(caught.value)
    assert f", did you mean {meant!r}?" in str(caught.value)


@pytest.mark.parametrize(
    ("reader", "options", "content", "said"),
    [
        (
            "json_stat",
            {"dataset": "Orders"},
            f'{{"orders": {CUBE}, "cases": {CUBE}}}',
            "not 'Orders' (option dataset), did you mean 'orders'",
        ),
        ("siat", {}, SIAT.replace("KEYS", '"code"'), "the row has no Code (it has 'code')"),
        (
            "siat",
            {},
            SIAT.replace("KEYS", '"Code": "1700", "Klasifikator_ru"'),
            "the key 'Klasifikator_ru' is no period (2010, 2016-Q1, 2021-M01), did you mean 'Klassifikator_ru'?",
        ),
    ],
)
def test_names_inside_a_file_are_compared_with_those_that_are_known(
    reader: str, options: dict[str, Any], content: str, said: str
) -> None:
    with pytest.raises(ReadError) as caught:
        read_cells(Declared(reader, options), content.encode())
    assert said in str(caught.value)

"""Damaged files: whatever happens to a real file, a reader answers with a table or with a ReadError."""

import random
from collections.abc import Callable, Iterator
from typing import Any

import pyarrow as pa
import pytest

from sources.cells import LOCATOR, NOTE, VALUE, ReadError
from sources.readers import delimited, json_stat, json_table, open_sdg, sdmx_csv, sdmx_ml, siat

Read = Callable[[bytes, dict[str, Any]], pa.Table]

OFFICE = {"rows": "/data", "explode": "values", "value": "value", "columns": {"year": "key"}}
SAMPLES: list[tuple[Read, str, dict[str, Any]]] = [
    (delimited.read, "tj/un-minset/8500__V_4__Ic36721ab__S94021bf2.csv", {"value_columns": ["OBS_VALUE"]}),
    (delimited.read, "intl/who-gho-2018/VIOLENCE_HOMICIDENUM.csv", {"value_columns": ["Numeric"]}),
    (delimited.read, "portals/kz-sexual-harassment/data_imp.csv", {}),
    (open_sdg.read, "portals/kg-open-sdg/ru/data/5-2-1-1a.csv", {}),
    (open_sdg.read, "kg/open-sdg-2025-08-15/ru/data/5-2-1-3.json", {}),
    (open_sdg.read, "portals/kz-open-sdg/kk/comb/5-2-1.json", {}),
    (open_sdg.read, "portals/kz-open-sdg/ru/headline/5-2-1-1.json", {}),
    (sdmx_csv.read, "intl/unicef-sdmx/CME_MRY0T4_multi_2018_2023.csv", {}),
    (sdmx_ml.read, "kg/open-sdg-sdmx/5.2.1.2.xml", {}),
    (sdmx_ml.read, "tj/tajstat-sdmx/TAJSTAT_Data.xml", {}),
    (siat.read, "uz/siat/sdmx_data_1857.json", {}),
    (json_table.read, "kg/stat-gov-kg/316_population.json", OFFICE),
]
IDS = [name for _, name, _ in SAMPLES]
CLOSED = [sample for sample in SAMPLES if not sample[1].endswith(".csv")]  # CSV does not say where it ends


def damaged(content: bytes, times: int) -> Iterator[bytes]:
    """Truncated, overwritten, cut in the middle, doubled, and re-encoded copies."""
    chance = random.Random(len(content))
    for _ in range(times):
        place = chance.randrange(len(content))
        length = chance.randrange(1, 40)
        yield content[:place]
        yield content[:place] + chance.randbytes(length) + content[place + length :]
        yield content[:place] + content[place + length :]
        yield content[:place] + chance.choice(b'"{}[],:<>&\n\r;').to_bytes() + content[place:]
    yield content + content
    yield content.decode("utf-8-sig").encode("utf-16")
    yield content.decode("utf-8-sig").encode("utf-16-be")
    yield content.decode("utf-8-sig").encode("cp1251", "replace")
    yield content[::-1]


def accept(read: Read, content: bytes, options: dict[str, Any]) -> None:
    try:
        table = read(content, options)
    except ReadError as error:
        assert error.problem and error.remedy
        return
    assert table.column_names[:3] == [VALUE, LOCATOR, NOTE]
    assert set(table.schema.types) == {pa.string()}
    assert len(set(table.column(LOCATOR).to_pylist())) == table.num_rows
    table.validate(full=True)


@pytest.mark.parametrize(("read", "name", "options"), SAMPLES, ids=IDS)
def test_damage_never_ends_in_another_exception(
    upstream: Callable[[str], bytes], read: Read, name: str, options: dict[str, Any]
) -> None:
    content = upstream(name)
    table = read(content, options)
    assert table.num_rows
    accept(read, content, options)
    for copy in damaged(content, 20):
        accept(read, copy, options)


@pytest.mark.parametrize(("read", "name", "options"), CLOSED, ids=[name for _, name, _ in CLOSED])
def test_truncated_json_and_xml_are_always_refused(
    upstream: Callable[[str], bytes], read: Read, name: str, options: dict[str, Any]
) -> None:
    content = upstream(name).rstrip()
    for place in range(0, len(content), max(1, len(content) // 15)):
        with pytest.raises(ReadError):
            read(content[:place], options)


@pytest.mark.parametrize(
    "content",
    [b"", b" ", b"\x00", b"null", b"[]", b"{}", b"<a/>", b"<html>", b"a", bytes(range(256)), b"\xff\xfe"],
)
@pytest.mark.parametrize(
    "read",
    [delimited.read, open_sdg.read, sdmx_csv.read, sdmx_ml.read, siat.read, json_table.read, json_stat.read],
)
def test_other_bytes(read: Read, content: bytes) -> None:
    accept(read, content, {"value": "value"})


@pytest.mark.parametrize(
    "read",
    [delimited.read, open_sdg.read, sdmx_csv.read, sdmx_ml.read, siat.read, json_table.read, json_stat.read],
)
def test_names_of_other_formats(upstream: Callable[[str], bytes], read: Read) -> None:
    for _, name, _ in SAMPLES:
        accept(read, upstream(name), {"value": "value"})

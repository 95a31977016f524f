"""Inputs of kinds that offices send, invented to be unlike those that the readers were written for.

The right values were written down before the first run. Each input is read right, or refused with a sentence where
reading it would be a guess. A row that is neither is the fault that this file is there to find.
"""

import gzip
import io
import json
import lzma
import zipfile
from typing import Any

import pytest

from sources.cells import ReadError
from tests.sources.readers.test_more_cases import BOTH, CUBE, GRID, HEADER, LINES, ROWS, read, rules, said
from tests.workbooks import workbook

WOMEN = ("KG-C", "2022", "F", 1204.0)
MEN = ("KG-C", "2022", "M", 61.0)
ONE_VALUE = {"reader_options": {"value_columns": ["Значение"]}}


def line(value: str, period: str = "2022") -> str:
    return f"{HEADER}Чуйская область;{period};женщины;{value}\n"


def delimited(
    text: str, encoding: str = "utf-8", options: dict[str, Any] | None = None, **more: Any
) -> set[Any]:
    """What is read of lines, with everything that is refused named beside."""
    options = {"value_columns": ["Значение"], **(options or {})}
    result = read(text.encode(encoding), "delimited", LINES, reader_options=options, **more)
    return said(result) | rules(result)


# -- numbers: what is printed, declared mark, what it is -----------------------------------------------------------

NUMBERS = [
    ("1\u202f204", None, 1204.0),
    ("1\u2009204", None, 1204.0),
    ("１２０４", None, 1204.0),
    ("1204,0", ",", 1204.0),
    ("1.204,00", ",", 1204.0),
    ("1,204.0", ".", 1204.0),
    ("1204 [3]", None, 1204.0),
    ("1204²", None, 1204.0),
    ("+1204", None, 1204.0),
    ("1,2 мың", None, 1200.0),
    ("бир миң", None, None),
    ("1'204", None, 1204.0),
    ("1 204 61", None, None),
    ("1,204", None, None),
    ("1204-1300", None, None),
    ("1204/61", None, None),
    ("١٢٠٤", None, None),
    ("O", None, None),
    ("l204", None, None),
    ("12O4", None, None),
    ("#REF!", None, None),
    ("12 чел.", None, 12.0),
    ("1 204 киши", None, 1204.0),
    ("1,2 тыс. человек", None, 1200.0),
    ("12 дел", None, None),
    ("12 чел. 3 ед.", None, None),
    ("#ДЕЛ/0!", None, None),
    ("1204 чел. (61 муж.)", None, None),
    ("0x4B4", None, None),
    ("1_204", None, None),
    ("½", None, None),
    ("1204..", None, None),
    ("=1204", None, None),
]


@pytest.mark.parametrize(("text", "decimal", "value"), NUMBERS)
def test_a_number_is_read_right_or_refused(text: str, decimal: str | None, value: float | None) -> None:
    found = delimited(line(text), numbers={"decimal": decimal} if decimal else {})
    if value is None:
        assert found <= {"unreadable_number", "no_count", "scale_undeclared"} and found
    else:
        assert found == {("KG-C", "2022", "F", value)}


# -- periods: what is printed, what it is --------------------------------------------------------------------------

PERIODS = [
    ("январь-сентябрь 2024", "2024-01-01/P9M"),
    ("9 мес. 2024 г.", "2024-01-01/P9M"),
    ("I полугодие 2024 года", "2024-S1"),
    ("2024 йил 1-чорак", "2024-Q1"),
    ("2024-жыл", "2024"),
    ("2024 жылдың 6 айы", "2024-S1"),
    ("IV кв. 2023", "2023-Q4"),
    ("2023*", "2023"),
    ("2023 г. (предварительные)", "2023"),
    ("23", None),
    ("2023 (10 мес.)", None),
    ("2023 год / 2023-жыл", "2023"),
    ("I полугодие 2023 / 2023 I жарым жылдык", "2023-S1"),
    ("2023 / 2024", None),
    ("2023 г., чел.", "2023"),
    ("2023 ж. (саны)", "2023"),
    ("2023, тыс. чел.", None),
    ("2023, %", None),
    ("2023 (9 мес., чел.)", None),
    ("за год", None),
    ("2023 (оценка)", "2023"),
    ("Выдано в 2022 году", "2022"),
    ("Выпуск 2 квартал 2023", "2023-Q2"),
    ("Зарегистрировано, 2022 г.", "2022"),
    ("Выдано в 2022 году (9 месяцев)", None),
    ("Выдано на конец 2022 года", None),
    ("Выдано на 01.01.2022", None),
    ("Отменено в 2022 году", None),
    # Two years together, which never stand in a yearly series.
    ("2023-24", "2023-01-01/P2Y"),
    ("13.2023", None),
    ("Q5 2023", None),
    ("2203", None),
]


@pytest.mark.parametrize(("text", "period"), PERIODS)
def test_a_period_is_read_right_or_refused(text: str, period: str | None) -> None:
    found = delimited(line("1204", text))
    named = {entry for entry in found if isinstance(entry, tuple)}
    assert named <= {("KG-C", period, "F", 1204.0)}, named
    assert named or found, "neither read nor refused"


def test_periods_of_several_things_that_were_counted_are_read_of_none() -> None:
    rows = [["Область", "Поступило в 2022 году", "Выдано в 2023 году"], ["Чуйская область", 120, 140]]
    result = read(workbook(rows), "excel", {**GRID, "sex": {"const": "F"}})
    assert not said(result) and rules(result) == {"unreadable_period"}


@pytest.mark.parametrize(
    ("flag", "fine"), [("KG", True), ("KGZ", True), ("e", False), ("EU", False), ("BE", False)]
)
def test_the_flag_of_a_country_is_no_flag_of_a_figure(flag: str, fine: bool) -> None:
    text = f"Область;Год;Пол;flag;Значение\nЧуйская область;2022;женщины;{flag};1204\n"
    assert delimited(text) == ({WOMEN} if fine else {"not_as_counted"})


def test_a_letter_in_a_column_of_remarks_refuses_its_row() -> None:
    rows = [["Область", "2022", "Прим.", "2023", "Прим."], ["Чуйская область", 120, "e", 130, None]]
    rows += [["Нарынская область", 30, None, 40, None]]
    result = read(workbook(rows), "excel", {**GRID, "sex": {"const": "F"}})
    assert said(result) == {("KG-N", "2022", "F", 30.0), ("KG-N", "2023", "F", 40.0)}
    assert "not_as_counted" in rules(result)


# -- lines of text -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "cp866", "koi8-r", "mac-cyrillic"])
def test_an_encoding_that_is_not_declared_is_known_by_its_mark_or_refused(encoding: str) -> None:
    try:
        found = delimited(HEADER + ROWS, encoding)
    except ReadError:
        return
    assert found <= BOTH | {"missing_column", "unreadable_file"} and found


def test_a_header_in_the_middle_is_no_figure() -> None:
    assert said(read((HEADER + ROWS + HEADER + ROWS).encode(), "delimited", LINES, **ONE_VALUE)) == BOTH


def test_an_open_quote_swallows_nothing_silently() -> None:
    text = HEADER + ROWS.replace("Чуйская", '"Чуйская', 1)
    try:
        found = delimited(text)
    except ReadError:
        return
    assert found <= {MEN, WOMEN, "unknown_area", "unreadable_record", "missing_column"} and found - BOTH


def test_a_total_of_areas_is_no_area() -> None:
    found = delimited(HEADER + ROWS + "Итого по областям;2022;женщины;9999\n")
    assert found == BOTH | {"unknown_area"}


def test_a_second_delimiter_shifts_nothing() -> None:
    with_tab = HEADER + ROWS.replace("женщины;", "женщины\t")
    found = delimited(with_tab)
    assert MEN in found and found <= {MEN, "unreadable_record"} and len(found) == 2


def test_the_column_of_the_values_twice_is_a_guess() -> None:
    text = "Область;Год;Пол;Значение;Значение\nЧуйская область;2022;женщины;1204;1205\n"
    try:
        found = delimited(text)
    except ReadError:
        return
    assert not any(isinstance(entry, tuple) for entry in found) and found


@pytest.mark.parametrize("unit", ["тыс. человек", "в тыс.", "thousand", "минг", "млн. сомов"])
def test_a_unit_in_a_column_that_nobody_declared_is_refused(unit: str) -> None:
    text = f"Область;Год;Пол;Единица;Значение\nЧуйская область;2022;женщины;{unit};1204\n"
    assert delimited(text) == {"scale_undeclared"}


# -- packed answers ------------------------------------------------------------------------------------------------


def packed(**files: bytes) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name, content in files.items():
            archive.writestr(name.replace("__", "/"), content)
    return target.getvalue()


TEXT = (HEADER + ROWS).encode()
PACKED = [
    ("one file", packed(a=TEXT), True),
    ("a folder of a Mac beside it", packed(**{"data.csv": TEXT, "MACOSX__._data.csv": b"\0\5\26\7"}), None),
    ("two tables", packed(**{"a.csv": TEXT, "b.csv": TEXT}), None),
    ("a zip in a zip", packed(**{"a.zip": packed(a=TEXT)}), None),
    ("gzip in gzip", gzip.compress(gzip.compress(TEXT)), None),
    ("gzip twice as long", gzip.compress(TEXT) + gzip.compress(ROWS.replace("2022", "2023").encode()), None),
    ("xz", lzma.compress(TEXT), None),
    ("a zip without its directory", packed(a=TEXT)[:-30], None),
]


@pytest.mark.parametrize(("content", "must"), [case[1:] for case in PACKED], ids=[case[0] for case in PACKED])
def test_a_packed_answer_is_read_whole_or_refused(content: bytes, must: bool | None) -> None:
    try:
        result = read(content, "delimited", LINES, **ONE_VALUE)
    except ReadError:
        assert must is None
        return
    more = {("KG-C", "2023", *row[2:]) for row in BOTH} if content.startswith(b"\x1f\x8b") else set()
    assert said(result) in (BOTH, BOTH | more) and not rules(result)


# -- workbooks -----------------------------------------------------------------------------------------------------


SHEETS = [
    # (cell of the figure, its number format, what it is; None: refused)
    # Shown as 1: thousands, or a layout.
    (1204, "#,##0,", None),
    (1204, '0" чел."', 1204.0),
    (1204, "0;[Red]-0", 1204.0),
    (1204, "# ##0.00", 1204.0),
    (1204, "General", 1204.0),
    ("1204", "@", 1204.0),
    (" 1 204 ", "@", 1204.0),
    ("#N/A", "General", None),
    (True, "General", None),
    (0.5, "0%", None),
]


@pytest.mark.parametrize(("cell", "form", "value"), SHEETS)
def test_a_cell_is_its_value_whatever_its_format_shows(cell: Any, form: str, value: float | None) -> None:
    content = workbook([["Область", 2022], ["Чуйская область", cell]], formats={"B2": form})
    try:
        result = read(content, "excel", {**GRID, "sex": {"const": "F"}})
    except ReadError:
        assert value is None
        return
    assert said(result) == ({("KG-C", "2022", "F", value)} if value is not None else set())
    assert value is not None or rules(result)


# -- JSON, JSON-stat, SIAT, SDMX -----------------------------------------------------------------------------------


def cube(**more: Any) -> bytes:
    made = {"id": ["time"], "size": [2], "dimension": {"time": {"category": {"index": ["2022", "2023"]}}}}
    return json.dumps({"version": "2.0", "class": "dataset", **made, "value": [1204, 61], **more}).encode()


def collection(label: str) -> bytes:
    held = json.loads(cube(label="2022-2023"))
    return json.dumps(
        {"version": "2.0", "class": "collection", "label": label, "link": {"item": [held]}}
    ).encode()


TWO_YEARS = {("KG", "2022", "_T", 1204.0), ("KG", "2023", "_T", 61.0)}
UNIT = {"metric": {"category": {"index": ["n"], "unit": {"n": {"label": "тыс. человек"}}}}}
CUBES = [
    ("whole", cube(), TWO_YEARS),
    ("a value more", cube(value=[1204, 61, 7]), None),
    ("a value less", cube(value=[1204]), None),
    ("a position twice", cube().replace(b"[1204, 61]", b'{"0": 1204, "0": 9, "1": 61}'), None),
    ("sizes of another cube", cube(size=[3]), None),
    ("a category twice", cube(dimension={"time": {"category": {"index": ["2022", "2022"]}}}), None),
    ("thousands in the label of the table", cube(label="Ордера, тыс."), "scale_undeclared"),
    ("thousands in the label of a collection", collection("Ордера, тыс."), "scale_undeclared"),
    ("a collection", collection("Ордера"), TWO_YEARS),
    (
        "thousands in a unit",
        cube(
            id=["time", "metric"],
            size=[2, 1],
            dimension={"time": {"category": {"index": ["2022", "2023"]}}, **UNIT},
        ),
        "scale_undeclared",
    ),
    ("an error instead", b'{"error": {"status": "413", "label": "too large"}}', None),
    ("numbers as texts", cube(value=["1 204", "61"]), TWO_YEARS),
    (
        "not a number",
        cube().replace(b"1204", b"NaN"),
        {("KG", "2022", "_T", None), ("KG", "2023", "_T", 61.0)},
    ),
]


@pytest.mark.parametrize(("content", "right"), [case[1:] for case in CUBES], ids=[case[0] for case in CUBES])
def test_a_cube_is_read_right_or_refused(content: bytes, right: Any) -> None:
    try:
        result = read(content, "json_stat", CUBE)
    except ReadError:
        assert right is None
        return
    if isinstance(right, set):
        assert said(result) == right and not rules(result)
    else:
        assert not said(result) & TWO_YEARS or right is None
        assert rules(result) and (right is None or rules(result) == {right})


def siat(unit: str) -> bytes:
    record = {
        "name_en": "Unit of measurement",
        "value_en": unit,
        "name_ru": "Единица измерения",
        "value_ru": unit,
    }
    data = [{"Code": "1700", "Klassifikator_en": "Republic of Uzbekistan", "2022": 1204}]
    return json.dumps([{"metadata": [record], "data": data}]).encode()


@pytest.mark.parametrize(
    ("unit", "right"),
    [
        ("persons", {("UZ", "2022", "_T", 1204.0)}),
        ("thousand people", "scale_undeclared"),
        ("минг киши", "scale_undeclared"),
    ],
)
def test_a_unit_in_the_metadata_of_a_siat_file_counts(unit: str, right: Any) -> None:
    concepts = {"ref_area": {"const": "UZ"}, "time_period": {"column": "period"}}
    result = read(siat(unit), "siat", concepts, country="UZ")
    assert (said(result) or rules(result)) == (right if isinstance(right, set) else {right})


SDMX = "STRUCTURE,STRUCTURE_ID,ACTION,REF_AREA,TIME_PERIOD,OBS_VALUE{more}\n"
FLOW = "dataflow,EX:DF(1.0),{action},KG,2022,1204{more}\n"
SDMX_CASES = [
    ("information", SDMX.format(more="") + FLOW.format(action="I", more=""), {("KG", "2022", "_T", 1204.0)}),
    ("deleted", SDMX.format(more="") + FLOW.format(action="D", more=""), None),
    ("a power of ten", SDMX.format(more=",UNIT_MULT") + FLOW.format(action="I", more=",3"), None),
    (
        "two structures",
        SDMX.format(more="")
        + FLOW.format(action="I", more="")
        + FLOW.format(action="I", more="").replace("EX:DF", "EX:OTHER").replace("1204", "61"),
        None,
    ),
]


@pytest.mark.parametrize(("text", "right"), [c[1:] for c in SDMX_CASES], ids=[c[0] for c in SDMX_CASES])
def test_a_message_of_sdmx_is_read_right_or_refused(text: str, right: Any) -> None:
    concepts = {"ref_area": {"column": "REF_AREA"}, "time_period": {"column": "TIME_PERIOD"}}
    try:
        result = read(text.encode(), "sdmx_csv", concepts)
    except ReadError:
        assert right is None
        return
    assert said(result) == (right or set()) and (right or rules(result))

import random
from collections.abc import Callable
from typing import Any

import pyarrow as pa
import pytest

from sources.cells import REMARKS, TITLES, ReadError
from sources.readers import delimited, excel
from sources.readers.delimited import _levels, titled
from sources.readers.delimited_records import STOP_AT
from tests.workbooks import workbook

Upstream = Callable[[str], bytes]
Rows = Callable[..., list[dict[str, Any]]]


def cells(text: str | bytes, **options: Any) -> list[dict[str, Any]]:
    content = text.encode() if isinstance(text, str) else text
    rows: list[dict[str, Any]] = delimited.read(content, options).to_pylist()
    return rows


def test_value_column_and_the_columns_beside_it() -> None:
    assert cells("Year,Sex,Value\n2023,Female,11002\n2023,,\n", value_columns=["Value"]) == [
        {
            "_value": "11002",
            "_locator": "line 2, column Value",
            "_note": None,
            "column": "Value",
            "Year": "2023",
            "Sex": "Female",
        },
        {
            "_value": "",
            "_locator": "line 3, column Value",
            "_note": None,
            "column": "Value",
            "Year": "2023",
            "Sex": "",
        },
    ]


def test_wide_tables_give_a_row_for_each_value_column() -> None:
    text = '"Country Name","Country Code","1960","1961",\n"Kazakhstan","KAZ","1","2",\n'
    preamble = '"Data Source","World Development Indicators",\n\n"Last Updated Date","2022-07-20",\n\n'
    found = cells(preamble + text, header_row=5, value_columns=r"^\d{4}$")
    assert [(row["column"], row["_value"], row["_locator"]) for row in found] == [
        ("1960", "1", "line 6, column 1960"),
        ("1961", "2", "line 6, column 1961"),
    ]
    assert found[0]["column 5"] == ""
    by_ids = cells(text, id_columns=["Country Name", "Country Code", "column 5"])
    assert [row["_value"] for row in by_ids] == ["1", "2"]
    assert [row["_value"] for row in cells(text)] == ["Kazakhstan", "KAZ", "1", "2", ""]
    both = cells(text, id_columns=["Country Code"], value_columns=["1961"])
    assert both[0] == {
        "_value": "2",
        "_locator": "line 2, column 1961",
        "_note": None,
        "column": "1961",
        "Country Code": "KAZ",
    }


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_delimiters_and_line_ends(end: str, delimiter: str) -> None:
    text = 'Year,Area,Value\n2015,"a\n, ; | \'b\' ""c""",1\n\n2016,x,2\n'
    text = text.replace(",", delimiter).replace("\n", end)
    found = cells(text, value_columns=["Value"])
    assert [(row["_value"], row["_locator"]) for row in found] == [
        ("1", "line 2, column Value"),
        ("2", "line 5, column Value"),
    ]
    assert found[0]["Area"] == f"a{end}{delimiter} ; | 'b' \"c\"".replace(",", delimiter)


def test_decimal_commas_do_not_mislead() -> None:
    assert cells("Год;Всего\n2015;1,5\n2016;2,5\n", value_columns=["Всего"])[1]["_value"] == "2,5"
    found = cells("Country, name;Year;Value\nKazakhstan, Republic;2015;1,5\n", value_columns=["Value"])
    assert found[0]["Country, name"] == "Kazakhstan, Republic"


@pytest.mark.parametrize("text", ["Year\n2015\n", "a,b;c\n1,2;3\n", "just some prose\nwithout any table\n"])
def test_undecided_delimiter_must_be_declared(text: str) -> None:
    with pytest.raises(ReadError, match="delimiter"):
        cells(text)
    assert cells(text, delimiter=";")


FOOTED = """Область;Год;Выдано
Чуйская область;2024;1 204
г. Бишкек;2024;61*
Всего;;1 265

* предварительные данные
Источник: министерство; 2025 год
"""


def test_the_table_ends_where_it_is_declared_to_end() -> None:
    found = cells(FOOTED, value_columns=["Выдано"], stop_at=r"^\*")
    assert [row["_value"] for row in found] == ["1 204", "61*", "1 265"]
    assert "_problem" not in found[0]
    # What is below the table need not be complete.
    assert len(cells(FOOTED.rstrip("\n"), value_columns=["Выдано"], stop_at=r"^\*")) == 3
    assert (
        len(cells("a;b\n1;2\n\n ; Source  of   all\n", value_columns=["b"], stop_at="^Source of all$")) == 1
    )


def test_a_remark_below_the_table_is_refused_with_its_remedy() -> None:
    problems = [row.get("_problem") for row in cells(FOOTED, value_columns=["Выдано"])]
    assert problems == [
        *[None] * 3,
        f"the record has 1 cell, the header has 3. {STOP_AT}",
        f"the record has 2 cells, the header has 3. {STOP_AT}",
    ]
    with pytest.raises(ReadError, match="declare the option stop_at"):
        cells("a;b;c\n1;2;3\n* note", value_columns=["c"])


@pytest.mark.parametrize(
    ("last", "place"),
    [
        ("г. Ош;2024;…", "line 3"),
        ("г. Ош;2024;1 265", "line 3"),
        ("Всего;;1 265", "line 3"),
        ("Всего;;12,5 %", "line 3"),
        ("Всего;;<5", "line 3"),
        ("Всего;;12\n* remark", "line 3"),
    ],
)
def test_skip_footer_leaves_out_no_data(last: str, place: str) -> None:
    """A file that lost its footer loses no record for it."""
    with pytest.raises(ReadError, match="skip_footer: .* looks like data") as caught:
        cells(f"Область;Год;Выдано\nЧуйская область;2024;1 204\n{last}\n", skip_footer=last.count("\n") + 1)
    assert caught.value.place == place
    assert "stop_at" in caught.value.remedy


def test_skip_footer_leaves_out_remarks() -> None:
    for remark in ("Source: ministry", "Source;ministry;", "Источник: министерство;;", "Source; page 3"):
        text = f"Область;Год;Выдано\nЧуйская область;2024;1 204\n{remark}\n"
        assert [row["_value"] for row in cells(text, value_columns=["Выдано"], skip_footer=1)] == ["1 204"]


def test_a_column_that_is_spelt_nearly_so_is_named() -> None:
    for option in ("value_columns", "id_columns", "note_columns"):
        with pytest.raises(
            ReadError, match=rf"no column 'Vlaue' \(option {option}\), did you mean 'Value'\?"
        ):
            cells("Year,Value\n2015,1\n", **{option: ["Vlaue"]})


def test_headers_that_repeat_or_collide() -> None:
    found = cells("Value,Value,,column,_value\n1,2,3,4,5\n")
    assert [row["column"] for row in found] == ["Value", "Value (2)", "column 3", "column (2)", "_value (2)"]


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("a,b\n1,2\n1", "line 3"),
        ('a,b\n1,"2\n', "line 2"),
        ('a,b\n1,"2"x\n', "line 2"),
    ],
)
def test_ragged_and_broken_records_name_their_line(text: str, place: str) -> None:
    with pytest.raises(ReadError) as caught:
        cells(text)
    assert caught.value.place == place


def test_notes_footers_and_final_newline() -> None:
    text = "Year,Flag,Foot,Value\n2015,r,,1\n2016,|,break,2\nSource: office\n"
    found = cells(text, value_columns=["Value"], note_columns=["Flag", "Foot"], skip_footer=1)
    assert [row["_note"] for row in found] == ["r", "|; break"]
    assert list(found[0]) == ["_value", "_locator", "_note", "column", "Year"]
    with pytest.raises(ReadError, match="cut off"):
        cells("a,b\n1,2", final_newline="required")
    assert cells("a,b\n1,2")[1]["_value"] == "2"


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"delimiter": ";;"}, "reader option delimiter=';;' is not one character"),
        ({"header_row": 0}, "reader option header_row=0 is not a whole number from 1"),
        ({"header_row": 9}, "line 9: the header line does not tell the delimiter (candidates:"),
        ({"header_row": "1"}, "reader option header_row='1' is not a whole number from 1"),
        ({"skip_footer": -1}, "reader option skip_footer=-1 is not a whole number from 0"),
        ({"value_columns": ["Total"]}, "the header has no column 'Total' (option value_columns); it has "),
        ({"value_columns": "("}, "reader option value_columns='(' is not a regular expression"),
        ({"value_columns": "^none$"}, "the header has no column '^none$' (option value_columns); it has"),
        ({"value_columns": 3}, "reader option value_columns=3 is not a list of names"),
        ({"id_columns": ["Total"]}, "the header has no column 'Total' (option id_columns); it has Yea"),
        ({"note_columns": ["Total"]}, "the header has no column 'Total' (option note_columns); it has Y"),
        ({"final_newline": "maybe"}, "reader option final_newline='maybe' is not one of optional, requ"),
        ({"encoding": "no"}, "reader option encoding='no' is not a known encoding"),
    ],
)
def test_wrong_options_are_refused(options: dict[str, Any], says: str) -> None:
    with pytest.raises(ReadError) as caught:
        cells("Year,Value\n2015,1\n", **options)
    assert str(caught.value).startswith(says)


def test_header_alone_is_an_empty_table() -> None:
    table = delimited.read(b"Year,Value\n", {"value_columns": ["Value"]})
    assert (table.num_rows, table.column_names[3:]) == (0, ["column", "Year"])


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("header_row", [1, 3])
def test_the_fast_way_gives_the_same(monkeypatch: pytest.MonkeyPatch, end: str, header_row: int) -> None:
    chance = random.Random(5)
    alphabet = ["", " ", "a", "NA", "null", "1.0", "№", "'", "true", "0x1"]
    lines = [",".join(["x", *(chance.choice(alphabet) for _ in range(2))]) for _ in range(500)]
    text = end.join([*["preamble"] * (header_row - 1), "x,y,Value", *lines])
    options = {"value_columns": ["Value"], "header_row": header_row}
    slow = delimited.read(text.encode(), options)
    monkeypatch.setattr(delimited, "FAST_FROM", 0)
    monkeypatch.setattr(delimited, "_tables", None)
    fast = delimited.read(text.encode(), options)
    assert fast.to_pylist() == slow.to_pylist()
    assert fast.schema == slow.schema


def test_the_fast_way_leaves_blank_and_ragged_lines_to_the_slow(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delimited, "FAST_FROM", 0)
    found = cells("a,b\n1,2\n\n3,4\n\n", value_columns=["b"])
    assert [row["_locator"] for row in found] == ["line 2, column b", "line 4, column b"]
    assert cells("\na,b\n1,2\n", value_columns=["b"])[0]["_locator"] == "line 3, column b"
    for blank in (",\n", " , \r\n", ","):
        found = cells(f"a,b\n1,2\n{blank}", value_columns=["b"])
        assert [row["_locator"] for row in found] == ["line 2, column b"]
    assert [row["_problem"] for row in cells("a,b\n1,2\n3\n", value_columns=["b"])] == [
        None,
        f"the record has 1 cell, the header has 2. {STOP_AT}",
    ]


def test_locators_lead_back_to_the_text(upstream: Upstream) -> None:
    content = upstream("intl/who-gho-2018/VIOLENCE_HOMICIDENUM.csv")
    lines = content.decode().splitlines()
    table = delimited.read(content, {"value_columns": ["Display Value"]})
    assert table.num_rows == 194
    for row in table.to_pylist():
        line = int(row["_locator"].split(",")[0].removeprefix("line "))
        assert f'"{row["COUNTRY"]}"' in lines[line - 1]
        assert f'"{row["_value"]}"' in lines[line - 1]


def test_figures_of_real_files(upstream: Upstream, rows: Rows) -> None:
    table = delimited.read(
        upstream("intl/who-gho-2018/VIOLENCE_HOMICIDENUM.csv"), {"value_columns": ["Display Value"]}
    )
    assert rows(table, COUNTRY="UZB")[0]["_value"] == "920 [767 - 1066]"
    table = delimited.read(upstream("intl/worldbank-population/population.csv"), {"value_columns": ["Value"]})
    assert rows(table, **{"Country Code": "KGZ", "Year": "2024"})[0]["_value"] == "7221868"
    table = delimited.read(
        upstream("intl/unsd-gender-2021/8100__V_1__Ia8b55125__S9a5e3c3a.csv"),
        {"value_columns": ["OBS_VALUE"]},
    )
    (row,) = rows(table, ISO3="KGZ", AGE="Y_GE15")
    assert (row["_value"], row["LOWER_BOUND"], row["UPPER_BOUND"]) == ("11.6", "6.1", "20.8")
    assert table.num_rows == 314


def test_mark_and_crlf_of_the_attitudes_file(upstream: Upstream, rows: Rows) -> None:
    table = delimited.read(upstream("tj/dhs-attitudes/violence_data.csv"), {"value_columns": ["Value"]})
    assert table.num_rows == 12600
    assert table.column_names[4] == "RecordID"
    tajik = {"Country": "Tajikistan", "Gender": "F", "Demographics Response": "15-24"}
    (row,) = rows(table, Question="... for at least one specific reason", **tajik)
    assert (row["_value"], row["Survey Year"]) == ("55.7", "1/1/2017")


def test_convictions_with_a_mark_and_mixed_headers(upstream: Upstream, rows: Rows) -> None:
    content = upstream("portals/kz-sexual-harassment/data_imp.csv")
    table = delimited.read(content, {"value_columns": ["amnt_osuzhden", "сумма штрафа"]})
    assert set(table.column("column").to_pylist()) == {"amnt_osuzhden", "сумма штрафа"}
    assert table.column_names[4] == "type_of_punish"


@pytest.mark.parametrize(
    ("above", "below", "refused"),
    [
        (";;2022;;2023", ";F;M;F;M", True),
        (";;2022;;;2023;", ";F;M;_T;F;M;_T", True),
        # A total stands before the groups; the texts are where they belong; one text alone.
        (";;2022;;2023;", ";_T;F;M;F;M", False),
        (";2022;;2023;", ";F;M;F;M", False),
        (";;2022", ";F;M", False),
    ],
)
def test_years_inside_their_groups_of_columns_are_of_nobody(above: str, below: str, refused: bool) -> None:
    """Read carelessly: the women of 2023 as those of 2022, since each year heads the blanks to its right."""
    figures = ";".join(str(number) for number in range(10, 10 + below.count(";")))
    text = f"Region{above}\n{below}\nChuy;{figures}\n"
    rows = [
        [int(cell) if cell.isdecimal() else cell or None for cell in line.split(";")]
        for line in text.splitlines()
    ]
    if refused:
        with pytest.raises(ReadError, match="'2022', '2023' in the header do not stand above the first"):
            cells(text, header_rows=[1, 2], id_columns=["Region"])
        with pytest.raises(ReadError, match="do not stand above the first"):
            excel.read(workbook(rows), {"header_rows": [1, 2]})
    else:
        assert cells(text, header_rows=[1, 2], id_columns=["Region"])
        assert excel.read(workbook(rows), {"header_rows": [1, 2]}).num_rows == below.count(";")


@pytest.mark.parametrize(
    ("header", "problem"),
    [
        # One text is lost: men of 2021, or those of 2022.
        ("Region;2021;2021;2022;2022\n;F;F;M\n", "line 2: the line of the header has 4 cells"),
        ("Region;2021;2022;;2023;\n;F;M;F;M;F;M\n", "line 1: the line of the header has 6 cells"),
        ("Region;2021;2021;2022;2022\n;;;;\n", "line 2: the line is blank"),
        ('Region;"2021\n*";;2022;\n\n;F;M;F;M\n', "line 3: the line is blank"),
    ],
)
def test_a_short_or_blank_line_of_a_header_is_refused(header: str, problem: str) -> None:
    """Read carelessly: the women of 2022 as men, and a record as the header."""
    with pytest.raises(ReadError) as caught:
        cells(f"{header}Chuy;12;1;14;2\nOsh;3;4;5;6\n", header_rows=[1, 2], id_columns=["Region"])
    assert str(caught.value).startswith(problem)


@pytest.mark.parametrize(
    ("above", "below", "refused"),
    [
        (";2021;;2022;;", ";F;M;F;M;Total", True),
        # A text stands too far to the left or right, or is lost.
        (";2021;2022;;2023;;", ";F;M;F;M;F;M", True),
        (";2021;;;2022", ";F;M;F;M", True),
        (";2021;;;;2023;", ";F;M;F;M;F;M", True),
        (";2021;2021;2022;2022;", ";F;M;F;M;Total", True),
        (";2021;;2022;;;", ";F;M;F;M;F;M", True),
        # A group of its own; the same in each group; other things that are counted.
        (";2021;;2022;;Total", ";F;M;F;M;", False),
        (";2021;;;2022;;", ";F;M;Total;F;M;Total", False),
        (";Cases;;Orders;;", ";opened;closed;issued;broken;ended", False),
        (";2021;;", ";F;M;Total", False),
    ],
)
def test_a_column_that_cannot_be_of_the_group_to_its_left(above: str, below: str, refused: bool) -> None:
    """Read carelessly: the total of both years as that of 2022, whose text heads the blanks to its right."""
    figures = ";".join(str(number) for number in range(10, 10 + below.count(";")))
    text = f"Region{above}\n{below}\nChuy;{figures}\n"
    rows = [
        [int(cell) if cell.isdecimal() else cell or None for cell in line.split(";")]
        for line in text.splitlines()
    ]
    for read in (
        lambda: cells(text, header_rows=[1, 2], id_columns=["Region"]),
        lambda: excel.read(workbook(rows), {"header_rows": [1, 2]}).to_pylist(),
    ):
        if refused:
            with pytest.raises(ReadError, match="in the header stands behind '20.*is not known"):
                read()
        else:
            assert len(read()) == below.count(";")


def test_two_header_rows_are_levels() -> None:
    text = "Область;2022;;2023;\n;женщины;мужчины;женщины;мужчины\nЧуйская;12;1;14;2\n"
    found = cells(text, header_rows=[1, 2], value_columns="^20")
    assert [(r["Область"], r["col_1"], r["col_2"], r["column"], r["_value"]) for r in found] == [
        ("Чуйская", "2022", "женщины", "2022 / женщины", "12"),
        ("Чуйская", "2022", "мужчины", "2022 / мужчины", "1"),
        ("Чуйская", "2023", "женщины", "2023 / женщины", "14"),
        ("Чуйская", "2023", "мужчины", "2023 / мужчины", "2"),
    ]
    assert found[0]["_locator"] == "line 3, column 2022 / женщины"
    with pytest.raises(ReadError, match="header_rows"):
        cells(text, header_rows=[1, 3])


@pytest.mark.parametrize(
    ("end", "record", "problem"),
    [
        ("", "12;1;14", "4 cells, the header has 5"),
        (";", "12;1;14", "4 cells, the header has 5"),
        (";;", "12;1;14", "4 cells, the header has 6"),
        (";", "12;1;14;2;3", "6 cells, the header has 5"),
        (";", "12;1;14;2;", None),
        (";;", "12;1;14;2", None),
    ],
)
def test_a_record_has_as_many_cells_as_the_levels_of_the_header_together(
    end: str, record: str, problem: str | None
) -> None:
    """Read carelessly: a blank for the one of four figures that is missing, and nobody knows which."""
    text = f"Область;2022;;2023{end}\n;женщины;мужчины;женщины;мужчины\nЧуйская;{record}\nОшская;5;6;7;8\n"
    found = cells(text, header_rows=[1, 2], value_columns="^20")
    assert {row.get("_problem") for row in found[:4]} == {problem and f"the record has {problem}"}
    assert [row["_value"] for row in found[4:]] == ["5", "6", "7", "8"]


@pytest.mark.parametrize(
    "text", ["a;b\n1;2;\n3;4;\n", "a;b;\n1;2;\n3;4;\n", "a;b;\n1;2\n3;4\n", "a;b\n1;2;;\n3;4\n"]
)
def test_a_delimiter_at_the_end_of_records_is_none(text: str) -> None:
    found = cells(text, value_columns=["b"], id_columns=["a"])
    assert [(row["a"], row["_value"]) for row in found] == [("1", "2"), ("3", "4")]
    assert "_problem" not in found[0]


@pytest.mark.parametrize("between", ["\n", " ", "  ", "\u00a0", " \r\n"])
def test_white_space_in_a_declared_header_is_any(between: str) -> None:
    text = 'Viloyat;"Jami\norderlar";"Izoh  matni"\nBuxoro;12;x\n'
    (row,) = cells(
        text,
        value_columns=[f"Jami{between}orderlar"],
        note_columns=[f"Izoh{between}matni"],
        id_columns=["Viloyat"],
    )
    assert (row["column"], row["_value"], row["_note"]) == ("Jami orderlar", "12", "x")


@pytest.mark.parametrize(
    ("text", "problems"),
    [
        ("Ҳудуд;Сол;Шумора;\nСуғд;2023;210;\nХатлон;2023;44;17;\n", [None, "5 cells, the header has 4"]),
        ("Land,Wert,,\nBayern,12,,\nHessen,4,5,,\nBerlin,7,,\n", [None, "5 cells, the header has 4", None]),
        # A column without a name, which most records fill.
        ("Viloyat;Soni;\nBuxoro;12;x;\nXorazm;4;y;\n", [None, None]),
        ("Viloyat;Soni;\nBuxoro;12;x\nXorazm;4;\n", [None, None]),
    ],
)
def test_a_cell_more_before_the_delimiter_at_the_end_is_no_column(
    text: str, problems: list[str | None]
) -> None:
    found = cells(text, value_columns=[next(n for n in ("Шумора", "Wert", "Soni") if n in text)])
    assert [row.get("_problem") for row in found] == [p and f"the record has {p}" for p in problems]


def test_a_record_of_another_width_is_refused_alone() -> None:
    found = cells("a,b,c\n1,2,3\n4,5\n6,7,8,9\n10,11,12\n", value_columns=["c"])
    assert [(row["_value"], row["_problem"]) for row in found] == [
        ("3", None),
        (None, "the record has 2 cells, the header has 3"),
        ("8", "the record has 4 cells, the header has 3"),
        ("12", None),
    ]
    with pytest.raises(ReadError, match="breaks off"):
        cells("a,b,c\n1,2,3\n4,5", value_columns=["c"])


@pytest.mark.parametrize("mark", ["\ufeff", "\ufeff\ufeff", "\u200b", "\u00a0", "\u200e\ufeff", "\u00ad"])
def test_invisible_characters_around_a_header_are_none_of_its_name(mark: str) -> None:
    within = mark.replace("\u00a0", "")
    (row,) = cells(f"{mark}Re{within}gion{mark},Value{mark}\nChui,1\n", value_columns=["Value"])
    assert (row["column"], row["Region"], row["_value"]) == ("Value", "Chui", "1")


def test_a_joined_file_begins_again_with_its_header_behind_a_mark() -> None:
    """Read carelessly: the rows of the second file are below another header."""
    found = cells("Region,Sex,Value\nChui,F,1\n\ufeffRegion,Sex,Value\nOsh,F,2\n", value_columns=["Value"])
    assert [row.get("_problem") for row in found] == [None] * 3
    assert (found[2]["Region"], found[2]["_value"]) == ("Osh", "2")


def test_a_declared_column_that_is_there_twice_is_refused() -> None:
    text = "Year,Value,Value\n2022,1,2\n"
    for options in ({"value_columns": ["Value"]}, {"value_columns": "^Value$"}):
        with pytest.raises(ReadError, match="'Value' twice"):
            cells(text, **options)
    assert [row["_value"] for row in cells(text, value_columns=["Value", "Value (2)"])] == ["1", "2"]


@pytest.mark.parametrize(
    ("text", "title", "remarks"),
    [
        ("a,b\n1,2\n", "", ""),
        ("Table 1\n\n thousand persons;;\na;b\n1;2\n", "Table 1 / thousand persons", "thousand persons"),
        ("a,b\n1,2\nSource: office, late\n", "", "Source: office, late"),
        ("a,b\n1,2\nSource: office, 2024\n", "", "Source: office, 2024"),
        ("a,b\n1,2\nOsh, 2024\n", "", ""),
        ("a;b\n1;2\n* Preliminary; late\n", "", "* Preliminary; late"),
        ("a;b\nOsh;2\nword\n5, 6\n", "", "word"),
        ("Source: x;y\na;b\n1;2\n", "Source: x;y", ""),
        ("a,b\n" + "1,2\n" * 3000 + "Source: office\n", "", "Source: office"),
        ("a,b\nSource: far\n" + "1,2\n" * 3000, "", ""),
    ],
)
def test_lines_above_the_header_and_below_the_table(text: str, title: str, remarks: str) -> None:
    options = {"header_row": text.splitlines().index("a;b" if "a;b" in text else "a,b") + 1}
    metadata = titled(pa.table({}), text, options).schema.metadata or {}
    assert metadata.get(TITLES[0], b"").decode() == title
    assert metadata.get(REMARKS.encode(), b"").decode() == remarks


@pytest.mark.parametrize(
    ("rows", "levels"),
    [
        ([["r", "U", "", "R"], ["", "f", "m", "f"]], [["r", ""], ["U", "f"], ["U", "m"], ["R", "f"]]),
        ([["r", "U", ""], ["", "f", "m"]], [["r", ""], ["U", "f"], ["U", "m"]]),
        ([["", "U", "", ""], ["", "a", "", "b"], ["", "x", "y", ""]],
         [["", "", ""], ["U", "a", "x"], ["U", "a", "y"], ["U", "b", ""]]),
        ([["a ", "b"]], [["a"], ["b"]]),
    ],
)  # fmt: skip
def test_levels_of_a_header_of_several_lines(rows: list[list[str]], levels: list[list[str]]) -> None:
    assert _levels(rows) == levels

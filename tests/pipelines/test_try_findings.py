"""What `dvstats try` finds: names of the declaration that the files do not have, and what it expects of them."""

from pathlib import Path

import pytest

from pipelines.cli.main import main
from pipelines.try_declaration import Tried, try_declaration
from tests.pipelines.tried_declaration import HEADER, TWO, declare, written
from tests.workbooks import workbook


def line_of(declaration: Path, part: str) -> str:
    lines = declaration.read_text(encoding="utf-8").splitlines()
    (line,) = [number for number, text in enumerate(lines, 1) if part in text]
    return f"{declaration.name}, line {line}"


def found(tried: Tried) -> list[tuple[str, str, str]]:
    return [(row["finding"], row["severity"], row["detail"]) for row in tried.findings]


def test_a_misspelt_column_is_named_with_its_line_and_what_was_meant(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Once, not once a row, whatever the column is read for."""
    declaration = declare(tmp_path, columns=("Область", "Квартал", "Поль"))
    file = written(tmp_path / "orders.csv", *TWO)
    assert main(["try", str(declaration), str(file)]) == 3
    shown = capsys.readouterr().out
    place = line_of(declaration, "Поль")
    assert "critical The file has no column Поль; did you mean Пол? It has" in shown
    assert f"orders; {place}" in shown
    assert "  refused  " not in shown
    for more in ("where: {Квартл: [x]}\n", "numbers: {multiply: {column: Квартл}}\n"):
        declaration = declare(tmp_path, more=more)
        tried = try_declaration(declaration, [file])
        place = line_of(declaration, "Квартл")
        assert ("misspelt_column", "critical", f"orders; {place}") in found(tried)
        assert "did you mean Квартал?" in tried.findings[0]["reason_en"]


@pytest.mark.parametrize(
    ("options", "title", "more", "finding", "says"),
    [
        ("{}", "", "", "column_of_figures", "The column Область of the file is read as one of figures"),
        (
            "{id_columns: [Пол]}",
            "",
            "",
            "column_of_figures",
            "The column Область of the file is read as one of",
        ),
        ("{}", "Ордера;;;\n", "", "missing_column", "it has column (Ордера, column 2, column 3, column 4)."),
        ("{}", "Ордера;;;\n", "restricted: true\n", "missing_column", "no column Область; it has column."),
    ],
)
def test_columns_that_are_read_as_figures_are_named(
    tmp_path: Path, options: str, title: str, more: str, finding: str, says: str
) -> None:
    """The file has the column that is missing, or another header; of a restricted file nothing is quoted."""
    declaration = declare(tmp_path, options=options)
    declaration.write_text(more + declaration.read_text(encoding="utf-8"), encoding="utf-8")
    file = tmp_path / "orders.csv"
    file.write_text(f"{title}{HEADER}Чуйская область;2025-Q1;женщины;1204\n", encoding="utf-8")
    tried = try_declaration(declaration, [file])
    assert (tried.findings[0]["finding"], says in tried.findings[0]["reason_en"]) == (finding, True)
    assert line_of(declaration, "ref_area") in tried.findings[0]["detail"]
    assert {row["rule"] for row in tried.refused.to_pylist()} == {"missing_column"}
    assert all("is read as one of figures" in r["reason_en"] or title for r in tried.refused.to_pylist())


def test_the_declaration_comes_first(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    declaration = declare(tmp_path)
    file = written(tmp_path / "orders.csv", "Чуйская область;2025-Q1;женщины;1204")
    assert main(["try", str(file), str(declaration)]) == 2
    assert "orders.csv is no declaration (NAME.yaml). The declaration comes first" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("женщины, мужчины", ""),
        (
            "женщины, мужчыны",
            'holds no "мужчыны" in column Пол, which the declaration asks for (where); did you mean "мужчины"?',
        ),
        ("девочки", 'holds no "девочки" in column Пол, which the declaration asks for (where).'),
        ("женщины, девочки", ""),
    ],
)
def test_a_value_that_where_asks_for_and_the_file_has_not(tmp_path: Path, asked: str, said: str) -> None:
    """Its rows would be left out without a word; one of several may well be missing in a file."""
    declaration = declare(tmp_path, more=f"where: {{Пол: [{asked}]}}\n")
    tried = try_declaration(declaration, [written(tmp_path / "orders.csv", *TWO)])
    sentences = [row["reason_en"] for row in tried.findings if row["finding"].startswith("where_")]
    assert [said in sentence for sentence in sentences] == ([True] if said else [])


def test_a_level_of_the_header_that_is_misspelt_is_named(tmp_path: Path) -> None:
    declaration = declare(
        tmp_path, reader="excel", options="{header_rows: [1, 2]}", columns=("row_1", "col1", "col_2")
    )
    lines = [["Область", "2024", "2024"], [None, "женщины", "мужчины"], ["Чуйская область", 1204, 61]]
    (tmp_path / "orders.xlsx").write_bytes(workbook(lines))
    tried = try_declaration(declaration, [tmp_path / "orders.xlsx"])
    assert found(tried) == [("misspelt_column", "critical", f"orders; {line_of(declaration, 'col1')}")]
    assert "did you mean col_1?" in tried.findings[0]["reason_en"]


def test_a_misspelling_that_absent_would_hide_is_a_warning(tmp_path: Path) -> None:
    """And the rows that another column says are of a part are refused."""
    more = "  age: {column: [Врозраст, Age], absent: _T}\n  relationship: {column: Связь, absent: _T}\n"
    declaration = declare(tmp_path, more=more)
    file = tmp_path / "orders.csv"
    header = HEADER.replace("Выдано", "Возраст;Выдано")
    file.write_text(f"{header}Чуйская область;2025-Q1;женщины;18-29;7\n", encoding="utf-8")
    tried = try_declaration(declaration, [file])
    assert (tried.good.num_rows, *tried.refused["rule"].to_pylist()) == (0, "unread_dimension")
    assert found(tried) == [("misspelt_column", "warning", f"orders; {line_of(declaration, 'Врозраст')}")]
    mended = declare(tmp_path, more=more.replace("Врозраст", "Возраст"))
    assert found(try_declaration(mended, [file])) == []


def test_an_option_of_the_reader_that_the_file_contradicts_is_named_with_its_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    declaration = declare(tmp_path, options="{value_columns: [Выдоно]}")
    file = written(tmp_path / "orders.csv", *TWO)
    assert main(["try", str(declaration), str(file)]) == 1
    shown = capsys.readouterr().out
    assert "no column 'Выдоно' (option value_columns), did you mean 'Выдано'?" in shown
    assert f"{file}; {line_of(declaration, 'value_columns')}" in shown
    assert shown.count("value_columns") == 1


def test_what_the_declaration_expects_is_judged(tmp_path: Path) -> None:
    expects = "expects:\n  columns: [Область, Квартл, Пол, Район, column]\n  min_rows: 3\n"
    declaration = declare(tmp_path, more=expects)
    tried = try_declaration(declaration, [written(tmp_path / "orders.csv", *TWO)])
    place = line_of(declaration, "columns: [Область")
    assert found(tried) == [
        ("vanished_column", "warning", f"Квартл, did you mean 'Квартал'?; {place}"),
        ("vanished_column", "warning", f"Район; {place}"),
        ("below_min_rows", "warning", "orders: 2 < 3"),
    ]
    assert (tried.good.num_rows, tried.exit_status) == (2, 0)
    declaration = declare(tmp_path, more="expects: {columns: [column], min_rows: 2}\n")
    other = tmp_path / "orders.csv"
    other.write_text(f"Район;{HEADER}x;{TWO[0]}\nx;{TWO[1]}\n", encoding="utf-8")
    assert found(try_declaration(declaration, [other])) == [("new_column", "warning", "Район")]


def test_a_heading_between_the_rows_that_says_nothing_known_is_a_warning(tmp_path: Path) -> None:
    rows = [["Область", "2023"], ["Чуйская область", 12], ["Юг", None], ["Нарынская область", 7]]
    file = tmp_path / "orders.xlsx"
    file.write_bytes(workbook(rows))
    for options in ("{}", "{sections: true}"):
        declaration = declare(tmp_path, reader="excel", options=options, columns=("row_1", "col_1", "row_1"))
        text = declaration.read_text(encoding="utf-8")
        sex = next(line for line in text.splitlines() if line.startswith("  sex:"))
        declaration.write_text(text.replace(sex, "  sex: {const: F}"), encoding="utf-8")
        tried = try_declaration(declaration, [file])
        found = [row for row in tried.findings if row["finding"] == "unread_headings"]
        assert [row["severity"] for row in found] == ["warning"]
        assert 'Sheet!A3 "Юг"' in found[0]["detail"] and tried.good.num_rows == 2


def test_marks_in_a_column_of_notes_that_nothing_reads_are_a_warning(tmp_path: Path) -> None:
    file = tmp_path / "orders.csv"
    rows = (
        f"{TWO[0]};1)",
        f"{TWO[0].replace('2025', '2023')};*",
        f"{TWO[0].replace('2025', '2024')};",
        f"{TWO[1].replace('2025', '2024')};без Оша",
    )
    file.write_text("\n".join((f"{HEADER.strip()};Сноска", *rows)), encoding="utf-8")
    tried = try_declaration(declare(tmp_path), [file])
    (warning,) = tried.findings
    assert (warning["finding"], warning["severity"], warning["detail"]) == (
        ("unread_marks", "warning", f"{file}: Сноска")
    )
    assert (
        'Column Сноска has marks beside figures, and the declaration does not read it: "*" (1), "1)" (1).'
        in (warning["reason_en"])
    )
    listed = declare(tmp_path, more="expects: {columns: [Область, Квартал, Пол, column, Сноска]}\n")
    assert not try_declaration(listed, [file]).findings


@pytest.mark.parametrize("reader", ["delimited", "excel"])
@pytest.mark.parametrize(("heading", "left"), [("Женщины", 1), ("Источник", 0)])
def test_rows_with_figures_below_the_declared_end_of_a_table_are_a_warning(
    tmp_path: Path, reader: str, heading: str, left: int
) -> None:
    """Read carelessly: the second half of a table is gone, and nothing says so."""
    rows = [HEADER.strip().split(";"), TWO[0].split(";"), [heading], *([TWO[0].split(";")] * left)]
    options = (
        f"{{value_columns: [Выдано], stop_at: ^{heading}{', layout: records' if reader == 'excel' else ''}}}"
    )
    file = tmp_path / ("orders.csv" if reader == "delimited" else "orders.xlsx")
    text = "\n".join(";".join(row) for row in rows)
    file.write_bytes(text.encode() if reader == "delimited" else workbook(rows))
    tried = try_declaration(declare(tmp_path, reader=reader, options=options), [file])
    assert tried.good.num_rows == 1
    place = "line 4" if reader == "delimited" else "Sheet!D4"
    words = " | ".join(TWO[0].split(";"))
    assert [(row["finding"], row["severity"], row["detail"]) for row in tried.findings] == (
        [("rows_left_out", "warning", f'{file}: {place} "{words}"')] * left
    )


def test_a_second_table_below_the_end_of_the_first_is_read_and_not_left_out(tmp_path: Path) -> None:
    file = tmp_path / "orders.xlsx"
    file.write_bytes(
        workbook([["Область", "2023"], ["Чуйская область", 12], ["Область", "2024"], ["Чуйская область", 7]])
    )
    options = "{header_rows: [1], stop_at: ^Область}"
    both = "{tables: [{header_rows: [1], stop_at: ^Область}, {header_rows: [3]}]}"
    for given, found in ((options, ["rows_left_out"]), (both, [])):
        declaration = declare(tmp_path, reader="excel", options=given, columns=("row_1", "col_1", "row_1"))
        text = declaration.read_text(encoding="utf-8")
        sex = next(line for line in text.splitlines() if line.startswith("  sex:"))
        declaration.write_text(text.replace(sex, "  sex: {const: F}"), encoding="utf-8")
        tried = try_declaration(declaration, [file])
        assert [row["finding"] for row in tried.findings] == found and tried.good.num_rows == 2 - len(found)

"""`dvstats try`: a declaration and files anywhere, read as in a refresh, nothing published."""

import json
from pathlib import Path

import pytest

from pipelines.cli.main import main
from pipelines.try_declaration import Tried, matched, try_declaration
from sources.load_datasets import load_dataset
from tests.workbooks import workbook
from transforms.apply_corrections import Correction, Corrections

DECLARATION = """\
country: KG
title: {en: Protection orders, ru: Охранные ордера}
publisher: {en: Ministry of Internal Affairs, ru: Министерство внутренних дел}
address: https://stat.example.org/open/
licence: NOT-STATED
citation: Ministry of Internal Affairs, open data
cadence: quarterly
collection: COLLECTION
precedence: 1
hosts: [stat.example.org]
fetch: {expected: [csv]}
reader: READER
reader_options: OPTIONS
files:
- {name: orders, address: https://stat.example.org/open/orders.csv}
- {name: earlier, address: https://stat.example.org/open/archive.csv}
concepts:
  indicator: {const: PROTECTION_ORDERS}
  ref_area: {column: AREA}
  time_period: {column: PERIOD}
  sex: {column: SEX, values: {женщины: F, мужчины: M}}
"""
HEADER = "Область;Квартал;Пол;Выдано\n"


def declare(
    folder: Path,
    *,
    reader: str = "delimited",
    options: str = "{value_columns: [Выдано]}",
    columns: tuple[str, str, str] = ("Область", "Квартал", "Пол"),
    collection: str = "portal",
    more: str = "",
) -> Path:
    text = DECLARATION.replace("READER", reader).replace("OPTIONS", options)
    for name, column in zip(("AREA", "PERIOD", "SEX"), columns, strict=True):
        text = text.replace(name, column)
    path = folder / "kg_tried.yaml"
    path.write_text(text.replace("COLLECTION", collection) + more, encoding="utf-8")
    return path


def written(path: Path, *lines: str) -> Path:
    path.write_text(HEADER + "".join(f"{line}\n" for line in lines), encoding="utf-8")
    return path


def rows(tried: Tried) -> set[tuple[object, ...]]:
    names = ("ref_area", "time_period", "sex", "obs_value", "obs_status")
    return {tuple(row[name] for name in names) for row in tried.good.to_pylist()}


def test_csv_end_to_end(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Good rows, a refused one with the path that was given, and exit status 3; JSON of three lists."""
    declaration = declare(tmp_path)
    file = written(
        tmp_path / "orders.csv",
        "Чуйская область;2025-Q1;женщины;1 204",
        "Нарынская область;2025-Q1;мужчины;…",
        "Чуйская область;2025-Q1;дети;7",
    )
    assert main(["try", str(declaration), str(file), "--json"]) == 3
    answer = json.loads(capsys.readouterr().out)
    assert list(answer) == ["good", "refused", "findings"]
    assert {(r["ref_area"], r["obs_value"], r["obs_status"]) for r in answer["good"]} == {
        ("KG-C", 1204.0, "A"),
        ("KG-N", None, "O"),
    }
    (refused,) = answer["refused"]
    assert (refused["rule"], refused["file"]) == ("unmapped_label", str(file))
    assert refused["raw_locator"] == "line 4, column Выдано"
    assert main(["try", str(declaration), str(file)]) == 3
    shown = capsys.readouterr().out
    assert f"{file}, line 4, column Выдано: '7': The label \"дети\"" in shown
    assert "Nothing was published" in shown


def test_xlsx_end_to_end(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A workbook of an office: title, header, labels at the side."""
    declaration = declare(
        tmp_path, reader="excel", options="{header_rows: [2, 3]}", columns=("row_1", "col_1", "col_2")
    )
    lines = [
        ["Выдано ордеров"],
        ["Область", "2024", "2024"],
        [None, "женщины", "мужчины"],
        ["Чуйская область", 1204, 61],
        ["г. Бишкек", 2311, "…"],
    ]
    file = tmp_path / "book.xlsx"
    file.write_bytes(workbook(lines))
    assert main(["try", str(declaration), str(file)]) == 0
    assert "4 observations and 0 refused rows from 1 of 1 files" in capsys.readouterr().out
    assert rows(try_declaration(declaration, [file])) == {
        ("KG-C", "2024", "F", 1204.0, "A"),
        ("KG-C", "2024", "M", 61.0, "A"),
        ("KG-GB", "2024", "F", 2311.0, "A"),
        ("KG-GB", "2024", "M", None, "O"),
    }


def test_an_unreadable_file_is_a_finding_and_the_others_are_read(tmp_path: Path) -> None:
    declaration = declare(tmp_path)
    broken = tmp_path / "archive.csv"
    broken.write_bytes(b"%PDF-1.4 no table")
    good = written(tmp_path / "orders.csv", "Чуйская область;2025-Q1;женщины;1 204")
    tried = try_declaration(declaration, [broken, good])
    assert rows(tried) == {("KG-C", "2025-Q1", "F", 1204.0, "A")}
    (finding,) = tried.findings
    assert (finding["finding"], finding["severity"]) == ("unreadable_file", "critical")
    assert "the file is a PDF document" in finding["reason_en"]
    assert finding["detail"].startswith(str(broken))
    assert tried.exit_status == 3
    assert try_declaration(declaration, [broken]).exit_status == 1


def test_a_file_without_rows_says_so(tmp_path: Path) -> None:
    tried = try_declaration(declare(tmp_path), [written(tmp_path / "orders.csv")])
    assert [(row["finding"], row["detail"]) for row in tried.findings] == [("file_without_rows", "orders")]


def test_files_are_merged_as_in_a_refresh(tmp_path: Path) -> None:
    """Equal rows of two files count once, contradicting ones are refused on both sides."""
    declaration = declare(tmp_path)
    one = written(
        tmp_path / "one.csv",
        "Чуйская область;2025-Q1;женщины;1 204",
        "г. Бишкек;2025-Q1;женщины;5",
    )
    two = written(
        tmp_path / "two.csv",
        "Чуйская область;2025-Q1;женщины;1204",
        "г. Бишкек;2025-Q1;женщины;6",
    )
    tried = try_declaration(declaration, [one, two])
    assert rows(tried) == {("KG-C", "2025-Q1", "F", 1204.0, "A")}
    assert {(r["rule"], r["file"], r["published_value"]) for r in tried.refused.to_pylist()} == {
        ("duplicate_key", str(one), "5"),
        ("duplicate_key", str(two), "6"),
    }


def test_files_are_matched_by_name_then_in_order_then_as_pages(tmp_path: Path) -> None:
    dataset = load_dataset(declare(tmp_path))
    names = ["x.csv", "archive.csv", "y.csv", "z.csv"]
    found = matched(dataset, [Path(name) for name in names])
    assert [declared and declared.name for declared, _ in found] == ["orders", "earlier", "orders", "orders"]


def test_inbox_takes_a_stated_period_and_refuses_personal_data(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    plain = tmp_path / "plain.csv"
    plain.write_text("Область;Пол;Выдано\nЧуйская область;женщины;12\n", encoding="utf-8")
    options = "{value_columns: [Выдано]}"
    columns = ("Область", "stated_period", "Пол")
    declaration = declare(tmp_path, collection="inbox", columns=columns, options=options)
    tried = try_declaration(declaration, [plain], period="2024-Q3")
    assert rows(tried) == {("KG-C", "2024-Q3", "F", 12.0, "A")}
    persons = tmp_path / "persons.csv"
    persons.write_text(
        "Область;Пол;Телефон;Выдано\n"
        + "".join(f"Чуйская область;женщины;+996 555 12345{n};1\n" for n in range(5)),
        encoding="utf-8",
    )
    tried = try_declaration(declaration, [persons], period="2024-Q3")
    assert not tried.good.num_rows
    assert ["personal data" in finding["reason_en"] for finding in tried.findings] == [True]
    assert main(["try", str(declaration), str(plain), "--period", "soon"]) == 2
    assert "'soon' is no period" in capsys.readouterr().err
    assert main(["try", str(declare(tmp_path)), str(plain), "--period", "2024"]) == 2
    assert "collection: portal" in capsys.readouterr().err


def test_wrong_usage_and_a_broken_declaration(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    declaration = declare(tmp_path)
    assert main(["try", str(declaration), str(tmp_path / "none.csv")]) == 2
    assert "no such file" in capsys.readouterr().err
    file = written(tmp_path / "orders.csv", "Чуйская область;2025-Q1;женщины;1 204")
    broken = declare(tmp_path, more="cadense: yearly\n")
    assert main(["try", str(broken), str(file)]) == 1
    assert "kg_tried.yaml, line 22: unknown key 'cadense', did you mean 'cadence'?" in capsys.readouterr().err


def test_restricted_figures_are_withheld_and_not_shown_in_quarantine(tmp_path: Path) -> None:
    """Disclosure control as in a refresh: a small count is withheld, a refused cell keeps its figure to itself."""
    declaration = declare(tmp_path, collection="inbox", more="restricted: true\n")
    file = written(
        tmp_path / "orders.csv",
        "Чуйская область;2025-Q1;женщины;2",
        "г. Бишкек;2025-Q1;женщины;5 311",
        "г. Бишкек;2025-Q1;дети;77",
    )
    tried = try_declaration(declaration, [file])
    values = {row["ref_area"]: row["obs_value"] for row in tried.good.to_pylist()}
    assert values["KG-C"] is None
    (refused,) = tried.refused.to_pylist()
    assert (refused["rule"], refused["published_value"], refused["row"]) == ("unmapped_label", None, None)


def test_a_correction_that_no_longer_matches_is_a_finding(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    correction = Correction(
        "kg-tried-digit",
        "kg_tried",
        "orders",
        "Область=Чуйская область; Квартал=2025-Q1; Пол=женщины",
        "line 2, column Выдано",
        "override",
        "9",
        "8",
        "a digit",
        "2026-11-24",
        "reported",
    )
    monkeypatch.setattr("transforms.apply_corrections.load_corrections", lambda: Corrections((correction,)))
    declaration = declare(tmp_path)
    file = written(tmp_path / "orders.csv", "Чуйская область;2025-Q1;женщины;1 204")
    tried = try_declaration(declaration, [file])
    assert [finding["finding"] for finding in tried.findings] == ["correction_unused"]
    assert tried.exit_status == 3
    mended = written(tmp_path / "orders.csv", "Чуйская область;2025-Q1;женщины;9")
    tried = try_declaration(declaration, [mended])
    assert rows(tried) == {("KG-C", "2025-Q1", "F", 8.0, "A")}
    assert tried.good["published_value"].to_pylist() == ["9"]


def test_the_repository_need_not_know_the_declaration(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """What it refers to must exist all the same."""
    file = written(tmp_path / "orders.csv", "Чуйская область;2025-Q1;женщины;1 204")
    declaration = declare(tmp_path, more="superseded_by: kg_nothing\n")
    assert main(["try", str(declaration), str(file)]) == 1
    lines = declaration.read_text(encoding="utf-8").splitlines()
    line = lines.index("superseded_by: kg_nothing") + 1
    assert f"kg_tried.yaml, line {line}: superseded_by: no other dataset" in capsys.readouterr().err


# -- names of the declaration that the files do not have, and what it expects -----------------------------------------

TWO = ("Чуйская область;2025-Q1;женщины;1 204", "Нарынская область;2025-Q1;мужчины;…")


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
    """Else the figures of women would be published as everybody's."""
    more = "  age: {column: [Врозраст, Age], absent: _T}\n  relationship: {column: Связь, absent: _T}\n"
    declaration = declare(tmp_path, more=more)
    file = tmp_path / "orders.csv"
    header = HEADER.replace("Выдано", "Возраст;Выдано")
    file.write_text(f"{header}Чуйская область;2025-Q1;женщины;18-29;7\n", encoding="utf-8")
    tried = try_declaration(declaration, [file])
    assert tried.good.num_rows == 1
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


def test_the_terminal_says_that_it_shows_the_first_rows_only(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = [f"Чуйская область;{year};женщины;{year}" for year in range(2000, 2020)]
    file = written(tmp_path / "orders.csv", *lines)
    declaration = declare(tmp_path)
    assert main(["try", str(declaration), str(file)]) == 0
    assert "(the first 12 of 20 rows)" in capsys.readouterr().out
    assert main(["try", str(declaration), str(written(file, *lines[:12]))]) == 0
    assert "(12 rows)" in capsys.readouterr().out


def test_a_contradiction_names_the_other_cell(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = written(tmp_path / "orders.csv", TWO[0], TWO[0].replace("1 204", "1 240"))
    assert main(["try", str(declare(tmp_path)), str(file)]) == 3
    shown = capsys.readouterr().out
    assert f"{file}, line 2, column Выдано: '1 204': Another cell" in shown
    assert "with another value: line 3, column Выдано." in shown
    assert "with another value: line 2, column Выдано." in shown


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

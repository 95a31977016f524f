"""The two examples of CONTRIBUTING.md and its table of what real files have: each does what the text says."""

import re
from pathlib import Path

import pytest

from pipelines.cli.main import main
from pipelines.try_declaration import Tried, try_declaration
from tests.workbooks import workbook

TEXT = (Path(__file__).resolve().parent.parent.parent / "CONTRIBUTING.md").read_text(encoding="utf-8")
FENCE = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
BLOCKS = [block for _, block in FENCE.findall(TEXT)]
ORDERS = next(block for block in BLOCKS if block.startswith("Область;Квартал"))
LABELS = next(block for block in BLOCKS if block.startswith("column,label"))
CSV_YAML = next(block for block in BLOCKS if "header of the value" in block)
EXCEL_YAML = next(block for block in BLOCKS if "reader: excel" in block)


def write(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def shown_rows(text: str, after: str) -> list[list[str]]:
    """Rows of the table that the document prints below a sentence."""
    table = text.split(after, 1)[1].split("```", 1)[0]
    return [[cell.strip() for cell in line.split("│")] for line in table.splitlines() if "│" in line]


def as_shown(tried: Tried) -> list[list[str]]:
    """Observations as the terminal prints them, blanks and marks apart."""
    names = ("indicator", "ref_area", "time_period", "sex", "obs_value", "unit_measure", "obs_status")
    rows = []
    for row in tried.good.to_pylist():
        cells = ["" if row[name] is None else str(row[name]) for name in names]
        cells[4] = f"{row['obs_value']:,.0f}".replace(",", " ") if row["obs_value"] is not None else ""
        rows.append([*cells, row["published_value"], row["raw_locator"]])
    return rows


def test_the_csv_example(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    declaration = write(tmp_path, "kg_example_orders.yaml", CSV_YAML)
    file = write(tmp_path, "orders.csv", ORDERS)
    assert main(["try", str(declaration), str(file)]) == 3
    shown = capsys.readouterr().out.replace(f"{tmp_path}/", "")
    assert shown in TEXT
    write(tmp_path, "kg_example_orders.labels.csv", LABELS)
    tried = try_declaration(declaration, [file])
    first = "kg_example_orders: 8 observations and 0 refused rows from 1 of 1 files, 0 findings"
    assert (tried.good.num_rows, tried.refused.num_rows, tried.findings) == (8, 0, [])
    printed = shown_rows(TEXT, first)
    assert len(printed) == 2
    assert all(row in as_shown(tried) for row in printed)


def test_the_mistakes_that_the_text_shows(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = write(tmp_path, "orders.csv", ORDERS)
    write(tmp_path, "kg_example_orders.labels.csv", LABELS)
    wrong = write(tmp_path, "kg_example_orders.yaml", CSV_YAML.replace("quarterly ", "quaterly "))
    assert main(["try", str(wrong), str(file)]) == 1
    said = capsys.readouterr().err
    assert said.split("(known:")[0] in TEXT
    write(tmp_path, "kg_example_orders.yaml", CSV_YAML.replace("Квартал, Пол, column", "Квартл, Пол, column"))
    assert main(["try", str(wrong), str(file)]) == 0
    (warning,) = [line for line in capsys.readouterr().out.splitlines() if line.startswith("  warning")]
    assert warning in TEXT


def test_the_excel_example(tmp_path: Path) -> None:
    """The table of the text, with its merged cells."""
    rows = []
    for row in re.findall(r"^\| \d \| (.*) \|$", TEXT, re.MULTILINE):
        cells = [re.sub(r" \(with .*\)", "", cell.strip()) for cell in row.split("|")]
        rows.append([int(cell) if cell.isdigit() else cell or None for cell in cells])
    content = workbook(rows, title="Лист1", merge=("A2:A3", "B2:C2", "D2:E2"))
    (tmp_path / "centres.xlsx").write_bytes(content)
    declaration = write(tmp_path, "kg_example_centres.yaml", EXCEL_YAML)
    tried = try_declaration(declaration, [tmp_path / "centres.xlsx"])
    assert (tried.good.num_rows, tried.refused.num_rows, tried.findings) == (12, 0, [])
    declaration.write_text(EXCEL_YAML.replace("min_rows: 12", "min_rows: 13"), encoding="utf-8")
    (finding,) = try_declaration(declaration, [tmp_path / "centres.xlsx"]).findings
    assert finding["finding"] == "below_min_rows"
    printed = shown_rows(TEXT, "kg_example_centres: 12 observations and 0 refused rows from 1 of 1 files")
    assert len(printed) == 2
    assert all(row in as_shown(tried) for row in printed)


AWKWARD = """Число обращений
Область;Год;Всего;женщины;мужчины
Всего по республике;2024;1 204;1 100;104
Чуйская область;2024;96;…;-
Итого по югу;2024;7;5;2
;;;;
* предварительные данные
Источник: министерство
"""


def test_what_real_csv_files_have(tmp_path: Path) -> None:
    """Title, figures of each sex in columns of their own, totals, remarks: as the table of the text says."""
    spec = CSV_YAML.replace("Квартал", "Год").replace("min_rows: 8", "min_rows: 4")
    spec = spec.replace(
        "{value_columns: [Выдано ордеров]}",
        "{header_row: 2, stop_at: '^([*]|Источник)', value_columns: [Всего, женщины, мужчины]}",
    )
    area = "{column: Область, values: {Всего по республике: KG, Итого по югу: __skip__}}"
    spec = spec.replace("{column: Область}", area)
    values = "values: {Всего: _T, женщины: F, мужчины: M}"
    spec = spec.replace("{column: Пол}", f"{{column: column, {values}}}").replace(" Пол, column]", " column]")
    declaration = write(tmp_path, "kg_awkward.yaml", spec)
    tried = try_declaration(declaration, [write(tmp_path, "orders.csv", AWKWARD)])
    assert (tried.refused.num_rows, tried.findings) == (0, [])
    names = ("ref_area", "sex", "obs_value", "obs_status")
    assert [tuple(row[name] for name in names) for row in tried.good.to_pylist()] == [
        ("KG", "_T", 1204.0, "A"),
        ("KG", "F", 1100.0, "A"),
        ("KG", "M", 104.0, "A"),
        ("KG-C", "_T", 96.0, "A"),
        ("KG-C", "F", None, "O"),
        ("KG-C", "M", None, "M"),
    ]
    for option in ("{header_row: 2, ", "stop_at: '^([*]|Источник)', "):
        declaration.write_text(spec.replace(option, "{" if option[0] == "{" else ""), encoding="utf-8")
        again = try_declaration(declaration, [tmp_path / "orders.csv"])
        assert again.exit_status, option


def test_a_csv_file_with_two_lines_of_header(tmp_path: Path) -> None:
    options = "{header_rows: [1, 2], id_columns: [Область]}"
    assert f"`reader_options: {options}`" in TEXT
    spec = CSV_YAML.replace("{value_columns: [Выдано ордеров]}", options).replace("Пол, column]", "column]")
    spec = (
        spec.replace("Квартал, ", "")
        .replace("{column: Квартал}", "{column: col_1}")
        .replace("min_rows: 8", "min_rows: 2")
    )
    spec = spec.replace("{column: Пол}", "{column: col_2, values: {женщины: F, мужчины: M}}")
    file = write(tmp_path, "orders.csv", ";2024;\nОбласть;женщины;мужчины\nЧуйская область;96;…\n")
    tried = try_declaration(write(tmp_path, "kg_levels.yaml", spec), [file])
    assert (tried.refused.num_rows, tried.findings) == (0, [])
    names = ("ref_area", "time_period", "sex", "obs_value")
    assert {tuple(row[name] for name in names) for row in tried.good.to_pylist()} == {
        ("KG-C", "2024", "F", 96.0),
        ("KG-C", "2024", "M", None),
    }

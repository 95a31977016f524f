"""`dvstats try`: a declaration and files anywhere, read as in a refresh, nothing published."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from pipelines.cli.main import main
from pipelines.try_declaration import matched, try_declaration
from sources.load_datasets import load_dataset
from tests.pipelines.tried_declaration import TWO, declare, rows, written
from tests.workbooks import workbook
from transforms.apply_corrections import Correction, Corrections


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


def test_what_a_file_says_beside_its_figures_is_shown(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "orders.csv"
    file.write_text(
        "Область;Квартал;Пол;Выдано;Охват\nЧуйская область;2025-Q1;женщины;1 204;без двух районов\n",
        encoding="utf-8",
    )
    declaration = declare(tmp_path)
    main(["try", str(declaration), str(file)])
    assert "beside   Охват: без двух районов" in capsys.readouterr().out


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


def test_a_correction_that_no_longer_matches_is_a_finding_and_its_figure_is_refused(
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
    assert rows(tried) == {("KG-C", "2025-Q1", "F", 1204.0, "A")} and tried.exit_status == 3
    respelt = written(tmp_path / "orders.csv", "Chuy Region;2025-Q1;женщины;9", "г. Ош;2025-Q1;женщины;9")
    tried = try_declaration(declaration, [respelt])
    assert rows(tried) == {("KG-GO", "2025-Q1", "F", 9.0, "A")}
    (refused,) = tried.refused.to_pylist()
    assert (refused["rule"], refused["raw_locator"]) == ("known_wrong", "line 2, column Выдано")
    fitting = written(tmp_path / "orders.csv", "Чуйская область;2025-Q1;женщины;9")
    tried = try_declaration(declaration, [fitting])
    assert rows(tried) == {("KG-C", "2025-Q1", "F", 8.0, "A")}
    assert tried.good["published_value"].to_pylist() == ["9"]
    misnamed = Corrections((replace(correction, file="order"),))
    monkeypatch.setattr("transforms.apply_corrections.load_corrections", lambda: misnamed)
    tried = try_declaration(declaration, [fitting])
    assert not tried.good.num_rows and tried.refused["rule"].to_pylist() == ["known_wrong"]


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

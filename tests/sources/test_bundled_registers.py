"""Registers: rows as written, with file and line; what is malformed is refused."""

from pathlib import Path

import pytest

from data_contracts.strict_files import DeclarationError
from sources.bundled_registers import HEADERS, load_register

NAME = "publications"
HEADER = ",".join(HEADERS[NAME])
ROW = "s1,Office,,Report,https://x.example.org/,2024-01-01,2024-02-02,ru,слова,,"


def register(folder: Path, **files: str) -> Path:
    """A folder of registers; a new one each time, for registers are loaded once."""
    (folder / NAME).mkdir()
    for name, text in files.items():
        (folder / NAME / f"{name}.csv").write_text(text, encoding="utf-8")
    return folder


def test_rows_come_back_as_written_in_order_of_file_and_line(tmp_path: Path) -> None:
    folder = register(
        tmp_path,
        kz=f"{HEADER}\n{ROW.replace('s1', 's3')}\n",
        kg=f"\ufeff{HEADER}\n{ROW}\n\n{ROW.replace('s1', 's2').replace('слова', ' 007 ')}\n",
    )
    rows = load_register(NAME, folder)
    assert [(row.path.name, row.line, row["source"]) for row in rows] == [
        ("kg.csv", 2, "s1"),
        ("kg.csv", 4, "s2"),
        ("kz.csv", 2, "s3"),
    ]
    assert rows[1]["quote"] == " 007 "
    assert str(rows[2].error("it is wrong")) == "kz.csv, line 2: it is wrong."


@pytest.mark.parametrize(
    ("text", "place", "part"),
    [
        (f"{HEADER},more\n", "line 1", "the header must be source,publisher,"),
        ("", "line 1", "the header must be"),
        (f"{HEADER.replace('quote', 'Quote')}\n{ROW}\n", "line 1", "the header must be"),
        (f"{HEADER}\n{ROW}\n{ROW},\n", "line 3", "12 cells where 11 are expected"),
        (f"{HEADER}\n{ROW.removesuffix(',')}\n", "line 2", "10 cells where 11 are expected"),
        (f"{HEADER}\n{ROW}\n{ROW}\n", "line 3", "source 's1' is already in kg.csv, line 2"),
        (f"{HEADER}\n{ROW.removeprefix('s1')}\n", "line 2", "source is empty"),
        (f'{HEADER}\n"s1"x{ROW}\n', "line 2", "the file is no CSV here"),
        (f"{HEADER}\n{ROW.replace('Report', ' ')}\n", "line 2", "title is empty"),
    ],
    ids=[
        "column more",
        "empty",
        "header respelt",
        "cell more",
        "cell less",
        "twice",
        "no key",
        "quotes",
        "title",
    ],
)
def test_a_malformed_register_is_refused(tmp_path: Path, text: str, place: str, part: str) -> None:
    with pytest.raises(DeclarationError) as caught:
        load_register(NAME, register(tmp_path, kg=text))
    assert str(caught.value).startswith(f"kg.csv, {place}: ")
    assert part in str(caught.value)


def test_a_key_of_another_file_is_refused_too(tmp_path: Path) -> None:
    """A source id names one page in the whole register."""
    folder = register(tmp_path, kg=f"{HEADER}\n{ROW}\n", kz=f"{HEADER}\n{ROW}\n")
    with pytest.raises(DeclarationError, match=r"kz.csv, line 2: source 's1' is already in kg.csv, line 2"):
        load_register(NAME, folder)


def test_bytes_that_are_not_utf8_are_refused_by_line(tmp_path: Path) -> None:
    folder = register(tmp_path)
    (folder / NAME / "kg.csv").write_bytes(f"{HEADER}\n{ROW}\n".encode("cp1251"))
    with pytest.raises(DeclarationError, match=r"kg.csv, line 2: the file is not UTF-8"):
        load_register(NAME, folder)


@pytest.mark.parametrize("name", HEADERS)
def test_the_registers_of_the_project_load(name: str) -> None:
    """A complaint about one of them names its path in the project."""
    rows = load_register(name)
    assert rows
    assert str(rows[0].error("it is wrong")).startswith(f"sources/bundled/{name}/")


def test_figures_of_two_areas_are_no_conflict(tmp_path: Path) -> None:
    """Read carelessly: 19,000 of a country "in conflict" with 40 of one region."""
    cells = dict.fromkeys(HEADERS["discrepancies"], "x") | {
        "kind": "conflict",
        "a_area": "KZ",
        "b_area": "KZ-27",
    }
    (tmp_path / "discrepancies").mkdir()
    file = tmp_path / "discrepancies" / "kz.csv"
    for kind, refused in (("conflict", True), ("rounding", True), ("different_scope", False)):
        load_register.cache_clear()
        text = ",".join({**cells, "kind": kind}.values())
        file.write_text(f"{','.join(cells)}\n{text}\n", encoding="utf-8")
        if refused:
            with pytest.raises(DeclarationError, match=f"kz.csv, line 2: kind '{kind}' .* KZ and KZ-27"):
                load_register("discrepancies", tmp_path)
        else:
            assert len(load_register("discrepancies", tmp_path)) == 1


def test_a_respelt_column_of_a_register_is_named(tmp_path: Path) -> None:
    with pytest.raises(DeclarationError, match="the column 'quotes' is not known, did you mean 'quote'"):
        load_register(NAME, register(tmp_path, kg=HEADER.replace("quote", "quotes")))

"""The workbook at the limits of Excel, of open figures only, twice, and by the command."""

import datetime as dt
import re
import zipfile
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from openpyxl.utils.escape import unescape

from data_contracts import load
from pipelines.cli.main import main
from pipelines.export import workbook as writer
from pipelines.export import workbook_file
from pipelines.export.export import ExportError, export
from pipelines.export.sheets import TABLE_SHEETS, TOPICS
from pipelines.export.workbook_file import Book
from tests.pipelines.export.reading import rows_of, table, topics, workbook

# -- limits of Excel -------------------------------------------------------------------------------------------


def test_more_rows_than_a_sheet_holds_are_refused_with_the_remedy(
    release_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writer, "EXCEL_ROWS", 20)
    with pytest.raises(ExportError, match=r"Sheet Reports would have \d+ rows, Excel holds 20.*--country"):
        export(release_dir, "xlsx", tmp_path, countries=["KG"])
    assert not list(tmp_path.glob("*.xlsx"))


@pytest.mark.slow
def test_links_beyond_the_limit_stay_texts(
    release_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workbook_file, "EXCEL_LINKS", 3)
    sheet = workbook(release_dir, tmp_path, countries=["TJ"], years="2024-2025")["Reports"]
    pages = [row["Page"] for row in rows_of(sheet)]
    assert sum(cell.hyperlink is not None for cell in pages) == 3
    assert len([cell for cell in pages if cell.value]) > 3


@pytest.mark.slow
def test_texts_that_excel_cannot_hold(altered: Callable[..., Path], tmp_path: Path) -> None:
    long, address = "я" * 40_000, "https://example.org/" + "a" * 3_000
    titles = [long, "a\x01\x0bb", "_x0041_ = 1", "=1+1", "http://x.y"]
    addresses = ["", address, "file:///etc/passwd", "internal:Laws!A1", "https://example.org/a b"]
    cases = {
        name: " ".join(f"WHEN {n} THEN '{text}'" for n, text in enumerate(texts, 1))
        for name, texts in (("title", titles), ("address", addresses))
    }
    data = altered(
        sources=f"""SELECT * EXCLUDE (n) REPLACE (CASE n {cases["title"]} ELSE title END AS title,
            CASE n {cases["address"]} ELSE address END AS address)
          FROM (SELECT *, CASE WHEN source_id LIKE 'kg-s%' THEN
              row_number() OVER (PARTITION BY source_id LIKE 'kg-s%' ORDER BY source_id) END AS n FROM t)
          ORDER BY source_id"""
    )
    sheet = workbook(data, tmp_path, countries=["KG"])["Sources"]
    rows = {row["Code"].value: row for row in rows_of(sheet)}
    first = sorted(row["source_id"] for row in table(data, "sources") if row["source_id"].startswith("kg-s"))[
        :5
    ]
    # The reader of the test leaves Excel's own escapes as they are; Excel does not show them.
    shown = [unescape(rows[code]["Title"].value) for code in first if code in rows]
    assert len(shown) == 5
    assert shown[0] == long[:32_766] + "…"
    assert shown[1:] == ["ab", "_x0041_ = 1", "=1+1", "http://x.y"]
    assert all(rows[code]["Title"].data_type == "s" for code in first)
    assert all(rows[code]["Page"].hyperlink is None for code in first[1:])
    assert all(rows[code]["Address"].value for code in first[1:])


def test_names_of_sheets_are_what_excel_accepts(tmp_path: Path) -> None:
    book = Book(tmp_path / "x.xlsx", dt.datetime(2026, 1, 1), "en", "t", "")
    wanted = ["a/b:c*d?e[f]\\g", "'quoted'", "x" * 40, "x" * 40, "History", "same", "SAME"]
    names = [book.name(name) for name in wanted]
    for name in names:
        book.sheet(name)
    book.close()
    assert names[:2] == ["a b c d e f  g", "quoted"]
    assert all(len(name) <= 31 for name in names)
    assert len({name.lower() for name in names}) == len(names)
    assert "history" not in {name.lower() for name in names}
    for title in [*TOPICS.values(), *(sheet.title for sheet in TABLE_SHEETS)]:
        assert max(len(title.en), len(title.ru)) <= 31
    assert set(TOPICS) == set(load.contract().codelists["family"])


# -- licences, bytes, command ----------------------------------------------------------------------------------


@pytest.mark.slow
def test_an_open_workbook_repeats_no_closed_figure(release_dir: Path, tmp_path: Path) -> None:
    closed = {r["dataset_id"] for r in table(release_dir, "datasets") if not r["open_licence"]}
    rows = table(release_dir, "observations")
    keys = {r["obs_key"] for r in rows if r["dataset_id"] in closed}
    export(release_dir, "xlsx", tmp_path, countries=["KZ"], years="2009-2018", open_only=True)
    (path,) = tmp_path.glob("*.xlsx")
    with zipfile.ZipFile(path) as content:
        text = "\n".join(content.read(name).decode() for name in content.namelist() if name.endswith(".xml"))
    assert len(keys) > 500
    assert not keys & set(re.findall(r"k[0-9a-f]{16}", text))
    book = openpyxl.load_workbook(path)
    open_keys = {row["Observation key"].value for sheet in topics(book, "en") for row in rows_of(sheet)}
    assert len(open_keys) > 30
    # What a closed dataset says otherwise is not repeated in a caution either.
    told = {
        row["Observation key"].value: str(row["Know before use"].value)
        for sheet in topics(book, "en")
        for row in rows_of(sheet)
    }
    hidden = [
        (side[mine], side[other])
        for side in table(release_dir, "discrepancies")
        if side["discrepancy_kind"] == "conflict"
        for mine, other in (("a_obs_key", "b_value"), ("b_obs_key", "a_value"))
        if side[mine] in told and side[other.replace("value", "obs_key")] in keys
    ]
    assert len(hidden) > 5
    for key, value in hidden:
        assert f" {value:g} (conflict" not in told[key]


@pytest.mark.slow
def test_the_same_bytes_twice(release_dir: Path, tmp_path: Path) -> None:
    for name in ("one", "two"):
        export(release_dir, "xlsx", tmp_path / name, countries=["TJ"], years="2024-2026", lang="ru")
    one, two = (next((tmp_path / name).glob("*.xlsx")) for name in ("one", "two"))
    assert one.read_bytes() == two.read_bytes()


def test_the_command_takes_the_language(
    release_dir: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    common = ["--data-dir", str(release_dir), "--output", str(tmp_path), "--country", "TJ", "--years", "2025"]
    assert main(["export", "xlsx", "--language", "ru", *common]) == 0
    assert [path.name.split(".", 1)[1] for path in tmp_path.glob("*.xlsx")] == ["TJ.2025.ru.xlsx"]
    assert ".ru.xlsx" in capsys.readouterr().out

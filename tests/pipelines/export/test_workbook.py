"""The workbook: every figure once, in one language, made for print, within the limits of Excel."""

import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

import duckdb
import openpyxl
import pytest

from data_contracts import load
from pipelines.export.sheets import TABLE_SHEETS, TOPIC
from pipelines.export.workbook_file import height, interval
from pipelines.published.numbers_and_periods_in_words import period
from tests.pipelines.export.reading import Row, rows_of, table, topics, workbook

COUNTRIES = ("TJ", "KG")
# Of the countries of the English workbook, those of the Russian one.
IN_RUSSIAN = ("TJ",)
CYRILLIC = re.compile("[А-Яа-яЁё]")
# What is quoted as it was published, in whatever language.
AS_PUBLISHED = {
    "Publisher",
    "Stated by",
    "Source",
    "As published",
    "Note as recorded",
    "Title",
    "Original wording",
    "Original title",
    "Original name",
    "Operator",
    "Languages",
    "Hours",
    "Address",
    "Source A",
    "Source B",
    "Articles",
    "Page",
    "Know before use",
    "Address A",
    "Address B",
    "Telephone",
}


@pytest.fixture(scope="module")
def english(release_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Two countries in English."""
    return workbook(release_dir, tmp_path_factory.mktemp("en"), countries=COUNTRIES)


@pytest.fixture(scope="module")
def russian(release_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """One country in Russian."""
    return workbook(release_dir, tmp_path_factory.mktemp("ru"), countries=IN_RUSSIAN, lang="ru")


@pytest.fixture(scope="module")
def published(release_dir: Path) -> dict[str, Row]:
    return {r["obs_key"]: r for r in table(release_dir, "observations") if r["ref_area"][:2] in COUNTRIES}


def words_of(book: Any) -> str:
    return "\n".join(
        str(c.value) for row in book.worksheets[0].iter_rows() for c in row if c.value is not None
    )


# -- figures ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", ["en", "ru"])
def test_every_figure_stands_once_as_it_was_published(
    release_dir: Path, published: dict[str, Row], request: pytest.FixtureRequest, lang: Any
) -> None:
    book = request.getfixturevalue("english" if lang == "en" else "russian")
    datasets = {row["dataset_id"]: row for row in table(release_dir, "datasets")}
    sources = {row["source_id"]: row for row in table(release_dir, "sources")}
    best = {row["obs_key"] for row in table(release_dir, "best_observations")}
    contract = load.contract()
    at = {field.en: getattr(field, lang) for field in TOPIC}
    seen = Counter[str]()
    for sheet in topics(book, lang):
        for row in rows_of(sheet):
            given = published[row[at["Observation key"]].value]
            seen[given["obs_key"]] += 1
            value = row[at["Value"]]
            assert value.value == given["obs_value"]
            assert value.value is None or value.data_type == "n"
            label = contract.codelists["obs_status"][given["obs_status"]].label
            assert row[at["Status"]].value == getattr(label, lang)
            assert row[at["Period"]].value == period(given["period_start"], given["period_end"], lang)
            assert row[at["Interval"]].value == (
                interval([given["obs_lower"], given["obs_upper"]], lang) or None
            )
            assert row[at["Licence"]].value == datasets[given["dataset_id"]]["licence"]
            assert (
                row[at["Use first"]].value
                == (("yes", "да") if given["obs_key"] in best else ("no", "нет"))[lang == "ru"]
            )
            address = sources[given["source_id"]]["address"]
            assert row[at["Address"]].value == address
            link = row[at["Page"]].hyperlink
            assert (link.target if link else None) == (address if str(address).startswith("http") else None)
    countries = COUNTRIES if lang == "en" else IN_RUSSIAN
    assert set(seen) == {key for key, row in published.items() if row["ref_area"][:2] in countries}
    assert set(seen.values()) == {1}


def test_cautions_reach_the_sheet_in_its_language_without_machine_text(english: Any, russian: Any) -> None:
    for book, lang, caution in (
        (english, "en", "Not comparable with figures before"),
        (russian, "ru", "Все сферы, не только семья"),
    ):
        header = "Know before use" if lang == "en" else "Что знать до использования"
        texts = [
            str(row[header].value)
            for sheet in topics(book, lang)
            for row in rows_of(sheet)
            if row[header].value
        ]
        assert len(texts) > 200
        assert any(caution in text for text in texts)
        assert not [text for text in texts if re.search(r"k[0-9a-f]{16}|\((kg|tj)-|parts_do", text)]
    others = [str(row["Know before use"].value) for s in topics(english, "en") for row in rows_of(s)]
    assert any("Another source gives 13104 (conflict)." in text for text in others)


def test_words_are_of_one_language(english: Any, russian: Any) -> None:
    for sheet in english.worksheets:
        for row in rows_of(sheet) if sheet.title != "Key figures" else []:
            for header, cell in row.items():
                if header not in AS_PUBLISHED:
                    text = str(cell.value or "")
                    # A label may give the term of the law in brackets.
                    assert not CYRILLIC.search(re.sub(r"\(.*?\)", "", text)), (sheet.title, header, text)
    assert [sheet.title for sheet in russian][0] == "Главное"
    for sheet in russian.worksheets[1:]:
        assert CYRILLIC.search(sheet.title)
        assert all(
            CYRILLIC.search(str(cell.value)) or re.fullmatch(r"\d{4}", str(cell.value)) for cell in sheet[1]
        )
    for row in rows_of(russian["Обращения"]):
        for header in ("Территория", "Что считается", "Единица", "Статус", "Сфера"):
            assert CYRILLIC.search(row[header].value)


@pytest.mark.parametrize("book", ["english", "russian"])
def test_tables_go_with_the_figures(release_dir: Path, request: pytest.FixtureRequest, book: str) -> None:
    opened = request.getfixturevalue(book)
    lang = "en" if book == "english" else "ru"
    names = {sheet.title.en: getattr(sheet.title, lang) for sheet in TABLE_SHEETS}
    for title, name in (
        ("Discrepancies", "discrepancies"),
        ("Laws", "legal_framework"),
        ("Services", "response_services"),
    ):
        expected = [
            r
            for r in table(release_dir, name)
            if r["country"] in (COUNTRIES if book == "english" else IN_RUSSIAN)
        ]
        assert opened[names[title]].max_row == len(expected) + 1


def test_coverage_sheet_is_the_coverage_table(release_dir: Path, russian: Any) -> None:
    words = {"published": "да", "partial": "часть", "not_published": "нет"}
    names = {row["code"]: row["name_ru"] for row in table(release_dir, "areas")}
    shown = {
        (row["Страна"].value, row["Код"].value, int(header)): row[header].value
        for row in rows_of(russian["Полнота"])
        for header in row
        if re.fullmatch(r"\d{4}", header)
    }
    expected = {
        (names[r["country"]], r["requirement"], r["year"]): words[r["coverage_status"]]
        for r in table(release_dir, "coverage")
        if r["country"] in IN_RUSSIAN
    }
    assert shown == expected


def test_licences_of_figures_and_of_the_compilation(
    release_dir: Path, english: Any, published: dict[str, Row]
) -> None:
    datasets = {row["dataset_id"]: row for row in table(release_dir, "datasets")}
    counted = Counter(datasets[row["dataset_id"]]["licence"] for row in published.values())
    rows = rows_of(english["Licences"])
    shown = {row["Licence"].value: row["Figures"].value for row in rows[: len(counted)]}
    assert shown == dict(counted)
    assert "laws, services, codebook" in rows[len(counted)]["Licence"].value
    cited = {row["Title"].value for row in rows[len(counted) + 1 :]}
    assert cited == {datasets[row["dataset_id"]]["citation"] for row in published.values()}


# -- first sheet -----------------------------------------------------------------------------------------------


def test_key_figures_are_those_of_the_database(
    release_dir: Path, english: Any, published: dict[str, Row]
) -> None:
    labels = {row["code"]: row["label_en"] for row in table(release_dir, "indicators")}
    addresses = {row["address"] for row in table(release_dir, "sources")}
    sheet = english["Key figures"]
    rows = list(sheet.iter_rows())
    start = next(n for n, row in enumerate(rows) if row[0].value == "Topic")
    found = []
    for row in rows[start + 1 :]:
        if row[3].value is None and row[0].value not in ("Kyrgyzstan", "Tajikistan"):
            break
        if row[3].value is not None:
            found.append(row)
    assert len(found) >= 14
    for row in found:
        same = [
            given
            for given in published.values()
            if given["obs_value"] == row[3].value
            and row[1].value.startswith(labels[given["indicator"]])
            and period(given["period_start"], given["period_end"], "en") == row[2].value
        ]
        assert same, row[1].value
        assert row[7].hyperlink.target in addresses


def test_first_sheet_says_what_it_is_and_how_to_cite(release_dir: Path, english: Any, russian: Any) -> None:
    manifest = json.loads((release_dir / "latest" / "manifest.json").read_text())
    for book, expected in ((english, "How to cite"), (russian, "Как цитировать")):
        words = words_of(book)
        for text in (manifest["release"], manifest["content_sha256"], expected):
            assert text in words
        links = {
            cell.hyperlink.location
            for row in book.worksheets[0].iter_rows()
            for cell in row
            if cell.hyperlink and cell.hyperlink.location
        }
        assert links == {f"'{sheet.title}'!A1" for sheet in book.worksheets[1:]}


def test_charts_are_native_and_draw_cells_that_are_the_database(
    release_dir: Path, english: Any, published: dict[str, Row]
) -> None:
    sheet = english["Key figures"]
    charts = sheet._charts
    assert len(charts) == 2
    series = charts[0].series[0]
    cells = [
        [cell.value for (cell,) in sheet[part.split("!")[1].replace("$", "")]]
        for part in ((series.cat.strRef or series.cat.numRef).f, series.val.numRef.f)
    ]
    expected = {
        str(row["period_end"].year): row["obs_value"]
        for row in published.values()
        if (row["ref_area"], row["indicator"], row["dataset_id"]) == ("KG", "DV_VICTIMS", "kg_sdg")
        and (row["sex"], row["age"], row["breakdown"], row["freq"]) == ("_T", "_T", "_T", "A")
    }
    assert dict(zip(*cells, strict=True)) == expected
    with duckdb.connect(str(release_dir / "dvstats.duckdb"), read_only=True) as con:
        gaps = dict(
            con.execute(
                """SELECT country, count(*) FILTER (found = 'nothing') FROM not_published
                WHERE country IN ('KG', 'TJ') GROUP BY ALL"""
            ).fetchall()
        )
    nothing = charts[1].series[2].val.numRef.f.split("!")[1].replace("$", "")
    assert [cell.value for (cell,) in sheet[nothing]] == [gaps["KG"], gaps["TJ"]]


@pytest.mark.slow
def test_a_selection_without_key_figures_says_so(release_dir: Path, tmp_path: Path) -> None:
    book = workbook(release_dir, tmp_path, countries=["KZ-75"])
    assert "holds no national figure" in words_of(book)
    assert "No series is drawn" in words_of(book)


# -- print -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("book", ["english", "russian"])
def test_every_sheet_prints_on_a4_across_with_page_numbers(request: pytest.FixtureRequest, book: str) -> None:
    opened = request.getfixturevalue(book)
    for sheet in opened.worksheets:
        assert (sheet.page_setup.orientation, int(sheet.page_setup.paperSize)) == ("landscape", 9)
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
        assert (int(sheet.page_setup.fitToWidth or 1), int(sheet.page_setup.fitToHeight)) == (1, 0)
        assert "&P" in sheet.oddFooter.right.text
        assert sheet.print_area
        hidden = {letter for letter, column in sheet.column_dimensions.items() if column.hidden}
        printed = openpyxl.utils.cell.range_boundaries(sheet.print_area.split("!")[-1].replace("$", ""))[2]
        if sheet is opened.worksheets[0]:
            assert not hidden
            continue
        assert sheet.print_title_rows == "$1:$1"
        assert sheet.freeze_panes.endswith("2")
        assert sheet.auto_filter.ref == sheet.dimensions
        assert not sheet.merged_cells.ranges
        years = sum(re.fullmatch(r"\d{4}", str(cell.value)) is not None for cell in sheet[1])
        assert printed - years <= 13
        shown = {openpyxl.utils.get_column_letter(n) for n in range(1, printed + 1)}
        assert not shown & hidden
        technical = [sheet.column_dimensions[letter] for letter in hidden]
        assert all(column.outlineLevel == 1 for column in technical)


def test_rows_are_as_high_as_their_texts() -> None:
    assert height([("short", 20)]) == height([])
    assert height([("a b " * 40, 20), ("x", 5)]) > 5 * 12
    assert height([("one\ntwo\nthree", 20)]) > height([("one\ntwo", 20)])
    assert height([("word " * 9_000, 10)]) == 409

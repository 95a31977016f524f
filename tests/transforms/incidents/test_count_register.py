"""A register's files to counts, beside counts made by hand in Python; and files that must not come in."""

import csv
import datetime as dt
import gzip
from collections import Counter
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from openpyxl import Workbook

from sources.cells import DiscreetError
from sources.dataset import Dataset
from tests.fixtures.register import HEADER, PLANTED, declaration, incidents, monthly_files, write
from transforms.incidents.register import Counted, RegisterFile, count_register
from transforms.normalize.inputs_and_results import FileFacts
from transforms.normalize.normalizer import Normalizer

REGISTER = declaration()
Row = dict[str, str]


@pytest.fixture(scope="module")
def rows() -> list[Row]:
    return incidents(2024, 600)


def counted(normalizer: Normalizer, *paths: Path, dataset: Dataset = REGISTER) -> Counted:
    facts = [FileFacts(f"{n:064}", dt.datetime(2026, 1, 1), path.name) for n, path in enumerate(paths)]
    files = [RegisterFile(path, fact) for path, fact in zip(paths, facts, strict=True)]
    return count_register(normalizer.lookups, dataset, files)


def cells(result: Counted) -> dict[tuple[str, ...], int]:
    names = ("indicator", "time_period", "ref_area", "sex", "violence_form")
    return {
        tuple(row[name] for name in names): int(row["_value"]) for t in result.cells for row in t.to_pylist()
    }


def without(dataset: Dataset, **counting: object) -> Dataset:
    assert dataset.counting is not None
    return dataset.model_copy(update={"counting": dataset.counting.model_copy(update=counting)})


def test_exact_counts_with_their_zeros(normalizer: Normalizer, rows: list[Row], tmp_path: Path) -> None:
    found = cells(counted(normalizer, write(tmp_path / "all.csv", rows)))
    assert found["DV_REPORTS", "2024", "KG", "_T", "_T"] == 600
    by_month = Counter((row["Дата регистрации"][:7], row["Область"]) for row in rows)
    talas = {p: n for (i, p, a, *_), n in found.items() if (i, a) == ("DV_REPORTS", "KG-T") and "-" in p}
    assert talas == {f"2024-{m:02d}": by_month[f"2024-{m:02d}", "Таласская область"] for m in range(1, 13)}
    assert 0 in talas.values()
    people = {row["Псевдоним"] for row in rows if row["Область"] == "г. Ош"}
    assert found["DV_VICTIMS", "2024", "KG-GO", "_T", "_T"] == len(people)
    months = [n for (i, p, a, *_), n in found.items() if (i, a) == ("DV_VICTIMS", "KG-GO") and "-" in p]
    assert sum(months) > len(people), "a person of two months is one person of the year"


def as_parquet(path: Path, rows: list[Row]) -> Path:
    table = pa.Table.from_pylist([{**row, HEADER[1]: dt.date.fromisoformat(row[HEADER[1]])} for row in rows])
    pq.write_table(table, path)
    return path


def as_workbook(path: Path, rows: list[Row]) -> Path:
    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    sheet.append(HEADER)
    for row in rows:
        sheet.append([dt.datetime.fromisoformat(row[n]) if n == HEADER[1] else row[n] for n in HEADER])
    book.save(path)
    return path


def as_gzip(path: Path, rows: list[Row]) -> Path:
    plain = write(path.with_suffix(".csv"), rows)
    path.write_bytes(gzip.compress(plain.read_bytes()))
    return path


@pytest.mark.parametrize("make", [as_parquet, as_workbook, as_gzip])
def test_every_format_gives_the_same_counts(
    normalizer: Normalizer, rows: list[Row], tmp_path: Path, make: object
) -> None:
    expected = cells(counted(normalizer, write(tmp_path / "plain.csv", rows)))
    assert cells(counted(normalizer, make(tmp_path / "other", rows))) == expected


def test_another_encoding_and_moments_instead_of_days(
    normalizer: Normalizer, rows: list[Row], tmp_path: Path
) -> None:
    expected = cells(counted(normalizer, write(tmp_path / "plain.csv", rows)))
    day = HEADER[1]
    text = write(tmp_path / "a.csv", [{**r, day: f"{r[day]} 10:22"} for r in rows]).read_text("utf-8-sig")
    other = tmp_path / "b.csv"
    other.write_bytes(text.encode("cp1251"))
    with pytest.raises(DiscreetError, match="no text in UTF-8"):
        counted(normalizer, other)
    declared = REGISTER.model_copy(update={"reader_options": {"encoding": "windows-1251"}})
    assert cells(counted(normalizer, other, dataset=declared)) == expected


@pytest.mark.parametrize("column", [0, 2, 5])
def test_bytes_that_are_no_utf8_refuse_the_file_wherever_they_are(
    normalizer: Normalizer, rows: list[Row], tmp_path: Path, column: int
) -> None:
    """In the last row, of a column of ids, of few texts, and of pseudonyms."""
    path = write(tmp_path / "a.csv", rows)
    lines = path.read_bytes().rstrip().split(b"\n")
    cells = lines[-1].split(b";")
    cells[column] = cells[column][:-1] + b"\xcf"
    path.write_bytes(b"\n".join([*lines[:-1], b";".join(cells), b""]))
    with pytest.raises(DiscreetError, match="no text in UTF-8"):
        counted(normalizer, path)


def test_months_in_files_are_one_register(normalizer: Normalizer, rows: list[Row], tmp_path: Path) -> None:
    """An incident of January that comes again in the file of March counts once; one that contradicts, never."""
    expected = cells(counted(normalizer, write(tmp_path / "all.csv", rows)))
    again, other = rows[0], {**rows[1], "Пол": "женский" if rows[1]["Пол"] == "мужской" else "мужской"}
    paths = [path for _, path in monthly_files(tmp_path / "months", rows)]
    twice = counted(normalizer, *paths, write(tmp_path / "more.csv", [again, other]))
    assert (twice.repeated, twice.lost) == (1, 2)
    assert twice.refused == [("contradicting_rows", "Номер", "<5")]
    found = cells(twice)
    assert found["DV_REPORTS", "2024", "KG", "_T", "_T"] == 599
    changed = {key for key in expected if key[0] == "DV_REPORTS" and found[key] != expected[key]}
    assert {expected[key] - found[key] for key in changed} == {1}


@pytest.mark.parametrize(
    ("limit", "least"),
    [
        ("transforms.incidents.twice._COMPARED", 50),
        ("sources.incidents.number_files._PIECE", 70),
        ("sources.incidents.database._COUNTED", 1),
    ],
)
def test_a_register_is_counted_alike_in_parts(
    normalizer: Normalizer,
    rows: list[Row],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    limit: str,
    least: int,
) -> None:
    """Ids are compared, and incidents and persons counted, whichever part of the register they are in."""
    other = {**rows[300], "Псевдоним": "PLNTDp-else"}
    nameless = {**rows[5], "Номер": ""}
    paths = write(tmp_path / "a.csv", [*rows, other, nameless]), write(tmp_path / "b.csv", rows[:40])
    expected = cells(counted(normalizer, write(tmp_path / "c.csv", [*rows[:300], *rows[301:]])))
    monkeypatch.setattr(limit, least)
    result = counted(normalizer, *paths)
    assert (result.repeated, result.lost) == (40, 3)
    assert cells(result) == expected


def test_a_cell_is_of_the_last_file_that_gave_to_its_period(
    normalizer: Normalizer, rows: list[Row], tmp_path: Path
) -> None:
    """Whatever was in the cell: else the file of a withheld count says when its last incident was registered."""
    paths = [path for _, path in monthly_files(tmp_path, rows)]
    # A file that only repeats incidents gives nothing.
    *given, last = counted(normalizer, *paths, write(tmp_path / "again.csv", rows[:5])).cells
    result = counted(normalizer, *paths)
    assert last.num_rows == 0 and given == result.cells
    for month, table in enumerate(result.cells, 1):
        periods = {*table["time_period"].to_pylist()}
        assert periods == {f"2024-{month:02d}", *(["2024"] if month == 12 else [])}


def test_a_year_that_is_not_over_is_no_year(normalizer: Normalizer, tmp_path: Path) -> None:
    found = cells(counted(normalizer, write(tmp_path / "a.csv", incidents(2024, 100, months=11))))
    assert {period for _, period, *_ in found} == {f"2024-{month:02d}" for month in range(1, 12)}


@pytest.mark.parametrize("in_parts", [True, False])
def test_a_year_begins_with_the_declared_part_or_the_first_row(
    normalizer: Normalizer, rows: list[Row], tmp_path: Path, in_parts: bool
) -> None:
    """Without an incident before March: nothing was registered since January, or nobody knows."""
    late = [row for row in rows if row["Дата регистрации"] >= "2024-03"]
    dataset = REGISTER if in_parts else without(REGISTER, partitions=None)
    found = cells(counted(normalizer, write(tmp_path / "late.csv", late), dataset=dataset))
    assert found.get(("DV_REPORTS", "2024", "KG", "_T", "_T")) == (len(late) if in_parts else None)
    assert {period for _, period, *_ in found} - {"2024"} == {f"2024-{month:02d}" for month in range(3, 13)}


def test_a_missing_month_is_noticed(normalizer: Normalizer, rows: list[Row], tmp_path: Path) -> None:
    paths = [path for month, path in monthly_files(tmp_path, rows) if month not in ("2024-01", "2024-05")]
    assert counted(normalizer, *paths).missing == ["2024-01", "2024-05"]


def test_what_cannot_be_read_is_not_counted_and_not_quoted(
    normalizer: Normalizer, rows: list[Row], tmp_path: Path
) -> None:
    strange = [
        {**rows[0], "Номер": "n1", "Область": "Атлантида"},
        {**rows[0], "Номер": "n2", "Дата регистрации": "03/04/2024"},
        {**rows[0], "Номер": ""},
        {**rows[0], "Номер": ""},
        {**rows[0], "Номер": "n3", "Псевдоним": ""},
    ]
    result = counted(normalizer, write(tmp_path / "a.csv", [*rows, *strange]))
    assert sorted(result.refused) == [
        ("uncounted_rows", name, "<5") for name in ("Дата регистрации", "Номер", "Область", "Псевдоним")
    ]
    assert {(unread.column, unread.text, unread.rows) for unread in result.unread} == {
        ("Область", "Атлантида", 1),
        ("Дата регистрации", "03/04/2024", 1),
    }
    # A row without a pseudonym is an incident all the same.
    assert cells(result)["DV_REPORTS", "2024", "KG", "_T", "_T"] == 601
    # Rows without an id do not repeat each other.
    assert (result.lost, result.repeated) == (4, 0)


def test_a_region_that_is_not_stated_is_in_the_country_only(
    normalizer: Normalizer, rows: list[Row], tmp_path: Path
) -> None:
    (area,) = REGISTER.concepts["ref_area"]
    concepts = {
        **REGISTER.concepts,
        "ref_area": (area.model_copy(update={"values": {"не указана": "KG"}}),),
    }
    more = {**rows[0], "Номер": "n1", "Область": "не указана"}
    path = write(tmp_path / "a.csv", [*rows, more])
    found = cells(counted(normalizer, path, dataset=REGISTER.model_copy(update={"concepts": concepts})))
    assert found["DV_REPORTS", "2024", "KG", "_T", "_T"] == 601
    regions = [
        n
        for (i, p, a, s, v), n in found.items()
        if i == "DV_REPORTS" and p == "2024" and s == v == "_T" and a != "KG"
    ]
    assert sum(regions) == 600


# -- files that must not come in -------------------------------------------------------------------------------------


@pytest.mark.parametrize("column", ["Служебное поле", "Номер", "Псевдоним", "Область", "Дата регистрации"])
def test_personal_data_in_the_last_row_of_any_column(
    normalizer: Normalizer, tmp_path: Path, column: str
) -> None:
    rows = incidents(2024, 2000)
    rows[-1] = {**rows[-1], column: "тел. +996 555 123456"}
    with pytest.raises(DiscreetError, match=f"{column} seems to hold personal data") as caught:
        counted(normalizer, write(tmp_path / "a.csv", rows))
    assert "555" not in str(caught.value)


def with_header(path: Path, old: str, new: str, rows: list[Row]) -> Path:
    text = write(path, rows).read_text("utf-8-sig")
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("Вымысел", "Фамилия", "the file has an undeclared column 'Фамилия'"),
        ("Область", "Регион", "the file has not the column 'Область'"),
        ("Вымысел", "Пол", "the file has twice the column 'Пол'"),
    ],
)
def test_columns_are_those_that_were_agreed(
    normalizer: Normalizer, rows: list[Row], tmp_path: Path, old: str, new: str, sentence: str
) -> None:
    with pytest.raises(DiscreetError) as caught:
        counted(normalizer, with_header(tmp_path / "a.csv", old, new, rows))
    assert sentence in str(caught.value) and "a.csv" in str(caught.value)


def test_an_error_of_the_engine_quotes_no_line(
    normalizer: Normalizer, rows: list[Row], tmp_path: Path
) -> None:
    path = write(tmp_path / "a.csv", rows)
    with path.open("a", encoding="utf-8", newline="") as handle:
        csv.writer(handle, delimiter=";").writerow([PLANTED] * 12)
    with pytest.raises(DiscreetError, match="line 602: the file cannot be read as a table") as caught:
        counted(normalizer, path)
    assert PLANTED not in repr(caught.value) and caught.value.__cause__ is None


@pytest.mark.parametrize("closed", ["", '"'])
def test_a_quote_that_is_not_closed_loses_no_rows_quietly(
    normalizer: Normalizer, rows: list[Row], tmp_path: Path, closed: str
) -> None:
    """What follows would be one cell, to the end of the file or to the next quote."""
    path = write(tmp_path / "a.csv", rows)
    lines = path.read_text("utf-8-sig").splitlines()
    lines[50] = lines[50].replace("вымышленная", '"вымышленная')
    lines[90] += closed
    path.write_text("\n".join([*lines, ""]), encoding="utf-8")
    with pytest.raises(DiscreetError, match="a quote is not closed"):
        counted(normalizer, path)


@pytest.mark.parametrize(
    "note",
    [
        pytest.param("; ".join(["см. дело"] * 40) + "\nвторая строка", id="many delimiters"),
        pytest.param("a;b;c;d;e;f;g;h\n" * 5, id="lines with the delimiters of a row"),
        pytest.param('сказала: ""да""; нет;;;;;;\n;;;;;;;;; "в кавычках"', id="quotes within"),
        pytest.param("о;" * 100_000 + "\nконец", id="longer than the limit of the csv module"),
        pytest.param(";a;b\n" + "1;2;3;4;5;6;7;8\n" * 3 + "9;10;11;12;13;14", id="a table of the same width"),
        pytest.param(";\n;;;;;;;\n;;;;;;", id="nothing but delimiters"),
    ],
)
@pytest.mark.parametrize("packed", [False, True])
def test_a_note_over_several_lines_is_a_note(
    normalizer: Normalizer, rows: list[Row], tmp_path: Path, note: str, packed: bool
) -> None:
    """Whatever it holds: it is quoted as CSV asks for."""
    more = [{**row, "Служебное поле": note} if at % 200 == 7 else row for at, row in enumerate(rows)]
    path = write(tmp_path / "a.csv", more)
    if packed:
        path.write_bytes(gzip.compress(path.read_bytes()))
    result = counted(normalizer, path)
    assert (result.rows, result.lost) == (600, 0)


def test_lines_within_a_cell_are_one_row(normalizer: Normalizer, rows: list[Row], tmp_path: Path) -> None:
    more = [{**row, "Служебное поле": "первая; строка\nвторая"} for row in rows]
    result = counted(normalizer, write(tmp_path / "a.csv", more))
    assert (result.rows, result.lost) == (600, 0)


def test_two_moments_of_one_day_contradict_each_other(
    normalizer: Normalizer, rows: list[Row], tmp_path: Path
) -> None:
    """The day is counted, but nobody knows which row is right."""
    day = HEADER[1]
    more = [{**rows[n], day: f"{rows[n][day]} 10:{minute}"} for n in (0, 1) for minute in (22, 22 + n)]
    result = counted(normalizer, write(tmp_path / "a.csv", [*more, *rows[2:]]))
    assert (result.repeated, result.lost) == (1, 2)


def test_the_scratch_folder_is_closed_and_goes(
    normalizer: Normalizer, rows: list[Row], tmp_path: Path
) -> None:
    facts = FileFacts("0" * 64, dt.datetime(2026, 1, 1), "a.csv")
    scratch = tmp_path / "scratch"
    given = [RegisterFile(write(tmp_path / "a.csv", rows), facts)]
    count_register(normalizer.lookups, REGISTER, given, scratch)
    assert scratch.stat().st_mode & 0o077 == 0 and not list(scratch.iterdir())

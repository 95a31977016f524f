"""What is kept of a register's rows, by unit: parts of a register, days of moments, combinations, what is shown."""

import datetime as dt
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from sources.cells import DiscreetError
from sources.incidents import database
from sources.incidents.columns import check_columns
from sources.incidents.database import Combination, Incidents, Roles
from sources.incidents.declared import Counting, Partitions, month_of
from sources.incidents.texts import Texts, days_of


@pytest.mark.parametrize(
    ("text", "number"),
    [("2025-01", 24300), ("2025-12", 24311), ("2025", 24300), ("0000-01", 0), ("2026-03", 24314)],
)
def test_a_month_by_its_number(text: str, number: int) -> None:
    assert month_of(text) == number


@pytest.mark.parametrize(
    ("by", "since", "day", "parts"),
    [
        ("month", "2025-01", dt.date(2025, 4, 20), ["2025-01", "2025-02", "2025-03"]),
        ("month", "2025-01", dt.date(2025, 4, 10), ["2025-01", "2025-02"]),
        ("month", "2025-01", dt.date(2025, 4, 11), ["2025-01", "2025-02", "2025-03"]),
        ("month", "2024-11", dt.date(2025, 2, 15), ["2024-11", "2024-12", "2025-01"]),
        ("month", "2025-01", dt.date(2025, 1, 31), []),
        ("year", "2023", dt.date(2025, 6, 1), ["2023", "2024"]),
        ("year", "2023", dt.date(2025, 1, 10), ["2023"]),
        ("year", "2023", dt.date(2025, 1, 11), ["2023", "2024"]),
    ],
)
def test_which_parts_should_be_here(by: Any, since: str, day: dt.date, parts: list[str]) -> None:
    assert Partitions(by=by, since=since, due_after_days=10).due(day) == parts


@pytest.mark.parametrize(("by", "since"), [("month", "2025"), ("year", "2025-01"), ("month", "2025-13")])
def test_the_first_part_is_of_the_length_of_the_parts(by: Any, since: str) -> None:
    with pytest.raises(ValueError, match="since"):
        Partitions(by=by, since=since)


@pytest.mark.parametrize(
    ("margins", "holds"),
    [
        ([["year"], ["month", "sex"]], True),
        ([["year"], ["sex"]], False),
        ([["year", "month"]], False),
        ([["year", "sex", "sex"]], False),
        ([[]], False),
    ],
)
def test_each_margin_has_one_span_and_each_dimension_once(margins: Any, holds: bool) -> None:
    if holds:
        assert Counting(incident="id", margins=margins).margins == tuple(map(tuple, margins))
    else:
        with pytest.raises(ValueError, match="needs one of year, quarter, month"):
            Counting(incident="id", margins=margins)


@pytest.mark.parametrize(
    ("texts", "days", "moments"),
    [
        ([""], None, None),
        (["2025-03-14", "14.03.2025"], None, None),
        (["2025-03-14", "2025"], None, None),
        (["14 March 2025", "2025-03-14"], None, None),
        (["2025-03-14 10:22", "2025-03-14"], ["2025-03-14", "2025-03-14"], ["2025-03-14 10:22", ""]),
        (["2025-03-14T10:22", "about noon on 1 May"], ["2025-03-14", "about noon on 1 May"], ["2025-03-14T10:22", ""]),
        (["14.03.2025 10:22", ""], ["14.03.2025", ""], ["14.03.2025 10:22", ""]),
    ],
)  # fmt: skip
def test_the_day_of_a_moment(texts: list[str], days: list[str] | None, moments: list[str] | None) -> None:
    column = pa.array(texts).dictionary_encode()
    found, whole = days_of(column)
    assert found.to_pylist() == (days or texts)
    assert (whole.to_pylist() if whole is not None else None) == moments


def test_texts_keep_their_numbers() -> None:
    texts = Texts()
    first = texts.number(pa.array(["Ош", "", "Ош"]).dictionary_encode())
    second = texts.number(pa.array(["Нарын", "Ош", ""]).dictionary_encode())
    third = texts.number(pa.array(["Ош"]).dictionary_encode())
    assert (first.tolist(), second.tolist(), third.tolist()) == ([1, 0, 1], [2, 1, 0], [1])
    assert texts.values.to_pylist() == ["", "Ош", "Нарын"]


@pytest.mark.parametrize(
    ("names", "says"),
    [
        ("id day area", ""),
        ("id date area", ""),
        ("id area", "has not the column 'day / date'"),
        ("id day", "has not the column 'area'"),
        ("", "has not the column 'id', 'day / date', 'area'"),
        ("id day area day area", "has twice the column 'area', 'day'"),
        ("id day area note name", "has an undeclared column 'name', 'note'"),
        (
            f"id day area {' '.join(f'c{at:05}' for at in range(50_000))}",
            "has an undeclared column 'c00000', 'c00001', 'c00002', 'c00003', 'c00004', 'c00005', 'c00006', "
            "'c00007', 'c00008', 'c00009' and 49,990 more",
        ),
        (f"id day area {'n' * 90}", f"has an undeclared column '{'n' * 60}…'"),
    ],
)
def test_columns_that_a_register_must_and_may_have(names: str, says: str) -> None:
    needed, known = [["id"], ["day", "date"], ["area"]], ["id", "day", "date", "area"]
    if not says:
        check_columns(names.split(), needed, known)
        return
    with pytest.raises(DiscreetError) as caught:
        check_columns(names.split(), needed, known)
    assert str(caught.value).startswith(f"its header: the file {says}. ")


ROWS = (
    "id;person;day;area;note\n1;p;2025-03-14 10:22;Osh;a\n1;p;2025-03-14 10:22;Osh;b\n"
    "2;;2025-03-15;;c\n;q;2025-03-15;Osh;d\n"
)


def added(
    folder: Path, *files: str, read: Sequence[str] = ("day", "area")
) -> tuple[Incidents, dict[str, list[Any]]]:
    """The rows of some files, and what was shown of them: by column the texts with their rows."""
    shown: dict[str, list[Any]] = {}
    incidents = Incidents(Roles("id", "person", tuple(read), ("day",)), folder)

    def look(name: str, texts: pa.Array, rows: pa.Array | None) -> None:
        counted = rows.to_pylist() if rows is not None else [1] * len(texts)
        shown.setdefault(name, []).extend(zip(texts.to_pylist(), counted, strict=True))

    for number, text in enumerate(files):
        path = folder / f"{number}.csv"
        path.write_text(text, encoding="utf-8")
        names = text.partition("\n")[0].split(";")
        assert incidents.add(path, {}, [names], names, look) == text.count("\n") - 1
    incidents.group()
    incidents.show(look)
    return incidents, shown


def test_every_column_is_shown_and_those_that_are_read_are_counted(tmp_path: Path) -> None:
    second = "id;person;area\n3;r;Naryn\n"
    incidents, shown = added(tmp_path, ROWS, second, read=("day", "area", "sex"))
    with incidents:
        assert incidents.columns == ["day", "area"] and incidents.empty == {"id": 1, "person": 1}
        assert sorted(shown["note"]) == [("a", 1), ("b", 1), ("c", 1), ("d", 1)]
        assert sorted(shown["id"]) == [("", 1), ("1", 1), ("1", 1), ("2", 1), ("3", 1)]
        assert shown["area"] == [("", 1), ("Osh", 3), ("Naryn", 1)]
        # The whole moments, and the days that are kept of them; the second file has none.
        assert sorted(shown["day"]) == [
            ("", 1), ("2025-03-14", 2), ("2025-03-14 10:22", 2), ("2025-03-15", 2), ("2025-03-15", 2)
        ]  # fmt: skip
        assert incidents.combinations(["area", "day"]) == [
            Combination(("", "2025-03-15"), (0, 2), 1),
            Combination(("Naryn", ""), (2, 0), 1),
            Combination(("Osh", "2025-03-14"), (1, 1), 2),
            Combination(("Osh", "2025-03-15"), (1, 2), 1),
        ]
        assert [(file, piece["r"].to_pylist()) for file, piece in incidents.pieces(("id1",))] == [
            (0, [0, 1, 2, 3]),
            (1, [4]),
        ]
    assert [path.suffix for path in tmp_path.iterdir()] == [".csv", ".csv"]


def test_many_combinations_are_counted_as_few_are(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = []
    for most in (database._COUNTED, 1):
        monkeypatch.setattr(database, "_COUNTED", most)
        incidents, _ = added(tmp_path / str(most), ROWS, ROWS)
        with incidents:
            found.append(incidents.combinations(["day", "area"]))
    assert found[0] == found[1] and sum(combination.rows for combination in found[0]) == 8


@pytest.mark.parametrize("name", ["note", "area / note"])
def test_a_column_of_very_many_texts_is_no_dimension(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setattr(database, "MOST_TEXTS", 5 if name == "note" else 6)
    rows = "id;person;area;note\n" + "".join(f"{n};p;{n % 3};{n % 5}\n" for n in range(1, 16))
    with pytest.raises(DiscreetError, match=f"column {name} holds more than"):
        incidents, _ = added(tmp_path, rows, read=("area", "note"))
        with incidents:
            assert len(incidents.combinations(["note"])) == 5
            incidents.combinations(["area", "note"])

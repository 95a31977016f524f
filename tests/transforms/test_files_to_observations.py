"""What a file says beside its figures: parts that it hides, pages that are missing, values that nothing asks for."""

import datetime as dt
import json
from collections.abc import Sequence
from typing import Any

import pyarrow as pa
import pytest

from data_contracts.arrow import arrow_schema
from sources.cells import HIDDEN, NEXT_PAGE, REMARKS, TITLE, UNREAD, ReadError
from sources.dataset import Dataset, Expects, SourceFile
from sources.readers.left_out import LEFT_OUT
from tests.transforms.sample import Declare, Row, sheet
from transforms.files_to_observations import Former, InputFile, Observed, former, observe
from transforms.normalize.normalizer import Normalizer
from transforms.privacy.suppress_cells import DisclosureError

Said = list[tuple[str, str, str | None]]


class Files:
    """Files as their reader gives them: cells with what is said of them, or an error."""

    def __init__(self, normalizer: Normalizer, monkeypatch: pytest.MonkeyPatch) -> None:
        self.normalizer, self.given = normalizer, dict[bytes, pa.Table | Exception]()
        monkeypatch.setattr("transforms.files_to_observations.read_cells", self._read)

    def _read(self, dataset: Dataset, content: bytes) -> pa.Table:
        found = self.given[content]
        if isinstance(found, Exception):
            raise found
        return found

    def file(
        self, cells: pa.Table | Exception, name: str = "", content: bytes = b"", **known: Any
    ) -> InputFile:
        content = content or f"file {len(self.given)}".encode()
        self.given[content] = cells
        declared = SourceFile(name=name) if name else None
        path, sha256 = f"{len(self.given)}.csv", f"{len(self.given):064}"
        return InputFile(lambda: content, sha256, path, dt.datetime(2026, 1, 1), declared, **known)

    def observed(self, dataset: Dataset, files: Sequence[InputFile]) -> Observed:
        return observe(self.normalizer, dataset, files)


@pytest.fixture
def files(normalizer: Normalizer, monkeypatch: pytest.MonkeyPatch) -> Files:
    return Files(normalizer, monkeypatch)


def cells(*rows: tuple[str, Row], **said: str) -> pa.Table:
    metadata = {
        "hidden": HIDDEN,
        "next_page": NEXT_PAGE,
        "unread": UNREAD,
        "left_out": LEFT_OUT,
        "remarks": b"_remarks",
    }
    table = sheet(rows or [("7", {})])
    return table.replace_schema_metadata({metadata[name]: text.encode() for name, text in said.items()})


def findings(seen: Observed) -> Said:
    return [(row["finding"], row["severity"], row["detail"]) for row in seen.findings.rows]


@pytest.mark.parametrize(
    ("options", "named"),
    [
        ({}, True),
        ({"hidden": "read"}, False),
        ({"tables": [{"first": 1}]}, True),
        ({"tables": [{"first": 1}, {"hidden": "read"}]}, False),
    ],
)
def test_hidden_parts_are_named_unless_the_declaration_says_what_to_do(
    files: Files, declare: Declare, options: dict[str, Any], named: bool
) -> None:
    dataset = declare().model_copy(update={"reader_options": options})
    seen = files.observed(dataset, [files.file(cells(hidden="sheet Old"))])
    assert findings(seen) == ([("hidden_parts", "warning", "1.csv: sheet Old")] if named else [])
    assert (seen.files, seen.cells, seen.good.num_rows) == (1, 1, 1)
    assert findings(files.observed(dataset, [files.file(cells())])) == []


@pytest.mark.parametrize(
    ("pages", "missing"),
    [
        ([("a", "")], []),
        ([("a", "/2")], ["/2"]),
        # In whatever order the pages of an answer come, one of them is the last.
        ([("a", "/2"), ("a", "")], []),
        ([("a", ""), ("a", "/2")], []),
        ([("a", "/2"), ("a", "/3")], ["/3"]),
        # Each declared file is an answer of its own.
        ([("a", "/2"), ("b", "")], ["/2"]),
        ([("a", "/2"), ("b", "/3")], ["/2", "/3"]),
    ],
)
def test_the_last_page_of_an_answer_is_there(
    files: Files, declare: Declare, pages: list[tuple[str, str]], missing: list[str]
) -> None:
    given = [
        files.file(cells(("7", {"Year": str(2020 + n)}), next_page=page), name)
        for n, (name, page) in enumerate(pages)
    ]
    seen = files.observed(declare(), given)
    assert findings(seen) == [("page_missing", "warning", page) for page in missing]
    assert seen.good.num_rows == seen.files == len(pages)


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        (["Showing 1 to 2 of 9 entries"], 0),
        (["Showing 1 to 5 of 9 entries", "Showing 6 to 9 of 9 entries"], 2),
        (["Showing 1 to 5 of 9 entries", "Orders"], 1),
        (["Showing 1 to 9 of 9 entries"], 1),
    ],
)
def test_a_file_that_shows_a_part_of_its_records_is_refused(
    files: Files, declare: Declare, said: list[str], kept: int
) -> None:
    """Unless the other parts are in other files of the dataset."""
    given = [
        files.file(cells(("7", {"Year": str(2020 + n)}), remarks=text), str(n)) for n, text in enumerate(said)
    ]
    seen = files.observed(declare(), given)
    assert (seen.good.num_rows, seen.refused.num_rows) == (kept, len(said) - kept)
    failed = [] if kept == len(said) else ["unreadable_file"]
    assert [finding[0] for finding in findings(seen)] == failed and len(seen.failures) == len(failed)


def test_a_table_that_goes_on_elsewhere_misses_a_page(files: Files, declare: Declare) -> None:
    line = "Fortsetzung auf Seite 2"
    seen = files.observed(declare(), [files.file(cells(remarks=line))])
    assert findings(seen) == [("page_missing", "warning", line)] and seen.good.num_rows == 1


@pytest.mark.parametrize(
    ("again", "dropped"),
    [([], None), ([("7", {})], "1 cells"), ([("7", {}), ("7", {}), ("8", {"Year": "2023"})], "2 cells")],
)
def test_cells_that_repeat_one_are_dropped_and_counted(
    files: Files, declare: Declare, again: list[tuple[str, Row]], dropped: str | None
) -> None:
    """Those of all files together."""
    other = cells(("5", {"Year": "2021"}), ("5", {"Year": "2021"}))
    for beside, found in (([], dropped), ([other], f"{len(again) + (1 if len(again) < 3 else 0)} cells")):
        seen = files.observed(declare(), [files.file(table) for table in (cells(("7", {}), *again), *beside)])
        assert findings(seen) == ([("dropped_duplicate", "info", found)] if found else [])


@pytest.mark.parametrize("restricted", [False, True])
@pytest.mark.parametrize(
    ("wanted", "held", "named"),
    [
        (["Women"], ["Women", "Men"], None),
        (["Women"], ["Men"], "where_not_found"),
        (["Women"], ["Womem", "Women"], None),
        # One of several may well be missing, but not where it is written nearly so.
        (["Women", "All"], ["Women", "Men"], None),
        (["Women", "Children"], ["Women", "Childrens"], "where_misspelt"),
        # A file without another value has nothing that was left out.
        (["Women"], [], None),
    ],
)
def test_values_that_where_asks_for_and_a_file_has_not_are_named(
    files: Files, declare: Declare, wanted: list[str], held: list[str], named: str | None, restricted: bool
) -> None:
    """Not of a file that is not public, which a sentence would quote."""
    dataset = declare(where={"Group": wanted}).model_copy(update={"restricted": restricted})
    rows = [("7", {"Group": group, "Year": str(2020 + n)}) for n, group in enumerate(held)]
    seen = files.observed(dataset, [files.file(cells(*(rows or [("7", {"Group": None})])))])
    expected = [(named, "warning", "1.csv: Group")] if named and not restricted else []
    assert findings(seen) == expected


@pytest.mark.parametrize(
    ("symbols", "values", "named"),
    [
        # 99 for "not known" is no figure below or above all others.
        ({"99": "M"}, ["50", "99", "70"], []),
        ({"99": "M"}, ["50", "99", "120"], ["99"]),
        ({"99": "M"}, ["120", "99", "150"], []),
        ({"99": "M"}, ["99"], []),
        ({"99": "M"}, ["50", "120"], []),
        ({"-": "M"}, ["50", "-", "120"], []),
    ],
)
def test_a_sign_that_may_be_a_figure_is_named(
    files: Files, declare: Declare, symbols: dict[str, str], values: list[str], named: list[str]
) -> None:
    rows = [(value, {"Year": str(2020 + n)}) for n, value in enumerate(values)]
    dataset = declare(numbers={"symbols": symbols})
    seen = files.observed(dataset, [files.file(cells(*rows))])
    assert findings(seen) == [("sign_among_figures", "warning", f"1.csv: {text}") for text in named]
    restricted = dataset.model_copy(update={"restricted": True})
    assert findings(files.observed(restricted, [files.file(cells(*rows))])) == []


def test_the_other_files_are_read_where_one_cannot_be(files: Files, declare: Declare) -> None:
    """A fault of the reader itself is one of this file, too, and names the reader."""
    table = cells(("7", {}))
    broken = [files.file(error) for error in (ReadError("it is cut off", place="line 3"), KeyError("x"))]
    seen = files.observed(declare(), [broken[0], files.file(table), broken[1]])
    assert (seen.good.num_rows, seen.files, len(seen.failures)) == (1, 1, 2)
    assert findings(seen) == [("unreadable_file", "critical", f"{number}.csv") for number in (1, 2)]
    assert "it is cut off" in seen.failures[0] and "the reader delimited failed: KeyError" in seen.failures[1]
    assert seen.refused["rule"].to_pylist() == ["unreadable_file"] * 2
    assert seen.refused["raw_locator"].to_pylist()[0] == "line 3"


@pytest.mark.parametrize("reader", ["delimited", "excel"])
@pytest.mark.parametrize(
    ("content", "ended"),
    [(b"a\n1\n", True), (b"a\r1\r", True), (b"a\n1\n\0\0", True), (b"a\n1", False), (b"PK\n", False)],
)
def test_a_file_of_lines_that_does_not_end_its_last_one_is_cut(
    files: Files, declare: Declare, reader: str, content: bytes, ended: bool
) -> None:
    """Only where the one before did, and never in a format without lines."""
    dataset = declare().model_copy(update={"reader": reader})
    known = reader == "delimited" and not content.startswith(b"PK")
    table = cells(unread="Zone\nUnit")
    columns = frozenset({"What", "Region", "Year", "Sex"})
    for before in (None, Former(columns, False), Former(columns, True, elsewhere=True)):
        file = files.file(table, content=content, before=lambda before=before: before)
        (shape,) = files.observed(dataset, [file]).shapes
        assert shape.cut is (before is not None and before.ended is True and known and not ended)
        assert shape.rows == 1
        if before is None:
            assert (shape.now, shape.before) == (columns, None)
        else:
            assert (shape.now, shape.before) == (columns | {"Zone", "Unit"}, columns)
            assert shape.elsewhere is before.elsewhere
    for elsewhere in (False, True):
        found = former(dataset, content, elsewhere=elsewhere)
        assert found == Former(columns | {"Zone", "Unit"}, ended if known else None, elsewhere)


@pytest.mark.parametrize(("text", "is_column"), [("", False), (" ", False), (None, False), ("x", True)])
def test_a_delimiter_at_the_end_of_each_line_makes_no_column(
    files: Files, declare: Declare, text: str | None, is_column: bool
) -> None:
    table = cells()
    more = {name: pa.array([text], pa.string()) for name in ("column 5", "Zone")}
    for name, column in more.items():
        table = table.append_column(name, column)
    (shape,) = files.observed(declare(), [files.file(table)]).shapes
    assert ("column 5" in shape.now) is is_column and "Zone" in shape.now


@pytest.mark.parametrize(
    ("columns", "declared", "refused"),
    [
        ({"Year": "2024"}, {}, False),
        ({"Year": "2024", "Year (2)": "2023"}, {}, True),
        # The factor, too, is read from a column.
        ({"Scale": "3", "Scale (2)": "0"}, {"numbers": {"multiply": {"column": "Scale"}}}, True),
        # The declaration knows of both, or reads neither.
        ({"Year": "2024", "Year (2)": "2023"}, {"expects": {"columns": ["Year", "Year (2)"]}}, False),
        ({"Zone": "1", "Zone (2)": "2"}, {}, False),
    ],
)
def test_a_column_that_is_read_and_there_twice_refuses_the_file(
    files: Files, declare: Declare, columns: Row, declared: dict[str, Any], refused: bool
) -> None:
    dataset = declare(**declared)
    seen = files.observed(dataset, [files.file(cells(("7", columns)))])
    assert (bool(seen.failures), seen.files) == (refused, 0 if refused else 1)


@pytest.mark.parametrize("rows", [1, 2, 3, 4, 5])
def test_what_the_bringer_stated_is_said_of_every_row(
    files: Files, declare: Declare, monkeypatch: pytest.MonkeyPatch, rows: int
) -> None:
    """In pieces, the last of which may be shorter."""
    monkeypatch.setattr("transforms.files_to_observations._PIECE", 2)
    dataset = declare(concepts={"source_id": {"column": "Source", "values": {"act 5": "s1"}}})
    table = cells(*((str(7 + n), {"Year": str(2020 + n)}) for n in range(rows)))
    seen = files.observed(dataset, [files.file(table, stated={"Source": "act 5"})])
    assert seen.good["source_id"].to_pylist() == ["s1"] * rows and seen.failures == []


def test_what_the_bringer_stated_is_a_column_unless_the_file_has_it(files: Files, declare: Declare) -> None:
    stated = {"Year": "1999", "Source": "act 5"}
    dataset = declare(concepts={"source_id": {"column": "Source", "values": {"act 5": "s1"}}})
    seen = files.observed(dataset, [files.file(cells(("7", {})), stated=stated)])
    assert [(row["time_period"], row["source_id"]) for row in seen.good.to_pylist()] == [("2024", "s1")]


@pytest.mark.parametrize("restricted", [False, True])
def test_rows_below_the_end_of_a_table_are_named(files: Files, declare: Declare, restricted: bool) -> None:
    """Five of them, and of a file that is not public only where they are."""
    left = [(f"line {number}", "Ош 5") for number in range(9, 16)]
    dataset = declare().model_copy(update={"restricted": restricted})
    seen = files.observed(dataset, [files.file(cells(left_out=json.dumps(left)))])
    one = "{}" if restricted else '{} "Ош 5"'
    named = "1.csv: " + ", ".join(one.format(f"line {number}") for number in range(9, 14))
    found = [row for row in seen.findings.rows if row["finding"] == "rows_left_out"]
    assert [(row["severity"], row["detail"]) for row in found] == [("warning", named)]
    assert "7" in found[0]["reason_en"]
    long = cells(left_out=json.dumps([("line 9", "x" * 999)]))
    (row,) = files.observed(declare(), [files.file(long)]).findings.rows
    assert row["detail"] == f'2.csv: line 9 "{"x" * 592}'


@pytest.mark.parametrize("restricted", [False, True])
def test_marks_that_nothing_reads_are_named(files: Files, declare: Declare, restricted: bool) -> None:
    dataset = declare().model_copy(update={"restricted": restricted})
    rows: list[tuple[str, Row]] = [
        ("7", {"Примечание": "1)"}),
        ("8", {"Year": "2023", "Примечание": " 1) "}),
        # No mark, a text, and marks beside no figure.
        ("9", {"Year": "2022", "Примечание": None}),
        ("9", {"Year": "2021", "Примечание": "оценка"}),
        ("...", {"Year": "2020", "Примечание": "2)"}),
    ]
    marked = cells(*rows)
    seen = files.observed(dataset, [files.file(marked)])
    found = [row for row in seen.findings.rows if row["finding"] == "unread_marks"]
    assert [(row["severity"], row["detail"]) for row in found] == (
        [] if restricted else [("warning", "1.csv: Примечание")]
    )
    assert restricted or '"1)" (2)' in found[0]["reason_en"]
    assert restricted or not any(other in found[0]["reason_en"] for other in ("None", "оценка", '"2)"'))


@pytest.mark.parametrize(
    ("value", "header", "note", "remarks", "found"),
    [
        ("7¹", "Мать", None, "", [("_value", '"1" (7¹)')]),
        ("7**", "Отец 2)", None, "", [("_value", '"**" (7**)'), ("column", '"2" (Отец 2))')]),
        # Explained in a note, in lines below, by a number that is not raised there; and what is no mark.
        ("7¹", "Отец*", "¹ без города; * план", "", []),
        ("7¹⁾", "Отец**", None, "** план\n1 без города", []),
        ("7*", "Отец¹", "¹ без города", "", [("_value", '"*" (7*)')]),
        ("7", "Площадь, кв. м²", None, "", []),
        ("7", "Отец (10³)", None, "", []),
        ("7", "Отец (ст. 12)", None, "", []),
        ("7", "прочитано¹", None, "", []),
    ],
)
@pytest.mark.parametrize("restricted", [False, True])
def test_marks_that_the_file_does_not_explain_are_named(
    files: Files,
    declare: Declare,
    value: str,
    header: str,
    note: str | None,
    remarks: str,
    found: list[tuple[str, str]],
    restricted: bool,
) -> None:
    dataset = declare(expects={"texts": ["прочитано¹"]}).model_copy(update={"restricted": restricted})
    table = cells((value, {"column": header, "_note": note}), remarks=remarks)
    seen = files.observed(dataset, [files.file(table)])
    rows = [row for row in seen.findings.rows if row["finding"] == "marks_without_note"]
    said = [(row["detail"], row["reason_en"]) for row in rows]
    named = [] if restricted else found
    assert [detail for detail, _ in said] == [f"1.csv: {place}" for place, _ in named]
    assert all(words in reason for (_, reason), (_, words) in zip(said, named, strict=True))


@pytest.mark.parametrize(
    ("titles", "changed", "said"),
    [
        (("Вынесено ордеров", "Нарушения ордеров"), {}, True),
        (("Ордера, 2022 год", "Ордера, 2023 год"), {}, False),
        (("Ордера, Astana", "Ордера"), {}, False),
        (("Таблица 1. Ордера", "Продолжение таблицы 1. Ордера, всего"), {}, False),
        (("Вынесено ордеров", "Нарушения ордеров"), {"expects": {"texts": ["Нарушения ордеров"]}}, False),
        (("Вынесено ордеров", "Нарушения ордеров"), {"where": {TITLE: ["Вынесено ордеров"]}}, False),
    ],
)
def test_titles_of_other_words_for_one_indicator(
    files: Files, declare: Declare, titles: Sequence[str], changed: dict[str, Any], said: bool
) -> None:
    dataset = declare(concepts={"indicator": {"const": "DV_REPORTS"}}, **changed)
    rows = [(str(n), {TITLE: title, "Year": f"{2021 + n}"}) for n, title in enumerate(titles, 1)]
    seen = files.observed(dataset, [files.file(cells(*rows))])
    assert seen.refused["rule"].to_pylist() == ["unread_dimension"] * len(titles) * said


@pytest.mark.parametrize(
    ("column", "texts", "found"),
    [
        ("Год решения", ("2024", "2024"), ["years_beside"]),
        ("Jahr der Anzeige", ("2022", "2023"), ["years_beside"]),
        ("Год решения", ("2023", "2022"), []),
        ("Год рождения", ("1990", "1991"), []),
        ("Год", ("2023", "2022"), []),
        ("Год публикации", ("2024", "2024"), []),
        ("Порядок", ("первично", "повторно"), []),
        # Another one in each row is a name; beside three years of which two have the same it may be a part.
        ("Порядок", ("первично", "повторно", "первично"), ["column_may_divide"]),
        ("Источник", ("первично", "повторно", "первично"), []),
    ],
)
def test_years_and_words_beside_what_is_read(
    files: Files, declare: Declare, column: str, texts: Sequence[str], found: list[str]
) -> None:
    """Read carelessly: figures of one year at another, and of a part as of the whole, without a word."""
    rows: list[tuple[str, Row]] = [
        (str(n), {"Year": str(2023 - n), column: text}) for n, text in enumerate(texts)
    ]
    file = files.file(cells(*rows))
    seen = files.observed(declare(), [file])
    assert seen.good.num_rows == len(texts)
    assert findings(seen) == [(finding, "warning", f"1.csv: {column}") for finding in found]
    assert all(texts[0] in row["reason_en"] for row in seen.findings.rows)
    known = declare().expects.model_copy(update={"columns": ("Sex", "Year", column)})
    for more in ({"restricted": True}, {"expects": known}):
        other = files.observed(declare().model_copy(update=more), [file])
        assert not {"years_beside", "column_may_divide"} & {name for name, *_ in findings(other)}


def test_what_cannot_be_protected_is_not_published(
    files: Files, declare: Declare, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An error of the protection takes all rows away, and is said."""

    def fails(*_: object, **__: object) -> pa.Table:
        raise DisclosureError("nothing helps")

    monkeypatch.setattr("transforms.privacy.rules_per_dataset.protect", fails)
    seen = files.observed(declare().model_copy(update={"restricted": True}), [files.file(cells())])
    assert (seen.good.num_rows, len(seen.failures)) == (0, 1) and "nothing helps" in seen.failures[0]
    assert findings(seen) == [("cannot_protect", "critical", seen.failures[0])]
    # What is public needs no protection.
    assert files.observed(declare(), [files.file(cells())]).good.num_rows == 1


@pytest.mark.parametrize("region", ["Astana", "Kazakhstan"])
@pytest.mark.parametrize(
    ("before", "count"),
    [
        # Small counts that were shown, of a region (withheld now) or of the country; large ones and those that had no
        # value then were not.
        ({"2021": 3.0, "2022": 3.0, "2023": 100.0}, 2),
        ({"2021": None, "2022": 3.0, "2023": 100.0}, 1),
        ({"2023": 100.0}, 0),
        ({}, 0),
    ],
)
def test_small_counts_that_were_published_before(
    files: Files, declare: Declare, before: dict[str, float | None], count: int, region: str
) -> None:
    values = {"2021": "3", "2022": "3", "2023": "100"}
    dataset = declare()
    given = cells(*((value, {"Year": year, "Region": region}) for year, value in values.items()))
    public = files.observed(dataset, [files.file(given)]).good
    rows = [
        {**row, "obs_value": before[row["time_period"]], "valid_from": dt.datetime(2026, 1, 1)}
        for row in public.to_pylist()
        if row["time_period"] in before
    ]
    contract = files.normalizer.lookups.contract
    schema = arrow_schema(contract, contract.tables["observation_history"])
    history = pa.Table.from_pylist(rows, schema=pa.schema([field.with_nullable(True) for field in schema]))
    restricted = dataset.model_copy(update={"restricted": True})
    seen = observe(files.normalizer, restricted, [files.file(given)], history)
    said = [row["detail"] for row in seen.findings.rows if row["finding"] == "published_before"]
    assert said == ([f"{count} values"] if count else [])


def test_texts_that_the_declaration_knows_are_looked_at_by_no_rule(files: Files, declare: Declare) -> None:
    """Read without them, the title refuses all rows, and the column one: both were read by somebody."""
    table = cells(("7", {"Вид насилия": "физическое"}), ("9", {"Вид насилия": "всего", "Year": "2023"}))
    said = {b"title": b"Orders (in thousands)\x00Police", REMARKS.encode(): b"a\nb"}
    table = table.replace_schema_metadata(said)
    refused = files.observed(declare(), [files.file(table)])
    assert not refused.good.num_rows and refused.refused.num_rows == 2
    for texts, values in (
        (("Orders  (in thousands)", "b"), [9]),
        (("Orders (in thousands)", "Вид насилия: физическое"), [7, 9]),
        (("Orders (in thousands)", "физическое"), [7, 9]),
    ):
        expecting = declare().model_copy(update={"expects": Expects(texts=texts)})
        known = files.observed(expecting, [files.file(table)])
        assert known.good["obs_value"].to_pylist() == values
        assert [*known.texts.values()] == [("Police",)]

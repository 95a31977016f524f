"""Files made so that reading them takes time or memory by the square of their size: read in linear time, or refused.

Each is read at an eighth of its size and whole. Linear work is eight times as much, quadratic work sixty-four times;
what is compared is processor time, which other programs on the machine change little, with a wide bound between the
two. A file that is refused must be refused as soon.
"""

import gc
import json
import time
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from sources.cells import ReadError
from sources.readers import protocol
from tests.sources.readers.test_pdf import document, rule, write
from tests.workbooks import book, repacked

PART = 8
# Between 8 and 64; what is quicker than this is no work that anybody notices.
MOST_TIMES, UNNOTICED = 40, 0.3


def dataset(reader: str, **options: Any) -> Any:
    return SimpleNamespace(reader=reader, reader_options=options)


# -- workbooks --------------------------------------------------------------------------------------------------------


def workbook(cell: str = "", before: str = "", after: str = "") -> bytes:
    """Two rows, with another cell A2, and XML before and after the rows of the sheet."""

    def changed(xml: bytes) -> bytes:
        start, end = xml.index(b'<c r="A2"'), xml.index(b'<c r="B2"')
        xml = xml[:start] + cell.encode() + xml[end:] if cell else xml
        xml = xml.replace(b"<sheetData>", f"{before}<sheetData>".encode())
        return xml.replace(b"</sheetData>", f"</sheetData>{after}".encode())

    def rows(made: Any) -> None:
        made.active.append(["Region", 2022])
        made.active.append(["Chui", 7])

    return repacked(book(rows), sheet=changed)


def raised_marks(count: int) -> bytes:
    mark = '<r><rPr><vertAlign val="superscript"/></rPr><t>1</t></r>'
    return workbook(cell=f'<c r="A2" t="inlineStr"><is><r><t>Chui</t></r>{mark * count}</is></c>')


def merges(count: int) -> bytes:
    places = "".join(f'<mergeCell ref="A{row}:A{row + 1}"/>' for row in range(3, 2 * count + 3, 2))
    return workbook(after=f"<mergeCells>{places}</mergeCells>")


def merges_over_each_other(count: int) -> bytes:
    places = "".join(f'<mergeCell ref="D5:E{row}"/>' for row in range(6, count + 6))
    return workbook(after=f"<mergeCells>{places}</mergeCells>")


def hidden_columns(count: int) -> bytes:
    columns = "".join(f'<col min="{3 + n % 9}" max="16384" width="9" hidden="1"/>' for n in range(count))
    return workbook(before=f"<cols>{columns}</cols>")


def marked_cells(count: int) -> bytes:
    page = "".join("<tr><td>x</td><td>1<sup>1</sup></td></tr>" for _ in range(count))
    return f"<html><body><table><tr><th>a</th><th>b</th></tr>{page}</table></body></html>".encode()


def styled(css: str, rows: int = 1) -> bytes:
    cells = '<tr><td class="z">x</td><td>1</td></tr>' * rows
    head = f"<html><head><style>{css}</style></head>"
    return f"{head}<body><table><tr><th>a</th><th>b</th></tr>{cells}</table></body></html>".encode()


def comments_without_an_end(count: int) -> bytes:
    return styled("/*" * count)


def selectors_without_an_end(count: int) -> bytes:
    return styled("a " * count)


def rules_for_every_cell(count: int) -> bytes:
    return styled(".z{color:red}" * count, count)


# -- delimited text ---------------------------------------------------------------------------------------------------


def equal_headers(count: int) -> bytes:
    return (",".join(["x"] * count) + "\n" + ",".join(["1"] * count) + "\n").encode()


def headers_like_numbered_ones(count: int) -> bytes:
    names = [f"x ({number})" if number % 2 else "x" for number in range(count)]
    return (",".join(names) + "\n" + ",".join(["1"] * count) + "\n").encode()


def equal_headers_of_open_sdg(count: int) -> bytes:
    return ("Year,Value," + ",".join(["x"] * count) + "\n2020,1," + ",".join(["a"] * count) + "\n").encode()


def records_of_another_width(count: int) -> bytes:
    return ("a,b\nx,1\n" + "x,1,2\n" * count).encode()


def quoted_records(count: int) -> bytes:
    return ("a,b\n" + '"x""y",1\n' * count).encode()


# -- JSON and XML -----------------------------------------------------------------------------------------------------


def keys(count: int) -> bytes:
    """The last key is there twice."""
    return ("{" + ",".join(f'"k{n}":1' for n in range(count)) + f',"k{count - 1}":2}}').encode()


def rows_of_different_keys(count: int) -> bytes:
    return json.dumps([{f"k{number}": 1, "Year": 2020, "value": 1} for number in range(count)]).encode()


def dimensions(count: int) -> bytes:
    names = [f"d{number}" for number in range(count)]
    one = {"category": {"index": ["x"], "label": {"x": "y"}}}
    cube = {"version": "2.0", "class": "dataset", "id": names, "size": [1] * count, "value": [1]}
    return json.dumps({**cube, "dimension": dict.fromkeys(names, one)}).encode()


def message(inside: str) -> bytes:
    start = '<m:StructureSpecificData xmlns:m="http://www.sdmx.org/resources/sdmxml/schemas/v2_1/message">'
    return f"{start}<m:Header/><m:DataSet>{inside}</m:DataSet></m:StructureSpecificData>".encode()


OBSERVATION = '<Obs TIME_PERIOD="2020" OBS_VALUE="1"/>'


def series_of_different_attributes(count: int) -> bytes:
    return message("".join(f'<Series A{n}="1">{OBSERVATION}</Series>' for n in range(count)))


def groups(count: int) -> bytes:
    series = "".join(f'<Series A="{n}">{OBSERVATION}</Series>' for n in range(count))
    return message("".join(f'<Group A="{n}" T="x"/>' for n in range(count)) + series)


def groups_of_different_kinds(count: int) -> bytes:
    said = " ".join(f'A{number}="1"' for number in range(count))
    kinds = "".join(f'<Group A{number}="1" T="x"/>' for number in range(count))
    return message(f"{kinds}<Series {said}>{OBSERVATION}</Series>")


# -- PDF --------------------------------------------------------------------------------------------------------------


def crossing_rules(count: int) -> bytes:
    """A large page on which each of so many rules across crosses as many rules down."""
    last = 5 * count
    drawn = "".join(rule(0, 5 * n, last, 5 * n) + rule(5 * n, 0, 5 * n, last) for n in range(1, count))
    return document(drawn + write(1, 1, "7"), side=last)


def words_at_many_places(count: int) -> bytes:
    """A wide page with three lines of so many words, each under the one above."""
    drawn = "".join(write(20 * at, 20 * line, "7") for at in range(count) for line in (1, 2, 3))
    return document(drawn, side=20 * count)


# -- the table --------------------------------------------------------------------------------------------------------

CROSS = dataset("excel", header_rows=[1])
CSV, SDMX = dataset("delimited"), dataset("sdmx_ml")
ALIGNED = {"vertical_strategy": "text", "horizontal_strategy": "text"}
READ = ""
# What makes the file, its reader, how many, and what the refusal says (empty: it is read).
CASES: list[tuple[Callable[[int], bytes], Any, int, str]] = [
    (raised_marks, CROSS, 16_000, READ),
    (merges, CROSS, 20_000, READ),
    (merges_over_each_other, CROSS, 8_000, READ),
    (hidden_columns, CROSS, 16_000, "hidden rows and columns are described"),
    (marked_cells, dataset("excel", layout="records", value_columns=["b"]), 4_000, READ),
    (comments_without_an_end, CROSS, 100_000, READ),
    (selectors_without_an_end, CROSS, 200_000, READ),
    (rules_for_every_cell, CROSS, 4_000, "name more than 1000000 elements"),
    (equal_headers, CSV, 16_000, READ),
    (equal_headers, CSV, 20_000, "more than 16384"),
    (headers_like_numbered_ones, CSV, 16_000, READ),
    (equal_headers_of_open_sdg, dataset("open_sdg"), 16_000, READ),
    (records_of_another_width, CSV, 40_000, READ),
    (quoted_records, CSV, 40_000, READ),
    (keys, dataset("json_stat"), 300_000, "'k299999' occurs twice"),
    (
        rows_of_different_keys,
        dataset("json_table", rows="", value="value"),
        8_000,
        "most of them in few rows",
    ),
    (rows_of_different_keys, dataset("open_sdg", value="value"), 8_000, "most of them in few rows"),
    (dimensions, dataset("json_stat"), 8_000, READ),
    (series_of_different_attributes, SDMX, 4_000, "most of them in few rows"),
    (groups, SDMX, 8_000, READ),
    (crossing_rules, dataset("pdf"), 4_000, "than any table has"),
    (words_at_many_places, dataset("pdf", table_settings=ALIGNED), 8_000, "more columns of words"),
    (groups_of_different_kinds, SDMX, 8_000, "groups of 8000 kinds, more than 256"),
]


def spent(file: bytes, reader: Any) -> tuple[float, str]:
    """Seconds of the processor to read a file, and what it is refused with.

    Without the collector of garbage, which looks at all that the tests before this one left in memory.
    """
    gc.collect()
    gc.disable()
    started, said = time.process_time(), ""
    try:
        protocol.read_cells(reader, file)
    except ReadError as error:
        said = str(error)
    finally:
        took = time.process_time() - started
        gc.enable()
    return took, said


@pytest.mark.slow
@pytest.mark.parametrize(
    ("make", "reader", "count", "says"), CASES, ids=[f"{case[0].__name__} {case[2]}" for case in CASES]
)
def test_work_grows_as_the_file_does(
    make: Callable[[int], bytes], reader: Any, count: int, says: str
) -> None:
    small = make(count // PART)
    part = min(spent(small, reader)[0] for _ in range(2))
    whole, said = spent(make(count), reader)
    assert says in said and (says or not said), said
    assert whole < max(UNNOTICED, MOST_TIMES * part), f"{part:.3f} s, then {whole:.3f} s"

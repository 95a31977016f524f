"""Records of a delimited text by unit: the delimiter, the header, the ends of records, and what is below the table."""

from typing import Any

import pytest

from sources.cells import ReadError
from sources.readers.delimited_records import (
    fitted,
    header_lines,
    misfit,
    open_text,
    records,
    utf8,
)


def found(text: str, **options: Any) -> list[tuple[int, list[str]]]:
    return list(records(text, ",", options))


@pytest.mark.parametrize(
    ("text", "delimiter"),
    [
        ("a,b\n1,2\n", ","),
        ("a;b\n1,5;2\n", ";"),
        ("a\tb\n1\t2\n", "\t"),
        ("a|b\n1|2\n", "|"),
        ("a;b;c\n1;2;3,5\n", ";"),
        ("a,b;c\n1,2;3\n4,5;6\n", None),
        ("a;b,c;d\n1;2;3\n", ";"),
        ("a\n1\n", None),
        ("sep=;\na;b\n", ";"),
        ('"sep=|"\na|b\n', "|"),
        ("SEP=,\r\na,b\r\n", ","),
    ],
)
def test_the_delimiter_is_told_by_the_header(text: str, delimiter: str | None) -> None:
    if delimiter is None:
        with pytest.raises(ReadError, match="does not tell the delimiter"):
            open_text(text.encode(), {})
    else:
        assert open_text(text.encode(), {})[1] == delimiter


@pytest.mark.parametrize(
    ("options", "delimiter"),
    [
        ({"value_columns": "^b"}, ";"),
        ({"value_columns": ["b, %"]}, ";"),
        ({"id_columns": ["a"]}, ";"),
        ({"value_columns": ["%"], "id_columns": ["a;b"]}, ","),
        # Found under both, or under none.
        ({"value_columns": "b"}, None),
        ({"value_columns": ["c"]}, None),
    ],
)
def test_the_declared_columns_tell_the_delimiter(options: dict[str, Any], delimiter: str | None) -> None:
    text = b"a;b, %\n1;2,5\n3;4,5\n"
    if delimiter is None:
        with pytest.raises(ReadError, match="does not tell the delimiter"):
            open_text(text, options)
    else:
        assert open_text(text, options)[1] == delimiter


def test_a_declared_delimiter_counts_and_the_line_of_excel_stays_a_blank_one() -> None:
    assert open_text(b"a,b\n", {"delimiter": ";"}) == ("a,b\n", ";")
    assert open_text(b"sep=;\na;b\n", {"delimiter": ","}) == ("\na;b\n", ",")
    for wrong in ("", "ab", "\n", "\r", '"', 7):
        with pytest.raises(ReadError, match="delimiter=.* is not one character"):
            open_text(b"a,b\n", {"delimiter": wrong})


def test_a_file_that_has_to_end_with_a_line() -> None:
    assert open_text(b"a,b\n1,2\n", {"final_newline": "required"})[1] == ","
    assert open_text(b"a,b\n1,2\r", {"final_newline": "required"})[1] == ","
    assert open_text(b"a,b\n1,2", {})[1] == ","
    with pytest.raises(ReadError, match="looks cut off") as refused:
        open_text(b"a,b\n1,2", {"final_newline": "required"})
    assert refused.value.place == "line 2"


def test_records_with_the_lines_where_they_begin() -> None:
    text = 'a,b\n\n1,"x\ny"\n , \n3,4\n'
    assert found(text) == [(1, ["a", "b"]), (3, ["1", "x\ny"]), (6, ["3", "4"])]
    assert found("title\n\na,b\n1,2\n", header_row=3) == [(3, ["a", "b"]), (4, ["1", "2"])]
    assert found('a,b\n="007",2\n') == [(1, ["a", "b"]), (2, ["007", "2"])]
    with pytest.raises(ReadError, match="no header line"):
        found("a,b\n", header_row=2)
    with pytest.raises(ReadError, match="not well-formed") as refused:
        found('a,b\n1,"2"x\n')
    assert refused.value.place == "line 2"


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("a,b\n1,2,\n3,4,,\n", [["1", "2"], ["3", "4"]]),
        ("a,b\n1,2,x\n", [["1", "2", "x"]]),
        ("a,b,\n1,2\n3,4,\n5,6,x\n", [["1", "2", ""], ["3", "4", ""], ["5", "6", "x"]]),
        ("a,b,\n1,2,\n3,4,\n5,6,7\n", [["1", "2", ""], ["3", "4", ""], ["5", "6", "7", ""]]),
        ("a,b,\n1,2,7\n3,4,8\n5,6,\n", [["1", "2", "7"], ["3", "4", "8"], ["5", "6", ""]]),
        ("a,b,,\n1,2\n3\n", [["1", "2", "", ""], ["3"]]),
        (
            "a,b,,\n1,2,,\n1,2,,,\n1,2,,,x\n",
            [["1", "2", "", ""], ["1", "2", "", ""], ["1", "2", "", "", "x"]],
        ),
    ],
)
def test_empty_cells_at_the_end(text: str, rows: list[list[str]]) -> None:
    assert [row for _, row in found(text)][1:] == rows


def test_what_is_below_the_table() -> None:
    text = "a,b\n1,2\n3,4\nSource: office\nNote\n"
    assert [row[0] for _, row in found(text, stop_at="^Source")] == ["a", "1", "3"]
    assert [row[0] for _, row in found(text, skip_footer=2)] == ["a", "1", "3"]
    assert [row[0] for _, row in found(text)] == ["a", "1", "3", "Source: office", "Note"]
    with pytest.raises(
        ReadError, match=r"skip_footer: 3 leaves out a record that looks like data: 3 \| 4"
    ) as refused:
        found(text, skip_footer=3)
    assert refused.value.place == "line 3"
    # Two words in three columns are no data; one with a figure is.
    assert len(found("a,b,c\n1,2,3\nx,y,\n", skip_footer=1)) == 2
    with pytest.raises(ReadError, match="looks like data"):
        found("a,b,c\n1,2,3\nx,5 %,\n", skip_footer=1)
    assert len(found("a,b,c\n1,2,3\n7,,\n", skip_footer=1)) == 2, "one text alone"


@pytest.mark.parametrize(
    ("text", "breaks"),
    [
        ("a,b\n1,2\n3", True),
        ("a,b\n1,2\n3\n", False),
        ("a,b\n1,2\n3,", False),
        ("a,b\n1,2", False),
        ("a,b", False),
    ],
)
def test_a_last_record_that_breaks_off(text: str, breaks: bool) -> None:
    if breaks:
        with pytest.raises(ReadError, match="breaks off: it has 1 cell, the header has 2") as refused:
            found(text)
        assert refused.value.place == "line 3" and "stop_at" in refused.value.remedy
    else:
        assert found(text)


def test_why_a_record_does_not_fit() -> None:
    assert misfit(["1", "2"], 2) == ""
    assert misfit(["1", "2", "3"], 2) == "the record has 3 cells, the header has 2"
    assert misfit(["note", ""], 3).startswith(
        "the record has 2 cells, the header has 3. Where it is a remark"
    )
    assert misfit(["x"], 2).startswith("the record has 1 cell, the header has 2. Where")
    assert fitted(["1"], 3) == ["1", None, None] and fitted(["1", "2", "3"], 2) == ["1", "2"]


def test_lines_of_a_header() -> None:
    assert header_lines({"header_rows": [2, 3]}) == [2, 3] and header_lines({"header_rows": 1}) == [1]
    for wrong in ([0, 1], [1, 3], [2, 1], [], "1", [True], [1, 1], None):
        with pytest.raises(ReadError, match="header_rows"):
            header_lines({"header_rows": wrong})


def test_half_a_surrogate_pair_is_refused_with_its_place() -> None:
    assert utf8("é") == b"\xc3\xa9"
    with pytest.raises(ReadError, match="half a surrogate pair") as refused:
        utf8("ab\ud800")
    assert refused.value.place == "character 3"

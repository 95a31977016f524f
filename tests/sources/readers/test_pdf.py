"""The PDF reader on small documents written here."""

import io
import random
import re
import time
from types import SimpleNamespace

import pdfplumber
import pytest
import typst

from sources.cells import ReadError, SourceError
from sources.readers import pdf, pdf_objects, pdf_visibility
from sources.readers.pdf_visibility import MARK, mark_outside, mark_struck, mark_unseen


def document(*streams, side=400):
    """A PDF with one square page for every content stream."""
    kids = " ".join(f"{4 + 2 * number} 0 R" for number in range(len(streams)))
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {len(streams)} >>",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    for number, stream in enumerate(streams):
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {side} {side}] /Contents {5 + 2 * number} 0 R "
            "/Resources << /Font << /F1 3 0 R >> /ExtGState << /G0 << /ca 0 >> >> >> >>"
        )
        objects.append(f"<< /Length {len(stream)} >>\nstream\n{stream}\nendstream")
    return as_file(objects)


def as_file(objects):
    """The objects of a PDF, numbered from 1, with their index."""
    body, offsets = "%PDF-1.4\n", []
    for number, text in enumerate(objects, 1):
        offsets.append(len(body))
        body += f"{number} 0 obj\n{text}\nendobj\n"
    start = len(body)
    body += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n"
    body += "".join(f"{offset:010} 00000 n \n" for offset in offsets)
    body += f"trailer << /Size {len(objects) + 1} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n"
    return body.encode("latin-1")


def write(x, y, text, size=10):
    text = text.replace("(", r"\(").replace(")", r"\)")
    return f"BT /F1 {size} Tf {x} {y} Td ({text}) Tj ET\n"


def rule(x0, y0, x1, y1):
    return f"{x0} {y0} m {x1} {y1} l S\n"


def table(*rows, header=True):
    """Region and two years by sex, with merged header cells."""
    top = 350
    bottom = top - 20 * (len(rows) + 2 * header)
    body = rows and "".join(rule(50, y, 350, y) for y in range(bottom, top + 1 - 40 * header, 20))
    under = top - 20 * header
    out = body + rule(50, top, 350, top) + (rule(150, 330, 350, 330) if header else "")
    out += "".join(rule(x, top, x, bottom) for x in (50, 150, 250, 350))
    out += "".join(rule(x, under, x, bottom) for x in (200, 300))
    if header:
        out += write(55, 336, "Region") + write(155, 336, "2023") + write(255, 336, "2024")
        out += "".join(
            write(x, 316, t) for x, t in zip((155, 205, 255, 305), ["women", "men"] * 2, strict=True)
        )
    for number, row in enumerate(rows):
        y = top - 40 * header - 14 - 20 * number
        out += "".join(write(x, y, text) for x, text in zip((55, 155, 205, 255, 305), row, strict=True))
    return out


ABAI = ("Abai*", "11", "2", "13", "4")
ZHETYSU = ("Zhetysu", "1 005", "6", "-", "8")
PAGE = write(50, 370, "Table 1. Orders by region") + table(ABAI, ZHETYSU) + write(50, 250, "* preliminary")


def cells(content, **options):
    rows = pdf.read(content, options).to_pylist()
    return {row["_locator"]: row for row in rows}


@pytest.mark.parametrize("header", [[1, 2], "auto"])
def test_a_ruled_table_with_a_merged_header(header):
    found = cells(document(PAGE), header_rows=header)
    assert len(found) == 8
    cell = found["page 1, line 5, column 4"]
    assert (cell["_value"], cell["row_1"], cell["col_1"], cell["col_2"]) == ("-", "Zhetysu", "2024", "women")
    assert found["page 1, line 5, column 2"]["_value"] == "1 005"
    first = found["page 1, line 4, column 3"]
    assert (first["_value"], first["col_1"], first["col_2"]) == ("2", "2023", "men")
    assert first["_note"] == "* preliminary" and cell["_note"] is None
    assert {row["title"] for row in found.values()} == {"Table 1. Orders by region"}


def test_a_comment_that_somebody_has_stuck_on_a_cell():
    """It is a note of the figure, one beside a row of the row's figures; one elsewhere, or with an address alone, is of
    none.
    """
    comments = (
        ("Text", "210 292 220 302", "misprint, should read 27"),
        ("Highlight", "360 272 370 282", "plan"),
        ("Text", "160 292 170 302", "a.b@stat.example.org"),
        ("Text", "10 10 20 20", "printed"),
        ("Link", "155 292 165 302", "link"),
    )
    said = " ".join(
        f"<< /Type /Annot /Subtype /{kind} /Rect [{place}] /Contents ({text}) >>"
        for kind, place, text in comments
    )
    content = document(PAGE).replace(b"/Resources", f"/Annots [{said}] /Resources".encode())
    notes = {place: row["_note"] for place, row in cells(content, header_rows=[1, 2]).items()}
    preliminary = {f"page 1, line 4, column {column}": "* preliminary" for column in (2, 3, 4, 5)}
    assert notes == {
        **preliminary,
        "page 1, line 4, column 3": "* preliminary; * misprint, should read 27",
        **{f"page 1, line 5, column {column}": "plan" for column in (2, 3, 4, 5)},
    }


def slanting(x, y, text, size):
    return f"q 0.707 0.707 -0.707 0.707 {x} {y} cm BT /F1 {size} Tf 0 0 Td ({text}) Tj ET Q\n"


def commented(body, *comments):
    """A page with comments: where each is, and what it says."""
    said = "".join(
        f"<< /Type /Annot /Subtype /Text /Rect [{place}] /Contents ({text}) >>" for place, text in comments
    )
    return document(body).replace(b"/Resources", f"/Annots [{said}] /Resources".encode())


SIDE = f"q 0 1 -1 0 262 315 cm {write(0, 0, 'thousand')} Q\n"


@pytest.mark.parametrize(
    ("drawn", "comments", "title"),
    [
        (SIDE, (), "thousand"),
        (SIDE.replace("262", "340"), (), None),  # in the margin
        (SIDE.replace("262 315", "262 10"), (), None),  # beside what is below the table
        (slanting(100, 100, "DRAFT", 40), (), "DRAFT"),
        (slanting(100, 100, "DRAFT", 10), (), None),  # a label of a chart
        (f"1 g {slanting(100, 100, 'DRAFT', 40)} 0 g", (), None),
        (write(50, 40, "Entwurf, Stand 3."), (), "Entwurf, Stand 3."),
        (write(50, 40, "Drafts of the law"), (), None),
        ("", [("50 40 60 50", "in thousand")], "in thousand"),
        ("", [("50 40 60 50", "word " * 50)], None),
    ],
)
@pytest.mark.parametrize("layout", ["cross", "text"])
def test_what_a_page_says_beside_its_lines(drawn, comments, title, layout):
    """Read carelessly: thousands as single cases, a draft as what was published."""
    rows = [("Region", "2023", "2024"), ("Abai", "11", "13"), ("Osh", "5", "8")]
    lines = [
        write(x, 355 - 20 * n, text)
        for n, row in enumerate(rows)
        for x, text in zip((55, 125, 185), row, strict=True)
    ]
    body = "".join(lines) + ruled([20] * 3, [70, 60, 60], y=370) + drawn
    options = {"layout": "text", "pattern": r"^(?P<area>\w+) (?P<value>\d+)", "skip_rows": "Region"}
    found = pdf.read(commented(body, *comments), options if layout == "text" else {}).to_pylist()
    in_margin = layout == "text" and "340" in drawn
    assert {row.get("title") for row in found} == {"thousand" if in_margin else title}


def test_a_comment_on_the_edge_of_a_row_is_of_its_figures():
    content = commented(PAGE, ("195 262 205 274", "typo"))
    notes = [row["_note"] for row in cells(content, header_rows=[1, 2]).values()]
    assert notes == ["* preliminary"] * 4 + ["typo"] * 4


@pytest.mark.parametrize("turn", [0, 90, 180, 270])
def test_what_is_outside_of_the_part_of_a_page_that_is_shown_is_not_seen(turn):
    body = table(("Abai", "1", "2", "3", "4"), ("Osh", "5", "6", "7", "8")) + write(50, 380, "Slug 2019")
    box = b"/Rotate %d /CropBox [20 288 400 375] /Resources" % turn
    content = document(body).replace(b"/Resources", box)
    with pdfplumber.open(io.BytesIO(content)) as opened:
        page = opened.pages[0]
        mark_outside(page)
        seen = "".join(char["text"] for char in page.chars if MARK not in char)
    assert seen == "Region20232024womenmenwomenmenAbai1234"
    if not turn:
        rows = cells(content, header_rows=[1, 2]).values()
        assert [row["_value"] for row in rows][3:5] == ["4", "5 (hidden on the page)"]
        assert not any("Slug" in (row.get("title") or "") for row in rows)


def test_a_comment_that_somebody_has_stuck_on_a_line():
    """Read carelessly: a figure that somebody calls a misprint, since the table is read as lines of text."""
    said = "<< /Type /Annot /Subtype /Text /Rect [100 292 110 302] /Contents (misprint, should read 27) >>"
    body = write(50, 292, "Abai 12 cases, 4 closed") + write(50, 272, "Osh 31 cases, 2 closed")
    content = document(body).replace(b"/Resources", f"/Annots [{said}] /Resources".encode())
    pattern = r"(?P<area>[A-Z][a-z]+) (?P<value_all>\d+) cases, (?P<value_closed>\d+)"
    rows = pdf.read(content, {"layout": "text", "pattern": pattern}).to_pylist()
    note = "misprint, should read 27"
    assert [(row["_value"], row["_note"]) for row in rows] == [
        ("12", note),
        ("4", note),
        ("31", None),
        ("2", None),
    ]


def test_a_table_that_continues_on_the_next_page():
    content = document(write(50, 370, "Table") + table(ABAI), table(ZHETYSU, header=False))
    found = cells(content, header_rows=[1, 2], header_on="first")
    cell = found["page 2, line 1, column 5"]
    assert (cell["_value"], cell["row_1"], cell["col_1"], cell["col_2"]) == ("8", "Zhetysu", "2024", "men")
    assert len(found) == 8


def test_a_repeated_header_is_no_row_of_the_table_that_goes_on():
    content = document(table(ABAI), table(ZHETYSU))
    found = cells(content, header_rows=[1, 2], header_on="first")
    assert {row["row_1"] for row in found.values()} == {"Abai*", "Zhetysu"} and len(found) == 8


def test_a_table_with_another_header_does_not_continue_the_first():
    """Read carelessly: figures of 2024 under 2023, and the header a row that is refused."""
    other = document(table(ABAI), table(ZHETYSU).replace("(2023)", "(2024)").replace("(2024)", "(2025)"))
    with pytest.raises(ReadError, match="header of its own, Region . 2025") as caught:
        cells(other, header_rows=[1, 2], header_on="first")
    assert caught.value.place == "page 2" and "header_on: each" in caught.value.remedy


FIGURE = write(155, 296, "11")


@pytest.mark.parametrize(
    ("drawn", "value"),
    [
        (FIGURE, "11"),
        (f"1 1 1 rg {FIGURE} 0 0 0 rg", "11 (hidden on the page)"),
        (f"0 0 0.5 rg 150 290 50 20 re f 1 1 1 rg {FIGURE} 0 0 0 rg", "11"),
        (FIGURE + rule(154, 299, 167, 299), "11 (struck out)"),
        (FIGURE + rule(154, 294, 167, 294), "11"),  # underlined
        (FIGURE + rule(150, 299, 200, 299), "11"),  # a rule that is drawn too high
        (write(155, 296, "1111") + rule(150, 300, 200, 300), "1111"),  # the same, of which it fills more
        (FIGURE + rule(152, 300, 182, 300), "11 (struck out)"),
        (FIGURE + rule(40, 300, 190, 300), "11"),  # it fills too little of that line
        (FIGURE + rule(152, 299, 170, 300.5), "11 (struck out)"),
        (FIGURE + rule(153, 293, 169, 307), "11 (struck out)"),
        (FIGURE + rule(152, 292, 198, 308), "11"),  # a line through the whole cell, beside the figure
        (write(155, 296, "1") + write(185, 296, "204"), "1\t204"),
        (write(155, 296, "1") + write(165, 296, "204"), "1 204"),
        (f"0.98 g {FIGURE} 0 g", "11 (hidden on the page)"),
        (f"3 Tr {FIGURE} 0 Tr", "11 (hidden on the page)"),
        (f"q /G0 gs {FIGURE} Q {write(170, 296, '2')}", "11 2 (hidden on the page)"),
        (f"{FIGURE} 1 g 150 290 50 20 re f 0 g", "11 (hidden on the page)"),
        (f"{FIGURE} 0 g 150 290 50 20 re f", "11 (hidden on the page)"),
        (f"{FIGURE} 1 1 0 rg 150 290 50 20 re f 0 g", "11"),
        (FIGURE + write(155, 296, "72"), "1712 (printed over one another)"),
        (write(155, 296, "11") + write(166.5, 299, "1", 9), "11¹"),
    ],
    ids=[
        *("black", "white", "white on blue", "struck out", "underlined", "rule", "rule of a cell"),
        *("struck beyond it", "beside it", "struck by hand", "crossed", "diagonal", "far apart", "grouped"),
        *(
            "nearly white",
            "not drawn",
            "not opaque",
            "covered",
            "blacked out",
            "marked",
            "overprinted",
            "raised",
        ),
    ],
)
def test_a_figure_is_what_a_person_sees(drawn, value):
    """Read carelessly: what nobody sees, what was struck out, and two figures as one."""
    content = document(table(("Abai", "", "2", "13", "4")) + drawn)
    found = pdf.read(content, {"header_rows": [1, 2], "blank_cells": "skip"}).to_pylist()
    assert [row["_value"] for row in found if (row["col_1"], row["col_2"]) == ("2023", "women")] == [value]


@pytest.mark.parametrize(("space", "color", "unseen"), [
    ("DeviceGray", (1.0,), True),
    ("DeviceGray", (0.0,), False),
    ("DeviceCMYK", (0, 0, 0, 0), True),
    ("Separation", (1.0,), False),  # all of the ink
    ("DeviceRGB", None, False),
])  # fmt: skip
def test_which_colours_are_white(space, color, unseen):
    char = {"text": "1", "x0": 0, "x1": 5, "top": 0, "bottom": 9, "ncs": space, "non_stroking_color": color}
    mark_unseen(SimpleNamespace(chars=[char], rects=[], curves=[], images=[]))
    assert (MARK in char) is unseen


@pytest.mark.parametrize("mark", [mark_unseen, mark_struck])
@pytest.mark.parametrize(("drawn", "refused"), [(9, False), (10, True)])
def test_characters_are_compared_with_so_many_drawings_at_most(monkeypatch, mark, drawn, refused):
    monkeypatch.setattr(pdf_visibility, "MOST_COMPARED", 99)
    char = {"text": "1", "x0": 0, "x1": 5, "top": 0, "bottom": 9, "ncs": None, "non_stroking_color": 1}
    chars = [char | {"x0": 5 * n, "x1": 5 * n + 5} for n in range(10)]
    areas = [char | {"fill": True, "non_stroking_color": 0, "x1": 25, "bottom": 20 + n} for n in range(drawn)]
    # The same rule again, and rules beside the characters, are no more work.
    rules = [{"orientation": "h", "x0": 0, "x1": 25 + n % drawn, "top": 5} for n in range(90)]
    rules += [{"orientation": "h", "x0": 0, "x1": 25, "top": 50 + n} for n in range(90)]
    page = SimpleNamespace(chars=chars, rects=areas, curves=[], images=[], lines=[], edges=rules)
    if refused:
        with pytest.raises(ReadError, match="more areas and lines than any table has"):
            mark(page)
    else:
        mark(page)
        seen = [MARK in char for char in chars]
        assert seen == ([False] * 5 + [True] * 5 if mark is mark_unseen else [True] * 7 + [False] * 3)


def test_a_label_merged_over_two_rows_counts_for_both():
    body = "".join(rule(50, y, 200, y) for y in (350, 330, 290)) + rule(100, 310, 200, 310)
    body += "".join(rule(x, 350, x, 290) for x in (50, 100, 150, 200))
    rows = [(60, 336, "Region"), (110, 336, "Sex"), (160, 336, "2023"), (60, 306, "Abai")]
    rows += [(110, 316, "women"), (160, 316, "7"), (110, 296, "men"), (160, 296, "2")]
    content = document(body + "".join(write(*row) for row in rows))
    found = pdf.read(content, {"header_rows": [1], "label_columns": 2}).to_pylist()
    assert [(r["row_1"], r["row_2"], r["_value"]) for r in found] == [
        ("Abai", "women", "7"),
        ("Abai", "men", "2"),
    ]


def test_pages_and_tables_are_chosen():
    content = document(write(50, 370, "Cover"), PAGE, table(ZHETYSU))
    assert {place[:6] for place in cells(content, pages="2-3")} == {"page 2", "page 3"}
    assert {place[:6] for place in cells(content, pages=[3], table=1)} == {"page 3"}
    with pytest.raises(SourceError, match="no page 4: the PDF has 3 pages"):
        cells(content, pages=[1, 4])
    # Of all pages those count that have the table; a declared one must have it.
    assert {place[:6] for place in cells(content, table=1)} == {"page 2", "page 3"}
    with pytest.raises(SourceError, match="^page 1: the declared page has no table 1"):
        cells(content, pages="1-3", table=1)


def test_aligned_text_without_rules():
    rows = [("Region", "2023", "2024"), ("Abai", "11", "13"), ("Zhetysu", "5", "8"), ("Ulytau", "1", "2")]
    body = "".join(
        write(x, 350 - 20 * n, text)
        for n, row in enumerate(rows)
        for x, text in zip((50, 150, 250), row, strict=True)
    )
    settings = {"vertical_strategy": "text", "horizontal_strategy": "text"}
    rows = pdf.read(document(body), {"table_settings": settings, "header_rows": [1], "blank_cells": "skip"})
    found = {(row["row_1"], row["col_1"]): row["_value"] for row in rows.to_pylist()}
    assert found[("Zhetysu", "2024")] == "8" and found[("Abai", "2023")] == "11"


@pytest.mark.parametrize(
    ("figures", "left", "problem"),
    [
        # Figures of the last line are longer than the words by which the columns are found.
        (("140", "11", "1 311 222"), 250, "there is text beside all columns of its table"),
        (("140", "355", "1 140"), 241, "a figure lies in two columns of its table"),
        (("140", "355", "122"), 250, ""),
        (("140", "", ""), 250, "there is text beside all columns of its table"),
    ],
)
def test_columns_that_are_found_by_words_cut_off_no_figure(figures, left, problem):
    """Read carelessly: 1311 persons for 1 311 222, or a year without a word that it is missing."""
    first = [("Chuy", "1 204"), ("Naryn", "330"), ("Kyrgyzstan", "12 045")]
    body = write(50, 350, "Region") + write(150, 350, "2022") + write(250, 350, "2023")
    for line, ((area, figure), last) in enumerate(zip(first, figures, strict=True), 1):
        texts = [(50, area), (150, figure), (left if line == 3 else 250, last)]
        body += "".join(write(x, 350 - 20 * line, text) for x, text in texts if text)
    settings = {"vertical_strategy": "text", "horizontal_strategy": "text"}
    options = {"table_settings": settings, "header_rows": [1], "blank_cells": "skip"}
    if problem:
        with pytest.raises(ReadError, match=problem):
            pdf.read(document(body), options)
    else:
        assert "122" in pdf.read(document(body), options)["_value"].to_pylist()


def test_records_layout():
    found = cells(document(table(ABAI)), layout="records", header_rows=[2], value_columns=["women (2)"])
    assert [row["_value"] for row in found.values()] == ["13"]


def test_text_lines_with_named_groups():
    content = document(
        write(50, 370, "Heading"),
        write(50, 370, "Table 2")
        + write(50, 350, "Abai 12 cases, Akmola 1 234 cases")
        + write(50, 330, "Total 1 246"),
    )
    rows = pdf.read(content, {"layout": "text", "pattern": r"(?P<area>[A-Z]\w+) (?P<value>\d[\d ]*) cases"})
    assert [(r["area"], r["_value"], r["_locator"]) for r in rows.to_pylist()] == [
        ("Abai", "12", "page 2, line 2"),
        ("Akmola", "1 234", "page 2, line 2, figure 2"),
    ]
    pattern = r"(?P<value_first>\d+) cases, \w+ (?P<value_second>[\d ]+) cases"
    rows = pdf.read(content, {"layout": "text", "pattern": pattern}).to_pylist()
    assert [(r["column"], r["_value"], r["_locator"]) for r in rows] == [
        ("first", "12", "page 2, line 2"),
        ("second", "1 234", "page 2, line 2, figure 2"),
    ]
    with pytest.raises(SourceError, match="none of 4 lines fits"):
        pdf.read(content, {"layout": "text", "pattern": r"(?P<value>x{9})"})
    with pytest.raises(SourceError, match="with a group value"):
        pdf.read(content, {"layout": "text", "pattern": r"\d+"})


LINES = write(50, 350, "Abai 11") + write(50, 330, "Zhetysu 1 005")
TEXT = {"layout": "text", "pattern": r"^(?P<area>[A-Za-z]+) (?P<value>[0-9 ]+)$"}


@pytest.mark.parametrize(
    ("drawn", "found"),
    [
        ("", {"Abai": "11", "Zhetysu": "1 005"}),
        (f"1 g {write(50, 310, 'Osh 777')} 0 g", {"Abai": "11", "Zhetysu": "1 005"}),
        (f"3 Tr {write(86, 350, '5')} 0 Tr", {"Abai": "11", "Zhetysu": "1 005"}),
    ],
)
def test_a_text_is_what_a_person_sees(drawn, found):
    """Read carelessly: a line, or a digit, that nobody sees."""
    assert {
        row["area"]: row["_value"] for row in pdf.read(document(LINES + drawn), TEXT).to_pylist()
    } == found


@pytest.mark.parametrize(
    ("drawn", "problem"),
    [
        (write(50, 310, "Osh 777") + rule(50, 313, 86, 313), "777: (struck out)"),
        (write(50, 310, "Osh 1") + write(120, 310, "204"), "1 204: two figures that are far apart"),
    ],
)
def test_a_line_with_a_figure_that_nobody_can_say_is_refused(drawn, problem):
    rows = pdf.read(document(LINES + drawn), TEXT).to_pylist()
    assert [row["_problem"] for row in rows] == [None, None, problem]


def test_lines_above_and_between_those_of_a_text_are_kept_for_their_unit():
    text = (
        write(50, 380, "Report") + write(50, 365, "Orders, thousand") + LINES + write(50, 340, "in per cent")
    )
    rows = pdf.read(document(text), TEXT).to_pylist()
    assert {(row["title"], row["_remarks"]) for row in rows} == {
        ("Report / Orders, thousand", "Report\nOrders, thousand\nin per cent")
    }


@pytest.mark.parametrize(
    ("note", "refused"),
    [
        ("/Subtype /Widget /V (1204)", True),
        ("/Subtype /Widget", False),
        ("/Subtype /FreeText /Contents (1204)", True),
        ("/Subtype /StrikeOut", True),
        ("/Subtype /Link", False),
    ],
)
def test_what_is_written_upon_a_page_refuses_it(note, refused):
    """Read carelessly: a missing value where a field holds the figure."""
    noted = f"/Annots [<< /Type /Annot /Rect [60 60 90 90] {note} >>] /MediaBox"
    objects = document(PAGE).decode("latin-1").replace("/MediaBox", noted, 1).encode("latin-1")
    if refused:
        with pytest.raises(ReadError, match="written upon the page"):
            pdf.read(objects, {"header_rows": [1, 2]})
    else:
        assert pdf.read(objects, {"header_rows": [1, 2]}).num_rows == 8


def test_a_raised_footnote_number_does_not_run_into_the_figure():
    body = write(50, 350, "Orders 72") + write(95, 354, "1", size=6) + write(120, 350, "thousand")
    rows = pdf.read(document(body), {"layout": "text", "pattern": r"Orders (?P<value>\S+)"})
    assert rows.to_pylist()[0]["_value"] == "72¹"


def test_what_is_no_table_is_reported_with_a_remedy():
    cases = [
        (b"<html><body>503</body></html>", "web page"),
        (b"", "empty"),
        (b"Year,Value\n", "not a PDF"),
        (document(""), "no text (a scan?)"),
        (document(write(50, 350, "words only")), "no table"),
        (b"%PDF-1.4\nnothing", "damaged"),
    ]
    for content, words in cases:
        with pytest.raises(SourceError) as caught:
            pdf.read(content, {})
        assert words in caught.value.problem and caught.value.remedy, content[:20]
    with pytest.raises(SourceError, match="table_settings"):
        pdf.read(document(PAGE), {"table_settings": {"nonsense": 1}})


def test_damage_never_escapes_as_another_exception():
    content = document(PAGE)
    for step in range(40):
        spot = step * len(content) // 40
        for damaged in (content[:spot], content[:spot] + b"\xff\x00<<" + content[spot + 4 :]):
            try:
                pdf.read(damaged, {})
            except SourceError as error:
                assert error.problem and error.remedy


def turned(x, y, text, size=10):
    """Text that runs from bottom to top."""
    return f"BT /F1 {size} Tf 0 1 -1 0 {x} {y} Tm ({text}) Tj ET\n"


def found(content, **options):
    return [(row["row_1"], row["col_1"], row["_value"]) for row in pdf.read(content, options).to_pylist()]


def ruled(heights, widths, x=50, y=350):
    """Rules of a table from its upper left corner."""
    lines, right, bottom = "", x + sum(widths), y - sum(heights)
    for at in [sum(heights[:n]) for n in range(len(heights) + 1)]:
        lines += rule(x, y - at, right, y - at)
    for at in [sum(widths[:n]) for n in range(len(widths) + 1)]:
        lines += rule(x + at, y, x + at, bottom)
    return lines


def test_bold_that_is_printed_twice_counts_once():
    bold = "".join(write(155 + shift, 316, "2 611") + write(205 + shift, 316, "255") for shift in (0, 0.4))
    content = document(
        ruled([20, 20, 20], [100, 50, 50])
        + write(55, 336, "Region")
        + write(155, 336, "2022")
        + write(205, 336, "2023")
        + write(55, 316, "All")
        + bold
        + write(55, 296, "Chui")
        + write(155, 296, "11")
        + write(205, 296, "1 100")
    )
    assert found(content, header_rows=[1]) == [
        ("All", "2022", "2 611"),
        ("All", "2023", "255"),
        ("Chui", "2022", "11"),
        ("Chui", "2023", "1 100"),
    ]


@pytest.mark.parametrize(
    ("header", "value"),
    [
        ("[2022]", ("2022", "204")),
        ("[2022#super[1]]", ("2022¹", "204")),
        ("[2011]", ("2011", "204#super[1]")),
        ("[2022]", ("2022", "204#super[12]")),
        ("[2022]", ("2022", '#text(number-width: "proportional")[1101]')),
        ("rotate(-90deg, reflow: true)[Adult women]", ("Adult women", "204")),
        ("rotate(90deg, reflow: true)[Adult \\ women]", ("Adult women", "204")),
    ],
)
def test_raised_glyphs_and_turned_texts_of_a_typesetter(header, value):
    """Glyphs for raised digits have the size and line of all others; a quarter turn is not quite one in its numbers."""
    source = f"#table(columns: 2, [Region], {header}, [Chui], [{value[1]}], [Osh], [35 697])"
    content = typst.compile(source.encode(), ignore_system_fonts=True)
    seen = re.sub(r"#text\(.*\)\[(.*)\]", r"\1", value[1])
    seen = seen.replace("#super[1]", "¹").replace("#super[12]", "¹²")
    assert found(content, header_rows=[1]) == [("Chui", value[0], seen), ("Osh", value[0], "35 697")]


def test_turned_headers_are_read_along_their_line():
    down = "BT /F1 10 Tf 0 -1 1 0 218 344 Tm (Men) Tj ET\n"
    content = document(
        ruled([60, 20], [100, 50, 50])
        + write(55, 296, "Region")
        + turned(175, 294, "Old women")
        + down
        + write(55, 276, "Chui")
        + write(155, 276, "204")
        + write(205, 276, "96")
    )
    assert found(content, header_rows=[1]) == [("Chui", "Old women", "204"), ("Chui", "Men", "96")]


@pytest.mark.parametrize("way", ["left", "right"])
def test_a_table_set_sideways_is_turned_first(way):
    matrix = "0 1 -1 0 400 0 cm\n" if way == "left" else "0 -1 1 0 0 400 cm\n"
    upright = (
        ruled([20, 20], [100, 50, 50])
        + write(55, 336, "Region")
        + write(155, 336, "2022")
        + write(205, 336, "2023")
        + write(55, 316, "Chui")
        + write(155, 316, "204")
        + write(205, 316, "96")
    )
    content = document("q " + matrix + upright + "Q\n")
    assert found(content, header_rows=[1]) == [("Chui", "2022", "204"), ("Chui", "2023", "96")]
    lines = pdf.read(
        content, {"layout": "text", "pattern": r"^(?P<area>\D+) (?P<value>\d+) \d+$"}
    ).to_pylist()
    assert [(row["area"], row["_value"]) for row in lines if row["area"] == "Chui"] == [("Chui", "204")]


def forms(depth, times, text):
    """A page that draws a form, which draws another so many times, down to a text: few bytes, very many characters."""
    resources = "/Resources << /Font << /F1 3 0 R >> /XObject << /X {} 0 R >> >>"
    form = "<< /Type /XObject /Subtype /Form /BBox [0 0 400 400] {} /Length {} >>\nstream\n{}\nendstream"
    last = 6 + depth
    contents = ["/X Do\n" * (1 if number == 5 else times) for number in range(5, last)] + [text]
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        "<< /Type /Pages /Kids [4 0 R] /Count 1 >>",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
        f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 400 400] /Contents 5 0 R {resources.format(6)} >>",
        *(
            form.format(resources.format(number + 1), len(content), content)
            for number, content in enumerate(contents, 5)
        ),
    ]
    return as_file(objects)


@pytest.mark.parametrize("text", [write(10, 10, "1" * 1000), ""])
def test_a_small_file_that_draws_very_much_is_refused_before_it_is_laid_out(text, monkeypatch):
    """Ten forms in ten in ten: ten billion characters in four kilobytes, or as many forms of nothing."""
    laid_out = []
    monkeypatch.setattr(pdf.Page, "layout", property(laid_out.append))
    monkeypatch.setattr(pdf_objects, "MOST_OBJECTS", 20_000)
    started = time.process_time()
    with pytest.raises(ReadError, match="more than 20000 characters and lines. Look at the file") as refused:
        pdf.read(forms(7, 10, text), {})
    assert "declare the pages" in refused.value.remedy and not laid_out
    assert time.process_time() - started < 10


@pytest.mark.parametrize("drawn", [write(10, 10, "1" * 30), rule(0, 0, 1, 1) * 15])
def test_characters_and_lines_of_the_declared_pages_count(drawn, monkeypatch):
    small, large = table(["Chui", "1", "2", "3", "4"]), drawn * 10
    monkeypatch.setattr(pdf_objects, "MOST_OBJECTS", 250)
    assert pdf.read(document(small, large), {"pages": 1}).num_rows == 4
    with pytest.raises(ReadError, match="more than 250 characters and lines"):
        pdf.read(document(small, large), {})
    monkeypatch.setattr(pdf_objects, "MOST_OBJECTS", 600)
    assert pdf.read(document(small, large), {}).num_rows == 4


def of_so_many(rows):
    """A page with a table of so many rows, each with its own rule and text."""
    top = 20 * rows + 30
    drawn = "".join(rule(50, y, 350, y) for y in range(30, top + 1, 20))
    drawn += "".join(rule(x, top, x, 30) for x in (50, 150, 350))
    drawn += "".join(write(55, 36 + 20 * row, "Chui") + write(155, 36 + 20 * row, "7") for row in range(rows))
    return document(drawn, side=top + 50)


def test_a_table_of_twice_the_rows_is_twice_the_comparisons(monkeypatch):
    found = []
    for rows in (40, 80):
        work = pdf_objects.TableWork()
        monkeypatch.setattr(pdf, "TableWork", lambda work=work: work)
        assert pdf.read(of_so_many(rows), {"header_rows": [1]}).num_rows == rows - 1
        found.append(work.compared)
    assert found[1] < 2.2 * found[0]


def test_cells_and_tables_are_those_of_pdfplumber():
    """Rules that cross, end early, or miss each other by a point, on pages of a seed each."""
    counts = set()
    for seed in range(30):
        chance = random.Random(seed)
        drawn = ""
        for _ in range(60):
            at, start = (20 * chance.randrange(1, 15) + chance.choice((0, 0, 0, 1)) for _ in range(2))
            end = start + 20 * chance.randrange(1, 5)
            drawn += rule(start, at, end, at) if chance.random() < 0.5 else rule(at, start, at, end)
        with pdfplumber.open(io.BytesIO(document(drawn))) as opened:
            (page,) = opened.pages
            expected = [sorted(table.cells) for table in page.find_tables()]
            assert [
                sorted(table.cells) for table in pdf_objects.TableWork().find_tables(page, {})
            ] == expected
        counts.add(len(expected))
    assert len(counts) > 2


@pytest.mark.parametrize(
    ("middles", "line"),
    [
        ([], 0),
        ([(15, 3), (18, 2)], 2),
        ([(9, 1), (20, 2), (21, 3)], 2),
        ([(7, 1), (7, 2), (25, 3)], 1),
        ([(4, 1), (22, 2)], 2),
        ([(2, 4)], 4),
        ([(8, 7), (22, 5)], 5),
    ],
    ids=[
        "no line",
        "first of two",
        "edge",
        "nearest above, first of two",
        "nearest below",
        "only one",
        "as near",
    ],
)
def test_the_line_of_a_row_is_the_first_in_it_or_the_nearest(middles, line):
    assert pdf._line_of((0, 10, 100, 20), middles) == line


def test_crossing_rules_of_all_pages_count(monkeypatch):
    page = table(["Chui", "1", "2", "3", "4"])
    monkeypatch.setattr(pdf_objects, "MOST_COMPARISONS", 0)
    with pytest.raises(ReadError, match="than any table has. Look at the file"):
        pdf.read(document(page), {})
    work = pdf_objects.TableWork()
    monkeypatch.setattr(pdf, "TableWork", lambda: work)
    monkeypatch.setattr(pdf_objects, "MOST_COMPARISONS", 10**6)
    assert pdf.read(document(page), {}).num_rows == 4
    of_one_page = work.compared
    work.compared = 0
    monkeypatch.setattr(pdf_objects, "MOST_COMPARISONS", 2 * of_one_page - 1)
    with pytest.raises(ReadError, match="more crossing rules"):
        pdf.read(document(page, page), {})


@pytest.mark.parametrize(
    ("strategy", "columns", "refused"),
    [("text", 4, False), ("text", 5, True), ("lines", 5, False)],
)
def test_places_at_which_words_are_aligned_are_counted_before_they_are_compared(
    strategy, columns, refused, monkeypatch
):
    """Four columns of three words, each aligned left, right and in the middle, are twelve places."""
    monkeypatch.setattr(pdf_objects, "MOST_COMPARISONS", pdf_objects.OF_PLACES * 12**2)
    monkeypatch.setattr(pdf_objects.TableFinder, "get_edges", lambda _: [])
    pair = write(300, 350, "pair") + write(300, 330, "pair")
    drawn = pair + "".join(
        write(40 * n, 200 - 20 * line, "12") for n in range(1, columns + 1) for line in range(3)
    )
    settings = {"vertical_strategy": strategy, "horizontal_strategy": "lines"}
    says = "more columns of words, than any table has" if refused else "no table was found"
    with pytest.raises(ReadError, match=says):
        pdf.read(document(drawn), {"table_settings": settings})


def test_copies_are_left_out_in_linear_time_as_pdfplumber_leaves_them_out():
    doubled = (
        write(50, 350, "12")
        + write(50.4, 350, "12")
        + write(80, 350, "7")
        + write(50, 330, "12")
        + rule(0, 0, 9, 0)
    )
    with pdfplumber.open(io.BytesIO(document(doubled))) as opened:
        (page,) = opened.pages
        once = pdf_objects.without_copies(page, 1)
        assert once.chars == page.dedupe_chars(tolerance=1).chars and len(once.lines) == 1
        assert [char["text"] for char in once.chars] == list("12712") and len(page.chars) == 7


def test_an_index_is_that_of_the_very_character():
    one, same = {"text": "1"}, {"text": "1"}
    assert [pdf_objects._InOrder([one, same]).index(char) for char in (one, same)] == [0, 1]

"""Colours of figures that a legend in the sheet explains."""

from types import SimpleNamespace
from typing import Any

import pytest
from openpyxl.styles import PatternFill

from sources.readers import excel
from sources.readers.workbook import xls
from tests.workbooks import open_document, workbook

ROWS = [["Region", "2023", "2024"], ["Osh", 12, 13], ["Chui", 7, 9]]
YELLOW, ORANGE, GREY = "FFFF00", "F4B084", "D9D9D9"
RU = "Жёлтым цветом выделены предварительные данные"


def coloured(legend: str, key: str = "", **fills: str) -> bytes:
    """A workbook with this legend in B6, its colour in A6, and cells in other colours."""

    def edit(sheet: Any) -> None:
        sheet["B6"] = legend
        for place, rgb in {"A6": key, **fills}.items():
            if rgb:
                sheet[place].fill = PatternFill("solid", fgColor=f"FF{rgb}")

    return workbook(ROWS, edit=edit)


@pytest.mark.parametrize(
    ("legend", "key", "fills", "notes"),
    [
        (RU, "", {"C3": YELLOW}, {"C3": "предварительные данные"}),
        (RU, "", {"C3": ORANGE}, {}),
        (RU, "", {"C3": YELLOW, "B2": ORANGE, "B1": YELLOW, "A2": YELLOW}, {"C3": "предварительные данные"}),
        (
            "Yellow cells: provisional",
            "",
            {"B2": YELLOW, "C2": YELLOW},
            dict.fromkeys(("B2", "C2"), "provisional"),
        ),
        ("Grau hinterlegt: geschätzt", "", {"B2": GREY}, {"B2": "geschätzt"}),
        ("Coloured: estimates", "", {"B2": ORANGE}, {"B2": "estimates"}),
        ("Coloured: estimates", "", {"B2": ORANGE, "C2": GREY}, {}),
        ("– дастлабки маълумотлар", ORANGE, {"B2": ORANGE, "C2": GREY}, {"B2": "дастлабки маълумотлар"}),
        ("оценка", "", {"B6": GREY, "C2": GREY, "B2": ORANGE}, {"C2": "оценка"}),
        # No legend: it says nothing of the figures, or stands between them, or no figure has its colour.
        ("Столицы областей", ORANGE, {"B2": ORANGE}, {}),
        ("предварительные данные", "", {"B2": ORANGE}, {}),
        (RU, YELLOW, {"A2": YELLOW}, {}),
    ],
)
def test_a_colour_that_a_legend_explains(
    legend: str, key: str, fills: dict[str, str], notes: dict[str, str]
) -> None:
    found = excel.read(coloured(legend, key, **fills), {"header_rows": [1], "last_data_row": 3}).to_pylist()
    places = [(row["_locator"].rpartition("!")[2], row["_note"]) for row in found]
    assert {place: note for place, note in places if note} == notes


def test_a_heading_between_the_rows_explains_no_colour() -> None:
    def edit(sheet: Any) -> None:
        sheet["A3"].value = sheet["B3"].value = sheet["C3"].value = None
        sheet["A3"], sheet["A4"], sheet["B4"], sheet["C4"] = "Предварительное следствие", "Chui", 7, 9
        for place in ("A3", "B2"):
            sheet[place].fill = PatternFill("solid", fgColor=f"FF{GREY}")

    found = excel.read(workbook(ROWS, edit=edit), {"header_rows": [1]})
    assert set(found["_note"].to_pylist()) == {None}


def test_colours_of_the_other_formats() -> None:
    office = "urn:schemas-microsoft-com:office:spreadsheet"
    styles = f'<Style ss:ID="y"><Interior ss:Pattern="Solid" ss:Color="#{YELLOW}"/></Style>'
    rows = [["Region", "2023", "2024"], ["Osh", "12", "13"], ["Chui", "7", "9"], [], [RU]]

    def cell(text: str) -> str:
        named = ' ss:StyleID="y"' if text == "9" else ""
        return f'<Cell{named}><Data ss:Type="String">{text}</Data></Cell>'

    body = "".join(f"<Row>{''.join(map(cell, row))}</Row>" for row in rows)
    of_2003 = (
        f'<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?><Workbook xmlns="{office}" xmlns:ss="{office}">'
        f'<Styles>{styles}</Styles><Worksheet ss:Name="R"><Table>{body}</Table></Worksheet></Workbook>'
    ).encode()
    fo = 'xmlns:fo="urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0"'
    yellow = f'<style:table-cell-properties {fo} fo:background-color="#{YELLOW.lower()}"/>'
    style = f'<style:style style:name="y" style:family="table-cell">{yellow}</style:style>'

    def ods_cell(text: str) -> str:
        named = ' table:style-name="y"' if text == "9" else ""
        return f"<table:table-cell{named}><text:p>{text}</text:p></table:table-cell>"

    lines = "".join(f"<table:table-row>{''.join(map(ods_cell, row))}</table:table-row>" for row in rows)
    empty = '<table:table-cell table:style-name="y"/>'
    end = f'<table:table-row table:number-rows-repeated="1000000">{empty}</table:table-row>'
    ods = open_document(f'<table:table table:name="R">{lines}{end}</table:table>', styles=style)
    for content in (of_2003, ods):
        notes = {row["_value"]: row["_note"] for row in excel.read(content, {}).to_pylist()}
        assert notes == {"12": None, "13": None, "7": None, "9": "предварительные данные"}


def test_colours_of_old_workbooks() -> None:
    fills = [(1, 13), (0, 13), (1, 65), (1, 99)]
    styles = [
        SimpleNamespace(background=SimpleNamespace(fill_pattern=kind, pattern_colour_index=index))
        for kind, index in fills
    ]
    book = SimpleNamespace(xf_list=styles, colour_map={13: (255, 255, 0), 9: (255, 255, 255), 65: None})
    cells = [SimpleNamespace(xf_index=number) for number in range(4)]
    sheet = SimpleNamespace(nrows=1, row=lambda _: cells)
    assert list(xls._fills(book, sheet)) == [((0, 0), YELLOW)]

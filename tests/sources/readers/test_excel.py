"""The Excel reader: layouts of the offices, built here, and the real workbooks of Form 1-M."""

import datetime
import io
import random
import re
import zipfile
from pathlib import Path

import pytest
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont

from sources.cells import NOTE, PROBLEM, RESERVED, SourceError
from sources.readers import excel
from tests import workbooks
from tests.share_of_cases import portion
from tests.sources.form_1m import FIGURES, REGIONS


def workbook(*rows, merge=(), sheets=None):
    """An .xlsx file; ``sheets`` maps further sheet names to their rows."""
    return workbooks.workbook(rows, title="T1", merge=merge, sheets=sheets)


def edited(content, member, change):
    """The same workbook with one member changed."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, change(old.read(name)) if name == member else old.read(name))
    return out.getvalue()


SHEET = "xl/worksheets/sheet1.xml"


def cells(content, **options):
    rows = excel.read(content, options).to_pylist()
    assert len({row["_locator"] for row in rows}) == len(rows)
    return {row["_locator"]: row for row in rows}


def refusal(content, **options):
    with pytest.raises(SourceError) as caught:
        excel.read(content, options)
    assert caught.value.problem and caught.value.remedy
    return str(caught.value)


MERGED = workbook(
    ["Table 1. Victims"],
    [],
    ["Region", "Age", "2023", None, "2024", None, "Total"],
    [None, None, "women", "men", "women", "men", None],
    ["A", "B", 1, 2, 3, 4, 5],
    ["Abai", "0-17", 5, 0, 7.5, None, 12],
    [None, "18+", 1, 2, 3, 4, 10],
    merge=("A3:A4", "B3:B4", "C3:D3", "E3:F3", "G3:G4", "A6:A7"),
)


@pytest.mark.parametrize("header", [{"header_rows": [3, 4], "number_row": 5}, {"header_rows": "auto"}])
def test_merged_headers_and_labels_count_for_all_they_cover(header):
    found = cells(MERGED, label_columns="A:B", **header)
    assert len(found) == 10
    cell = found["T1!D7"]
    assert (cell["_value"], cell["row_1"], cell["row_2"]) == ("2", "Abai", "18+")
    assert (cell["col_1"], cell["col_2"], cell["col_number"], cell["sheet"]) == ("2023", "men", "2", "T1")
    assert (found["T1!G6"]["col_1"], found["T1!G6"]["col_2"]) == ("Total", "Total")
    assert found["T1!E6"]["_value"] == "7.5" and found["T1!D6"]["_value"] == "0"
    assert found["T1!F6"]["_value"] is None and found["T1!F6"]["col_2"] == "men"
    assert "T1!F6" not in cells(MERGED, label_columns=2, blank_cells="skip", **header)


def test_columns_come_in_the_order_of_the_seam():
    table = excel.read(MERGED, {"label_columns": "A:B"})
    assert tuple(table.column_names[:3]) == RESERVED
    assert {str(field.type) for field in table.schema} == {"string"}


def test_without_fill_merged_only_the_own_text_counts():
    found = cells(MERGED, label_columns="A:B", header_rows=[3, 4], number_row=5, fill_merged=False)
    assert found["T1!D7"]["row_1"] is None


def test_unmerged_headers_spread_over_the_blanks_to_their_right_only_where_something_stands_below():
    content = workbook(
        ["Region", "Urban", None, "Rural", None, None, "Note"],
        [None, "women", "men", "women", "men", None, None],
        ["Abai", 1, 2, 3, 4, 5, 6],
    )
    found = cells(content, header_rows=[1, 2])
    assert [found[f"T1!{letter}3"]["col_1"] for letter in "BCDEFG"] == ["Urban"] * 2 + ["Rural"] * 2 + [
        None,
        "Note",
    ]
    assert [found[f"T1!{letter}3"]["col_2"] for letter in "CEFG"] == ["men", "men", None, "Note"]


def test_a_merged_header_does_not_spread_beyond_its_merge_nor_over_another_parent():
    content = workbook(
        ["Region", "Urban", None, None, "Rural"],
        [None, "Total", "women", None, None],
        [None, "2022", "2022", "2023", "2023"],
        ["Abai", 1, 2, 3, 4],
        merge=("B1:C1",),
    )
    found = cells(content, header_rows=[1, 2, 3])
    headers = [tuple(found[f"T1!{letter}4"][f"col_{level}"] for level in (1, 2, 3)) for letter in "BCDE"]
    assert headers == [
        ("Urban", "Total", "2022"),
        ("Urban", "women", "2022"),
        (None, None, "2023"),
        ("Rural", "Rural", "2023"),
    ]


def test_a_row_of_years_is_a_header_even_though_it_is_numeric():
    content = workbook(["Title"], ["Region", 2022, 2023], ["Abai", 1999, 5], ["Ulytau", 3, 4])
    found = cells(content)
    assert found["T1!B3"]["_value"] == "1999" and found["T1!B3"]["col_1"] == "2022" and len(found) == 4


def test_letters_rows_and_patterns_choose_the_part():
    content = workbook(
        ["code", "Region", "skip", 2022, 2023],
        [1, "Abai", "x", 1, 2],
        [2, "of these: rural", "x", 3, 4],
        [3, "Ulytau", "x", 5, 6],
        [4, "Source: committee", None, 9, 9],
    )
    common = {"header_rows": [1], "label_columns": ["B"], "value_columns": "D:"}
    assert list(cells(content, **common, stop_at="^4$")) == [f"T1!{c}{r}" for r in (2, 3, 4) for c in "DE"]
    assert len(cells(content, **common, last_data_row=3)) == 4
    assert len(cells(content, **common, first_data_row=4)) == 4
    assert "T1!D3" not in cells(content, **common, skip_rows="rural")
    assert list(cells(content, **common, keep_rows="Ulytau", keep_columns="2023")) == ["T1!E4"]
    assert "no row label fits" in refusal(content, **common, keep_rows="Shymkent")
    assert "no column header fits" in refusal(content, **common, keep_columns="2031")
    assert "outside the table" in refusal(content, **{**common, "value_columns": "X:Z"})


def test_nested_labels_and_section_rows():
    content = workbook(
        ["Region", "Sex", 2023],
        ["Urban", None, None],
        ["Abai", "women", 1],
        [None, "men", 2],
        ["Rural", None, None],
        ["Abai", "women", 3],
    )
    found = cells(content, label_columns=2, header_rows=[1], fill_labels=True, sections=True)
    assert [(r["section"], r["row_1"], r["row_2"]) for r in found.values()] == [
        ("Urban", "Abai", "women"),
        ("Urban", "Abai", "men"),
        ("Rural", "Abai", "women"),
    ]


def test_footnotes_reach_the_cells_that_carry_their_mark():
    content = workbook(
        ["Region", "2022", "2023*"],
        ["Abai 1)", "5", "6"],
        ["Murder (art. 2)", "7²", "8"],
        ["Ulytau¹", 9, "1,5 * 2)"],
        [],
        ["1) since June 2022"],
        ["2) revised"],
        ["* preliminary", None, None],
        ["Source: the committee"],
    )
    found = {place: cell[NOTE] for place, cell in cells(content, header_rows=[1]).items()}
    assert found == {
        "T1!B2": "1) since June 2022",
        "T1!C2": "1) since June 2022; * preliminary",
        "T1!B3": "2) revised",
        "T1!C3": "* preliminary",
        "T1!B4": "1) since June 2022",
        "T1!C4": "1) since June 2022; * preliminary; 2) revised",
    }


def test_values_are_the_texts_that_a_person_sees():
    formatted = CellRichText("123", TextBlock(InlineFont(vertAlign="superscript"), "1)"))
    values = [5.0, 0.1 + 0.2, 1e-7, 1234567.5, True, datetime.date(2024, 3, 1), datetime.time(4, 5)]
    values += [
        datetime.datetime(2024, 3, 1, 5, 6),
        formatted,
        "…",
        "1 234,5 ",
        "007",
        datetime.timedelta(hours=30),
    ]
    row = cells(workbook(["x", *(f"c{n}" for n in range(len(values)))], ["r", *values]), header_rows=[1])
    assert [cell["_value"] for cell in row.values()] == [
        "5",
        "0.3",
        "0.0000001",
        "1234567.5",
        "TRUE",
        "2024-03-01",
        "04:05:00",
        "2024-03-01T05:06:00",
        "123¹⁾",
        "…",
        "1 234,5 ",
        "007",
        "30:00:00",
    ]


def test_a_superscript_run_does_not_run_into_the_figure():
    content = workbook(["r", "x"], ["Abai", "MARK"], ["¹ note"])
    strings = b"<is><r><t>12</t></r><r><rPr><b/><vertAlign val='superscript'/></rPr><t>1</t></r></is>"
    strings = strings.replace(b"'", b'"')
    content = edited(content, SHEET, lambda xml: xml.replace(b"<is><t>MARK</t></is>", strings))
    cell = cells(content, header_rows=[1])["T1!B2"]
    assert (cell["_value"], cell["_note"]) == ("12¹", "¹ note")


def test_an_error_cell_is_its_text_not_a_gap():
    content = workbook(["x", 2022], ["Abai", "MARK"])
    content = edited(
        content,
        SHEET,
        lambda xml: re.sub(rb't="inlineStr"><is><t>MARK</t></is>', b't="e"><v>#REF!</v>', xml),
    )
    assert cells(content, header_rows=[1])["T1!B2"]["_value"] == "#REF!"


def test_a_merged_value_belongs_to_none_of_the_places_that_it_covers():
    content = workbook(
        ["Region", 2022], ["Almaty", 40], ["Shymkent", None], ["Urban", None], merge=("B2:B3",)
    )
    found = cells(content, header_rows=[1])
    shared = "part of the merged cell T1!B2, which belongs to several labels"
    assert [(place, cell["_value"], cell[NOTE], cell[PROBLEM]) for place, cell in found.items()] == [
        ("T1!B2", "40", None, shared),
        ("T1!B3", None, "part of the merged cell T1!B2", shared),
    ]


def test_a_value_merged_under_one_label_and_header_is_one_value():
    content = workbook(["Region", 2022, 2022], ["Almaty", 40, None], merge=("B1:C1", "B2:C2"))
    found = cells(content, header_rows=[1])
    assert found["T1!B2"]["_value"] == "40" and PROBLEM not in found["T1!B2"]


@pytest.mark.parametrize(
    ("code", "text", "word"),
    [
        ("#,##0,", "120.345", "thousand"),
        ("0.0,,", "0.120345", "million"),
        ('#,##0," тыс."', "120.345 тыс.", None),
        ("#,##0", "120345", None),
        (";;;", "120345 (hidden by its number format)", None),
    ],
)
def test_a_number_format_that_changes_what_is_seen_is_said(code, text, word):
    rows = [["Region", 2022], ["Almaty", 120345]]
    content = workbooks.workbook(rows, title="T1", formats={"B2": code})
    found = cells(content, header_rows=[1])["T1!B2"]
    assert (found["_value"], found.get("shown_in")) == (text, word)


def test_the_corner_and_the_texts_above_a_list_say_their_units_too():
    content = workbook(["Victims (thousand persons)", 2022], ["Almaty", 40])
    assert cells(content, header_rows=[1])["T1!B2"]["corner"] == "Victims (thousand persons)"
    content = workbook(["thousand persons"], ["Region", "Year", "Value"], ["Almaty", 2022, 40])
    options = {"layout": "records", "value_columns": ["Value"], "header_rows": 2}
    assert cells(content, **options)["T1!C3"]["title"] == "thousand persons"


def test_a_cell_that_is_written_twice_is_damage():
    content = edited(
        workbook(["r", 2022], ["Abai", 1]),
        SHEET,
        lambda xml: xml.replace(
            b'<c r="B2" t="n"><v>1</v></c>', b'<c r="B2"><v>1</v></c><c r="B2"><v>2</v></c>'
        ),
    )
    assert "row 2, column 2 is written twice" in refusal(content)


def test_sheets_by_name_number_and_pattern():
    rows = [["r", 2022], ["Abai", 1]]
    content = workbook(*rows, sheets={"R3-1": rows, "R3-2": rows, "empty": []})
    assert list(cells(content, header_rows=[1])) == ["T1!B2", "R3-1!B2", "R3-2!B2"]
    assert list(cells(content, header_rows=[1], sheets="R3-1")) == ["R3-1!B2"]
    assert list(cells(content, header_rows=[1], sheets=[3, "T1"])) == ["R3-2!B2", "T1!B2"]
    assert list(cells(content, header_rows=[1], sheets=r"R3-\d")) == ["R3-1!B2", "R3-2!B2"]
    said = refusal(content, sheets=["R4"])
    assert "'R4'" in said and "R3-1" in said
    assert "no cell" in refusal(content, sheets="empty")


def test_a_cover_beside_other_sheets_is_passed_over_unless_it_is_named():
    cover = [["Statistical yearbook 2024"], [], [None, "Prepared by the office, tel. 312"]]
    content = workbook(*cover, sheets={"R3": [["r", 2022], ["Abai", 1]]})
    assert list(cells(content)) == ["R3!B2"]
    assert "no row of numbers" in refusal(content, sheets=["T1", "R3"])
    assert "no row of numbers" in refusal(workbook(*cover, sheets={"R3": cover}))


def test_one_workbook_with_several_layouts():
    content = workbook(
        ["r", 2022], ["Abai", 1], sheets={"long": [["Area", "VALUE"], ["Abai", "<5"]], "other": [["x"]]}
    )
    groups = [
        {"sheets": "T1", "header_rows": [1]},
        {"sheets": "long", "layout": "records", "value_columns": "VALUE"},
    ]
    rows = excel.read(content, {"tables": groups}).to_pylist()
    assert [(r["_locator"], r["_value"], r["row_1"], r["Area"]) for r in rows] == [
        ("T1!B2", "1", "Abai", None),
        ("long!B2", "<5", None, "Abai"),
    ]


# --- UNODC: one record a row ---

COLUMNS = [
    "Iso3_code",
    "Country",
    "Dimension",
    "Category",
    "Sex",
    "Age",
    "Year",
    "Unit of measurement",
    "{}",
    "Source",
]


def unodc(value="VALUE"):
    header = [name.format(value) for name in COLUMNS]
    partner = "Intimate partner or family member: Intimate partner"
    rows = [
        [
            "UZB",
            "Uzbekistan",
            "by relationship to perpetrator",
            partner,
            "Total",
            "Total",
            2018,
            "Counts",
            67,
            "CTS",
        ],
        [
            "TJK",
            "Tajikistan",
            "by relationship to perpetrator",
            partner,
            "Male",
            "Total",
            2020,
            "Counts",
            "<5",
            "CTS",
        ],
        [],
        ["DEU", "Germany", "Total", "Total", "Female", "Total", 2014, "Counts", "1,234.5", "CTS/MoI"],
    ]
    return workbook(["UNODC"], ["Victims of intentional homicide"], header, *rows)


@pytest.mark.parametrize("value", ["VALUE", "txtVALUE"])
@pytest.mark.parametrize("header", ["auto", [3]])
def test_unodc_records_keep_censored_cells_as_text(value, header):
    options = {"layout": "records", "header_rows": header, "value_columns": ["VALUE|txtVALUE"]}
    found = cells(unodc(value), **options)
    assert [cell["_value"] for cell in found.values()] == ["67", "<5", "1,234.5"]
    cell = found["T1!I5"]
    assert (cell["Iso3_code"], cell["Sex"], cell["Year"], cell["column"]) == ("TJK", "Male", "2020", value)
    assert found["T1!I7"]["Source"] == "CTS/MoI" and value not in cell


def test_unodc_columns_are_chosen_and_a_renamed_one_is_reported():
    options = {"layout": "records", "header_rows": [3]}
    found = cells(
        unodc(), **options, value_columns="VALUE", id_columns=["Iso3_code", "Year"], note_columns=["Source"]
    )
    assert found["T1!I7"] == {
        "_value": "1,234.5",
        "_locator": "T1!I7",
        "_note": "CTS/MoI",
        "sheet": "T1",
        "column": "VALUE",
        "Iso3_code": "DEU",
        "Year": "2014",
        "title": "UNODC / Victims of intentional homicide",
    }
    assert list(cells(unodc(), **options, value_columns="VALUE", keep_rows="^UZB")) == ["T1!I4"]
    said = refusal(unodc("Amount"), **options, value_columns=["VALUE|txtVALUE"])
    assert "VALUE|txtVALUE" in said and "Amount" in said
    assert "value_columns" in refusal(unodc(), **options)


def test_repeated_headers_stay_apart():
    content = workbook(["Area", "Note", "Note", None, "Value"], ["Abai", "a", "b", "c", 1])
    (row,) = cells(content, layout="records", header_rows=[1], value_columns="Value").values()
    assert (row["Note"], row["Note (2)"], row["column 4"]) == ("a", "b", "c")


@pytest.mark.parametrize("declared", [b"A1", b"A1:B2", b"A1:XFD1048576"])
def test_a_false_dimension_tag_hides_and_adds_nothing(declared):
    content = edited(
        unodc(),
        SHEET,
        lambda xml: re.sub(rb'<dimension ref="[^"]*"', b'<dimension ref="' + declared + b'"', xml),
    )
    options = {"layout": "records", "value_columns": "VALUE"}
    assert excel.read(content, options).equals(excel.read(unodc(), options))


# --- files that are not what they should be ---


def test_one_far_cell_is_refused_before_it_can_crash_the_program():
    content = edited(
        workbook(["r", 2022], ["Abai", 1]), SHEET, lambda xml: xml.replace(b'r="B2"', b'r="XFD1048576"')
    )
    said = refusal(content, header_rows=[1])
    assert "1048576 rows and 16384 columns" in said


def test_a_long_sheet_is_no_far_cell():
    content = workbook(["Area", "Value"], *(["Abai", n] for n in range(12_000)))
    assert len(cells(content, layout="records", value_columns="Value")) == 12_000


def test_other_bytes_are_refused_in_words():
    good = workbook(["r", 2022], ["Abai", 1])
    cases = {
        b"": "empty",
        b"<html><body>503</body></html>": "web page",
        b"Year,Value\n2023,1\n": "not a workbook",
        good[: len(good) // 2]: "damaged",
        b"PK\x03\x04" + bytes(100): "damaged",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600): "damaged",
    }
    for content, words in cases.items():
        assert words in refusal(content), content[:20]
    assert "no row of numbers" in refusal(workbook(["only"], ["words"]))
    assert "no row below" in refusal(good, header_rows=[2])


@pytest.mark.parametrize(
    "options",
    [
        {"layout": "diagonal"},
        {"header_rows": ["1"]},
        {"header_rows": [0]},
        {"label_columns": "1"},
        {"value_columns": "b"},
        {"stop_at": "("},
        {"sheets": "("},
        {"tables": {}},
        {"number_row": "6"},
        {"fill_merged": "yes"},
    ],
)
def test_a_wrong_option_is_reported(options):
    assert "option" in refusal(workbook(["r", 2022], ["Abai", 1]), **{"header_rows": [1], **options})


def test_damage_never_escapes_as_another_exception():
    dice = random.Random(4)
    for _ in range(150):
        content = bytearray(MERGED)
        for _ in range(dice.randint(1, 30)):
            content[dice.randrange(len(content))] = dice.randrange(256)
        try:
            excel.read(bytes(content), {"label_columns": "A:B"})
        except SourceError as error:
            assert error.problem and error.remedy


def test_damaged_xml_inside_a_whole_zip_never_escapes_either():
    dice = random.Random(5)

    def damage(xml):
        xml = bytearray(xml)
        for _ in range(dice.randint(1, 12)):
            xml[dice.randrange(len(xml))] = dice.randrange(32, 127)
        return bytes(xml)

    for _ in range(150):
        try:
            excel.read(edited(MERGED, SHEET, damage), {"label_columns": "A:B"})
        except SourceError as error:
            assert error.problem and error.remedy


@pytest.mark.parametrize("packing", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
@pytest.mark.parametrize("first", ["mimetype", "META-INF/manifest.xml", "content.xml"])
def test_an_open_document_sheet(packing: int, first: str):
    """Its type may be compressed, stand behind other parts, or be left out."""
    cell = '<table:table-cell office:value-type="{}" {}><text:p>{}</text:p></table:table-cell>'
    text, number = (
        (lambda t: cell.format("string", "", t)),
        (lambda n: cell.format("float", f'office:value="{n}"', n)),
    )
    rows = [text("Region") + text("y2022"), text("Abai") + number(5)]
    body = "".join(f"<table:table-row>{row}</table:table-row>" for row in rows)
    names = "urn:oasis:names:tc:opendocument:xmlns:"
    spaces = " ".join(f'xmlns:{n}="{names}{n}:1.0"' for n in ("office", "table", "text"))
    out = io.BytesIO()
    content = (
        f'<?xml version="1.0"?><office:document-content {spaces}><office:body><office:spreadsheet>'
        f'<table:table table:name="T">{body}</table:table></office:spreadsheet></office:body>'
        "</office:document-content>"
    )
    parts = {
        "mimetype": "application/vnd.oasis.opendocument.spreadsheet",
        "META-INF/manifest.xml": "<manifest/>",
        "content.xml": content,
    }
    with zipfile.ZipFile(out, "w", packing) as archive:
        for name in sorted(parts, key=lambda name: name != first):
            if first != "content.xml" or name != "mimetype":
                archive.writestr(name, parts[name])
    (row,) = cells(out.getvalue(), header_rows=[1]).values()
    assert (row["_value"], row["_locator"], row["col_1"]) == ("5", "T!B2", "y2022")


# --- Form 1-M ---

FORMS = Path(__file__).resolve().parents[4] / "shared" / "upstream" / "portals" / "kz-form-1m"
DOMESTIC = "семейно-бытовой сфере"
FORM_1M = {
    "label_columns": "A:C",
    "value_columns": "E:",
    "number_row": 6,
    "tables": [
        {"sheets": ["R1", "R11"], "header_rows": [4, 5]},
        {"sheets": ["R3-1"], "header_rows": [2, 3, 4, 5]},
    ],
}


# All 18 are read in tests/sources/datasets/test_national_portals.py, with the figures of their domestic sphere.
LOOKED_AT = portion(["Abay_Region", "Almaty", "West-Kazakhstan_Region", "Zhetysu_Region"], list(REGIONS))


@pytest.fixture(scope="module")
def forms():
    if not FORMS.exists():
        pytest.skip("../shared with the workbooks of Form 1-M is not on this machine")
    found = {path.stem: path for path in FORMS.glob("*.XLSX")}
    assert set(found) == set(REGIONS)
    return {name: excel.read(found[name].read_bytes(), FORM_1M).to_pylist() for name in LOOKED_AT}


def value(rows, sheet, label, header):
    """The one cell of a sheet whose row label and column header fit."""
    found = [
        row["_value"]
        for row in rows
        if row["sheet"] == sheet and label in row["row_3"] and header in (row["col_4"] or row["col_2"])
    ]
    assert len(found) == 1, (sheet, label, header, found)
    return found[0]


def test_form_1m_figures_of_the_workbooks_digit_for_digit(forms):
    for region, rows in forms.items():
        figures = FIGURES[REGIONS[region]]
        read = [value(rows, "R1", "Всего правонарушений", DOMESTIC)]
        read += [value(rows, "R1", f"(ст.{article})", DOMESTIC) for article in (99, 106, 107)]
        read += [value(rows, "R1", "Всего правонарушений", "зарегистрированных в ЕРДР в отчетном")]
        read += [
            value(rows, "R1", "Всего правонарушений", f"в отношении {who}") for who in ("женщин", "несов")
        ]
        read += [
            value(rows, "R3-1", "Всего количество жертв", who) for who in (" женщин", "несовершеннолетних")
        ]
        assert tuple(read) == tuple(map(str, figures)), region


def test_form_1m_west_kazakhstan_has_6927_cases_in_hand_not_2306(forms):
    cell = next(row for row in forms["West-Kazakhstan_Region"] if row["_locator"] == "R1!E7")
    assert (cell["_value"], cell["col_number"]) == ("6927", "1")


def test_form_1m_column_number_of_the_domestic_sphere_differs_by_sheet(forms):
    for rows in forms.values():
        numbers = {(r["sheet"], r["col_number"]) for r in rows if DOMESTIC in f"{r['col_1']}"}
        assert numbers == {("R1", "28"), ("R11", "24")}


def test_form_1m_header_is_found_without_being_declared(forms):
    content = (FORMS / "Abay_Region.XLSX").read_bytes()
    declared = [row for row in forms["Abay_Region"] if row["sheet"] == "R1"]
    found = excel.read(content, {"sheets": "R1", "label_columns": "A:C", "value_columns": "E:"}).to_pylist()
    assert found == [{k: v for k, v in row.items() if k not in ("col_3", "col_4")} for row in declared]


def test_form_1m_only_the_wanted_cells(forms):
    content = (FORMS / "Abay_Region.XLSX").read_bytes()
    options = {"sheets": "R1", "label_columns": "A:C", "header_rows": [4, 5], "number_row": 6}
    found = cells(content, **options, keep_columns=DOMESTIC, keep_rows=r"\(ст\.\d+")
    assert found["R1!AF28"]["_value"] is not None and all(place.startswith("R1!AF") for place in found)

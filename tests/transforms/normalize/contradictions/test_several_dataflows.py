"""Two dataflows or indicators in one file that are read as one indicator."""

import json
from typing import Any

import pytest

from tests.sources.readers.test_more_cases import GRID, read, rules, said
from tests.workbooks import workbook
from transforms.normalize import in_parts

FLOWS = ("EX:ORDERS(1.0)", "EX:COMPLAINTS(1.0)")
AREA_AND_TIME: dict[str, Any] = {"ref_area": {"column": "REF_AREA"}, "time_period": {"column": "TIME_PERIOD"}}
ORDERS = {("KG", "2022", "_T", 72.0)}
BOTH = {*ORDERS, ("KG", "2023", "_T", 7200.0)}


def csv(*flows: str, name: str = "DATAFLOW") -> bytes:
    pairs = zip(flows, ("2022,72", "2023,7200"), strict=True)
    return "\n".join((f"{name},REF_AREA,TIME_PERIOD,OBS_VALUE", *(f"{a},KG,{b}" for a, b in pairs))).encode()


def ml(*flows: str, urn: bool = False) -> bytes:
    header, body = "", ""
    for flow, observation in zip(flows, (("2022", 72), ("2023", 7200)), strict=True):
        agency, _, name = flow.partition(":")
        name, _, version = name.rstrip(")").partition("(")
        reference = f'<Ref id="{name}" agencyID="{agency}" version="{version}"/>'
        if urn:
            reference = f"<URN>urn:sdmx:org.sdmx.infomodel.datastructure.Dataflow={flow}</URN>"
        key = f"S{len(header)}"
        header += f'<Structure structureID="{key}"><StructureUsage>{reference}</StructureUsage></Structure>'
        series = f'<Series REF_AREA="KG"><Obs TIME_PERIOD="{observation[0]}" OBS_VALUE="{observation[1]}"/></Series>'
        body += f'<DataSet structureRef="{key}">{series}</DataSet>'
    return f"<StructureSpecificData><Header>{header}</Header>{body}</StructureSpecificData>".encode()


def compact(*flows: str) -> bytes:
    """SDMX-ML 2.0, in which each dataset names its dataflow itself."""
    return ml(*flows).replace(b"structureRef=", b"dataflowID=")


def in_json(*flows: str, named: bool = False) -> bytes:
    structures, datasets = [], []
    for number, (flow, period, value) in enumerate(zip(flows, ("2022", "2023"), (72, 7200), strict=True)):
        ids = (("REF_AREA", "KG"), ("TIME_PERIOD", period))
        urn = f"urn:sdmx:org.sdmx.infomodel.datastructure.Dataflow={flow}"
        links = {"name": flow} if named else {"links": [{"rel": "dataflow", "urn": urn}]}
        dimensions = {"observation": [{"id": name, "values": [{"id": code}]} for name, code in ids]}
        structures.append({"dimensions": dimensions, **links})
        datasets.append({"structure": number, "observations": {"0:0": [value]}})
    return json.dumps({"data": {"dataSets": datasets, "structures": structures}}).encode()


@pytest.mark.parametrize(
    ("reader", "content", "fine"),
    [
        ("sdmx_csv", csv(*FLOWS), False),
        ("sdmx_csv", csv(*FLOWS, name="STRUCTURE_ID"), False),
        ("sdmx_csv", csv(FLOWS[0], FLOWS[0]), True),
        ("sdmx_csv", csv(FLOWS[0], "EX:ORDERS(1.1)"), True),
        ("sdmx_csv", csv(FLOWS[0], ""), True),
        ("sdmx_ml", ml(*FLOWS), False),
        ("sdmx_ml", ml(*FLOWS, urn=True), False),
        ("sdmx_ml", compact(*FLOWS), False),
        ("sdmx_ml", ml(FLOWS[0], FLOWS[0]), True),
        ("sdmx_json", in_json(*FLOWS), False),
        ("sdmx_json", in_json(*FLOWS, named=True), False),
        ("sdmx_json", in_json(FLOWS[0], FLOWS[0]), True),
        ("sdmx_json", in_json("", ""), True),
    ],
)
def test_two_dataflows_are_no_one_indicator(reader: str, content: bytes, fine: bool) -> None:
    """Read carelessly: 72 orders of one year and 7,200 complaints of the next one as a series."""
    result = read(content, reader, AREA_AND_TIME)
    assert (said(result), rules(result)) == ((BOTH, set()) if fine else (set(), {"several_dataflows"}))


@pytest.mark.parametrize("listed", [[], ["DATAFLOW", "REF_AREA", "TIME_PERIOD", "OBS_VALUE"]])
def test_two_dataflows_in_two_parts_of_a_large_file(
    monkeypatch: pytest.MonkeyPatch, listed: list[str]
) -> None:
    """Read carelessly: each part of the file holds one dataflow, and nobody sees that the file holds two."""
    monkeypatch.setattr(in_parts, "ROWS", 1)
    result = read(csv(*FLOWS), "sdmx_csv", AREA_AND_TIME, expects={"columns": listed})
    assert (said(result), rules(result)) == (set(), {"several_dataflows"})
    assert said(read(csv(FLOWS[0], "EX:ORDERS(1.1)"), "sdmx_csv", AREA_AND_TIME)) == BOTH


@pytest.mark.parametrize(("reader", "content"), [("sdmx_csv", csv), ("sdmx_ml", ml), ("sdmx_json", in_json)])
def test_a_declaration_that_chooses_a_dataflow_or_reads_it(reader: str, content: Any) -> None:
    message = content(*FLOWS)
    assert said(read(message, reader, AREA_AND_TIME, where={"DATAFLOW": [FLOWS[0]]})) == ORDERS
    assert said(read(message, reader, AREA_AND_TIME, where={"DATAFLOW": list(FLOWS)})) == BOTH
    by_column = {**AREA_AND_TIME, "indicator": {"column": "REF_AREA", "values": {"KG": "PROTECTION_ORDERS"}}}
    assert said(read(message, reader, by_column)) == BOTH
    codes = {FLOWS[0]: "PROTECTION_ORDERS", FLOWS[1]: "DV_REPORTS"}
    by_flow = {**AREA_AND_TIME, "indicator": {"column": "DATAFLOW", "values": codes}}
    assert said(read(message, reader, by_flow)) == BOTH


LABEL, OTHER = "Protection orders issued in domestic violence", "Domestic violence cases registered"
YEARS: dict[str, Any] = {"ref_area": {"const": "KG"}, "time_period": {"column": "Year"}}
# Two texts of a column, and the years whose figures are published.
TWO, FIRST, NONE = {"2022", "2023"}, {"2022"}, set[str]()


@pytest.mark.parametrize(
    ("column", "texts", "concepts", "published"),
    [
        *(
            (column, ("orders", "convictions"), {}, NONE)
            for column in (
                "INDICATOR",
                "Наименование показателя",
                "Показатели",
                "Ko‘rsatkich nomi",
                "Кўрсаткич",
            )
            + (
                "Көрсеткіш атауы",
                "Көрсөткүч",
                "Нишондиҳанда",
                "Kennzahl",
                "SeriesDescription",
                "ContentsCode",
            )
        ),
        ("Indicator", (LABEL, "convictions"), {}, FIRST),
        ("Indicator", ("protection_orders", "Convictions"), {}, FIRST),
        ("Indikator", ("Anordnungen", ""), {}, TWO),
        ("Indikator", ("5.2.1", "16.1.1"), {}, NONE),
        ("Series", ("Orders in 2022", "Orders, 2023"), {}, TWO),
        ("Series", ("Total", "orders"), {}, TWO),
        ("Series", ("2022", "2023"), {}, TWO),
        ("Көрсөткүч", ("ордерлер", "ордерлер"), {}, TWO),
        ("Көрсөткүч", (LABEL, LABEL), {}, TWO),
        ("Көрсөткүч", (OTHER, OTHER), {}, NONE),
        ("Показатель", ("Выдано ордеров", "в % к предыдущему году"), {}, FIRST),
        ("Indicator unit", ("orders", "convictions"), {}, TWO),
        ("Indicator", ("number", "percent"), {"unit_measure": {"column": "By"}}, TWO),
        ("Indicator", ("orders", "convictions"), {"unit_measure": {"column": "By"}}, NONE),
        (
            "Indicator",
            ("a", "b"),
            {"indicator": {"column": "By", "values": {"NUMBER": "PROTECTION_ORDERS"}}},
            TWO,
        ),
    ],
)
def test_two_indicators_are_no_one_indicator(
    column: str, texts: tuple[str, str], concepts: dict[str, Any], published: set[str]
) -> None:
    """Read carelessly: 72 orders of one year and 7,200 convictions of the next one as a series."""
    rows = (
        f'{year},"{text}",NUMBER,A,{value}'
        for year, text, value in zip((2022, 2023), texts, (72, 7200), strict=True)
    )
    content = "\n".join((f"Year,{column},By,Series,Value", *rows))
    if column == "Series":
        content = content.replace("By,Series", "By,Other")
    result = read(content.encode(), "open_sdg", {**YEARS, **concepts})
    assert {year for _, year, *_ in said(result)} == published
    rule = "unit_contradicts" if "%" in texts[1] else "several_indicators"
    assert rules(result) == (set() if published == TWO else {rule})
    if not concepts and published != TWO:
        assert said(read(content.encode(), "open_sdg", YEARS, where={column: [texts[0]]}))
        assert said(read(content.encode(), "open_sdg", YEARS, expects={"columns": [column]}))
        assert said(read(content.encode(), "open_sdg", YEARS, where={"Series": ["A"]})), (
            "a label of what is chosen"
        )


@pytest.mark.parametrize(("corner", "fine"), [("Kennzahl", False), ("Anmerkung", True)])
def test_labels_of_rows_below_the_name_of_an_indicator(corner: str, fine: bool) -> None:
    rows = [[corner, "Land", "2022"], ["Anordnungen", "Berlin", 72], ["Verurteilte", "Bremen", 15]]
    area = {**GRID, "ref_area": {"column": "row_2"}}
    result = read(workbook(rows), "excel", area, reader_options={"label_columns": 2}, country="DE")
    assert (len(said(result)), rules(result)) == ((2, set()) if fine else (0, {"several_indicators"}))

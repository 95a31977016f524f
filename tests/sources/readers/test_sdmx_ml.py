import re
from collections.abc import Callable
from typing import Any

import pytest

from sources.cells import EMBARGO, REMARKS, ReadError
from sources.readers import sdmx_ml

Upstream = Callable[[str], bytes]
Rows = Callable[..., list[dict[str, Any]]]

MES = 'xmlns:m="http://www.sdmx.org/resources/sdmxml/schemas/v2_1/message"'
GEN = 'xmlns:g="http://www.sdmx.org/resources/sdmxml/schemas/v2_1/data/generic"'
SS = 'xmlns:ss="http://www.sdmx.org/resources/sdmxml/schemas/v2_1/data/structurespecific"'
XSI = 'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'


def specific(body: str, header: str = "<m:Header/>", dataset: str = "") -> str:
    return (
        f"<m:StructureSpecificData {MES} {SS} {XSI}>{header}\n"
        f'<m:DataSet ss:action="Information" xsi:type="n:DataSetType" {dataset}>\n{body}\n</m:DataSet>'
        "</m:StructureSpecificData>"
    )


def generic(body: str, header: str = "<m:Header/>") -> str:
    return f"<m:GenericData {MES} {GEN}>{header}<m:DataSet>\n{body}\n</m:DataSet></m:GenericData>"


def cells(text: str, **options: Any) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = sdmx_ml.read(text.encode(), options).to_pylist()
    return rows


def test_structure_specific_series_groups_and_dataset_attributes() -> None:
    body = """<Group xsi:type="n:Sibling" REF_AREA="KG" SEX="F" TITLE="Women"/>
<Group xsi:type="n:Sibling" REF_AREA="KG" SEX="M" TITLE="Men"/>
<Series FREQ="A" REF_AREA="KG" SEX="F" UNIT_MULT="0">
  <Obs TIME_PERIOD="2019" OBS_VALUE="5989.0" OBS_STATUS="A" COMMENT_OBS="revised"/>
  <Obs TIME_PERIOD="2020" OBS_STATUS="M"/>
</Series>
<Series FREQ="A" REF_AREA="TJ" SEX="F"><Obs TIME_PERIOD="2019" OBS_VALUE="1"/></Series>"""
    first, second, third = cells(specific(body, dataset='SOURCE="NSC"'))
    assert first == {
        "_value": "5989.0",
        "_locator": "line 6, Obs TIME_PERIOD=2019",
        "_note": "revised",
        "FREQ": "A",
        "REF_AREA": "KG",
        "SEX": "F",
        "UNIT_MULT": "0",
        "TIME_PERIOD": "2019",
        "OBS_STATUS": "A",
        "COMMENT_OBS": "revised",
        "SOURCE": "NSC",
        "TITLE": "Women",
    }
    assert (second["_value"], second["OBS_STATUS"]) == (None, "M")
    assert (third["TITLE"], third["UNIT_MULT"], third["SOURCE"]) == (None, None, "NSC")


def test_flat_observations_on_one_line_are_distinguished() -> None:
    body = '<Obs REF_AREA="KG" TIME_PERIOD="2019" OBS_VALUE="1"/><Obs REF_AREA="КЗ" OBS_VALUE="2"/>'
    text = specific(body)
    first, second = cells(text)
    assert first["_locator"] == "line 3, character 1, Obs TIME_PERIOD=2019"
    place = re.fullmatch(r"line 3, character (\d+), Obs", second["_locator"])
    assert place and text.splitlines()[2][int(place[1]) - 1 :].startswith('<Obs REF_AREA="КЗ"')


def test_compact_2_0() -> None:
    text = """<CompactData xmlns="http://www.SDMX.org/resources/SDMXML/schemas/v2_0/message"
 xmlns:n="urn:sdmx:KF"><Header><ID>X</ID><Prepared>2021-05-12</Prepared></Header>
<n:DataSet keyFamilyURI="u" action="Replace" DECIMALS="1"><n:Sibling FREQ="A" TITLE="Yearly"/>
<n:Series FREQ="A"><n:Obs TIME_PERIOD="2019" OBS_VALUE="NaN"/></n:Series></n:DataSet></CompactData>"""
    table = sdmx_ml.read(text.encode(), {})
    assert table.to_pylist() == [
        {
            "_value": "NaN",
            "_locator": "line 4, Obs TIME_PERIOD=2019",
            "_note": None,
            "FREQ": "A",
            "TIME_PERIOD": "2019",
            "DECIMALS": "1",
            "TITLE": "Yearly",
        }
    ]
    assert table.schema.metadata == {b"ID": b"X", b"Prepared": b"2021-05-12"}


def test_generic_2_1_series_and_flat() -> None:
    header = '<m:Header><m:Structure structureID="S" dimensionAtObservation="REF_AREA"/></m:Header>'
    series = """<g:Group type="Sibling"><g:GroupKey><g:Value id="SEX" value="F"/></g:GroupKey>
<g:Attributes><g:Value id="TITLE" value="Women"/></g:Attributes></g:Group>
<g:Series><g:SeriesKey><g:Value id="SEX" value="F"/><g:Value id="TIME_PERIOD" value="2019"/></g:SeriesKey>
<g:Attributes><g:Value id="UNIT" value="PT"/></g:Attributes>
<g:Obs><g:ObsDimension value="KG"/><g:ObsValue value="1.50"/>
<g:Attributes><g:Value id="OBS_STATUS" value="A"/></g:Attributes></g:Obs></g:Series>"""
    (row,) = cells(generic(series, header))
    assert row == {
        "_value": "1.50",
        "_locator": "line 6, Obs TIME_PERIOD=2019",
        "_note": None,
        "SEX": "F",
        "TIME_PERIOD": "2019",
        "UNIT": "PT",
        "REF_AREA": "KG",
        "OBS_STATUS": "A",
        "TITLE": "Women",
    }
    flat = '<g:Obs><g:ObsKey><g:Value id="SEX" value="F"/></g:ObsKey><g:ObsValue value="2"/></g:Obs>'
    assert cells(generic(flat))[0]["SEX"] == "F"


@pytest.mark.parametrize(("own", "status"), [('OBS_STATUS="E"', "E"), ('OBS_STATUS=""', "U"), ("", "U")])
def test_the_status_of_the_observation_is_its_own(own: str, status: str) -> None:
    body = f'<Series SEX="F" OBS_STATUS="U"><Obs TIME_PERIOD="2019" OBS_VALUE="5" {own}/></Series>'
    assert [row["OBS_STATUS"] for row in cells(specific(body))] == [status]


def test_no_observations_is_an_empty_table() -> None:
    assert cells(specific("")) == []


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "empty"),
        ("Year,Value\n2015,1\n", "not complete XML"),
        ("<html><title>Login</title></html>", "web page"),
        ("<root/>", "root element root"),
        (f"<m:Structure {MES}/>", "structure message"),
        (f"<m:Error {MES}/>", "error message"),
        (specific("<Obs/>")[:-30], "not complete XML"),
        (specific("<Obs/>").replace("Information", "Delete"), "deletion"),
        (specific("", "<m:Header><m:DataSetAction>Delete</m:DataSetAction></m:Header>"), "deletion"),
        (specific('<Obs X="1"/>'), "OBS_VALUE"),
        (specific('<Obs OBS_VALUE="1"><Comp id="X"/></Obs>'), "Comp"),
        (specific('<Series A="1"><Obs A="2" OBS_VALUE="1"/></Series>'), "differs"),
        (generic('<g:Obs><g:ObsValue value="1"/><g:ObsValue value="2"/></g:Obs>'), "twice"),
        (generic('<g:Obs><g:ObsKey><g:Value value="1"/></g:ObsKey></g:Obs>'), "no id"),
        (
            f"<m:GenericData {MES}><m:Footer><m:Message code='413' severity='Error'>"
            "<c:Text xmlns:c='x'>Too large</c:Text></m:Message></m:Footer></m:GenericData>",
            "Too large",
        ),
        ('<?xml version="1.0" encoding="no-such"?><a/>', "encoding"),
        (
            generic('<g:Obs><g:ObsDimension value="1"/>g:ObsValue value="1"/></g:Obs>'),
            "the text .g:ObsValue value",
        ),
        (specific('Obs OBS_VALUE="2"/><Obs OBS_VALUE="1"/>'), "where elements are expected"),
    ],
)
def test_what_is_refused(text: str, message: str) -> None:
    with pytest.raises(ReadError, match=message):
        cells(text)


@pytest.mark.parametrize(
    "doctype",
    [
        '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;&a;">]>',
        '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE x SYSTEM "http://localhost:1/x.dtd">',
    ],
)
def test_entities_are_never_expanded(doctype: str) -> None:
    body = specific('<Obs OBS_VALUE="1"/>')
    with pytest.raises(ReadError, match="document type declaration"):
        sdmx_ml.read((doctype + body).encode(), {})


def test_lines_beyond_the_limit_of_libxml2() -> None:
    body = "\n".join(f'<Obs TIME_PERIOD="{number}" OBS_VALUE="{number}"/>' for number in range(3, 70_003))
    last = cells(specific(body))[-1]
    assert last["_locator"] == "line 70002, Obs TIME_PERIOD=70002"


def test_victims_as_the_office_wrote_them(upstream: Upstream, rows: Rows) -> None:
    content = upstream("kg/open-sdg-sdmx/5.2.1.3.xml")
    table = sdmx_ml.read(content, {})
    assert table.num_rows == 199
    keys = "FREQ REPORTING_TYPE SERIES REF_AREA SEX AGE URBANISATION INCOME_WEALTH_QUANTILE EDUCATION_LEV"
    assert table.column_names[3:12] == keys.split()
    assert {row["_value"] for row in rows(table, SEX="F", TIME_PERIOD="2023")} == {"11002"}
    lines = content.decode().splitlines()
    for row in table.to_pylist():
        line = lines[int(row["_locator"].split(",")[0].removeprefix("line ")) - 1]
        assert f'TIME_PERIOD="{row["TIME_PERIOD"]}" OBS_VALUE="{row["_value"]}"' in line
    assert sdmx_ml.read(upstream("kg/open-sdg-sdmx/5.2.1.1.xml"), {}).num_rows == 90
    assert sdmx_ml.read(upstream("kg/open-sdg-sdmx/5.2.1.2.xml"), {}).num_rows == 67


def test_generic_2_0_of_tajikistan(upstream: Upstream, rows: Rows) -> None:
    table = sdmx_ml.read(upstream("tj/tajstat-sdmx/TAJSTAT_Data.xml"), {})
    assert table.num_rows == 188
    keys = table.column_names[3:19]
    assert len({tuple(row[name] for name in keys) for row in table.to_pylist()}) == 60
    assert set(table.column("REF_AREA").to_pylist()) == {"tj"}
    first = rows(table, SERIES="SI_POV_DAY1", TIME_PERIOD="2015")[0]
    assert (first["_value"], first["_locator"]) == ("4.81", "line 40, Obs TIME_PERIOD=2015")
    assert first["UNIT_MEASURE"] == "PERCENT"


def test_a_warning_in_the_footer_is_no_error() -> None:
    text = specific('<Obs OBS_VALUE="1"/>').replace(
        "</m:StructureSpecificData>",
        "<m:Footer><m:Message code='150' severity='Warning'><Text>x</Text></m:Message></m:Footer>"
        "</m:StructureSpecificData>",
    )
    table = sdmx_ml.read(text.encode(), {})
    assert (table.num_rows, table.schema.metadata[REMARKS.encode()]) == (1, b"x")


@pytest.mark.parametrize("encoding", ["cp1251", "koi8-r", "utf-16", "utf-8-sig"])
def test_the_encoding_is_that_of_the_xml_declaration(encoding: str) -> None:
    name = {"cp1251": "windows-1251"}.get(encoding, encoding.removesuffix("-sig"))
    body = specific('<Obs AREA="Чуйская" OBS_VALUE="1"/>')
    content = f'<?xml version="1.0" encoding="{name}"?>{body}'.encode(encoding)
    assert sdmx_ml.read(content, {}).to_pylist()[0]["AREA"] == "Чуйская"


def test_a_group_gives_what_its_series_does_not_say_itself() -> None:
    body = """<Group xsi:type="S" REF_AREA="KG" SEX="F" OBS_STATUS="P" TITLE="Women"/>
<Group xsi:type="S" REF_AREA="KG" SEX="M" OBS_STATUS="P" TITLE="Men"/>
<Series FREQ="A" REF_AREA="KG" SEX="F" TITLE="Women, yearly"><Obs TIME_PERIOD="2022" OBS_VALUE="72"/></Series>
<Series FREQ="A" REF_AREA="KG" SEX="M" TITLE="Men, yearly">
<Obs TIME_PERIOD="2022" OBS_VALUE="7" OBS_STATUS="A"/></Series>"""
    first, second = cells(specific(body))
    (empty, _) = cells(specific(body.replace('SEX="F" TITLE="Women, yearly"', 'SEX="F" OBS_STATUS=""')))
    assert empty["OBS_STATUS"] == "P"
    assert (first["OBS_STATUS"], first["TITLE"]) == ("P", "Women, yearly")
    assert (second["OBS_STATUS"], second["TITLE"]) == ("A", "Men, yearly")


@pytest.mark.parametrize("key", ['REF_AREA="KG" ', ""])
def test_groups_that_contradict_each_other_are_refused(key: str) -> None:
    """Read carelessly: seven for seven thousand, by the order of the groups."""
    series = '<Series REF_AREA="KG"><Obs TIME_PERIOD="2022" OBS_VALUE="7"/></Series>'
    groups = [f'<Group {key}UNIT_MULT="{power}"/>' for power in ("3", "0")]
    with pytest.raises(ReadError, match="two groups say UNIT_MULT of the same series: '3' and '0'"):
        cells(specific("".join(groups) + series))
    (row,) = cells(specific(groups[0] + groups[0].replace('"3"', '""') + series))
    assert row["UNIT_MULT"] == "3"


@pytest.mark.parametrize(
    "group", ['<Group UNIT_MULT="3"/>', '<Group xsi:type="S" DECIMALS="0" UNIT_MULT="3"/>']
)
def test_a_group_that_names_no_dimension_reaches_all_of_its_dataset(group: str) -> None:
    """Read carelessly: thousands as persons."""
    body = '<Series REF_AREA="KG"><Obs TIME_PERIOD="2022" OBS_VALUE="7"/></Series>'
    (row,) = cells(specific(group + body))
    assert row["UNIT_MULT"] == "3"
    (other,) = cells(specific(group.replace("<Group", '<Group REF_AREA="TJ"') + body))
    assert "UNIT_MULT" not in other or other["UNIT_MULT"] is None


def test_each_dataset_has_the_dimension_at_observation_of_its_own_structure() -> None:
    def series(key: str, *observations: tuple[str, str]) -> str:
        values = "".join(
            f'<g:Obs><g:ObsDimension value="{at}"/><g:ObsValue value="{value}"/></g:Obs>'
            for at, value in observations
        )
        return f'<g:Series><g:SeriesKey><g:Value id="{key}" value="X"/></g:SeriesKey>{values}</g:Series>'

    header = (
        '<m:Header><m:Structure structureID="A" dimensionAtObservation="TIME_PERIOD"/>'
        '<m:Structure structureID="B" dimensionAtObservation="SEX"/></m:Header>'
    )
    message = (
        f"<m:GenericData {MES} {GEN}>{header}<m:DataSet structureRef='A'>{series('SEX', ('2022', '72'))}</m:DataSet>"
        f"<m:DataSet structureRef='B'>{series('TIME_PERIOD', ('F', '70'), ('M', '7'))}</m:DataSet></m:GenericData>"
    )
    found = [(row["TIME_PERIOD"], row["SEX"], row["_value"]) for row in cells(message)]
    assert found == [("2022", "X", "72"), ("X", "F", "70"), ("X", "M", "7")]
    with pytest.raises(ReadError, match="which of the structures"):
        cells(message.replace("structureRef='B'", ""))


OBSERVATION = '<Series SEX="F"><Obs TIME_PERIOD="2022" OBS_VALUE="1"/></Series>'


@pytest.mark.parametrize(
    ("header", "words"),
    [
        ("<m:Truncated>true</m:Truncated>", "truncated"),
        ("<m:Test>true</m:Test>", "is a test"),
        ("<m:Test>1</m:Test>", "is a test"),
    ],
)
def test_a_message_that_calls_itself_unfit_is_refused(header: str, words: str) -> None:
    message = specific(OBSERVATION, f"<m:Header>{header}</m:Header>")
    with pytest.raises(ReadError, match=words):
        cells(message)
    if "Test" in header:
        assert cells(message, test="accept")[0]["_value"] == "1"
    assert len(cells(specific(OBSERVATION, "<m:Header><m:Test>false</m:Test></m:Header>"))) == 1


@pytest.mark.parametrize(
    ("body", "code", "severity"),
    [("", "413", "Infomation"), ("", "110", "Warning"), (OBSERVATION, "510", "Warning")],
)
def test_a_footer_instead_of_data_is_a_failure_with_its_words(body: str, code: str, severity: str) -> None:
    footer = (
        '<f:Footer xmlns:f="http://www.sdmx.org/resources/sdmxml/schemas/v2_1/message/footer">'
        f'<f:Message code="{code}" severity="{severity}">'
        "<Text>It will be at another address</Text></f:Message></f:Footer>"
    )
    message = specific(body).replace("</m:StructureSpecificData>", footer + "</m:StructureSpecificData>")
    with pytest.raises(ReadError, match="It will be at another address"):
        cells(message)
    harmless = footer.replace(f'code="{code}"', 'code="0"').replace(f'"{severity}"', '"Information"')
    assert (
        len(
            cells(
                specific(OBSERVATION).replace(
                    "</m:StructureSpecificData>", harmless + "</m:StructureSpecificData>"
                )
            )
        )
        == 1
    )


def test_the_embargo_of_the_header_is_kept() -> None:
    header = "<m:Header><m:EmbargoDate>2027-02-01T06:00:00Z</m:EmbargoDate></m:Header>"
    table = sdmx_ml.read(specific('<Obs AREA="KG" OBS_VALUE="1"/>', header).encode(), {})
    assert table.schema.metadata == {EMBARGO: b"2027-02-01T06:00:00Z"}

"""SDMX as CSV and as XML: other people's tools read structure and data back, revisions and withdrawals too."""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

from pipelines.export import sdmx_ml
from pipelines.export.export import export
from pipelines.export.sdmx import DIMENSIONS, sdmx_code
from tests.pipelines.export.reading import Row, number, read, table
from tests.share_of_cases import WHOLE


def key_of(row: Row) -> tuple[str, ...]:
    parts = [sdmx_code(row[name]) if name == "breakdown" else row[name] for name in DIMENSIONS]
    return (*parts, row["time_period"])


def test_sdmx_tools_read_structure_and_data_back(release_dir: Path, tmp_path: Path) -> None:
    import sdmx

    countries = [] if WHOLE else ["KG", "TJ"]
    export(release_dir, "sdmx-csv", tmp_path, countries=countries)
    structure = sdmx.read_sdmx(tmp_path / "structure.sdmx.xml")
    flow = structure.dataflow["DV_OBSERVATIONS"]
    dimensions = [d.id for d in flow.structure.dimensions]
    assert dimensions == [*(name.upper() for name in DIMENSIONS), "TIME_PERIOD"]
    message = sdmx.read_sdmx(tmp_path / "observations.sdmx.csv", structure=flow)
    (data,) = message.data
    chosen = [r for r in table(release_dir, "observations") if WHOLE or r["ref_area"][:2] in countries]
    published = {key_of(row): row for row in chosen}
    assert len(data.obs) == len(published) == len(chosen)
    lists = {
        d.id: {code.id for code in d.local_representation.enumerated}
        for d in flow.structure.dimensions
        if d.id != "TIME_PERIOD"
    }
    for obs in data.obs:
        given = published[tuple(obs.dimension.values[name].value for name in dimensions)]
        value = float(obs.value)
        assert value == given["obs_value"] or (value != value and given["obs_value"] is None)
        assert obs.attached_attribute["OBS_STATUS"].value == given["obs_status"]
        assert obs.attached_attribute["CONF_STATUS"].value == given["conf_status"]
        assert number(obs.attached_attribute["OBS_LOWER"].value) == given["obs_lower"]
        assert obs.attached_attribute["LICENCE"].value
        for name, codes in lists.items():
            assert obs.dimension.values[name].value in codes
    frame = sdmx.to_pandas(data)
    series = frame.groupby(level=[n for n in frame.index.names if n != "TIME_PERIOD"]).ngroups
    assert series == len({key[:-1] for key in published})


def test_sdmx_ml_is_read_back_observation_for_observation(release_dir: Path, tmp_path: Path) -> None:
    import sdmx

    countries = [] if WHOLE else ["TJ"]
    export(release_dir, "sdmx-ml", tmp_path, countries=countries)
    (definition,) = sdmx.read_sdmx(tmp_path / "structure.sdmx.xml").structure.values()
    (data,) = sdmx.read_sdmx(tmp_path / "observations.sdmx.xml", structure=definition).data
    addresses = {row["source_id"]: row["address"] for row in table(release_dir, "sources")}
    datasets = {row["dataset_id"]: row for row in table(release_dir, "datasets")}
    comparators = {row["code"]: row["comparator"] for row in table(release_dir, "areas")}
    chosen = [r for r in table(release_dir, "observations") if WHOLE or r["ref_area"][:2] in countries]
    published = {
        key_of(row): {
            "OBS_STATUS": row["obs_status"],
            "CONF_STATUS": row["conf_status"],
            "OBS_LOWER": row["obs_lower"],
            "OBS_UPPER": row["obs_upper"],
            "COMMENT_OBS": row["note"],
            "LICENCE": datasets[row["dataset_id"]]["licence"],
            "SOURCE_ADDRESS": addresses[row["source_id"]],
            "COMPARATOR": str(comparators[row["ref_area"]]).lower(),
            "OBS_VALUE": row["obs_value"],
        }
        for row in chosen
    }
    assert len(data.obs) == len(published) == len(chosen)
    names = [component.id for component in definition.dimensions]
    for obs in data.obs:
        key = tuple(obs.key.values[name].value for name in names)
        read = {name: attribute.value for name, attribute in obs.attrib.items()}
        limits = {name: number(read.get(name, "")) for name in ("OBS_LOWER", "OBS_UPPER")}
        value = None if obs.value == "NaN" else float(obs.value)
        optional = {name: read.get(name) for name in ("COMMENT_OBS", "SOURCE_ADDRESS")}
        assert {**read, **optional, **limits, "OBS_VALUE": value} == published[key]


def test_sdmx_ml_deletes_what_was_withdrawn_and_holds_what_no_xml_can(
    altered: Callable[..., Path], tmp_path: Path
) -> None:
    from lxml import etree

    gone = "(SELECT max(obs_key) FROM t)"
    data = altered(
        observations=f"SELECT * REPLACE ('a\x02b' AS note) FROM t WHERE obs_key <> {gone}",
        observation_history=f"SELECT * REPLACE (CASE WHEN obs_key = {gone} THEN valid_from END AS valid_to) FROM t",
    )
    export(data, "sdmx-ml", tmp_path / "out")
    root = etree.parse(tmp_path / "out" / "observations.sdmx.xml").getroot()
    action = "{http://www.sdmx.org/resources/sdmxml/schemas/v2_1/data/structurespecific}action"
    replaced, deleted = root.findall("{*}DataSet")
    assert (replaced.get(action), deleted.get(action)) == ("Replace", "Delete")
    assert {obs.get("COMMENT_OBS") for obs in replaced.iter("Obs")} == {"a b"}
    assert len(list(replaced.iter("Obs"))) == len(table(data, "observations"))
    (series,) = deleted
    (obs,) = series
    # Attributes beside the key would delete only those.
    assert set(obs.keys()) == {"TIME_PERIOD"}
    assert set(series.keys()) == {name.upper() for name in DIMENSIONS}


def test_sdmx_ml_holds_one_series_at_a_time() -> None:
    """However many rows there are: a series is handed on before the row after its last one is read."""
    asked = []

    def rows() -> Iterator[dict[str, str]]:
        for at in range(1000):
            asked.append(at)
            yield {"REF_AREA": f"A{at // 10}", "TIME_PERIOD": f"{at}", "OBS_VALUE": "1"}

    for place, series in enumerate(sdmx_ml._series(rows())):
        assert len(series) == 10 and len(asked) <= 10 * (place + 1) + 1


def test_sdmx_structure_is_named_in_both_languages_by_valid_identifiers(
    release_dir: Path, tmp_path: Path
) -> None:
    from lxml import etree

    export(release_dir, "sdmx-csv", tmp_path, countries=["KZ"])
    root = etree.parse(tmp_path / "structure.sdmx.xml").getroot()
    spaces = {
        "s": "http://www.sdmx.org/resources/sdmxml/schemas/v2_1/structure",
        "c": "http://www.sdmx.org/resources/sdmxml/schemas/v2_1/common",
    }
    codes = root.findall(".//s:Code", spaces)
    assert len(codes) > 1000
    assert all(re.fullmatch(r"[A-Za-z0-9_@$-]+", code.get("id") or "") for code in codes)
    for codelist in root.findall(".//s:Codelist", spaces):
        ids = [code.get("id") for code in codelist.findall("s:Code", spaces)]
        assert len(ids) == len(set(ids)), codelist.get("id")
    area = next(c for c in codes if c.get("id") == "KZ-75")
    assert {
        name.get("{http://www.w3.org/XML/1998/namespace}lang") for name in area.findall("c:Name", spaces)
    } == {"en", "ru"}
    rows = read(tmp_path / "observations.sdmx.csv")
    assert list(rows[0])[:3] == ["STRUCTURE", "STRUCTURE_ID", "ACTION"]
    assert rows[0]["STRUCTURE"] == "dataflow"
    assert re.fullmatch(r"DVSTATS:DV_OBSERVATIONS\(\d+\.\d+\.\d+\)", rows[0]["STRUCTURE_ID"])
    assert {row["REF_AREA"].split("-")[0] for row in rows} == {"KZ"}


def test_sdmx_says_what_was_revised_and_drops_what_was_withdrawn(
    altered: Callable[..., Path], tmp_path: Path
) -> None:
    """A store that merges releases must lose a withdrawn figure, and a suppressed one must not keep its old value."""
    first = "(SELECT min(obs_key) FROM t)"
    gone = "(SELECT max(obs_key) FROM t)"
    data = altered(
        revisions=f"""SELECT * REPLACE (CASE obs_key WHEN {first} THEN 'revised' WHEN {gone} THEN 'withdrawn'
            ELSE change END AS change) FROM t WHERE obs_key IN ({first}, {gone})""",
        observations=f"""SELECT * REPLACE (CASE WHEN obs_key = {first} THEN NULL ELSE obs_value END AS obs_value,
            CASE WHEN obs_key = {first} THEN 'Q' ELSE obs_status END AS obs_status) FROM t WHERE obs_key <> {gone}""",
        observation_history=f"SELECT * REPLACE (CASE WHEN obs_key = {gone} THEN valid_from END AS valid_to) FROM t",
    )
    export(data, "sdmx-csv", tmp_path / "out")
    rows = read(tmp_path / "out" / "observations.sdmx.csv")
    published = table(data, "observations")
    keys = {row["obs_key"] for row in table(data, "revisions")}
    deleted = [row for row in rows if row["ACTION"] == "D"]
    assert [(row["TRACE_KEY"], row["REVISION"]) for row in deleted] == [(max(keys), "withdrawn")]
    # Attributes in a D row would delete only those.
    assert not any(deleted[0][name] for name in ("OBS_VALUE", "OBS_STATUS", "LICENCE", "COMPARATOR"))
    kept = {row["TRACE_KEY"]: row for row in rows if row["ACTION"] == "R"}
    assert set(kept) == {row["obs_key"] for row in published}
    assert (kept[min(keys)]["REVISION"], kept[min(keys)]["OBS_VALUE"]) == ("revised", "NaN")
    assert Counter(row["REVISION"] for row in kept.values())["stable"] == len(published) - 1

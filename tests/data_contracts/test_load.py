"""One truth: suite and predicates give the same verdict, and only the contract decides it."""

import dataclasses
import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from data_contracts import checks
from data_contracts.arrow import arrow_schema
from data_contracts.load import load_contract
from data_contracts.model import Contract
from data_contracts.strict_files import DeclarationError, load_csv, load_yaml
from pipelines.declarations import Declarations
from pipelines.expectation_suites import suite_verdicts
from tests.contract_copy import contract_copy
from tests.observation_row import ROW
from tests.share_of_cases import examples

GOOD: dict[str, Any] = {
    **ROW,
    "obs_key": "k0123456789abcdef",
    "ref_area": "KG",
    "indicator": "PROTECTION_ORDERS",
    "time_period": "2024",
    "period_start": dt.date(2024, 1, 1),
    "period_end": dt.date(2024, 12, 31),
    "obs_value": 12.0,
}
ODD: dict[str, list[Any]] = {
    "obs_key": ["k0123456789ABCDEF", "0123456789abcdef", "short", "k0123456789abcdef\n", None],
    "ref_area": ["KZ", "KG-GB", "XX", "", None],
    "indicator": ["NO_SUCH", None],
    "sex": ["F", "f", "X", None],
    "age": ["Y15T49", "15-49", "Y_LT18\n", None],
    "violence_form": ["PHYSICAL", "physical", None],
    "relationship": ["IPTN", "?", None],
    "breakdown": ["ARTICLE=KG_CO_70", "ARTICLE=NONE_SUCH", "article=x", "ARTICLE=KG_CO_70;", None],
    "freq": ["_O", "Q", "Y", None],
    "time_period": ["2024-Q1", "2024-01-01/P11M", "2024-13", "２０２４", "2024\n", None],
    "period_start": [dt.date(2024, 2, 1), dt.date(2025, 1, 1), None],
    "period_end": [dt.date(2024, 11, 30), dt.date(2023, 1, 1), None],
    "obs_value": [None, -1.0, 0.0, 140.0, 1e12],
    "obs_lower": [13.0, 1.0],
    "obs_upper": [11.0, 99.0],
    "nature": ["E", "Z", None],
    "unit_measure": ["PERCENT", "PCT", None],
    "obs_status": ["O", "Q", "N", "U", "?", None],
    "conf_status": ["A", "?", None],
    "dataset_id": ["kz_statements", "un_sdg_2024", None],
    "source_id": [None],
    "raw_sha256": ["A" * 64, "a", None],
    "raw_locator": [None],
    "retrieved_at": [None],
    "first_release": ["20261124", None],
}


def rows() -> st.SearchStrategy[list[dict[str, Any]]]:
    """Rows that break up to three rules at once."""
    change = st.sampled_from([(name, value) for name, values in ODD.items() for value in values])
    return st.lists(st.lists(change, max_size=3).map(lambda c: {**GOOD, **dict(c)}), min_size=1, max_size=30)


def table(contract: Contract, made: list[dict[str, Any]]) -> pa.Table:
    for number, row in enumerate(made):
        if row["obs_key"] == GOOD["obs_key"]:
            row["obs_key"] = f"k{number:016x}"
    schema = arrow_schema(contract, contract.tables["observations"])
    loose = pa.schema([pa.field(f.name, f.type) for f in schema])
    return pa.Table.from_pylist(made, schema=loose)


def predicate_counts(contract: Contract, data: pa.Table, con: duckdb.DuckDBPyConnection) -> dict[str, int]:
    observations = contract.tables["observations"]
    con.register("rows_to_judge", data)
    derived = [c for c in checks.derive(contract, observations) if c.violated]
    counted = ", ".join(f"count(*) FILTER (WHERE {c.violated})" for c in derived)
    query = f"SELECT {counted} FROM ({checks.with_derived(observations, 'rows_to_judge')})"
    found = con.execute(query).fetchall()[0]
    return {c.id: n for c, n in zip(derived, found, strict=True)}


@pytest.fixture(scope="module")
def connection(declared: Declarations) -> Iterator[duckdb.DuckDBPyConnection]:
    yield declared.normalizer.connection


@settings(
    max_examples=examples(4, 12),
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(made=rows())
def test_suite_and_predicates_agree_on_generated_rows(
    declared: Declarations, connection: duckdb.DuckDBPyConnection, made: list[dict[str, Any]]
) -> None:
    data = table(declared.contract, made)
    expected = predicate_counts(declared.contract, data, connection)
    verdicts = {v.check: v for v in suite_verdicts(declared.contract, {"observations": data}, connection)}
    for check, count in expected.items():
        verdict = verdicts[check]
        assert not verdict.error, (check, verdict.error)
        assert verdict.unexpected == count, (check, verdict.examples)
        assert verdict.passed == (count == 0), check


def test_every_odd_value_is_caught_by_some_check(
    declared: Declarations, connection: duckdb.DuckDBPyConnection
) -> None:
    harmless = {
        ("ref_area", "KG-GB"),
        ("sex", "F"),
        ("age", "Y15T49"),
        ("violence_form", "PHYSICAL"),
        ("relationship", "IPTN"),
        ("breakdown", "ARTICLE=KG_CO_70"),
        ("freq", "_O"),
        ("freq", "Q"),
        ("obs_value", 0.0),
        ("obs_value", 140.0),
        ("obs_value", 1e12),
        ("nature", "E"),
        ("unit_measure", "PERCENT"),
        ("obs_status", "N"),
        ("obs_status", "U"),
        ("conf_status", "A"),
        ("obs_lower", 1.0),
        ("obs_upper", 99.0),
        ("dataset_id", "un_sdg_2024"),
    }
    odd = [(name, value) for name, values in ODD.items() for value in values]
    observations = declared.contract.tables["observations"]
    found = [check for check in checks.derive(declared.contract, observations) if check.violated]
    cases = ", ".join(f"CASE WHEN {check.violated} THEN '{check.id}' END" for check in found)
    data = table(declared.contract, [{**GOOD, name: value} for name, value in odd])
    connection.register("rows_to_judge", data.append_column("place", pa.array(range(len(odd)))))
    caught = connection.execute(
        f"""SELECT list_filter([{cases}], lambda c: c IS NOT NULL)
        FROM ({checks.with_derived(observations, "rows_to_judge")}) ORDER BY place"""
    ).fetchall()
    for (name, value), (by,) in zip(odd, caught, strict=True):
        assert bool(by) != ((name, value) in harmless), (name, value, by)


def test_a_share_of_140_percent_is_refused(
    declared: Declarations, connection: duckdb.DuckDBPyConnection
) -> None:
    data = table(declared.contract, [{**GOOD, "unit_measure": "PERCENT", "obs_value": 140.0}])
    assert predicate_counts(declared.contract, data, connection)["share_out_of_range"] == 1


def test_the_suite_fails_when_the_contract_is_tightened_and_nothing_else(
    declared: Declarations, connection: duckdb.DuckDBPyConnection
) -> None:
    data = table(declared.contract, [dict(GOOD)])
    assert all(v.passed for v in suite_verdicts(declared.contract, {"observations": data}, connection))
    observations = declared.contract.tables["observations"]
    columns = tuple(
        dataclasses.replace(c, max=10.0) if c.name == "obs_value" else c for c in observations.columns
    )
    tightened = dataclasses.replace(
        declared.contract,
        tables={
            **declared.contract.tables,
            "observations": dataclasses.replace(observations, columns=columns),
        },
    )
    failed = [v.check for v in suite_verdicts(tightened, {"observations": data}, connection) if not v.passed]
    assert failed == ["obs_value_out_of_bounds"]
    assert predicate_counts(tightened, data, connection)["obs_value_out_of_bounds"] == 1


@pytest.mark.parametrize(
    ("name", "change", "says"),
    [
        (
            "tables.yaml",
            lambda t: t.replace("min_rows: 1", "min_row: 1", 1),
            r"tables.yaml, line \d+: unknown key",
        ),
        ("columns.yaml", lambda t: t.replace("codes: sex", "codes: gender", 1), "no code list 'gender'"),
        ("rules.yaml", lambda t: t.replace("obs_lower > obs_upper", "obs_low > obs_upper"), "unknown column"),
        (
            "comparability.csv",
            lambda t: t.replace("PROTECTION_ORDERS,", "PROTECTION_ORDER,", 1),
            r"comparability.csv, line \d+: unknown indicator 'PROTECTION_ORDER', did you mean 'PROTECTION_ORDERS'",
        ),
        (
            "cascade.yaml",
            lambda t: t.replace("beside: [DV_", "beside: [DVV_", 1),
            r"cascade.yaml, line \d+: unknown indicator 'DVV_",
        ),
        (
            "indicators/reports.yaml",
            lambda t: t.replace("  counting_unit: complaint\n", "", 1),
            "'counting_unit' is missing",
        ),
        ("codes/sex.csv", lambda t: t + "F,Women,Женщины,,\n", r"sex.csv, line \d+: code 'F' is given twice"),
        (
            "coverage.csv",
            lambda t: t.replace("PHYSICAL_VIOLENCE_12M", "NO_SUCH", 1),
            r"coverage.csv, line 2: unknown",
        ),
        (
            "indicators/orders.yaml",
            lambda t: t.replace("  relationships: family\n", "", 1),
            r"orders.yaml, line \d+: relationships needs partner, family, any, or a text",
        ),
        (
            "indicators/orders.yaml",
            lambda t: t.replace("relationships: family", "relationships: other_family", 1),
            r"orders.yaml, line \d+: relationships needs partner",
        ),
        (
            "indicators/survey.yaml",
            lambda t: t.replace("sdg: '5.2.1'", "sdg: 5-2-1", 1),
            r"survey.yaml, line \d+: sdg '5-2-1' is not written like",
        ),
        (
            "indicators/homicide.yaml",
            lambda t: t.replace("iccs: ICCS0101", "iccs: 0101", 1),
            r"homicide.yaml, line \d+: iccs '0101' is in no code list",
        ),
        (
            "indicators/homicide.yaml",
            lambda t: t.replace("iccs: ICCS0101", "iccs: null", 1),
            r"homicide.yaml, line \d+: iccs needs a class, or a text in en and ru that says why none",
        ),
        (
            "coverage.csv",
            lambda t: t.replace("Supreme Court |", "Supreme Court; Ministry of Justice |", 1),
            r"coverage.csv, line \d+: body_[a-z]+ names several bodies",
        ),
        (
            "indicators/context.yaml",
            lambda t: t.replace(
                'relationships: {en: "Suicides of every cause; no aggressor is counted.", ',
                "relationships: {",
                1,
            ),
            r"context.yaml, line \d+: 'relationships' needs a text in en and ru",
        ),
        (
            "coverage.csv",
            lambda t: t.replace("PHYSICAL_VIOLENCE_12M,age;", ",age;", 1),
            r"coverage.csv, line 2: UN-1 names no indicator that would count it",
        ),
        (
            "coverage.csv",
            lambda t: t.replace("age;relationship", "age;colour", 1),
            r"coverage.csv, line 2: unknown need 'colour'",
        ),
        (
            "sentences/refusals.yaml",
            lambda t: t + "new_column: {en: 'Twice.', ru: 'Дважды.'}\n",
            r"refusals.yaml, line \d+: sentence new_column stands in another file too",
        ),
    ],
)
def test_a_mistake_in_a_declaration_names_file_and_line(
    tmp_path: Path, name: str, change: Any, says: str
) -> None:
    with pytest.raises(DeclarationError, match=says):
        load_contract(contract_copy(tmp_path, name, change))


def test_an_indicator_that_does_not_say_what_it_counts_does_not_load(tmp_path: Path) -> None:
    folder = contract_copy(
        tmp_path, "indicators/reports.yaml", lambda t: t.replace("  limitations:", "  limits:", 1)
    )
    with pytest.raises(DeclarationError, match="limits"):
        load_contract(folder)


def test_yaml_that_says_a_thing_twice_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.yaml"
    path.write_text("a: 1\nb: 2\na: 3\n", encoding="utf-8")
    with pytest.raises(DeclarationError, match="x.yaml, line 3: 'a' is declared twice"):
        load_yaml(path)


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("3", "x.csv, line 3: 1 cells where 2 are expected[.]$"),
        (
            "3,4,5",
            "x.csv, line 3: 3 cells where 2 are expected; put a text with a comma in double quotes[.]$",
        ),
        ('3,"4', "x.csv, line 3: the file is no CSV here: "),
    ],
)
def test_csv_with_a_cell_too_few_or_too_many_names_the_line(tmp_path: Path, line: str, says: str) -> None:
    path = tmp_path / "x.csv"
    path.write_text(f"a,b\n1,2\n{line}", encoding="utf-8")
    with pytest.raises(DeclarationError, match=says):
        list(load_csv(path, ("a", "b")))


def test_empty_lines_of_csv_are_no_rows_and_a_wrong_header_is_explained(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text("a,b\n\n1,2\n\n", encoding="utf-8")
    assert [dict(row.cells) for row in load_csv(path, ("a", "b"))] == [{"a": "1", "b": "2"}]
    with pytest.raises(DeclarationError, match=r"x.csv, line 1: .+; the header must be a,c; save the file"):
        list(load_csv(path, ("a", "c")))
    path.write_text("a;b\n1;2\n", encoding="utf-8")
    with pytest.raises(DeclarationError, match="x.csv, line 1: the header must be a,b; save the file"):
        list(load_csv(path, ("a", "b")))


def test_the_region_has_all_its_first_level_regions(declared: Declarations) -> None:
    regions = [row for row in declared.contract.areas if row["level"] == "region" and not row["valid_to"]]
    count = {
        country: sum(row["parent"] == country for row in regions) for country in ("KZ", "KG", "TJ", "UZ")
    }
    assert count == {"KZ": 20, "KG": 9, "TJ": 5, "UZ": 14}
    assert all(row["name_en"] and row["name_ru"] and row["name_national"] for row in regions)


def test_every_indicator_of_offences_has_a_crime_class_or_says_why_not(declared: Declarations) -> None:
    for indicator in declared.contract.indicators.values():
        offence = indicator.counting_unit == "offence" or indicator.family in (
            "courts",
            "criminal",
            "homicide",
        )
        assert not offence or (indicator.iccs is None) != (indicator.no_iccs is None), indicator.code


def test_every_indicator_of_victims_offenders_orders_and_courts_has_a_scope_or_says_why_not(
    declared: Declarations,
) -> None:
    for indicator in declared.contract.indicators.values():
        if indicator.subject in ("victim", "aggressor") or indicator.family in ("orders", "courts"):
            assert indicator.relationship_scope in ("partner", "family", "any", "none"), indicator.code
        assert (indicator.relationship_scope == "none") == (indicator.no_scope is not None), indicator.code
        if indicator.scope == "family" and indicator.subject in ("victim", "aggressor"):
            assert indicator.relationship_scope in ("partner", "family"), indicator.code

"""Versions of returns: resubmission, late correction, a withdrawn programme, what the last release gives."""

import pyarrow as pa
import pytest

from data_contracts.arrow import arrow_schema
from data_contracts.load import contract
from data_contracts.strict_files import DeclarationError
from pipelines.expectation_suites import release_verdicts
from sources.bundled_registers import Entry, load_register
from tests import programme_samples as samples
from transforms.programmes import tables as module
from transforms.programmes.judge_return import judge_return
from transforms.programmes.tables import AcceptedReturn, evidence, programme_tables, references

FIRST, SECOND = "kg-bishkek-example/2026-Q3/1", "kg-bishkek-example/2026-Q3/2"


def accepted(return_id: str, answers: samples.Answers) -> AcceptedReturn:
    given = samples.given(answers)
    judged = judge_return(contract(), given, samples.TODAY)
    assert judged.problems == []
    return AcceptedReturn(return_id, samples.TODAY, "ky", "csv", judged)


def nothing(name: str) -> pa.Table:
    return arrow_schema(contract(), contract().tables[name]).empty_table()


def as_given(rows: object, _: object) -> object:
    """No disclosure control: these tests are about versions."""
    return {table: [{**row, "withheld": None} for row in given] for table, given in rows.items()}


def made(*returns: AcceptedReturn, last: dict[str, pa.Table] | None = None) -> dict[str, pa.Table]:
    return programme_tables(contract(), returns, lambda name: (last or {}).get(name, nothing(name)), as_given)


def column(table: pa.Table, *names: str) -> list[tuple[object, ...]]:
    return [tuple(row[name] for name in names) for row in table.to_pylist()]


def from_police(tables: dict[str, pa.Table], period: str = "2026-Q3") -> object:
    """Men referred by the police."""
    rows = tables["programme_flow"].to_pylist()
    return next(
        row["referred"]
        for row in rows
        if (row["return_period"], row["referral_source"], row["sex"], row["age"])
        == (period, "police", "M", "_T")
    )


def corrected(figure: int) -> samples.Answers:
    return {
        **samples.bishkek(),
        ("flow", "police|M", "referred"): figure,
        **samples.line("corrections", "flow", correction_reason="late_information"),
    }


def test_without_any_return_every_table_is_there_and_empty() -> None:
    tables = made()
    assert set(tables) == {*module.RETURN_TABLES, *module.FIGURE_TABLES}
    assert not any(table.num_rows for table in tables.values())


def test_a_resubmission_is_a_new_version_and_takes_the_place_of_the_first() -> None:
    tables = made(accepted(FIRST, samples.bishkek()), accepted(SECOND, corrected(12)))
    states = column(tables["programme_returns"], "version", "return_state", "supersedes", "corrections")
    assert states == [(1, "superseded", None, None), (2, "current", FIRST, "flow=late_information")]
    assert from_police(tables) == 12
    assert {row["return_id"] for row in tables["programme_flow"].to_pylist()} == {SECOND}
    third = accepted(f"{FIRST[:-1]}3", corrected(13))
    tables = made(accepted(FIRST, samples.bishkek()), accepted(SECOND, corrected(12)), third)
    states = column(tables["programme_returns"], "version", "return_state", "supersedes")
    assert states[1:] == [(2, "superseded", FIRST), (3, "current", SECOND)] and from_police(tables) == 13


def test_a_late_correction_leaves_the_quarters_after_it_as_they_are() -> None:
    later = {**samples.bishkek(), ("about", "return_period", "answer"): "2026-Q2"}
    tables = made(
        accepted("kg-bishkek-example/2026-Q2/1", later),
        accepted(FIRST, samples.bishkek()),
        accepted(
            "kg-bishkek-example/2026-Q2/2",
            {**later, **corrected(20), ("about", "return_period", "answer"): "2026-Q2"},
        ),
    )
    assert (from_police(tables, "2026-Q2"), from_police(tables, "2026-Q3")) == (20, 11)
    assert (
        column(tables["programme_returns"], "return_period", "return_state").count(("2026-Q3", "current"))
        == 1
    )


WITHDRAWAL = {
    ("about", "programme_id", "answer"): "kg-bishkek-example",
    ("about", "return_period", "answer"): "2026-Q3",
    ("about", "programme_state", "answer"): "withdrawn",
}


def test_no_figure_of_a_withdrawn_programme_stays_and_the_list_says_so() -> None:
    tables = made(accepted(FIRST, samples.bishkek()), accepted(SECOND, WITHDRAWAL))
    assert not any(tables[name].num_rows for name in module.FIGURE_TABLES)
    assert {state for (state,) in column(tables["programme_returns"], "return_state")} == {"withdrawn"}
    assert column(tables["programmes"], "programme_state", "ref_area") == [("withdrawn", "KG-GB")]


def test_a_programme_may_come_back_after_a_withdrawal() -> None:
    third = accepted("kg-bishkek-example/2026-Q3/3", corrected(12))
    tables = made(accepted(FIRST, samples.bishkek()), accepted(SECOND, WITHDRAWAL), third)
    assert from_police(tables) == 12
    assert column(tables["programmes"], "programme_state") == [("active",)]


def test_what_the_archive_lacks_is_carried_from_the_last_release() -> None:
    last = made(accepted(FIRST, samples.bishkek()))
    assert {name: table.to_pylist() for name, table in made(last=last).items()} == {
        name: table.to_pylist() for name, table in last.items()
    }


def test_a_withdrawal_reaches_what_is_carried() -> None:
    tables = made(accepted(SECOND, WITHDRAWAL), last=made(accepted(FIRST, samples.bishkek())))
    assert not tables["programme_flow"].num_rows


def flow(answers: samples.Answers) -> dict[tuple[str, str, str], int | None]:
    """The referred by source, sex and age."""
    rows = made(accepted("kz-almaty-example/2026-Q3/1", answers))["programme_flow"].to_pylist()
    return {(row["referral_source"], row["sex"], row["age"]): row["referred"] for row in rows}


def test_totals_are_over_rows_that_are_all_recorded() -> None:
    by_key = flow(samples.almaty())
    assert by_key["_T", "_T", "_T"] == by_key["_T", "M", "_T"] + by_key["_T", "F", "_T"] == 68
    assert by_key["court", "_T", "_T"] == 40 and by_key["_T", "_T", "Y25T34"] == 30
    assert by_key["prosecutor", "_T", "_T"] == 0


def test_a_total_never_takes_an_empty_row_for_zero() -> None:
    """Women not recorded: men are not everybody; one source not recorded: the others are not all."""
    without_women = {key: value for key, value in samples.almaty().items() if not key[1].endswith("|F")}
    by_key = flow(without_women)
    assert by_key["_T", "M", "_T"] == 62 and by_key["court", "M", "_T"] == 40
    assert not [key for key in by_key if key[1] == "_T"]
    without_health = {key: value for key, value in samples.almaty().items() if key[1] != "health|M"}
    assert flow(without_health)["_T", "M", "_T"] == 62, "known from the ages"
    neither = {key: value for key, value in without_health.items() if key[0] != "ages"}
    by_key = flow(neither)
    assert (
        ("_T", "M", "_T") not in by_key and ("_T", "_T", "_T") not in by_key and by_key["_T", "F", "_T"] == 6
    )


def test_a_cohort_of_men_is_not_that_of_both_sexes() -> None:
    answers = {
        **samples.almaty(),
        **samples.line("cohorts", "2", start_period="2025-Q1", sex="F", potential_completers=0),
    }
    total = {
        **answers,
        **samples.line("cohorts", "3", start_period="2025-Q1", sex="_T", potential_completers=0),
    }
    for given, sexes in ((samples.almaty(), ["M"]), (answers, ["F", "M", "_T"]), (total, ["F", "M", "_T"])):
        cohorts = made(accepted("kz-almaty-example/2026-Q3/1", given))["programme_cohorts"].to_pylist()
        assert sorted(row["sex"] for row in cohorts) == sexes


@pytest.fixture(scope="module")
def published() -> dict[str, pa.Table]:
    """Every table of a release, of which only those of programmes hold rows."""
    tables = {name: nothing(name) for name in contract().tables}
    tables |= {
        "programme_references": references(contract(), load_register("programme_references")),
        "programme_evidence": evidence(contract(), load_register("programme_evidence")),
    }
    return tables


def test_what_a_study_does_not_say_is_null_and_what_it_says_is_kept() -> None:
    """An empty cell of the register is no text, nor is a figure of it zero."""
    texts = ("evidence_id", "study", "design", "place", "outcome", "finding", "source")
    numbers = ("window_months", "persons", "effect", "lower", "upper")
    empty = {name: name for name in texts} | dict.fromkeys((*numbers, "effect_measure", "note"), "")
    filled = empty | dict.fromkeys(numbers, "7") | {"effect_measure": "odds_ratio", "note": "x"}
    table = evidence(contract(), [Entry("x.csv", 2, empty), Entry("x.csv", 3, filled)])
    optional = ("evidence_window_months", "evidence_persons", "effect", "effect_lower", "effect_upper")
    assert column(table, *optional, "effect_measure", "note") == [(None,) * 7, (*(7,) * 5, "odds_ratio", "x")]
    with pytest.raises(DeclarationError, match="x.csv, line 4: persons 'many' is no number"):
        evidence(contract(), [Entry("x.csv", 4, empty | {"persons": "many"})])


def broken(tables: dict[str, pa.Table], check: str) -> bool:
    (verdict,) = [verdict for verdict in release_verdicts(contract(), tables) if verdict.check == check]
    return not verdict.passed


def test_the_published_table_of_the_caledonian_system_holds_its_identity(
    published: dict[str, pa.Table],
) -> None:
    """583 = 187 + 324 + 72; 583 = 157 + 40 + 117 + 153 + 116: and one wrong digit stops the release."""
    assert not broken(published, "reference_identity_broken")
    rows = published["programme_references"].to_pylist()
    figures = {(row["site"], row["reference_measure"]): row["reference_value"] for row in rows}
    assert figures["_T", "potential_completers"] == 583 == 187 + 324 + 72
    for site, measure in (("_T", "completed"), ("ABERDEEN", "potential_completers")):
        changed = [
            {
                **row,
                "reference_value": row["reference_value"]
                + ((row["site"], row["reference_measure"]) == (site, measure)),
            }
            for row in rows
        ]
        schema = published["programme_references"].schema
        tables = {**published, "programme_references": pa.Table.from_pylist(changed, schema=schema)}
        assert broken(tables, "reference_identity_broken"), (site, measure)


def test_figures_of_a_replaced_return_stop_the_release(published: dict[str, pa.Table]) -> None:
    tables = made(accepted(FIRST, samples.bishkek()), accepted(SECOND, corrected(12)))
    assert not broken({**published, **tables}, "programme_figures_of_old_version")
    old = made(accepted(FIRST, samples.bishkek()))["programme_flow"]
    assert broken({**published, **tables, "programme_flow": old}, "programme_figures_of_old_version")


def test_a_result_of_clients_alone_stops_the_release(published: dict[str, pa.Table]) -> None:
    tables = made(accepted("kz-almaty-example/2026-Q3/1", samples.almaty()))
    assert not broken({**published, **tables}, "client_measure_alone")
    measures = tables["programme_measures"]
    alone = measures.filter(pa.compute.equal(measures["respondent"], "client"))
    assert broken({**published, **tables, "programme_measures": alone}, "client_measure_alone")


def test_every_study_and_reference_names_a_registered_source(published: dict[str, pa.Table]) -> None:
    registered = {entry["source"] for entry in load_register("publications")}
    for name in ("programme_references", "programme_evidence"):
        assert {row["source_id"] for row in published[name].to_pylist()} <= registered

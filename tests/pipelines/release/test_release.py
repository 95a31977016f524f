"""What the bundled release says: sizes promised, every number with a source, and derived tables that do not mislead."""

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from pipelines.declarations import Declarations
from transforms.derive import best_observations, discrepancies

FOUR = ("KZ", "KG", "TJ", "UZ")


@pytest.fixture(scope="module")
def con(release_dir: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    connection = duckdb.connect(str(release_dir / "dvstats.duckdb"), read_only=True)
    yield connection
    connection.close()


def one(con: duckdb.DuckDBPyConnection, sql: str) -> object:
    return con.sql(sql).fetchall()[0][0]


def test_sizes(con: duckdb.DuckDBPyConnection) -> None:
    counts = dict(con.sql("SELECT left(ref_area, 2), count(*) FROM observations GROUP BY 1").fetchall())
    domestic = dict(
        con.sql(
            "SELECT left(ref_area, 2), count(*) FROM observations o JOIN indicators i ON i.code = o.indicator "
            "WHERE i.domestic GROUP BY 1"
        ).fetchall()
    )
    assert sum(counts.values()) >= 2500 and sum(domestic.values()) >= 1500
    assert all(counts[country] >= 250 for country in FOUR) and counts["DE"] >= 100
    assert int(str(one(con, "SELECT count(*) FROM indicators"))) >= 60
    assert int(str(one(con, "SELECT count(*) FROM legal_framework"))) >= 35
    assert int(str(one(con, "SELECT count(*) FROM response_services"))) >= 60
    assert int(str(one(con, "SELECT count(*) FROM discrepancies WHERE declared"))) >= 40


def test_nothing_is_without_an_address(con: duckdb.DuckDBPyConnection) -> None:
    for table in ("observations", "legal_framework", "response_services"):
        missing = one(
            con,
            f"SELECT count(*) FROM {table} t LEFT JOIN sources s USING (source_id) WHERE coalesce(s.address, '') = ''",
        )
        assert missing == 0, table
    assert one(con, "SELECT count(*) FROM sources WHERE len(string_split(trim(quote), ' ')) > 25") == 0


def test_every_indicator_with_figures_says_what_is_counted_there(con: duckdb.DuckDBPyConnection) -> None:
    silent = con.sql(
        """SELECT DISTINCT o.indicator, left(o.ref_area, 2)
        FROM observations o JOIN indicators i ON i.code = o.indicator
        WHERE i.domestic AND json_extract(i.countries, '$.' || left(o.ref_area, 2)) IS NULL
          AND json_extract(i.countries, '$._default') IS NULL"""
    ).fetchall()
    assert silent == []


def test_the_declared_conflicts_all_stand_on_published_figures(
    declared: Declarations, release_dir: Path
) -> None:
    import pyarrow.parquet as pq

    tables = [
        pq.read_table(release_dir / "latest" / name / f"{name}.parquet")
        for name in ("observations", "sources")
    ]
    _, missing = discrepancies.discrepancies(
        declared.contract, best_observations.connect(*tables, declared.datasets), declared.conflicts
    )
    assert missing == []


@pytest.mark.parametrize(
    ("country", "values"),
    [("KG", {6145.0, 6490.0, 8159.0}), ("KZ", {923.0, 3382.0}), ("TJ", {3609.0, 3423.0})],
)
def test_the_named_conflicts_are_side_by_side(
    con: duckdb.DuckDBPyConnection, country: str, values: set[float]
) -> None:
    found = con.sql(
        "SELECT a_value, b_value, explanation_en, explanation_ru FROM discrepancies WHERE declared AND country = ?",
        params=[country],
    ).fetchall()
    assert values <= {value for row in found for value in row[:2]}
    assert all(row[2] and row[3] for row in found)


def test_an_explanation_names_its_numbers_and_not_their_order(declared: Declarations) -> None:
    """The two figures of a conflict are shown in either order: "the first" would be the wrong one of them."""
    ordinals = {
        "en": r"(?i)\b(first|second|former|latter)\b(?! (half|quarter|count|published|time))",
        "ru": r"(?i)\b(перв|втор)(ое|ая|ый|ой|ом|ым|ому|ого)\b(?! (полугоди|квартал|оценк|числа погибших))",
    }
    wrong = [
        f"{conflict['id']}: {said}"
        for conflict in declared.conflicts
        for language, ordinal in ordinals.items()
        if re.search(ordinal, said := conflict[f"explanation_{language}"])
    ]
    assert wrong == []


def test_a_law_breaks_the_series_it_names(con: duckdb.DuckDBPyConnection) -> None:
    status = dict(
        con.sql(
            "SELECT time_period, obs_status FROM observations WHERE dataset_id = 'kz_statements' "
            "AND indicator = 'DV_CRIMES' AND ref_area = 'KZ' AND breakdown = '_T' AND freq = 'A' AND sex = '_T'"
        ).fetchall()
    )
    assert status["2023"] != "B" and status["2024"] == "B"
    assert int(str(one(con, "SELECT count(*) FROM legal_framework WHERE series_with_break > 0"))) >= 5
    orphans = one(con, "SELECT count(*) FROM legal_framework WHERE series_with_break > 0 AND breaks IS NULL")
    assert orphans == 0


def test_rates_use_the_population_of_the_same_year_and_area(con: duckdb.DuckDBPyConnection) -> None:
    wrong = con.sql(
        """SELECT r.numerator_obs_key FROM rates r JOIN population p ON p.obs_key = r.denominator_obs_key
        JOIN observations o ON o.obs_key = r.numerator_obs_key
        WHERE p.year <> r.year OR p.ref_area <> r.ref_area OR p.sex <> r.denominator_sex OR r.age <> '_T'
          OR o.obs_value <> r.numerator OR p.population <> r.denominator
          OR abs(r.rate - r.numerator / r.denominator * if(r.rate_unit = 'PER_MILLION_WOMEN', 1e6, 1e5)) > 1e-9"""
    ).fetchall()
    assert wrong == []
    assert one(con, "SELECT count(*) FROM rates WHERE breakdown LIKE '%PART_OF_YEAR%'") == 0
    few = "SELECT count(*) FROM rates WHERE numerator < 20 AND rate_unit = 'PER_100000_POP' AND obs_status <> 'U'"
    assert one(con, few) == 0
    kg = one(
        con,
        "SELECT rate FROM rates WHERE indicator = 'DV_VICTIMS' AND ref_area = 'KG' AND year = 2023 AND sex = 'F' "
        "AND dataset_id = 'kg_sdg'",
    )
    assert kg == pytest.approx(11002 / 3589460 * 1e5, abs=0.01)


def test_a_doubtful_statement_does_not_stand_before_a_better_one(con: duckdb.DuckDBPyConnection) -> None:
    best = con.sql(
        "SELECT obs_value FROM best_observations WHERE indicator = 'PROTECTION_ORDERS' AND ref_area = 'KG' "
        "AND time_period = '2019' AND sex = '_T' AND age = '_T' AND breakdown = '_T'"
    ).fetchall()
    assert best == [(6145.0,)]


def test_the_cascade_names_every_gap_and_shares_only_what_is_alike(con: duckdb.DuckDBPyConnection) -> None:
    rows = con.sql("SELECT * FROM response_cascade").to_arrow_table().to_pylist()
    per_year = Counter((row["country"], row["year"]) for row in rows)
    assert set(per_year.values()) == {8}
    assert all(row["publisher_en"] and row["publisher_ru"] for row in rows)
    for row in rows:
        assert (row["obs_value"] is None) == (row["cascade_status"] == "not_published")
        if row["share_of_previous"] is not None:
            before = next(
                r
                for r in rows
                if (r["country"], r["year"], r["step"]) == (row["country"], row["year"], row["step"] - 1)
            )
            assert before["time_period"] == row["time_period"] and before["scope"] == row["scope"]
            assert row["share_note_en"]
    assert {row["country"] for row in rows if row["comparator"]} == {"DE"}


def test_coverage_says_who_would_publish_what_is_missing(con: duckdb.DuckDBPyConnection) -> None:
    assert (
        one(
            con,
            "SELECT count(*) FROM coverage WHERE coverage_status = 'not_published' AND publisher_en IS NULL",
        )
        == 0
    )
    assert (
        one(
            con,
            "SELECT count(*) FROM coverage WHERE (observations = 0) <> (coverage_status = 'not_published')",
        )
        == 0
    )
    gaps = {row[0] for row in con.sql("SELECT DISTINCT country FROM not_published").fetchall()}
    assert set(FOUR) <= gaps


def test_comparability_has_every_indicator_and_pair(con: duckdb.DuckDBPyConnection) -> None:
    indicators = int(str(one(con, "SELECT count(*) FROM indicators")))
    assert one(con, "SELECT count(*) FROM comparability WHERE indicator_b = indicator") == indicators * 10
    assert int(str(one(con, "SELECT count(*) FROM comparability WHERE indicator_b <> indicator"))) > 100
    assert one(con, "SELECT count(*) FROM comparability WHERE reason_en = '' OR reason_ru = ''") == 0
    forbidden = con.sql(
        """SELECT count(*) FROM side_by_side s JOIN comparability c USING (indicator, country_a, country_b)
        WHERE c.verdict = 'not_comparable' AND c.indicator_b = c.indicator"""
    ).fetchall()[0][0]
    assert forbidden == 0


def test_a_survey_and_a_model_never_share_a_cell(con: duckdb.DuckDBPyConnection) -> None:
    tj = con.sql(
        "SELECT nature, obs_value, obs_status FROM best_observations WHERE indicator = 'IPV_12M' AND ref_area = 'TJ' "
        "AND age = 'Y15T49' AND time_period IN ('2017', '2018') AND violence_form = 'PHYSICAL_SEXUAL'"
    ).fetchall()
    assert {row[0] for row in tj} == {"N", "E"} and {row[1] for row in tj} == {19.0, 14.0}

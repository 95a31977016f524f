"""What an answer does not show is said: gaps that a condition on a year or a sex hides, and where figures are."""

from pathlib import Path
from types import SimpleNamespace

import duckdb
import pytest

from pipelines.published.query_notes import empty_answer, former_codes, notes, unknown_codes

COLUMNS = "area, indicator, counted, year, time_period, sex, obs_value, obs_key, caution_en"
VIEW = f"""CREATE VIEW killed AS
    SELECT CASE area WHEN 'Tajikistan' THEN 'TJ' ELSE 'KG' END AS ref_area, false AS comparator, *, '_T' AS breakdown
    FROM (VALUES
      ('Tajikistan', 'DV_KILLED', 'Persons killed', NULL, NULL, '_T', NULL, NULL, 'Not published: by the Ministry.'),
      ('Kyrgyzstan', 'DV_KILLED', 'Persons killed', 2019, '2019', 'F', 12.0, 'k1', NULL),
      ('Kyrgyzstan', 'DV_KILLED', 'Persons killed', 2021, '2021-S1', '_T', 20.0, 'k2', NULL),
      ('Tajikistan', 'HOMICIDE_VICTIMS', 'Victims of homicide', 2023, '2023', '_T', 90.0, 'k3', 'All spheres.'))
    f({COLUMNS})"""


AREA_COLUMNS = "(code, level, country, name_en, name_ru, valid_to_date)"
AREAS = """('KG', 'country', 'KG', 'Kyrgyzstan', 'Кыргызстан', NULL),
    ('KG-GB', 'region', 'KG', 'Bishkek', 'Бишкек', NULL), ('KG-GO', 'region', 'KG', 'Osh city', 'Ош', NULL),
    ('KG-X', 'region', 'KG', 'Former region', 'Бывшая', '2010-01-01'),
    ('TJ', 'country', 'TJ', 'Tajikistan', 'Таджикистан', NULL), ('TJ-SU', 'region', 'TJ', 'Sughd', 'Согд', NULL)"""


@pytest.fixture
def data_dir(tmp_path: Path) -> Path:
    with duckdb.connect(str(tmp_path / "dvstats.duckdb")) as con:
        con.execute(VIEW)
        con.execute("CREATE TABLE areas AS FROM (VALUES " + AREAS + ") a" + AREA_COLUMNS)
    return tmp_path


@pytest.mark.parametrize(
    "condition",
    [
        "ref_area = 'TJ' AND time_period = '2023' AND sex = 'F'",
        "ref_area = 'TJ' AND year BETWEEN 2020 AND 2024",
        "k.ref_area = 'TJ' AND k.year IN (2022, 2023) AND k.sex <> 'M'",
        "area LIKE 'Taj%' AND counted ILIKE '%KILLED%' AND obs_value > 5",
        "ref_area = 'TJ' AND (year = 2023 OR sex = 'F')",
    ],
)
def test_a_gap_that_a_condition_hides_is_named(data_dir: Path, condition: str) -> None:
    """Read carelessly: 90 homicides of every kind are the answer, or none at all."""
    for sql in (
        f"SELECT obs_value FROM killed k WHERE {condition} ORDER BY 1 LIMIT 3",
        f"WITH chosen AS (SELECT * FROM killed AS k WHERE {condition}) SELECT count(*) FROM chosen",
    ):
        said = [sentence for sentence in notes(data_dir, sql, 1) if "years asked for" not in sentence]
        assert said == ["Tajikistan, persons killed: Not published: by the Ministry."]


@pytest.mark.parametrize(
    "sql",
    [
        "FROM killed",
        "SELECT * FROM killed WHERE ref_area = 'KG' AND year = 2019",
        "SELECT * FROM killed WHERE ref_area = 'TJ'",
        "SELECT * FROM killed WHERE ref_area = 'TJ' AND sex = '_T' AND obs_key IS NULL",
        "SELECT * FROM killed WHERE year = 2023 AND indicator = 'HOMICIDE_VICTIMS'",
        "SELECT * FROM killed WHERE ref_area = 'TJ' AND year = 2023 AND obs_value IS NOT NULL",
        "SELECT * FROM areas WHERE code = 'TJ'",
        "SHOW TABLES",
        "SELECT k.* FROM killed k JOIN areas a ON a.code = k.ref_area WHERE a.level = 'country' AND year = 2023",
    ],
)
def test_no_gap_is_named_that_is_shown_or_that_the_condition_excludes(data_dir: Path, sql: str) -> None:
    assert notes(data_dir, sql, 1) == []


@pytest.mark.parametrize(
    ("condition", "said"),
    [
        ("ref_area = 'KG' AND year = 2020", ["with another year it has: 2019, 2021"]),
        ("ref_area = 'KG' AND time_period = '2019' AND sex = 'M'", ["another sex it has: F"]),
        (
            "ref_area = 'KG' AND year = 2021 AND sex = 'F'",
            ["with another year it has: 2019", "with another sex it has: _T"],
        ),
        ("ref_area = 'KG' AND year = 2023 AND sex = 'M'", ["with another year, sex it has: 2019 F, 2021 _T"]),
        ("ref_area = 'KG-GB' AND year = 2019", ["with another ref_area it has: KG"]),
        ("ref_area = 'TJ' AND counted ILIKE '%murder%'", ["another counted it has: Victims of homicide"]),
        ("ref_area = 'UZ' AND indicator = 'DV_KILLED'", ["with another ref_area it has: KG"]),
        ("ref_area = 'UZ' AND obs_value > 500", []),
    ],
)
def test_an_empty_answer_says_which_condition_left_nothing(
    data_dir: Path, condition: str, said: list[str]
) -> None:
    found = notes(data_dir, f"SELECT * FROM killed WHERE {condition}", 0)
    assert len(found) == len(said) and all(words in text for words, text in zip(said, found, strict=True))


def test_many_gaps_are_one_sentence(data_dir: Path) -> None:
    with duckdb.connect(str(data_dir / "dvstats.duckdb")) as con:
        con.execute(
            "CREATE VIEW victims AS SELECT k.* REPLACE (k.indicator || n AS indicator, k.counted || n AS counted) "
            "FROM killed k, range(4) r(n) WHERE obs_key IS NULL"
        )
    (said,) = notes(data_dir, "SELECT * FROM victims WHERE year = 2023", 1)
    assert "Tajikistan: persons killed0, persons killed1, persons killed2, persons killed3." in said


def test_an_answer_of_another_topic_is_pointed_to(data_dir: Path) -> None:
    """Child marriage is a question that a reader asks of the surveys, and no family of theirs."""
    with duckdb.connect(str(data_dir / "dvstats.duckdb")) as con:
        con.execute(
            "CREATE VIEW figures AS SELECT * FROM killed UNION ALL BY NAME "
            "SELECT 'KG' AS ref_area, 'CHILD_MARRIAGE_18' AS indicator, 'Married before 18' AS counted, 2023 AS year, "
            "12.9 AS obs_value, 'k9' obs_key UNION ALL BY NAME SELECT 'KG' AS ref_area, 'POPULATION' AS indicator, "
            "'Population' AS counted, 2023 AS year, 7 AS obs_value, 'k8' obs_key"
        )
    married = "SELECT obs_value FROM killed m WHERE m.ref_area = 'KG' AND indicator = 'CHILD_MARRIAGE_18'"
    assert notes(data_dir, married, 0) == [
        "killed has no such figure; the view figures, of all topics, has: Married before 18 (1)."
    ]
    # Figures of other topics do not hide that the topic has its own, of other years.
    year = "SELECT obs_value FROM killed WHERE ref_area = 'KG' AND year = 2023 AND sex IS DISTINCT FROM 'M'"
    own, others = notes(data_dir, year, 0)
    assert own.endswith("with another year it has: 2019, 2021.") and others.endswith(
        "has: Married before 18 (1)."
    )
    # Of a country and a year alone every topic has something: that is no answer.
    (said,) = notes(data_dir, "SELECT obs_value FROM killed WHERE ref_area = 'KG' AND year = 2023", 0)
    assert said.startswith("killed has no such figure; with another year it has:")


@pytest.mark.parametrize(
    ("condition", "said"),
    [
        (
            "ref_area = 'KG' AND year IN (2019, 2020)",
            "Kyrgyzstan, things a: 2020; Kyrgyzstan, things b: 2020.",
        ),
        (
            "ref_area = 'KG' AND time_period IN ('2019', '2020') AND indicator = 'A'",
            "Kyrgyzstan, things a: 2020.",
        ),
        ("ref_area IN ('KG', 'DE') AND year = 2019", ""),
        (
            "ref_area IN ('KG', 'DE') AND year = 2018",
            "Kyrgyzstan, things a: 2018; Kyrgyzstan, things b: 2018.",
        ),
        # What the statement leaves out of a year is named; what has no figure of any year is no matter of the years.
        (
            "ref_area = 'KG' AND year BETWEEN 2020 AND 2021 AND is_whole_year AND indicator = 'A'",
            "Kyrgyzstan, things a: 2020, 2021 (parts of it: 2021-S1).",
        ),
        ("ref_area = 'KG' AND year = 2020 AND sex = 'M'", ""),
        ("ref_area = 'KG' AND year >= 2019", ""),
        ("ref_area = 'UZ' AND year IN (2015, 2016, 2018)", "Uzbekistan, things a: 2018."),
        ("ref_area = 'KG' AND year < 2021", ""),
        ("ref_area = 'KG'", ""),
        # Of many things: those that the answer has of one year and not of the other, and what a country has none of.
        (
            "ref_area = 'TJ' AND year IN (2019, 2020, 2021)",
            "Tajikistan: 2021; Tajikistan, things 0: 2020, 2021; Tajikistan, things 1: 2019, 2021.",
        ),
    ],
)
def test_years_asked_for_that_an_answer_has_no_figure_of_are_named(
    data_dir: Path, condition: str, said: str
) -> None:
    """Read carelessly: orders of 2024 beside those of 2025 are all, and 2022 had none."""
    with duckdb.connect(str(data_dir / "dvstats.duckdb")) as con:
        con.execute(
            """CREATE VIEW victims AS SELECT *, '_T' AS sex, 'k' AS obs_key, ref_area = 'DE' AS comparator,
            length(time_period) = 4 AS is_whole_year, CAST(left(time_period, 4) AS INTEGER) AS year,
            'Things ' || lower(indicator) AS counted FROM (VALUES
            ('KG', 'Kyrgyzstan', 'A', '2019'), ('KG', 'Kyrgyzstan', 'A', '2021-S1'), ('KG-GB', 'Bishkek', 'A', '2020'),
            ('KG', 'Kyrgyzstan', 'B', '2019'), ('DE', 'Germany', 'A', '2019'), ('TJ', 'Tajikistan', '0', '2019'),
            ('UZ', 'Uzbekistan', 'A', '2015-07-01/P7M'), ('TJ', 'Tajikistan', '1', '2020'),
            ('TJ', 'Tajikistan', '2', '2010'), ('TJ', 'Tajikistan', '3', '2010'))
            v(ref_area, area, indicator, time_period)"""
        )
    found = [text for text in notes(data_dir, f"FROM victims WHERE {condition}", 1) if "years asked" in text]
    assert [text.partition("no zero: ")[2] for text in found] == [said] * bool(said)


def test_of_many_missing_years_the_first_are_named_and_all_counted(data_dir: Path) -> None:
    with duckdb.connect(str(data_dir / "dvstats.duckdb")) as con:
        con.execute(
            """CREATE VIEW victims AS SELECT 'KG' AS ref_area, 'Kyrgyzstan' AS area, 2019 AS year,
            '2019' AS time_period, 'k' AS obs_key, 'Thing ' || n AS counted FROM range(10, 30) r(n)"""
        )
    (said,) = notes(data_dir, "FROM victims WHERE year IN (2019, 2020)", 1)
    assert said.endswith("Kyrgyzstan, thing 20: 2020 … (21 in all).") and "zero: Kyrgyzstan: 2020; " in said


@pytest.mark.parametrize(
    ("condition", "said"),
    [
        ("ref_area LIKE 'KG-%' AND year = 2020", ["of 2 regions of Kyrgyzstan this answer has 1"]),
        ("left(ref_area, 2) = 'KG'", []),
        ("ref_area LIKE 'KG%' AND year = 2019", ["no region of Kyrgyzstan has a figure in this answer"]),
        ("area <> 'Kyrgyzstan' AND year = 2020", []),
        ("ref_area = 'KG-GB' AND year = 2020", []),
        ("year = 2020", []),
    ],
)
def test_how_many_regions_a_ranking_has_is_said(data_dir: Path, condition: str, said: list[str]) -> None:
    """Read carelessly: the one region that published its orders issued the most of all."""
    with duckdb.connect(str(data_dir / "dvstats.duckdb")) as con:
        con.execute(
            """CREATE VIEW victims AS SELECT *, 'k' AS obs_key FROM (VALUES ('KG', 'Kyrgyzstan', 2019),
            ('KG-GB', 'Bishkek', 2020), ('KG-GO', 'Osh city', 2021), ('KG-X', 'Former region', 2020),
            ('TJ-SU', 'Sughd', 2020)) v(ref_area, area, year)"""
        )
    found = notes(data_dir, f"FROM victims WHERE {condition}", 1)
    assert [text.partition(":")[0] for text in found] == said


@pytest.mark.parametrize(
    ("condition", "said"),
    [
        (
            "area = 'Tajikistan' AND year = 2023 AND obs_value IS NOT NULL AND sex = 'F'",
            ["Tajikistan, persons"],
        ),
        ("area = 'Tajikistan' AND counted ILIKE '%repeat%'", ["Tajikistan, repeat orders: Not published."]),
        ("area = 'Tajikistan' AND counted ILIKE '%repeat%' AND obs_value > 5", ["Tajikistan, repeat orders"]),
        ("area = 'Kyrgyzstan' AND counted ILIKE '%repeat%'", ["with another counted it has: Persons killed"]),
    ],
)
def test_an_empty_answer_says_what_is_not_published_in_any_topic(
    data_dir: Path, condition: str, said: list[str]
) -> None:
    """Read carelessly: twenty other things are offered instead of "nobody publishes repeat orders"."""
    with duckdb.connect(str(data_dir / "dvstats.duckdb")) as con:
        con.execute(
            "CREATE VIEW figures AS SELECT * FROM killed UNION ALL BY NAME SELECT 'TJ' AS ref_area, "
            "'Tajikistan' AS area, false AS comparator, 'REPEAT' AS indicator, 'Repeat orders' AS counted, "
            "'Not published.' AS caution_en"
        )
    found = notes(data_dir, f"FROM killed WHERE {condition}", 0)
    assert found and all(words in text for words, text in zip(said, found[: len(said)], strict=True))
    assert sum("another counted" in text for text in found) == ("Kyrgyzstan" in condition)


def test_parts_of_years_are_offered_where_no_whole_year_is_there(data_dir: Path) -> None:
    """Read carelessly: 2021 is offered as "another year" to who asked for 2021."""
    with duckdb.connect(str(data_dir / "dvstats.duckdb")) as con:
        con.execute("CREATE VIEW victims AS SELECT *, length(time_period) = 4 AS is_whole_year FROM killed")
    (said,) = notes(data_dir, "FROM victims WHERE ref_area = 'KG' AND year = 2021 AND is_whole_year", 0)
    assert said.endswith("no such figure of a whole year; of parts of years it has: 2021-S1.")


@pytest.mark.parametrize(
    ("condition", "said"),
    [
        ("relationship = 'IPTN'", ["relationship_scope = 'partner' finds 2 in surveys."]),
        (
            "relationship IN ('IPTN', 'FAM') AND year = 2018",
            ["relationship_scope = 'partner' finds 1 in surveys."],
        ),
        ("relationship = 'STRANGER'", []),
        ("relationship = 'IPTN' AND year = 2020", []),
        ("year = 2020", []),
    ],
)
def test_a_relationship_that_the_indicator_has_is_found_by_its_scope(
    data_dir: Path, condition: str, said: list[str]
) -> None:
    """Read carelessly: no survey of Kazakhstan asked about violence by a partner."""
    with duckdb.connect(str(data_dir / "dvstats.duckdb")) as con:
        con.execute(
            """CREATE VIEW surveys AS SELECT 'KZ' AS ref_area, '_T' AS relationship, * FROM (VALUES
            ('partner', 2018, 'k1'), ('partner', 2024, 'k2'), ('any', 2018, 'k3'), ('partner', NULL, NULL))
            s(relationship_scope, year, obs_key)"""
        )
    found = notes(data_dir, f"SELECT * FROM surveys WHERE ref_area = 'KZ' AND {condition}", 0)
    scoped = [sentence for sentence in found if "relationship_scope" in sentence]
    assert len(scoped) == len(said)
    assert all(sentence.endswith(words) for sentence, words in zip(scoped, said, strict=True))


@pytest.mark.parametrize(
    ("condition", "said"),
    [
        (
            "country_a = 'KZ' AND country_b = 'UZ' AND indicator LIKE '%ORDERS'",
            ["ORDERS, KZ and UZ", "ORDERS, KZ"],
        ),
        # In whichever order the two are named; of what side_by_side alone has, every value may be meant.
        (
            "country_a = 'UZ' AND country_b = 'KZ' AND sex = 'F' AND indicator = 'ORDERS'",
            ["ORDERS, KZ", "ORDERS, KZ"],
        ),
        ("'UZ' IN (country_a, country_b)", ["ORDERS, KZ", "KILLED, KG", "KILLED, KG", "has 4 such reasons"]),
        ("country_a = 'DE'", []),
    ],
)
def test_why_two_countries_do_not_stand_side_by_side_is_said(
    data_dir: Path, condition: str, said: list[str]
) -> None:
    """Read carelessly: neither country publishes protection orders, "see not_published"."""
    with duckdb.connect(str(data_dir / "dvstats.duckdb")) as con:
        con.execute(
            """CREATE TABLE comparability AS FROM (VALUES
            ('ORDERS', 'KZ', 'UZ', 'ORDERS', 'not_comparable', 'Women alone.', 'a law'),
            ('ORDERS', 'KZ', 'UZ', 'PERSONS', 'not_comparable', 'Different things.', NULL),
            ('KILLED', 'KG', 'UZ', 'KILLED', 'not_comparable', 'No figure is published for UZ.', NULL),
            ('KILLED', 'KG', 'UZ', 'PERSONS', 'not_comparable', 'Different things.', NULL),
            ('KILLED', 'KG', 'KZ', 'KILLED', 'with_caution', 'Definitions differ.', NULL))
            c(indicator, country_a, country_b, indicator_b, verdict, reason_en, source)"""
        )
        con.execute(
            """CREATE VIEW side_by_side AS SELECT indicator, '2020' AS time_period, '_T' AS sex, country_a, country_b,
            verdict, reason_en FROM comparability WHERE verdict <> 'not_comparable'"""
        )
    found = notes(data_dir, f"SELECT * FROM side_by_side WHERE {condition}", 0)
    reasons = [sentence for sentence in found if "comparab" in sentence]
    assert len(reasons) == len(said)
    assert all(words in sentence for sentence, words in zip(reasons, said, strict=True))
    if said:
        assert "Women alone." in reasons[0]


def test_an_empty_answer_is_explained_where_its_reason_is() -> None:
    assert "comparability" in empty_answer("side_by_side") and "not_published" not in empty_answer(
        "side_by_side"
    )
    assert "no zero: the view not_published" in empty_answer("killed")


@pytest.mark.parametrize(
    ("sql", "said"),
    [
        ("SELECT count(*) FROM figures WHERE indicator = 'OLD_CASES'", ["OLD_CASES is called CASES now"]),
        ("FROM figures WHERE breakdown IN ('KIND=OLD', '_T')", ["KIND=OLD is called KIND=NEW now"]),
        ("FROM figures WHERE indicator = 'CASES' AND ref_area = 'KG'", []),
    ],
)
def test_a_code_that_was_renamed_since_a_statement_was_saved_is_said(
    monkeypatch: pytest.MonkeyPatch, sql: str, said: list[str]
) -> None:
    """Read carelessly: the count of a code that no row has any more is 0 cases."""
    renamed = {"indicator": {"OLD_CASES": "CASES"}, "breakdown": {"KIND=OLD": "KIND=NEW"}}
    monkeypatch.setattr("pipelines.published.query_notes.contract", lambda: SimpleNamespace(renamed=renamed))
    assert [sentence.partition(":")[0] for sentence in former_codes(sql)] == said


@pytest.mark.parametrize(
    ("condition", "said"),
    [
        (
            "indicator = 'PROTECTION_ORDER'",
            ["PROTECTION_ORDER is in no code list; did you mean PROTECTION_ORDERS?"],
        ),
        ("ref_area IN ('KG', 'KGZ')", ["KGZ is in no code list; did you mean KG?"]),
        ("unit_measure <> 'NUMBR'", ["NUMBR is in no code list; did you mean NUMBER?"]),
        ("indicator = 'PROTECTION_ORDERS' AND ref_area = 'KG'", []),
        ("dataset_id = 'QQQ_ZZZ' AND area = 'Kyrgyzstan'", []),
    ],
)
def test_a_code_that_no_list_has_is_said_with_the_nearest(condition: str, said: list[str]) -> None:
    """Read carelessly: no protection orders at all."""
    assert unknown_codes(f"SELECT count(*) FROM observations WHERE {condition}") == said

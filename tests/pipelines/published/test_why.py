"""Why two figures differ, and what changed in a series: answered from the bundled release, in two languages."""

from pathlib import Path

import pytest

from data_contracts.errors import UserError
from pipelines.published.query import query
from pipelines.published.why import is_key, why, why_over_time


def key(data: Path, condition: str) -> str:
    found = query(data, f"SELECT obs_key FROM observations WHERE {condition}")["obs_key"].to_pylist()
    assert len(found) == 1, (condition, found)
    return str(found[0])


@pytest.fixture
def minister(release_dir: Path) -> str:
    return key(release_dir, "ref_area = 'KG' AND indicator = 'DV_CASES' AND obs_value = 1862")


@pytest.fixture
def registered(release_dir: Path) -> str:
    return key(
        release_dir,
        "ref_area = 'KG' AND indicator = 'DV_CASES' AND time_period = '2021' AND obs_value = 10000",
    )


def aspects(found: dict[str, object]) -> dict[str, tuple[str, str]]:
    differences = found["differences"]
    assert isinstance(differences, list)
    return {row["aspect"]: (row["a"], row["b"]) for row in differences}


def test_two_figures_of_kyrgyzstan_2021_count_different_parts(
    release_dir: Path, minister: str, registered: str
) -> None:
    found = why(release_dir, minister, registered)
    assert [figure["shown"] for figure in found["figures"]] == ["1,862", "more than 10,000"]
    first = found["reasons"][0]
    assert "1,862" in first and "Only cases of one legal kind" in first and "10,000: all together" in first
    words = " ".join(found["reasons"])
    assert "2021-01-01 to 2021-12-24" in words and "the whole year 2021" in words
    assert "kg-2021-minister" in words and "legal subset" in words
    assert "10,000 is only a lower bound" in words
    assert {"span", "breakdown", "bound", "source", "obs_status"} <= set(aspects(found))
    assert "register" in {row["aspect"] for row in found["same"]}


def test_a_figure_names_no_law_younger_than_its_period_and_its_own_register(release_dir: Path) -> None:
    """The law of June 2024 stood on crimes of 2015, and form 1-M on what a minister said."""
    facts = query(
        release_dir,
        """SELECT f.law_id, f.register_en, f.register_ru, t.title_en, t.title_ru,
          coalesce(l.in_force, l.adopted) > CAST(f.period_end AS VARCHAR) AS late,
          len(list_distinct(list(f.dataset_id) OVER (PARTITION BY f.indicator, left(f.ref_area, 2)))) AS datasets
        FROM figure_facts f JOIN datasets t USING (dataset_id) LEFT JOIN legal_framework l USING (law_id)""",
    ).to_pylist()
    assert any(row["law_id"] for row in facts) and not any(row["late"] for row in facts)
    for lang in ("en", "ru"):
        own = {
            row["datasets"] > 1: (row[f"register_{lang}"] or "").startswith(row[f"title_{lang}"])
            for row in facts
        }
        assert own == {True: True, False: False}


def test_the_same_in_russian(release_dir: Path, minister: str, registered: str) -> None:
    found = why(release_dir, minister, registered, language="ru")
    assert found["figures"][0]["shown"] == "1 862" and found["figures"][0]["area"] == "Кыргызстан"
    assert "Только случаи одного правового вида" in found["reasons"][0]
    assert "Named by the minister" not in " ".join(found["reasons"])
    assert str(found["figures"][0]["note"]).startswith("Названо министром 25 декабря 2021 года")
    assert aspects(found)["span"] == ("с 2021-01-01 по 2021-12-24", "весь 2021 год")


def test_different_indicators_are_named_as_different_things(release_dir: Path) -> None:
    victims = key(
        release_dir, "ref_area = 'KG' AND indicator = 'DV_VICTIMS' AND obs_value = 11357 AND sex = '_T'"
    )
    cases = key(release_dir, "ref_area = 'KG' AND indicator = 'DV_CASES' AND obs_value = 13104")
    found = why(release_dir, victims, cases)
    assert "two different things" in found["reasons"][0]
    assert aspects(found)["counting_unit"] == ("Person", "Case")


def test_two_countries_get_the_verdict_of_comparability(release_dir: Path) -> None:
    kyrgyz = key(
        release_dir,
        "ref_area = 'KG' AND indicator = 'DV_CASES' AND time_period = '2021' AND obs_value = 10000",
    )
    tajik = key(release_dir, "ref_area = 'TJ' AND indicator = 'DV_CASES' AND time_period = '2021'")
    for pair in ((kyrgyz, tajik), (tajik, kyrgyz)):
        words = " ".join(why(release_dir, *pair)["reasons"])
        assert "Not comparable" in words and "the reporting category exists since September 2011" in words


def test_a_series_names_the_change_of_2016_and_no_other(release_dir: Path) -> None:
    found = why_over_time(release_dir, "dv_victims", "Кыргызстан")
    by_year = {figure["time_period"]: figure for figure in found["figures"]}
    assert found["country"] == "KG" and found["indicator"] == "DV_VICTIMS"
    assert "kg-practice-orders-criterion-2016" in by_year["2016"]["reasons"][0]
    # The register knows the year only; no day is made up.
    assert "(2016)" in by_year["2016"]["reasons"][0] and "2016-01-01" not in by_year["2016"]["reasons"][0]
    assert by_year["2016"]["change"] == pytest.approx(7005 / 3333 - 1)
    assert not any("breaks" in reason for reason in by_year["2017"]["reasons"])


def test_no_change_is_computed_between_different_spans(release_dir: Path) -> None:
    figures = why_over_time(release_dir, "DV_CRIMES", "KZ")["figures"]
    parts = {figure["time_period"]: figure for figure in figures}
    assert parts["2024"]["change"] is None
    assert any("different spans" in reason for reason in parts["2024"]["reasons"])


def test_a_survey_series_without_totals_takes_the_widest_group(release_dir: Path) -> None:
    found = why_over_time(release_dir, "IPV_12M", "KG")
    assert found["group"] == "Female; 15-49 years; Physical and/or sexual violence"


def test_a_figure_that_was_withdrawn_is_said(
    release_dir: Path, minister: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    [other] = query(
        release_dir, f"SELECT obs_key FROM observations WHERE obs_key <> '{minister}' LIMIT 1"
    ).to_pylist()
    monkeypatch.setattr("pipelines.published.why._facts", lambda con, keys: [{"obs_key": minister}])
    with pytest.raises(UserError, match=f"{other['obs_key']} is published no more"):
        why(release_dir, minister, other["obs_key"])


def test_what_cannot_be_answered_is_said(release_dir: Path, minister: str) -> None:
    with pytest.raises(UserError, match="one and the same figure"):
        why(release_dir, minister, minister[:10])
    with pytest.raises(UserError, match="No observation has the key kffff"):
        why(release_dir, minister, "kfffffffffffffffff")
    with pytest.raises(UserError, match="neither an indicator nor the key"):
        why_over_time(release_dir, "NOPE", "KG")
    with pytest.raises(UserError, match="No country or region Nowhere"):
        why_over_time(release_dir, "DV_CASES", "Nowhere")
    with pytest.raises(UserError, match="No figure of SHELTER_PLACES is published for UZ"):
        why_over_time(release_dir, "SHELTER_PLACES", "UZ")


def test_a_key_is_no_indicator() -> None:
    assert is_key("k9da77b") and is_key("K9DA77B")
    assert not is_key("DV_CASES") and not is_key("kg")

"""Which figure stands first, and what is said with it."""

import datetime as dt
import re
from pathlib import Path
from typing import Any

import pytest

from data_contracts.model import Text
from data_contracts.strict_files import DeclarationError
from pipelines.published import key_figures
from pipelines.published.figure_in_words import FigureWords
from pipelines.published.key_figures import (
    Figure,
    Other,
    Topic,
    choice,
    key_figure,
    last_whole_year,
    longest_series,
    national_figures,
    step_figure,
)
from pipelines.published.query import connect

TOPIC = Topic("reports", ("DV_REPORTS", "DV_CASES"), ("_T", "F", "M"), ("_T", "Y15T49"))
LABELS = {
    ("obs_status", "V"): "Unvalidated value",
    ("obs_status", "U"): "Low reliability",
    ("nature", "N"): "Non-official",
}


def figure(key: str = "k1", year: int = 2024, **given: Any) -> Figure:
    base: dict[str, Any] = {
        "obs_key": key,
        "country": "KG",
        "family": "reports",
        "indicator": "DV_REPORTS",
        "counted": Text("Reports", "Сообщения"),
        "counting_unit": "complaint",
        "scope": "family",
        "sex": "_T",
        "age": "_T",
        "violence_form": "_T",
        "value": 100.0,
        "lower": None,
        "upper": None,
        "bounds": None,
        "unit": "NUMBER",
        "status": "V",
        "nature": "C",
        "time_period": str(year),
        "start": dt.date(year, 1, 1),
        "end": dt.date(year, 12, 31),
        "whole_year": True,
        "unstated_end": False,
        "source_id": "s",
        "dataset_id": "d",
        "broken_since": None,
        "others": (),
    }
    return Figure(**{**base, **given})


def part(key: str, year: int, months: int, **given: Any) -> Figure:
    end = dt.date(year, months + 1, 1) - dt.timedelta(days=1)
    return figure(key, year, end=end, whole_year=False, **given)


@pytest.mark.parametrize(
    ("figures", "expected"),
    [
        ([figure("old", 2020), figure("new", 2024)], "new"),
        ([part("nine", 2024, 9), figure("whole", 2024), part("ten", 2024, 10)], "whole"),
        ([part("nine", 2025, 9), part("ten", 2025, 10), figure("whole", 2023)], "ten"),
        ([figure("women", 2024, sex="F"), figure("both", 2023)], "both"),
        ([figure("women", 2024, sex="F"), figure("both", 2010)], "women"),
        ([figure("cases", 2024, indicator="DV_CASES"), figure("reports", 2023)], "reports"),
        ([figure("cases", 2024, indicator="DV_CASES"), figure("reports", 2015)], "cases"),
        ([figure("doubtful", 2024, status="U"), figure("cases", 2024, indicator="DV_CASES")], "cases"),
        ([figure("doubtful", 2024, status="U")], "doubtful"),
        ([figure("model", 2024, nature="E"), figure("survey", 2015)], "survey"),
        ([figure("model", 2024, nature="M")], "model"),
        ([figure("somewhen", 2024, unstated_end=True, whole_year=False), part("known", 2023, 6)], "known"),
        ([figure("elsewhere", country="KZ"), figure("other", indicator="POPULATION")], None),
        ([figure("children", age="Y1T14")], None),
    ],
)
def test_the_rule_of_choice(figures: list[Figure], expected: str | None) -> None:
    for given in (figures, figures[::-1]):
        found = key_figure(given, "KG", TOPIC)
        assert (found.obs_key if found else None) == expected


def test_a_step_has_one_figure_and_its_first_indicator_that_has_any() -> None:
    share = figure("share", indicator="DV_CASES", unit="PERCENT")
    assert step_figure([share], "KG", ["DV_REPORTS", "DV_CASES"]) == share
    assert step_figure([share, figure("n", 2000)], "KG", ["DV_REPORTS", "DV_CASES"]) == figure("n", 2000)
    assert step_figure([share], "KZ", ["DV_CASES"]) is None


def test_the_last_whole_year_is_of_the_same_thing() -> None:
    shown = part("part", 2025, 6)
    others = [
        figure("older", 2020),
        figure("same", 2022),
        figure("women", 2023, sex="F"),
        figure("x", unit="PERCENT"),
    ]
    assert last_whole_year([shown, *others], shown) == others[1]
    assert last_whole_year([shown, *others], others[1]) is None
    state = part("state", 2025, 6, counting_unit="service")
    assert last_whole_year([state, figure("same", 2022, counting_unit="service")], state) is None


def test_a_series_has_five_whole_years_of_one_dataset() -> None:
    four = [figure(f"k{year}", year) for year in range(2018, 2022)]
    assert longest_series([*four, figure("other", 2022, source_id="e"), part("part", 2022, 6)], "KG") == []
    five = [*four, figure("k2024", 2024)]
    assert longest_series([*five[::-1], figure("all", 2023, scope="all")], "KG") == five


def test_a_figure_in_words() -> None:
    words = FigureWords("en", LABELS)
    shown = figure(value=5.6, unit="PERCENT", lower=3.0, upper=11.4, bounds="interval", sex="F", nature="N")
    assert words.shown(shown) == "5.6% (3 to 11.4)"
    assert words.counted(shown) == "Reports, women"
    assert words.know(shown) == "unvalidated value; non-official"
    assert words.shown(figure(bounds="more than", value=400.0, lower=400.0)) == "more than 400"
    assert (
        FigureWords("ru", LABELS).shown(figure(bounds="less than", value=4000.0, upper=4000.0))
        == "менее 4\u00a0000"
    )
    other = Other(
        "conflict",
        "k2",
        13104.0,
        "NUMBER",
        Text("Reports", "Сообщения"),
        "DV_REPORTS",
        dt.date(2024, 1, 1),
        dt.date(2024, 12, 31),
    )
    parts = Other(
        "parts_do_not_add_up", "k3", 7.0, "NUMBER", Text("x", "x"), "DV_CASES", other.start, other.end
    )
    disputed = figure(status="A", others=(other, parts), broken_since="2016-01-01", scope="all")
    assert words.know(disputed) == (
        "not comparable with figures before 1\u00a0January 2016; all spheres, not the family alone; "
        "another source: 13,104; published parts do not add up"
    )
    holds = figure(year=2024, status="A", broken_since="2024-06-16")
    assert words.know(holds) == (
        "the period holds the change of 16\u00a0June 2024, so comparable with neither side"
    )
    doubtful = figure(year=2023, status="U", value=9.0)
    assert (
        words.know(part("part", 2024, 6, status="A"), doubtful)
        == "last whole year, 2023: 9 (low reliability)"
    )


def test_national_figures_of_the_release(release_dir: Path) -> None:
    with connect(release_dir) as con:
        found = {f.obs_key: f for f in national_figures(con)}
        rows = con.execute("SELECT obs_key, obs_value, caution_en, disputed FROM figures").fetchall()
    views = {key: rest for key, *rest in rows}
    assert {f.country for f in found.values()} >= {"KZ", "KG", "TJ", "UZ", "DE"}
    for key, figure in found.items():
        value, caution, disputed = views[key]
        assert figure.value == value
        assert bool(figure.others) == (disputed is not None)
        assert all(other.obs_key in disputed for other in figure.others)
        said = re.search(r"(?:figures before|the change of) (\d{4}-\d{2}-\d{2})", caution or "")
        assert figure.broken_since == (said[1] if said else None)
    assert any(f.broken_since for f in found.values())
    assert not [f for f in found.values() if f.status == "D"]


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        ("[DV_KILLED,", "[DV_KILED,", "DV_KILED is no code of the contract, did you mean 'DV_KILLED'"),
        ("family: homicide", "family: homicides", "homicides"),
        ("sexes: [_T, F, M]", "sexes: [_T, W, M]", "W"),
        ("topics:", "subjects:", "subjects"),
        ("[PROGRAMME_MANDATED]", "[PROGRAM_MANDATED]", "PROGRAM_MANDATED"),
    ],
)
def test_a_misspelt_rule_names_its_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, old: str, new: str, named: str
) -> None:
    text = key_figures._PATH.read_text(encoding="utf-8")
    assert old in text
    changed = tmp_path / "key_figures.yaml"
    changed.write_text(text.replace(old, new, 1), encoding="utf-8")
    monkeypatch.setattr(key_figures, "_PATH", changed)
    choice.cache_clear()
    try:
        with pytest.raises(DeclarationError, match=rf"line \d+: .*{named}"):
            choice()
    finally:
        choice.cache_clear()

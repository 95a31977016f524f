"""What a reader knows beside one table: other datasets, earlier releases, a published example with its optimum."""

import datetime as dt

import numpy as np
import pyarrow as pa
import pytest
from scipy.optimize import linprog

from tests.transforms.privacy.test_suppress_cells import YEAR, cube, row, table
from transforms.privacy.additive_equations import build_model
from transforms.privacy.disclosure_known import earlier_releases
from transforms.privacy.rows_as_cells import Rows
from transforms.privacy.suppress_cells import DisclosureError, audit, suppress

FEBRUARY = dt.datetime(2026, 2, 1)
MARCH = (dt.date(2025, 3, 1), dt.date(2025, 3, 31))


def hidden(result: pa.Table) -> dict[str, str]:
    """Mark of each withheld row, by area and sex."""
    return {
        f"{r['ref_area']}{'' if r['sex'] == '_T' else ' ' + r['sex']}": r["conf_status"]
        for r in result.to_pylist()
        if r["obs_status"] == "Q"
    }


def regions(**more: object) -> list[dict[str, object]]:
    """Counts of four regions, one of them small, without the country's."""
    return [row(v, a, **more) for v, a in ((3, "KZ-10"), (20, "KZ-11"), (30, "KZ-15"), (40, "KZ-19"))]


def elsewhere(value: float, area: str = "KZ", **more: object) -> pa.Table:
    return table(row(value, area, dataset_id="kz-public", source_id="kz-public", **more))


def as_history(*releases: pa.Table) -> pa.Table:
    """``observation_history`` of releases in order."""
    parts = []
    for number, release in enumerate(releases):
        moment = pa.array([FEBRUARY + dt.timedelta(days=number)] * release.num_rows, pa.timestamp("us"))
        parts.append(release.append_column("valid_from", moment))
    return pa.concat_tables(parts)


# -- other datasets --------------------------------------------------------------------------------------------------


def test_a_total_of_another_dataset_gives_no_region_away() -> None:
    counts, public = table(*regions()), elsewhere(93)
    alone = suppress(counts)
    assert hidden(alone) == {"KZ-10": "A"}
    assert audit(counts, alone) == [] and audit(counts, alone, others=public), "93 - 90 = 3"
    together = suppress(counts, others=public)
    assert hidden(together) == {"KZ-10": "A", "KZ-11": "D"}
    assert audit(counts, together, others=public) == []


@pytest.mark.parametrize(
    ("area", "more", "near"),
    [
        # Over the regions, and over the months of the year.
        ("KZ", {}, True),
        ("KZ", {"span": (dt.date(2023, 1, 1), dt.date(2024, 12, 31))}, True),
        # Under one of them: its women, and its March.
        ("KZ-10", {"sex": "F"}, True),
        ("KZ-10", {"sex": "F", "span": (dt.date(2024, 3, 1), dt.date(2024, 3, 31))}, True),
        # Of another time, before it, after it, or over one of its ends.
        ("KZ", {"span": (dt.date(2023, 1, 1), dt.date(2023, 12, 31))}, False),
        ("KZ", {"span": (dt.date(2025, 1, 1), dt.date(2025, 12, 31))}, False),
        ("KZ-10", {"sex": "F", "span": (dt.date(2023, 7, 1), dt.date(2024, 6, 30))}, False),
        ("KZ-10", {"sex": "F", "span": (dt.date(2024, 7, 1), dt.date(2025, 6, 30))}, False),
        # Of another region, and of other cases.
        ("KZ-23", {"sex": "F"}, False),
        ("KZ", {"indicator": "DV_REPORTS"}, False),
    ],
)
def test_what_another_dataset_publishes_is_known_where_it_lies_over_or_under_a_count(
    area: str, more: dict[str, object], near: bool
) -> None:
    rows, others = (Rows(given, ()) for given in (table(*regions()), elsewhere(93, area, **more)))
    cells = build_model(rows, 5, others=others, earlier=earlier_releases(None)).cells
    assert sum(not cell.rows and cell.known for cell in cells) == int(near)


def test_a_total_that_both_have_is_no_protection() -> None:
    """The own total may not be the complement: whoever misses it looks it up."""
    counts = table(*regions()[:2], row(23, "KZ"))
    assert hidden(suppress(counts)) == {"KZ-10": "A", "KZ-11": "D"}
    public = elsewhere(20, "KZ-11")
    with pytest.raises(DisclosureError, match="cannot be protected"):
        suppress(table(*regions()[:2], row(23, "KZ")), others=pa.concat_tables([public, elsewhere(23)]))
    assert hidden(suppress(counts, others=public)) == {"KZ-10": "A", "KZ": "D"}


def test_parts_of_another_dataset_are_put_together() -> None:
    """Its women and men of a region are that region, so another one has to be the complement."""
    counts = table(*regions(), row(93, "KZ"))
    assert hidden(suppress(counts)) == {"KZ-10": "A", "KZ-11": "D"}
    public = pa.concat_tables([elsewhere(15, "KZ-11", sex="F"), elsewhere(5, "KZ-11", sex="M")])
    result = suppress(counts, others=public)
    assert hidden(result) == {"KZ-10": "A", "KZ-15": "D"}
    assert audit(counts, result, others=public) == []


@pytest.mark.parametrize(
    "other", [{"indicator": "DV_REPORTS"}, {"nature": "M"}, {"span": MARCH}, {"area": "KG"}]
)
def test_what_counts_something_else_is_not_looked_at(other: dict[str, object]) -> None:
    public = elsewhere(93, **({"area": "KZ"} | other))
    assert hidden(suppress(table(*regions()), others=public)) == {"KZ-10": "A"}


def test_two_restricted_datasets_are_protected_together() -> None:
    mine = [*regions(), row(93, "KZ")]
    yours = [dict(r, obs_key=f"y{r['obs_key']}", dataset_id="kz-y", source_id="kz-y") for r in mine]
    counts = table(*mine, *yours[1:])
    result = suppress(counts)
    withheld = {(r["dataset_id"], r["ref_area"]) for r in result.to_pylist() if r["obs_status"] == "Q"}
    assert {area for _, area in withheld} == {"KZ-10", "KZ-11"} and ("kz-y", "KZ-11") in withheld
    assert audit(counts, result) == []


# -- shares and rates of other indicators and datasets ----------------------------------------------------------------

SHARE = {"indicator": "DV_VICTIMS_SEX_SHARE", "unit": "PERCENT"}


@pytest.mark.parametrize("own", [True, False])
@pytest.mark.parametrize("indicator", ["DV_VICTIMS", "DV_VICTIMS_SEX_SHARE"])
@pytest.mark.parametrize(
    ("total", "men", "expected"),
    [
        # 10 % of 30 are 3, and 90 % leave 3.
        (30, 10.0, {"KZ-10 F": "D", "KZ-10 M": "A"}),
        (300, 10.0, {}),
        (300, 98.5, {"KZ-10 F": "A", "KZ-10 M": "D"}),
        (30, 0.0, {}),
    ],
)
def test_a_share_is_a_count_where_any_indicator_of_any_dataset_has_its_total(
    total: int, men: float, own: bool, indicator: str, expected: dict[str, str]
) -> None:
    shares = [row(share, "KZ-10", sex=sex, **SHARE) for sex, share in (("F", 100 - men), ("M", men))]
    counts = table(*([row(total, "KZ-10", indicator=indicator)] if own else []), *shares)
    public = None if own else elsewhere(total, "KZ-10", indicator=indicator)
    result = suppress(counts, others=public)
    if own and indicator == SHARE["indicator"] and men:
        # Of one indicator they are cells like any other, and one that is not small may be withheld with the small one.
        assert bool(hidden(result)) is bool(expected)
    else:
        # Which of the two marks the larger one has differs; that both are withheld does not.
        assert hidden(result).keys() == expected.keys()
    assert audit(counts, result, others=public) == []
    assert bool(audit(counts, counts, others=public)) is bool(expected)


def test_a_share_of_a_withheld_total_of_another_indicator_is_withheld() -> None:
    """With the count that it is the share of, it would give the total."""
    counts = table(*regions(), row(93, "KZ"), row(95.0, "KZ-11", sex="F", **SHARE))
    assert hidden(suppress(counts)) == {"KZ-10": "A", "KZ-11": "D", "KZ-11 F": "D"}


@pytest.mark.parametrize("counted", [True, False])
def test_a_change_of_a_count_that_another_indicator_has_is_withheld(counted: bool) -> None:
    change = table(row(-50.0, "KZ-10", unit="PERCENT_CHANGE", indicator="DV_REPORT_CHANGE_INDEX"))
    before = elsewhere(8, "KZ-10", span=(dt.date(2023, 1, 1), dt.date(2023, 12, 31)))
    assert hidden(suppress(change, others=before if counted else None)) == ({"KZ-10": "D"} if counted else {})


@pytest.mark.parametrize("counted_on", [YEAR, (YEAR[0], YEAR[0])], ids=["whole year", "1 January"])
@pytest.mark.parametrize(
    ("ratio", "expected"),
    [
        # 20 of 93, and of a million people: no protection of the 3 any more.
        ({"value": 21.5, "indicator": "DV_CASES_AREA_SHARE", "unit": "PERCENT"}, "KZ-15"),
        ({"value": 2.02, "indicator": "HOMICIDE_RATE", "unit": "PER_100000_POP"}, "KZ-15"),
        ({"value": 40.1, "indicator": "KILLED_RATE", "unit": "PER_MILLION_WOMEN", "sex": "_T"}, "KZ-15"),
        # Too roughly rounded to say, of something else, or no count of persons.
        ({"value": 2.0, "indicator": "HOMICIDE_RATE", "unit": "PER_100000_POP"}, "KZ-11"),
        ({"value": 7.31, "indicator": "HOMICIDE_RATE", "unit": "PER_100000_POP"}, "KZ-11"),
        ({"value": 21.5, "indicator": "CHILD_MARRIAGE_18", "unit": "DAYS"}, "KZ-11"),
    ],
)
def test_what_a_share_or_a_rate_of_another_dataset_states_is_no_protection(
    ratio: dict[str, object], expected: str, counted_on: tuple[dt.date, dt.date]
) -> None:
    people = [
        elsewhere(number, "KZ-11", indicator="POPULATION", sex=sex, span=counted_on)
        for sex, number in PEOPLE.items()
    ]
    public = pa.concat_tables([elsewhere(area="KZ-11", **ratio), *people])  # type: ignore[arg-type]
    counts = table(*regions(), row(93, "KZ"))
    result = suppress(counts, others=public)
    assert hidden(result) == {"KZ-10": "A", expected: "D"}
    assert audit(counts, result, others=public) == []
    if expected == "KZ-15":
        assert audit(counts, suppress(counts), others=public)


PEOPLE = {"_T": 1_000_000.0, "F": 510_000.0}


@pytest.mark.parametrize(
    ("rate", "expected"), [(0.4895, {"KZ-10": "A", "KZ-11": "D"}), (9.1, {"KZ-10": "A"})]
)
def test_a_rate_of_the_country_is_its_total(rate: float, expected: dict[str, str]) -> None:
    public = pa.concat_tables(
        [
            elsewhere(rate, indicator="HOMICIDE_RATE", unit="PER_100000_POP"),
            elsewhere(19_000_000.0, indicator="POPULATION"),
        ]
    )
    result = suppress(table(*regions()), others=public)
    assert hidden(result) == expected and audit(table(*regions()), result, others=public) == []


# -- earlier releases ------------------------------------------------------------------------------------------------


def test_what_was_withheld_stays_withheld() -> None:
    """March made four regions of it; the region that grew would give the small one of the release before away."""
    before = suppress(table(*regions(), row(93, "KZ")))
    assert hidden(before) == {"KZ-10": "A", "KZ-11": "D"}
    now = table(row(9, "KZ-10"), *regions()[1:], row(99, "KZ"))
    assert hidden(suppress(now)) == {}
    frozen = suppress(now, history=as_history(before))
    assert hidden(frozen) == {"KZ-10": "D", "KZ-11": "D"}
    assert audit(now, frozen, history=as_history(before)) == []
    shown = {e.attack for e in audit(now, suppress(now), history=as_history(before))}
    assert shown == {"published"}


def test_what_was_published_is_no_complement() -> None:
    """KZ-11 is in everybody's hands; KZ-15 is new."""
    before = suppress(table(row(20, "KZ-11")))
    counts = table(*regions(), row(93, "KZ"))
    result = suppress(counts, history=as_history(before))
    assert hidden(result) == {"KZ-10": "A", "KZ-15": "D"}
    assert audit(counts, result, history=as_history(before)) == []


def test_a_published_count_that_became_small_is_withheld() -> None:
    before = suppress(table(row(8, "KZ-10"), *regions()[1:]))
    result = suppress(table(*regions()), history=as_history(before))
    assert hidden(result) == {"KZ-10": "A"}


# -- registers -------------------------------------------------------------------------------------------------------


def test_a_register_has_no_small_national_count_either() -> None:
    counts = table(row(3, "KZ", sex="F"), row(30, "KZ", sex="M"), row(33, "KZ"), row(12, "KZ", sex="_U"))
    assert hidden(suppress(counts)) == {}
    assert hidden(suppress(counts, registers=["kz-x"]))["KZ F"] == "A"


def test_persons_of_a_register_are_no_more_than_its_incidents() -> None:
    """41 persons in a region, of whose incidents 37 are women's elsewhere: the men's are 4, if fewer than 5."""
    reports: dict[str, object] = {"indicator": "DV_REPORTS"}
    counted = {"KZ-10": (37, 4), "KZ-11": (50, 30), "KZ": (87, 34)}
    rows = [
        row(value, area, sex=sex, **reports)
        for area, (women, men) in counted.items()
        for sex, value in (("F", women), ("M", men), ("_T", women + men))
    ]
    counts = table(*rows, row(41, "KZ-10", indicator="DV_VICTIMS"), row(70, "KZ-11", indicator="DV_VICTIMS"))
    public, persons = elsewhere(37, "KZ-10", sex="F", **reports), {"kz-x": "DV_VICTIMS"}
    apart = suppress(counts, registers=[*persons], others=public)
    assert audit(counts, apart, registers=[*persons], others=public) == []
    (found,) = audit(counts, apart, registers=persons, others=public)
    assert (found.attack, found.lower, found.upper) == ("rule", 4, 4)
    together = suppress(counts, registers=persons, others=public)
    withheld = [r["indicator"] for r in together.to_pylist() if r["obs_status"] == "Q"]
    assert withheld == [*["DV_REPORTS"] * 4, "DV_VICTIMS"]
    assert audit(counts, together, registers=persons, others=public) == []


# -- a reference from the literature ---------------------------------------------------------------------------------

#: The example of Fischetti and Salazar's papers on cell suppression (among them Management Science 47, 2001), as
#: packages for disclosure control test it: investments by activity and region. The cell of 22 is the one to protect;
#: the cheapest pattern suppresses 8, 22, 17 and 12, and leaves 22 anywhere between 5 and 30.
EXAMPLE = np.array([[20.0, 50.0, 10.0], [8.0, 19.0, 22.0], [17.0, 32.0, 12.0]])
OPTIMUM = {8.0, 22.0, 17.0, 12.0}


def test_the_published_optimum_of_fischetti_and_salazar() -> None:
    articles = [f"ARTICLE=KZ_CC_{number}" for number in (105, 106, 107)]
    counts = cube(EXAMPLE, ("area", ["KZ-10", "KZ-11", "KZ-15"], "KZ"), ("breakdown", articles, "_T"))
    rows = counts.to_pylist()
    for one in rows:
        if one["obs_value"] == 22:  # withheld by the office itself: its margins give it away
            one.update(obs_value=None, obs_status="Q", conf_status="A", published_value=None)
    given = pa.Table.from_pylist(rows, schema=counts.schema)
    result = suppress(given)
    out = {
        true["obs_value"]
        for true, now in zip(counts.to_pylist(), result.to_pylist(), strict=True)
        if now["obs_value"] is None
    }
    assert out == OPTIMUM
    assert audit(given, result) == []
    places = [place for place in np.ndindex(3, 3) if EXAMPLE[place] in OPTIMUM]
    lines = [[float(place[axis] == at) for place in places] for axis in (0, 1) for at in range(3)]
    sums = [sum(EXAMPLE[p] * one[i] for i, p in enumerate(places)) for one in lines]
    cost = [float(EXAMPLE[place] == 22) for place in places]
    ends = [linprog([s * c for c in cost], A_eq=lines, b_eq=sums).fun * s for s in (1, -1)]
    assert ends == pytest.approx([5, 30])


def test_the_last_word_of_earlier_releases_is_a_value_or_a_mark() -> None:
    """A zero is a value, and what was withheld and shown again is shown."""
    said = [
        ("a", 0.0, "F"),
        ("b", 7.0, "F"),
        ("b", None, "A"),
        ("c", None, "D"),
        ("c", 8.0, "F"),
        ("d", None, "F"),
    ]
    columns = dict(
        zip(("obs_key", "obs_value", "conf_status"), map(list, zip(*said, strict=True)), strict=True)
    )
    days = [dt.datetime(2026, 1, day) for day in range(1, len(said) + 1)]
    found = earlier_releases(pa.table({**columns, "valid_from": days}))
    assert found.shown == {"a": {0.0}, "b": {7.0}, "c": {8.0}}
    assert (found.last_shown, found.closed) == ({"a", "c"}, {"b"})

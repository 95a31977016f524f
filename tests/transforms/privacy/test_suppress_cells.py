"""Disclosure control: nothing withheld can be computed, whoever subtracts what."""

import datetime as dt
import hashlib
from collections import Counter
from types import SimpleNamespace

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint, linprog, milp

from tests.share_of_cases import examples
from transforms.privacy.suppress_cells import DisclosureError, _hide_until_safe, audit, suppress

TEXT = [
    "obs_key",
    "ref_area",
    "indicator",
    "sex",
    "age",
    "violence_form",
    "relationship",
    "breakdown",
    "freq",
    "time_period",
    "nature",
    "unit_measure",
    "obs_status",
    "conf_status",
    "dataset_id",
    "source_id",
    "published_value",
    "note",
    "raw_sha256",
    "raw_locator",
]
SCHEMA = pa.schema(
    [(name, pa.string()) for name in TEXT]
    + [("period_start", pa.date32()), ("period_end", pa.date32()), ("retrieved_at", pa.timestamp("us"))]
    + [(name, pa.float64()) for name in ("obs_value", "obs_lower", "obs_upper")]
)
YEAR = (dt.date(2024, 1, 1), dt.date(2024, 12, 31))
REGIONS = [f"KZ-{number}" for number in range(10, 40)]
SLOW = settings(
    max_examples=examples(7, 20),
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow],
)


def row(value, area="KZ-10", *, span=YEAR, unit="NUMBER", **more):
    fields = {
        "ref_area": area, "indicator": "DV_CASES", "sex": "_T", "age": "_T", "violence_form": "_T",
        "relationship": "_T", "breakdown": "_T", "freq": "A", "nature": "C", "unit_measure": unit,
        "obs_status": "A", "conf_status": "F", "dataset_id": "kz-x", "source_id": "kz-x",
        "note": f"{value} in all",
        "raw_sha256": "0" * 64, "raw_locator": "A1", "retrieved_at": dt.datetime(2026, 1, 1),
        "period_start": span[0], "period_end": span[1], "time_period": f"{span[0]}/{span[1]}",
        "obs_value": value,
        "published_value": None if value is None else str(value),
    } | more  # fmt: skip
    dims = [str(fields[name]) for name in (*TEXT[1:11], "unit_measure", "dataset_id", "source_id")]
    return {"obs_key": hashlib.md5("|".join(dims).encode()).hexdigest()[:16], **fields}


def table(*rows):
    names = SCHEMA.names
    return pa.Table.from_pylist([{name: one.get(name) for name in names} for one in rows], schema=SCHEMA)


def cube(core, *dims):
    """All cells and margins of a table; dims: (name, codes, total)."""
    full = margins(core)
    rows = []
    for place in np.ndindex(full.shape):
        codes = {
            name: codes[at] if at < len(codes) else total
            for (name, codes, total), at in zip(dims, place, strict=True)
        }
        rows.append(row(float(full[place]), **({"area": "KZ-10"} | codes)))
    return table(*rows)


def margins(core):
    full = np.asarray(core, dtype=float)
    for axis in range(full.ndim):
        full = np.concatenate([full, full.sum(axis=axis, keepdims=True)], axis=axis)
    return full


def area_dim(count):
    return "area", REGIONS[:count], "KZ"


def sex_dim(count=2):
    return "sex", ["F", "M", "_U"][:count], "_T"


def age_dim(count):
    codes = ["Y_LT18", "Y18T24", "Y25T34", "Y35T49", "Y50T59", "Y_GE60"]
    return "age", [*codes[: count - 1], {6: "Y_GE60", 3: "Y_GE25", 2: "Y_GE18", 4: "Y_GE35"}[count]], "_T"


def article_dim(count):
    return "breakdown", [f"ARTICLE=KZ_CC_{number}" for number in range(100, 100 + count)], "_T"


def status(result):
    return list(zip(result["obs_status"].to_pylist(), result["conf_status"].to_pylist(), strict=True))


def marks(*rows, **options):
    """conf_status of every row, F where it is published; the result holds against the audit."""
    observations = table(*rows)
    result = suppress(observations, **options)
    assert audit(observations, result, exempt=options.get("exempt", ())) == []
    return [mark for _, mark in status(result)]


# -- an attacker of another make: knows the cube, not the module ---------------------------------------------


def lines(shape):
    """Every line of a cube with margins, as flat positions, the total last."""
    places = np.arange(np.prod(shape)).reshape(shape)
    for axis in range(len(shape)):
        yield from np.moveaxis(places, axis, -1).reshape(-1, shape[axis])


def equations(full, hidden):
    columns = np.flatnonzero(hidden)
    rows, sides = [], []
    for line in lines(full.shape):
        sign = np.where(np.arange(len(line)) == len(line) - 1, 1.0, -1.0)
        out = hidden[line]
        if out.any():
            one = np.zeros(len(columns))
            one[np.searchsorted(columns, line[out])] = sign[out]
            rows.append(one)
            sides.append(-(sign[~out] * full.ravel()[line[~out]]).sum())
    return np.array(rows).reshape(len(rows), len(columns)), np.array(sides)


def widths(full, hidden):
    """Exact width of the interval of every hidden cell, not negative being all else that is known."""
    matrix, sides = equations(full, hidden)
    found = []
    for at in range(matrix.shape[1]):
        cost = np.zeros(matrix.shape[1])
        cost[at] = 1
        ends = [linprog(sign * cost, A_eq=matrix, b_eq=sides, bounds=(0, None)) for sign in (1, -1)]
        assert all(end.status in (0, 3) for end in ends)
        found.append(np.inf if ends[1].status == 3 else -ends[1].fun - ends[0].fun)
    return np.array(found)


def whole_values(full, hidden, lower, upper):
    """Least and greatest whole number that each hidden cell can be, for one who knows bounds of each."""
    matrix, sides = equations(full, hidden)
    found = []
    for at in range(matrix.shape[1]):
        cost = np.zeros(matrix.shape[1])
        cost[at] = 1
        ends = [
            milp(
                sign * cost,
                constraints=LinearConstraint(matrix, sides, sides),
                bounds=Bounds(lower, upper),
                integrality=np.ones(len(cost)),
            )
            for sign in (1, -1)
        ]
        assert all(end.status == 0 for end in ends)
        found.append((round(ends[0].fun), round(-ends[1].fun)))
    return found


def hidden_of(result, shape):
    values = np.array(result["obs_value"].to_pylist(), dtype=object).reshape(shape)
    return np.array([value is None for value in values.ravel()])


counts = st.one_of(st.integers(0, 8), st.sampled_from([0, 0, 1, 2, 4, 5, 6, 30, 200]))


def cores(*shape):
    size = int(np.prod(shape))
    return st.lists(counts, min_size=size, max_size=size).map(lambda n: np.array(n).reshape(shape))


two_ways = st.tuples(st.integers(2, 5), st.integers(2, 4)).flatmap(lambda shape: cores(*shape))
three_ways = st.tuples(st.integers(2, 4), st.just(2), st.integers(2, 3)).flatmap(lambda shape: cores(*shape))


def two_way(core):
    return cube(core, area_dim(core.shape[0]), article_dim(core.shape[1]))


def three_way(core):
    return cube(core, area_dim(core.shape[0]), sex_dim(), age_dim(core.shape[2]))


@SLOW
@given(two_ways)
def test_two_way_tables_hold_against_an_independent_attacker(core):
    observations, full = two_way(core), margins(core)
    result = suppress(observations)
    hidden = hidden_of(result, full.shape)
    small = (full > 0) & (full < 5)
    small[-1] = False
    assert hidden[small.ravel()].all()
    assert (widths(full, hidden) >= 5 - 1e-6).all()
    assert audit(observations, result) == []


@SLOW
@given(three_ways)
def test_three_way_tables_hold_against_an_independent_attacker(core):
    observations, full = three_way(core), margins(core)
    result = suppress(observations)
    assert (widths(full, hidden_of(result, full.shape)) >= 5 - 1e-6).all()
    assert audit(observations, result) == []


@SLOW
@given(two_ways)
def test_who_knows_the_rule_and_the_marks_finds_no_small_count(core):
    observations, full = two_way(core), margins(core)
    result = suppress(observations)
    hidden = hidden_of(result, full.shape)
    mark = np.array(result["conf_status"].to_pylist())[hidden]
    country = (np.arange(full.size) // full.shape[1] == full.shape[0] - 1)[hidden]
    true = full.ravel()[hidden]
    # Told more than the marks say: which of the A are zeros. Nothing is A and zero in all but small rows.
    lower = np.where(mark == "A", np.where(true == 0, 0, 1), np.where(country, 0, np.minimum(true, 5)))
    zero_row = (full[:, -1] > 0) & (full[:, -1] < 5)
    part = (np.arange(full.size) % full.shape[1] < full.shape[1] - 1)[hidden]
    may_be_zero = np.repeat(zero_row, full.shape[1])[hidden] & part
    lower[may_be_zero & (mark == "A")] = 0
    upper = np.where(mark == "A", 4, true + 50)
    if hidden.any():
        found = whole_values(full, hidden, lower, upper)
        assert all(low < high for (low, high), one in zip(found, mark, strict=True) if one == "A")


def with_small_counts_alone(observations):
    """The small counts withheld, and nothing of what gives them away."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("transforms.privacy.suppress_cells._protect", lambda block, hidden, threshold: hidden)
        return suppress(observations)


@SLOW
@given(three_ways)
def test_the_audit_finds_what_an_independent_attacker_finds(core):
    observations, full = three_way(core), margins(core)
    result = with_small_counts_alone(observations)
    hidden = hidden_of(result, full.shape)
    keys = np.array(observations["obs_key"].to_pylist())[hidden]
    lost = set(keys[widths(full, hidden) < 5 - 1e-6]) if hidden.any() else set()
    assert {e.obs_keys[0] for e in audit(observations, result) if e.attack == "margins"} == lost


def test_without_secondary_suppression_the_audit_bites():
    core = np.array([[3, 20, 30], [40, 50, 60], [70, 80, 90]])
    observations = two_way(core)
    found = audit(observations, with_small_counts_alone(observations))
    assert [(e.attack, e.lower, e.upper) for e in found] == [("margins", 3, 3), ("rule", 3, 3)]
    assert audit(observations, suppress(observations)) == []


@SLOW
@given(three_ways, st.randoms(use_true_random=False))
def test_the_order_of_rows_changes_nothing(core, random):
    observations = three_way(core)
    order = list(range(observations.num_rows))
    random.shuffle(order)
    assert suppress(observations.take(order)).equals(suppress(observations).take(order))


@settings(max_examples=examples(2, 6), deadline=None, derandomize=True)
@given(cores(3, 2, 2, 2))
def test_four_way_tables_hold(core):
    observations = cube(core, area_dim(3), sex_dim(), age_dim(2), article_dim(2))
    assert audit(observations, suppress(observations)) == []


def test_what_is_withheld_and_what_stays():
    core = np.array([[3, 20, 30], [40, 50, 60], [70, 80, 90]])
    observations = two_way(core)
    result = suppress(observations)
    assert result.schema == observations.schema
    rows = result.to_pylist()
    out = [one for one in rows if one["obs_status"] == "Q"]
    assert Counter(one["conf_status"] for one in out) == {"A": 1, "D": 3}
    for one in out:
        assert all(one[name] is None for name in ("obs_value", "obs_lower", "obs_upper", "published_value"))
        assert one["note"].startswith("Withheld") and not any(c.isdigit() for c in one["note"])
    # The cheapest rectangle, and no total.
    assert {one["obs_key"] for one in out} == {
        one["obs_key"] for one in observations.to_pylist() if one["obs_value"] in (3, 20, 40, 50)
    }
    for before, after in zip(observations.to_pylist(), rows, strict=True):
        assert after["obs_status"] == "Q" or after == before


def test_the_country_is_published_down_to_one():
    assert marks(row(1, "KZ"), row(2, "KZ", sex="F")) == ["F", "F"]


def test_zeros_are_published_save_in_a_small_group():
    assert marks(row(40), row(40, sex="F"), row(0, sex="M")) == ["F", "F", "F"]
    assert marks(row(3), row(3, sex="F"), row(0, sex="M")) == ["A", "A", "A"]


def test_no_rows():
    assert suppress(table()).num_rows == 0
    assert audit(table(), table()) == []


def test_below_a_region_nothing_is_published():
    with pytest.raises(DisclosureError, match="KZ-10-115200"):
        suppress(table(row(500), row(100, "KZ-10-115200")))


def test_indicators_that_count_no_persons_are_exempt():
    rows = [row(2, indicator="CRISIS_CENTRES"), row(2)]
    assert marks(*rows, exempt={"CRISIS_CENTRES"}) == ["F", "A"]


def months(first, last):
    end = dt.date(2025 + last // 12, last % 12 + 1, 1) - dt.timedelta(days=1)
    return dt.date(2025, first, 1), end


def test_a_cumulative_span_minus_another_gives_no_small_month():
    assert marks(row(100, span=months(1, 10)), row(103, span=months(1, 11))).count("D") == 1
    assert marks(row(100, span=months(1, 10)), row(130, span=months(1, 11))) == ["F", "F"]
    # Not even by way of a third: nothing happened in October.
    spans = [row(100, span=months(1, 9)), row(100, span=months(1, 10)), row(103, span=months(1, 11))]
    assert "D" in marks(*spans)
    parts = [row(40, span=months(*span)) for span in ((1, 3), (4, 6), (7, 9))]
    assert "D" in marks(row(123, span=months(1, 12)), *parts)


def test_ages_that_tile_another():
    rows = [
        row(50),
        row(20, age="Y_LT18"),
        row(30, age="Y_GE18"),
        row(17, age="Y_LT14"),
        row(3, age="Y14T17"),
    ]
    found = marks(*rows)
    assert found[4] == "A" and found[3] == "D" and found[0] == "F"
    # The total holds three below 14 that no row states.
    assert marks(row(53), row(20, age="Y14T17"), row(30, age="Y_GE18")).count("D") == 1


def test_partner_and_family_make_their_union():
    rows = [row(60, relationship="IPTN_FAM"), row(57, relationship="IPTN"), row(3, relationship="FAM")]
    assert marks(*rows)[2] == "A" and "D" in marks(*rows)[:2]
    rows = [row(100), row(60, relationship="IPTN_FAM"), row(37, relationship="OTHER_KNOWN")]
    assert "D" in marks(*rows)  # strangers: 3


def test_forms_that_overlap_do_not_add_up():
    rows = [row(100), row(80, violence_form="PHYSICAL"), row(60, violence_form="PSYCHOLOGICAL")]
    assert marks(*rows) == ["F", "F", "F"]
    assert "D" in marks(*rows, row(97, violence_form="ECONOMIC"))  # without it: 3


def test_a_breakdown_of_two_names():
    names = ["ARTICLE=A;MARITAL=X", "ARTICLE=A;MARITAL=Y", "ARTICLE=A"]
    found = marks(row(4, breakdown=names[0]), row(20, breakdown=names[1]), row(24, breakdown=names[2]))
    assert found[0] == "A" and "D" in found


def test_a_total_that_no_row_states_links_its_parts():
    rows = [row(50, sex="F"), row(30, sex="M"), row(77, age="Y_LT18"), row(3, age="Y_GE18")]
    found = marks(*rows)
    assert found[3] == "A" and "D" in found[:3]


def test_shares_and_rates_go_with_their_counts():
    rows = [row(43), row(40, sex="F"), row(3, sex="M")]
    found = marks(
        *rows,
        row(93.0, unit="PERCENT", sex="F"),
        row(7.0, unit="PERCENT", sex="M"),
        row(0.4, unit="PER_100000_POP", sex="M"),
        row(40000, unit="KZT", sex="M", indicator="FINES"),
        row(2.1, unit="PER_100000_POP", age="Y_LT18"),
        row(1.2, "KZ", unit="PER_100000_POP"),
    )
    assert found[2] == "A" and "F" not in found[3:8] and found[8] == "F"


def test_a_share_alone_states_its_count_and_its_complement():
    assert marks(row(34), row(88.2, unit="PERCENT", sex="F"))[1] == "D"
    assert marks(row(34), row(11.8, unit="PERCENT", sex="M"))[1] == "A"
    assert marks(row(340), row(88.2, unit="PERCENT", sex="F")) == ["F", "F"]
    assert marks(row(27.9, unit="PERCENT", sex="F")) == ["F"]  # a survey: of how many, nobody says
    three = [row(50.0, unit="PERCENT", age="Y_LT18"), row(38.2, unit="PERCENT", age="Y18T24")]
    assert marks(row(34), *three, row(11.8, unit="PERCENT", age="Y_GE25")).count("F") < 3


@pytest.mark.parametrize(("one", "other"), [("DV_CASES", "DV_REPORTS"), ("DV_REPORTS", "DV_CASES")])
def test_a_share_beside_several_withheld_counts_has_the_gravest_of_their_marks(one, other):
    """A: one of them is small. D, that it protects another, would say that none is."""
    rows = [row(value, sex=sex, indicator=one) for sex, value in (("_T", 43), ("F", 40), ("M", 3))]
    rows += [row(value, sex=sex, indicator=other) for sex, value in (("_T", 43), ("F", 3), ("M", 40))]
    shares = [row(7.0, unit="PERCENT", sex=sex, indicator="DV_KILLED") for sex in "FM"]
    assert marks(*rows, *shares) == ["F", "D", "A", "F", "A", "D", "A", "A"]


def test_a_change_states_the_count_before():
    before = (dt.date(2023, 1, 1), dt.date(2023, 12, 31))
    assert marks(row(3, span=before), row(12), row(300, unit="PERCENT_CHANGE")) == ["A", "F", "D"]
    assert marks(row(12), row(300, unit="PERCENT_CHANGE")) == ["F", "D"]
    assert marks(row(120), row(300, unit="PERCENT_CHANGE")) == ["F", "F"]


@pytest.mark.parametrize(
    ("count", "change", "area", "mark"),
    [
        # 12 after a rise by half of 8, by 200 % of 4, by 140 % of 5; after a fall of a tenth of more.
        (12, 50, "KZ-10", "F"),
        (12, 200, "KZ-10", "D"),
        (12, 140, "KZ-10", "F"),
        # By 1100 % of one.
        (12, 1100, "KZ-10", "D"),
        (12, -10, "KZ-10", "F"),
        # Nothing, or less, is left of a count that nobody states.
        (0, -100, "KZ-10", "D"),
        (0, -120, "KZ-10", "D"),
        (0, 40, "KZ-10", "F"),
        # That of the country may be small.
        (12, 200, "KZ", "F"),
        # A survey's change has no count beside it.
        (None, 200, "KZ-10", "F"),
    ],
)
def test_a_change_is_withheld_where_it_states_a_small_count(count, change, area, mark):
    counts = [] if count is None else [row(count, area)]
    found = suppress(table(*counts, row(change, area, unit="PERCENT_CHANGE")))
    assert found["conf_status"].to_pylist() == [*("F" for _ in counts), mark]


def test_what_the_office_withheld_stays_withheld():
    rows = [row(34), row(30, sex="F"), row(None, sex="M", obs_status="Q")]
    assert marks(*rows) == ["F", "D", "A"]
    # What nobody counted is no count below a bound.
    assert marks(row(34), row(None, sex="M", obs_status="O")) == ["F", "F"]
    under = row(None, sex="M", obs_status="O", obs_upper=4.0, published_value="<5")
    observations = table(under, row(12, sex="F"))
    assert suppress(observations).to_pylist()[0]["obs_upper"] is None


def test_two_sources_of_one_cell_go_together():
    assert marks(row(3), row(4, source_id="kz-y"), row(3, dataset_id="kz-z")) == ["A", "A", "A"]
    rows = [row(40), row(37, sex="F"), row(3, sex="M"), row(37, sex="F", dataset_id="kz-z")]
    found = marks(*rows)
    assert found[1] == found[3]


def test_residue_and_forgotten_rows_are_found():
    core = np.array([[3, 20, 30], [40, 50, 60], [70, 80, 90]])
    observations = two_way(core)
    rows = suppress(observations).to_pylist()
    at = next(i for i, one in enumerate(rows) if one["conf_status"] == "A")
    left = [one if i != at else one | {"published_value": "3"} for i, one in enumerate(rows)]
    assert [e.attack for e in audit(observations, table(*left))] == ["residue"]
    assert "published" in {e.attack for e in audit(observations, observations)}


@pytest.mark.slow
def test_a_large_table_is_protected():
    random = np.random.default_rng(7)
    core = random.poisson(np.exp(random.normal(3, 1.4, (14, 2, 6, 12))))
    observations = cube(core, area_dim(14), sex_dim(), age_dim(6), article_dim(12))
    result = suppress(observations)
    assert audit(observations, result) == []
    totals = [one for one in result.to_pylist() if one["ref_area"] == "KZ"]
    assert all(one["obs_value"] is not None for one in totals)


@pytest.mark.parametrize(
    ("together", "alone", "expected"),
    [
        # The batch as a whole finds what to hide.
        ({0: [2], 3: [5]}, {}, [0, 2, 3, 5]),
        # It does not: its first cell alone does, then the other.
        (None, {0: [2], 3: [5]}, [0, 2, 3, 5]),
        # The first one does not either: all that shares a relation with it, and no more.
        (None, {3: [5]}, [0, 1, 2, 3, 5]),
        (None, {}, [0, 1, 2, 3, 4, 5]),
    ],
)
def test_no_more_is_hidden_than_the_first_cell_needs(together, alone, expected):
    """Cells 0 to 2 and 3 to 5 share a relation each; 0 and 3 are open until another one of theirs is hidden."""
    block = SimpleNamespace(
        matrix=sparse.csc_matrix([[1.0, -1, -1, 0, 0, 0], [0, 0, 0, 1, -1, -1]]),
        x=np.full(6, 9.0),
        fixed=np.zeros(6, np.bool_),
    )

    def complement(hidden, cells, *, falling=False):
        found = together if len(cells) > 1 else alone
        if found is None or any(cell not in found for cell in cells):
            return None
        return np.isin(np.arange(6), [other for cell in cells for other in found[cell]])

    def opened(hidden):
        return hidden & ~np.array([hidden[1:3].any()] * 3 + [hidden[4:].any()] * 3)

    attacked = SimpleNamespace(block=block, explore=lambda _: None, open=opened, complement=complement)
    hidden = _hide_until_safe(attacked, np.isin(np.arange(6), [0, 3]))
    assert np.flatnonzero(hidden).tolist() == expected

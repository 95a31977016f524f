"""What each attacker of a small table can know: room, doubt, bounds, and what is hidden to keep it from him."""

from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from tests.transforms.privacy.test_additive_equations import model
from tests.transforms.privacy.test_suppress_cells import row, table
from transforms.privacy.disclosure_attack import (
    Attack,
    AttackedBlock,
    Block,
    Exposure,
    Shown,
    _named,
    apart,
    blocks,
    exposures,
    shuttle,
    small_but_shown,
)

ANYBODY, WHO_KNOWS_THE_RULE = Attack("subtraction", 10), Attack("rule", 10)
# The country and four regions of it: 100 = 4 + 7 + 30 + 59.
REGIONS = [row(100.0, "KZ"), *(row(value, f"KZ-1{at}") for at, value in enumerate((4.0, 7.0, 30.0, 59.0)))]


def only(made: Any, hidden: Any) -> Block:
    (block,) = blocks(made, hidden)
    return block


def flags(block: Block, *values: float) -> np.ndarray:
    return np.isin(block.x, values)


@pytest.fixture
def block() -> Block:
    made = model(*REGIONS)
    return only(made, made.hidden)


def test_the_room_of_anybody_is_all_above_zero(block: Block) -> None:
    down, up = ANYBODY.room(block)
    assert down.tolist() == (-block.x).tolist() and np.isinf(up).all()


def test_the_room_of_who_knows_the_rule(block: Block) -> None:
    """A marked count is from one to nine, another region's is at least ten, the country's at least zero."""
    down, up = WHO_KNOWS_THE_RULE.room(block)
    known = {
        value: (low, high) for value, low, high in zip(block.x, block.x + down, block.x + up, strict=True)
    }
    assert known == {100: (0, np.inf), 4: (1, 9), 7: (1, 9), 30: (10, np.inf), 59: (10, np.inf)}


def test_a_zero_under_a_marked_total_cannot_be_excluded() -> None:
    made = model(row(90.0, "KZ"), row(3.0), row(3.0, sex="F"), row(0.0, sex="M"), row(87.0, "KZ-11"))
    block = only(made, made.hidden)
    found = dict(
        zip(((cell.key.ref_area, cell.key.sex) for cell in made.cells), block.maybe_zero, strict=True)
    )
    assert found == {
        ("KZ", "_T"): False,
        ("KZ-10", "_T"): False,
        ("KZ-11", "_T"): False,
        ("KZ-10", "F"): True,
        ("KZ-10", "M"): True,
    }
    down, _ = WHO_KNOWS_THE_RULE.room(block)
    assert (block.x + down)[block.maybe_zero].tolist() == [0, 0]


def test_what_must_stay_unknown(block: Block) -> None:
    hidden = flags(block, 4, 7, 30)
    assert block.x[ANYBODY.needs(block, hidden)].tolist() == [4, 7, 30]
    assert block.x[WHO_KNOWS_THE_RULE.needs(block, hidden)].tolist() == [4, 7]
    assert not ANYBODY.needs(block, flags(block)).any()


@pytest.mark.parametrize(
    ("attack", "low", "high", "safe"),
    [
        (ANYBODY, -4.0, 6.0, True),
        (ANYBODY, -4.0, 5.9, False),
        (ANYBODY, 0.0, 10.0, True),
        (ANYBODY, -10.0, 0.0, True),
        (WHO_KNOWS_THE_RULE, 0.0, 1.0, True),
        (WHO_KNOWS_THE_RULE, -1.0, 0.0, True),
        (WHO_KNOWS_THE_RULE, -0.9, 0.9, False),
    ],
)
def test_how_much_doubt_is_enough(attack: Attack, low: float, high: float, safe: bool) -> None:
    assert attack.safe(np.array([low]), np.array([high])).tolist() == [safe]


@pytest.mark.parametrize(
    ("attack", "falling", "sign", "size"),
    [
        (ANYBODY, False, [1, 1], [8, 10]),
        (ANYBODY, True, [-1, -1], [7, 10]),
        (WHO_KNOWS_THE_RULE, False, [1, -1], [1, 1]),
        (WHO_KNOWS_THE_RULE, True, [-1, 1], [1, 1]),
    ],
)
def test_which_move_would_be_enough(attack: Attack, falling: bool, sign: list[int], size: list[int]) -> None:
    low, high, up = np.array([-2.0, 0.0]), np.array([3.0, 0.0]), np.array([1.0, 0.5])
    found = attack.demand(low, high, up, falling=falling)
    assert [part.tolist() for part in found] == [sign, size]


def test_only_blocks_with_something_withheld_are_attacked() -> None:
    other = [
        row(value, area, indicator="DV_VICTIMS")
        for value, area in ((50.0, "KZ"), (20.0, "KZ-10"), (30.0, "KZ-11"))
    ]
    made = model(*REGIONS, *other)
    assert sorted(only(made, made.hidden).x.tolist()) == [4, 7, 30, 59, 100]
    assert list(blocks(made, np.zeros_like(made.hidden))) == []
    assert list(blocks(model(), np.zeros(0, np.bool_))) == []
    every = sorted(sorted(block.x.tolist()) for block in blocks(made, np.ones_like(made.hidden)))
    assert every == [[4, 7, 30, 59, 100], [20, 30, 50]]
    for block in blocks(made, np.ones_like(made.hidden)):
        assert not (block.matrix @ block.x).any() and block.matrix.shape == (1, len(block.x))
        assert (made.x[block.ids] == block.x).all() and (made.cost[block.ids] == block.cost).all()


def test_subtraction_finds_one_alone_and_bounds_of_two(block: Block) -> None:
    alone = AttackedBlock(block, ANYBODY)
    low, high = shuttle(alone, flags(block, 4))
    assert not low.any() and not high.any()
    low, high = shuttle(alone, flags(block, 4, 7))
    bounds = {value: (value + a, value + b) for value, a, b in zip(block.x, low, high, strict=True)}
    assert bounds == {100: (100, 100), 4: (0, 11), 7: (0, 11), 30: (30, 30), 59: (59, 59)}


@pytest.mark.parametrize(
    ("attack", "hidden", "value", "bounds"),
    [
        (ANYBODY, (4,), 4, (4, 4)),
        (ANYBODY, (4, 7), 4, (0, 11)),
        (ANYBODY, (4, 7), 7, (0, 11)),
        # Further than the threshold is not looked for.
        (ANYBODY, (4, 30), 4, (0, 14)),
        (WHO_KNOWS_THE_RULE, (4, 7), 4, (2, 9)),
        (WHO_KNOWS_THE_RULE, (4, 7), 7, (2, 9)),
    ],
)
def test_exact_bounds(
    block: Block, attack: Attack, hidden: tuple[float, ...], value: float, bounds: tuple[float, float]
) -> None:
    attacked = AttackedBlock(block, attack)
    cell = int(np.flatnonzero(block.x == value)[0])
    low, high = attacked.interval(flags(block, *hidden), cell)
    assert (round(value + low, 6), round(value + high, 6)) == bounds
    assert (attacked.low[cell], attacked.high[cell]) == (low, high)


@pytest.mark.parametrize("found_by", ["explore", "search"])
def test_other_tables_show_that_a_cell_is_safe(block: Block, found_by: str) -> None:
    hidden = flags(block, 4, 7, 30)
    tables: list[Any] = []
    attacked = AttackedBlock(block, ANYBODY, tables)
    assert block.x[attacked.open(hidden)].tolist() == [4, 7, 30]
    getattr(attacked, found_by)(hidden)
    assert not attacked.open(hidden).any() and tables
    for move in tables:
        assert (
            np.allclose(block.matrix @ move, 0)
            and (block.x + move >= -1e-6).all()
            and not move[~hidden].any()
        )
    again = AttackedBlock(block, ANYBODY, tables)
    again.recall(flags(block, 4, 7))
    assert block.x[again.open(hidden)].tolist() == [4, 7, 30], "they change what is shown now"
    again.recall(hidden)
    assert not again.open(hidden).any()


def test_the_cheapest_cells_are_hidden_with_a_lonely_one(block: Block) -> None:
    attacked = AttackedBlock(block, ANYBODY)
    hidden = flags(block, 4)
    more = attacked.complement(hidden, np.flatnonzero(hidden))
    assert more is not None and block.x[more].tolist() == [7, 30], "seven are too few to move by ten"


def test_nothing_is_hidden_for_others_that_an_earlier_release_published(block: Block) -> None:
    fixed = Block(**{**vars(block), "fixed": ~flags(block, 4, 7, 59)})
    hidden = flags(block, 4)
    more = AttackedBlock(fixed, ANYBODY).complement(hidden, np.flatnonzero(hidden))
    assert more is not None and block.x[more].tolist() == [7, 59]
    all_fixed = Block(**{**vars(block), "fixed": ~flags(block, 4)})
    assert AttackedBlock(all_fixed, ANYBODY).complement(hidden, np.flatnonzero(hidden)) is None


def test_a_move_beyond_the_room_of_a_cell_is_none(block: Block) -> None:
    attacked = AttackedBlock(block, ANYBODY)
    assert attacked.complement(flags(block, 4), np.flatnonzero(flags(block, 4)), falling=True) is None


def test_cells_that_share_no_relation() -> None:
    made = model(
        row(9.0, "KZ-10"),
        row(4.0, sex="F"),
        row(5.0, sex="M"),
        row(6.0, age="Y_LT18"),
        row(3.0, age="Y_GE18"),
    )
    named = [(cell.key.sex, cell.key.age) for cell in made.cells]
    batch = apart(made.matrix, np.array([key != ("_T", "_T") for key in named]))
    assert (
        sorted({"sex" if named[at][0] != "_T" else "age" for at in batch}) == ["age", "sex"]
        and len(batch) == 2
    )
    assert len(apart(made.matrix, np.zeros(5, np.bool_))) == 0


def names(made: Any) -> list[tuple[str, ...]]:
    return [(f"{cell.key.ref_area} {cell.key.sex} {cell.value:g}",) for cell in made.cells]


@pytest.mark.parametrize(
    ("hidden", "exposed"),
    [
        ((4,), [("KZ-10 _T 4", 4, 4)]),
        ((4, 7), []),
        ((7, 59), []),
        ((), []),
    ],
)
def test_exposures_of_who_subtracts(
    hidden: tuple[float, ...], exposed: list[tuple[str, float, float]]
) -> None:
    made = model(*REGIONS)
    block = only(made, made.hidden)
    found = exposures(AttackedBlock(block, ANYBODY), flags(block, *hidden), made, names(made))
    assert found == [Exposure((name,), "subtraction", low, high) for name, low, high in exposed]


def test_exposures_of_a_pair_whose_sum_is_too_small() -> None:
    made = model(row(105.0, "KZ"), row(1.0, "KZ-10"), row(4.0, "KZ-11"), row(100.0, "KZ-12"))
    block = only(made, made.hidden)
    found = exposures(AttackedBlock(block, ANYBODY), flags(block, 1, 4), made, names(made))
    assert {(one.obs_keys, one.lower, one.upper) for one in found} == {
        (("KZ-10 _T 1",), 0, 5),
        (("KZ-11 _T 4",), 0, 5),
    }


def test_a_difference_that_no_row_states_is_named_by_its_relation() -> None:
    made = model(row(33.0, "KZ"), row(26.0, "KZ-10"))
    assert _named(0, made, names(made)) == names(made)[0]
    assert _named(2, made, names(made)) == (*names(made)[0], *names(made)[1])
    assert _named(0, made, [(), ("b",)]) == ("b",)


def test_what_a_row_without_a_value_still_says() -> None:
    rows = [
        row(None, "KZ-10", conf_status="A", published_value=None),
        row(None, "KZ-11", conf_status="A", published_value="4"),
        row(None, "KZ-12", conf_status="D", obs_lower=1.0),
        row(None, "KZ-13", conf_status="D", obs_upper=9.0),
        row(None, "KZ-14", conf_status="F", obs_upper=9.0),
        row(4.0, "KZ-15", conf_status="A"),
    ]
    shown: pa.Table = table(*rows)
    keys = shown["obs_key"].to_pylist()
    found = Shown(shown)
    assert sorted(found.residue(), key=lambda one: keys.index(one.obs_keys[0])) == [
        Exposure((keys[at],), "residue", None, None) for at in (1, 2, 3)
    ]
    assert found.values == {keys[5]} and found.marks[keys[2]] == "D"


def test_small_counts_that_are_shown() -> None:
    made = model(*REGIONS)
    published = np.array([True] * len(made.cells))
    found = small_but_shown(made, published, names(made))
    assert [(one.obs_keys[0], one.attack, one.lower, one.upper) for one in found] == [
        ("KZ-10 _T 4", "published", 4, 4),
        ("KZ-11 _T 7", "published", 7, 7),
    ]
    assert small_but_shown(made, ~published, names(made)) == []
    made.cells[-1].closed = True
    assert len(small_but_shown(made, published, names(made))) == 3
    made.cells[-1].known = True
    assert len(small_but_shown(made, published, names(made))) == 2

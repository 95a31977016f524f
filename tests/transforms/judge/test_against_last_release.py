"""What holds a dataset and what does not, rule by rule; rows are read from small files of the fixtures' publisher."""

from collections.abc import Callable, Iterable
from typing import Any

import duckdb
import pyarrow as pa
import pytest

from pipelines.declarations import Declarations
from sources.dataset import Dataset, Expects, Withdrawn
from sources.load_datasets import load_datasets
from sources.readers.protocol import read_cells
from tests.fixtures import make
from tests.fixtures.mirror import HERE
from tests.share_of_cases import slow
from tests.transforms.sample import FACTS
from transforms.judge.against_last_release import Editions, Judgement, Shape, judge

DATASET = load_datasets(HERE / "datasets")["ex_open_sdg"]
COLUMNS = frozenset({"Year", "GeoCode", "SEX", "Value"})
Rows = Iterable[tuple[object, ...]]
TRUTH = [(y, "" if a == "KG" else a, s.replace("_T", ""), v) for a, s, y, v in make.truth()]


@pytest.fixture(scope="module")
def judged(declared: Declarations) -> Callable[..., Judgement]:
    read: dict[tuple[str, str], pa.Table] = {}

    def observations(rows: Rows, dataset: Dataset) -> pa.Table:
        """Read once, whatever is expected of them."""
        text = make.delimited(("Year", "GeoCode", "SEX", "Value"), rows)
        key = text, dataset.model_dump_json(exclude={"expects"})
        if key not in read:
            normalized = declared.normalizer.normalize(read_cells(dataset, text.encode()), dataset, FACTS)
            assert not normalized.refused.num_rows
            read[key] = normalized.good
        return read[key]

    def compare(
        new: Rows,
        last: Rows = TRUTH,
        *,
        dataset: Dataset = DATASET,
        refused: int = 0,
        shape: Shape | None = None,
        same_files: bool = False,
        returned: dict[str, str] | None = None,
        status: str = "",
    ) -> Judgement:
        """``status``: what the release says of all of its rows, instead of what was read."""
        shapes = [shape or Shape("victims", COLUMNS, COLUMNS, 108)]
        published = observations(last, dataset)
        if status:
            place = published.schema.get_field_index("obs_status")
            said = pa.array([status] * published.num_rows)
            published = published.set_column(place, published.schema.field(place), said)
        return judge(
            declared.contract,
            dataset,
            published,
            observations(new, dataset),
            refused,
            shapes,
            same_files=same_files,
            editions=Editions(returned or {}),
        )

    return compare


def warned(judgement: Judgement) -> set[str]:
    return {str(row["finding"]) for row in judgement.findings if row["severity"] == "warning"}


def kinds(judgement: Judgement) -> set[str]:
    return {str(row["finding"]) for row in judgement.findings if row["severity"] == "critical"} - {
        "coverage_lost"
    }


def expecting(**changes: Any) -> Dataset:
    return DATASET.model_copy(update={"expects": Expects(**changes)})


def test_the_same_rows_are_not_held_and_nothing_is_asked_of_their_values(
    judged: Callable[..., Judgement], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("transforms.judge.changed_values._PAIRS", "SELECT error('asked')")
    assert judged(TRUTH) == Judgement(False, [])
    with pytest.raises(duckdb.Error, match="asked"):
        judged([(*TRUTH[0][:3], 7), *TRUTH[1:]])


@pytest.mark.parametrize(("now", "held"), [("<5", False), ("<10", True), ("…", True), ("3", True)])
def test_what_an_older_edition_says_otherwise_holds(
    judged: Callable[..., Judgement], now: str, held: bool
) -> None:
    """Another bound too, where neither edition has a value."""
    last, new = ([*TRUTH[1:], (*TRUTH[0][:3], text)] for text in ("<5", now))
    found = judged(new, last, returned={FACTS.sha256: "the older file"})
    assert found.held is held and ("older_file_again" in kinds(found)) is held


@pytest.mark.parametrize(("status", "value", "held"), [("B", 0, False), ("B", 1, True), ("D", 0, True)])
def test_a_break_by_law_is_not_what_the_older_edition_says_otherwise(
    judged: Callable[..., Judgement], status: str, value: int, held: bool
) -> None:
    """The release marks the row; the file that comes again, which every row was read from, says A as it did."""

    new = [(*TRUTH[0][:3], TRUTH[0][3] + value), *TRUTH[1:]]
    found = judged(new, returned={FACTS.sha256: "the same file"}, status=status)
    assert found.held is held and ("older_file_again" in kinds(found)) is held


@pytest.mark.parametrize(
    ("gone", "finding"),
    [
        (lambda row: row[2] == "M", "vanished_code"),
        (lambda row: row[1] == "KG-T", "vanished_area"),
        (lambda row: row[0] == 2019, "vanished_year"),
        (lambda row: row == TRUTH[5], "vanished_cells"),
    ],
    ids=["sex", "area", "year", "one cell"],
)
def test_what_vanishes_holds(
    judged: Callable[..., Judgement], gone: Callable[[tuple[object, ...]], bool], finding: str
) -> None:
    rest = [row for row in TRUTH if not gone(row)]
    held = judged(rest)
    assert held.held and finding in kinds(held)
    assert all(row["reason_en"] and row["detail"] for row in held.findings)
    again = judged(rest, same_files=True)
    assert not again.held and {row["severity"] for row in again.findings} == {"warning"}


def test_what_was_declared_as_withdrawn_does_not_hold(judged: Callable[..., Judgement]) -> None:
    dataset = DATASET.model_copy(update={"withdrawn": (Withdrawn(sex="M"), Withdrawn(year="2019"))})
    assert not judged([r for r in TRUTH if r[2] != "M" and r[0] != 2019], dataset=dataset).held
    assert judged([r for r in TRUTH if r[2] != "F"], dataset=dataset).held


def test_a_declared_share_of_cells_may_be_lost(judged: Callable[..., Judgement]) -> None:
    less = [row for row in TRUTH if row not in (TRUTH[5], TRUTH[40])]
    assert not judged(less, dataset=expecting(lost_share=2 / 108)).held
    assert judged(less, dataset=expecting(lost_share=1.9 / 108)).held


def test_values_that_turn_into_nothing_are_lost(judged: Callable[..., Judgement]) -> None:
    """Read carelessly: a year of figures withdrawn by "...", each with a row that says "no value"."""
    emptied = [(*row[:3], "..." if row[0] == 2019 else row[3]) for row in TRUTH]
    result = judged(emptied)
    assert result.held and "vanished_cells" in kinds(result)
    assert not judged(emptied, emptied).held, "what had no value before has none to lose"


def test_what_is_suppressed_to_protect_persons_goes_at_once(judged: Callable[..., Judgement]) -> None:
    numbers = DATASET.numbers.model_copy(update={"symbols": {"c": "Q"}})
    dataset = DATASET.model_copy(update={"numbers": numbers})
    suppressed = [(*row[:3], "c" if row == TRUTH[5] else row[3]) for row in TRUTH]
    assert not judged(suppressed, dataset=dataset).held
    assert judged([(*row[:3], "..." if row == TRUTH[5] else row[3]) for row in TRUTH], dataset=dataset).held


@pytest.mark.parametrize(("step", "held"), [(1, False), (10, True), (100, True), (1000, True)])
def test_rounding_holds(judged: Callable[..., Judgement], step: int, held: bool) -> None:
    larger = [(y, a, s, int(str(v)) * 10 + 7) for y, a, s, v in TRUTH]
    rounded = [(y, a, s, round(v / step) * step) for y, a, s, v in larger]
    result = judged(rounded, larger)
    assert result.held is held and ("values_rounded" in kinds(result)) is held


def test_a_cell_that_is_refused_now_is_lost_like_any_other(judged: Callable[..., Judgement]) -> None:
    less = [row for row in TRUTH if row != TRUTH[5]]
    assert judged(less, refused=2).held and not judged(TRUTH, refused=2).held
    assert not judged(less, refused=2, dataset=expecting(lost_share=1 / 108)).held


@pytest.mark.parametrize("collection", ["portal", "transcription"])
def test_a_code_that_the_same_file_has_only_refused_rows_of_holds(
    judged: Callable[..., Judgement], collection: str
) -> None:
    """An edit of the contract or a declaration made its rows unreadable; nobody said that they are withdrawn."""
    dataset = DATASET.model_copy(update={"collection": collection, "refuse_above": 0.5})
    rest = [row for row in TRUTH if row[2] != "M"]
    lost = len(TRUTH) - len(rest)
    assert judged(rest, refused=lost, same_files=True, dataset=dataset).held
    assert not judged(rest, refused=lost - 1, same_files=True, dataset=dataset).held
    meant = dataset.model_copy(update={"withdrawn": (Withdrawn(sex="M"),)})
    assert not judged(rest, refused=lost, same_files=True, dataset=meant).held


def test_too_large_a_refused_share_holds(judged: Callable[..., Judgement]) -> None:
    assert not judged(TRUTH, refused=5).held
    held = judged(TRUTH, refused=6)
    assert held.held and kinds(held) == {"too_many_refused"}
    patient = DATASET.model_copy(update={"refuse_above": 0.5})
    assert not judged(TRUTH, refused=108, dataset=patient).held


def test_an_empty_file_takes_nothing_away(judged: Callable[..., Judgement]) -> None:
    empty = judged([], shape=Shape("victims", COLUMNS, COLUMNS, 0))
    assert empty.held and [row["finding"] for row in empty.findings] == ["empty_file"]
    # Rows of other countries alone: none is ours, none is refused. It was held without a word.
    foreign = judged([])
    assert foreign.held and [row["finding"] for row in foreign.findings] == ["coverage_lost"]
    assert foreign.findings[0]["detail"] == "0 of 108 rows are left"


@pytest.mark.parametrize(
    ("now", "finding"),
    [
        (COLUMNS - {"SEX"}, "vanished_column"),
        (COLUMNS | {"Region"}, "new_column"),
        (COLUMNS - {"SEX"} | {"Sex"}, None),
    ],
    ids=["gone", "new", "another of the declared names"],
)
def test_columns_against_the_file_before(
    judged: Callable[..., Judgement], now: frozenset[str], finding: str | None
) -> None:
    result = judged(TRUTH, shape=Shape("victims", now, COLUMNS, 108))
    assert (result.held, kinds(result)) == (finding is not None, {finding} - {None})


def test_a_known_column_may_appear(judged: Callable[..., Judgement]) -> None:
    shape = Shape("victims", COLUMNS | {"Region"}, COLUMNS, 108)
    assert not judged(TRUTH, shape=shape, dataset=expecting(columns=("Region",))).held


@pytest.mark.parametrize(
    ("now", "said"),
    [
        (COLUMNS, set()),
        (COLUMNS | {"Region", "stated_period"}, {("new_column", "Region")}),
        (COLUMNS - {"Value"}, set()),
        (COLUMNS - {"SEX"}, {("vanished_column", "SEX")}),
        (
            COLUMNS - {"SEX"} | {"SEXX"},
            {("new_column", "SEXX"), ("vanished_column", "SEX, did you mean 'SEXX'?")},
        ),
    ],
)
def test_columns_of_a_first_file_against_the_declared_ones(
    judged: Callable[..., Judgement], now: frozenset[str], said: set[tuple[str, str]]
) -> None:
    dataset = expecting(columns=tuple(sorted(COLUMNS)), min_rows=108)
    result = judged(TRUTH, shape=Shape("victims", now, None, 108), dataset=dataset)
    assert not result.held and {(row["finding"], row["detail"]) for row in result.findings} == said
    assert judged(TRUTH, shape=Shape("victims", now, None, 108)).findings == []
    few = judged(TRUTH, shape=Shape("victims", COLUMNS, None, 107), dataset=dataset)
    assert [row["detail"] for row in few.findings] == ["victims: 107 < 108"] and not few.held


def test_an_edition_from_elsewhere_may_call_its_unread_columns_otherwise(
    judged: Callable[..., Judgement],
) -> None:
    before, now = COLUMNS | {"Region"}, COLUMNS | {"Oblast"}
    assert kinds(judged(TRUTH, shape=Shape("victims", now, before, 108))) == {"new_column"}
    assert not judged(TRUTH, shape=Shape("victims", now, before, 108, elsewhere=True)).held
    more = judged(TRUTH, shape=Shape("victims", now | {"Unit"}, before, 108, elsewhere=True))
    found = [row["detail"] for row in more.findings if row["finding"] == "new_column"]
    assert found == ["victims: Oblast", "victims: Unit"]


@pytest.mark.parametrize(
    ("share", "finding"), [(0.5, None), (0.45, "fewer_rows"), (2, None), (2.2, "more_rows")]
)
def test_half_or_twice_as_many_rows_are_told(
    judged: Callable[..., Judgement], share: float, finding: str | None
) -> None:
    """Of rows that no other question looks at: a change of their number alone."""
    rows = [(2000 + n, "", "", 3) for n in range(20)]
    last, new = (rows, rows[: round(20 * share)]) if share < 1 else (rows[: round(20 / share)], rows)
    found = {str(row["finding"]): row["detail"] for row in judged(new, last).findings}
    assert {"fewer_rows", "more_rows"} & set(found) == {finding} - {None}
    if finding:
        assert found[finding] == f"{len(last)} → {len(new)}"


def test_a_column_of_a_concept_that_is_set_for_the_file_is_not_read(judged: Callable[..., Judgement]) -> None:
    file = DATASET.files[0].model_copy(update={"constants": {"sex": "_T"}})
    dataset = DATASET.model_copy(update={"files": (file,)})
    assert judged(TRUTH, shape=Shape("victims", COLUMNS, COLUMNS - {"SEX"}, 108), dataset=dataset).held
    # Of another file it is read.
    assert not judged(TRUTH, shape=Shape("others", COLUMNS, COLUMNS - {"SEX"}, 108), dataset=dataset).held


def test_a_file_that_breaks_off_in_its_last_line_holds(judged: Callable[..., Judgement]) -> None:
    held = judged(TRUTH, shape=Shape("victims", COLUMNS, COLUMNS, 108, cut=True))
    assert held.held and kinds(held) == {"cut_off"}


def times(factor: float, *, where: Callable[[tuple[Any, ...]], bool] = lambda row: True) -> Rows:
    return [(*row[:3], round(row[3] * factor)) if where(row) else row for row in TRUTH]


@pytest.mark.parametrize(
    "factor", [1000, 12, 1.5, 1 / 12, 0.1, *slow([(100,), (10,), (7,), (2,), (0.5,), (0.01,)])]
)
def test_a_factor_holds(judged: Callable[..., Judgement], factor: float) -> None:
    held = judged(times(factor))
    assert held.held and "series_rescaled" in kinds(held)


@pytest.mark.parametrize(
    "where",
    [
        lambda row: row[0] == 2024,
        lambda row: row[2] == "F",
        lambda row: row[1] == "KG-T",
        lambda row: row == TRUTH[8],
    ],
    ids=["a year", "a sex", "an area", "one value"],
)
def test_a_factor_of_a_part_holds(
    judged: Callable[..., Judgement], where: Callable[[tuple[object, ...]], bool]
) -> None:
    assert judged(times(1000, where=where)).held
    assert judged(times(0.1, where=where)).held


def test_ordinary_changes_do_not_hold(judged: Callable[..., Judgement]) -> None:
    revised = [(y, a, s, v + (y * 7 + len(a + s) * 5 + v) % 23) for y, a, s, v in TRUTH]
    assert not judged(revised).held
    assert not judged(
        [*TRUTH, *((2025, a, s, 400 + len(a + s)) for a in ("", "KG-T") for s in ("", "F"))]
    ).held
    assert not judged([*TRUTH, *((y, "KG-N", "", 50 + y % 10) for y in make.YEARS)]).held
    few = [(y, "", "", 3 + y % 4) for y in make.YEARS]
    assert not judged([(y, a, s, v + 1) for y, a, s, v in few], few).held, "small counts, one more each"
    assert not judged([(2016, "", "", 10), *few[1:]], [(2016, "", "", 1), *few[1:]]).held


def test_one_implausible_value_is_a_warning(judged: Callable[..., Judgement]) -> None:
    jumped = [(*TRUTH[0][:3], TRUTH[0][3] * 6), *TRUTH[1:]]
    result = judged(jumped)
    assert not result.held and warned(result) == {"implausible_change", "parts_off_whole"}
    assert warned(judged(jumped, dataset=expecting(plausible_factor=7))) == {"parts_off_whole"}


def test_a_transcription_is_reviewed_by_people(judged: Callable[..., Judgement]) -> None:
    dataset = DATASET.model_copy(update={"collection": "transcription"})
    assert not judged(times(10), dataset=dataset).held
    assert not judged([row for row in TRUTH if row != TRUTH[5]], dataset=dataset).held
    assert judged([row for row in TRUTH if row[0] != 2019], dataset=dataset).held


# -- values that are wrong as a group -------------------------------------------------------------------------------


def changed(
    change: Callable[..., Any], *, where: Callable[..., bool] = lambda row: True
) -> list[tuple[Any, ...]]:
    """The rows with another value, or with other labels where ``change`` gives a whole row."""
    made = [(row, change(row)) if where(row) else (row, row) for row in TRUTH]
    return [new if isinstance(new, tuple) else (*row[:3], new) for row, new in made]


def following(value: Callable[[tuple[Any, ...]], object]) -> list[tuple[Any, ...]]:
    """The rows with a year more, made of the last one's rows; None: no such row."""
    more = [(2025, *row[1:3], value(row)) for row in TRUTH if row[0] == 2024]
    return [*TRUTH, *(row for row in more if row[3] is not None)]


def in_year(year: int) -> Callable[[tuple[Any, ...]], bool]:
    return lambda row: row[0] == year


def of(row: tuple[Any, ...], **other: Any) -> int:
    """The value of the same cell in another year, area or of another sex."""
    wanted = dict(zip(("year", "area", "sex"), row, strict=False)) | other
    return next(int(r[3]) for r in TRUTH if r[:3] == (wanted["year"], wanted["area"], wanted["sex"]))


OTHER_SEX = {"F": "M", "M": "F", "": ""}
OTHER_AREA = {"KG-GB": "KG-C", "KG-C": "KG-GB"}
WRONG_GROUPS: dict[str, tuple[list[tuple[Any, ...]], str]] = {
    "two areas exchanged": (
        changed(lambda r: (r[0], OTHER_AREA.get(r[1], r[1]), *r[2:])),
        "values_exchanged",
    ),
    "sexes of one year exchanged": (
        changed(lambda r: of(r, sex=OTHER_SEX[r[2]]), where=in_year(2024)),
        "values_exchanged",
    ),
    "two years exchanged": (
        changed(lambda r: of(r, year={2023: 2024, 2024: 2023}.get(r[0], r[0]))),
        "values_exchanged",
    ),
    "one area as another": (
        changed(lambda r: of(r, area="KG-GB"), where=lambda r: r[1] == "KG-T"),
        "values_repeated",
    ),
    "the year before in the place of a year": (
        changed(lambda r: of(r, year=2023), where=in_year(2024)),
        "values_repeated",
    ),
    "a new year with the figures of the last": (following(lambda r: r[3]), "values_repeated"),
    "a new year with the figures of the one before the last": (
        following(lambda r: of(r, year=2023)),
        "values_repeated",
    ),
    "an earlier year in the place of the last": (
        changed(lambda r: of(r, year=2021), where=in_year(2024)),
        "values_repeated",
    ),
    "an earlier year of one area in the place of the last": (
        changed(lambda r: of(r, year=2021), where=lambda r: r[:2] == (2024, "KG-T")),
        "values_repeated",
    ),
    "a later year in the place of one": (
        changed(lambda r: of(r, year=2024), where=in_year(2022)),
        "values_repeated",
    ),
    "a new year with the figures of the first": (following(lambda r: of(r, year=2020)), "values_repeated"),
    "zeros for what is not known": (
        changed(lambda r: 0, where=lambda r: r[0] == 2020 and r[2]),
        "values_zeroed",
    ),
    "one number for what is not known": (
        changed(lambda r: 999, where=lambda r: r[0] == 2020 and r[2]),
        "values_alike",
    ),
    "a new year in thousands": (following(lambda r: r[3] * 1000), "new_year_level"),
    "a new year of one month": (following(lambda r: r[3] // 12), "new_year_level"),
    "a new year of three times the last": (following(lambda r: r[3] * 3), "new_year_level"),
    "a new year of half the last": (following(lambda r: round(r[3] / 2)), "new_year_level"),
    "a new year of two thirds of the last": (following(lambda r: r[3] * 2 // 3), "new_year_level"),
    "a new year of half as much again": (following(lambda r: r[3] * 3 // 2), "new_year_level"),
    "nine months as a new year": (following(lambda r: r[3] * 3 // 4), "new_year_level"),
    "a new year of about three times the last": (
        following(lambda r: r[3] * (25 + r[3] % 11) // 10),
        "new_year_level",
    ),
    "everything three per cent more": (changed(lambda r: round(r[3] * 1.03)), "series_rescaled"),
    "everything a little less, and nearly evenly": (
        changed(lambda r: round(r[3] * (0.98 - r[3] % 3 / 1000))),
        "series_rescaled",
    ),
    "women four per cent more": (
        changed(lambda r: round(r[3] * 1.04), where=lambda r: r[2] == "F"),
        "series_rescaled",
    ),
    "one value of a new year in thousands": (
        following(lambda r: r[3] * 1000 if r[1:3] == ("", "") else None),
        "new_year_level",
    ),
    "a new year with its sexes exchanged": (
        following(lambda r: of(r, sex=OTHER_SEX[r[2]]) + len(r[1])),
        "new_year_exchanged",
    ),
    "a new year with the sexes of one area exchanged": (
        following(lambda r: of(r, sex=OTHER_SEX[r[2]]) + 3 if r[1] == "KG-T" else r[3] + r[3] % 31),
        "new_year_exchanged",
    ),
    "nine months in the place of a year": (
        changed(lambda r: r[3] * 3 // 4 + r[3] % 5, where=in_year(2024)),
        "year_moved",
    ),
    "another table": (changed(lambda r: r[3] * (35 + r[3] % 47) // 100), "all_changed"),
    "a digit too many": (changed(lambda r: r[3] * 10, where=lambda r: r == TRUTH[4]), "point_moved"),
    "a total that is smaller than its parts": (
        changed(lambda r: r[3] * 97 // 100, where=lambda r: not r[2]),
        "parts_above_whole",
    ),
    "everything one more": (changed(lambda r: r[3] + 1), "values_shifted"),
    "a year one more": (changed(lambda r: r[3] + 1, where=in_year(2024)), "values_shifted"),
    "rounded to fives": (changed(lambda r: round(r[3] / 5) * 5), "values_rounded"),
    "women rounded to tens": (
        changed(lambda r: round(r[3] / 10) * 10, where=lambda r: r[2] == "F"),
        "values_rounded",
    ),
    "a new year rounded to tens": (following(lambda r: round(r[3] / 10 + len(r[1])) * 10), "values_rounded"),
    "women of a new year as everybody": (
        following(lambda r: of(r, sex=r[2] or "F") + r[3] // 990),
        "values_repeated",
    ),
    "one area of a new year as in the last": (
        following(lambda r: r[3] + (0 if r[1] == "KG-T" else r[3] % 29 + 1)),
        "values_repeated",
    ),
    "one area of a new year ten times": (
        following(lambda r: r[3] * (10 if r[1] == "KG-T" else 1) + r[3] % 7),
        "new_year_level",
    ),
    "women of a new year as shares": (
        following(lambda r: 80 + len(r[1]) if r[2] == "F" else r[3] + 3),
        "parts_off_whole",
    ),
    "another table of the same level": (
        changed(lambda r: r[3] + (1 if (r[0] + len(r[1])) % 2 else -1) * r[3] * (6 + r[0] % 3) // 100),
        "all_changed",
    ),
}


@pytest.mark.parametrize("name", WRONG_GROUPS)
def test_values_that_are_wrong_as_a_group_hold(judged: Callable[..., Judgement], name: str) -> None:
    rows, finding = WRONG_GROUPS[name]
    held = judged(rows)
    assert held.held and finding in kinds(held), held.findings


@pytest.mark.parametrize(
    ("rows", "finding"),
    [(times(10), "series_rescaled"), WRONG_GROUPS["two years exchanged"]],
    ids=["a series", "a group"],
)
def test_what_a_declaration_means_is_said_as_long_as_it_stands(
    judged: Callable[..., Judgement], rows: Rows, finding: str
) -> None:
    meant = judged(rows, dataset=expecting(rescaled=True))
    assert not meant.held and finding in warned(meant)


def test_years_and_revisions_as_publishers_make_them_do_not_hold(judged: Callable[..., Judgement]) -> None:
    for change in (
        following(lambda r: r[3] + r[3] % 31),
        following(lambda r: r[3] * (60 + r[3] % 13) // 100),
        following(lambda r: r[3] * (12 + of(r, sex="") % 13) // 10),
        # Late reports of all years, each in its own measure.
        changed(lambda r: r[3] * (1000 + (r[0] * 7 + len(r[1])) % 40) // 1000),
        # Only totals yet; one area doubles; nothing of one area.
        following(lambda r: None if r[2] else r[3] + 12),
        following(lambda r: r[3] * (2 if r[1] == "KG-T" else 1) + r[3] % 7),
        following(lambda r: 0 if r[1] == "KG-T" else r[3] + 9),
        # Women and men of one area about even, of another a little more men, where nearly all were women.
        following(
            lambda r: (
                of(r, sex="") // 2 + (len(r[2]) and (3 if r[2] == "M" else -3))
                if r[1] == "KG-T" and r[2]
                else r[3] + 5
            )
        ),
        # Late reports of the last year; one value corrected; two of them.
        changed(lambda r: r[3] * (104 + r[3] % 9) // 100, where=in_year(2024)),
        changed(lambda r: r[3] + 60, where=lambda r: r == TRUTH[8]),
        changed(lambda r: r[3] - 25, where=lambda r: r in (TRUTH[8], TRUTH[17])),
    ):
        found = judged(change)
        assert not found.held, found.findings


def test_a_slip_that_is_mended_is_published(judged: Callable[..., Judgement]) -> None:
    """One figure had a digit too many; without it, it is about as large as those of the other years again."""
    slip = changed(lambda r: r[3] * 10 + 7, where=lambda r: r == TRUTH[8])
    assert judged(slip).held
    assert not judged(TRUTH, list(slip)).held


@pytest.mark.parametrize(("times", "said"), [(2.5, True), (0.4, True), (1.6, False), (0.7, False)])
def test_one_new_count_of_a_country_that_doubles_is_said_and_published(
    judged: Callable[..., Judgement], times: float, said: bool
) -> None:
    # Women of a country that are more than everybody are no count of it.
    concerned = ("", "M", "F") if times > 1 else ("F",)
    one = following(lambda r: round(r[3] * times) if r[1] == "" and r[2] in concerned else r[3] + r[3] % 31)
    region = following(lambda r: round(r[3] * times) if r[1:3] == ("KG-T", "F") else r[3] + r[3] % 31)
    new = judged(one)
    assert not new.held, new.findings
    assert ("new_value_level" in {row["finding"] for row in new.findings}) == said
    assert "new_value_level" not in warned(judged(region)), "a region is small"


def test_a_new_year_that_is_odd_is_said_and_published(judged: Callable[..., Judgement]) -> None:
    """Two areas of one size that changed places, and three quarters of a year: both may be true, too."""
    steady = [(y, a, s, v + y % 3) for y, a, s, v in TRUTH if a != "KG-C"]
    steady += [(y, "KG-C", s, v * 3 // 4) for y, a, s, v in steady if a == "KG-GB"]
    new = {row[1:3]: row[3] for row in steady if row[0] == 2024}
    for name, finding in (("areas", "new_year_exchanged"), ("quarters", "new_year_level")):
        year = [
            (
                2025,
                a,
                s,
                new[OTHER_AREA.get(a, a), s] + 2 if name == "areas" else v * (66 + new[a, ""] % 9) // 100,
            )
            for (a, s), v in new.items()
        ]
        found = judged([*steady, *year], steady)
        assert not found.held and finding in warned(found), (name, found.findings)


SHARES = [(*row[:3], round(row[3] / 20, 2)) for row in TRUTH]


def in_unit(code: str) -> Dataset:
    unit = DATASET.concepts["indicator"][0].model_copy(update={"const": code})
    return DATASET.model_copy(update={"concepts": {**DATASET.concepts, "unit_measure": (unit,)}})


@pytest.mark.parametrize(
    ("unit", "factor"),
    [
        *(("PERCENT", 1.03), ("PER_100000_POP", 0.97), ("KGS", 1.12)),
        *slow([("PERCENT", 0.97), ("PERCENT", 1.12), ("PER_100000_POP", 1.03)]),
        *slow([("PER_100000_POP", 1.12), ("KGS", 1.03), ("KGS", 0.97)]),
    ],
)
def test_rates_shares_and_money_that_all_move_by_one_factor_hold(
    judged: Callable[..., Judgement], unit: str, factor: float
) -> None:
    moved = [(*row[:3], round(row[3] * factor, 2)) for row in SHARES]
    held = judged(moved, SHARES, dataset=in_unit(unit))
    assert held.held and "series_rescaled" in kinds(held)


REBASED: dict[str, tuple[Callable[[tuple[Any, ...]], float], set[str]]] = {
    "one area": (lambda r: 1.03 if r[1] == "KG-T" else 1, set()),
    "one year": (lambda r: 1.03 if r[0] == 2023 else 1, set()),
    "each year a little more": (lambda r: 1.02 + (r[0] - 2016) / 250, set()),
    "each area and year about as much": (
        lambda r: 1.03 + (r[0] % 3 + len(r[1]) % 4 - 2) / 250,
        {"rates_moved"},
    ),
    "each figure its own": (lambda r: 1 + (r[3] * 100 % 7) / 100, set()),
}


@pytest.mark.parametrize("name", REBASED)
def test_rates_whose_base_was_counted_anew_are_published(judged: Callable[..., Judgement], name: str) -> None:
    """As of the share of forest in Northern Ireland, whose land was measured anew: one factor in all years."""
    factor, said = REBASED[name]
    moved = [(*row[:3], round(row[3] * factor(row), 2)) for row in SHARES]
    found = judged(moved, SHARES, dataset=in_unit("PERCENT"))
    assert not found.held and {row["finding"] for row in found.findings} == said


def test_rows_of_another_country_hold(judged: Callable[..., Judgement]) -> None:
    mixed = [*TRUTH, *((y, "KZ", "", 900 + y) for y in make.YEARS)]
    held = judged(mixed)
    assert held.held and kinds(held) == {"area_of_another_country"}
    assert judged(mixed, []).held, "also in the first file"
    assert not judged(mixed, dataset=DATASET.model_copy(update={"country": "*"})).held


def test_figures_that_stay_from_year_to_year_may_stay(judged: Callable[..., Judgement]) -> None:
    still = [
        (y, a, s, 60 + len(a) * 10 + len(s) * 5) for y in make.YEARS for a in ("", "KG-T") for s in ("", "F")
    ]
    assert not judged([*still, *((2025, *row[1:]) for row in still if row[0] == 2024)], still).held


@pytest.mark.parametrize("collection", ["portal", "transcription"])
@pytest.mark.parametrize("keeps_old", [False, True])
def test_cells_in_another_unit(declared: Declarations, collection: str, keeps_old: bool) -> None:
    """The values are the same and are of another thing now; a file that gives both units changed none."""
    text = make.delimited(("Year", "GeoCode", "SEX", "Value"), TRUTH[:4])
    last = declared.normalizer.normalize(read_cells(DATASET, text.encode()), DATASET, FACTS).good
    rows = [
        {**row, "unit_measure": "PERCENT", "obs_key": row["obs_key"][::-1], "obs_value": row["obs_value"] + 1}
        for row in last.to_pylist()
    ]
    if keeps_old:
        rows = [*({**row, "obs_value": row["obs_value"] + 1} for row in last.to_pylist()), *rows]
    new = pa.Table.from_pylist(rows, schema=last.schema)
    dataset = DATASET.model_copy(
        update={"collection": collection, "withdrawn": (Withdrawn(unit_measure="NUMBER"),)}
    )
    result = judge(declared.contract, dataset, last, new, 0, [], same_files=False)
    said = {(row["severity"], row["detail"]) for row in result.findings if row["finding"] == "unit_changed"}
    severity = "critical" if collection == "portal" else "warning"
    indicator = last["indicator"][0].as_py()
    assert said == (set() if keeps_old else {(severity, f"{indicator}: NUMBER → PERCENT")})

"""Which places of an additive table add up to which, dimension by dimension."""

import pytest

from transforms.privacy.disclosure_keys import Key, below_country, groups, places_above, totals_over

ALL = Key(("DV",), "KZ", "_T", "_T", "_T", "_T", (), (0, 12))


def added(name: str, *codes: object) -> list[tuple[object, tuple[object, ...]]]:
    """The totals of one dimension with their parts."""
    keys = [ALL._replace(**{name: code}) for code in codes]
    found = [(codes[total], tuple(codes[part] for part in parts)) for total, parts in groups(keys)]
    return sorted(found, key=repr)


AGES = {
    "parts of all": (("_T", "Y_LT18", "Y_GE18"), [("_T", ("Y_GE18", "Y_LT18"))]),
    "unknown age belongs to the total": (
        ("_T", "Y_LT18", "Y_GE18", "_U"),
        [("_T", ("Y_GE18", "Y_LT18", "_U"))],
    ),
    "unknown age alone": (("_T", "_U"), [("_T", ("_U",))]),
    "unknown age is in no span": (("Y_GE18", "Y18T24", "_U"), [("Y_GE18", ("Y18T24",))]),
    "no total": (("Y_LT18", "Y_GE18"), []),
    "a span in a span": (("Y18T34", "Y18T24", "Y25T34"), [("Y18T34", ("Y18T24", "Y25T34"))]),
    "neighbours that a span unites follow from it": (
        ("_T", "Y_LT18", "Y_GE18", "Y18T24", "Y_GE25"),
        [("Y_GE18", ("Y18T24", "Y_GE25")), ("_T", ("Y_GE18", "Y_LT18"))],
    ),
    "spans that overlap are two ways to add": (
        ("_T", "Y18T34", "Y25T49"),
        [("_T", ("Y18T34",)), ("_T", ("Y25T49",))],
    ),
    "a year between": (("_T", "Y_LT17", "Y_GE18"), [("_T", ("Y_GE18", "Y_LT17"))]),
    "from the age to it": (("Y_LT18", "Y0T17"), []),
    "one year apart": (("Y18T24", "Y18T18", "Y19T24"), [("Y18T24", ("Y18T18", "Y19T24"))]),
}
LISTED = {
    "sexes": ("sex", ("_T", "F", "M", "_U"), [("_T", ("F", "M", "_U"))]),
    "no total of sexes": ("sex", ("F", "M"), []),
    "a total alone": ("sex", ("_T",), []),
    "forms": ("violence_form", ("_T", "PHYSICAL", "SEXUAL"), [("_T", ("PHYSICAL", "SEXUAL"))]),
    "a union of forms": (
        "violence_form",
        ("_T", "PHYSICAL", "SEXUAL", "PHYSICAL_SEXUAL", "ECONOMIC"),
        [
            ("PHYSICAL_SEXUAL", ("PHYSICAL", "SEXUAL")),
            ("_T", ("ECONOMIC", "PHYSICAL", "SEXUAL")),
            ("_T", ("ECONOMIC", "PHYSICAL_SEXUAL")),
        ],
    ),
    "a union without the total": (
        "relationship",
        ("IPTN", "FAM", "IPTN_FAM", "OTHER"),
        [("IPTN_FAM", ("FAM", "IPTN"))],
    ),
    "a union without its parts": (
        "relationship",
        ("_T", "IPTN_FAM", "OTHER"),
        [("_T", ("IPTN_FAM", "OTHER")), ("_T", ("OTHER",))],
    ),
    "the union of relationships is none of forms": (
        "violence_form",
        ("_T", "IPTN_FAM", "PHYSICAL"),
        [("_T", ("IPTN_FAM", "PHYSICAL"))],
    ),
    "areas": (
        "ref_area",
        ("KZ", "KZ-10", "KZ-11", "KG-C", "KG"),
        [("KG", ("KG-C",)), ("KZ", ("KZ-10", "KZ-11"))],
    ),
    "areas without a country": ("ref_area", ("KZ-10", "KZ-11"), []),
    "months": (
        "span",
        ((0, 12), (0, 6), (6, 12), (3, 6)),
        [((0, 12), ((0, 6), (6, 12))), ((0, 12), ((3, 6), (6, 12))), ((0, 6), ((3, 6),))],
    ),
}


@pytest.mark.parametrize("case", AGES)
def test_ages(case: str) -> None:
    codes, expected = AGES[case]
    assert added("age", *codes) == expected


@pytest.mark.parametrize("case", LISTED)
def test_other_dimensions(case: str) -> None:
    name, codes, expected = LISTED[case]
    assert added(name, *codes) == expected


def test_chains_are_no_more_than_sixty_four() -> None:
    """Ages that can be chained in 3**5 ways: every way would be a relation."""
    starts = range(20, 70, 10)
    codes = [f"Y{start + shift}T{start + 9}" for start in starts for shift in (0, 1, 2)]
    assert sum(total == "_T" for total, _ in added("age", "_T", *codes)) == 64


def test_breakdowns_add_up_to_the_place_without_them() -> None:
    keys = [ALL, *(ALL._replace(breakdown=(("ARTICLE", code),)) for code in ("108", "109"))]
    assert list(groups(keys)) == [(0, (1, 2))]
    both = ALL._replace(breakdown=(("ARTICLE", "108"), ("PLACE", "HOME")))
    assert sorted(groups([*keys, both])) == [(0, (1, 2)), (1, (3,))]
    assert list(groups([keys[1], keys[2]])) == []


def test_places_of_two_tables_are_not_added() -> None:
    assert list(groups([ALL, ALL._replace(table=("OTHER",), sex="F")])) == []


def test_the_places_over_a_place() -> None:
    key = ALL._replace(ref_area="KZ-10", sex="F", breakdown=(("A", "1"), ("B", "2")))
    over = dict(totals_over(key))
    assert over == {
        "sex": key._replace(sex="_T"),
        "ref_area": key._replace(ref_area="KZ"),
        "A": key._replace(breakdown=(("B", "2"),)),
        "B": key._replace(breakdown=(("A", "1"),)),
    }
    assert [name for name, _ in totals_over(key._replace(age="Y_LT18", relationship="IPTN"))][:3] == [
        "sex",
        "age",
        "relationship",
    ]
    assert totals_over(ALL) == [] and places_above(ALL) == {ALL}
    # Each of four may be replaced by its total, or not.
    assert len(places_above(key)) == 2**4 and {key, ALL} < places_above(key)
    assert below_country(key) and not below_country(ALL)

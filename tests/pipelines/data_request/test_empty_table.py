"""The rows that a requirement needs, each figure once, in known codes."""

from data_contracts.load import contract
from data_contracts.strict_files import Row
from data_contracts.vocabulary import DIMENSIONS
from pipelines.data_request.empty_table import AGES, empty_table


def requirement(code: str) -> Row:
    return next(row for row in contract().coverage if row["requirement"] == code)


def cells(code: str, country: str = "TJ") -> list[tuple[str, ...]]:
    rows = empty_table(contract(), requirement(code), country, [2025])
    return [tuple(row[name] for name in ("ref_area", *DIMENSIONS)) for row in rows]


def total(**given: str) -> tuple[str, ...]:
    return tuple({"ref_area": "TJ", **dict.fromkeys(DIMENSIONS, "_T"), **given}.values())


def test_convicted_by_sex_age_and_relationship_has_each_figure_once() -> None:
    found = cells("IC-7")
    assert len(found) == len(set(found)) == 3 + 3 * len(AGES) + 3 * 2
    assert total() in found and total(sex="F", age="Y_LT18") in found
    assert total(sex="M", relationship="IPTN") in found
    assert total(age="Y_LT18", relationship="IPTN") not in found


def test_what_one_figure_must_meet_is_one_cell() -> None:
    assert cells("EIGE-9") == [total(), total(sex="F", relationship="IPTN")]
    assert total(sex="M", relationship="IPTN", breakdown="SANCTION=PRISON") in cells("EIGE-13")


def test_regions_are_those_of_the_country_today() -> None:
    areas = {cell[0] for cell in cells("IC-4", "KZ")}
    assert len(areas) == 21 and {"KZ", "KZ-10", "KZ-62"} <= areas


def test_every_requirement_has_a_table_of_known_codes() -> None:
    known = contract().codelists
    for row in contract().coverage:
        for cell in empty_table(contract(), row, "UZ", [2024, 2025]):
            assert cell["ref_area"] in known["area"] and cell["unit_measure"] in known["unit_measure"]
            for name in DIMENSIONS:
                assert cell[name] == "_T" or cell[name] in known[name], (row["requirement"], cell)
            assert cell["indicator"] in ("", *known["indicator"])
            assert cell["obs_value"] is None

"""Codes, other codes, names in five languages and beginnings of keys are found; lists have every code."""

from pathlib import Path

import pytest

from data_contracts.errors import UserError
from pipelines.published import codebook
from pipelines.published.query import query


@pytest.mark.parametrize(
    ("wanted", "kind", "first"),
    [
        ("protection_orders", "indicators", "PROTECTION_ORDERS"),
        ("kz-75", "areas", "KZ-75"),
        ("KAZ", "areas", "KZ"),
        ("417", "areas", "KG"),
        ("Kazakhstan", "areas", "KZ"),
        ("казахстан", "areas", "KZ"),
        ("Қазақстан", "areas", "KZ"),
        ("Бишкек шаары", "areas", "KG-GB"),
        ("Душанбе", "areas", "TJ-DU"),
        ("O`zbekiston", "areas", "UZ"),
        ("Republic of Kazakhstan", "areas", "KZ"),
        ("IPTN", "codes", "IPTN"),
    ],
)
def test_an_area_or_code_is_found(release_dir: Path, wanted: str, kind: str, first: str) -> None:
    found = codebook.show(release_dir, wanted)
    assert (found["kind"], found["rows"][0]["code"]) == (kind, first)


def test_a_name_of_two_areas_gives_both(release_dir: Path) -> None:
    assert [row["code"] for row in codebook.show(release_dir, "Алматы")["rows"]] == ["KZ-19", "KZ-75"]


def test_the_beginning_of_a_key_gives_its_observations(release_dir: Path) -> None:
    key = query(release_dir, "SELECT min(obs_key) AS k FROM observations").to_pylist()[0]["k"]
    found = codebook.show(release_dir, key[:8].upper())
    assert found["kind"] == "observations" and key in [row["obs_key"] for row in found["rows"]]
    with pytest.raises(UserError):
        codebook.show(release_dir, key[: codebook.SHORTEST_KEY_PREFIX - 1])


def test_what_is_published_of_it_is_counted_by_country(release_dir: Path) -> None:
    published = codebook.show(release_dir, "PROTECTION_ORDERS")["published"]
    counted = query(
        release_dir,
        "SELECT left(ref_area, 2) AS country, count(*) AS n FROM observations "
        "WHERE indicator = 'PROTECTION_ORDERS' GROUP BY 1 ORDER BY 1",
    ).to_pylist()
    assert [(row["country"], row["observations"]) for row in published] == [
        (row["country"], row["n"]) for row in counted
    ]


@pytest.mark.parametrize("wanted", ["no_such_thing", "", "' OR 1=1 --", "%"])
def test_what_is_not_there_is_said_with_what_to_do(release_dir: Path, wanted: str) -> None:
    with pytest.raises(UserError, match="dvstats list"):
        codebook.show(release_dir, wanted)


def test_lists_of_codes(release_dir: Path) -> None:
    lists = codebook.listing(release_dir, "codes").to_pylist()
    assert {"codelist": "sex", "codes": 4} in lists
    codes = codebook.listing(release_dir, "codes", "sex")
    assert codes["code"].to_pylist() == ["F", "M", "_T", "_U"]
    with pytest.raises(UserError, match="No code list colour. Code lists: age,"):
        codebook.listing(release_dir, "codes", "colour")
    with pytest.raises(UserError, match="only `dvstats list codes LIST`"):
        codebook.listing(release_dir, "areas", "sex")

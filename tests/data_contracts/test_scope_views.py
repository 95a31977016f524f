"""Scopes of relationships in the views: every figure has one, femicide by what the source says, two steps of orders."""

from pathlib import Path
from typing import Any

import pytest

from data_contracts.sql import literal
from pipelines.published.query import query


def rows(release_dir: Path, sql: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = query(release_dir, sql).to_pylist()
    return found


@pytest.mark.parametrize(
    ("relationship", "own", "scope"),
    [
        ("_T", "family", "family"),
        ("_T", "any", "any"),
        ("_T", None, None),
        ("IPTN", "any", "partner"),
        ("IPTN_FAM", "any", "family"),
        ("FAM", "family", "other_family"),
        ("STRANGER", "any", "outside_family"),
        ("_U", "family", "outside_family"),
    ],
)
def test_the_relationship_of_a_figure_goes_before_that_of_its_indicator(
    release_dir: Path, relationship: str, own: str | None, scope: str | None
) -> None:
    assert rows(release_dir, f"SELECT scope_of({literal(relationship)}, {literal(own)}) AS s") == [
        {"s": scope}
    ]


def test_every_figure_of_victims_offenders_orders_and_courts_has_a_scope(release_dir: Path) -> None:
    counted = rows(
        release_dir,
        """SELECT f.relationship_scope AS scope, i.no_scope_en AS why, count(*) AS n FROM figure_facts f
        JOIN indicators i ON i.code = f.indicator
        WHERE i.subject IN ('victim', 'aggressor') OR i.family IN ('orders', 'courts') GROUP BY ALL""",
    )
    assert all(row["scope"] for row in counted)
    assert all(row["why"] for row in counted if row["scope"] == "none")
    assert {"partner", "family", "any", "other_family"} <= {row["scope"] for row in counted}


def test_femicide_is_classed_by_the_stated_relationship_only(release_dir: Path) -> None:
    found = rows(
        release_dir,
        """SELECT v.femicide_class, o.relationship, o.indicator, o.sex FROM femicide v
        JOIN observations o USING (obs_key)""",
    )
    assert {row["sex"] for row in found} == {"F"}
    classes = {(row["relationship"], row["indicator"]): row["femicide_class"] for row in found}
    assert classes["IPTN", "HOMICIDE_VICTIMS"] == "partner"
    assert classes["FAM", "HOMICIDE_VICTIMS"] == "other_family"
    assert classes["IPTN_FAM", "HOMICIDE_VICTIMS"] == "partner_or_family"
    assert classes["_T", "HOMICIDE_VICTIMS"] == "all"
    # A total of all killed women is never read as killings by a partner or in the family.
    assert {row["femicide_class"] for row in found if row["relationship"] == "_T"} <= {
        "all",
        "partner_or_family",
    }


def test_orders_applied_for_and_granted_are_kept_apart(release_dir: Path) -> None:
    found = rows(release_dir, "SELECT * FROM orders_applied_and_granted WHERE ref_area = 'UZ'")
    steps = {row["indicator"]: row["order_step"] for row in found}
    assert steps["PROTECTION_ORDER_APPLICATIONS"] == "applied for"
    assert steps["PROTECTION_ORDER_PERSONS"] == steps["VAW_PROTECTION_ORDER_PERSONS"] == "granted"
    assert {row["relationship_scope"] for row in found if row["indicator"].startswith("VAW_")} == {"any"}

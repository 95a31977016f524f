"""The overview: what is wrong first, since when, why, and what to do."""

import datetime as dt
from typing import Any

import pyarrow as pa

from data_contracts.arrow import arrow_schema
from pipelines.declarations import Declarations
from pipelines.overview import HEADER, Trouble, markdown, names, sentence, troubles
from transforms.findings import NOT_READ

DAY = dt.datetime(2026, 11, 1)


def tables(declared: Declarations, **rows: list[dict[str, Any]]) -> dict[str, pa.Table]:
    """Tables of a release with these rows; columns that are not given are null."""
    contract = declared.contract
    return {
        name: pa.Table.from_pylist(rows.get(name, []), schema=arrow_schema(contract, contract.tables[name]))
        for name in ("datasets", "findings", "fetches", "quarantine")
    }


def dataset(name: str, state: str, **more: Any) -> dict[str, Any]:
    return {
        "dataset_id": name,
        "country": "KG",
        "title_en": f"Title of {name}",
        "state": state,
        "rows": 0,
        "refused_rows": 0,
        "cadence": "monthly",
        "collection": "portal",
        "address": "https://stat.example.org/",
        **more,
    }


def attempt(
    name: str, day: int, outcome: str, address: str = "https://stat.example.org/x.csv"
) -> dict[str, Any]:
    moment = DAY + dt.timedelta(days=day)
    return {
        "dataset_id": name,
        "requested_at": moment,
        "received_at": moment,
        "outcome": outcome,
        "address": address,
    }


def finding(name: str, kind: str, severity: str, detail: str) -> dict[str, Any]:
    return {
        "dataset_id": name,
        "finding": kind,
        "severity": severity,
        "reason_en": f"Sentence of {kind}.",
        "detail": detail,
    }


def by_name(found: list[Trouble]) -> dict[str, Trouble]:
    return {trouble.dataset_id: trouble for trouble in found}


def test_what_is_in_order_is_no_trouble(declared: Declarations) -> None:
    given = tables(declared, datasets=[dataset("a", "fresh", rows=3), dataset("b", "bundled", rows=3)])
    assert troubles(given) == []
    assert sentence([], 2) == "2 of 2 datasets in order"


def test_the_gravest_come_first_and_are_counted(declared: Declarations) -> None:
    states = ("not_fetched", "stale", "failed", "stale", "fresh", "held")
    given = tables(declared, datasets=[dataset(f"d{n}", state) for n, state in enumerate(states)])
    given["datasets"] = pa.concat_tables(
        [
            given["datasets"],
            tables(declared, datasets=[dataset("r", "fresh", rows=5, refused_rows=2)])["datasets"],
        ]
    )
    found = troubles(given)
    assert [trouble.kind for trouble in found] == [
        "failed",
        "held",
        "stale",
        "stale",
        "refused",
        "not_fetched",
    ]
    assert names(found)["stale"] == "2: d1, d3" and list(names(found))[0] == "failed"
    assert sentence(found, 7) == (
        "1 failed, 1 held, 2 stale, 1 with refused rows, 1 never fetched; 1 of 7 datasets in order"
    )


def test_an_outage_began_with_the_first_failure_since_the_last_answer(declared: Declarations) -> None:
    given = tables(
        declared,
        datasets=[dataset("a", "stale", rows=108)],
        findings=[finding("a", "outage", "warning", "https://stat.example.org/x.csv: status 503")],
        fetches=[
            attempt("a", 0, "failed"),
            attempt("a", 1, "new"),
            attempt("a", 4, "failed"),
            attempt("a", 6, "failed"),
            attempt("a", 7, "unchanged", "https://stat.example.org/y.csv"),
        ],
    )
    (trouble,) = troubles(given)
    assert trouble.since == dt.date(2026, 11, 5)
    assert trouble.why == "https://stat.example.org/x.csv: status 503"
    assert trouble.what == "stale; 108 rows stay"
    assert "sources/datasets/a.yaml" in trouble.remedy and "dvstats add a FILE" in trouble.remedy


def test_a_file_that_was_not_read_asks_for_a_refresh(declared: Declarations) -> None:
    given = tables(
        declared,
        datasets=[dataset("a", "stale", rows=108)],
        findings=[finding("a", NOT_READ, "warning", "raw/a/1.csv")],
    )
    (trouble,) = troubles(given)
    assert trouble.why == f"Sentence of {NOT_READ}. raw/a/1.csv"
    assert trouble.remedy == "Start the job refresh_offline, or: dvstats refresh"


def test_each_kind_says_why_and_what_to_do(declared: Declarations) -> None:
    given = tables(
        declared,
        datasets=[
            dataset("held", "held", rows=9),
            dataset("late", "stale", rows=9, last_success=DAY),
            dataset("never", "not_fetched"),
            dataset("by_hand", "not_fetched", collection="inbox"),
            dataset("refused", "fresh", rows=9, refused_rows=2),
        ],
        findings=[finding("held", "vanished_area", "critical", "KG-N")],
        fetches=[attempt("held", 3, "new")],
        quarantine=[
            {"dataset_id": "refused", "raw_locator": f"line {n}, column Area", "reason_en": "No such area."}
            for n in (4, 5)
        ],
    )
    found = by_name(troubles(given))
    assert found["held"].why == "Sentence of vanished_area. KG-N"
    assert (
        found["held"].since == dt.date(2026, 11, 4) and "sources/datasets/held.yaml" in found["held"].remedy
    )
    assert found["late"].since == dt.date(2026, 12, 17), "monthly: 45 days, then it is stale"
    assert found["late"].why == (
        "The publisher was last confirmed on 2026-11-01, and its cadence allows 45 days."
    )
    assert found["late"].remedy == "Start the job refresh_live, or: dvstats refresh --live --only late"
    assert found["never"].since is None and "dvstats refresh --live --only never" in found["never"].remedy
    assert found["by_hand"].remedy == (
        "Download the new file from https://stat.example.org/, then: dvstats add by_hand FILE"
    )
    assert found["refused"].why == "line 4, column Area: No such area. (and 1 more)"
    assert found["refused"].what == "2 rows refused, 9 published"


def test_the_table_is_one_row_a_dataset_whatever_its_texts_hold(declared: Declarations) -> None:
    given = tables(
        declared,
        datasets=[dataset("a", "held", title_en="Women | men\nand others"), dataset("b", "not_fetched")],
        findings=[finding("a", "dataset_stopped", "critical", "a|b\nc")],
    )
    lines = markdown(troubles(given)).splitlines()
    assert "\n".join(lines[:2]) == HEADER and len(lines) == 4
    for line in lines:
        assert line.replace("\\|", "").count("|") == 6, line
    assert lines[2].startswith("| **a** Women \\| men and others | held; no rows |")
    assert "| always |" in lines[3]


def test_an_address_in_the_table_is_a_link_that_shows_its_host(declared: Declarations) -> None:
    address = "https://stat.example.org/data?id=5&lang=ru"
    given = tables(
        declared,
        datasets=[dataset("a", "failed")],
        findings=[finding("a", "outage_without_file", "warning", f"{address}: status 503. See {address}")],
    )
    (line,) = markdown(troubles(given)).splitlines()[2:]
    assert f"| [stat.example.org]({address}): status 503. See [stat.example.org]({address}) |" in line

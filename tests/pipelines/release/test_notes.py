"""Notes of a release say what its tables say, in both languages."""

import datetime as dt
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from data_contracts import load
from data_contracts.arrow import arrow_schema
from data_contracts.model import Contract, Lang
from pipelines.release.notes import release_notes

RELEASE = "20261201T000000Z"
BEFORE = "20261124T000000Z"


@pytest.fixture(scope="module")
def contract() -> Contract:
    return load.contract()


def row(contract: Contract, table: str, **given: Any) -> dict[str, Any]:
    """A row of a table: what is given, null or an innocent value elsewhere."""
    fill = {
        "VARCHAR": "x",
        "BIGINT": 0,
        "INTEGER": 0,
        "DOUBLE": 0.0,
        "BOOLEAN": True,
        "TIMESTAMP": dt.datetime(2026, 11, 1),
    }
    made = {c.name: None if c.nullable else fill.get(c.type) for c in contract.tables[table].columns}
    return {**made, **given}


def made(contract: Contract, **rows: list[dict[str, Any]]) -> dict[str, pa.Table]:
    tables = {name: arrow_schema(contract, table).empty_table() for name, table in contract.tables.items()}
    for name, given in rows.items():
        full = [row(contract, name, **one) for one in given]
        tables[name] = pa.Table.from_pylist(full, schema=arrow_schema(contract, contract.tables[name]))
    return tables


def revision(change: str, key: str, **given: Any) -> dict[str, Any]:
    base = {
        "release": RELEASE,
        "obs_key": key,
        "change": change,
        "dataset_id": "kg_sdg",
        "indicator": "DV_CRIMES",
        "ref_area": "KG",
        "sex": "_T",
        "age": "_T",
        "breakdown": "_T",
        "time_period": "2024",
    }
    return {**base, **given}


ADDRESS = "https://stat.example.org/a.csv"
REVISIONS = [
    revision("added", "1", ref_area="KG-GB", new_value=5.0),
    revision("added", "2", time_period="2019", new_value=5.0),
    revision(
        "revised",
        "3",
        sex="F",
        old_value=12345.0,
        new_value=9876.0,
        difference=-2469.0,
        relative_difference=-0.2,
        old_status="P",
        new_status="A",
    ),
    revision("reflagged", "4", ref_area="KZ", new_value=7.0, old_status="A", new_status="U"),
    revision("withdrawn", "5", ref_area="UZ", old_value=31.5),
    revision("reopened", "6", ref_area="TJ", new_value=8.0),
    revision("revised", "7", release=BEFORE, indicator="DV_KILLED", old_value=1.0, new_value=2.0),
]


@pytest.fixture
def tables(contract: Contract) -> dict[str, pa.Table]:
    return made(
        contract,
        revisions=REVISIONS,
        releases=[
            {
                "release": RELEASE,
                "published_at": dt.datetime(2026, 12, 1),
                "contract_version": "1.0.0",
                "rows": 4321,
            },
            {"release": BEFORE, "published_at": dt.datetime(2026, 11, 24), "contract_version": "1.0.0"},
        ],
        datasets=[
            {
                "dataset_id": "kg_sdg",
                "state": "held",
                "open_licence": False,
                "licence": "CC-BY-NC-SA-4.0",
                "rows": 9,
            },
            {"dataset_id": "kz_sdg", "state": "fresh"},
            {"dataset_id": "un_sdg", "state": "stale", "last_success": dt.datetime(2026, 5, 3)},
        ],
        fetches=[
            {
                "dataset_id": "un_sdg",
                "address": ADDRESS,
                "outcome": "failed",
                "http_status": 404,
                "reason": "None there",
            },
        ],
        findings=[
            {
                "dataset_id": "kg_sdg",
                "finding": "coverage_lost",
                "severity": "critical",
                "reason_en": "It lost a year.",
                "reason_ru": "Потерян год.",
                "detail": "2019",
            },
            {
                "dataset_id": "un_sdg",
                "finding": "outage",
                "severity": "warning",
                "reason_en": "No file came.",
                "reason_ru": "Файл не пришёл.",
                "detail": f"{ADDRESS}: None there",
            },
        ],
        discrepancies=[
            {
                "discrepancy_id": "a",
                "country": "KZ",
                "discrepancy_kind": "conflict",
                "explanation_en": "Known.",
            },
            {"discrepancy_id": "b", "country": "KZ", "discrepancy_kind": "conflict"},
        ],
    )


def line(text: str, *parts: str) -> str:
    found = [one for one in text.splitlines() if all(part in one for part in parts)]
    assert len(found) == 1, (parts, found)
    return found[0]


def test_english_notes(contract: Contract, tables: dict[str, pa.Table]) -> None:
    text = release_notes(contract, tables, RELEASE, "en")
    label = contract.indicators["DV_CRIMES"].label.en
    assert line(text, "Kyrgyzstan", label, "| 2 |", "2019–2024")
    revised = line(text, "12 345", "9876")
    assert "−" not in revised
    for part in ("-2469", "-20.0%", "Female", "2024", "`kg_sdg`"):
        assert part in revised
    assert "A → U" in line(text, "Kazakhstan", label)
    assert "31.5" in line(text, "Uzbekistan", label)
    assert "| 8 |" in line(text, "Tajikistan", label)
    assert "It lost a year." in line(text, "`kg_sdg`", "Held")
    assert line(text, "`un_sdg`", "Stale", "2026-05-03", "No file came.", "None there")
    assert "`kz_sdg`" not in text
    assert "2 in all, 1 of them explained" in text
    assert "CC-BY-NC-SA-4.0" in text
    assert contract.warnings["counting_units"].en in text
    assert "4 321 observations" in text
    # Another release's revision is not this one's.
    assert contract.indicators["DV_KILLED"].label.en not in text


def test_russian_notes_say_the_same(contract: Contract, tables: dict[str, pa.Table]) -> None:
    text = release_notes(contract, tables, RELEASE, "ru")
    assert contract.indicators["DV_CRIMES"].label.ru in text
    assert line(text, "12 345", "9876", "-20.0%")
    assert text.count("Потерян год.") == 2
    assert line(text, "`un_sdg`", "2026-05-03", "Файл не пришёл.", "по этому адресу ничего нет (статус 404)")
    assert contract.warnings["cumulative"].ru in text
    english = release_notes(contract, tables, RELEASE, "en")
    assert text.count("\n## ") == english.count("\n## ")
    assert text.count("\n| ") == english.count("\n| ")


def test_notes_are_the_same_twice_and_whatever_the_order(
    contract: Contract, tables: dict[str, pa.Table]
) -> None:
    turned = {
        name: table.take(pa.array(range(table.num_rows)[::-1], pa.int64())) for name, table in tables.items()
    }
    assert release_notes(contract, tables, RELEASE, "en") == release_notes(contract, turned, RELEASE, "en")


def test_a_quiet_release_says_nothing_changed(contract: Contract, tables: dict[str, pa.Table]) -> None:
    quiet = {**tables, "revisions": tables["revisions"].slice(0, 0)}
    text = release_notes(contract, quiet, RELEASE, "en")
    assert "New figures" not in text
    assert "Revised figures" not in text
    assert "| Revised | 0 |" in text


def test_long_lists_are_cut_with_a_count(contract: Contract, tables: dict[str, pa.Table]) -> None:
    many = made(
        contract, revisions=[revision("revised", f"{n:04}", old_value=1.0, new_value=2.0) for n in range(250)]
    )
    text = release_notes(contract, {**tables, "revisions": many["revisions"]}, RELEASE, "en")
    assert "and 50 more" in text
    assert text.count("`kg_sdg` |") == 200 + 2


def test_what_a_publisher_wrote_is_text_in_the_notes(contract: Contract, tables: dict[str, pa.Table]) -> None:
    reason = 'The label "<img src=x onerror=alert(1)> [here](http://x) **a** | b" has no code.'
    finding = {
        "dataset_id": "kg_sdg",
        "finding": "x",
        "severity": "critical",
        "reason_en": reason,
        "reason_ru": reason,
    }
    hostile = made(contract, findings=[finding])["findings"]
    languages: tuple[Lang, ...] = ("en", "ru")
    for lang in languages:
        text = release_notes(contract, {**tables, "findings": hostile}, RELEASE, lang)
        shown = r'"&lt;img src=x onerror=alert(1)&gt; \[here\](http://x) \*\*a\*\* \| b"'
        assert text.count(shown) == 2, text
        assert "<img" not in text


@pytest.mark.parametrize("lang", ["en", "ru"])
def test_sections_are_apart_by_one_blank_line(
    contract: Contract, tables: dict[str, pa.Table], lang: Lang
) -> None:
    text = release_notes(contract, tables, RELEASE, lang)
    assert "\n\n\n" not in text and not text.startswith("\n") and text.endswith("\n")
    lines = text.splitlines()
    for number, one in enumerate(lines):
        if one.startswith("## "):
            assert lines[number - 1] == lines[number + 1] == ""
    assert text.count("\n## ") == 10


def test_notes_of_a_real_release(contract: Contract, release_dir: Path) -> None:
    folder = (release_dir / "latest").resolve()
    tables = {name: pq.read_table(folder / name / f"{name}.parquet") for name in contract.tables}
    for lang in ("en", "ru"):
        text = release_notes(contract, tables, folder.name, lang)
        assert f"| {tables['observations'].num_rows} |" in text
        # Every table row has the columns of its header.
        widths: list[int] = []
        for one in text.splitlines():
            if one.startswith("| "):
                widths.append(one.replace("\\|", "").count("|"))
                assert widths[-1] == widths[0]
            else:
                widths = []

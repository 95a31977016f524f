"""Transcribed figures whose reading is easy to get wrong: each from its file through reader and normalizer."""

import datetime as dt
import re
from functools import lru_cache
from typing import Any

from pipelines.declarations import declarations
from sources.dataset import BUNDLED
from sources.readers.protocol import read_cells
from transforms.normalize.facts import FileFacts


@lru_cache
def rows(dataset_id: str) -> list[dict[str, Any]]:
    declared = declarations()
    dataset = declared.datasets[dataset_id]
    (file,) = dataset.files
    cells = read_cells(dataset, (BUNDLED / file.bundled).read_bytes())
    facts = FileFacts("ab" * 32, dt.datetime(2026, 11, 24), file.bundled, file.constants)
    result = declared.normalizer.normalize(cells, dataset, facts)
    assert not result.refused.num_rows, result.refused.to_pylist()[:2]
    found: list[dict[str, Any]] = result.good.to_pylist()
    return found


def test_a_german_dot_groups_thousands_and_a_german_comma_is_a_decimal_mark() -> None:
    """Read carelessly: 240.547 victims."""
    found = {row["published_value"]: row["obs_value"] for row in rows("de_bka") + rows("de_taeterarbeit")}
    assert (found["240.547"], found["5.143"], found["mindestens 3.541"]) == (240547, 5143, 3541)
    assert (found["71,1"], found["265 942"], found["4529"]) == (71.1, 265942, 4529)
    for text, value in found.items():
        if re.search("[0-9][.][0-9]", text):
            assert value >= 1000, text


def test_a_year_that_no_publisher_printed_is_not_validated() -> None:
    """The workbooks of form 1-M print no period: 2022 is inferred, and status and note say so."""
    found = rows("kz_form_1m")
    assert {row["obs_status"] for row in found} <= {"V", "D", "U"}
    assert all("eriod stated by the transcriber" in row["note"] for row in found)


def test_who_complained_is_not_who_was_harmed() -> None:
    """2,652 women complained to the Committee in 2024; beside 3,609 harmed in 2025 they would be a rise."""
    of_women = {
        row["time_period"]: (row["obs_value"], row["breakdown"])
        for row in rows("tj_statements")
        if row["indicator"] == "DV_APPEALS_COMMITTEE" and row["sex"] == "F"
    }
    assert of_women["2024"] == (2652, "SEX_OF=COMPLAINANT") and of_women["2025"] == (3609, "_T")


def test_state_money_for_services_is_published_in_kazakhstan_too() -> None:
    """The page was cited for its centres, and its money was left out: "not published" (SVC-6)."""
    (row,) = [row for row in rows("kz_statements") if row["indicator"] == "SERVICE_FUNDING"]
    assert (row["obs_value"], row["unit_measure"], row["time_period"], row["obs_status"]) == (
        3e9,
        "KZT",
        "2024",
        "U",
    )


COPIES = ("un_sdg_2020", "unodc_cts", "unodc_homicide", "wb_gender", "wb_population", "who_gho")


def test_a_third_partys_copy_is_marked_as_one_and_a_copied_estimate_as_an_estimate() -> None:
    """One rule: N wherever the copy came from; E where an estimate or model was copied; never A."""
    for dataset_id in COPIES:
        found = rows(dataset_id)
        assert {row["nature"] for row in found} == {"N"}, dataset_id
        assert "A" not in {row["obs_status"] for row in found}, dataset_id
        estimates = dataset_id in ("wb_population", "who_gho")
        assert ({row["obs_status"] for row in found} == {"E"}) is estimates, dataset_id

"""A row of observations for tests that make their own: what a test does not say is as here."""

import datetime as dt
from typing import Any

ROW: dict[str, Any] = {
    "sex": "_T",
    "age": "_T",
    "violence_form": "_T",
    "relationship": "_T",
    "breakdown": "_T",
    "freq": "A",
    "obs_lower": None,
    "obs_upper": None,
    "nature": "C",
    "unit_measure": "NUMBER",
    "obs_status": "A",
    "conf_status": "F",
    "dataset_id": "kg_statements",
    "source_id": "kg-s2",
    "published_value": "1",
    "note": None,
    "raw_sha256": "a" * 64,
    "raw_locator": "x",
    "retrieved_at": dt.datetime(2026, 11, 24),
    "first_release": "20261124T000000Z",
}

"""The citation names exactly one content of one release."""

import datetime as dt

import yaml

from pipelines.release.citation import citation, plain_citation

RELEASE = "20261201T000000Z"


def test_citation_names_release_and_content() -> None:
    day = dt.date(2026, 12, 1)
    loaded = yaml.safe_load(citation(RELEASE, "ab12", day))
    assert {"cff-version", "message", "title", "authors"} <= set(loaded)
    assert loaded["cff-version"] == "1.2.0"
    assert loaded["type"] == "dataset"
    assert loaded["version"] == RELEASE
    assert loaded["date-released"] == day
    assert loaded["identifiers"][0]["value"] == "sha256:ab12"
    assert plain_citation(RELEASE, "ab12", day) in loaded["message"]
    assert RELEASE in plain_citation(RELEASE, "ab12", day)

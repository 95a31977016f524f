"""Every module and test that the threat model names is there: a defence that was removed is not claimed any more."""

import re

import pytest

from pipelines.docs import ROOT

NAMED = re.compile(r"`((?:data_contracts|sources|transforms|pipelines|tests)/[\w/.]*)(?:::(\w+))?`")


@pytest.mark.parametrize("page", ["SECURITY.md", "docs/threat-model.md", "docs/reliability.md"])
def test_what_is_named_is_there(page: str) -> None:
    found = NAMED.findall((ROOT / page).read_text(encoding="utf-8"))
    assert len(found) >= (20 if "threat" in page else 1)
    for path, test in found:
        assert (ROOT / path).exists(), path
        if test:
            assert f"def {test}(" in (ROOT / path).read_text(encoding="utf-8"), f"{path}::{test}"

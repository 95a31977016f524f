"""Every locked dependency is in the bill of materials, once, with its version."""

import json
import re

import pytest

from pipelines.release.sbom import LOCK, bill_of_materials

SMALL = """# a comment
altair==6.0.0 \\
    --hash=sha256:00
colorama==0.4.6 ; sys_platform == 'win32' \\
    --hash=sha256:01
Jinja2[i18n]==3.1.6
"""


def test_a_dependency_has_name_version_and_marker() -> None:
    bill = bill_of_materials(SMALL, "1")
    assert [(part["name"], part["version"]) for part in bill["components"]] == [
        ("altair", "6.0.0"),
        ("colorama", "0.4.6"),
        ("Jinja2", "3.1.6"),
    ]
    assert bill["components"][1]["properties"][0]["value"] == "sys_platform == 'win32'"
    assert bill["components"][2]["purl"] == "pkg:pypi/jinja2@3.1.6" and json.dumps(bill)


def test_every_locked_dependency_is_listed_once() -> None:
    lock = LOCK.read_text(encoding="utf-8")
    parts = [(part["name"], part["version"]) for part in bill_of_materials(lock, "1")["components"]]
    assert len(parts) == len(set(parts)) == len(re.findall(r"(?m)^\S+==", lock)) > 50
    assert {"duckdb", "dagster", "cryptography"} <= {name for name, _ in parts}


@pytest.mark.parametrize("lock", sorted(path.name for path in LOCK.parent.glob("requirements*.txt")))
def test_every_locked_dependency_has_a_hash_that_is_asked_for(lock: str) -> None:
    entries = re.split(r"(?m)^(?=\S+==)", LOCK.with_name(lock).read_text(encoding="utf-8"))[1:]
    assert len(entries) > 50 and all("--hash=sha256:" in entry for entry in entries)
    installing = re.findall(
        rf"\$\(PIP\) .*-r {re.escape(lock)}", LOCK.with_name("Makefile").read_text(encoding="utf-8")
    )
    assert all("--require-hashes" in line for line in installing)

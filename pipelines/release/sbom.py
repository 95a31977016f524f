"""What a release was made with: the locked dependencies as a software bill of materials (CycloneDX 1.6).

From the lock file and nothing else, so that equal code gives equal bytes; which of the markers held on the machine that
published is not in it. Programs that look for known faults in dependencies read this form. Not here: the lock file
(``make lock``). Called by ``publish``.
"""

import re
from pathlib import Path
from typing import Any

LOCK = Path(__file__).resolve().parents[2] / "requirements.txt"
FILE = "sbom.cdx.json"
_LINE = re.compile(
    r"^([A-Za-z0-9][A-Za-z0-9._-]*)(?:\[[^\]]*\])?==([^\s;\\]+)(?:\s*;\s*([^\\\n]+?))?\s*\\?$", re.MULTILINE
)


def bill_of_materials(lock: str, made_by: str) -> dict[str, Any]:
    """The bill of a lock file's text; ``made_by``: version of the code of this program."""
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {"component": {"type": "application", "name": "dvstats", "version": made_by}},
        "components": [_component(*found.groups()) for found in _LINE.finditer(lock)],
    }


def _component(name: str, version: str, marker: str | None) -> dict[str, Any]:
    component: dict[str, Any] = {
        "type": "library",
        "name": name,
        "version": version,
        "purl": f"pkg:pypi/{name.lower().replace('_', '-')}@{version}",
    }
    if marker:
        component["properties"] = [{"name": "environment_marker", "value": marker}]
    return component

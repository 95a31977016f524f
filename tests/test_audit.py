"""``make audit``: it fails for a dependency with a known advisory, and where nobody could be asked.

The advisories are those of a stored list, which ``.ci/stored_advisories.py`` serves. pip-audit is what ``make audit``
installs in ``build/``, or what is on the path; a machine without it runs the part that needs none.
"""

import importlib.util
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

from tests.conftest import ROOT

ADVISORY = {
    "id": "GHSA-test-test-test",
    "modified": "2026-02-06T00:25:51Z",
    "summary": "Escapes from its sandbox",
    "affected": [
        {
            "package": {"name": "example", "ecosystem": "PyPI"},
            "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "2.0"}]}],
        }
    ],
}
HASH = "--hash=sha256:" + "0" * 64
SOUND, VULNERABLE = f"sound==1.0 {HASH}\n", f"example==1.0 {HASH}\n"


@pytest.fixture
def advisories(tmp_path: Path) -> Path:
    """A stored list with one advisory."""
    folder = tmp_path / "advisories" / "vulns" / "example"
    folder.mkdir(parents=True)
    (folder / "GHSA-test.json").write_text(json.dumps(ADVISORY), encoding="utf-8")
    return tmp_path / "advisories"


@pytest.fixture
def pip_audit() -> str:
    built = ROOT / "build" / "audit" / "bin" / "pip-audit"
    found = str(built) if built.exists() else shutil.which("pip-audit")
    if not found:
        pytest.skip("pip-audit is not here: make audit installs it")
    return found


def audit(
    folder: Path, tool: str, *locks: str, advisories: Path | str = "", **settings: str
) -> tuple[int, str]:
    """Exit status of ``make audit`` on lock files of these texts, and what it printed."""
    files = [folder / f"lock-{number}.txt" for number in range(len(locks))]
    for file, lock in zip(files, locks, strict=True):
        file.write_text(lock, encoding="utf-8")
    # What `make -j2` says to the makes below it would be printed by this one.
    own = {name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "MFLAGS"))}
    done = subprocess.run(
        ["make", "audit", f"AUDIT={tool}", f"LOCKS={' '.join(map(str, files))}", f"ADVISORIES={advisories}"],
        cwd=ROOT,
        env={**own, **settings},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


def test_each_lock_file_is_looked_up_and_one_that_fails_is_enough(tmp_path: Path) -> None:
    tool = tmp_path / "pip-audit"
    tool.write_text(
        '#!/bin/sh\nfor lock; do :; done\ncat "$lock"\n! grep -q example "$lock"\n', encoding="utf-8"
    )
    tool.chmod(0o755)
    assert audit(tmp_path, str(tool), SOUND, SOUND) == (0, SOUND + SOUND)
    status, said = audit(tmp_path, str(tool), VULNERABLE, SOUND)
    assert status != 0 and said.startswith(VULNERABLE) and "sound" not in said


def test_a_dependency_with_a_known_advisory_fails(tmp_path: Path, pip_audit: str, advisories: Path) -> None:
    status, said = audit(tmp_path, pip_audit, SOUND, advisories=advisories)
    assert status == 0 and "No known vulnerabilities found" in said
    status, said = audit(tmp_path, pip_audit, SOUND, VULNERABLE, advisories=advisories)
    assert status != 0 and ADVISORY["id"] in said and "2.0" in said


def test_where_nobody_answers_nothing_passes_as_looked_up(tmp_path: Path, pip_audit: str) -> None:
    nobody = {"PIP_AUDIT_VULNERABILITY_SERVICE": "osv", "PIP_AUDIT_OSV_URL": "http://127.0.0.1:1/"}
    status, said = audit(tmp_path, pip_audit, SOUND, **nobody)
    assert status != 0 and "Failed to establish a new connection" in said and "No known" not in said


# -- the stored list --------------------------------------------------------------------------------------------------


def stored_advisories() -> ModuleType:
    spec = importlib.util.spec_from_file_location("stored_advisories", ROOT / ".ci" / "stored_advisories.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_stored_list_is_served_while_the_command_runs_and_its_day_is_printed(
    advisories: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    ask = (
        "import json, os, urllib.request as r\n"
        "for name, version in (('Example', '1.9'), ('example', '2.0'), ('other', '1.0')):\n"
        "    asked = json.dumps({'package': {'name': name}, 'version': version}).encode()\n"
        "    answer = json.load(r.urlopen(os.environ['PIP_AUDIT_OSV_URL'], asked))\n"
        "    print([one['id'] for one in answer.get('vulns', [])])\n"
        "raise SystemExit(7)"
    )
    assert stored_advisories().main(str(advisories), sys.executable, "-c", ask) == 7
    assert capfd.readouterr().out.splitlines() == [
        "1 stored advisories on 1 packages, the newest of 2026-02-06.",
        "['GHSA-test-test-test']",
        "[]",
        "[]",
    ]


def test_a_folder_without_advisories_looks_nothing_up(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert stored_advisories().main(str(tmp_path), "false") == 2
    assert "holds no advisories of PyPI" in capsys.readouterr().out


EVENTS = {
    "fixed": (
        [{"introduced": "0"}, {"fixed": "2.0"}],
        {"0.1": True, "1.10": True, "2.0": False, "2.0rc1": True},
    ),
    "introduced": (
        [{"introduced": "1.2"}, {"fixed": "2"}],
        {"1.1": False, "1.2": True, "1.9.9": True, "3": False},
    ),
    "never fixed": ([{"introduced": "1.2"}], {"1.1": False, "99": True}),
    "last affected": ([{"introduced": "0"}, {"last_affected": "1.5"}], {"1.5": True, "1.5.1": False}),
    "twice": (
        [{"fixed": "2"}, {"introduced": "0"}, {"introduced": "3"}, {"fixed": "4"}],
        {"1": True, "2.5": False, "3.5": True, "4": False},
    ),
    "no version at all": ([{"introduced": "0"}, {"fixed": "2.0"}], {"of a branch": True}),
}


@pytest.mark.parametrize("case", EVENTS)
def test_versions_of_a_range(case: str) -> None:
    events, expected = EVENTS[case]
    affected = {
        "package": {"name": "Ex_ample", "ecosystem": "PyPI"},
        "ranges": [{"type": "ECOSYSTEM", "events": events}],
    }
    affects = stored_advisories().affects
    assert {
        version: affects({"affected": [affected]}, "ex-ample", version) for version in expected
    } == expected
    assert not any(affects({"affected": [affected]}, "example", version) for version in expected)


def test_versions_of_a_list_and_other_ecosystems(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(
        "id: A\naffected:\n- package: {ecosystem: PyPI, name: a}\n  versions: [1.10, 1.2]\n", encoding="utf-8"
    )
    (tmp_path / "b.yaml").write_text(
        "id: B\naffected:\n- package: {ecosystem: npm, name: b}\n  versions: [1.0]\n", encoding="utf-8"
    )
    module = stored_advisories()
    known = module.stored(tmp_path)
    assert list(known) == ["a"]
    assert [module.affects(known["a"][0], "a", version) for version in ("1.10", "1.1", "1.2")] == [
        True,
        False,
        True,
    ]

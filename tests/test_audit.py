"""``make audit``: it fails for a dependency with a known advisory, and where nobody could be asked.

The advisories are those of a server of the test, which answers as api.osv.dev does. pip-audit is what ``make audit``
installs in ``build/``, or what is on the path; a machine without it runs the part that needs none.
"""

import json
import os
import shutil
import subprocess
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tests.conftest import ROOT

ADVISORY = {
    "id": "GHSA-test-test-test",
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


class Advisories(BaseHTTPRequestHandler):
    """One package has an advisory."""

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        known = {"vulns": [ADVISORY]} if asked["package"]["name"] == "example" else {}
        answer = json.dumps(known).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def service() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Advisories) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


@pytest.fixture
def pip_audit() -> str:
    built = ROOT / "build" / "audit" / "bin" / "pip-audit"
    found = str(built) if built.exists() else shutil.which("pip-audit")
    if not found:
        pytest.skip("pip-audit is not here: make audit installs it")
    return found


def audit(folder: Path, tool: str, service: str, *locks: str) -> tuple[int, str]:
    """Exit status of ``make audit`` on lock files of these texts, and what it printed."""
    files = [folder / f"lock-{number}.txt" for number in range(len(locks))]
    for file, lock in zip(files, locks, strict=True):
        file.write_text(lock, encoding="utf-8")
    # What `make -j2` says to the makes below it would be printed by this one.
    own = {name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "MFLAGS"))}
    done = subprocess.run(
        ["make", "audit", f"AUDIT={tool}", f"LOCKS={' '.join(map(str, files))}"],
        cwd=ROOT,
        env={**own, "PIP_AUDIT_VULNERABILITY_SERVICE": "osv", "PIP_AUDIT_OSV_URL": service},
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
    assert audit(tmp_path, str(tool), "", SOUND, SOUND) == (0, SOUND + SOUND)
    status, said = audit(tmp_path, str(tool), "", VULNERABLE, SOUND)
    assert status != 0 and said.startswith(VULNERABLE) and "sound" not in said


def test_a_dependency_with_a_known_advisory_fails(tmp_path: Path, pip_audit: str, service: str) -> None:
    status, said = audit(tmp_path, pip_audit, service, SOUND)
    assert status == 0 and "No known vulnerabilities found" in said
    status, said = audit(tmp_path, pip_audit, service, SOUND, VULNERABLE)
    assert status != 0 and ADVISORY["id"] in said and "2.0" in said


def test_where_nobody_answers_nothing_passes_as_looked_up(tmp_path: Path, pip_audit: str) -> None:
    status, said = audit(tmp_path, pip_audit, "http://127.0.0.1:1/", SOUND)
    assert status != 0 and "Failed to establish a new connection" in said and "No known" not in said

"""Runs a command that asks api.osv.dev for advisories with a stored list of them in its place.

::

    python .ci/stored_advisories.py FOLDER COMMAND…

``FOLDER`` holds advisories as files of the OSV schema, YAML or JSON, in folders or not: a checkout of
github.com/pypa/advisory-database, or the unpacked list of PyPI that osv.dev offers. They are served on this machine for
as long as the command runs, which finds the address in PIP_AUDIT_OSV_URL. What the list does not know yet is not found:
the newest day in it is printed. Called by `make audit ADVISORIES=FOLDER`, where PyPI cannot be reached.
"""

import json
import os
import re
import subprocess
import sys
import threading
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import yaml
from packaging.version import InvalidVersion, Version

Advisory = Mapping[str, Any]


def canonical(name: str) -> str:
    """A name as PyPI compares it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def stored(folder: Path) -> dict[str, list[Advisory]]:
    """The advisories of a folder by the package that they affect."""
    found: dict[str, list[Advisory]] = defaultdict(list)
    for path in sorted((*folder.rglob("*.yaml"), *folder.rglob("*.json"))):
        text = path.read_text(encoding="utf-8")
        advisory = json.loads(text) if path.suffix == ".json" else yaml.load(text, yaml.CBaseLoader)  # noqa: S506 (texts only)
        for name in {canonical(affected["package"]["name"]) for affected in _of_pypi(advisory)}:
            found[name].append(advisory)
    return found


def _of_pypi(advisory: Advisory) -> Iterator[Mapping[str, Any]]:
    for affected in advisory.get("affected") or ():
        if affected.get("package", {}).get("ecosystem") == "PyPI":
            yield affected


def affects(advisory: Advisory, name: str, version: str) -> bool:
    """Whether a version of a package is affected: by the list of versions, or by a range."""
    return any(
        version in (affected.get("versions") or ())
        or any(
            _within(version, given["events"])
            for given in affected.get("ranges") or ()
            if given["type"] == "ECOSYSTEM"
        )
        for affected in _of_pypi(advisory)
        if canonical(affected["package"]["name"]) == name
    )


def _within(version: str, events: Sequence[Mapping[str, str]]) -> bool:
    """Whether the last event up to a version opens the range; https://ossf.github.io/osv-schema/#evaluation."""
    inside, mine = False, _order(version)
    for kind, at in sorted(
        (item for event in events for item in event.items()), key=lambda item: _order(item[1])
    ):
        if kind == "introduced" and mine >= _order(at):
            inside = True
        if (kind == "fixed" and mine >= _order(at)) or (kind == "last_affected" and mine > _order(at)):
            inside = False
    return inside


def _order(version: str) -> Version:
    """``0`` of a range is before every version; what is no version is taken for one so that it is looked at."""
    try:
        return Version("0.dev0" if version == "0" else version)
    except InvalidVersion:
        return Version("0.dev0")


def newest(advisories: Mapping[str, Sequence[Advisory]]) -> str:
    """The day on which one of them changed last."""
    days = (advisory.get("modified", "") for known in advisories.values() for advisory in known)
    return str(max(days, default=""))[:10]


def server(advisories: Mapping[str, Sequence[Advisory]]) -> ThreadingHTTPServer:
    """Answers as https://api.osv.dev/v1/query does."""

    class Query(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            name = canonical(asked["package"]["name"])
            known = [one for one in advisories.get(name, ()) if affects(one, name, asked["version"])]
            answer = json.dumps({"vulns": known} if known else {}).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_: object) -> None:
            pass

    return ThreadingHTTPServer(("127.0.0.1", 0), Query)


def main(folder: str, *command: str) -> int:
    """Serve the folder while the command runs; its exit status."""
    advisories = stored(Path(folder))
    if not advisories:
        print(f"{folder} holds no advisories of PyPI: name a checkout of github.com/pypa/advisory-database")
        return 2
    known = sum(map(len, advisories.values()))
    print(
        f"{known} stored advisories on {len(advisories)} packages, the newest of {newest(advisories)}.",
        flush=True,
    )
    with server(advisories) as serving:
        threading.Thread(target=serving.serve_forever, daemon=True).start()
        own = {
            "PIP_AUDIT_VULNERABILITY_SERVICE": "osv",
            "PIP_AUDIT_OSV_URL": f"http://127.0.0.1:{serving.server_port}/",
        }
        done = subprocess.run(command, env={**os.environ, **own}, check=False)  # noqa: S603 (what the caller names)
        serving.shutdown()
    return done.returncode


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))

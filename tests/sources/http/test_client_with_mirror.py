"""The client against the mirror of stored upstream files, with and without its faults; needs ../shared."""

import csv
import json
import random
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import pytest

from sources.http.client import Client
from sources.http.fetch_policy import FetchPolicy

SHARED = Path(__file__).resolve().parents[4] / "shared"


@contextmanager
def mirror(*faults, seed=1):
    script = SHARED / "tools" / "mirror.py"
    if not script.exists():
        pytest.skip("../shared with the team's mirror is not on this machine")
    command = [sys.executable, script, "--root", SHARED / "upstream", "--seed", str(seed)]
    command += [part for fault in faults for part in ("--fault", fault)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        yield process.stdout.readline().strip(), process
    finally:
        process.kill()
        process.communicate()


def addresses():
    rows = []
    for index in sorted((SHARED / "upstream").rglob("index.csv")):
        with index.open(encoding="utf-8", newline="") as handle:
            rows += [(row["address"], index.parent / row["file"]) for row in csv.DictReader(handle)]
    kinds = {".csv": "csv", ".json": "json", ".xml": "xml", ".xlsx": "xlsx"}
    return [(a, f, kinds[f.suffix.lower()]) for a, f in rows if "*" not in a and f.suffix.lower() in kinds]


def some(per_kind):
    found = addresses()
    return [
        entry
        for kind in ("csv", "json", "xml", "xlsx")
        for entry in [e for e in found if e[2] == kind][:per_kind]
    ]


def asked(address, kind, **options):
    host = address.split("/")[2]
    return FetchPolicy(**{"hosts": (host,), "expected": (kind,), "retries": 0, **options})


def test_mirror_without_faults_gives_every_file_and_then_304():
    with mirror() as (base, process):
        one = Client(mirror=base, sleep=lambda seconds: None, randomness=random.Random(1))
        for address, file, kind in some(8):
            fetch = one.get(address, asked(address, kind))
            assert fetch.outcome == "new" and fetch.body == file.read_bytes(), (address, fetch.reason)
            again = one.get(address, asked(address, kind), etag=fetch.headers["ETag"])
            assert (again.outcome, again.status, again.body) == ("unchanged", 304, None)
        process.kill()
        lines = [json.loads(line) for line in process.stderr.read().splitlines()]
    assert [line["bytes"] for line in lines if line["conditional"]] == [0] * (len(lines) // 2)


@pytest.mark.parametrize(
    "fault", ["status:503", "status:429", "truncate", "garble", "html", "empty", "reset"]
)
def test_no_fault_of_the_mirror_is_accepted_as_data(fault):
    with mirror(fault) as (base, _):
        one = Client(mirror=base, sleep=lambda seconds: None, randomness=random.Random(1))
        for address, _, kind in some(12):
            fetch = one.get(address, asked(address, kind))
            assert fetch.outcome == "failed" and fetch.body is None and fetch.reason, (fault, address)


def test_a_slow_mirror_is_waited_for_or_given_up():
    with mirror("slow:0.3") as (base, _):
        address, file, kind = some(1)[0]
        one = Client(mirror=base, sleep=lambda seconds: None, randomness=random.Random(1))
        assert (
            one.get(address, asked(address, kind, read_timeout=0.1)).reason == "No answer within 0.1 seconds"
        )
        assert one.get(address, asked(address, kind)).body == file.read_bytes()


def test_retries_converge_on_a_mirror_with_every_fault():
    faults = [f"{name}@0.08" for name in ("status:503", "truncate", "garble", "html", "empty", "reset")]
    with mirror(*faults, seed=5) as (base, _):
        one = Client(mirror=base, sleep=lambda seconds: None, randomness=random.Random(1))
        attempts = 0
        for address, file, kind in some(10):
            fetch = one.get(address, asked(address, kind, retries=8))
            assert fetch.outcome == "new" and fetch.body == file.read_bytes(), (address, fetch.reason)
            attempts += fetch.attempts
    assert attempts > 40

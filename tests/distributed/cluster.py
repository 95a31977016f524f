"""Postgres, Redis, SeaweedFS and workers on free ports of this machine, each ended by its own process id.

The programs are where ``tests/distributed/run`` put them: Postgres and Redis of Debian, SeaweedFS of PyPI.
"""

import contextlib
import json
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from pyarrow.fs import S3FileSystem

ROOT = Path(__file__).resolve().parents[2]
KEY, SECRET, BUCKET = "dvkey", "dvsecret", "dvstats"
_SECONDS = 60.0
# Postgres refuses to run as root; nobody else may run it as another.
_USER = "nobody" if os.geteuid() == 0 else None


def until(done: Callable[[], bool], what: str, seconds: float = _SECONDS) -> None:
    deadline = time.monotonic() + seconds
    while not done():
        if time.monotonic() > deadline:
            raise AssertionError(f"waited {seconds:g} seconds in vain: {what}")
        time.sleep(0.2)


def low_port() -> int:
    """A free port whose number plus 10,000, which SeaweedFS takes for itself, is free as well."""
    while True:
        port = random.randrange(15_000, 25_000)
        with contextlib.suppress(OSError), socket.socket() as one, socket.socket() as other:
            one.bind(("127.0.0.1", port))
            other.bind(("127.0.0.1", port + 10_000))
            return port


class Cluster:
    """The services; ``environment`` is that of workers and runs."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="dvstats-distributed-"))
        self.folder.chmod(0o755)
        self.processes: dict[str, subprocess.Popen[bytes]] = {}
        self.ports = {name: low_port() for name in ("postgres", "redis", "s3", "master", "volume", "filer")}
        home = self.folder / "dagster"
        home.mkdir()
        shutil.copy(ROOT / "docs/deploy/distributed/dagster.yaml", home / "dagster.yaml")
        redis = f"redis://127.0.0.1:{self.ports['redis']}"
        self.environment = {
            **os.environ,
            "AWS_ENDPOINT_URL": f"http://127.0.0.1:{self.ports['s3']}",
            "AWS_ACCESS_KEY_ID": KEY,
            "AWS_SECRET_ACCESS_KEY": SECRET,
            "DAGSTER_HOME": str(home),
            "DVSTATS_DATABASE": f"postgresql+psycopg2://dv@127.0.0.1:{self.ports['postgres']}/postgres",
            "DVSTATS_BROKER": f"{redis}/0",
            "DVSTATS_RESULTS": f"{redis}/1",
            # Only then Redis gives a killed worker's step to another one.
            "DVSTATS_STEP_SECONDS": "30" if os.environ.get("QUICK") else "60",
            "DAGSTER_DISABLE_TELEMETRY": "yes",
            "PYTHONPATH": str(ROOT),
        }

    def __enter__(self) -> "Cluster":
        try:
            self.start_postgres()
            self.start_redis()
            self._start_seaweedfs()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        for name in list(self.processes):
            # SeaweedFS takes its time to end well; what it holds goes anyway.
            self.stop(name, signal.SIGKILL if name == "seaweedfs" else signal.SIGTERM)
        shutil.rmtree(self.folder, ignore_errors=True)

    # --- processes ---

    def start(
        self, name: str, command: Sequence[str | Path], *, user: str | None = None, **more: str
    ) -> None:
        log = (self.folder / f"{name}.log").open("ab")
        self.processes[name] = subprocess.Popen(
            [str(part) for part in command],
            env={**self.environment, **more},
            cwd=ROOT if user is None else self.folder,
            stdout=log,
            stderr=subprocess.STDOUT,
            user=user,
            start_new_session=True,
        )

    def ended(self, name: str) -> bool:
        return self.processes[name].poll() is not None

    def stop(self, name: str, how: int = signal.SIGTERM) -> None:
        """End one service with its children, and wait until it has ended."""
        process = self.processes.pop(name)
        if process.poll() is None:
            os.killpg(process.pid, how)
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()

    def log(self, name: str) -> str:
        return (self.folder / f"{name}.log").read_text(encoding="utf-8", errors="replace")

    # --- services ---

    def start_postgres(self) -> None:
        tools, data = Path(os.environ["DVSTATS_TEST_POSTGRES"]), self.folder / "postgres"
        if not data.exists():
            data.mkdir()
            if _USER:
                shutil.chown(data, _USER)
            subprocess.run(
                [tools / "initdb", "-D", data, "-U", "dv", "-A", "trust", "--no-sync"],
                check=True, capture_output=True, user=_USER, cwd=self.folder,
            )  # fmt: skip
        port = str(self.ports["postgres"])
        self.start(
            "postgres",
            # Killed here are processes, not machines: what they wrote stays without waiting for the disk.
            [tools / "postgres", "-D", data, "-p", port, "-k", data, "-h", "127.0.0.1", "-c", "fsync=off"],
            user=_USER,
        )
        ready = [tools / "pg_isready", "-q", "-h", "127.0.0.1", "-p", port]
        until(lambda: subprocess.run(ready, check=False).returncode == 0, "postgres")

    def start_redis(self) -> None:
        port = str(self.ports["redis"])
        self.start(
            "redis",
            [os.environ["DVSTATS_TEST_REDIS"], "--port", port, "--bind", "127.0.0.1", "--dir", self.folder,
             "--appendonly", "yes"],
        )  # fmt: skip
        until(self._redis_answers, "redis")

    def _redis_answers(self) -> bool:
        with (
            contextlib.suppress(OSError),
            socket.create_connection(("127.0.0.1", self.ports["redis"])) as own,
        ):
            own.sendall(b"PING\r\n")
            return own.recv(16).startswith(b"+PONG")
        return False

    def _start_seaweedfs(self) -> None:
        identity = {
            "name": "dvstats",
            "credentials": [{"accessKey": KEY, "secretKey": SECRET}],
            "actions": ["Admin", "Read", "Write", "List"],
        }
        (self.folder / "s3.json").write_text(json.dumps({"identities": [identity]}))
        (self.folder / "objects").mkdir()
        ports = {f"-{name}.port={self.ports[name]}" for name in ("master", "volume", "filer", "s3")}
        self.start(
            "seaweedfs",
            [os.environ["DVSTATS_TEST_WEED"], "server", f"-dir={self.folder / 'objects'}", "-ip=127.0.0.1", "-filer",
             "-s3", f"-s3.config={self.folder / 's3.json'}", "-s3.port.lance=0", "-s3.port.iceberg=0",
             "-master.volumeSizeLimitMB=64", "-volume.max=50", *sorted(ports)],
        )  # fmt: skip
        until(lambda: self.is_stored("probe"), "seaweedfs")

    def is_stored(self, key: str) -> bool:
        """Whether an object could be written; makes the bucket."""
        objects = S3FileSystem(
            access_key=KEY, secret_key=SECRET, endpoint_override=self.environment["AWS_ENDPOINT_URL"],
            region="us-east-1", allow_bucket_creation=True, connect_timeout=2, request_timeout=5,
        )  # fmt: skip
        try:
            objects.create_dir(BUCKET)
            with objects.open_output_stream(f"{BUCKET}/{key}") as stream:
                stream.write(b"1")
        except OSError:
            return False
        return True

    def start_worker(self, name: str) -> None:
        """A worker with a working copy of its own, as on a machine of its own."""
        self.start(
            name,
            [sys.executable, "-m", "celery", "--app", "pipelines.distributed.celery_app", "worker", "--queues",
             "dagster", "--concurrency", "1", "--hostname", f"{name}@test", "--loglevel", "INFO"],
            DVSTATS_WORKING_COPIES=str(self.folder / name),
        )  # fmt: skip
        until(lambda: "ready." in self.log(name), name)

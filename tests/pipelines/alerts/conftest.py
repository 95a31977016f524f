"""An office with one channel by mail, a real SMTP server with TLS for it, and a run that leaves a dataset held."""

import datetime as dt
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from pipelines.alerts.notify import Finished
from pipelines.declarations import Declarations
from pipelines.operations.declared import FILE, VARIABLE
from sources.load_datasets import load_datasets
from tests.fixtures.mirror import HERE, Mirror
from tests.helpers import process, publish
from tests.servers import PASSWORD, USER, Certificates, Mailbox

DATASET = load_datasets(HERE / "datasets")["ex_open_sdg"]
NOW = dt.datetime.now(dt.UTC).replace(tzinfo=None, microsecond=0)
# The time that a host gives to an outage is real, and the days after it are invented.
DAY = dt.timedelta(days=1)


@pytest.fixture
def mirror() -> Iterator[Mirror]:
    with Mirror() as running:
        yield running


@pytest.fixture
def box(certificates: Certificates) -> Iterator[Mailbox]:
    with Mailbox(certificates) as running:
        yield running


@pytest.fixture
def office(
    tmp_path: Path, box: Mailbox, certificates: Certificates, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., Path]:
    """Writes ``operations.yaml`` with one channel by mail; gives the data directory."""
    monkeypatch.delenv(VARIABLE, raising=False)
    monkeypatch.setenv("DV_PASSWORD", PASSWORD)
    data = tmp_path / "data"
    data.mkdir()

    def write(*receivers: str, port: int = box.port, more: str = "", limits: str = "") -> Path:
        lines = [
            "channels:",
            f"  mail: {{kind: smtp, host: localhost, port: {port}, sender: dv@example.org, user: {USER},",
            f"    password_from: DV_PASSWORD, seconds: 2, ca_file: {certificates.ca_file}}}",
            more,
            "alerts:",
            f"  disk_free_below: 0.001\n{limits}",
            "  receivers:",
            *(f"    {receiver}" for receiver in receivers),
        ]
        (data / FILE).write_text("\n".join(lines) + "\n", encoding="utf-8")
        return data

    return write


ANALYST = "analyst: {channel: mail, to: [analyst@example.org]}"


def held_run(declared: Declarations, mirror: Mirror, data: Path) -> Finished:
    """A run after which the dataset is held: a column that is read has gone."""
    good = process(declared, DATASET, data, mirror.address, now=NOW)
    publish(declared, data, good, NOW)
    mirror.faults = ["renamecol:SEX=Gender"]
    state = process(declared, DATASET, data, mirror.address, now=NOW)
    assert state.state == "held"
    return Finished("refresh", states=[state])


@pytest.fixture(scope="session")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    return Certificates(tmp_path_factory.mktemp("certificates"))

"""docs/operations.md: what is marked ``<!-- tried -->`` runs, its declarations load, its units and image are in order.

The commands run as somebody types them: in the folder of the project, on a data directory of their own, with receivers
on this machine.
"""

import configparser
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipelines.operations.declared import FILE, VARIABLE, load_operations
from tests.servers import Receiver
from tests.warm_command import WarmCommand

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
DEPLOY = ROOT / "docs" / "deploy"
_TRIED = re.compile(r"^( *)<!-- tried -->\n+ *```sh\n(.*?)^ *```$", re.MULTILINE | re.DOTALL)


def sections() -> dict[str, str]:
    """The tried commands of each section, in their order."""
    found = {}
    for part in re.split(r"^(?=##+ )", PAGE, flags=re.MULTILINE):
        commands = "".join(match[2] for match in _TRIED.finditer(part))
        if commands:
            found[part.splitlines()[0].lstrip("# ")] = commands
    return found


@pytest.fixture(scope="module")
def hook() -> Iterator[Receiver]:
    with Receiver() as running:
        yield running


@pytest.fixture
def office(release_dir: Path, tmp_path: Path, hook: Receiver, warm: WarmCommand) -> dict[str, str]:
    """The environment of a terminal: the command on the path, a data directory, a declaration."""
    data = tmp_path / "data"
    # Hard links: the releases and the archive are never written to.
    for name in ("releases", "raw"):
        shutil.copytree(release_dir / name, data / name, copy_function=os.link)
    (data / "latest").symlink_to(Path("releases") / (release_dir / "latest").resolve().name)
    (data / "dvstats.duckdb").symlink_to("latest/dvstats.duckdb")
    (data / "staging").mkdir()
    (tmp_path / "share").mkdir()
    (data / FILE).write_text(
        f"""site: https://statistics.example.org
channels:
  hook: {{kind: webhook, address: '{hook.address}'}}
  share: {{kind: folder, path: {tmp_path / "share"}}}
alerts: {{receivers: {{analyst: {{channel: hook}}}}, disk_free_below: 0.0001}}
deliveries:
  ministry: {{channel: share, countries: [KG], topics: [orders], what: [csv]}}
  portal: {{channel: hook, what: [site], when: monthly}}
""",
        encoding="utf-8",
    )
    kept = {name: value for name, value in os.environ.items() if name not in (VARIABLE, "DVSTATS_OPERATIONS")}
    return {
        **kept,
        "PATH": f"{warm.folder}{os.pathsep}{os.environ['PATH']}",
        "DVSTATS_DATA_DIR": str(data),
        "BACKUP": str(tmp_path / "backup"),
        "RESTORED": str(tmp_path / "restored"),
    }


@pytest.mark.parametrize("section", sections())
def test_what_is_marked_as_tried_runs(section: str, office: dict[str, str]) -> None:
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", sections()[section]],
        cwd=ROOT, env=office, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    after = {
        "Alerts": "analyst, channel hook: the test was sent",
        "Deliveries": "ministry: csv by share: sent",
        "A source changed its layout": "kg_statements",
        "A figure looks wrong": "protection",
        "Withdraw or correct a published release": "portal: site by hook: would be sent",
        "Back up and restore": "every file matches its checksum",
    }
    assert after.get(section, "") in done.stdout


def test_every_situation_of_the_runbook_is_there() -> None:
    names = re.findall(r"^### (.+)$", PAGE.partition("## Runbook")[2], re.MULTILINE)
    assert len(names) >= 9
    # The store: tests/pipelines/store/test_transfer.py; several machines: `make test-distributed`.
    elsewhere = {"Move into an object store and back", "Several machines"}
    untried = {"In a container", "Move to another machine", *elsewhere}
    assert {*names} - untried <= {*sections()}


@pytest.mark.parametrize("number", [0, 1])
def test_its_declarations_load(number: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(VARIABLE, raising=False)
    declared = re.findall(r"^```yaml\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    (tmp_path / FILE).write_text(declared[number], encoding="utf-8")
    operations = load_operations(tmp_path)
    assert operations and (operations.alerts if number == 0 else operations.deliveries)


@pytest.mark.parametrize("name", ["dvstats-daemon.service", "dvstats-web.service"])
def test_a_unit_starts_what_is_installed(name: str) -> None:
    unit = configparser.ConfigParser(strict=False, interpolation=None)
    unit.optionxform = str
    unit.read(DEPLOY / name)
    folder, *_ = unit["Service"]["WorkingDirectory"].split()
    command, *arguments = shlex.split(unit["Service"]["ExecStart"])
    assert command.startswith(f"{folder}/.venv/bin/") and arguments[-2:] == ["-m", "pipelines.definitions"]
    assert (Path(sys.executable).parent / Path(command).name).exists()
    assert unit["Service"]["EnvironmentFile"] == "/etc/dvstats.env" and "/etc/dvstats.env" in PAGE
    # Whatever it may write to is the data directory.
    text = (DEPLOY / name).read_text(encoding="utf-8")
    data = re.search(r"DVSTATS_DATA_DIR=(\S+)", text)
    assert data and data[1].startswith(unit["Service"]["ReadWritePaths"])


def test_the_image_copies_what_there_is_and_runs_as_nobody_in_particular() -> None:
    text = (DEPLOY / "Containerfile").read_text(encoding="utf-8")
    for source in re.findall(r"^COPY (\S+) ", text, re.MULTILINE):
        assert (ROOT / source).exists(), source
    assert re.search(r"^USER dvstats$", text, re.MULTILINE) and "--require-hashes" in text


def test_the_declared_names_of_secrets_are_in_the_example_of_the_environment() -> None:
    example = (DEPLOY / "dvstats.env").read_text(encoding="utf-8")
    for name in re.findall(r"_from: (\w+)", PAGE.partition("## Deliveries")[0]):
        assert f"\n{name}=\n" in f"\n{example}\n", name

"""add, refresh, query, trace, diff, verify on an object store, from two machines of which each has its own copy."""

import json
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from data_contracts.errors import TROUBLED
from pipelines import data_directory, data_versions
from pipelines.cli.main import main
from pipelines.declarations import declarations
from pipelines.store.client import Store, StoreError
from pipelines.store.pointer import read_pointer
from sources.load_datasets import load_dataset, load_datasets
from tests.pipelines.store.conftest import ADDRESS
from tests.servers import Bucket
from transforms.normalize.normalizer import Normalizer

# Several refreshes, each of half a minute: `make test-faults`.
pytestmark = pytest.mark.faults
FIXTURES = Path(__file__).resolve().parents[2] / "fixtures"
ADDED, KEPT = "ex_semicolon", ("kg_statements", "tj_cedaw")

Say = Callable[..., str]


@dataclass
class Office:
    """Two machines, ``a`` and ``b``, that work on one store."""

    copies: Path
    bucket: Bucket

    def at(self, machine: str, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("DVSTATS_WORKING_COPIES", str(self.copies / machine))

    @property
    def shown(self) -> tuple[str, ...]:
        return read_pointer(Store(ADDRESS)).releases


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """A store with one release: the file was added on ``a``, the refresh was run on ``b``."""
    with Bucket() as server, pytest.MonkeyPatch.context() as patch:
        office = Office(tmp_path_factory.mktemp("copies"), server)
        patch.setenv("AWS_ENDPOINT_URL", server.address)
        patch.setenv("AWS_ACCESS_KEY_ID", Bucket.KEY)
        patch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
        found, known = declarations(), load_datasets()
        dataset = load_dataset(FIXTURES / "datasets" / f"{ADDED}.yaml")
        patch.setitem(known, ADDED, dataset)
        few = {ADDED: dataset, **{name: known[name] for name in KEPT}}
        patch.setattr(found, "datasets", few)
        sources = [entry["source"] for entry in found.publications]
        patch.setattr(found, "normalizer", Normalizer(found.contract, datasets=few, sources=sources))
        office.at("a", patch)
        assert main(["add", ADDED, str(FIXTURES / "files" / "semicolon.csv"), "--data-dir", ADDRESS]) == 0
        office.at("b", patch)
        assert main(["refresh", "--data-dir", ADDRESS]) == 0
        yield office


@pytest.fixture
def say(capsys: pytest.CaptureFixture[str]) -> Say:
    """Output of a command on the store; it must end well unless ``status`` says otherwise."""

    def said(*command: str, status: int = 0) -> str:
        capsys.readouterr()
        assert main([*command, "--data-dir", ADDRESS]) == status, capsys.readouterr().err
        spoken = capsys.readouterr()
        return spoken.out if not status else spoken.err

    return said


def test_a_file_added_on_one_machine_is_published_by_another_and_traced_on_the_first(
    office: Office, say: Say, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.at("a", monkeypatch)
    sql = f"SELECT obs_key, obs_value FROM observations WHERE dataset_id = '{ADDED}' ORDER BY 1 LIMIT 1"
    (row,) = json.loads(say("query", sql, "--format", "json"))
    traced = json.loads(say("trace", row["obs_key"], "--json"))
    assert (
        traced["cell"]["file"].startswith(f"raw/{ADDED}/")
        and float(traced["cell"]["text"]) == row["obs_value"]
    )
    assert "every file matches" in say("verify")
    assert ADDED in say("show", ADDED)
    assert {row["dataset"] for row in json.loads(say("status", "--json"))} == {ADDED, *KEPT}


def test_a_refresh_elsewhere_with_nothing_new_publishes_nothing(
    office: Office, say: Say, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.at("c", monkeypatch)
    shown, sent = office.shown, len(office.bucket.puts)
    say("refresh")
    assert office.shown == shown
    assert [key for key in office.bucket.puts[sent:] if ".probe" not in key] == []


def test_of_two_refreshes_at_once_one_is_shown_and_the_other_builds_upon_it(
    office: Office, say: Say, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each withdraws another dataset; the machine that lost publishes its withdrawal afterwards, upon the winner's."""
    first, declared, real = office.shown[-1], declarations(), data_directory.publish_to
    whole, waiting = dict(declared.datasets), []

    def withdraw(*names: str) -> None:
        monkeypatch.setattr(declared, "datasets", {key: whole[key] for key in whole if key not in names})
        # A declaration that is gone is seen by a refresh that has something to do.
        monkeypatch.setattr(data_versions, "registers_version", lambda: " ".join(names))

    def wait(store: Store, folder: Path, base: str) -> None:
        """The upload of the first machine begins when the second one is shown."""
        waiting.append((store, shutil.copytree(folder, office.copies / "waits" / folder.name), base))
        raise StoreError("waits")

    office.at("a", monkeypatch)
    withdraw("tj_cedaw")
    with monkeypatch.context() as patch:
        patch.setattr(data_directory, "publish_to", wait)
        say("refresh", status=1)
    office.at("b", monkeypatch)
    withdraw("kg_statements")
    say("refresh", status=TROUBLED)
    winner = office.shown[-1]
    assert winner != first

    office.at("a", monkeypatch)
    (late,) = waiting
    withdraw("tj_cedaw")
    with monkeypatch.context() as patch:
        patch.setattr(data_directory, "publish_to", lambda *_: real(*late))
        sentence = say("refresh", status=1)
    assert f"it shows {winner}" in sentence and "Refresh again" in sentence
    assert office.shown == (first, winner)
    withdraw(*KEPT)
    say("refresh", status=TROUBLED)
    assert office.shown[:2] == (first, winner) and len(office.shown) == 3
    changes = json.loads(say("diff", winner, office.shown[-1], "--json"))
    assert {row["dataset_id"] for row in changes} == {"tj_cedaw"}
    assert "every file matches" in say("verify", first)

"""Sending to portals, against a server on this machine: what it gets, and what is refused."""

import json
import re
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest

from pipelines.cli.main import main
from pipelines.export.export import ExportError
from pipelines.export.send import send
from tests.servers import Served

KEY = "a-key-that-nobody-may-see"


class Portal(Served):
    """As much of CKAN and of Zenodo as is used: datasets with resources, deposits with files."""

    def __init__(self) -> None:
        self.datasets: dict[str, dict[str, Any]] = {}
        self.uploads: dict[str, bytes] = {}
        self.deposits: list[dict[str, Any]] = []
        self.requests: list[tuple[str, str, str]] = []
        #: status and headers of every answer instead
        self.instead: tuple[int, dict[str, str]] | None = None
        #: host of the bucket that a deposit names
        self.bucket_host = ""
        #: content of every answer instead
        self.other: Any = None
        portal = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                self._answer("POST")

            def do_PUT(self) -> None:
                self._answer("PUT")

            def _answer(self, method: str) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                portal.requests.append((method, self.path, self.headers["Authorization"]))
                status, headers = portal.instead or (200, {})
                value = {"error": {"message": f"no, {self.path}"}} if portal.instead else None
                if value is None:
                    status, value = portal.answer(self.path, body, self.headers["Content-Type"] or "")
                content = json.dumps(value if portal.other is None else portal.other).encode()
                self.send_response(status)
                for name, text in {**headers, "Content-Length": str(len(content))}.items():
                    self.send_header(name, text)
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *_: object) -> None:
                pass

        super().__init__(Handler)

    def answer(self, path: str, body: bytes, kind: str) -> tuple[int, dict[str, Any]]:
        if path.startswith("/files/"):
            self.uploads[path.rpartition("/")[2]] = body
            return 201, {}
        if path == "/api/deposit/depositions":
            self.deposits.append(json.loads(body))
            bucket = f"{self.bucket_host or self.address}/files/b1"
            return 201, {"id": 7, "links": {"bucket": bucket}}
        action = path.rpartition("/")[2]
        if action.startswith("resource_"):
            return 200, {"result": self._resource(action, body, kind)}
        value = json.loads(body)
        if action == "package_create":
            self.datasets[value["name"]] = {**value, "id": "d1", "resources": []}
        elif action == "package_patch":
            next(iter(self.datasets.values())).update(value)
        elif value["id"] not in self.datasets:
            return 404, {"error": {"message": "Not found"}}
        return 200, {"result": next(iter(self.datasets.values()))}

    def _resource(self, action: str, body: bytes, kind: str) -> dict[str, Any]:
        boundary = kind.partition("boundary=")[2].encode()
        fields: dict[str, bytes] = {}
        for part in body.split(b"--" + boundary)[1:-1]:
            head, _, content = part.partition(b"\r\n\r\n")
            name = re.search(rb'name="([^"]+)"', head)
            assert name
            fields[name[1].decode()] = content.removesuffix(b"\r\n")
        (dataset,) = self.datasets.values()
        resource = {key: value.decode() for key, value in fields.items() if key != "upload"}
        if action == "resource_create":
            assert resource.pop("package_id") == dataset["id"]
            resource["id"] = f"r{len(dataset['resources'])}"
            dataset["resources"].append(resource)
        self.uploads[resource["id"]] = fields["upload"]
        return resource


@pytest.fixture
def portal(monkeypatch: pytest.MonkeyPatch) -> Iterator[Portal]:
    for name in ("HDX", "CKAN", "ZENODO"):
        monkeypatch.setenv(f"DVSTATS_{name}_KEY", KEY)
    with Portal() as running:
        yield running


@pytest.fixture
def files(tmp_path: Path) -> Path:
    """An export of one figure for each portal."""
    resources = [{"name": "observations.csv", "description": "Figures", "format": "CSV", "size": 9}]
    for folder, name in (("hdx", "dataset.json"), ("ckan", "package.json")):
        (tmp_path / folder).mkdir()
        package = {"name": "dv", "title": "DV", "private": True, "resources": resources}
        (tmp_path / folder / name).write_text(json.dumps(package))
        (tmp_path / folder / "observations.csv").write_text("obs_key,obs_value\nk1,5\n")
    zenodo = tmp_path / "zenodo"
    zenodo.mkdir()
    (zenodo / "deposit.json").write_text(json.dumps({"metadata": {"title": "DV", "version": "R2"}}))
    for name in ("dvstats-R1.zip", "dvstats-R2.zip", "CITATION.cff"):
        (zenodo / name).write_text(name)
    return tmp_path


@pytest.mark.parametrize("name", ["hdx", "ckan"])
def test_a_dataset_is_created_with_its_file(portal: Portal, files: Path, name: str) -> None:
    assert send(name, files, portal.address) == "Dataset dv created, 1 files sent."
    dataset = portal.datasets["dv"]
    assert dataset["title"] == "DV"
    (resource,) = dataset["resources"]
    assert resource["name"] == "observations.csv"
    assert portal.uploads[resource["id"]] == b"obs_key,obs_value\nk1,5\n"
    assert {authorization for _, _, authorization in portal.requests} == {KEY}


def test_sent_again_it_keeps_its_resource_and_stays_public(portal: Portal, files: Path) -> None:
    send("hdx", files, portal.address)
    portal.datasets["dv"]["private"] = False
    (files / "hdx" / "observations.csv").write_text("obs_key,obs_value\nk1,6\n")
    assert send("hdx", files, f"{portal.address}/") == "Dataset dv updated, 1 files sent."
    dataset = portal.datasets["dv"]
    assert dataset["private"] is False
    assert [resource["id"] for resource in dataset["resources"]] == ["r0"]
    assert portal.uploads == {"r0": b"obs_key,obs_value\nk1,6\n"}


def test_zenodo_gets_a_draft_with_the_files_of_this_release(portal: Portal, files: Path) -> None:
    assert send("zenodo", files, portal.address).startswith("Draft 7 made, 2 files sent.")
    assert portal.deposits == [{"metadata": {"title": "DV", "version": "R2"}}]
    assert portal.uploads == {"dvstats-R2.zip": b"dvstats-R2.zip", "CITATION.cff": b"CITATION.cff"}
    assert {authorization for _, _, authorization in portal.requests} == {f"Bearer {KEY}"}
    assert not [path for _, path, _ in portal.requests if "publish" in path]


def test_the_key_goes_to_no_other_host(portal: Portal, files: Path) -> None:
    with Portal() as other:
        portal.bucket_host = other.address
        with pytest.raises(ExportError, match="another host, .* Give --send the address"):
            send("zenodo", files, portal.address)
        portal.instead = (307, {"Location": other.address})
        with pytest.raises(ExportError, match="status 307.* Give --send the address"):
            send("hdx", files, portal.address)
        assert not other.requests


@pytest.mark.parametrize(
    ("status", "remedy"),
    [(401, "Check the key"), (403, "Check the key"), (409, "Mend what"), (503, "Try again")],
)
def test_a_refusal_is_passed_on_without_the_key_and_with_what_to_do(
    portal: Portal, files: Path, status: int, remedy: str
) -> None:
    portal.instead = (status, {})
    with pytest.raises(ExportError, match=f"{status}.*no, /api/3/action/package_show.*{remedy}") as raised:
        send("ckan", files, portal.address)
    assert KEY not in str(raised.value)
    assert raised.value.status == 1


@pytest.mark.parametrize("other", [[], ["result"], "result", 5, {}, {"result": []}, {"result": {}, "id": 7}])
@pytest.mark.parametrize("name", ["ckan", "zenodo"])
def test_an_answer_of_another_form_is_said(portal: Portal, files: Path, name: str, other: Any) -> None:
    portal.other = other
    with pytest.raises(ExportError, match="gives an answer without '(result|id|links)', so it is no portal"):
        send(name, files, portal.address)
    portal.instead = (409, {})
    with pytest.raises(ExportError, match="status 409"):
        send(name, files, portal.address)


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (["ckan", "--send", "https://data.example.org"], "DVSTATS_CKAN_KEY"),
        (["zenodo", "--send", "http://zenodo.org"], "https://"),
        (["csv", "--send", "https://data.example.org"], "csv is not sent"),
    ],
)
def test_without_key_or_with_an_unfit_address_nothing_is_made(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    word: str,
) -> None:
    monkeypatch.delenv("DVSTATS_CKAN_KEY", raising=False)
    folder = tmp_path / "out"
    assert main(["export", *arguments, "--output", str(folder), "--data-dir", str(tmp_path)]) == 2
    assert word in capsys.readouterr().err
    assert not folder.exists()

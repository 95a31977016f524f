"""Send an export to a CKAN portal, to HDX (a CKAN portal too), or to Zenodo.

::

    send("ckan", Path("exports"), "https://data.example.org")    key of the portal in DVSTATS_CKAN_KEY
    send("hdx", Path("exports"), "https://data.humdata.org")     DVSTATS_HDX_KEY
    send("zenodo", Path("exports"), "https://zenodo.org")        DVSTATS_ZENODO_KEY; a draft, which a person publishes

A dataset that the portal has already keeps its address, its resources theirs, and whether it is private. Redirects are
not followed, so that the key goes to the address given and nowhere else. Actions:
https://docs.ckan.org/en/2.11/api/index.html and https://developers.zenodo.org/#depositions. Not here: the files
(``hdx``, ``ckan``, ``zenodo``), and the DataStore of a CKAN portal, which its administrator sets up with
``ckan/datastore.json``. Called by ``dvstats export --send``.
"""

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import requests

from data_contracts.errors import NOTHING_PUBLISHED
from pipelines.export.selection import ExportError
from pipelines.operations.declared import address_problem
from sources.http.failures import plain_reason
from sources.http.fetch_policy import USER_AGENT, FetchPolicy

_KEYS = {"hdx": "DVSTATS_HDX_KEY", "ckan": "DVSTATS_CKAN_KEY", "zenodo": "DVSTATS_ZENODO_KEY"}
_METADATA = {"hdx": "dataset.json", "ckan": "package.json"}
_SECONDS = (10, 300)


def check_sendable(format_name: str, address: str) -> str:
    """The key for this format; ExportError where the format is not sent, the address is unfit or no key is set."""
    if format_name not in _KEYS:
        raise ExportError(f"{format_name} is not sent. --send goes with {', '.join(_KEYS)}.")
    if problem := address_problem(address):
        raise ExportError(f"--send: {problem}.")
    key = os.environ.get(_KEYS[format_name], "").strip()
    if not key:
        raise ExportError(
            f"There is no key for {urlsplit(address).hostname}: set the environment variable {_KEYS[format_name]} to "
            "it. It is read from nowhere else. Without --send the files are written and nothing is sent."
        )
    return key


def send(format_name: str, folder: Path, address: str) -> str:
    """Send the files of one format that ``export`` wrote into ``folder``; gives a sentence on what was done."""
    key = check_sendable(format_name, address)
    server = _Server(address, key if format_name in _METADATA else f"Bearer {key}")
    if format_name == "zenodo":
        return _deposit(server, folder / "zenodo")
    return _dataset(server, folder / format_name, _METADATA[format_name])


class _Server:
    """One portal, with the key; an answer that is no success is an ExportError without key and address."""

    def __init__(self, address: str, authorization: str) -> None:
        self._root = address.rstrip("/")
        self._host = urlsplit(address).netloc
        self._headers = {"User-Agent": USER_AGENT, "Authorization": authorization}

    def ask(self, method: str, path: str, *, absent_too: bool = False, **content: Any) -> Any:
        """The JSON of an answer; None for status 404 where ``absent_too``."""
        address = path if "://" in path else f"{self._root}{path}"
        if urlsplit(address).netloc != self._host:
            raise ExportError(
                f"{self._host} names an address of another host, to which nothing was sent. {_OWN_ADDRESS}",
                NOTHING_PUBLISHED,
            )
        try:
            answer = requests.request(
                method, address, headers=self._headers, timeout=_SECONDS, allow_redirects=False, **content
            )
            if answer.status_code == 404 and absent_too:
                return None
            said = answer.json() if answer.content else {}
        except (requests.RequestException, OSError, ValueError) as error:
            policy = FetchPolicy((), ("json",), connect_timeout=_SECONDS[0], read_timeout=_SECONDS[1])
            sentence = (
                f"{self._host}: {plain_reason(error, policy)[0]}. Check the address, or try again later."
            )
            raise ExportError(sentence, NOTHING_PUBLISHED) from None
        if not 200 <= answer.status_code < 300:
            named = (said.get("error") or said.get("message")) if isinstance(said, dict) else None
            why = json.dumps(named or said, ensure_ascii=False)[:500]
            sentence = f"{self._host} answers with status {answer.status_code}: {why}."
            raise ExportError(f"{sentence} {_remedy(answer.status_code)}", NOTHING_PUBLISHED)
        return said

    def act(self, action: str, value: Mapping[str, Any], *, absent_too: bool = False) -> Any:
        """The result of an action of CKAN; None for what the portal has not, where ``absent_too``."""
        said = self.ask("POST", f"/api/3/action/{action}", json=value, absent_too=absent_too)
        return None if said is None else self.part(said, "result")

    def part(self, said: Any, *names: str) -> Any:
        """What an answer has under these names, one within the other; ExportError where it is another answer."""
        for name in names:
            if not isinstance(said, dict) or name not in said:
                raise ExportError(
                    f"{self._host} gives an answer without {name!r}, so it is no portal of this kind. Check the "
                    "address, and what was sent so far.",
                    NOTHING_PUBLISHED,
                )
            said = said[name]
        return said


_OWN_ADDRESS = "Give --send the address at which the portal itself answers; redirects are not followed."


def _remedy(status: int) -> str:
    """What a person does about an answer that is no success."""
    if status < 400:
        return _OWN_ADDRESS
    if status in (401, 403):
        return "Check the key, and what it is allowed to do there."
    return "Try again later." if status >= 500 else "Mend what it names, then send again."


def _dataset(server: _Server, folder: Path, name: str) -> str:
    package = json.loads((folder / name).read_text(encoding="utf-8"))
    resources = package.pop("resources")
    there = server.act("package_show", {"id": package["name"]}, absent_too=True)
    known: dict[str, str] = {}
    if there is None:
        number = server.part(server.act("package_create", package), "id")
    else:
        number, kept = server.part(there, "id"), server.part(there, "resources")
        known = {server.part(resource, "name"): server.part(resource, "id") for resource in kept or []}
        # Whether it is private was decided by its maintainer since.
        changed = {key: value for key, value in package.items() if key != "private"}
        server.act("package_patch", {"id": number, **changed})
    for resource in resources:
        _upload(server, folder / resource["name"], resource, number, known.get(resource["name"]))
    done = "created" if there is None else "updated"
    return f"Dataset {package['name']} {done}, {len(resources)} files sent."


def _upload(
    server: _Server, path: Path, resource: Mapping[str, Any], package: str, existing: str | None
) -> None:
    """A file as a resource; CKAN sets size, hash and kind of address of an upload itself."""
    fields = {key: resource[key] for key in ("name", "description", "format")}
    fields |= {"id": existing} if existing else {"package_id": package}
    with path.open("rb") as handle:
        action = "resource_patch" if existing else "resource_create"
        upload = {"upload": (path.name, handle, "text/csv")}
        server.ask("POST", f"/api/3/action/{action}", data=fields, files=upload)


def _deposit(server: _Server, folder: Path) -> str:
    metadata = json.loads((folder / "deposit.json").read_text(encoding="utf-8"))
    files = [folder / f"dvstats-{metadata['metadata']['version']}.zip", folder / "CITATION.cff"]
    deposit = server.ask("POST", "/api/deposit/depositions", json=metadata)
    number, bucket = server.part(deposit, "id"), server.part(deposit, "links", "bucket")
    for path in files:
        with path.open("rb") as handle:
            server.ask("PUT", f"{bucket}/{path.name}", data=handle)
    return f"Draft {number} made, {len(files)} files sent. Look at it there and publish it."

"""One prefix of an object store: reading, and the two conditional writes on which publishing rests.

``create`` writes a key only if it is absent, ``swap`` replaces one only if it is still what was read; both say whether
they did. ``probe`` makes sure that the store honours such conditions, since one that ignores them would let two
publishers overwrite each other in silence.

The address is ``s3://bucket`` or ``s3://bucket/prefix``; endpoint, keys and region are taken from the environment under
the names that AWS gave them (``AWS_ENDPOINT_URL``, ``AWS_ACCESS_KEY_ID``, ``AWS_SECRET_ACCESS_KEY``,
``AWS_SESSION_TOKEN``, ``AWS_REGION``).

Not here: what the keys mean (``working_copy``, ``pointer``, ``publication``). Called by these modules only.
"""

import contextlib
import datetime as dt
import os
import re
import uuid
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import obstore
from obstore.exceptions import AlreadyExistsError, BaseError, PreconditionError
from obstore.store import S3Store

from data_contracts.errors import DvstatsError, UserError

if TYPE_CHECKING:
    from obstore import PutMode

SCHEME = "s3://"
_ADDRESS = re.compile(r"s3://([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])((?:/[A-Za-z0-9_.=-]+)*)/?")
# Larger files are sent in parts, which no store can make conditional.
IN_PARTS = 64 << 20
_AT_ONCE = 8
_PATIENCE = dt.timedelta(seconds=60)
_DEFAULT_REGION = "us-east-1"
_Item = TypeVar("_Item")
_Answer = TypeVar("_Answer")


class StoreError(DvstatsError):
    """The object store cannot be reached, refuses, or does not do what publishing needs."""


@dataclass(frozen=True)
class Listed:
    """An object as a listing shows it."""

    #: below the prefix of the store
    key: str
    #: in bytes
    size: int
    #: when it was written, with zone
    at: dt.datetime
    #: changes with the content
    etag: str


def is_address(text: object) -> bool:
    """Whether a data directory was given as the address of a store."""
    return str(text).startswith(SCHEME)


class Store:
    """The objects below one address."""

    def __init__(self, address: str) -> None:
        """Nothing is requested yet; :class:`UserError` where the address is none."""
        found = _ADDRESS.fullmatch(address)
        if not found or any(part in (".", "..") for part in found[2].split("/")):
            raise UserError(
                f"{address} is no address of an object store. Write s3://BUCKET or s3://BUCKET/PREFIX; endpoint and "
                "keys are taken from AWS_ENDPOINT_URL, AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY."
            )
        self.address = address.rstrip("/")
        endpoint = os.environ.get("AWS_ENDPOINT_URL_S3") or os.environ.get("AWS_ENDPOINT_URL") or None
        region = os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION") or _DEFAULT_REGION
        self._objects = S3Store(
            found[1],
            prefix=found[2].strip("/") or None,
            endpoint=endpoint,
            region=region,
            # A store in the own network may have no certificate; its address says so.
            client_options={
                "allow_http": bool(endpoint and endpoint.startswith("http://")),
                "timeout": "300s",
            },
            retry_config={"max_retries": 5, "retry_timeout": _PATIENCE},
        )

    # --- reading ---

    def read(self, key: str) -> tuple[bytes, str] | None:
        """The content of an object with its ETag, which ``swap`` takes; None where there is none."""
        with self._in_words("read", key):
            try:
                answer = obstore.get(self._objects, key)
            except FileNotFoundError:
                return None
            return bytes(answer.bytes()), str(answer.meta["e_tag"])

    def download(self, key: str, path: Path) -> None:
        """Write an object to a file that is not there yet, piece by piece; only this user may read it."""
        with self._in_words("read", key), path.open("xb") as file:
            path.chmod(0o600)
            for piece in obstore.get(self._objects, key).stream():
                file.write(piece)

    def list(self, prefix: str) -> Iterator[Listed]:
        """Every object below a prefix, which is a whole folder name."""
        with self._in_words("list", prefix):
            for page in obstore.list(self._objects, prefix.rstrip("/")):
                for entry in page:
                    yield Listed(entry["path"], entry["size"], entry["last_modified"], str(entry["e_tag"]))

    # --- writing ---

    def create(self, key: str, content: bytes | Path) -> bool:
        """Write an object if there is none under this key; False where there is one, which stays as it is."""
        with self._in_words("write", key):
            try:
                obstore.put(self._objects, key, content, mode="create")
            except (AlreadyExistsError, PreconditionError):
                return False
            return True

    def swap(self, key: str, content: bytes, etag: str | None) -> str | None:
        """Replace an object if it is still the one with this ETag, None: if there is none; gives the new ETag.

        None where it is another by now. Where the connection broke after the store had written, the repeated request
        is refused; so a refusal counts only if the store holds something else.
        """
        with self._in_words("write", key):
            try:
                mode: PutMode = {"e_tag": etag} if etag else "create"
                return obstore.put(self._objects, key, content, mode=mode)["e_tag"]
            except (AlreadyExistsError, PreconditionError):
                now = self.read(key)
                return now[1] if now is not None and now[0] == content else None

    def put(self, key: str, content: Path) -> str:
        """Write an object whatever is there: only for keys that only one content can have; gives its ETag."""
        with self._in_words("write", key):
            in_parts = content.stat().st_size > IN_PARTS
            return str(obstore.put(self._objects, key, content, use_multipart=in_parts)["e_tag"])

    def delete(self, keys: Sequence[str]) -> None:
        """Remove objects; one that is not there is none the less removed."""
        if not keys:
            return
        with self._in_words("remove", keys[0]):
            obstore.delete(self._objects, list(keys))

    def probe(self) -> None:
        """:class:`StoreError` where the store cannot be written to or does not honour conditions."""
        key = f".probe/{uuid.uuid4().hex}"
        try:
            if not self.create(key, b"1"):
                raise StoreError(f"{self.address}: a new key is refused as if it were there. {_UNFIT}")
            first = self.read(key)
            etag = first[1] if first else ""
            ignored = [
                *(["If-None-Match"] if self.create(key, b"2") else []),
                *(["If-Match"] if self.swap(key, b"3", '"00000000000000000000000000000000"') else []),
            ]
            if ignored:
                raise StoreError(f"{self.address} ignores the condition {' and '.join(ignored)}. {_UNFIT}")
            if not self.swap(key, b"4", etag):
                raise StoreError(f"{self.address} refuses a write whose If-Match holds. {_UNFIT}")
        finally:
            with contextlib.suppress(StoreError):
                self.delete([key])

    @contextlib.contextmanager
    def _in_words(self, action: str, key: str) -> Iterator[None]:
        try:
            yield
        except (BaseError, FileNotFoundError) as error:
            if isinstance(error, OSError) and error.filename:
                raise
            # The first line has bucket, key and reason; what follows is for programmers.
            reason = str(error).splitlines()[0][:300]
            raise StoreError(
                f"Cannot {action} {self.address}/{key}: {reason}. Check AWS_ENDPOINT_URL, the keys in "
                "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, and what they are allowed to do; then run again."
            ) from error


_UNFIT = (
    "Two publishers could overwrite each other there, so nothing is written. Use a store with conditional writes "
    "(AWS S3, SeaweedFS, MinIO, Ceph, Cloudflare R2)."
)


def together(work: Callable[[_Item], _Answer], items: Iterable[_Item]) -> list[_Answer]:
    """Do something for many objects, several at once; the first error is raised."""
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        return list(pool.map(work, items))

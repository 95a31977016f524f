"""Where files go: a folder or network share, a bucket of an object store, an SFTP server.

A delivery is a folder ``<subscription>/<release>`` with its files, ``README.txt`` (the message) and
``delivery.json``, which has the id of the delivery. It appears in one step, or, in an object store, is complete when
``delivery.json`` is there. A delivery that is there already is left as it is: sending it again changes nothing. Not
here: messages (``pipelines.operations.send``). Called by ``deliver``.
"""

import contextlib
import errno
import json
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from data_contracts.stored_json import load_json
from pipelines.operations.declared import Folder, ObjectStore, Sftp
from pipelines.operations.message import ChannelError, Message, secret
from sources.durable import sync_folder

MARKER = "delivery.json"


def put(channel: Any, name: str, release: str, message: Message, files: Sequence[Path]) -> None:
    """Deliver files with their message; ChannelError says why it could not be done."""
    marker = {
        "id": message.id,
        "release": release,
        "subject": message.subject,
        "files": [path.name for path in files],
    }
    content: dict[str, bytes | Path] = {
        **{path.name: path for path in files},
        "README.txt": f"{message.subject}\n\n{message.text}".encode(),
        # Last: where it is, the rest is.
        MARKER: (json.dumps(marker, ensure_ascii=False, indent=1) + "\n").encode(),
    }
    if isinstance(channel, Folder):
        _into_folder(channel, name, release, content)
    elif isinstance(channel, ObjectStore):
        _into_bucket(channel, name, release, content)
    elif isinstance(channel, Sftp):
        _by_sftp(channel, name, release, content)
    else:
        raise ChannelError("takes_no_files", kind=channel.kind)


def _id(marker: bytes) -> str:
    try:
        return str(load_json(marker)["id"])
    except (ValueError, KeyError, TypeError):
        return ""


def _id_of(content: dict[str, bytes | Path]) -> str:
    marker = content[MARKER]
    return _id(marker) if isinstance(marker, bytes) else ""


def _bytes(content: bytes | Path) -> bytes:
    return content if isinstance(content, bytes) else content.read_bytes()


# -- a folder ----------------------------------------------------------------------------------------------------


def _into_folder(channel: Folder, name: str, release: str, content: dict[str, bytes | Path]) -> None:
    root = Path(channel.path)
    if not root.is_dir():
        # A share that is not mounted must not be filled in its stead.
        raise ChannelError("folder_not_there", folder=root)
    final, aside = root / name / release, root / name / f".{release}.tmp"
    try:
        if final.exists():
            if (final / MARKER).is_file() and _id((final / MARKER).read_bytes()) == _id_of(content):
                return
            raise ChannelError("something_else_there", folder=final)
        shutil.rmtree(aside, ignore_errors=True)
        aside.mkdir(parents=True)
        for file, what in content.items():
            (aside / file).write_bytes(_bytes(what))
            sync_folder(aside / file)
        _sync(aside)
        aside.rename(final)
        _sync(final.parent)
    except OSError as error:
        raise ChannelError(_folder_failure(error), folder=root, reason=error.strerror or error) from None


def _folder_failure(error: OSError) -> str:
    """The name of the sentence for a folder that took nothing."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return "folder_full"
    return "folder_closed" if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS) else "folder_failed"


def _sync(folder: Path) -> None:
    """As far as a network share knows how."""
    with contextlib.suppress(OSError):
        sync_folder(folder)


# -- an object store ---------------------------------------------------------------------------------------------


def _into_bucket(channel: ObjectStore, name: str, release: str, content: dict[str, bytes | Path]) -> None:
    from pyarrow import fs

    scheme, _, host = channel.endpoint.rpartition("://")
    options: dict[str, Any] = {"region": channel.region} if channel.region else {}
    if host:
        options |= {"endpoint_override": host, "scheme": scheme}
    store = fs.S3FileSystem(
        access_key=secret(channel.key_from),
        secret_key=secret(channel.secret_from),
        connect_timeout=channel.seconds,
        request_timeout=channel.seconds,
        retry_strategy=fs.AwsStandardS3RetryStrategy(max_attempts=2),
        # One request for a file of usual size: an object appears whole.
        allow_delayed_open=True,
        **options,
    )
    folder = "/".join(filter(None, [channel.bucket, channel.prefix.strip("/"), name, release]))
    try:
        info = store.get_file_info(f"{folder}/{MARKER}")
        if info.type != fs.FileType.NotFound:
            with store.open_input_stream(info.path) as stream:
                if _id(stream.read()) == _id_of(content):
                    return
            raise ChannelError("something_else_there", folder=folder)
        for file, what in content.items():
            with store.open_output_stream(f"{folder}/{file}") as stream:
                stream.write(_bytes(what))
    except OSError as error:
        # The message of the store names bucket and reason; keys are not in it.
        reason = str(error).splitlines()[0][:200]
        raise ChannelError("bucket_failed", bucket=channel.bucket, reason=reason) from None


# -- SFTP ----------------------------------------------------------------------------------------------------------


def _by_sftp(channel: Sftp, name: str, release: str, content: dict[str, bytes | Path]) -> None:
    try:
        import asyncssh
    except ImportError:
        raise ChannelError("package_missing") from None
    import asyncio

    password = secret(channel.password_from)
    passphrase = secret(channel.passphrase_from)

    async def upload() -> None:
        async with (
            asyncssh.connect(
                channel.host,
                channel.port,
                username=channel.user,
                known_hosts=channel.known_hosts,
                password=password or None,
                client_keys=[channel.key_file] if channel.key_file else None,
                passphrase=passphrase or None,
                agent_path=None,
                config=None,
                connect_timeout=channel.seconds,
                login_timeout=channel.seconds,
            ) as connection,
            connection.start_sftp_client() as client,
        ):
            await _upload(client, f"{channel.path.rstrip('/')}/{name}", release, content)

    try:
        asyncio.run(asyncio.wait_for(upload(), channel.seconds * (2 + len(content))))
    except asyncssh.HostKeyNotVerifiable:
        raise ChannelError("other_host_key", host=channel.host, known_hosts=channel.known_hosts) from None
    except asyncssh.PermissionDenied:
        raise ChannelError("host_refuses", host=channel.host) from None
    except asyncssh.Error as error:
        raise ChannelError("host_failed", host=channel.host, reason=type(error).__name__) from None
    except TimeoutError:
        raise ChannelError("no_answer", host=channel.host, seconds=f"{channel.seconds:g}") from None
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise ChannelError("host_failed", host=channel.host, reason=reason) from None


async def _upload(client: Any, folder: str, release: str, content: dict[str, bytes | Path]) -> None:
    final, aside = f"{folder}/{release}", f"{folder}/.{release}.tmp"
    if await client.exists(final):
        if await client.exists(f"{final}/{MARKER}"):
            async with client.open(f"{final}/{MARKER}", "rb") as file:
                if _id(await file.read()) == _id_of(content):
                    return
        raise ChannelError("something_else_there", folder=final)
    await client.makedirs(folder, exist_ok=True)
    if await client.exists(aside):
        await client.rmtree(aside)
    await client.mkdir(aside)
    for file, what in content.items():
        async with client.open(f"{aside}/{file}", "wb") as target:
            await target.write(_bytes(what))
    await client.rename(aside, final)

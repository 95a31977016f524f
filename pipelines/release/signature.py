"""Signatures of releases in the form of minisign, so that any copy of it checks them without this program.

A manifest holds the checksum of every file of a release, so one signature of ``manifest.json`` is one of the release.
The operator makes a key once (``minisign -G -W``), keeps the secret part on the machine that publishes, and prints the
public part where readers look for it::

    DVSTATS_SIGNING_KEY   file of the secret key: every new release gets ``manifest.json.minisig``
    DVSTATS_PUBLIC_KEY    file or text of the public key: ``dvstats verify`` then demands a good signature

Without the two nothing is signed or demanded. Only keys without a password can be used, since nobody is there to type
one; so a secret key is not used that every user of the machine may read, or that lies in the data directory, of which
copies are made. Not here: checksums (``manifest``). Called by ``publish``, ``last_release``, ``pipelines.refresh``,
deliveries and ``dvstats verify``. The form: https://jedisct1.github.io/minisign/#signature-format
"""

import base64
import hashlib
import os
import stat
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from data_contracts.errors import UserError

SIGNED = "manifest.json"
SUFFIX = ".minisig"
SECRET, PUBLIC = "DVSTATS_SIGNING_KEY", "DVSTATS_PUBLIC_KEY"
_PUBLIC_BYTES, _SECRET_BYTES, _SIGNATURE_BYTES = 42, 158, 74
_MAKE_ONE = "Make one with: minisign -G -W."
_COMMENT, _TRUSTED = "untrusted comment: ", "trusted comment: "


def sign(folder: Path, comment: str) -> None:
    """Sign the manifest of a release where the operator has a key. UserError: a bad key."""
    if not os.environ.get(SECRET, ""):
        return
    number, key = _secret_key(folder.parent.parent)
    manifest = folder / SIGNED
    signature = key.sign(_digest(manifest))
    lines = [
        f"{_COMMENT}signature of a release of dvstats",
        base64.b64encode(b"ED" + number + signature).decode(),
        f"{_TRUSTED}{comment}",
        base64.b64encode(key.sign(signature + comment.encode())).decode(),
    ]
    _file(folder).write_text("\n".join(lines) + "\n", encoding="utf-8")


def check_keys(root: Path) -> None:
    """UserError where the next release of a data directory could not be signed, or would not be good afterwards."""
    if not os.environ.get(SECRET, ""):
        return
    number, key = _secret_key(root)
    given = os.environ.get(PUBLIC, "")
    if given and _public_bytes(given) != (number, key.public_key().public_bytes_raw()):
        raise UserError(
            f"{SECRET} and {PUBLIC} are no pair: what is signed by the one is refused by the other. Set those that "
            "were made together."
        )


def problem_among(folder: Path) -> str:
    """The same as :func:`problem`; a signature is demanded where a release before it has one.

    Whoever changes a release could take its signature away as well.
    """
    before = (other for other in folder.parent.glob("*Z") if other.name < folder.name)
    return problem(folder, demanded=any(map(is_signed, before)))


def problem(folder: Path, *, demanded: bool = True) -> str:
    """What is wrong with the signature of a release, in a sentence; empty without a public key or where it is good.

    ``demanded``: whether a release without a signature is wrong; those from before there was a key have none.
    """
    given = os.environ.get(PUBLIC, "")
    if not given:
        return ""
    number, public = _public_bytes(given)
    if not is_signed(folder):
        missing = f"{SIGNED}{SUFFIX} is missing: the release is not signed."
        return f"{missing} If it is yours, sign it: minisign -S -m {SIGNED}." if demanded else ""
    try:
        _, signed, trusted, whole = _file(folder).read_text(encoding="utf-8").splitlines()
        raw = base64.b64decode(signed, validate=True)
        if len(raw) != _SIGNATURE_BYTES or raw[:2] != b"ED" or not trusted.startswith(_TRUSTED):
            raise ValueError("another form")
        if raw[2:10] != number:
            return f"{SIGNED}{SUFFIX} is by another key than {PUBLIC}: somebody else's release, or the key changed."
        key = Ed25519PublicKey.from_public_bytes(public)
        key.verify(raw[10:], _digest(folder / SIGNED))
        key.verify(base64.b64decode(whole, validate=True), raw[10:] + trusted.removeprefix(_TRUSTED).encode())
    except InvalidSignature:
        return f"{SIGNED}{SUFFIX} does not fit: the manifest was changed after it was signed; restore it from a copy."
    except (ValueError, OSError):
        return f"{SIGNED}{SUFFIX} is no signature of minisign: restore it from a copy."
    return ""


def is_signed(folder: Path) -> bool:
    """Whether a release has a signature, good or not."""
    return _file(folder).is_file()


def _file(folder: Path) -> Path:
    return folder / f"{SIGNED}{SUFFIX}"


def _digest(path: Path) -> bytes:
    return hashlib.blake2b(path.read_bytes()).digest()


def _secret_key(root: Path) -> tuple[bytes, Ed25519PrivateKey]:
    """Number and key; UserError where it cannot be used, or where others could use it. ``root``: the data directory."""
    path = Path(os.environ[SECRET])
    try:
        text, mode = path.read_text(encoding="utf-8"), path.stat().st_mode
    except (OSError, ValueError) as error:
        # The value is not repeated: it may be the key itself.
        why = error.strerror if isinstance(error, OSError) else "it holds no text"
        raise UserError(f"{SECRET} names no file that can be read ({why}). {_MAKE_ONE}") from error
    raw = _decoded(text, _SECRET_BYTES)
    if raw is None:
        raise UserError(f"{SECRET} names a file that is no key of minisign. {_MAKE_ONE}")
    if path.resolve().is_relative_to(root.resolve()):
        raise UserError(
            f"The key of {SECRET} is in the data directory, of which copies are made. Keep it elsewhere."
        )
    if os.name == "posix" and mode & stat.S_IROTH:
        raise UserError(f"Every user of this machine may read the key of {SECRET}: chmod 600 {path}")
    if raw[2:4] != b"\0\0":
        raise UserError(f"The key of {SECRET} has a password. Make one without: minisign -G -W.")
    # Not the checksum: minisign leaves it empty in a key without a password.
    number, seed, public = raw[54:62], raw[62:94], raw[94:126]
    key = Ed25519PrivateKey.from_private_bytes(seed)
    if key.public_key().public_bytes_raw() != public:
        raise UserError(f"{path} is damaged: its two halves do not fit. Restore it from a copy.")
    return number, key


def _public_bytes(given: str) -> tuple[bytes, bytes]:
    """Number and key, from a file of minisign or the text that is its last line."""
    try:
        text = Path(given).read_text(encoding="utf-8")
    except (OSError, ValueError):
        # A key may be longer than a name of a file can be.
        text = given
    raw = _decoded(text, _PUBLIC_BYTES)
    if raw is None:
        raise UserError(f"{PUBLIC}={given} is neither a key of minisign nor a file of one. {_MAKE_ONE}")
    return raw[2:10], raw[10:]


def _decoded(text: str, size: int) -> bytes | None:
    """The bytes of a key, which are the last line of its text; None where it is none of this size."""
    try:
        raw = base64.b64decode(text.strip().splitlines()[-1], validate=True)
    except (ValueError, IndexError):
        return None
    return raw if len(raw) == size and raw[:2] == b"Ed" else None

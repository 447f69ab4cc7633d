"""Checkpoints: where the audit chain stood, signed (Ed25519) and kept outside the database.

Who may rewrite every row of the database cannot rewrite these, and whoever has the public key can
tell that they are ours. The file is only ever added to; copies of it elsewhere are what it is for.
"""

import os
from base64 import b64decode, b64encode
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

import orjson
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from domain.errors import InvalidInput, Tampered
from records.verification import Checkpoint

KEY_BYTES = 32
OTHER_KEY = (
    "this line was signed with another key. Was `index:` in BATTWHEELS_VAULT_KEYS changed, or is "
    "the public key another one? If not, the file was altered."
)


class AuditSigner:
    """Signs what leaves the house for an auditor; the private key follows from `seed`."""

    def __init__(self, seed: bytes) -> None:
        self._key = Ed25519PrivateKey.from_private_bytes(seed)

    @property
    def public_key(self) -> str:
        """The public key, 32 bytes in Base64."""
        raw = self._key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        return b64encode(raw).decode()

    def signed_line(self, said: Mapping[str, object]) -> bytes:
        """Give a line of JSON that ends with the signature of all before it."""
        signature = b64encode(self._key.sign(_signed_bytes(said))).decode()
        return orjson.dumps({**said, "signature": signature}) + b"\n"


class AuditReader:
    """Reads lines that were signed, with the public key alone."""

    def __init__(self, public_key: str) -> None:
        """Take the key as `AuditSigner.public_key` gives it.

        Raises:
            InvalidInput: it does not read as one.
        """
        try:
            self._key = Ed25519PublicKey.from_public_bytes(b64decode(public_key, validate=True))
        except ValueError as error:
            raise InvalidInput("key", "is 32 bytes in Base64, as `audit key` prints it") from error

    def read_line(self, line: bytes, where: str) -> dict[str, object]:
        """Give what a signed line says.

        Raises:
            Tampered: it was not signed with the key, or reads as nothing of ours.
        """
        try:
            said: dict[str, object] = orjson.loads(line)
            signature = b64decode(str(said.pop("signature")))
            self._key.verify(signature, _signed_bytes(said))
        except InvalidSignature as error:
            raise Tampered(where, OTHER_KEY) from error
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise Tampered(where, "this line is no signed one") from error
        return said


class CheckpointFile:
    """A file with one signed line for each checkpoint."""

    def __init__(self, path: Path, signer: AuditSigner) -> None:
        self._path = path
        self._signer = signer

    @property
    def path(self) -> Path:
        return self._path

    def add(self, checkpoint: Checkpoint) -> bool:
        """Write a checkpoint down, unless the last one says the same; say whether it did."""
        last = read_checkpoints(self._path, AuditReader(self._signer.public_key))[-1:]
        if last and last[0].n >= checkpoint.n:
            return False
        self._path.parent.mkdir(parents=True, exist_ok=True)
        said = {
            "n": checkpoint.n,
            "hash": checkpoint.hash.hex(),
            "at": checkpoint.at.isoformat(),
        }
        with self._path.open("ab") as file:
            # What a process wrote that died over it is no line, and must not spoil the next one.
            file.truncate(_whole_bytes(self._path.read_bytes()))
            file.write(self._signer.signed_line(said))
            file.flush()
            os.fsync(file.fileno())
        return True


def read_checkpoints(path: Path, reader: AuditReader) -> list[Checkpoint]:
    """Give all checkpoints of a file, the oldest first; none where there is no file.

    A last line without its end was never written whole: it says nothing.

    Raises:
        Tampered: a line was not signed with the key.
    """
    if not path.exists():
        return []
    written = path.read_bytes()
    return [
        _checkpoint(reader.read_line(line, f"{path}:{n}"), f"{path}:{n}")
        for n, line in enumerate(written[: _whole_bytes(written)].splitlines(), start=1)
    ]


def _whole_bytes(written: bytes) -> int:
    """Give how many bytes are lines with their ends."""
    return written.rfind(b"\n") + 1


def _checkpoint(said: Mapping[str, object], where: str) -> Checkpoint:
    try:
        return Checkpoint(
            n=int(str(said["n"])),
            hash=bytes.fromhex(str(said["hash"])),
            at=datetime.fromisoformat(str(said["at"])),
        )
    except (ValueError, KeyError) as error:
        raise Tampered(where, "this line is no checkpoint") from error


def _signed_bytes(said: Mapping[str, object]) -> bytes:
    return orjson.dumps(said, option=orjson.OPT_SORT_KEYS)

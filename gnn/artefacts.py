"""Model files as they are kept: found by the hash of what they say, whole or not at all.

An artefact is a folder named by the SHA-256 of its `manifest.json`, which names each file with its
own hash and length. Nothing is read that the manifest does not vouch for, and nothing in it can
run: files are safetensors, JSON or LightGBM's text. It is written beside its place and moved there
in one step, so that a crash or a full disk leaves nothing that could be taken for a model.
"""

import os
import re
import secrets
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import orjson

from domain.errors import BrokenModel, Unavailable
from domain.model_runs import ModelKind

MANIFEST = "manifest.json"
HASH = re.compile(r"[0-9a-f]{64}")
FILE_NAME = re.compile(r"[a-z0-9][a-z0-9_\-]{0,60}\.(safetensors|json|txt)")
# No model of ours is larger; what is longer than it should be is not even read.
MOST_BYTES = 512 << 20
MOST_MANIFEST = 64 << 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Artefact:
    """A model as files, and what has to fit before it is read.

    Attributes:
        version: of its form; `embedding`: the sentence model whose vectors it reads, or None.
    """

    kind: ModelKind
    version: int
    embedding: str | None
    files: Mapping[str, bytes]

    @property
    def manifest(self) -> bytes:
        listed = {
            name: {"sha256": sha256(said).hexdigest(), "bytes": len(said)}
            for name, said in self.files.items()
        }
        told = {
            "kind": self.kind,
            "version": self.version,
            "embedding": self.embedding,
            "files": listed,
        }
        return orjson.dumps(told, option=orjson.OPT_SORT_KEYS)

    @property
    def hash(self) -> str:
        return sha256(self.manifest).hexdigest()


class ArtefactStore:
    """Those of one folder, for its owner alone."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def write(self, artefact: Artefact) -> str:
        """Keep an artefact and give its hash; one that is there already stays as it is.

        Raises:
            Unavailable: the disk is full or cannot be written; nothing is left of it.
        """
        place = self._folder / artefact.hash
        part = self._folder / f".{artefact.hash}.{secrets.token_hex(4)}"
        try:
            part.mkdir(parents=True, mode=0o700)
            for name, said in {**artefact.files, MANIFEST: artefact.manifest}.items():
                _write_file(part / name, said)
            _put(part, place)
        except OSError as error:
            raise Unavailable("the folder of models", error.strerror or str(error)) from error
        finally:
            shutil.rmtree(part, ignore_errors=True)
        return artefact.hash

    def read(self, hash: str) -> Artefact:
        """Give an artefact, each byte of it checked.

        Raises:
            BrokenModel: it is not there, cut off, or not what its hash says.
        """
        if not HASH.fullmatch(hash):
            raise BrokenModel(hash[:64], "that is no SHA-256")
        try:
            return self._read(hash)
        except OSError as error:
            raise BrokenModel(hash, f"its file cannot be read ({error.strerror})") from error
        except (KeyError, TypeError, ValueError) as error:
            raise BrokenModel(hash, "its manifest does not read as one") from error

    def _read(self, hash: str) -> Artefact:
        written = _read_file(self._folder / hash / MANIFEST, MOST_MANIFEST, hash)
        if sha256(written).hexdigest() != hash:
            raise BrokenModel(hash, "its manifest was changed")
        told: dict[str, Any] = orjson.loads(written)
        files = {name: self._file(hash, name, **listed) for name, listed in told["files"].items()}
        return Artefact(
            kind=ModelKind(told["kind"]),
            version=told["version"],
            embedding=told["embedding"],
            files=files,
        )

    def _file(self, hash: str, name: str, **listed: Any) -> bytes:  # noqa: ANN401 - read from JSON
        if not FILE_NAME.fullmatch(name):
            raise BrokenModel(hash, f"{name[:80]!r} is no name of a model's file")
        said = _read_file(self._folder / hash / name, listed["bytes"], hash)
        if len(said) != listed["bytes"]:
            raise BrokenModel(hash, f"{name} is cut off")
        if sha256(said).hexdigest() != listed["sha256"]:
            raise BrokenModel(hash, f"{name} was changed")
        return said


def demand_form(artefact: Artefact, kind: ModelKind, version: int, embedding: str | None) -> None:
    """Return when a reader of these can read an artefact.

    Raises:
        BrokenModel: it is of another kind or version, or reads vectors of another model.
    """
    if artefact.kind is not kind:
        raise BrokenModel(artefact.hash, f"it is a {artefact.kind}, and no {kind}")
    if artefact.version != version:
        raise BrokenModel(
            artefact.hash, f"its form is version {artefact.version}, and {version} is read here"
        )
    if artefact.embedding not in {None, embedding}:
        raise BrokenModel(
            artefact.hash, f"it reads vectors of {artefact.embedding}, and these are of {embedding}"
        )


def _write_file(path: Path, said: bytes) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as stream:
        stream.write(said)
        stream.flush()
        os.fsync(stream.fileno())


def _put(part: Path, place: Path) -> None:
    """Move a folder to its place; of two that say the same the first one stays."""
    try:
        part.rename(place)
    except OSError:
        if not (place / MANIFEST).exists():
            raise


def _read_file(path: Path, most: int, hash: str) -> bytes:
    if path.stat().st_size > min(most, MOST_BYTES):
        raise BrokenModel(hash, f"{path.name} is longer than it says")
    return path.read_bytes()

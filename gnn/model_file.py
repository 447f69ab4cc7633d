"""A trained model as two files of one folder: `model.json`, and `weights.safetensors`.

The first says what the second is: which kind of model, of which version, its shape, the digest of
its weights, and what was measured. Neither is code, so a file from elsewhere can lie and can do no
more. A model that is cut off, mixed up or of another version is refused by name.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from safetensors import SafetensorError
from safetensors.torch import load, load_file, save
from torch import Tensor

from domain.errors import InvalidInput

CARD = "model.json"
WEIGHTS = "weights.safetensors"


@dataclass(frozen=True, slots=True)
class SavedModel:
    """What `read_model` found: the shape, what was told of the training, and the weights."""

    config: Mapping[str, Any]
    told: Mapping[str, Any]
    weights: dict[str, Tensor]


def model_files(
    kind: str,
    config: Mapping[str, Any],
    told: Mapping[str, Any],
    weights: Mapping[str, Tensor],
) -> dict[str, bytes]:
    """Give both files; equal models give equal bytes."""
    body = save(_plain(weights))
    card = {
        "kind": kind,
        "config": dict(config),
        "told": dict(told),
        "sha256": hashlib.sha256(body).hexdigest(),
    }
    return {CARD: (json.dumps(card, indent=2, sort_keys=True) + "\n").encode(), WEIGHTS: body}


def parse_model(files: Mapping[str, bytes], kind: str, name: str) -> SavedModel:
    """Give the model of two files; `kind` is name and version of what is wanted.

    Raises:
        InvalidInput: they are no model, of another kind or version, cut off or mixed up.
    """
    try:
        card = json.loads(files[CARD])
        found = (str(card["kind"]), dict(card["config"]), dict(card["told"]), str(card["sha256"]))
        body = files[WEIGHTS]
    except (ValueError, KeyError, TypeError) as error:
        raise InvalidInput("model", f"{name} holds no model: {error}") from error
    if found[0] != kind:
        raise InvalidInput("model", f"{name} is of kind {found[0]!r}; wanted is {kind!r}")
    if found[3] != hashlib.sha256(body).hexdigest():
        raise InvalidInput("model", f"{name}: the weights are not those of its {CARD}")
    try:
        return SavedModel(found[1], found[2], load(body))
    except SafetensorError as error:
        raise InvalidInput("model", f"{name}: {WEIGHTS} cannot be read: {error}") from error


def write_model(folder: Path, files: Mapping[str, bytes]) -> None:
    """Write both files, the weights first; a reader never sees half a file."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in (WEIGHTS, CARD):
        _swap(folder / name, files[name])


def read_model(folder: Path, kind: str) -> SavedModel:
    """Read what `write_model` wrote.

    Raises:
        InvalidInput: as `parse_model`, or there are no such files.
    """
    try:
        files = {name: (folder / name).read_bytes() for name in (CARD, WEIGHTS)}
    except OSError as error:
        raise InvalidInput("model", f"{folder.name} holds no model: {error}") from error
    return parse_model(files, kind, folder.name)


def save_tensors(path: Path, tensors: Mapping[str, Tensor]) -> None:
    """Write tensors at once: a kill leaves the file before, or the new one."""
    _swap(path, save(_plain(tensors)))


def load_tensors(path: Path) -> dict[str, Tensor]:
    """Read tensors.

    Raises:
        InvalidInput: the file is no whole safetensors file.
    """
    try:
        return load_file(path)
    except (OSError, SafetensorError) as error:
        raise InvalidInput("model", f"{path.name} cannot be read: {error}") from error


def _plain(tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Give tensors of their own memory: safetensors refuses two names of one."""
    return {name: one.detach().cpu().clone().contiguous() for name, one in tensors.items()}


def _swap(path: Path, content: bytes) -> None:
    half = path.with_name(f"{path.name}.half")
    half.write_bytes(content)
    half.replace(path)

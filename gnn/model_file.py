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
from safetensors.torch import load_file, save_file
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


def write_model(
    folder: Path,
    kind: str,
    config: Mapping[str, Any],
    told: Mapping[str, Any],
    weights: Mapping[str, Tensor],
) -> None:
    """Write both files; a reader never sees half a file."""
    folder.mkdir(parents=True, exist_ok=True)
    save_tensors(folder / WEIGHTS, weights)
    card = {
        "kind": kind,
        "config": dict(config),
        "told": dict(told),
        "sha256": _digest(folder / WEIGHTS),
    }
    _swap(folder / CARD, (json.dumps(card, indent=2, sort_keys=True) + "\n").encode())


def read_model(folder: Path, kind: str) -> SavedModel:
    """Read what `write_model` wrote; `kind` is name and version of what is wanted.

    Raises:
        InvalidInput: there is no such model, it is of another kind or version, or its weights
            are cut off or those of another.
    """
    try:
        card = json.loads((folder / CARD).read_bytes())
        found = (str(card["kind"]), dict(card["config"]), dict(card["told"]), str(card["sha256"]))
        digest = _digest(folder / WEIGHTS)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise InvalidInput("model", f"{folder.name} holds no model: {error}") from error
    if found[0] != kind:
        raise InvalidInput("model", f"{folder.name} is of kind {found[0]!r}; wanted is {kind!r}")
    if found[3] != digest:
        raise InvalidInput("model", f"{folder.name}: the weights are not those of its {CARD}")
    return SavedModel(found[1], found[2], load_tensors(folder / WEIGHTS))


def save_tensors(path: Path, tensors: Mapping[str, Tensor]) -> None:
    """Write tensors at once: a kill leaves the file before, or the new one."""
    half = path.with_name(f"{path.name}.half")
    save_file({name: one.detach().cpu().contiguous() for name, one in tensors.items()}, half)
    half.replace(path)


def load_tensors(path: Path) -> dict[str, Tensor]:
    """Read tensors.

    Raises:
        InvalidInput: the file is no whole safetensors file.
    """
    try:
        return load_file(path)
    except (OSError, SafetensorError) as error:
        raise InvalidInput("model", f"{path.name} cannot be read: {error}") from error


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _swap(path: Path, content: bytes) -> None:
    half = path.with_name(f"{path.name}.half")
    half.write_bytes(content)
    half.replace(path)

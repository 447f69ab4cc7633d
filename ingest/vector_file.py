"""Vectors kept on disk between runs, so that what was embedded once is never embedded again.

One file a model: records of a 32-byte key and the numbers of its vector, appended in whole batches.
A record cut short by a killed run, or one that is no unit vector, is left out when it is read.
"""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

KEY_BYTES = 32
UNIT_TOLERANCE = 1e-3


class VectorFile:
    def __init__(self, path: Path, dimensions: int) -> None:
        self._path = path
        self._record = np.dtype([("key", f"V{KEY_BYTES}"), ("vector", "<f4", (dimensions,))])
        self._kept: dict[bytes, NDArray[np.float32]] = self._read()

    def get(self, key: bytes) -> NDArray[np.float32] | None:
        return self._kept.get(key)

    def add(self, vectors: Mapping[bytes, NDArray[np.float32]]) -> None:
        """Keep them; when the disk is full or read-only they are kept in memory alone."""
        self._kept.update(vectors)
        records = np.empty(len(vectors), dtype=self._record)
        records["key"] = np.frombuffer(b"".join(vectors), dtype=f"V{KEY_BYTES}")
        records["vector"] = np.stack(list(vectors.values()))
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with self._path.open("ab") as file:
                self._align(file.tell())
                file.write(records.tobytes())
        except OSError:
            return

    def _read(self) -> dict[bytes, NDArray[np.float32]]:
        try:
            data = self._path.read_bytes()
        except OSError:
            return {}
        whole = len(data) - len(data) % self._record.itemsize
        records = np.frombuffer(data[:whole], dtype=self._record)
        lengths = np.linalg.norm(records["vector"], axis=1)
        sound = records[np.abs(lengths - 1.0) < UNIT_TOLERANCE]
        return {
            bytes(key): vector for key, vector in zip(sound["key"], sound["vector"], strict=True)
        }

    def _align(self, size: int) -> None:
        """Cut off what a killed run left half written."""
        rest = size % self._record.itemsize
        if rest:
            with self._path.open("r+b") as file:
                file.truncate(size - rest)

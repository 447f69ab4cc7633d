"""Nearest vectors in memory, by a scan of all: one byte a number finds them, two rank them.

A scan needs no training and forgets no neighbour, whatever the vectors look like; what it costs is
the memory that it reads, so it reads as little as it can (docs/decisions/0030). What was added is
never changed: whoever holds a reader searches what there was when it was given.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import Any

import numpy as np
from numpy.typing import NDArray

Rows = NDArray[np.int64]
Numbers = NDArray[np.float32]
# Numbers of unit vectors of hundreds of dimensions stay below this; what does not is cut off, and
# only the first look sees that.
REACH = 0.4
SCALE = np.float32(127 / REACH)
# The first look finds so many times what is wanted, and no fewer than these.
LOOKED, LOOKED_LEAST = 4, 128
BLOCK = 4096
BYTES_OF_NUMBER = 3


@dataclass(frozen=True, slots=True)
class VectorChunk:
    """Vectors that were put together: their rows, and what scans them."""

    rows: Rows
    scan: Any


@dataclass(frozen=True, slots=True)
class VectorReader:
    """Vectors as they were at one time; `blocks` only grows."""

    size: int
    blocks: list[NDArray[np.float16]]
    chunks: tuple[VectorChunk, ...] = ()

    def nearest(
        self, vector: Numbers, count: int, allowed: NDArray[np.bool_] | None = None
    ) -> tuple[Rows, Numbers]:
        """Give the rows of the `count` nearest, and their cosines; of `allowed` rows alone."""
        looked = max(LOOKED * count, LOOKED_LEAST)
        found = [_scanned(chunk, vector, looked, allowed) for chunk in self.chunks]
        rows = np.concatenate(found) if found else np.empty(0, np.int64)
        cosines = self.cosines(vector, rows)
        best = np.argsort(-cosines, kind="stable")[:count]
        return rows[best], cosines[best]

    def cosines(self, vector: Numbers, rows: Sequence[int] | Rows) -> Numbers:
        """Give how alike the vectors of these rows are; nought where there is none."""
        held = [self.blocks[row // BLOCK][row % BLOCK] for row in map(int, rows)]
        # Not by `@`: for so few it would wake the threads of BLAS.
        return np.einsum("ij,j->i", np.array(held, np.float32).reshape(-1, self.size), vector)


class VectorIndex:
    def __init__(self, size: int) -> None:
        self._size = size
        self._blocks: list[NDArray[np.float16]] = []
        self.reader = VectorReader(size, self._blocks)

    @property
    def bytes_held(self) -> int:
        scanned = sum(len(chunk.rows) for chunk in self.reader.chunks) * self._size
        return scanned + sum(block.nbytes for block in self._blocks)

    def add(self, rows: Rows, vectors: Numbers, living: Callable[[Rows], Rows]) -> None:
        """Add vectors under rows that are new; smaller chunks before them become one with them.

        Of those, only the `living` rows are kept.
        """
        for row, vector in zip(rows, vectors, strict=True):
            self._slot(int(row))[:] = vector
        kept, joined = list(self.reader.chunks), rows
        while kept and len(kept[-1].rows) <= 2 * len(joined):
            joined = np.concatenate([living(kept.pop().rows), joined])
        chunks = (*kept, VectorChunk(joined, self._scan_of(joined)))
        self.reader = VectorReader(self._size, self._blocks, chunks)

    def reserve(self, row: int) -> None:
        """Make room for a row, whether or not it has a vector; without one it is like nothing."""
        self._slot(row)

    def _slot(self, row: int) -> NDArray[np.float16]:
        while row // BLOCK >= len(self._blocks):
            self._blocks.append(np.zeros((BLOCK, self._size), np.float16))
        return self._blocks[row // BLOCK][row % BLOCK]

    def _scan_of(self, rows: Rows) -> Any:  # noqa: ANN401 - an index of faiss
        faiss = _faiss()
        kind = faiss.ScalarQuantizer.QT_8bit_direct_signed
        scan = faiss.IndexScalarQuantizer(self._size, kind, faiss.METRIC_INNER_PRODUCT)
        for start in range(0, len(rows), BLOCK):
            some = np.array([self._slot(int(r)) for r in rows[start : start + BLOCK]], np.float32)
            scan.add(np.clip(np.round(some * SCALE), -127, 127))
        return scan


def _scanned(
    chunk: VectorChunk, vector: Numbers, count: int, allowed: NDArray[np.bool_] | None
) -> Rows:
    faiss = _faiss()
    # OpenMP counts for each thread by itself, and each match has a thread of its own already.
    faiss.omp_set_num_threads(1)
    asked = np.ascontiguousarray(vector * SCALE, np.float32)[None]
    if allowed is None:
        _, found = chunk.scan.search(asked, min(count, len(chunk.rows)))
    else:
        bits = np.packbits(allowed[chunk.rows], bitorder="little")
        only = faiss.SearchParameters(sel=faiss.IDSelectorBitmap(bits))
        _, found = chunk.scan.search(asked, min(count, len(chunk.rows)), params=only)
    return chunk.rows[found[0][found[0] >= 0]]


@cache
def _faiss() -> Any:  # noqa: ANN401 - loaded when the first vector is kept: no command needs it
    return import_module("faiss")

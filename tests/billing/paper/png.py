"""Reads the PNG pictures that typst draws: eight bits, not interlaced."""

import struct
import zlib

import numpy as np
from numpy.typing import NDArray

HEAD = 8
SUB, UP, AVERAGE, PAETH = 1, 2, 3, 4
CHANNELS = {0: 1, 2: 3, 4: 2, 6: 4}


def pixels(png: bytes) -> NDArray[np.uint8]:
    """Give the picture as grey levels: height × width."""
    at, packed, size = HEAD, b"", (0, 0, 0)
    while at < len(png):
        (length,) = struct.unpack(">I", png[at : at + 4])
        kind, body = png[at + 4 : at + 8], png[at + 8 : at + 8 + length]
        if kind == b"IHDR":
            width, height, _, colour = struct.unpack(">IIBB", body[:10])
            size = (width, height, CHANNELS[colour])
        packed += body if kind == b"IDAT" else b""
        at += length + 12
    return _rows(zlib.decompress(packed), *size)[:, :, 0].copy()


def _rows(raw: bytes, width: int, height: int, channels: int) -> NDArray[np.uint8]:
    rows = np.frombuffer(raw, np.uint8).reshape(height, width * channels + 1)
    above = np.zeros((width, channels), np.uint8)
    found: list[NDArray[np.uint8]] = []
    for row in rows:
        above = _unfiltered(int(row[0]), row[1:].reshape(width, channels), above)
        found.append(above)
    return np.stack(found)


def _unfiltered(kind: int, row: NDArray[np.uint8], above: NDArray[np.uint8]) -> NDArray[np.uint8]:
    if kind == SUB:
        return np.cumsum(row, axis=0, dtype=np.uint8)
    if kind == UP:
        return row + above
    return row.copy() if kind == 0 else _one_by_one(kind, row, above)


def _one_by_one(kind: int, row: NDArray[np.uint8], above: NDArray[np.uint8]) -> NDArray[np.uint8]:
    channels = row.shape[1]
    done, up = row.ravel().tolist(), [0] * channels + above.ravel().tolist()
    left = [0] * channels + done
    for i, value in enumerate(done):
        a, b, c = left[i], up[i + channels], up[i]
        guess = (a + b) // 2 if kind == AVERAGE else _paeth(a, b, c)
        left[i + channels] = (value + guess) & 255
    return np.array(left[channels:], np.uint8).reshape(row.shape)


def _paeth(a: int, b: int, c: int) -> int:
    p = a + b - c
    return min((abs(p - a), 0, a), (abs(p - b), 1, b), (abs(p - c), 2, c))[2]

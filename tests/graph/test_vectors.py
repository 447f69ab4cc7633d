"""The scan finds the true nearest, whatever was added when, and only those that may be told."""

import numpy as np
import pytest

from graph.read_model.vectors import Numbers, Rows, VectorIndex

SIZE, COUNT, ASKED = 384, 3_000, 20
RANDOM = np.random.default_rng(5)


def unit(count: int) -> Numbers:
    drawn = RANDOM.normal(size=(count, SIZE)).astype(np.float32)
    return drawn / np.linalg.norm(drawn, axis=1, keepdims=True)


VECTORS, QUESTIONS = unit(COUNT), unit(ASKED)


def everyone(rows: Rows) -> Rows:
    return rows


def index_of(steps: list[int]) -> VectorIndex:
    index = VectorIndex(SIZE)
    for start, stop in zip([0, *steps], [*steps, COUNT], strict=True):
        index.add(np.arange(start, stop), VECTORS[start:stop], everyone)
    return index


@pytest.mark.parametrize("steps", [[], [1, 2, 3, 10, 500], list(range(250, COUNT, 250))])
def test_nearest_are_the_true_ones(steps: list[int]) -> None:
    index = index_of(steps)
    for question in QUESTIONS:
        rows, cosines = index.reader.nearest(question, 10)
        true = np.sort(VECTORS @ question)[::-1][:10]
        assert len(set(rows.tolist())) == 10
        assert VECTORS[rows] @ question == pytest.approx(true, abs=1e-3)
        assert cosines == pytest.approx(true, abs=1e-3)


def test_only_allowed_rows_are_found() -> None:
    index = index_of([1_000])
    allowed = np.zeros(COUNT, np.bool_)
    allowed[::300] = True
    rows, _ = index.reader.nearest(QUESTIONS[0], 10, allowed)
    assert sorted(rows.tolist()) == list(range(0, COUNT, 300))


def test_dead_rows_leave_when_chunks_are_joined() -> None:
    index = VectorIndex(SIZE)
    index.add(np.arange(10), VECTORS[:10], everyone)
    index.add(np.arange(10, 20), VECTORS[10:20], lambda rows: rows[rows > 4])
    rows, _ = index.reader.nearest(QUESTIONS[0], 20)
    assert sorted(rows.tolist()) == list(range(5, 20))


def test_a_row_without_a_vector_is_like_nothing() -> None:
    index = VectorIndex(SIZE)
    index.reserve(5_000)
    index.add(np.array([0]), VECTORS[:1], everyone)
    assert index.reader.cosines(VECTORS[0], [0, 5_000]).tolist() == pytest.approx(
        [1.0, 0.0], abs=1e-3
    )


def test_an_empty_index_finds_nothing() -> None:
    rows, cosines = VectorIndex(SIZE).reader.nearest(QUESTIONS[0], 10)
    assert (rows.tolist(), cosines.tolist()) == ([], [])


def test_three_bytes_a_number() -> None:
    index = VectorIndex(SIZE)
    index.add(np.arange(COUNT), VECTORS, everyone)
    assert index.bytes_held == SIZE * (COUNT + 2 * 4_096)

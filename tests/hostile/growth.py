"""Whether work grows faster than the text it is done on, told by the CPU that two sizes take."""

import time
from collections.abc import Callable

# Four times the text: four times the work when it grows with the size, sixteen with its square.
GROWTH, WORST_GROWTH = 4, 9.0


def cpu(work: Callable[[], object]) -> float:
    began = time.thread_time()
    work()
    return time.thread_time() - began


def growth(work: Callable[[str], object], pump: str, size: int) -> float:
    """Give how much more CPU four times the text takes; the quietest of a few tries counts."""
    text = pump * (GROWTH * size // len(pump) + 1)
    short, long = text[:size], text[: GROWTH * size]
    least = min(cpu(lambda: work(short)) for _ in range(3))
    most = float("inf")
    for _ in range(3):
        most = min(most, cpu(lambda: work(long)))
        # Another try could only say the same.
        if most <= WORST_GROWTH * least:
            break
    return most / least

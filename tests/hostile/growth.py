"""Whether work grows faster than the text it is done on, told by the CPU that two sizes take."""

import time
from collections.abc import Callable

# Four times the text: four times the work when it grows with the size, sixteen with its square.
GROWTH, WORST_GROWTH = 4, 9.0
# Bursts of work beside it may spoil many in a row; what grows too fast never has a quiet one.
TRIES = 40


def cpu(work: Callable[[], object]) -> float:
    began = time.thread_time()
    work()
    return time.thread_time() - began


def growth(work: Callable[[str], object], pump: str, size: int, tries: int = TRIES) -> float:
    """Give how much more CPU four times the text takes; the quietest of the tries counts."""
    text = pump * (GROWTH * size // len(pump) + 1)
    short, long = text[:size], text[: GROWTH * size]
    quietest = float("inf")
    for _ in range(tries):
        least = min(cpu(lambda: work(short)) for _ in range(2))
        # A busy neighbour slows one of the two: the next try measures both anew.
        quietest = min(quietest, cpu(lambda: work(long)) / least)
        if quietest <= WORST_GROWTH:
            break
    return quietest

"""How long a log of 100,000 rows takes from its bytes to its figures, its process with it."""

import random
from collections.abc import Iterator
from time import perf_counter

from bench.bars import Bar, Better
from files.file_readers import FileReaders

ROWS, CELLS, GOAL_S = 100_000, 24, 2.0
# One row in so many is torn, and one holds what is no figure.
TORN = 1_000
TIMES = 3


async def run() -> list[Bar]:
    """Read the same log a few times, in the process that serves; the slowest counts."""
    content = "\n".join(_lines(random.Random(1))).encode()  # a seed, no secret
    readers, took = FileReaders(), list[float]()
    for _ in range(TIMES):
        began = perf_counter()
        found = await readers.log(content)
        took.append(perf_counter() - began)
        told = None if found is None else (found.rows, found.bad_rows, found.worst_cell)
        if told != (ROWS, 2 * ROWS // TORN, 7):
            raise AssertionError(found)
    size = len(content) / 1e6
    print(f"a log of {ROWS:,} rows, {size:.1f} MB: {', '.join(f'{s:.2f}' for s in took)} s")
    return [Bar(name="log_rows_s", measured=max(took), goal=GOAL_S, better=Better.LOWER)]


def _lines(chance: random.Random) -> Iterator[str]:
    """Write as a German logger does: semicolons, decimal commas, a preamble, cells in mV."""
    yield "Gerät;BMS 7"
    yield ";".join(
        [
            "Zeit",
            *(f"Zelle {n} (mV)" for n in range(1, CELLS + 1)),
            *("Temp 1 [°C]", "Temp 2 [°C]", "Ladezustand [%]", "Gesamtspannung [V]", "Strom [A]"),
        ]
    )
    for n in range(ROWS):
        cells = [3_700 + chance.randint(-5, 5) for _ in range(CELLS)]
        cells[6] -= 300 if n == ROWS // 2 else 0
        rest = (31 + chance.random(), 30.5, 80 - 60 * n / ROWS, 88.8, -12.5)
        yield ";".join(["10:00:00", *map(str, cells), *(f"{one:.1f}" for one in rest)]).replace(
            ".", ","
        )
        if n % TORN == 0:
            yield "torn;row"
            yield ";".join(["10:00:00"] + ["x"] * (CELLS + 5))

"""A flat file of 60 MB, as the agency publishes it: seconds and memory from bytes to cards.

The rows are made from a seed, one vehicle a line, in the agency's own form. The file is read in a
process of its own, whose peak of memory is the whole of what reading it takes.
"""

import random
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.bars import Bar, Better
from ingest.agencies.nhtsa import FLAT

SECONDS_GOAL, MEMORY_GOAL = 30.0, 300.0
MEBIBYTE = 1 << 20
FILE_BYTES = 60 * MEBIBYTE
SEED = 11
# Lines of one campaign, as in the agency's file: most name a few vehicles, some hundreds.
LINES = (1, 2, 3, 4, 6, 8, 12, 20, 40, 150)
MAKES = ("HYUNDAI", "FORD", "TESLA", "KIA", "NISSAN", "CHEVROLET", "TOYOTA", "VOLVO")
PARTS = ("battery", "contactor", "inverter", "brake booster", "charge port", "wiring harness")
FAULTS = ("short circuit", "crack", "overheat", "lose power", "leak coolant", "detach")
KINDS = "VVVVVVVVVVVVVVVVETC"
READ = """
import resource, sys, time
began = time.monotonic()
from pathlib import Path
from ingest.recalls import read_campaigns
batch = read_campaigns(Path(sys.argv[1]))
print(time.monotonic() - began, time.process_time(),
      resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
      len(batch.cards), len(batch.refused))
"""
FIGURES = re.compile(r"([\d.]+) ([\d.]+) ([\d.]+) (\d+) (\d+)")


async def run() -> list[Bar]:
    """Write the file, read it, print what came of it."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "FLAT_RCL.txt"
        lines = write_flat_file(path, FILE_BYTES, SEED)
        seconds, processor, memory, cards, refused = _read_apart(path)
        size = path.stat().st_size / MEBIBYTE
    print(f"  {size:.0f} MiB, {lines} lines → {cards} cards, {refused} lines refused")
    print(f"  {seconds:.1f} s, {processor:.1f} s of processor, {memory:.0f} MiB at its peak")
    return [
        Bar(name="flat_file_s", measured=seconds, goal=SECONDS_GOAL, better=Better.LOWER),
        Bar(name="flat_file_mib", measured=memory, goal=MEMORY_GOAL, better=Better.LOWER),
    ]


def write_flat_file(path: Path, size: int, seed: int) -> int:
    """Write lines until the file has the size, and give how many they are."""
    chance, written, lines = random.Random(seed), 0, 0
    with path.open("w", encoding="cp1252", newline="\n") as file:
        for line in _lines(chance):
            written += file.write(line)
            lines += 1
            if written >= size:
                break
    return lines


def _read_apart(path: Path) -> tuple[float, float, float, int, int]:
    command = [sys.executable, "-c", READ, str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603 - our own code
    found = FIGURES.search(done.stdout)
    if found is None:
        raise ValueError(done.stdout)
    seconds, processor, memory, cards, refused = map(float, found.groups())
    return seconds, processor, memory, int(cards), int(refused)


def _lines(chance: random.Random) -> Iterator[str]:
    number = 0
    while True:
        number += 1
        told = _campaign(chance, number)
        models = [f"{chance.choice('ABCDEFG')}{chance.randint(1, 60)}" for _ in range(4)]
        for n in range(chance.choice(LINES)):
            vehicle = {"MODELTXT": models[n % 4], "YEARTXT": str(2024 - n // 4 % 30)}
            fields = told | vehicle | {"RECORD_ID": str(number * 1000 + n)}
            yield "\t".join(fields.get(name, "") for name in FLAT) + "\n"


def _campaign(chance: random.Random, number: int) -> dict[str, str]:
    make, part = chance.choice(MAKES), chance.choice(PARTS)
    year, place = 66 + number // 999, number % 999 + 1
    maker = f"{make.capitalize()} Motor Company"
    kind = chance.choice(KINDS)
    cause = f"The {part} of lot {number} may {chance.choice(FAULTS)} in the owner’s vehicle."
    more = " ".join(f"The supplier found deviation {chance.randint(1, 99)}." for _ in range(6))
    return {
        "CAMPNO": f"{year % 100:02d}{kind}{place:03d}000",
        "MAKETXT": make,
        "COMPNAME": f"ELECTRICAL SYSTEM:{part.upper()}",
        "MFGNAME": maker,
        "RCLTYPECD": kind,
        "MFGTXT": maker,
        "RCDATE": f"20{number % 25:02d}{number % 12 + 1:02d}{number % 28 + 1:02d}",
        "DESC_DEFECT": f"{maker} is recalling certain 2019-2021 {make} vehicles. {cause} {more}",
        "CONEQUENCE_DEFECT": "A fire may start, which increases the risk of injury or crash.",
        "CORRECTIVE_ACTION": f"{maker} will notify owners, and dealers will replace the {part}, "
        f"free of charge. The recall began May 4, 2021. Owners may call 1-800-{number:07d}.",
        "NOTES": "Owners may also contact the agency's hotline or go to its pages.",
        "DO_NOT_DRIVE": "No",
        "PARK_OUTSIDE": "No",
    }

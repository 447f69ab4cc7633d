"""Times as a workshop tells them: 90 min, 2h 15min, half an hour, dedh ghanta."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from ingest.report_pieces import ReportPiece

COUNTS = {
    "half an": 0.5,
    "half": 0.5,
    "aadha": 0.5,
    "adha": 0.5,
    "quarter": 0.25,
    "pauna": 0.75,
    "paun": 0.75,
    "an": 1,
    "a": 1,
    "one": 1,
    "ek": 1,
    "one and a half": 1.5,
    "dedh": 1.5,
    "ded": 1.5,
    "two": 2,
    "do": 2,
    "dhai": 2.5,
    "three": 3,
    "teen": 3,
    "four": 4,
    "char": 4,
    "chaar": 4,
    "five": 5,
    "paanch": 5,
    "six": 6,
    "chhe": 6,
    "ten": 10,
    "das": 10,
    "fifteen": 15,
    "twenty": 20,
    "bees": 20,
    "thirty": 30,
    "tees": 30,
    "forty": 40,
    "forty five": 45,
    "ninety": 90,
}
COUNT = "|".join(sorted((re.escape(count) for count in COUNTS), key=len, reverse=True))
HOURS = r"hours?|hrs?|h|ghan?t[aey]+|ghnt[ae]"
MINUTES = r"minutes?|mins?|minat|m(?=\b)(?<=\dm)"
DURATION = re.compile(
    rf"(?<![\w.,])(?P<count>\d{{1,4}}(?:\.\d{{1,2}})?|(?:{COUNT})(?=\s))\s?-?"
    rf"(?:(?P<hours>{HOURS})|(?P<minutes>{MINUTES}))\b",
    re.IGNORECASE,
)
LONGEST_MINUTES = 10_000


@dataclass(frozen=True, slots=True)
class Duration:
    minutes: int
    start: int
    end: int


def find_durations(text: str) -> Iterator[Duration]:
    """Yield the times of a text; hours with the minutes beside them are one."""
    held: Duration | None = None
    for found in DURATION.finditer(text):
        told = found["count"].casefold()
        count = float(told) if told[0].isdigit() else COUNTS[told]
        one = Duration(round(count * (60 if found["hours"] else 1)), *found.span())
        if held is not None and found["minutes"] and 0 <= one.start - held.end <= len(" and "):
            held = Duration(held.minutes + one.minutes, held.start, one.end)
            yield held
            held = None
            continue
        if held is not None:
            yield held
        held = one if found["hours"] else None
        if held is None:
            yield one
    if held is not None:
        yield held


def is_only_time(piece: ReportPiece) -> bool:
    """Say whether a piece tells how long the work took, and nothing else."""
    return (
        piece.holds("beside_time")
        and all(
            "beside_time" in word.groups or word.text[0].isdigit() or word.text in COUNTS
            for word in piece.words
        )
        and any(word.text[0].isdigit() or word.text in COUNTS for word in piece.words)
    )

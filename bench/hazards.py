"""Dangers found in phrasings that the word list never saw, and alarms where there are none.

A language model that never saw the words wrote the phrasings (`tests/ingest/hazards`), and two
others labelled the complaints; what only one of them takes for harmless does not count.
"""

from bench.bars import Bar, Better
from bench.quality import NHTSA
from ingest.hazards import find_hazards
from tests.ingest.hazards import HELD_BACK, TUNED_ON, harmless_complaints, phrasings

RECALL_GOAL, KEPT_GOAL, ALARMS_GOAL = 0.99, 0.95, 0.01
# The 300: half was committed before the reader was written, half it never saw.
THREE_HUNDRED = ("seen", HELD_BACK)


async def run() -> list[Bar]:
    """Read all of them."""
    for name in (*TUNED_ON, HELD_BACK):
        found, false = _share(name, danger=True), _share(name, danger=False)
        print(f"  {name}: {found:.3f} of the dangers found, {false:.3f} of the harmless alarmed")
    alarms = {part: _alarms(part) for part in ("tuned", "fresh")}
    print(f"  harmless complaints that raise an alarm: {alarms}")
    every = sum(_share(name, danger=True) for name in THREE_HUNDRED) / len(THREE_HUNDRED)
    kept = _share(HELD_BACK, danger=True)
    higher = Better.HIGHER
    return [
        Bar(name="hazard_recall", measured=every, goal=RECALL_GOAL, better=higher),
        Bar(name="hazard_recall_kept", measured=kept, goal=KEPT_GOAL, better=higher),
        Bar(
            name="hazard_false_alarms",
            measured=alarms["fresh"],
            goal=ALARMS_GOAL,
            better=Better.LOWER,
        ),
    ]


def _share(name: str, *, danger: bool) -> float:
    """Give the share of a file's dangers, or of its harmless lines, that tell a danger."""
    told = [one for one in phrasings(name) if one.danger is danger]
    return sum(bool(find_hazards(one.text)) for one in told) / len(told)


def _alarms(part: str) -> float:
    told = harmless_complaints(part, NHTSA / "complaints.csv")
    return sum(bool(find_hazards(text)) for text in told) / len(told)

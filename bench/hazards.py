"""Dangers found in phrasings that the word list never saw, and alarms where there are none.

A language model that never saw the words wrote the phrasings (`tests/ingest/hazards`), and two
others labelled the complaints; what only one of them takes for harmless does not count.
"""

from collections.abc import Sequence

from bench.bars import Bar, Better
from bench.quality import NHTSA
from bench.readers import shipped_reader
from domain.reports import FailureReport
from ingest.report_reader import ReportReader
from tests.ingest.hazards import HELD_BACK, TUNED_ON, harmless_complaints, phrasings

RECALL_GOAL, KEPT_GOAL, ALARMS_GOAL = 0.99, 0.95, 0.01
# The 300: half was committed before the reader was written; half was kept back, then tuned on.
THREE_HUNDRED = ("seen", "kept_second")


async def run() -> list[Bar]:
    """Read all of them as a report is read that is matched, diagnosed or handed in."""
    async with shipped_reader() as reader:
        return await _measured(reader)


async def _measured(reader: ReportReader) -> list[Bar]:
    shares: dict[str, float] = {}
    for name in dict.fromkeys((*TUNED_ON, HELD_BACK)):
        shares[name] = await _share(reader, name, danger=True)
        false = await _share(reader, name, danger=False)
        print(f"  {name}: {shares[name]:.3f} of the dangers, {false:.3f} of the harmless alarmed")
    alarms = {part: await _alarms(reader, part) for part in ("tuned", "fresh")}
    print(f"  harmless complaints that raise an alarm: {alarms}")
    every = sum(shares[name] for name in THREE_HUNDRED) / len(THREE_HUNDRED)
    kept = shares[HELD_BACK]
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


async def _share(reader: ReportReader, name: str, *, danger: bool) -> float:
    """Give the share of a file's dangers, or of its harmless lines, that tell a danger."""
    told = [one.text for one in phrasings(name) if one.danger is danger]
    return await _alarmed(reader, told)


async def _alarms(reader: ReportReader, part: str) -> float:
    return await _alarmed(reader, harmless_complaints(part, NHTSA / "complaints.csv"))


async def _alarmed(reader: ReportReader, texts: Sequence[str]) -> float:
    read = [await reader.understand(FailureReport.parse(text)) for text in texts]
    return sum(one.safety is not None for one in read) / len(read)

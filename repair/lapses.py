"""Fixes that stop working, as a use case: found in the history, each card marked once."""

from collections.abc import Iterable
from datetime import datetime
from hashlib import sha256
from typing import Protocol

from domain.access import SYSTEM
from domain.events import Event, EventType
from domain.ids import CardId, EventId, uuid7
from domain.lapses import LapsedFix, TradeChange
from graph.cards import MarkedCard, NoteChange


class LapseRecords(Protocol):
    async def known(self) -> set[tuple[CardId, TradeChange]]: ...
    async def keep(self, lapse: LapsedFix, found_at: datetime) -> bool: ...


class LapseMarks(Protocol):
    async def mark_lapsed(self, id: CardId, reason: str, told: NoteChange) -> list[CardId]: ...


async def mark_lapsed(
    records: LapseRecords, marks: LapseMarks, found: Iterable[LapsedFix], now: datetime
) -> list[LapsedFix]:
    """Mark the card of each lapse that nobody was told of, with its event; give those.

    The mark comes before the memory of it: a death in between marks again, with the same event.
    Not given are a lapse whose card is out of use, and one that another look kept meanwhile.
    """
    known, told = await records.known(), list[LapsedFix]()
    for lapse in found:
        if (lapse.card, lapse.change) not in known:
            marked = await marks.mark_lapsed(lapse.card, lapse.sentence, _event_of(lapse))
            if await records.keep(lapse, now) and marked:
                told.append(lapse)
    return told


def _event_of(lapse: LapsedFix) -> NoteChange:
    change = lapse.change
    named = f"{lapse.card}:{change.kind}:{change.make}:{change.value}"
    name = str(uuid7(lapse.at, int.from_bytes(sha256(named.encode()).digest()[:10])))

    def told(marked: MarkedCard) -> Event:
        return Event(
            id=EventId(name),
            type=EventType.CARD_RECHECK,
            entity=marked.card,
            version=marked.version,
            at=lapse.at,
            actor=SYSTEM.id,
            garage=marked.garage,
        )

    return told

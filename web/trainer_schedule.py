"""Trainings by the calendar: `battwheels train calendar` runs them, workers look for missed ones.

Training takes a processor for minutes, so it has a process of its own; two of them share the slots.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from domain.errors import BattwheelsError, Unavailable
from domain.trainer_calendar import TERMS, StoreWatch, TrainingTerm
from gnn.model_kinds import KINDS
from records.trainer_slots import TrainingSlots
from web.health import Parts
from web.metrics import Metrics

LOOK_SECONDS = 60.0
MISSED_SECONDS = 600.0
MISSED = (
    "a training or a watch was missed: see the log, and run by hand `battwheels train`, "
    "or `battwheels alarms look`"
)

log = logging.getLogger("battwheels.training")


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingSchedule:
    """`train` trains a kind; what it cannot do it raises."""

    slots: TrainingSlots
    train: Callable[[TrainingTerm], Awaitable[None]]
    now: Callable[[], datetime]
    terms: Sequence[TrainingTerm] = tuple(
        term for term in TERMS if isinstance(term.kind, StoreWatch) or term.kind in KINDS
    )

    async def run(self) -> None:
        """Train whenever it is due, until cancelled; silent records are asked again."""
        while True:
            try:
                await self.look()
            except Unavailable as error:
                log.warning("calendar waits", extra={"for": error.dependency})
            await asyncio.sleep(LOOK_SECONDS)

    async def look(self) -> None:
        """Train what is due and nobody else has begun; one that fails keeps no other from it."""
        for term in self.terms:
            slot = await self.slots.claim(term, self.now())
            if slot is None:
                continue
            log.info("training", extra={"term": term.name, "slot": slot.isoformat()})
            failed = await self._failure(term)
            await self.slots.end(term, slot, self.now(), failed)

    async def _failure(self, term: TrainingTerm) -> str | None:
        try:
            await self.train(term)
        except BattwheelsError as error:
            log.exception("training failed", extra={"term": term.name})
            return str(error)
        return None


async def watch_missed(slots: TrainingSlots, parts: Parts, metrics: Metrics) -> None:
    """Tell operators of each training that was missed, until cancelled.

    Raises:
        Unavailable: the records do not answer.
    """
    while True:
        await tell_missed(slots, datetime.now(UTC), parts, metrics)
        await asyncio.sleep(MISSED_SECONDS)


async def tell_missed(slots: TrainingSlots, now: datetime, parts: Parts, metrics: Metrics) -> None:
    """Log each slot that went by in vain; `/ready` and the metrics say so until a restart."""
    for term in TERMS:
        for slot in await slots.missed(term, now):
            log.error("training missed", extra={"term": term.name, "slot": slot.isoformat()})
            parts.note("training", MISSED)
            metrics.broken("training", broken=True)

"""What each consumer has done with each event: handled once, to be tried again, or given up."""

from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from domain.events import Event, EventType
from records.change_log import event_of
from records.database import Connection, Records
from records.queries import named_queries

QUERIES = named_queries("inbox.sql")
# A handler asks other stores too; the row is held meanwhile.
HANDLER_SECONDS = 40.0

Entry: TypeAlias = tuple[int, Event]


@dataclass(frozen=True, slots=True, kw_only=True)
class RetryPolicy:
    """How a failed event is tried again: `base` seconds, doubled each time up to `longest`.

    Each wait is multiplied by a number between a half and one, so that events that failed together
    do not come back together. After `limit` tries that count, the event is given up.
    """

    base: float = 0.5
    longest: float = 60.0
    limit: int = 6


class InboxStore:
    """The memory of one consumer, which hears events of some types."""

    def __init__(
        self, records: Records, consumer: str, types: Collection[EventType], retry: RetryPolicy
    ) -> None:
        self._records = records
        self._consumer = consumer
        self._types = sorted(types)
        self._retry = retry

    async def handle_once(
        self, entry: Entry, work: Callable[[Connection], Awaitable[None]]
    ) -> bool:
        """Do `work` in one transaction with the mark that it was done; False if it was before.

        Raises:
            Unavailable: the records do not answer; nothing was marked.
        """
        async with self._records.transaction(HANDLER_SECONDS) as connection:
            claimed = await connection.execute(QUERIES["claim"], self._key(entry))
            if await claimed.fetchone() is None:
                return False
            await work(connection)
            return True

    async def handle_batch_once(
        self,
        entries: Sequence[Entry],
        work: Callable[[Sequence[Event], Connection], Awaitable[None]],
    ) -> int:
        """Do `work` with those that were not handled before, in one transaction with their marks.

        Give how many those were.

        Raises:
            Unavailable: the records do not answer; nothing was marked.
        """
        async with self._records.transaction(HANDLER_SECONDS) as connection:
            claimed = await connection.execute(
                QUERIES["claim_batch"],
                {
                    "consumer": self._consumer,
                    "events": [event.id for _, event in entries],
                    "seqs": [seq for seq, _ in entries],
                },
            )
            claims = {row["event"] for row in await claimed.fetchall()}
            fresh = {event.id: event for _, event in entries if event.id in claims}
            if fresh:
                await work(list(fresh.values()), connection)
            return len(fresh)

    async def record_failure(
        self, entry: Entry, error: str, jitter: float, *, counts: bool
    ) -> bool:
        """Write down a failed try; True when the event is now given up.

        A try that does not count (a store was down) brings the event no nearer to that.
        """
        async with self._records.transaction() as connection:
            told = self._key(entry) | {"error": error, "jitter": jitter, "counts": int(counts)}
            limits = {
                "base": self._retry.base,
                "longest": self._retry.longest,
                "limit": self._retry.limit,
            }
            row = await (await connection.execute(QUERIES["fail"], told | limits)).fetchone()
            return row is not None and row["state"] == "dead"

    async def waiting_entries(self, grace: float, limit: int) -> list[Entry]:
        """Give events to handle now: due for another try, or logged `grace` ago and never begun."""
        due = await self._records.rows(QUERIES["due"], consumer=self._consumer, limit=limit)
        missed = await self._records.rows(
            QUERIES["missed"],
            consumer=self._consumer,
            types=self._types,
            grace=grace,
            limit=limit,
        )
        return [(row["seq"], event_of(row)) for row in (*due, *missed)]

    async def behind(self) -> bool:
        """Say whether the log has grown since all was settled, or something waits for a try."""
        return bool(await self._records.rows(QUERIES["behind"], consumer=self._consumer))

    async def settle_entry(self) -> None:
        """Move the cursor over all that is dealt with, and forget what lies far below it."""
        async with self._records.transaction() as connection:
            key = {"consumer": self._consumer, "types": self._types}
            await connection.execute(QUERIES["settle"], key)
            await connection.execute(QUERIES["clear"], {"consumer": self._consumer})

    def _key(self, entry: Entry) -> dict[str, object]:
        seq, event = entry
        return {"consumer": self._consumer, "event": event.id, "seq": seq}

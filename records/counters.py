"""The ledger of the cards' counters: every effect once, the fold over them, and what differs."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from pydantic import TypeAdapter

from domain.counters import CardEffect, Effect
from domain.ids import CardId, GarageId, PersonId, TicketId
from domain.reputation import Observation, ObservationKind
from domain.usage import Usage
from records.database import Records, Row
from records.queries import named_queries

QUERIES = named_queries("counters.sql")
EFFECTS = TypeAdapter(list[CardEffect])
OBSERVED = 5_000


@dataclass(frozen=True, slots=True, kw_only=True)
class CounterTally:
    """A card's counters, and how much was heard by then: of two tallies the higher is the later."""

    card: CardId
    usage: Usage
    heard: int


class CounterStore:
    def __init__(self, records: Records) -> None:
        self._records = records

    async def count(self, effects: Sequence[CardEffect]) -> None:
        """Add effects to the ledger; of one that is there a later version may tell how it went."""
        told = EFFECTS.dump_json(list(effects)).decode()
        used = {one.card for one in effects if one.effect is Effect.USED}
        async with self._records.transaction() as connection:
            moved = await (await connection.execute(QUERIES["count"], {"effects": told})).fetchall()
            cards = [row["card"] for row in moved if row["card"] in used]
            if cards:
                await connection.execute(QUERIES["last_used"], {"cards": cards})

    async def forget(self, ticket: TicketId) -> list[CardId]:
        """Take back all that a deleted ticket taught, and give the cards that it taught of."""
        told = {"ticket": ticket}
        async with self._records.transaction() as connection:
            moved = await (await connection.execute(QUERIES["forget"], told)).fetchall()
            cards = [row["card"] for row in moved]
            await connection.execute(QUERIES["last_used"], {"cards": cards})
            await connection.execute(QUERIES["forget_rest"], told)
        return [CardId(card) for card in cards]

    async def tallies(self, cards: Sequence[CardId]) -> list[CounterTally]:
        rows = await self._records.rows(QUERIES["tallies"], cards=sorted(set(cards)))
        return [_tally_of(row) for row in rows]

    async def counted(self, after: str, limit: int) -> list[CardId]:
        """Give up to `limit` cards beyond the id `after` that anything was counted of."""
        rows = await self._records.rows(QUERIES["counted"], after=after, limit=limit)
        return [CardId(row["card"]) for row in rows]

    async def differing(self) -> list[CardId]:
        """Give the cards whose kept counters are not what the ledger says."""
        return [CardId(row["card"]) for row in await self._records.rows(QUERIES["differing"])]

    async def mend(self, cards: Sequence[CardId]) -> None:
        async with self._records.transaction() as connection:
            await connection.execute(QUERIES["mend"], {"cards": list(cards)})

    async def observations(self, card: CardId) -> list[Observation]:
        rows = await self._records.rows(QUERIES["observations"], card=card, limit=OBSERVED)
        return [_observation_of(row) for row in rows]


def _tally_of(row: Row) -> CounterTally:
    fields = {name: row[name] for name in asdict(Usage()) if name != "ratings"}
    usage = Usage(ratings=tuple(row["stars"]), **fields)
    return CounterTally(card=CardId(row["card"]), usage=usage, heard=row["heard"])


def _observation_of(row: Row) -> Observation:
    return Observation(
        told=ObservationKind(row["told"]),
        garage=GarageId(row["garage"]),
        person=PersonId(row["person"]),
        value=row["value"],
        at=row["at"],
        repairs=row["repairs"],
    )

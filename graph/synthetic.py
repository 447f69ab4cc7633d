"""What the simulator's garages left in the graph, to be taken out again."""

from dataclasses import dataclass

from domain.cards import PUBLISHED
from domain.synthetic import SIMULATED
from graph.database import Graph, Transaction, run_query
from graph.queries import named_queries

QUERIES = named_queries("synthetic.cypher")
VEHICLES = "veh_sim_"


@dataclass(frozen=True, slots=True)
class SyntheticEntry:
    """A ticket or card of a simulated garage; `published`: search finds it."""

    id: str
    version: int
    published: bool


class SyntheticStore:
    def __init__(self, graph: Graph) -> None:
        self._graph = graph

    async def tickets(self, first: int) -> list[SyntheticEntry]:
        found = await self._graph.entries(QUERIES["synthetic_tickets"], mark=SIMULATED, first=first)
        return [SyntheticEntry(row["id"], row["version"], row["published"]) for row in found]

    async def cards(self, first: int) -> list[SyntheticEntry]:
        found = await self._graph.entries(
            QUERIES["synthetic_cards"],
            mark=SIMULATED,
            first=first,
            published=[str(status) for status in PUBLISHED],
        )
        return [SyntheticEntry(row["id"], row["version"], row["published"]) for row in found]

    async def forget_rest(self) -> None:
        """Forget garages, people and vehicles that nothing speaks of any more."""

        async def work(tx: Transaction) -> None:
            await run_query(tx, QUERIES["forget_rest"], mark=SIMULATED)
            await run_query(tx, QUERIES["forget_vehicles"], mark=VEHICLES)

        await self._graph.write(work)

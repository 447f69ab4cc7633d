"""Recall: ask every source at once for its own ranked list, and keep time of each."""

import asyncio
from collections.abc import Awaitable, Mapping, Sequence
from dataclasses import dataclass, field
from time import perf_counter
from typing import Protocol

from domain.access import Viewer
from domain.codes import CodeKey
from domain.errors import Unavailable
from domain.ids import CardId
from domain.matches import (
    Beside,
    CardFacts,
    CardMarks,
    Embedding,
    Hit,
    Source,
    Understood,
)
from matching.answers import Stage

# A source that hangs is left behind, so that the others still make an answer (MA-8).
SOURCE_SECONDS = 0.4
# Cards that the sources found among them from which on their neighbours are not asked for.
ENOUGH = 40
LIMITS: Mapping[Source, int] = {
    Source.CODE: 20,
    Source.VEHICLE: 20,
    Source.MEANING: 30,
    Source.WORDS: 30,
    Source.NEIGHBOUR: 20,
}


class Search(Protocol):
    """What matching asks of the graph; every call is narrowed to what `viewer` may see.

    Each hit brings the card's marks, held against what is `beside`.
    """

    async def by_codes(
        self, keys: Sequence[CodeKey], viewer: Viewer, limit: int, beside: Beside
    ) -> list[Hit]: ...

    async def by_vehicle(
        self, symptoms: Sequence[str], viewer: Viewer, limit: int, beside: Beside
    ) -> list[Hit]: ...

    async def by_meaning(
        self, embedding: Embedding, viewer: Viewer, limit: int, *, beside: Beside
    ) -> list[Hit]: ...

    async def by_words(
        self, text: str, viewer: Viewer, limit: int, *, beside: Beside
    ) -> list[Hit]: ...

    async def by_neighbours(
        self,
        codes: Sequence[CodeKey],
        symptoms: Sequence[str],
        viewer: Viewer,
        limit: int,
        beside: Beside,
    ) -> list[Hit]: ...

    async def facts(
        self, ids: Sequence[CardId], viewer: Viewer, beside: Beside
    ) -> dict[CardId, CardFacts]: ...


@dataclass(slots=True)
class Recall:
    """The lists found so far, how long each took, and the sources that did not answer."""

    search: Search
    understood: Understood
    viewer: Viewer
    patience_s: float = SOURCE_SECONDS
    lists: dict[Source, list[Hit]] = field(default_factory=dict[Source, list[Hit]])
    trace: list[Stage] = field(default_factory=list[Stage])
    silent: dict[Source, str] = field(default_factory=dict[Source, str])
    known: dict[CardId, CardFacts] = field(default_factory=dict[CardId, CardFacts])

    @property
    def marks(self) -> dict[CardId, CardMarks]:
        """What is known of every card found so far."""
        hits = (hit for found in self.lists.values() for hit in found)
        return {hit.card: hit.marks for hit in hits if hit.marks is not None}

    @property
    def beside(self) -> Beside:
        said = self.understood
        return Beside(vehicle=said.vehicle, embedding=said.embedding)

    async def codes(self) -> list[Hit]:
        """Ask for cards with the reported codes (stage 1, the fastest)."""
        said, limit = self.understood, LIMITS[Source.CODE]
        if said.codes:
            call = self.search.by_codes(said.codes, self.viewer, limit, self.beside)
            await self._ask(Source.CODE, call)
        return self.lists.get(Source.CODE, [])

    async def rest(self) -> None:
        """Ask all other sources (stages 2 and 3, and what we add to them).

        Those that read the report itself are asked at once; the neighbours of what it names only
        when they leave places open, since a card found by both ranks where the first put it.
        """
        asked = [self._ask(source, call) for source, call in self._calls().items()]
        await asyncio.gather(*asked)
        found = {hit.card for hits in self.lists.values() for hit in hits}
        # A graph whose every source was silent is not asked for more: the time for it is spent.
        if len(found) < ENOUGH and self.lists:
            await self._ask(Source.NEIGHBOUR, self._neighbours())

    async def facts(self, ids: Sequence[CardId]) -> list[CardFacts]:
        """Give what admitting and explaining these cards needs, in their order; read it once.

        A card that was retired since it was found has none.
        """
        wanted = [card for card in ids if card not in self.known]
        if wanted:
            started = perf_counter()
            beside = Beside(vehicle=self.understood.vehicle)
            found = await self.search.facts(wanted, self.viewer, beside)
            self.known |= found
            self._note("facts", started, len(found))
        return [self.known[card] for card in ids if card in self.known]

    def _calls(self) -> dict[Source, Awaitable[list[Hit]]]:
        said, beside = self.understood, self.beside
        symptoms = [seen.code for seen in said.symptoms]
        limit = LIMITS[Source.VEHICLE]
        calls: dict[Source, Awaitable[list[Hit]]] = {
            Source.VEHICLE: self.search.by_vehicle(symptoms, self.viewer, limit, beside)
        }
        if said.report.text:
            limit = LIMITS[Source.WORDS]
            calls[Source.WORDS] = self.search.by_words(
                said.report.text, self.viewer, limit, beside=beside
            )
        if said.embedding is not None:
            limit = LIMITS[Source.MEANING]
            calls[Source.MEANING] = self.search.by_meaning(
                said.embedding, self.viewer, limit, beside=beside
            )
        return calls

    def _neighbours(self) -> Awaitable[list[Hit]]:
        said, limit = self.understood, LIMITS[Source.NEIGHBOUR]
        symptoms = [seen.code for seen in said.symptoms]
        return self.search.by_neighbours(said.codes, symptoms, self.viewer, limit, self.beside)

    async def _ask(self, source: Source, call: Awaitable[list[Hit]]) -> None:
        started = perf_counter()
        try:
            async with asyncio.timeout(self.patience_s):
                self.lists[source] = await call
        except Unavailable as error:
            self.silent[source] = str(error)
        except TimeoutError:
            self.silent[source] = f"no answer within {self.patience_s:g} s"
        self._note(source.value, started, len(self.lists.get(source, [])))

    def _note(self, name: str, started: float, found: int) -> None:
        milliseconds = (perf_counter() - started) * 1000
        self.trace.append(Stage(name=name, milliseconds=milliseconds, found=found))

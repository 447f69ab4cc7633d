"""Recall: ask every source at once for its own ranked list, and keep time of each."""

import asyncio
from collections.abc import Awaitable, Mapping, Sequence
from dataclasses import dataclass, field
from time import perf_counter
from typing import Protocol, TypeVar

from domain.access import Viewer
from domain.codes import CodeKey
from domain.errors import Unavailable
from domain.ids import CardId
from domain.matches import (
    CardFacts,
    CardHit,
    CardMarks,
    Embedding,
    ReportTraits,
    Source,
    UnderstoodReport,
)
from matching.answers import SearchStage

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


T = TypeVar("T")


class RecallSources(Protocol):
    """What matching asks of the graph; every call is narrowed to what `viewer` may see.

    Each hit brings the card's marks, held against what is `beside`.
    """

    async def by_codes(
        self, keys: Sequence[CodeKey], viewer: Viewer, limit: int, beside: ReportTraits
    ) -> list[CardHit]: ...

    async def by_vehicle(
        self, symptoms: Sequence[str], viewer: Viewer, limit: int, beside: ReportTraits
    ) -> list[CardHit]: ...

    async def by_meaning(
        self, embedding: Embedding, viewer: Viewer, limit: int, *, beside: ReportTraits
    ) -> list[CardHit]: ...

    async def by_words_and_vehicle(
        self,
        text: str,
        symptoms: Sequence[str],
        viewer: Viewer,
        limits: Mapping[Source, int],
        beside: ReportTraits,
    ) -> tuple[list[CardHit], list[CardHit]]: ...

    async def by_neighbours(
        self,
        codes: Sequence[CodeKey],
        symptoms: Sequence[str],
        viewer: Viewer,
        limit: int,
        beside: ReportTraits,
    ) -> list[CardHit]: ...

    async def facts(
        self, ids: Sequence[CardId], viewer: Viewer, beside: ReportTraits
    ) -> dict[CardId, CardFacts]: ...


@dataclass(slots=True)
class CardRecall:
    """The lists found so far, how long each took, and the sources that did not answer."""

    search: RecallSources
    understood: UnderstoodReport
    viewer: Viewer
    patience_s: float = SOURCE_SECONDS
    lists: dict[Source, list[CardHit]] = field(default_factory=dict[Source, list[CardHit]])
    trace: list[SearchStage] = field(default_factory=list[SearchStage])
    silent: dict[Source, str] = field(default_factory=dict[Source, str])
    known: dict[CardId, CardFacts] = field(default_factory=dict[CardId, CardFacts])

    @property
    def marks(self) -> dict[CardId, CardMarks]:
        """What is known of every card found so far."""
        hits = (hit for found in self.lists.values() for hit in found)
        return {hit.card: hit.marks for hit in hits if hit.marks is not None}

    @property
    def report_traits(self) -> ReportTraits:
        said = self.understood
        return ReportTraits(vehicle=said.vehicle, embedding=said.embedding)

    @property
    def _symptoms(self) -> list[str]:
        return [seen.code for seen in self.understood.symptoms]

    async def recall_by_codes(self) -> list[CardHit]:
        """Ask for cards with the reported codes (stage 1, the fastest)."""
        said, limit = self.understood, LIMITS[Source.CODE]
        if said.codes:
            call = self.search.by_codes(said.codes, self.viewer, limit, self.report_traits)
            await self._ask_source(Source.CODE, call)
        return self.lists.get(Source.CODE, [])

    async def recall_by_meaning_and_words(self) -> None:
        """Ask all other sources (stages 2 and 3, and what we add to them).

        Those that read the report itself are asked at once; the neighbours of what it names only
        when they leave places open, since a card found by both ranks where the first put it.
        """
        await asyncio.gather(*self._ask_all_sources())
        found = {hit.card for hits in self.lists.values() for hit in hits}
        # A graph whose every source was silent is not asked for more: the time for it is spent.
        if len(found) < ENOUGH and self.lists:
            await self._ask_source(Source.NEIGHBOUR, self._neighbours())

    async def facts(self, ids: Sequence[CardId]) -> list[CardFacts]:
        """Give what admitting and explaining these cards needs, in their order; read it once.

        A card that was retired since it was found has none.
        """
        wanted = [card for card in ids if card not in self.known]
        if wanted:
            started = perf_counter()
            beside = ReportTraits(vehicle=self.understood.vehicle)
            async with asyncio.timeout(self.patience_s):
                found = await self.search.facts(wanted, self.viewer, beside)
            self.known |= found
            self._note_stage("facts", started, len(found))
        return [self.known[card] for card in ids if card in self.known]

    def _ask_all_sources(self) -> Sequence[Awaitable[None]]:
        said = self.understood
        asked = [self._ask_words_and_vehicle() if said.report.text else self._ask_vehicle()]
        if said.embedding is not None:
            limit, beside = LIMITS[Source.MEANING], self.report_traits
            call = self.search.by_meaning(said.embedding, self.viewer, limit, beside=beside)
            asked.append(self._ask_source(Source.MEANING, call))
        return asked

    async def _ask_words_and_vehicle(self) -> None:
        """Ask for both in one trip; they are two sources all the same."""
        started, text = perf_counter(), self.understood.report.text
        call = self.search.by_words_and_vehicle(
            text, self._symptoms, self.viewer, LIMITS, self.report_traits
        )
        found = await self._ask_in_time(call, Source.WORDS, Source.VEHICLE)
        words, vehicle = found or (None, None)
        self._keep_hits(Source.WORDS, started, words)
        self._keep_hits(Source.VEHICLE, started, vehicle)

    async def _ask_vehicle(self) -> None:
        limit = LIMITS[Source.VEHICLE]
        call = self.search.by_vehicle(self._symptoms, self.viewer, limit, self.report_traits)
        await self._ask_source(Source.VEHICLE, call)

    def _neighbours(self) -> Awaitable[list[CardHit]]:
        said, limit = self.understood, LIMITS[Source.NEIGHBOUR]
        return self.search.by_neighbours(
            said.codes, self._symptoms, self.viewer, limit, self.report_traits
        )

    async def _ask_source(self, source: Source, call: Awaitable[list[CardHit]]) -> None:
        started = perf_counter()
        self._keep_hits(source, started, await self._ask_in_time(call, source))

    async def _ask_in_time(self, call: Awaitable[T], *sources: Source) -> T | None:
        try:
            async with asyncio.timeout(self.patience_s):
                return await call
        except Unavailable as error:
            why = str(error)
        except TimeoutError:
            why = f"no answer within {self.patience_s:g} s"
        self.silent |= dict.fromkeys(sources, why)
        return None

    def _keep_hits(self, source: Source, started: float, found: list[CardHit] | None) -> None:
        if found is not None:
            self.lists[source] = found
        self._note_stage(source.value, started, len(found or ()))

    def _note_stage(self, name: str, started: float, found: int) -> None:
        milliseconds = (perf_counter() - started) * 1000
        self.trace.append(SearchStage(name=name, milliseconds=milliseconds, found=found))

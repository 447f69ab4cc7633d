"""Recall: ask every source at once for its own ranked list, and keep time of each."""

import asyncio
from collections.abc import Awaitable, Sequence
from dataclasses import dataclass, field
from time import perf_counter
from typing import Protocol, TypeVar

from domain.access import Viewer
from domain.errors import Unavailable
from domain.ids import CardId
from domain.matches import (
    CardFacts,
    CardHit,
    CardMarks,
    ReportTraits,
    Source,
    UnderstoodReport,
)
from matching.answers import SearchStage
from matching.recall_sources import CardFinder, RecallQuestion, RecallSource, RecallStage

# A source that hangs is left behind, so that the others still make an answer (MA-8).
SOURCE_SECONDS = 0.4
# Cards that the sources found among them from which on what only fills is not asked for.
ENOUGH = 40

T = TypeVar("T")


class SearchableCards(CardFinder, Protocol):
    """What matching asks of the graph: cards for its sources, and the facts of those it found."""

    async def facts(
        self, ids: Sequence[CardId], viewer: Viewer, beside: ReportTraits
    ) -> dict[CardId, CardFacts]: ...


@dataclass(slots=True)
class CardRecall:
    """The lists found so far, how long each took, and the sources that did not answer."""

    search: SearchableCards
    sources: Sequence[RecallSource]
    understood: UnderstoodReport
    viewer: Viewer
    patience_s: float = SOURCE_SECONDS
    lists: dict[Source, list[CardHit]] = field(default_factory=dict[Source, list[CardHit]])
    trace: list[SearchStage] = field(default_factory=list[SearchStage])
    silent: dict[Source, str] = field(default_factory=dict[Source, str])
    known: dict[CardId, CardFacts] = field(default_factory=dict[CardId, CardFacts])
    question: RecallQuestion = field(init=False)

    def __post_init__(self) -> None:
        self.question = RecallQuestion(said=self.understood, viewer=self.viewer)

    @property
    def marks(self) -> dict[CardId, CardMarks]:
        """What is known of every card found so far."""
        hits = (hit for found in self.lists.values() for hit in found)
        return {hit.card: hit.marks for hit in hits if hit.marks is not None}

    async def recall_by_codes(self) -> list[CardHit]:
        """Ask what may settle the search by itself: cards with the reported codes (stage 1)."""
        await self._ask_stage(RecallStage.FIRST)
        return self.lists.get(Source.CODE, [])

    async def recall_by_meaning_and_words(self) -> None:
        """Ask all other sources (stages 2 and 3, and what we add to them).

        Those that read the report itself are asked at once; those that fill only when the others
        leave places open.
        """
        await self._ask_stage(RecallStage.TOGETHER)
        found = {hit.card for hits in self.lists.values() for hit in hits}
        # A graph whose every source was silent is not asked for more: the time for it is spent.
        if len(found) < ENOUGH and self.lists:
            await self._ask_stage(RecallStage.FILLING)

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

    async def _ask_stage(self, stage: RecallStage) -> None:
        told = ((one, one.lists(self.question)) for one in self.sources if one.stage is stage)
        asked = [self._ask_source(source, names) for source, names in told if names]
        if len(asked) == 1:
            # Nothing is asked beside it, so it is spared a task of its own.
            await asked[0]
        elif asked:
            await asyncio.gather(*asked)

    async def _ask_source(self, source: RecallSource, names: Sequence[Source]) -> None:
        started = perf_counter()
        found = await self._ask_in_time(source.recall(self.question), *names)
        for name in names:
            self._keep_hits(name, started, None if found is None else found[name])

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

"""The ways of finding cards for a report: each a class behind one protocol, all listed at the end.

A source says which lists it can give for a report, and gives them. Each list is ranked best first,
holds no card twice, none that the viewer may not see, no more than its limit, and brings the marks
of its cards (`tests/stores/test_recall_sources.py` holds every source to that, in memory and on a
real graph). What a list weighs stands in `matching/fusion.py`, what it lets a person be told in
`matching/reasons.py`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from functools import cached_property
from typing import Protocol

from domain.access import Viewer
from domain.codes import CodeKey
from domain.matches import CardHit, Embedding, ReportTraits, Source, UnderstoodReport

Lists = Mapping[Source, list[CardHit]]


class RecallStage(Enum):
    """When a source is asked: before all others, with them, or for places that they left open."""

    FIRST = auto()
    TOGETHER = auto()
    FILLING = auto()


@dataclass(frozen=True, kw_only=True)
class RecallQuestion:
    """What every source is asked: cards for a report, for these eyes.

    What is derived from the report is made once for all sources.
    """

    said: UnderstoodReport
    viewer: Viewer

    @cached_property
    def symptoms(self) -> list[str]:
        return [seen.code for seen in self.said.symptoms]

    @cached_property
    def traits(self) -> ReportTraits:
        return ReportTraits(vehicle=self.said.vehicle, embedding=self.said.embedding)


class RecallSource(Protocol):
    """One way of finding cards."""

    @property
    def stage(self) -> RecallStage: ...

    def lists(self, question: RecallQuestion) -> tuple[Source, ...]:
        """Name the lists that it gives; none where the report says nothing that it looks for."""
        ...

    async def recall(self, question: RecallQuestion) -> Lists:
        """Give those lists.

        Raises:
            Unavailable: the store that it asks does not answer.
        """
        ...


class CardFinder(Protocol):
    """What the sources ask of the graph; every call is narrowed to what `viewer` may see.

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


@dataclass(frozen=True, slots=True)
class CodeSource:
    """Cards that report the same codes (stage 1, the fastest): a code may settle the search."""

    finder: CardFinder
    limit: int = 20
    stage: RecallStage = RecallStage.FIRST

    def lists(self, question: RecallQuestion) -> tuple[Source, ...]:
        return (Source.CODE,) if question.said.codes else ()

    async def recall(self, question: RecallQuestion) -> Lists:
        keys, viewer = question.said.codes, question.viewer
        found = await self.finder.by_codes(keys, viewer, self.limit, question.traits)
        return {Source.CODE: found}


@dataclass(frozen=True, slots=True)
class WordsAndVehicleSource:
    """Cards that share words, and cards of this vehicle with these symptoms: two lists, one trip.

    A trip costs about as much as either search reads. Without a text the vehicle alone is asked.
    """

    finder: CardFinder
    of_words: int = 30
    of_vehicle: int = 20
    stage: RecallStage = RecallStage.TOGETHER

    def lists(self, question: RecallQuestion) -> tuple[Source, ...]:
        return (Source.WORDS, Source.VEHICLE) if question.said.english else (Source.VEHICLE,)

    async def recall(self, question: RecallQuestion) -> Lists:
        text, viewer, traits = question.said.english, question.viewer, question.traits
        symptoms = question.symptoms
        if not text:
            found = await self.finder.by_vehicle(symptoms, viewer, self.of_vehicle, traits)
            return {Source.VEHICLE: found}
        limits = {Source.WORDS: self.of_words, Source.VEHICLE: self.of_vehicle}
        words, vehicle = await self.finder.by_words_and_vehicle(
            text, symptoms, viewer, limits, traits
        )
        return {Source.WORDS: words, Source.VEHICLE: vehicle}


@dataclass(frozen=True, slots=True)
class MeaningSource:
    """Cards whose text means the same, by the cosine of their embeddings."""

    finder: CardFinder
    limit: int = 30
    stage: RecallStage = RecallStage.TOGETHER

    def lists(self, question: RecallQuestion) -> tuple[Source, ...]:
        return () if question.said.embedding is None else (Source.MEANING,)

    async def recall(self, question: RecallQuestion) -> Lists:
        embedding = question.said.embedding
        if embedding is None:
            return {}
        viewer, traits = question.viewer, question.traits
        return {
            Source.MEANING: await self.finder.by_meaning(
                embedding, viewer, self.limit, beside=traits
            )
        }


@dataclass(frozen=True, slots=True)
class NeighbourSource:
    """Cards of the same component, supplier or cause as what the report names.

    They are asked for only when the others leave places open: a card that is found by both ranks
    where the first put it.
    """

    finder: CardFinder
    limit: int = 20
    stage: RecallStage = RecallStage.FILLING

    def lists(self, question: RecallQuestion) -> tuple[Source, ...]:
        del question
        return (Source.NEIGHBOUR,)

    async def recall(self, question: RecallQuestion) -> Lists:
        said, viewer = question.said, question.viewer
        found = await self.finder.by_neighbours(
            said.codes, question.symptoms, viewer, self.limit, question.traits
        )
        return {Source.NEIGHBOUR: found}


def build_sources(finder: CardFinder) -> tuple[RecallSource, ...]:
    """Give every source, in the order in which their lists are fused."""
    return (
        CodeSource(finder),
        WordsAndVehicleSource(finder),
        MeaningSource(finder),
        NeighbourSource(finder),
    )

"""A shelf of cards that searches honestly in memory, and can be told to fail or to hang."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import hypot

from domain.access import Viewer
from domain.codes import CodeKey
from domain.errors import Unavailable
from domain.ids import CardId, GarageId
from domain.matches import (
    CardFacts,
    CardHit,
    Embedding,
    ReportTraits,
    Source,
    UnderstoodReport,
    closeness,
)
from domain.signature import split_words
from domain.vehicles import UNKNOWN, VehicleContext
from matching.answers import Match


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelved:
    """A card, its vehicle, the vector of its text, and the garage that alone may see it."""

    facts: CardFacts
    vehicle: VehicleContext = UNKNOWN
    vector: Sequence[float] = ()
    only: GarageId | None = None


@dataclass(slots=True)
class Faults:
    """Calls by name that raise Unavailable, and calls that never answer."""

    down: frozenset[str] = frozenset()
    hang: frozenset[str] = frozenset()

    async def meet(self, call: str) -> None:
        if call in self.hang:
            await asyncio.Event().wait()
        if call in self.down:
            raise Unavailable("store", "refused")


@dataclass(slots=True)
class Shelf:
    cards: Sequence[Shelved]
    faults: Faults = field(default_factory=Faults)

    async def by_codes(
        self, keys: Sequence[CodeKey], viewer: Viewer, limit: int, beside: ReportTraits
    ) -> list[CardHit]:
        await self.faults.meet("by_codes")
        return self._best(viewer, limit, beside, lambda c: len(set(keys) & set(c.facts.codes)))

    async def by_vehicle(
        self, symptoms: Sequence[str], viewer: Viewer, limit: int, beside: ReportTraits
    ) -> list[CardHit]:
        await self.faults.meet("by_vehicle")
        return self._best(
            viewer,
            limit,
            beside,
            lambda c: (
                10 * len(set(symptoms) & set(c.facts.symptoms))
                + closeness(c.vehicle, beside.vehicle)
            ),
        )

    async def by_meaning(
        self, embedding: Embedding, viewer: Viewer, limit: int, *, beside: ReportTraits
    ) -> list[CardHit]:
        await self.faults.meet("by_meaning")
        return self._best(viewer, limit, beside, lambda c: _cosine(embedding.vector, c.vector))

    async def by_words_and_vehicle(
        self,
        text: str,
        symptoms: Sequence[str],
        viewer: Viewer,
        limits: Mapping[Source, int],
        beside: ReportTraits,
    ) -> tuple[list[CardHit], list[CardHit]]:
        await self.faults.meet("by_words_and_vehicle")
        said = set(split_words(text))
        worded = self._best(
            viewer,
            limits[Source.WORDS],
            beside,
            lambda c: len(said & set(split_words(f"{c.facts.title} {c.facts.text}"))),
        )
        return worded, await self.by_vehicle(symptoms, viewer, limits[Source.VEHICLE], beside)

    async def by_neighbours(
        self,
        codes: Sequence[CodeKey],
        symptoms: Sequence[str],
        viewer: Viewer,
        limit: int,
        beside: ReportTraits,
    ) -> list[CardHit]:
        del symptoms
        await self.faults.meet("by_neighbours")
        near = [c.facts for c in self.cards if set(codes) & set(c.facts.codes)]
        causes = {cause for card in near for cause in card.causes}
        return self._best(viewer, limit, beside, lambda c: len(causes & set(c.facts.causes)))

    async def facts(
        self, ids: Sequence[CardId], viewer: Viewer, beside: ReportTraits
    ) -> dict[CardId, CardFacts]:
        await self.faults.meet("facts")
        return {c.facts.id: _held(c, beside) for c in self._seen(viewer) if c.facts.id in ids}

    def _best(
        self, viewer: Viewer, limit: int, beside: ReportTraits, points: Callable[[Shelved], float]
    ) -> list[CardHit]:
        hits = [
            CardHit(card=c.facts.id, score=points(c), marks=_held(c, beside))
            for c in self._seen(viewer)
        ]
        return sorted((h for h in hits if h.score > 0), key=lambda h: (-h.score, h.card))[:limit]

    def _seen(self, viewer: Viewer) -> list[Shelved]:
        return [c for c in self.cards if viewer.sees_all or c.only in (None, viewer.garage)]


@dataclass(slots=True)
class Memory:
    """What each garage was shown, kept in a dict."""

    faults: Faults = field(default_factory=Faults)
    kept: dict[GarageId, list[Match]] = field(default_factory=dict[GarageId, list[Match]])

    async def remember(self, garage: GarageId, matches: Sequence[Match]) -> None:
        await self.faults.meet("remember")
        self.kept[garage] = [*self.kept.get(garage, []), *matches]

    async def recall(self, garage: GarageId, understood: UnderstoodReport) -> list[Match]:
        del understood
        await self.faults.meet("recall")
        return self.kept.get(garage, [])


def _held(shelved: Shelved, beside: ReportTraits) -> CardFacts:
    like = beside.embedding
    return replace(
        shelved.facts,
        vehicle_level=closeness(shelved.vehicle, beside.vehicle),
        cosine=_cosine(like.vector, shelved.vector) if like and shelved.vector else None,
    )


def _cosine(one: Sequence[float], other: Sequence[float]) -> float:
    return _dot(one, other) / (hypot(*one) * hypot(*other)) if other else 0.0


def _dot(one: Sequence[float], other: Sequence[float]) -> float:
    return sum(a * b for a, b in zip(one, other, strict=True))

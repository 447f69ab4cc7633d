"""Stand-ins for the search and the chances, to ask the matcher that serves what it looks at.

A search that is remembered asks the store once for each reading of a report: with the right cards
there and with them taken away, the same lists are asked for.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from domain.access import Viewer
from domain.codes import CodeKey
from domain.ids import CardId, GarageId
from domain.matches import (
    CardFacts,
    CardHit,
    Embedding,
    ReportTraits,
    Source,
    UnderstoodReport,
)
from matching.answers import Match
from matching.chance import LOOKED_AT, ListChance
from matching.chance_features import Features, card_features, look_at
from matching.rankers import RankedCard
from matching.word_rarity import WordRarity


@dataclass(slots=True)
class RecordedChances:
    """A model of chances that keeps what it was shown, and shows everything."""

    features: Sequence[Features] = ()
    cards: Sequence[CardFacts] = ()

    def judge(
        self,
        understood: UnderstoodReport,
        found: Sequence[tuple[RankedCard, CardFacts]],
        rarity: WordRarity,
    ) -> ListChance:
        looked = look_at(understood, found[:LOOKED_AT], rarity)
        self.features = card_features(understood, looked)
        self.cards = [one.card for one in looked]
        return ListChance(fits=1.0, shown=True, cards={})


@dataclass(frozen=True, slots=True)
class RememberedSearch:
    """A search that asks the store each thing once: it serves one reading of one report."""

    search: Any
    told: dict[str, Any] = field(default_factory=dict[str, Any])

    async def ask(self, name: str, *asked: object, **named: object) -> Any:  # noqa: ANN401 - each question has an answer of its own
        if name not in self.told:
            self.told[name] = await getattr(self.search, name)(*asked, **named)
        return self.told[name]


@dataclass(frozen=True, slots=True)
class SearchWithout:
    """A search that has never heard of some cards."""

    search: RememberedSearch
    unknown: frozenset[CardId] = frozenset()

    async def by_codes(
        self, keys: Sequence[CodeKey], viewer: Viewer, limit: int, beside: ReportTraits
    ) -> list[CardHit]:
        return self._known(await self.search.ask("by_codes", keys, viewer, limit, beside))

    async def by_vehicle(
        self, symptoms: Sequence[str], viewer: Viewer, limit: int, beside: ReportTraits
    ) -> list[CardHit]:
        return self._known(await self.search.ask("by_vehicle", symptoms, viewer, limit, beside))

    async def by_meaning(
        self, embedding: Embedding, viewer: Viewer, limit: int, *, beside: ReportTraits
    ) -> list[CardHit]:
        return self._known(
            await self.search.ask("by_meaning", embedding, viewer, limit, beside=beside)
        )

    async def by_words_and_vehicle(
        self,
        text: str,
        symptoms: Sequence[str],
        viewer: Viewer,
        limits: Mapping[Source, int],
        beside: ReportTraits,
    ) -> tuple[list[CardHit], list[CardHit]]:
        found = await self.search.ask(
            "by_words_and_vehicle", text, symptoms, viewer, limits, beside
        )
        return self._known(found[0]), self._known(found[1])

    async def by_neighbours(
        self,
        codes: Sequence[CodeKey],
        symptoms: Sequence[str],
        viewer: Viewer,
        limit: int,
        beside: ReportTraits,
    ) -> list[CardHit]:
        return self._known(
            await self.search.ask("by_neighbours", codes, symptoms, viewer, limit, beside)
        )

    async def facts(
        self, ids: Sequence[CardId], viewer: Viewer, beside: ReportTraits
    ) -> dict[CardId, CardFacts]:
        return await self.search.search.facts(ids, viewer, beside)

    def _known(self, hits: list[CardHit]) -> list[CardHit]:
        return [hit for hit in hits if hit.card not in self.unknown]


@dataclass(slots=True)
class NoMemory:
    """Nothing is remembered from one case to the next."""

    async def remember(self, garage: GarageId, matches: Sequence[Match]) -> None:
        del garage, matches

    async def recall(self, garage: GarageId, understood: UnderstoodReport) -> list[Match]:
        del garage, understood
        return []

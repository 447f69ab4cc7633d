"""What matching and searching answer in the API: cards with their reasons, and who answered."""

from collections.abc import Sequence
from typing import Self

import strawberry
from strawberry import field

from domain import reasons as domain_reasons
from domain.ids import CardId
from domain.languages import Language
from domain.matches import Level, Source, VehicleLevel
from domain.reason_sentences import suggestion_sentence
from domain.reasons import Standing
from ingest.translations import translate_name
from schema.context import SchemaInfo
from schema.hazards import SAFETY, SafetyAdvice
from schema.reasons import ReaderLanguage, Reason
from schema.tickets import FailureCard
from schema.vocabulary import load_edge

AMONG = (
    "How likely a known fix is among these cards, 0 to 1; null where that was not weighed, and "
    "where each failure has its own."
)
NOTE = "What was not read of the report; null when all of it was."


@strawberry.type(description="What one way of finding cards adds to a card's place.")
class Contribution:
    source: Source = field(description="The way of finding.")
    rank: int = field(description="The card's place in that way's own list.")
    score: float = field(description="Its score there, in that way's own unit.")
    share: float = field(description="What this adds to the fused score.")
    via: list[str] = field(description="Keys of what led there.")


@strawberry.type(description="A card that fits the report.")
class Match:
    rank: int = field(description="Its place, from 1.")
    score: float = field(description="The score that the ranker gave it.")
    chance: float | None = field(
        description="How likely it tells of the reported failure, 0 to 1: of those told .7, seven "
        "in ten do. Null where that was not weighed: a card that is only remembered."
    )
    standing: Standing = field(description="How far it is to be trusted.")
    vehicle_level: VehicleLevel = field(description="How closely its vehicles fit.")
    campaign: str | None = field(description="The recall campaign it comes from, if any.")
    reasons: list[Reason] = field(
        description="Why it is suggested, one by one, and what speaks against it."
    )
    contributions: list[Contribution] = field(description="What found it.")
    title: str = field(description="The card's title.")
    recheck: str | None = field(description="Why the card is to be looked at again, if it is.")
    card_key: str = field(description="The card's id in the knowledge graph.")
    remembered: strawberry.Private[bool]
    why: strawberry.Private[Sequence[domain_reasons.Reason]]
    reader: strawberry.Private[Language]

    @strawberry.field(
        description="Why it is suggested, in words that a mechanic reads: what fits, what does "
        "not, what it rests on, how sure it is."
    )
    def sentence(self, language: ReaderLanguage = None) -> str:
        reader = language or self.reader
        return suggestion_sentence(self.why, self.standing, reader, translate_name, self.chance)

    @strawberry.field(description="The card; null while the graph does not answer.")
    async def card(self, info: SchemaInfo) -> FailureCard | None:
        if self.remembered:
            # The graph was just found silent: asking it again would only take its time.
            return None
        return await load_edge(
            info.context.loaders.cards, CardId(self.card_key), FailureCard.from_domain
        )


@strawberry.type(description="What fits one failure of a report that tells several.")
class FailureMatches:
    text: str = field(description="The words that tell it.")
    matches: list[Match] = field(description="At most five, best first.")
    prompt: str | None = field(description="What to do when no card fits it.")
    chance: float | None = field(description=AMONG)


@strawberry.type(description="The cards that fit a report, best first, and how they were found.")
class Matches:
    safety: SafetyAdvice | None = field(description=SAFETY)
    matches: list[Match] = field(
        description="At most five, best first; of several failures, the best of each first. "
        "As many as it takes to hold the right one; none where none is likely to fit."
    )
    failures: list[FailureMatches] = field(
        description="Each failure by itself, where the report tells several; else empty."
    )
    level: Level = field(description="How much of the system answered.")
    degraded: str | None = field(description="What did not answer; null when all of it did.")
    ranker: str = field(description="What put them in order.")
    prompt: str | None = field(description="What to do when no card fits.")
    note: str | None = field(description=NOTE)
    shortened: str | None = field(
        description="Why fewer cards were looked for than could be found; null when they were not."
    )
    chance: float | None = field(description=AMONG)


@strawberry.type(description="A card that a search found.")
class Found:
    score: float = field(description="0.6 × meaning + 0.4 × words, 0 to 1.")
    found: strawberry.Private[CardId]

    @strawberry.field(description="The card.")
    async def card(self, info: SchemaInfo) -> FailureCard | None:
        return await load_edge(info.context.loaders.cards, self.found, FailureCard.from_domain)

    @classmethod
    def from_domain(cls, card: CardId, score: float) -> Self:
        return cls(score=score, found=card)


@strawberry.type(description="What a search found, best first.")
class SearchResult:
    cards: list[Found] = field(description="The cards, at most `first`.")
    degraded: str | None = field(description="What did not answer; null when all of it did.")

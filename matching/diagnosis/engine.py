"""A diagnosis from report to answer: match, bring the similar cards, reason over them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from domain.access import Viewer
from domain.cards import FailureCard
from domain.errors import Unavailable
from domain.ids import CardId
from domain.matches import Level, Understood
from matching.answers import Answer
from matching.diagnosis import reasoning, retrieval
from matching.diagnosis.answers import Diagnosis, Precedent
from matching.diagnosis.reply import Reply, borne_out


class Matcher(Protocol):
    async def match(self, understood: Understood, viewer: Viewer, limit: int = 5) -> Answer: ...


class Cards(Protocol):
    async def many(self, ids: Sequence[CardId], viewer: Viewer) -> dict[CardId, FailureCard]: ...


class Language(Protocol):
    """A language model that is asked for its view of the precedents."""

    @property
    def name(self) -> str: ...

    async def ask(
        self, understood: Understood, found: Sequence[Precedent]
    ) -> tuple[Reply, bool]: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagnoser:
    """Reasons over the graph's evidence; a language model, where one is named, speaks first."""

    matcher: Matcher
    cards: Cards
    language: Language | None = None

    async def diagnose(self, understood: Understood, viewer: Viewer) -> Diagnosis:
        """Say what most likely causes the failure, from cards that `viewer` may see."""
        answer = await self.matcher.match(understood, viewer, retrieval.TOP_K)
        cards, silent = await self._read(answer, viewer)
        found = retrieval.precedents(understood, answer, cards)
        degraded = "; ".join(why for why in (answer.degraded, silent) if why) or None
        weighed = reasoning.diagnosis(understood, found, answer.level, degraded)
        if self.language is None or not found:
            return weighed
        return await self._spoken(self.language, understood, weighed)

    async def _read(
        self, answer: Answer, viewer: Viewer
    ) -> tuple[dict[CardId, FailureCard], str | None]:
        """Read the cards whole; while the graph is silent, what the matches tell must do."""
        if answer.level in {Level.RECENT, Level.MANUAL}:
            return {}, None
        try:
            ids = [match.card.id for match in answer.matches]
            return await self.cards.many(ids, viewer), None
        except Unavailable as error:
            return {}, str(error)

    async def _spoken(
        self, language: Language, understood: Understood, weighed: Diagnosis
    ) -> Diagnosis:
        try:
            said, cut = await language.ask(understood, weighed.precedents)
        except Unavailable as error:
            why = "; ".join(filter(None, (weighed.degraded, str(error))))
            return replace(weighed, degraded=why)
        spoken = borne_out(said, weighed, reasoning.LIKELY)
        return replace(spoken, reasoner=language.name, truncated=cut)

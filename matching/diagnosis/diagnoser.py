"""A diagnosis from report to answer: match, bring the similar cards, reason over them."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from domain.access import Viewer
from domain.cards import FailureCard
from domain.errors import Unavailable
from domain.ids import CardId
from domain.matches import LEVELS, UnderstoodReport
from matching.answers import MatchAnswer
from matching.diagnosis import evidence_reasoner, retrieval
from matching.diagnosis.answers import Diagnosis, Precedent
from matching.diagnosis.questions import UNWEIGHED, CandidateCard, choose_questions
from matching.diagnosis.reply import ParsedReply, merge_reply
from matching.failures import failures_of

# The matches tell the causes; their cards, whole, are waited for no longer than this.
CARDS_SECONDS = 0.6


class ReportMatcher(Protocol):
    async def match(
        self, understood: UnderstoodReport, viewer: Viewer, limit: int = 5
    ) -> MatchAnswer: ...


class CardLookup(Protocol):
    async def many(self, ids: Sequence[CardId], viewer: Viewer) -> dict[CardId, FailureCard]: ...


class LanguageReasoner(Protocol):
    """A language model that is asked to read what the graph weighed."""

    @property
    def name(self) -> str: ...

    async def ask_model(self, understood: UnderstoodReport, weighed: Diagnosis) -> ParsedReply: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagnoser:
    """Reasons over the graph's evidence; a language model, where one is named, adds its words.

    Attributes:
        patience_s: how long the cards are waited for, in seconds.
        symptom_texts: what each symptom code says in words, for questions.
    """

    matcher: ReportMatcher
    cards: CardLookup
    language: LanguageReasoner | None = None
    symptom_texts: Callable[[], Mapping[str, str]] = dict[str, str]
    patience_s: float = CARDS_SECONDS

    async def diagnose(self, understood: UnderstoodReport, viewer: Viewer) -> Diagnosis:
        """Say what most likely causes the failure, from cards that `viewer` may see.

        Where a report tells several, each has a diagnosis of its own.
        """
        told = failures_of(understood)
        if not told:
            return await self._diagnose_one(understood, viewer)
        each = await asyncio.gather(*(self._diagnose_one(one, viewer) for one in told))
        first, *others = (
            replace(found, text=one.report.text) for one, found in zip(told, each, strict=True)
        )
        return replace(first, others=tuple(others))

    async def _diagnose_one(self, understood: UnderstoodReport, viewer: Viewer) -> Diagnosis:
        answer = await self.matcher.match(understood, viewer, retrieval.TOP_K)
        found = await self._weigh(understood, viewer, answer)
        return replace(found, ranker=answer.ranker, chance=answer.chance)

    async def _weigh(
        self, understood: UnderstoodReport, viewer: Viewer, answer: MatchAnswer
    ) -> Diagnosis:
        if understood.question:
            return evidence_reasoner.diagnose_nothing(answer)
        if not LEVELS[answer.level].from_graph:
            return evidence_reasoner.diagnose_from_memory(understood, answer)
        cards, silent = await self._read_cards(answer, viewer)
        found = retrieval.find_precedents(understood, answer.matches, cards)
        degraded = "; ".join(why for why in (answer.degraded, silent) if why) or None
        weighed = evidence_reasoner.diagnose_from_evidence(
            understood, found, answer.level, degraded
        )
        if weighed.cause is None:
            weighed = self._with_questions(understood, weighed, answer, found)
        if self.language is None or not weighed.precedents:
            return weighed
        return await self._with_model_reply(self.language, understood, weighed)

    def _with_questions(
        self,
        understood: UnderstoodReport,
        weighed: Diagnosis,
        answer: MatchAnswer,
        found: Sequence[Precedent],
    ) -> Diagnosis:
        """Ask what would tell the shown cards apart; where none is shown, those looked at."""
        shown = [
            CandidateCard(one.match.card, one.match.chance or UNWEIGHED, one.card) for one in found
        ]
        looked = [CandidateCard(card, UNWEIGHED) for card in answer.passed_over]
        asked = choose_questions(understood, shown or looked, self.symptom_texts())
        return replace(weighed, questions=asked)

    async def _read_cards(
        self, answer: MatchAnswer, viewer: Viewer
    ) -> tuple[dict[CardId, FailureCard] | None, str | None]:
        """Read the cards whole; None with the reason when they do not come in time."""
        try:
            async with asyncio.timeout(self.patience_s):
                ids = [match.card.id for match in answer.matches]
                return await self.cards.many(ids, viewer), None
        except (Unavailable, TimeoutError) as error:
            return None, str(error) or "the cards do not come in time"

    async def _with_model_reply(
        self, language: LanguageReasoner, understood: UnderstoodReport, weighed: Diagnosis
    ) -> Diagnosis:
        try:
            spoken = await language.ask_model(understood, weighed)
        except Unavailable as error:
            why = "; ".join(filter(None, (weighed.degraded, str(error))))
            return replace(weighed, degraded=why)
        return merge_reply(weighed, spoken, language.name)

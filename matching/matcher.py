"""The match itself: recall from every source, fuse, rank, admit, explain; degrade in the open.

The stages and what may end them early are the specification's (§2.4). If part of the system is down
the next level answers and says so: ai → keyword → recent → manual (FB-1 to FB-4).
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from domain.access import Viewer
from domain.errors import Unavailable
from domain.ids import CardId, GarageId
from domain.matches import (
    CardFacts,
    CardHit,
    CardMarks,
    Level,
    Source,
    SymptomFigure,
    UnderstoodReport,
)
from domain.reasons import Standing
from matching import fit, formulas, trust
from matching.answers import Match, MatchAnswer
from matching.chance import LOOKED_AT, ChanceJudge
from matching.failures import failures_of, join_answers
from matching.fallback_levels import (
    RECENT_SECONDS,
    RecentAnswers,
    UnansweredReport,
    build_levels,
)
from matching.fusion import CardCandidate, fuse_lists
from matching.list_chance import ListChance
from matching.rankers import LearnedRanker, RankedCard, Ranker, Ranking
from matching.reasons import find_reasons, named_path
from matching.recall import CardRecall, SearchableCards
from matching.recall_sources import build_sources
from matching.word_rarity import WordRarity

# All that the sources may find together: nothing is cut before it is ranked.
CONSIDERED = 250
GRAPH_SECONDS = 0.6
# Whoever waits for the trained ranker in vain has lost no more than this.
LEARNED_SECONDS = 0.1
# The same for the paths that it tells as reasons: the cards are there without them.
PATH_SECONDS = 0.1
# Cards read for each place of an answer: the rule of trust passes some over, and looks at the first
# two for each place before it lends one (`trust.WINDOW`).
READ_FOR_EACH_PLACE = 3
# Of the time for the graph, what one source may take; the rest is for the facts.
SOURCE_SHARE = 2 / 3
HURRIED = 0.75
# Whoever waited for the embedder in vain has half as long for the graph: a labelled answer comes
# within a second, whatever is down.
WITHOUT_EMBEDDER = 0.5
SHORTENED = (
    "The reported code belongs to these cards and this vehicle, so no other cards were looked for. "
    "Leave the code out to see what the words alone bring."
)
NO_MATCH = "No known card fits. Describe what you see and measure; your report founds a new card."
QUESTION = (
    "This reads as a question, not as a failure, so no card is offered. "
    "Say what fails and how it shows."
)
NO_CARDS = (
    "This service knows no card yet: an operator loads them with `battwheels ingest knowledge`. "
    "Your report founds a new card."
)


FigureReader = Callable[[str], Sequence[SymptomFigure]]


def _no_figures(_text: str) -> Sequence[SymptomFigure]:
    return ()


class Matcher:
    def __init__(
        self,
        search: SearchableCards,
        ranker: Ranker,
        recent: RecentAnswers,
        patience_s: float = GRAPH_SECONDS,
        source_s: float | None = None,
    ) -> None:
        """Wait for the graph no longer than `patience_s` before the next level answers.

        One source may take `source_s` of it: a graph that is slower than that counts as silent.
        """
        self._search = search
        self._sources = build_sources(search)
        self._ranker = ranker
        self._recent = recent
        self._levels = build_levels(recent)
        self._patience_s = patience_s
        self._source_s = patience_s * SOURCE_SHARE if source_s is None else source_s
        self._keeping: set[asyncio.Task[None]] = set()
        # What is said when nothing fits; whoever serves knows when there is no card at all.
        self.no_match = NO_MATCH
        # What tells how likely each card is right, and how much words tell among these cards:
        # whoever serves sets both. Without them a sign of its own is all that a card needs.
        self.chances: ChanceJudge | None = None
        # The trained ranker, where one is to serve; without it, and at once where it is silent,
        # the ranker above orders the cards.
        self.learned: LearnedRanker | None = None
        self.rarity = WordRarity()
        # What reads the figures of a card's text; without it no measured value is held against one.
        self.figures: FigureReader = _no_figures

    async def match(
        self, understood: UnderstoodReport, viewer: Viewer, limit: int = formulas.TOP
    ) -> MatchAnswer:
        """Give at most `limit` cards for a report, best first, from the best level that answers.

        Where it tells several failures, each is answered by itself too.
        """
        if understood.question:
            return MatchAnswer(
                matches=(), level=Level.AI, ranker=self._ranker.name, prompt=QUESTION
            )
        told = failures_of(understood)
        if not told:
            return await self._match_one(understood, viewer, limit)
        answers = await asyncio.gather(*(self._match_one(one, viewer, limit) for one in told))
        return join_answers(told, answers, limit)

    async def _match_one(
        self, understood: UnderstoodReport, viewer: Viewer, limit: int
    ) -> MatchAnswer:
        try:
            async with asyncio.timeout(self._patience_s):
                answer = await self._search_graph(understood, viewer, limit)
        except (Unavailable, TimeoutError) as error:
            reason = str(error) or "neo4j does not answer in time"
            return await self._answer_below_graph(
                UnansweredReport(said=understood, viewer=viewer, limit=limit, reason=reason)
            )
        self._remember_answer(viewer, answer)
        return answer

    async def _search_graph(
        self, understood: UnderstoodReport, viewer: Viewer, limit: int
    ) -> MatchAnswer:
        patience_s = self._source_s * (WITHOUT_EMBEDDER if _lost_embedder(understood) else 1)
        recall = CardRecall(self._search, self._sources, understood, viewer, patience_s)
        settled = await _settling_hits(recall)
        if settled:
            recall.lists = {Source.CODE: settled}
        else:
            if recall.silent:
                # Who waited for one source in vain shall not wait as long for each of the others.
                recall.patience_s *= HURRIED
            await recall.recall_by_meaning_and_words()
        if recall.silent and not recall.lists:
            raise Unavailable("neo4j", next(iter(recall.silent.values())))
        candidates = fuse_lists(recall.lists)[: max(CONSIDERED, limit)]
        ranking = await self._rank(candidates, recall)
        answer = await self._explain(recall, ranking, limit)
        return replace(answer, shortened=SHORTENED) if settled and answer.matches else answer

    async def _rank(self, candidates: Sequence[CardCandidate], recall: CardRecall) -> Ranking:
        """Order the candidates by the trained ranker, or say why the other one did."""
        understood, marks, fallen_back = recall.understood, recall.marks, None
        if self.learned is not None:
            try:
                async with asyncio.timeout(LEARNED_SECONDS):
                    learned = await self.learned.rank(understood, candidates, marks, recall.viewer)
                if learned is not None:
                    return learned
            except (Unavailable, TimeoutError) as error:
                why = str(error) or f"no answer within {LEARNED_SECONDS:g} s"
                fallen_back = f"the learned ranker is silent ({why}); the evidence ranks"
        ranked = self._ranker.rank(understood, candidates, marks)
        return Ranking(ranked, self._ranker.name, fallen_back)

    async def _explain(self, recall: CardRecall, ranking: Ranking, limit: int) -> MatchAnswer:
        """Explain what may be shown, if it is worth showing: nobody is told what does not fit.

        A shared code speaks for itself. With a part of the search away the chance
        is not known well enough to silence a card that has a sign of its own.
        """
        said = recall.understood
        degraded = _degraded_reason(said, recall)
        by_card = {r.marks.id: r for r in ranking.cards}
        least = LOOKED_AT if self.chances is not None else 0
        admitted = await _admit_cards(recall, by_card, (limit, least), strict=bool(degraded))
        # A trained ranker knows how sure its order is; of any other order the judge tells.
        judged = ranking.chance or self._judge(recall, by_card)
        coded = any(set(said.codes) & set(card.codes) for card, _ in admitted)
        fits = judged is None or judged.shown or coded or bool(degraded)
        speaks = fits and _any_telling(said, [by_card[card.id] for card, _ in admitted])
        found = self._build_matches(said, by_card, admitted, judged) if speaks else ()
        found = await self._with_paths(said, found, ranking)
        return MatchAnswer(
            passed_over=() if speaks else tuple(card for card, _ in admitted),
            matches=found,
            level=Level.KEYWORD if degraded else Level.AI,
            ranker=ranking.ranker,
            degraded=degraded or ranking.fallen_back,
            prompt=None if found else said.unread or self.no_match,
            trace=tuple(recall.trace),
            chance=_chance_of(found, judged),
        )

    async def _with_paths(
        self, said: UnderstoodReport, found: tuple[Match, ...], ranking: Ranking
    ) -> tuple[Match, ...]:
        """Add the paths that a trained order rests on; without them in time, nothing."""
        if self.learned is None or ranking.ranker == self._ranker.name or not found:
            return found
        try:
            async with asyncio.timeout(PATH_SECONDS):
                told = await self.learned.paths(said, [match.card.id for match in found])
        except (Unavailable, TimeoutError):
            return found
        return tuple(
            replace(
                match,
                reasons=(
                    *match.reasons,
                    *(named_path(said, path) for path in told.get(match.card.id, ())),
                ),
            )
            for match in found
        )

    def _judge(self, recall: CardRecall, by_card: Mapping[CardId, RankedCard]) -> ListChance | None:
        """Judge the best ranked of the cards that may be shown, and no other."""
        if self.chances is None:
            return None
        known = ((by_card[card], recall.known[card]) for card in by_card if card in recall.known)
        shown = [
            (ranked, _facts_held(card, ranked))
            for ranked, card in known
            if trust.standing_of(card) is not None
        ]
        return self.chances.judge(recall.understood, shown, self.rarity)

    def _build_matches(
        self,
        understood: UnderstoodReport,
        by_card: Mapping[CardId, RankedCard],
        admitted: Sequence[tuple[CardFacts, Standing]],
        judged: ListChance | None,
    ) -> tuple[Match, ...]:
        """Explain each card that is worth showing, in its place."""
        chances: Mapping[CardId, float] = judged.cards if judged is not None else {}
        matches = [
            self._build_match(understood, by_card[card.id], (card, standing), rank)
            for rank, (card, standing) in enumerate(_worthwhile(admitted, judged), start=1)
        ]
        return tuple(replace(match, chance=chances.get(match.card.id)) for match in matches)

    def _build_match(
        self,
        understood: UnderstoodReport,
        ranked: RankedCard,
        admitted: tuple[CardFacts, Standing],
        rank: int,
    ) -> Match:
        card, standing = _facts_held(admitted[0], ranked), admitted[1]
        # Only a symptom can be at odds with a figure.
        figures = self.figures(card.text) if understood.symptoms else ()
        return Match(
            rank=rank,
            card=card,
            score=ranked.score,
            candidate=ranked.candidate,
            reasons=find_reasons(understood, ranked.candidate, card, figures),
            standing=standing,
        )

    async def _answer_below_graph(self, asked: UnansweredReport) -> MatchAnswer:
        for level in self._levels:
            if (answer := await level.answer(asked)) is not None:
                return answer
        raise Unavailable("neo4j", asked.reason)

    def _remember_answer(self, viewer: Viewer, answer: MatchAnswer) -> None:
        """Keep the answer for the time the graph is silent; the one who asked does not wait."""
        # What an administrator sees may be hidden from their garage (CA-33): it is not kept there.
        if viewer.garage is None or viewer.sees_all or not answer.matches:
            return
        task = asyncio.create_task(self._kept_matches(viewer.garage, answer.matches))
        self._keeping.add(task)
        task.add_done_callback(self._keeping.discard)

    async def _kept_matches(self, garage: GarageId, matches: Sequence[Match]) -> None:
        try:
            async with asyncio.timeout(RECENT_SECONDS):
                await self._recent.remember(garage, matches)
        except (Unavailable, TimeoutError):
            return


async def _settling_hits(recall: CardRecall) -> list[CardHit]:
    """Ask for cards by code; give those that end the search and may be shown."""
    found = [
        hit for hit in await recall.recall_by_codes() if _is_settling(recall.understood, hit.marks)
    ]
    facts = await recall.facts([hit.card for hit in found])
    shown = {card.id for card in facts if trust.standing_of(card) is not None}
    return [hit for hit in found if hit.card in shown]


def _is_settling(understood: UnderstoodReport, card: CardMarks | None) -> bool:
    if card is None:
        return False
    confidence = formulas.code_confidence(understood.codes, card.codes, card.vehicle_level)
    return formulas.code_settles(confidence)


def _any_telling(understood: UnderstoodReport, ranked: Sequence[RankedCard]) -> bool:
    """Say whether a code, a symptom or a meaning ties the report to a card (words, if alone)."""
    symptoms = {seen.code for seen in understood.symptoms}
    return any(
        set(understood.codes) & set(r.marks.codes)
        or symptoms & set(r.marks.symptoms)
        or _reads_alike(understood, r.candidate)
        for r in ranked
    )


def _reads_alike(understood: UnderstoodReport, candidate: CardCandidate) -> bool:
    if understood.embedding is None:
        # Without a text in English there is nothing that words could share.
        found_by_words = candidate.contribution_of(Source.WORDS) is not None
        return _lost_embedder(understood) and found_by_words
    meaning = candidate.contribution_of(Source.MEANING)
    return meaning is not None and meaning.score >= fit.ALIKE


def _lost_embedder(understood: UnderstoodReport) -> bool:
    return understood.embedding is None and bool(understood.english)


def _degraded_reason(understood: UnderstoodReport, recall: CardRecall) -> str | None:
    if recall.silent:
        return "; ".join(f"{source}: {why}" for source, why in recall.silent.items())
    if _lost_embedder(understood):
        return "the embedder does not answer"
    return None


def _worthwhile(
    admitted: Sequence[tuple[CardFacts, Standing]], judged: ListChance | None
) -> Sequence[tuple[CardFacts, Standing]]:
    """Leave out what is hardly ever right, or more than is needed: reading takes time."""
    if judged is None:
        return admitted
    shown = set(judged.worthwhile([card.id for card, _ in admitted]))
    return [one for one in admitted if one[0].id in shown]


def _chance_of(found: Sequence[Match], judged: ListChance | None) -> float | None:
    """Give how likely the right card is among those shown; None: it was not weighed."""
    if judged is None or not found:
        return None
    return judged.chance_of([match.card.id for match in found])


async def _admit_cards(
    recall: CardRecall,
    by_card: Mapping[CardId, RankedCard],
    places: tuple[int, int],
    *,
    strict: bool,
) -> Sequence[tuple[CardFacts, Standing]]:
    """Read of the best ranked as many as it takes to fill the places; few are read in vain.

    `places` are how many may be shown, and how many are to be read at least; `strict`: only cards
    with a sign of their own are admitted.
    """
    admitted: Sequence[tuple[CardFacts, Standing]] = ()
    (limit, least), ranked = places, list(by_card)
    step = max(READ_FOR_EACH_PLACE * limit, least)
    for end in range(step, len(ranked) + step, step):
        facts = await recall.facts(ranked[:end])
        if strict:
            facts = [
                f
                for f in facts
                if fit.fits_report(recall.understood, _facts_held(f, by_card[f.id]))
            ]
        admitted = trust.admit_cards(facts, limit)
        if len(admitted) == limit:
            break
    return admitted


def _facts_held(card: CardFacts, ranked: RankedCard) -> CardFacts:
    """Give the facts with the cosine: they are read without the report's vector, the hit has it."""
    return replace(card, cosine=ranked.marks.cosine)

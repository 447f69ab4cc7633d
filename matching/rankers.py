"""Rankers: from fused candidates and what is known of them to one score each."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from domain.access import Viewer
from domain.ids import CardId
from domain.matches import CardMarks, Source, UnderstoodReport
from domain.reasons import Reason
from matching import formulas
from matching.fusion import CardCandidate
from matching.list_chance import ListChance

Marks = Mapping[CardId, CardMarks]


@dataclass(frozen=True, slots=True, kw_only=True)
class RankedCard:
    """A candidate with what is known of it and its ranker's score (larger is better)."""

    candidate: CardCandidate
    marks: CardMarks
    score: float


@dataclass(frozen=True, slots=True)
class Ranking:
    """Candidates in an order, whose it is, and why it is not a better one's, if it is not.

    `chance` is what the ranker itself tells of its cards; None: whoever asked judges them.
    """

    cards: Sequence[RankedCard]
    ranker: str
    fallen_back: str | None = None
    chance: ListChance | None = None


class Ranker(Protocol):
    """Orders candidates by what is known of them."""

    @property
    def name(self) -> str: ...

    def rank(
        self, understood: UnderstoodReport, candidates: Sequence[CardCandidate], marks: Marks
    ) -> list[RankedCard]:
        """Give the candidates whose marks are known, best first."""
        ...


class LearnedRanker(Protocol):
    """Orders candidates by a trained model (`gnn.ranker_model`), which may be off or silent."""

    async def rank(
        self,
        understood: UnderstoodReport,
        candidates: Sequence[CardCandidate],
        marks: Marks,
        viewer: Viewer,
    ) -> Ranking | None:
        """Give the candidates whose marks are known, best first; None: no model serves.

        The viewer's garage says which parts are on hand.

        Raises:
            Unavailable: what it needs does not answer, or the model fails.
        """
        ...

    async def paths(
        self, understood: UnderstoodReport, cards: Sequence[CardId]
    ) -> Mapping[CardId, Sequence[Reason]]:
        """Give for each card the paths that its place rests on; none where no network walks.

        Raises:
            Unavailable: the model fails.
        """
        ...


class RankerName(StrEnum):
    """The rankers that may be chosen; `learned` serves unless another is named.

    It is the trained ranker that the registry has serve; where there is none the evidence ranks.
    """

    EVIDENCE = "evidence"
    LEARNED = "learned"
    FORMULA = "formula"
    FUSED = "fused"


class FormulaRanker:
    """The specification's ensemble, to the letter: codes .4, vehicle .3, meaning .3 (MA-5)."""

    name = "formula"
    sources = (Source.CODE, Source.VEHICLE, Source.MEANING)

    def rank(
        self, understood: UnderstoodReport, candidates: Sequence[CardCandidate], marks: Marks
    ) -> list[RankedCard]:
        del understood
        known = {c.card: c for c in candidates if c.card in marks}
        lists = [ids_in_order(known.values(), source) for source in self.sources]
        return [
            RankedCard(candidate=known[card], marks=marks[card], score=score)
            for card, score in formulas.ensemble_score(lists)
        ]


class FusedRanker:
    """Reciprocal-rank fusion alone: the order in which the candidates come."""

    name = "fused"

    def rank(
        self, understood: UnderstoodReport, candidates: Sequence[CardCandidate], marks: Marks
    ) -> list[RankedCard]:
        del understood
        return [
            RankedCard(candidate=c, marks=marks[c.card], score=c.score)
            for c in candidates
            if c.card in marks
        ]


def ids_in_order(candidates: Iterable[CardCandidate], source: Source) -> list[CardId]:
    """Give the cards that one source found, in that source's order."""
    parts = ((c.card, c.contribution_of(source)) for c in candidates)
    found = [(part.rank, card) for card, part in parts if part is not None]
    return [card for _, card in sorted(found)]

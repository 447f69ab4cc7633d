"""The ranker that serves: the evidence for a card, added up on one scale.

    score = 6.0 × words / best words + 10.0 × cosine + 2.5 × vehicle level + 1.0 × ln(1 + models)
            + 8.0 × code confidence + 3.0 × share of reported symptoms

`words` is the full-text score, `cosine` that of the texts' meanings, and the vehicle level is 0
(another make) to 3 (same model and year). ln(1 + models) is the card's reach: a failure of many
vehicles is reported more often; it counts only while no candidate is of the reported model.

The first four weights were fitted as a conditional logit on owners' complaints and the recalls
they quote, and rounded; they hold on campaigns left out of the fit (docs/benchmarks.md). The last
two are set, not fitted, as no public data joins codes to fixes: an exact code outweighs any text.
Scores add where ranks would not: how much better the first is than the second tells as much.
"""

from collections.abc import Mapping, Sequence
from math import log1p

from domain.codes import CodeKey
from domain.matches import CardMarks, Source, UnderstoodReport, VehicleLevel
from matching import formulas
from matching.fusion import CardCandidate
from matching.rankers import Marks, RankedCard

WORDS = 6.0
MEANING = 10.0
VEHICLE = 2.5
REACH = 1.0
CODES = 8.0
SYMPTOMS = 3.0


class EvidenceRanker:
    name = "evidence-1"

    def rank(
        self, understood: UnderstoodReport, candidates: Sequence[CardCandidate], marks: Marks
    ) -> list[RankedCard]:
        """Give the candidates whose marks are known, best first; ties by id, the newest first."""
        known = [c for c in candidates if c.card in marks]
        words = [_words_score(c) for c in known]
        best = max(words, default=0.0)
        levels = [marks[c.card].vehicle_level for c in known]
        reach = REACH if max(levels, default=VehicleLevel.NONE) < VehicleLevel.MODEL else 0.0
        symptoms = {seen.code: seen.confidence for seen in understood.symptoms}
        ranked = [
            RankedCard(
                candidate=c,
                marks=(card := marks[c.card]),
                score=_text_evidence(shared, best, card)
                + _graph_evidence(understood.codes, symptoms, card)
                + reach * log1p(card.models),
            )
            for c, shared in zip(known, words, strict=True)
        ]
        return sorted(ranked, key=lambda r: (r.score, r.marks.id), reverse=True)


def _text_evidence(words: float, best: float, card: CardMarks) -> float:
    """Give what the two texts say: shared words and shared meaning."""
    return WORDS * (words / best if best > 0 else 0.0) + MEANING * (card.cosine or 0.0)


def _graph_evidence(
    codes: Sequence[CodeKey], symptoms: Mapping[str, float], card: CardMarks
) -> float:
    """Give what the graph says: the vehicle, the codes, the symptoms with their confidence."""
    shared = any(code in card.codes for code in codes)
    confidence = formulas.code_confidence(codes, card.codes, card.vehicle_level) if shared else 0.0
    total = sum(symptoms.values())
    seen = sum(symptoms[code] for code in card.symptoms if code in symptoms)
    return (
        VEHICLE * card.vehicle_level
        + CODES * confidence
        + SYMPTOMS * (seen / total if total else 0)
    )


def _words_score(candidate: CardCandidate) -> float:
    words = candidate.contribution_of(Source.WORDS)
    return words.score if words is not None else 0.0

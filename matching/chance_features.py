"""What a chance is told from: a card held against the report, and against the other cards found."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import log1p

from domain.matches import CardFacts, Source, UnderstoodReport, VehicleLevel
from matching import formulas
from matching.evidence_ranker import EvidenceRanker
from matching.rankers import RankedCard
from matching.word_rarity import WordRarity, read_card_stems, read_stems

# Further apart than this, no first card was more often right.
WIDEST_MARGIN = 8.0
RANKER = EvidenceRanker()

Features = Mapping[str, float]


@dataclass(frozen=True, slots=True)
class LookedCard:
    """A card that may be shown: what found it, what is known of it, its evidence and its words.

    Attributes:
        length: how much the report tells, the same for each card.
        score: the evidence added up (`matching.evidence_ranker`), whichever ranker serves.
        covered: the share of the report's telling words that the card has, each as it tells.
        covering: the share of the card's that the report has.
        rare: how rare the shared words are.
        named: the report's words that name the card's component or cause.
    """

    ranked: RankedCard
    card: CardFacts
    length: float
    score: float
    covered: float
    covering: float
    rare: float
    named: float

    @property
    def cosine(self) -> float:
        return self.ranked.marks.cosine or 0.0

    @property
    def words(self) -> float:
        part = self.ranked.candidate.contribution_of(Source.WORDS)
        return log1p(part.score) if part is not None else 0.0


def look_at(
    understood: UnderstoodReport,
    found: Sequence[tuple[RankedCard, CardFacts]],
    rarity: WordRarity,
) -> list[LookedCard]:
    """Hold the report's words against those of each card."""
    said = read_stems(understood.english)
    marks = {ranked.marks.id: ranked.marks for ranked, _ in found}
    again = RANKER.rank(understood, [ranked.candidate for ranked, _ in found], marks)
    scores = {one.marks.id: one.score for one in again}
    told = rarity.total(said)
    return [_look_at_one(said, told, one, scores[one[1].id], rarity) for one in found]


def _look_at_one(
    said: frozenset[str],
    told: float,
    found: tuple[RankedCard, CardFacts],
    score: float,
    rarity: WordRarity,
) -> LookedCard:
    ranked, card = found
    component = card.component_name or ""
    words = read_card_stems(f"{card.title} {card.text} {component}")
    shared = said & words
    together = rarity.total(shared)
    return LookedCard(
        ranked=ranked,
        card=card,
        length=log1p(told),
        score=score,
        covered=together / (told or 1.0),
        covering=together / (rarity.total(words) or 1.0),
        rare=log1p(sum(rarity.weight(stem) ** 2 for stem in shared)),
        named=log1p(rarity.total(said & read_card_stems(" ".join((component, *card.causes[:1]))))),
    )


def card_features(understood: UnderstoodReport, looked: Sequence[LookedCard]) -> list[Features]:
    """Give the features of each card; margins are to the best of the others."""
    return [
        {
            **_graph_features(understood, one),
            "cosine": one.cosine,
            "words": one.words,
            "covered": one.covered,
            "covering": one.covering,
            "rare": one.rare,
            "named": one.named,
            "length": one.length,
            "score_margin": _score_margin(one, looked),
            "cosine_margin": _margin(one, looked, lambda c: c.cosine),
            "covered_margin": _margin(one, looked, lambda c: c.covered),
            "covering_margin": _margin(one, looked, lambda c: c.covering),
        }
        for one in looked
    ]


def list_features(
    cards: Sequence[Features], chances: Sequence[float], logits: Sequence[float]
) -> Features:
    """Give the features of a list: those of its likeliest card, and how far it stands out."""
    order = sorted(range(len(cards)), key=lambda i: -chances[i])
    first = logits[order[0]]
    second = logits[order[1]] if len(order) > 1 else first - WIDEST_MARGIN
    above = {
        f"{name}_above": cards[order[0]][name] - _middle([card[name] for card in cards])
        for name in ("cosine", "covered", "covering")
    }
    return {**cards[order[0]], **above, "first": first, "second": second}


def _graph_features(understood: UnderstoodReport, one: LookedCard) -> Features:
    card, level = one.ranked.marks, one.ranked.marks.vehicle_level
    shared = set(understood.codes) & set(card.codes)
    codes = formulas.code_confidence(understood.codes, card.codes, level) if shared else 0.0
    seen = {symptom.code: symptom.confidence for symptom in understood.symptoms}
    symptoms = sum(sure for code, sure in seen.items() if code in card.symptoms)
    return {
        "same_make": float(level is VehicleLevel.MAKE),
        "same_model": float(level is VehicleLevel.MODEL),
        "same_year": float(level is VehicleLevel.YEAR),
        "other_make": float(bool(understood.vehicle.make) and level is VehicleLevel.NONE),
        "no_vehicle": float(not understood.vehicle.make),
        "codes": codes,
        "other_codes": float(bool(understood.codes) and not shared),
        "symptoms": symptoms / sum(seen.values()) if seen else 0.0,
        "other_symptoms": float(bool(seen) and not symptoms),
    }


def _score_margin(one: LookedCard, looked: Sequence[LookedCard]) -> float:
    ahead = _margin(one, looked, lambda c: c.score) if len(looked) > 1 else WIDEST_MARGIN
    return min(max(ahead, -WIDEST_MARGIN), WIDEST_MARGIN)


def _margin(
    one: LookedCard, looked: Sequence[LookedCard], value: Callable[[LookedCard], float]
) -> float:
    return value(one) - max((value(other) for other in looked if other is not one), default=0.0)


def _middle(values: Sequence[float]) -> float:
    return sorted(values)[len(values) // 2]

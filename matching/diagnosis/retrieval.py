"""Which past failures are brought before a reasoner: the five best matches that are similar enough.

    similarity = max( (1 + cosine) / 2,             the texts, on the scale of the vector index
                      |codes ∩| / |codes ∪| × trust  as an exact match of codes is scored (MA-1)
                      Σ confidence of shared symptoms / Σ confidence of reported symptoms )

The specification asks for a similarity of 0.7 of texts alone (ML-23). A report that is one code, or
three words of Hindi, has little text to compare, so an exact code or all its symptoms speak as well
(docs/decisions/0009).
"""

from collections.abc import Mapping, Sequence

from domain.cards import FailureCard
from domain.ids import CardId
from domain.matches import CardFacts, UnderstoodReport
from matching import formulas
from matching.answers import Match
from matching.diagnosis.answers import Precedent

TOP_K = 5
SIMILAR = 0.7
# A sum of shares may fall short of it by its last digit.
SLACK = 1e-9


def find_precedents(
    understood: UnderstoodReport,
    matches: Sequence[Match],
    cards: Mapping[CardId, FailureCard] | None,
) -> tuple[Precedent, ...]:
    """Give at most five matches, best first, each with its card and how similar it is.

    A match that has a chance has that for its similarity, whatever it is: `precedents_of` takes
    those of 0.7 or more. One that has none must be similar by its texts, codes or symptoms.

    A card that could no longer be read is left out: it was hidden or retired meanwhile. Where
    `cards` is None none could be read, and what the matches tell must do.
    """
    return tuple(
        Precedent(match=match, similarity=alike, card=(cards or {}).get(match.card.id))
        for match in matches[:TOP_K]
        if cards is None or match.card.id in cards
        if (alike := match_similarity(understood, match))
        >= (SIMILAR if match.chance is None else 0.0)
    )


def precedents_of(found: Sequence[Precedent]) -> tuple[Precedent, ...]:
    """Give those that are as likely as not to be the same failure, and more: .7 (ML-23)."""
    return tuple(one for one in found if one.similarity >= SIMILAR - SLACK)


def match_similarity(understood: UnderstoodReport, match: Match) -> float:
    """Give the chance that it is the same failure; where none is known, how similar it is."""
    return card_similarity(understood, match.card) if match.chance is None else match.chance


def card_similarity(understood: UnderstoodReport, card: CardFacts) -> float:
    """Give how similar a report is to a card, in 0..1."""
    meaning = 0.0 if card.cosine is None else (1 + card.cosine) / 2
    codes = formulas.code_confidence(understood.codes, card.codes, card.vehicle_level)
    return max(meaning, codes, shared_symptoms(understood, card))


def shared_symptoms(understood: UnderstoodReport, card: CardFacts) -> float:
    """Give the share of the reported symptoms that a card shows, each as sure as it is, 0..1."""
    reported = {seen.code: seen.confidence for seen in understood.symptoms}
    total = sum(reported.values())
    shared = sum(sure for code, sure in reported.items() if code in card.symptoms)
    return shared / total if total else 0.0

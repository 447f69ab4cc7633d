"""Who may be shown: proven cards that work, references, and one unproven card in five places.

The specification drops every card at or below an effectiveness of 0.7 and starts new ones at 0.5,
so a fix found today could never be shown. Ruling 1 keeps the floor for cards with at least five
uses and lends one place of five to a verified card with fewer. A reference (a maker's recall
remedy, the shipped knowledge base) was not found in the field and is not on trial there: it is
shown as such, with its count, until five uses tell (docs/decisions/0002).
"""

from collections.abc import Sequence

from domain import effectiveness
from domain.card_lifecycle import SEARCHABLE
from domain.cards import NEUTRAL, CardSource, CardStatus
from domain.matches import CardFacts
from domain.reasons import Standing
from domain.reputation import ONE_GARAGE
from matching import formulas

PLACES_FOR_EACH_UNPROVEN = 5
# An unproven card competes for its place only among the cards that rank this near to the top.
WINDOW = 2
REFERENCES = frozenset({CardSource.REFERENCE, CardSource.RECALL})


def standing_of(card: CardFacts) -> Standing | None:
    """Say as what a card may be shown; None when it may not be."""
    if card.status not in SEARCHABLE:
        return None
    if effectiveness.is_proven(card.usage):
        works = formulas.is_effective(effectiveness.observed_score(card.usage)) or is_upheld(card)
        return Standing.PROVEN if works else None
    if card.status is not CardStatus.VERIFIED:
        return None
    return Standing.REFERENCE if card.source in REFERENCES else Standing.UNPROVEN


def is_upheld(card: CardFacts) -> bool:
    """Say whether more than one garage speaks for a card: no single one can then take it away.

    The counters are exact, so whoever sends fifty bad outcomes moves them; the reputation is
    bounded (docs/decisions/0006).
    """
    return card.reputation > NEUTRAL + ONE_GARAGE


def beta_promise(card: CardFacts) -> float:
    """Give the mean of the card's Beta prior: what orders unproven cards among themselves."""
    return effectiveness.beta_mean(card.usage.successes, card.usage.failures)


def admit_cards(ranked: Sequence[CardFacts], places: int) -> list[tuple[CardFacts, Standing]]:
    """Give at most `places` cards in their order, with one unproven for every five places.

    The most promising of the unproven cards near the top takes the place of the first of them, the
    graver failure of two that promise alike; the next one waits for the next five places.
    """
    near = [c for c in ranked[: WINDOW * places] if standing_of(c) is Standing.UNPROVEN]
    hopeful = sorted(near, key=_unproven_order, reverse=True)
    lent = hopeful[: -(-places // PLACES_FOR_EACH_UNPROVEN)]
    met, given = 0, 0
    admitted: list[tuple[CardFacts, Standing]] = []
    for card in ranked:
        if len(admitted) >= places:
            break
        shown = standing_of(card)
        if shown is Standing.UNPROVEN:
            met += 1
        elif shown is not None:
            admitted.append((card, shown))
        if given < min(met, len(lent), 1 + len(admitted) // PLACES_FOR_EACH_UNPROVEN):
            admitted.append((lent[given], Standing.UNPROVEN))
            given += 1
    return admitted[:places]


def _unproven_order(card: CardFacts) -> tuple[float, float, int]:
    """Give what orders unproven cards: reputation, promise, then severity, 1 to 4 (CA-10)."""
    return card.reputation, beta_promise(card), card.severity.level

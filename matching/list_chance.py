"""How likely the cards of a list are right, and how many of them are worth showing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import inf

from domain.ids import CardId

# A card that is right less often than this is not shown beside likelier ones.
WORTH = 0.02


@dataclass(frozen=True, slots=True, kw_only=True)
class ListChance:
    """What is told of a list: by `matching.chance`, or by the trained ranker that ordered it.

    Attributes:
        fits: the chance that the right card is on it; None: the sum of those that are shown.
        shown: whether any of it is.
        cards: the chance of each card that was judged.
        worth: a card that is right less often is not shown beside likelier ones.
        enough: no more cards are shown once the chances of those before sum up to this.
    """

    fits: float | None
    shown: bool
    cards: Mapping[CardId, float]
    worth: float = WORTH
    enough: float = inf

    def worthwhile(self, cards: Sequence[CardId]) -> list[CardId]:
        """Give those of these cards that are to be shown, in their order."""
        found, before = list[CardId](), 0.0
        for card in cards:
            if before >= self.enough:
                break
            chance = self.cards.get(card)
            if chance is None or chance >= self.worth:
                found.append(card)
                before += chance or 0.0
        return found

    def chance_of(self, shown: Sequence[CardId]) -> float:
        """Give the chance that the right card is among those that are shown."""
        if self.fits is not None:
            return self.fits
        return min(1.0, sum(self.cards.get(card, 0.0) for card in shown))

"""The text of a card that its embedding stands for."""

from domain.cards import CardSource, FailureCard


def meaning(card: FailureCard) -> str:
    """Give what a report is compared with; a recall's title is the start of its own text."""
    if card.source is CardSource.RECALL:
        return card.signature.text
    return f"{card.title}. {card.signature.text}"

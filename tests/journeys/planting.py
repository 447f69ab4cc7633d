"""Cards put into the house before a question is asked of it."""

from domain.cards import FailureCard
from tests.graph.examples import card
from web.wiring import Opened


async def plant(house: Opened, name: str, text: str, **changes: object) -> FailureCard:
    """Store a verified reference card, unless changed, with the embedding of its words."""
    planted = card(name, text, **changes)
    [embedding] = await house.embedder.embed([planted.wording])
    await house.cards.add(planted, [], embedding)
    return planted

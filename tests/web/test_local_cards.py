"""Cards that one process holds: believed under their versions alone, bounded by bytes."""

from dataclasses import replace

from domain.ids import CardId
from tests.domain.samples import CARD
from web.local_cards import WEIGHT, LocalCards

NOW, LATER = (b"1", b"1"), (b"1", b"2")


def test_a_card_is_held_under_its_versions() -> None:
    held = LocalCards()
    held.hold(CARD, NOW, 60.0, 100)

    assert held.under(CARD.id, NOW, 59.9) is CARD
    assert held.under(CARD.id, NOW, 60.0) is None
    assert held.under(CARD.id, LATER, 0.0) is None
    assert held.under(CardId("other"), NOW, 0.0) is None
    held.hold(replace(CARD, version=2), LATER, 60.0, 300)
    assert held.under(CARD.id, NOW, 0.0) is None
    assert held.weight == WEIGHT * 300


def test_the_least_recently_used_goes_first() -> None:
    held = LocalCards(most_bytes=2 * WEIGHT * 100)
    one, two, three = (replace(CARD, id=CardId(f"fc_{n}")) for n in range(3))
    held.hold(one, NOW, 60.0, 100)
    held.hold(two, NOW, 60.0, 100)
    held.under(one.id, NOW, 0.0)
    held.hold(three, NOW, 60.0, 100)

    assert [one.id in held, two.id in held, three.id in held] == [True, False, True]
    assert held.weight == 2 * WEIGHT * 100

"""What every store of cards keeps from whom: private versions, and cards that repeat a ticket."""

from dataclasses import replace

import pytest

from domain.access import Viewer
from domain.cards import CardStatus, FailureCard, Visibility
from domain.errors import NotFound
from domain.ids import GarageId, PersonId
from domain.tickets import TicketStatus
from graph.cards import CardVersion
from repair.suggestions import draft_card
from tests.domain.samples import TICKET
from tests.graph.examples import ADMIN, DELHI, FULL, NOW, PUNE
from tests.stores.store_set import House

ASHA, RAVI = PersonId("asha"), PersonId("ravi")
ON_BENCH = replace(TICKET, status=TicketStatus.ASSIGNED, assignee=ASHA, text="Plate MH12AB1234")
DRAFT = draft_card(ON_BENCH, NOW)
ASHAS, RAVIS = replace(PUNE, bench=ASHA), replace(PUNE, bench=RAVI)
PRIVATE = replace(
    FULL, title="As Pune alone knew it", visibility=Visibility(garages=(GarageId("garage_pune"),))
)
PUBLIC = replace(FULL, version=2, title="As everybody may know it")


async def _published(house: House) -> None:
    await house.cards.add(PRIVATE, [])
    await house.cards.put(PUBLIC, [], expected=1)


async def _drafted(house: House) -> None:
    await house.tickets.add(ON_BENCH, [])
    await house.cards.add(DRAFT, [])


@pytest.mark.parametrize(("viewer", "seen"), [(PUNE, [2, 1]), (ADMIN, [2, 1]), (DELHI, [2])])
async def test_history_is_what_was_open_then(house: House, viewer: Viewer, seen: list[int]) -> None:
    await _published(house)
    by = FULL.provenance.author
    versions = [CardVersion(n=n, by=by, at=NOW) for n in seen]
    assert await house.cards.versions(FULL.id, viewer) == versions


async def test_private_version_stays_private(house: House) -> None:
    await _published(house)
    assert await house.cards.version(FULL.id, 2, DELHI) == PUBLIC
    assert await house.cards.version(FULL.id, 1, PUNE) == PRIVATE
    with pytest.raises(NotFound) as refused:
        await house.cards.version(FULL.id, 1, DELHI)
    assert str(refused.value) == str(NotFound("failure card", f"{FULL.id} version 1"))


async def test_public_version_goes_with_its_card(house: House) -> None:
    await house.cards.add(replace(PUBLIC, version=1), [])
    await house.cards.put(replace(PRIVATE, version=2), [], expected=1)
    with pytest.raises(NotFound):
        await house.cards.version(FULL.id, 1, DELHI)


@pytest.mark.row("AZ-3")
@pytest.mark.parametrize(
    ("viewer", "sees"),
    [(PUNE, True), (ADMIN, True), (ASHAS, True), (RAVIS, False), (DELHI, False)],
)
async def test_draft_is_seen_with_its_ticket(house: House, viewer: Viewer, sees: bool) -> None:
    await _drafted(house)
    expected = {DRAFT.id: DRAFT} if sees else {}
    assert await house.cards.many([DRAFT.id], viewer) == expected
    assert [card.id for card in await house.cards.page(viewer, first=5)] == list(expected)
    assert await house.cards.count(viewer) == len(expected)


@pytest.mark.row("AZ-3")
async def test_draft_goes_with_the_ticket_at_once(house: House) -> None:
    await _drafted(house)
    await house.tickets.put(replace(ON_BENCH, version=8, assignee=RAVI), [], expected=7)
    seen = [await house.cards.many([DRAFT.id], viewer) for viewer in (ASHAS, RAVIS)]
    assert seen == [{}, {DRAFT.id: DRAFT}]


def _published_draft() -> FailureCard:
    return replace(DRAFT, version=2, status=CardStatus.VERIFIED, title="As a second person saw it")


async def test_verified_draft_is_open_but_its_first_words_are_not(house: House) -> None:
    await _drafted(house)
    verified = _published_draft()
    await house.cards.put(verified, [], expected=1)
    assert await house.cards.many([DRAFT.id], RAVIS) == {DRAFT.id: verified}
    assert [v.n for v in await house.cards.versions(DRAFT.id, RAVIS)] == [2]
    assert [v.n for v in await house.cards.versions(DRAFT.id, ASHAS)] == [2, 1]
    with pytest.raises(NotFound):
        await house.cards.version(DRAFT.id, 1, RAVIS)

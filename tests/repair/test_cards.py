"""A change of a card whose answer was lost is done once and answered when it is asked for again."""

from dataclasses import replace
from uuid import UUID

import pytest

from domain.access import Actor, Role
from domain.cards import CardStatus
from domain.errors import IllegalTransition
from domain.ids import OperationId, PersonId
from repair import cards
from repair.operations import Operation
from tests.domain.samples import CARD, LATER, PUNE
from tests.resolvers.fakes import World

BOSS = Actor(id=PersonId("boss"), role=Role.MANAGER, garage=PUNE)
OTHER = Actor(id=PersonId("other"), role=Role.MANAGER, garage=PUNE)


def by(actor: Actor) -> Operation:
    return Operation(id=OperationId(str(UUID(int=1))), actor=actor, at=LATER)


def shelf() -> World:
    world = World()
    local = replace(CARD.provenance, garage=PUNE)
    drafted = replace(CARD, status=CardStatus.DRAFT, verification=None, provenance=local)
    world.hold(drafted)
    return world


async def test_a_verification_asked_for_again_is_done_once() -> None:
    world = shelf()
    first = await cards.verify_card(world.cards, CARD.id, CARD.version, by(BOSS))
    written = world.written()
    assert await cards.verify_card(world.cards, CARD.id, CARD.version, by(BOSS)) == first
    assert world.written() == written


async def test_another_person_finds_it_verified() -> None:
    world = shelf()
    await cards.verify_card(world.cards, CARD.id, CARD.version, by(BOSS))
    written = world.written()
    with pytest.raises(IllegalTransition):
        await cards.verify_card(world.cards, CARD.id, CARD.version, by(OTHER))
    assert world.written() == written


async def test_a_retirement_asked_for_again_is_done_once() -> None:
    world = shelf()
    first = await cards.retire_card(world.cards, CARD.id, CARD.version, by(BOSS))
    written = world.written()
    assert await cards.retire_card(world.cards, CARD.id, CARD.version, by(BOSS)) == first
    assert world.written() == written
    with pytest.raises(IllegalTransition):
        await cards.retire_card(world.cards, CARD.id, CARD.version, by(OTHER))
    assert world.written() == written

"""What a solved repair teaches: a use, a better card, or a draft that waits for a second person."""

import asyncio
from dataclasses import replace
from uuid import uuid4

import pytest

from domain.access import Actor, Role, Viewer
from domain.cards import CardStatus, FailureCard, PartUse, RepairStep
from domain.errors import Unavailable
from domain.events import Event, EventType
from domain.ids import CardId, EventId, PersonId
from domain.novelty import Decision
from domain.outcomes import Outcome
from domain.reviews import Review, ReviewKind
from domain.tickets import Ticket
from domain.usage import Usage
from repair.analyses import handle_event
from repair.suggestions import draft_card, draft_id
from tests.domain.samples import NOW
from tests.journeys.planted_cards import plant
from tests.journeys.solved_tickets import ASHA, LOOK, finished, followed, put, solved, told
from web.wiring import Runtime, analysis_ports

pytestmark = pytest.mark.journey
BOSS = Actor(id=PersonId("boss"), role=Role.ADMIN)
ALL = Viewer(sees_all=True)
# Twenty failures that no card of the trade describes, in nobody's words but ours.
NOVEL = (
    ("A parrot pecked the charging flap hinge loose", "hinge pin pulled out by a bird"),
    ("Purple crystals grow on the horn bracket", "spilled syrup dried on the bracket"),
    ("Seat foam hums a tone at 52 km/h", "air leaves the foam through a pinhole"),
    ("Mirror stalk spins freely after a goat leaned on it", "stripped mirror thread"),
    ("Number plate bolts glow in moonlight", "luminous paint on the bolts"),
    ("Luggage hook shoots out over bumps", "hook spring fitted the wrong way round"),
    ("Footboard mat crawls forward by itself", "mat glue never cured"),
    ("Grab rail whistles in crosswind", "open tube end of the grab rail"),
    ("Ants nest inside the left blinker lens", "lens gasket eaten by ants"),
    ("Kick starter dummy falls off in traffic", "decorative lever held by tape"),
    ("Sticker on the tank peels and slaps the knee", "decal without primer"),
    ("Tool box lid opens when the phone rings", "phone vibrates the worn lid catch"),
    ("Raincoat strap wound around the footrest", "loose strap caught"),
    ("Helmet lock swallows the key", "key slot of the helmet lock too wide"),
    ("Garland wire cut the front mudguard", "decoration wire sawed the plastic"),
    ("Squirrel hid walnuts in the air duct of the cabin", "walnuts in the duct"),
    ("Cup holder drips lemonade onto the gear selector", "cup holder has no drain tray"),
    ("Roof rack sings like a flute", "plastic end cap of the rack missing"),
    ("Sun visor drops into the driver's lap", "visor clip broken"),
    ("Ceiling lining sags over the passengers", "adhesive of the lining failed"),
)


async def reviews(house: Runtime, kind: ReviewKind, card: CardId) -> list[Review]:
    return [r for r in await house.reviews.page(BOSS, first=500, kind=kind) if r.card == card]


async def card_of(house: Runtime, card: CardId) -> FailureCard:
    return await house.cards.get(card, ALL)


async def taught(house: Runtime, *tickets: Ticket) -> list[Decision]:
    """Store tickets, tell of their end, and give what each was decided to be."""
    await put(house, *tickets)
    for ticket in tickets:
        await handle_event(analysis_ports(house), told(ticket))
    kept = [await house.analyses.get(t.id, t.version) for t in tickets]
    return [analysis.verdict.decision for analysis in kept if analysis is not None]


async def waiting(house: Runtime, entity: str) -> list[tuple[EventType, int]]:
    """Give the events about one thing that no relay has moved yet."""
    rows = await house.graph.read(
        "MATCH (e:Event {entity: $id}) RETURN e.type AS type, e.version AS version", id=entity
    )
    rows += await house.records.rows(
        "select type, version from outbox where entity = %(id)s", id=entity
    )
    return sorted((EventType(row["type"]), row["version"]) for row in rows)


@pytest.mark.row("IP-6")
async def test_a_followed_card_is_confirmed_once(house: Runtime) -> None:
    card = await plant(house, "confirmed", "Speedometer needle sticks at forty")
    ticket = followed(card.id, False, True)
    event = told(ticket)
    await put(house, ticket)
    for _ in range(3):
        await handle_event(analysis_ports(house), event)

    kept = await house.analyses.get(ticket.id, ticket.version)
    assert kept is not None
    assert (kept.verdict.decision, kept.verdict.card) == (Decision.CONFIRMS, card.id)
    assert (kept.event, kept.ticket, kept.technician) == (event.id, ticket.id, ASHA)
    assert (kept.followed, kept.worked, kept.minutes, kept.steps) == (card.id, True, 30, 0)
    assert kept.verdict.evidence[0].followed
    [count] = await house.records.rows(
        "select count(*) as n from repair_analysis where event = %(e)s", e=event.id
    )
    assert count == {"n": 1}
    now = await card_of(house, card.id)
    assert now.usage == Usage(used=2, successes=1, failures=1, last_used=ticket.attempts[-1].at)
    assert now.version == 1


@pytest.mark.row("IP-6", "FE-4")
async def test_the_analysis_links_parts_and_times(house: Runtime) -> None:
    plain = await plant(house, "parted", "Three parts were foretold for this one")
    parts = tuple(PartUse(part=f"part-{n}") for n in range(3))
    resolution = replace(plain.resolution, parts=parts, labour_minutes=60)
    card = replace(plain, version=2, resolution=resolution)
    await house.cards.put(card, [], expected=1)
    ended = Outcome(worked=True, minutes=90, card=card.id, parts=parts[:2])
    ticket = finished(card.id, ended)
    assert await taught(house, ticket) == [Decision.CONFIRMS]
    kept = await house.analyses.get(ticket.id, ticket.version)
    assert kept is not None
    assert kept.parts == (("part-0", 1), ("part-1", 1))
    assert (kept.accuracy.precision, kept.accuracy.recall) == (2 / 3, 1.0)
    assert (kept.accuracy.time_ratio, kept.estimated) == (1.5, 60)
    assert (await card_of(house, card.id)).usage.actual_minutes == 90


async def test_a_failed_repair_teaches_only_its_failure(house: Runtime) -> None:
    card = await plant(house, "failing", "Nothing that this card says helps")
    ticket = followed(card.id, False)
    assert await taught(house, ticket) == [Decision.UNSOLVED]
    assert (await card_of(house, card.id)).usage.failures == 1
    assert await house.cards.many([draft_id(ticket.id)], ALL) == {}


@pytest.mark.row("IP-7")
@pytest.mark.row("FE-12", figure="20 tickets, 20 drafts")
async def test_twenty_novel_repairs_are_twenty_drafts(house: Runtime) -> None:
    tickets = [solved(text, cause) for text, cause in NOVEL]
    assert await taught(house, *tickets) == [Decision.NOVEL] * 20
    cards = [await card_of(house, draft_id(t.id)) for t in tickets]
    assert {card.status for card in cards} == {CardStatus.DRAFT}
    assert [card.cause.primary for card in cards] == [cause for _, cause in NOVEL]
    assert [card.provenance.ticket for card in cards] == [t.id for t in tickets]
    founded = await house.graph.read(
        "MATCH (c:FailureCard)-[:FOUNDED_ON]->(t:Ticket) WHERE c.id IN $ids "
        "RETURN count(DISTINCT t) AS n",
        ids=[card.id for card in cards],
    )
    assert founded == [{"n": 20}]
    # The drafts enter the queue when their own event is heard.
    for card in cards:
        await handle_event(analysis_ports(house), _about(card, EventType.CARD_CREATED))
    queued = [await reviews(house, ReviewKind.DRAFT, card.id) for card in cards]
    assert [len(found) for found in queued] == [1] * 20


async def test_a_draft_of_the_report_is_filled(house: Runtime) -> None:
    ticket = solved("The ignition barrel sings opera at dawn", "loose reed in the barrel")
    begun = draft_card(ticket, NOW)
    await house.cards.add(begun, [])
    event = told(ticket)
    await put(house, ticket)
    for _ in range(2):
        await handle_event(analysis_ports(house), event)
    filled = await card_of(house, begun.id)
    assert (filled.version, filled.status, filled.title) == (2, CardStatus.DRAFT, begun.title)
    assert filled.cause.primary == "loose reed in the barrel"
    assert filled.resolution.steps == (LOOK,)
    assert filled.provenance.editor == ASHA
    assert await house.cards.version(begun.id, 1, ALL) == begun
    assert await waiting(house, begun.id) == [(EventType.CARD_UPDATED, 2)]


@pytest.mark.row("IP-7")
async def test_one_signature_founds_one_card(house: Runtime) -> None:
    """Twelve garages solve the same failure at one moment, some with a draft of their own."""
    tickets = [
        solved("Wind chime noise out of the empty glove box", f"spoon in the box, case {n}")
        for n in range(12)
    ]
    await put(house, *tickets)
    for ticket in tickets[:6]:
        await house.cards.add(draft_card(ticket, NOW), [])

    async def patiently(ticket: Ticket) -> None:
        event = told(ticket)
        for _ in range(50):
            try:
                return await handle_event(analysis_ports(house), event)
            except Unavailable:
                await asyncio.sleep(0)
        raise AssertionError(ticket.id)

    await asyncio.gather(*(patiently(t) for t in tickets))
    ids = [draft_id(t.id) for t in tickets]
    found = await house.cards.many(ids, ALL)
    alive = [card for card in found.values() if card.status is not CardStatus.MERGED]
    assert len(alive) == 1
    assert {c.merged_into for c in found.values()} - {None} <= {alive[0].id}
    kept = [await house.analyses.get(t.id, t.version) for t in tickets]
    decisions = [a.verdict.decision for a in kept if a]
    assert decisions.count(Decision.NOVEL) == 1
    assert len(decisions) == 12


async def test_a_card_in_use_changes_by_hand_alone(house: Runtime) -> None:
    card = await plant(house, "lacking", "The crank of the wiper rattles on the third speed")
    ended = Outcome(worked=True, minutes=20, card=card.id, parts=(PartUse(part="wiper-crank"),))
    ticket = finished(card.id, ended)
    assert await taught(house, ticket) == [Decision.IMPROVES]
    assert (await card_of(house, card.id)).version == 1
    [entry] = await reviews(house, ReviewKind.IMPROVEMENT, card.id)
    assert (entry.ticket, entry.version) == (ticket.id, 1)


async def test_a_draft_gains_what_it_lacked(house: Runtime) -> None:
    first = solved("Sidecar coupling squeaks in waltz time", "dry coupling ball")
    second = solved(
        "Sidecar coupling squeaks in waltz time",
        "dry coupling ball",
        outcome=Outcome(
            worked=True,
            minutes=15,
            cause="dry coupling ball",
            steps=(RepairStep(action="Grease it"),),
            parts=(PartUse(part="grease"), PartUse(part="seal-kit")),
        ),
    )
    assert await taught(house, first, second) == [Decision.NOVEL, Decision.IMPROVES]
    card = await card_of(house, draft_id(first.id))
    assert [use.part for use in card.resolution.parts] == ["seal-kit", "grease"]
    assert card.resolution.steps == (LOOK,)
    assert (card.version, card.status) == (2, CardStatus.DRAFT)


async def test_showings_are_counted_once(house: Runtime) -> None:
    card = await plant(house, "displayed", "A lamp that nobody ordered")
    ticket = solved("Shown and no more", outcome=None)
    await put(house, ticket, cards=(card.id,))
    for _ in range(3):
        await handle_event(analysis_ports(house), told(ticket, EventType.CARD_MATCHED))
    assert (await card_of(house, card.id)).usage == Usage(matched=1)


@pytest.mark.row("EF-7")
async def test_a_failing_card_alarms_once(house: Runtime) -> None:
    card = await plant(house, "alarming", "It was always another failure than this")
    await learn_all(house, [followed(card.id, False) for _ in range(6)])
    tickets = [solved(f"Shown {n}", outcome=None) for n in range(22)]
    await put(house, *tickets, cards=(card.id,))
    for n, ticket in enumerate(tickets[:20], start=1):
        await handle_event(analysis_ports(house), told(ticket, EventType.CARD_MATCHED))
        assert (await card_of(house, card.id)).usage.matched == n
    assert await reviews(house, ReviewKind.ALERT, card.id) == []
    for ticket in tickets[20:]:
        await handle_event(analysis_ports(house), told(ticket, EventType.CARD_MATCHED))
    [alert] = await reviews(house, ReviewKind.ALERT, card.id)
    await house.reviews.close(alert.id, "boss", NOW)
    await handle_event(analysis_ports(house), told(tickets[0], EventType.CARD_MATCHED))
    assert await reviews(house, ReviewKind.ALERT, card.id) == []


async def learn_all(house: Runtime, tickets: list[Ticket]) -> None:
    await put(house, *tickets)
    for ticket in tickets:
        await handle_event(analysis_ports(house), told(ticket))


def _about(card: FailureCard, type: EventType) -> Event:
    return Event(
        id=EventId(str(uuid4())),
        type=type,
        entity=card.id,
        version=card.version,
        at=NOW,
        actor="asha",
        garage=card.provenance.garage,
    )

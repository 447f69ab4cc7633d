"""Repairs of a batch that fails too often, put into the house before a question is asked of it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

from domain.access import SYSTEM
from domain.defect_alarms import DefectAlarm
from domain.defects import Cohort, EmergingDefect
from domain.events import Event, EventType
from domain.ids import CardId, EventId, TicketId, VehicleId
from domain.outcomes import Attempt, Outcome
from domain.tickets import SeenSymptom, Ticket, TicketStatus
from domain.vehicles import BatteryOrigin, VehicleContext
from graph.cards import MarkedCard
from repair.analyses import handle_event
from repair.defects import raise_defects
from tests.journeys.people import PUNE
from tests.stores.test_ticket_store import ASHA, TICKET
from web.wiring import Runtime, analysis_ports

BEGIN = datetime(2026, 1, 5, 9, tzinfo=UTC)
SICK, SOUND = "25-W30", "25-W31"
OTHERS, HITS = 60, 14
ANSWER_ALARM = """mutation ($op: UUID!, $id: String!, $answer: DefectAnswer!) {
  answerDefectAlarm(operationId: $op, id: $id, answer: $answer) { __typename
    ... on DefectAlarmAnswered { alarm { key state acknowledgedAt closedAt } }
    ... on Refusal { message } } }"""


async def plant_sick_batch(house: Runtime, card: CardId, mark: str) -> list[Ticket]:
    """Close repairs of two batches of one make, of which one fails where `card` mends it.

    The others were mended in an own way: what failed there is where their symptom is seen.
    """
    symptoms = [s for s in await house.vocabulary.symptoms() if s.component is not None]
    sound = [_closed(n, mark, SOUND, symptoms[n % len(symptoms)].code) for n in range(OTHERS)]
    sick = [_closed(OTHERS + n, mark, SICK, symptoms[n].code) for n in range(4)]
    hits = [_mended(OTHERS + 4 + n, mark, card) for n in range(HITS)]
    tickets = [*sound, *sick, *hits]
    for ticket in tickets:
        await house.tickets.add(ticket, [])
    return tickets


async def plant_alarm(house: Runtime) -> DefectAlarm:
    """Raise an alarm of a make that nobody else names."""
    cohort = Cohort(
        make=f"Make {uuid4().hex[:8]}",
        supplier="indus-packs",
        battery_batch=SICK,
        firmware="2.1",
        climate="west",
    )
    defect = EmergingDefect(
        cohort=cohort,
        component="main_contactor",
        since=BEGIN,
        at=BEGIN + timedelta(days=20),
        tickets=(TicketId("tkt_none"),),
        failures=9,
        visits=20,
        expected=0.1,
        evidence=9.5,
    )
    [alarm] = await raise_defects(house.defects, [defect], BEGIN + timedelta(days=21))
    return alarm


def _closed(n: int, mark: str, batch: str, symptom: str) -> Ticket:
    at = BEGIN + timedelta(hours=4 * n)
    return replace(
        TICKET,
        id=TicketId(f"tkt_{mark}{n:03}"),
        status=TicketStatus.CLOSED,
        garage=PUNE,
        text="It stands still",
        vehicle=VehicleContext(make=mark, model="One", firmware="2.1"),
        vehicle_id=VehicleId(f"veh_{mark}{n}"),
        battery=BatteryOrigin(batch=batch, supplier="indus-packs"),
        codes=(),
        symptoms=(SeenSymptom(code=symptom, confidence=0.9),),
        assignee=ASHA.id,
        opened_at=at,
        closed_at=at + timedelta(hours=2),
        outcome=Outcome(worked=True, minutes=40),
    )


def _mended(n: int, mark: str, card: CardId) -> Ticket:
    before = _closed(n, mark, SICK, "SYM_CHRG_002")
    tried = Attempt(by=ASHA.id, at=before.opened_at, worked=True, card=card, minutes=40)
    ended = Outcome(worked=True, minutes=40, card=card)
    return replace(before, attempts=(tried,), outcome=ended)


async def plant_lapsed(house: Runtime, card: CardId, mark: str) -> None:
    """Close eight repairs that a card mended, and eight on another firmware that it did not."""
    for n in range(16):
        held = n < 8
        before = _closed(n, mark, SOUND, "SYM_CHRG_002")
        tried = Attempt(by=ASHA.id, at=before.opened_at, worked=held, card=card, minutes=40)
        ended = Outcome(worked=held, minutes=40, card=card if held else None)
        vehicle = replace(before.vehicle, firmware="2.1" if held else "9.9")
        closed = replace(before, attempts=(tried,), outcome=ended, vehicle=vehicle)
        await house.tickets.add(closed, [])


async def doubt(house: Runtime, card: CardId, reason: str) -> datetime:
    """Mark a card to be looked at, as a lapse does, and let its event be heard; give its time."""
    heard, at = list[Event](), datetime.now(UTC)

    def told(marked: MarkedCard) -> Event:
        event = Event(
            id=EventId(str(uuid4())),
            type=EventType.CARD_RECHECK,
            entity=marked.card,
            version=marked.version,
            at=at,
            actor=SYSTEM.id,
            garage=marked.garage,
        )
        heard.append(event)
        return event

    await house.cards.mark_lapsed(card, reason, told)
    for event in heard:
        await handle_event(analysis_ports(house), event)
    return at

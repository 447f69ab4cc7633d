"""What two garages would not tell each other, each secret as a word that nothing else holds."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from domain.access import SYSTEM, Actor, Role
from domain.api_keys import KeyScope
from domain.cards import CardStatus, FailureCard, PartUse, RootCause, Visibility
from domain.employees import BankAccount, EmployeeChange, EmployeeDetails
from domain.events import Event, EventType
from domain.ids import CardId, EventId, FileId, GarageId, PersonId, TicketId
from domain.outcomes import Outcome
from domain.tickets import Matching, Ticket, TicketStatus
from domain.vehicles import VehicleContext
from repair.suggestions import draft_card
from tests.billing.sample_books import synthetic_gstin
from tests.graph.examples import NOW, card
from tests.journeys.billing_garage import EDIT, ISSUE, PRICE, SETTINGS, op, settings
from tests.journeys.conftest import Somebody
from tests.journeys.people import DELHI, PUNE
from tests.journeys.planted_files import announced, kept_file
from tests.journeys.planted_people import employed
from tests.journeys.solved_tickets import shown
from web.wiring import Runtime

KEEP_CUSTOMER = """mutation ($op: UUID!, $customer: CustomerRecordInput!) {
  createCustomer(operationId: $op, customer: $customer) {
    ... on CustomerCreated { customer { key } } } }"""
KEEP_VEHICLE = """mutation ($op: UUID!, $vehicle: CustomerVehicleInput!) {
  createVehicle(operationId: $op, vehicle: $vehicle) {
    ... on VehicleCreated { vehicle { key } } } }"""
MANAGER, TECHNICIAN, ACCOUNTANT, SUPPORT = [*Role][1:]
WORDS = "The coolant pump hums at dawn"
FEEDBACK = """mutation ($op: UUID!, $ticket: ID!, $said: FeedbackInput!) {
  giveFeedback(operationId: $op, ticket: $ticket, feedback: $said) { __typename
    ... on Refusal { message } } }"""
# Who may know of what, of their own garage: the matrix of domain/access.py, thing by thing.
KNOWN: dict[str, frozenset[Role]] = {
    "card": frozenset({MANAGER, TECHNICIAN, SUPPORT}),
    "old": frozenset({MANAGER, TECHNICIAN, SUPPORT}),
    "bench": frozenset({MANAGER, TECHNICIAN, ACCOUNTANT, SUPPORT}),
    "colleague": frozenset({MANAGER, ACCOUNTANT, SUPPORT}),
    # Reported by the technician, on their bench once, and given to a colleague since.
    "moved": frozenset({MANAGER, ACCOUNTANT, SUPPORT}),
    "benchdraft": frozenset({MANAGER, TECHNICIAN, SUPPORT}),
    "colleaguedraft": frozenset({MANAGER, SUPPORT}),
    "moveddraft": frozenset({MANAGER, SUPPORT}),
    "firstwords": frozenset({MANAGER, SUPPORT}),
    "feedback": frozenset({MANAGER, TECHNICIAN}),
    "seller": frozenset({MANAGER, ACCOUNTANT, SUPPORT}),
    "customer": frozenset({MANAGER, ACCOUNTANT}),
    "buyer": frozenset({MANAGER, ACCOUNTANT}),
    "regular": frozenset({MANAGER, ACCOUNTANT}),
    "scooter": frozenset({MANAGER, ACCOUNTANT}),
    "salary": frozenset({MANAGER, ACCOUNTANT}),
    "account": frozenset({MANAGER}),
    "pan": frozenset({MANAGER}),
    "aadhaar": frozenset({MANAGER}),
}
# What each scope of a machine opens; a draft that only repeats a ticket needs that of both.
OPENED_BY: dict[KeyScope, tuple[str, ...]] = {
    KeyScope.READ_CARDS: ("card",),
    KeyScope.READ_TICKETS: ("bench", "colleague", "moved"),
    KeyScope.READ_INVOICES: ("seller",),
}
# A salary is a number, so its secret is one that nothing else costs: paise, and how it is written.
SALARIES = {PUNE: (7_311_331, "73,113.31"), DELHI: (8_422_443, "84,224.43")}
# What a garage tells everybody who may read cards.
PUBLIC = frozenset({MANAGER, TECHNICIAN, SUPPORT})


@dataclass(frozen=True, slots=True, kw_only=True)
class Planted:
    """What there is in one garage that has secrets."""

    garage: GarageId
    cards: tuple[CardId, ...]
    tickets: tuple[TicketId, ...]
    invoice: str
    employee: PersonId
    customer: str
    vehicle: str
    file: str


def secret(garage: GarageId, what: str) -> str:
    return f"zq{garage.removeprefix('garage_')}{what}qz"


def known_to(actor: Actor) -> set[str]:
    """Give every secret that somebody may know."""
    told = {secret(g, "public") for g in (PUNE, DELHI) if actor.role in {Role.ADMIN, *PUBLIC}}
    for garage in (PUNE, DELHI):
        for what, roles in KNOWN.items():
            own = actor.garage == garage and actor.role in roles
            if own or actor.role is Role.ADMIN:
                told.add(secret(garage, what))
    return told


def known_to_machine(garage: GarageId, *scopes: str) -> set[str]:
    """Give every secret that a key may know of how things are now, in its one garage."""
    given = [scope for scope in OPENED_BY if scope in scopes]
    told = {secret(garage, what) for scope in given for what in OPENED_BY[scope]}
    if KeyScope.READ_CARDS in given:
        told |= {secret(g, "public") for g in (PUNE, DELHI)}
        if KeyScope.READ_TICKETS in given:
            told |= {secret(garage, f"{what}draft") for what in OPENED_BY[KeyScope.READ_TICKETS]}
    return told


def with_words(answer: str) -> str:
    """Give an answer with the secret words of salaries in their place."""
    for garage, (_, written) in SALARIES.items():
        answer = answer.replace(written, secret(garage, "salary"))
    return answer


def technician(garage: GarageId) -> str:
    return f"tech_{garage.removeprefix('garage_')}"


async def planted(house: Runtime, somebody: Somebody, garage: GarageId) -> Planted:
    """Put a garage with its secrets into the house, and into the change log."""
    boss = somebody(garage=garage)
    log = await kept_file(house, boss, secret(garage, "colleague").encode())
    tickets = await _tickets(house, garage, log)
    await house.files.keeper.files.claim((log,), tickets[1], boss.actor.id)
    cards = await _cards(house, garage, tickets)
    for ticket in tickets:
        await house.tickets.record_shown(ticket.id, shown(cards[0]), Matching.FOUND, [])
    await _feedback(somebody, garage, tickets[0])
    invoice = await _billed(somebody, garage, tickets)
    employee = await _employee(house, garage)
    customer, vehicle = await _kept(somebody, garage)
    events = [_told(c, EventType.CARD_UPDATED, garage) for c in cards]
    events += [_told(t.id, EventType.TICKET_UPDATED, garage) for t in tickets]
    await house.change_log.append(events)
    return Planted(
        garage=garage,
        cards=tuple(cards),
        tickets=tuple(t.id for t in tickets),
        invoice=invoice,
        employee=employee,
        customer=customer,
        vehicle=vehicle,
        file=await announced(somebody(garage=garage), secret(garage, "log").encode()),
    )


async def _kept(somebody: Somebody, garage: GarageId) -> tuple[str, str]:
    """Keep a customer with a vehicle."""
    boss, word = somebody(garage=garage), secret(garage, "regular")
    who = _bill(word)["customer"] | {"notes": f"Noted {word}"}
    customer = (await boss.ask(KEEP_CUSTOMER, op=op(), customer=who))["customer"]["key"]
    scooter = {"make": "Ather", "model": "450X", "notes": secret(garage, "scooter")}
    given = {"vehicle": scooter | {"owner": customer}}
    return customer, (await boss.ask(KEEP_VEHICLE, op=op(), **given))["vehicle"]["key"]


async def _employee(house: Runtime, garage: GarageId) -> PersonId:
    """Seal words in place of numbers, so that wherever they are read they are found."""
    said = EmployeeDetails(
        salary=SALARIES[garage][0],
        bank_account=BankAccount(number=secret(garage, "account"), ifsc="HDFC0001234"),
        pan=secret(garage, "pan"),
        aadhaar=secret(garage, "aadhaar"),
    )
    change = EmployeeChange(by=SYSTEM, at=NOW, body="planted", mark="planted")
    whose = await employed(house, f"kiran_{garage}", garage)
    made = await house.employees.create(whose, garage, said, change)
    return made.id


async def _tickets(house: Runtime, garage: GarageId, log: FileId) -> list[Ticket]:
    """A ticket on the technician's bench, four on a colleague's, one with a log; all closed."""
    made = [
        _ticket(garage, "bench", technician(garage)),
        replace(_ticket(garage, "colleague", "colleague"), files=(log,)),
        _ticket(garage, "known", "colleague"),
        _ticket(garage, "asked", "colleague"),
    ]
    for ticket in made:
        await house.tickets.add(ticket, [])
    was = _ticket(garage, "moved", technician(garage))
    await house.tickets.add(was, [])
    moved = replace(was, version=2, assignee=PersonId("colleague"))
    await house.tickets.put(moved, [], expected=1)
    return [*made, moved]


def _ticket(garage: GarageId, what: str, assignee: str) -> Ticket:
    words = secret(garage, what) if what in KNOWN else what
    return Ticket(
        id=TicketId(f"tkt_{garage}_{what}"),
        version=1,
        status=TicketStatus.CLOSED,
        text=f"{WORDS} {words}",
        garage=garage,
        reporter=PersonId(assignee),
        assignee=PersonId(assignee),
        opened_at=datetime.now(UTC),
        vehicle=VehicleContext(make="Ather", model="450X", year=2024),
        outcome=Outcome(
            worked=True, minutes=50, parts=(PartUse(part="controller"),), notes=f"Note {words}"
        ),
    )


async def _cards(house: Runtime, garage: GarageId, tickets: list[Ticket]) -> list[CardId]:
    own = Visibility(garages=(garage,))
    private = _says(card(f"{garage}_card", WORDS, visibility=own), garage, "card")
    old = _says(card(f"{garage}_old", WORDS, visibility=own), garage, "old")
    now = replace(_says(old, garage, "public"), version=2, visibility=Visibility())
    drafts = [
        _says(draft_card(ticket, NOW), garage, what)
        for ticket, what in zip(
            tickets[:3], ("benchdraft", "colleaguedraft", "firstwords"), strict=True
        )
    ]
    moved = _says(draft_card(tickets[4], NOW), garage, "moveddraft")
    for one in (private, old, *drafts, moved):
        await house.cards.add(one, [])
    await house.cards.put(now, [], expected=1)
    verified = replace(drafts[2], version=2, status=CardStatus.VERIFIED, visibility=Visibility())
    await house.cards.put(_says(verified, garage, "public"), [], expected=1)
    return [private.id, old.id, *(one.id for one in drafts), moved.id]


def _says(value: FailureCard, garage: GarageId, what: str) -> FailureCard:
    """Give the card with a secret in its cause, and its ticket's words nowhere else."""
    word = secret(garage, what)
    sign = replace(value.signature, text=WORDS)
    cause = RootCause(primary=f"Found {word}")
    return replace(value, title=f"A pump that hums {word}", signature=sign, cause=cause)


async def _feedback(somebody: Somebody, garage: GarageId, ticket: Ticket) -> None:
    said = {
        "card": f"fc_{garage}_card",
        "stars": 4,
        "comment": f"I think {secret(garage, 'feedback')}",
    }
    asha = somebody(Role.TECHNICIAN, garage, technician(garage))
    given = await asha.ask(FEEDBACK, op=op(), ticket=ticket.id, said=said)
    assert given["__typename"] == "FeedbackGiven", given


async def _billed(somebody: Somebody, garage: GarageId, tickets: list[Ticket]) -> str:
    """Bill the first ticket, and leave a draft of the last one's invoice."""
    state, admin, accounts = "27", somebody(Role.ADMIN, garage), somebody(Role.ACCOUNTANT, garage)
    profile = settings(
        f"{garage.removeprefix('garage_')[:2].upper()}1",
        legalName=f"Motors {secret(garage, 'seller')}",
        gstin=synthetic_gstin(state),
    )
    said = await admin.ask(SETTINGS, op=op(), settings=profile, garage=garage)
    assert said["__typename"] == "BillingSettingsChanged", said
    priced = await accounts.ask(PRICE, op=op(), price={"part": "controller", "amount": 1_250_000})
    assert priced["__typename"] == "PriceSet", priced
    paper = await accounts.ask(
        ISSUE, op=op(), ticket=tickets[0].id, invoice=_bill(secret(garage, "customer"))
    )
    edited = await accounts.ask(
        EDIT, op=op(), ticket=tickets[3].id, n=0, invoice=_bill(secret(garage, "buyer"))
    )
    assert edited["__typename"] == "DraftEdited", edited
    return paper["invoice"]["key"]


def _bill(word: str) -> dict[str, Any]:
    customer = {
        "name": f"Meera {word}",
        "email": f"{word}@example.org",
        "address": f"4 {word} Road",
        "state": "27",
        "pincode": "411001",
    }
    return {"customer": customer}


def _told(entity: str, type: EventType, garage: GarageId) -> Event:
    return Event(
        id=EventId(str(uuid4())),
        type=type,
        entity=entity,
        version=1,
        at=NOW,
        actor="system",
        garage=garage,
    )

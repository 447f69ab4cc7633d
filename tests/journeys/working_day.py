"""A garage's day in which every mutation of the API is done once, each in a state that takes it.

`DAY` says who does what, in order; a test may look at the stores before and behind each of them.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any, cast
from uuid import uuid4

from graphql import GraphQLInterfaceType, GraphQLObjectType, get_named_type

from billing.gst.law_dates import law_day
from domain.access import SEES_ALL, SYSTEM, Role
from domain.events import Event, EventType
from domain.ids import CardId, EventId, FileId, TicketId
from domain.reviews import ReviewKind
from domain.tickets import Matching
from domain.trusted_documents import document_id
from repair.reviews import ReviewReason, open_review
from tests.access.soft_passkey import SoftPasskey
from tests.billing.sample_books import synthetic_gstin
from tests.gnn.toy_models import plant_candidate
from tests.journeys import billing_garage, sign_in_door
from tests.journeys.conftest import Somebody
from tests.journeys.people import PUNE, Person, content, fresh_word
from tests.journeys.planted_defects import plant_alarm
from tests.journeys.planted_files import send
from tests.journeys.queue_records import record
from tests.journeys.schema_walk import API, members, roots
from tests.journeys.solved_tickets import shown
from web.wiring import Runtime

MUTATIONS = roots(API.mutation_type)
SCOOTER = {"make": "Ather", "model": "450X", "year": 2024}
LOG = b"time,volts\n0,3.71\n"
BUYER = {"name": "Meera Joshi", "phone": "9800000000"}
Answer = dict[str, Any]


@dataclass
class Garage:
    """Who works in it, and the things that the day has made, by the name of what made them."""

    house: Runtime
    boss: Person
    second: Person
    asha: Person
    guest: Person | None = None
    made: dict[str, Answer] = field(default_factory=dict[str, Answer])

    def id(self, verb: str, thing: str) -> str:
        return str(self.made[verb][thing]["key"])


@dataclass(frozen=True, slots=True, kw_only=True)
class Deed:
    """A mutation, what it is asked with, and what has to be there before."""

    verb: str
    given: Callable[[Garage], Answer]
    who: str = "boss"
    before: Callable[[Garage], Awaitable[None]] | None = None

    @property
    def refusals(self) -> set[str]:
        return {m.name for m in members(MUTATIONS[self.verb]) if _is_refusal(m)}

    async def done(self, garage: Garage) -> Answer:
        """Do it, and give the whole answer."""
        person: Person = getattr(garage, self.who)
        given = self.given(garage)
        if "operationId" in MUTATIONS[self.verb].args:
            given = {"operationId": str(uuid4()), **given}
        answer = await person.answer(_document(self.verb, given), **given)
        if answer.get("data"):
            garage.made[self.verb] = answer["data"][self.verb]
        return answer


async def open_garage(house: Runtime, somebody: Somebody) -> Garage:
    """Give a garage that has parts to sell, but has said nothing yet of itself."""
    await billing_garage.stocked(house)
    return Garage(
        house=house,
        boss=somebody(Role.ADMIN, PUNE, name="boss"),
        second=somebody(Role.MANAGER, PUNE, name="second"),
        asha=somebody(Role.TECHNICIAN, PUNE, name="asha"),
    )


def _document(verb: str, given: Answer) -> str:
    found = MUTATIONS[verb]
    kinds = ", ".join(f"${name}: {found.args[name].type}" for name in given)
    told = ", ".join(f"{name}: ${name}" for name in given)
    inside = " ".join(f"... on {m.name} {_ids(m)}" for m in members(found) if not _is_refusal(m))
    asked = f"{{ __typename {inside} ... on Refusal {{ message }} }}"
    return f"mutation ({kinds}) {{ {verb}({told}) {asked} }}"


def _ids(member: GraphQLObjectType) -> str:
    """Select the keys and versions of all that a member holds."""
    told: list[str] = []
    for name, one in member.fields.items():
        kind = cast("object", get_named_type(one.type))
        if isinstance(kind, GraphQLObjectType) and "key" in kind.fields:
            told.append(f"{name} {{ {' '.join({'key', 'version'} & kind.fields.keys())} }}")
    return f"{{ __typename {' '.join(told)} }}"


def _is_refusal(member: GraphQLObjectType) -> bool:
    return cast("GraphQLInterfaceType", API.type_map["Refusal"]) in member.interfaces


def _announced(content: bytes) -> Answer:
    return {"type": "CSV", "length": len(content), "sha256": sha256(content).hexdigest()}


async def _sent(garage: Garage) -> None:
    named = FileId(garage.id("requestUpload", "file"))
    await send(garage.house, named, LOG)


async def _trained(garage: Garage) -> None:
    garage.made["trained"] = {"run": (await plant_candidate(garage.house)).id}


async def _alarmed(garage: Garage) -> None:
    garage.made["alarmed"] = {"id": (await plant_alarm(garage.house)).id}


def _slot(hour: int) -> Answer:
    start = datetime(2026, 3, 2, hour, tzinfo=UTC)
    return {"start": start.isoformat(), "end": (start + timedelta(hours=1)).isoformat()}


def _ticket(version: int, **more: object) -> Callable[[Garage], Answer]:
    return lambda g: {"id": g.id("reportFailure", "ticket"), "expectedVersion": version, **more}


def _card(version: int, verb: str = "createCard", **more: object) -> Callable[[Garage], Answer]:
    return lambda g: {"id": g.id(verb, "card"), "expectedVersion": version, **more}


def _written(title: str) -> Answer:
    vehicles = [{"make": "Ather", "model": "450X", "firmware": "9.0"}]
    parts = [{"part": "controller"}]
    steps = [{"action": "Look closely", "minutes": 5}]
    resolution = {"type": "COMPONENT_REPLACEMENT", "steps": steps, "parts": parts}
    return content(title, vehicles=vehicles, resolution=resolution)


def _outcome(g: Garage) -> Answer:
    parts = [{"part": "controller"}]
    return {"worked": True, "minutes": 50, "card": g.id("createCard", "card"), "parts": parts}


async def _suggested(garage: Garage) -> None:
    """The card was shown for the ticket: what is said of it counts."""
    ticket = TicketId(garage.id("reportFailure", "ticket"))
    card = CardId(garage.id("createCard", "card"))
    await garage.house.tickets.record_shown(ticket, shown(card), Matching.FOUND, [])


async def _drafted(garage: Garage) -> None:
    """The closed ticket waits for its invoice, as its listener has it wait."""
    ticket = TicketId(garage.id("reportFailure", "ticket"))
    kept = await garage.house.tickets.get(ticket, SYSTEM)
    told = Event(
        id=EventId(str(uuid4())),
        type=EventType.TICKET_CLOSED,
        entity=ticket,
        version=kept.version,
        at=datetime.now(UTC),
        actor="boss",
        garage=PUNE,
    )
    async with garage.house.records.transaction() as connection:
        await garage.house.billing.billing.drafts.open_draft(told, connection)


async def _reviewed(garage: Garage) -> None:
    """Somebody has to look at the card."""
    card = await garage.house.cards.get(CardId(garage.id("createCard", "card")), SEES_ALL)
    why = ReviewReason(kind=ReviewKind.DRAFT, reason="It waits.", at=datetime.now(UTC))
    await open_review(garage.house.reviews, card, why)
    [entry] = await garage.house.reviews.page(SYSTEM, first=1)
    garage.made["review"] = {"review": {"key": entry.id}}


async def _another_closed(garage: Garage) -> None:
    ticket = await billing_garage.closed_ticket(garage.house, f"void_{uuid4()}")
    garage.made["closed"] = {"ticket": {"key": ticket}}


async def _twin(garage: Garage) -> None:
    """A second card that says the same."""
    made = await garage.asha.create(_written("A controller that jerks"))
    garage.made["twin"] = {"card": made}


async def _guest(garage: Garage) -> None:
    """Somebody has come in by an invitation."""
    door = sign_in_door.Door(garage.boss.client)
    _, came = await sign_in_door.invited(garage.boss, door)
    garage.guest = door.person(came)
    [session] = await garage.guest.ask(sign_in_door.SESSIONS)
    garage.made["guest"] = {"session": session}


async def _device(garage: Garage) -> None:
    """Somebody has just come in, and their telephone has made a passkey."""
    await _guest(garage)
    assert garage.guest is not None
    options = await garage.guest.ask("{ passkeyOptions { challenge userHandle } }")
    garage.made["device"] = SoftPasskey().made(options)


def _newcomer(version: int, **more: object) -> Callable[[Garage], Answer]:
    return lambda g: {
        "person": g.id("invitePerson", "person"),
        "expectedVersion": version,
        **more,
    }


def _payment(paise: int) -> Answer:
    return {"amount": paise, "method": "CASH"}


DAY: Sequence[Deed] = (
    Deed(
        verb="setBillingSettings",
        given=lambda _: {
            "expectedVersion": 0,
            "settings": billing_garage.settings(),
            "garage": PUNE,
        },
    ),
    Deed(verb="setPrice", given=lambda _: {"price": {"part": "controller", "amount": 1_250_000}}),
    Deed(
        verb="adjustStock",
        given=lambda _: {"stock": {"part": "controller", "quantity": 5, "reason": "Counted"}},
    ),
    Deed(
        verb="registerTechnician",
        given=lambda _: {
            "technician": {"id": "asha", "garage": PUNE, "certification": "HIGH_VOLTAGE"}
        },
    ),
    Deed(verb="registerBay", given=lambda _: {"id": "bay_pune_7", "garage": PUNE}),
    Deed(
        verb="reportFailure",
        given=lambda _: {"report": {"text": "It jerks at low speed", "vehicle": SCOOTER}},
    ),
    Deed(verb="assignTicket", given=_ticket(1, to="asha")),
    Deed(
        verb="bookJob",
        given=lambda g: {
            "job": {
                "ticket": g.id("reportFailure", "ticket"),
                "technician": "asha",
                "bay": "bay_pune_7",
                "slot": _slot(9),
            }
        },
    ),
    Deed(
        verb="rescheduleJob",
        given=lambda g: {"id": g.id("bookJob", "job"), "expectedVersion": 1, "slot": _slot(11)},
    ),
    Deed(verb="cancelJob", given=lambda g: {"id": g.id("bookJob", "job"), "expectedVersion": 2}),
    Deed(
        verb="createApiKey",
        given=lambda _: {
            "apiKey": {
                "partner": "fleet-pune",
                "name": "Reads the cards",
                "scopes": ["READ_CARDS"],
                "garages": [PUNE],
            }
        },
    ),
    Deed(
        verb="registerDocuments",
        given=lambda _: {
            "manifest": {
                "partner": "fleet-pune",
                "documents": [{"name": "Cards", "text": "query Cards { cards { __typename } }"}],
            }
        },
    ),
    Deed(
        verb="removeDocuments",
        given=lambda _: {
            "partner": "fleet-pune",
            "ids": [document_id("query Cards { cards { __typename } }")],
        },
    ),
    Deed(
        verb="changeApiKeyRung",
        given=lambda g: {"id": g.id("createApiKey", "apiKey"), "rung": "ENFORCE"},
    ),
    Deed(verb="promoteModel", before=_trained, given=lambda g: {"run": g.made["trained"]["run"]}),
    Deed(verb="rollBackModel", given=lambda _: {"kind": "ANOMALY"}),
    Deed(
        verb="answerDefectAlarm",
        before=_alarmed,
        given=lambda g: {"id": g.made["alarmed"]["id"], "answer": "CLOSE"},
    ),
    Deed(verb="revokeApiKey", given=lambda g: {"id": g.id("createApiKey", "apiKey")}),
    Deed(verb="createCard", who="asha", given=lambda _: {"card": _written("Controller jerks")}),
    Deed(verb="promoteCard", given=_card(1)),
    Deed(verb="updateCard", given=_card(2, card=_written("The controller jerks"))),
    Deed(verb="verifyCard", who="second", given=_card(3)),
    Deed(
        verb="startRepair",
        who="asha",
        given=lambda g: _ticket(2)(g) | {"card": g.id("createCard", "card")},
    ),
    Deed(
        verb="recordAttempt", who="asha", given=_ticket(3, attempt={"worked": False, "minutes": 5})
    ),
    Deed(
        verb="recordImpressions",
        who="asha",
        before=_suggested,
        given=lambda g: {
            "ticket": g.id("reportFailure", "ticket"),
            "impressions": [{"card": g.id("createCard", "card"), "clicks": 1}],
        },
    ),
    Deed(
        verb="resolveTicket",
        who="asha",
        given=lambda g: _ticket(4, outcome=_outcome(g))(g),
    ),
    Deed(verb="closeTicket", who="asha", given=_ticket(5, stars=5)),
    Deed(
        verb="giveFeedback",
        who="asha",
        given=lambda g: {
            "ticket": g.id("reportFailure", "ticket"),
            "feedback": {"card": g.id("createCard", "card"), "stars": 4},
        },
    ),
    Deed(verb="reopenTicket", given=_ticket(6)),
    Deed(verb="assignTicket", given=_ticket(7, to="asha")),
    Deed(verb="startRepair", who="asha", given=_ticket(8)),
    Deed(
        verb="resolveTicket",
        who="asha",
        given=lambda g: _ticket(9, outcome=_outcome(g))(g),
    ),
    Deed(verb="closeTicket", who="asha", given=_ticket(10)),
    Deed(
        verb="editDraft",
        before=_drafted,
        given=lambda g: {
            "ticket": g.id("reportFailure", "ticket"),
            "expectedVersion": 1,
            "invoice": {"customer": BUYER},
        },
    ),
    Deed(
        verb="recordAdvance",
        given=lambda g: {
            "ticket": g.id("reportFailure", "ticket"),
            "payment": _payment(500_000),
        },
    ),
    Deed(verb="issueInvoice", given=lambda g: {"ticket": g.id("reportFailure", "ticket")}),
    Deed(
        verb="recordPayment",
        given=lambda g: {
            "invoice": g.id("issueInvoice", "invoice"),
            "payment": _payment(1_038_700),
        },
    ),
    Deed(
        verb="issueCreditNote",
        given=lambda g: {
            "invoice": g.id("issueInvoice", "invoice"),
            "reason": "Part came back",
            "lines": [{"line": 2}],
        },
    ),
    Deed(
        verb="refundPayment",
        given=lambda g: {"payment": g.id("recordPayment", "payment"), "amount": 63_720},
    ),
    Deed(
        verb="issueInvoice",
        before=_another_closed,
        given=lambda g: {
            "ticket": g.id("closed", "ticket"),
            "invoice": {
                "customer": BUYER | billing_garage.registered(synthetic_gstin("27", "BBBPK5678D"))
            },
        },
    ),
    Deed(
        verb="recordConsent",
        given=lambda g: {
            "invoice": g.id("issueInvoice", "invoice"),
            "purpose": "WHATSAPP",
            "given": False,
        },
    ),
    Deed(verb="requestUpload", given=lambda _: {"file": _announced(LOG)}),
    Deed(
        verb="completeUpload",
        before=_sent,
        given=lambda g: {"id": g.id("requestUpload", "file")},
    ),
    Deed(verb="createCustomer", given=lambda _: {"customer": BUYER | {"notes": "Rings first"}}),
    Deed(
        verb="changeCustomer",
        given=lambda g: {
            "id": g.id("createCustomer", "customer"),
            "expectedVersion": 1,
            "customer": BUYER,
        },
    ),
    Deed(
        verb="createVehicle",
        given=lambda g: {
            "vehicle": {
                "make": "Ather",
                "model": "450X",
                "plate": "MH12DX4499",
                "owner": g.id("createCustomer", "customer"),
            }
        },
    ),
    Deed(
        verb="changeVehicle",
        given=lambda g: {
            "id": g.id("createVehicle", "vehicle"),
            "expectedVersion": 1,
            "vehicle": {"make": "Ather", "model": "450 Apex"},
        },
    ),
    Deed(verb="eraseCustomer", given=lambda g: {"invoice": g.id("issueInvoice", "invoice")}),
    Deed(verb="registerInvoice", given=lambda g: {"invoice": g.id("issueInvoice", "invoice")}),
    # Not the registered one: its number is taken back at the portal first, a write of its own.
    Deed(
        verb="issueInvoice",
        before=_another_closed,
        given=lambda g: {
            "ticket": g.id("closed", "ticket"),
            "invoice": {
                "customer": BUYER | billing_garage.registered(synthetic_gstin("27", "BBBPK5678D"))
            },
        },
    ),
    Deed(
        verb="voidInvoice",
        given=lambda g: {
            "invoice": g.id("issueInvoice", "invoice"),
            "reason": "Wrong customer",
        },
    ),
    Deed(verb="closeMonth", given=lambda _: {"month": "2020-01"}),
    Deed(verb="closeTill", given=lambda _: {"till": {"counted": 100, "reason": "In a drawer"}}),
    Deed(
        verb="reopenTill",
        given=lambda _: {
            "day": law_day(datetime.now(UTC)).isoformat(),
            "reason": "Counted once more",
        },
    ),
    Deed(verb="exportSalesReturn", given=lambda _: {"month": "2020-01"}),
    Deed(
        verb="announceFirmware",
        given=lambda _: {"make": "Ather", "model": "450X", "firmware": "99.1"},
    ),
    Deed(verb="supersedePart", given=lambda _: {"part": "controller", "by": "other"}),
    Deed(verb="closeReview", before=_reviewed, given=lambda g: {"id": g.id("review", "review")}),
    Deed(
        verb="mergeCards",
        before=_twin,
        given=lambda g: _card(1, "twin")(g) | {"into": g.id("createCard", "card")},
    ),
    Deed(verb="undoMerge", given=_card(2, "twin")),
    Deed(verb="retireCard", given=_card(3, "twin")),
    Deed(verb="deleteCard", given=_card(4, "twin")),
    Deed(
        verb="editDraft",
        before=_another_closed,
        given=lambda g: {
            "ticket": g.id("closed", "ticket"),
            "expectedVersion": 0,
            "invoice": {"customer": BUYER},
        },
    ),
    Deed(
        verb="deleteDraft",
        given=lambda g: {"ticket": g.id("closed", "ticket"), "expectedVersion": 1},
    ),
    Deed(
        verb="deleteTicket",
        given=lambda g: {"id": g.id("closed", "ticket"), "expectedVersion": 1},
    ),
    Deed(
        verb="createGarage",
        given=lambda _: {
            "profile": {"id": PUNE, "name": "Pune", "place": "Pune", "hours": "Mon 09:00-18:00"}
        },
    ),
    Deed(verb="holdGarageToShift", given=lambda _: {"garage": PUNE, "refused": False}),
    Deed(
        verb="changeGarageSettings",
        given=lambda _: {
            "garage": PUNE,
            "expectedVersion": 1,
            "settings": {"name": "Pune", "place": "Pune", "hours": "Mon-Fri 09:00-18:00"},
        },
    ),
    Deed(
        verb="changeNetworkSettings",
        given=lambda _: {
            "expectedVersion": 0,
            "settings": {"usualHours": "Mon-Sat 09:00-20:00", "messageDays": 400},
        },
    ),
    Deed(
        verb="invitePerson",
        given=lambda _: {
            "person": {
                "name": "Ravi",
                "email": f"{fresh_word()}@example.org",
                "duty": sign_in_door.duty(),
            }
        },
    ),
    Deed(
        verb="changeRole",
        given=_newcomer(1, duty=sign_in_door.duty(Role.ACCOUNTANT)),
    ),
    Deed(
        verb="createEmployee",
        given=lambda g: {
            "id": g.id("invitePerson", "person"),
            "garage": PUNE,
            "employee": {"salary": 4_550_000, "aadhaarLast4": "4417"},
        },
    ),
    Deed(
        verb="updateEmployee",
        given=lambda g: {
            "id": g.id("invitePerson", "person"),
            "expectedVersion": 1,
            "employee": {"salary": 4_700_000},
        },
    ),
    Deed(
        verb="removeEmployee",
        given=lambda g: {"id": g.id("invitePerson", "person"), "expectedVersion": 2},
    ),
    Deed(verb="suspendPerson", given=_newcomer(2)),
    Deed(verb="restorePerson", given=_newcomer(3)),
    Deed(verb="resetSecondFactor", given=lambda g: {"person": g.id("invitePerson", "person")}),
    Deed(
        verb="correctPerson",
        given=lambda g: {"person": g.id("invitePerson", "person"), "name": "Ravi Rao"},
    ),
    Deed(verb="erasePerson", given=lambda g: {"person": g.id("invitePerson", "person")}),
    Deed(verb="endSession", before=_guest, given=lambda g: {"session": g.id("guest", "session")}),
    Deed(
        verb="registerPasskey",
        who="guest",
        before=_device,
        given=lambda g: {"passkey": g.made["device"]},
    ),
    Deed(
        verb="removePasskey",
        who="guest",
        given=lambda g: {"passkey": g.id("registerPasskey", "passkey")},
    ),
    Deed(
        verb="nominate",
        who="guest",
        given=lambda _: {"nominee": {"name": "Meera Rao", "contact": "+91 98450 12345"}},
    ),
    Deed(verb="signOut", who="guest", before=_guest, given=lambda _: {}),
    Deed(
        verb="syncOperations",
        who="asha",
        given=lambda _: {
            "operations": [record("report_failure", {"report": {"text": "Reported in a tunnel"}})]
        },
    ),
)

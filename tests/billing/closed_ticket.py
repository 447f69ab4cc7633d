"""A closed ticket in the real graph, and everything that makes its invoice."""

from dataclasses import replace
from uuid import uuid4

from billing.gst.parties import Party
from billing.gst.terms import InvoiceTerms
from billing.ledger.books import NETWORK
from billing.ledger.sagas import InvoiceRequest, SagaStore
from domain.access import Actor, Role
from domain.cards import FailureCard, PartUse, RepairStep, Resolution, SolutionType
from domain.ids import GarageId, OperationId, PersonId, TicketId
from domain.outcomes import Outcome
from domain.tickets import Ticket, TicketStatus
from domain.vehicles import VehicleContext, VehicleModel
from domain.vocabulary import Part
from graph.cards import CardStore
from graph.database import Graph
from graph.tickets import TicketStore
from graph.vocabulary import VocabularyStore
from records.database import Records
from repair.invoices import InvoicePorts
from repair.operations import Operation
from tests.billing.sample_books import NOW, PUNE, VAULT, Desk, customer, deed, desk
from tests.graph.examples import card

VEHICLE = VehicleContext(make="Ather", model="450X", year=2024)
MODEL = VehicleModel(make="Ather", model="450X", year=2024)
CONTROLLER = Part(id="controller", name="Motor controller", hsn="85371000", fits=(MODEL.id,))
ACCOUNTANT = Actor(id=PersonId("asha"), role=Role.ACCOUNTANT, garage=PUNE)


def ticket(name: str, garage: GarageId = PUNE, **changes: object) -> Ticket:
    """Give a closed ticket: one controller and 50 minutes."""
    made = Ticket(
        id=TicketId(f"tkt_{name}"),
        version=1,
        status=TicketStatus.CLOSED,
        text="Jerks at low speed",
        garage=garage,
        reporter=PersonId("ravi"),
        opened_at=NOW,
        closed_at=NOW,
        vehicle=VEHICLE,
        outcome=Outcome(worked=True, minutes=50, parts=(PartUse(part="controller"),)),
    )
    return replace(made, **changes)  # pyright: ignore[reportArgumentType]


def invoicing(graph: Graph, records: Records, books: Desk | None = None) -> InvoicePorts:
    books = books or desk(records)
    return InvoicePorts(
        tickets=TicketStore(graph),
        cards=CardStore(graph),
        vocabulary=VocabularyStore(graph),
        garages=books.garages,
        prices=books.prices,
        ledger=books.ledger,
        sagas=SagaStore(records, VAULT),
    )


async def furnish(graph: Graph, books: Desk) -> None:
    """Put the part in the catalogue, its price on the list, and the garage on file."""
    vocabulary = VocabularyStore(graph)
    await vocabulary.load_vehicles([MODEL])
    await vocabulary.load_parts([CONTROLLER])
    await books.prices.set_price(deed(NETWORK), "controller", 12_500_00, NOW)
    await books.settled()


def asked(name: str, buyer: Party | None = None, **how: object) -> InvoiceRequest:
    terms = InvoiceTerms(**how)  # pyright: ignore[reportArgumentType]
    return InvoiceRequest(
        ticket=TicketId(f"tkt_{name}"),
        buyer=buyer or customer(),
        terms=terms,
        body_hash=f"hash of {name}",
    )


def operation(actor: Actor = ACCOUNTANT, key: str | None = None) -> Operation:
    return Operation(id=OperationId(key or str(uuid4())), actor=actor, at=NOW, trace="trace")


def estimated_card() -> FailureCard:
    """Give a card that reckons with three controllers and two hours."""
    return card(
        "controller_swap",
        "Controller loses its phase",
        resolution=Resolution(
            type=SolutionType.COMPONENT_REPLACEMENT,
            steps=(RepairStep(action="Swap the controller", minutes=120),),
            parts=(PartUse(part="controller", quantity=3),),
            labour_minutes=120,
        ),
    )

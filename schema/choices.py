"""The closed choices of the API: the enums of the domain, described."""

from enum import EnumMeta

from graphql import GraphQLSchema

from billing.gst.invoices import Document
from billing.gst.lines import LineKind
from billing.gst.price_sources import PriceSource
from billing.gst.series import DocumentKind
from billing.gst.supplies import SupplyKind
from billing.ledger.dues import DueAge
from billing.ledger.issued_documents import InvoiceStatus
from billing.ledger.postings import PaymentKind, PaymentMethod
from billing.ledger.sellers import Scheme
from billing.ledger.statements import StatementKind
from billing.ledger.till_closings import CashTaker
from billing.messages.messengers import Channel, MessageState
from billing.messages.texts import Occasion
from billing.paper.copies import DocumentCopy
from domain.access import Role
from domain.api_keys import KeyScope, KeysLeft, Rung
from domain.card_drafts import DraftOrigin
from domain.cards import (
    CardSource,
    CardStatus,
    FailureMode,
    Humidity,
    Occurrence,
    Severity,
    SolutionType,
    UsagePattern,
)
from domain.consents import ConsentPurpose
from domain.deeds import DeedResult, DeedType
from domain.defect_alarms import DefectAlarmState, DefectAnswer
from domain.effectiveness import Timing
from domain.events import EventType
from domain.files import FileKind, FileState, FileType
from domain.hazards import HazardKind
from domain.languages import Language
from domain.matches import Level, Source, VehicleLevel
from domain.model_runs import ModelKind, RunState
from domain.neighbourhoods import KnowledgeKind
from domain.people import PersonState
from domain.personal_records import RecordKind
from domain.reasons import ReasonKind, Standing
from domain.reviews import ReviewKind
from domain.sessions import ClientKind
from domain.technicians import Certification
from domain.tickets import Matching, TicketStatus
from domain.trusted_documents import OperationKind
from domain.vehicles import VehicleCategory
from repair.symptoms import SymptomSource

DESCRIBED: dict[EnumMeta, str] = {
    Role: "As what somebody works; the permission matrix says what that lets them do.",
    PersonState: "Where somebody stands; INVITED: has not chosen a password; GONE: left for good.",
    ClientKind: "Where a session's refresh token is kept: by a browser in a cookie, else by you.",
    DraftOrigin: "Who read a field of a draft: the rules of this service, or the language model.",
    Scheme: "How a registered garage pays GST: of each sale, or of its turnover.",
    Document: "What a document is by law; who may not collect tax makes BILL_OF_SUPPLY.",
    Occasion: "What happened to an invoice that its customer is told of.",
    Channel: "How a message goes to a customer.",
    MessageState: "What became of a message; KEPT ones wait for a person to send them.",
    CardStatus: "Where a card stands: only verified and provisional cards are matched.",
    CardSource: "Who vouches for a card: a repair in the field, or a published reference.",
    HazardKind: "What may hurt somebody, the most urgent first.",
    Severity: "How bad the failure is; low is 1, critical is 4 for the rankers.",
    Occurrence: "How often the failure shows itself.",
    FailureMode: "What happens to the component when it fails.",
    SolutionType: "What kind of work the fix is.",
    Humidity: "How damp the surroundings are.",
    UsagePattern: "What the vehicle is used for.",
    VehicleCategory: "What kind of electric vehicle it is.",
    Certification: "What a technician may work on; HIGH_VOLTAGE includes what GENERAL allows.",
    TicketStatus: "Where a ticket stands between report and invoice.",
    Matching: "Where the search for a ticket's cards stands; NONE: it ran and found no card.",
    Level: "How much of the system answered, best first.",
    Source: "A way of finding cards; each gives its own ranked list.",
    VehicleLevel: "How closely a card's vehicles fit the reported one.",
    Language: "A language that reasons and sentences are told in.",
    ReasonKind: "What kind of evidence a reason is; OTHER_…, DENIED_… and HEALTHY_… speak against "
    "the card.",
    Standing: "How far a suggested card is to be trusted.",
    KnowledgeKind: "A kind of thing of the knowledge graph.",
    Timing: "COUNTED weighs estimated against actual minutes; IGNORED is the specification's code.",
    EventType: "What happened.",
    FileType: "The media types of files that are taken.",
    FileKind: "What kind of file something is.",
    FileState: "Whether a file's bytes are still to come, are kept, or were taken away.",
    DeedType: "What somebody did that is kept for the audit.",
    ConsentPurpose: "What a customer says yes or no to: letters of their invoices, by channel.",
    RecordKind: "A kind of record that tells of somebody.",
    DeedResult: "How a deed ended; REFUSED: not allowed or not fitting, FAILED: an accident.",
    DefectAlarmState: "Whether somebody looked into an alarm.",
    DefectAnswer: "What you do with an alarm: look into it, or be done with it.",
    ReviewKind: "Why a card waits for a person's eye.",
    LineKind: "What kind of line it is.",
    DocumentKind: "What a numbered document is.",
    SupplyKind: "Whether a supply bears tax, none under a letter of undertaking, or is a deemed "
    "export.",
    DocumentCopy: "Which copy of an invoice a page is (Rule 48).",
    InvoiceStatus: "Where an invoice stands.",
    DueAge: "How many days ago an unpaid invoice was issued.",
    StatementKind: "What changed what a customer owes.",
    PaymentKind: "What a movement of money is for.",
    PaymentMethod: "How money came.",
    CashTaker: "Where the cash goes that is taken out of a till.",
    ModelKind: "What a trained model is for.",
    RunState: "Where a trained model stands; REFUSED: a gate stopped it, for good.",
    SymptomSource: "Who read a symptom; the classifier only adds to what the vocabulary reads.",
    OperationKind: "What an operation of a document does.",
    KeyScope: "What a key may do: one part of the permission matrix that machines may hold.",
    Rung: "How far a caller is held to registered documents: LOG runs any text and notes what was "
    "not registered, ENFORCE runs registered texts and ids, ID_ONLY runs ids alone.",
    KeysLeft: "What becomes of the keys of the API that somebody made who is erased: REVOKE "
    "refuses them, HAND_OVER lets them go on, answered for by whoever erases.",
    PriceSource: "Whose word a price is: the first of the chain that spoke.",
}


def describe_enums(schema: GraphQLSchema) -> None:
    """Give the domain's enums their descriptions: the domain itself does not know of GraphQL."""
    for choice, meaning in DESCRIBED.items():
        if choice.__name__ in schema.type_map:
            schema.type_map[choice.__name__].description = meaning

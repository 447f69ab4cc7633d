"""What each mutation of the books answers: its own success, or a refusal."""

from typing import Annotated

import strawberry
from strawberry import field

from schema.drafts import InvoiceDraft
from schema.invoices import Estimate, Invoice, Payment
from schema.refusals import (
    IllegalTransition,
    InvalidInput,
    MonthClosed,
    NotAllowed,
    NotFound,
    Occupied,
    OperationConflict,
    OverLimit,
    StaleVersion,
)
from schema.stock import BillingSettings, PartOffers, PartPrice, StockLevel


@strawberry.type(description="The invoice was issued.")
class InvoiceIssued:
    invoice: Invoice = field(description="The invoice.")
    short: list[StockLevel] = field(
        description="Its parts of which more left the shelf than came: count them."
    )


@strawberry.type(description="The draft says it from now on.")
class DraftEdited:
    draft: InvoiceDraft = field(description="The draft at its new version.")


@strawberry.type(description="The draft is thrown away; who buys is no longer kept.")
class DraftDeleted:
    ticket_key: str = field(description="The ticket's key.")


@strawberry.type(description="The invoice portal has registered the document.")
class InvoiceRegistered:
    invoice: Invoice = field(description="The document, with its e-invoice.")


@strawberry.type(description="The credit note was issued.")
class CreditNoteIssued:
    credit_note: Invoice = field(description="The credit note.")
    invoice: Invoice = field(description="The invoice as it stands now.")


@strawberry.type(description="The invoice was taken back whole; its number stays used.")
class InvoiceVoided:
    invoice: Invoice = field(description="The invoice as it stands now.")


@strawberry.type(description="Money was written down.")
class PaymentRecorded:
    payment: Payment = field(description="The payment.")
    payments: list[Payment] = field(
        description="The payment, and what came with it by other methods, at most 10."
    )
    invoice: Invoice | None = field(description="The invoice as it stands now, if there is one.")


@strawberry.type(description="The price was set.")
class PriceSet:
    price: PartPrice = field(description="The price from that moment on.")


@strawberry.type(description="The stock was adjusted.")
class StockAdjusted:
    stock: StockLevel = field(description="What should be there now.")


@strawberry.type(description="The garage's settings were changed.")
class BillingSettingsChanged:
    settings: BillingSettings = field(description="The settings at their new version.")


@strawberry.type(description="The month is closed.")
class MonthWasClosed:
    month: str = field(description="The month, as 2026-10.")


EstimateResult = Annotated[
    Estimate | InvalidInput | NotFound | NotAllowed | IllegalTransition,
    strawberry.union("EstimateResult", description="The estimate, or why there is none."),
]
IssueInvoiceResult = Annotated[
    InvoiceIssued
    | InvalidInput
    | NotFound
    | NotAllowed
    | IllegalTransition
    | MonthClosed
    | Occupied
    | OperationConflict,
    strawberry.union("IssueInvoiceResult", description="The invoice, or why there is none."),
]
RegisterInvoiceResult = Annotated[
    InvoiceRegistered
    | InvalidInput
    | NotFound
    | NotAllowed
    | IllegalTransition
    | OperationConflict,
    strawberry.union("RegisterInvoiceResult", description="The document, or why it is not there."),
]
EditDraftResult = Annotated[
    DraftEdited
    | InvalidInput
    | NotFound
    | NotAllowed
    | IllegalTransition
    | StaleVersion
    | OperationConflict,
    strawberry.union("EditDraftResult", description="The draft, or why it stays as it is."),
]
DeleteDraftResult = Annotated[
    DraftDeleted
    | InvalidInput
    | NotFound
    | NotAllowed
    | IllegalTransition
    | StaleVersion
    | OperationConflict,
    strawberry.union("DeleteDraftResult", description="That it is gone, or why it is not."),
]
IssueCreditNoteResult = Annotated[
    CreditNoteIssued
    | InvalidInput
    | NotFound
    | NotAllowed
    | IllegalTransition
    | MonthClosed
    | OverLimit
    | OperationConflict,
    strawberry.union("IssueCreditNoteResult", description="The credit note, or why not."),
]
VoidInvoiceResult = Annotated[
    InvoiceVoided
    | InvalidInput
    | NotFound
    | NotAllowed
    | IllegalTransition
    | MonthClosed
    | OperationConflict,
    strawberry.union("VoidInvoiceResult", description="The void invoice, or why it is not."),
]
RecordPaymentResult = Annotated[
    PaymentRecorded
    | InvalidInput
    | NotFound
    | NotAllowed
    | IllegalTransition
    | MonthClosed
    | OverLimit
    | OperationConflict,
    strawberry.union("RecordPaymentResult", description="The payment, or why there is none."),
]
SetPriceResult = Annotated[
    PriceSet | InvalidInput | NotFound | NotAllowed | OperationConflict,
    strawberry.union("SetPriceResult", description="The price, or why it was not set."),
]
AdjustStockResult = Annotated[
    StockAdjusted | InvalidInput | NotFound | NotAllowed | OperationConflict,
    strawberry.union("AdjustStockResult", description="The stock, or why it stays."),
]
SetBillingSettingsResult = Annotated[
    BillingSettingsChanged | InvalidInput | NotAllowed | StaleVersion | OperationConflict,
    strawberry.union("SetBillingSettingsResult", description="The settings, or why they stay."),
]
CloseMonthResult = Annotated[
    MonthWasClosed | InvalidInput | NotAllowed | OperationConflict,
    strawberry.union("CloseMonthResult", description="The closed month, or why it is open."),
]
OffersResult = Annotated[
    PartOffers | InvalidInput | NotFound | NotAllowed,
    strawberry.union("OffersResult", description="The offers, or why there are none."),
]

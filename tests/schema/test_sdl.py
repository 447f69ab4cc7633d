"""The schema as it is committed, and that it speaks for itself."""

import pytest
from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLSchema,
    build_schema,
    is_required_input_field,
    specified_scalar_types,
)

from domain.matches import Source
from resolvers.api import build_api
from resolvers.sign_in import build_sign_in_api
from schema import sdl

FIELDED = (GraphQLObjectType, GraphQLInterfaceType, GraphQLInputObjectType)
# Scalars that Strawberry describes in its own way, or that the specification defines.
STANDARD = frozenset({*specified_scalar_types, "DateTime", "UUID"})


@pytest.fixture(scope="module")
def built() -> GraphQLSchema:
    return build_schema(sdl.PRINTED.read_text(encoding="utf-8"))


@pytest.mark.row("EX-5")
def test_committed_schema_is_the_built_one() -> None:
    assert sdl.PRINTED.read_text(encoding="utf-8") == sdl.print_sdl(
        build_api(introspection=False).types
    )


@pytest.mark.row("EX-5")
def test_committed_door_is_the_built_one() -> None:
    built = sdl.print_sdl(build_sign_in_api(introspection=False).types)
    assert sdl.PRINTED_SIGN_IN.read_text(encoding="utf-8") == built


def test_everything_is_described(built: GraphQLSchema) -> None:
    named = {n: t for n, t in built.type_map.items() if not n.startswith("__")}
    silent = [path for name, kind in named.items() for path in _silent(name, kind)]
    assert silent == []


def test_every_list_argument_is_paged(built: GraphQLSchema) -> None:
    assert built.query_type is not None
    connections = {
        name: set(field.args)
        for name, field in built.query_type.fields.items()
        if str(field.type).endswith("Connection!")
    }
    assert set(connections) == {
        "auditTrail",
        "apiKeys",
        "cards",
        "components",
        "customers",
        "defectAlarms",
        "drafts",
        "dueCustomers",
        "dueInvoices",
        "employees",
        "errorCodes",
        "garages",
        "hourlyDigests",
        "invoices",
        "models",
        "parts",
        "people",
        "reviewQueue",
        "suppliers",
        "vehicles",
        "symptoms",
        "tariffCodes",
        "tickets",
        "tillClosings",
        "trustedDocuments",
        "vehicleModels",
    }
    assert all({"first", "after"} <= args for args in connections.values())


def test_every_mutation_has_its_union(built: GraphQLSchema) -> None:
    assert built.mutation_type is not None
    found = {
        n: (str(f.type), "operationId" in f.args) for n, f in built.mutation_type.fields.items()
    }
    assert found == {
        "reportFailure": ("ReportFailureResult!", True),
        "createCard": ("CreateCardResult!", True),
        "updateCard": ("UpdateCardResult!", True),
        "verifyCard": ("VerifyCardResult!", True),
        "promoteCard": ("PromoteCardResult!", True),
        "retireCard": ("RetireCardResult!", True),
        "giveFeedback": ("GiveFeedbackResult!", True),
        "recordImpressions": ("RecordImpressionsResult!", True),
        "mergeCards": ("MergeCardsResult!", True),
        "undoMerge": ("UndoMergeResult!", True),
        "announceFirmware": ("MarkCardsResult!", True),
        "supersedePart": ("MarkCardsResult!", True),
        "closeReview": ("CloseReviewResult!", True),
        "assignTicket": ("AssignTicketResult!", True),
        "startRepair": ("StartRepairResult!", True),
        "recordAttempt": ("RecordAttemptResult!", True),
        "resolveTicket": ("ResolveTicketResult!", True),
        "closeTicket": ("CloseTicketResult!", True),
        "reopenTicket": ("ReopenTicketResult!", True),
        "deleteTicket": ("DeleteTicketResult!", True),
        "deleteCard": ("DeleteCardResult!", True),
        "deleteDraft": ("DeleteDraftResult!", True),
        "createEmployee": ("CreateEmployeeResult!", True),
        "updateEmployee": ("UpdateEmployeeResult!", True),
        "removeEmployee": ("RemoveEmployeeResult!", True),
        "registerTechnician": ("RegisterTechnicianResult!", True),
        "registerBay": ("RegisterBayResult!", True),
        "bookJob": ("BookJobResult!", True),
        "rescheduleJob": ("RescheduleJobResult!", True),
        "cancelJob": ("CancelJobResult!", True),
        "createApiKey": ("CreateApiKeyResult!", True),
        "revokeApiKey": ("RevokeApiKeyResult!", True),
        "registerDocuments": ("RegisterDocumentsResult!", True),
        "changeApiKeyRung": ("ChangeApiKeyRungResult!", True),
        "removeDocuments": ("RemoveDocumentsResult!", True),
        "promoteModel": ("PromoteModelResult!", True),
        "rollBackModel": ("RollBackModelResult!", True),
        "answerDefectAlarm": ("AnswerDefectAlarmResult!", True),
        "editDraft": ("EditDraftResult!", True),
        "registerInvoice": ("RegisterInvoiceResult!", True),
        "issueInvoice": ("IssueInvoiceResult!", True),
        "issueCreditNote": ("IssueCreditNoteResult!", True),
        "voidInvoice": ("VoidInvoiceResult!", True),
        "exportSalesReturn": ("ExportSalesReturnResult!", True),
        "recordPayment": ("RecordPaymentResult!", True),
        "closeTill": ("CloseTillResult!", True),
        "reopenTill": ("ReopenTillResult!", True),
        "recordAdvance": ("RecordPaymentResult!", True),
        "refundPayment": ("RecordPaymentResult!", True),
        "setBillingSettings": ("SetBillingSettingsResult!", True),
        "closeMonth": ("CloseMonthResult!", True),
        "setPrice": ("SetPriceResult!", True),
        "adjustStock": ("AdjustStockResult!", True),
        "createGarage": ("CreateGarageResult!", True),
        "holdGarageToShift": ("HoldGarageToShiftResult!", True),
        "invitePerson": ("InvitePersonResult!", True),
        "changeRole": ("ChangeRoleResult!", True),
        "suspendPerson": ("SuspendPersonResult!", True),
        "restorePerson": ("RestorePersonResult!", True),
        "resetSecondFactor": ("ResetSecondFactorResult!", True),
        "signOut": ("SignOutResult!", True),
        "correctPerson": ("CorrectPersonResult!", True),
        "createCustomer": ("CreateCustomerResult!", True),
        "changeCustomer": ("ChangeCustomerResult!", True),
        "requestUpload": ("RequestUploadResult!", True),
        "completeUpload": ("CompleteUploadResult!", True),
        "createVehicle": ("CreateVehicleResult!", True),
        "changeVehicle": ("ChangeVehicleResult!", True),
        "nominate": ("NominateResult!", True),
        "eraseCustomer": ("EraseCustomerResult!", True),
        "recordConsent": ("RecordConsentResult!", True),
        "changeGarageSettings": ("ChangeGarageSettingsResult!", True),
        "changeNetworkSettings": ("ChangeNetworkSettingsResult!", True),
        "erasePerson": ("ErasePersonResult!", True),
        "endSession": ("EndSessionResult!", True),
        "registerPasskey": ("RegisterPasskeyResult!", True),
        "removePasskey": ("RemovePasskeyResult!", True),
        # Each record of a queue carries an operation id of its own.
        "syncOperations": ("SyncOperationsResult!", False),
    }


@pytest.mark.row("PI-1")
def test_a_card_needs_four_values(built: GraphQLSchema) -> None:
    needed = {
        f"{kind}.{name}"
        for kind in ("CardInput", "SignatureInput", "CauseInput", "ResolutionInput")
        for name in _needed(built.type_map[kind])
    }
    assert needed == {
        "CardInput.title",
        "SignatureInput.text",
        "CauseInput.primary",
        "ResolutionInput.type",
    }


@pytest.mark.row("CA-9", "CA-11", "CA-20")
@pytest.mark.parametrize(
    ("name", "members"),
    [
        ("Occurrence", {"INTERMITTENT", "CONSTANT", "ONE_TIME"}),
        (
            "SolutionType",
            {
                "COMPONENT_REPLACEMENT",
                "REPAIR",
                "RECALIBRATION",
                "FIRMWARE_UPDATE",
                "CLEANING",
                "ADJUSTMENT",
                "NO_FAULT_FOUND",
            },
        ),
        ("Severity", {"LOW", "MEDIUM", "HIGH", "CRITICAL"}),
        ("Source", {source.name for source in Source}),
    ],
)
def test_choices_are_closed(built: GraphQLSchema, name: str, members: set[str]) -> None:
    kind = built.type_map[name]
    assert isinstance(kind, GraphQLEnumType)
    assert set(kind.values) == members


def _silent(name: str, kind: GraphQLNamedType) -> list[str]:
    if name in STANDARD:
        return []
    found = [] if kind.description else [name]
    if isinstance(kind, FIELDED):
        for field, definition in kind.fields.items():
            found += [] if definition.description else [f"{name}.{field}"]
            arguments = getattr(definition, "args", {})
            found += [f"{name}.{field}({a})" for a, d in arguments.items() if not d.description]
    return found


def _needed(kind: GraphQLNamedType) -> list[str]:
    """The values, not the groups of them, without which there is no such input."""
    assert isinstance(kind, GraphQLInputObjectType)
    return [
        name
        for name, field in kind.fields.items()
        if is_required_input_field(field) and not str(field.type).endswith("Input!")
    ]

"""What is declared beside each field, written out once more: no verb without its guard."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

import pytest
import strawberry
from graphql import GraphQLObjectType

from domain.access import Action, ResourceKind, Role
from domain.deeds import DeedType
from resolvers.api import build_api
from resolvers.guards import (
    SIGNED_IN,
    Guard,
    UnguardedFields,
    demand_guards,
    guard_of,
    signed_in,
)
from resolvers.offline.queue import GUARDS as OF_THE_QUEUE
from sync.offline_queue import QueuedVerb
from tests.domain.test_access import GRANTED

# A line: the action, the kinds (any of them), the fields that need it. A dash: to be signed in.
# `network` is the right to what belongs to no garage.
TABLE = """
-      -                 node symptoms errorCodes components parts suppliers vehicleModels
-      -                 syncOperations sessions signOut endSession personalData correctPerson
-      -                 passkeys passkeyOptions registerPasskey removePasskey nominate me
read   card              match diagnose readSymptoms search card cards cardsNear bestCards
read   card              feedback changes neighbourhood
read   card              syncStatus cardChanged syncRequired
read   ticket            customer customers vehicle vehicles
read   ticket            ticket tickets offers partPrice ticketChanged matchReady
read   invoice           invoice invoices estimate draft drafts tariffCodes statement
read   report            regionReport monthReport hourlyDigests
read   report            dues dueInvoices dueCustomers till tillClosings
export report            salesReturn exportSalesReturn salesReturnExport
create ticket,card       reportFailure requestUpload completeUpload
create card              createCard draftFromText
update card              updateCard promoteCard
verify card              verifyCard retireCard mergeCards undoMerge closeReview reviewQueue
verify card              defectAlarms defectFound
verify card,network      announceFirmware supersedePart answerDefectAlarm
delete ticket            deleteTicket
delete card              deleteCard
delete invoice           deleteDraft
assign ticket            assignTicket reopenTicket jobs technicians suggestTechnicians
assign ticket            registerBay bookJob rescheduleJob cancelJob
update ticket            startRepair recordAttempt resolveTicket closeTicket adjustStock
update ticket            giveFeedback recordImpressions
create employee          createEmployee
read   employee          employee employees
update employee          updateEmployee
delete employee          removeEmployee erasePerson
update employee          registerTechnician invitePerson changeRole suspendPerson restorePerson
update employee          holdGarageToShift people
read   setting           garages garageSettings networkSettings
update setting           changeGarageSettings
update setting,network   createGarage changeNetworkSettings
create invoice           recordConsent eraseCustomer createCustomer changeCustomer
create invoice           createVehicle changeVehicle
create invoice           issueInvoice registerInvoice issueCreditNote editDraft billingSettings
create invoice           recordPayment recordAdvance closeTill
void   invoice           voidInvoice
update invoice           refundPayment closeMonth setPrice reopenTill
update setting           setBillingSettings
read   setting,network   apiKeys trustedDocuments models
update employee,network  resetSecondFactor
update setting,network   auditTrail createApiKey revokeApiKey registerDocuments
update setting,network   changeApiKeyRung removeDocuments
update setting,network   promoteModel rollBackModel
"""
# The deed that an attempt at a field is, where it is one.
DEEDS = {
    "reportFailure": DeedType.TICKET_CREATE,
    **dict.fromkeys(
        "assignTicket startRepair recordAttempt resolveTicket closeTicket reopenTicket".split(),
        DeedType.TICKET_UPDATE,
    ),
    "deleteTicket": DeedType.TICKET_DELETE,
    "createCard": DeedType.FAILURE_CARD_CREATE,
    "verifyCard": DeedType.FAILURE_CARD_VERIFY,
    "issueInvoice": DeedType.INVOICE_CREATE,
    "voidInvoice": DeedType.INVOICE_VOID,
    **dict.fromkeys(("salesReturn", "exportSalesReturn"), DeedType.REPORT_EXPORT),
    **dict.fromkeys(
        (
            "changeGarageSettings changeNetworkSettings setBillingSettings createGarage "
            "holdGarageToShift createApiKey revokeApiKey registerDocuments promoteModel "
            "rollBackModel changeApiKeyRung removeDocuments answerDefectAlarm"
        ).split(),
        DeedType.SETTINGS_CHANGE,
    ),
    "employee": DeedType.EMPLOYEE_PII_ACCESS,
    "employees": DeedType.EMPLOYEE_PII_ACCESS,
    "personalData": DeedType.REPORT_EXPORT,
    "erasePerson": DeedType.USER_ERASE,
    "eraseCustomer": DeedType.USER_ERASE,
    **dict.fromkeys(
        "createCustomer changeCustomer createVehicle changeVehicle".split(),
        DeedType.CUSTOMER_CHANGE,
    ),
    "correctPerson": DeedType.USER_CORRECT,
    "nominate": DeedType.USER_CORRECT,
    "signOut": DeedType.USER_LOGOUT,
    "endSession": DeedType.USER_LOGOUT,
    "registerPasskey": DeedType.USER_CREDENTIAL_CHANGE,
    "removePasskey": DeedType.USER_CREDENTIAL_CHANGE,
    **dict.fromkeys(
        "invitePerson changeRole suspendPerson restorePerson".split(),
        DeedType.USER_PERMISSION_CHANGE,
    ),
}
DEEDS["resetSecondFactor"] = DeedType.USER_CREDENTIAL_CHANGE
# What an attempt is besides, where it asks a field of the answer.
SALARY = ("salary", DeedType.EMPLOYEE_SALARY_VIEW)
BELOW: Mapping[str, tuple[str, DeedType]] = {"employee": SALARY, "employees": SALARY}
NAMES = {"card": ResourceKind.CARD} | {kind.value: kind for kind in ResourceKind}
API = build_api(introspection=False).types
ROOTS = (API.query_type, API.mutation_type, API.subscription_type)


def _written() -> Iterator[tuple[str, Guard]]:
    for line in TABLE.strip().splitlines():
        action, kinds, *fields = line.split()
        named = [name for name in kinds.split(",") if name in NAMES]
        guard = Guard(
            action=None if action == "-" else Action(action),
            kinds=tuple(NAMES[name] for name in named),
            network="network" in kinds,
        )
        for field in fields:
            yield field, replace(guard, deed=DEEDS.get(field), below=BELOW.get(field))


WRITTEN = dict(_written())


def allowed(field: str, role: Role) -> bool:
    """Say whether the matrix opens a field to a role, in its own garage."""
    guard = WRITTEN[field]
    if guard.action is None:
        return True
    granted = any(guard.action in GRANTED[role, kind] for kind in guard.kinds)
    return granted and (role is Role.ADMIN or not guard.network)


def _declared(root: GraphQLObjectType | None) -> dict[str, Guard | None]:
    assert root is not None
    strawberries = {name: f.extensions["strawberry-definition"] for name, f in root.fields.items()}
    return {name: guard_of(found) for name, found in strawberries.items()}


@pytest.mark.row("AZ-1", "AZ-2", "AZ-3", "AZ-4", "AZ-5")
def test_every_field_declares_its_guard() -> None:
    declared = {name: guard for root in ROOTS for name, guard in _declared(root).items()}
    assert declared == WRITTEN


@strawberry.type
class _Bare:
    @strawberry.field
    @signed_in
    async def guarded(self) -> int:
        return 1

    @strawberry.field
    async def bare_one(self) -> int:
        return 1


def test_a_field_without_a_guard_does_not_start() -> None:
    with pytest.raises(UnguardedFields, match=r"beside _Bare\.bare_one$"):
        demand_guards([_Bare])


def test_queue_opens_nothing_that_a_mutation_closes() -> None:
    named = {
        deed: "giveFeedback" if deed is QueuedVerb.RATE_CARD else _camel(deed)
        for deed in QueuedVerb
    }
    # Whoever sends a price hears that prices come from the source; nothing is done.
    expected = {deed: WRITTEN[name] for deed, name in named.items()} | {
        QueuedVerb.SET_PRICE: SIGNED_IN
    }
    assert expected == OF_THE_QUEUE


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)

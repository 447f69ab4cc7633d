"""Ids: made by whoever creates the thing, sortable by time (UUIDv7, RFC 9562)."""

import re
from datetime import datetime, timedelta
from hashlib import sha256
from typing import NewType
from uuid import RFC_4122, UUID

from domain.errors import InvalidInput
from domain.personal_data import holds_personal

CardId = NewType("CardId", str)
TicketId = NewType("TicketId", str)
GarageId = NewType("GarageId", str)
PersonId = NewType("PersonId", str)
VehicleId = NewType("VehicleId", str)
CustomerId = NewType("CustomerId", str)
BayId = NewType("BayId", str)
JobId = NewType("JobId", str)
EventId = NewType("EventId", str)
OperationId = NewType("OperationId", str)
InvoiceId = NewType("InvoiceId", str)
ReturnExportId = NewType("ReturnExportId", str)
FileId = NewType("FileId", str)
PaymentId = NewType("PaymentId", str)
SagaId = NewType("SagaId", str)
SessionId = NewType("SessionId", str)
KeyId = NewType("KeyId", str)
PasskeyId = NewType("PasskeyId", str)
DocumentId = NewType("DocumentId", str)
RunId = NewType("RunId", str)
DefectAlarmId = NewType("DefectAlarmId", str)

VERSION_7 = 0x7 << 76
UNTIMED_VERSIONS = frozenset({1, 2, 3, 4, 5, 6, 8})
VARIANT = 0b10 << 62
RANDOM_A_BITS = 12
RANDOM_B_BITS = 62
# What the id of a vehicle that nobody named begins with: it stands for one ticket's vehicle alone.
UNNAMED = "veh_of_"
# What the id of a customer in a garage's book begins with.
CUSTOMERS = "cus_"
# What the id of a vehicle begins with.
VEHICLES = "veh_"
# What the id of a file begins with.
FILES = "fil_"
TIME = ((1 << 48) - 1) << 80
# A phone's clock may be that far ahead; an id of a later time would stand before all others.
LEAP = timedelta(minutes=10)
LONGEST = 80
# What a machine made tells nobody, though its digits may look like a telephone number.
MADE = re.compile(r"[0-9a-f]{8}-?(?:[0-9a-f]{4}-?){3}[0-9a-f]{12}", re.IGNORECASE)
FILLED = ((1 << RANDOM_A_BITS) - 1) << 64 | ((1 << RANDOM_B_BITS) - 1)


def uuid7(now: datetime, randomness: int) -> UUID:
    """Give the UUIDv7 of an aware moment and at least 74 random bits."""
    milliseconds = int(now.timestamp() * 1000) & ((1 << 48) - 1)
    random_a = (randomness >> RANDOM_B_BITS) & ((1 << RANDOM_A_BITS) - 1)
    random_b = randomness & ((1 << RANDOM_B_BITS) - 1)
    return UUID(int=milliseconds << 80 | VERSION_7 | random_a << 64 | VARIANT | random_b)


def derive_uuid(source: UUID, purpose: str) -> UUID:
    """Give a UUIDv7 with the time of `source` whose other bits follow from source and purpose."""
    digest = int.from_bytes(sha256(f"{source}:{purpose}".encode()).digest()[:16])
    return UUID(int=source.int & TIME | VERSION_7 | VARIANT | digest & FILLED)


def card_id(value: str) -> CardId:
    return CardId(_check_form("card id", value, r"fc_[A-Za-z0-9_\-]{3,61}"))


def founded_card(ticket: TicketId) -> CardId:
    """Give the id of the draft card that a ticket founds when no card fits it."""
    return CardId(f"fc_{ticket.removeprefix('tkt_')}")


def ticket_id(value: str) -> TicketId:
    return TicketId(_check_form("ticket id", value, r"tkt_[A-Za-z0-9_\-]{3,61}"))


def garage_id(value: str) -> GarageId:
    return GarageId(_check_form("garage id", value, r"garage_[A-Za-z0-9_\-]{1,57}"))


def person_id(value: str) -> PersonId:
    return PersonId(_check_form("person id", value, r"[A-Za-z0-9][A-Za-z0-9_.\-]{1,63}"))


def session_id(value: str) -> SessionId:
    """Give the canonical text of a session's UUID."""
    try:
        return SessionId(str(UUID(value if len(value) <= LONGEST else "")))
    except ValueError as error:
        raise InvalidInput("session", "is not a UUID") from error


def vehicle_id(value: str) -> VehicleId:
    if value.startswith(UNNAMED):
        raise InvalidInput("vehicle id", f"may not begin with {UNNAMED}")
    return VehicleId(
        demand_nameless("vehicle id", _check_form("vehicle id", value, r"veh_[A-Za-z0-9_\-]{3,60}"))
    )


def customer_id(value: str) -> CustomerId:
    return CustomerId(_check_form("customer id", value, rf"{CUSTOMERS}[0-9a-f]{{32}}"))


def bay_id(value: str) -> BayId:
    return BayId(
        demand_nameless("bay id", _check_form("bay id", value, r"bay_[A-Za-z0-9_\-]{1,60}"))
    )


def job_id(value: str) -> JobId:
    return JobId(_check_form("job id", value, r"job_[A-Za-z0-9_\-]{3,60}"))


def invoice_id(value: str) -> InvoiceId:
    return InvoiceId(_check_form("invoice id", value, r"inv_[A-Za-z0-9_\-]{3,61}"))


def return_export_id(value: str) -> ReturnExportId:
    return ReturnExportId(_check_form("id", value, r"ret_[0-9a-f]{32}"))


def file_id(value: str) -> FileId:
    return FileId(_check_form("file id", value, rf"{FILES}[0-9a-f]{{32}}"))


def payment_id(value: str) -> PaymentId:
    return PaymentId(_check_form("payment id", value, r"pay_[A-Za-z0-9_\-]{3,61}"))


def key_id(value: str) -> KeyId:
    return KeyId(_check_form("key id", value, r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"))


def run_id(value: str) -> RunId:
    return RunId(_check_form("run", value, r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"))


def defect_alarm_id(value: str) -> DefectAlarmId:
    return DefectAlarmId(_check_form("defect alarm", value, r"dfa_[0-9a-f]{32}"))


def passkey_id(value: str) -> PasskeyId:
    return PasskeyId(_check_form("passkey id", value, r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"))


def operation_id(value: str) -> OperationId:
    """Give the canonical text of a UUID of any version."""
    if len(value) > LONGEST:
        raise InvalidInput("operationId", "is not a UUID")
    try:
        return OperationId(str(UUID(value)))
    except ValueError as error:
        raise InvalidInput("operationId", "is not a UUID") from error


def demand_timely(value: UUID, now: datetime) -> UUID:
    """Give an id that a caller made, whatever its age.

    The random bits of versions 1 to 6 and 8 tell no time; what has no version of RFC 9562 at all,
    as `ffffffff-…`, is read like version 7.

    Raises:
        InvalidInput: its time lies in the future: it would stand before all that comes until then.
    """
    untimed = value.variant == RFC_4122 and value.version in UNTIMED_VERSIONS
    if not untimed and value.int >> 80 > int((now + LEAP).timestamp() * 1000):
        raise InvalidInput(
            "operationId", "tells a time in the future; set the device's clock and make a new id"
        )
    return value


def demand_nameless(field: str, id: str) -> str:
    """Give an id that its caller chose: it is kept in clear, in the graph and the logs of others.

    Raises:
        InvalidInput: it holds what tells who somebody is.
    """
    if holds_personal(MADE.sub("", id).replace("_", " ")):
        raise InvalidInput(
            field,
            "holds a number plate, VIN, telephone number or the like, and ids are kept in clear: "
            "choose one that tells nothing",
        )
    return id


def _check_form(field: str, value: str, pattern: str) -> str:
    if len(value) > LONGEST:
        raise InvalidInput(field, f"has {len(value)} characters; at most {LONGEST} are read")
    if not re.fullmatch(pattern, value):
        raise InvalidInput(field, f"{value[:80]!r} does not have the form {pattern}")
    return value

"""What is kept of people, by kind: what for, for how long, and what stays when somebody is erased.

The law asks for each (Digital Personal Data Protection Act 2023, sections 6, 8 and 12): a purpose,
no longer than that needs, and an end on demand unless another law wants it kept.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from domain.ids import PersonId
from domain.network_settings import DEFAULTS


class DataPurpose(StrEnum):
    """What something is kept for."""

    SIGN_IN = "so that they can come in, and nobody in their name"
    WORK = "so that the garage knows what they may do"
    PAY = "so that they are paid, with the tax that the law asks"
    CONTACT = "so that they hear of their account and their invoices"
    SERVICE = "so that their vehicle is repaired, and the bill is theirs"
    ACT = "so that somebody may ask for them when they no longer can"
    LAW = "the law asks for the books, and for who did what"


class RecordKind(StrEnum):
    """A kind of record that tells of somebody."""

    NAME = "name"
    DUTY = "duty"
    PASSWORD = "password"  # noqa: S105 - no password
    INVITATION = "invitation"
    SESSION = "session"
    SECOND_FACTOR = "second factor"
    PASSKEY = "passkey"
    PROVIDER = "identity provider"
    CHALLENGE = "challenge"
    TRY = "try to sign in"
    LETTER = "account letter"
    RESET = "password reset"
    NOMINEE = "nominee"
    EMPLOYEE = "employee"
    API_KEY = "key of the API"
    CUSTOMER = "customer"
    VEHICLE = "vehicle of a customer"
    FILE = "photo, video or log"
    MESSAGE = "message"
    DRAFT = "draft of an invoice"
    SAGA = "invoice in the making"
    RETURN = "return of a month"
    CONSENT = "consent"
    DEED = "deed"
    BOOKS = "entry of the books"


@dataclass(frozen=True, slots=True, kw_only=True)
class RetentionRule:
    """How long records of a kind are kept.

    Attributes:
        rest: how long after `since` they go by themselves; None: when somebody removes them, or
            whom they tell of is erased.
        since: what the time begins with, in words.
        lawful: another law wants them kept: they stay when somebody is erased. It is what is said.
    """

    purpose: DataPurpose
    rest: timedelta | None = None
    since: str = ""
    lawful: str | None = None

    def __str__(self) -> str:
        if self.lawful is not None:
            return self.lawful
        if self.rest is None:
            return "until it is removed, or whom it tells of is erased"
        days = "a day" if self.rest.days == 1 else f"{self.rest.days} days"
        return f"{days} after {self.since}"


BOOKS_KEPT = (
    "The books are kept for eight years after the year that they are of (CGST Act, section 36; "
    "Companies Act, section 128). They name an id, which tells nobody any more."
)
DEEDS_KEPT = (
    "Who did what is kept as long as the audit's chain, so that nobody can hide a deed. It names "
    "an id, which tells nobody any more."
)
CONSENTS_KEPT = (
    "What somebody said to being written to is kept as it was said, so that nobody writes to them "
    "again; of their address there is a mark alone."
)
MESSAGES_SINCE = "it was sent (or as `changeNetworkSettings` says)"
DAY = timedelta(days=1)
RETENTION: Mapping[RecordKind, RetentionRule] = {
    RecordKind.NAME: RetentionRule(purpose=DataPurpose.SIGN_IN),
    RecordKind.DUTY: RetentionRule(purpose=DataPurpose.WORK),
    RecordKind.PASSWORD: RetentionRule(purpose=DataPurpose.SIGN_IN),
    RecordKind.INVITATION: RetentionRule(
        purpose=DataPurpose.SIGN_IN, rest=30 * DAY, since="it ran out"
    ),
    RecordKind.SESSION: RetentionRule(
        purpose=DataPurpose.SIGN_IN, rest=90 * DAY, since="it is over"
    ),
    RecordKind.SECOND_FACTOR: RetentionRule(purpose=DataPurpose.SIGN_IN),
    RecordKind.PASSKEY: RetentionRule(purpose=DataPurpose.SIGN_IN),
    RecordKind.PROVIDER: RetentionRule(purpose=DataPurpose.SIGN_IN),
    RecordKind.CHALLENGE: RetentionRule(purpose=DataPurpose.SIGN_IN, rest=DAY, since="it is over"),
    RecordKind.TRY: RetentionRule(purpose=DataPurpose.SIGN_IN, rest=DAY, since="the last of them"),
    RecordKind.LETTER: RetentionRule(
        purpose=DataPurpose.CONTACT, rest=DAY, since="it was sent and its word ran out"
    ),
    RecordKind.RESET: RetentionRule(purpose=DataPurpose.SIGN_IN, rest=DAY, since="it ran out"),
    RecordKind.NOMINEE: RetentionRule(purpose=DataPurpose.ACT),
    RecordKind.EMPLOYEE: RetentionRule(purpose=DataPurpose.PAY),
    RecordKind.API_KEY: RetentionRule(purpose=DataPurpose.WORK),
    RecordKind.CUSTOMER: RetentionRule(purpose=DataPurpose.SERVICE),
    RecordKind.VEHICLE: RetentionRule(purpose=DataPurpose.SERVICE),
    RecordKind.FILE: RetentionRule(purpose=DataPurpose.SERVICE),
    RecordKind.MESSAGE: RetentionRule(
        purpose=DataPurpose.CONTACT, rest=DEFAULTS.message_days * DAY, since=MESSAGES_SINCE
    ),
    RecordKind.DRAFT: RetentionRule(
        purpose=DataPurpose.LAW, rest=365 * DAY, since="it was last changed"
    ),
    RecordKind.SAGA: RetentionRule(
        purpose=DataPurpose.LAW, rest=90 * DAY, since="it was issued or given up"
    ),
    RecordKind.RETURN: RetentionRule(purpose=DataPurpose.LAW, rest=7 * DAY, since="it was made"),
    RecordKind.CONSENT: RetentionRule(purpose=DataPurpose.LAW, lawful=CONSENTS_KEPT),
    RecordKind.DEED: RetentionRule(purpose=DataPurpose.LAW, lawful=DEEDS_KEPT),
    RecordKind.BOOKS: RetentionRule(purpose=DataPurpose.LAW, lawful=BOOKS_KEPT),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonalValue:
    """One thing that is kept of somebody, since when; `value` is None where nobody can read it."""

    kind: RecordKind
    field: str
    since: datetime
    value: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonErasure:
    """Somebody who was erased: how many records of which kinds are gone, and how many stay."""

    person: PersonId
    at: datetime
    erased: Mapping[RecordKind, int]
    kept: Mapping[RecordKind, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerErasure:
    """What was let go of that a garage had of a customer, and what stays."""

    at: datetime
    erased: Mapping[RecordKind, int]
    kept: Mapping[RecordKind, int]

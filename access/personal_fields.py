"""The registry of personal fields: what tells who somebody is, where it stands, how it is kept.

One place names them all (EN-6). A column of the database that is personal, by its comment
`personal: KIND` or by its name, and is not here or not kept as it says here fails
`tests/access/test_personal_fields.py`. Neo4j and Redis hold no personal field at all.
"""

from dataclasses import dataclass
from enum import StrEnum

from domain.employees import EmployeeField


class PersonalKind(StrEnum):
    """What a field tells of somebody."""

    CUSTOMER = "customer"
    VEHICLE = "vehicle"
    PAYMENT_REFERENCE = "payment reference"
    PORTAL_ANSWER = "portal answer"
    MESSAGE = "message"
    GSTIN = "gstin"
    OWN_WORDS = "own words"
    SALARY = "salary"
    BANK_ACCOUNT = "bank account"
    PAN = "pan"
    AADHAAR = "aadhaar"
    PERSON = "person"
    SECOND_FACTOR = "second factor"
    OWN_KEY = "own key"
    FILE = "file"


class Protection(StrEnum):
    """How a field is kept.

    SEALED: AES-256-GCM under a data key of its table. MARKED: a keyed hash to search by, of which
    nothing can be read. MASKED: people's own words, in which what tells who somebody is was masked
    before they were kept.
    """

    SEALED = "sealed"
    MARKED = "marked"
    MASKED = "masked"


class Reader(StrEnum):
    """Who may read a field in clear; everybody else reads the mask."""

    BILLING = "who may issue invoices in its garage"
    EMPLOYEES = "who may read this field of the garage's employees"
    THEIRS = "who looks after the people of their garage"
    THEMSELVES = "whom it tells of"
    GARAGE = "who may see the ticket, in its garage"
    NOBODY = "nobody: it is only compared"


@dataclass(frozen=True, slots=True, kw_only=True)
class SealedPlace:
    """Where one sealed value stands; its text is what the value is bound to.

    Attributes:
        older_name: what values were bound to before they were bound to table, column and row.
    """

    table: str
    column: str
    row: str
    older_name: str

    def __str__(self) -> str:
        return f"{self.table}:{self.column}:{self.row}"


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonalField:
    """A column that tells who somebody is.

    Attributes:
        row: the column that names its row.
        person: the column that names whose it is, where people have a key of their own
            (`access.person_keys`).
        frozen: the law keeps its rows as they were written: they are not sealed anew.
        older_name: the form of what its values were bound to before there were data keys.
    """

    table: str
    column: str
    row: str
    kind: PersonalKind
    protection: Protection = Protection.SEALED
    readers: Reader = Reader.BILLING
    person: str | None = None
    frozen: bool = False
    older_name: str = "{}"

    def at(self, row: str) -> SealedPlace:
        return SealedPlace(
            table=self.table,
            column=self.column,
            row=row,
            older_name=self.older_name.format(row),
        )


INVOICE_BUYER = PersonalField(
    table="invoice", column="buyer", row="id", kind=PersonalKind.CUSTOMER, frozen=True
)
PAYMENT_REFERENCE = PersonalField(
    table="payment",
    column="reference",
    row="id",
    kind=PersonalKind.PAYMENT_REFERENCE,
    frozen=True,
)
VOUCHER_BUYER = PersonalField(
    table="receipt_voucher",
    column="buyer",
    row="payment",
    kind=PersonalKind.CUSTOMER,
    frozen=True,
    older_name="voucher:{}",
)
PORTAL_ANSWER = PersonalField(
    table="e_invoice",
    column="signed",
    row="invoice",
    kind=PersonalKind.PORTAL_ANSWER,
    frozen=True,
    older_name="e_invoice:{}",
)
SAGA_BUYER = PersonalField(table="saga", column="buyer", row="id", kind=PersonalKind.CUSTOMER)
DRAFT_BUYER = PersonalField(
    table="invoice_draft",
    column="buyer",
    row="ticket",
    kind=PersonalKind.CUSTOMER,
    older_name="draft:{}",
)
MESSAGE = PersonalField(
    table="message",
    column="sealed",
    row="id",
    kind=PersonalKind.MESSAGE,
    older_name="message:{}",
)
RETURN_PART = PersonalField(table="return_part", column="sealed", row="id", kind=PersonalKind.GSTIN)
RETURN_ARCHIVE = PersonalField(
    table="return_export", column="archive", row="id", kind=PersonalKind.GSTIN
)
GSTIN_MARK = PersonalField(
    table="invoice",
    column="gstin_mark",
    row="id",
    kind=PersonalKind.GSTIN,
    protection=Protection.MARKED,
    readers=Reader.NOBODY,
    frozen=True,
)
CONSENT_MARK = PersonalField(
    table="consent",
    column="mark",
    row="id",
    kind=PersonalKind.CUSTOMER,
    protection=Protection.MARKED,
    readers=Reader.NOBODY,
    frozen=True,
)
CUSTOMER = PersonalField(table="customer", column="who", row="id", kind=PersonalKind.CUSTOMER)
CUSTOMER_MARKS = tuple(
    PersonalField(
        table="customer",
        column=column,
        row="id",
        kind=kind,
        protection=Protection.MARKED,
        readers=Reader.NOBODY,
    )
    for column, kind in (
        ("name_marks", PersonalKind.CUSTOMER),
        ("phone_mark", PersonalKind.CUSTOMER),
        ("gstin_mark", PersonalKind.GSTIN),
    )
)
VEHICLE = PersonalField(
    table="customer_vehicle", column="identity", row="id", kind=PersonalKind.VEHICLE
)
VEHICLE_MARKS = tuple(
    PersonalField(
        table="customer_vehicle",
        column=column,
        row="id",
        kind=PersonalKind.VEHICLE,
        protection=Protection.MARKED,
        readers=Reader.NOBODY,
    )
    for column in ("plate_mark", "plate_end_mark", "vin_mark")
)
# What a photo, video or log is sealed with: without it its bytes are noise.
FILE_KEY = PersonalField(
    table="stored_file",
    column="key",
    row="id",
    kind=PersonalKind.FILE,
    readers=Reader.GARAGE,
)
EMPLOYEE_FIELDS = {
    field: PersonalField(
        table="employee",
        column=field.value,
        row="person",
        kind=kind,
        readers=Reader.EMPLOYEES,
        person="person",
    )
    for field, kind in (
        (EmployeeField.SALARY, PersonalKind.SALARY),
        (EmployeeField.BANK_ACCOUNT, PersonalKind.BANK_ACCOUNT),
        (EmployeeField.PAN, PersonalKind.PAN),
        (EmployeeField.AADHAAR, PersonalKind.AADHAAR),
    )
}
OWN_WORDS = tuple(
    PersonalField(
        table=table,
        column=column,
        row="ticket",
        kind=PersonalKind.OWN_WORDS,
        protection=Protection.MASKED,
        readers=Reader.GARAGE,
    )
    for table in ("feedback", "feedback_version")
    for column in ("comment", "correction")
)
PERSON = PersonalField(
    table="person",
    column="who",
    row="id",
    kind=PersonalKind.PERSON,
    readers=Reader.THEIRS,
    person="id",
)
# What the rest of somebody is sealed with; it is destroyed where they are erased.
PERSON_KEY = PersonalField(
    table="person",
    column="key",
    row="id",
    kind=PersonalKind.OWN_KEY,
    readers=Reader.NOBODY,
    person="id",
)
SECOND_FACTOR = PersonalField(
    table="second_factor",
    column="secret",
    row="person",
    kind=PersonalKind.SECOND_FACTOR,
    readers=Reader.NOBODY,
    person="person",
)
PASSKEY_NAME = PersonalField(
    table="passkey",
    column="name",
    row="id",
    kind=PersonalKind.PERSON,
    readers=Reader.THEMSELVES,
    person="person",
)
# Whom they named to act for them: told with all else that is kept of them.
NOMINEE = PersonalField(
    table="nominee",
    column="who",
    row="person",
    kind=PersonalKind.PERSON,
    readers=Reader.THEIRS,
    person="person",
)
PERSON_MARKS = tuple(
    PersonalField(
        table=table,
        column=column,
        row=row,
        kind=PersonalKind.PERSON,
        protection=Protection.MARKED,
        readers=Reader.NOBODY,
    )
    for table, column, row in (
        ("person", "email_mark", "id"),
        ("sign_in_try", "mark", "mark"),
        ("session", "address", "id"),
        ("account_letter", "email_mark", "id"),
        ("password_reset", "email_mark", "mark"),
        ("provider_identity", "mark", "mark"),
    )
)
FIELDS = (
    INVOICE_BUYER,
    PAYMENT_REFERENCE,
    VOUCHER_BUYER,
    PORTAL_ANSWER,
    SAGA_BUYER,
    DRAFT_BUYER,
    MESSAGE,
    CUSTOMER,
    *CUSTOMER_MARKS,
    VEHICLE,
    *VEHICLE_MARKS,
    FILE_KEY,
    RETURN_PART,
    RETURN_ARCHIVE,
    *EMPLOYEE_FIELDS.values(),
    GSTIN_MARK,
    CONSENT_MARK,
    *OWN_WORDS,
    PERSON,
    PERSON_KEY,
    SECOND_FACTOR,
    PASSKEY_NAME,
    NOMINEE,
    *PERSON_MARKS,
)
SEALED = tuple(field for field in FIELDS if field.protection is Protection.SEALED)
SEALED_TABLES = tuple(sorted({field.table for field in SEALED}))

# What is kept in clear on purpose, and why.
CLEAR = {
    ("deed", "ip_address"): "an auditor has to be told from where (AD-15); only administrators are",
}

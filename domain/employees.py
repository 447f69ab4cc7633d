"""What a garage keeps of somebody who works there: pay, bank account, tax and identity numbers."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from domain import limits
from domain.access import Actor
from domain.errors import InvalidInput
from domain.ids import GarageId, PersonId

# Ten million rupees a month, in paise.
HIGHEST_SALARY = 1_000_000_000
ACCOUNT_LEAST, ACCOUNT_MOST = 9, 18
IFSC_LENGTH = 11
IFSC = re.compile(r"[A-Z]{4}0[A-Z0-9]{6}")
LAST_DIGITS = 4


class EmployeeField(StrEnum):
    """The sealed fields, by the names that the permission matrix gives them."""

    SALARY = "salary"
    BANK_ACCOUNT = "bank_account"
    PAN = "pan"
    AADHAAR = "aadhaar"


@dataclass(frozen=True, slots=True, kw_only=True)
class BankAccount:
    """Where salary is paid to: 9 to 18 digits, and the branch's IFSC."""

    number: str
    ifsc: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EmployeeDetails:
    """What is sealed of somebody; None: not known.

    Attributes:
        salary: whole paise a month.
        aadhaar: the last four digits, and never more.
    """

    salary: int | None = None
    bank_account: BankAccount | None = None
    pan: str | None = None
    aadhaar: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Employee:
    """Somebody's record in a garage, closed.

    Attributes:
        mark: of the operation that made it what it is.
        sealed: its fields as the vault sealed them; none is left of a removed record.
        key: their person's own, which they are sealed with; sealed itself.
    """

    id: PersonId
    garage: GarageId
    version: int
    mark: str
    changed_at: datetime
    changed_by: PersonId
    removed_at: datetime | None = None
    sealed: Mapping[EmployeeField, bytes] = field(
        default_factory=dict[EmployeeField, bytes], repr=False
    )
    key: bytes | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class EmployeeChange:
    """Who changes a record, and when.

    Attributes:
        body: a keyed hash of what is asked.
        mark: of the operation and what it asks, so that it is done once.
    """

    by: Actor
    at: datetime
    body: str
    mark: str


@dataclass(frozen=True, slots=True)
class SealedField:
    """One field of one record, that somebody asks for."""

    employee: Employee
    field: EmployeeField

    @property
    def is_known(self) -> bool:
        return self.field in self.employee.sealed


def parse_account_number(value: str, named: str = "bankAccount.number") -> str:
    """Give the digits of an account.

    Raises:
        InvalidInput: it is not 9 to 18 digits.
    """
    digits = "".join(limits.clean_text(named, value, ACCOUNT_MOST * 2).split())
    if not digits.isascii() or not digits.isdecimal():
        raise InvalidInput(named, "has other characters than digits")
    if not ACCOUNT_LEAST <= len(digits) <= ACCOUNT_MOST:
        raise InvalidInput(
            named, f"has {len(digits)} digits; an account has {ACCOUNT_LEAST} to {ACCOUNT_MOST}"
        )
    return digits


def parse_ifsc(value: str, named: str = "bankAccount.ifsc") -> str:
    """Give the one spelling of a branch's code: four letters, a zero, six letters or digits.

    Raises:
        InvalidInput: it reads otherwise.
    """
    code = limits.clean_text(named, value, IFSC_LENGTH).upper()
    if not IFSC.fullmatch(code):
        raise InvalidInput(named, "is four letters, a zero and six letters or digits: SBIN0001234")
    return code


def parse_last_digits(value: str, named: str = "aadhaarLast4") -> str:
    """Give the last four digits of an Aadhaar number; a whole one is not taken.

    Raises:
        InvalidInput: it is not four digits.
    """
    digits = limits.clean_text(named, value, LAST_DIGITS)
    if not (digits.isascii() and digits.isdecimal() and len(digits) == LAST_DIGITS):
        raise InvalidInput(named, "is the last four digits, and never the whole number")
    return digits


def check_salary(value: int, named: str = "salary") -> int:
    """Give whole paise a month.

    Raises:
        InvalidInput: none, or more than ten million rupees.
    """
    if not 1 <= value <= HIGHEST_SALARY:
        raise InvalidInput(named, f"is not between 1 and {HIGHEST_SALARY} paise a month")
    return value

"""Employees in the API: what is sealed of somebody, in clear or masked, and how changes end."""

from datetime import datetime
from typing import Annotated, Self

import orjson
import strawberry
from strawberry import field

from billing.gst import money
from domain import employees
from domain.employees import EmployeeField
from domain.personal_data import MASKED
from schema.context import SchemaInfo
from schema.money import Paise
from schema.people import Garage
from schema.refusals import (
    AlreadyExists,
    InvalidInput,
    NotAllowed,
    NotFound,
    OperationConflict,
    StaleVersion,
)

SHOWN = f"`{MASKED}` for who may know that there is one and not which; null: not known."


@strawberry.type(description="Where salary is paid to.")
class EmployeeBankAccount:
    number: str = field(description=f"Nine to eighteen digits, or `{MASKED}`.")
    ifsc: str = field(description=f"The branch's code, or `{MASKED}`.")


@strawberry.type(
    description="What a garage keeps of somebody who works there. Each reading in clear is audited."
)
class Employee:
    key: str = field(description="Id of the person.")
    garage: Garage = field(description="Where they work.")
    version: int = field(description="Grows by one with every change.")
    changed_at: datetime = field(description="When it was changed last.")
    changed_by: strawberry.ID = field(description="By whom.")
    value: strawberry.Private[employees.Employee]

    @strawberry.field(description=f"Rupees a month, 1,23,456.78. {SHOWN}")
    async def salary(self, info: SchemaInfo) -> str | None:
        found = await info.context.reveal(self.value, EmployeeField.SALARY)
        if found is None or found == MASKED:
            return found
        return money.grouped_amount(money.Paise(int(found)))

    @strawberry.field(description="Where it is paid to; null: not known.")
    async def bank_account(self, info: SchemaInfo) -> EmployeeBankAccount | None:
        found = await info.context.reveal(self.value, EmployeeField.BANK_ACCOUNT)
        if found is None:
            return None
        if found == MASKED:
            return EmployeeBankAccount(number=MASKED, ifsc=MASKED)
        return EmployeeBankAccount(**orjson.loads(found))

    @strawberry.field(description=f"The number for income tax. {SHOWN}")
    async def pan(self, info: SchemaInfo) -> str | None:
        return await info.context.reveal(self.value, EmployeeField.PAN)

    @strawberry.field(description=f"The last four digits of Aadhaar. {SHOWN}")
    async def aadhaar_last4(self, info: SchemaInfo) -> str | None:
        return await info.context.reveal(self.value, EmployeeField.AADHAAR)

    @classmethod
    def from_domain(cls, value: employees.Employee) -> Self:
        return cls(
            key=value.id,
            garage=Garage.from_domain(value.garage),
            version=value.version,
            changed_at=value.changed_at,
            changed_by=strawberry.ID(value.changed_by),
            value=value,
        )


@strawberry.input(description="Where salary is paid to.")
class BankAccountInput:
    number: str = field(description="Nine to eighteen digits.")
    ifsc: str = field(description="The branch's code: four letters, a zero, six more.")


@strawberry.input(description="All that is kept sealed of somebody; what is left out is not kept.")
class EmployeeInput:
    salary: Paise | None = field(default=None, description="Whole paise a month.")
    bank_account: BankAccountInput | None = field(default=None, description="Where it is paid to.")
    pan: str | None = field(default=None, description="The number for income tax.")
    aadhaar_last4: str | None = field(
        default=None, description="The last four digits of Aadhaar, never all twelve."
    )


@strawberry.type(description="The record is open.")
class EmployeeCreated:
    employee: Employee = field(description="The record.")


@strawberry.type(description="The record says it from now on.")
class EmployeeUpdated:
    employee: Employee = field(description="The record at its new version.")


@strawberry.type(description="The record is gone, with all that was sealed in it.")
class EmployeeRemoved:
    key: str = field(description="Id of the person.")
    version: int = field(description="The version of the removal.")


CreateEmployeeResult = Annotated[
    EmployeeCreated | InvalidInput | NotFound | NotAllowed | AlreadyExists | OperationConflict,
    strawberry.union("CreateEmployeeResult", description="The record, or why there is none."),
]
UpdateEmployeeResult = Annotated[
    EmployeeUpdated | InvalidInput | NotFound | NotAllowed | StaleVersion | OperationConflict,
    strawberry.union("UpdateEmployeeResult", description="The record, or why it was not changed."),
]
RemoveEmployeeResult = Annotated[
    EmployeeRemoved | InvalidInput | NotFound | NotAllowed | StaleVersion | OperationConflict,
    strawberry.union("RemoveEmployeeResult", description="That it is gone, or why it is not."),
]

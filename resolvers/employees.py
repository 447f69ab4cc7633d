"""The verbs of employees' records: created, read field by field, changed, removed."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Annotated
from uuid import UUID

import strawberry

from billing.gst.pan import parse_pan
from domain import employees as domain_employees
from domain.access import Action, ResourceKind
from domain.deeds import DeedType
from domain.employees import BankAccount, EmployeeChange, EmployeeDetails
from domain.errors import NotFound
from domain.ids import OperationId, garage_id, person_id
from resolvers.arguments import ExpectedArgument, OperationArgument
from resolvers.context import RequestContext, RequestInfo
from resolvers.guards import Guard, guard_field
from resolvers.idempotency import ANSWER, EMPLOYEE, idempotent, operation_fingerprint
from resolvers.services import Answer
from schema import employees
from schema.employees import (
    BankAccountInput,
    CreateEmployeeResult,
    EmployeeCreated,
    EmployeeInput,
    EmployeeRemoved,
    EmployeeUpdated,
    RemoveEmployeeResult,
    UpdateEmployeeResult,
)
from schema.nodes import USUAL, Connection, after_position, key_of, make_connection, page_size
from schema.vocabulary import After, First

PERSONAL = DeedType.EMPLOYEE_PII_ACCESS
SALARY = ("salary", DeedType.EMPLOYEE_SALARY_VIEW)
ONE_READ = Guard(deed=PERSONAL, below=SALARY)
EmployeeArgument = Annotated[strawberry.ID, strawberry.argument(description="Id of the person.")]
EmployeeGarageArgument = Annotated[
    strawberry.ID, strawberry.argument(description="Where they work.")
]
DetailsArgument = Annotated[EmployeeInput, strawberry.argument(description="All that is known.")]


@strawberry.type
class EmployeeQueries:
    @strawberry.field(description="Somebody's record; null when it is not yours to see.")
    @guard_field(Action.READ, ResourceKind.EMPLOYEE, deed=PERSONAL, below=SALARY)
    async def employee(self, info: RequestInfo, id: EmployeeArgument) -> employees.Employee | None:
        context, key = info.context, person_id(id)
        try:
            found = await context.employees.get(key, context.actor)
        except NotFound as error:
            # Answered as what is not there, and kept as what it was.
            ONE_READ.note_attempt(error, {"info": info, "id": id})
            return None
        return employees.Employee.from_domain(found)

    @strawberry.field(description="The records that you may see, in the order of the persons' ids.")
    @guard_field(Action.READ, ResourceKind.EMPLOYEE, deed=PERSONAL, below=SALARY)
    async def employees(
        self, info: RequestInfo, first: First = USUAL, after: After = None
    ) -> Connection[employees.Employee]:
        context = info.context
        found = await context.employees.page(
            context.actor, first=page_size(first) + 1, after=after_position(after)
        )
        return make_connection(
            found, first, after, lambda one: one.id, employees.Employee.from_domain
        )


@strawberry.type
class EmployeeMutations:
    @strawberry.mutation(
        description="Open the record of somebody who works there; what is personal is sealed."
    )
    @guard_field(Action.CREATE, ResourceKind.EMPLOYEE)
    async def create_employee(
        self,
        info: RequestInfo,
        operation_id: OperationArgument,
        id: EmployeeArgument,
        garage: EmployeeGarageArgument,
        employee: DetailsArgument,
    ) -> CreateEmployeeResult:
        context, key = info.context, person_id(id)
        place, details = garage_id(key_of("Garage", garage)), parse_details(employee)
        asked = {"id": key, "garage": place, "employee": asdict(employee)}
        operation, change = _asked_change(context, operation_id, "createEmployee", asked)

        async def work() -> domain_employees.Employee:
            return await context.employees.create(key, place, details, change)

        made = await idempotent(context, operation, change.body, work, EMPLOYEE)
        return EmployeeCreated(employee=employees.Employee.from_domain(made))

    @strawberry.mutation(description="Write all of somebody's record anew.")
    @guard_field(Action.UPDATE, ResourceKind.EMPLOYEE)
    async def update_employee(
        self,
        info: RequestInfo,
        operation_id: OperationArgument,
        id: EmployeeArgument,
        expected_version: ExpectedArgument,
        employee: DetailsArgument,
    ) -> UpdateEmployeeResult:
        context, key, details = info.context, person_id(id), parse_details(employee)
        asked = {"id": key, "expected": expected_version, "employee": asdict(employee)}
        operation, change = _asked_change(context, operation_id, "updateEmployee", asked)

        async def work() -> domain_employees.Employee:
            return await context.employees.change(key, details, expected_version, change)

        made = await idempotent(context, operation, change.body, work, EMPLOYEE)
        return EmployeeUpdated(employee=employees.Employee.from_domain(made))

    @strawberry.mutation(description="Remove somebody's record with all that is sealed in it.")
    @guard_field(Action.DELETE, ResourceKind.EMPLOYEE)
    async def remove_employee(
        self,
        info: RequestInfo,
        operation_id: OperationArgument,
        id: EmployeeArgument,
        expected_version: ExpectedArgument,
    ) -> RemoveEmployeeResult:
        context, key = info.context, person_id(id)
        asked = {"id": key, "expected": expected_version}
        operation, change = _asked_change(context, operation_id, "removeEmployee", asked)

        async def work() -> Answer:
            gone = await context.employees.remove(key, expected_version, change)
            return {"key": gone.id, "version": gone.version}

        return EmployeeRemoved(**await idempotent(context, operation, change.body, work, ANSWER))


def parse_details(given: EmployeeInput) -> EmployeeDetails:
    """Read what is to be sealed of somebody.

    Raises:
        InvalidInput: one of the fields reads as none; it is named.
    """
    account, digits, salary = given.bank_account, given.aadhaar_last4, given.salary
    return EmployeeDetails(
        salary=None if salary is None else domain_employees.check_salary(salary),
        bank_account=None if account is None else _parse_account(account),
        pan=None if given.pan is None else parse_pan(given.pan),
        aadhaar=None if digits is None else domain_employees.parse_last_digits(digits),
    )


def _parse_account(given: BankAccountInput) -> BankAccount:
    return BankAccount(
        number=domain_employees.parse_account_number(given.number),
        ifsc=domain_employees.parse_ifsc(given.ifsc),
    )


def _asked_change(
    context: RequestContext, id: UUID, verb: str, asked: Mapping[str, object]
) -> tuple[OperationId, EmployeeChange]:
    """Give the operation, and what the records are told of it: hashes of what it asks have a key.

    A PAN has so few spellings that a hash without one would tell which was sent.
    """
    operation = context.operation_for(id)
    body = context.employees.fingerprint(operation_fingerprint(verb, asked))
    mark = context.employees.fingerprint(f"{operation.mark} {body}")
    return operation.id, EmployeeChange(by=operation.actor, at=operation.at, mark=mark, body=body)

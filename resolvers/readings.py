"""Sealed fields of employees: what one turn of the loop asks is read together, each a deed.

A salary is a personal field like the others, so reading it is `employee.pii_access` (EN-8), and it
is `employee.salary_view` too (AD-11): one row of each, in one transaction.
"""

import secrets
from collections.abc import Sequence

from access.employees import Employees
from domain.access import Actor
from domain.deeds import Deed, DeedResult, DeedType, Origin, deed_by
from domain.employees import Employee, EmployeeField, SealedField
from domain.errors import Unavailable
from domain.ids import PersonId, uuid7
from resolvers.edge_loader import EdgeLoader
from resolvers.services import Services

RANDOM_BITS = 80
# A field of a record as it stood: whose, at which version, which.
FieldKey = tuple[PersonId, int, EmployeeField]


class EmployeeReadings:
    """What one request reads of employees: a field that it asks for twice is read once."""

    def __init__(
        self, employees: Employees, services: Services, reader: Actor, origin: Origin
    ) -> None:
        self._services, self._reader, self._origin = services, reader, origin
        self._employees = employees
        self._asked = dict[FieldKey, SealedField]()
        self._loader = EdgeLoader(self._read)

    async def reveal(self, employee: Employee, field: EmployeeField) -> str | None:
        """Give a field in clear, or the mask."""
        key = (employee.id, employee.version, field)
        self._asked[key] = SealedField(employee, field)
        return await self._loader.load(key)

    async def _read(self, keys: list[FieldKey]) -> Sequence[str | None]:
        return await self._employees.reveal(
            [self._asked[key] for key in keys], reader=self._reader, audit=self._write_deeds
        )

    async def _write_deeds(
        self, clear: Sequence[SealedField], masked: Sequence[SealedField]
    ) -> None:
        audit = self._services.audit
        if audit is None:
            raise Unavailable("postgres", "the audit is not connected")
        for deed in self._deeds(masked, DeedResult.REFUSED):
            audit.refused.note(deed)
        if deeds := self._deeds(clear, DeedResult.DONE):
            async with audit.records.transaction() as connection:
                await audit.writer.write(connection, deeds)

    def _deeds(self, fields: Sequence[SealedField], result: DeedResult) -> list[Deed]:
        return [self._deed(one, kind, result) for one in fields for kind in _kinds(one)]

    def _deed(self, one: SealedField, kind: DeedType, result: DeedResult) -> Deed:
        now = self._services.now()
        return deed_by(
            self._reader,
            self._origin,
            kind,
            id=str(uuid7(now, secrets.randbits(RANDOM_BITS))),
            at=now,
            resource=one.employee.id,
            garage=one.employee.garage,
            new={"field": one.field.value},
            result=result,
        )


def _kinds(one: SealedField) -> tuple[DeedType, ...]:
    if one.field is EmployeeField.SALARY:
        return DeedType.EMPLOYEE_PII_ACCESS, DeedType.EMPLOYEE_SALARY_VIEW
    return (DeedType.EMPLOYEE_PII_ACCESS,)

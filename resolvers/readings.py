"""Sealed fields of employees: what one turn of the loop asks is read together, each a deed."""

import secrets
from collections.abc import Sequence
from functools import partial

from aiodataloader import DataLoader

from access.employees import Employees
from domain.access import Actor
from domain.deeds import Deed, DeedResult, DeedType, Origin
from domain.employees import Employee, EmployeeField, SealedField
from domain.errors import Unavailable
from domain.ids import uuid7
from resolvers.services import Services

RANDOM_BITS = 80


class EmployeeReadings:
    """What one request reads of employees: a field that it asks for twice is read once."""

    def __init__(
        self, employees: Employees, services: Services, reader: Actor, origin: Origin
    ) -> None:
        self._services, self._reader, self._origin = services, reader, origin
        self._loader: DataLoader[SealedField, str | None] = DataLoader(
            partial(employees.reveal, reader=reader, audit=self._write_deeds),
            get_cache_key=_cache_key,
        )

    async def reveal(self, employee: Employee, field: EmployeeField) -> str | None:
        """Give a field in clear, or the mask."""
        return await self._loader.load(SealedField(employee, field))

    async def _write_deeds(self, fields: Sequence[SealedField]) -> None:
        audit = self._services.audit
        if audit is None:
            raise Unavailable("postgres", "the audit is not connected")
        deeds = [self._deed(one) for one in fields]
        async with audit.records.transaction() as connection:
            await audit.writer.write(connection, deeds)

    def _deed(self, one: SealedField) -> Deed:
        now, is_salary = self._services.now(), one.field is EmployeeField.SALARY
        kind = DeedType.EMPLOYEE_SALARY_VIEW if is_salary else DeedType.EMPLOYEE_PII_ACCESS
        return Deed(
            audit_id=str(uuid7(now, secrets.randbits(RANDOM_BITS))),
            timestamp=now,
            event_type=kind,
            user_id=self._reader.id,
            user_role=self._reader.role.value,
            garage_id=one.employee.garage,
            ip_address=self._origin.address,
            user_agent=self._origin.agent,
            resource_type=kind.resource,
            resource_id=one.employee.id,
            action=kind.action,
            old_value=None,
            new_value={"field": one.field.value},
            result=DeedResult.DONE,
        )


def _cache_key(one: SealedField) -> tuple[str, int, EmployeeField]:
    return one.employee.id, one.employee.version, one.field

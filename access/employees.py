"""Records of employees: sealed, opened field by field for whom the matrix names, each reading told.

Whoever may read a field is given it in clear, after the reading was told (`ReadingAudit`); where it
cannot be told, it is not given. Everybody else who may read the record at all is given the mask,
which is told as a reading that was refused.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

import orjson

from access.person_keys import PersonKey, PersonVault
from access.personal_fields import EMPLOYEE_FIELDS
from access.vault import Vault
from domain.access import Action, Actor, Resource, ResourceKind, demand_allowed, may
from domain.employees import (
    Employee,
    EmployeeChange,
    EmployeeDetails,
    EmployeeField,
    SealedField,
)
from domain.errors import AlreadyExists, NotFound
from domain.ids import GarageId, PersonId
from domain.personal_data import MASKED
from records.employees import EmployeeStore

# Takes the fields that are given in clear, and those that are masked.
ReadingAudit = Callable[[Sequence[SealedField], Sequence[SealedField]], Awaitable[None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Employees:
    """The records of a house."""

    store: EmployeeStore
    vault: Vault

    @property
    def own(self) -> PersonVault:
        return PersonVault(self.vault)

    async def create(
        self, id: PersonId, garage: GarageId, details: EmployeeDetails, change: EmployeeChange
    ) -> Employee:
        """Open somebody's record.

        Raises:
            NotAllowed: the actor may not, or not there.
            AlreadyExists: there is one.
            NotFound: there is no such garage, or nobody of that id.
            InvalidInput: they work in another garage.
        """
        _demand(change.by, Action.CREATE, garage)
        key = PersonKey(id, await self.store.key_of(id))
        made = await self.store.add(self._closed(key, garage, details, change))
        if made is not None:
            return made
        try:
            held = await self.store.get(id, change.by.garage_reached)
        except NotFound as error:
            raise AlreadyExists("employee", id) from error
        if held.mark != change.mark:
            raise AlreadyExists("employee", id)
        return held

    async def change(
        self, id: PersonId, details: EmployeeDetails, expected: int, change: EmployeeChange
    ) -> Employee:
        """Write all that a record says anew.

        Raises:
            NotFound: there is none for this actor.
            NotAllowed: the actor may not.
            StaleVersion: somebody changed it first.
        """
        held = await self.get(id, change.by)
        _demand(change.by, Action.UPDATE, held.garage)
        wanted = self._closed(PersonKey(id, held.key), held.garage, details, change)
        return await self.store.put(wanted, expected, held.garage)

    async def remove(self, id: PersonId, expected: int, change: EmployeeChange) -> Employee:
        """Remove a record with all that was sealed in it.

        Raises:
            NotFound, NotAllowed, StaleVersion: as they say.
        """
        held = await self.store.get(id, change.by.garage_reached, removed=True)
        _demand(change.by, Action.DELETE, held.garage)
        if held.removed_at is not None:
            if held.mark == change.mark:
                return held
            raise NotFound("employee", id)
        gone = Employee(
            id=id,
            garage=held.garage,
            version=expected,
            mark=change.mark,
            changed_at=change.at,
            changed_by=change.by.id,
            removed_at=change.at,
        )
        return await self.store.put(gone, expected, held.garage)

    async def get(self, id: PersonId, actor: Actor) -> Employee:
        """Give a record, closed.

        Raises:
            NotFound: there is none for this actor.
        """
        return await self.store.get(id, actor.garage_reached)

    async def recall(self, id: PersonId, actor: Actor) -> Employee:
        """Give a record, closed, also one that was removed.

        Raises:
            NotFound: there was never one for this actor.
        """
        return await self.store.get(id, actor.garage_reached, removed=True)

    async def page(self, actor: Actor, *, first: int, after: str | None = None) -> list[Employee]:
        return await self.store.page(actor.garage_reached, first=first, after=after)

    async def reveal(
        self, fields: Sequence[SealedField], reader: Actor, audit: ReadingAudit
    ) -> list[str | None]:
        """Give fields in clear or masked, in their order; None: nothing is known.

        `audit` is told of all readings before one is given. A bank account is JSON; salary is
        whole paise.

        Raises:
            Unavailable: the audit does not answer, so nothing is read.
        """
        known = [one for one in fields if one.is_known]
        clear = [one for one in known if _may_read(reader, one)]
        if known:
            await audit(clear, [one for one in known if one not in clear])
        return [self._shown(one, clear=one in clear) for one in fields]

    def _shown(self, one: SealedField, *, clear: bool) -> str | None:
        sealed = one.employee.sealed.get(one.field)
        if sealed is None or not clear:
            return None if sealed is None else MASKED
        place, key = EMPLOYEE_FIELDS[one.field].at(one.employee.id), one.employee.key
        return self.own.open(sealed, place, PersonKey(one.employee.id, key)).decode()

    def fingerprint(self, body: str) -> str:
        """Give the keyed hash of what an operation asks."""
        return self.vault.mark("operation", body).hex()

    def _closed(
        self, key: PersonKey, garage: GarageId, details: EmployeeDetails, change: EmployeeChange
    ) -> Employee:
        return Employee(
            id=key.person,
            garage=garage,
            version=1,
            mark=change.mark,
            changed_at=change.at,
            changed_by=change.by.id,
            sealed=self._sealed(key, details),
        )

    def _sealed(self, key: PersonKey, details: EmployeeDetails) -> dict[EmployeeField, bytes]:
        account = details.bank_account
        plain = {
            EmployeeField.SALARY: None if details.salary is None else str(details.salary),
            EmployeeField.BANK_ACCOUNT: None if account is None else orjson.dumps(account).decode(),
            EmployeeField.PAN: details.pan,
            EmployeeField.AADHAAR: details.aadhaar,
        }
        return {
            field: self.own.seal(value.encode(), EMPLOYEE_FIELDS[field].at(key.person), key)
            for field, value in plain.items()
            if value is not None
        }


def _may_read(reader: Actor, one: SealedField) -> bool:
    """What is kept of somebody they may read themself (Personal Data Act, section 11)."""
    if reader.id == one.employee.id:
        return True
    garage, kind = one.employee.garage, ResourceKind.EMPLOYEE
    return may(reader, Action.READ, Resource(kind=kind, garage=garage, field=one.field))


def _demand(actor: Actor, action: Action, garage: GarageId) -> None:
    demand_allowed(actor, action, Resource(kind=ResourceKind.EMPLOYEE, garage=garage))

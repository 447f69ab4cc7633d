"""Deeds: who did what, from where, to what, and how it ended, as the audit trail keeps it (AD-15).

A deed is a frozen value, and what is personal in it is marked before it is there: a keyed hash
tells that two values are the same, and not which. Where the truth of an act lies in the graph, its
event carries the deed, sealed; where it lies in Postgres, the transaction of the act writes it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol, TypeAlias
from uuid import UUID

from domain.access import SYSTEM, Actor
from domain.events import Event, EventType
from domain.ids import GarageId, OperationId, PersonId, derive_uuid

AGENT_LIMIT = 200
ADDRESS_LIMIT = 64
# What is done at the machine of the service is done by its operator.
OPERATOR = PersonId("operator")
Value: TypeAlias = str | int | float | bool | None
Values: TypeAlias = Mapping[str, Value]


class DeedType(StrEnum):
    """The fourteen (AD-1 to AD-14), and five of our own: what somebody signs in with was changed;
    what is kept of them was put right; they were erased; what a garage keeps of a customer changed;
    somebody asked what is not theirs, in a way that is no attempt at any other deed.
    """

    USER_LOGIN = "user.login"
    USER_LOGOUT = "user.logout"
    USER_PERMISSION_CHANGE = "user.permission_change"
    USER_CREDENTIAL_CHANGE = "user.credential_change"
    USER_CORRECT = "user.correct"
    USER_ERASE = "user.erase"
    ACCESS_REFUSE = "access.refuse"
    TICKET_CREATE = "ticket.create"
    TICKET_UPDATE = "ticket.update"
    TICKET_DELETE = "ticket.delete"
    FAILURE_CARD_CREATE = "failure_card.create"
    FAILURE_CARD_VERIFY = "failure_card.verify"
    INVOICE_CREATE = "invoice.create"
    INVOICE_VOID = "invoice.void"
    EMPLOYEE_SALARY_VIEW = "employee.salary_view"
    EMPLOYEE_PII_ACCESS = "employee.pii_access"
    CUSTOMER_CHANGE = "customer.change"
    REPORT_EXPORT = "report.export"
    SETTINGS_CHANGE = "settings.change"

    @property
    def resource(self) -> str:
        """The kind of thing that it is done to."""
        return self.value.partition(".")[0]

    @property
    def action(self) -> str:
        return self.value.partition(".")[2]


class DeedResult(StrEnum):
    """DONE; REFUSED: it was not allowed or did not fit; FAILED: an accident or a silent store."""

    DONE = "done"
    REFUSED = "refused"
    FAILED = "failed"


# The events of the graph that tell of a deed, each of which is one.
AUDITED: Mapping[EventType, DeedType] = {
    EventType.TICKET_CREATED: DeedType.TICKET_CREATE,
    EventType.TICKET_UPDATED: DeedType.TICKET_UPDATE,
    EventType.TICKET_RESOLVED: DeedType.TICKET_UPDATE,
    EventType.TICKET_CLOSED: DeedType.TICKET_UPDATE,
    EventType.TICKET_REOPENED: DeedType.TICKET_UPDATE,
    EventType.TICKET_DELETED: DeedType.TICKET_DELETE,
    EventType.CARD_CREATED: DeedType.FAILURE_CARD_CREATE,
    EventType.CARD_VERIFIED: DeedType.FAILURE_CARD_VERIFY,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Where a request came from: the address of its client and what that calls itself."""

    address: str | None = None
    agent: str | None = None


NOWHERE = Origin()


def read_origin(address: str | None, agent: str | None) -> Origin:
    """Give the origin of a request: of a longer name the first 200 characters, printable ones."""
    return Origin(address=_cut(address, ADDRESS_LIMIT), agent=_cut(agent, AGENT_LIMIT))


@dataclass(frozen=True, slots=True, kw_only=True)
class Deed:
    """One act, or one attempt at it, in the words of AD-15.

    Attributes:
        audit_id: its own; of a deed that an event tells of, the event's.
        user_id, user_role: whose deed it is; None: nobody had vouched for them. The service itself
            has no role.
        garage_id: whose thing it was done to.
        resource_id: the thing; None where the attempt named none.
        old_value, new_value: what changed, personal values marked; None: there was none.
    """

    audit_id: str
    timestamp: datetime
    event_type: DeedType
    user_id: str | None
    user_role: str | None
    garage_id: str | None
    ip_address: str | None
    user_agent: str | None
    resource_type: str
    resource_id: str | None
    action: str
    old_value: Values | None
    new_value: Values | None
    result: DeedResult


class DeedSeal(Protocol):
    """Marks what is personal, and seals a deed for its way through a store of others."""

    def mark(self, value: str) -> str:
        """Give the keyed hash of a value: the same for the same, and nothing can be read of it."""
        ...

    def seal(self, deed: Deed) -> str: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What an act changed: `before` and `after` it, by the same names; None: there was nothing."""

    before: Values | None = None
    after: Values | None = None

    @property
    def difference(self) -> tuple[Values | None, Values | None]:
        """Give of both sides what is not the same on the other."""
        before, after = self.before or {}, self.after or {}
        names = [name for name in {**before, **after} if before.get(name) != after.get(name)]
        return (
            {name: before.get(name) for name in names} if self.before is not None else None,
            {name: after.get(name) for name in names} if self.after is not None else None,
        )


NO_CHANGE = Change()


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingsOperation:
    """Somebody changes what a garage or the network goes by; `by`: None is an operator of the
    machine. Done twice it is one deed.
    """

    id: OperationId
    by: Actor | None
    at: datetime
    origin: Origin = NOWHERE

    @property
    def who(self) -> PersonId:
        return OPERATOR if self.by is None else self.by.id

    def deed(
        self,
        verb: str,
        resource: str,
        change: Change,
        *,
        garage: GarageId | None = None,
        mark: str = "",
    ) -> Deed:
        """Give the deed of a change that is done: `verb` tells what kind of thing was changed.

        `mark` tells what is changed from anything else under the same id, which may have been
        forgotten by then: no act goes without its own row.
        """
        old, new = change.difference
        return deed_by(
            self.by,
            self.origin,
            DeedType.SETTINGS_CHANGE,
            id=str(derive_uuid(UUID(self.id), f"{self.who}:{verb}:{resource}:{mark}")),
            at=self.at,
            resource=resource,
            garage=garage,
            old=old,
            new={"verb": verb, **(new or {})},
        )


def deed_by(  # noqa: PLR0913 - the fields of a deed
    by: Actor | None,
    origin: Origin,
    type: DeedType,
    *,
    id: str,
    at: datetime,
    resource: str | None,
    garage: GarageId | None,
    old: Values | None = None,
    new: Values | None = None,
    result: DeedResult = DeedResult.DONE,
) -> Deed:
    """Give the deed of whoever asks; `by`: None is a stranger, or an operator of the machine."""
    return Deed(
        audit_id=id,
        timestamp=at,
        event_type=type,
        user_id=None if by is None else by.id,
        user_role=None if by is None else by.role.value,
        garage_id=garage,
        ip_address=origin.address,
        user_agent=origin.agent,
        resource_type=type.resource,
        resource_id=resource,
        action=type.action,
        old_value=old,
        new_value=new,
        result=result,
    )


def deed_of(
    event: Event,
    actor: Actor | None = None,
    origin: Origin = NOWHERE,
    change: Change = NO_CHANGE,
) -> Deed:
    """Give the deed that an audited event tells of; of whoever does it, as much as is known."""
    kind, (before, after) = AUDITED[event.type], change.difference
    return Deed(
        audit_id=event.id,
        timestamp=event.at,
        event_type=kind,
        user_id=event.actor,
        user_role=None if actor is None or actor == SYSTEM else actor.role.value,
        garage_id=event.garage,
        ip_address=origin.address,
        user_agent=origin.agent,
        resource_type=kind.resource,
        resource_id=event.entity,
        action=kind.action,
        old_value=before,
        new_value=after,
        result=DeedResult.DONE,
    )


def _cut(text: str | None, most: int) -> str | None:
    if text is None:
        return None
    found = text[:most]
    return (found if found.isprintable() else "".join(filter(str.isprintable, found))) or None

"""Who may do what: the permission matrix as data, and one pure decision (AZ-1 to AZ-5)."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum

from domain import sentences
from domain.errors import NotAllowed
from domain.hours import WeekHours
from domain.ids import GarageId, PersonId, SessionId


class Role(StrEnum):
    ADMIN = "admin"
    MANAGER = "manager"
    TECHNICIAN = "technician"
    ACCOUNTANT = "accountant"
    CUSTOMER_SUPPORT = "customer_support"


class MachineRole(StrEnum):
    """What stands where people have a role: a machine has the rights of its key, and no others."""

    MACHINE = "machine"


class Action(StrEnum):
    CREATE = "create"
    READ = "read"
    UPDATE = "update"
    DELETE = "delete"
    ASSIGN = "assign"
    VERIFY = "verify"
    VOID = "void"
    EXPORT = "export"


class ResourceKind(StrEnum):
    TICKET = "ticket"
    CARD = "failure card"
    EMPLOYEE = "employee"
    INVOICE = "invoice"
    REPORT = "report"
    SETTING = "setting"


class Scope(StrEnum):
    ALL_GARAGES = "all_garages"
    OWN_GARAGE = "own_garage"
    ASSIGNED_ONLY = "assigned_only"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """What a scope lets one see: of every garage or of one's own; all tickets or one's own alone.

    Nothing but this is asked of a scope, so a new one is a line of `REACHES`.
    """

    every_garage: bool = False
    own_tickets: bool = False


REACHES: dict[Scope, Reach] = {
    Scope.ALL_GARAGES: Reach(every_garage=True),
    Scope.OWN_GARAGE: Reach(),
    Scope.ASSIGNED_ONLY: Reach(own_tickets=True),
}


C, R, U, D = Action.CREATE, Action.READ, Action.UPDATE, Action.DELETE
MATRIX: dict[Role, dict[ResourceKind, frozenset[Action]]] = {
    Role.ADMIN: {
        ResourceKind.TICKET: frozenset({C, R, U, D, Action.ASSIGN}),
        ResourceKind.CARD: frozenset({C, R, U, D, Action.VERIFY}),
        ResourceKind.EMPLOYEE: frozenset({C, R, U, D}),
        ResourceKind.INVOICE: frozenset({C, R, U, D, Action.VOID}),
        ResourceKind.REPORT: frozenset({R, Action.EXPORT}),
        ResourceKind.SETTING: frozenset({R, U}),
    },
    Role.MANAGER: {
        ResourceKind.TICKET: frozenset({C, R, U, Action.ASSIGN}),
        ResourceKind.CARD: frozenset({C, R, U, Action.VERIFY}),
        ResourceKind.EMPLOYEE: frozenset({R, U}),
        ResourceKind.INVOICE: frozenset({C, R}),
        ResourceKind.REPORT: frozenset({R, Action.EXPORT}),
        ResourceKind.SETTING: frozenset({R}),
    },
    Role.TECHNICIAN: {
        ResourceKind.TICKET: frozenset({R, U}),
        ResourceKind.CARD: frozenset({C, R}),
    },
    Role.ACCOUNTANT: {
        ResourceKind.TICKET: frozenset({R}),
        ResourceKind.EMPLOYEE: frozenset({R}),
        ResourceKind.INVOICE: frozenset({C, R, U}),
        ResourceKind.REPORT: frozenset({R, Action.EXPORT}),
    },
    Role.CUSTOMER_SUPPORT: {
        ResourceKind.TICKET: frozenset({C, R}),
        ResourceKind.CARD: frozenset({R}),
        ResourceKind.INVOICE: frozenset({R}),
    },
}
SCOPES: dict[Role, Scope] = {
    Role.ADMIN: Scope.ALL_GARAGES,
    Role.MANAGER: Scope.OWN_GARAGE,
    Role.TECHNICIAN: Scope.ASSIGNED_ONLY,
    Role.ACCOUNTANT: Scope.OWN_GARAGE,
    Role.CUSTOMER_SUPPORT: Scope.OWN_GARAGE,
}
# The fields of a row that a role may read, where it may not read the whole row (AZ-4).
FIELDS: dict[tuple[Role, ResourceKind], frozenset[str]] = {
    (Role.ACCOUNTANT, ResourceKind.EMPLOYEE): frozenset({"salary"}),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Grants:
    """What a machine's key lets it do, instead of a role (`domain.api_keys`)."""

    rights: frozenset[tuple[ResourceKind, Action]]
    every_garage: bool = False


NO_GRANTS = Grants(rights=frozenset())


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Someone who asks: a person of one garage, an administrator of all, or a machine.

    Attributes:
        grants: what a machine may; people have the rights of their role.
        department: where in the garage they work.
        shift: the hours outside which they are refused; None: none (AU-5).
        rights: how often their rights had changed when their token was made.
        session: the session that their token belongs to.
    """

    id: PersonId
    role: Role | MachineRole
    garage: GarageId | None = None
    region: str | None = None
    grants: Grants = NO_GRANTS
    department: str | None = field(default=None, compare=False)
    shift: WeekHours | None = field(default=None, compare=False)
    rights: int = field(default=0, compare=False)
    session: SessionId | None = field(default=None, compare=False)

    @property
    def reach(self) -> Reach:
        if isinstance(self.role, MachineRole):
            return Reach(every_garage=self.grants.every_garage)
        return REACHES[SCOPES[self.role]]

    def has_right(self, action: Action, kind: ResourceKind) -> bool:
        """Say whether the actor may do this to some things of the kind."""
        if isinstance(self.role, MachineRole):
            return (kind, action) in self.grants.rights
        return action in MATRIX[self.role].get(kind, frozenset())

    @property
    def garage_reached(self) -> GarageId | None:
        """Whose things may be theirs to see, None for all garages'; without a garage, nobody's."""
        return None if self.reach.every_garage else self.garage or GarageId("")

    def reaches(self, garage: GarageId | None) -> bool:
        """Say whether what belongs to a garage may be theirs to see at all."""
        return self.reach.every_garage or (garage is not None and garage == self.garage)


@dataclass(frozen=True, slots=True, kw_only=True)
class Resource:
    """What is asked for.

    Attributes:
        garage: whose it is; None means it belongs to no garage in particular.
        assignee: the technician it is assigned to.
        visible: for cards, whether the card's own restriction lets the actor's garage see it.
        issued: for invoices, whether the law has frozen it.
        field: one field of the row, when not the whole row is asked for.
    """

    kind: ResourceKind
    garage: GarageId | None = None
    assignee: PersonId | None = None
    visible: bool = True
    issued: bool = False
    field: str | None = None


def may(actor: Actor, action: Action, resource: Resource) -> bool:
    """Say whether `actor` may do `action` to `resource`."""
    if not actor.has_right(action, resource.kind):
        return False
    if resource.kind is ResourceKind.INVOICE and action is Action.DELETE and resource.issued:
        return False
    fields = _fields_of(actor, resource.kind)
    if fields is not None and resource.field not in fields:
        return False
    return _in_scope(actor, action, resource)


def may_some(actor: Actor, action: Action, resource: Resource) -> bool:
    """Say whether `actor` may do `action` to the whole of `resource`, or to some field of it."""
    fields = _fields_of(actor, resource.kind) or (resource.field,)
    return any(may(actor, action, replace(resource, field=name)) for name in fields)


def _fields_of(actor: Actor, kind: ResourceKind) -> frozenset[str] | None:
    return None if isinstance(actor.role, MachineRole) else FIELDS.get((actor.role, kind))


def demand_allowed(actor: Actor, action: Action, resource: Resource) -> None:
    """Raise NotAllowed unless `actor` may do `action` to `resource`."""
    if not may(actor, action, resource):
        raise NotAllowed(actor.role, action, resource.kind, _why_not(actor, action, resource.kind))


def demand_on_shift(actor: Actor, now: datetime) -> None:
    """Raise NotAllowed outside the hours of an actor who is held to them."""
    if actor.shift is not None and not actor.shift.covers(now):
        raise NotAllowed(
            actor.role,
            Action.READ,
            ResourceKind.TICKET,
            f"Your garage lets you in during your shift: {actor.shift} (India). Ask your manager.",
        )


def _why_not(actor: Actor, action: Action, kind: ResourceKind) -> str:
    if actor.has_right(action, kind):
        return sentences.own_only(actor.role, action, kind)
    if isinstance(actor.role, MachineRole):
        return sentences.machine_sentence(action, kind)
    order = (Role.MANAGER, Role.ACCOUNTANT, Role.ADMIN, Role.TECHNICIAN, Role.CUSTOMER_SUPPORT)
    others = tuple(role for role in order if action in MATRIX[role].get(kind, frozenset()))
    return sentences.permission_sentence(actor.role, action, kind, others)


def _in_scope(actor: Actor, action: Action, resource: Resource) -> bool:
    if actor.reach.every_garage:
        return True
    if resource.kind is ResourceKind.CARD and action is Action.READ:
        return resource.visible
    if not actor.reaches(resource.garage):
        return False
    if actor.reach.own_tickets and resource.kind is ResourceKind.TICKET:
        return resource.assignee == actor.id
    return True


@dataclass(frozen=True, slots=True, kw_only=True)
class Viewer:
    """Whose eyes a query reads with: cards limited to other garages are not there for them.

    Attributes:
        bench: of somebody who may read no tickets, or none but those on their own bench: who that
            is. What only repeats a ticket is theirs to see as the ticket is.
    """

    garage: GarageId | None = None
    region: str | None = None
    sees_all: bool = False
    bench: PersonId | None = None


# The service itself: what it does on its own, it does as nobody of a garage.
SYSTEM = Actor(id=PersonId("system"), role=Role.ADMIN)
SEES_ALL = Viewer(sees_all=True)


def _reads_all_tickets(actor: Actor) -> bool:
    return actor.has_right(Action.READ, ResourceKind.TICKET) and not actor.reach.own_tickets


def viewer_of(actor: Actor) -> Viewer:
    return Viewer(
        garage=actor.garage,
        region=actor.region,
        sees_all=actor.reach.every_garage,
        # A machine that may read no tickets has none on its bench either.
        bench=None if _reads_all_tickets(actor) else actor.id,
    )

"""Every role, kind and action against the specification's table (§7.2), written out once more."""

from dataclasses import replace
from itertools import product

import pytest

from domain.access import (
    Action,
    Actor,
    Resource,
    ResourceKind,
    Role,
    Viewer,
    demand_allowed,
    may,
    viewer_of,
)
from domain.errors import NotAllowed
from tests.domain.samples import ANU, BALA, DELHI, PUNE

# Rows: roles; columns: tickets, cards, employees, invoices, reports, settings. Letters: c(reate)
# r(ead) u(pdate) d(elete) a(ssign) v(erify) o (void) e(xport).
TABLE = """
admin             cruda  crudv  crud  crudo  re  ru
manager           crua   cruv   ru    cr     re  r
technician        ru     cr     -     -      -   -
accountant        r      -      r     cru    re  -
customer_support  cr     r      -     r      -   -
"""
KINDS = [
    ResourceKind.TICKET,
    ResourceKind.CARD,
    ResourceKind.EMPLOYEE,
    ResourceKind.INVOICE,
    ResourceKind.REPORT,
    ResourceKind.SETTING,
]
LETTERS = dict(zip("crudavoe", Action, strict=True))
ROWS = {
    Role.ADMIN: "AZ-1",
    Role.MANAGER: "AZ-2",
    Role.TECHNICIAN: "AZ-3",
    Role.ACCOUNTANT: "AZ-4",
    Role.CUSTOMER_SUPPORT: "AZ-5",
}
GRANTED = {
    (Role(role), kind): {LETTERS[letter] for letter in letters if letter != "-"}
    for role, *columns in (line.split() for line in TABLE.strip().splitlines())
    for kind, letters in zip(KINDS, columns, strict=True)
}
CELLS = [
    pytest.param(role, kind, action, marks=pytest.mark.row(ROWS[role], "AU-4"))
    for role, kind, action in product(Role, ResourceKind, Action)
]


def _actor(role: Role) -> Actor:
    return Actor(id=ANU, role=role, garage=PUNE, region="west")


def _own(kind: ResourceKind) -> Resource:
    return Resource(
        kind=kind,
        garage=PUNE,
        assignee=ANU,
        field="salary" if kind is ResourceKind.EMPLOYEE else None,
    )


def test_letters_name_every_action() -> None:
    assert "".join(f"{letter}:{action} " for letter, action in LETTERS.items()) == (
        "c:create r:read u:update d:delete a:assign v:verify o:void e:export "
    )


@pytest.mark.parametrize(("role", "kind", "action"), CELLS)
def test_own_garage_follows_the_table(role: Role, kind: ResourceKind, action: Action) -> None:
    assert may(_actor(role), action, _own(kind)) is (action in GRANTED[role, kind])


@pytest.mark.parametrize(("role", "kind", "action"), CELLS)
def test_other_garage_is_closed(role: Role, kind: ResourceKind, action: Action) -> None:
    elsewhere = replace(_own(kind), garage=DELHI)
    granted = action in GRANTED[role, kind]
    open_to_all = role is Role.ADMIN or (kind is ResourceKind.CARD and action is Action.READ)
    assert may(_actor(role), action, elsewhere) is (granted and open_to_all)


@pytest.mark.parametrize(("role", "kind", "action"), CELLS)
def test_nobody_acts_without_a_garage(role: Role, kind: ResourceKind, action: Action) -> None:
    adrift = replace(_actor(role), garage=None)
    nowhere = replace(_own(kind), garage=None)
    granted = action in GRANTED[role, kind]
    open_to_all = role is Role.ADMIN or (kind is ResourceKind.CARD and action is Action.READ)
    assert may(adrift, action, nowhere) is (granted and open_to_all)


@pytest.mark.row("AZ-3")
@pytest.mark.parametrize("action", [Action.READ, Action.UPDATE])
@pytest.mark.parametrize(("assignee", "allowed"), [(ANU, True), (BALA, False), (None, False)])
def test_technician_sees_assigned_only(action: Action, assignee: str, allowed: bool) -> None:
    ticket = replace(_own(ResourceKind.TICKET), assignee=assignee)
    assert may(_actor(Role.TECHNICIAN), action, ticket) is allowed


@pytest.mark.row("AZ-3")
def test_reassignment_acts_at_once() -> None:
    mine = _own(ResourceKind.TICKET)
    technician = _actor(Role.TECHNICIAN)
    assert may(technician, Action.READ, mine)
    assert not may(technician, Action.READ, replace(mine, assignee=BALA))


@pytest.mark.row("AZ-3")
def test_assignment_elsewhere_opens_nothing() -> None:
    moved = replace(_own(ResourceKind.TICKET), garage=DELHI)
    assert not may(_actor(Role.TECHNICIAN), Action.READ, moved)


@pytest.mark.row("AZ-1")
@pytest.mark.parametrize(("issued", "allowed"), [(False, True), (True, False)])
def test_only_draft_invoices_are_deleted(issued: bool, allowed: bool) -> None:
    invoice = replace(_own(ResourceKind.INVOICE), issued=issued)
    assert may(_actor(Role.ADMIN), Action.DELETE, invoice) is allowed


@pytest.mark.row("AZ-1")
def test_issued_invoice_can_be_voided() -> None:
    assert may(_actor(Role.ADMIN), Action.VOID, replace(_own(ResourceKind.INVOICE), issued=True))


@pytest.mark.row("AZ-4")
@pytest.mark.parametrize(
    ("field", "allowed"), [("salary", True), ("aadhaar", False), ("bank", False), (None, False)]
)
def test_accountant_reads_salary_alone(field: str | None, allowed: bool) -> None:
    employee = replace(_own(ResourceKind.EMPLOYEE), field=field)
    assert may(_actor(Role.ACCOUNTANT), Action.READ, employee) is allowed


@pytest.mark.row("CA-33")
@pytest.mark.parametrize("role", [Role.MANAGER, Role.TECHNICIAN, Role.CUSTOMER_SUPPORT])
def test_limited_card_stays_hidden(role: Role) -> None:
    hidden = replace(_own(ResourceKind.CARD), garage=DELHI, visible=False)
    assert not may(_actor(role), Action.READ, hidden)


@pytest.mark.row("CA-3")
@pytest.mark.parametrize("role", list(Role))
def test_only_two_roles_verify(role: Role) -> None:
    allowed = may(_actor(role), Action.VERIFY, _own(ResourceKind.CARD))
    assert allowed is (role in (Role.ADMIN, Role.MANAGER))


def test_demand_names_what_was_refused() -> None:
    with pytest.raises(NotAllowed) as refused:
        demand_allowed(_actor(Role.TECHNICIAN), Action.VERIFY, _own(ResourceKind.CARD))
    assert str(refused.value) == "Technicians cannot verify failure cards. Ask a manager."


def test_demand_is_silent_when_granted() -> None:
    demand_allowed(_actor(Role.MANAGER), Action.VERIFY, _own(ResourceKind.CARD))


@pytest.mark.row("CA-33")
@pytest.mark.parametrize("role", list(Role))
def test_only_admins_see_everything(role: Role) -> None:
    assert viewer_of(_actor(role)) == Viewer(
        garage=PUNE,
        region="west",
        sees_all=role is Role.ADMIN,
        bench=ANU if role is Role.TECHNICIAN else None,
    )
